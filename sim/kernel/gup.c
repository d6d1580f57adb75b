/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Faults on the VMM's memory: zero page, copy on write, reuse; get_user_pages and user copies.
 *
 * Follows the table "What mm does for a model" of the dispatch sheet, G7.
 */
#include "env.h"
#include "mm.h"
#include "sparse.h"

#include <linux/kvm_host.h>
#include <linux/string.h>
#include <linux/uaccess.h>

struct sim_pte *mm_pte(struct mm_struct *mm, unsigned long addr)
{
	return sparse_get(mm->ptes, addr >> PAGE_SHIFT);
}

static struct page *new_user_page(struct mm_struct *mm, unsigned long addr, gfp_t zero)
{
	return placed_page(&to_sim_mm(mm)->placed, addr & PAGE_MASK, GFP_HIGHUSER_MOVABLE | zero,
			   "do_anonymous_page");
}

static int pte_install(struct mm_struct *mm, unsigned long addr, struct page *page, bool writable)
{
	struct sim_pte *pte = env_alloc(sizeof(*pte));

	if (!pte || !sparse_set(mm->ptes, addr >> PAGE_SHIFT, pte)) {
		env_free(pte, sizeof(*pte));
		return -ENOMEM;
	}
	pte->page = page;
	pte->writable = writable;
	return 0;
}

static int fault_missing(struct mm_struct *mm, unsigned long addr, vm_flags_t flags, bool write)
{
	bool zero = !write && !(flags & VM_SHARED);
	struct page *page;
	int err;

	if (zero) {
		page = env.zero_page;
		page_get(page);
	} else {
		page = new_user_page(mm, addr, __GFP_ZERO);
		if (!page)
			return -ENOMEM;
	}
	/* Allocation is a scheduling point: somebody else may have been faster. */
	if (mm_pte(mm, addr)) {
		page_put(page, __func__);
		return 0;
	}
	err = pte_install(mm, addr, page, !zero && flags & VM_WRITE);
	if (err)
		page_put(page, __func__);
	else
		__sim_note(__SIM_MM, "handle_mm_fault", NULL, "hva 0x%lx -> pa 0x%llx%s",
			   addr & PAGE_MASK, page_to_phys(page), zero ? " (zero page)" : "");
	return err;
}

/* A private page that others see too is replaced: the listeners are told around it. */
static int fault_cow(struct mm_struct *mm, unsigned long addr, struct page *old)
{
	unsigned long start = addr & PAGE_MASK;
	struct sim_pte *pte;
	struct page *page;

	page = new_user_page(mm, addr, __GFP_ZERO);
	if (!page)
		return -ENOMEM;
	if (old != env.zero_page)
		memcpy(page_address(page), page_address(old), PAGE_SIZE);
	mn_invalidate_range_start(mm, start, start + PAGE_SIZE, true);
	pte = mm_pte(mm, addr);
	if (pte && pte->page == old && !pte->writable) {
		pte->page = page;
		pte->writable = true;
		__sim_note(__SIM_MM, "handle_mm_fault", NULL, "hva 0x%lx: copy on write, pa 0x%llx",
			   start, page_to_phys(page));
		page = old;
	}
	mn_invalidate_range_end(mm, start, start + PAGE_SIZE);
	page_put(page, __func__);
	return 0;
}

/* mmap_lock held for read. */
int mm_fault(struct mm_struct *mm, unsigned long addr, bool write)
{
	struct vm_area_struct *vma = vma_lookup(mm, addr);
	struct sim_pte *pte;
	vm_flags_t flags;

	if (!vma || !(vma->vm_flags & (write ? VM_WRITE : VM_READ)))
		return -EFAULT;
	flags = vma->vm_flags;
	pte = mm_pte(mm, addr);
	if (!pte)
		return fault_missing(mm, addr, flags, write);
	if (!write || pte->writable)
		return 0;
	if (!(flags & VM_SHARED) && pte->page == env.zero_page)
		return fault_cow(mm, addr, pte->page);
	/* Nobody else has the page: writable in place, no notifier. */
	pte->writable = true;
	__sim_note(__SIM_MM, "handle_mm_fault", NULL, "hva 0x%lx: writable in place",
		   addr & PAGE_MASK);
	return 0;
}

bool get_user_page_fast_only(unsigned long addr, unsigned int gup_flags, struct page **page)
{
	struct mm_struct *mm = current->mm;
	struct sim_pte *pte = mm ? mm_pte(mm, addr) : NULL;

	if (!pte || (gup_flags & FOLL_WRITE && !pte->writable))
		return false;
	page_get(pte->page);
	*page = pte->page;
	return true;
}

long get_user_pages_unlocked(unsigned long start, unsigned long nr, struct page **pages,
			     unsigned int gup_flags)
{
	struct mm_struct *mm = current->mm;
	bool write = gup_flags & FOLL_WRITE;
	struct sim_pte *pte;
	int err = 0;

	if (!mm || nr != 1)
		return -EFAULT;
	mmap_read_lock(mm);
	for (;;) {
		struct vm_area_struct *vma = vma_lookup(mm, start);

		if (!vma || !(vma->vm_flags & (write ? VM_WRITE : VM_READ))) {
			err = -EFAULT;
			break;
		}
		pte = mm_pte(mm, start);
		if (pte && (!write || pte->writable))
			break;
		err = mm_fault(mm, start, write);
		if (err)
			break;
	}
	if (!err) {
		page_get(pte->page);
		pages[0] = pte->page;
		if (PageHWPoison(pte->page) && gup_flags & FOLL_HWPOISON) {
			page_put(pte->page, __func__);
			err = -EHWPOISON;
		}
	}
	mmap_read_unlock(mm);
	return err ? err : 1;
}

int get_user_pages_fast(unsigned long start, int nr, unsigned int gup_flags, struct page **pages)
{
	__sim_might_sleep(__func__);
	if (nr == 1 && get_user_page_fast_only(start, gup_flags, pages))
		return 1;
	return (int)get_user_pages_unlocked(start, (unsigned long)nr, pages, gup_flags);
}

int mm_user_access(struct mm_struct *mm, unsigned long addr, void *buf, unsigned long size,
		   bool write)
{
	unsigned char *p = buf;

	while (size) {
		unsigned long n = min(size, PAGE_SIZE - (addr & ~PAGE_MASK));
		struct sim_pte *pte;
		unsigned char *at;
		int err = 0;

		mmap_read_lock(mm);
		err = mm_fault(mm, addr, write);
		pte = mm_pte(mm, addr);
		if (!err && !pte)
			err = -EAGAIN;
		if (!err) {
			at = (unsigned char *)page_address(pte->page) + (addr & ~PAGE_MASK);
			if (write)
				__sim_memcpy(at, p, n, "user space");
			else
				__sim_memcpy(p, at, n, "user space");
		}
		mmap_read_unlock(mm);
		if (err)
			return err;
		addr += n;
		p += n;
		size -= n;
	}
	return 0;
}

unsigned long __sim_copy_user(unsigned long uaddr, void *buf, unsigned long n, bool write,
			      const char *caller)
{
	__sim_might_sleep(caller);
	return current->mm && !mm_user_access(current->mm, uaddr, buf, n, write) ? 0 : n;
}
