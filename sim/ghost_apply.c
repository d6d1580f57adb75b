/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a call has done becomes what is: the transition tables of granules, realms and entries. A success that the
 * ghost's own state does not justify is a difference, too: the command has missed a condition.
 */
#include <stdio.h>
#include <string.h>

#include "ghost_state.h"

#define STATE(n) (UINT32_C(1) << (n))

static bool starved(struct ghost *g)
{
	return ghost_differs(g, "memory is short");
}

bool ghost_to_compare(struct ghost *g, rmm_pa rd, uint64_t base, uint64_t top)
{
	if (!ghost_mem_grow(&g->mem, &g->touched, &g->touched_room, g->nr_touched + 1,
			    sizeof(*g->touched)))
		return starved(g);
	g->touched[g->nr_touched++] = (struct ghost_range){ rd, base, top, false };
	return true;
}

/* Granules */

struct moving {
	struct ghost *g;
	const struct ghost_effect *e;
	rmm_pa owner;
};

static bool owned(unsigned state)
{
	return state == RMM_RD || state == RMM_REC || state == RMM_RTT || state == RMM_DATA ||
	       state == RMM_DEV;
}

static void count_granules(struct ghost *g, const struct ghost_span *s, bool add)
{
	uint64_t size = add ? s->top - s->base : s->base - s->top;

	if (s->v.state == GHOST_UNKNOWN)
		g->unknown += size;
	else if (s->v.state != RMM_UNDELEGATED)
		g->delegated += size;
}

static void move_span(void *ctx, struct ghost_span *s)
{
	const struct moving *m = ctx;
	struct ghost_value is = s->v;
	uint8_t to = m->e->to;

	count_granules(m->g, s, false);
	if (to == GHOST_UNKNOWN && m->e->from & STATE(RMM_INTERNAL))
		to = is.state == GHOST_UNKNOWN ? GHOST_UNKNOWN : is.was; /* given back */
	s->v = (struct ghost_value){ .state = to };
	if (owned(to))
		s->v.at = m->owner;
	if (to == RMM_INTERNAL)
		s->v.was = is.state;
	else if (to == RMM_GPT_L1)
		s->v.was = is.was;
	count_granules(m->g, s, true);
}

static bool granules_may_move(struct ghost *g, const struct ghost_effect *e)
{
	size_t i = ghost_map_find(&g->pa, e->base);

	if (!ghost_is_settled(g))
		return true;
	for (; i < g->pa.nr && g->pa.span[i].base < e->top; i++) {
		struct ghost_span s = ghost_map_part(&g->pa, i, e->base, e->top);

		if (s.v.state == GHOST_UNKNOWN || e->from & STATE(s.v.state))
			continue;
		return ghost_differs(g, "%s succeeds, but PA 0x%llx-0x%llx is %s", e->command,
				     (unsigned long long)s.base, (unsigned long long)s.top - 1,
				     rmm_granule_state_name((enum rmm_granule_state)s.v.state));
	}
	return true;
}

/* RECs of the realm come and go with their granules. */
static bool count_rec(struct ghost *g, const struct ghost_effect *e)
{
	struct ghost_realm *r = ghost_realm(g, e->rd);
	struct ghost_rec *rec = ghost_rec(g, e->base);

	if (e->to == RMM_REC) {
		if (r && r->state != GHOST_NEW && ghost_is_settled(g))
			return ghost_differs(g, "%s succeeds, but the realm is not NEW",
					     e->command);
		if (!rec) {
			if (!ghost_mem_grow(&g->mem, &g->rec, &g->rec_room, g->nr_recs + 1,
					    sizeof(*g->rec)))
				return starved(g);
			rec = &g->rec[g->nr_recs++];
		}
		*rec = (struct ghost_rec){ .pa = e->base, .rd = e->rd };
		if (r)
			r->recs++;
		return true;
	}
	if (rec)
		*rec = g->rec[--g->nr_recs];
	if (r && r->recs)
		r->recs--;
	return true;
}

static bool move_granules(struct ghost *g, const struct ghost_effect *e)
{
	struct moving m = { g, e, e->rd };

	if (e->top > PA_TOP || e->base >= e->top)
		return ghost_differs(g, "%s succeeds with PA 0x%llx-0x%llx", e->command,
				     (unsigned long long)e->base, (unsigned long long)e->top);
	if (!granules_may_move(g, e))
		return false;
	if (!ghost_map_change(&g->pa, e->base, e->top, move_span, &m))
		return starved(g);
	if (e->recs && !count_rec(g, e))
		return false;
	return ghost_to_compare(g, 0, e->base, e->top);
}

static bool set_granules(struct ghost *g, const char *command, rmm_pa rd, rmm_pa base,
			 uint64_t size, uint32_t from, unsigned to)
{
	return move_granules(g, &(struct ghost_effect){ .command = command,
							.rd = rd,
							.base = base,
							.top = base + size,
							.from = from,
							.to = (uint8_t)to });
}

/* Realms */

static struct ghost_realm *realm_of(struct ghost *g, const struct ghost_effect *e)
{
	struct ghost_realm *r = ghost_realm(g, e->rd);

	if (!r)
		ghost_differs(g, "%s succeeds, but there is no realm at 0x%llx", e->command,
			      (unsigned long long)e->rd);
	return r;
}

static bool realm_begins(struct ghost *g, const struct ghost_effect *e)
{
	if (ghost_realm(g, e->rd))
		return ghost_differs(g, "%s succeeds, but there is a realm at 0x%llx", e->command,
				     (unsigned long long)e->rd);
	if (!ghost_mem_grow(&g->mem, &g->realm, &g->realm_room, g->nr_realms + 1,
			    sizeof(*g->realm)))
		return starved(g);
	g->realm[g->nr_realms++] = e->realm;
	return true;
}

/* A realm that is live is not destroyed (RealmIsLive); what is live in its tables are other tables and DATA. */
static bool realm_is_live(const struct ghost *g, const struct ghost_realm *r)
{
	unsigned leaving = 0;

	/* A REC_DESTROY that still has memory to give back has begun by leaving the realm. */
	for (size_t i = 0; i < g->nr_ops; i++) {
		const struct rmm_regs *in = &g->op[i].in;
		const struct ghost_rec *rec = ghost_rec(g, in->x[1]);

		leaving += in->x[0] == RMI_REC_DESTROY && rec && rec->rd == r->rd;
	}
	if (r->recs > leaving || r->nr_tables)
		return true;
	for (size_t i = 0; i < r->ipa.nr; i++) {
		switch (r->ipa.span[i].v.state) {
		case RMM_HIPAS_DATA:
		case RMM_NARCH_DEV:
		case RMM_ARCH_DEV:
			return true;
		default:
			break;
		}
	}
	return false;
}

static bool realm_ends(struct ghost *g, const struct ghost_effect *e)
{
	struct ghost_realm *r = realm_of(g, e);

	if (!r)
		return false;
	if (ghost_is_settled(g) && (r->state != GHOST_ZOMBIE || realm_is_live(g, r)))
		return ghost_differs(g, "%s succeeds, but the realm at 0x%llx is %s", e->command,
				     (unsigned long long)e->rd,
				     r->state == GHOST_ZOMBIE ? "live" : "no ZOMBIE");
	for (size_t i = 0; i < g->nr_realms; i++) {
		if (g->realm[i] == r)
			g->realm[i] = g->realm[--g->nr_realms];
	}
	ghost_realm_drop(g, r);
	return true;
}

static bool realm_changes(struct ghost *g, const struct ghost_effect *e)
{
	struct ghost_realm *r = realm_of(g, e);

	if (!r)
		return false;
	if (e->to == GHOST_ACTIVE && r->state != GHOST_NEW && ghost_is_settled(g))
		return ghost_differs(g, "%s succeeds, but the realm at 0x%llx is not NEW",
				     e->command, (unsigned long long)e->rd);
	r->state = (enum ghost_realm_state)e->to;
	return true;
}

static bool rim_is_extended(struct ghost *g, const struct ghost_effect *e)
{
	struct ghost_realm *r = realm_of(g, e);

	if (!r)
		return false;
	if (r->state != GHOST_NEW && ghost_is_settled(g))
		return ghost_differs(g, "%s succeeds, but the realm at 0x%llx is not NEW",
				     e->command, (unsigned long long)e->rd);
	ghost_rim_extend(r, e);
	return true;
}

/* Entries */

static bool is_live(unsigned hipas)
{
	return hipas == RMM_HIPAS_DATA || hipas == RMM_NARCH_DEV || hipas == RMM_ARCH_DEV;
}

static bool entry_forbids(struct ghost *g, const struct ghost_effect *e, const struct ghost_span *s)
{
	char text[96];

	ghost_entry_text(text, sizeof(text), s->v.state, s->v.ripas, s->v.at, s->v.attr);
	return ghost_differs(g, "%s succeeds, but IPA 0x%llx-0x%llx of the realm at 0x%llx is %s",
			     e->command, (unsigned long long)s->base,
			     (unsigned long long)s->top - 1, (unsigned long long)e->rd, text);
}

static bool is_the_same_mapping(const struct ghost_effect *e, const struct ghost_span *s)
{
	return s->v.state == e->to && s->v.at == e->at + (s->base - e->base);
}

/* May the effect find this in its way (rmm-commands, rmm-state-machines 7.3)? */
static bool entry_may_change(const struct ghost *g, const struct ghost_effect *e,
			     const struct ghost_span *s)
{
	unsigned is = s->v.state;

	if (is == GHOST_UNKNOWN)
		return true;
	switch (e->kind) {
	case GHOST_MAP:
		if (ghost_maps_again(g) && is_the_same_mapping(e, s))
			return true;
		return is == (e->to == RMM_MAPPED_NS ? RMM_UNMAPPED_NS : RMM_VOID);
	case GHOST_UNMAP:
		return is == e->from ||
		       is == (e->from == RMM_MAPPED_NS ? RMM_UNMAPPED_NS : RMM_VOID);
	case GHOST_RIPAS:
		if (e->ripas == RMI_RAM)
			return is == RMM_VOID || is == RMM_HIPAS_DATA;
		return is != RMM_MAPPED_NS && is != RMM_UNMAPPED_NS;
	case GHOST_NO_TABLE:
		return !is_live(is);
	default:
		return true;
	}
}

static bool entries_may_change(struct ghost *g, const struct ghost_effect *e,
			       const struct ghost_realm *r)
{
	size_t i = ghost_map_find(&r->ipa, e->base);

	for (; i < r->ipa.nr && r->ipa.span[i].base < e->top; i++) {
		struct ghost_span s = ghost_map_part(&r->ipa, i, e->base, e->top);

		if (!entry_may_change(g, e, &s))
			return entry_forbids(g, e, &s);
	}
	return true;
}

struct changing {
	const struct ghost_effect *e;
	rmm_ipa half;
};

static void change_span(void *ctx, struct ghost_span *s)
{
	const struct changing *c = ctx;
	const struct ghost_effect *e = c->e;
	struct ghost_value *v = &s->v;

	switch (e->kind) {
	case GHOST_MAP:
		v->state = e->to;
		v->runs = e->to != RMM_ARCH_DEV;
		v->at = e->at + (v->runs ? s->base - e->base : 0);
		if (e->to == RMM_MAPPED_NS)
			v->attr = e->attr;
		if (e->ripas != GHOST_UNKNOWN)
			v->ripas = e->ripas;
		break;
	case GHOST_UNMAP:
		if (v->state != e->from)
			break;
		/* 7.2: RAM of DATA and DEV of a device go with their mapping */
		if ((v->state == RMM_HIPAS_DATA && v->ripas == RMI_RAM) ||
		    (v->state != RMM_HIPAS_DATA && v->ripas == RMI_DEV))
			v->ripas = RMI_DESTROYED;
		v->state = v->state == RMM_MAPPED_NS ? RMM_UNMAPPED_NS : RMM_VOID;
		v->attr = v->state == RMM_UNMAPPED_NS ? 0 : v->attr;
		v->runs = false;
		v->at = 0;
		break;
	case GHOST_RIPAS:
		v->ripas = e->ripas;
		break;
	case GHOST_PERM:
		v->attr = PERM_UNKNOWN;
		break;
	default: /* NO_TABLE */
		*v = (struct ghost_value){ .state = RMM_UNMAPPED_NS };
		if (s->base < c->half)
			*v = (struct ghost_value){ .state = RMM_VOID, .ripas = RMI_DESTROYED };
		break;
	}
}

/* The granules behind what is unmapped. */
static bool give_back(struct ghost *g, const struct ghost_effect *e, const struct ghost_realm *r)
{
	size_t i = ghost_map_find(&r->ipa, e->base);
	unsigned state = e->from == RMM_HIPAS_DATA ? RMM_DATA : RMM_DEV;

	if (e->from != RMM_HIPAS_DATA && e->from != RMM_NARCH_DEV)
		return true;
	for (; i < r->ipa.nr && r->ipa.span[i].base < e->top; i++) {
		struct ghost_span s = ghost_map_part(&r->ipa, i, e->base, e->top);

		if (s.v.state == e->from && !set_granules(g, e->command, 0, s.v.at, s.top - s.base,
							  STATE(state), RMM_DELEGATED))
			return false;
	}
	return true;
}

static bool change_entries(struct ghost *g, const struct ghost_effect *e)
{
	struct ghost_realm *r = realm_of(g, e);
	struct changing c = { e, r ? ghost_half(r) : 0 };

	if (!r)
		return false;
	if (e->base >= e->top || e->top > 2 * c.half)
		return ghost_differs(g, "%s succeeds with IPA 0x%llx-0x%llx", e->command,
				     (unsigned long long)e->base, (unsigned long long)e->top);
	if (ghost_is_settled(g) && !entries_may_change(g, e, r))
		return false;
	if (e->kind == GHOST_UNMAP && !give_back(g, e, r))
		return false;
	if (!ghost_map_change(&r->ipa, e->base, e->top, change_span, &c))
		return starved(g);
	return ghost_to_compare(g, e->rd, e->base, e->top);
}

/* Tables */

static bool table_comes(struct ghost *g, const struct ghost_effect *e)
{
	struct ghost_realm *r = realm_of(g, e);
	rmm_pa ignored;

	if (!r)
		return false;
	if (e->tree >= r->trees ||
	    (ghost_is_settled(g) && ghost_leaf(g, r, e->tree, e->base, &ignored) != e->level - 1))
		return ghost_differs(
			g,
			"%s succeeds, but there is no place for a table of level %d at "
			"IPA 0x%llx",
			e->command, e->level, (unsigned long long)e->base);
	if (!ghost_table_add(g, r, &(struct ghost_table){ e->tree, e->level, e->base, e->at }))
		return false;
	if (e->tree)
		return true;
	if (!ghost_to_compare(g, e->rd, e->base, e->top))
		return false;
	g->touched[g->nr_touched - 1].brief = true;
	return true;
}

/* All entries alike, and contiguous where they map (10.4). */
static bool is_homogeneous(const struct ghost_realm *r, const struct ghost_effect *e)
{
	return r->ipa.span[ghost_map_find(&r->ipa, e->base)].top >= e->top;
}

static bool has_tables_below(const struct ghost_realm *r, const struct ghost_effect *e)
{
	size_t i = ghost_table_slot(r, e->tree, e->level + 1, e->base);
	const struct ghost_table *t = &r->table[i];

	return i < r->nr_tables && t->tree == e->tree && t->level == e->level + 1 &&
	       t->base < e->top;
}

static bool table_goes(struct ghost *g, const struct ghost_effect *e)
{
	struct ghost_realm *r = realm_of(g, e);
	const struct ghost_table *t = r ? ghost_table(r, e->tree, e->level, e->base) : NULL;

	if (!r)
		return false;
	if (!t || t->pa != e->at)
		return ghost_differs(g,
				     "%s says that the table of level %d at IPA 0x%llx is 0x%llx; "
				     "it is 0x%llx",
				     e->command, e->level, (unsigned long long)e->base,
				     (unsigned long long)e->at,
				     (unsigned long long)(t ? t->pa : 0));
	if (ghost_is_settled(g) && has_tables_below(r, e))
		return ghost_differs(g,
				     "%s succeeds, but the table of level %d at IPA 0x%llx has "
				     "tables below it",
				     e->command, e->level, (unsigned long long)e->base);
	ghost_table_remove(r, t);
	if (e->tree)
		return true;
	if (e->kind == GHOST_NO_TABLE)
		return change_entries(g, e);
	if (ghost_is_settled(g) && !is_homogeneous(r, e))
		return ghost_differs(g,
				     "%s succeeds, but the entries of the table of level %d at "
				     "IPA 0x%llx are not alike",
				     e->command, e->level, (unsigned long long)e->base);
	return ghost_to_compare(g, e->rd, e->base, e->top);
}

/* What others have changed while an operation was half done there: nobody knows who came first. */
static bool forget_disturbed(struct ghost *g, const struct ghost_effect *e)
{
	struct ghost_range d = e->disturbed;
	struct ghost_value unknown = { .state = GHOST_UNKNOWN, .ripas = GHOST_UNKNOWN };
	struct ghost_realm *r = ghost_realm(g, d.rd);

	if (d.base < e->base)
		d.base = e->base;
	if (d.top > e->top)
		d.top = e->top;
	if (d.base >= d.top || d.rd != (e->kind == GHOST_PA ? 0 : e->rd))
		return true;
	if (!d.rd)
		return set_granules(g, e->command, 0, d.base, d.top - d.base,
				    UINT32_MAX & ~STATE(RMM_INTERNAL), GHOST_UNKNOWN);
	for (size_t i = ghost_map_find(&r->ipa, d.base);
	     i < r->ipa.nr && r->ipa.span[i].base < d.top; i++) {
		struct ghost_span s = ghost_map_part(&r->ipa, i, d.base, d.top);

		if (is_live(s.v.state) && s.v.runs &&
		    !set_granules(g, e->command, 0, s.v.at, s.top - s.base,
				  UINT32_MAX & ~STATE(RMM_INTERNAL), GHOST_UNKNOWN))
			return false;
	}
	return ghost_map_set(&r->ipa, d.base, d.top, &unknown) || starved(g);
}

/* Whoever is half done there will not know what it has met. */
static void disturb(struct ghost *g, const struct ghost_effect *e)
{
	for (size_t i = 0; i < g->nr_ops; i++) {
		struct ghost_op *op = &g->op[i];
		struct ghost_range *d = &op->disturbed, over = op->over;

		if (!op->yields || over.rd != (e->kind == GHOST_PA ? 0 : e->rd) ||
		    e->base >= over.top || e->top <= over.base)
			continue;
		if (d->base >= d->top)
			*d = (struct ghost_range){ over.rd, e->base, e->top };
		d->base = e->base < d->base ? e->base : d->base;
		d->top = e->top > d->top ? e->top : d->top;
	}
}

bool ghost_apply(struct ghost *g, const struct ghost_effect *e)
{
	bool ok;

	g->now = e->command;
	disturb(g, e);
	switch (e->kind) {
	case GHOST_PA:
		ok = move_granules(g, e);
		break;
	case GHOST_REALM:
		return realm_begins(g, e);
	case GHOST_NO_REALM:
		return realm_ends(g, e);
	case GHOST_STATE:
		return realm_changes(g, e);
	case GHOST_RIM:
		return rim_is_extended(g, e);
	case GHOST_TABLE:
		return table_comes(g, e);
	case GHOST_NO_TABLE:
	case GHOST_FOLD:
		return table_goes(g, e);
	default:
		ok = change_entries(g, e);
		break;
	}
	return ok && forget_disturbed(g, e);
}
