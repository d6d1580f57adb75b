/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Attributes, guest_memfd, user memory and memslots of a kernel image by itself: expectations are those of the dispatch sheet, part G.
 */
#include "vm.h"

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

	create_vm(0, 3, 0);
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

#define test(f) cmocka_unit_test_setup_teardown(f, vm_boot, vm_halt)

int main(void)
{
	const struct CMUnitTest tests[] = {
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
	};

	return cmocka_run_group_tests_name("kernel memory", tests, NULL, NULL);
}
