// SPDX-License-Identifier: BSD-2-Clause
/* The header of an exhibit: what it says of the runs that find it, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../sim/cli/exhibit.h"

/* (main.c's) */
const char *cli_quote(const char *text)
{
	return text;
}

static struct exhibit parsed(const char *found)
{
	char header[900];
	struct exhibit e;

	snprintf(header, sizeof(header),
		 "Id: B044\nTitle: a title: with a colon\nKind: defect\nIn: v13, "
		 "v14\n%s%s\n\nFound: no line "
		 "of the head? It is the first that counts.\n",
		 found ? "Found: " : "", found ? found : "");
	exhibit_parse(header, &e);
	return e;
}

static void the_simplest_line_is_a_scenario_and_a_check(void **state)
{
	struct exhibit e = parsed("fault-convert, stale-pfn");

	assert_string_equal(e.wrong, "");
	assert_string_equal(e.id, "B044");
	assert_string_equal(e.title, "a title: with a colon");
	assert_string_equal(e.in, "v13, v14");
	assert_string_equal(e.scenario, "fault-convert");
	assert_string_equal(e.check, "stale-pfn");
	assert_string_equal(e.text, "");
	assert_int_equal(e.preemptions, 0);
	assert_int_equal(e.classes, 0);
	assert_int_equal(e.edition, RMI_BET1);
	assert_string_equal(e.profile, "strict");
	assert_string_equal(e.config, "4k");
}

static void a_line_says_bound_injection_edition_profile_and_text(void **state)
{
	struct exhibit e =
		parsed("fault-convert, 2 preemptions, inject legal, edition bet2, profile "
		       "strict, deadlock: who, and: why");
	char says[200];

	assert_string_equal(e.wrong, "");
	assert_int_equal(e.preemptions, 2);
	assert_int_equal(e.classes, SIM_LEGAL_FAILURES);
	assert_int_equal(e.edition, RMI_BET2);
	assert_string_equal(e.check, "deadlock");
	assert_string_equal(e.text, "who, and: why");
	assert_string_equal(exhibit_says(&e, says, sizeof(says)),
			    "fault-convert, 2 preemptions, inject legal, edition bet2");
	e = parsed("fault-convert, 1 preemption, inject wrong, return:");
	assert_string_equal(e.wrong, "");
	assert_int_equal(e.preemptions, 1);
	assert_int_equal(e.classes, SIM_WRONG_ANSWERS);
	assert_string_equal(e.text, "");
}

static void wrong(const char *found, const char *what)
{
	struct exhibit e = parsed(found);

	if (!strstr(e.wrong, what))
		fail_msg("'%s': '%s', without '%s'", found, e.wrong, what);
}

static void what_cannot_be_run_is_named(void **state)
{
	wrong("", "no scenario and check");
	wrong("fault-convert", "no scenario and check");
	wrong("fault-convert, ", "no scenario and check");
	wrong("fault-nothing, stale-pfn", "its scenario 'fault-nothing' is not in the catalogue");
	wrong("fault-convert, stale", "its check 'stale' is none");
	wrong("fault-convert, 1 preemptoin, stale-pfn", "its check '1 preemptoin");
	wrong("fault-convert, edition bet9, stale-pfn", "its check 'edition bet9");
	wrong("fault-convert, profile odd, stale-pfn", "there is no profile 'odd'");
}

static void an_equivalence_names_scenarios_and_what_is_to_be_seen(void **state)
{
	struct exhibit e;

	exhibit_parse("Id: two-way\nCompare: fault-convert truth-table, 3 preemptions, same\n", &e);
	assert_string_equal(e.wrong, "");
	assert_true(e.compares);
	assert_string_equal(e.scenario, "fault-convert truth-table");
	assert_int_equal(e.preemptions, 3);
	assert_string_equal(e.check, "same");
	exhibit_parse("Id: B045\nCompare: truth-table, differs: KVM_RUN = -14, and so on\n", &e);
	assert_string_equal(e.wrong, "");
	assert_string_equal(e.check, "differs");
	assert_string_equal(e.text, "KVM_RUN = -14, and so on");
	exhibit_parse("Compare: truth-table, stale-pfn\n", &e);
	assert_non_null(strstr(e.wrong, "neither with same nor with differs"));
	exhibit_parse("Compare: truth-table odd, same\n", &e);
	assert_non_null(strstr(e.wrong, "is not in the catalogue"));
	exhibit_parse("Compare: truth-table, inject legal, same\n", &e);
	assert_non_null(strstr(e.wrong, "an injection"));
}

static void only_the_named_check_with_the_text_is_it(void **state)
{
	struct exhibit e = parsed("fault-convert, pages-back: in use");

	assert_true(exhibit_is_it(&e, "pages-back: kernel pages in use: 2"));
	/* a scenario that hands on what a check says of the state */
	assert_true(exhibit_is_it(&e, "expect: pages-back: kernel pages in use: 2"));
	assert_false(exhibit_is_it(&e, "pages-back: something else"));
	assert_false(exhibit_is_it(&e, "expect: kernel pages in use: 2"));
	assert_false(exhibit_is_it(&e, "objects-back: pages-back: in use"));
	assert_false(exhibit_is_it(&e, "pages-back-too: in use"));
	assert_false(exhibit_is_it(&e, ""));
	e = parsed("fault-convert, stale-pfn");
	assert_true(exhibit_is_it(&e, "stale-pfn: whatever"));
}

static void a_word_means_an_exhibit_by_name_or_number(void **state)
{
	struct exhibit e = { .id = "B036-relax" };

	assert_true(exhibit_is_meant(&e, "B036-relax"));
	assert_true(exhibit_is_meant(&e, "B36-relax"));
	assert_true(exhibit_is_meant(&e, "B036"));
	assert_true(exhibit_is_meant(&e, "36"));
	assert_false(exhibit_is_meant(&e, "M36"));
	assert_false(exhibit_is_meant(&e, "B036-block"));
	assert_false(exhibit_is_meant(&e, "3"));
	assert_false(exhibit_is_meant(&e, "B"));
	assert_false(exhibit_is_meant(&e, ""));
	assert_false(exhibit_is_meant(&e, "relax"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_simplest_line_is_a_scenario_and_a_check),
		cmocka_unit_test(a_line_says_bound_injection_edition_profile_and_text),
		cmocka_unit_test(what_cannot_be_run_is_named),
		cmocka_unit_test(an_equivalence_names_scenarios_and_what_is_to_be_seen),
		cmocka_unit_test(only_the_named_check_with_the_text_is_it),
		cmocka_unit_test(a_word_means_an_exhibit_by_name_or_number),
	};

	return cmocka_run_group_tests_name("exhibits", tests, NULL, NULL);
}
