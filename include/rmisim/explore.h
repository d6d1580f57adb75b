/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file explore.h
 * Exploration: a scenario again and again, each time with other decisions.
 *
 * Everything that a run leaves open is a decision of one stream (sim_choose()). A search varies decisions;
 * a violation is handed over as one replay string, which sim_replay() and every sim_explore() of the same
 * scenario take back ($RMISIM_REPLAY). All schedules are sequentially consistent: weak memory is not modelled.
 *
 * A search runs on the calling thread and touches nothing outside its worlds. Several may run at once on
 * several threads, each with an image of its own (sim_config.kernel opens one).
 */
#ifndef RMISIM_EXPLORE_H
#define RMISIM_EXPLORE_H

#include <stdio.h>

#include <rmisim/sim.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/** How a search goes through the decisions. */
enum sim_how {
	SIM_EXHAUSTIVE, /**< preemption bounds 0, 1 .. `preemptions` in turn, each of them completely */
	SIM_RANDOM, /**< every decision of the schedule at random; `preemptions` does not matter */
	/** Random priorities with `preemptions` (at most 64) random changes: probabilistic concurrency testing. */
	SIM_PCT,
};

/** What a search has come to so far. */
struct sim_progress {
	uint64_t schedules; /**< as in struct sim_result */
	uint64_t runs;      /**< the same */
	unsigned bound;     /**< that is being gone through; PCT: changes of priority */
	double done; /**< estimated part of the bound (RANDOM, PCT: of the runs) that is done, 0 to 1; below 0: unknown */
};

/** What is searched, and how far. Zero means default. */
struct sim_explore {
	size_t size; /**< sizeof(struct sim_explore), 0 is taken as that too */
	struct sim_config
		config; /**< the world of each run; `choices` is a prefix to follow, then explore:
			     a choice string, or a replay string whose labels have to fit */
	const char *scenario; /**< name in replay strings; NULL: the function's name */
	unsigned
		preemptions; /**< bound b: all schedules with at most b preemptions behind the prefix */
	/** All runs with at most so many failures of the classes that config.failures has; exhaustive only. */
	unsigned failures;
	enum sim_how how;  /**< the strategy; default SIM_EXHAUSTIVE */
	uint64_t seed;     /**< RANDOM, PCT: the same runs on every machine */
	uint64_t max_runs; /**< 0: no limit; RANDOM, PCT: 10000; see `shard` */
	/**
	 * Part `shard` (1 .. shards) of `shards` disjoint parts of all schedules; 0 of 0: all. The parts together
	 * count each schedule once. Of RANDOM and PCT the parts share out max_runs; else it is each part's own.
	 */
	unsigned shard;
	unsigned shards; /**< how many parts there are, see `shard` */
	bool go_on; /**< behind a violation, to count all of them; default: stop at the first */
	/**
	 * Let what the scenario does before its first sim_spawn() happen once, and put the world and the
	 * scenario's stack back for each run. All state of the scenario has to be on its stack or in the world, not
	 * in statics or malloc(); sim_config.event then sees the beginning once. Without effect under a
	 * sanitizer.
	 */
	bool rewinds;
	bool no_shrink; /**< hand the violating run over as it was found */
	/** Called once for each schedule, before its world is dropped; may only look. */
	void (*after)(struct sim_world *world, void *ctx);
	void *after_ctx; /**< last argument of `after` */
	/** Called a few times a second, and at the end of each bound or of all random runs. */
	void (*progress)(void *ctx, const struct sim_progress *progress);
	void *progress_ctx; /**< first argument of `progress` */
};

/** Room for a replay string, bytes: a run that is violated only behind a thousand failures has a long one. */
#define SIM_REPLAY_SIZE 16384

/** What a search has come to. */
struct sim_result {
	uint64_t
		schedules; /**< different ones that were run; RANDOM, PCT: runs, of which some may be the same */
	/** All that were made: of lower bounds, for shrinking, and those of the sample that are made twice, too. */
	uint64_t runs;
	uint64_t violations;
	bool exhaustive; /**< every schedule within the bound was run */
	unsigned
		preemptions; /**< the bound that was reached; PCT: changes of priority; RANDOM: 0 */
	char violation[512]; /**< of the first violating run, "" when clean: "check: sentence" */
	char choices[2048];  /**< its decisions: give them back as sim_config.choices */
	char replay
		[SIM_REPLAY_SIZE]; /**< the same as a replay string (replay.h), "" when too long */
	enum sim_how how;          /**< the strategy */
	uint64_t seed;             /**< RANDOM, PCT */
	/** Who waited for whom when it was violated, every stack, the last events in lanes: lines. */
	char report[16384];
};

/**
 * Run a scenario under every schedule within the bound, or many random ones. "setup: sentence" as the violation
 * says that no run was possible.
 */
struct sim_result sim_explore_named(const char *name, sim_scenario scenario,
				    const struct sim_explore *explore);
/** sim_explore_named() with the function's own name. */
#define sim_explore(scenario, ...) sim_explore_named(#scenario, scenario, __VA_ARGS__)

/**
 * One sentence: "exhaustive up to bound 3: 60920 schedules, 0 violations", "random, seed 7: 10000 runs, 0
 * violations", "stopped at 500 schedules in bound 2, 1 violation". Returns buf.
 */
const char *sim_result_says(const struct sim_result *result, char *buf, size_t size);

/**
 * Make one run (config->choices) and write to `out` how things stood when it was violated: the sentence, who
 * waits for what that whom holds, the stack of every actor and guest, functions of the kernel image by name,
 * and the last events in lanes (trace.h).
 * Events of the run go to config->event as ever.
 * @return true when there was a violation
 */
bool sim_explain(sim_scenario scenario, const struct sim_config *config, FILE *out);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
