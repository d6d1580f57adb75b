/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _TRACE_KVM_H
#define _TRACE_KVM_H
/* The event stream of the machine takes the place of trace points. */
#define trace_kvm_guest_fault(...) \
	do {                       \
	} while (0)
#define trace_kvm_entry(...) \
	do {                 \
	} while (0)
#define trace_kvm_exit(...) \
	do {                \
	} while (0)
#define trace_kvm_access_fault(...) \
	do {                        \
	} while (0)
#endif
