/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Replay strings, and what is done with a violating run before it is shown: repeated, shrunk, written down.
 */
#ifndef SIM_REPLAY_H
#define SIM_REPLAY_H

#include <rmisim/replay.h>

#include "runner.h"

#define SIM_MAX_DECISIONS ((size_t)1 << 24)
#define REPLAY_MARKS      96 /* characters at most */

/* A replay string, taken apart. */
struct replay {
	struct sim_replay_about about;
	uint32_t image, config; /* fingerprints */
	const char *decisions;  /* the field, in the string */
	struct marks marks;     /* in the string */
	uint32_t chain;         /* of the whole run */
};

/* replay.c */
/* Does it claim to be one? */
bool sim_is_replay(const char *text);
/* NULL, or a static sentence. */
const char *sim_replay_parse(const char *string, struct replay *replay);
/* For sim_choices_parse(). */
const char *sim_replay_decisions(const char *string, uint32_t *out, size_t room, size_t *count);
/* Write the string of a run; false: `size` is too small. *image and *config are those of its world. */
bool sim_replay_write(const struct replay *replay, const struct decisions *run, char *out,
		      size_t size);
/* Over all that was decided in a run, and among whom. */
uint32_t sim_replay_chain(const struct decisions *run);

/* fingerprint.c */
/* Of the configuration of the runner's worlds: all that is no name in `about`. */
uint32_t sim_config_fingerprint(const struct sim_config *config);
/* What the string of a run of r has to say about it. */
void sim_replay_describe(const struct runner *r, const char *name, struct sim_replay_about *about);

/* replay_run.c */
/*
 * $RMISIM_REPLAY names this scenario and configuration: make that run instead of what was asked for. False: it does
 * not, go on.
 */
bool sim_replay_instead(const char *name, sim_scenario scenario, const struct sim_explore *explore,
			struct sim_result *result);
/*
 * The last run of r violates something: make it once more, shrink it unless that is not wanted, and fill
 * violation, choices and replay of the result. The runner's last run is then that one again.
 * clean: all runs with fewer preemptions are known not to violate anything; 0 when that is not known.
 */
void sim_report_violation(struct runner *r, const char *name, bool no_shrink, unsigned clean,
			  struct sim_result *result);
/* The last run of r as a replay string; false: it does not fit, or the image's file has changed. */
bool sim_replay_string(const struct runner *r, const char *name, char *out, size_t size);
/*
 * Did the last run of r not fit the plan, as far as that came with a replay string? NULL, or a sentence in buf (at
 * least 400 bytes).
 */
const char *sim_replay_misfit(const struct runner *r, char *buf, size_t size);

/* shrink.c */
/*
 * A simpler run that violates the same check as the last one of r: fewer preemptions, then fewer failures, smaller
 * options, an earlier last one. It becomes the last run of r. No run with fewer than `clean` preemptions violates
 * anything, as far as is known.
 */
void sim_shrink(struct runner *r, unsigned clean);

/* repeat.c */
/*
 * Make the last run of r once more. NULL: nothing differs; else "determinism: sentence" in buf. The runner's last run
 * is then the repetition.
 */
const char *sim_repeat(struct runner *r, char *buf, size_t size);

#endif
