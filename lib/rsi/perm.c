/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Overlay permissions of the planes (A5.6.11): RSI_MEM_GET_PERM_VALUE, RSI_MEM_SET_PERM_VALUE,
 * RSI_MEM_SET_PERM_INDEX.
 */
#include "rsi.h"

enum { ARG_PLANE = 1, ARG_VALUE_INDEX = 2, ARG_VALUE = 3 };
enum { ARG_BASE = 1, ARG_TOP = 2, ARG_INDEX = 3, ARG_COOKIE = 4 };

#define NR_INDICES         15 /* that a realm may name */
#define LOCKED             (1u << 0 | 1u << 15)
#define PERM_RW_PUX        15
#define VALUE_MASK         UINT64_C(0xf)
#define IS_RESERVED(value) ((value) == 1 || (value) == 5)

void realm_perm_init(struct realm *realm)
{
	for (unsigned i = 0; i < 16; i++)
		realm->perm[0][i] = PERM_RW_PUX;
	realm->perm_locked = LOCKED;
}

static bool there_is_no_such_plane(struct rsi_call *c, const struct rsi_condition *row)
{
	return c->arg[row->arg] > c->realm->params.num_aux_planes;
}

static bool plane_is_0(struct rsi_call *c, const struct rsi_condition *row)
{
	return !c->arg[row->arg];
}

static bool there_is_no_such_index(struct rsi_call *c, const struct rsi_condition *row)
{
	return c->arg[row->arg] >= NR_INDICES;
}

static bool index_is_locked(struct rsi_call *c, const struct rsi_condition *row)
{
	return c->realm->perm_locked >> c->arg[row->arg] & 1;
}

static bool value_is_reserved(struct rsi_call *c, const struct rsi_condition *row)
{
	return c->arg[row->arg] > VALUE_MASK || IS_RESERVED(c->arg[row->arg]);
}

#define VALUE_GROUP                                                                     \
	{ "plane_bound", there_is_no_such_plane, RSI_ERROR_INPUT, ARG_PLANE },          \
	{                                                                               \
		"index_bound", there_is_no_such_index, RSI_ERROR_INPUT, ARG_VALUE_INDEX \
	}

static const struct rsi_condition get_value_conditions[] = { VALUE_GROUP };

static void get_value(struct rsi_call *c)
{
	c->out[1] = c->realm->perm[c->arg[ARG_PLANE]][c->arg[ARG_VALUE_INDEX]];
}

const struct rsi_command cmd_rsi_mem_get_perm_value = { RSI_MEM_GET_PERM_VALUE,
							"MEM_GET_PERM_VALUE",
							RSI_CONDITIONS(get_value_conditions),
							.apply = get_value, .nr_out = 1 };

static const struct rsi_condition set_value_conditions[] = {
	VALUE_GROUP,
	{ "plane_0", plane_is_0, RSI_ERROR_INPUT, ARG_PLANE },
	{ "index_locked", index_is_locked, RSI_ERROR_INPUT, ARG_VALUE_INDEX },
	{ "value_valid", value_is_reserved, RSI_ERROR_INPUT, ARG_VALUE },
};

static void set_value(struct rsi_call *c)
{
	/* Accesses of other RECs look at it without the RD. */
	__atomic_store_n(&c->realm->perm[c->arg[ARG_PLANE]][c->arg[ARG_VALUE_INDEX]],
			 (uint8_t)c->arg[ARG_VALUE], __ATOMIC_RELAXED);
}

const struct rsi_command cmd_rsi_mem_set_perm_value = { RSI_MEM_SET_PERM_VALUE,
							"MEM_SET_PERM_VALUE",
							RSI_CONDITIONS(set_value_conditions),
							.apply = set_value };

static unsigned tree_of(uint64_t cookie)
{
	return (unsigned)(cookie & (RSI_GRANULE - 1));
}

/* A cookie is what an earlier call of this request returned: base, and the tree that is next. */
static bool cookie_is_not_of_this_request(struct rsi_call *c, const struct rsi_condition *row)
{
	uint64_t cookie = c->arg[row->arg];

	if (!cookie)
		return false;
	if (!(c->realm->params.flags1 & RMI_REALM_TREE_PER_PLANE))
		return true;
	return cookie - tree_of(cookie) != c->arg[ARG_BASE] ||
	       tree_of(cookie) > c->realm->params.num_aux_planes;
}

static const struct rsi_condition set_index_conditions[] = {
	{ "base_align", rsi_arg_is_misaligned, RSI_ERROR_INPUT, ARG_BASE },
	{ "top_align", rsi_arg_is_misaligned, RSI_ERROR_INPUT, ARG_TOP },
	{ "size_valid", rsi_top_is_not_above_base, RSI_ERROR_INPUT, ARG_TOP },
	{ "rgn_bound", rsi_range_is_not_protected, RSI_ERROR_INPUT, ARG_BASE },
	{ "index_bound", there_is_no_such_index, RSI_ERROR_INPUT, ARG_INDEX },
	{ "cookie", cookie_is_not_of_this_request, RSI_ERROR_INPUT, ARG_COOKIE },
};

/* Nothing changes here: the request goes to the host, which answers at the next entry. */
static void set_index(struct rsi_call *c)
{
	struct rmm_rec *rec = c->rec;

	rec->s2ap_addr = rec->exit.s2ap_base = c->arg[ARG_BASE];
	rec->s2ap_top = rec->exit.s2ap_top = c->arg[ARG_TOP];
	rec->s2ap_index = (unsigned)c->arg[ARG_INDEX];
	rec->s2ap_tree = tree_of(c->arg[ARG_COOKIE]);
	c->result = rec_exit(rec, RMI_EXIT_S2AP_CHANGE);
}

const struct rsi_command cmd_rsi_mem_set_perm_index = { RSI_MEM_SET_PERM_INDEX,
							"MEM_SET_PERM_INDEX",
							RSI_CONDITIONS(set_index_conditions),
							.apply = set_index, .nr_out = 3 };
