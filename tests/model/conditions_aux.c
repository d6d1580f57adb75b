/* SPDX-License-Identifier: BSD-2-Clause */
/* Failure conditions of the tables of auxiliary trees (rmm-commands Part 7; B4.5.57-.63). */
#include <string.h>

#include "conditions.h"

#define A    UINT64_C(0x40000000) /* protected, with a table of level 3 in both trees */
#define B    UINT64_C(0x80000000) /* the same without one in the auxiliary tree */
#define HIGH (UINT64_C(1) << 48)  /* memory that no table can hold without LPA2 */
#define TREE 1

enum { OWN_TREE, OWN_PRIMARY };

static const struct rmm_config high_memory = {
	.pa_bits = 52,
	.nr_banks = 2,
	.banks = { { HOST_BASE, UINT64_C(8) << 30 }, { HIGH, 0x10000000 } },
};

/* One page of RAM at ipa, in the primary tree. */
static void ram(struct host *h, rmm_ipa ipa)
{
	host_map(h, ipa);
	assert_hex(smc(h, RMI_RTT_INIT_RIPAS, h->rd, ipa, ipa + h->page), 0);
}

static void aux_map(struct host *h, rmm_ipa ipa)
{
	assert_hex(smc(h, RMI_RTT_AUX_PROT_MAP, h->rd, ipa, ipa + h->page, TREE), 0);
}

static void aux_destroy(struct trial *t, rmm_ipa ipa, uint64_t level)
{
	assert_hex(smc(&t->h, RMI_RTT_AUX_DESTROY, t->h.rd, ipa, level, TREE), 0);
}

/* RTT_AUX_CREATE: level 3 at A, where the tree has a table of level 2. */

static void valid_create(struct trial *t)
{
	host_realm(&t->h, &t->table->setup);
	host_aux_tables(&t->h, TREE, A, 2);
	t->x[1] = t->h.rd;
	t->x[2] = host_delegated(&t->h, 1);
	t->x[3] = A;
	t->x[4] = 3;
	t->x[5] = TREE;
}

static void high_table(struct trial *t, const struct breaker *b)
{
	host_delegate(&t->h, HIGH, t->h.page);
	trial_address(t, 2, HIGH);
}

static void no_table_above(struct trial *t, const struct breaker *b)
{
	aux_destroy(t, A, 2);
}

static void table_there(struct trial *t, const struct breaker *b)
{
	host_aux_tables(&t->h, TREE, A, 3);
}

#define LEVEL_BOUND(n) "level_bound", RMI_ERROR_INPUT, break_value, ON_ARG(n), n, 1
#define IPA_ALIGN(n)   "ipa_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(n), n
#define IPA_BOUND(n)   "ipa_bound", RMI_ERROR_INPUT, break_address, ON_ARG(n), n, S41
#define INDEX_BOUND(n) "index_bound", RMI_ERROR_INPUT, break_value, ON_ARG(n), n, TREE + 1
#define INDEX_ZERO(n)  "index_bound", RMI_ERROR_INPUT, break_value, ON_ARG(n), n, 0

static const struct breaker create_rows[] = {
	BREAK_RD(1),
	{ LEVEL_BOUND(4) },
	{ IPA_ALIGN(3) },
	{ IPA_BOUND(3) },
	{ INDEX_BOUND(5) },
	{ INDEX_ZERO(5) },
	BREAK_GRANULE("rtt_align", "rtt_bound", "rtt_blocked", "rtt_state", 2, break_own_page),
	{ "rtt_bound2", RMI_ERROR_INPUT, high_table, ON_ARG(2) | ON_RMM, .stage = -1 },
	{ "rtt_walk", 0x107, no_table_above, ON_OWN(OWN_TREE) },
	{ "rtte_state", 0x207, table_there, ON_OWN(OWN_TREE) },
	{ "memory", RMI_ERROR_GLOBAL, break_memory },
};

static const struct condition_table rtt_aux_create = {
	"RTT_AUX_CREATE",
	RMI_RTT_AUX_CREATE,
	valid_create,
	BREAKERS(create_rows),
	.setup = { .planes = TREE, .config = &high_memory },
};
CONDITION_TEST(rtt_aux_create)

static const struct breaker tf_create_rows[] = {
	BREAK_TF("rtt", 2, break_own_page),
	BREAK_TF("rd", 1, break_spare_page),
	{ LEVEL_BOUND(4) },
	{ IPA_ALIGN(3) },
	{ INDEX_BOUND(5) },
	{ INDEX_ZERO(5) },
	{ IPA_BOUND(3) },
	{ "rtt_bound2", RMI_ERROR_INPUT, high_table, ON_ARG(2) | ON_RMM, .stage = -1 },
	{ "rtt_walk", 0x107, no_table_above, ON_OWN(OWN_TREE) },
	{ "rtte_state", 0x207, table_there, ON_OWN(OWN_TREE) },
	{ "memory", RMI_ERROR_GLOBAL, break_memory },
};

static const struct condition_table tf_rtt_aux_create = {
	"RTT_AUX_CREATE",
	RMI_RTT_AUX_CREATE,
	valid_create,
	BREAKERS(tf_create_rows),
	.setup = { .planes = TREE, .config = &high_memory, .profile = "tf-rmm-2026-07" },
};
CONDITION_TEST(tf_rtt_aux_create)

/* RTT_AUX_DESTROY and RTT_AUX_FOLD: an empty table of level 3 at A; a page of RAM in the primary tree. */

static void valid_table(struct trial *t)
{
	host_realm(&t->h, &t->table->setup);
	ram(&t->h, A);
	host_aux_tables(&t->h, TREE, A, 3);
	t->x[1] = t->h.rd;
	t->x[2] = A;
	t->x[3] = 3;
	t->x[4] = TREE;
}

static void no_tables(struct trial *t, const struct breaker *b)
{
	aux_destroy(t, A, 3);
	aux_destroy(t, A, 2);
}

static void no_table(struct trial *t, const struct breaker *b)
{
	aux_destroy(t, A, 3);
}

static void live_table(struct trial *t, const struct breaker *b)
{
	aux_map(&t->h, A);
}

#define TABLE_ROWS                                                                               \
	BREAK_RD(1), { LEVEL_BOUND(3) }, { IPA_ALIGN(2) }, { IPA_BOUND(2) }, { INDEX_BOUND(4) }, \
		{ INDEX_ZERO(4) }, { "rtt_walk", 0x107, no_tables, ON_OWN(OWN_TREE) },           \
	{                                                                                        \
		"rtte_state", 0x207, no_table, ON_OWN(OWN_TREE)                                  \
	}

static const struct breaker destroy_rows[] = {
	TABLE_ROWS,
	{ "rtt_live", 0x307, live_table, ON_OWN(OWN_TREE) },
};

/* X2 is where the next live entry is, behind ipa; ipa itself for a live table. */
static void check_top(const struct trial *t, const struct breaker *b)
{
	uint64_t top = 0;

	if (!strcmp(b->row, "rtt_walk"))
		top = 2 * S41;
	else if (!strcmp(b->row, "rtte_state"))
		top = A + 0x40000000;
	else if (!strcmp(b->row, "rtt_live"))
		top = A;
	assert_hex(t->out.x[1], RMM_POISON);
	if (RMI_RESULT_STATUS(b->x0) != RMI_BLOCKED)
		assert_hex(t->out.x[2], top);
	assert_hex(t->out.x[3], RMM_POISON);
}

static const struct condition_table rtt_aux_destroy = {
	"RTT_AUX_DESTROY",      RMI_RTT_AUX_DESTROY,         valid_table,
	BREAKERS(destroy_rows), .setup = { .planes = TREE }, .outputs = check_top,
};
CONDITION_TEST(rtt_aux_destroy)

static const struct breaker fold_rows[] = {
	TABLE_ROWS,
	{ "rtt_homo", 0x307, live_table, ON_OWN(OWN_TREE) },
};

static const struct condition_table rtt_aux_fold = {
	"RTT_AUX_FOLD",
	RMI_RTT_AUX_FOLD,
	valid_table,
	BREAKERS(fold_rows),
	.setup = { .planes = TREE },
};
CONDITION_TEST(rtt_aux_fold)

/*
 * A table of level 1 below the start level 0: full of live entries it would become a block of level 0,
 * and none is made.
 */
#define LARGE UINT64_C(0x8000000000)

static void valid_large(struct trial *t)
{
	host_realm(&t->h, &t->table->setup);
	host_aux_tables(&t->h, TREE, LARGE, 1);
	t->x[1] = t->h.rd;
	t->x[2] = LARGE;
	t->x[3] = 1;
	t->x[4] = TREE;
}

static void full_of_tables(struct trial *t, const struct breaker *b)
{
	for (rmm_ipa ipa = LARGE; ipa < 2 * LARGE; ipa += 0x40000000)
		host_aux_tables(&t->h, TREE, ipa, 2);
}

static void one_table(struct trial *t, const struct breaker *b)
{
	host_aux_tables(&t->h, TREE, LARGE, 2);
}

static void no_large_table(struct trial *t, const struct breaker *b)
{
	aux_destroy(t, LARGE, 1);
}

static const struct breaker tf_fold_rows[] = {
	BREAK_TF("rd", 1, break_spare_page),
	{ "level_bound", RMI_ERROR_INPUT, break_value, ON_ARG(3), 3, 0 },
	{ IPA_ALIGN(2) },
	{ "ipa_bound", RMI_ERROR_INPUT, break_address, ON_ARG(2), 2, UINT64_C(1) << 47 },
	{ INDEX_BOUND(4) },
	{ "rtt_walk", 0x107, break_value, ON_ARG(3) | ON_OWN(OWN_TREE), 3, 3 },
	{ "rtte_state", 0x007, no_large_table, ON_OWN(OWN_TREE) },
	{ "block_size", 0x007, full_of_tables, ON_OWN(OWN_TREE) },
	{ "rtt_homo", 0x107, one_table, ON_OWN(OWN_TREE) },
};

/* Level 4: none, and below where the walk gets. */
static void level_4(struct trial *t, const struct breaker *b)
{
	t->x[3] = 4;
}

static const struct both tf_fold_both[] = { { "level_bound", "rtt_walk", level_4 }, { 0 } };

static const struct condition_table tf_rtt_aux_fold = {
	"RTT_AUX_FOLD",
	RMI_RTT_AUX_FOLD,
	valid_large,
	BREAKERS(tf_fold_rows),
	.both = tf_fold_both,
	.setup = { .planes = TREE, .s2sz = 48, .one_root = true, .profile = "tf-rmm-2026-07" },
};
CONDITION_TEST(tf_rtt_aux_fold)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(rtt_aux_create_reports_each_condition_in_its_place),
		TEST(tf_rtt_aux_create_reports_each_condition_in_its_place),
		TEST(rtt_aux_destroy_reports_each_condition_in_its_place),
		TEST(rtt_aux_fold_reports_each_condition_in_its_place),
		TEST(tf_rtt_aux_fold_reports_each_condition_in_its_place),
	};

	return cmocka_run_group_tests_name("conditions of auxiliary trees", tests, NULL, NULL);
}
