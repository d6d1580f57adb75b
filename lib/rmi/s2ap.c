/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RMI_RTT_SET_S2AP (B4.5.76): give a range the overlay index that the realm has asked for, in every
 * tree (A5.6.11). A tree whose entry would have to be split ends it: the host makes a table first.
 *
 *	               base               top
 *	primary    [ a ][ b ][ c ][ d ][ e ][ f ]	b to e change
 *	tree 1     [                       ][ g ]	straddles base: ERROR_RTT_AUX, X1 its IPA, X2 = 1
 *
 * Locks: RD, which stays, then the REC, then the trees by number.
 */
#include "../sro.h"
#include "../yield.h"

enum { ARG_RD = 1, ARG_REC = 2, ARG_BASE = 3, ARG_TOP = 4 };

static bool base_is_not_the_next_of_the_request(struct rmm_call *c, const struct rmm_condition *row)
{
	return c->arg[ARG_BASE] != c->rec->s2ap_addr;
}

static bool top_is_above_the_request(struct rmm_call *c, const struct rmm_condition *row)
{
	return c->arg[ARG_TOP] > c->rec->s2ap_top;
}

/* An entry that the range covers in part and that has another index. */
static bool is_split_by_the_range(const struct rmm_call *c, const struct rtt_walk *w)
{
	bool inside = w->ipa >= c->arg[ARG_BASE] && w->ipa + w->size <= c->arg[ARG_TOP];

	return !inside && w->e.s2ap != c->rec->s2ap_index;
}

static bool a_primary_entry_is_split(struct rmm_call *c, const struct rmm_condition *row)
{
	if (is_split_by_the_range(c, call_walk(c)))
		return true;
	return is_split_by_the_range(c, call_walk_to(c, c->arg[ARG_TOP] - 1, 3));
}

/* c->aux is the entry, of tree c->aux.table->tree. */
static bool an_auxiliary_entry_is_split(struct rmm_call *c, const struct rmm_condition *row)
{
	const rmm_ipa ends[] = { c->arg[ARG_BASE], c->arg[ARG_TOP] - 1 };
	struct rtt *root;

	c->aux_walked = true;
	for (unsigned tree = 1; tree < NR_TREES && (root = realm_tree(c->realm, tree)); tree++) {
		for (unsigned i = 0; i < 2; i++) {
			c->aux = rtt_walk(&c->locks, root, ends[i], 3);
			if (is_split_by_the_range(c, &c->aux))
				return true;
		}
		rtt_leave_tree(&c->locks, tree);
	}
	return false;
}

static const struct rmm_condition conditions[] = {
	RD_GROUP(ARG_RD),
	REC_GROUP(ARG_REC),
	{ "rec_state", rec_is_running, RMI_ERROR_REC, .arg = ARG_REC },
	{ "rec_owner", rec_owner_differs, RMI_ERROR_REC, .arg = ARG_REC },
	{ "size_valid", top_is_not_above_base, RMI_ERROR_INPUT },
	{ "base_bound", base_is_not_the_next_of_the_request, RMI_ERROR_INPUT, .arg = ARG_BASE },
	{ "top_bound", top_is_above_the_request, RMI_ERROR_INPUT, .arg = ARG_TOP },
	{ "top_gran_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_TOP },
	RTTE_BLOCKED,
	{ "base_align_pri", a_primary_entry_is_split, RMI_ERROR_RTT, .level = LEVEL_WALK },
	{ "base_align_aux", an_auxiliary_entry_is_split, RMI_ERROR_RTT_AUX, .level = LEVEL_AUX },
};

/* All entries of one tree between base and stop; the last one may end behind it, but not behind top. */
static rmm_ipa set_tree(struct rmm_call *c, unsigned tree, rmm_ipa stop)
{
	rmm_ipa pos = c->arg[ARG_BASE];
	struct rtt_walk w;

	for (bool go_on = false; pos < stop; pos = w.ipa + w.size) {
		struct rtte e;

		if (!go_on || !rtt_step(&c->locks, &w, pos, 3))
			w = rtt_walk(&c->locks, realm_tree(c->realm, tree), pos, 3);
		go_on = true;
		if (w.e.owned)
			break;
		e = w.e;
		e.s2ap = c->rec->s2ap_index;
		rtt_update(&w, e);
	}
	rtt_leave_tree(&c->locks, tree);
	return pos < stop ? pos : stop;
}

static void set_trees(struct rmm_call *c, rmm_ipa stop)
{
	/* Nobody in the primary tree waits for one who is in another one. */
	rtt_leave(&c->locks);
	for (unsigned tree = 0; tree < NR_TREES && realm_tree(c->realm, tree); tree++)
		stop = set_tree(c, tree, stop);
	c->rec->s2ap_addr = stop;
	c->rec->s2ap_tree = 0;
	c->out[1] = stop;
}

static void set_s2ap(struct rmm_call *c)
{
	rmm_ipa stop = c->arg[ARG_TOP];
	struct budget budget;
	struct rtt_walk w;

	c->out[1] = c->arg[ARG_BASE];
	/* The REC may have gone while the command waited, or have another request: then it ends. */
	if (!c->rec || c->ends)
		return;
	w = *call_walk_to(c, c->arg[ARG_BASE], 3);
	if (c->rmm->profile.extent == RMM_EXTENT_TABLE && rtt_table_end(c->rmm, &w) < stop)
		stop = rtt_table_end(c->rmm, &w);
	budget = yield_budget(c, (stop - w.ipa + w.size - 1) / w.size);
	if (budget.left < (stop - w.ipa) / w.size)
		stop = w.ipa + budget.left * w.size;
	set_trees(c, stop);
	if (stop == c->arg[ARG_TOP] || c->rec->s2ap_addr != stop)
		return;
	call_walk_to(c, stop, 3);
	yield_rest(c, &budget, stop);
}

/* X1, X2: which entry of which tree; the request stays where it is. */
static void failed(struct rmm_call *c, const struct rmm_condition *row)
{
	if (!row || row->level == LEVEL_NONE)
		return;
	c->out[1] = row->level == LEVEL_AUX ? c->aux.ipa : c->walk.ipa;
	c->out[2] = row->level == LEVEL_AUX ? c->aux.table->tree : 0;
}

static const struct rmm_condition tf_conditions[] = {
	{ "size_valid", top_is_not_above_base, RMI_ERROR_INPUT },
	TF_GRANULE("rd", ARG_RD, RMM_RD),
	TF_GRANULE("rec", ARG_REC, RMM_REC),
	{ "rec_state", rec_is_running, RMI_ERROR_REC, .arg = ARG_REC },
	{ "rec_owner", rec_owner_differs, RMI_ERROR_REC, .arg = ARG_REC },
	{ "base_bound", base_is_not_the_next_of_the_request, RMI_ERROR_INPUT, .arg = ARG_BASE },
	{ "top_bound", top_is_above_the_request, RMI_ERROR_INPUT, .arg = ARG_TOP },
	{ "top_gran_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_TOP },
};

/*
 * TF-RMM: entries of one table of the tree, up to *stop. What base does not begin at, or what is larger
 * than the rest, is an error even after progress: false. Index or not, it is not looked at.
 */
static bool tf_set_tree(struct rmm_call *c, unsigned tree, rmm_ipa *stop)
{
	struct rtt_walk w = rtt_walk(&c->locks, realm_tree(c->realm, tree), c->arg[ARG_BASE], 3);
	rmm_ipa pos = c->arg[ARG_BASE], end = rtt_table_end(c->rmm, &w);
	bool fits = pos == w.ipa;

	while (fits && pos < end && pos < *stop) {
		struct rtte e;

		rtt_step(&c->locks, &w, pos, w.level);
		fits = w.size <= c->arg[ARG_TOP] - pos;
		if (!fits || w.e.hipas == RMM_TABLE)
			break;
		e = w.e;
		e.s2ap = c->rec->s2ap_index;
		rtt_update(&w, e);
		pos += w.size;
	}
	if (!fits)
		c->x0 = RMI_RESULT(tree ? RMI_ERROR_RTT_AUX : RMI_ERROR_RTT, w.level);
	*stop = fits && pos > *stop ? *stop : pos;
	rtt_leave_tree(&c->locks, tree);
	return fits;
}

/* The request goes on where this ends, by an error or not: no condition. */
static void tf_set_s2ap(struct rmm_call *c)
{
	rmm_ipa stop = c->arg[ARG_TOP];
	unsigned tree = 0;

	while (tf_set_tree(c, tree, &stop) && tree + 1 < NR_TREES && realm_tree(c->realm, tree + 1))
		tree++;
	if (!c->x0)
		tree = 0;
	c->rec->s2ap_addr = stop;
	c->rec->s2ap_tree = tree;
	c->out[1] = stop;
	c->out[2] = tree;
}

static const struct rmm_order tf_order = { CONDITIONS(tf_conditions), .apply = tf_set_s2ap };

const struct rmm_command cmd_rtt_set_s2ap = {
	.abi = { ABI(RTT_SET_S2AP),
		 { { "rd", RMI_KIND_PA },
		   { "rec", RMI_KIND_PA },
		   { "base", RMI_KIND_IPA },
		   { "top", RMI_KIND_IPA } },
		 { { "out_top", RMI_KIND_IPA }, { "rtt_tree", RMI_KIND_DEC } },
		 4,
		 2 },
	.granules = { { ARG_RD, RMM_RD }, { ARG_REC, RMM_REC } },
	.ipa_arg = ARG_BASE,
	.top_arg = ARG_TOP,
	CONDITIONS(conditions),
	.apply = set_s2ap,
	.failed = failed,
	.tf = &tf_order,
	.keeps_rd = true,
	.yields = true,
};
