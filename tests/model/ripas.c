/* SPDX-License-Identifier: BSD-2-Clause */
/* RTT_INIT_RIPAS and the RIPAS change protocol (A5.4; B4.5.73, .75). */
#include "host.h"

struct request {
	rmm_ipa base, top;
	uint64_t ripas, flags;
	struct rmm_regs answer; /* of the RSI command after the next entry */
	bool answered;
};

static void ask(struct host *h, struct rmm_rec *rec)
{
	struct request *q = h->program_ctx;

	q->answer = (struct rmm_regs){ { RSI_IPA_STATE_SET, q->base, q->top, q->ripas, q->flags } };
	q->answered = rmm_realm_smc(h->rmm, rec, &q->answer) == RMM_REALM_DONE;
}

/* REC exit RIPAS_CHANGE for [base, top). */
static void request(struct host *h, struct request *q)
{
	assert_hex(host_enter(h, 0, ask, q), 0);
	assert_false(q->answered);
	assert_hex(host_exit(h, RMI_RUN_EXIT_REASON), RMI_EXIT_RIPAS_CHANGE);
	assert_hex(host_exit(h, RMI_RUN_EXIT_ESR), 0);
	assert_hex(host_exit(h, RMI_RUN_EXIT_RIPAS_BASE), q->base);
	assert_hex(host_exit(h, RMI_RUN_EXIT_RIPAS_TOP), q->top);
	assert_hex(host_exit(h, RMI_RUN_EXIT_RIPAS_VALUE) & 0xff, q->ripas); /* of one byte */
}

static struct rmm_regs set(struct host *h, rmm_ipa base, rmm_ipa top)
{
	return smc_regs(h, RMI_RTT_SET_RIPAS, h->rd, h->rec, base, top);
}

/* The realm's command returns: new_base and response. */
static void answer(struct host *h, struct request *q, uint64_t flags, rmm_ipa new_base,
		   uint64_t response)
{
	assert_hex(host_enter(h, flags, ask, q), 0);
	assert_true(q->answered);
	assert_hex(q->answer.x[0], RSI_SUCCESS);
	assert_hex(q->answer.x[1], new_base);
	assert_hex(q->answer.x[2], response);
	assert_hex(host_exit(h, RMI_RUN_EXIT_REASON), RMI_EXIT_IRQ);
}

static void init_goes_to_the_end_of_the_range(void **state)
{
	struct rmm_regs r;
	struct host h;

	host_realm(&h, NULL);
	host_tables(&h, 0x40200000, 3);
	r = smc_regs(&h, RMI_RTT_INIT_RIPAS, h.rd, 0, 0x40201000);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], 0x40201000);
	assert_int_equal(host_entry(&h, 0x3fffffff).ripas, RMI_RAM);
	assert_int_equal(host_entry(&h, 0x40200000).ripas, RMI_RAM);
	assert_int_equal(host_entry(&h, 0x40201000).ripas, RMI_EMPTY);
	/* it stops where an entry would have to be split */
	r = smc_regs(&h, RMI_RTT_INIT_RIPAS, h.rd, 0x40201000, 0x40401000);
	assert_hex(r.x[1], 0x40400000);
	r = smc_regs(&h, RMI_RTT_INIT_RIPAS, h.rd, 0x40400000, 0x40401000);
	assert_hex(r.x[0], 0x204);
	host_end(&h);
}

static void conditions_of_init_ripas(void **state)
{
	struct host h;

	host_realm(&h, NULL);
	host_tables(&h, 0, 2);
#define INIT(base, top) smc(&h, RMI_RTT_INIT_RIPAS, h.rd, base, top)
	assert_hex(INIT(0x1000, 0x1000), RMI_ERROR_INPUT);
	assert_hex(INIT(S41, S41 + 0x200000), RMI_ERROR_INPUT);
	assert_hex(INIT(0, S41 + 0x1000), RMI_ERROR_INPUT);
	assert_hex(INIT(0, 0x200800), RMI_ERROR_INPUT);
	assert_hex(INIT(0x1000, 0x400000), 0x204);       /* base_align */
	assert_hex(INIT(0x40000000, 0x40200000), 0x104); /* no_progress */
	assert_hex(INIT(0, 0x200000), 0);
	assert_hex(INIT(0, S41), 0);
#undef INIT
	host_end(&h);
}

static void a_change_is_asked_made_and_answered(void **state)
{
	struct request q = { 0x1000, 0x3000, RMI_RAM, 0 };
	struct host h;

	host_realm(&h, NULL);
	host_tables(&h, 0, 3);
	host_activate(&h);
	request(&h, &q);
	assert_hex(set(&h, 0x1000, 0x2000).x[1], 0x2000);
	assert_hex(set(&h, 0x1000, 0x3000).x[0], RMI_ERROR_INPUT); /* base_bound */
	assert_hex(set(&h, 0x2000, 0x4000).x[0], RMI_ERROR_INPUT); /* top_bound */
	assert_hex(set(&h, 0x2000, 0x2000).x[0], RMI_ERROR_INPUT);
	assert_hex(set(&h, 0x2000, 0x2800).x[0], RMI_ERROR_INPUT);
	assert_hex(set(&h, 0x2000, 0x3000).x[1], 0x3000);
	assert_int_equal(host_entry(&h, 0x2000).ripas, RMI_RAM);
	assert_int_equal(host_entry(&h, 0x3000).ripas, RMI_EMPTY);
	answer(&h, &q, 0, 0x3000, RSI_ACCEPT);
	/* the request is closed by the entry */
	assert_hex(set(&h, 0x1000, 0x3000).x[0], RMI_ERROR_INPUT);
	host_end(&h);
}

static void partial_progress_and_rejection(void **state)
{
	struct request q = { 0x1000, 0x3000, RMI_RAM, 0 };
	struct host h;

	host_realm(&h, NULL);
	host_tables(&h, 0, 3);
	host_activate(&h);
	request(&h, &q);
	assert_hex(set(&h, 0x1000, 0x2000).x[0], 0);
	answer(&h, &q, 0, 0x2000, RSI_ACCEPT);
	request(&h, &q);
	answer(&h, &q, RMI_ENTER_RIPAS_REJECT, 0x1000, RSI_REJECT);
	/* a change to EMPTY cannot be refused */
	q.ripas = RMI_EMPTY;
	request(&h, &q);
	answer(&h, &q, RMI_ENTER_RIPAS_REJECT, 0x1000, RSI_ACCEPT);
	/* nor one that is complete */
	q.ripas = RMI_RAM;
	request(&h, &q);
	assert_hex(set(&h, 0x1000, 0x3000).x[0], 0);
	answer(&h, &q, RMI_ENTER_RIPAS_REJECT, 0x3000, RSI_ACCEPT);
	host_end(&h);
}

/*	 0x1000 EMPTY  0x2000 DESTROYED	 0x3000 EMPTY */
static void destroyed_pages_are_kept_unless_the_realm_agrees(void **state)
{
	struct request q = { 0x1000, 0x4000, RMI_RAM, 0 };
	struct host h;

	host_realm(&h, NULL);
	host_tables(&h, 0, 3);
	assert_hex(smc(&h, RMI_RTT_INIT_RIPAS, h.rd, 0x2000, 0x3000), 0);
	host_map(&h, 0x2000);
	assert_hex(smc(&h, RMI_RTT_DATA_UNMAP, h.rd, 0x2000, 0x3000, 0, 0), 0);
	host_activate(&h);
	request(&h, &q);
	assert_hex(set(&h, 0x1000, 0x4000).x[1], 0x2000);
	assert_hex(set(&h, 0x2000, 0x4000).x[0], 0x304);
	answer(&h, &q, 0, 0x2000, RSI_ACCEPT);
	q = (struct request){ 0x2000, 0x4000, RMI_RAM, RSI_CHANGE_DESTROYED };
	request(&h, &q);
	assert_hex(set(&h, 0x2000, 0x4000).x[1], 0x4000);
	assert_int_equal(host_entry(&h, 0x2000).ripas, RMI_RAM);
	host_end(&h);
}

static void set_ripas_asks_for_a_table_and_spares_what_is_done(void **state)
{
	struct request q = { 0x201000, 0x400000, RMI_RAM, 0 };
	struct host h;

	host_realm(&h, NULL);
	host_tables(&h, 0, 2);
	host_activate(&h);
	request(&h, &q);
	assert_hex(set(&h, 0x201000, 0x400000).x[0], 0x204);
	host_tables(&h, 0x200000, 3);
	assert_hex(set(&h, 0x201000, 0x400000).x[1], 0x400000);
	answer(&h, &q, 0, 0x400000, RSI_ACCEPT);
	/* an entry that has the RIPAS already need not be split (OP-55) */
	q = (struct request){ 0x401000, 0x402000, RMI_EMPTY, 0 };
	request(&h, &q);
	assert_hex(set(&h, 0x401000, 0x402000).x[1], 0x402000);
	host_end(&h);
}

static void set_ripas_keeps_the_mapping(void **state)
{
	struct request q = { 0x1000, 0x2000, RMI_EMPTY, 0 };
	struct host h;
	rmm_pa pa;

	host_realm(&h, NULL);
	host_tables(&h, 0, 3);
	assert_hex(smc(&h, RMI_RTT_INIT_RIPAS, h.rd, 0x1000, 0x2000), 0);
	pa = host_map(&h, 0x1000);
	host_activate(&h);
	request(&h, &q);
	assert_hex(set(&h, 0x1000, 0x2000).x[0], 0);
	assert_int_equal(host_entry(&h, 0x1000).hipas, RMM_HIPAS_DATA);
	assert_int_equal(host_entry(&h, 0x1000).ripas, RMI_EMPTY);
	assert_hex(smc_regs(&h, RMI_RTT_DATA_UNMAP, h.rd, 0x1000, 0x2000, 1, 0).x[2], pa | 4);
	assert_int_equal(host_entry(&h, 0x1000).ripas, RMI_EMPTY); /* not DESTROYED */
	host_end(&h);
}

static void conditions_of_set_ripas(void **state)
{
	struct host h;

	host_realm(&h, NULL);
	host_activate(&h);
	assert_hex(set(&h, 0, 0x1000).x[0], RMI_ERROR_INPUT); /* no request */
	assert_hex(smc(&h, RMI_RTT_SET_RIPAS, h.rec, h.rec, 0, 0x1000), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_RTT_SET_RIPAS, h.rd, h.rd, 0, 0x1000), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_RTT_SET_RIPAS, h.rd, h.rec + 8, 0, 0x1000), RMI_ERROR_INPUT);
	host_end(&h);
}

static void a_rec_of_another_realm_is_refused(void **state)
{
	struct request q = { 0x1000, 0x2000, RMI_RAM, 0 };
	struct host h;
	rmm_pa rd, root;

	host_realm(&h, NULL);
	host_tables(&h, 0, 3);
	host_activate(&h);
	request(&h, &q);
	rd = host_delegated(&h, 1);
	root = host_aligned(&h, 4 * h.page);
	host_delegate(&h, root, 4 * h.page);
	host_write64(&h, h.params + RMI_PARAMS_RTT_BASE, root);
	assert_hex(smc(&h, RMI_REALM_CREATE, rd, h.params), 0);
	assert_hex(smc(&h, RMI_RTT_SET_RIPAS, rd, h.rec, 0x1000, 0x2000), RMI_ERROR_REC);
	assert_hex(set(&h, 0x1000, 0x2000).x[0], 0);
	host_end(&h);
}

static void a_request_of_another_kind_ends_the_old_one(void **state)
{
	struct request q = { 0x1000, 0x3000, RMI_RAM, 0 };
	struct host h;

	host_realm(&h, NULL);
	host_tables(&h, 0, 3);
	host_activate(&h);
	request(&h, &q);
	assert_hex(host_enter(&h, 0, NULL, NULL), 0); /* an IRQ exit follows */
	assert_hex(set(&h, 0x1000, 0x3000).x[0], RMI_ERROR_INPUT);
	host_end(&h);
}

/*
 * 4 KiB is the realm's granule whatever the host's is: it can accept without any progress (OP-23).
 */
static void a_4k_request_at_64k_makes_no_progress(void **state)
{
	struct request q = { 0x1000, 0x3000, RMI_RAM, 0 };
	struct host h;

	host_realm(&h, &(struct setup){ .granule_shift = 16 });
	host_tables(&h, 0, 3);
	host_activate(&h);
	request(&h, &q);
	assert_hex(set(&h, 0x1000, 0x3000).x[0], 0x304);
	answer(&h, &q, 0, 0x1000, RSI_ACCEPT);
	host_end(&h);
}

/* B4.5.73: out_top is aligned to the entry it stops at, RAM already or not. */
static void init_stops_at_an_entry_that_crosses_top(void **state)
{
	struct rmm_regs r;
	struct host h;

	host_realm(&h, NULL);
	host_tables(&h, 0, 3);
	assert_hex(smc(&h, RMI_RTT_INIT_RIPAS, h.rd, 0x200000, 0x400000), 0);
	r = smc_regs(&h, RMI_RTT_INIT_RIPAS, h.rd, 0x1ff000, 0x201000);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], 0x200000);
	assert_hex(smc(&h, RMI_RTT_INIT_RIPAS, h.rd, 0x200000, 0x201000), 0x204);
	r = smc_regs(&h, RMI_RTT_INIT_RIPAS, h.rd, 0x1ff000, 0x400000);
	assert_hex(r.x[1], 0x400000); /* RAM already is progress */
	host_end(&h);
}

/* Between two tables SET_RIPAS holds the REC, behind which no RD may be waited for (host_end). */
static void set_ripas_goes_on_in_the_next_table(void **state)
{
	struct request q = { 0x1ff000, 0x201000, RMI_RAM, 0 };
	struct host h;

	host_realm(&h, NULL);
	host_tables(&h, 0, 3);
	host_tables(&h, 0x200000, 3);
	host_activate(&h);
	request(&h, &q);
	assert_hex(set(&h, 0x1ff000, 0x201000).x[1], 0x201000);
	assert_int_equal(host_entry(&h, 0x1ff000).ripas, RMI_RAM);
	assert_int_equal(host_entry(&h, 0x200000).ripas, RMI_RAM);
	answer(&h, &q, 0, 0x201000, RSI_ACCEPT);
	host_end(&h);
}

/* The realm has the answer to its first request, and asks for something else: not of its business. */
static void a_change_that_goes_on_leaves_the_next_request(void **state)
{
	struct request q = { 0x1000, 0x5000, RMI_RAM };
	struct rmm_regs open;
	struct host h;

	host_realm(&h, NULL);
	host_tables(&h, 0, 3);
	host_activate(&h);
	request(&h, &q);
	h.answers[0].label = "budget";
	h.answers[0].pick = 2;
	h.answers[1].label = "incomplete";
	h.answers[1].pick = 1;
	open = set(&h, 0x1000, 0x5000);
	assert_hex(open.x[0], 0x00d);
	h.answers[0].pick = 0;
	h.answers[1].pick = 0;
	answer(&h, &q, 0, 0x3000, RSI_ACCEPT);
	q = (struct request){ 0x6000, 0x8000, RMI_RAM };
	request(&h, &q);
	assert_hex(smc(&h, RMI_OP_CONTINUE, open.x[1], 0), 0);
	assert_int_equal(host_entry(&h, 0x3000).ripas, RMI_EMPTY);
	assert_hex(set(&h, 0x6000, 0x7000).x[1], 0x7000);
	answer(&h, &q, 0, 0x7000, RSI_ACCEPT);
	host_end(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(init_goes_to_the_end_of_the_range),
		TEST(init_stops_at_an_entry_that_crosses_top),
		TEST(conditions_of_init_ripas),
		TEST(a_change_is_asked_made_and_answered),
		TEST(partial_progress_and_rejection),
		TEST(destroyed_pages_are_kept_unless_the_realm_agrees),
		TEST(set_ripas_asks_for_a_table_and_spares_what_is_done),
		TEST(set_ripas_keeps_the_mapping),
		TEST(set_ripas_goes_on_in_the_next_table),
		TEST(conditions_of_set_ripas),
		TEST(a_rec_of_another_realm_is_refused),
		TEST(a_request_of_another_kind_ends_the_old_one),
		TEST(a_4k_request_at_64k_makes_no_progress),
		TEST(a_change_that_goes_on_leaves_the_next_request),
	};

	return cmocka_run_group_tests_name("ripas", tests, NULL, NULL);
}
