/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The report of a run: one run made again, and told about when it is violated.
 */
#include <stdlib.h>
#include <string.h>

#include <rmisim/explore.h>

#include "lanes.h"
#include "report.h"
#include "runner.h"

#define MAX_AWAITED 16
#define LANES_WIDTH 120
#define LANES_TAIL  24

/* A circle of actors of which each waits for the next; found by following the first one that is awaited. */
static void print_circle(struct sim_world *world, FILE *out)
{
	bool seen[SIM_MAX_ACTORS];
	char name[24];

	for (unsigned i = 1; i < world->nr_actors; i++) {
		unsigned at = i, next[MAX_AWAITED];

		memset(seen, 0, sizeof(seen));
		while (!seen[at] && sim_waits_of(world, world->actors[at], next, MAX_AWAITED)) {
			seen[at] = true;
			at = next[0] < world->nr_actors ? next[0] : at;
		}
		if (!seen[at] || at != i)
			continue;
		fprintf(out, "in a circle: %s", sim_actor_name(world->actors[at], name));
		do {
			sim_waits_of(world, world->actors[at], next, MAX_AWAITED);
			at = next[0];
			fprintf(out, " -> %s", sim_actor_name(world->actors[at], name));
		} while (at != i);
		fprintf(out, "\n");
		return;
	}
}

static void print_actors(struct sim_world *world, FILE *out)
{
	char name[24], text[300];

	fprintf(out, "actors:\n");
	for (unsigned i = 0; i < world->nr_actors; i++) {
		struct actor *actor = world->actors[i];

		sim_waits_text(world, actor, text, sizeof(text));
		fprintf(out, "  %-10s %s\n", sim_actor_name(actor, name), text);
	}
}

void sim_report(struct sim_world *world, const char *violation)
{
	struct report *report = world->report;

	if (!report || report->told)
		return;
	report->told = true;
	if (report->sentence)
		fprintf(report->out, "violation: %s\n", violation);
	print_actors(world, report->out);
	print_circle(world, report->out);
	fprintf(report->out, "stacks:\n");
	sim_stacks_print(world, report->out);
}

/* Lanes are kept of a run that is told about. */
struct listener {
	struct sim_lanes *lanes;
	sim_event_fn event;
	void *event_ctx;
};

static void listen(void *ctx, const struct sim_event *event)
{
	struct listener *l = ctx;

	if (l->event)
		l->event(l->event_ctx, event);
	if (l->lanes)
		sim_lanes_event(l->lanes, event);
}

/* With locks, without what is asked and allocated: columns are narrow. */
static struct sim_lanes *new_lanes(const struct sim_config *config)
{
	struct sim_tracer tracer;

	sim_tracer_init(&tracer, NULL, config->edition, 0);
	tracer.hide = SIM_TRACE_LANES;
	return sim_lanes_new(&tracer);
}

static void print_lanes(struct sim_lanes *lanes, FILE *out)
{
	if (!lanes)
		return;
	sim_lanes_end(lanes);
	fprintf(out, "lanes, the end of them:\n");
	sim_lanes_tail(lanes, out, LANES_WIDTH, LANES_TAIL);
}

/* Make the run; its violation goes to `violation`, "" is none. */
static void explain(sim_scenario scenario, const struct sim_config *config, struct report *report,
		    char violation[512])
{
	struct listener listener = { new_lanes(config), config->event, config->event_ctx };
	struct sim_config own = *config;
	char why[400] = "";
	struct sim_world *world;
	const char *wrong;

	own.event = listen;
	own.event_ctx = &listener;
	world = sim_world_new(&own, why, sizeof(why));

	violation[0] = '\0';
	if (!world) {
		fprintf(report->out, "the run cannot be made again: %s\n", why);
		sim_lanes_free(listener.lanes);
		return;
	}
	world->report = report;
	sim_run(world, scenario);
	wrong = sim_failures_end(world);
	if (wrong)
		snprintf(violation, 512, "%s", wrong);
	if (wrong && !report->told && report->sentence)
		fprintf(report->out, "violation: %s\n", wrong);
	if (wrong && !report->told)
		fprintf(report->out, "found when the scenario had ended\n");
	if (wrong)
		print_lanes(listener.lanes, report->out);
	sim_world_free(world);
	sim_lanes_free(listener.lanes);
}

bool sim_explain(sim_scenario scenario, const struct sim_config *config, FILE *out)
{
	struct report report = { .out = out, .sentence = true };
	char violation[512];

	explain(scenario, config, &report, violation);
	return violation[0];
}

/* Whole lines, as many as fit. */
static void copy_lines(char *to, size_t size, const char *text)
{
	char *end;

	if ((size_t)snprintf(to, size, "%s", text) < size)
		return;
	to[size - 8] = '\0';
	end = strrchr(to, '\n');
	strcpy(end ? end + 1 : to, "...\n");
}

void sim_explain_result(struct sim_result *result, sim_scenario scenario,
			const struct sim_config *config)
{
	struct sim_config own = *config;
	struct report report = { 0 };
	char violation[512], *text = NULL;
	size_t size = 0;

	if (!result->violations || !strncmp(result->violation, "setup: ", 7))
		return;
	report.out = open_memstream(&text, &size);
	if (!report.out)
		return;
	own.choices = result->replay[0] ? result->replay : result->choices;
	own.event = NULL;
	explain(scenario, &own, &report, violation);
	fclose(report.out);
	/* Decisions that are too long for a result lead elsewhere. */
	if (runner_same_check(violation, result->violation))
		copy_lines(result->report, sizeof(result->report), text);
	free(text);
}
