/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The VMM's memory as the kernel reaches it: through current->mm, faulting pages in.
 */
#ifndef _LINUX_UACCESS_H
#define _LINUX_UACCESS_H

#include <linux/mm.h>

/* Bytes that could not be copied. May sleep. */
unsigned long __sim_copy_user(unsigned long uaddr, void *buf, unsigned long n, bool write,
			      const char *caller);
#define copy_from_user(to, from, n) __sim_copy_user((unsigned long)(from), to, n, false, __func__)
#define copy_to_user(to, from, n) \
	__sim_copy_user((unsigned long)(to), (void *)(unsigned long)(from), n, true, __func__)
#define u64_to_user_ptr(x) ((void __user *)(unsigned long)(x))
#define access_ok(p, n)    1

#endif
