/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "lanes_rows.h"

#define LONG     24 /* lines of one actor alone, of which */
#define KEPT     8  /* so many at both ends stay */
#define MAX_ROWS 200
#define BEHIND   40 /* the violation */

/* How many lines from `i` on are of one actor, and of the usual kind. */
static size_t stretch(const struct sim_lanes *lanes, size_t i, size_t last)
{
	size_t n = 0;

	while (i + n < last && lanes->line[i + n].actor == lanes->line[i].actor &&
	       !lane_is_wide(&lanes->line[i + n]) && lanes->line[i + n].kind != SIM_EVENT_WAIT)
		n++;
	return n ? n : 1;
}

static void add(struct lane_rows *rows, size_t line, size_t folded)
{
	rows->row[rows->nr++] = (struct lane_row){ line, folded };
}

/* (where there is one actor only, its lines are what there is to see) */
static void fold(struct lane_rows *rows, const struct sim_lanes *lanes, const struct lane_view *v)
{
	const size_t most = v->nr_columns > 1 ? LONG : SIZE_MAX;

	for (size_t i = v->first, n; i < v->last; i += n) {
		n = stretch(lanes, i, v->last);
		for (size_t k = 0; k < n; k++) {
			if (n > most && k == KEPT) {
				add(rows, i + k, n - 2 * KEPT);
				k = n - KEPT - 1;
			} else {
				add(rows, i + k, 0);
			}
		}
	}
}

/* The rows around the first violation, else the first ones. */
static void cut(struct lane_rows *rows, const struct sim_lanes *lanes)
{
	size_t first = 0, at;

	if (rows->nr <= MAX_ROWS)
		return;
	for (at = 0; at < rows->nr && !lane_is_wide(&lanes->line[rows->row[at].line]); at++)
		;
	if (at < rows->nr && at > MAX_ROWS - BEHIND)
		first = at - (MAX_ROWS - BEHIND);
	if (first > rows->nr - MAX_ROWS)
		first = rows->nr - MAX_ROWS;
	memmove(rows->row, rows->row + first, MAX_ROWS * sizeof(*rows->row));
	rows->nr = MAX_ROWS;
}

bool lane_rows_choose(struct lane_rows *rows, const struct sim_lanes *lanes, struct lane_view *v,
		      bool all)
{
	const struct lane_row *last;

	*rows = (struct lane_rows){ .row = calloc(v->last - v->first + 1, sizeof(*rows->row)) };
	if (!rows->row)
		return false;
	if (all) {
		for (size_t i = v->first; i < v->last; i++)
			add(rows, i, 0);
	} else {
		fold(rows, lanes, v);
		cut(rows, lanes);
	}
	if (!rows->nr)
		return true;
	memset(v->shown, 0, sizeof(v->shown));
	for (size_t r = 0; r < rows->nr; r++)
		if (!lane_is_wide(&lanes->line[rows->row[r].line]))
			v->shown[lanes->line[rows->row[r].line].actor] = true;
	sim_lanes_columns(lanes, v);
	last = &rows->row[rows->nr - 1];
	rows->before = rows->row[0].line;
	rows->after = lanes->nr - last->line - (last->folded ? last->folded : 1);
	return true;
}

void lane_rows_drop(struct lane_rows *rows)
{
	free(rows->row);
	rows->row = NULL;
}
