/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Looking in from outside, for checks: nothing changes, nobody else gets a turn.
 */
#ifndef SIM_KERNEL_INSPECT_H
#define SIM_KERNEL_INSPECT_H

#include "env.h"

struct kvm;

/* Owners (struct page) of folios of guest_memfd and of the VMM's memory. */
extern const char page_owner_folio[], page_owner_user[];

/* page_alloc.c */
enum sim_page_use page_use(u64 pa);

/* See sim/kernel/host.h. */
u64 inspect_backing(struct kvm *kvm, u64 gpa, bool private, unsigned int *flags);
void inspect_vm(struct kvm *kvm);
/*
 * Around an unmap of [start, start + size) from a guest: filter is one of enum kvm_gfn_range_filter, 0 both. A WARN in
 * between is a finding of its own. `again`: whoever gets a lock that was let go of meanwhile may map it again.
 */
u64 inspect_unmap(void);
/* The task makes this RMI call. */
void inspect_call(unsigned long fid);
void inspect_unmapped(u64 warns, struct kvm *kvm, u64 start, u64 size, unsigned int filter,
		      bool again);

#endif
