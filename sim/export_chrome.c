/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Traces in the Trace Event Format (Chrome, Perfetto).
 *
 * Slices of one thread have to nest, and locks do not: what stands above a slice that ends is ended with it and
 * begun again. A slice that has begun is ended whatever the filters say of the event that ends it.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "export.h"

enum { PID_ACTORS = 1, PID_SCHEDULE = 2 };

/* A record up to its arguments: {.., "args":{ */
static void put_head(struct sim_export *x, const char *phase, int pid, unsigned tid,
		     const char *category, const char *name)
{
	fprintf(x->out, "%s{\"ph\":\"%s\",\"pid\":%d,\"tid\":%u,\"ts\":%" PRIu64 ".%03u",
		x->some ? ",\n" : "\n", phase, pid, tid, x->seq, x->part++);
	x->some = true;
	if (category)
		fprintf(x->out, ",\"cat\":\"%s\"", category);
	if (name) {
		fprintf(x->out, ",\"name\":");
		export_quoted(x->out, name);
	}
}

static void put_tail(struct sim_export *x)
{
	fprintf(x->out, "}");
}

static void put_argument(struct sim_export *x, const char *key, const char *text)
{
	fprintf(x->out, ",\"args\":{\"%s\":", key);
	export_quoted(x->out, text + strspn(text, " "));
	fprintf(x->out, "}");
}

/* Metadata has no time. */
static void put_name(struct sim_export *x, const char *what, int pid, unsigned tid,
		     const char *name)
{
	fprintf(x->out, "%s{\"ph\":\"M\",\"pid\":%d,\"tid\":%u,\"name\":\"%s\",\"args\":{\"name\":",
		x->some ? ",\n" : "\n", pid, tid, what);
	export_quoted(x->out, name);
	fprintf(x->out, "}}");
	x->some = true;
}

static void put_order(struct sim_export *x, const char *what, int pid, unsigned tid, unsigned index)
{
	fprintf(x->out,
		"%s{\"ph\":\"M\",\"pid\":%d,\"tid\":%u,\"name\":\"%s\",\"args\":{\"sort_index\":%u}"
		"}",
		x->some ? ",\n" : "\n", pid, tid, what, index);
	x->some = true;
}

static struct export_actor *actor_of(struct sim_export *x, const struct sim_event *e)
{
	unsigned id = e->actor < SIM_MAX_ACTORS ? e->actor : SIM_MAX_ACTORS - 1;
	struct export_actor *actor = x->actor[id];
	char name[24];

	if (!actor)
		actor = x->actor[id] = calloc(1, sizeof(*actor));
	if (actor && !actor->named) {
		actor->named = true;
		put_name(x, "thread_name", PID_ACTORS, id, trace_actor(e, name));
		put_order(x, "thread_sort_index", PID_ACTORS, id, id);
	}
	return actor;
}

/* Slices */

static const char *category_of(enum slice_kind kind)
{
	static const char *const names[] = { "rmi", "abort", "lock", "wait" };

	return names[kind];
}

static void put_begin(struct sim_export *x, unsigned tid, const struct slice *slice,
		      const char *detail)
{
	put_head(x, "B", PID_ACTORS, tid, category_of(slice->kind), slice->name);
	if (detail)
		put_argument(x, "event", detail);
	put_tail(x);
}

static void put_end(struct sim_export *x, unsigned tid, const char *detail)
{
	put_head(x, "E", PID_ACTORS, tid, NULL, NULL);
	if (detail)
		put_argument(x, "ends", detail);
	put_tail(x);
}

static void begin(struct sim_export *x, struct export_actor *actor, unsigned tid,
		  enum slice_kind kind, const char *name, const char *detail)
{
	struct slice *slice;

	if (actor->nr_open == EXPORT_MAX_OPEN)
		return;
	slice = &actor->open[actor->nr_open++];
	slice->kind = kind;
	snprintf(slice->name, sizeof(slice->name), "%s", name);
	put_begin(x, tid, slice, detail);
}

/* The innermost one of that kind and name (NULL: any); false when there is none. */
static bool end(struct sim_export *x, struct export_actor *actor, unsigned tid,
		enum slice_kind kind, const char *name, const char *detail)
{
	unsigned at = actor->nr_open;

	while (at && (actor->open[at - 1].kind != kind ||
		      (name && strcmp(actor->open[at - 1].name, name) != 0)))
		at--;
	if (!at)
		return false;
	for (unsigned i = actor->nr_open; i > at; i--)
		put_end(x, tid, NULL);
	put_end(x, tid, detail);
	memmove(&actor->open[at - 1], &actor->open[at],
		(actor->nr_open - at) * sizeof(actor->open[0]));
	actor->nr_open--;
	for (unsigned i = at - 1; i < actor->nr_open; i++)
		put_begin(x, tid, &actor->open[i], NULL);
	return true;
}

static void instant(struct sim_export *x, const struct sim_event *e, const char *line)
{
	bool violation = e->kind == SIM_EVENT_VIOLATION;
	char name[160];

	/* A name is read at a glance: of a call or predicate its own, else the line. */
	if (violation)
		snprintf(name, sizeof(name), "violation: %s", e->name ? e->name : "?");
	else
		snprintf(name, sizeof(name), "%s",
			 e->kind == SIM_EVENT_ASK && e->name ? e->name : line + strspn(line, " "));
	put_head(x, "i", PID_ACTORS, e->actor, sim_event_kind_name(e->kind), name);
	fprintf(x->out, ",\"s\":\"%s\"", violation ? "g" : "t");
	put_argument(x, "event", line);
	put_tail(x);
}

/* Events */

static void show_running(struct sim_export *x, const struct sim_event *e)
{
	char name[24];

	if (x->running == (int)e->actor || x->tracer.hide & SIM_TRACE_BIT(SIM_EVENT_SCHED))
		return;
	if (x->running >= 0) {
		put_head(x, "E", PID_SCHEDULE, 0, NULL, NULL);
		put_tail(x);
	}
	put_head(x, "B", PID_SCHEDULE, 0, "sched", trace_actor(e, name));
	put_tail(x);
	x->running = (int)e->actor;
}

static const char *slice_of_call(const struct sim_event *e, char *buf, size_t size)
{
	if (!e->rmm->command)
		snprintf(buf, size, "unknown 0x%" PRIx64, e->rmm->regs_in->x[0]);
	else
		snprintf(buf, size, "%s", e->rmm->command->name);
	return buf;
}

static void one_return(struct sim_export *x, struct export_actor *actor, const struct sim_event *e,
		       bool wanted)
{
	char name[80], text[512];

	sim_trace_result(&x->tracer, text, sizeof(text), e->rmm->command, e->rmm->regs_out);
	slice_of_call(e, name, sizeof(name));
	if (end(x, actor, e->actor, SLICE_CALL, name, text) || !wanted)
		return;
	/* Only what it returns is of interest. */
	begin(x, actor, e->actor, SLICE_CALL, name, NULL);
	end(x, actor, e->actor, SLICE_CALL, name, text);
}

/* Does the event end a slice, and so has no record of its own? */
static bool ends(struct sim_export *x, struct export_actor *actor, const struct sim_event *e,
		 bool wanted)
{
	switch (e->kind) {
	case SIM_EVENT_RMI_RETURN:
		one_return(x, actor, e, wanted);
		return true;
	case SIM_EVENT_LOCK:
		return e->name && e->text && trace_releases(e->name) &&
		       end(x, actor, e->actor, SLICE_LOCK, e->text, NULL);
	case SIM_EVENT_ABORT:
		return e->text && !strncmp(e->text, "end", 3) &&
		       end(x, actor, e->actor, SLICE_ABORT, NULL, e->text);
	default:
		return false;
	}
}

static void one_event(struct sim_export *x, struct export_actor *actor, const struct sim_event *e)
{
	char line[1024], name[160];
	const char *who;

	sim_trace_describe(&x->tracer, e, &who, line, sizeof(line));
	switch (e->kind) {
	case SIM_EVENT_RMI_CALL:
		begin(x, actor, e->actor, SLICE_CALL, slice_of_call(e, name, sizeof(name)), line);
		return;
	case SIM_EVENT_LOCK:
		if (!e->name || !e->text || !trace_acquires(e->name))
			break;
		begin(x, actor, e->actor, SLICE_LOCK, e->text, line);
		return;
	case SIM_EVENT_ABORT:
		if (!e->text || strncmp(e->text, "begin", 5) != 0)
			break;
		begin(x, actor, e->actor, SLICE_ABORT, e->name ? e->name : "abort", line);
		return;
	case SIM_EVENT_WAIT:
		snprintf(name, sizeof(name), "waits for %s", e->name ? e->name : "?");
		begin(x, actor, e->actor, SLICE_WAIT, name, line);
		return;
	case SIM_EVENT_SCHED:
		return;
	default:
		break;
	}
	instant(x, e, line);
}

void export_chrome_event(struct sim_export *x, const struct sim_event *e)
{
	bool wanted = sim_trace_wants(&x->tracer, e);
	struct export_actor *actor;

	if (x->seq != e->seq) {
		x->seq = e->seq;
		x->part = 0;
	}
	if (wanted && e->kind != SIM_EVENT_SCHED)
		actor = actor_of(x, e);
	else
		actor = e->actor < SIM_MAX_ACTORS ? x->actor[e->actor] : NULL;
	show_running(x, e);
	if (!actor)
		return;
	/* Whoever does something waits no more. */
	end(x, actor, e->actor, SLICE_WAIT, NULL, NULL);
	if (!ends(x, actor, e, wanted) && wanted)
		one_event(x, actor, e);
}

void export_chrome_begin(struct sim_export *x, const char *title)
{
	fprintf(x->out, "{\"displayTimeUnit\":\"ns\",\"otherData\":{\"run\":");
	export_quoted(x->out, title ? title : "");
	fprintf(x->out, ",\"clock\":\"logical: event N at N microseconds\"},\"traceEvents\":[");
	put_name(x, "process_name", PID_ACTORS, 0, title && *title ? title : "rmisim");
	put_order(x, "process_sort_index", PID_ACTORS, 0, 2);
	put_name(x, "process_name", PID_SCHEDULE, 0, "schedule");
	put_order(x, "process_sort_index", PID_SCHEDULE, 0, 1);
	put_name(x, "thread_name", PID_SCHEDULE, 0, "who runs");
}

void export_chrome_end(struct sim_export *x)
{
	x->seq++;
	x->part = 0;
	for (unsigned i = 0; i < SIM_MAX_ACTORS; i++)
		while (x->actor[i] && x->actor[i]->nr_open) {
			x->actor[i]->nr_open--;
			put_end(x, i, "the run ends");
		}
	if (x->running >= 0) {
		put_head(x, "E", PID_SCHEDULE, 0, NULL, NULL);
		put_tail(x);
	}
	fprintf(x->out, "\n]}\n");
}
