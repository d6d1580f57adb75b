/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two things make runs quick without leaving anything out. The beginning, up to the first actor, is put back
 * instead of repeated. And the end, from the last actor's on: a machine that is byte by byte in a state from which
 * another run has gone on to a good end would go on in the same way, so that its checks and its tear-down
 * are not repeated.
 */
#include <stdio.h>
#include <string.h>

#include "observe.h"

bool runner_init(struct runner *r, const struct sim_config *config, sim_scenario scenario,
		 bool rewinds)
{
	const char *wrong = sim_size_wrong(config->size, sizeof(*config));

	*r = (struct runner){ .scenario = scenario };
	if (!wrong)
		r->config = *config;
	r->config.choices = NULL;
	r->rewinds = r->pool.rewinds = rewinds && sim_can_rewind();
	r->pool.stay = true;
	if (!wrong)
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

static void end_world(struct runner *r)
{
	sim_world_free(r->world);
	snapshot_drop(r->snapshot);
	r->snapshot = NULL;
	r->world = NULL;
}

void runner_drop(struct runner *r)
{
	end_world(r);
	seen_drop(&r->seen);
	sim_answers_drop(&r->pool);
	sim_pool_drop(&r->pool);
	sim_image_close(r->own_image);
}

/* Guests that have been left within their programs belong to the state. */
static bool add_guests(struct sim_world *world, struct hashing *h)
{
	const char *low, *top;

	for (struct sim_vm *vm = world->vms; vm; vm = vm->next)
		for (unsigned i = 0; i < vm->nr_vcpus; i++) {
			const struct sim_guest *guest = sim_vm_vcpu(vm, i);

			if (!guest->running || guest->ended)
				continue;
			if (!sim_strand_left(&guest->strand, &low, &top))
				return false;
			hashing_add(h, (uintptr_t)low, low, NULL, (size_t)(top - low));
		}
	return true;
}

/* False when it cannot be told. */
static bool hash_state(struct runner *r, const char *low)
{
	struct hashing h;

	hashing_init(&h);
	hashing_add(&h, (uintptr_t)low, low, NULL, (size_t)(sim_aside_top(&r->aside) - low));
	if (!add_guests(r->world, &h) || !snapshot_hash(r->snapshot, &h))
		return false;
	r->state = hashing_end(&h);
	return true;
}

/* Is the rest of this run known? On the scenario's stack. */
static bool end_is_known(void *ctx)
{
	struct runner *r = ctx;
	struct sim_world *world = r->world;

	if (!r->snapshot || !r->plan->settles || world->choices.count < r->plan->count ||
	    sim_violation(world) || !hash_state(r, __builtin_frame_address(0)))
		return false;
	r->settled = true;
	r->settled_seq = world->seq;
	r->settled_decisions = world->choices.count;
	/* What should be is not part of the machine: a run that has come to this state wrongly is looked at. */
	if (seen_has(&r->seen, r->state))
		return !sim_ghost_at_rest(world);
	world->settled = true;
	return false;
}

/* The scenario's stack, at the place to come back to. */
static void take_snapshot(void *ctx)
{
	struct runner *r = ctx;

	r->world->before_spawn = NULL;
	r->world->after_join = end_is_known;
	r->world->after_join_ctx = r;
	r->snapshot = snapshot_take(r->world);
	r->rewinds = r->snapshot;
}

static void mark(void *ctx)
{
	struct runner *r = ctx;

	sim_aside_mark(&r->aside, take_snapshot, r);
}

static void run_scenario(void *ctx)
{
	struct runner *r = ctx;

	sim_run(r->world, r->scenario);
}

/* Do the decisions before the snapshot come out as this plan wants them? Each is asked as if it were the next. */
static bool is_prefix_of(struct decisions *d, const struct plan *plan, struct sim_world *world)
{
	size_t count = d->count;
	bool is = true;

	for (d->count = 0; is && d->count < count; d->count++) {
		struct decision asked = d->taken[d->count];
		uint32_t chosen = 0;

		asked.chosen = 0;
		if (d->count < plan->count)
			chosen = plan->follow[d->count];
		else if (plan->pick)
			chosen = plan->pick(plan->ctx, world, &asked);
		is = chosen == d->taken[d->count].chosen;
	}
	d->count = count;
	return is;
}

/* As if the scenario had done its beginning again. */
static bool rewind_world(struct runner *r, const struct plan *plan)
{
	sim_world_end_strands(r->world);
	if (!snapshot_restore(r->snapshot))
		return false;
	if (!is_prefix_of(&r->world->choices, plan, r->world))
		return false;
	r->world->choices.plan = *plan;
	sim_aside_return(&r->aside);
	return true;
}

static bool make_world(struct runner *r, const struct plan *plan)
{
	end_world(r);
	r->world = sim_world_plan(&r->config, plan, &r->pool, r->why, sizeof(r->why));
	if (!r->world)
		return false;
	r->world->observation = r->observation;
	if (!r->rewinds) {
		run_scenario(r);
		return true;
	}
	r->world->before_spawn = mark;
	r->world->before_spawn_ctx = r;
	if (sim_aside_call(&r->aside, &r->pool, run_scenario, r))
		return true;
	snprintf(r->why, sizeof(r->why), "no memory for a stack");
	return false;
}

struct sim_world *runner_go(struct runner *r, const struct plan *plan)
{
	r->violation = NULL;
	r->settled = false;
	r->plan = plan;
	if (!(r->snapshot && rewind_world(r, plan)) && !make_world(r, plan)) {
		end_world(r);
		return NULL;
	}
	r->runs++;
	if (!r->world->over || sim_violation(r->world)) {
		r->violation = sim_failures_end(r->world);
		if (!r->violation && r->world->settled)
			seen_add(&r->seen, r->state);
	}
	if (r->observation)
		observe_end(r->observation);
	return r->world;
}

bool runner_same_check(const char *violation, const char *other)
{
	size_t n = strcspn(violation, ":");

	return n == strcspn(other, ":") && !strncmp(violation, other, n);
}
