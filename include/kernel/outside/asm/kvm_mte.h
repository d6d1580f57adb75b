/* SPDX-License-Identifier: BSD-2-Clause */
#error "<asm/kvm_mte.h> is not there: MTE is not modelled (docs/porting.md, Your own kernel files)"
