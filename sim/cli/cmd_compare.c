/* SPDX-License-Identifier: BSD-2-Clause */
/* rmisim compare: a scenario on two kernels, and the first thing by which anybody can tell them apart. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <rmisim/compare.h>
#include <rmisim/scenario.h>

#include "cli.h"
#include "json.h"

#define DEFAULT_BOUND 3
#define MAX_BOUND     64

struct options {
	struct cli_common common; /* its kernel is B */
	const char *kernel_a;
	struct cli_number preemptions, max;
	bool inject;
};

static bool is_kernel(const char *arg)
{
	return !strcmp(arg, "--kernel") || !strncmp(arg, "--kernel=", 9);
}

/* The first of two --kernel becomes an option of its own. */
static bool split_kernels(int argc, char **argv, char **words, char *renamed, size_t size)
{
	unsigned kernels = 0;
	bool options = true;

	for (int i = 0; i < argc; i++) {
		words[i] = argv[i];
		options = options && strcmp(argv[i], "--");
		if (!options || !is_kernel(argv[i]) || kernels++)
			continue;
		snprintf(renamed, size, "--kernel-a%s", argv[i] + strlen("--kernel"));
		words[i] = renamed;
	}
	return kernels == 2;
}

static void run_json(struct json *j, const char *side, const struct sim_compared_run *run)
{
	char key[16];

	json_string(j, side, run->line);
	snprintf(key, sizeof(key), "choices_%s", side);
	json_string(j, key, run->choices);
	snprintf(key, sizeof(key), "replay_%s", side);
	json_string(j, key, run->replay[0] ? run->replay : NULL);
}

static void report_json(const struct sim_catalogue_entry *e, const char *a, const char *b,
			const struct sim_compared *r)
{
	struct json j;

	json_begin(&j, stdout);
	json_string(&j, "scenario", e->name);
	json_string(&j, "kernel_a", a);
	json_string(&j, "kernel_b", b);
	if (r->differs) {
		json_object(&j, "difference");
		json_string(&j, "what", r->what);
		json_string(&j, "only", r->only_b ? "b" : "a");
		run_json(&j, "a", &r->a);
		run_json(&j, "b", &r->b);
		json_close(&j, '}');
	} else {
		json_string(&j, "difference", NULL);
	}
	json_unsigned(&j, "runs", r->runs);
	json_bool(&j, "exhaustive", r->exhaustive);
	json_unsigned(&j, "bound", r->preemptions);
	json_unsigned(&j, "in_step", r->schedules);
	json_unsigned(&j, "outcomes_a", r->outcomes[0]);
	json_unsigned(&j, "outcomes_b", r->outcomes[1]);
	json_finish(&j);
}

static void report_run(const char *kernel, const struct sim_compared_run *run)
{
	printf("%s: %s\n", kernel, run->line);
	if (run->replay[0])
		printf("    rmisim replay '%s'\n", run->replay);
	else
		printf("    choices: %s\n", run->choices[0] ? run->choices : "too many");
}

static void report(const struct sim_catalogue_entry *e, const char *a, const char *b,
		   const struct sim_compared *r)
{
	char says[200];

	printf("%s on %s and %s: %s\n", e->name, a, b, sim_compared_says(r, says, sizeof(says)));
	if (!r->differs)
		return;
	printf("%s alone has such a run; of those of %s, this one agrees with it longest:\n",
	       r->only_b ? b : a, r->only_b ? a : b);
	report_run(a, &r->a);
	report_run(b, &r->b);
}

static int compare(const struct options *o, const struct sim_catalogue_entry *e,
		   struct sim_image *a, struct sim_image *b)
{
	struct sim_compare how = {
		.config = { .image = a,
			    .edition = o->common.edition,
			    .custom_profile = o->common.profile,
			    .known_breaches = cli_known_breaches(sim_image_name(a)),
			    .failures = o->inject ? SIM_LEGAL_FAILURES : 0 },
		.other = b,
		.other_breaches = cli_known_breaches(sim_image_name(b)),
		.preemptions = o->preemptions.given ? (unsigned)o->preemptions.value
			       : e->bound           ? e->bound
						    : DEFAULT_BOUND,
		.failures = o->inject,
		.max_runs = o->max.value,
		.rewinds = true,
	};
	struct sim_compared *r = malloc(sizeof(*r));
	int status;

	if (!r)
		return cli_bad("memory is short; close something and try again");
	sim_catalogue_configure(e, &how.config);
	*r = sim_compare_named(e->name, e->run, &how);
	if (r->error[0])
		status = cli_bad("%s", r->error);
	else
		status = r->differs ? CLI_FOUND : CLI_OK;
	if (status != CLI_BAD && o->common.json)
		report_json(e, sim_image_name(a), sim_image_name(b), r);
	else if (status != CLI_BAD)
		report(e, sim_image_name(a), sim_image_name(b), r);
	free(r);
	return status;
}

static int open_and_compare(const struct options *o, const struct sim_catalogue_entry *e)
{
	struct sim_image *a, *b = NULL;
	char why[300] = "";
	int status;

	a = sim_image_open(o->kernel_a, why, sizeof(why));
	if (a)
		b = sim_image_open(o->common.kernel, why, sizeof(why));
	if (!b)
		status = cli_bad("%s", why);
	else if (sim_image_page_shift(a) != sim_image_page_shift(b))
		status = cli_bad(
			"%s and %s have pages of different sizes; compare kernels of one size",
			sim_image_name(a), sim_image_name(b));
	else
		status = compare(o, e, a, b);
	sim_image_close(a);
	sim_image_close(b);
	return status;
}

int cmd_compare(const struct cli_command *command, int argc, char **argv)
{
	struct options o = { .kernel_a = NULL };
	struct cli_words words = { 0 };
	const struct cli_option own[] = {
		{ "kernel-a", CLI_TEXT, &o.kernel_a, "FILE", NULL },
		{ "preemptions", CLI_NUMBER, &o.preemptions, "N",
		  "schedules with at most N preemptions (default as for explore)" },
		{ "inject", CLI_FLAG, &o.inject, NULL, "and with each single legal failure" },
		{ "max", CLI_NUMBER, &o.max, "N", "stop behind N runs (default: no limit)" },
		{ NULL },
	};
	char **split = calloc((size_t)argc + 1, sizeof(*split)), renamed[4096] = "";
	const struct sim_catalogue_entry *e;
	bool two;
	int bad;

	if (!split)
		return cli_bad("memory is short; close something and try again");
	two = split_kernels(argc, argv, split, renamed, sizeof(renamed));
	bad = cli_parse(command, argc, split, &o.common, own, &words);
	free(split);
	if (bad)
		return CLI_BAD;
	if (o.common.help) {
		cli_help(command, own);
		return CLI_OK;
	}
	if (!two || !o.kernel_a || !o.common.kernel)
		return cli_bad("compare takes two kernels: --kernel A --kernel B");
	if (words.nr != 1)
		return cli_bad("compare takes one scenario; 'rmisim list' has their names");
	e = sim_catalogue_find(words.word[0]);
	if (!e)
		return cli_bad("no scenario '%s'; 'rmisim list' has their names",
			       cli_quote(words.word[0]));
	if (o.preemptions.given && o.preemptions.value > MAX_BOUND)
		return cli_bad("--preemptions takes 0 to %u", MAX_BOUND);
	return open_and_compare(&o, e);
}
