/* SPDX-License-Identifier: BSD-2-Clause */
/* The one table of commands, and the host's SMC. */
#include <string.h>

#include "call.h"

/* In order of FID. */
static const struct rmm_command *const commands[] = {
	&cmd_version,
	&cmd_rtt_data_map_init,
	&cmd_realm_activate,
	&cmd_realm_create,
	&cmd_realm_destroy,
	&cmd_rec_create,
	&cmd_rec_destroy,
	&cmd_rec_enter,
	&cmd_rtt_create,
	&cmd_rtt_destroy,
	&cmd_rtt_read_entry,
	&cmd_rtt_dev_validate,
	&cmd_psci_complete,
	&cmd_features,
	&cmd_rtt_fold,
	&cmd_rtt_init_ripas,
	&cmd_rtt_set_ripas,
	&cmd_rmm_config_set,
	&cmd_attest_plat_token_refresh,
	&cmd_rtt_aux_create,
	&cmd_rtt_aux_destroy,
	&cmd_rtt_aux_fold,
	&cmd_rtt_set_s2ap,
	&cmd_granule_tracking_get,
	&cmd_granule_tracking_set,
	&cmd_rmm_config_get,
	&cmd_rmm_state_get,
	&cmd_granule_range_delegate,
	&cmd_granule_range_undelegate,
	&cmd_gpt_l1_create,
	&cmd_gpt_l1_destroy,
	&cmd_rtt_data_map,
	&cmd_rtt_data_unmap,
	&cmd_rtt_dev_map,
	&cmd_rtt_dev_unmap,
	&cmd_rtt_arch_dev_map,
	&cmd_rtt_arch_dev_unmap,
	&cmd_rtt_unprot_map,
	&cmd_rtt_unprot_unmap,
	&cmd_rtt_aux_prot_map,
	&cmd_rtt_aux_prot_unmap,
	&cmd_rtt_aux_unprot_map,
	&cmd_rtt_aux_unprot_unmap,
	&cmd_realm_terminate,
	&cmd_rmm_activate,
	&cmd_op_continue,
	&cmd_op_mem_donate,
	&cmd_op_mem_reclaim,
	&cmd_op_cancel,
	&cmd_rmm_deactivate,
	&cmd_gpt_info,
};

#define NR_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static bool has_edition(const struct rmm_command *command, enum rmi_edition edition)
{
	return !command->editions || command->editions & (1u << edition | ONLY_BET0);
}

const struct rmm_command *command_find(enum rmi_edition edition, uint64_t fid)
{
	const struct rmm_command *c;
	unsigned from = 0, to = NR_COMMANDS;

	if (fid - RMI_FID_FIRST >= RMI_NR_FIDS)
		return NULL;
	while (to - from > 1) {
		unsigned middle = (from + to) / 2;

		if (commands[middle]->abi.fid <= fid)
			from = middle;
		else
			to = middle;
	}
	if (commands[from]->abi.fid == fid && has_edition(commands[from], edition))
		return commands[from];
	for (c = device_commands[fid - RMI_FID_FIRST]; c; c = c->other) {
		if (has_edition(c, edition))
			return c;
	}
	return NULL;
}

const struct rmm_command *command_at(unsigned i)
{
	return i < NR_COMMANDS ? commands[i] : NULL;
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
		report(rmm, (struct rmm_event){
				    .kind = RMM_EVENT_RMI_RETURN,
				    .cpu = cpu,
				    .command = abi,
				    .regs_in = &in,
				    .regs_out = regs,
				    .condition = runs ? condition_number(c.failed_command, c.failed)
						      : -1 });
}
