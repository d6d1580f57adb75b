/* SPDX-License-Identifier: BSD-2-Clause */
/* Failure conditions of the realm's functions (rmm-commands Part 9; B5.4, S1 B6.3). */
#include "conditions.h"

#define DATA  UINT64_C(0x1000) /* mapped RAM */
#define EMPTY UINT64_C(0x5000)

#define ERR(status) ((uint64_t)(int64_t)(status))

#define PUT(row, x0, n, value)                                \
	{                                                     \
		row, x0, break_value, ON_ARG(n), (n), (value) \
	}
#define ALIGN(row, n)                                                \
	{                                                            \
		row, RSI_ERROR_INPUT, break_low_bits, ON_LOW(n), (n) \
	}
#define AT(row, n, value)                                                    \
	{                                                                    \
		row, RSI_ERROR_INPUT, break_address, ON_ARG(n), (n), (value) \
	}
#define BREAK_ADDR(n) ALIGN("addr_align", n), AT("addr_bound", n, S41), AT("addr_empty", n, EMPTY)

/* An ACTIVE realm with three planes and a page of data. */
static void boot(struct trial *t)
{
	struct rmm_config cfg = { .features = { .max_aux_planes = 3,
						.s2ap_indirect = true,
						.rtt_plane = RMI_RTT_PLANE_SINGLE } };
	struct setup s = t->table->setup;
	struct host *h = &t->h;

	cfg.gic = s.config ? s.config->gic : NULL;
	s.config = &cfg;
	host_prepare_realm(h, &s);
	/* TF-RMM announces planes of another kind. */
	host_write64(h, h->params + RMI_PARAMS_AUX_PLANES, s.profile ? 0 : 3);
	host_write64(h, h->params + RMI_PARAMS_FLAGS1, s.profile ? 0 : RMI_REALM_S2AP_INDIRECT);
	assert_hex(smc(h, RMI_REALM_CREATE, h->rd, h->params), 0);
	host_tables(h, 0, 3);
	assert_hex(smc(h, RMI_RTT_INIT_RIPAS, h->rd, DATA, DATA + 0x1000), 0);
	host_map(h, DATA);
}

/* The realm makes one SMC, whatever it answers. */
static void make_smc(struct host *h, struct rmm_rec *rec)
{
	struct rmm_regs *regs = h->program_ctx;

	rmm_realm_smc(h->rmm, rec, regs);
}

static void realm_smc(struct trial *t, rmm_pa rec, uint64_t fid, uint64_t x1, uint64_t x2,
		      uint64_t x3)
{
	struct rmm_regs regs = { { fid, x1, x2, x3 } };
	rmm_pa own = t->h.rec;

	t->h.rec = rec;
	assert_hex(host_enter(&t->h, 0, make_smc, &regs), 0);
	t->h.rec = own;
}

#define TABLE(name, command, fid, valid, rows)                                            \
	static const struct condition_table name = { command, fid, valid, BREAKERS(rows), \
						     .rsi = true };                       \
	CONDITION_TEST(name)

/* Measurements */

static void valid_measurement(struct trial *t)
{
	boot(t);
	host_activate(&t->h);
	t->x[1] = 4;
	t->x[2] = 64;
}

static const struct breaker read_rows[] = { PUT("index_bound", RSI_ERROR_INPUT, 1, 5) };

TABLE(measurement_read, "RSI_MEASUREMENT_READ", RSI_MEASUREMENT_READ, valid_measurement, read_rows)

static const struct breaker extend_rows[] = { PUT("index_bound", RSI_ERROR_INPUT, 1, 0),
					      PUT("size_bound", RSI_ERROR_INPUT, 2, 65) };

TABLE(measurement_extend, "RSI_MEASUREMENT_EXTEND", RSI_MEASUREMENT_EXTEND, valid_measurement,
      extend_rows)

/* Operands in memory */

static void valid_addr(struct trial *t)
{
	boot(t);
	host_activate(&t->h);
	t->x[1] = DATA;
}

static const struct breaker addr_rows[] = { BREAK_ADDR(1) };

TABLE(realm_config, "RSI_REALM_CONFIG", RSI_REALM_CONFIG, valid_addr, addr_rows)

#define OPT_NO_INIT 1

static void valid_token(struct trial *t)
{
	valid_addr(t);
	t->h.run = host_pages(&t->h, 1);
	if (!(t->opt & OPT_NO_INIT))
		realm_smc(t, t->h.rec, RSI_ATTESTATION_TOKEN_INIT, 0, 0, 0);
	realm_smc(t, t->h.rec, RSI_ATTESTATION_TOKEN_CONTINUE, DATA, 0, 0x1000);
	t->x[2] = 8;
	t->x[3] = 0x400; /* what is left of the token */
}

static const struct breaker token_rows[] = {
	BREAK_ADDR(1),
	PUT("offset_bound", RSI_ERROR_INPUT, 2, 0x1000),
	PUT("size_overflow", RSI_ERROR_INPUT, 3, UINT64_MAX),
	PUT("size_bound", RSI_ERROR_INPUT, 3, 0x1000),
	{ "state", RSI_ERROR_STATE, break_option, ON_OWN(0), .opt = OPT_NO_INIT },
};

TABLE(token_continue, "RSI_ATTESTATION_TOKEN_CONTINUE", RSI_ATTESTATION_TOKEN_CONTINUE, valid_token,
      token_rows)

/* Ranges */

static void valid_range(struct trial *t)
{
	boot(t);
	host_activate(&t->h);
	t->x[1] = 0x10000;
	t->x[2] = 0x14000;
}

#define BREAK_RANGE(top)                                                    \
	ALIGN("base_align", 1), ALIGN(top, 2), AT("size_valid", 2, 0x8000), \
		AT("rgn_bound", 2, S41 + 0x4000)

static const struct breaker index_rows[] = {
	BREAK_RANGE("top_align"),
	PUT("index_bound", RSI_ERROR_INPUT, 3, 15),
	PUT("cookie", RSI_ERROR_INPUT, 4, 0x10000),
};

TABLE(set_perm_index, "RSI_MEM_SET_PERM_INDEX", RSI_MEM_SET_PERM_INDEX, valid_range, index_rows)

/* Planes */

static void valid_value(struct trial *t)
{
	boot(t);
	host_activate(&t->h);
	t->x[1] = 3;
	t->x[2] = 14;
	t->x[3] = 8;
}

static const struct breaker get_value_rows[] = { PUT("plane_bound", RSI_ERROR_INPUT, 1, 4),
						 PUT("index_bound", RSI_ERROR_INPUT, 2, 15) };
static const struct breaker set_value_rows[] = {
	PUT("plane_bound", RSI_ERROR_INPUT, 1, 4), PUT("index_bound", RSI_ERROR_INPUT, 2, 15),
	PUT("plane_0", RSI_ERROR_INPUT, 1, 0),     PUT("index_locked", RSI_ERROR_INPUT, 2, 0),
	PUT("value_valid", RSI_ERROR_INPUT, 3, 5),
};

TABLE(get_perm_value, "RSI_MEM_GET_PERM_VALUE", RSI_MEM_GET_PERM_VALUE, valid_value, get_value_rows)
TABLE(set_perm_value, "RSI_MEM_SET_PERM_VALUE", RSI_MEM_SET_PERM_VALUE, valid_value, set_value_rows)

static void valid_plane(struct trial *t)
{
	boot(t);
	host_activate(&t->h);
	t->x[1] = 1;
	t->x[2] = DATA;
}

static const struct breaker plane_rows[] = { PUT("plane_bound", RSI_ERROR_INPUT, 1, 4),
					     BREAK_ADDR(2) };

TABLE(plane_enter, "RSI_PLANE_ENTER", RSI_PLANE_ENTER, valid_plane, plane_rows)

/* PSCI */

static void valid_features(struct trial *t)
{
	boot(t);
	host_activate(&t->h);
	t->x[1] = RSI_PSCI_CPU_ON;
}

static const struct breaker features_rows[] = {
	PUT("function", ERR(RSI_PSCI_NOT_SUPPORTED), 1, 0x84000005),
};

TABLE(psci_features, "PSCI_FEATURES", RSI_PSCI_FEATURES, valid_features, features_rows)

/* RECs 0 to 3; the realm has turned 1 off. */
static void boot_recs(struct trial *t)
{
	boot(t);
	for (unsigned i = 0; i < 4; i++)
		t->v[i] = host_rec(&t->h, i);
	t->h.rec = t->v[0];
	t->h.run = host_pages(&t->h, 1);
	assert_hex(smc(&t->h, RMI_REALM_ACTIVATE, t->h.rd), 0);
	realm_smc(t, t->v[1], RSI_PSCI_CPU_OFF, 0, 0, 0);
}

static void valid_cpu_on(struct trial *t)
{
	boot_recs(t);
	t->x[1] = 1;
	t->x[2] = DATA;
}

static const struct breaker cpu_on_rows[] = {
	PUT("entry", ERR(RSI_PSCI_INVALID_ADDRESS), 2, S41),
	PUT("mpidr", ERR(RSI_PSCI_INVALID_PARAMETERS), 1, 4),
	PUT("runnable", ERR(RSI_PSCI_ALREADY_ON), 1, 2),
};

TABLE(psci_cpu_on, "PSCI_CPU_ON", RSI_PSCI_CPU_ON, valid_cpu_on, cpu_on_rows)

static void valid_affinity(struct trial *t)
{
	boot_recs(t);
	t->x[1] = 1;
}

static const struct breaker affinity_rows[] = {
	PUT("level", ERR(RSI_PSCI_INVALID_PARAMETERS), 2, 1),
	PUT("mpidr", ERR(RSI_PSCI_INVALID_PARAMETERS), 1, 4),
};

TABLE(psci_affinity_info, "PSCI_AFFINITY_INFO", RSI_PSCI_AFFINITY_INFO, valid_affinity,
      affinity_rows)

/* RMI_PSCI_COMPLETE (Part 5) */

static void valid_complete(struct trial *t)
{
	boot_recs(t);
	realm_smc(t, t->v[0], RSI_PSCI_CPU_ON, 1, 0, 0);
	t->x[1] = t->v[0];
	t->x[2] = t->v[1];
	t->x[3] = RSI_PSCI_SUCCESS;
}

static void break_alias(struct trial *t, const struct breaker *b)
{
	t->x[2] = t->x[1];
}

/* REC v[value] for Xarg. */
static void break_other_rec(struct trial *t, const struct breaker *b)
{
	trial_address(t, b->arg, t->v[b->value]);
}

static void break_owner(struct trial *t, const struct breaker *b)
{
	rmm_pa rd = t->h.rd;

	t->h.rd = host_other_realm(&t->h);
	host_rec(&t->h, 0);
	trial_address(t, b->arg, host_rec(&t->h, 1));
	t->h.rd = rd;
}

#define BREAK_REQUEST                                                            \
	{ "pending", RMI_ERROR_INPUT, break_other_rec, ON_ARG(1), 1, 3 },        \
		{ "owner", RMI_ERROR_INPUT, break_owner, ON_ARG(2), 2 },         \
		{ "target", RMI_ERROR_INPUT, break_other_rec, ON_ARG(2), 2, 2 }, \
		PUT("status", RMI_ERROR_INPUT, 3, 1)

/* Not what BREAK_GRANULE puts into X1: the two would be an alias. */
#define BREAK_TARGET                                                          \
	{ "target_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(2), 2 },    \
		AT("target_bound", 2, NO_MEMORY_AT + 0x1000),                 \
		{ "target_blocked",   RMI_BLOCKED, break_owned_page,          \
		  ON_ARG(2) | ON_RMM, 2,           .stage = -1 },             \
	{                                                                     \
		"target_state", RMI_ERROR_INPUT, break_own_page, ON_ARG(2), 2 \
	}

static const struct breaker complete_rows[] = {
	{ "alias", RMI_ERROR_INPUT, break_alias, ON_ARG(2) | ON_LOW(2), .stage = 1 },
	BREAK_GRANULE("calling_align", "calling_bound", "calling_blocked", "calling_state", 1,
		      break_spare_page),
	BREAK_TARGET,
	BREAK_REQUEST,
};

static const struct condition_table psci_complete = { "PSCI_COMPLETE", RMI_PSCI_COMPLETE,
						      valid_complete, BREAKERS(complete_rows) };
CONDITION_TEST(psci_complete)

static const struct breaker tf_complete_rows[] = {
	{ "calling_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(1), 1 },
	{ "target_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(2), 2 },
	{ "alias", RMI_ERROR_INPUT, break_alias, ON_ARG(2) | ON_LOW(2) | ON_LOW(1), .stage = 1 },
	{ "calling", RMI_ERROR_INPUT, break_spare_page, ON_ARG(1), 1 },
	{ "target_granule", RMI_ERROR_INPUT, break_own_page, ON_ARG(2), 2 },
	BREAK_REQUEST,
};

static const struct condition_table tf_psci_complete = { "PSCI_COMPLETE", RMI_PSCI_COMPLETE,
							 valid_complete, BREAKERS(tf_complete_rows),
							 .setup = { .profile = "tf-rmm-2026-07" } };
CONDITION_TEST(tf_psci_complete)

/* bet3 (OP-5): no target register; X2 is the status, and the target is only tried. */

static void valid_complete_bet3(struct trial *t)
{
	boot_recs(t);
	realm_smc(t, t->v[0], RSI_PSCI_AFFINITY_INFO, 2, 0, 0);
	t->x[1] = t->v[0];
	t->x[2] = RSI_PSCI_SUCCESS;
}

static unsigned go_on_in_enter(void *ctx, unsigned cpu)
{
	struct host *h = ctx;
	struct trial *t = h->hook_ctx;

	h->hook_ctx = NULL;
	if (t)
		trial_go_on(t);
	return 0;
}

/* REC_ENTER holds the target while it looks at the GIC. */
static void within_enter(struct trial *t)
{
	t->h.hook_ctx = t;
	t->h.rec = t->v[2];
	host_enter(&t->h, 0, NULL, NULL);
}

static void break_busy(struct trial *t, const struct breaker *b)
{
	trial_within(t, within_enter);
}

static void break_found(struct trial *t, const struct breaker *b)
{
	assert_int_equal(RMI_RESULT_STATUS(smc(&t->h, RMI_REC_DESTROY, t->v[2])), RMI_INCOMPLETE);
}

static const struct rmm_config with_gic = { .gic = go_on_in_enter };

static const struct breaker complete_rows_bet3[] = {
	BREAK_GRANULE("calling_align", "calling_bound", "calling_blocked", "calling_state", 1,
		      break_spare_page),
	{ "pending", RMI_ERROR_INPUT, break_other_rec, ON_ARG(1), 1, 1 },
	{ "target_busy", RMI_BUSY, break_busy, ON_OWN(0) },
	{ "target_found", RMI_ERROR_INPUT, break_found, ON_OWN(0) },
	PUT("status", RMI_ERROR_INPUT, 2, ERR(RSI_PSCI_DENIED)),
};

static const struct condition_table psci_complete_bet3 = {
	"PSCI_COMPLETE",
	RMI_PSCI_COMPLETE,
	valid_complete_bet3,
	BREAKERS(complete_rows_bet3),
	.setup = { .edition = RMI_BET3, .config = &with_gic },
};
CONDITION_TEST(psci_complete_bet3)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(measurement_read_reports_each_condition_in_its_place),
		TEST(measurement_extend_reports_each_condition_in_its_place),
		TEST(realm_config_reports_each_condition_in_its_place),
		TEST(token_continue_reports_each_condition_in_its_place),
		TEST(set_perm_index_reports_each_condition_in_its_place),
		TEST(get_perm_value_reports_each_condition_in_its_place),
		TEST(set_perm_value_reports_each_condition_in_its_place),
		TEST(plane_enter_reports_each_condition_in_its_place),
		TEST(psci_features_reports_each_condition_in_its_place),
		TEST(psci_cpu_on_reports_each_condition_in_its_place),
		TEST(psci_affinity_info_reports_each_condition_in_its_place),
		TEST(psci_complete_reports_each_condition_in_its_place),
		TEST(tf_psci_complete_reports_each_condition_in_its_place),
		TEST(psci_complete_bet3_reports_each_condition_in_its_place),
	};

	return cmocka_run_group_tests_name("conditions of the realm's functions", tests, NULL,
					   NULL);
}
