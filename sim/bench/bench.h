/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Benchmarks of the model, seen through rmm.h only, and of the whole stack, through sim.h. Each runs in a child process: it begins with fresh memory, and
 * a failing call ends it with a message. A call that does not answer what the benchmark is about is
 * never a number.
 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <stdbool.h>
#include <stdint.h>

#include <rmisim/rmm.h>

#define KIB UINT64_C(1024)
#define MIB (KIB << 10)
#define GIB (MIB << 10)
#define TIB (GIB << 10)

#define BENCH_PAGE (4 * KIB)

struct sim_world;

/* What a batch has two halves of; a benchmark counts one of them or both. */
enum bench_phase { BENCH_BUILD = 1, BENCH_TEAR = 2, BENCH_BOTH = 3 };

struct bench_state;

/* Equal pieces at equal distances, in physical memory and in the realm's address space. */
struct bench_window {
	uint64_t piece;  /* bytes of one; a page, or what one call handles */
	uint64_t stride; /* bytes from one to the next */
	unsigned nr;
	int level; /* at which a piece is mapped */
};

/* One row of results. */
struct bench {
	const char *name, *about;
	double reference_ns; /* per operation, see docs/performance.md; 0: none */
	double aim_ns;       /* at most; 0: none */
	uint64_t aim_bytes;  /* resident, at most; 0: none */
	enum bench_phase timed;
	void (*prepare)(struct bench_state *s); /* once; NULL: nothing */
	/* Makes operations, between bench_begin() and bench_end(), and adds them to s->ops. */
	void (*batch)(struct bench_state *s);
	uint64_t size; /* of what it works on, bytes */
	struct bench_window window;
	bool written;         /* every page is written by the realm */
	bool shared;          /* the shared alias */
	bool whole;           /* all of it is one operation */
	const char *scenario; /* of the catalogue, to be searched; NULL: bodies that do nothing */
	bool threads;         /* actors are threads, else fibers */
};

/* The i-th benchmark, NULL behind the last. */
const struct bench *bench_at(unsigned i);
/* `name` is this benchmark's, or the head of it up to a dash. */
bool bench_is_named(const struct bench *b, const char *name);

struct bench_options {
	const struct rmm_profile *profile;
	const char *kernel; /* image, for what runs on the port; NULL: the default */
	enum rmi_edition edition;
	uint64_t min_ns; /* measure at least this long */
};

struct bench_result {
	char failure[200];    /* empty: it went well */
	double ns, median_ns; /* per operation: the lowest of the samples, and their median */
	double instructions; /* per operation, of user space; below 0: the machine does not count them */
	int64_t resident; /* bytes; below 0: not measured */
	uint64_t ops;
	unsigned samples;
};

/* Runs `b` in a child process. */
void bench_run(const struct bench *b, const struct bench_options *options,
	       struct bench_result *result);

/* What a benchmark works with, in the child. */
struct bench_state {
	const struct bench *bench;
	const struct bench_options *options;
	struct rmm *rmm;
	rmm_pa next, limit; /* free pages for small things */
	rmm_pa area;        /* memory for the pieces */
	/* one realm */
	rmm_pa params, rd, root, rec, run, list, aux;
	unsigned nr_aux;
	struct sim_world *world; /* instead of all that */
	/* what the realm does, called from REC_ENTER */
	void (*program)(struct bench_state *s, struct rmm_rec *rec);
	rmm_ipa at;
	bool done;
	/* the clock */
	int counter; /* perf event, or -1 */
	uint64_t began, ns, began_instructions, instructions, ops;
	int64_t resident;
};

/* measure.c */

/* The message of this benchmark instead of a number; does not return. */
void bench_fail(struct bench_state *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), noreturn));
/* Time runs between these two, when the benchmark counts `phase`. */
void bench_begin(struct bench_state *s, enum bench_phase phase);
void bench_end(struct bench_state *s, enum bench_phase phase);
/* Resident memory of this process in bytes. */
int64_t bench_resident(void);

/* host.c: a host that makes the calls and checks the answers */

/* A model in state INIT with a bank for small things and one for the pieces; 0: without that one. */
void bench_machine(struct bench_state *s, uint64_t small, uint64_t size);
/* Granules of 4 KiB, state ACTIVE. */
void bench_activate(struct bench_state *s);
/* Both, with 1 GiB for small things. */
void bench_boot(struct bench_state *s, uint64_t size);
rmm_pa bench_pages(struct bench_state *s, unsigned n);
void bench_write(struct bench_state *s, rmm_pa pa, uint64_t value);
uint64_t bench_read(struct bench_state *s, rmm_pa pa);

/* One call; registers X0.. on return. */
static inline struct rmm_regs bench_call(struct bench_state *s, uint64_t fid, uint64_t a,
					 uint64_t b, uint64_t c, uint64_t d, uint64_t e)
{
	struct rmm_regs regs = { { fid, a, b, c, d, e } };

	rmm_smc(s->rmm, 0, &regs);
	return regs;
}

/* One call that must answer SUCCESS. */
struct rmm_regs bench_must(struct bench_state *s, uint64_t fid, uint64_t a, uint64_t b, uint64_t c,
			   uint64_t d, uint64_t e);
/* Range calls, as often as it takes. */
void bench_delegate(struct bench_state *s, rmm_pa base, rmm_pa top);
void bench_undelegate(struct bench_state *s, rmm_pa base, rmm_pa top);
void bench_map(struct bench_state *s, rmm_ipa base, rmm_ipa top, rmm_pa pa, int level);
void bench_unmap(struct bench_state *s, rmm_ipa base, rmm_ipa top);
rmm_pa bench_delegated(struct bench_state *s, unsigned n);

/* realm.c: one realm with a REC */

/* REALM_CREATE with 48 IPA bits, one start table at level 0. */
void bench_realm_create(struct bench_state *s);
/* Protected IPAs below `top` become RAM; before activation. */
void bench_realm_ram(struct bench_state *s, rmm_ipa top);
/* REC_CREATE and REALM_ACTIVATE. */
void bench_realm_activate(struct bench_state *s);
/* The tables above the pieces of `w`, and away with them. */
void bench_tables(struct bench_state *s, const struct bench_window *w);
void bench_tables_destroy(struct bench_state *s, const struct bench_window *w);
/* Everything of the realm but its memory and tables; its granules are the host's again. */
void bench_realm_destroy(struct bench_state *s);
/* REC_ENTER; the exit reason. */
unsigned bench_enter(struct bench_state *s,
		     void (*program)(struct bench_state *s, struct rmm_rec *rec));
/* The realm asks for RAM below `top` again, after its pages were DESTROYED. */
void bench_ram_again(struct bench_state *s, rmm_ipa top);

/* The benchmarks */
void call_empty(struct bench_state *s);
void ranges_prepare(struct bench_state *s);
void ranges_batch(struct bench_state *s);
void machine_batch(struct bench_state *s);
void machine_delegated_batch(struct bench_state *s);
void boot_only(struct bench_state *s);
void pages_prepare(struct bench_state *s);
void pages_batch(struct bench_state *s);
void pages_range_batch(struct bench_state *s);
void realm_batch(struct bench_state *s);
void realms_prepare(struct bench_state *s);
void realms_batch(struct bench_state *s);
void enter_prepare(struct bench_state *s);
void enter_batch(struct bench_state *s);
void world_prepare(struct bench_state *s);
void faults_batch(struct bench_state *s);
void explore_batch(struct bench_state *s);
void vms_batch(struct bench_state *s);

#endif
