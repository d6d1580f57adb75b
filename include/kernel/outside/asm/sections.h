/* SPDX-License-Identifier: BSD-2-Clause */
#error "<asm/sections.h> is not there: the image is not mapped as a kernel is (docs/porting.md, Your own kernel files)"
