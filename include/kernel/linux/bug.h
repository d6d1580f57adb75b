/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Warnings are counted and noted; they evaluate to 0 or 1, never to the condition's own value.
 * A BUG ends the run.
 */
#ifndef _LINUX_BUG_H
#define _LINUX_BUG_H

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <sim/note.h>

#define WARN_ON(cond)                __sim_warn(!!(cond), __func__, "WARN_ON(%s)", #cond)
#define WARN(cond, fmt...)           __sim_warn(!!(cond), __func__, fmt)
#define WARN_RATELIMIT(cond, fmt...) __sim_warn(!!(cond), __func__, fmt)

/* The kernel's "once": the first time it fires is noted and counted, the value is always right. */
#define __WARN_ONCE(cond, ret, said, fmt...)          \
	__extension__({                               \
		static bool said;                     \
		int ret = !!(cond);                   \
		if (unlikely(ret) && !said) {         \
			said = true;                  \
			__sim_warn(1, __func__, fmt); \
		}                                     \
		ret;                                  \
	})
#define WARN_ONCE(cond, fmt...) __WARN_ONCE(cond, __UNIQUE_ID(ret), __UNIQUE_ID(said), fmt)
#define WARN_ON_ONCE(cond)      WARN_ONCE(cond, "WARN_ON_ONCE(%s)", #cond)

#define BUG() __sim_bug(__func__, "BUG()")
#define BUG_ON(cond)                                              \
	do {                                                      \
		if (unlikely(cond))                               \
			__sim_bug(__func__, "BUG_ON(" #cond ")"); \
	} while (0)

#define VM_BUG_ON(cond)       BUG_ON(cond)
#define VM_WARN_ON(cond)      ((void)WARN(cond, "VM_WARN_ON(%s)", #cond))
#define VM_WARN_ON_ONCE(cond) ((void)WARN_ONCE(cond, "VM_WARN_ON_ONCE(%s)", #cond))

#include <linux/types.h>

#endif
