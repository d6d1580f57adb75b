/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Decisions that are the implementation's: how far a range goes, INCOMPLETE without memory, BUSY,
 * BLOCKED, memory (rmm-state-machines 11, 12).
 *
 *	      0     1     2     3     4     5     6     7
 *	    [ D ] [ D ] [ D ] [(.)] [ . ] [ . ] [ . ] [ . ]      D mapped, (.) owned by the operation
 *	DATA_MAP ------------> INCOMPLETE
 *	                       OP_CONTINUE -------------------> SUCCESS, out_top
 */
#include <string.h>

#include "host.h"

#define PAGES 8
#define BASE  UINT64_C(0x200000)
#define TOP   (BASE + PAGES * 0x1000)

static void answer(struct host *h, const char *label, unsigned pick)
{
	unsigned i = 0;

	while (h->answers[i].label && strcmp(h->answers[i].label, label))
		i++;
	h->answers[i].label = label;
	h->answers[i].pick = pick;
}

static void answer_nothing(struct host *h)
{
	memset(h->answers, 0, sizeof(h->answers));
}

/* The next range stops after n entries, with INCOMPLETE or SUCCESS. */
static void stop_after(struct host *h, unsigned n, bool incomplete)
{
	answer(h, "budget", n);
	answer(h, "incomplete", incomplete);
}

static struct rmm_regs map(struct host *h, rmm_ipa base, rmm_ipa top, rmm_pa pa)
{
	return smc_regs(h, RMI_RTT_DATA_MAP, h->rd, base, top, RMI_ADDR_SINGLE,
			host_desc(h, pa, 3, (unsigned)((top - base) / 0x1000)));
}

static struct rmm_regs unmap(struct host *h, rmm_ipa base, rmm_ipa top)
{
	return smc_regs(h, RMI_RTT_DATA_UNMAP, h->rd, base, top, RMI_ADDR_SINGLE, 0);
}

/* A realm with a leaf table at BASE and PAGES delegated pages behind one another. */
static rmm_pa prepare(struct host *h, const struct setup *s)
{
	host_realm(h, s);
	host_tables(h, BASE, 3);
	return host_delegated(h, PAGES);
}

static unsigned mapped(struct host *h)
{
	unsigned n = 0;

	while (n < PAGES && host_entry(h, BASE + n * 0x1000).hipas == RMM_HIPAS_DATA)
		n++;
	return n;
}

/* 11.4, 6: a map answers INCOMPLETE and goes on by OP_CONTINUE. */
static void a_map_may_be_incomplete_and_goes_on(void **state)
{
	struct rmm_regs r;
	struct host h;
	rmm_pa pa = prepare(&h, NULL);

	stop_after(&h, 3, true);
	r = map(&h, BASE, TOP, pa);
	assert_hex(r.x[0], 0x00d); /* no memory, cannot be cancelled */
	assert_hex(r.x[2], 0);
	assert_int_equal(mapped(&h), 3);
	assert_int_equal(rmm_open_operations(h.rmm), 1);
	assert_hex(smc(&h, RMI_OP_CANCEL, r.x[1]), RMI_ERROR_INPUT);
	stop_after(&h, 2, true);
	assert_hex(smc(&h, RMI_OP_CONTINUE, r.x[1], 0), 0x00d);
	assert_int_equal(mapped(&h), 5);
	answer_nothing(&h);
	r = smc_regs(&h, RMI_OP_CONTINUE, r.x[1], 0);
	assert_hex(r.x[0], RMI_SUCCESS);
	assert_hex(r.x[1], TOP);
	assert_int_equal(mapped(&h), PAGES);
	for (unsigned i = 0; i < PAGES; i++)
		assert_hex(host_entry(&h, BASE + i * 0x1000).pa, pa + i * 0x1000);
	assert_int_equal(rmm_open_operations(h.rmm), 0);
	host_end(&h);
}

static void an_unmap_may_be_incomplete_and_returns_all_of_its_run(void **state)
{
	struct rmm_regs r;
	struct host h;
	rmm_pa pa = prepare(&h, NULL);

	assert_hex(map(&h, BASE, TOP, pa).x[0], 0);
	stop_after(&h, 3, true);
	r = unmap(&h, BASE, TOP);
	assert_hex(r.x[0], 0x00d);
	assert_state(&h, pa + 0x2000, DELEGATED);
	assert_state(&h, pa + 0x3000, DATA);
	answer_nothing(&h);
	r = smc_regs(&h, RMI_OP_CONTINUE, r.x[1], 0);
	assert_hex(r.x[0], RMI_SUCCESS);
	assert_hex(r.x[1], TOP);
	assert_hex(r.x[2], host_desc(&h, pa, 3, PAGES));
	host_end(&h);
}

/* 11.4, 6: UNPROT_MAP only stops early. */
static void an_unprotected_map_only_stops_early(void **state)
{
	const rmm_ipa base = S41 / 2 * 2 + BASE, top = base + PAGES * 0x1000;
	struct rmm_regs r;
	struct host h;
	rmm_pa pa;

	host_realm(&h, NULL);
	pa = host_pages(&h, PAGES);
	host_tables(&h, base, 3);
	stop_after(&h, 3, true);
	answer(&h, "yield", 1);
	r = smc_regs(&h, RMI_RTT_UNPROT_MAP, h.rd, base, top, RMI_ADDR_SINGLE | 3 << 19,
		     host_desc(&h, pa, 3, PAGES));
	assert_hex(r.x[0], RMI_SUCCESS);
	assert_hex(r.x[1], base + 0x3000);
	host_end(&h);
}

/* 11.4, 7: its entry blocks other commands, and it touches no other. */
static void an_open_range_blocks_its_entry_and_only_that(void **state)
{
	struct rmm_regs open, r;
	struct host h;
	rmm_pa pa = prepare(&h, NULL), other, rtt;
	uint64_t hash;

	rtt = host_delegated(&h, 1);
	other = host_delegated(&h, 1);
	stop_after(&h, 3, true);
	open = map(&h, BASE, TOP, pa);
	assert_hex(open.x[0], 0x00d);
	answer_nothing(&h);
	hash = rmm_state_hash(h.rmm);
	assert_hex(map(&h, BASE + 0x3000, BASE + 0x4000, other).x[0], RMI_BLOCKED);
	assert_hex(unmap(&h, BASE + 0x3000, BASE + 0x4000).x[0], RMI_BLOCKED);
	assert_hex(smc(&h, RMI_RTT_INIT_RIPAS, h.rd, BASE + 0x3000, BASE + 0x4000), RMI_BLOCKED);
	assert_hex(smc(&h, RMI_RTT_DATA_MAP_INIT, h.rd, other, BASE + 0x3000, h.params, 0),
		   RMI_BLOCKED);
	assert_hex(smc(&h, RMI_RTT_DESTROY, h.rd, BASE, 3), RMI_BLOCKED);
	assert_hex(smc(&h, RMI_RTT_FOLD, h.rd, BASE, 3), RMI_BLOCKED);
	assert_hex(hash, rmm_state_hash(h.rmm));
	assert_hex(smc(&h, RMI_RTT_READ_ENTRY, h.rd, BASE + 0x3000, 3), RMI_SUCCESS);
	/* up to the owned entry there is progress */
	r = unmap(&h, BASE, TOP);
	assert_hex(r.x[0], RMI_SUCCESS);
	assert_hex(r.x[1], BASE + 0x3000);
	/* its neighbour is free: the operation finds it taken, and has got so far */
	assert_hex(map(&h, BASE + 0x5000, BASE + 0x6000, other).x[0], RMI_SUCCESS);
	r = smc_regs(&h, RMI_OP_CONTINUE, open.x[1], 0);
	assert_hex(r.x[0], RMI_SUCCESS);
	assert_hex(r.x[1], BASE + 0x5000);
	assert_hex(host_entry(&h, BASE + 0x5000).pa, other);
	assert_hex(host_entry(&h, BASE + 0x3000).pa, pa + 0x3000);
	assert_hex(smc(&h, RMI_RTT_DESTROY, h.rd, BASE, 3), RMI_RESULT(RMI_ERROR_RTT, 3));
	(void)rtt;
	host_end(&h);
}

static void nothing_left_to_do_ends_an_open_range(void **state)
{
	struct rmm_regs open, r;
	struct host h;
	rmm_pa pa = prepare(&h, NULL);

	stop_after(&h, 3, true);
	open = map(&h, BASE, TOP, pa);
	answer_nothing(&h);
	/* the next page is given back to the host meanwhile */
	assert_hex(smc(&h, RMI_GRANULE_RANGE_UNDELEGATE, pa + 0x3000, pa + 0x4000), 0);
	r = smc_regs(&h, RMI_OP_CONTINUE, open.x[1], 0);
	assert_hex(r.x[0], RMI_SUCCESS);
	assert_hex(r.x[1], BASE + 0x3000);
	assert_int_equal(mapped(&h), 3);
	/* the next call meets the obstacle first */
	assert_hex(map(&h, BASE + 0x3000, BASE + 0x4000, pa + 0x3000).x[0], RMI_ERROR_INPUT);
	host_end(&h);
}

static void stop_asks_for_one_more_entry(void **state)
{
	struct rmm_regs r;
	struct host h;
	rmm_pa pa = prepare(&h, NULL);

	stop_after(&h, 3, true);
	r = map(&h, BASE, TOP, pa);
	r = smc_regs(&h, RMI_OP_CONTINUE, r.x[1], RMI_CONTINUE_STOP);
	assert_hex(r.x[0], RMI_SUCCESS);
	assert_hex(r.x[1], BASE + 0x4000);
	host_end(&h);
}

/* 11.4, 2: a call may stop anywhere. */
static void a_range_may_stop_anywhere(void **state)
{
	struct rmm_regs r;
	struct host h;
	rmm_pa pa = prepare(&h, NULL);

	for (unsigned n = 1; n < PAGES; n++) {
		stop_after(&h, n, false);
		r = map(&h, BASE, TOP, pa);
		assert_hex(r.x[0], RMI_SUCCESS);
		assert_hex(r.x[1], BASE + n * 0x1000);
		answer_nothing(&h);
		assert_hex(unmap(&h, BASE, TOP).x[0], 0);
	}
	host_end(&h);
}

static void a_delegation_may_be_incomplete(void **state)
{
	struct rmm_regs open, r;
	struct host h;
	rmm_pa pa;

	host_boot(&h, NULL);
	pa = host_pages(&h, PAGES);
	stop_after(&h, 3, true);
	open = smc_regs(&h, RMI_GRANULE_RANGE_DELEGATE, pa, pa + PAGES * 0x1000);
	assert_hex(open.x[0], 0x00d);
	answer_nothing(&h);
	assert_state(&h, pa + 0x2000, DELEGATED);
	assert_state(&h, pa + 0x4000, UNDELEGATED);
	assert_hex(smc(&h, RMI_GRANULE_RANGE_DELEGATE, pa + 0x3000, pa + 0x4000), RMI_BLOCKED);
	assert_hex(smc(&h, RMI_GRANULE_RANGE_UNDELEGATE, pa + 0x3000, pa + 0x4000), RMI_BLOCKED);
	r = smc_regs(&h, RMI_OP_CONTINUE, open.x[1], 0);
	assert_hex(r.x[0], RMI_SUCCESS);
	assert_hex(r.x[1], pa + PAGES * 0x1000);
	host_write64(&h, pa, 1); /* through a stray pointer: gone like all the rest */
	stop_after(&h, 5, true);
	open = smc_regs(&h, RMI_GRANULE_RANGE_UNDELEGATE, pa, pa + PAGES * 0x1000);
	assert_hex(open.x[0], 0x00d);
	answer_nothing(&h);
	r = smc_regs(&h, RMI_OP_CONTINUE, open.x[1], 0);
	assert_hex(r.x[1], pa + PAGES * 0x1000);
	assert_hex(rmm_delegated(h.rmm), 0);
	host_end(&h);
}

/* A command that yields before it begins is checked again and carried out by OP_CONTINUE. */
static void a_command_may_yield_before_it_begins(void **state)
{
	struct rmm_regs r;
	struct host h;
	rmm_pa pa = prepare(&h, NULL), rtt = host_delegated(&h, 1);

	answer(&h, "yield", 1);
	r = smc_regs(&h, RMI_RTT_CREATE, h.rd, rtt, BASE + 0x200000, 3);
	assert_hex(r.x[0], 0x00d);
	assert_hex(r.x[2], 0);
	assert_state(&h, rtt, INTERNAL);
	answer_nothing(&h);
	assert_hex(smc(&h, RMI_GRANULE_RANGE_UNDELEGATE, rtt, rtt + 0x1000), RMI_BLOCKED);
	assert_hex(smc(&h, RMI_OP_CONTINUE, r.x[1], 0), RMI_SUCCESS);
	assert_state(&h, rtt, RTT);

	answer(&h, "yield", 1);
	r = smc_regs(&h, RMI_RTT_DESTROY, h.rd, BASE + 0x200000, 3);
	assert_hex(r.x[0], 0x00d);
	answer_nothing(&h);
	r = smc_regs(&h, RMI_OP_CONTINUE, r.x[1], 0);
	assert_hex(r.x[0], RMI_SUCCESS);
	assert_hex(r.x[1], rtt);

	answer(&h, "yield", 1);
	r = map(&h, BASE, TOP, pa);
	assert_hex(r.x[0], 0x00d);
	assert_int_equal(mapped(&h), 0);
	answer_nothing(&h);
	/* somebody else is faster: the command's own error */
	assert_hex(smc(&h, RMI_RTT_DATA_MAP_INIT, h.rd, rtt, BASE, h.params, 0), 0);
	assert_hex(smc(&h, RMI_OP_CONTINUE, r.x[1], 0), RMI_RESULT(RMI_ERROR_RTT, 3));
	assert_int_equal(rmm_open_operations(h.rmm), 0);
	host_end(&h);
}

static void an_object_of_a_failing_operation_is_given_back(void **state)
{
	struct rmm_regs r;
	struct host h;
	rmm_pa rtt, second;

	prepare(&h, NULL);
	rtt = host_delegated(&h, 1);
	second = host_delegated(&h, 1);
	answer(&h, "yield", 1);
	r = smc_regs(&h, RMI_RTT_CREATE, h.rd, rtt, BASE + 0x200000, 3);
	answer_nothing(&h);
	assert_hex(smc(&h, RMI_RTT_CREATE, h.rd, second, BASE + 0x200000, 3), 0);
	assert_hex(smc(&h, RMI_OP_CONTINUE, r.x[1], 0), RMI_RESULT(RMI_ERROR_RTT, 2));
	assert_state(&h, rtt, DELEGATED);
	host_end(&h);
}

static void a_realm_with_an_open_range_stays(void **state)
{
	struct rmm_regs open;
	struct host h;
	rmm_pa pa;

	/* one start table at level 3: the owned entry is in the root */
	host_realm(&h, &(struct setup){ .s2sz = 16, .one_root = true });
	pa = host_delegated(&h, 2);
	stop_after(&h, 1, true);
	open = smc_regs(&h, RMI_RTT_DATA_MAP, h.rd, 0, 0x2000, RMI_ADDR_SINGLE,
			host_desc(&h, pa, 3, 2));
	assert_hex(open.x[0], 0x00d);
	answer_nothing(&h);
	assert_hex(smc(&h, RMI_RTT_DATA_UNMAP, h.rd, 0, 0x1000, 1, 0), 0);
	assert_hex(smc(&h, RMI_REALM_TERMINATE, h.rd), 0);
	assert_hex(smc(&h, RMI_REALM_DESTROY, h.rd), RMI_BLOCKED);
	assert_hex(smc(&h, RMI_OP_CONTINUE, open.x[1], 0), RMI_SUCCESS);
	assert_hex(smc(&h, RMI_REALM_DESTROY, h.rd), RMI_SUCCESS);
	host_end(&h);
}

static void bet3_does_not_activate_a_realm_with_an_operation(void **state)
{
	struct rmm_regs open;
	struct host h;
	rmm_pa pa = prepare(&h, &(struct setup){ .edition = RMI_BET3 });

	stop_after(&h, 1, true);
	open = map(&h, BASE, TOP, pa);
	answer_nothing(&h);
	assert_hex(smc(&h, RMI_REALM_ACTIVATE, h.rd), RMI_BLOCKED);
	assert_hex(smc(&h, RMI_OP_CONTINUE, open.x[1], 0), RMI_SUCCESS);
	assert_hex(smc(&h, RMI_REALM_ACTIVATE, h.rd), RMI_SUCCESS);
	host_end(&h);
}

static void busy_and_blocked_change_nothing(void **state)
{
	struct host h;
	rmm_pa pa = prepare(&h, NULL);
	uint64_t hash = rmm_state_hash(h.rmm);

	answer(&h, "busy", 1);
	assert_hex(map(&h, BASE, TOP, pa).x[0], RMI_BUSY);
	assert_hex(smc(&h, RMI_REALM_ACTIVATE, h.rd), RMI_BUSY);
	assert_hex(smc(&h, RMI_VERSION, RMI_ABI_VERSION), RMI_SUCCESS);
	answer_nothing(&h);
	answer(&h, "blocked", 1);
	assert_hex(map(&h, BASE, TOP, pa).x[0], RMI_BLOCKED);
	assert_hex(hash, rmm_state_hash(h.rmm));
	host_end(&h);
}

static void a_rec_may_do_without_memory(void **state)
{
	rmm_pa rec, params;
	struct host h;

	prepare(&h, NULL);
	rec = host_delegated(&h, 1);
	params = host_pages(&h, 1);
	answer(&h, "memory", 1);
	assert_hex(smc(&h, RMI_REC_CREATE, h.rd, rec, params), RMI_SUCCESS);
	assert_state(&h, rec, REC);
	host_end(&h);
}

/* A host as rmm-state-machines 12.4 has it: whatever the model decides, it gets there. */

struct dice {
	uint64_t seed;
	struct host *h;
};

static unsigned throw(struct host * h, unsigned n)
{
	uint64_t *seed = h->hook_ctx;

	*seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (unsigned)(*seed >> 33) % n;
}

static void roll(struct host *h, const char *label)
{
	h->pick = throw(h, 3) ? 0 : throw(h, 8);
}

static struct rmm_regs patient(struct host *h, uint64_t fid, const uint64_t *x, unsigned n)
{
	struct rmm_regs r;
	uint64_t handle;

	do {
		r = smc_n(h, fid, x, n);
	} while (r.x[0] == RMI_BUSY || r.x[0] == RMI_BLOCKED);
	if (RMI_RESULT_STATUS(r.x[0]) != RMI_INCOMPLETE)
		return r;
	handle = r.x[1];
	while (RMI_RESULT_STATUS(r.x[0]) == RMI_INCOMPLETE || r.x[0] == RMI_BUSY)
		r = smc_regs(h, RMI_OP_CONTINUE, handle, throw(h, 2));
	return r;
}

/* A range to its end, as Linux does: SUCCESS has to get on. */
static void all(struct host *h, uint64_t fid, uint64_t *x, unsigned n, unsigned base, unsigned top)
{
	while (x[base] < x[top]) {
		struct rmm_regs r = patient(h, fid, x, n);

		assert_hex(r.x[0], RMI_SUCCESS);
		assert_true(r.x[1] > x[base] && r.x[1] <= x[top]);
		if (fid == RMI_RTT_DATA_MAP)
			x[4] = host_desc(h, (x[4] & ~UINT64_C(0xfff)) + r.x[1] - x[base], 3,
					 (unsigned)((x[top] - r.x[1]) / 0x1000));
		x[base] = r.x[1];
	}
}

static void a_patient_host_gets_there_whatever_is_decided(void **state)
{
	uint64_t first = 0;

	for (uint64_t seed = 0; seed < 300; seed++) {
		uint64_t dice = seed;
		struct host h;
		rmm_pa pa, rtt;

		host_realm(&h, NULL);
		host_tables(&h, BASE, 3);
		rtt = host_delegated(&h, 1);
		pa = host_pages(&h, 64);
		h.hook_ctx = &dice;
		h.on_choose = seed ? roll : NULL;
		all(&h, RMI_GRANULE_RANGE_DELEGATE, (uint64_t[]){ pa, pa + 0x40000 }, 2, 0, 1);
		all(&h, RMI_RTT_INIT_RIPAS, (uint64_t[]){ h.rd, BASE, BASE + 0x40000 }, 3, 1, 2);
		all(&h, RMI_RTT_DATA_MAP,
		    (uint64_t[]){ h.rd, BASE, BASE + 0x40000, 1, host_desc(&h, pa, 3, 64) }, 5, 1,
		    2);
		patient(&h, RMI_RTT_CREATE, (uint64_t[]){ h.rd, rtt, BASE + 0x200000, 3 }, 4);
		all(&h, RMI_RTT_DATA_UNMAP,
		    (uint64_t[]){ h.rd, BASE + 0x8000, BASE + 0x20000, 1, 0 }, 5, 1, 2);
		patient(&h, RMI_RTT_DESTROY, (uint64_t[]){ h.rd, BASE + 0x200000, 3 }, 3);
		all(&h, RMI_GRANULE_RANGE_UNDELEGATE, (uint64_t[]){ pa + 0x8000, pa + 0x20000 }, 2,
		    0, 1);
		patient(&h, RMI_REALM_TERMINATE, (uint64_t[]){ h.rd }, 1);
		if (!seed)
			first = rmm_state_hash(h.rmm);
		assert_hex(rmm_state_hash(h.rmm), first);
		assert_int_equal(rmm_open_operations(h.rmm), 0);
		h.on_choose = NULL;
		h.pick = 0;
		host_end(&h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_map_may_be_incomplete_and_goes_on),
		TEST(an_unmap_may_be_incomplete_and_returns_all_of_its_run),
		TEST(an_unprotected_map_only_stops_early),
		TEST(an_open_range_blocks_its_entry_and_only_that),
		TEST(nothing_left_to_do_ends_an_open_range),
		TEST(stop_asks_for_one_more_entry),
		TEST(a_range_may_stop_anywhere),
		TEST(a_delegation_may_be_incomplete),
		TEST(a_command_may_yield_before_it_begins),
		TEST(an_object_of_a_failing_operation_is_given_back),
		TEST(a_realm_with_an_open_range_stays),
		TEST(bet3_does_not_activate_a_realm_with_an_operation),
		TEST(busy_and_blocked_change_nothing),
		TEST(a_rec_may_do_without_memory),
		TEST(a_patient_host_gets_there_whatever_is_decided),
	};

	return cmocka_run_group_tests_name("yield", tests, NULL, NULL);
}
