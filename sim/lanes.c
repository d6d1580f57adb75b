/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lanes: one column an actor, one line an event. Time goes down; what runs concurrently stands side by side.
 */
#include <stdlib.h>
#include <string.h>

#include "lanes.h"

#define MIN_COLUMN 16

struct sim_lanes *sim_lanes_new(const struct sim_tracer *tracer)
{
	struct sim_lanes *lanes = calloc(1, sizeof(*lanes));

	if (!lanes)
		return NULL;
	lanes->full = lanes->brief = *tracer;
	lanes->brief.brief = true;
	return lanes;
}

void sim_lanes_free(struct sim_lanes *lanes)
{
	if (!lanes)
		return;
	for (size_t i = 0; i < lanes->nr; i++) {
		free(lanes->line[i].full);
		free(lanes->line[i].brief);
	}
	free(lanes->line);
	free(lanes);
}

/* A copy without what would disturb a terminal or a document. */
static char *clean_copy(const char *text)
{
	char *copy;

	while (*text == ' ')
		text++;
	copy = strdup(text);
	for (char *p = copy; p && *p; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
	return copy;
}

static bool make_room(struct sim_lanes *lanes)
{
	size_t room = lanes->room ? 2 * lanes->room : 256;
	struct lane_line *line;

	if (lanes->nr < lanes->room)
		return true;
	line = realloc(lanes->line, room * sizeof(*line));
	if (!line)
		return false;
	lanes->line = line;
	lanes->room = room;
	return true;
}

static void keep_full(void *ctx, const struct trace_line *line)
{
	const struct sim_event *e = line->event;
	struct sim_lanes *lanes = ctx;
	char *text = clean_copy(line->text), buf[24];
	unsigned actor = e->actor < SIM_MAX_ACTORS ? e->actor : SIM_MAX_ACTORS - 1;

	if (!text || !make_room(lanes)) {
		lanes->short_of_memory = true;
		free(text);
		return;
	}
	lanes->line[lanes->nr++] = (struct lane_line){ .seq = e->seq,
						       .actor = actor,
						       .kind = e->kind,
						       .value = e->value,
						       .status = lanes->status,
						       .who = line->who,
						       .name = e->name,
						       .full = text };
	if (!lanes->ran[actor])
		snprintf(lanes->name[actor], sizeof(lanes->name[actor]), "%s", trace_actor(e, buf));
	lanes->ran[actor] = true;
	if (actor >= lanes->nr_actors)
		lanes->nr_actors = actor + 1;
}

static void keep_brief(void *ctx, const struct trace_line *line)
{
	struct sim_lanes *lanes = ctx;

	if (lanes->nr_brief < lanes->nr)
		lanes->line[lanes->nr_brief++].brief = clean_copy(line->text);
}

void sim_lanes_event(void *ctx, const struct sim_event *event)
{
	struct sim_lanes *lanes = ctx;

	if (lanes->short_of_memory)
		return;
	lanes->status = -1;
	if (event->kind == SIM_EVENT_RMI_RETURN && event->rmm->regs_out)
		lanes->status = (int)RMI_RESULT_STATUS(event->rmm->regs_out->x[0]);
	trace_lines(&lanes->full, event, keep_full, lanes);
	trace_lines(&lanes->brief, event, keep_brief, lanes);
}

void sim_lanes_end(struct sim_lanes *lanes)
{
	trace_lines_end(&lanes->full, keep_full, lanes);
	trace_lines_end(&lanes->brief, keep_brief, lanes);
}

unsigned sim_lanes_actors(const struct sim_lanes *lanes)
{
	return lanes->nr_actors;
}

void sim_lanes_each(const struct sim_lanes *lanes,
		    void (*fn)(void *ctx, const struct sim_event *event, const char *line),
		    void *ctx)
{
	for (size_t i = 0; i < lanes->nr; i++) {
		const struct lane_line *l = &lanes->line[i];
		struct sim_event event = { .seq = l->seq,
					   .actor = l->actor,
					   .kind = l->kind,
					   .name = l->name,
					   .value = l->value,
					   .actor_name = lanes->name[l->actor] };

		fn(ctx, &event, l->full);
	}
}

/* What is drawn */

void sim_lanes_columns(const struct sim_lanes *lanes, struct lane_view *v)
{
	v->nr_columns = 0;
	for (unsigned i = 0; i < lanes->nr_actors; i++) {
		if (!v->shown[i])
			continue;
		v->column[i] = (uint8_t)v->nr_columns;
		v->actor[v->nr_columns++] = i;
	}
}

struct lane_view sim_lanes_view(const struct sim_lanes *lanes, bool all, size_t tail)
{
	struct lane_view v = { .last = lanes->nr };

	if (!all && lanes->nr_actors > 1) {
		while (v.first < v.last && !lanes->line[v.first].actor &&
		       !lane_is_wide(&lanes->line[v.first]))
			v.first++;
		while (v.last > v.first && !lanes->line[v.last - 1].actor &&
		       !lane_is_wide(&lanes->line[v.last - 1]))
			v.last--;
	}
	if (tail && v.last - v.first > tail)
		v.first = v.last - tail;
	for (size_t i = v.first; i < v.last; i++)
		if (!lane_is_wide(&lanes->line[i]))
			v.shown[lanes->line[i].actor] = true;
	sim_lanes_columns(lanes, &v);
	return v;
}

/* Text */

/* How the event ended: " = SUCCESS", ": leaves the realm"; the end of the text when it does not say. */
static const char *ending_of(const struct lane_line *line, const char *text)
{
	const char *end = text + strlen(text), *at = NULL;

	if (line->kind == SIM_EVENT_RMI_RETURN)
		at = strstr(text, ") = ");
	else if (line->kind == SIM_EVENT_ACCESS || line->kind == SIM_EVENT_RSI)
		at = strrchr(text, ':');
	return at ? at + (*at == ')') : end;
}

const char *sim_lanes_cut(const struct lane_line *line, size_t width, char *buf, size_t size)
{
	const char *text = line->brief ? line->brief : line->full, *ending = ending_of(line, text);
	size_t tail = strlen(ending);

	if (strlen(text) <= width)
		return text;
	if (tail > width / 2) {
		ending = "";
		tail = 0;
	}
	snprintf(buf, size, "%.*s>%s", (int)(width - 1 - tail), text, ending);
	return buf;
}

static void print_cell(FILE *out, const char *text, unsigned width)
{
	fprintf(out, "| %-*.*s ", (int)width, (int)width, text);
}

static void print_line(const struct sim_lanes *lanes, const struct lane_view *v, FILE *out,
		       const struct lane_line *line, unsigned width)
{
	char buf[1024];
	const char *text = sim_lanes_cut(line, width, buf, sizeof(buf));

	fprintf(out, "%5llu ", (unsigned long long)line->seq);
	if (lane_is_wide(line)) {
		fprintf(out, "!! %s: %s\n", lanes->name[line->actor], line->full);
		return;
	}
	for (unsigned i = 0; i < v->nr_columns; i++)
		print_cell(out, v->actor[i] == line->actor ? text : "", width);
	fprintf(out, "|\n");
}

static void print_left_out(FILE *out, size_t n, const char *what)
{
	if (n)
		fprintf(out, "  ... %zu %s %s\n", n, n == 1 ? "event" : "events", what);
}

static void print_view(const struct sim_lanes *lanes, const struct lane_view *v, FILE *out,
		       unsigned width)
{
	unsigned cell = MIN_COLUMN;

	/* The number, then "| " and " " around each column, "|" at the end. */
	if (v->nr_columns && width > 7 + v->nr_columns * (MIN_COLUMN + 3))
		cell = (width - 7) / v->nr_columns - 3;
	fprintf(out, "%5s ", "");
	for (unsigned i = 0; i < v->nr_columns; i++)
		print_cell(out, lanes->name[v->actor[i]], cell);
	fprintf(out, "|\n");
	print_left_out(out, v->first, "before");
	for (size_t i = v->first; i < v->last; i++)
		print_line(lanes, v, out, &lanes->line[i], cell);
	print_left_out(out, lanes->nr - v->last, "after");
	if (lanes->short_of_memory)
		fprintf(out, "  ... memory was short: later events are not kept\n");
}

void sim_lanes_text(const struct sim_lanes *lanes, FILE *out, unsigned width, bool all)
{
	struct lane_view v = sim_lanes_view(lanes, all, 0);

	print_view(lanes, &v, out, width);
}

void sim_lanes_tail(const struct sim_lanes *lanes, FILE *out, unsigned width, size_t tail)
{
	struct lane_view v = sim_lanes_view(lanes, false, tail);

	print_view(lanes, &v, out, width);
}
