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
 * between is a finding of its own.
 */
struct inspect_unmap {
	u64 warns, breaks;
};
struct inspect_unmap inspect_unmap_begin(void);
void inspect_unmapped(struct inspect_unmap begun, struct kvm *kvm, u64 start, u64 size,
		      unsigned int filter);
/* Has the actor let go of a lock since, so that others may have mapped it again? */
bool inspect_unmap_was_broken(struct inspect_unmap begun);

#endif
