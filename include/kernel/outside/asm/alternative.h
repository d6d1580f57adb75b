/* SPDX-License-Identifier: BSD-2-Clause */
#error "<asm/alternative.h> is not there: the CPU is the one of asm/cpufeature.h (docs/porting.md, Your own kernel files)"
