/* SPDX-License-Identifier: BSD-2-Clause */
/* The realm's SMC: the table of RSI and PSCI functions, and what their rows share. */
#include <string.h>

#include "../granule.h"
#include "rsi.h"

#define EC_SMC64 UINT64_C(0x5c000000)
#define ESR_IL   UINT64_C(0x02000000)

/* In order of FID. */
static const struct rsi_command *const commands[] = {
	&cmd_smccc_version,
	&cmd_psci_version,
	&cmd_psci32_cpu_suspend,
	&cmd_psci_cpu_off,
	&cmd_psci32_cpu_on,
	&cmd_psci32_affinity_info,
	&cmd_psci_system_off,
	&cmd_psci_system_reset,
	&cmd_psci_features,
	&cmd_psci_cpu_suspend,
	&cmd_psci_cpu_on,
	&cmd_psci_affinity_info,
	&cmd_rsi_version,
	&cmd_rsi_features,
	&cmd_rsi_measurement_read,
	&cmd_rsi_measurement_extend,
	&cmd_rsi_attestation_token_init,
	&cmd_rsi_attestation_token_continue,
	&cmd_rsi_realm_config,
	&cmd_rsi_ipa_state_set,
	&cmd_rsi_ipa_state_get,
	&cmd_rsi_host_call,
	&cmd_rsi_vdev_validate_mapping,
	&cmd_rsi_mem_get_perm_value,
	&cmd_rsi_mem_set_perm_index,
	&cmd_rsi_mem_set_perm_value,
	&cmd_rsi_plane_enter,
	&cmd_rsi_plane_sysreg_read,
	&cmd_rsi_plane_sysreg_write,
};

const struct rsi_command *rsi_find(const struct rmm *rmm, uint64_t fid)
{
	for (unsigned i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (commands[i]->fid == fid && (!commands[i]->tf_only || rmm->profile.tf_rmm))
			return commands[i];
	}
	return NULL;
}

const struct rsi_command *rsi_command_at(unsigned i)
{
	return i < sizeof(commands) / sizeof(commands[0]) ? commands[i] : NULL;
}

uint64_t rsi_get64(const uint8_t *p)
{
	uint64_t value = 0;

	for (unsigned b = 8; b-- > 0;)
		value = value << 8 | p[b];
	return value;
}

void rsi_put64(uint8_t *p, uint64_t value)
{
	for (unsigned b = 0; b < 8; b++)
		p[b] = (uint8_t)(value >> 8 * b);
}

bool rsi_arg_is_misaligned(struct rsi_call *c, const struct rsi_condition *row)
{
	return c->arg[row->arg] % RSI_GRANULE;
}

bool rsi_addr_is_not_protected(struct rsi_call *c, const struct rsi_condition *row)
{
	return !realm_is_protected(c->realm, c->arg[row->arg]);
}

bool rsi_addr_is_empty(struct rsi_call *c, const struct rsi_condition *row)
{
	struct rtt_walk w = rtt_walk(&c->locks, c->realm->root, c->arg[row->arg], 3);

	return rec_memory_is_none(c->rec, &w);
}

bool rsi_top_is_not_above_base(struct rsi_call *c, const struct rsi_condition *row)
{
	return c->arg[2] <= c->arg[1];
}

bool rsi_range_is_not_protected(struct rsi_call *c, const struct rsi_condition *row)
{
	return !realm_range_is_protected(c->realm, c->arg[1], c->arg[2]);
}

static void run(struct rsi_call *c, const struct rsi_command *command)
{
	for (unsigned i = 0; i < command->nr_conditions; i++) {
		const struct rsi_condition *row = &command->conditions[i];

		if (!row->holds(c, row))
			continue;
		c->failed = row;
		c->out[0] = (uint64_t)(int64_t)row->status;
		for (unsigned o = 1; o <= command->nr_out; o++)
			c->out[o] = c->rmm->profile.poison ? RMM_POISON : 0;
		if (command->failed)
			command->failed(c);
		return;
	}
	command->apply(c);
}

static bool is_psci(uint64_t fid)
{
	return (fid & ~UINT64_C(0x4000001f)) == RSI_PSCI_VERSION;
}

static void dispatch(struct rsi_call *c)
{
	const struct rsi_command *command = rsi_find(c->rmm, c->fid);
	struct rmm_rec *rec = c->rec;
	bool resumed = rec->resume == RESUME_RESULT && rec->resume_fid == c->fid;

	if (command && command->needs_da && !(c->realm->params.flags0 & RMI_REALM_DA))
		command = NULL;
	rec->resume = RESUME_NONE;
	c->nr_out = command ? command->nr_out : 0;
	if (resumed) {
		memcpy(c->out, rec->resume_x, sizeof(c->out));
		if (is_psci(c->fid))
			c->nr_out = PSCI_NR_OUTPUTS;
	} else if (rec_plane_leaves(&c->locks, rec, &c->result)) {
		return;
	} else if (rec->plane &&
		   (c->fid != RSI_HOST_CALL || rec->plane_flags & RSI_PLANE_TRAP_HC)) {
		c->result = rec_plane_exit(
			&c->locks, rec,
			&(struct plane_exit){ .esr = EC_SMC64 | ESR_IL, .regs = c->in });
	} else if (command) {
		run(c, command);
		rec->resume_fid = c->fid;
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
	c.in = &in;
	c.fid = in.x[0];
	c.realm = rec_realm(rec);
	locks_init(&c.locks, rmm, rec->cpu, "RSI");
	granule_lock_object(&c.locks, rd, rec->owner, LOCK_RD);
	memcpy(&c.arg[1], &in.x[1], RSI_NR_ARGS * sizeof(c.arg[0]));
	dispatch(&c);
	rtt_leave(&c.locks);
	granule_unlock(&c.locks, rd);
	if (c.result == RMM_REALM_DONE)
		memcpy(regs->x, c.out, (1 + c.nr_out) * sizeof(c.out[0]));
	event.result = c.result;
	if (rmm->cfg.event) {
		event.condition = rsi_condition_number(c.failed);
		rmm->cfg.event(rmm->cfg.ctx, &event);
	}
	return c.result;
}
