/* SPDX-License-Identifier: BSD-2-Clause */
/* Failure conditions of the realm's life (rmm-commands Part 4; B4.5.45-.48). */
#include "conditions.h"

/* REALM_CREATE */

enum { OWN_HASH, OWN_BASE, OWN_LEVEL, OWN_TABLE, OWN_PLANE, OWN_VMID };

static void valid_create(struct trial *t)
{
	host_prepare_realm(&t->h, &t->table->setup);
	t->x[1] = t->h.rd;
	t->x[2] = t->h.params;
}

static void write_param(struct trial *t, const struct breaker *b)
{
	host_write64(&t->h, t->h.params + b->arg, b->value);
}

/* Bits that other flags do not take away. */
static void set_param_bits(struct trial *t, const struct breaker *b)
{
	rmm_pa field = t->h.params + b->arg;

	host_write64(&t->h, field, host_read64(&t->h, field) | b->value);
}

/* Whatever rd has become. */
static void start_tables_at_rd(struct trial *t, const struct breaker *b)
{
	host_write64(&t->h, t->h.params + RMI_PARAMS_RTT_BASE, t->x[1] & ~(uint64_t)LOW_BITS);
}

/* Four tables, aligned to one page only, where no page of the host's is. */
static void start_tables_one_page_off(struct trial *t, const struct breaker *b)
{
	host_write64(&t->h, t->h.params + RMI_PARAMS_RTT_BASE, HOST_BASE + 0x101000);
}

static void undelegate_the_last_start_table(struct trial *t, const struct breaker *b)
{
	rmm_pa last = t->h.root + (t->h.roots - 1) * t->h.page;

	assert_hex(smc(&t->h, RMI_GRANULE_RANGE_UNDELEGATE, last, last + t->h.page), 0);
}

/* As many realms as there are VMIDs. */
#define VMIDS 4
static const struct rmm_config few_vmids = { .features = { .vmids = VMIDS } };

static void use_all_vmids(struct trial *t, const struct breaker *b)
{
	while (t->h.nr_realms < VMIDS)
		host_other_realm(&t->h);
}

#define PARAMS_ALIGN "params_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(2), 2
#define PARAMS_PAS \
	"params_pas", RMI_ERROR_INPUT, break_delegate_page, ON_ARG(2) | ON_RMM, 2, .stage = 1
#define PARAMS_NOWHERE "params_pas", RMI_ERROR_INPUT, break_no_memory_at, ON_ARG(2), 2
#define PARAMS_VALID \
	"params_valid", RMI_ERROR_INPUT, write_param, ON_OWN(OWN_HASH), RMI_PARAMS_HASH, 3
#define PARAMS_SUPP(field, value) "params_supp", RMI_ERROR_INPUT, write_param, 0, field, value
#define RTT_ALIGN                 "rtt_align", RMI_ERROR_INPUT, start_tables_one_page_off, ON_OWN(OWN_BASE)
#define RTT_NUM_LEVEL \
	"rtt_num_level", RMI_ERROR_INPUT, write_param, ON_OWN(OWN_LEVEL), RMI_PARAMS_RTT_LEVEL, 2
#define RTT_STATE                                                                                  \
	"rtt_state", RMI_ERROR_INPUT, undelegate_the_last_start_table, ON_OWN(OWN_TABLE) | ON_RMM, \
		.stage = -1
#define ATS_PLANE \
	"ats_plane", RMI_ERROR_INPUT, write_param, ON_OWN(OWN_PLANE), RMI_PARAMS_ATS_PLANE, 1
#define VMID       "vmid", RMI_ERROR_GLOBAL, use_all_vmids, ON_OWN(OWN_VMID)
#define MEC_POLICY "mec_policy", RMI_ERROR_GLOBAL, set_param_bits, 0, RMI_PARAMS_FLAGS0, 1 << 7

static const struct breaker create_rows[] = {
	{ "pat_valid", RMI_ERROR_GLOBAL, break_rmm, ON_RMM | ON_OWN(OWN_VMID), .stage = -1 },
	{ PARAMS_ALIGN },
	{ PARAMS_PAS },
	{ PARAMS_NOWHERE },
	{ PARAMS_VALID },
	{ PARAMS_SUPP(RMI_PARAMS_NUM_BPS, 0) },
	{ PARAMS_SUPP(RMI_PARAMS_NUM_WPS, 40) },
	{ "params_supp", RMI_ERROR_INPUT, set_param_bits, 0, RMI_PARAMS_FLAGS0, 1 }, /* LPA2 */
	{ "params_supp", RMI_ERROR_INPUT, set_param_bits, 0, RMI_PARAMS_FLAGS0, 2 }, /* SVE */
	{ "alias", RMI_ERROR_INPUT, start_tables_at_rd, ON_OWN(OWN_BASE), .stage = 1 },
	BREAK_GRANULE("rd_align", "rd_bound", "rd_blocked", "rd_state", 1, break_own_page),
	{ RTT_ALIGN },
	{ RTT_NUM_LEVEL },
	{ RTT_STATE },
	{ ATS_PLANE },
	{ VMID },
	{ MEC_POLICY },
	{ "memory", RMI_ERROR_GLOBAL, break_memory },
};

static const struct condition_table realm_create = {
	"REALM_CREATE",
	RMI_REALM_CREATE,
	valid_create,
	BREAKERS(create_rows),
	.setup = { .config = &few_vmids },
};
CONDITION_TEST(realm_create)

/* All about the parameters, then VMIDs and MECIDs, the start tables, rd. */
static const struct breaker tf_create_rows[] = {
	{ PARAMS_ALIGN },
	{ PARAMS_PAS },
	{ PARAMS_NOWHERE },
	{ PARAMS_VALID },
	{ PARAMS_SUPP(RMI_PARAMS_NUM_BPS, 0) },
	{ PARAMS_SUPP(RMI_PARAMS_NUM_WPS, 40) },
	{ RTT_ALIGN },
	{ RTT_NUM_LEVEL },
	{ ATS_PLANE },
	{ VMID },
	{ MEC_POLICY },
	{ RTT_STATE },
	BREAK_TF("rd_state", 1, break_own_page),
	{ "memory", RMI_ERROR_GLOBAL, break_memory },
};

static const struct condition_table tf_realm_create = {
	"REALM_CREATE",
	RMI_REALM_CREATE,
	valid_create,
	BREAKERS(tf_create_rows),
	.setup = { .profile = "tf-rmm-2026-07", .config = &few_vmids },
};
CONDITION_TEST(tf_realm_create)

/* REALM_ACTIVATE */

static void valid_activate(struct trial *t)
{
	host_realm(&t->h, &t->table->setup);
	t->x[1] = t->h.rd;
}

static const struct breaker activate_rows[] = {
	BREAK_RD(1),
	{ "realm_state", RMI_ERROR_REALM, break_activate_realm, ON_OWN(0) },
	{ "realm_state", RMI_ERROR_REALM, break_terminate_realm, ON_OWN(0) },
};

static const struct condition_table realm_activate = { "REALM_ACTIVATE", RMI_REALM_ACTIVATE,
						       valid_activate, BREAKERS(activate_rows) };
CONDITION_TEST(realm_activate)

/* bet3: a REC of the realm is in the making */
static void begin_rec(struct trial *t, const struct breaker *b)
{
	rmm_pa rec = host_delegated(&t->h, 1), params = host_rec_params(&t->h, 0);

	assert_int_equal(RMI_RESULT_STATUS(smc(&t->h, RMI_REC_CREATE, t->h.rd, rec, params)),
			 RMI_INCOMPLETE);
}

static const struct breaker bet3_activate_rows[] = {
	BREAK_RD(1),
	{ "realm_blocked", RMI_BLOCKED, begin_rec, .stage = -1 },
	{ "realm_state", RMI_ERROR_REALM, break_terminate_realm },
};

static const struct condition_table bet3_realm_activate = {
	"REALM_ACTIVATE",
	RMI_REALM_ACTIVATE,
	valid_activate,
	BREAKERS(bet3_activate_rows),
	.setup = { .edition = RMI_BET3 },
};
CONDITION_TEST(bet3_realm_activate)

#define BREAK_RD_TRACKING \
	BREAK_GRANULE("rd_align", "rd_tracking", "rd_blocked", "rd_state", 1, break_spare_page)

/* REALM_TERMINATE */

static void valid_terminate(struct trial *t)
{
	host_realm(&t->h, &t->table->setup);
	host_activate(&t->h);
	t->x[1] = t->h.rd;
}

static const struct breaker terminate_rows[] = {
	BREAK_RD_TRACKING,
	{ "rec_running", RMI_ERROR_REALM, break_run_rec, .stage = -1 },
};

static const struct condition_table realm_terminate = { "REALM_TERMINATE", RMI_REALM_TERMINATE,
							valid_terminate, BREAKERS(terminate_rows) };
CONDITION_TEST(realm_terminate)

/* REALM_DESTROY */

#define OPT_ACTIVE    1 /* not terminated */
#define OPT_HAS_REC   2
#define OPT_HAS_TABLE 4
#define OPT_OWNED     8 /* a range over entries of the start level is not finished */

/* Of four entries two are done, the third belongs to the operation. */
static void leave_a_range_unfinished(struct host *h)
{
	uint64_t top = 4 * host_level_size(h, h->start_level);

	h->answers[0].label = "budget";
	h->answers[0].pick = 2;
	h->answers[1].label = "incomplete";
	h->answers[1].pick = 1;
	assert_int_equal(RMI_RESULT_STATUS(smc(h, RMI_RTT_INIT_RIPAS, h->rd, 0, top)),
			 RMI_INCOMPLETE);
	h->answers[0].label = h->answers[1].label = NULL;
}

static void valid_destroy(struct trial *t)
{
	host_realm(&t->h, &t->table->setup);
	if (t->opt & OPT_HAS_REC)
		host_rec(&t->h, 0);
	if (t->opt & OPT_HAS_TABLE)
		host_tables(&t->h, 0, 2);
	if (t->opt & OPT_OWNED)
		leave_a_range_unfinished(&t->h);
	if (!(t->opt & OPT_ACTIVE))
		assert_hex(smc(&t->h, RMI_REALM_TERMINATE, t->h.rd), 0);
	t->x[1] = t->h.rd;
}

static const struct breaker destroy_rows[] = {
	BREAK_RD_TRACKING,
	{ "realm_state", RMI_ERROR_REALM, break_option, .opt = OPT_ACTIVE },
	{ "realm_blocked", RMI_BLOCKED, break_option, ON_OWN(0), .opt = OPT_OWNED },
	{ "realm_live", RMI_ERROR_REALM, break_option, .opt = OPT_HAS_REC },
	{ "realm_live", RMI_ERROR_REALM, break_option, ON_OWN(0), .opt = OPT_HAS_TABLE },
};

static const struct condition_table realm_destroy = { "REALM_DESTROY", RMI_REALM_DESTROY,
						      valid_destroy, BREAKERS(destroy_rows) };
CONDITION_TEST(realm_destroy)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(realm_create_reports_each_condition_in_its_place),
		TEST(tf_realm_create_reports_each_condition_in_its_place),
		TEST(realm_activate_reports_each_condition_in_its_place),
		TEST(bet3_realm_activate_reports_each_condition_in_its_place),
		TEST(realm_terminate_reports_each_condition_in_its_place),
		TEST(realm_destroy_reports_each_condition_in_its_place),
	};

	return cmocka_run_group_tests_name("conditions of realms", tests, NULL, NULL);
}
