/* SPDX-License-Identifier: BSD-2-Clause */
/* The ghost in worlds: calls that overlap inside the model, and a model that is poked. */
#include "fake.h"

#include <rmisim/explore.h>

#include "granule.h"
#include "world.h"

#define PAGE UINT64_C(0x1000)
#define BASE UINT64_C(0x80040000)

struct walker {
	unsigned cpu;
	uint64_t fid, from, to;
};

static uint64_t smc(struct sim_world *w, unsigned cpu, uint64_t fid, uint64_t x1, uint64_t x2,
		    uint64_t *out)
{
	struct rmm_regs regs = { { fid, x1, x2 } };

	rmm_smc(sim_world_rmm(w), cpu, &regs);
	if (out)
		*out = regs.x[1];
	return RMI_RESULT_STATUS(regs.x[0]);
}

static void boot(struct sim_world *w)
{
	sim_expect(w, smc(w, 0, RMI_RMM_CONFIG_SET, 0x80000000, 0, NULL) == RMI_SUCCESS);
	sim_expect(w, smc(w, 0, RMI_RMM_ACTIVATE, 0, 0, NULL) == RMI_SUCCESS);
}

/* As far as it comes, once. */
static void walk(struct sim_world *w, void *arg)
{
	const struct walker *k = arg;
	uint64_t at = k->from, next = 0;

	for (unsigned tries = 0; at < k->to && tries < 4; tries++) {
		sim_yield(w);
		if (smc(w, k->cpu, k->fid, at, k->to, &next) == RMI_SUCCESS)
			at = next;
	}
}

/*
 * The range is not in one state, so that it is taken granule by granule: one actor delegates what the other one gives
 * back behind it.
 *
 *	granule	0 1 2 3
 *		. . . D
 *	1	------->    DELEGATE
 *	2	------->    UNDELEGATE
 */
static void delegate_against_undelegate(struct sim_world *w)
{
	struct walker a = { 1, RMI_GRANULE_RANGE_DELEGATE, BASE, BASE + 4 * PAGE };
	struct walker b = { 2, RMI_GRANULE_RANGE_UNDELEGATE, BASE, BASE + 4 * PAGE };

	boot(w);
	sim_expect(w, smc(w, 0, RMI_GRANULE_RANGE_DELEGATE, BASE + 3 * PAGE, BASE + 4 * PAGE,
			  NULL) == RMI_SUCCESS);
	sim_spawn(w, walk, &a);
	sim_spawn(w, walk, &b);
	sim_join(w);
}

static struct sim_result explore(sim_scenario scenario, unsigned preemptions)
{
	char path[512];
	struct sim_explore e = { .config = fake_config(path), .preemptions = preemptions };

	e.config.granule_points = true;
	return sim_explore_named("overlap", scenario, &e);
}

static void calls_that_overlap_count_in_the_order_of_their_locks(void **state)
{
	struct sim_result r = explore(delegate_against_undelegate, 3);

	assert_string_equal(r.violation, "");
	assert_true(r.exhaustive);
	assert_true(r.schedules > 50);
}

static void poke(struct sim_world *w)
{
	struct rmm *rmm = sim_world_rmm(w);

	boot(w);
	sim_expect(w, smc(w, 0, RMI_GRANULE_RANGE_DELEGATE, BASE, BASE + 4 * PAGE, NULL) ==
			      RMI_SUCCESS);
	/* lets the chunk be split */
	sim_expect(w,
		   smc(w, 0, RMI_GRANULE_RANGE_UNDELEGATE, BASE, BASE + PAGE, NULL) == RMI_SUCCESS);
	granule_set_state(rmm, granule_peek(rmm, BASE + 2 * PAGE), RMM_INTERNAL);
}

static void a_world_that_is_at_rest_is_compared_completely(void **state)
{
	struct sim_result r = explore(poke, 0);

	assert_string_equal(r.violation, "ghost: after everything: PA 0x80042000-0x80042fff: "
					 "ghost DELEGATED, model INTERNAL");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_that_overlap_count_in_the_order_of_their_locks),
		cmocka_unit_test(a_world_that_is_at_rest_is_compared_completely),
	};

	return cmocka_run_group_tests_name("harness/ghost-world", tests, NULL, NULL);
}
