/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mappings of the VMM by kind, in a kernel image by itself, at each page size: who gets which frame, how it is mapped, and
 * what the listeners are told. Expectations are those of the dispatch sheet, G5 and G7.
 */
#include "vm.h"

#define PORT (vm.m->port)
#define KERN (vm.m->image)

#define PFN_ERR_FAULT    (0x7ffull << 52)
#define PFN_ERR_RO_FAULT ((0x7ffull << 52) + 2)

#define RW       3u
#define RO       1u
#define INVAL    (-22)
#define FAULTS   (-14)
#define NO_MEM   (-12)
#define BUSY     (-16)
#define NO_CHILD (-10)

static unsigned long long page, pmd, pages; /* sizes, and pages in a PMD */
static unsigned long long gfn;              /* first one of the slot */

/* Slot 0 is [SLOT, SLOT + 2 PMD) over such a mapping at HVA. */
static void create(enum sim_map_kind kind, unsigned prot, int huge)
{
	struct sim_memslot slot = { .gpa = SLOT, .hva = HVA };
	struct sim_mapping map = { .hva = HVA, .kind = kind, .prot = prot, .huge = huge };

	page = 1ull << KERN->page_shift;
	pages = page / 8;
	pmd = page * pages;
	gfn = SLOT / page;
	slot.size = map.size = 2 * pmd;
	map.page_size = pmd;
	map.pa = 0x1000000000ull;
	assert_int_equal(KERN->create_vm(41, 0, &vm.kvm), 0);
	assert_int_equal(KERN->map(vm.kvm, &map), 0);
	assert_int_equal(KERN->set_memory_region(vm.kvm, &slot), 0);
	PORT->nr_calls = 0;
}

static unsigned long long fault(unsigned long long index, int write, int *writable)
{
	return PORT->faultin(vm.kvm, gfn + index, write, writable);
}

static unsigned long long load(unsigned long long index)
{
	int writable;
	unsigned long long pfn = fault(index, 0, &writable);

	assert_false(writable);
	return pfn;
}

static unsigned long long store(unsigned long long index)
{
	int writable;
	unsigned long long pfn = fault(index, 1, &writable);

	assert_true(writable);
	return pfn;
}

static unsigned long long size_at(unsigned long long index)
{
	return PORT->host_size(vm.kvm, HVA + index * page, 0);
}

static void poke(unsigned long long index, unsigned long long value)
{
	assert_int_equal(KERN->user_access(vm.kvm, HVA + index * page, &value, 8, 1), 0);
}

static unsigned long long peek(unsigned long long index)
{
	unsigned long long value = ~0ull;

	assert_int_equal(KERN->user_access(vm.kvm, HVA + index * page, &value, 8, 0), 0);
	return value;
}

/* One invalidation of the shared alias since the last look: pages [index, index + n). */
static void told(unsigned long long index, unsigned long long n)
{
	assert_int_equal(PORT->nr_calls, 1);
	assert_string_equal(call(0)->name, "unmap");
	assert_int_equal(call(0)->start, gfn + index);
	assert_int_equal(call(0)->end, gfn + index + n);
	assert_int_equal(call(0)->filter, 1);
	assert_int_equal(call(0)->in_progress, 1);
	assert_true(call(0)->mmu_locked);
	PORT->nr_calls = 0;
}

static void nobody_told(void)
{
	assert_int_equal(PORT->nr_calls, 0);
}

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

	for (kind = SIM_MAP_ANON_PRIVATE; kind <= SIM_MAP_DEVICE_NC; kind++) {
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
		test(shared_pages_come_back_and_private_ones_are_zero),
		test(private_pages_are_zero_after_dontneed),
		test(shared_memory_in_huge_pages_is_writable_from_the_first_load),
		test(a_private_file_shows_its_content_read_only),
		test(a_shared_file_is_read_only_until_it_is_written),
		test(private_hugetlb_memory_has_no_zero_page),
		test(a_store_to_shared_private_hugetlb_memory_copies_the_huge_page),
		test(shared_hugetlb_memory_is_one_huge_page_for_loads_and_stores),
		test(a_hugetlb_page_is_never_cut),
		test(without_huge_pages_hugetlb_memory_is_a_fault),
		test(hugetlb_memory_of_the_next_level_is_one_entry),
		test(device_memory_has_a_frame_and_no_page),
		test(read_only_device_memory_refuses_a_store),
		test(nothing_passes_prot_none_and_the_page_is_kept),
		test(a_mapping_without_write_permission_is_read_only_for_each_kind),
		test(a_walk_of_user_tables_needs_interrupts_off),
		test(a_released_page_is_marked_as_it_was_used),
		test(one_invalidation_reaches_every_slot_over_the_range),
		test(everything_comes_back_when_the_vm_goes),
	};

	return cmocka_run_group_tests_name("kernel mappings", tests, NULL, NULL);
}
