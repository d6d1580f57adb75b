/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The invalidation protocol and the MMU notifier (dispatch sheet, G5).
 *
 * mmu_invalidate_seq moves at the end of an invalidation; between begin and end faults retry because
 * one is in progress. Both are guarded by mmu_lock.
 */
#include "env.h"
#include "inspect.h"
#include "kvm.h"
#include "mm.h"

#include <linux/kvm_host.h>

void kvm_mmu_invalidate_begin(struct kvm *kvm)
{
	lockdep_assert_held_write(&kvm->mmu_lock);
	kvm->mmu_invalidate_in_progress++;
	if (kvm->mmu_invalidate_in_progress == 1) {
		kvm->mmu_invalidate_range_start = INVALID_GFN;
		kvm->mmu_invalidate_range_end = INVALID_GFN;
	}
}

void kvm_mmu_invalidate_range_add(struct kvm *kvm, gfn_t start, gfn_t end)
{
	lockdep_assert_held_write(&kvm->mmu_lock);
	WARN_ON_ONCE(!kvm->mmu_invalidate_in_progress);
	if (kvm->mmu_invalidate_range_start == INVALID_GFN) {
		kvm->mmu_invalidate_range_start = start;
		kvm->mmu_invalidate_range_end = end;
		return;
	}
	kvm->mmu_invalidate_range_start = min(kvm->mmu_invalidate_range_start, start);
	kvm->mmu_invalidate_range_end = max(kvm->mmu_invalidate_range_end, end);
}

void kvm_mmu_invalidate_end(struct kvm *kvm)
{
	lockdep_assert_held_write(&kvm->mmu_lock);
	kvm->mmu_invalidate_seq++;
	smp_wmb();
	kvm->mmu_invalidate_in_progress--;
	if (!kvm->mmu_invalidate_in_progress)
		env.ops->wake(env.host, &kvm->mmu_invalidate_in_progress);
	KVM_BUG_ON(kvm->mmu_invalidate_in_progress < 0, kvm);
	WARN_ON_ONCE(kvm->mmu_invalidate_range_start == INVALID_GFN);
}

void invalidate_gfn_range(struct kvm *kvm, struct kvm_gfn_range *range, bool *locked)
{
	u64 warns;

	if (!*locked) {
		*locked = true;
		write_lock(&kvm->mmu_lock);
		kvm_mmu_invalidate_begin(kvm);
	}
	kvm_mmu_invalidate_range_add(kvm, range->start, range->end);
	warns = inspect_unmap();
	if (range->attr_filter)
		task_current()->keeps = ~range->attr_filter;
	if (kvm_unmap_gfn_range(kvm, range))
		kvm_flush_remote_tlbs(kvm);
	task_current()->keeps = 0;
	inspect_unmapped(warns, kvm, gfn_to_gpa(range->start),
			 gfn_to_gpa(range->end - range->start), range->attr_filter, false);
}

/* The range is ignored, as arm64 does: any invalidation makes every fault in flight retry. */
int mmu_invalidate_retry(struct kvm *kvm, unsigned long mmu_seq)
{
	lockdep_assert_held(&kvm->mmu_lock);
	if (kvm->mmu_invalidate_in_progress) {
		task_current()->must_retry = true;
		return 1;
	}
	smp_rmb();
	return kvm->mmu_invalidate_seq != mmu_seq;
}

void kvm_flush_remote_tlbs(struct kvm *kvm)
{
}

void kvm_flush_remote_tlbs_memslot(struct kvm *kvm, const struct kvm_memory_slot *memslot)
{
}

/* The gfns of [start, end) of the VMM that `slot` shows; false when there are none. */
static bool slot_range(struct kvm_memory_slot *slot, unsigned long start, unsigned long end,
		       struct kvm_gfn_range *range)
{
	unsigned long hva_start = max(start, slot->userspace_addr);
	unsigned long hva_end = min(end, slot->userspace_addr + (slot->npages << PAGE_SHIFT));

	if (hva_start >= hva_end)
		return false;
	range->slot = slot;
	range->start =
		slot->base_gfn + (((hva_start & PAGE_MASK) - slot->userspace_addr) >> PAGE_SHIFT);
	range->end = slot->base_gfn + ((PAGE_ALIGN(hva_end) - slot->userspace_addr) >> PAGE_SHIFT);
	return true;
}

void mn_invalidate_range_start(struct mm_struct *mm, unsigned long start, unsigned long end,
			       bool blockable)
{
	struct kvm *kvm = mm->kvm;
	struct kvm_gfn_range range = { .attr_filter = KVM_FILTER_SHARED, .may_block = blockable };
	struct kvm_memory_slot *slot;
	bool locked = false;
	int idx, bkt;

	if (!kvm)
		return;
	__sim_note(__SIM_MM, "invalidate_range_start", NULL, "[0x%lx, 0x%lx)", start, end);
	spin_lock(&kvm->mn_invalidate_lock);
	kvm->mn_active_invalidate_count++;
	spin_unlock(&kvm->mn_invalidate_lock);

	idx = srcu_read_lock(&kvm->srcu);
	kvm_for_each_memslot(slot, bkt, kvm_memslots(kvm)) {
		if (!slot_range(slot, start, end, &range))
			continue;
		invalidate_gfn_range(kvm, &range, &locked);
	}
	if (locked)
		write_unlock(&kvm->mmu_lock);
	srcu_read_unlock(&kvm->srcu, idx);
}

void mn_invalidate_range_end(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	struct kvm *kvm = mm->kvm;
	struct kvm_gfn_range range = { 0 };
	struct kvm_memory_slot *slot;
	bool locked = false, wake;
	int idx, bkt;

	if (!kvm)
		return;
	idx = srcu_read_lock(&kvm->srcu);
	kvm_for_each_memslot(slot, bkt, kvm_memslots(kvm)) {
		if (!slot_range(slot, start, end, &range) || locked)
			continue;
		locked = true;
		write_lock(&kvm->mmu_lock);
		kvm_mmu_invalidate_end(kvm);
	}
	if (locked)
		write_unlock(&kvm->mmu_lock);
	srcu_read_unlock(&kvm->srcu, idx);

	spin_lock(&kvm->mn_invalidate_lock);
	if (!WARN_ON_ONCE(!kvm->mn_active_invalidate_count))
		kvm->mn_active_invalidate_count--;
	wake = !kvm->mn_active_invalidate_count;
	spin_unlock(&kvm->mn_invalidate_lock);
	if (wake)
		env.ops->wake(env.host, &kvm->mn_active_invalidate_count);
	__sim_note(__SIM_MM, "invalidate_range_end", NULL, "[0x%lx, 0x%lx)", start, end);
}

/*
 * Something else makes the host look away from the page just now (migration, KSM, NUMA balancing): an invalidation of
 * the page behind a fault, between two steps of that fault.
 */
void mn_may_invalidate(struct kvm *kvm, const struct kvm_memory_slot *slot, gfn_t gfn,
		       const char *caller)
{
	unsigned long hva = __gfn_to_hva_memslot(slot, gfn);

	if (!kvm || !__sim_may_fail(1, "invalidation", caller))
		return;
	mn_invalidate_range_start(kvm->mm, hva, hva + PAGE_SIZE, true);
	mn_invalidate_range_end(kvm->mm, hva, hva + PAGE_SIZE);
}

bool mn_young(struct mm_struct *mm, unsigned long start, unsigned long end, bool clear)
{
	struct kvm *kvm = mm->kvm;
	struct kvm_gfn_range range = { .attr_filter = KVM_FILTER_SHARED };
	struct kvm_memory_slot *slot;
	bool young = false;
	int idx, bkt;

	if (!kvm)
		return false;
	idx = srcu_read_lock(&kvm->srcu);
	write_lock(&kvm->mmu_lock);
	kvm_for_each_memslot(slot, bkt, kvm_memslots(kvm)) {
		if (!slot_range(slot, start, end, &range))
			continue;
		young |= clear ? kvm_age_gfn(kvm, &range) : kvm_test_age_gfn(kvm, &range);
	}
	write_unlock(&kvm->mmu_lock);
	srcu_read_unlock(&kvm->srcu, idx);
	__sim_note(__SIM_MM, clear ? "clear_flush_young" : "test_young", NULL,
		   "[0x%lx, 0x%lx) -> %d", start, end, young);
	return young;
}
