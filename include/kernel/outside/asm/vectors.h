/* SPDX-License-Identifier: BSD-2-Clause */
#error "<asm/vectors.h> is not there: there are no exception vectors (docs/porting.md, Your own kernel files)"
