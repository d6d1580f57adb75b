/* SPDX-License-Identifier: BSD-2-Clause */
/* Realms of the ghost: their addresses, their tables, their RECs. */
#include <string.h>

#include "ghost_state.h"

struct ghost_realm *ghost_realm(const struct ghost *g, rmm_pa rd)
{
	for (size_t i = 0; i < g->nr_realms; i++)
		if (g->realm[i]->rd == rd)
			return g->realm[i];
	return NULL;
}

struct ghost_rec *ghost_rec(const struct ghost *g, rmm_pa pa)
{
	for (size_t i = 0; i < g->nr_recs; i++)
		if (g->rec[i].pa == pa)
			return &g->rec[i];
	return NULL;
}

/* Bytes of one entry (rmm-state-machines 10.1). */
uint64_t ghost_level_size(const struct ghost *g, int level)
{
	unsigned bits = g->config.fanout_bits ? g->config.fanout_bits : g->shift - 3;

	return UINT64_C(1) << (g->shift + (unsigned)(3 - level) * bits);
}

static bool is_before(const struct ghost_table *t, unsigned tree, int level, rmm_ipa base)
{
	if (t->tree != tree)
		return t->tree < tree;
	if (t->level != level)
		return t->level < level;
	return t->base < base;
}

size_t ghost_table_slot(const struct ghost_realm *r, unsigned tree, int level, rmm_ipa base)
{
	size_t from = 0, to = r->nr_tables;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (is_before(&r->table[middle], tree, level, base))
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

const struct ghost_table *ghost_table(const struct ghost_realm *r, unsigned tree, int level,
				      rmm_ipa base)
{
	size_t i = ghost_table_slot(r, tree, level, base);
	const struct ghost_table *t = &r->table[i];

	if (i == r->nr_tables || t->tree != tree || t->level != level || t->base != base)
		return NULL;
	return t;
}

int ghost_leaf(const struct ghost *g, const struct ghost_realm *r, unsigned tree, rmm_ipa ipa,
	       rmm_pa *table)
{
	const struct ghost_table *t;
	int level = r->start;

	*table = r->root[tree] + ipa / ghost_level_size(g, level - 1) * g->granule;
	while (level < 3) {
		t = ghost_table(r, tree, level + 1, ipa & ~(ghost_level_size(g, level) - 1));
		if (!t)
			break;
		*table = t->pa;
		level++;
	}
	return level;
}

bool ghost_table_add(struct ghost *g, struct ghost_realm *r, const struct ghost_table *table)
{
	size_t i = ghost_table_slot(r, table->tree, table->level, table->base);

	if (!ghost_mem_grow(&g->mem, &r->table, &r->room, r->nr_tables + 1, sizeof(*r->table)))
		return ghost_differs(g, "memory is short");
	memmove(&r->table[i + 1], &r->table[i], (r->nr_tables - i) * sizeof(*r->table));
	r->table[i] = *table;
	r->nr_tables++;
	return true;
}

void ghost_table_remove(struct ghost_realm *r, const struct ghost_table *table)
{
	size_t i = (size_t)(table - r->table);

	r->nr_tables--;
	memmove(&r->table[i], &r->table[i + 1], (r->nr_tables - i) * sizeof(*r->table));
}

static uint64_t param(const struct ghost *g, rmm_pa page, unsigned offset, unsigned bytes)
{
	const void *p = rmm_host_ptr(g->rmm, page + offset, bytes);
	uint64_t value = 0;

	if (p)
		memcpy(&value, p, bytes);
	return value;
}

/* The addresses of a new realm: protected ones VOID and EMPTY, the others UNMAPPED_NS (10.2). */
static bool make_addresses(struct ghost *g, struct ghost_realm *r)
{
	uint64_t half = ghost_half(r);

	return ghost_map_init(&r->ipa, &g->mem, 0, 2 * half,
			      &(struct ghost_value){ .state = RMM_VOID, .ripas = RMI_EMPTY }) &&
	       ghost_map_set(&r->ipa, half, 2 * half,
			     &(struct ghost_value){ .state = RMM_UNMAPPED_NS });
}

struct ghost_realm *ghost_realm_make(struct ghost *g, rmm_pa rd, rmm_pa params)
{
	struct ghost_realm *r = g->mem.alloc(g->mem.ctx, sizeof(*r));
	uint64_t flags = param(g, params, RMI_PARAMS_FLAGS1, 8);

	if (!r)
		return NULL;
	r->rd = rd;
	r->ipa_bits = (unsigned)param(g, params, RMI_PARAMS_S2SZ, 1);
	r->start = (int)(int64_t)param(g, params, RMI_PARAMS_RTT_LEVEL, 8);
	r->roots = (unsigned)param(g, params, RMI_PARAMS_RTT_NUM, 4);
	r->root[0] = param(g, params, RMI_PARAMS_RTT_BASE, 8);
	r->trees = 1;
	if (flags & RMI_REALM_TREE_PER_PLANE)
		r->trees += (unsigned)param(g, params, RMI_PARAMS_AUX_PLANES, 1);
	if (r->trees > GHOST_TREES)
		r->trees = GHOST_TREES;
	for (unsigned i = 1; i < r->trees; i++)
		r->root[i] = param(g, params, RMI_PARAMS_AUX_RTT_BASE + 8 * (i - 1), 8);
	ghost_rim_begin(g, r, params);
	if (r->ipa_bits && r->ipa_bits <= 52 && make_addresses(g, r))
		return r;
	ghost_realm_drop(g, r);
	return NULL;
}

void ghost_realm_drop(struct ghost *g, struct ghost_realm *r)
{
	ghost_map_drop(&r->ipa);
	if (r->table)
		g->mem.free(g->mem.ctx, r->table, r->room * sizeof(*r->table));
	g->mem.free(g->mem.ctx, r, sizeof(*r));
}
