/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef __ASM_MEMORY_H
#define __ASM_MEMORY_H

#include <asm/page-def.h>
#include <linux/limits.h>
#include <linux/types.h>

/* Memory types of stage 1, by index. */
#define MT_NORMAL        0
#define MT_NORMAL_TAGGED 1
#define MT_NORMAL_NC     2
#define MT_DEVICE_nGnRnE 3
#define MT_DEVICE_nGnRE  4

#define MT_S2_NORMAL           0xf
#define MT_S2_NORMAL_NC        5
#define MT_S2_DEVICE_nGnRE     1
#define MT_S2_FWB_NORMAL       6
#define MT_S2_FWB_NORMAL_NC    5
#define MT_S2_FWB_DEVICE_nGnRE 1

/* The linear map of the machine's banks; an address outside of them ends the run. */
void *phys_to_virt(phys_addr_t pa);
phys_addr_t virt_to_phys(const volatile void *va);
#define __va(x) phys_to_virt((phys_addr_t)(x))
#define __pa(x) virt_to_phys((void *)(unsigned long)(x))

#endif
