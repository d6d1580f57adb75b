/* SPDX-License-Identifier: BSD-2-Clause */
#include "vm.h"

struct vm vm;

int vm_boot(void **state)
{
	vm = (struct vm){ .m = machine_new(), .gmem = -1 };
	*state = vm.m;
	return 0;
}

int vm_halt(void **state)
{
	machine_free(*state);
	return 0;
}

unsigned long long pages_used(void)
{
	struct sim_kernel_stats stats;

	vm.m->image->stats(&stats);
	return stats.pages_used;
}

unsigned long long objects_used(void)
{
	struct sim_kernel_stats stats;

	vm.m->image->stats(&stats);
	return stats.objects;
}

void create_vm(int realm, unsigned prot, int shared)
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

const struct test_call *call(unsigned i)
{
	assert_true(i < vm.m->port->nr_calls);
	return &vm.m->port->calls[i];
}

int set_private(unsigned long long gpa, unsigned long long size, int private)
{
	return vm.m->image->set_memory_attributes(vm.kvm, gpa, size,
						  private ? SIM_MEMORY_ATTRIBUTE_PRIVATE : 0);
}
