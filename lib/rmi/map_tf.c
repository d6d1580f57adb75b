/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RMI_RTT_DATA_MAP, RMI_RTT_DEV_MAP and RMI_RTT_UNPROT_MAP as TF-RMM does them (rmm-commands Part 10,
 * rmm-state-machines 11.3): the first descriptor chooses the level of the whole call, one leaf
 * table a call, and a block is checked from its descriptor to its granules.
 */
#include "../call.h"

enum { ARG_RD = 1, ARG_BASE = 2, ARG_TOP = 3, ARG_FLAGS = 4, ARG_OADDR = 5 };
enum { ARG_VDEV = 2, ARG_DEV_BASE = 3, ARG_DEV_FLAGS = 5, ARG_DEV_OADDR = 6 };

static bool unprotected(const struct rmm_call *c)
{
	return c->command == &cmd_rtt_unprot_map;
}

static bool device(const struct rmm_call *c)
{
	return c->command == &cmd_rtt_dev_map;
}

static rmm_ipa base_of(const struct rmm_call *c)
{
	return c->arg[c->command->ipa_arg];
}

static bool desc_has_no_level(struct rmm_call *c, const struct rmm_condition *row)
{
	return !call_set(c)->first_valid || call_set(c)->first_level < 1;
}

static bool desc_is_not_delegated(struct rmm_call *c, const struct rmm_condition *row)
{
	return call_set(c)->first_state != RMI_OP_MEM_DELEGATED;
}

static uint64_t unit(struct rmm_call *c)
{
	return level_size(c->rmm, call_set(c)->first_level);
}

static bool base_is_misaligned_to_desc(struct rmm_call *c, const struct rmm_condition *row)
{
	return base_of(c) & (unit(c) - 1);
}

static bool range_is_less_than_a_block(struct rmm_call *c, const struct rmm_condition *row)
{
	return call_size(c) < unit(c);
}

/*
 * Recorded (random-39.out:509): a range that begins in the protected half and ends outside it gets
 * as far as the entry, which is then of the wrong kind.
 */
static bool end_is_protected(struct rmm_call *c, const struct rmm_condition *row)
{
	return realm_is_protected(c->realm, c->arg[ARG_TOP] - 1);
}

static bool s2ap_is_reserved(struct rmm_call *c, const struct rmm_condition *row)
{
	return c->arg[ARG_FLAGS] >> 19 & 12;
}

static bool memattr_is_reserved(struct rmm_call *c, const struct rmm_condition *row)
{
	return (c->arg[ARG_FLAGS] >> 16 & 7) == 4;
}

static bool walk_misses_the_level(struct rmm_call *c, const struct rmm_condition *row)
{
	int level = call_set(c)->first_level;

	return call_walk_to(c, base_of(c), level)->level != level;
}

/* The next block */

static bool no_block_is_left(struct rmm_call *c, const struct rmm_condition *row)
{
	return !call_set(c)->valid;
}

static bool block_is_not_delegated_memory(struct rmm_call *c, const struct rmm_condition *row)
{
	return call_set(c)->desc.state != RMI_OP_MEM_DELEGATED;
}

static bool block_has_another_level(struct rmm_call *c, const struct rmm_condition *row)
{
	return call_set(c)->desc.level != call_set(c)->first_level;
}

static bool block_is_misaligned(struct rmm_call *c, const struct rmm_condition *row)
{
	return addr_set_pa(call_set(c)) & (call_set(c)->desc.unit - 1);
}

static bool block_does_not_fit(struct rmm_call *c, const struct rmm_condition *row)
{
	return (addr_set_pa(call_set(c)) + call_set(c)->desc.unit - 1) >> c->realm->oa_bits;
}

static bool is_mapped_alike(const struct rmm_call *c, struct rtte e, rmm_pa pa)
{
	uint64_t flags = c->arg[ARG_FLAGS];

	if (!unprotected(c))
		return e.hipas == (device(c) ? RMM_NARCH_DEV : RMM_HIPAS_DATA) && e.pa == pa;
	return e.hipas == RMM_MAPPED_NS && e.pa == pa && e.memattr == (flags >> 16 & 7) &&
	       e.s2ap == (flags >> 19 & 15);
}

static bool entry_is_not_free(struct rmm_call *c, const struct rmm_condition *row)
{
	return c->walk.e.hipas != (unprotected(c) ? RMM_UNMAPPED_NS : RMM_VOID) &&
	       !is_mapped_alike(c, c->walk.e, addr_set_pa(call_set(c)));
}

static bool granules_are_not_delegated(struct rmm_call *c, const struct rmm_condition *row)
{
	rmm_pa pa = addr_set_pa(call_set(c));

	return !is_mapped_alike(c, c->walk.e, pa) &&
	       !granule_range_is(c->rmm, pa, c->walk.size, RMM_DELEGATED);
}

#define MAP_GROUP(flags, oaddr)                                                               \
	TF_GRANULE("rd", ARG_RD, RMM_RD),                                                     \
		{ "realm_state", realm_is_not_new_or_active, RMI_ERROR_REALM },               \
		{ "size_valid", top_is_not_above_base, RMI_ERROR_INPUT },                     \
		{ "oaddr_type", oaddr_type_is_no_map_type, RMI_ERROR_INPUT, .arg = (flags) }, \
		LIST_GROUP(oaddr),                                                            \
		{ "oaddr_list_count", oaddr_list_is_empty, RMI_ERROR_INPUT, .arg = (flags) }, \
	{                                                                                     \
		"oaddr_level", desc_has_no_level, RMI_ERROR_INPUT, .arg = (oaddr)             \
	}

static const struct rmm_condition data_map_conditions[] = {
	MAP_GROUP(ARG_FLAGS, ARG_OADDR),
	{ "oaddr_state", desc_is_not_delegated, RMI_ERROR_INPUT, .arg = ARG_OADDR },
	{ "base_align", base_is_misaligned_to_desc, RMI_ERROR_INPUT, .arg = ARG_BASE },
	{ "ipa_bound", range_is_not_protected, RMI_ERROR_INPUT, .arg = ARG_BASE },
	{ "range_size", range_is_less_than_a_block, RMI_ERROR_RTT, .level = LEVEL_DESC },
	{ "rtt_walk", walk_misses_the_level, RMI_ERROR_RTT, .level = LEVEL_WALK },
	{ "block_left", no_block_is_left, RMI_ERROR_INPUT, .arg = ARG_OADDR },
	{ "block_state", block_is_not_delegated_memory, RMI_ERROR_INPUT, .arg = ARG_OADDR },
	{ "block_level", block_has_another_level, RMI_ERROR_RTT, .level = LEVEL_DESC },
	{ "block_align", block_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_OADDR },
	{ "block_bound", block_does_not_fit, RMI_ERROR_INPUT, .arg = ARG_OADDR },
	{ "rtte_state", entry_is_not_free, RMI_ERROR_RTT, .level = LEVEL_WALK },
	{ "gran_state", granules_are_not_delegated, RMI_ERROR_INPUT, .arg = ARG_OADDR },
};

static const struct rmm_condition dev_map_conditions[] = {
	MAP_GROUP(ARG_DEV_FLAGS, ARG_DEV_OADDR),
	{ "oaddr_state", desc_is_not_delegated, RMI_ERROR_INPUT, .arg = ARG_DEV_OADDR },
	{ "base_align", base_is_misaligned_to_desc, RMI_ERROR_INPUT, .arg = ARG_DEV_BASE },
	{ "ipa_bound", range_is_not_protected, RMI_ERROR_INPUT, .arg = ARG_DEV_BASE },
	{ "range_size", range_is_less_than_a_block, RMI_ERROR_RTT, .level = LEVEL_DESC },
	TF_GRANULE("vdev", ARG_VDEV, RMM_VDEV),
	{ "vdev_realm", vdev_is_of_another_realm, RMI_ERROR_INPUT, .arg = ARG_VDEV },
	{ "rtt_walk", walk_misses_the_level, RMI_ERROR_RTT, .level = LEVEL_WALK },
	{ "block_left", no_block_is_left, RMI_ERROR_INPUT, .arg = ARG_DEV_OADDR },
	{ "block_state", block_is_not_delegated_memory, RMI_ERROR_INPUT, .arg = ARG_DEV_OADDR },
	{ "block_level", block_has_another_level, RMI_ERROR_RTT, .level = LEVEL_DESC },
	{ "block_align", block_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_DEV_OADDR },
	{ "block_bound", block_does_not_fit, RMI_ERROR_INPUT, .arg = ARG_DEV_OADDR },
	{ "vdev_range", block_is_outside_the_vdev, RMI_ERROR_INPUT, .arg = ARG_DEV_OADDR },
	{ "rtte_state", entry_is_not_free, RMI_ERROR_RTT, .level = LEVEL_WALK },
	{ "gran_state", granules_are_not_delegated, RMI_ERROR_INPUT, .arg = ARG_DEV_OADDR },
};

static const struct rmm_condition unprot_map_conditions[] = {
	MAP_GROUP(ARG_FLAGS, ARG_OADDR),
	{ "base_align", base_is_misaligned_to_desc, RMI_ERROR_INPUT, .arg = ARG_BASE },
	{ "ipa_bound", end_is_protected, RMI_ERROR_INPUT, .arg = ARG_TOP },
	{ "top_bound", top_is_outside, RMI_ERROR_INPUT, .arg = ARG_TOP },
	{ "range_size", range_is_less_than_a_block, RMI_ERROR_RTT, .level = LEVEL_DESC },
	{ "s2ap", s2ap_is_reserved, RMI_ERROR_INPUT, .arg = ARG_FLAGS },
	{ "rtt_walk", walk_misses_the_level, RMI_ERROR_RTT, .level = LEVEL_WALK },
	{ "block_left", no_block_is_left, RMI_ERROR_INPUT, .arg = ARG_OADDR },
	{ "block_level", block_has_another_level, RMI_ERROR_RTT, .level = LEVEL_DESC },
	{ "block_align", block_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_OADDR },
	{ "memattr", memattr_is_reserved, RMI_ERROR_INPUT, .arg = ARG_FLAGS },
	{ "block_bound", block_does_not_fit, RMI_ERROR_INPUT, .arg = ARG_OADDR },
	{ "rtte_state", entry_is_not_free, RMI_ERROR_RTT, .level = LEVEL_WALK },
};

/* The descriptor's next block can be mapped at all. */
static bool block_is_good(struct rmm_call *c)
{
	if (!call_set(c)->valid || block_has_another_level(c, NULL))
		return false;
	if (!unprotected(c) && block_is_not_delegated_memory(c, NULL))
		return false;
	return !block_is_misaligned(c, NULL) && !block_does_not_fit(c, NULL);
}

static bool map_block(struct rmm_call *c, rmm_pa pa)
{
	if (device(c))
		return map_dev_block(c, pa);
	return unprotected(c) ? map_ns_block(c, pa) : map_data_block(c, pa);
}

static void map(struct rmm_call *c)
{
	rmm_ipa pos = base_of(c), end = rtt_table_end(c->rmm, &c->walk);
	struct addr_set *s = call_set(c);

	while (pos < end && c->arg[c->command->top_arg] - pos >= unit(c) && block_is_good(c)) {
		rmm_pa pa = addr_set_pa(s);

		if (!call_next(c, pos, s->first_level))
			break;
		if (!is_mapped_alike(c, c->walk.e, pa) && !map_block(c, pa))
			break;
		pos += c->walk.size;
		addr_set_advance(c, s);
	}
	/* Another CPU took the granules after the check. */
	if (pos == base_of(c))
		c->x0 = RMI_BUSY;
	else
		c->out[1] = pos;
}

const struct rmm_order tf_data_map = { CONDITIONS(data_map_conditions), .apply = map };
const struct rmm_order tf_dev_map = { CONDITIONS(dev_map_conditions), .apply = map };
const struct rmm_order tf_unprot_map = { CONDITIONS(unprot_map_conditions), .apply = map };
