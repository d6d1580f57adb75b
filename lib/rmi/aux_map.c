/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RMI_RTT_AUX_PROT_MAP, _PROT_UNMAP, _UNPROT_MAP, _UNPROT_UNMAP (B4.5.60-.63): what the tree of a
 * plane shows of the primary one.
 *
 *	primary    [ block                 ][ a ][ b ][ c ][ d ]
 *	auxiliary  [ e ][ f ][ g ][ h ]     [                  ]
 *	             parts of a block         one block: with RmiRttAuxMapFlags.block = CREATE only, and
 *	                                      when a to d are one contiguous block
 *
 * Locks: RD, which stays, the tables of the primary tree, then those of the auxiliary one.
 */
#include "../sro.h"
#include "../yield.h"

enum { ARG_RD = 1, ARG_BASE = 2, ARG_TOP = 3, ARG_FLAGS = 4 };

static unsigned tree(const struct rmm_call *c)
{
	return c->arg[ARG_FLAGS] & 3;
}

static bool unprotected(const struct rmm_call *c)
{
	return c->command == &cmd_rtt_aux_unprot_map || c->command == &cmd_rtt_aux_unprot_unmap;
}

/* The walk of the auxiliary tree; the primary one comes before it (locking order). */
static struct rtt_walk *aux(struct rmm_call *c)
{
	call_walk(c);
	if (!c->aux_walked) {
		c->aux = rtt_walk(&c->locks, realm_tree(c->realm, tree(c)), c->arg[ARG_BASE], 3);
		c->aux_walked = true;
	}
	return &c->aux;
}

static bool covers(const struct rtt_walk *w, rmm_ipa ipa)
{
	return ipa - w->table->base < w->table->nr * w->size;
}

/* Both walks on to pos. The primary tree is locked anew only where it needs another table. */
static void go_to(struct rmm_call *c, rmm_ipa pos)
{
	struct rtt_walk *w = &c->walk;

	if (!covers(w, pos) ||
	    rtt_get(w->table, (unsigned)((pos - w->table->base) / w->size)).hipas == RMM_TABLE) {
		rtt_leave_tree(&c->locks, tree(c));
		call_walk_to(c, pos, 3);
	} else {
		rtt_step(&c->locks, w, pos, 3);
		if (rtt_step(&c->locks, &c->aux, pos, 3))
			return;
	}
	c->aux = rtt_walk(&c->locks, realm_tree(c->realm, tree(c)), pos, 3);
}

static bool index_is_no_auxiliary_tree(struct rmm_call *c, const struct rmm_condition *row)
{
	return !realm_has_aux_tree(c->realm, tree(c));
}

static bool base_is_misaligned_in_the_primary_tree(struct rmm_call *c,
						   const struct rmm_condition *row)
{
	return c->arg[ARG_BASE] != call_walk(c)->ipa;
}

static bool base_is_misaligned_in_the_auxiliary_tree(struct rmm_call *c,
						     const struct rmm_condition *row)
{
	return !(c->arg[ARG_FLAGS] & RMI_AUX_MAP_CREATE) && c->arg[ARG_BASE] != aux(c)->ipa;
}

static bool stops_at_void(struct rmm_call *c, const struct rmm_condition *row)
{
	return !(c->arg[ARG_FLAGS] & RMI_AUX_MAP_CONTINUE) && call_walk(c)->e.hipas == RMM_VOID;
}

static bool is_mapped(const struct rmm_call *c, unsigned hipas)
{
	if (unprotected(c))
		return hipas == RMM_MAPPED_NS;
	return hipas == RMM_HIPAS_DATA || hipas == RMM_NARCH_DEV || hipas == RMM_ARCH_DEV;
}

static bool primary_is_not_mapped(struct rmm_call *c, const struct rmm_condition *row)
{
	return !is_mapped(c, call_walk(c)->e.hipas);
}

static bool ripas_differs(struct rtte e)
{
	return (e.hipas == RMM_HIPAS_DATA && e.ripas != RMI_RAM) ||
	       (e.hipas == RMM_NARCH_DEV && e.ripas != RMI_DEV);
}

static bool primary_has_another_ripas(struct rmm_call *c, const struct rmm_condition *row)
{
	return ripas_differs(call_walk(c)->e);
}

static bool auxiliary_is_destroyed(struct rmm_call *c, const struct rmm_condition *row)
{
	return aux(c)->e.hipas == RMM_AUX_DESTROYED;
}

/* The content of the auxiliary entry, a part of the primary entry or a whole table of it. */
static bool make_copy(const struct rmm_call *c, struct rtte *copy)
{
	const struct rtt_walk *w = &c->walk, *a = &c->aux;

	*copy = w->e;
	copy->hipas = unprotected(c) ? RMM_MAPPED_NS : RMM_HIPAS_DATA;
	copy->ripas = RMI_EMPTY; /* is the primary entry's */
	copy->s2ap = unprotected(c) ? w->e.s2ap : a->e.s2ap;
	if (a->size <= w->size) {
		if (w->e.hipas != RMM_ARCH_DEV)
			copy->pa += a->ipa - w->ipa;
		return true;
	}
	copy->pa = rtt_get(w->table, 0).pa;
	return c->arg[ARG_FLAGS] & RMI_AUX_MAP_CREATE && w->level == a->level + 1 &&
	       rtt_is_homogeneous(c->rmm, c->realm, w->table);
}

/* Nothing to do: what the entry maps is the primary tree's, that cannot have changed. */
static bool is_done(const struct rmm_call *c)
{
	return c->aux.e.hipas == RMM_HIPAS_DATA;
}

static bool auxiliary_entry_cannot_be_used(struct rmm_call *c, const struct rmm_condition *row)
{
	struct rtte copy;

	return aux(c)->size > call_size(c) || !make_copy(c, &copy);
}

static bool auxiliary_block_is_too_large(struct rmm_call *c, const struct rmm_condition *row)
{
	aux(c);
	return !is_done(c) && auxiliary_entry_cannot_be_used(c, row);
}

#define AUX_RANGE_GROUP                                                                        \
	RD_GROUP(ARG_RD), { "top_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_TOP }, \
	{                                                                                      \
		"size_valid", top_is_not_above_base, RMI_ERROR_INPUT                           \
	}
#define AUX_BASE_GROUP                                                                     \
	{ "index_bound", index_is_no_auxiliary_tree, RMI_ERROR_INPUT, .arg = ARG_FLAGS },  \
	{                                                                                  \
		"base_align_pri", base_is_misaligned_in_the_primary_tree, RMI_ERROR_INPUT, \
			.arg = ARG_BASE                                                    \
	}

static const struct rmm_condition prot_map_conditions[] = {
	AUX_RANGE_GROUP,
	{ "ipa_bound", range_is_not_protected, RMI_ERROR_INPUT },
	AUX_BASE_GROUP,
	{ "base_align_aux", base_is_misaligned_in_the_auxiliary_tree, RMI_ERROR_INPUT,
	  .arg = ARG_BASE },
	{ "invalid_pri", stops_at_void, RMI_ERROR_INPUT, .arg = ARG_BASE },
	RTTE_BLOCKED,
	{ "pri_state", primary_is_not_mapped, RMI_ERROR_RTT, .level = LEVEL_WALK },
	{ "pri_ripas", primary_has_another_ripas, RMI_ERROR_RTT, .level = LEVEL_WALK },
	{ "aux_state", auxiliary_is_destroyed, RMI_ERROR_RTT_AUX, .level = LEVEL_AUX },
	{ "aux_size", auxiliary_block_is_too_large, RMI_ERROR_RTT_AUX, .level = LEVEL_AUX },
};

static const struct rmm_condition unprot_map_conditions[] = {
	AUX_RANGE_GROUP,
	{ "ipa_bound", base_is_protected, RMI_ERROR_INPUT, .arg = ARG_BASE },
	{ "top_bound", top_is_outside, RMI_ERROR_INPUT, .arg = ARG_TOP },
	AUX_BASE_GROUP,
	RTTE_BLOCKED,
	{ "pri_state", primary_is_not_mapped, RMI_ERROR_RTT, .level = LEVEL_WALK },
	{ "aux_size", auxiliary_entry_cannot_be_used, RMI_ERROR_RTT_AUX, .level = LEVEL_AUX },
};

static rmm_ipa min(rmm_ipa a, rmm_ipa b)
{
	return a < b ? a : b;
}

/* Show what is mapped at pos; the address behind it, pos at an obstacle. */
static rmm_ipa map_entry(struct rmm_call *c, rmm_ipa pos, rmm_ipa top)
{
	struct rtt_walk *w = &c->walk, *a = &c->aux;
	struct rtte copy;

	if (!is_mapped(c, w->e.hipas)) {
		if (c->arg[ARG_FLAGS] & RMI_AUX_MAP_CONTINUE)
			return rtt_next(c->rmm, w, top);
		return pos;
	}
	if (ripas_differs(w->e) || a->e.hipas == RMM_AUX_DESTROYED)
		return pos;
	if (is_done(c))
		return min(a->ipa + a->size, top);
	if (a->size > top - pos || !make_copy(c, &copy))
		return pos;
	rtt_update(a, copy);
	return a->ipa + a->size;
}

static void map(struct rmm_call *c)
{
	rmm_ipa pos = c->arg[ARG_BASE], top = c->arg[ARG_TOP], stop = top, next;
	struct budget budget;

	aux(c);
	if (c->rmm->profile.extent == RMM_EXTENT_TABLE)
		stop = min(top, rtt_table_end(c->rmm, &c->walk));
	budget = yield_budget(c, (stop - pos) / c->walk.size);
	while (!c->ends && !c->walk.e.owned && (next = map_entry(c, pos, top)) != pos) {
		pos = next;
		if (pos >= stop)
			break;
		go_to(c, pos);
		if (!--budget.left && yield_rest(c, &budget, pos))
			return;
		if (!budget.left)
			break;
	}
	c->out[1] = pos;
}

static bool auxiliary_is_not_mapped(struct rmm_call *c, const struct rmm_condition *row)
{
	return aux(c)->e.hipas != row->state;
}

static bool mapping_is_not_in_the_range(struct rmm_call *c, const struct rmm_condition *row)
{
	return aux(c)->size > call_size(c) || aux(c)->ipa != c->arg[ARG_BASE];
}

static const struct rmm_condition prot_unmap_conditions[] = {
	AUX_RANGE_GROUP,
	{ "ipa_bound", range_is_not_protected, RMI_ERROR_INPUT },
	AUX_BASE_GROUP,
	RTTE_BLOCKED,
	{ "aux_state", auxiliary_is_not_mapped, RMI_ERROR_RTT_AUX, .state = RMM_HIPAS_DATA,
	  .level = LEVEL_AUX },
	{ "aux_size", mapping_is_not_in_the_range, RMI_ERROR_RTT_AUX, .level = LEVEL_AUX },
};

static const struct rmm_condition unprot_unmap_conditions[] = {
	AUX_RANGE_GROUP,
	{ "ipa_bound", base_is_protected, RMI_ERROR_INPUT, .arg = ARG_BASE },
	{ "top_bound", top_is_outside, RMI_ERROR_INPUT, .arg = ARG_TOP },
	AUX_BASE_GROUP,
	RTTE_BLOCKED,
	{ "aux_state", auxiliary_is_not_mapped, RMI_ERROR_RTT_AUX, .state = RMM_MAPPED_NS,
	  .level = LEVEL_AUX },
	{ "aux_size", mapping_is_not_in_the_range, RMI_ERROR_RTT_AUX, .level = LEVEL_AUX },
};

/* OP-46: the RIPAS is the primary tree's, and stays. */
static void clear_entry(const struct rmm_call *c, struct rtt_walk *a)
{
	struct rtte e = { .hipas = RMM_UNMAPPED_NS };

	if (!unprotected(c))
		e = (struct rtte){ .hipas = RMM_VOID, .s2ap = a->e.s2ap };
	rtt_update(a, e);
}

static void unmap(struct rmm_call *c)
{
	rmm_ipa pos = c->arg[ARG_BASE], top = c->arg[ARG_TOP], stop = top;
	unsigned from = unprotected(c) ? RMM_MAPPED_NS : RMM_HIPAS_DATA;
	struct rtt_walk *a = aux(c);
	struct budget budget;

	if (c->rmm->profile.extent == RMM_EXTENT_TABLE)
		stop = min(top, rtt_table_end(c->rmm, a));
	budget = yield_budget(c, (stop - pos) / a->size);
	while (!c->ends && !c->walk.e.owned && a->e.hipas == from && a->size <= top - pos) {
		clear_entry(c, a);
		pos += a->size;
		if (pos >= stop)
			break;
		go_to(c, pos);
		if (!--budget.left && yield_rest(c, &budget, pos))
			return;
		if (!budget.left)
			break;
	}
	c->out[1] = pos;
}

#define MAP_ABI(fid, name, flags)                             \
	{                                                     \
		ABI_NAMED(fid, name),                         \
			{ { "rd", RMI_KIND_PA },              \
			  { "base", RMI_KIND_IPA },           \
			  { "top", RMI_KIND_IPA },            \
			  { "flags", flags } },               \
			{ { "out_top", RMI_KIND_IPA } }, 4, 1 \
	}
#define AUX_COMMAND                                                                  \
	.granules = { { ARG_RD, RMM_RD } }, .ipa_arg = ARG_BASE, .top_arg = ARG_TOP, \
	.flags_arg = ARG_FLAGS, .keeps_rd = true, .yields = true

const struct rmm_command cmd_rtt_aux_prot_map = {
	.abi = MAP_ABI(RMI_RTT_AUX_PROT_MAP, "RTT_AUX_PROT_MAP", RMI_KIND_AUX_MAP_FLAGS),
	.tf_lacks = true,
	AUX_COMMAND,
	CONDITIONS(prot_map_conditions),
	.apply = map,
};

const struct rmm_command cmd_rtt_aux_prot_unmap = {
	.abi = MAP_ABI(RMI_RTT_AUX_PROT_UNMAP, "RTT_AUX_PROT_UNMAP", RMI_KIND_AUX_UNMAP_FLAGS),
	.tf_lacks = true,
	AUX_COMMAND,
	CONDITIONS(prot_unmap_conditions),
	.apply = unmap,
};

const struct rmm_command cmd_rtt_aux_unprot_map = {
	.abi = MAP_ABI(RMI_RTT_AUX_UNPROT_MAP, "RTT_AUX_UNPROT_MAP", RMI_KIND_AUX_MAP_FLAGS),
	.tf_lacks = true,
	AUX_COMMAND,
	CONDITIONS(unprot_map_conditions),
	.apply = map,
};

const struct rmm_command cmd_rtt_aux_unprot_unmap = {
	.abi = MAP_ABI(RMI_RTT_AUX_UNPROT_UNMAP, "RTT_AUX_UNPROT_UNMAP", RMI_KIND_AUX_UNMAP_FLAGS),
	.tf_lacks = true,
	AUX_COMMAND,
	CONDITIONS(unprot_unmap_conditions),
	.apply = unmap,
};
