/* SPDX-License-Identifier: BSD-2-Clause */
/* Overlay indices (rmm-state-machines 13; A5.6.11, B4.5.76): RTT_SET_S2AP. */
#include "s2ap.h"

/*
 *	           A              +3
 *	primary   [ 5 ][ 5 ][ 5 ][ 0 ]
 *	tree 1    [ 5 ][ 5 ][ 5 ][ 0 ]
 *	tree 2    [ 5 ][ 5 ][ 5 ][ 0 ]
 */
static void an_index_is_set_in_every_tree(void **state)
{
	struct rmm_regs r;
	struct host h;

	boot(&h, &trees, 2); /* the third is VOID */
	host_aux_tables(&h, 1, A, 3);
	host_aux_tables(&h, 2, A, 3);
	ask(&h, A, A + 0x3000);
	r = set_s2ap(&h, A, A + 0x3000);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], A + 0x3000);
	assert_hex(r.x[2], 0);
	for (unsigned i = 0; i < 4; i++) {
		for (unsigned tree = 0; tree < 3; tree++)
			assert_int_equal(host_aux_entry(&h, tree, A + i * 0x1000).s2ap,
					 i < 3 ? INDEX : 0);
		assert_int_equal(host_entry(&h, A + i * 0x1000).hipas,
				 i < 2 ? RMM_HIPAS_DATA : RMM_VOID);
	}
	/* RSI_MEM_SET_PERM_INDEX returns what was done */
	r = finish(&h, A, A + 0x3000, 0);
	assert_hex(r.x[1], A + 0x3000);
	assert_hex(r.x[2], RSI_ACCEPT);
	host_end(&h);
}

static void a_request_is_carried_out_in_pieces(void **state)
{
	struct host h;

	boot(&h, &one_tree, 4);
	assert_hex(set_s2ap(&h, A, A + 0x1000).x[0], RMI_ERROR_INPUT); /* nothing was asked for */
	ask(&h, A, A + 0x4000);
	assert_hex(set_s2ap(&h, A + 0x1000, A + 0x2000).x[0], RMI_ERROR_INPUT);
	assert_hex(set_s2ap(&h, A, A + 0x1000).x[1], A + 0x1000);
	assert_hex(set_s2ap(&h, A, A + 0x1000).x[0], RMI_ERROR_INPUT);
	assert_hex(set_s2ap(&h, A + 0x1000, A + 0x5000).x[0], RMI_ERROR_INPUT);
	assert_hex(set_s2ap(&h, A + 0x1000, A + 0x3000).x[1], A + 0x3000);
	assert_int_equal(host_entry(&h, A + 0x2000).s2ap, INDEX);
	assert_int_equal(host_entry(&h, A + 0x3000).s2ap, 0);
	assert_hex(finish(&h, A, A + 0x4000, 0).x[1], A + 0x3000);
	/* the request ended with the entry */
	assert_hex(set_s2ap(&h, A + 0x3000, A + 0x4000).x[0], RMI_ERROR_INPUT);
	host_end(&h);
}

/* X1 and X2 tell which entry of which tree the host has to make a table for. */
static void an_entry_that_crosses_the_range_is_named(void **state)
{
	struct rmm_regs r;
	struct host h;

	boot(&h, &trees, 1);
	ask(&h, A, A + 0x1000);
	r = set_s2ap(&h, A, A + 0x1000);
	assert_hex(r.x[0], 0x107);
	assert_hex(r.x[1], A);
	assert_hex(r.x[2], 1);
	host_aux_tables(&h, 1, A, 3);
	r = set_s2ap(&h, A, A + 0x1000);
	assert_hex(r.x[0], 0x107);
	assert_hex(r.x[2], 2);
	host_aux_tables(&h, 2, A, 2);
	r = set_s2ap(&h, A, A + 0x1000);
	assert_hex(r.x[0], 0x207);
	assert_hex(r.x[1], A);
	assert_hex(r.x[2], 2);
	assert_int_equal(host_entry(&h, A).s2ap, 0);
	host_aux_tables(&h, 2, A, 3);
	assert_hex(set_s2ap(&h, A, A + 0x1000).x[0], 0);
	host_end(&h);
	/* the primary tree: an entry of level 2 around base, then around top */
	boot(&h, &one_tree, 0);
	host_tables(&h, A, 2);
	ask(&h, A + 0x1000, A + 0x201000);
	r = set_s2ap(&h, A + 0x1000, A + 0x201000);
	assert_hex(r.x[0], 0x204);
	assert_hex(r.x[1], A);
	assert_hex(r.x[2], 0);
	host_tables(&h, A, 3);
	r = set_s2ap(&h, A + 0x1000, A + 0x201000);
	assert_hex(r.x[0], 0x204);
	assert_hex(r.x[1], A + 0x200000);
	/* without the end of it */
	r = set_s2ap(&h, A + 0x1000, A + 0x200000);
	assert_hex(r.x[0], 0);
	assert_int_equal(host_entry(&h, A + 0x1ff000).s2ap, INDEX);
	assert_int_equal(host_entry(&h, A).s2ap, 0);
	host_end(&h);
}

/* An entry that has the index already may cross the range. */
static void an_entry_with_the_index_is_passed(void **state)
{
	struct host h;

	boot(&h, &one_tree, 0);
	host_tables(&h, A, 2);
	ask(&h, A, A + 0x200000);
	assert_hex(set_s2ap(&h, A, A + 0x200000).x[0], 0);
	assert_int_equal(host_entry(&h, A).level, 2);
	finish(&h, A, A + 0x200000, 0);
	ask(&h, A + 0x1000, A + 0x3000);
	assert_hex(set_s2ap(&h, A + 0x1000, A + 0x3000).x[1], A + 0x3000);
	assert_int_equal(host_entry(&h, A).level, 2);
	host_end(&h);
}

static void a_large_entry_and_small_ones_change_together(void **state)
{
	struct host h;

	/* tree 1: one entry for all the 2 MiB; tree 2 and the primary one: 512 */
	boot(&h, &trees, 1);
	host_aux_tables(&h, 1, A, 2);
	host_aux_tables(&h, 2, A, 3);
	ask(&h, A, A + 0x400000);
	host_tables(&h, A + 0x200000, 3);
	host_aux_tables(&h, 1, A + 0x200000, 3);
	host_aux_tables(&h, 2, A + 0x200000, 2);
	assert_hex(set_s2ap(&h, A, A + 0x400000).x[1], A + 0x400000);
	for (unsigned tree = 0; tree < 3; tree++) {
		assert_int_equal(host_aux_entry(&h, tree, A).s2ap, INDEX);
		assert_int_equal(host_aux_entry(&h, tree, A + 0x3ff000).s2ap, INDEX);
		assert_int_equal(host_aux_entry(&h, tree, A - 0x1000).s2ap, 0);
	}
	host_end(&h);
	/* a table a call */
	boot(&h, &(struct setup){ .planes = 1, .profile = "bet1-leaf" }, 1);
	host_tables(&h, A + 0x200000, 3);
	host_aux_tables(&h, 1, A, 2);
	ask(&h, A, A + 0x400000);
	assert_hex(set_s2ap(&h, A, A + 0x400000).x[1], A + 0x200000);
	assert_hex(set_s2ap(&h, A + 0x200000, A + 0x400000).x[1], A + 0x400000);
	host_end(&h);
}

/* An index belongs to the address: maps, unmaps and tables leave it. */
static void an_index_stays_with_its_address(void **state)
{
	struct host h;
	rmm_pa pa;

	boot(&h, &one_tree, 1);
	ask(&h, A, A + 0x1000);
	assert_hex(set_s2ap(&h, A, A + 0x1000).x[0], 0);
	pa = host_entry(&h, A).pa;
	assert_hex(smc(&h, RMI_RTT_DATA_UNMAP, h.rd, A, A + 0x1000, 0, 0), 0);
	assert_int_equal(host_entry(&h, A).s2ap, INDEX);
	assert_hex(smc(&h, RMI_RTT_DATA_MAP, h.rd, A, A + 0x1000, RMI_ADDR_SINGLE,
		       host_desc(&h, pa, 3, 1)),
		   0);
	assert_int_equal(host_entry(&h, A).s2ap, INDEX);
	assert_hex(smc(&h, RMI_RTT_DATA_UNMAP, h.rd, A, A + 0x1000, 0, 0), 0);
	/* 10.4: all entries of a table have the same S2AP fields, or it is not homogeneous */
	assert_hex(smc(&h, RMI_RTT_FOLD, h.rd, A, 3), 0x304);
	host_end(&h);
}

static void answer(struct host *h, unsigned budget, bool incomplete)
{
	memset(h->answers, 0, sizeof(h->answers));
	if (!budget)
		return;
	h->answers[0].label = "budget";
	h->answers[0].pick = budget;
	h->answers[1].label = "incomplete";
	h->answers[1].pick = incomplete;
}

static void a_change_may_stop_early_or_be_incomplete(void **state)
{
	struct rmm_regs r;
	struct host h;

	boot(&h, &trees, 4);
	host_aux_tables(&h, 1, A, 2);
	host_aux_tables(&h, 1, A, 3);
	host_aux_tables(&h, 2, A, 3);
	ask(&h, A, A + 0x4000);
	answer(&h, 1, false);
	r = set_s2ap(&h, A, A + 0x4000);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], A + 0x1000);
	answer(&h, 1, true);
	r = set_s2ap(&h, A + 0x1000, A + 0x4000);
	assert_hex(r.x[0], 0x00d);
	assert_int_equal(host_aux_entry(&h, 2, A + 0x1000).s2ap, INDEX);
	assert_int_equal(host_aux_entry(&h, 2, A + 0x2000).s2ap, 0);
	answer(&h, 0, false);
	assert_hex(set_s2ap(&h, A + 0x2000, A + 0x4000).x[0], RMI_BLOCKED);
	r = smc_regs(&h, RMI_OP_CONTINUE, r.x[1], 0);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], A + 0x4000);
	assert_int_equal(host_entry(&h, A + 0x3000).s2ap, INDEX);
	assert_int_equal(host_aux_entry(&h, 2, A + 0x3000).s2ap, INDEX);
	assert_int_equal(rmm_open_operations(h.rmm), 0);
	host_end(&h);
}

/*
 * rmm-commands, SET_S2AP, T7: one table a call; an entry that is larger than the rest is an error after
 * progress, too, and the request goes on there, also by its tree; a table ends the call.
 */
static void tf_rmm_moves_the_request_to_the_entry(void **state)
{
	static const struct setup tf = { .planes = 2, .profile = "tf-rmm-2026-07" };
	struct rmm_regs r;
	struct host h;

	boot(&h, &tf, 2);
	host_tables(&h, A + 0x200000, 2);
	host_aux_tables(&h, 1, A, 3);
	host_aux_tables(&h, 1, A + 0x200000, 3);
	host_aux_tables(&h, 2, A, 3);
	host_aux_tables(&h, 2, A + 0x200000, 2);
	ask(&h, A, A + 0x201000);
	r = set_s2ap(&h, A, A + 0x201000);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], A + 0x200000);
	assert_int_equal(host_aux_entry(&h, 2, A + 0x1ff000).s2ap, INDEX);
	r = set_s2ap(&h, A + 0x200000, A + 0x201000);
	assert_hex(r.x[0], 0x204);
	assert_hex(r.x[1], A + 0x200000);
	assert_hex(r.x[2], 0);
	host_tables(&h, A + 0x200000, 3);
	assert_hex(set_s2ap(&h, A, A + 0x201000).x[0], RMI_ERROR_INPUT);
	r = set_s2ap(&h, A + 0x200000, A + 0x201000);
	assert_hex(r.x[0], 0x207);
	assert_hex(r.x[1], A + 0x200000);
	assert_hex(r.x[2], 2);
	/* the cookie: address and tree */
	assert_hex(finish(&h, A, A + 0x201000, 0).x[3], (A + 0x200000) | 2);
	host_end(&h);
}

/* Blocks of one table; X1 on the error is where the request goes on. */
static void tf_rmm_changes_blocks_up_to_a_table_or_a_larger_one(void **state)
{
	static const struct setup tf = { .profile = "tf-rmm-2026-07" };
	rmm_ipa b = A + 0x400000;
	struct rmm_regs r;
	struct host h;

	boot(&h, &tf, 1); /* a table at A, nothing behind it */
	ask(&h, b, b + 0x201000);
	r = set_s2ap(&h, b, b + 0x201000);
	assert_hex(r.x[0], 0x204);
	assert_hex(r.x[1], b + 0x200000);
	r = set_s2ap(&h, b + 0x200000, b + 0x201000);
	assert_hex(r.x[0], 0x204);
	assert_hex(r.x[1], b + 0x200000);
	finish(&h, b, b + 0x201000, 0);
	host_tables(&h, b + 0x200000, 3);
	ask(&h, b, b + 0x400000);
	r = set_s2ap(&h, b, b + 0x400000);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], b + 0x200000);
	finish(&h, b, b + 0x400000, 0);
	/* inside a block, which has the index already */
	ask(&h, b + 0x1000, b + 0x200000);
	r = set_s2ap(&h, b + 0x1000, b + 0x200000);
	assert_hex(r.x[0], 0x204);
	assert_hex(r.x[1], b + 0x1000);
	host_end(&h);
}

/* Each plane has a tree of its own, as many as there can be. */
static void an_index_is_set_for_three_planes(void **state)
{
	static const char *const profiles[] = { "strict", "tf-rmm-2026-07" };

	for (unsigned i = 0; i < 2; i++) {
		struct rmm_regs r;
		struct host h;

		boot(&h, &(struct setup){ .planes = 3, .profile = profiles[i] }, 1);
		for (unsigned tree = 1; tree <= 3; tree++)
			host_aux_tables(&h, tree, A, 3);
		ask(&h, A, A + 0x1000);
		r = set_s2ap(&h, A, A + 0x1000);
		assert_hex(r.x[0], 0);
		assert_hex(r.x[1], A + 0x1000);
		assert_hex(r.x[2], 0);
		for (unsigned tree = 0; tree <= 3; tree++) {
			assert_int_equal(host_aux_entry(&h, tree, A).s2ap, INDEX);
			assert_int_equal(host_aux_entry(&h, tree, A + 0x1000).s2ap, 0);
		}
		host_end(&h);
	}
}

/* rmm-state-machines, other requests: REJECT only of what is not finished; TF-RMM hands on the bit. */
static void a_finished_change_cannot_be_rejected(void **state)
{
	static const char *const profiles[] = { "strict", "tf-rmm-2026-07" };

	for (unsigned i = 0; i < 2; i++) {
		struct rmm_regs r;
		struct host h;

		boot(&h, &(struct setup){ .planes = 1, .profile = profiles[i] }, 1);
		host_aux_tables(&h, 1, A, 3);
		ask(&h, A, A + 0x1000);
		assert_hex(set_s2ap(&h, A, A + 0x1000).x[0], 0);
		r = finish(&h, A, A + 0x1000, RMI_ENTER_S2AP_REJECT);
		assert_hex(r.x[1], A + 0x1000);
		assert_hex(r.x[2], i ? RSI_REJECT : RSI_ACCEPT);
		host_end(&h);
	}
}

static void a_busy_change_leaves_the_request(void **state)
{
	struct host h;

	boot(&h, &one_tree, 1);
	ask(&h, A, A + 0x1000);
	h.answers[0].label = "busy";
	h.answers[0].pick = 1;
	assert_hex(set_s2ap(&h, A, A + 0x1000).x[0], RMI_BUSY);
	h.answers[0].pick = 0;
	assert_int_equal(host_entry(&h, A).s2ap, 0);
	assert_hex(set_s2ap(&h, A, A + 0x1000).x[1], A + 0x1000);
	assert_int_equal(host_entry(&h, A).s2ap, INDEX);
	host_end(&h);
}

/* DATA_UNMAP has done A and owns the page behind it. */
static void a_change_stops_before_an_entry_of_an_operation(void **state)
{
	struct rmm_regs open, r;
	struct host h;

	boot(&h, &one_tree, 3);
	answer(&h, 1, true);
	open = smc_regs(&h, RMI_RTT_DATA_UNMAP, h.rd, A, A + 0x3000, 0, 0);
	assert_hex(open.x[0], 0x00d);
	answer(&h, 0, false);
	ask(&h, A, A + 0x3000);
	r = set_s2ap(&h, A, A + 0x3000);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], A + 0x1000);
	assert_int_equal(host_entry(&h, A + 0x1000).s2ap, 0);
	assert_hex(set_s2ap(&h, A + 0x1000, A + 0x3000).x[0], RMI_BLOCKED);
	assert_hex(smc(&h, RMI_OP_CONTINUE, open.x[1], 0), 0);
	assert_hex(set_s2ap(&h, A + 0x1000, A + 0x3000).x[1], A + 0x3000);
	host_end(&h);
}

/* It would yield behind the entry of another operation: it ends there. */
static void a_change_does_not_yield_where_it_does_not_come(void **state)
{
	struct rmm_regs open, r;
	struct host h;

	boot(&h, &one_tree, 4);
	answer(&h, 1, true);
	open = smc_regs(&h, RMI_RTT_DATA_UNMAP, h.rd, A, A + 0x3000, 0, 0);
	assert_hex(open.x[0], 0x00d);
	answer(&h, 0, false);
	ask(&h, A, A + 0x4000);
	answer(&h, 3, true);
	r = set_s2ap(&h, A, A + 0x4000);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], A + 0x1000);
	assert_int_equal(rmm_open_operations(h.rmm), 1);
	answer(&h, 0, false);
	assert_hex(smc(&h, RMI_OP_CONTINUE, open.x[1], 0), 0);
	assert_hex(set_s2ap(&h, A + 0x1000, A + 0x4000).x[1], A + 0x4000);
	host_end(&h);
}

/* It yields before it begins; the table it has found is gone when it goes on. */
static void a_change_that_fails_when_it_goes_on_names_the_entry(void **state)
{
	struct rmm_regs r;
	struct host h;

	boot(&h, &one_tree, 0);
	host_tables(&h, A, 3);
	ask(&h, A, A + 0x1000);
	h.answers[0].label = "yield";
	h.answers[0].pick = 1;
	r = set_s2ap(&h, A, A + 0x1000);
	assert_hex(r.x[0], 0x00d);
	h.answers[0].pick = 0;
	assert_hex(smc(&h, RMI_RTT_FOLD, h.rd, A, 3), 0);
	r = smc_regs(&h, RMI_OP_CONTINUE, r.x[1], 0);
	assert_hex(r.x[0], 0x204);
	assert_hex(r.x[1], A);
	assert_hex(r.x[2], 0);
	host_end(&h);
}

/* The realm has the answer to its first request, and asks for something else. */
static void a_change_that_goes_on_leaves_the_next_request(void **state)
{
	struct rmm_regs open;
	struct host h;

	boot(&h, &one_tree, 4);
	ask(&h, A, A + 0x4000);
	answer(&h, 2, true);
	open = set_s2ap(&h, A, A + 0x4000);
	assert_hex(open.x[0], 0x00d);
	answer(&h, 0, false);
	assert_hex(finish(&h, A, A + 0x4000, 0).x[1], A + 0x2000);
	ask_for(&h, A, A + 0x4000, INDEX + 1);
	assert_hex(smc(&h, RMI_OP_CONTINUE, open.x[1], 0), 0);
	assert_int_equal(host_entry(&h, A + 0x2000).s2ap, 0);
	assert_hex(set_s2ap(&h, A, A + 0x1000).x[1], A + 0x1000);
	assert_hex(finish(&h, A, A + 0x4000, 0).x[1], A + 0x1000);
	host_end(&h);
}

/* The primary tree ends at its table; one entry of the plane's is all that was asked for. */
static void tf_rmm_goes_as_far_as_the_tree_that_ends_first(void **state)
{
	static const struct setup tf = { .planes = 1, .profile = "tf-rmm-2026-07" };
	rmm_ipa top = 2 * A; /* 1 GiB */
	struct rmm_regs r;
	struct host h;

	boot(&h, &tf, 1);
	ask(&h, A, top);
	r = set_s2ap(&h, A, top);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], A + 0x200000);
	assert_hex(r.x[2], 0);
	assert_int_equal(host_aux_entry(&h, 1, A).s2ap, INDEX);
	assert_int_equal(host_aux_entry(&h, 1, A).level, 1);
	assert_int_equal(host_entry(&h, A + 0x1ff000).s2ap, INDEX);
	assert_int_equal(host_entry(&h, A + 0x200000).s2ap, 0);
	host_end(&h);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(an_index_is_set_in_every_tree),
		TEST(a_request_is_carried_out_in_pieces),
		TEST(an_entry_that_crosses_the_range_is_named),
		TEST(an_entry_with_the_index_is_passed),
		TEST(a_large_entry_and_small_ones_change_together),
		TEST(an_index_stays_with_its_address),
		TEST(a_change_may_stop_early_or_be_incomplete),
		TEST(tf_rmm_moves_the_request_to_the_entry),
		TEST(tf_rmm_changes_blocks_up_to_a_table_or_a_larger_one),
		TEST(an_index_is_set_for_three_planes),
		TEST(a_finished_change_cannot_be_rejected),
		TEST(a_busy_change_leaves_the_request),
		TEST(a_change_stops_before_an_entry_of_an_operation),
		TEST(a_change_does_not_yield_where_it_does_not_come),
		TEST(a_change_that_fails_when_it_goes_on_names_the_entry),
		TEST(a_change_that_goes_on_leaves_the_next_request),
		TEST(tf_rmm_goes_as_far_as_the_tree_that_ends_first),
	};

	return cmocka_run_group_tests_name("overlay indices", tests, NULL, NULL);
}
