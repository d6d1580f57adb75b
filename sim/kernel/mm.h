/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A VMM's address space: mappings of every kind, their page table, faults.
 */
#ifndef SIM_KERNEL_MM_H
#define SIM_KERNEL_MM_H

#include <asm/kvm_pgtable.h>
#include <linux/mm.h>

#define PMD_ORDER (PMD_SHIFT - PAGE_SHIFT)

/* "The pages that back [at, at + size) shall be those at pa": byte addresses or offsets. */
struct placement {
	u64 at, size, pa;
};
struct placements {
	struct placement *list;
	unsigned int nr, max;
};
int placement_add(struct placements *p, u64 at, u64 size, u64 pa);
void placement_free(struct placements *p);
/*
 * 2^order pages for `at`, which is aligned to them: the placed ones when a placement says so and they are
 * free, else any. More than one page: compound. Zeroed when asked. NULL when there are none.
 */
struct page *placed_pages(const struct placements *p, u64 at, unsigned int order, gfp_t gfp,
			  const char *owner);
static inline struct page *placed_page(const struct placements *p, u64 at, gfp_t gfp,
				       const char *owner)
{
	return placed_pages(p, at, 0, gfp, owner);
}

struct sim_mm {
	struct mm_struct mm;
	struct placements placed;
	struct mm_struct *child; /* shares the pages of private mappings since mm_fork() */
};
#define to_sim_mm(m) container_of(m, struct sim_mm, mm)

/* What a shared or a file mapping shows: one object for all its mappings. mmap_lock. */
struct sim_file {
	unsigned int users;
	bool disk;                /* has content, and wants to know of the first store to a page */
	struct sim_sparse *pages; /* page index of the first frame -> struct page */
};
struct sim_file *file_new(bool disk);
void file_get(struct sim_file *file);
/* The last one frees the pages. NULL is fine. */
void file_put(struct sim_file *file);
/*
 * The page of `index`, made when missing: of that order when it is aligned and nothing smaller is there.
 * *page is a frame of the page cache, without a reference, and *order that of its page. -ENOMEM.
 */
int file_page(struct mm_struct *mm, struct sim_file *file, unsigned long addr, u64 index,
	      unsigned int want, struct page **page, unsigned int *order);

struct mm_struct *mm_new(void);
/* Everything unmapped, without telling anybody. */
void mm_free(struct mm_struct *mm);

/* What mm_map() maps; the flags' kinds are those of G7. */
struct mm_mapping {
	unsigned long start, size;
	vm_flags_t flags;
	bool disk;        /* a file with content; else anonymous */
	short page_shift; /* of VM_HUGETLB: PMD_SHIFT or PUD_SHIFT; else ignored */
	u64 pa;           /* of VM_PFNMAP */
	u8 memory_type;   /* MT_* */
};
/* -EINVAL: not aligned; -EEXIST: overlaps; -ENOMEM. */
int mm_map(struct mm_struct *mm, const struct mm_mapping *map);
/* -EINVAL: not aligned to what is mapped there; -ENOMEM. Bounds that cut a huge page split it. */
int mm_unmap(struct mm_struct *mm, unsigned long start, unsigned long size);
/* As mm_unmap(); -ENOMEM where nothing is mapped. flags: VM_READ, VM_WRITE. */
int mm_protect(struct mm_struct *mm, unsigned long start, unsigned long size, vm_flags_t flags);
int mm_user_access(struct mm_struct *mm, unsigned long addr, void *buf, unsigned long size,
		   bool write);

/* madvise.c; mmap_lock is taken there. -EINVAL, -ENOMEM (a hole, or no memory). */
int mm_dontneed(struct mm_struct *mm, unsigned long start, unsigned long size);
int mm_hugepage(struct mm_struct *mm, unsigned long start, unsigned long size, bool huge);
/* Each PMD of the range becomes one huge page. -EBUSY: a page of it is used by somebody else. */
int mm_collapse(struct mm_struct *mm, unsigned long start, unsigned long size);
/* Each huge page of the range is mapped by pages from now on. */
int mm_split(struct mm_struct *mm, unsigned long start, unsigned long size);
/* fork(): a child that shares private pages, until mm_reap(). -EBUSY: there is one. */
int mm_fork(struct mm_struct *mm);
/* The child is gone. -ECHILD: there is none. */
int mm_reap(struct mm_struct *mm);
/*
 * memory_failure() of the page at addr: it is taken from everybody, and never given out again. -EINVAL: no page
 * of the VMM's own is there.
 */
int mm_poison(struct mm_struct *mm, unsigned long addr);
/* The page at addr belongs to the child, too. */
bool mm_shared_with_child(struct mm_struct *mm, unsigned long addr, const struct page *page);

/* Drop the leaves of [start, end); no leaf sticks out. No notifier. */
void mm_zap(struct mm_struct *mm, unsigned long start, unsigned long end);
/* Map by pages what one PMD entry maps at addr; told to the listeners. Nothing to do: 0. -ENOMEM. */
int mm_split_pmd(struct mm_struct *mm, unsigned long addr);
/* Split whatever huge page `addr` is inside of. -EINVAL: it is one of hugetlb. */
int mm_split_at(struct mm_struct *mm, unsigned long addr);
/* The whole PMD around addr is in the mapping, at the same offset of the file. */
bool vma_covers_pmd(const struct vm_area_struct *vma, unsigned long addr);
/* New memory for the user; addr is aligned to the order. */
struct page *user_page(struct mm_struct *mm, unsigned long addr, unsigned int order, gfp_t zero);

/* The frame behind addr of a leaf of that level. */
u64 leaf_pa(u64 leaf, unsigned long addr, int level);

/* Handle a fault of the VMM or of the kernel on its behalf at addr; 0, -EFAULT, -ENOMEM, -EHWPOISON. */
int mm_fault(struct mm_struct *mm, unsigned long addr, bool write);
/* The leaf that translates addr, 0: none. PROT_NONE is one without HPT_VALID. */
u64 mm_leaf(struct mm_struct *mm, unsigned long addr, int *level);

/* notifier.c: around a change of the host's page table. */
void mn_invalidate_range_start(struct mm_struct *mm, unsigned long start, unsigned long end,
			       bool blockable);
/* Perhaps one of the page behind gfn, between two steps of a fault. Called without mmu_lock; may sleep. */
void mn_may_invalidate(struct kvm *kvm, const struct kvm_memory_slot *slot, gfn_t gfn,
		       const char *caller);
void mn_invalidate_range_end(struct mm_struct *mm, unsigned long start, unsigned long end);
/* Has a listener used [start, end) lately? `clear`: it is old from now on. No invalidation. */
bool mn_young(struct mm_struct *mm, unsigned long start, unsigned long end, bool clear);

#endif
