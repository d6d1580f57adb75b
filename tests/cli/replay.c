/* SPDX-License-Identifier: BSD-2-Clause */
/* rmisim replay, in processes of their own: the string that explore prints, and everything that is none. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

/* B900: activation without its lock. One preemption is enough. */
#define RACE "explore", "activate-activate", "--preemptions", "1", "--kernel", "B900"

static void what_explore_prints_replays_in_a_fresh_process(void **state)
{
	const struct run *r = rmisim(RACE, "--json", NULL);
	char *string, *violation;
	char line[4096];

	assert_json(r, 1);
	string = value_of(r, "replay");
	violation = value_of(r, "violation");
	r = rmisim(RACE, NULL);
	snprintf(line, sizeof(line), "\nreplay: rmisim replay '%s'\n", string);
	assert_says(r, line);
	r = rmisim("replay", string, "--json", NULL);
	assert_json(r, 1);
	snprintf(line, sizeof(line), "\"violation\":\"%s\"", violation);
	assert_says(r, line);
	r = rmisim("replay", string, NULL);
	assert_int_equal(r->status, 1);
	assert_says(r, "activate-activate on B900: the same run, and the same violation\n");
	assert_says(r, violation);
	/* The prefix, and what comes behind it. */
	r = rmisim("explore", "activate-activate", "--preemptions", "1", "--kernel", "B900",
		   "--choices", string, "--json", NULL);
	assert_json(r, 1);
	assert_says(r, violation);
	free(string);
	free(violation);
}

static void a_string_for_another_image_is_refused_with_what_differs(void **state)
{
	const struct run *r = rmisim(RACE, "--json", NULL);
	char *string = value_of(r, "replay");

	assert_bad(rmisim("replay", string, "--kernel", "4k", NULL),
		   "for kernel 'B900', and this is '4k'");
	assert_bad(rmisim("replay", string, "--kernel", "nowhere", NULL), "nowhere");
	assert_bad(rmisim("explore", "fault-private-2", "--choices", string, NULL),
		   "does not fit: decision ");
	free(string);
}

static void what_is_no_string_is_refused_with_the_remedy(void **state)
{
	char *string = value_of(rmisim(RACE, "--json", NULL), "replay"), *at;

	assert_bad(rmisim("replay", NULL), "rmisim explore");
	assert_bad(rmisim("replay", string, string, NULL), "one string");
	assert_bad(rmisim("replay", "", NULL), "begin with rmisim1:");
	assert_bad(rmisim("replay", "0*26.1", NULL), "begin with rmisim1:");
	assert_bad(rmisim("replay", "rmisim9:x", NULL), "another version");
	assert_bad(rmisim("replay", string, "--edition", "bet2", NULL), "leave out --edition");
	at = strchr(string, '=');
	assert_non_null(at);
	at[1] = '3';
	assert_bad(rmisim("replay", string, NULL), "damaged or not complete");
	at[1] = '\0';
	assert_bad(rmisim("replay", string, NULL), "damaged or not complete");
	assert_bad(rmisim("explore", "activate-activate", "--choices", string, NULL), "damaged");
	assert_bad(rmisim("explore", "activate-activate", "--choices", "1.x", NULL),
		   "neither of the form");
	free(string);
}

/* Of a test of somebody's own: name and checksum (FNV-1a) are all that is looked at. */
static void a_scenario_that_is_not_in_the_catalogue_is_told_where_to_replay(void **state)
{
	static const char body[] = "rmisim1:mine:4k,bet1,strict:00000000-00000000:-:.:00000000";
	char string[128];
	uint32_t sum = 0x811c9dc5;

	for (const char *p = body; *p; p++)
		sum = (sum ^ (unsigned char)*p) * 0x01000193;
	snprintf(string, sizeof(string), "%s-%08x", body, sum);
	assert_bad(rmisim("replay", string, NULL), "set RMISIM_REPLAY");
}

/* Nothing to read on stdin, so that gdb goes away once it has stopped. */
static void gdb_stops_at_the_violation(void **state)
{
	const struct run *r = rmisim(RACE, "--json", NULL);
	char *string = value_of(r, "replay");

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	print_message("# sanitizers and gdb are in each other's way: skipped\n");
	free(string);
	return;
#endif
	if (system("gdb -q -batch -ex run --args true </dev/null 2>&1 | "
		   "grep -q 'exited normally'")) {
		print_message("# there is no gdb here that can run a program: skipped\n");
		free(string);
		return;
	}
	r = rmisim("replay", string, "--gdb", NULL);
	assert_says(r, "hit Breakpoint 1, sim_at_violation (");
	assert_says(r, "sim/scenario/common.c:"); /* the frames of the actor that expects */
	assert_null(strstr(r->out, "and the same violation"));
	free(string);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_explore_prints_replays_in_a_fresh_process),
		cmocka_unit_test(a_string_for_another_image_is_refused_with_what_differs),
		cmocka_unit_test(what_is_no_string_is_refused_with_the_remedy),
		cmocka_unit_test(gdb_stops_at_the_violation),
		cmocka_unit_test(a_scenario_that_is_not_in_the_catalogue_is_told_where_to_replay),
	};

	return cmocka_run_group_tests_name("rmisim replay", tests, NULL, NULL);
}
