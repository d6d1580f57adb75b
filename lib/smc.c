/* SPDX-License-Identifier: BSD-2-Clause */
/* The one table of commands, and the host's SMC. */
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
	&cmd_psci_complete,
	&cmd_features,
	&cmd_rtt_fold,
	&cmd_rtt_init_ripas,
	&cmd_rtt_set_ripas,
	&cmd_rmm_config_set,
	&cmd_rtt_aux_create,
	&cmd_rtt_aux_destroy,
	&cmd_rtt_aux_fold,
	&cmd_rtt_set_s2ap,
	&cmd_granule_tracking_get,
	&cmd_rmm_config_get,
	&cmd_granule_range_delegate,
	&cmd_granule_range_undelegate,
	&cmd_rtt_data_map,
	&cmd_rtt_data_unmap,
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
};

#define NR_COMMANDS (sizeof(commands) / sizeof(commands[0]))

const struct rmm_command *command_find(uint64_t fid)
{
	for (unsigned i = 0; i < NR_COMMANDS; i++) {
		if (commands[i]->abi.fid == fid)
			return commands[i];
	}
	return NULL;
}

const struct rmm_command *command_at(unsigned i)
{
	return i < NR_COMMANDS ? commands[i] : NULL;
}

const struct rmi_command *rmi_command(uint64_t fid)
{
	const struct rmm_command *command = command_find(fid);

	return command ? &command->abi : NULL;
}

const struct rmi_command *rmi_command_at(unsigned i)
{
	return i < NR_COMMANDS ? &commands[i]->abi : NULL;
}

static void report(struct rmm *rmm, struct rmm_event event)
{
	if (rmm->cfg.event)
		rmm->cfg.event(rmm->cfg.ctx, &event);
}

void rmm_smc(struct rmm *rmm, unsigned cpu, struct rmm_regs *regs)
{
	struct rmm_regs in = *regs;
	const struct rmm_command *command = command_find(in.x[0]);
	const struct rmi_command *abi = command ? &command->abi : NULL;
	struct rmm_call c;

	report(rmm,
	       (struct rmm_event){
		       .kind = RMM_EVENT_RMI_CALL, .cpu = cpu, .command = abi, .regs_in = &in });
	if (command) {
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
		report(rmm,
		       (struct rmm_event){
			       .kind = RMM_EVENT_RMI_RETURN,
			       .cpu = cpu,
			       .command = abi,
			       .regs_in = &in,
			       .regs_out = regs,
			       .condition = command ? condition_number(c.failed_command, c.failed)
						    : -1 });
}
