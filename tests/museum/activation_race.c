/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * activation-race CLEAN IMAGE: two vCPUs of a new VM run for the first time, under every schedule with one
 * preemption. On CLEAN both always reach their guest; on IMAGE some schedule keeps one out, and its choice
 * string leads there again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <rmisim/cmocka.h>

struct images {
	const char *clean, *image;
};

struct first_run {
	struct sim_vm *vm;
	unsigned vcpu;
};

static void first_run(struct sim_world *world, void *arg)
{
	const struct first_run *run = arg;
	struct sim_exit exit = sim_guest_write(run->vm, run->vcpu, run->vcpu * 0x1000, 8, 1);

	sim_expect(world, exit.kind == SIM_DONE && exit.realm == RMM_REALM_DONE);
}

static void two_vcpus_run_for_the_first_time(struct sim_world *world)
{
	struct sim_vm *vm = sim_vm_new(world, &(struct sim_vm_config){ .vcpus = 2, .ram_mib = 4 });
	struct first_run runs[] = { { vm, SIM_VCPU(0) }, { vm, SIM_VCPU(1) } };

	sim_expect(world, vm);
	sim_spawn(world, first_run, &runs[0]);
	sim_spawn(world, first_run, &runs[1]);
	sim_join(world);
	sim_vm_free(vm);
}

static struct sim_result explore(const char *kernel, unsigned preemptions, const char *choices)
{
	return sim_explore(two_vcpus_run_for_the_first_time,
			   &(struct sim_explore){
				   .config = { .kernel = kernel, .choices = choices },
				   .preemptions = preemptions,
				   .max_runs = choices ? 1 : 0,
			   });
}

static void on_the_clean_image_both_always_reach_their_guest(void **state)
{
	const struct images *images = *state;
	struct sim_result result = explore(images->clean, 1, NULL);

	fprintf(stderr, "%s: %llu schedules\n", images->clean,
		(unsigned long long)result.schedules);
	assert_clean(result);
	assert_true(result.exhaustive);
}

static void on_the_image_some_schedule_keeps_one_out(void **state)
{
	const struct images *images = *state;
	struct sim_result result = explore(images->image, 1, NULL), again;

	if (!result.violations)
		fail_msg("not found: no schedule of %llu keeps a vCPU out",
			 (unsigned long long)result.schedules);
	fprintf(stderr, "%s: %llu of %llu schedules, %s, choices '%s'\n", images->image,
		(unsigned long long)result.violations, (unsigned long long)result.schedules,
		result.violation, result.choices);

	again = explore(images->image, 0, result.choices);
	assert_int_equal(again.violations, 1);
	assert_string_equal(again.violation, result.violation);
}

int main(int argc, char **argv)
{
	static struct images images;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(on_the_clean_image_both_always_reach_their_guest,
					  &images),
		cmocka_unit_test_prestate(on_the_image_some_schedule_keeps_one_out, &images),
	};

	if (argc != 3) {
		fprintf(stderr, "usage: activation-race CLEAN IMAGE\n");
		return 2;
	}
	images = (struct images){ argv[1], argv[2] };
	return cmocka_run_group_tests_name("activation race", tests, NULL, NULL);
}
