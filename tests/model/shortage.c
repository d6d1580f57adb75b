/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The model's own memory runs out: BUSY, ERROR_GLOBAL or nothing to notice, no state lost; and what is
 * wiped when there is no memory to remember what was written.
 */
#include <stdlib.h>
#include <sys/mman.h>

#include "host.h"

/* One page is to be taken out of a block whose granules were one word so far. */
static void unmapping_a_page_of_a_block_without_memory_is_busy(void **state)
{
	struct rmm_regs r;
	uint64_t hash;
	struct host h;
	rmm_pa pa;

	host_realm(&h, NULL);
	host_tables(&h, 0, 2);
	pa = host_aligned(&h, 0x200000);
	host_delegate(&h, pa, 0x200000);
	assert_hex(smc(&h, RMI_RTT_DATA_MAP, h.rd, 0, 0x200000, 1, host_desc(&h, pa, 2, 1)), 0);
	host_tables(&h, 0, 3);
	hash = rmm_state_hash(h.rmm);
	h.no_memory = true;
	r = smc_regs(&h, RMI_RTT_DATA_UNMAP, h.rd, 0x3000, 0x4000, 1, 0);
	assert_hex(r.x[0], RMI_BUSY);
	assert_true(rmm_state_hash(h.rmm) == hash);
	h.no_memory = false;
	r = smc_regs(&h, RMI_RTT_DATA_UNMAP, h.rd, 0x3000, 0x4000, 1, 0);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[2], host_desc(&h, pa + 0x3000, 3, 1));
	assert_state(&h, pa + 0x2000, DATA);
	assert_state(&h, pa + 0x3000, DELEGATED);
	host_end(&h);
}

struct scene {
	struct host *h;
	rmm_pa pa;
};

static void write_without_bitmap(struct host *h, struct rmm_rec *rec)
{
	struct rmm_access a = { .ipa = 0x1000, .size = 8, .write = true, .value = 0x5ec2e7 };

	h->no_memory = true;
	assert_int_equal(rmm_realm_access(h->rmm, rec, &a), RMM_REALM_DONE);
	h->no_memory = false;
}

/* Another CPU maps the page, the realm writes to it, and it is unmapped again. */
static void use_it_meanwhile(struct host *h)
{
	struct scene *s = h->hook_ctx;

	h->on_alloc = NULL;
	assert_hex(smc(h, RMI_RTT_DATA_MAP, h->rd, 0x1000, 0x2000, 1, host_desc(h, s->pa, 3, 1)),
		   0);
	assert_hex(host_enter(h, 0, write_without_bitmap, NULL), 0);
	assert_hex(smc(h, RMI_RTT_DATA_UNMAP, h->rd, 0x1000, 0x2000, 0), 0);
}

/*
 *	[ chunk: undelegated as a whole ][ page ]
 *	 the file has a hole from here on ...     the page has been written to since
 */
static void what_a_realm_writes_during_undelegation_is_wiped(void **state)
{
	struct host h;
	struct scene s = { &h };
	rmm_pa chunk = HOST_BASE + 0x20000000;

	host_realm(&h, NULL);
	host_tables(&h, 0, 3);
	assert_hex(smc(&h, RMI_RTT_INIT_RIPAS, h.rd, 0, 0x2000), 0);
	host_activate(&h);
	host_delegate(&h, chunk, 0x400000);
	s.pa = chunk + 0x200000;
	h.hook_ctx = &s;
	h.on_alloc = use_it_meanwhile;
	assert_hex(smc_regs(&h, RMI_GRANULE_RANGE_UNDELEGATE, chunk, s.pa + 0x1000).x[1],
		   s.pa + 0x1000);
	assert_null(h.on_alloc); /* it has been there */
	assert_hex(host_read64(&h, s.pa), 0);
	host_end(&h);
}

/* Without a bitmap every page of the chunk counts as written. */
static void pages_are_wiped_without_a_bitmap(void **state)
{
	struct host h;
	rmm_pa pa;

	host_realm(&h, NULL);
	host_tables(&h, 0, 3);
	assert_hex(smc(&h, RMI_RTT_INIT_RIPAS, h.rd, 0, 0x2000), 0);
	pa = host_aligned(&h, 0x200000);
	host_delegate(&h, pa, 0x1000);
	assert_hex(smc(&h, RMI_RTT_DATA_MAP, h.rd, 0x1000, 0x2000, 1, host_desc(&h, pa, 3, 1)), 0);
	host_activate(&h);
	assert_hex(host_enter(&h, 0, write_without_bitmap, NULL), 0);
	assert_hex(*(uint64_t *)rmm_host_ptr(h.rmm, pa, 8), 0x5ec2e7);
	assert_hex(smc(&h, RMI_RTT_DATA_UNMAP, h.rd, 0x1000, 0x2000, 0), 0);
	assert_hex(smc(&h, RMI_GRANULE_RANGE_UNDELEGATE, pa, pa + 0x1000), 0);
	assert_hex(host_read64(&h, pa), 0);
	host_end(&h);
}

/* Pages of the bank's file that exist. */
static unsigned resident(struct host *h, rmm_pa pa, uint64_t size)
{
	unsigned char *vec = malloc(size / 0x1000);
	unsigned n = 0;

	assert_non_null(vec);
	assert_int_equal(mincore(rmm_host_ptr(h->rmm, pa, size), size, vec), 0);
	for (uint64_t i = 0; i < size / 0x1000; i++)
		n += vec[i] & 1;
	free(vec);
	return n;
}

static void wiping_does_not_fill_holes(void **state)
{
	rmm_pa pa = HOST_BASE + 0x20000000, top = pa + 0x8000000;
	struct host h;

	host_realm(&h, NULL);
	host_tables(&h, 0, 2);
	host_write64(&h, pa + 0x234560, 1);
	assert_int_equal(resident(&h, pa, top - pa), 1);
	host_delegate(&h, pa, top - pa);
	assert_hex(smc(&h, RMI_RTT_DATA_MAP, h.rd, 0, 0x400000, 1, host_desc(&h, pa, 2, 2)), 0);
	assert_hex(smc(&h, RMI_RTT_DATA_UNMAP, h.rd, 0, 0x400000, 0), 0);
	assert_hex(smc(&h, RMI_GRANULE_RANGE_UNDELEGATE, pa, top), 0);
	assert_true(resident(&h, pa, top - pa) <= 1);
	assert_hex(host_read64(&h, pa + 0x234560), 0);
	host_end(&h);
}

/* A GiB whose granules are one word: a part of it takes memory for all its chunks, a page for its own. */
static void mapping_a_part_of_a_gigabyte_without_memory_is_busy(void **state)
{
	struct rmm_profile tf = *rmm_profile_find("tf-rmm-2026-07");
	const struct rmm_profile *profiles[] = { rmm_profile_find("strict"), &tf };
	rmm_pa pa = HOST_BASE + 0x40000000;

	tf.one_granule = false;
	for (unsigned i = 0; i < 2; i++) {
		uint64_t hash, desc;
		struct host h;

		host_realm(&h, &(struct setup){ .custom = profiles[i] });
		host_tables(&h, 0, 2);
		host_delegate(&h, pa, 0x40000000);
		desc = host_desc(&h, pa, 2, 1);
		hash = rmm_state_hash(h.rmm);
		h.no_memory = true;
		assert_hex(smc(&h, RMI_RTT_DATA_MAP, h.rd, 0, 0x200000, 1, desc), RMI_BUSY);
		assert_true(rmm_state_hash(h.rmm) == hash);
		h.no_memory = false;
		assert_hex(smc(&h, RMI_RTT_DATA_MAP, h.rd, 0, 0x200000, 1, desc), 0);
		host_tables(&h, 0, 3);
		hash = rmm_state_hash(h.rmm);
		h.no_memory = true;
		assert_hex(smc(&h, RMI_RTT_DATA_UNMAP, h.rd, 0, 0x1000, 0, 0), RMI_BUSY);
		assert_true(rmm_state_hash(h.rmm) == hash);
		h.no_memory = false;
		assert_hex(smc(&h, RMI_RTT_DATA_UNMAP, h.rd, 0, 0x1000, 0, 0), 0);
		assert_state(&h, pa, DELEGATED);
		host_end(&h);
	}
}

/* Nothing of the second bank was ever touched. */
static void delegating_a_new_bank_without_memory_is_busy(void **state)
{
	static const struct rmm_config cfg = { .banks = { { HOST_BASE, 0x40000000 },
							  { HOST_BASE + 0x40000000, 0x40000000 } },
					       .nr_banks = 2 };
	rmm_pa pa = HOST_BASE + 0x40000000, top = pa + 0x40000000;
	struct host h;

	host_boot(&h, &(struct setup){ .config = &cfg });
	h.no_memory = true;
	assert_hex(smc(&h, RMI_GRANULE_RANGE_DELEGATE, pa, top), RMI_BUSY);
	assert_int_equal(rmm_delegated(h.rmm), 0);
	h.no_memory = false;
	assert_hex(smc(&h, RMI_GRANULE_RANGE_DELEGATE, pa, top), 0);
	assert_int_equal(rmm_delegated(h.rmm), 0x40000000 / 0x1000);
	host_end(&h);
}

/*
 *	    0x1ff   0x200        a block, by now a table of pages
 *	   [ page ][ page | ...
 *	    ------>|			the second page takes memory
 */
static rmm_ipa page_and_block(struct host *h)
{
	rmm_pa pa;

	host_realm(h, NULL);
	host_map(h, 0x1ff000);
	pa = host_aligned(h, 0x200000);
	host_delegate(h, pa, 0x200000);
	assert_hex(smc(h, RMI_RTT_DATA_MAP, h->rd, 0x200000, 0x400000, 1, host_desc(h, pa, 2, 1)),
		   0);
	host_tables(h, 0x200000, 3);
	return 0x1ff000;
}

static void an_unmap_ends_where_memory_is_short(void **state)
{
	for (unsigned yields = 0; yields < 2; yields++) {
		struct rmm_regs r;
		struct host h;
		rmm_ipa base = page_and_block(&h);

		h.answers[0].label = "budget";
		h.answers[1].label = "incomplete";
		h.answers[0].pick = h.answers[1].pick = yields;
		h.no_memory = !yields;
		r = smc_regs(&h, RMI_RTT_DATA_UNMAP, h.rd, base, base + 0x3000, 0, 0);
		h.no_memory = true;
		if (yields) {
			assert_hex(r.x[0], 0x00d);
			h.answers[0].pick = 0;
			r = smc_regs(&h, RMI_OP_CONTINUE, r.x[1], 0);
		}
		assert_hex(r.x[0], 0);
		assert_hex(r.x[1], base + 0x1000);
		assert_int_equal(host_entry(&h, base).hipas, RMM_VOID);
		assert_int_equal(host_entry(&h, base + 0x1000).hipas, RMM_HIPAS_DATA);
		assert_int_equal(rmm_open_operations(h.rmm), 0);
		h.no_memory = false;
		host_end(&h);
	}
}

/* It yields before it begins, finds no memory when it goes on, and then does. */
static void waits_for_memory(struct host *h, uint64_t fid, uint64_t a, uint64_t b, uint64_t c,
			     uint64_t d, uint64_t e)
{
	struct rmm_regs r;
	uint64_t hash;

	h->answers[0].label = "yield";
	h->answers[0].pick = 1;
	r = smc_regs(h, fid, a, b, c, d, e);
	assert_hex(r.x[0], 0x00d);
	h->answers[0].pick = 0;
	hash = rmm_state_hash(h->rmm);
	h->no_memory = true;
	assert_hex(smc(h, RMI_OP_CONTINUE, r.x[1], 0), 0x00d);
	h->no_memory = false;
	assert_true(rmm_state_hash(h->rmm) == hash);
	assert_int_equal(rmm_open_operations(h->rmm), 1);
	assert_hex(smc(h, RMI_OP_CONTINUE, r.x[1], 0), 0);
	assert_int_equal(rmm_open_operations(h->rmm), 0);
}

static void an_operation_without_memory_goes_on_later(void **state)
{
	rmm_pa pa = HOST_BASE + 0x40000000, other = HOST_BASE + 0x80000000;
	struct host h;

	page_and_block(&h);
	waits_for_memory(&h, RMI_RTT_DATA_UNMAP, h.rd, 0x200000, 0x201000, 0, 0);
	waits_for_memory(&h, RMI_GRANULE_RANGE_DELEGATE, other, other + 0x1000, 0, 0, 0);
	assert_state(&h, other, DELEGATED);
	host_delegate(&h, pa, 0x40000000);
	waits_for_memory(&h, RMI_RTT_DATA_MAP, h.rd, 0x400000, 0x600000, 1,
			 host_desc(&h, pa, 2, 1));
	assert_state(&h, pa, DATA);
	host_end(&h);
}

/* Every allocation in turn fails once; whoever is refused tries again, and nothing is lost. */

static void fail_one(struct host *h)
{
	unsigned *left = h->hook_ctx;

	h->no_memory = *left && !--*left;
}

/* A call that may meet the failure: no change then, and the next one succeeds. */
static struct rmm_regs try(struct host *h, uint64_t fid, uint64_t a, uint64_t b, uint64_t c,
			   uint64_t d, uint64_t e)
{
	unsigned *left = h->hook_ctx, before = *left;
	uint64_t hash = rmm_state_hash(h->rmm);
	struct rmm_regs r = smc_regs(h, fid, a, b, c, d, e);
	unsigned status = RMI_RESULT_STATUS(r.x[0]);

	if (before && !*left && status != RMI_SUCCESS && status != RMI_INCOMPLETE) {
		if (status != RMI_BUSY && status != RMI_ERROR_GLOBAL)
			fail_msg("%#llx: %#llx", (unsigned long long)fid,
				 (unsigned long long)r.x[0]);
		assert_true(rmm_state_hash(h->rmm) == hash);
		h->no_memory = false;
		r = smc_regs(h, fid, a, b, c, d, e);
		status = RMI_RESULT_STATUS(r.x[0]);
	}
	h->no_memory = false;
	if (status != RMI_SUCCESS && status != RMI_INCOMPLETE)
		fail_msg("%#llx: %#llx", (unsigned long long)fid, (unsigned long long)r.x[0]);
	return r;
}

/* The whole range, however many calls it takes. */
static void range(struct host *h, uint64_t fid, uint64_t rd, uint64_t base, uint64_t top)
{
	while (base < top)
		base = rd ? try(h, fid, rd, base, top, 0, 0).x[1]
			  : try(h, fid, base, top, 0, 0, 0).x[1];
}

/* False: there was no memory for the object, and everything has been given back. */
static bool donate_and_finish(struct host *h, struct rmm_regs r, rmm_pa list, rmm_pa pages)
{
	uint64_t handle = r.x[1];
	unsigned n = r.x[2] >> 2 & 0x3fff;

	for (unsigned i = 0; i < n; i++)
		host_write64(h, list + 8 * i, host_desc(h, pages + i * h->page, 3, 1));
	while (RMI_RESULT_STATUS(r.x[0]) == RMI_INCOMPLETE) {
		unsigned mem = RMI_RESULT_MEM(r.x[0]);

		if (mem == RMI_OP_MEM_REQ_DONATE)
			r = try(h, RMI_OP_MEM_DONATE, handle, list, n, 0, 0);
		else if (mem == RMI_OP_MEM_REQ_RECLAIM)
			r = try(h, RMI_OP_MEM_RECLAIM, handle, list, 512, 0, 0);
		else
			r = smc_regs(h, RMI_OP_CONTINUE, handle, 0);
		h->no_memory = false;
	}
	if (r.x[0])
		assert_hex(r.x[0], RMI_ERROR_GLOBAL);
	return !r.x[0];
}

static void write_once(struct host *h, struct rmm_rec *rec)
{
	struct rmm_access a = { .ipa = 0x1000, .size = 8, .write = true, .value = 0x5ec2e7 };

	assert_int_equal(rmm_realm_access(h->rmm, rec, &a), RMM_REALM_DONE);
}

/* A life with everything that allocates; `pa` is far from what the set-up has touched. */
static void live(struct host *h, rmm_pa pa)
{
	rmm_pa list = host_pages(h, 1), params = host_rec_params(h, 0), run = host_pages(h, 1);
	rmm_pa data = pa + 0x200000, rec = pa, l2 = pa + 0x1000, l3 = pa + 0x2000;
	unsigned roots = h->roots;

	range(h, RMI_GRANULE_RANGE_DELEGATE, 0, pa, pa + 0x600000);
	range(h, RMI_GRANULE_RANGE_DELEGATE, 0, h->rd, h->rd + 0x1000);
	range(h, RMI_GRANULE_RANGE_DELEGATE, 0, h->root, h->root + roots * 0x1000);
	try(h, RMI_REALM_CREATE, h->rd, h->params, 0, 0, 0);
	while (!donate_and_finish(h, try(h, RMI_REC_CREATE, h->rd, rec, params, 0, 0), list,
				  pa + 0x10000))
		;
	try(h, RMI_RTT_CREATE, h->rd, l2, 0, 2, 0);
	range(h, RMI_RTT_INIT_RIPAS, h->rd, 0, 0x200000);
	try(h, RMI_RTT_DATA_MAP, h->rd, 0, 0x200000, 1, host_desc(h, data, 2, 1));
	try(h, RMI_RTT_CREATE, h->rd, l3, 0, 3, 0);
	try(h, RMI_REALM_ACTIVATE, h->rd, 0, 0, 0, 0);
	h->program = write_once;
	try(h, RMI_REC_ENTER, rec, run, 0, 0, 0);
	range(h, RMI_RTT_DATA_UNMAP, h->rd, 0, 0x200000);
	try(h, RMI_RTT_DESTROY, h->rd, 0, 3, 0, 0);
	try(h, RMI_RTT_DESTROY, h->rd, 0, 2, 0, 0);
	assert_true(donate_and_finish(h, try(h, RMI_REC_DESTROY, rec, 0, 0, 0, 0), list, 0));
	try(h, RMI_REALM_TERMINATE, h->rd, 0, 0, 0, 0);
	try(h, RMI_REALM_DESTROY, h->rd, 0, 0, 0, 0);
	range(h, RMI_GRANULE_RANGE_UNDELEGATE, 0, h->rd, h->rd + 0x1000);
	range(h, RMI_GRANULE_RANGE_UNDELEGATE, 0, h->root, h->root + roots * 0x1000);
	range(h, RMI_GRANULE_RANGE_UNDELEGATE, 0, pa, pa + 0x600000);
	assert_int_equal(rmm_delegated(h->rmm), 0);
	assert_int_equal(rmm_open_operations(h->rmm), 0);
	assert_hex(host_read64(h, data + 0x1000), 0);
}

static void any_allocation_may_fail_once(void **state)
{
	unsigned n = 1, left;

	do {
		struct host h;

		/* Not where the chunks of the realm's granules have been made already. */
		host_prepare_realm(&h, NULL);
		host_reset(&h);
		assert_hex(smc(&h, RMI_RMM_ACTIVATE), 0);
		host_write64(&h, h.params + RMI_PARAMS_S2SZ, h.s2sz);
		host_write64(&h, h.params + RMI_PARAMS_NUM_BPS, 1);
		host_write64(&h, h.params + RMI_PARAMS_NUM_WPS, 1);
		host_write64(&h, h.params + RMI_PARAMS_RTT_BASE, h.root);
		host_write64(&h, h.params + RMI_PARAMS_RTT_LEVEL, (uint64_t)h.start_level);
		host_write64(&h, h.params + RMI_PARAMS_RTT_NUM, h.roots);
		left = n;
		h.hook_ctx = &left;
		h.on_alloc = fail_one;
		live(&h, HOST_BASE + 0x40000000);
		host_end(&h);
		n++;
	} while (!left);
	assert_true(n > 15); /* maps, chunks, tables, realm, roots, REC and so on */
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(unmapping_a_page_of_a_block_without_memory_is_busy),
		TEST(what_a_realm_writes_during_undelegation_is_wiped),
		TEST(pages_are_wiped_without_a_bitmap),
		TEST(wiping_does_not_fill_holes),
		TEST(mapping_a_part_of_a_gigabyte_without_memory_is_busy),
		TEST(delegating_a_new_bank_without_memory_is_busy),
		TEST(an_unmap_ends_where_memory_is_short),
		TEST(an_operation_without_memory_goes_on_later),
		TEST(any_allocation_may_fail_once),
	};

	return cmocka_run_group_tests_name("shortage of memory", tests, NULL, NULL);
}
