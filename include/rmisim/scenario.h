/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file scenario.h
 * The catalogue: scenarios of a realm host that anybody may run, explore or compare kernels with. A scenario is a
 * function on a fresh world; it makes its VMs itself, and what must hold it says with sim_expect().
 */
#ifndef RMISIM_SCENARIO_H
#define RMISIM_SCENARIO_H

#include <rmisim/sim.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/** A scenario of the catalogue. */
struct sim_catalogue_entry {
	const char *name;  /**< "fault-private-2": words with dashes */
	const char *about; /**< one sentence */
	sim_scenario run;
	bool race; /**< actors meet: worth exploring */
	/**
	 * Preemptions up to which every schedule is clean on the clean port; 0: too large for a search. Also the
	 * default of `rmisim explore`.
	 */
	unsigned bound;
	/** It looks inside the model: RMI calls alone, no kernel, with a point before each granule lock. */
	bool granule_points;
};

/** The i-th scenario, NULL behind the last. */
const struct sim_catalogue_entry *sim_catalogue_at(unsigned i);
/** The scenario with that name, or NULL. */
const struct sim_catalogue_entry *sim_catalogue_find(const char *name);
/** Add to a configuration what the scenario wants of its world; call it for each entry that is run. */
void sim_catalogue_configure(const struct sim_catalogue_entry *entry, struct sim_config *config);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
