/* SPDX-License-Identifier: BSD-2-Clause */
/* Events as lines: what a trace and lanes share. */
#ifndef SIM_TRACE_H
#define SIM_TRACE_H

#include <rmisim/trace.h>

struct trace_line {
	const struct sim_event *event; /* its regs may be gone; number, actor and kind are right */
	const char *who, *text;
};

/*
 * The lines that become due with this event: none, its own, and in front of it a call that has not returned yet
 * although something else happens.
 */
void trace_lines(struct sim_tracer *tracer, const struct sim_event *event,
		 void (*emit)(void *ctx, const struct trace_line *line), void *ctx);
/* A call that nothing has come behind: it never returned. */
void trace_lines_end(struct sim_tracer *tracer,
		     void (*emit)(void *ctx, const struct trace_line *line), void *ctx);

/* "vcpu0", else "actor 1", else "scenario"; buf is for numbers. */
const char *trace_actor(const struct sim_event *event, char buf[24]);

/* trace_words.c */
/* Is a lock taken, given back by this function of the kernel? */
bool trace_acquires(const char *op);
bool trace_releases(const char *op);
void trace_access(const struct sim_tracer *tracer, char *buf, size_t size,
		  const struct rmm_event *rmm);
void trace_rsi(const struct sim_tracer *tracer, char *buf, size_t size,
	       const struct rmm_event *rmm);

#endif
