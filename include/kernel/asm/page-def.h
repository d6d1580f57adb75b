/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef __ASM_PAGE_DEF_H
#define __ASM_PAGE_DEF_H

#ifndef CONFIG_PAGE_SHIFT
#define CONFIG_PAGE_SHIFT 12
#endif
#ifndef CONFIG_PGTABLE_LEVELS
#define CONFIG_PGTABLE_LEVELS 4
#endif

#define PAGE_SHIFT CONFIG_PAGE_SHIFT
#define PAGE_SIZE  (1UL << PAGE_SHIFT)
#define PAGE_MASK  (~(PAGE_SIZE - 1))

#endif
