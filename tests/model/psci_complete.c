/* SPDX-License-Identifier: BSD-2-Clause */
/* RMI_PSCI_COMPLETE: how the host answers a PSCI call of the realm (B4.5.38; OP-5, OP-60, OP-61). */
#include "psci.h"

/* A second realm with one REC that is off. */
static rmm_pa rec_of_another_realm(struct host *h)
{
	rmm_pa rd = host_delegated(h, 1), rec;

	h->root = host_aligned(h, h->roots * h->page);
	host_delegate(h, h->root, h->roots * h->page);
	host_write64(h, h->params + RMI_PARAMS_RTT_BASE, h->root);
	assert_hex(smc(h, RMI_REALM_CREATE, rd, h->params), 0);
	rec = add_rec(h, rd, 0, 0);
	add_rec(h, rd, 1, 0);
	return rec;
}

static void conditions_of_psci_complete(void **state)
{
	struct psci_host p;
	struct host *h = boot(&p, "strict", RMI_BET1);
	rmm_pa other = rec_of_another_realm(h), *r = p.rec;
	struct {
		uint64_t calling, target, status;
	} rows[] = {
		{ r[0], r[0], 0 },          /* alias */
		{ r[0] + 1, r[1], 0 },      /* calling_align */
		{ 0x1000, r[1], 0 },        /* calling_bound */
		{ h->rd, r[1], 0 },         /* calling_state */
		{ r[0], r[1] + 8, 0 },      /* target_align */
		{ r[0], 0x1000, 0 },        /* target_bound */
		{ r[0], h->run, 0 },        /* target_state */
		{ r[2], r[1], 0 },          /* pending */
		{ r[0], other, 0 },         /* owner */
		{ r[0], r[2], 0 },          /* target */
		{ r[0], r[1], err(-4) },    /* status */
		{ r[0], r[1], err(-2) },    /* status */
		{ r[0], r[1], 1 },          /* status */
		{ r[0], r[1], 0xfffffffd }, /* status: DENIED is 64 bits wide */
	};
	struct call c;
	uint64_t hash;

	assert_hex(psci(h, r[0], &c, RSI_PSCI_CPU_ON, 1, ENTRY, CONTEXT), EXITS);
	hash = rmm_state_hash(h->rmm);
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_hex(
			smc(h, RMI_PSCI_COMPLETE, rows[i].calling, rows[i].target, rows[i].status),
			RMI_ERROR_INPUT);
	assert_hex(rmm_state_hash(h->rmm), hash);
	assert_hex(complete(&p, 0, 1, RSI_PSCI_SUCCESS), 0);
	assert_hex(complete(&p, 0, 1, RSI_PSCI_SUCCESS), RMI_ERROR_INPUT); /* nothing pends */
	host_end(h);
}

static void a_rec_that_was_destroyed_is_off_and_cannot_be_completed(void **state)
{
	struct psci_host p;
	struct host *h = boot(&p, "strict", RMI_BET1);
	struct call c;

	assert_hex(smc(h, RMI_REC_DESTROY, p.rec[2]), 0);
	assert_hex(psci(h, p.rec[0], &c, RSI_PSCI_CPU_ON, 2, ENTRY, CONTEXT), EXITS);
	assert_hex(complete(&p, 0, 2, RSI_PSCI_SUCCESS), RMI_ERROR_INPUT);
	assert_hex(complete(&p, 0, 1, RSI_PSCI_SUCCESS), RMI_ERROR_INPUT);
	/* not even its memory has to be here */
	assert_hex(smc(h, RMI_GRANULE_RANGE_UNDELEGATE, p.rec[2], p.rec[2] + h->page), 0);
	assert_hex(psci(h, p.rec[3], &c, RSI_PSCI_CPU_ON, 2, ENTRY, CONTEXT), EXITS);
	host_end(h);
}

/* Another CPU of the host comes while the caller, or the target, still runs. */
static void complete_meanwhile(struct host *h, struct rmm_rec *rec)
{
	struct psci_host *p = h->program_ctx;
	bool target = h->rec == p->rec[2];

	assert_hex(complete(p, 0, 2, RSI_PSCI_SUCCESS), target ? 0 : RMI_ERROR_INPUT);
}

static void who_runs_is_on_and_waits_for_nothing(void **state)
{
	struct psci_host p;
	struct host *h = boot(&p, "strict", RMI_BET1);
	struct call c;

	h->rec = p.rec[0];
	assert_hex(host_enter(h, 0, complete_meanwhile, &p), 0);
	assert_hex(psci(h, p.rec[0], &c, RSI_PSCI_AFFINITY_INFO, 2, 0, 0), EXITS);
	h->rec = p.rec[2];
	assert_hex(host_enter(h, 0, complete_meanwhile, &p), 0);
	assert_hex(again(h, p.rec[0], &c), RSI_PSCI_AFFINITY_ON);
	host_end(h);
}

/* OP-5: bet3 has no target register. */
static void bet3_finds_the_target_by_itself(void **state)
{
	struct psci_host p;
	struct host *h = boot(&p, "strict", RMI_BET3);
	bool ran = false;
	uint64_t hash;
	struct call c;

	assert_hex(psci(h, p.rec[0], &c, RSI_PSCI_CPU_ON, 1, ENTRY, CONTEXT), EXITS);
	hash = rmm_state_hash(h->rmm);
	assert_hex(smc(h, RMI_PSCI_COMPLETE, p.rec[0] + 1, 0), RMI_ERROR_INPUT);
	assert_hex(smc(h, RMI_PSCI_COMPLETE, p.rec[2], 0), RMI_ERROR_INPUT);
	assert_hex(smc(h, RMI_PSCI_COMPLETE, p.rec[0], p.rec[1], 0), RMI_ERROR_INPUT);
	assert_hex(rmm_state_hash(h->rmm), hash);
	assert_hex(smc(h, RMI_PSCI_COMPLETE, p.rec[0], 0), 0);
	assert_hex(again(h, p.rec[0], &c), RSI_PSCI_SUCCESS);
	h->rec = p.rec[1];
	assert_hex(host_enter(h, 0, expect_start, &ran), 0);
	assert_true(ran);
	/* downwards, too, and a target that is gone */
	assert_hex(psci(h, p.rec[2], &c, RSI_PSCI_AFFINITY_INFO, 0, 0, 0), EXITS);
	assert_hex(smc(h, RMI_PSCI_COMPLETE, p.rec[2], 0), 0);
	assert_hex(again(h, p.rec[2], &c), 0);
	assert_hex(smc(h, RMI_REC_DESTROY, p.rec[1]), 0);
	assert_hex(psci(h, p.rec[2], &c, RSI_PSCI_AFFINITY_INFO, 1, 0, 0), EXITS);
	assert_hex(smc(h, RMI_PSCI_COMPLETE, p.rec[2], 0), RMI_ERROR_INPUT);
	host_end(h);
}

/* rmm-abi 4.1, rmm-state-machines 6.2 (c), rmm-commands Part 9; OP-60. */
static void tf_rmm_tells_the_host_less(void **state)
{
	struct psci_host p;
	struct host *h = boot(&p, "tf-rmm-2026-07", RMI_BET1);
	struct call c;

	assert_hex(psci(h, p.rec[0], &c, 0x8400000a, 0x84000000, 0, 0),
		   err(RSI_PSCI_NOT_SUPPORTED));
	assert_hex(psci(h, p.rec[0], &c, 0x8400000a, 0x84000003, 0, 0), RSI_PSCI_SUCCESS);
	assert_hex(psci(h, p.rec[0], &c, 0x8400000a, 0x80000000, 0, 0), RSI_PSCI_SUCCESS);
	assert_hex(psci(h, p.rec[0], &c, RSI_PSCI_CPU_SUSPEND, 0x10000, ENTRY, CONTEXT), EXITS);
	assert_hex(host_exit(h, RMI_RUN_EXIT_GPRS), RSI_PSCI_CPU_SUSPEND);
	assert_hex(host_exit(h, RMI_RUN_EXIT_GPRS + 8), 0);
	assert_hex(again(h, p.rec[0], &c), RSI_PSCI_SUCCESS);
	/* SMC32: 32 bits of each argument */
	assert_hex(psci(h, p.rec[0], &c, 0x84000003, UINT64_C(0x500000001), ENTRY, CONTEXT), EXITS);
	assert_hex(host_exit(h, RMI_RUN_EXIT_GPRS), 0x84000003);
	assert_hex(host_exit(h, RMI_RUN_EXIT_GPRS + 8), 1);
	assert_hex(host_exit(h, RMI_RUN_EXIT_GPRS + 16), 0);
	assert_hex(host_exit(h, RMI_RUN_EXIT_GPRS + 24), 0);
	assert_hex(complete(&p, 0, 1, RSI_PSCI_SUCCESS), 0);
	assert_hex(again(h, p.rec[0], &c), RSI_PSCI_SUCCESS);
	/* the caller is on: no exit; so much of the level counts */
	assert_hex(psci(h, p.rec[0], &c, RSI_PSCI_AFFINITY_INFO, 0, 0, 0), 0);
	assert_hex(psci(h, p.rec[0], &c, RSI_PSCI_AFFINITY_INFO, 1, UINT64_C(0x700000000), 0),
		   err(RSI_PSCI_INVALID_PARAMETERS));
	/* Aff3 is where the register has it */
	assert_hex(psci(h, p.rec[0], &c, RSI_PSCI_AFFINITY_INFO, UINT64_C(0x100000001), 0, 0),
		   err(RSI_PSCI_INVALID_PARAMETERS));
	assert_hex(psci(h, p.rec[0], &c, RSI_PSCI_AFFINITY_INFO, 0x80000001, 0, 0), EXITS);
	/* what OP-61 says of DENIED is for CPU_ON */
	assert_hex(complete(&p, 0, 1, RSI_PSCI_DENIED), RMI_ERROR_INPUT);
	assert_hex(complete(&p, 0, 1, RSI_PSCI_SUCCESS), 0);
	assert_hex(again(h, p.rec[0], &c), RSI_PSCI_AFFINITY_ON);
	host_end(h);
}

static void keeps_its_registers(struct host *h, struct rmm_rec *rec)
{
	assert_hex(rmm_rec_pc(rec), ENTRY);
	assert_hex(rmm_rec_gpr(rec, 0), CONTEXT);
	for (unsigned i = 1; i < 8; i++)
		assert_hex(rmm_rec_gpr(rec, i), 0x60 + i);
	*(bool *)h->program_ctx = true;
}

static void tf_rmm_decides_about_the_target_at_the_end(void **state)
{
	struct psci_host p;
	struct host *h = boot(&p, "tf-rmm-2026-07", RMI_BET1);
	bool ran = false;
	struct call c;

	assert_hex(psci(h, p.rec[0], &c, RSI_PSCI_CPU_ON, 0, ENTRY, 0), err(RSI_PSCI_ALREADY_ON));
	assert_hex(psci(h, p.rec[0], &c, RSI_PSCI_CPU_ON, 2, ENTRY, CONTEXT), EXITS);
	/* OP-61: refused, and yet completed */
	assert_hex(complete(&p, 0, 2, RSI_PSCI_DENIED), RMI_ERROR_INPUT);
	assert_hex(again(h, p.rec[0], &c), err(RSI_PSCI_ALREADY_ON));
	assert_hex(c.out.x[1], 0);
	assert_hex(psci(h, p.rec[0], &c, RSI_PSCI_CPU_ON, 1, ENTRY, CONTEXT), EXITS);
	assert_hex(complete(&p, 0, 0, RSI_PSCI_SUCCESS), RMI_ERROR_INPUT);
	assert_hex(complete(&p, 0, 2, RSI_PSCI_SUCCESS), RMI_ERROR_INPUT);
	assert_hex(complete(&p, 0, 1, RSI_PSCI_SUCCESS), 0);
	h->rec = p.rec[1];
	assert_hex(host_enter(h, 0, keeps_its_registers, &ran), 0);
	assert_true(ran);
	host_end(h);
}

static void a_realm_of_many_recs_finds_each(void **state)
{
	struct rmm_profile profile = *rmm_profile_find("strict");
	struct host h;
	struct call c;
	rmm_pa first = 0, last = 0, rec;

	profile.rec_granules = 0;
	host_realm(&h, &(struct setup){ .custom = &profile, .edition = RMI_BET3 });
	h.run = host_pages(&h, 1);
	for (uint64_t i = 0; i < 260; i++) {
		/* aff0 has four bits; aff1 follows at bit 8 */
		rec = add_rec(&h, h.rd, (i & 15) | i >> 4 << 8, i ? 0 : RMI_REC_RUNNABLE);
		first = i ? first : rec;
		last = rec;
	}
	assert_hex(smc(&h, RMI_REALM_ACTIVATE, h.rd), 0);
	assert_hex(psci(&h, first, &c, RSI_PSCI_CPU_ON, 0x1004, ENTRY, 0),
		   err(RSI_PSCI_INVALID_PARAMETERS));
	assert_hex(psci(&h, first, &c, RSI_PSCI_CPU_ON, 0x1003, ENTRY, 0), EXITS);
	assert_hex(smc(&h, RMI_PSCI_COMPLETE, first, 0), 0);
	assert_hex(smc(&h, RMI_REC_ENTER, last, h.run), 0);
	for (uint64_t i = 1; i < 259; i += 37) {
		assert_hex(again(&h, first, &c), RSI_PSCI_SUCCESS);
		assert_hex(psci(&h, first, &c, RSI_PSCI_CPU_ON, (i & 15) | i >> 4 << 8, ENTRY, 0),
			   EXITS);
		assert_hex(smc(&h, RMI_PSCI_COMPLETE, first, 0), 0);
	}
	host_end(&h);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(conditions_of_psci_complete),
		TEST(a_rec_that_was_destroyed_is_off_and_cannot_be_completed),
		TEST(who_runs_is_on_and_waits_for_nothing),
		TEST(bet3_finds_the_target_by_itself),
		TEST(tf_rmm_tells_the_host_less),
		TEST(tf_rmm_decides_about_the_target_at_the_end),
		TEST(a_realm_of_many_recs_finds_each),
	};

	return cmocka_run_group_tests_name("PSCI_COMPLETE", tests, NULL, NULL);
}
