/* SPDX-License-Identifier: BSD-2-Clause */
/* Ranges at the ends: of the private half, of what has tables, of nothing at all. */
#include "scenario.h"

/*
 * A slot as large as an entry above level 2, where the page size has one: parts of it become shared where not even
 * a table is, and from a place without one into another where pages are mapped.
 */
static void convert_large(struct sim_world *w)
{
	uint64_t page = page_of(w), block = block_of(w),
		 gpa = sim_world_ipa_offset(w) + (1ULL << 30);
	struct sim_vm *vm = make_vm(w, &(struct sim_vm_config){ .ram_base = gpa, .ram_mib = 2048 });
	rmm_ipa edge = gpa + 3 * block;

	sim_expect(w, sim_vm_start(vm) == 0);
	sim_expect(w, sim_vm_set_shared(vm, gpa + page, page) == 0);
	guest_writes(vm, 0, edge, 1);
	guest_writes(vm, 0, edge + 2 * page, 2);
	sim_expect(w, sim_vm_set_shared(vm, edge - block + page, block) == 0);
	sim_expect(w, sim_vm_punch_hole(vm, edge - block + page, block) == 0);
	sim_expect(w, entry_of(vm, edge).hipas != RMM_HIPAS_DATA || sim_counts(w).failures);
	sim_expect(w, guest_reads(vm, 0, edge + 2 * page) == 2);
	end_vm(vm);
}

/* A slot that ends where the private half does: its last page, both aliases, then all of it goes. */
static void slot_at_the_top(struct sim_world *w)
{
	uint64_t page = page_of(w), size = 2 * block_of(w), half = UINT64_C(1) << 35;
	struct sim_vm *vm = make_vm(w, &(struct sim_vm_config){ .ram_base = half - size });
	uint64_t s = sim_vm_shared_bit(vm), last = half - page;

	sim_expect(w, s == half);
	guest_writes(vm, 0, last - page, 1);
	guest_writes(vm, 0, last, 2);
	guest_writes(vm, 0, s | (last - 2 * page), 3);
	guest_converts(vm, 0, last, half, RMI_EMPTY);
	guest_writes(vm, 0, s | last, 4);
	sim_expect(w, vmm_reads(vm, last) == 4);
	sim_expect(w, sim_vm_munmap(vm, last, page) == 0);
	sim_expect(w, entry_of(vm, s | last).hipas == RMM_UNMAPPED_NS);
	sim_expect(w, guest_reads(vm, 0, last - page) == 1);
	sim_expect(w, sim_vm_delete_slot(vm, 0) == 0);
	sim_expect(w, entry_of(vm, s | (last - 2 * page)).hipas == RMM_UNMAPPED_NS);
	sim_expect(w, entry_of(vm, last - page).hipas != RMM_HIPAS_DATA);
	end_vm(vm);
}

/* Populate of nothing makes the realm and says that all is done. */
static void populate_nothing(struct sim_world *w)
{
	struct sim_vm *vm = make_vm(w, NULL);
	uint64_t done = 1;
	uint8_t none[8] = { 0 };
	int err = sim_vm_populate(vm, ram_of(w), none, 0, true, &done);

	sim_expect(w, sim_vm_rd(vm));
	end_vm(vm);
	sim_expect(w, err == 0 && done == 0);
}

/* Two vCPUs touch neighbours, for which there is no table. */
static void fault_neighbours(struct sim_world *w)
{
	struct sim_vm *vm = make_realm(w, 2);
	rmm_ipa ipa = ram_of(w);
	struct job jobs[] = { { .vm = vm, .ipa = ipa, .value = 1 },
			      { .vm = vm, .vcpu = 1, .ipa = ipa + page_of(w), .value = 2 } };

	spawn(w, job_write, &jobs[0]);
	spawn(w, job_write, &jobs[1]);
	sim_join(w);
	sim_expect(w, guest_reads(vm, 1, ipa) == 1);
	sim_expect(w, guest_reads(vm, 0, ipa + page_of(w)) == 2);
	end_vm(vm);
}

/* What the VMM does to its memory before there is a realm concerns no realm. */
static void munmap_early(struct sim_world *w)
{
	struct sim_vm *vm = make_vm(w, NULL);
	uint64_t page = page_of(w), gpa = ram_of(w), s = sim_vm_shared_bit(vm);

	vmm_writes(vm, gpa, 1);
	vmm_writes(vm, gpa + page, 2);
	sim_expect(w, sim_vm_munmap(vm, gpa, page) == 0);
	sim_expect(w, sim_vm_set_shared(vm, gpa, 2 * page) == 0);
	sim_expect(w, sim_vm_rd(vm) == 0);
	sim_expect(w, guest_reads(vm, 0, s | (gpa + page)) == 2);
	end_vm(vm);
}

#define MANY_GIB 40

/* A realm that has used a page of each GiB, of both aliases, is closed. */
static void teardown_large(struct sim_world *w)
{
	uint64_t gib = UINT64_C(1) << 30;
	struct sim_vm *vm =
		make_vm(w, &(struct sim_vm_config){
				   .ipa_bits = 38, .ram_base = gib, .ram_mib = MANY_GIB << 10 });
	uint64_t s = sim_vm_shared_bit(vm);

	for (unsigned i = 1; i <= MANY_GIB; i++) {
		guest_writes(vm, 0, i * gib, i);
		guest_writes(vm, 0, s | (i * gib + page_of(w)), i);
	}
	end_vm(vm);
}

/* As narrow as a VM can be by a bit: with pages of 64K its root is the last level. */
static void narrow_realm(struct sim_world *w)
{
	struct sim_vm *vm = make_vm(
		w, &(struct sim_vm_config){ .vcpus = 2, .ipa_bits = 33, .ram_base = block_of(w) });
	uint64_t gpa = block_of(w), shared = sim_vm_shared_bit(vm);

	guest_writes(vm, 0, gpa, 1);
	guest_writes(vm, 1, shared | (gpa + page_of(w)), 2);
	guest_converts(vm, 0, gpa, gpa + page_of(w), RMI_EMPTY);
	guest_writes(vm, 1, shared | gpa, 3);
	sim_expect(w, vmm_reads(vm, gpa) == 3);
	end_vm(vm);
}

struct request_once {
	rmm_ipa base, top;
	uint64_t status;
};

static void request_once(struct sim_guest *guest, void *arg)
{
	struct request_once *r = arg;

	r->status = sim_guest_set_ripas(guest, r->base, r->top, RMI_EMPTY);
}

/*
 * A VMM that says nothing to a change of RIPAS, which goes on where there is no table yet, and runs the vCPU again
 * whatever KVM_RUN has returned.
 */
static void ripas_insisted(struct sim_world *w)
{
	struct sim_vm *vm = make_realm(w, 1);
	uint64_t page = page_of(w), edge = ram_of(w) + block_of(w);
	struct request_once r = { edge - 2 * page, edge + 2 * page, RSI_ERROR_UNKNOWN };
	struct sim_exit exit;

	guest_writes(vm, 0, r.base, 7);
	sim_vm_set_vmm(vm, NULL, NULL);
	sim_expect(w, sim_vcpu_program(vm, 0, request_once, &r) == 0);
	for (unsigned i = 0; i < 8; i++) {
		exit = sim_vcpu_run(vm, 0);
		if (exit.kind == SIM_DONE)
			break;
	}
	sim_expect(w, exit.kind == SIM_DONE && r.status == RSI_SUCCESS);
	sim_expect(w, entry_of(vm, r.base).ripas == RMI_EMPTY);
	end_vm(vm);
}

const struct sim_catalogue_entry scenarios_corner[] = {
	{ "convert-large", "parts of a slot of two GiB of which little is mapped become shared",
	  convert_large, false },
	{ "slot-at-the-top", "a slot that ends where the private half does", slot_at_the_top,
	  false },
	{ "populate-nothing", "populate of nothing", populate_nothing, false },
	{ "fault-neighbours", "two vCPUs touch two private pages of one table", fault_neighbours,
	  true, .bound = 3 },
	{ "munmap-early", "the VMM unmaps memory before there is a realm", munmap_early, false },
	{ "teardown-large", "a realm that has used a little of each GiB is closed", teardown_large,
	  false },
	{ "narrow-realm", "a realm of 33 bits, whose root may be the last level, is closed",
	  narrow_realm, false },
	{ "ripas-insisted", "a vCPU is run again and again until its change of RIPAS is made",
	  ripas_insisted, false },
	{ NULL, NULL, NULL, false },
};
