/* SPDX-License-Identifier: BSD-2-Clause */
/* Tracking regions and their transitions (A2.3.4; B4.5.17-.20; rmm-state-machines 2 and 3.1). */
#include "tracking.h"

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
		struct host h = { 0 };

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

/* bet3: the operation looks at CONDITIONAL memory when it is offered, and ends. */
static void conditional_metadata_is_conventional_and_of_dram_in_dram(void **state)
{
	struct rmm_regs r;
	struct host h;

	boot(&h, RMI_BET3);
	make_fine(&h, R(4), RMI_MEM_DEV_COH);
	host_delegate(&h, R(4), 64 * 0x1000);
	r = smc_regs(&h, RMI_GRANULE_TRACKING_SET, R(3), RMI_MEM_DEV_NCOH, FINE);
	assert_hex(give(&h, r.x[1], R(4), 64, 0).x[0], 0x00d);
	assert_hex(smc(&h, RMI_OP_CONTINUE, r.x[1], 0), RMI_ERROR_INPUT);
	assert_int_equal(state_of(&h, R(3)), NONE);
	assert_state(&h, R(4), DELEGATED);
	/* the half of R5 that is a hole */
	assert_hex(set(&h, R(5), 0, NONE), 0);
	r = smc_regs(&h, RMI_GRANULE_TRACKING_SET, R(5), 0, FINE);
	assert_hex(give(&h, r.x[1], R(5) + GIB / 2, 64, UINT64_C(1) << 62).x[0], 0x00d);
	assert_hex(smc(&h, RMI_OP_CONTINUE, r.x[1], 0), RMI_ERROR_INPUT);
	assert_int_equal(state_of(&h, R(5)), NONE);
	host_end(&h);
}

/* The region's granules are looked at around its metadata, wherever that is. */
static void metadata_may_lie_behind_its_region(void **state)
{
	struct rmm_regs r;
	rmm_pa list;
	struct host h;

	boot(&h, RMI_BET1);
	list = host_pages(&h, 1);
	host_delegate(&h, R(2), 65 * 0x1000); /* in between lies one that does not count */
	assert_hex(set(&h, R(1), 0, NONE), 0);
	r = smc_regs(&h, RMI_GRANULE_TRACKING_SET, R(1), 0, FINE);
	assert_hex(give(&h, r.x[1], R(2) + 0x1000, 64, 0).x[0], 0x00d);
	assert_hex(smc(&h, RMI_OP_CONTINUE, r.x[1], 0), 0);
	host_delegate(&h, R(2) - 0x1000, 0x1000);
	assert_hex(set(&h, R(1), 0, CRS), RMI_ERROR_INPUT); /* its last granule counts */
	assert_hex(undelegate(&h, R(2) - 0x1000, R(2)), 0);
	r = smc_regs(&h, RMI_GRANULE_TRACKING_SET, R(1), 0, CRS);
	assert_hex(r.x[0], 0x20d);
	assert_int_equal(smc_regs(&h, RMI_OP_MEM_RECLAIM, r.x[1], list, 64).x[1], 64);
	assert_hex(smc(&h, RMI_OP_CONTINUE, r.x[1], 0), 0);
	assert_int_equal(state_of(&h, R(1)), CRS);
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
	static const struct CMUnitTest tests[] = {
		TEST(sizes_of_regions),
		TEST(every_transition_of_the_table),
		TEST(only_granules_without_an_owner_become_coarse),
		TEST(metadata_comes_and_goes_word_by_word),
		TEST(conditions_of_tracking_set),
		TEST(a_hole_is_reserved),
		TEST(dram_is_tracked_at_activation_as_configured),
		TEST(a_region_may_describe_itself),
		TEST(own_metadata_goes_back_as_the_region_is),
		TEST(the_wrong_metadata_ends_the_operation),
		TEST(conditional_metadata_is_conventional_and_of_dram_in_dram),
		TEST(metadata_may_lie_behind_its_region),
		TEST(a_profile_says_how_much_metadata),
	};

	return cmocka_run_group_tests_name("tracking", tests, NULL, NULL);
}
