/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Failure conditions of the RMM's state, tracking regions and the GPT (rmm-commands Parts 1 and 2;
 * rmm-state-machines 2 and 4), of bet1 and of bet3.
 */
#include "conditions.h"

#define GIB      (UINT64_C(1) << 30)
#define REGION   (HOST_BASE + GIB)     /* untouched, FINE */
#define NOWHERE  (HOST_BASE + 9 * GIB) /* no memory, aligned */
#define SMALL    (HOST_BASE + 8 * GIB) /* half a region */
#define PA_SIZE  (UINT64_C(1) << 48)
#define AT(s, l) ((s) | (uint64_t)(l) << 8 | REGION >> 12 << 16)

#define OPT_MADE 1 /* the host has made the table */

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

/* GRANULE_TRACKING_SET: a region of DRAM becomes COARSE */

static void valid_set(struct trial *t)
{
	host_boot(&t->h, &t->table->setup);
	t->x[1] = REGION;
	t->x[2] = RMI_MEM_CONVENTIONAL;
	t->x[3] = RMI_TRACKING_COARSE;
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
};

static const struct condition_table
	granule_tracking_set = {
		"GRANULE_TRACKING_SET",
		RMI_GRANULE_TRACKING_SET,
		valid_set,
		BREAKERS(set_rows),
		.setup = { .config = &machine },
		.partial = true, /* what is asked of donated memory, and of another CPU, is in tracking.c */
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
	host_boot(&t->h, &t->table->setup);
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
	{ "addr_bound", RMI_ERROR_INPUT, break_address, ON_ARG(1), 1, PA_SIZE },       \
		{ "addr_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(1), 1 },       \
	{                                                                              \
		"blocked", RMI_BLOCKED, own_the_entry, ON_ARG(1) | ON_RMM, .stage = -1 \
	}

#define CREATE_ROWS(made)                                                                       \
	ADDR_ROWS, { "unfold_denied", RMI_ERROR_GLOBAL, break_address, ON_ARG(1), 1, NOWHERE }, \
	{                                                                                       \
		"entry_state", made, break_option, ON_ARG(1), .opt = OPT_MADE                   \
	}

static const struct breaker create_rows[] = { CREATE_ROWS(RMI_ERROR_GPT) };
static const struct breaker bet3_create_rows[] = { CREATE_ROWS(AT(RMI_ERROR_GPT, 0)) };

static const struct condition_table gpt_l1_create = {
	"GPT_L1_CREATE",
	RMI_GPT_L1_CREATE,
	valid_create,
	BREAKERS(create_rows),
	.setup = { .config = &machine },
	.partial = true,
};
CONDITION_TEST(gpt_l1_create)

static const struct condition_table bet3_gpt_l1_create = {
	"GPT_L1_CREATE",
	RMI_GPT_L1_CREATE,
	valid_create,
	BREAKERS(bet3_create_rows),
	.setup = { .config = &machine, .edition = RMI_BET3 },
	.partial = true,
};
CONDITION_TEST(bet3_gpt_l1_create)

static void valid_destroy(struct trial *t)
{
	host_boot(&t->h, &t->table->setup);
	if (!(t->opt & OPT_MADE))
		make_table(t);
	t->x[1] = REGION;
}

static const struct breaker destroy_rows[] = {
	ADDR_ROWS,
	{ "entry_state", RMI_ERROR_INPUT, break_option, ON_ARG(1) | ON_RMM, .opt = OPT_MADE },
	{ "entry_state", RMI_ERROR_INPUT, break_address, ON_ARG(1), 1, NOWHERE },
	{ "gpt_l1_homo", RMI_ERROR_INPUT, mix_the_region, ON_ARG(1) | ON_RMM },
};

static const struct condition_table gpt_l1_destroy = {
	"GPT_L1_DESTROY",
	RMI_GPT_L1_DESTROY,
	valid_destroy,
	BREAKERS(destroy_rows),
	.setup = { .config = &machine },
	.partial = true,
};
CONDITION_TEST(gpt_l1_destroy)

static const struct breaker bet3_destroy_rows[] = {
	ADDR_ROWS,
	{ "par_state", RMI_ERROR_GLOBAL, break_address, ON_ARG(1), 1, NOWHERE },
	{ "entry_state", AT(RMI_ERROR_GPT, 0), break_option, ON_ARG(1) | ON_RMM, .opt = OPT_MADE },
	{ "gpt_l1_homo", AT(RMI_ERROR_GPT, 1), mix_the_region, ON_ARG(1) | ON_RMM },
};

static const struct condition_table bet3_gpt_l1_destroy = {
	"GPT_L1_DESTROY",
	RMI_GPT_L1_DESTROY,
	valid_destroy,
	BREAKERS(bet3_destroy_rows),
	.setup = { .config = &machine, .edition = RMI_BET3 },
	.partial = true,
};
CONDITION_TEST(bet3_gpt_l1_destroy)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(attest_plat_token_refresh_reports_each_condition_in_its_place),
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
