/* SPDX-License-Identifier: BSD-2-Clause */
/* Where memory is does not matter to the catalogue; and a scenario to which it matters is found out. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <rmisim/metamorphic.h>
#include <rmisim/scenario.h>

static struct sim_config config(void)
{
	return (struct sim_config){ .kernel = getenv("RMISIM_TEST_KERNEL") };
}

/*
 * The exception has its reason in the specification: an unmap that returns one descriptor stops where addresses
 * are not in a row (rmm-state-machines 11.4, row 11), and pages taken from the other end never are. It is the last
 * variation: nothing else made a difference.
 */
static void expect_pieces(const struct sim_metamorphic *m)
{
	assert_string_equal(m->variation, "pages from the other end");
	assert_non_null(strstr(m->expected, "RTT_DATA_UNMAP"));
	assert_non_null(strstr(m->found, "RTT_DATA_UNMAP"));
}

static void the_catalogue_does_not_see_where_memory_is(void **state)
{
	struct sim_config cfg = config();
	const struct sim_catalogue_entry *e;

	for (unsigned i = 0; (e = sim_catalogue_at(i)); i++) {
		struct sim_metamorphic m;

		if (!strcmp(e->name, "sixteen-vcpus") || !strcmp(e->name, "teardown-large") ||
		    !strcmp(e->name, "slot-at-the-top") || !strcmp(e->name, "narrow-realm"))
			continue; /* as large as its realm, or at its end: there is no elsewhere */
		m = sim_metamorphic(e->run, &cfg);
		if (!strcmp(e->name, "convert-sizes") && !m.same)
			expect_pieces(&m);
		else if (!m.same)
			fail_msg("%s: with %s, line %u: '%s', not '%s' %s", e->name, m.variation,
				 m.line, m.found, m.expected, m.violation);
		assert_true(m.runs > 35);
	}
}

static struct sim_vm *make(struct sim_world *w)
{
	struct sim_vm *vm =
		sim_vm_new(w, &(struct sim_vm_config){ .ram_base = sim_world_ipa_offset(w) +
								   UINT64_C(0x40000000) });

	if (!vm || sim_vm_start(vm))
		sim_fail(w, "no VM: %s", sim_error(w));
	return vm;
}

static void looks_at_bit(struct sim_world *w, unsigned bit)
{
	struct sim_vm *vm = make(w);

	if (sim_vm_rd(vm) >> bit & 1)
		sim_note(w, "I am high");
	sim_vm_free(vm);
}

#define LOOKS_AT(bit)                                   \
	static void looks_at_##bit(struct sim_world *w) \
	{                                               \
		looks_at_bit(w, bit);                   \
	}
LOOKS_AT(13)
LOOKS_AT(17)
LOOKS_AT(33)
LOOKS_AT(40)
LOOKS_AT(47)

static void looks_at_nothing(struct sim_world *w)
{
	sim_vm_free(make(w));
}

static void looks_at_its_ipa(struct sim_world *w)
{
	struct sim_vm *vm = make(w);

	if (sim_world_ipa_offset(w) >> 33 & 1)
		sim_note(w, "I am high");
	sim_vm_free(vm);
}

static void a_scenario_that_looks_at_a_bit_of_an_address_is_found_out(void **state)
{
	static const struct {
		sim_scenario run;
		const char *variation;
	} lookers[] = {
		{ looks_at_13, "without the first " },
		{ looks_at_17, "the first bank at 0x100020000" },
		{ looks_at_33, "the first bank at 0x200000000" },
		{ looks_at_40, "the first bank at 0x10000000000" },
		{ looks_at_47, "the first bank at 0x800000000000" },
		{ looks_at_its_ipa, "the VM's memory 0x200000000 higher" },
	};
	struct sim_config cfg = config();
	struct sim_metamorphic m = sim_metamorphic(looks_at_nothing, &cfg);

	assert_string_equal(m.violation, "");
	assert_true(m.same);
	for (size_t i = 0; i < sizeof(lookers) / sizeof(lookers[0]); i++) {
		m = sim_metamorphic(lookers[i].run, &cfg);
		assert_false(m.same);
		if (strncmp(m.variation, lookers[i].variation, strlen(lookers[i].variation)))
			fail_msg("'%s', not '%s'", m.variation, lookers[i].variation);
		assert_true(strstr(m.found, "I am high") || strstr(m.expected, "I am high"));
		assert_int_equal(!!m.first_bank, !strncmp(m.variation, "the first bank", 14));
		assert_int_equal(!!m.spare_pages, !strncmp(m.variation, "without", 7));
		assert_int_equal(!!m.ipa_offset, !strncmp(m.variation, "the VM's memory", 15));
	}
}

static void fails(struct sim_world *w)
{
	sim_fail(w, "as it is");
}

static void what_is_violated_as_it_is_is_not_compared(void **state)
{
	struct sim_config cfg = config();
	struct sim_metamorphic m = sim_metamorphic(fails, &cfg);

	assert_false(m.same);
	assert_int_equal(m.runs, 1);
	assert_string_equal(m.violation, "expect: as it is");
	cfg.kernel = "nowhere";
	m = sim_metamorphic(fails, &cfg);
	assert_false(m.same);
	assert_memory_equal(m.violation, "setup: ", 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_catalogue_does_not_see_where_memory_is),
		cmocka_unit_test(a_scenario_that_looks_at_a_bit_of_an_address_is_found_out),
		cmocka_unit_test(what_is_violated_as_it_is_is_not_compared),
	};

	return cmocka_run_group_tests_name("harness/metamorphic", tests, NULL, NULL);
}
