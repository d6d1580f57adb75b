/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * GRANULE_TRACKING_SET in the middle of another command, and the other way round: every callback of the
 * model is a place where another CPU may go on. Whatever they answer, in the end a COARSE region is
 * all alike (A2.3.4), and what is untracked is the host's.
 */
#include <string.h>

#include "host.h"

#define GIB  (UINT64_C(1) << 30)
#define R(n) (HOST_BASE + (n)*GIB) /* one region */
#define NONE RMI_TRACKING_NONE
#define FINE RMI_TRACKING_FINE
#define CRS  RMI_TRACKING_COARSE

static const struct rmm_config machine = { .banks = { { R(0), 2 * GIB }, { R(2), GIB } },
					   .nr_banks = 2 };

/* What the other CPU does, at which allocation; and what it was answered. */
struct other {
	unsigned after;
	uint64_t call[5];
	uint64_t x0;
	bool done;
};

static void go_on(struct host *h)
{
	struct other *o = h->hook_ctx;
	struct rmm_regs r = { { o->call[0], o->call[1], o->call[2], o->call[3], o->call[4] } };

	if (o->after--)
		return;
	h->on_alloc = NULL;
	rmm_smc(h->rmm, 1, &r);
	o->x0 = r.x[0];
	o->done = true;
}

static void at_alloc(struct host *h, struct other *o)
{
	h->hook_ctx = o;
	h->on_alloc = go_on;
}

static struct other set_region(unsigned after, unsigned state)
{
	return (struct other){ after, { RMI_GRANULE_TRACKING_SET, R(1), 0, state } };
}

static unsigned region_state(struct host *h)
{
	return (unsigned)smc_regs(h, RMI_GRANULE_TRACKING_GET, R(1), R(1) + 0x1000).x[2];
}

/* Every granule of R1 has that state. */
static void check_all(struct host *h, enum rmm_granule_state state)
{
	for (rmm_pa pa = R(1); pa < R(2); pa += 0x1000) {
		if (host_state(h, pa) != state)
			fail_msg("%#llx is %s", (unsigned long long)pa,
				 rmm_granule_state_name(host_state(h, pa)));
	}
}

static void boot(struct host *h, unsigned delegated)
{
	host_realm(h, &(struct setup){ .config = &machine });
	if (delegated)
		assert_hex(smc(h, RMI_GRANULE_RANGE_DELEGATE, R(1), R(2)), 0);
}

/* The block has to be taken apart first: that takes memory, and the region goes meanwhile. */
static void a_granule_is_not_delegated_in_a_region_that_has_gone(void **state)
{
	static const unsigned targets[] = { NONE, CRS };

	for (unsigned i = 0; i < 2; i++) {
		struct other o = set_region(0, targets[i]);
		struct rmm_regs r;
		struct host h;

		boot(&h, false);
		at_alloc(&h, &o);
		r = smc_regs(&h, RMI_GRANULE_RANGE_DELEGATE, R(1), R(1) + 0x1000);
		assert_hex(r.x[0], RMI_BUSY);
		assert_hex(r.x[1], RMM_POISON);
		assert_true(o.done);
		assert_hex(o.x0, 0);
		assert_int_equal(region_state(&h), targets[i]);
		check_all(&h, RMM_UNDELEGATED);
		host_end(&h);
	}
}

static void part_of_a_chunk_is_not_undelegated_in_a_region_that_is_coarse_now(void **state)
{
	struct other o = set_region(0, CRS);
	struct host h;

	boot(&h, true);
	at_alloc(&h, &o);
	assert_hex(smc(&h, RMI_GRANULE_RANGE_UNDELEGATE, R(1), R(1) + 0x200000), RMI_BUSY);
	assert_hex(o.x0, 0);
	assert_int_equal(region_state(&h), CRS);
	check_all(&h, RMM_DELEGATED);
	host_end(&h);
}

static void a_block_is_not_mapped_in_a_region_that_is_coarse_now(void **state)
{
	struct other o = set_region(0, CRS);
	struct host h;

	boot(&h, true);
	host_tables(&h, 0, 2);
	at_alloc(&h, &o);
	assert_hex(smc(&h, RMI_RTT_DATA_MAP, h.rd, 0, 0x200000, RMI_ADDR_SINGLE,
		       host_desc(&h, R(1), 2, 1)),
		   RMI_BUSY);
	assert_hex(o.x0, 0);
	assert_int_equal(region_state(&h), CRS);
	check_all(&h, RMM_DELEGATED);
	assert_int_equal(host_entry(&h, 0).hipas, RMM_VOID);
	host_end(&h);
}

static void memory_is_not_donated_from_a_region_that_is_coarse_now(void **state)
{
	struct other o = set_region(0, CRS);
	struct rmm_regs r;
	rmm_pa rec, list;
	struct host h;

	boot(&h, true);
	rec = host_delegated(&h, 1);
	list = host_pages(&h, 1);
	host_write64(&h, list, host_desc(&h, R(1), 3, 1));
	r = smc_regs(&h, RMI_REC_CREATE, h.rd, rec, host_rec_params(&h, 0));
	assert_int_equal(RMI_RESULT_STATUS(r.x[0]), RMI_INCOMPLETE);
	at_alloc(&h, &o);
	r = smc_regs(&h, RMI_OP_MEM_DONATE, r.x[1], list, 1);
	assert_int_equal(RMI_RESULT_STATUS(r.x[0]), RMI_INCOMPLETE);
	assert_hex(r.x[1], 0);
	assert_hex(o.x0, 0);
	assert_int_equal(region_state(&h), CRS);
	check_all(&h, RMM_DELEGATED);
	host_end(&h);
}

/* RTT_CREATE has its granule locked when it allocates the table. */
static void a_region_stays_while_a_granule_of_it_is_locked(void **state)
{
	struct other o = set_region(0, CRS);
	struct host h;

	boot(&h, true);
	/* splits the chunk: what is allocated next is the table */
	assert_hex(smc(&h, RMI_GRANULE_RANGE_UNDELEGATE, R(1), R(1) + 0x1000), 0);
	assert_hex(smc(&h, RMI_GRANULE_RANGE_DELEGATE, R(1), R(1) + 0x1000), 0);
	at_alloc(&h, &o);
	assert_hex(smc(&h, RMI_RTT_CREATE, h.rd, R(1) + 0x5000, 0, 2), 0);
	assert_true(o.done);
	assert_hex(o.x0, RMI_BUSY);
	assert_int_equal(region_state(&h), FINE);
	assert_state(&h, R(1) + 0x5000, RTT);
	host_end(&h);
}

/* The region's record takes memory; a granule goes meanwhile. */
static void a_region_stays_when_a_granule_of_it_has_gone(void **state)
{
	static const unsigned targets[] = { NONE, CRS };

	for (unsigned i = 0; i < 2; i++) {
		struct other o = { 0, { RMI_GRANULE_RANGE_DELEGATE, R(1), R(1) + 0x1000 } };
		struct host h;

		boot(&h, false);
		at_alloc(&h, &o);
		assert_hex(smc(&h, RMI_GRANULE_TRACKING_SET, R(1), 0, targets[i]), RMI_BUSY);
		assert_true(o.done);
		assert_hex(o.x0, 0);
		assert_int_equal(region_state(&h), FINE);
		assert_state(&h, R(1), DELEGATED);
		assert_hex(smc(&h, RMI_GRANULE_TRACKING_SET, R(1), 0, targets[i]), RMI_ERROR_INPUT);
		host_end(&h);
	}
}

/* All of them at once: alike, and not what they were. */
static void a_region_stays_when_all_granules_of_it_have_gone(void **state)
{
	struct other o = { 0, { RMI_GRANULE_RANGE_DELEGATE, R(1), R(2) } };
	struct host h;

	boot(&h, false);
	at_alloc(&h, &o);
	assert_hex(smc(&h, RMI_GRANULE_TRACKING_SET, R(1), 0, CRS), RMI_BUSY);
	assert_true(o.done);
	assert_hex(o.x0, 0);
	assert_int_equal(region_state(&h), FINE);
	check_all(&h, RMM_DELEGATED);
	assert_hex(smc(&h, RMI_GRANULE_TRACKING_SET, R(1), 0, CRS), 0);
	host_end(&h);
}

/* The second bank has never been touched: a block of it as a whole takes memory for the bank only. */
static const struct rmm_config two = { .banks = { { R(0), GIB }, { R(1), 2 * GIB } },
				       .nr_banks = 2 };

static void a_block_is_delegated_only_as_its_region_is_by_then(void **state)
{
	static const struct {
		unsigned target;
		uint64_t x0;
		enum rmm_granule_state state;
	} rows[] = { { NONE, RMI_BUSY, RMM_UNDELEGATED }, { CRS, RMI_SUCCESS, RMM_DELEGATED } };

	for (unsigned i = 0; i < 2; i++) {
		struct other o = set_region(0, rows[i].target);
		struct host h;

		host_boot(&h, &(struct setup){ .config = &two });
		at_alloc(&h, &o);
		assert_hex(smc(&h, RMI_GRANULE_RANGE_DELEGATE, R(1), R(2)), rows[i].x0);
		assert_true(o.done);
		assert_hex(o.x0, 0);
		assert_int_equal(region_state(&h), rows[i].target);
		check_all(&h, rows[i].state);
		host_end(&h);
	}
}

/* One granule of it, or all: the range ends before the first that has gone (before bet3). */
static void a_block_is_delegated_only_up_to_what_has_gone(void **state)
{
	static const struct {
		rmm_pa base, top;
		uint64_t x0;
	} rows[] = { { R(1) + 0x5000, R(1) + 0x6000, RMI_SUCCESS }, { R(1), R(2), RMI_BUSY } };

	for (unsigned i = 0; i < 2; i++) {
		struct other o = { 0, { RMI_GRANULE_RANGE_DELEGATE, rows[i].base, rows[i].top } };
		struct rmm_regs r;
		struct host h;

		host_boot(&h, &(struct setup){ .config = &two });
		at_alloc(&h, &o);
		r = smc_regs(&h, RMI_GRANULE_RANGE_DELEGATE, R(1), R(2));
		assert_hex(r.x[0], rows[i].x0);
		if (!r.x[0])
			assert_hex(r.x[1], rows[i].base);
		assert_true(o.done);
		assert_hex(o.x0, 0);
		assert_int_equal(rmm_delegated(h.rmm), i ? GIB / 0x1000 : 6);
		host_end(&h);
	}
}

/* Both need the block taken apart; the one that is second uses what the first has made. */
static void two_cpus_may_take_a_block_apart(void **state)
{
	struct other o = { 0, { RMI_GRANULE_RANGE_DELEGATE, R(1) + 0x5000, R(1) + 0x6000 } };
	struct host h;

	boot(&h, false);
	at_alloc(&h, &o);
	assert_hex(smc(&h, RMI_GRANULE_RANGE_DELEGATE, R(1), R(1) + 0x1000), 0);
	assert_true(o.done);
	assert_hex(o.x0, 0);
	assert_state(&h, R(1), DELEGATED);
	assert_state(&h, R(1) + 0x5000, DELEGATED);
	assert_state(&h, R(1) + 0x1000, UNDELEGATED);
	host_end(&h);
}

static void at_budget(struct host *h, const char *label)
{
	if (!strcmp(label, "budget")) {
		h->on_choose = NULL;
		go_on(h);
	}
}

/* The conditions have been looked at; the first granule is inside a COARSE region by now. */
static void part_of_a_region_that_is_coarse_now_is_not_delegated(void **state)
{
	struct other o = set_region(0, CRS);
	struct host h;

	boot(&h, false);
	h.hook_ctx = &o;
	h.on_choose = at_budget;
	assert_hex(smc(&h, RMI_GRANULE_RANGE_DELEGATE, R(1) + 0x1000, R(1) + 0x3000), RMI_BUSY);
	assert_true(o.done);
	assert_hex(o.x0, 0);
	assert_int_equal(region_state(&h), CRS);
	check_all(&h, RMM_UNDELEGATED);
	host_end(&h);
}

static void stop_in_r1(struct host *h)
{
	h->answers[0].label = "budget";
	h->answers[0].pick = 3;
	h->answers[1].label = "incomplete";
	h->answers[1].pick = 1;
}

/* An object in an intermediate state that an operation owns: BLOCKED, and no change. */
static void a_granule_of_an_unfinished_delegation_blocks_its_region(void **state)
{
	static const unsigned targets[] = { NONE, CRS };

	for (unsigned i = 0; i < 2; i++) {
		struct rmm_regs r;
		uint64_t before;
		struct host h;

		host_boot(&h, &(struct setup){ .config = &machine });
		stop_in_r1(&h);
		r = smc_regs(&h, RMI_GRANULE_RANGE_DELEGATE, R(1), R(2));
		assert_int_equal(RMI_RESULT_STATUS(r.x[0]), RMI_INCOMPLETE);
		h.answers[0].pick = h.answers[1].pick = 0;
		before = rmm_state_hash(h.rmm);
		assert_hex(smc(&h, RMI_GRANULE_TRACKING_SET, R(1), 0, targets[i]), RMI_BLOCKED);
		assert_hex(rmm_state_hash(h.rmm), before);
		assert_hex(smc(&h, RMI_GRANULE_TRACKING_SET, R(1), 0, FINE), 0); /* no change */
		assert_hex(smc(&h, RMI_OP_CONTINUE, r.x[1], 0), 0);
		assert_hex(smc(&h, RMI_GRANULE_TRACKING_SET, R(1), 0, CRS), 0);
		check_all(&h, RMM_DELEGATED);
		host_end(&h);
	}
}

/*	   R0 FINE        R1 COARSE        R2 FINE, NONE meanwhile
 *	[........ page ][o..............][........]
 *	           ---->				INCOMPLETE: the operation has the first granule of R1
 *	                ---------------->		OP_CONTINUE
 */
static void a_delegation_may_wait_at_a_coarse_region(void **state)
{
	struct other o = { 0, { RMI_GRANULE_TRACKING_SET, R(2), 0, NONE } };
	struct rmm_regs r;
	struct host h;

	boot(&h, false);
	assert_hex(smc(&h, RMI_GRANULE_TRACKING_SET, R(1), 0, CRS), 0);
	h.answers[0].label = "budget";
	h.answers[1].label = "incomplete";
	h.answers[0].pick = h.answers[1].pick = 1;
	h.hook_ctx = &o;
	h.on_choose = at_budget;
	r = smc_regs(&h, RMI_GRANULE_RANGE_DELEGATE, R(1) - 0x1000, R(2));
	assert_int_equal(RMI_RESULT_STATUS(r.x[0]), RMI_INCOMPLETE);
	assert_true(o.done);
	assert_hex(o.x0, 0);
	assert_state(&h, R(1) - 0x1000, DELEGATED);
	h.answers[0].pick = h.answers[1].pick = 0;
	r = smc_regs(&h, RMI_OP_CONTINUE, r.x[1], 0);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], R(2));
	check_all(&h, RMM_DELEGATED);
	host_end(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_granule_is_not_delegated_in_a_region_that_has_gone),
		TEST(part_of_a_chunk_is_not_undelegated_in_a_region_that_is_coarse_now),
		TEST(a_block_is_not_mapped_in_a_region_that_is_coarse_now),
		TEST(memory_is_not_donated_from_a_region_that_is_coarse_now),
		TEST(a_region_stays_while_a_granule_of_it_is_locked),
		TEST(a_region_stays_when_a_granule_of_it_has_gone),
		TEST(a_region_stays_when_all_granules_of_it_have_gone),
		TEST(a_block_is_delegated_only_as_its_region_is_by_then),
		TEST(a_block_is_delegated_only_up_to_what_has_gone),
		TEST(two_cpus_may_take_a_block_apart),
		TEST(part_of_a_region_that_is_coarse_now_is_not_delegated),
		TEST(a_granule_of_an_unfinished_delegation_blocks_its_region),
		TEST(a_delegation_may_wait_at_a_coarse_region),
	};

	return cmocka_run_group_tests_name("tracking_race", tests, NULL, NULL);
}
