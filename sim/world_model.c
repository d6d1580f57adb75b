/* SPDX-License-Identifier: BSD-2-Clause */
/* The RMM of a world: how the model is made, what it calls back, and the ghost beside it. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "world.h"

#define MAX_MODEL_WAITS 4096 /* of granule locks, one after the other, and nothing else */

static void *model_alloc(void *ctx, size_t size)
{
	return sim_arena_alloc(((struct sim_world *)ctx)->machine, size);
}

static void model_free(void *ctx, void *p, size_t size)
{
	sim_arena_free(((struct sim_world *)ctx)->machine, p, size);
}

static void model_run_realm(void *ctx, struct rmm_rec *rec, unsigned cpu)
{
	sim_guest_run_realm(ctx, rec);
}

/*
 * The caller takes the lock when it goes on, or waits again. Actors take turns; when one after the other comes back
 * to wait and none does anything else, none ever will.
 */
static void model_wait(void *ctx, rmm_pa granule)
{
	struct sim_world *world = ctx;

	world->running->granule = granule;
	if (++world->model_waits > MAX_MODEL_WAITS)
		sim_sched_deadlock(world);
	sim_sched_spin(world, "a granule lock", false);
	world->running->granule = 0;
	ghost_touch(world->ghost, world->running->id, granule);
}

static void model_point(void *ctx, rmm_pa granule)
{
	struct sim_world *world = ctx;

	sim_sched_point(world, "granule lock");
	ghost_touch(world->ghost, world->running->id, granule);
}

static unsigned model_choose(void *ctx, const char *label, unsigned n)
{
	struct sim_world *world = ctx;

	return sim_choose_at(world, SIM_CHOOSE_RMM, n, label, world->running->smc);
}

static void lock_text(char *buf, size_t size, const struct rmm_lock *lock)
{
	int n = snprintf(buf, size, "granule 0x%" PRIx64 " (%s", lock->pa, lock->kind);

	if (n > 0 && (size_t)n < size)
		snprintf(buf + n, size - (size_t)n, lock->level < -1 ? ")" : ", level %d)",
			 lock->level);
}

static void bad_lock(struct sim_world *world, const struct rmm_event *event)
{
	char taken[96], held[96];

	lock_text(taken, sizeof(taken), event->taken);
	lock_text(held, sizeof(held), event->held);
	if (event->taken->pa == event->held->pa)
		sim_violatef(world, "self-deadlock", "%s waits for %s, which it holds",
			     event->taken->who, taken);
	sim_violatef(world, "lock-order", "%s takes %s while it holds %s", event->taken->who, taken,
		     held);
}

static void model_event(void *ctx, const struct rmm_event *event)
{
	struct sim_world *world = ctx;

	world->model_waits = 0;
	if (event->kind == RMM_EVENT_LOCK_ORDER)
		bad_lock(world, event);
	else
		sim_emit_rmm(world, event);
}

/* Not the machine's memory: what the ghost counts is no state that a run could be in once more. */
static void *ghost_alloc(void *ctx, size_t size)
{
	return sim_arena_alloc(((struct sim_world *)ctx)->arena, size);
}

static void ghost_release(void *ctx, void *p, size_t size)
{
	sim_arena_free(((struct sim_world *)ctx)->arena, p, size);
}

static bool make_ghost(struct sim_world *world, const struct sim_config *config,
		       const struct rmm_profile *profile)
{
	world->ghost = ghost_new(&(struct ghost_config){
		.rmm = world->rmm,
		.mem = { ghost_alloc, ghost_release, world },
		.edition = config->edition,
		.tf_rmm = profile->tf_rmm,
		.rim_of_params = profile->rim_of_params,
	});
	return world->ghost;
}

int sim_world_make_model(struct sim_world *world, const struct sim_config *config)
{
	struct rmm_config model = {
		.size = sizeof(model),
		.edition = config->edition,
		.profile = config->custom_profile,
		.nr_banks = world->nr_banks,
		.ctx = world,
		.alloc = model_alloc,
		.free = model_free,
		.run_realm = model_run_realm,
		.wait = model_wait,
		.choose = model_choose,
		.choices = config->failures & SIM_LEGAL_FAILURES ? 0 : RMM_CHOOSE_DONATION,
		.point = config->granule_points ? model_point : NULL,
		.check_locks = config->granule_points,
		.event = model_event,
	};
	const char *name = config->profile ? config->profile : "strict";
	const char *why = "no reason given";

	memcpy(model.banks, world->banks, sizeof(model.banks));
	if (!model.profile)
		model.profile = rmm_profile_find(name);
	if (!model.profile)
		return sim_world_error(world, -EINVAL, "there is no RMM profile '%s'", name);
	world->s2ap_bit0_is_read = model.profile->s2ap_bit0_is_read;
	world->rmm = rmm_new(&model, &why);
	if (!world->rmm)
		return sim_world_error(world, -ENOMEM, "cannot make the RMM: %s", why);
	if (!make_ghost(world, config, model.profile))
		return sim_world_error(world, -ENOMEM, "the world's arena is exhausted");
	sim_check_init(&world->check, world->rmm, config->edition);
	if (!sim_check_known(&world->check, config->known_breaches))
		return sim_world_error(world, -EINVAL, "there is no contract among '%s'",
				       config->known_breaches);
	return 0;
}
