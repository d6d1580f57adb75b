/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef __ASM_PTRACE_H
#define __ASM_PTRACE_H
#include <linux/types.h>
struct user_pt_regs {
	u64 regs[31];
	u64 sp, pc, pstate;
};
#endif
