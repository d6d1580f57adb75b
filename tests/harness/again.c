/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs again: that a run which is not repeatable is noticed; that what a failing test prints repeats its run in a fresh
 * process, under gdb as well.
 */
#include "replays.h"
#include "fresh.h"

static void nothing(struct sim_world *world, void *arg)
{
}

/* Determinism */

static void a_label_that_changes(struct sim_world *world)
{
	sim_choose(world, SIM_CHOOSE_DATA, 2, "same");
	sim_choose(world, SIM_CHOOSE_DATA, 2, now.runs++ % 2 ? "odd" : "even");
}

static void an_event_more(struct sim_world *world)
{
	if (now.runs++ % 2)
		sim_note(world, "one more");
}

/* As many as before can go on, but not the same. */
static void other_actors(struct sim_world *world)
{
	if (now.runs++ % 2) {
		sim_spawn(world, nothing, NULL);
		sim_join(world);
	}
	sim_spawn(world, nothing, NULL);
	sim_spawn(world, nothing, NULL);
	sim_join(world);
}

static void a_violation_now_and_then(struct sim_world *world)
{
	sim_choose(world, SIM_CHOOSE_DATA, 2, "same");
	sim_expect(world, now.runs++ % 2);
}

static void assert_not_deterministic(const char *name, sim_scenario scenario, const char *say)
{
	struct sim_result result = find(name, scenario, NULL, false);

	if (strncmp(result.violation, "determinism: ", 13) || !strstr(result.violation, say))
		fail_msg("%s: '%s'", name, result.violation);
	assert_int_equal(result.violations, 1);
	assert_string_equal(result.replay, "");
}

static void a_run_that_cannot_be_repeated_is_an_error_with_both_labels(void **state)
{
	assert_not_deterministic("a_label_that_changes", a_label_that_changes,
				 "decision 1 is 'data even' of actor 0 with 2 options in one run "
				 "and 'data odd' of actor 0 with 2 options in its repetition");
	now.runs = 0;
	assert_not_deterministic("an_event_more", an_event_more, "events, its repetition");
	now.runs = 0;
	assert_not_deterministic("a_violation_now_and_then", a_violation_now_and_then,
				 "its repetition with 'nothing wrong'");
	now.runs = 0;
	assert_not_deterministic("other_actors", other_actors, "decision 0 is ");
}
/* Fresh processes: what a test of somebody else's prints, and what its reader does with it. */

static void a_test_that_fails(void **state)
{
	assert_clean(sim_explore(two_locks_in_two_orders,
				 &(struct sim_explore){ .config = config_of(), .preemptions = 1 }));
}

static void trip(struct sim_world *world, void *arg)
{
	sim_yield(world);
	sim_expect(world, *(const unsigned *)arg == 0);
}

static void expectation_of_an_actor(struct sim_world *world)
{
	static const unsigned values[] = { 0, 1 };

	sim_spawn(world, trip, (void *)&values[0]);
	sim_spawn(world, trip, (void *)&values[1]);
	sim_join(world);
}

static void a_test_with_an_actor_that_trips(void **state)
{
	assert_clean(sim_explore(expectation_of_an_actor,
				 &(struct sim_explore){ .config = config_of(), .preemptions = 1 }));
}

static void a_test_that_must_not_run(void **state)
{
	fail_msg("the filter let this one through");
}

static void the_line_that_a_failing_test_prints_repeats_it_in_a_fresh_process(void **state)
{
	struct output *o = malloc(sizeof(*o));
	char command[4096];
	const char *line;

	assert_non_null(o);
	this_program(o, "", "a_test_that_fails");
	assert_int_not_equal(o->status, 0);
	assert_non_null(strstr(o->text, "deadlock: "));
	assert_null(strstr(o->text, "the filter let this one through"));
	line = printed_line(o);
	snprintf(command, sizeof(command), "export RMISIM_TEST_FAILS=1; %s", line);
	shell(o, command);
	assert_int_not_equal(o->status, 0);
	assert_non_null(strstr(o->text, "1 of 1 schedules violate: deadlock: "));
	assert_null(strstr(o->text, "the filter let this one through"));
	free((char *)line);
	this_program(o, "", "no_such_test");
	assert_int_equal(o->status, 2);
	assert_non_null(strstr(o->text, "there are a_test_that_fails"));
	free(o);
}

static bool gdb_works(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	return false;
#else
	struct output *o = malloc(sizeof(*o));
	bool works;

	assert_non_null(o);
	shell(o, "gdb -q -batch -ex run --args true </dev/null");
	works = strstr(o->text, "exited normally");
	free(o);
	return works;
#endif
}

static void gdb_stops_at_the_violation_on_the_strand_that_makes_it(void **state)
{
	struct output *o = malloc(sizeof(*o));
	char command[4096];
	const char *line;

	assert_non_null(o);
	if (!gdb_works()) {
		print_message("# there is no gdb here that can run a program: skipped\n");
		free(o);
		return;
	}
	this_program(o, "", "a_test_with_an_actor_that_trips");
	line = printed_line(o);
	snprintf(command, sizeof(command),
		 "export RMISIM_TEST_FAILS=1 RMISIM_GDB=1 DEBUGINFOD_URLS=; "
		 "printf 'kill\\n' | %s",
		 line);
	shell(o, command);
	if (!strstr(o->text, "hit Breakpoint 1, ") || !strstr(o->text, "sim_at_violation") ||
	    !strstr(o->text, "in trip (") || strstr(o->text, "schedules violate"))
		fail_msg("%s", o->text);
	free((char *)line);
	free(o);
}
int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_run_that_cannot_be_repeated_is_an_error_with_both_labels,
				       reset),
		cmocka_unit_test_setup(
			the_line_that_a_failing_test_prints_repeats_it_in_a_fresh_process, reset),
		cmocka_unit_test_setup(gdb_stops_at_the_violation_on_the_strand_that_makes_it,
				       reset),
	};
	/* What other tests here run in fresh processes. */
	const struct CMUnitTest fails[] = {
		cmocka_unit_test(a_test_that_fails),
		cmocka_unit_test(a_test_with_an_actor_that_trips),
		cmocka_unit_test(a_test_that_must_not_run),
	};

	if (getenv("RMISIM_TEST_FAILS"))
		return sim_run_group_tests(fails, argc, argv);
	return sim_run_group_tests(tests, argc, argv);
}
