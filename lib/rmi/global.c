/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RMI_RMM_ACTIVATE, RMI_RMM_DEACTIVATE, RMI_RMM_STATE_GET, RMI_ATTEST_PLAT_TOKEN_REFRESH (B4.5.1,
 * .52; OP-26): the state of the RMM itself. It changes by compare and exchange: of two CPUs that
 * activate at once one is refused. Locks: the regions' lock, tried: it keeps ACTIVATE, DEACTIVATE and
 * CONFIG_SET apart. DEACTIVATE finds every granule UNDELEGATED, and none of them locked.
 */
#include "../sro.h"

static bool change(struct rmm *rmm, enum rmm_state from, enum rmm_state to)
{
	return __atomic_compare_exchange_n(&rmm->state, &from, to, false, __ATOMIC_ACQ_REL,
					   __ATOMIC_ACQUIRE);
}

static void set_pat_valid(struct rmm *rmm, bool valid)
{
	__atomic_store_n(&rmm->pat_valid, valid, __ATOMIC_RELEASE);
}

static const struct rmm_condition activate_conditions[] = {
	{ "state", rmm_is_not_init, RMI_ERROR_GLOBAL },
};

static void activation_done(struct rmm *rmm)
{
	set_pat_valid(rmm, !rmm->cfg.pat_needs_refresh);
	change(rmm, RMM_STATE_INTERMEDIATE, RMM_STATE_ACTIVE);
}

static void activate_resume(struct rmm_call *c, struct sro *s)
{
	activation_done(c->rmm);
	sro_end(c->rmm, s);
	c->x0 = RMI_SUCCESS;
}

/* An operation when the implementation likes it so; it needs no memory and cannot be cancelled. */
static void activate(struct rmm_call *c)
{
	bool split = !c->rmm->profile.tf_rmm && rmm_choose(c->rmm, RMM_CHOOSE_YIELD, "activate", 2);
	struct sro *s = split ? sro_reserve(c->rmm, 0) : NULL;

	if (!c->regions_held || !change(c->rmm, RMM_STATE_INIT, RMM_STATE_INTERMEDIATE)) {
		if (s)
			sro_end(c->rmm, s);
		c->x0 = c->regions_held ? RMI_ERROR_GLOBAL : RMI_BUSY;
		return;
	}
	if (!s) {
		activation_done(c->rmm);
		return;
	}
	sro_begin(c, s, SRO_NO_OBJECT, 0);
	s->resume = activate_resume;
	sro_seal(c, s, true);
}

const struct rmm_command cmd_rmm_activate = {
	.abi = { ABI(RMM_ACTIVATE) },
	CONDITIONS(activate_conditions),
	.prepare = call_take_regions,
	.apply = activate,
	.any_state = true,
};

static bool a_granule_is_not_undelegated(struct rmm_call *c, const struct rmm_condition *row)
{
	return rmm_delegated(c->rmm) != 0;
}

static bool an_operation_is_open(struct rmm_call *c, const struct rmm_condition *row)
{
	return sro_open(c->rmm) != 0;
}

static const struct rmm_condition deactivate_conditions[] = {
	{ "rmm_state", rmm_is_not_active, RMI_ERROR_GLOBAL },
	{ "sro_blocked", an_operation_is_open, RMI_BLOCKED },
	{ "gran_state", a_granule_is_not_undelegated, RMI_ERROR_GLOBAL },
};

/* Nobody is about to change that: who locks a granule from here on looks at the state again. */
static bool is_idle(struct rmm_call *c)
{
	return !granule_nr_locked(c->rmm) && !a_granule_is_not_undelegated(c, NULL) &&
	       !an_operation_is_open(c, NULL);
}

static void deactivate(struct rmm_call *c)
{
	bool ok = c->regions_held;

	if (ok) {
		tracking_open(c->rmm);
		ok = is_idle(c) && change(c->rmm, RMM_STATE_ACTIVE, RMM_STATE_INIT);
		if (ok)
			tracking_clear(c->rmm);
		tracking_close(c->rmm);
	}
	if (!ok) {
		c->x0 = RMI_BUSY;
		return;
	}
	set_pat_valid(c->rmm, false);
	c->out[1] = c->out[2] = c->out[3] = 0;
}

const struct rmm_command cmd_rmm_deactivate = {
	.abi = { ABI(RMM_DEACTIVATE) },
	.editions = IN_BET3,
	.tf_lacks = true,
	CONDITIONS(deactivate_conditions),
	.prepare = call_take_regions,
	.apply = deactivate,
};

static void state_get(struct rmm_call *c)
{
	c->out[1] = __atomic_load_n(&c->rmm->state, __ATOMIC_ACQUIRE);
}

const struct rmm_command cmd_rmm_state_get = {
	.abi = { ABI(RMM_STATE_GET), { { 0 } }, { { "state", RMI_KIND_DEC } }, 0, 1 },
	.editions = IN_BET2 | IN_BET3,
	.tf_lacks = true,
	.apply = state_get,
	.any_state = true,
};

static const struct rmm_condition refresh_conditions[] = {
	{ "rmm_state", rmm_is_not_active, RMI_ERROR_GLOBAL },
};

static void refresh(struct rmm_call *c)
{
	set_pat_valid(c->rmm, true);
}

const struct rmm_command cmd_attest_plat_token_refresh = {
	.abi = { ABI(ATTEST_PLAT_TOKEN_REFRESH) },
	.editions = IN_BET3,
	.tf_lacks = true,
	CONDITIONS(refresh_conditions),
	.apply = refresh,
};
