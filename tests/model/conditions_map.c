/* SPDX-License-Identifier: BSD-2-Clause */
/* Failure conditions of RTT_DATA_MAP and RTT_UNPROT_MAP (rmm-commands Part 6; B4.5.65, .77; A5.3.3.2). */
#include "conditions_map.h"

/* A page inside a COARSE region, or its first one. */
static void desc_in_a_coarse_region(struct trial *t, const struct breaker *b)
{
	assert_hex(smc(&t->h, RMI_GRANULE_TRACKING_SET, COARSE_REGION, RMI_MEM_CONVENTIONAL,
		       RMI_TRACKING_COARSE),
		   0);
	desc_at(t, COARSE_REGION + b->value);
}

#define DATA_MAP_ROWS(untracked, larger)                                                           \
	BREAK_RD(1), REALM_STATE, RANGE_ROWS,                                                      \
		{ "ipa_bound", RMI_ERROR_INPUT, move_range, ON_ARG(2) | ON_ARG(3), .value = S41 }, \
		{ "ipa_bound", RMI_ERROR_INPUT, break_address, ON_ARG(3), 3, S41 + 0x1000 },       \
		TYPE_ROWS, LIST_ROWS, DESC_ROWS_OF("oaddr_valid", "oaddr_valid"), STATE_BIT,       \
		ALIGN_AND_BOUND_ROWS, ENTRY_BLOCKED, ENTRY_ROWS,                                   \
		{ "trk_untracked", untracked, desc_at_value, ON_OWN(OWN_ADDR),                     \
		  .value = NO_MEMORY_AT },                                                         \
		{ "gran_blocked", RMI_BLOCKED, desc_at_owned_page, ON_OWN(OWN_ADDR) | ON_RMM,      \
		  .stage = -1 },                                                                   \
		{ "trk_align", RTT(3), desc_in_a_coarse_region, ON_OWN(OWN_ADDR) | ON_RMM,         \
		  .value = 0x1000 },                                                               \
		{ "trk_gran", larger, desc_in_a_coarse_region, ON_OWN(OWN_ADDR) | ON_RMM },        \
	{                                                                                          \
		"gran_state", RMI_ERROR_INPUT, desc_at_own_page, ON_OWN(OWN_ADDR)                  \
	}

static const struct breaker data_map_rows[] = { DATA_MAP_ROWS(RMI_ERROR_TRACKING,
							      RMI_ERROR_TRACKING) };

/* Level 0 and the PA. */
#define TRACKING_AT(pa) (RMI_ERROR_TRACKING | (pa) >> 12 << 16)

static const struct breaker bet3_data_map_rows[] = { DATA_MAP_ROWS(TRACKING_AT(NO_MEMORY_AT),
								   TRACKING_AT(COARSE_REGION)) };

#define ENTRY_BOTH                                                            \
	{ "rtte_state", "base_lv_align", shift_base, OPT_BLOCK },             \
		{ "rtte_state", "rtte_size", nothing_more, OPT_BLOCK },       \
		{ "base_lv_align", "rtte_size", shift_base, OPT_NO_TABLE },   \
		{ "base_lv_align", "oaddr_level", shift_base, OPT_NO_TABLE }, \
	{                                                                     \
		"rtte_size", "oaddr_level", nothing_more, OPT_NO_TABLE        \
	}

static const struct both data_map_both[] = {
	ENTRY_BOTH,
	{ "oaddr_level", "trk_untracked", block_nowhere },
	{ "oaddr_level", "gran_state", block_of_the_host },
	{ NULL },
};

static const struct condition_table rtt_data_map = {
	"RTT_DATA_MAP", RMI_RTT_DATA_MAP, valid_map, BREAKERS(data_map_rows), data_map_both,
};
CONDITION_TEST(rtt_data_map)

static const struct condition_table bet3_rtt_data_map = {
	"RTT_DATA_MAP", RMI_RTT_DATA_MAP,
	valid_map,      BREAKERS(bet3_data_map_rows),
	data_map_both,  .setup = { .edition = RMI_BET3 },
};
CONDITION_TEST(bet3_rtt_data_map)

static const struct breaker unprot_map_rows[] = {
	BREAK_RD(1),
	REALM_STATE,
	RANGE_ROWS,
	{ "ipa_bound", RMI_ERROR_INPUT, break_address, ON_ARG(2), 2, S41 - 0x1000 },
	{ "top_bound", RMI_ERROR_INPUT, break_address, ON_ARG(3), 3, IPA_SIZE + 0x1000 },
	TYPE_ROWS,
	LIST_ROWS,
	DESC_ROWS_OF("oaddr_valid", "oaddr_valid"),
	ALIGN_AND_BOUND_ROWS,
	FLAG_ROWS,
	ENTRY_BLOCKED,
	ENTRY_ROWS,
};

static const struct both unprot_map_both[] = { ENTRY_BOTH, { NULL } };

static const struct condition_table rtt_unprot_map = {
	"RTT_UNPROT_MAP", RMI_RTT_UNPROT_MAP, valid_map, BREAKERS(unprot_map_rows), unprot_map_both,
};
CONDITION_TEST(rtt_unprot_map)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(rtt_data_map_reports_each_condition_in_its_place),
		TEST(bet3_rtt_data_map_reports_each_condition_in_its_place),
		TEST(rtt_unprot_map_reports_each_condition_in_its_place),
	};

	return cmocka_run_group_tests_name("conditions of maps", tests, NULL, NULL);
}
