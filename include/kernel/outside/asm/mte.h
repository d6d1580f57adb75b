/* SPDX-License-Identifier: BSD-2-Clause */
#error "<asm/mte.h> is not there: MTE is not modelled (docs/porting.md, Your own kernel files)"
