/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef __ASM_SYSREG_H
#define __ASM_SYSREG_H

#include <linux/bitfield.h>
#include <linux/types.h>

#define sys_reg(op0, op1, crn, crm, op2) \
	(((op0) << 19) | ((op1) << 16) | ((crn) << 12) | ((crm) << 8) | ((op2) << 5))

#define SYS_ID_AA64PFR0_EL1  sys_reg(3, 0, 0, 4, 0)
#define SYS_ID_AA64DFR0_EL1  sys_reg(3, 0, 0, 5, 0)
#define SYS_ID_AA64MMFR0_EL1 sys_reg(3, 0, 0, 7, 0)

#define ID_AA64DFR0_EL1_PMUVer     GENMASK_ULL(11, 8)
#define ID_AA64DFR0_EL1_BRPs       GENMASK_ULL(15, 12)
#define ID_AA64DFR0_EL1_BRPs_MASK  ID_AA64DFR0_EL1_BRPs
#define ID_AA64DFR0_EL1_BRPs_SHIFT 12
#define ID_AA64DFR0_EL1_WRPs       GENMASK_ULL(23, 20)
#define ID_AA64DFR0_EL1_WRPs_MASK  ID_AA64DFR0_EL1_WRPs
#define ID_AA64DFR0_EL1_WRPs_SHIFT 20

#define SYS_FIELD_GET(reg, field, val) FIELD_GET(reg##_##field##_MASK, val)

#endif
