/* SPDX-License-Identifier: BSD-2-Clause */
/* Two or three actors that meet on one page. The VMM converts, so that a fault that must be answered is. */
#include "scenario.h"

static void check_page(struct sim_world *w, struct sim_vm *vm, rmm_ipa ipa, unsigned hipas)
{
	struct rmm_entry entry = entry_of(vm, ipa);

	if (entry.hipas != hipas)
		sim_fail(w, "IPA 0x%llx is %s at the end, expected %s", (unsigned long long)ipa,
			 rmm_hipas_name(entry.hipas), rmm_hipas_name(hipas));
}

/* nr vCPUs store to words of one page; all stores stay. */
static void vcpus_on_a_page(struct sim_world *w, unsigned nr, bool shared)
{
	struct sim_vm *vm = make_realm(w, nr);
	rmm_ipa ipa = ram_of(w) | (shared ? sim_vm_shared_bit(vm) : 0);
	struct job jobs[3];

	for (unsigned i = 0; i < nr; i++) {
		jobs[i] = (struct job){ .vm = vm, .vcpu = i, .ipa = ipa + 8 * i, .value = i + 1 };
		spawn(w, job_write, &jobs[i]);
	}
	sim_join(w);
	for (unsigned i = 0; i < nr; i++)
		sim_expect(w, guest_reads(vm, 0, ipa + 8 * i) == i + 1);
	check_page(w, vm, ipa, shared ? RMM_MAPPED_NS : RMM_HIPAS_DATA);
	end_vm(vm);
}

static void two_private(struct sim_world *w)
{
	vcpus_on_a_page(w, 2, false);
}

static void two_shared(struct sim_world *w)
{
	vcpus_on_a_page(w, 2, true);
}

static void three_private(struct sim_world *w)
{
	vcpus_on_a_page(w, 3, false);
}

static void three_shared(struct sim_world *w)
{
	vcpus_on_a_page(w, 3, true);
}

/* A private fault while the VMM makes the page shared: mapped and taken away, or the VMM is asked. */
static void fault_convert(struct sim_world *w)
{
	struct sim_vm *vm = make_realm(w, 1);
	rmm_ipa ipa = ram_of(w);
	struct job fault = { .vm = vm, .ipa = ipa, .value = 1 };
	struct job convert = { .vm = vm, .ipa = ipa, .size = page_of(w) };

	sim_vm_set_vmm(vm, NULL, NULL);
	spawn(w, job_touch, &fault);
	spawn(w, job_set_shared, &convert);
	sim_join(w);
	sim_expect(w, !sim_vm_is_private(vm, ipa));
	if (fault.exit.kind == SIM_MEMORY_FAULT)
		sim_expect(w, fault.exit.flags == SIM_FAULT_PRIVATE);
	else
		sim_expect(w, fault.exit.kind == SIM_DONE);
	check_page(w, vm, ipa, RMM_VOID);
	end_vm(vm);
}

/* A shared fault while the page becomes private: the alias is mapped afterwards only if that came first. */
static void shared_fault_convert(struct sim_world *w)
{
	struct sim_vm *vm = make_realm(w, 1);
	rmm_ipa ipa = ram_of(w), s = sim_vm_shared_bit(vm);
	struct job fault = { .vm = vm, .ipa = s | ipa, .value = 1 };
	struct job convert = { .vm = vm, .ipa = ipa, .size = page_of(w) };

	sim_expect(w, sim_vm_set_shared(vm, ipa, page_of(w)) == 0);
	spawn(w, job_write, &fault);
	spawn(w, job_set_private, &convert);
	sim_join(w);
	sim_expect(w, vmm_reads(vm, ipa) == 1);
	end_vm(vm);
}

static void punch_and_ask(struct sim_world *w, void *job)
{
	struct job *j = job;

	job_punch(w, job);
	guest_converts(j->vm, 1, j->ipa, j->ipa + j->size, RMI_RAM);
}

/*
 * A private fault while the page is punched out. What was destroyed faults until the realm takes it back
 * (kvm-call-sequences 11), which its other vCPU does.
 */
static void fault_punch(struct sim_world *w)
{
	struct sim_vm *vm = make_realm(w, 2);
	rmm_ipa ipa = ram_of(w);
	struct job fault = { .vm = vm, .ipa = ipa, .value = 1 };
	struct job punch = { .vm = vm, .ipa = ipa, .size = page_of(w) };
	uint64_t value;

	spawn(w, job_write, &fault);
	spawn(w, punch_and_ask, &punch);
	sim_join(w);
	value = guest_reads(vm, 0, ipa);
	sim_expect(w, value <= 1);
	end_vm(vm);
}

/* Two vCPUs on the page, and the one that asks for it again. */
static void fault_fault_punch(struct sim_world *w)
{
	struct sim_vm *vm = make_realm(w, 3);
	rmm_ipa ipa = ram_of(w);
	struct job one = { .vm = vm, .vcpu = 0, .ipa = ipa, .value = 1 };
	struct job two = { .vm = vm, .vcpu = 2, .ipa = ipa + 8, .value = 1 };
	struct job punch = { .vm = vm, .ipa = ipa, .size = page_of(w) };

	spawn(w, job_write, &one);
	spawn(w, job_write, &two);
	spawn(w, punch_and_ask, &punch);
	sim_join(w);
	sim_expect(w, guest_reads(vm, 0, ipa) <= 1 && guest_reads(vm, 2, ipa + 8) <= 1);
	end_vm(vm);
}

/* A shared fault while the VMM unmaps its memory: mapped and taken away, or -EFAULT. */
static void fault_munmap(struct sim_world *w)
{
	struct sim_vm *vm = make_realm(w, 1);
	rmm_ipa ipa = ram_of(w);
	struct job fault = { .vm = vm, .ipa = ipa | sim_vm_shared_bit(vm), .value = 1 };
	struct job munmap = { .vm = vm, .ipa = ipa, .size = page_of(w) };

	spawn(w, job_touch, &fault);
	spawn(w, job_munmap, &munmap);
	sim_join(w);
	sim_expect(w, fault.exit.kind == SIM_DONE ||
			      (fault.exit.kind == SIM_OTHER && fault.exit.ret == -K_EFAULT));
	check_page(w, vm, ipa | sim_vm_shared_bit(vm), RMM_UNMAPPED_NS);
	end_vm(vm);
}

/* One vCPU gives the page away while the other one stores to it: the store comes first, or meets an abort. */
static void fault_ripas(struct sim_world *w)
{
	struct sim_vm *vm = make_realm(w, 2);
	rmm_ipa ipa = ram_of(w);
	struct job fault = { .vm = vm, .vcpu = 0, .ipa = ipa, .value = 1 };
	struct job convert = {
		.vm = vm, .vcpu = 1, .ipa = ipa, .size = page_of(w), .ripas = RMI_EMPTY
	};

	spawn(w, job_touch, &fault);
	spawn(w, job_convert, &convert);
	sim_join(w);
	sim_expect(w, fault.exit.kind == SIM_DONE);
	sim_expect(w, fault.exit.realm == RMM_REALM_DONE || fault.exit.realm == RMM_REALM_SEA);
	end_vm(vm);
}

static void populate_populate(struct sim_world *w)
{
	struct sim_vm *vm = make_vm(w, NULL);
	rmm_ipa ipa = ram_of(w);
	struct job jobs[2] = { { .vm = vm, .ipa = ipa }, { .vm = vm, .ipa = ipa } };

	spawn(w, job_populate, &jobs[0]);
	spawn(w, job_populate, &jobs[1]);
	sim_join(w);
	/* One of them has the page. */
	sim_expect(w, (jobs[0].ret == 0) != (jobs[1].ret == 0));
	check_page(w, vm, ipa, RMM_HIPAS_DATA);
	end_vm(vm);
}

static void convert_convert(struct sim_world *w)
{
	struct sim_vm *vm = make_realm(w, 2);
	rmm_ipa ipa = ram_of(w);
	struct job jobs[2] = {
		{ .vm = vm, .vcpu = 0, .ipa = ipa, .size = page_of(w), .ripas = RMI_EMPTY },
		{ .vm = vm, .vcpu = 1, .ipa = ipa, .size = page_of(w), .ripas = RMI_RAM },
	};

	guest_writes(vm, 0, ipa, 1);
	spawn(w, job_convert, &jobs[0]);
	spawn(w, job_convert, &jobs[1]);
	sim_join(w);
	end_vm(vm);
}

static void nothing(struct sim_guest *guest, void *arg)
{
}

static void first_run(struct sim_world *w, void *job)
{
	struct job *j = job;

	sim_expect(w, sim_vcpu_program(j->vm, j->vcpu, nothing, NULL) == 0);
	j->exit = sim_vcpu_run(j->vm, j->vcpu);
	if (j->exit.kind != SIM_DONE)
		sim_fail(w, "the first KVM_RUN of vCPU %u: %s, ret %d", j->vcpu,
			 sim_exit_kind_name(j->exit.kind), j->exit.ret);
}

/* The first KVM_RUN of two vCPUs, and all that belongs to it. */
static void activate_activate(struct sim_world *w)
{
	struct sim_vm *vm = make_vm(w, &(struct sim_vm_config){ .vcpus = 2 });
	rmm_ipa ipa = ram_of(w);
	struct job jobs[2] = { { .vm = vm, .vcpu = 0, .ipa = ipa, .value = 1 },
			       { .vm = vm, .vcpu = 1, .ipa = ipa + 8, .value = 2 } };

	spawn(w, job_write, &jobs[0]);
	spawn(w, job_write, &jobs[1]);
	sim_join(w);
	sim_expect(w, guest_reads(vm, 0, ipa) == 1 && guest_reads(vm, 1, ipa + 8) == 2);
	end_vm(vm);
}

/* Activation alone: the realm is there already, and nothing is touched. */
static void first_runs(struct sim_world *w)
{
	struct sim_vm *vm = make_vm(w, &(struct sim_vm_config){ .vcpus = 2 });
	rmm_ipa ipa = ram_of(w);
	struct job populate = { .vm = vm, .ipa = ipa };
	struct job jobs[2] = { { .vm = vm, .vcpu = 0 }, { .vm = vm, .vcpu = 1 } };

	job_populate(w, &populate);
	sim_expect(w, populate.ret == 0);
	spawn(w, first_run, &jobs[0]);
	spawn(w, first_run, &jobs[1]);
	sim_join(w);
	guest_writes(vm, 0, ipa, 1);
	guest_writes(vm, 1, ipa + 8, 2);
	sim_expect(w, guest_reads(vm, 1, ipa) == 1 && guest_reads(vm, 0, ipa + 8) == 2);
	end_vm(vm);
}

const struct sim_catalogue_entry scenarios_race[] = {
	{ "fault-private-2", "two vCPUs touch one private page", two_private, true, .bound = 3 },
	{ "fault-shared-2", "two vCPUs touch one shared page", two_shared, true, .bound = 3 },
	{ "fault-private-3", "three vCPUs touch one private page", three_private, true,
	  .bound = 2 },
	{ "fault-shared-3", "three vCPUs touch one shared page", three_shared, true, .bound = 2 },
	{ "fault-convert", "a private fault while the VMM makes the page shared", fault_convert,
	  true, .bound = 3 },
	{ "shared-fault-convert", "a shared fault while the VMM makes the page private",
	  shared_fault_convert, true, .bound = 3 },
	{ "fault-punch", "a private fault while the page is punched out", fault_punch, true,
	  .bound = 3 },
	{ "fault-fault-punch", "two vCPUs touch a private page that is punched out",
	  fault_fault_punch, true, .bound = 2 },
	{ "fault-munmap", "a shared fault while the VMM unmaps its memory", fault_munmap, true,
	  .bound = 3 },
	{ "fault-ripas", "a store to a page that another vCPU gives away", fault_ripas, true,
	  .bound = 3 },
	{ "populate-populate", "one page populated by two threads", populate_populate, true,
	  .bound = 3 },
	{ "convert-convert", "two vCPUs convert one page, in both directions", convert_convert,
	  true, .bound = 3 },
	{ "activate-activate", "the first KVM_RUN of two vCPUs", activate_activate, true,
	  .bound = 2 },
	{ "first-runs", "two vCPUs activate a realm that is there, and touch nothing", first_runs,
	  true, .bound = 3 },
	{ NULL, NULL, NULL, false },
};
