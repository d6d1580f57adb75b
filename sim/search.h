/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One search: what its ways of going through the decisions share. It outlives its worlds; what belongs to one run is
 * in the world.
 */
#ifndef SIM_SEARCH_H
#define SIM_SEARCH_H

#include "runner.h"

#define SEARCH_ESTIMATES 9

struct search {
	const struct sim_explore *explore;
	struct runner runner;
	struct sim_result *result;

	/* The next run: decisions to follow, room of the array, how many of them are given and never varied. */
	uint32_t *follow;
	size_t count, room, fixed;
	struct marks marks; /* of those, when they came as a replay string */
	const char *name;   /* of the scenario, in replay strings */

	unsigned bound;
	bool cut;    /* the bound has left something out */
	bool failed; /* something else than the scenario has ended it */

	/* Instead of looking at violations: called for each new run; false: the bound ends with it. */
	bool (*note)(struct search *s);
	void *note_ctx;

	/* Of sim_explore.progress: when it was told last, seconds; estimates of this bound. */
	double told, estimates[SEARCH_ESTIMATES];
	unsigned nr_estimates;
};

/* explore.c */
bool search_make_room(struct search *s, size_t room);
/* No run is possible: a violation "setup: why". Returns false. */
bool search_failed(struct search *s, const char *why);
/* Make a run; NULL: that was not possible, and the search has failed. */
struct sim_world *search_go(struct search *s, const struct plan *plan);
/* Note the run just made: it is one of this search and not a repeated one. False: the search ends with it. */
bool search_note_run(struct search *s);
/* Behind each run: is it time to tell how far the search is? */
bool search_is_due(struct search *s);
/* done: estimated part of the bound or of the runs, 0 to 1; below 0: unknown. */
void search_tell(struct search *s, double done);

/* exhaust.c: every schedule within the bound. */
void search_exhaust(struct search *s);
/* s->bound alone; false: not possible, or a note has ended it. */
bool search_bound(struct search *s);

/* random.c: RANDOM and PCT. */
void search_at_random(struct search *s);

/* estimate.c */
/*
 * The part of the tree below the first `fixed` decisions that a depth-first search has done when it has come to this
 * run, 0 to 1, or below 0 when nobody can say. Subtrees are taken to be as large as if they had the decisions that
 * this run has behind the same place.
 */
double search_estimate(const struct decisions *d, size_t fixed, unsigned preemptions,
		       unsigned failures);

/* shard.c */
/* A decision that is not the usual one: which one of the run, and its option. */
struct deviation {
	size_t at;
	uint32_t option;
};

/*
 * Of the parts 1 to `shards`, the one that has all runs whose first `n` deviations are these; n is 2, or less when
 * the run has no more.
 */
unsigned shard_owner(const struct deviation *d, size_t n, unsigned shards);

#endif
