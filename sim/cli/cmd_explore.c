/* SPDX-License-Identifier: BSD-2-Clause */
/* rmisim explore: a scenario under every schedule within a preemption bound. */
#define _GNU_SOURCE
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <rmisim/explore.h>
#include <rmisim/scenario.h>

#include "cli.h"
#include "json.h"

#define DEFAULT_BOUND 3
#define MAX_BOUND     64

/* Progress on a terminal, four times a second. */
struct progress {
	bool on;
	uint64_t runs;
	double began, last;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void count_run(struct sim_world *world, void *ctx)
{
	struct progress *p = ctx;
	double t;

	p->runs++;
	if (!p->on || p->runs % 64)
		return;
	t = now();
	if (t - p->last < 0.25)
		return;
	p->last = t;
	fprintf(stderr, "\r%llu schedules, %.0f/s ", (unsigned long long)p->runs,
		(double)p->runs / (t - p->began));
	fflush(stderr);
}

static void report_json(const struct sim_catalogue_entry *e, const struct sim_result *r,
			double seconds)
{
	struct json j;

	json_begin(&j, stdout);
	json_string(&j, "scenario", e->name);
	json_unsigned(&j, "schedules", r->schedules);
	json_unsigned(&j, "bound", r->preemptions);
	json_bool(&j, "exhaustive", r->exhaustive);
	json_unsigned(&j, "violations", r->violations);
	if (r->violations) {
		json_string(&j, "violation", r->violation);
		json_string(&j, "choices", r->choices);
	}
	json_real(&j, "seconds", seconds);
	json_finish(&j);
}

static void report(const struct sim_catalogue_entry *e, const struct sim_result *r, double seconds)
{
	char how[64];

	snprintf(how, sizeof(how),
		 r->exhaustive ? "exhaustive up to bound %u" : "stopped in bound %u",
		 r->preemptions);
	printf("%s: %s: %llu schedules, %llu violations (%.1f s, %.0f/s)\n", e->name, how,
	       (unsigned long long)r->schedules, (unsigned long long)r->violations, seconds,
	       (double)r->schedules / (seconds > 0 ? seconds : 1));
	if (r->violations)
		printf("first: %s\nchoices: %s\n", r->violation, r->choices);
}

int cmd_explore(const struct cli_command *command, int argc, char **argv)
{
	struct cli_common common = { 0 };
	struct cli_number bound = { 0 }, limit = { 0 };
	struct cli_words words = { 0 };
	const struct cli_option own[] = {
		{ "preemptions", CLI_NUMBER, &bound, "N",
		  "schedules with at most N preemptions (default 3)" },
		{ "max", CLI_NUMBER, &limit, "N", "stop behind N schedules" },
		{ NULL },
	};
	struct progress progress = { .on = isatty(STDERR_FILENO), .began = now() };
	const struct sim_catalogue_entry *e;
	struct sim_explore explore = { .rewinds = true,
				       .after = count_run,
				       .after_ctx = &progress };
	struct sim_result result;
	struct sim_image *image;
	char why[300] = "";
	double seconds;

	if (cli_parse(command, argc, argv, &common, own, &words))
		return CLI_BAD;
	if (common.help) {
		cli_help(command, own);
		return CLI_OK;
	}
	if (words.nr != 1)
		return cli_bad("explore takes one scenario; 'rmisim list' has their names");
	e = sim_catalogue_find(words.word[0]);
	if (!e)
		return cli_bad("no scenario '%s'; 'rmisim list' has their names",
			       cli_quote(words.word[0]));
	if (bound.given && bound.value > MAX_BOUND)
		return cli_bad("--preemptions takes 0 to %u", MAX_BOUND);
	image = sim_image_open(common.kernel ? common.kernel : "4k", why, sizeof(why));
	if (!image)
		return cli_bad("%s", why);
	explore.config =
		(struct sim_config){ .image = image,
				     .edition = common.edition,
				     .custom_profile = common.profile,
				     .known_breaches = cli_known_breaches(sim_image_name(image)) };
	explore.preemptions = bound.given ? (unsigned)bound.value : DEFAULT_BOUND;
	explore.max_runs = limit.value;
	result = sim_explore_named(e->name, e->run, &explore);
	seconds = now() - progress.began;
	if (progress.on)
		fprintf(stderr, "\r%-40s\r", "");
	sim_image_close(image);
	if (!strncmp(result.violation, "setup: ", 7))
		return cli_bad("%s", result.violation + 7);
	if (common.json)
		report_json(e, &result, seconds);
	else
		report(e, &result, seconds);
	return result.violations ? CLI_FOUND : CLI_OK;
}
