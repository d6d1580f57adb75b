/* SPDX-License-Identifier: BSD-2-Clause */
/* Planes: permissions, PLANE_ENTER, and where a plane goes (rmm-state-machines 13, A10.2). */
#include <string.h>

#include "host.h"

#define RUN      UINT64_C(0x1000) /* RsiPlaneRun: mapped RAM */
#define RAM_VOID UINT64_C(0x2000)
#define RAM_DATA UINT64_C(0x3000)
#define EMPTY    UINT64_C(0x5000)
#define NS_NONE  (S41 + 0x1000)
#define ENTRY_PC UINT64_C(0x12345678)

struct step {
	enum { SMC, ACCESS, WFX, HVC, IRQ, SYSREG } what;
	struct rmm_regs regs;
	struct rmm_access a;
	enum rmm_wfx wfx;
	struct rmm_sysreg reg;
	enum rmm_realm_result result;
	unsigned plane; /* that runs afterwards */
};

static void take_step(struct host *h, struct rmm_rec *rec)
{
	struct step *s = h->program_ctx;

	switch (s->what) {
	case SMC:
		s->result = rmm_realm_smc(h->rmm, rec, &s->regs);
		break;
	case ACCESS:
		s->result = rmm_realm_access(h->rmm, rec, &s->a);
		break;
	case WFX:
		s->result = rmm_realm_wfx(h->rmm, rec, s->wfx, 0);
		break;
	case HVC:
		s->result = rmm_realm_hvc(h->rmm, rec, 0x123);
		break;
	case IRQ:
		s->result = rmm_realm_irq(h->rmm, rec);
		break;
	case SYSREG:
		s->result = rmm_realm_sysreg(h->rmm, rec, &s->reg);
		break;
	}
	s->plane = rmm_rec_plane(rec);
}

/* One step of the realm in an entry of its own, which ends with an IRQ if nothing else ends it. */
static enum rmm_realm_result go(struct host *h, struct step *s, uint64_t flags)
{
	assert_hex(host_enter(h, flags, take_step, s), 0);
	return s->result;
}

static uint64_t rsi(struct host *h, struct step *s, uint64_t fid, uint64_t x1, uint64_t x2,
		    uint64_t x3, uint64_t x4)
{
	*s = (struct step){ SMC, .regs = { { fid, x1, x2, x3, x4 } } };
	return go(h, s, 0) == RMM_REALM_DONE ? s->regs.x[0] : UINT64_C(0xe417);
}

#define LEAVES UINT64_C(0xe417)

static unsigned gic_state;
static rmm_pa second_rec; /* of the realm */

static unsigned gic(void *ctx, unsigned cpu)
{
	return gic_state;
}

/* A realm with three auxiliary planes; `trees`: each has its own tables. Returns the PA of RUN. */
static rmm_pa boot_with(struct host *h, const char *profile, bool trees)
{
	struct rmm_config cfg = { .features = { .max_aux_planes = 3,
						.s2ap_indirect = true,
						.rtt_plane = RMI_RTT_PLANE_AUX_SINGLE },
				  .gic = gic };
	rmm_pa pa;

	gic_state = 0;
	host_prepare_realm(h, &(struct setup){ .profile = profile, .config = &cfg });
	host_write64(h, h->params + RMI_PARAMS_AUX_PLANES, 3);
	host_write64(h, h->params + RMI_PARAMS_FLAGS1,
		     trees ? RMI_REALM_TREE_PER_PLANE : RMI_REALM_S2AP_INDIRECT);
	for (unsigned i = 0; trees && i < 3; i++) {
		rmm_pa root = host_aligned(h, h->roots * h->page);

		host_delegate(h, root, h->roots * h->page);
		host_write64(h, h->params + RMI_PARAMS_AUX_RTT_BASE + 8 * i, root);
	}
	assert_hex(smc(h, RMI_REALM_CREATE, h->rd, h->params), 0);
	host_tables(h, 0, 3);
	assert_hex(smc(h, RMI_RTT_INIT_RIPAS, h->rd, RUN, RAM_DATA + 0x1000), 0);
	pa = host_map(h, RUN);
	host_map(h, RAM_DATA);
	h->rec = host_rec(h, 0);
	second_rec = host_rec(h, 1);
	h->run = host_pages(h, 1);
	assert_hex(smc(h, RMI_REALM_ACTIVATE, h->rd), 0);
	return pa;
}

static rmm_pa boot(struct host *h)
{
	return boot_with(h, "strict", false);
}

static void permissions_have_values(void **state)
{
	static const uint64_t values[] = { 0, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
	static const uint64_t reserved[] = { 1, 5, 16, UINT64_MAX };
	struct host h;
	struct step s;

	boot(&h);
	for (uint64_t i = 0; i < 15; i++) {
		assert_hex(rsi(&h, &s, RSI_MEM_GET_PERM_VALUE, 0, i, 0, 0), RSI_SUCCESS);
		assert_hex(s.regs.x[1], 15); /* plane 0: always RW+puX */
		assert_hex(rsi(&h, &s, RSI_MEM_GET_PERM_VALUE, 3, i, 0, 0), RSI_SUCCESS);
		assert_hex(s.regs.x[1], 0);
	}
	for (unsigned i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		assert_hex(rsi(&h, &s, RSI_MEM_SET_PERM_VALUE, 1 + i % 3, 1 + i, values[i], 0),
			   RSI_SUCCESS);
		assert_hex(rsi(&h, &s, RSI_MEM_GET_PERM_VALUE, 1 + i % 3, 1 + i, 0, 0),
			   RSI_SUCCESS);
		assert_hex(s.regs.x[1], values[i]);
	}
	/* 1 and 5 are reserved, and there are 4 bits */
	for (unsigned i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		assert_hex(rsi(&h, &s, RSI_MEM_SET_PERM_VALUE, 2, 14, reserved[i], 0),
			   RSI_ERROR_INPUT);
	assert_hex(rsi(&h, &s, RSI_MEM_GET_PERM_VALUE, 2, 14, 0, 0), RSI_SUCCESS);
	assert_hex(s.regs.x[1], 15); /* the last row: plane 2, index 14 */
	host_end(&h);
}

static void an_index_changes_through_the_host(void **state)
{
	struct host h;
	struct step s;

	boot(&h);
	assert_hex(rsi(&h, &s, RSI_MEM_SET_PERM_INDEX, 0x10000, 0x14000, 5, 0), LEAVES);
	assert_hex(host_exit(&h, RMI_RUN_EXIT_REASON), RMI_EXIT_S2AP_CHANGE);
	assert_hex(host_exit(&h, 0x800 + 0x520), 0x10000);
	assert_hex(host_exit(&h, 0x800 + 0x528), 0x14000);
	assert_hex(host_exit(&h, RMI_RUN_EXIT_RIPAS_BASE), 0);
	/* refused: the index may still change its meaning */
	assert_int_equal(go(&h, &s, RMI_ENTER_S2AP_REJECT), RMM_REALM_DONE);
	assert_hex(s.regs.x[0], RSI_SUCCESS);
	assert_hex(s.regs.x[1], 0x10000);
	assert_hex(s.regs.x[2], RSI_REJECT);
	assert_hex(s.regs.x[3], 0); /* one tree needs no cookie */
	assert_hex(rsi(&h, &s, RSI_MEM_SET_PERM_VALUE, 1, 5, 8, 0), RSI_SUCCESS);
	assert_hex(rsi(&h, &s, RSI_MEM_SET_PERM_INDEX, 0x10000, 0x14000, 5, 0), LEAVES);
	assert_int_equal(go(&h, &s, 0), RMM_REALM_DONE);
	assert_hex(s.regs.x[1], 0x10000);
	assert_hex(s.regs.x[2], RSI_ACCEPT);
	/* accepted: it is fixed for every plane */
	assert_hex(rsi(&h, &s, RSI_MEM_SET_PERM_VALUE, 1, 5, 12, 0), RSI_ERROR_INPUT);
	assert_hex(rsi(&h, &s, RSI_MEM_SET_PERM_VALUE, 2, 5, 12, 0), RSI_ERROR_INPUT);
	assert_hex(rsi(&h, &s, RSI_MEM_SET_PERM_VALUE, 2, 6, 12, 0), RSI_SUCCESS);
	host_end(&h);
}

static void a_cookie_names_the_tree_that_is_next(void **state)
{
	static const uint64_t wrong[] = { 0x10004, 0x11001, 0x10fff, 1, 0x80010001 };
	struct host h;
	struct step s;

	boot_with(&h, "strict", true);
	assert_hex(rsi(&h, &s, RSI_MEM_SET_PERM_INDEX, 0x10000, 0x14000, 5, 0x10002), LEAVES);
	assert_int_equal(go(&h, &s, 0), RMM_REALM_DONE);
	assert_hex(s.regs.x[1], 0x10000);
	assert_hex(s.regs.x[3], 0x10002);
	for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_hex(rsi(&h, &s, RSI_MEM_SET_PERM_INDEX, 0x10000, 0x14000, 5, wrong[i]),
			   RSI_ERROR_INPUT);
	host_end(&h);
	boot(&h);
	assert_hex(rsi(&h, &s, RSI_MEM_SET_PERM_INDEX, 0x10000, 0x14000, 5, 0x10000),
		   RSI_ERROR_INPUT);
	host_end(&h);
}

/* From plane 0 into plane n, with these flags in RsiPlaneRun. */
static void enter_plane(struct host *h, rmm_pa run, unsigned n, uint64_t flags)
{
	struct step s = { SMC, .regs = { { RSI_PLANE_ENTER, n, RUN } } };

	host_write64(h, run, flags);
	host_write64(h, run + 8, ENTRY_PC);
	memset(rmm_host_ptr(h->rmm, run + 0x800, 0x800), 0xff, 0x800);
	assert_int_equal(go(h, &s, 0), RMM_REALM_PLANE);
	assert_int_equal(s.plane, n);
}

static void expect_plane_exit(struct host *h, rmm_pa run, unsigned reason, uint64_t esr,
			      uint64_t far, uint64_t hpfar)
{
	assert_hex(host_read64(h, run + 0x800), reason);
	assert_hex(host_read64(h, run + 0x808), ENTRY_PC);
	assert_hex(host_read64(h, run + 0xa00), esr);
	assert_hex(host_read64(h, run + 0xa08), far);
	assert_hex(host_read64(h, run + 0xa10), hpfar);
	assert_hex(host_read64(h, run + 0xff8), 0);
}

static void an_smc_of_a_plane_goes_to_plane_0(void **state)
{
	static const uint64_t fids[] = { RSI_VERSION, RSI_PSCI_CPU_OFF, RSI_PLANE_ENTER, 0x1234 };
	struct host h;
	rmm_pa run = boot(&h);

	for (unsigned i = 0; i < 4; i++) {
		struct step s = { SMC, .regs = { { fids[i], 1, 2, 3 } } };

		enter_plane(&h, run, 1 + i % 3, 0);
		assert_int_equal(go(&h, &s, 0), RMM_REALM_PLANE);
		assert_int_equal(s.plane, 0);
		expect_plane_exit(&h, run, 0, 0x5e000000, 0, 0);
		assert_hex(host_read64(&h, run + 0x900), fids[i]);
		assert_hex(host_read64(&h, run + 0x910), 2);
		assert_hex(s.regs.x[0], fids[i]);
		/* and plane 0 does what it could before */
		s.regs = (struct rmm_regs){ { RSI_VERSION, 0x10001 } };
		assert_int_equal(go(&h, &s, 0), RMM_REALM_DONE);
	}
	host_end(&h);
}

static void a_host_call_of_a_plane_goes_to_the_host_unless_trapped(void **state)
{
	struct step s = { SMC, .regs = { { RSI_HOST_CALL, RAM_DATA } } };
	struct host h;
	rmm_pa run = boot(&h);

	enter_plane(&h, run, 2, 0);
	assert_int_equal(go(&h, &s, 0), RMM_REALM_EXIT);
	assert_hex(host_exit(&h, RMI_RUN_EXIT_REASON), RMI_EXIT_HOST_CALL);
	assert_hex(host_exit(&h, RMI_RUN_EXIT_PLANE), 2);
	assert_int_equal(go(&h, &s, 0), RMM_REALM_DONE);
	assert_hex(s.regs.x[0], RSI_SUCCESS);
	assert_int_equal(s.plane, 2);
	s = (struct step){ HVC };
	assert_int_equal(go(&h, &s, 0), RMM_REALM_PLANE);
	expect_plane_exit(&h, run, 0, 0x5a000123, 0, 0);
	enter_plane(&h, run, 2, RSI_PLANE_TRAP_HC);
	s = (struct step){ SMC, .regs = { { RSI_HOST_CALL, RAM_DATA } } };
	assert_int_equal(go(&h, &s, 0), RMM_REALM_PLANE);
	expect_plane_exit(&h, run, 0, 0x5e000000, 0, 0);
	host_end(&h);
}

static void accesses_of_a_plane(void **state)
{
	static const struct {
		struct rmm_access a;
		enum rmm_realm_result result;
		uint64_t esr, far, hpfar; /* where they are shown */
	} rows[] = {
		{ { .ipa = EMPTY + 8, .size = 8, .va = 0x77008 },
		  RMM_REALM_PLANE,
		  0x92000007,
		  0x77008,
		  EMPTY >> 8 },
		{ { .ipa = EMPTY, .size = 4, .fetch = true, .va = 0x99 },
		  RMM_REALM_PLANE,
		  0x82000007,
		  0x99,
		  EMPTY >> 8 },
		{ { .ipa = RAM_VOID, .size = 8 }, RMM_REALM_EXIT, 0x90000007, 0, RAM_VOID >> 8 },
		{ { .ipa = NS_NONE, .size = 8 }, RMM_REALM_EXIT, 0x92000005, 0, NS_NONE >> 8 },
	};
	struct host h;
	rmm_pa run = boot(&h);

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct step s = { ACCESS, .a = rows[i].a };

		enter_plane(&h, run, 1, 0);
		assert_int_equal(go(&h, &s, 0), rows[i].result);
		if (s.result == RMM_REALM_PLANE) {
			expect_plane_exit(&h, run, 0, rows[i].esr, rows[i].far, rows[i].hpfar);
			continue;
		}
		assert_int_equal(s.plane, 1);
		assert_hex(host_exit(&h, RMI_RUN_EXIT_REASON), RMI_EXIT_SYNC);
		assert_hex(host_exit(&h, RMI_RUN_EXIT_ESR), rows[i].esr);
		assert_hex(host_exit(&h, RMI_RUN_EXIT_HPFAR), rows[i].hpfar);
		s = (struct step){ HVC };
		assert_int_equal(go(&h, &s, 0), RMM_REALM_PLANE);
	}
	host_end(&h);
}

static void waits_of_a_plane_are_plane_0s_before_the_hosts(void **state)
{
	struct step s = { WFX, .wfx = RMM_WFI };
	struct host h;
	rmm_pa run = boot(&h);

	enter_plane(&h, run, 1, RSI_PLANE_TRAP_WFI);
	assert_int_equal(go(&h, &s, RMI_ENTER_TRAP_WFI), RMM_REALM_PLANE);
	expect_plane_exit(&h, run, 0, 0x06000000, 0, 0);
	enter_plane(&h, run, 1, RSI_PLANE_TRAP_WFE);
	assert_int_equal(go(&h, &s, 0), RMM_REALM_DONE);
	assert_int_equal(go(&h, &s, RMI_ENTER_TRAP_WFI), RMM_REALM_EXIT);
	assert_hex(host_exit(&h, RMI_RUN_EXIT_ESR), 0x04000000);
	assert_int_equal(go(&h, &s, 0), RMM_REALM_DONE);
	s.wfx = RMM_WFE;
	assert_int_equal(go(&h, &s, 0), RMM_REALM_PLANE);
	expect_plane_exit(&h, run, 0, 0x06000001, 0, 0);
	host_end(&h);
}

/* The page of RAM_DATA gets index 5, with which plane 1 may read and write. */
static void permit(struct host *h)
{
	struct step s;

	assert_hex(rsi(h, &s, RSI_MEM_SET_PERM_VALUE, 1, 5, 12, 0), RSI_SUCCESS);
	assert_hex(rsi(h, &s, RSI_MEM_SET_PERM_INDEX, RAM_DATA, RAM_DATA + 0x1000, 5, 0), LEAVES);
	assert_hex(smc(h, RMI_RTT_SET_S2AP, h->rd, h->rec, RAM_DATA, RAM_DATA + 0x1000), 0);
	assert_int_equal(go(h, &s, 0), RMM_REALM_DONE);
}

static void an_entry_goes_back_to_the_plane_or_to_plane_0(void **state)
{
	struct step irq = { IRQ }, data = { ACCESS, .a = { .ipa = RAM_DATA, .size = 8 } };
	struct step wfi = { WFX, .wfx = RMM_WFI }, reg = { SYSREG };
	struct host h;
	rmm_pa run = boot(&h);

	permit(&h);
	enter_plane(&h, run, 1, 0);
	assert_int_equal(go(&h, &irq, 0), RMM_REALM_EXIT);
	assert_int_equal(go(&h, &data, 0), RMM_REALM_DONE);
	assert_int_equal(data.plane, 1);
	assert_int_equal(go(&h, &data, RMI_ENTER_FORCE_P0), RMM_REALM_PLANE);
	assert_int_equal(data.plane, 0);
	expect_plane_exit(&h, run, 2, 0, 0, 0);
	enter_plane(&h, run, 2, 0);
	assert_int_equal(go(&h, &wfi, RMI_ENTER_FORCE_P0), RMM_REALM_PLANE);
	expect_plane_exit(&h, run, 2, 0, 0, 0);
	enter_plane(&h, run, 2, 0);
	assert_int_equal(go(&h, &reg, RMI_ENTER_FORCE_P0), RMM_REALM_PLANE);
	expect_plane_exit(&h, run, 2, 0, 0, 0);
	/* in plane 0 the flag means nothing */
	assert_int_equal(go(&h, &data, RMI_ENTER_FORCE_P0), RMM_REALM_DONE);
	enter_plane(&h, run, 1, 0);
	gic_state = RMM_GIC_PENDING;
	assert_int_equal(go(&h, &data, 0), RMM_REALM_PLANE);
	expect_plane_exit(&h, run, 1, 0, 0, 0);
	/* a plane that owns the GIC takes its interrupts itself */
	enter_plane(&h, run, 1, RSI_PLANE_OWN_GIC);
	assert_int_equal(go(&h, &data, 0), RMM_REALM_DONE);
	assert_int_equal(data.plane, 1);
	host_end(&h);
}

/* The answer of the host is the plane's before plane 0 goes on. */
static void a_forced_exit_waits_for_the_answer(void **state)
{
	struct step s = { ACCESS, .a = { .ipa = NS_NONE, .size = 8, .isv = true, .sf = true } };
	struct step hvc = { HVC };
	struct host h;
	rmm_pa run = boot(&h);

	enter_plane(&h, run, 3, 0);
	assert_int_equal(go(&h, &s, 0), RMM_REALM_EXIT);
	host_write64(&h, h.run + RMI_RUN_ENTER_GPRS, 0x1234);
	assert_int_equal(go(&h, &s, RMI_ENTER_EMULATED_MMIO | RMI_ENTER_FORCE_P0), RMM_REALM_DONE);
	assert_hex(s.a.value, 0x1234);
	assert_int_equal(s.plane, 3);
	assert_int_equal(go(&h, &hvc, 0), RMM_REALM_PLANE);
	expect_plane_exit(&h, run, 2, 0, 0, 0); /* it never came to the HVC */
	host_end(&h);
}

static void an_injected_abort_goes_to_plane_0(void **state)
{
	struct step s = { ACCESS, .a = { .ipa = NS_NONE, .size = 8, .va = 0x8 } };
	struct host h;
	rmm_pa run = boot(&h);

	enter_plane(&h, run, 1, 0);
	assert_int_equal(go(&h, &s, 0), RMM_REALM_EXIT);
	assert_int_equal(go(&h, &s, RMI_ENTER_INJECT_SEA), RMM_REALM_PLANE);
	assert_int_equal(s.plane, 0);
	expect_plane_exit(&h, run, 0, 0x92000010, 8, NS_NONE >> 8);
	host_end(&h);
}

static void a_plane_exit_needs_its_page(void **state)
{
	struct step s = { HVC };
	struct host h;
	rmm_pa run = boot(&h);

	enter_plane(&h, run, 1, 0);
	assert_hex(smc(&h, RMI_RTT_DATA_UNMAP, h.rd, RUN, RUN + 0x1000, 0, 0), 0);
	assert_int_equal(go(&h, &s, 0), RMM_REALM_EXIT);
	assert_int_equal(s.plane, 1);
	assert_hex(host_exit(&h, RMI_RUN_EXIT_REASON), RMI_EXIT_SYNC);
	assert_hex(host_exit(&h, RMI_RUN_EXIT_ESR), 0x90000007);
	assert_hex(host_exit(&h, RMI_RUN_EXIT_HPFAR), RUN >> 8);
	/* DESTROYED is not RAM: it stays so, whatever is mapped */
	host_map(&h, RUN);
	assert_int_equal(go(&h, &s, 0), RMM_REALM_EXIT);
	assert_int_equal(s.plane, 1);
	assert_hex(rmm_locks_held(h.rmm), 0);
	(void)run;
	host_end(&h);
}

/* REC 1 gives up the page that REC 0 has an answer in: it is dropped, and the entry goes on. */
static void an_answer_to_a_page_that_is_empty_is_dropped(void **state)
{
	struct step s = { SMC, .regs = { { RSI_PLANE_ENTER, 1, RUN } } }, hvc = { HVC };
	struct step empty = { SMC, .regs = { { RSI_IPA_STATE_SET, RUN, RUN + 0x1000 } } };
	struct host h;
	rmm_pa run = boot(&h), other = second_rec, rec = h.rec;

	assert_int_equal(go(&h, &s, 0), RMM_REALM_PLANE);
	s.regs = (struct rmm_regs){ { RSI_HOST_CALL, RUN } };
	assert_int_equal(go(&h, &s, 0), RMM_REALM_EXIT);
	assert_hex(host_exit(&h, RMI_RUN_EXIT_REASON), RMI_EXIT_HOST_CALL);
	h.rec = other;
	assert_int_equal(go(&h, &empty, 0), RMM_REALM_EXIT);
	assert_hex(smc(&h, RMI_RTT_SET_RIPAS, h.rd, h.rec, RUN, RUN + 0x1000), 0);
	h.rec = rec;
	host_write64(&h, run + 8, 0x5a5a);
	assert_int_equal(go(&h, &s, 0), RMM_REALM_DONE);
	assert_hex(s.regs.x[0], RSI_SUCCESS);
	assert_int_equal(go(&h, &hvc, 0), RMM_REALM_PLANE); /* so is what plane 0 would read */
	assert_hex(host_read64(&h, run + 8), 0x5a5a);
	assert_hex(host_read64(&h, run + 0xa00), 0);
	host_end(&h);
}

static void what_runs_is_state(void **state)
{
	struct host h;
	rmm_pa run = boot(&h);
	uint64_t in_0 = rmm_state_hash(h.rmm);

	enter_plane(&h, run, 1, 0);
	assert_int_not_equal(rmm_state_hash(h.rmm), in_0);
	host_end(&h);
}

static void system_registers_of_a_plane_are_not_modelled(void **state)
{
	struct host h;
	struct step s;

	boot(&h);
	assert_hex(rsi(&h, &s, RSI_PLANE_SYSREG_READ, 1, 0xc080, 0, 0), RSI_ERROR_INPUT);
	assert_hex(rsi(&h, &s, RSI_PLANE_SYSREG_WRITE, 1, 0xc080, 1, 0), RSI_ERROR_INPUT);
	host_end(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(permissions_have_values),
		TEST(an_index_changes_through_the_host),
		TEST(a_cookie_names_the_tree_that_is_next),
		TEST(an_smc_of_a_plane_goes_to_plane_0),
		TEST(a_host_call_of_a_plane_goes_to_the_host_unless_trapped),
		TEST(accesses_of_a_plane),
		TEST(waits_of_a_plane_are_plane_0s_before_the_hosts),
		TEST(an_entry_goes_back_to_the_plane_or_to_plane_0),
		TEST(a_forced_exit_waits_for_the_answer),
		TEST(an_injected_abort_goes_to_plane_0),
		TEST(a_plane_exit_needs_its_page),
		TEST(an_answer_to_a_page_that_is_empty_is_dropped),
		TEST(what_runs_is_state),
		TEST(system_registers_of_a_plane_are_not_modelled),
	};

	return cmocka_run_group_tests_name("planes", tests, NULL, NULL);
}
