/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared by the files that are one rmi.c in the kernel, and what they offer beyond v14's <asm/kvm_rmi.h>.
 */
#ifndef SIM_KVM_RMI_H
#define SIM_KVM_RMI_H

#include <linux/kvm_host.h>
#include <asm/kvm_rmi.h>

int get_start_level(struct realm *realm);
unsigned long rmi_rtt_level_mapsize(int level);
int find_map_level(struct realm *realm, unsigned long start, unsigned long end);
int realm_create_rtt_levels(struct realm *realm, unsigned long ipa, int level, int max_level,
			    struct kvm_mmu_memory_cache *mc);
int realm_fold_rtt_level(struct kvm *kvm, int level, unsigned long start, unsigned long end,
			 bool may_block);
int realm_tear_down_rtt_range(struct realm *realm, int level, unsigned long start,
			      unsigned long end);
void realm_unmap_private_range(struct kvm *kvm, unsigned long start, unsigned long end,
			       bool may_block);
bool realm_data_is_mapped(struct realm *realm, unsigned long ipa, phys_addr_t phys);
int realm_ensure_created(struct kvm *kvm);
int set_ripas_of_protected_regions(struct kvm *kvm);
unsigned long addr_range_desc(phys_addr_t phys, unsigned long size, unsigned long state);

/* v16's: unmaps what the filter names. mmu_lock held for write. */
void kvm_realm_unmap_range_filter(struct kvm *kvm, unsigned long start, unsigned long size,
				  bool may_block, enum kvm_gfn_range_filter filter);
int kvm_complete_ripas_change(struct kvm_vcpu *vcpu);

static inline phys_addr_t realm_rd_phys(struct realm *realm)
{
	return virt_to_phys(realm->rd);
}

/* The bit of an IPA that selects the shared alias. */
static inline unsigned long kvm_realm_shared_bit(struct realm *realm)
{
	return BIT(realm->ia_bits - 1);
}

#endif
