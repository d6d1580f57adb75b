/* SPDX-License-Identifier: BSD-2-Clause */
/* RSI_IPA_STATE_GET, RSI_IPA_STATE_SET (B5.4.6, .7; A5.4). Addresses count in 4 KiB always. */
#include "rsi.h"

enum { ARG_BASE = 1, ARG_TOP = 2, ARG_RIPAS = 3, ARG_FLAGS = 4 };

static bool ripas_cannot_be_asked_for(struct rsi_call *c, const struct rsi_condition *row)
{
	/* TF-RMM compares the whole register. */
	uint64_t ripas = c->arg[ARG_RIPAS] & (c->rmm->profile.tf_rmm ? UINT64_MAX : 0xff);

	return ripas != RMI_EMPTY && ripas != RMI_RAM;
}

#define RANGE_ROWS                                                                     \
	{ "base_align", rsi_arg_is_misaligned, RSI_ERROR_INPUT, ARG_BASE },            \
		{ "end_align", rsi_arg_is_misaligned, RSI_ERROR_INPUT, ARG_TOP },      \
		{ "size_valid", rsi_top_is_not_above_base, RSI_ERROR_INPUT, ARG_TOP }, \
	{                                                                              \
		"rgn_bound", rsi_range_is_not_protected, RSI_ERROR_INPUT, ARG_BASE     \
	}

static const struct rsi_condition get_conditions[] = { RANGE_ROWS };

/* The prefix with one RIPAS, within the table that holds base. */
static void get(struct rsi_call *c)
{
	struct rtt_walk w = rtt_walk(&c->locks, c->realm->root, c->arg[ARG_BASE], 3);
	unsigned ripas = w.e.ripas, i = w.index + 1;
	rmm_ipa top;

	while (i < w.table->nr) {
		struct rtte e = rtt_get(w.table, i);

		if (e.hipas == RMM_TABLE || e.ripas != ripas)
			break;
		i++;
	}
	top = w.table->base + i * w.size;
	c->out[1] = top < c->arg[ARG_TOP] ? top : c->arg[ARG_TOP];
	c->out[2] = ripas;
}

const struct rsi_command cmd_rsi_ipa_state_get = { RSI_IPA_STATE_GET, "IPA_STATE_GET",
						   RSI_CONDITIONS(get_conditions), .apply = get,
						   .nr_out = 2 };

static const struct rsi_condition set_conditions[] = {
	RANGE_ROWS,
	{ "ripas_valid", ripas_cannot_be_asked_for, RSI_ERROR_INPUT, ARG_RIPAS },
};

/* Nothing changes here: the request goes to the host, which answers at the next entry. */
static void set(struct rsi_call *c)
{
	struct rmm_rec *rec = c->rec;

	rec->ripas_addr = c->arg[ARG_BASE];
	rec->ripas_top = c->arg[ARG_TOP];
	rec->ripas_value = c->arg[ARG_RIPAS] & 0xff;
	rec->ripas_keep_destroyed = c->rmm->profile.tf_rmm
					    ? c->arg[ARG_FLAGS] != RSI_CHANGE_DESTROYED
					    : !(c->arg[ARG_FLAGS] & RSI_CHANGE_DESTROYED);
	rec->exit.ripas_base = rec->ripas_addr;
	rec->exit.ripas_top = rec->ripas_top;
	rec->exit.ripas_value = rec->ripas_value;
	c->result = rec_exit(rec, RMI_EXIT_RIPAS_CHANGE);
}

const struct rsi_command cmd_rsi_ipa_state_set = { RSI_IPA_STATE_SET, "IPA_STATE_SET",
						   RSI_CONDITIONS(set_conditions), .apply = set,
						   .nr_out = 2 };
