/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of tracking regions share. */
#ifndef LIB_TRACKING_IN_H
#define LIB_TRACKING_IN_H

#include "model.h"
#include "tracking.h"

static inline unsigned shift(const struct rmm *rmm)
{
	return __atomic_load_n(&rmm->region_shift, __ATOMIC_RELAXED);
}

static inline rmm_pa region_base(const struct rmm *rmm, rmm_pa pa)
{
	return pa & ~((UINT64_C(1) << shift(rmm)) - 1);
}

static inline bool kind_fits(enum rmm_memory kind, unsigned category)
{
	switch (kind) {
	case RMM_DRAM:
		return category == RMI_MEM_CONVENTIONAL;
	case RMM_DEVICE_COH:
		return category == RMI_MEM_CONVENTIONAL || category == RMI_MEM_DEV_COH;
	default:
		return category == RMI_MEM_DEV_NCOH;
	}
}

static inline bool is_started(const struct rmm *rmm)
{
	return rmm->cfg.tracked_from_boot || rmm_state(rmm) == RMM_STATE_ACTIVE;
}

#endif
