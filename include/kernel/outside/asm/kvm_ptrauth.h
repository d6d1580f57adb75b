/* SPDX-License-Identifier: BSD-2-Clause */
#error "<asm/kvm_ptrauth.h> is not there: pointer authentication is not modelled (docs/porting.md, Your own kernel files)"
