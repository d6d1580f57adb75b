/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A virtual machine as its VMM holds it: one slot of RAM, a guest_memfd and a user mapping behind it, memory
 * attributes, and vCPUs.
 */
#include <errno.h>
#include <string.h>

#include "observe.h"
#include "vm.h"

#define USER_BASE    UINT64_C(0x7f0000000000)
#define STAGING_BASE UINT64_C(0x600000000000)
#define STAGING_STEP (UINT64_C(1) << 36)

int sim_vm_call(struct sim_vm *vm, const char *what, vm_fn fn, const struct vm_args *args)
{
	struct sim_world *world = vm->world;
	struct sim_attempt attempt = sim_attempt(world);
	char buf[16];
	long ret;

	do {
		if (!sim_guard(world, fn, vm, args, &ret))
			return -EIO;
	} while (ret < 0 && sim_try_again(vm, &attempt, (int)ret));
	sim_judge_ioctl(vm, what, ret);
	observe_call(world, what, args->gpa, args->size, args->reads ? args->buf : NULL, ret);
	if (ret < 0)
		sim_world_error(world, 0, "%s at gpa 0x%llx, size 0x%llx: %s", what,
				(unsigned long long)args->gpa, (unsigned long long)args->size,
				sim_errno_name((int)ret, buf));
	return (int)ret;
}

/* Making and closing */

/* The slot's user mapping. */
static int map_user(struct sim_vm *vm)
{
	static const enum sim_map_kind kinds[] = {
		[SIM_USER_SHARED] = SIM_MAP_ANON_SHARED,
		[SIM_USER_PRIVATE] = SIM_MAP_ANON_PRIVATE,
		[SIM_USER_FILE_SHARED] = SIM_MAP_FILE_SHARED,
		[SIM_USER_FILE_PRIVATE] = SIM_MAP_FILE_PRIVATE,
		[SIM_USER_HUGETLB_SHARED] = SIM_MAP_HUGETLB_SHARED,
		[SIM_USER_HUGETLB_PRIVATE] = SIM_MAP_HUGETLB_PRIVATE,
		[SIM_USER_DEVICE] = SIM_MAP_DEVICE,
		[SIM_USER_DEVICE_NC] = SIM_MAP_DEVICE_NC,
		[SIM_USER_DEVICE_CACHED] = SIM_MAP_DEVICE_CACHED,
	};
	const struct sim_kernel_image *kernel = vm->world->kernel;
	const struct sim_vm_config *config = &vm->config;
	const struct sim_mapping mapping = {
		.hva = sim_vm_hva(vm, config->ram_base),
		.size = vm->ram_size,
		.kind = config->user_anon_private ? SIM_MAP_ANON_PRIVATE : kinds[config->user_kind],
		.prot = SIM_PROT_READ | (config->user_readonly ? 0 : SIM_PROT_WRITE),
		.huge = config->user_huge,
		.page_size = config->user_page_size,
		.pa = config->device_pa,
	};

	return kernel->map(vm->kvm, &mapping);
}

static int add_memory(struct sim_vm *vm)
{
	const struct sim_kernel_image *kernel = vm->world->kernel;
	const struct sim_vm_config *config = &vm->config;
	uint64_t hva = sim_vm_hva(vm, config->ram_base);
	struct sim_memslot slot = { .gpa = config->ram_base, .size = vm->ram_size, .hva = hva };
	int err;

	vm->gmem = -1;
	if (!config->no_gmem) {
		vm->gmem = kernel->create_gmem(vm->kvm, vm->ram_size);
		if (vm->gmem < 0)
			return vm->gmem;
		slot.gmem = vm->gmem;
		slot.flags |= SIM_MEM_GUEST_MEMFD;
	}
	err = map_user(vm);
	if (!err && config->gmem_pa && vm->gmem >= 0)
		err = kernel->place(vm->kvm, vm->gmem, 0, vm->ram_size, config->gmem_pa);
	if (!err && config->user_pa)
		err = kernel->place(vm->kvm, -1, hva, vm->ram_size, config->user_pa);
	if (!err && config->zero_pa)
		err = kernel->place(vm->kvm, -2, 0, 0, config->zero_pa);
	if (!err)
		err = kernel->set_memory_region(vm->kvm, &slot);
	vm->slots[0] = (struct sim_slot){ !err, slot.gpa, slot.size, hva, slot.flags, vm->gmem, 0 };
	if (!err && !config->not_realm && !config->shared_at_start)
		err = kernel->set_memory_attributes(vm->kvm, slot.gpa, slot.size,
						    SIM_MEMORY_ATTRIBUTE_PRIVATE);
	return err;
}

static int add_vcpus(struct sim_vm *vm)
{
	const struct sim_kernel_image *kernel = vm->world->kernel;
	int err = 0;

	vm->guests = sim_arena_alloc(vm->world->arena, vm->config.vcpus * sizeof(*vm->guests));
	if (!vm->guests)
		return -ENOMEM;
	vm->nr_vcpus = vm->config.vcpus;
	for (unsigned i = 0; i < vm->config.vcpus && !err; i++) {
		vm->guests[i].vm = vm;
		vm->guests[i].index = i;
		vm->guests[i].strand.world = vm->world;
		err = kernel->create_vcpu(vm->kvm, i, 0, &vm->guests[i].kvm);
		if (!err)
			err = kernel->set_mp_state(vm->guests[i].kvm,
						   !i || !vm->config.secondaries_off);
	}
	return err;
}

static void drop(struct sim_vm *vm)
{
	struct sim_world *world = vm->world;
	struct sim_vm **link;

	for (link = &world->vms; *link; link = &(*link)->next)
		if (*link == vm) {
			*link = vm->next;
			break;
		}
	sim_judge_vm_ends(vm);
	for (unsigned i = vm->config.vcpus; i < vm->nr_vcpus; i++)
		sim_arena_free(world->arena, vm->added[i], sizeof(*vm->added[i]));
	if (vm->guests)
		sim_arena_free(world->arena, vm->guests, vm->config.vcpus * sizeof(*vm->guests));
	sim_arena_free(world->arena, vm, sizeof(*vm));
}

static long new_guarded(void *ctx, const void *args)
{
	struct sim_vm *vm = ctx;
	const struct sim_kernel_image *kernel = vm->world->kernel;
	const char *what = "KVM_CREATE_VM";
	char buf[16];
	int err = sim_world_boot(vm->world);

	if (err)
		return err;
	err = kernel->create_vm(vm->config.ipa_bits, !vm->config.not_realm, &vm->kvm);
	if (err)
		goto err_vm;
	what = "adding a vCPU";
	err = add_vcpus(vm);
	if (err)
		goto err_rest;
	what = "adding the memory slot";
	err = add_memory(vm);
	if (err)
		goto err_rest;
	return 0;

err_rest:
	kernel->destroy_vm(vm->kvm);
	vm->kvm = NULL;
	if (vm->guests)
		sim_arena_free(vm->world->arena, vm->guests,
			       vm->config.vcpus * sizeof(*vm->guests));
	vm->guests = NULL;
	vm->nr_vcpus = 0;
err_vm:
	return sim_world_error(vm->world, err, "%s failed: %s", what, sim_errno_name(err, buf));
}

static bool config_is_possible(struct sim_vm *vm)
{
	if (vm->config.vcpus > SIM_MAX_VCPUS) {
		sim_world_error(vm->world, -EINVAL, "a VM has at most %u vCPUs", SIM_MAX_VCPUS);
		return false;
	}
	if ((unsigned)vm->config.user_kind > SIM_USER_DEVICE_CACHED) {
		sim_world_error(vm->world, -EINVAL, "there is no user mapping of kind %u",
				(unsigned)vm->config.user_kind);
		return false;
	}
	return true;
}

struct sim_vm *sim_vm_new(struct sim_world *world, const struct sim_vm_config *config)
{
	struct sim_vm *vm =
		!world || world->dead ? NULL : sim_arena_alloc(world->arena, sizeof(*vm));
	struct sim_attempt attempt;
	const char *wrong;
	long err;

	if (!vm) {
		if (world && !world->dead)
			sim_world_error(world, -ENOMEM, "the world's arena is exhausted");
		return NULL;
	}
	attempt = sim_attempt(world);
	vm->world = world;
	wrong = config ? sim_size_wrong(config->size, sizeof(*config)) : NULL;
	if (wrong) {
		sim_world_error(world, -EINVAL, "%s", wrong);
		sim_arena_free(world->arena, vm, sizeof(*vm));
		return NULL;
	}
	if (config)
		vm->config = *config;
	if (!vm->config.ipa_bits)
		vm->config.ipa_bits = 36;
	if (!vm->config.vcpus)
		vm->config.vcpus = 1;
	vm->ram_size = (uint64_t)(vm->config.ram_mib ? vm->config.ram_mib : 64) << 20;
	if (!config_is_possible(vm)) {
		sim_arena_free(world->arena, vm, sizeof(*vm));
		return NULL;
	}
	vm->next = world->vms; /* from here on sim_world_free() finds it */
	world->vms = vm;
	do {
		if (!sim_guard(world, new_guarded, vm, NULL, &err))
			return NULL;
	} while (err && sim_try_again(vm, &attempt, (int)err));
	observe_call(world, "a new VM", vm->config.ram_base, vm->ram_size, NULL, err);
	if (err) {
		drop(vm);
		return NULL;
	}
	return vm;
}

static long free_guarded(void *ctx, const void *args)
{
	struct sim_vm *vm = ctx;

	for (unsigned i = 0; i < vm->nr_vcpus; i++) {
		struct sim_guest *guest = sim_vm_vcpu(vm, i);

		if (guest->busy)
			sim_violatef(vm->world, "vm", "the VM is closed while vCPU %u runs", i);
		sim_guest_end(guest);
	}
	observe_close(vm->world);
	sim_emit(vm->world, SIM_EVENT_VMM, "close", NULL, 0, "closes the VM");
	vm->world->kernel->destroy_vm(vm->kvm);
	drop(vm);
	return 0;
}

void sim_vm_free(struct sim_vm *vm)
{
	long unused;

	if (vm)
		sim_guard(vm->world, free_guarded, vm, NULL, &unused);
}

/* Facts */

struct sim_world *sim_vm_world(struct sim_vm *vm)
{
	return vm->world;
}

uint64_t sim_page_size(const struct sim_vm *vm)
{
	return sim_world_page_size(vm->world);
}

uint64_t sim_vm_shared_bit(const struct sim_vm *vm)
{
	return UINT64_C(1) << (vm->config.ipa_bits - 1);
}

rmm_pa sim_vm_rd(const struct sim_vm *vm)
{
	return vm->world->kernel->realm_descriptor(vm->kvm);
}

void *sim_vm_kernel(struct sim_vm *vm)
{
	vm->foreign = true;
	return vm->kvm;
}

void *sim_vm_kernel_vcpu(struct sim_vm *vm, unsigned vcpu)
{
	vm->foreign = true;
	return vcpu < vm->nr_vcpus ? sim_vm_vcpu(vm, vcpu)->kvm : NULL;
}

uint64_t sim_vm_hva(const struct sim_vm *vm, uint64_t gpa)
{
	const struct sim_slot *slot = sim_slot_at(vm, gpa, 0);

	return slot ? slot->hva + (gpa - slot->gpa) : USER_BASE + gpa + vm->config.user_shift;
}

struct sim_guest *sim_vm_vcpu(struct sim_vm *vm, unsigned index)
{
	if (index < vm->config.vcpus)
		return &vm->guests[index];
	if (index < vm->nr_vcpus)
		return vm->added[index];
	sim_world_error(vm->world, -EINVAL, "the VM has no vCPU %u", index);
	return NULL;
}

bool sim_vm_user_address(const struct sim_vm *vm, uint64_t gpa, uint64_t size, uint64_t *hva)
{
	*hva = sim_vm_hva(vm, gpa);
	return sim_slot_at(vm, gpa, size);
}

/* Attributes */

static long attributes_guarded(void *ctx, const void *args)
{
	struct sim_vm *vm = ctx;
	const struct vm_args *a = args;

	return vm->world->kernel->set_memory_attributes(vm->kvm, a->gpa, a->size,
							a->flag ? SIM_MEMORY_ATTRIBUTE_PRIVATE : 0);
}

static int set_attribute(struct sim_vm *vm, uint64_t gpa, uint64_t size, bool private)
{
	struct vm_args args = { .gpa = gpa, .size = size, .flag = private };

	if (!vm->world->dead)
		sim_note(vm->world, "KVM_SET_MEMORY_ATTRIBUTES gpa=0x%llx size=0x%llx %s",
			 (unsigned long long)gpa, (unsigned long long)size,
			 private ? "PRIVATE" : "0");
	return sim_vm_call(vm, "KVM_SET_MEMORY_ATTRIBUTES", attributes_guarded, &args);
}

int sim_vm_set_shared(struct sim_vm *vm, uint64_t gpa, uint64_t size)
{
	return set_attribute(vm, gpa, size, false);
}

int sim_vm_set_private(struct sim_vm *vm, uint64_t gpa, uint64_t size)
{
	return set_attribute(vm, gpa, size, true);
}

static long get_attribute_guarded(void *ctx, const void *args)
{
	struct sim_vm *vm = ctx;
	const struct vm_args *a = args;
	unsigned long long attributes = 0;
	int err = vm->world->kernel->get_memory_attributes(vm->kvm, a->gpa, &attributes);

	*a->done = !err && attributes & SIM_MEMORY_ATTRIBUTE_PRIVATE;
	return err;
}

bool sim_vm_is_private(struct sim_vm *vm, uint64_t gpa)
{
	uint64_t private = 0;

	sim_vm_call(vm, "the memory attribute", get_attribute_guarded,
		    &(struct vm_args){ .gpa = gpa, .done = &private });
	return private;
}

/* Contents */

static long populate_guarded(void *ctx, const void *args)
{
	struct sim_vm *vm = ctx;
	const struct vm_args *a = args;
	const struct sim_kernel_image *kernel = vm->world->kernel;
	uint64_t page = sim_page_size(vm), room = (a->size + page - 1) & ~(page - 1);
	uint64_t staging = STAGING_BASE + vm->world->running->id * STAGING_STEP;
	struct actor *self = vm->world->running;
	struct sim_populate populate = {
		.base = a->gpa, .size = a->size, .source_hva = staging, .flags = a->flag
	};
	int err, undo;

	if (room < a->size || room > STAGING_STEP)
		return -EINVAL;
	err = room ? kernel->mmap(vm->kvm, staging, room, SIM_PROT_READ | SIM_PROT_WRITE, 0) : 0;
	if (err)
		return err;
	if (a->buf && a->size)
		err = kernel->user_access(vm->kvm, staging, a->buf, a->size, 1);
	self->populates = true;
	self->given = 0;
	if (!err)
		err = kernel->populate(vm->kvm, &populate);
	self->populates = false;
	sim_judge_populate(vm, err, populate.base - a->gpa);
	if (a->done)
		*a->done = populate.base - a->gpa;
	undo = room ? kernel->munmap(vm->kvm, staging, room) : 0;
	return err ? err : undo;
}

int sim_vm_populate(struct sim_vm *vm, uint64_t gpa, const void *data, uint64_t size, bool measure,
		    uint64_t *done)
{
	uint64_t part = 0, all = 0;
	struct sim_attempt attempt = sim_attempt(vm->world);
	struct vm_args args = { .gpa = gpa,
				.size = size,
				.buf = (void *)(uintptr_t)data,
				.done = &part,
				.flag = measure };
	int err;

	if (!vm->world->dead)
		sim_note(vm->world, "KVM_ARM_RMI_POPULATE gpa=0x%llx size=0x%llx%s",
			 (unsigned long long)gpa, (unsigned long long)size,
			 measure ? " MEASURE" : "");
	err = sim_vm_call(vm, "KVM_ARM_RMI_POPULATE", populate_guarded, &args);
	/* Stopped in between by a failure: the VMM asks for the rest, which then fails for a reason of its own. */
	while (!err && part && part < args.size && vm->world->failures.legal != attempt.since) {
		attempt.since = vm->world->failures.legal;
		all += part;
		args.gpa += part;
		args.size -= part;
		args.buf = (uint8_t *)args.buf + (args.buf ? part : 0);
		if (sim_vm_call(vm, "KVM_ARM_RMI_POPULATE", populate_guarded, &args))
			part = 0;
	}
	if (done)
		*done = all + part;
	return err;
}

static long hole_guarded(void *ctx, const void *args)
{
	struct sim_vm *vm = ctx;
	const struct vm_args *a = args;

	const struct sim_slot *slot = sim_slot_at(vm, a->gpa, a->size);

	if (!slot || slot->gmem < 0)
		return -EINVAL;
	return vm->world->kernel->punch_hole(vm->kvm, slot->gmem,
					     a->gpa - slot->gpa + slot->gmem_offset, a->size);
}

int sim_vm_punch_hole(struct sim_vm *vm, uint64_t gpa, uint64_t size)
{
	if (!vm->world->dead)
		sim_note(vm->world, "punch a hole gpa=0x%llx size=0x%llx", (unsigned long long)gpa,
			 (unsigned long long)size);
	return sim_vm_call(vm, "punching a hole", hole_guarded,
			   &(struct vm_args){ .gpa = gpa, .size = size });
}

static long access_guarded(void *ctx, const void *args)
{
	struct sim_vm *vm = ctx;
	const struct vm_args *a = args;

	int err = vm->world->kernel->user_access(vm->kvm, sim_vm_hva(vm, a->gpa), a->buf, a->size,
						 a->flag);

	if (!err)
		sim_judge_user(vm, sim_vm_hva(vm, a->gpa), a->buf, a->size, a->flag);
	return err;
}

int sim_vmm_read(struct sim_vm *vm, uint64_t gpa, void *buf, size_t size)
{
	return sim_vm_call(
		vm, "a read by the VMM", access_guarded,
		&(struct vm_args){ .gpa = gpa, .size = size, .buf = buf, .reads = true });
}

int sim_vmm_write(struct sim_vm *vm, uint64_t gpa, const void *buf, size_t size)
{
	return sim_vm_call(
		vm, "a write by the VMM", access_guarded,
		&(struct vm_args){
			.gpa = gpa, .size = size, .buf = (void *)(uintptr_t)buf, .flag = true });
}

static long folio_guarded(void *ctx, const void *args)
{
	struct sim_vm *vm = ctx;
	const struct vm_args *a = args;
	const struct sim_kernel_probe *probe = sim_image_probe(vm->world->image);
	struct sim_guest *guest = sim_vm_vcpu(vm, (unsigned)a->number);
	struct actor *self = vm->world->running;
	long ret;

	if (!probe || !probe->map_folio)
		return -ENOTTY;
	if (!guest || guest->busy)
		return -EINVAL;
	self->populates = self->maps_folio = true;
	ret = probe->map_folio(guest->kvm, a->gpa, a->size);
	self->populates = self->maps_folio = false;
	return ret;
}

int sim_vm_map_folio(struct sim_vm *vm, unsigned vcpu, uint64_t gpa, uint64_t size)
{
	return sim_vm_call(vm, "a folio", folio_guarded,
			   &(struct vm_args){ .gpa = gpa, .size = size, .number = (int)vcpu });
}

static long place_guarded(void *ctx, const void *args)
{
	struct sim_vm *vm = ctx;
	const struct vm_args *a = args;

	const struct sim_slot *slot = sim_slot_at(vm, a->gpa, a->size);

	if (!slot || (a->flag && slot->gmem < 0))
		return -EINVAL;
	return vm->world->kernel->place(vm->kvm, a->flag ? slot->gmem : -1,
					a->flag ? a->gpa - slot->gpa + slot->gmem_offset
						: sim_vm_hva(vm, a->gpa),
					a->size, a->pa);
}

int sim_vm_place(struct sim_vm *vm, uint64_t gpa, uint64_t size, rmm_pa pa, bool private_alias)
{
	return sim_vm_call(
		vm, "placing pages", place_guarded,
		&(struct vm_args){ .gpa = gpa, .size = size, .pa = pa, .flag = private_alias });
}
