/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_SCHED_MM_H
#define _LINUX_SCHED_MM_H
#include <linux/sched.h>
#endif
