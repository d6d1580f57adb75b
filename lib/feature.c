/* SPDX-License-Identifier: BSD-2-Clause */
/* The feature registers (B4.6) from the configuration. */
#include "feature.h"
#include "model.h"

#define NR_REGISTERS 5

static const struct {
	uint8_t index, lsb, width;
} fields[NR_FEATURES] = {
	[FEATURE_S2SZ] = { 0, 0, 8 },
	[FEATURE_LPA2] = { 0, 8, 1 },
	[FEATURE_SVE] = { 0, 9, 1 },
	[FEATURE_SVE_VL] = { 0, 10, 4 },
	[FEATURE_NUM_BPS] = { 0, 14, 6 },
	[FEATURE_NUM_WPS] = { 0, 20, 6 },
	[FEATURE_PMU] = { 0, 26, 1 },
	[FEATURE_PMU_NUM_CTRS] = { 0, 27, 5 },
	[FEATURE_L0GPT_BLOCK_DELEGATE] = { 0, 32, 1 },
	[FEATURE_S2OASZ] = { 0, 33, 8 },
	[FEATURE_GRANULES] = { 1, 0, 3 },
	[FEATURE_HASH_SHA_256] = { 1, 3, 1 },
	[FEATURE_HASH_SHA_384] = { 1, 4, 1 },
	[FEATURE_HASH_SHA_512] = { 1, 5, 1 },
	[FEATURE_MAX_RECS_ORDER] = { 1, 6, 4 },
	[FEATURE_L0GPTSZ] = { 1, 10, 4 },
	[FEATURE_PPS] = { 1, 14, 3 },
	[FEATURE_DA] = { 2, 0, 1 },
	[FEATURE_DA_COH] = { 2, 1, 1 },
	[FEATURE_VSMMU] = { 2, 2, 1 },
	[FEATURE_ATS] = { 2, 3, 1 },
	[FEATURE_MAX_VDEVS_ORDER] = { 2, 4, 4 },
	[FEATURE_MAX_AUX_PLANES] = { 3, 0, 4 },
	[FEATURE_RTT_PLANE] = { 3, 4, 2 },
	[FEATURE_S2AP_INDIRECT] = { 3, 6, 1 },
	[FEATURE_MEC_COUNT] = { 4, 0, 64 },
};

void features_default(struct rmm_features *f)
{
	if (!f->num_bps)
		f->num_bps = 5;
	if (!f->num_wps)
		f->num_wps = 3;
	if (!f->hashes)
		f->hashes =
			1u << RMI_HASH_SHA_256 | 1u << RMI_HASH_SHA_384 | 1u << RMI_HASH_SHA_512;
	if (!f->max_recs_order)
		f->max_recs_order = 10;
	if (!f->vmids)
		f->vmids = 1u << 16;
}

const char *features_problem(const struct rmm_config *cfg)
{
	const struct rmm_features *f = &cfg->features;

	if (f->sve_vl > 15)
		return "the vector length field has 4 bits";
	if (f->num_bps > 63 || f->num_wps > 63)
		return "there are at most 64 breakpoints and 64 watchpoints";
	if (f->pmu_num_ctrs > 31)
		return "there are at most 31 PMU counters";
	if (f->hashes > 7)
		return "no such hash algorithm";
	if (f->max_recs_order > 15 || f->max_vdevs_order > 15)
		return "an order has 4 bits";
	if (f->l0gptsz != 0 && f->l0gptsz != 4 && f->l0gptsz != 6 && f->l0gptsz != 9)
		return "l0gptsz is 0, 4, 6 or 9";
	if (f->max_aux_planes > 3)
		return "a realm has at most 3 auxiliary planes";
	if (f->rtt_plane > RMI_RTT_PLANE_SINGLE)
		return "no such RTT plane feature";
	return NULL;
}

static unsigned pps(unsigned pa_bits)
{
	static const uint8_t bits[] = { 32, 36, 40, 42, 44, 48, 52 };
	unsigned i = 0;

	while (i + 1 < sizeof(bits) && bits[i] < pa_bits)
		i++;
	return i;
}

/* Tables hold 48 bits without LPA2. */
static unsigned output_bits(const struct rmm_config *cfg)
{
	return cfg->pa_bits > 48 && !cfg->features.lpa2 ? 48 : cfg->pa_bits;
}

static uint64_t own_value(const struct rmm_config *cfg, unsigned field)
{
	const struct rmm_features *f = &cfg->features;
	unsigned sizes = cfg->granule_shifts;

	switch (field) {
	case FEATURE_S2SZ:
		return cfg->ipa_bits;
	case FEATURE_LPA2:
		return f->lpa2;
	case FEATURE_L0GPT_BLOCK_DELEGATE:
		return cfg->edition >= RMI_BET3 && cfg->gpt == RMM_GPT_HOST;
	case FEATURE_SVE:
		return f->sve;
	case FEATURE_SVE_VL:
		return f->sve ? f->sve_vl : 0;
	case FEATURE_NUM_BPS:
		return f->num_bps;
	case FEATURE_NUM_WPS:
		return f->num_wps;
	case FEATURE_PMU:
		return f->pmu;
	case FEATURE_PMU_NUM_CTRS:
		return f->pmu ? f->pmu_num_ctrs : 0;
	case FEATURE_S2OASZ:
		return cfg->edition >= RMI_BET3 ? output_bits(cfg) : 0;
	case FEATURE_GRANULES:
		return (sizes >> 12 & 1) | (sizes >> 14 & 1) << 1 | (sizes >> 16 & 1) << 2;
	case FEATURE_HASH_SHA_256:
		return f->hashes >> RMI_HASH_SHA_256 & 1;
	case FEATURE_HASH_SHA_384:
		return f->hashes >> RMI_HASH_SHA_384 & 1;
	case FEATURE_HASH_SHA_512:
		return f->hashes >> RMI_HASH_SHA_512 & 1;
	case FEATURE_MAX_RECS_ORDER:
		return f->max_recs_order;
	case FEATURE_L0GPTSZ:
		return f->l0gptsz;
	case FEATURE_PPS:
		return pps(cfg->pa_bits);
	case FEATURE_DA:
		return f->da;
	case FEATURE_DA_COH:
		return f->da_coh;
	case FEATURE_VSMMU:
		return f->vsmmu;
	case FEATURE_ATS:
		return f->ats;
	case FEATURE_MAX_VDEVS_ORDER:
		return f->max_vdevs_order;
	case FEATURE_MAX_AUX_PLANES:
		return f->max_aux_planes;
	case FEATURE_RTT_PLANE:
		return f->rtt_plane;
	case FEATURE_S2AP_INDIRECT:
		return f->s2ap_indirect;
	case FEATURE_MEC_COUNT:
		return f->mec_count;
	default:
		return 0;
	}
}

void features_init(struct rmm *rmm)
{
	for (unsigned i = 0; i < NR_FEATURES; i++)
		rmm->features[fields[i].index] |= own_value(&rmm->cfg, i) << fields[i].lsb;
	if (!rmm->profile.features[0])
		return;
	for (unsigned i = 0; i < NR_REGISTERS; i++)
		rmm->features[i] = rmm->profile.features[i];
}

uint64_t rmm_feature_register(const struct rmm *rmm, uint64_t index)
{
	return index < NR_REGISTERS ? rmm->features[index] : 0;
}

uint64_t rmm_feature(const struct rmm *rmm, enum rmm_feature_field field)
{
	uint64_t value = rmm->features[fields[field].index] >> fields[field].lsb;

	return fields[field].width < 64 ? value & ((UINT64_C(1) << fields[field].width) - 1)
					: value;
}
