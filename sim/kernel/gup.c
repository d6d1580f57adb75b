/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pages of user memory for the kernel: get_user_pages and user copies.
 */
#include "env.h"
#include "hostpt.h"
#include "mm.h"

#include <linux/kvm_host.h>
#include <linux/string.h>
#include <linux/uaccess.h>

/* The page that the leaf maps at addr, with a reference. NULL: none, not so permitted, or no struct page. */
static struct page *page_of(struct mm_struct *mm, unsigned long addr, bool write)
{
	struct page *page;
	int level;
	u64 leaf = mm_leaf(mm, addr, &level);

	if (!(leaf & HPT_VALID) || leaf & HPT_SPECIAL || (write && !(leaf & HPT_WRITE)))
		return NULL;
	page = pfn_to_page(leaf_pa(leaf, addr, level) >> PAGE_SHIFT);
	page_get(page);
	return page;
}

/* Without mmap_lock. */
bool get_user_page_fast_only(unsigned long addr, unsigned int gup_flags, struct page **page)
{
	struct mm_struct *mm = current->mm;

	*page = mm ? page_of(mm, addr, gup_flags & FOLL_WRITE) : NULL;
	return *page;
}

long get_user_pages_unlocked(unsigned long start, unsigned long nr, struct page **pages,
			     unsigned int gup_flags)
{
	struct mm_struct *mm = current->mm;
	bool write = gup_flags & FOLL_WRITE;
	static const int failures[] = { 0, -EAGAIN, -EHWPOISON, -ENOMEM, -EFAULT };
	const struct vm_area_struct *vma;
	struct page *page = NULL;
	int err;

	if (!mm || nr != 1)
		return -EFAULT;
	/* A fatal signal while the page is waited for. */
	if (__sim_fails(1, "get_user_pages", __func__))
		return -EINTR;
	err = failures[__sim_may_fail(ARRAY_SIZE(failures) - 1, "user page", __func__)];
	if (err)
		return err == -EHWPOISON && !(gup_flags & FOLL_HWPOISON) ? -EFAULT : err;
	mmap_read_lock(mm);
	vma = vma_lookup(mm, start);
	if (!vma || vma->vm_flags & (VM_IO | VM_PFNMAP) ||
	    !(vma->vm_flags & (write ? VM_WRITE : VM_READ)))
		err = -EFAULT;
	while (!err && !(page = page_of(mm, start, write)))
		err = mm_fault(mm, start, write);
	mmap_read_unlock(mm);
	if (err)
		return err == -EHWPOISON && !(gup_flags & FOLL_HWPOISON) ? -EFAULT : err;
	pages[0] = page;
	return 1;
}

int get_user_pages_fast(unsigned long start, int nr, unsigned int gup_flags, struct page **pages)
{
	__sim_might_sleep(__func__);
	if (nr == 1 && get_user_page_fast_only(start, gup_flags, pages))
		return 1;
	return (int)get_user_pages_unlocked(start, (unsigned long)nr, pages, gup_flags);
}

/* At most to the end of the page. */
static int access_page(struct mm_struct *mm, unsigned long addr, void *buf, unsigned long n,
		       bool write)
{
	unsigned char *at;
	int level, err;
	u64 leaf;

	mmap_read_lock(mm);
	err = mm_fault(mm, addr, write);
	err = err == -EHWPOISON ? -EFAULT : err; /* SIGBUS */
	leaf = err ? 0 : mm_leaf(mm, addr, &level);
	/* The registers of a device are not modelled. */
	if (!err && (!(leaf & HPT_VALID) || leaf & HPT_SPECIAL))
		err = -EFAULT;
	if (!err) {
		at = phys_to_virt(leaf_pa(leaf, addr, level));
		at += addr & ~PAGE_MASK;
		if (write)
			env_copy_user(at, buf, n);
		else
			env_copy_user(buf, at, n);
	}
	mmap_read_unlock(mm);
	return err;
}

int mm_user_access(struct mm_struct *mm, unsigned long addr, void *buf, unsigned long size,
		   bool write)
{
	unsigned char *p = buf;

	while (size) {
		unsigned long n = min(size, PAGE_SIZE - (addr & ~PAGE_MASK));
		int err = access_page(mm, addr, p, n, write);

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
