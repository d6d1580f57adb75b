/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lanes as a picture for a report: one column an actor, time goes down. A call is a box of its status's colour, a lock that
 * is held a bar beside what happens meanwhile, a wait an arrow to whoever has what is waited for.
 *
 * First the rows are chosen (lanes_rows.c), then everything is drawn from them.
 */
#include <stdlib.h>
#include <string.h>

#include "lanes_rows.h"
#include "svg.h"

#define ROW       16
#define GUTTER    52 /* numbers */
#define HEAD      78
#define PAD       24 /* bars, at the left of a column */
#define MAX_BARS  4
#define MIN_CHARS 18

struct picture {
	const struct sim_lanes *lanes;
	struct lane_view view;
	struct lane_rows rows;
	FILE *out;
	unsigned x[SIM_MAX_ACTORS + 1]; /* left edge of each column; the last: right edge of all */
	unsigned chars[SIM_MAX_ACTORS]; /* room of each column */
	unsigned *y;                    /* of each line of the run, also of those left out */
	unsigned bottom;
};

static const char *ink_of(const struct lane_line *line)
{
	switch (line->kind) {
	case SIM_EVENT_REC_EXIT:
	case SIM_EVENT_KVM_RUN:
		return "#7a3e00";
	case SIM_EVENT_ACCESS:
	case SIM_EVENT_RSI:
		return "#1a6b2c";
	case SIM_EVENT_VIOLATION:
	case SIM_EVENT_WARN:
		return "#b00020";
	case SIM_EVENT_LOCK:
	case SIM_EVENT_PAGE:
	case SIM_EVENT_ASK:
	case SIM_EVENT_SCHED:
		return "#6a6a6a";
	case SIM_EVENT_WAIT:
		return "#8a5a00";
	default:
		return "#202020";
	}
}

/* A box around what is a call: by its status, and white while it is under way. */
static const char *box_of(const struct lane_line *line)
{
	switch (line->kind) {
	case SIM_EVENT_RMI_CALL:
		return "#ffffff";
	case SIM_EVENT_RMI_RETURN:
		if (line->status == RMI_SUCCESS)
			return "#cfead0";
		return line->status == RMI_BUSY || line->status == RMI_BLOCKED ||
				       line->status == RMI_INCOMPLETE
			       ? "#fbe3b0"
			       : "#f6c9c4";
	case SIM_EVENT_WAIT:
		return "#fff3d6";
	default:
		return NULL;
	}
}

static const char *band_of(unsigned column)
{
	static const char *const bands[] = { "#eaf1fa", "#fdf2e6", "#f0f6ec",
					     "#f6eef7", "#fafae6", "#e8f5f5" };

	return bands[column % (sizeof(bands) / sizeof(bands[0]))];
}

static const char *text_of(const struct lane_line *line)
{
	return line->brief ? line->brief : line->full;
}

/* The more columns, the narrower. */
static unsigned most_chars(const struct lane_view *v)
{
	return v->nr_columns <= 2 ? 64 : v->nr_columns == 3 ? 54 : v->nr_columns <= 5 ? 44 : 30;
}

static void measure(struct picture *p)
{
	unsigned x = GUTTER, most = most_chars(&p->view);
	const struct lane_view *v = &p->view;

	for (unsigned c = 0; c < v->nr_columns; c++)
		p->chars[c] = MIN_CHARS;
	for (size_t r = 0; r < p->rows.nr; r++) {
		const struct lane_line *line = &p->lanes->line[p->rows.row[r].line];
		size_t len = strlen(text_of(line));
		unsigned *chars = &p->chars[v->column[line->actor]];

		if (!lane_is_wide(line) && !p->rows.row[r].folded && len > *chars)
			*chars = len > most ? most : (unsigned)len;
	}
	for (unsigned c = 0; c < v->nr_columns; c++) {
		p->x[c] = x;
		x += PAD + (unsigned)(p->chars[c] * SVG_CHAR) + 14;
	}
	p->x[v->nr_columns] = x < 720 ? 720 : x;
}

/* Characters of a line across all columns, in bold. */
static size_t wide_chars(const struct picture *p)
{
	return (size_t)((p->x[p->view.nr_columns] - GUTTER - 20) / (SVG_CHAR + 0.3));
}

static void wide_text(const struct picture *p, const struct lane_line *line, char *buf, size_t size)
{
	snprintf(buf, size, "%s: %s", p->lanes->name[line->actor], line->full);
}

static unsigned height_of(const struct picture *p, const struct lane_row *row)
{
	const struct lane_line *line = &p->lanes->line[row->line];
	size_t room = wide_chars(p);
	char text[1024];

	if (row->folded || !lane_is_wide(line))
		return ROW;
	wide_text(p, line, text, sizeof(text));
	return ROW * (unsigned)((strlen(text) + room - 1) / room) + 6;
}

/* Where every line of the run stands; what is left out stands where it is counted. False when memory is short. */
static bool place(struct picture *p)
{
	unsigned y = HEAD + (p->rows.before ? ROW : 0);
	size_t next = 0;

	p->y = calloc(p->lanes->nr + 1, sizeof(*p->y));
	if (!p->y)
		return false;
	for (size_t r = 0; r < p->rows.nr; r++) {
		const struct lane_row *row = &p->rows.row[r];

		for (; next < row->line; next++)
			p->y[next] = y;
		y += height_of(p, row);
	}
	p->bottom = y;
	y = HEAD + (p->rows.before ? ROW : 0);
	for (size_t r = 0; r < p->rows.nr; r++) {
		const struct lane_row *row = &p->rows.row[r];

		for (size_t i = 0; i < (row->folded ? row->folded : 1); i++)
			p->y[row->line + i] = y;
		y += height_of(p, row);
		next = row->line + (row->folded ? row->folded : 1);
	}
	for (; next <= p->lanes->nr; next++)
		p->y[next] = p->bottom;
	return true;
}

static void put_head(const struct picture *p, const char *title)
{
	const struct lane_view *v = &p->view;
	unsigned width = p->x[v->nr_columns] + 12, x = 10;

	svg_begin(p->out, width, p->bottom + (p->rows.after ? 2 * ROW : ROW), title);
	fprintf(p->out, "<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" "
			"markerWidth=\"7\" markerHeight=\"7\" orient=\"auto-start-reverse\">"
			"<path d=\"M0 0 L8 4 L0 8 z\" fill=\"#c07c00\"/></marker></defs>\n");
	x = svg_legend(p->out, x, 29, "#cfead0", "call, success");
	x = svg_legend(p->out, x, 29, "#f6c9c4", "error");
	x = svg_legend(p->out, x, 29, "#fbe3b0", "busy, incomplete");
	x = svg_legend(p->out, x, 29, "#5f6b7a", "bar: lock held");
	x = svg_legend(p->out, x, 29, "#fff3d6", "waits, arrow: for whom");
	svg_legend(p->out, x, 29, "#fde3e6", "violation");
	for (unsigned c = 0; c < v->nr_columns; c++) {
		fprintf(p->out,
			"<rect x=\"%u\" y=\"%d\" width=\"%u\" height=\"20\" fill=\"%s\"/>"
			"<text x=\"%u\" y=\"%d\" font-size=\"12\" font-weight=\"bold\">",
			p->x[c], HEAD - 24, p->x[c + 1] - p->x[c] - 2, band_of(c), p->x[c] + PAD,
			HEAD - 10);
		svg_text(p->out, p->lanes->name[v->actor[c]], 23);
		fprintf(p->out,
			"</text><line x1=\"%u\" y1=\"%d\" x2=\"%u\" y2=\"%u\" "
			"stroke=\"#d8d8d8\"/>\n",
			p->x[c], HEAD - 24, p->x[c], p->bottom);
	}
}

/* Locks */

struct bar {
	const char *name;
	unsigned from;
};

static void put_bar(const struct picture *p, unsigned column, unsigned depth, const struct bar *bar,
		    unsigned to)
{
	unsigned from = bar->from < HEAD ? HEAD : bar->from;

	if (to > p->bottom)
		to = p->bottom;
	if (to < from + 4 || depth >= MAX_BARS)
		return;
	fprintf(p->out,
		"<rect x=\"%u\" y=\"%u\" width=\"3\" height=\"%u\" rx=\"1\" fill=\"#5f6b7a\">"
		"<title>",
		p->x[column] + 4 + 5 * depth, from + 2, to - from - 3);
	svg_text(p->out, bar->name, 0);
	fprintf(p->out, "</title></rect>\n");
}

/* "kvm->mmu_lock" of "write_lock kvm->mmu_lock" */
static const char *lock_of(const struct lane_line *line)
{
	const char *text = text_of(line), *at = strstr(text, line->name);

	return at && at[strlen(line->name)] == ' ' ? at + strlen(line->name) + 1 : text;
}

static void put_bars(const struct picture *p, unsigned column)
{
	unsigned actor = p->view.actor[column], k;
	struct bar bars[16] = { { NULL } };

	for (size_t i = 0; i < p->lanes->nr; i++) {
		const struct lane_line *line = &p->lanes->line[i];

		if (line->actor != actor || line->kind != SIM_EVENT_LOCK || !line->name)
			continue;
		if (trace_acquires(line->name)) {
			for (k = 0; k < 16 && bars[k].name; k++)
				;
			if (k < 16)
				bars[k] = (struct bar){ lock_of(line), p->y[i] };
		} else if (trace_releases(line->name)) {
			for (k = 16;
			     k && !(bars[k - 1].name && !strcmp(bars[k - 1].name, lock_of(line)));
			     k--)
				;
			if (!k)
				continue;
			if (p->y[i] != bars[k - 1].from) /* else both are folded into one row */
				put_bar(p, column, k - 1, &bars[k - 1], p->y[i] + ROW);
			bars[k - 1].name = NULL;
		}
	}
	for (k = 0; k < 16; k++)
		if (bars[k].name)
			put_bar(p, column, k, &bars[k], p->bottom);
}

/* Rows */

static void put_wide(const struct picture *p, const struct lane_line *line, unsigned y,
		     unsigned height)
{
	size_t room = wide_chars(p), len;
	char text[1024], part[512];

	wide_text(p, line, text, sizeof(text));
	len = strlen(text);
	fprintf(p->out,
		"<rect x=\"%d\" y=\"%u\" width=\"%u\" height=\"%u\" rx=\"3\" fill=\"#fde3e6\" "
		"stroke=\"#b00020\"/>\n",
		GUTTER, y + 1, p->x[p->view.nr_columns] - GUTTER - 2, height - 2);
	for (size_t at = 0, r = 0; at < len; at += room, r++) {
		snprintf(part, sizeof(part), "%.*s", (int)(room < 511 ? room : 511), text + at);
		fprintf(p->out, "<text x=\"%d\" y=\"%u\" fill=\"#b00020\" font-weight=\"bold\">",
			GUTTER + 8, y + (unsigned)r * ROW + 15);
		svg_text(p->out, part, 0);
		fprintf(p->out, "</text>\n");
	}
}

static void put_fold(const struct picture *p, const struct lane_row *row, unsigned y)
{
	unsigned c = p->view.column[p->lanes->line[row->line].actor];

	fprintf(p->out,
		"<rect x=\"%u\" y=\"%u\" width=\"%u\" height=\"%d\" fill=\"%s\"/>"
		"<text x=\"%u\" y=\"%u\" fill=\"#808080\" font-style=\"italic\">.. %zu events of "
		"its own</text>\n",
		p->x[c], y, p->x[c + 1] - p->x[c] - 2, ROW, band_of(c), p->x[c] + PAD, y + 12,
		row->folded);
}

static void put_line(const struct picture *p, const struct lane_line *line, unsigned y)
{
	unsigned c = p->view.column[line->actor], width = p->x[c + 1] - p->x[c] - 2;
	const char *box = box_of(line);
	char buf[1024];

	fprintf(p->out, "<rect x=\"%u\" y=\"%u\" width=\"%u\" height=\"%d\" fill=\"%s\"/>", p->x[c],
		y, width, ROW, band_of(c));
	if (box)
		fprintf(p->out,
			"<rect x=\"%u\" y=\"%u\" width=\"%u\" height=\"%d\" rx=\"3\" fill=\"%s\" "
			"stroke=\"#a8a8a8\" stroke-width=\"0.6\"/>",
			p->x[c] + PAD - 3, y + 1, width - PAD, ROW - 2, box);
	fprintf(p->out, "<text x=\"%u\" y=\"%u\" fill=\"%s\" xml:space=\"preserve\"><title>",
		p->x[c] + PAD, y + 12, ink_of(line));
	svg_text(p->out, line->full, 0);
	fprintf(p->out, "</title>");
	svg_text(p->out, sim_lanes_cut(line, p->chars[c], buf, sizeof(buf)), p->chars[c]);
	fprintf(p->out, "</text>\n");
}

/* The baton goes from one column to another at the upper edge of the row. */
static void put_switch(const struct picture *p, unsigned from, unsigned to, unsigned y)
{
	unsigned a = p->x[from] + 2, b = p->x[to] + 2;

	fprintf(p->out,
		"<path d=\"M%u %u H%u\" stroke=\"#909090\" fill=\"none\"/>"
		"<circle cx=\"%u\" cy=\"%u\" r=\"2.5\" fill=\"#606060\"/>\n",
		a, y, b, b, y);
}

/* To whoever has it; and down to where the actor goes on, for so long it stands still. */
static void put_wait(const struct picture *p, size_t i)
{
	const struct lane_line *line = &p->lanes->line[i];
	unsigned c = p->view.column[line->actor], y = p->y[i] + ROW / 2, to, end;
	size_t next = i + 1;

	while (next < p->lanes->nr && p->lanes->line[next].actor != line->actor)
		next++;
	end = p->y[next < p->lanes->nr ? next : p->lanes->nr];
	if (end > y + ROW)
		fprintf(p->out,
			"<path d=\"M%u %u V%u\" stroke=\"#c07c00\" stroke-dasharray=\"3 3\" "
			"fill=\"none\"/>\n",
			p->x[c] + PAD + 6, y + ROW / 2, end);
	if (line->value < 0 || line->value >= SIM_MAX_ACTORS || !p->view.shown[line->value])
		return;
	to = p->view.column[line->value];
	fprintf(p->out,
		"<path d=\"M%u %u H%u\" stroke=\"#c07c00\" stroke-width=\"1.5\" fill=\"none\" "
		"marker-end=\"url(#tip)\"/>\n",
		to > c ? p->x[c + 1] - 5 : p->x[c] + PAD - 4, y,
		to > c ? p->x[to] + 2 : p->x[to + 1] - 4);
}

static void put_left_out(const struct picture *p, size_t n, const char *what, unsigned y)
{
	if (n)
		fprintf(p->out,
			"<text x=\"%d\" y=\"%u\" fill=\"#808080\" font-style=\"italic\">.. %zu %s "
			"%s</text>\n",
			GUTTER + 6, y + 12, n, n == 1 ? "event" : "events", what);
}

/* Violations come last, above the bars. */
static void put_rows(const struct picture *p, bool wide)
{
	const struct lane_line *before = NULL;

	for (size_t r = 0; r < p->rows.nr; r++) {
		const struct lane_row *row = &p->rows.row[r];
		const struct lane_line *line = &p->lanes->line[row->line];
		unsigned y = p->y[row->line];

		if (wide != (lane_is_wide(line) && !row->folded))
			continue;
		fprintf(p->out,
			"<text x=\"%d\" y=\"%u\" fill=\"#909090\" text-anchor=\"end\">%llu</text>",
			GUTTER - 8, y + (wide ? 15 : 12), (unsigned long long)line->seq);
		if (wide) {
			put_wide(p, line, y, height_of(p, row));
			continue;
		}
		if (row->folded)
			put_fold(p, row, y);
		else
			put_line(p, line, y);
		if (before && before->actor != line->actor)
			put_switch(p, p->view.column[before->actor], p->view.column[line->actor],
				   y);
		before = line;
	}
}

static void put_waits(const struct picture *p)
{
	for (size_t r = 0; r < p->rows.nr; r++) {
		const struct lane_row *row = &p->rows.row[r];

		if (!row->folded && p->lanes->line[row->line].kind == SIM_EVENT_WAIT)
			put_wait(p, row->line);
	}
}

void sim_lanes_svg(const struct sim_lanes *lanes, FILE *out, const char *title, bool all)
{
	struct picture p = { .lanes = lanes, .view = sim_lanes_view(lanes, all, 0), .out = out };

	if (!lane_rows_choose(&p.rows, lanes, &p.view, all)) {
		svg_begin(out, 720, 60, "memory was short: nothing is drawn");
		svg_end(out);
		return;
	}
	measure(&p);
	if (place(&p)) {
		put_head(&p, title);
		put_left_out(&p, p.rows.before, "before", HEAD);
		put_rows(&p, false);
		for (unsigned c = 0; c < p.view.nr_columns; c++)
			put_bars(&p, c);
		put_waits(&p);
		put_rows(&p, true);
		put_left_out(&p, p.rows.after, "after", p.bottom);
		svg_end(out);
	}
	free(p.y);
	lane_rows_drop(&p.rows);
}
