/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What long work has come to: one line on stderr that is written again and again, with what is done and what is left. On a
 * terminal only; nothing of it stays. Without colours, so $NO_COLOR has nothing to forbid.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>

struct progress {
	bool wanted;
	double began, part_began, shown;
	unsigned part; /* a bound, a class .. whose time is counted alone */
	int width;     /* of what stands there */
};

/* Seconds of a clock that only goes on. */
double progress_now(void);
/* Work begins. Without a terminal that can overwrite a line nothing is ever shown. */
void progress_begin(struct progress *p);
/*
 * Show a line, with the share done of this part and what is left as if that were like what has been.
 * @param done 0 to 1; below 0: nobody knows
 */
void progress_show(struct progress *p, unsigned part, double done, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* Take the line away, before anything else is printed. */
void progress_end(struct progress *p);

#endif
