/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who runs next.
 *
 * Actors are strands that run one at a time. At a scheduling point the running one picks its successor and
 * gives it the baton: no scheduler thread, no lock.
 *
 * What an actor does before its first scheduling point is its own business, nothing that another one sees; so
 * that first point offers no decision beyond the one that started it, and an actor with k points has
 * k pieces that can be interleaved.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "race.h"
#include "report.h"
#include "world.h"

/* Nobody can go on: say who waits for what. */
void sim_sched_deadlock(struct sim_world *world)
{
	char text[400] = "", waits[200], name[24];
	size_t at = 0;

	for (unsigned i = 0; i < world->nr_actors && at < sizeof(text); i++) {
		struct actor *actor = world->actors[i];

		if (actor->state == ACTOR_ENDED)
			continue;
		sim_waits_text(world, actor, waits, sizeof(waits));
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%s %s", at ? ", " : "",
				       sim_actor_name(actor, name), waits);
	}
	sim_violatef(world, "deadlock", "%s", text);
}

/* When all that is left are actors that repeat themselves, those that may try again. */
static bool let_soft_spinners_go(struct sim_world *world)
{
	bool any = false;

	for (unsigned i = 0; i < world->nr_actors; i++)
		if (world->actors[i]->state == ACTOR_SPINNING && world->actors[i]->soft) {
			world->actors[i]->state = ACTOR_READY;
			any = true;
		}
	return any;
}

/* The successor of the running actor; option 0 is that one itself as long as it can go on. */
static struct actor *pick(struct sim_world *world, const char *label)
{
	struct actor *ready[SIM_MAX_ACTORS];
	struct actor *self = world->running;
	bool stays = self->state == ACTOR_READY;
	unsigned n = 0;

	if (stays)
		ready[n++] = self;
	for (unsigned i = 0; i < world->nr_actors; i++)
		if (world->actors[i] != self && world->actors[i]->state == ACTOR_READY)
			ready[n++] = world->actors[i];
	if (!n) {
		if (let_soft_spinners_go(world))
			return pick(world, label);
		sim_sched_deadlock(world);
	}
	world->counts.points += n > 1;
	world->choices.who = 0;
	for (unsigned i = 0; i < n; i++)
		world->choices.who = world->choices.who * 31 + ready[i]->id + 1;
	return ready[sim_decide(world, SIM_CHOOSE_SCHED, n, label, stays)];
}

static void go_on_with(struct sim_world *world, struct actor *next)
{
	world->running = next;
	sim_emit(world, SIM_EVENT_SCHED, NULL, NULL, next->id, NULL);
}

static void reschedule(struct sim_world *world, const char *label)
{
	struct actor *self = world->running;
	struct strand *from = self->current;
	struct actor *next = pick(world, label);

	if (next == self)
		return;
	go_on_with(world, next);
	sim_strand_switch(from, next->current);
}

/* The running actor has done something: who has waited for all others may look again. */
static void progress(struct sim_world *world)
{
	unsigned id = world->running->id;

	for (unsigned i = 0; i < world->nr_actors; i++) {
		struct actor *actor = world->actors[i];
		uint8_t left = 0;

		if (actor->state != ACTOR_SPINNING)
			continue;
		actor->waits[id / 8] &= (uint8_t) ~(1u << id % 8);
		for (size_t j = 0; j < sizeof(actor->waits); j++)
			left |= actor->waits[j];
		if (!left)
			actor->state = ACTOR_READY;
	}
}

void sim_sched_point(struct sim_world *world, const char *label)
{
	struct actor *self = world->running;

	if (++world->points > SIM_MAX_POINTS)
		sim_violatef(world, "livelock", "no end after %llu scheduling points, now at %s",
			     (unsigned long long)world->points, label ? label : "?");
	if (world->nr_actors == 1)
		return;
	progress(world);
	world->model_waits = 0;
	self->label = label;
	if (self->fresh)
		self->fresh = false;
	else
		reschedule(world, label);
}

/* The running actor can't go on before another one has done something. */
static void tell_wait(struct sim_world *world, const char *label)
{
	unsigned who[2], n;
	char text[200] = "";

	if (!world->event) {
		world->seq++;
		return;
	}
	n = sim_waits_of(world, world->running, who, 2);
	if (world->running->state == ACTOR_BLOCKED)
		sim_waits_holders(world, world->running, text, sizeof(text));
	sim_emit(world, SIM_EVENT_WAIT, label, NULL, n == 1 ? (int64_t)who[0] : -1,
		 text[0] ? "%s" : NULL, text);
}

void sim_sched_block(struct sim_world *world, const void *on, const char *label)
{
	struct actor *self = world->running;

	progress(world);
	self->fresh = false;
	self->on = on;
	self->label = label;
	self->state = ACTOR_BLOCKED;
	if (on != &world->alive)
		tell_wait(world, label);
	reschedule(world, label);
	self->on = NULL;
	self->label = NULL;
}

void sim_sched_wake(struct sim_world *world, const void *on)
{
	for (unsigned i = 0; i < world->nr_actors; i++)
		if (world->actors[i]->state == ACTOR_BLOCKED && world->actors[i]->on == on)
			world->actors[i]->state = ACTOR_READY;
}

/*
 * Fairness: without it a schedule in which two actors repeat themselves in turn while a third one could help
 * them would have no end, and a search no last schedule.
 */
void sim_sched_spin(struct sim_world *world, const char *label, bool soft)
{
	struct actor *self = world->running;

	if (++world->points > SIM_MAX_POINTS)
		sim_violatef(world, "livelock", "endless waiting for %s", label);
	progress(world);
	memset(self->waits, 0, sizeof(self->waits));
	for (unsigned i = 0; i < world->nr_actors; i++)
		if (i != self->id && world->actors[i]->state == ACTOR_READY)
			self->waits[i / 8] |= (uint8_t)(1u << i % 8);
	self->fresh = false;
	self->soft = soft;
	self->label = label;
	self->state = ACTOR_SPINNING;
	tell_wait(world, label);
	reschedule(world, label);
	self->label = NULL;
}

void sim_sched_init(struct sim_world *world, struct actor *scenario)
{
	sim_strand_init(&scenario->own, world);
	scenario->current = &scenario->own;
	world->actors[0] = scenario;
	world->nr_actors = 1;
	world->running = scenario;
}

/* The running actor has ended: who goes on? */
static struct strand *end_of_actor(struct sim_world *world)
{
	struct actor *next;

	sim_race_release(world);
	world->running->state = ACTOR_ENDED;
	progress(world);
	world->alive--;
	if (!world->alive)
		sim_sched_wake(world, &world->alive);
	next = pick(world, "end of an actor");
	go_on_with(world, next);
	return next->current;
}

/* All that an actor's strand does. */
static void actor_body(struct strand *strand)
{
	struct sim_world *world = strand->world;
	struct actor *self = world->running;

	sim_race_acquire(self);
	self->fn(world, self->arg);
	sim_strand_finish(strand, end_of_actor(world));
}

void sim_sched_quit(struct sim_world *world)
{
	struct actor *self = world->running;

	if (self->id)
		sim_strand_quit(&self->own, end_of_actor(world));
	while (world->alive)
		sim_sched_block(world, &world->alive, "the end of the other actors");
	sim_strand_leave(&self->own);
}

static void set_name(const struct sim_world *world, struct actor *actor, const char *name)
{
	snprintf(actor->name, sizeof(actor->name), "%.15s", name ? name : "");
	for (unsigned i = 0; name && i < world->nr_actors; i++)
		if (!strcmp(world->actors[i]->name, actor->name)) {
			snprintf(actor->name, sizeof(actor->name), "%.15s-%u", name, actor->id);
			return;
		}
}

int sim_spawn(struct sim_world *world, void (*fn)(struct sim_world *world, void *arg), void *arg)
{
	return sim_spawn_named(world, NULL, fn, arg);
}

int sim_spawn_named(struct sim_world *world, const char *name,
		    void (*fn)(struct sim_world *world, void *arg), void *arg)
{
	struct actor *actor;
	int err;

	if (world->dead)
		return -EIO;
	if (world->nr_actors == 1 && world->before_spawn)
		world->before_spawn(world->before_spawn_ctx);
	if (world->nr_actors == SIM_MAX_ACTORS)
		return sim_world_error(world, -EAGAIN, "a world has at most %u actors",
				       SIM_MAX_ACTORS);
	actor = sim_arena_alloc(world->arena, sizeof(*actor));
	if (!actor)
		return sim_world_error(world, -ENOMEM, "the world's arena is exhausted");
	*actor = (struct actor){
		.own.world = world,
		.current = &actor->own,
		.id = world->nr_actors,
		.fresh = true,
		.fn = fn,
		.arg = arg,
	};
	set_name(world, actor, name);
	sim_race_release(actor);
	err = sim_strand_start(&actor->own, actor_body);
	if (err)
		return sim_world_error(world, err, "no thread or stack for an actor: %s",
				       strerror(-err));
	world->actors[world->nr_actors++] = actor;
	world->counts.actors++;
	world->alive++;
	world->settled = false;
	return 0;
}

static long join_guarded(void *ctx, const void *args)
{
	struct sim_world *world = ctx;

	while (world->alive)
		sim_sched_block(world, &world->alive, "the end of the other actors");
	sim_race_acquire(world);
	/* one of them could not do its part: the rest of the scenario has no ground */
	if (world->failures.gave_up)
		sim_strand_leave(&world->actors[0]->own);
	if (world->after_join && world->after_join(world->after_join_ctx)) {
		world->over = true;
		sim_strand_leave(&world->actors[0]->own);
	}
	sim_invariant_world(world);
	return 0;
}

void sim_join(struct sim_world *world)
{
	long unused;

	if (world->running->id)
		sim_fail(world, "sim_join() belongs to the scenario, not to actor %u",
			 world->running->id);
	sim_guard(world, join_guarded, world, NULL, &unused);
}

static long yield_guarded(void *ctx, const void *args)
{
	sim_sched_point(ctx, "yield");
	return 0;
}

void sim_yield(struct sim_world *world)
{
	long unused;

	sim_guard(world, yield_guarded, world, NULL, &unused);
}

void sim_sched_end(struct sim_world *world)
{
	for (unsigned i = 1; i < world->nr_actors; i++)
		sim_strand_end(&world->actors[i]->own);
	sim_race_acquire(world);
}
