/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Failure conditions of OP_CONTINUE, OP_CANCEL, OP_MEM_DONATE and OP_MEM_RECLAIM (rmm-commands Parts 3
 * and 10; B4.5.21-.24; rmm-state-machines 12). The operation is a REC_CREATE or a REC_DESTROY.
 */
#include "conditions.h"

#define TF       "tf-rmm-2026-07"
#define NOBODY   0xf000 /* a handle that no operation ever had */
#define NR_PAGES 32

/* What the operation waits for instead. */
#define OPT_CONTINUE 1
#define OPT_RECLAIM  2
#define OPT_DONATE   4
#define OPT_CONTIG   8 /* wants one piece */

enum { OWN_FIRST, OWN_SECOND, OWN_BLOCK, OWN_LAST };
enum { V_LIST, V_PAGES, V_BLOCK };

/* A table has 16 entries: a block of level 2 is 16 pages, and fits into a request of 32. */
static const struct rmm_config small_tables = { .fanout_bits = 4 };

static void run(const struct condition_table *table, const char *profile, const char *test)
{
	struct rmm_profile p = *rmm_profile_find(profile);
	struct condition_table t = *table;

	p.rec_granules = NR_PAGES;
	/* or TF-RMM's OP_CANCEL could not succeed */
	p.sro_cannot_cancel = false;
	t.setup = (struct setup){
		.profile = profile, .custom = &p, .config = &small_tables, .s2sz = 32
	};
	conditions_run(&t, test);
}

/* X1 = X2 = 0 after every refusal. */
static void op_outputs(const struct trial *t, const struct breaker *b)
{
	uint64_t undefined = t->h.profile.poison ? RMM_POISON : 0;

	assert_hex(t->out.x[1], 0);
	assert_hex(t->out.x[2], 0);
	assert_hex(t->out.x[3], undefined);
	assert_hex(t->out.x[4], undefined);
}

/* A list of all that the request asks for: two pages, a block, and the rest. */
static unsigned write_list(struct trial *t)
{
	struct host *h = &t->h;

	t->v[V_PAGES] = host_delegated(h, NR_PAGES);
	t->v[V_BLOCK] = host_aligned(h, 32 * h->page);
	host_delegate(h, t->v[V_BLOCK], 32 * h->page);
	host_write64(h, t->v[V_LIST], host_desc(h, t->v[V_PAGES], 3, 1));
	host_write64(h, t->v[V_LIST] + 8, host_desc(h, t->v[V_PAGES] + 2 * h->page, 3, 1));
	host_write64(h, t->v[V_LIST] + 16, host_desc(h, t->v[V_BLOCK], 2, 1));
	host_write64(h, t->v[V_LIST] + 24, host_desc(h, t->v[V_PAGES] + 8 * h->page, 3, 14));
	return 4;
}

static uint64_t make_rec(struct trial *t, rmm_pa *rec)
{
	struct rmm_regs r;

	*rec = host_delegated(&t->h, 1);
	r = smc_regs(&t->h, RMI_REC_CREATE, t->h.rd, *rec, host_rec_params(&t->h, 0));
	assert_int_equal(RMI_RESULT_STATUS(r.x[0]), RMI_INCOMPLETE);
	assert_int_equal(RMI_RESULT_MEM(r.x[0]), RMI_OP_MEM_REQ_DONATE);
	return r.x[1];
}

static void donate(struct trial *t, uint64_t handle)
{
	struct rmm_regs r = smc_regs(&t->h, RMI_OP_MEM_DONATE, handle, t->v[V_LIST], write_list(t));

	assert_int_equal(RMI_RESULT_MEM(r.x[0]), RMI_OP_MEM_REQ_NONE);
	assert_hex(r.x[1], NR_PAGES);
}

/* The REC goes away again: its granules have to be reclaimed. */
static uint64_t drop_rec(struct trial *t, rmm_pa rec, uint64_t handle)
{
	struct rmm_regs r;

	donate(t, handle);
	assert_hex(smc(&t->h, RMI_OP_CONTINUE, handle, 0), 0);
	r = smc_regs(&t->h, RMI_REC_DESTROY, rec);
	assert_int_equal(RMI_RESULT_STATUS(r.x[0]), RMI_INCOMPLETE);
	assert_int_equal(RMI_RESULT_MEM(r.x[0]), RMI_OP_MEM_REQ_RECLAIM);
	return r.x[1];
}

static void realm_of(struct trial *t)
{
	struct setup s = t->table->setup;
	struct rmm_profile p = *s.custom;

	p.rec_contig = t->opt & OPT_CONTIG;
	s.custom = &p;
	host_realm(&t->h, &s);
}

/* An operation that waits for `mem`. */
static void begin_operation(struct trial *t, enum rmi_op_mem_req mem)
{
	struct host *h = &t->h;
	rmm_pa rec;

	if (t->opt & OPT_CONTINUE)
		mem = RMI_OP_MEM_REQ_NONE;
	else if (t->opt & OPT_RECLAIM)
		mem = RMI_OP_MEM_REQ_RECLAIM;
	else if (t->opt & OPT_DONATE)
		mem = RMI_OP_MEM_REQ_DONATE;
	realm_of(t);
	t->v[V_LIST] = host_pages(h, 1);
	t->x[1] = make_rec(t, &rec);
	if (mem == RMI_OP_MEM_REQ_NONE)
		donate(t, t->x[1]);
	else if (mem == RMI_OP_MEM_REQ_RECLAIM)
		t->x[1] = drop_rec(t, rec, t->x[1]);
}

/* OP_CONTINUE */

static void valid_continue(struct trial *t)
{
	begin_operation(t, RMI_OP_MEM_REQ_NONE);
}

#define COMPLETE                                                               \
	{                                                                      \
		"complete", RMI_ERROR_INPUT, break_value, ON_ARG(1), 1, NOBODY \
	}

#define NOT_CONTINUE                                                                    \
	{ "request", RMI_ERROR_INPUT, break_option, ON_ARG(1), .opt = OPT_DONATE },     \
	{                                                                               \
		"request", RMI_ERROR_INPUT, break_option, ON_ARG(1), .opt = OPT_RECLAIM \
	}

static const struct breaker continue_rows[] = {
	COMPLETE,
	NOT_CONTINUE,
	{ "flags", RMI_ERROR_INPUT, break_value, ON_ARG(2), 2, 2 },
};

static const struct condition_table op_continue = {
	"OP_CONTINUE",           RMI_OP_CONTINUE,       valid_continue,
	BREAKERS(continue_rows), .outputs = op_outputs,
};

/* TF-RMM does not look at the flags. */
static const struct breaker tf_continue_rows[] = { COMPLETE, NOT_CONTINUE };

static const struct condition_table tf_op_continue = {
	"OP_CONTINUE",         RMI_OP_CONTINUE, valid_continue, BREAKERS(tf_continue_rows),
	.outputs = op_outputs,
};

/* OP_CANCEL: as long as it asks for memory */

static void valid_cancel(struct trial *t)
{
	begin_operation(t, RMI_OP_MEM_REQ_DONATE);
}

static const struct breaker cancel_rows[] = {
	COMPLETE,
	{ "can_cancel", RMI_ERROR_INPUT, break_option, ON_ARG(1), .opt = OPT_RECLAIM },
};

static const struct condition_table op_cancel = {
	"OP_CANCEL", RMI_OP_CANCEL, valid_cancel, BREAKERS(cancel_rows), .outputs = op_outputs,
};

/* OP_MEM_DONATE */

static void valid_donate(struct trial *t)
{
	begin_operation(t, RMI_OP_MEM_REQ_DONATE);
	t->x[2] = t->v[V_LIST];
	t->x[3] = write_list(t);
}

static void misalign_list(struct trial *t, const struct breaker *b)
{
	t->x[2] |= 4;
}

static void list_elsewhere(struct trial *t, const struct breaker *b)
{
	t->x[2] = (b->value ? b->value : t->spare) | (t->x[2] & 4);
}

static void or_entry(struct trial *t, const struct breaker *b)
{
	rmm_pa at = t->v[V_LIST] + 8 * b->arg;

	host_write64(&t->h, at, host_read64(&t->h, at) | b->value);
}

/* Two pages instead of one: they are there, but not wanted. */
static void one_more_page(struct trial *t, const struct breaker *b)
{
	host_write64(&t->h, t->v[V_LIST] + 8,
		     host_desc(&t->h, t->v[V_PAGES] + 2 * t->h.page, 3, 2));
}

static void misalign_block(struct trial *t, const struct breaker *b)
{
	host_write64(&t->h, t->v[V_LIST] + 16, host_desc(&t->h, t->v[V_BLOCK] + t->h.page, 2, 1));
}

/* The last of them is the host's. */
static void undelegate_page(struct trial *t, const struct breaker *b)
{
	rmm_pa pa = t->v[V_PAGES] + 21 * t->h.page;

	assert_hex(smc(&t->h, RMI_GRANULE_RANGE_UNDELEGATE, pa, pa + t->h.page), 0);
}

static void pages_nowhere(struct trial *t, const struct breaker *b)
{
	host_write64(&t->h, t->v[V_LIST] + 24, host_desc(&t->h, NO_MEMORY_AT, 3, 14));
}

#define LIST_ROWS                                                                             \
	{ "list_align", RMI_ERROR_INPUT, misalign_list, ON_LOW(2) },                          \
		{ "list_pas", RMI_ERROR_INPUT, list_elsewhere, ON_ARG(2) },                   \
	{                                                                                     \
		"list_pas", RMI_ERROR_INPUT, list_elsewhere, ON_ARG(2), .value = NO_MEMORY_AT \
	}

#define MEM_VALID                                                                               \
	{                                                                                       \
		"mem_valid", RMI_ERROR_INPUT, or_entry, ON_OWN(OWN_FIRST), 0, UINT64_C(1) << 55 \
	}

#define MEM_GT                                                               \
	{                                                                    \
		"mem_gt", RMI_ERROR_INPUT, one_more_page, ON_OWN(OWN_SECOND) \
	}

/* The list is all of it, but in pieces. */
#define MEM_CONTIG                                                                        \
	{                                                                                 \
		"mem_contig", RMI_ERROR_INPUT, break_option, ON_ARG(1), .opt = OPT_CONTIG \
	}

#define MEM_ALIGN                                                               \
	{                                                                       \
		"mem_align", RMI_ERROR_INPUT, misalign_block, ON_OWN(OWN_BLOCK) \
	}

#define MEM_STATE_BIT                                                                          \
	{                                                                                      \
		"mem_state", RMI_ERROR_INPUT, or_entry, ON_OWN(OWN_LAST), 3, UINT64_C(1) << 63 \
	}

#define NOT_DONATE                                                                      \
	{ "request", RMI_ERROR_INPUT, break_option, ON_ARG(1), .opt = OPT_CONTINUE },   \
	{                                                                               \
		"request", RMI_ERROR_INPUT, break_option, ON_ARG(1), .opt = OPT_RECLAIM \
	}

static const struct breaker donate_rows[] = {
	COMPLETE,
	NOT_DONATE,
	LIST_ROWS,
	MEM_VALID,
	MEM_GT,
	MEM_CONTIG,
	MEM_ALIGN,
	MEM_STATE_BIT,
	{ "mem_state", RMI_ERROR_INPUT, undelegate_page, ON_OWN(OWN_LAST) },
	{ "mem_state", RMI_ERROR_INPUT, pages_nowhere, ON_OWN(OWN_LAST) },
};

static const struct condition_table op_mem_donate = {
	"OP_MEM_DONATE",       RMI_OP_MEM_DONATE,     valid_donate,
	BREAKERS(donate_rows), .outputs = op_outputs,
};

/* What TF-RMM finds out about the granules it does when it takes them. */
static const struct breaker tf_donate_rows[] = {
	COMPLETE, NOT_DONATE, LIST_ROWS, MEM_VALID, MEM_ALIGN, MEM_STATE_BIT, MEM_GT, MEM_CONTIG,
};

static const struct condition_table tf_op_mem_donate = {
	"OP_MEM_DONATE",          RMI_OP_MEM_DONATE,     valid_donate,
	BREAKERS(tf_donate_rows), .outputs = op_outputs,
};

/* OP_MEM_RECLAIM */

static void valid_reclaim(struct trial *t)
{
	begin_operation(t, RMI_OP_MEM_REQ_RECLAIM);
	t->x[2] = t->v[V_LIST];
	t->x[3] = t->h.page / 8;
}

static const struct breaker reclaim_rows[] = {
	COMPLETE,
	{ "request", RMI_ERROR_INPUT, break_option, ON_ARG(1), .opt = OPT_CONTINUE },
	{ "request", RMI_ERROR_INPUT, break_option, ON_ARG(1), .opt = OPT_DONATE },
	LIST_ROWS,
};

static const struct condition_table op_mem_reclaim = {
	"OP_MEM_RECLAIM",       RMI_OP_MEM_RECLAIM,    valid_reclaim,
	BREAKERS(reclaim_rows), .outputs = op_outputs,
};

#define OP_TEST(name, table, profile)                                                 \
	static void name##_reports_each_condition_in_its_place(void **state)          \
	{                                                                             \
		run(&(table), profile, #name "_reports_each_condition_in_its_place"); \
	}

OP_TEST(op_continue, op_continue, "strict")
OP_TEST(op_cancel, op_cancel, "strict")
OP_TEST(op_mem_donate, op_mem_donate, "strict")
OP_TEST(op_mem_reclaim, op_mem_reclaim, "strict")
OP_TEST(tf_op_continue, tf_op_continue, TF)
OP_TEST(tf_op_cancel, op_cancel, TF)
OP_TEST(tf_op_mem_donate, tf_op_mem_donate, TF)
OP_TEST(tf_op_mem_reclaim, op_mem_reclaim, TF)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(op_continue_reports_each_condition_in_its_place),
		TEST(op_cancel_reports_each_condition_in_its_place),
		TEST(op_mem_donate_reports_each_condition_in_its_place),
		TEST(op_mem_reclaim_reports_each_condition_in_its_place),
		TEST(tf_op_continue_reports_each_condition_in_its_place),
		TEST(tf_op_cancel_reports_each_condition_in_its_place),
		TEST(tf_op_mem_donate_reports_each_condition_in_its_place),
		TEST(tf_op_mem_reclaim_reports_each_condition_in_its_place),
	};

	return cmocka_run_group_tests_name("conditions of operations", tests, NULL, NULL);
}
