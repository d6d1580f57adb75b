/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Core KVM: VMs, vCPUs, memslots, memory attributes, guest_memfd, invalidation.
 *
 * Locks, outermost first: vcpu->mutex, slots_lock, config_lock, filemap invalidate lock,
 * slots_arch_lock, srcu, mmap_lock, mn_invalidate_lock, mmu_lock.
 */
#ifndef __KVM_HOST_H
#define __KVM_HOST_H

#include <asm/barrier.h>
#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/kvm.h>
#include <linux/kvm_types.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/srcu.h>
#include <linux/xarray.h>
#include <asm/kvm_host.h>
#include <sim/gen.h>

#define KVM_MEMSLOT_INVALID   (1UL << 16)
#define KVM_MEMSLOT_GMEM_ONLY (1UL << 17)
#define KVM_MEM_SLOTS_NUM     32767
#define KVM_ADDRESS_SPACE_NUM 1
#define KVM_MEM_MAX_NR_PAGES  ((1UL << 31) - 1)

/* Frames that are no frames. */
#define KVM_PFN_ERR_MASK        (0x7ffULL << 52)
#define KVM_PFN_ERR_NOSLOT_MASK (0xfffULL << 52)
#define KVM_PFN_NOSLOT          (0x1ULL << 63)
#define KVM_PFN_ERR_FAULT       (KVM_PFN_ERR_MASK)
#define KVM_PFN_ERR_HWPOISON    (KVM_PFN_ERR_MASK + 1)
#define KVM_PFN_ERR_RO_FAULT    (KVM_PFN_ERR_MASK + 2)
#define KVM_PFN_ERR_SIGPENDING  (KVM_PFN_ERR_MASK + 3)

static inline bool is_error_pfn(kvm_pfn_t pfn)
{
	return pfn & KVM_PFN_ERR_MASK;
}

static inline bool is_error_noslot_pfn(kvm_pfn_t pfn)
{
	return pfn & KVM_PFN_ERR_NOSLOT_MASK;
}

static inline bool is_noslot_pfn(kvm_pfn_t pfn)
{
	return pfn == KVM_PFN_NOSLOT;
}

#define KVM_HVA_ERR_BAD    (~0UL)
#define KVM_HVA_ERR_RO_BAD (~0UL - 1)

static inline bool kvm_is_error_hva(unsigned long addr)
{
	return addr >= KVM_HVA_ERR_RO_BAD;
}

struct kvm_gmem_file;

struct kvm_memory_slot {
	gfn_t base_gfn;
	unsigned long npages;
	unsigned long *dirty_bitmap;
	unsigned long userspace_addr;
	u32 flags;
	short id;
	u16 as_id;
	struct {
		struct kvm_gmem_file *file; /* slots_lock to change; NULL once closed */
		pgoff_t pgoff;
	} gmem;
};

/* A set of slots that readers see at once; replaced as a whole under slots_lock. */
struct kvm_memslots {
	u64 generation;
	unsigned int nr, room;
	struct kvm_memory_slot *slot[]; /* sorted by base_gfn */
};

union kvm_mmu_notifier_arg {
	unsigned long attributes;
};

enum kvm_gfn_range_filter {
	KVM_FILTER_SHARED = BIT(0),
	KVM_FILTER_PRIVATE = BIT(1),
};

struct kvm_gfn_range {
	struct kvm_memory_slot *slot;
	gfn_t start;
	gfn_t end;
	union kvm_mmu_notifier_arg arg;
	enum kvm_gfn_range_filter attr_filter;
	bool may_block;
	bool lockless;
};

struct kvm {
	rwlock_t mmu_lock;
	struct mutex slots_lock;
	struct mutex slots_arch_lock;
	struct mutex lock; /* vCPU creation */
	struct mm_struct *mm;
	struct srcu_struct srcu;
	struct kvm_memslots *memslots;
	unsigned long nr_memslot_pages; /* slots_lock */

	/* lock */
	atomic_t online_vcpus;
	unsigned int created_vcpus;
	unsigned int max_vcpus;
	struct kvm_vcpu *vcpu_array[KVM_MAX_VCPUS];

	/* mn_invalidate_lock */
	spinlock_t mn_invalidate_lock;
	unsigned long mn_active_invalidate_count;

	/* mmu_lock */
	unsigned long mmu_invalidate_seq;
	long mmu_invalidate_in_progress;
	gfn_t mmu_invalidate_range_start;
	gfn_t mmu_invalidate_range_end;

	bool closing; /* no user is left: nothing to lock against */
	bool vm_bugged;
	bool vm_dead;
	u32 dirty_ring_size;

	struct xarray mem_attr_array; /* slots_lock to change */
	struct list_head gmem_files;
	int next_gmem; /* number of the next file */
	struct kvm_arch arch;
};

struct kvm_vcpu {
	struct kvm *kvm;
	int vcpu_id;
	int vcpu_idx;
	int mode;
	u64 requests;
	struct mutex mutex;
	struct kvm_run *run;
	struct kvm_run *own_run;
	pid_t pid; /* actor + 1 that ran it last, 0 = none */
	bool wants_to_run;
	bool valid_wakeup;

	int mmio_needed;
	bool mmio_is_write;

	struct kvm_vcpu_arch arch;
};

enum { OUTSIDE_GUEST_MODE, IN_GUEST_MODE, EXITING_GUEST_MODE, READING_SHADOW_PAGE_TABLES };

#define kvm_err(fmt, ...)           pr_err("kvm: " fmt, ##__VA_ARGS__)
#define kvm_info(fmt, ...)          pr_info("kvm: " fmt, ##__VA_ARGS__)
#define kvm_debug(fmt, ...)         pr_debug("kvm: " fmt, ##__VA_ARGS__)
#define kvm_pr_unimpl(fmt, ...)     pr_err("kvm: " fmt, ##__VA_ARGS__)
#define vcpu_err(vcpu, fmt, ...)    kvm_err("vcpu%i: " fmt, (vcpu)->vcpu_id, ##__VA_ARGS__)
#define vcpu_unimpl(vcpu, fmt, ...) kvm_pr_unimpl("vcpu%i: " fmt, (vcpu)->vcpu_id, ##__VA_ARGS__)

/* The VM is unusable: every vCPU is told. */
void kvm_vm_dead(struct kvm *kvm);
void kvm_vm_bugged(struct kvm *kvm);
int __sim_kvm_bug(int fires, struct kvm *kvm, const char *caller, const char *text);
#define KVM_BUG_ON(cond, kvm)      __sim_kvm_bug(!!(cond), kvm, __func__, #cond)
#define KVM_BUG(cond, kvm, fmt...) __sim_kvm_bug(!!(cond), kvm, __func__, #cond)

/* vCPUs */
static inline struct kvm_vcpu *kvm_get_vcpu(struct kvm *kvm, int i)
{
	return i >= 0 && i < atomic_read(&kvm->online_vcpus) ? kvm->vcpu_array[i] : NULL;
}
#define kvm_for_each_vcpu(idx, vcpup, kvm) \
	for (idx = 0; ((vcpup) = kvm_get_vcpu(kvm, (int)(idx))); idx++)
void kvm_destroy_vcpus(struct kvm *kvm);
void kvm_vcpu_kick(struct kvm_vcpu *vcpu);
void kvm_vcpu_wake_up(struct kvm_vcpu *vcpu);
bool kvm_vcpu_exit_request(struct kvm_vcpu *vcpu);

#define KVM_REQUEST_MASK GENMASK(7, 0)
static inline void kvm_make_request(int req, struct kvm_vcpu *vcpu)
{
	vcpu->requests |= BIT_ULL(req & KVM_REQUEST_MASK);
}

static inline bool kvm_request_pending(struct kvm_vcpu *vcpu)
{
	return READ_ONCE(vcpu->requests);
}

static inline bool kvm_test_request(int req, struct kvm_vcpu *vcpu)
{
	return vcpu->requests & BIT_ULL(req & KVM_REQUEST_MASK);
}

static inline void kvm_clear_request(int req, struct kvm_vcpu *vcpu)
{
	vcpu->requests &= ~BIT_ULL(req & KVM_REQUEST_MASK);
}

static inline bool kvm_check_request(int req, struct kvm_vcpu *vcpu)
{
	if (!kvm_test_request(req, vcpu))
		return false;
	kvm_clear_request(req, vcpu);
	return true;
}
bool kvm_make_all_cpus_request(struct kvm *kvm, unsigned int req);

static inline void kvm_handle_signal_exit(struct kvm_vcpu *vcpu)
{
	vcpu->run->exit_reason = KVM_EXIT_INTR;
}

/* Memslots. The set must be read inside srcu or with slots_lock held. */
struct kvm_memslots *kvm_memslots(struct kvm *kvm);
#define kvm_for_each_memslot(memslot, bkt, slots) \
	for (bkt = 0; (unsigned int)(bkt) < (slots)->nr && ((memslot) = (slots)->slot[bkt]); bkt++)
struct kvm_memory_slot *gfn_to_memslot(struct kvm *kvm, gfn_t gfn);
struct kvm_memory_slot *id_to_memslot(struct kvm_memslots *slots, int id);
unsigned long gfn_to_hva_memslot_prot(struct kvm_memory_slot *slot, gfn_t gfn, bool *writable);
unsigned long gfn_to_hva_memslot(struct kvm_memory_slot *slot, gfn_t gfn);

static inline unsigned long __gfn_to_hva_memslot(const struct kvm_memory_slot *slot, gfn_t gfn)
{
	return slot->userspace_addr + (gfn - slot->base_gfn) * PAGE_SIZE;
}

static inline bool kvm_slot_has_gmem(const struct kvm_memory_slot *slot)
{
	return slot && (slot->flags & KVM_MEM_GUEST_MEMFD);
}

static inline bool kvm_memslot_is_gmem_only(const struct kvm_memory_slot *slot)
{
	return slot->flags & KVM_MEMSLOT_GMEM_ONLY;
}

static inline bool kvm_slot_dirty_track_enabled(const struct kvm_memory_slot *slot)
{
	return slot->flags & KVM_MEM_LOG_DIRTY_PAGES;
}

static inline bool memslot_is_readonly(const struct kvm_memory_slot *slot)
{
	return slot->flags & KVM_MEM_READONLY;
}

static inline gpa_t gfn_to_gpa(gfn_t gfn)
{
	return (gpa_t)gfn << PAGE_SHIFT;
}

static inline gfn_t gpa_to_gfn(gpa_t gpa)
{
	return (gfn_t)(gpa >> PAGE_SHIFT);
}

static inline hpa_t pfn_to_hpa(kvm_pfn_t pfn)
{
	return (hpa_t)pfn << PAGE_SHIFT;
}
void mark_page_dirty_in_slot(struct kvm *kvm, const struct kvm_memory_slot *slot, gfn_t gfn);
void mark_page_dirty(struct kvm *kvm, gfn_t gfn);
/* slots_lock held. */
int kvm_set_memory_region(struct kvm *kvm, const struct kvm_userspace_memory_region2 *mem);

/* Memory attributes */
unsigned long kvm_get_memory_attributes(struct kvm *kvm, gfn_t gfn);
#if SIM_GEN_V14
bool kvm_mem_is_private(struct kvm *kvm, gfn_t gfn);
#else
bool kvm_gmem_is_private_gfn(struct kvm *kvm, gfn_t gfn);
#endif
bool kvm_range_has_memory_attributes(struct kvm *kvm, gfn_t start, gfn_t end, unsigned long mask,
				     unsigned long attrs);
int kvm_vm_ioctl_set_mem_attributes(struct kvm *kvm, struct kvm_memory_attributes *attrs);

/* Frames behind a gfn */
kvm_pfn_t __kvm_faultin_pfn(const struct kvm_memory_slot *slot, gfn_t gfn, unsigned int foll,
			    bool *writable, struct page **refcounted_page);
void kvm_release_faultin_page(struct kvm *kvm, struct page *page, bool unused, bool dirty);
void kvm_release_page_unused(struct page *page);
void kvm_release_page_clean(struct page *page);
void kvm_release_page_dirty(struct page *page);
void kvm_send_hwpoison_signal(unsigned long address, short lsb);

/* guest_memfd: an allocated page, or -errno. */
typedef int (*kvm_gmem_populate_cb)(struct kvm *kvm, gfn_t gfn, kvm_pfn_t pfn,
				    struct page *src_page, void *opaque);
#if SIM_GEN_V14
/* With a reference for the caller. */
int kvm_gmem_get_pfn(struct kvm *kvm, struct kvm_memory_slot *slot, gfn_t gfn, kvm_pfn_t *pfn,
		     struct page **page, int *max_order);
/* Pages done, or what stopped the first one. slots_lock held. */
long kvm_gmem_populate(struct kvm *kvm, gfn_t gfn, void __user *src, long npages,
		       kvm_gmem_populate_cb post_populate, void *opaque);
#endif

/* Invalidation: all with mmu_lock held for write. */
void kvm_mmu_invalidate_begin(struct kvm *kvm);
void kvm_mmu_invalidate_range_add(struct kvm *kvm, gfn_t start, gfn_t end);
void kvm_mmu_invalidate_end(struct kvm *kvm);
#define kvm_mmu_invalidate_start(kvm) kvm_mmu_invalidate_begin(kvm)
/* Must a fault that read `mmu_seq` before it looked up its frame start again? mmu_lock held. */
int mmu_invalidate_retry(struct kvm *kvm, unsigned long mmu_seq);
void kvm_flush_remote_tlbs(struct kvm *kvm);
void kvm_flush_remote_tlbs_memslot(struct kvm *kvm, const struct kvm_memory_slot *memslot);

/* Page cache of the tables: filled where sleeping is allowed, used where it is not. */
int __sim_topup_memory_cache(struct kvm_mmu_memory_cache *mc, int min, const char *caller);
void *__sim_memory_cache_alloc(struct kvm_mmu_memory_cache *mc, const char *caller);
#define kvm_mmu_topup_memory_cache(mc, min) __sim_topup_memory_cache(mc, min, __func__)
#define kvm_mmu_memory_cache_alloc(mc)      __sim_memory_cache_alloc(mc, __func__)
int kvm_mmu_memory_cache_nr_free_objects(struct kvm_mmu_memory_cache *mc);
void kvm_mmu_free_memory_cache(struct kvm_mmu_memory_cache *mc);
void kvm_account_pgtable_pages(void *virt, int nr);

void kvm_prepare_memory_fault_exit(struct kvm_vcpu *vcpu, gpa_t gpa, gpa_t size, bool is_write,
				   bool is_exec, bool is_private);

/* What the architecture supplies */
enum kvm_mr_change { KVM_MR_CREATE, KVM_MR_DELETE, KVM_MR_MOVE, KVM_MR_FLAGS_ONLY };

bool kvm_unmap_gfn_range(struct kvm *kvm, struct kvm_gfn_range *range);
bool kvm_age_gfn(struct kvm *kvm, struct kvm_gfn_range *range);
bool kvm_test_age_gfn(struct kvm *kvm, struct kvm_gfn_range *range);
bool kvm_arch_pre_set_memory_attributes(struct kvm *kvm, struct kvm_gfn_range *range);
bool kvm_arch_post_set_memory_attributes(struct kvm *kvm, struct kvm_gfn_range *range);
void kvm_arch_flush_shadow_all(struct kvm *kvm);
void kvm_arch_flush_shadow_memslot(struct kvm *kvm, struct kvm_memory_slot *slot);
int kvm_arch_prepare_memory_region(struct kvm *kvm, const struct kvm_memory_slot *old,
				   struct kvm_memory_slot *new, enum kvm_mr_change change);
void kvm_arch_commit_memory_region(struct kvm *kvm, struct kvm_memory_slot *old,
				   const struct kvm_memory_slot *new, enum kvm_mr_change change);
/* The pages of `mask`, counted from `gfn_offset` in the slot, report their next write. mmu_lock held. */
void kvm_arch_mmu_enable_log_dirty_pt_masked(struct kvm *kvm, struct kvm_memory_slot *slot,
					     gfn_t gfn_offset, unsigned long mask);
int kvm_arch_vcpu_precreate(struct kvm *kvm, unsigned int id);
int kvm_arch_vcpu_create(struct kvm_vcpu *vcpu);
void kvm_arch_vcpu_destroy(struct kvm_vcpu *vcpu);
int kvm_arch_vcpu_run_pid_change(struct kvm_vcpu *vcpu);
int kvm_arch_vcpu_ioctl_run(struct kvm_vcpu *vcpu);
void kvm_arch_destroy_vm(struct kvm *kvm);
#define kvm_arch_has_private_mem(kvm)  ((kvm)->arch.is_realm)
#define kvm_arch_has_readonly_mem(kvm) true

#include <sim/ask.h>
#include <sim/gmem_newest.h>
#include <sim/layout.h>

#endif
