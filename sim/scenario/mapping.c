/* SPDX-License-Identifier: BSD-2-Clause */
/* What the VMM does to the memory behind the shared alias: huge pages, collapse and split, fork. */
#include "scenario.h"

static const struct sim_vm_config huge = { .user_kind = SIM_USER_PRIVATE, .user_huge = true };

/* The block is mapped as a whole, whatever page of it the fault is on, and it is the block's own memory. */
static void huge_unaligned(struct sim_world *w)
{
	struct sim_vm *vm = make_vm(w, &huge);
	uint64_t page = page_of(w), block = block_of(w), gpa = ram_of(w);
	uint64_t s = sim_vm_shared_bit(vm);

	guest_writes(vm, 0, s | (gpa + 5 * page + 8), 0x55);
	sim_expect(w, entry_of(vm, s | gpa).level == 2 || sim_counts(w).failures);
	sim_expect(w, entry_of(vm, s | gpa).pa % block == 0);
	sim_expect(w, vmm_reads(vm, gpa + 5 * page + 8) == 0x55);
	vmm_writes(vm, gpa + block - 8, 0x66);
	sim_expect(w, guest_reads(vm, 0, s | (gpa + block - 8)) == 0x66);
	sim_expect(w, entry_of(vm, s | (gpa + block)).hipas == RMM_UNMAPPED_NS);
	end_vm(vm);
}

static void collapse_and_split(struct sim_world *w)
{
	struct sim_vm *vm = make_vm(w, &huge);
	uint64_t page = page_of(w), block = block_of(w), gpa = ram_of(w);
	uint64_t s = sim_vm_shared_bit(vm);

	guest_writes(vm, 0, s | (gpa + page), 1);
	sim_expect(w, sim_vm_split(vm, gpa, block) == 0);
	guest_writes(vm, 0, s | (gpa + 2 * page), 2);
	sim_expect(w, sim_vm_collapse(vm, gpa, block) == 0);
	guest_writes(vm, 0, s | (gpa + 3 * page), 3);
	for (unsigned i = 1; i <= 3; i++) {
		sim_expect(w, guest_reads(vm, 0, s | (gpa + i * page)) == i);
		sim_expect(w, vmm_reads(vm, gpa + i * page) == i);
	}
	end_vm(vm);
}

static void fork_and_reap(struct sim_world *w)
{
	struct sim_vm *vm = make_vm(w, &(struct sim_vm_config){ .user_kind = SIM_USER_PRIVATE });
	uint64_t page = page_of(w), gpa = ram_of(w), s = sim_vm_shared_bit(vm);

	guest_writes(vm, 0, s | gpa, 1);
	guest_writes(vm, 0, s | (gpa + page), 2);
	sim_expect(w, sim_vm_fork(vm) == 0);
	/* The child keeps the old page, the guest gets the VMM's new one. */
	guest_writes(vm, 0, s | gpa, 3);
	sim_expect(w, vmm_reads(vm, gpa) == 3);
	sim_expect(w, guest_reads(vm, 0, s | (gpa + page)) == 2);
	sim_expect(w, sim_vm_reap(vm) == 0);
	/* Writable again in place, without a word. */
	guest_writes(vm, 0, s | (gpa + page), 4);
	sim_expect(w, vmm_reads(vm, gpa + page) == 4);
	end_vm(vm);
}

/*
 * A block that the guest may only read, because the VMM has forked, and that it writes away from the first page when
 * the child is gone: writable in place, every page where it was.
 */
static void huge_read_then_write(struct sim_world *w)
{
	struct sim_vm *vm = make_vm(w, &huge);
	uint64_t page = page_of(w), gpa = ram_of(w), s = sim_vm_shared_bit(vm);

	for (unsigned i = 0; i < 8; i++)
		vmm_writes(vm, gpa + i * page, 0x10 + i);
	sim_expect(w, sim_vm_fork(vm) == 0);
	sim_expect(w, guest_reads(vm, 0, s | gpa) == 0x10);
	sim_expect(w, entry_of(vm, s | gpa).level == 2 || sim_counts(w).failures);
	sim_expect(w, sim_vm_reap(vm) == 0);
	guest_writes(vm, 0, s | (gpa + 5 * page), 0x55);
	for (unsigned i = 0; i < 8; i++)
		sim_expect(w,
			   guest_reads(vm, 0, s | (gpa + i * page)) == (i == 5 ? 0x55 : 0x10 + i));
	sim_expect(w, vmm_reads(vm, gpa + 5 * page) == 0x55);
	end_vm(vm);
}

/*
 *           block 0 (no table)   block 1
 * mapped    .............................[D].[D]...
 * munmap                   -----------------------
 */
static void munmap_across(struct sim_world *w)
{
	struct sim_vm *vm = make_realm(w, 1);
	uint64_t page = page_of(w), block = block_of(w), edge = ram_of(w) + block;
	uint64_t s = sim_vm_shared_bit(vm);

	guest_writes(vm, 0, s | edge, 1);
	guest_writes(vm, 0, s | (edge + 2 * page), 2);
	guest_writes(vm, 0, s | (edge + block - page), 3);
	sim_expect(w, sim_vm_munmap(vm, edge - block + page, block + 2 * page) == 0);
	sim_expect(w, entry_of(vm, s | edge).hipas == RMM_UNMAPPED_NS);
	sim_expect(w, entry_of(vm, s | (edge + 2 * page)).hipas == RMM_UNMAPPED_NS);
	sim_expect(w, guest_reads(vm, 0, s | (edge + block - page)) == 3);
	end_vm(vm);
}

static void dontneed(struct sim_world *w)
{
	struct sim_vm *vm = make_vm(w, &(struct sim_vm_config){ .user_kind = SIM_USER_PRIVATE });
	uint64_t page = page_of(w), gpa = ram_of(w), s = sim_vm_shared_bit(vm);

	guest_writes(vm, 0, s | gpa, 1);
	guest_writes(vm, 0, s | (gpa + page), 2);
	sim_expect(w, sim_vm_madvise_dontneed(vm, gpa, page) == 0);
	sim_expect(w, entry_of(vm, s | gpa).hipas == RMM_UNMAPPED_NS);
	sim_expect(w, guest_reads(vm, 0, s | gpa) == 0);
	sim_expect(w, guest_reads(vm, 0, s | (gpa + page)) == 2);
	end_vm(vm);
}

static void job_collapse(struct sim_world *w, void *job)
{
	struct job *j = job;

	/* A page that is just being mapped keeps its block from collapsing. */
	j->ret = sim_vm_collapse(j->vm, j->ipa, j->size);
	sim_expect(w, j->ret == 0 || j->ret == -K_EBUSY || j->ret == -K_EAGAIN);
}

static void job_split(struct sim_world *w, void *job)
{
	struct job *j = job;

	j->ret = sim_vm_split(j->vm, j->ipa, j->size);
	sim_expect(w, j->ret == 0);
}

/* A vCPU stores to a shared page while its block changes shape; the VMM sees the store. */
static void fault_meets(struct sim_world *w, bool starts_split,
			void (*change)(struct sim_world *w, void *job))
{
	struct sim_vm *vm = make_vm(w, &huge);
	uint64_t page = page_of(w), gpa = ram_of(w), s = sim_vm_shared_bit(vm);
	struct job fault = { .vm = vm, .ipa = s | (gpa + page), .value = 7 };
	struct job other = { .vm = vm, .ipa = gpa, .size = block_of(w) };

	vmm_writes(vm, gpa, 5);
	sim_expect(w, sim_vm_start(vm) == 0);
	if (starts_split)
		sim_expect(w, sim_vm_split(vm, gpa, block_of(w)) == 0);
	spawn(w, job_write, &fault);
	spawn(w, change, &other);
	sim_join(w);
	sim_expect(w, vmm_reads(vm, gpa + page) == 7);
	sim_expect(w, guest_reads(vm, 0, s | gpa) == 5);
	vmm_writes(vm, gpa + page, 8);
	sim_expect(w, guest_reads(vm, 0, s | (gpa + page)) == 8);
	end_vm(vm);
}

static void fault_collapse(struct sim_world *w)
{
	fault_meets(w, true, job_collapse);
}

static void fault_split(struct sim_world *w)
{
	fault_meets(w, false, job_split);
}

const struct sim_catalogue_entry scenarios_mapping[] = {
	{ "huge-unaligned", "a fault in the middle of a huge page behind a shared slot",
	  huge_unaligned, false },
	{ "collapse-and-split", "a shared block is split, written, collapsed and written",
	  collapse_and_split, false },
	{ "fork-and-reap", "the VMM forks: copy on write, then pages become writable in place",
	  fork_and_reap, false },
	{ "huge-read-then-write", "a store to a huge page that has been mapped to be read",
	  huge_read_then_write, false },
	{ "munmap-across", "shared memory is unmapped from an entry without a table into the next",
	  munmap_across, false },
	{ "dontneed", "the VMM gives pages away that the guest has mapped", dontneed, false },
	{ "fault-collapse", "a shared fault while the VMM's pages collapse into a huge one",
	  fault_collapse, true, .bound = 3 },
	{ "fault-split", "a shared fault while the VMM's huge page is split", fault_split, true,
	  .bound = 3 },
	{ NULL, NULL, NULL, false },
};
