/* SPDX-License-Identifier: BSD-2-Clause */
/* rmisim inject: a scenario with every failure in turn. */
#include <stdlib.h>
#include <string.h>

#include <rmisim/inject.h>
#include <rmisim/scenario.h>

#include "cli.h"
#include "json.h"
#include "progress.h"

#define MAX_DEPTH   2
#define MAX_CHOICES 400 /* a longer string is no help on a terminal */

/* What the search says of its points, kept until all is known. */
struct points {
	struct kept {
		char label[48], place[64];
		struct sim_point point;
	} * list;
	unsigned nr, room;
};

static void keep(void *ctx, const struct sim_point *point)
{
	struct points *p = ctx;
	struct kept *kept;

	if (p->nr == p->room) {
		p->room = p->room ? 2 * p->room : 64;
		kept = realloc(p->list, p->room * sizeof(*kept));
		if (!kept)
			abort();
		p->list = kept;
	}
	kept = &p->list[p->nr++];
	kept->point = *point;
	snprintf(kept->label, sizeof(kept->label), "%s", point->label);
	snprintf(kept->place, sizeof(kept->place), "%s", point->place);
}

/* Each of several violations, as it comes. */
static void tell(void *ctx, const char *violation, const char *failure, const char *choices)
{
	progress_end(ctx);
	printf("%s\n  failed: %s\n", violation, failure[0] ? failure : "nothing");
	if (strlen(choices) <= MAX_CHOICES)
		printf("  choices: %s\n", choices);
}

static const char *class_name(unsigned kind)
{
	return kind == SIM_WRONG_ANSWERS ? "wrong" : "legal";
}

static void json_points(struct json *j, const struct points *p)
{
	json_array(j, "names");
	for (unsigned i = 0; i < p->nr; i++) {
		json_object(j, NULL);
		json_string(j, "class", class_name(p->list[i].point.kind));
		json_string(j, "label", p->list[i].label);
		json_string(j, "place", p->list[i].place);
		json_unsigned(j, "ways", p->list[i].point.ways);
		json_unsigned(j, "points", p->list[i].point.points);
		json_unsigned(j, "reached", p->list[i].point.reached);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void json_class(struct json *j, const char *name, const struct sim_injections *s)
{
	json_object(j, name);
	json_unsigned(j, "points", s->points);
	json_unsigned(j, "reached", s->reached);
	json_unsigned(j, "runs", s->runs);
	json_unsigned(j, "violations", s->violations);
	json_unsigned(j, "known", s->known);
	json_close(j, '}');
}

static void report_json(const struct sim_catalogue_entry *e, unsigned classes,
			const struct sim_injected *r, const struct points *p)
{
	struct json j;

	json_begin(&j, stdout);
	json_string(&j, "scenario", e->name);
	json_unsigned(&j, "points", r->legal.points + r->wrong.points);
	json_unsigned(&j, "reached", r->legal.reached + r->wrong.reached);
	json_unsigned(&j, "runs", r->legal.runs + r->wrong.runs);
	json_unsigned(&j, "violations", r->legal.violations + r->wrong.violations);
	json_bool(&j, "complete", r->complete);
	if (classes & SIM_LEGAL_FAILURES)
		json_class(&j, "legal", &r->legal);
	if (classes & SIM_WRONG_ANSWERS)
		json_class(&j, "wrong", &r->wrong);
	if (r->violation[0]) {
		json_string(&j, "violation", r->violation);
		json_string(&j, "failure", r->failure);
		json_string(&j, "choices", r->choices);
		json_string(&j, "report", r->report);
		if (r->replay[0])
			json_string(&j, "replay", r->replay);
	}
	json_points(&j, p);
	json_finish(&j);
}

static void report_class(const struct sim_catalogue_entry *e, unsigned class,
			 const struct sim_injections *s, const struct points *p)
{
	printf("%s: %s: %llu points, ", e->name,
	       class == SIM_WRONG_ANSWERS ? "wrong answers" : "legal failures",
	       (unsigned long long)s->points);
	if (s->reached == s->points)
		printf("all reached");
	else
		printf("%llu reached", (unsigned long long)s->reached);
	printf(": %llu runs, %llu violations, %llu known\n", (unsigned long long)s->runs,
	       (unsigned long long)s->violations, (unsigned long long)s->known);
	for (unsigned i = 0; i < p->nr; i++) {
		const struct kept *k = &p->list[i];

		if (k->point.kind != class)
			continue;
		printf("  %6llu  %s%s%s", (unsigned long long)k->point.points, k->label,
		       class == SIM_WRONG_ANSWERS ? "" : " in ",
		       class == SIM_WRONG_ANSWERS ? "" : k->place);
		if (k->point.ways > 1)
			printf(", %u ways", k->point.ways);
		if (k->point.reached != k->point.points)
			printf(", %llu reached", (unsigned long long)k->point.reached);
		printf("\n");
	}
}

static void report(const struct sim_catalogue_entry *e, unsigned classes,
		   const struct sim_injected *r, const struct points *p)
{
	if (classes & SIM_LEGAL_FAILURES)
		report_class(e, SIM_LEGAL_FAILURES, &r->legal, p);
	if (classes & SIM_WRONG_ANSWERS)
		report_class(e, SIM_WRONG_ANSWERS, &r->wrong, p);
	if (!r->complete)
		printf("stopped at the limit of runs\n");
	if (!r->violation[0])
		return;
	printf("first: %s\n", r->violation);
	printf("failed: %s\n", r->failure[0] ? r->failure : "nothing");
	if (r->choices[0] && strlen(r->choices) <= MAX_CHOICES)
		printf("choices: %s\n", r->choices);
	if (r->replay[0])
		printf("replay: rmisim replay '%s'\n", r->replay);
	printf("%s", r->report);
}

static void show(void *ctx, const struct sim_progress *at)
{
	struct progress *p = ctx;
	double took = at->bound == p->part ? progress_now() - p->part_began : 0;
	char rate[32] = "";

	if (took > 0.2)
		snprintf(rate, sizeof(rate), ", %.0f runs/s", (double)at->runs / took);
	progress_show(p, at->bound, at->done, "%s: %llu runs%s",
		      at->bound == SIM_WRONG_ANSWERS ? "wrong answers" : "legal failures",
		      (unsigned long long)at->schedules, rate);
}

static int classes_of(const char *text, unsigned *classes)
{
	*classes = SIM_LEGAL_FAILURES | SIM_WRONG_ANSWERS;
	if (!text || !strcmp(text, "all"))
		return CLI_OK;
	*classes = SIM_LEGAL_FAILURES;
	if (!strcmp(text, "legal"))
		return CLI_OK;
	*classes = SIM_WRONG_ANSWERS;
	if (!strcmp(text, "wrong"))
		return CLI_OK;
	return cli_bad("no class '%s'; there are legal, wrong and all", cli_quote(text));
}

static int run(const struct cli_common *common, const struct sim_catalogue_entry *e,
	       struct sim_inject *inject)
{
	struct points points = { 0 };
	struct progress progress;
	struct sim_injected result;
	struct sim_image *image;
	char why[300] = "";

	image = sim_image_open(common->kernel ? common->kernel : "4k", why, sizeof(why));
	if (!image)
		return cli_bad("%s", why);
	inject->config =
		(struct sim_config){ .image = image,
				     .edition = common->edition,
				     .custom_profile = common->profile,
				     .known_breaches = cli_known_breaches(sim_image_name(image)) };
	sim_catalogue_configure(e, &inject->config);
	inject->point = keep;
	inject->point_ctx = &points;
	inject->found = inject->go_on && !common->json ? tell : NULL;
	progress_begin(&progress);
	if (progress.wanted) {
		inject->progress = show;
		inject->progress_ctx = &progress;
	}
	inject->found_ctx = &progress;
	result = sim_inject_named(e->name, e->run, inject);
	progress_end(&progress);
	sim_image_close(image);
	if (!strncmp(result.violation, "setup: ", 7)) {
		free(points.list);
		return cli_bad("%s", result.violation + 7);
	}
	if (common->json)
		report_json(e, inject->classes, &result, &points);
	else
		report(e, inject->classes, &result, &points);
	free(points.list);
	return result.legal.violations || result.wrong.violations ? CLI_FOUND : CLI_OK;
}

int cmd_inject(const struct cli_command *command, int argc, char **argv)
{
	struct cli_common common = { 0 };
	struct cli_number depth = { 0 }, limit = { 0 };
	struct cli_words words = { 0 };
	struct sim_inject inject = { .rewinds = true };
	const char *class = NULL;
	const struct cli_option own[] = {
		{ "depth", CLI_NUMBER, &depth, "N", "1: each failure (default), 2: each pair" },
		{ "class", CLI_TEXT, &class, "NAME", "legal, wrong or all (default)" },
		{ "max", CLI_NUMBER, &limit, "N", "stop each class behind N runs" },
		{ "no-shrink", CLI_FLAG, &inject.no_shrink, NULL,
		  "show the first violating run as it was found" },
		{ "go-on", CLI_FLAG, &inject.go_on, NULL, "count all violations" },
		{ NULL },
	};
	const struct sim_catalogue_entry *e;

	if (cli_parse(command, argc, argv, &common, own, &words))
		return CLI_BAD;
	if (common.help) {
		cli_help(command, own);
		return CLI_OK;
	}
	if (words.nr != 1)
		return cli_bad("inject takes one scenario; 'rmisim list' has their names");
	e = sim_catalogue_find(words.word[0]);
	if (!e)
		return cli_bad("no scenario '%s'; 'rmisim list' has their names",
			       cli_quote(words.word[0]));
	if (depth.given && (!depth.value || depth.value > MAX_DEPTH))
		return cli_bad("--depth takes 1 or %u", MAX_DEPTH);
	if (classes_of(class, &inject.classes))
		return CLI_BAD;
	inject.depth = depth.given ? (unsigned)depth.value : 1;
	inject.max_runs = limit.value;
	return run(&common, e, &inject);
}
