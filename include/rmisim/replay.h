/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file replay.h
 * One run again, from the string that a search or an injection has handed over.
 *
 *	rmisim1:SCENARIO:KERNEL,EDITION,PROFILE[,OPTION..]:IMAGE-CONFIG:DECISIONS:MARKS:CHAIN-SUM
 *
 * DECISIONS are those that are not 0, as INDEX=VALUE with commas, or FIRST-LAST=VALUE; the rest are fingerprints of
 * the image's code and data, of the configuration, of kind and label of every decision up to the last that is
 * not 0 (a character each, or one for several when there are more than 96), of the whole run, and of the string.
 *
 * A string that does not fit is refused with the first decision that differs, and never followed further. With
 * $RMISIM_REPLAY set, a search or injection of that scenario, kernel, edition, profile and options makes that run
 * instead; others do what they always do.
 */
#ifndef RMISIM_REPLAY_H
#define RMISIM_REPLAY_H

#include <rmisim/explore.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/** What a replay string says about itself. */
struct sim_replay_about {
	char scenario[160], kernel[80], profile[80]; /**< names */
	enum rmi_edition edition;
	bool granule_points;  /**< as in sim_config */
	unsigned failures;    /**< the same */
	rmm_pa first_bank;    /**< the same */
	size_t decisions;     /**< up to the last that is not 0 */
	uint64_t ipa_offset;  /**< as in sim_config */
	uint32_t spare_pages; /**< the same */
	bool pages_downwards; /**< the same */
};

/** @return NULL, or one static sentence about what is wrong with the string */
const char *sim_replay_about(const char *string, struct sim_replay_about *about);

/**
 * Make the run of a replay string. `explore` (NULL: defaults) has the configuration and may have `after`; what
 * else it has is for searches.
 * @return schedules 1, violations 0 or 1; violation "setup: sentence" when the string is refused
 */
struct sim_result sim_replay_named(const char *name, sim_scenario scenario, const char *string,
				   const struct sim_explore *explore);
/** sim_replay_named() with the function's own name. */
#define sim_replay(scenario, string, ...) sim_replay_named(#scenario, scenario, string, __VA_ARGS__)

/**
 * The fingerprint of an image's code and data, as replay strings have it: two builds of one source by one
 * compiler agree. `why` says what is wrong with the file otherwise.
 */
bool sim_image_fingerprint(const struct sim_image *image, uint32_t *print, char *why, size_t size);

/**
 * Start this process again under gdb, stopped where the first violation is, unless a debugger traces it already: what
 * RMISIM_GDB=1 does before a replay.
 * @return 0 when it is traced; else -errno, because there is no gdb
 */
int sim_replay_under_gdb(void);

/** Called on the strand of each run's first violation, and does nothing: a place for a breakpoint. */
void sim_at_violation(const char *violation);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
