/* SPDX-License-Identifier: BSD-2-Clause */
#error "<asm/kvm_hyp.h> is not there: there is no EL2 (docs/porting.md, Your own kernel files)"
