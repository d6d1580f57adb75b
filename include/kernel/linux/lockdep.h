/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Locks know who holds them: every kernel lock type wraps one struct sim_lock.
 *
 * Locking is a scheduling point; waiting hands the CPU over. An actor is a CPU or thread of the
 * machine. Asserting that a lock is held, sleeping with a spinning lock held, unlocking what is not
 * held, taking a lock again, taking two in an order that is not the declared one or not the one seen
 * before, returning to user space with one: each ends the run with a sentence.
 */
#ifndef _LINUX_LOCKDEP_H
#define _LINUX_LOCKDEP_H

#include <linux/types.h>

struct sim_lock {
	const char *name;
	int writer; /* actor + 1, 0 = none */
	int readers;
	int waiters;
	int rank;    /* locks are taken with rising rank; 0 = any time */
	int class;   /* of locks with this name, + 1; 0 = not looked up yet */
	bool atomic; /* no sleeping while held */
};

enum { __SIM_READ, __SIM_WRITE };

void __sim_lock_init(struct sim_lock *lock, const char *name, bool atomic);
void __sim_lock_rank(struct sim_lock *lock, int rank);
/* Nobody may hold it. */
void __sim_lock_destroy(const struct sim_lock *lock, const char *caller);
/* A lock of a class that is held already is taken with a subclass of its own, as mutex_lock_nested() says. */
void __sim_lock_acquire_nested(struct sim_lock *lock, unsigned int subclass, int mode,
			       const char *op, const char *caller);
void __sim_lock_acquire(struct sim_lock *lock, int mode, const char *op, const char *caller);
bool __sim_lock_try(struct sim_lock *lock, int mode, const char *op, const char *caller);
void __sim_lock_release(struct sim_lock *lock, int mode, const char *op, const char *caller);
void __sim_lock_assert(const struct sim_lock *lock, int mode, const char *what, const char *caller);
/* The running actor holds it for reading, and no more than that. */
void __sim_lock_assert_read(const struct sim_lock *lock, const char *what, const char *caller);
void __sim_lock_assert_not(const struct sim_lock *lock, const char *what, const char *caller);
/* Does the running actor hold it (for writing, when mode says so)? */
bool __sim_lock_held(const struct sim_lock *lock, int mode);
bool __sim_lock_is_locked(const struct sim_lock *lock);

#define SIM_LOCK_INIT(_name, _atomic)                \
	{                                            \
		.name = (_name), .atomic = (_atomic) \
	}

#define lockdep_assert_held(l)       __sim_lock_assert(&(l)->dep, __SIM_READ, #l, __func__)
#define lockdep_assert_held_read(l)  __sim_lock_assert_read(&(l)->dep, #l, __func__)
#define lockdep_assert_held_write(l) __sim_lock_assert(&(l)->dep, __SIM_WRITE, #l, __func__)
#define lockdep_assert_not_held(l)   __sim_lock_assert_not(&(l)->dep, #l, __func__)
#define lockdep_is_held(l)           __sim_lock_held(&(l)->dep, __SIM_READ)

#endif
