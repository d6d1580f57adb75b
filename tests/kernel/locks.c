/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Locks in a kernel image by itself: who may do what, and what ends the run.
 */
#include <dlfcn.h>

#include "port_locks.h"
#include "vm.h"

static int door(const char *name)
{
	const struct test_locks *locks = dlsym(vm.m->dl, TEST_LOCKS_SYMBOL);

	assert_non_null(locks);
	return locks->door(name);
}

#define assert_fine(name)           assert_int_equal(door(name), 0)
#define assert_mistake(check, name) assert_true(violates(vm.m, check, door(name)))

/* The sentence of the violation names all of these. */
static void assert_said(const char *a, const char *b, const char *c, const char *d)
{
	const char *words[] = { a, b, c, d };

	for (unsigned i = 0; i < 4; i++)
		if (words[i] && !strstr(vm.m->sentence, words[i]))
			fail_msg("no '%s' in: %s", words[i], vm.m->sentence);
}

static void two_orders_of_two_locks_are_a_violation_that_names_both(void **state)
{
	assert_fine("a_then_b");
	assert_fine("a_then_b");
	assert_mistake("lock-order", "b_then_a");
	assert_said("takes lock_a while it holds lock_b", "took lock_b while it held lock_a", NULL,
		    NULL);
}

static void an_order_through_a_third_lock_is_a_violation_too(void **state)
{
	assert_fine("a_then_b");
	assert_fine("b_then_c");
	assert_mistake("lock-order", "c_then_a");
	assert_said("takes lock_a while it holds lock_c", "took lock_b while it held lock_a",
		    "took lock_c while it held lock_b", NULL);
}

static void a_trylock_in_the_other_order_is_fine(void **state)
{
	assert_fine("a_then_b");
	assert_fine("b_then_try_a");
}

static void two_locks_of_one_class_need_a_subclass(void **state)
{
	assert_fine("two_objects_nested");
	assert_mistake("lock-order", "two_objects");
	assert_said("object->lock", "nothing says which comes first", NULL, NULL);
}

static void waiting_for_readers_under_a_lock_that_readers_take_is_a_violation(void **state)
{
	assert_fine("srcu_then_a");
	assert_mistake("lock-order", "synchronize_under_a");
	assert_said("took lock_a while it held srcu", NULL, NULL, NULL);
}

static void entering_srcu_under_a_lock_waits_for_nobody(void **state)
{
	assert_fine("srcu_then_a");
	assert_fine("a_then_srcu");
}

static void waiting_for_readers_as_a_reader_is_a_violation(void **state)
{
	assert_mistake("self-deadlock", "synchronize_inside");
}

static void reading_twice_is_a_violation_because_a_writer_may_queue_in_between(void **state)
{
	assert_mistake("self-deadlock", "read_twice");
}

static void a_reader_cannot_become_a_writer(void **state)
{
	assert_mistake("self-deadlock", "read_then_write");
}

static void only_the_owner_may_unlock(void **state)
{
	assert_fine("lock_a_only");
	vm.m->actor = 1;
	assert_mistake("lock-state", "unlock_a_only");
}

static void what_is_held_for_reading_is_not_unlocked_as_a_writer(void **state)
{
	assert_mistake("lock-state", "unlock_read_as_write");
}

static void a_held_lock_is_not_destroyed(void **state)
{
	assert_mistake("lock-state", "destroy_held");
}

static void a_lock_is_initialised_before_it_is_taken(void **state)
{
	assert_mistake("lock-state", "uninitialised");
}

static void sleeping_under_a_spinlock_is_a_violation(void **state)
{
	assert_mistake("sleeping-while-atomic", "sleep_under_spinlock");
}

static void gfp_kernel_under_a_spinlock_is_a_violation(void **state)
{
	assert_mistake("sleeping-while-atomic", "gfp_kernel_under_spinlock");
}

static void gfp_atomic_under_a_spinlock_is_fine(void **state)
{
	assert_fine("gfp_atomic_under_spinlock");
}

static void sleeping_with_preemption_disabled_is_a_violation(void **state)
{
	assert_mistake("sleeping-while-atomic", "sleep_without_preemption");
}

static void assertions_know_reading_from_writing(void **state)
{
	assert_fine("held_is_read");
	assert_mistake("lockdep-assert", "held_read_is_write");
}

static void asserting_that_a_lock_is_not_held_looks(void **state)
{
	assert_mistake("lockdep-assert", "not_held_is_held");
}

static void a_lock_of_another_actor_is_not_held(void **state)
{
	assert_fine("lock_a_only");
	vm.m->actor = 1;
	assert_mistake("lockdep-assert", "held_by_another");
}

static void going_back_to_user_space_with_a_lock_is_a_violation(void **state)
{
	create_vm(0, 3, 1);
	assert_fine("lock_a_only");
	assert_true(violates(vm.m, "lock-leak", set_private(SLOT, PAGE, 0)));
	assert_said("lock_a", "lock_a_only", NULL, NULL);
}

static void a_sequence_counter_tells_readers_of_a_write(void **state)
{
	assert_fine("seq_ok");
}

static void reading_a_sequence_counter_inside_its_write_is_a_violation(void **state)
{
	assert_mistake("self-deadlock", "seq_read_inside_write");
}

static void two_writers_of_a_sequence_counter_are_a_violation(void **state)
{
	assert_mistake("lock-state", "seq_two_writers");
}

static void sleeping_inside_a_write_of_a_sequence_counter_is_a_violation(void **state)
{
	assert_mistake("sleeping-while-atomic", "seq_sleep");
}

static void a_lock_that_spins_is_not_held_over_16384_points(void **state)
{
	assert_fine("hold_for_16384_points");
	assert_fine("hold_for_16384_points");
	assert_fine("hold_with_a_break");
	assert_fine("hold_a_mutex_for_long");
	assert_int_equal(vm.m->breaches, 0);
	assert_fine("hold_for_16385_points");
	assert_true(vm.m->breaches);
	assert_string_equal(vm.m->check, "hold-time");
	assert_said("spin held", NULL, NULL, NULL);
}

#define test(f) cmocka_unit_test_setup_teardown(f, vm_boot, vm_halt)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_lock_that_spins_is_not_held_over_16384_points),
		test(two_orders_of_two_locks_are_a_violation_that_names_both),
		test(an_order_through_a_third_lock_is_a_violation_too),
		test(a_trylock_in_the_other_order_is_fine),
		test(two_locks_of_one_class_need_a_subclass),
		test(waiting_for_readers_under_a_lock_that_readers_take_is_a_violation),
		test(entering_srcu_under_a_lock_waits_for_nobody),
		test(waiting_for_readers_as_a_reader_is_a_violation),
		test(reading_twice_is_a_violation_because_a_writer_may_queue_in_between),
		test(a_reader_cannot_become_a_writer),
		test(only_the_owner_may_unlock),
		test(what_is_held_for_reading_is_not_unlocked_as_a_writer),
		test(a_held_lock_is_not_destroyed),
		test(a_lock_is_initialised_before_it_is_taken),
		test(sleeping_under_a_spinlock_is_a_violation),
		test(gfp_kernel_under_a_spinlock_is_a_violation),
		test(gfp_atomic_under_a_spinlock_is_fine),
		test(sleeping_with_preemption_disabled_is_a_violation),
		test(assertions_know_reading_from_writing),
		test(asserting_that_a_lock_is_not_held_looks),
		test(a_lock_of_another_actor_is_not_held),
		test(going_back_to_user_space_with_a_lock_is_a_violation),
		test(a_sequence_counter_tells_readers_of_a_write),
		test(reading_a_sequence_counter_inside_its_write_is_a_violation),
		test(two_writers_of_a_sequence_counter_are_a_violation),
		test(sleeping_inside_a_write_of_a_sequence_counter_is_a_violation),
	};

	return cmocka_run_group_tests_name("kernel locks", tests, NULL, NULL);
}
