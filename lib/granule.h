/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Granules: one state, one lock bit and one reference count each (A2.3.6).
 *
 * Locking order: granules expected in an external state (UNDELEGATED, DELEGATED) by address, then
 * RD, then REC, then the tables of that realm (guarded by the RD's lock), then DATA. A granule
 * whose state is not the expected one is released at once, so that no wrong argument can hold up
 * another CPU. With an RD locked, a granule in an external state is only tried, never waited for:
 * RMI_BUSY.
 */
#ifndef LIB_GRANULE_H
#define LIB_GRANULE_H

#include <rmisim/rmm.h>

/* Internal states: the public ones, and an object that an unfinished operation owns. */
enum { GRANULE_PARTIAL = RMM_INTERNAL + 1 };

struct granule {
	uint8_t lock;  /* atomic */
	uint8_t state; /* enum rmm_granule_state or GRANULE_PARTIAL */
	uint8_t dirty; /* not known to be zero: wiped before it becomes UNDELEGATED */
	uint8_t spare;
	uint32_t refs; /* RTT: live entries; RD: RECs; REC: 1 while it runs. Atomic */
	void *object;  /* struct realm, struct rmm_rec, struct rtt */
};

/* The granule that begins at pa, NULL when pa is misaligned, not DRAM, or was never delegated. */
struct granule *granule_peek(const struct rmm *rmm, rmm_pa pa);
/* The same, made when it is not there yet; NULL for no DRAM or no memory for the state. */
struct granule *granule_get(struct rmm *rmm, rmm_pa pa);
unsigned granule_state(const struct rmm *rmm, rmm_pa pa);

void granule_lock(struct rmm *rmm, struct granule *g, rmm_pa pa);
bool granule_trylock(struct rmm *rmm, struct granule *g);
void granule_unlock(struct rmm *rmm, struct granule *g);
/* Lock all of [pa, pa + size) or nothing. All-or-nothing, without waiting. */
bool granule_trylock_range(struct rmm *rmm, rmm_pa pa, uint64_t size);
void granule_unlock_range(struct rmm *rmm, rmm_pa pa, uint64_t size);
/* Every granule of the range has that state. */
bool granule_range_is(const struct rmm *rmm, rmm_pa pa, uint64_t size, unsigned state);

/* Change the state of a locked granule; keeps the number of delegated granules. */
void granule_set_state(struct rmm *rmm, struct granule *g, unsigned state);
void granule_get_ref(struct granule *g, uint32_t n);
void granule_put_ref(struct granule *g, uint32_t n);
uint32_t granule_refs(const struct granule *g);

/* Bytes written by the realm at pa (any alignment, within one granule). */
void granule_mark_dirty(struct rmm *rmm, rmm_pa pa);
/* Visit every granule that is not UNDELEGATED, by address. */
void granule_each(const struct rmm *rmm,
		  void (*visit)(void *ctx, rmm_pa pa, const struct granule *g), void *ctx);
void granule_exit(struct rmm *rmm);

/* Tracking regions (A2.3.4): DRAM is tracked FINE from RMM_ACTIVATE on; nothing else is tracked. */
bool tracking_is_fine(const struct rmm *rmm, rmm_pa pa);
/* Category and state at pa, and the first address behind pa where either changes. */
void tracking_get(const struct rmm *rmm, rmm_pa pa, unsigned *category, unsigned *state,
		  rmm_pa *top);
/* Is this the encoding of a tracking region size for that granule (RmiTrackingRegionSize)? */
bool tracking_size_is_valid(unsigned granule_shift, unsigned code);

#endif
