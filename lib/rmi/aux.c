/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RMI_RTT_AUX_CREATE, RMI_RTT_AUX_DESTROY, RMI_RTT_AUX_FOLD (B4.5.57-.59): tables of the tree that
 * belongs to one plane. They do what the primary commands do, and answer ERROR_RTT_AUX.
 *
 * Locks: as the primary commands, in another tree.
 */
#include "../call.h"

enum { ARG_RD = 1, ARG_RTT = 2, ARG_CREATE_IPA = 3, ARG_CREATE_LEVEL = 4, ARG_CREATE_INDEX = 5 };
enum { ARG_IPA = 2, ARG_LEVEL = 3, ARG_INDEX = 4 };

static bool ipa_is_not_protected(struct rmm_call *c, const struct rmm_condition *row)
{
	return !realm_is_protected(c->realm, c->arg[row->arg]);
}

static bool index_is_no_auxiliary_tree(struct rmm_call *c, const struct rmm_condition *row)
{
	return !realm_has_aux_tree(c->realm, c->arg[row->arg]);
}

static const struct rmm_condition create_conditions[] = {
	RD_GROUP(ARG_RD),
	{ "level_bound", level_is_out_of_range, RMI_ERROR_INPUT, .arg = ARG_CREATE_LEVEL },
	{ "ipa_align", ipa_is_parent_misaligned, RMI_ERROR_INPUT, .arg = ARG_CREATE_IPA },
	{ "ipa_bound", ipa_is_not_protected, RMI_ERROR_INPUT, .arg = ARG_CREATE_IPA },
	{ "index_bound", index_is_no_auxiliary_tree, RMI_ERROR_INPUT, .arg = ARG_CREATE_INDEX },
	{ "rtt_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_RTT },
	{ "rtt_bound", arg_is_not_fine, RMI_ERROR_INPUT, .arg = ARG_RTT },
	{ "rtt_blocked", granule_is_blocked, RMI_BLOCKED, .arg = ARG_RTT },
	{ "rtt_state", granule_is_not, RMI_ERROR_INPUT, .arg = ARG_RTT, .state = RMM_DELEGATED },
	{ "rtt_bound2", pa_does_not_fit, RMI_ERROR_INPUT, .arg = ARG_RTT },
	{ "rtt_walk", walk_stops_short, RMI_ERROR_RTT_AUX, .level = LEVEL_WALK },
	{ "rtte_state", rtte_is_a_table, RMI_ERROR_RTT_AUX, .level = LEVEL_WALK },
	{ "memory", table_cannot_be_made, RMI_ERROR_GLOBAL },
};

static const struct rmm_condition tf_create_conditions[] = {
	TF_GRANULE("rtt", ARG_RTT, RMM_DELEGATED),
	TF_GRANULE("rd", ARG_RD, RMM_RD),
	{ "level_bound", level_is_out_of_range, RMI_ERROR_INPUT, .arg = ARG_CREATE_LEVEL },
	{ "ipa_align", ipa_is_parent_misaligned, RMI_ERROR_INPUT, .arg = ARG_CREATE_IPA },
	{ "index_bound", index_is_no_auxiliary_tree, RMI_ERROR_INPUT, .arg = ARG_CREATE_INDEX },
	{ "ipa_bound", ipa_is_not_protected, RMI_ERROR_INPUT, .arg = ARG_CREATE_IPA },
	{ "rtt_bound2", pa_does_not_fit, RMI_ERROR_INPUT, .arg = ARG_RTT },
	{ "rtt_walk", walk_stops_short, RMI_ERROR_RTT_AUX, .level = LEVEL_WALK },
	{ "rtte_state", rtte_is_a_table, RMI_ERROR_RTT_AUX, .level = LEVEL_WALK },
	{ "memory", table_cannot_be_made, RMI_ERROR_GLOBAL },
};

static const struct rmm_order tf_create = { CONDITIONS(tf_create_conditions) };

const struct rmm_command cmd_rtt_aux_create = {
	.abi = { ABI(RTT_AUX_CREATE),
		 { { "rd", RMI_KIND_PA },
		   { "rtt", RMI_KIND_PA },
		   { "ipa", RMI_KIND_IPA },
		   { "level", RMI_KIND_LEVEL },
		   { "index", RMI_KIND_DEC } },
		 .nr_args = 5 },
	.granules = { { ARG_RTT, RMM_DELEGATED }, { ARG_RD, RMM_RD } },
	.ipa_arg = ARG_CREATE_IPA,
	.level_arg = ARG_CREATE_LEVEL,
	.tree_arg = ARG_CREATE_INDEX,
	CONDITIONS(create_conditions),
	.order = "rd_bound rd_state < rtt_walk rtte_state; "
		 "level_bound ipa_bound < rtt_walk rtte_state",
	.apply = table_create,
	.yields = true,
	.tf = &tf_create,
};

#define TABLE_GROUP                                                                               \
	{ "level_bound", level_is_out_of_range, RMI_ERROR_INPUT, .arg = ARG_LEVEL },              \
		{ "ipa_align", ipa_is_parent_misaligned, RMI_ERROR_INPUT, .arg = ARG_IPA },       \
		{ "ipa_bound", ipa_is_not_protected, RMI_ERROR_INPUT, .arg = ARG_IPA },           \
		{ "index_bound", index_is_no_auxiliary_tree, RMI_ERROR_INPUT, .arg = ARG_INDEX }, \
		{ "rtt_walk", walk_stops_short, RMI_ERROR_RTT_AUX, .level = LEVEL_WALK },         \
	{                                                                                         \
		"rtte_state", rtte_is_no_table, RMI_ERROR_RTT_AUX, .level = LEVEL_WALK            \
	}

static const struct rmm_condition destroy_conditions[] = {
	RD_GROUP(ARG_RD),
	TABLE_GROUP,
	{ "rtt_live", table_is_live, RMI_ERROR_RTT_AUX, .level = LEVEL_ARG },
};

#define TABLE_ARGS                                                                           \
	{                                                                                    \
		{ "rd", RMI_KIND_PA }, { "ipa", RMI_KIND_IPA }, { "level", RMI_KIND_LEVEL }, \
		{                                                                            \
			"index", RMI_KIND_DEC                                                \
		}                                                                            \
	}

const struct rmm_command cmd_rtt_aux_destroy = {
	.abi = { ABI(RTT_AUX_DESTROY),
		 TABLE_ARGS,
		 { { "rtt", RMI_KIND_PA }, { "top", RMI_KIND_IPA } },
		 4,
		 2 },
	.granules = { { ARG_RD, RMM_RD } },
	.ipa_arg = ARG_IPA,
	.level_arg = ARG_LEVEL,
	.tree_arg = ARG_INDEX,
	CONDITIONS(destroy_conditions),
	.order = "rd_bound rd_state < rtt_walk rtte_state rtt_live; "
		 "level_bound ipa_bound < rtt_walk rtte_state",
	.apply = table_destroy,
	.yields = true,
	.failed = table_destroy_failed,
};

static const struct rmm_condition fold_conditions[] = {
	RD_GROUP(ARG_RD),
	TABLE_GROUP,
	{ "rtt_homo", table_is_not_homogeneous, RMI_ERROR_RTT_AUX, .level = LEVEL_ARG },
};

static const struct rmm_condition tf_fold_conditions[] = {
	TF_GRANULE("rd", ARG_RD, RMM_RD),
	TABLE_GROUP,
	{ "block_size", block_would_be_too_large, RMI_ERROR_RTT_AUX, .level = LEVEL_WALK },
	{ "rtt_homo", table_is_not_homogeneous, RMI_ERROR_RTT_AUX, .level = LEVEL_ARG },
};

static const struct rmm_order tf_fold = { CONDITIONS(tf_fold_conditions) };

const struct rmm_command cmd_rtt_aux_fold = {
	.abi = { ABI(RTT_AUX_FOLD), TABLE_ARGS, { { "rtt", RMI_KIND_PA } }, 4, 1 },
	.granules = { { ARG_RD, RMM_RD } },
	.ipa_arg = ARG_IPA,
	.level_arg = ARG_LEVEL,
	.tree_arg = ARG_INDEX,
	CONDITIONS(fold_conditions),
	.order = "rd_bound rd_state < rtt_walk rtte_state rtt_homo; "
		 "level_bound ipa_bound < rtt_walk rtte_state",
	.apply = table_fold,
	.yields = true,
	.tf = &tf_fold,
};
