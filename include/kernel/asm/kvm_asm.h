/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef __ARM_KVM_ASM_H__
#define __ARM_KVM_ASM_H__

#include <linux/bits.h>

#define ARM_EXIT_WITH_SERROR_BIT 31
#define ARM_EXCEPTION_CODE(x)    ((x) & ~(1U << ARM_EXIT_WITH_SERROR_BIT))
#define ARM_EXCEPTION_IS_TRAP(x) (ARM_EXCEPTION_CODE(x) == ARM_EXCEPTION_TRAP)
#define ARM_SERROR_PENDING(x)    !!((x) & (1U << ARM_EXIT_WITH_SERROR_BIT))

#define ARM_EXCEPTION_IRQ        0
#define ARM_EXCEPTION_EL1_SERROR 1
#define ARM_EXCEPTION_TRAP       2
#define ARM_EXCEPTION_IL         3

#endif
