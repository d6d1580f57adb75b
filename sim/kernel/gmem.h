/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inside guest_memfd: what its two files share.
 */
#ifndef SIM_KERNEL_GMEM_H
#define SIM_KERNEL_GMEM_H

#include "kvm.h"
#include "mm.h"

struct kvm_gmem_file {
	struct list_head entry; /* kvm->gmem_files */
	struct kvm *kvm;
	int handle;
	u64 size;
	u64 flags; /* GUEST_MEMFD_FLAG_* */
	struct rw_semaphore invalidate_lock;
	struct sim_sparse *folios;
	struct list_head bindings;
	struct placements placed;
};

struct binding {
	struct list_head entry;
	struct kvm_memory_slot *slot;
	pgoff_t start, end;
};

/* A folio is locked only while it is looked at and filled. */
void gmem_folio_lock(struct page *page);
void gmem_folio_unlock(struct page *page);
/* A locked folio that nobody has filled is cleared by the host. */
void gmem_folio_fill(struct page *page);
/* The folio at index with a reference, allocated when missing; invalidate_lock held or a fault in flight. */
struct page *gmem_get_folio(struct kvm_gmem_file *file, pgoff_t index);
/* Unmap the indices [start, end) from every slot that shows them. invalidate_lock held. */
void gmem_invalidate_begin(struct kvm_gmem_file *file, pgoff_t start, pgoff_t end);
void gmem_invalidate_end(struct kvm_gmem_file *file, pgoff_t start, pgoff_t end);
/* The folios of [start, end) leave the file. */
void gmem_truncate(struct kvm_gmem_file *file, pgoff_t start, pgoff_t end);

#endif
