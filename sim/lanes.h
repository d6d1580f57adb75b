/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside lanes: what text and picture share. */
#ifndef SIM_LANES_H
#define SIM_LANES_H

#include "trace.h"
#include "world.h"

struct lane_line {
	uint64_t seq;
	unsigned actor;
	enum sim_event_kind kind;
	int64_t value;
	int status;             /* of a call that returned, enum rmi_status; -1: it is none */
	const char *who, *name; /* static, or the image's */
	char *full, *brief;
};

struct sim_lanes {
	struct sim_tracer full, brief;
	struct lane_line *line;
	size_t nr, room;
	size_t nr_brief; /* lines that have their short form */
	int status;      /* of the event that comes in */
	bool short_of_memory;
	unsigned nr_actors;
	bool ran[SIM_MAX_ACTORS];
	char name[SIM_MAX_ACTORS][24];
};

/* What is drawn: lines [first, last), and the actors that have one of them, in order. */
struct lane_view {
	size_t first, last;
	unsigned nr_columns;
	bool shown[SIM_MAX_ACTORS];
	uint8_t column[SIM_MAX_ACTORS]; /* of an actor that is shown */
	unsigned actor[SIM_MAX_ACTORS]; /* of a column */
};

/* `tail`: the last so many lines alone; 0: no limit. */
struct lane_view sim_lanes_view(const struct sim_lanes *lanes, bool all, size_t tail);
/* Give each actor that is shown its column. */
void sim_lanes_columns(const struct sim_lanes *lanes, struct lane_view *view);
/* As sim_lanes_text(), the last lines alone. */
void sim_lanes_tail(const struct sim_lanes *lanes, FILE *out, unsigned width, size_t tail);

/* The text in at most `width` characters: what is cut is marked with '>', how the event ended stays. */
const char *sim_lanes_cut(const struct lane_line *line, size_t width, char *buf, size_t size);

/* A violation has a line of its own across all columns. */
static inline bool lane_is_wide(const struct lane_line *line)
{
	return line->kind == SIM_EVENT_VIOLATION;
}

#endif
