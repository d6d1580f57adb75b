/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_IRQFLAGS_H
#define _LINUX_IRQFLAGS_H

/* There are no interrupts; a kick is seen at the next check of the run loop. */
#define local_irq_disable() \
	do {                \
	} while (0)
#define local_irq_enable() \
	do {               \
	} while (0)
#define local_irq_save(f)    ((void)((f) = 0))
#define local_irq_restore(f) ((void)(f))
#define irqs_disabled()      0

#endif
