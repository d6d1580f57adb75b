/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The number of schedules within a preemption bound, against arithmetic.
 */
#include "fake.h"

#include "search.h"

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

/* The same without a trace, so that its beginning need not be repeated. */
static void only_yield(struct sim_world *world, void *arg)
{
	for (unsigned i = 0; i < points; i++)
		sim_yield(world);
}

static void scenario_without_trace(struct sim_world *world)
{
	for (unsigned i = 0; i < actors; i++)
		sim_spawn(world, only_yield, NULL);
	sim_join(world);
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
	struct sim_result result;
	char path[512];

	actors = nr_actors;
	points = nr_points;
	result = sim_explore(scenario_without_trace,
			     &(struct sim_explore){ .config = fake_config(path),
						    .preemptions = bound,
						    .rewinds = true });
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

struct noted {
	char traces[128][16];
	unsigned count;
	bool twice;
};

static void remember(struct sim_world *world, void *ctx)
{
	struct noted *seen = ctx;

	for (unsigned i = 0; i < seen->count; i++)
		seen->twice |= !strcmp(seen->traces[i], trace);
	if (seen->count < 128)
		strcpy(seen->traces[seen->count++], trace);
}

static void no_interleaving_is_run_twice(void **state)
{
	struct noted seen = { .count = 0 };
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

/* Three preemptions are given, and count for nothing: the rest is as large as if it were alone. */
static void preemptions_of_a_prefix_are_not_of_the_bound(void **state)
{
	char path[512];
	struct sim_config config = fake_config(path);

	actors = 2;
	points = 8;
	config.choices = "0.1*3"; /* a b a b, and b goes on: it has 6 pieces left, a too */
	for (unsigned bound = 0; bound <= 3; bound++) {
		struct sim_result result = sim_explore(
			scenario, &(struct sim_explore){ .config = config, .preemptions = bound });

		assert_clean(result);
		assert_int_equal(result.schedules, ways((unsigned[]){ 6, 6, 0 }, 1, bound));
	}
}

struct estimates {
	double at[70000];
	size_t count;
	unsigned bound; /* estimates of this one are kept */
};

static void estimate(struct sim_world *world, void *ctx)
{
	struct estimates *e = ctx;
	unsigned preemptions = 0;

	for (size_t i = 0; i < world->choices.count; i++)
		preemptions += world->choices.taken[i].preempts && world->choices.taken[i].chosen;
	if (preemptions == e->bound && e->count < 70000)
		e->at[e->count++] = search_estimate(&world->choices, 0, e->bound, 0);
}

/* At each schedule of the bound, the part done is known but for so much of the whole. */
static void expect_estimates(unsigned nr_actors, unsigned nr_points, unsigned bound, double off)
{
	static struct estimates e;

	e.count = 0;
	e.bound = bound;
	assert_clean(explore(nr_actors, nr_points, bound, estimate, &e));
	assert_true(e.count > 1);
	for (size_t i = 0; i < e.count; i++) {
		double done = (double)i / (double)e.count;

		assert_true(e.at[i] >= 0 && e.at[i] < 1);
		assert_true(e.at[i] > done - off && e.at[i] < done + off);
	}
}

static void the_estimate_of_what_is_done_is_near(void **state)
{
	expect_estimates(2, 8, 3, 0.15);
	expect_estimates(2, 20, 3, 0.15);
	expect_estimates(3, 10, 2, 0.15);
}

static void keep_last(void *ctx, const struct sim_progress *progress)
{
	struct sim_progress *last = ctx;

	/* Bounds come in turn, each of them told when it is done. */
	if (progress->done == 1) {
		assert_int_equal(progress->bound, last->bound + (last->runs ? 1 : 0));
		assert_true(progress->schedules > last->schedules);
		*last = *progress;
	}
}

static void the_end_of_each_bound_is_told(void **state)
{
	struct sim_progress last = { 0 };
	struct sim_result result;
	char path[512];

	actors = 2;
	points = 8;
	result = sim_explore(scenario, &(struct sim_explore){ .config = fake_config(path),
							      .preemptions = 3,
							      .progress = keep_last,
							      .progress_ctx = &last });
	assert_clean(result);
	assert_int_equal(last.bound, 3);
	assert_int_equal(last.schedules, 408);
	assert_int_equal(last.runs, 2 + 16 + 114 + 408 + 1); /* the first one is made twice */
}

static void a_search_says_in_a_sentence_how_far_it_went(void **state)
{
	struct sim_result result = explore(2, 8, 3, NULL, NULL);
	char text[160], path[512];

	assert_string_equal(sim_result_says(&result, text, sizeof(text)),
			    "exhaustive up to bound 3: 408 schedules, 0 violations");
	result = sim_explore(scenario, &(struct sim_explore){ .config = fake_config(path),
							      .preemptions = 3,
							      .max_runs = 100 });
	assert_string_equal(sim_result_says(&result, text, sizeof(text)),
			    "stopped at 100 schedules in bound 2, 0 violations");
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
		cmocka_unit_test(preemptions_of_a_prefix_are_not_of_the_bound),
		cmocka_unit_test(the_estimate_of_what_is_done_is_near),
		cmocka_unit_test(the_end_of_each_bound_is_told),
		cmocka_unit_test(a_search_says_in_a_sentence_how_far_it_went),
	};

	return cmocka_run_group_tests_name("schedules", tests, NULL, NULL);
}
