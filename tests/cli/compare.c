/* SPDX-License-Identifier: BSD-2-Clause */
/* rmisim compare: two kernels, one scenario. */
#include <stdlib.h>
#include <string.h>

#include "run.h"

static void kernels_that_nobody_can_tell_apart(void **state)
{
	const struct run *r = rmisim("compare", "--kernel", "4k", "--kernel=two-way",
				     "fault-convert", "--preemptions", "1", NULL);

	assert_int_equal(r->status, 0);
	assert_says(r, "fault-convert on 4k and two-way: no difference in ");
	assert_says(r, "exhaustive up to bound 1: ");
	r = rmisim("compare", "--kernel", "4k", "--kernel", "two-way", "fault-convert",
		   "--preemptions", "1", "--json", NULL);
	assert_json(r, 0);
	assert_says(r,
		    "\"kernel_a\":\"4k\",\"kernel_b\":\"two-way\",\"difference\":null,\"runs\":");
	assert_says(r, "\"exhaustive\":true,\"bound\":1");
}

static void a_difference_comes_with_a_run_of_each_kernel(void **state)
{
	const struct run *r = rmisim("compare", "--kernel", "unfiltered", "--kernel",
				     "two-way-unfiltered", "attribute-space", "--json", NULL);
	char *a, *b;

	assert_json(r, 1);
	assert_says(r, "\"difference\":{\"what\":\"exit to the VMM\",\"only\":\"a\",\"a\":\"");
	assert_says(r, "\"exhaustive\":false,\"bound\":0");
	a = value_of(r, "replay_a");
	b = value_of(r, "replay_b");
	r = rmisim("replay", a, "--json", NULL);
	assert_true(r->status < 2);
	assert_says(r, "\"kernel\":\"unfiltered\"");
	r = rmisim("replay", b, "--json", NULL);
	assert_true(r->status < 2);
	assert_says(r, "\"kernel\":\"two-way-unfiltered\"");
	free(a);
	free(b);
	r = rmisim("compare", "--kernel", "unfiltered", "--kernel", "two-way-unfiltered",
		   "attribute-space", NULL);
	assert_int_equal(r->status, 1);
	assert_says(r, "a difference in bound 0");
	assert_says(r, "\nunfiltered: ");
	assert_says(r, "\ntwo-way-unfiltered: ");
	assert_says(r, "    rmisim replay 'rmisim1:attribute-space:unfiltered,");
}

static void a_comparison_that_is_stopped_says_so(void **state)
{
	const struct run *r = rmisim("compare", "--kernel", "4k", "--kernel", "4k", "fault-convert",
				     "--max", "20", "--json", NULL);

	assert_json(r, 0);
	assert_says(r, "\"difference\":null,\"runs\":2");
	assert_says(r, "\"exhaustive\":false");
}

static void what_cannot_be_compared_is_refused_with_the_remedy(void **state)
{
	static const char two[] = "compare takes two kernels: --kernel A --kernel B";

	assert_bad(rmisim("compare", "fault-convert", NULL), two);
	assert_bad(rmisim("compare", "--kernel", "4k", "fault-convert", NULL), two);
	assert_bad(rmisim("compare", "--kernel", "4k", "--kernel", "4k", "--kernel", "4k",
			  "fault-convert", NULL),
		   two);
	assert_bad(rmisim("compare", "fault-convert", "--kernel", "4k", "--kernel", NULL),
		   "--kernel needs a value");
	assert_bad(
		rmisim("compare", "--kernel", "4k", "--kernel", "nowhere", "fault-convert", NULL),
		"nowhere");
	assert_bad(rmisim("compare", "--kernel", "4k", "--kernel", "16k", "fault-convert", NULL),
		   "pages of different sizes");
	assert_bad(rmisim("compare", "--kernel", "4k", "--kernel", "4k", NULL), "rmisim list");
	assert_bad(rmisim("compare", "--kernel", "4k", "--kernel", "4k", "nothing", NULL),
		   "no scenario 'nothing'");
	assert_bad(rmisim("compare", "--kernel", "4k", "--kernel", "4k", "fault-convert",
			  "--preemptions", "99", NULL),
		   "0 to 64");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kernels_that_nobody_can_tell_apart),
		cmocka_unit_test(a_difference_comes_with_a_run_of_each_kernel),
		cmocka_unit_test(a_comparison_that_is_stopped_says_so),
		cmocka_unit_test(what_cannot_be_compared_is_refused_with_the_remedy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
