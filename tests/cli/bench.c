/* SPDX-License-Identifier: BSD-2-Clause */
/* rmisim bench: names, keys, refusals. Nothing here looks at how long anything takes. */
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "run.h"

/* Number behind the n-th `key` of the output, counted from 0; NAN when there is none. */
static double number(const struct run *r, const char *key, unsigned n)
{
	const char *at = r->out;

	do {
		at = strstr(at, key);
		if (!at)
			return NAN;
		at += strlen(key);
	} while (n--);
	return strtod(at, NULL);
}

static unsigned occurrences(const char *text, const char *what)
{
	unsigned n = 0;

	while ((text = strstr(text, what))) {
		text += strlen(what);
		n++;
	}
	return n;
}

static void a_result_has_a_time_a_rate_and_the_reference(void **state)
{
	const struct run *r = rmisim("bench", "call-empty", "--json", "--time", "1", NULL);

	assert_json(r, 0);
	assert_says(r, "{\"profile\":\"strict\",\"edition\":\"bet1\",\"results\":[{\"name\":"
		       "\"call-empty\",");
	assert_true(number(r, "\"ns_per_op\":", 0) > 0);
	assert_true(fabs(number(r, "\"ns_per_op\":", 0) * number(r, "\"ops_per_s\":", 0) - 1e9) <
		    1e5);
	assert_true(number(r, "\"ns_per_op\":", 0) <= number(r, "\"median_ns_per_op\":", 0));
	assert_says(r, "\"reference_ns\":78,");
	assert_says(r, "\"aim_ns\":50}]");
	assert_says(r, "],\"failed\":[]}");
	assert_true(fabs(number(r, "\"factor\":", 0) * number(r, "\"ns_per_op\":", 0) - 78) < 0.1);
}

static void the_references_are_those_of_the_issue(void **state)
{
	static const struct {
		const char *name;
		double ns;
	} cases[] = {
		{ "delegate-4k", 112 },        { "undelegate-4k", 10e3 },
		{ "delegate-2m", 112 * 512 },  { "page-one", 107e3 },
		{ "page-one-written", 107e3 }, { "page-range", 22e3 },
		{ "realm-create", 142e3 },     { "enter-abort", 200e3 },
	};
	const struct run *r =
		rmisim("bench", "delegate-4k", "undelegate-4k", "delegate-2m", "page-one",
		       "page-range", "realm-create", "enter-abort", "--json", "--time=1", NULL);

	assert_json(r, 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char key[64] = "\"name\":\"";
		const char *at;

		strcat(strcat(key, cases[i].name), "\",");
		at = strstr(r->out, key);
		assert_non_null(at);
		at = strstr(at, "\"reference_ns\":");
		assert_non_null(at);
		assert_true(strtod(at + 15, NULL) == cases[i].ns);
	}
}

static void memory_is_measured_where_a_machine_is_made(void **state)
{
	const struct run *r = rmisim("bench", "machine-1g", "--json", "--time", "1", NULL);

	assert_json(r, 0);
	assert_true(number(r, "\"resident_bytes\":", 0) >= 0);
	assert_true(number(r, "\"resident_bytes\":", 0) < 1 << 30);
}

static void a_name_stands_for_all_that_begin_with_it(void **state)
{
	const struct run *r = rmisim("bench", "--list", "--json", "page-range", NULL);

	assert_json(r, 0);
	assert_int_equal(occurrences(r->out, "\"name\":"), 2);
	assert_says(r, "\"name\":\"page-range\",");
	assert_says(r, "\"name\":\"page-range-written\",");
	r = rmisim("bench", "--list", "--json", "curve", "machine-1t", NULL);
	assert_int_equal(occurrences(r->out, "\"name\":\"curve-page-"), 11);
	assert_int_equal(occurrences(r->out, "\"name\":\"curve-"), 33);
	assert_int_equal(occurrences(r->out, "\"name\":\"machine-1t"), 2);
	assert_int_equal(occurrences(r->out, "\"name\":"), 35);
}

static void text_is_a_table_with_reference_and_factor(void **state)
{
	const struct run *r = rmisim("bench", "realm-create", "--time", "1", NULL);

	assert_int_equal(r->status, 0);
	assert_string_equal(r->err, ""); /* no terminal: no progress */
	assert_says(r, "reference   factor       aim");
	assert_says(r, "\nrealm-create ");
	assert_says(r, " 142 us ");
	assert_int_equal(occurrences(r->out, "\n"), 2);
}

/* Files, and so banks, of at most `bytes`; what goes beyond is an error, or a signal. */
static const struct run *with_short_files(rlim_t bytes, void (*beyond)(int), const char *json)
{
	struct rlimit before, now;
	const struct run *r;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	now = (struct rlimit){ bytes, before.rlim_max };
	signal(SIGXFSZ, beyond);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &now), 0);
	r = rmisim("bench", "call-empty", "machine-64g", "--time", "1", json, NULL);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, SIG_DFL);
	return r;
}

static void what_fails_is_no_number(void **state)
{
	const struct run *r = with_short_files((rlim_t)8 << 30, SIG_IGN, NULL);

	assert_int_equal(r->status, 1);
	assert_string_equal(r->err, "rmisim: machine-64g: no machine with 65536 MiB: no memory for "
				    "a bank\n");
	assert_null(strstr(r->out, "machine"));
	assert_says(r, "\ncall-empty ");
}

static void json_lists_what_failed_apart(void **state)
{
	const struct run *r = with_short_files((rlim_t)8 << 30, SIG_IGN, "--json");

	assert_int_equal(r->status, 1);
	assert_int_equal(occurrences(r->out, "\"ns_per_op\":"), 1);
	assert_says(r,
		    "],\"failed\":[{\"name\":\"machine-64g\",\"why\":\"no machine with 65536 MiB");
}

static void a_crash_ends_one_benchmark(void **state)
{
	const struct run *r = with_short_files((rlim_t)8 << 30, SIG_DFL, NULL);

	assert_int_equal(r->status, 1);
	assert_non_null(strstr(r->err, "rmisim: machine-64g: ended by signal"));
	assert_says(r, "\ncall-empty ");
}

static void bad_words_are_refused(void **state)
{
	assert_bad(rmisim("bench", "nonsense", NULL), "--list");
	assert_bad(rmisim("bench", "call-empty", "cal", NULL), "no benchmark 'cal'");
	assert_bad(rmisim("bench", "page-", NULL), "no benchmark");
	assert_bad(rmisim("bench", "", NULL), "no benchmark ''");
	assert_bad(rmisim("bench", "--list", "x", NULL), "no benchmark 'x'");
	assert_bad(rmisim("bench", "--time", "0", NULL), "1 to 60000");
	assert_bad(rmisim("bench", "--time", "60001", NULL), "1 to 60000");
	assert_bad(rmisim("bench", "--time", "x", NULL), "takes a number");
	assert_bad(rmisim("bench", "--nonsense", NULL), "bench --help");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_result_has_a_time_a_rate_and_the_reference),
		cmocka_unit_test(the_references_are_those_of_the_issue),
		cmocka_unit_test(memory_is_measured_where_a_machine_is_made),
		cmocka_unit_test(a_name_stands_for_all_that_begin_with_it),
		cmocka_unit_test(text_is_a_table_with_reference_and_factor),
		cmocka_unit_test(what_fails_is_no_number),
		cmocka_unit_test(json_lists_what_failed_apart),
		cmocka_unit_test(a_crash_ends_one_benchmark),
		cmocka_unit_test(bad_words_are_refused),
	};

	return cmocka_run_group_tests_name("bench", tests, NULL, NULL);
}
