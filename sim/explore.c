/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exploration: what all searches have in common. The ways to go are in exhaust.c and random.c.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "replay.h"
#include "search.h"

#define TELL_EVERY  0.25 /* seconds */
#define REPEAT_EACH 1000 /* one run in so many is made twice */

bool search_make_room(struct search *s, size_t room)
{
	uint32_t *follow;

	if (room <= s->room)
		return true;
	room *= 2;
	follow = realloc(s->follow, room * sizeof(*follow));
	if (!follow)
		return false;
	s->follow = follow;
	s->room = room;
	return true;
}

bool search_failed(struct search *s, const char *why)
{
	if (!s->result->violation[0])
		snprintf(s->result->violation, sizeof(s->result->violation), "setup: %s", why);
	s->result->violations++;
	s->failed = true;
	return false;
}

struct sim_world *search_go(struct search *s, const struct plan *plan)
{
	struct plan marked = *plan;
	struct sim_world *world;
	char why[400];

	marked.marks = s->marks;
	world = runner_go(&s->runner, &marked);
	if (!world)
		search_failed(s, s->runner.why);
	else if (sim_replay_misfit(&s->runner, why, sizeof(why)))
		search_failed(s, why);
	return s->failed ? NULL : world;
}

/* All runs of lower bounds have been made, so a violating one has as few preemptions as there can be. */
static unsigned known_clean(const struct search *s)
{
	const struct sim_explore *e = s->explore;

	return e->how == SIM_EXHAUSTIVE && !s->fixed && !e->shards ? s->bound : 0;
}

/* Look at what has to be looked at more closely: a violation, or a run of the sample that is made twice. */
static void look_again(struct search *s)
{
	struct sim_result *result = s->result;
	bool violates = s->runner.violation;
	char why[400];

	if (violates && !result->violations) {
		result->violations = 1;
		sim_report_violation(&s->runner, s->name, s->explore->no_shrink, known_clean(s),
				     result);
	} else if (violates || result->schedules % REPEAT_EACH == 1) {
		bool differs = sim_repeat(&s->runner, why, sizeof(why));

		if (differs && !result->violations)
			snprintf(result->violation, sizeof(result->violation), "%s", why);
		result->violations += violates || differs;
	}
}

bool search_note_run(struct search *s)
{
	const struct sim_explore *e = s->explore;

	s->result->schedules++;
	if (s->note)
		return s->note(s);
	if (e->after)
		e->after(s->runner.world, e->after_ctx);
	look_again(s);
	return (!s->result->violations || e->go_on) &&
	       (!e->max_runs || s->result->schedules < e->max_runs);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

bool search_is_due(struct search *s)
{
	double t;

	if (!s->explore->progress)
		return false;
	t = now();
	if (t - s->told < TELL_EVERY)
		return false;
	s->told = t;
	return true;
}

void search_tell(struct search *s, double done)
{
	const struct sim_progress progress = {
		.schedules = s->result->schedules,
		.runs = s->runner.runs,
		.bound = s->bound,
		.done = done,
	};

	if (s->explore->progress)
		s->explore->progress(s->explore->progress_ctx, &progress);
}

static bool set_prefix(struct search *s)
{
	const char *choices = s->explore->config.choices;
	const char *wrong = sim_choices_parse(choices, NULL, 0, &s->fixed);

	if (wrong)
		return search_failed(s, wrong);
	if (!search_make_room(s, s->fixed + 1))
		return search_failed(s, "memory is short");
	sim_choices_parse(choices, s->follow, s->fixed, &s->count);
	s->marks = sim_choices_marks(choices);
	return true;
}

static bool is_a_part(struct search *s)
{
	const struct sim_explore *e = s->explore;
	char why[80];

	if (e->shard <= e->shards && !e->shard == !e->shards)
		return true;
	snprintf(why, sizeof(why), "there is no part %u of %u; shard is 1 to shards", e->shard,
		 e->shards);
	return search_failed(s, why);
}

struct sim_result sim_explore_named(const char *name, sim_scenario scenario,
				    const struct sim_explore *explore)
{
	static const struct sim_explore defaults;
	const struct sim_explore *e = explore ? explore : &defaults;
	struct sim_result result = { 0 };
	struct search s = { .explore = e, .result = &result, .told = now() };
	const char *wrong = sim_size_wrong(e->size, sizeof(*e));

	if (wrong) {
		search_failed(&s, wrong);
		return result;
	}
	result.how = e->how;
	result.seed = e->how ? e->seed : 0;
	s.name = e->scenario ? e->scenario : name;
	if (sim_replay_instead(name, scenario, e, &result))
		return result;
	if (!runner_init(&s.runner, &e->config, scenario, e->rewinds))
		search_failed(&s, s.runner.why);
	else if (!is_a_part(&s) || !set_prefix(&s))
		;
	else if (e->how == SIM_EXHAUSTIVE)
		search_exhaust(&s);
	else
		search_at_random(&s);
	result.runs = s.runner.runs;
	runner_drop(&s.runner);
	sim_explain_result(&result, scenario, &s.explore->config);
	free(s.follow);
	return result;
}

const char *sim_result_says(const struct sim_result *result, char *buf, size_t size)
{
	const char *many = result->schedules == 1 ? "" : "s";
	char how[96];

	if (result->how != SIM_EXHAUSTIVE)
		snprintf(how, sizeof(how), "%s, seed %" PRIu64 ": %" PRIu64 " run%s",
			 result->how == SIM_RANDOM ? "random" : "PCT", result->seed,
			 result->schedules, many);
	else if (result->exhaustive)
		snprintf(how, sizeof(how), "exhaustive up to bound %u: %" PRIu64 " schedule%s",
			 result->preemptions, result->schedules, many);
	else
		snprintf(how, sizeof(how), "stopped at %" PRIu64 " schedule%s in bound %u",
			 result->schedules, many, result->preemptions);
	snprintf(buf, size, "%s, %" PRIu64 " violation%s", how, result->violations,
		 result->violations == 1 ? "" : "s");
	return buf;
}
