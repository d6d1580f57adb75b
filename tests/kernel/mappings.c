/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mappings of the VMM by kind, in a kernel image by itself, at each page size: who gets which
 * frame, how it is mapped, and what the listeners are told. Expectations are those of the
 * dispatch sheet, G5 and G7.
 */
#include "mapping.h"

/* Shared memory and files */

static void shared_pages_come_back_and_private_ones_are_zero(void **state)
{
	unsigned long long pfn;

	create(SIM_MAP_ANON_SHARED, RW, 0);
	pfn = store(3);
	poke(3, 33);
	assert_int_equal(KERN->madvise(vm.kvm, HVA + 3 * page, page, SIM_MADV_DONTNEED), 0);
	told(3, 1);
	assert_int_equal(size_at(3), 0);
	assert_int_equal(peek(3), 33);
	assert_int_equal(store(3), pfn);
	nobody_told();
}

static void private_pages_are_zero_after_dontneed(void **state)
{
	unsigned long long used;

	create(SIM_MAP_ANON_PRIVATE, RW, 0);
	used = pages_used();
	poke(3, 33);
	assert_int_equal(KERN->madvise(vm.kvm, HVA + 3 * page, page, SIM_MADV_DONTNEED), 0);
	told(3, 1);
	assert_int_equal(pages_used(), used);
	assert_int_equal(peek(3), 0);
}

static void shared_memory_in_huge_pages_is_writable_from_the_first_load(void **state)
{
	unsigned long long pfn;
	int writable;

	create(SIM_MAP_ANON_SHARED, RW, 1);
	pfn = fault(5, 0, &writable);
	assert_true(writable);
	assert_int_equal(pfn % pages, 5);
	assert_int_equal(size_at(5), pmd);
	assert_int_equal(store(6), pfn + 1);
	/* Split, and a page of it is dropped and found again: the same memory. */
	assert_int_equal(KERN->split(vm.kvm, HVA, pmd), 0);
	assert_int_equal(KERN->madvise(vm.kvm, HVA + 6 * page, page, SIM_MADV_DONTNEED), 0);
	assert_int_equal(store(6), pfn + 1);
	assert_int_equal(size_at(6), page);
}

static void a_private_file_shows_its_content_read_only(void **state)
{
	unsigned long long cache, copy;

	create(SIM_MAP_FILE_PRIVATE, RW, 0);
	cache = load(3);
	assert_int_equal(peek(3), 3 * page);
	nobody_told();
	copy = store(3);
	told(3, 1); /* the page was mapped */
	assert_int_not_equal(copy, cache);
	assert_int_equal(peek(3), 3 * page);
	store(4);
	nobody_told(); /* nothing was mapped there */
	assert_int_equal(peek(4), 4 * page);
	poke(4, 44);
	assert_int_equal(KERN->madvise(vm.kvm, HVA, pmd, SIM_MADV_DONTNEED), 0);
	assert_int_equal(peek(4), 4 * page); /* the copy is gone */
	assert_int_equal(load(3), cache);
}

static void a_shared_file_is_read_only_until_it_is_written(void **state)
{
	unsigned long long pfn;

	create(SIM_MAP_FILE_SHARED, RW, 0);
	pfn = load(3);
	assert_int_equal(store(3), pfn);
	nobody_told();
	poke(3, 33);
	assert_int_equal(KERN->madvise(vm.kvm, HVA, pmd, SIM_MADV_DONTNEED), 0);
	assert_int_equal(peek(3), 33);
}

/* Device memory */

static void device_memory_has_a_frame_and_no_page(void **state)
{
	const unsigned long long first = 0x1000000000ull / (1ull << KERN->page_shift);
	unsigned char byte;
	int has_page = 1, writable;

	create(SIM_MAP_DEVICE, RW, 0);
	assert_int_equal(PORT->pin(vm.kvm, gfn + 5, 0, &has_page), first + 5);
	assert_false(has_page);
	assert_int_equal(PORT->release(vm.kvm, 1, 0, 1), 0); /* of no page: nothing */
	/* As its entry says, which is writable from the start. */
	assert_int_equal(fault(5, 0, &writable), first + 5);
	assert_true(writable);
	assert_int_equal(store(pages + 1), first + pages + 1);
	assert_int_equal(PORT->gup(vm.kvm, HVA, 0), FAULTS);
	assert_int_equal(KERN->user_access(vm.kvm, HVA, &byte, 1, 0), FAULTS);
	nobody_told();
	/* The second half after a cut still leads to its own frames. */
	assert_int_equal(KERN->munmap(vm.kvm, HVA, pmd), 0);
	assert_int_equal(store(pages + 2), first + pages + 2);
}

static void read_only_device_memory_refuses_a_store(void **state)
{
	struct sim_memslot slot = { .slot = 1, .flags = SIM_MEM_READONLY, .gpa = 0x1000000 };
	unsigned long long pfn;
	int writable;

	create(SIM_MAP_DEVICE, RO, 0);
	pfn = load(5);
	assert_int_equal(fault(5, 1, &writable), PFN_ERR_RO_FAULT);
	assert_int_equal(KERN->mprotect(vm.kvm, HVA, 2 * pmd, RW), 0);
	assert_int_equal(load(5), pfn); /* the entry is what counts */
	/* A slot that is read-only is never writable, whatever the entry says. */
	slot.hva = HVA;
	slot.size = page;
	store(0);
	assert_int_equal(KERN->set_memory_region(vm.kvm, &slot), 0);
	PORT->faultin(vm.kvm, slot.gpa / page, 0, &writable);
	assert_false(writable);
}

/* Permissions */

static void nothing_passes_prot_none_and_the_page_is_kept(void **state)
{
	unsigned long long pfn;
	unsigned char byte;
	int writable;

	create(SIM_MAP_ANON_PRIVATE, RW, 0);
	pfn = store(3);
	poke(3, 33);
	assert_int_equal(KERN->mprotect(vm.kvm, HVA, pmd, 0), 0);
	told(0, pages);
	assert_int_equal(fault(3, 0, &writable), PFN_ERR_FAULT);
	assert_int_equal(fault(3, 1, &writable), PFN_ERR_FAULT);
	assert_int_equal(fault(4, 0, &writable), PFN_ERR_FAULT);
	assert_int_equal(KERN->user_access(vm.kvm, HVA + 3 * page, &byte, 1, 0), FAULTS);
	assert_int_equal(size_at(3), 0);
	assert_int_equal(KERN->mprotect(vm.kvm, HVA, pmd, RW), 0);
	assert_int_equal(load(3), pfn);
	assert_int_equal(store(3), pfn);
	assert_int_equal(peek(3), 33);
}

static void a_mapping_without_write_permission_is_read_only_for_each_kind(void **state)
{
	static const enum sim_map_kind kinds[] = {
		SIM_MAP_ANON_PRIVATE, SIM_MAP_ANON_SHARED,    SIM_MAP_FILE_PRIVATE,
		SIM_MAP_FILE_SHARED,  SIM_MAP_HUGETLB_SHARED, SIM_MAP_HUGETLB_PRIVATE
	};
	struct sim_mapping map = { .prot = RO };
	unsigned i;
	int writable;

	create(SIM_MAP_ANON_PRIVATE, RW, 0);
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct sim_memslot slot = { .slot = 1 + i, .gpa = SLOT + (8 + 2 * i) * pmd };

		map.kind = kinds[i];
		map.hva = slot.hva = HVA + (8 + 2 * i) * pmd;
		map.size = slot.size = map.page_size = pmd;
		assert_int_equal(KERN->map(vm.kvm, &map), 0);
		assert_int_equal(KERN->set_memory_region(vm.kvm, &slot), 0);
		assert_true(PORT->faultin(vm.kvm, slot.gpa / page, 0, &writable) < PFN_ERR_FAULT);
		assert_false(writable);
		assert_int_equal(PORT->faultin(vm.kvm, slot.gpa / page, 1, &writable),
				 PFN_ERR_FAULT);
	}
}

/* Walk and release */

static void a_walk_of_user_tables_needs_interrupts_off(void **state)
{
	create(SIM_MAP_ANON_PRIVATE, RW, 0);
	assert_int_equal(size_at(0), 0);
	assert_true(violates(vm.m, "page-table", PORT->host_size(vm.kvm, HVA, 1)));
}

static void a_released_page_is_marked_as_it_was_used(void **state)
{
	int has_page;

	create(SIM_MAP_ANON_PRIVATE, RW, 0);
	PORT->pin(vm.kvm, gfn, 1, &has_page);
	assert_int_equal(PORT->release(vm.kvm, 0, 1, 0), 0); /* unused, no lock needed */
	PORT->pin(vm.kvm, gfn, 1, &has_page);
	assert_int_equal(PORT->release(vm.kvm, 1, 0, 0), 2); /* accessed */
	PORT->pin(vm.kvm, gfn, 1, &has_page);
	assert_int_equal(PORT->release(vm.kvm, 1, 0, 1), 3); /* and dirty */
	/* The zero page is never marked. */
	PORT->pin(vm.kvm, gfn + 1, 0, &has_page);
	assert_int_equal(PORT->release(vm.kvm, 1, 0, 1), 0);
	PORT->pin(vm.kvm, gfn, 1, &has_page);
	assert_true(violates(vm.m, "lockdep-assert", PORT->release(vm.kvm, 0, 0, 1)));
}

static void one_invalidation_reaches_every_slot_over_the_range(void **state)
{
	struct sim_memslot slot = { .slot = 1, .gpa = 0x1000000, .hva = HVA };
	unsigned long seq;

	create(SIM_MAP_ANON_PRIVATE, RW, 0);
	slot.size = 4 * page;
	assert_int_equal(KERN->set_memory_region(vm.kvm, &slot), 0);
	store(1);
	seq = PORT->seq(vm.kvm);
	PORT->nr_calls = 0;
	assert_int_equal(KERN->munmap(vm.kvm, HVA + page, 8 * page), 0);
	assert_int_equal(PORT->nr_calls, 2);
	assert_int_equal(call(0)->end - call(0)->start + call(1)->end - call(1)->start, 8 + 3);
	assert_int_equal(call(0)->in_progress, 1);
	assert_int_equal(call(1)->in_progress, 1);
	assert_int_equal(PORT->seq(vm.kvm), seq + 1);
}

static void everything_comes_back_when_the_vm_goes(void **state)
{
	unsigned long long used = pages_used();
	unsigned kind;

	for (kind = SIM_MAP_ANON_PRIVATE; kind <= SIM_MAP_DEVICE_CACHED; kind++) {
		int writable;

		create((enum sim_map_kind)kind, RW, 1);
		fault(0, 0, &writable);
		fault(1, 1, &writable);
		fault(pages, 0, &writable);
		KERN->split(vm.kvm, HVA, pmd);
		KERN->fork(vm.kvm);
		fault(2, 1, &writable);
		KERN->destroy_vm(vm.kvm);
		assert_int_equal(pages_used(), used);
	}
}

/* Signals, broken memory, age */

static void a_signal_ends_the_wait_for_a_page(void **state)
{
	int writable;

	create(SIM_MAP_ANON_PRIVATE, RW, 0);
	vm.m->fail_label = "get_user_pages";
	assert_int_equal(fault(3, 1, &writable), PFN_ERR_SIGPENDING);
	assert_int_equal(size_at(3), 0);
	vm.m->fail_label = NULL;
	store(3);
	/* Who finds the page without waiting does not meet the signal. */
	vm.m->fail_label = "get_user_pages";
	store(3);
}

static void a_broken_page_is_taken_from_everybody_and_never_used_again(void **state)
{
	unsigned long long used, pfn;
	unsigned char byte;
	int writable;

	create(SIM_MAP_ANON_PRIVATE, RW, 0);
	used = pages_used();
	pfn = store(3);
	assert_int_equal(KERN->poison(vm.kvm, HVA + 3 * page + 8), 0);
	told(3, 1);
	assert_int_equal(fault(3, 0, &writable), PFN_ERR_HWPOISON);
	assert_int_equal(fault(3, 1, &writable), PFN_ERR_HWPOISON);
	assert_int_equal(PORT->gup(vm.kvm, HVA + 3 * page, 0), FAULTS);
	assert_int_equal(KERN->user_access(vm.kvm, HVA + 3 * page, &byte, 1, 0), FAULTS);
	assert_int_equal(KERN->poison(vm.kvm, HVA + 3 * page), INVAL);
	assert_int_equal(KERN->poison(vm.kvm, HVA + 4 * page), INVAL); /* nothing there */
	/* mprotect() does not bring it back, a new mapping gets another page. */
	assert_int_equal(KERN->mprotect(vm.kvm, HVA, pmd, RW), 0);
	assert_int_equal(fault(3, 0, &writable), PFN_ERR_HWPOISON);
	assert_int_equal(KERN->madvise(vm.kvm, HVA, pmd, SIM_MADV_DONTNEED), 0);
	assert_int_equal(pages_used(), used);
	assert_int_not_equal(store(3), pfn);
	assert_int_not_equal(store(4), pfn);
}

static void of_a_huge_page_one_frame_breaks_of_hugetlb_all(void **state)
{
	unsigned long long pfn;
	int writable;

	create(SIM_MAP_ANON_PRIVATE, RW, 1);
	pfn = store(0);
	assert_int_equal(KERN->poison(vm.kvm, HVA + 3 * page), 0);
	assert_int_equal(fault(3, 0, &writable), PFN_ERR_HWPOISON);
	assert_int_equal(store(4), pfn + 4);
	KERN->destroy_vm(vm.kvm);

	create(SIM_MAP_HUGETLB_PRIVATE, RW, 0);
	store(0);
	assert_int_equal(KERN->poison(vm.kvm, HVA + 3 * page), 0);
	told(0, pages);
	assert_int_equal(fault(4, 0, &writable), PFN_ERR_HWPOISON);
	store(pages);
}

/* G5: neither begin nor end, and mmu_lock held. */
static void age_is_asked_for_without_an_invalidation(void **state)
{
	unsigned long seq;

	create(SIM_MAP_ANON_PRIVATE, RW, 0);
	seq = PORT->seq(vm.kvm);
	assert_int_equal(KERN->young(vm.kvm, HVA + page, 2 * page, 0), 0);
	PORT->young = 1;
	assert_int_equal(KERN->young(vm.kvm, HVA + page, 2 * page, 1), 1);
	assert_int_equal(KERN->young(vm.kvm, HVA + 8 * pmd, page, 1), 0); /* no slot */
	assert_int_equal(PORT->nr_calls, 2);
	assert_string_equal(call(0)->name, "test_age");
	assert_string_equal(call(1)->name, "age");
	assert_int_equal(call(1)->start, gfn + 1);
	assert_int_equal(call(1)->end, gfn + 3);
	assert_int_equal(call(1)->in_progress, 0);
	assert_true(call(1)->mmu_locked);
	assert_int_equal(PORT->seq(vm.kvm), seq);
}

/* What sim_quiescent() has the image look at. */
static const char *inspected(void)
{
	vm.m->breaches = 0;
	KERN->inspect(vm.kvm);
	return vm.m->breaches ? vm.m->check : "";
}

static void each_kind_of_page_has_the_references_that_it_should_have(void **state)
{
	static const enum sim_map_kind kinds[] = {
		SIM_MAP_ANON_PRIVATE, SIM_MAP_ANON_SHARED,     SIM_MAP_FILE_PRIVATE,
		SIM_MAP_FILE_SHARED,  SIM_MAP_HUGETLB_PRIVATE, SIM_MAP_HUGETLB_SHARED,
	};
	int has_page, writable;

	for (unsigned i = 0; i < 2 * sizeof(kinds) / sizeof(kinds[0]); i++) {
		create(kinds[i / 2], RW, i % 2);
		fault(0, 0, &writable);
		fault(1, 1, &writable);
		fault(pages, 1, &writable);
		assert_string_equal(inspected(), "");
		if (kinds[i / 2] != SIM_MAP_HUGETLB_SHARED &&
		    kinds[i / 2] != SIM_MAP_HUGETLB_PRIVATE) {
			assert_int_equal(KERN->fork(vm.kvm), 0);
			assert_string_equal(inspected(), "");
			poke(1, 7);
			assert_string_equal(inspected(), "");
			assert_int_equal(KERN->reap(vm.kvm), 0);
			assert_string_equal(inspected(), "");
		}
		PORT->pin(vm.kvm, gfn + 1, 1, &has_page);
		assert_true(has_page);
		assert_string_equal(inspected(), "page-count");
		PORT->unpin();
		assert_string_equal(inspected(), "");
		KERN->destroy_vm(vm.kvm);
	}
}

static void a_page_that_the_vmm_sees_is_not_delegated(void **state)
{
	unsigned long long pa;

	create(SIM_MAP_ANON_SHARED, RW, 0);
	pa = store(3);
	assert_string_equal(inspected(), "");
	pa *= page;
	vm.m->not_ns[(pa - BANK_BASE) / PAGE] = 1;
	assert_string_equal(inspected(), "delegated-use");
	vm.m->not_ns[(pa - BANK_BASE) / PAGE] = 0;
	assert_string_equal(inspected(), "");
}

static void the_zero_page_stays_zero(void **state)
{
	unsigned long long pa;

	create(SIM_MAP_ANON_PRIVATE, RW, 0);
	pa = load(0);
	assert_string_equal(inspected(), "");
	pa *= page;
	vm.m->ram[pa - BANK_BASE + 9] = 1;
	assert_string_equal(inspected(), "zero-page");
	vm.m->ram[pa - BANK_BASE + 9] = 0;
}

#define test(f) cmocka_unit_test_setup_teardown(f, vm_boot, vm_halt)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(each_kind_of_page_has_the_references_that_it_should_have),
		test(a_page_that_the_vmm_sees_is_not_delegated),
		test(the_zero_page_stays_zero),
		test(shared_pages_come_back_and_private_ones_are_zero),
		test(private_pages_are_zero_after_dontneed),
		test(shared_memory_in_huge_pages_is_writable_from_the_first_load),
		test(a_private_file_shows_its_content_read_only),
		test(a_shared_file_is_read_only_until_it_is_written),
		test(device_memory_has_a_frame_and_no_page),
		test(read_only_device_memory_refuses_a_store),
		test(nothing_passes_prot_none_and_the_page_is_kept),
		test(a_mapping_without_write_permission_is_read_only_for_each_kind),
		test(a_walk_of_user_tables_needs_interrupts_off),
		test(a_released_page_is_marked_as_it_was_used),
		test(one_invalidation_reaches_every_slot_over_the_range),
		test(everything_comes_back_when_the_vm_goes),
		test(a_signal_ends_the_wait_for_a_page),
		test(a_broken_page_is_taken_from_everybody_and_never_used_again),
		test(of_a_huge_page_one_frame_breaks_of_hugetlb_all),
		test(age_is_asked_for_without_an_invalidation),
	};

	return cmocka_run_group_tests_name("kernel mappings", tests, NULL, NULL);
}
