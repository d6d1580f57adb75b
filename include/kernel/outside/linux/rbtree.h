/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/rbtree.h> is not there: lists are in linux/list.h, ranges in linux/xarray.h (docs/porting.md, Your own kernel files)"
