/* SPDX-License-Identifier: BSD-2-Clause */
/* Failure conditions of what a realm calls (rmm-commands Part 9). */
#include "conditions.h"

static void boot(struct trial *t)
{
	host_realm(&t->h, &t->table->setup);
	host_activate(&t->h);
}

/* RSI_VERSION: what it returns is defined although it fails. */

static void valid_version(struct trial *t)
{
	boot(t);
	t->x[1] = 0x10001;
}

static void version_outputs(const struct trial *t, const struct breaker *b)
{
	assert_hex(t->out.x[1], 0x10001);
	assert_hex(t->out.x[2], 0x10001);
}

static const struct breaker version_rows[] = {
	{ "req", RSI_ERROR_INPUT, break_value, ON_ARG(1), 1, 0x20000 },
	{ "req", RSI_ERROR_INPUT, break_value, ON_ARG(1), 1, 0x10002 },
};

static const struct condition_table rsi_version = {
	"RSI_VERSION",          RSI_VERSION, valid_version,
	BREAKERS(version_rows), .rsi = true, .outputs = version_outputs,
};
CONDITION_TEST(rsi_version)

/* RSI_IPA_STATE_GET, _SET */

static void valid_ipa_state(struct trial *t)
{
	boot(t);
	t->x[1] = 0x1000;
	t->x[2] = 0x3000;
	t->x[3] = RMI_RAM;
}

static void range_of_the_upper_half(struct trial *t, const struct breaker *b)
{
	trial_address(t, 1, S41);
	trial_address(t, 2, S41 + 0x1000);
}

#define RANGE_ROWS                                                                      \
	{ "base_align", RSI_ERROR_INPUT, break_low_bits, ON_LOW(1), 1 },                \
		{ "end_align", RSI_ERROR_INPUT, break_low_bits, ON_LOW(2), 2 },         \
		{ "size_valid", RSI_ERROR_INPUT, break_address, ON_ARG(2), 2, 0 },      \
		{ "rgn_bound", RSI_ERROR_INPUT, range_of_the_upper_half, ON_ARG(2) },   \
	{                                                                               \
		"rgn_bound", RSI_ERROR_INPUT, break_address, ON_ARG(2), 2, S41 + 0x1000 \
	}

static const struct breaker get_rows[] = { RANGE_ROWS };

static const struct condition_table rsi_ipa_state_get = {
	"RSI_IPA_STATE_GET", RSI_IPA_STATE_GET, valid_ipa_state, BREAKERS(get_rows), .rsi = true,
};
CONDITION_TEST(rsi_ipa_state_get)

static const struct breaker set_rows[] = {
	RANGE_ROWS,
	{ "ripas_valid", RSI_ERROR_INPUT, break_value, ON_ARG(3), 3, RMI_DESTROYED },
	{ "ripas_valid", RSI_ERROR_INPUT, break_value, ON_ARG(3), 3, 0xff },
};

static const struct condition_table rsi_ipa_state_set = {
	"RSI_IPA_STATE_SET", RSI_IPA_STATE_SET, valid_ipa_state, BREAKERS(set_rows), .rsi = true,
};
CONDITION_TEST(rsi_ipa_state_set)

/* RSI_HOST_CALL: 0x1000 is mapped RAM, 0x2000 is EMPTY */

static void valid_host_call(struct trial *t)
{
	host_realm(&t->h, &t->table->setup);
	host_tables(&t->h, 0x1000, 3);
	assert_hex(smc(&t->h, RMI_RTT_INIT_RIPAS, t->h.rd, 0x1000, 0x2000), 0);
	host_map(&t->h, 0x1000);
	host_activate(&t->h);
	t->x[1] = 0x1000;
}

static const struct breaker host_call_rows[] = {
	{ "addr_align", RSI_ERROR_INPUT, break_low_bits, ON_LOW(1), 1 },
	{ "addr_bound", RSI_ERROR_INPUT, break_address, ON_ARG(1), 1, S41 },
	{ "addr_empty", RSI_ERROR_INPUT, break_address, ON_ARG(1), 1, 0x2000 },
};

static const struct condition_table rsi_host_call = {
	"RSI_HOST_CALL", RSI_HOST_CALL, valid_host_call, BREAKERS(host_call_rows), .rsi = true,
};
CONDITION_TEST(rsi_host_call)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(rsi_version_reports_each_condition_in_its_place),
		TEST(rsi_ipa_state_get_reports_each_condition_in_its_place),
		TEST(rsi_ipa_state_set_reports_each_condition_in_its_place),
		TEST(rsi_host_call_reports_each_condition_in_its_place),
	};

	return cmocka_run_group_tests_name("conditions of RSI commands", tests, NULL, NULL);
}
