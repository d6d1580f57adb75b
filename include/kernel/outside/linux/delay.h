/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/delay.h> is not there: there is no time; cond_resched() (linux/sched.h) lets others run (docs/porting.md, Your own kernel files)"
