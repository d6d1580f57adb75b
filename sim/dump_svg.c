/* SPDX-License-Identifier: BSD-2-Clause */
/* The tree of a realm's tables as a picture: a column a level, a box a table, a row a range. */
#include <inttypes.h>
#include <string.h>

#include "dump.h"
#include "svg.h"

#define ROW      15
#define HEAD     18
#define TOP      52
#define GAP      14 /* below a table */
#define BETWEEN  56 /* columns */
#define CHARS    56 /* of a row: IPA, size, a mapping with attributes and PA */
#define MAX_ROWS 48 /* of a table: what is more is counted */
#define WIDTH    ((unsigned)(CHARS * SVG_CHAR) + 10)

static const char *colour_of(const struct rmm_entry *e, bool protected)
{
	switch (e->hipas) {
	case RMM_HIPAS_DATA:
		return e->ripas == RMI_RAM ? "#bfe3c0" : "#e3efb0";
	case RMM_TABLE:
		return "#d5e3f7";
	case RMM_MAPPED_NS:
		return "#fbd9a8";
	case RMM_NARCH_DEV:
	case RMM_ARCH_DEV:
		return "#e5cdef";
	case RMM_VOID:
		if (protected && e->ripas == RMI_DESTROYED)
			return "#f3c6c6";
		return protected && e->ripas == RMI_RAM ? "#eef7ee" : "#f4f4f4";
	default:
		return "#ffffff";
	}
}

static size_t rows_of(const struct dump_table *t)
{
	return t->nr > MAX_ROWS ? MAX_ROWS + 1 : t->nr;
}

/* Top-down: a table stands beside the first of its children. Returns what the subtree needs. */
static unsigned place(struct dump_table *t, unsigned x, unsigned y)
{
	unsigned below = 0;

	t->x = x;
	t->y = y;
	t->height = HEAD + (unsigned)rows_of(t) * ROW;
	for (size_t i = 0; i < t->nr && i < MAX_ROWS; i++)
		if (t->run[i].child)
			below += place(t->run[i].child, x + WIDTH + BETWEEN, y + below);
	return below > t->height + GAP ? below : t->height + GAP;
}

static unsigned depth_of(const struct dump_table *t)
{
	unsigned deepest = 0;

	for (size_t i = 0; i < t->nr && i < MAX_ROWS; i++)
		if (t->run[i].child) {
			unsigned d = depth_of(t->run[i].child);

			deepest = d > deepest ? d : deepest;
		}
	return deepest + 1;
}

static void put_row(const struct dump_tree *tree, const struct dump_table *t, size_t i, FILE *out)
{
	const struct dump_run *run = &t->run[i];
	unsigned y = t->y + HEAD + (unsigned)i * ROW;
	char size[24], state[80], line[200], pa[32] = "";

	if (dump_has_pa(&run->entry))
		snprintf(pa, sizeof(pa), " 0x%" PRIx64, run->entry.pa);
	snprintf(line, sizeof(line), "0x%-11" PRIx64 "%5s  %s%s", dump_run_ipa(t, run),
		 dump_size(dump_run_size(t, run), size),
		 dump_state(tree, t, run, state, sizeof(state)), pa);
	fprintf(out,
		"<rect x=\"%u\" y=\"%u\" width=\"%u\" height=\"%d\" fill=\"%s\" "
		"stroke=\"#b8c0cc\" stroke-width=\"0.5\"/>"
		"<text x=\"%u\" y=\"%u\" xml:space=\"preserve\"><title>",
		t->x, y, WIDTH, ROW,
		colour_of(&run->entry, dump_is_protected(tree, dump_run_ipa(t, run))), t->x + 5,
		y + 11);
	svg_text(out, line, 0);
	fprintf(out, "</title>");
	svg_text(out, line, CHARS);
	fprintf(out, "</text>\n");
	if (run->child)
		fprintf(out,
			"<path d=\"M%u %u C%u %u %u %u %u %u\" fill=\"none\" stroke=\"#3b6ea8\"/>"
			"<circle cx=\"%u\" cy=\"%u\" r=\"2.5\" fill=\"#3b6ea8\"/>\n",
			t->x + WIDTH, y + ROW / 2, t->x + WIDTH + BETWEEN / 2, y + ROW / 2,
			run->child->x - BETWEEN / 2, run->child->y + HEAD / 2, run->child->x,
			run->child->y + HEAD / 2, run->child->x, run->child->y + HEAD / 2);
}

static void put_table(const struct dump_tree *tree, const struct dump_table *t, FILE *out)
{
	fprintf(out,
		"<rect x=\"%u\" y=\"%u\" width=\"%u\" height=\"%d\" fill=\"#35577d\"/>"
		"<text x=\"%u\" y=\"%u\" fill=\"#ffffff\" font-weight=\"bold\">level %d   "
		"0x%" PRIx64 "</text>\n",
		t->x, t->y, WIDTH, HEAD, t->x + 5, t->y + 13, t->level, t->pa);
	for (size_t i = 0; i < t->nr && i < MAX_ROWS; i++)
		put_row(tree, t, i, out);
	if (t->nr > MAX_ROWS)
		fprintf(out,
			"<text x=\"%u\" y=\"%u\" font-style=\"italic\">.. %zu ranges more</text>\n",
			t->x + 5, t->y + HEAD + MAX_ROWS * ROW + 11, t->nr - MAX_ROWS);
	fprintf(out,
		"<rect x=\"%u\" y=\"%u\" width=\"%u\" height=\"%u\" fill=\"none\" "
		"stroke=\"#35577d\"/>\n",
		t->x, t->y, WIDTH, t->height);
	for (size_t i = 0; i < t->nr && i < MAX_ROWS; i++)
		if (t->run[i].child)
			put_table(tree, t->run[i].child, out);
}

static void put_legend(FILE *out, unsigned y)
{
	static const struct {
		struct rmm_entry entry;
		const char *word;
	} all[] = {
		{ { .hipas = RMM_TABLE }, "table" },
		{ { .hipas = RMM_HIPAS_DATA, .ripas = RMI_RAM }, "DATA RAM" },
		{ { .hipas = RMM_HIPAS_DATA, .ripas = RMI_EMPTY }, "DATA, not RAM" },
		{ { .hipas = RMM_VOID, .ripas = RMI_RAM }, "VOID RAM" },
		{ { .hipas = RMM_VOID, .ripas = RMI_EMPTY }, "VOID EMPTY" },
		{ { .hipas = RMM_VOID, .ripas = RMI_DESTROYED }, "VOID DESTROYED" },
		{ { .hipas = RMM_MAPPED_NS }, "MAPPED_NS" },
		{ { .hipas = RMM_UNMAPPED_NS }, "UNMAPPED_NS" },
		{ { .hipas = RMM_NARCH_DEV }, "device" },
	};
	unsigned x = 10;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		x = svg_legend(out, x, y, colour_of(&all[i].entry, true), all[i].word);
}

void dump_tree_svg(struct dump_tree *trees, unsigned nr, FILE *out)
{
	unsigned y = TOP, width = 860;

	for (unsigned i = 0; i < nr; i++) {
		unsigned columns;

		if (!trees[i].root)
			continue;
		columns = depth_of(trees[i].root);
		y += 16 + place(trees[i].root, 10, y + 16);
		if (columns * (WIDTH + BETWEEN) > width)
			width = columns * (WIDTH + BETWEEN);
	}
	svg_begin(out, width, y + 6, "Realm translation tables");
	put_legend(out, 27);
	for (unsigned i = 0; i < nr; i++) {
		const struct dump_tree *t = &trees[i];

		if (!t->root)
			continue;
		fprintf(out,
			"<text x=\"10\" y=\"%u\" font-weight=\"bold\">realm at 0x%" PRIx64
			", %u IPA bits, ",
			t->root->y - 6, t->rd, t->shape.ipa_bits);
		if (t->tree)
			fprintf(out, "auxiliary tree %u</text>\n", t->tree);
		else
			fprintf(out, "%u %s</text>\n", t->shape.recs,
				t->shape.recs == 1 ? "REC" : "RECs");
		put_table(t, t->root, out);
	}
	if (!nr)
		fprintf(out, "<text x=\"10\" y=\"%d\">there is no realm</text>\n", TOP + 10);
	svg_end(out);
}
