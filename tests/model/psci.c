/* SPDX-License-Identifier: BSD-2-Clause */
/* PSCI of the realm and RMI_PSCI_COMPLETE (A4.3.7, B4.5.38). */
#include "psci.h"

static void the_rmm_answers_some_functions_itself(void **state)
{
	static const uint64_t there[] = { 0x84000000, 0x8400000a, 0xc4000001, 0x84000002,
					  0xc4000003, 0xc4000004, 0x84000008, 0x84000009 };
	static const uint64_t not_there[] = { 0x84000001, 0x84000003, 0x84000004, 0x84000005,
					      0x8400000b, 0xc400000e, 0xc4000190, 0x12345 };
	struct psci_host p;
	struct host *h = boot(&p, "strict", RMI_BET1);
	struct call c;

	assert_hex(psci(h, p.rec[0], &c, 0x84000000, 0, 0, 0), 0x10001);
	assert_hex(c.out.x[1], 0); /* what is no output stays */
	assert_hex(c.out.x[4], 4);
	for (unsigned i = 0; i < 8; i++) {
		assert_hex(psci(h, p.rec[0], &c, 0x8400000a, there[i], 0, 0), RSI_PSCI_SUCCESS);
		assert_hex(psci(h, p.rec[0], &c, 0x8400000a, not_there[i], 0, 0),
			   err(RSI_PSCI_NOT_SUPPORTED));
	}
	for (unsigned i = 0; i < 6; i++)
		assert_hex(psci(h, p.rec[0], &c, not_there[i], 0, ENTRY, 0),
			   err(RSI_PSCI_NOT_SUPPORTED));
	assert_hex(psci(h, p.rec[0], &c, 0x80000000, 0, 0, 0), 0x10002);
	host_end(h);
}

static void cpu_on_refuses_what_cannot_be_turned_on(void **state)
{
	static const struct {
		uint64_t mpidr, entry;
		int status;
	} rows[] = {
		{ 1, S41, RSI_PSCI_INVALID_ADDRESS },
		{ 9, S41 + 0x1000, RSI_PSCI_INVALID_ADDRESS }, /* before the MPIDR */
		{ 4, ENTRY, RSI_PSCI_INVALID_PARAMETERS },
		{ 0x81, ENTRY, RSI_PSCI_INVALID_PARAMETERS },
		{ UINT64_C(0x100000001), ENTRY, RSI_PSCI_INVALID_PARAMETERS },
		{ UINT64_MAX, ENTRY, RSI_PSCI_INVALID_PARAMETERS },
		{ 0, ENTRY, RSI_PSCI_ALREADY_ON },
		{ 2, ENTRY, RSI_PSCI_ALREADY_ON },
		{ 2, S41 - 1, RSI_PSCI_ALREADY_ON },
	};
	struct psci_host p;
	struct host *h = boot(&p, "strict", RMI_BET1);
	struct call c;

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_hex(psci(h, p.rec[0], &c, RSI_PSCI_CPU_ON, rows[i].mpidr, rows[i].entry, 1),
			   err(rows[i].status));
		assert_hex(host_exit(h, RMI_RUN_EXIT_REASON), RMI_EXIT_IRQ);
	}
	host_end(h);
}

static void cpu_on_starts_the_target_where_the_caller_says(void **state)
{
	struct psci_host p;
	struct host *h = boot(&p, "strict", RMI_BET1);
	bool ran = false;
	uint64_t hash;
	struct call c;

	assert_hex(psci(h, p.rec[0], &c, RSI_PSCI_CPU_ON, 1, ENTRY, CONTEXT), EXITS);
	assert_hex(host_exit(h, RMI_RUN_EXIT_REASON), RMI_EXIT_PSCI);
	assert_hex(host_exit(h, RMI_RUN_EXIT_ESR), 0);
	assert_hex(host_exit(h, RMI_RUN_EXIT_GPRS), RSI_PSCI_CPU_ON);
	assert_hex(host_exit(h, RMI_RUN_EXIT_GPRS + 8), 1);
	assert_hex(host_exit(h, RMI_RUN_EXIT_GPRS + 16), ENTRY);
	assert_hex(host_exit(h, RMI_RUN_EXIT_GPRS + 24), CONTEXT);
	assert_hex(host_exit(h, RMI_RUN_EXIT_GPRS + 32), 0);
	/* neither of them can be entered before the host has its say */
	hash = rmm_state_hash(h->rmm);
	assert_hex(smc(h, RMI_REC_ENTER, p.rec[0], h->run), RMI_ERROR_REC);
	assert_hex(smc(h, RMI_REC_ENTER, p.rec[1], h->run), RMI_ERROR_REC);
	assert_hex(rmm_state_hash(h->rmm), hash);
	assert_hex(complete(&p, 0, 1, RSI_PSCI_SUCCESS), 0);
	assert_hex(again(h, p.rec[0], &c), RSI_PSCI_SUCCESS);
	for (unsigned i = 1; i < 7; i++)
		assert_hex(c.out.x[i], 0);
	assert_hex(c.out.x[7], 7);
	h->rec = p.rec[1];
	assert_hex(host_enter(h, 0, expect_start, &ran), 0);
	assert_true(ran);
	host_end(h);
}

static void the_host_may_deny(void **state)
{
	struct psci_host p;
	struct host *h = boot(&p, "strict", RMI_BET1);
	struct call c;

	assert_hex(psci(h, p.rec[0], &c, RSI_PSCI_CPU_ON, 1, ENTRY, CONTEXT), EXITS);
	assert_hex(complete(&p, 0, 1, RSI_PSCI_DENIED), 0);
	assert_hex(again(h, p.rec[0], &c), err(RSI_PSCI_DENIED));
	assert_hex(c.out.x[1], 0);
	assert_hex(smc(h, RMI_REC_ENTER, p.rec[1], h->run), RMI_ERROR_REC);
	host_end(h);
}

static void of_two_callers_the_second_learns_that_it_is_on(void **state)
{
	struct psci_host p;
	struct host *h = boot(&p, "strict", RMI_BET1);
	struct call c, other;
	uint64_t hash;

	assert_hex(psci(h, p.rec[0], &c, RSI_PSCI_CPU_ON, 1, ENTRY, CONTEXT), EXITS);
	assert_hex(psci(h, p.rec[2], &other, RSI_PSCI_CPU_ON, 1, ENTRY + 4, 2), EXITS);
	assert_hex(complete(&p, 0, 1, RSI_PSCI_SUCCESS), 0);
	hash = rmm_state_hash(h->rmm);
	assert_hex(complete(&p, 2, 1, RSI_PSCI_DENIED), RMI_ERROR_INPUT); /* it is on (OP-61) */
	assert_hex(rmm_state_hash(h->rmm), hash);
	assert_hex(complete(&p, 2, 1, RSI_PSCI_SUCCESS), 0);
	assert_hex(again(h, p.rec[2], &other), err(RSI_PSCI_ALREADY_ON));
	assert_hex(again(h, p.rec[0], &c), RSI_PSCI_SUCCESS);
	host_end(h);
}

static void affinity_info_tells_who_is_on(void **state)
{
	struct psci_host p;
	struct host *h = boot(&p, "strict", RMI_BET1);
	struct call c;

	assert_hex(psci(h, p.rec[0], &c, RSI_PSCI_AFFINITY_INFO, 1, 1, 0),
		   err(RSI_PSCI_INVALID_PARAMETERS));
	assert_hex(psci(h, p.rec[0], &c, RSI_PSCI_AFFINITY_INFO, 4, 0, 0),
		   err(RSI_PSCI_INVALID_PARAMETERS));
	/* the level is 32 bits wide */
	assert_hex(psci(h, p.rec[0], &c, RSI_PSCI_AFFINITY_INFO, 1, UINT64_C(0x700000000), 0x99),
		   EXITS);
	assert_hex(host_exit(h, RMI_RUN_EXIT_REASON), RMI_EXIT_PSCI);
	assert_hex(host_exit(h, RMI_RUN_EXIT_GPRS), RSI_PSCI_AFFINITY_INFO);
	assert_hex(host_exit(h, RMI_RUN_EXIT_GPRS + 8), 1);
	assert_hex(host_exit(h, RMI_RUN_EXIT_GPRS + 24), 0); /* it has two arguments */
	assert_hex(complete(&p, 0, 1, RSI_PSCI_DENIED), RMI_ERROR_INPUT);
	assert_hex(complete(&p, 0, 1, RSI_PSCI_SUCCESS), 0);
	assert_hex(again(h, p.rec[0], &c), 1);
	assert_hex(psci(h, p.rec[0], &c, RSI_PSCI_AFFINITY_INFO, 2, 0, 0), EXITS);
	assert_hex(complete(&p, 0, 2, RSI_PSCI_SUCCESS), 0);
	assert_hex(again(h, p.rec[0], &c), 0);
	host_end(h);
}

static void a_cpu_that_is_off_is_turned_on_again(void **state)
{
	struct psci_host p;
	struct host *h = boot(&p, "strict", RMI_BET1);
	bool ran = false;
	struct call c;

	assert_hex(psci(h, p.rec[2], &c, RSI_PSCI_CPU_OFF, 1, 2, 3), EXITS);
	assert_hex(host_exit(h, RMI_RUN_EXIT_REASON), RMI_EXIT_PSCI);
	assert_hex(host_exit(h, RMI_RUN_EXIT_GPRS), RSI_PSCI_CPU_OFF);
	assert_hex(host_exit(h, RMI_RUN_EXIT_GPRS + 8), 0); /* it has no argument */
	assert_hex(smc(h, RMI_REC_ENTER, p.rec[2], h->run), RMI_ERROR_REC);
	assert_hex(psci(h, p.rec[0], &c, RSI_PSCI_CPU_ON, 2, ENTRY, CONTEXT), EXITS);
	assert_hex(complete(&p, 0, 2, RSI_PSCI_SUCCESS), 0);
	h->rec = p.rec[2];
	assert_hex(host_enter(h, 0, expect_start, &ran), 0);
	assert_true(ran);
	/* what it left with belongs to the time before: a call is a new one */
	assert_hex(psci(h, p.rec[2], &c, RSI_PSCI_CPU_OFF, 0, 0, 0), EXITS);
	host_end(h);
}

static void suspend_comes_back_by_itself(void **state)
{
	struct psci_host p;
	struct host *h = boot(&p, "strict", RMI_BET1);
	struct call c;

	assert_hex(psci(h, p.rec[0], &c, RSI_PSCI_CPU_SUSPEND, 0x10000, ENTRY, CONTEXT), EXITS);
	assert_hex(host_exit(h, RMI_RUN_EXIT_REASON), RMI_EXIT_PSCI);
	assert_hex(host_exit(h, RMI_RUN_EXIT_GPRS + 8), 0x10000);
	assert_hex(complete(&p, 0, 1, RSI_PSCI_SUCCESS), RMI_ERROR_INPUT); /* nothing pends */
	assert_hex(again(h, p.rec[0], &c), RSI_PSCI_SUCCESS);
	host_end(h);
}

static void the_system_goes_off(void **state)
{
	static const uint64_t fids[] = { RSI_PSCI_SYSTEM_OFF, RSI_PSCI_SYSTEM_RESET };

	for (unsigned i = 0; i < 2; i++) {
		struct psci_host p;
		struct host *h = boot(&p, "strict", RMI_BET1);
		struct call c;

		assert_hex(psci(h, p.rec[0], &c, fids[i], 0, 0, 0), EXITS);
		assert_hex(host_exit(h, RMI_RUN_EXIT_REASON), RMI_EXIT_PSCI);
		assert_hex(host_exit(h, RMI_RUN_EXIT_GPRS), fids[i]);
		for (unsigned r = 0; r < 3; r++)
			assert_hex(smc(h, RMI_REC_ENTER, p.rec[r], h->run), RMI_ERROR_REALM);
		assert_hex(smc(h, RMI_REALM_ACTIVATE, h->rd), RMI_ERROR_REALM);
		assert_hex(smc(h, RMI_REALM_TERMINATE, h->rd), 0);
		host_end(h);
	}
}

static void interrupted_first(struct host *h, struct rmm_rec *rec)
{
	rmm_realm_irq(h->rmm, rec);
}

static void an_interrupt_does_not_take_the_result_away(void **state)
{
	struct psci_host p;
	struct host *h = boot(&p, "strict", RMI_BET1);
	struct call c;

	assert_hex(psci(h, p.rec[0], &c, RSI_PSCI_CPU_ON, 1, ENTRY, CONTEXT), EXITS);
	assert_hex(complete(&p, 0, 1, RSI_PSCI_DENIED), 0);
	assert_hex(host_enter(h, 0, interrupted_first, NULL), 0);
	assert_hex(again(h, p.rec[0], &c), err(RSI_PSCI_DENIED));
	host_end(h);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(the_rmm_answers_some_functions_itself),
		TEST(cpu_on_refuses_what_cannot_be_turned_on),
		TEST(cpu_on_starts_the_target_where_the_caller_says),
		TEST(the_host_may_deny),
		TEST(of_two_callers_the_second_learns_that_it_is_on),
		TEST(affinity_info_tells_who_is_on),
		TEST(a_cpu_that_is_off_is_turned_on_again),
		TEST(suspend_comes_back_by_itself),
		TEST(the_system_goes_off),
		TEST(an_interrupt_does_not_take_the_result_away),
	};

	return cmocka_run_group_tests_name("psci", tests, NULL, NULL);
}
