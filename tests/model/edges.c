/* SPDX-License-Identifier: BSD-2-Clause */
/* What ends a range call behind its first entry, and corners of tables and donations. */
#include "ranges.h"

#define TF        "tf-rmm-2026-07"
#define BANK_END  (HOST_BASE + (UINT64_C(8) << 30))
#define STATE_BIT (UINT64_C(1) << 63)
#define TOO_HIGH  UINT64_C(0x1000000000000)

static void with_profile(struct host *h, const char *profile)
{
	host_realm(h, &(struct setup){ .profile = profile });
	host_tables(h, B - PAGE, 3);
	host_tables(h, B, 3);
	host_tables(h, U, 3);
}

/*	  B - PAGE   B
 *	  ... [.]    [ 2 MiB ......... ]	the second descriptor is for an entry of level 2
 */
static void second_descriptor(struct host *h, rmm_ipa base, rmm_ipa top, uint64_t first,
			      uint64_t second, rmm_ipa out_top)
{
	uint64_t fid = base >= S41 ? RMI_RTT_UNPROT_MAP : RMI_RTT_DATA_MAP;
	rmm_pa list = host_pages(h, 1);

	host_write64(h, list, first);
	host_write64(h, list + 8, second);
	check(range(h, fid, base, top, list_of(2), list), RMI_SUCCESS, out_top);
}

static void a_map_stops_before_a_block_that_does_not_fit(void **state)
{
	rmm_ipa edge = B + 2 * BLOCK - PAGE;
	rmm_pa page, block;
	struct host h;

	with_profile(&h, "strict");
	host_tables(&h, edge, 3);
	block = host_aligned(&h, 2 * BLOCK);
	host_delegate(&h, block, 2 * BLOCK);
	for (unsigned i = 0; i < 4; i++) {
		const struct {
			rmm_ipa top;
			uint64_t second;
		} rows[] = {
			{ edge + 2 * PAGE, host_desc(&h, block, 2, 1) }, /* larger than the rest */
			{ edge + PAGE + BLOCK, host_desc(&h, block + PAGE, 2, 1) },
			{ edge + PAGE + BLOCK, host_desc(&h, TOO_HIGH, 2, 1) },
			{ edge + PAGE + BLOCK, host_desc(&h, block, 3, 512) },
		};

		page = host_delegated(&h, 1);
		second_descriptor(&h, edge, rows[i].top, host_desc(&h, page, 3, 1), rows[i].second,
				  edge + PAGE);
		assert_state(&h, block, DELEGATED);
		check(unmap(&h, edge, edge + PAGE, RMI_ADDR_NONE, 0), 0, edge + PAGE);
	}
	page = host_delegated(&h, 1);
	second_descriptor(&h, edge, edge + PAGE + BLOCK, host_desc(&h, page, 3, 1),
			  host_desc(&h, block, 2, 1), edge + PAGE + BLOCK);
	host_end(&h);
}

/* From bet3 on with level 0 and the PA (OP-3). */
static void memory_ends(struct host *h)
{
	uint64_t at = rmm_edition(h->rmm) == RMI_BET3 ? BANK_END >> 12 << 16 : 0;

	host_delegate(h, BANK_END - PAGE, PAGE);
	check(map(h, B, B + 2 * PAGE, BANK_END - PAGE), RMI_SUCCESS, B + PAGE);
	assert_hex(map(h, B + PAGE, B + 2 * PAGE, BANK_END).x[0],
		   is_tf(h) ? RMI_ERROR_INPUT : RMI_ERROR_TRACKING | at);
}

static void a_map_stops_where_memory_ends(void **state)
{
	everywhere(memory_ends);
}

/* Each of these is the error of a first block. */
static void later_blocks_of_tf_rmm_end_the_call(void **state)
{
	rmm_pa a, b, block;
	struct host h;

	with_profile(&h, TF);
	a = host_delegated(&h, 1);
	b = host_delegated(&h, 1);
	second_descriptor(&h, B, B + 2 * PAGE, host_desc(&h, a, 3, 1),
			  host_desc(&h, b, 3, 1) | STATE_BIT, B + PAGE);
	/* UNPROT_MAP does not look at the state */
	second_descriptor(&h, U, U + 2 * PAGE, host_desc(&h, a, 3, 1),
			  host_desc(&h, b, 3, 1) | STATE_BIT, U + 2 * PAGE);
	second_descriptor(&h, U + 2 * PAGE, U + 4 * PAGE, host_desc(&h, a, 3, 1),
			  host_desc(&h, TOO_HIGH, 3, 1), U + 3 * PAGE);
	block = host_aligned(&h, 2 * BLOCK);
	second_descriptor(&h, U + BLOCK, U + 3 * BLOCK, host_desc(&h, block, 2, 1),
			  host_desc(&h, block + BLOCK + PAGE, 2, 1), U + 2 * BLOCK);
	/* the same page with another permission is another mapping */
	assert_hex(range(&h, RMI_RTT_UNPROT_MAP, U, U + PAGE, RMI_ADDR_SINGLE | 3 << 19,
			 host_desc(&h, a, 3, 1))
			   .x[0],
		   RTT(3));
	/* a table in the way of an unmap of blocks, and of their RIPAS */
	host_tables(&h, B + 3 * BLOCK, 3);
	check(unmap(&h, B + 2 * BLOCK, B + 4 * BLOCK, RMI_ADDR_NONE, 0), RMI_SUCCESS,
	      B + 3 * BLOCK);
	check(smc_regs(&h, RMI_RTT_INIT_RIPAS, h.rd, B + 2 * BLOCK, B + 4 * BLOCK), RMI_SUCCESS,
	      B + 3 * BLOCK);
	host_end(&h);
}

/* The descriptors are used up together with the budget: nothing is left to be done later. */
static void a_map_that_is_done_is_not_incomplete(void **state)
{
	struct host h;

	with_profile(&h, "strict");
	stop_after(&h, 1, true);
	check(range(&h, RMI_RTT_DATA_MAP, B, B + 2 * PAGE, RMI_ADDR_SINGLE,
		    host_desc(&h, host_delegated(&h, 1), 3, 1)),
	      RMI_SUCCESS, B + PAGE);
	assert_int_equal(rmm_open_operations(h.rmm), 0);
	host_end(&h);
}

/*	  B    B+1   B+2   B+3
 *	 [D]   [.]  (own)  [.]
 */
static void ranges_stop_before_an_owned_entry(void **state)
{
	rmm_pa pa, other;
	struct rmm_regs open;
	struct host h;

	with_profile(&h, "strict");
	pa = host_delegated(&h, 4);
	other = host_delegated(&h, 4);
	stop_after(&h, 2, true);
	open = map(&h, B, B + 4 * PAGE, pa);
	assert_hex(open.x[0], INCOMPLETE);
	stop_after(&h, 0, false);
	check(unmap(&h, B + PAGE, B + 2 * PAGE, RMI_ADDR_NONE, 0), 0, B + 2 * PAGE);
	check(unmap(&h, B + PAGE, B + 4 * PAGE, RMI_ADDR_NONE, 0), RMI_SUCCESS, B + 2 * PAGE);
	check(smc_regs(&h, RMI_RTT_INIT_RIPAS, h.rd, B + PAGE, B + 4 * PAGE), RMI_SUCCESS,
	      B + 2 * PAGE);
	check(map(&h, B + PAGE, B + 4 * PAGE, other), RMI_SUCCESS, B + 2 * PAGE);
	check(smc_regs(&h, RMI_OP_CONTINUE, open.x[1], 0), RMI_SUCCESS, B + 4 * PAGE);
	assert_hex(host_entry(&h, B + PAGE).pa, other);
	assert_hex(host_entry(&h, B + 2 * PAGE).pa, pa + 2 * PAGE);
	host_end(&h);
}

/* A realm that is no longer NEW ends what INIT_RIPAS had begun, as an obstacle would. */
static void an_open_init_ripas_ends_with_the_state_of_its_realm(void **state)
{
	struct rmm_regs r;
	struct host h;

	with_profile(&h, "strict");
	stop_after(&h, 2, true);
	r = smc_regs(&h, RMI_RTT_INIT_RIPAS, h.rd, B, B + 4 * PAGE);
	assert_hex(r.x[0], INCOMPLETE);
	stop_after(&h, 0, false);
	assert_hex(smc(&h, RMI_REALM_ACTIVATE, h.rd), 0);
	check(smc_regs(&h, RMI_OP_CONTINUE, r.x[1], 0), RMI_SUCCESS, B + 2 * PAGE);
	assert_int_equal(host_entry(&h, B + PAGE).ripas, RMI_RAM);
	assert_int_equal(host_entry(&h, B + 2 * PAGE).ripas, RMI_EMPTY);
	assert_int_equal(rmm_open_operations(h.rmm), 0);
	host_end(&h);
}

static void ask(struct host *h, struct rmm_rec *rec)
{
	struct rmm_regs *regs = h->program_ctx;

	assert_int_equal(rmm_realm_smc(h->rmm, rec, regs), RMM_REALM_EXIT);
}

/* The realm wants [B, B + 4 pages) to be `ripas`. */
static void request(struct host *h, unsigned ripas, uint64_t flags)
{
	struct rmm_regs regs = { { RSI_IPA_STATE_SET, B, B + 4 * PAGE, ripas, flags } };

	host_activate(h);
	assert_hex(host_enter(h, 0, ask, &regs), 0);
	assert_hex(host_exit(h, RMI_RUN_EXIT_REASON), RMI_EXIT_RIPAS_CHANGE);
}

static void set_ripas_may_be_incomplete(void **state)
{
	struct rmm_regs r;
	struct host h;

	with_profile(&h, "strict");
	request(&h, RMI_RAM, 0);
	stop_after(&h, 2, true);
	r = smc_regs(&h, RMI_RTT_SET_RIPAS, h.rd, h.rec, B, B + 4 * PAGE);
	assert_hex(r.x[0], INCOMPLETE);
	assert_int_equal(host_entry(&h, B + PAGE).ripas, RMI_RAM);
	stop_after(&h, 0, false);
	check(smc_regs(&h, RMI_OP_CONTINUE, r.x[1], 0), RMI_SUCCESS, B + 4 * PAGE);
	assert_int_equal(host_entry(&h, B + 3 * PAGE).ripas, RMI_RAM);
	assert_hex(smc(&h, RMI_RTT_SET_RIPAS, h.rd, h.rec, B, B + 4 * PAGE), RMI_ERROR_INPUT);
	host_end(&h);
}

/* The second page is DESTROYED: a change to RAM stops there if the realm says so, one to EMPTY not. */
static void destroyed_pages_stop_tf_rmm_only_on_the_way_to_ram(void **state)
{
	static const struct {
		unsigned ripas;
		uint64_t flags;
		rmm_ipa out_top;
	} rows[] = {
		{ RMI_RAM, 0, B + PAGE },
		{ RMI_RAM, RSI_CHANGE_DESTROYED, B + 4 * PAGE },
		{ RMI_EMPTY, 0, B + 4 * PAGE },
	};

	for (unsigned i = 0; i < 3; i++) {
		struct host h;

		with_profile(&h, TF);
		assert_hex(smc(&h, RMI_RTT_INIT_RIPAS, h.rd, B + PAGE, B + 2 * PAGE), 0);
		host_map(&h, B + PAGE);
		check(unmap(&h, B + PAGE, B + 2 * PAGE, RMI_ADDR_NONE, 0), 0, B + 2 * PAGE);
		request(&h, rows[i].ripas, rows[i].flags);
		check(smc_regs(&h, RMI_RTT_SET_RIPAS, h.rd, h.rec, B, B + 4 * PAGE), RMI_SUCCESS,
		      rows[i].out_top);
		host_end(&h);
	}
}

/* TF-RMM, a table of level 1 in the second half of a realm that starts at level 0. */
static void ns_blocks_of_tf_rmm_that_are_not_contiguous(void **state)
{
	rmm_ipa half = UINT64_C(1) << 47;
	uint64_t gib = UINT64_C(1) << 30;
	struct host h;

	host_realm(&h, &(struct setup){ .profile = TF, .s2sz = 48 });
	host_tables(&h, half, 1);
	check(range(&h, RMI_RTT_UNPROT_MAP, half, half + 511 * gib, RMI_ADDR_SINGLE,
		    host_desc(&h, UINT64_C(1) << 39, 1, 511)),
	      0, half + 511 * gib);
	check(range(&h, RMI_RTT_UNPROT_MAP, half + 511 * gib, half + 512 * gib, RMI_ADDR_SINGLE,
		    host_desc(&h, 0, 1, 1)),
	      0, half + 512 * gib);
	assert_hex(smc(&h, RMI_RTT_FOLD, h.rd, half, 1), RTT(1));
	/* level 3 has no such limit */
	host_tables(&h, 0, 3);
	assert_hex(smc(&h, RMI_RTT_FOLD, h.rd, 0, 3), 0);
	host_end(&h);
}

/* OP-58: the specification's own order of the direct bits, by a switch. */
static void the_order_of_the_s2ap_bits_is_a_switch(void **state)
{
	for (unsigned switched = 0; switched < 2; switched++) {
		struct rmm_profile p = *rmm_profile_find("strict");
		struct host h;

		p.s2ap_bit0_is_read = switched;
		host_realm(&h, &(struct setup){ .custom = &p });
		host_tables(&h, U, 3);
		check(range(&h, RMI_RTT_UNPROT_MAP, U, U + PAGE, RMI_ADDR_SINGLE | 1 << 19,
			    host_desc(&h, h.params, 3, 1)),
		      0, U + PAGE);
		/* descriptor bit 6 read, bit 7 write */
		assert_hex(smc_regs(&h, RMI_RTT_READ_ENTRY, h.rd, U, 3).x[3],
			   h.params | (switched ? 0x40 : 0x80));
		host_end(&h);
	}
}

/* Donations */

struct donation {
	struct host h;
	rmm_pa rec, list, pages;
	uint64_t handle;
};

static struct rmm_regs begin(struct donation *d, const char *profile, rmm_pa rd)
{
	struct rmm_regs r;

	host_realm(&d->h, &(struct setup){ .profile = profile });
	d->rec = host_delegated(&d->h, 1);
	d->list = host_pages(&d->h, 1);
	d->pages = host_delegated(&d->h, 16);
	r = smc_regs(&d->h, RMI_REC_CREATE, rd ? rd : d->h.rd, d->rec, host_rec_params(&d->h, 0));
	d->handle = r.x[1];
	return r;
}

static struct rmm_regs donate(struct donation *d, unsigned entries)
{
	return smc_regs(&d->h, RMI_OP_MEM_DONATE, d->handle, d->list, entries);
}

/* 12.5: count 0 is skipped, a list of nothing is no error. */
static void empty_descriptors_donate_nothing(void **state)
{
	static const char *const profiles[] = { "strict", TF };

	for (unsigned i = 0; i < 2; i++) {
		struct rmm_regs r, first;
		struct donation d;

		first = begin(&d, profiles[i], 0);
		host_write64(&d.h, d.list, d.pages);
		host_write64(&d.h, d.list + 8, d.pages + PAGE);
		r = donate(&d, 2);
		assert_hex(r.x[0], first.x[0]);
		assert_hex(r.x[1], 0);
		assert_hex(r.x[2], 16 << 2);
		host_write64(&d.h, d.list + 8, host_desc(&d.h, d.pages, 3, 16));
		r = donate(&d, 2);
		assert_int_equal(RMI_RESULT_MEM(r.x[0]), RMI_OP_MEM_REQ_NONE);
		assert_hex(r.x[1], 16);
		assert_hex(smc(&d.h, RMI_OP_CONTINUE, d.handle, 0), 0);
		assert_state(&d.h, d.rec, REC);
		host_end(&d.h);
	}
}

/* 12.5, step 2: a granule that is not there ends the call; step 2': as the first one, the operation. */
static void an_unusable_granule_ends_tf_rmms_donation(void **state)
{
	struct rmm_regs r;
	struct donation d;

	begin(&d, TF, 0);
	assert_hex(smc(&d.h, RMI_GRANULE_RANGE_UNDELEGATE, d.pages + 4 * PAGE, d.pages + 5 * PAGE),
		   0);
	host_write64(&d.h, d.list, host_desc(&d.h, d.pages, 3, 16));
	r = donate(&d, 1);
	assert_hex(r.x[0], 0x10d);
	assert_hex(r.x[1], 4);
	assert_hex(r.x[2], 12 << 2);
	host_write64(&d.h, d.list, host_desc(&d.h, d.pages + 4 * PAGE, 3, 12));
	r = donate(&d, 1);
	assert_hex(r.x[0], 0x20d);
	assert_hex(r.x[1], 0);
	assert_hex(r.x[2], 0);
	r = smc_regs(&d.h, RMI_OP_MEM_RECLAIM, d.handle, d.list, 512);
	assert_hex(r.x[0], 0x00d);
	assert_hex(r.x[1], 1); /* neighbours are merged */
	assert_hex(host_read64(&d.h, d.list), host_desc(&d.h, d.pages, 3, 4));
	assert_hex(smc(&d.h, RMI_OP_CONTINUE, d.handle, 0), RMI_ERROR_INPUT);
	assert_state(&d.h, d.rec, DELEGATED);
	host_end(&d.h);
}

/* The RD that TF-RMM looks at when the memory is there may be another operation's object. */
static void another_operations_object_is_no_rd(void **state)
{
	struct donation d;
	struct rmm_regs r;
	rmm_pa rd;

	begin(&d, TF, 0);
	rd = d.rec;
	d.rec = host_delegated(&d.h, 1);
	r = smc_regs(&d.h, RMI_REC_CREATE, rd, d.rec, host_rec_params(&d.h, 0));
	assert_hex(r.x[0], 0x10d);
	d.handle = r.x[1];
	host_write64(&d.h, d.list, host_desc(&d.h, d.pages, 3, 16));
	assert_hex(donate(&d, 1).x[0], 0x00d);
	assert_hex(smc(&d.h, RMI_OP_CONTINUE, d.handle, 0), 0x20d);
	assert_hex(smc(&d.h, RMI_OP_MEM_RECLAIM, d.handle, d.list, 512), 0x00d);
	assert_hex(smc(&d.h, RMI_OP_CONTINUE, d.handle, 0), RMI_ERROR_INPUT);
	host_end(&d.h);
}

/* BUSY from an operation: the same call again, the context is kept (12.2). */
static void an_operation_without_memory_is_not_over(void **state)
{
	struct rmm_regs r;
	struct host h;
	rmm_pa pa;

	host_boot(&h, NULL);
	pa = HOST_BASE + 0x20000000;
	h.label = "yield";
	h.pick = 1;
	r = smc_regs(&h, RMI_GRANULE_RANGE_DELEGATE, pa, pa + 0x1000);
	assert_int_equal(RMI_RESULT_STATUS(r.x[0]), RMI_INCOMPLETE);
	h.pick = 0;
	h.no_memory = true;
	assert_int_equal(RMI_RESULT_STATUS(smc(&h, RMI_OP_CONTINUE, r.x[1], 0)), RMI_INCOMPLETE);
	assert_state(&h, pa, UNDELEGATED);
	h.no_memory = false;
	assert_hex(smc(&h, RMI_OP_CONTINUE, r.x[1], 0), 0);
	assert_state(&h, pa, DELEGATED);
	host_end(&h);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_map_stops_before_a_block_that_does_not_fit),
		TEST(a_map_stops_where_memory_ends),
		TEST(later_blocks_of_tf_rmm_end_the_call),
		TEST(a_map_that_is_done_is_not_incomplete),
		TEST(ranges_stop_before_an_owned_entry),
		TEST(an_open_init_ripas_ends_with_the_state_of_its_realm),
		TEST(set_ripas_may_be_incomplete),
		TEST(destroyed_pages_stop_tf_rmm_only_on_the_way_to_ram),
		TEST(ns_blocks_of_tf_rmm_that_are_not_contiguous),
		TEST(the_order_of_the_s2ap_bits_is_a_switch),
		TEST(empty_descriptors_donate_nothing),
		TEST(an_unusable_granule_ends_tf_rmms_donation),
		TEST(an_operation_without_memory_is_not_over),
		TEST(another_operations_object_is_no_rd),
	};

	return cmocka_run_group_tests_name("edges", tests, NULL, NULL);
}
