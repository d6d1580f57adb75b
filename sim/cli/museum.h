/* SPDX-License-Identifier: BSD-2-Clause */
/* What `rmisim museum` says of its exhibits. */
#ifndef CLI_MUSEUM_H
#define CLI_MUSEUM_H

#include "exhibit.h"
#include "json.h"

struct museum_counts {
	unsigned exhibits, found;
	unsigned bad;   /* not found, not found again, or found where nothing is */
	unsigned tests; /* lines of TAP */
	double ms;
};

void museum_count(struct museum_counts *counts, const struct exhibit *e,
		  const struct exhibit_result *result);

/* Text: two lines an exhibit, 100 columns; replay: a third. */
void museum_head(void);
void museum_row(const struct exhibit *e, const struct exhibit_result *result, bool replay);
/* kernel: somebody's own, in which the exhibits were looked for, or NULL. */
void museum_sum(const struct museum_counts *counts, const char *kernel);
void museum_list(const struct exhibit *e);

/* result: NULL when nothing was run. */
void museum_json(struct json *j, const struct exhibit *e, const struct exhibit_result *result);
void museum_tap(struct museum_counts *counts, const struct exhibit *e,
		const struct exhibit_result *result);

#endif
