/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exploration: a scenario under every schedule with at most b preemptions, depth first.
 *
 * A run is determined by its decisions. The next run keeps the longest prefix of this one whose last
 * schedule decision has an option left that the bound allows, and takes that option. A preemption is the
 * choice of another actor although the current one can go on. Decisions of other kinds stay as the given
 * string says.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "world.h"

struct search {
	const struct sim_explore *explore;
	struct sim_config config;
	uint32_t *follow;
	size_t count, room; /* decisions to follow, room of the array */
	size_t fixed;       /* of them given: never varied */
	struct sim_result *result;
	struct sim_stacks stacks; /* go from run to run */
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

static void note_violation(struct search *s, struct sim_world *world, const char *violation)
{
	struct sim_result *result = s->result;
	const char *choices = sim_choices(world);

	if (result->violations++)
		return;
	snprintf(result->violation, sizeof(result->violation), "%s", violation);
	if (strlen(choices) < sizeof(result->choices))
		snprintf(result->choices, sizeof(result->choices), "%s", choices);
}

/* The next prefix in depth-first order; false when there is none, or no memory for it. */
static bool advance(struct search *s, const struct decisions *d)
{
	unsigned preemptions = 0;
	size_t last = SIZE_MAX, i;

	if (!make_room(s, d->count + 1))
		return not_started(s, "memory is short");
	for (i = 0; i < d->count; i++) {
		const struct decision *at = &d->taken[i];

		if (i >= s->fixed && at->kind == SIM_CHOOSE_SCHED && at->chosen + 1 < at->n &&
		    preemptions + (at->preempts ? 1 : 0) <= s->explore->preemptions)
			last = i;
		preemptions += at->preempts && at->chosen;
	}
	if (last == SIZE_MAX) {
		s->result->exhaustive = true;
		return false;
	}
	for (i = 0; i <= last; i++)
		s->follow[i] = d->taken[i].chosen;
	s->follow[last]++;
	s->count = last + 1;
	return true;
}

/* One run; false when the search is over. */
static bool run_one(struct search *s, sim_scenario scenario)
{
	char why[200];
	struct sim_world *world =
		sim_world_follow(&s->config, s->follow, s->count, &s->stacks, why, sizeof(why));
	const char *violation;
	bool more;

	if (!world)
		return not_started(s, why);
	sim_run(world, scenario);
	violation = sim_violation(world);
	if (!violation)
		violation = sim_quiescent(world);
	s->result->schedules++;
	if (violation)
		note_violation(s, world, violation);
	if (s->explore->after)
		s->explore->after(world, s->explore->after_ctx);
	more = advance(s, &world->choices);
	sim_world_free(world);
	return more && (!s->explore->max_runs || s->result->schedules < s->explore->max_runs);
}

static bool set_prefix(struct search *s)
{
	const char *wrong = sim_choices_parse(s->config.choices, NULL, 0, &s->fixed);

	if (wrong)
		return not_started(s, wrong);
	if (!make_room(s, s->fixed + 1))
		return not_started(s, "memory is short");
	sim_choices_parse(s->config.choices, s->follow, s->fixed, &s->count);
	s->config.choices = NULL;
	return true;
}

struct sim_result sim_explore(sim_scenario scenario, const struct sim_explore *explore)
{
	static const struct sim_explore defaults;
	struct sim_result result = { 0 };
	struct search s = { .explore = explore ? explore : &defaults, .result = &result };
	struct sim_image *image = NULL;
	const char *wrong;
	char why[200];

	s.config = s.explore->config;
	result.preemptions = s.explore->preemptions;
	if (!s.config.image) {
		image = sim_image_open(s.config.kernel ? s.config.kernel : "4k", why, sizeof(why));
		if (!image) {
			not_started(&s, why);
			return result;
		}
		s.config.image = image;
	}
	wrong = sim_engine_pick(s.config.engine, &s.config.engine);
	if (wrong)
		not_started(&s, wrong);
	else if (set_prefix(&s))
		while (run_one(&s, scenario))
			;
	sim_stacks_drop(&s.stacks);
	free(s.follow);
	sim_image_close(image);
	return result;
}
