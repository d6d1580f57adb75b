/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SMC calling convention 1.2: the seam to the firmware.
 */
#ifndef _LINUX_ARM_SMCCC_H
#define _LINUX_ARM_SMCCC_H

#include <linux/types.h>

#define ARM_SMCCC_STD_CALL           0UL
#define ARM_SMCCC_FAST_CALL          1UL
#define ARM_SMCCC_SMC_32             0
#define ARM_SMCCC_SMC_64             1
#define ARM_SMCCC_OWNER_ARCH         0
#define ARM_SMCCC_OWNER_STANDARD     4
#define ARM_SMCCC_OWNER_STANDARD_HYP 5

#define ARM_SMCCC_CALL_VAL(type, cc, owner, func) \
	(((type) << 31) | ((cc) << 30) | (((owner)&0x3f) << 24) | ((func)&0xffff))

#define ARM_SMCCC_VERSION_FUNC_ID 0x80000000
#define ARM_SMCCC_VERSION_1_2     0x10002

#define SMCCC_RET_SUCCESS           0
#define SMCCC_RET_NOT_SUPPORTED     -1
#define SMCCC_RET_NOT_REQUIRED      -2
#define SMCCC_RET_INVALID_PARAMETER -3

struct arm_smccc_res {
	unsigned long a0, a1, a2, a3;
};

struct arm_smccc_1_2_regs {
	unsigned long a0, a1, a2, a3, a4, a5, a6, a7, a8;
	unsigned long a9, a10, a11, a12, a13, a14, a15, a16, a17;
};

void arm_smccc_1_2_smc(const struct arm_smccc_1_2_regs *args, struct arm_smccc_1_2_regs *res);
#define arm_smccc_1_2_invoke(args, res) arm_smccc_1_2_smc(args, res)

enum arm_smccc_conduit { SMCCC_CONDUIT_NONE, SMCCC_CONDUIT_SMC, SMCCC_CONDUIT_HVC };
static inline enum arm_smccc_conduit arm_smccc_1_1_get_conduit(void)
{
	return SMCCC_CONDUIT_SMC;
}

#endif
