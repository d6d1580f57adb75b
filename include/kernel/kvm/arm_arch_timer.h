/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef __ASM_ARM_KVM_ARCH_TIMER_H
#define __ASM_ARM_KVM_ARCH_TIMER_H

#include <linux/types.h>

enum kvm_arch_timers { TIMER_PTIMER, TIMER_VTIMER, NR_KVM_TIMERS };

/* Plain state: nothing fires. */
struct arch_timer_context {
	u64 ctl, cval;
};

struct arch_timer_cpu {
	struct arch_timer_context timers[NR_KVM_TIMERS];
};

#define vcpu_vtimer(v)       (&(v)->arch.timer_cpu.timers[TIMER_VTIMER])
#define vcpu_ptimer(v)       (&(v)->arch.timer_cpu.timers[TIMER_PTIMER])
#define timer_get_ctl(t)     ((t)->ctl)
#define timer_get_cval(t)    ((t)->cval)
#define timer_set_ctl(t, v)  ((void)((t)->ctl = (v)))
#define timer_set_cval(t, v) ((void)((t)->cval = (v)))

#define kvm_timer_flush_hwstate(v) ((void)(v))
#define kvm_timer_sync_user(v)     ((void)(v))
#define kvm_timer_update_run(v)    ((void)(v))
#define kvm_realm_timers_update(v) ((void)(v))

#endif
