/* SPDX-License-Identifier: BSD-2-Clause */
/* Which lines of a run a picture has: one that is too long says nothing. */
#ifndef SIM_LANES_ROWS_H
#define SIM_LANES_ROWS_H

#include "lanes.h"

struct lane_row {
	size_t line;   /* the first one that it stands for */
	size_t folded; /* it stands for so many of one actor; 0: for one, which is drawn */
};

struct lane_rows {
	struct lane_row *row;
	size_t nr;
	size_t before, after; /* lines of the run that no row stands for */
};

/*
 * Unless `all`, long stretches of one actor are folded and what is far from the violation is left out. The view keeps
 * the columns that have a row.
 */
bool lane_rows_choose(struct lane_rows *rows, const struct sim_lanes *lanes, struct lane_view *view,
		      bool all);
void lane_rows_drop(struct lane_rows *rows);

#endif
