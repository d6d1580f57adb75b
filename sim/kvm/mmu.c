// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stage-2 faults: from the guest's abort to a mapping, an exit to user space, or an exception.
 *
 * Part of the kernel's mmu.c (v7.1 with series v14 and the fixes of docs/porting.md). Mappings go away in
 * mmu-stage2.c, and what the VMM's own memory answers is in mmu-user.c.
 */
#include <linux/align.h>
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/kvm_host.h>
#include <linux/mm.h>
#include <trace/events/kvm.h>
#include <asm/cpufeature.h>
#include <asm/kvm_arm.h>
#include <asm/kvm_emulate.h>
#include <asm/kvm_mmu.h>
#include <asm/kvm_pgtable.h>
#include <asm/kvm_rmi.h>

#include "mmu.h"

/* Is the fault at a realm's shared alias? Never for other guests. */
static bool shared_ipa_fault(struct kvm *kvm, phys_addr_t fault_ipa)
{
	return kvm_gpa_from_fault(kvm, fault_ipa) != fault_ipa;
}

/* Is it at a realm's private alias? Never for other guests. */
bool private_ipa_fault(struct kvm *kvm, phys_addr_t fault_ipa)
{
	return kvm_is_realm(kvm) && kvm_realm_is_private_address(&kvm->arch.realm, fault_ipa);
}

void *get_mmu_memcache(struct kvm_vcpu *vcpu)
{
	return &vcpu->arch.mmu_page_cache;
}

int topup_mmu_memcache(struct kvm_vcpu *vcpu, void *memcache)
{
	return kvm_mmu_topup_memory_cache(memcache, kvm_mmu_cache_min_pages(vcpu->arch.hw_mmu));
}

/*
 * Map memory into a realm at either alias. The IPA may lie anywhere in the mapping. mmu_lock is held for
 * write and is not dropped. 0 or -errno.
 */
int realm_map_ipa(struct kvm *kvm, phys_addr_t ipa, kvm_pfn_t pfn, unsigned long map_size,
		  enum kvm_pgtable_prot prot, struct kvm_mmu_memory_cache *memcache)
{
	struct realm *realm = &kvm->arch.realm;

	ipa = ALIGN_DOWN(ipa, map_size);
	if (!kvm_realm_is_private_address(realm, ipa))
		return realm_map_non_secure(&kvm->arch.realm, ipa, pfn, map_size, prot, memcache);

	/* the realm decides itself what it may do with its own memory */
	if (WARN_ON(!(prot & KVM_PGTABLE_PROT_W)))
		return -EFAULT;
	return realm_map_protected(kvm, ipa, pfn, map_size, memcache);
}

/* A fault that guest_memfd has to answer. 0: resume the guest, or -errno. */
static int gmem_abort(const struct kvm_s2_fault_desc *s2fd)
{
	bool write_fault, exec_fault, writable;
	enum kvm_pgtable_walk_flags flags = KVM_PGTABLE_WALK_SHARED;
	enum kvm_pgtable_prot prot = KVM_PGTABLE_PROT_R;
	struct kvm_vcpu *vcpu = s2fd->vcpu;
	struct kvm *kvm = vcpu->kvm;
	phys_addr_t gpa = kvm_gpa_from_fault(kvm, s2fd->fault_ipa);
	gfn_t gfn = gpa >> PAGE_SHIFT;
	void *memcache = get_mmu_memcache(vcpu);
	unsigned long mmu_seq;
	struct page *page;
	kvm_pfn_t pfn;
	int ret;

	write_fault = kvm_is_write_fault(vcpu);
	exec_fault = kvm_vcpu_trap_is_exec_fault(vcpu);
	VM_WARN_ON_ONCE(write_fault && exec_fault);

	/* before the attribute, so that a change of it is noticed below */
	mmu_seq = kvm->mmu_invalidate_seq;
	smp_rmb();

	/* the dispatcher sends only private faults of a realm here */
	if (kvm_is_realm(kvm) && !kvm_mem_is_private(kvm, gfn)) {
		kvm_prepare_memory_fault_exit(vcpu, gpa & PAGE_MASK, PAGE_SIZE, write_fault,
					      exec_fault, true);
		return -EFAULT;
	}

	ret = topup_mmu_memcache(vcpu, memcache);
	if (ret)
		return ret;

	ret = kvm_gmem_get_pfn(kvm, s2fd->memslot, gfn, &pfn, &page, NULL);
	if (ret) {
		kvm_prepare_memory_fault_exit(vcpu, gpa & PAGE_MASK, PAGE_SIZE, write_fault,
					      exec_fault, private_ipa_fault(kvm, s2fd->fault_ipa));
		return ret;
	}

	writable = !(s2fd->memslot->flags & KVM_MEM_READONLY);
	if (writable)
		prot |= KVM_PGTABLE_PROT_W;
	if (exec_fault || cpus_have_final_cap(ARM64_HAS_CACHE_DIC))
		prot |= KVM_PGTABLE_PROT_X;

	kvm_fault_lock(kvm);
	if (mmu_invalidate_retry(kvm, mmu_seq)) {
		ret = -EAGAIN;
		goto out_unlock;
	}

	if (kvm_is_realm(kvm))
		ret = realm_map_ipa(kvm, s2fd->fault_ipa, pfn, PAGE_SIZE,
				    KVM_PGTABLE_PROT_R | KVM_PGTABLE_PROT_W, memcache);
	else
		ret = KVM_PGT_FN(kvm_pgtable_stage2_map)(vcpu->arch.hw_mmu->pgt,
							 s2fd->fault_ipa & PAGE_MASK, PAGE_SIZE,
							 __pfn_to_phys(pfn), prot, memcache, flags);

out_unlock:
	kvm_release_faultin_page(kvm, page, !!ret, writable);
	kvm_fault_unlock(kvm);

	if (writable && !ret)
		mark_page_dirty_in_slot(kvm, s2fd->memslot, gfn);

	return ret != -EAGAIN ? ret : 0;
}

/* The access flag of an ordinary guest's entry is missing. */
static void handle_access_fault(struct kvm_vcpu *vcpu, phys_addr_t fault_ipa)
{
	if (kvm_is_realm(vcpu->kvm))
		return; /* the tables are the RMM's */

	read_lock(&vcpu->kvm->mmu_lock);
	KVM_PGT_FN(kvm_pgtable_stage2_mkyoung)
	(vcpu->arch.hw_mmu->pgt, fault_ipa,
	 KVM_PGTABLE_WALK_HANDLE_FAULT | KVM_PGTABLE_WALK_SHARED);
	read_unlock(&vcpu->kvm->mmu_lock);
}

/* A synchronous external abort that nobody on the host claims goes back to the guest. */
int kvm_handle_guest_sea(struct kvm_vcpu *vcpu)
{
	return kvm_inject_sea(vcpu, kvm_vcpu_trap_is_iabt(vcpu), kvm_vcpu_get_hfar(vcpu));
}

/* No usable user address behind the IPA: no slot, or a store to a read-only one. */
static int kvm_handle_guest_io_abort(struct kvm_vcpu *vcpu, phys_addr_t fault_ipa, bool error_hva)
{
	if (kvm_vcpu_trap_is_iabt(vcpu))
		return -ENOEXEC;
	if (kvm_vcpu_abt_iss1tw(vcpu))
		return kvm_inject_sea_dabt(vcpu, kvm_vcpu_get_hfar(vcpu));
	if (error_hva && kvm_vcpu_dabt_is_cm(vcpu)) {
		/* nothing to clean: go on behind the instruction */
		kvm_incr_pc(vcpu);
		return 1;
	}

	/* HPFAR has no offset in the 4K page, at any page size of the host */
	fault_ipa |= FAR_TO_FIPA_OFFSET(kvm_vcpu_get_hfar(vcpu));
	return io_mem_abort(vcpu, kvm_gpa_from_fault(vcpu->kvm, fault_ipa));
}

/*
 * The guest took a stage-2 abort; its syndrome is in vcpu->arch.fault. 1: resume the guest, 0: to user
 * space with an exit prepared, or -errno (-EFAULT with a prepared KVM_EXIT_MEMORY_FAULT: user space is
 * asked). Never another positive value.
 */
int kvm_handle_guest_abort(struct kvm_vcpu *vcpu)
{
	struct kvm_s2_fault_desc s2fd = { .vcpu = vcpu };
	struct kvm *kvm = vcpu->kvm;
	u64 esr = kvm_vcpu_get_esr(vcpu);
	bool write_fault, writable;
	phys_addr_t fault_ipa;
	int ret, idx;
	gfn_t gfn;

	if (kvm_vcpu_abt_issea(vcpu))
		return kvm_handle_guest_sea(vcpu);

	fault_ipa = kvm_vcpu_get_fault_ipa(vcpu);
	if (KVM_BUG(fault_ipa == INVALID_GPA, kvm, "no IPA for an abort, ESR 0x%llx", esr))
		return -EFAULT;

	if (kvm_vcpu_trap_is_translation_fault(vcpu)) {
		/* beyond what stage 2 could ever translate, and beyond this VM */
		if (fault_ipa >= BIT_ULL(get_kvm_ipa_limit())) {
			kvm_inject_size_fault(vcpu);
			return 1;
		}
		if (fault_ipa >= BIT_ULL(VTCR_EL2_IPA(vcpu->arch.hw_mmu->vtcr))) {
			fault_ipa |= FAR_TO_FIPA_OFFSET(kvm_vcpu_get_hfar(vcpu));
			return kvm_inject_sea(vcpu, kvm_vcpu_trap_is_iabt(vcpu), fault_ipa);
		}
	}

	trace_kvm_guest_fault(*vcpu_pc(vcpu), esr, kvm_vcpu_get_hfar(vcpu), fault_ipa);

	if (!kvm_vcpu_trap_is_permission_fault(vcpu) && !kvm_vcpu_trap_is_translation_fault(vcpu) &&
	    !esr_fsc_is_access_flag_fault(esr) && !esr_fsc_is_excl_atomic_fault(esr)) {
		kvm_err("Unsupported FSC: EC=0x%x xFSC=0x%x ESR_EL2=0x%llx\n",
			kvm_vcpu_trap_get_class(vcpu), kvm_vcpu_trap_get_fault(vcpu), esr);
		return -EFAULT;
	}

	idx = srcu_read_lock(&kvm->srcu);

	gfn = kvm_gpa_from_fault(kvm, fault_ipa) >> PAGE_SHIFT;
	s2fd.fault_ipa = fault_ipa;
	s2fd.memslot = gfn_to_memslot(kvm, gfn);
	s2fd.hva = gfn_to_hva_memslot_prot(s2fd.memslot, gfn, &writable);
	write_fault = kvm_is_write_fault(vcpu);
	if (kvm_is_error_hva(s2fd.hva) || (write_fault && !writable)) {
		ret = kvm_handle_guest_io_abort(vcpu, fault_ipa, (kvm_is_error_hva)(s2fd.hva));
		goto out_unlock;
	}

	VM_BUG_ON(fault_ipa >= kvm_phys_size(vcpu->arch.hw_mmu));

	if (esr_fsc_is_access_flag_fault(esr)) {
		handle_access_fault(vcpu, fault_ipa);
		ret = 1;
		goto out_unlock;
	}

	VM_WARN_ON_ONCE(kvm_vcpu_trap_is_permission_fault(vcpu) && !write_fault &&
			!kvm_vcpu_trap_is_exec_fault(vcpu));

	if (kvm_slot_has_gmem(s2fd.memslot) && !shared_ipa_fault(kvm, fault_ipa))
		ret = gmem_abort(&s2fd);
	else
		ret = user_mem_abort(&s2fd);

	if (ret == 0)
		ret = 1;
out_unlock:
	if (ret == -ENOEXEC)
		ret = kvm_inject_sea_iabt(vcpu, kvm_vcpu_get_hfar(vcpu));
	srcu_read_unlock(&kvm->srcu, idx);
	return ret;
}
