/* SPDX-License-Identifier: BSD-2-Clause */
/* Searches: schedules a second, of bodies that do nothing and of the catalogue's races with all checks. */
#include <rmisim/explore.h>
#include <rmisim/scenario.h>

#include "bench.h"

static void points(struct sim_world *world, void *arg)
{
	for (unsigned i = 0; i < 8; i++)
		sim_yield(world);
}

static void two_of_eight_points(struct sim_world *world)
{
	sim_spawn(world, points, NULL);
	sim_spawn(world, points, NULL);
	sim_join(world);
}

/* One search, bound 3; an operation is a schedule. */
void explore_batch(struct bench_state *s)
{
	const struct sim_catalogue_entry *e =
		s->bench->scenario ? sim_catalogue_find(s->bench->scenario) : NULL;
	struct sim_explore explore = {
		.config = { .kernel = s->options->kernel,
			    .edition = s->options->edition,
			    .custom_profile = s->options->profile,
			    .engine = s->bench->threads ? SIM_THREADS : SIM_FIBERS },
		.preemptions = 3,
		.rewinds = true,
	};
	struct sim_result result;

	if (s->bench->scenario && !e)
		bench_fail(s, "there is no scenario '%s'", s->bench->scenario);
	if (e)
		sim_catalogue_configure(e, &explore.config);
	bench_begin(s, BENCH_BUILD);
	result = sim_explore_named(s->bench->name, e ? e->run : two_of_eight_points, &explore);
	bench_end(s, BENCH_BUILD);
	if (!result.exhaustive || result.violations)
		bench_fail(s, "%s", result.violation);
	s->ops += result.schedules;
}
