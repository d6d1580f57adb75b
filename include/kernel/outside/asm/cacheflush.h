/* SPDX-License-Identifier: BSD-2-Clause */
#error "<asm/cacheflush.h> is not there: memory is coherent: there is no cache maintenance (docs/porting.md, Your own kernel files)"
