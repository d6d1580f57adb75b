/* SPDX-License-Identifier: BSD-2-Clause */
/* Realms in KVM: their state, and what the rest of KVM calls. */
#ifndef __ASM_KVM_RMI_H
#define __ASM_KVM_RMI_H

#include <linux/types.h>
#include <linux/bits.h>
#include <linux/jump_label.h>
#include <linux/kvm_types.h>
#include <asm/memory.h>
#include <asm/rmi_smc.h>

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

/* kvm->arch.realm; state changes under config_lock, or when nobody else is left */
struct realm {
	enum realm_state state;
	unsigned int ia_bits; /* IPA width, both halves */
	void *rd;             /* delegated page */
	struct rmi_sro_state *sro;
};

/* vcpu->arch.rec */
struct realm_rec {
	unsigned long mpidr;
	void *rec_page; /* delegated page */
	struct rec_run *run;
	struct rmi_sro_state *sro;
};

void kvm_init_rmi(void);
u32 kvm_realm_ipa_limit(void);

int kvm_init_realm(struct kvm *kvm);
int kvm_activate_realm(struct kvm *kvm);
void kvm_destroy_realm(struct kvm *kvm);
void kvm_realm_uninit_stage2(struct kvm *kvm);
void kvm_realm_destroy_rtts(struct kvm *kvm);
int kvm_arm_rmi_populate(struct kvm *kvm, struct kvm_arm_rmi_populate *args);

int kvm_create_rec(struct kvm_vcpu *vcpu);
void kvm_destroy_rec(struct kvm_vcpu *vcpu);
int kvm_rec_pre_enter(struct kvm_vcpu *vcpu);
unsigned long kvm_rec_enter(struct kvm_vcpu *vcpu);
int handle_rec_exit(struct kvm_vcpu *vcpu, unsigned long rec_run_ret);
int kvm_complete_ripas_change(struct kvm_vcpu *vcpu);
void realm_psci_complete(struct kvm_vcpu *source, struct kvm_vcpu *target, unsigned long status);

/* All with kvm->mmu_lock held for write. */
void kvm_realm_unmap_range_filter(struct kvm *kvm, unsigned long start, unsigned long size,
				  bool may_block, enum kvm_gfn_range_filter filter);
int realm_map_protected(struct kvm *kvm, unsigned long ipa, kvm_pfn_t pfn, unsigned long map_size,
			struct kvm_mmu_memory_cache *memcache);
int realm_map_non_secure(struct kvm *kvm, unsigned long ipa, kvm_pfn_t pfn, unsigned long map_size,
			 enum kvm_pgtable_prot prot, struct kvm_mmu_memory_cache *memcache);
int realm_map_ipa(struct kvm *kvm, phys_addr_t ipa, kvm_pfn_t pfn, unsigned long map_size,
		  enum kvm_pgtable_prot prot, struct kvm_mmu_memory_cache *memcache);

unsigned long addr_range_desc(phys_addr_t phys, unsigned long size, unsigned long state);

/* Shared by the files that make up the kernel's mmu.c. */
/* What is known of a fault before anything is looked up in the host's memory. */
struct kvm_s2_fault_desc {
	struct kvm_vcpu *vcpu;
	phys_addr_t fault_ipa; /* a realm's with its shared bit */
	void *nested;          /* nested virtualisation: never */
	struct kvm_memory_slot *memslot;
	unsigned long hva;
};

bool private_ipa_fault(struct kvm *kvm, phys_addr_t fault_ipa);
void *get_mmu_memcache(struct kvm_vcpu *vcpu);
int topup_mmu_memcache(struct kvm_vcpu *vcpu, void *memcache);
int user_mem_abort(const struct kvm_s2_fault_desc *s2fd);

/* Shared by the files that make up the kernel's rmi.c. */
int get_start_level(struct realm *realm);
unsigned long rmi_rtt_level_mapsize(int level);
int find_map_level(struct realm *realm, unsigned long start, unsigned long end);
int realm_create_rtt_levels(struct realm *realm, unsigned long ipa, int level, int max_level,
			    struct kvm_mmu_memory_cache *mc);
int realm_fold_rtt_level(struct realm *realm, int level, unsigned long start, unsigned long end);
int realm_tear_down_rtt_range(struct realm *realm, int level, unsigned long start,
			      unsigned long end);
void realm_unmap_private_range(struct kvm *kvm, unsigned long start, unsigned long end,
			       bool may_block);
int realm_ensure_created(struct kvm *kvm);
int set_ripas_of_protected_regions(struct kvm *kvm);

static inline phys_addr_t realm_rd_phys(struct realm *realm)
{
	return virt_to_phys(realm->rd);
}

/* The bit of an IPA that selects the shared alias. */
static inline unsigned long kvm_realm_shared_bit(struct realm *realm)
{
	return BIT(realm->ia_bits - 1);
}

static inline bool kvm_realm_is_private_address(struct realm *realm, unsigned long addr)
{
	return !(addr & kvm_realm_shared_bit(realm));
}

#endif
