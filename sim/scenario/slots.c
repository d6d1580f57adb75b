/* SPDX-License-Identifier: BSD-2-Clause */
/* Memslots that are deleted, moved and made again under a running realm; vCPUs that come late; broken pages. */
#include "scenario.h"

#define SLOT  1
#define PAGES 4

/* Where the second slot lies: behind the RAM that every VM has. */
static uint64_t slot_gpa(struct sim_world *w)
{
	return ram_of(w) + 2 * block_of(w);
}

static void add_slot(struct sim_vm *vm, bool gmem, bool same_file)
{
	struct sim_world *w = sim_vm_world(vm);
	struct sim_slot_config slot = { .slot = SLOT,
					.gpa = slot_gpa(w),
					.size = PAGES * page_of(w),
					.no_gmem = !gmem,
					.gmem = same_file ? 1 + SLOT : 0 };

	sim_expect(w, sim_vm_add_slot(vm, &slot) == 0);
}

static struct sim_vm *vm_with_slot(struct sim_world *w, bool gmem)
{
	struct sim_vm *vm = make_vm(w, &(struct sim_vm_config){ .vcpus = 2 });

	add_slot(vm, gmem, false);
	if (gmem)
		sim_expect(w, sim_vm_set_private(vm, slot_gpa(w), PAGES * page_of(w)) == 0);
	sim_expect(w, sim_vm_start(vm) == 0);
	return vm;
}

/* A store that may meet no slot: the VMM takes it as MMIO, or the realm gets an abort. */
static void job_touch_slot(struct sim_world *w, void *job)
{
	struct job *j = job;

	j->exit = sim_guest_write(j->vm, 0, j->ipa, 8, 0x5a);
	if (j->exit.kind == SIM_MMIO)
		j->exit = sim_vcpu_run(j->vm, 0);
	sim_expect(w, j->exit.kind == SIM_DONE);
}

static void job_delete(struct sim_world *w, void *job)
{
	sim_expect(w, sim_vm_delete_slot(((struct job *)job)->vm, SLOT) == 0);
}

static void job_recreate(struct sim_world *w, void *job)
{
	job_delete(w, job);
	add_slot(((struct job *)job)->vm, false, false);
}

static void job_move(struct sim_world *w, void *job)
{
	sim_expect(w, sim_vm_move_slot(((struct job *)job)->vm, SLOT,
				       slot_gpa(w) + PAGES * page_of(w)) == 0);
}

/* And back; what was destroyed meanwhile the realm's other vCPU asks for, or its first would fault for ever. */
static void job_delete_and_ask(struct sim_world *w, void *job)
{
	struct job *j = job;

	job_delete(w, job);
	sim_expect(w, entry_of(j->vm, j->ipa).hipas != RMM_HIPAS_DATA);
	add_slot(j->vm, true, true);
	guest_converts(j->vm, 1, j->ipa, j->ipa + page_of(w), RMI_RAM);
}

static void slot_deleted(struct sim_world *w)
{
	struct sim_vm *vm = vm_with_slot(w, true);
	struct job touch = { .vm = vm, .ipa = slot_gpa(w) }, other = touch;

	spawn(w, job_touch_slot, &touch);
	spawn(w, job_delete_and_ask, &other);
	sim_join(w);
	sim_expect(w, touch.exit.realm == RMM_REALM_DONE || touch.exit.realm == RMM_REALM_SEA);
	guest_writes(vm, 0, touch.ipa, 1);
	end_vm(vm);
}

static void slot_recreated(struct sim_world *w)
{
	struct sim_vm *vm = vm_with_slot(w, false);
	struct job touch = { .vm = vm, .ipa = slot_gpa(w) | sim_vm_shared_bit(vm) };
	struct job other = touch;

	spawn(w, job_touch_slot, &touch);
	spawn(w, job_recreate, &other);
	sim_join(w);
	guest_writes(vm, 0, touch.ipa, 0x77);
	sim_expect(w, vmm_reads(vm, slot_gpa(w)) == 0x77);
	end_vm(vm);
}

static void slot_moved(struct sim_world *w)
{
	struct sim_vm *vm = vm_with_slot(w, false);
	struct job touch = { .vm = vm, .ipa = slot_gpa(w) | sim_vm_shared_bit(vm) };
	struct job other = touch;

	spawn(w, job_touch_slot, &touch);
	spawn(w, job_move, &other);
	sim_join(w);
	sim_expect(w, entry_of(vm, touch.ipa).hipas == RMM_UNMAPPED_NS);
	sim_expect(w, sim_guest_read(vm, 0, touch.ipa, 8).kind == SIM_MMIO);
	sim_expect(w, sim_vcpu_run(vm, 0).kind == SIM_DONE);
	guest_writes(vm, 0, touch.ipa + PAGES * page_of(w), 0x66);
	end_vm(vm);
}

/*
 * A file that the VMM may map is behind the private alias; behind the shared one is what the VMM has mapped at the slot's
 * address, that file or, as here, other memory. A hole in the file takes the one, an unmapping the other.
 */
static void slot_gmem_only(struct sim_world *w)
{
	struct sim_vm *vm = make_vm(w, &(struct sim_vm_config){ .vcpus = 2 });
	struct sim_slot_config slot = {
		.slot = SLOT, .gpa = slot_gpa(w), .size = PAGES * page_of(w), .gmem_only = true
	};
	uint64_t gpa = slot.gpa, shared = sim_vm_shared_bit(vm);
	struct job touch = { .vm = vm, .ipa = gpa | shared, .value = 0x33 };
	struct job hole = { .vm = vm, .ipa = gpa, .size = page_of(w) };

	sim_expect(w, sim_vm_add_slot(vm, &slot) == 0);
	sim_expect(w, sim_vm_set_private(vm, gpa, slot.size) == 0);
	sim_expect(w, sim_vm_start(vm) == 0);
	guest_writes(vm, 0, gpa, 0x22);
	spawn(w, job_touch, &touch);
	spawn(w, job_punch, &hole);
	sim_join(w);
	sim_expect(w, touch.exit.kind == SIM_DONE);
	sim_expect(w, entry_of(vm, gpa).hipas == RMM_VOID);
	sim_expect(w, vmm_reads(vm, gpa) == 0x33);
	sim_expect(w, sim_vm_madvise_dontneed(vm, gpa, page_of(w)) == 0);
	sim_expect(w, entry_of(vm, gpa | shared).hipas == RMM_UNMAPPED_NS);
	sim_expect(w, guest_reads(vm, 1, gpa | shared) == 0x33); /* the page is found again */
	end_vm(vm);
}

static void late_vcpus(struct sim_world *w)
{
	static const uint8_t data[65536] = { 1 };
	struct sim_vm *vm = make_vm(w, NULL);
	uint64_t gpa = ram_of(w);

	sim_expect(w, sim_vm_add_vcpu(vm) == 1); /* no realm yet */
	sim_expect(w, sim_vm_populate(vm, gpa, data, page_of(w), true, NULL) == 0);
	sim_expect(w, sim_vm_add_vcpu(vm) == 2); /* NEW */
	sim_expect(w, sim_vm_start(vm) == 0);
	sim_expect(w, sim_vm_add_vcpu(vm) == -K_EBUSY); /* ACTIVE */
	for (unsigned i = 0; i < 3; i++)
		guest_writes(vm, i, gpa + (1 + i) * page_of(w), i);
	sim_vm_kill(vm);
	sim_expect(w, sim_guest_write(vm, 0, gpa, 8, 1).ret == -K_EIO);
	sim_expect(w, sim_vm_set_shared(vm, gpa, page_of(w)) == -K_EIO);
	end_vm(vm);
}

static void poisoned_page(struct sim_world *w)
{
	struct sim_vm *vm = make_realm(w, 1);
	uint64_t gpa = ram_of(w);
	struct sim_exit exit;

	guest_writes(vm, 0, gpa, 1);
	sim_expect(w, sim_vm_poison_page(vm, gpa) == 0);
	sim_expect(w, entry_of(vm, gpa).hipas == RMM_VOID);
	sim_expect(w, guest_asks(vm, 0, gpa, gpa + page_of(w), RMI_RAM) == RSI_SUCCESS);
	sim_vm_set_vmm(vm, NULL, NULL);
	exit = sim_guest_read(vm, 0, gpa, 8);
	sim_expect(w, exit.kind == SIM_MEMORY_FAULT && exit.ret == -K_EHWPOISON);
	sim_expect(w, exit.gpa == gpa && exit.flags == SIM_FAULT_PRIVATE);
	end_vm(vm);
}

const struct sim_catalogue_entry scenarios_slots[] = {
	{ "slot-deleted", "a private fault while its memslot is deleted and made again",
	  slot_deleted, true, .bound = 3 },
	{ "slot-recreated", "a shared fault while its memslot is deleted and made again",
	  slot_recreated, true, .bound = 3 },
	{ "slot-moved", "a shared fault while its memslot moves", slot_moved, true, .bound = 3 },
	{ "slot-gmem-only", "a shared fault on a slot of a mappable file while a hole is punched",
	  slot_gmem_only, true, .bound = 3 },
	{ "late-vcpus", "vCPUs made in each state of the realm, until the VM is dead", late_vcpus,
	  false },
	{ "poisoned-page", "a private page breaks, and the realm asks for it again", poisoned_page,
	  false },
	{ NULL, NULL, NULL, false },
};
