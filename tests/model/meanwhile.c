/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Another CPU in the middle of a call: before a lock is taken, while the RMM clears memory, where it
 * allocates. What the call has looked at is not so any more: BUSY, or the end of what it has done so far.
 */
#include <string.h>
#include <sys/mman.h>

#include "host.h"

#define PAGE  UINT64_C(0x1000)
#define BLOCK UINT64_C(0x200000)
#define GIB   (UINT64_C(1) << 30)

struct other {
	void (*go)(struct host *h); /* what it does, */
	rmm_pa at;                  /* before the lock of this granule is taken */
	unsigned passes;            /* once more than this */
	bool done;
	uint8_t *bytes; /* the machine's memory */
};

static void point(void *ctx, rmm_pa pa)
{
	struct host *h = ctx;
	struct other *o = h->hook_ctx;

	if (!o || o->done || pa != o->at || o->passes--)
		return;
	o->done = true;
	o->go(h);
}

static const struct rmm_config pointed = { .point = point };

/* On the other CPU; this one may hold locks. */
static uint64_t on_cpu_1(struct host *h, uint64_t fid, uint64_t a, uint64_t b, uint64_t c)
{
	struct rmm_regs r = { { fid, a, b, c } };

	rmm_smc(h->rmm, 1, &r);
	return r.x[0];
}

static void start_again_with_16k(struct host *h)
{
	struct other *o = h->hook_ctx;

	assert_hex(on_cpu_1(h, RMI_GRANULE_RANGE_UNDELEGATE, o->at, o->at + PAGE, 0), 0);
	assert_hex(on_cpu_1(h, RMI_RMM_DEACTIVATE, 0, 0, 0), 0);
	assert_hex(on_cpu_1(h, RMI_RMM_CONFIG_SET, h->params, 0, 0), 0);
	assert_hex(on_cpu_1(h, RMI_RMM_ACTIVATE, 0, 0, 0), 0);
}

static void a_granule_of_another_size_is_no_object(void **state)
{
	struct other o = { start_again_with_16k };
	struct host h;

	host_boot(&h, &(struct setup){ .edition = RMI_BET3, .config = &pointed });
	h.params = host_pages(&h, 1);
	host_write64(&h, h.params + 8, 1);
	o.at = host_delegated(&h, 1);
	h.hook_ctx = &o;
	assert_hex(smc(&h, RMI_REC_CREATE, HOST_BASE, o.at, h.params), RMI_BUSY);
	assert_true(o.done);
	assert_int_equal(rmm_granule_size(h.rmm), 0x4000);
	assert_int_equal(rmm_delegated(h.rmm), 0);
	host_end(&h);
}

static void take_it_back(struct host *h)
{
	struct other *o = h->hook_ctx;

	assert_hex(on_cpu_1(h, RMI_GRANULE_RANGE_UNDELEGATE, o->at, o->at + PAGE, 0), 0);
}

static void a_granule_that_the_host_has_again_is_not_donated(void **state)
{
	struct other o = { take_it_back };
	struct rmm_regs r;
	struct host h;
	rmm_pa list;

	host_realm(&h, &(struct setup){ .config = &pointed });
	o.at = host_delegated(&h, 2) + PAGE;
	list = host_pages(&h, 1);
	host_write64(&h, list, host_desc(&h, o.at - PAGE, 3, 2));
	r = smc_regs(&h, RMI_REC_CREATE, h.rd, host_delegated(&h, 1), host_rec_params(&h, 0));
	h.hook_ctx = &o;
	r = smc_regs(&h, RMI_OP_MEM_DONATE, r.x[1], list, 1);
	assert_true(o.done);
	assert_int_equal(RMI_RESULT_MEM(r.x[0]), RMI_OP_MEM_REQ_DONATE);
	assert_int_equal(r.x[1], 1);
	assert_state(&h, o.at - PAGE, INTERNAL);
	assert_state(&h, o.at, UNDELEGATED);
	host_end(&h);
}

/* RTT_DATA_UNMAP of an entry that is VOID is a success as well. */
static void drop_the_realm(struct host *h)
{
	assert_hex(on_cpu_1(h, RMI_RTT_DATA_UNMAP, h->rd, BLOCK - PAGE, BLOCK), 0);
	assert_hex(on_cpu_1(h, RMI_RTT_DESTROY, h->rd, 0, 3), 0);
	assert_hex(on_cpu_1(h, RMI_RTT_DESTROY, h->rd, BLOCK, 3), 0);
	assert_hex(on_cpu_1(h, RMI_RTT_DESTROY, h->rd, 0, 2), 0);
	assert_hex(on_cpu_1(h, RMI_REALM_TERMINATE, h->rd, 0, 0), 0);
	assert_hex(on_cpu_1(h, RMI_REALM_DESTROY, h->rd, 0, 0), 0);
}

/*
 *	    leaf of 0        leaf of BLOCK
 *	[...........page][page...........]
 *	           ----->				in between no lock is held
 */
static void a_range_ends_where_its_realm_has_gone(void **state)
{
	for (unsigned maps = 0; maps < 2; maps++) {
		struct other o = { drop_the_realm, .passes = 1 };
		rmm_ipa base = BLOCK - PAGE, top = BLOCK + PAGE;
		struct rmm_regs r;
		struct host h;
		rmm_pa pa;

		host_realm(&h, &(struct setup){ .config = &pointed });
		host_tables(&h, 0, 3);
		host_tables(&h, BLOCK, 3);
		pa = host_delegated(&h, 2);
		o.at = h.rd;
		h.hook_ctx = &o;
		if (maps)
			r = smc_regs(&h, RMI_RTT_DATA_MAP, h.rd, base, top, RMI_ADDR_SINGLE,
				     host_desc(&h, pa, 3, 2));
		else
			r = smc_regs(&h, RMI_RTT_INIT_RIPAS, h.rd, base, top);
		assert_true(o.done);
		assert_hex(r.x[0], 0);
		assert_hex(r.x[1], BLOCK);
		assert_state(&h, h.rd, DELEGATED);
		assert_state(&h, pa, DELEGATED);
		assert_state(&h, pa + PAGE, DELEGATED);
		host_end(&h);
	}
}

#define COH (HOST_BASE + 4 * GIB)

static void make_it_device_memory(struct host *h)
{
	assert_hex(on_cpu_1(h, RMI_GRANULE_RANGE_UNDELEGATE, COH, COH + GIB, 0), 0);
	assert_hex(
		on_cpu_1(h, RMI_GRANULE_TRACKING_SET, COH, RMI_MEM_CONVENTIONAL, RMI_TRACKING_NONE),
		0);
	assert_hex(on_cpu_1(h, RMI_GRANULE_TRACKING_SET, COH, RMI_MEM_DEV_COH, RMI_TRACKING_COARSE),
		   0);
	assert_hex(on_cpu_1(h, RMI_GRANULE_RANGE_DELEGATE, COH, COH + GIB, 0), 0);
}

static void memory_that_is_a_devices_by_now_is_no_data(void **state)
{
	static const struct rmm_config cfg = { .banks = { { HOST_BASE, 2 * GIB },
							  { COH, GIB, RMM_DEVICE_COH } },
					       .nr_banks = 2,
					       .point = point };
	struct other o = { make_it_device_memory, .at = COH };
	struct host h;

	host_realm(&h, &(struct setup){ .config = &cfg });
	assert_hex(
		smc(&h, RMI_GRANULE_TRACKING_SET, COH, RMI_MEM_CONVENTIONAL, RMI_TRACKING_COARSE),
		0);
	assert_hex(smc(&h, RMI_GRANULE_RANGE_DELEGATE, COH, COH + GIB), 0);
	h.hook_ctx = &o;
	assert_hex(
		smc(&h, RMI_RTT_DATA_MAP, h.rd, 0, GIB, RMI_ADDR_SINGLE, host_desc(&h, COH, 1, 1)),
		RMI_BUSY);
	assert_true(o.done);
	assert_int_equal(host_entry(&h, 0).hipas, RMM_VOID);
	assert_state(&h, COH, DELEGATED);
	assert_hex(
		smc(&h, RMI_RTT_DATA_MAP, h.rd, 0, GIB, RMI_ADDR_SINGLE, host_desc(&h, COH, 1, 1)),
		RMI_ERROR_INPUT);
	host_end(&h);
}

static void make_another_realm(struct host *h)
{
	struct other *o = h->hook_ctx;

	h->on_alloc = NULL;
	o->done = true;
	assert_hex(on_cpu_1(h, RMI_REALM_CREATE, o->at, h->run, 0), 0);
}

/* There is one MECID; nothing of the realm that did not get it stays. */
static void the_last_mecid_goes_to_one_realm(void **state)
{
	static const struct rmm_config cfg = { .features.mec_count = 1 };
	struct other o = { 0 };
	struct host h;
	rmm_pa root;

	host_prepare_realm(&h, &(struct setup){ .config = &cfg, .flags0 = 1 << 7 });
	o.at = host_delegated(&h, 1);
	root = host_aligned(&h, h.roots * PAGE);
	host_delegate(&h, root, h.roots * PAGE);
	h.run = host_pages(&h, 1); /* the other's parameters */
	memcpy(rmm_host_ptr(h.rmm, h.run, PAGE), rmm_host_ptr(h.rmm, h.params, PAGE), PAGE);
	host_write64(&h, h.run + RMI_PARAMS_RTT_BASE, root);
	h.hook_ctx = &o;
	h.on_alloc = make_another_realm;
	assert_hex(smc(&h, RMI_REALM_CREATE, h.rd, h.params), RMI_ERROR_GLOBAL);
	assert_true(o.done);
	assert_state(&h, o.at, RD);
	assert_state(&h, h.rd, DELEGATED);
	assert_state(&h, h.root, DELEGATED);
	assert_hex(smc(&h, RMI_REALM_TERMINATE, o.at), 0);
	assert_hex(smc(&h, RMI_REALM_DESTROY, o.at), 0);
	assert_hex(smc(&h, RMI_REALM_CREATE, h.rd, h.params), 0);
	host_end(&h);
}

static void *memory(void *ctx, rmm_pa pa, uint64_t size)
{
	struct host *h = ctx;
	struct other *o = h->hook_ctx;

	return o->bytes + (pa - HOST_BASE);
}

/* The block is neither the one's nor the other's: its region cannot change. */
static void clean(void *ctx, rmm_pa pa, uint64_t size)
{
	struct host *h = ctx;
	struct other *o = h->hook_ctx;

	assert_hex(pa, o->at);
	assert_hex(size, GIB);
	assert_int_equal(rmm_locks_held(h->rmm), 1);
	assert_hex(on_cpu_1(h, RMI_GRANULE_TRACKING_SET, pa, 0, RMI_TRACKING_COARSE), RMI_BUSY);
	o->done = true;
}

static void a_region_stays_while_a_block_of_it_is_cleared(void **state)
{
	static const struct rmm_config cfg = {
		.banks = { { HOST_BASE, 2 * GIB } }, .nr_banks = 1, .memory = memory, .clean = clean
	};
	struct other o = { .at = HOST_BASE + GIB };
	struct host h;

	o.bytes = mmap(NULL, 2 * GIB, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	assert_ptr_not_equal(o.bytes, MAP_FAILED);
	host_boot(&h, &(struct setup){ .config = &cfg, .hook_ctx = &o });
	assert_hex(smc(&h, RMI_GRANULE_RANGE_DELEGATE, o.at, o.at + GIB), 0);
	assert_false(o.done);
	assert_hex(smc(&h, RMI_GRANULE_RANGE_UNDELEGATE, o.at, o.at + GIB), 0);
	assert_true(o.done);
	assert_hex(smc(&h, RMI_GRANULE_TRACKING_SET, o.at, 0, RMI_TRACKING_COARSE), 0);
	host_end(&h);
	munmap(o.bytes, 2 * GIB);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_granule_of_another_size_is_no_object),
		TEST(a_granule_that_the_host_has_again_is_not_donated),
		TEST(a_range_ends_where_its_realm_has_gone),
		TEST(memory_that_is_a_devices_by_now_is_no_data),
		TEST(the_last_mecid_goes_to_one_realm),
		TEST(a_region_stays_while_a_block_of_it_is_cleared),
	};

	return cmocka_run_group_tests_name("meanwhile", tests, NULL, NULL);
}
