/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The realm of a call file: each entry takes one planned action, an entry without one leaves with
 * an FIQ. An SMC that left for the host is made again first, so that the model can finish it.
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

static void make_smc(struct calls *c, struct rmm_rec *rec, const struct rmm_regs *call)
{
	struct calls_unfinished *u = slot(c, rmm_rec_pa(rec));
	struct rmm_regs regs = *call;

	if (u)
		u->rec = 0;
	if (rmm_realm_smc(c->rmm, rec, &regs) != RMM_REALM_EXIT || !u)
		return;
	u->regs = *call;
	u->rec = rmm_rec_pa(rec);
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

	if (finish(c, rec))
		return;
	if (c->nr_plans) {
		plan = &c->plans[c->first_plan];
		c->first_plan = (c->first_plan + 1) % CALLS_MAX_PLANS;
		c->nr_plans--;
		if (plan->kind == PLAN_SMC)
			make_smc(c, rec, &plan->regs);
		else if (plan->kind == PLAN_ABORT)
			rmm_realm_abort(c->rmm, rec, &plan->access, plan->fsc);
		else
			rmm_realm_irq(c->rmm, rec);
	}
	rmm_realm_fiq(c->rmm, rec);
}
