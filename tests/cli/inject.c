// SPDX-License-Identifier: BSD-2-Clause
/* rmisim inject: what it says, its keys, its refusals; explore --inject. */
#include <string.h>

#include "run.h"

static void the_report_names_points_by_label_and_place(void **state)
{
	const struct run *r =
		rmisim("inject", "private-without-gmem", "--class", "legal", "--max", "40", NULL);

	assert_int_equal(r->status, 0);
	assert_says(r, "private-without-gmem: legal failures: ");
	assert_says(r, " busy in RMI_REC_ENTER");
	assert_says(r, " GFP_KERNEL page in realm_create_rd");
	assert_says(r, "stopped at the limit of runs");
}

static void json_has_points_runs_and_violations(void **state)
{
	const struct run *r =
		rmisim("inject", "private-without-gmem", "--max", "8", "--json", NULL);

	assert_json(r, 0);
	assert_says(r, "\"scenario\":\"private-without-gmem\",\"points\":");
	assert_says(r, ",\"runs\":16,\"violations\":0,\"complete\":false,\"legal\":{\"points\":");
	assert_says(r, "\"wrong\":{\"points\":");
	assert_says(r, "\"class\":\"wrong\",\"label\":\"answer RMI_VERSION\"");
}

/* B46 breaks the scenario before anything fails. */
static void a_kernel_with_a_defect_fails_without_any_failure(void **state)
{
	const struct run *r = rmisim("inject", "private-without-gmem", "--class", "legal",
				     "--kernel", "B046", "--max", "1", NULL);

	assert_int_equal(r->status, 1);
	assert_says(r, "first: ");
	assert_says(r, "failed: nothing");
}

static void nonsense_is_refused_with_the_remedy(void **state)
{
	assert_bad(rmisim("inject", NULL), "rmisim list");
	assert_bad(rmisim("inject", "nothing", NULL), "no scenario 'nothing'; 'rmisim list'");
	assert_bad(rmisim("inject", "truth-table", "--depth", "3", NULL), "--depth takes 1 or 2");
	assert_bad(rmisim("inject", "truth-table", "--depth", "0", NULL), "--depth takes 1 or 2");
	assert_bad(rmisim("inject", "truth-table", "--class", "evil", NULL),
		   "legal, wrong and all");
	assert_bad(rmisim("inject", "truth-table", "--kernel", "nowhere", NULL), "nowhere");
}

static void explore_combines_schedules_with_one_failure(void **state)
{
	const struct run *r = rmisim("explore", "populate-populate", "--preemptions", "0",
				     "--inject", "--max", "50", "--json", NULL);

	assert_json(r, 0);
	assert_says(r, "\"schedules\":50,\"bound\":0,\"exhaustive\":false,\"violations\":0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_report_names_points_by_label_and_place),
		cmocka_unit_test(json_has_points_runs_and_violations),
		cmocka_unit_test(a_kernel_with_a_defect_fails_without_any_failure),
		cmocka_unit_test(nonsense_is_refused_with_the_remedy),
		cmocka_unit_test(explore_combines_schedules_with_one_failure),
	};

	return cmocka_run_group_tests_name("rmisim inject", tests, NULL, NULL);
}
