/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_cpu_pm_H
#define _LINUX_cpu_pm_H
#include <linux/irqflags.h>
#include <linux/preempt.h>
#ifndef smp_processor_id
#define smp_processor_id() 0
#endif
#endif
