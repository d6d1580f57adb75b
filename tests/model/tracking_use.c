/* SPDX-License-Identifier: BSD-2-Clause */
/* What a region's state allows: delegation, objects, maps (A2.3.4; rmm-state-machines 2 and 3.1). */
#include "tracking.h"

/*	   R0 FINE      R1 COARSE     R2 FINE
 *	[............][============][........]
 *	        ---------->|			the rest of the range is less than R1
 *	        ------------------------->
 */
static void a_coarse_region_is_delegated_as_a_whole(void **state)
{
	for (int e = RMI_BET1; e <= RMI_BET3; e += 2) {
		uint64_t inside = RMI_ERROR_INPUT, small = RMI_ERROR_INPUT;
		struct rmm_regs r;
		struct host h;

		if (e == RMI_BET3) { /* OP-1d: level 0 and the address */
			inside = (R(1) + 0x1000) >> 12 << 16 | RMI_ERROR_TRACKING;
			small = R(1) >> 12 << 16 | RMI_ERROR_TRACKING;
		}
		boot(&h, (enum rmi_edition)e);
		assert_hex(set(&h, R(1), 0, CRS), 0);
		assert_hex(delegate(&h, R(1) + 0x1000, R(2)), inside);
		assert_hex(delegate(&h, R(1), R(2) - 0x1000), small);
		assert_int_equal(rmm_delegated(h.rmm), 0);
		r = smc_regs(&h, RMI_GRANULE_RANGE_DELEGATE, R(1) - 0x2000, R(2) - 0x1000);
		assert_hex(r.x[0], 0);
		assert_hex(r.x[1], R(1));
		assert_hex(undelegate(&h, R(1) - 0x2000, R(1)), 0);
		r = smc_regs(&h, RMI_GRANULE_RANGE_DELEGATE, R(1) - 0x2000, R(2) + 0x3000);
		assert_hex(r.x[0], 0);
		assert_hex(r.x[1], R(2) + 0x3000);
		assert_int_equal(rmm_delegated(h.rmm), 5 + GIB / 0x1000);
		assert_state(&h, R(2) - 0x1000, DELEGATED);
		assert_hex(undelegate(&h, R(1), R(2) - 0x1000), small);
		assert_hex(undelegate(&h, R(1) + 0x1000, R(2)), inside);
		/* bet3 skips the whole, too */
		assert_hex(delegate(&h, R(1), R(2)), e == RMI_BET3 ? 0 : RMI_ERROR_INPUT);
		assert_hex(smc_regs(&h, RMI_GRANULE_RANGE_UNDELEGATE, R(1), R(2)).x[1], R(2));
		assert_int_equal(rmm_delegated(h.rmm), 5);
		host_end(&h);
	}
}

static void what_is_not_tracked_is_not_delegated(void **state)
{
	struct host h;

	boot(&h, RMI_BET1);
	assert_hex(set(&h, R(1), 0, NONE), 0);
	assert_hex(delegate(&h, R(1), R(2)), RMI_ERROR_TRACKING);
	assert_hex(smc_regs(&h, RMI_GRANULE_RANGE_DELEGATE, R(1) - 0x1000, R(2)).x[1], R(1));
	assert_hex(delegate(&h, R(3), R(4)), RMI_ERROR_TRACKING);
	assert_hex(undelegate(&h, R(1), R(2)), RMI_ERROR_TRACKING);
	host_end(&h);
	boot(&h, RMI_BET3);
	assert_hex(set(&h, R(1), 0, NONE), 0);
	assert_hex(delegate(&h, R(1) + 0x7000, R(2)),
		   (R(1) + 0x7000) >> 12 << 16 | RMI_ERROR_TRACKING);
	host_end(&h);
}

static void objects_do_not_live_in_coarse_regions(void **state)
{
	rmm_pa list;
	struct rmm_regs r;
	struct host h;

	host_realm(&h, &(struct setup){ .config = &machine });
	assert_hex(set(&h, R(1), 0, CRS), 0);
	assert_hex(delegate(&h, R(1), R(2)), 0);
	assert_hex(smc(&h, RMI_RTT_CREATE, h.rd, R(1), 0, 2), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_REC_CREATE, h.rd, R(1), h.params), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_REALM_CREATE, R(1), h.params), RMI_ERROR_INPUT);
	host_write64(&h, h.params + RMI_PARAMS_RTT_BASE, R(1));
	assert_hex(smc(&h, RMI_REALM_CREATE, host_delegated(&h, 1), h.params), RMI_ERROR_INPUT);
	make_fine(&h, R(4), RMI_MEM_DEV_COH);
	host_delegate(&h, R(4), 0x10000);
	list = host_pages(&h, 1);
	r = smc_regs(&h, RMI_REC_CREATE, h.rd, host_delegated(&h, 1), list);
	assert_hex(give(&h, r.x[1], R(4), 16, 0).x[0], RMI_ERROR_INPUT);
	assert_hex(r.x[0], 0x50d);
	assert_hex(give(&h, r.x[1], R(1), 16, 0).x[0], RMI_ERROR_INPUT);
	assert_hex(give(&h, r.x[1], host_delegated(&h, 16), 16, 0).x[0], 0x40d);
	host_end(&h);
}

static uint64_t map(struct host *h, rmm_ipa base, uint64_t size, rmm_pa pa, int level)
{
	return smc(h, RMI_RTT_DATA_MAP, h->rd, base, base + size, 1, host_desc(h, pa, level, 1));
}

static uint64_t unmap(struct host *h, rmm_ipa base, uint64_t size)
{
	return smc(h, RMI_RTT_DATA_UNMAP, h->rd, base, base + size, 0, 0);
}

static void a_coarse_region_is_mapped_as_a_whole(void **state)
{
	for (int e = RMI_BET1; e <= RMI_BET3; e += 2) {
		uint64_t at = e == RMI_BET3 ? R(1) >> 12 << 16 : 0;
		struct host h;

		host_realm(&h,
			   &(struct setup){ .edition = (enum rmi_edition)e, .config = &machine });
		host_tables(&h, 2 * GIB, 3);
		assert_hex(map(&h, 2 * GIB, 0x1000, R(3), 3),
			   (e == RMI_BET3 ? R(3) >> 12 << 16 : 0) |
				   RMI_ERROR_TRACKING); /* untracked */
		assert_hex(set(&h, R(1), 0, CRS), 0);
		assert_hex(delegate(&h, R(1), R(2)), 0);
		assert_hex(map(&h, 2 * GIB, 0x1000, R(1), 3), at | RMI_ERROR_TRACKING);
		assert_hex(map(&h, 2 * GIB, 0x1000, R(1) + 0x1000, 3), 0x304);
		assert_hex(map(&h, 0, GIB, R(1), 1), 0);
		assert_state(&h, R(2) - 0x1000, DATA);
		/* a part of it cannot be unmapped, until the region is FINE or the tables folded */
		host_tables(&h, 0, 2);
		assert_hex(unmap(&h, 0, 2 * MIB), at | RMI_ERROR_TRACKING);
		assert_hex(unmap(&h, 2 * MIB, 2 * MIB), 0x204);
		assert_hex(unmap(&h, 0, GIB), at | RMI_ERROR_TRACKING);
		assert_hex(smc(&h, RMI_RTT_FOLD, h.rd, 0, 2), 0);
		assert_hex(unmap(&h, 0, GIB), 0);
		assert_state(&h, R(2) - 0x1000, DELEGATED);
		host_end(&h);
	}
}

static void an_open_transition_blocks_unmapping(void **state)
{
	struct rmm_regs r;
	struct host h;

	host_realm(&h, &(struct setup){ .config = &machine });
	assert_hex(set(&h, R(1), 0, CRS), 0);
	assert_hex(delegate(&h, R(1), R(2)), 0);
	assert_hex(map(&h, 0, GIB, R(1), 1), 0);
	r = smc_regs(&h, RMI_GRANULE_TRACKING_SET, R(1), 0, FINE);
	assert_hex(r.x[0], 0x10d);
	assert_hex(unmap(&h, 0, GIB), RMI_BLOCKED);
	assert_hex(map(&h, GIB, GIB, R(1), 1), RMI_BLOCKED);
	assert_hex(give(&h, r.x[1], host_delegated(&h, 64), 64, 0).x[0], 0x00d);
	assert_hex(smc(&h, RMI_OP_CONTINUE, r.x[1], 0), 0);
	assert_hex(unmap(&h, 0, GIB), 0);
	host_end(&h);
}

/* OP-1h */
static void a_table_outside_fine_memory_is_an_error_of_tracking_in_bet3(void **state)
{
	struct host h;

	host_realm(&h, &(struct setup){ .edition = RMI_BET3, .config = &machine });
	assert_hex(smc(&h, RMI_RTT_CREATE, h.rd, R(3), 0, 2),
		   R(3) >> 12 << 16 | RMI_ERROR_TRACKING);
	assert_hex(set(&h, R(1), 0, CRS), 0);
	assert_hex(delegate(&h, R(1), R(2)), 0);
	assert_hex(smc(&h, RMI_RTT_CREATE, h.rd, R(1), 0, 2),
		   R(1) >> 12 << 16 | RMI_ERROR_TRACKING);
	host_end(&h);
}

/* Device memory: delegable by its region's category; objects only in conventional memory. */
static void device_memory_is_what_its_category_says(void **state)
{
	struct host h;

	host_realm(&h, &(struct setup){ .config = &machine });
	assert_hex(smc_regs(&h, RMI_GRANULE_TRACKING_GET, R(3), R(4)).x[1], RMI_MEM_DEV_NCOH);
	assert_hex(smc_regs(&h, RMI_GRANULE_TRACKING_GET, R(4), R(5)).x[1], RMI_MEM_DEV_COH);
	make_fine(&h, R(3), RMI_MEM_DEV_NCOH);
	make_fine(&h, R(4), RMI_MEM_DEV_COH);
	host_delegate(&h, R(3), 0x1000);
	host_delegate(&h, R(4), 0x1000);
	assert_hex(smc(&h, RMI_RTT_CREATE, h.rd, R(3), 0, 2), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_RTT_CREATE, h.rd, R(4), 0, 2), RMI_ERROR_INPUT);
	host_tables(&h, 0, 3);
	assert_hex(map(&h, 0, 0x1000, R(4), 3), RMI_ERROR_INPUT);
	/* the DRAM's half of R6 is tracked; its device memory is of another category */
	assert_hex(delegate(&h, R(6) + GIB / 2, R(7)), RMI_ERROR_INPUT);
	assert_hex(smc_regs(&h, RMI_GRANULE_RANGE_DELEGATE, R(6), R(7)).x[1], R(6) + GIB / 2);
	host_end(&h);

	host_realm(&h, &(struct setup){ .config = &machine });
	make_fine(&h, R(4), RMI_MEM_CONVENTIONAL);
	host_delegate(&h, R(4), 0x1000);
	assert_hex(smc(&h, RMI_RTT_CREATE, h.rd, R(4), 0, 2), 0);
	host_end(&h);
}

/* Nothing has been set: all the regions of one kind are COARSE from activation on. */
static void memory_that_is_coarse_from_the_start_goes_as_a_whole(void **state)
{
	struct rmm_config cfg = machine;
	struct host h;

	cfg.tracking = RMM_TRACKED_COARSE;
	host_boot(&h, &(struct setup){ .config = &cfg });
	assert_hex(delegate(&h, R(1), R(1) + 0x1000), RMI_ERROR_INPUT);
	assert_hex(delegate(&h, R(1), R(2)), 0);
	assert_hex(delegate(&h, R(5), R(5) + 0x1000), 0); /* has a hole: FINE */
	assert_hex(smc(&h, RMI_REALM_CREATE, R(1), HOST_BASE), RMI_ERROR_INPUT);
	assert_hex(undelegate(&h, R(1), R(2)), 0);
	host_end(&h);
}

static void a_region_of_two_banks_is_fine(void **state)
{
	struct rmm_config cfg = { .banks = { { R(0), GIB / 2 },
					     { R(0) + GIB / 2, GIB / 2 },
					     { R(1), GIB / 2 },
					     { R(1) + GIB / 2, GIB / 2, RMM_DEVICE_COH } },
				  .nr_banks = 4,
				  .tracking = RMM_TRACKED_COARSE };
	struct host h;

	host_boot(&h, &(struct setup){ .config = &cfg });
	assert_int_equal(state_of(&h, R(0)), FINE);
	assert_int_equal(state_of(&h, R(1)), FINE); /* of two kinds */
	assert_hex(delegate(&h, R(0) + GIB / 2 - 0x1000, R(0) + GIB / 2), 0);
	assert_hex(delegate(&h, R(0) + GIB / 2, R(0) + GIB / 2 + 0x1000), 0);
	host_end(&h);
}

/* What the second region is while a call goes through the border; and what a call answers that begins there. */
static const struct {
	bool coarse, open; /* COARSE and DELEGATED, else NONE; on its way to FINE */
	uint64_t x0;
} seconds[] = {
	{ true, false, RMI_ERROR_TRACKING },
	{ false, false, RMI_ERROR_TRACKING },
	{ true, true, RMI_BLOCKED },
	{ false, true, RMI_BLOCKED },
};

static void prepare_second(struct host *h, unsigned i)
{
	assert_hex(set(h, R(1), 0, seconds[i].coarse ? CRS : NONE), 0);
	if (seconds[i].coarse)
		assert_hex(delegate(h, R(1), R(2)), 0);
	if (seconds[i].open)
		assert_hex(set(h, R(1), 0, FINE), 0x10d);
}

/*	   R0 FINE     R1
 *	[....... page ][ page ........]
 *	        ------>|			DATA_MAP of two pages
 */
static void a_map_ends_before_a_region_that_does_not_go_page_by_page(void **state)
{
	for (unsigned i = 0; i < 4; i++) {
		struct rmm_regs r;
		struct host h;

		host_realm(&h, &(struct setup){ .config = &machine });
		host_tables(&h, 0, 3);
		host_delegate(&h, R(1) - 0x1000, 0x1000);
		prepare_second(&h, i);
		r = smc_regs(&h, RMI_RTT_DATA_MAP, h.rd, 0, 0x2000, 1,
			     host_desc(&h, R(1) - 0x1000, 3, 2));
		assert_hex(r.x[0], 0);
		assert_hex(r.x[1], 0x1000);
		assert_state(&h, R(1) - 0x1000, DATA);
		assert_int_equal(host_entry(&h, 0x1000).hipas, RMM_VOID);
		assert_hex(map(&h, 0x1000, 0x1000, R(1), 3), seconds[i].x0);
		host_end(&h);
	}
}

static void a_delegation_ends_before_a_region_on_its_way(void **state)
{
	static const unsigned from[] = { CRS, NONE };

	for (unsigned i = 0; i < 2; i++) {
		struct rmm_regs r;
		struct host h;

		boot(&h, RMI_BET1);
		assert_hex(set(&h, R(1), 0, from[i]), 0);
		assert_hex(set(&h, R(1), 0, FINE), 0x10d);
		r = smc_regs(&h, RMI_GRANULE_RANGE_DELEGATE, R(1) - 0x1000, R(2));
		assert_hex(r.x[0], 0);
		assert_hex(r.x[1], R(1));
		/* its memory is nobody's yet */
		assert_hex(smc(&h, RMI_REC_DESTROY, R(1)), RMI_BLOCKED);
		host_end(&h);
	}
}

/*
 *	 IPA    GIB - PAGE  GIB
 *	       [ a page   ][ R1 COARSE, a block; above tables, or on its way to FINE ]
 *	        --------->|
 */
static void an_unmap_ends_before_a_region_that_it_cannot_take_apart(void **state)
{
	rmm_ipa page = GIB - 0x1000;
	struct rmm_regs r, open;
	struct host h;

	host_realm(&h, &(struct setup){ .config = &machine });
	host_map(&h, page);
	assert_hex(set(&h, R(1), 0, CRS), 0);
	assert_hex(delegate(&h, R(1), R(2)), 0);
	assert_hex(map(&h, GIB, GIB, R(1), 1), 0);
	host_tables(&h, GIB, 2);
	r = smc_regs(&h, RMI_RTT_DATA_UNMAP, h.rd, page, GIB + 2 * MIB, 0, 0);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], GIB);
	assert_int_equal(host_entry(&h, GIB).hipas, RMM_HIPAS_DATA);
	assert_hex(smc(&h, RMI_RTT_FOLD, h.rd, GIB, 2), 0);
	host_map(&h, page);
	open = smc_regs(&h, RMI_GRANULE_TRACKING_SET, R(1), 0, FINE);
	assert_hex(open.x[0], 0x10d);
	r = smc_regs(&h, RMI_RTT_DATA_UNMAP, h.rd, page, 2 * GIB, 0, 0);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], GIB);
	assert_hex(give(&h, open.x[1], host_delegated(&h, 64), 64, 0).x[0], 0x00d);
	assert_hex(smc(&h, RMI_OP_CONTINUE, open.x[1], 0), 0);
	assert_hex(unmap(&h, GIB, GIB), 0);
	host_end(&h);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_coarse_region_is_delegated_as_a_whole),
		TEST(what_is_not_tracked_is_not_delegated),
		TEST(objects_do_not_live_in_coarse_regions),
		TEST(a_coarse_region_is_mapped_as_a_whole),
		TEST(an_open_transition_blocks_unmapping),
		TEST(a_table_outside_fine_memory_is_an_error_of_tracking_in_bet3),
		TEST(device_memory_is_what_its_category_says),
		TEST(memory_that_is_coarse_from_the_start_goes_as_a_whole),
		TEST(a_region_of_two_banks_is_fine),
		TEST(a_map_ends_before_a_region_that_does_not_go_page_by_page),
		TEST(a_delegation_ends_before_a_region_on_its_way),
		TEST(an_unmap_ends_before_a_region_that_it_cannot_take_apart),
	};

	return cmocka_run_group_tests_name("use of tracked regions", tests, NULL, NULL);
}
