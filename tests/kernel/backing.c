/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is behind the two aliases of a slot whose guest_memfd can be mapped (dispatch sheet, A5 and B3): for v14 the VMM's
 * page is behind the shared one, for the newest trees the file. The argument is the form the image's first file has.
 */
#include "vm.h"

static bool newest;

static unsigned long long backing(unsigned long long gpa, int private)
{
	unsigned flags;

	return vm.m->image->backing(vm.kvm, gpa, private, &flags);
}

static void add_slot_of_a_file_alone(void)
{
	struct sim_memslot slot = { .slot = 1,
				    .flags = SIM_MEM_GUEST_MEMFD,
				    .gpa = 2 * SLOT,
				    .size = 2 * PAGE,
				    .hva = HVA };

	slot.gmem = vm.m->image->create_guest_memfd(vm.kvm, 2 * PAGE,
						    SIM_GMEM_MMAP | SIM_GMEM_INIT_SHARED);
	assert_true(slot.gmem >= 0);
	assert_int_equal(vm.m->image->set_memory_region(vm.kvm, &slot), 0);
	vm.gmem = slot.gmem;
}

static void the_series_says_what_is_behind_the_shared_alias_of_a_file_alone(void **state)
{
	unsigned long long user, folio;
	char byte = 1;

	create_vm(1, 3, 1);
	add_slot_of_a_file_alone();
	assert_int_equal(set_private(2 * SLOT, PAGE, 1), 0);
	assert_int_equal(vm.m->image->user_access(vm.kvm, HVA, &byte, 1, 1), 0);
	assert_int_equal(vm.m->image->gmem_access(vm.kvm, vm.gmem, 0, &byte, 1, 1), 0);

	user = backing(SLOT, 0); /* the same page of the VMM */
	folio = backing(2 * SLOT, 1);
	assert_true(user != ~0ull && folio != ~0ull && user != folio);
	assert_int_equal(backing(2 * SLOT, 0), newest ? folio : user);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			the_series_says_what_is_behind_the_shared_alias_of_a_file_alone, vm_boot,
			vm_halt),
	};

	newest = argc == 2 && !strcmp(argv[1], "newest");
	return cmocka_run_group_tests_name("backing", tests, NULL, NULL);
}
