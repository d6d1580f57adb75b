/* SPDX-License-Identifier: BSD-2-Clause */
/* One vCPU and its faults: where each goes, and what the VMM is told. */
#include "scenario.h"

/* The realm rows of the truth table (kvm-fault-dispatch A5). */
enum outcome { MAPPED_PRIVATE, MAPPED_SHARED, ASKED_PRIVATE };

static const struct row {
	const char *name;
	bool gmem, shared_alias, attr_private;
	enum outcome outcome;
} rows[] = {
	{ "4", true, false, true, MAPPED_PRIVATE },  { "5", true, false, false, ASKED_PRIVATE },
	{ "6", true, true, false, MAPPED_SHARED },   { "7", true, true, true, MAPPED_SHARED },
	{ "8", false, true, false, MAPPED_SHARED },  { "8", false, true, true, MAPPED_SHARED },
	{ "9", false, false, false, ASKED_PRIVATE }, { "9", false, false, true, ASKED_PRIVATE },
};

struct row_access {
	rmm_ipa ipa;
	uint64_t page;
	bool make_ram;
};

/* Without guest_memfd nothing of the slot is RAM at first: the realm asks for it. */
static void row_program(struct sim_guest *guest, void *arg)
{
	struct row_access *a = arg;

	if (a->make_ram)
		sim_guest_set_ripas(guest, a->ipa, a->ipa + a->page, RMI_RAM);
	sim_guest_store(guest, a->ipa, 8, 1);
}

static void check_row(struct sim_world *w, struct sim_vm *vm, const struct row *row,
		      const struct sim_exit *exit, rmm_ipa ipa)
{
	uint64_t gpa = ipa & ~sim_vm_shared_bit(vm);
	bool ok = false;

	switch (row->outcome) {
	case MAPPED_PRIVATE:
		ok = exit->kind == SIM_DONE && entry_of(vm, ipa).hipas == RMM_HIPAS_DATA;
		break;
	case MAPPED_SHARED:
		ok = exit->kind == SIM_DONE && entry_of(vm, ipa).hipas == RMM_MAPPED_NS;
		break;
	case ASKED_PRIVATE:
		ok = exit->kind == SIM_MEMORY_FAULT && exit->ret == -K_EFAULT && exit->gpa == gpa &&
		     exit->size == page_of(w) && exit->flags == SIM_FAULT_PRIVATE;
		break;
	}
	if (!ok)
		sim_fail(w, "row %s: %s, ret %d, gpa 0x%llx, flags 0x%llx, entry %s", row->name,
			 sim_exit_kind_name(exit->kind), exit->ret, (unsigned long long)exit->gpa,
			 (unsigned long long)exit->flags, rmm_hipas_name(entry_of(vm, ipa).hipas));
}

static void truth_table(struct sim_world *w)
{
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		struct sim_vm_config config = { .no_gmem = !row->gmem,
						.shared_at_start = !row->attr_private };
		struct sim_vm *vm = make_vm(w, &config);
		struct row_access a = { .ipa = ram_of(w) + page_of(w),
					.page = page_of(w),
					.make_ram = !row->gmem && !row->shared_alias };
		struct sim_exit exit;

		sim_vm_set_vmm(vm, NULL, NULL);
		if (row->shared_alias)
			a.ipa |= sim_vm_shared_bit(vm);
		sim_expect(w, sim_vcpu_program(vm, 0, row_program, &a) == 0);
		exit = sim_vcpu_run(vm, 0);
		if (a.make_ram && exit.kind == SIM_MEMORY_FAULT)
			exit = sim_vcpu_run(vm, 0); /* the VMM lets it be */
		check_row(w, vm, row, &exit, a.ipa);
		end_vm(vm);
	}
}

static void private_without_gmem(struct sim_world *w)
{
	struct sim_vm *vm = make_vm(w, &(struct sim_vm_config){ .no_gmem = true });
	struct row_access a = { ram_of(w), page_of(w), true };
	unsigned stops = 0;
	struct sim_exit exit;

	sim_vm_set_vmm(vm, NULL, NULL);
	sim_expect(w, sim_vcpu_program(vm, 0, row_program, &a) == 0);
	/* However often the VMM tries: nothing private is made of its own pages. */
	do {
		exit = sim_vcpu_run(vm, 0);
		sim_expect(w, exit.kind == SIM_MEMORY_FAULT);
		sim_expect(w, exit.flags == SIM_FAULT_PRIVATE);
		sim_expect(w, entry_of(vm, a.ipa).hipas != RMM_HIPAS_DATA);
	} while (++stops < 4);
	end_vm(vm);
}

static void read_then_write(struct sim_world *w)
{
	struct sim_vm *vm = make_vm(w, &(struct sim_vm_config){ .user_readonly = true });
	uint64_t gpa = ram_of(w), ipa = gpa | sim_vm_shared_bit(vm);
	struct sim_exit exit;

	sim_expect(w, guest_reads(vm, 0, ipa) == 0);
	sim_expect(w, entry_of(vm, ipa).hipas == RMM_MAPPED_NS);
	exit = sim_guest_write(vm, 0, ipa, 8, 7);
	sim_expect(w, exit.kind == SIM_OTHER && exit.ret == -K_EFAULT);
	/* The VMM gives in. */
	sim_expect(w, sim_vm_mprotect(vm, gpa, page_of(w), true) == 0);
	guest_writes(vm, 0, ipa, 8);
	sim_expect(w, vmm_reads(vm, gpa) == 8);
	end_vm(vm);
}

/* Reads map the zero page; the first store of either side must not be seen through the other page. */
static void zero_page(struct sim_world *w)
{
	struct sim_vm *vm = make_vm(w, &(struct sim_vm_config){ .user_anon_private = true });
	uint64_t page = page_of(w), gpa = ram_of(w), s = sim_vm_shared_bit(vm);
	rmm_pa zero;

	sim_expect(w, guest_reads(vm, 0, s | gpa) == 0);
	sim_expect(w, guest_reads(vm, 0, s | (gpa + page)) == 0);
	zero = entry_of(vm, s | gpa).pa;
	sim_expect(w, entry_of(vm, s | (gpa + page)).pa == zero);
	guest_writes(vm, 0, s | gpa, 0x1111);
	vmm_writes(vm, gpa + page, 0x2222);
	sim_expect(w, vmm_reads(vm, gpa) == 0x1111);
	sim_expect(w, guest_reads(vm, 0, s | (gpa + page)) == 0x2222);
	vmm_writes(vm, gpa, 0x3333);
	guest_writes(vm, 0, s | (gpa + page), 0x4444);
	sim_expect(w, guest_reads(vm, 0, s | gpa) == 0x3333);
	sim_expect(w, vmm_reads(vm, gpa + page) == 0x4444);
	sim_expect(w, entry_of(vm, s | gpa).pa != zero);
	sim_expect(w, entry_of(vm, s | (gpa + page)).pa != zero);
	end_vm(vm);
}

static void hole_exact(struct sim_world *w)
{
	struct sim_vm *vm = make_realm(w, 1);
	uint64_t page = page_of(w), gpa = ram_of(w) + 3 * page;
	struct sim_exit exit;

	guest_writes(vm, 0, gpa, 0x1234);
	sim_expect(w, sim_vm_punch_hole(vm, gpa, page) == 0);
	sim_expect(w, entry_of(vm, gpa).hipas == RMM_VOID);
	sim_expect(w, entry_of(vm, gpa).ripas == RMI_DESTROYED);
	guest_converts(vm, 0, gpa, gpa + page, RMI_RAM);
	exit = sim_guest_read(vm, 0, gpa, 8);
	sim_expect(w, exit.kind == SIM_DONE && exit.value == 0);
	end_vm(vm);
}

/* A hole over mapped and unmapped pages, over more than one table; what is not a page is refused. */
static void hole_inexact(struct sim_world *w)
{
	struct sim_vm *vm = make_realm(w, 1);
	uint64_t page = page_of(w), gpa = ram_of(w), edge = gpa + block_of(w);

	for (unsigned i = 0; i < 6; i++)
		guest_writes(vm, 0, edge + 2 * i * page - 6 * page, 0x100 + i);
	sim_expect(w, sim_vm_punch_hole(vm, edge - 3 * page, page / 2) == -K_EINVAL);
	sim_expect(w, sim_vm_punch_hole(vm, edge - 3 * page, 6 * page) == 0);
	for (unsigned i = 0; i < 6; i++) {
		rmm_ipa at = edge + 2 * i * page - 6 * page;
		bool gone = at >= edge - 3 * page && at < edge + 3 * page;

		sim_expect(w, entry_of(vm, at).hipas == (gone ? RMM_VOID : RMM_HIPAS_DATA));
		if (!gone)
			sim_expect(w, guest_reads(vm, 0, at) == 0x100 + i);
	}
	end_vm(vm);
}

/* Both aliases of a page are mapped; the hole is in the private memory only. */
static void hole_one_alias(struct sim_world *w)
{
	struct sim_vm *vm = make_realm(w, 1);
	uint64_t page = page_of(w), gpa = ram_of(w), s = sim_vm_shared_bit(vm);

	guest_writes(vm, 0, gpa, 1);
	guest_writes(vm, 0, s | gpa, 2);
	sim_expect(w, sim_vm_punch_hole(vm, gpa, page) == 0);
	sim_expect(w, entry_of(vm, gpa).hipas == RMM_VOID);
	sim_expect(w, entry_of(vm, s | gpa).hipas == RMM_MAPPED_NS);
	sim_expect(w, guest_reads(vm, 0, s | gpa) == 2);
	end_vm(vm);
}

const struct sim_catalogue_entry scenarios_fault[] = {
	{ "truth-table", "each kind of slot, alias and attribute of a realm: where a fault goes",
	  truth_table, false },
	{ "private-without-gmem", "a private access to a slot that has no guest_memfd",
	  private_without_gmem, false },
	{ "read-only-then-write", "a shared page mapped read-only, and a store to it",
	  read_then_write, false },
	{ "zero-page", "MAP_PRIVATE memory: the zero page on two IPAs, then stores of both sides",
	  zero_page, false },
	{ "hole-exact", "a mapped private page is punched out and asked for again", hole_exact,
	  false },
	{ "hole-one-alias", "a hole behind a page of which both aliases are mapped", hole_one_alias,
	  false },
	{ "hole-inexact", "a hole over mapped and unmapped pages of two tables", hole_inexact,
	  false },
	{ NULL, NULL, NULL, false },
};
