/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/mmzone.h> is not there: the page allocator has no zones (linux/gfp.h) (docs/porting.md, Your own kernel files)"
