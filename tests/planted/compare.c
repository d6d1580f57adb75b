/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Comparing kernels: one that has another choice point or takes other pages is no other kernel; one that shows
 * something else is, and the two runs are handed over.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <rmisim/compare.h>
#include <rmisim/replay.h>
#include <rmisim/scenario.h>

static struct sim_compared compare_with(const char *scenario, const char *other,
					struct sim_compare how)
{
	const struct sim_catalogue_entry *e = sim_catalogue_find(scenario);

	assert_non_null(e);
	how.other_kernel = other;
	how.rewinds = true;
	sim_catalogue_configure(e, &how.config);
	return sim_compare_named(e->name, e->run, &how);
}

static struct sim_compared compare(const char *scenario, const char *other, unsigned bound)
{
	return compare_with(scenario, other, (struct sim_compare){ .preemptions = bound });
}

static void a_kernel_is_no_other_than_itself(void **state)
{
	struct sim_compared r = compare("fault-convert", "4k", 2);
	char says[200];

	assert_string_equal(r.error, "");
	assert_false(r.differs);
	assert_true(r.exhaustive);
	assert_int_equal(r.preemptions, 2);
	assert_int_equal(r.outcomes[0], 0);
	/* twice each, and again for each bound */
	assert_true(r.schedules > 100 && r.runs >= 2 * r.schedules);
	sim_compared_says(&r, says, sizeof(says));
	assert_non_null(strstr(says, "no difference in "));
	assert_non_null(strstr(says, "exhaustive up to bound 2"));
}

/* cond_resched() before the fault takes its lock: more schedules, and nothing that they show is new. */
static void another_scheduling_point_is_no_difference(void **state)
{
	for (unsigned bound = 0; bound <= 1; bound++) {
		struct sim_compared r = compare("fault-convert", "another-point", bound);

		assert_string_equal(r.error, "");
		if (r.differs)
			fail_msg("%s: %s; %s", r.what, r.a.line, r.b.line);
		assert_true(r.exhaustive);
		assert_int_equal(r.schedules,
				 0); /* none of them is the same decision by decision */
		assert_true(r.outcomes[0] > 0);
	}
}

/* A page that is taken and given back at each private fault moves all pages behind it. */
static void other_pages_are_no_difference(void **state)
{
	struct sim_compared r = compare("convert-often", "other-pages", 0);

	assert_string_equal(r.error, "");
	if (r.differs)
		fail_msg("%s: %s; %s", r.what, r.a.line, r.b.line);
	assert_true(r.exhaustive);
}

/* B44: an attribute that is read too early can only be seen in a schedule with a preemption. */
static void what_only_a_schedule_shows_is_found_at_its_bound(void **state)
{
	struct sim_compared none = compare("fault-convert", "B044", 0);
	struct sim_compared r = compare("fault-convert", "B044", 3);
	const struct sim_catalogue_entry *e = sim_catalogue_find("fault-convert");
	struct sim_result again;

	assert_string_equal(none.error, "");
	assert_false(none.differs);
	assert_true(none.exhaustive);
	assert_true(r.differs);
	assert_true(r.only_b);
	assert_false(r.exhaustive);
	assert_int_equal(r.preemptions, 1);
	assert_string_not_equal(r.a.line, r.b.line);
	again = sim_replay_named(e->name, e->run, r.b.replay,
				 &(struct sim_explore){ .config = { .kernel = "B044" } });
	assert_int_equal(again.schedules, 1);
	assert_int_equal(again.violations, 1);
	assert_non_null(strstr(again.violation, "stale-pfn"));
	again = sim_replay_named(e->name, e->run, r.a.replay, NULL);
	assert_int_equal(again.schedules, 1);
	assert_int_equal(again.violations, 0);
}

/* The same, from the other side: it is A that shows more. */
static void it_does_not_matter_which_kernel_is_the_first(void **state)
{
	struct sim_compare how = { .config = { .kernel = "B044" }, .preemptions = 1 };
	struct sim_compared r = compare_with("fault-convert", "4k", how);

	assert_true(r.differs);
	assert_false(r.only_b);
	assert_int_equal(r.preemptions, 1);
}

/* B48's mechanism: -ENOMEM comes out as another error, which nobody sees unless memory is short. */
static void what_only_a_failure_shows_is_found_with_failures(void **state)
{
	struct sim_compare how = { .config = { .failures = SIM_LEGAL_FAILURES }, .failures = 1 };
	struct sim_compared r = compare("hole-exact", "other-error", 0);

	assert_string_equal(r.error, "");
	assert_false(r.differs);
	r = compare_with("hole-exact", "other-error", how);
	assert_string_equal(r.error, "");
	assert_true(r.differs);
	assert_int_equal(r.preemptions, 0);
}

static void what_is_stopped_is_not_called_exhaustive(void **state)
{
	struct sim_compare how = { .preemptions = 3, .max_runs = 50 };
	struct sim_compared r = compare_with("fault-convert", "4k", how);
	char says[200];

	assert_false(r.differs);
	assert_false(r.exhaustive);
	assert_true(r.runs <= 52);
	assert_non_null(strstr(sim_compared_says(&r, says, sizeof(says)), "stopped in bound"));
}

static void no_kernel_no_comparison(void **state)
{
	struct sim_compared r = compare("fault-convert", "nowhere", 0);
	char says[600];

	assert_false(r.differs);
	assert_false(r.exhaustive);
	assert_non_null(strstr(r.error, "nowhere"));
	assert_non_null(strstr(sim_compared_says(&r, says, sizeof(says)), "not compared"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_kernel_is_no_other_than_itself),
		cmocka_unit_test(another_scheduling_point_is_no_difference),
		cmocka_unit_test(other_pages_are_no_difference),
		cmocka_unit_test(what_only_a_schedule_shows_is_found_at_its_bound),
		cmocka_unit_test(it_does_not_matter_which_kernel_is_the_first),
		cmocka_unit_test(what_only_a_failure_shows_is_found_with_failures),
		cmocka_unit_test(what_is_stopped_is_not_called_exhaustive),
		cmocka_unit_test(no_kernel_no_comparison),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
