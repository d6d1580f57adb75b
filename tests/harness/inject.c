// SPDX-License-Identifier: BSD-2-Clause
/* sim_inject() on scenarios of this test's own: what is met, what is demanded, what is found. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include <rmisim/cmocka.h>
#include <rmisim/inject.h>
#include <rmisim/replay.h>

#include "fresh.h"

#define RAM UINT64_C(0x40000000)

#define KERNEL_ENOMEM 12

static struct sim_injected legal_named(const char *name, sim_scenario scenario)
{
	return sim_inject_named(name, scenario,
				&(struct sim_inject){ .classes = SIM_LEGAL_FAILURES });
}

#define legal(scenario) legal_named(#scenario, scenario)

/* Points of a scenario's own. */

static void two_points(struct sim_world *w)
{
	sim_choose(w, SIM_CHOOSE_FAIL, 2, "first");
	sim_choose(w, SIM_CHOOSE_FAIL, 4, "second");
	sim_choose(w, SIM_CHOOSE_DATA, 4, "no failure");
}

/* 1 run without, then each way once and always: 1 + 2 * (1 + 3). */
static void each_point_fails_in_each_way_once_and_always(void **state)
{
	struct sim_injected r = legal(two_points);

	assert_int_equal(r.legal.points, 2);
	assert_int_equal(r.legal.reached, 2);
	assert_int_equal(r.legal.runs, 9);
	assert_int_equal(r.legal.violations, 0);
	assert_true(r.complete);
}

/* Each pair, too: behind each of "first" (1 way, once) the 3 ways of "second", once and always. */
static void with_depth_two_each_pair_fails(void **state)
{
	struct sim_injected r = sim_inject(
		two_points, &(struct sim_inject){ .classes = SIM_LEGAL_FAILURES, .depth = 2 });

	assert_int_equal(r.legal.points, 2);
	assert_int_equal(r.legal.reached, 2);
	assert_int_equal(r.legal.runs, 9 + 6);
}

static void an_error_path(struct sim_world *w)
{
	if (sim_choose(w, SIM_CHOOSE_FAIL, 2, "memory") &&
	    sim_choose(w, SIM_CHOOSE_FAIL, 2, "undo") == 1)
		sim_fail(w, "what can't be undone");
}

static void a_point_that_only_a_failure_meets_fails_too(void **state)
{
	struct sim_injected r = legal(an_error_path);

	assert_int_equal(r.legal.points, 2);
	assert_int_equal(r.legal.violations, 1);
	assert_string_equal(r.violation, "expect: what can't be undone");
	assert_string_equal(r.failure, "undo in ?, behind another failure");
	assert_string_equal(r.choices, "1*2");
}

static void counts_three(struct sim_world *w)
{
	unsigned failed = 0;

	for (unsigned i = 0; i < 3; i++)
		failed += sim_choose(w, SIM_CHOOSE_FAIL, 2, "the same");
	sim_expect(w, failed != 3);
}

/* One failure is survived three times over; all three together only when it fails from the first on. */
static void always_means_every_later_one_with_that_label(void **state)
{
	struct sim_injected r = legal(counts_three);

	assert_int_equal(r.legal.violations, 1);
	assert_string_equal(r.failure, "the same in ?, time 1, and always from there on");
	assert_string_equal(r.choices, "1*3");
}

static void stop_says_so(void **state)
{
	struct sim_injected r = sim_inject(
		two_points, &(struct sim_inject){ .classes = SIM_LEGAL_FAILURES, .max_runs = 4 });

	assert_false(r.complete);
	assert_int_equal(r.legal.runs, 4);
	assert_true(r.legal.reached < r.legal.points);
}

/* The kernel's. */

struct seen {
	bool page, busy, signal, invalidation, gmem, wrong, unreached;
	unsigned gmem_ways;
};

static void look(void *ctx, const struct sim_point *point)
{
	struct seen *s = ctx;

	s->page |= !strcmp(point->label, "GFP_KERNEL page") &&
		   !strcmp(point->place, "realm_create_rd");
	s->busy |= !strcmp(point->label, "busy") && !strcmp(point->place, "RMI_RTT_DATA_MAP");
	s->signal |= !strcmp(point->label, "signal");
	s->invalidation |=
		!strcmp(point->label, "invalidation") && !strcmp(point->place, "kvm_gmem_get_pfn");
	if (!strcmp(point->label, "guest_memfd")) {
		s->gmem = true;
		s->gmem_ways = point->ways;
	}
	s->wrong |= !strcmp(point->label, "answer RMI_RTT_DATA_MAP");
	s->unreached |= point->reached != point->points;
}

static void touch_private(struct sim_world *w)
{
	struct sim_vm *vm = sim_vm_new(w, &(struct sim_vm_config){ .ram_base = RAM });
	struct sim_exit exit;

	if (!vm)
		sim_fail(w, "no VM: %s", sim_error(w));
	exit = sim_guest_write(vm, SIM_VCPU(0), RAM, 8, 1);
	sim_expect(w, exit.kind == SIM_DONE);
	sim_vm_free(vm);
}

static void every_legal_failure_of_a_private_fault_is_survived(void **state)
{
	struct seen seen = { 0 };
	struct sim_injected r =
		sim_inject(touch_private, &(struct sim_inject){ .classes = SIM_LEGAL_FAILURES,
								.point = look,
								.point_ctx = &seen });

	assert_survived(r);
	assert_true(r.legal.points > 1000);
	assert_true(seen.page && seen.busy && seen.signal && seen.invalidation && seen.gmem);
	assert_int_equal(seen.gmem_ways, 4); /* -ENOMEM, -EHWPOISON, -EFAULT, -EAGAIN */
	assert_false(seen.unreached);
	assert_int_equal(r.wrong.runs, 0);
}

/* A VMM that looks at the errno itself: injection hides from it what passes. */
static void expects_enomem(struct sim_world *w)
{
	struct sim_vm *vm = sim_vm_new(w, &(struct sim_vm_config){ .ram_base = RAM });
	int err = vm ? sim_vm_start(vm) : 0;

	sim_expect(w, err == -KERNEL_ENOMEM);
}

static void an_expectation_that_only_a_failure_fulfils_is_violated_without_it(void **state)
{
	struct sim_injected r = legal(expects_enomem);

	assert_int_equal(r.legal.runs, 1);
	assert_int_equal(r.legal.violations, 1);
	assert_string_equal(r.failure, "");
}

/* Kept: whatever the run comes to, this VM is the scenario's mistake. */
static void forgets_its_vm(struct sim_world *w)
{
	struct sim_vm *vm = sim_vm_new(w, &(struct sim_vm_config){ .ram_base = RAM });

	if (vm && sim_vm_start(vm) == 0 && sim_counts(w).failures)
		sim_fail(w, "started behind %llu failures",
			 (unsigned long long)sim_counts(w).failures);
}

static void a_call_that_failed_is_made_again(void **state)
{
	struct sim_injected r =
		sim_inject(forgets_its_vm, &(struct sim_inject){ .classes = SIM_LEGAL_FAILURES });

	assert_int_equal(r.legal.violations, 1);
	assert_non_null(strstr(r.violation, "started behind 1 failures"));
}

/* An RMM that lies at every call: the host stays safe, whatever becomes of the guest. */
static void no_wrong_answer_makes_the_host_unsafe(void **state)
{
	struct seen seen = { 0 };
	struct sim_injected r =
		sim_inject(touch_private, &(struct sim_inject){ .classes = SIM_WRONG_ANSWERS,
								.point = look,
								.point_ctx = &seen });

	assert_survived(r);
	assert_true(seen.wrong);
	assert_false(seen.unreached);
	assert_int_equal(r.legal.runs, 0);
}

static void no_kernel_is_a_setup_error(void **state)
{
	struct sim_injected r = sim_inject(
		touch_private, &(struct sim_inject){ .config.kernel = "no-such-kernel" });

	assert_int_equal(strncmp(r.violation, "setup: ", 7), 0);
}

/* Handing over */

static struct sim_result again(const char *name, sim_scenario scenario,
			       const struct sim_injected *r)
{
	return sim_replay_named(name, scenario, r->replay,
				&(struct sim_explore){ .config.failures = r->failures });
}

#define assert_again(scenario, r)                                        \
	do {                                                             \
		struct sim_result a_ = again(#scenario, scenario, &(r)); \
                                                                         \
		assert_string_equal(a_.violation, (r).violation);        \
		assert_string_equal(a_.choices, (r).choices);            \
		assert_int_equal(a_.schedules, 1);                       \
	} while (0)

static void a_violation_is_replayed_from_its_string(void **state)
{
	struct sim_injected r = legal(forgets_its_vm);
	struct sim_config config = { .choices = r.choices, .failures = r.failures };
	struct sim_world *world = sim_world_new(&config, NULL, 0);

	assert_int_equal(r.failures, SIM_LEGAL_FAILURES);
	assert_again(forgets_its_vm, r);
	assert_non_null(strstr(r.report, "stacks:\n"));
	assert_non_null(strstr(r.report, "started behind 1 failures"));
	/* and by hand */
	assert_non_null(world);
	assert_false(sim_run(world, forgets_its_vm));
	assert_string_equal(sim_violation(world), r.violation);
	sim_world_free(world);
}

/* A string says which failures may be: without them its labels are others. */
static void a_string_without_its_class_of_failures_is_refused(void **state)
{
	struct sim_injected r = legal(forgets_its_vm);
	struct sim_result none = sim_replay(forgets_its_vm, r.replay, NULL);

	assert_non_null(strstr(none.violation, "setup: the replay string is for failures of "));
	assert_int_equal(none.schedules, 0);
}

static unsigned count(const char *text, char c)
{
	unsigned n = 0;

	for (; *text; text++)
		n += *text == c;
	return n;
}

/* Two of five are enough, at whatever way. Decisions that are no failures lie between. */
static void any_two(struct sim_world *w)
{
	unsigned failed = 0;

	for (unsigned i = 0; i < 5; i++) {
		failed += sim_choose(w, SIM_CHOOSE_FAIL, 2, "one of five") != 0;
		sim_choose(w, SIM_CHOOSE_DATA, 2, "between");
	}
	sim_expect(w, failed < 2);
}

static void of_a_persistent_failure_as_many_as_matter_are_left(void **state)
{
	struct sim_inject setting = { .classes = SIM_LEGAL_FAILURES, .no_shrink = true };
	struct sim_injected r = sim_inject(any_two, &setting);

	assert_string_equal(r.failure, "one of five in ?, time 1, and always from there on");
	assert_string_equal(r.choices, "1.0.1.0.1.0.1.0.1");
	assert_again(any_two, r);
	setting.no_shrink = false;
	r = sim_inject(any_two, &setting);
	assert_string_equal(r.failure, "one of five in ?, time 1, and always from there on");
	assert_int_equal(count(r.choices, '1'), 2);
	assert_again(any_two, r);
}

/* Expectations do not count behind a wrong answer; to come to no end does. */
static void lied_to_for_ever(struct sim_world *w)
{
	unsigned lies = 0;

	for (unsigned i = 0; i < 4; i++)
		lies += sim_choose(w, SIM_CHOOSE_FAIL, 3, "answer RMI_NOTHING") == 2;
	while (lies == 4)
		sim_yield(w);
}

static void a_wrong_answer_that_persists_is_replayed(void **state)
{
	struct sim_injected r = sim_inject(lied_to_for_ever, NULL);

	assert_int_equal(r.legal.violations, 0);
	assert_int_equal(r.wrong.violations, 1);
	assert_int_equal(r.failures, SIM_WRONG_ANSWERS);
	assert_int_equal(strncmp(r.violation, "livelock:", 9), 0);
	assert_string_equal(r.choices, "2*4");
	assert_non_null(strstr(r.replay, ",wrong-answers:"));
	assert_again(lied_to_for_ever, r);
	assert_int_not_equal(r.report[0], '\0');
}

/* The same; and behind five failures there is something more to fail, which two do not meet. */
static void any_two_and_more_behind_five(struct sim_world *w)
{
	unsigned failed = 0;

	for (unsigned i = 0; i < 5; i++)
		failed += sim_choose(w, SIM_CHOOSE_FAIL, 2, "one of five") != 0;
	if (failed == 5)
		sim_choose(w, SIM_CHOOSE_FAIL, 2, "behind five");
	sim_expect(w, failed < 2);
}

/* The search goes on with the run as it was found, not with the one that was handed over. */
static void handing_over_does_not_disturb_the_search(void **state)
{
	struct sim_inject setting = { .classes = SIM_LEGAL_FAILURES, .go_on = true };
	struct sim_injected r = sim_inject(any_two_and_more_behind_five, &setting);

	assert_int_equal(r.legal.points, 6);
	assert_int_equal(r.legal.reached, 6);
	/* each of five, once and always; then the sixth, once and always */
	assert_int_equal(r.legal.runs, 1 + 10 + 2);
	assert_int_equal(r.legal.violations, 4 + 2); /* always, but from the fifth on */
	assert_again(any_two_and_more_behind_five, r);
}

static void the_environment_makes_an_injection_a_replay(void **state)
{
	struct sim_injected found = sim_inject(lied_to_for_ever, NULL), r;

	setenv("RMISIM_REPLAY", found.replay, 1);
	r = sim_inject(lied_to_for_ever, NULL);
	assert_string_equal(r.violation, found.violation);
	assert_string_equal(r.replay, found.replay);
	assert_int_equal(r.legal.runs, 0);
	assert_int_equal(r.wrong.runs, 1);
	assert_int_equal(r.wrong.violations, 1);
	/* Another scenario, and the other class alone, are not meant. */
	assert_survived(sim_inject(two_points, NULL));
	assert_survived(sim_inject(lied_to_for_ever,
				   &(struct sim_inject){ .classes = SIM_LEGAL_FAILURES }));
	r = sim_inject(lied_to_for_ever, &(struct sim_inject){ .scenario = "two_points" });
	assert_true(r.wrong.runs > 1);
	/* A search of schedules has no failures. */
	assert_true(sim_explore(lied_to_for_ever, NULL).exhaustive);
	setenv("RMISIM_REPLAY", "rmisim1:nonsense", 1);
	r = sim_inject(lied_to_for_ever, NULL);
	assert_non_null(strstr(r.violation, "setup: RMISIM_REPLAY: "));
	assert_int_equal(r.legal.violations, 1);
	assert_int_equal(r.legal.runs, 0);
	unsetenv("RMISIM_REPLAY");
}

/* So many that the string is longer than what CMocka formats at a time. */
#define MANY 300

static void all_of_many(struct sim_world *w)
{
	unsigned failed = 0;

	for (unsigned i = 0; i < MANY; i++) {
		failed += sim_choose(w, SIM_CHOOSE_FAIL, 2, "one of many");
		sim_choose(w, SIM_CHOOSE_DATA, 2, "between");
	}
	sim_expect(w, failed < MANY);
}

static void a_test_that_does_not_survive(void **state)
{
	assert_survived(legal(all_of_many));
}

static void a_test_that_is_stopped(void **state)
{
	assert_survived(sim_inject(two_points, &(struct sim_inject){ .max_runs = 4 }));
}

static void a_test_that_must_not_run(void **state)
{
	fail_msg("the filter let this one through");
}

static void what_a_failing_test_prints_repeats_it_in_a_fresh_process(void **state)
{
	struct output *o = malloc(sizeof(*o));
	char command[8192];
	const char *line;

	assert_non_null(o);
	this_program(o, "", "a_test_that_does_not_survive");
	assert_int_not_equal(o->status, 0);
	assert_non_null(strstr(o->text, "1 of 3 runs with failures violate: expect: "));
	assert_non_null(strstr(o->text, "    failed: one of many in ?, time 1, and always"));
	line = printed_line(o);
	assert_true(strlen(line) > 1023);
	snprintf(command, sizeof(command), "export RMISIM_TEST_FAILS=1; %s", line);
	shell(o, command);
	assert_int_not_equal(o->status, 0);
	assert_non_null(strstr(o->text, "1 of 1 runs with failures violate: expect: "));
	assert_null(strstr(o->text, "the filter let this one through"));
	free((char *)line);
	free(o);
}

static void an_injection_that_was_stopped_has_not_been_survived(void **state)
{
	struct output *o = malloc(sizeof(*o));

	assert_non_null(o);
	this_program(o, "", "a_test_that_is_stopped");
	assert_int_not_equal(o->status, 0);
	assert_non_null(strstr(o->text, "stopped after "));
	free(o);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_point_fails_in_each_way_once_and_always),
		cmocka_unit_test(with_depth_two_each_pair_fails),
		cmocka_unit_test(a_point_that_only_a_failure_meets_fails_too),
		cmocka_unit_test(always_means_every_later_one_with_that_label),
		cmocka_unit_test(stop_says_so),
		cmocka_unit_test(every_legal_failure_of_a_private_fault_is_survived),
		cmocka_unit_test(an_expectation_that_only_a_failure_fulfils_is_violated_without_it),
		cmocka_unit_test(a_call_that_failed_is_made_again),
		cmocka_unit_test(no_wrong_answer_makes_the_host_unsafe),
		cmocka_unit_test(no_kernel_is_a_setup_error),
		cmocka_unit_test(a_violation_is_replayed_from_its_string),
		cmocka_unit_test(a_string_without_its_class_of_failures_is_refused),
		cmocka_unit_test(of_a_persistent_failure_as_many_as_matter_are_left),
		cmocka_unit_test(a_wrong_answer_that_persists_is_replayed),
		cmocka_unit_test(handing_over_does_not_disturb_the_search),
		cmocka_unit_test(the_environment_makes_an_injection_a_replay),
		cmocka_unit_test(what_a_failing_test_prints_repeats_it_in_a_fresh_process),
		cmocka_unit_test(an_injection_that_was_stopped_has_not_been_survived),
	};
	/* What other tests here run in fresh processes. */
	const struct CMUnitTest fails[] = {
		cmocka_unit_test(a_test_that_does_not_survive),
		cmocka_unit_test(a_test_that_is_stopped),
		cmocka_unit_test(a_test_that_must_not_run),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (getenv("RMISIM_TEST_FAILS"))
		return sim_run_group_tests(fails, argc, argv);
	return sim_run_group_tests(tests, argc, argv);
}
