/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The VMM's own memory behind the slot: what the process does to its mappings.
 */
#include "vm.h"

static long protect(void *ctx, const void *args)
{
	struct sim_vm *vm = ctx;
	const struct vm_args *a = args;

	return vm->world->kernel->mprotect(vm->kvm, sim_vm_hva(vm, a->gpa), a->size,
					   (unsigned)a->number);
}

int sim_vm_mprotect(struct sim_vm *vm, uint64_t gpa, uint64_t size, bool writable)
{
	const int prot = SIM_PROT_READ | (writable ? SIM_PROT_WRITE : 0);

	return sim_vm_call(vm, "mprotect", protect,
			   &(struct vm_args){ .gpa = gpa, .size = size, .number = prot });
}

int sim_vm_mprotect_none(struct sim_vm *vm, uint64_t gpa, uint64_t size)
{
	return sim_vm_call(vm, "mprotect", protect, &(struct vm_args){ .gpa = gpa, .size = size });
}

static long unmap(void *ctx, const void *args)
{
	struct sim_vm *vm = ctx;
	const struct vm_args *a = args;

	sim_judge_user_forget(vm, sim_vm_hva(vm, a->gpa), a->size);
	return vm->world->kernel->munmap(vm->kvm, sim_vm_hva(vm, a->gpa), a->size);
}

int sim_vm_munmap(struct sim_vm *vm, uint64_t gpa, uint64_t size)
{
	return sim_vm_call(vm, "munmap", unmap, &(struct vm_args){ .gpa = gpa, .size = size });
}

static long advise(void *ctx, const void *args)
{
	struct sim_vm *vm = ctx;
	const struct vm_args *a = args;

	return vm->world->kernel->madvise(vm->kvm, sim_vm_hva(vm, a->gpa), a->size, a->number);
}

/* Pages that nobody else keeps lose their content. */
static bool is_private(const struct sim_vm *vm)
{
	return vm->config.user_anon_private || vm->config.user_kind == SIM_USER_PRIVATE ||
	       vm->config.user_kind == SIM_USER_FILE_PRIVATE ||
	       vm->config.user_kind == SIM_USER_HUGETLB_PRIVATE;
}

static long dontneed(void *ctx, const void *args)
{
	struct sim_vm *vm = ctx;
	const struct vm_args *a = args;
	long ret;

	/* Stores that others make in the meantime may or may not survive. */
	if (is_private(vm))
		sim_judge_user_forget(vm, sim_vm_hva(vm, a->gpa), a->size);
	ret = advise(ctx, args);
	if (is_private(vm))
		sim_judge_user_forget(vm, sim_vm_hva(vm, a->gpa), a->size);
	return ret;
}

int sim_vm_madvise_dontneed(struct sim_vm *vm, uint64_t gpa, uint64_t size)
{
	return sim_vm_call(
		vm, "MADV_DONTNEED", dontneed,
		&(struct vm_args){ .gpa = gpa, .size = size, .number = SIM_MADV_DONTNEED });
}

int sim_vm_madvise_huge(struct sim_vm *vm, uint64_t gpa, uint64_t size, bool huge)
{
	const int advice = huge ? SIM_MADV_HUGEPAGE : SIM_MADV_NOHUGEPAGE;

	return sim_vm_call(vm, huge ? "MADV_HUGEPAGE" : "MADV_NOHUGEPAGE", advise,
			   &(struct vm_args){ .gpa = gpa, .size = size, .number = advice });
}

int sim_vm_collapse(struct sim_vm *vm, uint64_t gpa, uint64_t size)
{
	return sim_vm_call(
		vm, "MADV_COLLAPSE", advise,
		&(struct vm_args){ .gpa = gpa, .size = size, .number = SIM_MADV_COLLAPSE });
}

static long split(void *ctx, const void *args)
{
	struct sim_vm *vm = ctx;
	const struct vm_args *a = args;

	return vm->world->kernel->split(vm->kvm, sim_vm_hva(vm, a->gpa), a->size);
}

int sim_vm_split(struct sim_vm *vm, uint64_t gpa, uint64_t size)
{
	return sim_vm_call(vm, "splitting huge pages", split,
			   &(struct vm_args){ .gpa = gpa, .size = size });
}

static long fork_guarded(void *ctx, const void *args)
{
	struct sim_vm *vm = ctx;

	return vm->world->kernel->fork(vm->kvm);
}

int sim_vm_fork(struct sim_vm *vm)
{
	return sim_vm_call(vm, "fork", fork_guarded, &(struct vm_args){ 0 });
}

static long reap(void *ctx, const void *args)
{
	struct sim_vm *vm = ctx;

	return vm->world->kernel->reap(vm->kvm);
}

int sim_vm_reap(struct sim_vm *vm)
{
	return sim_vm_call(vm, "wait", reap, &(struct vm_args){ 0 });
}

static long poison(void *ctx, const void *args)
{
	struct sim_vm *vm = ctx;
	const struct vm_args *a = args;

	return vm->world->kernel->poison(vm->kvm, sim_vm_hva(vm, a->gpa));
}

int sim_vm_poison_user(struct sim_vm *vm, uint64_t gpa)
{
	return sim_vm_call(vm, "breaking a page", poison, &(struct vm_args){ .gpa = gpa });
}
