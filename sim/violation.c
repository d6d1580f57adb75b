/* SPDX-License-Identifier: BSD-2-Clause */
/* What ends a run: a check, a scenario or the scheduler says that something does not hold. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay.h"
#include "report.h"
#include "world.h"

const char *sim_violation(const struct sim_world *world)
{
	return world->violation[0] ? world->violation : NULL;
}

void sim_breach(struct sim_world *world, const char *check, const char *text, bool known)
{
	bool first = !world->violation[0] && !known;

	if (first)
		snprintf(world->violation, sizeof(world->violation), "%s: %s", check, text);
	sim_emit(world, SIM_EVENT_VIOLATION, check, NULL, 0, "%s", text);
	if (first) {
		sim_report(world, world->violation);
		sim_at_violation(world->violation);
	}
}

void sim_vbreach(struct sim_world *world, enum sim_contract contract, const char *fmt, va_list ap)
{
	struct sim_check *check = &world->check;

	if (sim_check_vbroken(check, contract, fmt, ap))
		sim_breach(world, sim_contract_name(contract), check->text,
			   check->known >> contract & 1);
}

void sim_contract_breach(struct sim_world *world, enum sim_contract contract, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	sim_vbreach(world, contract, fmt, ap);
	va_end(ap);
}

/*
 * The check whose sentence a scenario passes on, as sim_fail(w, "%s", sim_quiescent(w)) does. *skip: its name and the
 * colon.
 */
static const char *passed_on(const char *check, const char *text, size_t *skip)
{
	struct sim_check_info info;

	*skip = 0;
	for (unsigned i = 0; !strcmp(check, "expect") && sim_check_at(i, &info); i++) {
		size_t len = strlen(info.name);

		if (strncmp(text, info.name, len) || strncmp(text + len, ": ", 2))
			continue;
		*skip = len + 2;
		return info.name;
	}
	return check;
}

/*
 * A scenario that stops at an expectation of its own does not come to the quiescent point at which a WARN would have
 * been found. The WARN broke first, and says more. Behind a wrong answer it is what the kernel should do.
 */
static void warned_before(struct sim_world *world, const char *check, const char *then)
{
	char text[400];

	if (!world->warns || world->failures.wrong || strcmp(check, "expect"))
		return;
	snprintf(text, sizeof(text), "kernel warnings: %llu, the first one in %.160s; then %.160s",
		 (unsigned long long)world->warns, world->first_warn, then);
	sim_breach(world, "warn", text, false);
}

void sim_violate(struct sim_world *world, const char *check, const char *fmt, va_list ap)
{
	struct strand *self = world->running->current;
	char text[400];
	size_t skip;

	if (!world->dead) {
		vsnprintf(text, sizeof(text), fmt, ap);
		check = passed_on(check, text, &skip);
		warned_before(world, check, text);
		sim_breach(world, check, text + skip, false);
		sim_world_error(world, -EIO, "%s", world->violation);
		world->dead = true;
	}
	if (self == &world->actors[0]->own && !world->framed) {
		if (world->on_fail)
			world->on_fail(world->on_fail_ctx, world->violation);
		fprintf(stderr, "rmisim: sim_fail() outside a run: %s\n", world->violation);
		abort();
	}
	sim_strand_leave(self);
}

void sim_violatef(struct sim_world *world, const char *check, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	sim_violate(world, check, fmt, ap);
}

void sim_fail(struct sim_world *world, const char *fmt, ...)
{
	va_list ap;

	sim_give_up_if(world);
	va_start(ap, fmt);
	sim_violate(world, "expect", fmt, ap);
}

void sim_on_fail(struct sim_world *world, void (*fn)(void *ctx, const char *violation), void *ctx)
{
	world->on_fail = fn;
	world->on_fail_ctx = ctx;
}
