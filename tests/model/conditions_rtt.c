/* SPDX-License-Identifier: BSD-2-Clause */
/* Failure conditions of the tables' own commands (rmm-commands Parts 6 and 10; B4.5.64, .68, .72, .74). */
#include <string.h>

#include "conditions.h"

#define TF "tf-rmm-2026-07"

/* The realm has 41 IPA bits: four start tables at level 1. */
#define IPA       UINT64_C(0x40000000)
#define IPA_SIZE  UINT64_C(0x20000000000)
#define NEXT_LIVE UINT64_C(0xc0000000) /* entry of the start table that holds a table */
#define HIGH_PAGE UINT64_C(0x1000000000000)
#define L2_BLOCK  UINT64_C(0x200000)
#define RTT(l)    RMI_RESULT(RMI_ERROR_RTT, l)

enum { OWN_TREE, OWN_PAGE };
enum { V_PAGE, V_TABLE };

/* A second bank at 2^48, which no table of a realm without LPA2 can name. */
static const struct rmm_config high_memory = {
	.banks = { { HOST_BASE, UINT64_C(8) << 30 }, { HIGH_PAGE, UINT64_C(1) << 30 } },
	.nr_banks = 2,
	.pa_bits = 52,
};

static void misalign_ipa_to_its_parent(struct trial *t, const struct breaker *b)
{
	t->x[b->arg] += t->h.page;
}

static void high_page(struct trial *t, const struct breaker *b)
{
	host_delegate(&t->h, HIGH_PAGE, t->h.page);
	trial_address(t, b->arg, HIGH_PAGE);
}

static void rd_too(struct trial *t, const struct breaker *b)
{
	t->x[b->arg] = t->x[1];
}

/* No level is: the start level, one below 3, one above the start level. */
#define LEVEL_AND_IPA(level, ipa)                                                                  \
	{ "level_bound", RMI_ERROR_INPUT, break_value, ON_ARG(level), level, 1 },                  \
		{ "level_bound", RMI_ERROR_INPUT, break_value, ON_ARG(level), level, 4 },          \
		{ "level_bound", RMI_ERROR_INPUT, break_value, ON_ARG(level), level, UINT64_MAX }, \
		IPA_ROWS(ipa)
#define IPA_ROWS(ipa)                                                                            \
	{ "ipa_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(ipa), ipa },                      \
		{ "ipa_align", RMI_ERROR_INPUT, misalign_ipa_to_its_parent,                      \
		  ON_ARG(ipa) | ON_LOW(ipa), ipa },                                              \
		{ "ipa_bound", RMI_ERROR_INPUT, break_address, ON_ARG(ipa), ipa, IPA_SIZE },     \
	{                                                                                        \
		"ipa_bound", RMI_ERROR_INPUT, break_address, ON_ARG(ipa), ipa, UINT64_C(1) << 63 \
	}

/* RTT_CREATE of level 3 */

#define OPT_NO_PARENT 1   /* no table of level 2 */
#define OPT_TABLE     2   /* one of level 3 already */
#define OPT_OWNED     256 /* an operation owns the entry, the one behind IPA's */
#define OPT_INSIDE    512 /* it owns one in the table */

static void valid_create(struct trial *t)
{
	host_realm(&t->h, &t->table->setup);
	if (!(t->opt & OPT_NO_PARENT))
		host_tables(&t->h, IPA, t->opt & OPT_TABLE ? 3 : 2);
	t->x[1] = t->h.rd;
	t->x[2] = host_delegated(&t->h, 1);
	t->x[3] = IPA;
	t->x[4] = 3;
	if (t->opt & OPT_OWNED) {
		t->x[3] += L2_BLOCK;
		trial_own_entry(t, t->x[3], 2);
	}
}

#define CREATE_TAIL                                                                         \
	{ "rtt_walk", RTT(1), break_option, ON_OWN(OWN_TREE), .opt = OPT_NO_PARENT },       \
		{ "rtte_state", RTT(2), break_option, ON_OWN(OWN_TREE), .opt = OPT_TABLE }, \
	{                                                                                   \
		"memory", RMI_ERROR_GLOBAL, break_memory                                    \
	}

static const struct breaker create_rows[] = {
	BREAK_RD(1),
	LEVEL_AND_IPA(4, 3),
	BREAK_GRANULE("rtt_align", "rtt_bound", "rtt_blocked", "rtt_state", 2, break_own_page),
	{ "rtt_state", RMI_ERROR_INPUT, rd_too, ON_ARG(2) | ON_LOW(2) | ON_ARG(1) | ON_LOW(1), 2 },
	{ "rtt_bound2", RMI_ERROR_INPUT, high_page, ON_ARG(2) | ON_RMM, 2 },
	{ "rtte_blocked", RMI_BLOCKED, break_option, ON_ARG(3) | ON_OWN(OWN_TREE),
	  .opt = OPT_OWNED },
	CREATE_TAIL,
};

static const struct condition_table rtt_create = {
	"RTT_CREATE",
	RMI_RTT_CREATE,
	valid_create,
	BREAKERS(create_rows),
	.setup = { .config = &high_memory },
};
CONDITION_TEST(rtt_create)

/* OP-1h: level 0 and the PA. */
static const struct breaker bet3_create_rows[] = {
	BREAK_RD(1),
	LEVEL_AND_IPA(4, 3),
	{ "rtt_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(2), 2 },
	{ "rtt_bound", RMI_ERROR_TRACKING | NO_MEMORY_AT >> 12 << 16, break_no_memory_at, ON_ARG(2),
	  2 },
	{ "rtt_blocked", RMI_BLOCKED, break_owned_page, ON_ARG(2) | ON_RMM, 2, .stage = -1 },
	{ "rtt_state", RMI_ERROR_INPUT, break_own_page, ON_ARG(2), 2 },
	{ "rtt_state", RMI_ERROR_INPUT, rd_too, ON_ARG(2) | ON_LOW(2) | ON_ARG(1) | ON_LOW(1), 2 },
	{ "rtt_bound2", RMI_ERROR_INPUT, high_page, ON_ARG(2) | ON_RMM, 2 },
	{ "rtte_blocked", RMI_BLOCKED, break_option, ON_ARG(3) | ON_OWN(OWN_TREE),
	  .opt = OPT_OWNED },
	CREATE_TAIL,
};

static const struct condition_table bet3_rtt_create = {
	"RTT_CREATE",
	RMI_RTT_CREATE,
	valid_create,
	BREAKERS(bet3_create_rows),
	.setup = { .config = &high_memory, .edition = RMI_BET3 },
};
CONDITION_TEST(bet3_rtt_create)

static const struct breaker tf_create_rows[] = {
	BREAK_TF("rtt", 2, break_own_page),
	{ "rtt", RMI_ERROR_INPUT, break_owned_page, ON_ARG(2) | ON_RMM, 2, .stage = -1 },
	BREAK_TF("rd", 1, break_spare_page),
	{ "rd", RMI_ERROR_INPUT, break_owned_page, ON_ARG(1) | ON_RMM, 1, .stage = -1 },
	LEVEL_AND_IPA(4, 3),
	{ "rtt_bound", RMI_ERROR_INPUT, high_page, ON_ARG(2) | ON_RMM, 2 },
	CREATE_TAIL,
};

static const struct condition_table tf_rtt_create = {
	"RTT_CREATE",
	RMI_RTT_CREATE,
	valid_create,
	BREAKERS(tf_create_rows),
	.setup = { .profile = TF, .config = &high_memory },
};
CONDITION_TEST(tf_rtt_create)

/* Commands about the table of level 3 at IPA */

#define OPT_LIVE     4  /* it maps a page */
#define OPT_BLOCK    8  /* there is a block instead of it */
#define OPT_NO_TABLE 16 /* there is nothing instead of it */

static void map_block(struct trial *t)
{
	rmm_pa block = host_aligned(&t->h, 512 * t->h.page);

	host_delegate(&t->h, block, 512 * t->h.page);
	assert_hex(smc(&t->h, RMI_RTT_DATA_MAP, t->h.rd, IPA, IPA + 512 * t->h.page, 1,
		       host_desc(&t->h, block, 2, 1)),
		   0);
}

static void valid_table(struct trial *t)
{
	struct host *h = &t->h;

	host_realm(h, &t->table->setup);
	host_tables(h, NEXT_LIVE, 2);
	if (!(t->opt & OPT_NO_PARENT))
		host_tables(h, IPA, 2);
	if (t->opt & OPT_BLOCK)
		map_block(t);
	if (!(t->opt & (OPT_BLOCK | OPT_NO_TABLE | OPT_NO_PARENT)))
		host_tables(h, IPA, 3);
	if (t->opt & OPT_LIVE)
		host_map(h, IPA + 5 * h->page);
	if (t->opt & OPT_INSIDE)
		trial_own_entry(t, IPA + 9 * h->page, 3);
	if (t->opt & OPT_OWNED)
		trial_own_entry(t, IPA + L2_BLOCK, 2);
	t->x[1] = h->rd;
	t->x[2] = t->opt & OPT_OWNED ? IPA + L2_BLOCK : IPA;
	t->x[3] = 3;
}

#define ENTRY_BLOCKED                                                    \
	{                                                                \
		"rtte_blocked", RMI_BLOCKED, break_option,               \
			ON_ARG(2) | ON_OWN(OWN_TREE) | ON_OWN(OWN_PAGE), \
			.opt = OPT_OWNED | OPT_NO_TABLE                  \
	}
#define TABLE_BLOCKED                                                                         \
	{                                                                                     \
		"rtt_blocked", RMI_BLOCKED, break_option, ON_OWN(OWN_TREE), .opt = OPT_INSIDE \
	}

#define WALK_ROWS                                                                              \
	{ "rtt_walk", RTT(1), break_option, ON_OWN(OWN_TREE), .opt = OPT_NO_PARENT },          \
		{ "rtte_state", RTT(2), break_option, ON_OWN(OWN_TREE), .opt = OPT_NO_TABLE }, \
	{                                                                                      \
		"rtte_state", RTT(2), break_option, ON_OWN(OWN_TREE), .opt = OPT_BLOCK         \
	}

/* RTT_DESTROY: X2 is 0 after bad input, else where the next live entry is, or the table itself. */
static void destroy_outputs(const struct trial *t, const struct breaker *b)
{
	uint64_t undefined = t->h.profile.poison ? RMM_POISON : 0, top = 0;

	if (!strcmp(b->row, "rtt_walk"))
		top = NEXT_LIVE;
	else if (!strcmp(b->row, "aux_ref") || (!strcmp(b->row, "rtte_state") && t->x[2] == S41))
		top = S41;
	else if (!strcmp(b->row, "rtte_state"))
		/* a block is live; there is nothing else in that table of level 2 */
		top = t->opt & OPT_BLOCK ? IPA : IPA + host_level_size((struct host *)&t->h, 1);
	else if (!strcmp(b->row, "rtt_live"))
		top = IPA;
	assert_hex(t->out.x[1], undefined);
	assert_hex(t->out.x[2], top);
	assert_hex(t->out.x[3], undefined);
	assert_hex(t->out.x[4], undefined);
}

/*
 * Another table, that of level 3 at the start of the unprotected half: its pages are one block of level
 * 1 in the tree of plane 1, which is not asked to have tables there.
 */
static void pages_of_a_plane(struct trial *t, const struct breaker *b)
{
	struct host *h = &t->h;
	uint64_t size = host_level_size(h, 1);

	assert_hex(smc(h, RMI_RTT_UNPROT_MAP, h->rd, S41, S41 + size, RMI_ADDR_SINGLE,
		       host_desc(h, 4 * size, 1, 1)),
		   0);
	assert_hex(smc(h, RMI_RTT_AUX_UNPROT_MAP, h->rd, S41, S41 + size, 1), 0);
	host_tables(h, S41, b->arg ? (int)b->arg : 2);
	trial_address(t, 2, S41);
}

#define AUX_REF                                                                        \
	{                                                                              \
		"aux_ref", RTT(2), pages_of_a_plane,                                   \
			ON_ARG(2) | ON_LOW(2) | ON_OWN(OWN_PAGE) | ON_OWN(OWN_TREE), 3 \
	}

static const struct breaker destroy_rows[] = {
	BREAK_RD(1),   LEVEL_AND_IPA(3, 2),
	ENTRY_BLOCKED, WALK_ROWS,
	TABLE_BLOCKED, { "rtt_live", RTT(3), break_option, ON_OWN(OWN_PAGE), .opt = OPT_LIVE },
	AUX_REF,
};

/* rtte_state < rtt_live: what is no table of level 3 cannot be a live one, so only in name. */
static void nothing_more(struct trial *t, const struct breaker *b)
{
}

static const struct both destroy_both[] = {
	{ "rtt_walk", "rtt_live", nothing_more, OPT_NO_PARENT },
	{ "rtte_state", "rtt_live", nothing_more, OPT_BLOCK },
	{ "rtte_state", "aux_ref", pages_of_a_plane, 0 },
	{ NULL },
};

static const struct condition_table rtt_destroy = {
	"RTT_DESTROY",
	RMI_RTT_DESTROY,
	valid_table,
	BREAKERS(destroy_rows),
	destroy_both,
	.setup = { .planes = 1 },
	.outputs = destroy_outputs,
};
CONDITION_TEST(rtt_destroy)

/* TF-RMM: the same, and an operation's granule is just another one. */
#define TF_RD_ROWS                                                                                \
	{ "rd_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(1), 1 },                            \
		{ "rd_bound", RMI_ERROR_INPUT, break_no_memory_at, ON_ARG(1), 1 },                \
		{ "rd_state", RMI_ERROR_INPUT, break_spare_page, ON_ARG(1), 1 },                  \
	{                                                                                         \
		"rd_state", RMI_ERROR_INPUT, break_owned_page, ON_ARG(1) | ON_RMM, 1, .stage = -1 \
	}

static const struct breaker tf_destroy_rows[] = {
	TF_RD_ROWS,
	LEVEL_AND_IPA(3, 2),
	WALK_ROWS,
	{ "rtt_live", RTT(3), break_option, ON_OWN(OWN_PAGE), .opt = OPT_LIVE },
};

static const struct condition_table tf_rtt_destroy = {
	"RTT_DESTROY",
	RMI_RTT_DESTROY,
	valid_table,
	BREAKERS(tf_destroy_rows),
	destroy_both,
	.setup = { .profile = TF },
	.outputs = destroy_outputs,
};
CONDITION_TEST(tf_rtt_destroy)

/* RTT_FOLD */

static const struct breaker fold_rows[] = {
	BREAK_RD(1),   LEVEL_AND_IPA(3, 2),
	ENTRY_BLOCKED, WALK_ROWS,
	TABLE_BLOCKED, { "rtt_homo", RTT(3), break_option, ON_OWN(OWN_PAGE), .opt = OPT_LIVE },
	AUX_REF,
};

static const struct both fold_both[] = {
	{ "rtt_walk", "rtt_homo", nothing_more, OPT_NO_PARENT },
	{ "rtte_state", "rtt_homo", nothing_more, OPT_BLOCK },
	{ NULL },
};

static const struct condition_table rtt_fold = {
	"RTT_FOLD",          RMI_RTT_FOLD, valid_table,
	BREAKERS(fold_rows), fold_both,    .setup = { .planes = 1 },
};
CONDITION_TEST(rtt_fold)

/*
 * TF-RMM has one condition more, about tables of level 1: the realm has 48 bits and starts at level
 * 0, the table is the one of the first half's last 512 GiB, or of the second half's first.
 */
#define OPT_FULL    32  /* a table of tables */
#define OPT_NS      64  /* 512 blocks of NS memory, contiguous */
#define OPT_NS_HOLE 128 /* the same, one of them missing */
#define HALF        (UINT64_C(1) << 47)
#define L0_BLOCK    (UINT64_C(1) << 39)
#define L1_BLOCK    (UINT64_C(1) << 30)

static void fill(struct trial *t)
{
	rmm_ipa first = HALF - L0_BLOCK;

	host_tables(&t->h, first, 1);
	for (unsigned i = 0; i < 512; i++)
		host_tables(&t->h, first + i * L1_BLOCK, 2);
	t->x[2] = first;
}

static void share(struct trial *t)
{
	rmm_ipa hole = HALF + 7 * L1_BLOCK;

	host_tables(&t->h, HALF, 1);
	assert_hex(smc(&t->h, RMI_RTT_UNPROT_MAP, t->h.rd, HALF, HALF + L0_BLOCK, 1,
		       host_desc(&t->h, L0_BLOCK, 1, 512)),
		   0);
	if (t->opt & OPT_NS_HOLE)
		assert_hex(smc(&t->h, RMI_RTT_UNPROT_UNMAP, t->h.rd, hole, hole + L1_BLOCK, 0, 0),
			   0);
	t->x[2] = HALF;
}

static void valid_tf_fold(struct trial *t)
{
	struct host *h = &t->h;

	host_realm(h, &t->table->setup);
	t->x[1] = h->rd;
	t->x[2] = 0;
	t->x[3] = 1;
	if (t->opt & OPT_FULL)
		fill(t);
	else if (t->opt & (OPT_NS | OPT_NS_HOLE))
		share(t);
	else if (!(t->opt & OPT_NO_TABLE))
		host_tables(h, 0, t->opt & OPT_LIVE ? 2 : 1);
	if (t->opt & OPT_NO_PARENT)
		t->x[3] = 2;
}

static void fold_level(struct trial *t, const struct breaker *b)
{
	t->x[3] = b->value;
}

static const struct breaker tf_fold_rows[] = {
	TF_RD_ROWS,
	{ "level_bound", RMI_ERROR_INPUT, fold_level, ON_ARG(3), 3, 0 },
	{ "level_bound", RMI_ERROR_INPUT, fold_level, ON_ARG(3), 3, 4 },
	{ "ipa_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(2), 2 },
	{ "ipa_bound", RMI_ERROR_INPUT, break_address, ON_ARG(2), 2, HALF * 2 },
	{ "rtt_walk", RTT(0), break_option, ON_OWN(OWN_TREE), .opt = OPT_NO_TABLE | OPT_NO_PARENT },
	{ "rtte_state", RTT(0), break_option, ON_OWN(OWN_TREE), .opt = OPT_NO_TABLE },
	{ "block_size", RTT(0), break_option, ON_OWN(OWN_TREE), .opt = OPT_FULL },
	{ "block_size", RTT(0), break_option, ON_OWN(OWN_TREE), .opt = OPT_NS },
	{ "rtt_homo", RTT(1), break_option, ON_OWN(OWN_TREE), .opt = OPT_NS_HOLE },
	{ "rtt_homo", RTT(1), break_option, ON_OWN(OWN_TREE), .opt = OPT_LIVE },
};

static const struct both tf_fold_both[] = {
	{ "rtt_walk", "rtt_homo", nothing_more, OPT_NO_TABLE | OPT_NO_PARENT },
	{ "rtte_state", "rtt_homo", nothing_more, OPT_NO_TABLE },
	{ "block_size", "rtt_homo", nothing_more, OPT_FULL },
	{ NULL },
};

static const struct condition_table tf_rtt_fold = {
	"RTT_FOLD",    RMI_RTT_FOLD,
	valid_tf_fold, BREAKERS(tf_fold_rows),
	tf_fold_both,  .setup = { .profile = TF, .s2sz = 48 },
};
CONDITION_TEST(tf_rtt_fold)

/* RTT_READ_ENTRY: the start level is one that can be read. */

static void valid_read(struct trial *t)
{
	valid_table(t);
	t->x[3] = 2;
}

#define READ_ROWS                                                                          \
	{ "level_bound", RMI_ERROR_INPUT, break_value, ON_ARG(3), 3, 0 },                  \
		{ "level_bound", RMI_ERROR_INPUT, break_value, ON_ARG(3), 3, 4 },          \
		{ "level_bound", RMI_ERROR_INPUT, break_value, ON_ARG(3), 3, UINT64_MAX }, \
		IPA_ROWS(2)

static const struct breaker read_rows[] = { BREAK_RD(1), READ_ROWS };
static const struct breaker tf_read_rows[] = { TF_RD_ROWS, READ_ROWS };

static const struct condition_table rtt_read_entry = {
	"RTT_READ_ENTRY",
	RMI_RTT_READ_ENTRY,
	valid_read,
	BREAKERS(read_rows),
};
CONDITION_TEST(rtt_read_entry)

static const struct condition_table tf_rtt_read_entry = {
	"RTT_READ_ENTRY",       RMI_RTT_READ_ENTRY,         valid_read,
	BREAKERS(tf_read_rows), .setup = { .profile = TF },
};
CONDITION_TEST(tf_rtt_read_entry)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(rtt_create_reports_each_condition_in_its_place),
		TEST(bet3_rtt_create_reports_each_condition_in_its_place),
		TEST(tf_rtt_create_reports_each_condition_in_its_place),
		TEST(rtt_destroy_reports_each_condition_in_its_place),
		TEST(tf_rtt_destroy_reports_each_condition_in_its_place),
		TEST(rtt_fold_reports_each_condition_in_its_place),
		TEST(tf_rtt_fold_reports_each_condition_in_its_place),
		TEST(rtt_read_entry_reports_each_condition_in_its_place),
		TEST(tf_rtt_read_entry_reports_each_condition_in_its_place),
	};

	return cmocka_run_group_tests_name("conditions of tables", tests, NULL, NULL);
}
