// SPDX-License-Identifier: BSD-2-Clause
/*
 * Every scenario of the catalogue on a kernel image, with every way an RMM may use its freedom: clean, and
 * everything is back at the end. races.c explores those in which actors meet.
 */
#include <ctype.h>
#include <stdlib.h>

#include <rmisim/scenario.h>

#include "fixture.h"

static const char *const profiles[] = { "strict", "linux-friendly", "bet1-leaf", "bet1-leaf-1" };

static void run(struct sim_image *image, const char *profile, enum rmi_edition edition,
		const struct sim_catalogue_entry *e, unsigned *bad)
{
	struct sim_config config = { .image = image, .profile = profile, .edition = edition };
	const char *wrong;
	struct sim_world *world;
	char why[256] = "";

	sim_catalogue_configure(e, &config);
	world = sim_world_new(&config, why, sizeof(why));
	wrong = why;
	if (world && sim_run(world, e->run))
		wrong = sim_world_finish(world);
	else if (world)
		wrong = sim_violation(world);
	if (wrong) {
		fprintf(stderr, "%s on %s, %s: %s\n", e->name, sim_image_name(image), profile,
			wrong);
		++*bad;
	}
	sim_world_free(world);
}

static struct sim_image *open_image(void)
{
	const char *kernel = getenv("RMISIM_TEST_KERNEL");
	char why[256] = "";
	struct sim_image *image = sim_image_open(kernel ? kernel : "4k", why, sizeof(why));

	if (!image)
		fail_msg("%s", why);
	return image;
}

static void every_scenario_is_clean(void **state)
{
	struct sim_image *image = open_image();
	const struct sim_catalogue_entry *e;
	unsigned bad = 0;

	for (unsigned p = 0; p < 4; p++)
		for (unsigned i = 0; (e = sim_catalogue_at(i)); i++)
			run(image, profiles[p], RMI_BET1, e, &bad);
	sim_image_close(image);
	assert_int_equal(bad, 0);
}

static void every_scenario_is_clean_in_later_editions(void **state)
{
	struct sim_image *image = open_image();
	const struct sim_catalogue_entry *e;
	unsigned bad = 0;

	for (unsigned i = 0; (e = sim_catalogue_at(i)); i++) {
		run(image, "strict", RMI_BET2, e, &bad);
		run(image, "strict", RMI_BET3, e, &bad);
	}
	sim_image_close(image);
	assert_int_equal(bad, 0);
}

static void names_are_words_and_every_one_says_what_it_does(void **state)
{
	const struct sim_catalogue_entry *e, *other;

	for (unsigned i = 0; (e = sim_catalogue_at(i)); i++) {
		assert_true(e->name[0] && e->about[0] && e->run);
		for (const char *c = e->name; *c; c++)
			assert_true(islower(*c) || isdigit(*c) || *c == '-');
		other = sim_catalogue_find(e->name);
		assert_ptr_equal(other, e); /* no name is there twice */
	}
	assert_null(sim_catalogue_find("no-such-scenario"));
	assert_null(sim_catalogue_find(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_scenario_is_clean),
		cmocka_unit_test(every_scenario_is_clean_in_later_editions),
		cmocka_unit_test(names_are_words_and_every_one_says_what_it_does),
	};

	return cmocka_run_group_tests_name("catalogue", tests, NULL, NULL);
}
