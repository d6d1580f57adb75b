/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The realm of a call file: an entry takes planned actions until one leaves; without one left it
 * leaves with an FIQ. An SMC that left for the host is made again first, so that the model can finish it.
 */
#include <string.h>

#include "calls.h"

bool calls_plan(struct calls *c, const struct calls_plan *plan)
{
	if (c->nr_plans == CALLS_MAX_PLANS)
		return calls_bad(c, "more than %d planned actions", CALLS_MAX_PLANS);
	c->plans[(c->first_plan + c->nr_plans++) % CALLS_MAX_PLANS] = *plan;
	return true;
}

/* The REC's slot; a free one when it has none, NULL when there is none either. */
static struct calls_unfinished *slot(struct calls *c, rmm_pa rec)
{
	struct calls_unfinished *free = NULL;

	for (unsigned i = 0; i < CALLS_MAX_RECS; i++) {
		if (c->unfinished[i].rec == rec)
			return &c->unfinished[i];
		if (!c->unfinished[i].rec)
			free = &c->unfinished[i];
	}
	return free;
}

/* PSCI functions that do not return: a REC that is turned on again starts anew. */
static bool is_the_last(uint64_t fid)
{
	return fid == RSI_PSCI_CPU_OFF || fid == RSI_PSCI_SYSTEM_OFF ||
	       fid == RSI_PSCI_SYSTEM_RESET;
}

/* True when the SMC leaves for the host. */
static bool make_smc(struct calls *c, struct rmm_rec *rec, const struct rmm_regs *call)
{
	struct calls_unfinished *u = slot(c, rmm_rec_pa(rec));
	struct rmm_regs regs = *call;

	if (u)
		u->rec = 0;
	if (rmm_realm_smc(c->rmm, rec, &regs) != RMM_REALM_EXIT)
		return false;
	if (u && !is_the_last(call->x[0])) {
		u->regs = *call;
		u->rec = rmm_rec_pa(rec);
		u->is_new = true;
	}
	return true;
}

/* A command that met a hole in its memory was made once, as the file says, and is not made again. */
void calls_event(void *ctx, const struct rmm_event *event)
{
	struct calls_unfinished *u;

	if (event->kind != RMM_EVENT_REC_EXIT)
		return;
	u = slot(ctx, rmm_rec_pa(event->rec));
	if (!u || u->rec != rmm_rec_pa(event->rec))
		return;
	if (u->is_new && event->exit->reason == RMI_EXIT_SYNC)
		u->rec = 0;
	u->is_new = false;
}

/* Finish what the last entry left open; true when that leaves again. */
static bool finish(struct calls *c, struct rmm_rec *rec)
{
	struct calls_unfinished *u = slot(c, rmm_rec_pa(rec));
	struct rmm_regs regs;

	if (!u || u->rec != rmm_rec_pa(rec))
		return false;
	regs = u->regs;
	u->rec = 0;
	return rmm_realm_smc(c->rmm, rec, &regs) == RMM_REALM_EXIT;
}

void calls_run_realm(void *ctx, struct rmm_rec *rec, unsigned cpu)
{
	struct calls *c = ctx;
	struct calls_plan *plan;
	bool left = false;

	if (finish(c, rec))
		return;
	/* An SMC that the RMM answers itself lets the realm go on: it takes the next action. */
	while (c->nr_plans && !left) {
		plan = &c->plans[c->first_plan];
		c->first_plan = (c->first_plan + 1) % CALLS_MAX_PLANS;
		c->nr_plans--;
		if (plan->kind == PLAN_SMC)
			left = make_smc(c, rec, &plan->regs);
		else if (plan->kind == PLAN_ABORT)
			left = rmm_realm_abort(c->rmm, rec, &plan->access, plan->fsc) ==
			       RMM_REALM_EXIT;
		else
			left = rmm_realm_irq(c->rmm, rec) == RMM_REALM_EXIT;
	}
	rmm_realm_fiq(c->rmm, rec);
}
