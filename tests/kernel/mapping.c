/* SPDX-License-Identifier: BSD-2-Clause */
#include "mapping.h"

unsigned long long page, pmd, pages;
unsigned long long gfn;

void create(enum sim_map_kind kind, unsigned prot, int huge)
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

unsigned long long fault(unsigned long long index, int write, int *writable)
{
	return PORT->faultin(vm.kvm, gfn + index, write, writable);
}

unsigned long long load(unsigned long long index)
{
	int writable;
	unsigned long long pfn = fault(index, 0, &writable);

	assert_false(writable);
	return pfn;
}

unsigned long long store(unsigned long long index)
{
	int writable;
	unsigned long long pfn = fault(index, 1, &writable);

	assert_true(writable);
	return pfn;
}

unsigned long long size_at(unsigned long long index)
{
	return PORT->host_size(vm.kvm, HVA + index * page, 0);
}

void poke(unsigned long long index, unsigned long long value)
{
	assert_int_equal(KERN->user_access(vm.kvm, HVA + index * page, &value, 8, 1), 0);
}

unsigned long long peek(unsigned long long index)
{
	unsigned long long value = ~0ull;

	assert_int_equal(KERN->user_access(vm.kvm, HVA + index * page, &value, 8, 0), 0);
	return value;
}

void told(unsigned long long index, unsigned long long n)
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

void nobody_told(void)
{
	assert_int_equal(PORT->nr_calls, 0);
}
