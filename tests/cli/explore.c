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
	assert_says(r, "stopped in bound 1: 3 schedules, 0 violations");
	r = rmisim("explore", "fault-private-2", "--preemptions", "1", NULL);
	assert_int_equal(r->status, 0);
	assert_says(r, "exhaustive up to bound 1: ");
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

static void what_is_no_scenario_is_refused_with_the_remedy(void **state)
{
	assert_bad(rmisim("explore", NULL), "rmisim list");
	assert_bad(rmisim("explore", "nothing", NULL), "no scenario 'nothing'; 'rmisim list'");
	assert_bad(rmisim("explore", "truth-table", "zero-page", NULL), "one scenario");
	assert_bad(rmisim("explore", "truth-table", "--preemptions", "1000", NULL), "0 to 64");
	assert_bad(rmisim("list", "truth-table", NULL), "rmisim explore truth-table");
	assert_bad(rmisim("explore", "truth-table", "--kernel", "nowhere", NULL), "nowhere");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_list_has_name_about_actors_and_points),
		cmocka_unit_test(a_search_says_how_far_it_went),
		cmocka_unit_test(a_kernel_with_a_defect_is_found),
		cmocka_unit_test(what_is_no_scenario_is_refused_with_the_remedy),
	};

	return cmocka_run_group_tests_name("rmisim explore", tests, NULL, NULL);
}
