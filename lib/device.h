/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Device objects as far as the RTT commands look at them. Their own commands are not modelled:
 * rmm_place_*() puts them where they are.
 *
 * The reference count of a PDEV's granule is the number of its VDEVs; it has no object.
 */
#ifndef LIB_DEVICE_H
#define LIB_DEVICE_H

#include <rmisim/rmm.h>

struct vdev {
	struct rmm_vdev is;
};

struct vsmmu {
	rmm_pa rd;
	bool active;
};

/* All of [pa, pa + size) is in one of its address ranges. */
bool vdev_has(const struct vdev *vdev, rmm_pa pa, uint64_t size);

/* Free the object of a granule in state VDEV or VSMMU. */
void device_free(struct rmm *rmm, unsigned state, void *object);

#endif
