/* SPDX-License-Identifier: BSD-2-Clause */
#error "<asm/kvm_pkvm.h> is not there: pKVM is not modelled (docs/porting.md, Your own kernel files)"
