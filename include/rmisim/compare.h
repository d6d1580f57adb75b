/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file compare.h
 * Two kernels, one scenario: can anybody tell them apart?
 *
 * Compared is what each actor has seen of a run, in the actor's order: RMI calls with arguments, lists of
 * descriptors, statuses and results; REC exits with their registers; accesses and SMCs of the guest with what they
 * gave; KVM_RUN's return value with the exit; the VMM's ioctls with their return values, and what the VMM has read;
 * the state of the RMM (mapped IPAs, their RIPAS and content, granules in each state) when a VM is closed and at
 * the end; the check that a run violates. Pages are compared by their roles: another kernel may take another one. The
 * order in which different actors did things is not compared, nor are locks, scheduling points, allocations and
 * logs, nor the content of parameter pages; nobody outside the kernel sees those but by what they bring about.
 *
 * A schedule of the one kernel is run on the other with the same decisions. Where that is the same run for each
 * schedule of a bound, the bound is done. Else the kernels have other choice points, or do things in another order
 * of time, and the sets of all that can be seen within the bound are compared: what one kernel shows with b
 * preemptions and the other does not show with b + 1 is a difference.
 */
#ifndef RMISIM_COMPARE_H
#define RMISIM_COMPARE_H

#include <rmisim/explore.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/** What is compared, and how far. */
struct sim_compare {
	/** The worlds of both, and kernel A; `choices`, `event` and `answer` are not looked at. */
	struct sim_config config;
	struct sim_image
		*other; /**< kernel B, borrowed and not that of config; NULL: open `other_kernel` */
	const char *other_kernel;   /**< name or path; NULL: "4k" */
	const char *other_breaches; /**< config.known_breaches of kernel B */
	const char *scenario;       /**< name in replay strings; NULL: the function's name */
	unsigned preemptions;       /**< bounds 0, 1 .. are gone through in turn */
	unsigned failures; /**< and all runs with at most so many failures of config.failures */
	uint64_t max_runs; /**< of both kernels together; 0: no limit */
	bool rewinds;      /**< as sim_explore.rewinds */
};

/** Of the run on one of the kernels that shows the difference. */
struct sim_compared_run {
	char line[400];               /**< what is seen there, decoded */
	char choices[2048];           /**< "" when too long */
	char replay[SIM_REPLAY_SIZE]; /**< the same as a replay string, "" when too long */
};

/** What a comparison has come to. */
struct sim_compared {
	bool differs;
	char error[512];      /**< no comparison was possible: one sentence; else "" */
	bool exhaustive;      /**< every schedule within the bound was run on both kernels */
	unsigned preemptions; /**< the bound that was reached, or that shows the difference */
	uint64_t runs;        /**< all that were made, of both kernels */
	uint64_t schedules;   /**< of A that were the same run on B, decision by decision */
	uint64_t outcomes[2]; /**< that A and B have, where sets were compared; else 0 */
	char what[64];        /**< "RMI call", "exit to the VMM" .. that differs first */
	/** How A and B differ: a run that only one of them has, and the run of the other that agrees with it longest. */
	struct sim_compared_run a, b;
	bool only_b; /**< it is B that has the run; else A */
};

/** Compare two kernels; see above. The result is large: 40 KiB. */
struct sim_compared sim_compare_named(const char *name, sim_scenario scenario,
				      const struct sim_compare *compare);
/** sim_compare_named() with the function's own name. */
#define sim_compare(scenario, ...) sim_compare_named(#scenario, scenario, __VA_ARGS__)

/** One sentence: "no difference in 13820 runs, exhaustive up to bound 3". Returns buf. */
const char *sim_compared_says(const struct sim_compared *compared, char *buf, size_t size);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
