/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file trace.h
 * Looking at a run: the event stream as lines, one decoded line an event, or as lanes, one column an actor.
 *
 * All of it is made from the events alone. A tracer is for one world at a time, on the thread that runs it.
 */
#ifndef RMISIM_TRACE_H
#define RMISIM_TRACE_H

#include <stdio.h>

#include <rmisim/decode.h>
#include <rmisim/event.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/** Bit of an event kind in sim_tracer.hide. */
#define SIM_TRACE_BIT(kind) (UINT32_C(1) << (kind))
/** What a trace of one CPU can do without: locks, pages, and who goes on. */
#define SIM_TRACE_QUIET                                                  \
	(SIM_TRACE_BIT(SIM_EVENT_LOCK) | SIM_TRACE_BIT(SIM_EVENT_PAGE) | \
	 SIM_TRACE_BIT(SIM_EVENT_SCHED) | SIM_TRACE_BIT(SIM_EVENT_WAIT))
/** What lanes can do without, where columns are narrow: who goes on is seen, the rest is in the trace. */
#define SIM_TRACE_LANES                                                 \
	(SIM_TRACE_BIT(SIM_EVENT_ASK) | SIM_TRACE_BIT(SIM_EVENT_PAGE) | \
	 SIM_TRACE_BIT(SIM_EVENT_SCHED))

/** Addresses [base, top), bytes. */
struct sim_trace_range {
	uint64_t base, top;
};

/** How events become lines. sim_tracer_init() fills it; change what you want before the first event. */
struct sim_tracer {
	FILE *out; /**< where lines go */
	/** Where a line goes instead, without its newline; NULL: `out`. */
	void (*line)(void *ctx, const char *line);
	void *line_ctx;                  /**< first argument of `line` */
	struct rmi_format_config format; /**< how words are decoded */
	uint64_t shared_bit; /**< of an IPA, where the event does not say; 0: not known */
	uint32_t hide;       /**< bits of event kinds that make no line */
	/** Names or numbers of actors with commas, as in "vcpu0,2": nobody else's events; NULL: all. */
	const char *only;
	/**
	 * With one of them set (top above base): events alone that name an address of the range, with both of either. A
	 * private IPA stands for both aliases. What names no address, like a lock, is then left out; a violation
	 * never is.
	 */
	struct sim_trace_range ipa, pa;
	bool colour;  /**< escape sequences for a terminal */
	bool actors;  /**< begin the line with who runs */
	bool numbers; /**< begin it with the number of the event */
	bool brief; /**< of a call's arguments those that say where, of its results the status alone */
	/* The tracer's own: the call that was made last, and who is in one whose line is out already. */
	bool called;                            /**< private */
	struct sim_event call;                  /**< private */
	const struct rmi_command *call_command; /**< private */
	struct rmm_regs call_regs;              /**< private */
	uint64_t unfinished[4];                 /**< private */
};

/**
 * Numbers, actors, all kinds of events. Colour when `out` is a terminal that knows it and $NO_COLOR is not set.
 * @param page_shift of the host, bits: sim_image_page_shift(); 0 means 12
 */
void sim_tracer_init(struct sim_tracer *tracer, FILE *out, enum rmi_edition edition,
		     unsigned page_shift);
/**
 * The line of an event: as sim_config.event, with the tracer as event_ctx. A call and its result are one line,
 * unless something else happens in between: "RTT_DATA_MAP(..) <unfinished>", "<RTT_DATA_MAP resumed> = ..".
 */
void sim_trace_event(void *tracer, const struct sim_event *event);
/** The run is over: a call that never returned gets its line. */
void sim_trace_end(struct sim_tracer *tracer);
/**
 * One event alone, without the columns in front; a call is shown with its result, when it returns.
 * @param who receives "rmi", "kvm", "guest" .. (static)
 * @return false when this event makes no line
 */
bool sim_trace_describe(const struct sim_tracer *tracer, const struct sim_event *event,
			const char **who, char *buf, size_t size);

/** Is this event one of those that the tracer's hide, only, ipa and pa leave? */
bool sim_trace_wants(const struct sim_tracer *tracer, const struct sim_event *event);
/**
 * Kinds by name, with commas: as JSON calls them ("rmi-call"), as a trace has them in front of its lines ("rmi",
 * "exit", "guest", "kvm" ..), or "all".
 * @param kinds receives bits of SIM_TRACE_BIT()
 * @return NULL, or where in the list a name begins that there is not
 */
const char *sim_trace_kinds(const char *list, uint32_t *kinds);

/** "rmi-call", "lock" ..: what JSON calls the kind. */
const char *sim_event_kind_name(enum sim_event_kind kind);

/** "0x46880000<private>" for an IPA of the realm; returns buf. */
const char *sim_trace_ipa(const struct sim_tracer *tracer, char *buf, size_t size, uint64_t ipa);
/** "RTT_UNPROT_MAP(rd=0x.., ..)", meanings in angle brackets; an unknown FID when command is NULL. */
void sim_trace_call(const struct sim_tracer *tracer, char *buf, size_t size,
		    const struct rmi_command *command, const struct rmm_regs *regs);
/** "= RMI_SUCCESS out_top=0x.." */
void sim_trace_result(const struct sim_tracer *tracer, char *buf, size_t size,
		      const struct rmi_command *command, const struct rmm_regs *regs);
/** "SYNC esr=0x..<DABT_LOW translation fault, level 3, ..> .." */
void sim_trace_exit(const struct sim_tracer *tracer, char *buf, size_t size,
		    const struct rmm_exit *exit);

/* Files for other programs */

/** What a trace is written as. */
enum sim_export_format {
	/**
	 * Trace Event Format, one JSON object, as Perfetto's and Chrome's viewers open it: a thread an actor, slices for
	 * RMI calls, aborts, locks held and locks waited for, instants for the rest, and a thread of its own for who
	 * runs. The clock is logical: event N is at N microseconds, and no two records at the same time.
	 */
	SIM_EXPORT_CHROME,
	/** An object a line, an event each, a call and its result apart; docs/seeing.md has the keys. */
	SIM_EXPORT_JSONL,
};

struct sim_export;

/**
 * @param tracer says what is wanted (hide, only, ipa, pa) and how to decode; copied
 * @param out is written to until sim_export_end(), and stays the caller's
 * @param title of the run, may be NULL
 * @return NULL when memory is short
 */
struct sim_export *sim_export_new(const struct sim_tracer *tracer, enum sim_export_format format,
				  FILE *out, const char *title);
/** As sim_config.event, with the export as event_ctx. */
void sim_export_event(void *to, const struct sim_event *event);
/** The run is over: what is open is closed, the document ended, the export freed. NULL is fine. */
void sim_export_end(struct sim_export *to);

/* Lanes */

/** The events of one run, kept to be drawn. */
struct sim_lanes;

/** @param tracer says what to keep (hide) and how to decode; copied. NULL when memory is short. */
struct sim_lanes *sim_lanes_new(const struct sim_tracer *tracer);
void sim_lanes_free(struct sim_lanes *lanes); /**< NULL is fine */
/** Keep an event: as sim_config.event, with the lanes as event_ctx. */
void sim_lanes_event(void *lanes, const struct sim_event *event);
/** The run is over: a call that never returned is kept, too. */
void sim_lanes_end(struct sim_lanes *lanes);
/** Actors that have run: the highest number and one. */
unsigned sim_lanes_actors(const struct sim_lanes *lanes);
/**
 * One column an actor, one line an event, at most `width` characters wide; a text that is cut ends with '>'.
 * Unless `all`, what the scenario does alone before its actors start and after they have ended is one line each.
 */
void sim_lanes_text(const struct sim_lanes *lanes, FILE *out, unsigned width, bool all);
/** The same as a picture: an SVG document. The whole text of a line shows under the pointer. */
void sim_lanes_svg(const struct sim_lanes *lanes, FILE *out, const char *title, bool all);
/** Each event kept, in order. fn gets the actor's name, the kind and the whole line; valid in the call only. */
void sim_lanes_each(const struct sim_lanes *lanes,
		    void (*fn)(void *ctx, const struct sim_event *event, const char *line),
		    void *ctx);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
