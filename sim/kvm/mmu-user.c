// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stage-2 faults that the VMM's own memory has to answer: find the page, decide size and permissions, map.
 *
 * Part of the kernel's mmu.c (v7.1 with series v14 and the fixes of docs/porting.md).
 */
#include <linux/align.h>
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/hugetlb.h>
#include <linux/irqflags.h>
#include <linux/kvm_host.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <asm/cpufeature.h>
#include <asm/kvm_emulate.h>
#include <asm/kvm_mmu.h>
#include <asm/kvm_pgtable.h>
#include <asm/kvm_rmi.h>
#include <asm/memory.h>

#include "mmu.h"

/* What user_mem_abort() finds out about the user page behind a fault. */
struct kvm_s2_fault_vma_info {
	unsigned long mmu_seq;
	long vma_pagesize;
	vm_flags_t vm_flags;
	unsigned long max_map_size;
	struct page *page;
	kvm_pfn_t pfn;
	gfn_t gfn;
	bool device;
	bool is_vma_cacheable;
	bool map_writable;
	bool map_non_cacheable;
};

static bool kvm_s2_fault_is_perm(const struct kvm_s2_fault_desc *s2fd)
{
	return kvm_vcpu_trap_is_permission_fault(s2fd->vcpu);
}

/* Size of the entry that denied the access, 0 when it was no permission fault. */
static unsigned long kvm_s2_fault_perm_granule(const struct kvm_s2_fault_desc *s2fd)
{
	if (!kvm_s2_fault_is_perm(s2fd))
		return 0;
	return kvm_vcpu_trap_get_perm_fault_granule(s2fd->vcpu);
}

static bool memslot_is_logging(struct kvm_memory_slot *memslot)
{
	return memslot->dirty_bitmap && !(memslot->flags & KVM_MEM_READONLY);
}

/* Do slot and user mapping have the same offset in a block, and is the whole block around hva inside? */
static bool fault_supports_stage2_huge_mapping(struct kvm_memory_slot *memslot, unsigned long hva,
					       unsigned long map_size)
{
	unsigned long gpa_start = memslot->base_gfn << PAGE_SHIFT;
	unsigned long uaddr_start = memslot->userspace_addr;
	unsigned long uaddr_end = uaddr_start + (memslot->npages << PAGE_SHIFT);
	unsigned long block = ALIGN_DOWN(hva, map_size);

	if ((gpa_start ^ uaddr_start) & (map_size - 1))
		return false;
	return block >= uaddr_start && block + map_size <= uaddr_end;
}

/*
 * How big the entry is that maps hva for the VMM. -EAGAIN: there is none any more. The tables stay while
 * interrupts are off; nothing else is held for them.
 */
static long get_user_mapping_size(struct kvm *kvm, unsigned long hva)
{
	struct kvm_pgtable pgt = {
		.pgd = kvm->mm->pgd,
		.start_level = KVM_PGTABLE_LAST_LEVEL + 1 - CONFIG_PGTABLE_LEVELS,
	};
	unsigned long flags;
	kvm_pte_t pte = 0;
	s8 level = KVM_PGTABLE_FIRST_LEVEL;
	int ret;

	local_irq_save(flags);
	ret = kvm_pgtable_get_leaf(&pgt, hva, &pte, &level);
	local_irq_restore(flags);
	if (ret)
		return ret;

	if (WARN_ON(level > KVM_PGTABLE_LAST_LEVEL || level < pgt.start_level))
		return -EFAULT;
	if (!kvm_pte_valid(pte))
		return -EAGAIN;
	return BIT(kvm_granule_shift(level));
}

/*
 * A page that the host maps as part of a huge page may be mapped as that: *gfnp and *pfnp are aligned
 * down to it. Returns the mapping size, or -errno. mmu_lock is held and the sequence checked, so that the
 * host's mapping cannot change.
 */
static long transparent_hugepage_adjust(struct kvm *kvm, struct kvm_memory_slot *memslot,
					unsigned long hva, kvm_pfn_t *pfnp, gfn_t *gfnp)
{
	unsigned long pages = PMD_SIZE >> PAGE_SHIFT;
	long size;

	if (!fault_supports_stage2_huge_mapping(memslot, hva, PMD_SIZE))
		return PAGE_SIZE;
	size = get_user_mapping_size(kvm, hva);
	if (size < 0)
		return size;
	if (size < (long)PMD_SIZE)
		return PAGE_SIZE;

	*gfnp = ALIGN_DOWN(*gfnp, pages);
	*pfnp = ALIGN_DOWN(*pfnp, pages);
	return PMD_SIZE;
}

/* Does a mapping of device memory cover the whole block of this size around hva? */
static bool vma_pfnmap_covers(struct vm_area_struct *vma, unsigned long hva, unsigned long size)
{
	unsigned long pa = (vma->vm_pgoff << PAGE_SHIFT) + (hva - vma->vm_start);
	unsigned long block = ALIGN_DOWN(hva, size);

	return !((hva ^ pa) & (size - 1)) && block >= vma->vm_start && block + size <= vma->vm_end;
}

static short get_vma_page_shift(struct vm_area_struct *vma, unsigned long hva)
{
	if (!(vma->vm_flags & VM_PFNMAP))
		return is_vm_hugetlb_page(vma) ? huge_page_shift(hstate_vma(vma)) : PAGE_SHIFT;
	if (vma_pfnmap_covers(vma, hva, PUD_SIZE))
		return PUD_SHIFT;
	if (vma_pfnmap_covers(vma, hva, PMD_SIZE))
		return PMD_SHIFT;
	return PAGE_SHIFT;
}

/* The page size of the user mapping, as far as stage 2 can use it; says what a mapping may grow to. */
static short kvm_s2_resolve_vma_size(const struct kvm_s2_fault_desc *s2fd,
				     struct kvm_s2_fault_vma_info *s2vi, struct vm_area_struct *vma)
{
	short vma_shift = PAGE_SHIFT;

	if (memslot_is_logging(s2fd->memslot)) {
		s2vi->max_map_size = PAGE_SIZE;
		return PAGE_SHIFT;
	}

	s2vi->max_map_size = PUD_SIZE;
	vma_shift = get_vma_page_shift(vma, s2fd->hva);

	if (vma_shift >= PUD_SHIFT &&
	    fault_supports_stage2_huge_mapping(s2fd->memslot, s2fd->hva, PUD_SIZE))
		return PUD_SHIFT;
	if (vma_shift >= PMD_SHIFT &&
	    fault_supports_stage2_huge_mapping(s2fd->memslot, s2fd->hva, PMD_SIZE))
		return PMD_SHIFT;
	if (vma_shift > PAGE_SHIFT)
		s2vi->max_map_size = PAGE_SIZE; /* a huge page that does not fit */
	return PAGE_SHIFT;
}

/* Does the VMM itself map the memory cacheable? */
static bool vma_is_cacheable(const struct vm_area_struct *vma)
{
	u64 type = pgprot_val(vma->vm_page_prot) & PTE_ATTRINDX_MASK;

	return type == PTE_ATTRINDX(MT_NORMAL) || type == PTE_ATTRINDX(MT_NORMAL_TAGGED);
}

static int kvm_s2_fault_get_vma_info(const struct kvm_s2_fault_desc *s2fd,
				     struct kvm_s2_fault_vma_info *s2vi)
{
	struct kvm *kvm = s2fd->vcpu->kvm;
	struct vm_area_struct *vma;
	phys_addr_t ipa;

	mmap_read_lock(current->mm);
	vma = vma_lookup(current->mm, s2fd->hva);
	if (unlikely(!vma)) {
		mmap_read_unlock(current->mm);
		kvm_err("Failed to find VMA for hva 0x%lx\n", s2fd->hva);
		return -EFAULT;
	}

	s2vi->vma_pagesize = 1L << kvm_s2_resolve_vma_size(s2fd, s2vi, vma);
	s2vi->vm_flags = vma->vm_flags;
	s2vi->is_vma_cacheable = vma_is_cacheable(vma);

	ipa = ALIGN_DOWN(s2fd->fault_ipa, s2vi->vma_pagesize);
	s2vi->gfn = kvm_gpa_from_fault(kvm, ipa) >> PAGE_SHIFT;

	/* before the page is looked up; the unlock orders the two */
	s2vi->mmu_seq = kvm->mmu_invalidate_seq;
	mmap_read_unlock(current->mm);
	return 0;
}

static gfn_t get_canonical_gfn(const struct kvm_s2_fault_desc *s2fd,
			       const struct kvm_s2_fault_vma_info *s2vi)
{
	return s2vi->gfn;
}

/* 1: the page is held, go on. 0: handled. -errno. */
static int kvm_s2_fault_pin_pfn(const struct kvm_s2_fault_desc *s2fd,
				struct kvm_s2_fault_vma_info *s2vi)
{
	int ret = kvm_s2_fault_get_vma_info(s2fd, s2vi);

	if (ret)
		return ret;

	s2vi->pfn = __kvm_faultin_pfn(s2fd->memslot, get_canonical_gfn(s2fd, s2vi),
				      kvm_is_write_fault(s2fd->vcpu) ? FOLL_WRITE : 0,
				      &s2vi->map_writable, &s2vi->page);
	if (s2vi->pfn == KVM_PFN_ERR_HWPOISON) {
		kvm_send_hwpoison_signal(s2fd->hva, __builtin_ctzl(s2vi->vma_pagesize));
		return 0;
	}
	if (is_error_noslot_pfn(s2vi->pfn))
		return -EFAULT;

	if ((s2vi->vm_flags & (VM_PFNMAP | VM_MIXEDMAP)) && !pfn_is_map_memory(s2vi->pfn)) {
		s2vi->device = true;
		if (!s2vi->is_vma_cacheable)
			s2vi->map_non_cacheable = true;
		else if (!kvm_supports_cacheable_pfnmap())
			ret = -EFAULT;
	}
	if (ret) {
		kvm_release_page_unused(s2vi->page);
		return ret;
	}
	return 1;
}

/* 0: *prot is what the mapping shall allow. 1: an exception was injected. -errno. */
static int kvm_s2_fault_compute_prot(const struct kvm_s2_fault_desc *s2fd,
				     const struct kvm_s2_fault_vma_info *s2vi,
				     enum kvm_pgtable_prot *prot)
{
	bool exec_fault = kvm_vcpu_trap_is_exec_fault(s2fd->vcpu);
	bool logging = memslot_is_logging(s2fd->memslot);

	if (exec_fault && s2vi->map_non_cacheable)
		return -ENOEXEC;

	/* exclusives and atomics only work on ordinary memory */
	if (esr_fsc_is_excl_atomic_fault(kvm_vcpu_get_esr(s2fd->vcpu))) {
		kvm_inject_dabt_excl_atomic(s2fd->vcpu, kvm_vcpu_get_hfar(s2fd->vcpu));
		return 1;
	}

	*prot = KVM_PGTABLE_PROT_R;
	if (s2vi->map_writable && (s2vi->device || !logging || kvm_is_write_fault(s2fd->vcpu)))
		*prot |= KVM_PGTABLE_PROT_W;
	if (s2vi->map_non_cacheable)
		*prot |= s2vi->vm_flags & VM_ALLOW_ANY_UNCACHED ? KVM_PGTABLE_PROT_NORMAL_NC
								: KVM_PGTABLE_PROT_DEVICE;
	else if (exec_fault || cpus_have_final_cap(ARM64_HAS_CACHE_DIC))
		*prot |= KVM_PGTABLE_PROT_X;
	return 0;
}

/*
 * How much to map at once; *pfn and *gfn are aligned to it. A permission fault on a block of an ordinary
 * guest changes that block in place. A realm's is mapped anew, which needs the block's first page.
 */
static long kvm_s2_fault_map_size(const struct kvm_s2_fault_desc *s2fd,
				  const struct kvm_s2_fault_vma_info *s2vi, kvm_pfn_t *pfn,
				  gfn_t *gfn)
{
	struct kvm *kvm = s2fd->vcpu->kvm;
	unsigned long granule = kvm_s2_fault_perm_granule(s2fd);

	if (s2vi->vma_pagesize != (long)PAGE_SIZE || s2vi->max_map_size <= PAGE_SIZE ||
	    s2vi->map_non_cacheable)
		return s2vi->vma_pagesize;
	if (granule > PAGE_SIZE && !kvm_is_realm(kvm))
		return granule;
	return transparent_hugepage_adjust(kvm, s2fd->memslot, s2fd->hva, pfn, gfn);
}

static int kvm_s2_fault_map(const struct kvm_s2_fault_desc *s2fd,
			    const struct kvm_s2_fault_vma_info *s2vi, enum kvm_pgtable_prot prot,
			    void *memcache)
{
	enum kvm_pgtable_walk_flags flags = KVM_PGTABLE_WALK_HANDLE_FAULT | KVM_PGTABLE_WALK_SHARED;
	struct kvm *kvm = s2fd->vcpu->kvm;
	struct kvm_pgtable *pgt = s2fd->vcpu->arch.hw_mmu->pgt;
	bool writable = prot & KVM_PGTABLE_PROT_W;
	kvm_pfn_t pfn = s2vi->pfn;
	gfn_t gfn = s2vi->gfn;
	long mapping_size;
	int ret;

	kvm_fault_lock(kvm);
	ret = -EAGAIN;
	if (mmu_invalidate_retry(kvm, s2vi->mmu_seq))
		goto out_unlock;

	mapping_size = kvm_s2_fault_map_size(s2fd, s2vi, &pfn, &gfn);
	if (mapping_size < 0) {
		ret = mapping_size;
		goto out_unlock;
	}

	if (kvm_is_realm(kvm))
		ret = realm_map_ipa(kvm, s2fd->fault_ipa, pfn, mapping_size, prot, memcache);
	else if (mapping_size == (long)kvm_s2_fault_perm_granule(s2fd))
		ret = KVM_PGT_FN(kvm_pgtable_stage2_relax_perms)(pgt, s2fd->fault_ipa, prot, flags);
	else
		ret = KVM_PGT_FN(kvm_pgtable_stage2_map)(
			pgt, ALIGN_DOWN(s2fd->fault_ipa, mapping_size), mapping_size,
			__pfn_to_phys(pfn), prot, memcache, flags);

out_unlock:
	kvm_release_faultin_page(kvm, s2vi->page, !!ret, writable);
	kvm_fault_unlock(kvm);

	if (writable && !ret)
		mark_page_dirty_in_slot(kvm, s2fd->memslot, gfn);

	return ret != -EAGAIN ? ret : 0;
}

/* A fault that the VMM's own memory has to answer. 0 or 1: resume the guest; -errno. */
int user_mem_abort(const struct kvm_s2_fault_desc *s2fd)
{
	struct kvm_s2_fault_vma_info s2vi = {};
	struct kvm_vcpu *vcpu = s2fd->vcpu;
	struct kvm *kvm = vcpu->kvm;
	void *memcache = get_mmu_memcache(vcpu);
	bool write_fault = kvm_is_write_fault(vcpu);
	enum kvm_pgtable_prot prot;
	int ret;

	/* user memory is never given to a realm: only guest_memfd can answer a private fault */
	if (private_ipa_fault(kvm, s2fd->fault_ipa)) {
		kvm_prepare_memory_fault_exit(vcpu, s2fd->fault_ipa & PAGE_MASK, PAGE_SIZE,
					      write_fault, kvm_vcpu_trap_is_exec_fault(vcpu), true);
		return -EFAULT;
	}

	/* a permission fault of a realm is answered by a new mapping, which may need tables */
	if (!kvm_s2_fault_is_perm(s2fd) || kvm_is_realm(kvm) ||
	    (memslot_is_logging(s2fd->memslot) && write_fault)) {
		ret = topup_mmu_memcache(vcpu, memcache);
		if (ret)
			return ret;
	}

	ret = kvm_s2_fault_pin_pfn(s2fd, &s2vi);
	if (ret != 1)
		return ret;

	ret = kvm_s2_fault_compute_prot(s2fd, &s2vi, &prot);
	if (ret) {
		kvm_release_page_unused(s2vi.page);
		return ret;
	}

	return kvm_s2_fault_map(s2fd, &s2vi, prot, memcache);
}
