/* SPDX-License-Identifier: BSD-2-Clause */
/* Failure conditions of RTT_DATA_MAP_INIT (rmm-commands Parts 6 and 10; B4.5.66). */
#include "conditions_map.h"

/* A second bank at 2^48, which no table of a realm without LPA2 can name. */
static const struct rmm_config high_memory = {
	.banks = { { HOST_BASE, UINT64_C(8) << 30 }, { TOO_HIGH, UINT64_C(1) << 30 } },
	.nr_banks = 2,
	.pa_bits = 52,
};

static void valid_init(struct trial *t)
{
	struct host *h = &t->h;

	host_realm(h, &t->table->setup);
	host_tables(h, BLOCK, t->opt & OPT_NO_TABLE ? 2 : 3);
	if (t->opt & OPT_MAPPED)
		host_map(h, BLOCK);
	if (t->opt & OPT_OWNED)
		trial_own_entry(t, BLOCK + h->page, 3);
	t->x[1] = h->rd;
	t->x[2] = host_delegated(h, 1);
	t->x[3] = t->opt & OPT_OWNED ? BLOCK + h->page : BLOCK;
	t->x[4] = host_pages(h, 1);
	t->x[5] = RMI_DATA_MEASURE_CONTENT;
}

static void high_page(struct trial *t, const struct breaker *b)
{
	host_delegate(&t->h, TOO_HIGH, t->h.page);
	trial_address(t, b->arg, TOO_HIGH);
}

static void rd_too(struct trial *t, const struct breaker *b)
{
	t->x[b->arg] = t->x[1];
}

#define INIT_FLAGS                                                              \
	{                                                                       \
		"flags", RMI_ERROR_INPUT, break_value, ON_ARG(5), 5, .value = 2 \
	}

#define INIT_SRC                                                                \
	{ "src_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(4), 4 },         \
		{ "src_pas", RMI_ERROR_INPUT, break_spare_page, ON_ARG(4), 4 }, \
	{                                                                       \
		"src_pas", RMI_ERROR_INPUT, break_no_memory_at, ON_ARG(4), 4    \
	}

#define INIT_IPA_ALIGN                                                     \
	{                                                                  \
		"ipa_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(3), 3 \
	}

#define INIT_IPA_BOUND                                                               \
	{ "ipa_bound", RMI_ERROR_INPUT, break_address, ON_ARG(3), 3, .value = S41 }, \
	{                                                                            \
		"ipa_bound", RMI_ERROR_INPUT, break_address, ON_ARG(3), 3,           \
			.value = UINT64_C(1) << 63                                   \
	}

#define INIT_REALM                                                                       \
	{ "realm_state", RMI_ERROR_REALM, break_activate_realm, ON_OWN(OWN_REALM) },     \
	{                                                                                \
		"realm_state", RMI_ERROR_REALM, break_terminate_realm, ON_OWN(OWN_REALM) \
	}

#define INIT_WALK                                                                       \
	{ "rtt_walk", RTT(2), break_option, ON_OWN(OWN_TREE), .opt = OPT_NO_TABLE },    \
	{                                                                               \
		"rtte_state", RTT(3), break_option, ON_OWN(OWN_TREE), .opt = OPT_MAPPED \
	}

static const struct breaker init_rows[] = {
	INIT_FLAGS,
	INIT_SRC,
	BREAK_GRANULE("data_align", "data_bound", "data_blocked", "data_state", 2, break_own_page),
	{ "data_state", RMI_ERROR_INPUT, rd_too, ON_ARG(2) | ON_LOW(2) | ON_ARG(1) | ON_LOW(1), 2 },
	BREAK_RD(1),
	{ "data_bound2", RMI_ERROR_INPUT, high_page, ON_ARG(2) | ON_RMM, 2 },
	INIT_IPA_ALIGN,
	INIT_IPA_BOUND,
	INIT_REALM,
	{ "rtte_blocked", RMI_BLOCKED, break_option, ON_ARG(3) | ON_OWN(OWN_TREE),
	  .opt = OPT_OWNED },
	INIT_WALK,
};

static const struct condition_table rtt_data_map_init = {
	"RTT_DATA_MAP_INIT",
	RMI_RTT_DATA_MAP_INIT,
	valid_init,
	BREAKERS(init_rows),
	.setup = { .config = &high_memory },
};
CONDITION_TEST(rtt_data_map_init)

static const struct breaker tf_init_rows[] = {
	INIT_FLAGS,
	{ "alias", RMI_ERROR_INPUT, rd_too, ON_ARG(2) | ON_LOW(2) | ON_ARG(1) | ON_LOW(1), 2 },
	INIT_SRC,
	BREAK_TF("rd", 1, break_spare_page),
	INIT_REALM,
	INIT_IPA_BOUND,
	INIT_IPA_ALIGN,
	{ "data_bound", RMI_ERROR_INPUT, high_page, ON_ARG(2) | ON_RMM, 2 },
	INIT_WALK,
	{ "data", RMI_ERROR_INPUT, break_low_bits, ON_LOW(2), 2 },
	{ "data", RMI_ERROR_INPUT, break_own_page, ON_ARG(2), 2 },
	/* not where an RD that is nowhere would be: that is an alias */
	{ "data", RMI_ERROR_INPUT, break_address, ON_ARG(2), 2, NO_MEMORY_AT + 0x1000 },
};

static const struct condition_table tf_rtt_data_map_init = {
	"RTT_DATA_MAP_INIT",
	RMI_RTT_DATA_MAP_INIT,
	valid_init,
	BREAKERS(tf_init_rows),
	.setup = { .profile = TF, .config = &high_memory },
};
CONDITION_TEST(tf_rtt_data_map_init)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(rtt_data_map_init_reports_each_condition_in_its_place),
		TEST(tf_rtt_data_map_init_reports_each_condition_in_its_place),
	};

	return cmocka_run_group_tests_name("conditions of the map of a new realm", tests, NULL,
					   NULL);
}
