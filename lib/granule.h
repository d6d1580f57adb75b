/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Granules: one state, one lock bit and one reference count each (A2.3.6), kept in chunks.
 *
 *	bank -> map -> block -> 512 chunks -> 512 granules each, only where they differ
 *
 * A block (1 GiB of 4 KiB granules) or chunk (2 MiB) whose granules are all in the same plain state is
 * one word (uniform). The first granule that has to be locked by itself splits its chunk, a range command
 * over all of a chunk makes it uniform again. So a machine costs what is touched of it, and a range
 * call costs blocks and chunks, not granules.
 *
 * Two kinds of locks. A granule's lock is the RMM's own (see locks.h for the order). A chunk's lock
 * is a detail of this file: it guards split and merge and the state of a uniform chunk, is held for
 * a few instructions, and whoever holds one waits for nothing but chunks at higher addresses.
 */
#ifndef LIB_GRANULE_H
#define LIB_GRANULE_H

#include <rmisim/rmm.h>

#include "locks.h"

/* Internal states: the public ones, and an object that an unfinished operation owns. */
enum { GRANULE_PARTIAL = 0x80 };

struct granule {
	uint8_t lock; /* atomic */
	uint8_t state; /* enum rmm_granule_state or GRANULE_PARTIAL; atomic, changes under the lock */
	uint8_t host; /* the host may have written to it while it was UNDELEGATED */
	uint8_t spare;
	uint32_t refs; /* RTT: live entries; RD: RECs; REC: 1 while it runs. Atomic */
	void *object;  /* struct realm, struct rmm_rec, struct rtt */
};

/* The granule at pa when it has been split off its chunk, else NULL: every object's granule has. */
struct granule *granule_peek(const struct rmm *rmm, rmm_pa pa);
/* State of the granule at pa, whole or split; UNDELEGATED for what is no memory. Takes no lock. */
unsigned granule_state(const struct rmm *rmm, rmm_pa pa);

/* Somebody else may go on here (rmm_config.point). No chunk lock is held. */
void granule_point(const struct rmm *rmm, rmm_pa pa);

/* Lock the granule at pa; NULL when it is no granule, or *starved when memory is short. */
struct granule *granule_lock(struct locks *l, rmm_pa pa, unsigned order, bool *starved);
/* Lock a granule that cannot go away: of an object. */
void granule_lock_object(struct locks *l, struct granule *g, rmm_pa pa, unsigned order);
/* The same without waiting. */
bool granule_trylock_object(struct locks *l, struct granule *g, rmm_pa pa, unsigned order);
void granule_unlock(struct locks *l, struct granule *g);

/*
 * Change the state of a locked granule; keeps the number of delegated granules. Out of UNDELEGATED,
 * phys_ns_wait() has to follow while the lock is held.
 */
void granule_set_state(struct rmm *rmm, struct granule *g, unsigned state);
void granule_get_ref(struct granule *g, uint32_t n);
/* What has been done before a put is seen by whoever finds no reference left. */
void granule_put_ref(struct granule *g, uint32_t n);
uint32_t granule_refs(const struct granule *g);

/* Every granule of the range has that state; takes no lock. */
bool granule_range_is(const struct rmm *rmm, rmm_pa pa, uint64_t size, unsigned state);

/* What the granules of some stretches have in common. */
struct granule_look {
	bool any;   /* has been looked at */
	bool mixed; /* they differ; else: */
	unsigned state;
	bool owned;  /* one of them is an unfinished operation's */
	bool locked; /* one of them is locked: the rest has not been looked at */
};
/* Look at the memory of a stretch, which lies in one bank, too; takes no lock. */
void granule_look(const struct rmm *rmm, rmm_pa pa, uint64_t size, struct granule_look *look);

/* What a move knows about holes of the banks' files: pages nobody has ever written to. */
struct holes {
	uint64_t epoch; /* rmm.host_epoch when they were looked for */
	rmm_pa from, to;
};

/*
 * Move every granule of [pa, pa + size) from one plain state (UNDELEGATED, DELEGATED, DATA, DEV) to
 * another, or none: false when one of them has another state or, with `wait` not set, is locked.
 * Content is clean in UNDELEGATED and DATA. False too when memory is short, unless the block has been
 * prepared.
 */
bool granule_move_block(struct locks *l, rmm_pa pa, uint64_t size, unsigned from, unsigned to,
			bool wait, struct holes *h);
/* Get the memory that a move of the block takes, now or later; false when there is none. */
bool granule_prepare(struct rmm *rmm, rmm_pa pa, uint64_t size);
/*
 * The same as far as it goes, for one step of a range: the chunk at pa or one granule of it. Returns
 * the end, pa when the granule there cannot be moved. `skip`: one that is in `to` already counts.
 */
rmm_pa granule_move_step(struct locks *l, rmm_pa pa, rmm_pa top, unsigned from, unsigned to,
			 bool skip, struct holes *h, bool *starved);

/* The realm has written to the page that holds pa. */
void granule_mark_written(struct rmm *rmm, rmm_pa pa);
/* Make a locked granule read as zero. */
void granule_clean(struct rmm *rmm, struct granule *g, rmm_pa pa, struct holes *h);

/*
 * Visit every stretch of granules that are not UNDELEGATED, by address: one granule with its object
 * (g), or all granules of [pa, pa + size) in one plain state (g is NULL).
 */
struct granule_run {
	rmm_pa pa;
	uint64_t size;
	unsigned state;
	const struct granule *g;
};
void granule_each(const struct rmm *rmm, void (*visit)(void *ctx, const struct granule_run *run),
		  void *ctx);
uint64_t granule_nr_locked(const struct rmm *rmm);

void granule_exit(struct rmm *rmm);

#endif
