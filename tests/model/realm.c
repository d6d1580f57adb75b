/* SPDX-License-Identifier: BSD-2-Clause */
/* Realm and REC lifecycles and their conditions (A2.2.5, A2.4; B4.5.45-.51). */
#include "host.h"

static void a_realm_lives_and_dies(void **state)
{
	struct host h;

	host_realm(&h, NULL);
	assert_state(&h, h.rd, RD);
	assert_state(&h, h.root, RTT);
	assert_state(&h, h.root + 0x3000, RTT);
	assert_hex(smc(&h, RMI_REALM_DESTROY, h.rd), RMI_ERROR_REALM); /* NEW */
	assert_hex(smc(&h, RMI_REALM_ACTIVATE, h.rd), 0);
	assert_hex(smc(&h, RMI_REALM_ACTIVATE, h.rd), RMI_ERROR_REALM);
	assert_hex(smc(&h, RMI_REALM_DESTROY, h.rd), RMI_ERROR_REALM); /* ACTIVE */
	assert_hex(smc(&h, RMI_REALM_TERMINATE, h.rd), 0);
	assert_hex(smc(&h, RMI_REALM_TERMINATE, h.rd), 0); /* no state condition */
	assert_hex(smc(&h, RMI_REALM_ACTIVATE, h.rd), RMI_ERROR_REALM);
	assert_hex(smc(&h, RMI_REALM_DESTROY, h.rd), 0);
	assert_state(&h, h.rd, DELEGATED);
	assert_state(&h, h.root + 0x3000, DELEGATED);
	assert_hex(smc(&h, RMI_REALM_DESTROY, h.rd), RMI_ERROR_INPUT);
	host_end(&h);
}

static void a_live_realm_is_not_destroyed(void **state)
{
	struct host h;
	rmm_pa rec;

	host_realm(&h, &(struct setup){ .custom = &(struct rmm_profile){ .name = "sync" } });
	rec = host_rec(&h, 0);
	assert_hex(smc(&h, RMI_REALM_TERMINATE, h.rd), 0);
	assert_hex(smc(&h, RMI_REALM_DESTROY, h.rd), RMI_ERROR_REALM);
	assert_hex(smc(&h, RMI_REC_DESTROY, rec), 0);
	assert_state(&h, rec, DELEGATED);
	assert_hex(smc(&h, RMI_RTT_CREATE, h.rd, host_delegated(&h, 1), 0, 2), 0);
	assert_hex(smc(&h, RMI_REALM_DESTROY, h.rd), RMI_ERROR_REALM);
	assert_hex(smc(&h, RMI_RTT_DESTROY, h.rd, 0, 2), 0);
	assert_hex(smc(&h, RMI_REALM_DESTROY, h.rd), 0);
	host_end(&h);
}

struct field {
	const char *condition;
	unsigned offset;
	uint64_t value, x0;
};

static void conditions_of_realm_create_about_its_parameters(void **state)
{
	static const struct field rows[] = {
		{ "params_valid", RMI_PARAMS_HASH, 3, 1 },
		{ "params_supp: lpa2", RMI_PARAMS_FLAGS0, 1, 1 },
		{ "params_supp: sve", RMI_PARAMS_FLAGS0, 2, 1 },
		{ "params_supp: pmu", RMI_PARAMS_FLAGS0, 4, 1 },
		{ "params_supp: s2sz", RMI_PARAMS_S2SZ, 49, 1 },
		{ "params_supp: num_bps", RMI_PARAMS_NUM_BPS, 0, 1 },
		{ "params_supp: num_bps", RMI_PARAMS_NUM_BPS, 40, 1 },
		{ "params_supp: num_wps", RMI_PARAMS_NUM_WPS, 0, 1 },
		{ "params_supp: planes", RMI_PARAMS_AUX_PLANES, 1, 1 },
		{ "rtt_num_level", RMI_PARAMS_RTT_LEVEL, 2, 1 },
		{ "rtt_num_level", RMI_PARAMS_RTT_NUM, 2, 1 },
		{ "rtt_num_level", RMI_PARAMS_RTT_NUM, 0, 1 },
		{ "rtt_align", RMI_PARAMS_RTT_BASE, HOST_BASE + 0x101000, 1 },
		{ "rtt_state", RMI_PARAMS_RTT_BASE, HOST_BASE + 0x200000, 1 },
		{ "rtt_state", RMI_PARAMS_RTT_BASE, 0, 1 },
		{ "ats_plane", RMI_PARAMS_ATS_PLANE, 1, 1 },
		{ "mec_policy", RMI_PARAMS_FLAGS0, 1 << 7, RMI_ERROR_GLOBAL },
	};
	struct host h;
	rmm_pa rd;

	host_realm(&h, NULL);
	rd = host_delegated(&h, 1);
	h.root = HOST_BASE + 0x100000;
	host_delegate(&h, h.root, 0x8000);
	host_write64(&h, h.params + RMI_PARAMS_RTT_BASE, h.root);
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t before = rmm_state_hash(h.rmm);
		uint64_t old = host_read64(&h, h.params + rows[i].offset);

		host_write64(&h, h.params + rows[i].offset, rows[i].value);
		if (smc(&h, RMI_REALM_CREATE, rd, h.params) != rows[i].x0)
			fail_msg("%s", rows[i].condition);
		assert_hex(rmm_state_hash(h.rmm), before);
		host_write64(&h, h.params + rows[i].offset, old);
	}
	assert_hex(smc(&h, RMI_REALM_CREATE, rd, h.params), 0);
	host_end(&h);
}

static void conditions_of_realm_create_about_its_granules(void **state)
{
	struct host h;
	rmm_pa rd;

	host_realm(&h, NULL);
	rd = host_delegated(&h, 1);
	assert_hex(smc(&h, RMI_REALM_CREATE, rd, h.params), RMI_ERROR_INPUT); /* tables in use */
	h.root = host_aligned(&h, 0x4000);
	host_delegate(&h, h.root, 0x4000);
	host_write64(&h, h.params + RMI_PARAMS_RTT_BASE, h.root);
	assert_hex(smc(&h, RMI_REALM_CREATE, h.root + 0x2000, h.params), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_REALM_CREATE, h.root, h.params), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_REALM_CREATE, rd + 8, h.params), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_REALM_CREATE, h.rd, h.params), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_REALM_CREATE, 0, h.params), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_REALM_CREATE, rd, h.params + 8), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_REALM_CREATE, rd, rd), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_REALM_CREATE, rd, 0), RMI_ERROR_INPUT);
	/* one of the four start tables is missing */
	assert_hex(smc(&h, RMI_GRANULE_RANGE_UNDELEGATE, h.root + 0x3000, h.root + 0x4000), 0);
	assert_hex(smc(&h, RMI_REALM_CREATE, rd, h.params), RMI_ERROR_INPUT);
	assert_state(&h, h.root, DELEGATED);
	host_delegate(&h, h.root + 0x3000, 0x1000);
	assert_hex(smc(&h, RMI_REALM_CREATE, rd, h.params), 0);
	host_end(&h);
}

static void what_each_realm_state_permits(void **state)
{
	struct host h;
	rmm_pa data, src, rec, rp;

	host_realm(&h, NULL);
	data = host_delegated(&h, 1);
	rec = host_delegated(&h, 1);
	src = host_pages(&h, 1);
	rp = host_pages(&h, 1);
	host_tables(&h, 0, 3);
	assert_hex(smc(&h, RMI_REALM_ACTIVATE, h.rd), 0);
	for (int zombie = 0; zombie < 2; zombie++) {
		assert_hex(smc(&h, RMI_REC_CREATE, h.rd, rec, rp), RMI_ERROR_REALM);
		assert_hex(smc(&h, RMI_RTT_INIT_RIPAS, h.rd, 0, 0x1000), RMI_ERROR_REALM);
		assert_hex(smc(&h, RMI_RTT_DATA_MAP_INIT, h.rd, data, 0, src, 0), RMI_ERROR_REALM);
		assert_hex(smc(&h, RMI_RTT_DATA_MAP, h.rd, 0, 0x1000, 1, data | 4),
			   zombie ? RMI_ERROR_REALM : 0);
		assert_hex(smc(&h, RMI_RTT_DATA_UNMAP, h.rd, 0, 0x1000, 1, 0), 0);
		assert_hex(smc(&h, RMI_REALM_TERMINATE, h.rd), 0);
	}
	assert_hex(smc(&h, RMI_RTT_UNPROT_MAP, h.rd, S41, S41 + 0x1000, 1, data | 4),
		   RMI_ERROR_REALM);
	host_end(&h);
}

static void conditions_of_rec_create(void **state)
{
	struct rmm_profile sync = { .name = "sync" };
	struct host h;
	rmm_pa rec, rp;

	host_realm(&h, &(struct setup){ .custom = &sync });
	rec = host_delegated(&h, 2);
	rp = host_pages(&h, 1);
	host_write64(&h, rp + RMI_REC_PARAMS_MPIDR, 1);
	assert_hex(smc(&h, RMI_REC_CREATE, h.rd, rec, rp), RMI_ERROR_INPUT); /* mpidr_index */
	host_write64(&h, rp + RMI_REC_PARAMS_MPIDR, 0x10);
	assert_hex(smc(&h, RMI_REC_CREATE, h.rd, rec, rp), RMI_ERROR_INPUT); /* reserved bits */
	host_write64(&h, rp + RMI_REC_PARAMS_MPIDR, 0);
	assert_hex(smc(&h, RMI_REC_CREATE, h.rd, rec, rp + 8), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_REC_CREATE, h.rd, rec, rec + 0x1000), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_REC_CREATE, h.rd, rec + 8, rp), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_REC_CREATE, h.rd, rp, rp), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_REC_CREATE, rp, rec, rp), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_REC_CREATE, rec, rec, rp), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_REC_CREATE, h.rd, rec, rp), 0);
	assert_state(&h, rec, REC);
	assert_hex(smc(&h, RMI_REC_CREATE, h.rd, rec, rp), RMI_ERROR_INPUT);
	/* the index of a destroyed REC is not used again */
	assert_hex(smc(&h, RMI_REC_DESTROY, rec), 0);
	assert_hex(smc(&h, RMI_REC_CREATE, h.rd, rec, rp), RMI_ERROR_INPUT);
	host_write64(&h, rp + RMI_REC_PARAMS_MPIDR, 1);
	assert_hex(smc(&h, RMI_REC_CREATE, h.rd, rec, rp), 0);
	host_end(&h);
}

/* mpidr 0x00..0x0f, then 0x100: aff0 has four bits. */
static void the_seventeenth_rec_has_aff1_one(void **state)
{
	struct rmm_profile sync = { .name = "sync" };
	struct host h;

	host_realm(&h, &(struct setup){ .custom = &sync });
	for (uint64_t i = 0; i < 16; i++)
		host_rec(&h, i);
	host_rec(&h, 0x100);
	host_rec(&h, 0x101);
	host_end(&h);
}

/* MAX_RECS_ORDER 10 in feature register 1: 1023 RECs. */
static void a_realm_has_a_largest_number_of_recs(void **state)
{
	struct rmm_profile sync = { .name = "sync" };
	struct host h;
	rmm_pa rp;

	host_realm(&h, &(struct setup){ .custom = &sync });
	assert_int_equal(smc_regs(&h, RMI_FEATURES, 1).x[1] >> 6 & 15, 10);
	rp = host_pages(&h, 1);
	for (uint64_t i = 0; i < 1024; i++) {
		host_write64(&h, rp + RMI_REC_PARAMS_MPIDR, (i & 15) | i >> 4 << 8);
		assert_hex(smc(&h, RMI_REC_CREATE, h.rd, host_delegated(&h, 1), rp),
			   i < 1023 ? 0 : RMI_ERROR_REALM);
	}
	host_end(&h);
}

static void must_not_run(struct host *h, struct rmm_rec *rec)
{
	fail();
}

static void conditions_of_rec_enter(void **state)
{
	struct rmm_profile sync = { .name = "sync" };
	rmm_pa rp, idle;
	struct host h;

	host_realm(&h, &(struct setup){ .custom = &sync });
	h.rec = host_rec(&h, 0);
	h.run = host_pages(&h, 2); /* its neighbour is the host's too */
	idle = host_delegated(&h, 1);
	rp = host_pages(&h, 1);
	host_write64(&h, rp + RMI_REC_PARAMS_MPIDR, 1);
	assert_hex(smc(&h, RMI_REC_CREATE, h.rd, idle, rp), 0);            /* not runnable */
	assert_hex(smc(&h, RMI_REC_ENTER, h.rec, h.run), RMI_ERROR_REALM); /* NEW */
	assert_hex(smc(&h, RMI_REALM_ACTIVATE, h.rd), 0);
	assert_hex(smc(&h, RMI_REC_ENTER, h.rec, h.run + 8), RMI_ERROR_INPUT);
	h.program = must_not_run;
	assert_hex(smc(&h, RMI_REC_ENTER, h.rec, h.rd), RMI_ERROR_INPUT);
	h.program = NULL;
	assert_hex(smc(&h, RMI_REC_ENTER, h.rec + 8, h.run), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_REC_ENTER, h.rd, h.run), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_REC_ENTER, idle, h.run), RMI_ERROR_REC);
	host_write64(&h, h.run, RMI_ENTER_EMULATED_MMIO);
	assert_hex(smc(&h, RMI_REC_ENTER, h.rec, h.run), RMI_ERROR_REC); /* nothing to emulate */
	host_write64(&h, h.run, 0);
	assert_hex(smc(&h, RMI_REC_ENTER, h.rec, h.run), 0);
	assert_hex(host_exit(&h, RMI_RUN_EXIT_REASON), RMI_EXIT_IRQ);
	assert_hex(smc(&h, RMI_REALM_TERMINATE, h.rd), 0);
	assert_hex(smc(&h, RMI_REC_ENTER, h.rec, h.run), RMI_ERROR_REALM);
	host_end(&h);
}

static void others_while_it_runs(struct host *h, struct rmm_rec *rec)
{
	assert_hex(smc(h, RMI_REC_ENTER, h->rec, h->run), RMI_ERROR_REC);
	assert_hex(smc(h, RMI_REC_DESTROY, h->rec), RMI_ERROR_REC);
	assert_hex(smc(h, RMI_REALM_TERMINATE, h->rd), RMI_ERROR_REALM);
	assert_hex(smc(h, RMI_RTT_SET_RIPAS, h->rd, h->rec, 0, 0x1000), RMI_ERROR_REC);
	assert_int_equal(rmm_rec_pa(rec), h->rec);
	assert_int_equal(rmm_realm_irq(h->rmm, rec), RMM_REALM_EXIT);
}

static void a_running_rec_is_left_alone(void **state)
{
	struct host h;

	host_realm(&h, NULL);
	host_activate(&h);
	assert_hex(host_enter(&h, 0, others_while_it_runs, NULL), 0);
	assert_hex(host_exit(&h, RMI_RUN_EXIT_REASON), RMI_EXIT_IRQ);
	assert_hex(smc(&h, RMI_REALM_TERMINATE, h.rd), 0);
	host_end(&h);
}

static void give_the_run_page_away(struct host *h, struct rmm_rec *rec)
{
	host_delegate(h, h->run, h->page);
}

static void a_run_page_that_goes_away_gives_error_input(void **state)
{
	struct host h;

	host_realm(&h, NULL);
	host_activate(&h);
	assert_hex(host_enter(&h, 0, give_the_run_page_away, NULL), RMI_ERROR_INPUT);
	host_end(&h);
}

static void without_a_realm_to_run_rec_enter_leaves_with_fiq(void **state)
{
	struct rmm_profile sync = { .name = "sync" };
	struct rmm_config cfg = { .profile = &sync };
	struct host h = { .rmm = rmm_new(&cfg, NULL), .page = 0x1000, .next = 0x80100000 };
	rmm_pa rd, root, params, run;

	assert_hex(smc(&h, RMI_RMM_ACTIVATE), 0);
	root = host_delegated(&h, 4);
	rd = h.rd = host_delegated(&h, 1);
	params = host_pages(&h, 1);
	run = host_pages(&h, 1);
	host_write64(&h, params + RMI_PARAMS_S2SZ, 41);
	host_write64(&h, params + RMI_PARAMS_NUM_BPS, 1);
	host_write64(&h, params + RMI_PARAMS_NUM_WPS, 1);
	host_write64(&h, params + RMI_PARAMS_RTT_BASE, root);
	host_write64(&h, params + RMI_PARAMS_RTT_LEVEL, 1);
	host_write64(&h, params + RMI_PARAMS_RTT_NUM, 4);
	assert_hex(smc(&h, RMI_REALM_CREATE, rd, params), 0);
	h.rec = host_rec(&h, 0);
	assert_hex(smc(&h, RMI_REALM_ACTIVATE, rd), 0);
	assert_hex(smc(&h, RMI_REC_ENTER, h.rec, run), 0);
	assert_hex(host_read64(&h, run + RMI_RUN_EXIT_REASON), RMI_EXIT_FIQ);
	host_end(&h);
}

static void says_who_it_is(struct host *h, struct rmm_rec *rec)
{
	bool *ran = h->program_ctx;

	assert_hex(rmm_rec_pa(rec), h->rec);
	assert_hex(rmm_rec_mpidr(rec), 1);
	assert_hex(rmm_rec_pc(rec), 0x80080000);
	*ran = true;
}

static void the_realm_side_names_its_rec(void **state)
{
	struct rmm_profile sync = { .name = "sync" };
	bool ran = false;
	struct host h;
	rmm_pa rp;

	host_realm(&h, &(struct setup){ .custom = &sync });
	host_rec(&h, 0);
	rp = host_pages(&h, 1);
	host_write64(&h, rp + RMI_REC_PARAMS_FLAGS, RMI_REC_RUNNABLE);
	host_write64(&h, rp + RMI_REC_PARAMS_MPIDR, 1);
	host_write64(&h, rp + RMI_REC_PARAMS_PC, 0x80080000);
	h.rec = host_delegated(&h, 1);
	assert_hex(smc(&h, RMI_REC_CREATE, h.rd, h.rec, rp), 0);
	h.run = host_pages(&h, 1);
	assert_hex(smc(&h, RMI_REALM_ACTIVATE, h.rd), 0);
	assert_hex(host_enter(&h, 0, says_who_it_is, &ran), 0);
	assert_true(ran);
	host_end(&h);
}

/* T7: start level 0 needs a PA width of 44 bits (rmm-state-machines 10.1). */
static void tf_rmm_starts_at_level_0_on_large_machines_only(void **state)
{
	for (unsigned bits = 43; bits <= 44; bits++) {
		struct rmm_config cfg = { .pa_bits = bits };
		struct host h;

		host_prepare_realm(
			&h,
			&(struct setup){ .profile = "tf-rmm-2026-07", .s2sz = 48, .config = &cfg });
		assert_int_equal(h.start_level, 0);
		assert_hex(smc(&h, RMI_REALM_CREATE, h.rd, h.params),
			   bits < 44 ? RMI_ERROR_INPUT : RMI_SUCCESS);
		host_end(&h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_realm_side_names_its_rec),
		TEST(a_realm_lives_and_dies),
		TEST(a_live_realm_is_not_destroyed),
		TEST(conditions_of_realm_create_about_its_parameters),
		TEST(conditions_of_realm_create_about_its_granules),
		TEST(what_each_realm_state_permits),
		TEST(conditions_of_rec_create),
		TEST(the_seventeenth_rec_has_aff1_one),
		TEST(a_realm_has_a_largest_number_of_recs),
		TEST(conditions_of_rec_enter),
		TEST(a_running_rec_is_left_alone),
		TEST(a_run_page_that_goes_away_gives_error_input),
		TEST(without_a_realm_to_run_rec_enter_leaves_with_fiq),
		TEST(tf_rmm_starts_at_level_0_on_large_machines_only),
	};

	return cmocka_run_group_tests_name("realm", tests, NULL, NULL);
}
