/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The frame of a user page behind a gfn: __kvm_faultin_pfn() (dispatch sheet, G7).
 */
#include "env.h"
#include "kvm.h"
#include "hostpt.h"
#include "mm.h"

#include <asm/kvm_mmu.h>

static bool fast(unsigned long hva, struct page **page)
{
	return get_user_page_fast_only(hva, FOLL_WRITE, page);
}

/* Step 6: memory without struct pages, as its entry says. */
static kvm_pfn_t remapped(struct mm_struct *mm, unsigned long hva, bool write, bool *writable)
{
	const struct vm_area_struct *vma;
	kvm_pfn_t pfn = KVM_PFN_ERR_FAULT;
	int level;
	u64 leaf;

	mmap_read_lock(mm);
	vma = vma_lookup(mm, hva);
	if (vma && vma->vm_flags & (VM_IO | VM_PFNMAP)) {
		leaf = mm_leaf(mm, hva, &level);
		if (!leaf && !mm_fault(mm, hva, write))
			leaf = mm_leaf(mm, hva, &level);
		*writable = leaf & HPT_VALID && leaf & HPT_WRITE;
		if (leaf & HPT_VALID)
			pfn = write && !*writable ? KVM_PFN_ERR_RO_FAULT
						  : leaf_pa(leaf, hva, level) >> PAGE_SHIFT;
	}
	mmap_read_unlock(mm);
	return pfn;
}

kvm_pfn_t __kvm_faultin_pfn(const struct kvm_memory_slot *slot, gfn_t gfn, unsigned int foll,
			    bool *writable, struct page **refcounted_page)
{
	struct page *page = NULL, *wpage;
	bool wish = true, write = foll & FOLL_WRITE, unused;
	unsigned long hva;
	long n;

	*writable = false;
	*refcounted_page = NULL;
	if (!slot || slot->flags & KVM_MEMSLOT_INVALID)
		return KVM_PFN_NOSLOT;
	if (memslot_is_readonly(slot)) {
		if (write)
			return KVM_PFN_ERR_RO_FAULT;
		wish = false;
	}
	might_sleep();
	mn_may_invalidate(current->mm ? current->mm->kvm : NULL, slot, gfn, __func__);
	hva = __gfn_to_hva_memslot(slot, gfn);

	if (wish && fast(hva, &page)) {
		*writable = true;
	} else {
		n = get_user_pages_unlocked(hva, 1, &page, foll | FOLL_HWPOISON);
		if (n == -EINTR || n == -EAGAIN)
			return KVM_PFN_ERR_SIGPENDING;
		if (n == -EHWPOISON)
			return KVM_PFN_ERR_HWPOISON;
		if (n != 1)
			return remapped(current->mm, hva, write, wish ? writable : &unused);
		if (write) {
			*writable = true;
		} else if (wish && fast(hva, &wpage)) {
			*writable = true;
			page_put(page, __func__);
			page = wpage;
		}
	}
	mn_may_invalidate(current->mm ? current->mm->kvm : NULL, slot, gfn, __func__);
	*refcounted_page = page;
	return page_to_pfn(page);
}

void kvm_release_page_unused(struct page *page)
{
	if (page)
		page_put(page, __func__);
}

void kvm_release_page_clean(struct page *page)
{
	if (!page)
		return;
	if (!PageReserved(page))
		mark_page_accessed(page);
	page_put(page, __func__);
}

void kvm_release_page_dirty(struct page *page)
{
	if (page && !PageReserved(page))
		SetPageDirty(page);
	kvm_release_page_clean(page);
}

void kvm_release_faultin_page(struct kvm *kvm, struct page *page, bool unused, bool dirty)
{
	if (!unused)
		lockdep_assert_held(&kvm->mmu_lock);
	if (unused)
		kvm_release_page_unused(page);
	else if (dirty)
		kvm_release_page_dirty(page);
	else
		kvm_release_page_clean(page);
}

/* SIGBUS: a signal, and so the end of KVM_RUN. */
void kvm_send_hwpoison_signal(unsigned long address, short lsb)
{
	__sim_note(__SIM_MM, "kvm_send_hwpoison_signal", NULL, "hva 0x%lx, 2^%d bytes", address,
		   lsb);
	if (current->signal_in)
		WRITE_ONCE(current->signal_in->immediate_exit, 1);
}
