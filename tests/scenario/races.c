// SPDX-License-Identifier: BSD-2-Clause
/*
 * The scenarios in which actors meet, under every schedule with at most one preemption. On images other than 4k
 * in the suite "explore", because a VM's tear-down takes many more calls there.
 */
#include <stdlib.h>

#include <rmisim/explore.h>
#include <rmisim/scenario.h>

#include "fixture.h"

static struct sim_image *open_image(void)
{
	const char *kernel = getenv("RMISIM_TEST_KERNEL");
	char why[256] = "";
	struct sim_image *image = sim_image_open(kernel ? kernel : "4k", why, sizeof(why));

	if (!image)
		fail_msg("%s", why);
	return image;
}

/* Too much for a search: a million pages, or a block of 512 MiB that is read page by page. */
static bool is_too_large(const struct sim_catalogue_entry *e, struct sim_image *image)
{
	if (!strcmp(e->name, "fault-collapse"))
		return sim_image_page_shift(image) == 16;
	return !strcmp(e->name, "sixteen-vcpus");
}

static void a_race_is_clean_with_one_preemption(void **state)
{
	struct sim_image *image = open_image();
	const struct sim_catalogue_entry *e;
	unsigned bad = 0;

	for (unsigned i = 0; (e = sim_catalogue_at(i)); i++) {
		struct sim_explore explore = { .config = { .image = image }, .preemptions = 1 };
		struct sim_result result;

		if (!e->race || is_too_large(e, image))
			continue;
		result = sim_explore_named(e->name, e->run, &explore);
		if (result.exhaustive && !result.violations)
			continue;
		fprintf(stderr, "%s on %s: %s, choices %s\n", e->name, sim_image_name(image),
			result.violation, result.choices);
		bad++;
	}
	sim_image_close(image);
	assert_int_equal(bad, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_race_is_clean_with_one_preemption),
	};

	return cmocka_run_group_tests_name("races", tests, NULL, NULL);
}
