/* SPDX-License-Identifier: BSD-2-Clause */
/* One run of the catalogue again, for whoever wants its events: traces and lanes. */
#ifndef CLI_LOOK_H
#define CLI_LOOK_H

#include <rmisim/scenario.h>
#include <rmisim/trace.h>

#include "cli.h"

struct look {
	const struct cli_common *common;
	const struct sim_catalogue_entry *scenario;
	struct sim_image *image;
	const char *choices; /* NULL: the usual ones */
	unsigned failures;   /* sim_config.failures */
};

/* Make the run; its violation, "" is none, goes to `violation`. CLI_OK, CLI_FOUND, or CLI_BAD after a message. */
int look_at_run(const struct look *look, sim_event_fn event, void *ctx, char *violation,
		size_t size);
/* A tracer for the run's events: to stdout, everything. */
void look_tracer(const struct look *look, struct sim_tracer *tracer);
/* The run, one decoded line an event. */
int look_trace(const struct look *look);

#endif
