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
	struct granule *rd;

	if (c->rec) {
		rd = granule_peek(c->rmm, c->rec->owner);
		if (granule_trylock_object(&c->locks, rd, c->rec->owner, LOCK_RD)) {
			c->held[c->nr_held++] = rd;
			c->realm = rd->object;
		}
	}
	if (granule_aligned(c->rmm, c->arg[ARG_RUN]) &&
	    phys_ns_ok(c->rmm, c->arg[ARG_RUN], granule_size(c->rmm)))
		c->enter_flags = phys_read64(c->rmm, c->arg[ARG_RUN] + RMI_RUN_ENTER_FLAGS);
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

static bool psci_is_pending(struct rmm_call *c, const struct rmm_condition *row)
{
	return c->rec->pending == PENDING_PSCI;
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
	{ "rec_pending", psci_is_pending, RMI_ERROR_REC, .arg = ARG_REC,
	  .unreachable = "PSCI is not modelled" },
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
	{ "rec_sea", sea_cannot_be_injected, RMI_ERROR_REC, .arg = ARG_RUN },
	{ "rec_mmio", there_is_no_access_to_emulate, RMI_ERROR_REC, .arg = ARG_RUN },
};

static const struct rmm_order tf_enter = { CONDITIONS(tf_enter_conditions) };

static uint64_t enter_gpr(const struct rmm_call *c, unsigned n)
{
	return phys_read64(c->rmm, c->arg[ARG_RUN] + RMI_RUN_ENTER_GPRS + 8 * n);
}

/* Step 3 and 4 of the RIPAS change protocol (A5.4): the answer, and the end of the request. */
static void answer_ripas_change(struct rmm_rec *rec)
{
	bool reject = rec->ripas_value == RMI_RAM && rec->ripas_addr != rec->ripas_top &&
		      rec->ripas_reject;

	rec->resume = RESUME_RESULT;
	rec->resume_x[0] = RSI_SUCCESS;
	rec->resume_x[1] = rec->ripas_addr;
	rec->resume_x[2] = reject ? RSI_REJECT : RSI_ACCEPT;
}

/*
 * What the host has supplied for the operation that made the last exit. The answer to an earlier
 * one belongs to the realm since that entry (A4.2): an interrupt that came before the realm could
 * repeat the operation does not take it away.
 */
static void take_answer(struct rmm_call *c)
{
	struct rmm_rec *rec = c->rec;

	if (rec->ripas_exit) {
		rec->ripas_reject = c->enter_flags & RMI_ENTER_RIPAS_REJECT;
		answer_ripas_change(rec);
	} else if (sea_is_asked_for(c)) {
		rec->resume = RESUME_SEA;
	} else if (c->enter_flags & RMI_ENTER_EMULATED_MMIO) {
		rec->resume = RESUME_MMIO;
		rec->resume_value = enter_gpr(c, 0);
	}
	rec->ripas_exit = false;
	rec->ripas_addr = rec->ripas_top = 0;
	rec->emulatable = rec->unprot_abort = false;
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
	rec->resume = RESUME_RESULT;
	rec->resume_x[0] = RSI_SUCCESS;
	rec->resume_x[1] = rec->resume_x[2] = 0;
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

static void write_exit(struct rmm_call *c, rmm_pa run_pa)
{
	const struct rmm_exit *e = &c->rec->exit;

	memset(phys_ptr(c->rmm, run_pa + 0x800, 0x800), 0, 0x800);
	phys_write64(c->rmm, run_pa + RMI_RUN_EXIT_REASON, e->reason);
	phys_write64(c->rmm, run_pa + RMI_RUN_EXIT_ESR, e->esr);
	phys_write64(c->rmm, run_pa + RMI_RUN_EXIT_FAR, e->far);
	phys_write64(c->rmm, run_pa + RMI_RUN_EXIT_HPFAR, e->hpfar);
	for (unsigned i = 0; i < RMI_NR_GPRS; i++)
		phys_write64(c->rmm, run_pa + RMI_RUN_EXIT_GPRS + 8 * i, e->gprs[i]);
	phys_write64(c->rmm, run_pa + RMI_RUN_EXIT_RIPAS_BASE, e->ripas_base);
	phys_write64(c->rmm, run_pa + RMI_RUN_EXIT_RIPAS_TOP, e->ripas_top);
	phys_write64(c->rmm, run_pa + RMI_RUN_EXIT_RIPAS_VALUE, e->ripas_value);
	phys_write64(c->rmm, run_pa + RMI_RUN_EXIT_IMM, e->imm);
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
	bool runs;

	memset(&rec->exit, 0, sizeof(rec->exit));
	rec->exited = false;
	rec->cpu = c->cpu;
	take_answer(c);
	runs = finish_host_call(c);
	granule_get_ref(g, 1);
	__atomic_add_fetch(&realm->nr_running, 1, __ATOMIC_ACQ_REL);
	call_unlock(c);

	if (runs)
		run(c);

	granule_lock_object(&c->locks, g, rec->pa, LOCK_REC);
	/* The host may have given the run page away while the realm ran: a GPF. */
	if (phys_ns_ok(c->rmm, c->arg[ARG_RUN], granule_size(c->rmm)))
		write_exit(c, c->arg[ARG_RUN]);
	else
		c->x0 = RMI_ERROR_INPUT;
	report_exit(c);
	__atomic_sub_fetch(&realm->nr_running, 1, __ATOMIC_ACQ_REL);
	granule_put_ref(g, 1);
	granule_unlock(&c->locks, g);
}

const struct rmm_command cmd_rec_enter = {
	.abi = { RMI_REC_ENTER,
		 "REC_ENTER",
		 { { "rec", RMI_KIND_PA }, { "run", RMI_KIND_PA } },
		 .nr_args = 2 },
	.granules = { { ARG_REC, RMM_REC } },
	CONDITIONS(enter_conditions),
	.order = "rec_align rec_bound rec_gran_state run_pas run_align < "
		 "rec_state rec_runnable rec_mmio realm_state rec_pending",
	.prepare = enter_prepare,
	.apply = enter,
	.tf = &tf_enter,
};
