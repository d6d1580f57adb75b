/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef __ARM64_KVM_ARM_H__
#define __ARM64_KVM_ARM_H__

#include <asm/esr.h>
#include <linux/bits.h>

#define VTCR_EL2_T0SZ_MASK 0x3fUL
#define VTCR_EL2_T0SZ(x)   (64 - (x))
#define VTCR_EL2_IPA(vtcr) (64 - ((vtcr)&VTCR_EL2_T0SZ_MASK))

#define HCR_TWI BIT_ULL(13)
#define HCR_TWE BIT_ULL(14)

#define HPFAR_MASK              GENMASK_ULL(63, 4)
#define HPFAR_EL2_NS            BIT_ULL(63)
#define HPFAR_EL2_FIPA          GENMASK_ULL(47, 4)
#define FAR_MASK                GENMASK_ULL(11, 0)
#define FAR_TO_FIPA_OFFSET(far) ((far)&FAR_MASK)

#endif
