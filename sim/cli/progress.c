/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "progress.h"

double progress_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void progress_begin(struct progress *p)
{
	const char *term = getenv("TERM");

	*p = (struct progress){ .wanted =
					isatty(STDERR_FILENO) && !(term && !strcmp(term, "dumb")) };
	p->began = p->part_began = progress_now();
}

/* "45 s", "12 min", "3.5 h", "2.0 days" */
static const char *duration(double seconds, char buf[32])
{
	if (seconds < 100)
		snprintf(buf, 32, "%.0f s", seconds < 1 ? 1 : seconds);
	else if (seconds < 100 * 60)
		snprintf(buf, 32, "%.0f min", seconds / 60);
	else if (seconds < 48 * 3600)
		snprintf(buf, 32, "%.1f h", seconds / 3600);
	else
		snprintf(buf, 32, "%.1f days", seconds / 86400);
	return buf;
}

/* Of this part: what is left, when so much of it took so long. Too early to say: nothing. */
static void say_rest(char *text, size_t size, double done, double took)
{
	char buf[32];

	text[0] = '\0';
	if (done > 0 && done < 1 && took > 2)
		snprintf(text, size, ", %.0f %%, about %s left", 100 * done,
			 duration(took * (1 - done) / done, buf));
}

/* A line that is wider than the terminal would be a new one each time. */
static int columns(void)
{
	struct winsize size = { 0 };

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) || size.ws_col < 20 ? 80 : size.ws_col;
}

void progress_show(struct progress *p, unsigned part, double done, const char *fmt, ...)
{
	char line[256], rest[64];
	int width, most;
	va_list ap;
	double t;

	if (!p->wanted)
		return;
	t = progress_now();
	if (part != p->part) {
		p->part = part;
		p->part_began = t;
	}
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line) - sizeof(rest), fmt, ap);
	va_end(ap);
	say_rest(rest, sizeof(rest), done, t - p->part_began);
	strcat(line, rest);
	most = columns() - 1;
	width = (int)strlen(line) < most ? (int)strlen(line) : most;
	fprintf(stderr, "\r%-*.*s", p->width < most ? p->width : most, width, line);
	fflush(stderr);
	p->width = width;
}

void progress_end(struct progress *p)
{
	if (p->width)
		fprintf(stderr, "\r%*s\r", p->width, "");
	p->width = 0;
}
