/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who waits for what that whom holds. What the harness itself lets actors wait for it knows; who holds a lock
 * the kernel image says.
 */
#include <inttypes.h>
#include <stdio.h>

#include "report.h"

#define MAX_HOLDERS 16

static bool is_join(const struct sim_world *world, const struct actor *actor)
{
	return actor->on == &world->alive;
}

/* Whoever runs the vCPU that the actor wants to run. */
static bool runs_vcpu(const struct actor *other, const struct actor *actor)
{
	return other->vcpu && actor->on == other->vcpu;
}

static unsigned ask_image(const struct sim_world *world, const struct actor *actor,
			  struct sim_holder *holders)
{
	unsigned n = 0;

	if (world->booted && world->kernel->holders)
		n = world->kernel->holders(actor->on, holders, MAX_HOLDERS);
	return n < MAX_HOLDERS ? n : MAX_HOLDERS;
}

static bool is_awaited(const struct sim_world *world, const struct actor *actor,
		       const struct actor *other)
{
	if (other == actor || other->state == ACTOR_ENDED)
		return false;
	if (actor->state == ACTOR_SPINNING)
		return actor->waits[other->id / 8] >> other->id % 8 & 1;
	return is_join(world, actor) || runs_vcpu(other, actor);
}

unsigned sim_waits_of(struct sim_world *world, const struct actor *actor, unsigned *who,
		      unsigned max)
{
	struct sim_holder holders[MAX_HOLDERS];
	unsigned n = 0, k;

	if (actor->state != ACTOR_BLOCKED && actor->state != ACTOR_SPINNING)
		return 0;
	for (unsigned i = 0; i < world->nr_actors; i++)
		if (is_awaited(world, actor, world->actors[i])) {
			if (n < max)
				who[n] = i;
			n++;
		}
	if (n || actor->state == ACTOR_SPINNING)
		return n;
	k = ask_image(world, actor, holders);
	for (unsigned i = 0; i < k && i < max; i++)
		who[n++] = holders[i].actor;
	return n;
}

void sim_waits_holders(const struct sim_world *world, const struct actor *actor, char *buf,
		       size_t size)
{
	struct sim_holder holders[MAX_HOLDERS];
	unsigned n = ask_image(world, actor, holders);
	size_t at = 0;
	char name[24];

	for (unsigned i = 0; i < n && at < size; i++) {
		const char *who = "nobody";

		if (holders[i].actor < world->nr_actors)
			who = sim_actor_name(world->actors[holders[i].actor], name);
		at += (size_t)snprintf(buf + at, size - at, "%s%s%s%s%s", i ? ", " : "(held by ",
				       who, holders[i].caller ? ", taken in " : "",
				       holders[i].caller ? holders[i].caller : "",
				       holders[i].caller ? "()" : "");
	}
	if (n && at < size)
		snprintf(buf + at, size - at, ")");
}

void sim_waits_text(struct sim_world *world, const struct actor *actor, char *buf, size_t size)
{
	const char *label = actor->label ? actor->label : "something";
	int n;

	if (actor->granule) {
		snprintf(buf, size, "waits for the lock of granule 0x%" PRIx64 "%s%s",
			 actor->granule, actor->smc ? " in " : "", actor->smc ? actor->smc : "");
		return;
	}
	switch (actor->state) {
	case ACTOR_READY:
		if (actor == world->running || !actor->label)
			snprintf(buf, size, actor == world->running ? "runs" : "could go on");
		else
			snprintf(buf, size, "could go on at %s", label);
		return;
	case ACTOR_ENDED:
		snprintf(buf, size, "has ended");
		return;
	case ACTOR_SPINNING:
		snprintf(buf, size, "repeats itself for %s", label);
		return;
	case ACTOR_BLOCKED:
		break;
	}
	n = snprintf(buf, size, "waits for %s", label);
	if (n <= 0 || (size_t)n + 2 > size || is_join(world, actor))
		return;
	sim_waits_holders(world, actor, buf + n + 1, size - (size_t)n - 1);
	if (buf[n + 1])
		buf[n] = ' ';
}
