/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PSCI of the realm (A4.3.7): what the RMM answers itself and what it forwards to the host.
 *
 * The REC keeps FID and arguments in gprs[0..3] for RMI_PSCI_COMPLETE; the result is there, too.
 *
 * Locks: the RD is held; the target REC for a moment.
 */
#include <string.h>

#include "../granule.h"
#include "rsi.h"

enum { ARG_FEATURE = 1, ARG_MPIDR = 1, ARG_ENTRY = 2, ARG_LEVEL = 2 };

#define PSCI_1_1 UINT64_C(0x10001)

static void psci_version(struct rsi_call *c)
{
	c->out[0] = PSCI_1_1;
}

const struct rsi_command cmd_psci_version = { RSI_PSCI_VERSION, "PSCI_VERSION",
					      .apply = psci_version };

/* TF-RMM does not count PSCI_VERSION. */
static bool function_is_not_there(struct rsi_call *c, const struct rsi_condition *row)
{
	uint64_t fid = c->arg[row->arg];

	if (fid >= RMI_FID_BASE + 0x150 || !rsi_find(c->rmm, fid))
		return true;
	return c->rmm->profile.tf_rmm && fid == RSI_PSCI_VERSION;
}

static const struct rsi_condition features_conditions[] = {
	{ "function", function_is_not_there, RSI_PSCI_NOT_SUPPORTED, ARG_FEATURE },
};

static void psci_features(struct rsi_call *c)
{
	c->out[0] = RSI_PSCI_SUCCESS;
}

const struct rsi_command cmd_psci_features = { RSI_PSCI_FEATURES, "PSCI_FEATURES",
					       RSI_CONDITIONS(features_conditions),
					       .apply = psci_features };

/* Arguments of an SMC32 function are 32 bits wide. */
static uint64_t arg(const struct rsi_call *c, unsigned n)
{
	return c->fid >> 30 & 1 ? c->arg[n] : c->arg[n] & 0xffffffff;
}

/*
 * Exit PSCI with the first nr_args arguments. TF-RMM shows the host no more of them than the MPIDR
 * (OP-60).
 */
static void forward(struct rsi_call *c, unsigned nr_args, bool completes)
{
	struct rmm_rec *rec = c->rec;
	unsigned shown = c->rmm->profile.tf_rmm ? completes : nr_args;

	for (unsigned i = PSCI_NR_OUTPUTS + 1; i < sizeof(c->in->x) / sizeof(c->in->x[0]); i++)
		rec->gprs[i] = c->in->x[i];
	memset(rec->gprs, 0, (PSCI_NR_OUTPUTS + 1) * sizeof(rec->gprs[0]));
	rec->exit.gprs[0] = c->fid;
	for (unsigned i = 1; i <= shown; i++)
		rec->exit.gprs[i] = arg(c, i);
	if (completes) {
		rec->gprs[0] = c->fid;
		for (unsigned i = 1; i <= nr_args; i++)
			rec->gprs[i] = arg(c, i);
		rec->pending = PENDING_PSCI;
	}
	c->result = rec_exit(rec, RMI_EXIT_PSCI);
}

static void cpu_suspend(struct rsi_call *c)
{
	forward(c, 3, false);
}

const struct rsi_command cmd_psci_cpu_suspend = { RSI_PSCI_CPU_SUSPEND, "PSCI_CPU_SUSPEND",
						  .apply = cpu_suspend };
const struct rsi_command cmd_psci32_cpu_suspend = { RSI_PSCI32_CPU_SUSPEND, "PSCI_CPU_SUSPEND",
						    .apply = cpu_suspend, .tf_only = true };

static void cpu_off(struct rsi_call *c)
{
	c->rec->off = true;
	forward(c, 0, false);
}

const struct rsi_command cmd_psci_cpu_off = { RSI_PSCI_CPU_OFF, "PSCI_CPU_OFF", .apply = cpu_off };

static void system_off(struct rsi_call *c)
{
	realm_set_state(c->realm, REALM_SYSTEM_OFF);
	forward(c, 0, false);
}

const struct rsi_command cmd_psci_system_off = { RSI_PSCI_SYSTEM_OFF, "PSCI_SYSTEM_OFF",
						 .apply = system_off };
const struct rsi_command cmd_psci_system_reset = { RSI_PSCI_SYSTEM_RESET, "PSCI_SYSTEM_RESET",
						   .apply = system_off };

static bool entry_is_not_protected(struct rsi_call *c, const struct rsi_condition *row)
{
	return !realm_is_protected(c->realm, arg(c, row->arg));
}

static uint64_t target_of(const struct rsi_call *c)
{
	return rec_index_of_psci(c->rmm, arg(c, ARG_MPIDR));
}

static bool mpidr_is_unused(struct rsi_call *c, const struct rsi_condition *row)
{
	return target_of(c) >= c->realm->rec_index;
}

static bool target_is_the_caller(const struct rsi_call *c)
{
	return target_of(c) == rec_index(c->rec->mpidr);
}

/* A REC that was destroyed is off. */
static bool is_runnable(struct rsi_call *c, uint64_t index)
{
	struct rmm_rec *rec;
	struct granule *g;
	bool runnable = false;
	rmm_pa pa;

	if (!realm_rec_find(c->realm, index, &pa))
		return false;
	g = granule_peek(c->rmm, pa);
	if (!g) /* destroyed since then, and given back */
		return false;
	granule_lock_object(&c->locks, g, pa, LOCK_REC);
	rec = g->state == RMM_REC ? g->object : NULL;
	if (rec && rec->owner == c->realm->pa && rec_index(rec->mpidr) == index)
		runnable = rec->runnable;
	granule_unlock(&c->locks, g);
	return runnable;
}

/* TF-RMM leaves other targets to PSCI_COMPLETE. */
static bool target_is_runnable(struct rsi_call *c, const struct rsi_condition *row)
{
	if (target_is_the_caller(c))
		return true;
	return !c->rmm->profile.tf_rmm && is_runnable(c, target_of(c));
}

static const struct rsi_condition cpu_on_conditions[] = {
	{ "entry", entry_is_not_protected, RSI_PSCI_INVALID_ADDRESS, ARG_ENTRY },
	{ "mpidr", mpidr_is_unused, RSI_PSCI_INVALID_PARAMETERS, ARG_MPIDR },
	{ "runnable", target_is_runnable, RSI_PSCI_ALREADY_ON, ARG_MPIDR },
};

static void cpu_on(struct rsi_call *c)
{
	forward(c, 3, true);
}

const struct rsi_command cmd_psci_cpu_on = { RSI_PSCI_CPU_ON, "PSCI_CPU_ON",
					     RSI_CONDITIONS(cpu_on_conditions), .apply = cpu_on };
const struct rsi_command cmd_psci32_cpu_on = { RSI_PSCI32_CPU_ON, "PSCI_CPU_ON",
					       RSI_CONDITIONS(cpu_on_conditions), .apply = cpu_on,
					       .tf_only = true };

static bool level_is_not_0(struct rsi_call *c, const struct rsi_condition *row)
{
	return c->rmm->profile.tf_rmm ? c->arg[row->arg] : c->arg[row->arg] & 0xffffffff;
}

static const struct rsi_condition affinity_conditions[] = {
	{ "level", level_is_not_0, RSI_PSCI_INVALID_PARAMETERS, ARG_LEVEL },
	{ "mpidr", mpidr_is_unused, RSI_PSCI_INVALID_PARAMETERS, ARG_MPIDR },
};

/* TF-RMM knows that the caller is on. */
static void affinity_info(struct rsi_call *c)
{
	if (c->rmm->profile.tf_rmm && target_is_the_caller(c))
		c->out[0] = RSI_PSCI_AFFINITY_ON;
	else
		forward(c, 2, true);
}

const struct rsi_command cmd_psci_affinity_info = { RSI_PSCI_AFFINITY_INFO, "PSCI_AFFINITY_INFO",
						    RSI_CONDITIONS(affinity_conditions),
						    .apply = affinity_info };
const struct rsi_command cmd_psci32_affinity_info = { RSI_PSCI32_AFFINITY_INFO,
						      "PSCI_AFFINITY_INFO",
						      RSI_CONDITIONS(affinity_conditions),
						      .apply = affinity_info, .tf_only = true };
