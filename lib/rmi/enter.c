/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RMI_REC_ENTER (B4.5.51, A4.2).
 *
 * Locks: REC, and the RD only if it is free at once; none while the realm runs: then the REC's
 * reference count of 1 keeps everybody else away from it.
 */
#include <string.h>

#include "../call.h"

enum { ARG_REC = 1, ARG_RUN = 2 };

static void enter_prepare(struct rmm_call *c)
{
	const uint8_t *p = NULL;
	struct granule *rd;

	if (c->rec) {
		rd = granule_peek(c->rmm, c->rec->owner);
		if (granule_trylock_object(&c->locks, rd, c->rec->owner, LOCK_RD)) {
			c->held[c->nr_held++] = rd;
			c->realm = rd->object;
		}
	}
	if (granule_aligned(c->rmm, c->arg[ARG_RUN]))
		p = phys_ns_begin(c->rmm, c->arg[ARG_RUN], granule_size(c->rmm));
	if (p) {
		c->enter_flags = load64(p + RMI_RUN_ENTER_FLAGS);
		phys_ns_end(c->rmm, c->arg[ARG_RUN]);
	}
}

static bool rd_is_busy(struct rmm_call *c, const struct rmm_condition *row)
{
	return !c->realm;
}

static bool rec_is_not_runnable(struct rmm_call *c, const struct rmm_condition *row)
{
	return !c->rec->runnable;
}

static bool sea_is_asked_for(const struct rmm_call *c)
{
	return (c->enter_flags & RMI_ENTER_INJECT_SEA) && c->rec->unprot_abort;
}

static bool there_is_no_access_to_emulate(struct rmm_call *c, const struct rmm_condition *row)
{
	return (c->enter_flags & RMI_ENTER_EMULATED_MMIO) && !c->rec->emulatable &&
	       !sea_is_asked_for(c);
}

static unsigned gic_state(const struct rmm_call *c)
{
	const struct rmm_config *cfg = &c->rmm->cfg;

	return cfg->gic ? cfg->gic(cfg->ctx, c->cpu) : 0;
}

static bool psci_is_pending(struct rmm_call *c, const struct rmm_condition *row)
{
	return c->rec->pending == PENDING_PSCI;
}

/* Some list register is tied to a physical interrupt: ICH_LR<n>_EL2.HW. */
static bool gic_state_is_invalid(struct rmm_call *c, const struct rmm_condition *row)
{
	return gic_state(c) & RMM_GIC_LR_HW;
}

static const struct rmm_condition enter_conditions[] = {
	{ "run_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_RUN },
	{ "run_pas", arg_is_not_ns, RMI_ERROR_INPUT, .arg = ARG_RUN },
	REC_GROUP(ARG_REC),
	{ "rd_busy", rd_is_busy, RMI_BUSY },
	{ "realm_state", realm_is_not, RMI_ERROR_REALM, .state = REALM_ACTIVE },
	{ "rec_state", rec_is_running, RMI_ERROR_REC, .arg = ARG_REC },
	{ "rec_runnable", rec_is_not_runnable, RMI_ERROR_REC, .arg = ARG_REC },
	{ "rec_mmio", there_is_no_access_to_emulate, RMI_ERROR_REC, .arg = ARG_RUN },
	{ "rec_gicv3", gic_state_is_invalid, RMI_ERROR_REC, .arg = ARG_REC },
	{ "rec_pending", psci_is_pending, RMI_ERROR_REC, .arg = ARG_REC },
};

static bool sea_cannot_be_injected(struct rmm_call *c, const struct rmm_condition *row)
{
	return (c->enter_flags & RMI_ENTER_INJECT_SEA) && !c->rec->unprot_abort;
}

static const struct rmm_condition tf_enter_conditions[] = {
	{ "run_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_RUN },
	{ "run_pas", arg_is_not_ns, RMI_ERROR_INPUT, .arg = ARG_RUN },
	TF_GRANULE("rec", ARG_REC, RMM_REC),
	{ "rec_state", rec_is_running, RMI_ERROR_REC, .arg = ARG_REC },
	{ "rd_busy", rd_is_busy, RMI_BUSY },
	{ "realm_state", realm_is_not, RMI_ERROR_REALM, .state = REALM_ACTIVE },
	{ "rec_runnable", rec_is_not_runnable, RMI_ERROR_REC, .arg = ARG_REC },
	{ "rec_pending", psci_is_pending, RMI_ERROR_REC, .arg = ARG_REC },
	{ "rec_gicv3", gic_state_is_invalid, RMI_ERROR_REC, .arg = ARG_REC },
	{ "rec_sea", sea_cannot_be_injected, RMI_ERROR_REC, .arg = ARG_RUN },
	{ "rec_mmio", there_is_no_access_to_emulate, RMI_ERROR_REC, .arg = ARG_RUN },
};

static const struct rmm_order tf_enter = { CONDITIONS(tf_enter_conditions) };

static uint64_t enter_gpr(const struct rmm_call *c, unsigned n)
{
	const uint8_t *p = phys_ns_begin(c->rmm, c->arg[ARG_RUN], granule_size(c->rmm));
	uint64_t value;

	/* The page may have been taken away since the conditions. */
	if (!p)
		return 0;
	value = load64(p + RMI_RUN_ENTER_GPRS + 8 * n);
	phys_ns_end(c->rmm, c->arg[ARG_RUN]);
	return value;
}

/* The realm's SMC is finished with this X0 and, so far, zeros behind it. */
static void finish_smc(struct rmm_rec *rec, uint64_t x0)
{
	rec->resume = RESUME_RESULT;
	memset(rec->resume_x, 0, sizeof(rec->resume_x));
	rec->resume_x[0] = x0;
}

/* Step 3 and 4 of the RIPAS change protocol (A5.4): the answer, and the end of the request. */
static void answer_ripas_change(struct rmm_rec *rec)
{
	bool reject = rec->ripas_value == RMI_RAM && rec->ripas_addr != rec->ripas_top &&
		      rec->ripas_reject;

	finish_smc(rec, RSI_SUCCESS);
	rec->resume_x[1] = rec->ripas_addr;
	rec->resume_x[2] = reject ? RSI_REJECT : RSI_ACCEPT;
}

/* The same for MEM_SET_PERM_INDEX; an accepted index is fixed from now on. */
static void answer_s2ap_change(struct rmm_call *c)
{
	struct rmm_rec *rec = c->rec;
	bool open = rec->s2ap_addr != rec->s2ap_top;
	bool reject = rec->s2ap_response && (open || c->rmm->profile.tf_rmm);

	finish_smc(rec, RSI_SUCCESS);
	rec->resume_x[1] = rec->s2ap_addr;
	rec->resume_x[2] = reject ? RSI_REJECT : RSI_ACCEPT;
	rec->resume_x[3] = open && c->realm->params.flags1 & RMI_REALM_TREE_PER_PLANE
				   ? rec->s2ap_addr | rec->s2ap_tree
				   : 0;
	if (!reject)
		c->realm->perm_locked |= (uint16_t)(1u << rec->s2ap_index);
}

/* The same for VDEV_VALIDATE_MAPPING. */
static void answer_validate_mapping(struct rmm_call *c)
{
	struct rmm_rec *rec = c->rec;
	bool reject =
		rec->dev_mem_addr != rec->dev_mem_top && c->enter_flags & RMI_ENTER_DEV_MEM_REJECT;

	finish_smc(rec, RSI_SUCCESS);
	rec->resume_x[1] = rec->dev_mem_addr;
	rec->resume_x[2] = reject ? RSI_REJECT : RSI_ACCEPT;
}

/* X0-X6 are the REC's: what the RMM or PSCI_COMPLETE has put there. */
static void answer_psci(struct rmm_rec *rec)
{
	finish_smc(rec, 0);
	memcpy(rec->resume_x, rec->gprs, 7 * sizeof(rec->gprs[0]));
}

static void answer_access(struct rmm_call *c)
{
	struct rmm_rec *rec = c->rec;

	if (sea_is_asked_for(c)) {
		rec->resume = RESUME_SEA;
	} else if (c->enter_flags & RMI_ENTER_EMULATED_MMIO) {
		rec->resume = RESUME_MMIO;
		rec->resume_value = enter_gpr(c, 0);
	}
}

/*
 * What the host has supplied for the operation that made the last exit. The answer to an earlier
 * one belongs to the realm since that entry (A4.2): an interrupt that came before the realm could
 * repeat the operation does not take it away.
 */
static void take_answer(struct rmm_call *c)
{
	struct rmm_rec *rec = c->rec;

	switch (rec->last) {
	case LAST_RIPAS_CHANGE:
		rec->ripas_reject = c->enter_flags & RMI_ENTER_RIPAS_REJECT;
		answer_ripas_change(rec);
		break;
	case LAST_S2AP_CHANGE:
		rec->s2ap_response = c->enter_flags & RMI_ENTER_S2AP_REJECT;
		answer_s2ap_change(c);
		break;
	case LAST_VALIDATE_MAPPING:
		answer_validate_mapping(c);
		break;
	case LAST_PSCI:
		answer_psci(rec);
		break;
	case LAST_SYSREG:
		rec->resume = RESUME_SYSREG;
		rec->resume_value = enter_gpr(c, 0);
		break;
	case LAST_WFX:
		rec->resume = RESUME_WFX;
		break;
	default:
		answer_access(c);
		break;
	}
	rec->last = LAST_OTHER;
	rec->ripas_addr = rec->ripas_top = 0;
	rec->s2ap_addr = rec->s2ap_top = 0;
	rec->dev_mem_addr = rec->dev_mem_top = 0;
	rec->emulatable = rec->unprot_abort = false;
}

/* The flags that are about this entry; and whether plane n may go on (A10.2). */
static void take_flags(struct rmm_call *c)
{
	struct rmm_rec *rec = c->rec;

	rec->trap_wfi = c->enter_flags & RMI_ENTER_TRAP_WFI;
	rec->trap_wfe = c->enter_flags & RMI_ENTER_TRAP_WFE;
	if (!rec->plane)
		return;
	if (c->enter_flags & RMI_ENTER_FORCE_P0)
		rec->plane_leave = RSI_PLANE_EXIT_HOST;
	else if (rec->gic_owner != rec->plane && gic_state(c) & RMM_GIC_PENDING)
		rec->plane_leave = RSI_PLANE_EXIT_IRQ;
}

/* Write the host's answer to RsiHostCall; false: its page is gone, the REC leaves at once. */
static bool finish_host_call(struct rmm_call *c)
{
	struct rmm_rec *rec = c->rec;
	enum rmm_realm_result result;
	uint8_t *p;

	if (rec->pending != PENDING_HOST_CALL)
		return true;
	p = rec_memory(&c->locks, rec, rec->host_call, true, &result);
	if (!p && result == RMM_REALM_EXIT)
		return false;
	for (unsigned i = 0; p && i < RMI_NR_GPRS; i++) {
		uint64_t gpr = enter_gpr(c, i);

		for (unsigned b = 0; b < 8; b++)
			p[8 + 8 * i + b] = (uint8_t)(gpr >> 8 * b);
	}
	rec->pending = PENDING_NONE;
	finish_smc(rec, RSI_SUCCESS);
	return true;
}

static void run(struct rmm_call *c)
{
	const struct rmm_config *cfg = &c->rmm->cfg;

	if (cfg->run_realm)
		cfg->run_realm(cfg->ctx, c->rec, c->cpu);
	if (!c->rec->exited)
		rec_exit(c->rec, cfg->run_realm ? RMI_EXIT_IRQ : RMI_EXIT_FIQ);
}

/* Seven bytes behind one that is set have no name: the host does not look at them. */
static uint64_t unnamed(const struct rmm_call *c)
{
	bool poison = c->rmm->profile.poison && c->rec->exit.reason == RMI_EXIT_RIPAS_CHANGE;

	return poison ? RMM_POISON & ~UINT64_C(0xff) : 0;
}

static void write_exit(const struct rmm_call *c, uint8_t *run)
{
	const struct rmm_exit *e = &c->rec->exit;

	memset(run + 0x800, 0, 0x800);
	store64(run + RMI_RUN_EXIT_REASON, e->reason);
	store64(run + RMI_RUN_EXIT_ESR, e->esr);
	store64(run + RMI_RUN_EXIT_FAR, e->far);
	store64(run + RMI_RUN_EXIT_HPFAR, e->hpfar);
	for (unsigned i = 0; i < RMI_NR_GPRS; i++)
		store64(run + RMI_RUN_EXIT_GPRS + 8 * i, e->gprs[i]);
	store64(run + RMI_RUN_EXIT_RIPAS_BASE, e->ripas_base);
	store64(run + RMI_RUN_EXIT_RIPAS_TOP, e->ripas_top);
	store64(run + RMI_RUN_EXIT_RIPAS_VALUE, e->ripas_value | unnamed(c));
	store64(run + RMI_RUN_EXIT_RTT_TREE, e->rtt_tree);
	store64(run + RMI_RUN_EXIT_S2AP_BASE, e->s2ap_base);
	store64(run + RMI_RUN_EXIT_S2AP_TOP, e->s2ap_top);
	store64(run + RMI_RUN_EXIT_VDEV_ID_1, e->vdev_id_1);
	store64(run + RMI_RUN_EXIT_DEV_BASE, e->dev_mem_base);
	store64(run + RMI_RUN_EXIT_DEV_TOP, e->dev_mem_top);
	store64(run + RMI_RUN_EXIT_DEV_PA, e->dev_mem_pa);
	store64(run + RMI_RUN_EXIT_IMM, e->imm);
	store64(run + RMI_RUN_EXIT_PLANE, e->plane);
	store64(run + RMI_RUN_EXIT_CNTP_CTL, e->counters.cntp_ctl);
	store64(run + RMI_RUN_EXIT_CNTP_CVAL, e->counters.cntp_cval);
	store64(run + RMI_RUN_EXIT_CNTV_CTL, e->counters.cntv_ctl);
	store64(run + RMI_RUN_EXIT_CNTV_CVAL, e->counters.cntv_cval);
	store64(run + RMI_RUN_EXIT_PMU_OVF, e->counters.pmu_ovf_status);
}

static void report_exit(struct rmm_call *c)
{
	struct rmm_event event = { .kind = RMM_EVENT_REC_EXIT,
				   .cpu = c->cpu,
				   .command = &c->command->abi,
				   .rec = c->rec,
				   .exit = &c->rec->exit };

	if (c->rmm->cfg.event)
		c->rmm->cfg.event(c->rmm->cfg.ctx, &event);
}

static void enter(struct rmm_call *c)
{
	struct granule *g = c->granule[ARG_REC];
	struct realm *realm = c->realm;
	struct rmm_rec *rec = c->rec;
	uint8_t *p;
	bool runs;

	memset(&rec->exit, 0, sizeof(rec->exit));
	rec->exited = false;
	rec->cpu = c->cpu;
	take_answer(c);
	take_flags(c);
	runs = finish_host_call(c);
	granule_get_ref(g, 1);
	__atomic_add_fetch(&realm->nr_running, 1, __ATOMIC_ACQ_REL);
	call_unlock(c);

	if (runs)
		run(c);

	granule_lock_object(&c->locks, g, rec->pa, LOCK_REC);
	rec->exit.counters = rec->counters;
	if (rec->off)
		rec->runnable = rec->off = false;
	/* The host may have given the run page away while the realm ran: a GPF. */
	p = phys_ns_begin(c->rmm, c->arg[ARG_RUN], granule_size(c->rmm));
	if (p) {
		write_exit(c, p);
		phys_ns_end(c->rmm, c->arg[ARG_RUN]);
	} else {
		c->x0 = RMI_ERROR_INPUT;
	}
	report_exit(c);
	__atomic_sub_fetch(&realm->nr_running, 1, __ATOMIC_ACQ_REL);
	granule_put_ref(g, 1);
	granule_unlock(&c->locks, g);
}

const struct rmm_command cmd_rec_enter = {
	.abi = { ABI(REC_ENTER), { { "rec", RMI_KIND_PA }, { "run", RMI_KIND_PA } }, .nr_args = 2 },
	.granules = { { ARG_REC, RMM_REC } },
	CONDITIONS(enter_conditions),
	.order = "rec_align rec_bound rec_gran_state run_pas run_align < "
		 "rec_state rec_runnable rec_mmio realm_state rec_pending",
	.prepare = enter_prepare,
	.apply = enter,
	.tf = &tf_enter,
};
