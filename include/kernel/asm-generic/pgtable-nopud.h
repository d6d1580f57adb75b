/* SPDX-License-Identifier: BSD-2-Clause */
/* The PUD is the next bigger level that is there. */
#ifndef _PGTABLE_NOPUD_H
#define _PGTABLE_NOPUD_H

#include <asm-generic/pgtable-nop4d.h>

#define __PAGETABLE_PUD_FOLDED 1

#define PUD_SHIFT P4D_SHIFT
#define PUD_SIZE  (1UL << PUD_SHIFT)
#define PUD_MASK  (~(PUD_SIZE - 1))

#endif
