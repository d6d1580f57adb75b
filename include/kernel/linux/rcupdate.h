/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_RCUPDATE_H
#define _LINUX_RCUPDATE_H

#include <linux/types.h>

#define rcu_read_lock() \
	do {            \
	} while (0)
#define rcu_read_unlock() \
	do {              \
	} while (0)
#define rcu_dereference(p)       (p)
#define rcu_assign_pointer(p, v) ((p) = (v))

#endif
