/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The VMM's side of a vCPU: KVM_RUN, what came out of it, and the loop around it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "world.h"

/* A VMM that is asked for the same again and again, because the RMM is wrong, has enough. */
#define MAX_ROUNDS_OF_A_WRONG_RMM 64

/* The kernel's numbering, see world.c. */
#define KERNEL_EINTR     4
#define KERNEL_EFAULT    14
#define KERNEL_EHWPOISON 133

const char *sim_exit_kind_name(enum sim_exit_kind kind)
{
	static const char *const names[] = {
		[SIM_DONE] = "DONE",
		[SIM_MEMORY_FAULT] = "MEMORY_FAULT",
		[SIM_MMIO] = "MMIO",
		[SIM_SHUTDOWN] = "SHUTDOWN",
		[SIM_SYSTEM_EVENT] = "SYSTEM_EVENT",
		[SIM_INTERNAL_ERROR] = "INTERNAL_ERROR",
		[SIM_INTERRUPTED] = "INTERRUPTED",
		[SIM_OTHER] = "OTHER",
	};

	return (unsigned)kind < sizeof(names) / sizeof(names[0]) ? names[kind] : "?";
}

static enum sim_exit_kind kind_of(const struct sim_guest *guest, int ret)
{
	if (ret == -KERNEL_EINTR)
		return guest->ended ? SIM_DONE : SIM_INTERRUPTED;
	switch (guest->run.exit_reason) {
	case SIM_EXIT_MEMORY_FAULT: /* the one reason that comes with an error */
		return ret && ret != -KERNEL_EFAULT && ret != -KERNEL_EHWPOISON ? SIM_OTHER
										: SIM_MEMORY_FAULT;
	case SIM_EXIT_MMIO:
		return ret ? SIM_OTHER : SIM_MMIO;
	case SIM_EXIT_SHUTDOWN:
		return ret ? SIM_OTHER : SIM_SHUTDOWN;
	case SIM_EXIT_SYSTEM_EVENT:
		return ret ? SIM_OTHER : SIM_SYSTEM_EVENT;
	case SIM_EXIT_INTERNAL_ERROR:
		return ret ? SIM_OTHER : SIM_INTERNAL_ERROR;
	case SIM_EXIT_INTR:
		return ret ? SIM_OTHER : SIM_INTERRUPTED;
	default:
		return SIM_OTHER;
	}
}

static struct sim_exit exit_of(const struct sim_guest *guest, int ret)
{
	const struct sim_run *run = &guest->run;
	struct sim_exit exit = { .kind = kind_of(guest, ret),
				 .ret = ret,
				 .exit_reason = run->exit_reason };

	switch (exit.kind) {
	case SIM_DONE:
		exit.value = guest->value;
		exit.realm = guest->result;
		break;
	case SIM_MEMORY_FAULT:
		exit.flags = run->memory_fault.flags;
		exit.gpa = run->memory_fault.gpa;
		exit.size = run->memory_fault.size;
		break;
	case SIM_MMIO:
		exit.mmio_addr = run->mmio.phys_addr;
		exit.mmio_len = run->mmio.len;
		exit.mmio_write = run->mmio.is_write;
		memcpy(&exit.value, run->mmio.data, sizeof(exit.value));
		break;
	default:
		break;
	}
	return exit;
}

static void emit_run(struct sim_guest *guest, const struct sim_exit *exit)
{
	char detail[128] = "", buf[16];

	if (exit->kind == SIM_MEMORY_FAULT)
		snprintf(detail, sizeof(detail), " gpa=0x%llx size=0x%llx flags=0x%llx",
			 (unsigned long long)exit->gpa, (unsigned long long)exit->size,
			 (unsigned long long)exit->flags);
	else if (exit->kind == SIM_MMIO)
		snprintf(detail, sizeof(detail), " %s addr=0x%llx len=%u",
			 exit->mmio_write ? "write" : "read", (unsigned long long)exit->mmio_addr,
			 exit->mmio_len);
	sim_emit(guest->vm->world, SIM_EVENT_KVM_RUN, "KVM_RUN", NULL, exit->ret,
		 "vcpu %u: %s, %s%s", guest->index, sim_errno_name(exit->ret, buf),
		 sim_exit_kind_name(exit->kind), detail);
}

static long run_guarded(void *ctx, const void *args)
{
	struct sim_guest *guest = ctx;
	struct sim_world *world = guest->vm->world;
	struct actor *cpu = world->running;
	struct sim_exit exit;
	int ret;

	if (cpu->vcpu)
		sim_violatef(world, "vm", "KVM_RUN inside KVM_RUN");
	while (guest->busy)
		sim_sched_block(world, guest, "a vCPU that another one runs");
	guest->busy = true;
	guest->runs++;
	guest->vm->has_run = true;
	cpu->vcpu = guest;
	guest->run.immediate_exit = 0;
	sim_judge_run_begins(guest);
	ret = world->kernel->run(guest->kvm, &guest->run);
	sim_judge_run(guest, ret);
	cpu->vcpu = NULL;
	guest->busy = false;
	sim_sched_wake(world, guest);
	exit = exit_of(guest, ret);
	emit_run(guest, &exit);
	return ret;
}

struct sim_exit sim_vcpu_run(struct sim_vm *vm, unsigned vcpu)
{
	struct sim_guest *guest = sim_vm_vcpu(vm, vcpu);
	struct sim_attempt attempt = sim_attempt(vm->world);
	long ret;

	if (!guest)
		return (struct sim_exit){ .kind = SIM_OTHER, .ret = -EINVAL };
	do {
		if (!sim_guard(vm->world, run_guarded, guest, NULL, &ret))
			return (struct sim_exit){ .kind = SIM_OTHER, .ret = -EIO };
	} while (ret < 0 && !(ret == -KERNEL_EINTR && guest->ended) &&
		 sim_try_again(vm, &attempt, (int)ret));
	return exit_of(guest, (int)ret);
}

int sim_vm_start(struct sim_vm *vm)
{
	struct sim_exit exit;
	int err = sim_vcpu_program(vm, 0, NULL, NULL);

	if (err)
		return err;
	exit = sim_vcpu_run(vm, 0);
	if (exit.kind == SIM_DONE)
		return 0;
	return exit.ret < 0 ? exit.ret : -EIO;
}

static enum sim_vmm_answer ask(struct sim_vm *vm, unsigned vcpu, const struct sim_exit *exit)
{
	const struct sim_vmm_ops *ops = &vm->ops;
	enum sim_vmm_answer answer = SIM_VMM_STOP;
	uint64_t value = 0;

	if (exit->kind == SIM_MEMORY_FAULT) {
		if (ops->memory_fault)
			answer = ops->memory_fault(vm, vcpu, exit, vm->ops_ctx);
	} else if (exit->kind == SIM_MMIO) {
		if (ops->mmio)
			answer = ops->mmio(vm, vcpu, exit, &value, vm->ops_ctx);
		if (ops->mmio && !exit->mmio_write)
			memcpy(sim_vm_vcpu(vm, vcpu)->run.mmio.data, &value, sizeof(value));
	} else if (ops->other) {
		answer = ops->other(vm, vcpu, exit, vm->ops_ctx);
	}
	return answer;
}

struct sim_exit sim_vcpu_loop(struct sim_vm *vm, unsigned vcpu)
{
	unsigned rounds = 0;
	struct sim_exit exit;

	do {
		exit = sim_vcpu_run(vm, vcpu);
		if (vm->world->failures.wrong && ++rounds > MAX_ROUNDS_OF_A_WRONG_RMM)
			break;
	} while (!vm->world->dead && exit.kind != SIM_DONE &&
		 ask(vm, vcpu, &exit) == SIM_VMM_RESUME);
	return exit;
}

void sim_vm_set_vmm(struct sim_vm *vm, const struct sim_vmm_ops *ops, void *ctx)
{
	static const struct sim_vmm_ops stops;

	vm->ops = ops ? *ops : stops;
	vm->ops_ctx = ctx;
}

/* A VMM that converts */

static enum sim_vmm_answer convert(struct sim_vm *vm, unsigned vcpu, const struct sim_exit *exit,
				   void *ctx)
{
	int err = exit->flags & SIM_FAULT_PRIVATE ? sim_vm_set_private(vm, exit->gpa, exit->size)
						  : sim_vm_set_shared(vm, exit->gpa, exit->size);

	return err ? SIM_VMM_STOP : SIM_VMM_RESUME;
}

const struct sim_vmm_ops sim_vmm_converting = { .memory_fault = convert };
