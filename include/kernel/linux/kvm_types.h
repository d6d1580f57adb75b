/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef __KVM_TYPES_H__
#define __KVM_TYPES_H__

#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct kvm;
struct kvm_vcpu;
struct kvm_run;
struct kvm_memory_slot;
struct kvm_memslots;

typedef unsigned long gva_t;
typedef u64 gpa_t;
typedef u64 gfn_t;
#define INVALID_GPA (~(gpa_t)0)
#define INVALID_GFN (~(gfn_t)0)
typedef unsigned long hva_t;
typedef u64 hpa_t;
typedef u64 hfn_t;
typedef hfn_t kvm_pfn_t;

#define KVM_ARCH_NR_OBJS_PER_MEMORY_CACHE 40

struct kvm_mmu_memory_cache {
	gfp_t gfp_zero;
	gfp_t gfp_custom;
	u64 init_value;
	void *kmem_cache;
	int capacity;
	int nobjs;
	void **objects;
};

#endif
