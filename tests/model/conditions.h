/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Failure conditions, asserted from tables.
 *
 * A table is one command with one order of checks. valid() makes a host and a call that succeeds; a
 * breaker makes one condition true. conditions_run() then makes the call with a fresh host each time:
 *
 *	nothing broken             it succeeds
 *	each breaker alone         X0, the row that the event names, undefined outputs, and nothing
 *	                           changed: state hash and the bytes of the pages involved
 *	every two that can both    the one that comes first in the table is reported, with all of the
 *	hold                       above
 *
 * and fails when the model asks for a row that the table lacks, or when the specification orders two
 * rows whose breakers cannot both hold and `both` has nothing for them. Rows and pairs that pass are
 * noted (stats.h). So a new row is a new line of a table:
 *
 *	static const struct breaker activate_rows[] = {
 *		BREAK_RD(1),
 *		{ "realm_state", RMI_ERROR_REALM, activate_realm },
 *	};
 *	static const struct condition_table realm_activate = {
 *		"REALM_ACTIVATE", RMI_REALM_ACTIVATE, valid_activate, BREAKERS(activate_rows),
 *	};
 *	CONDITION_TEST(realm_activate)
 *
 *	main: TEST(realm_activate_reports_each_condition_in_its_place)
 *
 * Tables are written from rmm-commands: the lines in the order of its tables (for TF-RMM: Part 10).
 * Of two rows that the sheet leaves unordered the model reports the first (docs/model.md).
 *
 * How a breaker breaks:
 *
 *	It is told what it may touch by nobody: it says so in `on`. Two breakers with a common bit
 *	are not combined. ON_ARG(n): which page or value is in Xn. ON_LOW(n): low bits added to Xn
 *	(break_low_bits), so that "misaligned" combines with "another page"; every breaker that
 *	replaces an address keeps them. ON_OWN(i): whatever a table numbers for itself, say a field
 *	of a parameter structure. ON_RMM: the RMM's state; what needs an ACTIVE RMM has it too.
 *
 *	State is changed through t->h (h.rd, h.rec), arguments in t->x: so that a breaker works
 *	whatever another one has put into the registers. A state that has to be there before the
 *	call is built is an option: `opt` of the breaker, read by valid().
 *
 *	The first of two is applied first, and the one with the lower `stage` before that: -1 for a
 *	breaker that needs a healthy world, 1 for one that looks at what the arguments have become.
 *
 *	A condition that holds only in the middle of another call (a REC that runs, a lock that is
 *	held) is a frame: trial_within(t, frame). The frame begins that other call and calls
 *	trial_go_on() in the middle of it. Frames nest, the first is the outermost.
 *
 *	A breaker that cannot make its condition true yet, because the model lacks a command, calls
 *	trial_unavailable(): the row stays unasserted.
 */
#ifndef TESTS_MODEL_CONDITIONS_H
#define TESTS_MODEL_CONDITIONS_H

#include "host.h"

#define ON_ARG(n) (UINT64_C(1) << (n))
#define ON_LOW(n) (UINT64_C(1) << ((n) + 8))
#define ON_OWN(i) (UINT64_C(1) << ((i) + 16))
#define ON_RMM    (UINT64_C(1) << 63)

#define NO_MEMORY_AT UINT64_C(0x10000000) /* no DRAM there */
#define LOW_BITS     8                    /* added by break_low_bits */
#define MAX_FRAMES   4

struct condition_table;
struct trial;

typedef void trial_frame(struct trial *t);

/* One attempt at the call. */
struct trial {
	struct host h;
	const struct condition_table *table;
	uint64_t opt;  /* options of the breakers, for valid() */
	uint64_t x[7]; /* the call: X1 to X6 */
	rmm_pa own;    /* a page UNDELEGATED and one DELEGATED that nothing else uses */
	rmm_pa spare;
	uint64_t v[8]; /* for valid() and its breakers to remember what they made */
	/* nothing can be allocated: in the command's call, or in the OP_CONTINUE that resumes it */
	bool no_memory, no_memory_resumed;

	trial_frame *frames[MAX_FRAMES];
	unsigned nr_frames, depth;
	bool unavailable;
	struct rmm_rec *running; /* h.rec, within_the_realm */

	/* what came of it */
	bool made, driven; /* driven: the outputs are those of the last OP_* call */
	struct rmm_regs out;
	int condition;
	bool changed;
};

struct breaker {
	const char *row; /* name of the condition */
	uint64_t x0;     /* that it makes the call return */
	void (*breaks)(struct trial *t, const struct breaker *b);
	uint64_t on;    /* ON_* bits of what it touches */
	unsigned arg;   /* a register's number or whatever the function wants */
	uint64_t value; /* the same */
	uint64_t opt;
	int stage;
};

/* A way for two rows to hold together whose breakers are not combined. */
struct both {
	const char *first, *second;
	void (*breaks)(struct trial *t, const struct breaker *b); /* b: the first's */
	uint64_t opt;
};

struct condition_table {
	const char *command; /* as rmm_condition_at() names it */
	uint64_t fid;
	/* host_boot() or more of t->h, t->x; what succeeds when nothing is broken */
	void (*valid)(struct trial *t);
	const struct breaker *breakers;
	unsigned nr_breakers;
	const struct both *both; /* ends with first NULL */
	struct setup setup;      /* for valid(); profile NULL is strict */
	bool drive;              /* an operation: donate, continue and reclaim to its end */
	bool partial;            /* not all rows are there, nothing is noted */
	bool rsi;                /* a command of the realm: made by REC h.rec while it runs */
	/* Outputs of a refusal; NULL: all undefined, so poison or 0 as the profile has it. */
	void (*outputs)(const struct trial *t, const struct breaker *b);
};

#define BREAKERS(table) (table), sizeof(table) / sizeof((table)[0])

void conditions_run(const struct condition_table *table, const char *test);

#define CONDITION_TEST(table)                                                            \
	static void table##_reports_each_condition_in_its_place(void **state)            \
	{                                                                                \
		conditions_run(&(table), #table "_reports_each_condition_in_its_place"); \
	}

/* For breakers. */

void trial_within(struct trial *t, trial_frame *frame);
void trial_go_on(struct trial *t); /* the next frame, or the call itself */
void trial_unavailable(struct trial *t);
/* Replace the address in Xn, but not its low bits. */
void trial_address(struct trial *t, unsigned n, rmm_pa pa);
/* A page that an unfinished operation owns. */
rmm_pa trial_owned(struct trial *t);
/*
 * A range of the realm has yielded: the entry at ipa belongs to it, and the one before, in the same
 * table, is DATA (UNMAPPED_NS). All tables above have to be there, both entries to be free.
 */
void trial_own_entry(struct trial *t, rmm_ipa ipa, int level);
/* Frames. h.rec runs: */
trial_frame within_the_realm;
/* Another CPU holds the lock of h.rd: */
trial_frame within_a_lock_of_rd;
/* Another CPU works on one of 16 contexts, the others wait for the host: */
trial_frame within_a_donation;

/* Breakers that many tables use; `arg` is the register. */
typedef void breaker_fn(struct trial *t, const struct breaker *b);
breaker_fn break_low_bits;        /* misaligned */
breaker_fn break_no_memory_at;    /* nothing there */
breaker_fn break_own_page;        /* an UNDELEGATED page instead */
breaker_fn break_spare_page;      /* a DELEGATED page instead */
breaker_fn break_owned_page;      /* a page of an unfinished operation instead */
breaker_fn break_delegate_page;   /* the page itself goes to Realm PAS; stage 1, ON_RMM */
breaker_fn break_address;         /* `value` instead, keeps the low bits */
breaker_fn break_value;           /* `value` instead */
breaker_fn break_option;          /* nothing: .opt says it all */
breaker_fn break_memory;          /* no memory for the call */
breaker_fn break_memory_resumed;  /* no memory for its end, in OP_CONTINUE */
breaker_fn break_rmm;             /* RMM back in state INIT: stage -1, ON_RMM */
breaker_fn break_activate_realm;  /* h.rd is not NEW any more */
breaker_fn break_terminate_realm; /* h.rd is a ZOMBIE */
breaker_fn break_run_rec;         /* h.rec runs: stage -1 */
breaker_fn break_contexts_busy;   /* BREAK_SRO */
breaker_fn break_contexts_blocked;

/* Groups of rmm-commands; `other` puts a page in another state into Xn. */
#define BREAK_GRANULE(align, bound, blocked, state, n, other)                                   \
	{ align, RMI_ERROR_INPUT, break_low_bits, ON_LOW(n), n },                               \
		{ bound, RMI_ERROR_INPUT, break_no_memory_at, ON_ARG(n), n },                   \
		{ blocked, RMI_BLOCKED, break_owned_page, ON_ARG(n) | ON_RMM, n, .stage = -1 }, \
	{                                                                                       \
		state, RMI_ERROR_INPUT, other, ON_ARG(n), n                                     \
	}
#define BREAK_RD(n) \
	BREAK_GRANULE("rd_align", "rd_bound", "rd_blocked", "rd_state", n, break_spare_page)
#define BREAK_REC(n)                                                                \
	BREAK_GRANULE("rec_align", "rec_bound", "rec_blocked", "rec_gran_state", n, \
		      break_spare_page)
/* TF-RMM's one row for a granule argument. */
#define BREAK_TF(name, n, other)                                             \
	{ name, RMI_ERROR_INPUT, break_low_bits, ON_LOW(n), n },             \
		{ name, RMI_ERROR_INPUT, break_no_memory_at, ON_ARG(n), n }, \
	{                                                                    \
		name, RMI_ERROR_INPUT, other, ON_ARG(n), n                   \
	}
#define BREAK_SRO(n)                                                                    \
	{ "sro_busy", RMI_BUSY, break_contexts_busy, ON_OWN(n) | ON_RMM, .stage = -1 }, \
	{                                                                               \
		"sro_blocked", RMI_BLOCKED, break_contexts_blocked, ON_OWN(n) | ON_RMM, \
			.stage = -1                                                     \
	}

#endif
