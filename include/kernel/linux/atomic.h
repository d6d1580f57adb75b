/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_ATOMIC_H
#define _LINUX_ATOMIC_H

#include <linux/types.h>
#include <sim/note.h>

/* Somebody else may go on before each read-modify-write. */
#define __atomic_rmw(name, op) (__sim_sched(name), op)

#define ATOMIC_INIT(i) \
	{              \
		(i)    \
	}
#define atomic_read(v)   READ_ONCE((v)->counter)
#define atomic_set(v, i) WRITE_ONCE((v)->counter, i)
#define atomic_inc(v) \
	((void)__atomic_rmw("atomic_inc", __atomic_add_fetch(&(v)->counter, 1, __ATOMIC_SEQ_CST)))
#define atomic_dec(v) \
	((void)__atomic_rmw("atomic_dec", __atomic_sub_fetch(&(v)->counter, 1, __ATOMIC_SEQ_CST)))
#define atomic_add_return(i, v) \
	__atomic_rmw("atomic_add_return", __atomic_add_fetch(&(v)->counter, i, __ATOMIC_SEQ_CST))
#define atomic_inc_return(v) \
	__atomic_rmw("atomic_inc_return", __atomic_add_fetch(&(v)->counter, 1, __ATOMIC_SEQ_CST))
#define atomic_dec_and_test(v)              \
	__atomic_rmw("atomic_dec_and_test", \
		     __atomic_sub_fetch(&(v)->counter, 1, __ATOMIC_SEQ_CST) == 0)
#define atomic64_read(v)   READ_ONCE((v)->counter)
#define atomic64_set(v, i) WRITE_ONCE((v)->counter, i)

#endif
