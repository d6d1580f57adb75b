/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Exhibits that invariants find, each in a scenario that says nothing of it; the clean image breaks nothing there:
 * found IMAGE CHECK SCENARIO
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <rmisim/cmocka.h>
#include <rmisim/scenario.h>

static const char *image, *check, *name;

static struct sim_result explore(const char *kernel)
{
	const struct sim_catalogue_entry *e = sim_catalogue_find(name);

	if (!e)
		fail_msg("no scenario '%s'", name);
	return sim_explore_named(
		name, e->run,
		&(struct sim_explore){ .config = { .kernel = kernel }, .preemptions = 1 });
}

static void the_clean_image_breaks_nothing(void **state)
{
	assert_clean(explore("4k"));
}

static void a_check_that_knows_no_bug_finds_the_exhibit(void **state)
{
	struct sim_result result = explore(image);

	if (strncmp(result.violation, check, strlen(check)) ||
	    result.violation[strlen(check)] != ':')
		fail_msg("%s: %s is not found: '%s'", image, check, result.violation);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_clean_image_breaks_nothing),
		cmocka_unit_test(a_check_that_knows_no_bug_finds_the_exhibit),
	};

	if (argc != 4)
		return 2;
	image = argv[1];
	check = argv[2];
	name = argv[3];
	return cmocka_run_group_tests_name(image, tests, NULL, NULL);
}
