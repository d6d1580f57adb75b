/* SPDX-License-Identifier: BSD-2-Clause */
/* Failure conditions of maps and unmaps of auxiliary trees (rmm-commands Part 7; B4.5.57-.63). */
#include <string.h>

#include "conditions.h"

#define A    UINT64_C(0x40000000) /* protected, with a table of level 3 in both trees */
#define B    UINT64_C(0x80000000) /* the same without one in the auxiliary tree */
#define TREE 1

enum { OWN_TREE, OWN_PRIMARY };

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

static void no_table(struct trial *t, const struct breaker *b)
{
	aux_destroy(t, A, 3);
}

/* RTT_AUX_PROT_MAP: one page of RAM at A, two at B. */

#define NO_RAM 1 /* the RIPAS stays EMPTY */

static void valid_prot(struct trial *t)
{
	struct host *h = &t->h;

	host_realm(h, &t->table->setup);
	if (t->opt & NO_RAM)
		host_map(h, A);
	else
		ram(h, A);
	ram(h, A - h->page); /* in another table: what is behind it can be an operation's */
	ram(h, B);
	ram(h, B + h->page);
	host_aux_tables(h, TREE, A, 3);
	host_aux_tables(h, TREE, B, 2);
	t->x[1] = h->rd;
	t->x[2] = A;
	t->x[3] = A + h->page;
	t->x[4] = TREE;
}

static void misaligned_in_its_block(struct trial *t, const struct breaker *b)
{
	trial_address(t, 2, B + t->h.page);
	trial_address(t, 3, B + 2 * t->h.page);
}

static void nothing_there(struct trial *t, const struct breaker *b)
{
	assert_hex(smc(&t->h, RMI_RTT_DATA_UNMAP, t->h.rd, A, A + t->h.page, 0, 0), 0);
}

static void nothing_there_and_go_on(struct trial *t, const struct breaker *b)
{
	nothing_there(t, b);
	t->x[4] |= RMI_AUX_MAP_CONTINUE;
}

/* An INIT_RIPAS that has got as far as A. */
static void owned_entry(struct trial *t, const struct breaker *b)
{
	struct host *h = &t->h;

	h->answers[0].label = "budget";
	h->answers[0].pick = 1;
	h->answers[1].label = "incomplete";
	h->answers[1].pick = 1;
	assert_hex(smc(h, RMI_RTT_INIT_RIPAS, h->rd, A - h->page, A + h->page), 0xd);
	memset(h->answers, 0, sizeof(h->answers));
}

static void folded(struct trial *t, const struct breaker *b)
{
	assert_hex(smc(&t->h, RMI_RTT_AUX_FOLD, t->h.rd, A, 3, TREE), 0);
}

#define TOP_ALIGN  "top_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(3), 3
#define BASE_ALIGN "base_align_pri", RMI_ERROR_INPUT, break_low_bits, ON_LOW(2), 2
#define NO_TREE    "index_bound", RMI_ERROR_INPUT, break_value, ON_ARG(4), 4, TREE + 1
#define TREE_ZERO  "index_bound", RMI_ERROR_INPUT, break_value, ON_ARG(4), 4, 0
#define RTTE_OWNED "rtte_blocked", RMI_BLOCKED, owned_entry, ON_OWN(OWN_PRIMARY)

static const struct breaker prot_map_rows[] = {
	BREAK_RD(1),
	{ TOP_ALIGN },
	{ "size_valid", RMI_ERROR_INPUT, break_address, ON_ARG(3), 3, A },
	{ "ipa_bound", RMI_ERROR_INPUT, break_address, ON_ARG(3), 3, S41 + 0x1000 },
	{ NO_TREE },
	{ TREE_ZERO },
	{ BASE_ALIGN },
	{ "base_align_aux", RMI_ERROR_INPUT, misaligned_in_its_block,
	  ON_ARG(2) | ON_ARG(3) | ON_OWN(OWN_PRIMARY) | ON_OWN(OWN_TREE) },
	{ "invalid_pri", RMI_ERROR_INPUT, nothing_there, ON_OWN(OWN_PRIMARY) },
	{ RTTE_OWNED },
	{ "pri_state", 0x304, nothing_there_and_go_on, ON_OWN(OWN_PRIMARY) | ON_ARG(4) },
	{ "pri_ripas", 0x304, break_option, ON_OWN(OWN_PRIMARY), .opt = NO_RAM },
	{ "aux_state", 0x207, no_table, ON_OWN(OWN_TREE) },
	{ "aux_size", 0x207, folded, ON_OWN(OWN_TREE) },
};

static const struct condition_table rtt_aux_prot_map = {
	"RTT_AUX_PROT_MAP",      RMI_RTT_AUX_PROT_MAP,        valid_prot,
	BREAKERS(prot_map_rows), .setup = { .planes = TREE },
};
CONDITION_TEST(rtt_aux_prot_map)

static void nothing_to_unmap(struct trial *t, const struct breaker *b)
{
	assert_hex(smc(&t->h, RMI_RTT_AUX_PROT_UNMAP, t->h.rd, A, A + t->h.page, TREE), 0);
}

/* All of the 2 MiB in both trees, then folded in tree 1. */
static void block_in_the_tree(struct trial *t, const struct breaker *b)
{
	struct host *h = &t->h;

	for (rmm_ipa ipa = A + h->page; ipa < A + 0x200000; ipa += h->page) {
		host_delegate(h, host_entry(h, A).pa + (ipa - A), h->page);
		assert_hex(smc(h, RMI_RTT_DATA_MAP, h->rd, ipa, ipa + h->page, RMI_ADDR_SINGLE,
			       host_desc(h, host_entry(h, A).pa + (ipa - A), 3, 1)),
			   0);
	}
	assert_hex(smc(h, RMI_RTT_INIT_RIPAS, h->rd, A, A + 0x200000), 0);
	assert_hex(smc(h, RMI_RTT_AUX_PROT_MAP, h->rd, A, A + 0x200000, TREE), 0);
	folded(t, b);
}

/* The page at A lies at the start of a block. */
static void valid_prot_block(struct trial *t)
{
	struct host *h = &t->h;
	rmm_pa pa;

	valid_prot(t);
	assert_hex(smc(h, RMI_RTT_DATA_UNMAP, h->rd, A, A + h->page, 0, 0), 0);
	pa = host_aligned(h, 0x200000);
	host_delegate(h, pa, h->page);
	assert_hex(smc(h, RMI_RTT_DATA_MAP, h->rd, A, A + h->page, RMI_ADDR_SINGLE,
		       host_desc(h, pa, 3, 1)),
		   0);
	assert_hex(smc(h, RMI_RTT_INIT_RIPAS, h->rd, A, A + h->page), 0);
	aux_map(h, A);
}

static const struct breaker prot_unmap_rows[] = {
	BREAK_RD(1),
	{ TOP_ALIGN },
	{ "size_valid", RMI_ERROR_INPUT, break_address, ON_ARG(3), 3, A },
	{ "ipa_bound", RMI_ERROR_INPUT, break_address, ON_ARG(3), 3, S41 + 0x1000 },
	{ NO_TREE },
	{ TREE_ZERO },
	{ BASE_ALIGN },
	{ RTTE_OWNED },
	{ "aux_state", 0x307, nothing_to_unmap, ON_OWN(OWN_TREE), .stage = -1 },
	{ "aux_size", 0x207, block_in_the_tree, ON_OWN(OWN_TREE), .stage = -1 },
};

static const struct condition_table rtt_aux_prot_unmap = {
	"RTT_AUX_PROT_UNMAP",      RMI_RTT_AUX_PROT_UNMAP,      valid_prot_block,
	BREAKERS(prot_unmap_rows), .setup = { .planes = TREE },
};
CONDITION_TEST(rtt_aux_prot_unmap)

/* Unprotected: W = 33, so that the start tables hold blocks of 2 MiB. */

#define S32   (UINT64_C(1) << 32)
#define BLOCK UINT64_C(0x200000)
#define U     (S32 + BLOCK)

static void map_ns(struct host *h, rmm_ipa ipa)
{
	assert_hex(smc(h, RMI_RTT_UNPROT_MAP, h->rd, ipa, ipa + BLOCK, RMI_ADDR_SINGLE | 3 << 19,
		       host_desc(h, 0x100000000, 2, 1)),
		   0);
}

static void valid_unprot(struct trial *t)
{
	struct host *h = &t->h;

	host_realm(h, &t->table->setup);
	map_ns(h, U - BLOCK);
	map_ns(h, U);
	t->x[1] = h->rd;
	t->x[2] = U;
	t->x[3] = U + BLOCK;
	t->x[4] = TREE;
}

static void valid_unprot_unmap(struct trial *t)
{
	valid_unprot(t);
	assert_hex(smc(&t->h, RMI_RTT_AUX_UNPROT_MAP, t->h.rd, U, U + BLOCK, TREE), 0);
}

static void unmap_ns(struct trial *t, const struct breaker *b)
{
	assert_hex(smc(&t->h, RMI_RTT_UNPROT_UNMAP, t->h.rd, U, U + BLOCK, 0, 0), 0);
}

static void unmap_aux_ns(struct trial *t, const struct breaker *b)
{
	assert_hex(smc(&t->h, RMI_RTT_AUX_UNPROT_UNMAP, t->h.rd, U, U + BLOCK, TREE), 0);
}

static void pages_instead(struct trial *t, const struct breaker *b)
{
	host_tables(&t->h, U, 3);
}

static void owned_unprotected_entry(struct trial *t, const struct breaker *b)
{
	struct host *h = &t->h;

	h->answers[0].label = "budget";
	h->answers[0].pick = 1;
	h->answers[1].label = "incomplete";
	h->answers[1].pick = 1;
	assert_hex(smc(h, RMI_RTT_UNPROT_UNMAP, h->rd, U - BLOCK, U + BLOCK, 0, 0), 0xd);
	memset(h->answers, 0, sizeof(h->answers));
}

#define UNPROT_ROWS                                                                             \
	BREAK_RD(1), { TOP_ALIGN },                                                             \
		{ "size_valid", RMI_ERROR_INPUT, break_address, ON_ARG(2) | ON_ARG(3), 3, U },  \
		{ "ipa_bound", RMI_ERROR_INPUT, break_address, ON_ARG(2), 2, A },               \
		{ "top_bound", RMI_ERROR_INPUT, break_address, ON_ARG(3), 3, 2 * S32 + BLOCK }, \
		{ NO_TREE }, { TREE_ZERO }, { BASE_ALIGN },                                     \
	{                                                                                       \
		"rtte_blocked", RMI_BLOCKED, owned_unprotected_entry, ON_OWN(OWN_PRIMARY)       \
	}

static const struct breaker unprot_map_rows[] = {
	UNPROT_ROWS,
	{ "pri_state", 0x204, unmap_ns, ON_OWN(OWN_PRIMARY) },
	{ "aux_size", 0x207, pages_instead, ON_OWN(OWN_PRIMARY) },
};

static const struct condition_table rtt_aux_unprot_map = {
	"RTT_AUX_UNPROT_MAP",
	RMI_RTT_AUX_UNPROT_MAP,
	valid_unprot,
	BREAKERS(unprot_map_rows),
	.setup = { .planes = TREE, .s2sz = 33 },
};
CONDITION_TEST(rtt_aux_unprot_map)

static const struct breaker unprot_unmap_rows[] = {
	UNPROT_ROWS,
	{ "aux_state", 0x207, unmap_aux_ns, ON_OWN(OWN_TREE), .stage = -1 },
	{ "aux_size", 0x207, break_address, ON_ARG(3), 3, U + 0x1000 },
};

static const struct condition_table rtt_aux_unprot_unmap = {
	"RTT_AUX_UNPROT_UNMAP",
	RMI_RTT_AUX_UNPROT_UNMAP,
	valid_unprot_unmap,
	BREAKERS(unprot_unmap_rows),
	.setup = { .planes = TREE, .s2sz = 33 },
};
CONDITION_TEST(rtt_aux_unprot_unmap)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(rtt_aux_prot_map_reports_each_condition_in_its_place),
		TEST(rtt_aux_prot_unmap_reports_each_condition_in_its_place),
		TEST(rtt_aux_unprot_map_reports_each_condition_in_its_place),
		TEST(rtt_aux_unprot_unmap_reports_each_condition_in_its_place),
	};

	return cmocka_run_group_tests_name("conditions of maps of auxiliary trees", tests, NULL,
					   NULL);
}
