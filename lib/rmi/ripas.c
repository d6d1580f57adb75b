/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RMI_RTT_INIT_RIPAS, RMI_RTT_SET_RIPAS (B4.5.73, .75).
 *
 * Locks: RD; SET_RIPAS then the REC; then the tables.
 */
#include "../sro.h"
#include "../yield.h"

enum { ARG_RD = 1, ARG_BASE = 2, ARG_TOP = 3 };
enum { ARG_REC = 2, ARG_SET_BASE = 3, ARG_SET_TOP = 4 };

static rmm_ipa base_of(const struct rmm_call *c)
{
	return c->arg[c->command->ipa_arg];
}

static rmm_ipa top_of(const struct rmm_call *c)
{
	return c->arg[c->command->top_arg];
}

/*
 * The IPA behind the entry of w when it can take RIPAS `to`, else `pos`. SET_RIPAS moves through an
 * entry that has it already; INIT_RIPAS stops at every entry that crosses top (B4.5.73).
 */
static rmm_ipa step(const struct rmm_call *c, const struct rtt_walk *w, rmm_ipa pos, unsigned to,
		    bool keep_destroyed)
{
	rmm_ipa end = w->ipa + w->size;

	if (to == RMI_RAM && rtte_is_device(w->e))
		return pos;
	if (w->e.ripas == to && c->command == &cmd_rtt_set_ripas)
		return end < top_of(c) ? end : top_of(c);
	if (keep_destroyed && w->e.ripas == RMI_DESTROYED)
		return pos;
	return pos == w->ipa && end <= top_of(c) ? end : pos;
}

/* Set RIPAS from base on as far as it goes; returns the end. */
static rmm_ipa change(struct rmm_call *c, unsigned to, bool keep_destroyed)
{
	rmm_ipa pos = base_of(c), stop = top_of(c);
	struct budget budget;

	if (c->rmm->profile.extent == RMM_EXTENT_TABLE &&
	    rtt_table_end(c->rmm, call_walk(c)) < stop)
		stop = rtt_table_end(c->rmm, call_walk(c));
	budget = yield_budget(c, (stop - pos + call_walk(c)->size - 1) / call_walk(c)->size);
	while (pos < stop && !c->ends && call_next(c, pos, 3) && !c->walk.e.owned) {
		rmm_ipa next;

		if (!budget.left)
			break;
		next = step(c, &c->walk, pos, to, keep_destroyed);
		struct rtte e = c->walk.e;

		if (next == pos)
			break;
		e.ripas = to;
		rtt_update(&c->walk, e);
		pos = next;
		budget.left--;
	}
	/* What ends here may be of an earlier request than the one that the REC has by now. */
	if (c->rec && !c->ends)
		c->rec->ripas_addr = pos;
	if (pos < stop && !budget.left)
		yield_rest(c, &budget, pos);
	return pos;
}

static bool top_is_not_protected(struct rmm_call *c, const struct rmm_condition *row)
{
	return !realm_is_protected(c->realm, top_of(c) - granule_size(c->rmm));
}

static bool rtte_is_no_leaf(struct rmm_call *c, const struct rmm_condition *row)
{
	return call_walk(c)->e.hipas != RMM_VOID && call_walk(c)->e.hipas != RMM_HIPAS_DATA;
}

static const struct rmm_condition init_conditions[] = {
	RD_GROUP(ARG_RD),
	{ "size_valid", top_is_not_above_base, RMI_ERROR_INPUT },
	{ "top_bound", top_is_not_protected, RMI_ERROR_INPUT, .arg = ARG_TOP },
	{ "realm_state", realm_is_not, RMI_ERROR_REALM, .state = REALM_NEW },
	RTTE_BLOCKED,
	{ "base_align", base_is_inside_its_entry, RMI_ERROR_RTT, .arg = ARG_BASE,
	  .level = LEVEL_WALK },
	{ "rtte_state", rtte_is_no_leaf, RMI_ERROR_RTT, .level = LEVEL_WALK },
	{ "top_gran_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_TOP },
	{ "no_progress", entry_is_larger_than_the_range, RMI_ERROR_RTT, .level = LEVEL_WALK },
};

/* TF-RMM: can this entry take RIPAS `to`? One that crosses top, or a table, never can. */
static bool tf_takes(const struct rmm_call *c, const struct rtt_walk *w, rmm_ipa pos, unsigned to)
{
	bool keep = c->rec ? c->rec->ripas_value == RMI_RAM && c->rec->ripas_keep_destroyed : true;

	if (w->e.hipas == RMM_TABLE || (to == RMI_RAM && rtte_is_device(w->e)))
		return false;
	if (w->size > top_of(c) - pos)
		return false;
	return w->e.ripas == to || !keep || w->e.ripas != RMI_DESTROYED;
}

static unsigned tf_target(const struct rmm_call *c)
{
	return c->rec ? c->rec->ripas_value : RMI_RAM;
}

static bool tf_no_progress(struct rmm_call *c, const struct rmm_condition *row)
{
	return !tf_takes(c, call_walk(c), base_of(c), tf_target(c));
}

/* Entries of one table, up to the first that cannot. */
static void tf_change(struct rmm_call *c)
{
	rmm_ipa pos = base_of(c), end = rtt_table_end(c->rmm, call_walk(c));
	int level = call_walk(c)->level;

	while (pos < end && pos < top_of(c) && call_next(c, pos, level)) {
		struct rtte e = c->walk.e;

		if (!tf_takes(c, &c->walk, pos, tf_target(c)))
			break;
		e.ripas = tf_target(c);
		rtt_update(&c->walk, e);
		pos += c->walk.size;
	}
	if (c->rec)
		c->rec->ripas_addr = pos;
	c->out[1] = pos;
}

static bool range_is_outside(struct rmm_call *c, const struct rmm_condition *row)
{
	return !realm_range_is_protected(c->realm, base_of(c), top_of(c));
}

static const struct rmm_condition tf_init_conditions[] = {
	{ "size_valid", top_is_not_above_base, RMI_ERROR_INPUT },
	TF_GRANULE("rd", ARG_RD, RMM_RD),
	{ "base_gran_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_BASE },
	{ "top_gran_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_TOP },
	{ "bound", range_is_outside, RMI_ERROR_INPUT, .arg = ARG_TOP },
	{ "realm_state", realm_is_not, RMI_ERROR_REALM, .state = REALM_NEW },
	{ "base_align", base_is_inside_its_entry, RMI_ERROR_RTT, .arg = ARG_BASE,
	  .level = LEVEL_WALK },
	{ "no_progress", tf_no_progress, RMI_ERROR_RTT, .level = LEVEL_WALK },
};

static const struct rmm_order tf_init = { CONDITIONS(tf_init_conditions), .apply = tf_change };

static void init_ripas(struct rmm_call *c)
{
	rmm_ipa end = change(c, RMI_RAM, false);

	if (!c->yielded)
		c->out[1] = end;
}

const struct rmm_command cmd_rtt_init_ripas = {
	.abi = { ABI(RTT_INIT_RIPAS),
		 { { "rd", RMI_KIND_PA }, { "base", RMI_KIND_IPA }, { "top", RMI_KIND_IPA } },
		 { { "out_top", RMI_KIND_IPA } },
		 3,
		 1 },
	.granules = { { ARG_RD, RMM_RD } },
	.ipa_arg = ARG_BASE,
	.top_arg = ARG_TOP,
	CONDITIONS(init_conditions),
	.order = "rd_bound rd_state < realm_state; rd_bound rd_state < base_align rtte_state; "
		 "rd_bound rd_state < no_progress; top_gran_align < no_progress",
	.apply = init_ripas,
	.tf = &tf_init,
	.yields = true,
};

static bool base_is_not_the_next_of_the_request(struct rmm_call *c, const struct rmm_condition *row)
{
	return base_of(c) != c->rec->ripas_addr;
}

static bool top_is_above_the_request(struct rmm_call *c, const struct rmm_condition *row)
{
	return top_of(c) > c->rec->ripas_top;
}

static bool entry_has_the_ripas(struct rmm_call *c)
{
	return call_walk(c)->e.ripas == c->rec->ripas_value;
}

static bool base_would_split_its_entry(struct rmm_call *c, const struct rmm_condition *row)
{
	return base_of(c) != call_walk(c)->ipa && !entry_has_the_ripas(c);
}

static bool keeps_destroyed(const struct rmm_rec *rec)
{
	return rec->ripas_value == RMI_RAM && rec->ripas_keep_destroyed;
}

static bool first_entry_cannot_change(struct rmm_call *c, const struct rmm_condition *row)
{
	unsigned to = c->rec->ripas_value;

	return !(to == RMI_RAM && rtte_is_device(call_walk(c)->e)) &&
	       step(c, call_walk(c), base_of(c), to, keeps_destroyed(c->rec)) == base_of(c);
}

static bool device_cannot_be_ram(struct rmm_call *c, const struct rmm_condition *row)
{
	return c->rec->ripas_value == RMI_RAM && rtte_is_device(call_walk(c)->e);
}

static bool an_auxiliary_tree_maps_some_of_it(struct rmm_call *c, const struct rmm_condition *row)
{
	call_walk(c);
	return call_aux_maps(c, base_of(c), top_of(c));
}

static const struct rmm_condition set_conditions[] = {
	RD_GROUP(ARG_RD),
	REC_GROUP(ARG_REC),
	{ "rec_state", rec_is_running, RMI_ERROR_REC, .arg = ARG_REC },
	{ "rec_owner", rec_owner_differs, RMI_ERROR_REC, .arg = ARG_REC },
	{ "size_valid", top_is_not_above_base, RMI_ERROR_INPUT },
	{ "base_bound", base_is_not_the_next_of_the_request, RMI_ERROR_INPUT, .arg = ARG_SET_BASE },
	{ "top_bound", top_is_above_the_request, RMI_ERROR_INPUT, .arg = ARG_SET_TOP },
	RTTE_BLOCKED,
	{ "base_align", base_would_split_its_entry, RMI_ERROR_RTT, .arg = ARG_SET_BASE,
	  .level = LEVEL_WALK },
	{ "top_gran_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_SET_TOP },
	{ "no_progress", first_entry_cannot_change, RMI_ERROR_RTT, .level = LEVEL_WALK },
	{ "aux_live", an_auxiliary_tree_maps_some_of_it, RMI_ERROR_RTT, .level = LEVEL_WALK },
	{ "ram_invalid", device_cannot_be_ram, RMI_ERROR_RTT, .level = LEVEL_WALK },
};

static const struct rmm_condition tf_set_conditions[] = {
	{ "size_valid", top_is_not_above_base, RMI_ERROR_INPUT },
	{ "base_gran_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_SET_BASE },
	{ "top_gran_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_SET_TOP },
	TF_GRANULE("rd", ARG_RD, RMM_RD),
	TF_GRANULE("rec", ARG_REC, RMM_REC),
	{ "rec_state", rec_is_running, RMI_ERROR_REC, .arg = ARG_REC },
	{ "rec_owner", rec_owner_differs, RMI_ERROR_REC, .arg = ARG_REC },
	{ "base_bound", base_is_not_the_next_of_the_request, RMI_ERROR_INPUT, .arg = ARG_SET_BASE },
	{ "top_bound", top_is_above_the_request, RMI_ERROR_INPUT, .arg = ARG_SET_TOP },
	{ "base_align", base_is_inside_its_entry, RMI_ERROR_RTT, .arg = ARG_SET_BASE,
	  .level = LEVEL_WALK },
	{ "no_progress", tf_no_progress, RMI_ERROR_RTT, .level = LEVEL_WALK },
};

static const struct rmm_order tf_set = { CONDITIONS(tf_set_conditions), .apply = tf_change };

static void set_ripas(struct rmm_call *c)
{
	rmm_ipa end = base_of(c);

	/* The REC may have gone while the command waited: then it ends. */
	if (c->rec)
		end = change(c, c->rec->ripas_value, keeps_destroyed(c->rec));
	if (!c->yielded)
		c->out[1] = end;
}

const struct rmm_command cmd_rtt_set_ripas = {
	.abi = { ABI(RTT_SET_RIPAS),
		 { { "rd", RMI_KIND_PA },
		   { "rec", RMI_KIND_PA },
		   { "base", RMI_KIND_IPA },
		   { "top", RMI_KIND_IPA } },
		 { { "out_top", RMI_KIND_IPA } },
		 4,
		 1 },
	.granules = { { ARG_RD, RMM_RD }, { ARG_REC, RMM_REC } },
	.ipa_arg = ARG_SET_BASE,
	.top_arg = ARG_SET_TOP,
	CONDITIONS(set_conditions),
	.order = "rd_bound rd_state < base_align; rd_bound rd_state < no_progress; "
		 "rec_bound rec_gran_state < rec_state rec_owner; base_bound < base_align; "
		 "top_gran_align < no_progress",
	.apply = set_ripas,
	.tf = &tf_set,
	.yields = true,
};
