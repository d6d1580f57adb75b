/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/sched/task.h> is not there: a task has what linux/sched.h declares (docs/porting.md, Your own kernel files)"
