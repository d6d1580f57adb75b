/* SPDX-License-Identifier: BSD-2-Clause */
/* rmisim list and rmisim explore: names, keys, numbers, refusals. */
#include <stdlib.h>
#include <string.h>

#include "run.h"

static void the_list_has_name_about_actors_and_points(void **state)
{
	const struct run *r = rmisim("list", "--json", NULL);

	assert_json(r, 0);
	assert_says(r, "\"name\":\"fault-private-2\",\"about\":\"two vCPUs touch one private "
		       "page\",\"actors\":2,\"points\":");
	assert_says(r, "\"name\":\"truth-table\"");
	assert_null(strstr(r->out, "violation"));
	r = rmisim("list", NULL);
	assert_int_equal(r->status, 0);
	assert_says(r, "sixteen-vcpus");
}

static void a_search_says_how_far_it_went(void **state)
{
	const struct run *r =
		rmisim("explore", "populate-populate", "--preemptions", "0", "--json", NULL);

	assert_json(r, 0);
	assert_says(r, "\"schedules\":2,\"bound\":0,\"exhaustive\":true,\"violations\":0");
	r = rmisim("explore", "fault-private-2", "--preemptions", "1", "--max", "3", NULL);
	assert_int_equal(r->status, 0);
	assert_says(r, "fault-private-2: stopped at 3 schedules in bound 1, 0 violations");
	assert_null(strstr(r->out, "exhaustive"));
	r = rmisim("explore", "fault-private-2", "--preemptions", "1", NULL);
	assert_int_equal(r->status, 0);
	assert_says(r, "exhaustive up to bound 1: ");
}

static void a_random_search_names_its_seed_and_is_never_called_exhaustive(void **state)
{
	static const char *const hows[][2] = { { "--random", "random, seed 9: 40 runs" },
					       { "--pct", "PCT, seed 9: 40 runs" } };
	const struct run *r;

	for (unsigned i = 0; i < 2; i++) {
		r = rmisim("explore", "populate-populate", hows[i][0], "9", "--max", "40", NULL);
		assert_int_equal(r->status, 0);
		assert_says(r, hows[i][1]);
		assert_null(strstr(r->out, "exhaustive"));
		assert_string_equal(r->err, ""); /* progress is for terminals */
	}
	r = rmisim("explore", "populate-populate", "--random", "9", "--max", "4", "--json", NULL);
	assert_json(r, 0);
	assert_says(r, "\"schedules\":4,\"bound\":null,\"exhaustive\":false,\"violations\":0");
	assert_says(r, "\"search\":\"random\",\"seed\":9");
}

static void violations_are_all_counted_when_asked_for(void **state)
{
	const struct run *r = rmisim("explore", "private-without-gmem", "--preemptions", "0",
				     "--random", "1", "--max", "5", "--kernel", "B046", NULL);

	assert_bad(r, "--random has no bound");
	r = rmisim("explore", "private-without-gmem", "--random", "1", "--max", "5", "--kernel",
		   "B046", NULL);
	assert_int_equal(r->status, 1);
	assert_says(r, "random, seed 1: 1 run, 1 violation (");
	r = rmisim("explore", "private-without-gmem", "--random", "1", "--max", "5", "--kernel",
		   "B046", "--go-on", NULL);
	assert_int_equal(r->status, 1);
	assert_says(r, "random, seed 1: 5 runs, 5 violations (");
}

/* B46: a private fault on a slot without guest_memfd maps a page of the VMM. */
static void a_kernel_with_a_defect_is_found(void **state)
{
	const struct run *r = rmisim("explore", "private-without-gmem", "--preemptions", "0",
				     "--kernel", "B046", "--json", NULL);

	assert_json(r, 1);
	assert_says(r, "\"violations\":1,\"violation\":\"");
	assert_says(r, "\"choices\":");
}

static void memory_elsewhere_gives_the_same_outcome(void **state)
{
	const struct run *r = rmisim("explore", "zero-page", "--metamorphic", "--json", NULL);

	assert_json(r, 0);
	assert_says(r, "\"scenario\":\"zero-page\",\"runs\":");
	assert_says(r, "\"same\":true");
	r = rmisim("explore", "zero-page", "--metamorphic", NULL);
	assert_int_equal(r->status, 0);
	assert_says(r, "zero-page: the same outcome in ");
}

static void what_is_no_scenario_is_refused_with_the_remedy(void **state)
{
	assert_bad(rmisim("explore", NULL), "rmisim list");
	assert_bad(rmisim("explore", "nothing", NULL), "no scenario 'nothing'; 'rmisim list'");
	assert_bad(rmisim("explore", "truth-table", "zero-page", NULL), "one scenario");
	assert_bad(rmisim("explore", "truth-table", "--preemptions", "1000", NULL), "0 to 64");
	assert_bad(rmisim("explore", "truth-table", "--random", "1", "--pct", "1", NULL),
		   "give one of them");
	assert_bad(rmisim("explore", "truth-table", "--random", "x", NULL), "takes a number");
	assert_bad(rmisim("explore", "truth-table", "--shard", "0/3", NULL), "like 2/8");
	assert_bad(rmisim("explore", "truth-table", "--shard", "4/3", NULL), "not '4/3'");
	assert_bad(rmisim("explore", "truth-table", "--shard", "3", NULL), "K/N");
	assert_bad(rmisim("explore", "truth-table", "--shard", "1/5000", NULL), "4096");
	assert_bad(rmisim("list", "truth-table", NULL), "rmisim explore truth-table");
	assert_bad(rmisim("explore", "truth-table", "--kernel", "nowhere", NULL), "nowhere");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_list_has_name_about_actors_and_points),
		cmocka_unit_test(a_search_says_how_far_it_went),
		cmocka_unit_test(a_random_search_names_its_seed_and_is_never_called_exhaustive),
		cmocka_unit_test(violations_are_all_counted_when_asked_for),
		cmocka_unit_test(a_kernel_with_a_defect_is_found),
		cmocka_unit_test(memory_elsewhere_gives_the_same_outcome),
		cmocka_unit_test(what_is_no_scenario_is_refused_with_the_remedy),
	};

	return cmocka_run_group_tests_name("rmisim explore", tests, NULL, NULL);
}
