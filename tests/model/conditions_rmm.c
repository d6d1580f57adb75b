/* SPDX-License-Identifier: BSD-2-Clause */
/* Failure conditions of versions, configuration and delegation (rmm-commands Parts 1, 2 and 10). */
#include <string.h>

#include "conditions.h"
#include "stats.h"

#define TF "tf-rmm-2026-07"

/* VERSION: what it returns is defined although it fails. */

static void valid_version(struct trial *t)
{
	host_boot(&t->h, &t->table->setup);
	t->x[1] = 0x20000;
}

static void version_outputs(const struct trial *t, const struct breaker *b)
{
	assert_hex(t->out.x[1], 0x20000);
	assert_hex(t->out.x[2], 0x20000);
}

static const struct breaker version_rows[] = {
	{ "req", RMI_ERROR_INPUT, break_value, ON_ARG(1), 1, 0x10000 },
	{ "req", RMI_ERROR_INPUT, break_value, ON_ARG(1), 1, 0x30000 },
	{ "req", RMI_ERROR_INPUT, break_value, ON_ARG(1), 1, 0x20001 },
};

static const struct condition_table version = {
	"VERSION", RMI_VERSION, valid_version, BREAKERS(version_rows), .outputs = version_outputs,
};
CONDITION_TEST(version)

/* RMM_CONFIG_SET, RMM_ACTIVATE: before activation */

#define OPT_TRACKED 1 /* from boot on */

static void valid_config_set(struct trial *t)
{
	host_boot(&t->h, &t->table->setup);
	t->x[1] = host_pages(&t->h, 1);
	t->h.cfg.tracked_from_boot = t->opt & OPT_TRACKED;
	host_reset(&t->h);
}

static void activate_rmm(struct trial *t, const struct breaker *b)
{
	assert_hex(smc(&t->h, RMI_RMM_ACTIVATE), 0);
}

/* `arg` is the byte offset in RmiRmmConfig; X1 is still the valid one's: stage -1. */
static void write_config(struct trial *t, const struct breaker *b)
{
	host_write64(&t->h, t->x[1] + b->arg, b->value);
}

static const struct breaker config_set_rows[] = {
	{ "rmm_state", RMI_ERROR_GLOBAL, activate_rmm, ON_RMM },
	{ "cfg_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(1), 1 },
	{ "cfg_pas", RMI_ERROR_INPUT, break_no_memory_at, ON_ARG(1), 1 },
	{ "cfg_supp", RMI_ERROR_INPUT, write_config, ON_OWN(0), 8, 3, .stage = -1 },
	{ "cfg_supp", RMI_ERROR_INPUT, write_config, ON_OWN(0), 0, 1, .stage = -1 },
	{ "tracked", RMI_ERROR_INPUT, break_option, ON_OWN(1), .opt = OPT_TRACKED },
};

static const struct condition_table config_set = {
	"RMM_CONFIG_SET",
	RMI_RMM_CONFIG_SET,
	valid_config_set,
	BREAKERS(config_set_rows),
};
CONDITION_TEST(config_set)

static const struct breaker activate_rows[] = {
	{ "state", RMI_ERROR_GLOBAL, activate_rmm, ON_RMM },
};

static const struct condition_table rmm_activate = { "RMM_ACTIVATE", RMI_RMM_ACTIVATE,
						     valid_config_set, BREAKERS(activate_rows) };
CONDITION_TEST(rmm_activate)

/* RMM_CONFIG_GET; TF-RMM does not ask for the state */

static void valid_config_get(struct trial *t)
{
	host_boot(&t->h, &t->table->setup);
	t->x[1] = host_pages(&t->h, 1);
}

#define CONFIG_GET_ROWS                                                         \
	{ "cfg_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(1), 1 },         \
		{ "cfg_pas", RMI_ERROR_INPUT, break_spare_page, ON_ARG(1), 1 }, \
	{                                                                       \
		"cfg_pas", RMI_ERROR_INPUT, break_no_memory_at, ON_ARG(1), 1    \
	}

static const struct breaker config_get_rows[] = {
	{ "rmm_state", RMI_ERROR_GLOBAL, break_rmm, ON_RMM, .stage = -1 },
	CONFIG_GET_ROWS,
};

static const struct condition_table config_get = {
	"RMM_CONFIG_GET",
	RMI_RMM_CONFIG_GET,
	valid_config_get,
	BREAKERS(config_get_rows),
};
CONDITION_TEST(config_get)

static const struct breaker tf_config_get_rows[] = { CONFIG_GET_ROWS };

static const struct condition_table tf_config_get = {
	"RMM_CONFIG_GET",           RMI_RMM_CONFIG_GET,
	valid_config_get,           BREAKERS(tf_config_get_rows),
	.setup = { .profile = TF },
};
CONDITION_TEST(tf_config_get)

/* TF-RMM: the RMM state comes before every argument; six commands work in any state. */
static void tf_rmm_asks_for_the_rmm_state_first(void **state)
{
	static const char *const any_state[] = { "VERSION",        "FEATURES",
						 "RMM_CONFIG_SET", "RMM_CONFIG_GET",
						 "RMM_ACTIVATE",   "GRANULE_TRACKING_GET" };
	const struct rmi_command *command;
	struct rmm_condition_info info;
	int condition = -1;
	struct host h;
	uint64_t before;

	host_boot(&h, &(struct setup){ .profile = TF });
	host_reset(&h);
	before = rmm_state_hash(h.rmm);
	for (unsigned i = 0; (command = rmi_command_at(RMI_BET1, i)); i++) {
		bool asks = true;

		for (unsigned j = 0; j < sizeof(any_state) / sizeof(any_state[0]); j++)
			asks &= strcmp(command->name, any_state[j]) != 0;
		if (!asks)
			continue;
		for (uint64_t x = 0; x <= HOST_BASE; x += HOST_BASE) {
			uint64_t x0 = smc(&h, command->fid, x, x, x, x, x, x);

			if (x0 == SMCCC_NOT_SUPPORTED) /* see fids.c */
				continue;
			if (x0 != RMI_ERROR_GLOBAL)
				fail_msg("%s does not ask", command->name);
			assert_true(rmm_condition_at((unsigned)h.condition, &info));
			assert_string_equal(info.command, "ANY");
			condition = h.condition;
			assert_hex(rmm_state_hash(h.rmm), before);
		}
	}
	stats_asserted(condition, TF, __func__);
	host_end(&h);
}

/* Delegation */

enum { OWN_TOP };

static void valid_delegate(struct trial *t)
{
	host_boot(&t->h, &t->table->setup);
	t->x[1] = host_pages(&t->h, 1);
	t->x[2] = t->x[1] + t->h.page;
}

static void valid_undelegate(struct trial *t)
{
	valid_delegate(t);
	host_delegate(&t->h, t->x[1], t->h.page);
}

static void range_at(struct trial *t, rmm_pa pa)
{
	trial_address(t, 1, pa);
	trial_address(t, 2, pa + t->h.page);
}

static void range_without_memory(struct trial *t, const struct breaker *b)
{
	range_at(t, NO_MEMORY_AT);
}

static void range_in_another_state(struct trial *t, const struct breaker *b)
{
	range_at(t, t->table->fid == RMI_GRANULE_RANGE_DELEGATE ? t->spare : t->own);
}

static void range_of_an_operation(struct trial *t, const struct breaker *b)
{
	range_at(t, trial_owned(t));
}

static void top_below_base(struct trial *t, const struct breaker *b)
{
	trial_address(t, 2, (t->x[1] & ~(uint64_t)LOW_BITS) - t->h.page);
}

#define UNTOUCHED (HOST_BASE + (UINT64_C(4) << 30))

static void untracked_range(struct trial *t, const struct breaker *b)
{
	range_at(t, UNTOUCHED);
	if (smc(&t->h, RMI_GRANULE_TRACKING_SET, UNTOUCHED, RMI_MEM_CONVENTIONAL,
		RMI_TRACKING_NONE))
		trial_unavailable(t);
}

/* From `value` on into a COARSE region, or its beginning alone. */
static void coarse_range(struct trial *t, const struct breaker *b)
{
	assert_hex(smc(&t->h, RMI_GRANULE_TRACKING_SET, UNTOUCHED, RMI_MEM_CONVENTIONAL,
		       RMI_TRACKING_COARSE),
		   0);
	range_at(t, UNTOUCHED + b->value);
}

#define COARSE_ROWS(inside, part)                                                        \
	{ "tracking_align", inside, coarse_range, ON_ARG(1) | ON_RMM, .value = 0x1000 }, \
	{                                                                                \
		"tracking_size", part, coarse_range, ON_ARG(1) | ON_RMM                  \
	}

#define RANGE_ROWS                                                                        \
	{ "base_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(1), 1 },                  \
		{ "top_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(2), 2 },           \
	{                                                                                 \
		"top_bound", RMI_ERROR_INPUT, top_below_base, ON_OWN(OWN_TOP), .stage = 1 \
	}

static const struct breaker delegate_rows[] = {
	{ "rmm_state", RMI_ERROR_GLOBAL, break_rmm, ON_RMM, .stage = -1 },
	RANGE_ROWS,
	{ "populated", RMI_ERROR_INPUT, range_without_memory, ON_ARG(1) },
	{ "tracking", RMI_ERROR_TRACKING, untracked_range, ON_ARG(1) | ON_RMM },
	{ "blocked", RMI_BLOCKED, range_of_an_operation, ON_ARG(1) | ON_RMM, .stage = -1 },
	COARSE_ROWS(RMI_ERROR_INPUT, RMI_ERROR_INPUT),
	{ "state", RMI_ERROR_INPUT, range_in_another_state, ON_ARG(1) | ON_RMM },
};

static const struct condition_table delegate = {
	"GRANULE_RANGE_DELEGATE",
	RMI_GRANULE_RANGE_DELEGATE,
	valid_delegate,
	BREAKERS(delegate_rows),
};
CONDITION_TEST(delegate)

static const struct breaker undelegate_rows[] = {
	RANGE_ROWS,
	{ "tracking", RMI_ERROR_TRACKING, range_without_memory, ON_ARG(1) },
	{ "tracking", RMI_ERROR_TRACKING, break_rmm, ON_ARG(1) | ON_RMM, .stage = -1 },
	{ "blocked", RMI_BLOCKED, range_of_an_operation, ON_ARG(1) | ON_RMM, .stage = -1 },
	COARSE_ROWS(RMI_ERROR_INPUT, RMI_ERROR_INPUT),
	{ "state", RMI_ERROR_INPUT, range_in_another_state, ON_ARG(1) | ON_RMM },
};

static const struct condition_table undelegate = {
	"GRANULE_RANGE_UNDELEGATE",
	RMI_GRANULE_RANGE_UNDELEGATE,
	valid_undelegate,
	BREAKERS(undelegate_rows),
};
CONDITION_TEST(undelegate)

/* bet3: level 0 and the PA (OP-1d); what is done already is skipped, an RD is not. */

#define TRACKING_AT(pa) (RMI_ERROR_TRACKING | (pa) >> 12 << 16)

static void valid_bet3(struct trial *t)
{
	host_realm(&t->h, &t->table->setup);
	t->x[1] = host_pages(&t->h, 1);
	t->x[2] = t->x[1] + t->h.page;
}

static void range_at_rd(struct trial *t, const struct breaker *b)
{
	range_at(t, t->h.rd);
}

#define BET3_ROWS                                                                     \
	{ "tracking", TRACKING_AT(UNTOUCHED), untracked_range, ON_ARG(1) | ON_RMM },  \
		{ "blocked", RMI_BLOCKED, range_of_an_operation, ON_ARG(1) | ON_RMM,  \
		  .stage = -1 },                                                      \
		COARSE_ROWS(TRACKING_AT(UNTOUCHED + 0x1000), TRACKING_AT(UNTOUCHED)), \
	{                                                                             \
		"state", RMI_ERROR_INPUT, range_at_rd, ON_ARG(1) | ON_RMM             \
	}

static const struct breaker bet3_delegate_rows[] = {
	{ "rmm_state", RMI_ERROR_GLOBAL, break_rmm, ON_RMM, .stage = -1 },
	RANGE_ROWS,
	{ "populated", RMI_ERROR_INPUT, range_without_memory, ON_ARG(1) },
	BET3_ROWS,
};

static const struct condition_table bet3_delegate = {
	"GRANULE_RANGE_DELEGATE",     RMI_GRANULE_RANGE_DELEGATE,       valid_bet3,
	BREAKERS(bet3_delegate_rows), .setup = { .edition = RMI_BET3 },
};
CONDITION_TEST(bet3_delegate)

static const struct breaker bet3_undelegate_rows[] = { RANGE_ROWS, BET3_ROWS };

static const struct condition_table bet3_undelegate = {
	"GRANULE_RANGE_UNDELEGATE",     RMI_GRANULE_RANGE_UNDELEGATE,     valid_bet3,
	BREAKERS(bet3_undelegate_rows), .setup = { .edition = RMI_BET3 },
};
CONDITION_TEST(bet3_undelegate)

static const struct breaker tf_delegate_rows[] = {
	RANGE_ROWS,
	{ "populated", RMI_ERROR_INPUT, range_without_memory, ON_ARG(1) },
	{ "state", RMI_ERROR_INPUT, range_in_another_state, ON_ARG(1) },
};

/* X1 is base whatever is wrong with the input. */
static void tf_delegate_outputs(const struct trial *t, const struct breaker *b)
{
	assert_hex(t->out.x[1], b->x0 == RMI_ERROR_INPUT ? t->x[1] : 0);
}

static const struct condition_table tf_delegate = {
	"GRANULE_RANGE_DELEGATE",   RMI_GRANULE_RANGE_DELEGATE, valid_delegate,
	BREAKERS(tf_delegate_rows), .setup = { .profile = TF }, .outputs = tf_delegate_outputs,
};
CONDITION_TEST(tf_delegate)

static const struct breaker tf_undelegate_rows[] = {
	RANGE_ROWS,
	{ "populated", RMI_ERROR_INPUT, range_without_memory, ON_ARG(1) },
	{ "state", RMI_ERROR_INPUT, range_in_another_state, ON_ARG(1) },
};

static const struct condition_table tf_undelegate = {
	"GRANULE_RANGE_UNDELEGATE",   RMI_GRANULE_RANGE_UNDELEGATE, valid_undelegate,
	BREAKERS(tf_undelegate_rows), .setup = { .profile = TF },   .outputs = tf_delegate_outputs,
};
CONDITION_TEST(tf_undelegate)

/* GRANULE_TRACKING_GET: 48 bits of PA; an address of exactly 2^48 passes but with TF-RMM */

#define PA_SIZE (UINT64_C(1) << 48)

#define TRACKING_GET_ROWS(lowest)                                                       \
	{ "base_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(1), 1 },                \
		{ "top_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(2), 2 },         \
		{ "base_bound", RMI_ERROR_INPUT, break_address, ON_ARG(1), 1, lowest }, \
		{ "top_bound", RMI_ERROR_INPUT, break_address, ON_ARG(2), 2, lowest },  \
	{                                                                               \
		"size_valid", RMI_ERROR_INPUT, top_below_base, ON_ARG(2), .stage = 1    \
	}

static const struct breaker tracking_get_rows[] = { TRACKING_GET_ROWS(PA_SIZE + 0x1000) };

static const struct condition_table tracking_get = {
	"GRANULE_TRACKING_GET",
	RMI_GRANULE_TRACKING_GET,
	valid_delegate,
	BREAKERS(tracking_get_rows),
};
CONDITION_TEST(tracking_get)

static const struct breaker tf_tracking_get_rows[] = { TRACKING_GET_ROWS(PA_SIZE) };

static const struct condition_table tf_tracking_get = {
	"GRANULE_TRACKING_GET",         RMI_GRANULE_TRACKING_GET,   valid_delegate,
	BREAKERS(tf_tracking_get_rows), .setup = { .profile = TF },
};
CONDITION_TEST(tf_tracking_get)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(version_reports_each_condition_in_its_place),
		TEST(config_set_reports_each_condition_in_its_place),
		TEST(rmm_activate_reports_each_condition_in_its_place),
		TEST(config_get_reports_each_condition_in_its_place),
		TEST(tf_config_get_reports_each_condition_in_its_place),
		TEST(tf_rmm_asks_for_the_rmm_state_first),
		TEST(delegate_reports_each_condition_in_its_place),
		TEST(undelegate_reports_each_condition_in_its_place),
		TEST(bet3_delegate_reports_each_condition_in_its_place),
		TEST(bet3_undelegate_reports_each_condition_in_its_place),
		TEST(tf_delegate_reports_each_condition_in_its_place),
		TEST(tf_undelegate_reports_each_condition_in_its_place),
		TEST(tracking_get_reports_each_condition_in_its_place),
		TEST(tf_tracking_get_reports_each_condition_in_its_place),
	};

	return cmocka_run_group_tests_name("conditions of the RMM and of granules", tests, NULL,
					   NULL);
}
