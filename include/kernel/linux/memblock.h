/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_MEMBLOCK_H
#define _LINUX_MEMBLOCK_H

#include <linux/types.h>

/* The i-th region of RAM in ascending order; false when there is none. */
bool __sim_mem_range(u64 i, phys_addr_t *start, phys_addr_t *end);
#define for_each_mem_range(i, p_start, p_end) for (i = 0; __sim_mem_range(i, p_start, p_end); i++)

#endif
