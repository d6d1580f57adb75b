/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_MUTEX_H
#define _LINUX_MUTEX_H

#include <linux/cleanup.h>
#include <linux/lockdep.h>

struct mutex {
	struct sim_lock dep;
};

#define DEFINE_MUTEX(x)  struct mutex x = { SIM_LOCK_INIT(#x, false) }
#define mutex_init(l)    __sim_lock_init(&(l)->dep, #l, false)
#define mutex_destroy(l) __sim_lock_destroy(&(l)->dep, __func__)
#define mutex_lock(l)    __sim_lock_acquire(&(l)->dep, __SIM_WRITE, "mutex_lock", __func__)
#define mutex_lock_nested(l, sub) \
	__sim_lock_acquire_nested(&(l)->dep, sub, __SIM_WRITE, "mutex_lock", __func__)
#define mutex_trylock(l)   __sim_lock_try(&(l)->dep, __SIM_WRITE, "mutex_trylock", __func__)
#define mutex_unlock(l)    __sim_lock_release(&(l)->dep, __SIM_WRITE, "mutex_unlock", __func__)
#define mutex_is_locked(l) __sim_lock_is_locked(&(l)->dep)

static inline int __mutex_lock_killable(struct mutex *l, const char *caller)
{
	__sim_lock_acquire(&l->dep, __SIM_WRITE, "mutex_lock_killable", caller);
	return 0;
}
#define mutex_lock_killable(l)      __mutex_lock_killable(l, __func__)
#define mutex_lock_interruptible(l) __mutex_lock_killable(l, __func__)

DEFINE_GUARD(mutex, struct mutex *, mutex_lock(_T), mutex_unlock(_T))

#endif
