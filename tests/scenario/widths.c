// SPDX-License-Identifier: BSD-2-Clause
/*
 * Realms as narrow and as wide as a page size makes interesting. At the end of each there is no warning, nobody has held
 * mmu_lock for longer than contract hold-time permits, and all is back.
 */
#include "fixture.h"

/* A page of each alias, and the end. */
static void use_and_close(struct fixture *f, unsigned bits)
{
	struct sim_vm *vm = fixture_vm(f, &(struct sim_vm_config){ .ipa_bits = bits });
	uint64_t shared = sim_vm_shared_bit(vm);

	assert_int_equal(sim_guest_write(vm, 0, 0, 8, 0x11).kind, SIM_DONE);
	assert_int_equal(sim_guest_write(vm, 0, shared | sim_page_size(vm), 8, 0x22).kind,
			 SIM_DONE);
	assert_int_equal(sim_guest_read(vm, 0, 0, 8).value, 0x11);
	assert_int_equal(sim_guest_read(vm, 0, shared | sim_page_size(vm), 8).value, 0x22);
	sim_vm_free(vm);
	f->vm = NULL;
	if (sim_violation(f->world))
		fail_msg("%u bits: %s", bits, sim_violation(f->world));
}

/*
 * With pages of 64K the root is the last level, of 8 tables or of 16 (rmm-state-machines 10.1): there is no table below it to
 * fold or to destroy.
 */
static void a_realm_of_32_bits_and_one_of_33_end_without_a_warning(void **state)
{
	for (unsigned bits = 32; bits < 34; bits++)
		use_and_close(*state, bits);
}

/*
 * Each half has 16384 tables of the last level, or room for them: more than may be folded without a break. With pages of 16K and
 * 64K there is no level between them and the root.
 */
static void the_folds_of_a_wide_realm_offer_breaks(void **state)
{
	use_and_close(*state, 2 * fixture_page_shift() - 3 + 15);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_realm_of_32_bits_and_one_of_33_end_without_a_warning, fixture_setup,
			fixture_teardown),
		cmocka_unit_test_setup_teardown(the_folds_of_a_wide_realm_offer_breaks,
						fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests_name("widths", tests, NULL, NULL);
}
