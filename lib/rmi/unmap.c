/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RMI_RTT_DATA_UNMAP, RMI_RTT_DEV_UNMAP, RMI_RTT_UNPROT_UNMAP (B4.5.67, .70, .78; A5.3.3.3).
 *
 *	      void      live, one PA run    live, another run
 *	  [...........][=================][##########]
 *	   call 1 ---->  call 2 --------->  call 3 -->        SINGLE: one descriptor a call
 *	   call ------------------------------------->        NONE: to the end
 *
 * Locks: RD, the tables, then the DATA or DEV granules of one block.
 */
#include "../sro.h"
#include "../yield.h"

enum { ARG_RD = 1, ARG_BASE = 2, ARG_TOP = 3, ARG_FLAGS = 4, ARG_OADDR = 5 };

static bool unprotected(const struct rmm_call *c)
{
	return c->command == &cmd_rtt_unprot_unmap;
}

static bool device(const struct rmm_call *c)
{
	return c->command == &cmd_rtt_dev_unmap;
}

static bool is_mapped(const struct rmm_call *c, const struct rtt_walk *w)
{
	if (device(c))
		return w->e.hipas == RMM_NARCH_DEV;
	return w->e.hipas == (unprotected(c) ? RMM_MAPPED_NS : RMM_HIPAS_DATA);
}

/* OP-1f: bet3 and most implementations skip what is not mapped. */
static bool needs_mapped(const struct rmm *rmm)
{
	return rmm->profile.unprot_unmap_needs_mapped && rmm->cfg.edition < RMI_BET3;
}

static bool needs_alignment(const struct rmm *rmm)
{
	return rmm->profile.unmap_needs_alignment;
}

static bool rtte_is_not_mapped(struct rmm_call *c, const struct rmm_condition *row)
{
	return !is_mapped(c, call_walk(c));
}

/* OP-30: what another command has to unmap. */
static bool maps_another_kind(const struct rmm_call *c, const struct rtt_walk *w)
{
	return rtte_is_live(w->e) && !is_mapped(c, w);
}

static bool rtte_maps_another_kind(struct rmm_call *c, const struct rmm_condition *row)
{
	return maps_another_kind(c, call_walk(c));
}

static bool mapped_entry_is_larger_than_the_range(struct rmm_call *c,
						  const struct rmm_condition *row)
{
	return is_mapped(c, call_walk(c)) && call_walk(c)->size > call_size(c);
}

static bool base_is_inside_a_mapped_entry(struct rmm_call *c, const struct rmm_condition *row)
{
	return is_mapped(c, call_walk(c)) && c->arg[ARG_BASE] != call_walk(c)->ipa;
}

/* A plane would keep the page: the host takes it out of that plane's tree first. */
static bool an_auxiliary_tree_maps_it(struct rmm_call *c, const struct rmm_condition *row)
{
	const struct rtt_walk *w = call_walk(c);

	return is_mapped(c, w) && call_aux_maps(c, w->ipa, w->ipa + w->size);
}

static bool memory_belongs_to_an_operation(struct rmm_call *c, const struct rmm_condition *row)
{
	return is_mapped(c, call_walk(c)) && tracking_is_sealed(c->rmm, call_walk(c)->e.pa);
}

static bool memory_is_inside_a_coarse_region(struct rmm_call *c, const struct rmm_condition *row)
{
	rmm_pa pa = call_walk(c)->e.pa;

	return is_mapped(c, call_walk(c)) && pa & (tracking_granularity(c->rmm, pa) - 1);
}

/* A part of a COARSE region has no state of its own: the host makes the region FINE, or folds. */
static bool is_part_of_a_region(const struct rmm *rmm, const struct rtt_walk *w)
{
	return tracking_granularity(rmm, w->e.pa) > w->size;
}

static bool region_is_larger_than_the_entry(struct rmm_call *c, const struct rmm_condition *row)
{
	return is_mapped(c, call_walk(c)) && is_part_of_a_region(c->rmm, call_walk(c));
}

/* The next entry of a sweep. */
static bool region_is_in_the_way(const struct rmm_call *c, const struct rtt_walk *w)
{
	return !unprotected(c) &&
	       (tracking_is_sealed(c->rmm, w->e.pa) || is_part_of_a_region(c->rmm, w));
}

/* OP-30: an unmapped entry that the range does not cover, as TF-RMM has it. */
static bool unmapped_entry_does_not_fit(struct rmm_call *c, const struct rmm_condition *row)
{
	return c->arg[ARG_BASE] != call_walk(c)->ipa || call_walk(c)->size > call_size(c);
}

#define MEMORY_GROUP                                                                            \
	{ "base_lv_align", base_is_inside_a_mapped_entry, RMI_ERROR_RTT, .level = LEVEL_WALK }, \
		{ "rtte_size", mapped_entry_is_larger_than_the_range, RMI_ERROR_RTT,            \
		  .level = LEVEL_WALK },                                                        \
		{ "gran_blocked", memory_belongs_to_an_operation, RMI_BLOCKED },                \
		{ "trk_align", memory_is_inside_a_coarse_region, RMI_ERROR_RTT,                 \
		  .level = LEVEL_WALK },                                                        \
		{ "trk_gran", region_is_larger_than_the_entry, RMI_ERROR_TRACKING,              \
		  .level = LEVEL_RTTE },                                                        \
	{                                                                                       \
		"aux_live", an_auxiliary_tree_maps_it, RMI_ERROR_RTT_AUX,                       \
			.level = LEVEL_AUX, .when = auxiliary_trees_map                         \
	}

static const struct rmm_condition data_unmap_conditions[] = {
	RD_GROUP(ARG_RD),
	RANGE_GROUP(ARG_BASE, ARG_TOP),
	{ "ipa_bound", range_is_not_protected, RMI_ERROR_INPUT },
	{ "oaddr_type", oaddr_type_is_no_type, RMI_ERROR_INPUT, .arg = ARG_FLAGS },
	LIST_GROUP(ARG_OADDR),
	{ "oaddr_list_count", oaddr_list_is_empty, RMI_ERROR_INPUT, .arg = ARG_FLAGS },
	RTTE_BLOCKED,
	{ "rtte_state", rtte_maps_another_kind, RMI_ERROR_RTT, .level = LEVEL_WALK },
	MEMORY_GROUP,
	{ "void_align", unmapped_entry_does_not_fit, RMI_ERROR_RTT, .level = LEVEL_WALK,
	  .when = needs_alignment },
};

static const struct rmm_condition dev_unmap_conditions[] = {
	FEAT_DA,
	RD_GROUP(ARG_RD),
	RANGE_GROUP(ARG_BASE, ARG_TOP),
	{ "ipa_bound", range_is_not_protected, RMI_ERROR_INPUT },
	{ "oaddr_type", oaddr_type_is_no_type, RMI_ERROR_INPUT, .arg = ARG_FLAGS },
	LIST_GROUP(ARG_OADDR),
	{ "oaddr_list_count", oaddr_list_is_empty, RMI_ERROR_INPUT, .arg = ARG_FLAGS },
	RTTE_BLOCKED,
	{ "rtte_state", rtte_is_not_mapped, RMI_ERROR_RTT, .level = LEVEL_WALK },
	MEMORY_GROUP,
};

static const struct rmm_condition unprot_unmap_conditions[] = {
	RD_GROUP(ARG_RD),
	RANGE_GROUP(ARG_BASE, ARG_TOP),
	{ "ipa_bound", base_is_protected, RMI_ERROR_INPUT, .arg = ARG_BASE },
	{ "top_bound", top_is_outside, RMI_ERROR_INPUT, .arg = ARG_TOP },
	{ "oaddr_type", oaddr_type_is_no_type, RMI_ERROR_INPUT, .arg = ARG_FLAGS },
	LIST_GROUP(ARG_OADDR),
	{ "oaddr_list_count", oaddr_list_is_empty, RMI_ERROR_INPUT, .arg = ARG_FLAGS },
	RTTE_BLOCKED,
	{ "rtte_state", rtte_is_not_mapped, RMI_ERROR_RTT, .level = LEVEL_WALK,
	  .when = needs_mapped },
	{ "base_lv_align", base_is_inside_a_mapped_entry, RMI_ERROR_RTT, .level = LEVEL_WALK },
	{ "rtte_size", mapped_entry_is_larger_than_the_range, RMI_ERROR_RTT, .level = LEVEL_WALK },
};

/* A page of what was mapped as a block: its granule may have to be made first. */
static bool can_clear(struct rmm_call *c)
{
	return unprotected(c) || granule_prepare(c->rmm, c->walk.e.pa, c->walk.size);
}

/* Memory is short before anything has changed: the host tries again. */
static void finish(struct rmm_call *c, struct addr_out *out, unsigned state, rmm_ipa pos,
		   bool starved)
{
	if (starved && pos == c->arg[ARG_BASE] && !(c->sro && c->sro->progress))
		c->x0 = RMI_BUSY;
	c->out[1] = pos;
	addr_out_finish(c, out, state);
}

static void clear_entry(struct rmm_call *c)
{
	struct rtte e = { .hipas = RMM_UNMAPPED_NS };
	struct rtt_walk *w = &c->walk;

	if (!unprotected(c)) {
		e.hipas = RMM_VOID;
		e.s2ap = w->e.s2ap;
		e.ripas =
			w->e.ripas == (device(c) ? RMI_DEV : RMI_RAM) ? RMI_DESTROYED : w->e.ripas;
		granule_move_block(&c->locks, w->e.pa, w->size, device(c) ? RMM_DEV : RMM_DATA,
				   RMM_DELEGATED, true, &c->holes);
	}
	rtt_update(w, e);
}

static void unmap(struct rmm_call *c)
{
	unsigned state = unprotected(c) ? RMI_OP_MEM_UNDELEGATED : RMI_OP_MEM_DELEGATED;
	rmm_ipa pos = c->arg[ARG_BASE], top = c->arg[ARG_TOP], stop = top;
	bool skipped = false, starved = false, single = call_addr_type(c) == RMI_ADDR_SINGLE;
	struct rtt_walk *w = call_walk(c);
	struct addr_out *out = &c->addr_out;
	struct budget budget;

	if (!c->sro || !c->sro->progress)
		addr_out_init(c, out);
	if (c->rmm->profile.extent == RMM_EXTENT_TABLE && rtt_table_end(c->rmm, w) < top)
		stop = rtt_table_end(c->rmm, w);
	budget = yield_budget(c, (stop - pos + w->size - 1) / w->size);
	while (pos < stop && !c->ends && call_next(c, pos, 3) && !w->e.owned) {
		if (!budget.left && yield_rest(c, &budget, pos))
			return;
		if (!budget.left)
			break;
		if (!is_mapped(c, w)) {
			if (device(c) || maps_another_kind(c, w))
				break;
			if (unprotected(c) && needs_mapped(c->rmm))
				break;
			if (single && out->run.count)
				break;
			pos = rtt_next(c->rmm, w, stop);
			skipped = true;
			continue;
		}
		if ((single && skipped) || pos != w->ipa || w->size > top - pos ||
		    region_is_in_the_way(c, w))
			break;
		if (!unprotected(c) && call_aux_maps(c, pos, pos + w->size))
			break;
		starved = !can_clear(c);
		if (starved || !addr_out_add(c, out, w->e.pa, w->level, state))
			break;
		clear_entry(c);
		pos += w->size;
		budget.left--;
	}
	finish(c, out, state, pos, starved);
}

/* NONE and SINGLE: no list, and no count of one. */
static bool oaddr_is_not_zero(struct rmm_call *c, const struct rmm_condition *row)
{
	return !call_is_list(c) && (c->arg[ARG_OADDR] || call_list_count(c));
}

#define TF_TAIL                                                                                    \
	{ "oaddr_type", oaddr_type_is_no_type, RMI_ERROR_INPUT, .arg = ARG_FLAGS },                \
		{ "oaddr_zero", oaddr_is_not_zero, RMI_ERROR_INPUT, .arg = ARG_OADDR },            \
		{ "oaddr_list_count", oaddr_list_is_empty, RMI_ERROR_INPUT, .arg = ARG_FLAGS },    \
		LIST_GROUP(ARG_OADDR),                                                             \
		{ "base_lv_align", base_is_inside_its_entry, RMI_ERROR_RTT, .level = LEVEL_WALK }, \
	{                                                                                          \
		"rtte_size", entry_is_larger_than_the_range, RMI_ERROR_RTT, .level = LEVEL_WALK    \
	}

static const struct rmm_condition tf_data_unmap_conditions[] = {
	TF_GRANULE("rd", ARG_RD, RMM_RD),
	RANGE_GROUP(ARG_BASE, ARG_TOP),
	{ "ipa_bound", range_is_not_protected, RMI_ERROR_INPUT },
	TF_TAIL,
	{ "rtte_state", rtte_maps_another_kind, RMI_ERROR_RTT, .level = LEVEL_WALK },
};

static const struct rmm_condition tf_unprot_unmap_conditions[] = {
	TF_GRANULE("rd", ARG_RD, RMM_RD),
	RANGE_GROUP(ARG_BASE, ARG_TOP),
	{ "ipa_bound", base_is_protected, RMI_ERROR_INPUT, .arg = ARG_BASE },
	{ "top_bound", top_is_outside, RMI_ERROR_INPUT, .arg = ARG_TOP },
	TF_TAIL,
};

/* TF-RMM: one table, entries of one level; gaps between live entries do not end a run. */
static void tf_unmap(struct rmm_call *c)
{
	unsigned state = unprotected(c) ? RMI_OP_MEM_UNDELEGATED : RMI_OP_MEM_DELEGATED;
	rmm_ipa pos = c->arg[ARG_BASE], top = c->arg[ARG_TOP];
	struct rtt_walk *w = call_walk(c);
	rmm_ipa end = rtt_table_end(c->rmm, w);
	int level = w->level;
	bool starved = false;
	struct addr_out out;

	addr_out_init(c, &out);
	while (pos < end && call_next(c, pos, level)) {
		if (w->size > top - pos || maps_another_kind(c, w))
			break;
		if (is_mapped(c, w)) {
			starved = !can_clear(c);
			if (starved || !addr_out_add(c, &out, w->e.pa, w->level, state))
				break;
			clear_entry(c);
		}
		pos += w->size;
	}
	finish(c, &out, state, pos, starved);
}

static const struct rmm_order tf_data_unmap = { CONDITIONS(tf_data_unmap_conditions),
						.apply = tf_unmap };
/* The same rows for both. */
static const struct rmm_order tf_dev_unmap = { CONDITIONS(tf_data_unmap_conditions),
					       .apply = tf_unmap };
static const struct rmm_order tf_unprot_unmap = { CONDITIONS(tf_unprot_unmap_conditions),
						  .apply = tf_unmap };

#define UNMAP_ABI(fid, name)                                 \
	{                                                    \
		ABI_NAMED(fid, name),                        \
			{ { "rd", RMI_KIND_PA },             \
			  { "base", RMI_KIND_IPA },          \
			  { "top", RMI_KIND_IPA },           \
			  { "flags", RMI_KIND_UNMAP_FLAGS }, \
			  { "oaddr", RMI_KIND_PA } },        \
			{ { "out_top", RMI_KIND_IPA },       \
			  { "out_range", RMI_KIND_DESC },    \
			  { "out_count", RMI_KIND_DEC } },   \
			5, 3                                 \
	}

const struct rmm_command cmd_rtt_data_unmap = {
	.abi = UNMAP_ABI(RMI_RTT_DATA_UNMAP, "RTT_DATA_UNMAP"),
	.granules = { { ARG_RD, RMM_RD } },
	.ipa_arg = ARG_BASE,
	.top_arg = ARG_TOP,
	.flags_arg = ARG_FLAGS,
	.oaddr_arg = ARG_OADDR,
	CONDITIONS(data_unmap_conditions),
	.apply = unmap,
	.tf = &tf_data_unmap,
	.yields = true,
};

const struct rmm_command cmd_rtt_dev_unmap = {
	.abi = UNMAP_ABI(RMI_RTT_DEV_UNMAP, "RTT_DEV_UNMAP"),
	.granules = { { ARG_RD, RMM_RD } },
	.ipa_arg = ARG_BASE,
	.top_arg = ARG_TOP,
	.flags_arg = ARG_FLAGS,
	.oaddr_arg = ARG_OADDR,
	CONDITIONS(dev_unmap_conditions),
	.apply = unmap,
	.tf = &tf_dev_unmap,
	.yields = true,
};

const struct rmm_command cmd_rtt_unprot_unmap = {
	.abi = UNMAP_ABI(RMI_RTT_UNPROT_UNMAP, "RTT_UNPROT_UNMAP"),
	.granules = { { ARG_RD, RMM_RD } },
	.ipa_arg = ARG_BASE,
	.top_arg = ARG_TOP,
	.flags_arg = ARG_FLAGS,
	.oaddr_arg = ARG_OADDR,
	CONDITIONS(unprot_unmap_conditions),
	.apply = unmap,
	.tf = &tf_unprot_unmap,
	.yields = true,
};
