/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Schedules at random: the same ones from one seed everywhere, and what each way is known to reach.
 */
#include "fake.h"

#include "splitmix.h"
#include "world.h"

static unsigned points;

/* What the run in progress did: one letter a piece. */
static char trace[96];
static unsigned traced;
static const char *forbidden; /* the interleaving that violates, or NULL */

static void body(struct sim_world *world, void *arg)
{
	for (unsigned i = 0; i < points; i++) {
		sim_yield(world);
		trace[traced++] = *(const char *)arg;
	}
}

static void scenario(struct sim_world *world)
{
	traced = 0;
	sim_spawn(world, body, (void *)"a");
	sim_spawn(world, body, (void *)"b");
	sim_join(world);
	trace[traced] = '\0';
	if (forbidden)
		sim_expect(world, strcmp(trace, forbidden));
}

struct seen {
	char traces[6000][16];
	unsigned count, most_preemptions;
};

static void remember(struct sim_world *world, void *ctx)
{
	struct seen *seen = ctx;
	unsigned preemptions = 0;

	for (size_t i = 0; i < world->choices.count; i++)
		preemptions += world->choices.taken[i].preempts && world->choices.taken[i].chosen;
	if (preemptions > seen->most_preemptions)
		seen->most_preemptions = preemptions;
	if (seen->count < 6000)
		memcpy(seen->traces[seen->count++], trace, 15);
}

static unsigned different(const struct seen *seen)
{
	unsigned n = 0;

	for (unsigned i = 0, j; i < seen->count; i++) {
		for (j = 0; j < i && strcmp(seen->traces[i], seen->traces[j]); j++)
			;
		n += j == i;
	}
	return n;
}

static struct sim_explore search_for(enum sim_how how, uint64_t seed, uint64_t runs)
{
	static char path[512];

	return (struct sim_explore){
		.config = fake_config(path), .how = how, .seed = seed, .max_runs = runs
	};
}

static struct sim_result look(struct sim_explore explore, struct seen *seen)
{
	memset(seen, 0, sizeof(*seen));
	explore.after = remember;
	explore.after_ctx = seen;
	return sim_explore(scenario, &explore);
}

/* The sequence of seed 1234567, as published with other implementations of SplitMix64. */
static void the_numbers_are_those_of_splitmix64(void **state)
{
	uint64_t at = 1234567;

	assert_true(splitmix_next(&at) == UINT64_C(6457827717110365317));
	assert_true(splitmix_next(&at) == UINT64_C(3203168211198807973));
	assert_true(splitmix_next(&at) == UINT64_C(9817491932198370423));
	assert_true(splitmix_next(&at) == UINT64_C(4593380528125082431));
	assert_true(splitmix_next(&at) == UINT64_C(16408922859458223821));
}

static void random_schedules_reach_every_interleaving(void **state)
{
	static struct seen seen;

	points = 4;
	look(search_for(SIM_RANDOM, 1, 5000), &seen);
	assert_int_equal(seen.count, 5000);
	assert_int_equal(different(&seen), 70); /* 8 over 4 */
}

static void one_seed_gives_the_same_runs_and_another_one_others(void **state)
{
	static const enum sim_how hows[] = { SIM_RANDOM, SIM_PCT };
	static struct seen first, second;

	points = 7;
	for (unsigned i = 0; i < 2; i++) {
		struct sim_explore explore = search_for(hows[i], 99, 200);

		explore.preemptions = 3;
		look(explore, &first);
		look(explore, &second);
		assert_int_equal(first.count, 200);
		assert_memory_equal(first.traces, second.traces, sizeof(first.traces));
		explore.seed = 100;
		look(explore, &second);
		assert_memory_not_equal(first.traces, second.traces, sizeof(first.traces));
	}
}

static void a_change_of_priority_preempts_once_at_most(void **state)
{
	static struct seen seen;

	points = 7;
	for (unsigned depth = 0; depth <= 4; depth++) {
		struct sim_explore explore = search_for(SIM_PCT, depth, 2000);

		explore.preemptions = depth;
		assert_int_equal(look(explore, &seen).preemptions, depth);
		assert_int_equal(seen.most_preemptions, depth);
	}
}

/*
 * With one change, a schedule with one preemption comes up with a probability of 1 in n * k at least, for n actors and
 * k places: two actors of 7 points have 14 schedules, and 1 in 26 is enough for 5000 runs.
 */
static void pct_reaches_every_schedule_with_so_few_preemptions(void **state)
{
	static struct seen exhaustive, seen;
	struct sim_explore explore = search_for(SIM_EXHAUSTIVE, 0, 0);

	points = 7;
	explore.preemptions = 1;
	assert_clean(look(explore, &exhaustive));
	explore.how = SIM_PCT;
	explore.max_runs = 5000;
	look(explore, &seen);
	assert_int_equal(exhaustive.count, 14);
	assert_int_equal(different(&seen), 14);
}

static const char one_preemption[] = "aaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbbbbbbbbbbbbbbbaaaaaaaaaaaaa";

static void pct_finds_a_rare_schedule_of_few_preemptions_and_random_does_not(void **state)
{
	struct sim_explore explore = search_for(SIM_PCT, 5, 0);
	struct sim_result found, again;

	points = 30;
	forbidden = one_preemption;
	explore.preemptions = 1;
	found = sim_explore(scenario, &explore);
	assert_int_equal(found.violations, 1);
	assert_in_range(found.schedules, 1, 10000);
	assert_false(found.exhaustive);
	explore.how = SIM_RANDOM;
	again = sim_explore(scenario, &explore);
	assert_int_equal(again.violations, 0);
	assert_int_equal(again.schedules, 10000); /* the default */

	/* What was found is a run like any other: its decisions lead there again. */
	explore = search_for(SIM_EXHAUSTIVE, 0, 1);
	explore.config.choices = found.choices;
	again = sim_explore(scenario, &explore);
	assert_int_equal(again.violations, 1);
	assert_string_equal(again.violation, found.violation);
	forbidden = NULL;
}

static void a_prefix_is_followed_before_the_dice_are_thrown(void **state)
{
	static const enum sim_how hows[] = { SIM_RANDOM, SIM_PCT };
	static struct seen seen;

	points = 5;
	for (unsigned i = 0; i < 2; i++) {
		struct sim_explore explore = search_for(hows[i], 3, 300);

		explore.config.choices = "1.0.1.1";
		explore.preemptions = 2;
		look(explore, &seen);
		assert_int_equal(seen.count, 300);
		for (unsigned j = 0; j < seen.count; j++)
			assert_memory_equal(seen.traces[j], "bba", 3);
		assert_in_range(different(&seen), 5, 300);
	}
}

static void clean_random_runs_are_clean_but_not_exhaustive(void **state)
{
	struct sim_explore explore = search_for(SIM_RANDOM, 42, 77);
	struct sim_result result;
	char text[160];

	points = 3;
	result = sim_explore(scenario, &explore);
	assert_clean(result);
	assert_false(result.exhaustive);
	assert_string_equal(sim_result_says(&result, text, sizeof(text)),
			    "random, seed 42: 77 runs, 0 violations");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_numbers_are_those_of_splitmix64),
		cmocka_unit_test(random_schedules_reach_every_interleaving),
		cmocka_unit_test(one_seed_gives_the_same_runs_and_another_one_others),
		cmocka_unit_test(a_change_of_priority_preempts_once_at_most),
		cmocka_unit_test(pct_reaches_every_schedule_with_so_few_preemptions),
		cmocka_unit_test(pct_finds_a_rare_schedule_of_few_preemptions_and_random_does_not),
		cmocka_unit_test(a_prefix_is_followed_before_the_dice_are_thrown),
		cmocka_unit_test(clean_random_runs_are_clean_but_not_exhaustive),
	};

	return cmocka_run_group_tests_name("random", tests, NULL, NULL);
}
