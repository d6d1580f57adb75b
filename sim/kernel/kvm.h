/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Core KVM inside the environment.
 */
#ifndef SIM_KERNEL_KVM_H
#define SIM_KERNEL_KVM_H

#include <linux/kvm_host.h>

/* kvm_main.c */
int kvm_create_vm(unsigned int ia_bits, bool realm, struct kvm **out);
void kvm_close_vm(struct kvm *kvm);
int kvm_vm_create_vcpu(struct kvm *kvm, unsigned int id, u64 pc, struct kvm_vcpu **out);
int kvm_vcpu_run(struct kvm_vcpu *vcpu, struct kvm_run *run);

/* layout.c: a violation when the files of the image disagree; and what the series says of its own parts */
void layout_check(void);
/* Is the series written in the form of the newest trees? */
bool layout_is_newest(void);
size_t layout_kvm_size(void);
size_t layout_vcpu_size(void);
void *layout_realm_rd(struct kvm *kvm);

/* memslot.c */
int memslots_init(struct kvm *kvm);
/* Nobody uses the VM any more. */
void memslots_destroy(struct kvm *kvm);
/*
 * Carry out one change in the order of events of G6; `old` or `new` is NULL where there is none. On success
 * `old` is gone and `new` belongs to the VM. slots_lock held.
 */
int memslot_change(struct kvm *kvm, struct kvm_memory_slot *old, struct kvm_memory_slot *new,
		   enum kvm_mr_change kind);

/* memory_region.c: the ioctls. A bitmap too short for the slot is -EFAULT. */
int kvm_vm_set_memory_region(struct kvm *kvm, const struct kvm_userspace_memory_region2 *mem);
int kvm_vm_get_dirty_log(struct kvm *kvm, unsigned int id, unsigned long *bitmap,
			 unsigned long longs);

/* attributes.c: [start, end) gfn */
int kvm_vm_set_mem_attributes(struct kvm *kvm, gfn_t start, gfn_t end, unsigned long attributes);

/*
 * notifier.c: one range of an invalidation. The first one takes mmu_lock for write and begins; the caller
 * lets go of it when *locked.
 */
void invalidate_gfn_range(struct kvm *kvm, struct kvm_gfn_range *range, bool *locked);

/* guest_memfd.c; files are named by a handle within their VM, from 0. */
int gmem_create(struct kvm *kvm, u64 size, u64 flags);
struct kvm_gmem_file *gmem_by_handle(struct kvm *kvm, int handle);
int gmem_place(struct kvm_gmem_file *file, u64 offset, u64 size, u64 pa);
/* slots_lock held. */
int gmem_bind(struct kvm *kvm, struct kvm_memory_slot *slot, int handle, u64 offset);
void gmem_unbind(struct kvm_memory_slot *slot);
/* fallocate(): PUNCH_HOLE with KEEP_SIZE, or an allocation (mode 0 or KEEP_SIZE). */
int gmem_fallocate(struct kvm_gmem_file *file, unsigned int mode, u64 offset, u64 size);
/* memory_failure() on the folio at offset. -ENOENT: there is none. */
int gmem_memory_failure(struct kvm_gmem_file *file, u64 offset);
/* The VMM's loads and stores through a mapping of the file. -ENODEV: no MMAP; -EFAULT: SIGBUS. */
int gmem_user_access(struct kvm_gmem_file *file, u64 offset, void *buf, unsigned long size,
		     bool write);
void gmem_close(struct kvm_gmem_file *file);
/* Last close of every file of the VM. */
void gmem_release_all(struct kvm *kvm);

#endif
