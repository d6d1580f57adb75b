/* SPDX-License-Identifier: BSD-2-Clause */
/* Mapping and unmapping of ranges (A5.3.3; B4.5.65-.67, .77, .78). */
#include "host.h"

static struct rmm_regs data_map(struct host *h, rmm_ipa base, rmm_ipa top, uint64_t flags,
				uint64_t oaddr)
{
	return smc_regs(h, RMI_RTT_DATA_MAP, h->rd, base, top, flags, oaddr);
}

static struct rmm_regs ns_map(struct host *h, rmm_ipa base, rmm_ipa top, uint64_t flags,
			      uint64_t oaddr)
{
	return smc_regs(h, RMI_RTT_UNPROT_MAP, h->rd, base, top, flags, oaddr);
}

static struct rmm_regs data_unmap(struct host *h, rmm_ipa base, rmm_ipa top, uint64_t flags,
				  uint64_t oaddr)
{
	return smc_regs(h, RMI_RTT_DATA_UNMAP, h->rd, base, top, flags, oaddr);
}

static struct rmm_regs ns_unmap(struct host *h, rmm_ipa base, rmm_ipa top, uint64_t flags,
				uint64_t oaddr)
{
	return smc_regs(h, RMI_RTT_UNPROT_UNMAP, h->rd, base, top, flags, oaddr);
}

static void conditions_of_data_map(void **state)
{
	struct host h;
	rmm_pa pa, list;

	host_realm(&h, NULL);
	host_tables(&h, 0, 3);
	pa = host_delegated(&h, 2);
	list = host_pages(&h, 1);
	assert_hex(smc(&h, RMI_RTT_DATA_MAP, pa, 0, 0x1000, 1, pa | 4), RMI_ERROR_INPUT);
	assert_hex(data_map(&h, 1, 0x1000, 1, pa | 4).x[0], RMI_ERROR_INPUT);
	assert_hex(data_map(&h, 0, 0x1001, 1, pa | 4).x[0], RMI_ERROR_INPUT);
	assert_hex(data_map(&h, 0x1000, 0x1000, 1, pa | 4).x[0], RMI_ERROR_INPUT);
	assert_hex(data_map(&h, S41, S41 + 0x1000, 1, pa | 4).x[0], RMI_ERROR_INPUT);
	assert_hex(data_map(&h, S41 - 0x1000, S41 + 0x1000, 1, pa | 4).x[0], RMI_ERROR_INPUT);
	assert_hex(data_map(&h, 0, 0x1000, 0, pa | 4).x[0], RMI_ERROR_INPUT); /* NONE */
	assert_hex(data_map(&h, 0, 0x1000, 3, pa | 4).x[0], RMI_ERROR_INPUT);
	assert_hex(data_map(&h, 0, 0x1000, 1, pa).x[0], RMI_ERROR_INPUT); /* no block */
	assert_hex(data_map(&h, 0, 0x1000, 1, pa | 4 | UINT64_C(1) << 63).x[0], RMI_ERROR_INPUT);
	assert_hex(data_map(&h, 0, 0x1000, 1, pa | 4 | UINT64_C(1) << 55).x[0], RMI_ERROR_INPUT);
	assert_hex(data_map(&h, 0, 0x1000, 1, list | 4).x[0], RMI_ERROR_INPUT); /* gran_state */
	assert_hex(data_map(&h, 0, 0x1000, 1, h.rd | 4).x[0], RMI_ERROR_INPUT);
	assert_hex(data_map(&h, 0, 0x1000, 1, 4).x[0], RMI_ERROR_TRACKING);
	assert_hex(data_map(&h, 0, 0x1000, 2 | 1 << 2, list + 4).x[0], RMI_ERROR_INPUT);
	assert_hex(data_map(&h, 0, 0x1000, 2 | 1 << 2, pa).x[0], RMI_ERROR_INPUT);
	assert_hex(data_map(&h, 0, 0x1000, 2, list).x[0], RMI_ERROR_INPUT);
	assert_hex(data_map(&h, 0x200000, 0x201000, 1, pa | 4).x[0], 0x204); /* rtte_size */
	assert_hex(data_map(&h, 0x201000, 0x400000, 1, pa | 4).x[0], 0x204); /* base_align */
	assert_hex(data_map(&h, 0x200000, 0x201000, 1, HOST_BASE | 5).x[0], 0x204);
	assert_hex(data_map(&h, 0x201000, 0x601000, 1, HOST_BASE | 5).x[0], 0x204);
	assert_hex(data_map(&h, 0, 0x1000, 1, UINT64_C(0x1000000001000) | 4).x[0], RMI_ERROR_INPUT);
	assert_hex(data_map(&h, 0, 0x200000, 1, HOST_BASE | 5).x[0],
		   0x304); /* a block for a page */
	assert_hex(data_map(&h, 0, 0x1000, 1, pa | 4).x[0], 0);
	assert_state(&h, pa, DATA);
	assert_hex(data_map(&h, 0, 0x1000, 1, pa | 4).x[0], 0x304); /* rtte_state */
	assert_hex(data_map(&h, 0, 0x1000, 1, (pa + 0x1000) | 4).x[0], 0x304);
	assert_hex(data_map(&h, 0x1000, 0x2000, 1, pa | 4).x[0],
		   RMI_ERROR_INPUT); /* DATA already */
	host_end(&h);
}

static void bet3_accepts_what_is_mapped_to_the_same_page(void **state)
{
	struct host h;
	rmm_pa pa;

	host_realm(&h, &(struct setup){ .edition = RMI_BET3 });
	pa = host_map(&h, 0);
	assert_hex(data_map(&h, 0, 0x1000, 1, pa | 4).x[0], 0);
	assert_hex(data_map(&h, 0, 0x1000, 1, host_delegated(&h, 1) | 4).x[0], 0x304);
	host_end(&h);
}

/*	  0    1    2    3
 *	 [.]  [.]  [D]  [.]
 *	 --------->		stops at 2, out_top = 2
 */
static void a_map_stops_at_an_obstacle(void **state)
{
	struct rmm_regs r;
	struct host h;
	rmm_pa pa;

	host_realm(&h, NULL);
	host_map(&h, 0x2000);
	pa = host_delegated(&h, 4);
	r = data_map(&h, 0, 0x4000, 1, host_desc(&h, pa, 3, 4));
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], 0x2000);
	assert_state(&h, pa + 0x1000, DATA);
	assert_state(&h, pa + 0x2000, DELEGATED);
	assert_hex(data_map(&h, 0x2000, 0x4000, 1, host_desc(&h, pa + 0x2000, 3, 2)).x[0], 0x304);
	/* a granule that is not DELEGATED stops it as well, and a descriptor that is used up */
	assert_hex(smc(&h, RMI_GRANULE_RANGE_UNDELEGATE, pa + 0x3000, pa + 0x4000), 0);
	r = data_map(&h, 0x3000, 0x5000, 1, host_desc(&h, pa + 0x2000, 3, 2));
	assert_hex(r.x[1], 0x4000);
	host_delegate(&h, pa + 0x3000, 0x1000);
	r = data_map(&h, 0x4000, 0x8000, 1, host_desc(&h, pa + 0x3000, 3, 1));
	assert_hex(r.x[1], 0x5000);
	host_end(&h);
}

static void a_block_needs_all_its_granules(void **state)
{
	struct host h;
	rmm_pa block;

	host_realm(&h, NULL);
	host_tables(&h, 0, 2);
	block = host_aligned(&h, 0x200000);
	host_delegate(&h, block, 0x1ff000);
	assert_hex(data_map(&h, 0, 0x200000, 1, block | 5).x[0], RMI_ERROR_INPUT);
	assert_state(&h, block, DELEGATED);
	assert_hex(data_map(&h, 0, 0x200000, 1, (block + 0x1000) | 5).x[0], RMI_ERROR_INPUT);
	/* page descriptors do not make a block */
	host_delegate(&h, block + 0x1ff000, 0x1000);
	assert_hex(data_map(&h, 0, 0x200000, 1, host_desc(&h, block, 3, 512)).x[0], 0x204);
	assert_hex(data_map(&h, 0, 0x200000, 1, block | 5).x[0], 0);
	assert_state(&h, block + 0x1ff000, DATA);
	host_end(&h);
}

/*	 level 3: ..., 0x1ff000 [.]	level 2: 0x200000 [.], 2 MiB
 *	 pages     --------------->	  not a block
 */
static void pages_stop_at_an_entry_of_another_level(void **state)
{
	struct rmm_regs r;
	struct host h;
	rmm_pa pa;

	host_realm(&h, NULL);
	host_tables(&h, 0, 3);
	pa = host_aligned(&h, 0x200000) + 0x1ff000;
	host_delegate(&h, pa, 0x201000);
	r = data_map(&h, 0x1ff000, 0x400000, 1, host_desc(&h, pa, 3, 513));
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], 0x200000);
	assert_int_equal(host_entry(&h, 0x200000).hipas, RMM_VOID);
	host_end(&h);
}

static void a_list_is_consumed_in_order(void **state)
{
	rmm_pa a, b, list;
	struct rmm_regs r;
	struct host h;

	host_realm(&h, NULL);
	host_tables(&h, 0, 3);
	b = host_delegated(&h, 2);
	a = host_delegated(&h, 1);
	list = host_pages(&h, 1);
	host_write64(&h, list, a | 4);
	host_write64(&h, list + 8, b); /* empty: skipped */
	host_write64(&h, list + 16, host_desc(&h, b, 3, 2));
	r = data_map(&h, 0, 0x3000, 2 | 3 << 2, list);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], 0x3000);
	assert_hex(host_entry(&h, 0).pa, a);
	assert_hex(host_entry(&h, 0x1000).pa, b);
	assert_hex(host_entry(&h, 0x2000).pa, b + 0x1000);
	/* and comes back as one; two descriptors, for b follows no a */
	r = data_unmap(&h, 0, 0x5000, 2 | 8 << 2, list + 0x100);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], 0x5000);
	assert_hex(r.x[3], 2);
	assert_hex(host_read64(&h, list + 0x100), a | 4);
	assert_hex(host_read64(&h, list + 0x108), host_desc(&h, b, 3, 2));
	host_end(&h);
}

static void a_full_output_list_ends_the_unmap(void **state)
{
	struct rmm_regs r;
	struct host h;
	rmm_pa list;

	host_realm(&h, NULL);
	list = host_pages(&h, 1);
	for (unsigned i = 0; i < 4; i++) {
		host_map(&h, i * 0x1000);
		host_pages(&h, 1); /* no neighbours */
	}
	r = data_unmap(&h, 0, 0x4000, 2 | 2 << 2, list);
	assert_hex(r.x[1], 0x2000);
	assert_hex(r.x[3], 2);
	r = data_unmap(&h, 0x2000, 0x4000, 2 | 2 << 2, list + 0xff8); /* room for one only */
	assert_hex(r.x[1], 0x3000);
	assert_hex(r.x[3], 1);
	assert_hex(data_unmap(&h, 0x3000, 0x4000, 2, list).x[0], RMI_ERROR_INPUT);
	assert_hex(data_unmap(&h, 0x3000, 0x4000, 2 | 4, list + 4).x[0], RMI_ERROR_INPUT);
	assert_hex(data_unmap(&h, 0x3000, 0x4000, 2 | 4, h.rd).x[0], RMI_ERROR_INPUT);
	host_end(&h);
}

/*	 0..2 [...]  3..4 [a a+1]  5 [b]  6 [.]  7 [b+1]
 *	 SINGLE: void run, a run, b alone (b+1 is behind a hole), void, b+1
 */
static void an_unmap_returns_one_run_a_call(void **state)
{
	static const uint64_t tops[] = { 0x3000, 0x5000, 0x6000, 0x7000, 0x8000, 0x9000 };
	uint64_t desc[6] = { 0 };
	rmm_ipa at = 0;
	rmm_pa a, b;
	struct host h;

	host_realm(&h, NULL);
	host_tables(&h, 0, 3);
	b = host_delegated(&h, 2);
	a = host_delegated(&h, 2);
	assert_hex(data_map(&h, 0x3000, 0x5000, 1, host_desc(&h, a, 3, 2)).x[0], 0);
	assert_hex(data_map(&h, 0x5000, 0x6000, 1, b | 4).x[0], 0);
	assert_hex(data_map(&h, 0x7000, 0x8000, 1, (b + 0x1000) | 4).x[0], 0);
	desc[1] = host_desc(&h, a, 3, 2);
	desc[2] = b | 4;
	desc[4] = (b + 0x1000) | 4;
	for (unsigned i = 0; i < 6; i++) {
		struct rmm_regs r = data_unmap(&h, at, 0x9000, 1, 0);

		assert_hex(r.x[0], 0);
		assert_hex(r.x[1], tops[i]);
		assert_hex(r.x[2], desc[i]);
		assert_hex(r.x[3], 0);
		at = r.x[1];
	}
	assert_state(&h, a, DELEGATED);
	host_end(&h);
}

static void a_run_ends_where_its_descriptor_is_full(void **state)
{
	struct rmm_regs r;
	struct host h;
	rmm_pa pa;

	host_realm(&h, NULL);
	for (rmm_ipa ipa = 0; ipa < 0x800000; ipa += 0x200000)
		host_tables(&h, ipa, 3);
	pa = host_delegated(&h, 1100);
	r = data_map(&h, 0, 0x800000, 1, host_desc(&h, pa, 3, 1000));
	assert_hex(r.x[1], 1000 * 0x1000);
	r = data_map(&h, r.x[1], 0x800000, 1, host_desc(&h, pa + r.x[1], 3, 100));
	assert_hex(r.x[1], 1100 * 0x1000);
	r = data_unmap(&h, 0, 0x800000, 1, 0);
	assert_hex(r.x[1], 1023 * 0x1000);
	assert_hex(r.x[2], host_desc(&h, pa, 3, 1023));
	r = data_unmap(&h, r.x[1], 0x800000, 1, 0);
	assert_hex(r.x[2], host_desc(&h, pa + 1023 * 0x1000, 3, 77));
	host_end(&h);
}

static void a_call_may_end_with_its_table(void **state)
{
	struct rmm_regs r;
	struct host h;
	rmm_pa pa;

	host_realm(&h, &(struct setup){ .profile = "bet1-leaf" });
	host_tables(&h, 0, 3);
	host_tables(&h, 0x200000, 3);
	pa = host_delegated(&h, 4);
	r = data_map(&h, 0x1fe000, 0x202000, 1, host_desc(&h, pa, 3, 4));
	assert_hex(r.x[1], 0x200000);
	r = data_map(&h, 0x200000, 0x202000, 1, host_desc(&h, pa + 0x2000, 3, 2));
	assert_hex(r.x[1], 0x202000);
	r = data_unmap(&h, 0x1fe000, 0x202000, 1, 0);
	assert_hex(r.x[1], 0x200000);
	assert_hex(r.x[2], host_desc(&h, pa, 3, 2));
	host_end(&h);
}

static void conditions_of_the_unmaps(void **state)
{
	struct host h;
	rmm_pa block;

	host_realm(&h, NULL);
	host_tables(&h, 0, 2);
	block = host_aligned(&h, 0x200000);
	host_delegate(&h, block, 0x200000);
	assert_hex(data_map(&h, 0, 0x200000, 1, block | 5).x[0], 0);
	assert_hex(data_unmap(&h, 0x1000, 0x200000, 1, 0).x[0], 0x204);
	assert_hex(data_unmap(&h, 0x1000, 0x401000, 1, 0).x[0], 0x204);
	assert_hex(data_unmap(&h, 0, 0x1000, 1, 0).x[0], 0x204);
	host_tables(&h, S41, 2);
	assert_hex(ns_map(&h, S41, S41 + 0x200000, 1, block | 5).x[0], 0);
	assert_hex(ns_unmap(&h, S41 + 0x1000, S41 + 0x401000, 0, 0).x[0], 0x204);
	assert_hex(ns_unmap(&h, S41, S41 + 0x1000, 0, 0).x[0], 0x204);
	assert_hex(ns_unmap(&h, S41, S41 + 0x200000, 3, 0).x[0], RMI_ERROR_INPUT);
	assert_hex(ns_unmap(&h, S41, S41 + 0x200000, 2, h.params).x[0], RMI_ERROR_INPUT);
	assert_hex(data_unmap(&h, 0, 0, 1, 0).x[0], RMI_ERROR_INPUT);
	assert_hex(data_unmap(&h, 0, S41 + 0x1000, 1, 0).x[0], RMI_ERROR_INPUT);
	assert_hex(data_unmap(&h, 0, 0x200000, 3, 0).x[0], RMI_ERROR_INPUT);
	assert_hex(data_unmap(&h, 0, 0x200000, 1, 0).x[2], block | 5);
	assert_state(&h, block + 0x1ff000, DELEGATED);
	host_end(&h);
}

static void ripas_after_an_unmap(void **state)
{
	struct host h;

	host_realm(&h, NULL);
	host_tables(&h, 0, 3);
	assert_hex(smc(&h, RMI_RTT_INIT_RIPAS, h.rd, 0, 0x1000), 0);
	host_map(&h, 0);
	host_map(&h, 0x1000);
	assert_int_equal(host_entry(&h, 0).ripas, RMI_RAM); /* DATA_MAP leaves RIPAS alone */
	assert_int_equal(host_entry(&h, 0x1000).ripas, RMI_EMPTY);
	assert_hex(data_unmap(&h, 0, 0x2000, 0, 0).x[1], 0x2000);
	assert_int_equal(host_entry(&h, 0).ripas, RMI_DESTROYED);
	assert_int_equal(host_entry(&h, 0x1000).ripas, RMI_EMPTY);
	host_map(&h, 0);
	assert_hex(data_unmap(&h, 0, 0x1000, 0, 0).x[1], 0x1000);
	assert_int_equal(host_entry(&h, 0).ripas, RMI_DESTROYED);
	host_end(&h);
}

static void conditions_of_unprot_map(void **state)
{
	struct host h;
	uint64_t desc;

	host_realm(&h, NULL);
	host_tables(&h, S41, 3);
	desc = h.params | 4;
	assert_hex(ns_map(&h, 0, 0x1000, 1, desc).x[0], RMI_ERROR_INPUT);
	assert_hex(ns_map(&h, 2 * S41 - 0x1000, 2 * S41 + 0x1000, 1, desc).x[0], RMI_ERROR_INPUT);
	assert_hex(ns_map(&h, S41, S41 + 0x1000, 0, desc).x[0], RMI_ERROR_INPUT);
	assert_hex(ns_map(&h, S41, S41 + 0x1000, 1 | 4 << 16, desc).x[0], RMI_ERROR_INPUT);
	assert_hex(ns_map(&h, S41, S41 + 0x1000, 1 | 4 << 19, desc).x[0], RMI_ERROR_INPUT);
	assert_hex(ns_map(&h, S41, S41 + 0x1000, 1, desc | UINT64_C(1) << 49).x[0],
		   RMI_ERROR_INPUT);
	assert_hex(ns_map(&h, S41, S41 + 0x200000, 1, HOST_BASE | 5).x[0], 0x304);
	assert_hex(ns_map(&h, S41 + 0x200000, S41 + 0x201000, 1, desc).x[0], 0x204);
	assert_hex(ns_map(&h, S41 + 0x200000, S41 + 0x201000, 1, HOST_BASE | 5).x[0], 0x204);
	assert_hex(ns_map(&h, S41 + 0x201000, S41 + 0x601000, 1, HOST_BASE | 5).x[0], 0x204);
	assert_hex(ns_map(&h, S41 + 0x200000, S41 + 0x400000, 1, (HOST_BASE + 0x1000) | 5).x[0],
		   RMI_ERROR_INPUT);
	assert_hex(ns_map(&h, S41, S41 + 0x1000, 1, h.params).x[0], RMI_ERROR_INPUT);
	assert_hex(ns_map(&h, S41, S41 + 0x1000, 2, h.params).x[0], RMI_ERROR_INPUT);
	/* the model does not ask whose memory it is */
	assert_hex(ns_map(&h, S41, S41 + 0x1000, 1, h.rd | 4).x[0], 0);
	assert_hex(ns_map(&h, S41 + 0x1000, S41 + 0x2000, 1, 0x7000 | 4).x[0], 0);
	assert_hex(ns_map(&h, S41, S41 + 0x1000, 1, desc).x[0], 0x304);
	host_end(&h);
}

static void unprot_unmap_skips_or_refuses(void **state)
{
	struct rmm_regs r;
	struct host h;

	host_realm(&h, NULL);
	host_tables(&h, S41, 3);
	assert_hex(ns_map(&h, S41 + 0x5000, S41 + 0x7000, 1, host_desc(&h, h.params, 3, 2)).x[0],
		   0);
	assert_hex(ns_unmap(&h, S41, 2 * S41, 0, 0).x[1], 2 * S41);
	assert_int_equal(host_entry(&h, S41 + 0x5000).hipas, RMM_UNMAPPED_NS);
	assert_hex(ns_unmap(&h, 0, 0x1000, 0, 0).x[0], RMI_ERROR_INPUT);
	assert_hex(ns_unmap(&h, S41, 2 * S41 + 0x1000, 0, 0).x[0], RMI_ERROR_INPUT);
	host_end(&h);

	host_realm(&h, &(struct setup){ .profile = "bet1-leaf" });
	host_tables(&h, S41, 3);
	assert_hex(ns_map(&h, S41 + 0x5000, S41 + 0x7000, 1, host_desc(&h, h.params, 3, 2)).x[0],
		   0);
	assert_hex(ns_unmap(&h, S41, S41 + 0x8000, 0, 0).x[0], 0x304);
	r = ns_unmap(&h, S41 + 0x5000, S41 + 0x8000, 1, 0);
	assert_hex(r.x[1], S41 + 0x7000);
	assert_hex(r.x[2], host_desc(&h, h.params, 3, 2)); /* state bit 0 (OP-65) */
	host_end(&h);
}

/* Whole halves with nothing in them: the cost is that of the tables, not of 2^28 pages. */
static void an_empty_half_is_unmapped_in_one_call(void **state)
{
	struct host h;

	host_realm(&h, &(struct setup){ .s2sz = 48 });
	for (unsigned i = 0; i < 1000; i++) {
		assert_hex(ns_unmap(&h, UINT64_C(1) << 47, UINT64_C(1) << 48, 0, 0).x[1],
			   UINT64_C(1) << 48);
		assert_hex(data_unmap(&h, 0, UINT64_C(1) << 47, 1, 0).x[1], UINT64_C(1) << 47);
	}
	host_end(&h);
}

static void conditions_of_data_map_init(void **state)
{
	struct host h;
	rmm_pa data, src;

	host_realm(&h, NULL);
	data = host_delegated(&h, 2);
	src = host_pages(&h, 2);
#define INIT(d, ipa, s, f) smc(&h, RMI_RTT_DATA_MAP_INIT, h.rd, d, ipa, s, f)
	assert_hex(INIT(data, 0, src, 0), 0x104);
	host_tables(&h, 0, 3);
	assert_hex(INIT(data, 0, src, 2), RMI_ERROR_INPUT);
	assert_hex(INIT(data, 0, src + 8, 0), RMI_ERROR_INPUT);
	assert_hex(INIT(data, 0, data + 0x1000, 0), RMI_ERROR_INPUT);
	assert_hex(INIT(data + 8, 0, src, 0), RMI_ERROR_INPUT);
	assert_hex(INIT(src, 0, src, 0), RMI_ERROR_INPUT);
	assert_hex(INIT(h.rd, 0, src, 0), RMI_ERROR_INPUT);
	assert_hex(INIT(data, 8, src, 0), RMI_ERROR_INPUT);
	assert_hex(INIT(data, S41, src, 0), RMI_ERROR_INPUT);
	host_write64(&h, src + 0x10, 0x77);
	assert_hex(INIT(data, 0, src, 0), 0);
	assert_hex(host_read64(&h, data + 0x10), 0x77);
	assert_int_equal(host_entry(&h, 0).ripas, RMI_RAM);
	assert_hex(INIT(data + 0x1000, 0, src, 0), 0x304);
#undef INIT
	host_end(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(conditions_of_data_map),
		TEST(bet3_accepts_what_is_mapped_to_the_same_page),
		TEST(a_map_stops_at_an_obstacle),
		TEST(a_block_needs_all_its_granules),
		TEST(pages_stop_at_an_entry_of_another_level),
		TEST(a_list_is_consumed_in_order),
		TEST(a_full_output_list_ends_the_unmap),
		TEST(an_unmap_returns_one_run_a_call),
		TEST(a_run_ends_where_its_descriptor_is_full),
		TEST(a_call_may_end_with_its_table),
		TEST(conditions_of_the_unmaps),
		TEST(ripas_after_an_unmap),
		TEST(conditions_of_unprot_map),
		TEST(unprot_unmap_skips_or_refuses),
		TEST(an_empty_half_is_unmapped_in_one_call),
		TEST(conditions_of_data_map_init),
	};

	return cmocka_run_group_tests_name("map", tests, NULL, NULL);
}
