/* SPDX-License-Identifier: BSD-2-Clause */
#error "<asm/arch_gicv3.h> is not there: the interrupt controller is not modelled (docs/porting.md, Your own kernel files)"
