/* SPDX-License-Identifier: BSD-2-Clause */
/* RMI_VERSION, RMI_FEATURES, RMI_RMM_CONFIG_SET/GET (B4.5.14, .53, .54). */
#include "../call.h"
#include "../feature.h"

enum { ARG_REQ = 1, ARG_INDEX = 1, ARG_CFG = 1 };

#define CFG_TRACKING_SIZE 0
#define CFG_GRANULE_SIZE  8

/* Only 2.0 is supported, and no other revision is compatible with it. */
static bool version_is_not_supported(struct rmm_call *c, const struct rmm_condition *row)
{
	return c->arg[ARG_REQ] != RMI_ABI_VERSION;
}

static const struct rmm_condition version_conditions[] = {
	{ "req", version_is_not_supported, RMI_ERROR_INPUT, .arg = ARG_REQ },
};

/* Lower: the highest supported revision below the request, or, with none, the higher one. */
static void version_outputs(struct rmm_call *c, const struct rmm_condition *row)
{
	c->out[1] = RMI_ABI_VERSION;
	c->out[2] = RMI_ABI_VERSION;
}

static void version(struct rmm_call *c)
{
	version_outputs(c, NULL);
}

const struct rmm_command cmd_version = {
	.abi = { ABI(VERSION),
		 { { "req", RMI_KIND_VERSION } },
		 { { "lower", RMI_KIND_VERSION }, { "higher", RMI_KIND_VERSION } },
		 1,
		 2 },
	CONDITIONS(version_conditions),
	.apply = version,
	.any_state = true,
	.failed = version_outputs,
};

static void features(struct rmm_call *c)
{
	c->out[1] = rmm_feature_register(c->rmm, c->arg[ARG_INDEX]);
}

const struct rmm_command cmd_features = {
	.abi = { ABI(FEATURES),
		 { { "index", RMI_KIND_DEC } },
		 { { "value", RMI_KIND_HEX } },
		 1,
		 1 },
	.apply = features,
	.any_state = true,
};

/* A field of RmiRmmConfig: one byte, to TF-RMM eight. */
static uint64_t cfg_field(const struct rmm_call *c, unsigned offset)
{
	uint64_t word = phys_read64(c->rmm, c->arg[ARG_CFG] + offset);

	return c->rmm->profile.tf_rmm ? word : word & 0xff;
}

static unsigned cfg_granule_shift(struct rmm_call *c)
{
	static const uint8_t shifts[] = { 12, 14, 16 };
	uint64_t code = cfg_field(c, CFG_GRANULE_SIZE);

	return code < sizeof(shifts) ? shifts[code] : 0;
}

static uint64_t cfg_tracking_code(struct rmm_call *c)
{
	return cfg_field(c, CFG_TRACKING_SIZE);
}

static bool cfg_is_not_supported(struct rmm_call *c, const struct rmm_condition *row)
{
	unsigned shift = cfg_granule_shift(c);

	return !shift || !(c->rmm->cfg.granule_shifts >> shift & 1) ||
	       !tracking_size_is_valid(shift, cfg_tracking_code(c));
}

static bool a_region_is_tracked(struct rmm_call *c, const struct rmm_condition *row)
{
	return tracking_count(c->rmm) != 0;
}

static const struct rmm_condition config_set_conditions[] = {
	{ "rmm_state", rmm_is_not_init, RMI_ERROR_GLOBAL },
	{ "cfg_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_CFG },
	{ "cfg_pas", arg_is_not_ns, RMI_ERROR_INPUT, .arg = ARG_CFG },
	{ "cfg_supp", cfg_is_not_supported, RMI_ERROR_INPUT, .arg = ARG_CFG },
	{ "tracked", a_region_is_tracked, RMI_ERROR_INPUT },
};

static void config_set(struct rmm_call *c)
{
	unsigned shift = cfg_granule_shift(c);

	tracking_reset(c->rmm);
	c->rmm->tracking_code = (unsigned)cfg_tracking_code(c);
	if (shift != granule_shift(c->rmm))
		granule_retire(c->rmm); /* nothing is delegated in INIT */
	__atomic_store_n(&c->rmm->granule_shift, shift, __ATOMIC_RELAXED);
}

const struct rmm_command cmd_rmm_config_set = {
	.abi = { ABI(RMM_CONFIG_SET), { { "cfg", RMI_KIND_PA } }, .nr_args = 1 },
	CONDITIONS(config_set_conditions),
	.apply = config_set,
	.any_state = true,
};

/* OP-15 */
static bool asks_for_the_state(const struct rmm *rmm)
{
	return !rmm->profile.config_get_any_state;
}

static const struct rmm_condition config_get_conditions[] = {
	{ "rmm_state", rmm_is_not_active, RMI_ERROR_GLOBAL, .when = asks_for_the_state },
	{ "cfg_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_CFG },
	{ "cfg_pas", arg_is_not_ns, RMI_ERROR_INPUT, .arg = ARG_CFG },
};

static const struct rmm_condition tf_config_get_conditions[] = {
	{ "cfg_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_CFG },
	{ "cfg_pas", arg_is_not_ns, RMI_ERROR_INPUT, .arg = ARG_CFG },
};

static const struct rmm_order tf_config_get = { CONDITIONS(tf_config_get_conditions) };

static void config_get(struct rmm_call *c)
{
	uint8_t *cfg = phys_ns_begin(c->rmm, c->arg[ARG_CFG], granule_size(c->rmm));

	if (!cfg) {
		c->x0 = RMI_ERROR_INPUT;
		return;
	}
	store64(cfg + CFG_TRACKING_SIZE, c->rmm->tracking_code);
	store64(cfg + CFG_GRANULE_SIZE, (granule_shift(c->rmm) - 12) / 2);
	phys_ns_end(c->rmm, c->arg[ARG_CFG]);
}

const struct rmm_command cmd_rmm_config_get = {
	.abi = { ABI(RMM_CONFIG_GET), { { "cfg", RMI_KIND_PA } }, .nr_args = 1 },
	CONDITIONS(config_get_conditions),
	.apply = config_get,
	.tf = &tf_config_get,
	.any_state = true,
};
