/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The number of schedules within a preemption bound, against arithmetic.
 */
#include "fake.h"

static unsigned actors, points;

/* What the run in progress did: one letter a piece. */
static char trace[128];
static unsigned traced;

static void body(struct sim_world *world, void *arg)
{
	for (unsigned i = 0; i < points; i++) {
		sim_yield(world);
		trace[traced++] = (char)('a' + *(const unsigned *)arg);
	}
}

static void scenario(struct sim_world *world)
{
	static const unsigned ids[] = { 0, 1, 2 };

	traced = 0;
	for (unsigned i = 0; i < actors; i++)
		sim_spawn(world, body, (void *)&ids[i]);
	sim_join(world);
	trace[traced] = '\0';
}

/*
 * Ways to finish when actor `current` has just done a piece (or, -1, nobody has): the next piece comes from any
 * actor that has one left; that is a preemption when another one is taken although `current` has one left.
 */
static uint64_t ways(const unsigned left[3], int current, unsigned bound)
{
	unsigned next[3];
	uint64_t sum = 0;
	bool any = false;

	for (int i = 0; i < 3; i++) {
		bool preempts = current >= 0 && i != current && left[current];

		if (!left[i])
			continue;
		any = true;
		if (preempts && !bound)
			continue;
		memcpy(next, left, sizeof(next));
		next[i]--;
		sum += ways(next, i, bound - preempts);
	}
	return any ? sum : 1;
}

static struct sim_result explore(unsigned nr_actors, unsigned nr_points, unsigned bound,
				 void (*after)(struct sim_world *, void *), void *ctx)
{
	char path[512];

	actors = nr_actors;
	points = nr_points;
	return sim_explore(scenario, &(struct sim_explore){ .config = fake_config(path),
							    .preemptions = bound,
							    .after = after,
							    .after_ctx = ctx });
}

static void expect_count(unsigned nr_actors, unsigned nr_points, unsigned bound, uint64_t count)
{
	struct sim_result result = explore(nr_actors, nr_points, bound, NULL, NULL);

	assert_clean(result);
	assert_int_equal(result.schedules, count);
	assert_int_equal(result.preemptions, bound);
}

static void two_actors_of_eight_points_have_the_counts_of_arithmetic(void **state)
{
	expect_count(2, 8, 0, 2);
	expect_count(2, 8, 1, 16);
	expect_count(2, 8, 2, 114);
	expect_count(2, 8, 3, 408);
}

static void two_actors_of_forty_points_have_the_counts_of_arithmetic(void **state)
{
	expect_count(2, 40, 3, 60920);
}

static void without_a_bound_every_interleaving_is_run(void **state)
{
	expect_count(2, 8, 1000, 12870); /* 16 over 8 */
}

static void three_actors_have_the_counts_of_arithmetic(void **state)
{
	expect_count(3, 20, 2, 14370);
	for (unsigned bound = 0; bound <= 2; bound++)
		for (unsigned k = 1; k <= 4; k++)
			expect_count(3, k, bound, ways((unsigned[]){ k, k, k }, -1, bound));
}

struct seen {
	char traces[128][16];
	unsigned count;
	bool twice;
};

static void remember(struct sim_world *world, void *ctx)
{
	struct seen *seen = ctx;

	for (unsigned i = 0; i < seen->count; i++)
		seen->twice |= !strcmp(seen->traces[i], trace);
	if (seen->count < 128)
		strcpy(seen->traces[seen->count++], trace);
}

static void no_interleaving_is_run_twice(void **state)
{
	struct seen seen = { .count = 0 };
	struct sim_result result = explore(2, 4, 1000, remember, &seen);

	assert_clean(result);
	assert_int_equal(seen.count, 70); /* 8 over 4 */
	assert_false(seen.twice);
}

static void a_limit_is_not_called_exhaustive(void **state)
{
	char path[512];
	struct sim_result result;

	actors = 2;
	points = 8;
	result = sim_explore(scenario, &(struct sim_explore){ .config = fake_config(path),
							      .preemptions = 3,
							      .max_runs = 100 });
	assert_int_equal(result.schedules, 100);
	assert_false(result.exhaustive);
	assert_int_equal(result.violations, 0);
}

static void a_prefix_is_followed_and_then_explored(void **state)
{
	char path[512];
	struct sim_config config = fake_config(path);
	struct sim_result result;

	actors = 2;
	points = 8;
	/* The first decision says who starts: half of the 16 schedules start with the second actor. */
	for (int i = 0; i < 2; i++) {
		config.choices = i ? "1" : "0";
		result = sim_explore(scenario,
				     &(struct sim_explore){ .config = config, .preemptions = 1 });
		assert_clean(result);
		assert_int_equal(result.schedules, 8);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_actors_of_eight_points_have_the_counts_of_arithmetic),
		cmocka_unit_test(two_actors_of_forty_points_have_the_counts_of_arithmetic),
		cmocka_unit_test(without_a_bound_every_interleaving_is_run),
		cmocka_unit_test(three_actors_have_the_counts_of_arithmetic),
		cmocka_unit_test(no_interleaving_is_run_twice),
		cmocka_unit_test(a_limit_is_not_called_exhaustive),
		cmocka_unit_test(a_prefix_is_followed_and_then_explored),
	};

	return cmocka_run_group_tests_name("schedules", tests, NULL, NULL);
}
