// SPDX-License-Identifier: BSD-2-Clause
/* sim_inject() on scenarios of this test's own: what is met, what is demanded, what is found. */
#include <stdlib.h>
#include <string.h>

#include <rmisim/cmocka.h>
#include <rmisim/inject.h>

#define RAM UINT64_C(0x40000000)

#define KERNEL_ENOMEM 12

static struct sim_injected legal(sim_scenario scenario)
{
	return sim_inject(scenario, &(struct sim_inject){ .classes = SIM_LEGAL_FAILURES });
}

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

	if (r.legal.violations)
		fail_msg("%s\n    failed: %s\n    choices \"%s\"", r.violation, r.failure,
			 r.choices);
	assert_true(r.complete);
	assert_int_equal(r.legal.reached, r.legal.points);
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

	if (r.wrong.violations)
		fail_msg("%s\n    failed: %s\n    choices \"%s\"", r.violation, r.failure,
			 r.choices);
	assert_true(seen.wrong);
	assert_false(seen.unreached);
	assert_int_equal(r.wrong.reached, r.wrong.points);
	assert_int_equal(r.legal.runs, 0);
}

static void no_kernel_is_a_setup_error(void **state)
{
	struct sim_injected r = sim_inject(
		touch_private, &(struct sim_inject){ .config.kernel = "no-such-kernel" });

	assert_int_equal(strncmp(r.violation, "setup: ", 7), 0);
}

/* What was found is found again from its string. */
static void a_violation_is_replayed_from_its_choices(void **state)
{
	struct sim_injected r = legal(forgets_its_vm);
	struct sim_config config = { .choices = r.choices, .failures = r.failures };
	struct sim_world *world = sim_world_new(&config, NULL, 0);

	assert_non_null(world);
	assert_false(sim_run(world, forgets_its_vm));
	assert_string_equal(sim_violation(world), r.violation);
	sim_world_free(world);
}

int main(void)
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
		cmocka_unit_test(a_violation_is_replayed_from_its_choices),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("injection", tests, NULL, NULL);
}
