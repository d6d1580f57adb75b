// SPDX-License-Identifier: BSD-2-Clause
/*
 * Every failure in scenarios of the catalogue: all points reached, nothing violated. Names as arguments; without
 * any, all that there are. --profile NAME in front of them: of another RMM.
 */
#include <stdlib.h>
#include <string.h>

#include <rmisim/cmocka.h>
#include <rmisim/inject.h>
#include <rmisim/scenario.h>

#include "fixture.h"

static char **names;
static int nr_names;
static const char *profile;
static struct sim_image *image;

static bool is_wanted(const char *name)
{
	bool wanted = !nr_names;

	for (int i = 0; i < nr_names; i++)
		wanted |= !strcmp(names[i], name);
	return wanted;
}

static void tell(void *ctx, const char *violation, const char *failure, const char *choices)
{
	const struct sim_catalogue_entry *e = ctx;

	fprintf(stderr, "# %s: %s\n#   failed: %s\n#   choices: %s\n", e->name, violation,
		failure[0] ? failure : "nothing", choices);
}

static unsigned inject(unsigned class)
{
	const struct sim_catalogue_entry *e;
	unsigned ran = 0, bad = 0;

	for (unsigned i = 0; (e = sim_catalogue_at(i)); i++) {
		struct sim_inject setting = { .config = { .image = image, .profile = profile },
					      .rewinds = true,
					      .classes = class,
					      .found = tell,
					      .found_ctx = (void *)(uintptr_t)e };
		struct sim_injected r;
		const struct sim_injections *sum =
			class == SIM_LEGAL_FAILURES ? &r.legal : &r.wrong;
		bool has_points;

		if (!is_wanted(e->name))
			continue;
		sim_catalogue_configure(e, &setting.config);
		ran++;
		r = sim_inject_named(e->name, e->run, &setting);
		/* Answers are given to a kernel, and there is none inside the model. */
		has_points = class == SIM_LEGAL_FAILURES || !e->granule_points;
		if (r.violation[0] || !r.complete || !!sum->points != has_points ||
		    sum->reached != sum->points) {
			fprintf(stderr, "# %s: %llu of %llu points reached in %llu runs. %s\n",
				e->name, (unsigned long long)sum->reached,
				(unsigned long long)sum->points, (unsigned long long)sum->runs,
				r.violation);
			bad++;
		}
	}
	assert_true(ran >= (unsigned)nr_names && ran);
	return bad;
}

static void every_legal_failure_is_reached_and_survived(void **state)
{
	assert_int_equal(inject(SIM_LEGAL_FAILURES), 0);
}

static void every_wrong_answer_is_reached_and_does_no_harm(void **state)
{
	assert_int_equal(inject(SIM_WRONG_ANSWERS), 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_legal_failure_is_reached_and_survived),
		cmocka_unit_test(every_wrong_answer_is_reached_and_does_no_harm),
	};
	char why[256] = "";
	int failed;

	names = argv + 1;
	nr_names = argc - 1;
	if (nr_names > 1 && !strcmp(names[0], "--profile")) {
		profile = names[1];
		names += 2;
		nr_names -= 2;
	}
	image = sim_image_open(fixture_kernel(), why, sizeof(why));
	if (!image) {
		fprintf(stderr, "no kernel image: %s\n", why);
		return 1;
	}
	failed = cmocka_run_group_tests_name("injection", tests, NULL, NULL);
	sim_image_close(image);
	return failed;
}
