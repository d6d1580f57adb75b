/* SPDX-License-Identifier: BSD-2-Clause */
/* rmisim explore --metamorphic. */
#ifndef SIM_CLI_METAMORPHIC_H
#define SIM_CLI_METAMORPHIC_H

#include <rmisim/scenario.h>

/* explore_metamorphic.c: the exit status. */
int explore_metamorphic(const struct sim_catalogue_entry *e, const struct sim_config *config,
			bool as_json);

#endif
