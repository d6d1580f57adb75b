/* SPDX-License-Identifier: BSD-2-Clause */
/* Failure conditions of RTT_SET_S2AP (rmm-commands Part 6; B4.5.76). */
#include <string.h>

#include "conditions.h"

#define A     UINT64_C(0x40000000)
#define INDEX 5

enum { OWN_PRIMARY, OWN_TREE };

static void ask(struct host *h, struct rmm_rec *rec)
{
	struct rmm_regs regs = { { RSI_MEM_SET_PERM_INDEX, A, A + 0x3000, INDEX } };

	assert_int_equal(rmm_realm_smc(h->rmm, rec, &regs), RMM_REALM_EXIT);
}

/* The realm has asked for [A, A + 3 pages), pages of which both trees have; two of them are done. */
static void valid(struct trial *t)
{
	struct host *h = &t->h;

	host_realm(h, &t->table->setup);
	host_tables(h, A - h->page, 3);
	host_tables(h, A, 3);
	host_aux_tables(h, 1, A, 3);
	host_activate(h);
	assert_hex(host_enter(h, 0, ask, NULL), 0);
	t->x[1] = h->rd;
	t->x[2] = h->rec;
	t->x[3] = A;
	t->x[4] = A + 2 * h->page;
}

static void other_realm(struct trial *t, const struct breaker *b)
{
	trial_address(t, 1, host_other_realm(&t->h));
}

/* The request has got further. */
static void next_page(struct trial *t, const struct breaker *b)
{
	assert_hex(smc(&t->h, RMI_RTT_SET_S2AP, t->h.rd, t->h.rec, A, A + t->h.page), 0);
}

static void primary_block(struct trial *t, const struct breaker *b)
{
	assert_hex(smc(&t->h, RMI_RTT_FOLD, t->h.rd, A, 3), 0);
}

static void auxiliary_block(struct trial *t, const struct breaker *b)
{
	assert_hex(smc(&t->h, RMI_RTT_AUX_FOLD, t->h.rd, A, 3, 1), 0);
}

/* SET_S2AP itself, as far as A + 1 page. */
static void owned_entry(struct trial *t, const struct breaker *b)
{
	struct host *h = &t->h;

	h->answers[0].label = "budget";
	h->answers[0].pick = 1;
	h->answers[1].label = "incomplete";
	h->answers[1].pick = 1;
	assert_hex(smc(h, RMI_RTT_SET_S2AP, h->rd, h->rec, A, A + 2 * h->page), 0xd);
	memset(h->answers, 0, sizeof(h->answers));
	trial_address(t, 3, A + h->page);
}

/* X1 and X2 are defined when an entry would be split: its IPA, its tree. */
static void check_outputs(const struct trial *t, const struct breaker *b)
{
	bool aux = !strcmp(b->row, "base_align_aux"),
	     split = aux || !strcmp(b->row, "base_align_pri");
	uint64_t undefined = t->h.profile.poison ? RMM_POISON : 0;

	assert_hex(t->out.x[1], split ? A : undefined);
	assert_hex(t->out.x[2], split ? aux : undefined);
	assert_hex(t->out.x[3], undefined);
}

#define S2AP_REC                                                            \
	{ "rec_state", RMI_ERROR_REC, break_run_rec, .stage = -1 },         \
	{                                                                   \
		"rec_owner", RMI_ERROR_REC, other_realm, ON_ARG(1) | ON_RMM \
	}
#define S2AP_SIZE                                                                      \
	{                                                                              \
		"size_valid", RMI_ERROR_INPUT, break_address, ON_ARG(4), 4, A - 0x1000 \
	}
#define S2AP_BOUNDS                                                                         \
	{ "base_bound", RMI_ERROR_INPUT, next_page, ON_OWN(OWN_PRIMARY) | ON_OWN(OWN_TREE), \
	  .stage = -1 },                                                                    \
		{ "top_bound", RMI_ERROR_INPUT, break_address, ON_ARG(4), 4, A + 0x4000 },  \
	{                                                                                   \
		"top_gran_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(4), 4             \
	}
#define S2AP_PRIMARY                                                        \
	{                                                                   \
		"base_align_pri", 0x204, primary_block, ON_OWN(OWN_PRIMARY) \
	}

static const struct breaker rows[] = {
	BREAK_RD(1),
	BREAK_REC(2),
	S2AP_REC,
	S2AP_SIZE,
	S2AP_BOUNDS,
	{ "rtte_blocked", RMI_BLOCKED, owned_entry,
	  ON_ARG(3) | ON_ARG(4) | ON_OWN(OWN_PRIMARY) | ON_OWN(OWN_TREE) },
	S2AP_PRIMARY,
	{ "base_align_aux", 0x207, auxiliary_block, ON_OWN(OWN_TREE) },
};

static const struct condition_table rtt_set_s2ap = {
	"RTT_SET_S2AP", RMI_RTT_SET_S2AP,         valid,
	BREAKERS(rows), .setup = { .planes = 1 }, .outputs = check_outputs,
};
CONDITION_TEST(rtt_set_s2ap)

/* Entries that would be split move TF-RMM's request: they are no conditions. */
static const struct breaker tf_rows[] = {
	S2AP_SIZE,
	BREAK_TF("rd", 1, break_spare_page),
	BREAK_TF("rec", 2, break_spare_page),
	S2AP_REC,
	S2AP_BOUNDS,
};

static const struct condition_table tf_rtt_set_s2ap = {
	"RTT_SET_S2AP",
	RMI_RTT_SET_S2AP,
	valid,
	BREAKERS(tf_rows),
	.setup = { .planes = 1, .profile = "tf-rmm-2026-07" },
	.outputs = check_outputs,
};
CONDITION_TEST(tf_rtt_set_s2ap)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(rtt_set_s2ap_reports_each_condition_in_its_place),
		TEST(tf_rtt_set_s2ap_reports_each_condition_in_its_place),
	};

	return cmocka_run_group_tests_name("conditions of overlay indices", tests, NULL, NULL);
}
