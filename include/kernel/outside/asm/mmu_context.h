/* SPDX-License-Identifier: BSD-2-Clause */
#error "<asm/mmu_context.h> is not there: the CPU has no tables of its own; see asm/kvm_pgtable.h (docs/porting.md, Your own kernel files)"
