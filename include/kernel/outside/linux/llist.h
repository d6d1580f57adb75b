/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/llist.h> is not there: lists are in linux/list.h (docs/porting.md, Your own kernel files)"
