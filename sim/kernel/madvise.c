/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What changes the VMM's page table behind its back or by its advice: madvise(), huge pages made and split,
 * fork(). All of it tells the listeners (dispatch sheet, G5).
 */
#include "env.h"
#include "hostpt.h"
#include "mm.h"
#include "sparse.h"

#include <linux/string.h>

static int check(unsigned long start, unsigned long size)
{
	return !size || (start | size) & ~PAGE_MASK || start + size < start ? -EINVAL : 0;
}

static struct page *page_of(u64 leaf)
{
	return pfn_to_page((leaf & HPT_PA) >> PAGE_SHIFT);
}

/* Call fn for the part of each mapping in [start, end): its first error, or -ENOMEM when there are holes. */
static int each_vma(struct mm_struct *mm, unsigned long start, unsigned long end,
		    int (*fn)(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long start,
			      unsigned long end))
{
	struct vm_area_struct *vma;
	unsigned long to;
	bool hole = false;
	int err = 0;

	while (!err && start < end && (vma = find_vma_intersection(mm, start, end))) {
		hole |= vma->vm_start > start;
		to = min(end, vma->vm_end);
		err = fn(mm, vma, max(start, vma->vm_start), to);
		start = to;
	}
	return err ? err : hole || start < end ? -ENOMEM : 0;
}

/* Split */

/* Each page of the block has the reference of its own entry, on the compound page. */
static int fill_table(struct mm_struct *mm, unsigned long block, u64 leaf)
{
	struct page *page = page_of(leaf), *of;
	bool zero = page == env.huge_zero_page;
	unsigned long i;
	u64 pa;
	int err;

	for (i = 0; i < PTRS_PER_PTE; i++) {
		of = zero ? env.zero_page : page;
		pa = zero ? page_to_phys(of) : (leaf & HPT_PA) + i * PAGE_SIZE;
		pa = hpt_leaf(pa, HPT_LAST_LEVEL, leaf & HPT_WRITE, false);
		if (!(leaf & HPT_VALID)) /* PROT_NONE */
			pa &= ~(HPT_VALID | HPT_PAGE);
		err = hpt_set(mm->pgd, block + i * PAGE_SIZE, HPT_LAST_LEVEL, pa);
		if (err)
			return err;
		if (zero || i)
			page_get(of);
	}
	if (zero)
		page_put(page, __func__);
	return 0;
}

int mm_split_pmd(struct mm_struct *mm, unsigned long addr)
{
	unsigned long block = addr & PMD_MASK;
	int err = 0, level;
	u64 leaf;

	if (!mm_leaf(mm, block, &level) || level != HPT_PMD_LEVEL)
		return 0;
	mn_invalidate_range_start(mm, block, block + PMD_SIZE, true);
	leaf = mm_leaf(mm, block, &level);
	if (leaf && level == HPT_PMD_LEVEL) {
		hpt_clear(mm->pgd, block);
		err = fill_table(mm, block, leaf);
		if (err) /* the first entry needed a table: nothing else has changed */
			hpt_set(mm->pgd, block, HPT_PMD_LEVEL, leaf);
		__sim_note(__SIM_MM, "split_huge_pmd", NULL, "hva 0x%lx -> %d", block, err);
	}
	mn_invalidate_range_end(mm, block, block + PMD_SIZE);
	return err;
}

int mm_split_at(struct mm_struct *mm, unsigned long addr)
{
	int level;

	if (!mm_leaf(mm, addr, &level) || !(addr & (hpt_size(level) - 1)))
		return 0;
	return level == HPT_PMD_LEVEL ? mm_split_pmd(mm, addr) : -EINVAL;
}

static int split_range(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long start,
		       unsigned long end)
{
	unsigned long addr;
	int err = 0;

	if (vma->vm_flags & (VM_HUGETLB | VM_PFNMAP))
		return -EINVAL;
	for (addr = start & PMD_MASK; !err && addr < end; addr += PMD_SIZE)
		err = mm_split_pmd(mm, addr);
	return err;
}

int mm_split(struct mm_struct *mm, unsigned long start, unsigned long size)
{
	int err = check(start, size);

	if (err)
		return err;
	mmap_read_lock(mm);
	err = each_vma(mm, start, start + size, split_range);
	mmap_read_unlock(mm);
	return err;
}

/* Collapse */

/* The table of pages at block is detached: nobody else can use a page of it unless he has a reference. */
static bool only_ours(const u64 *leaves)
{
	struct page *page, *head = NULL;
	unsigned int i;
	int run = 0;

	/* A compound page, split before, has a reference for each of its entries, which lie side by side. */
	for (i = 0; i < PTRS_PER_PTE; i++) {
		if (leaves[i] && !(leaves[i] & HPT_VALID))
			return false;
		page = leaves[i] ? compound_head(page_of(leaves[i])) : NULL;
		if (page == head) {
			run++;
			continue;
		}
		if (head && head != env.zero_page && page_count(head) != run)
			return false;
		head = page;
		run = 1;
	}
	return !head || head == env.zero_page || page_count(head) == run;
}

static void copy_in(struct page *huge, const u64 *leaves)
{
	struct page *page;
	unsigned int i;

	for (i = 0; i < PTRS_PER_PTE; i++) {
		if (!leaves[i])
			continue;
		page = page_of(leaves[i]);
		if (page != env.zero_page && !page_is_zero(page))
			env_copy_user(page_address(pfn_to_page(huge->pfn + i)), page_address(page),
				      PAGE_SIZE);
		page_put(page, "collapse_huge_page");
	}
}

static void detach(struct mm_struct *mm, unsigned long block, u64 *leaves)
{
	unsigned long i;
	int level;

	mn_invalidate_range_start(mm, block, block + PMD_SIZE, true);
	for (i = 0; i < PTRS_PER_PTE; i++) {
		leaves[i] = mm_leaf(mm, block + i * PAGE_SIZE, &level);
		if (leaves[i])
			hpt_clear(mm->pgd, block + i * PAGE_SIZE);
	}
	mn_invalidate_range_end(mm, block, block + PMD_SIZE);
}

/* mmap_lock held for write: no fault comes in between, only who has a page already. */
static int collapse_block(struct mm_struct *mm, const struct vm_area_struct *vma,
			  unsigned long block, u64 *leaves)
{
	struct page *huge = user_page(mm, block, PMD_ORDER, __GFP_ZERO);
	unsigned long i;
	int err = 0;

	if (!huge)
		return -ENOMEM;
	detach(mm, block, leaves);
	if (!only_ours(leaves)) {
		for (i = 0; i < PTRS_PER_PTE; i++)
			if (leaves[i])
				hpt_set(mm->pgd, block + i * PAGE_SIZE, HPT_LAST_LEVEL, leaves[i]);
		err = -EBUSY;
	} else {
		err = hpt_set(mm->pgd, block, HPT_PMD_LEVEL,
			      hpt_leaf(page_to_phys(huge), HPT_PMD_LEVEL, vma->vm_flags & VM_WRITE,
				       false));
		SetPageAnon(huge);
		copy_in(huge, leaves);
	}
	if (err)
		page_put(huge, __func__);
	__sim_note(__SIM_MM, "collapse_huge_page", NULL, "hva 0x%lx -> %d", block, err);
	return err;
}

static int collapse_range(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long start,
			  unsigned long end)
{
	unsigned long block = ALIGN(start, PMD_SIZE), first = start;
	u64 *leaves;
	int err = 0, level;

	/* Of shared memory the page cache would have to be rebuilt. */
	if (vma->vm_file || vma->vm_flags & (VM_HUGETLB | VM_PFNMAP) || block >= end ||
	    end - block < PMD_SIZE || !(vma->vm_flags & (VM_READ | VM_WRITE)) ||
	    !hpt_next(mm->pgd, &first, end, &level))
		return -EINVAL;
	leaves = env_alloc(PTRS_PER_PTE * sizeof(*leaves));
	if (!leaves)
		return -ENOMEM;
	for (; !err && block < end && end - block >= PMD_SIZE; block += PMD_SIZE)
		if (!mm_leaf(mm, block, &level) || level != HPT_PMD_LEVEL)
			err = collapse_block(mm, vma, block, leaves);
	env_free(leaves, PTRS_PER_PTE * sizeof(*leaves));
	return err;
}

int mm_collapse(struct mm_struct *mm, unsigned long start, unsigned long size)
{
	int err = check(start, size);

	if (err)
		return err;
	mmap_write_lock(mm);
	err = each_vma(mm, start, start + size, collapse_range);
	mmap_write_unlock(mm);
	return err;
}

/* Advice */

static int dontneed_range(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long start,
			  unsigned long end)
{
	int err;

	if (vma->vm_flags & VM_PFNMAP || (start | end) & ((1ul << vma->sim_page_shift) - 1))
		return -EINVAL;
	err = mm_split_at(mm, start);
	if (!err)
		err = mm_split_at(mm, end);
	if (err)
		return err;
	mn_invalidate_range_start(mm, start, end, true);
	mm_zap(mm, start, end);
	mn_invalidate_range_end(mm, start, end);
	return 0;
}

int mm_dontneed(struct mm_struct *mm, unsigned long start, unsigned long size)
{
	int err = check(start, size);

	if (err)
		return err;
	mmap_read_lock(mm);
	err = each_vma(mm, start, start + size, dontneed_range);
	mmap_read_unlock(mm);
	__sim_note(__SIM_MM, "madvise", NULL, "MADV_DONTNEED [0x%lx, 0x%lx) -> %d", start,
		   start + size, err);
	return err;
}

static int huge_range(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long start,
		      unsigned long end)
{
	if (vma->vm_flags & (VM_HUGETLB | VM_PFNMAP))
		return -EINVAL;
	vma->vm_flags |= VM_HUGEPAGE;
	return 0;
}

static int not_huge_range(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long start,
			  unsigned long end)
{
	vma->vm_flags &= ~VM_HUGEPAGE;
	return 0;
}

/* Advice for a part of a mapping is taken for all of it. */
int mm_hugepage(struct mm_struct *mm, unsigned long start, unsigned long size, bool huge)
{
	int err = check(start, size);

	if (err)
		return err;
	mmap_write_lock(mm);
	err = each_vma(mm, start, start + size, huge ? huge_range : not_huge_range);
	mmap_write_unlock(mm);
	return err;
}

/* Broken memory */

int mm_poison(struct mm_struct *mm, unsigned long addr)
{
	unsigned long size, start;
	int level, err;
	u64 leaf;

	addr &= PAGE_MASK;
	mmap_write_lock(mm);
	/* Of transparent huge pages one frame is lost, of hugetlb's the whole page. */
	err = vma_lookup(mm, addr) ? 0 : -EINVAL;
	if (!err && !(vma_lookup(mm, addr)->vm_flags & VM_HUGETLB))
		err = mm_split_pmd(mm, addr);
	leaf = mm_leaf(mm, addr, &level);
	if (!err && (!(leaf & HPT_VALID) || leaf & HPT_SPECIAL || page_of(leaf) == env.zero_page))
		err = -EINVAL;
	if (!err) {
		size = hpt_size(level);
		start = ALIGN_DOWN(addr, size);
		SetPageHWPoison(pfn_to_page(leaf_pa(leaf, addr, level) >> PAGE_SHIFT));
		mn_invalidate_range_start(mm, start, start + size, true);
		*hpt_walk(mm->pgd, addr, &level) = (leaf & HPT_PA) | HPT_PRESENT | HPT_POISON;
		mn_invalidate_range_end(mm, start, start + size);
	}
	mmap_write_unlock(mm);
	__sim_note(__SIM_MM, "memory_failure", NULL, "hva 0x%lx -> %d", addr, err);
	return err;
}

/* fork() */

static int share_range(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long start,
		       unsigned long end)
{
	struct mm_struct *child = to_sim_mm(mm)->child;
	unsigned long addr = start;
	int level, err = 0;
	u64 *leaf;

	if (vma->vm_flags & (VM_SHARED | VM_PFNMAP))
		return 0;
	mn_invalidate_range_start(mm, start, end, true);
	for (; !err && (leaf = hpt_next(mm->pgd, &addr, end, &level)); addr += hpt_size(level)) {
		*leaf &= ~HPT_WRITE;
		if (*leaf & HPT_SPECIAL)
			continue;
		err = hpt_set(child->pgd, addr, level, *leaf);
		if (!err)
			page_get(page_of(*leaf));
	}
	mn_invalidate_range_end(mm, start, end);
	return err;
}

bool mm_shared_with_child(struct mm_struct *mm, unsigned long addr, const struct page *page)
{
	struct mm_struct *child = to_sim_mm(mm)->child;
	u64 leaf;
	int level;

	leaf = child ? mm_leaf(child, addr, &level) : 0;
	return leaf && compound_head(page_of(leaf)) == compound_head(page);
}

int mm_fork(struct mm_struct *mm)
{
	int err = 0;
	unsigned int i;

	mmap_write_lock(mm);
	if (to_sim_mm(mm)->child)
		err = -EBUSY;
	if (!err) {
		to_sim_mm(mm)->child = mm_new();
		err = to_sim_mm(mm)->child ? 0 : -ENOMEM;
	}
	for (i = 0; !err && i < mm->nr_vmas; i++)
		err = share_range(mm, &mm->vmas[i], mm->vmas[i].vm_start, mm->vmas[i].vm_end);
	if (err && err != -EBUSY) {
		mm_free(to_sim_mm(mm)->child);
		to_sim_mm(mm)->child = NULL;
	}
	mmap_write_unlock(mm);
	__sim_note(__SIM_MM, "fork", NULL, "-> %d", err);
	return err;
}

int mm_reap(struct mm_struct *mm)
{
	struct mm_struct *child;

	mmap_write_lock(mm);
	child = to_sim_mm(mm)->child;
	to_sim_mm(mm)->child = NULL;
	mmap_write_unlock(mm);
	mm_free(child);
	__sim_note(__SIM_MM, "wait4", NULL, "the child has ended");
	return child ? 0 : -ECHILD;
}
