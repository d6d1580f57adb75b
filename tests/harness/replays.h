/* SPDX-License-Identifier: BSD-2-Clause */
/* Scenarios whose bug is known decision by decision, and searches that begin with it. */
#ifndef TESTS_HARNESS_REPLAYS_H
#define TESTS_HARNESS_REPLAYS_H

#include <rmisim/replay.h>

#include "fake.h"

#define LONG 300 /* decisions */

/* What scenarios look at: a change of them is another build of the scenario. */
static struct {
	const char *label; /* of decision 3 */
	unsigned at;       /* which decision of a long run has another label */
	bool mended;       /* the bug is gone */
	unsigned reached;  /* decisions that were asked */
	unsigned runs;     /* that nobody may count */
} now;

static inline int reset(void **state)
{
	memset(&now, 0, sizeof(now));
	now.label = "three";
	now.at = LONG;
	unsetenv("RMISIM_REPLAY");
	return 0;
}

static inline unsigned ask(struct sim_world *world, enum sim_choice kind, unsigned n,
			   const char *label)
{
	now.reached++;
	return sim_choose(world, kind, n, label);
}

/* Eight decisions; 1 and 5 together are the bug. */
static inline void two_of_eight(struct sim_world *world)
{
	static const char *const labels[] = { "zero", "one",  "two", "three",
					      "four", "five", "six", "seven" };
	unsigned taken[8];

	now.reached = 0;
	for (int i = 0; i < 8; i++)
		taken[i] = ask(world, SIM_CHOOSE_FAIL, 4, i == 3 ? now.label : labels[i]);
	if (!now.mended)
		sim_expect(world, !(taken[1] && taken[5] >= 2));
}
static inline void take_a_then_b(struct sim_world *world, void *arg)
{
	sim_vm_punch_hole(arg, 0, 4096);
}

static inline void take_b_then_a(struct sim_world *world, void *arg)
{
	sim_vm_punch_hole(arg, 4096, 4096);
}

static inline void two_locks_in_two_orders(struct sim_world *world)
{
	struct sim_vm *vm = sim_vm_new(world, NULL);

	sim_expect(world, vm);
	sim_spawn(world, take_a_then_b, vm);
	sim_spawn(world, take_b_then_a, vm);
	sim_join(world);
	sim_vm_free(vm);
}

static inline struct sim_config config_of(void)
{
	static char path[512];

	return fake_config(path);
}

/* Every run violates what the prefix `choices` leads to. */
static inline struct sim_result find(const char *name, sim_scenario scenario, const char *choices,
				     bool no_shrink)
{
	struct sim_explore explore = { .config = config_of(), .no_shrink = no_shrink };

	explore.config.choices = choices;
	return sim_explore_named(name, scenario, &explore);
}

#define FIND(scenario, choices) find(#scenario, scenario, choices, true)

static inline struct sim_result again(const char *name, sim_scenario scenario, const char *string)
{
	return sim_replay_named(name, scenario, string,
				&(struct sim_explore){ .config = config_of() });
}

#define AGAIN(scenario, string) again(#scenario, scenario, string)

#endif
