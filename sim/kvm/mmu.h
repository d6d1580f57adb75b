/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared by the files that are one mmu.c in the kernel.
 */
#ifndef SIM_KVM_MMU_H
#define SIM_KVM_MMU_H

#include <linux/kvm_host.h>
#include <asm/kvm_pgtable.h>

/* What is known of a fault before anything is looked up in the host's memory. */
struct kvm_s2_fault_desc {
	struct kvm_vcpu *vcpu;
	phys_addr_t fault_ipa;       /* a realm's with its shared bit */
	struct kvm_s2_trans *nested; /* nested virtualisation: never */
	struct kvm_memory_slot *memslot;
	unsigned long hva;
};

bool private_ipa_fault(struct kvm *kvm, phys_addr_t fault_ipa);
void *get_mmu_memcache(struct kvm_vcpu *vcpu);
int topup_mmu_memcache(struct kvm_vcpu *vcpu, void *memcache);
int user_mem_abort(const struct kvm_s2_fault_desc *s2fd);
/* With kvm->mmu_lock held for write. */
int realm_map_ipa(struct kvm *kvm, phys_addr_t ipa, kvm_pfn_t pfn, unsigned long map_size,
		  enum kvm_pgtable_prot prot, struct kvm_mmu_memory_cache *memcache);

#endif
