/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RMI_RTT_DEV_VALIDATE (B4.5.71): the host's part of the realm's RSI_VDEV_VALIDATE_MAPPING. Device memory
 * that is what the realm expects, from rec.dev_mem_addr on, becomes RIPAS DEV.
 *
 * Locks: RD, the REC, PDEV, VDEV, then the tables.
 */
#include "../sro.h"
#include "../yield.h"

enum { ARG_RD = 1, ARG_REC = 2, ARG_PDEV = 3, ARG_VDEV = 4, ARG_BASE = 5, ARG_TOP = 6 };

static bool vdev_is_of_another_pdev(struct rmm_call *c, const struct rmm_condition *row)
{
	return c->vdev->is.pdev != c->arg[ARG_PDEV];
}

static bool base_is_not_the_next_of_the_request(struct rmm_call *c, const struct rmm_condition *row)
{
	return c->arg[ARG_BASE] != c->rec->dev_mem_addr;
}

static bool top_is_above_the_request(struct rmm_call *c, const struct rmm_condition *row)
{
	return c->arg[ARG_TOP] > c->rec->dev_mem_top;
}

/* Device memory, and all of the entry is in the range. */
static bool can_become_dev(const struct rmm_call *c, const struct rtt_walk *w)
{
	return w->e.hipas == RMM_NARCH_DEV && w->ipa + w->size <= c->arg[ARG_TOP];
}

static bool has_the_attribute(const struct rmm_call *c, const struct rtt_walk *w)
{
	return w->e.memattr == c->rec->dev_mem_coherent;
}

static bool first_entry_cannot_change(struct rmm_call *c, const struct rmm_condition *row)
{
	return !can_become_dev(c, call_walk(c));
}

/* The category of the memory's region and the attribute of its entry always agree. */
static bool rtte_has_another_attribute(struct rmm_call *c, const struct rmm_condition *row)
{
	return !has_the_attribute(c, call_walk(c));
}

static bool rtte_has_another_address(struct rmm_call *c, const struct rmm_condition *row)
{
	return call_walk(c)->e.pa != c->rec->dev_mem_pa;
}

static bool an_auxiliary_tree_maps_some_of_it(struct rmm_call *c, const struct rmm_condition *row)
{
	call_walk(c);
	return call_aux_maps(c, c->arg[ARG_BASE], c->arg[ARG_TOP]);
}

static const struct rmm_condition conditions[] = {
	FEAT_DA,
	RD_GROUP(ARG_RD),
	REC_GROUP(ARG_REC),
	{ "pdev_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_PDEV },
	{ "pdev_bound", arg_is_untracked, RMI_ERROR_INPUT, .arg = ARG_PDEV },
	{ "pdev_blocked", granule_is_blocked, RMI_BLOCKED, .arg = ARG_PDEV,
	  .when = operations_block },
	{ "pdev_gran_state", granule_is_not, RMI_ERROR_INPUT, .arg = ARG_PDEV, .state = RMM_PDEV },
	VDEV_GROUP(ARG_VDEV),
	{ "rec_state", rec_is_running, RMI_ERROR_REC, .arg = ARG_REC },
	{ "rec_owner", rec_owner_differs, RMI_ERROR_REC, .arg = ARG_REC },
	{ "vdev_pdev", vdev_is_of_another_pdev, RMI_ERROR_DEVICE, .arg = ARG_VDEV },
	{ "size_valid", top_is_not_above_base, RMI_ERROR_INPUT },
	{ "base_bound", base_is_not_the_next_of_the_request, RMI_ERROR_INPUT, .arg = ARG_BASE },
	{ "top_bound", top_is_above_the_request, RMI_ERROR_INPUT, .arg = ARG_TOP },
	RTTE_BLOCKED,
	{ "base_align", base_is_inside_its_entry, RMI_ERROR_RTT, .arg = ARG_BASE,
	  .level = LEVEL_WALK },
	{ "top_gran_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_TOP },
	{ "no_progress", first_entry_cannot_change, RMI_ERROR_RTT, .level = LEVEL_WALK },
	{ "rtte_memattr", rtte_has_another_attribute, RMI_ERROR_RTT, .level = LEVEL_WALK },
	{ "rtte_addr", rtte_has_another_address, RMI_ERROR_RTT, .level = LEVEL_WALK },
	{ "aux_live", an_auxiliary_tree_maps_some_of_it, RMI_ERROR_RTT, .level = LEVEL_WALK },
};

static bool validate_entry(struct rmm_call *c)
{
	struct rtt_walk *w = &c->walk;
	struct rtte e = w->e;

	if (!can_become_dev(c, w) || !has_the_attribute(c, w) || e.pa != c->rec->dev_mem_pa)
		return false;
	e.ripas = RMI_DEV;
	rtt_update(w, e);
	c->rec->dev_mem_addr += w->size;
	c->rec->dev_mem_pa += w->size;
	return true;
}

/* What stops it is the next call's error. */
static void validate(struct rmm_call *c)
{
	rmm_ipa pos = c->arg[ARG_BASE], stop = c->arg[ARG_TOP];
	struct rtt_walk *w = call_walk(c);
	struct budget budget;

	if (c->rmm->profile.extent == RMM_EXTENT_TABLE && rtt_table_end(c->rmm, w) < stop)
		stop = rtt_table_end(c->rmm, w);
	budget = yield_budget(c, (stop - pos) / w->size);
	while (!c->ends && !w->e.owned && validate_entry(c)) {
		pos = c->rec->dev_mem_addr;
		if (pos >= stop || !call_next(c, pos, 3))
			break;
		if (!--budget.left && yield_rest(c, &budget, pos))
			return;
		if (!budget.left)
			break;
	}
	c->out[1] = pos;
}

const struct rmm_command cmd_rtt_dev_validate = {
	.abi = { ABI(RTT_DEV_VALIDATE),
		 { { "rd", RMI_KIND_PA },
		   { "rec", RMI_KIND_PA },
		   { "pdev", RMI_KIND_PA },
		   { "vdev", RMI_KIND_PA },
		   { "base", RMI_KIND_IPA },
		   { "top", RMI_KIND_IPA } },
		 { { "out_top", RMI_KIND_IPA } },
		 6,
		 1 },
	.granules = { { ARG_RD, RMM_RD },
		      { ARG_REC, RMM_REC },
		      { ARG_PDEV, RMM_PDEV },
		      { ARG_VDEV, RMM_VDEV } },
	.ipa_arg = ARG_BASE,
	.top_arg = ARG_TOP,
	CONDITIONS(conditions),
	.order = "rd_bound rd_state < base_align; rd_bound rd_state < no_progress; "
		 "rec_bound rec_gran_state < rec_state rec_owner; base_bound < base_align; "
		 "top_gran_align < no_progress; "
		 "pdev_align pdev_bound pdev_gran_state vdev_align vdev_bound vdev_gran_state "
		 "vdev_realm < vdev_pdev",
	.apply = validate,
	.yields = true,
};
