/* SPDX-License-Identifier: BSD-2-Clause */
#error "<asm/kvm_nested.h> is not there: nested virtualisation is not modelled (docs/porting.md, Your own kernel files)"
