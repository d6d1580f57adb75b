/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_SPINLOCK_H
#define _LINUX_SPINLOCK_H

#include <linux/lockdep.h>
#include <linux/preempt.h>
#include <linux/irqflags.h>

typedef struct {
	struct sim_lock dep;
} spinlock_t;
typedef spinlock_t raw_spinlock_t;

#define DEFINE_SPINLOCK(x)     spinlock_t x = { SIM_LOCK_INIT(#x, true) }
#define spin_lock_init(l)      __sim_lock_init(&(l)->dep, #l, true)
#define spin_lock(l)           __sim_lock_acquire(&(l)->dep, __SIM_WRITE, "spin_lock", __func__)
#define spin_unlock(l)         __sim_lock_release(&(l)->dep, __SIM_WRITE, "spin_unlock", __func__)
#define DEFINE_RAW_SPINLOCK(x) DEFINE_SPINLOCK(x)
#define raw_spin_lock_init(l)  spin_lock_init(l)
#define raw_spin_lock(l)       spin_lock(l)
#define raw_spin_unlock(l)     spin_unlock(l)
#define spin_lock_irqsave(l, f) \
	do {                    \
		(f) = 0;        \
		spin_lock(l);   \
	} while (0)
#define spin_unlock_irqrestore(l, f) \
	do {                         \
		(void)(f);           \
		spin_unlock(l);      \
	} while (0)

#define raw_spin_lock_irqsave(l, f)      spin_lock_irqsave(l, f)
#define raw_spin_unlock_irqrestore(l, f) spin_unlock_irqrestore(l, f)

#include <linux/rwlock.h>

#endif
