/* SPDX-License-Identifier: BSD-2-Clause */
/* RSI_VERSION, RSI_FEATURES (B5.4.22, B5.4.4), RSI_REALM_CONFIG (B5.4.16), SMCCC_VERSION. */
#include <string.h>

#include "rsi.h"

#define RSI_ABI_VERSION_1_0 UINT64_C(0x10000)
#define SMCCC_1_2           UINT64_C(0x10002)

enum { ARG_REQ = 1, ARG_ADDR = 1 };

static bool version_is_not_supported(struct rsi_call *c, const struct rsi_condition *row)
{
	uint64_t req = c->arg[row->arg];

	return req != RSI_ABI_VERSION && !(c->rmm->profile.tf_rmm && req == RSI_ABI_VERSION_1_0);
}

static const struct rsi_condition version_conditions[] = {
	{ "req", version_is_not_supported, RSI_ERROR_INPUT, ARG_REQ },
};

static void version(struct rsi_call *c)
{
	c->out[1] = c->arg[ARG_REQ];
	c->out[2] = RSI_ABI_VERSION;
}

static void version_failed(struct rsi_call *c)
{
	c->out[1] = c->out[2] = RSI_ABI_VERSION;
}

const struct rsi_command cmd_rsi_version = { RSI_VERSION,
					     "VERSION",
					     RSI_CONDITIONS(version_conditions),
					     .apply = version,
					     .failed = version_failed,
					     .nr_out = 2 };

/* No device assignment, no MRO, no ATS: every register is zero. */
static void features(struct rsi_call *c)
{
	c->out[1] = 0;
}

const struct rsi_command cmd_rsi_features = { RSI_FEATURES, "FEATURES", .apply = features,
					      .nr_out = 1 };

static void smccc_version(struct rsi_call *c)
{
	c->out[0] = SMCCC_1_2;
}

const struct rsi_command cmd_smccc_version = { RSI_SMCCC_VERSION, "SMCCC_VERSION",
					       .apply = smccc_version };

static const struct rsi_condition config_conditions[] = { RSI_ADDR_GROUP(ARG_ADDR) };

/* TF-RMM writes the fields only, and knows two hash algorithms here (OP-68). */
static void realm_config(struct rsi_call *c)
{
	const struct realm_params *params = &c->realm->params;
	uint8_t *p = rec_memory(&c->locks, c->rec, c->arg[ARG_ADDR], true, &c->result);
	bool tf = c->rmm->profile.tf_rmm;
	uint64_t hash = params->hash_algo;

	if (!p)
		return;
	if (!tf)
		memset(p, 0, RSI_GRANULE);
	else if (hash == RMI_HASH_SHA_384)
		hash = RMI_HASH_SHA_512;
	rsi_put64(p + RSI_CONFIG_IPA_WIDTH, params->s2sz);
	p[RSI_CONFIG_HASH] = (uint8_t)hash;
	rsi_put64(p + RSI_CONFIG_AUX_PLANES, params->num_aux_planes);
	for (unsigned b = 0; b < (tf ? 4 : 8); b++)
		p[RSI_CONFIG_GICV3_VTR + b] = (uint8_t)(c->rmm->cfg.gicv3_vtr >> 8 * b);
	rsi_put64(p + RSI_CONFIG_ATS_PLANE, params->ats_plane);
	memcpy(p + RSI_CONFIG_RPV, params->rpv, sizeof(params->rpv));
}

const struct rsi_command cmd_rsi_realm_config = { RSI_REALM_CONFIG, "REALM_CONFIG",
						  RSI_CONDITIONS(config_conditions),
						  .apply = realm_config };
