/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Observation from outside: each lookup and predicate of core KVM that kernel-style code asks tells
 * the event stream its arguments, its answer and who asked. Included at the end of
 * linux/kvm_host.h; the plain function is reached by writing its name in parentheses.
 * The environment itself asks silently (SIM_NO_ASK).
 */
#ifndef _SIM_ASK_H
#define _SIM_ASK_H

#include <linux/kvm_host.h>
#include <sim/gen.h>

struct kvm_memory_slot *__ask_gfn_to_memslot(struct kvm *kvm, gfn_t gfn, const char *caller);
unsigned long __ask_gfn_to_hva_memslot_prot(struct kvm_memory_slot *slot, gfn_t gfn, bool *writable,
					    const char *caller);
bool __ask_kvm_is_error_hva(unsigned long addr, const char *caller);
bool __ask_kvm_slot_has_gmem(const struct kvm_memory_slot *slot, const char *caller);
bool __ask_kvm_memslot_is_gmem_only(const struct kvm_memory_slot *slot, const char *caller);
bool __ask_kvm_mem_is_private(struct kvm *kvm, gfn_t gfn, const char *caller);
kvm_pfn_t __ask_kvm_faultin_pfn(const struct kvm_memory_slot *slot, gfn_t gfn, unsigned int foll,
				bool *writable, struct page **page, const char *caller);
int __ask_kvm_gmem_get_pfn(struct kvm *kvm, struct kvm_memory_slot *slot, gfn_t gfn, kvm_pfn_t *pfn,
			   struct page **page, int *max_order, const char *caller);
bool __ask_yes(const char *name, bool answer, const char *caller);
int __ask_mmu_invalidate_retry(struct kvm *kvm, unsigned long seq, const char *caller);

#ifndef SIM_NO_ASK
#define gfn_to_memslot(kvm, gfn)              __ask_gfn_to_memslot(kvm, gfn, __func__)
#define gfn_to_hva_memslot_prot(slot, gfn, w) __ask_gfn_to_hva_memslot_prot(slot, gfn, w, __func__)
#define kvm_is_error_hva(addr)                __ask_kvm_is_error_hva(addr, __func__)
#define kvm_slot_has_gmem(slot)               __ask_kvm_slot_has_gmem(slot, __func__)
#define kvm_memslot_is_gmem_only(slot)        __ask_kvm_memslot_is_gmem_only(slot, __func__)
#define __kvm_faultin_pfn(slot, gfn, foll, w, page) \
	__ask_kvm_faultin_pfn(slot, gfn, foll, w, page, __func__)
#define mmu_invalidate_retry(kvm, seq) __ask_mmu_invalidate_retry(kvm, seq, __func__)
#if SIM_GEN_V14
#define kvm_mem_is_private(kvm, gfn) __ask_kvm_mem_is_private(kvm, gfn, __func__)
#define kvm_gmem_get_pfn(kvm, slot, gfn, pfn, page, order) \
	__ask_kvm_gmem_get_pfn(kvm, slot, gfn, pfn, page, order, __func__)
#else
#define kvm_gmem_is_private_gfn(kvm, gfn) __ask_kvm_mem_is_private(kvm, gfn, __func__)
#define kvm_gmem_get_pfn(kvm, slot, gfn, pfn, order) \
	__sim_gmem_get_pfn(kvm, slot, gfn, pfn, order, __func__)
#endif
#endif

#endif
