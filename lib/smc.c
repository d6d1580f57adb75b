/* SPDX-License-Identifier: BSD-2-Clause */
/* The one table of commands, and the host's SMC. */
#include <string.h>

#include "call.h"

#define AT(name) [RMI_##name - RMI_FID_FIRST]

/* By FID. Those of device assignment are in rmi/device.c. */
static const struct rmm_command *const commands[RMI_NR_FIDS] = {
	AT(VERSION) = &cmd_version,
	AT(RTT_DATA_MAP_INIT) = &cmd_rtt_data_map_init,
	AT(REALM_ACTIVATE) = &cmd_realm_activate,
	AT(REALM_CREATE) = &cmd_realm_create,
	AT(REALM_DESTROY) = &cmd_realm_destroy,
	AT(REC_CREATE) = &cmd_rec_create,
	AT(REC_DESTROY) = &cmd_rec_destroy,
	AT(REC_ENTER) = &cmd_rec_enter,
	AT(RTT_CREATE) = &cmd_rtt_create,
	AT(RTT_DESTROY) = &cmd_rtt_destroy,
	AT(RTT_READ_ENTRY) = &cmd_rtt_read_entry,
	AT(RTT_DEV_VALIDATE) = &cmd_rtt_dev_validate,
	AT(PSCI_COMPLETE) = &cmd_psci_complete,
	AT(FEATURES) = &cmd_features,
	AT(RTT_FOLD) = &cmd_rtt_fold,
	AT(RTT_INIT_RIPAS) = &cmd_rtt_init_ripas,
	AT(RTT_SET_RIPAS) = &cmd_rtt_set_ripas,
	AT(RMM_CONFIG_SET) = &cmd_rmm_config_set,
	AT(ATTEST_PLAT_TOKEN_REFRESH) = &cmd_attest_plat_token_refresh,
	AT(RTT_AUX_CREATE) = &cmd_rtt_aux_create,
	AT(RTT_AUX_DESTROY) = &cmd_rtt_aux_destroy,
	AT(RTT_AUX_FOLD) = &cmd_rtt_aux_fold,
	AT(RTT_SET_S2AP) = &cmd_rtt_set_s2ap,
	AT(GRANULE_TRACKING_GET) = &cmd_granule_tracking_get,
	AT(GRANULE_TRACKING_SET) = &cmd_granule_tracking_set,
	AT(RMM_CONFIG_GET) = &cmd_rmm_config_get,
	AT(RMM_STATE_GET) = &cmd_rmm_state_get,
	AT(GRANULE_RANGE_DELEGATE) = &cmd_granule_range_delegate,
	AT(GRANULE_RANGE_UNDELEGATE) = &cmd_granule_range_undelegate,
	AT(GPT_L1_CREATE) = &cmd_gpt_l1_create,
	AT(GPT_L1_DESTROY) = &cmd_gpt_l1_destroy,
	AT(RTT_DATA_MAP) = &cmd_rtt_data_map,
	AT(RTT_DATA_UNMAP) = &cmd_rtt_data_unmap,
	AT(RTT_DEV_MAP) = &cmd_rtt_dev_map,
	AT(RTT_DEV_UNMAP) = &cmd_rtt_dev_unmap,
	AT(RTT_ARCH_DEV_MAP) = &cmd_rtt_arch_dev_map,
	AT(RTT_ARCH_DEV_UNMAP) = &cmd_rtt_arch_dev_unmap,
	AT(RTT_UNPROT_MAP) = &cmd_rtt_unprot_map,
	AT(RTT_UNPROT_UNMAP) = &cmd_rtt_unprot_unmap,
	AT(RTT_AUX_PROT_MAP) = &cmd_rtt_aux_prot_map,
	AT(RTT_AUX_PROT_UNMAP) = &cmd_rtt_aux_prot_unmap,
	AT(RTT_AUX_UNPROT_MAP) = &cmd_rtt_aux_unprot_map,
	AT(RTT_AUX_UNPROT_UNMAP) = &cmd_rtt_aux_unprot_unmap,
	AT(REALM_TERMINATE) = &cmd_realm_terminate,
	AT(RMM_ACTIVATE) = &cmd_rmm_activate,
	AT(OP_CONTINUE) = &cmd_op_continue,
	AT(OP_MEM_DONATE) = &cmd_op_mem_donate,
	AT(OP_MEM_RECLAIM) = &cmd_op_mem_reclaim,
	AT(OP_CANCEL) = &cmd_op_cancel,
	AT(RMM_DEACTIVATE) = &cmd_rmm_deactivate,
	AT(GPT_INFO) = &cmd_gpt_info,
};

static bool has_edition(const struct rmm_command *command, enum rmi_edition edition)
{
	return !command->editions || command->editions & (1u << edition | ONLY_BET0);
}

const struct rmm_command *command_find(enum rmi_edition edition, uint64_t fid)
{
	const struct rmm_command *c;

	if (fid - RMI_FID_FIRST >= RMI_NR_FIDS)
		return NULL;
	c = commands[fid - RMI_FID_FIRST];
	if (c && has_edition(c, edition))
		return c;
	for (c = device_commands[fid - RMI_FID_FIRST]; c; c = c->other) {
		if (has_edition(c, edition))
			return c;
	}
	return NULL;
}

const struct rmm_command *command_next(const struct rmm_command *command)
{
	uint64_t at = command ? command->abi.fid - RMI_FID_FIRST + 1 : 0;

	while (at < RMI_NR_FIDS && !commands[at])
		at++;
	return at < RMI_NR_FIDS ? commands[at] : NULL;
}

void command_first_rows(struct rmm *rmm)
{
	unsigned nr = 1;

	for (unsigned at = 0; at < RMI_NR_FIDS; at++) {
		rmm->first_row[at] = (uint16_t)nr;
		nr += commands[at] ? commands[at]->nr_conditions : 0;
	}
}

const struct rmi_command *rmi_command(enum rmi_edition edition, uint64_t fid)
{
	const struct rmm_command *command = command_find(edition, fid);

	return command ? command_abi(command, edition) : NULL;
}

const struct rmi_command *rmi_command_at(enum rmi_edition edition, unsigned i)
{
	const struct rmi_command *command;

	for (uint64_t fid = RMI_FID_FIRST; fid <= RMI_FID_LAST; fid++) {
		command = rmi_command(edition, fid);
		if (command && !i--)
			return command;
	}
	return NULL;
}

const struct rmi_command *rmi_command_named(enum rmi_edition edition, const char *name)
{
	const struct rmi_command *command;

	for (uint64_t fid = RMI_FID_FIRST; fid <= RMI_FID_LAST; fid++) {
		command = rmi_command(edition, fid);
		if (command && !strcmp(command->name, name))
			return command;
	}
	return NULL;
}

/* What does not run may have a name all the same, so that a trace can tell it. */
bool command_runs(const struct rmm *rmm, const struct rmm_command *command)
{
	if (rmm->profile.tf_rmm && command->tf_lacks)
		return false;
	return has_edition(command, rmm->cfg.edition);
}

static void report(struct rmm *rmm, struct rmm_event event)
{
	if (rmm->cfg.event)
		rmm->cfg.event(rmm->cfg.ctx, &event);
}

/* As condition_number(); what almost every failure is in no time. */
static int failed_condition(const struct rmm_call *c)
{
	const struct rmm_command *command = c->failed_command;
	size_t row;

	if (!c->failed)
		return -1;
	row = (size_t)((uintptr_t)c->failed - (uintptr_t)command->conditions) / sizeof(*c->failed);
	if (command->device || row >= command->nr_conditions)
		return condition_number(command, c->failed);
	return (int)(c->rmm->first_row[command->abi.fid - RMI_FID_FIRST] + row);
}

void rmm_smc(struct rmm *rmm, unsigned cpu, struct rmm_regs *regs)
{
	struct rmm_regs in = *regs;
	const struct rmm_command *command = command_find(rmm->cfg.edition, in.x[0]);
	const struct rmi_command *abi = command ? command_abi(command, rmm->cfg.edition) : NULL;
	bool runs = command && command_runs(rmm, command);
	struct rmm_call c;

	report(rmm,
	       (struct rmm_event){
		       .kind = RMM_EVENT_RMI_CALL, .cpu = cpu, .command = abi, .regs_in = &in });
	if (runs) {
		call_init(&c, rmm, cpu, command);
		for (int i = 1; i <= CALL_NR_ARGS; i++)
			c.arg[i] = in.x[i];
		call_run(&c);
		regs->x[0] = c.x0;
		for (int i = 1; i <= CALL_NR_OUTPUTS; i++)
			regs->x[i] = c.out[i];
	} else {
		regs->x[0] = SMCCC_NOT_SUPPORTED;
	}
	if (rmm->cfg.event)
		report(rmm, (struct rmm_event){ .kind = RMM_EVENT_RMI_RETURN,
						.cpu = cpu,
						.command = abi,
						.regs_in = &in,
						.regs_out = regs,
						.condition = runs ? failed_condition(&c) : -1 });
}
