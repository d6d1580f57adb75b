/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file metamorphic.h
 * Metamorphic checks: where memory is must not matter. A scenario is run again with its memory elsewhere, and has
 * the same outcome up to the names of addresses.
 */
#ifndef RMISIM_METAMORPHIC_H
#define RMISIM_METAMORPHIC_H

#include <rmisim/sim.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/** What a metamorphic check has come to. */
struct sim_metamorphic {
	unsigned runs; /**< the first one as configured, then one for each variation */
	bool same;
	char variation[96]; /**< that made a difference, "" when none did */
	rmm_pa first_bank;  /**< that run's sim_config.first_bank */
	char violation
		[512]; /**< of the configured run, or "setup: sentence": nothing was compared */
	unsigned line; /**< of the outcomes: where they differ first */
	char expected[256], found[256]; /**< those lines, addresses renamed */
	uint64_t ipa_offset;            /**< that run's sim_config.ipa_offset */
	unsigned spare_pages;           /**< sim_config.spare_pages */
	bool pages_downwards;           /**< sim_config.pages_downwards */
};

/**
 * Run a scenario as configured, then
 * - with the first bank elsewhere, above and below 4 GiB, so that each bit of a PA from the alignment of banks up to
 *   47 is set and clear somewhere;
 * - without its first 1, 2, 4 and 8 pages;
 * - with pages handed out from the other end;
 * - with the guest's memory at other IPAs (scenarios that use sim_world_ipa_offset(), as the catalogue does).
 *
 * An outcome is the stream of events and what the ghost has at the end, with each page of memory named by its
 * first appearance, ends of ranges given as sizes and IPAs counted from ipa_offset. One schedule is compared:
 * that of config->choices. config->event is called too.
 */
struct sim_metamorphic sim_metamorphic(sim_scenario scenario, const struct sim_config *config);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
