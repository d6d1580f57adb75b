/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The environment of a kernel image by itself: expectations are those of the dispatch sheet, part G.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "machine.h"

#define HVA   0x7f0000000000ull
#define SLOT  0x40000000ull /* gpa */
#define GFN   (SLOT / PAGE)
#define PAGES 64ull

struct vm {
	struct machine *m;
	struct sim_kvm *kvm;
	int gmem;
};

static struct vm vm;

static int boot(void **state)
{
	vm = (struct vm){ .m = machine_new(), .gmem = -1 };
	*state = vm.m;
	return 0;
}

static int halt(void **state)
{
	machine_free(*state);
	return 0;
}

static unsigned long long pages_used(void)
{
	struct sim_kernel_stats stats;

	vm.m->image->stats(&stats);
	return stats.pages_used;
}

static void create_vm(int realm, unsigned prot, int shared)
{
	struct sim_memslot slot = { .gpa = SLOT, .size = PAGES * PAGE, .hva = HVA };

	assert_int_equal(vm.m->image->create_vm(41, realm, &vm.kvm), 0);
	assert_int_equal(vm.m->image->mmap(vm.kvm, HVA, PAGES * PAGE, prot, shared), 0);
	if (realm) {
		vm.gmem = vm.m->image->create_gmem(vm.kvm, PAGES * PAGE);
		assert_true(vm.gmem >= 0);
		slot.flags = SIM_MEM_GUEST_MEMFD;
		slot.gmem = vm.gmem;
	}
	assert_int_equal(vm.m->image->set_memory_region(vm.kvm, &slot), 0);
	vm.m->port->nr_calls = 0;
}

static const struct test_call *call(unsigned i)
{
	assert_true(i < vm.m->port->nr_calls);
	return &vm.m->port->calls[i];
}

static int set_private(unsigned long long gpa, unsigned long long size, int private)
{
	return vm.m->image->set_memory_attributes(vm.kvm, gpa, size,
						  private ? SIM_MEMORY_ATTRIBUTE_PRIVATE : 0);
}

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

	vm.m->fail_label = "GFP_KERNEL page";
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

/* G1: memory attributes */

static void an_attribute_change_is_one_invalidation_around_the_store(void **state)
{
	unsigned long seq;

	create_vm(1, 3, 1);
	seq = vm.m->port->seq(vm.kvm);
	assert_int_equal(set_private(SLOT - PAGE, 3 * PAGE, 1), 0);
	assert_int_equal(vm.m->port->nr_calls, 2);

	assert_string_equal(call(0)->name, "pre");
	assert_int_equal(call(0)->start, GFN); /* clipped to the slot */
	assert_int_equal(call(0)->end, GFN + 2);
	assert_int_equal(call(0)->in_progress, 1);
	assert_int_equal(call(0)->seq, seq);
	assert_int_equal(call(0)->is_private, 0);
	assert_true(call(0)->mmu_locked);

	/* The end comes before the unmap, in the same hold of the lock. */
	assert_string_equal(call(1)->name, "post");
	assert_int_equal(call(1)->in_progress, 0);
	assert_int_equal(call(1)->seq, seq + 1);
	assert_int_equal(call(1)->is_private, 1);
	assert_true(call(1)->mmu_locked);
}

static void the_same_attributes_again_change_nothing(void **state)
{
	unsigned long seq;

	create_vm(1, 3, 1);
	assert_int_equal(set_private(SLOT, 8 * PAGE, 1), 0);
	seq = vm.m->port->seq(vm.kvm);
	vm.m->port->nr_calls = 0;
	assert_int_equal(set_private(SLOT + 2 * PAGE, 4 * PAGE, 1), 0);
	assert_int_equal(vm.m->port->nr_calls, 0);
	assert_int_equal(vm.m->port->seq(vm.kvm), seq);
}

static void attributes_outside_of_every_slot_move_no_sequence_number(void **state)
{
	unsigned long long attributes = 0;
	unsigned long seq;

	create_vm(1, 3, 1);
	seq = vm.m->port->seq(vm.kvm);
	assert_int_equal(set_private(0, PAGE, 1), 0);
	assert_int_equal(vm.m->port->nr_calls, 0);
	assert_int_equal(vm.m->port->seq(vm.kvm), seq);
	vm.m->image->get_memory_attributes(vm.kvm, 0, &attributes);
	assert_int_equal(attributes, SIM_MEMORY_ATTRIBUTE_PRIVATE);
}

static void attributes_keep_every_border(void **state)
{
	unsigned long long a;
	unsigned i;

	create_vm(1, 3, 1);
	/*    0123456789
	 *    PPPPPPPPPP
	 *      ss  s      */
	assert_int_equal(set_private(SLOT, 10 * PAGE, 1), 0);
	assert_int_equal(set_private(SLOT + 2 * PAGE, 2 * PAGE, 0), 0);
	assert_int_equal(set_private(SLOT + 6 * PAGE, PAGE, 0), 0);
	for (i = 0; i < 12; i++) {
		vm.m->image->get_memory_attributes(vm.kvm, SLOT + i * PAGE, &a);
		assert_int_equal(!!a, i < 10 && i != 2 && i != 3 && i != 6);
	}
	assert_int_equal(set_private(SLOT, 10 * PAGE, 1), 0);
	vm.m->port->nr_calls = 0;
	assert_int_equal(set_private(SLOT, 10 * PAGE, 1), 0);
	assert_int_equal(vm.m->port->nr_calls, 0); /* one run again */
}

static void neighbouring_attributes_join_and_are_cut_on_both_sides(void **state)
{
	unsigned long long a;
	unsigned i;

	create_vm(1, 3, 1);
	/*    0123456789
	 *      PPPPPP     in two steps
	 *    ssss
	 *         ssss    */
	assert_int_equal(set_private(SLOT + 2 * PAGE, 3 * PAGE, 1), 0);
	assert_int_equal(set_private(SLOT + 5 * PAGE, 3 * PAGE, 1), 0);
	vm.m->port->nr_calls = 0;
	assert_int_equal(set_private(SLOT + 2 * PAGE, 6 * PAGE, 1), 0);
	assert_int_equal(vm.m->port->nr_calls, 0);
	assert_int_equal(set_private(SLOT, 4 * PAGE, 0), 0);
	assert_int_equal(set_private(SLOT + 5 * PAGE, 4 * PAGE, 0), 0);
	for (i = 0; i < 10; i++) {
		vm.m->image->get_memory_attributes(vm.kvm, SLOT + i * PAGE, &a);
		assert_int_equal(!!a, i == 4);
	}
}

static void bad_attribute_arguments_are_refused(void **state)
{
	const struct sim_kernel_image *image = vm.m->image;

	create_vm(1, 3, 1);
	assert_int_equal(image->set_memory_attributes(vm.kvm, SLOT, PAGE, 1), -22);
	assert_int_equal(set_private(SLOT, 0, 1), -22);
	assert_int_equal(set_private(SLOT + 1, PAGE, 1), -22);
	assert_int_equal(set_private(SLOT, PAGE - 1, 1), -22);
	assert_int_equal(set_private(~0ull - PAGE + 1, 2 * PAGE, 1), -22);
	vm.m->fail_label = "xarray node";
	assert_int_equal(set_private(SLOT, PAGE, 1), -12);
	assert_int_equal(vm.m->port->nr_calls, 0);
}

static void an_ordinary_vm_has_no_private_attribute(void **state)
{
	create_vm(0, 3, 1);
	assert_int_equal(set_private(SLOT, PAGE, 1), -22);
}

/* G2-G4: guest_memfd */

static void a_hole_unmaps_private_before_its_pages_go(void **state)
{
	unsigned long long pa, used;
	unsigned long seq;

	create_vm(1, 3, 1);
	assert_int_equal(vm.m->port->gmem_pfn(vm.kvm, GFN + 5, &pa), 0);
	used = pages_used();
	seq = vm.m->port->seq(vm.kvm);
	assert_int_equal(vm.m->image->punch_hole(vm.kvm, vm.gmem, 4 * PAGE, 4 * PAGE), 0);
	assert_int_equal(vm.m->port->nr_calls, 1);
	assert_string_equal(call(0)->name, "unmap");
	assert_int_equal(call(0)->start, GFN + 4);
	assert_int_equal(call(0)->end, GFN + 8);
	assert_int_equal(call(0)->filter, 2);
	assert_int_equal(call(0)->in_progress, 1);
	assert_int_equal(vm.m->port->seq(vm.kvm), seq + 1);
	assert_int_equal(pages_used(), used - 1);
	assert_int_equal(vm.m->image->punch_hole(vm.kvm, vm.gmem, 1, PAGE), -22);
	assert_int_equal(vm.m->image->punch_hole(vm.kvm, 77, 0, PAGE), -9);
}

static void populate_reports_the_pages_before_the_one_that_failed(void **state)
{
	create_vm(1, 3, 1);
	assert_int_equal(set_private(SLOT, 8 * PAGE, 1), 0);
	assert_int_equal(vm.m->port->populate(vm.kvm, GFN, HVA, 4), 4);
	vm.m->port->populate_fail_at = 2;
	vm.m->port->populate_result = -6;
	assert_int_equal(vm.m->port->populate(vm.kvm, GFN, HVA, 4), 2);
	vm.m->port->populate_fail_at = 0;
	assert_int_equal(vm.m->port->populate(vm.kvm, GFN, HVA, 4), -6);
	/* Any sign: what a callback must not return is seen on the first page. */
	vm.m->port->populate_result = 0x304;
	assert_int_equal(vm.m->port->populate(vm.kvm, GFN, HVA, 4), 0x304);
}

static void populate_needs_the_private_attribute_and_a_source(void **state)
{
	create_vm(1, 3, 1);
	assert_int_equal(vm.m->port->populate(vm.kvm, GFN, HVA, 1), -22);
	assert_int_equal(set_private(SLOT, PAGE, 1), 0);
	assert_int_equal(vm.m->port->populate(vm.kvm, GFN, 0x1000, 1), -14);
	assert_int_equal(vm.m->port->populate(vm.kvm, GFN - 1, HVA, 1), -22);
	assert_int_equal(vm.m->port->populate(vm.kvm, GFN, HVA, 2), 1);
}

/* G5, G7: user memory */

static void a_load_of_private_memory_shows_the_zero_page_read_only(void **state)
{
	unsigned long long a, b;
	int writable;

	create_vm(0, 3, 0);
	a = vm.m->port->faultin(vm.kvm, GFN, 0, &writable);
	assert_false(writable);
	b = vm.m->port->faultin(vm.kvm, GFN + 1, 0, &writable);
	assert_false(writable);
	assert_int_equal(a, b);
}

static void a_store_replaces_the_zero_page_inside_an_invalidation(void **state)
{
	unsigned long long zero, page;
	unsigned long seq;
	int writable;

	create_vm(0, 3, 0);
	zero = vm.m->port->faultin(vm.kvm, GFN, 0, &writable);
	seq = vm.m->port->seq(vm.kvm);
	page = vm.m->port->faultin(vm.kvm, GFN, 1, &writable);
	assert_true(writable);
	assert_int_not_equal(page, zero);
	assert_int_equal(vm.m->port->nr_calls, 1);
	assert_int_equal(call(0)->start, GFN);
	assert_int_equal(call(0)->end, GFN + 1);
	assert_int_equal(call(0)->filter, 1);
	assert_int_equal(vm.m->port->seq(vm.kvm), seq + 1);
	/* From now on a load sees it writable. */
	assert_int_equal(vm.m->port->faultin(vm.kvm, GFN, 0, &writable), page);
	assert_true(writable);
}

static void a_store_to_a_fresh_private_page_tells_nobody(void **state)
{
	unsigned long seq;
	int writable;

	create_vm(0, 3, 0);
	seq = vm.m->port->seq(vm.kvm);
	vm.m->port->faultin(vm.kvm, GFN, 1, &writable);
	assert_true(writable);
	assert_int_equal(vm.m->port->nr_calls, 0);
	assert_int_equal(vm.m->port->seq(vm.kvm), seq);
}

static void shared_memory_is_writable_from_the_first_load(void **state)
{
	unsigned long long page;
	int writable;

	create_vm(0, 3, 1);
	page = vm.m->port->faultin(vm.kvm, GFN, 0, &writable);
	assert_true(writable);
	assert_int_equal(vm.m->port->faultin(vm.kvm, GFN, 1, &writable), page);
}

static void a_page_made_read_only_becomes_writable_in_place(void **state)
{
	unsigned long long page;
	unsigned long seq;
	int writable;

	create_vm(0, 3, 0);
	page = vm.m->port->faultin(vm.kvm, GFN, 1, &writable);
	assert_int_equal(vm.m->image->mprotect(vm.kvm, HVA, PAGE, 1), 0);
	assert_int_equal(vm.m->port->nr_calls, 1);
	assert_int_equal(vm.m->port->faultin(vm.kvm, GFN, 1, &writable), 0x7ffull << 52);
	assert_int_equal(vm.m->port->faultin(vm.kvm, GFN, 0, &writable), page);
	assert_false(writable);
	assert_int_equal(vm.m->image->mprotect(vm.kvm, HVA, PAGE, 3), 0);
	seq = vm.m->port->seq(vm.kvm);
	assert_int_equal(vm.m->port->faultin(vm.kvm, GFN, 1, &writable), page);
	assert_true(writable);
	assert_int_equal(vm.m->port->seq(vm.kvm), seq);
}

static void an_unmapped_page_is_a_fault_and_its_frame_goes(void **state)
{
	unsigned long long used;
	unsigned char byte = 0;
	int writable;

	create_vm(0, 3, 1);
	vm.m->port->faultin(vm.kvm, GFN, 1, &writable);
	used = pages_used();
	assert_int_equal(vm.m->image->munmap(vm.kvm, HVA, PAGE), 0);
	assert_int_equal(vm.m->port->nr_calls, 1);
	assert_int_equal(pages_used(), used - 1);
	assert_int_equal(vm.m->port->faultin(vm.kvm, GFN, 0, &writable), 0x7ffull << 52);
	assert_int_equal(vm.m->image->user_access(vm.kvm, HVA, &byte, 1, 0), -14);
	/* The rest of the mapping is still there. */
	assert_int_equal(vm.m->image->user_access(vm.kvm, HVA + PAGE, &byte, 1, 0), 0);
	assert_int_equal(vm.m->image->mmap(vm.kvm, HVA, 2 * PAGE, 3, 1), -17);
}

static void a_read_only_slot_refuses_stores_and_is_never_writable(void **state)
{
	struct sim_memslot slot = {
		.slot = 1, .flags = SIM_MEM_READONLY, .gpa = 0x1000, .size = PAGE, .hva = HVA
	};
	int writable;

	create_vm(0, 3, 1);
	assert_int_equal(vm.m->image->set_memory_region(vm.kvm, &slot), 0);
	assert_int_equal(vm.m->port->faultin(vm.kvm, 1, 1, &writable), (0x7ffull << 52) + 2);
	vm.m->port->faultin(vm.kvm, 1, 0, &writable);
	assert_false(writable);
	assert_int_equal(vm.m->port->faultin(vm.kvm, 7, 0, &writable), 1ull << 63);
}

/* G6: memslots */

static void a_deleted_slot_is_invalid_while_it_is_flushed(void **state)
{
	struct sim_memslot slot = { .size = 0 };

	create_vm(1, 3, 1);
	assert_int_equal(vm.m->image->set_memory_region(vm.kvm, &slot), 0);
	assert_int_equal(vm.m->port->nr_calls, 1);
	assert_string_equal(call(0)->name, "flush_slot");
	assert_false(call(0)->slot_valid);
	assert_false(call(0)->mmu_locked);
	assert_int_equal(vm.m->image->set_memory_region(vm.kvm, &slot), -22);
	/* The guest_memfd is free to be bound again. */
	slot = (struct sim_memslot){ .flags = SIM_MEM_GUEST_MEMFD,
				     .gpa = SLOT,
				     .size = PAGES * PAGE,
				     .hva = HVA,
				     .gmem = vm.gmem };
	assert_int_equal(vm.m->image->set_memory_region(vm.kvm, &slot), 0);
}

static void bad_slots_are_refused(void **state)
{
	const struct {
		struct sim_memslot slot;
		int err;
	} rows[] = {
		{ { .slot = 1, .gpa = SLOT, .size = PAGE, .hva = HVA }, -17 },
		{ { .slot = 1, .gpa = 1, .size = PAGE, .hva = HVA }, -22 },
		{ { .slot = 1, .gpa = 0, .size = 1, .hva = HVA }, -22 },
		{ { .slot = 1, .gpa = 0, .size = PAGE, .hva = 1 }, -22 },
		{ { .slot = 1, .gpa = ~0ull & ~(PAGE - 1), .size = 2 * PAGE, .hva = HVA }, -22 },
		{ { .slot = 1, .flags = 6, .gpa = 0, .size = PAGE, .hva = HVA }, -22 },
		{ { .slot = 1, .flags = 4, .gpa = 0, .size = PAGE, .hva = HVA, .gmem = 9 }, -9 },
		{ { .slot = 1, .flags = 4, .gpa = 0, .size = PAGE, .hva = HVA }, -22 }, /* bound */
		{ { .slot = 0, .flags = 4, .gpa = SLOT, .size = PAGES * PAGE, .hva = HVA }, -22 },
		{ { .slot = 40000, .gpa = 0, .size = PAGE, .hva = HVA }, -22 },
	};
	unsigned long long bytes;
	unsigned i;

	create_vm(1, 3, 1);
	bytes = vm.m->live;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(vm.m->image->set_memory_region(vm.kvm, &rows[i].slot),
				 rows[i].err);
	assert_int_equal(vm.m->live, bytes);
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

#define test(f) cmocka_unit_test_setup_teardown(f, boot, halt)

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
		test(an_attribute_change_is_one_invalidation_around_the_store),
		test(the_same_attributes_again_change_nothing),
		test(attributes_outside_of_every_slot_move_no_sequence_number),
		test(attributes_keep_every_border),
		test(neighbouring_attributes_join_and_are_cut_on_both_sides),
		test(bad_attribute_arguments_are_refused),
		test(an_ordinary_vm_has_no_private_attribute),
		test(a_hole_unmaps_private_before_its_pages_go),
		test(populate_reports_the_pages_before_the_one_that_failed),
		test(populate_needs_the_private_attribute_and_a_source),
		test(a_load_of_private_memory_shows_the_zero_page_read_only),
		test(a_store_replaces_the_zero_page_inside_an_invalidation),
		test(a_store_to_a_fresh_private_page_tells_nobody),
		test(shared_memory_is_writable_from_the_first_load),
		test(a_page_made_read_only_becomes_writable_in_place),
		test(an_unmapped_page_is_a_fault_and_its_frame_goes),
		test(a_read_only_slot_refuses_stores_and_is_never_writable),
		test(a_deleted_slot_is_invalid_while_it_is_flushed),
		test(bad_slots_are_refused),
		test(a_pending_signal_ends_kvm_run),
	};

	return cmocka_run_group_tests_name("kernel environment", tests, NULL, NULL);
}
