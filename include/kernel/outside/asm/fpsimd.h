/* SPDX-License-Identifier: BSD-2-Clause */
#error "<asm/fpsimd.h> is not there: floating point and SVE state are not modelled (docs/porting.md, Your own kernel files)"
