// SPDX-License-Identifier: BSD-2-Clause
/* rmisim inject: what it says, its keys, its refusals; explore --inject. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

/* B098 leaks a page of a realm that was never created: behind no memory for the vCPU, and behind a lying RMM. */
#define LEAK "private-without-gmem", "--kernel", "B098"

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

/* json: of the search, run in a process of its own. */
static void replays(const struct run *json, const char *class, const char *violation)
{
	char *string, *choices;
	char line[8192];

	assert_json(json, 1);
	string = value_of(json, "replay");
	choices = value_of(json, "choices");
	assert_non_null(strstr(string, class));
	json = rmisim("replay", string, "--json", NULL);
	assert_json(json, 1);
	snprintf(line, sizeof(line), "\"violation\":\"%s\",\"choices\":\"%s\"", violation, choices);
	assert_says(json, line);
	snprintf(line, sizeof(line), "the same run, and the same violation\n%s\n", violation);
	assert_says(rmisim("replay", string, NULL), line);
	free(choices);
	free(string);
}

static void what_inject_prints_replays_in_a_fresh_process(void **state)
{
	static const char page[] = "pages-back: kernel pages in use: 2, should be 1";
	static const char lost[] = "pages-back: pages lost without a word: 1";
	const struct run *r = rmisim("inject", LEAK, "--class", "legal", "--json", NULL);
	char line[8192];
	char *string;

	replays(r, ",legal-failures:", page);
	replays(rmisim("inject", LEAK, "--class", "wrong", "--json", NULL),
		",wrong-answers:", lost);
	replays(rmisim("explore", LEAK, "--inject", "--preemptions", "0", "--json", NULL),
		",legal-failures:", page);
	/* For the eye, too, with what the report has. */
	r = rmisim("inject", LEAK, "--class", "wrong", "--json", NULL);
	string = value_of(r, "replay");
	r = rmisim("inject", LEAK, "--class", "wrong", NULL);
	assert_int_equal(r->status, 1);
	snprintf(line, sizeof(line), "\nreplay: rmisim replay '%s'\n", string);
	assert_says(r, line);
	assert_says(r, "found when the scenario had ended\nlanes, the end of them:\n");
	assert_says(r, "is answered in the RMM's place");
	free(string);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_report_names_points_by_label_and_place),
		cmocka_unit_test(json_has_points_runs_and_violations),
		cmocka_unit_test(a_kernel_with_a_defect_fails_without_any_failure),
		cmocka_unit_test(nonsense_is_refused_with_the_remedy),
		cmocka_unit_test(explore_combines_schedules_with_one_failure),
		cmocka_unit_test(what_inject_prints_replays_in_a_fresh_process),
	};

	return cmocka_run_group_tests_name("rmisim inject", tests, NULL, NULL);
}
