/* SPDX-License-Identifier: BSD-2-Clause */
/* Realms: making and dropping one, with the VMIDs and the MECID it takes. */
#include "feature.h"
#include "model.h"
#include "realm.h"

bool realm_range_is_protected(const struct realm *realm, rmm_ipa base, rmm_ipa top)
{
	return top > base && realm_is_protected(realm, base) && realm_is_protected(realm, top - 1);
}

bool realm_params_vmids_are_free(const struct rmm *rmm, const struct realm_params *p)
{
	uint64_t used = __atomic_load_n(&rmm->nr_vmids, __ATOMIC_RELAXED);

	return rmm->cfg.features.vmids - used > p->num_aux_planes;
}

bool realm_params_mecid_is_free(const struct rmm *rmm, const struct realm_params *p)
{
	uint64_t used = __atomic_load_n(&rmm->nr_mecids, __ATOMIC_RELAXED);

	return !realm_params_mec_policy(p) || used < rmm_feature(rmm, FEATURE_MEC_COUNT);
}

/* Take `n` of a resource of which there are `max`. */
static bool reserve(uint64_t *used, uint64_t n, uint64_t max)
{
	uint64_t now = __atomic_load_n(used, __ATOMIC_RELAXED);

	do {
		if (max - now < n)
			return false;
	} while (!__atomic_compare_exchange_n(used, &now, now + n, false, __ATOMIC_RELAXED,
					      __ATOMIC_RELAXED));
	return true;
}

static void give_back(uint64_t *used, uint64_t n)
{
	__atomic_sub_fetch(used, n, __ATOMIC_RELAXED);
}

static unsigned output_bits(const struct rmm *rmm, const struct realm_params *p)
{
	unsigned bits = (unsigned)rmm_feature(rmm, FEATURE_S2OASZ);

	if (rmm->cfg.edition >= RMI_BET3 && bits)
		return bits;
	return realm_params_use_lpa2(rmm, p) ? 52 : 48;
}

/* An empty start table: VOID below, and the upper half is unprotected. */
static struct rtt *new_root(struct rmm *rmm, const struct realm_params *p, unsigned tree)
{
	int level = (int)p->rtt_level;
	unsigned nr = 1u << (p->s2sz - level_shift(rmm, level));
	rmm_pa pa = realm_params_root(rmm, p, tree * (unsigned)p->rtt_num);
	struct rtt *t = rtt_new(rmm, pa, 0, level, nr);

	if (t)
		t->tree = tree;
	/* A root of one entry cannot be: i >= 1. */
	for (unsigned i = nr / 2; t && i < nr; i++)
		rtt_set(t, i, (struct rtte){ .hipas = RMM_UNMAPPED_NS });
	return t;
}

static bool make_roots(struct rmm *rmm, struct realm *realm)
{
	const struct realm_params *p = &realm->params;

	realm->root = new_root(rmm, p, 0);
	if (!realm->root)
		return false;
	for (unsigned i = 0; i < realm_params_aux_trees(p); i++) {
		realm->aux_root[i] = new_root(rmm, p, i + 1);
		if (!realm->aux_root[i])
			return false;
	}
	return true;
}

struct realm *realm_new(struct rmm *rmm, rmm_pa pa, const struct realm_params *p)
{
	struct realm *realm;

	if (!reserve(&rmm->nr_vmids, p->num_aux_planes + 1, rmm->cfg.features.vmids))
		return NULL;
	realm = rmm_alloc(rmm, sizeof(*realm));
	if (!realm) {
		give_back(&rmm->nr_vmids, p->num_aux_planes + 1);
		return NULL;
	}
	realm->pa = pa;
	realm->id = __atomic_add_fetch(&rmm->next_realm, 1, __ATOMIC_RELAXED);
	realm->params = *p;
	realm_perm_init(realm);
	realm->oa_bits = output_bits(rmm, p);
	realm->private_mec = realm_params_mec_policy(p) &&
			     reserve(&rmm->nr_mecids, 1, rmm_feature(rmm, FEATURE_MEC_COUNT));
	if (realm->private_mec != !!realm_params_mec_policy(p) || !make_roots(rmm, realm)) {
		realm_free(rmm, realm);
		return NULL;
	}
	return realm;
}

void realm_free(struct rmm *rmm, struct realm *realm)
{
	if (!realm)
		return;
	rtt_free(rmm, realm->root);
	realm_recs_free(rmm, realm);
	for (unsigned i = 0; i < MAX_AUX_PLANES; i++)
		rtt_free(rmm, realm->aux_root[i]);
	give_back(&rmm->nr_vmids, realm->params.num_aux_planes + 1);
	if (realm->private_mec)
		give_back(&rmm->nr_mecids, 1);
	rmm_release(rmm, realm, sizeof(*realm));
}
