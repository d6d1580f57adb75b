/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Events for people, in the manner of strace: who runs, who speaks, what is said. Nothing here decides anything.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "trace.h"

#define MAX_LINE 1024

static bool wants_colour(FILE *out)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return out && isatty(fileno(out)) && !(no && *no) && term && strcmp(term, "dumb") != 0;
}

void sim_tracer_init(struct sim_tracer *tracer, FILE *out, enum rmi_edition edition,
		     unsigned page_shift)
{
	*tracer = (struct sim_tracer){ .out = out, .actors = true, .numbers = true };
	tracer->format.edition = edition;
	tracer->format.granule_shift = page_shift;
	tracer->colour = wants_colour(out);
}

const char *sim_event_kind_name(enum sim_event_kind kind)
{
	static const char *const names[SIM_NR_EVENTS] = {
		[SIM_EVENT_RMI_CALL] = "rmi-call",
		[SIM_EVENT_RMI_RETURN] = "rmi-return",
		[SIM_EVENT_REC_EXIT] = "rec-exit",
		[SIM_EVENT_ACCESS] = "access",
		[SIM_EVENT_RSI] = "rsi",
		[SIM_EVENT_ASK] = "ask",
		[SIM_EVENT_LOCK] = "lock",
		[SIM_EVENT_PAGE] = "page",
		[SIM_EVENT_LOG] = "log",
		[SIM_EVENT_WARN] = "warn",
		[SIM_EVENT_MM] = "mm",
		[SIM_EVENT_ABORT] = "abort",
		[SIM_EVENT_KVM_RUN] = "kvm-run",
		[SIM_EVENT_VMM] = "vmm",
		[SIM_EVENT_SCHED] = "sched",
		[SIM_EVENT_VIOLATION] = "violation",
		[SIM_EVENT_WAIT] = "wait",
	};

	return (unsigned)kind < SIM_NR_EVENTS ? names[kind] : NULL;
}

const char *trace_actor(const struct sim_event *event, char buf[24])
{
	if (event->actor_name)
		return event->actor_name;
	if (!event->actor)
		return "scenario";
	snprintf(buf, 24, "actor %u", event->actor);
	return buf;
}

static bool is_enter(const struct sim_event *e)
{
	return e->rmm->command && e->rmm->command->fid == RMI_REC_ENTER;
}

/* The call again with its result; a REC entry has had a line of its own. */
static void describe_return(const struct sim_tracer *p, const struct rmm_event *rmm, bool enter,
			    char *buf, size_t size)
{
	size_t len;

	if (enter) {
		snprintf(buf, size, "%s ", rmm->command->name);
	} else {
		sim_trace_call(p, buf, size, rmm->command, rmm->regs_in);
		strncat(buf, " ", size - strlen(buf) - 1);
	}
	len = strlen(buf);
	sim_trace_result(p, buf + len, size - len, rmm->command, rmm->regs_out);
}

/* In short without the function that took what is waited for. */
static void describe_wait(const struct sim_tracer *p, const struct sim_event *e, char *buf,
			  size_t size)
{
	const char *text = e->text ? e->text : "",
		   *taken = p->brief ? strstr(text, ", taken") : NULL;

	snprintf(buf, size, "waits for %s%s%.*s%s", e->name ? e->name : "?", *text ? " " : "",
		 taken ? (int)(taken - text) : (int)strlen(text), text, taken ? ")" : "");
}

static bool describe(const struct sim_tracer *p, const struct sim_event *e, const char **who,
		     char *buf, size_t size)
{
	const struct rmm_event *rmm = e->rmm;
	char actor[24];
	bool caller;

	switch (e->kind) {
	case SIM_EVENT_RMI_CALL:
		*who = "rmi";
		sim_trace_call(p, buf, size, rmm->command, rmm->regs_in);
		return is_enter(e);
	case SIM_EVENT_RMI_RETURN:
		*who = "rmi";
		describe_return(p, rmm, is_enter(e), buf, size);
		return true;
	case SIM_EVENT_REC_EXIT:
		*who = "exit";
		sim_trace_exit(p, buf, size, rmm->exit);
		return true;
	case SIM_EVENT_ACCESS:
		*who = "guest";
		trace_access(p, buf, size, rmm);
		return true;
	case SIM_EVENT_RSI:
		*who = "guest";
		trace_rsi(p, buf, size, rmm);
		return true;
	case SIM_EVENT_ASK:
		*who = "kvm";
		snprintf(buf, size, "  %s: %s%s%s", e->caller ? e->caller : "?",
			 e->name ? e->name : "", e->text && e->text[0] != '(' ? " " : "",
			 e->text ? e->text : "");
		return true;
	case SIM_EVENT_ABORT:
		*who = "kvm";
		snprintf(buf, size, "%s %s", e->name ? e->name : "", e->text ? e->text : "");
		return true;
	case SIM_EVENT_LOG:
	case SIM_EVENT_WARN:
		*who = e->kind == SIM_EVENT_LOG ? "log" : "warn";
		snprintf(buf, size, "%s%s%s", e->caller ? e->caller : "", e->caller ? ": " : "",
			 e->text ? e->text : "");
		return true;
	case SIM_EVENT_MM:
		*who = "mm";
		break;
	case SIM_EVENT_LOCK:
	case SIM_EVENT_PAGE:
		*who = e->kind == SIM_EVENT_LOCK ? "lock" : "page";
		break;
	case SIM_EVENT_SCHED:
		*who = "sched";
		snprintf(buf, size, "%s goes on", trace_actor(e, actor));
		return true;
	case SIM_EVENT_KVM_RUN:
		*who = "vmm";
		snprintf(buf, size, "KVM_RUN = %" PRId64 " (%s)", e->value, e->text ? e->text : "");
		return true;
	case SIM_EVENT_VMM:
		*who = "vmm";
		snprintf(buf, size, "%s", e->text ? e->text : "");
		return true;
	case SIM_EVENT_VIOLATION:
		*who = "!!";
		snprintf(buf, size, "%s: %s", e->name ? e->name : "?", e->text ? e->text : "");
		return true;
	case SIM_EVENT_WAIT:
		*who = "wait";
		describe_wait(p, e, buf, size);
		return true;
	case SIM_NR_EVENTS:
		return false;
	}
	caller = e->caller && !p->brief;
	snprintf(buf, size, "%s%s%s%s%s", caller ? e->caller : "", caller ? ": " : "",
		 e->name ? e->name : "", e->name && e->text ? " " : "", e->text ? e->text : "");
	return true;
}

static const char *colour_of(enum sim_event_kind kind)
{
	switch (kind) {
	case SIM_EVENT_VIOLATION:
	case SIM_EVENT_WARN:
		return "\033[31m";
	case SIM_EVENT_RMI_CALL:
	case SIM_EVENT_RMI_RETURN:
		return "\033[36m";
	case SIM_EVENT_ASK:
	case SIM_EVENT_LOCK:
	case SIM_EVENT_PAGE:
	case SIM_EVENT_SCHED:
	case SIM_EVENT_WAIT:
		return "\033[2m";
	case SIM_EVENT_REC_EXIT:
	case SIM_EVENT_KVM_RUN:
		return "\033[1m";
	default:
		return "";
	}
}

bool sim_trace_describe(const struct sim_tracer *tracer, const struct sim_event *event,
			const char **who, char *buf, size_t size)
{
	struct sim_tracer own = *tracer;

	*who = "";
	if (size)
		*buf = '\0';
	if (!sim_trace_wants(tracer, event))
		return false;
	if (event->shared_bit)
		own.shared_bit = event->shared_bit;
	return describe(&own, event, who, buf, size);
}

/* Calls under way */

static bool is_unfinished(const struct sim_tracer *t, unsigned actor)
{
	return t->unfinished[actor / 64 % 4] >> actor % 64 & 1;
}

static void set_unfinished(struct sim_tracer *t, unsigned actor, bool unfinished)
{
	uint64_t bit = UINT64_C(1) << actor % 64, *word = &t->unfinished[actor / 64 % 4];

	*word = unfinished ? *word | bit : *word & ~bit;
}

/* The call that was heard of last goes out without its result. */
static void flush(struct sim_tracer *t, void (*emit)(void *ctx, const struct trace_line *line),
		  void *ctx)
{
	struct rmm_event rmm = { .command = t->call_command, .regs_in = &t->call_regs };
	struct sim_event event = t->call;
	char text[MAX_LINE];
	const char *who;

	if (!t->called)
		return;
	t->called = false;
	set_unfinished(t, event.actor, true);
	event.rmm = &rmm;
	sim_trace_describe(t, &event, &who, text, sizeof(text) - 16);
	strcat(text, " <unfinished>");
	emit(ctx, &(struct trace_line){ &event, who, text });
}

static void keep_call(struct sim_tracer *t, const struct sim_event *event)
{
	t->called = true;
	t->call = *event;
	t->call_command = event->rmm->command;
	t->call_regs = *event->rmm->regs_in;
}

static void resumed(const struct sim_tracer *t, const struct rmm_event *rmm, char *buf, size_t size)
{
	size_t len;

	snprintf(buf, size, "<%s resumed> ", rmm->command ? rmm->command->name : "call");
	len = strlen(buf);
	sim_trace_result(t, buf + len, size - len, rmm->command, rmm->regs_out);
}

void trace_lines(struct sim_tracer *tracer, const struct sim_event *event,
		 void (*emit)(void *ctx, const struct trace_line *line), void *ctx)
{
	struct trace_line line = { .event = event };
	char text[MAX_LINE];
	bool shown = sim_trace_describe(tracer, event, &line.who, text, sizeof(text));

	if (event->kind == SIM_EVENT_RMI_CALL && !is_enter(event)) {
		flush(tracer, emit, ctx);
		if (sim_trace_wants(tracer, event))
			keep_call(tracer, event);
		return;
	}
	if (event->kind == SIM_EVENT_RMI_RETURN && !is_enter(event)) {
		if (tracer->called && tracer->call.actor == event->actor)
			tracer->called = false;
		if (shown && is_unfinished(tracer, event->actor))
			resumed(tracer, event->rmm, text, sizeof(text));
		set_unfinished(tracer, event->actor, false);
	}
	if (!shown)
		return;
	flush(tracer, emit, ctx);
	line.text = text;
	emit(ctx, &line);
}

void trace_lines_end(struct sim_tracer *tracer,
		     void (*emit)(void *ctx, const struct trace_line *line), void *ctx)
{
	flush(tracer, emit, ctx);
}

static void print(void *ctx, const struct trace_line *line)
{
	const struct sim_tracer *t = ctx;
	const char *colour = t->colour ? colour_of(line->event->kind) : "";
	char head[64] = "", buf[MAX_LINE + 128], actor[24];
	int n = 0;

	if (t->numbers)
		n = snprintf(head, sizeof(head), "%5llu ", (unsigned long long)line->event->seq);
	if (t->actors)
		snprintf(head + n, sizeof(head) - (size_t)n, "%-9.20s",
			 trace_actor(line->event, actor));
	snprintf(buf, sizeof(buf), "%s  %-6s%s%s%s", head, line->who, colour, line->text,
		 colour[0] ? "\033[0m" : "");
	if (t->line)
		t->line(t->line_ctx, buf);
	else
		fprintf(t->out, "%s\n", buf);
}

void sim_trace_event(void *tracer, const struct sim_event *event)
{
	trace_lines(tracer, event, print, tracer);
}

void sim_trace_end(struct sim_tracer *tracer)
{
	trace_lines_end(tracer, print, tracer);
}
