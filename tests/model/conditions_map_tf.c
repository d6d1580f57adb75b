/* SPDX-License-Identifier: BSD-2-Clause */
/* Failure conditions of RTT_DATA_MAP and RTT_UNPROT_MAP in TF-RMM's order (rmm-commands Part 10). */
#include "conditions_map.h"

/* TF-RMM: from the first descriptor to the walk, then block by block */

static void second_desc(struct trial *t, uint64_t desc)
{
	no_blocks(t, NULL);
	host_write64(&t->h, t->v[V_LIST] + 8, desc);
}

/* The first descriptor is empty; the second one adds `value`. */
static void second_desc_with(struct trial *t, const struct breaker *b)
{
	second_desc(t, host_desc(&t->h, t->v[V_PAGE], 3, 1) | b->value);
}

static void second_desc_of_a_block(struct trial *t, const struct breaker *b)
{
	second_desc(t, host_desc(&t->h, t->v[V_BLOCK], 2, 1));
}

static void second_desc_of_a_block_with_state(struct trial *t, const struct breaker *b)
{
	second_desc(t, host_desc(&t->h, t->v[V_BLOCK], 2, 1) | UINT64_C(1) << 63);
}

static void second_desc_of_a_misaligned_block(struct trial *t, const struct breaker *b)
{
	second_desc(t, host_desc(&t->h, t->v[V_BLOCK] + t->h.page, 2, 1));
}

static void map_a_misaligned_block(struct trial *t, const struct breaker *b)
{
	desc_of_a_misaligned_block(t, b);
	trial_address(t, 3, base_of(t) + BLOCK);
}

static void map_a_block_misaligned_and_too_high(struct trial *t, const struct breaker *b)
{
	map_a_misaligned_block(t, b);
	desc_at(t, TOO_HIGH + t->h.page);
}

#define TF_HEAD_ROWS                                                                          \
	BREAK_TF("rd", 1, break_spare_page), REALM_STATE,                                     \
		{ "size_valid", RMI_ERROR_INPUT, break_address, ON_ARG(3), 3, 0 }, TYPE_ROWS, \
		LIST_ROWS,                                                                    \
		{ "oaddr_level", RMI_ERROR_INPUT, or_desc, ON_OWN(OWN_LEVEL), .value = 3 },   \
	{                                                                                     \
		"oaddr_level", RMI_ERROR_INPUT, or_desc, ON_OWN(OWN_BITS),                    \
			.value = UINT64_C(1) << 55                                            \
	}

#define TF_RANGE_SIZE                                                                       \
	{                                                                                   \
		"range_size", RTT(2), desc_of_a_block, ON_OWN(OWN_ADDR) | ON_OWN(OWN_LEVEL) \
	}

#define TF_WALK_ROWS                                                                  \
	{ "rtt_walk", RTT(1), break_option, ON_OWN(OWN_TREE), .opt = OPT_NO_TABLES }, \
	{                                                                             \
		"block_left", RMI_ERROR_INPUT, no_blocks, ON_OWN(OWN_BLOCKS)          \
	}

#define TF_BLOCK_LEVEL                                                   \
	{                                                                \
		"block_level", RTT(3), second_desc_of_a_block,           \
			ON_LIST(ON_OWN(OWN_BLOCKS) | ON_OWN(OWN_SECOND)) \
	}

#define TF_BLOCK_ALIGN                                                                       \
	{                                                                                    \
		"block_align", RMI_ERROR_INPUT, map_a_misaligned_block,                      \
			ON_ARG(3) | ON_OWN(OWN_TREE) | ON_OWN(OWN_ADDR) | ON_OWN(OWN_LEVEL), \
			.opt = OPT_NO_TABLE                                                  \
	}

#define TF_BLOCK_BOUND                                                                             \
	{                                                                                          \
		"block_bound", RMI_ERROR_INPUT, desc_at_value, ON_OWN(OWN_ADDR), .value = TOO_HIGH \
	}

#define TF_ENTRY                                                                        \
	{                                                                               \
		"rtte_state", RTT(3), break_option, ON_OWN(OWN_TREE), .opt = OPT_MAPPED \
	}

static const struct breaker tf_data_map_rows[] = {
	TF_HEAD_ROWS,
	STATE_BIT,
	{ "base_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(2), 2 },
	{ "ipa_bound", RMI_ERROR_INPUT, move_range, ON_ARG(2) | ON_ARG(3), .value = S41 },
	{ "ipa_bound", RMI_ERROR_INPUT, break_address, ON_ARG(3), 3, S41 + 0x1000 },
	TF_RANGE_SIZE,
	TF_WALK_ROWS,
	{ "block_state", RMI_ERROR_INPUT, second_desc_with,
	  ON_LIST(ON_OWN(OWN_BLOCKS) | ON_OWN(OWN_SECOND)), .value = UINT64_C(1) << 63 },
	TF_BLOCK_LEVEL,
	TF_BLOCK_ALIGN,
	TF_BLOCK_BOUND,
	TF_ENTRY,
	{ "gran_state", RMI_ERROR_INPUT, desc_at_own_page, ON_OWN(OWN_ADDR) },
	{ "gran_state", RMI_ERROR_INPUT, desc_at_owned_page, ON_OWN(OWN_ADDR) | ON_RMM,
	  .stage = -1 },
	{ "gran_state", RMI_ERROR_INPUT, desc_at_value, ON_OWN(OWN_ADDR), .value = NO_MEMORY_AT },
};

#define TF_BOTH                                                                                 \
	{ "block_level", "block_align", second_desc_of_a_misaligned_block, OPT_LIST },          \
	{                                                                                       \
		"block_align", "block_bound", map_a_block_misaligned_and_too_high, OPT_NO_TABLE \
	}

static const struct both tf_data_map_both[] = {
	{ "block_state", "block_level", second_desc_of_a_block_with_state, OPT_LIST },
	TF_BOTH,
	{ NULL },
};

static const struct condition_table tf_rtt_data_map = {
	"RTT_DATA_MAP",   RMI_RTT_DATA_MAP,           valid_map, BREAKERS(tf_data_map_rows),
	tf_data_map_both, .setup = { .profile = TF },
};
CONDITION_TEST(tf_rtt_data_map)

static const struct breaker tf_unprot_map_rows[] = {
	TF_HEAD_ROWS,
	{ "base_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(2), 2 },
	{ "ipa_bound", RMI_ERROR_INPUT, move_range, ON_ARG(2) | ON_ARG(3), .value = BLOCK },
	{ "top_bound", RMI_ERROR_INPUT, break_address, ON_ARG(3), 3, IPA_SIZE + 0x1000 },
	TF_RANGE_SIZE,
	{ "s2ap", RMI_ERROR_INPUT, or_flags, ON_OWN(OWN_S2AP), .value = 4 << 19 },
	TF_WALK_ROWS,
	TF_BLOCK_LEVEL,
	TF_BLOCK_ALIGN,
	{ "memattr", RMI_ERROR_INPUT, or_flags, ON_OWN(OWN_MEMATTR), .value = 4 << 16 },
	TF_BLOCK_BOUND,
	TF_ENTRY,
};

static const struct both tf_unprot_map_both[] = { TF_BOTH, { NULL } };

static const struct condition_table tf_rtt_unprot_map = {
	"RTT_UNPROT_MAP",   RMI_RTT_UNPROT_MAP,         valid_map, BREAKERS(tf_unprot_map_rows),
	tf_unprot_map_both, .setup = { .profile = TF },
};
CONDITION_TEST(tf_rtt_unprot_map)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(tf_rtt_data_map_reports_each_condition_in_its_place),
		TEST(tf_rtt_unprot_map_reports_each_condition_in_its_place),
	};

	return cmocka_run_group_tests_name("conditions of TF-RMM's maps", tests, NULL, NULL);
}
