/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Faults on the VMM's memory: zero page, copy on write, reuse, files, huge pages, device memory.
 *
 * Follows the table "What mm does for a model" of the dispatch sheet, G7. mmap_lock is held for read. Each
 * allocation and each notifier is a scheduling point, behind which the entry is looked at again.
 */
#include "env.h"
#include "hostpt.h"
#include "inspect.h"
#include "mm.h"

#include <linux/string.h>

/* Where a fault is, and what a walk found there: the entry, 0 for none, and its level. */
struct fault {
	struct mm_struct *mm;
	struct vm_area_struct *vma;
	unsigned long addr; /* of the page */
	bool write;
	u64 leaf;
	int level;
};

u64 leaf_pa(u64 leaf, unsigned long addr, int level)
{
	return (leaf & HPT_PA) + (addr & (hpt_size(level) - 1) & PAGE_MASK);
}

u64 mm_leaf(struct mm_struct *mm, unsigned long addr, int *level)
{
	u64 *leaf = hpt_walk(mm->pgd, addr, level);

	return leaf ? *leaf : 0;
}

struct page *user_page(struct mm_struct *mm, unsigned long addr, unsigned int order, gfp_t zero)
{
	return placed_pages(&to_sim_mm(mm)->placed, addr, order, GFP_HIGHUSER_MOVABLE | zero,
			    page_owner_user);
}

static unsigned int order_of(int level)
{
	return (unsigned int)(kvm_granule_shift(level) - PAGE_SHIFT);
}

static int level_of_order(unsigned int order)
{
	int level = HPT_LAST_LEVEL;

	while (level > HPT_START_LEVEL && order_of(level) < order)
		level--;
	return level;
}

/* Has somebody changed what the fault was taken on? */
static bool overtaken(const struct fault *f)
{
	int level;

	return mm_leaf(f->mm, f->addr, &level) != f->leaf || level != f->level;
}

static bool private(const struct fault *f)
{
	return !(f->vma->vm_flags & VM_SHARED);
}

/*
 * Map `page`, whose reference the entry takes; nothing is mapped there. Somebody else who was faster wins,
 * and has done it.
 */
static int install(const struct fault *f, int level, struct page *page, bool writable,
		   const char *what)
{
	unsigned long start = ALIGN_DOWN(f->addr, hpt_size(level));
	int err = 0;

	if (overtaken(f)) {
		page_put(page, __func__);
		return 0;
	}
	err = hpt_set(f->mm->pgd, start, level,
		      hpt_leaf(page_to_phys(page), level, writable, false));
	if (err)
		page_put(page, __func__);
	else
		__sim_note(__SIM_MM, "handle_mm_fault", NULL, "hva 0x%lx -> pa 0x%llx%s", start,
			   page_to_phys(page), what);
	return err;
}

/* PMD-sized and shared by all; NULL when it cannot be had: then there is the small one. */
static struct page *huge_zero_page(void)
{
	struct page *page = env.huge_zero_page;

	if (!page) {
		page = __sim_alloc_contig(GFP_HIGHUSER | __GFP_ZERO, PMD_ORDER, "huge zero page");
		if (!page)
			return NULL;
		if (!env.huge_zero_page) {
			env.huge_zero_page = page;
			return page;
		}
		page_put(page, __func__);
		page = env.huge_zero_page;
	}
	page_get(page);
	return page;
}

static bool is_zero_page(const struct page *page)
{
	return page == env.zero_page || page == env.huge_zero_page;
}

/* A transparent huge page may come here: no table of pages is in its place. */
static bool may_be_huge(const struct fault *f)
{
	return f->vma->vm_flags & VM_HUGEPAGE && f->level <= HPT_PMD_LEVEL &&
	       vma_covers_pmd(f->vma, f->addr);
}

static int anon_missing(const struct fault *f)
{
	unsigned int order = may_be_huge(f) ? PMD_ORDER : 0;
	struct page *page = NULL;

	if (!f->write) {
		page = order ? huge_zero_page() : NULL;
		if (page)
			return install(f, HPT_PMD_LEVEL, page, false, " (huge zero page)");
		page_get(env.zero_page);
		return install(f, HPT_LAST_LEVEL, env.zero_page, false, " (zero page)");
	}
	if (order)
		page = user_page(f->mm, f->addr & PMD_MASK, order, __GFP_ZERO);
	if (!page) {
		order = 0;
		page = user_page(f->mm, f->addr, 0, __GFP_ZERO);
	}
	if (!page)
		return -ENOMEM;
	SetPageAnon(page);
	return install(f, level_of_order(order), page, true, order ? " (huge page)" : "");
}

/* hugetlb has pages of one size, and never the zero page. */
static int hugetlb_missing(const struct fault *f)
{
	unsigned int order = (unsigned int)(f->vma->sim_page_shift - PAGE_SHIFT);
	struct page *page =
		user_page(f->mm, ALIGN_DOWN(f->addr, PAGE_SIZE << order), order, __GFP_ZERO);

	if (!page)
		return -ENOMEM;
	SetPageAnon(page);
	return install(f, level_of_order(order), page, f->write, " (hugetlb)");
}

/*
 * The page of the file; a private mapping sees it read-only and gets a copy for a store. A disk file's is
 * read-only until the first store, too, which the file wants to know of.
 */
static int file_missing(const struct fault *f)
{
	u64 index = f->vma->vm_pgoff + ((f->addr - f->vma->vm_start) >> PAGE_SHIFT);
	unsigned int want = 0, order;
	struct page *page, *copy;
	bool writable;
	int err;

	if (f->vma->vm_flags & VM_HUGETLB)
		want = (unsigned int)(f->vma->sim_page_shift - PAGE_SHIFT);
	else if (may_be_huge(f))
		want = PMD_ORDER;
	err = file_page(f->mm, f->vma->vm_file, f->addr, index, want, &page, &order);
	if (err)
		return err == -EAGAIN ? 0 : err;
	if (private(f) && f->write) {
		copy = user_page(f->mm, f->addr, 0, 0);
		if (!copy)
			return -ENOMEM;
		env_copy_user(page_address(copy), page_address(page), PAGE_SIZE);
		SetPageAnon(copy);
		return install(f, HPT_LAST_LEVEL, copy, true, " (copy)");
	}
	if (order > want) /* a huge page of the cache behind a table of pages */
		order = 0;
	page_get(page);
	writable =
		!private(f) && f->vma->vm_flags & VM_WRITE && (f->write || !f->vma->vm_file->disk);
	if (order)
		page = compound_head(page);
	return install(f, level_of_order(order), page, writable, order ? " (huge page)" : "");
}

static int device_missing(const struct fault *f)
{
	u64 pa = (f->vma->vm_pgoff << PAGE_SHIFT) + (f->addr - f->vma->vm_start);
	int err = hpt_set(f->mm->pgd, f->addr, HPT_LAST_LEVEL,
			  hpt_leaf(pa, HPT_LAST_LEVEL, f->vma->vm_flags & VM_WRITE, true));

	if (!err)
		__sim_note(__SIM_MM, "handle_mm_fault", NULL, "hva 0x%lx -> device 0x%llx", f->addr,
			   pa);
	return err;
}

static int fault_missing(const struct fault *f)
{
	if (f->vma->vm_flags & VM_PFNMAP)
		return device_missing(f);
	if (f->vma->vm_file)
		return file_missing(f);
	return f->vma->vm_flags & VM_HUGETLB ? hugetlb_missing(f) : anon_missing(f);
}

/* `to` is zero. */
static void copy_pages(struct page *to, const struct page *from, unsigned int order)
{
	struct page *page;
	u64 i;

	for (i = 0; i < 1ull << order; i++) {
		page = pfn_to_page(from->pfn + i);
		if (!page_is_zero(page))
			env_copy_user(page_address(pfn_to_page(to->pfn + i)), page_address(page),
				      PAGE_SIZE);
	}
}

/* The listeners are told around the replacement of the page. */
static int replace(const struct fault *f, struct page *old, struct page *page)
{
	unsigned long size = hpt_size(f->level), start = ALIGN_DOWN(f->addr, size);

	mn_invalidate_range_start(f->mm, start, start + size, true);
	if (!overtaken(f)) {
		*hpt_walk(f->mm->pgd, f->addr, &(int){ 0 }) =
			hpt_leaf(page_to_phys(page), f->level, true, false);
		__sim_note(__SIM_MM, "handle_mm_fault", NULL, "hva 0x%lx: copy on write, pa 0x%llx",
			   start, page_to_phys(page));
		page = old;
	}
	mn_invalidate_range_end(f->mm, start, start + size);
	page_put(page, __func__);
	return 0;
}

/*
 * A private page that others see, too, is replaced. A transparent huge page that cannot be had, or whose
 * content somebody else keeps, is mapped by pages first, and the store tries again.
 */
static int fault_cow(const struct fault *f, struct page *old)
{
	bool huge = f->level < HPT_LAST_LEVEL, hugetlb = f->vma->vm_flags & VM_HUGETLB;
	unsigned int order = order_of(f->level);
	struct page *page = NULL;

	if (!huge || hugetlb || old == env.huge_zero_page)
		page = user_page(f->mm, ALIGN_DOWN(f->addr, hpt_size(f->level)), order, __GFP_ZERO);
	if (!page)
		return huge && !hugetlb ? mm_split_pmd(f->mm, f->addr) : -ENOMEM;
	SetPageAnon(page);
	if (!is_zero_page(old))
		copy_pages(page, old, order);
	return replace(f, old, page);
}

/* The page is mapped read-only, and the mapping allows the store. */
static int fault_wp(const struct fault *f)
{
	struct page *old;

	if (private(f) && !(f->leaf & HPT_SPECIAL)) {
		old = pfn_to_page((f->leaf & HPT_PA) >> PAGE_SHIFT);
		if (!PageAnon(compound_head(old)) || mm_shared_with_child(f->mm, f->addr, old))
			return fault_cow(f, old);
	}
	/* Nobody else has the page: writable in place, no notifier. */
	*hpt_walk(f->mm->pgd, f->addr, &(int){ 0 }) |= HPT_WRITE;
	__sim_note(__SIM_MM, "handle_mm_fault", NULL, "hva 0x%lx: writable in place", f->addr);
	return 0;
}

static bool allows(const struct vm_area_struct *vma, bool write)
{
	return vma && vma->vm_flags & (write ? VM_WRITE : VM_READ);
}

int mm_fault(struct mm_struct *mm, unsigned long addr, bool write)
{
	struct fault f = { .mm = mm, .addr = addr & PAGE_MASK, .write = write };
	int err;

	f.vma = vma_lookup(mm, addr);
	if (!allows(f.vma, write))
		return -EFAULT;
	for (;;) {
		f.leaf = mm_leaf(mm, addr, &f.level);
		if (f.leaf & HPT_POISON)
			return -EHWPOISON;
		if (f.leaf && (!write || f.leaf & HPT_WRITE))
			return 0;
		err = f.leaf ? fault_wp(&f) : fault_missing(&f);
		if (err)
			return err;
	}
}
