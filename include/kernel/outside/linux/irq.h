/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/irq.h> is not there: there are no interrupts; a kick is seen by the run loop (docs/porting.md, Your own kernel files)"
