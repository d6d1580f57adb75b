/* SPDX-License-Identifier: BSD-2-Clause */
/* Level 1 tables of the granule protection table (A2.3.9; B4.5.15, .16; GPT_INFO of bet3). */
#include "host.h"

#define GIB   (UINT64_C(1) << 30)
#define EMPTY (HOST_BASE + 16 * GIB) /* a level 0 entry without memory */

static const struct rmm_config of_host = { .gpt = RMM_GPT_HOST };

static void boot(struct host *h, enum rmi_edition e, const struct rmm_config *cfg)
{
	host_boot(h, &(struct setup){ .edition = e, .config = cfg });
}

/* GPT_L1_CREATE with 32 pages at `pages` (1 GiB / 4 KiB * 4 bits); the list is one page more. */
static void create(struct host *h, rmm_pa addr, rmm_pa pages)
{
	rmm_pa list = host_pages(h, 1);
	struct rmm_regs r = smc_regs(h, RMI_GPT_L1_CREATE, addr);
	/* UNDELEGATED is bit 63 before bet3, then bit 62 */
	uint64_t state = UINT64_C(1) << (rmm_edition(h->rmm) == RMI_BET3 ? 62 : 63);
	uint64_t handle = r.x[1];

	assert_hex(r.x[0], 0x50d);
	assert_hex(r.x[2], 32 << 2 | 1 << 16 | 1 << 17); /* 32 pages, CONTIG, UNDELEGATED */
	host_write64(h, list, host_desc(h, pages, 3, 32) | state);
	r = smc_regs(h, RMI_OP_MEM_DONATE, handle, list, 1);
	assert_hex(r.x[0], 0x40d);
	assert_hex(r.x[1], 32);
	assert_hex(smc(h, RMI_OP_CONTINUE, handle, 0), 0);
	assert_state(h, pages, GPT_L1);
	assert_state(h, pages + 31 * 0x1000, GPT_L1);
}

static void a_table_takes_memory_and_gives_it_back(void **state)
{
	rmm_pa pages, list, addr = HOST_BASE + 2 * GIB;
	struct rmm_regs r;
	struct host h;

	boot(&h, RMI_BET1, &of_host);
	pages = host_aligned(&h, 32 * 0x1000);
	list = host_pages(&h, 1);
	host_write64(&h, pages, 0x5ec2e7);
	create(&h, addr, pages);
	assert_false(rmm_host_may_access(h.rmm, pages, 8));
	assert_hex(smc(&h, RMI_GRANULE_RANGE_UNDELEGATE, pages, pages + 0x1000), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_GRANULE_RANGE_DELEGATE, pages, pages + 0x1000), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_GPT_L1_CREATE, addr), RMI_ERROR_GPT);
	r = smc_regs(&h, RMI_GPT_L1_DESTROY, addr);
	assert_hex(r.x[0], 0x20d);
	assert_hex(smc(&h, RMI_GPT_L1_CREATE, addr), RMI_BLOCKED);
	assert_hex(smc(&h, RMI_GPT_L1_DESTROY, addr), RMI_BLOCKED);
	r.x[2] = r.x[1];
	r = smc_regs(&h, RMI_OP_MEM_RECLAIM, r.x[2], list, 32);
	assert_hex(r.x[0], 0x00d);
	assert_hex(r.x[1], 32);
	/* UNDELEGATED, as it came */
	assert_hex(host_read64(&h, list), pages | 4 | UINT64_C(1) << 63);
	assert_state(&h, pages, UNDELEGATED);
	assert_true(rmm_host_may_access(h.rmm, pages, 32 * 0x1000));
	assert_hex(host_read64(&h, pages), 0);
	host_end(&h);
}

static void entries_change_independently(void **state)
{
	uint64_t one, two;
	struct rmm_regs r;
	struct host h;

	boot(&h, RMI_BET1, &of_host);
	r = smc_regs(&h, RMI_GPT_L1_CREATE, HOST_BASE);
	one = r.x[1];
	assert_hex(r.x[0], 0x50d);
	assert_hex(smc(&h, RMI_GPT_L1_DESTROY, HOST_BASE), RMI_BLOCKED);
	r = smc_regs(&h, RMI_GPT_L1_CREATE, HOST_BASE + GIB);
	two = r.x[1];
	assert_hex(r.x[0], 0x50d);
	assert_hex(smc(&h, RMI_OP_CANCEL, one), 0x00d);
	assert_hex(smc(&h, RMI_OP_CONTINUE, one, 0), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_OP_CANCEL, two), 0x00d);
	assert_hex(smc(&h, RMI_OP_CONTINUE, two, 0), RMI_ERROR_INPUT);
	/* a cancelled one is a block again */
	create(&h, HOST_BASE, host_aligned(&h, 32 * 0x1000));
	host_end(&h);
}

static void conditions_before_bet3(void **state)
{
	uint64_t before;
	struct host h;

	boot(&h, RMI_BET1, &of_host);
	before = rmm_state_hash(h.rmm);
	assert_hex(smc(&h, RMI_GPT_L1_CREATE, UINT64_C(1) << 48), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_GPT_L1_CREATE, HOST_BASE + 0x1000), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_GPT_L1_CREATE, EMPTY), RMI_ERROR_GLOBAL);
	assert_hex(smc(&h, RMI_GPT_L1_DESTROY, UINT64_C(1) << 48), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_GPT_L1_DESTROY, HOST_BASE + 0x1000), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_GPT_L1_DESTROY, HOST_BASE), RMI_ERROR_INPUT);
	assert_hex(rmm_state_hash(h.rmm), before);
	host_end(&h);
	/* the platform's tables are there and stay */
	boot(&h, RMI_BET1, NULL);
	assert_hex(smc(&h, RMI_GPT_L1_CREATE, HOST_BASE), RMI_ERROR_GPT);
	assert_hex(smc(&h, RMI_GPT_L1_DESTROY, HOST_BASE), RMI_ERROR_INPUT);
	host_end(&h);
}

/* OP-1g; level in 15:8, the PA in granules from bit 16 up (OP-3). */
static void conditions_of_bet3(void **state)
{
	uint64_t pa = HOST_BASE >> 12 << 16;
	struct host h;

	boot(&h, RMI_BET3, &of_host);
	assert_hex(smc(&h, RMI_GPT_L1_CREATE, EMPTY), RMI_ERROR_GLOBAL);
	assert_hex(smc(&h, RMI_GPT_L1_DESTROY, EMPTY), RMI_ERROR_GLOBAL);
	assert_hex(smc(&h, RMI_GPT_L1_DESTROY, HOST_BASE), pa | RMI_ERROR_GPT);
	create(&h, HOST_BASE, HOST_BASE + GIB + 0x20000);
	assert_hex(smc(&h, RMI_GPT_L1_CREATE, HOST_BASE), pa | RMI_ERROR_GPT);
	host_delegate(&h, HOST_BASE + 0x100000, 0x1000);
	assert_hex(smc(&h, RMI_GPT_L1_DESTROY, HOST_BASE), pa | 0x100 | RMI_ERROR_GPT);
	host_end(&h);
	boot(&h, RMI_BET3, NULL);
	assert_hex(smc(&h, RMI_GPT_L1_CREATE, HOST_BASE), RMI_ERROR_GLOBAL);
	assert_hex(smc(&h, RMI_GPT_L1_DESTROY, HOST_BASE), RMI_ERROR_GLOBAL);
	host_end(&h);
}

static void a_block_is_of_one_pas(void **state)
{
	rmm_pa addr = HOST_BASE + 2 * GIB;
	struct host h;

	boot(&h, RMI_BET1, &of_host);
	create(&h, addr, HOST_BASE + GIB);
	host_delegate(&h, addr + 0x5000, 0x1000);
	assert_hex(smc(&h, RMI_GPT_L1_DESTROY, addr), RMI_ERROR_INPUT);
	/* all of it in Realm PAS */
	host_delegate(&h, addr, 0x5000);
	host_delegate(&h, addr + 0x6000, GIB - 0x6000);
	assert_hex(smc(&h, RMI_GPT_L1_DESTROY, addr), 0x20d);
	host_end(&h);
}

static void a_table_may_lie_in_its_own_region(void **state)
{
	rmm_pa addr = HOST_BASE + 2 * GIB;
	struct host h;

	boot(&h, RMI_BET1, &of_host);
	create(&h, addr, addr + 0x20000);
	assert_hex(smc(&h, RMI_GPT_L1_DESTROY, addr), 0x20d);
	host_end(&h);
	/* another region's table is Root, not Non-secure */
	boot(&h, RMI_BET1, &of_host);
	create(&h, addr, HOST_BASE + GIB);
	create(&h, HOST_BASE, addr + 0x20000);
	assert_hex(smc(&h, RMI_GPT_L1_DESTROY, addr), RMI_ERROR_INPUT);
	host_end(&h);
}

static void refuse_donation(struct host *h, uint64_t handle, rmm_pa list, uint64_t word)
{
	struct rmm_regs r;

	host_write64(h, list, word);
	r = smc_regs(h, RMI_OP_MEM_DONATE, handle, list, 1);
	assert_hex(r.x[0], RMI_ERROR_INPUT);
	assert_hex(r.x[1], 0);
}

static void the_memory_is_one_aligned_piece_of_the_hosts(void **state)
{
	const uint64_t ns = UINT64_C(1) << 63;
	rmm_pa pages, list;
	uint64_t handle, before;
	struct rmm_regs r;
	struct host h;

	boot(&h, RMI_BET1, &of_host);
	pages = host_aligned(&h, 64 * 0x1000);
	list = host_pages(&h, 1);
	handle = smc_regs(&h, RMI_GPT_L1_CREATE, HOST_BASE).x[1];
	before = rmm_state_hash(h.rmm);
	refuse_donation(&h, handle, list, host_desc(&h, pages, 3, 33) | ns); /* mem_gt */
	refuse_donation(&h, handle, list, host_desc(&h, pages, 3, 16) | ns); /* mem_contig */
	refuse_donation(&h, handle, list,
			host_desc(&h, pages + 0x1000, 3, 32) | ns);     /* mem_align */
	refuse_donation(&h, handle, list, host_desc(&h, pages, 3, 32)); /* mem_state */
	host_delegate(&h, pages + 0x3000, 0x1000);
	refuse_donation(&h, handle, list, host_desc(&h, pages, 3, 32) | ns);
	assert_hex(smc(&h, RMI_GRANULE_RANGE_UNDELEGATE, pages + 0x3000, pages + 0x4000), 0);
	assert_hex(rmm_state_hash(h.rmm), before);
	/* nothing is no error */
	r = smc_regs(&h, RMI_OP_MEM_DONATE, handle, list, 0);
	assert_hex(r.x[0], 0x50d);
	assert_hex(r.x[2], 32 << 2 | 1 << 16 | 1 << 17);
	/* two descriptors side by side are one piece; with a gap between them they are not */
	host_write64(&h, list, host_desc(&h, pages, 3, 16) | ns);
	host_write64(&h, list + 8, host_desc(&h, pages + 0x11000, 3, 16) | ns);
	assert_hex(smc(&h, RMI_OP_MEM_DONATE, handle, list, 2), RMI_ERROR_INPUT);
	host_write64(&h, list + 8, host_desc(&h, pages + 0x10000, 3, 16) | ns);
	assert_hex(smc(&h, RMI_OP_MEM_DONATE, handle, list, 2), 0x40d);
	host_end(&h);
}

/* `gran`: the create fails, and the memory is the host's as before. */
static void a_table_lies_in_dram(void **state)
{
	struct rmm_config cfg = of_host;
	rmm_pa list, device = HOST_BASE + 4 * GIB;
	uint64_t handle;
	struct host h;

	cfg.banks[0] = (struct rmm_bank){ HOST_BASE, 2 * GIB };
	cfg.banks[1] = (struct rmm_bank){ device, GIB / 2 };
	cfg.banks[2] = (struct rmm_bank){ device + GIB / 2, GIB / 2, RMM_DEVICE_COH };
	cfg.nr_banks = 3;
	boot(&h, RMI_BET1, &cfg);
	list = host_pages(&h, 1);
	handle = smc_regs(&h, RMI_GPT_L1_CREATE, HOST_BASE).x[1];
	host_write64(&h, list, host_desc(&h, device + GIB / 2, 3, 32) | UINT64_C(1) << 63);
	assert_hex(smc(&h, RMI_OP_MEM_DONATE, handle, list, 1), 0x00d);
	assert_hex(smc(&h, RMI_OP_CONTINUE, handle, 0), RMI_ERROR_INPUT);
	assert_state(&h, device + GIB / 2, UNDELEGATED);
	create(&h, HOST_BASE, HOST_BASE + 0x20000);
	host_end(&h);
}

static void the_size_of_an_entry_is_a_feature(void **state)
{
	/* L0GPTSZ, pages of a table as size code and count */
	static const struct {
		unsigned l0gptsz;
		uint64_t req;
	} rows[] = {
		{ 0, 32 << 2 },     /* 2^30 / 2^12 / 2 = 128 KiB */
		{ 4, 512 << 2 },    /* 2 MiB */
		{ 6, 2048 << 2 },   /* 8 MiB */
		{ 9, 32 << 2 | 1 }, /* 64 MiB: more pages than the field counts, so 2 MiB blocks */
	};

	for (unsigned i = 0; i < 4; i++) {
		struct rmm_config cfg = { .gpt = RMM_GPT_HOST,
					  .features = { .l0gptsz = rows[i].l0gptsz } };
		uint64_t size = UINT64_C(1) << (30 + rows[i].l0gptsz);
		struct rmm_regs r;
		struct host h;

		boot(&h, RMI_BET1, &cfg);
		assert_int_equal(smc_regs(&h, RMI_FEATURES, 1).x[1] >> 10 & 15, rows[i].l0gptsz);
		assert_hex(smc(&h, RMI_GPT_L1_CREATE, size / 2), RMI_ERROR_INPUT);
		r = smc_regs(&h, RMI_GPT_L1_CREATE, rows[i].l0gptsz ? 0 : HOST_BASE);
		assert_hex(r.x[0], 0x50d);
		assert_hex(r.x[2], rows[i].req | 1 << 16 | 1 << 17);
		host_end(&h);
	}
}

static void info_tells_who_makes_the_tables(void **state)
{
	struct rmm_config cfg = of_host;
	rmm_pa end = HOST_BASE + 8 * GIB;
	struct rmm_regs r;
	struct host h;

	boot(&h, RMI_BET3, &cfg);
	create(&h, HOST_BASE + GIB, HOST_BASE + 0x20000);
	r = smc_regs(&h, RMI_GPT_INFO, 0, UINT64_C(1) << 48);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], HOST_BASE);
	assert_int_equal(r.x[2], RMI_GPT_RESERVED);
	r = smc_regs(&h, RMI_GPT_INFO, 0, GIB); /* ends before there is memory */
	assert_hex(r.x[1], GIB);
	assert_int_equal(r.x[2], RMI_GPT_RESERVED);
	r = smc_regs(&h, RMI_GPT_INFO, HOST_BASE, end);
	assert_hex(r.x[1], HOST_BASE + GIB);
	assert_int_equal(r.x[2], 2); /* HOST_NOT_CREATED */
	r = smc_regs(&h, RMI_GPT_INFO, HOST_BASE + GIB, end);
	assert_hex(r.x[1], HOST_BASE + 2 * GIB);
	assert_int_equal(r.x[2], 3); /* HOST_CREATED */
	r = smc_regs(&h, RMI_GPT_INFO, HOST_BASE + 2 * GIB, UINT64_C(1) << 48);
	assert_hex(r.x[1], end);
	r = smc_regs(&h, RMI_GPT_INFO, end, UINT64_C(1) << 48);
	assert_hex(r.x[1], UINT64_C(1) << 48);
	assert_hex(smc(&h, RMI_GPT_INFO, 0x1000, GIB), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_GPT_INFO, 0, GIB + 0x1000), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_GPT_INFO, GIB, GIB), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_GPT_INFO, UINT64_C(1) << 48, UINT64_C(1) << 49), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_GPT_INFO, 0, UINT64_C(1) << 49), RMI_ERROR_INPUT);
	host_end(&h);
	/* what Linux wants to read of all its memory */
	boot(&h, RMI_BET3, NULL);
	r = smc_regs(&h, RMI_GPT_INFO, HOST_BASE, end);
	assert_hex(r.x[1], end);
	assert_int_equal(r.x[2], 1); /* PLAT */
	assert_int_equal(smc_regs(&h, RMI_FEATURES, 0).x[1] >> 32 & 1, 0);
	host_end(&h);
}

static void tf_rmm_has_static_tables(void **state)
{
	struct host h;

	host_boot(&h, &(struct setup){ .profile = "tf-rmm-2026-07" });
	assert_hex(smc(&h, RMI_GPT_L1_CREATE, HOST_BASE + 0x1000), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_GPT_L1_CREATE, HOST_BASE), RMI_ERROR_GPT);
	assert_hex(smc(&h, RMI_GPT_L1_CREATE, EMPTY), RMI_ERROR_GPT);
	assert_hex(smc(&h, RMI_GPT_L1_DESTROY, HOST_BASE), UINT64_MAX);
	host_end(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_table_takes_memory_and_gives_it_back),
		TEST(entries_change_independently),
		TEST(conditions_before_bet3),
		TEST(conditions_of_bet3),
		TEST(a_block_is_of_one_pas),
		TEST(a_table_may_lie_in_its_own_region),
		TEST(the_memory_is_one_aligned_piece_of_the_hosts),
		TEST(a_table_lies_in_dram),
		TEST(the_size_of_an_entry_is_a_feature),
		TEST(info_tells_who_makes_the_tables),
		TEST(tf_rmm_has_static_tables),
	};

	return cmocka_run_group_tests_name("gpt", tests, NULL, NULL);
}
