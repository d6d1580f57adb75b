/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kvm-api-surface, sections 7, 8 and 10: core KVM, the arm64 headers, the user ABI.
 */
#include "surface.h"

#include <asm/esr.h>
#include <asm/kvm_emulate.h>
#include <asm/kvm_mmu.h>
#include <asm/kvm_pgtable.h>
#include <asm/kvm_rmi.h>
#include <asm/memory.h>
#include <linux/kvm.h>
#include <linux/kvm_host.h>

void kvm_calls(struct kvm *kvm, struct kvm_vcpu *vcpu, struct kvm_memory_slot *slot);

/* 7.1 Structures */
FIELD(struct kvm, mmu_lock, rwlock_t);
FIELD(struct kvm, slots_lock, struct mutex);
FIELD(struct kvm, lock, struct mutex);
FIELD(struct kvm, srcu, struct srcu_struct);
FIELD(struct kvm, mm, struct mm_struct *);
FIELD(struct kvm, mmu_invalidate_seq, unsigned long);
FIELD(struct kvm, mmu_invalidate_in_progress, long);
FIELD(struct kvm, mmu_invalidate_range_start, gfn_t);
FIELD(struct kvm, mmu_invalidate_range_end, gfn_t);
FIELD(struct kvm, vm_bugged, bool);
FIELD(struct kvm, vm_dead, bool);
HAS(struct kvm, mem_attr_array);
FIELD(struct kvm, arch, struct kvm_arch);
HAS(struct kvm, created_vcpus);

FIELD(struct kvm_arch, mmu, struct kvm_s2_mmu);
FIELD(struct kvm_arch, config_lock, struct mutex);
FIELD(struct kvm_arch, is_realm, bool);
FIELD(struct kvm_arch, realm, struct realm);
FIELD(struct kvm_arch, arm_pmu, struct arm_pmu *);
FIELD(struct kvm_arch, nr_pmu_counters, u8);
HAS(struct kvm_arch, vm_s2_ops);

FIELD(struct kvm_s2_mmu, pgt, struct kvm_pgtable *);
FIELD(struct kvm_s2_mmu, pgd_phys, phys_addr_t);
FIELD(struct kvm_s2_mmu, vtcr, u64);
FIELD(struct kvm_s2_mmu, arch, struct kvm_arch *);
FIELD(struct kvm_s2_mmu, split_page_cache, struct kvm_mmu_memory_cache);

FIELD(struct kvm_vcpu, kvm, struct kvm *);
FIELD(struct kvm_vcpu, vcpu_id, int);
FIELD(struct kvm_vcpu, run, struct kvm_run *);
FIELD(struct kvm_vcpu, requests, u64);
FIELD(struct kvm_vcpu, arch, struct kvm_vcpu_arch);

FIELD(struct kvm_vcpu_arch, hw_mmu, struct kvm_s2_mmu *);
FIELD(struct kvm_vcpu_arch, fault, struct kvm_vcpu_fault_info);
FIELD(struct kvm_vcpu_fault_info, esr_el2, u64);
FIELD(struct kvm_vcpu_fault_info, far_el2, u64);
FIELD(struct kvm_vcpu_fault_info, hpfar_el2, u64);
FIELD(struct kvm_vcpu_fault_info, disr_el1, u64);
FIELD(struct kvm_vcpu_arch, mmu_page_cache, struct kvm_mmu_memory_cache);
HAS(struct kvm_vcpu_arch, pkvm_memcache);
FIELD(struct kvm_vcpu_arch, rec, struct realm_rec);
FIELD(struct kvm_vcpu_arch, hcr_el2, u64);
HAS(struct kvm_vcpu_arch, ctxt.regs);
VALUE(PENDING_EXCEPTION &INCREMENT_PC, 0);
VALUE(EXCEPT_MASK &(PENDING_EXCEPTION | INCREMENT_PC), 0);

FIELD(struct kvm_run, exit_reason, __u32);
FIELD(struct kvm_run, memory_fault.flags, __u64);
FIELD(struct kvm_run, memory_fault.gpa, __u64);
FIELD(struct kvm_run, memory_fault.size, __u64);
HAS(struct kvm_run, mmio);
FIELD(struct kvm_run, internal.suberror, __u32);

FIELD(struct kvm_memory_slot, base_gfn, gfn_t);
FIELD(struct kvm_memory_slot, npages, unsigned long);
FIELD(struct kvm_memory_slot, userspace_addr, unsigned long);
FIELD(struct kvm_memory_slot, flags, u32);
FIELD(struct kvm_memory_slot, dirty_bitmap, unsigned long *);
HAS(struct kvm_memory_slot, gmem.file);
HAS(struct kvm_memory_slot, gmem.pgoff);
VALUE(KVM_MEM_LOG_DIRTY_PAGES, 1);
VALUE(KVM_MEM_READONLY, 2);
VALUE(KVM_MEM_GUEST_MEMFD, 4);

FIELD(struct kvm_gfn_range, slot, struct kvm_memory_slot *);
FIELD(struct kvm_gfn_range, start, gfn_t);
FIELD(struct kvm_gfn_range, end, gfn_t);
HAS(struct kvm_gfn_range, arg.attributes);
FIELD(struct kvm_gfn_range, attr_filter, enum kvm_gfn_range_filter);
FIELD(struct kvm_gfn_range, may_block, bool);

FIELD(struct kvm_mmu_memory_cache, gfp_zero, gfp_t);
FIELD(struct kvm_mmu_memory_cache, gfp_custom, gfp_t);
FIELD(struct kvm_mmu_memory_cache, capacity, int);
FIELD(struct kvm_mmu_memory_cache, nobjs, int);
FIELD(struct kvm_mmu_memory_cache, objects, void **);

/* 7.2 Functions */
FUNCTION(gfn_to_memslot, struct kvm_memory_slot *(struct kvm *, gfn_t));
FUNCTION(gfn_to_hva_memslot_prot, unsigned long(struct kvm_memory_slot *, gfn_t, bool *));
FUNCTION(kvm_is_error_hva, bool(unsigned long));
FUNCTION(kvm_slot_has_gmem, bool(const struct kvm_memory_slot *));
FUNCTION(kvm_memslot_is_gmem_only, bool(const struct kvm_memory_slot *));
#if SIM_GEN_V14
FUNCTION(kvm_mem_is_private, bool(struct kvm *, gfn_t));
FUNCTION(kvm_gmem_get_pfn,
	 int(struct kvm *, struct kvm_memory_slot *, gfn_t, kvm_pfn_t *, struct page **, int *));
FUNCTION(kvm_gmem_populate,
	 long(struct kvm *, gfn_t, void __user *, long, kvm_gmem_populate_cb, void *));
#else
FUNCTION(kvm_gmem_is_private_gfn, bool(struct kvm *, gfn_t));
#endif
TYPE(kvm_gmem_populate_cb, int (*)(struct kvm *, gfn_t, kvm_pfn_t, struct page *, void *));
FUNCTION(__kvm_faultin_pfn,
	 kvm_pfn_t(const struct kvm_memory_slot *, gfn_t, unsigned int, bool *, struct page **));
FUNCTION(is_error_noslot_pfn, bool(kvm_pfn_t));
FUNCTION(is_error_pfn, bool(kvm_pfn_t));
VALUE(KVM_PFN_ERR_HWPOISON == KVM_PFN_ERR_FAULT, false);
FUNCTION(kvm_prepare_memory_fault_exit, void(struct kvm_vcpu *, gpa_t, gpa_t, bool, bool, bool));
VALUE(KVM_ARCH_NR_OBJS_PER_MEMORY_CACHE, 40);
FUNCTION(kvm_mmu_invalidate_begin, void(struct kvm *));
FUNCTION(kvm_mmu_invalidate_range_add, void(struct kvm *, gfn_t, gfn_t));
FUNCTION(kvm_mmu_invalidate_end, void(struct kvm *));
FUNCTION(mark_page_dirty_in_slot, void(struct kvm *, const struct kvm_memory_slot *, gfn_t));
FUNCTION(kvm_account_pgtable_pages, void(void *, int));
FUNCTION(kvm_make_request, void(int, struct kvm_vcpu *));
FUNCTION(kvm_check_request, bool(int, struct kvm_vcpu *));
FUNCTION(gfn_to_gpa, gpa_t(gfn_t));
FUNCTION(gpa_to_gfn, gfn_t(gpa_t));
FUNCTION(kvm_send_hwpoison_signal, void(hva_t, short));
VALUE(KVM_FILTER_SHARED, 1);
VALUE(KVM_FILTER_PRIVATE, 2);
VALUE(KVM_MEMORY_ATTRIBUTE_PRIVATE, 1ULL << 3);
VALUE(KVM_MEMORY_EXIT_FLAG_PRIVATE, 1ULL << 3);
VALUE(KVM_EXIT_MMIO, 6);
VALUE(KVM_EXIT_SHUTDOWN, 8);
VALUE(KVM_EXIT_INTERNAL_ERROR, 17);
VALUE(KVM_EXIT_SYSTEM_EVENT, 24);
VALUE(KVM_EXIT_MEMORY_FAULT, 39);
VALUE(KVM_VM_TYPE_ARM_REALM, 1UL << 30);
VALUE(KVM_CAP_ARM_RMI, 249);
static const int request = KVM_REQ_RMI;
VALUE(KVM_REQ_RMI == KVM_REQ_VM_DEAD, false);
VALUE(KVM_MEMSLOT_GMEM_ONLY & 0xffff, 0); /* above what user space may set */

void kvm_calls(struct kvm *kvm, struct kvm_vcpu *vcpu, struct kvm_memory_slot *slot)
{
	struct kvm_mmu_memory_cache *cache = &vcpu->arch.mmu_page_cache;
	struct kvm_memory_slot *each;
	struct kvm_vcpu *v;
	unsigned long i;
	kvm_pfn_t pfn;
	int bkt;

	kvm_for_each_vcpu(i, v, kvm)
		kvm_make_request(request, v);
	kvm_for_each_memslot(each, bkt, kvm_memslots(kvm))
		DOES(slot = each);
	YIELDS(kvm_mmu_topup_memory_cache(cache, 1), int);
	YIELDS(kvm_mmu_memory_cache_alloc(cache), void *);
	DOES(bkt = (int)kvm_mmu_cache_min_pages(vcpu->arch.hw_mmu));
	DOES(pfn = kvm_phys_size(vcpu->arch.hw_mmu) >> (kvm_phys_shift(vcpu->arch.hw_mmu) - 1));
	if (static_branch_unlikely(&kvm_rmi_is_available))
		return;
	if (mmu_invalidate_retry(kvm, i))
		return;
#if SIM_GEN_V14
	YIELDS(kvm_gmem_get_pfn(kvm, slot, 0, &pfn, NULL, NULL), int);
#else
	YIELDS(kvm_gmem_get_pfn(kvm, slot, 0, &pfn, NULL), int);
	YIELDS(kvm_gmem_populate(kvm, 0, NULL, 1, false, NULL, NULL), long);
	YIELDS(kvm_mmu_invalidate_start(kvm), void);
#endif
	YIELDS(vcpu_has_feature(vcpu, KVM_ARM_VCPU_PSCI_0_2), bool);
	vcpu_set_flag(vcpu, INCREMENT_PC);
	vcpu_clear_flag(vcpu, INCREMENT_PC);
	if (vcpu_get_flag(vcpu, PENDING_EXCEPTION))
		return;
}

/* 8.1 asm/kvm_emulate.h */
FUNCTION(kvm_vcpu_get_esr, u64(const struct kvm_vcpu *));
VALUE(sizeof(kvm_vcpu_get_hfar((const struct kvm_vcpu *)0)), sizeof(u64));
FUNCTION(kvm_vcpu_get_fault_ipa, phys_addr_t(const struct kvm_vcpu *));
VALUE(INVALID_GPA, ~(gpa_t)0);
VALUE(HPFAR_EL2_NS, 1ULL << 63);
VALUE(HPFAR_EL2_FIPA, 0x0000fffffffffff0ULL);
FUNCTION(kvm_vcpu_trap_get_class, u8(const struct kvm_vcpu *));
FUNCTION(kvm_vcpu_trap_is_iabt, bool(const struct kvm_vcpu *));
FUNCTION(kvm_vcpu_trap_is_exec_fault, bool(const struct kvm_vcpu *));
FUNCTION(kvm_vcpu_trap_get_fault, u8(const struct kvm_vcpu *));
FUNCTION(kvm_vcpu_trap_is_permission_fault, bool(const struct kvm_vcpu *));
FUNCTION(kvm_vcpu_trap_is_translation_fault, bool(const struct kvm_vcpu *));
FUNCTION(kvm_vcpu_trap_get_perm_fault_granule, u64(const struct kvm_vcpu *));
FUNCTION(kvm_vcpu_abt_issea, bool(const struct kvm_vcpu *));
FUNCTION(kvm_vcpu_abt_iss1tw, bool(const struct kvm_vcpu *));
FUNCTION(kvm_vcpu_dabt_iswrite, bool(const struct kvm_vcpu *));
FUNCTION(kvm_vcpu_dabt_isvalid, bool(const struct kvm_vcpu *));
FUNCTION(kvm_vcpu_dabt_get_rd, int(const struct kvm_vcpu *));
FUNCTION(kvm_vcpu_dabt_is_cm, bool(const struct kvm_vcpu *));
FUNCTION(kvm_vcpu_dabt_isextabt, bool(const struct kvm_vcpu *));
FUNCTION(kvm_vcpu_dabt_issext, bool(const struct kvm_vcpu *));
FUNCTION(kvm_vcpu_dabt_get_as, unsigned int(const struct kvm_vcpu *));
FUNCTION(kvm_vcpu_sys_get_rt, int(struct kvm_vcpu *));
FUNCTION(kvm_is_write_fault, bool(const struct kvm_vcpu *));
FUNCTION(vcpu_get_reg, unsigned long(const struct kvm_vcpu *, u8));
FUNCTION(vcpu_set_reg, void(struct kvm_vcpu *, u8, unsigned long));
FUNCTION(vcpu_gp_regs, struct user_pt_regs *(struct kvm_vcpu *));
FUNCTION(kvm_incr_pc, void(struct kvm_vcpu *));
FUNCTION(kvm_inject_sea, int(struct kvm_vcpu *, bool, u64));
FUNCTION(kvm_inject_sea_iabt, int(struct kvm_vcpu *, u64));
FUNCTION(kvm_inject_sea_dabt, int(struct kvm_vcpu *, u64));
FUNCTION(kvm_inject_size_fault, int(struct kvm_vcpu *));
FUNCTION(kvm_vcpu_get_mpidr_aff, u64(struct kvm_vcpu *));
FUNCTION(kvm_realm_state, enum realm_state(struct kvm *));
FUNCTION(kvm_realm_is_created, bool(struct kvm *));
FUNCTION(vcpu_is_rec, bool(const struct kvm_vcpu *));
#if SIM_GEN_V14
FUNCTION(kvm_is_realm, bool(struct kvm *));
FUNCTION(kvm_gpa_from_fault, phys_addr_t(struct kvm *, phys_addr_t));
#else
FUNCTION(kvm_vm_is_realm, bool(struct kvm *));
FUNCTION(kvm_gfn_from_fault, gfn_t(struct kvm *, phys_addr_t));
FUNCTION(kvm_set_realm_state, void(struct kvm *, enum realm_state));
#endif

/* 8.2 asm/esr.h */
VALUE(ESR_ELx_EC_SYS64, 0x18);
VALUE(ESR_ELx_EC_IABT_LOW, 0x20);
VALUE(ESR_ELx_EC_DABT_LOW, 0x24);
VALUE(ESR_ELx_EC_HVC64, 0x16);
VALUE(ESR_ELx_EC_WFx, 0x01);
VALUE(ESR_ELx_EC_SHIFT, 26);
VALUE(ESR_ELx_IL, BIT(25));
VALUE(ESR_ELx_EC(0x92000007), 0x24);
VALUE(ESR_ELx_SYS64_ISS_DIR_MASK, 1);
VALUE(ESR_ELx_SYS64_ISS_DIR_READ, 1);
VALUE(ESR_ELx_SYS64_ISS_DIR_WRITE, 0);
VALUE(ESR_ELx_FSC_FAULT, 0x04);
VALUE(ESR_ELx_FSC_ACCESS, 0x08);
VALUE(ESR_ELx_FSC_PERM, 0x0c);
VALUE(ESR_ELx_FSC_EXTABT, 0x10);
VALUE(ESR_ELx_FSC_EXCL_ATOMIC, 0x35);
VALUE(ESR_ELx_FSC_LEVEL, 3);
VALUE(ESR_ELx_S1PTW, BIT(7));
VALUE(ESR_ELx_WNR, BIT(6));
VALUE(ESR_ELx_CM, BIT(8));
VALUE(ESR_ELx_ISV, BIT(24));
VALUE(ESR_ELx_SRT_MASK, 0x1f0000);
VALUE(ESR_ELx_SYS64_ISS_RT_MASK, 0x3e0);

/* 8.3 asm/kvm_mmu.h, kvm_pgtable.h */
VALUE(KVM_PGTABLE_PROT_PX, BIT(0));
VALUE(KVM_PGTABLE_PROT_UX, BIT(1));
VALUE(KVM_PGTABLE_PROT_X, 3);
VALUE(KVM_PGTABLE_PROT_W, BIT(2));
VALUE(KVM_PGTABLE_PROT_R, BIT(3));
VALUE(KVM_PGTABLE_PROT_DEVICE, BIT(4));
VALUE(KVM_PGTABLE_PROT_NORMAL_NC, BIT(5));
FUNCTION(kvm_fault_lock, void(struct kvm *));
FUNCTION(kvm_fault_unlock, void(struct kvm *));
FUNCTION(get_kvm_ipa_limit, u32(void));
VALUE(sizeof(kvm_ipa_limit), sizeof(u32));
FUNCTION(kvm_stage2_unmap_range, void(struct kvm_s2_mmu *, phys_addr_t, u64, bool));
FUNCTION(kvm_free_stage2_pgd, void(struct kvm_s2_mmu *));
FUNCTION(kvm_pgtable_stage2_destroy_pgd, void(struct kvm_pgtable *));
VALUE(MT_S2_FWB_NORMAL, 6);
VALUE(MT_S2_FWB_NORMAL_NC, 5);
VALUE(MT_S2_FWB_DEVICE_nGnRE, 1);
FUNCTION(KVM_PGT_FN(kvm_pgtable_stage2_flush), int(struct kvm_pgtable *, u64, u64));
TYPE(__typeof__(kvm_get_mode()), enum kvm_mode);
static const enum kvm_mode mode = KVM_MODE_RMM;

/*
 * What mmu.c has for itself, static and in the sheet's forms: no header may be in the way. The bodies do nothing,
 * nobody calls them.
 */
#define OWN __maybe_unused static
#if SIM_GEN_V14
struct kvm_s2_fault_desc {
	struct kvm_vcpu *vcpu;
	phys_addr_t fault_ipa;
	struct kvm_s2_trans *nested;
	struct kvm_memory_slot *memslot;
	unsigned long hva;
};
#endif
FIELD(struct kvm_s2_fault_desc, fault_ipa, phys_addr_t);
struct kvm_s2_fault_vma_info {
	unsigned long mmu_seq;
	long vma_pagesize;
	vm_flags_t vm_flags;
	unsigned long max_map_size;
	struct page *page;
	kvm_pfn_t pfn;
	gfn_t gfn;
	bool device, mte_allowed, is_vma_cacheable, map_writable, map_non_cacheable;
};
OWN bool memslot_is_logging(struct kvm_memory_slot *slot)
{
	return slot->dirty_bitmap && !(slot->flags & KVM_MEM_READONLY);
}

OWN long transparent_hugepage_adjust(struct kvm *kvm, struct kvm_memory_slot *slot,
				     unsigned long hva, kvm_pfn_t *pfn, gfn_t *gfn)
{
	return mode == KVM_MODE_RMM ? (long)PAGE_SIZE : 0;
}

OWN bool fault_supports_stage2_huge_mapping(struct kvm_memory_slot *slot, unsigned long hva,
					    unsigned long size)
{
	return memslot_is_logging(slot);
}

OWN int get_vma_page_shift(struct vm_area_struct *vma, unsigned long hva)
{
	return is_vm_hugetlb_page(vma) ? PMD_SHIFT : PAGE_SHIFT;
}

OWN int kvm_s2_fault_pin_pfn(const struct kvm_s2_fault_desc *s2fd,
			     struct kvm_s2_fault_vma_info *s2vi)
{
	return 1;
}

OWN int kvm_s2_fault_get_vma_info(const struct kvm_s2_fault_desc *s2fd,
				  struct kvm_s2_fault_vma_info *s2vi)
{
	return 0;
}

OWN short kvm_s2_resolve_vma_size(const struct kvm_s2_fault_desc *s2fd,
				  struct kvm_s2_fault_vma_info *s2vi, struct vm_area_struct *vma)
{
	return PAGE_SHIFT;
}

OWN gfn_t get_canonical_gfn(const struct kvm_s2_fault_desc *s2fd,
			    const struct kvm_s2_fault_vma_info *s2vi)
{
	return s2vi->gfn;
}

OWN int kvm_s2_fault_compute_prot(const struct kvm_s2_fault_desc *s2fd,
				  const struct kvm_s2_fault_vma_info *s2vi,
				  enum kvm_pgtable_prot *prot)
{
	return 0;
}

OWN int kvm_s2_fault_map(const struct kvm_s2_fault_desc *s2fd,
			 const struct kvm_s2_fault_vma_info *s2vi, enum kvm_pgtable_prot prot,
			 void *memcache)
{
	return 0;
}

OWN int user_mem_abort(const struct kvm_s2_fault_desc *s2fd)
{
	return 1;
}

OWN int gmem_abort(const struct kvm_s2_fault_desc *s2fd)
{
	return 1;
}

OWN bool kvm_s2_fault_is_perm(const struct kvm_s2_fault_desc *s2fd)
{
	return kvm_vcpu_trap_is_permission_fault(s2fd->vcpu);
}

#if SIM_GEN_V14
OWN bool shared_ipa_fault(struct kvm *kvm, phys_addr_t fault_ipa)
{
	return kvm_gpa_from_fault(kvm, fault_ipa) != fault_ipa;
}

OWN int realm_map_ipa(struct kvm *kvm, phys_addr_t ipa, kvm_pfn_t pfn, unsigned long map_size,
		      enum kvm_pgtable_prot prot, struct kvm_mmu_memory_cache *memcache)
{
	return -EFAULT;
}
#else
OWN bool private_ipa_fault(struct kvm *kvm, phys_addr_t fault_ipa)
{
	return kvm_realm_is_private_address(&kvm->arch.realm, fault_ipa);
}

OWN int kvm_create_rec(struct kvm_vcpu *vcpu)
{
	return 0;
}

OWN void kvm_realm_destroy_rtts(struct kvm *kvm)
{
}

OWN int realm_map_protected(struct kvm *kvm, unsigned long ipa)
{
	return 0;
}

OWN int realm_map_non_secure(struct kvm *kvm, unsigned long ipa)
{
	return 0;
}
#endif

/* 8.4 asm/kvm_rmi.h */
VALUE(REALM_STATE_NONE, 0);
VALUE(REALM_STATE_NEW, 1);
VALUE(REALM_STATE_ACTIVE, 2);
VALUE(REALM_STATE_DYING, 3);
VALUE(REALM_STATE_DEAD, 4);
FIELD(struct realm, state, enum realm_state);
FIELD(struct realm, rd, void *);
FIELD(struct realm, ia_bits, unsigned int);
FIELD(struct realm, params, struct realm_params *);
FIELD(struct realm, sro, struct rmi_sro_state *);
HAS(struct realm, stage2_unmapped);
FIELD(struct realm_rec, mpidr, unsigned long);
FIELD(struct realm_rec, rec_page, void *);
FIELD(struct realm_rec, run, struct rec_run *);
FIELD(struct realm_rec, sro, struct rmi_sro_state *);
FIELD(struct realm_rec, rec_phys, phys_addr_t);
FIELD(struct realm_rec, run_phys, phys_addr_t);
FUNCTION(kvm_init_rmi, void(void));
FUNCTION(kvm_realm_ipa_limit, u32(void));
FUNCTION(kvm_init_realm, int(struct kvm *));
FUNCTION(kvm_destroy_realm, void(struct kvm *));
FUNCTION(kvm_activate_realm, int(struct kvm *));
FUNCTION(kvm_destroy_rec, void(struct kvm_vcpu *));
FUNCTION(kvm_rec_enter, int(struct kvm_vcpu *));
FUNCTION(kvm_realm_unmap_range, void(struct kvm *, unsigned long, unsigned long, bool, bool));
FUNCTION(kvm_arm_rmi_populate, int(struct kvm *, struct kvm_arm_rmi_populate *));
FUNCTION(kvm_realm_is_private_address, bool(struct realm *, unsigned long));
#if SIM_GEN_V14
FUNCTION(kvm_create_rec, int(struct kvm_vcpu *));
FUNCTION(kvm_rec_pre_enter, int(struct kvm_vcpu *));
FUNCTION(handle_rec_exit, int(struct kvm_vcpu *, int));
FUNCTION(kvm_realm_destroy_rtts, void(struct kvm *));
FUNCTION(realm_map_protected,
	 int(struct kvm *, unsigned long, kvm_pfn_t, unsigned long, struct kvm_mmu_memory_cache *));
FUNCTION(realm_map_non_secure, int(struct realm *, unsigned long, kvm_pfn_t, unsigned long,
				   enum kvm_pgtable_prot, struct kvm_mmu_memory_cache *));
FUNCTION(realm_psci_complete, void(struct kvm_vcpu *, struct kvm_vcpu *, unsigned long));
#else
FUNCTION(kvm_rec_handle_request, int(struct kvm_vcpu *));
FUNCTION(kvm_rec_exit, int(struct kvm_vcpu *, int));
FUNCTION(kvm_realm_unmap_range_filter,
	 void(struct kvm *, unsigned long, unsigned long, bool, enum kvm_gfn_range_filter));
FUNCTION(realm_map_ipa, int(struct kvm *, phys_addr_t, kvm_pfn_t, unsigned long,
			    enum kvm_pgtable_prot, struct kvm_mmu_memory_cache *));
FUNCTION(realm_psci_complete, void(struct kvm_vcpu *, unsigned long));
#endif

/* 10. User ABI */
FIELD(struct kvm_arm_rmi_populate, base, __u64);
FIELD(struct kvm_arm_rmi_populate, size, __u64);
FIELD(struct kvm_arm_rmi_populate, source_uaddr, __u64);
FIELD(struct kvm_arm_rmi_populate, flags, __u32);
FIELD(struct kvm_arm_rmi_populate, reserved, __u32);
VALUE(sizeof(struct kvm_arm_rmi_populate), 32);
VALUE(KVM_ARM_RMI_POPULATE, 3u << 30 | 32u << 16 | 0xaeu << 8 | 0xd7);
VALUE(KVM_ARM_RMI_POPULATE_FLAGS_MEASURE, 1);
VALUE(KVM_SET_MEMORY_ATTRIBUTES, 1u << 30 | 32u << 16 | 0xaeu << 8 | 0xd2);
