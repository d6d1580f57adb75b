/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RSI_VDEV_VALIDATE_MAPPING: the realm asks the host to show that [base, top) is device memory from a PA
 * on (A5.4). The nonces of X6 to X8 are not looked at: nothing is attested here.
 */
#include "rsi.h"

enum { ARG_VDEV_ID = 1, ARG_BASE = 2, ARG_TOP = 3, ARG_PA = 4, ARG_FLAGS = 5 };

static bool top_is_not_above_base(struct rsi_call *c, const struct rsi_condition *row)
{
	return c->arg[ARG_TOP] <= c->arg[ARG_BASE];
}

static bool range_is_not_protected(struct rsi_call *c, const struct rsi_condition *row)
{
	return !realm_range_is_protected(c->realm, c->arg[ARG_BASE], c->arg[ARG_TOP]);
}

static const struct rsi_condition conditions[] = {
	{ "base_align", rsi_arg_is_misaligned, RSI_ERROR_INPUT, ARG_BASE },
	{ "top_align", rsi_arg_is_misaligned, RSI_ERROR_INPUT, ARG_TOP },
	{ "size_valid", top_is_not_above_base, RSI_ERROR_INPUT, ARG_TOP },
	{ "rgn_bound", range_is_not_protected, RSI_ERROR_INPUT, ARG_BASE },
	{ "pa_align", rsi_arg_is_misaligned, RSI_ERROR_INPUT, ARG_PA },
};

/* Nothing changes here: the request goes to the host, which answers at the next entry. */
static void validate(struct rsi_call *c)
{
	struct rmm_rec *rec = c->rec;

	rec->dev_mem_addr = rec->exit.dev_mem_base = c->arg[ARG_BASE];
	rec->dev_mem_top = rec->exit.dev_mem_top = c->arg[ARG_TOP];
	rec->dev_mem_pa = rec->exit.dev_mem_pa = c->arg[ARG_PA];
	rec->dev_mem_coherent = c->arg[ARG_FLAGS] & RSI_DEV_MEM_COHERENT;
	rec->exit.vdev_id_1 = c->arg[ARG_VDEV_ID];
	c->result = rec_exit(rec, rec_exit_validate_mapping(rec));
}

const struct rsi_command cmd_rsi_vdev_validate_mapping = { RSI_VDEV_VALIDATE_MAPPING,
							   "VDEV_VALIDATE_MAPPING",
							   RSI_CONDITIONS(conditions),
							   .apply = validate,
							   .nr_out = 2,
							   .needs_da = true };
