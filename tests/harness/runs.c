/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs: what a violation ends, what is found, and that a string of decisions repeats a run exactly.
 */
#include "fake.h"

/* A hash over everything that the stream says. */
static void hash_event(void *ctx, const struct sim_event *event)
{
	uint64_t *hash = ctx;
	char line[256];

	snprintf(line, sizeof(line), "%llu %u %d %s %s %s %lld", (unsigned long long)event->seq,
		 event->actor, (int)event->kind, event->name ? event->name : "",
		 event->caller ? event->caller : "", event->text ? event->text : "",
		 (long long)event->value);
	for (const char *p = line; *p; p++)
		*hash = (*hash ^ (unsigned char)*p) * UINT64_C(0x100000001b3);
}

static void touch_hole(struct sim_world *world, void *arg)
{
	struct sim_vm *vm = arg;

	sim_vm_punch_hole(vm, 0, 4096);
	sim_note(world, "one");
}

static void touch_other_hole(struct sim_world *world, void *arg)
{
	sim_vm_punch_hole(arg, 4096, 4096);
	sim_note(world, "two");
}

static void two_locks_in_two_orders(struct sim_world *world)
{
	struct sim_vm *vm = sim_vm_new(world, NULL);

	sim_expect(world, vm);
	sim_spawn(world, touch_hole, vm);
	sim_spawn(world, touch_other_hole, vm);
	sim_join(world);
	sim_vm_free(vm);
}

static void two_locks_in_one_order(struct sim_world *world)
{
	struct sim_vm *vm = sim_vm_new(world, NULL);

	sim_expect(world, vm);
	sim_spawn(world, touch_hole, vm);
	sim_spawn(world, touch_hole, vm);
	sim_join(world);
	sim_vm_free(vm);
}

static struct sim_result explore(sim_scenario scenario, unsigned bound)
{
	char path[512];

	return sim_explore(scenario, &(struct sim_explore){ .config = fake_config(path),
							    .preemptions = bound,
							    .go_on = true });
}

static void a_deadlock_needs_one_preemption_and_is_found_with_it(void **state)
{
	struct sim_result result = explore(two_locks_in_two_orders, 0);

	assert_clean(result);
	result = explore(two_locks_in_two_orders, 1);
	assert_true(result.exhaustive);
	assert_int_not_equal(result.violations, 0);
	assert_int_not_equal(result.violations, result.schedules);
	assert_string_equal(result.violation,
			    "deadlock: scenario waits for the end of the other actors, "
			    "actor 1 waits for lock B (held by actor 2, taken in take()), "
			    "actor 2 waits for lock A (held by actor 1, taken in take())");
}

static void locks_in_one_order_are_clean_under_every_schedule(void **state)
{
	assert_clean(explore(two_locks_in_one_order, 1000));
}

static uint64_t replay_on(enum sim_engine engine, sim_scenario scenario, const char *choices,
			  char violation[256])
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	char path[512], why[256];
	struct sim_config config = fake_config(path);
	struct sim_world *world;

	config.engine = engine;
	config.choices = choices;
	config.event = hash_event;
	config.event_ctx = &hash;
	world = sim_world_new(&config, why, sizeof(why));
	assert_non_null(world);
	violation[0] = '\0';
	if (!sim_run(world, scenario))
		snprintf(violation, 256, "%s", sim_violation(world));
	sim_world_free(world);
	return hash;
}

static uint64_t replay(sim_scenario scenario, const char *choices, char violation[256])
{
	return replay_on(SIM_ENGINE_DEFAULT, scenario, choices, violation);
}

static void a_string_of_decisions_repeats_the_run_event_by_event(void **state)
{
	struct sim_result result = explore(two_locks_in_two_orders, 1);
	char violation[256];
	uint64_t hash = replay(two_locks_in_two_orders, result.choices, violation);

	assert_string_equal(violation, result.violation);
	for (int i = 0; i < 5; i++)
		assert_true(replay(two_locks_in_two_orders, result.choices, violation) == hash);
	/* Without the string it is another run, a clean one. */
	assert_false(replay(two_locks_in_two_orders, NULL, violation) == hash);
	assert_string_equal(violation, "");
}

static void threads_and_fibers_make_the_same_run_of_a_string(void **state)
{
	struct sim_result result = explore(two_locks_in_two_orders, 1);
	char threads[256], fibers[256];

#ifdef __SANITIZE_THREAD__
	char path[512];
	struct sim_config config = fake_config(path);

	config.engine = SIM_FIBERS;
	assert_null(sim_world_new(&config, threads, sizeof(threads)));
	assert_string_equal(threads, "ThreadSanitizer knows threads only");
	return;
#endif
	assert_true(replay_on(SIM_THREADS, two_locks_in_two_orders, result.choices, threads) ==
		    replay_on(SIM_FIBERS, two_locks_in_two_orders, result.choices, fibers));
	assert_string_equal(threads, result.violation);
	assert_string_equal(fibers, result.violation);
	assert_true(replay_on(SIM_THREADS, two_locks_in_one_order, NULL, threads) ==
		    replay_on(SIM_FIBERS, two_locks_in_one_order, NULL, fibers));
}

static void an_engine_that_does_not_exist_is_refused(void **state)
{
	char path[512], why[256] = "";
	struct sim_config config = fake_config(path);

	config.engine = (enum sim_engine)9;
	assert_null(sim_world_new(&config, why, sizeof(why)));
	assert_string_equal(why, "there is no such engine");
}

/* Two increments that are not atomic: the fake's mmap of the staging memory. */
static void increment(struct sim_world *world, void *arg)
{
	sim_vm_populate(arg, 0, "x", 1, false, NULL);
}

static void lost_update(struct sim_world *world)
{
	struct sim_vm *vm = sim_vm_new(world, NULL);

	sim_yield(world);
	sim_spawn(world, increment, vm);
	sim_spawn(world, increment, vm);
	sim_join(world);
	sim_expect(world, sim_vm_is_private(vm, 0)); /* counted to two */
}

static void broken_contract(struct sim_world *world, void *arg)
{
	sim_vm_mprotect(arg, 0, 4096, false);
	sim_note(world, "never reached");
}

static void sleep_forever(struct sim_world *world, void *arg)
{
	for (;;)
		sim_yield(world);
}

static void an_actor_breaks_a_contract(struct sim_world *world)
{
	struct sim_vm *vm = sim_vm_new(world, NULL);

	sim_spawn(world, broken_contract, vm);
	sim_spawn(world, sleep_forever, NULL);
	sim_join(world);
	abort(); /* the run has ended */
}

static void a_violation_ends_the_run_and_the_next_world_is_clean(void **state)
{
	char path[512], why[256] = "", violation[256];
	struct sim_config config = fake_config(path);
	struct sim_image *image = sim_image_open(config.kernel, why, sizeof(why));
	struct sim_world *world;

	assert_non_null(image);
	config.image = image;
	for (int i = 0; i < 3; i++) {
		world = sim_world_new(&config, why, sizeof(why));
		assert_non_null(world);
		assert_null(sim_violation(world));
		assert_false(sim_run(world, an_actor_breaks_a_contract));
		assert_string_equal(sim_violation(world), "contract: actor 1 takes writing away");
		/* Nothing works in a dead world, and nothing crashes. */
		assert_null(sim_vm_new(world, NULL));
		assert_int_equal(sim_spawn(world, sleep_forever, NULL), -EIO);
		assert_false(sim_run(world, two_locks_in_one_order));
		assert_non_null(sim_quiescent(world));
		sim_world_free(world);
		/* The image's own check: its statics are as they were after loading. */
		world = sim_world_new(&config, why, sizeof(why));
		assert_non_null(world);
		assert_true(sim_run(world, two_locks_in_one_order));
		assert_quiescent(world);
		sim_world_free(world);
	}
	sim_image_close(image);
	(void)violation;
}

static void a_lost_update_is_found_by_an_expectation(void **state)
{
	struct sim_result result = explore(lost_update, 0);
	char violation[256];

	assert_clean(result);
	result = explore(lost_update, 1);
	assert_int_not_equal(result.violations, 0);
	assert_non_null(strstr(result.violation, "expected sim_vm_is_private(vm, 0)"));
	replay(lost_update, result.choices, violation);
	assert_string_equal(violation, result.violation);
}

static void outside_a_run_a_violation_comes_back_as_an_error(void **state)
{
	char path[512], why[256];
	struct sim_config config = fake_config(path);
	struct sim_world *world = sim_world_new(&config, why, sizeof(why));
	struct sim_vm *vm = sim_vm_new(world, NULL);

	assert_non_null(vm);
	assert_int_equal(sim_vm_mprotect(vm, 0, 4096, false), -EIO);
	assert_string_equal(sim_violation(world), "contract: actor 0 takes writing away");
	assert_string_equal(sim_error(world), "contract: actor 0 takes writing away");
	assert_int_equal(sim_vm_mprotect(vm, 0, 4096, true), -EIO);
	assert_int_equal(sim_vcpu_run(vm, 0).kind, SIM_OTHER);
	sim_vm_free(vm);
	sim_world_free(world);
}

static void a_warning_is_not_quiescent(void **state)
{
	char path[512], why[256];
	struct sim_config config = fake_config(path);
	struct sim_world *world = sim_world_new(&config, why, sizeof(why));
	struct sim_vm *vm = sim_vm_new(world, NULL);

	assert_quiescent(world);
	assert_int_equal(sim_vm_munmap(vm, 0, 4096), 0);
	assert_string_equal(sim_quiescent(world),
			    "warn: kernel warnings: 1, the first one in note: munmap");
	sim_world_free(world);
}

static void choose_data(struct sim_world *world)
{
	static const unsigned n[] = { 2, 1, 3, 3, 3, 10, 2, 2 };
	static const unsigned want[] = { 1, 0, 2, 2, 2, 7, 0, 0 };

	for (unsigned i = 0; i < 8; i++)
		sim_expect(world, sim_choose(world, SIM_CHOOSE_DATA, n[i], "number") == want[i]);
	/* One of one is no decision; zeros at the end go without saying. */
	sim_expect(world, !strcmp(sim_choices(world), "1.2*3.7"));
}

static void decisions_are_read_and_written_in_the_same_form(void **state)
{
	char violation[256];

	replay(choose_data, "1.2*3.7", violation);
	assert_string_equal(violation, "");
	replay(choose_data, "1.2.2*2.7.0*5000", violation);
	assert_string_equal(violation, "");
	replay(choose_data, "1.3", violation);
	assert_string_equal(violation, "choices: decision 1 (data number) has 3 options, not 4");
}

static void a_malformed_string_is_refused_with_a_sentence(void **state)
{
	static const char *const bad[] = {
		"x",
		".",
		"1.",
		".1",
		"1..2",
		"1*",
		"*2",
		"1*2*3",
		"-1",
		"1 ",
		" 1",
		"1.x",
		"99999999999999999999",
		"0*99999999999",
		"0*999999999",
		"1,2",
	};
	char path[512], why[256];
	struct sim_config config = fake_config(path);

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		config.choices = bad[i];
		why[0] = '\0';
		assert_null(sim_world_new(&config, why, sizeof(why)));
		assert_non_null(strstr(why, "choice string"));
		assert_int_equal(sim_explore(choose_data, &(struct sim_explore){ .config = config })
					 .violations,
				 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_deadlock_needs_one_preemption_and_is_found_with_it),
		cmocka_unit_test(locks_in_one_order_are_clean_under_every_schedule),
		cmocka_unit_test(a_string_of_decisions_repeats_the_run_event_by_event),
		cmocka_unit_test(threads_and_fibers_make_the_same_run_of_a_string),
		cmocka_unit_test(an_engine_that_does_not_exist_is_refused),
		cmocka_unit_test(a_violation_ends_the_run_and_the_next_world_is_clean),
		cmocka_unit_test(a_lost_update_is_found_by_an_expectation),
		cmocka_unit_test(outside_a_run_a_violation_comes_back_as_an_error),
		cmocka_unit_test(a_warning_is_not_quiescent),
		cmocka_unit_test(decisions_are_read_and_written_in_the_same_form),
		cmocka_unit_test(a_malformed_string_is_refused_with_a_sentence),
	};

	return cmocka_run_group_tests_name("runs", tests, NULL, NULL);
}
