/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/eventfd.h> is not there: there are no interrupts to signal (docs/porting.md, Your own kernel files)"
