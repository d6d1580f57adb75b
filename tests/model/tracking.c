/* SPDX-License-Identifier: BSD-2-Clause */
/* Tracking regions and their transitions (A2.3.4; B4.5.17-.20; rmm-state-machines 2 and 3.1). */
#include "host.h"

#define MIB  (UINT64_C(1) << 20)
#define GIB  (UINT64_C(1) << 30)
#define NONE RMI_TRACKING_NONE
#define FINE RMI_TRACKING_FINE
#define CRS  RMI_TRACKING_COARSE

/*
 *	 R0      R1      R2      R3      R4      R5        R6
 *	[DRAM] [DRAM] [DRAM] [NCOH ] [ COH ] [DRAM|  ] [DRAM|NCOH]	one region is 1 GiB
 */
#define R(n) (HOST_BASE + (n)*GIB)
static const struct rmm_config machine = {
	.banks = { { R(0), 3 * GIB },
		   { R(3), GIB, RMM_DEVICE_NCOH },
		   { R(4), GIB, RMM_DEVICE_COH },
		   { R(5), GIB / 2 },
		   { R(6), GIB / 2 },
		   { R(6) + GIB / 2, GIB / 2, RMM_DEVICE_NCOH } },
	.nr_banks = 6,
};

static void boot(struct host *h, enum rmi_edition e)
{
	host_boot(h, &(struct setup){ .edition = e, .config = &machine });
}

static uint64_t set(struct host *h, rmm_pa addr, unsigned category, unsigned state)
{
	return smc(h, RMI_GRANULE_TRACKING_SET, addr, category, state);
}

static unsigned state_of(struct host *h, rmm_pa addr)
{
	return (unsigned)smc_regs(h, RMI_GRANULE_TRACKING_GET, addr, addr + 0x1000).x[2];
}

static uint64_t delegate(struct host *h, rmm_pa base, rmm_pa top)
{
	return smc(h, RMI_GRANULE_RANGE_DELEGATE, base, top);
}

static uint64_t undelegate(struct host *h, rmm_pa base, rmm_pa top)
{
	return smc(h, RMI_GRANULE_RANGE_UNDELEGATE, base, top);
}

/* Give the operation n granules from `pages` on, in that state. */
static struct rmm_regs give(struct host *h, uint64_t handle, rmm_pa pages, unsigned n,
			    uint64_t state)
{
	rmm_pa list = host_pages(h, 1);

	host_write64(h, list, host_desc(h, pages, 3, n) | state);
	return smc_regs(h, RMI_OP_MEM_DONATE, handle, list, 1);
}

/* NONE or COARSE to FINE, with metadata from DELEGATED memory of R0. */
static void make_fine(struct host *h, rmm_pa addr, unsigned category)
{
	struct rmm_regs r = smc_regs(h, RMI_GRANULE_TRACKING_SET, addr, category, FINE);
	uint64_t handle = r.x[1];

	assert_hex(r.x[0], 0x10d);
	assert_hex(give(h, handle, host_delegated(h, 64), 64, 0).x[0], 0x00d);
	assert_hex(smc(h, RMI_OP_CONTINUE, handle, 0), 0);
}

static void sizes_of_regions(void **state)
{
	static const struct {
		unsigned granule, code;
		uint64_t size; /* 0: no such code */
	} rows[] = {
		{ 0, 0, GIB }, { 0, 1, 0 },         { 1, 0, 32 * MIB },   { 1, 1, 64 * GIB },
		{ 1, 2, 0 },   { 2, 0, 512 * MIB }, { 2, 1, 4096 * GIB }, { 2, 2, 0 },
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rmm_config cfg = { .banks = { { 0, 8 * GIB } }, .nr_banks = 1 };
		struct host h = { .rmm = rmm_new(&cfg, NULL) };

		host_write64(&h, 0x10000, rows[i].code);
		host_write64(&h, 0x10008, rows[i].granule);
		assert_hex(smc(&h, RMI_RMM_CONFIG_SET, 0x10000),
			   rows[i].size ? 0 : RMI_ERROR_INPUT);
		assert_hex(smc(&h, RMI_RMM_ACTIVATE), 0);
		if (rows[i].size) {
			assert_hex(set(&h, 0, 0, FINE), 0);
			assert_hex(set(&h, rows[i].size / 2, 0, FINE), RMI_ERROR_INPUT);
			assert_int_equal(rmm_tracked_regions(h.rmm),
					 rows[i].size > 8 * GIB ? 1 : 8 * GIB / rows[i].size);
		}
		rmm_free(h.rmm);
	}
}

/* The table of transitions: what X0 is, from each state and with the granules as they are. */
static void every_transition_of_the_table(void **state)
{
	enum { U, D, MIX };
	static const struct {
		unsigned from, granules;
		uint64_t to[3]; /* NONE, FINE, COARSE */
	} rows[] = {
		{ NONE, U, { 0, 0x10d, 0 } }, { CRS, U, { 0, 0x10d, 0 } },
		{ CRS, D, { 1, 0x10d, 0 } },  { FINE, U, { 0x20d, 0, 0x20d } },
		{ FINE, D, { 1, 0, 0x20d } }, { FINE, MIX, { 1, 0, 1 } },
	};

	for (unsigned i = 0; i < 18; i++) {
		unsigned from = rows[i / 3].from, granules = rows[i / 3].granules, to = 1 + i % 3;
		uint64_t x0 = rows[i / 3].to[i % 3], before;
		struct host h;

		boot(&h, RMI_BET1);
		assert_hex(set(&h, R(1), 0, from == CRS ? CRS : NONE), 0);
		if (from == FINE)
			make_fine(&h, R(1), 0);
		if (granules != U)
			assert_hex(delegate(&h, R(1), granules == D ? R(2) : R(1) + 0x1000), 0);
		before = rmm_state_hash(h.rmm);
		assert_hex(set(&h, R(1), 0, to), x0);
		if (x0 == RMI_ERROR_INPUT || to == from)
			assert_hex(rmm_state_hash(h.rmm), before);
		/* FINE only when the memory is there; no longer FINE before it is given back */
		assert_int_equal(state_of(&h, R(1)),
				 x0 == RMI_ERROR_INPUT || x0 == 0x10d ? from : to);
		host_end(&h);
	}
}

static void only_granules_without_an_owner_become_coarse(void **state)
{
	rmm_pa size = GIB;
	struct host h;

	host_realm(&h, &(struct setup){ .config = &machine });
	assert_hex(delegate(&h, R(1), R(2)), 0);
	assert_hex(smc(&h, RMI_RTT_DATA_MAP, h.rd, 0, size, 1, host_desc(&h, R(1), 1, 1)), 0);
	assert_hex(set(&h, R(1), 0, CRS), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_RTT_DATA_UNMAP, h.rd, 0, size, 0, 0), 0);
	assert_hex(set(&h, R(1), 0, CRS), 0);
	/* but a COARSE region of DATA becomes FINE, and stays mapped */
	assert_hex(smc(&h, RMI_RTT_DATA_MAP, h.rd, 0, size, 1, host_desc(&h, R(1), 1, 1)), 0);
	make_fine(&h, R(1), 0);
	assert_state(&h, R(1) + 0x5000, DATA);
	assert_int_equal(host_entry(&h, 0x5000).hipas, RMM_HIPAS_DATA);
	host_end(&h);
}

static void metadata_comes_and_goes_word_by_word(void **state)
{
	uint64_t count, handle;
	rmm_pa pages, list;
	struct rmm_regs r;
	struct host h;

	boot(&h, RMI_BET1);
	count = rmm_tracked_regions(h.rmm);
	assert_hex(set(&h, R(1), 0, NONE), 0);
	assert_int_equal(rmm_tracked_regions(h.rmm), count - 1);
	pages = host_delegated(&h, 64);
	list = host_pages(&h, 1);
	r = smc_regs(&h, RMI_GRANULE_TRACKING_SET, R(1), 0, FINE);
	handle = r.x[1];
	assert_hex(r.x[0], 0x10d);
	assert_hex(r.x[2], 64 << 2); /* a byte for each of 2^18 granules: 64 pages, DELEGATED */
	/* while it is open */
	assert_hex(set(&h, R(1), 0, NONE), RMI_BLOCKED);
	assert_hex(set(&h, R(1), 0, FINE), RMI_BLOCKED);
	assert_hex(delegate(&h, R(1), R(1) + 0x1000), RMI_BLOCKED);
	assert_hex(undelegate(&h, R(1), R(1) + 0x1000), RMI_BLOCKED);
	assert_hex(smc(&h, RMI_REALM_ACTIVATE, R(1)), RMI_BLOCKED);
	assert_hex(smc_regs(&h, RMI_GRANULE_RANGE_DELEGATE, R(1) - 0x1000, R(1) + 0x1000).x[1],
		   R(1));
	assert_hex(smc(&h, RMI_OP_CANCEL, handle), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_OP_CONTINUE, handle, 0), RMI_ERROR_INPUT);
	r = give(&h, handle, pages, 40, 0);
	assert_hex(r.x[0], 0x10d);
	assert_hex(r.x[1], 40);
	assert_hex(r.x[2], 24 << 2);
	assert_hex(give(&h, handle, pages + 40 * 0x1000, 24, 0).x[0], 0x00d);
	assert_state(&h, pages, INTERNAL);
	assert_int_equal(state_of(&h, R(1)), NONE);
	assert_hex(smc(&h, RMI_OP_CONTINUE, handle, 0), 0);
	assert_int_equal(state_of(&h, R(1)), FINE);
	assert_int_equal(rmm_tracked_regions(h.rmm), count);
	assert_hex(delegate(&h, R(1), R(1) + 0x1000), 0);
	assert_hex(undelegate(&h, R(1), R(1) + 0x1000), 0);
	/* and back */
	r = smc_regs(&h, RMI_GRANULE_TRACKING_SET, R(1), 0, NONE);
	handle = r.x[1];
	assert_hex(r.x[0], 0x20d);
	assert_int_equal(state_of(&h, R(1)), NONE);
	assert_hex(set(&h, R(1), 0, NONE), RMI_BLOCKED);
	r = smc_regs(&h, RMI_OP_MEM_RECLAIM, handle, list, 512);
	assert_hex(r.x[0], 0x00d);
	assert_hex(r.x[1], 64);
	assert_hex(host_read64(&h, list + 8 * 63), (pages + 63 * 0x1000) | 4);
	assert_state(&h, pages, DELEGATED);
	assert_hex(smc(&h, RMI_OP_CONTINUE, handle, 0), 0);
	assert_hex(set(&h, R(1), 0, NONE), 0);
	assert_int_equal(rmm_open_operations(h.rmm), 0);
	host_end(&h);
}

static void conditions_of_tracking_set(void **state)
{
	uint64_t before;
	struct host h;

	boot(&h, RMI_BET1);
	before = rmm_state_hash(h.rmm);
	assert_hex(set(&h, R(1), 0, RMI_TRACKING_RESERVED), RMI_ERROR_INPUT);
	assert_hex(set(&h, R(1), 0, RMI_TRACKING_INTERMEDIATE), RMI_ERROR_INPUT);
	assert_hex(set(&h, R(1) + 0x1000, 0, CRS), RMI_ERROR_INPUT);
	assert_hex(set(&h, UINT64_C(1) << 48, 0, CRS), RMI_ERROR_INPUT);
	assert_hex(set(&h, R(1), RMI_MEM_DEV_NCOH, CRS), RMI_ERROR_INPUT);
	assert_hex(set(&h, R(1), RMI_MEM_DEV_COH, CRS), RMI_ERROR_INPUT);
	assert_hex(set(&h, R(1), RMI_MEM_NONE, CRS), RMI_ERROR_INPUT);
	assert_hex(set(&h, R(3), RMI_MEM_CONVENTIONAL, CRS), RMI_ERROR_INPUT);
	assert_hex(set(&h, R(3), RMI_MEM_DEV_COH, CRS), RMI_ERROR_INPUT);
	assert_hex(set(&h, R(4), RMI_MEM_DEV_NCOH, CRS), RMI_ERROR_INPUT);
	assert_hex(set(&h, R(7), 0, CRS), RMI_ERROR_INPUT); /* no memory: RESERVED */
	assert_hex(set(&h, R(7), 0, NONE), RMI_ERROR_INPUT);
	assert_hex(set(&h, R(5), 0, CRS), RMI_ERROR_INPUT); /* a hole */
	assert_hex(set(&h, R(6), 0, CRS), RMI_ERROR_INPUT); /* two kinds */
	assert_hex(rmm_state_hash(h.rmm), before);
	assert_hex(set(&h, R(3), RMI_MEM_DEV_NCOH, CRS), 0);
	assert_hex(set(&h, R(4), RMI_MEM_CONVENTIONAL, CRS), 0);
	/* what is tracked has its category */
	assert_hex(set(&h, R(4), RMI_MEM_DEV_COH, NONE), RMI_ERROR_INPUT);
	assert_hex(set(&h, R(4), RMI_MEM_CONVENTIONAL, NONE), 0);
	assert_hex(set(&h, R(4), RMI_MEM_DEV_COH, CRS), 0);
	host_end(&h);
	h.rmm = rmm_new(&machine, NULL);
	assert_hex(set(&h, R(1), 0, CRS), RMI_ERROR_GLOBAL);
	rmm_free(h.rmm);
}

/*	   R0 FINE      R1 COARSE     R2 FINE
 *	[............][============][........]
 *	        ---------->|			the rest of the range is less than R1
 *	        ------------------------->
 */
static void a_coarse_region_is_delegated_as_a_whole(void **state)
{
	for (int e = RMI_BET1; e <= RMI_BET3; e += 2) {
		uint64_t inside = RMI_ERROR_INPUT, small = RMI_ERROR_INPUT;
		struct rmm_regs r;
		struct host h;

		if (e == RMI_BET3) { /* OP-1d: level 0 and the address */
			inside = (R(1) + 0x1000) >> 12 << 16 | RMI_ERROR_TRACKING;
			small = R(1) >> 12 << 16 | RMI_ERROR_TRACKING;
		}
		boot(&h, (enum rmi_edition)e);
		assert_hex(set(&h, R(1), 0, CRS), 0);
		assert_hex(delegate(&h, R(1) + 0x1000, R(2)), inside);
		assert_hex(delegate(&h, R(1), R(2) - 0x1000), small);
		assert_int_equal(rmm_delegated(h.rmm), 0);
		r = smc_regs(&h, RMI_GRANULE_RANGE_DELEGATE, R(1) - 0x2000, R(2) - 0x1000);
		assert_hex(r.x[0], 0);
		assert_hex(r.x[1], R(1));
		assert_hex(undelegate(&h, R(1) - 0x2000, R(1)), 0);
		r = smc_regs(&h, RMI_GRANULE_RANGE_DELEGATE, R(1) - 0x2000, R(2) + 0x3000);
		assert_hex(r.x[0], 0);
		assert_hex(r.x[1], R(2) + 0x3000);
		assert_int_equal(rmm_delegated(h.rmm), 5 + GIB / 0x1000);
		assert_state(&h, R(2) - 0x1000, DELEGATED);
		assert_hex(undelegate(&h, R(1), R(2) - 0x1000), small);
		assert_hex(undelegate(&h, R(1) + 0x1000, R(2)), inside);
		/* bet3 skips the whole, too */
		assert_hex(delegate(&h, R(1), R(2)), e == RMI_BET3 ? 0 : RMI_ERROR_INPUT);
		assert_hex(smc_regs(&h, RMI_GRANULE_RANGE_UNDELEGATE, R(1), R(2)).x[1], R(2));
		assert_int_equal(rmm_delegated(h.rmm), 5);
		host_end(&h);
	}
}

static void what_is_not_tracked_is_not_delegated(void **state)
{
	struct host h;

	boot(&h, RMI_BET1);
	assert_hex(set(&h, R(1), 0, NONE), 0);
	assert_hex(delegate(&h, R(1), R(2)), RMI_ERROR_TRACKING);
	assert_hex(smc_regs(&h, RMI_GRANULE_RANGE_DELEGATE, R(1) - 0x1000, R(2)).x[1], R(1));
	assert_hex(delegate(&h, R(3), R(4)), RMI_ERROR_TRACKING);
	assert_hex(undelegate(&h, R(1), R(2)), RMI_ERROR_TRACKING);
	host_end(&h);
	boot(&h, RMI_BET3);
	assert_hex(set(&h, R(1), 0, NONE), 0);
	assert_hex(delegate(&h, R(1) + 0x7000, R(2)),
		   (R(1) + 0x7000) >> 12 << 16 | RMI_ERROR_TRACKING);
	host_end(&h);
}

static void objects_do_not_live_in_coarse_regions(void **state)
{
	rmm_pa list;
	struct rmm_regs r;
	struct host h;

	host_realm(&h, &(struct setup){ .config = &machine });
	assert_hex(set(&h, R(1), 0, CRS), 0);
	assert_hex(delegate(&h, R(1), R(2)), 0);
	assert_hex(smc(&h, RMI_RTT_CREATE, h.rd, R(1), 0, 2), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_REC_CREATE, h.rd, R(1), h.params), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_REALM_CREATE, R(1), h.params), RMI_ERROR_INPUT);
	host_write64(&h, h.params + RMI_PARAMS_RTT_BASE, R(1));
	assert_hex(smc(&h, RMI_REALM_CREATE, host_delegated(&h, 1), h.params), RMI_ERROR_INPUT);
	make_fine(&h, R(4), RMI_MEM_DEV_COH);
	host_delegate(&h, R(4), 0x10000);
	list = host_pages(&h, 1);
	r = smc_regs(&h, RMI_REC_CREATE, h.rd, host_delegated(&h, 1), list);
	assert_hex(give(&h, r.x[1], R(4), 16, 0).x[0], RMI_ERROR_INPUT);
	assert_hex(r.x[0], 0x50d);
	assert_hex(give(&h, r.x[1], R(1), 16, 0).x[0], RMI_ERROR_INPUT);
	assert_hex(give(&h, r.x[1], host_delegated(&h, 16), 16, 0).x[0], 0x40d);
	host_end(&h);
}

static uint64_t map(struct host *h, rmm_ipa base, uint64_t size, rmm_pa pa, int level)
{
	return smc(h, RMI_RTT_DATA_MAP, h->rd, base, base + size, 1, host_desc(h, pa, level, 1));
}

static uint64_t unmap(struct host *h, rmm_ipa base, uint64_t size)
{
	return smc(h, RMI_RTT_DATA_UNMAP, h->rd, base, base + size, 0, 0);
}

static void a_coarse_region_is_mapped_as_a_whole(void **state)
{
	for (int e = RMI_BET1; e <= RMI_BET3; e += 2) {
		uint64_t at = e == RMI_BET3 ? R(1) >> 12 << 16 : 0;
		struct host h;

		host_realm(&h,
			   &(struct setup){ .edition = (enum rmi_edition)e, .config = &machine });
		host_tables(&h, 2 * GIB, 3);
		assert_hex(map(&h, 2 * GIB, 0x1000, R(3), 3),
			   (e == RMI_BET3 ? R(3) >> 12 << 16 : 0) |
				   RMI_ERROR_TRACKING); /* untracked */
		assert_hex(set(&h, R(1), 0, CRS), 0);
		assert_hex(delegate(&h, R(1), R(2)), 0);
		assert_hex(map(&h, 2 * GIB, 0x1000, R(1), 3), at | RMI_ERROR_TRACKING);
		assert_hex(map(&h, 2 * GIB, 0x1000, R(1) + 0x1000, 3), 0x304);
		assert_hex(map(&h, 0, GIB, R(1), 1), 0);
		assert_state(&h, R(2) - 0x1000, DATA);
		/* a part of it cannot be unmapped, until the region is FINE or the tables folded */
		host_tables(&h, 0, 2);
		assert_hex(unmap(&h, 0, 2 * MIB), at | RMI_ERROR_TRACKING);
		assert_hex(unmap(&h, 2 * MIB, 2 * MIB), 0x204);
		assert_hex(unmap(&h, 0, GIB), at | RMI_ERROR_TRACKING);
		assert_hex(smc(&h, RMI_RTT_FOLD, h.rd, 0, 2), 0);
		assert_hex(unmap(&h, 0, GIB), 0);
		assert_state(&h, R(2) - 0x1000, DELEGATED);
		host_end(&h);
	}
}

static void an_open_transition_blocks_unmapping(void **state)
{
	struct rmm_regs r;
	struct host h;

	host_realm(&h, &(struct setup){ .config = &machine });
	assert_hex(set(&h, R(1), 0, CRS), 0);
	assert_hex(delegate(&h, R(1), R(2)), 0);
	assert_hex(map(&h, 0, GIB, R(1), 1), 0);
	r = smc_regs(&h, RMI_GRANULE_TRACKING_SET, R(1), 0, FINE);
	assert_hex(r.x[0], 0x10d);
	assert_hex(unmap(&h, 0, GIB), RMI_BLOCKED);
	assert_hex(map(&h, GIB, GIB, R(1), 1), RMI_BLOCKED);
	assert_hex(give(&h, r.x[1], host_delegated(&h, 64), 64, 0).x[0], 0x00d);
	assert_hex(smc(&h, RMI_OP_CONTINUE, r.x[1], 0), 0);
	assert_hex(unmap(&h, 0, GIB), 0);
	host_end(&h);
}

/* OP-1h */
static void a_table_outside_fine_memory_is_an_error_of_tracking_in_bet3(void **state)
{
	struct host h;

	host_realm(&h, &(struct setup){ .edition = RMI_BET3, .config = &machine });
	assert_hex(smc(&h, RMI_RTT_CREATE, h.rd, R(3), 0, 2),
		   R(3) >> 12 << 16 | RMI_ERROR_TRACKING);
	assert_hex(set(&h, R(1), 0, CRS), 0);
	assert_hex(delegate(&h, R(1), R(2)), 0);
	assert_hex(smc(&h, RMI_RTT_CREATE, h.rd, R(1), 0, 2),
		   R(1) >> 12 << 16 | RMI_ERROR_TRACKING);
	host_end(&h);
}

/* Device memory: delegable by its region's category; objects only in conventional memory. */
static void device_memory_is_what_its_category_says(void **state)
{
	struct host h;

	host_realm(&h, &(struct setup){ .config = &machine });
	assert_hex(smc_regs(&h, RMI_GRANULE_TRACKING_GET, R(3), R(4)).x[1], RMI_MEM_DEV_NCOH);
	assert_hex(smc_regs(&h, RMI_GRANULE_TRACKING_GET, R(4), R(5)).x[1], RMI_MEM_DEV_COH);
	make_fine(&h, R(3), RMI_MEM_DEV_NCOH);
	make_fine(&h, R(4), RMI_MEM_DEV_COH);
	host_delegate(&h, R(3), 0x1000);
	host_delegate(&h, R(4), 0x1000);
	assert_hex(smc(&h, RMI_RTT_CREATE, h.rd, R(3), 0, 2), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_RTT_CREATE, h.rd, R(4), 0, 2), RMI_ERROR_INPUT);
	host_tables(&h, 0, 3);
	assert_hex(map(&h, 0, 0x1000, R(4), 3), RMI_ERROR_INPUT);
	/* the DRAM's half of R6 is tracked; its device memory is of another category */
	assert_hex(delegate(&h, R(6) + GIB / 2, R(7)), RMI_ERROR_INPUT);
	assert_hex(smc_regs(&h, RMI_GRANULE_RANGE_DELEGATE, R(6), R(7)).x[1], R(6) + GIB / 2);
	host_end(&h);

	host_realm(&h, &(struct setup){ .config = &machine });
	make_fine(&h, R(4), RMI_MEM_CONVENTIONAL);
	host_delegate(&h, R(4), 0x1000);
	assert_hex(smc(&h, RMI_RTT_CREATE, h.rd, R(4), 0, 2), 0);
	host_end(&h);
}

static void a_hole_is_reserved(void **state)
{
	for (int e = RMI_BET1; e <= RMI_BET3; e++) {
		struct rmm_regs r;
		struct host h;

		boot(&h, (enum rmi_edition)e);
		r = smc_regs(&h, RMI_GRANULE_TRACKING_GET, R(5) + GIB / 2, R(7));
		assert_int_equal(r.x[1], e == RMI_BET3 ? 3 : 0);
		assert_int_equal(r.x[2], RMI_TRACKING_RESERVED);
		assert_hex(r.x[3], R(6));
		/* three regions in one state; what follows is not */
		r = smc_regs(&h, RMI_GRANULE_TRACKING_GET, R(0), R(7));
		assert_hex(r.x[3], R(3));
		assert_hex(set(&h, R(1), 0, CRS), 0);
		r = smc_regs(&h, RMI_GRANULE_TRACKING_GET, R(0), R(7));
		assert_hex(r.x[3], R(1));
		r = smc_regs(&h, RMI_GRANULE_TRACKING_GET, R(1), R(7));
		assert_int_equal(r.x[2], CRS);
		assert_hex(r.x[3], R(2));
		assert_hex(set(&h, R(1), 0, FINE), 0x10d);
		assert_int_equal(state_of(&h, R(1)),
				 e == RMI_BET3 ? RMI_TRACKING_INTERMEDIATE : CRS);
		host_end(&h);
	}
}

static void dram_is_tracked_at_activation_as_configured(void **state)
{
	static const struct {
		enum rmm_tracking tracking;
		unsigned whole, with_a_hole, device;
		uint64_t count;
	} rows[] = {
		{ RMM_TRACKED_FINE, FINE, FINE, NONE, 5 },
		{ RMM_TRACKED_NONE, NONE, NONE, NONE, 0 },
		{ RMM_TRACKED_COARSE, CRS, FINE, NONE, 5 },
	};

	for (unsigned i = 0; i < 3; i++) {
		struct rmm_config cfg = machine;
		struct host h;

		cfg.tracking = rows[i].tracking;
		h.rmm = rmm_new(&cfg, NULL);
		assert_int_equal(state_of(&h, R(0)), NONE);
		assert_int_equal(rmm_tracked_regions(h.rmm), 0);
		assert_hex(smc(&h, RMI_RMM_ACTIVATE), 0);
		assert_int_equal(state_of(&h, R(0)), rows[i].whole);
		assert_int_equal(state_of(&h, R(5)), rows[i].with_a_hole);
		assert_int_equal(state_of(&h, R(3)), rows[i].device);
		assert_int_equal(rmm_tracked_regions(h.rmm), rows[i].count);
		rmm_free(h.rmm);
	}
}

/* bet3: a region that is the host's describes itself with memory that is the host's. */
static void a_region_may_describe_itself(void **state)
{
	uint64_t handle, before;
	rmm_pa pages = R(1) + 0x100000, list;
	struct rmm_regs r;
	struct host h;

	boot(&h, RMI_BET3);
	list = host_pages(&h, 1);
	assert_hex(set(&h, R(1), 0, NONE), 0);
	host_write64(&h, pages, 0x5ec2e7);
	r = smc_regs(&h, RMI_GRANULE_TRACKING_SET, R(1), 0, FINE);
	handle = r.x[1];
	assert_hex(r.x[2], 64 << 2 | 2 << 17); /* CONDITIONAL */
	assert_hex(give(&h, handle, pages, 64, UINT64_C(2) << 62).x[0], 0x00d);
	assert_hex(smc(&h, RMI_OP_CONTINUE, handle, 0), 0);
	assert_state(&h, pages, INTERNAL);
	assert_hex(delegate(&h, pages, pages + 0x1000), RMI_ERROR_INPUT);
	/* the others decide; its own granules do not count */
	host_delegate(&h, R(1), 0x1000);
	assert_hex(set(&h, R(1), 0, CRS), RMI_ERROR_INPUT);
	assert_hex(undelegate(&h, R(1), R(1) + 0x1000), 0);
	r = smc_regs(&h, RMI_GRANULE_TRACKING_SET, R(1), 0, CRS);
	handle = r.x[1];
	assert_hex(r.x[0], 0x20d);
	r = smc_regs(&h, RMI_OP_MEM_RECLAIM, handle, list, 64);
	assert_int_equal(r.x[1], 64);
	assert_hex(host_read64(&h, list), pages | 4 | UINT64_C(1) << 62); /* UNDELEGATED */
	assert_state(&h, pages, UNDELEGATED);
	assert_hex(host_read64(&h, pages), 0);
	assert_hex(smc(&h, RMI_OP_CONTINUE, handle, 0), 0);
	/* COARSE and DELEGATED: its memory is DELEGATED */
	assert_hex(delegate(&h, R(1), R(2)), 0);
	handle = smc_regs(&h, RMI_GRANULE_TRACKING_SET, R(1), 0, FINE).x[1];
	assert_hex(give(&h, handle, pages, 64, 0).x[0], 0x00d);
	assert_hex(smc(&h, RMI_OP_CONTINUE, handle, 0), 0);
	assert_state(&h, R(1), DELEGATED);
	host_end(&h);

	/* before bet3 it is DELEGATED or refused */
	boot(&h, RMI_BET1);
	assert_hex(set(&h, R(1), 0, NONE), 0);
	handle = smc_regs(&h, RMI_GRANULE_TRACKING_SET, R(1), 0, FINE).x[1];
	before = rmm_state_hash(h.rmm);
	assert_hex(give(&h, handle, pages, 64, UINT64_C(1) << 63).x[0], RMI_ERROR_INPUT);
	assert_hex(give(&h, handle, pages, 64, 0).x[0], RMI_ERROR_INPUT);
	assert_hex(rmm_state_hash(h.rmm), before);
	host_end(&h);
}

/* Given in any order; given back in the state of the others, in every edition. */
static void own_metadata_goes_back_as_the_region_is(void **state)
{
	rmm_pa pages = R(1) + 0x100000, list;
	struct rmm_regs r;
	uint64_t handle;
	struct host h;

	boot(&h, RMI_BET1);
	list = host_pages(&h, 1);
	assert_hex(set(&h, R(1), 0, CRS), 0);
	assert_hex(delegate(&h, R(1), R(2)), 0);
	handle = smc_regs(&h, RMI_GRANULE_TRACKING_SET, R(1), 0, FINE).x[1];
	for (unsigned i = 0; i < 64; i++) /* every other page, the last one first */
		host_write64(&h, list + 8 * i, host_desc(&h, pages + (63 - i) * 0x2000, 3, 1));
	assert_hex(smc(&h, RMI_OP_MEM_DONATE, handle, list, 64), 0x00d);
	assert_hex(smc(&h, RMI_OP_CONTINUE, handle, 0), 0);
	assert_state(&h, pages, INTERNAL);
	assert_state(&h, pages + 0x1000, DELEGATED);
	/* all the others are the host's again */
	assert_hex(undelegate(&h, R(1), R(2)), 0);
	for (unsigned i = 0; i < 64; i++)
		assert_hex(undelegate(&h, pages + i * 0x2000 + 0x1000,
				      i < 63 ? pages + (i + 1) * 0x2000 : R(2)),
			   0);
	r = smc_regs(&h, RMI_GRANULE_TRACKING_SET, R(1), 0, NONE);
	assert_hex(r.x[0], 0x20d);
	assert_hex(smc(&h, RMI_OP_MEM_RECLAIM, r.x[1], list, 64), 0x00d);
	assert_state(&h, pages, UNDELEGATED);
	assert_int_equal(rmm_delegated(h.rmm), 0);
	host_end(&h);
}

/* in_state, in_loc_dram: what was donated is given back, and the command fails. */
static void the_wrong_metadata_ends_the_operation(void **state)
{
	uint64_t handle;
	struct rmm_regs r;
	rmm_pa list;
	struct host h;

	boot(&h, RMI_BET3);
	list = host_pages(&h, 1);
	assert_hex(set(&h, R(1), 0, NONE), 0);
	handle = smc_regs(&h, RMI_GRANULE_TRACKING_SET, R(1), 0, FINE).x[1];
	assert_hex(give(&h, handle, host_delegated(&h, 4), 4, 0).x[0], 0x10d);
	r = give(&h, handle, host_pages(&h, 1), 1, 0); /* UNDELEGATED, of another region */
	assert_hex(r.x[0], 0x20d);
	assert_hex(r.x[1], 0);
	assert_hex(smc_regs(&h, RMI_OP_MEM_RECLAIM, handle, list, 64).x[1], 4);
	assert_hex(smc(&h, RMI_OP_CONTINUE, handle, 0), RMI_ERROR_INPUT);
	assert_int_equal(state_of(&h, R(1)), NONE);
	assert_hex(set(&h, R(1), 0, CRS), 0);
	host_end(&h);

	boot(&h, RMI_BET1);
	make_fine(&h, R(4), RMI_MEM_CONVENTIONAL);
	host_delegate(&h, R(4), 64 * 0x1000);
	assert_hex(set(&h, R(1), 0, NONE), 0);
	handle = smc_regs(&h, RMI_GRANULE_TRACKING_SET, R(1), 0, FINE).x[1];
	assert_hex(give(&h, handle, R(4), 64, 0).x[0], 0x00d);
	assert_state(&h, R(4), DELEGATED);
	assert_hex(smc(&h, RMI_OP_CONTINUE, handle, 0), RMI_ERROR_INPUT);
	/* metadata of device memory may lie there */
	handle = smc_regs(&h, RMI_GRANULE_TRACKING_SET, R(3), RMI_MEM_DEV_NCOH, FINE).x[1];
	assert_hex(give(&h, handle, R(4), 64, 0).x[0], 0x00d);
	assert_hex(smc(&h, RMI_OP_CONTINUE, handle, 0), 0);
	host_end(&h);
}

static void a_profile_says_how_much_metadata(void **state)
{
	struct rmm_profile p = *rmm_profile_find("strict");
	struct rmm_regs r;
	struct host h;

	p.tracking_granules = 3;
	host_boot(&h, &(struct setup){ .custom = &p, .config = &machine });
	assert_hex(set(&h, R(1), 0, NONE), 0);
	r = smc_regs(&h, RMI_GRANULE_TRACKING_SET, R(1), 0, FINE);
	assert_hex(r.x[2], 3 << 2);
	host_end(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(sizes_of_regions),
		TEST(every_transition_of_the_table),
		TEST(only_granules_without_an_owner_become_coarse),
		TEST(metadata_comes_and_goes_word_by_word),
		TEST(conditions_of_tracking_set),
		TEST(a_coarse_region_is_delegated_as_a_whole),
		TEST(what_is_not_tracked_is_not_delegated),
		TEST(objects_do_not_live_in_coarse_regions),
		TEST(a_coarse_region_is_mapped_as_a_whole),
		TEST(an_open_transition_blocks_unmapping),
		TEST(a_table_outside_fine_memory_is_an_error_of_tracking_in_bet3),
		TEST(device_memory_is_what_its_category_says),
		TEST(a_hole_is_reserved),
		TEST(dram_is_tracked_at_activation_as_configured),
		TEST(a_region_may_describe_itself),
		TEST(own_metadata_goes_back_as_the_region_is),
		TEST(the_wrong_metadata_ends_the_operation),
		TEST(a_profile_says_how_much_metadata),
	};

	return cmocka_run_group_tests_name("tracking", tests, NULL, NULL);
}
