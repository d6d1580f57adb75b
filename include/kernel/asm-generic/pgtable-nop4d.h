/* SPDX-License-Identifier: BSD-2-Clause */
/* The level between PGD and PUD is the PGD. */
#ifndef _PGTABLE_NOP4D_H
#define _PGTABLE_NOP4D_H

#define __PAGETABLE_P4D_FOLDED 1

#define P4D_SHIFT PGDIR_SHIFT
#define P4D_SIZE  (1UL << P4D_SHIFT)
#define P4D_MASK  (~(P4D_SIZE - 1))

#endif
