/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of a search on a real scenario: together they run every schedule, and none of them twice. */
#include <stdlib.h>

#include <rmisim/cmocka.h>
#include <rmisim/explore.h>
#include <rmisim/scenario.h>

#include "fixture.h"

#define MOST_PARTS 7
#define MOST_SEEN  4096

/* The decisions of each schedule. */
struct seen {
	char *choices[MOST_SEEN];
	unsigned count;
};

static void remember(struct sim_world *world, void *ctx)
{
	struct seen *seen = ctx;

	if (seen->count < MOST_SEEN)
		seen->choices[seen->count++] = strdup(sim_choices(world));
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort(struct seen *seen)
{
	assert_in_range(seen->count, 20, MOST_SEEN - 1);
	qsort(seen->choices, seen->count, sizeof(*seen->choices), by_text);
}

static void drop(struct seen *seen)
{
	while (seen->count)
		free(seen->choices[--seen->count]);
}

static void parts_make_each_schedule_of_a_fault_race_once(void **state)
{
	const struct sim_catalogue_entry *e = sim_catalogue_find("fault-private-2");
	static struct seen whole, parts;
	struct sim_explore explore = {
		.config.kernel = fixture_kernel(),
		.preemptions = 1,
		.rewinds = true,
		.after = remember,
		.after_ctx = &whole,
	};

	assert_non_null(e);
	assert_clean(sim_explore_named(e->name, e->run, &explore));
	sort(&whole);
	explore.after_ctx = &parts;
	for (explore.shards = 1; explore.shards <= MOST_PARTS; explore.shards++) {
		for (explore.shard = 1; explore.shard <= explore.shards; explore.shard++)
			assert_clean(sim_explore_named(e->name, e->run, &explore));
		assert_int_equal(parts.count, whole.count);
		sort(&parts);
		for (unsigned i = 0; i < whole.count; i++)
			assert_string_equal(parts.choices[i], whole.choices[i]);
		drop(&parts);
	}
	for (unsigned i = 1; i < whole.count; i++)
		assert_string_not_equal(whole.choices[i], whole.choices[i - 1]);
	drop(&whole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_make_each_schedule_of_a_fault_race_once),
	};

	return cmocka_run_group_tests_name("parts", tests, NULL, NULL);
}
