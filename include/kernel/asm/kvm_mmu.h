/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef __ARM64_KVM_MMU_H__
#define __ARM64_KVM_MMU_H__

#include <asm/cpufeature.h>
#include <asm/kvm_emulate.h>
#include <asm/memory.h>
#include <asm/page.h>
#include <asm/stage2_pgtable.h>

#define kvm_phys_shift(mmu)   VTCR_EL2_IPA((mmu)->vtcr)
#define kvm_phys_size(mmu)    (_AC(1, ULL) << kvm_phys_shift(mmu))
#define kvm_phys_mask(mmu)    (kvm_phys_size(mmu) - 1)
#define kvm_lpa2_is_enabled() false

u32 get_kvm_ipa_limit(void);
#define kvm_ipa_limit get_kvm_ipa_limit()

/* pKVM is not modelled: always the host's own function. */
#define KVM_PGT_FN(fn) fn

static inline struct kvm *kvm_s2_mmu_to_kvm(struct kvm_s2_mmu *mmu)
{
	return container_of(mmu->arch, struct kvm, arch);
}

#if SIM_GEN_NEWEST
/* What is known of a fault before anything is looked up in the host's memory. In 7.1 it is mmu.c's own. */
struct kvm_s2_fault_desc {
	struct kvm_vcpu *vcpu;
	phys_addr_t fault_ipa;       /* a realm's with its shared bit */
	struct kvm_s2_trans *nested; /* nested virtualisation: never */
	struct kvm_memory_slot *memslot;
	unsigned long hva;
};

/* What a kind of VM does its own way, in kvm->arch.vm_s2_ops. Its two TLB operations are not modelled. */
struct kvm_vm_s2_ops {
	int (*vm_mem_abort)(const struct kvm_s2_fault_desc *s2fd);
	void (*vm_stage2_unmap_range)(struct kvm_s2_mmu *mmu, phys_addr_t start, u64 size,
				      bool may_block, enum kvm_gfn_range_filter filter);
	bool (*vm_age_gfn)(struct kvm *kvm, struct kvm_gfn_range *range);
	bool (*vm_test_age_gfn)(struct kvm *kvm, struct kvm_gfn_range *range);
};
#endif

/* pgtable.c of the environment: entry table and vtcr. */
int kvm_init_stage2_mmu(struct kvm *kvm, struct kvm_s2_mmu *mmu, unsigned long type);

/* mmu.c */
int kvm_handle_guest_abort(struct kvm_vcpu *vcpu);
int kvm_handle_guest_sea(struct kvm_vcpu *vcpu);
void kvm_uninit_stage2_mmu(struct kvm *kvm);
void kvm_free_stage2_pgd(struct kvm_s2_mmu *mmu);
void kvm_stage2_unmap_range(struct kvm_s2_mmu *mmu, phys_addr_t start, u64 size, bool may_block);
void kvm_stage2_flush_range(struct kvm_s2_mmu *mmu, phys_addr_t addr, phys_addr_t end);
void stage2_unmap_vm(struct kvm *kvm);
void stage2_flush_vm(struct kvm *kvm);

static inline void kvm_fault_lock(struct kvm *kvm)
{
	write_lock(&kvm->mmu_lock);
}

static inline void kvm_fault_unlock(struct kvm *kvm)
{
	write_unlock(&kvm->mmu_lock);
}

#endif
