/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lanes as a picture. Who has the baton is a band of that actor's colour; a thin line leads from one to the next.
 */
#include <stdlib.h>
#include <string.h>

#include "lanes.h"

#define CHAR_WIDTH 6.65 /* of an 11-pixel monospaced font, a little more than most */
#define ROW        16
#define GUTTER     52 /* numbers */
#define HEAD       44
#define MAX_CHARS  64
#define MIN_CHARS  18

struct picture {
	const struct sim_lanes *lanes;
	struct lane_view view;
	FILE *out;
	unsigned x[SIM_MAX_ACTORS + 1]; /* left edge of each column; the last: right edge of all */
	unsigned chars[SIM_MAX_ACTORS]; /* room of each column */
};

static const char *colour_of(enum sim_event_kind kind)
{
	switch (kind) {
	case SIM_EVENT_RMI_CALL:
	case SIM_EVENT_RMI_RETURN:
		return "#0b4f9e";
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
	default:
		return "#202020";
	}
}

static const char *band_of(unsigned column)
{
	static const char *const bands[] = { "#e3edf9", "#fdeedd", "#e6f4e6",
					     "#f3e6f5", "#f9f5d8", "#e0f3f3" };

	return bands[column % (sizeof(bands) / sizeof(bands[0]))];
}

/* At most `max` characters, escaped; cut with a mark. */
static void put_text(FILE *out, const char *text, size_t max)
{
	size_t len = strlen(text), n = len > max ? max - 1 : len;

	for (size_t i = 0; i < n; i++) {
		switch (text[i]) {
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '&':
			fputs("&amp;", out);
			break;
		default:
			fputc(text[i] < ' ' || text[i] > '~' ? '?' : text[i], out);
		}
	}
	if (n < len)
		fputs("&gt;", out);
}

static const char *text_of(const struct lane_line *line)
{
	return line->brief ? line->brief : line->full;
}

static void measure(struct picture *p)
{
	const struct lane_view *v = &p->view;
	unsigned x = GUTTER;

	for (unsigned c = 0; c < v->nr_columns; c++)
		p->chars[c] = MIN_CHARS;
	for (size_t i = v->first; i < v->last; i++) {
		const struct lane_line *line = &p->lanes->line[i];
		size_t len = strlen(text_of(line));
		unsigned *chars = &p->chars[v->column[line->actor]];

		if (!lane_is_wide(line) && len > *chars)
			*chars = len > MAX_CHARS ? MAX_CHARS : (unsigned)len;
	}
	for (unsigned c = 0; c < v->nr_columns; c++) {
		p->x[c] = x;
		x += (unsigned)(p->chars[c] * CHAR_WIDTH) + 14;
	}
	p->x[v->nr_columns] = v->nr_columns ? x : GUTTER + 500;
}

/* Characters of a line across all columns. */
static size_t wide_chars(const struct picture *p)
{
	return (size_t)((p->x[p->view.nr_columns] - GUTTER - 14) / CHAR_WIDTH);
}

static void wide_text(const struct picture *p, const struct lane_line *line, char *buf, size_t size)
{
	snprintf(buf, size, "%s: %s", p->lanes->name[line->actor], line->full);
}

static unsigned rows_of(const struct picture *p, const struct lane_line *line)
{
	size_t room = wide_chars(p);
	char text[1024];

	if (!lane_is_wide(line))
		return 1;
	wide_text(p, line, text, sizeof(text));
	return (unsigned)((strlen(text) + room - 1) / room);
}

static void put_head(const struct picture *p, const char *title, unsigned height)
{
	const struct lane_view *v = &p->view;
	unsigned width = p->x[v->nr_columns] + 12;

	fprintf(p->out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\" "
		"viewBox=\"0 0 %u %u\" font-family=\"monospace\" font-size=\"11\">\n"
		"<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n"
		"<text x=\"8\" y=\"16\" font-size=\"13\" font-weight=\"bold\">",
		width, height, width, height);
	put_text(p->out, title, 120);
	fprintf(p->out, "</text>\n");
	for (unsigned c = 0; c < v->nr_columns; c++) {
		fprintf(p->out, "<text x=\"%u\" y=\"36\" font-size=\"12\" font-weight=\"bold\">",
			p->x[c] + 6);
		put_text(p->out, p->lanes->name[v->actor[c]], 23);
		fprintf(p->out,
			"</text>\n<line x1=\"%u\" y1=\"%d\" x2=\"%u\" y2=\"%u\" "
			"stroke=\"#d8d8d8\"/>\n",
			p->x[c], HEAD - 18, p->x[c], height - 8);
	}
}

/* The baton goes from column `from` to column `to` at the upper edge of the row. */
static void put_switch(const struct picture *p, unsigned from, unsigned to, unsigned y)
{
	unsigned a = p->x[from] + 2, b = p->x[to] + 2;

	fprintf(p->out,
		"<path d=\"M%u %u H%u\" stroke=\"#909090\" fill=\"none\"/>"
		"<circle cx=\"%u\" cy=\"%u\" r=\"2.5\" fill=\"#606060\"/>\n",
		a, y, b, b, y);
}

static void put_wide(const struct picture *p, const struct lane_line *line, unsigned y)
{
	size_t room = wide_chars(p), len;
	unsigned rows = rows_of(p, line);
	char text[1024];

	wide_text(p, line, text, sizeof(text));
	len = strlen(text);
	fprintf(p->out, "<rect x=\"%d\" y=\"%u\" width=\"%u\" height=\"%u\" fill=\"#fde3e6\"/>\n",
		GUTTER, y, p->x[p->view.nr_columns] - GUTTER, rows * ROW);
	for (unsigned r = 0; r < rows; r++) {
		char part[512];

		snprintf(part, sizeof(part), "%.*s", (int)(room < 511 ? room : 511),
			 text + (r * room < len ? r * room : len));
		fprintf(p->out, "<text x=\"%d\" y=\"%u\" fill=\"#b00020\" font-weight=\"bold\">",
			GUTTER + 6, y + r * ROW + 12);
		put_text(p->out, part, sizeof(part));
		fprintf(p->out, "</text>\n");
	}
}

static void put_line(const struct picture *p, const struct lane_line *line, unsigned y)
{
	unsigned c = p->view.column[line->actor];
	char buf[1024];

	fprintf(p->out, "<text x=\"%d\" y=\"%u\" fill=\"#909090\" text-anchor=\"end\">%llu</text>",
		GUTTER - 8, y + 12, (unsigned long long)line->seq);
	if (lane_is_wide(line)) {
		put_wide(p, line, y);
		return;
	}
	fprintf(p->out,
		"<rect x=\"%u\" y=\"%u\" width=\"%u\" height=\"%d\" fill=\"%s\"/>"
		"<text x=\"%u\" y=\"%u\" fill=\"%s\" xml:space=\"preserve\"><title>",
		p->x[c], y, p->x[c + 1] - p->x[c] - 2, ROW, band_of(c), p->x[c] + 6, y + 12,
		colour_of(line->kind));
	put_text(p->out, line->full, 1024);
	fprintf(p->out, "</title>");
	put_text(p->out, sim_lanes_cut(line, p->chars[c], buf, sizeof(buf)), p->chars[c]);
	fprintf(p->out, "</text>\n");
}

static unsigned put_left_out(const struct picture *p, size_t n, const char *what, unsigned y)
{
	if (!n)
		return y;
	fprintf(p->out,
		"<text x=\"%d\" y=\"%u\" fill=\"#909090\" font-style=\"italic\">... %zu %s "
		"%s</text>\n",
		GUTTER + 6, y + 12, n, n == 1 ? "event" : "events", what);
	return y + ROW;
}

void sim_lanes_svg(const struct sim_lanes *lanes, FILE *out, const char *title, bool all)
{
	struct picture p = { .lanes = lanes, .view = sim_lanes_view(lanes, all, 0), .out = out };
	const struct lane_view *v = &p.view;
	const struct lane_line *before = NULL;
	unsigned y = HEAD, height = HEAD + 3 * ROW;

	measure(&p);
	for (size_t i = v->first; i < v->last; i++)
		height += ROW * rows_of(&p, &lanes->line[i]);
	put_head(&p, title, height);
	y = put_left_out(&p, v->first, "before", y);
	for (size_t i = v->first; i < v->last; i++) {
		const struct lane_line *line = &lanes->line[i];

		put_line(&p, line, y);
		if (before && before->actor != line->actor && !lane_is_wide(line))
			put_switch(&p, v->column[before->actor], v->column[line->actor], y);
		if (!lane_is_wide(line))
			before = line;
		y += ROW * rows_of(&p, line);
	}
	put_left_out(&p, lanes->nr - v->last, "after", y);
	fprintf(out, "</svg>\n");
}
