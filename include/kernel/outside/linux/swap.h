/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/swap.h> is not there: there is no swap (docs/porting.md, Your own kernel files)"
