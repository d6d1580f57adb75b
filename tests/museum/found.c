/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * found IMAGE CLEAN SCENARIO BOUND TEXT: what a patch's header says in "Found: SCENARIO, BOUND preemptions, TEXT".
 *
 * Every schedule of the catalogue's scenario within the bound is clean on CLEAN; on IMAGE one of them ends in a
 * violation whose sentence has TEXT in it, and its decisions lead there again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <rmisim/cmocka.h>
#include <rmisim/scenario.h>

struct exhibit {
	const char *image, *clean, *text;
	const struct sim_catalogue_entry *scenario;
	unsigned bound;
	char choices[1024]; /* of the run that found it */
};

static struct sim_result explore(const struct exhibit *exhibit, const char *kernel,
				 const char *choices)
{
	struct sim_explore how = {
		.config = { .kernel = kernel, .choices = choices },
		.preemptions = choices ? 0 : exhibit->bound,
		.max_runs = choices ? 1 : 0,
	};

	sim_catalogue_configure(exhibit->scenario, &how.config);
	return sim_explore_named(exhibit->scenario->name, exhibit->scenario->run, &how);
}

static bool is_found(const struct exhibit *exhibit, const struct sim_result *result)
{
	return result->violations && strncmp(result->violation, "setup: ", 7) &&
	       strstr(result->violation, exhibit->text);
}

static void nothing_is_found_on_the_clean_image(void **state)
{
	const struct exhibit *exhibit = *state;
	struct sim_result result = explore(exhibit, exhibit->clean, NULL);

	assert_clean(result);
	assert_true(result.exhaustive);
}

static void the_scenario_finds_the_exhibit(void **state)
{
	struct exhibit *exhibit = *state;
	struct sim_result result = explore(exhibit, exhibit->image, NULL);

	if (!is_found(exhibit, &result))
		fail_msg("%s: %s does not find \"%s\"%s%s", exhibit->image, exhibit->scenario->name,
			 exhibit->text, result.violations ? ", but " : "", result.violation);
	printf("# %s\n# schedule %llu, choices: %s\n", result.violation,
	       (unsigned long long)result.schedules, result.choices);
	memcpy(exhibit->choices, result.choices, sizeof(exhibit->choices));
}

static void its_decisions_lead_there_again(void **state)
{
	const struct exhibit *exhibit = *state;
	struct sim_result result = explore(exhibit, exhibit->image, exhibit->choices);

	if (!is_found(exhibit, &result))
		fail_msg("%s: \"%s\" is not found again", exhibit->image, exhibit->text);
}

int main(int argc, char **argv)
{
	struct exhibit exhibit = { 0 };
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(nothing_is_found_on_the_clean_image, &exhibit),
		cmocka_unit_test_prestate(the_scenario_finds_the_exhibit, &exhibit),
		cmocka_unit_test_prestate(its_decisions_lead_there_again, &exhibit),
	};

	if (argc != 6) {
		fprintf(stderr, "usage: found IMAGE CLEAN SCENARIO BOUND TEXT\n");
		return 2;
	}
	exhibit = (struct exhibit){
		.image = argv[1],
		.clean = argv[2],
		.scenario = sim_catalogue_find(argv[3]),
		.bound = (unsigned)strtoul(argv[4], NULL, 10),
		.text = argv[5],
	};
	if (!exhibit.scenario) {
		fprintf(stderr, "found: there is no scenario '%s'; rmisim list has their names\n",
			argv[3]);
		return 2;
	}
	return cmocka_run_group_tests_name(exhibit.image, tests, NULL, NULL);
}
