/* SPDX-License-Identifier: BSD-2-Clause */
#error "<asm/pgalloc.h> is not there: stage 2 tables are in asm/kvm_pgtable.h, pages in linux/gfp.h (docs/porting.md, Your own kernel files)"
