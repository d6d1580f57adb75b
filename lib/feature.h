/* SPDX-License-Identifier: BSD-2-Clause */
/* Feature registers (B4.6): what a configuration offers, and what a realm may ask for. */
#ifndef LIB_FEATURE_H
#define LIB_FEATURE_H

#include <rmisim/rmm.h>

/* Fields of the registers. */
enum rmm_feature_field {
	FEATURE_S2SZ,
	FEATURE_LPA2,
	FEATURE_SVE,
	FEATURE_SVE_VL,
	FEATURE_NUM_BPS,
	FEATURE_NUM_WPS,
	FEATURE_PMU,
	FEATURE_PMU_NUM_CTRS,
	FEATURE_L0GPT_BLOCK_DELEGATE,
	FEATURE_S2OASZ, /* from bet3 on */
	FEATURE_GRANULES,
	FEATURE_HASH_SHA_256,
	FEATURE_HASH_SHA_384,
	FEATURE_HASH_SHA_512,
	FEATURE_MAX_RECS_ORDER,
	FEATURE_L0GPTSZ,
	FEATURE_PPS,
	FEATURE_DA,
	FEATURE_DA_COH,
	FEATURE_VSMMU,
	FEATURE_ATS,
	FEATURE_MAX_VDEVS_ORDER,
	FEATURE_MAX_AUX_PLANES,
	FEATURE_RTT_PLANE,
	FEATURE_S2AP_INDIRECT,
	FEATURE_MEC_COUNT,
	NR_FEATURES
};

/* Fill what the configuration leaves at zero. */
void features_default(struct rmm_features *f);
/* NULL, or what is wrong with the configuration. */
const char *features_problem(const struct rmm_config *cfg);

/* Make the registers: the profile's when it has its own. */
void features_init(struct rmm *rmm);
/* A whole register; 0 behind the last. */
uint64_t rmm_feature_register(const struct rmm *rmm, uint64_t index);
/* One field of the registers. */
uint64_t rmm_feature(const struct rmm *rmm, enum rmm_feature_field field);

#endif
