/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A range ends with SUCCESS before what it cannot pass (rmm-state-machines 5): an entry of another
 * operation, where it may not yield either; a destroyed or larger entry of an auxiliary tree.
 */
#include "host.h"

#define PAGE  UINT64_C(0x1000)
#define BLOCK UINT64_C(0x200000)
#define A     UINT64_C(0x40000000)

static void stop_after(struct host *h, unsigned n, bool incomplete)
{
	h->answers[0].label = "budget";
	h->answers[0].pick = n;
	h->answers[1].label = "incomplete";
	h->answers[1].pick = incomplete;
}

static struct rmm_regs map(struct host *h, rmm_ipa ipa, rmm_pa pa, unsigned n)
{
	return smc_regs(h, RMI_RTT_DATA_MAP, h->rd, ipa, ipa + n * PAGE, RMI_ADDR_SINGLE,
			host_desc(h, pa, 3, n));
}

/*
 *	        A   +1   +2   +3   +4
 *	first             |--->o		has mapped +2 and owns +3
 *	second  |---------------		ends before +2, or before +3 when +2 is unmapped
 */
static void a_range_does_not_yield_at_an_entry_of_another_operation(void **state)
{
	struct rmm_regs first, second;
	struct host h;
	rmm_pa pa;

	host_realm(&h, NULL);
	host_tables(&h, A, 3);
	pa = host_delegated(&h, 5);
	stop_after(&h, 1, true);
	first = map(&h, A + 2 * PAGE, pa + 2 * PAGE, 2);
	assert_hex(first.x[0], 0x00d);
	stop_after(&h, 0, false);
	assert_hex(smc(&h, RMI_RTT_DATA_UNMAP, h.rd, A + 2 * PAGE, A + 3 * PAGE, 0, 0), 0);
	stop_after(&h, 3, true);
	second = map(&h, A, pa, 4);
	assert_hex(second.x[0], RMI_SUCCESS);
	assert_hex(second.x[1], A + 3 * PAGE);
	assert_int_equal(rmm_open_operations(h.rmm), 1);
	stop_after(&h, 0, false);
	assert_hex(map(&h, A + 3 * PAGE, pa + 3 * PAGE, 1).x[0], RMI_BLOCKED);
	assert_hex(smc(&h, RMI_OP_CONTINUE, first.x[1], 0), 0);
	assert_int_equal(host_entry(&h, A + 3 * PAGE).hipas, RMM_HIPAS_DATA);
	host_end(&h);
}

static void ram(struct host *h, rmm_ipa ipa, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		host_map(h, ipa + i * PAGE);
	assert_hex(smc(h, RMI_RTT_INIT_RIPAS, h->rd, ipa, ipa + n * PAGE), 0);
}

static void ram_block(struct host *h, rmm_ipa ipa)
{
	rmm_pa pa = host_aligned(h, BLOCK);

	host_delegate(h, pa, BLOCK);
	assert_hex(smc(h, RMI_RTT_INIT_RIPAS, h->rd, ipa, ipa + BLOCK), 0);
	assert_hex(smc(h, RMI_RTT_DATA_MAP, h->rd, ipa, ipa + BLOCK, RMI_ADDR_SINGLE,
		       host_desc(h, pa, 2, 1)),
		   0);
}

static struct rmm_regs aux(struct host *h, uint64_t fid, rmm_ipa base, rmm_ipa top)
{
	struct rmm_regs r = smc_regs(h, fid, h->rd, base, top, 1);

	assert_hex(r.x[0], RMI_SUCCESS);
	return r;
}

/* The operation has the primary entry at A + 2 pages; the auxiliary tree maps all of them. */
static void auxiliary_ranges_end_before_an_owned_entry(void **state)
{
	struct rmm_regs open;
	struct host h;

	host_realm(&h, &(struct setup){ .planes = 1 });
	ram(&h, A, 4);
	host_aux_tables(&h, 1, A, 3);
	stop_after(&h, 2, true);
	open = smc_regs(&h, RMI_RTT_INIT_RIPAS, h.rd, A, A + 4 * PAGE);
	assert_hex(open.x[0], 0x00d);
	stop_after(&h, 0, false);
	assert_hex(aux(&h, RMI_RTT_AUX_PROT_MAP, A, A + 4 * PAGE).x[1], A + 2 * PAGE);
	assert_int_equal(host_aux_entry(&h, 1, A + 2 * PAGE).hipas, RMM_VOID);
	assert_hex(smc(&h, RMI_OP_CONTINUE, open.x[1], 0), 0);
	assert_hex(aux(&h, RMI_RTT_AUX_PROT_MAP, A, A + 4 * PAGE).x[1], A + 4 * PAGE);
	host_end(&h);
}

/* A page, then a block whose place in the auxiliary tree has been destroyed. */
static void an_auxiliary_map_ends_before_a_destroyed_entry(void **state)
{
	rmm_ipa b = A + BLOCK;
	struct host h;

	host_realm(&h, &(struct setup){ .planes = 1 });
	ram(&h, b - PAGE, 1);
	ram_block(&h, b);
	host_aux_tables(&h, 1, A, 3);
	host_aux_tables(&h, 1, b, 3);
	assert_hex(smc(&h, RMI_RTT_AUX_DESTROY, h.rd, b, 3, 1), 0);
	assert_int_equal(host_aux_entry(&h, 1, b).hipas, RMM_AUX_DESTROYED);
	assert_hex(aux(&h, RMI_RTT_AUX_PROT_MAP, b - PAGE, b + BLOCK).x[1], b);
	assert_int_equal(host_aux_entry(&h, 1, b).hipas, RMM_AUX_DESTROYED);
	assert_hex(smc(&h, RMI_RTT_AUX_PROT_MAP, h.rd, b, b + BLOCK, 1), 0x207);
	host_end(&h);
}

/* A page, then a block that only begins inside the range. */
static void an_auxiliary_unmap_ends_before_a_block_that_does_not_fit(void **state)
{
	rmm_ipa b = A + BLOCK;
	struct host h;

	host_realm(&h, &(struct setup){ .planes = 1 });
	ram(&h, b - PAGE, 1);
	host_aux_tables(&h, 1, A, 3);
	ram_block(&h, b);
	assert_hex(aux(&h, RMI_RTT_AUX_PROT_MAP, b - PAGE, b + BLOCK).x[1], b + BLOCK);
	assert_hex(aux(&h, RMI_RTT_AUX_PROT_UNMAP, b - PAGE, b + PAGE).x[1], b);
	assert_int_equal(host_aux_entry(&h, 1, b).hipas, RMM_HIPAS_DATA);
	host_end(&h);
}

/*
 *	        A    +1   +2   +3
 *	first        |--->o			DATA_MAP, owns +1, then wants to own +3
 *	second            |--->o		DATA_UNMAP, owns +3
 */
static void an_operation_does_not_yield_again_at_an_entry_of_another(void **state)
{
	struct rmm_regs first, second;
	struct host h;
	rmm_pa pa;

	host_realm(&h, NULL);
	for (unsigned i = 2; i < 4; i++)
		host_map(&h, A + i * PAGE);
	pa = host_delegated(&h, 4);
	stop_after(&h, 1, true);
	second = smc_regs(&h, RMI_RTT_DATA_UNMAP, h.rd, A + 2 * PAGE, A + 4 * PAGE, 0, 0);
	assert_hex(second.x[0], 0x00d);
	first = map(&h, A, pa, 4);
	assert_hex(first.x[0], 0x00d);
	stop_after(&h, 2, true);
	first = smc_regs(&h, RMI_OP_CONTINUE, first.x[1], 0);
	assert_hex(first.x[0], RMI_SUCCESS);
	assert_hex(first.x[1], A + 3 * PAGE);
	assert_int_equal(rmm_open_operations(h.rmm), 1);
	stop_after(&h, 0, false);
	assert_hex(smc(&h, RMI_OP_CONTINUE, second.x[1], 0), 0);
	host_end(&h);
}

/* The granule where it would go on is in use. */
static void a_delegation_does_not_yield_at_a_granule_that_is_an_object(void **state)
{
	struct rmm_regs r;
	struct host h;
	rmm_pa pa;

	host_realm(&h, NULL);
	pa = host_pages(&h, 2);
	host_delegate(&h, pa + PAGE, PAGE);
	host_tables(&h, A, 2);
	assert_hex(smc(&h, RMI_RTT_CREATE, h.rd, pa + PAGE, A, 3), 0);
	stop_after(&h, 1, true);
	r = smc_regs(&h, RMI_GRANULE_RANGE_DELEGATE, pa, pa + 2 * PAGE);
	assert_hex(r.x[0], RMI_SUCCESS);
	assert_hex(r.x[1], pa + PAGE);
	assert_state(&h, pa, DELEGATED);
	assert_state(&h, pa + PAGE, RTT);
	assert_int_equal(rmm_open_operations(h.rmm), 0);
	host_end(&h);
}

/* All 16 contexts wait: what could yield before it begins is carried out at once. */
static void without_a_context_a_command_does_not_yield(void **state)
{
	struct rmm_regs open[16];
	struct host h;
	rmm_pa pa;

	host_realm(&h, NULL);
	host_tables(&h, A, 2);
	pa = host_pages(&h, 32);
	stop_after(&h, 1, true);
	for (unsigned i = 0; i < 16; i++) {
		open[i] = smc_regs(&h, RMI_GRANULE_RANGE_DELEGATE, pa + 2 * i * PAGE,
				   pa + 2 * (i + 1) * PAGE);
		assert_hex(open[i].x[0], 0x00d);
	}
	stop_after(&h, 0, false);
	pa = host_delegated(&h, 1);
	h.answers[0].label = "yield";
	h.answers[0].pick = 1;
	assert_hex(smc(&h, RMI_RTT_CREATE, h.rd, pa, A, 3), RMI_SUCCESS);
	assert_state(&h, pa, RTT);
	h.answers[0].pick = 0;
	for (unsigned i = 0; i < 16; i++)
		assert_hex(smc(&h, RMI_OP_CONTINUE, open[i].x[1], 0), 0);
	host_end(&h);
}

/* INIT_RIPAS has the primary entry at A + 2 pages, which the auxiliary tree maps already. */
static void an_auxiliary_unmap_ends_before_an_owned_entry(void **state)
{
	struct rmm_regs open;
	struct host h;

	host_realm(&h, &(struct setup){ .planes = 1 });
	ram(&h, A, 4);
	host_aux_tables(&h, 1, A, 3);
	assert_hex(aux(&h, RMI_RTT_AUX_PROT_MAP, A, A + 4 * PAGE).x[1], A + 4 * PAGE);
	stop_after(&h, 2, true);
	open = smc_regs(&h, RMI_RTT_INIT_RIPAS, h.rd, A, A + 4 * PAGE);
	assert_hex(open.x[0], 0x00d);
	stop_after(&h, 0, false);
	assert_hex(aux(&h, RMI_RTT_AUX_PROT_UNMAP, A, A + 4 * PAGE).x[1], A + 2 * PAGE);
	assert_int_equal(host_aux_entry(&h, 1, A + 2 * PAGE).hipas, RMM_HIPAS_DATA);
	assert_hex(smc(&h, RMI_OP_CONTINUE, open.x[1], 0), 0);
	host_end(&h);
}

/* The table that it has begun to fill is gone when it goes on. */
static void an_auxiliary_map_that_cannot_go_on_ends(void **state)
{
	struct rmm_regs r;
	struct host h;

	host_realm(&h, &(struct setup){ .planes = 1 });
	ram(&h, A, 3);
	host_aux_tables(&h, 1, A, 3);
	stop_after(&h, 1, true);
	r = smc_regs(&h, RMI_RTT_AUX_PROT_MAP, h.rd, A, A + 3 * PAGE, 1);
	assert_hex(r.x[0], 0x00d);
	stop_after(&h, 0, false);
	assert_hex(aux(&h, RMI_RTT_AUX_PROT_UNMAP, A, A + PAGE).x[1], A + PAGE);
	assert_hex(smc(&h, RMI_RTT_AUX_DESTROY, h.rd, A, 3, 1), 0);
	r = smc_regs(&h, RMI_OP_CONTINUE, r.x[1], 0);
	assert_hex(r.x[0], RMI_SUCCESS);
	assert_hex(r.x[1], A + PAGE);
	assert_int_equal(host_aux_entry(&h, 1, A).hipas, RMM_AUX_DESTROYED);
	assert_int_equal(rmm_open_operations(h.rmm), 0);
	host_end(&h);
}

/* The unmap waits at a page that the auxiliary tree does not map: it finds that when it goes on. */
static void an_auxiliary_unmap_that_cannot_go_on_ends(void **state)
{
	struct rmm_regs r;
	struct host h;

	host_realm(&h, &(struct setup){ .planes = 1 });
	ram(&h, A, 3);
	host_aux_tables(&h, 1, A, 3);
	assert_hex(aux(&h, RMI_RTT_AUX_PROT_MAP, A, A + PAGE).x[1], A + PAGE);
	stop_after(&h, 1, true);
	r = smc_regs(&h, RMI_RTT_AUX_PROT_UNMAP, h.rd, A, A + 3 * PAGE, 1);
	assert_hex(r.x[0], 0x00d);
	stop_after(&h, 0, false);
	r = smc_regs(&h, RMI_OP_CONTINUE, r.x[1], 0);
	assert_hex(r.x[0], RMI_SUCCESS);
	assert_hex(r.x[1], A + PAGE);
	assert_int_equal(host_aux_entry(&h, 1, A).hipas, RMM_VOID);
	assert_int_equal(rmm_open_operations(h.rmm), 0);
	host_end(&h);
}

/*
 *	primary    A [ block        ][ block        ]	one table
 *	auxiliary    [ pages ...    ][ pages ...    ]	a table each
 */
static void an_auxiliary_map_shows_blocks_page_by_page(void **state)
{
	rmm_ipa b = A + BLOCK;
	struct host h;

	host_realm(&h, &(struct setup){ .planes = 1 });
	host_tables(&h, A, 2);
	ram_block(&h, A);
	ram_block(&h, b);
	host_aux_tables(&h, 1, A, 3);
	host_aux_tables(&h, 1, b, 3);
	assert_hex(aux(&h, RMI_RTT_AUX_PROT_MAP, A, b + BLOCK).x[1], b + BLOCK);
	assert_hex(host_aux_entry(&h, 1, b - PAGE).pa, host_entry(&h, A).pa + BLOCK - PAGE);
	assert_hex(host_aux_entry(&h, 1, b).pa, host_entry(&h, b).pa);
	assert_int_equal(host_aux_entry(&h, 1, b + 5 * PAGE).level, 3);
	assert_hex(host_aux_entry(&h, 1, b + 5 * PAGE).pa, host_entry(&h, b).pa + 5 * PAGE);
	host_end(&h);
}

/* The operation waits at a granule that is DELEGATED: an error before bet3 where it begins, the end here. */
static void a_delegation_that_cannot_go_on_ends(void **state)
{
	struct rmm_regs r;
	struct host h;
	rmm_pa pa;

	host_boot(&h, NULL);
	pa = host_pages(&h, 3);
	host_delegate(&h, pa + PAGE, PAGE);
	stop_after(&h, 1, true);
	r = smc_regs(&h, RMI_GRANULE_RANGE_DELEGATE, pa, pa + 3 * PAGE);
	assert_hex(r.x[0], 0x00d);
	stop_after(&h, 0, false);
	r = smc_regs(&h, RMI_OP_CONTINUE, r.x[1], 0);
	assert_hex(r.x[0], RMI_SUCCESS);
	assert_hex(r.x[1], pa + PAGE);
	assert_state(&h, pa + PAGE, DELEGATED);
	assert_state(&h, pa + 2 * PAGE, UNDELEGATED);
	assert_int_equal(rmm_open_operations(h.rmm), 0);
	host_end(&h);
}

/* One granule is left when it is told to stop. */
static void a_delegation_that_stops_may_be_done(void **state)
{
	struct rmm_regs r;
	struct host h;
	rmm_pa pa;

	host_boot(&h, NULL);
	pa = host_pages(&h, 2);
	stop_after(&h, 1, true);
	r = smc_regs(&h, RMI_GRANULE_RANGE_DELEGATE, pa, pa + 2 * PAGE);
	assert_hex(r.x[0], 0x00d);
	stop_after(&h, 0, false);
	r = smc_regs(&h, RMI_OP_CONTINUE, r.x[1], RMI_CONTINUE_STOP);
	assert_hex(r.x[0], RMI_SUCCESS);
	assert_hex(r.x[1], pa + 2 * PAGE);
	assert_int_equal(rmm_open_operations(h.rmm), 0);
	host_end(&h);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_range_does_not_yield_at_an_entry_of_another_operation),
		TEST(auxiliary_ranges_end_before_an_owned_entry),
		TEST(an_auxiliary_map_ends_before_a_destroyed_entry),
		TEST(an_auxiliary_unmap_ends_before_a_block_that_does_not_fit),
		TEST(an_operation_does_not_yield_again_at_an_entry_of_another),
		TEST(a_delegation_does_not_yield_at_a_granule_that_is_an_object),
		TEST(without_a_context_a_command_does_not_yield),
		TEST(an_auxiliary_unmap_ends_before_an_owned_entry),
		TEST(an_auxiliary_map_that_cannot_go_on_ends),
		TEST(an_auxiliary_unmap_that_cannot_go_on_ends),
		TEST(an_auxiliary_map_shows_blocks_page_by_page),
		TEST(a_delegation_that_cannot_go_on_ends),
		TEST(a_delegation_that_stops_may_be_done),
	};

	return cmocka_run_group_tests_name("obstacles", tests, NULL, NULL);
}
