/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef __ASM_GENERIC_GETORDER_H
#define __ASM_GENERIC_GETORDER_H

#include <asm/page.h>

/* Smallest order with PAGE_SIZE << order >= size. */
static inline int get_order(unsigned long size)
{
	unsigned long pages = (size + PAGE_SIZE - 1) >> PAGE_SHIFT;

	return pages <= 1 ? 0 : 64 - __builtin_clzll(pages - 1);
}

#endif
