/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the region of an address lets be done with it (A2.3.2-A2.3.5), before granules are locked and
 * after.
 */
#include <sched.h>

#include "granule.h"
#include "locks.h"
#include "tracking_in.h"

/* The state of the region of pa, which is memory of bank b. */
static unsigned state_at(const struct rmm *rmm, const struct bank *b, rmm_pa pa)
{
	if (!__atomic_load_n(&rmm->regions_set, __ATOMIC_ACQUIRE) && b->kind == RMM_DRAM &&
	    rmm->cfg.tracking == RMM_TRACKED_FINE)
		return is_started(rmm) ? RMI_TRACKING_FINE : RMI_TRACKING_NONE;
	return tracking_region(rmm, pa).state;
}

bool tracking_is_tracked(const struct rmm *rmm, rmm_pa pa)
{
	const struct bank *b = phys_bank(rmm, pa, 1);

	return b && state_at(rmm, b, pa) >= RMI_TRACKING_FINE;
}

bool tracking_is_fine(const struct rmm *rmm, rmm_pa pa)
{
	const struct bank *b = phys_bank(rmm, pa, 1);

	return b && state_at(rmm, b, pa) == RMI_TRACKING_FINE;
}

/* Nothing has been set, and all DRAM is FINE: no need to look. */
static bool is_plain(const struct rmm *rmm, const struct bank *b)
{
	return !__atomic_load_n(&rmm->regions_set, __ATOMIC_ACQUIRE) && b->kind == RMM_DRAM &&
	       rmm->cfg.tracking == RMM_TRACKED_FINE;
}

bool tracking_may_be_data(const struct rmm *rmm, rmm_pa pa, uint64_t size)
{
	const struct bank *b = phys_bank(rmm, pa, size);

	if (b && is_plain(rmm, b))
		return is_started(rmm);
	for (rmm_pa at = pa; b && at < pa + size; at = tracking_end(rmm, at, pa + size)) {
		struct region r = tracking_region(rmm, at);

		if (r.sealed || r.state < RMI_TRACKING_FINE ||
		    !(b->kind == RMM_DRAM ||
		      (b->kind == RMM_DEVICE_COH && r.category == RMI_MEM_CONVENTIONAL)))
			return false;
	}
	return b;
}

bool tracking_may_be_dev(const struct rmm *rmm, rmm_pa pa, uint64_t size)
{
	const struct bank *b = phys_bank(rmm, pa, size);

	if (!b || b->kind == RMM_DRAM)
		return false;
	for (rmm_pa at = pa; at < pa + size; at = tracking_end(rmm, at, pa + size)) {
		struct region r = tracking_region(rmm, at);

		if (r.sealed || r.state < RMI_TRACKING_FINE || r.category == RMI_MEM_CONVENTIONAL ||
		    !kind_fits(b->kind, r.category))
			return false;
	}
	return true;
}

rmm_pa tracking_end(const struct rmm *rmm, rmm_pa pa, rmm_pa limit)
{
	const struct bank *b = phys_bank(rmm, pa, 1);
	rmm_pa end = region_base(rmm, pa) + tracking_region_size(rmm);

	if (!b)
		return limit;
	if (is_plain(rmm, b) || end > b->base + b->size)
		end = b->base + b->size;
	return end < limit ? end : limit;
}

bool tracking_is_conventional(const struct rmm *rmm, rmm_pa pa)
{
	return tracking_is_fine(rmm, pa) && tracking_may_be_data(rmm, pa, 1);
}

bool tracking_is_delegable(const struct rmm *rmm, rmm_pa pa)
{
	const struct bank *b = phys_bank(rmm, pa, 1);

	if (!b || state_at(rmm, b, pa) < RMI_TRACKING_FINE)
		return false;
	return b->kind == RMM_DRAM || kind_fits(b->kind, tracking_region(rmm, pa).category);
}

bool tracking_is_sealed(const struct rmm *rmm, rmm_pa pa)
{
	return __atomic_load_n(&rmm->regions_set, __ATOMIC_ACQUIRE) &&
	       tracking_region(rmm, pa).sealed;
}

uint64_t tracking_granularity(const struct rmm *rmm, rmm_pa pa)
{
	const struct bank *b = phys_bank(rmm, pa, 1);

	return b && state_at(rmm, b, pa) == RMI_TRACKING_COARSE ? tracking_region_size(rmm)
								: granule_size(rmm);
}

void tracking_open(struct rmm *rmm)
{
	__atomic_add_fetch(&rmm->regions_epoch, 1, __ATOMIC_SEQ_CST);
}

void tracking_close(struct rmm *rmm)
{
	__atomic_add_fetch(&rmm->regions_epoch, 1, __ATOMIC_RELEASE);
}

bool tracking_has_changed(const struct locks *l)
{
	uint64_t epoch;

	while ((epoch = __atomic_load_n(&l->rmm->regions_epoch, __ATOMIC_SEQ_CST)) & 1)
		sched_yield();
	return epoch != l->epoch;
}

bool tracking_granules_differ(const struct locks *l)
{
	return granule_shift(l->rmm) != l->granule_shift;
}

/* The part of a stretch that is in one region: a COARSE one goes as a whole, but for one mark. */
static bool may_go(const struct rmm *rmm, rmm_pa pa, uint64_t size, unsigned to)
{
	struct region r = tracking_region(rmm, pa);

	if (r.sealed || !tracking_is_delegable(rmm, pa))
		return false;
	if (to == RMM_DATA && !tracking_may_be_data(rmm, pa, 1))
		return false;
	return r.state == RMI_TRACKING_FINE || to == GRANULE_PARTIAL ||
	       size == tracking_region_size(rmm);
}

bool tracking_still_allows(const struct locks *l, rmm_pa pa, uint64_t size, unsigned from,
			   unsigned to)
{
	const struct rmm *rmm = l->rmm;

	if ((from != RMM_UNDELEGATED && from != RMM_DELEGATED) || !tracking_has_changed(l))
		return true;
	if (tracking_granules_differ(l) ||
	    (from == RMM_UNDELEGATED && rmm_state(rmm) != RMM_STATE_ACTIVE))
		return false;
	for (rmm_pa at = pa, next; at < pa + size; at = next) {
		next = region_base(rmm, at) + tracking_region_size(rmm);
		if (next > pa + size)
			next = pa + size;
		if (!may_go(rmm, at, next - at, to))
			return false;
	}
	return true;
}
