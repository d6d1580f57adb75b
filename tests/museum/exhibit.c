/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One exhibit: exhibit IMAGE CONTRACT [REFERENCE]
 *
 * A scenario that knows nothing of the bug runs on the clean image (REFERENCE, default 4k), where nothing
 * may be found, and on the image with the bug, where the named general contract must break. The run that
 * found it is printed as a replay string, which must lead there again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <rmisim/explore.h>

#define PRIVATE_GPA UINT64_C(0x200000)
#define SHARED_GPA  UINT64_C(0x403000)

struct exhibit {
	const char *image, *contract, *reference;
	char choices[1024]; /* of the run that found it */
};

/* Any guest: a page of its own, a page that it shares. */
static void touch_both_aliases(struct sim_guest *guest, void *arg)
{
	uint64_t shared = sim_vm_shared_bit(sim_guest_vm(guest)), value;

	sim_guest_store(guest, PRIVATE_GPA, 8, 1);
	sim_guest_store(guest, SHARED_GPA | shared, 8, 2);
	sim_guest_load(guest, PRIVATE_GPA, 8, &value);
	sim_guest_load(guest, SHARED_GPA | shared, 8, &value);
}

static void a_guest_touches_both_aliases(struct sim_world *world)
{
	struct sim_vm *vm = sim_vm_new(world, &(struct sim_vm_config){ .ram_mib = 16 });
	const char *restless;

	if (!vm)
		sim_fail(world, "no VM: %s", sim_error(world));
	sim_vm_set_shared(vm, SHARED_GPA, sim_page_size(vm));
	sim_vcpu_program(vm, SIM_VCPU(0), touch_both_aliases, NULL);
	sim_vcpu_loop(vm, SIM_VCPU(0));
	sim_vm_free(vm);
	restless = sim_quiescent(world);
	if (restless)
		sim_fail(world, "not quiescent: %s", restless);
}

static struct sim_result run(const char *image, const char *choices)
{
	struct sim_explore explore = {
		.config = { .kernel = image, .choices = choices },
		.max_runs = 1,
	};

	return sim_explore(a_guest_touches_both_aliases, &explore);
}

/* The violation of the exhibit's image, "" when none is found. */
static bool is_found(const struct exhibit *exhibit, const struct sim_result *result)
{
	size_t len = strlen(exhibit->contract);

	return result->violations && !strncmp(result->violation, exhibit->contract, len) &&
	       result->violation[len] == ':';
}

static void nothing_is_found_on_the_clean_image(void **state)
{
	const struct exhibit *exhibit = *state;
	struct sim_result result = run(exhibit->reference, NULL);

	if (result.violations)
		fail_msg("%s: %s", exhibit->reference, result.violation);
	assert_int_equal(result.schedules, 1);
}

static void a_general_contract_finds_the_exhibit(void **state)
{
	struct exhibit *exhibit = *state;
	struct sim_result result = run(exhibit->image, NULL);

	if (!is_found(exhibit, &result))
		fail_msg("%s: %s is not found%s%s", exhibit->image, exhibit->contract,
			 result.violations ? ", but " : "", result.violation);
	printf("# %s\n# replay: %s\n", result.violation, result.choices);
	memcpy(exhibit->choices, result.choices, sizeof(exhibit->choices));
}

static void the_replay_string_leads_there_again(void **state)
{
	const struct exhibit *exhibit = *state;
	struct sim_result result = run(exhibit->image, exhibit->choices);

	if (!is_found(exhibit, &result))
		fail_msg("%s: %s is not found again", exhibit->image, exhibit->contract);
	assert_string_equal(result.choices, exhibit->choices);
}

int main(int argc, char **argv)
{
	struct exhibit exhibit = {
		.image = argc > 1 ? argv[1] : "",
		.contract = argc > 2 ? argv[2] : "",
		.reference = argc > 3 ? argv[3] : "4k",
	};
	const struct CMUnitTest tests[] = {
		{ "nothing_is_found_on_the_clean_image", nothing_is_found_on_the_clean_image, NULL,
		  NULL, &exhibit },
		{ "a_general_contract_finds_the_exhibit", a_general_contract_finds_the_exhibit,
		  NULL, NULL, &exhibit },
		{ "the_replay_string_leads_there_again", the_replay_string_leads_there_again, NULL,
		  NULL, &exhibit },
	};

	if (argc < 3) {
		fprintf(stderr, "usage: exhibit IMAGE CONTRACT [REFERENCE]\n");
		return 2;
	}
	return cmocka_run_group_tests_name(exhibit.image, tests, NULL, NULL);
}
