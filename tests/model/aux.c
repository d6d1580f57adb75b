/* SPDX-License-Identifier: BSD-2-Clause */
/* Auxiliary trees: a tree for each plane (rmm-commands Part 7; B4.5.57-.63). */
#include "host.h"

static const struct setup three_planes = { .planes = 3 };

static uint64_t aux_create(struct host *h, rmm_pa rtt, rmm_ipa ipa, uint64_t level, unsigned tree)
{
	return smc(h, RMI_RTT_AUX_CREATE, h->rd, rtt, ipa, level, tree);
}

static struct rmm_regs aux_map(struct host *h, rmm_ipa base, rmm_ipa top, uint64_t flags)
{
	return smc_regs(h, RMI_RTT_AUX_PROT_MAP, h->rd, base, top, flags);
}

static struct rmm_regs aux_unmap(struct host *h, rmm_ipa base, rmm_ipa top, uint64_t flags)
{
	return smc_regs(h, RMI_RTT_AUX_PROT_UNMAP, h->rd, base, top, flags);
}

static void init_ripas(struct host *h, rmm_ipa base, rmm_ipa top)
{
	while (base < top) {
		struct rmm_regs r = smc_regs(h, RMI_RTT_INIT_RIPAS, h->rd, base, top);

		assert_hex(r.x[0], 0);
		base = r.x[1];
	}
}

/* n pages of RAM from ipa on, mapped in the primary tree and contiguous; returns the first PA. */
static rmm_pa ram(struct host *h, rmm_ipa ipa, unsigned n, uint64_t align)
{
	rmm_pa pa = host_aligned(h, align);

	h->next = pa + n * h->page;
	host_delegate(h, pa, n * h->page);
	host_tables(h, ipa, 3);
	init_ripas(h, ipa, ipa + n * h->page);
	assert_hex(smc(h, RMI_RTT_DATA_MAP, h->rd, ipa, ipa + n * h->page, RMI_ADDR_SINGLE,
		       host_desc(h, pa, 3, n)),
		   0);
	return pa;
}

static rmm_pa ram_block(struct host *h, rmm_ipa ipa)
{
	uint64_t size = host_level_size(h, 2);
	rmm_pa pa = host_aligned(h, size);

	host_delegate(h, pa, size);
	host_tables(h, ipa, 2);
	init_ripas(h, ipa, ipa + size);
	assert_hex(smc(h, RMI_RTT_DATA_MAP, h->rd, ipa, ipa + size, RMI_ADDR_SINGLE,
		       host_desc(h, pa, 2, 1)),
		   0);
	return pa;
}

static void the_trees_of_a_realm_are_made_and_given_back_with_it(void **state)
{
	struct host h;

	host_realm(&h, &three_planes);
	for (unsigned tree = 1; tree <= 3; tree++) {
		assert_state(&h, h.aux_root[tree - 1], RTT);
		assert_int_equal(host_aux_entry(&h, tree, 0).hipas, RMM_VOID);
		assert_int_equal(host_aux_entry(&h, tree, S41).hipas, RMM_UNMAPPED_NS);
	}
	host_aux_tables(&h, 2, 0, 3);
	assert_hex(smc(&h, RMI_REALM_TERMINATE, h.rd), 0);
	assert_hex(smc(&h, RMI_REALM_DESTROY, h.rd), RMI_ERROR_REALM); /* live: a table in tree 2 */
	assert_hex(smc(&h, RMI_RTT_AUX_DESTROY, h.rd, 0, 3, 2), 0);
	assert_hex(smc(&h, RMI_RTT_AUX_DESTROY, h.rd, 0, 2, 2), 0);
	assert_hex(smc(&h, RMI_REALM_DESTROY, h.rd), 0);
	for (unsigned tree = 1; tree <= 3; tree++)
		assert_state(&h, h.aux_root[tree - 1], DELEGATED);
	host_end(&h);
}

static void a_table_belongs_to_the_tree_that_it_was_made_in(void **state)
{
	rmm_pa t2, t3;
	struct host h;

	host_realm(&h, &three_planes);
	t2 = host_delegated(&h, 1);
	t3 = host_delegated(&h, 1);
	assert_hex(aux_create(&h, t3, 0, 3, 2), 0x107); /* level 2 is missing */
	assert_hex(aux_create(&h, t2, 0, 2, 2), 0);
	assert_hex(aux_create(&h, t3, 0, 3, 2), 0);
	assert_int_equal(host_aux_entry(&h, 2, 0).level, 3);
	assert_int_equal(host_aux_entry(&h, 1, 0).level, 1);
	assert_int_equal(host_entry(&h, 0).level, 1);
	assert_hex(aux_create(&h, host_delegated(&h, 1), 0, 2, 2), 0x107); /* there already */
	/* the primary commands do not see it */
	assert_hex(smc(&h, RMI_RTT_DESTROY, h.rd, 0, 2), 0x104);
	host_end(&h);
}

/* AUX_DESTROY leaves an entry that nothing can be mapped in. */
static void a_destroyed_auxiliary_table_leaves_aux_destroyed(void **state)
{
	rmm_ipa ipa = 0x40000000;
	struct rmm_regs r;
	struct host h;
	rmm_pa t;

	host_realm(&h, &three_planes);
	ram(&h, ipa, 1, h.page);
	host_aux_tables(&h, 1, ipa, 2);
	t = host_delegated(&h, 1);
	assert_hex(aux_create(&h, t, ipa, 3, 1), 0);
	assert_hex(aux_map(&h, ipa, ipa + h.page, 1).x[0], 0);
	/* live: the table's level, top = ipa */
	r = smc_regs(&h, RMI_RTT_AUX_DESTROY, h.rd, ipa, 3, 1);
	assert_hex(r.x[0], 0x307);
	assert_hex(r.x[2], ipa);
	assert_hex(aux_unmap(&h, ipa, ipa + h.page, 1).x[0], 0);
	r = smc_regs(&h, RMI_RTT_AUX_DESTROY, h.rd, ipa, 3, 1);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], t);
	assert_hex(r.x[2], ipa + 0x40000000); /* the end of the level 2 table */
	assert_state(&h, t, DELEGATED);
	assert_int_equal(host_aux_entry(&h, 1, ipa).level, 2);
	assert_int_equal(host_aux_entry(&h, 1, ipa).hipas, RMM_AUX_DESTROYED);
	assert_int_equal(host_aux_entry(&h, 1, ipa).ripas, RMI_DESTROYED);
	/* the primary entry is as it was (OP-46) */
	assert_int_equal(host_entry(&h, ipa).hipas, RMM_HIPAS_DATA);
	assert_int_equal(host_entry(&h, ipa).ripas, RMI_RAM);
	assert_hex(aux_map(&h, ipa, ipa + 0x200000, 1).x[0], 0x207);
	/* a new table inherits it, and a table of it is not homogeneous */
	assert_hex(aux_create(&h, t, ipa, 3, 1), 0);
	assert_int_equal(host_aux_entry(&h, 1, ipa).level, 3);
	assert_int_equal(host_aux_entry(&h, 1, ipa).hipas, RMM_AUX_DESTROYED);
	assert_hex(aux_map(&h, ipa, ipa + h.page, 1).x[0], 0x307);
	assert_hex(smc(&h, RMI_RTT_AUX_FOLD, h.rd, ipa, 3, 1), 0x307);
	/* without a table: where the next one could be */
	r = smc_regs(&h, RMI_RTT_AUX_DESTROY, h.rd, ipa + 0x40000000, 3, 1);
	assert_hex(r.x[0], 0x107);
	assert_hex(r.x[2], 2 * S41);
	host_end(&h);
}

static void fold_gives_a_table_of_a_tree_back(void **state)
{
	rmm_ipa ipa = 0x40000000;
	struct rmm_regs r;
	struct host h;
	rmm_pa t, pa;

	host_realm(&h, &three_planes);
	pa = ram_block(&h, ipa);
	host_aux_tables(&h, 3, ipa, 2);
	t = host_delegated(&h, 1);
	assert_hex(aux_create(&h, t, ipa, 3, 3), 0);
	assert_hex(aux_map(&h, ipa, ipa + h.page, 3).x[0], 0);
	assert_hex(smc(&h, RMI_RTT_AUX_FOLD, h.rd, ipa, 3, 3), 0x307); /* VOID and DATA */
	r = aux_map(&h, ipa, ipa + 0x200000, 3);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], ipa + 0x200000);
	assert_hex(host_aux_entry(&h, 3, ipa + 0x1ff000).pa, pa + 0x1ff000);
	r = smc_regs(&h, RMI_RTT_AUX_FOLD, h.rd, ipa, 3, 3);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], t);
	assert_state(&h, t, DELEGATED);
	assert_int_equal(host_aux_entry(&h, 3, ipa).level, 2);
	assert_int_equal(host_aux_entry(&h, 3, ipa).hipas, RMM_HIPAS_DATA);
	assert_hex(host_aux_entry(&h, 3, ipa).pa, pa);
	assert_hex(smc(&h, RMI_RTT_AUX_FOLD, h.rd, ipa, 3, 3), 0x207); /* no table */
	/* and apart again: the pages stay */
	assert_hex(aux_create(&h, t, ipa, 3, 3), 0);
	assert_hex(host_aux_entry(&h, 3, ipa + 0x3000).pa, pa + 0x3000);
	host_end(&h);
}

/*
 *	            0    1    2    3    4    5
 *	primary    [D]  [D]  [.]  [D]  [D]  [.]     D = data, . = void
 *	STOP       ------->                         stops at 2
 *	CONTINUE   ----------------------------->
 */
static void a_map_stops_at_a_void_primary_entry_or_goes_on(void **state)
{
	rmm_ipa ipa = 0x40000000;
	struct rmm_regs r;
	struct host h;
	rmm_pa a, b;

	host_realm(&h, &three_planes);
	a = ram(&h, ipa, 2, h.page);
	b = ram(&h, ipa + 0x3000, 2, h.page);
	host_aux_tables(&h, 1, ipa, 3);
	host_aux_tables(&h, 2, ipa, 3);
	r = aux_map(&h, ipa, ipa + 0x6000, 1);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], ipa + 0x2000);
	r = aux_map(&h, ipa, ipa + 0x6000, 2 | RMI_AUX_MAP_CONTINUE);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], ipa + 0x6000);
	assert_hex(host_aux_entry(&h, 1, ipa + 0x1000).pa, a + 0x1000);
	assert_int_equal(host_aux_entry(&h, 1, ipa + 0x3000).hipas, RMM_VOID);
	assert_int_equal(host_aux_entry(&h, 2, ipa + 0x2000).hipas, RMM_VOID);
	assert_hex(host_aux_entry(&h, 2, ipa + 0x4000).pa, b + 0x1000);
	/* what is mapped already is progress */
	r = aux_map(&h, ipa, ipa + 0x2000, 1);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], ipa + 0x2000);
	/* at base itself: INPUT, or ERROR_RTT with CONTINUE */
	assert_hex(aux_map(&h, ipa + 0x2000, ipa + 0x3000, 1).x[0], RMI_ERROR_INPUT);
	assert_hex(aux_map(&h, ipa + 0x2000, ipa + 0x3000, 1 | RMI_AUX_MAP_CONTINUE).x[0], 0x304);
	/* unmapping stops at what is not mapped */
	r = aux_unmap(&h, ipa, ipa + 0x6000, 2);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], ipa + 0x2000);
	assert_hex(aux_unmap(&h, ipa + 0x2000, ipa + 0x6000, 2).x[0], 0x307);
	assert_int_equal(host_aux_entry(&h, 2, ipa).hipas, RMM_VOID);
	assert_int_equal(host_aux_entry(&h, 1, ipa).hipas, RMM_HIPAS_DATA);
	assert_int_equal(host_entry(&h, ipa).hipas, RMM_HIPAS_DATA);
	assert_int_equal(host_entry(&h, ipa).ripas, RMI_RAM);
	host_end(&h);
}

static void memory_that_is_not_ram_is_not_shown_to_a_plane(void **state)
{
	rmm_ipa ipa = 0x40000000;
	struct host h;
	rmm_pa pa;

	host_realm(&h, &three_planes);
	ram(&h, ipa, 1, h.page);
	pa = host_delegated(&h, 1);
	assert_hex(smc(&h, RMI_RTT_DATA_MAP, h.rd, ipa + 0x1000, ipa + 0x2000, RMI_ADDR_SINGLE,
		       host_desc(&h, pa, 3, 1)),
		   0);
	host_aux_tables(&h, 1, ipa, 3);
	assert_int_equal(host_entry(&h, ipa + 0x1000).ripas, RMI_EMPTY);
	assert_hex(aux_map(&h, ipa, ipa + 0x2000, 1).x[1], ipa + 0x1000);
	assert_hex(aux_map(&h, ipa + 0x1000, ipa + 0x2000, 1).x[0], 0x304);
	host_end(&h);
}

/* One block for a plane out of 512 pages: with CREATE, when they are one contiguous block. */
static void create_makes_a_block_out_of_a_table_of_pages(void **state)
{
	rmm_ipa ipa = 0x40000000;
	struct rmm_regs r;
	struct host h;
	rmm_pa pa;

	host_realm(&h, &three_planes);
	pa = ram(&h, ipa, 512, 0x200000);
	ram(&h, ipa + 0x200000, 512, h.page); /* contiguous, but not aligned to a block */
	host_aux_tables(&h, 1, ipa, 2);
	assert_hex(aux_map(&h, ipa, ipa + 0x200000, 1).x[0], 0x207);
	assert_hex(aux_map(&h, ipa + 0x1000, ipa + 0x400000, 1).x[0], RMI_ERROR_INPUT);
	assert_hex(aux_map(&h, ipa, ipa + 0x1000, 1 | RMI_AUX_MAP_CREATE).x[0], 0x207);
	/* tree 2 has an entry of level 1 there: two levels above the pages */
	assert_hex(aux_map(&h, ipa, ipa + 0x40000000, 2 | RMI_AUX_MAP_CREATE).x[0], 0x107);
	r = aux_map(&h, ipa, ipa + 0x400000, 1 | RMI_AUX_MAP_CREATE);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], ipa + 0x200000);
	assert_int_equal(host_aux_entry(&h, 1, ipa).level, 2);
	assert_int_equal(host_aux_entry(&h, 1, ipa).hipas, RMM_HIPAS_DATA);
	assert_hex(host_aux_entry(&h, 1, ipa).pa, pa);
	assert_hex(aux_map(&h, ipa + 0x200000, ipa + 0x400000, 1 | RMI_AUX_MAP_CREATE).x[0], 0x207);
	/* it goes as a whole */
	assert_hex(aux_unmap(&h, ipa, ipa + 0x1000, 1).x[0], 0x207);
	assert_hex(aux_unmap(&h, ipa + 0x1000, ipa + 0x201000, 1).x[0], 0x207);
	r = aux_unmap(&h, ipa, ipa + 0x200000, 1);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], ipa + 0x200000);
	assert_int_equal(host_aux_entry(&h, 1, ipa).hipas, RMM_VOID);
	host_end(&h);
}

/* A block that is not yet in the tree: base may lie inside it, as long as the range covers its size. */
static void create_maps_the_whole_block_around_base(void **state)
{
	rmm_ipa ipa = 0x40000000;
	struct rmm_regs r;
	struct host h;

	host_realm(&h, &three_planes);
	ram(&h, ipa, 512, 0x200000);
	ram(&h, ipa + 0x200000, 1, h.page);
	host_aux_tables(&h, 1, ipa, 2);
	r = aux_map(&h, ipa + 0x1000, ipa + 0x201000, 1 | RMI_AUX_MAP_CREATE);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], ipa + 0x200000);
	assert_int_equal(host_aux_entry(&h, 1, ipa).hipas, RMM_HIPAS_DATA);
	host_end(&h);
}

/* What a tree still maps cannot be taken away from under it. */
static void the_primary_tree_keeps_what_an_auxiliary_one_maps(void **state)
{
	rmm_ipa ipa = 0x40000000;
	struct rmm_regs r;
	struct host h;
	rmm_pa pa;

	host_realm(&h, &three_planes);
	pa = ram(&h, ipa, 512, 0x200000);
	host_aux_tables(&h, 3, ipa, 3);
	assert_hex(aux_map(&h, ipa + 0x2000, ipa + 0x3000, 3).x[0], 0);
	/* as far as the page, then not at all: ERROR_RTT_AUX with the level of the auxiliary entry */
	r = smc_regs(&h, RMI_RTT_DATA_UNMAP, h.rd, ipa, ipa + 0x4000, RMI_ADDR_SINGLE, 0);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], ipa + 0x2000);
	r = smc_regs(&h, RMI_RTT_DATA_UNMAP, h.rd, ipa + 0x2000, ipa + 0x4000, RMI_ADDR_SINGLE, 0);
	assert_hex(r.x[0], 0x307);
	assert_state(&h, pa + 0x2000, DATA);
	assert_hex(smc(&h, RMI_RTT_DATA_MAP, h.rd, ipa, ipa + 0x2000, RMI_ADDR_SINGLE,
		       host_desc(&h, pa, 3, 2)),
		   0);
	init_ripas(&h, ipa, ipa + 0x2000);
	/* the table is homogeneous, but not to be folded */
	assert_hex(smc(&h, RMI_RTT_FOLD, h.rd, ipa, 3), 0x204);
	assert_hex(aux_unmap(&h, ipa + 0x2000, ipa + 0x3000, 3).x[0], 0);
	assert_hex(smc(&h, RMI_RTT_FOLD, h.rd, ipa, 3), 0);
	/* a whole block, of which a tree maps a page */
	assert_hex(aux_map(&h, ipa, ipa + 0x200000, 3).x[0], 0);
	assert_hex(smc(&h, RMI_RTT_DATA_UNMAP, h.rd, ipa, ipa + 0x200000, RMI_ADDR_SINGLE, 0),
		   0x307);
	assert_hex(aux_unmap(&h, ipa, ipa + 0x200000, 3).x[0], 0);
	assert_hex(smc(&h, RMI_RTT_DATA_UNMAP, h.rd, ipa, ipa + 0x200000, RMI_ADDR_SINGLE, 0), 0);
	assert_state(&h, pa, DELEGATED);
	host_end(&h);
}

static void ask_for_empty(struct host *h, struct rmm_rec *rec)
{
	struct rmm_regs regs = { { RSI_IPA_STATE_SET, 0x40000000, 0x40003000, RMI_EMPTY } };

	assert_int_equal(rmm_realm_smc(h->rmm, rec, &regs), RMM_REALM_EXIT);
}

/* SET_RIPAS, aux_live: any tree, any target. */
static void ripas_does_not_change_under_an_auxiliary_mapping(void **state)
{
	rmm_ipa ipa = 0x40000000;
	struct host h;

	host_realm(&h, &three_planes);
	ram(&h, ipa, 3, h.page);
	host_aux_tables(&h, 2, ipa, 3);
	assert_hex(aux_map(&h, ipa + 0x2000, ipa + 0x3000, 2).x[0], 0);
	host_activate(&h);
	assert_hex(host_enter(&h, 0, ask_for_empty, NULL), 0);
	assert_hex(smc(&h, RMI_RTT_SET_RIPAS, h.rd, h.rec, ipa, ipa + 0x3000), 0x304);
	assert_int_equal(host_entry(&h, ipa).ripas, RMI_RAM);
	assert_hex(smc(&h, RMI_RTT_SET_RIPAS, h.rd, h.rec, ipa, ipa + 0x2000), 0);
	assert_int_equal(host_entry(&h, ipa).ripas, RMI_EMPTY);
	assert_hex(aux_unmap(&h, ipa + 0x2000, ipa + 0x3000, 2).x[0], 0);
	assert_hex(smc(&h, RMI_RTT_SET_RIPAS, h.rd, h.rec, ipa + 0x2000, ipa + 0x3000), 0);
	host_end(&h);
}

/*
 * W = 33: the start level is 2, so that the start tables hold blocks of 2 MiB also where AUX_CREATE
 * makes no tables (ipa_bound: protected IPAs only).
 */
#define S32 (UINT64_C(1) << 32)

static void unprotected_mappings_are_copied_with_their_attributes(void **state)
{
	static const struct setup s = { .planes = 1, .s2sz = 33 };
	struct rmm_regs r;
	struct host h;
	rmm_pa ns;

	host_realm(&h, &s);
	assert_int_equal(h.start_level, 2);
	assert_hex(aux_create(&h, host_delegated(&h, 1), S32, 3, 1), RMI_ERROR_INPUT);
	ns = host_aligned(&h, 0x200000);
	r = smc_regs(&h, RMI_RTT_UNPROT_MAP, h.rd, S32, S32 + 0x200000, 1 | 6 << 16 | 1 << 19,
		     host_desc(&h, ns, 2, 1));
	assert_hex(r.x[0], 0);
	r = smc_regs(&h, RMI_RTT_AUX_UNPROT_MAP, h.rd, S32, S32 + 0x400000, 1);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], S32 + 0x200000);
	assert_int_equal(host_aux_entry(&h, 1, S32).hipas, RMM_MAPPED_NS);
	assert_hex(host_aux_entry(&h, 1, S32).pa, ns);
	assert_int_equal(host_aux_entry(&h, 1, S32).memattr, 6);
	assert_int_equal(host_aux_entry(&h, 1, S32).s2ap, 1);
	/* the primary table may go, unless the tree refers to the range (aux_ref; OP-35: top = ipa) */
	host_tables(&h, S32, 3);
	r = smc_regs(&h, RMI_RTT_DESTROY, h.rd, S32, 3);
	assert_hex(r.x[0], 0x204);
	assert_hex(r.x[2], S32);
	r = smc_regs(&h, RMI_RTT_AUX_UNPROT_UNMAP, h.rd, S32, S32 + 0x1000, 1);
	assert_hex(r.x[0], 0x207);
	r = smc_regs(&h, RMI_RTT_AUX_UNPROT_UNMAP, h.rd, S32, S32 + 0x400000, 1);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], S32 + 0x200000);
	assert_int_equal(host_aux_entry(&h, 1, S32).hipas, RMM_UNMAPPED_NS);
	assert_hex(smc(&h, RMI_RTT_AUX_UNPROT_UNMAP, h.rd, S32, S32 + 0x200000, 1), 0x207);
	/* out of pages: as one block, with CREATE */
	assert_hex(smc(&h, RMI_RTT_AUX_UNPROT_MAP, h.rd, S32, S32 + 0x200000, 1), 0x207);
	assert_hex(
		smc(&h, RMI_RTT_AUX_UNPROT_MAP, h.rd, S32, S32 + 0x200000, 1 | RMI_AUX_MAP_CREATE),
		0);
	assert_hex(host_aux_entry(&h, 1, S32).pa, ns);
	assert_hex(smc(&h, RMI_RTT_AUX_UNPROT_UNMAP, h.rd, S32, S32 + 0x200000, 1), 0);
	assert_hex(smc(&h, RMI_RTT_DESTROY, h.rd, S32, 3), 0);
	host_end(&h);
}

static void a_realm_without_trees_per_plane_has_no_auxiliary_commands(void **state)
{
	static const struct setup setups[] = { { 0 }, { .planes = 2, .one_tree = true } };
	struct host h;
	rmm_pa t;

	for (unsigned i = 0; i < 2; i++) {
		host_realm(&h, &setups[i]);
		t = host_delegated(&h, 1);
		for (unsigned tree = 0; tree < 5; tree++) {
			assert_hex(aux_create(&h, t, 0, 2, tree), RMI_ERROR_INPUT);
			assert_hex(smc(&h, RMI_RTT_AUX_DESTROY, h.rd, 0, 2, tree), RMI_ERROR_INPUT);
			assert_hex(smc(&h, RMI_RTT_AUX_FOLD, h.rd, 0, 2, tree), RMI_ERROR_INPUT);
			assert_hex(aux_map(&h, 0, 0x1000, tree & 3).x[0], RMI_ERROR_INPUT);
			assert_hex(aux_unmap(&h, 0, 0x1000, tree & 3).x[0], RMI_ERROR_INPUT);
		}
		host_end(&h);
	}
}

static void a_map_goes_over_tables_of_either_tree(void **state)
{
	struct rmm_config cfg = { .fanout_bits = 3 };
	const struct setup s = { .planes = 1, .s2sz = 25, .config = &cfg };
	struct rmm_regs r;
	struct host h;
	rmm_pa pa;

	/* pages and a block below, in 32 KiB each; pages in the first and the last two of the tree */
	host_realm(&h, &s);
	pa = ram(&h, 0, 8, 0x8000);
	ram_block(&h, 0x8000);
	ram(&h, 0x10000, 8, h.page);
	host_aux_tables(&h, 1, 0, 3);
	host_aux_tables(&h, 1, 0x8000, 3);
	host_aux_tables(&h, 1, 0x10000, 3);
	r = aux_map(&h, 0, 0x18000, 1);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], 0x18000);
	assert_hex(host_aux_entry(&h, 1, 0x7000).pa, pa + 0x7000);
	for (rmm_ipa ipa = 0; ipa < 0x18000; ipa += 0x1000)
		assert_hex(host_aux_entry(&h, 1, ipa).pa,
			   host_entry(&h, ipa).pa +
				   (host_entry(&h, ipa).level == 2 ? ipa - 0x8000 : 0));
	r = aux_unmap(&h, 0, 0x18000, 1);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], 0x18000);
	host_end(&h);
	/* bet1-leaf: a table a call */
	host_realm(&h, &(struct setup){
			       .planes = 1, .s2sz = 25, .config = &cfg, .profile = "bet1-leaf" });
	ram(&h, 0, 8, 0x8000);
	ram(&h, 0x8000, 8, 0x8000);
	host_aux_tables(&h, 1, 0, 3);
	host_aux_tables(&h, 1, 0x8000, 3);
	assert_hex(aux_map(&h, 0, 0x10000, 1).x[1], 0x8000);
	assert_hex(aux_map(&h, 0x8000, 0x10000, 1).x[1], 0x10000);
	assert_hex(aux_unmap(&h, 0, 0x10000, 1).x[1], 0x8000);
	host_end(&h);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(the_trees_of_a_realm_are_made_and_given_back_with_it),
		TEST(a_table_belongs_to_the_tree_that_it_was_made_in),
		TEST(a_destroyed_auxiliary_table_leaves_aux_destroyed),
		TEST(fold_gives_a_table_of_a_tree_back),
		TEST(a_map_stops_at_a_void_primary_entry_or_goes_on),
		TEST(memory_that_is_not_ram_is_not_shown_to_a_plane),
		TEST(create_makes_a_block_out_of_a_table_of_pages),
		TEST(create_maps_the_whole_block_around_base),
		TEST(the_primary_tree_keeps_what_an_auxiliary_one_maps),
		TEST(ripas_does_not_change_under_an_auxiliary_mapping),
		TEST(unprotected_mappings_are_copied_with_their_attributes),
		TEST(a_realm_without_trees_per_plane_has_no_auxiliary_commands),
		TEST(a_map_goes_over_tables_of_either_tree),
	};

	return cmocka_run_group_tests_name("auxiliary trees", tests, NULL, NULL);
}
