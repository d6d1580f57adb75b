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
size_t layout_kvm_size(void);
size_t layout_vcpu_size(void);
void *layout_realm_rd(struct kvm *kvm);

/* memslot.c */
int memslots_init(struct kvm *kvm);
/* Nobody uses the VM any more. */
void memslots_destroy(struct kvm *kvm);

/* attributes.c: [start, end) gfn */
int kvm_vm_set_mem_attributes(struct kvm *kvm, gfn_t start, gfn_t end, unsigned long attributes);

/*
 * notifier.c: one range of an invalidation. The first one takes mmu_lock for write and begins; the caller
 * lets go of it when *locked.
 */
void invalidate_gfn_range(struct kvm *kvm, struct kvm_gfn_range *range, bool *locked);

/* guest_memfd.c; files are named by a handle within their VM, from 0. */
int gmem_create(struct kvm *kvm, u64 size);
struct kvm_gmem_file *gmem_by_handle(struct kvm *kvm, int handle);
int gmem_place(struct kvm_gmem_file *file, u64 offset, u64 size, u64 pa);
/* slots_lock held. */
int gmem_bind(struct kvm *kvm, struct kvm_memory_slot *slot, int handle, u64 offset);
void gmem_unbind(struct kvm_memory_slot *slot);
int gmem_punch_hole(struct kvm_gmem_file *file, u64 offset, u64 size);
/* Last close of every file of the VM. */
void gmem_release_all(struct kvm *kvm);

#endif
