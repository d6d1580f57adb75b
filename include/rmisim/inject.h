/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file inject.h
 * Injection: a scenario again and again, each time with another failure.
 *
 * Whatever may fail asks the choice stream, so a point is one question of one run: what fails (label), where (the
 * kernel's function, or the RMI call that is being made), for the how-manieth time. Each point fails in each of its
 * ways, once, and from there on always; so do the points that only a run with a failure has, once for each label
 * and place.
 *
 * Of what a correct RMM or kernel may do at any time (SIM_LEGAL_FAILURES) the scenario sees nothing: the VMM
 * tries again what failed for a reason that passes, and all that the scenario expects must come true. A call that fails
 * for ever, and a realm whose activation failed, end the run; then everything is closed, and must be back. Of wrong
 * answers (SIM_WRONG_ANSWERS) only safety is demanded, and what the scenario expects behind one does not count.
 * docs/injecting.md has the rules.
 */
#ifndef RMISIM_INJECT_H
#define RMISIM_INJECT_H

#include <rmisim/explore.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/** All points with one label at one place. */
struct sim_point {
	const char *label;      /**< "GFP_KERNEL page", "busy", "answer RMI_RTT_CREATE" */
	const char *place;      /**< "rmi_sro_alloc", "RMI_RTT_CREATE", "?" */
	enum sim_failures kind; /**< the class */
	unsigned ways;          /**< in which it fails */
	uint64_t points, reached;
};

/** What is made to fail, and where. Zero means default. */
struct sim_inject {
	size_t size; /**< sizeof(struct sim_inject), 0 is taken as that too */
	struct sim_config
		config; /**< the world of each run; `choices` and `failures` are not looked at */
	const char *scenario; /**< name in replay strings; NULL: the function's name */
	unsigned classes;     /**< bits of enum sim_failures; 0: both, one after the other */
	unsigned depth;       /**< 0, 1: one failure; 2: each pair, too */
	uint64_t max_runs;    /**< of each class; 0: no limit */
	bool go_on;           /**< behind a violation; default: the class ends with it */
	bool rewinds;         /**< as sim_explore.rewinds */
	bool no_shrink;       /**< hand the violating run over as it was found */
	/** Called once for each label and place when a class is done; points to nothing that lives on. */
	void (*point)(void *ctx, const struct sim_point *point);
	void *point_ctx; /**< first argument of `point` */
	/** Called for each violating run: what, behind which failure, and its decisions, not shrunk. */
	void (*found)(void *ctx, const char *violation, const char *failure, const char *choices);
	void *found_ctx; /**< first argument of `found` */
	/** Called once for each run, before its world is dropped; may only look. */
	void (*after)(struct sim_world *world, void *ctx);
	void *after_ctx; /**< last argument of `after` */
	/** Called a few times a second: `bound` is the class, `done` the points of it that are done. */
	void (*progress)(void *ctx, const struct sim_progress *progress);
	void *progress_ctx; /**< first argument of `progress` */
};

/** What one class has come to. */
struct sim_injections {
	uint64_t points;  /**< that were met */
	uint64_t reached; /**< that failed in every way in which they can */
	uint64_t runs, violations;
	uint64_t known; /**< runs that end as docs/injecting.md says it is known; no violations */
};

/** What an injection has come to. */
struct sim_injected {
	struct sim_injections legal, wrong;
	bool complete;       /**< every run was made */
	char violation[512]; /**< of the first violating run, "" when clean: "check: sentence" */
	/** What was made to fail when it was found: "kmalloc in kvm_create_vm, time 1, and always from there on". */
	char failure[256];
	unsigned failures;  /**< its sim_config.failures */
	char choices[2048]; /**< its decisions, shrunk; "" when there are too many */
	char replay
		[SIM_REPLAY_SIZE]; /**< the same as a replay string (replay.h), "" when too long */
	char report[16384];        /**< as sim_result.report */
};

/**
 * "setup: sentence" as the violation says that no run was possible. NULL: all defaults. The first violating run is made
 * again, shrunk (fewest failures, then smallest options) and handed over as a string; $RMISIM_REPLAY with such a
 * string makes that run instead, one of its class and no points.
 */
struct sim_injected sim_inject_named(const char *name, sim_scenario scenario,
				     const struct sim_inject *inject);
/** sim_inject_named() with the function's own name. */
#define sim_inject(scenario, ...) sim_inject_named(#scenario, scenario, __VA_ARGS__)

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
