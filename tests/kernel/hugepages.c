/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Huge pages of the VMM in a kernel image by itself, at each page size: transparent ones made,
 * split and collapsed, hugetlb, and the child of a fork. Expectations are those of the dispatch
 * sheet, G5 and G7.
 */
#include "mapping.h"

/* Transparent huge pages */

static void a_load_maps_one_huge_zero_page_everywhere(void **state)
{
	unsigned long long used, pfn;

	create(SIM_MAP_ANON_PRIVATE, RW, 1);
	used = pages_used();
	pfn = load(5);
	assert_int_equal(pfn % pages, 5);
	assert_int_equal(load(6), pfn + 1);
	assert_int_equal(size_at(5), pmd);
	assert_int_equal(load(pages + 5), pfn); /* the other PMD shows the same */
	assert_int_equal(pages_used() - used, pages);
	assert_int_equal(peek(5), 0);
	nobody_told();
	assert_int_equal(KERN->munmap(vm.kvm, HVA, 2 * pmd), 0);
	assert_int_equal(pages_used(), used);
}

static void a_store_replaces_the_whole_huge_zero_page(void **state)
{
	unsigned long long zero, pfn, seq;

	create(SIM_MAP_ANON_PRIVATE, RW, 1);
	zero = load(5);
	seq = PORT->seq(vm.kvm);
	pfn = store(5);
	told(0, pages);
	assert_int_equal(PORT->seq(vm.kvm), seq + 1);
	assert_int_not_equal(pfn, zero);
	assert_int_equal(pfn % pages, 5);
	assert_int_equal(store(9), pfn + 4);
	assert_int_equal(size_at(9), pmd);
	nobody_told();
}

static void a_store_to_nothing_gets_a_huge_page_and_tells_nobody(void **state)
{
	unsigned long long used, pfn;

	create(SIM_MAP_ANON_PRIVATE, RW, 1);
	used = pages_used();
	pfn = store(pages + 3);
	assert_int_equal(pfn % pages, 3);
	assert_int_equal(size_at(pages), pmd);
	assert_int_equal(size_at(0), 0);
	assert_int_equal(pages_used() - used, pages);
	nobody_told();
}

static void without_a_huge_page_a_small_one_does(void **state)
{
	create(SIM_MAP_ANON_PRIVATE, RW, 1);
	vm.m->fail_label = "huge page";
	store(3);
	assert_int_equal(size_at(3), page);
	assert_int_equal(size_at(4), 0);
	/* A table is there now: the next one is small, too. */
	vm.m->fail_label = NULL;
	store(4);
	assert_int_equal(size_at(4), page);
}

static void without_a_huge_page_the_huge_zero_page_becomes_small_ones(void **state)
{
	unsigned long long zero;

	create(SIM_MAP_ANON_PRIVATE, RW, 1);
	load(3);
	vm.m->fail_label = "huge page";
	store(3);
	/* Split first, then the one page: two invalidations. */
	assert_int_equal(PORT->nr_calls, 2);
	assert_int_equal(call(0)->end - call(0)->start, pages);
	assert_int_equal(call(1)->start, gfn + 3);
	assert_int_equal(call(1)->end, gfn + 4);
	zero = load(4);
	assert_int_equal(load(5), zero); /* the small zero page */
	assert_int_equal(size_at(4), page);
}

static void a_huge_page_needs_room_and_advice(void **state)
{
	create(SIM_MAP_ANON_PRIVATE, RW, 0);
	store(0);
	assert_int_equal(size_at(0), page);
	assert_int_equal(KERN->madvise(vm.kvm, HVA, 2 * pmd, SIM_MADV_HUGEPAGE), 0);
	store(pages);
	assert_int_equal(size_at(pages), pmd);
	/* What is left of the first PMD is too short. */
	assert_int_equal(KERN->munmap(vm.kvm, HVA, page), 0);
	store(2);
	assert_int_equal(size_at(2), page);
}

static void memory_of_a_split_huge_page_stays_the_same(void **state)
{
	unsigned long long pfn;

	create(SIM_MAP_ANON_PRIVATE, RW, 1);
	pfn = store(0);
	poke(7, 77);
	assert_int_equal(KERN->split(vm.kvm, HVA, pmd), 0);
	told(0, pages);
	assert_int_equal(size_at(7), page);
	assert_int_equal(store(7), pfn + 7);
	assert_int_equal(peek(7), 77);
	assert_int_equal(KERN->split(vm.kvm, HVA, pmd), 0);
	nobody_told(); /* there is nothing left to split */
}

static void a_change_of_a_part_splits_the_huge_page_first(void **state)
{
	unsigned long long used, pfn;

	create(SIM_MAP_ANON_PRIVATE, RW, 1);
	used = pages_used();
	pfn = store(0);
	assert_int_equal(KERN->mprotect(vm.kvm, HVA + 4 * page, 4 * page, RO), 0);
	assert_int_equal(PORT->nr_calls, 2);
	assert_int_equal(call(0)->start, gfn);
	assert_int_equal(call(0)->end, gfn + pages);
	assert_int_equal(call(1)->start, gfn + 4);
	assert_int_equal(call(1)->end, gfn + 8);
	assert_int_equal(load(4), pfn + 4);
	assert_int_equal(store(8), pfn + 8);
	/* The memory goes when the last page of it is unmapped. */
	assert_int_equal(KERN->munmap(vm.kvm, HVA, pmd - page), 0);
	assert_int_equal(pages_used() - used, pages);
	assert_int_equal(KERN->munmap(vm.kvm, HVA + pmd - page, page), 0);
	assert_int_equal(pages_used(), used);
}

static void collapsed_pages_become_one_huge_page_with_their_content(void **state)
{
	unsigned long long used, pfn;

	create(SIM_MAP_ANON_PRIVATE, RW, 0);
	used = pages_used();
	poke(3, 33);
	poke(pages - 1, 44);
	load(5);
	assert_int_equal(KERN->madvise(vm.kvm, HVA, pmd, SIM_MADV_COLLAPSE), 0);
	told(0, pages);
	assert_int_equal(size_at(3), pmd);
	pfn = store(0);
	assert_int_equal(pfn % pages, 0);
	assert_int_equal(peek(3), 33);
	assert_int_equal(peek(5), 0);
	assert_int_equal(peek(pages - 1), 44);
	assert_int_equal(pages_used() - used, pages);
	/* And back, and again: its own frames are no obstacle. */
	assert_int_equal(KERN->split(vm.kvm, HVA, pmd), 0);
	assert_int_equal(KERN->madvise(vm.kvm, HVA, pmd, SIM_MADV_COLLAPSE), 0);
	assert_int_equal(peek(pages - 1), 44);
	assert_int_equal(pages_used() - used, pages);
}

static void a_page_that_somebody_uses_is_not_collapsed(void **state)
{
	int has_page;

	create(SIM_MAP_ANON_PRIVATE, RW, 0);
	poke(3, 33);
	PORT->pin(vm.kvm, gfn + 3, 1, &has_page);
	assert_int_equal(KERN->madvise(vm.kvm, HVA, pmd, SIM_MADV_COLLAPSE), BUSY);
	assert_int_equal(size_at(3), page);
	assert_int_equal(peek(3), 33);
	PORT->unpin();
	assert_int_equal(KERN->madvise(vm.kvm, HVA, pmd, SIM_MADV_COLLAPSE), 0);
	assert_int_equal(peek(3), 33);
}

static void what_cannot_be_collapsed_or_split_is_refused(void **state)
{
	create(SIM_MAP_ANON_PRIVATE, RW, 0);
	assert_int_equal(KERN->madvise(vm.kvm, HVA, pmd, SIM_MADV_COLLAPSE), INVAL); /* empty */
	poke(0, 1);
	assert_int_equal(KERN->madvise(vm.kvm, HVA, pmd - page, SIM_MADV_COLLAPSE), INVAL);
	assert_int_equal(KERN->madvise(vm.kvm, HVA + 1, pmd, SIM_MADV_COLLAPSE), INVAL);
	assert_int_equal(KERN->madvise(vm.kvm, HVA, 0, SIM_MADV_COLLAPSE), INVAL);
	assert_int_equal(KERN->madvise(vm.kvm, HVA, 3 * pmd, SIM_MADV_DONTNEED), NO_MEM);
	assert_int_equal(KERN->madvise(vm.kvm, HVA, pmd, 99), INVAL);
	poke(0, 1);
	vm.m->fail_label = "huge page";
	assert_int_equal(KERN->madvise(vm.kvm, HVA, pmd, SIM_MADV_COLLAPSE), NO_MEM);
	assert_int_equal(KERN->split(vm.kvm, HVA, 0), INVAL);
	assert_int_equal(KERN->split(vm.kvm, HVA + 4 * pmd, pmd), NO_MEM);
}

/* The child of a fork */

static void a_page_shared_with_a_child_is_copied_by_a_store(void **state)
{
	unsigned long long pfn, copy;

	create(SIM_MAP_ANON_PRIVATE, RW, 0);
	pfn = store(3);
	poke(3, 33);
	assert_int_equal(KERN->fork(vm.kvm), 0);
	told(0, 2 * pages); /* the mapping */
	assert_int_equal(load(3), pfn);
	copy = store(3);
	told(3, 1);
	assert_int_not_equal(copy, pfn);
	assert_int_equal(peek(3), 33);
	assert_int_equal(KERN->fork(vm.kvm), BUSY);
	assert_int_equal(KERN->reap(vm.kvm), 0);
	assert_int_equal(KERN->reap(vm.kvm), NO_CHILD);
}

static void a_page_that_is_the_vmms_own_again_is_written_in_place(void **state)
{
	unsigned long long pfn, seq;

	create(SIM_MAP_ANON_PRIVATE, RW, 0);
	pfn = store(3);
	assert_int_equal(KERN->fork(vm.kvm), 0);
	assert_int_equal(KERN->reap(vm.kvm), 0);
	PORT->nr_calls = 0;
	seq = PORT->seq(vm.kvm);
	assert_int_equal(load(3), pfn);
	assert_int_equal(store(3), pfn);
	nobody_told();
	assert_int_equal(PORT->seq(vm.kvm), seq);
}

static void a_huge_page_shared_with_a_child_is_split_for_a_store(void **state)
{
	unsigned long long pfn;

	create(SIM_MAP_ANON_PRIVATE, RW, 1);
	pfn = store(0);
	assert_int_equal(KERN->fork(vm.kvm), 0);
	PORT->nr_calls = 0;
	assert_int_not_equal(store(3), pfn + 3);
	assert_int_equal(PORT->nr_calls, 2);
	assert_int_equal(call(0)->end - call(0)->start, pages);
	assert_int_equal(call(1)->start, gfn + 3);
	assert_int_equal(call(1)->end, gfn + 4);
	assert_int_equal(load(4), pfn + 4);
}

static void a_huge_page_after_the_child_is_written_in_place(void **state)
{
	unsigned long long pfn;

	create(SIM_MAP_ANON_PRIVATE, RW, 1);
	pfn = store(0);
	assert_int_equal(KERN->fork(vm.kvm), 0);
	assert_int_equal(KERN->reap(vm.kvm), 0);
	PORT->nr_calls = 0;
	assert_int_equal(load(9), pfn + 9);
	assert_int_equal(store(9), pfn + 9);
	assert_int_equal(size_at(9), pmd);
	nobody_told();
}

static void a_fork_leaves_shared_memory_alone(void **state)
{
	unsigned long long pfn;

	create(SIM_MAP_ANON_SHARED, RW, 0);
	pfn = store(3);
	assert_int_equal(KERN->fork(vm.kvm), 0);
	nobody_told();
	assert_int_equal(store(3), pfn);
	nobody_told();
}

/* hugetlb */

static void private_hugetlb_memory_has_no_zero_page(void **state)
{
	unsigned long long pfn, other;

	create(SIM_MAP_HUGETLB_PRIVATE, RW, 0);
	pfn = load(5);
	assert_int_equal(pfn % pages, 5);
	other = load(pages + 5);
	assert_int_not_equal(pfn, other);
	assert_int_equal(size_at(5), pmd);
	assert_int_equal(peek(5), 0);
	assert_int_equal(store(6), pfn + 1); /* nobody else has it */
	nobody_told();
}

static void a_store_to_shared_private_hugetlb_memory_copies_the_huge_page(void **state)
{
	unsigned long long pfn, copy;

	create(SIM_MAP_HUGETLB_PRIVATE, RW, 0);
	pfn = store(5);
	poke(5, 55);
	assert_int_equal(KERN->fork(vm.kvm), 0);
	PORT->nr_calls = 0;
	copy = store(5);
	told(0, pages);
	assert_int_not_equal(copy, pfn);
	assert_int_equal(copy % pages, 5);
	assert_int_equal(peek(5), 55);
}

static void shared_hugetlb_memory_is_one_huge_page_for_loads_and_stores(void **state)
{
	unsigned long long pfn;
	int writable;

	create(SIM_MAP_HUGETLB_SHARED, RW, 0);
	pfn = fault(5, 0, &writable);
	assert_true(writable);
	assert_int_equal(store(6), pfn + 1);
	assert_int_equal(size_at(6), pmd);
	nobody_told();
}

static void a_hugetlb_page_is_never_cut(void **state)
{
	struct sim_mapping map = { .kind = SIM_MAP_HUGETLB_PRIVATE, .prot = RW };

	create(SIM_MAP_HUGETLB_PRIVATE, RW, 0);
	store(0);
	assert_int_equal(KERN->munmap(vm.kvm, HVA, page), INVAL);
	assert_int_equal(KERN->mprotect(vm.kvm, HVA + page, pmd, RO), INVAL);
	assert_int_equal(KERN->madvise(vm.kvm, HVA, page, SIM_MADV_DONTNEED), INVAL);
	assert_int_equal(KERN->split(vm.kvm, HVA, pmd), INVAL);
	assert_int_equal(KERN->madvise(vm.kvm, HVA, pmd, SIM_MADV_COLLAPSE), INVAL);
	assert_int_equal(size_at(0), pmd);
	nobody_told();
	map.hva = HVA + 8 * pmd;
	map.size = pmd;
	map.page_size = 2 * pmd; /* no such level */
	assert_int_equal(KERN->map(vm.kvm, &map), INVAL);
	map.page_size = pmd;
	map.hva += page;
	assert_int_equal(KERN->map(vm.kvm, &map), INVAL);
}

static void without_huge_pages_hugetlb_memory_is_a_fault(void **state)
{
	int writable;

	create(SIM_MAP_HUGETLB_PRIVATE, RW, 0);
	vm.m->fail_label = "huge page";
	assert_int_equal(fault(0, 1, &writable), PFN_ERR_FAULT);
	assert_false(writable);
}

/* The level above: 1 GiB at 4K; elsewhere it is more than a machine has. */
static void hugetlb_memory_of_the_next_level_is_one_entry(void **state)
{
	struct sim_memslot slot = { .slot = 1, .gpa = 0x100000000ull, .hva = HVA + (8ull << 30) };
	struct sim_mapping map = { .kind = SIM_MAP_HUGETLB_SHARED, .prot = RW };
	unsigned long long pfn, first;
	int writable;

	create(SIM_MAP_ANON_PRIVATE, RW, 0);
	map.hva = slot.hva;
	map.size = map.page_size = slot.size = pmd * pages;
	if (slot.size > 1ull << 30)
		return;
	first = slot.gpa / page;
	assert_int_equal(KERN->map(vm.kvm, &map), 0);
	assert_int_equal(KERN->set_memory_region(vm.kvm, &slot), 0);
	pfn = PORT->faultin(vm.kvm, first + 1000, 0, &writable);
	assert_true(writable);
	assert_int_equal(pfn % (pages * pages), 1000);
	assert_int_equal(PORT->host_size(vm.kvm, slot.hva, 0), pmd * pages);
}

#define test(f) cmocka_unit_test_setup_teardown(f, vm_boot, vm_halt)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_load_maps_one_huge_zero_page_everywhere),
		test(a_store_replaces_the_whole_huge_zero_page),
		test(a_store_to_nothing_gets_a_huge_page_and_tells_nobody),
		test(without_a_huge_page_a_small_one_does),
		test(without_a_huge_page_the_huge_zero_page_becomes_small_ones),
		test(a_huge_page_needs_room_and_advice),
		test(memory_of_a_split_huge_page_stays_the_same),
		test(a_change_of_a_part_splits_the_huge_page_first),
		test(collapsed_pages_become_one_huge_page_with_their_content),
		test(a_page_that_somebody_uses_is_not_collapsed),
		test(what_cannot_be_collapsed_or_split_is_refused),
		test(a_page_shared_with_a_child_is_copied_by_a_store),
		test(a_page_that_is_the_vmms_own_again_is_written_in_place),
		test(a_huge_page_shared_with_a_child_is_split_for_a_store),
		test(a_huge_page_after_the_child_is_written_in_place),
		test(a_fork_leaves_shared_memory_alone),
		test(private_hugetlb_memory_has_no_zero_page),
		test(a_store_to_shared_private_hugetlb_memory_copies_the_huge_page),
		test(shared_hugetlb_memory_is_one_huge_page_for_loads_and_stores),
		test(a_hugetlb_page_is_never_cut),
		test(without_huge_pages_hugetlb_memory_is_a_fault),
		test(hugetlb_memory_of_the_next_level_is_one_entry),
	};

	return cmocka_run_group_tests_name("kernel huge pages", tests, NULL, NULL);
}
