/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef __ASM_PGTABLE_H
#define __ASM_PGTABLE_H
#include <asm/pgtable-hwdef.h>
#include <linux/types.h>
typedef struct {
	u64 pte;
} pte_t;

/* Attributes of a mapping: of them only the memory type counts here. */
typedef struct {
	u64 pgprot;
} pgprot_t;
#define pgprot_val(p)     ((p).pgprot)
#define __pgprot(v)       ((pgprot_t){ (v) })
#define PTE_ATTRINDX(t)   ((u64)(t) << 2)
#define PTE_ATTRINDX_MASK (7ULL << 2)
#endif
