/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory attributes of a VM (dispatch sheet, G1).
 */
#include "env.h"
#include "inspect.h"
#include "kvm.h"

unsigned long kvm_get_memory_attributes(struct kvm *kvm, gfn_t gfn)
{
	return __sim_xa_value(&kvm->mem_attr_array, (unsigned long)gfn);
}

/* Readable without locks; stable only together with the invalidation protocol. */
bool kvm_mem_is_private(struct kvm *kvm, gfn_t gfn)
{
	return kvm_get_memory_attributes(kvm, gfn) & KVM_MEMORY_ATTRIBUTE_PRIVATE;
}

static unsigned long supported(struct kvm *kvm)
{
	return kvm_arch_has_private_mem(kvm) ? KVM_MEMORY_ATTRIBUTE_PRIVATE : 0;
}

bool kvm_range_has_memory_attributes(struct kvm *kvm, gfn_t start, gfn_t end, unsigned long mask,
				     unsigned long attrs)
{
	mask &= supported(kvm);
	if (attrs & ~mask)
		return false;
	/* there is one attribute, so a masked value is the value or nothing */
	return !mask || __sim_xa_all(&kvm->mem_attr_array, (unsigned long)start,
				     (unsigned long)end - 1, attrs);
}

typedef bool (*range_fn)(struct kvm *kvm, struct kvm_gfn_range *range);

static bool pre_set(struct kvm *kvm, struct kvm_gfn_range *range)
{
	kvm_mmu_invalidate_range_add(kvm, range->start, range->end);
	return kvm_arch_pre_set_memory_attributes(kvm, range);
}

/* The invalidation has ended: whoever gets mmu_lock in a break may map what they used before. */
static bool post_set(struct kvm *kvm, struct kvm_gfn_range *range)
{
	u64 warns = inspect_unmap();
	bool flush = kvm_arch_post_set_memory_attributes(kvm, range);

	inspect_unmapped(warns, kvm, gfn_to_gpa(range->start),
			 gfn_to_gpa(range->end - range->start),
			 range->arg.attributes & KVM_MEMORY_ATTRIBUTE_PRIVATE ? KVM_FILTER_SHARED
									      : KVM_FILTER_PRIVATE,
			 true);
	return flush;
}

/*
 * Every slot that meets [start, end): mmu_lock is taken and `first` called at the first one, and the
 * lock is held over all of them.
 */
static void walk_slots(struct kvm *kvm, gfn_t start, gfn_t end, unsigned long attributes,
		       void (*first)(struct kvm *kvm), range_fn fn)
{
	struct kvm_gfn_range range = { .arg.attributes = attributes, .may_block = true };
	struct kvm_memory_slot *slot;
	bool locked = false, flush = false;
	int bkt;

	kvm_for_each_memslot(slot, bkt, kvm_memslots(kvm)) {
		range.start = max(start, slot->base_gfn);
		range.end = min(end, slot->base_gfn + slot->npages);
		if (range.start >= range.end)
			continue;
		range.slot = slot;
		if (!locked) {
			locked = true;
			write_lock(&kvm->mmu_lock);
			first(kvm);
		}
		flush |= fn(kvm, &range);
	}
	if (flush)
		kvm_flush_remote_tlbs(kvm);
	if (locked)
		write_unlock(&kvm->mmu_lock);
}

/* The kernel stores gfn by gfn; two steps are enough to see a change half done. */
static void store(struct kvm *kvm, gfn_t start, gfn_t end, unsigned long attributes)
{
	__sim_xa_store_range(&kvm->mem_attr_array, (unsigned long)start, (unsigned long)end - 1,
			     attributes);
	cond_resched();
}

int kvm_vm_set_mem_attributes(struct kvm *kvm, gfn_t start, gfn_t end, unsigned long attributes)
{
	int err = 0;

	mutex_lock(&kvm->slots_lock);
	if (kvm_range_has_memory_attributes(kvm, start, end, ~0ul, attributes))
		goto out;
	err = __sim_xa_reserve(&kvm->mem_attr_array, GFP_KERNEL_ACCOUNT);
	if (err)
		goto out;
	walk_slots(kvm, start, end, attributes, kvm_mmu_invalidate_begin, pre_set);
	/* vCPUs may run and fault here, and see part of the change: each of them retries. */
	store(kvm, start, start + 1, attributes);
	if (end > start + 1)
		store(kvm, start + 1, end, attributes);
	walk_slots(kvm, start, end, attributes, kvm_mmu_invalidate_end, post_set);
out:
	mutex_unlock(&kvm->slots_lock);
	return err;
}

int kvm_vm_ioctl_set_mem_attributes(struct kvm *kvm, struct kvm_memory_attributes *attrs)
{
	if (attrs->flags)
		return -EINVAL;
	if (attrs->attributes & ~(u64)supported(kvm))
		return -EINVAL;
	if (!attrs->size || attrs->address + attrs->size < attrs->address)
		return -EINVAL;
	if ((attrs->address | attrs->size) & ~PAGE_MASK)
		return -EINVAL;
	return kvm_vm_set_mem_attributes(kvm, attrs->address >> PAGE_SHIFT,
					 (attrs->address + attrs->size) >> PAGE_SHIFT,
					 (unsigned long)attrs->attributes);
}
