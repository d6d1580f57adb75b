/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables: create, destroy, fold, unfold, read (A5.6; B4.5.64, .68, .72, .74). */
#include "host.h"

static uint64_t create(struct host *h, rmm_pa rtt, rmm_ipa ipa, uint64_t level)
{
	return smc(h, RMI_RTT_CREATE, h->rd, rtt, ipa, level);
}

static struct rmm_regs destroy(struct host *h, rmm_ipa ipa, uint64_t level)
{
	return smc_regs(h, RMI_RTT_DESTROY, h->rd, ipa, level);
}

static struct rmm_regs fold(struct host *h, rmm_ipa ipa, uint64_t level)
{
	return smc_regs(h, RMI_RTT_FOLD, h->rd, ipa, level);
}

static void conditions_of_rtt_create(void **state)
{
	struct host h;
	rmm_pa t;

	host_realm(&h, NULL);
	t = host_delegated(&h, 1);
	assert_hex(create(&h, t, 0, 1), RMI_ERROR_INPUT); /* the start level */
	assert_hex(create(&h, t, 0, 4), RMI_ERROR_INPUT);
	assert_hex(create(&h, t, 0, (uint64_t)-1), RMI_ERROR_INPUT);
	assert_hex(create(&h, t, 0x200000, 2), RMI_ERROR_INPUT); /* ipa_align: to level 1 */
	assert_hex(create(&h, t, 2 * S41, 2), RMI_ERROR_INPUT);
	assert_hex(create(&h, t + 8, 0, 2), RMI_ERROR_INPUT);
	assert_hex(create(&h, 0, 0, 2), RMI_ERROR_INPUT);
	assert_hex(create(&h, h.root, 0, 2), RMI_ERROR_INPUT);
	assert_hex(create(&h, h.params, 0, 2), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_RTT_CREATE, t, t, 0, 2), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_RTT_CREATE, h.rd + 8, t, 0, 2), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_RTT_CREATE, 0, t, 0, 2), RMI_ERROR_INPUT);
	assert_hex(create(&h, t, 0, 3), 0x104); /* rtt_walk: level 2 is missing */
	assert_hex(create(&h, t, 0, 2), 0);
	assert_state(&h, t, RTT);
	assert_hex(create(&h, t, 0x40000000, 2), RMI_ERROR_INPUT); /* rtt_state */
	t = host_delegated(&h, 1);
	assert_hex(create(&h, t, 0, 2), 0x104); /* rtte_state: a table already */
	assert_hex(create(&h, t, 0, 3), 0);
	host_end(&h);
}

static void a_table_inherits_what_its_entry_said(void **state)
{
	struct host h;
	rmm_pa block;

	host_realm(&h, NULL);
	host_tables(&h, 0, 2);
	host_tables(&h, S41, 2);
	assert_hex(smc(&h, RMI_RTT_INIT_RIPAS, h.rd, 0, 0x200000), 0);
	block = host_aligned(&h, 0x200000);
	host_delegate(&h, block, 0x200000);
	assert_hex(smc(&h, RMI_RTT_DATA_MAP, h.rd, 0, 0x200000, 1, block | 5), 0);
	assert_hex(smc(&h, RMI_RTT_UNPROT_MAP, h.rd, S41, S41 + 0x200000, 0x160001, block | 5), 0);
	assert_int_equal(host_entry(&h, 0x5000).level, 2);
	host_tables(&h, 0, 3);
	host_tables(&h, 0x200000, 3);
	host_tables(&h, S41, 3);
	assert_int_equal(host_entry(&h, 0x5000).level, 3);
	assert_int_equal(host_entry(&h, 0x5000).hipas, RMM_HIPAS_DATA);
	assert_int_equal(host_entry(&h, 0x5000).ripas, RMI_RAM);
	assert_hex(host_entry(&h, 0x5000).pa, block + 0x5000);
	assert_int_equal(host_entry(&h, 0x205000).hipas, RMM_VOID);
	assert_int_equal(host_entry(&h, 0x205000).ripas, RMI_EMPTY);
	assert_hex(host_entry(&h, S41 + 0x1ff000).pa, block + 0x1ff000);
	assert_int_equal(host_entry(&h, S41 + 0x1ff000).memattr, 6);
	assert_int_equal(host_entry(&h, S41 + 0x1ff000).s2ap, 2);
	host_end(&h);
}

static void unfold_and_fold_are_inverse(void **state)
{
	static const unsigned shifts[] = { 12, 14, 16 };

	for (unsigned i = 0; i < 3; i++) {
		uint64_t size = rmi_level_size(shifts[i], 2), before;
		struct host h;
		struct rmm_regs r;
		rmm_pa block, t;

		host_realm(&h, &(struct setup){ .granule_shift = shifts[i] });
		block = host_aligned(&h, size);
		host_delegate(&h, block, size);
		t = host_delegated(&h, 1);
		host_tables(&h, 0, 2);
		assert_hex(smc(&h, RMI_RTT_DATA_MAP, h.rd, 0, size, 1, block | 5), 0);
		before = rmm_state_hash(h.rmm);
		assert_hex(create(&h, t, 0, 3), 0);
		r = fold(&h, 0, 3);
		assert_hex(r.x[0], 0);
		assert_hex(r.x[1], t);
		assert_state(&h, t, DELEGATED);
		assert_hex(rmm_state_hash(h.rmm), before);
		host_end(&h);
	}
}

/*	  0    1    2   ...
 *	 [D]  [D]  [.]		not homogeneous until all 512 are the same and contiguous
 */
static void only_a_homogeneous_table_is_folded(void **state)
{
	struct host h;
	rmm_pa block, other;

	host_realm(&h, NULL);
	block = host_aligned(&h, 0x200000);
	host_delegate(&h, block, 0x200000);
	other = host_delegated(&h, 1);
	assert_hex(fold(&h, 0, 2).x[0], 0x104); /* no table */
	assert_hex(fold(&h, 0, 3).x[0], 0x104); /* walk ends early */
	host_tables(&h, 0, 3);
	assert_hex(fold(&h, 0, 2).x[0], 0x204); /* has a table inside */
	assert_hex(smc(&h, RMI_RTT_DATA_MAP, h.rd, 0, 0x1000, 1, block | 4), 0);
	assert_hex(fold(&h, 0, 3).x[0], 0x304);
	assert_hex(smc(&h, RMI_RTT_DATA_MAP, h.rd, 0x1000, 0x2000, 1, other | 4), 0);
	assert_hex(smc_regs(&h, RMI_RTT_DATA_MAP, h.rd, 0x2000, 0x200000, 1,
			    host_desc(&h, block + 0x2000, 3, 510))
			   .x[1],
		   0x200000);
	assert_hex(fold(&h, 0, 3).x[0], 0x304); /* one page comes from elsewhere */
	assert_hex(smc(&h, RMI_RTT_DATA_UNMAP, h.rd, 0x1000, 0x2000, 0, 0), 0);
	assert_hex(smc(&h, RMI_RTT_DATA_MAP, h.rd, 0x1000, 0x2000, 1, (block + 0x1000) | 4), 0);
	assert_hex(fold(&h, 0, 3).x[0], 0);
	assert_int_equal(host_entry(&h, 0x1ff000).level, 2);
	/* the block is live: its table is not destroyed, it has none to destroy */
	assert_hex(destroy(&h, 0, 3).x[0], 0x204);
	assert_hex(destroy(&h, 0, 3).x[2], 0); /* a block: top = ipa */
	assert_hex(destroy(&h, 0, 2).x[0], 0x204);
	host_end(&h);
}

static void ripas_and_attributes_must_agree(void **state)
{
	struct host h;
	rmm_pa block;

	host_realm(&h, NULL);
	host_tables(&h, 0, 3);
	assert_hex(smc(&h, RMI_RTT_INIT_RIPAS, h.rd, 0, 0x1000), 0);
	assert_hex(fold(&h, 0, 3).x[0], 0x304);
	assert_hex(smc(&h, RMI_RTT_INIT_RIPAS, h.rd, 0, 0x200000), 0);
	assert_hex(fold(&h, 0, 3).x[0], 0);
	assert_int_equal(host_entry(&h, 0).level, 2);
	assert_int_equal(host_entry(&h, 0).ripas, RMI_RAM);

	block = host_aligned(&h, 0x200000);
	host_tables(&h, S41, 3);
	assert_hex(smc(&h, RMI_RTT_UNPROT_MAP, h.rd, S41, S41 + 0x200000, 0x1e0001,
		       host_desc(&h, block, 3, 512)),
		   0);
	assert_hex(smc(&h, RMI_RTT_UNPROT_UNMAP, h.rd, S41 + 0x5000, S41 + 0x6000, 0, 0), 0);
	assert_hex(smc(&h, RMI_RTT_UNPROT_MAP, h.rd, S41 + 0x5000, S41 + 0x6000, 0x160001,
		       (block + 0x5000) | 4),
		   0);
	assert_hex(fold(&h, S41, 3).x[0], 0x304); /* one is read-only */
	assert_hex(smc(&h, RMI_RTT_UNPROT_UNMAP, h.rd, S41 + 0x5000, S41 + 0x6000, 0, 0), 0);
	assert_hex(smc(&h, RMI_RTT_UNPROT_MAP, h.rd, S41 + 0x5000, S41 + 0x6000, 0x1e0001,
		       (block + 0x5000) | 4),
		   0);
	assert_hex(fold(&h, S41, 3).x[0], 0);
	assert_hex(host_entry(&h, S41).pa, block);
	host_end(&h);
}

/* 512 GiB in one entry: no fold makes a block at level 0. */
static void a_fold_makes_no_block_above_level_1(void **state)
{
	rmm_ipa half = UINT64_C(1) << 47;
	struct host h;

	host_realm(&h, &(struct setup){ .s2sz = 48 });
	host_tables(&h, half, 1);
	assert_hex(smc(&h, RMI_RTT_UNPROT_MAP, h.rd, half, half + (UINT64_C(1) << 39), 0x1e0001,
		       host_desc(&h, UINT64_C(1) << 39, 1, 512)),
		   0);
	assert_int_equal(host_entry(&h, half + (UINT64_C(1) << 39) - 1).hipas, RMM_MAPPED_NS);
	assert_hex(fold(&h, half, 1).x[0], 0x104);
	assert_hex(smc(&h, RMI_RTT_UNPROT_UNMAP, h.rd, half, half * 2, 0, 0), 0);
	assert_hex(fold(&h, half, 1).x[0], 0);
	host_end(&h);
}

static void destroy_says_where_to_go_on(void **state)
{
	struct rmm_regs r;
	struct host h;
	rmm_pa page;

	host_realm(&h, NULL);
	page = host_map(&h, 0x40203000);
	assert_hex(destroy(&h, 0, 1).x[0], RMI_ERROR_INPUT); /* level_bound: the start level */
	assert_hex(destroy(&h, 0, 4).x[0], RMI_ERROR_INPUT);
	assert_hex(fold(&h, 0, 1).x[0], RMI_ERROR_INPUT);
	assert_hex(fold(&h, 2 * S41, 2).x[0], RMI_ERROR_INPUT);
	r = destroy(&h, 0x1000, 3); /* ipa_align */
	assert_hex(r.x[0], RMI_ERROR_INPUT);
	assert_hex(r.x[2], 0);
	assert_hex(r.x[1], RMM_POISON);
	r = destroy(&h, 0, 3); /* rtt_walk: the next live entry of the root */
	assert_hex(r.x[0], 0x104);
	assert_hex(r.x[2], 0x40000000);
	r = destroy(&h, 0x40000000, 3); /* rtte_state: next table at level 2 */
	assert_hex(r.x[0], 0x204);
	assert_hex(r.x[2], 0x40200000);
	r = destroy(&h, 0x40200000, 3); /* rtt_live */
	assert_hex(r.x[0], 0x304);
	assert_hex(r.x[2], 0x40200000);
	assert_hex(smc(&h, RMI_RTT_DATA_UNMAP, h.rd, 0x40203000, 0x40204000, 1, 0), 0);
	r = destroy(&h, 0x40200000, 3);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[2], 0x80000000); /* nothing else in that level 2 table */
	assert_state(&h, r.x[1], DELEGATED);
	assert_state(&h, page, DELEGATED);
	assert_int_equal(host_entry(&h, 0x40203000).level, 2);
	assert_int_equal(host_entry(&h, 0x40203000).ripas, RMI_DESTROYED);
	host_end(&h);
}

static void a_table_of_ns_mappings_can_be_destroyed(void **state)
{
	struct host h;

	host_realm(&h, NULL);
	host_tables(&h, S41, 3);
	assert_hex(smc(&h, RMI_RTT_UNPROT_MAP, h.rd, S41, S41 + 0x1000, 1, h.params | 4), 0);
	assert_hex(destroy(&h, S41, 3).x[0], 0);
	assert_int_equal(host_entry(&h, S41).hipas, RMM_UNMAPPED_NS);
	host_end(&h);
}

/* W = 41: four start tables are one table, or, as TF-RMM has it, four (OP-71). */
static void the_end_of_a_concatenated_table_is_a_choice(void **state)
{
	struct rmm_profile p = *rmm_profile_find("strict");
	struct host h;

	host_realm(&h, NULL);
	assert_hex(destroy(&h, 0, 2).x[2], 2 * S41);
	host_end(&h);
	p.granule_tables = true;
	host_realm(&h, &(struct setup){ .custom = &p });
	assert_hex(destroy(&h, 0, 2).x[2], 0x8000000000);
	host_end(&h);
}

static void read_entry_shows_what_the_host_may_see(void **state)
{
	struct rmm_regs r;
	struct host h;
	rmm_pa page;

	host_realm(&h, NULL);
	page = host_map(&h, 0x1000);
	host_tables(&h, S41, 3);
	assert_hex(smc(&h, RMI_RTT_UNPROT_MAP, h.rd, S41, S41 + 0x1000, 1 | 2 << 16 | 3 << 19,
		       h.params | 4),
		   0);
	r = smc_regs(&h, RMI_RTT_READ_ENTRY, h.rd, 0x1000, 3);
	assert_hex(r.x[1], 3);
	assert_hex(r.x[2], RMI_RTTE_DATA);
	assert_hex(r.x[3], page);
	assert_hex(r.x[4], RMI_EMPTY);
	r = smc_regs(&h, RMI_RTT_READ_ENTRY, h.rd, S41, 3);
	assert_hex(r.x[2], RMI_RTTE_DATA);
	assert_hex(r.x[3], h.params + 0xc8); /* as recorded */
	r = smc_regs(&h, RMI_RTT_READ_ENTRY, h.rd, S41 + 0x1000, 3);
	assert_hex(r.x[2], RMI_RTTE_VOID);
	assert_hex(r.x[3], 0);
	r = smc_regs(&h, RMI_RTT_READ_ENTRY, h.rd, 0, 1);
	assert_hex(r.x[1], 1);
	assert_hex(r.x[2], RMI_RTTE_TABLE);
	r = smc_regs(&h, RMI_RTT_READ_ENTRY, h.rd, 0x7fff000, 3); /* stops above */
	assert_hex(r.x[1], 2);
	assert_hex(smc(&h, RMI_RTT_READ_ENTRY, h.rd, 0x1000, 2), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_RTT_READ_ENTRY, h.rd, 0, 0), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_RTT_READ_ENTRY, h.rd, 2 * S41, 3), RMI_ERROR_INPUT);
	host_end(&h);
}

static void the_bits_of_s2ap_read_as_recorded(void **state)
{
	static const unsigned rows[][3] = { { 6, 1, 0x98 }, { 6, 2, 0x58 }, { 2, 3, 0xc8 } };
	struct host h;

	host_realm(&h, NULL);
	host_tables(&h, S41, 3);
	for (unsigned i = 0; i < 3; i++) {
		rmm_ipa ipa = S41 + i * 0x1000;

		assert_hex(smc(&h, RMI_RTT_UNPROT_MAP, h.rd, ipa, ipa + 0x1000,
			       1 | (uint64_t)rows[i][0] << 16 | (uint64_t)rows[i][1] << 19,
			       h.params | 4),
			   0);
		assert_hex(smc_regs(&h, RMI_RTT_READ_ENTRY, h.rd, ipa, 3).x[3],
			   h.params + rows[i][2]);
	}
	host_end(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(conditions_of_rtt_create),
		TEST(a_table_inherits_what_its_entry_said),
		TEST(unfold_and_fold_are_inverse),
		TEST(only_a_homogeneous_table_is_folded),
		TEST(ripas_and_attributes_must_agree),
		TEST(a_fold_makes_no_block_above_level_1),
		TEST(destroy_says_where_to_go_on),
		TEST(a_table_of_ns_mappings_can_be_destroyed),
		TEST(the_end_of_a_concatenated_table_is_a_choice),
		TEST(read_entry_shows_what_the_host_may_see),
		TEST(the_bits_of_s2ap_read_as_recorded),
	};

	return cmocka_run_group_tests_name("rtt", tests, NULL, NULL);
}
