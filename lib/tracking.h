/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tracking regions (A2.3.4): naturally aligned pieces of the PA space, each with a state and a
 * category, and the properties of an address that follow from them (A2.3.2-A2.3.5).
 *
 * A granule has its state in the granule table also when its region is COARSE: COARSE means that
 * all of them have the same one and change together. A region that is not in one bank (with a hole,
 * with memory of two kinds) cannot be COARSE. Where no bank is, nothing is tracked.
 *
 * Locking: a region's state changes under rmm->regions_lock, which is tried and never waited for,
 * or by the operation that has sealed the region.
 *
 * A command looks at regions before it locks granules. So that neither of two CPUs misses the other,
 *
 *	who changes a region				who changes a granule
 *	tracking_open()					looks at the region
 *	looks at the granules: one is locked, BUSY	locks the granule
 *	changes the region, or not			tracking_has_changed()? looks at the region again
 *	tracking_close()				changes the granule
 *
 * Between open and close nothing is waited for and nobody called back.
 */
#ifndef LIB_TRACKING_H
#define LIB_TRACKING_H

#include <rmisim/rmm.h>

struct granule_look;
struct locks;

struct region {
	uint8_t state;    /* enum rmi_tracking_state, atomic; 0: never set, as at activation */
	uint8_t category; /* enum rmi_mem_category, atomic */
	uint8_t sealed;   /* an operation changes it, atomic */
	/* Of the operation, or of who holds the lock of an unsealed region: */
	unsigned nr_metadata;
	rmm_pa *metadata; /* donated granules, in ascending order */
};

/* Every region is as the configuration has it (RMM_DEACTIVATE: there is no metadata). */
void tracking_clear(struct rmm *rmm);
/* The size of regions, for that granule size; nothing is set. */
void tracking_set_size(struct rmm *rmm, unsigned g_shift, unsigned code);
/* The model ends. */
void tracking_exit(struct rmm *rmm);

/* Size of a tracking region in bytes. */
uint64_t tracking_region_size(const struct rmm *rmm);
static inline bool tracking_region_aligned(const struct rmm *rmm, rmm_pa pa)
{
	return !(pa & (tracking_region_size(rmm) - 1));
}

/* The region that holds pa, without metadata; nothing of it is memory: state RESERVED. */
struct region tracking_region(const struct rmm *rmm, rmm_pa pa);
/* The same, to be changed; NULL when it holds no memory, or none is left for its state. */
struct region *tracking_region_get(struct rmm *rmm, rmm_pa pa);

/* The metadata of the region at pa; the caller has the lock. */
unsigned tracking_metadata(const struct rmm *rmm, rmm_pa pa, const rmm_pa **pages);

/* pa is memory in a region tracked FINE or COARSE (Trk), or FINE (TrkF). */
bool tracking_is_tracked(const struct rmm *rmm, rmm_pa pa);
bool tracking_is_fine(const struct rmm *rmm, rmm_pa pa);
/* Delegable conventional memory, all of it; an address tracked FINE (DelF): where objects live. */
bool tracking_may_be_data(const struct rmm *rmm, rmm_pa pa, uint64_t size);
/* Delegable device memory, all of it, in a region of a device category. */
bool tracking_may_be_dev(const struct rmm *rmm, rmm_pa pa, uint64_t size);
bool tracking_is_conventional(const struct rmm *rmm, rmm_pa pa);
/* pa is memory that its region's category lets be delegated. */
bool tracking_is_delegable(const struct rmm *rmm, rmm_pa pa);
/* An unfinished operation changes the region of pa. */
bool tracking_is_sealed(const struct rmm *rmm, rmm_pa pa);
/* TrackingRegionGranularity: the region's size when it is COARSE, else a granule's. */
uint64_t tracking_granularity(const struct rmm *rmm, rmm_pa pa);

/* With the lock: from here on whoever has locked a granule waits before it looks at regions. */
void tracking_open(struct rmm *rmm);
void tracking_close(struct rmm *rmm);
/* With granules locked: has any region changed since the call began? Waits for who is about to. */
bool tracking_has_changed(const struct locks *l);
/* Asked after that: the granule size is another one than when the call began; what is locked is nothing. */
bool tracking_granules_differ(const struct locks *l);
/*
 * With [pa, pa + size) locked: what the call has found out of its regions still holds, so that all of it
 * can go from one state to the other. Only what leaves UNDELEGATED or DELEGATED has to ask: regions
 * with anything else in them stay as they are.
 */
bool tracking_still_allows(const struct locks *l, rmm_pa pa, uint64_t size, unsigned from,
			   unsigned to);

/* The region at pa holds memory of that kind. */
bool tracking_holds(const struct rmm *rmm, rmm_pa pa, enum rmm_memory kind);
/* Can memory in the region at pa have that category? */
bool tracking_category_fits(const struct rmm *rmm, rmm_pa pa, unsigned category);
/* The region at pa is memory of one kind, without a hole. */
bool tracking_is_homogeneous(const struct rmm *rmm, rmm_pa pa);
/* All granules of the region at pa, its metadata not counted; between open and close it is exact. */
struct granule_look tracking_look(const struct rmm *rmm, rmm_pa pa);

/* The end of the memory from pa on that is in one bank and tracked alike, at most `limit`. */
rmm_pa tracking_end(const struct rmm *rmm, rmm_pa pa, rmm_pa limit);
/* Category and state at pa, and the first address behind pa where either changes. */
void tracking_get(const struct rmm *rmm, rmm_pa pa, unsigned *category, unsigned *state,
		  rmm_pa *top);
/* Is this the encoding of a tracking region size for that granule (RmiTrackingRegionSize)? */
bool tracking_size_is_valid(unsigned g_shift, uint64_t code);
/* Number of regions that are FINE or COARSE. */
uint64_t tracking_count(const struct rmm *rmm);

#endif
