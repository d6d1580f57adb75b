/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stateful operations: the donation flow of REC_CREATE and REC_DESTROY word by word (B4.5.21-.24).
 */
#include "host.h"

struct flow {
	struct host h;
	rmm_pa rec, params, list;
	uint64_t handle;
};

static void begin(struct flow *f, const struct setup *s, uint64_t x0)
{
	struct rmm_regs r;

	host_realm(&f->h, s);
	f->rec = host_delegated(&f->h, 1);
	f->params = host_pages(&f->h, 1);
	f->list = host_pages(&f->h, 1);
	host_write64(&f->h, f->params + RMI_REC_PARAMS_FLAGS, 1);
	r = smc_regs(&f->h, RMI_REC_CREATE, f->h.rd, f->rec, f->params);
	assert_hex(r.x[0], x0);
	assert_hex(r.x[2], 0x40); /* 16 single pages, anywhere, DELEGATED */
	f->handle = r.x[1];
	assert_int_equal(rmm_open_operations(f->h.rmm), 1);
}

static struct rmm_regs donate(struct flow *f, unsigned n)
{
	rmm_pa pages = host_delegated(&f->h, n);

	for (unsigned i = 0; i < n; i++)
		host_write64(&f->h, f->list + 8 * i, host_desc(&f->h, pages + i * 0x1000, 3, 1));
	return smc_regs(&f->h, RMI_OP_MEM_DONATE, f->handle, f->list, n);
}

static void donation_and_reclaim_word_by_word(void **state)
{
	struct rmm_regs r;
	struct flow f;

	begin(&f, NULL, 0x50d);
	r = donate(&f, 16);
	assert_hex(r.x[0], 0x40d);
	assert_hex(r.x[1], 16);
	assert_hex(r.x[2], 0);
	assert_state(&f.h, host_read64(&f.h, f.list) & ~UINT64_C(0xfff), INTERNAL);
	assert_hex(smc(&f.h, RMI_OP_CONTINUE, f.handle, 0), 0);
	assert_state(&f.h, f.rec, REC);
	assert_int_equal(rmm_open_operations(f.h.rmm), 0);
	assert_hex(smc(&f.h, RMI_OP_CONTINUE, f.handle, 0), RMI_ERROR_INPUT);

	r = smc_regs(&f.h, RMI_REC_DESTROY, f.rec);
	assert_hex(r.x[0], 0x20d);
	assert_int_not_equal(r.x[1], f.handle); /* handles are not used again */
	f.handle = r.x[1];
	assert_hex(smc(&f.h, RMI_OP_CONTINUE, f.handle, 0), RMI_ERROR_INPUT);
	r = smc_regs(&f.h, RMI_OP_MEM_RECLAIM, f.handle, f.list, 256);
	assert_hex(r.x[0], 0x00d);
	assert_hex(r.x[1], 16);
	for (unsigned i = 0; i < 16; i++)
		assert_state(&f.h, host_read64(&f.h, f.list + 8 * i) & ~UINT64_C(0xfff), DELEGATED);
	assert_hex(smc(&f.h, RMI_OP_CONTINUE, f.handle, 0), 0);
	assert_state(&f.h, f.rec, DELEGATED);
	assert_int_equal(rmm_open_operations(f.h.rmm), 0);
	host_end(&f.h);
}

static void a_profile_may_refuse_cancellation(void **state)
{
	struct flow f;

	begin(&f, &(struct setup){ .profile = "bet1-leaf" }, 0x10d);
	assert_hex(smc(&f.h, RMI_OP_CANCEL, f.handle), RMI_ERROR_INPUT);
	assert_hex(donate(&f, 16).x[0], 0x00d);
	assert_hex(smc(&f.h, RMI_OP_CONTINUE, f.handle, 0), 0);
	host_end(&f.h);
}

static void a_donation_may_come_in_parts(void **state)
{
	struct rmm_regs r;
	struct flow f;

	begin(&f, NULL, 0x50d);
	r = donate(&f, 10);
	assert_hex(r.x[0], 0x50d);
	assert_hex(r.x[1], 10);
	assert_hex(r.x[2], 6 << 2);
	assert_hex(smc(&f.h, RMI_OP_CONTINUE, f.handle, 0), RMI_ERROR_INPUT);
	r = donate(&f, 0);
	assert_hex(r.x[0], 0x50d);
	assert_hex(r.x[1], 0);
	assert_hex(r.x[2], 6 << 2);
	assert_hex(donate(&f, 6).x[0], 0x40d);
	assert_hex(smc(&f.h, RMI_OP_CONTINUE, f.handle, 0), 0);
	host_end(&f.h);
}

/* The model takes fewer than it is offered: what it left alone is still the host's. */
static void the_model_may_take_fewer_than_offered(void **state)
{
	struct rmm_regs r;
	struct flow f;

	begin(&f, NULL, 0x50d);
	f.h.label = "donate-partial";
	f.h.pick = 1;
	r = donate(&f, 16);
	assert_true(f.h.asked > 0);
	assert_hex(r.x[0], 0x50d);
	assert_hex(r.x[1], 8);
	assert_hex(r.x[2], 8 << 2);
	assert_state(&f.h, host_read64(&f.h, f.list + 64) & ~UINT64_C(0xfff), DELEGATED);
	f.h.pick = 0;
	assert_hex(smc(&f.h, RMI_OP_MEM_DONATE, f.handle, f.list + 64, 8), 0x40d);
	assert_hex(smc(&f.h, RMI_OP_CONTINUE, f.handle, 0), 0);
	host_end(&f.h);
}

static void a_profile_may_finish_inside_the_donation(void **state)
{
	struct rmm_profile p = *rmm_profile_find("strict");
	struct flow f;

	p.donate_finishes = true;
	begin(&f, &(struct setup){ .custom = &p }, 0x50d);
	assert_hex(donate(&f, 16).x[0], 0);
	assert_state(&f.h, f.rec, REC);
	assert_int_equal(rmm_open_operations(f.h.rmm), 0);
	host_end(&f.h);
}

static void a_profile_may_bound_what_one_donation_takes(void **state)
{
	struct rmm_profile p = *rmm_profile_find("strict");
	struct rmm_regs r;
	struct flow f;

	p.donate_granules = 10;
	begin(&f, &(struct setup){ .custom = &p }, 0x50d);
	r = donate(&f, 16);
	assert_hex(r.x[0], 0x50d);
	assert_hex(r.x[1], 10);
	assert_hex(r.x[2], 6 << 2);
	assert_state(&f.h, host_read64(&f.h, f.list + 72) & ~UINT64_C(0xfff), INTERNAL);
	assert_state(&f.h, host_read64(&f.h, f.list + 80) & ~UINT64_C(0xfff), DELEGATED);
	assert_hex(smc(&f.h, RMI_OP_MEM_DONATE, f.handle, f.list + 80, 6), 0x40d);
	assert_hex(smc(&f.h, RMI_OP_CONTINUE, f.handle, 0), 0);
	host_end(&f.h);
}

static void one_descriptor_may_hold_many_pages(void **state)
{
	struct flow f;
	rmm_pa pages;

	begin(&f, NULL, 0x50d);
	pages = host_delegated(&f.h, 16);
	host_write64(&f.h, f.list, host_desc(&f.h, pages, 3, 16));
	assert_hex(smc(&f.h, RMI_OP_MEM_DONATE, f.handle, f.list, 1), 0x40d);
	assert_hex(smc(&f.h, RMI_OP_CONTINUE, f.handle, 0), 0);
	assert_state(&f.h, pages + 0xf000, INTERNAL);
	host_end(&f.h);
}

static void a_refused_donation_leaves_the_operation_waiting(void **state)
{
	struct rmm_regs r;
	struct flow f;
	rmm_pa own, page;
	uint64_t before;

	begin(&f, NULL, 0x50d);
	own = host_pages(&f.h, 1);
	page = host_delegated(&f.h, 1);
	before = rmm_state_hash(f.h.rmm);
	host_write64(&f.h, f.list, own | 4); /* mem_state: not DELEGATED */
	r = smc_regs(&f.h, RMI_OP_MEM_DONATE, f.handle, f.list, 1);
	assert_hex(r.x[0], RMI_ERROR_INPUT);
	assert_hex(r.x[1], 0);                                    /* defined whatever X0 says */
	host_write64(&f.h, f.list, page | 4 | UINT64_C(1) << 63); /* state bit */
	assert_hex(smc(&f.h, RMI_OP_MEM_DONATE, f.handle, f.list, 1), RMI_ERROR_INPUT);
	host_write64(&f.h, f.list, page | 17 << 2); /* mem_gt */
	assert_hex(smc(&f.h, RMI_OP_MEM_DONATE, f.handle, f.list, 1), RMI_ERROR_INPUT);
	host_write64(&f.h, f.list, page | 4 | UINT64_C(1) << 52); /* reserved bit */
	assert_hex(smc(&f.h, RMI_OP_MEM_DONATE, f.handle, f.list, 1), RMI_ERROR_INPUT);
	assert_hex(smc(&f.h, RMI_OP_MEM_DONATE, f.handle, f.list + 4, 1), RMI_ERROR_INPUT);
	assert_hex(smc(&f.h, RMI_OP_MEM_DONATE, f.handle, page, 1), RMI_ERROR_INPUT);
	assert_hex(smc(&f.h, RMI_OP_MEM_DONATE, f.handle + 1, f.list, 1), RMI_ERROR_INPUT);
	assert_hex(smc(&f.h, RMI_OP_MEM_DONATE, 0, f.list, 1), RMI_ERROR_INPUT);
	assert_hex(smc(&f.h, RMI_OP_MEM_RECLAIM, f.handle, f.list, 1), RMI_ERROR_INPUT);
	assert_hex(rmm_state_hash(f.h.rmm), before);
	assert_hex(donate(&f, 16).x[0], 0x40d);
	host_end(&f.h);
}

static void more_than_wanted_is_refused_although_it_is_there(void **state)
{
	struct flow f;

	begin(&f, NULL, 0x50d);
	assert_hex(donate(&f, 17).x[0], RMI_ERROR_INPUT);
	assert_state(&f.h, host_read64(&f.h, f.list) & ~UINT64_C(0xfff), DELEGATED);
	assert_hex(donate(&f, 16).x[0], 0x40d);
	host_end(&f.h);
}

static void an_object_in_the_making_is_blocked_for_others(void **state)
{
	struct flow f;

	begin(&f, NULL, 0x50d);
	assert_hex(smc(&f.h, RMI_REC_CREATE, f.h.rd, f.rec, f.params), RMI_BLOCKED);
	assert_hex(smc(&f.h, RMI_GRANULE_RANGE_UNDELEGATE, f.rec, f.rec + 0x1000), RMI_BLOCKED);
	assert_hex(smc(&f.h, RMI_REC_DESTROY, f.rec), RMI_BLOCKED);
	assert_hex(smc(&f.h, RMI_RTT_CREATE, f.h.rd, f.rec, 0, 2), RMI_BLOCKED);
	assert_hex(smc(&f.h, RMI_GRANULE_RANGE_DELEGATE, f.rec, f.rec + 0x1000), RMI_BLOCKED);
	assert_hex(smc(&f.h, RMI_REALM_CREATE, f.rec, f.h.params), RMI_BLOCKED);
	host_tables(&f.h, 0, 3);
	assert_hex(smc(&f.h, RMI_RTT_DATA_MAP, f.h.rd, 0, 0x1000, 1, f.rec | 4), RMI_BLOCKED);
	assert_hex(smc(&f.h, RMI_RTT_DATA_MAP_INIT, f.h.rd, f.rec, 0, f.list, 0), RMI_BLOCKED);
	assert_state(&f.h, f.rec, INTERNAL);
	host_end(&f.h);
}

/* Take everything back and end with `final`. */
static void unwind(struct flow *f, unsigned pages, uint64_t final)
{
	struct rmm_regs r = smc_regs(&f->h, RMI_OP_MEM_RECLAIM, f->handle, f->list, 0);

	assert_hex(r.x[0], 0x20d);
	assert_hex(r.x[1], 0);
	assert_hex(smc(&f->h, RMI_OP_MEM_RECLAIM, f->handle, f->list + 4, 3), RMI_ERROR_INPUT);
	assert_hex(smc(&f->h, RMI_OP_MEM_RECLAIM, f->handle, f->h.rd, 3), RMI_ERROR_INPUT);
	r = smc_regs(&f->h, RMI_OP_MEM_RECLAIM, f->handle, f->list, 3);
	assert_hex(r.x[0], 0x20d);
	assert_hex(r.x[1], 3);
	r = smc_regs(&f->h, RMI_OP_MEM_RECLAIM, f->handle, f->list, 512);
	assert_hex(r.x[0], 0x00d);
	assert_hex(r.x[1], pages - 3);
	assert_hex(smc(&f->h, RMI_OP_CONTINUE, f->handle, 0), final);
	assert_state(&f->h, f->rec, DELEGATED);
	assert_int_equal(rmm_open_operations(f->h.rmm), 0);
}

static void what_has_changed_meanwhile_is_found_at_the_end(void **state)
{
	struct flow f;

	begin(&f, NULL, 0x50d);
	assert_hex(donate(&f, 16).x[0], 0x40d);
	assert_hex(smc(&f.h, RMI_REALM_ACTIVATE, f.h.rd), 0);
	assert_hex(smc(&f.h, RMI_OP_CONTINUE, f.handle, 0), 0x20d);
	unwind(&f, 16, RMI_ERROR_REALM);
	host_end(&f.h);
}

static void cancelling_gives_the_memory_back(void **state)
{
	struct flow f;

	begin(&f, NULL, 0x50d);
	assert_hex(donate(&f, 5).x[0], 0x50d);
	assert_hex(smc(&f.h, RMI_OP_CANCEL, f.handle), 0x20d);
	assert_hex(smc(&f.h, RMI_OP_CANCEL, f.handle), RMI_ERROR_INPUT);
	unwind(&f, 5, RMI_ERROR_INPUT);
	/* and before anything was given */
	assert_hex(smc(&f.h, RMI_REC_CREATE, f.h.rd, f.rec, f.params), 0x50d);
	host_end(&f.h);

	begin(&f, NULL, 0x50d);
	assert_hex(smc(&f.h, RMI_OP_CANCEL, f.handle), 0x00d);
	assert_hex(smc(&f.h, RMI_OP_CONTINUE, f.handle, 0), RMI_ERROR_INPUT);
	assert_state(&f.h, f.rec, DELEGATED);
	host_end(&f.h);
}

static void a_refused_rec_create_leaves_nothing_behind(void **state)
{
	struct flow f;
	uint64_t before;

	begin(&f, NULL, 0x50d);
	assert_hex(smc(&f.h, RMI_OP_CANCEL, f.handle), 0x00d);
	assert_hex(smc(&f.h, RMI_OP_CONTINUE, f.handle, 0), RMI_ERROR_INPUT);
	host_write64(&f.h, f.params + RMI_REC_PARAMS_MPIDR, 7);
	before = rmm_state_hash(f.h.rmm);
	assert_hex(smc(&f.h, RMI_REC_CREATE, f.h.rd, f.rec, f.params), RMI_ERROR_INPUT);
	assert_hex(rmm_state_hash(f.h.rmm), before);
	assert_int_equal(rmm_open_operations(f.h.rmm), 0);
	host_end(&f.h);
}

/* TF-RMM checks behind the donation; with nothing to donate that is at once. */
static void a_rec_without_memory_is_checked_in_tf_rmms_order_too(void **state)
{
	struct rmm_profile p = *rmm_profile_find("tf-rmm-2026-07");
	rmm_pa rec, params;
	uint64_t before;
	struct host h;

	p.rec_granules = 0;
	host_realm(&h, &(struct setup){ .custom = &p, .s2sz = 40 });
	rec = host_delegated(&h, 1);
	params = host_pages(&h, 1);
	before = rmm_state_hash(h.rmm);
	assert_hex(smc(&h, RMI_REC_CREATE, h.params, rec, params), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_REC_CREATE, h.rd, rec, params + 1), RMI_ERROR_INPUT);
	host_write64(&h, params + RMI_REC_PARAMS_MPIDR, 1);
	assert_hex(smc(&h, RMI_REC_CREATE, h.rd, rec, params), RMI_ERROR_INPUT);
	assert_hex(rmm_state_hash(h.rmm), before);
	host_write64(&h, params + RMI_REC_PARAMS_MPIDR, 0);
	assert_hex(smc(&h, RMI_REC_CREATE, h.rd, rec, params), 0);
	assert_state(&h, rec, REC);
	assert_int_equal(rmm_open_operations(h.rmm), 0);
	host_end(&h);
}

static void contexts_run_out(void **state)
{
	struct flow f;
	unsigned n = 1;
	uint64_t x0;

	begin(&f, NULL, 0x50d);
	do {
		rmm_pa rec = host_delegated(&f.h, 1);

		x0 = smc(&f.h, RMI_REC_CREATE, f.h.rd, rec, f.params);
		n += x0 == 0x50d;
	} while (x0 == 0x50d && n < 1000);
	assert_hex(x0, RMI_BLOCKED);
	assert_int_equal(rmm_open_operations(f.h.rmm), n);
	host_end(&f.h);
}

/* OP-52: one descriptor or neighbours, the whole of it, at a multiple of its size; or nothing. */
static void a_profile_may_want_one_piece(void **state)
{
	struct rmm_profile p = *rmm_profile_find("strict");
	struct rmm_regs r;
	uint64_t before;
	struct flow f;
	rmm_pa pages;

	p.rec_contig = true;
	host_realm(&f.h, &(struct setup){ .custom = &p });
	f.rec = host_delegated(&f.h, 1);
	f.params = host_pages(&f.h, 1);
	f.list = host_pages(&f.h, 1);
	r = smc_regs(&f.h, RMI_REC_CREATE, f.h.rd, f.rec, f.params);
	f.handle = r.x[1];
	assert_hex(r.x[0], 0x50d);
	assert_hex(r.x[2], 16 << 2 | 1 << 16);
	pages = host_aligned(&f.h, 0x20000);
	host_delegate(&f.h, pages, 0x20000);
	before = rmm_state_hash(f.h.rmm);
	assert_hex(donate(&f, 15).x[0], RMI_ERROR_INPUT);                   /* not all of it */
	host_write64(&f.h, f.list, host_desc(&f.h, pages + 0x8000, 3, 16)); /* 64 KiB at 32 KiB */
	assert_hex(smc(&f.h, RMI_OP_MEM_DONATE, f.handle, f.list, 1), RMI_ERROR_INPUT);
	host_write64(&f.h, f.list, host_desc(&f.h, pages, 3, 8));
	host_write64(&f.h, f.list + 8, host_desc(&f.h, pages + 0x10000, 3, 8)); /* a gap */
	assert_hex(smc(&f.h, RMI_OP_MEM_DONATE, f.handle, f.list, 2), RMI_ERROR_INPUT);
	assert_hex(smc(&f.h, RMI_OP_MEM_DONATE, f.handle, f.list, 0), 0x50d);
	f.h.label = "donate-partial"; /* no choice of taking a part */
	f.h.pick = 1;
	host_write64(&f.h, f.list + 8, host_desc(&f.h, pages + 0x8000, 3, 8));
	r = smc_regs(&f.h, RMI_OP_MEM_DONATE, f.handle, f.list, 2);
	assert_hex(r.x[0], 0x40d);
	assert_hex(r.x[1], 16);
	assert_hex(smc(&f.h, RMI_OP_CONTINUE, f.handle, 0), 0);
	assert_int_equal(rmm_delegated(f.h.rmm) >= 16, 1);
	assert_int_not_equal(before, rmm_state_hash(f.h.rmm));
	host_end(&f.h);
}

static void flags_of_continue_are_checked(void **state)
{
	struct flow f;

	begin(&f, NULL, 0x50d);
	assert_hex(donate(&f, 16).x[0], 0x40d);
	assert_hex(smc(&f.h, RMI_OP_CONTINUE, f.handle, 2), RMI_ERROR_INPUT);
	assert_hex(smc(&f.h, RMI_OP_CONTINUE, f.handle, UINT64_C(1) << 63), RMI_ERROR_INPUT);
	assert_hex(smc(&f.h, RMI_OP_CONTINUE, f.handle, 1), 0); /* STOP: with this object */
	host_end(&f.h);
	/* TF-RMM does not look at them */
	begin(&f, &(struct setup){ .profile = "tf-rmm-2026-07" }, 0x10d);
	assert_hex(donate(&f, 16).x[0], 0x00d);
	assert_hex(smc(&f.h, RMI_OP_CONTINUE, f.handle, 2), 0);
	host_end(&f.h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(donation_and_reclaim_word_by_word),
		TEST(a_profile_may_refuse_cancellation),
		TEST(a_donation_may_come_in_parts),
		TEST(the_model_may_take_fewer_than_offered),
		TEST(a_profile_may_finish_inside_the_donation),
		TEST(a_profile_may_bound_what_one_donation_takes),
		TEST(one_descriptor_may_hold_many_pages),
		TEST(a_refused_donation_leaves_the_operation_waiting),
		TEST(more_than_wanted_is_refused_although_it_is_there),
		TEST(an_object_in_the_making_is_blocked_for_others),
		TEST(what_has_changed_meanwhile_is_found_at_the_end),
		TEST(cancelling_gives_the_memory_back),
		TEST(a_refused_rec_create_leaves_nothing_behind),
		TEST(a_rec_without_memory_is_checked_in_tf_rmms_order_too),
		TEST(contexts_run_out),
		TEST(a_profile_may_want_one_piece),
		TEST(flags_of_continue_are_checked),
	};

	return cmocka_run_group_tests_name("sro", tests, NULL, NULL);
}
