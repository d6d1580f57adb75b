/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parts of a search: together they are the whole one, and nothing is in two of them.
 */
#include "fake.h"

#define MOST_PARTS 7
#define MOST_SEEN  16384

static unsigned actors, points, deviating;

/* What the run in progress did: one letter a piece. */
static char trace[96];
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
	/* So often did somebody else go on: in the schedules "ba..ab.." and so on. */
	for (unsigned i = 1, turns = 0; deviating && i < traced; i++) {
		turns += trace[i] != trace[i - 1];
		sim_expect(world, turns != deviating);
	}
}

/* Every interleaving that was counted, in the order in which it came. */
struct seen {
	char (*traces)[96];
	unsigned count;
};

static void remember(struct sim_world *world, void *ctx)
{
	struct seen *seen = ctx;

	if (seen->count < MOST_SEEN)
		strcpy(seen->traces[seen->count++], trace);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void expect_no_twins(struct seen *seen)
{
	assert_in_range(seen->count, 1, MOST_SEEN - 1);
	qsort(seen->traces, seen->count, sizeof(*seen->traces), by_text);
	for (unsigned i = 1; i < seen->count; i++)
		assert_string_not_equal(seen->traces[i], seen->traces[i - 1]);
}

static struct sim_explore search_for(unsigned bound, struct seen *seen)
{
	static char path[512];

	return (struct sim_explore){ .config = fake_config(path),
				     .preemptions = bound,
				     .after = remember,
				     .after_ctx = seen };
}

static void expect_parts(unsigned nr_actors, unsigned nr_points, unsigned bound, unsigned shards,
			 uint64_t count)
{
	struct seen seen = { .traces = calloc(MOST_SEEN, sizeof(*seen.traces)) };
	struct sim_explore explore = search_for(bound, &seen);
	uint64_t sum = 0;

	actors = nr_actors;
	points = nr_points;
	explore.shards = shards;
	for (explore.shard = 1; explore.shard <= shards; explore.shard++) {
		struct sim_result result = sim_explore(scenario, &explore);

		assert_clean(result);
		assert_int_equal(result.preemptions, bound);
		sum += result.schedules;
	}
	assert_int_equal(sum, count);
	assert_int_equal(seen.count, count);
	expect_no_twins(&seen);
	free(seen.traces);
}

static void the_parts_have_the_counts_of_arithmetic_together(void **state)
{
	for (unsigned shards = 1; shards <= MOST_PARTS; shards++) {
		expect_parts(2, 8, 0, shards, 2);
		expect_parts(2, 8, 1, shards, 16);
		expect_parts(2, 8, 2, shards, 114);
		expect_parts(2, 8, 3, shards, 408);
	}
	expect_parts(2, 5, 1000, 5, 252); /* 10 over 5 */
	expect_parts(3, 20, 2, 4, 14370);
}

/* Of what is counted, and of what has to be run for it. */
static void no_part_has_most_of_the_work(void **state)
{
	struct seen seen = { .traces = calloc(MOST_SEEN, sizeof(*seen.traces)) };
	struct sim_explore explore = search_for(2, &seen);
	uint64_t whole;

	actors = 3;
	points = 20;
	whole = sim_explore(scenario, &explore).runs;
	explore.shards = 4;
	for (explore.shard = 1; explore.shard <= 4; explore.shard++) {
		struct sim_result result = sim_explore(scenario, &explore);

		/* A quarter of 14370 is 3592. */
		assert_in_range(result.schedules, 1800, 7200);
		assert_in_range(result.runs, 1800, whole / 2);
	}
	free(seen.traces);
}

/* Schedules in which the actors take turns k times violate: each is found by exactly one part. */
static void a_violation_is_counted_by_one_part(void **state)
{
	for (deviating = 1; deviating <= 4; deviating++) {
		struct seen seen = { .traces = calloc(MOST_SEEN, sizeof(*seen.traces)) };
		struct sim_explore explore = search_for(3, &seen);
		uint64_t whole, sum = 0;

		actors = 2;
		points = 6;
		explore.go_on = true;
		whole = sim_explore(scenario, &explore).violations;
		assert_in_range(whole, 1, 1000);
		explore.shards = 3;
		for (explore.shard = 1; explore.shard <= 3; explore.shard++)
			sum += sim_explore(scenario, &explore).violations;
		assert_int_equal(sum, whole);
		free(seen.traces);
	}
	deviating = 0;
}

static void a_part_that_does_not_exist_is_refused(void **state)
{
	static const unsigned bad[][2] = { { 4, 3 }, { 0, 3 }, { 1, 0 } };

	for (unsigned i = 0; i < 3; i++) {
		struct seen seen = { .count = 0 };
		struct sim_explore explore = search_for(0, &seen);
		struct sim_result result;

		explore.shard = bad[i][0];
		explore.shards = bad[i][1];
		result = sim_explore(scenario, &explore);
		assert_int_equal(result.runs, 0);
		assert_non_null(strstr(result.violation, "setup: there is no part"));
	}
}

/* The runs of parts are those of the whole, whatever their order. */
static void random_parts_make_the_runs_of_the_whole(enum sim_how how)
{
	struct seen whole = { .traces = calloc(MOST_SEEN, sizeof(*whole.traces)) };
	struct seen parts = { .traces = calloc(MOST_SEEN, sizeof(*parts.traces)) };
	struct sim_explore explore = search_for(3, &whole);

	actors = 3;
	points = 10;
	explore.how = how;
	explore.seed = 7;
	explore.max_runs = 500;
	assert_int_equal(sim_explore(scenario, &explore).schedules, 500);
	explore.after_ctx = &parts;
	explore.shards = 3;
	for (explore.shard = 1; explore.shard <= 3; explore.shard++)
		assert_int_equal(sim_explore(scenario, &explore).schedules,
				 explore.shard == 3 ? 166 : 167);
	assert_int_equal(parts.count, whole.count);
	qsort(whole.traces, whole.count, sizeof(*whole.traces), by_text);
	qsort(parts.traces, parts.count, sizeof(*parts.traces), by_text);
	for (unsigned i = 0; i < whole.count; i++)
		assert_string_equal(parts.traces[i], whole.traces[i]);
	free(whole.traces);
	free(parts.traces);
}

static void parts_of_a_random_search_make_its_runs(void **state)
{
	random_parts_make_the_runs_of_the_whole(SIM_RANDOM);
}

static void parts_of_a_pct_search_make_its_runs(void **state)
{
	random_parts_make_the_runs_of_the_whole(SIM_PCT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_parts_have_the_counts_of_arithmetic_together),
		cmocka_unit_test(no_part_has_most_of_the_work),
		cmocka_unit_test(a_violation_is_counted_by_one_part),
		cmocka_unit_test(a_part_that_does_not_exist_is_refused),
		cmocka_unit_test(parts_of_a_random_search_make_its_runs),
		cmocka_unit_test(parts_of_a_pct_search_make_its_runs),
	};

	return cmocka_run_group_tests_name("parts", tests, NULL, NULL);
}
