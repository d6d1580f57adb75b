/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Locks that know their owner, their waiters and their order; SRCU.
 *
 * Only the actor that has the baton runs, so the state needs no protection of its own.
 */
#include "env.h"

#include <linux/rwlock.h>
#include <linux/srcu.h>

void __sim_lock_init(struct sim_lock *lock, const char *name, bool atomic)
{
	*lock = (struct sim_lock){ .name = name[0] == '&' ? name + 1 : name, .atomic = atomic };
}

void __sim_lock_rank(struct sim_lock *lock, int rank)
{
	lock->rank = rank;
}

static int held_index(const struct task *task, const struct sim_lock *lock)
{
	unsigned int i = task->nr_held;

	while (i-- > 0)
		if (task->held[i].lock == lock)
			return (int)i;
	return -1;
}

static bool is_free_for(const struct sim_lock *lock, int mode)
{
	return !lock->writer && (mode == __SIM_READ || !lock->readers);
}

static void take(struct task *task, struct sim_lock *lock, int mode, const char *op,
		 const char *caller)
{
	if (task->nr_held == TASK_MAX_HELD)
		__sim_violation("lock-order", "%s takes %s: too many locks held", caller,
				lock->name);
	if (mode == __SIM_WRITE)
		lock->writer = task->task.pid;
	else
		lock->readers++;
	task->held[task->nr_held].lock = lock;
	task->held[task->nr_held].mode = mode;
	task->nr_held++;
	if (lock->atomic)
		task->task.preempt_count++;
	env.locks_held++;
	__sim_note(__SIM_LOCK, op, caller, "%s", lock->name);
}

static void check_before(struct task *task, struct sim_lock *lock, int mode, const char *op,
			 const char *caller)
{
	int i = held_index(task, lock);
	unsigned int k;

	if (i >= 0 && (mode == __SIM_WRITE || task->held[i].mode == __SIM_WRITE))
		__sim_violation("self-deadlock", "%s: %s of %s, which it holds already", caller, op,
				lock->name);
	if (!lock->atomic)
		__sim_might_sleep(op);
	for (k = 0; lock->rank && k < task->nr_held; k++)
		if (task->held[k].lock->rank > lock->rank)
			__sim_violation("lock-order", "%s takes %s while it holds %s", caller,
					lock->name, task->held[k].lock->name);
}

void __sim_lock_acquire(struct sim_lock *lock, int mode, const char *op, const char *caller)
{
	struct task *task;

	if (!lock->name)
		__sim_violation("lock-state", "%s: %s of a lock that was never initialised", caller,
				op);
	check_before(task_current(), lock, mode, op, caller);
	__sim_sched(lock->name);
	while (!is_free_for(lock, mode)) {
		lock->waiters++;
		env.ops->block(env.host, lock, lock->name);
		lock->waiters--;
	}
	task = task_current();
	take(task, lock, mode, op, caller);
}

bool __sim_lock_try(struct sim_lock *lock, int mode, const char *op, const char *caller)
{
	__sim_sched(lock->name);
	if (!is_free_for(lock, mode))
		return false;
	take(task_current(), lock, mode, op, caller);
	return true;
}

void __sim_lock_release(struct sim_lock *lock, int mode, const char *op, const char *caller)
{
	struct task *task = task_current();
	int i = held_index(task, lock);
	unsigned int k;

	if (i < 0 || task->held[i].mode != mode)
		__sim_violation("lock-state", "%s: %s of %s, which it does not hold", caller, op,
				lock->name ? lock->name : "a lock that was never initialised");
	for (k = (unsigned int)i; k + 1 < task->nr_held; k++)
		task->held[k] = task->held[k + 1];
	task->nr_held--;
	if (mode == __SIM_WRITE)
		lock->writer = 0;
	else
		lock->readers--;
	if (lock->atomic)
		task->task.preempt_count--;
	env.locks_held--;
	__sim_note(__SIM_LOCK, op, caller, "%s", lock->name);
	env.ops->wake(env.host, lock);
}

bool __sim_lock_held(const struct sim_lock *lock, int mode)
{
	const struct task *task = task_current();
	int i = held_index(task, lock);

	return i >= 0 && (mode == __SIM_READ || task->held[i].mode == __SIM_WRITE);
}

bool __sim_lock_is_locked(const struct sim_lock *lock)
{
	return lock->writer || lock->readers;
}

void __sim_lock_assert(const struct sim_lock *lock, int mode, const char *what, const char *caller)
{
	if (!__sim_lock_held(lock, mode))
		__sim_violation("lockdep-assert", "%s needs %s%s", caller,
				what[0] == '&' ? what + 1 : what,
				mode == __SIM_WRITE ? " held for write" : " held");
}

/*
 * The lock is fair: who waited when it was dropped gets it first. Without waiters the machine may
 * still ask for a break, so that a fault can slip in between two steps of a long unmap.
 */
int __sim_cond_resched_lock(struct sim_lock *lock, int mode, const char *caller)
{
	struct task *task = task_current();
	int waiters = lock->waiters;

	__sim_lock_assert(lock, mode, lock->name, caller);
	if (!waiters && !__sim_choose("resched", 2, lock->name))
		return 0;
	if (task->task.preempt_count != 1)
		__sim_might_sleep(caller);
	__sim_lock_release(lock, mode, "cond_resched: unlock", caller);
	if (waiters)
		env.ops->block(env.host, lock, lock->name);
	else
		__sim_sched("cond_resched");
	__sim_lock_acquire(lock, mode, "cond_resched: lock", caller);
	return 1;
}

/* SRCU: two generations of readers, as in the kernel. */

static void srcu_count(const struct srcu_struct *ssp, int n)
{
	struct task *task = task_current();
	int i, slot = -1;

	for (i = 0; i < TASK_MAX_SRCU; i++) {
		if (task->srcu[i].n && task->srcu[i].ssp == ssp) {
			slot = i;
			break;
		}
		if (!task->srcu[i].n && slot < 0)
			slot = i;
	}
	if (slot < 0)
		__sim_violation("srcu", "too many SRCU sections at once");
	task->srcu[slot].ssp = ssp;
	task->srcu[slot].n += n;
	if (task->srcu[slot].n < 0)
		__sim_violation("srcu", "srcu_read_unlock(%s) outside of a section", ssp->name);
}

bool srcu_read_lock_held(const struct srcu_struct *ssp)
{
	const struct task *task = task_current();
	int i;

	for (i = 0; i < TASK_MAX_SRCU; i++)
		if (task->srcu[i].n && task->srcu[i].ssp == ssp)
			return true;
	return false;
}

int __sim_init_srcu(struct srcu_struct *ssp, const char *name)
{
	*ssp = (struct srcu_struct){ .name = name[0] == '&' ? name + 1 : name };
	return 0;
}

int __sim_srcu_read_lock(struct srcu_struct *ssp, const char *caller)
{
	int idx;

	__sim_sched(ssp->name);
	idx = ssp->idx;
	ssp->readers[idx]++;
	srcu_count(ssp, 1);
	env.locks_held++;
	__sim_note(__SIM_LOCK, "srcu_read_lock", caller, "%s", ssp->name);
	return idx;
}

void __sim_srcu_read_unlock(struct srcu_struct *ssp, int idx, const char *caller)
{
	if ((idx != 0 && idx != 1) || !ssp->readers[idx])
		__sim_violation("srcu", "%s: srcu_read_unlock(%s) with a wrong index", caller,
				ssp->name);
	srcu_count(ssp, -1);
	env.locks_held--;
	__sim_note(__SIM_LOCK, "srcu_read_unlock", caller, "%s", ssp->name);
	if (!--ssp->readers[idx])
		env.ops->wake(env.host, ssp);
}

void __sim_synchronize_srcu(struct srcu_struct *ssp, const char *caller)
{
	int old;

	__sim_might_sleep(caller);
	if (srcu_read_lock_held(ssp))
		__sim_violation("self-deadlock", "%s: synchronize_srcu(%s) inside a section",
				caller, ssp->name);
	__sim_sched(ssp->name);
	while (ssp->waiting)
		env.ops->block(env.host, &ssp->waiting, ssp->name);
	ssp->waiting = true;
	old = ssp->idx;
	ssp->idx = !old;
	while (ssp->readers[old])
		env.ops->block(env.host, ssp, ssp->name);
	ssp->waiting = false;
	env.ops->wake(env.host, &ssp->waiting);
	__sim_note(__SIM_LOCK, "synchronize_srcu", caller, "%s", ssp->name);
}
