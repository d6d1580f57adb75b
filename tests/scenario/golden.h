/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Golden call sequences: record the RMI calls of a world and compare them with text.
 *
 * One line is one call, in the notation of the reference sheet:
 *
 *	RANGE_DELEGATE(RD, RD+0x1000) -> 0; X1 = end
 *	RTT_CREATE(RD, T1, 0x80000000, 2) -> 0
 *
 * A name takes the value that it meets first and must meet the same value ever after; names of pages
 * that live at the same time (RD, PGD, REC.., T.., D.., E..) must differ. `end` is the call's second
 * argument, `*` matches anything, `D?` any value that a name beginning with D has. The prefixes
 * RMI_, RTT_ and GRANULE_ of a command may be left out. Values that the text does not mention are free.
 */
#ifndef TESTS_SCENARIO_GOLDEN_H
#define TESTS_SCENARIO_GOLDEN_H

#include <rmisim/sim.h>

/* One finished RMI call. page: what the argument page held, for commands that take one, else NULL. */
struct golden_call {
	const struct rmi_command *command;
	unsigned cpu;
	uint64_t in[7], out[5];
	uint8_t *page;
};

struct golden_name {
	char text[24];
	uint64_t value;
};

struct golden {
	struct sim_world *world; /* NULL: nothing is recorded yet */
	uint64_t page_size;      /* of that world */
	struct golden_call *calls;
	unsigned nr_calls, cap_calls;
	unsigned next; /* first call that no expectation has consumed */
	struct golden_name names[96];
	unsigned nr_names;
	bool one_granule; /* a DELEGATE line stands for one call a granule (profile bet1-leaf-1) */
	/*
	 * Called for each event before it is recorded; may make RMI calls of its own, which are not
	 * recorded, or change what the host will read: a world that the host did not expect.
	 */
	void (*hook)(struct golden *g, const struct sim_event *event);
	void *hook_ctx;
	bool in_hook;
	unsigned cache_tables;  /* pages for tables out of a vCPU's memory cache */
	unsigned atomic_tables; /* and with GFP_ATOMIC */
	int cache_min,
		cache_filled; /* the last top-up that did something: at least, and what is in it then */
	unsigned warns;       /* WARN lines of the kernel */
	char warn[256];       /* the first of them */
};

/* The sim_event_fn of a world that records; ctx is the struct golden. */
void golden_event(void *ctx, const struct sim_event *event);
/* Forget everything and record from now on. */
void golden_start(struct golden *g, struct sim_world *world);
/* Record no more: the world may go, and what is seen of the next one is not its. The calls stay. */
void golden_pause(struct golden *g);
void golden_stop(struct golden *g);

/* Give a name its value beforehand. */
void golden_bind(struct golden *g, const char *name, uint64_t value);
/* The value of a name, 0 when it has none. */
uint64_t golden_value(const struct golden *g, const char *name);

/*
 * The calls since the last check are exactly those of `text` (lines; empty lines and leading numbers are
 * skipped). Calls whose command is named in `ignore` (commas) do not count. Prints the difference on
 * stderr, unless title is NULL; false when there is one. All calls are consumed either way.
 */
bool golden_check(struct golden *g, const char *title, const char *text, const char *ignore);
/* As golden_check, as a CMocka assertion. */
#define golden_expect(g, title, text, ignore) assert_true(golden_check(g, title, text, ignore))

/* Is the call the command with this (possibly shortened) name? */
bool golden_is(const struct golden_call *call, const char *name);
/* Number of calls from index `from` up to `to` with this name and, unless ~0, this X0 and level X3. */
unsigned golden_count(const struct golden *g, unsigned from, unsigned to, const char *name,
		      uint64_t x0, uint64_t level);
/* The last call with this name that has ended, or NULL. */
const struct golden_call *golden_last(const struct golden *g, const char *name);
/* Index of the first call with this name at or after `from`, or nr_calls. */
unsigned golden_find(const struct golden *g, unsigned from, const char *name);

#endif
