/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside the files for other programs: what both forms share. */
#ifndef SIM_EXPORT_H
#define SIM_EXPORT_H

#include "trace.h"
#include "world.h"

/* Locks nest as deep as the kernel nests them, and two calls and an abort. */
#define EXPORT_MAX_OPEN 48

enum slice_kind { SLICE_CALL, SLICE_ABORT, SLICE_LOCK, SLICE_WAIT };

/* Something of an actor that has begun and not ended. */
struct slice {
	enum slice_kind kind;
	char name[80];
};

struct export_actor {
	bool named;
	unsigned nr_open;
	struct slice open[EXPORT_MAX_OPEN];
};

struct sim_export {
	struct sim_tracer tracer;
	enum sim_export_format format;
	FILE *out;

	/* Of the Trace Event Format alone. */
	bool some;     /* a record is there, so that the next one needs a comma */
	uint64_t seq;  /* the clock: this event, */
	unsigned part; /* and so many records of it */
	int running;   /* the actor whose slice is open on the thread of who runs, -1: none */
	struct export_actor *actor[SIM_MAX_ACTORS];
};

/* A JSON string. */
void export_quoted(FILE *out, const char *text);
/* Each argument of a call or result by its name: "base":"0x..". */
void export_words(FILE *out, const struct rmi_arg *args, unsigned nr, const uint64_t *words);

/* export_chrome.c */
void export_chrome_begin(struct sim_export *x, const char *title);
void export_chrome_event(struct sim_export *x, const struct sim_event *e);
void export_chrome_end(struct sim_export *x);

#endif
