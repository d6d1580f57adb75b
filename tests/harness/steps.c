/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is looked at with each call: arguments that nobody has set, endless repetition, secrets. Compiled as an
 * image is, so that unset variables hold what they hold there.
 */
#include "invariants.h"

/* Secrets */

static void what_a_realm_has_stored_does_not_come_back_to_the_host(void **state)
{
	struct fixture *f = *state;
	rmm_pa pa = pa_at(f, PRIV);
	struct rmm_regs in = { { RMI_GRANULE_RANGE_UNDELEGATE, pa, pa + f->page } };
	struct rmm_regs out = { { RMI_SUCCESS, pa + f->page } };

	/* never wiped, and given back */
	pretend(f, in, out);
	assert_string_equal(broken(f), "secret,pas");
	/* stored again, wiped, given back */
	assert_done(sim_guest_write(f->vm, 0, PRIV, 8, UINT64_C(0x8877665544332211)));
	assert_int_equal(f->world->secrets.nr_pages, 1);
	assert_int_equal(sim_vm_punch_hole(f->vm, PRIV, f->page), 0);
	assert_string_equal(broken(f), "");
	assert_int_equal(f->world->secrets.nr_pages, 0);
}

/* Calls */

static uint64_t judged(struct fixture *f, uint64_t fid, unsigned arg, uint64_t value)
{
	struct rmm_regs regs = { { fid } };
	struct rmm_event rmm = { .kind = RMM_EVENT_RMI_CALL,
				 .command = rmi_command(rmm_edition(f->rmm), fid),
				 .regs_in = &regs };
	struct sim_event event = { .kind = SIM_EVENT_RMI_CALL, .rmm = &rmm };
	struct sim_check check;

	regs.x[arg] = value;
	sim_check_init(&check, f->rmm, rmm_edition(f->rmm));
	sim_check_event(&check, &event);
	return check.seen & UINT64_C(1) << SIM_CONTRACT_POISON;
}

/* As an image is compiled, with -ftrivial-auto-var-init=pattern. */
#pragma GCC diagnostic ignored "-Wuninitialized"
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
static uint64_t unset_word(void)
{
	uint64_t word;

	__asm__("" : "+m"(word));
	return word;
}

static uint64_t unset_half(void)
{
	uint32_t half;

	__asm__("" : "+m"(half));
	return half;
}

static uint64_t unset_int(void)
{
	int number;

	__asm__("" : "+m"(number));
	return (uint64_t)number;
}

static void an_argument_that_nobody_has_set_is_found(void **state)
{
	struct fixture *f = *state;
	const uint64_t bad[] = {
		unset_word(),
		unset_half(),
		unset_int(),
		unset_word() & UINT64_C(0x000ffffffffff000), /* as an address */
		unset_word() + 0x3000,                       /* ... moved on */
		RMM_POISON,
		(uint32_t)RMM_POISON,
		RMM_POISON & UINT64_C(0x000fffffffff0000),
		RMM_POISON + f->page,
	};
	const uint64_t good[] = {
		0,
		1,
		f->rd,
		pa_at(f, PRIV),
		f->shared | SHARE,
		~UINT64_C(0),
		UINT64_C(0xaaaaa000),
		UINT64_C(0xfefef000),
		UINT64_C(0x8aaaaa000),
		0xaa,
		0xfe,
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		for (unsigned arg = 1; arg <= 5; arg++)
			if (!judged(f, RMI_RTT_DATA_MAP, arg, bad[i]))
				fail_msg("0x%llx passes as X%u", (unsigned long long)bad[i], arg);
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		for (unsigned arg = 1; arg <= 5; arg++)
			if (judged(f, RMI_RTT_DATA_MAP, arg, good[i]))
				fail_msg("0x%llx is poison as X%u", (unsigned long long)good[i],
					 arg);
	/* REALM_ACTIVATE has one argument */
	assert_false(judged(f, RMI_REALM_ACTIVATE, 2, RMM_POISON));
}

static void a_descriptor_in_a_list_that_nobody_has_set_is_found(void **state)
{
	struct fixture *f = *state;
	rmm_pa list = f->world->kernel->backing(f->vm->kvm, SHARE, 0, &(unsigned){ 0 });
	uint64_t *word = rmm_host_ptr(f->rmm, list, f->page);
	struct rmm_regs regs = { { RMI_OP_MEM_DONATE, 1, list, 2 } };
	struct rmm_event rmm = { .kind = RMM_EVENT_RMI_CALL,
				 .command = rmi_command(rmm_edition(f->rmm), regs.x[0]),
				 .regs_in = &regs };
	struct sim_event event = { .kind = SIM_EVENT_RMI_CALL, .rmm = &rmm };
	struct sim_check check;

	word[0] = 0;
	word[1] = unset_word();
	sim_check_init(&check, f->rmm, rmm_edition(f->rmm));
	assert_true(sim_check_event(&check, &event));
	assert_int_equal(check.broken, SIM_CONTRACT_POISON);
}

static void repeat(struct sim_world *world, unsigned times, unsigned other_at)
{
	struct rmm_regs in = { { RMI_RTT_FOLD, 1, 2, 3 } }, out = { { RMI_BUSY } };

	for (unsigned i = 0; i < times; i++) {
		in.x[3] = i == other_at ? 4 : 3;
		sim_invariant_smc(world, &in, &out);
	}
}

static void repeat_513_times(struct sim_world *world)
{
	repeat(world, 513, UINT32_MAX);
}

static void one_call_that_is_repeated_for_ever_is_found(void **state)
{
	struct fixture *f = *state;

	repeat(f->world, 512, UINT32_MAX);
	repeat(f->world, 1, 0);
	repeat(f->world, 1000, 500);
	assert_null(sim_violation(f->world));
	repeat(f->world, 1, 0);
	assert_false(sim_run(f->world, repeat_513_times));
	assert_non_null(strstr(sim_violation(f->world),
			       "rmi-repeat: actor 0 makes the same call 513"
			       " times: RTT_FOLD(0x1, 0x2, 0x3)"));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		test(what_a_realm_has_stored_does_not_come_back_to_the_host),
		test(an_argument_that_nobody_has_set_is_found),
		test(a_descriptor_in_a_list_that_nobody_has_set_is_found),
		test(one_call_that_is_repeated_for_ever_is_found),
	};

	if (argc > 1)
		kernel = argv[1];
	return cmocka_run_group_tests_name(kernel, tests, NULL, NULL);
}
