/* SPDX-License-Identifier: BSD-2-Clause */
/* A vCPU stores to shared memory while the VMM changes what is behind it, or while the mapping becomes writable. */
#include "scenario.h"

#define SLOT 1

static void job_dontneed(struct sim_world *w, void *job)
{
	struct job *j = job;

	j->ret = sim_vm_madvise_dontneed(j->vm, j->ipa, j->size);
	sim_expect(w, j->ret == 0);
}

static void job_fork(struct sim_world *w, void *job)
{
	struct job *j = job;

	j->ret = sim_vm_fork(j->vm);
	sim_expect(w, j->ret == 0);
}

static void job_protect(struct sim_world *w, void *job)
{
	struct job *j = job;

	j->ret = sim_vm_mprotect(j->vm, j->ipa, j->size, false);
	sim_expect(w, j->ret == 0);
}

/* A realm whose VMM has private anonymous memory: the zero page, copy on write. */
static struct sim_vm *make_private(struct sim_world *w, unsigned vcpus)
{
	struct sim_vm *vm = make_vm(
		w, &(struct sim_vm_config){ .vcpus = vcpus, .user_kind = SIM_USER_PRIVATE });

	sim_expect(w, sim_vm_start(vm) == 0);
	return vm;
}

/* Both sides see the same bytes. */
static void must_agree(struct sim_vm *vm, uint64_t gpa)
{
	uint64_t guest = guest_reads(vm, 0, gpa | sim_vm_shared_bit(vm)), vmm = vmm_reads(vm, gpa);

	if (guest != vmm)
		sim_fail(sim_vm_world(vm), "the guest reads 0x%llx, its VMM 0x%llx",
			 (unsigned long long)guest, (unsigned long long)vmm);
}

static void fault_dontneed(struct sim_world *w)
{
	struct sim_vm *vm = make_private(w, 1);
	uint64_t gpa = ram_of(w);
	struct job fault = { .vm = vm, .ipa = gpa | sim_vm_shared_bit(vm), .value = 1 };
	struct job other = { .vm = vm, .ipa = gpa, .size = page_of(w) };

	vmm_writes(vm, gpa + 8, 2);
	spawn(w, job_write, &fault);
	spawn(w, job_dontneed, &other);
	sim_join(w);
	must_agree(vm, gpa);
	must_agree(vm, gpa + 8);
	end_vm(vm);
}

/* The page was the guest's to write; then it is copied. */
static void fault_fork(struct sim_world *w)
{
	struct sim_vm *vm = make_private(w, 1);
	uint64_t gpa = ram_of(w), s = sim_vm_shared_bit(vm);
	struct job fault = { .vm = vm, .ipa = gpa | s, .value = 1 };
	struct job other = { .vm = vm };

	guest_writes(vm, 0, (gpa + 8) | s, 2);
	spawn(w, job_write, &fault);
	spawn(w, job_fork, &other);
	sim_join(w);
	sim_expect(w, vmm_reads(vm, gpa) == 1 && vmm_reads(vm, gpa + 8) == 2);
	must_agree(vm, gpa);
	sim_expect(w, sim_vm_reap(vm) == 0);
	end_vm(vm);
}

static void fault_mprotect(struct sim_world *w)
{
	struct sim_vm *vm = make_realm(w, 1);
	uint64_t gpa = ram_of(w), ipa = gpa | sim_vm_shared_bit(vm);
	struct job fault = { .vm = vm, .ipa = ipa, .value = 1 };
	struct job other = { .vm = vm, .ipa = gpa, .size = page_of(w) };
	struct sim_exit exit;

	spawn(w, job_touch, &fault);
	spawn(w, job_protect, &other);
	sim_join(w);
	sim_expect(w, fault.exit.kind == SIM_DONE || fault.exit.ret == -K_EFAULT);
	/* From now on the guest can't write either. */
	exit = sim_guest_write(vm, 0, ipa, 8, 2);
	sim_expect(w, exit.kind == SIM_OTHER && exit.ret == -K_EFAULT);
	sim_expect(w, vmm_reads(vm, gpa) == (fault.exit.kind == SIM_DONE));
	end_vm(vm);
}

/* nr vCPUs write to the zero page, which the guest has mapped already. */
static void relax(struct sim_world *w, unsigned nr)
{
	struct sim_vm *vm = make_private(w, nr);
	uint64_t gpa = ram_of(w), ipa = gpa | sim_vm_shared_bit(vm);
	struct job jobs[3];

	sim_expect(w, guest_reads(vm, 0, ipa) == 0);
	sim_expect(w, entry_of(vm, ipa).hipas == RMM_MAPPED_NS);
	for (unsigned i = 0; i < nr; i++) {
		jobs[i] = (struct job){ .vm = vm, .vcpu = i, .ipa = ipa + 8 * i, .value = i + 1 };
		spawn(w, job_write, &jobs[i]);
	}
	sim_join(w);
	for (unsigned i = 0; i < nr; i++)
		sim_expect(w, vmm_reads(vm, gpa + 8 * i) == i + 1);
	must_agree(vm, gpa);
	end_vm(vm);
}

static void relax_relax(struct sim_world *w)
{
	relax(w, 2);
}

static void relax_three(struct sim_world *w)
{
	relax(w, 3);
}

/* A mapping that may only be read becomes writable while the VMM unmaps: nothing is left at the end. */
static void relax_munmap_of(struct sim_world *w, struct sim_vm *vm, uint64_t gpa)
{
	uint64_t ipa = gpa | sim_vm_shared_bit(vm);
	struct job fault = { .vm = vm, .ipa = ipa, .value = 1 };
	struct job other = { .vm = vm, .ipa = gpa, .size = page_of(w) };

	sim_expect(w, guest_reads(vm, 0, ipa) == 0);
	sim_expect(w, entry_of(vm, ipa).hipas == RMM_MAPPED_NS);
	spawn(w, job_touch, &fault);
	spawn(w, job_munmap, &other);
	sim_join(w);
	sim_expect(w, fault.exit.kind == SIM_DONE || fault.exit.ret == -K_EFAULT);
	sim_expect(w, entry_of(vm, ipa).hipas == RMM_UNMAPPED_NS);
	end_vm(vm);
}

static void relax_munmap(struct sim_world *w)
{
	relax_munmap_of(w, make_private(w, 1), ram_of(w));
}

static void dirty_munmap(struct sim_world *w)
{
	struct sim_vm *vm = make_realm(w, 1);
	uint64_t gpa = ram_of(w) + 2 * block_of(w);
	struct sim_slot_config slot = {
		.slot = SLOT, .gpa = gpa, .size = page_of(w), .no_gmem = true, .log_dirty = true
	};

	sim_expect(w, sim_vm_add_slot(vm, &slot) == 0);
	relax_munmap_of(w, vm, gpa);
}

const struct sim_catalogue_entry scenarios_race_mm[] = {
	{ "fault-dontneed", "a shared fault while the VMM gives its page away", fault_dontneed,
	  true, .bound = 3 },
	{ "fault-fork", "a store to a shared page while the VMM forks", fault_fork, true,
	  .bound = 3 },
	{ "fault-mprotect", "a shared fault while the VMM makes its page read-only", fault_mprotect,
	  true, .bound = 3 },
	{ "relax-2", "two vCPUs write to a shared page that is mapped to be read", relax_relax,
	  true, .bound = 3 },
	{ "relax-3", "three vCPUs write to a shared page that is mapped to be read", relax_three,
	  true, .bound = 2 },
	{ "relax-munmap", "a store to a read-only mapping while the VMM unmaps its memory",
	  relax_munmap, true, .bound = 3 },
	{ "dirty-munmap", "the first store to a logged page while the VMM unmaps its memory",
	  dirty_munmap, true, .bound = 3 },
	{ NULL, NULL, NULL, false },
};
