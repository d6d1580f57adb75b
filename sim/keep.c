/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The last events of a world as lines, for whoever stops it in a debugger or finds its core file: gdb's
 * `rmi trace` reads them here. Kept of a run that follows a replay string, under a debugger, and with $RMISIM_KEEP.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace.h"
#include "world.h"

#define KEPT_LINES 512
#define KEPT_SIZE  320

/* Line n is at n % KEPT_LINES. */
struct kept_events {
	struct sim_tracer tracer;
	uint64_t nr;
	char line[KEPT_LINES][KEPT_SIZE];
};

static bool is_wanted(const struct sim_world *world)
{
	const char *keep = getenv("RMISIM_KEEP");

	if (keep && *keep)
		return strcmp(keep, "0") != 0;
	/* under a debugger strands are threads, unless somebody has said what they are */
	return world->choices.plan.string || (world->engine == SIM_THREADS && sim_is_traced());
}

static void keep_line(void *ctx, const char *line)
{
	struct kept_events *kept = ctx;
	char *to = kept->line[kept->nr++ % KEPT_LINES];

	if (snprintf(to, KEPT_SIZE, "%s", line) >= KEPT_SIZE)
		to[KEPT_SIZE - 2] = '>';
}

void sim_keep(struct sim_world *world, const struct sim_config *config)
{
	struct kept_events *kept =
		is_wanted(world) ? sim_arena_alloc(world->arena, sizeof(*kept)) : NULL;

	if (!kept)
		return;
	memset(kept, 0, sizeof(*kept));
	sim_tracer_init(&kept->tracer, NULL, config->edition, world->kernel->page_shift);
	kept->tracer.line = keep_line;
	kept->tracer.line_ctx = kept;
	world->kept = kept;
}

void sim_keep_event(struct kept_events *kept, const struct sim_event *event)
{
	sim_trace_event(&kept->tracer, event);
}
