/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the harness asks the image between two steps of the kernel (sim/kernel/host.h).
 */
#include "inspect.h"
#include "env.h"
#include "gmem.h"
#include "hostpt.h"
#include "kvm.h"
#include "mm.h"
#include "sparse.h"

#include <asm/kvm_emulate.h>
#include <linux/arm-rmi-cmds.h>
#include <linux/kvm_host.h>

#define NOWHERE (~0ull)

/* The active set without the right to look: who asks stands outside of the kernel. */
static struct kvm_memory_slot *slot_at(const struct kvm *kvm, gfn_t gfn)
{
	const struct kvm_memslots *set = kvm->memslots;
	unsigned int i;

	for (i = 0; set && i < set->nr; i++)
		if (gfn - set->slot[i]->base_gfn < set->slot[i]->npages)
			return set->slot[i];
	return NULL;
}

/* That of a slot, also while it is being closed: who has found it before may map what it has until then. */
static const struct kvm_gmem_file *file_of(struct kvm *kvm, const struct kvm_memory_slot *slot)
{
	const struct kvm_gmem_file *file;
	const struct binding *b;

	if (slot->gmem.file)
		return slot->gmem.file;
	list_for_each_entry(file, &kvm->gmem_files, entry)
		list_for_each_entry(b, &file->bindings, entry)
			if (b->slot == slot)
				return file;
	return NULL;
}

static u64 folio_at(struct kvm *kvm, const struct kvm_memory_slot *slot, gfn_t gfn)
{
	const struct kvm_gmem_file *file = file_of(kvm, slot);
	const struct page *page = NULL;

	if (file)
		page = sparse_get(file->folios, gfn - slot->base_gfn + slot->gmem.pgoff);
	return page && !PageHWPoison(page) ? page_to_phys(page) : NOWHERE;
}

/*
 * A mapping of frames is whole from its beginning: a block of it may be mapped for a guest when a single page has
 * been touched.
 */
static u64 device_at(const struct mm_struct *mm, unsigned long hva, unsigned int *flags)
{
	const struct vm_area_struct *vma;
	unsigned int i;

	for (i = 0; i < mm->nr_vmas; i++) {
		vma = &mm->vmas[i];
		if (hva < vma->vm_start || hva >= vma->vm_end)
			continue;
		if (!(vma->vm_flags & VM_PFNMAP) || !(vma->vm_flags & (VM_READ | VM_WRITE)))
			return NOWHERE;
		if (vma->vm_flags & VM_WRITE)
			*flags |= SIM_BACKING_WRITE;
		return (vma->vm_pgoff << PAGE_SHIFT) + (hva - vma->vm_start);
	}
	return NOWHERE;
}

static u64 user_page_at(struct kvm *kvm, const struct kvm_memory_slot *slot, gfn_t gfn,
			unsigned int *flags)
{
	unsigned long hva = slot->userspace_addr + ((gfn - slot->base_gfn) << PAGE_SHIFT);
	int level;
	u64 leaf = kvm->mm ? mm_leaf(kvm->mm, hva, &level) : 0, pa;

	if (!leaf && kvm->mm)
		return device_at(kvm->mm, hva, flags);
	if (!(leaf & HPT_VALID))
		return NOWHERE;
	pa = leaf_pa(leaf, hva, level);
	if (leaf & HPT_WRITE && !(slot->flags & KVM_MEM_READONLY))
		*flags |= SIM_BACKING_WRITE;
	if (!(leaf & HPT_SPECIAL) &&
	    (pa == page_to_phys(env.zero_page) ||
	     compound_head(pfn_to_page(pa >> PAGE_SHIFT)) == env.huge_zero_page))
		*flags |= SIM_BACKING_ZERO;
	return pa;
}

u64 inspect_backing(struct kvm *kvm, u64 gpa, bool private, unsigned int *flags)
{
	gfn_t gfn = gpa >> PAGE_SHIFT;
	const struct kvm_memory_slot *slot = slot_at(kvm, gfn);

	*flags = kvm->mmu_invalidate_in_progress ? SIM_BACKING_INVALIDATING : 0;
	if (!slot)
		return NOWHERE;
	if (slot->flags & KVM_MEMSLOT_INVALID) {
		*flags |= SIM_BACKING_CHANGING;
		return NOWHERE;
	}
	/* v14's dispatcher goes by the alias alone, that of the newest trees asks such a slot's file for both (sheet, A5) */
	if (!private && !(slot->flags & KVM_MEMSLOT_GMEM_ONLY && layout_is_newest()))
		return user_page_at(kvm, slot, gfn, flags);
	if (private && !(kvm_get_memory_attributes(kvm, gfn) & KVM_MEMORY_ATTRIBUTE_PRIVATE))
		return NOWHERE;
	*flags |= SIM_BACKING_WRITE;
	return folio_at(kvm, slot, gfn);
}

/* References */

typedef void page_fn(struct kvm *kvm, struct page *page, const char *what);

static void each_leaf(struct kvm *kvm, struct mm_struct *mm, page_fn *fn)
{
	unsigned long addr = 0;
	int level;
	u64 *leaf;

	while ((leaf = hpt_next(mm->pgd, &addr, ~0ul, &level))) {
		if (!(*leaf & HPT_SPECIAL))
			fn(kvm, compound_head(pfn_to_page((*leaf & HPT_PA) >> PAGE_SHIFT)),
			   "the VMM's memory");
		addr += hpt_size(level);
	}
}

static void each_cached(struct kvm *kvm, const struct mm_struct *mm, page_fn *fn)
{
	const struct sim_file *last = NULL;
	struct page *page;
	unsigned int i;
	u64 key;

	for (i = 0; i < mm->nr_vmas; i++) {
		const struct sim_file *file = mm->vmas[i].vm_file;

		/* the parts of a mapping that was split stand side by side */
		if (!file || file == last)
			continue;
		last = file;
		for (key = 0; (page = sparse_next(file->pages, &key, ~0ull)); key++)
			fn(kvm, page, "a file");
	}
}

static void each_page(struct kvm *kvm, page_fn *fn)
{
	const struct kvm_gmem_file *file;
	struct page *page;
	u64 key;

	each_leaf(kvm, kvm->mm, fn);
	if (to_sim_mm(kvm->mm)->child)
		each_leaf(kvm, to_sim_mm(kvm->mm)->child, fn);
	each_cached(kvm, kvm->mm, fn);
	list_for_each_entry(file, &kvm->gmem_files, entry)
		for (key = 0; (page = sparse_next(file->folios, &key, ~0ull)); key++)
			fn(kvm, page, "guest_memfd");
}

static void forget(struct kvm *kvm, struct page *page, const char *what)
{
	page->sim_found = 0;
}

static void find(struct kvm *kvm, struct page *page, const char *what)
{
	page->sim_found++;
}

/* Zero pages belong to all VMs; a page that was kept back has references that nobody drops. */
static void compare(struct kvm *kvm, struct page *page, const char *what)
{
	if (page == env.zero_page || page == env.huge_zero_page || page->flags & BIT(PG_kept) ||
	    PageHWPoison(page))
		return;
	if (page->_refcount != page->sim_found)
		env_breach("page-count", "page 0x%llx of %s has %d references, but %d users",
			   page_to_phys(page), what, page->_refcount, page->sim_found);
}

/* Delegation */

static void must_be_usable(struct mm_struct *mm)
{
	unsigned long addr = 0;
	int level;
	u64 *leaf;

	while ((leaf = hpt_next(mm->pgd, &addr, ~0ul, &level))) {
		if (!(*leaf & HPT_SPECIAL) && *leaf & HPT_VALID &&
		    !env.ops->may_access(env.host, *leaf & HPT_PA, hpt_size(level)))
			env_breach("delegated-use",
				   "hva 0x%lx maps 0x%llx, which is not Non-secure", addr,
				   *leaf & HPT_PA);
		addr += hpt_size(level);
	}
}

void inspect_vm(struct kvm *kvm)
{
	if (!page_is_zero(env.zero_page))
		env_breach("zero-page", "the zero page 0x%llx has content",
			   page_to_phys(env.zero_page));
	if (!kvm->mm)
		return;
	must_be_usable(kvm->mm);
	each_page(kvm, forget);
	each_page(kvm, find);
	each_page(kvm, compare);
	each_page(kvm, forget);
}

u64 inspect_unmap(void)
{
	task_current()->unmaps = true;
	return env.warns;
}

void inspect_unmapped(u64 warns, struct kvm *kvm, u64 start, u64 size, unsigned int filter,
		      bool again)
{
	unsigned int both = KVM_FILTER_SHARED | KVM_FILTER_PRIVATE;
	struct task *task = task_current();
	void *rd = layout_realm_rd(kvm);
	bool broke = task->broke;

	task->unmaps = task->broke = false;
	if (!rd || !kvm->arch.is_realm || !size || env.warns != warns || (again && broke) ||
	    !env.ops->unmapped)
		return;
	filter = filter ? filter : both;
	env.ops->unmapped(env.host, virt_to_phys(rd), start, size,
			  (filter & KVM_FILTER_SHARED ? 1 : 0) |
				  (filter & KVM_FILTER_PRIVATE ? 2 : 0));
}

static bool gives(unsigned long fid)
{
	switch (fid) {
	case SMC_RMI_RTT_DATA_MAP:
	case SMC_RMI_RTT_DATA_MAP_INIT:
	case SMC_RMI_RTT_UNPROT_MAP:
	case SMC_RMI_RTT_CREATE:
	case SMC_RMI_REC_CREATE:
	case SMC_RMI_REC_ENTER:
		return true;
	default:
		return false;
	}
}

void inspect_call(unsigned long fid)
{
	const struct task *task = task_current();

	if ((fid == SMC_RMI_RTT_UNPROT_UNMAP && task->keeps & KVM_FILTER_SHARED) ||
	    (fid == SMC_RMI_RTT_DATA_UNMAP && task->keeps & KVM_FILTER_PRIVATE))
		env_breach("alias-kept",
			   "an invalidation that is not for the %s alias unmaps it, too",
			   fid == SMC_RMI_RTT_DATA_UNMAP ? "private" : "shared");
	if (task->bugged && gives(fid))
		env_breach("bugged-vm", "behind a KVM_BUG_ON() actor %d makes call 0x%lx",
			   task->task.pid - 1, fid);
}
