/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_PREEMPT_H
#define _LINUX_PREEMPT_H

/* Counted for each actor: sleeping between them ends the run. */
void __sim_preempt_add(int n);
#define preempt_disable() __sim_preempt_add(1)
#define preempt_enable()  __sim_preempt_add(-1)

#endif
