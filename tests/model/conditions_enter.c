/* SPDX-License-Identifier: BSD-2-Clause */
/* Failure conditions of REC_ENTER (rmm-commands Parts 5 and 10; B4.5.51). */
#include "conditions.h"

#define TF "tf-rmm-2026-07"

#define OPT_NOT_RUNNABLE 1

/* What cannot be together: a REC that runs is runnable, not pending, its realm is ACTIVE. */
enum { OWN_REALM, OWN_RUNNABLE, OWN_PENDING, OWN_GIC };
/* Nor can it have been entered with that GIC. */
#define ON_RUNNING \
	(ON_OWN(OWN_REALM) | ON_OWN(OWN_RUNNABLE) | ON_OWN(OWN_PENDING) | ON_OWN(OWN_GIC))

enum { V_RUN, V_GIC };

static void make_rec(struct trial *t)
{
	rmm_pa params = host_rec_params(&t->h, 0), page = host_delegated(&t->h, 1);
	rmm_pa list = host_pages(&t->h, 1), pages = host_delegated(&t->h, 16);
	struct rmm_regs r;

	host_write64(&t->h, params + RMI_REC_PARAMS_FLAGS, 0);
	r = smc_regs(&t->h, RMI_REC_CREATE, t->h.rd, page, params);
	host_write64(&t->h, list, host_desc(&t->h, pages, 3, 16));
	smc_regs(&t->h, RMI_OP_MEM_DONATE, r.x[1], list, 1);
	assert_hex(smc(&t->h, RMI_OP_CONTINUE, r.x[1], 0), 0);
	t->h.rec = page;
	t->h.run = host_pages(&t->h, 1);
}

/* Two RECs, for requests from one about the other; the first is entered. */
static void valid_enter(struct trial *t)
{
	host_realm(&t->h, &t->table->setup);
	if (t->opt & OPT_NOT_RUNNABLE) {
		make_rec(t);
		host_rec(&t->h, 1);
	} else {
		t->h.rec = host_rec(&t->h, 0);
		host_rec(&t->h, 1);
		t->h.run = host_pages(&t->h, 1);
	}
	assert_hex(smc(&t->h, RMI_REALM_ACTIVATE, t->h.rd), 0);
	t->v[V_RUN] = host_pages(&t->h, 1);
	t->x[1] = t->h.rec;
	t->x[2] = t->v[V_RUN];
}

static void set_enter_flags(struct trial *t, const struct breaker *b)
{
	rmm_pa field = t->v[V_RUN] + RMI_RUN_ENTER_FLAGS;

	host_write64(&t->h, field, host_read64(&t->h, field) | b->value);
}

static void lock_rd(struct trial *t, const struct breaker *b)
{
	trial_within(t, within_a_lock_of_rd);
}

/* The model's context is the host, and that the beginning of a trial. */
static unsigned gic(void *ctx, unsigned cpu)
{
	return (unsigned)((struct trial *)ctx)->v[V_GIC];
}

static const struct rmm_config with_gic = { .gic = gic };

static void set_gic(struct trial *t, const struct breaker *b)
{
	t->v[V_GIC] = b->value;
}

static void ask_about_cpu_1(struct host *h, struct rmm_rec *rec)
{
	struct rmm_regs regs = { { RSI_PSCI_AFFINITY_INFO, 1, 0 } };

	rmm_realm_smc(h->rmm, rec, &regs);
}

static void leave_with_a_psci_request(struct trial *t, const struct breaker *b)
{
	assert_hex(host_enter(&t->h, 0, ask_about_cpu_1, NULL), 0);
	assert_hex(host_exit(&t->h, RMI_RUN_EXIT_REASON), RMI_EXIT_PSCI);
}

#define RUN_ALIGN   "run_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(2), 2
#define RUN_PAS     "run_pas", RMI_ERROR_INPUT, break_delegate_page, ON_ARG(2), 2, .stage = 1
#define RUN_NOWHERE "run_pas", RMI_ERROR_INPUT, break_no_memory_at, ON_ARG(2), 2
#define RD_BUSY     "rd_busy", RMI_BUSY, lock_rd
#define REC_STATE   "rec_state", RMI_ERROR_REC, break_run_rec, ON_RUNNING, .stage = -1
#define REALM_STATE "realm_state", RMI_ERROR_REALM, break_terminate_realm, ON_OWN(OWN_REALM)
#define REC_RUNNABLE \
	"rec_runnable", RMI_ERROR_REC, break_option, ON_OWN(OWN_RUNNABLE), .opt = OPT_NOT_RUNNABLE
#define REC_MMIO  "rec_mmio", RMI_ERROR_REC, set_enter_flags, .value = RMI_ENTER_EMULATED_MMIO
#define REC_SEA   "rec_sea", RMI_ERROR_REC, set_enter_flags, .value = RMI_ENTER_INJECT_SEA
#define REC_GICV3 "rec_gicv3", RMI_ERROR_REC, set_gic, ON_OWN(OWN_GIC), .value = RMM_GIC_LR_HW
#define REC_PENDING                                              \
	"rec_pending", RMI_ERROR_REC, leave_with_a_psci_request, \
		ON_OWN(OWN_PENDING) | ON_OWN(OWN_RUNNABLE), .stage = -1

static const struct breaker enter_rows[] = {
	{ RUN_ALIGN }, { RUN_PAS },     { RUN_NOWHERE }, BREAK_REC(1),
	{ RD_BUSY },   { REALM_STATE }, { REC_STATE },   { REC_RUNNABLE },
	{ REC_MMIO },  { REC_GICV3 },   { REC_PENDING },
};

static const struct condition_table rec_enter = { "REC_ENTER", RMI_REC_ENTER, valid_enter,
						  BREAKERS(enter_rows),
						  .setup = { .config = &with_gic } };
CONDITION_TEST(rec_enter)

static const struct breaker tf_enter_rows[] = {
	{ RUN_ALIGN },   { RUN_PAS },   { RUN_NOWHERE }, BREAK_TF("rec", 1, break_spare_page),
	{ REC_STATE },   { RD_BUSY },   { REALM_STATE }, { REC_RUNNABLE },
	{ REC_PENDING }, { REC_GICV3 }, { REC_SEA },     { REC_MMIO },
};

static const struct condition_table tf_rec_enter = {
	"REC_ENTER",
	RMI_REC_ENTER,
	valid_enter,
	BREAKERS(tf_enter_rows),
	.setup = { .profile = TF, .config = &with_gic },
};
CONDITION_TEST(tf_rec_enter)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(rec_enter_reports_each_condition_in_its_place),
		TEST(tf_rec_enter_reports_each_condition_in_its_place),
	};

	return cmocka_run_group_tests_name("conditions of REC_ENTER", tests, NULL, NULL);
}
