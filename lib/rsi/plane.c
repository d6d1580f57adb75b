/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Planes (A10.2): RSI_PLANE_ENTER and the way back to plane 0. The plane's registers are the
 * program's; what RsiPlaneRun says of system registers and the GIC is not modelled.
 */
#include <string.h>

#include "rsi.h"

enum { ARG_PLANE = 1, ARG_RUN = 2 };

#define EXIT_SIZE 0x800

static bool there_is_no_such_plane(struct rsi_call *c, const struct rsi_condition *row)
{
	return !c->arg[row->arg] || c->arg[row->arg] > c->realm->params.num_aux_planes;
}

static const struct rsi_condition enter_conditions[] = {
	{ "plane_bound", there_is_no_such_plane, RSI_ERROR_INPUT, ARG_PLANE },
	RSI_ADDR_GROUP(ARG_RUN),
};

static void plane_enter(struct rsi_call *c)
{
	struct rmm_rec *rec = c->rec;
	const uint8_t *p = rec_memory(&c->locks, rec, c->arg[ARG_RUN], false, &c->result);

	if (!p)
		return;
	rec->plane = (unsigned)c->arg[ARG_PLANE];
	rec->plane_run = c->arg[ARG_RUN];
	rec->plane_flags = rsi_get64(p + RSI_PLANE_ENTER_FLAGS);
	rec->plane_pc = rsi_get64(p + RSI_PLANE_ENTER_PC);
	rec->gic_owner = rec->plane_flags & RSI_PLANE_OWN_GIC ? rec->plane : 0;
	c->result = RMM_REALM_PLANE;
}

const struct rsi_command cmd_rsi_plane_enter = { RSI_PLANE_ENTER, "PLANE_ENTER",
						 RSI_CONDITIONS(enter_conditions),
						 .apply = plane_enter };

static void write_exit(uint8_t *p, const struct rmm_rec *rec, const struct plane_exit *e)
{
	const struct rmm_counters *n = &rec->counters;

	memset(p + EXIT_SIZE, 0, RSI_GRANULE - EXIT_SIZE);
	rsi_put64(p + RSI_PLANE_EXIT_REASON, e->reason);
	rsi_put64(p + RSI_PLANE_EXIT_PC, rec->plane_pc);
	for (unsigned i = 0; e->regs && i < sizeof(e->regs->x) / sizeof(e->regs->x[0]); i++)
		rsi_put64(p + RSI_PLANE_EXIT_GPRS + 8 * i, e->regs->x[i]);
	rsi_put64(p + RSI_PLANE_EXIT_ESR, e->esr);
	rsi_put64(p + RSI_PLANE_EXIT_FAR, e->far);
	rsi_put64(p + RSI_PLANE_EXIT_HPFAR, e->hpfar);
	rsi_put64(p + RSI_PLANE_EXIT_CNTP_CTL, n->cntp_ctl);
	rsi_put64(p + RSI_PLANE_EXIT_CNTP_CTL + 8, n->cntp_cval);
	rsi_put64(p + RSI_PLANE_EXIT_CNTP_CTL + 16, n->cntv_ctl);
	rsi_put64(p + RSI_PLANE_EXIT_CNTP_CTL + 24, n->cntv_cval);
	p[RSI_PLANE_EXIT_PMU_OVF] = (uint8_t)n->pmu_ovf_status;
}

enum rmm_realm_result rec_plane_exit(struct locks *l, struct rmm_rec *rec,
				     const struct plane_exit *e)
{
	enum rmm_realm_result result;
	uint8_t *p = rec_memory(l, rec, rec->plane_run, true, &result);

	if (!p && result == RMM_REALM_EXIT)
		return result;
	if (p) /* else plane 0 has given the page up: the data are dropped */
		write_exit(p, rec, e);
	rec->plane = rec->gic_owner = 0;
	rec->plane_leave = PLANE_STAYS;
	return RMM_REALM_PLANE;
}

bool rec_plane_leaves(struct locks *l, struct rmm_rec *rec, enum rmm_realm_result *result)
{
	if (rec->plane_leave == PLANE_STAYS)
		return false;
	*result = rec_plane_exit(
		l, rec, &(struct plane_exit){ .reason = (enum rsi_plane_exit)rec->plane_leave });
	return true;
}

/* No plane has system registers here: every encoding is one that the RMM does not offer. */
static void no_such_register(struct rsi_call *c)
{
	c->out[0] = RSI_ERROR_INPUT;
}

const struct rsi_command cmd_rsi_plane_sysreg_read = { RSI_PLANE_SYSREG_READ, "PLANE_SYSREG_READ",
						       .apply = no_such_register };
const struct rsi_command cmd_rsi_plane_sysreg_write = { RSI_PLANE_SYSREG_WRITE,
							"PLANE_SYSREG_WRITE",
							.apply = no_such_register };
