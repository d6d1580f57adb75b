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

/*
 * arm_smccc_1_1_invoke(fid, up to seven arguments, struct arm_smccc_res *): the same SMC, of which the first
 * four results come back.
 */
static inline void __sim_smccc_1_1(unsigned long a0, unsigned long a1, unsigned long a2,
				   unsigned long a3, unsigned long a4, unsigned long a5,
				   unsigned long a6, unsigned long a7, struct arm_smccc_res *res)
{
	struct arm_smccc_1_2_regs regs = { a0, a1, a2, a3, a4, a5, a6, a7 };

	arm_smccc_1_2_smc(&regs, &regs);
	if (res)
		*res = (struct arm_smccc_res){ regs.a0, regs.a1, regs.a2, regs.a3 };
}

#define __smccc_1(f, r)                                             __sim_smccc_1_1(f, 0, 0, 0, 0, 0, 0, 0, r)
#define __smccc_2(f, a, r)                                          __sim_smccc_1_1(f, a, 0, 0, 0, 0, 0, 0, r)
#define __smccc_3(f, a, b, r)                                       __sim_smccc_1_1(f, a, b, 0, 0, 0, 0, 0, r)
#define __smccc_4(f, a, b, c, r)                                    __sim_smccc_1_1(f, a, b, c, 0, 0, 0, 0, r)
#define __smccc_5(f, a, b, c, d, r)                                 __sim_smccc_1_1(f, a, b, c, d, 0, 0, 0, r)
#define __smccc_6(f, a, b, c, d, e, r)                              __sim_smccc_1_1(f, a, b, c, d, e, 0, 0, r)
#define __smccc_7(f, a, b, c, d, e, g, r)                           __sim_smccc_1_1(f, a, b, c, d, e, g, 0, r)
#define __smccc_8(f, a, b, c, d, e, g, h, r)                        __sim_smccc_1_1(f, a, b, c, d, e, g, h, r)
#define __smccc_pick(_1, _2, _3, _4, _5, _6, _7, _8, _9, name, ...) name
#define arm_smccc_1_1_invoke(...)                                                        \
	__smccc_pick(__VA_ARGS__, __smccc_8, __smccc_7, __smccc_6, __smccc_5, __smccc_4, \
		     __smccc_3, __smccc_2, __smccc_1, 0)(__VA_ARGS__)
#define arm_smccc_1_1_smc(...) arm_smccc_1_1_invoke(__VA_ARGS__)

enum arm_smccc_conduit { SMCCC_CONDUIT_NONE, SMCCC_CONDUIT_SMC, SMCCC_CONDUIT_HVC };
static inline enum arm_smccc_conduit arm_smccc_1_1_get_conduit(void)
{
	return SMCCC_CONDUIT_SMC;
}

#endif
