/* SPDX-License-Identifier: BSD-2-Clause */
/* RSI_HOST_CALL (B5.4.5): RsiHostCall is 256 bytes, imm at 0, gprs from 8 on. */
#include "rsi.h"

enum { ARG_ADDR = 1 };

static bool addr_is_misaligned(struct rsi_call *c, const struct rsi_condition *row)
{
	return c->arg[row->arg] % 0x100;
}

static bool addr_is_not_protected(struct rsi_call *c, const struct rsi_condition *row)
{
	return !realm_is_protected(c->realm, c->arg[row->arg]);
}

static bool addr_is_empty(struct rsi_call *c, const struct rsi_condition *row)
{
	return rtt_walk(&c->locks, c->realm->root, c->arg[row->arg], 3).e.ripas == RMI_EMPTY;
}

static const struct rsi_condition conditions[] = {
	{ "addr_align", addr_is_misaligned, RSI_ERROR_INPUT, ARG_ADDR },
	{ "addr_bound", addr_is_not_protected, RSI_ERROR_INPUT, ARG_ADDR },
	{ "addr_empty", addr_is_empty, RSI_ERROR_INPUT, ARG_ADDR },
};

/* Not mapped: a Data Abort exit, and the command is executed again. */
static void host_call(struct rsi_call *c)
{
	struct rmm_rec *rec = c->rec;
	const uint8_t *p = rec_memory(&c->locks, rec, c->arg[ARG_ADDR], false, &c->result);

	if (!p)
		return;
	rec->exit.imm = p[0] | (unsigned)p[1] << 8;
	for (unsigned i = 0; i < RMI_NR_GPRS; i++) {
		uint64_t gpr = 0;

		for (unsigned b = 8; b-- > 0;)
			gpr = gpr << 8 | p[8 + 8 * i + b];
		rec->exit.gprs[i] = gpr;
	}
	rec->pending = PENDING_HOST_CALL;
	rec->host_call = c->arg[ARG_ADDR];
	c->result = rec_exit(rec, RMI_EXIT_HOST_CALL);
}

const struct rsi_command cmd_rsi_host_call = { RSI_HOST_CALL, "HOST_CALL", conditions, 3,
					       host_call,     NULL };
