/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A search that rewinds its world finds what one that makes each world anew finds: the same schedules, and the same
 * violations, also those that show only when all actors have ended.
 */
#include "fake.h"

#include "runner.h"

/* Of all runs together; what a scenario must not do, and how a test sees how often it began. */
static unsigned beginnings;

struct pair {
	unsigned x, pieces;
};

static void bump(struct sim_world *world, void *arg)
{
	struct pair *pair = arg;

	for (unsigned i = 0; i < 4; i++) {
		sim_yield(world);
		pair->x++;
		pair->pieces++;
	}
}

static void bump_lossily(struct sim_world *world, void *arg)
{
	struct pair *pair = arg;
	unsigned x;

	for (unsigned i = 0; i < 4; i++) {
		sim_yield(world);
		x = pair->x;
		sim_yield(world);
		pair->x = x + 1;
	}
}

/* All that the scenario has is on its stack. */
static void counting(struct sim_world *world)
{
	struct pair pair = { .x = 100 };

	beginnings++;
	pair.x -= 50;
	sim_spawn(world, bump, &pair);
	sim_spawn(world, bump, &pair);
	sim_join(world);
	sim_expect(world, pair.x == 58 && pair.pieces == 8);
}

static void losing(struct sim_world *world)
{
	struct pair pair = { 0 };

	sim_spawn(world, bump_lossily, &pair);
	sim_spawn(world, bump_lossily, &pair);
	sim_join(world);
	sim_expect(world, pair.x >= 5);
}

/* What was chosen before the first actor decides how it ends. */
static void deciding(struct sim_world *world)
{
	unsigned a = sim_choose(world, SIM_CHOOSE_DATA, 3, "a");
	struct pair pair = { 0 };

	sim_spawn(world, bump, &pair);
	sim_spawn(world, bump, &pair);
	sim_join(world);
	sim_expect(world, a != 2);
}

/* The first two have ended in the same way whoever was first: the second two make schedules all the same. */
static void in_two_phases(struct sim_world *world)
{
	struct pair pair = { 0 };

	sim_spawn(world, bump, &pair);
	sim_spawn(world, bump, &pair);
	sim_join(world);
	sim_spawn(world, bump_lossily, &pair);
	sim_spawn(world, bump_lossily, &pair);
	sim_join(world);
	sim_expect(world, pair.x >= 13);
}

static struct sim_result explore(sim_scenario scenario, bool rewinds, enum sim_engine engine,
				 const char *choices)
{
	char path[512];
	struct sim_explore how = {
		.config = fake_config(path), .preemptions = 2, .go_on = true, .rewinds = rewinds
	};

	how.config.engine = engine;
	how.config.choices = choices;
	return sim_explore(scenario, &how);
}

static void expect_the_same(sim_scenario scenario, const char *choices)
{
	struct sim_result plain = explore(scenario, false, SIM_ENGINE_DEFAULT, choices);
	struct sim_result rewound = explore(scenario, true, SIM_ENGINE_DEFAULT, choices);
	struct sim_result threads = explore(scenario, true, SIM_THREADS, choices);

	assert_true(plain.exhaustive);
	assert_int_equal(rewound.schedules, plain.schedules);
	assert_int_equal(rewound.violations, plain.violations);
	assert_string_equal(rewound.violation, plain.violation);
	assert_string_equal(rewound.choices, plain.choices);
	assert_int_equal(threads.schedules, plain.schedules);
	assert_int_equal(threads.violations, plain.violations);
	assert_string_equal(threads.choices, plain.choices);
}

static void the_beginning_happens_once(void **state)
{
	struct sim_result result;

	beginnings = 0;
	result = explore(counting, true, SIM_ENGINE_DEFAULT, NULL);
	assert_clean(result);
	assert_true(result.runs > 30);
	assert_int_equal(beginnings, sim_can_rewind() ? 1 : result.runs);
	beginnings = 0;
	result = explore(counting, false, SIM_ENGINE_DEFAULT, NULL);
	assert_int_equal(beginnings, result.runs);
}

static void the_scenario_finds_its_stack_as_it_was(void **state)
{
	expect_the_same(counting, NULL);
}

static void a_violation_behind_the_last_actor_is_found_in_each_run_that_has_it(void **state)
{
	struct sim_result result = explore(losing, true, SIM_ENGINE_DEFAULT, NULL);

	assert_true(result.violations > 0 && result.violations < result.schedules);
	expect_the_same(losing, NULL);
}

static void decisions_of_the_beginning_can_be_given(void **state)
{
	struct sim_result result = explore(deciding, true, SIM_ENGINE_DEFAULT, "2");

	assert_int_equal(result.violations, result.schedules);
	expect_the_same(deciding, "1");
	expect_the_same(deciding, "2.1");
}

static void actors_that_come_when_others_have_ended_are_explored(void **state)
{
	struct sim_result result = explore(in_two_phases, true, SIM_ENGINE_DEFAULT, NULL);

	assert_true(result.violations > 0);
	expect_the_same(in_two_phases, NULL);
}

/* One piece each, and a decision when they have ended. */
static void one_piece(struct sim_world *world, void *arg)
{
	sim_yield(world);
}

static void deciding_late(struct sim_world *world)
{
	sim_choose(world, SIM_CHOOSE_DATA, 2, "early");
	sim_spawn(world, one_piece, NULL);
	sim_spawn(world, one_piece, NULL);
	sim_join(world);
	sim_expect(world, sim_choose(world, SIM_CHOOSE_DATA, 2, "late") == 0);
}

static bool violates(struct runner *runner, const uint32_t *follow, size_t count)
{
	struct plan plan = { .follow = follow, .count = count, .settles = true };

	assert_non_null(runner_go(runner, &plan));
	return runner->violation;
}

static void a_plan_that_begins_or_ends_otherwise_is_followed(void **state)
{
	/* early, who is first, late */
	static const uint32_t usual[] = { 0, 0, 0 }, late[] = { 0, 0, 1 }, early[] = { 1, 0, 0 };
	struct runner runner;
	char path[512];
	struct sim_config config = fake_config(path);

	assert_true(runner_init(&runner, &config, deciding_late, true));
	for (unsigned i = 0; i < 3; i++) {
		assert_false(violates(&runner, usual, i));
		assert_true(violates(&runner, late, 3));
		assert_false(violates(&runner, early, 3));
		assert_int_equal(runner.world->choices.taken[0].chosen, 1);
		assert_false(violates(&runner, NULL, 0));
		assert_int_equal(runner.world->choices.taken[0].chosen, 0);
	}
	runner_drop(&runner);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_beginning_happens_once),
		cmocka_unit_test(the_scenario_finds_its_stack_as_it_was),
		cmocka_unit_test(
			a_violation_behind_the_last_actor_is_found_in_each_run_that_has_it),
		cmocka_unit_test(decisions_of_the_beginning_can_be_given),
		cmocka_unit_test(a_plan_that_begins_or_ends_otherwise_is_followed),
		cmocka_unit_test(actors_that_come_when_others_have_ended_are_explored),
	};

	return cmocka_run_group_tests_name("rewind", tests, NULL, NULL);
}
