/* SPDX-License-Identifier: BSD-2-Clause */
/* RmiRealmParams: reading them, and RealmParamsSupported (B3, B4.6). */
#include <string.h>

#include "feature.h"
#include "model.h"
#include "realm.h"

/* TF-RMM reads these numbers as 4 bytes: what stands behind the field counts. */
static uint64_t number(const struct rmm *rmm, const uint8_t *at, uint64_t mask)
{
	return load64(at) & (rmm->profile.tf_rmm ? UINT32_MAX : mask);
}

void realm_params_read(const struct rmm *rmm, const uint8_t *page, struct realm_params *p)
{
	p->flags0 = load64(page + RMI_PARAMS_FLAGS0);
	p->s2sz = number(rmm, page + RMI_PARAMS_S2SZ, 0xff);
	p->sve_vl = number(rmm, page + RMI_PARAMS_SVE_VL, 0xff);
	p->num_bps = number(rmm, page + RMI_PARAMS_NUM_BPS, 0xff);
	p->num_wps = number(rmm, page + RMI_PARAMS_NUM_WPS, 0xff);
	p->pmu_num_ctrs = number(rmm, page + RMI_PARAMS_PMU_CTRS, 0xff);
	p->hash_algo = load64(page + RMI_PARAMS_HASH) & 0xff;
	p->num_aux_planes = number(rmm, page + RMI_PARAMS_AUX_PLANES, UINT64_MAX);
	p->ats_plane = load64(page + RMI_PARAMS_ATS_PLANE);
	memcpy(p->rpv, page + RMI_PARAMS_RPV, sizeof(p->rpv));
	p->rtt_base = load64(page + RMI_PARAMS_RTT_BASE);
	p->rtt_level = (int64_t)load64(page + RMI_PARAMS_RTT_LEVEL);
	p->rtt_num = load64(page + RMI_PARAMS_RTT_NUM) & 0xffffffff;
	p->flags1 = load64(page + RMI_PARAMS_FLAGS1);
	for (unsigned i = 0; i < MAX_AUX_PLANES; i++)
		p->aux_rtt_base[i] = load64(page + RMI_PARAMS_AUX_RTT_BASE + 8 * i);
}

bool realm_params_are_encoded(const struct rmm *rmm, const struct realm_params *p)
{
	unsigned lfa = p->flags0 >> 5 & 3;

	/* TF-RMM has no use for lfa_policy. */
	if (lfa > 1 && !rmm->profile.tf_rmm)
		return false;
	return p->hash_algo <= RMI_HASH_SHA_384 && realm_params_mec_policy(p) <= 1;
}

unsigned realm_params_aux_trees(const struct realm_params *p)
{
	return p->flags1 & RMI_REALM_TREE_PER_PLANE ? (unsigned)p->num_aux_planes : 0;
}

rmm_pa realm_params_root(const struct rmm *rmm, const struct realm_params *p, unsigned i)
{
	unsigned num = (unsigned)p->rtt_num, tree = i / num;

	return (tree ? p->aux_rtt_base[tree - 1] : p->rtt_base) + i % num * granule_size(rmm);
}

bool realm_params_use_lpa2(const struct rmm *rmm, const struct realm_params *p)
{
	if (rmm->cfg.edition >= RMI_BET3)
		return rmm_feature(rmm, FEATURE_LPA2);
	return p->flags0 & RMI_REALM_LPA2;
}

static bool flags_are_supported(const struct rmm *rmm, const struct realm_params *p)
{
	bool tf = rmm->profile.tf_rmm;

	if (p->flags0 & RMI_REALM_LPA2 && rmm->cfg.edition < RMI_BET3 &&
	    !rmm_feature(rmm, FEATURE_LPA2))
		return false;
	if (p->flags0 & RMI_REALM_SVE && !rmm_feature(rmm, FEATURE_SVE))
		return false;
	if (p->flags0 & RMI_REALM_PMU && !tf && !rmm_feature(rmm, FEATURE_PMU))
		return false;
	if (p->flags0 & RMI_REALM_DA && !rmm_feature(rmm, FEATURE_DA))
		return false;
	return !(p->flags1 & RMI_REALM_ATS) || tf || rmm_feature(rmm, FEATURE_ATS);
}

static bool hash_is_supported(const struct rmm *rmm, const struct realm_params *p)
{
	static const uint8_t features[] = { [RMI_HASH_SHA_256] = FEATURE_HASH_SHA_256,
					    [RMI_HASH_SHA_512] = FEATURE_HASH_SHA_512,
					    [RMI_HASH_SHA_384] = FEATURE_HASH_SHA_384 };

	return rmm->profile.tf_rmm || rmm_feature(rmm, features[p->hash_algo]);
}

/* TF-RMM: numbers of what is not asked for do not matter, and no counters are no PMU (OP-67). */
static bool tf_numbers_are_supported(const struct rmm *rmm, const struct realm_params *p)
{
	if (p->flags0 & RMI_REALM_SVE && p->sve_vl > rmm_feature(rmm, FEATURE_SVE_VL))
		return false;
	if (!(p->flags0 & RMI_REALM_PMU))
		return true;
	return p->pmu_num_ctrs && p->pmu_num_ctrs <= rmm_feature(rmm, FEATURE_PMU_NUM_CTRS);
}

static bool numbers_are_supported(const struct rmm *rmm, const struct realm_params *p)
{
	if (!p->num_bps || p->num_bps > rmm_feature(rmm, FEATURE_NUM_BPS))
		return false;
	if (!p->num_wps || p->num_wps > rmm_feature(rmm, FEATURE_NUM_WPS))
		return false;
	if (rmm->profile.tf_rmm)
		return tf_numbers_are_supported(rmm, p);
	return p->sve_vl <= rmm_feature(rmm, FEATURE_SVE_VL) &&
	       p->pmu_num_ctrs <= rmm_feature(rmm, FEATURE_PMU_NUM_CTRS);
}

static bool planes_are_supported(const struct rmm *rmm, const struct realm_params *p)
{
	bool per_plane = p->flags1 & RMI_REALM_TREE_PER_PLANE;
	bool indirect = p->flags1 & RMI_REALM_S2AP_INDIRECT;
	uint64_t has = rmm_feature(rmm, FEATURE_RTT_PLANE);

	if (p->num_aux_planes > rmm_feature(rmm, FEATURE_MAX_AUX_PLANES) ||
	    p->num_aux_planes > MAX_AUX_PLANES)
		return false;
	if (indirect && !rmm_feature(rmm, FEATURE_S2AP_INDIRECT))
		return false;
	if (!p->num_aux_planes)
		return true;
	return has != (per_plane ? RMI_RTT_PLANE_SINGLE : RMI_RTT_PLANE_AUX) &&
	       per_plane != indirect;
}

bool realm_params_are_supported(const struct rmm *rmm, const struct realm_params *p)
{
	/* 32 bits are the least of TF-RMM (OP-41). */
	if (p->s2sz > rmm_feature(rmm, FEATURE_S2SZ) || (rmm->profile.tf_rmm && p->s2sz < 32))
		return false;
	return flags_are_supported(rmm, p) && numbers_are_supported(rmm, p) &&
	       hash_is_supported(rmm, p) && planes_are_supported(rmm, p);
}
