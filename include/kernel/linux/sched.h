/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The running actor as a task.
 */
#ifndef _LINUX_SCHED_H
#define _LINUX_SCHED_H

#include <linux/types.h>

struct mm_struct;
struct pid;

struct task_struct {
	pid_t pid;
	struct mm_struct *mm;
	int preempt_count;
	int irqs_off;              /* local_irq_save() */
	struct kvm_run *signal_in; /* where the VMM leaves its pending signal */
};

struct task_struct *__sim_current(void);
#define current __sim_current()

bool signal_pending(struct task_struct *task);

/* A scheduling point; not allowed with a spinning lock held. */
void __sim_might_sleep(const char *caller);
void __sim_cond_resched(const char *caller);
#define might_sleep()  __sim_might_sleep(__func__)
#define cond_resched() __sim_cond_resched(__func__)
#define schedule()     __sim_cond_resched(__func__)
#define need_resched() 0
#define TASK_COMM_LEN  16

#endif
