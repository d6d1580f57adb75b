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
/* What must run with interrupts off (a walk of user tables) knows whether it does. */
unsigned long __sim_irq_save(void);
void __sim_irq_restore(unsigned long flags);
#define local_irq_save(f)    ((void)((f) = __sim_irq_save()))
#define local_irq_restore(f) __sim_irq_restore(f)
#define irqs_disabled()      0

#endif
