/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/timer.h> is not there: timers are plain state (kvm/arm_arch_timer.h) (docs/porting.md, Your own kernel files)"
