/* SPDX-License-Identifier: BSD-2-Clause */
/* rmisim explore: a scenario under every schedule within a preemption bound, or under random ones. */
#include <inttypes.h>
#include <string.h>

#include <rmisim/replay.h>
#include <rmisim/scenario.h>

#include "cli.h"
#include "look.h"
#include "metamorphic.h"
#include "progress.h"
#include "search.h"

#define DEFAULT_BOUND 3
#define MAX_BOUND     64

/* What was given. */
struct options {
	struct cli_common common;
	struct cli_number preemptions, random, pct, max;
	const char *shard, *choices;
	bool go_on, no_shrink, inject, metamorphic;
	struct trace_options trace;
};

static void show_bound(void *ctx, const struct sim_progress *at)
{
	struct progress *p = ctx;
	double t = progress_now();

	progress_show(p, at->bound, at->done, "bound %u: %" PRIu64 " schedules, %.0f runs/s",
		      at->bound, at->schedules,
		      (double)at->runs / (t > p->began ? t - p->began : 1));
}

static void show_random(void *ctx, const struct sim_progress *at)
{
	struct progress *p = ctx;
	double t = progress_now();

	progress_show(p, 0, at->done, "%" PRIu64 " runs, %.0f runs/s", at->schedules,
		      (double)at->runs / (t > p->began ? t - p->began : 1));
}

/* "K/N" */
static bool parse_shard(const char *text, struct sim_explore *explore)
{
	uint64_t shard, shards;

	if (!cli_number_prefix(text, &text, &shard) || *text++ != '/' ||
	    !cli_number(text, &shards) || !shard || shard > shards || shards > CLI_MAX_SHARDS)
		return false;
	explore->shard = (unsigned)shard;
	explore->shards = (unsigned)shards;
	return true;
}

/* 0 or CLI_BAD */
static int set_search(const struct options *o, struct sim_explore *explore)
{
	if (o->random.given && o->pct.given)
		return cli_bad("--random and --pct are two searches; give one of them");
	if (o->random.given && o->preemptions.given)
		return cli_bad("--random has no bound; leave out --preemptions, or take --pct");
	if (o->preemptions.given && o->preemptions.value > MAX_BOUND)
		return cli_bad("--preemptions takes 0 to %u", MAX_BOUND);
	if (o->shard && !parse_shard(o->shard, explore))
		return cli_bad("--shard takes K/N, 1 to N of at most %u, like 2/8; not '%s'",
			       CLI_MAX_SHARDS, cli_quote(o->shard));
	if (o->shard && o->choices)
		return cli_bad("--shard is of all schedules; leave out --choices");
	explore->how = o->random.given ? SIM_RANDOM : o->pct.given ? SIM_PCT : SIM_EXHAUSTIVE;
	explore->seed = o->random.given ? o->random.value : o->pct.value;
	explore->preemptions =
		o->preemptions.given ? (unsigned)o->preemptions.value : DEFAULT_BOUND;
	if (o->inject) {
		if (explore->how != SIM_EXHAUSTIVE)
			return cli_bad(
				"--inject goes with all schedules; leave out --random and --pct");
		explore->failures = 1;
	}
	explore->max_runs = o->max.value;
	explore->go_on = o->go_on;
	explore->no_shrink = o->no_shrink;
	return CLI_OK;
}

static struct search_asked asked_for(const struct options *o, const struct sim_explore *explore,
				     const struct sim_catalogue_entry *e,
				     const struct sim_image *image)
{
	static const char *const editions[] = { "bet1", "bet2", "bet3" };
	struct search_asked asked = {
		.how = explore->how,
		.seed = explore->seed,
		.preemptions = explore->preemptions,
		.failures = explore->failures,
		.max = explore->max_runs,
		.shard = explore->shard,
		.shards = explore->shards,
	};
	uint32_t print;
	char why[300];

	if (sim_image_fingerprint(image, &print, why, sizeof(why)))
		snprintf(asked.image, sizeof(asked.image), "0x%08" PRIx32, print);
	snprintf(asked.version, sizeof(asked.version), "%s", RMISIM_VERSION);
	snprintf(asked.scenario, sizeof(asked.scenario), "%s", e->name);
	snprintf(asked.kernel, sizeof(asked.kernel), "%s", sim_image_name(image));
	snprintf(asked.edition, sizeof(asked.edition), "%s", editions[o->common.edition]);
	snprintf(asked.profile, sizeof(asked.profile), "%s", o->common.profile->name);
	return asked;
}

static int search(const struct options *o, const struct sim_catalogue_entry *e,
		  struct sim_explore *explore, struct tracing *tracing)
{
	struct progress progress;
	struct search_asked asked;
	struct sim_result result;
	struct sim_image *image;
	char why[300] = "";
	double seconds;
	int status;

	image = sim_image_open(o->common.kernel ? o->common.kernel : "4k", why, sizeof(why));
	if (!image)
		return cli_bad("%s", why);
	explore->config.image = image;
	explore->config.choices = o->choices;
	explore->config.edition = o->common.edition;
	explore->config.failures = o->inject ? SIM_LEGAL_FAILURES : 0;
	explore->config.custom_profile = o->common.profile;
	explore->config.known_breaches = cli_known_breaches(sim_image_name(image));
	if (o->metamorphic) {
		status = explore_metamorphic(e, &explore->config, o->common.json);
		sim_image_close(image);
		return status;
	}
	explore->rewinds = true;
	sim_catalogue_configure(e, &explore->config);
	if (!o->preemptions.given && e->bound)
		explore->preemptions = e->bound;
	progress_begin(&progress);
	if (progress.wanted) {
		explore->progress = explore->how == SIM_EXHAUSTIVE ? show_bound : show_random;
		explore->progress_ctx = &progress;
	}
	result = sim_explore_named(e->name, e->run, explore);
	seconds = progress_now() - progress.began;
	progress_end(&progress);
	asked = asked_for(o, explore, e, image);
	if (!strncmp(result.violation, "setup: ", 7)) {
		sim_image_close(image);
		return cli_bad("%s", result.violation + 7);
	}
	if (o->common.json)
		search_report_json(&asked, &result, seconds);
	else
		search_report(&asked, &result, seconds);
	status = result.violations ? CLI_FOUND : CLI_OK;
	if (tracing_is_wanted(&o->trace) && result.violations &&
	    look_trace(&(struct look){ &o->common, e, image,
				       result.replay[0] ? result.replay : result.choices,
				       explore->config.failures },
		       tracing) == CLI_BAD)
		status = CLI_BAD;
	sim_image_close(image);
	return status;
}

int cmd_explore(const struct cli_command *command, int argc, char **argv)
{
	struct options o = { .shard = NULL };
	struct cli_words words = { 0 };
	const struct cli_option own[] = {
		{ "preemptions", CLI_NUMBER, &o.preemptions, "N",
		  "schedules with at most N preemptions (default 3, for three actors 2)" },
		{ "inject", CLI_FLAG, &o.inject, NULL, "and with each single legal failure" },
		{ "random", CLI_NUMBER, &o.random, "SEED", "random schedules instead" },
		{ "pct", CLI_NUMBER, &o.pct, "SEED",
		  "random priorities that change --preemptions times" },
		{ "max", CLI_NUMBER, &o.max, "N",
		  "stop behind N schedules (default: no limit; random 10000)" },
		{ "shard", CLI_TEXT, &o.shard, "K/N",
		  "part K of N; 'rmisim merge' adds their --json up" },
		{ "choices", CLI_TEXT, &o.choices, "STRING",
		  "follow a replay string or choice string, then explore" },
		{ "no-shrink", CLI_FLAG, &o.no_shrink, NULL,
		  "show a violating run as it was found" },
		{ "go-on", CLI_FLAG, &o.go_on, NULL,
		  "count all violations, do not stop at the first" },
		{ "trace", CLI_FLAG, &o.trace.text, NULL,
		  "print the first violating run, one decoded line an event" },
		TRACE_FILES(&o.trace),
		TRACE_FILTERS(&o.trace),
		{ "metamorphic", CLI_FLAG, &o.metamorphic, NULL,
		  "one schedule, again and again with memory elsewhere: the same outcome" },
		{ NULL },
	};
	struct sim_explore explore = { .shard = 0 };
	const struct sim_catalogue_entry *e;
	struct tracing tracing;
	int status;

	if (cli_parse(command, argc, argv, &o.common, own, &words))
		return CLI_BAD;
	if (o.common.help) {
		cli_help(command, own);
		return CLI_OK;
	}
	if (words.nr != 1)
		return cli_bad("explore takes one scenario; 'rmisim list' has their names");
	e = sim_catalogue_find(words.word[0]);
	if (!e)
		return cli_bad("no scenario '%s'; 'rmisim list' has their names",
			       cli_quote(words.word[0]));
	if (set_search(&o, &explore))
		return CLI_BAD;
	o.trace.text = o.trace.text && !o.common.json;
	if (tracing_open(&tracing, &o.trace))
		return CLI_BAD;
	status = search(&o, e, &explore, &tracing);
	return tracing_close(&tracing) ? CLI_BAD : status;
}
