/* SPDX-License-Identifier: BSD-2-Clause */
/* One run of the catalogue again, for whoever wants its events: traces and lanes. */
#ifndef CLI_LOOK_H
#define CLI_LOOK_H

#include <rmisim/replay.h>
#include <rmisim/scenario.h>
#include <rmisim/trace.h>

#include "tracing.h"

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
/* The run, into what `tracing` has open. CLI_OK, CLI_FOUND, or CLI_BAD after a message. */
int look_trace(const struct look *look, struct tracing *tracing);

/* The run of a replay string */
struct look_string {
	const char *string;
	struct sim_replay_about about;
};

/* Is it a whole one? CLI_OK, or CLI_BAD after a message. */
int look_parse(const char *string, struct look_string *parsed);
/*
 * Find scenario and image of a string and put them into *look, whose `common` is set; the kernel of `common` wins, because
 * its file may stand anywhere. The image is the caller's to close. CLI_OK, or CLI_BAD after a message.
 */
int look_open(const struct look_string *parsed, struct look *look);
/*
 * The one word of a command that takes a scenario or a replay string: look->common, scenario and image, and for a string
 * *parsed with edition and profile in *common. The image is the caller's to close.
 * CLI_OK, or CLI_BAD after a message.
 */
int look_word(const char *command, const struct cli_words *words, struct cli_common *common,
	      struct look *look, struct look_string *parsed, bool *is_string);
/* Make that run. CLI_OK, CLI_FOUND, or CLI_BAD after a message: it is refused. */
int look_replay(const struct look_string *parsed, const struct look *look, sim_event_fn event,
		void *ctx, struct sim_result *result);

#endif
