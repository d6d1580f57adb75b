/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_CONTEXT_TRACKING_H
#define _LINUX_CONTEXT_TRACKING_H

#define guest_state_enter_irqoff() \
	do {                       \
	} while (0)
#define guest_state_exit_irqoff() \
	do {                      \
	} while (0)
#define guest_timing_enter_irqoff() \
	do {                        \
	} while (0)
#define guest_timing_exit_irqoff() \
	do {                       \
	} while (0)

#endif
