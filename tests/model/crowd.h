/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A crowd: several threads that use one model at once, each drawing host commands from a generator of its
 * own with a fixed seed, about the same few granules, realms, RECs and IPAs.
 *
 *	bank A, 64 MiB					bank B, from inside a chunk on
 *	[ host's ][ objects ][ singles ][ chunks ]	[ a block (1 GiB) of chunks ][ 4 MiB ]
 */
#ifndef TESTS_MODEL_CROWD_H
#define TESTS_MODEL_CROWD_H

#include <pthread.h>
#include <rmisim/rmm.h>

#define CROWD_MAX 8
#define PAGE      UINT64_C(0x1000)
#define CHUNK     UINT64_C(0x200000)
#define BANK_A    UINT64_C(0x80000000)
#define SIZE_A    UINT64_C(0x4000000)
#define BANK_B    UINT64_C(0x100010000)
#define SIZE_B    (BLOCK_B + 2 * CHUNK)
#define BLOCK_B   UINT64_C(0x40000000)
#define OBJECTS   (BANK_A + CHUNK)
#define SINGLES   (BANK_A + 2 * CHUNK) /* two chunks whose granules are used one by one */
#define CHUNKS    (BANK_A + 4 * CHUNK) /* four that move as a whole, too */
#define NR_RECS   3
#define NR_SLOTS  4 /* L3 tables of a realm, each for 2 MiB */
#define NR_PAGES  8 /* IPAs that are used below each */
#define UNPROT    (UINT64_C(1) << 40)

enum sharing { ONE_REALM, REALM_EACH, REALM_PAIRS };

struct crowd;

struct worker {
	struct crowd *crowd;
	pthread_t thread;
	unsigned id, realm; /* that it works on */
	uint64_t rng;
	char complaint[160];            /* what should not have been; empty: nothing */
	unsigned long calls, successes; /* of those that were not BUSY */
	unsigned long entered, accesses;
};

struct crowd {
	struct rmm *rmm;
	struct rmm_profile profile;
	unsigned nr_workers, nr_realms;
	struct worker worker[CROWD_MAX];
	uint64_t handle[256]; /* the last operation of each context; atomic */
	unsigned ops;         /* commands of a worker in a round */
};

struct crowd_setup {
	unsigned workers;
	enum sharing sharing;
	const char *profile;
	enum rmi_edition edition;
	bool check_locks;
	unsigned ops;
	uint64_t seed;
};

/* Fails the test when the model cannot be made. */
void crowd_new(struct crowd *c, const struct crowd_setup *s);
/* All workers, each on a thread of its own, until each has drawn its commands. */
void crowd_start(struct crowd *c);
void crowd_join(struct crowd *c);
/* Between rounds: complaints, locks, counts, and what the tables say against what the granules say. */
void crowd_check(struct crowd *c);
/* End every operation, destroy every realm, undelegate everything: all of it zero. */
void crowd_end(struct crowd *c);

/* For the workers (crowd_work.c). */
uint64_t draw(struct worker *w, uint64_t n);
void complain(struct worker *w, const char *what, uint64_t a, uint64_t b);
/* One SMC, again while it answers BUSY; complains about a status that the command cannot have. */
struct rmm_regs call(struct worker *w, uint64_t fid, uint64_t a, uint64_t b, uint64_t c, uint64_t d,
		     uint64_t e);
void range(struct worker *w, uint64_t fid, rmm_pa base, rmm_pa top);
void work(struct worker *w);
/* The program of a REC, on the thread that entered it. */
void realm_program(struct worker *w, struct rmm_rec *rec);
/* Go on with the operation of a handle, one step; `r` is what the last step answered. */
void finish_operation(struct worker *w, struct rmm_regs r, uint64_t handle);

rmm_pa host_page(const struct worker *w, unsigned i);
static inline rmm_pa rd_of(unsigned realm)
{
	return OBJECTS + realm * 0x20000;
}

static inline rmm_pa root_of(unsigned realm)
{
	return rd_of(realm) + 4 * PAGE;
}

static inline rmm_pa rec_of(unsigned realm, unsigned i)
{
	return rd_of(realm) + (1 + i) * PAGE;
}

#endif
