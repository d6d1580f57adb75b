/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exception syndrome: the fields that a fault at EL2 has.
 */
#ifndef __ASM_ESR_H
#define __ASM_ESR_H

#include <linux/bits.h>
#include <linux/types.h>

#define ESR_ELx_EC_UNKNOWN  0x00UL
#define ESR_ELx_EC_WFx      0x01UL
#define ESR_ELx_EC_HVC64    0x16UL
#define ESR_ELx_EC_SMC64    0x17UL
#define ESR_ELx_EC_SYS64    0x18UL
#define ESR_ELx_EC_IABT_LOW 0x20UL
#define ESR_ELx_EC_IABT_CUR 0x21UL
#define ESR_ELx_EC_DABT_LOW 0x24UL
#define ESR_ELx_EC_DABT_CUR 0x25UL
#define ESR_ELx_EC_MAX      0x3fUL

#define ESR_ELx_EC_SHIFT 26
#define ESR_ELx_EC_MASK  (0x3fUL << ESR_ELx_EC_SHIFT)
#define ESR_ELx_EC(esr)  (((esr)&ESR_ELx_EC_MASK) >> ESR_ELx_EC_SHIFT)
#define ESR_ELx_IL       BIT(25)
#define ESR_ELx_ISS_MASK GENMASK(24, 0)

#define ESR_ELx_WNR_SHIFT 6
#define ESR_ELx_WNR       BIT(ESR_ELx_WNR_SHIFT)
#define ESR_ELx_S1PTW     BIT(7)
#define ESR_ELx_CM        BIT(8)
#define ESR_ELx_EA        BIT(9)
#define ESR_ELx_FnV       BIT(10)
#define ESR_ELx_SET_MASK  GENMASK(12, 11)
#define ESR_ELx_AR        BIT(14)
#define ESR_ELx_SF        BIT(15)
#define ESR_ELx_SRT_SHIFT 16
#define ESR_ELx_SRT_MASK  GENMASK(20, 16)
#define ESR_ELx_SSE       BIT(21)
#define ESR_ELx_SAS_SHIFT 22
#define ESR_ELx_SAS       GENMASK(23, 22)
#define ESR_ELx_ISV       BIT(24)

#define ESR_ELx_FSC             0x3fUL
#define ESR_ELx_FSC_TYPE        0x3cUL
#define ESR_ELx_FSC_LEVEL       0x03UL
#define ESR_ELx_FSC_ADDRSZ      0x00UL
#define ESR_ELx_FSC_FAULT       0x04UL
#define ESR_ELx_FSC_ACCESS      0x08UL
#define ESR_ELx_FSC_PERM        0x0cUL
#define ESR_ELx_FSC_EXTABT      0x10UL
#define ESR_ELx_FSC_MTE         0x11UL
#define ESR_ELx_FSC_SEA_TTW(n)  (0x14UL + (n))
#define ESR_ELx_FSC_SECC        0x18UL
#define ESR_ELx_FSC_SECC_TTW(n) (0x1cUL + (n))
#define ESR_ELx_FSC_FAULT_NL    0x2bUL
#define ESR_ELx_FSC_EXCL_ATOMIC 0x35UL

#define ESR_ELx_SYS64_ISS_DIR_MASK  0x1
#define ESR_ELx_SYS64_ISS_DIR_READ  0x1
#define ESR_ELx_SYS64_ISS_DIR_WRITE 0x0
#define ESR_ELx_SYS64_ISS_RT_SHIFT  5
#define ESR_ELx_SYS64_ISS_RT_MASK   (0x1fUL << ESR_ELx_SYS64_ISS_RT_SHIFT)

static inline bool esr_fsc_is_translation_fault(u64 esr)
{
	u64 fsc = esr & ESR_ELx_FSC;

	return (fsc & ESR_ELx_FSC_TYPE) == ESR_ELx_FSC_FAULT || fsc == ESR_ELx_FSC_FAULT_NL;
}

static inline bool esr_fsc_is_permission_fault(u64 esr)
{
	return (esr & ESR_ELx_FSC_TYPE) == ESR_ELx_FSC_PERM;
}

static inline bool esr_fsc_is_access_flag_fault(u64 esr)
{
	return (esr & ESR_ELx_FSC_TYPE) == ESR_ELx_FSC_ACCESS;
}

static inline bool esr_fsc_is_excl_atomic_fault(u64 esr)
{
	return (esr & ESR_ELx_FSC) == ESR_ELx_FSC_EXCL_ATOMIC;
}

static inline bool esr_fsc_is_addr_sz_fault(u64 esr)
{
	return (esr & ESR_ELx_FSC_TYPE) == ESR_ELx_FSC_ADDRSZ;
}

#endif
