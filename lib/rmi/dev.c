/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RMI_RTT_DEV_MAP, RMI_RTT_ARCH_DEV_MAP, RMI_RTT_ARCH_DEV_UNMAP (B4.5.69, .55, .56; A5.3.3.2). RTT_DEV_UNMAP
 * is with the other unmaps, RTT_DEV_VALIDATE has a file of its own.
 *
 * Locks: RD, the VDEV or VSMMU, which keeps the realm from then on, the tables; DEV_MAP then the granules
 * of one block, which are tried and not waited for.
 */
#include "../feature.h"
#include "../sro.h"
#include "../yield.h"

enum { ARG_RD = 1, ARG_DEVICE = 2, ARG_BASE = 3, ARG_TOP = 4, ARG_FLAGS = 5, ARG_OADDR = 6 };

/* Not printed for these commands; the rest of device assignment is not supported either. */
bool devices_are_not_supported(struct rmm_call *c, const struct rmm_condition *row)
{
	return !rmm_feature(c->rmm, FEATURE_DA);
}

bool vdev_is_of_another_realm(struct rmm_call *c, const struct rmm_condition *row)
{
	return c->vdev->is.rd != c->realm->pa;
}

bool block_is_outside_the_vdev(struct rmm_call *c, const struct rmm_condition *row)
{
	return !vdev_has(c->vdev, addr_set_pa(call_set(c)), call_walk(c)->size);
}

static bool rtte_is_not_void(struct rmm_call *c, const struct rmm_condition *row)
{
	return call_walk(c)->e.hipas != RMM_VOID;
}

/* OP-14 */
static bool rtte_is_ram(struct rmm_call *c, const struct rmm_condition *row)
{
	return call_walk(c)->e.ripas == RMI_RAM;
}

static bool block_is_no_delegated_device_memory(struct rmm_call *c, const struct rmm_condition *row)
{
	rmm_pa pa = addr_set_pa(call_set(c));

	return !tracking_may_be_dev(c->rmm, pa, call_walk(c)->size) ||
	       !granule_range_is(c->rmm, pa, call_walk(c)->size, RMM_DELEGATED);
}

static const struct rmm_condition dev_map_conditions[] = {
	FEAT_DA,
	RD_GROUP(ARG_RD),
	VDEV_GROUP(ARG_DEVICE),
	{ "realm_state", realm_is_not_new_or_active, RMI_ERROR_REALM },
	RANGE_GROUP(ARG_BASE, ARG_TOP),
	{ "ipa_bound", range_is_not_protected, RMI_ERROR_INPUT },
	DELEGATED_OADDR_GROUP(ARG_FLAGS, ARG_OADDR),
	RTTE_BLOCKED,
	{ "rtte_state", rtte_is_not_void, RMI_ERROR_RTT, .level = LEVEL_WALK },
	{ "base_lv_align", base_is_inside_its_entry, RMI_ERROR_RTT, .level = LEVEL_WALK },
	{ "rtte_size", entry_is_larger_than_the_range, RMI_ERROR_RTT, .level = LEVEL_WALK },
	{ "rtte_ripas", rtte_is_ram, RMI_ERROR_RTT, .level = LEVEL_WALK },
	{ "oaddr_level", oaddr_level_differs, RMI_ERROR_RTT, .level = LEVEL_WALK },
	OADDR_TRACKING_GROUP(ARG_OADDR),
	{ "gran_state", block_is_no_delegated_device_memory, RMI_ERROR_INPUT, .arg = ARG_OADDR },
	{ "vdev_range", block_is_outside_the_vdev, RMI_ERROR_INPUT, .arg = ARG_OADDR },
};

/* TF-RMM does not ask for the RIPAS (rmm-commands Part 10). */
bool map_dev_block(struct rmm_call *c, rmm_pa pa)
{
	struct rtt_walk *w = &c->walk;

	if (w->e.hipas != RMM_VOID || (w->e.ripas == RMI_RAM && !c->rmm->profile.tf_rmm))
		return false;
	if (!vdev_has(c->vdev, pa, w->size) || !tracking_may_be_dev(c->rmm, pa, w->size) ||
	    tracking_granularity(c->rmm, pa) > w->size)
		return false;
	if (!granule_move_block(&c->locks, pa, w->size, RMM_DELEGATED, RMM_DEV, false, &c->holes))
		return false;
	rtt_update(w, (struct rtte){ .hipas = RMM_NARCH_DEV,
				     .ripas = w->e.ripas,
				     .memattr = tracking_region(c->rmm, pa).category ==
						RMI_MEM_DEV_COH,
				     .s2ap = w->e.s2ap,
				     .pa = pa });
	return true;
}

static void dev_map(struct rmm_call *c)
{
	map_range(c, map_dev_block);
}

const struct rmm_command cmd_rtt_dev_map = {
	.abi = { ABI(RTT_DEV_MAP),
		 { { "rd", RMI_KIND_PA },
		   { "vdev", RMI_KIND_PA },
		   { "base", RMI_KIND_IPA },
		   { "top", RMI_KIND_IPA },
		   { "flags", RMI_KIND_PROT_FLAGS },
		   { "oaddr", RMI_KIND_DESC } },
		 { { "out_top", RMI_KIND_IPA } },
		 6,
		 1 },
	.granules = { { ARG_RD, RMM_RD }, { ARG_DEVICE, RMM_VDEV } },
	.ipa_arg = ARG_BASE,
	.top_arg = ARG_TOP,
	.flags_arg = ARG_FLAGS,
	.oaddr_arg = ARG_OADDR,
	CONDITIONS(dev_map_conditions),
	.apply = dev_map,
	.tf = &tf_dev_map,
	.yields = true,
};

/* What the RMM emulates: a VSMMU. An entry of any level stands for the one object. */

static bool vsmmus_are_not_supported(struct rmm_call *c, const struct rmm_condition *row)
{
	return !rmm_feature(c->rmm, FEATURE_VSMMU);
}

static bool vsmmu_is_of_another_realm(struct rmm_call *c, const struct rmm_condition *row)
{
	return c->vsmmu->rd != c->realm->pa;
}

static bool rtte_is_not_empty(struct rmm_call *c, const struct rmm_condition *row)
{
	return call_walk(c)->e.ripas != RMI_EMPTY;
}

static bool rtte_is_no_arch_dev(struct rmm_call *c, const struct rmm_condition *row)
{
	return call_walk(c)->e.hipas != RMM_ARCH_DEV;
}

static bool rtte_is_another_vsmmu(struct rmm_call *c, const struct rmm_condition *row)
{
	return call_walk(c)->e.pa != c->arg[ARG_DEVICE];
}

/* As for DATA_UNMAP: a plane would keep it. */
static bool an_auxiliary_tree_maps_it(struct rmm_call *c, const struct rmm_condition *row)
{
	const struct rtt_walk *w = call_walk(c);

	return call_aux_maps(c, w->ipa, w->ipa + w->size);
}

#define VSMMU_GROUP                                                                            \
	{ "feat_vsmmu", vsmmus_are_not_supported, RMI_ERROR_NOT_SUPPORTED }, RD_GROUP(ARG_RD), \
		{ "dev_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_DEVICE },        \
		{ "dev_bound", arg_is_untracked, RMI_ERROR_INPUT, .arg = ARG_DEVICE },         \
		{ "dev_blocked", granule_is_blocked, RMI_BLOCKED, .arg = ARG_DEVICE },         \
		{ "dev_state", granule_is_not, RMI_ERROR_INPUT, .arg = ARG_DEVICE,             \
		  .state = RMM_VSMMU },                                                        \
	{                                                                                      \
		"dev_realm", vsmmu_is_of_another_realm, RMI_ERROR_INPUT, .arg = ARG_DEVICE     \
	}

static const struct rmm_condition arch_dev_map_conditions[] = {
	VSMMU_GROUP,
	{ "realm_state", realm_is_not_new_or_active, RMI_ERROR_REALM },
	RANGE_GROUP(ARG_BASE, ARG_TOP),
	{ "ipa_bound", range_is_not_protected, RMI_ERROR_INPUT },
	RTTE_BLOCKED,
	{ "rtte_state", rtte_is_not_void, RMI_ERROR_RTT, .level = LEVEL_WALK },
	{ "base_lv_align", base_is_inside_its_entry, RMI_ERROR_RTT, .level = LEVEL_WALK },
	{ "rtte_size", entry_is_larger_than_the_range, RMI_ERROR_RTT, .level = LEVEL_WALK },
	{ "rtte_ripas", rtte_is_not_empty, RMI_ERROR_RTT, .level = LEVEL_WALK },
};

static const struct rmm_condition arch_dev_unmap_conditions[] = {
	VSMMU_GROUP,
	RANGE_GROUP(ARG_BASE, ARG_TOP),
	{ "ipa_bound", range_is_not_protected, RMI_ERROR_INPUT },
	RTTE_BLOCKED,
	{ "rtte_state", rtte_is_no_arch_dev, RMI_ERROR_RTT, .level = LEVEL_WALK },
	{ "rtte_addr", rtte_is_another_vsmmu, RMI_ERROR_RTT, .level = LEVEL_WALK },
	{ "base_lv_align", base_is_inside_its_entry, RMI_ERROR_RTT, .level = LEVEL_WALK },
	{ "rtte_size", entry_is_larger_than_the_range, RMI_ERROR_RTT, .level = LEVEL_WALK },
	{ "aux_live", an_auxiliary_tree_maps_it, RMI_ERROR_RTT_AUX, .level = LEVEL_AUX },
};

static bool map_vsmmu(struct rmm_call *c)
{
	struct rtt_walk *w = &c->walk;

	if (w->e.hipas != RMM_VOID || w->e.ripas != RMI_EMPTY)
		return false;
	rtt_update(w, (struct rtte){ .hipas = RMM_ARCH_DEV,
				     .ripas = w->e.ripas,
				     .s2ap = w->e.s2ap,
				     .pa = c->arg[ARG_DEVICE] });
	return true;
}

static bool unmap_vsmmu(struct rmm_call *c)
{
	struct rtt_walk *w = &c->walk;

	if (w->e.hipas != RMM_ARCH_DEV || w->e.pa != c->arg[ARG_DEVICE] ||
	    call_aux_maps(c, w->ipa, w->ipa + w->size))
		return false;
	rtt_update(w, (struct rtte){ .hipas = RMM_VOID,
				     .ripas = w->e.ripas == RMI_DEV ? RMI_DESTROYED : w->e.ripas,
				     .s2ap = w->e.s2ap });
	c->vsmmu->active = false;
	return true;
}

/* Entry after entry from base on. */
static void sweep(struct rmm_call *c, bool (*change)(struct rmm_call *c))
{
	rmm_ipa pos = c->arg[ARG_BASE], top = c->arg[ARG_TOP], stop = top;
	struct rtt_walk *w = call_walk(c);
	struct budget budget;

	if (c->rmm->profile.extent == RMM_EXTENT_TABLE && rtt_table_end(c->rmm, w) < top)
		stop = rtt_table_end(c->rmm, w);
	budget = yield_budget(c, (stop - pos) / w->size);
	while (budget.left-- && !w->e.owned && w->size <= top - pos && change(c)) {
		pos += w->size;
		if (pos >= stop || !call_next(c, pos, 3))
			break;
	}
	c->out[1] = pos;
}

static void arch_dev_map(struct rmm_call *c)
{
	sweep(c, map_vsmmu);
}

static void arch_dev_unmap(struct rmm_call *c)
{
	sweep(c, unmap_vsmmu);
}

#define ARCH_DEV_COMMAND(command)                                                        \
	.abi = { ABI(command),                                                           \
		 { { "rd", RMI_KIND_PA },                                                \
		   { "vsmmu", RMI_KIND_PA },                                             \
		   { "base", RMI_KIND_IPA },                                             \
		   { "top", RMI_KIND_IPA } },                                            \
		 { { "out_top", RMI_KIND_IPA } },                                        \
		 4,                                                                      \
		 1 },                                                                    \
	.tf_lacks = true, .granules = { { ARG_RD, RMM_RD }, { ARG_DEVICE, RMM_VSMMU } }, \
	.ipa_arg = ARG_BASE, .top_arg = ARG_TOP

const struct rmm_command cmd_rtt_arch_dev_map = {
	ARCH_DEV_COMMAND(RTT_ARCH_DEV_MAP),
	CONDITIONS(arch_dev_map_conditions),
	.apply = arch_dev_map,
};

const struct rmm_command cmd_rtt_arch_dev_unmap = {
	ARCH_DEV_COMMAND(RTT_ARCH_DEV_UNMAP),
	CONDITIONS(arch_dev_unmap_conditions),
	.apply = arch_dev_unmap,
};
