/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef __ASM_PGTABLE_H
#define __ASM_PGTABLE_H
#include <asm/pgtable-hwdef.h>
#include <linux/types.h>
typedef struct {
	u64 pte;
} pte_t;
#endif
