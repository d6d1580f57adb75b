/* SPDX-License-Identifier: BSD-2-Clause */
/* The PMD is the next bigger level that is there. */
#ifndef _PGTABLE_NOPMD_H
#define _PGTABLE_NOPMD_H

#include <asm-generic/pgtable-nopud.h>

#define __PAGETABLE_PMD_FOLDED 1

#define PMD_SHIFT PUD_SHIFT
#define PMD_SIZE  (1UL << PMD_SHIFT)
#define PMD_MASK  (~(PMD_SIZE - 1))

#endif
