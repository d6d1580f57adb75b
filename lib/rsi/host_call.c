/* SPDX-License-Identifier: BSD-2-Clause */
/* RSI_HOST_CALL (B5.4.5): RsiHostCall is 256 bytes, imm at 0, gprs from 8 on. */
#include "rsi.h"

enum { ARG_ADDR = 1 };

static bool addr_is_misaligned(struct rsi_call *c, const struct rsi_condition *row)
{
	return c->arg[row->arg] % 0x100;
}

static const struct rsi_condition conditions[] = {
	{ "addr_align", addr_is_misaligned, RSI_ERROR_INPUT, ARG_ADDR },
	{ "addr_bound", rsi_addr_is_not_protected, RSI_ERROR_INPUT, ARG_ADDR },
	{ "addr_empty", rsi_addr_is_empty, RSI_ERROR_INPUT, ARG_ADDR },
};

/* Not mapped: a Data Abort exit, and the command is executed again. */
static void host_call(struct rsi_call *c)
{
	struct rmm_rec *rec = c->rec;
	const uint8_t *p = rec_memory(&c->locks, rec, c->arg[ARG_ADDR], false, &c->result);

	if (!p)
		return;
	/* TF-RMM takes four bytes for imm. */
	rec->exit.imm = (unsigned)(rsi_get64(p + RSI_HOST_CALL_IMM) &
				   (c->rmm->profile.tf_rmm ? 0xffffffff : 0xffff));
	for (unsigned i = 0; i < RMI_NR_GPRS; i++)
		rec->exit.gprs[i] = rsi_get64(p + RSI_HOST_CALL_GPRS + 8 * i);
	rec->exit.plane = rec->plane;
	rec->pending = PENDING_HOST_CALL;
	rec->host_call = c->arg[ARG_ADDR];
	c->result = rec_exit(rec, RMI_EXIT_HOST_CALL);
}

const struct rsi_command cmd_rsi_host_call = { RSI_HOST_CALL, "HOST_CALL",
					       RSI_CONDITIONS(conditions), .apply = host_call };
