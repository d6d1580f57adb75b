/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "runner.h"

bool runner_init(struct runner *r, const struct sim_config *config, sim_scenario scenario)
{
	const char *wrong;

	*r = (struct runner){ .config = *config, .scenario = scenario };
	r->config.choices = NULL;
	wrong = sim_engine_pick(config->engine, &r->config.engine);
	if (wrong) {
		snprintf(r->why, sizeof(r->why), "%s", wrong);
		return false;
	}
	if (config->image)
		return true;
	r->own_image =
		sim_image_open(config->kernel ? config->kernel : "4k", r->why, sizeof(r->why));
	r->config.image = r->own_image;
	return r->own_image;
}

void runner_drop(struct runner *r)
{
	sim_world_free(r->world);
	sim_stacks_drop(&r->stacks);
	sim_image_close(r->own_image);
}

struct sim_world *runner_go(struct runner *r, const struct plan *plan)
{
	sim_world_free(r->world);
	r->violation = NULL;
	r->world = sim_world_plan(&r->config, plan, &r->stacks, r->why, sizeof(r->why));
	if (!r->world)
		return NULL;
	r->runs++;
	sim_run(r->world, r->scenario);
	r->violation = sim_violation(r->world);
	if (!r->violation)
		r->violation = sim_quiescent(r->world);
	return r->world;
}

bool runner_same_check(const char *violation, const char *other)
{
	size_t n = strcspn(violation, ":");

	return n == strcspn(other, ":") && !strncmp(violation, other, n);
}
