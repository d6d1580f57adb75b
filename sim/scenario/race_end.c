/* SPDX-License-Identifier: BSD-2-Clause */
/* A vCPU runs while a VM begins, or while something that it needs comes to its end. */
#include "scenario.h"

static void job_run_once(struct sim_world *w, void *job)
{
	struct job *j = job;

	j->ret = sim_vm_start(j->vm);
}

static void job_close_gmem(struct sim_world *w, void *job)
{
	sim_expect(w, sim_vm_close_gmem(((struct job *)job)->vm, 0) == 0);
}

static void job_close(struct sim_world *w, void *job)
{
	sim_vm_free(((struct job *)job)->vm);
}

static void job_kill(struct sim_world *w, void *job)
{
	sim_vm_kill(((struct job *)job)->vm);
}

/* The file is gone behind the vCPU's back: what it stored before is lost, and then nothing can be mapped. */
static void fault_close_gmem(struct sim_world *w)
{
	struct sim_vm *vm = make_realm(w, 1);
	struct job fault = { .vm = vm, .ipa = ram_of(w), .value = 1 }, other = fault;

	sim_vm_set_vmm(vm, NULL, NULL);
	spawn(w, job_touch, &fault);
	spawn(w, job_close_gmem, &other);
	sim_join(w);
	sim_expect(w, fault.exit.kind == SIM_DONE || fault.exit.ret == -K_EFAULT);
	sim_expect(w, entry_of(vm, fault.ipa).hipas == RMM_VOID);
	end_vm(vm);
}

/*
 * Pages go back from one VM while another one takes pages. The first is small and its realm new: each table that could
 * be there is folded before it is destroyed, one call an entry.
 */
static void fault_teardown(struct sim_world *w)
{
	struct sim_vm *one = make_realm(w, 1), *two;
	rmm_ipa ipa = ram_of(w);
	struct job fault = { .vm = one, .ipa = ipa, .value = 1 };
	struct job other;

	two = make_vm(w, &(struct sim_vm_config){ .ipa_bits = 35 });
	other = (struct job){ .vm = two };
	sim_expect(w, sim_vm_populate(two, ipa, NULL, 0, false, NULL) == 0);
	sim_expect(w, sim_vm_rd(two));
	spawn(w, job_write, &fault);
	spawn(w, job_close, &other);
	sim_join(w);
	sim_expect(w, guest_reads(one, 0, ipa) == 1);
	end_vm(one);
}

/* The realm's tables are all gone from one moment to the next when the VM is dead. */
static void fault_kill(struct sim_world *w)
{
	struct sim_vm *vm = make_realm(w, 1);
	struct job fault = { .vm = vm, .ipa = ram_of(w), .value = 1 }, other = { .vm = vm };

	spawn(w, job_touch, &fault);
	spawn(w, job_kill, &other);
	sim_join(w);
	sim_expect(w, fault.exit.kind == SIM_DONE || fault.exit.ret == -K_EIO);
	sim_expect(w, sim_guest_write(vm, 0, fault.ipa, 8, 2).ret == -K_EIO);
	end_vm(vm);
}

static void system_off(struct sim_guest *guest, void *arg)
{
	struct rmm_regs regs = { { RSI_PSCI_SYSTEM_OFF } };

	sim_guest_smc(guest, &regs);
}

static void job_system_off(struct sim_world *w, void *job)
{
	struct job *j = job;

	sim_expect(w, sim_vcpu_program(j->vm, j->vcpu, system_off, NULL) == 0);
	j->exit = sim_vcpu_run(j->vm, j->vcpu);
	sim_expect(w, j->exit.kind == SIM_SYSTEM_EVENT);
}

/*
 * One vCPU turns the system off while another one is about to enter, which is told of the shutdown (B104). Its page is
 * there: a fault in the middle of which the realm goes would end in ERROR_REALM and a WARN.
 */
static void enter_system_off(struct sim_world *w)
{
	struct sim_vm *vm = make_realm(w, 2);
	struct job enter = { .vm = vm, .ipa = ram_of(w), .value = 1 };
	struct job other = { .vm = vm, .vcpu = 1 };

	sim_vm_set_vmm(vm, NULL, NULL);
	guest_writes(vm, 0, enter.ipa, 2);
	spawn(w, job_touch, &enter);
	spawn(w, job_system_off, &other);
	sim_join(w);
	sim_expect(w, enter.exit.kind == SIM_DONE || enter.exit.kind == SIM_SHUTDOWN);
	end_vm(vm);
}

/* Populate while the first KVM_RUN activates the realm: it comes before that, or is refused. */
static void populate_activate(struct sim_world *w)
{
	struct sim_vm *vm = make_vm(w, NULL);
	rmm_ipa ipa = ram_of(w);
	struct job populate = { .vm = vm, .ipa = ipa }, run = { .vm = vm };

	spawn(w, job_populate, &populate);
	spawn(w, job_run_once, &run);
	sim_join(w);
	sim_expect(w, run.ret == 0);
	sim_expect(w, (entry_of(vm, ipa).hipas == RMM_HIPAS_DATA) == (populate.ret == 0));
	sim_expect(w, (guest_reads(vm, 0, ipa) != 0) == (populate.ret == 0));
	end_vm(vm);
}

const struct sim_catalogue_entry scenarios_race_end[] = {
	{ "fault-close-gmem", "a private fault while the last descriptor of its guest_memfd goes",
	  fault_close_gmem, true, .bound = 3 },
	{ "fault-teardown", "a private fault while another VM is closed", fault_teardown, true,
	  .bound = 3 },
	{ "fault-kill", "a private fault while the kernel gives its VM up", fault_kill, true,
	  .bound = 3 },
	{ "enter-system-off", "a vCPU enters while another one turns the system off",
	  enter_system_off, true, .bound = 3 },
	{ "populate-activate", "a page is populated while the first KVM_RUN activates the realm",
	  populate_activate, true, .bound = 3 },
	{ NULL, NULL, NULL, false },
};
