/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs of one scenario, one behind the other: what all searches are made of.
 */
#ifndef SIM_RUNNER_H
#define SIM_RUNNER_H

#include <rmisim/explore.h>

#include "snapshot.h"

struct runner {
	struct sim_config config;
	sim_scenario scenario;
	struct sim_image *own_image;
	struct sim_pool pool;    /* stacks and threads go from run to run */
	struct sim_world *world; /* of the last run */
	/* Rewinding: what a scenario does before it spawns an actor happens once. */
	bool rewinds;
	struct sim_aside aside;
	struct snapshot *snapshot;
	/* States in which all actors had ended, and from which on everything was well. */
	struct seen seen;
	struct state_hash state; /* of this run */
	/* It is known, and these are its events and decisions before it. */
	bool settled;
	uint64_t settled_seq;
	size_t settled_decisions;
	const struct plan *plan;
	struct observation *observation; /* of each run, or NULL */
	uint64_t runs;
	/* Of the last run: "check: sentence", or NULL. */
	const char *violation;
	char why[400]; /* no run was possible */
};

/*
 * False with r->why; r is to be dropped all the same. config->choices is not looked at. `rewinds`: all state of the
 * scenario is on its stack or in the world, so that its beginning need not be repeated where that is possible.
 */
bool runner_init(struct runner *r, const struct sim_config *config, sim_scenario scenario,
		 bool rewinds);
void runner_drop(struct runner *r);
/*
 * Run the scenario as planned. The world, with r->violation, stays to be looked at until the next call. NULL with
 * r->why when there is no world.
 */
struct sim_world *runner_go(struct runner *r, const struct plan *plan);

/* report.c: the run of the result's choices again, for result->report. No world may be alive on config->image. */
void sim_explain_result(struct sim_result *result, sim_scenario scenario,
			const struct sim_config *config);

/* Is it the sentence of the same check? */
bool runner_same_check(const char *violation, const char *other);

#endif
