// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stage-2 mappings go away: what core KVM calls when the memory behind a guest changes, and tear-down.
 *
 * Part of the kernel's mmu.c (v7.1 with series v14 and the fixes of docs/porting.md).
 */
#include <linux/align.h>
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/kvm_host.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <asm/kvm_emulate.h>
#include <asm/kvm_mmu.h>
#include <asm/kvm_pgtable.h>
#include <asm/kvm_rmi.h>

#include "rmi.h"

/* An ordinary guest's mappings in [start, start + size). */
static void __unmap_stage2_range(struct kvm_s2_mmu *mmu, phys_addr_t start, u64 size,
				 bool may_block)
{
	struct kvm *kvm = kvm_s2_mmu_to_kvm(mmu);
	phys_addr_t next, end = start + size;

	lockdep_assert_held_write(&kvm->mmu_lock);
	WARN_ON(!PAGE_ALIGNED(size));

	/* mmu_lock may be dropped in between, and the tables go with the VMM's address space */
	for (; start < end && mmu->pgt; start = next) {
		next = min(ALIGN(start + 1, PUD_SIZE), end);
		WARN_ON(KVM_PGT_FN(kvm_pgtable_stage2_unmap)(mmu->pgt, start, next - start));
		if (may_block && next != end)
			cond_resched_rwlock_write(&kvm->mmu_lock);
	}
}

/* Unmap guest addresses, a realm's at both aliases. mmu_lock is held for write. */
void kvm_stage2_unmap_range(struct kvm_s2_mmu *mmu, phys_addr_t start, u64 size, bool may_block)
{
	struct kvm *kvm = kvm_s2_mmu_to_kvm(mmu);

	if (kvm_is_realm(kvm))
		kvm_realm_unmap_range_filter(kvm, start, size, may_block,
					     KVM_FILTER_SHARED | KVM_FILTER_PRIVATE);
	else
		__unmap_stage2_range(mmu, start, size, may_block);
}

void kvm_stage2_flush_range(struct kvm_s2_mmu *mmu, phys_addr_t addr, phys_addr_t end)
{
	WARN_ON(KVM_PGT_FN(kvm_pgtable_stage2_flush)(mmu->pgt, addr, end - addr));
}

/* The host cannot clean a realm's caches; its shared pages are unmapped instead. */
static void stage2_flush_memslot(struct kvm *kvm, struct kvm_memory_slot *memslot)
{
	phys_addr_t addr = memslot->base_gfn << PAGE_SHIFT;
	u64 size = (u64)memslot->npages << PAGE_SHIFT;

	if (kvm_is_realm(kvm))
		kvm_realm_unmap_range_filter(kvm, addr, size, true, KVM_FILTER_SHARED);
	else
		kvm_stage2_flush_range(&kvm->arch.mmu, addr, addr + size);
}

/* Clean what the guest sees to the point of coherency. */
void stage2_flush_vm(struct kvm *kvm)
{
	struct kvm_memory_slot *memslot;
	struct kvm_memslots *slots;
	int idx, bkt;

	idx = srcu_read_lock(&kvm->srcu);
	write_lock(&kvm->mmu_lock);
	slots = kvm_memslots(kvm);
	kvm_for_each_memslot(memslot, bkt, slots)
		stage2_flush_memslot(kvm, memslot);
	write_unlock(&kvm->mmu_lock);
	srcu_read_unlock(&kvm->srcu, idx);
}

/* The memory behind a range of one slot changes. mmu_lock is held for write. No flush is left to do. */
bool kvm_unmap_gfn_range(struct kvm *kvm, struct kvm_gfn_range *range)
{
	phys_addr_t start = range->start << PAGE_SHIFT;
	u64 size = (range->end - range->start) << PAGE_SHIFT;

	if (!kvm->arch.mmu.pgt)
		return false;

	if (kvm_is_realm(kvm))
		kvm_realm_unmap_range_filter(kvm, start, size, range->may_block,
					     range->attr_filter);
	else
		__unmap_stage2_range(&kvm->arch.mmu, start, size, range->may_block);
	return false;
}

/* The RMM keeps no access flags for the host: a realm's pages are always young. */
bool kvm_age_gfn(struct kvm *kvm, struct kvm_gfn_range *range)
{
	if (!kvm->arch.mmu.pgt)
		return false;
	if (kvm_is_realm(kvm))
		return true;
	return KVM_PGT_FN(kvm_pgtable_stage2_test_clear_young)(
		kvm->arch.mmu.pgt, range->start << PAGE_SHIFT,
		(range->end - range->start) << PAGE_SHIFT, true);
}

bool kvm_test_age_gfn(struct kvm *kvm, struct kvm_gfn_range *range)
{
	if (!kvm->arch.mmu.pgt)
		return false;
	if (kvm_is_realm(kvm))
		return true;
	return KVM_PGT_FN(kvm_pgtable_stage2_test_clear_young)(
		kvm->arch.mmu.pgt, range->start << PAGE_SHIFT,
		(range->end - range->start) << PAGE_SHIFT, false);
}

/* Nothing to do before attributes change: the alias that must go is unmapped after. */
bool kvm_arch_pre_set_memory_attributes(struct kvm *kvm, struct kvm_gfn_range *range)
{
	WARN_ON_ONCE(!kvm_arch_has_private_mem(kvm));
	return false;
}

/* The attributes of the range have changed: the other alias must not stay mapped. */
bool kvm_arch_post_set_memory_attributes(struct kvm *kvm, struct kvm_gfn_range *range)
{
	if (WARN_ON_ONCE(!kvm_arch_has_private_mem(kvm)))
		return false;

	if (range->arg.attributes & KVM_MEMORY_ATTRIBUTE_PRIVATE)
		range->attr_filter = KVM_FILTER_SHARED;
	else
		range->attr_filter = KVM_FILTER_PRIVATE;
	return kvm_unmap_gfn_range(kvm, range);
}

/* A slot goes away or moves: nothing of it may stay mapped. */
void kvm_arch_flush_shadow_memslot(struct kvm *kvm, struct kvm_memory_slot *slot)
{
	phys_addr_t gpa = slot->base_gfn << PAGE_SHIFT;
	u64 size = (u64)slot->npages << PAGE_SHIFT;

	write_lock(&kvm->mmu_lock);
	kvm_stage2_unmap_range(&kvm->arch.mmu, gpa, size, true);
	write_unlock(&kvm->mmu_lock);
}

/* May this slot be? */
int kvm_arch_prepare_memory_region(struct kvm *kvm, const struct kvm_memory_slot *old,
				   struct kvm_memory_slot *new, enum kvm_mr_change change)
{
	if (change != KVM_MR_CREATE && change != KVM_MR_MOVE && change != KVM_MR_FLAGS_ONLY)
		return 0;

	/* the whole IPA space counts, also a realm's shared half (as v14) */
	if (new->base_gfn + new->npages > kvm_phys_size(&kvm->arch.mmu) >> PAGE_SHIFT)
		return -EFAULT;

	/* only a realm has two aliases to back by two memories */
	if (kvm_slot_has_gmem(new) && !kvm_memslot_is_gmem_only(new) && !kvm_is_realm(kvm))
		return -EINVAL;
	return 0;
}

/*
 * The next write to these pages must fault. The host cannot take a realm's permission away from an entry, but
 * it can take the entry: only the shared alias can be logged.
 */
static void kvm_mmu_wp_range(struct kvm *kvm, gfn_t gfn, unsigned long npages)
{
	phys_addr_t start = gfn << PAGE_SHIFT;
	u64 size = (u64)npages << PAGE_SHIFT;

	lockdep_assert_held_write(&kvm->mmu_lock);
	if (!kvm->arch.mmu.pgt)
		return;
	if (kvm_is_realm(kvm))
		kvm_realm_unmap_range_filter(kvm, start, size, false, KVM_FILTER_SHARED);
	else
		KVM_PGT_FN(kvm_pgtable_stage2_wrprotect)(kvm->arch.mmu.pgt, start, size);
}

/* The dirty log has been read: pages of `mask`, counted from gfn_offset in the slot, report again. */
void kvm_arch_mmu_enable_log_dirty_pt_masked(struct kvm *kvm, struct kvm_memory_slot *slot,
					     gfn_t gfn_offset, unsigned long mask)
{
	gfn_t base = slot->base_gfn + gfn_offset;
	unsigned long first = __ffs(mask);

	kvm_mmu_wp_range(kvm, base + first, __fls(mask) - first + 1);
}

void kvm_arch_commit_memory_region(struct kvm *kvm, struct kvm_memory_slot *old,
				   const struct kvm_memory_slot *new, enum kvm_mr_change change)
{
	/* what is mapped already reports its next write too */
	if (new &&kvm_slot_dirty_track_enabled(new) && change != KVM_MR_DELETE) {
		write_lock(&kvm->mmu_lock);
		kvm_mmu_wp_range(kvm, new->base_gfn, new->npages);
		write_unlock(&kvm->mmu_lock);
	}
}

/* Free the root table and everything below it. A realm's root must be the host's again. */
void kvm_free_stage2_pgd(struct kvm_s2_mmu *mmu)
{
	struct kvm *kvm = kvm_s2_mmu_to_kvm(mmu);
	struct kvm_pgtable *pgt;

	write_lock(&kvm->mmu_lock);
	pgt = mmu->pgt;
	mmu->pgd_phys = 0;
	mmu->pgt = NULL;
	write_unlock(&kvm->mmu_lock);

	if (!pgt)
		return;
	if (kvm_is_realm(kvm))
		KVM_PGT_FN(kvm_pgtable_stage2_destroy_pgd)(pgt);
	else
		KVM_PGT_FN(kvm_pgtable_stage2_destroy)(pgt);
	kfree(pgt);
}

void kvm_uninit_stage2_mmu(struct kvm *kvm)
{
	if (kvm_is_realm(kvm))
		kvm_realm_uninit_stage2(kvm);
	else
		kvm_free_stage2_pgd(&kvm->arch.mmu);
	kvm_mmu_free_memory_cache(&kvm->arch.mmu.split_page_cache);
}

/* The VMM's address space goes away. */
void kvm_arch_flush_shadow_all(struct kvm *kvm)
{
	kvm_uninit_stage2_mmu(kvm);
}
