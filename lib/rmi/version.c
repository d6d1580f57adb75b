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

/* RmiRmmConfig, read once: a field is one byte, to TF-RMM eight. */
static void config_set_prepare(struct rmm_call *c)
{
	uint64_t mask = c->rmm->profile.tf_rmm ? UINT64_MAX : 0xff;
	const uint8_t *cfg = NULL;

	call_take_regions(c);
	if (granule_aligned(c->rmm, c->arg[ARG_CFG]))
		cfg = phys_ns_begin(c->rmm, c->arg[ARG_CFG], granule_size(c->rmm));
	if (!cfg)
		return;
	c->tracking_code = load64(cfg + CFG_TRACKING_SIZE) & mask;
	c->granule_code = load64(cfg + CFG_GRANULE_SIZE) & mask;
	c->cfg_read = true;
	phys_ns_end(c->rmm, c->arg[ARG_CFG]);
}

static unsigned cfg_granule_shift(const struct rmm_call *c)
{
	return c->granule_code < 3 ? 12 + 2 * (unsigned)c->granule_code : 0;
}

static bool cfg_is_not_supported(struct rmm_call *c, const struct rmm_condition *row)
{
	unsigned shift = cfg_granule_shift(c);

	return !c->cfg_read || !shift || !(c->rmm->cfg.granule_shifts >> shift & 1) ||
	       !tracking_size_is_valid(shift, c->tracking_code);
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

/* Nothing is delegated or tracked in INIT; but a command that began before may still lock a granule. */
static void config_set(struct rmm_call *c)
{
	unsigned shift = cfg_granule_shift(c);
	bool ok = false;

	if (!c->regions_held) {
		c->x0 = RMI_BUSY;
		return;
	}
	/* It was INIT when the conditions were checked; only who has the lock makes it ACTIVE. */
	tracking_open(c->rmm);
	ok = !granule_nr_locked(c->rmm);
	if (ok) {
		__atomic_store_n(&c->rmm->granule_shift, shift, __ATOMIC_RELAXED);
		tracking_set_size(c->rmm, shift, (unsigned)c->tracking_code);
	}
	tracking_close(c->rmm);
	if (!ok)
		c->x0 = RMI_BUSY;
}

const struct rmm_command cmd_rmm_config_set = {
	.abi = { ABI(RMM_CONFIG_SET), { { "cfg", RMI_KIND_PA } }, .nr_args = 1 },
	CONDITIONS(config_set_conditions),
	.prepare = config_set_prepare,
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
	store64(cfg + CFG_TRACKING_SIZE, __atomic_load_n(&c->rmm->tracking_code, __ATOMIC_RELAXED));
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
