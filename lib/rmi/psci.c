/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RMI_PSCI_COMPLETE (B4.5.38): the host's part in a PSCI call that names another REC.
 *
 * From bet3 on the target is no argument (OP-5): the RMM finds it by the MPIDR of the call.
 * Locks: both RECs, by address; in bet3 the target is only tried: RMI_BUSY.
 */
#include <string.h>

#include "../call.h"

enum { ARG_CALLING = 1, ARG_TARGET = 2, ARG_STATUS = 3, ARG_STATUS_BET3 = 2 };

static bool target_is_an_argument(const struct rmm *rmm)
{
	return rmm->cfg.edition < RMI_BET3;
}

static bool target_is_found(const struct rmm *rmm)
{
	return !target_is_an_argument(rmm);
}

static struct rmm_rec *target(const struct rmm_call *c)
{
	return c->granule[ARG_TARGET] ? c->granule[ARG_TARGET]->object : NULL;
}

static uint64_t status_of(const struct rmm_call *c)
{
	return c->arg[target_is_an_argument(c->rmm) ? ARG_STATUS : ARG_STATUS_BET3];
}

static void take(struct rmm_call *c, unsigned arg)
{
	c->granule[arg] = call_take(c, c->arg[arg], RMM_REC, &c->blocked[arg]);
}

/* Lock the REC that the call of c->rec is about, when there is one and nobody has it. */
static void find_target(struct rmm_call *c)
{
	uint64_t index = rec_index_of_psci(c->rmm, c->rec->gprs[1]);
	struct rmm_rec *rec;
	struct granule *g;
	rmm_pa pa;

	if (!realm_rec_find(rec_realm(c->rec), index, &pa))
		return;
	g = granule_peek(c->rmm, pa);
	if (!g) /* destroyed since then, and given back */
		return;
	if (g == c->granule[ARG_CALLING]) {
		c->granule[ARG_TARGET] = g;
		return;
	}
	c->busy = !granule_trylock_object(&c->locks, g, pa, LOCK_REC);
	if (c->busy)
		return;
	c->held[c->nr_held++] = g;
	rec = g->state == RMM_REC ? g->object : NULL;
	if (rec && rec->owner == c->rec->owner && rec_index(rec->mpidr) == index)
		c->granule[ARG_TARGET] = g;
}

static bool is_pending(const struct rmm_call *c)
{
	/* While it runs nothing of it may be looked at, and it waits for nothing. */
	return !granule_refs(c->granule[ARG_CALLING]) && c->rec->pending == PENDING_PSCI;
}

static void complete_prepare(struct rmm_call *c)
{
	bool two = target_is_an_argument(c->rmm);

	if (two && c->arg[ARG_TARGET] < c->arg[ARG_CALLING])
		take(c, ARG_TARGET);
	take(c, ARG_CALLING);
	if (two && c->arg[ARG_TARGET] > c->arg[ARG_CALLING])
		take(c, ARG_TARGET);
	if (!c->granule[ARG_CALLING])
		return;
	c->rec = c->granule[ARG_CALLING]->object;
	if (!two && is_pending(c))
		find_target(c);
}

static bool recs_are_the_same(struct rmm_call *c, const struct rmm_condition *row)
{
	return c->arg[ARG_CALLING] == c->arg[ARG_TARGET];
}

static bool nothing_is_pending(struct rmm_call *c, const struct rmm_condition *row)
{
	return !is_pending(c);
}

static bool owners_differ(struct rmm_call *c, const struct rmm_condition *row)
{
	return target(c)->owner != c->rec->owner;
}

static bool target_is_another(struct rmm_call *c, const struct rmm_condition *row)
{
	return rec_index_of_psci(c->rmm, c->rec->gprs[1]) != rec_index(target(c)->mpidr);
}

static bool target_is_busy(struct rmm_call *c, const struct rmm_condition *row)
{
	return c->busy;
}

static bool there_is_no_target(struct rmm_call *c, const struct rmm_condition *row)
{
	return !target(c);
}

/* One that still runs, though it may be on its way to CPU_OFF, is on. */
static bool target_is_runnable(const struct rmm_call *c)
{
	return target(c)->runnable;
}

static bool is_cpu_on(const struct rmm_call *c)
{
	return c->rec->gprs[0] == RSI_PSCI_CPU_ON || c->rec->gprs[0] == RSI_PSCI32_CPU_ON;
}

static bool status_is_not_permitted(struct rmm_call *c, const struct rmm_condition *row)
{
	uint64_t status = status_of(c);

	if (status == (uint64_t)RSI_PSCI_SUCCESS)
		return false;
	return status != (uint64_t)RSI_PSCI_DENIED || !is_cpu_on(c) || target_is_runnable(c);
}

#define CALLING_GROUP                                                                       \
	{ "calling_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_CALLING },        \
		{ "calling_bound", arg_is_untracked, RMI_ERROR_INPUT, .arg = ARG_CALLING }, \
		{ "calling_blocked", granule_is_blocked, RMI_BLOCKED, .arg = ARG_CALLING }, \
	{                                                                                   \
		"calling_state", granule_is_not, RMI_ERROR_INPUT, .arg = ARG_CALLING,       \
								  .state = RMM_REC          \
	}

#define TARGET_ROW(name_, fn, status_)                                   \
	{                                                                \
		name_, fn, status_, .arg = ARG_TARGET, .state = RMM_REC, \
				    .when = target_is_an_argument        \
	}

static const struct rmm_condition complete_conditions[] = {
	TARGET_ROW("alias", recs_are_the_same, RMI_ERROR_INPUT),
	CALLING_GROUP,
	TARGET_ROW("target_align", arg_is_misaligned, RMI_ERROR_INPUT),
	TARGET_ROW("target_bound", arg_is_untracked, RMI_ERROR_INPUT),
	TARGET_ROW("target_blocked", granule_is_blocked, RMI_BLOCKED),
	TARGET_ROW("target_state", granule_is_not, RMI_ERROR_INPUT),
	{ "pending", nothing_is_pending, RMI_ERROR_INPUT, .arg = ARG_CALLING },
	TARGET_ROW("owner", owners_differ, RMI_ERROR_INPUT),
	TARGET_ROW("target", target_is_another, RMI_ERROR_INPUT),
	{ "target_busy", target_is_busy, RMI_BUSY, .when = target_is_found },
	{ "target_found", there_is_no_target, RMI_ERROR_INPUT, .when = target_is_found },
	{ "status", status_is_not_permitted, RMI_ERROR_INPUT, .arg = ARG_STATUS },
};

static void finish(struct rmm_rec *rec, uint64_t x0)
{
	rec->pending = PENDING_NONE;
	memset(rec->gprs, 0, 4 * sizeof(rec->gprs[0]));
	rec->gprs[0] = x0;
}

/* TF-RMM leaves X1-X30 as they are. */
static void turn_on(struct rmm_call *c)
{
	struct rmm_rec *rec = target(c);

	if (!c->rmm->profile.tf_rmm)
		memset(rec->gprs, 0, sizeof(rec->gprs));
	rec->gprs[0] = c->rec->gprs[3];
	rec_start(rec, c->rec->gprs[2]);
	rec->runnable = true;
}

static void complete(struct rmm_call *c)
{
	bool on = target_is_runnable(c);

	if (status_of(c) != (uint64_t)RSI_PSCI_SUCCESS) {
		finish(c->rec, status_of(c));
	} else if (!is_cpu_on(c)) {
		finish(c->rec, on ? RSI_PSCI_AFFINITY_ON : RSI_PSCI_AFFINITY_OFF);
	} else if (on) {
		finish(c->rec, (uint64_t)RSI_PSCI_ALREADY_ON);
	} else {
		turn_on(c);
		finish(c->rec, (uint64_t)RSI_PSCI_SUCCESS);
	}
}

static const struct rmm_condition tf_complete_conditions[] = {
	{ "calling_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_CALLING },
	TARGET_ROW("target_align", arg_is_misaligned, RMI_ERROR_INPUT),
	TARGET_ROW("alias", recs_are_the_same, RMI_ERROR_INPUT),
	TF_GRANULE("calling", ARG_CALLING, RMM_REC),
	TARGET_ROW("target_granule", granule_is_not, RMI_ERROR_INPUT),
	{ "pending", nothing_is_pending, RMI_ERROR_INPUT, .arg = ARG_CALLING },
	TARGET_ROW("owner", owners_differ, RMI_ERROR_INPUT),
	TARGET_ROW("target", target_is_another, RMI_ERROR_INPUT),
	{ "target_busy", target_is_busy, RMI_BUSY, .when = target_is_found },
	{ "target_found", there_is_no_target, RMI_ERROR_INPUT, .when = target_is_found },
	{ "status", status_is_not_permitted, RMI_ERROR_INPUT, .arg = ARG_STATUS },
};

/* OP-61: a refusal of what is on already fails, and ends the request all the same. */
static void tf_failed(struct rmm_call *c, const struct rmm_condition *row)
{
	if (row->holds == status_is_not_permitted && status_of(c) == (uint64_t)RSI_PSCI_DENIED &&
	    is_cpu_on(c))
		finish(c->rec, (uint64_t)RSI_PSCI_ALREADY_ON);
}

static const struct rmm_order tf_complete = { CONDITIONS(tf_complete_conditions),
					      .failed = tf_failed };

/* OP-5: the target is found by the MPIDR that the realm gave. */
static const struct rmi_command complete_bet3 = {
	ABI(PSCI_COMPLETE),
	{ { "calling", RMI_KIND_PA }, { "status", RMI_KIND_DEC } },
	.nr_args = 2,
};

const struct rmm_command cmd_psci_complete = {
	.abi = { ABI(PSCI_COMPLETE),
		 { { "calling", RMI_KIND_PA },
		   { "target", RMI_KIND_PA },
		   { "status", RMI_KIND_DEC } },
		 .nr_args = 3 },
	.abi_bet3 = &complete_bet3,
	CONDITIONS(complete_conditions),
	.prepare = complete_prepare,
	.apply = complete,
	.tf = &tf_complete,
};
