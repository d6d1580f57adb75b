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

struct sim_catalogue_entry {
	const char *name;  /**< "fault-private-2": words with dashes */
	const char *about; /**< one sentence */
	sim_scenario run;
	bool race; /**< actors meet: worth exploring */
};

/** The i-th scenario, NULL behind the last. */
const struct sim_catalogue_entry *sim_catalogue_at(unsigned i);
/** The scenario with that name, or NULL. */
const struct sim_catalogue_entry *sim_catalogue_find(const char *name);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
