/* SPDX-License-Identifier: BSD-2-Clause */
/* Fold, unfold and destroy of one table (A5.6; rmm-state-machines 10.4). */
#include "granule.h"
#include "model.h"
#include "realm.h"
#include "rtt.h"

static bool has_oa(struct rtte e)
{
	return e.hipas == RMM_HIPAS_DATA || e.hipas == RMM_MAPPED_NS || e.hipas == RMM_NARCH_DEV ||
	       e.hipas == RMM_ARCH_DEV;
}

bool rtt_is_uniform(const struct rmm *rmm, const struct realm *realm, const struct rtt *t)
{
	struct rtte first = rtt_get(t, 0);
	uint64_t size = level_size(rmm, t->level);
	bool protected = realm_is_protected(realm, t->base);

	if (first.hipas == RMM_TABLE || first.hipas == RMM_AUX_DESTROYED)
		return false;
	if (has_oa(first) && first.pa % level_size(rmm, t->level - 1))
		return false;
	for (unsigned i = 1; i < t->nr; i++) {
		struct rtte e = rtt_get(t, i);

		if (e.hipas != first.hipas || e.s2ap != first.s2ap || e.memattr != first.memattr)
			return false;
		if (protected && e.ripas != first.ripas)
			return false;
		if (has_oa(first) && e.pa != first.pa + i * size)
			return false;
	}
	return true;
}

bool rtt_is_homogeneous(const struct rmm *rmm, const struct realm *realm, const struct rtt *t)
{
	return rtt_is_uniform(rmm, realm, t) && (t->level >= 2 || !has_oa(rtt_get(t, 0)));
}

void rtt_unfold(const struct rmm *rmm, struct rtt_walk *parent, struct rtt *t)
{
	struct rtte e = parent->e;

	for (unsigned i = 0; i < t->nr; i++) {
		rtt_set(t, i, e);
		/* All of an ARCH_DEV block is the one object. */
		if (has_oa(e) && e.hipas != RMM_ARCH_DEV)
			e.pa += level_size(rmm, t->level);
	}
	rtt_update(parent, (struct rtte){ .hipas = RMM_TABLE, .pa = t->pa });
}

struct rtt *rtt_fold(const struct rmm *rmm, struct rtt_walk *parent)
{
	struct rtt *child = rtt_child(rmm, parent->e);

	rtt_update(parent, rtt_get(child, 0));
	return child;
}

struct rtt *rtt_detach(const struct rmm *rmm, const struct realm *realm, struct rtt_walk *parent)
{
	struct rtt *child = rtt_child(rmm, parent->e);
	struct rtte e = { .hipas = RMM_UNMAPPED_NS };

	if (realm_is_protected(realm, parent->ipa))
		e = (struct rtte){ .hipas = parent->table->tree ? RMM_AUX_DESTROYED : RMM_VOID,
				   .ripas = RMI_DESTROYED };
	rtt_update(parent, e);
	return child;
}
