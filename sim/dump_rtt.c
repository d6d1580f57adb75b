/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables of realms as text in the manner of ptdump, as JSON, and as the input of dot. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "dump.h"
#include "export.h"

typedef void (*each_run)(const struct dump_tree *tree, const struct dump_table *table,
			 const struct dump_run *run, void *ctx);

/* Every run that is no table, in order of IPA. */
static void each(const struct dump_tree *tree, const struct dump_table *t, each_run fn, void *ctx)
{
	for (size_t i = 0; i < t->nr; i++) {
		if (t->run[i].child)
			each(tree, t->run[i].child, fn, ctx);
		else
			fn(tree, t, &t->run[i], ctx);
	}
}

/* Text */

struct text {
	FILE *out;
	bool unprotected; /* the second half has begun */
};

static void print_run(const struct dump_tree *tree, const struct dump_table *t,
		      const struct dump_run *run, void *ctx)
{
	rmm_ipa ipa = dump_run_ipa(t, run);
	char size[24], state[80];
	struct text *text = ctx;
	int digits = (int)tree->shape.ipa_bits / 4 + 1; /* the top, too */

	if (!text->unprotected && !dump_is_protected(tree, ipa)) {
		text->unprotected = true;
		fprintf(text->out, "---[ unprotected IPA ]---\n");
	}
	fprintf(text->out, "0x%0*" PRIx64 "-0x%0*" PRIx64 " %7s  level %d  ", digits, ipa, digits,
		ipa + dump_run_size(t, run), dump_size(dump_run_size(t, run), size), t->level);
	if (dump_has_pa(&run->entry))
		fprintf(text->out, "%-22s PA 0x%" PRIx64 "\n",
			dump_state(tree, t, run, state, sizeof(state)), run->entry.pa);
	else
		fprintf(text->out, "%s\n", dump_state(tree, t, run, state, sizeof(state)));
}

static void print_text(const struct dump_tree *tree, FILE *out)
{
	struct text text = { out, false };

	if (!tree->tree)
		fprintf(out,
			"realm at 0x%" PRIx64 ": %u IPA bits, starts at level %d in 0x%" PRIx64
			", %u tables below, %u %s\n",
			tree->rd, tree->shape.ipa_bits, tree->shape.start_level,
			tree->shape.root[0], rmm_tables(tree->rmm, tree->rd), tree->shape.recs,
			tree->shape.recs == 1 ? "REC" : "RECs");
	else
		fprintf(out, "auxiliary tree %u, starts in 0x%" PRIx64 "\n", tree->tree,
			tree->shape.root[tree->tree]);
	fprintf(out, "---[ protected IPA ]---\n");
	each(tree, tree->root, print_run, &text);
}

/* JSON */

struct json_runs {
	FILE *out;
	bool some;
};

static void json_run(const struct dump_tree *tree, const struct dump_table *t,
		     const struct dump_run *run, void *ctx)
{
	const struct rmm_entry *e = &run->entry;
	const char *memattr, *s2ap, *ripas = rmi_ripas_name(e->ripas);
	rmm_ipa ipa = dump_run_ipa(t, run);
	struct json_runs *j = ctx;

	fprintf(j->out,
		"%s{\"base\":\"0x%" PRIx64 "\",\"top\":\"0x%" PRIx64
		"\",\"protected\":%s,\"level\":%d,\"hipas\":\"%s\"",
		j->some ? "," : "", ipa, ipa + dump_run_size(t, run),
		dump_is_protected(tree, ipa) ? "true" : "false", t->level,
		rmm_hipas_name(e->hipas));
	j->some = true;
	if (dump_is_protected(tree, ipa) && !tree->tree && ripas)
		fprintf(j->out, ",\"ripas\":\"%s\"", ripas);
	if (dump_has_pa(e))
		fprintf(j->out, ",\"pa\":\"0x%" PRIx64 "\"", e->pa);
	if (e->hipas == RMM_MAPPED_NS) {
		dump_attributes(tree, e, &memattr, &s2ap);
		fprintf(j->out, ",\"memattr\":\"%s\",\"s2ap\":\"%s\"", memattr, s2ap);
	} else if (e->hipas == RMM_HIPAS_DATA) {
		fprintf(j->out, ",\"overlay\":%u", e->s2ap);
	}
	fprintf(j->out, "}");
}

static void json_tree(const struct dump_tree *tree, FILE *out)
{
	struct json_runs runs = { out, false };

	fprintf(out, "%s{\"root\":\"0x%" PRIx64 "\",\"ranges\":[", tree->tree ? "," : "",
		tree->shape.root[tree->tree]);
	each(tree, tree->root, json_run, &runs);
	fprintf(out, "]}");
}

/* dot */

static void dot_table(const struct dump_tree *tree, const struct dump_table *t, FILE *out,
		      unsigned *next)
{
	unsigned own = (*next)++;
	char state[80], size[24];

	fprintf(out,
		"\tt%u [label=<<table border=\"0\" cellborder=\"1\" cellspacing=\"0\">"
		"<tr><td colspan=\"3\" port=\"head\" bgcolor=\"#dfe8f5\"><b>level %d</b>  "
		"0x%" PRIx64 "  of IPA 0x%" PRIx64 "</td></tr>",
		own, t->level, t->pa, t->base);
	for (size_t i = 0; i < t->nr; i++) {
		const struct dump_run *run = &t->run[i];

		fprintf(out,
			"<tr><td align=\"left\">0x%" PRIx64 "</td><td>%s</td>"
			"<td port=\"r%zu\" align=\"left\">%s",
			dump_run_ipa(t, run), dump_size(dump_run_size(t, run), size), i,
			dump_state(tree, t, run, state, sizeof(state)));
		if (dump_has_pa(&run->entry))
			fprintf(out, " 0x%" PRIx64, run->entry.pa);
		fprintf(out, "</td></tr>");
	}
	fprintf(out, "</table>>];\n");
	for (size_t i = 0; i < t->nr; i++) {
		if (!t->run[i].child)
			continue;
		fprintf(out, "\tt%u:r%zu:e -> t%u:head:w;\n", own, i, *next);
		dot_table(tree, t->run[i].child, out, next);
	}
}

/* Numbered from *next on. */
static void dot_tree(const struct dump_tree *tree, FILE *out, unsigned *next)
{
	fprintf(out,
		"\tr%u [shape=box, style=filled, fillcolor=\"#f6ecd8\", label=\"realm 0x%" PRIx64
		"%s\"];\n\tr%u -> t%u:head:w;\n",
		*next, tree->rd, tree->tree ? ", auxiliary tree" : "", *next, *next);
	dot_table(tree, tree->root, out, next);
}

/* All realms */

struct realms {
	const struct rmm *rmm;
	rmm_pa wanted;
	struct dump_tree *tree; /* NULL: they are counted */
	unsigned nr, nr_realms;
	bool bit0_is_read;
};

static void find_realm(void *ctx, const struct rmm_stretch *stretch)
{
	struct realms *r = ctx;
	struct rmm_shape shape;

	if (stretch->state != RMM_RD || (r->wanted && r->wanted != stretch->pa) ||
	    !rmm_realm_shape(r->rmm, stretch->pa, &shape))
		return;
	r->nr_realms++;
	for (unsigned i = 0; i < shape.trees; i++, r->nr++)
		if (r->tree && !dump_read(&r->tree[r->nr], r->rmm, stretch->pa, i, r->bit0_is_read))
			dump_drop(&r->tree[r->nr]);
}

static void write_text(const struct realms *r, FILE *out)
{
	for (unsigned i = 0; i < r->nr; i++) {
		if (i && !r->tree[i].tree)
			fprintf(out, "\n");
		if (r->tree[i].root)
			print_text(&r->tree[i], out);
	}
}

static void write_json(const struct realms *r, FILE *out)
{
	fprintf(out, "[");
	for (unsigned i = 0; i < r->nr; i++) {
		const struct dump_tree *tree = &r->tree[i];

		if (!tree->tree)
			fprintf(out,
				"%s{\"rd\":\"0x%" PRIx64
				"\",\"ipa_bits\":%u,\"start_level\":%d,\"tables\":%u,\"recs\":%u,"
				"\"trees\":[",
				i ? "," : "", tree->rd, tree->shape.ipa_bits,
				tree->shape.start_level, rmm_tables(r->rmm, tree->rd),
				tree->shape.recs);
		if (tree->root)
			json_tree(tree, out);
		if (i + 1 == r->nr || !r->tree[i + 1].tree)
			fprintf(out, "]}");
	}
	fprintf(out, "]");
}

static void write_dot(const struct realms *r, FILE *out)
{
	unsigned next = 0;

	fprintf(out, "digraph rtt {\n\trankdir=LR;\n\tnode [shape=plain, fontname=\"monospace\", "
		     "fontsize=10];\n");
	for (unsigned i = 0; i < r->nr; i++)
		if (r->tree[i].root)
			dot_tree(&r->tree[i], out, &next);
	fprintf(out, "}\n");
}

unsigned sim_dump_rtt(struct sim_world *world, rmm_pa rd, enum sim_dump_form form, FILE *out)
{
	struct realms r = { .rmm = sim_world_rmm(world),
			    .wanted = rd,
			    .bit0_is_read = world->s2ap_bit0_is_read };

	rmm_granules(r.rmm, find_realm, &r);
	r.tree = calloc(r.nr + 1, sizeof(*r.tree));
	if (!r.tree)
		return 0;
	r.nr = r.nr_realms = 0;
	rmm_granules(r.rmm, find_realm, &r);
	if (form == SIM_DUMP_TEXT)
		write_text(&r, out);
	else if (form == SIM_DUMP_JSON)
		write_json(&r, out);
	else if (form == SIM_DUMP_DOT)
		write_dot(&r, out);
	else
		dump_tree_svg(r.tree, r.nr, out);
	for (unsigned i = 0; i < r.nr; i++)
		dump_drop(&r.tree[i]);
	free(r.tree);
	return r.nr_realms;
}
