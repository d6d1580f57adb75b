/* SPDX-License-Identifier: BSD-2-Clause */
/* The run-time check of the locking order, against locks taken by hand (lib/locks.h). */
#include <string.h>

#include "../../lib/granule.h"
#include "host.h"

struct world {
	struct rmm *rmm;
	struct locks l;
	rmm_pa rd, rec, low, high;
	unsigned reports;
	struct rmm_lock taken, held;
	unsigned cpu;
};

static void watch(void *ctx, const struct rmm_event *event)
{
	struct world *w = ctx;

	if (event->kind != RMM_EVENT_LOCK_ORDER)
		return;
	w->reports++;
	w->cpu = event->cpu;
	w->taken = *event->taken;
	w->held = *event->held;
}

static void boot(struct world *w, bool check)
{
	struct rmm_config cfg = { .ctx = w, .event = watch, .check_locks = check };
	struct rmm_regs regs = { { RMI_RMM_ACTIVATE } };

	memset(w, 0, sizeof(*w));
	w->rmm = rmm_new(&cfg, NULL);
	assert_non_null(w->rmm);
	rmm_smc(w->rmm, 0, &regs);
	assert_hex(regs.x[0], 0);
	w->low = HOST_BASE;
	w->rd = HOST_BASE + 0x2000;
	w->rec = HOST_BASE + 0x3000;
	w->high = HOST_BASE + 0x400000;
	locks_init(&w->l, w->rmm, 3, "BY_HAND");
}

static struct granule *lock(struct world *w, rmm_pa pa, unsigned order)
{
	bool starved = false;
	struct granule *g = granule_lock(&w->l, pa, order, &starved);

	assert_non_null(g);
	return g;
}

static void end(struct world *w, unsigned reports)
{
	assert_int_equal(w->reports, reports);
	assert_int_equal(rmm_lock_violations(w->rmm), reports);
	assert_int_equal(rmm_locks_held(w->rmm), 0);
	rmm_free(w->rmm);
}

static void nothing_is_said_about_locks_in_order(void **state)
{
	static const unsigned orders[] = { LOCK_EXTERNAL,  LOCK_EXTERNAL,  LOCK_RD,
					   LOCK_REC,       LOCK_REC,       LOCK_RTT(0, -1),
					   LOCK_RTT(0, 0), LOCK_RTT(0, 3), LOCK_RTT(1, 0),
					   LOCK_RTT(3, 3), LOCK_DATA,      LOCK_DATA };
	struct granule *g[12];
	struct world w;

	boot(&w, true);
	for (unsigned i = 0; i < 12; i++)
		g[i] = lock(&w, HOST_BASE + i * 0x1000, orders[i]);
	assert_int_equal(rmm_locks_held(w.rmm), 12);
	for (unsigned i = 0; i < 12; i++)
		granule_unlock(&w.l, g[i]);
	end(&w, 0);
}

/* Any two kinds, the wrong way round; and two of a kind by falling address. */
static void both_sides_of_a_violation_are_told(void **state)
{
	static const struct {
		unsigned first, second;
		const char *held, *taken;
		int level;
	} rows[] = {
		{ LOCK_RD, LOCK_EXTERNAL, "RD", "external", -2 },
		{ LOCK_REC, LOCK_RD, "REC", "RD", -2 },
		{ LOCK_RTT(0, 1), LOCK_REC, "RTT", "REC", -2 },
		{ LOCK_RTT(0, 2), LOCK_RTT(0, 1), "RTT", "RTT", 1 },
		{ LOCK_RTT(1, -1), LOCK_RTT(0, 3), "RTT", "RTT", 3 },
		{ LOCK_DATA, LOCK_RTT(0, -1), "DATA", "RTT", -1 },
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct granule *a, *b;
		struct world w;

		boot(&w, true);
		a = lock(&w, w.low, rows[i].first);
		b = lock(&w, w.high, rows[i].second);
		assert_string_equal(w.held.kind, rows[i].held);
		assert_hex(w.held.pa, w.low);
		assert_string_equal(w.taken.kind, rows[i].taken);
		assert_hex(w.taken.pa, w.high);
		assert_int_equal(w.taken.level, rows[i].level);
		assert_string_equal(w.taken.who, "BY_HAND");
		assert_string_equal(w.held.who, "BY_HAND");
		assert_int_equal(w.cpu, 3);
		granule_unlock(&w.l, b);
		granule_unlock(&w.l, a);
		end(&w, 1);
	}
}

static void two_of_a_kind_go_by_address(void **state)
{
	static const unsigned kinds[] = { LOCK_EXTERNAL, LOCK_REC, LOCK_DATA };

	for (unsigned i = 0; i < 3; i++) {
		struct granule *a, *b;
		struct world w;

		boot(&w, true);
		a = lock(&w, w.high, kinds[i]);
		b = lock(&w, w.low, kinds[i]);
		assert_hex(w.held.pa, w.high);
		assert_hex(w.taken.pa, w.low);
		granule_unlock(&w.l, a);
		granule_unlock(&w.l, b);
		end(&w, 1);
	}
}

/* It must not hang: the second time it is only noted, and let go twice. */
static void a_lock_that_the_call_holds_is_reported_and_not_waited_for(void **state)
{
	struct granule *a, *b;
	struct world w;

	boot(&w, true);
	a = lock(&w, w.rd, LOCK_RD);
	b = lock(&w, w.rd, LOCK_RD);
	assert_ptr_equal(a, b);
	assert_string_equal(w.taken.kind, "RD");
	assert_hex(w.taken.pa, w.held.pa);
	granule_unlock(&w.l, b);
	assert_int_equal(rmm_locks_held(w.rmm), 1);
	granule_unlock(&w.l, a);
	end(&w, 1);
}

/* Nobody waits, so nobody can wait for ever. */
static void a_lock_that_is_only_tried_may_be_out_of_order(void **state)
{
	struct granule *rd, *rec;
	struct world w;

	boot(&w, true);
	rd = lock(&w, w.rd, LOCK_RD);
	granule_unlock(&w.l, rd);
	rec = lock(&w, w.rec, LOCK_REC);
	assert_true(granule_trylock_object(&w.l, rd, w.rd, LOCK_RD));
	assert_false(granule_trylock_object(&w.l, rd, w.rd, LOCK_RD));
	granule_unlock(&w.l, rd);
	granule_unlock(&w.l, rec);
	end(&w, 0);
}

static void without_the_flag_nothing_is_compared(void **state)
{
	struct granule *a, *b;
	struct world w;

	boot(&w, false);
	a = lock(&w, w.high, LOCK_DATA);
	b = lock(&w, w.low, LOCK_EXTERNAL);
	granule_unlock(&w.l, a);
	granule_unlock(&w.l, b);
	end(&w, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_is_said_about_locks_in_order),
		TEST(both_sides_of_a_violation_are_told),
		TEST(two_of_a_kind_go_by_address),
		TEST(a_lock_that_the_call_holds_is_reported_and_not_waited_for),
		TEST(a_lock_that_is_only_tried_may_be_out_of_order),
		TEST(without_the_flag_nothing_is_compared),
	};

	return cmocka_run_group_tests_name("locks", tests, NULL, NULL);
}
