/* SPDX-License-Identifier: BSD-2-Clause */
/* Delegation, tracking, wiping (A2.3; B4.5.17-.19). */
#include <string.h>

#include "host.h"

static struct rmm_regs delegate(struct host *h, rmm_pa base, rmm_pa top)
{
	return smc_regs(h, RMI_GRANULE_RANGE_DELEGATE, base, top);
}

static struct rmm_regs undelegate(struct host *h, rmm_pa base, rmm_pa top)
{
	return smc_regs(h, RMI_GRANULE_RANGE_UNDELEGATE, base, top);
}

static void a_delegated_range_is_out_of_the_hosts_reach(void **state)
{
	struct host h;
	rmm_pa pa;

	host_boot(&h, NULL);
	pa = host_pages(&h, 4);
	assert_true(rmm_host_may_access(h.rmm, pa, 0x4000));
	assert_hex(delegate(&h, pa + 0x1000, pa + 0x3000).x[1], pa + 0x3000);
	assert_int_equal(rmm_delegated(h.rmm), 2);
	assert_false(rmm_host_may_access(h.rmm, pa, 0x4000));
	assert_false(rmm_host_may_access(h.rmm, pa + 0x2ffc, 8));
	assert_true(rmm_host_may_access(h.rmm, pa, 0x1000));
	assert_true(rmm_host_may_access(h.rmm, pa + 0x3000, 0x1000));
	assert_state(&h, pa, UNDELEGATED);
	assert_state(&h, pa + 0x1000, DELEGATED);
	assert_hex(undelegate(&h, pa + 0x1000, pa + 0x3000).x[1], pa + 0x3000);
	assert_int_equal(rmm_delegated(h.rmm), 0);
	assert_true(rmm_host_may_access(h.rmm, pa, 0x4000));
	host_end(&h);
}

/*	  0    1    2    3
 *	 [N]  [N]  [D]  [N]	N = UNDELEGATED, D = DELEGATED
 *	 -------->		delegate stops before 2; the next call fails there
 */
static void a_range_stops_at_the_first_granule_in_another_state(void **state)
{
	struct rmm_regs r;
	struct host h;
	rmm_pa pa;

	host_boot(&h, NULL);
	pa = host_pages(&h, 4);
	host_delegate(&h, pa + 0x2000, 0x1000);
	r = delegate(&h, pa, pa + 0x4000);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], pa + 0x2000);
	assert_hex(delegate(&h, pa + 0x2000, pa + 0x4000).x[0], RMI_ERROR_INPUT);
	assert_state(&h, pa + 0x3000, UNDELEGATED);
	assert_hex(undelegate(&h, pa + 0x3000, pa + 0x4000).x[0], RMI_ERROR_INPUT);
	host_end(&h);
}

static void bet3_skips_what_is_done(void **state)
{
	struct host h;
	rmm_pa pa;

	host_boot(&h, &(struct setup){ .edition = RMI_BET3 });
	pa = host_pages(&h, 4);
	host_delegate(&h, pa + 0x2000, 0x1000);
	assert_hex(delegate(&h, pa, pa + 0x4000).x[1], pa + 0x4000);
	assert_hex(delegate(&h, pa, pa + 0x4000).x[0], 0);
	assert_int_equal(rmm_delegated(h.rmm), 4);
	assert_hex(undelegate(&h, pa, pa + 0x5000).x[1], pa + 0x5000);
	assert_int_equal(rmm_delegated(h.rmm), 0);
	host_end(&h);
}

/* Skipping is no second transition: what the host wrote since then stays. */
static void bet3_does_not_wipe_what_it_skips(void **state)
{
	struct host h;
	rmm_pa pa;

	host_boot(&h, &(struct setup){ .edition = RMI_BET3 });
	pa = host_aligned(&h, 0x200000);
	host_write64(&h, pa + 0x1000, 0xabcd);
	host_delegate(&h, pa, 0x200000);
	assert_hex(undelegate(&h, pa + 0x5000, pa + 0x6000).x[0], 0);
	host_write64(&h, pa + 0x5000, 0x1234);
	assert_hex(undelegate(&h, pa, pa + 0x200000).x[1], pa + 0x200000);
	assert_hex(host_read64(&h, pa + 0x1000), 0);
	assert_hex(host_read64(&h, pa + 0x5000), 0x1234);
	host_end(&h);
}

static void conditions_of_delegation(void **state)
{
	struct host h;
	rmm_pa pa, end = HOST_BASE + (UINT64_C(8) << 30);

	host_boot(&h, NULL);
	pa = host_pages(&h, 4);
	assert_hex(delegate(&h, pa + 1, pa + 0x1000).x[0], RMI_ERROR_INPUT);
	assert_hex(delegate(&h, pa, pa + 0x800).x[0], RMI_ERROR_INPUT);
	assert_hex(delegate(&h, pa, pa).x[0], RMI_ERROR_INPUT);
	assert_hex(delegate(&h, pa + 0x1000, pa).x[0], RMI_ERROR_INPUT);
	assert_hex(delegate(&h, 0, 0x1000).x[0], RMI_ERROR_INPUT);
	assert_hex(delegate(&h, end, end + 0x1000).x[0], RMI_ERROR_INPUT);
	assert_hex(undelegate(&h, end, end + 0x1000).x[0], RMI_ERROR_TRACKING);
	assert_hex(undelegate(&h, pa, pa + 0x1000).x[0], RMI_ERROR_INPUT);
	host_delegate(&h, pa, 0x2000);
	assert_hex(undelegate(&h, pa + 8, pa + 0x1000).x[0], RMI_ERROR_INPUT);
	assert_hex(undelegate(&h, pa, pa + 0x800).x[0], RMI_ERROR_INPUT);
	assert_hex(undelegate(&h, pa, pa).x[0], RMI_ERROR_INPUT);
	assert_hex(undelegate(&h, pa + 0x1000, pa).x[0], RMI_ERROR_INPUT);
	assert_int_equal(rmm_delegated(h.rmm), 2);
	/* a range that runs out of memory ends there */
	assert_hex(delegate(&h, end - 0x1000, end + 0x1000).x[1], end);
	host_end(&h);
}

static void a_profile_may_do_one_granule_a_call(void **state)
{
	struct host h;
	rmm_pa pa;

	host_boot(&h, &(struct setup){ .profile = "bet1-leaf-1" });
	pa = host_pages(&h, 4);
	assert_hex(delegate(&h, pa, pa + 0x4000).x[1], pa + 0x1000);
	assert_int_equal(rmm_delegated(h.rmm), 1);
	assert_hex(undelegate(&h, pa, pa + 0x4000).x[1], pa + 0x1000);
	host_end(&h);
}

static void touch_one(struct host *h, struct rmm_rec *rec)
{
	struct rmm_access a = {
		.ipa = *(rmm_ipa *)h->program_ctx, .size = 8, .write = true, .value = 0x5ec2e7
	};

	assert_int_equal(rmm_realm_access(h->rmm, rec, &a), RMM_REALM_DONE);
}

/*
 * RTMGSL: nobody sees what a realm has written, and a realm does not see what the host left
 * behind.
 */
static void contents_do_not_cross_the_border(void **state)
{
	rmm_ipa ipa = 0x5000;
	struct rmm_regs r;
	struct host h;
	rmm_pa pa;

	host_realm(&h, NULL);
	assert_hex(smc(&h, RMI_RTT_CREATE, h.rd, host_delegated(&h, 1), 0, 2), 0);
	assert_hex(smc(&h, RMI_RTT_CREATE, h.rd, host_delegated(&h, 1), 0, 3), 0);
	assert_hex(smc(&h, RMI_RTT_INIT_RIPAS, h.rd, 0, 0x10000), 0);
	host_activate(&h);
	pa = host_pages(&h, 2);
	host_write64(&h, pa + 8, 0x1111);
	host_delegate(&h, pa, 0x2000);
	r = smc_regs(&h, RMI_RTT_DATA_MAP, h.rd, ipa, ipa + 0x2000, 1, host_desc(&h, pa, 3, 2));
	assert_hex(r.x[0], 0);
	assert_hex(host_read64(&h, pa + 8), 0); /* wiped for the realm */
	assert_hex(host_enter(&h, 0, touch_one, &ipa), 0);
	assert_hex(host_read64(&h, pa),
		   0x5ec2e7); /* a pointer sees it; the PAS check would not let it */
	assert_false(rmm_host_may_access(h.rmm, pa, 8));
	assert_hex(smc(&h, RMI_RTT_DATA_UNMAP, h.rd, ipa, ipa + 0x2000, 1, 0), 0);
	assert_hex(undelegate(&h, pa, pa + 0x2000).x[0], 0);
	assert_hex(host_read64(&h, pa), 0);
	host_end(&h);
}

static void a_populated_page_comes_back_clean(void **state)
{
	struct host h;
	rmm_pa data, src;

	host_realm(&h, NULL);
	host_tables(&h, 0, 3);
	data = host_delegated(&h, 1);
	src = host_pages(&h, 1);
	host_write64(&h, src, 0x1234);
	assert_hex(smc(&h, RMI_RTT_DATA_MAP_INIT, h.rd, data, 0, src, 0), 0);
	assert_hex(smc(&h, RMI_RTT_DATA_UNMAP, h.rd, 0, 0x1000, 0, 0), 0);
	assert_hex(undelegate(&h, data, data + 0x1000).x[0], 0);
	assert_hex(host_read64(&h, data), 0);
	host_end(&h);
}

/* B4.5.18: the content is wiped on the way back, whether the realm has seen it or not. */
static void what_the_host_left_in_a_delegated_page_is_gone(void **state)
{
	struct host h;
	rmm_pa pa;

	host_boot(&h, NULL);
	pa = host_pages(&h, 1);
	host_write64(&h, pa + 8, 0x1111);
	assert_hex(delegate(&h, pa, pa + 0x1000).x[0], 0);
	assert_hex(undelegate(&h, pa, pa + 0x1000).x[0], 0);
	assert_hex(host_read64(&h, pa + 8), 0);
	host_end(&h);
}

static void tracking_is_told_stretch_by_stretch(void **state)
{
	struct rmm_config cfg = { .banks = { { 0x80000000, 0x100000 },
					     { 0x80100000, 0x100000 },
					     { 0x90000000, 0x100000 } },
				  .nr_banks = 3 };
	struct host h = { .rmm = rmm_new(&cfg, NULL), .page = 0x1000 };
	struct rmm_regs r;

	assert_hex(smc(&h, RMI_RMM_ACTIVATE), 0);
	r = smc_regs(&h, RMI_GRANULE_TRACKING_GET, 0x80000000, 0xa0000000);
	assert_hex(r.x[1], RMI_MEM_CONVENTIONAL);
	assert_hex(r.x[2], RMI_TRACKING_FINE);
	assert_hex(r.x[3], 0x80200000); /* two banks that touch */
	r = smc_regs(&h, RMI_GRANULE_TRACKING_GET, r.x[3], 0xa0000000);
	assert_hex(r.x[1], RMI_MEM_CONVENTIONAL); /* NONE exists from bet3 on */
	assert_hex(r.x[2], RMI_TRACKING_RESERVED);
	assert_hex(r.x[3], 0x90000000);
	r = smc_regs(&h, RMI_GRANULE_TRACKING_GET, 0x90000000, 0x90001000);
	assert_hex(r.x[3], 0x90001000);
	assert_hex(smc(&h, RMI_GRANULE_TRACKING_GET, 0x1001, 0x3000), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_GRANULE_TRACKING_GET, 0x1000, 0x3001), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_GRANULE_TRACKING_GET, 0x1000, 0x1000), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_GRANULE_TRACKING_GET, 0, UINT64_C(1) << 50), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_GRANULE_TRACKING_GET, UINT64_C(1) << 50, 0x1000), RMI_ERROR_INPUT);
	rmm_free(h.rmm);
}

static void host_pointers_and_addresses_belong_together(void **state)
{
	struct rmm_config cfg = { .banks = { { 0x80000000, 0x100000 }, { 0x90000000, 0x10000 } },
				  .nr_banks = 2 };
	struct rmm *rmm = rmm_new(&cfg, NULL);
	uint8_t *p = rmm_host_ptr(rmm, 0x90000010, 16);
	rmm_pa pa;

	assert_true(rmm_host_pa(rmm, p, &pa));
	assert_hex(pa, 0x90000010);
	assert_null(rmm_host_ptr(rmm, 0x800ffff8, 16)); /* not in one bank */
	assert_null(rmm_host_ptr(rmm, 0, 1));
	assert_false(rmm_host_pa(rmm, &pa, &pa));
	rmm_free(rmm);
}

/* 32 GiB of bank and one page touched: the model must not take memory by the size of the bank. */
static void a_large_bank_costs_what_is_touched(void **state)
{
	struct rmm_config cfg = { .banks = { { 0x100000000, UINT64_C(32) << 30 } }, .nr_banks = 1 };
	struct host h = { .rmm = rmm_new(&cfg, NULL), .page = 0x1000 };
	rmm_pa last = 0x100000000 + (UINT64_C(32) << 30) - 0x1000;

	assert_non_null(h.rmm);
	assert_hex(smc(&h, RMI_RMM_ACTIVATE), 0);
	assert_hex(delegate(&h, last, last + 0x1000).x[0], 0);
	assert_int_equal(rmm_delegated(h.rmm), 1);
	rmm_free(h.rmm);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_delegated_range_is_out_of_the_hosts_reach),
		TEST(a_range_stops_at_the_first_granule_in_another_state),
		TEST(bet3_skips_what_is_done),
		TEST(bet3_does_not_wipe_what_it_skips),
		TEST(conditions_of_delegation),
		TEST(a_profile_may_do_one_granule_a_call),
		TEST(contents_do_not_cross_the_border),
		TEST(a_populated_page_comes_back_clean),
		TEST(what_the_host_left_in_a_delegated_page_is_gone),
		TEST(tracking_is_told_stretch_by_stretch),
		TEST(host_pointers_and_addresses_belong_together),
		TEST(a_large_bank_costs_what_is_touched),
	};

	return cmocka_run_group_tests_name("granules", tests, NULL, NULL);
}
