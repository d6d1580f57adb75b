/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_ENTRY_VIRT_H
#define _LINUX_ENTRY_VIRT_H

#include <linux/types.h>

struct kvm_vcpu;
/* 0, or -EINTR with KVM_EXIT_INTR prepared when a signal is pending. A scheduling point. */
int kvm_xfer_to_guest_mode_handle_work(struct kvm_vcpu *vcpu);
bool xfer_to_guest_mode_work_pending(void);
/* The older form: the caller prepares the exit. */
int xfer_to_guest_mode_handle_work(struct kvm_vcpu *vcpu);

#endif
