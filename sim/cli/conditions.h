/* SPDX-License-Identifier: BSD-2-Clause */
/* rmisim conditions: rows and ordered pairs, with what the tests have noted about them. */
#ifndef CLI_CONDITIONS_H
#define CLI_CONDITIONS_H

#include "cli.h"

struct stats_row {
	struct rmm_condition_info info;
	bool shown;
	uint64_t hits, asserted;
	char *test; /* the first that asserts it, NULL: none */
};

struct stats_pair {
	struct rmm_order_info info;
	bool shown;
	char *test;
};

struct stats {
	struct stats_row *rows;
	unsigned nr_rows;
	struct stats_pair *pairs;
	unsigned nr_pairs;
	unsigned nr_files;
	unsigned nr_strangers; /* lines about rows that this version does not have */
	const char *profile;   /* count only lines of this profile, NULL: all */
};

/* Every row and pair of this version, nothing counted, all shown; false: memory is short. */
bool stats_init(struct stats *s);
void stats_exit(struct stats *s);
/*
 * Add up every file NAME.stats of the folder. CLI_OK, or CLI_BAD after a message. A file has one
 * note a line, words separated by one blank, the test's name last and to the end of the line:
 *
 *	hit COMMAND NAME STATUS PROFILE COUNT
 *	asserted COMMAND NAME STATUS PROFILE TEST
 *	order COMMAND FIRST SECOND TEST
 *
 * COMMAND, NAME and STATUS are those of rmm_condition_at() (status_name), PROFILE is the profile of
 * the model that was called.
 */
int stats_read(struct stats *s, const char *folder);

#endif
