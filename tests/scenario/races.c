// SPDX-License-Identifier: BSD-2-Clause
/*
 * races [full [SCENARIO..]]: the scenarios in which actors meet, under every schedule with at most one preemption, or
 * within the bound that the catalogue names. On images other than 4k in the suite "explore", because a VM's
 * tear-down takes many more calls there.
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
	return !e->bound;
}

/* What the command line asks for. */
struct wanted {
	bool full;
	char **names;
	int nr; /* of names; 0: all */
};

static bool is_wanted(const struct sim_catalogue_entry *e, const struct wanted *wanted)
{
	for (int i = 0; i < wanted->nr; i++)
		if (!strcmp(e->name, wanted->names[i]))
			return true;
	return !wanted->nr;
}

/* A scenario of the catalogue keeps its state where it is put back: a world made anew for each run changes nothing. */
static bool is_another_when_rewound(const struct sim_catalogue_entry *e,
				    const struct sim_explore *rewound,
				    const struct sim_result *result)
{
	struct sim_explore plain = *rewound;
	uint64_t schedules;

	plain.rewinds = false;
	schedules = sim_explore_named(e->name, e->run, &plain).schedules;
	if (schedules == result->schedules)
		return false;
	fprintf(stderr, "%s: %llu schedules, rewound %llu\n", e->name,
		(unsigned long long)schedules, (unsigned long long)result->schedules);
	return true;
}

static void explore_catalogue(struct sim_image *image, const struct wanted *wanted)
{
	const struct sim_catalogue_entry *e;
	unsigned bad = 0, explored = 0;

	for (unsigned i = 0; (e = sim_catalogue_at(i)); i++) {
		struct sim_explore explore = { .config = { .image = image },
					       .preemptions = wanted->full ? e->bound : 1 };
		struct sim_result result;

		if (!e->race || is_too_large(e, image) || !is_wanted(e, wanted))
			continue;
		sim_catalogue_configure(e, &explore.config);
		explore.rewinds = true;
		result = sim_explore_named(e->name, e->run, &explore);
		bad += !wanted->full && is_another_when_rewound(e, &explore, &result);
		explored++;
		fprintf(stderr, "%s on %s: %llu schedules at bound %u\n", e->name,
			sim_image_name(image), (unsigned long long)result.schedules,
			result.preemptions);
		if (result.exhaustive && !result.violations)
			continue;
		fprintf(stderr, "%s on %s: %s, choices %s\n", e->name, sim_image_name(image),
			result.violation, result.choices);
		bad++;
	}
	assert_int_equal(bad, 0);
	if (wanted->nr)
		assert_int_equal(explored, wanted->nr);
	assert_true(explored > 0);
}

static void a_race_is_clean_with_one_preemption(void **state)
{
	struct sim_image *image = open_image();

	explore_catalogue(image, *state);
	sim_image_close(image);
}

static void a_race_is_clean_within_its_bound(void **state)
{
	struct sim_image *image = open_image();

	explore_catalogue(image, *state);
	sim_image_close(image);
}

int main(int argc, char **argv)
{
	bool full = argc > 1 && !strcmp(argv[1], "full");
	struct wanted wanted = { .full = full, .names = argv + 1 + full, .nr = argc - 1 - full };
	const struct CMUnitTest quick[] = {
		cmocka_unit_test_prestate(a_race_is_clean_with_one_preemption, &wanted),
	};
	const struct CMUnitTest thorough[] = {
		cmocka_unit_test_prestate(a_race_is_clean_within_its_bound, &wanted),
	};

	return full ? cmocka_run_group_tests_name("races, full bounds", thorough, NULL, NULL)
		    : cmocka_run_group_tests_name("races", quick, NULL, NULL);
}
