/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The simulated host CPU: FWB and DIC present, no MTE, no SVE, no 52-bit stage 2.
 */
#ifndef __ASM_CPUFEATURE_H
#define __ASM_CPUFEATURE_H

#include <asm/sysreg.h>
#include <linux/types.h>

enum {
	ARM64_HAS_STAGE2_FWB,
	ARM64_HAS_CACHE_DIC,
	ARM64_MTE,
	ARM64_SVE,
	ARM64_HAS_RAS_EXTN,
	ARM64_HAS_GIC_PRIO_MASKING,
	ARM64_SPECTRE_V2,
};

static inline bool cpus_have_final_cap(unsigned int cap)
{
	return cap == ARM64_HAS_STAGE2_FWB || cap == ARM64_HAS_CACHE_DIC;
}
#define cpus_have_cap(cap)       cpus_have_final_cap(cap)
#define cpus_have_const_cap(cap) cpus_have_final_cap(cap)
#define system_supports_sve()    false
#define system_supports_mte()    false

/* The system-wide safe value of an ID register. */
u64 read_sanitised_ftr_reg(u32 id);

#endif
