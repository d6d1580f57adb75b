/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PDEV, VDEV, VSMMU: placed and removed by tests, in the place of the device commands.
 *
 * Locks: the granule's own, when it becomes an object. Nobody else uses the model meanwhile.
 */
#include "device.h"
#include "granule.h"
#include "model.h"
#include "realm.h"
#include "tracking.h"

bool vdev_has(const struct vdev *vdev, rmm_pa pa, uint64_t size)
{
	for (unsigned i = 0; i < vdev->is.nr_ranges; i++) {
		const struct rmm_range *r = &vdev->is.ranges[i];

		if (pa >= r->base && pa < r->top && size <= r->top - pa)
			return true;
	}
	return false;
}

void device_free(struct rmm *rmm, unsigned state, void *object)
{
	if (state == RMM_VDEV)
		rmm_release(rmm, object, sizeof(struct vdev));
	else if (state == RMM_VSMMU)
		rmm_release(rmm, object, sizeof(struct vsmmu));
}

static struct granule *granule_in(const struct rmm *rmm, rmm_pa pa, unsigned state)
{
	struct granule *g = granule_peek(rmm, pa);

	return g && g->state == state ? g : NULL;
}

static struct realm *realm_at(const struct rmm *rmm, rmm_pa rd)
{
	struct granule *g = granule_in(rmm, rd, RMM_RD);

	return g ? g->object : NULL;
}

/* Takes `object`, if there is one: a DELEGATED granule becomes it, or it is freed. */
static bool place(struct rmm *rmm, rmm_pa pa, unsigned state, void *object)
{
	struct granule *g = NULL;
	bool starved = false;
	struct locks l;

	locks_init(&l, rmm, 0, "place");
	if (tracking_is_conventional(rmm, pa) && granule_state(rmm, pa) == RMM_DELEGATED)
		g = granule_lock(&l, pa, LOCK_EXTERNAL, &starved);
	if (!g) {
		device_free(rmm, state, object);
		return false;
	}
	g->object = object;
	g->refs = 0;
	granule_set_state(rmm, g, state);
	granule_unlock(&l, g);
	return true;
}

bool rmm_place_pdev(struct rmm *rmm, rmm_pa pa)
{
	return place(rmm, pa, RMM_PDEV, NULL);
}

bool rmm_place_vdev(struct rmm *rmm, rmm_pa pa, const struct rmm_vdev *vdev)
{
	struct granule *pdev = granule_in(rmm, vdev->pdev, RMM_PDEV);
	struct realm *realm = realm_at(rmm, vdev->rd);
	struct vdev *object;

	if (!pdev || !realm || vdev->nr_ranges > RMM_MAX_VDEV_RANGES)
		return false;
	object = rmm_alloc(rmm, sizeof(*object));
	if (!object)
		return false;
	object->is = *vdev;
	if (!place(rmm, pa, RMM_VDEV, object))
		return false;
	granule_get_ref(pdev, 1);
	realm->nr_devices++;
	return true;
}

bool rmm_place_vsmmu(struct rmm *rmm, rmm_pa pa, rmm_pa rd)
{
	struct realm *realm = realm_at(rmm, rd);
	struct vsmmu *object = realm ? rmm_alloc(rmm, sizeof(*object)) : NULL;

	if (!object)
		return false;
	object->rd = rd;
	if (!place(rmm, pa, RMM_VSMMU, object))
		return false;
	realm->nr_devices++;
	return true;
}

/* Visit the ARCH_DEV entries of one VSMMU below `t`; returns their number. */
static unsigned each_entry(const struct rmm *rmm, struct rtt *t, rmm_pa vsmmu, bool activate)
{
	unsigned n = 0;

	for (unsigned i = 0; t->nr_live && i < t->nr; i++) {
		struct rtte e = rtt_get(t, i);

		if (e.hipas == RMM_TABLE)
			n += each_entry(rmm, rtt_child(rmm, e), vsmmu, activate);
		if (e.hipas != RMM_ARCH_DEV || e.pa != vsmmu)
			continue;
		n++;
		if (!activate)
			continue;
		e.ripas = RMI_DEV;
		rtt_set(t, i, e);
	}
	return n;
}

bool rmm_activate_vsmmu(struct rmm *rmm, rmm_pa pa)
{
	struct granule *g = granule_in(rmm, pa, RMM_VSMMU);
	struct vsmmu *vsmmu = g ? g->object : NULL;

	if (!vsmmu || !each_entry(rmm, realm_at(rmm, vsmmu->rd)->root, pa, true))
		return false;
	vsmmu->active = true;
	return true;
}

static bool is_in_use(const struct rmm *rmm, const struct granule *g, rmm_pa pa)
{
	const struct vsmmu *vsmmu = g->object;

	if (g->state != RMM_VSMMU)
		return granule_refs(g) != 0;
	return each_entry(rmm, realm_at(rmm, vsmmu->rd)->root, pa, false) != 0;
}

bool rmm_remove_device(struct rmm *rmm, rmm_pa pa)
{
	struct granule *g = granule_peek(rmm, pa);
	const struct vsmmu *vsmmu;
	const struct vdev *vdev;

	if (!g || g->state < RMM_PDEV || g->state > RMM_VSMMU || is_in_use(rmm, g, pa))
		return false;
	if (g->state == RMM_VDEV) {
		vdev = g->object;
		granule_put_ref(granule_peek(rmm, vdev->is.pdev), 1);
		realm_at(rmm, vdev->is.rd)->nr_devices--;
	} else if (g->state == RMM_VSMMU) {
		vsmmu = g->object;
		realm_at(rmm, vsmmu->rd)->nr_devices--;
	}
	device_free(rmm, g->state, g->object);
	g->object = NULL;
	granule_set_state(rmm, g, RMM_DELEGATED);
	return true;
}
