/* SPDX-License-Identifier: BSD-2-Clause */
/* REC exits besides aborts, and what REC_ENTER looks at (A4.2, A4.3). */
#include <string.h>

#include "host.h"

struct step {
	enum { WFX, SYSREG, SERROR, HVC, IRQ, FIQ, COUNTERS } what;
	enum rmm_wfx wfx;
	uint64_t timeout;
	struct rmm_sysreg reg;
	uint32_t iss;
	struct rmm_counters counters;
	enum rmm_realm_result result;
};

static void take_step(struct host *h, struct rmm_rec *rec)
{
	struct step *s = h->program_ctx;

	switch (s->what) {
	case WFX:
		s->result = rmm_realm_wfx(h->rmm, rec, s->wfx, s->timeout);
		break;
	case SYSREG:
		s->result = rmm_realm_sysreg(h->rmm, rec, &s->reg);
		break;
	case SERROR:
		s->result = rmm_realm_serror(h->rmm, rec, s->iss);
		break;
	case HVC:
		s->result = rmm_realm_hvc(h->rmm, rec, (uint16_t)s->iss);
		break;
	case IRQ:
		s->result = rmm_realm_irq(h->rmm, rec);
		break;
	case FIQ:
		s->result = rmm_realm_fiq(h->rmm, rec);
		break;
	case COUNTERS:
		rmm_realm_set_counters(h->rmm, rec, &s->counters);
		s->result = rmm_realm_fiq(h->rmm, rec);
		break;
	}
	if (s->result == RMM_REALM_EXIT && s->what != COUNTERS)
		assert_int_equal(rmm_realm_hvc(h->rmm, rec, 0), RMM_REALM_EXIT); /* it has left */
}

static enum rmm_realm_result go(struct host *h, struct step *s, uint64_t flags)
{
	assert_hex(host_enter(h, flags, take_step, s), 0);
	return s->result;
}

static void boot(struct host *h, const struct setup *s)
{
	host_realm(h, s);
	host_activate(h);
}

static void expect(struct host *h, unsigned reason, uint64_t esr, uint64_t gpr0)
{
	assert_hex(host_exit(h, RMI_RUN_EXIT_REASON), reason);
	assert_hex(host_exit(h, RMI_RUN_EXIT_ESR), esr);
	assert_hex(host_exit(h, RMI_RUN_EXIT_FAR), 0);
	assert_hex(host_exit(h, RMI_RUN_EXIT_HPFAR), 0);
	assert_hex(host_exit(h, RMI_RUN_EXIT_GPRS), gpr0);
}

static void a_wait_leaves_only_when_the_host_traps_it(void **state)
{
	static const struct {
		enum rmm_wfx wfx;
		uint64_t trap, other, esr, gpr0, tf_esr;
	} rows[] = {
		{ RMM_WFI, RMI_ENTER_TRAP_WFI, RMI_ENTER_TRAP_WFE, 0x04000000, 0, 0x04000000 },
		{ RMM_WFE, RMI_ENTER_TRAP_WFE, RMI_ENTER_TRAP_WFI, 0x04000001, 0, 0x04000001 },
		{ RMM_WFIT, RMI_ENTER_TRAP_WFI, RMI_ENTER_TRAP_WFE, 0x04000002, 99, 0x04000000 },
		{ RMM_WFET, RMI_ENTER_TRAP_WFE, RMI_ENTER_TRAP_WFI, 0x04000003, 99, 0x04000001 },
	};

	for (unsigned tf = 0; tf < 2; tf++) {
		struct host h;

		boot(&h, &(struct setup){ .profile = tf ? "tf-rmm-2026-07" : "strict" });
		for (unsigned i = 0; i < 4; i++) {
			struct step s = { WFX, .wfx = rows[i].wfx, .timeout = 99 };

			assert_int_equal(go(&h, &s, 0), RMM_REALM_DONE);
			assert_int_equal(go(&h, &s, rows[i].other), RMM_REALM_DONE);
			assert_int_equal(go(&h, &s, rows[i].trap), RMM_REALM_EXIT);
			expect(&h, RMI_EXIT_SYNC, tf ? rows[i].tf_esr : rows[i].esr,
			       tf ? 0 : rows[i].gpr0); /* OP-64 */
			/* the instruction is over, though the flag is still there */
			assert_int_equal(go(&h, &s, rows[i].trap), RMM_REALM_DONE);
			assert_int_equal(go(&h, &s, rows[i].trap), RMM_REALM_EXIT);
			assert_int_equal(go(&h, &s, rows[i].trap), RMM_REALM_DONE);
		}
		host_end(&h);
	}
}

/* Op0 3, Op1 0, CRn 12, CRm 11, Op2 5: ICC_SGI1R_EL1; Rt x7 at bit 5. */
#define ISS_SGI1R 0x3a3016u
#define ESR_SGI1R UINT64_C(0x623a3016)

static void a_system_register_leaves_with_its_syndrome(void **state)
{
	static const struct {
		const char *profile;
		enum rmi_edition edition;
		bool write;
		uint64_t esr, gpr0;
	} rows[] = {
		{ "strict", RMI_BET1, true, ESR_SGI1R | 7 << 5, 0 },
		{ "strict", RMI_BET1, false, ESR_SGI1R | 7 << 5 | 1, 0 },
		{ "strict", RMI_BET2, true, ESR_SGI1R, 0 },
		{ "strict", RMI_BET3, false, ESR_SGI1R | 1, 0 },
		{ "tf-rmm-2026-07", RMI_BET1, true, ESR_SGI1R, 0x1234 },
		{ "tf-rmm-2026-07", RMI_BET1, false, ESR_SGI1R | 1, 0 },
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct step s = { SYSREG, .reg = { .iss = ISS_SGI1R,
						   .write = rows[i].write,
						   .rt = 7,
						   .value = 0x1234 } };
		struct host h;

		boot(&h, &(struct setup){ .profile = rows[i].profile, .edition = rows[i].edition });
		assert_int_equal(go(&h, &s, 0), RMM_REALM_EXIT);
		expect(&h, RMI_EXIT_SYNC, rows[i].esr, rows[i].gpr0);
		/* the next entry has finished it, no flag is needed */
		host_write64(&h, h.run + RMI_RUN_ENTER_GPRS, 0x77);
		assert_int_equal(go(&h, &s, 0), RMM_REALM_DONE);
		assert_hex(s.reg.value, rows[i].write ? 0x1234 : 0x77);
		assert_int_equal(go(&h, &s, 0), RMM_REALM_EXIT);
		/* the answer is for that register */
		s.reg.iss ^= 2;
		assert_int_equal(go(&h, &s, 0), RMM_REALM_EXIT);
		host_end(&h);
	}
}

static void xzr_takes_and_gives_nothing(void **state)
{
	struct step s = { SYSREG,
			  .reg = { .iss = ISS_SGI1R, .write = true, .rt = 31, .value = 5 } };
	struct host h;

	boot(&h, &(struct setup){ .profile = "tf-rmm-2026-07" });
	assert_int_equal(go(&h, &s, 0), RMM_REALM_EXIT);
	expect(&h, RMI_EXIT_SYNC, ESR_SGI1R, 0);
	s.reg.write = false;
	host_write64(&h, h.run + RMI_RUN_ENTER_GPRS, 0x77);
	assert_int_equal(go(&h, &s, 0), RMM_REALM_EXIT);
	assert_int_equal(go(&h, &s, 0), RMM_REALM_DONE);
	assert_hex(s.reg.value, 0);
	host_end(&h);
}

static void an_interrupt_comes_between(void **state)
{
	struct step s = { SYSREG, .reg = { .iss = ISS_SGI1R, .rt = 7 } }, irq = { IRQ };
	struct host h;

	boot(&h, NULL);
	assert_int_equal(go(&h, &s, 0), RMM_REALM_EXIT);
	host_write64(&h, h.run + RMI_RUN_ENTER_GPRS, 0x77);
	assert_int_equal(go(&h, &irq, 0), RMM_REALM_EXIT);
	expect(&h, RMI_EXIT_IRQ, 0, 0);
	host_write64(&h, h.run + RMI_RUN_ENTER_GPRS, 0x88);
	assert_int_equal(go(&h, &s, 0), RMM_REALM_DONE);
	assert_hex(s.reg.value, 0x77);
	host_end(&h);
}

static void an_serror_shows_what_the_specification_lets_through(void **state)
{
	struct step s = { SERROR, .iss = 0x1ffffff };
	struct host h;

	boot(&h, NULL);
	assert_int_equal(go(&h, &s, 0), RMM_REALM_EXIT);
	expect(&h, RMI_EXIT_SERROR, 0xbd001e3f, 0); /* EC, IDS, AET, EA, DFSC */
	s.iss = 0x11;
	assert_int_equal(go(&h, &s, 0), RMM_REALM_EXIT);
	expect(&h, RMI_EXIT_SERROR, 0xbc000011, 0);
	host_end(&h);
}

static void hvc_is_unknown_to_plane_0(void **state)
{
	struct step s = { HVC, .iss = 3 };
	struct host h;

	boot(&h, NULL);
	assert_int_equal(go(&h, &s, 0), RMM_REALM_UNDEF);
	assert_hex(host_exit(&h, RMI_RUN_EXIT_REASON), RMI_EXIT_IRQ); /* the program's end */
	host_end(&h);
}

static void every_exit_shows_timers_and_the_pmu(void **state)
{
	struct step s = { COUNTERS, .counters = { 1, 0x1111, 5, 0x2222, 1 } }, fiq = { FIQ };
	struct host h;

	boot(&h, NULL);
	memset(rmm_host_ptr(h.rmm, h.run + 0x800, 0x800), 0xff, 0x800);
	assert_int_equal(go(&h, &fiq, 0), RMM_REALM_EXIT);
	for (unsigned i = 0x808; i < 0x1000; i += 8)
		assert_hex(host_exit(&h, i), 0);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(go(&h, i ? &fiq : &s, 0), RMM_REALM_EXIT);
		expect(&h, RMI_EXIT_FIQ, 0, 0);
		assert_hex(host_exit(&h, 0xc00), 1);
		assert_hex(host_exit(&h, 0xc08), 0x1111);
		assert_hex(host_exit(&h, 0xc10), 5);
		assert_hex(host_exit(&h, 0xc18), 0x2222);
		assert_hex(host_exit(&h, 0xf00), 1);
	}
	host_end(&h);
}

/* The GIC is what a callback says; a model of its own has one. */
struct gic {
	unsigned state, cpu;
};

static unsigned gic(void *ctx, unsigned cpu)
{
	struct gic *g = ctx;

	g->cpu = cpu;
	return g->state;
}

static struct rmm_regs call(struct rmm *rmm, uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3)
{
	struct rmm_regs regs = { { fid, x1, x2, x3 } };

	rmm_smc(rmm, 7, &regs);
	return regs;
}

static void poke(struct rmm *rmm, rmm_pa pa, uint64_t value)
{
	uint64_t *p = rmm_host_ptr(rmm, pa, 8);

	assert_non_null(p);
	*p = value;
}

static void list_registers_of_the_hardware_are_refused(void **state)
{
	static const char *const profiles[] = { "strict", "tf-rmm-2026-07" };

	for (unsigned i = 0; i < 2; i++) {
		struct rmm_profile profile = *rmm_profile_find(profiles[i]);
		struct gic g = { 0 };
		struct rmm_config cfg = { .profile = &profile, .ctx = &g, .gic = gic };
		const rmm_pa base = HOST_BASE, rd = base, rtt = base + 0x1000, rec = base + 0x2000;
		const rmm_pa params = base + 0x3000, run = base + 0x4000;
		struct rmm *rmm;

		profile.rec_granules = 0;
		rmm = rmm_new(&cfg, NULL);
		assert_non_null(rmm);
		assert_hex(call(rmm, RMI_RMM_ACTIVATE, 0, 0, 0).x[0], 0);
		for (rmm_pa pa = base; pa < params; pa += 0x1000)
			call(rmm, RMI_GRANULE_RANGE_DELEGATE, pa, pa + 0x1000, 0);
		poke(rmm, params + RMI_PARAMS_S2SZ, 39);
		poke(rmm, params + RMI_PARAMS_NUM_BPS, 1);
		poke(rmm, params + RMI_PARAMS_NUM_WPS, 1);
		poke(rmm, params + RMI_PARAMS_RTT_BASE, rtt);
		poke(rmm, params + RMI_PARAMS_RTT_LEVEL, 1);
		poke(rmm, params + RMI_PARAMS_RTT_NUM, 1);
		assert_hex(call(rmm, RMI_REALM_CREATE, rd, params, 0).x[0], 0);
		memset(rmm_host_ptr(rmm, params, 0x1000), 0, 0x1000);
		poke(rmm, params, RMI_REC_RUNNABLE);
		assert_hex(call(rmm, RMI_REC_CREATE, rd, rec, params).x[0], 0);
		assert_hex(call(rmm, RMI_REALM_ACTIVATE, rd, 0, 0).x[0], 0);
		g.state = RMM_GIC_LR_HW;
		assert_hex(call(rmm, RMI_REC_ENTER, rec, run, 0).x[0], RMI_ERROR_REC);
		assert_int_equal(g.cpu, 7);
		g.state = RMM_GIC_PENDING;
		assert_hex(call(rmm, RMI_REC_ENTER, rec, run, 0).x[0], 0);
		rmm_free(rmm);
	}
}

/* rmm-commands Part 10, REC_ENTER: what is wrong first is what is reported. */
static void tf_rmm_looks_at_the_abort_last(void **state)
{
	struct step fiq = { FIQ };
	struct host h;

	boot(&h, &(struct setup){ .profile = "tf-rmm-2026-07" });
	host_write64(&h, h.run, RMI_ENTER_INJECT_SEA);
	assert_hex(smc(&h, RMI_REC_ENTER, h.rec, h.run), RMI_ERROR_REC); /* OP-57 */
	assert_hex(smc(&h, RMI_REC_ENTER, h.run, h.run), RMI_ERROR_INPUT);
	assert_int_equal(go(&h, &fiq, 0), RMM_REALM_EXIT);
	host_end(&h);
}

static void reasons_have_names_in_each_edition(void **state)
{
	assert_string_equal(rmi_exit_reason_name_in(RMI_BET1, 7), "S2AP_CHANGE");
	assert_string_equal(rmi_exit_reason_name_in(RMI_BET1, 8), "VDEV_REQUEST");
	assert_string_equal(rmi_exit_reason_name_in(RMI_BET2, 9), "VDEV_VALIDATE_MAPPING");
	assert_string_equal(rmi_exit_reason_name_in(RMI_BET2, 10), "VSMMU_COMMAND");
	assert_null(rmi_exit_reason_name_in(RMI_BET2, 11));
	assert_string_equal(rmi_exit_reason_name_in(RMI_BET3, 8), "VDEV_VALIDATE_MAPPING");
	assert_null(rmi_exit_reason_name_in(RMI_BET3, 9));
	assert_string_equal(rmi_exit_reason_name_in(RMI_BET3, 10), "VSMMU_COMMAND");
	assert_null(rmi_exit_reason_name_in(RMI_BET3, 255));
	assert_string_equal(rsi_psci_status_name(0), "PSCI_SUCCESS");
	assert_string_equal(rsi_psci_status_name(-3), "PSCI_DENIED");
	assert_null(rsi_psci_status_name(1));
}

struct hook {
	struct rmm_access a;
	unsigned fsc;
	enum rmm_realm_result result;
};

static void abort_once(struct host *h, struct rmm_rec *rec)
{
	struct hook *k = h->program_ctx;

	k->result = rmm_realm_abort(h->rmm, rec, &k->a, k->fsc);
}

static void access_once(struct host *h, struct rmm_rec *rec)
{
	struct hook *k = h->program_ctx;

	k->result = rmm_realm_access(h->rmm, rec, &k->a);
}

static void above_the_ipa_space_tf_rmm_injects_an_abort(void **state)
{
	struct hook k = { .a = { .ipa = 2 * S41, .size = 8 } };
	struct host h;

	boot(&h, &(struct setup){ .profile = "tf-rmm-2026-07" }); /* OP-62 */
	assert_hex(host_enter(&h, 0, access_once, &k), 0);
	assert_int_equal(k.result, RMM_REALM_SEA);
	host_end(&h);
}

static void invented_aborts_take_their_fault_code_along(void **state)
{
	static const struct {
		rmm_ipa ipa;
		unsigned fsc;
		bool isv;
		uint64_t esr, hpfar;
	} rows[] = {
		{ 0x3000, 0x07, true, 0x90000007, 0x30 },
		{ 0x3000, 0x0e, true, 0x9000000e, 0x30 },
		{ 0x3000, 0x10, true, 0x90000010, 0 }, /* external: no address */
		{ S41, 0x15, true, 0x90000015, 0 },
		{ S41 + 0x3000, 0x06, false, 0x92000006, (S41 + 0x3000) >> 8 },
	};
	struct hook k = { .a = { .ipa = 2 * S41, .size = 8 }, .fsc = 7 };
	struct host h;

	boot(&h, &(struct setup){ .profile = "tf-rmm-2026-07" });
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		k.a = (struct rmm_access){ .ipa = rows[i].ipa, .size = 8, .isv = rows[i].isv };
		k.fsc = rows[i].fsc;
		assert_hex(host_enter(&h, 0, abort_once, &k), 0);
		assert_int_equal(k.result, RMM_REALM_EXIT);
		assert_hex(host_exit(&h, RMI_RUN_EXIT_ESR), rows[i].esr);
		assert_hex(host_exit(&h, RMI_RUN_EXIT_HPFAR), rows[i].hpfar);
	}
	k.a.ipa = 2 * S41; /* OP-62 */
	assert_hex(host_enter(&h, 0, abort_once, &k), 0);
	assert_int_equal(k.result, RMM_REALM_SEA);
	host_end(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_wait_leaves_only_when_the_host_traps_it),
		TEST(a_system_register_leaves_with_its_syndrome),
		TEST(xzr_takes_and_gives_nothing),
		TEST(an_interrupt_comes_between),
		TEST(an_serror_shows_what_the_specification_lets_through),
		TEST(hvc_is_unknown_to_plane_0),
		TEST(every_exit_shows_timers_and_the_pmu),
		TEST(list_registers_of_the_hardware_are_refused),
		TEST(tf_rmm_looks_at_the_abort_last),
		TEST(reasons_have_names_in_each_edition),
		TEST(above_the_ipa_space_tf_rmm_injects_an_abort),
		TEST(invented_aborts_take_their_fault_code_along),
	};

	return cmocka_run_group_tests_name("exits", tests, NULL, NULL);
}
