/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/tracepoint.h> is not there: the events of the machine take the place of trace points (trace/events/kvm.h) (docs/porting.md, Your own kernel files)"
