/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Geometry of the translation tables; levels that are not there are folded into the next bigger one.
 */
#ifndef __ASM_PGTABLE_HWDEF_H
#define __ASM_PGTABLE_HWDEF_H

#include <asm/page-def.h>

#define PTDESC_TABLE_SHIFT (PAGE_SHIFT - 3)
#define PTRS_PER_PTE       (1 << PTDESC_TABLE_SHIFT)

#define ARM64_HW_PGTABLE_LEVEL_SHIFT(n)  (PTDESC_TABLE_SHIFT * (4 - (n)) + 3)
#define ARM64_HW_PGTABLE_LEVELS(va_bits) (((va_bits)-4) / PTDESC_TABLE_SHIFT)

#define PGDIR_SHIFT ARM64_HW_PGTABLE_LEVEL_SHIFT(4 - CONFIG_PGTABLE_LEVELS)
#define PGDIR_SIZE  (1UL << PGDIR_SHIFT)

#if CONFIG_PGTABLE_LEVELS == 2
#include <asm-generic/pgtable-nopmd.h>
#elif CONFIG_PGTABLE_LEVELS == 3
#include <asm-generic/pgtable-nopud.h>
#else
#include <asm-generic/pgtable-nop4d.h>
#endif

#ifndef __PAGETABLE_PUD_FOLDED
#define PUD_SHIFT ARM64_HW_PGTABLE_LEVEL_SHIFT(1)
#define PUD_SIZE  (1UL << PUD_SHIFT)
#define PUD_MASK  (~(PUD_SIZE - 1))
#endif

#ifndef __PAGETABLE_PMD_FOLDED
#define PMD_SHIFT ARM64_HW_PGTABLE_LEVEL_SHIFT(2)
#define PMD_SIZE  (1UL << PMD_SHIFT)
#define PMD_MASK  (~(PMD_SIZE - 1))
#endif

#if CONFIG_PAGE_SHIFT == 16
#define CONT_PTE_SHIFT 5
#define CONT_PMD_SHIFT 5
#elif CONFIG_PAGE_SHIFT == 14
#define CONT_PTE_SHIFT 7
#define CONT_PMD_SHIFT 5
#else
#define CONT_PTE_SHIFT 4
#define CONT_PMD_SHIFT 4
#endif
#define CONT_PTE_SIZE (PAGE_SIZE << CONT_PTE_SHIFT)
#define CONT_PMD_SIZE (PMD_SIZE << CONT_PMD_SHIFT)

#endif
