/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Schedules at random. The numbers of run r come from the seed and r alone, so that parts of a search make the runs
 * that the whole one would make.
 *
 * PCT: Burckhardt, Kothari, Musuvathi, Nagarakatte: "A randomized scheduler with probabilistic guarantees of finding
 * bugs", ASPLOS 2010. The actor of the highest priority runs; at each of d random places, the one that runs becomes
 * the lowest. Places are counted where it could be preempted, out of as many as the first runs had at most.
 */
#include <string.h>

#include "search.h"
#include "splitmix.h"

#define DEFAULT_RUNS UINT64_C(10000)
#define MEASURED     32 /* runs that say how long a run is; every part makes them */
#define MAX_CHANGES  64

struct dice {
	uint64_t state; /* of this run */
	/* PCT */
	uint64_t key; /* priorities of this run come from it */
	unsigned nr_changes;
	uint64_t change[MAX_CHANGES]; /* places, in no order */
	uint8_t lowered[SIM_MAX_ACTORS];
	uint64_t places;  /* of this run so far */
	uint64_t longest; /* most places of a measured run */
};

static uint32_t pick_any(void *ctx, struct sim_world *world, const struct decision *asked)
{
	struct dice *dice = ctx;

	return asked->kind == SIM_CHOOSE_SCHED ? splitmix_below(&dice->state, asked->n) : 0;
}

/* Below those that are still at their first one are the lowered ones: by the number of the change. */
static uint64_t priority(const struct dice *dice, unsigned actor)
{
	if (dice->lowered[actor])
		return dice->lowered[actor];
	return splitmix_mix(dice->key + actor) | UINT64_C(1) << 63;
}

/* The options as sched.c offers them: who runs, when it can go on, then the others in order. */
static uint32_t option_of_highest(const struct dice *dice, const struct sim_world *world,
				  bool stays)
{
	uint64_t best = 0, has;
	uint32_t option = 0, n = 0;

	if (stays) {
		best = priority(dice, world->running->id);
		n = 1;
	}
	for (unsigned i = 0; i < world->nr_actors; i++) {
		if (world->actors[i] == world->running || world->actors[i]->state != ACTOR_READY)
			continue;
		has = priority(dice, i);
		if (has > best) {
			best = has;
			option = n;
		}
		n++;
	}
	return option;
}

static uint32_t pick_by_priority(void *ctx, struct sim_world *world, const struct decision *asked)
{
	struct dice *dice = ctx;

	if (asked->kind != SIM_CHOOSE_SCHED)
		return 0;
	if (asked->preempts) {
		dice->places++;
		for (unsigned k = 0; k < dice->nr_changes; k++)
			if (dice->change[k] == dice->places)
				dice->lowered[world->running->id] = (uint8_t)(k + 1);
	}
	return option_of_highest(dice, world, asked->preempts);
}

static void throw_dice(struct dice *dice, const struct sim_explore *e, uint64_t run)
{
	dice->state = splitmix_mix(splitmix_mix(e->seed) + run);
	if (e->how != SIM_PCT)
		return;
	dice->key = splitmix_next(&dice->state);
	dice->nr_changes = e->preemptions < MAX_CHANGES ? e->preemptions : MAX_CHANGES;
	for (unsigned k = 0; k < dice->nr_changes; k++)
		dice->change[k] =
			dice->longest ? 1 + splitmix_next(&dice->state) % dice->longest : 0;
	memset(dice->lowered, 0, sizeof(dice->lowered));
	dice->places = 0;
}

void search_at_random(struct search *s)
{
	const struct sim_explore *e = s->explore;
	bool pct = e->how == SIM_PCT;
	uint64_t runs = e->max_runs ? e->max_runs : DEFAULT_RUNS;
	struct dice dice = { .longest = 0 };
	const struct plan plan = { .follow = s->follow,
				   .count = s->fixed,
				   .pick = pct ? pick_by_priority : pick_any,
				   .ctx = &dice,
				   .settles = true };

	s->bound = s->result->preemptions = pct ? e->preemptions : 0;
	for (uint64_t run = 0; run < runs; run++) {
		bool ours = e->shards <= 1 || run % e->shards == e->shard - 1;

		if (!ours && !(pct && run < MEASURED))
			continue;
		throw_dice(&dice, e, run);
		if (!search_go(s, &plan))
			return;
		if (run < MEASURED && dice.places > dice.longest)
			dice.longest = dice.places;
		if (ours && !search_note_run(s))
			return;
		if (search_is_due(s))
			search_tell(s, (double)(run + 1) / (double)runs);
	}
	search_tell(s, 1);
}
