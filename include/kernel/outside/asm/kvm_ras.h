/* SPDX-License-Identifier: BSD-2-Clause */
#error "<asm/kvm_ras.h> is not there: RAS is not modelled; an abort is looked at in asm/kvm_emulate.h (docs/porting.md, Your own kernel files)"
