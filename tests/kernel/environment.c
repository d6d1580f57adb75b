/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pages, memory cache, locks and the frame of KVM_RUN in a kernel image by itself: expectations are those of the dispatch sheet, part G.
 */
#include "vm.h"

/* Pages */

static void the_allocator_hands_out_no_page_that_is_not_non_secure(void **state)
{
	unsigned i;

	for (i = 0; i < BANK_SIZE / PAGE; i++)
		vm.m->not_ns[i] = 1;
	assert_true(violates(vm.m, "delegated-page", vm.m->image->create_vm(41, 0, &vm.kvm)));
}

static void freeing_a_delegated_page_is_a_violation(void **state)
{
	unsigned long long pa;

	create_vm(1, 3, 1);
	assert_int_equal(vm.m->port->gmem_pfn(vm.kvm, GFN + 3, &pa), 0);
	vm.m->not_ns[(pa - BANK_BASE) / PAGE] = 1;
	assert_true(violates(vm.m, "delegated-page",
			     vm.m->image->punch_hole(vm.kvm, vm.gmem, 3 * PAGE, PAGE)));
}

static void freeing_a_page_twice_is_a_violation(void **state)
{
	assert_true(violates(vm.m, "double-free", vm.m->port->free_twice()));
}

static void a_host_access_to_a_delegated_page_is_a_violation(void **state)
{
	unsigned char byte = 1;

	create_vm(1, 3, 1);
	assert_int_equal(vm.m->image->user_access(vm.kvm, HVA, &byte, 1, 1), 0);
	memset(vm.m->not_ns, 1, sizeof(vm.m->not_ns));
	assert_true(
		violates(vm.m, "host-access", vm.m->image->user_access(vm.kvm, HVA, &byte, 1, 0)));
}

static void a_vm_gives_back_every_page_and_byte(void **state)
{
	unsigned long long before, bytes, pa;
	struct sim_kernel_stats stats;
	unsigned char byte = 1;

	/* The first VM leaves the lists behind that only grow. */
	create_vm(1, 3, 0);
	vm.m->image->destroy_vm(vm.kvm);
	before = pages_used();
	bytes = vm.m->live;
	create_vm(1, 3, 0);
	assert_int_equal(vm.m->port->gmem_pfn(vm.kvm, GFN, &pa), 0);
	assert_int_equal(vm.m->image->user_access(vm.kvm, HVA, &byte, 1, 1), 0);
	assert_int_equal(set_private(SLOT, PAGE, 1), 0);
	assert_true(pages_used() > before);
	vm.m->image->destroy_vm(vm.kvm);
	vm.m->image->stats(&stats);
	assert_int_equal(stats.pages_used, before);
	assert_int_equal(stats.locks_held, 0);
	assert_int_equal(stats.warns, 0);
	assert_int_equal(vm.m->live, bytes);
}

static void the_root_of_a_41_bit_vm_is_four_aligned_pages(void **state)
{
	unsigned long long before = pages_used();

	assert_int_equal(vm.m->image->create_vm(41, 0, &vm.kvm), 0);
	assert_int_equal(pages_used() - before, 4);
	assert_int_equal(vm.m->image->create_vm(48, 0, &vm.kvm), 0);
	assert_int_equal(pages_used() - before, 5);
	assert_int_equal(vm.m->image->create_vm(31, 0, &vm.kvm), -22);
	assert_int_equal(vm.m->image->create_vm(49, 0, &vm.kvm), -22);
	assert_int_equal(pages_used() - before, 5);
}

static void placed_pages_come_from_their_place_and_go_to_nobody_else(void **state)
{
	const unsigned long long at = BANK_BASE + 0x100000;
	unsigned long long pa;
	int writable;

	create_vm(1, 3, 1);
	assert_int_equal(vm.m->image->place(vm.kvm, vm.gmem, 0, 4 * PAGE, at), 0);
	assert_int_equal(vm.m->image->place(vm.kvm, -1, HVA, 4 * PAGE, at + 4 * PAGE), 0);
	assert_int_equal(vm.m->image->place(vm.kvm, -1, HVA, PAGE, at), -16);
	assert_int_equal(vm.m->image->place(vm.kvm, -1, HVA, PAGE, 0x1000), -22);
	assert_int_equal(vm.m->image->place(vm.kvm, -1, HVA, PAGE, at + 1), -22);
	assert_int_equal(vm.m->port->gmem_pfn(vm.kvm, GFN + 2, &pa), 0);
	assert_int_equal(pa, at + 2 * PAGE);
	assert_int_equal(vm.m->port->faultin(vm.kvm, GFN + 1, 1, &writable), at / PAGE + 5);
	assert_int_equal(vm.m->port->gmem_pfn(vm.kvm, GFN + 9, &pa), 0);
	assert_true(pa < at || pa >= at + 8 * PAGE);
	/* Freed and allocated again: the same page. */
	assert_int_equal(vm.m->image->punch_hole(vm.kvm, vm.gmem, 2 * PAGE, PAGE), 0);
	assert_int_equal(vm.m->port->gmem_pfn(vm.kvm, GFN + 2, &pa), 0);
	assert_int_equal(pa, at + 2 * PAGE);
}

static void a_freed_placed_page_is_kept_for_its_place(void **state)
{
	unsigned long long lowest, pa;

	create_vm(1, 3, 1);
	assert_int_equal(vm.m->port->gmem_pfn(vm.kvm, GFN, &lowest), 0);
	lowest += PAGE;
	assert_int_equal(vm.m->image->place(vm.kvm, vm.gmem, 2 * PAGE, PAGE, lowest), 0);
	assert_int_equal(vm.m->port->gmem_pfn(vm.kvm, GFN + 2, &pa), 0);
	assert_int_equal(pa, lowest);
	assert_int_equal(vm.m->image->punch_hole(vm.kvm, vm.gmem, 2 * PAGE, PAGE), 0);
	assert_int_equal(vm.m->port->gmem_pfn(vm.kvm, GFN + 9, &pa), 0);
	assert_int_not_equal(pa, lowest);
}

/* G8: the memory cache */

static void the_cache_is_filled_to_its_capacity_or_not_at_all(void **state)
{
	int nobjs;

	assert_int_equal(vm.m->port->topup(2, 2, &nobjs), 0);
	assert_int_equal(nobjs, 2);
	assert_int_equal(vm.m->port->topup(1, 2, &nobjs), 0);
	assert_int_equal(nobjs, 40);
}

static void a_top_up_fails_only_below_its_minimum(void **state)
{
	int nobjs;

	vm.m->fail_label = "memcache page";
	vm.m->fail_after = 40 + 2; /* the door fills the cache once itself */
	assert_int_equal(vm.m->port->topup(0, 3, &nobjs), -12);
	assert_int_equal(nobjs, 2);
	vm.m->fail_after = 40 + 3;
	assert_int_equal(vm.m->port->topup(0, 3, &nobjs), 0);
	assert_int_equal(nobjs, 3);
}

/* Locks */

static void sleeping_under_mmu_lock_is_a_violation(void **state)
{
	create_vm(0, 3, 1);
	assert_true(
		violates(vm.m, "sleeping-while-atomic", vm.m->port->sleep_under_mmu_lock(vm.kvm)));
}

static void taking_a_mutex_under_mmu_lock_is_a_violation(void **state)
{
	create_vm(0, 3, 1);
	assert_true(
		violates(vm.m, "sleeping-while-atomic", vm.m->port->mutex_under_mmu_lock(vm.kvm)));
}

static void a_read_lock_does_not_satisfy_an_assertion_about_writing(void **state)
{
	create_vm(0, 3, 1);
	assert_true(violates(vm.m, "lockdep-assert", vm.m->port->assert_without_lock(vm.kvm)));
}

static void taking_a_lock_twice_is_a_violation(void **state)
{
	create_vm(0, 3, 1);
	assert_true(violates(vm.m, "self-deadlock", vm.m->port->lock_twice(vm.kvm)));
}

static void config_lock_before_slots_lock_is_a_violation(void **state)
{
	create_vm(0, 3, 1);
	assert_true(violates(vm.m, "lock-order", vm.m->port->wrong_order(vm.kvm)));
}

static void reading_memslots_outside_of_srcu_is_a_violation(void **state)
{
	create_vm(0, 3, 1);
	assert_true(violates(vm.m, "lockdep-assert", vm.m->port->memslots_without_srcu(vm.kvm)));
}

static void mmu_lock_is_dropped_in_between_only_when_the_machine_says_so(void **state)
{
	create_vm(0, 3, 1);
	assert_int_equal(vm.m->port->resched(vm.kvm), 0);
	vm.m->fail_label = "kvm->mmu_lock";
	assert_int_equal(vm.m->port->resched(vm.kvm), 1);
}

static void a_warning_has_the_value_of_a_boolean(void **state)
{
	struct sim_kernel_stats stats;

	assert_int_equal(vm.m->port->warn_value(0x304), 1);
	assert_int_equal(vm.m->port->warn_value(0), 0);
	vm.m->image->stats(&stats);
	assert_int_equal(stats.warns, 1);
}

/* The run loop's frame */

static void a_pending_signal_ends_kvm_run(void **state)
{
	struct sim_run run = { .immediate_exit = 1 };
	struct sim_kvm_vcpu *vcpu;

	create_vm(0, 3, 1);
	assert_int_equal(vm.m->image->create_vcpu(vm.kvm, 0, 0, &vcpu), 0);
	assert_int_equal(vm.m->image->create_vcpu(vm.kvm, 0, 0, &vcpu), -17);
	assert_int_equal(vm.m->image->run(vcpu, &run), -4);
	assert_int_equal(run.exit_reason, SIM_EXIT_INTR);
	assert_string_equal(call(0)->name, "pid_change");
	assert_int_equal(vm.m->image->run(vcpu, &run), -4);
	assert_int_equal(vm.m->port->nr_calls, 1); /* the same thread */
}

#define test(f) cmocka_unit_test_setup_teardown(f, vm_boot, vm_halt)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(the_allocator_hands_out_no_page_that_is_not_non_secure),
		test(freeing_a_delegated_page_is_a_violation),
		test(freeing_a_page_twice_is_a_violation),
		test(a_host_access_to_a_delegated_page_is_a_violation),
		test(a_vm_gives_back_every_page_and_byte),
		test(the_root_of_a_41_bit_vm_is_four_aligned_pages),
		test(placed_pages_come_from_their_place_and_go_to_nobody_else),
		test(a_freed_placed_page_is_kept_for_its_place),
		test(the_cache_is_filled_to_its_capacity_or_not_at_all),
		test(a_top_up_fails_only_below_its_minimum),
		test(sleeping_under_mmu_lock_is_a_violation),
		test(taking_a_mutex_under_mmu_lock_is_a_violation),
		test(a_read_lock_does_not_satisfy_an_assertion_about_writing),
		test(taking_a_lock_twice_is_a_violation),
		test(config_lock_before_slots_lock_is_a_violation),
		test(reading_memslots_outside_of_srcu_is_a_violation),
		test(mmu_lock_is_dropped_in_between_only_when_the_machine_says_so),
		test(a_warning_has_the_value_of_a_boolean),
		test(a_pending_signal_ends_kvm_run),
	};

	return cmocka_run_group_tests_name("kernel environment", tests, NULL, NULL);
}
