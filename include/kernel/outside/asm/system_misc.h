/* SPDX-License-Identifier: BSD-2-Clause */
#error "<asm/system_misc.h> is not there: there is no firmware below the RMM (docs/porting.md, Your own kernel files)"
