/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest_memfd and memory attributes in a kernel image by itself: expectations are those of the dispatch
 * sheet, G1-G4.
 */
#include "vm.h"

#define KEEP  SIM_FALLOC_KEEP_SIZE
#define PUNCH (SIM_FALLOC_PUNCH_HOLE | SIM_FALLOC_KEEP_SIZE)

static int fallocate(unsigned mode, unsigned long long offset, unsigned long long size)
{
	return vm.m->image->fallocate(vm.kvm, vm.gmem, mode, offset, size);
}

static int slot1(unsigned long long gpa, unsigned long long pages, unsigned long long offset)
{
	return vm.m->image->set_memory_region(
		vm.kvm, &(struct sim_memslot){ .slot = 1,
					       .flags = pages ? SIM_MEM_GUEST_MEMFD : 0,
					       .gpa = gpa,
					       .size = pages * PAGE,
					       .hva = HVA,
					       .gmem = vm.gmem,
					       .gmem_offset = offset });
}

static int get_pfn(unsigned long long gfn)
{
	unsigned long long pa;

	return vm.m->port->gmem_pfn(vm.kvm, gfn, &pa);
}

/* G2 */

static void a_page_is_allocated_and_cleared_once(void **state)
{
	unsigned long long pa, again, used;

	create_vm(1, 3, 1);
	used = pages_used();
	assert_int_equal(vm.m->port->gmem_pfn(vm.kvm, GFN + 2, &pa), 0);
	assert_int_equal(vm.m->ram[pa - BANK_BASE + 8], 0);
	vm.m->ram[pa - BANK_BASE + 8] = 0x77;
	assert_int_equal(vm.m->port->gmem_pfn(vm.kvm, GFN + 2, &again), 0);
	assert_int_equal(again, pa);
	assert_int_equal(vm.m->ram[pa - BANK_BASE + 8], 0x77); /* uptodate */
	assert_int_equal(pages_used(), used + 1);
}

static void a_page_without_memory_is_not_had(void **state)
{
	create_vm(1, 3, 1);
	vm.m->fail_label = "GFP_KERNEL page";
	assert_int_equal(get_pfn(GFN), -12);
}

static void a_page_that_is_delegated_before_it_is_filled_cannot_be_cleared(void **state)
{
	unsigned i;

	create_vm(1, 3, 1);
	assert_int_equal(fallocate(0, 0, PAGE), 0); /* there, but not uptodate */
	for (i = 0; i < BANK_SIZE / PAGE; i++)
		vm.m->not_ns[i] = 1;
	assert_true(violates(vm.m, "host-access", get_pfn(GFN)));
}

static void slots_show_one_file_at_their_own_offsets(void **state)
{
	unsigned long long pa, other;

	create_vm(1, 3, 1);
	assert_int_equal(slot1(0, 4, 0), -22); /* bound already */
	assert_int_equal(vm.m->image->set_memory_region(vm.kvm, &(struct sim_memslot){ 0 }), 0);
	assert_int_equal(vm.m->image->set_memory_region(
				 vm.kvm, &(struct sim_memslot){ .flags = SIM_MEM_GUEST_MEMFD,
								.gpa = SLOT,
								.size = 4 * PAGE,
								.hva = HVA,
								.gmem = vm.gmem,
								.gmem_offset = 4 * PAGE }),
			 0);
	assert_int_equal(slot1(0, 5, 0), -22); /* the last page is bound */
	assert_int_equal(slot1(0, 4, 0), 0);
	assert_int_equal(vm.m->image->place(vm.kvm, vm.gmem, 0, 8 * PAGE, BANK_BASE + 0x100000), 0);
	assert_int_equal(vm.m->port->gmem_pfn(vm.kvm, 1, &pa), 0);
	assert_int_equal(pa, BANK_BASE + 0x101000);
	assert_int_equal(vm.m->port->gmem_pfn(vm.kvm, GFN + 1, &other), 0);
	assert_int_equal(other, BANK_BASE + 0x105000);
	/* A hole over the border: one invalidation, an unmap for each slot. */
	vm.m->port->nr_calls = 0;
	assert_int_equal(fallocate(PUNCH, 3 * PAGE, 2 * PAGE), 0);
	assert_int_equal(vm.m->port->nr_calls, 2);
	assert_int_equal(call(0)->in_progress, 1);
	assert_int_equal(call(1)->in_progress, 1);
	assert_int_equal(call(0)->start + call(1)->start, GFN + 3);
	assert_int_equal(call(0)->end + call(1)->end, GFN + 1 + 4);
}

/* G4 */

static void fallocate_knows_two_modes(void **state)
{
	unsigned long long used;

	create_vm(1, 3, 1);
	used = pages_used();
	assert_int_equal(fallocate(SIM_FALLOC_PUNCH_HOLE, 0, PAGE), -95);
	assert_int_equal(fallocate(PUNCH | 8, 0, PAGE), -95);
	assert_int_equal(fallocate(PUNCH, 1, PAGE), -22);
	assert_int_equal(fallocate(PUNCH, 0, PAGE + 1), -22);
	assert_int_equal(fallocate(PUNCH, 0, 0), -22);
	assert_int_equal(fallocate(PUNCH, ~0ull & ~(PAGE - 1), PAGE), -22);
	assert_int_equal(fallocate(0, (PAGES - 1) * PAGE, 2 * PAGE), -22); /* behind the end */
	assert_int_equal(pages_used(), used);
	assert_int_equal(fallocate(0, 0, 3 * PAGE), 0);
	assert_int_equal(pages_used(), used + 3);
	assert_int_equal(fallocate(KEEP, 2 * PAGE, 2 * PAGE), 0);
	assert_int_equal(pages_used(), used + 4);
	assert_int_equal(vm.m->port->nr_calls, 0);
	assert_int_equal(fallocate(PUNCH, 0, PAGES * PAGE), 0);
	assert_int_equal(pages_used(), used);
	vm.m->fail_label = "GFP_KERNEL page";
	vm.m->fail_after = 1;
	assert_int_equal(fallocate(0, 0, 3 * PAGE), -12);
	assert_int_equal(pages_used(), used + 1);
}

static void a_closed_file_unmaps_everything_and_answers_no_fault(void **state)
{
	unsigned long long used;
	unsigned long seq;

	create_vm(1, 3, 1);
	used = pages_used();
	seq = vm.m->port->seq(vm.kvm);
	assert_int_equal(get_pfn(GFN), 0);
	assert_int_equal(vm.m->image->close_gmem(vm.kvm, vm.gmem), 0);
	assert_int_equal(vm.m->port->nr_calls, 1);
	assert_string_equal(call(0)->name, "unmap");
	assert_int_equal(call(0)->start, GFN);
	assert_int_equal(call(0)->end, GFN + PAGES);
	assert_int_equal(call(0)->filter, 2);
	assert_int_equal(vm.m->port->seq(vm.kvm), seq + 1);
	assert_int_equal(pages_used(), used);
	assert_int_equal(get_pfn(GFN), -14);
	assert_int_equal(vm.m->port->populate(vm.kvm, GFN, HVA, 1), -14);
	assert_int_equal(vm.m->image->close_gmem(vm.kvm, vm.gmem), -9);
	assert_int_equal(vm.m->image->set_memory_region(vm.kvm, &(struct sim_memslot){ 0 }), 0);
}

static void a_memory_error_unmaps_the_page_and_stays(void **state)
{
	unsigned long long used;
	unsigned long seq;

	create_vm(1, 3, 1);
	assert_int_equal(vm.m->image->gmem_memory_failure(vm.kvm, vm.gmem, PAGE), -2);
	assert_int_equal(get_pfn(GFN + 1), 0);
	used = pages_used();
	seq = vm.m->port->seq(vm.kvm);
	assert_int_equal(vm.m->image->gmem_memory_failure(vm.kvm, vm.gmem, PAGE), 0);
	assert_int_equal(vm.m->port->nr_calls, 1);
	assert_int_equal(call(0)->start, GFN + 1);
	assert_int_equal(call(0)->end, GFN + 2);
	assert_int_equal(call(0)->filter, 2);
	assert_int_equal(vm.m->port->seq(vm.kvm), seq + 1);
	assert_int_equal(pages_used(), used); /* not truncated */
	assert_int_equal(get_pfn(GFN + 1), -133);
	assert_int_equal(set_private(SLOT, 2 * PAGE, 1), 0);
	assert_int_equal(vm.m->port->populate(vm.kvm, GFN + 1, HVA, 1), -133);
	/* A hole takes it away; the frame is not used again. */
	assert_int_equal(fallocate(PUNCH, PAGE, PAGE), 0);
	assert_int_equal(get_pfn(GFN + 1), 0);
}

static void a_broken_frame_is_never_used_again(void **state)
{
	unsigned long long pa, other;

	create_vm(1, 3, 1);
	assert_int_equal(vm.m->port->gmem_pfn(vm.kvm, GFN, &pa), 0);
	assert_int_equal(vm.m->image->gmem_memory_failure(vm.kvm, vm.gmem, 0), 0);
	assert_int_equal(fallocate(PUNCH, 0, PAGE), 0);
	assert_int_equal(vm.m->port->gmem_pfn(vm.kvm, GFN, &other), 0);
	assert_int_not_equal(other, pa);
}

static void only_a_shared_file_that_can_be_mapped_is_accessed_by_the_vmm(void **state)
{
	const unsigned both = SIM_GMEM_MMAP | SIM_GMEM_INIT_SHARED;
	const struct sim_kernel_image *image = vm.m->image;
	unsigned char byte = 5;
	int none, mmap, shared;

	create_vm(1, 3, 1);
	assert_int_equal(image->create_guest_memfd(vm.kvm, PAGE, 4), -22);
	assert_int_equal(image->create_guest_memfd(vm.kvm, PAGE + 1, 0), -22);
	assert_int_equal(image->create_guest_memfd(vm.kvm, 0, 0), -22);
	none = image->create_guest_memfd(vm.kvm, 2 * PAGE, 0);
	mmap = image->create_guest_memfd(vm.kvm, 2 * PAGE, SIM_GMEM_MMAP);
	shared = image->create_guest_memfd(vm.kvm, 2 * PAGE, both);
	assert_int_equal(image->gmem_access(vm.kvm, none, 0, &byte, 1, 0), -19);
	assert_int_equal(image->gmem_access(vm.kvm, mmap, 0, &byte, 1, 0), -14);
	assert_int_equal(image->gmem_access(vm.kvm, shared, 0, &byte, 1, 0), 0);
	assert_int_equal(byte, 0); /* cleared when it was not uptodate */
	byte = 7;
	assert_int_equal(image->gmem_access(vm.kvm, shared, PAGE + 1, &byte, 1, 1), 0);
	byte = 0;
	assert_int_equal(image->gmem_access(vm.kvm, shared, PAGE + 1, &byte, 1, 0), 0);
	assert_int_equal(byte, 7);
	assert_int_equal(image->gmem_access(vm.kvm, shared, 2 * PAGE, &byte, 1, 0), -14);
	assert_int_equal(image->gmem_memory_failure(vm.kvm, shared, 0), 0);
	assert_int_equal(image->gmem_access(vm.kvm, shared, 0, &byte, 1, 0), -14);
}

static void a_file_that_starts_shared_is_unmapped_as_shared(void **state)
{
	create_vm(1, 3, 1);
	vm.gmem = vm.m->image->create_guest_memfd(vm.kvm, 4 * PAGE,
						  SIM_GMEM_MMAP | SIM_GMEM_INIT_SHARED);
	assert_int_equal(slot1(0, 4, 0), 0);
	vm.m->port->nr_calls = 0;
	assert_int_equal(fallocate(PUNCH, 0, PAGE), 0);
	assert_int_equal(vm.m->port->nr_calls, 1);
	assert_int_equal(call(0)->filter, 1);
}

/* G1 */

static void attribute_arguments_are_looked_at_before_any_lock(void **state)
{
	int (*set)(struct sim_kvm *, unsigned long long, unsigned long long, unsigned long long,
		   unsigned long long) = vm.m->port->attributes;

	create_vm(1, 3, 1);
	assert_int_equal(set(vm.kvm, SLOT, PAGE, 8, 1), -22); /* flags */
	assert_int_equal(set(vm.kvm, SLOT, PAGE, 1, 0), -22);
	assert_int_equal(set(vm.kvm, SLOT, 0, 8, 0), -22);
	assert_int_equal(set(vm.kvm, ~0ull & ~(PAGE - 1), 2 * PAGE, 8, 0), -22);
	assert_int_equal(set(vm.kvm, SLOT + 1, PAGE, 8, 0), -22);
	assert_int_equal(set(vm.kvm, SLOT, PAGE + 1, 8, 0), -22);
	assert_int_equal(vm.m->port->nr_calls, 0);
	assert_int_equal(set(vm.kvm, SLOT, PAGE, 8, 0), 0);
	assert_int_equal(vm.m->port->nr_calls, 2);
}

static void attributes_without_memory_change_nothing(void **state)
{
	unsigned long long attributes = 9;
	unsigned long seq;

	create_vm(1, 3, 1);
	seq = vm.m->port->seq(vm.kvm);
	vm.m->fail_label = "xarray node";
	assert_int_equal(set_private(SLOT, 4 * PAGE, 1), -12);
	assert_int_equal(vm.m->port->nr_calls, 0);
	assert_int_equal(vm.m->port->seq(vm.kvm), seq);
	assert_int_equal(vm.m->image->get_memory_attributes(vm.kvm, SLOT, &attributes), 0);
	assert_int_equal(attributes, 0);
	vm.m->fail_label = NULL;
	assert_int_equal(set_private(SLOT, 4 * PAGE, 1), 0);
}

static void one_change_over_two_slots_is_one_invalidation(void **state)
{
	create_vm(1, 3, 1);
	vm.gmem = vm.m->image->create_gmem(vm.kvm, 4 * PAGE);
	assert_int_equal(slot1(SLOT + PAGES * PAGE, 4, 0), 0);
	vm.m->port->nr_calls = 0;
	assert_int_equal(set_private(SLOT + (PAGES - 1) * PAGE, 2 * PAGE, 1), 0);
	assert_int_equal(vm.m->port->nr_calls, 4);
	assert_string_equal(call(0)->name, "pre");
	assert_string_equal(call(1)->name, "pre");
	assert_int_equal(call(1)->in_progress, 1);
	assert_int_equal(call(1)->start, GFN + PAGES);
	assert_int_equal(call(1)->end, GFN + PAGES + 1);
	assert_string_equal(call(2)->name, "post");
	assert_string_equal(call(3)->name, "post");
	assert_int_equal(call(3)->seq, call(1)->seq + 1);
	assert_int_equal(call(3)->in_progress, 0);
}

#define test(f) cmocka_unit_test_setup_teardown(f, vm_boot, vm_halt)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_page_is_allocated_and_cleared_once),
		test(a_page_without_memory_is_not_had),
		test(a_page_that_is_delegated_before_it_is_filled_cannot_be_cleared),
		test(slots_show_one_file_at_their_own_offsets),
		test(fallocate_knows_two_modes),
		test(a_closed_file_unmaps_everything_and_answers_no_fault),
		test(a_memory_error_unmaps_the_page_and_stays),
		test(a_broken_frame_is_never_used_again),
		test(only_a_shared_file_that_can_be_mapped_is_accessed_by_the_vmm),
		test(a_file_that_starts_shared_is_unmapped_as_shared),
		test(attribute_arguments_are_looked_at_before_any_lock),
		test(attributes_without_memory_change_nothing),
		test(one_change_over_two_slots_is_one_invalidation),
	};

	return cmocka_run_group_tests_name("kernel guest_memfd", tests, NULL, NULL);
}
