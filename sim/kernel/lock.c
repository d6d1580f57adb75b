/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Locks that know their owner, their waiters and their order; SRCU; sequence counters.
 *
 * Only the actor that has the baton runs, so the state needs no protection of its own.
 */
#include "env.h"
#include "lockorder.h"

#include <linux/preempt.h>
#include <linux/rwlock.h>
#include <linux/seqlock.h>
#include <linux/srcu.h>

#ifdef SIM_TSAN
const char __sim_fence[1];
#endif

/*
 * For ThreadSanitizer: a lock for writing comes behind all that was done under it before, one for reading only behind
 * what writers did. Its own mutexes are not used: what a run that ended with a violation has left locked would be
 * locked in the next one, at the same address.
 */
static void race_locked(const struct sim_lock *lock, int mode)
{
	__sim_race_acquire(&lock->writer);
	if (mode == __SIM_WRITE)
		__sim_race_acquire(&lock->readers);
}

static void race_unlocked(const struct sim_lock *lock, int mode)
{
	if (mode == __SIM_WRITE)
		__sim_race_release(&lock->writer);
	else
		__sim_race_release(&lock->readers);
}

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

static unsigned int class_of(struct sim_lock *lock, unsigned int subclass)
{
	if (subclass)
		return lock_class(lock->name, subclass);
	if (!lock->class)
		lock->class = (int)lock_class(lock->name, 0) + 1;
	return (unsigned int)lock->class - 1;
}

static unsigned int srcu_class(const struct srcu_struct *ssp)
{
	return (unsigned int)ssp->class - 1;
}

static void take(struct task *task, struct sim_lock *lock, unsigned int class, int mode,
		 const char *op, const char *caller)
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
	task->held[task->nr_held].class = class;
	task->held[task->nr_held].caller = caller;
	task->nr_held++;
	if (lock->atomic)
		task->task.preempt_count++;
	env.locks_held++;
	race_locked(lock, mode);
	__sim_note(__SIM_LOCK, op, caller, "%s", lock->name);
}

/* Whatever the running actor holds comes before `class` from now on. */
static void check_order(const struct task *task, unsigned int class, const char *caller)
{
	unsigned int k;

	for (k = 0; k < task->nr_held; k++)
		lock_order_add(task->held[k].class, task->held[k].caller, class, caller);
	for (k = 0; k < TASK_MAX_SRCU; k++)
		if (task->srcu[k].n)
			lock_order_add(srcu_class(task->srcu[k].ssp), task->srcu[k].caller, class,
				       caller);
}

static void check_before(struct task *task, struct sim_lock *lock, unsigned int class,
			 const char *op, const char *caller)
{
	int i = held_index(task, lock);
	unsigned int k;

	if (i >= 0)
		__sim_violation("self-deadlock",
				"%s: %s of %s, which it holds already (taken by %s)", caller, op,
				lock->name, task->held[i].caller);
	if (!lock->atomic)
		__sim_might_sleep(op);
	for (k = 0; lock->rank && k < task->nr_held; k++)
		if (task->held[k].lock->rank > lock->rank)
			__sim_violation(
				"lock-order",
				"%s takes %s while it holds %s (taken by %s): %s comes first",
				caller, lock->name, task->held[k].lock->name, task->held[k].caller,
				lock->name);
	check_order(task, class, caller);
}

void __sim_lock_acquire_nested(struct sim_lock *lock, unsigned int subclass, int mode,
			       const char *op, const char *caller)
{
	struct task *task = task_current();
	unsigned int class;

	if (!lock->name)
		__sim_violation("lock-state", "%s: %s of a lock that was never initialised", caller,
				op);
	class = class_of(lock, subclass);
	check_before(task, lock, class, op, caller);
	__sim_sched(lock->name);
	while (!is_free_for(lock, mode)) {
		lock->waiters++;
		env.ops->block(env.host, lock, lock->name);
		lock->waiters--;
	}
	take(task, lock, class, mode, op, caller);
}

void __sim_lock_acquire(struct sim_lock *lock, int mode, const char *op, const char *caller)
{
	__sim_lock_acquire_nested(lock, 0, mode, op, caller);
}

bool __sim_lock_try(struct sim_lock *lock, int mode, const char *op, const char *caller)
{
	if (!lock->name)
		__sim_violation("lock-state", "%s: %s of a lock that was never initialised", caller,
				op);
	__sim_sched(lock->name);
	if (!is_free_for(lock, mode))
		return false;
	take(task_current(), lock, class_of(lock, 0), mode, op, caller);
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
	race_unlocked(lock, mode);
	if (mode == __SIM_WRITE)
		lock->writer = 0;
	else
		lock->readers--;
	if (lock->atomic && !--task->task.preempt_count)
		task->atomic_points = 0;
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

void __sim_lock_assert_read(const struct sim_lock *lock, const char *what, const char *caller)
{
	if (!__sim_lock_held(lock, __SIM_READ) || __sim_lock_held(lock, __SIM_WRITE))
		__sim_violation("lockdep-assert", "%s needs %s held for read", caller,
				what[0] == '&' ? what + 1 : what);
}

void __sim_lock_assert_not(const struct sim_lock *lock, const char *what, const char *caller)
{
	if (__sim_lock_held(lock, __SIM_READ))
		__sim_violation("lockdep-assert", "%s must not hold %s", caller,
				what[0] == '&' ? what + 1 : what);
}

void __sim_lock_destroy(const struct sim_lock *lock, const char *caller)
{
	if (__sim_lock_is_locked(lock) || lock->waiters)
		__sim_violation("lock-state", "%s destroys %s, which somebody holds or waits for",
				caller, lock->name ? lock->name : "a lock");
}

void task_must_hold_nothing(void)
{
	const struct task *task = task_current();
	int i;

	if (task->nr_held)
		__sim_violation("lock-leak", "back in user space with %s held (taken by %s)",
				task->held[task->nr_held - 1].lock->name,
				task->held[task->nr_held - 1].caller);
	for (i = 0; i < TASK_MAX_SRCU; i++)
		if (task->srcu[i].n)
			__sim_violation(
				"lock-leak",
				"back in user space inside an SRCU section of %s (begun by %s)",
				task->srcu[i].ssp->name, task->srcu[i].caller);
	if (task->task.preempt_count)
		__sim_violation("lock-leak", "back in user space with preemption disabled");
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
	task->atomic_points = 0;
	if (!waiters && !__sim_choose("resched", 2, lock->name))
		return 0;
	if (task->task.preempt_count != 1)
		__sim_might_sleep(caller);
	task->broke = task->unmaps;
	__sim_lock_release(lock, mode, "cond_resched: unlock", caller);
	if (waiters)
		env.ops->block(env.host, lock, lock->name);
	else
		__sim_sched("cond_resched");
	__sim_lock_acquire(lock, mode, "cond_resched: lock", caller);
	return 1;
}

/* SRCU: two generations of readers, as in the kernel. */

static void srcu_count(const struct srcu_struct *ssp, int n, const char *caller)
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
	if (!task->srcu[slot].n)
		task->srcu[slot].caller = caller;
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
	ssp->class = (int)lock_class(ssp->name, 0) + 1;
	return 0;
}

void __sim_cleanup_srcu(struct srcu_struct *ssp, const char *caller)
{
	if (ssp->readers[0] || ssp->readers[1] || ssp->waiting)
		__sim_violation("srcu", "%s cleans up %s, which has readers", caller, ssp->name);
}

int __sim_srcu_read_lock(struct srcu_struct *ssp, const char *caller)
{
	int idx;

	__sim_sched(ssp->name);
	idx = ssp->idx;
	ssp->readers[idx]++;
	srcu_count(ssp, 1, caller);
	env.locks_held++;
	__sim_note(__SIM_LOCK, "srcu_read_lock", caller, "%s", ssp->name);
	return idx;
}

void __sim_srcu_read_unlock(struct srcu_struct *ssp, int idx, const char *caller)
{
	if ((idx != 0 && idx != 1) || !ssp->readers[idx])
		__sim_violation("srcu", "%s: srcu_read_unlock(%s) with a wrong index", caller,
				ssp->name);
	srcu_count(ssp, -1, caller);
	env.locks_held--;
	__sim_race_release(ssp);
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
	check_order(task_current(), srcu_class(ssp), caller);
	__sim_sched(ssp->name);
	while (ssp->waiting)
		env.ops->block(env.host, &ssp->waiting, ssp->name);
	ssp->waiting = true;
	old = ssp->idx;
	ssp->idx = !old;
	while (ssp->readers[old])
		env.ops->block(env.host, ssp, ssp->name);
	ssp->waiting = false;
	__sim_race_acquire(ssp);
	env.ops->wake(env.host, &ssp->waiting);
	__sim_note(__SIM_LOCK, "synchronize_srcu", caller, "%s", ssp->name);
}

/* Sequence counters */

void __sim_seqcount_init(seqcount_t *s, const char *name)
{
	*s = (seqcount_t){ .name = name[0] == '&' ? name + 1 : name };
}

unsigned int __sim_read_seqcount_begin(const seqcount_t *s, const char *caller)
{
	__sim_sched(s->name);
	if (s->writer == current->pid)
		__sim_violation("self-deadlock", "%s reads %s inside its own write section", caller,
				s->name);
	while (s->sequence & 1)
		env.ops->block(env.host, s, s->name);
	__sim_race_acquire(s);
	return s->sequence;
}

/* A writer that sleeps would keep readers spinning: preemption is off until the end. */
void __sim_write_seqcount_begin(seqcount_t *s, const char *caller)
{
	if (s->writer)
		__sim_violation("lock-state", "%s writes %s, which actor %d is writing", caller,
				s->name, s->writer - 1);
	s->writer = current->pid;
	s->sequence++;
	__sim_preempt_add(1);
	__sim_note(__SIM_LOCK, "write_seqcount_begin", caller, "%s", s->name);
	__sim_sched(s->name);
}

void __sim_write_seqcount_end(seqcount_t *s, const char *caller)
{
	if (s->writer != current->pid)
		__sim_violation("lock-state", "%s ends a write of %s that it did not begin", caller,
				s->name);
	s->writer = 0;
	s->sequence++;
	__sim_race_release(s);
	__sim_preempt_add(-1);
	__sim_note(__SIM_LOCK, "write_seqcount_end", caller, "%s", s->name);
	env.ops->wake(env.host, s);
}
