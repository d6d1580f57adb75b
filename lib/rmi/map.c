/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RMI_RTT_DATA_MAP_INIT, RMI_RTT_DATA_MAP, RMI_RTT_UNPROT_MAP (B4.5.66, .65, .77; A5.3.3.2).
 *
 * A range maps at the level of the entries it finds: tables are made by RTT_CREATE only. What
 * stops it after the first entry is success with out_top; the next call meets the obstacle first.
 * Locks: DATA_MAP_INIT data (DELEGATED), then RD, then the tables. The others RD, the tables, then the
 * granules of one block, which are tried and not waited for.
 */
#include <string.h>

#include "../measure.h"
#include "../sro.h"
#include "../yield.h"

enum { ARG_RD = 1, ARG_DATA = 2, ARG_IPA = 3, ARG_SRC = 4, ARG_DATA_FLAGS = 5 };
enum { ARG_BASE = 2, ARG_TOP = 3, ARG_FLAGS = 4, ARG_OADDR = 5 };

static bool ipa_is_not_protected(struct rmm_call *c, const struct rmm_condition *row)
{
	return !realm_is_protected(c->realm, c->arg[row->arg]);
}

static bool walk_ends_above_level_3(struct rmm_call *c, const struct rmm_condition *row)
{
	return call_walk(c)->level < 3;
}

/* .state is the HIPAS that can be mapped */
static bool rtte_state_differs(struct rmm_call *c, const struct rmm_condition *row)
{
	return call_walk(c)->e.hipas != row->state;
}

static bool data_flags_are_reserved(struct rmm_call *c, const struct rmm_condition *row)
{
	return c->arg[ARG_DATA_FLAGS] & ~RMI_DATA_MEASURE_CONTENT;
}

static const struct rmm_condition map_init_conditions[] = {
	{ "flags", data_flags_are_reserved, RMI_ERROR_INPUT, .arg = ARG_DATA_FLAGS },
	{ "src_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_SRC },
	{ "src_pas", arg_is_not_ns, RMI_ERROR_INPUT, .arg = ARG_SRC },
	{ "data_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_DATA },
	{ "data_bound", arg_is_not_conventional, RMI_ERROR_INPUT, .arg = ARG_DATA },
	{ "data_blocked", granule_is_blocked, RMI_BLOCKED, .arg = ARG_DATA },
	{ "data_state", granule_is_not, RMI_ERROR_INPUT, .arg = ARG_DATA, .state = RMM_DELEGATED },
	RD_GROUP(ARG_RD),
	{ "data_bound2", pa_does_not_fit, RMI_ERROR_INPUT, .arg = ARG_DATA },
	{ "ipa_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_IPA },
	{ "ipa_bound", ipa_is_not_protected, RMI_ERROR_INPUT, .arg = ARG_IPA },
	{ "realm_state", realm_is_not, RMI_ERROR_REALM, .state = REALM_NEW },
	RTTE_BLOCKED,
	{ "rtt_walk", walk_ends_above_level_3, RMI_ERROR_RTT, .level = LEVEL_WALK },
	{ "rtte_state", rtte_state_differs, RMI_ERROR_RTT, .state = RMM_VOID, .level = LEVEL_WALK },
};

static bool data_is_rd(struct rmm_call *c, const struct rmm_condition *row)
{
	return c->arg[ARG_DATA] == c->arg[ARG_RD];
}

static const struct rmm_condition tf_map_init_conditions[] = {
	{ "flags", data_flags_are_reserved, RMI_ERROR_INPUT, .arg = ARG_DATA_FLAGS },
	{ "alias", data_is_rd, RMI_ERROR_INPUT, .arg = ARG_DATA },
	{ "src_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_SRC },
	{ "src_pas", arg_is_not_ns, RMI_ERROR_INPUT, .arg = ARG_SRC },
	TF_GRANULE("rd", ARG_RD, RMM_RD),
	{ "realm_state", realm_is_not, RMI_ERROR_REALM, .state = REALM_NEW },
	{ "ipa_bound", ipa_is_not_protected, RMI_ERROR_INPUT, .arg = ARG_IPA },
	{ "ipa_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_IPA },
	{ "data_bound", pa_does_not_fit, RMI_ERROR_INPUT, .arg = ARG_DATA },
	{ "rtt_walk", walk_ends_above_level_3, RMI_ERROR_RTT, .level = LEVEL_WALK },
	{ "rtte_state", rtte_state_differs, RMI_ERROR_RTT, .state = RMM_VOID, .level = LEVEL_WALK },
	TF_GRANULE("data", ARG_DATA, RMM_DELEGATED),
};

static const struct rmm_order tf_map_init = { CONDITIONS(tf_map_init_conditions) };

static void map_init(struct rmm_call *c)
{
	uint64_t size = granule_size(c->rmm);
	void *data = phys_ptr(c->rmm, c->arg[ARG_DATA], size);
	bool measured = c->arg[ARG_DATA_FLAGS] & RMI_DATA_MEASURE_CONTENT;
	struct granule *g = c->granule[ARG_DATA];
	const uint8_t *src;

	/* Taken away since the conditions: a GPF on the first of it, so nothing has happened yet. */
	src = phys_ns_begin(c->rmm, c->arg[ARG_SRC], size);
	if (!src) {
		c->x0 = RMI_ERROR_INPUT;
		return;
	}
	memcpy(data, src, size);
	phys_ns_end(c->rmm, c->arg[ARG_SRC]);
	g->host = 0;
	granule_mark_written(c->rmm, c->arg[ARG_DATA]);
	granule_set_state(c->rmm, g, RMM_DATA);
	rtt_update(call_walk(c), (struct rtte){ .hipas = RMM_HIPAS_DATA,
						.ripas = RMI_RAM,
						.s2ap = call_walk(c)->e.s2ap,
						.pa = c->arg[ARG_DATA] });
	measure_data(c->realm, c->arg[ARG_IPA], c->arg[ARG_DATA_FLAGS], measured ? data : NULL,
		     size);
}

const struct rmm_command cmd_rtt_data_map_init = {
	.abi = { ABI(RTT_DATA_MAP_INIT),
		 { { "rd", RMI_KIND_PA },
		   { "data", RMI_KIND_PA },
		   { "ipa", RMI_KIND_IPA },
		   { "src", RMI_KIND_PA },
		   { "flags", RMI_KIND_DATA_FLAGS } },
		 .nr_args = 5 },
	.granules = { { ARG_DATA, RMM_DELEGATED }, { ARG_RD, RMM_RD } },
	.ipa_arg = ARG_IPA,
	.keeps_rd = true, /* for the RIM */
	CONDITIONS(map_init_conditions),
	.order = "rd_bound rd_state < realm_state; rd_bound rd_state < rtt_walk rtte_state; "
		 "ipa_bound < rtt_walk rtte_state",
	.apply = map_init,
	.tf = &tf_map_init,
	.yields = true,
};

/* Ranges */

bool oaddr_is_not_delegated_memory(struct rmm_call *c, const struct rmm_condition *row)
{
	return call_set(c)->desc.state != RMI_OP_MEM_DELEGATED;
}

bool oaddr_does_not_fit(struct rmm_call *c, const struct rmm_condition *row)
{
	return (addr_set_pa(call_set(c)) + call_set(c)->desc.unit - 1) >> c->realm->oa_bits;
}

bool oaddr_is_untracked(struct rmm_call *c, const struct rmm_condition *row)
{
	rmm_pa pa = addr_set_pa(call_set(c));

	return !tracking_is_tracked(c->rmm, pa) && !tracking_is_sealed(c->rmm, pa);
}

bool oaddr_is_inside_a_coarse_region(struct rmm_call *c, const struct rmm_condition *row)
{
	rmm_pa pa = addr_set_pa(call_set(c));

	return pa & (tracking_granularity(c->rmm, pa) - 1);
}

/* Printed: larger than the range; an entry that is smaller cannot map a part of it either. */
bool region_is_larger_than_the_block(struct rmm_call *c, const struct rmm_condition *row)
{
	return tracking_granularity(c->rmm, addr_set_pa(call_set(c))) > call_walk(c)->size;
}

/* From bet3 on, what is mapped already to the same address counts as done (OP-1e). */
static bool is_mapped_to(const struct rmm *rmm, const struct rtt_walk *w, rmm_pa pa)
{
	return rmm->cfg.edition >= RMI_BET3 && w->e.hipas == RMM_HIPAS_DATA && w->e.pa == pa;
}

static bool rtte_is_not_void(struct rmm_call *c, const struct rmm_condition *row)
{
	return call_walk(c)->e.hipas != RMM_VOID &&
	       !is_mapped_to(c->rmm, call_walk(c), addr_set_pa(call_set(c)));
}

bool block_belongs_to_an_operation(struct rmm_call *c, const struct rmm_condition *row)
{
	rmm_pa pa = addr_set_pa(call_set(c));

	return tracking_is_sealed(c->rmm, pa) || granule_state(c->rmm, pa) == GRANULE_PARTIAL;
}

static bool block_is_not_delegated(struct rmm_call *c, const struct rmm_condition *row)
{
	rmm_pa pa = addr_set_pa(call_set(c));

	return !is_mapped_to(c->rmm, call_walk(c), pa) &&
	       (!tracking_may_be_data(c->rmm, pa, call_walk(c)->size) ||
		!granule_range_is(c->rmm, pa, call_walk(c)->size, RMM_DELEGATED));
}

static const struct rmm_condition data_map_conditions[] = {
	RD_GROUP(ARG_RD),
	{ "realm_state", realm_is_not_new_or_active, RMI_ERROR_REALM },
	RANGE_GROUP(ARG_BASE, ARG_TOP),
	{ "ipa_bound", range_is_not_protected, RMI_ERROR_INPUT },
	DELEGATED_OADDR_GROUP(ARG_FLAGS, ARG_OADDR),
	RTTE_BLOCKED,
	{ "rtte_state", rtte_is_not_void, RMI_ERROR_RTT, .level = LEVEL_WALK },
	{ "base_lv_align", base_is_inside_its_entry, RMI_ERROR_RTT, .level = LEVEL_WALK },
	{ "rtte_size", entry_is_larger_than_the_range, RMI_ERROR_RTT, .level = LEVEL_WALK },
	{ "oaddr_level", oaddr_level_differs, RMI_ERROR_RTT, .level = LEVEL_WALK },
	OADDR_TRACKING_GROUP(ARG_OADDR),
	{ "gran_state", block_is_not_delegated, RMI_ERROR_INPUT, .arg = ARG_OADDR },
};

/* One more block; false at an obstacle. */
bool map_data_block(struct rmm_call *c, rmm_pa pa)
{
	struct rtt_walk *w = &c->walk;

	if (is_mapped_to(c->rmm, w, pa))
		return true;
	if (w->e.hipas != RMM_VOID || !tracking_may_be_data(c->rmm, pa, w->size) ||
	    tracking_granularity(c->rmm, pa) > w->size)
		return false;
	if (!granule_move_block(&c->locks, pa, w->size, RMM_DELEGATED, RMM_DATA, false, &c->holes))
		return false;
	rtt_update(w, (struct rtte){ .hipas = RMM_HIPAS_DATA,
				     .ripas = w->e.ripas,
				     .s2ap = w->e.s2ap,
				     .pa = pa });
	return true;
}

bool map_ns_block(struct rmm_call *c, rmm_pa pa)
{
	struct rtt_walk *w = &c->walk;
	uint64_t flags = c->arg[ARG_FLAGS];

	if (w->e.hipas != RMM_UNMAPPED_NS)
		return false;
	rtt_update(w, (struct rtte){ .hipas = RMM_MAPPED_NS,
				     .memattr = flags >> 16 & 7,
				     .s2ap = flags >> 19 & 15,
				     .pa = pa });
	return true;
}

void map_range(struct rmm_call *c, bool (*map_block)(struct rmm_call *c, rmm_pa pa))
{
	rmm_ipa base = c->arg[c->command->ipa_arg], top = c->arg[c->command->top_arg];
	rmm_ipa pos = base, stop = top;
	struct rtt_walk *w = call_walk(c);
	struct addr_set *s = call_set(c);
	struct budget budget;

	if (c->rmm->profile.extent == RMM_EXTENT_TABLE && rtt_table_end(c->rmm, w) < top)
		stop = rtt_table_end(c->rmm, w);
	budget = yield_budget(c, (stop - pos) / w->size);
	while (s->valid && !c->ends && !w->e.owned) {
		rmm_pa pa = addr_set_pa(s);

		if (pos != w->ipa || w->size > top - pos || s->desc.level != w->level ||
		    pa & (w->size - 1) || (pa + w->size - 1) >> c->realm->oa_bits)
			break;
		if (!map_block(c, pa))
			break;
		pos += w->size;
		addr_set_advance(c, s);
		if (pos >= stop || !call_next(c, pos, 3))
			break;
		if (!--budget.left && s->valid && yield_rest(c, &budget, pos))
			return;
		if (!budget.left)
			break;
	}
	if (pos == base && !(c->sro && c->sro->progress))
		c->x0 = RMI_BUSY;
	c->out[1] = pos;
}

static void data_map(struct rmm_call *c)
{
	map_range(c, map_data_block);
}

const struct rmm_command cmd_rtt_data_map = {
	.abi = { ABI(RTT_DATA_MAP),
		 { { "rd", RMI_KIND_PA },
		   { "base", RMI_KIND_IPA },
		   { "top", RMI_KIND_IPA },
		   { "flags", RMI_KIND_PROT_FLAGS },
		   { "oaddr", RMI_KIND_DESC } },
		 { { "out_top", RMI_KIND_IPA } },
		 5,
		 1 },
	.granules = { { ARG_RD, RMM_RD } },
	.ipa_arg = ARG_BASE,
	.top_arg = ARG_TOP,
	.flags_arg = ARG_FLAGS,
	.oaddr_arg = ARG_OADDR,
	CONDITIONS(data_map_conditions),
	.apply = data_map,
	.tf = &tf_data_map,
	.yields = true,
};

/* 0b100 is reserved with FWB (OP-69). */
static bool memattr_is_reserved(struct rmm_call *c, const struct rmm_condition *row)
{
	return (c->arg[ARG_FLAGS] >> 16 & 7) == 4;
}

/* The direct encoding has two bits, the indirect one the values of RmiRttS2APBase. */
static bool s2ap_is_reserved(struct rmm_call *c, const struct rmm_condition *row)
{
	unsigned s2ap = c->arg[ARG_FLAGS] >> 19 & 15;

	if (c->realm->params.flags1 & RMI_REALM_S2AP_INDIRECT)
		return s2ap > RMI_S2AP_BASE_RW_PUX;
	return s2ap & 12;
}

static const struct rmm_condition unprot_map_conditions[] = {
	RD_GROUP(ARG_RD),
	{ "realm_state", realm_is_not_new_or_active, RMI_ERROR_REALM },
	RANGE_GROUP(ARG_BASE, ARG_TOP),
	{ "ipa_bound", base_is_protected, RMI_ERROR_INPUT, .arg = ARG_BASE },
	{ "top_bound", top_is_outside, RMI_ERROR_INPUT, .arg = ARG_TOP },
	{ "oaddr_type", oaddr_type_is_no_map_type, RMI_ERROR_INPUT, .arg = ARG_FLAGS },
	LIST_GROUP(ARG_OADDR),
	{ "oaddr_list_count", oaddr_list_is_empty, RMI_ERROR_INPUT, .arg = ARG_FLAGS },
	{ "oaddr_valid", oaddr_is_no_descriptor, RMI_ERROR_INPUT, .arg = ARG_OADDR },
	{ "oaddr_single_align", oaddr_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_OADDR },
	{ "oaddr_bound", oaddr_does_not_fit, RMI_ERROR_INPUT, .arg = ARG_OADDR },
	{ "memattr", memattr_is_reserved, RMI_ERROR_INPUT, .arg = ARG_FLAGS },
	{ "s2ap", s2ap_is_reserved, RMI_ERROR_INPUT, .arg = ARG_FLAGS },
	RTTE_BLOCKED,
	{ "rtte_state", rtte_state_differs, RMI_ERROR_RTT, .state = RMM_UNMAPPED_NS,
	  .level = LEVEL_WALK },
	{ "base_lv_align", base_is_inside_its_entry, RMI_ERROR_RTT, .level = LEVEL_WALK },
	{ "rtte_size", entry_is_larger_than_the_range, RMI_ERROR_RTT, .level = LEVEL_WALK },
	{ "oaddr_level", oaddr_level_differs, RMI_ERROR_RTT, .level = LEVEL_WALK },
};

static void unprot_map(struct rmm_call *c)
{
	map_range(c, map_ns_block);
}

const struct rmm_command cmd_rtt_unprot_map = {
	.abi = { ABI(RTT_UNPROT_MAP),
		 { { "rd", RMI_KIND_PA },
		   { "base", RMI_KIND_IPA },
		   { "top", RMI_KIND_IPA },
		   { "flags", RMI_KIND_UNPROT_FLAGS },
		   { "oaddr", RMI_KIND_DESC } },
		 { { "out_top", RMI_KIND_IPA } },
		 5,
		 1 },
	.granules = { { ARG_RD, RMM_RD } },
	.ipa_arg = ARG_BASE,
	.top_arg = ARG_TOP,
	.flags_arg = ARG_FLAGS,
	.oaddr_arg = ARG_OADDR,
	CONDITIONS(unprot_map_conditions),
	.apply = unprot_map,
	.tf = &tf_unprot_map,
};
