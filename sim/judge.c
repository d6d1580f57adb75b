/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Contracts of KVM_RUN and of memory.
 *
 * What KVM documents of KVM_EXIT_MEMORY_FAULT: it comes with -EFAULT or -EHWPOISON, and only when this call has
 * prepared it; then gpa and size lie in the VM and the flags say which alias the guest used. Other errors say
 * nothing about the payload.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "world.h"

/* The kernel's numbering, see world.c. */
#define KERNEL_EFAULT    14
#define KERNEL_EHWPOISON 133
#define KERNEL_EINTR     4
#define KERNEL_EPERM     1
#define KERNEL_EIO       5
#define KERNEL_ENXIO     6
#define KERNEL_ENOEXEC   8
#define KERNEL_EAGAIN    11
#define KERNEL_ENOSYS    38

/* What the guest is about */

void sim_judge_access_begins(struct sim_guest *guest, const struct rmm_access *access)
{
	guest->asks = (struct sim_asks){ .kind = SIM_ASKS_ACCESS,
					 .base = access->ipa,
					 .top = access->ipa + access->size };
}

void sim_judge_smc_begins(struct sim_guest *guest, const struct rmm_regs *regs)
{
	guest->asks = (struct sim_asks){ .kind = SIM_ASKS_OTHER };
	if (regs->x[0] == RSI_IPA_STATE_SET)
		guest->asks = (struct sim_asks){ .kind = SIM_ASKS_RIPAS,
						 .base = regs->x[1],
						 .top = regs->x[2],
						 .ram = regs->x[3] == RMI_RAM };
}

/* KVM_RUN */

void sim_judge_run_begins(struct sim_guest *guest)
{
	/* Output only; a payload that this call does not write has no size. */
	guest->run.memory_fault.size = 0;
	guest->warns = guest->vm->world->warns;
	sim_judge_calls_begin(guest);
}

/* What is wrong with the payload, or NULL. */
static const char *payload_fault(const struct sim_guest *guest)
{
	const struct sim_run *run = &guest->run;
	uint64_t shared = sim_vm_shared_bit(guest->vm), page = sim_page_size(guest->vm);
	uint64_t gpa = run->memory_fault.gpa, top = gpa + run->memory_fault.size;
	bool private = run->memory_fault.flags & SIM_MEMORY_EXIT_FLAG_PRIVATE;
	const struct sim_asks *asks = &guest->asks;

	if (run->memory_fault.flags & ~SIM_MEMORY_EXIT_FLAG_PRIVATE)
		return "has flags that do not exist";
	if ((gpa | top) & (page - 1) || top <= gpa)
		return "is no range of whole pages";
	if (top > shared)
		return "lies outside of the VM's guest physical addresses";
	switch (asks->kind) {
	case SIM_ASKS_ACCESS:
		if (private != !(asks->base & shared))
			return "names the other alias";
		if (gpa > (asks->base & ~shared) || top <= (asks->base & ~shared))
			return "is not where the guest's access is";
		return NULL;
	case SIM_ASKS_RIPAS:
		if (private != asks->ram)
			return "names the other alias";
		if (gpa < asks->base || top > asks->top)
			return "is not what the guest asked for";
		return NULL;
	default:
		return "belongs to nothing that the guest did";
	}
}

/*
 * An error without a prepared exit comes from the user mapping (fault-in, the walk of the host's table), so
 * the access used the shared alias (kvm-fault-dispatch C). A WARN is a finding of its own.
 */
static bool has_origin(const struct sim_guest *guest)
{
	return guest->asks.kind != SIM_ASKS_ACCESS ||
	       guest->asks.base & sim_vm_shared_bit(guest->vm) ||
	       guest->warns != guest->vm->world->warns;
}

/*
 * What KVM_RUN documents, -EIO of a VM that the kernel has given up, -EAGAIN of a REC that is not to be entered now, and
 * what a failure below comes out as. -ENXIO is the end of an exit that the kernel handles nowhere (museum B50), with no
 * call behind REC_ENTER; it never says that a REC is not to be entered now. A realm whose activation has failed says so
 * for ever, and a vCPU that came too late has no REC.
 */
static bool is_documented(const struct sim_guest *guest, int ret)
{
	static const int documented[] = { KERNEL_EPERM,   KERNEL_EINTR,    KERNEL_EIO,
					  KERNEL_ENOEXEC, KERNEL_EAGAIN,   KERNEL_EFAULT,
					  KERNEL_ENOSYS,  KERNEL_EHWPOISON };
	const struct sim_vm *vm = guest->vm;

	for (size_t i = 0; i < sizeof(documented) / sizeof(documented[0]); i++)
		if (ret == -documented[i])
			return true;
	if (ret == -KERNEL_ENXIO && vm->world->running->entered)
		return true;
	return sim_came_from_a_failure(vm->world, ret) || vm->run_failed;
}

static void judge_errno(struct sim_guest *guest, int ret, bool prepared)
{
	struct sim_world *world = guest->vm->world;
	char buf[16];

	if (world->lied || guest->vm->foreign)
		return;
	if (!ret && prepared)
		sim_contract_breach(world, SIM_CONTRACT_RUN_ERRNO,
				    "KVM_RUN of vCPU %u prepares a MEMORY_FAULT and returns 0",
				    guest->index);
	if (ret >= 0 || is_documented(guest, ret))
		return;
	sim_contract_breach(world, SIM_CONTRACT_RUN_ERRNO, "KVM_RUN of vCPU %u returns %s",
			    guest->index, sim_errno_name(ret, buf));
}

/* Exits of an RMM that KVM does not know are those of devices and planes, which it offers to nobody. */
static void judge_reason(struct sim_guest *guest, int ret)
{
	unsigned reason = guest->run.exit_reason;

	if (ret || guest->vm->world->lied || guest->vm->foreign ||
	    (reason != SIM_EXIT_UNKNOWN && reason != SIM_EXIT_INTERNAL_ERROR))
		return;
	sim_contract_breach(guest->vm->world, SIM_CONTRACT_RUN_REASON,
			    "KVM_RUN of vCPU %u returns 0 with the exit reason %s", guest->index,
			    reason == SIM_EXIT_UNKNOWN ? "UNKNOWN" : "INTERNAL_ERROR");
}

void sim_judge_run(struct sim_guest *guest, int ret)
{
	struct sim_world *world = guest->vm->world;
	const struct sim_run *run = &guest->run;
	bool fault = ret == -KERNEL_EFAULT || ret == -KERNEL_EHWPOISON;
	bool prepared = run->exit_reason == SIM_EXIT_MEMORY_FAULT && run->memory_fault.size;
	const char *wrong;

	if (ret > 0)
		sim_contract_breach(world, SIM_CONTRACT_RETURN, "KVM_RUN of vCPU %u returns %d",
				    guest->index, ret);
	sim_judge_calls_end(guest, ret, prepared);
	if (guest->vm->config.not_realm)
		return;
	judge_errno(guest, ret, prepared);
	judge_reason(guest, ret);
	if (ret == -KERNEL_EAGAIN && guest->misentered && !world->lied)
		sim_contract_breach(world, SIM_CONTRACT_RUN_ERRNO,
				    "KVM_RUN of vCPU %u returns -EAGAIN: its REC can run, and was "
				    "entered as if an access of it had been emulated",
				    guest->index);
	guest->vm->run_failed |= ret < 0 && !guest->vm->activated;
	if (!fault)
		return;
	if (!prepared) {
		if (ret == -KERNEL_EFAULT && !has_origin(guest))
			sim_contract_breach(world, SIM_CONTRACT_FAULT_ORIGIN,
					    "KVM_RUN of vCPU %u returns -EFAULT for an access to "
					    "IPA 0x%llx and "
					    "prepares no exit",
					    guest->index, (unsigned long long)guest->asks.base);
		return;
	}
	wrong = payload_fault(guest);
	if (wrong)
		sim_contract_breach(
			world, SIM_CONTRACT_FAULT_PAYLOAD,
			"the MEMORY_FAULT of vCPU %u, gpa 0x%llx, size 0x%llx, flags 0x%llx, %s",
			guest->index, (unsigned long long)run->memory_fault.gpa,
			(unsigned long long)run->memory_fault.size,
			(unsigned long long)run->memory_fault.flags, wrong);
}

void sim_judge_ioctl(struct sim_vm *vm, const char *what, long ret)
{
	if (ret > 0)
		sim_contract_breach(vm->world, SIM_CONTRACT_RETURN, "%s returns %ld", what, ret);
}

/* Memory */

static void judge_load(struct sim_vm *vm, const struct sim_shadow *shadow, uint64_t addr,
		       const void *data, uint64_t size, const char *who, const char *where)
{
	uint8_t is, should;
	uint64_t at;

	/* A lie about an unmapping leaves a guest with memory that the host has given away. */
	if (vm->world->lied)
		return;
	if (!sim_shadow_agrees(shadow, addr, data, size, &at, &is, &should))
		sim_contract_breach(vm->world, SIM_CONTRACT_MEMORY,
				    "%s reads 0x%02x at %s 0x%llx; the last store there was 0x%02x",
				    who, is, where, (unsigned long long)(addr + at), should);
}

void sim_judge_access(struct sim_guest *guest, const struct rmm_access *access)
{
	struct sim_vm *vm = guest->vm;
	struct sim_arena *arena = vm->world->machine;
	uint64_t shared = sim_vm_shared_bit(vm), addr = access->ipa;
	struct sim_shadow *shadow = &vm->private_shadow;
	uint8_t data[sizeof(access->value)];

	if (guest->result != RMM_REALM_DONE || access->size > sizeof(data))
		return;
	for (unsigned i = 0; i < access->size; i++)
		data[i] = (uint8_t)(access->value >> 8 * i);
	if (addr & shared) {
		if (!sim_vm_user_address(vm, addr & ~shared, access->size, &addr))
			return;
		shadow = &vm->user_shadow;
	}
	if (access->write)
		sim_shadow_store(shadow, arena, addr, data, access->size);
	if (access->write && shadow == &vm->private_shadow)
		sim_invariant_store(guest, access->ipa, data, access->size);
	if (!access->write)
		judge_load(vm, shadow, access->ipa & shared ? addr : access->ipa, data,
			   access->size, "the guest", access->ipa & shared ? "hva" : "IPA");
}

void sim_judge_user(struct sim_vm *vm, uint64_t hva, const void *buf, uint64_t size, bool write)
{
	if (write)
		sim_shadow_store(&vm->user_shadow, vm->world->machine, hva, buf, size);
	else
		judge_load(vm, &vm->user_shadow, hva, buf, size, "the VMM", "hva");
}

void sim_judge_user_forget(struct sim_vm *vm, uint64_t hva, uint64_t size)
{
	sim_shadow_forget(&vm->user_shadow, vm->world->machine, hva, hva + size);
}

/* Content of private memory goes with its mapping, and with nothing else. */
void sim_judge_rmi(struct sim_world *world, const struct rmm_event *event)
{
	uint64_t base, top;

	if (event->kind != RMM_EVENT_RMI_RETURN || !event->command ||
	    event->command->fid != RMI_RTT_DATA_UNMAP)
		return;
	base = event->regs_in->x[2];
	top = event->regs_in->x[3];
	if (event->regs_out->x[0] == RMI_SUCCESS && event->regs_out->x[1] < top)
		top = event->regs_out->x[1];
	for (struct sim_vm *vm = world->vms; vm; vm = vm->next)
		if (vm->kvm && vm->private_shadow.nr_pages && sim_vm_rd(vm) == event->regs_in->x[1])
			sim_shadow_forget(&vm->private_shadow, world->machine, base, top);
}

void sim_judge_vm_ends(struct sim_vm *vm)
{
	sim_shadow_drop(&vm->private_shadow, vm->world->machine);
	sim_shadow_drop(&vm->user_shadow, vm->world->machine);
}
