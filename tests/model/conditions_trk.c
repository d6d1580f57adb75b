/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Failure conditions of the RMM's state, tracking regions and the GPT (rmm-commands Parts 1 and 2;
 * rmm-state-machines 2 and 4), of bet1 and of bet3.
 */
#include "conditions.h"
#include "stats.h"

#define GIB      (UINT64_C(1) << 30)
#define REGION   (HOST_BASE + GIB)     /* untouched, FINE */
#define NOWHERE  (HOST_BASE + 9 * GIB) /* no memory, aligned */
#define SMALL    (HOST_BASE + 8 * GIB) /* half a region */
#define PA_SIZE  (UINT64_C(1) << 48)
#define AT(s, l) ((s) | (uint64_t)(l) << 8 | REGION >> 12 << 16)

#define OPT_MADE 1 /* the host has made the table */
#define OPT_FINE 2 /* the region becomes FINE: that takes memory */

static const struct rmm_config machine = {
	.gpt = RMM_GPT_HOST,
	.banks = { { HOST_BASE, 8 * GIB }, { SMALL, GIB / 2 } },
	.nr_banks = 2,
};

/* ATTEST_PLAT_TOKEN_REFRESH: bet3. RMM_DEACTIVATE is in global.c: a trial has a DELEGATED page. */

static void valid_active(struct trial *t)
{
	host_boot(&t->h, &t->table->setup);
}

static void open_something(struct trial *t, const struct breaker *b)
{
	assert_hex(smc(&t->h, RMI_GRANULE_TRACKING_SET, REGION, 0, RMI_TRACKING_NONE), 0);
	assert_int_equal(RMI_RESULT_STATUS(smc(&t->h, RMI_GRANULE_TRACKING_SET, REGION, 0,
					       RMI_TRACKING_FINE)),
			 RMI_INCOMPLETE);
}

static const struct breaker refresh_rows[] = {
	{ "rmm_state", RMI_ERROR_GLOBAL, break_rmm, ON_RMM, .stage = -1 },
};

static const struct condition_table attest_plat_token_refresh = {
	"ATTEST_PLAT_TOKEN_REFRESH", RMI_ATTEST_PLAT_TOKEN_REFRESH,    valid_active,
	BREAKERS(refresh_rows),      .setup = { .edition = RMI_BET3 },
};
CONDITION_TEST(attest_plat_token_refresh)

/* Another CPU works on a region: it waits for memory in the middle of it. */

static void go_on_in_alloc(struct host *h)
{
	h->on_alloc = NULL;
	trial_go_on(h->hook_ctx);
}

static void within_a_transition(struct trial *t)
{
	struct rmm_regs r = { { RMI_GRANULE_TRACKING_SET, REGION + GIB, 0, RMI_TRACKING_COARSE } };

	t->h.hook_ctx = t;
	t->h.on_alloc = go_on_in_alloc;
	rmm_smc(t->h.rmm, 0, &r);
	assert_hex(r.x[0], 0);
}

static void break_regions_busy(struct trial *t, const struct breaker *b)
{
	trial_within(t, within_a_transition);
}

#define BUSY                                                                          \
	{                                                                             \
		"busy", RMI_BUSY, break_regions_busy, ON_OWN(0) | ON_RMM, .stage = -1 \
	}
#define MEMORY                                                                           \
	{                                                                                \
		"memory", RMI_ERROR_GLOBAL, break_memory, ON_ARG(1) | ON_OWN(0) | ON_RMM \
	}
#define SRO(options)                                                                              \
	{ "sro_busy",          RMI_BUSY,                                                          \
	  break_contexts_busy, ON_ARG(1) | ON_ARG(3) | ON_OWN(0) | ON_RMM,                        \
	  .opt = (options),    .stage = -1 },                                                     \
	{                                                                                         \
		"sro_blocked", RMI_BLOCKED, break_contexts_blocked,                               \
			ON_ARG(1) | ON_ARG(3) | ON_OWN(0) | ON_RMM, .opt = (options), .stage = -1 \
	}

static void in_a_test_of_its_own(struct trial *t, const struct breaker *b)
{
	trial_unavailable(t);
}

#define DONATED(row)                                       \
	{                                                  \
		row, RMI_ERROR_INPUT, in_a_test_of_its_own \
	}

/* Rows about what is donated: met in OP_MEM_DONATE, reported at the end. */
static void asserted(struct host *h, const char *row, const char *test)
{
	struct rmm_condition_info info;

	assert_true(rmm_condition_at((unsigned)h->condition, &info));
	assert_string_equal(info.name, row);
	stats_asserted(h->condition, h->profile.name, test);
}

static uint64_t give(struct host *h, uint64_t handle, rmm_pa pages, unsigned n, uint64_t state)
{
	rmm_pa list = host_pages(h, 1);
	uint64_t before = rmm_state_hash(h->rmm);

	host_write64(h, list, host_desc(h, pages, 3, n) | state);
	assert_hex(smc(h, RMI_OP_MEM_DONATE, handle, list, 1), 0x00d);
	assert_int_not_equal(rmm_state_hash(h->rmm), before); /* it waits for nothing more */
	return smc(h, RMI_OP_CONTINUE, handle, 0);
}

static void metadata_in_another_state_ends_the_operation(void **state)
{
	uint64_t before, handle;
	struct host h;

	host_boot(&h, &(struct setup){ .edition = RMI_BET3, .config = &machine });
	assert_hex(smc(&h, RMI_GRANULE_TRACKING_SET, REGION, 0, RMI_TRACKING_NONE), 0);
	before = rmm_state_hash(h.rmm);
	handle = smc_regs(&h, RMI_GRANULE_TRACKING_SET, REGION, 0, RMI_TRACKING_FINE).x[1];
	assert_hex(give(&h, handle, HOST_BASE + 0x100000, 64, 0), RMI_ERROR_INPUT);
	asserted(&h, "in_state", __func__);
	assert_hex(rmm_state_hash(h.rmm), before);
	host_end(&h);
}

static void metadata_of_dram_outside_dram_ends_the_operation(void **state)
{
	rmm_pa device = HOST_BASE + 2 * GIB;
	struct rmm_config cfg = { .banks = { { HOST_BASE, 2 * GIB },
					     { device, GIB / 2 },
					     { device + GIB / 2, GIB / 2, RMM_DEVICE_COH } },
				  .nr_banks = 3 };
	uint64_t before, handle;
	struct host h;

	/* the device memory is conventional, for its region is */
	host_boot(&h, &(struct setup){ .config = &cfg });
	host_delegate(&h, device + GIB / 2, 64 * 0x1000);
	assert_hex(smc(&h, RMI_GRANULE_TRACKING_SET, REGION, 0, RMI_TRACKING_NONE), 0);
	before = rmm_state_hash(h.rmm);
	handle = smc_regs(&h, RMI_GRANULE_TRACKING_SET, REGION, 0, RMI_TRACKING_FINE).x[1];
	assert_hex(give(&h, handle, device + GIB / 2, 64, 0), RMI_ERROR_INPUT);
	asserted(&h, "in_loc_dram", __func__);
	assert_hex(rmm_state_hash(h.rmm), before);
	cfg.gpt = RMM_GPT_HOST;
	host_end(&h);

	host_boot(&h, &(struct setup){ .config = &cfg });
	before = rmm_state_hash(h.rmm);
	handle = smc_regs(&h, RMI_GPT_L1_CREATE, HOST_BASE).x[1];
	assert_hex(give(&h, handle, device + GIB / 2, 32, UINT64_C(1) << 63), RMI_ERROR_INPUT);
	asserted(&h, "gran", __func__);
	assert_hex(rmm_state_hash(h.rmm), before);
	host_end(&h);
}

/* TF-RMM's GPT_L1_CREATE never succeeds, so it has no valid call. */
static void tf_rmm_refuses_every_table(void **state)
{
	uint64_t before;
	struct host h;

	host_boot(&h, &(struct setup){ .profile = "tf-rmm-2026-07" });
	before = rmm_state_hash(h.rmm);
	assert_hex(smc(&h, RMI_GPT_L1_CREATE, REGION + 8), RMI_ERROR_INPUT);
	asserted(&h, "addr_align", __func__);
	assert_hex(smc(&h, RMI_GPT_L1_CREATE, REGION), RMI_ERROR_GPT);
	asserted(&h, "entry_state", __func__);
	assert_hex(rmm_state_hash(h.rmm), before);
	host_end(&h);
}

/* RMM_DEACTIVATE: not in a trial, which has a DELEGATED page. */
static void deactivate_reports_each_condition(void **state)
{
	uint64_t before;
	struct host h;

	host_boot(&h, &(struct setup){ .edition = RMI_BET3, .config = &machine });
	host_delegated(&h, 1);
	before = rmm_state_hash(h.rmm);
	assert_hex(smc(&h, RMI_RMM_DEACTIVATE), RMI_ERROR_GLOBAL);
	asserted(&h, "gran_state", __func__);
	assert_hex(rmm_state_hash(h.rmm), before);
	assert_int_equal(RMI_RESULT_STATUS(smc(&h, RMI_GPT_L1_CREATE, REGION)), RMI_INCOMPLETE);
	before = rmm_state_hash(h.rmm);
	assert_hex(smc(&h, RMI_RMM_DEACTIVATE), RMI_BLOCKED); /* before the granules */
	asserted(&h, "sro_blocked", __func__);
	assert_hex(rmm_state_hash(h.rmm), before);
	host_reset(&h);
	before = rmm_state_hash(h.rmm);
	assert_hex(smc(&h, RMI_RMM_DEACTIVATE), RMI_ERROR_GLOBAL);
	asserted(&h, "rmm_state", __func__);
	assert_hex(rmm_state_hash(h.rmm), before);
	host_end(&h);
}

/* GRANULE_TRACKING_SET: a region of DRAM becomes COARSE */

static void valid_set(struct trial *t)
{
	host_realm(&t->h, &t->table->setup);
	t->x[1] = REGION;
	t->x[2] = RMI_MEM_CONVENTIONAL;
	t->x[3] = t->opt & OPT_FINE ? RMI_TRACKING_FINE : RMI_TRACKING_COARSE;
	if (t->opt & OPT_FINE)
		assert_hex(smc(&t->h, RMI_GRANULE_TRACKING_SET, REGION, 0, RMI_TRACKING_NONE), 0);
}

static void own_the_region(struct trial *t, const struct breaker *b)
{
	open_something(t, b);
}

static void mix_the_region(struct trial *t, const struct breaker *b)
{
	host_delegate(&t->h, REGION, t->h.page);
}

static const struct breaker set_rows[] = {
	{ "rmm_state", RMI_ERROR_GLOBAL, break_rmm, ON_RMM, .stage = -1 },
	BUSY,
	{ "state_valid", RMI_ERROR_INPUT, break_value, ON_ARG(3), 3, 0 },
	{ "state_valid", RMI_ERROR_INPUT, break_value, ON_ARG(3), 3, 4 },
	{ "addr_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(1), 1 },
	{ "addr_bound", RMI_ERROR_INPUT, break_address, ON_ARG(1), 1, PA_SIZE },
	{ "category", RMI_ERROR_INPUT, break_value, ON_ARG(2), 2, RMI_MEM_DEV_COH },
	{ "category", RMI_ERROR_INPUT, break_value, ON_ARG(2), 2, RMI_MEM_NONE },
	{ "reserved", RMI_ERROR_INPUT, break_address, ON_ARG(1) | ON_ARG(2), 1, NOWHERE },
	{ "blocked", RMI_BLOCKED, own_the_region, ON_ARG(1) | ON_RMM, .stage = -1 },
	{ "homogeneous", RMI_ERROR_INPUT, break_address, ON_ARG(1) | ON_ARG(3), 1, SMALL },
	{ "gran_state", RMI_ERROR_INPUT, mix_the_region, ON_ARG(1) | ON_ARG(3) | ON_RMM },
	MEMORY,
	SRO(OPT_FINE),
	DONATED("in_loc_dram"),
};

static const struct condition_table granule_tracking_set = {
	"GRANULE_TRACKING_SET", RMI_GRANULE_TRACKING_SET,        valid_set,
	BREAKERS(set_rows),     .setup = { .config = &machine },
};
CONDITION_TEST(granule_tracking_set)

/* GPT_INFO */

static void valid_info(struct trial *t)
{
	host_boot(&t->h, &t->table->setup);
	t->x[1] = REGION;
	t->x[2] = REGION + GIB;
}

static const struct breaker info_rows[] = {
	{ "base_bound", RMI_ERROR_INPUT, break_address, ON_ARG(1), 1, PA_SIZE },
	{ "top_bound", RMI_ERROR_INPUT, break_address, ON_ARG(2), 2, PA_SIZE + GIB },
	{ "base_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(1), 1 },
	{ "top_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(2), 2 },
	{ "size_valid", RMI_ERROR_INPUT, break_address, ON_ARG(2), 2, REGION - GIB },
};

static const struct condition_table gpt_info = {
	"GPT_INFO", RMI_GPT_INFO, valid_info, BREAKERS(info_rows), .setup = { .edition = RMI_BET3 },
};
CONDITION_TEST(gpt_info)

/* GPT_L1_CREATE, GPT_L1_DESTROY */

static void make_table(struct trial *t)
{
	struct host *h = &t->h;
	rmm_pa pages = host_aligned(h, 32 * h->page), list = host_pages(h, 1);
	unsigned bit = t->table->setup.edition == RMI_BET3 ? 62 : 63;
	struct rmm_regs r = smc_regs(h, RMI_GPT_L1_CREATE, REGION);

	host_write64(h, list, host_desc(h, pages, 3, 32) | UINT64_C(1) << bit);
	assert_int_equal(RMI_RESULT_STATUS(smc(h, RMI_OP_MEM_DONATE, r.x[1], list, 1)),
			 RMI_INCOMPLETE);
	assert_hex(smc(h, RMI_OP_CONTINUE, r.x[1], 0), 0);
}

static void valid_create(struct trial *t)
{
	host_realm(&t->h, &t->table->setup);
	if (t->opt & OPT_MADE)
		make_table(t);
	t->x[1] = REGION;
}

static void own_the_entry(struct trial *t, const struct breaker *b)
{
	uint64_t fid = t->table->fid == RMI_GPT_L1_CREATE ? RMI_GPT_L1_CREATE : RMI_GPT_L1_DESTROY;

	assert_int_equal(RMI_RESULT_STATUS(smc(&t->h, fid, REGION)), RMI_INCOMPLETE);
}

#define ADDR_ROWS                                                                      \
	BUSY, { "addr_bound", RMI_ERROR_INPUT, break_address, ON_ARG(1), 1, PA_SIZE }, \
		{ "addr_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(1), 1 },       \
	{                                                                              \
		"blocked", RMI_BLOCKED, own_the_entry, ON_ARG(1) | ON_RMM, .stage = -1 \
	}

#define CREATE_ROWS(made)                                                                          \
	ADDR_ROWS, { "unfold_denied", RMI_ERROR_GLOBAL, break_address, ON_ARG(1), 1, NOWHERE },    \
		{ "entry_state", made, break_option, ON_ARG(1), .opt = OPT_MADE }, MEMORY, SRO(0), \
		DONATED("gran")

static const struct breaker create_rows[] = { CREATE_ROWS(RMI_ERROR_GPT) };
static const struct breaker bet3_create_rows[] = { CREATE_ROWS(AT(RMI_ERROR_GPT, 0)) };

static const struct condition_table gpt_l1_create = {
	"GPT_L1_CREATE",
	RMI_GPT_L1_CREATE,
	valid_create,
	BREAKERS(create_rows),
	.setup = { .config = &machine },
};
CONDITION_TEST(gpt_l1_create)

static const struct condition_table bet3_gpt_l1_create = {
	"GPT_L1_CREATE",
	RMI_GPT_L1_CREATE,
	valid_create,
	BREAKERS(bet3_create_rows),
	.setup = { .config = &machine, .edition = RMI_BET3 },
};
CONDITION_TEST(bet3_gpt_l1_create)

static void valid_destroy(struct trial *t)
{
	host_realm(&t->h, &t->table->setup);
	if (!(t->opt & OPT_MADE))
		make_table(t);
	t->x[1] = REGION;
}

static const struct breaker destroy_rows[] = {
	ADDR_ROWS,
	{ "entry_state", RMI_ERROR_INPUT, break_option, ON_ARG(1) | ON_RMM, .opt = OPT_MADE },
	{ "entry_state", RMI_ERROR_INPUT, break_address, ON_ARG(1), 1, NOWHERE },
	{ "gpt_l1_homo", RMI_ERROR_INPUT, mix_the_region, ON_ARG(1) | ON_RMM },
	SRO(0),
};

static const struct condition_table gpt_l1_destroy = {
	"GPT_L1_DESTROY",
	RMI_GPT_L1_DESTROY,
	valid_destroy,
	BREAKERS(destroy_rows),
	.setup = { .config = &machine },
};
CONDITION_TEST(gpt_l1_destroy)

static const struct breaker bet3_destroy_rows[] = {
	ADDR_ROWS,
	{ "par_state", RMI_ERROR_GLOBAL, break_address, ON_ARG(1), 1, NOWHERE },
	{ "entry_state", AT(RMI_ERROR_GPT, 0), break_option, ON_ARG(1) | ON_RMM, .opt = OPT_MADE },
	{ "gpt_l1_homo", AT(RMI_ERROR_GPT, 1), mix_the_region, ON_ARG(1) | ON_RMM },
	SRO(0),
};

static const struct condition_table bet3_gpt_l1_destroy = {
	"GPT_L1_DESTROY",
	RMI_GPT_L1_DESTROY,
	valid_destroy,
	BREAKERS(bet3_destroy_rows),
	.setup = { .config = &machine, .edition = RMI_BET3 },
};
CONDITION_TEST(bet3_gpt_l1_destroy)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(attest_plat_token_refresh_reports_each_condition_in_its_place),
		TEST(tf_rmm_refuses_every_table),
		TEST(deactivate_reports_each_condition),
		TEST(metadata_in_another_state_ends_the_operation),
		TEST(metadata_of_dram_outside_dram_ends_the_operation),
		TEST(granule_tracking_set_reports_each_condition_in_its_place),
		TEST(gpt_info_reports_each_condition_in_its_place),
		TEST(gpt_l1_create_reports_each_condition_in_its_place),
		TEST(bet3_gpt_l1_create_reports_each_condition_in_its_place),
		TEST(gpt_l1_destroy_reports_each_condition_in_its_place),
		TEST(bet3_gpt_l1_destroy_reports_each_condition_in_its_place),
	};

	return cmocka_run_group_tests_name("conditions of tracking and of the GPT", tests, NULL,
					   NULL);
}
