/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef __ARM64_S2_PGTABLE_H_
#define __ARM64_S2_PGTABLE_H_

#include <asm/pgtable-hwdef.h>

/* Up to 16 tables are concatenated at the start level. */
#define stage2_pgtable_levels(ipa)   ARM64_HW_PGTABLE_LEVELS((ipa)-4)
#define kvm_mmu_cache_min_pages(mmu) (stage2_pgtable_levels(VTCR_EL2_IPA((mmu)->vtcr)) - 1)

#endif
