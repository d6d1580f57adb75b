/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RMI_RTT_CREATE, RMI_RTT_DESTROY, RMI_RTT_FOLD, RMI_RTT_READ_ENTRY (B4.5.64, .68, .72, .74).
 *
 * Locks: the new table (DELEGATED), then RD, then the tables down to the parent, and the one that goes
 * away.
 */
#include "../call.h"

enum { ARG_RD = 1, ARG_RTT = 2, ARG_CREATE_IPA = 3, ARG_CREATE_LEVEL = 4 };
enum { ARG_IPA = 2, ARG_LEVEL = 3 };

bool rtte_is_a_table(struct rmm_call *c, const struct rmm_condition *row)
{
	return call_walk(c)->e.hipas == RMM_TABLE;
}

bool rtte_is_no_table(struct rmm_call *c, const struct rmm_condition *row)
{
	return call_walk(c)->e.hipas != RMM_TABLE;
}

bool table_cannot_be_made(struct rmm_call *c, const struct rmm_condition *row)
{
	unsigned nr = 1u << index_bits(c->rmm);

	c->fresh = rtt_new(c->rmm, c->arg[ARG_RTT], c->arg[ARG_CREATE_IPA],
			   (int)c->arg[ARG_CREATE_LEVEL], nr);
	return !c->fresh;
}

static const struct rmm_condition create_conditions[] = {
	RD_GROUP(ARG_RD),
	{ "level_bound", level_is_out_of_range, RMI_ERROR_INPUT, .arg = ARG_CREATE_LEVEL },
	{ "ipa_align", ipa_is_parent_misaligned, RMI_ERROR_INPUT, .arg = ARG_CREATE_IPA },
	{ "ipa_bound", ipa_is_outside, RMI_ERROR_INPUT, .arg = ARG_CREATE_IPA },
	{ "rtt_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_RTT },
	{ "rtt_bound", arg_is_not_conventional, RMI_ERROR_INPUT, .arg = ARG_RTT,
	  .when = before_bet3 },
	{ "rtt_bound", arg_is_not_conventional, RMI_ERROR_TRACKING, .arg = ARG_RTT,
	  .level = LEVEL_ADDR, .when = from_bet3 }, /* OP-1h */
	{ "rtt_blocked", granule_is_blocked, RMI_BLOCKED, .arg = ARG_RTT },
	{ "rtt_state", granule_is_not, RMI_ERROR_INPUT, .arg = ARG_RTT, .state = RMM_DELEGATED },
	{ "rtt_bound2", pa_does_not_fit, RMI_ERROR_INPUT, .arg = ARG_RTT },
	RTTE_BLOCKED,
	{ "rtt_walk", walk_stops_short, RMI_ERROR_RTT, .level = LEVEL_WALK },
	{ "rtte_state", rtte_is_a_table, RMI_ERROR_RTT, .level = LEVEL_WALK },
	{ "memory", table_cannot_be_made, RMI_ERROR_GLOBAL },
};

static const struct rmm_condition tf_create_conditions[] = {
	TF_GRANULE("rtt", ARG_RTT, RMM_DELEGATED),
	TF_GRANULE("rd", ARG_RD, RMM_RD),
	{ "level_bound", level_is_out_of_range, RMI_ERROR_INPUT, .arg = ARG_CREATE_LEVEL },
	{ "ipa_align", ipa_is_parent_misaligned, RMI_ERROR_INPUT, .arg = ARG_CREATE_IPA },
	{ "ipa_bound", ipa_is_outside, RMI_ERROR_INPUT, .arg = ARG_CREATE_IPA },
	{ "rtt_bound", pa_does_not_fit, RMI_ERROR_INPUT, .arg = ARG_RTT },
	{ "rtt_walk", walk_stops_short, RMI_ERROR_RTT, .level = LEVEL_WALK },
	{ "rtte_state", rtte_is_a_table, RMI_ERROR_RTT, .level = LEVEL_WALK },
	{ "memory", table_cannot_be_made, RMI_ERROR_GLOBAL },
};

static const struct rmm_order tf_create = { CONDITIONS(tf_create_conditions) };

void table_create(struct rmm_call *c)
{
	struct granule *g = c->granule[ARG_RTT];

	struct rtt *t = c->fresh;

	t->g = g;
	t->tree = call_walk(c)->table->tree;
	g->object = t;
	granule_set_state(c->rmm, g, RMM_RTT);
	rtt_unfold(c->rmm, call_walk(c), t);
}

const struct rmm_command cmd_rtt_create = {
	.abi = { ABI(RTT_CREATE),
		 { { "rd", RMI_KIND_PA },
		   { "rtt", RMI_KIND_PA },
		   { "ipa", RMI_KIND_IPA },
		   { "level", RMI_KIND_LEVEL } },
		 .nr_args = 4 },
	.granules = { { ARG_RTT, RMM_DELEGATED }, { ARG_RD, RMM_RD } },
	.ipa_arg = ARG_CREATE_IPA,
	.level_arg = ARG_CREATE_LEVEL,
	CONDITIONS(create_conditions),
	.order = "rd_bound rd_state < rtt_walk rtte_state; "
		 "level_bound ipa_bound < rtt_walk rtte_state",
	.apply = table_create,
	.tf = &tf_create,
	.yields = true,
};

/* The table, locked as the child of the walk, is out of the tree: give its granule back. */
static void release_table(struct rmm_call *c, struct rtt *t)
{
	struct granule *g = t->g;

	c->out[1] = t->pa;
	c->locks.child = NULL;
	g->object = NULL;
	granule_set_state(c->rmm, g, RMM_DELEGATED);
	granule_unlock(&c->locks, g);
	rtt_free(c->rmm, t);
}

static bool table_has_an_owned_entry(struct rmm_call *c, const struct rmm_condition *row)
{
	return call_child(c)->nr_owned != 0;
}

bool table_is_live(struct rmm_call *c, const struct rmm_condition *row)
{
	return call_child(c)->nr_live != 0;
}

#define TABLE_GROUP                                                                             \
	RD_GROUP(ARG_RD),                                                                       \
		{ "level_bound", level_is_out_of_range, RMI_ERROR_INPUT, .arg = ARG_LEVEL },    \
		{ "ipa_align", ipa_is_parent_misaligned, RMI_ERROR_INPUT, .arg = ARG_IPA },     \
		{ "ipa_bound", ipa_is_outside, RMI_ERROR_INPUT, .arg = ARG_IPA }, RTTE_BLOCKED, \
		{ "rtt_walk", walk_stops_short, RMI_ERROR_RTT, .level = LEVEL_WALK },           \
	{                                                                                       \
		"rtte_state", rtte_is_no_table, RMI_ERROR_RTT, .level = LEVEL_WALK              \
	}

/* What a plane's tree maps of the range of the table. */
static bool an_auxiliary_tree_maps_it(struct rmm_call *c, const struct rmm_condition *row)
{
	const struct rtt_walk *w = call_walk(c);

	return call_aux_maps(c, w->ipa, w->ipa + w->size);
}

static const struct rmm_condition destroy_conditions[] = {
	TABLE_GROUP,
	{ "rtt_blocked", table_has_an_owned_entry, RMI_BLOCKED, .when = operations_block },
	{ "rtt_live", table_is_live, RMI_ERROR_RTT, .level = LEVEL_ARG },
	{ "aux_ref", an_auxiliary_tree_maps_it, RMI_ERROR_RTT, .level = LEVEL_WALK,
	  .when = auxiliary_trees_map },
};

void table_destroy(struct rmm_call *c)
{
	struct rtt_walk *w = call_walk(c);

	release_table(c, rtt_detach(c->rmm, c->realm, w));
	c->out[2] = rtt_skip_non_live(c->rmm, w);
}

/* top is defined for every failure: 0 for input errors, else where the next live entry is. */
void table_destroy_failed(struct rmm_call *c, const struct rmm_condition *row)
{
	if (!row) /* BUSY, BLOCKED */
		return;
	if (row->holds == an_auxiliary_tree_maps_it)
		c->out[2] = c->arg[ARG_IPA]; /* OP-35 */
	else if (row->level == LEVEL_WALK)
		c->out[2] = rtt_skip_non_live(c->rmm, call_walk(c));
	else
		c->out[2] = row->level == LEVEL_ARG ? c->arg[ARG_IPA] : 0;
}

const struct rmm_command cmd_rtt_destroy = {
	.abi = { ABI(RTT_DESTROY),
		 { { "rd", RMI_KIND_PA }, { "ipa", RMI_KIND_IPA }, { "level", RMI_KIND_LEVEL } },
		 { { "rtt", RMI_KIND_PA }, { "top", RMI_KIND_IPA } },
		 3,
		 2 },
	.granules = { { ARG_RD, RMM_RD } },
	.ipa_arg = ARG_IPA,
	.level_arg = ARG_LEVEL,
	CONDITIONS(destroy_conditions),
	.order = "rd_bound rd_state < rtt_walk rtte_state; rtte_state < rtt_live aux_ref; "
		 "level_bound ipa_bound < rtt_walk rtte_state",
	.apply = table_destroy,
	.failed = table_destroy_failed,
	.yields = true,
};

bool table_is_not_homogeneous(struct rmm_call *c, const struct rmm_condition *row)
{
	return !rtt_is_homogeneous(c->rmm, c->realm, call_child(c));
}

static const struct rmm_condition fold_conditions[] = {
	TABLE_GROUP,
	{ "rtt_blocked", table_has_an_owned_entry, RMI_BLOCKED, .when = operations_block },
	{ "rtt_homo", table_is_not_homogeneous, RMI_ERROR_RTT, .level = LEVEL_ARG },
	{ "aux_ref", an_auxiliary_tree_maps_it, RMI_ERROR_RTT, .level = LEVEL_WALK,
	  .when = auxiliary_trees_map },
};

/*
 * A block would be larger than any. TF-RMM looks at the count of live entries before it looks at
 * them; NS mappings are not counted, and must be one block indeed.
 */
bool block_would_be_too_large(struct rmm_call *c, const struct rmm_condition *row)
{
	struct rtt *t = call_child(c);

	if (t->level >= 2)
		return false;
	return t->nr_live == t->nr ||
	       (t->nr_mapped == t->nr && rtt_is_uniform(c->rmm, c->realm, t));
}

static const struct rmm_condition tf_fold_conditions[] = {
	TABLE_GROUP,
	{ "block_size", block_would_be_too_large, RMI_ERROR_RTT, .level = LEVEL_WALK },
	{ "rtt_homo", table_is_not_homogeneous, RMI_ERROR_RTT, .level = LEVEL_ARG },
};

static const struct rmm_order tf_fold = { CONDITIONS(tf_fold_conditions) };

void table_fold(struct rmm_call *c)
{
	release_table(c, rtt_fold(c->rmm, call_walk(c)));
}

const struct rmm_command cmd_rtt_fold = {
	.abi = { ABI(RTT_FOLD),
		 { { "rd", RMI_KIND_PA }, { "ipa", RMI_KIND_IPA }, { "level", RMI_KIND_LEVEL } },
		 { { "rtt", RMI_KIND_PA } },
		 3,
		 1 },
	.granules = { { ARG_RD, RMM_RD } },
	.ipa_arg = ARG_IPA,
	.level_arg = ARG_LEVEL,
	CONDITIONS(fold_conditions),
	.order = "rd_bound rd_state < rtt_walk rtte_state rtt_homo aux_ref; "
		 "level_bound ipa_bound < rtt_walk rtte_state",
	.apply = table_fold,
	.tf = &tf_fold,
	.yields = true,
};

static const struct rmm_condition read_entry_conditions[] = {
	RD_GROUP(ARG_RD),
	{ "level_bound", level_is_no_level, RMI_ERROR_INPUT, .arg = ARG_LEVEL },
	{ "ipa_align", ipa_is_level_misaligned, RMI_ERROR_INPUT, .arg = ARG_IPA },
	{ "ipa_bound", ipa_is_outside, RMI_ERROR_INPUT, .arg = ARG_IPA },
};

/* The base index of the indirect encoding: PIIndex is in bits 54:53 and 7:6 of a descriptor. */
static uint64_t pi_index(struct rtte e)
{
	return (uint64_t)(e.s2ap & 3) << 6 | (uint64_t)(e.s2ap >> 2 & 3) << 53;
}

/* Descriptor as the host may see it (rmm-abi 12): S2AP bit 6 read, bit 7 write. */
static uint64_t descriptor(const struct rmm *rmm, const struct realm *realm, struct rtte e)
{
	unsigned read = e.s2ap >> 1 & 1, write = e.s2ap & 1;

	/* OP-34 */
	if (rmm->profile.tf_rmm && e.hipas == RMM_NARCH_DEV && e.ripas == RMI_DESTROYED)
		return 0;
	if (e.hipas != RMM_MAPPED_NS)
		return e.pa;
	if (realm->params.flags1 & RMI_REALM_S2AP_INDIRECT)
		return e.pa | e.memattr << 2 | pi_index(e);
	if (rmm->profile.s2ap_bit0_is_read) {
		read = e.s2ap & 1;
		write = e.s2ap >> 1 & 1;
	}
	return e.pa | e.memattr << 2 | read << 6 | write << 7;
}

static void read_entry(struct rmm_call *c)
{
	static const uint8_t states[] = {
		[RMM_VOID] = RMI_RTTE_VOID,        [RMM_HIPAS_DATA] = RMI_RTTE_DATA,
		[RMM_TABLE] = RMI_RTTE_TABLE,      [RMM_UNMAPPED_NS] = RMI_RTTE_VOID,
		[RMM_MAPPED_NS] = RMI_RTTE_DATA,   [RMM_NARCH_DEV] = RMI_RTTE_NARCH_DEV,
		[RMM_ARCH_DEV] = RMI_RTTE_ARCH_DEV
	};
	struct rtt_walk w = *call_walk_to(c, c->arg[ARG_IPA], (int)c->arg[ARG_LEVEL]);

	c->out[1] = (uint64_t)w.level;
	c->out[2] = states[w.e.hipas];
	c->out[3] = descriptor(c->rmm, c->realm, w.e);
	c->out[4] = w.e.ripas;
}

const struct rmm_command cmd_rtt_read_entry = {
	.abi = { ABI(RTT_READ_ENTRY),
		 { { "rd", RMI_KIND_PA }, { "ipa", RMI_KIND_IPA }, { "level", RMI_KIND_LEVEL } },
		 { { "walk_level", RMI_KIND_LEVEL },
		   { "state", RMI_KIND_RTTE_STATE },
		   { "desc", RMI_KIND_HEX },
		   { "ripas", RMI_KIND_RIPAS } },
		 3,
		 4 },
	.granules = { { ARG_RD, RMM_RD } },
	.ipa_arg = ARG_IPA,
	.level_arg = ARG_LEVEL,
	CONDITIONS(read_entry_conditions),
	.apply = read_entry,
};
