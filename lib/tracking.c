/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tracking regions (A2.3.4). A platform whose firmware hands over all DRAM tracked FINE, as Linux
 * expects it: from RMM_ACTIVATE on every bank is CONVENTIONAL and FINE, everything else RESERVED.
 */
#include "granule.h"
#include "model.h"

bool tracking_is_fine(const struct rmm *rmm, rmm_pa pa)
{
	return rmm_state(rmm) == RMM_STATE_ACTIVE && phys_bank(rmm, pa, 1);
}

void tracking_get(const struct rmm *rmm, rmm_pa pa, unsigned *category, unsigned *state,
		  rmm_pa *top)
{
	const struct bank *b = phys_bank(rmm, pa, 1);

	if (b) {
		*category = RMI_MEM_CONVENTIONAL;
		*state = rmm_state(rmm) == RMM_STATE_ACTIVE ? RMI_TRACKING_FINE : RMI_TRACKING_NONE;
		*top = b->base + b->size;
	} else {
		*category = RMI_MEM_NONE;
		*state = RMI_TRACKING_RESERVED;
		*top = UINT64_MAX;
		for (unsigned i = 0; i < rmm->nr_banks; i++) {
			if (rmm->banks[i].base > pa && rmm->banks[i].base < *top)
				*top = rmm->banks[i].base;
		}
		return;
	}
	/* Banks that touch are one stretch of memory. */
	for (unsigned i = 0; i < rmm->nr_banks; i++) {
		b = phys_bank(rmm, *top, 1);
		if (!b)
			return;
		*top = b->base + b->size;
	}
}

bool tracking_size_is_valid(unsigned granule_shift, unsigned code)
{
	return code <= (granule_shift == 12 ? 0u : 1u);
}
