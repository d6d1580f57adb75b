/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests as they should not be written: assertions of CMocka where they do not belong. misuse.sh looks at what is said.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <rmisim/cmocka.h>

static void asserts(struct sim_guest *guest, void *arg)
{
	sim_guest_store(guest, 0x1000, 8, 1);
	assert_int_equal(1, 2);
}

static void an_assertion_in_a_program(void **state)
{
	struct sim_vm *vm = sim_vm_new(*state, NULL);

	sim_vcpu_program(vm, 0, asserts, NULL);
	sim_vcpu_loop(vm, 0);
}

static void run_asserting(struct sim_world *world, void *arg)
{
	sim_vcpu_loop(arg, 0);
	assert_non_null(NULL);
}

static void spawns(struct sim_world *world)
{
	struct sim_vm *vm = sim_vm_new(world, NULL);

	sim_spawn(world, run_asserting, vm);
	sim_join(world);
}

static void an_assertion_in_an_actor(void **state)
{
	sim_run(*state, spawns);
}

static void the_next_test_is_not_touched(void **state)
{
	assert_non_null(sim_vm_new(*state, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_assertion_in_a_program, sim_setup, sim_teardown),
		cmocka_unit_test_setup_teardown(an_assertion_in_an_actor, sim_setup, sim_teardown),
		cmocka_unit_test_setup_teardown(the_next_test_is_not_touched, sim_setup,
						sim_teardown),
	};

	return cmocka_run_group_tests_name("misused", tests, NULL, NULL);
}
