/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exploration: a scenario under every schedule with at most b preemptions, depth first, for b = 0, 1, 2 ..
 *
 * A run is determined by its decisions. The next run keeps the longest prefix of this one whose last
 * decision has an option left that the bound allows, and takes that option. A preemption is the
 * choice of another actor although the current one can go on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner.h"

struct search {
	const struct sim_explore *explore;
	struct runner runner;
	uint32_t *follow;
	size_t count, room; /* decisions to follow, room of the array */
	size_t fixed;       /* of them given: never varied */
	unsigned bound;
	bool cut; /* the bound has left something out */
	struct sim_result *result;
};

static bool make_room(struct search *s, size_t room)
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

static bool not_started(struct search *s, const char *why)
{
	if (!s->result->violation[0])
		snprintf(s->result->violation, sizeof(s->result->violation), "setup: %s", why);
	s->result->violations++;
	return false;
}

static void note_violation(struct search *s)
{
	struct sim_result *result = s->result;
	const char *choices = sim_choices(s->runner.world);

	if (result->violations++)
		return;
	snprintf(result->violation, sizeof(result->violation), "%s", s->runner.violation);
	if (strlen(choices) < sizeof(result->choices))
		snprintf(result->choices, sizeof(result->choices), "%s", choices);
}

/* May decision `d` be varied, when so much of the bounds is used up before it? */
static bool may_vary(struct search *s, const struct decision *d, unsigned preemptions,
		     unsigned failures)
{
	if (d->chosen + 1 >= d->n)
		return false;
	switch (d->kind) {
	case SIM_CHOOSE_SCHED:
		if (preemptions + d->preempts <= s->bound)
			return true;
		s->cut = true;
		return false;
	case SIM_CHOOSE_DATA:
		return false;
	default:
		return failures < s->explore->failures;
	}
}

/* The next prefix in depth-first order; false when there is none, or no memory for it. */
static bool advance(struct search *s, const struct decisions *d)
{
	unsigned preemptions = 0, failures = 0;
	size_t last = SIZE_MAX, i;

	if (!make_room(s, d->count + 1))
		return not_started(s, "memory is short");
	for (i = 0; i < d->count; i++) {
		const struct decision *at = &d->taken[i];
		bool schedule = at->kind == SIM_CHOOSE_SCHED;

		if (i >= s->fixed && may_vary(s, at, preemptions, failures))
			last = i;
		preemptions += schedule && at->preempts && at->chosen;
		failures += !schedule && at->kind != SIM_CHOOSE_DATA && at->chosen;
	}
	if (last == SIZE_MAX)
		return false;
	for (i = 0; i <= last; i++)
		s->follow[i] = d->taken[i].chosen;
	s->follow[last]++;
	s->count = last + 1;
	return true;
}

static unsigned preemptions_of(const struct decisions *d)
{
	unsigned n = 0;

	for (size_t i = 0; i < d->count; i++)
		n += d->taken[i].preempts && d->taken[i].chosen;
	return n;
}

/* A run that no lower bound has had. False: the search ends with it. */
static bool note_run(struct search *s, struct sim_world *world)
{
	const struct sim_explore *e = s->explore;

	s->result->schedules++;
	if (s->runner.violation)
		note_violation(s);
	if (e->after)
		e->after(world, e->after_ctx);
	return (!s->runner.violation || e->go_on) &&
	       (!e->max_runs || s->result->schedules < e->max_runs);
}

/* All runs of one bound; false when the search is over. */
static bool run_bound(struct search *s)
{
	struct sim_world *world;
	bool more = true;

	s->cut = false;
	s->result->preemptions = s->bound;
	s->count = s->fixed;
	while (more) {
		world = runner_go(&s->runner, &(struct plan){ .follow = s->follow,
							      .count = s->count,
							      .settles = !s->explore->failures });
		if (!world)
			return not_started(s, s->runner.why);
		if ((!s->bound || preemptions_of(&world->choices) == s->bound) &&
		    !note_run(s, world))
			return false;
		more = advance(s, &world->choices);
	}
	return true;
}

static bool set_prefix(struct search *s)
{
	const char *choices = s->explore->config.choices;
	const char *wrong = sim_choices_parse(choices, NULL, 0, &s->fixed);

	if (wrong)
		return not_started(s, wrong);
	if (!make_room(s, s->fixed + 1))
		return not_started(s, "memory is short");
	sim_choices_parse(choices, s->follow, s->fixed, &s->count);
	return true;
}

static void exhaust(struct search *s)
{
	unsigned top = s->explore->preemptions;

	/* In turn, so that what is found first is found with the fewest preemptions. */
	for (s->bound = 0; run_bound(s); s->bound++) {
		if (s->bound == top || !s->cut) {
			s->result->preemptions = top;
			s->result->exhaustive = true;
			break;
		}
	}
}

struct sim_result sim_explore_named(const char *name, sim_scenario scenario,
				    const struct sim_explore *explore)
{
	static const struct sim_explore defaults;
	struct sim_result result = { 0 };
	struct search s = { .explore = explore ? explore : &defaults, .result = &result };

	if (!runner_init(&s.runner, &s.explore->config, scenario, s.explore->rewinds))
		not_started(&s, s.runner.why);
	else if (set_prefix(&s))
		exhaust(&s);
	result.runs = s.runner.runs;
	runner_drop(&s.runner);
	free(s.follow);
	return result;
}
