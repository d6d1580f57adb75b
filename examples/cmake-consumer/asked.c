/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two faults of a realm: a private one on a page whose attribute says shared, and a shared one.
 */
#include <rmisim/cmocka.h>

#define PAGE UINT64_C(0x200000)

static void a_private_fault_on_a_shared_page_asks_the_vmm(void **state)
{
	struct sim_vm *vm = sim_vm_new(*state, &(struct sim_vm_config){ .ram_mib = 64 });
	struct sim_exit exit;

	assert_int_equal(sim_vm_set_shared(vm, PAGE, sim_page_size(vm)), 0);
	exit = sim_guest_write(vm, SIM_VCPU(0), PAGE, 8, 0x1234);
	assert_memory_fault(exit, PAGE, sim_page_size(vm), SIM_FAULT_PRIVATE);
}

static void a_shared_fault_is_served_from_the_memory_of_the_vmm(void **state)
{
	struct sim_vm *vm = sim_vm_new(*state, &(struct sim_vm_config){ .shared_at_start = true });
	struct sim_exit exit;
	uint64_t word = 0;

	exit = sim_guest_write(vm, SIM_VCPU(0), sim_vm_shared_bit(vm) | PAGE, 8, 0x1234);
	assert_int_equal(exit.kind, SIM_DONE);
	assert_int_equal(sim_vmm_read(vm, PAGE, &word, sizeof(word)), 0);
	assert_int_equal(word, 0x1234);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_private_fault_on_a_shared_page_asks_the_vmm,
						sim_setup, sim_teardown),
		cmocka_unit_test_setup_teardown(a_shared_fault_is_served_from_the_memory_of_the_vmm,
						sim_setup, sim_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
