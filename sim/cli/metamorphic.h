/* SPDX-License-Identifier: BSD-2-Clause */
/* rmisim explore --metamorphic. */
#ifndef SIM_CLI_METAMORPHIC_H
#define SIM_CLI_METAMORPHIC_H

#include <rmisim/explore.h>
#include <rmisim/metamorphic.h>
#include <rmisim/scenario.h>

/* explore_metamorphic.c: the exit status. */
int explore_metamorphic(const struct sim_catalogue_entry *e, const struct sim_config *config,
			bool as_json);
/*
 * The run with another outcome once more: what it violates, if it does, with its replay string. Where the first bank is
 * stands in the string; for the other variations there is no such word, and no run.
 */
void metamorphic_there(const struct sim_catalogue_entry *e, const struct sim_config *config,
		       const struct sim_metamorphic *m, struct sim_result *result);

#endif
