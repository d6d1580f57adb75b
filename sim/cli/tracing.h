/* SPDX-License-Identifier: BSD-2-Clause */
/* The options of a traced run, and where its events go: lines on stdout, files for other programs. */
#ifndef CLI_TRACING_H
#define CLI_TRACING_H

#include <rmisim/trace.h>

#include "cli.h"

/* What was given. */
struct trace_options {
	bool text;
	const char *json, *jsonl;            /* files */
	const char *kinds, *cpus, *ipa, *pa; /* filters */
	bool draws;                          /* the filters are for something else, too */
};

/* Rows of a subcommand's options. */
#define TRACE_FILES(t)                                                   \
	{ "trace-json", CLI_TEXT, &(t)->json, "FILE",                    \
	  "write the run as a trace for Perfetto and Chrome's viewer" }, \
	{                                                                \
		"trace-jsonl", CLI_TEXT, &(t)->jsonl, "FILE",            \
			"write the run, one JSON object an event"        \
	}
#define TRACE_FILTERS(t)                                                                           \
	{ "kind", CLI_TEXT, &(t)->kinds, "LIST",                                                   \
	  "of a trace these alone: rmi, exit, guest, kvm, lock, wait, page, mm, vmm, sched, .." }, \
		{ "cpu", CLI_TEXT, &(t)->cpus, "LIST",                                             \
		  "those of these actors: vcpu0,vmm or numbers" },                                 \
		{ "ipa", CLI_TEXT, &(t)->ipa, "BASE:TOP", "those that name an IPA of the range" }, \
	{                                                                                          \
		"pa", CLI_TEXT, &(t)->pa, "BASE:TOP", "those that name a PA of the range"          \
	}

/* Listeners of one run. */
struct tracing {
	struct sim_tracer filters, tracer; /* the latter from tracing_begin() on, filtered */
	bool text, kinds;
	struct {
		FILE *file;
		const char *name;
		enum sim_export_format format;
		struct sim_export *export;
	} files[2];
	unsigned nr_files;
	/* Who was there, for a --cpu that names nobody: bits of the first 64, and their names as a list. */
	uint64_t seen;
	char names[200];
	/* A listener beside them. */
	sim_event_fn event;
	void *event_ctx;
};

/* Is any of it wanted? */
bool tracing_is_wanted(const struct trace_options *o);
/* Set the tracer's filters. CLI_OK, or CLI_BAD after a message. */
int tracing_filter(const struct trace_options *o, struct sim_tracer *tracer);
/* Open the files, so that a bad name is told before the run. The same. */
int tracing_open(struct tracing *t, const struct trace_options *o);
/* The run is going to begin; what it is called. */
int tracing_begin(struct tracing *t, const struct sim_tracer *tracer, const char *title);
/* As sim_config.event, with the struct tracing as event_ctx. */
void tracing_event(void *tracing, const struct sim_event *event);
/*
 * The run is over: CLI_OK, or CLI_BAD after a message: a file is not whole, or --cpu names nobody of this run. Fine
 * without tracing_begin().
 */
int tracing_close(struct tracing *t);

#endif
