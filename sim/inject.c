/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Injection: fail point 1, then 2, until there is no new one.
 *
 * The first run has no failure and says what points there are. A job is a prefix of decisions with a failure as its
 * last one; behind it a run takes the usual answers, or, persistently, the same one wherever the same is asked. A run
 * with failures may meet what the first one did not: an error path. The first point with each new label and place
 * becomes a job, too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <rmisim/inject.h>

#include "replay.h"

#define TELL_EVERY 0.25 /* seconds */

/*
 * What asks to be tried again comes in bursts: for ever it would be no correct RMM, and no correct kernel, since
 * nothing could be done about it. The port's patience is longer (RMI_RETRY_MAX).
 */
#define BURST 16

struct name {
	char label[48], place[64];
	unsigned ways;
	uint64_t points, reached;
};

/* A point that is to fail. */
struct job {
	uint32_t *prefix; /* decisions before it */
	size_t at;
	unsigned name;
	uint32_t n;
	unsigned depth; /* failures before it, 0 for what the first run met */
	uint64_t nth;   /* of its name in that run */
	bool counts;    /* as a point; not the second of a pair */
};

struct injector {
	const struct sim_inject *inject;
	const char *scenario; /* its name, in replay strings */
	struct runner runner;
	unsigned class;
	struct sim_injected *result;
	struct sim_injections *sum;

	struct name *names;
	size_t nr_names, names_room;
	struct job *jobs;
	size_t nr_jobs, jobs_room;
	uint32_t *follow;
	size_t follow_room;

	/* Of the run: what fails always from now on; NULL: nothing. */
	const char *always;
	uint32_t option;
	unsigned streak;
	char failure[256];

	double told; /* when there was news, seconds */

	struct sim_result handed; /* the first violation, when it is of this class */
};

static bool grow(void **array, size_t *room, size_t need, size_t element)
{
	size_t want = *room ? *room : 64;
	void *p;

	if (need <= *room)
		return true;
	while (want < need)
		want *= 2;
	p = realloc(*array, want * element);
	if (!p)
		return false;
	*array = p;
	*room = want;
	return true;
}

static bool no_run(struct injector *in, const char *why)
{
	struct sim_injected *result = in->result;

	if (!result->violation[0])
		snprintf(result->violation, sizeof(result->violation), "setup: %s", why);
	in->sum->violations++;
	return false;
}

/* Points */

static bool is_point(const struct injector *in, const struct decision *d)
{
	if (d->kind != SIM_CHOOSE_FAIL && d->kind != SIM_CHOOSE_RMM)
		return false;
	return sim_is_wrong_answer(d->label) == (in->class == SIM_WRONG_ANSWERS);
}

/* The number of this label and place, nr_names when it is new; SIZE_MAX: no memory. */
static size_t name_of(struct injector *in, const struct decision *d, bool *is_new)
{
	const char *place = d->place ? d->place : "?";
	struct name *name;
	size_t i;

	*is_new = false;
	for (i = 0; i < in->nr_names; i++)
		if (!strcmp(in->names[i].label, d->label) && !strcmp(in->names[i].place, place))
			return i;
	if (!grow((void **)&in->names, &in->names_room, i + 1, sizeof(*name)))
		return SIZE_MAX;
	name = &in->names[in->nr_names++];
	*name = (struct name){ .ways = 0 };
	snprintf(name->label, sizeof(name->label), "%s", d->label);
	snprintf(name->place, sizeof(name->place), "%s", place);
	*is_new = true;
	return i;
}

static bool add_job(struct injector *in, const struct decision *taken, size_t at, size_t name,
		    unsigned depth, uint64_t nth, bool counts)
{
	struct job *job;
	size_t i;

	if (!grow((void **)&in->jobs, &in->jobs_room, in->nr_jobs + 1, sizeof(*job)))
		return false;
	job = &in->jobs[in->nr_jobs];
	*job = (struct job){ .at = at,
			     .name = (unsigned)name,
			     .n = taken[at].n,
			     .depth = depth,
			     .nth = nth,
			     .counts = counts };
	/* The usual answers before it need no list. */
	if (depth) {
		job->prefix = malloc((at + 1) * sizeof(*job->prefix));
		if (!job->prefix)
			return false;
		for (i = 0; i < at; i++)
			job->prefix[i] = taken[i].chosen;
	}
	in->nr_jobs++;
	return true;
}

/*
 * Look at the points of the last run from `from` on: each of them becomes a job (all), or those with a new name.
 * Only points of a new name and those of the first run count as points.
 */
static bool collect(struct injector *in, size_t from, bool all, unsigned depth)
{
	const struct decisions *d = &in->runner.world->choices;
	bool is_new, counts;
	size_t name;

	for (size_t i = from; i < d->count; i++) {
		if (!is_point(in, &d->taken[i]))
			continue;
		name = name_of(in, &d->taken[i], &is_new);
		if (name == SIZE_MAX)
			return no_run(in, "memory is short");
		if (!all && !is_new)
			continue;
		counts = is_new || !depth;
		in->names[name].points += counts;
		in->sum->points += counts;
		if (in->names[name].ways < d->taken[i].n - 1)
			in->names[name].ways = d->taken[i].n - 1;
		if (!add_job(in, d->taken, i, name, depth, depth ? 0 : in->names[name].points,
			     counts))
			return no_run(in, "memory is short");
	}
	return true;
}

/* Runs */

static bool comes_in_bursts(const char *label)
{
	return !strcmp(label, "busy") || !strcmp(label, "blocked") ||
	       !strcmp(label, "invalidation");
}

static uint32_t pick(void *ctx, struct sim_world *world, const struct decision *asked)
{
	struct injector *in = ctx;

	if (!in->always || world->failures.gave_up || in->option >= asked->n ||
	    !is_point(in, asked) || strcmp(asked->label, in->always))
		return 0;
	if (comes_in_bursts(in->always) && ++in->streak % (2 * BURST) >= BURST)
		return 0;
	return in->option;
}

static void describe(struct injector *in, const struct job *job, uint32_t option, bool always)
{
	const struct name *name = &in->names[job->name];
	char way[24] = "", nth[32] = "";

	if (name->ways > 1)
		snprintf(way, sizeof(way), " (way %u)", option);
	if (job->nth)
		snprintf(nth, sizeof(nth), ", time %llu", (unsigned long long)job->nth);
	snprintf(in->failure, sizeof(in->failure), "%s%s in %s%s%s%s", name->label, way,
		 name->place, nth, job->depth ? ", behind another failure" : "",
		 always ? ", and always from there on" : "");
}

/*
 * The first one of all is handed over: shrunk, and as a string. `found` has it as it was found; behind this the
 * runner's last run is that one again.
 */
static void hand_over(struct injector *in)
{
	struct sim_injected *result = in->result;
	struct sim_result *handed = &in->handed;

	snprintf(result->failure, sizeof(result->failure), "%s", in->failure);
	result->failures = in->class;
	sim_report_violation(&in->runner, in->scenario, in->inject->no_shrink, 0, handed);
	snprintf(result->violation, sizeof(result->violation), "%s", handed->violation);
	strcpy(result->choices, handed->choices);
	strcpy(result->replay, handed->replay);
	handed->violations = 1;
}

static void note_violation(struct injector *in)
{
	in->sum->violations++;
	if (in->inject->found)
		in->inject->found(in->inject->found_ctx, in->runner.violation, in->failure,
				  sim_choices(in->runner.world));
	if (!in->result->violation[0])
		hand_over(in);
}

/* Behind a violation, and at the limit. */
static bool may_go_on(struct injector *in)
{
	const struct sim_inject *inject = in->inject;

	if (in->sum->violations && !inject->go_on)
		return false;
	if (inject->max_runs && in->sum->runs >= inject->max_runs) {
		in->result->complete = false;
		return false;
	}
	return true;
}

/* One run; false when there was none. */
static bool run(struct injector *in, const struct plan *plan)
{
	struct sim_world *world = runner_go(&in->runner, plan);

	if (!world)
		return no_run(in, in->runner.why);
	in->sum->runs++;
	in->sum->known += world->failures.known;
	if (in->runner.violation)
		note_violation(in);
	if (!in->runner.world)
		return no_run(in, in->runner.why);
	if (in->inject->after)
		in->inject->after(in->runner.world, in->inject->after_ctx);
	return true;
}

static const char *fill_follow(struct injector *in, const struct job *job, uint32_t option)
{
	if (!grow((void **)&in->follow, &in->follow_room, job->at + 1, sizeof(*in->follow)))
		return "memory is short";
	if (job->prefix)
		memcpy(in->follow, job->prefix, job->at * sizeof(*in->follow));
	else
		memset(in->follow, 0, job->at * sizeof(*in->follow));
	in->follow[job->at] = option;
	return NULL;
}

/* False when the search ends. *met becomes false when the point was not there. */
static bool run_job(struct injector *in, struct job job, uint32_t option, bool always, bool *met)
{
	const char *wrong = fill_follow(in, &job, option);
	const struct decisions *d;

	if (wrong)
		return no_run(in, wrong);
	in->always = always ? in->names[job.name].label : NULL;
	in->option = option;
	in->streak = 0;
	describe(in, &job, option, always);
	if (!run(in, &(struct plan){ in->follow, job.at + 1, pick, in, false }))
		return false;
	d = &in->runner.world->choices;
	if (d->count <= job.at || d->taken[job.at].chosen != option ||
	    strcmp(d->taken[job.at].label, in->names[job.name].label))
		*met = false;
	if (!may_go_on(in))
		return false;
	return collect(in, job.at + 1, in->inject->depth > 1 && !job.depth && !always,
		       job.depth + 1);
}

/* Each way of one point, once and always. */
static bool run_point(struct injector *in, size_t number)
{
	bool met = true;

	for (uint32_t option = 1; option < in->jobs[number].n; option++)
		for (int always = 0; always < 2; always++)
			if (!run_job(in, in->jobs[number], option, always, &met))
				return false;
	if (met && in->jobs[number].counts) {
		in->names[in->jobs[number].name].reached++;
		in->sum->reached++;
	}
	free(in->jobs[number].prefix);
	in->jobs[number].prefix = NULL;
	return true;
}

static void tell_points(struct injector *in)
{
	for (size_t i = 0; i < in->nr_names && in->inject->point; i++) {
		const struct name *name = &in->names[i];

		in->inject->point(in->inject->point_ctx,
				  &(struct sim_point){ name->label, name->place,
						       (enum sim_failures)in->class, name->ways,
						       name->points, name->reached });
	}
}

/* A few times a second. What is still to come may have points of its own: the share is of those known. */
static void tell_progress(struct injector *in, size_t done)
{
	const struct sim_inject *inject = in->inject;
	struct timespec t;
	double now;

	if (!inject->progress)
		return;
	clock_gettime(CLOCK_MONOTONIC, &t);
	now = (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
	if (now - in->told < TELL_EVERY)
		return;
	in->told = now;
	inject->progress(inject->progress_ctx,
			 &(struct sim_progress){ .schedules = in->sum->runs,
						 .runs = in->runner.runs,
						 .bound = in->class,
						 .done = (double)done / (double)in->nr_jobs });
}

static void inject_class(const struct sim_inject *inject, const char *name, sim_scenario scenario,
			 unsigned class, struct sim_injections *sum, struct sim_injected *result)
{
	struct injector in = {
		.inject = inject, .scenario = name, .class = class, .sum = sum, .result = result
	};
	struct sim_config config = inject->config;

	config.failures = class;
	if (!runner_init(&in.runner, &config, scenario, inject->rewinds)) {
		no_run(&in, in.runner.why);
	} else if (run(&in, &(struct plan){ .pick = pick, .ctx = &in }) && may_go_on(&in) &&
		   collect(&in, 0, true, 0)) {
		for (size_t i = 0; i < in.nr_jobs; i++) {
			tell_progress(&in, i);
			if (!run_point(&in, i))
				break;
		}
	}
	tell_points(&in);
	runner_drop(&in.runner);
	sim_explain_result(&in.handed, scenario, &config);
	if (in.handed.violations)
		strcpy(result->report, in.handed.report);
	for (size_t i = 0; i < in.nr_jobs; i++)
		free(in.jobs[i].prefix);
	free(in.jobs);
	free(in.names);
	free(in.follow);
}

/* $RMISIM_REPLAY may be a run of this scenario with failures of that class. */
static bool replay_instead(const struct sim_inject *inject, const char *name, sim_scenario scenario,
			   unsigned class, struct sim_injections *sum, struct sim_injected *result)
{
	struct sim_explore explore = { .config = inject->config,
				       .after = inject->after,
				       .after_ctx = inject->after_ctx };
	struct sim_result run = { 0 };

	explore.config.failures = class;
	explore.config.choices = NULL;
	if (!sim_replay_instead(name, scenario, &explore, &run))
		return false;
	sum->runs = run.schedules;
	sum->violations = run.violations;
	result->failures = class;
	strcpy(result->violation, run.violation);
	strcpy(result->choices, run.choices);
	strcpy(result->replay, run.replay);
	strcpy(result->report, run.report);
	if (run.schedules)
		snprintf(result->failure, sizeof(result->failure), "what the replay string has");
	return true;
}

struct sim_injected sim_inject_named(const char *name, sim_scenario scenario,
				     const struct sim_inject *inject)
{
	static const struct sim_inject defaults;
	static const unsigned each[] = { SIM_LEGAL_FAILURES, SIM_WRONG_ANSWERS };
	struct sim_injected result = { .complete = true };
	struct sim_injections *const sums[] = { &result.legal, &result.wrong };
	unsigned classes;

	if (!inject)
		inject = &defaults;
	if (sim_size_wrong(inject->size, sizeof(*inject))) {
		no_run(&(struct injector){ .result = &result, .sum = &result.legal },
		       sim_size_wrong(inject->size, sizeof(*inject)));
		result.complete = false;
		return result;
	}
	if (inject->scenario)
		name = inject->scenario;
	classes = inject->classes ? inject->classes : SIM_LEGAL_FAILURES | SIM_WRONG_ANSWERS;
	for (int i = 0; i < 2; i++)
		if (classes & each[i] &&
		    replay_instead(inject, name, scenario, each[i], sums[i], &result))
			return result;
	for (int i = 0; i < 2; i++)
		if (classes & each[i])
			inject_class(inject, name, scenario, each[i], sums[i], &result);
	return result;
}
