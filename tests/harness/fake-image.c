/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An image that is no kernel: two mutexes, a counter, and ways to do wrong, for tests of the harness.
 *
 *   punch_hole   page 0: takes lock A, then B; page 1: B, then A
 *   mprotect     without write: breaks a contract
 *   munmap       warns once
 *   mmap         a lost update: of staging memory: loads the counter, stores it plus one
 *   get_memory_attributes  the counter
 */
#include "kernel/host.h"

#ifndef FAKE_ERROR
#define FAKE_ERROR 5 /* another one is another build */
#endif

struct sim_kvm {
	int alive;
};

static const struct sim_host_ops *ops;
static void *host;
static struct sim_kvm vm;
static unsigned long long counter, warns, boots;
static struct lock {
	const char *name;
	int held;
	unsigned owner;
} locks[2] = { { "lock A", 0, 0 }, { "lock B", 0, 0 } };

static void note(enum sim_note kind, const char *name, const char *fmt, ...)
{
	__builtin_va_list ap;

	__builtin_va_start(ap, fmt);
	ops->note(host, kind, name, __func__, fmt, ap);
	__builtin_va_end(ap);
}

static void broken(const char *fmt, ...)
{
	__builtin_va_list ap;

	__builtin_va_start(ap, fmt);
	ops->violation(host, "contract", fmt, ap);
}

static void take(struct lock *lock)
{
	ops->sched(host, lock->name);
	while (lock->held)
		ops->block(host, lock, lock->name);
	lock->held = 1;
	lock->owner = ops->actor(host);
	note(SIM_NOTE_LOCK, lock->name, "taken by %u", ops->actor(host));
}

static void release(struct lock *lock)
{
	lock->held = 0;
	ops->wake(host, lock);
}

static int fake_boot(const struct sim_host_ops *o, void *h)
{
	ops = o;
	host = h;
	return ++boots == 1 && !counter && !vm.alive ? 0 : -FAKE_ERROR;
}

static void fake_shutdown(void)
{
}

static int fake_create_vm(unsigned bits, int realm, struct sim_kvm **kvm)
{
	if (bits < 32)
		return -22;
	vm.alive = 1;
	*kvm = &vm;
	return 0;
}

static void fake_destroy_vm(struct sim_kvm *kvm)
{
	kvm->alive = 0;
}

static int fake_create_vcpu(struct sim_kvm *kvm, unsigned id, unsigned long long pc,
			    struct sim_kvm_vcpu **vcpu)
{
	return 0;
}

static int fake_create_gmem(struct sim_kvm *kvm, unsigned long long size)
{
	return 0;
}

static int fake_region(struct sim_kvm *kvm, const struct sim_memslot *slot)
{
	return 0;
}

static int fake_set(struct sim_kvm *kvm, unsigned long long gpa, unsigned long long size,
		    unsigned long long attributes)
{
	return 0;
}

static int fake_get(struct sim_kvm *kvm, unsigned long long gpa, unsigned long long *attributes)
{
	*attributes = counter >= 2 ? SIM_MEMORY_ATTRIBUTE_PRIVATE : 0;
	return 0;
}

static int fake_populate(struct sim_kvm *kvm, struct sim_populate *args)
{
	return 0;
}

static int fake_run(struct sim_kvm_vcpu *vcpu, struct sim_run *run)
{
	return -6;
}

static int fake_punch_hole(struct sim_kvm *kvm, int gmem, unsigned long long offset,
			   unsigned long long size)
{
	unsigned first = offset / 4096 % 2;

	take(&locks[first]);
	take(&locks[!first]);
	release(&locks[!first]);
	release(&locks[first]);
	return 0;
}

static int fake_mmap(struct sim_kvm *kvm, unsigned long long hva, unsigned long long size,
		     unsigned prot, int shared)
{
	unsigned long long read;

	if (hva >= 0x7f0000000000ull)
		return 0;
	ops->sched(host, "load");
	read = counter;
	ops->sched(host, "store");
	counter = read + 1;
	return 0;
}

static int fake_munmap(struct sim_kvm *kvm, unsigned long long hva, unsigned long long size)
{
	if (hva >= 0x7f0000000000ull) {
		warns++;
		note(SIM_NOTE_WARN, "WARN_ON", "munmap");
	}
	return 0;
}

static int fake_mprotect(struct sim_kvm *kvm, unsigned long long hva, unsigned long long size,
			 unsigned prot)
{
	if (!(prot & SIM_PROT_WRITE))
		broken("actor %u takes writing away", ops->actor(host));
	return 0;
}

static int fake_access(struct sim_kvm *kvm, unsigned long long hva, void *buf, unsigned long size,
		       int write)
{
	return 0;
}

static int fake_place(struct sim_kvm *kvm, int gmem, unsigned long long at, unsigned long long size,
		      unsigned long long pa)
{
	return 0;
}

static int fake_map(struct sim_kvm *kvm, const struct sim_mapping *mapping)
{
	return 0;
}

static unsigned fake_holders(const void *on, struct sim_holder *holders, unsigned max)
{
	for (unsigned i = 0; i < 2; i++)
		if (on == &locks[i] && locks[i].held && max) {
			holders[0] = (struct sim_holder){ locks[i].owner, "take" };
			return 1;
		}
	return 0;
}

static void fake_stats(struct sim_kernel_stats *stats)
{
	stats->warns = warns;
	stats->locks_held = (unsigned)(locks[0].held + locks[1].held);
}

static unsigned long long fake_rd(struct sim_kvm *kvm)
{
	return 0;
}

static int fake_mp_state(struct sim_kvm_vcpu *vcpu, int runnable)
{
	return 0;
}

__attribute__((visibility("default"))) const struct sim_kernel_image sim_kernel_image = {
#ifdef FAKE_ABI
	.abi = FAKE_ABI,
#else
	.abi = SIM_KERNEL_ABI,
#endif
	.size = sizeof(sim_kernel_image),
	.name = "fake",
	.page_shift = 12,
	.pgtable_levels = 4,
	.boot = fake_boot,
	.shutdown = fake_shutdown,
	.create_vm = fake_create_vm,
	.destroy_vm = fake_destroy_vm,
	.create_vcpu = fake_create_vcpu,
	.create_gmem = fake_create_gmem,
	.set_memory_region = fake_region,
	.set_memory_attributes = fake_set,
	.get_memory_attributes = fake_get,
	.populate = fake_populate,
	.run = fake_run,
	.punch_hole = fake_punch_hole,
	.mmap = fake_mmap,
	.map = fake_map,
	.munmap = fake_munmap,
	.mprotect = fake_mprotect,
	.user_access = fake_access,
	.place = fake_place,
	.stats = fake_stats,
	.realm_descriptor = fake_rd,
	.set_mp_state = fake_mp_state,
	.holders = fake_holders,
};
