/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a VMM does to a VM that exists: more memslots and other ones, memory errors, more vCPUs.
 */
#include <errno.h>
#include <string.h>

#include "observe.h"

/* The kernel's numbering, see world.c. */
#define KERNEL_EEXIST 17

const struct sim_slot *sim_slot_at(const struct sim_vm *vm, uint64_t gpa, uint64_t size)
{
	for (unsigned i = 0; i < SIM_MAX_SLOTS; i++) {
		const struct sim_slot *slot = &vm->slots[i];

		if (slot->used && gpa >= slot->gpa && gpa - slot->gpa < slot->size &&
		    size <= slot->size - (gpa - slot->gpa))
			return slot;
	}
	return NULL;
}

/* Run fn; what goes wrong becomes a sentence. */
static int call(struct sim_vm *vm, const char *what, unsigned number,
		long (*fn)(void *ctx, const void *args), const void *args)
{
	struct sim_attempt attempt = sim_attempt(vm->world);
	char buf[16];
	long ret;

	do {
		if (!sim_guard(vm->world, fn, vm, args, &ret))
			return -EIO;
	} while (ret < 0 && sim_try_again(vm, &attempt, (int)ret));
	observe_call(vm->world, what, number, 0, NULL, ret);
	if (ret < 0)
		sim_world_error(vm->world, 0, "%s %u: %s", what, number,
				sim_errno_name((int)ret, buf));
	return (int)ret;
}

/* Tell KVM what the slot is from now on; size 0 deletes it. */
static int set_region(struct sim_vm *vm, unsigned number, const struct sim_slot *slot)
{
	const struct sim_memslot region = {
		.slot = number,
		.flags = slot->flags,
		.gpa = slot->gpa,
		.size = slot->size,
		.hva = slot->hva,
		.gmem = slot->gmem,
		.gmem_offset = slot->gmem_offset,
	};
	int err;

	sim_note(vm->world, "KVM_SET_USER_MEMORY_REGION2 slot=%u gpa=0x%llx size=0x%llx flags=0x%x",
		 number, region.gpa, region.size, region.flags);
	err = vm->world->kernel->set_memory_region(vm->kvm, &region);
	if (!err && slot->size) {
		vm->slots[number] = *slot;
		vm->slots[number].used = true;
	}
	return err;
}

/* The guest_memfd that the configuration asks for: a handle, or -errno. */
static int get_gmem(struct sim_vm *vm, const struct sim_slot_config *config)
{
	int gmem;

	if (!config->gmem)
		return vm->world->kernel->create_guest_memfd(
			vm->kvm, config->gmem_offset + config->size,
			(config->gmem_only ? SIM_GMEM_MMAP : 0) |
				(config->init_shared ? SIM_GMEM_INIT_SHARED : 0));
	if (config->gmem > SIM_MAX_SLOTS)
		return -EINVAL;
	gmem = vm->slots[config->gmem - 1].size ? vm->slots[config->gmem - 1].gmem : -1;
	return gmem < 0 ? -EINVAL : gmem;
}

static long add_guarded(void *ctx, const void *args)
{
	const struct sim_slot_config *config = args;
	struct sim_vm *vm = ctx;
	struct sim_slot slot = {
		.gpa = config->gpa,
		.size = config->size,
		.hva = sim_vm_hva(vm, config->gpa),
		.flags = (config->readonly ? SIM_MEM_READONLY : 0) |
			 (config->log_dirty ? SIM_MEM_LOG_DIRTY : 0) |
			 (config->no_gmem ? 0 : SIM_MEM_GUEST_MEMFD),
		.gmem = -1,
		.gmem_offset = config->gmem_offset,
	};
	int err;

	if (config->slot >= SIM_MAX_SLOTS || vm->slots[config->slot].used || !config->size)
		return -EINVAL;
	err = vm->world->kernel->mmap(vm->kvm, slot.hva, slot.size, SIM_PROT_READ | SIM_PROT_WRITE,
				      1);
	if (err && err != -KERNEL_EEXIST)
		return err;
	if (!config->no_gmem) {
		slot.gmem = get_gmem(vm, config);
		if (slot.gmem < 0)
			return slot.gmem;
	}
	return set_region(vm, config->slot, &slot);
}

int sim_vm_add_slot(struct sim_vm *vm, const struct sim_slot_config *config)
{
	const char *wrong = sim_size_wrong(config->struct_size, sizeof(*config));

	if (wrong)
		return sim_world_error(vm->world, -EINVAL, "%s", wrong);
	return call(vm, "adding slot", config->slot, add_guarded, config);
}

/* One of the numbered slots, or NULL. */
static struct sim_slot *used_slot(struct sim_vm *vm, unsigned number)
{
	return number < SIM_MAX_SLOTS && vm->slots[number].used ? &vm->slots[number] : NULL;
}

static long delete_guarded(void *ctx, const void *args)
{
	unsigned number = *(const unsigned *)args;
	struct sim_vm *vm = ctx;
	struct sim_slot *slot = used_slot(vm, number);
	int err = slot ? set_region(vm, number, &(struct sim_slot){ .gmem = -1 }) : -EINVAL;

	if (!err)
		slot->used = false;
	return err;
}

int sim_vm_delete_slot(struct sim_vm *vm, unsigned slot)
{
	return call(vm, "deleting slot", slot, delete_guarded, &slot);
}

struct change {
	unsigned number;
	uint64_t gpa;
	bool log_dirty;
};

static long move_guarded(void *ctx, const void *args)
{
	const struct change *change = args;
	struct sim_vm *vm = ctx;
	struct sim_slot *old = used_slot(vm, change->number), slot;

	if (!old)
		return -EINVAL;
	slot = *old;
	slot.gpa = change->gpa;
	return set_region(vm, change->number, &slot);
}

int sim_vm_move_slot(struct sim_vm *vm, unsigned slot, uint64_t gpa)
{
	return call(vm, "moving slot", slot, move_guarded,
		    &(struct change){ .number = slot, .gpa = gpa });
}

static long flags_guarded(void *ctx, const void *args)
{
	const struct change *change = args;
	struct sim_vm *vm = ctx;
	struct sim_slot *old = used_slot(vm, change->number), slot;

	if (!old)
		return -EINVAL;
	slot = *old;
	slot.flags =
		(slot.flags & ~SIM_MEM_LOG_DIRTY) | (change->log_dirty ? SIM_MEM_LOG_DIRTY : 0);
	return set_region(vm, change->number, &slot);
}

int sim_vm_set_slot_flags(struct sim_vm *vm, unsigned slot, bool log_dirty)
{
	return call(vm, "the flags of slot", slot, flags_guarded,
		    &(struct change){ .number = slot, .log_dirty = log_dirty });
}

struct log {
	unsigned number;
	unsigned long *bitmap;
	size_t longs;
};

static long log_guarded(void *ctx, const void *args)
{
	const struct log *log = args;
	struct sim_vm *vm = ctx;

	return vm->world->kernel->get_dirty_log(vm->kvm, log->number, log->bitmap, log->longs);
}

int sim_vm_dirty_log(struct sim_vm *vm, unsigned slot, unsigned long *bitmap, size_t longs)
{
	return call(vm, "KVM_GET_DIRTY_LOG of slot", slot, log_guarded,
		    &(struct log){ slot, bitmap, longs });
}

static long close_guarded(void *ctx, const void *args)
{
	struct sim_vm *vm = ctx;
	struct sim_slot *slot = used_slot(vm, *(const unsigned *)args);

	if (!slot || slot->gmem < 0)
		return -EINVAL;
	return vm->world->kernel->close_gmem(vm->kvm, slot->gmem);
}

int sim_vm_close_gmem(struct sim_vm *vm, unsigned slot)
{
	return call(vm, "closing the guest_memfd of slot", slot, close_guarded, &slot);
}

static long poison_guarded(void *ctx, const void *args)
{
	uint64_t gpa = *(const uint64_t *)args;
	struct sim_vm *vm = ctx;
	const struct sim_slot *slot = sim_slot_at(vm, gpa, 0);

	if (!slot || slot->gmem < 0)
		return -EINVAL;
	return vm->world->kernel->gmem_memory_failure(vm->kvm, slot->gmem,
						      gpa - slot->gpa + slot->gmem_offset);
}

int sim_vm_poison_page(struct sim_vm *vm, uint64_t gpa)
{
	return call(vm, "a memory error in page", (unsigned)(gpa / sim_page_size(vm)),
		    poison_guarded, &gpa);
}

static long add_vcpu_guarded(void *ctx, const void *args)
{
	struct sim_vm *vm = ctx;
	unsigned index = vm->nr_vcpus;
	struct sim_guest *guest;
	int err;

	if (index >= SIM_MAX_VCPUS)
		return -EINVAL;
	guest = sim_arena_alloc(vm->world->arena, sizeof(*guest));
	if (!guest)
		return -ENOMEM;
	guest->vm = vm;
	guest->index = index;
	guest->strand.world = vm->world;
	err = vm->world->kernel->create_vcpu(vm->kvm, index, 0, &guest->kvm);
	if (!err && index != vm->nr_vcpus)
		sim_violatef(vm->world, "vm", "two vCPUs have the number %u", index);
	if (!err)
		err = vm->world->kernel->set_mp_state(guest->kvm, 1);
	if (err) {
		sim_arena_free(vm->world->arena, guest, sizeof(*guest));
		return err;
	}
	vm->added[index] = guest;
	vm->nr_vcpus++;
	return index;
}

int sim_vm_add_vcpu(struct sim_vm *vm)
{
	return call(vm, "KVM_CREATE_VCPU", vm->nr_vcpus, add_vcpu_guarded, NULL);
}

static long kill_guarded(void *ctx, const void *args)
{
	struct sim_vm *vm = ctx;

	vm->world->kernel->kill_vm(vm->kvm);
	return 0;
}

void sim_vm_kill(struct sim_vm *vm)
{
	call(vm, "kvm_vm_dead", 0, kill_guarded, NULL);
}
