/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * REC exits that are no access and no SMC: interrupts, SError, waits, system registers, HVC (A4.3).
 *
 * Locks: tables, to tell plane 0 in RsiPlaneRun.
 */
#include "granule.h"
#include "model.h"
#include "realm.h"
#include "rec.h"

#define EC_WFX       UINT64_C(0x04000000)
#define EC_HVC64     UINT64_C(0x58000000)
#define EC_SYS64     UINT64_C(0x60000000)
#define EC_SERROR    UINT64_C(0xbc000000)
#define ESR_IL       UINT64_C(0x02000000)
#define ESR_RT_SHIFT 5
#define ESR_READ     UINT64_C(1)
#define ISS_SYSREG   UINT32_C(0x003ffc1e) /* Op0, Op2, Op1, CRn, CRm */
#define MASK_WFX     UINT64_C(0xfc000003)
#define MASK_WFX_TF  UINT64_C(0xfc000001)
#define MASK_SERROR  UINT64_C(0xfd001e3f)
#define REG_XZR      31

enum rmm_realm_result rmm_realm_irq(struct rmm *rmm, struct rmm_rec *rec)
{
	return rec->exited ? RMM_REALM_EXIT : rec_exit(rec, RMI_EXIT_IRQ);
}

enum rmm_realm_result rmm_realm_fiq(struct rmm *rmm, struct rmm_rec *rec)
{
	return rec->exited ? RMM_REALM_EXIT : rec_exit(rec, RMI_EXIT_FIQ);
}

enum rmm_realm_result rmm_realm_serror(struct rmm *rmm, struct rmm_rec *rec, uint32_t iss)
{
	if (rec->exited)
		return RMM_REALM_EXIT;
	rec->exit.esr = (EC_SERROR | ESR_IL | (iss & 0x1ffffff)) & MASK_SERROR;
	return rec_exit(rec, RMI_EXIT_SERROR);
}

/* An exit to plane 0 of what another plane has done. */
static enum rmm_realm_result to_plane_0(struct rmm *rmm, struct rmm_rec *rec, uint64_t esr)
{
	struct plane_exit e = { .reason = RSI_PLANE_EXIT_SYNC, .esr = esr };
	enum rmm_realm_result result;
	struct locks l;

	locks_init(&l, rmm, rec->cpu, "plane exit");
	if (!rec_plane_leaves(&l, rec, &result))
		result = rec_plane_exit(&l, rec, &e);
	rtt_leave(&l);
	return result;
}

/* True when a plane exit that was due at the entry comes before the operation. */
static bool leaves_first(struct rmm *rmm, struct rmm_rec *rec, enum rmm_realm_result *result)
{
	struct locks l;
	bool leaves;

	locks_init(&l, rmm, rec->cpu, "plane exit");
	leaves = rec_plane_leaves(&l, rec, result);
	rtt_leave(&l);
	return leaves;
}

enum rmm_realm_result rmm_realm_wfx(struct rmm *rmm, struct rmm_rec *rec, enum rmm_wfx wfx,
				    uint64_t timeout)
{
	bool event = wfx & 1, resumed = rec->resume == RESUME_WFX, tf = rmm->profile.tf_rmm;
	uint64_t esr = EC_WFX | ESR_IL | (wfx & 3);
	enum rmm_realm_result result;

	if (rec->exited)
		return RMM_REALM_EXIT;
	rec->resume = RESUME_NONE;
	if (resumed)
		return RMM_REALM_DONE;
	if (leaves_first(rmm, rec, &result))
		return result;
	if (rec->plane && rec->plane_flags & (event ? RSI_PLANE_TRAP_WFE : RSI_PLANE_TRAP_WFI))
		return to_plane_0(rmm, rec, esr);
	if (!(event ? rec->trap_wfe : rec->trap_wfi))
		return RMM_REALM_DONE;
	/* OP-64 */
	rec->exit.esr = esr & (tf ? MASK_WFX_TF : MASK_WFX);
	if (wfx >= RMM_WFIT && !tf)
		rec->exit.gprs[0] = timeout;
	rec_exit(rec, RMI_EXIT_SYNC);
	rec->last = LAST_WFX;
	return RMM_REALM_EXIT;
}

static bool is_the_register(const struct rmm_sysreg *a, const struct rmm_sysreg *b)
{
	return a->iss == b->iss && a->write == b->write && a->rt == b->rt;
}

enum rmm_realm_result rmm_realm_sysreg(struct rmm *rmm, struct rmm_rec *rec, struct rmm_sysreg *s)
{
	bool resumed = rec->resume == RESUME_SYSREG && is_the_register(&rec->sysreg, s);
	/* OP-59 */
	bool tf = rmm->profile.tf_rmm, hides_rt = tf || rmm->cfg.edition >= RMI_BET2;
	unsigned rt = s->rt & REG_XZR;
	enum rmm_realm_result result;

	if (rec->exited)
		return RMM_REALM_EXIT;
	rec->resume = RESUME_NONE;
	if (resumed) {
		if (!s->write)
			s->value = rt == REG_XZR ? 0 : rec->resume_value;
		return RMM_REALM_DONE;
	}
	if (leaves_first(rmm, rec, &result))
		return result;
	rec->exit.esr = EC_SYS64 | ESR_IL | (s->iss & ISS_SYSREG) | (s->write ? 0 : ESR_READ);
	if (!hides_rt)
		rec->exit.esr |= (uint64_t)rt << ESR_RT_SHIFT;
	if (tf && s->write && rt != REG_XZR)
		rec->exit.gprs[0] = s->value;
	rec_exit(rec, RMI_EXIT_SYNC);
	rec->last = LAST_SYSREG;
	rec->sysreg = *s;
	return RMM_REALM_EXIT;
}

enum rmm_realm_result rmm_realm_hvc(struct rmm *rmm, struct rmm_rec *rec, uint16_t imm)
{
	if (rec->exited)
		return RMM_REALM_EXIT;
	rec->resume = RESUME_NONE;
	if (!rec->plane)
		return RMM_REALM_UNDEF;
	return to_plane_0(rmm, rec, EC_HVC64 | ESR_IL | imm);
}

void rmm_realm_set_counters(struct rmm *rmm, struct rmm_rec *rec, const struct rmm_counters *c)
{
	rec->counters = *c;
}
