/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A VMM's address space: anonymous mappings, private and shared.
 */
#ifndef SIM_KERNEL_MM_H
#define SIM_KERNEL_MM_H

#include <linux/mm.h>

/* What the host's page table has for one page. */
struct sim_pte {
	struct page *page;
	bool writable;
};

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
/* The page for `at`: the placed one when a placement says so, else any. Zeroed when asked. */
struct page *placed_page(const struct placements *p, u64 at, gfp_t gfp, const char *owner);

struct sim_mm {
	struct mm_struct mm;
	struct placements placed;
};
#define to_sim_mm(m) container_of(m, struct sim_mm, mm)

struct mm_struct *mm_new(void);
/* Everything unmapped, without telling anybody. */
void mm_free(struct mm_struct *mm);

int mm_map(struct mm_struct *mm, unsigned long start, unsigned long size, vm_flags_t flags);
int mm_unmap(struct mm_struct *mm, unsigned long start, unsigned long size);
int mm_protect(struct mm_struct *mm, unsigned long start, unsigned long size, vm_flags_t flags);
int mm_user_access(struct mm_struct *mm, unsigned long addr, void *buf, unsigned long size,
		   bool write);

/* Handle a fault of the VMM or of the kernel on its behalf at addr; 0, -EFAULT, -ENOMEM. */
int mm_fault(struct mm_struct *mm, unsigned long addr, bool write);
struct sim_pte *mm_pte(struct mm_struct *mm, unsigned long addr);

/* notifier.c: around a change of the host's page table. */
void mn_invalidate_range_start(struct mm_struct *mm, unsigned long start, unsigned long end,
			       bool blockable);
void mn_invalidate_range_end(struct mm_struct *mm, unsigned long start, unsigned long end);

#endif
