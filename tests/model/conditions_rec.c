/* SPDX-License-Identifier: BSD-2-Clause */
/* Failure conditions of REC_CREATE and REC_DESTROY (rmm-commands Parts 5 and 10; B4.5.49, .50). */
#include "conditions.h"

#define TF "tf-rmm-2026-07"

/* 2^MAX_RECS_ORDER - 1, feature register 1; TF-RMM's is 10. */
#define FEW_RECS 3
#define TF_RECS  1023
static const struct rmm_config few_recs = { .features = { .max_recs_order = 2 } };

/* REC_CREATE */

#define OPT_ALL_RECS 1

enum { OWN_SRO, V_PARAMS = 0 };

/* Parameters of the REC that comes next. */
static void valid_create(struct trial *t)
{
	unsigned recs = t->table->setup.config == &few_recs ? FEW_RECS : TF_RECS;

	recs = t->opt & OPT_ALL_RECS ? recs : 0;
	host_realm(&t->h, &t->table->setup);
	t->h.unchecked = true;
	for (unsigned i = 0; i < recs; i++)
		host_rec(&t->h, host_mpidr(i));
	t->h.unchecked = false;
	t->v[V_PARAMS] = host_rec_params(&t->h, host_mpidr(recs));
	t->x[1] = t->h.rd;
	t->x[2] = host_delegated(&t->h, 1);
	t->x[3] = t->v[V_PARAMS];
}

/* Add to affinity 1: another index; or a bit that no field has. */
static void set_mpidr_bits(struct trial *t, const struct breaker *b)
{
	rmm_pa field = t->v[V_PARAMS] + RMI_REC_PARAMS_MPIDR;

	host_write64(&t->h, field, host_read64(&t->h, field) | b->value);
}

#define ANOTHER_INDEX  0x10000
#define NO_FIELD       0x10
#define PARAMS_ALIGN   "params_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(3), 3
#define PARAMS_PAS     "params_pas", RMI_ERROR_INPUT, break_delegate_page, ON_ARG(3), 3, .stage = 1
#define PARAMS_NOWHERE "params_pas", RMI_ERROR_INPUT, break_no_memory_at, ON_ARG(3), 3
#define PARAMS_VALID   "params_valid", RMI_ERROR_INPUT, set_mpidr_bits, .value = NO_FIELD
#define MPIDR_INDEX    "mpidr_index", RMI_ERROR_INPUT, set_mpidr_bits, .value = ANOTHER_INDEX
#define NUM_RECS       "num_recs", RMI_ERROR_REALM, break_option, .opt = OPT_ALL_RECS

static const struct breaker create_rows[] = {
	{ PARAMS_ALIGN },
	{ PARAMS_PAS },
	{ PARAMS_NOWHERE },
	{ PARAMS_VALID },
	BREAK_GRANULE("rec_align", "rec_bound", "rec_blocked", "rec_state", 2, break_own_page),
	BREAK_RD(1),
	{ "realm_state", RMI_ERROR_REALM, break_activate_realm },
	{ NUM_RECS },
	{ MPIDR_INDEX },
	BREAK_SRO(OWN_SRO),
	/* the object is made when the operation ends */
	{ "memory", RMI_ERROR_GLOBAL, break_memory_resumed, ON_OWN(OWN_SRO) },
};

static const struct condition_table rec_create = {
	"REC_CREATE",
	RMI_REC_CREATE,
	valid_create,
	BREAKERS(create_rows),
	.setup = { .config = &few_recs },
	.drive = true,
};
CONDITION_TEST(rec_create)

/* rec and a context first; the rest when the memory is there, at the end of the operation. */
static const struct breaker tf_create_rows[] = {
	BREAK_TF("rec", 2, break_own_page),
	BREAK_SRO(OWN_SRO),
	{ PARAMS_ALIGN },
	{ PARAMS_PAS },
	{ PARAMS_NOWHERE },
	BREAK_TF("rd", 1, break_spare_page),
	{ NUM_RECS },
	{ "realm_state", RMI_ERROR_REALM, break_activate_realm },
	{ PARAMS_VALID },
	{ MPIDR_INDEX },
	{ "memory", RMI_ERROR_GLOBAL, break_memory_resumed },
};

static const struct condition_table tf_rec_create = {
	"REC_CREATE",
	RMI_REC_CREATE,
	valid_create,
	BREAKERS(tf_create_rows),
	.setup = { .profile = TF },
	.drive = true,
};
CONDITION_TEST(tf_rec_create)

/* Without a donation there is no operation: everything is asked in one call. */
static void the_rows_are_the_same_without_a_donation(void **state)
{
	static const struct breaker rows[] = {
		{ PARAMS_ALIGN },
		{ PARAMS_VALID },
		{ "rec_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(2), 2 },
		{ "rd_state", RMI_ERROR_INPUT, break_spare_page, ON_ARG(1), 1 },
		{ "realm_state", RMI_ERROR_REALM, break_activate_realm },
		{ MPIDR_INDEX },
		{ "memory", RMI_ERROR_GLOBAL, break_memory },
	};
	struct rmm_profile sync = *rmm_profile_find("strict");
	struct condition_table table = { "REC_CREATE", RMI_REC_CREATE, valid_create,
					 BREAKERS(rows) };

	sync.rec_granules = 0;
	sync.name = "synchronous";
	table.setup.custom = &sync;
	table.partial = true;
	conditions_run(&table, __func__);
}

/* REC_DESTROY */

static void valid_destroy(struct trial *t)
{
	host_realm(&t->h, &t->table->setup);
	host_activate(&t->h);
	t->x[1] = t->h.rec;
}

static const struct breaker destroy_rows[] = {
	BREAK_GRANULE("rec_align", "rec_tracking", "rec_blocked", "rec_gran_state", 1,
		      break_spare_page),
	{ "rec_state", RMI_ERROR_REC, break_run_rec, .stage = -1 },
	BREAK_SRO(OWN_SRO),
};

static const struct condition_table rec_destroy = {
	"REC_DESTROY", RMI_REC_DESTROY, valid_destroy, BREAKERS(destroy_rows), .drive = true,
};
CONDITION_TEST(rec_destroy)

/* A context before anything else. */
static const struct breaker tf_destroy_rows[] = {
	BREAK_SRO(OWN_SRO),
	BREAK_TF("rec", 1, break_spare_page),
	{ "rec_state", RMI_ERROR_REC, break_run_rec, .stage = -1 },
};

static const struct condition_table tf_rec_destroy = {
	"REC_DESTROY",
	RMI_REC_DESTROY,
	valid_destroy,
	BREAKERS(tf_destroy_rows),
	.setup = { .profile = TF },
	.drive = true,
};
CONDITION_TEST(tf_rec_destroy)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(rec_create_reports_each_condition_in_its_place),
		TEST(tf_rec_create_reports_each_condition_in_its_place),
		TEST(the_rows_are_the_same_without_a_donation),
		TEST(rec_destroy_reports_each_condition_in_its_place),
		TEST(tf_rec_destroy_reports_each_condition_in_its_place),
	};

	return cmocka_run_group_tests_name("conditions of REC_CREATE and REC_DESTROY", tests, NULL,
					   NULL);
}
