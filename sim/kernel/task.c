/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Actors as tasks: current, preemption count, signals.
 */
#include "env.h"

#include <linux/entry-virt.h>
#include <linux/kvm_host.h>

struct task *task_current(void)
{
	unsigned int id = env.ops->actor(env.host);

	if (!env_grow((void **)&env.tasks, &env.nr_tasks, id + 1, sizeof(env.tasks[0])))
		__sim_violation("out-of-memory", "no memory for task %u", id);
	if (!env.tasks[id]) {
		env.tasks[id] = env_alloc(sizeof(struct task));
		if (!env.tasks[id])
			__sim_violation("out-of-memory", "no memory for task %u", id);
		env.tasks[id]->task.pid = (pid_t)id + 1;
	}
	return env.tasks[id];
}

/* As sim/invariant.c says it: with one lock that spins, between two places that offer a break. */
#define MAX_HOLD 16384

static const char *first_atomic(const struct task *task)
{
	unsigned int i;

	for (i = 0; i < task->nr_held; i++)
		if (task->held[i].lock->atomic)
			return task->held[i].lock->name;
	return "preemption";
}

void task_point(void)
{
	struct task *task = task_current();

	if (task->task.preempt_count && ++task->atomic_points > MAX_HOLD)
		env_breach("hold-time", "actor %d passes %u scheduling points with %s held",
			   task->task.pid - 1, task->atomic_points, first_atomic(task));
}

struct task_struct *__sim_current(void)
{
	return &task_current()->task;
}

/* Where the task has taken the lock, or begun the SRCU section. */
static const char *caller_of(const struct task *task, const void *on, bool *holds)
{
	unsigned int k;

	*holds = true;
	for (k = 0; k < task->nr_held; k++)
		if (task->held[k].lock == on)
			return task->held[k].caller;
	for (k = 0; k < TASK_MAX_SRCU; k++)
		if (task->srcu[k].n && task->srcu[k].ssp == on)
			return task->srcu[k].caller;
	*holds = false;
	return NULL;
}

unsigned int task_holders(const void *on, struct sim_holder *holders, unsigned int max)
{
	unsigned int i, n = 0;
	const char *caller;
	bool holds;

	for (i = 0; i < env.nr_tasks; i++) {
		if (!env.tasks[i])
			continue;
		caller = caller_of(env.tasks[i], on, &holds);
		if (holds && n++ < max)
			holders[n - 1] = (struct sim_holder){ .actor = i, .caller = caller };
	}
	return n;
}

void __sim_preempt_add(int n)
{
	struct task *self = task_current();
	struct task_struct *task = &self->task;

	task->preempt_count += n;
	if (!task->preempt_count)
		self->atomic_points = 0;
	if (task->preempt_count < 0)
		__sim_violation("preempt-count", "preempt_enable() without preempt_disable()");
}

void __sim_might_sleep(const char *caller)
{
	const struct task *task = task_current();

	if (!task->task.preempt_count)
		return;
	if (task->nr_held)
		__sim_violation("sleeping-while-atomic", "%s may sleep while %s is held", caller,
				task->held[task->nr_held - 1].lock->name);
	__sim_violation("sleeping-while-atomic", "%s may sleep with preemption disabled", caller);
}

void __sim_cond_resched(const char *caller)
{
	__sim_might_sleep(caller);
	__sim_sched("cond_resched");
}

bool signal_pending(struct task_struct *task)
{
	return task->signal_in && READ_ONCE(task->signal_in->immediate_exit);
}

bool xfer_to_guest_mode_work_pending(void)
{
	return signal_pending(current);
}

/*
 * On a real machine a vCPU whose fault met an invalidation spins through the run loop until the other
 * CPU ends it. Here the rounds that can only fail again are left out: it waits for the end.
 */
static void wait_for_invalidation(struct kvm *kvm)
{
	while (task_current()->must_retry && kvm->mmu_invalidate_in_progress > 0)
		env.ops->block(env.host, &kvm->mmu_invalidate_in_progress,
			       "end of an invalidation");
	task_current()->must_retry = false;
}

int xfer_to_guest_mode_handle_work(struct kvm_vcpu *vcpu)
{
	__sim_cond_resched(__func__);
	wait_for_invalidation(vcpu->kvm);
	return signal_pending(current) || __sim_may_fail(1, "signal", __func__) ? -EINTR : 0;
}

int kvm_xfer_to_guest_mode_handle_work(struct kvm_vcpu *vcpu)
{
	int ret = xfer_to_guest_mode_handle_work(vcpu);

	if (ret == -EINTR)
		kvm_handle_signal_exit(vcpu);
	return ret;
}
