// SPDX-License-Identifier: BSD-2-Clause
/* rmisim museum: what it says, its keys, its refusals. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run.h"

/* Exhibits of the default build: B044 by exploration, B046 in one run, B036-relax one of two with its number. */

static void an_exhibit_is_found_by_its_check(void **state)
{
	const struct run *r = rmisim("museum", "B044", NULL);

	assert_int_equal(r->status, 0);
	assert_says(r, "\nB044         stale-pfn             fault-convert, 1 preemption ");
	assert_says(r, "\n             gmem_abort() asks for the attribute before");
	assert_says(r, "1 exhibit, 1 found");
	assert_null(strstr(r->out, "rmisim1:"));
}

static void json_has_what_scripts_want(void **state)
{
	const struct run *r = rmisim("museum", "B044", "--json", NULL);

	assert_json(r, 0);
	assert_says(r,
		    "{\"exhibits\":[{\"id\":\"B044\",\"kind\":\"defect\",\"title\":\"gmem_abort()");
	assert_says(r, "\"in\":\"v14\"");
	assert_says(r, "\"scenario\":\"fault-convert\"");
	assert_says(r, "\"check\":\"stale-pfn\"");
	assert_says(r, "\"preemptions\":1,\"inject\":null");
	assert_says(r, "\"found\":true");
	assert_says(r, "\"schedules\":");
	assert_says(r, "\"ms\":");
	assert_says(r, "\"violation\":\"stale-pfn: IPA ");
	assert_says(r, "\"replay\":\"rmisim1:fault-convert:B044,");
	assert_says(r, "\"again\":true,\"clean\":true");
	assert_says(r, "],\"shown\":1,\"found\":1}");
	assert_null(strstr(r->out, "\"wrong\""));
}

static void its_string_replays(void **state)
{
	const struct run *r = rmisim("museum", "B044", "--json", "--quick", NULL);
	char *string = value_of(r, "replay"), *violation = value_of(r, "violation"), *line;

	assert_true(asprintf(&line, "\n             rmisim replay '%s'\n", string) > 0);
	assert_says(rmisim("museum", "B044", "--replay", NULL), line);
	free(line);
	r = rmisim("replay", string, NULL);
	assert_int_equal(r->status, 1);
	assert_says(r, violation);
	free(string);
	free(violation);
}

static void quick_makes_only_the_runs_that_find_it(void **state)
{
	const struct run *r = rmisim("museum", "B046", "--json", "--quick", NULL);

	assert_json(r, 0);
	assert_says(r, "\"found\":true");
	assert_null(strstr(r->out, "\"again\""));
	assert_null(strstr(r->out, "\"clean\""));
}

static void a_number_is_all_that_bear_it(void **state)
{
	assert_says(rmisim("museum", "36", "--list", NULL), "B036-relax   a permission fault");
	assert_says(rmisim("museum", "b044", "--list", NULL), "B044         gmem_abort");
	assert_null(strstr(rmisim("museum", "B044", "--list", NULL)->out, "B036"));
	assert_says(rmisim("museum", "--list", "--json", NULL), "{\"id\":\"B036-relax\"");
	assert_null(strstr(rmisim("museum", "--list", "--json", NULL)->out, "\"found\""));
}

static void lines_fit_a_terminal(void **state)
{
	const struct run *r = rmisim("museum", "B018", "B036-relax", "B044", "B900", NULL);

	assert_int_equal(r->status, 0);
	for (const char *line = r->out; *line; line += strcspn(line, "\n") + 1)
		if (strcspn(line, "\n") > 100)
			fail_msg("%.*s", (int)strcspn(line, "\n"), line);
}

static void tap_demands_it_of_the_exhibit_and_nothing_of_the_clean_port(void **state)
{
	const struct run *r = rmisim("museum", "--tap", "B046", NULL);

	assert_int_equal(r->status, 0);
	assert_says(r, "ok 1 - B046: the clean port passes the same runs\n");
	assert_says(r, "\nok 2 - B046: stale-pfn finds it\n");
	assert_says(r, "\nok 3 - B046: its replay string leads there again in a fresh process\n");
	assert_says(r, "\n1..3\n");
}

static void a_kernel_without_the_defect_is_not_found(void **state)
{
	const struct run *r = rmisim("museum", "--tap", "--kernel", "comment-only", "B044", NULL);

	assert_int_equal(r->status, 1);
	assert_says(r,
		    "not ok 2 - B044: stale-pfn finds it\n# B044 is not found: no violation in ");
	/* Nothing is wrong with that kernel. */
	r = rmisim("museum", "--kernel", "comment-only", "B044", NULL);
	assert_int_equal(r->status, 0);
	assert_says(r, "B044         (not found) ");
	assert_says(r, "0 of 1 exhibit found in comment-only");
}

static void a_kernel_with_the_defect_of_an_exhibit_is(void **state)
{
	const struct run *r = rmisim("museum", "--kernel", "v14-posted", "B046", "--json", NULL);

	assert_json(r, 1);
	assert_says(r, "\"found\":true");
	assert_says(r, "\"replay\":\"rmisim1:private-without-gmem:v14-posted,");
}

/* Another exhibit's image has a violation, but another one. */
static void another_violation_is_not_it(void **state)
{
	const struct run *r = rmisim("museum", "--tap", "--kernel", "B046", "B124", NULL);

	assert_int_equal(r->status, 1);
	assert_says(r, "# B124 is not found: ");
}

static void nonsense_is_refused_with_the_remedy(void **state)
{
	assert_bad(rmisim("museum", "B999", NULL), "no exhibit 'B999'");
	assert_bad(rmisim("museum", "B999", NULL), "-Dmuseum=all");
	assert_bad(rmisim("museum", "4k", NULL), "kernel image '4k' is no exhibit");
	assert_bad(rmisim("museum", "v14-posted", NULL),
		   "is no exhibit; to look for the exhibits in it");
	assert_bad(rmisim("museum", "", NULL), "no exhibit ''");
	assert_bad(rmisim("museum", "B044", "B", NULL), "no exhibit 'B'");
	assert_bad(rmisim("museum", "99999999999999999999", NULL), "no exhibit '9999");
	assert_bad(rmisim("museum", "--kernel", "nowhere", NULL), "nowhere");
	assert_bad(rmisim("museum", "--edition", "bet2", NULL), "leave out --edition");
	assert_bad(rmisim("museum", "--profile", "strict", NULL), "leave out --edition");
	assert_bad(rmisim("museum", "--tap", "--json", NULL), "--tap and --json");
}

/* A folder in front of those of the images, with one file; its path is to be freed. */
static char *folder_with(const char *name, const char *content)
{
	static char before[4096];
	char dir[] = "/tmp/rmisim-test-XXXXXX", *path, *dirs;
	FILE *f;

	if (!before[0])
		snprintf(before, sizeof(before), "%s", getenv("RMISIM_IMAGES"));
	assert_non_null(mkdtemp(dir));
	assert_true(asprintf(&path, "%s/%s", dir, name) > 0);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(content, f) >= 0 && !fclose(f) && !chmod(path, 0755));
	assert_true(asprintf(&dirs, "%s:%s", dir, before) > 0);
	assert_int_equal(setenv("RMISIM_IMAGES", dirs, 1), 0);
	free(dirs);
	return path;
}

static void remove_folder(char *path)
{
	assert_int_equal(unlink(path), 0);
	*strrchr(path, '/') = '\0';
	assert_int_equal(rmdir(path), 0);
	free(path);
}

static void a_program(const char *script, int status, const char *says)
{
	char *path = folder_with("model-M77", script);
	const struct run *r = rmisim("museum", "M77", "--quick", NULL);

	remove_folder(path);
	assert_int_equal(r->status, status);
	assert_says(r, says);
}

static void an_exhibit_of_the_rmm_is_asked(void **state)
{
	a_program(
		"#!/bin/sh\necho '{\"exhibits\":[{\"title\":\"odd\",\"scenario\":\"fault-convert\","
		"\"check\":\"ghost\",\"preemptions\":1,\"found\":true,\"schedules\":77}]}'\n",
		0,
		"M77          ghost                 fault-convert, 1 preemption                    "
		"   77 ");
	a_program("#!/bin/sh\nexit 3\n", 1,
		  "M77 is not found: model-M77 ends with status 3: it says nothing");
	a_program("#!/bin/sh\necho '{\"exhibits\":[{'\n", 1, "M77 is not found: model-M77 ends");
	a_program("#!/bin/sh\necho '{\"exhibits\":[{\"scenario\":\"odd\",\"found\":true}]}'\n", 1,
		  "its scenario 'odd' is not in this rmisim");
	a_program("#!/bin/sh\nkill -9 $$\n", 1, "model-M77 ends with status 137");
	a_program("no program\n", 1, "M77 is not found: model-M77 ends with status ");
}

static void a_damaged_image_is_named(void **state)
{
	char *path = folder_with("kernel-B777.so", "no image\n");

	assert_bad(rmisim("museum", "B777", NULL), "kernel-B777.so': not an ELF file");
	assert_int_equal(rmisim("museum", "B046", "--quick", NULL)->status, 0);
	remove_folder(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_exhibit_is_found_by_its_check),
		cmocka_unit_test(json_has_what_scripts_want),
		cmocka_unit_test(its_string_replays),
		cmocka_unit_test(quick_makes_only_the_runs_that_find_it),
		cmocka_unit_test(a_number_is_all_that_bear_it),
		cmocka_unit_test(lines_fit_a_terminal),
		cmocka_unit_test(tap_demands_it_of_the_exhibit_and_nothing_of_the_clean_port),
		cmocka_unit_test(a_kernel_without_the_defect_is_not_found),
		cmocka_unit_test(a_kernel_with_the_defect_of_an_exhibit_is),
		cmocka_unit_test(another_violation_is_not_it),
		cmocka_unit_test(an_exhibit_of_the_rmm_is_asked),
		cmocka_unit_test(a_damaged_image_is_named),
		cmocka_unit_test(nonsense_is_refused_with_the_remedy),
	};

	return cmocka_run_group_tests_name("rmisim museum", tests, NULL, NULL);
}
