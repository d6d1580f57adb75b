/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the headers make of a symbol in either generation: expectations are those of kvm-api-surface, sections 7 to 9.
 */
#include <dlfcn.h>

#include "forms.h"
#include "vm.h"

#define SHARED_BIT (1ull << 40) /* of a VM of 41 bits */

enum { INCOMPLETE = 13, ERROR_RTT_2 = 0x204 };

static const struct test_newest *newest(void)
{
	return dlsym(vm.m->dl, "sim_test_newest");
}

static const struct test_v14 *v14(void)
{
	return dlsym(vm.m->dl, "sim_test_v14");
}

/* The next SMCs are answered with these. */
static void answer(unsigned long long x0, unsigned long long x1)
{
	vm.m->smc_answers = true;
	vm.m->smc_out = (struct sim_regs){ { x0, x1, 0x22, 0x33 } };
}

static void the_newest_get_pfn_leaves_the_caller_no_reference(void **state)
{
	unsigned long long pa, same;
	int references;

	create_vm(1, 3, 1);
	assert_int_equal(newest()->gmem_pfn(vm.kvm, GFN + 3, &pa, &references), 0);
	assert_int_equal(references, 1); /* that of guest_memfd */
	assert_int_equal(vm.m->port->gmem_pfn(vm.kvm, GFN + 3, &same), 0);
	assert_int_equal(pa, same);
}

static void the_newest_attribute_is_that_of_the_gfn(void **state)
{
	create_vm(1, 3, 1);
	assert_false(newest()->is_private(vm.kvm, GFN));
	assert_int_equal(set_private(SLOT, PAGE, 1), 0);
	assert_true(newest()->is_private(vm.kvm, GFN));
	assert_false(newest()->is_private(vm.kvm, GFN + 1));
}

static void the_newest_populate_counts_pages_and_refuses_a_flag(void **state)
{
	create_vm(1, 3, 1);
	assert_int_equal(set_private(SLOT, 2 * PAGE, 1), 0);
	assert_int_equal(newest()->populate(vm.kvm, GFN, HVA, 0), 2);
	assert_true(violates(vm.m, "not-modelled", newest()->populate(vm.kvm, GFN, HVA, 1)));
}

static void the_newest_gfn_of_a_fault_has_no_shared_bit(void **state)
{
	create_vm(1, 3, 1);
	assert_int_equal(newest()->gfn_from_fault(vm.kvm, SHARED_BIT | SLOT), GFN);
	assert_int_equal(newest()->gfn_from_fault(vm.kvm, SLOT), GFN);
	vm.m->image->destroy_vm(vm.kvm);
	create_vm(0, 3, 1);
	assert_int_equal(newest()->gfn_from_fault(vm.kvm, SHARED_BIT | SLOT),
			 GFN | SHARED_BIT / PAGE);
}

static void outputs_of_an_unmap_are_written_always_in_v14_and_on_success_in_newest(void **state)
{
	unsigned long next = 0x77;

	answer(ERROR_RTT_2, 0x5000);
	assert_int_equal(newest()->data_unmap(0x1000, 0x9000, &next), ERROR_RTT_2);
	assert_int_equal(next, 0x77);
	assert_int_equal(v14()->data_unmap(0x1000, 0x9000, &next), ERROR_RTT_2);
	assert_int_equal(next, 0x5000);
	answer(0, 0x6000);
	assert_int_equal(newest()->data_unmap(0x1000, 0x9000, &next), 0);
	assert_int_equal(next, 0x6000);
	assert_int_equal(vm.m->smc_in.x[0], 0xc40001f6);
	assert_int_equal(vm.m->smc_in.x[2], 0x1000);
	assert_int_equal(vm.m->smc_in.x[3], 0x9000);
	assert_int_equal(vm.m->smc_in.x[4], 1);
}

static void an_incomplete_delegation_is_a_warning_and_1_in_v14(void **state)
{
	unsigned long long out = 0x77;
	unsigned warns = vm.m->warns;

	answer(INCOMPLETE, 0x5000);
	assert_int_equal(v14()->delegate(0x80000000, 0x80004000, &out), 1);
	assert_int_equal(out, 0x77);
	assert_int_equal(vm.m->warns, warns + 1);
	answer(0, 0x80004000);
	assert_int_equal(v14()->delegate(0x80000000, 0x80004000, &out), 0);
	assert_int_equal(out, 0x80004000);
}

static void the_short_smc_has_seven_arguments_and_four_results(void **state)
{
	unsigned long result[4];
	unsigned i;

	answer(0x1234, 0x5678);
	v14()->invoke(0xc4000150, result);
	assert_int_equal(vm.m->smc_in.x[0], 0xc4000150);
	for (i = 1; i <= 7; i++)
		assert_int_equal(vm.m->smc_in.x[i], i);
	for (; i < 18; i++)
		assert_int_equal(vm.m->smc_in.x[i], 0);
	assert_int_equal(result[0], 0x1234);
	assert_int_equal(result[1], 0x5678);
	assert_int_equal(result[2], 0x22);
	assert_int_equal(result[3], 0x33);
}

static void a_word_of_user_memory_is_put_and_got_or_faults(void **state)
{
	unsigned is = 0;

	create_vm(0, 3, 1);
	assert_int_equal(v14()->user_word(vm.kvm, HVA + 8, 0xabcd1234, &is), 0);
	assert_int_equal(is, 0xabcd1234);
	assert_int_equal(v14()->user_word(vm.kvm, HVA - PAGE, 1, &is), -14);
}

#define test(f) cmocka_unit_test_setup_teardown(f, vm_boot, vm_halt)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(the_newest_get_pfn_leaves_the_caller_no_reference),
		test(the_newest_attribute_is_that_of_the_gfn),
		test(the_newest_populate_counts_pages_and_refuses_a_flag),
		test(the_newest_gfn_of_a_fault_has_no_shared_bit),
		test(outputs_of_an_unmap_are_written_always_in_v14_and_on_success_in_newest),
		test(an_incomplete_delegation_is_a_warning_and_1_in_v14),
		test(the_short_smc_has_seven_arguments_and_four_results),
		test(a_word_of_user_memory_is_put_and_got_or_faults),
	};

	return cmocka_run_group_tests_name("forms of both generations", tests, NULL, NULL);
}
