/* SPDX-License-Identifier: BSD-2-Clause */
/* What shrinking leaves of a violating run: fewest preemptions, fewest failures, smallest options. */
#include "replays.h"

static struct sim_result shrunk(const char *name, sim_scenario scenario, const char *choices)
{
	struct sim_result found = find(name, scenario, choices, true);
	struct sim_result small = find(name, scenario, choices, false), r;

	assert_int_equal(found.violations, 1);
	assert_string_equal(found.choices, choices);
	assert_int_equal(small.violations, 1);
	r = again(name, scenario, small.replay);
	assert_string_equal(r.violation, small.violation);
	assert_string_equal(r.choices, small.choices);
	return small;
}

#define SHRUNK(scenario, choices) shrunk(#scenario, scenario, choices)

static void shrinking_leaves_the_failures_that_matter_with_the_smallest_options(void **state)
{
	assert_string_equal(SHRUNK(two_of_eight, "3.2.3.1.2.3.1.2").choices, "0.1.0*3.2");
}

struct steps {
	bool *mixed; /* the second one has begun before the first one was done */
	unsigned *first;
};

static void first_body(struct sim_world *world, void *arg)
{
	struct steps *steps = arg;

	for (; *steps->first < 6; ++*steps->first)
		sim_yield(world);
}

static void second_body(struct sim_world *world, void *arg)
{
	struct steps *steps = arg;

	sim_yield(world);
	*steps->mixed |= *steps->first > 0 && *steps->first < 6;
}

/* Either a failure, or that one actor has a step between those of the other. */
static void failure_or_preemption(struct sim_world *world)
{
	bool mixed = false;
	unsigned first = 0;
	struct steps steps = { &mixed, &first };
	unsigned fails = sim_choose(world, SIM_CHOOSE_FAIL, 3, "an allocation");

	sim_spawn(world, first_body, &steps);
	sim_spawn(world, second_body, &steps);
	sim_join(world);
	sim_expect(world, !fails && !mixed);
}

static void fewest_preemptions_come_before_fewest_failures(void **state)
{
	struct sim_result small = SHRUNK(failure_or_preemption, "2.0*3.1");
	struct sim_explore explore = { .config = config_of(), .rewinds = true };

	/* The failure belongs to the beginning, which is put back instead of repeated. */
	explore.config.choices = "2.0*3.1";
	assert_string_equal(sim_explore(failure_or_preemption, &explore).replay, small.replay);
	/* Without the failure the preemption would do, but that is more. */
	assert_string_equal(SHRUNK(failure_or_preemption, "0*4.1").violation, small.violation);
	assert_string_equal(small.choices, "1");
}

static void begin_late(struct sim_world *world, void *arg)
{
	struct steps *steps = arg;

	sim_yield(world);
	if (*steps->first > 0 && *steps->first < 6)
		sim_fail(world, "begun at step %u", *steps->first);
}

static void one_behind_the_other(struct sim_world *world)
{
	unsigned first = 0;
	struct steps steps = { NULL, &first };

	sim_spawn(world, first_body, &steps);
	sim_spawn(world, begin_late, &steps);
	sim_join(world);
}

/* An earlier preemption violates "expect" as well, with another sentence. */
static void shrinking_does_not_take_another_sentence_for_an_earlier_place(void **state)
{
	struct sim_result small = SHRUNK(one_behind_the_other, "0*4.1");

	assert_string_equal(small.violation, "expect: begun at step 4");
	assert_string_equal(small.choices, "0*4.1");
	assert_string_equal(SHRUNK(one_behind_the_other, "0.1").violation,
			    "expect: begun at step 1");
}

static void decide_or_begin(struct sim_world *world, void *arg)
{
	struct steps *steps = arg;

	for (; *steps->first < 6; ++*steps->first) {
		sim_yield(world);
		sim_expect(world, !sim_choose(world, SIM_CHOOSE_DATA, 2, "how"));
	}
}

/* As one_behind_the_other(), and each step of the first has something else to decide on. */
static void decisions_all_the_way(struct sim_world *world)
{
	unsigned first = 0;
	struct steps steps = { NULL, &first };

	sim_spawn(world, decide_or_begin, &steps);
	sim_spawn(world, begin_late, &steps);
	sim_join(world);
}

static void shrinking_takes_no_other_decision_for_a_preemption(void **state)
{
	struct sim_result small = SHRUNK(decisions_all_the_way, "0*6.1");

	assert_string_equal(small.violation, "expect: begun at step 3");
	assert_string_equal(small.choices, "0*6.1");
}

static void take_both(struct sim_world *world, void *arg)
{
	for (int i = 0; i < 3; i++)
		sim_yield(world);
	take_a_then_b(world, arg);
}

static void take_both_the_other_way(struct sim_world *world, void *arg)
{
	for (int i = 0; i < 3; i++)
		sim_yield(world);
	take_b_then_a(world, arg);
}

static void late_locks_in_two_orders(struct sim_world *world)
{
	struct sim_vm *vm = sim_vm_new(world, NULL);

	sim_expect(world, vm);
	sim_spawn(world, take_both, vm);
	sim_spawn(world, take_both_the_other_way, vm);
	sim_join(world);
	sim_vm_free(vm);
}

/* Decisions that are not 0, of a string like 0*3.1*2.0.1. */
static unsigned deviations(const char *choices)
{
	unsigned long value, times, n = 0;
	char *p = (char *)choices;

	while (*p) {
		value = strtoul(p, &p, 10);
		times = *p == '*' ? strtoul(p + 1, &p, 10) : 1;
		n += value ? times : 0;
		p += *p == '.';
	}
	return (unsigned)n;
}

struct last {
	char choices[256];
};

static void remember_violation(struct sim_world *world, void *ctx)
{
	struct last *last = ctx;

	if (sim_violation(world) && deviations(sim_choices(world)) >= deviations(last->choices))
		snprintf(last->choices, sizeof(last->choices), "%s", sim_choices(world));
}

/* The last of the violating runs with most preemptions, of which one is enough. */
static void shrinking_finds_the_one_preemption_of_a_deadlock(void **state)
{
	struct last last = { .choices = "" };
	struct sim_result small;

	sim_explore(late_locks_in_two_orders, &(struct sim_explore){ .config = config_of(),
								     .preemptions = 3,
								     .go_on = true,
								     .after = remember_violation,
								     .after_ctx = &last });
	assert_true(deviations(last.choices) >= 3);
	small = SHRUNK(late_locks_in_two_orders, last.choices);
	assert_non_null(strstr(small.violation, "deadlock: "));
	assert_int_equal(deviations(small.choices), 1);
}

/* Without the first failure another check breaks; the third one does nothing. */
static void two_checks(struct sim_world *world)
{
	unsigned first = sim_choose(world, SIM_CHOOSE_FAIL, 2, "first");
	unsigned second = sim_choose(world, SIM_CHOOSE_FAIL, 2, "second");
	struct sim_vm *vm = sim_vm_new(world, NULL);

	sim_choose(world, SIM_CHOOSE_FAIL, 2, "third");
	sim_expect(world, vm);
	if (first && second)
		sim_vm_mprotect(vm, 0, 4096, false); /* "contract" */
	sim_expect(world, !second);                  /* "expect" */
	sim_vm_free(vm);
}

static void shrinking_keeps_to_the_check_that_was_violated(void **state)
{
	struct sim_result small = SHRUNK(two_checks, "1*3");

	assert_string_equal(small.choices, "1*2");
	assert_non_null(strstr(small.violation, "contract: "));
	assert_string_equal(SHRUNK(two_checks, "0.1").choices, "0.1");
}

static void nothing(struct sim_world *world, void *arg)
{
	sim_yield(world);
	sim_yield(world);
}

/* Both of one name, and in front of the first actor. */
static void first_of_two_allocations(struct sim_world *world)
{
	unsigned first = sim_choose(world, SIM_CHOOSE_FAIL, 3, "an allocation");

	sim_choose(world, SIM_CHOOSE_FAIL, 3, "an allocation");
	sim_spawn(world, nothing, NULL);
	sim_spawn(world, nothing, NULL);
	sim_join(world);
	sim_expect(world, !first);
}

static void shrinking_tells_decisions_of_one_name_apart(void **state)
{
	struct sim_explore explore = { .config = config_of() };

	explore.config.choices = "2*2";
	for (int rewinds = 0; rewinds < 2; rewinds++) {
		explore.rewinds = rewinds;
		assert_string_equal(sim_explore(first_of_two_allocations, &explore).choices, "1");
	}
}
int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
			shrinking_leaves_the_failures_that_matter_with_the_smallest_options, reset),
		cmocka_unit_test_setup(fewest_preemptions_come_before_fewest_failures, reset),
		cmocka_unit_test_setup(
			shrinking_does_not_take_another_sentence_for_an_earlier_place, reset),
		cmocka_unit_test_setup(shrinking_takes_no_other_decision_for_a_preemption, reset),
		cmocka_unit_test_setup(shrinking_finds_the_one_preemption_of_a_deadlock, reset),
		cmocka_unit_test_setup(shrinking_keeps_to_the_check_that_was_violated, reset),
		cmocka_unit_test_setup(shrinking_tells_decisions_of_one_name_apart, reset),
	};

	return sim_run_group_tests(tests, argc, argv);
}
