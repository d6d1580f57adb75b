/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/rmap.h> is not there: the tables of a VMM are its mm_struct (linux/mm_types.h) (docs/porting.md, Your own kernel files)"
