/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Contracts that the harness judges where it sees both sides: KVM_RUN against what the guest did, loads
 * against stores. They are always on; a breach does not end the run.
 */
#ifndef SIM_JUDGE_H
#define SIM_JUDGE_H

#include <rmisim/sim.h>

struct sim_guest;

/* The guest begins an operation that may leave the realm. */
void sim_judge_access_begins(struct sim_guest *guest, const struct rmm_access *access);
void sim_judge_smc_begins(struct sim_guest *guest, const struct rmm_regs *regs);
/* A load or store of the guest is done. */
void sim_judge_access(struct sim_guest *guest, const struct rmm_access *access);
/* A load or store of the VMM through its own mapping is done. */
void sim_judge_user(struct sim_vm *vm, uint64_t hva, const void *buf, uint64_t size, bool write);
/* What stood in [hva, hva + size) is there no more. */
void sim_judge_user_forget(struct sim_vm *vm, uint64_t hva, uint64_t size);
/* Before and after KVM_RUN. */
void sim_judge_run_begins(struct sim_guest *guest);
void sim_judge_run(struct sim_guest *guest, int ret);
/* Another ioctl or system call has returned. */
void sim_judge_ioctl(struct sim_vm *vm, const char *what, long ret);
/* The model has finished a call. */
void sim_judge_rmi(struct sim_world *world, const struct rmm_event *event);
void sim_judge_vm_ends(struct sim_vm *vm);

/* judge_calls.c: inside of the two around KVM_RUN, */
void sim_judge_calls_begin(struct sim_guest *guest);
void sim_judge_calls_end(struct sim_guest *guest, int ret, bool prepared);
/* when KVM_ARM_RMI_POPULATE has returned, */
void sim_judge_populate(struct sim_vm *vm, int err, uint64_t progress);
/* and around a call to the RMM; wrong: somebody else has answered. */
void sim_judge_call_begins(struct sim_world *world, const struct rmm_regs *in);
void sim_judge_call(struct sim_world *world, const struct rmm_regs *in, const struct rmm_regs *out,
		    bool wrong);
/* judge_cost.c: a call to the RMM that has returned */
void sim_judge_cost(struct sim_world *world, const struct rmm_regs *in, const struct rmm_regs *out);

#endif
