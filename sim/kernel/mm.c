/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mappings of the VMM: create, remove, change, and the list of placements.
 *
 * Locks: mmap_lock for write around changes of the list; notifiers run with it held, as in the
 * kernel. Pages of a mapping live in the page-table map only: nothing else maps them.
 */
#include "env.h"
#include "mm.h"
#include "sparse.h"

#include <linux/slab.h>
#include <linux/string.h>

int placement_add(struct placements *p, u64 at, u64 size, u64 base)
{
	int err;

	if ((at | size | base) & ~PAGE_MASK || !size)
		return -EINVAL;
	if (!env_grow((void **)&p->list, &p->max, p->nr + 1, sizeof(p->list[0])))
		return -ENOMEM;
	err = page_reserve(base, size);
	if (!err)
		p->list[p->nr++] = (struct placement){ at, size, base };
	return err;
}

void placement_free(struct placements *p)
{
	env_free(p->list, p->max * sizeof(p->list[0]));
	*p = (struct placements){ 0 };
}

struct page *placed_page(const struct placements *p, u64 at, gfp_t gfp, const char *owner)
{
	struct page *page = NULL;
	unsigned int i;

	for (i = p->nr; i-- > 0 && !page;) {
		const struct placement *place = &p->list[i];

		if (at < place->at || at - place->at >= place->size)
			continue;
		if (gfpflags_allow_blocking(gfp))
			__sim_might_sleep(owner);
		__sim_sched("page allocation");
		if (__sim_choose("fail", 2, "GFP_KERNEL page"))
			return NULL;
		page = page_take_reserved(place->pa + (at - place->at), gfp & __GFP_ZERO, owner);
		if (page)
			__sim_note(__SIM_PAGE, "alloc_pages", owner, "placed page -> 0x%llx",
				   page_to_phys(page));
	}
	return page ? page : __sim_alloc_pages(gfp, 0, owner);
}

struct mm_struct *mm_new(void)
{
	struct sim_mm *mm = env_alloc(sizeof(*mm));

	if (!mm)
		return NULL;
	mm->mm.ptes = sparse_new();
	if (!mm->mm.ptes) {
		env_free(mm, sizeof(*mm));
		return NULL;
	}
	__sim_lock_init(&mm->mm.mmap_lock.dep, "mmap_lock", false);
	__sim_lock_rank(&mm->mm.mmap_lock.dep, 70);
	return &mm->mm;
}

static void zap(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	u64 key = start >> PAGE_SHIFT;
	struct sim_pte *pte;

	while ((pte = sparse_next(mm->ptes, &key, end >> PAGE_SHIFT))) {
		sparse_del(mm->ptes, key);
		page_put(pte->page, "zap_pte_range");
		env_free(pte, sizeof(*pte));
	}
}

void mm_free(struct mm_struct *mm)
{
	if (!mm)
		return;
	zap(mm, 0, ~0ul);
	sparse_free(mm->ptes);
	env_free(mm->vmas, mm->max_vmas * sizeof(mm->vmas[0]));
	placement_free(&to_sim_mm(mm)->placed);
	env_free(to_sim_mm(mm), sizeof(struct sim_mm));
}

struct vm_area_struct *find_vma_intersection(struct mm_struct *mm, unsigned long start,
					     unsigned long end)
{
	unsigned int i;

	mmap_assert_locked(mm);
	for (i = 0; i < mm->nr_vmas; i++)
		if (mm->vmas[i].vm_end > start)
			return mm->vmas[i].vm_start < end ? &mm->vmas[i] : NULL;
	return NULL;
}

struct vm_area_struct *vma_lookup(struct mm_struct *mm, unsigned long addr)
{
	return find_vma_intersection(mm, addr, addr + 1);
}

static int check_range(unsigned long start, unsigned long size)
{
	if (!size || (start | size) & ~PAGE_MASK || start + size < start)
		return -EINVAL;
	return 0;
}

static int vma_insert(struct mm_struct *mm, unsigned int at, struct vm_area_struct vma)
{
	if (!env_grow((void **)&mm->vmas, &mm->max_vmas, mm->nr_vmas + 1, sizeof(mm->vmas[0])))
		return -ENOMEM;
	memmove(&mm->vmas[at + 1], &mm->vmas[at], (mm->nr_vmas - at) * sizeof(mm->vmas[0]));
	mm->nr_vmas++;
	mm->vmas[at] = vma;
	return 0;
}

/* Make `addr` a border between mappings. */
static int vma_split(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct tail;
	unsigned int i;
	int err;

	for (i = 0; i < mm->nr_vmas; i++) {
		if (mm->vmas[i].vm_start >= addr || mm->vmas[i].vm_end <= addr)
			continue;
		tail = mm->vmas[i];
		tail.vm_start = addr;
		err = vma_insert(mm, i + 1, tail);
		if (!err)
			mm->vmas[i].vm_end = addr;
		return err;
	}
	return 0;
}

int mm_map(struct mm_struct *mm, unsigned long start, unsigned long size, vm_flags_t flags)
{
	unsigned int at = 0;
	int err = check_range(start, size);

	if (err)
		return err;
	mmap_write_lock(mm);
	while (at < mm->nr_vmas && mm->vmas[at].vm_end <= start)
		at++;
	if (at < mm->nr_vmas && mm->vmas[at].vm_start < start + size)
		err = -EEXIST;
	else
		err = vma_insert(mm, at,
				 (struct vm_area_struct){ .vm_start = start,
							  .vm_end = start + size,
							  .vm_flags = flags,
							  .vm_mm = mm });
	mmap_write_unlock(mm);
	return err;
}

static int split_both(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	int err = vma_split(mm, start);

	return err ? err : vma_split(mm, end);
}

static bool any_pte(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	u64 key = start >> PAGE_SHIFT;

	return sparse_next(mm->ptes, &key, end >> PAGE_SHIFT);
}

int mm_unmap(struct mm_struct *mm, unsigned long start, unsigned long size)
{
	unsigned long end = start + size;
	unsigned int i, kept = 0;
	int err = check_range(start, size);

	if (err)
		return err;
	mmap_write_lock(mm);
	err = split_both(mm, start, end);
	if (!err) {
		for (i = 0; i < mm->nr_vmas; i++)
			if (mm->vmas[i].vm_end <= start || mm->vmas[i].vm_start >= end)
				mm->vmas[kept++] = mm->vmas[i];
		mm->nr_vmas = kept;
		mn_invalidate_range_start(mm, start, end, true);
		zap(mm, start, end);
		mn_invalidate_range_end(mm, start, end);
	}
	mmap_write_unlock(mm);
	__sim_note(__SIM_MM, "munmap", NULL, "[0x%lx, 0x%lx) -> %d", start, end, err);
	return err;
}

/* Permission is taken away at once; given ones are found by the next fault. */
static void restrict_ptes(struct mm_struct *mm, unsigned long start, unsigned long end,
			  vm_flags_t flags)
{
	u64 key = start >> PAGE_SHIFT;
	struct sim_pte *pte;

	for (; (pte = sparse_next(mm->ptes, &key, end >> PAGE_SHIFT)); key++)
		if (!(flags & VM_WRITE))
			pte->writable = false;
}

int mm_protect(struct mm_struct *mm, unsigned long start, unsigned long size, vm_flags_t flags)
{
	unsigned long end = start + size, covered = 0;
	unsigned int i;
	bool mapped;
	int err = check_range(start, size);

	if (err)
		return err;
	mmap_write_lock(mm);
	err = split_both(mm, start, end);
	for (i = 0; !err && i < mm->nr_vmas; i++) {
		if (mm->vmas[i].vm_start < start || mm->vmas[i].vm_end > end)
			continue;
		covered += mm->vmas[i].vm_end - mm->vmas[i].vm_start;
	}
	if (!err && covered != size)
		err = -ENOMEM;
	if (!err) {
		for (i = 0; i < mm->nr_vmas; i++)
			if (mm->vmas[i].vm_start >= start && mm->vmas[i].vm_end <= end)
				mm->vmas[i].vm_flags =
					(mm->vmas[i].vm_flags & ~(VM_READ | VM_WRITE)) | flags;
		mapped = any_pte(mm, start, end);
		if (mapped)
			mn_invalidate_range_start(mm, start, end, true);
		restrict_ptes(mm, start, end, flags);
		if (mapped)
			mn_invalidate_range_end(mm, start, end);
	}
	mmap_write_unlock(mm);
	__sim_note(__SIM_MM, "mprotect", NULL, "[0x%lx, 0x%lx) %s%s -> %d", start, end,
		   flags & VM_READ ? "r" : "-", flags & VM_WRITE ? "w" : "-", err);
	return err;
}
