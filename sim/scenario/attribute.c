/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Faults and the memory attribute, all kinds of them: for comparing kernels (rmisim compare). What a kernel does with
 * a fault that does not fit the attribute is its policy, so nothing is expected of it here but that it goes on.
 */
#include "scenario.h"

#define SLOT 1

/* What the pages are behind. The VM's own slot has private memory of the VMM: a read maps the zero page. */
static const struct kind {
	const char *name;
	bool own, no_gmem, readonly, gmem_only;
} kinds[] = {
	{ "the VM's own slot", .own = true },
	{ "guest_memfd" },
	{ "guest_memfd alone", .gmem_only = true },
	{ "no guest_memfd", .no_gmem = true },
	{ "no guest_memfd, readonly", .no_gmem = true, .readonly = true },
};

enum what { LOAD, STORE, FETCH, LOAD_THEN_STORE, NR_WHATS };

struct touch {
	rmm_ipa ipa;
	enum what what;
};

static void touch_program(struct sim_guest *guest, void *arg)
{
	const struct touch *t = arg;
	struct rmm_access access = { .ipa = t->ipa,
				     .va = t->ipa,
				     .size = 8,
				     .write = t->what == STORE,
				     .fetch = t->what == FETCH,
				     .isv = t->what != FETCH,
				     .value = 0x5a };

	sim_guest_access(guest, &access);
	if (t->what == LOAD_THEN_STORE) {
		access.write = true;
		access.value = 0xa5;
		sim_guest_access(guest, &access);
	}
}

/* What comes of it is for whoever watches. A device is answered, so that the vCPU can go on. */
static void touch(struct sim_vm *vm, rmm_ipa ipa, enum what what)
{
	struct sim_world *w = sim_vm_world(vm);
	struct touch t = { ipa, what };
	struct sim_exit exit;

	sim_expect(w, sim_vcpu_program(vm, 0, touch_program, &t) == 0);
	for (unsigned runs = 0; runs < 4; runs++) {
		exit = sim_vcpu_run(vm, 0);
		if (exit.kind != SIM_MMIO)
			break;
	}
}

/*
 * A page for each alias, attribute and access, three times: at the start, in the middle and at the end of the page. They lie
 * around the end of a block, the first of them at an odd page, so that each size of a table's entry has its edge among them.
 */
static void touch_pages(struct sim_vm *vm, uint64_t edge)
{
	struct sim_world *w = sim_vm_world(vm);
	uint64_t page = page_of(w), shared = sim_vm_shared_bit(vm);
	const uint64_t offset[] = { 0, page / 2 + 8, page - 8 };
	uint64_t gpa = edge - 23 * page;

	for (unsigned i = 0; i < 2 * 2 * NR_WHATS * 3; i++, gpa += page) {
		bool attribute = i & 1, alias = i >> 1 & 1;
		enum what what = i / 4 % NR_WHATS;
		rmm_ipa ipa = gpa + offset[i / (4 * NR_WHATS)];

		if (attribute)
			sim_expect(w, sim_vm_set_private(vm, gpa, page) == 0);
		else
			sim_expect(w, sim_vm_set_shared(vm, gpa, page) == 0);
		touch(vm, ipa | (alias ? shared : 0), what);
	}
}

static void touch_kind(struct sim_world *w, const struct kind *kind)
{
	uint64_t block = block_of(w), gpa = ram_of(w) + (kind->own ? 0 : 2 * block);
	struct sim_vm *vm = make_vm(w, &(struct sim_vm_config){ .user_kind = SIM_USER_PRIVATE });
	struct sim_slot_config slot = { .slot = SLOT,
					.gpa = gpa,
					.size = 2 * block,
					.no_gmem = kind->no_gmem,
					.readonly = kind->readonly,
					.gmem_only = kind->gmem_only };

	sim_note(w, "%s", kind->name);
	sim_expect(w, kind->own || sim_vm_add_slot(vm, &slot) == 0);
	sim_expect(w, sim_vm_start(vm) == 0);
	guest_converts(vm, 0, gpa, gpa + 2 * block, RMI_RAM);
	sim_vm_set_vmm(vm, NULL, NULL);
	touch_pages(vm, gpa + block);
	end_vm(vm);
}

static void attribute_space(struct sim_world *w)
{
	for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		touch_kind(w, &kinds[i]);
}

/* A fault of an alias while the attribute becomes this or that. */
struct meeting {
	bool no_gmem, shared_alias, becomes_shared;
	bool mapped; /* to be read, from the zero page: the fault is one of permission */
};

static void meet(struct sim_world *w, const struct meeting *m)
{
	struct sim_vm *vm =
		make_vm(w, &(struct sim_vm_config){ .no_gmem = m->no_gmem,
						    .user_kind = m->mapped ? SIM_USER_PRIVATE
									   : SIM_USER_SHARED });
	rmm_ipa gpa = ram_of(w), ipa = gpa | (m->shared_alias ? sim_vm_shared_bit(vm) : 0);
	struct job fault = { .vm = vm, .ipa = ipa, .value = 1 };
	struct job convert = { .vm = vm, .ipa = gpa, .size = page_of(w) };

	sim_expect(w, sim_vm_start(vm) == 0);
	if (m->no_gmem)
		guest_converts(vm, 0, gpa, gpa + page_of(w), RMI_RAM);
	if (m->becomes_shared)
		sim_expect(w, sim_vm_set_private(vm, gpa, page_of(w)) == 0);
	else
		sim_expect(w, sim_vm_set_shared(vm, gpa, page_of(w)) == 0);
	if (m->mapped)
		guest_reads(vm, 0, ipa);
	sim_vm_set_vmm(vm, NULL, NULL);
	spawn(w, job_touch, &fault);
	spawn(w, m->becomes_shared ? job_set_shared : job_set_private, &convert);
	sim_join(w);
	sim_expect(w, sim_vm_is_private(vm, gpa) == !m->becomes_shared);
	sim_expect(w, fault.exit.kind == SIM_DONE || fault.exit.kind == SIM_MEMORY_FAULT);
	end_vm(vm);
}

#define MEETING(name, ...)                                       \
	static void name(struct sim_world *w)                    \
	{                                                        \
		meet(w, &(const struct meeting){ __VA_ARGS__ }); \
	}
MEETING(private_to_private, .becomes_shared = false)
MEETING(shared_to_shared, .shared_alias = true, .becomes_shared = true)
MEETING(no_gmem_private, .no_gmem = true, .becomes_shared = true)
MEETING(no_gmem_shared, .no_gmem = true, .shared_alias = true)
MEETING(permission_to_private, .mapped = true, .shared_alias = true)
MEETING(permission_to_shared, .mapped = true, .shared_alias = true, .becomes_shared = true)

const struct sim_catalogue_entry scenarios_attribute[] = {
	{ "attribute-space", "every kind of slot, alias, attribute, access and place in a page",
	  attribute_space, false },
	{ "attribute-private-to-private", "a private fault while the page becomes private",
	  private_to_private, true, .bound = 3 },
	{ "attribute-shared-to-shared", "a shared fault while the page becomes shared",
	  shared_to_shared, true, .bound = 3 },
	{ "attribute-no-gmem-private", "a private fault without guest_memfd during a conversion",
	  no_gmem_private, true, .bound = 3 },
	{ "attribute-no-gmem-shared", "a shared fault without guest_memfd during a conversion",
	  no_gmem_shared, true, .bound = 3 },
	{ "attribute-store-to-private", "a store to a page mapped to be read becomes private",
	  permission_to_private, true, .bound = 3 },
	{ "attribute-store-to-shared", "a store to a page mapped to be read becomes shared",
	  permission_to_shared, true, .bound = 3 },
	{ NULL, NULL, NULL, false },
};
