/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzing the model: one target that turns bytes into a machine, calls, host writes and realm
 * programs, and checks the invariants after each call.
 *
 * The bytes are read front to back. A zero operation, or their end, ends the run; whatever is read
 * behind the end is zero. So a file of zeros is a run of nothing, and every prefix of a run is a
 * run.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <rmisim/rmm.h>

#include "ghost.h"

#define FUZZ_MAX_SIZE 1024 /* bytes of an input that are looked at */
#define FUZZ_COMMANDS ((unsigned)(RMI_FID_LAST - RMI_FID_FIRST) + 2) /* one for all other numbers */
#define FUZZ_PAIRS    (FUZZ_COMMANDS * 32)
#define FUZZ_ROWS     4096
#define FUZZ_FEATURES 65536

/* What runs have reached; kept by the caller over as many runs as it likes. */
struct fuzz_stats {
	uint64_t executions, calls;
	uint8_t row[FUZZ_ROWS];   /* failure conditions met: rmm_condition_at() */
	uint8_t pair[FUZZ_PAIRS]; /* (command, status) seen: FUZZ_PAIR */
	/* What a run without a compiler's help can tell of a new path: pairs of successive pairs. */
	uint8_t feature[FUZZ_FEATURES];
	bool fresh;  /* the last run set a row or a feature for the first time */
	FILE *trace; /* every call, NULL: none */
};

#define FUZZ_PAIR(command, status) ((command)*32 + (status))

/* Run one input. Reports a broken invariant as a sentence on stderr and aborts. Returns 0. */
int fuzz_one(const uint8_t *data, size_t size, struct fuzz_stats *stats);
/* Number of failure conditions met. */
unsigned fuzz_rows(const struct fuzz_stats *stats);
/* One line a condition, "OP_CANCEL can_cancel RMI_ERROR_INPUT -". */
void fuzz_print_rows(const struct fuzz_stats *stats, FILE *file);
/* Mutate a corpus without a compiler's help (engine.c). */
int fuzz_engine(int argc, char **argv);

/* Below: the target's own. */

#define NR_BANKS     3
#define NR_REALMS    3
#define NR_RECS      4
#define NR_HANDLES   4
#define MAX_CALLS    240
#define MAX_DEPTH    3
#define MAX_GRANULES 3072
#define SCRATCH      12 /* pages at the start of memory that helpers leave to the host */

/* An operation that answered INCOMPLETE, and how. */
struct fuzz_op {
	uint64_t handle, x0;
	unsigned wanted; /* granules */
};

struct fuzz_realm {
	rmm_pa rd;
	struct rmm_shape shape;
};

struct fuzz {
	const uint8_t *data;
	size_t size, pos;
	struct fuzz_stats *stats;

	struct rmm *rmm;
	const char *differs; /* where model and ghost do not agree */
	struct ghost *ghost; /* what should be, by the calls alone (sim/ghost.h) */
	struct rmm_profile profile;
	enum rmi_edition edition;
	struct rmm_bank bank[NR_BANKS];
	unsigned shift;
	uint64_t page;         /* granule size */
	unsigned fanout, bits; /* as configured, 0: the architecture's; index bits of a table */

	struct fuzz_realm realm[NR_REALMS];
	rmm_pa rec[NR_RECS];
	struct rmm_rec *running;
	/* The last request of a realm: RIPAS_CHANGE. */
	rmm_pa ripas_rec;
	rmm_ipa ripas_base, ripas_top;
	struct fuzz_op op[NR_HANDLES];
	unsigned next_op;
	rmm_pa next; /* where the search for a free page begins */

	/* What the machine is made of: the caller's memory (NULL: the model's own), the GIC. */
	uint8_t *memory;
	unsigned gic;
	unsigned starve; /* the n-th allocation from now on fails; 0: none */

	unsigned calls, depth;
	unsigned last_pair;
	bool ran; /* the realm ran during the call */

	/* Invariants: the state as it was after the last call that was checked. */
	uint64_t hash;
	bool known;
	uint8_t state[MAX_GRANULES];
	unsigned nr_granules;
};

/* Bytes (value.c). */
uint8_t fuzz_u8(struct fuzz *f);
uint64_t fuzz_u64(struct fuzz *f);
bool fuzz_ended(const struct fuzz *f);

/* Values that mean something, from few bytes (value.c). */
rmm_pa fuzz_pa(struct fuzz *f);
rmm_ipa fuzz_ipa(struct fuzz *f, const struct fuzz_realm *realm);
uint64_t fuzz_desc(struct fuzz *f);
int64_t fuzz_level(struct fuzz *f);
struct fuzz_realm *fuzz_realm(struct fuzz *f);
/* Fill the arguments of a command by what its table says they are. */
void fuzz_args(struct fuzz *f, const struct rmi_command *command, struct rmm_regs *regs);
/* Fill one page of the host with what the structures and lists hold, or part of it. */
void fuzz_host_write(struct fuzz *f, rmm_pa pa, uint64_t value);

/* Memory by number: granule i of all banks, and back (value.c). */
rmm_pa fuzz_granule(const struct fuzz *f, unsigned i);
bool fuzz_granule_index(const struct fuzz *f, rmm_pa pa, unsigned *i);
/* n pages in a row in this state, aligned to n; 0: none. */
rmm_pa fuzz_find(struct fuzz *f, enum rmm_granule_state state, unsigned n);
uint64_t fuzz_level_size(const struct fuzz *f, int level);
rmm_pa fuzz_scratch(const struct fuzz *f, unsigned i);

/* A call of the host with all the invariants around it (target.c). */
struct rmm_regs fuzz_smc(struct fuzz *f, const struct rmm_regs *in);
#define fuzz_call(f, ...) fuzz_smc(f, &(struct rmm_regs){ { __VA_ARGS__ } })
/* One operation of the host; false: the end (ops.c, ops_tree.c). */
bool fuzz_op(struct fuzz *f);
/* The program of the realm that runs (program.c). */
void fuzz_program(struct fuzz *f, struct rmm_rec *rec);

/* Invariants (invariants.c). */
struct fuzz_before {
	struct rmm_regs regs;
	uint64_t hash;
	uint32_t sum[6]; /* of the memory that an argument may point to */
	unsigned open;   /* operations */
};

void fuzz_begin(struct fuzz *f); /* after rmm_new */
void fuzz_check_before(struct fuzz *f, const struct rmm_regs *in, struct fuzz_before *b);
void fuzz_check_after(struct fuzz *f, const struct fuzz_before *b, const struct rmm_regs *out);
/* The realm, or a call inside its run, may have changed what is known. */
void fuzz_forget(struct fuzz *f);
/* All that holds between calls; also when no call has been made. */
void fuzz_check_state(struct fuzz *f, const char *after);
void fuzz_fail(const struct fuzz *f, const char *format, ...)
	__attribute__((format(printf, 2, 3), noreturn));

#endif
