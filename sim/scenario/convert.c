/* SPDX-License-Identifier: BSD-2-Clause */
/* Conversions between private and shared, and changes of RIPAS. */
#include "scenario.h"

static void convert_once(struct sim_world *w)
{
	struct sim_vm *vm = make_realm(w, 1);
	uint64_t page = page_of(w), gpa = ram_of(w), s = sim_vm_shared_bit(vm);

	guest_writes(vm, 0, gpa, 0x5ec2e7);
	guest_converts(vm, 0, gpa, gpa + page, RMI_EMPTY);
	sim_expect(w, !sim_vm_is_private(vm, gpa));
	sim_expect(w, vmm_reads(vm, gpa) == 0);
	sim_expect(w, sim_guest_read(vm, 0, gpa, 8).realm == RMM_REALM_SEA);
	guest_writes(vm, 0, s | gpa, 0xcafe);
	sim_expect(w, vmm_reads(vm, gpa) == 0xcafe);

	guest_converts(vm, 0, gpa, gpa + page, RMI_RAM);
	sim_expect(w, sim_vm_is_private(vm, gpa));
	sim_expect(w, entry_of(vm, s | gpa).hipas == RMM_UNMAPPED_NS);
	sim_expect(w, guest_reads(vm, 0, gpa) == 0);
	end_vm(vm);
}

static void convert_often(struct sim_world *w)
{
	struct sim_vm *vm = make_realm(w, 1);
	uint64_t page = page_of(w), gpa = ram_of(w), s = sim_vm_shared_bit(vm);

	for (unsigned i = 1; i <= 8; i++) {
		guest_writes(vm, 0, gpa, 0x1000 + i);
		guest_writes(vm, 0, gpa + page, 0x2000 + i);
		guest_converts(vm, 0, gpa, gpa + page, RMI_EMPTY);
		sim_expect(w, guest_reads(vm, 0, gpa + page) == 0x2000 + i);
		guest_writes(vm, 0, s | gpa, i);
		sim_expect(w, vmm_reads(vm, gpa) == i);
		vmm_writes(vm, gpa, ~(uint64_t)i);
		sim_expect(w, guest_reads(vm, 0, s | gpa) == ~(uint64_t)i);
		guest_converts(vm, 0, gpa, gpa + page, RMI_RAM);
	}
	end_vm(vm);
}

/*
 * Every size there, every size back: a page or a block becomes shared, a page or a block of it, and odd pages
 * of it, private again. Pages on both sides keep what they hold.
 */
static void convert_sizes(struct sim_world *w)
{
	uint64_t page = page_of(w), block = block_of(w), base = ram_of(w);

	for (unsigned mix = 0; mix < 4; mix++) {
		struct sim_vm *vm = make_realm(w, 1);
		uint64_t there = mix & 1 ? block : page, back = mix & 2 ? block : page;
		uint64_t s = sim_vm_shared_bit(vm), behind = base + block;

		for (unsigned i = 0; i < 4; i++)
			guest_writes(vm, 0, base + i * page, 0x10 + i);
		guest_writes(vm, 0, behind, 0x99);
		guest_converts(vm, 0, base, base + there, RMI_EMPTY);
		for (unsigned i = 0; i < 4; i++)
			if (i * page < there)
				guest_writes(vm, 0, s | (base + i * page), 0x20 + i);
			else
				sim_expect(w, guest_reads(vm, 0, base + i * page) == 0x10 + i);
		if (back == page) {
			/* odd pages, then the first */
			for (unsigned i = 1; i < 4; i += 2)
				guest_converts(vm, 0, base + i * page, base + (i + 1) * page,
					       RMI_RAM);
			guest_converts(vm, 0, base, base + page, RMI_RAM);
		} else {
			guest_converts(vm, 0, base, base + block, RMI_RAM);
		}
		sim_expect(w, guest_reads(vm, 0, base) == 0);
		if (there == block && back == page)
			sim_expect(w, guest_reads(vm, 0, s | (base + 2 * page)) == 0x22);
		else if (there == block)
			sim_expect(w, guest_reads(vm, 0, base + 2 * page) == 0);
		else
			sim_expect(w, guest_reads(vm, 0, base + 2 * page) == 0x12);
		sim_expect(w, guest_reads(vm, 0, behind) == 0x99);
		end_vm(vm);
	}
}

/* The VMM is asked once, does nothing, and lets the vCPU go on: the change is made all the same. */
static void ripas_accepted(struct sim_world *w)
{
	struct sim_vm *vm = make_realm(w, 1);
	uint64_t page = page_of(w), gpa = ram_of(w);

	guest_converts(vm, 0, gpa + page, gpa + 5 * page, RMI_EMPTY);
	for (unsigned i = 0; i < 6; i++)
		sim_expect(w, entry_of(vm, gpa + i * page).ripas ==
				      (i >= 1 && i < 5 ? RMI_EMPTY : RMI_RAM));
	end_vm(vm);
}

/* From the middle of one table to the middle of the next, over mapped and unmapped pages. */
static void ripas_partial(struct sim_world *w)
{
	struct sim_vm *vm = make_realm(w, 1);
	uint64_t page = page_of(w), edge = ram_of(w) + block_of(w), base = edge - 5 * page;
	uint64_t top = edge + 3 * page;

	guest_writes(vm, 0, base + page, 1);
	guest_writes(vm, 0, edge + page, 2);
	guest_writes(vm, 0, top, 3);
	guest_converts(vm, 0, base, top, RMI_EMPTY);
	for (rmm_ipa at = base - page; at <= top; at += page)
		sim_expect(w, entry_of(vm, at).ripas ==
				      (at >= base && at < top ? RMI_EMPTY : RMI_RAM));
	sim_expect(w, guest_reads(vm, 0, top) == 3);
	end_vm(vm);
}

static enum sim_vmm_answer refuse(struct sim_vm *vm, unsigned vcpu, const struct sim_exit *exit,
				  void *ctx)
{
	++*(unsigned *)ctx;
	return SIM_VMM_STOP;
}

struct one_request {
	rmm_ipa base, top;
	uint64_t status;
};

static void one_request_program(struct sim_guest *guest, void *arg)
{
	struct one_request *r = arg;

	r->status = sim_guest_set_ripas(guest, r->base, r->top, RMI_EMPTY);
}

/* A VMM that refuses leaves the vCPU alone; nothing changes until it runs again. */
static void ripas_rejected(struct sim_world *w)
{
	static const struct sim_vmm_ops ops = { .memory_fault = refuse };
	struct sim_vm *vm = make_realm(w, 1);
	uint64_t page = page_of(w), gpa = ram_of(w);
	struct one_request r = { gpa, gpa + page, RSI_ERROR_UNKNOWN };
	unsigned asked = 0;
	struct sim_exit exit;

	guest_writes(vm, 0, gpa, 77);
	sim_vm_set_vmm(vm, &ops, &asked);
	sim_expect(w, sim_vcpu_program(vm, 0, one_request_program, &r) == 0);
	exit = sim_vcpu_loop(vm, 0);
	sim_expect(w,
		   asked == 1 && exit.kind == SIM_MEMORY_FAULT && exit.flags == SIM_FAULT_SHARED);
	sim_expect(w, entry_of(vm, gpa).hipas == RMM_HIPAS_DATA);
	sim_expect(w, entry_of(vm, gpa).ripas == RMI_RAM);
	sim_expect(w, sim_vm_is_private(vm, gpa));
	exit = sim_vcpu_run(vm, 0);
	sim_expect(w, exit.kind == SIM_DONE && r.status == RSI_SUCCESS);
	sim_expect(w, entry_of(vm, gpa).ripas == RMI_EMPTY);
	end_vm(vm);
}

/* RAM over memory that is mapped already keeps it. */
static void ripas_over_mapped(struct sim_world *w)
{
	struct sim_vm *vm = make_realm(w, 1);
	uint64_t page = page_of(w), gpa = ram_of(w);

	guest_writes(vm, 0, gpa + page, 0xabc);
	guest_converts(vm, 0, gpa, gpa + 4 * page, RMI_RAM);
	sim_expect(w, guest_reads(vm, 0, gpa + page) == 0xabc);
	guest_converts(vm, 0, gpa, gpa + 4 * page, RMI_EMPTY);
	sim_expect(w, entry_of(vm, gpa + page).hipas == RMM_VOID);
	end_vm(vm);
}

/* Attributes of memory that has no tables yet, then of memory with tables on one side. */
static void convert_untouched(struct sim_world *w)
{
	struct sim_vm *vm = make_realm(w, 1);
	uint64_t page = page_of(w), block = block_of(w), gpa = ram_of(w);

	sim_expect(w, sim_vm_set_shared(vm, gpa + page, 2 * block - page) == 0);
	sim_expect(w, sim_vm_set_private(vm, gpa, 2 * block) == 0);
	guest_writes(vm, 0, gpa + block, 1);
	sim_expect(w, sim_vm_set_shared(vm, gpa + page, block + page) == 0);
	sim_expect(w, entry_of(vm, gpa + block).hipas == RMM_VOID);
	sim_expect(w, !sim_vm_is_private(vm, gpa + block) && sim_vm_is_private(vm, gpa));
	end_vm(vm);
}

const struct sim_catalogue_entry scenarios_convert[] = {
	{ "convert-once", "a private page becomes shared and private again", convert_once, false },
	{ "convert-often", "eight conversions there and back, with data in between", convert_often,
	  false },
	{ "convert-sizes", "pages and blocks become shared, pages and blocks of them private again",
	  convert_sizes, false },
	{ "convert-untouched", "attributes of memory of which nothing, or little, is mapped",
	  convert_untouched, false },
	{ "ripas-accepted", "a change of RIPAS over pages that are not mapped", ripas_accepted,
	  false },
	{ "ripas-partial", "a change of RIPAS across two tables, part of it mapped", ripas_partial,
	  false },
	{ "ripas-rejected", "a VMM that refuses a change of RIPAS, and gives in later",
	  ripas_rejected, false },
	{ "ripas-over-mapped", "RAM, then EMPTY, over memory that is mapped", ripas_over_mapped,
	  false },
	{ NULL, NULL, NULL, false },
};
