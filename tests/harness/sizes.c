/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program that was compiled with headers of another version is told so, whatever it calls first.
 */
#include "fake.h"

#include <rmisim/inject.h>
#include <rmisim/metamorphic.h>
#include <rmisim/replay.h>

#define SAYS "compiled with headers of another version"

static unsigned runs;

static void scenario(struct sim_world *world)
{
	runs++;
}

static void a_world_of_another_size_is_refused(void **state)
{
	struct sim_config config = { .size = sizeof(config) - 8 };
	char why[200] = "";

	assert_null(sim_world_new(&config, why, sizeof(why)));
	assert_non_null(strstr(why, SAYS));
	config.size = sizeof(config) + 8;
	assert_null(sim_world_new(&config, NULL, 0));
}

static void a_world_of_its_own_size_or_of_none_is_made(void **state)
{
	char path[512];
	struct sim_config config = fake_config(path);
	struct sim_world *world = sim_world_new(&config, NULL, 0);

	assert_non_null(world);
	sim_world_free(world);
	config.size = sizeof(config);
	world = sim_world_new(&config, NULL, 0);
	assert_non_null(world);
	sim_world_free(world);
}

static void a_vm_and_a_slot_of_another_size_are_refused(void **state)
{
	char path[512];
	struct sim_config config = fake_config(path);
	struct sim_world *world = sim_world_new(&config, NULL, 0);
	struct sim_vm *vm;

	assert_non_null(world);
	assert_null(sim_vm_new(world, &(struct sim_vm_config){ .size = 1 }));
	assert_non_null(strstr(sim_error(world), SAYS));
	vm = sim_vm_new(world, &(struct sim_vm_config){ .size = sizeof(struct sim_vm_config) });
	assert_non_null(vm);
	assert_int_equal(sim_vm_add_slot(vm, &(struct sim_slot_config){ .struct_size = 1 }),
			 -EINVAL);
	assert_non_null(strstr(sim_error(world), SAYS));
	sim_world_free(world);
}

/* The search itself, and the world that it would make. */
static void a_search_of_another_size_runs_nothing(void **state)
{
	struct sim_explore search = { .size = sizeof(search) + 1 };
	struct sim_explore inner = { .config.size = 1 };
	struct sim_inject inject = { .size = sizeof(inject) + 1 };
	struct sim_inject inner_inject = { .config.size = 1 };
	struct sim_result result[2];
	struct sim_injected injected[2];

	runs = 0;
	result[0] = sim_explore(scenario, &search);
	result[1] = sim_explore(scenario, &inner);
	injected[0] = sim_inject(scenario, &inject);
	injected[1] = sim_inject(scenario, &inner_inject);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(result[i].violations, 1);
		assert_memory_equal(result[i].violation, "setup: ", 7);
		assert_non_null(strstr(result[i].violation, SAYS));
		assert_memory_equal(injected[i].violation, "setup: ", 7);
		assert_non_null(strstr(injected[i].violation, SAYS));
	}
	assert_int_equal(injected[0].legal.violations, 1);
	assert_false(injected[0].complete);
	assert_int_equal(runs, 0);
}

static void a_comparison_of_another_size_runs_nothing(void **state)
{
	struct sim_metamorphic m;

	runs = 0;
	m = sim_metamorphic(scenario, &(struct sim_config){ .size = 1 });
	assert_false(m.same);
	assert_non_null(strstr(m.violation, SAYS));
	assert_int_equal(runs, 0);
}

static void replayed(struct sim_world *world)
{
	sim_expect(world, sim_choose(world, SIM_CHOOSE_DATA, 2, "coin") > 1);
}

static void a_replay_of_another_size_is_refused(void **state)
{
	char path[512];
	struct sim_explore search = { .config = fake_config(path), .no_shrink = true };
	struct sim_result found = sim_explore(replayed, &search);

	assert_int_equal(found.violations, 1);
	assert_null(strstr(found.violation, "setup: "));
	search.size = 8;
	found = sim_replay(replayed, found.replay, &search);
	assert_non_null(strstr(found.violation, SAYS));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_world_of_another_size_is_refused),
		cmocka_unit_test(a_world_of_its_own_size_or_of_none_is_made),
		cmocka_unit_test(a_vm_and_a_slot_of_another_size_are_refused),
		cmocka_unit_test(a_search_of_another_size_runs_nothing),
		cmocka_unit_test(a_comparison_of_another_size_runs_nothing),
		cmocka_unit_test(a_replay_of_another_size_is_refused),
	};

	return cmocka_run_group_tests_name("sizes", tests, NULL, NULL);
}
