/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Realms in KVM: their state, and what the rest of KVM calls. The series brings this header itself; one that
 * stands earlier in the include path takes its place (docs/porting.md, "Your own kernel files").
 */
#ifndef __ASM_KVM_RMI_H
#define __ASM_KVM_RMI_H

#include <linux/types.h>
#include <linux/bits.h>
#include <linux/jump_label.h>
#include <linux/kvm_types.h>
#include <asm/memory.h>
#include <asm/rmi_smc.h>
#include <sim/gen.h>

struct kvm;
struct kvm_vcpu;
struct kvm_mmu_memory_cache;
struct kvm_arm_rmi_populate;
struct rmi_sro_state;
enum kvm_gfn_range_filter;
enum kvm_pgtable_prot;

/* True after kvm_init_rmi() found an RMM that realms can be built on. */
DECLARE_STATIC_KEY_FALSE(kvm_rmi_is_available);

/* In this order: code asks for >= REALM_STATE_ACTIVE. */
enum realm_state {
	REALM_STATE_NONE,   /* no RD */
	REALM_STATE_NEW,    /* RMI_REALM_CREATE done: may be populated */
	REALM_STATE_ACTIVE, /* may run */
	REALM_STATE_DYING,  /* being torn down */
	REALM_STATE_DEAD,   /* torn down, or could not be activated */
};

/*
 * kvm->arch.realm; state changes under config_lock, or when nobody else is left. The fields of both generations:
 * v14 has params, later trees have sro and stage2_unmapped.
 */
struct realm {
	enum realm_state state;
	unsigned int ia_bits; /* IPA width, both halves */
	void *rd;             /* delegated page */
	struct realm_params *params;
	struct rmi_sro_state *sro;
	bool stage2_unmapped;
};

/* vcpu->arch.rec; the physical addresses are those of later trees */
struct realm_rec {
	unsigned long mpidr;
	void *rec_page; /* delegated page */
	struct rec_run *run;
	struct rmi_sro_state *sro;
	phys_addr_t rec_phys, run_phys;
};

void kvm_init_rmi(void);
u32 kvm_realm_ipa_limit(void);

int kvm_init_realm(struct kvm *kvm);
int kvm_activate_realm(struct kvm *kvm);
void kvm_destroy_realm(struct kvm *kvm);
int kvm_arm_rmi_populate(struct kvm *kvm, struct kvm_arm_rmi_populate *args);

void kvm_destroy_rec(struct kvm_vcpu *vcpu);
/* With kvm->mmu_lock held for write. */
void kvm_realm_unmap_range(struct kvm *kvm, unsigned long start, unsigned long size,
			   bool unmap_private, bool may_block);

#if SIM_GEN_V14
void kvm_realm_uninit_stage2(struct kvm *kvm);
void kvm_realm_destroy_rtts(struct kvm *kvm);

int kvm_create_rec(struct kvm_vcpu *vcpu);
int kvm_rec_pre_enter(struct kvm_vcpu *vcpu);
int kvm_rec_enter(struct kvm_vcpu *vcpu);
int handle_rec_exit(struct kvm_vcpu *vcpu, int rec_run_ret);
void realm_psci_complete(struct kvm_vcpu *source, struct kvm_vcpu *target, unsigned long status);

/* Both with kvm->mmu_lock held for write. */
int realm_map_protected(struct kvm *kvm, unsigned long ipa, kvm_pfn_t pfn, unsigned long map_size,
			struct kvm_mmu_memory_cache *memcache);
int realm_map_non_secure(struct realm *realm, unsigned long ipa, kvm_pfn_t pfn,
			 unsigned long map_size, enum kvm_pgtable_prot prot,
			 struct kvm_mmu_memory_cache *memcache);
#else
int kvm_rec_handle_request(struct kvm_vcpu *vcpu);
int kvm_rec_enter(struct kvm_vcpu *vcpu);
int kvm_rec_exit(struct kvm_vcpu *vcpu, int ret);
void realm_psci_complete(struct kvm_vcpu *vcpu, unsigned long status);

/* All with kvm->mmu_lock held for write. */
void kvm_realm_unmap_range_filter(struct kvm *kvm, unsigned long start, unsigned long size,
				  bool may_block, enum kvm_gfn_range_filter filter);
int realm_map_ipa(struct kvm *kvm, phys_addr_t ipa, kvm_pfn_t pfn, unsigned long map_size,
		  enum kvm_pgtable_prot prot, struct kvm_mmu_memory_cache *memcache);
#endif

static inline bool kvm_realm_is_private_address(struct realm *realm, unsigned long addr)
{
	return !(addr & BIT(realm->ia_bits - 1));
}

#endif
