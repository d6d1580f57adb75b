/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mappings of the VMM: create, remove, change.
 *
 * Locks: mmap_lock for write around changes of the list; notifiers run with it held, as in the
 * kernel.
 */
#include "mm.h"
#include "env.h"
#include "hostpt.h"
#include "sparse.h"

#include <linux/slab.h>
#include <linux/string.h>

struct mm_struct *mm_new(void)
{
	struct sim_mm *mm = env_alloc(sizeof(*mm));

	if (!mm)
		return NULL;
	mm->mm.pgd = sparse_new();
	if (!mm->mm.pgd) {
		env_free(mm, sizeof(*mm));
		return NULL;
	}
	__sim_lock_init(&mm->mm.mmap_lock.dep, "mmap_lock", false);
	__sim_lock_rank(&mm->mm.mmap_lock.dep, 70);
	return &mm->mm;
}

void mm_zap(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	unsigned long addr = start;
	int level;
	u64 *leaf;

	while ((leaf = hpt_next(mm->pgd, &addr, end, &level))) {
		u64 old = *leaf;

		*leaf = 0;
		if (!(old & HPT_SPECIAL))
			page_put(pfn_to_page((old & HPT_PA) >> PAGE_SHIFT), "zap_pte_range");
		addr += hpt_size(level);
	}
}

void mm_free(struct mm_struct *mm)
{
	unsigned int i;

	if (!mm)
		return;
	mm_free(to_sim_mm(mm)->child);
	mm_zap(mm, 0, ~0ul);
	hpt_free(mm->pgd);
	for (i = 0; i < mm->nr_vmas; i++)
		file_put(mm->vmas[i].vm_file);
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

bool vma_covers_pmd(const struct vm_area_struct *vma, unsigned long addr)
{
	unsigned long block = addr & PMD_MASK;

	if (block < vma->vm_start || vma->vm_end - block < PMD_SIZE)
		return false;
	return !vma->vm_file ||
	       !(((vma->vm_start >> PAGE_SHIFT) - vma->vm_pgoff) & ((1ul << PMD_ORDER) - 1));
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
	env_memmove(&mm->vmas[at + 1], &mm->vmas[at], (mm->nr_vmas - at) * sizeof(mm->vmas[0]));
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
		if (addr & ((1ul << mm->vmas[i].sim_page_shift) - 1))
			return -EINVAL;
		err = mm_split_at(mm, addr);
		if (err)
			return err;
		tail = mm->vmas[i];
		tail.vm_start = addr;
		if (tail.vm_file || tail.vm_flags & VM_PFNMAP)
			tail.vm_pgoff += (addr - mm->vmas[i].vm_start) >> PAGE_SHIFT;
		err = vma_insert(mm, i + 1, tail);
		if (err)
			return err;
		file_get(tail.vm_file);
		mm->vmas[i].vm_end = addr;
		return 0;
	}
	return 0;
}

static int vma_add(struct mm_struct *mm, struct vm_area_struct vma)
{
	unsigned int at = 0;
	int err;

	mmap_write_lock(mm);
	while (at < mm->nr_vmas && mm->vmas[at].vm_end <= vma.vm_start)
		at++;
	if (at < mm->nr_vmas && mm->vmas[at].vm_start < vma.vm_end)
		err = -EEXIST;
	else
		err = vma_insert(mm, at, vma);
	mmap_write_unlock(mm);
	return err;
}

int mm_map(struct mm_struct *mm, const struct mm_mapping *map)
{
	short shift = map->flags & VM_HUGETLB ? map->page_shift : PAGE_SHIFT;
	struct vm_area_struct vma = {
		.vm_start = map->start,
		.vm_end = map->start + map->size,
		.vm_flags = map->flags,
		.vm_mm = mm,
		.sim_page_shift = shift,
		.vm_page_prot = __pgprot(PTE_ATTRINDX(map->memory_type)),
	};
	int err = check_range(map->start, map->size);

	if (shift != PAGE_SHIFT && shift != PMD_SHIFT && shift != PUD_SHIFT)
		return -EINVAL;
	if (err || (map->start | map->size) & ((1ul << shift) - 1))
		return -EINVAL;
	if (map->flags & VM_PFNMAP) {
		if (map->pa & ~HPT_PA || map->pa + map->size < map->pa)
			return -EINVAL;
		vma.vm_pgoff = map->pa >> PAGE_SHIFT;
	} else if (map->disk || map->flags & VM_SHARED) {
		vma.vm_file = file_new(map->disk);
		if (!vma.vm_file)
			return -ENOMEM;
	}
	err = vma_add(mm, vma);
	if (err)
		file_put(vma.vm_file);
	return err;
}

static int split_both(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	int err = vma_split(mm, start);

	return err ? err : vma_split(mm, end);
}

/* Both ends are borders: take the mappings in between off the list. */
static void vma_remove(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	unsigned int i, kept = 0;

	for (i = 0; i < mm->nr_vmas; i++) {
		if (mm->vmas[i].vm_end <= start || mm->vmas[i].vm_start >= end)
			mm->vmas[kept++] = mm->vmas[i];
		else
			file_put(mm->vmas[i].vm_file);
	}
	mm->nr_vmas = kept;
}

int mm_unmap(struct mm_struct *mm, unsigned long start, unsigned long size)
{
	unsigned long end = start + size;
	int err = check_range(start, size);

	if (err)
		return err;
	mmap_write_lock(mm);
	err = split_both(mm, start, end);
	if (!err) {
		mn_invalidate_range_start(mm, start, end, true);
		mm_zap(mm, start, end);
		mn_invalidate_range_end(mm, start, end);
		hpt_prune(mm->pgd, start, end);
		vma_remove(mm, start, end);
	}
	mmap_write_unlock(mm);
	__sim_note(__SIM_MM, "munmap", NULL, "[0x%lx, 0x%lx) -> %d", start, end, err);
	return err;
}

/* Permission is taken away at once; given ones are found by the next fault. */
static void restrict_leaves(struct mm_struct *mm, unsigned long start, unsigned long end,
			    vm_flags_t flags)
{
	unsigned long addr = start;
	int level;
	u64 *leaf;

	for (; (leaf = hpt_next(mm->pgd, &addr, end, &level)); addr += hpt_size(level)) {
		if (*leaf & HPT_POISON)
			continue;
		if (!(flags & VM_WRITE))
			*leaf &= ~HPT_WRITE;
		if (flags & (VM_READ | VM_WRITE))
			*leaf |= HPT_VALID | (level == HPT_LAST_LEVEL ? HPT_PAGE : 0);
		else
			*leaf &= ~(HPT_VALID | HPT_PAGE);
	}
}

/* Both ends are borders: is all of it mapped? */
static bool all_mapped(const struct mm_struct *mm, unsigned long start, unsigned long end)
{
	unsigned long covered = 0;
	unsigned int i;

	for (i = 0; i < mm->nr_vmas; i++)
		if (mm->vmas[i].vm_start >= start && mm->vmas[i].vm_end <= end)
			covered += mm->vmas[i].vm_end - mm->vmas[i].vm_start;
	return covered == end - start;
}

int mm_protect(struct mm_struct *mm, unsigned long start, unsigned long size, vm_flags_t flags)
{
	unsigned long end = start + size, first = start;
	unsigned int i;
	bool mapped;
	int err = check_range(start, size), level;

	if (err)
		return err;
	mmap_write_lock(mm);
	err = split_both(mm, start, end);
	if (!err && !all_mapped(mm, start, end))
		err = -ENOMEM;
	if (!err) {
		for (i = 0; i < mm->nr_vmas; i++)
			if (mm->vmas[i].vm_start >= start && mm->vmas[i].vm_end <= end)
				mm->vmas[i].vm_flags =
					(mm->vmas[i].vm_flags & ~(VM_READ | VM_WRITE)) | flags;
		mapped = hpt_next(mm->pgd, &first, end, &level);
		if (mapped)
			mn_invalidate_range_start(mm, start, end, true);
		restrict_leaves(mm, start, end, flags);
		if (mapped)
			mn_invalidate_range_end(mm, start, end);
	}
	mmap_write_unlock(mm);
	__sim_note(__SIM_MM, "mprotect", NULL, "[0x%lx, 0x%lx) %s%s -> %d", start, end,
		   flags & VM_READ ? "r" : "-", flags & VM_WRITE ? "w" : "-", err);
	return err;
}
