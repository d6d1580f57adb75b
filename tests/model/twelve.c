/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The twelve behaviours of range calls that a host must survive (rmm-state-machines 11.4), each in every
 * profile and edition that it applies to. Six, seven and twelve: twelve_under_way.c.
 */
#include "ranges.h"

/* One */

static void single_list_none(struct host *h)
{
	rmm_pa pa = host_delegated(h, 6), list = host_pages(h, 1);

	check(map(h, B, B + 2 * PAGE, pa), 0, B + 2 * PAGE);
	check_entry(h, B + PAGE, RMM_HIPAS_DATA);
	check_entry(h, B + 2 * PAGE, RMM_VOID);
	host_write64(h, list, host_desc(h, pa + 5 * PAGE, 3, 1));
	host_write64(h, list + 8, host_desc(h, pa + 2 * PAGE, 3, 1));
	check(range(h, RMI_RTT_DATA_MAP, B + 2 * PAGE, B + 4 * PAGE, list_of(2), list), 0,
	      B + 4 * PAGE);
	assert_hex(host_entry(h, B + 2 * PAGE).pa, pa + 5 * PAGE);
	assert_hex(host_entry(h, B + 3 * PAGE).pa, pa + 2 * PAGE);
	for (unsigned type = 0; type < 4; type += 3)
		assert_hex(range(h, RMI_RTT_DATA_MAP, B + 4 * PAGE, B + 5 * PAGE, type,
				 host_desc(h, pa + 3 * PAGE, 3, 1))
				   .x[0],
			   RMI_ERROR_INPUT);

	check_unmap(unmap(h, B, B + PAGE, RMI_ADDR_NONE, 0), B + PAGE, 0, 0);
	check_entry(h, B, RMM_VOID);
	check_entry(h, B + PAGE, RMM_HIPAS_DATA);
	check_unmap(unmap(h, B + PAGE, B + 2 * PAGE, RMI_ADDR_SINGLE, 0), B + 2 * PAGE,
		    host_desc(h, pa + PAGE, 3, 1), 0);
	check_unmap(unmap(h, B + 2 * PAGE, B + 4 * PAGE, list_of(8), list + 0x800), B + 4 * PAGE, 0,
		    2);
	assert_hex(host_read64(h, list + 0x800), host_desc(h, pa + 5 * PAGE, 3, 1));
	assert_hex(host_read64(h, list + 0x808), host_desc(h, pa + 2 * PAGE, 3, 1));
	assert_hex(unmap(h, B, B + PAGE, 3, 0).x[0], RMI_ERROR_INPUT);
}

static void one_a_range_comes_and_goes_as_a_descriptor_or_a_list(void **state)
{
	everywhere(single_list_none);
}

/* Two */

/* Calls until the range is done. */
static unsigned map_all(struct host *h, rmm_ipa base, rmm_ipa top, rmm_pa pa)
{
	unsigned calls = 0;

	for (rmm_ipa at = base; at < top; calls++) {
		struct rmm_regs r = map(h, at, top, pa + (at - base));

		assert_hex(r.x[0], RMI_SUCCESS);
		assert_in_range(r.x[1], at + 1, top);
		at = r.x[1];
	}
	return calls;
}

static unsigned unmap_all(struct host *h, rmm_ipa base, rmm_ipa top, uint64_t type)
{
	unsigned calls = 0;

	for (rmm_ipa at = base; at < top; calls++) {
		struct rmm_regs r = unmap(h, at, top, type, 0);

		assert_hex(r.x[0], RMI_SUCCESS);
		assert_in_range(r.x[1], at + 1, top);
		at = r.x[1];
	}
	return calls;
}

static void stops_anywhere(struct host *h)
{
	rmm_ipa base = B - 2 * PAGE, top = B + 3 * PAGE;
	rmm_pa pa = host_delegated(h, 5);

	assert_int_equal(map_all(h, base, top, pa), is_leaf(h) ? 2 : 1);
	for (unsigned i = 0; i < 5; i++)
		assert_hex(host_entry(h, base + i * PAGE).pa, pa + i * PAGE);
	assert_int_equal(unmap_all(h, base, top, RMI_ADDR_SINGLE), is_leaf(h) ? 2 : 1);
	for (unsigned i = 0; i < 5; i++)
		assert_state(h, pa + i * PAGE, DELEGATED);
	if (is_tf(h))
		return;
	stop_after(h, 1, false);
	assert_int_equal(map_all(h, base, top - PAGE, pa), 4);
	assert_int_equal(unmap_all(h, base, top - PAGE, RMI_ADDR_NONE), 4);
}

static void two_a_call_may_stop_anywhere_and_goes_on_from_out_top(void **state)
{
	everywhere(stops_anywhere);
}

/* Three */

static void map_block(struct host *h, rmm_ipa ipa)
{
	uint64_t fid = ipa >= S41 ? RMI_RTT_UNPROT_MAP : RMI_RTT_DATA_MAP;
	rmm_pa block = host_aligned(h, BLOCK);

	host_delegate(h, block, BLOCK);
	check(range(h, fid, ipa, ipa + BLOCK, RMI_ADDR_SINGLE, host_desc(h, block, 2, 1)), 0,
	      ipa + BLOCK);
}

static void obstacle_at(struct host *h, rmm_ipa base)
{
	rmm_pa pa = host_delegated(h, 5);

	check(map(h, base + 2 * PAGE, base + 3 * PAGE, pa + 4 * PAGE), 0, base + 3 * PAGE);
	check(map(h, base, base + 4 * PAGE, pa), RMI_SUCCESS, base + 2 * PAGE);
	assert_hex(map(h, base + 2 * PAGE, base + 4 * PAGE, pa + 2 * PAGE).x[0], RTT(3));
	check_entry(h, base + 3 * PAGE, base >= S41 ? RMM_UNMAPPED_NS : RMM_VOID);
	/* three pages in a table, then a block that the range does not cover */
	map_block(h, base + BLOCK);
	if (base < S41 || skips_unmapped(h))
		check(unmap(h, base, base + BLOCK + PAGE, RMI_ADDR_NONE, 0), RMI_SUCCESS,
		      base + BLOCK);
	assert_hex(unmap(h, base + BLOCK, base + BLOCK + PAGE, RMI_ADDR_NONE, 0).x[0], RTT(2));
}

static void obstacle(struct host *h)
{
	rmm_pa pa;

	obstacle_at(h, B);
	obstacle_at(h, U);
	/* a granule that is the host's: it stops a map, and is its error */
	pa = host_delegated(h, 1);
	host_pages(h, 1);
	check(map(h, B + 8 * PAGE, B + 10 * PAGE, pa), RMI_SUCCESS, B + 9 * PAGE);
	assert_hex(map(h, B + 9 * PAGE, B + 10 * PAGE, pa + PAGE).x[0], RMI_ERROR_INPUT);
}

static void three_an_obstacle_is_an_error_only_when_it_comes_first(void **state)
{
	everywhere(obstacle);
}

/* Four */

static void another_level(struct host *h)
{
	rmm_pa page = host_delegated(h, 1), list = host_pages(h, 1), block = host_aligned(h, BLOCK);

	host_delegate(h, block, BLOCK);
	host_write64(h, list, host_desc(h, page, 3, 1));
	host_write64(h, list + 8, host_desc(h, block, 2, 1));
	check(range(h, RMI_RTT_DATA_MAP, B, B + 2 * BLOCK, list_of(2), list), RMI_SUCCESS,
	      B + PAGE);
	assert_state(h, page, DATA);
	assert_state(h, block, DELEGATED);
	check_entry(h, B + PAGE, RMM_VOID);
	/* the block does not fit where pages are */
	assert_hex(range(h, RMI_RTT_DATA_MAP, B + PAGE, B + 2 * BLOCK, list_of(1), list + 8).x[0],
		   is_tf(h) ? RMI_ERROR_INPUT : RTT(3));
	/* nor a page where a block would be */
	assert_hex(range(h, RMI_RTT_DATA_MAP, B + BLOCK, B + 2 * BLOCK, RMI_ADDR_SINGLE,
			 host_desc(h, block, 3, 1))
			   .x[0],
		   RTT(2));
	check(range(h, RMI_RTT_DATA_MAP, B + BLOCK, B + 2 * BLOCK, list_of(1), list + 8),
	      RMI_SUCCESS, B + 2 * BLOCK);
	assert_int_equal(host_entry(h, B + BLOCK).level, 2);
}

static void four_a_descriptor_of_another_level_ends_the_call(void **state)
{
	everywhere(another_level);
}

/* Five */

static void mapped_already(struct host *h)
{
	bool progress = is_tf(h) || h->cfg.edition == RMI_BET3;
	rmm_pa pa = host_delegated(h, 2), other = host_delegated(h, 1), ns = host_pages(h, 2);

	check(map(h, B, B + PAGE, pa), 0, B + PAGE);
	if (progress)
		check(map(h, B, B + 2 * PAGE, pa), RMI_SUCCESS, B + 2 * PAGE);
	else
		assert_hex(map(h, B, B + 2 * PAGE, pa).x[0], RTT(3));
	assert_state(h, pa, DATA);
	assert_hex(map(h, B, B + PAGE, other).x[0], RTT(3));
	assert_state(h, other, DELEGATED);
	/* unprotected: TF-RMM only, and only when the attributes are the same too */
	check(map(h, U, U + PAGE, ns), 0, U + PAGE);
	if (is_tf(h))
		check(map(h, U, U + PAGE, ns), RMI_SUCCESS, U + PAGE);
	else
		assert_hex(map(h, U, U + PAGE, ns).x[0], RTT(3));
	assert_hex(map(h, U, U + PAGE, ns + PAGE).x[0], RTT(3));
	assert_hex(range(h, RMI_RTT_UNPROT_MAP, U, U + PAGE, RMI_ADDR_SINGLE | 2 << 16,
			 host_desc(h, ns, 3, 1))
			   .x[0],
		   RTT(3));
	if (is_tf(h))
		return;
	/* an entry that an operation owns */
	pa = host_delegated(h, 2);
	stop_after(h, 1, true);
	assert_hex(map(h, B + 8 * PAGE, B + 10 * PAGE, pa).x[0], INCOMPLETE);
	stop_after(h, 0, false);
	assert_hex(map(h, B + 9 * PAGE, B + 10 * PAGE, pa + PAGE).x[0], RMI_BLOCKED);
}

static void five_mapping_the_same_page_again_is_an_error_or_progress(void **state)
{
	everywhere(mapped_already);
}

/* Eight */

static void granules_given_back(struct host *h)
{
	rmm_pa block = host_aligned(h, BLOCK), page;
	uint64_t before;

	/* all of a block but its last page */
	host_delegate(h, block, BLOCK - PAGE);
	before = rmm_state_hash(h->rmm);
	assert_hex(range(h, RMI_RTT_DATA_MAP, B + BLOCK, B + 2 * BLOCK, RMI_ADDR_SINGLE,
			 host_desc(h, block, 2, 1))
			   .x[0],
		   RMI_ERROR_INPUT);
	assert_hex(rmm_state_hash(h->rmm), before);
	for (rmm_pa pa = block; pa < block + BLOCK - PAGE; pa += PAGE)
		assert_state(h, pa, DELEGATED);
	host_delegate(h, block + BLOCK - PAGE, PAGE);
	check(range(h, RMI_RTT_DATA_MAP, B + BLOCK, B + 2 * BLOCK, RMI_ADDR_SINGLE,
		    host_desc(h, block, 2, 1)),
	      RMI_SUCCESS, B + 2 * BLOCK);
	/* a page of 2 MiB that were delegated at once: its state cannot be kept apart */
	page = host_aligned(h, BLOCK);
	host_delegate(h, page, BLOCK);
	before = rmm_state_hash(h->rmm);
	h->no_memory = true;
	if (map(h, B, B + PAGE, page).x[0]) {
		h->no_memory = false;
		assert_hex(rmm_state_hash(h->rmm), before);
		check_entry(h, B, RMM_VOID);
		check(map(h, B, B + PAGE, page), RMI_SUCCESS, B + PAGE);
	}
	h->no_memory = false;
	assert_state(h, page, DATA);
}

static void eight_a_failure_gives_back_the_granules_it_has_taken(void **state)
{
	everywhere(granules_given_back);
}

/* Nine */

static void ripas_after(struct host *h)
{
	static const unsigned before[] = { RMI_RAM, RMI_EMPTY, RMI_DESTROYED };
	static const unsigned after[] = { RMI_DESTROYED, RMI_EMPTY, RMI_DESTROYED };
	rmm_pa pa = host_delegated(h, 3);

	check(smc_regs(h, RMI_RTT_INIT_RIPAS, h->rd, B + 2 * PAGE, B + 3 * PAGE), 0, B + 3 * PAGE);
	check(map(h, B + 2 * PAGE, B + 3 * PAGE, pa), 0, B + 3 * PAGE);
	check(unmap(h, B + 2 * PAGE, B + 3 * PAGE, RMI_ADDR_NONE, 0), 0, B + 3 * PAGE);
	check(smc_regs(h, RMI_RTT_INIT_RIPAS, h->rd, B, B + PAGE), 0, B + PAGE);
	check(map(h, B, B + 3 * PAGE, pa), 0, B + 3 * PAGE);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(host_entry(h, B + i * PAGE).ripas, before[i]);
	check(unmap(h, B, B + 3 * PAGE, RMI_ADDR_SINGLE, 0), 0, B + 3 * PAGE);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(host_entry(h, B + i * PAGE).ripas, after[i]);
}

static void nine_unmap_makes_ram_destroyed_and_leaves_the_rest(void **state)
{
	everywhere(ripas_after);
}

/* Ten */

static void nothing_there(struct host *h)
{
	check_unmap(unmap(h, B, B + BLOCK, RMI_ADDR_SINGLE, 0), B + BLOCK, 0, 0);
	check_unmap(unmap(h, B + 5 * PAGE, B + 7 * PAGE, RMI_ADDR_NONE, 0), B + 7 * PAGE, 0, 0);
	if (skips_unmapped(h))
		check_unmap(unmap(h, U, U + BLOCK, RMI_ADDR_SINGLE, 0), U + BLOCK, 0, 0);
	else
		assert_hex(unmap(h, U, U + BLOCK, RMI_ADDR_SINGLE, 0).x[0], RTT(3));
	/* up to what is there, or past it with what is there (TF-RMM) */
	host_map(h, B + 100 * PAGE);
	if (is_tf(h))
		check_unmap(unmap(h, B, B + BLOCK, RMI_ADDR_SINGLE, 0), B + BLOCK,
			    host_desc(h, h->next - PAGE, 3, 1), 0);
	else
		check_unmap(unmap(h, B, B + BLOCK, RMI_ADDR_SINGLE, 0), B + 100 * PAGE, 0, 0);
}

static void ten_unmap_over_nothing_advances(void **state)
{
	everywhere(nothing_there);
}

/* Eleven */

static void output_is_limited(struct host *h)
{
	rmm_pa list = host_pages(h, 1), pa[6];

	for (unsigned i = 0; i < 6; i++) {
		pa[i] = host_map(h, B + i * PAGE);
		host_pages(h, 1); /* no neighbours */
	}
	check_unmap(unmap(h, B, B + 6 * PAGE, list_of(2), list), B + 2 * PAGE, 0, 2);
	assert_hex(host_read64(h, list), host_desc(h, pa[0], 3, 1));
	assert_hex(host_read64(h, list + 8), host_desc(h, pa[1], 3, 1));
	assert_hex(host_read64(h, list + 16), 0);
	/* a granule ends behind the first entry */
	check_unmap(unmap(h, B + 2 * PAGE, B + 6 * PAGE, list_of(4), list + 0xff8), B + 3 * PAGE, 0,
		    1);
	assert_hex(host_read64(h, list + 0xff8), host_desc(h, pa[2], 3, 1));
	check_unmap(unmap(h, B + 3 * PAGE, B + 6 * PAGE, RMI_ADDR_SINGLE, 0), B + 4 * PAGE,
		    host_desc(h, pa[3], 3, 1), 0);
	check_unmap(unmap(h, B + 4 * PAGE, B + 6 * PAGE, RMI_ADDR_NONE, 0), B + 6 * PAGE, 0, 0);
}

static void eleven_a_list_has_a_capacity_and_a_run_has_an_end(void **state)
{
	everywhere(output_is_limited);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(one_a_range_comes_and_goes_as_a_descriptor_or_a_list),
		TEST(two_a_call_may_stop_anywhere_and_goes_on_from_out_top),
		TEST(three_an_obstacle_is_an_error_only_when_it_comes_first),
		TEST(four_a_descriptor_of_another_level_ends_the_call),
		TEST(five_mapping_the_same_page_again_is_an_error_or_progress),
		TEST(eight_a_failure_gives_back_the_granules_it_has_taken),
		TEST(nine_unmap_makes_ram_destroyed_and_leaves_the_rest),
		TEST(ten_unmap_over_nothing_advances),
		TEST(eleven_a_list_has_a_capacity_and_a_run_has_an_end),
	};

	return cmocka_run_group_tests_name("twelve", tests, NULL, NULL);
}
