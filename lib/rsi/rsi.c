/* SPDX-License-Identifier: BSD-2-Clause */
/* The realm's SMC: the table of RSI commands, RSI_VERSION, RSI_FEATURES (B5.4.22, B5.4.4). */
#include <string.h>

#include "../granule.h"
#include "rsi.h"

static bool version_is_not_supported(struct rsi_call *c, const struct rsi_condition *row)
{
	return c->arg[row->arg] != RSI_ABI_VERSION;
}

static const struct rsi_condition version_conditions[] = {
	{ "req", version_is_not_supported, RSI_ERROR_INPUT, 1 },
};

static void version(struct rsi_call *c)
{
	c->out[1] = c->out[2] = RSI_ABI_VERSION;
}

const struct rsi_command cmd_rsi_version = { RSI_VERSION, "VERSION", version_conditions,
					     1,           version,   version };

/* No device assignment, no MRO, no ATS: every register is zero. */
static void features(struct rsi_call *c)
{
	c->out[1] = 0;
}

const struct rsi_command cmd_rsi_features = { RSI_FEATURES, "FEATURES", NULL, 0, features, NULL };

static const struct rsi_command *const commands[] = {
	&cmd_rsi_version,       &cmd_rsi_features,  &cmd_rsi_ipa_state_set,
	&cmd_rsi_ipa_state_get, &cmd_rsi_host_call,
};

static const struct rsi_command *find(uint64_t fid)
{
	for (unsigned i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (commands[i]->fid == fid)
			return commands[i];
	}
	return NULL;
}

const struct rsi_command *rsi_command_at(unsigned i)
{
	return i < sizeof(commands) / sizeof(commands[0]) ? commands[i] : NULL;
}

static void run(struct rsi_call *c, const struct rsi_command *command)
{
	for (unsigned i = 0; i < command->nr_conditions; i++) {
		const struct rsi_condition *row = &command->conditions[i];

		if (row->holds(c, row)) {
			c->failed = row;
			c->out[0] = row->status;
			if (command->failed)
				command->failed(c);
			return;
		}
	}
	command->apply(c);
}

static void dispatch(struct rsi_call *c, uint64_t fid)
{
	const struct rsi_command *command = find(fid);
	struct rmm_rec *rec = c->rec;
	bool resumed = rec->resume == RESUME_RESULT && rec->resume_fid == fid;

	rec->resume = RESUME_NONE;
	if (resumed) {
		for (int i = 0; i < 3; i++)
			c->out[i] = rec->resume_x[i];
	} else if (command) {
		run(c, command);
		rec->resume_fid = fid;
	} else {
		c->out[0] = SMCCC_NOT_SUPPORTED;
	}
}

enum rmm_realm_result rmm_realm_smc(struct rmm *rmm, struct rmm_rec *rec, struct rmm_regs *regs)
{
	struct granule *rd = granule_peek(rmm, rec->owner);
	struct rsi_call c;
	struct rmm_regs in = *regs;
	struct rmm_event event = {
		.kind = RMM_EVENT_RSI, .cpu = rec->cpu, .rec = rec, .regs_in = &in, .regs_out = regs
	};

	if (rec->exited)
		return RMM_REALM_EXIT;
	memset(&c, 0, offsetof(struct rsi_call, locks));
	c.rmm = rmm;
	c.rec = rec;
	c.result = RMM_REALM_DONE;
	c.realm = rec_realm(rec);
	locks_init(&c.locks, rmm, rec->cpu, "RSI");
	granule_lock_object(&c.locks, rd, rec->owner, LOCK_RD);
	for (int i = 1; i < 5; i++)
		c.arg[i] = in.x[i];
	dispatch(&c, in.x[0]);
	rtt_leave(&c.locks);
	granule_unlock(&c.locks, rd);
	if (c.result == RMM_REALM_DONE) {
		for (int i = 0; i < 3; i++)
			regs->x[i] = c.out[i];
	}
	event.result = c.result;
	if (rmm->cfg.event) {
		event.condition = rsi_condition_number(c.failed);
		rmm->cfg.event(rmm->cfg.ctx, &event);
	}
	return c.result;
}
