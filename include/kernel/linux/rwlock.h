/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_RWLOCK_H
#define _LINUX_RWLOCK_H

#include <linux/lockdep.h>

typedef struct {
	struct sim_lock dep;
} rwlock_t;

#define rwlock_init(l)  __sim_lock_init(&(l)->dep, #l, true)
#define read_lock(l)    __sim_lock_acquire(&(l)->dep, __SIM_READ, "read_lock", __func__)
#define read_unlock(l)  __sim_lock_release(&(l)->dep, __SIM_READ, "read_unlock", __func__)
#define write_lock(l)   __sim_lock_acquire(&(l)->dep, __SIM_WRITE, "write_lock", __func__)
#define write_unlock(l) __sim_lock_release(&(l)->dep, __SIM_WRITE, "write_unlock", __func__)

/* Drops the lock when somebody waits for it, or when the machine says so; 1 = it was dropped. */
int __sim_cond_resched_lock(struct sim_lock *lock, int mode, const char *caller);
#define cond_resched_rwlock_write(l) __sim_cond_resched_lock(&(l)->dep, __SIM_WRITE, __func__)
#define cond_resched_rwlock_read(l)  __sim_cond_resched_lock(&(l)->dep, __SIM_READ, __func__)
#define rwlock_needbreak(l)          ((l)->dep.waiters != 0)

#endif
