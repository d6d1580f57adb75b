/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The VMM's memory as the kernel reaches it: through current->mm, faulting pages in.
 */
#ifndef _LINUX_UACCESS_H
#define _LINUX_UACCESS_H

#include <linux/errno.h>
#include <linux/mm.h>

/* Bytes that could not be copied. May sleep. */
unsigned long __sim_copy_user(unsigned long uaddr, void *buf, unsigned long n, bool write,
			      const char *caller);
#define copy_from_user(to, from, n) __sim_copy_user((unsigned long)(from), to, n, false, __func__)
#define copy_to_user(to, from, n) \
	__sim_copy_user((unsigned long)(to), (void *)(unsigned long)(from), n, true, __func__)
#define u64_to_user_ptr(x) ((void __user *)(unsigned long)(x))
#define access_ok(p, n)    1

/* One scalar: 0 or -EFAULT. */
#define __get_user_once(x, ptr, tmp)                                        \
	__extension__({                                                     \
		__typeof__(*(ptr)) tmp;                                     \
		int __failed = copy_from_user(&tmp, ptr, sizeof(tmp)) != 0; \
		(x) = __failed ? (__typeof__(x))0 : (__typeof__(x))tmp;     \
		__failed ? -EFAULT : 0;                                     \
	})
#define get_user(x, ptr) __get_user_once(x, ptr, __UNIQUE_ID(value))
#define put_user(x, ptr)                                                    \
	__extension__({                                                     \
		__typeof__(*(ptr)) __value = (x);                           \
		copy_to_user(ptr, &__value, sizeof(__value)) ? -EFAULT : 0; \
	})

#endif
