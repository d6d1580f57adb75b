/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reports of violations: who waits for what that whom holds, and every stack.
 */
#include "fake.h"

#include <regex.h>

/* Some line of the text is like that. */
static bool has_line(const char *text, const char *pattern)
{
	regex_t re;
	bool found;

	assert_int_equal(regcomp(&re, pattern, REG_EXTENDED | REG_NEWLINE | REG_NOSUB), 0);
	found = !regexec(&re, text, 0, NULL, 0);
	regfree(&re);
	return found;
}

#define assert_line(text, pattern)                                                            \
	do {                                                                                  \
		if (!has_line((text), (pattern)))                                             \
			fail_msg("no line '%s' in a report of %zu bytes:\n%.900s", (pattern), \
				 strlen(text), (text));                                       \
	} while (0)

static void punch_first(struct sim_world *world, void *vm)
{
	sim_vm_punch_hole(vm, 0, 4096);
	sim_note(world, "first hole");
}

static void punch_second(struct sim_world *world, void *vm)
{
	sim_vm_punch_hole(vm, 4096, 4096);
	sim_note(world, "second hole"); /* no tail call above */
}

/* The fake image takes A, then B for the first hole, and the other way round for the second. */
static void two_locks_in_two_orders(struct sim_world *world)
{
	struct sim_vm *vm = sim_vm_new(world, NULL);

	sim_expect(world, vm);
	sim_spawn_named(world, "first", punch_first, vm);
	sim_spawn(world, punch_second, vm);
	sim_join(world);
	sim_vm_free(vm);
}

static void a_deadlock_tells_who_holds_what_and_shows_every_stack(void **state)
{
	char path[512];
	struct sim_result r =
		sim_explore(two_locks_in_two_orders, &(struct sim_explore){
							     .config = fake_config(path),
							     .preemptions = 1,
						     });

	assert_int_equal(r.violations, 1);
	assert_line(r.report, "^  scenario +waits for the end of the other actors$");
	assert_line(r.report,
		    "^  first +waits for lock B \\(held by actor 2, taken in take\\(\\)\\)$");
	assert_line(r.report,
		    "^  actor 2 +waits for lock A \\(held by first, taken in take\\(\\)\\)$");
	assert_line(r.report, "^in a circle: first -> actor 2 -> first$");
	/* The scenario, and both actors: in the test, in the harness and in static functions of the image. */
	assert_line(r.report, "^    sim_join\\+0x[0-9a-f]+/0x[0-9a-f]+ \\[harness-report\\]$");
	assert_line(r.report, "^    punch_first\\+0x[0-9a-f]+/0x[0-9a-f]+ \\[harness-report\\]$");
	assert_line(r.report, "^    punch_second\\+0x[0-9a-f]+/0x[0-9a-f]+ \\[harness-report\\]$");
	assert_line(r.report, "^    fake_punch_hole\\+0x[0-9a-f]+/0x[0-9a-f]+ \\[kernel-fake\\]$");
	/* What only brought the strand to a halt is left out. */
	assert_false(has_line(r.report, "sim_strand_switch|sim_stack_told|fiber_main|thread_main"));
}

/* The run that a report is made from, made again by hand. */
static char *explained(sim_scenario scenario, const struct sim_config *config, bool *violated)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	*violated = sim_explain(scenario, config, out);
	fclose(out);
	return text;
}

static void two_of_one_name(struct sim_world *world)
{
	struct sim_vm *vm = sim_vm_new(world, NULL);

	sim_spawn_named(world, "a name of nineteen", punch_first, vm);
	sim_spawn_named(world, "a name of nineteen", punch_second, vm);
	sim_fail(world, "before they run");
}

static void a_name_is_cut_and_taken_once(void **state)
{
	char path[512];
	struct sim_result r =
		sim_explore(two_of_one_name, &(struct sim_explore){ .config = fake_config(path) });

	assert_line(r.report, "^  a name of ninet has not run yet$");
	assert_line(r.report, "^  a name of ninet-2 has not run yet$");
}

static void a_clean_run_has_nothing_to_explain(void **state)
{
	char path[512], *text;
	struct sim_config config = fake_config(path);
	bool violated;

	text = explained(two_locks_in_two_orders, &config, &violated);
	assert_false(violated);
	assert_string_equal(text, "");
	free(text);
}

/* Two holes in one page of a guest_memfd: the second thread begins while the first is inside. */
struct punches {
	struct sim_world *world;
	bool first, second; /* are inside */
};

/* The tests of a program run one behind the other. */
static struct punches punches;

static bool fail_when_both_are_inside(void *ctx, const struct rmm_regs *in, struct rmm_regs *out)
{
	struct punches *p = ctx;

	if (in->x[0] == RMI_GRANULE_RANGE_UNDELEGATE && p->first && p->second)
		sim_fail(p->world, "both are inside");
	return false;
}

static void punch_page(struct sim_world *world, void *vm)
{
	punches.first = true;
	sim_vm_punch_hole(vm, 0, 4096);
	punches.first = false;
}

static void punch_page_too(struct sim_world *world, void *vm)
{
	punches.second = true;
	sim_vm_punch_hole(vm, 0, 4096);
	punches.second = false;
}

static void two_holes(struct sim_world *world)
{
	struct sim_vm *vm = sim_vm_new(world, NULL);

	punches = (struct punches){ .world = world };
	sim_expect(world, vm && !sim_vm_start(vm));
	sim_guest_write(vm, 0, 0, 8, 1);
	sim_spawn_named(world, "first", punch_page, vm);
	sim_spawn_named(world, "second", punch_page_too, vm);
	sim_join(world);
	sim_vm_free(vm);
}

/* With one preemption the second can only have come as far as a lock of the first. */
static void the_kernel_says_who_holds_its_locks(void **state)
{
	struct sim_result r = sim_explore(
		two_holes, &(struct sim_explore){ .config = { .answer = fail_when_both_are_inside,
							      .answer_ctx = &punches },
						  .preemptions = 1 });

	assert_int_equal(r.violations, 1);
	assert_string_equal(r.violation, "expect: both are inside");
	assert_line(r.report, "^  second +waits for .*lock \\(held by first, taken in "
			      "[a-z_]+\\(\\)\\)$");
	assert_line(r.report, "^  scenario +waits for the end of the other actors$");
	assert_line(r.report, "^  first +runs$");
}

static void fails_in_the_realm(struct sim_guest *guest, void *arg)
{
	struct sim_world *world = sim_vm_world(sim_guest_vm(guest));

	sim_guest_store(guest, 0, 8, 1);
	sim_fail(world, "as planned");
}

static void run_vcpu(struct sim_world *world, void *vm)
{
	sim_vcpu_program(vm, 0, fails_in_the_realm, NULL);
	sim_vcpu_loop(vm, 0);
}

static void waits_for_ever(struct sim_world *world, void *vm)
{
	sim_vm_set_shared(vm, 0, sim_page_size(vm));
}

static void a_guest_that_fails(struct sim_world *world)
{
	struct sim_vm *vm = sim_vm_new(world, NULL);

	sim_expect(world, vm);
	sim_spawn_named(world, "vcpu0", run_vcpu, vm);
	sim_spawn_named(world, "vmm", waits_for_ever, vm);
	sim_join(world);
}

/* The stack goes from the guest's program through the model's REC entry to the port's KVM_RUN. */
static void a_realm_shows_its_guest_and_the_port_below_it(void **state)
{
	static const char *const kernels[] = { "4k", "16k", "64k", "4k-folded" };

	for (unsigned i = 0; i < 4; i++) {
		struct sim_config config = { .kernel = kernels[i] };
		char pattern[128], *text;
		bool violated;

		text = explained(a_guest_that_fails, &config, &violated);
		assert_true(violated);
		assert_line(text, "^violation: expect: as planned$");
		assert_line(text, "^  vcpu0 +runs$");
		assert_line(text, "^  vcpu0, in the realm$");
		assert_line(text, "^    fails_in_the_realm\\+0x");
		assert_line(text, "^    rmm_smc\\+0x[0-9a-f]+/0x[0-9a-f]+ \\[harness-report\\]$");
		snprintf(pattern, sizeof(pattern),
			 "^    kvm_arch_vcpu_ioctl_run\\+0x[0-9a-f]+/0x[0-9a-f]+ \\[kernel-%s\\]$",
			 kernels[i]);
		assert_line(text, pattern);
		assert_line(text, "^  vmm has not run yet$");
		free(text);
	}
}

/* A second world on one image runs a copy that has no file name. */
static void a_copy_of_an_image_has_its_name(void **state)
{
	struct sim_image *image = sim_image_open("4k", NULL, 0);
	struct sim_config config = { .image = image };
	struct sim_world *world = sim_world_new(&config, NULL, 0);
	bool violated;
	char *text;

	assert_non_null(world);
	text = explained(a_guest_that_fails, &config, &violated);
	assert_true(violated);
	assert_line(text,
		    "^    kvm_arch_vcpu_ioctl_run\\+0x[0-9a-f]+/0x[0-9a-f]+ \\[kernel-4k\\]$");
	free(text);
	sim_world_free(world);
	sim_image_close(image);
}

static void a_world_that_cannot_be_made_is_told(void **state)
{
	struct sim_config config = { .kernel = "4k", .engine = (enum sim_engine)99 };
	bool violated;
	char *text = explained(a_guest_that_fails, &config, &violated);

	assert_false(violated);
	assert_line(text, "^the run cannot be made again: there is no such engine$");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_deadlock_tells_who_holds_what_and_shows_every_stack),
		cmocka_unit_test(a_name_is_cut_and_taken_once),
		cmocka_unit_test(a_clean_run_has_nothing_to_explain),
		cmocka_unit_test(the_kernel_says_who_holds_its_locks),
		cmocka_unit_test(a_realm_shows_its_guest_and_the_port_below_it),
		cmocka_unit_test(a_copy_of_an_image_has_its_name),
		cmocka_unit_test(a_world_that_cannot_be_made_is_told),
	};

	return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
