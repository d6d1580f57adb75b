/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside a comparison: what its search and its report share. */
#ifndef SIM_COMPARE_H
#define SIM_COMPARE_H

#include <rmisim/compare.h>

#include "observe.h"
#include "search.h"

/* Something that can be seen, and the first run that shows it. */
struct outcome {
	struct state_hash hash;
	unsigned bound;
	uint32_t *follow;
	size_t count;
};

/* One of the kernels. */
struct side {
	struct search s;
	struct sim_explore e;
	struct sim_result r;
	struct observation o; /* of the last run */
	unsigned done;        /* bounds that have been gone through */
	bool whole;           /* no bound has anything more */
	struct outcome *outcome;
	size_t nr, room;
	struct seen seen; /* their hashes */
};

struct comparing {
	const struct sim_compare *how;
	const char *name;
	sim_scenario scenario;
	struct sim_compared *result;
	struct side side[2];
	bool sets;        /* and no longer in step */
	bool out_of_step; /* the last run of A is another one on B */
	bool stopped;     /* max_runs */
	uint64_t told;    /* runs of the report */
	/* compare_tell.c: the run that is looked for, and the nearest one so far. */
	struct observation only;
	struct outcome nearest;
	size_t together;
};

/* A runner and what belongs to it for side[0] or side[1]; false: not possible. */
bool compare_side(struct comparing *c, struct side *side, bool rewinds);
void compare_side_drop(struct side *side);
/* The decisions of the last run, without the usual ones at its end; NULL: memory is short. */
uint32_t *compare_decisions(const struct runner *r, size_t *count);
/* Make a run; false: not possible. */
bool compare_go(struct comparing *c, struct side *side, const uint32_t *follow, size_t count);
/* All new runs of the side up to a bound, from side->done on; false: stopped, or not possible. */
bool compare_bounds(struct comparing *c, struct side *side, unsigned bound,
		    bool (*note)(struct search *s));

/* compare_tell.c: only one side has this outcome: fill what, a and b of the result. False: not possible. */
bool compare_tell(struct comparing *c, struct side *side, const struct outcome *only,
		  unsigned bound);

#endif
