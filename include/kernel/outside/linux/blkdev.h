/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/blkdev.h> is not there: there is no I/O (docs/porting.md, Your own kernel files)"
