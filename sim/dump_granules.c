/* SPDX-License-Identifier: BSD-2-Clause */
/* Physical memory by state: 64 granules a line. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "dump.h"
#include "svg.h"

#define LINE   64 /* granules */
#define CELL   9  /* pixels */
#define ROW    13
#define LEFT   150
#define TOP    72
#define STATES (RMM_VSMMU + 1)

static const struct {
	char letter;
	const char *fill;
} looks[STATES] = {
	[RMM_UNDELEGATED] = { '.', "#ffffff" }, [RMM_DELEGATED] = { 'd', "#d4d4d4" },
	[RMM_RD] = { 'R', "#c0392b" },          [RMM_REC] = { 'C', "#e67e22" },
	[RMM_RTT] = { 'T', "#3b6ea8" },         [RMM_DATA] = { 'D', "#5aab61" },
	[RMM_INTERNAL] = { 'i', "#8a6fb0" },    [RMM_GPT_L1] = { 'g', "#c9b458" },
	[RMM_DEV] = { 'v', "#d98cb3" },         [RMM_PDEV] = { 'P', "#7f5539" },
	[RMM_VDEV] = { 'V', "#b08968" },        [RMM_VSMMU] = { 'S', "#2a9d8f" },
};

struct map {
	uint64_t granule;
	struct rmm_stretch *list; /* by address; neighbours of one state are one */
	size_t nr, room;
	bool short_of_memory;
	uint64_t count[STATES]; /* granules */
};

/* What one line of the map says, `times` below each other. */
struct line {
	rmm_pa pa;
	uint64_t times;
	uint8_t state[LINE];
};

static void add_stretch(void *ctx, const struct rmm_stretch *s)
{
	struct map *m = ctx;
	struct rmm_stretch *last = m->nr ? &m->list[m->nr - 1] : NULL;
	size_t room = m->room ? 2 * m->room : 256;

	if (s->state < STATES)
		m->count[s->state] += s->size / m->granule;
	if (last && last->state == s->state && last->pa + last->size == s->pa) {
		last->size += s->size;
		return;
	}
	if (m->nr == m->room) {
		struct rmm_stretch *list = realloc(m->list, room * sizeof(*list));

		if (!list) {
			m->short_of_memory = true;
			return;
		}
		m->list = list;
		m->room = room;
	}
	m->list[m->nr++] = *s;
}

/* The line at pa, whose first stretch that matters is *at or behind it. */
static void fill_line(const struct map *m, size_t at, rmm_pa pa, struct line *line)
{
	uint64_t span = LINE * m->granule;

	*line = (struct line){ .pa = pa, .times = 1 };
	if (m->list[at].pa <= pa && m->list[at].pa + m->list[at].size >= pa + span) {
		line->times = (m->list[at].pa + m->list[at].size - pa) / span;
		memset(line->state, (int)m->list[at].state, LINE);
		return;
	}
	for (; at < m->nr && m->list[at].pa < pa + span; at++)
		for (unsigned i = 0; i < LINE; i++) {
			rmm_pa cell = pa + i * m->granule;

			if (cell >= m->list[at].pa && cell < m->list[at].pa + m->list[at].size)
				line->state[i] = (uint8_t)m->list[at].state;
		}
}

/* Each line that has something, by address. */
static void each_line(const struct map *m, void (*fn)(void *ctx, const struct line *line),
		      void *ctx)
{
	uint64_t span = LINE * m->granule;
	struct line line;
	rmm_pa pa = 0;
	size_t at = 0;

	while (at < m->nr) {
		if (m->list[at].pa + m->list[at].size <= pa) {
			at++;
			continue;
		}
		if (m->list[at].pa > pa)
			pa = m->list[at].pa & ~(span - 1);
		fill_line(m, at, pa, &line);
		fn(ctx, &line);
		pa += line.times * span;
	}
}

/* Text */

struct text {
	const struct map *map;
	FILE *out;
	rmm_pa next;
};

static void text_line(void *ctx, const struct line *line)
{
	struct text *t = ctx;
	char cells[LINE + LINE / 16 + 1], *at = cells;

	for (unsigned i = 0; i < LINE; i++) {
		if (i && !(i % 16))
			*at++ = ' ';
		*at++ = looks[line->state[i]].letter;
	}
	*at = '\0';
	if (t->next && line->pa != t->next)
		fprintf(t->out, "  ..\n");
	fprintf(t->out, "0x%012" PRIx64 "  %s", line->pa, cells);
	if (line->times > 1)
		fprintf(t->out, "  %" PRIu64 " lines", line->times);
	fprintf(t->out, "\n");
	t->next = line->pa + line->times * LINE * t->map->granule;
}

static void write_text(const struct map *m, FILE *out)
{
	struct text text = { m, out, 0 };
	char size[24];

	fprintf(out, "a letter is %" PRIu64 "K; what is not shown is UNDELEGATED\n",
		m->granule >> 10);
	for (unsigned i = 0; i < STATES; i++)
		if (m->count[i])
			fprintf(out, "  %c  %-12s %8" PRIu64 " granules, %s\n", looks[i].letter,
				rmm_granule_state_name((enum rmm_granule_state)i), m->count[i],
				dump_size(m->count[i] * m->granule, size));
	each_line(m, text_line, &text);
}

static void write_json(const struct map *m, FILE *out)
{
	fprintf(out, "[");
	for (size_t i = 0; i < m->nr; i++)
		fprintf(out,
			"%s{\"base\":\"0x%" PRIx64 "\",\"top\":\"0x%" PRIx64 "\",\"state\":\"%s\"}",
			i ? "," : "", m->list[i].pa, m->list[i].pa + m->list[i].size,
			rmm_granule_state_name(m->list[i].state));
	fprintf(out, "]");
}

/* Picture */

struct picture {
	const struct map *map;
	FILE *out;
	unsigned y;
	rmm_pa next;
	bool measures; /* nothing is drawn yet */
};

static unsigned cell_x(unsigned i)
{
	return LEFT + i * CELL + i / 16 * CELL;
}

static void put_cells(const struct picture *p, const struct line *line)
{
	for (unsigned i = 0, n; i < LINE; i += n) {
		rmm_pa pa = line->pa + i * p->map->granule;

		for (n = 1; i + n < LINE && (i + n) % 16 && line->state[i + n] == line->state[i];
		     n++)
			;
		fprintf(p->out,
			"<rect x=\"%u\" y=\"%u\" width=\"%u\" height=\"%d\" fill=\"%s\" "
			"stroke=\"#a0a0a0\" stroke-width=\"0.4\"><title>0x%" PRIx64
			" %s, %u</title></rect>",
			cell_x(i), p->y, n * CELL, ROW - 2, looks[line->state[i]].fill, pa,
			rmm_granule_state_name((enum rmm_granule_state)line->state[i]), n);
	}
	/* Granules are told apart by a grid above all. */
	for (unsigned i = 0; i < LINE; i += 16)
		fprintf(p->out,
			"<rect x=\"%u\" y=\"%u\" width=\"%d\" height=\"%d\" fill=\"url(#grid)\" "
			"pointer-events=\"none\"/>",
			cell_x(i), p->y, 16 * CELL, ROW - 2);
	fprintf(p->out, "\n");
}

static void picture_line(void *ctx, const struct line *line)
{
	struct picture *p = ctx;

	if (p->next && line->pa != p->next) {
		if (!p->measures)
			fprintf(p->out, "<text x=\"10\" y=\"%u\" fill=\"#808080\">..</text>\n",
				p->y + 6);
		p->y += ROW;
	}
	p->next = line->pa + line->times * LINE * p->map->granule;
	if (!p->measures) {
		fprintf(p->out, "<text x=\"10\" y=\"%u\">0x%012" PRIx64 "</text>", p->y + 9,
			line->pa);
		put_cells(p, line);
		if (line->times > 1)
			fprintf(p->out,
				"<text x=\"%u\" y=\"%u\">%" PRIu64 " lines like it</text>\n",
				cell_x(LINE) + 8, p->y + 9, line->times);
	}
	p->y += ROW;
}

static void write_svg(const struct map *m, FILE *out)
{
	struct picture p = { .map = m, .out = out, .y = TOP, .measures = true };
	unsigned x = 10, y = 30;
	char title[100], word[64];

	each_line(m, picture_line, &p);
	snprintf(title, sizeof(title), "Physical memory by state, a square is %" PRIu64 " KiB",
		 m->granule >> 10);
	svg_begin(out, cell_x(LINE) + 150, p.y + 12, title);
	fprintf(out,
		"<defs><pattern id=\"grid\" x=\"%d\" width=\"%d\" height=\"%d\" "
		"patternUnits=\"userSpaceOnUse\"><path d=\"M0 0 V%d\" stroke=\"#909090\" "
		"stroke-width=\"0.7\"/></pattern></defs>\n",
		LEFT, CELL, ROW, ROW);
	for (unsigned i = 0; i < STATES; i++) {
		if (!m->count[i])
			continue;
		snprintf(word, sizeof(word), "%s %" PRIu64,
			 rmm_granule_state_name((enum rmm_granule_state)i), m->count[i]);
		if (x + strlen(word) * SVG_CHAR + 30 > cell_x(LINE) + 140) {
			x = 10;
			y += 17;
		}
		x = svg_legend(out, x, y, looks[i].fill, word);
	}
	svg_legend(out, x, y, looks[RMM_UNDELEGATED].fill, "UNDELEGATED");
	p = (struct picture){ .map = m, .out = out, .y = TOP };
	each_line(m, picture_line, &p);
	svg_end(out);
}

uint64_t sim_dump_granules(struct sim_world *world, enum sim_dump_form form, FILE *out)
{
	const struct rmm *rmm = sim_world_rmm(world);
	struct map map = { .granule = rmm_granule_size(rmm) };
	uint64_t n = 0;

	rmm_granules(rmm, add_stretch, &map);
	for (unsigned i = 0; i < STATES; i++)
		n += map.count[i];
	if (form == SIM_DUMP_JSON)
		write_json(&map, out);
	else if (form == SIM_DUMP_SVG)
		write_svg(&map, out);
	else
		write_text(&map, out);
	free(map.list);
	return n;
}
