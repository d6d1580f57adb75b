/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest_memfd in the form of the newest trees, over the functions of 7.1 that sim/kernel has.
 */
#ifndef _SIM_GMEM_NEWEST_H
#define _SIM_GMEM_NEWEST_H

#include <linux/kvm_host.h>

#if SIM_GEN_NEWEST
int __ask_kvm_gmem_get_pfn(struct kvm *kvm, struct kvm_memory_slot *slot, gfn_t gfn, kvm_pfn_t *pfn,
			   struct page **page, int *max_order, const char *caller);

/* Without a page: the caller holds no reference, the page is kept by guest_memfd alone. */
static inline int __sim_gmem_get_pfn(struct kvm *kvm, struct kvm_memory_slot *slot, gfn_t gfn,
				     kvm_pfn_t *pfn, int *max_order, const char *caller)
{
	struct page *page;
	int ret = __ask_kvm_gmem_get_pfn(kvm, slot, gfn, pfn, &page, max_order, caller);

	if (!ret)
		put_page(page);
	return ret;
}

long __sim_gmem_populate_7_1(struct kvm *kvm, gfn_t gfn, void __user *src, long npages,
			     kvm_gmem_populate_cb post_populate,
			     void *opaque) __asm__("kvm_gmem_populate");

/* What the newest trees' flag does is not known well enough to be modelled: true ends the run. */
static inline long __sim_gmem_populate(struct kvm *kvm, gfn_t gfn, void __user *src, long npages,
				       bool flag, kvm_gmem_populate_cb post_populate, void *opaque)
{
	if (flag)
		__sim_violation("not-modelled", "kvm_gmem_populate() with a true flag");
	return __sim_gmem_populate_7_1(kvm, gfn, src, npages, post_populate, opaque);
}
#define kvm_gmem_populate(kvm, gfn, src, npages, flag, cb, opaque) \
	__sim_gmem_populate(kvm, gfn, src, npages, flag, cb, opaque)
#endif

#endif
