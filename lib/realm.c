/* SPDX-License-Identifier: BSD-2-Clause */
/* Realms: parameters, features they are checked against, creation. */
#include <string.h>

#include "model.h"
#include "realm.h"

/*
 * What the machine below has: 6 breakpoints, 4 watchpoints, up to 1023 RECs, no SVE, PMU, LPA2 or
 * DA.
 */
#define NUM_BPS        5
#define NUM_WPS        3
#define MAX_RECS_ORDER 10

static unsigned pps(unsigned pa_bits)
{
	static const uint8_t bits[] = { 32, 36, 40, 42, 44, 48, 52 };
	unsigned i = 0;

	while (i + 1 < sizeof(bits) && bits[i] < pa_bits)
		i++;
	return i;
}

uint64_t rmm_feature(const struct rmm *rmm, uint64_t index)
{
	uint64_t sizes = rmm->cfg.granule_shifts;
	/* S2OASZ, 40:33: from bet3 on */
	uint64_t oasz = rmm->cfg.edition >= RMI_BET3 ? rmm->cfg.pa_bits : 0;

	if (rmm->profile.features[0])
		return index < 5 ? rmm->profile.features[index] : 0;
	switch (index) {
	case 0:
		return rmm->cfg.ipa_bits | NUM_BPS << 14 | NUM_WPS << 20 | oasz << 33;
	case 1:
		return (sizes >> 12 & 1) | (sizes >> 14 & 1) << 1 | (sizes >> 16 & 1) << 2 |
		       7u << 3 | MAX_RECS_ORDER << 6 | (uint64_t)pps(rmm->cfg.pa_bits) << 14;
	default:
		return 0;
	}
}

bool realm_range_is_protected(const struct realm *realm, rmm_ipa base, rmm_ipa top)
{
	return top > base && realm_is_protected(realm, base) && realm_is_protected(realm, top - 1);
}

void realm_params_read(const struct rmm *rmm, rmm_pa pa, struct realm_params *p)
{
	p->flags0 = phys_read64(rmm, pa + RMI_PARAMS_FLAGS0);
	p->s2sz = phys_read64(rmm, pa + RMI_PARAMS_S2SZ) & 0xff;
	p->sve_vl = phys_read64(rmm, pa + RMI_PARAMS_SVE_VL) & 0xff;
	p->num_bps = phys_read64(rmm, pa + RMI_PARAMS_NUM_BPS) & 0xff;
	p->num_wps = phys_read64(rmm, pa + RMI_PARAMS_NUM_WPS) & 0xff;
	p->pmu_num_ctrs = phys_read64(rmm, pa + RMI_PARAMS_PMU_CTRS) & 0xff;
	p->hash_algo = phys_read64(rmm, pa + RMI_PARAMS_HASH) & 0xff;
	p->num_aux_planes = phys_read64(rmm, pa + RMI_PARAMS_AUX_PLANES);
	p->ats_plane = phys_read64(rmm, pa + RMI_PARAMS_ATS_PLANE);
	memcpy(p->rpv, phys_ptr(rmm, pa + RMI_PARAMS_RPV, sizeof(p->rpv)), sizeof(p->rpv));
	p->rtt_base = phys_read64(rmm, pa + RMI_PARAMS_RTT_BASE);
	p->rtt_level = (int64_t)phys_read64(rmm, pa + RMI_PARAMS_RTT_LEVEL);
	p->rtt_num = phys_read64(rmm, pa + RMI_PARAMS_RTT_NUM) & 0xffffffff;
	p->flags1 = phys_read64(rmm, pa + RMI_PARAMS_FLAGS1);
}

bool realm_params_are_encoded(const struct realm_params *p)
{
	unsigned lfa = p->flags0 >> 5 & 3, mec = p->flags0 >> 7 & 3;

	return p->hash_algo <= RMI_HASH_SHA_384 && lfa <= 1 && mec <= 1;
}

/* TF-RMM: numbers of what is not asked for do not matter, and 32 bits are the least. */
static bool tf_sizes_are_supported(const struct realm_params *p)
{
	return p->s2sz >= 32;
}

bool realm_params_are_supported(const struct rmm *rmm, const struct realm_params *p)
{
	uint64_t f0 = rmm_feature(rmm, 0), num_bps = f0 >> 14 & 0x3f, num_wps = f0 >> 20 & 0x3f;

	/* lpa2, sve, pmu, da; tree per plane and ATS need planes or DA: none of them is offered */
	if ((p->flags0 & 0xf) || (p->flags1 & 7) || p->num_aux_planes)
		return false;
	if (p->s2sz > rmm->cfg.ipa_bits)
		return false;
	if (rmm->profile.tf_rmm ? !tf_sizes_are_supported(p) : p->sve_vl || p->pmu_num_ctrs)
		return false;
	return p->num_bps && p->num_bps <= num_bps && p->num_wps && p->num_wps <= num_wps;
}

struct realm *realm_new(struct rmm *rmm, rmm_pa pa, const struct realm_params *p)
{
	struct realm *realm = rmm_alloc(rmm, sizeof(*realm));
	int level = (int)p->rtt_level;
	unsigned nr = 1u << (p->s2sz - (unsigned)__builtin_ctzll(level_size(rmm, level)));

	if (!realm)
		return NULL;
	realm->pa = pa;
	realm->id = __atomic_add_fetch(&rmm->next_realm, 1, __ATOMIC_RELAXED);
	realm->params = *p;
	realm->root = rtt_new(rmm, p->rtt_base, 0, level, nr);
	if (!realm->root) {
		rmm_release(rmm, realm, sizeof(*realm));
		return NULL;
	}
	/* A root of one entry cannot be: i >= 1. The upper half is unprotected. */
	for (unsigned i = nr / 2; i < nr; i++)
		rtt_set(realm->root, i, (struct rtte){ .hipas = RMM_UNMAPPED_NS });
	return realm;
}

void realm_free(struct rmm *rmm, struct realm *realm)
{
	if (!realm)
		return;
	rtt_free(rmm, realm->root);
	rmm_release(rmm, realm, sizeof(*realm));
}
