/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ghost against model: what a call has touched and its neighbours, or everything. A difference is told in ranges:
 * "PA 0x88000000-0x88003fff: ghost DELEGATED, model DATA of RD 0x90000000".
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ghost_state.h"

/* Of a longer stretch of granules in one state only the ends are looked at; the number of all tells the rest. */
#define MOST_GRANULES 1024

#define BRIEF       4 /* entries at either end of a new table */
#define MOST_RANGES 2 /* in one sentence */

/* Differences that go on are told as one. */
struct diff {
	struct ghost *g;
	rmm_pa rd; /* 0: granules */
	uint64_t base, top;
	char ghost[96], model[96];
	unsigned told;
	size_t len;
	char text[GHOST_TEXT - 100];
};

static void tell(struct diff *d)
{
	int n;

	if (d->base >= d->top || d->len >= sizeof(d->text) || d->told > MOST_RANGES)
		return;
	if (d->told++ == MOST_RANGES) {
		d->len += (size_t)snprintf(d->text + d->len, sizeof(d->text) - d->len, "; ..");
		return;
	}
	n = snprintf(d->text + d->len, sizeof(d->text) - d->len, "%s%s 0x%" PRIx64 "-0x%" PRIx64,
		     d->len ? "; " : "", d->rd ? "IPA" : "PA", d->base, d->top - 1);
	d->len += (size_t)n;
	if (d->rd && d->len < sizeof(d->text))
		d->len += (size_t)snprintf(d->text + d->len, sizeof(d->text) - d->len,
					   " of the realm at 0x%" PRIx64, d->rd);
	if (d->len < sizeof(d->text))
		d->len += (size_t)snprintf(d->text + d->len, sizeof(d->text) - d->len,
					   ": ghost %s, model %s", d->ghost, d->model);
}

static void note(struct diff *d, uint64_t base, uint64_t top, const char *ghost, const char *model)
{
	if (d->base < d->top && d->top == base && !strcmp(ghost, d->ghost) &&
	    !strcmp(model, d->model)) {
		d->top = top;
		return;
	}
	tell(d);
	d->base = base;
	d->top = top;
	snprintf(d->ghost, sizeof(d->ghost), "%s", ghost);
	snprintf(d->model, sizeof(d->model), "%s", model);
}

static bool end(struct diff *d)
{
	tell(d);
	if (!d->len)
		return true;
	return ghost_differs(d->g, "after %s: %s", d->g->now ? d->g->now : "no call", d->text);
}

/* Granules */

struct owner {
	rmm_pa pa, rd;
	bool found;
};

static void look_for_owner(void *ctx, rmm_ipa ipa, const struct rmm_entry *e)
{
	struct owner *o = ctx;

	if (e->hipas == RMM_HIPAS_DATA || e->hipas == RMM_TABLE || e->hipas == RMM_NARCH_DEV)
		o->found |= e->pa == o->pa;
}

/* Whose tables say that the granule is theirs; only asked for to tell it. */
static void model_granule_text(const struct ghost *g, char *buf, size_t size, rmm_pa pa,
			       enum rmm_granule_state state)
{
	struct owner o = { .pa = pa };

	for (size_t i = 0; i < g->nr_realms && !o.found; i++) {
		o.rd = g->realm[i]->rd;
		rmm_entries(g->rmm, o.rd, 0, look_for_owner, &o);
	}
	snprintf(buf, size, o.found ? "%s of RD 0x%" PRIx64 : "%s", rmm_granule_state_name(state),
		 o.rd);
}

static void ghost_granule_text(char *buf, size_t size, const struct ghost_value *v)
{
	snprintf(buf, size, v->at ? "%s of RD 0x%" PRIx64 : "%s",
		 rmm_granule_state_name((enum rmm_granule_state)v->state), v->at);
}

static void compare_granule(struct diff *d, rmm_pa pa, const struct ghost_value *v)
{
	const struct ghost *g = d->g;
	enum rmm_granule_state state;
	char ghost[96], model[96];

	/* Memory that the model does not know is nobody's. */
	if (!rmm_granule_state(g->rmm, pa, &state))
		state = RMM_UNDELEGATED;
	/* What an unfinished operation has in hand reads INTERNAL. */
	if (v->state == state || (g->nr_ops && state == RMM_INTERNAL))
		return;
	ghost_granule_text(ghost, sizeof(ghost), v);
	model_granule_text(g, model, sizeof(model), pa, state);
	note(d, pa, pa + g->granule, ghost, model);
}

static bool compare_granules(struct ghost *g, rmm_pa base, rmm_pa top, uint64_t most)
{
	struct diff d = { .g = g };

	for (size_t i = ghost_map_find(&g->pa, base); i < g->pa.nr && g->pa.span[i].base < top;
	     i++) {
		struct ghost_span s = ghost_map_part(&g->pa, i, base, top);
		uint64_t n = 0;

		for (rmm_pa pa = s.base; pa < s.top && s.v.state != GHOST_UNKNOWN;
		     pa += g->granule) {
			if (++n == most && s.top - pa > most * g->granule)
				pa = s.top - most * g->granule;
			compare_granule(&d, pa, &s.v);
		}
	}
	return end(&d);
}

bool ghost_compare_count(struct ghost *g)
{
	uint64_t n = rmm_delegated(g->rmm);

	if (g->nr_ops || g->unknown || n == g->delegated / g->granule)
		return true;
	return ghost_differs(g,
			     "after %s: %" PRIu64
			     " granules are not UNDELEGATED in the ghost, %" PRIu64 " in the model",
			     g->now ? g->now : "no call", g->delegated / g->granule, n);
}

/* Entries */

static bool has_ripas(unsigned hipas)
{
	return hipas != RMM_UNMAPPED_NS && hipas != RMM_MAPPED_NS && hipas != RMM_TABLE;
}

static bool has_pa(unsigned hipas)
{
	return hipas == RMM_HIPAS_DATA || hipas == RMM_NARCH_DEV || hipas == RMM_ARCH_DEV ||
	       hipas == RMM_MAPPED_NS || hipas == RMM_TABLE;
}

void ghost_entry_text(char *buf, size_t size, unsigned hipas, unsigned ripas, rmm_pa pa,
		      unsigned attr)
{
	const char *ripas_name = rmi_ripas_name(ripas);
	size_t n;

	n = (size_t)snprintf(buf, size, "%s%s%s", rmm_hipas_name(hipas),
			     has_ripas(hipas) ? " " : "",
			     has_ripas(hipas) && ripas_name ? ripas_name : "");
	if (has_pa(hipas) && n < size)
		n += (size_t)snprintf(buf + n, size - n, " at 0x%" PRIx64, pa);
	if (hipas == RMM_MAPPED_NS && n < size)
		snprintf(buf + n, size - n, " attributes 0x%x", attr);
}

static unsigned attr_of(const struct rmm_entry *e)
{
	return e->hipas == RMM_MAPPED_NS ? (e->memattr & 7) | (e->s2ap & 0xf) << 3 : 0;
}

static bool agrees(const struct ghost_value *v, const struct rmm_entry *e)
{
	if (v->state == GHOST_UNKNOWN)
		return true;
	return v->state == e->hipas && (!has_ripas(e->hipas) || v->ripas == e->ripas) &&
	       (!has_pa(e->hipas) || v->at == e->pa) &&
	       (e->hipas != RMM_MAPPED_NS || v->attr == PERM_UNKNOWN || v->attr == attr_of(e));
}

static void differs_in(struct diff *d, rmm_ipa base, rmm_ipa top, int ghost_level,
		       const struct ghost_value *v, const struct rmm_entry *e)
{
	char ghost[96], model[96];

	if (ghost_level != e->level) {
		snprintf(ghost, sizeof(ghost), "level %d", ghost_level);
		snprintf(model, sizeof(model), "level %d", e->level);
	} else {
		ghost_entry_text(ghost, sizeof(ghost), v->state, v->ripas, v->at, v->attr);
		ghost_entry_text(model, sizeof(model), e->hipas, e->ripas, e->pa, attr_of(e));
	}
	note(d, base, top, ghost, model);
}

/* The part of a leaf entry that is in [base, top): nowhere may the ghost have something else. */
static void compare_leaf(struct diff *d, const struct ghost_realm *r, rmm_ipa ipa, int level,
			 const struct rmm_entry *e)
{
	rmm_ipa top = ipa + ghost_level_size(d->g, e->level);
	struct rmm_entry is = *e;

	for (size_t i = ghost_map_find(&r->ipa, ipa); i < r->ipa.nr && r->ipa.span[i].base < top;
	     i++) {
		struct ghost_span s = ghost_map_part(&r->ipa, i, ipa, top);

		is.pa = e->pa;
		if (s.v.runs)
			is.pa += s.base - ipa;
		if (level != e->level || !agrees(&s.v, &is))
			differs_in(d, s.base, s.top, level, &s.v, &is);
	}
}

static bool compare_entries(struct ghost *g, const struct ghost_realm *r, rmm_ipa base, rmm_ipa top,
			    bool brief)
{
	struct diff d = { .g = g, .rd = r->rd };
	struct rmm_entry e;
	rmm_pa ignored;
	rmm_ipa ipa = base;
	unsigned n = 0;

	while (ipa < top) {
		uint64_t size;

		if (!rmm_walk(g->rmm, r->rd, ipa, &e)) {
			note(&d, ipa, top, "a realm", "none");
			break;
		}
		size = ghost_level_size(g, e.level);
		ipa &= ~(size - 1);
		compare_leaf(&d, r, ipa, ghost_leaf(g, r, 0, ipa, &ignored), &e);
		ipa += size;
		if (brief && ++n == BRIEF && top - ipa > BRIEF * size)
			ipa = (top & ~(size - 1)) - (BRIEF - 1) * size;
	}
	return end(&d);
}

bool ghost_compare(struct ghost *g, const struct ghost_range *range)
{
	const struct ghost_realm *r = ghost_realm(g, range->rd);
	uint64_t base = range->base, top = range->top;

	if (!range->rd) {
		base -= base ? g->granule : 0;
		top += top < PA_TOP ? g->granule : 0;
		return compare_granules(g, base, top, MOST_GRANULES);
	}
	if (!r)
		return true;
	return compare_entries(g, r, base ? base - 1 : 0, top < 2 * ghost_half(r) ? top + 1 : top,
			       range->brief);
}

/* Everything */

struct all {
	struct diff d;
	const struct ghost_realm *r;
	unsigned tree;
	size_t tables;
};

static void compare_table(struct all *a, rmm_ipa ipa, const struct rmm_entry *e)
{
	const struct ghost_table *t = ghost_table(a->r, a->tree, e->level + 1, ipa);
	char ghost[96] = "no table", model[96];

	a->tables++;
	if (t && t->pa == e->pa)
		return;
	if (t)
		snprintf(ghost, sizeof(ghost), "a table at 0x%" PRIx64, t->pa);
	snprintf(model, sizeof(model), "a table at 0x%" PRIx64, e->pa);
	note(&a->d, ipa, ipa + ghost_level_size(a->d.g, e->level), ghost, model);
}

static void compare_entry(void *ctx, rmm_ipa ipa, const struct rmm_entry *e)
{
	struct all *a = ctx;

	if (e->hipas == RMM_TABLE)
		compare_table(a, ipa, e);
	else if (!a->tree)
		compare_leaf(&a->d, a->r, ipa, e->level, e);
}

static bool compare_realm(struct ghost *g, struct ghost_realm *r)
{
	struct all a = { .d = { .g = g, .rd = r->rd }, .r = r };
	struct rmm_shape shape;

	if (!rmm_realm_shape(g->rmm, r->rd, &shape))
		return ghost_differs(g, "the model has no realm at 0x%" PRIx64, r->rd);
	if (!g->nr_ops && shape.recs != r->recs)
		return ghost_differs(
			g, "the realm at 0x%" PRIx64 " has %u RECs in the ghost, %u in the model",
			r->rd, r->recs, shape.recs);
	if (!ghost_rim_compare(g, r))
		return false;
	for (; a.tree < r->trees; a.tree++)
		rmm_entries(g->rmm, r->rd, a.tree, compare_entry, &a);
	if (!end(&a.d))
		return false;
	if (a.tables != r->nr_tables)
		return ghost_differs(g,
				     "the realm at 0x%" PRIx64
				     " has %zu tables in the ghost, %zu in the model",
				     r->rd, r->nr_tables, a.tables);
	return true;
}

const char *ghost_compare_all(struct ghost *g)
{
	bool same = true;

	if (g->off || g->nr_calls || !ghost_is_settled(g))
		return NULL;
	g->now = "everything";
	for (size_t i = 0; i < g->pa.nr && same; i++)
		same = g->pa.span[i].v.state == RMM_UNDELEGATED ||
		       compare_granules(g, g->pa.span[i].base, g->pa.span[i].top, UINT64_MAX);
	for (size_t i = 0; i < g->nr_realms && same; i++)
		same = compare_realm(g, g->realm[i]);
	same = same && ghost_compare_count(g);
	return same ? NULL : g->why;
}
