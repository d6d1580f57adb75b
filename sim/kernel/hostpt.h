/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The page table of a VMM on the host: a tree with the image's page size and levels.
 *
 * Its own tables are not in physical memory. Lock: mmap_lock for whoever changes it in a range that others
 * may fault in; between two scheduling points nobody else runs, so single entries need none.
 */
#ifndef SIM_KERNEL_HOSTPT_H
#define SIM_KERNEL_HOSTPT_H

#include <asm/kvm_pgtable.h>
#include <linux/types.h>

/* Leaf: address, and what it allows. Not empty and not valid: PROT_NONE, or poison. */
#define HPT_VALID   BIT(0)
#define HPT_PAGE    BIT(1) /* a leaf of the last level; elsewhere a table */
#define HPT_WRITE   BIT(2)
#define HPT_SPECIAL BIT(3) /* no struct page belongs to it */
#define HPT_PRESENT BIT(4)
#define HPT_POISON  BIT(5) /* the memory is broken */
#define HPT_PA      (PAGE_MASK & (BIT(52) - 1))

#define HPT_LAST_LEVEL  3
#define HPT_PMD_LEVEL   2
#define HPT_START_LEVEL (4 - CONFIG_PGTABLE_LEVELS)

struct sim_sparse;

static inline unsigned long hpt_size(int level)
{
	return 1ul << kvm_granule_shift(level);
}

static inline u64 hpt_leaf(u64 pa, int level, bool write, bool special)
{
	return pa | HPT_PRESENT | HPT_VALID | (level == HPT_LAST_LEVEL ? HPT_PAGE : 0) |
	       (write ? HPT_WRITE : 0) | (special ? HPT_SPECIAL : 0);
}

/* The leaf or empty entry where a walk for addr ends, and its level; NULL: there is no root table. */
u64 *hpt_walk(struct sim_sparse *pgd, unsigned long addr, int *level);
/* The first leaf that ends behind *addr and begins before end: stores where it begins, and its level. */
u64 *hpt_next(struct sim_sparse *pgd, unsigned long *addr, unsigned long end, int *level);
/* Set the entry of that level. -ENOMEM; a table there goes, and must have no leaf. */
int hpt_set(struct sim_sparse *pgd, unsigned long addr, int level, u64 leaf);
void hpt_clear(struct sim_sparse *pgd, unsigned long addr);
/* The tables of pages that translate nothing but addresses of [start, end) go; they have no leaf. */
void hpt_prune(struct sim_sparse *pgd, unsigned long start, unsigned long end);
/* Frees the tables; leaves are forgotten. */
void hpt_free(struct sim_sparse *pgd);
/* kvm_pgtable_get_leaf() for such a table. */
int hpt_get_leaf(const struct kvm_pgtable *pgt, u64 addr, kvm_pte_t *ptep, s8 *level);

#endif
