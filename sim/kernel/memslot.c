/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memslots: lookups, and updates in the order of events of the dispatch sheet, G6.
 *
 * A set of slots is immutable. An update publishes a new one and waits until every reader of the old
 * one has left its SRCU section. slots_lock serialises updates.
 */
#include "env.h"
#include "kvm.h"

#include <linux/slab.h>
#include <linux/string.h>

static struct kvm_memslots *set_alloc(unsigned int nr)
{
	return kvzalloc(sizeof(struct kvm_memslots) + nr * sizeof(struct kvm_memory_slot *),
			GFP_KERNEL_ACCOUNT);
}

int memslots_init(struct kvm *kvm)
{
	kvm->memslots = set_alloc(0);
	return kvm->memslots ? 0 : -ENOMEM;
}

void memslots_destroy(struct kvm *kvm)
{
	unsigned int i;

	for (i = 0; kvm->memslots && i < kvm->memslots->nr; i++) {
		gmem_unbind(kvm->memslots->slot[i]);
		kfree(kvm->memslots->slot[i]);
	}
	kvfree(kvm->memslots);
	kvm->memslots = NULL;
}

struct kvm_memslots *kvm_memslots(struct kvm *kvm)
{
	if (!kvm->closing && !srcu_read_lock_held(&kvm->srcu) && !lockdep_is_held(&kvm->slots_lock))
		__sim_violation("lockdep-assert",
				"memslots are read outside of kvm->srcu and kvm->slots_lock");
	return kvm->memslots;
}

struct kvm_memory_slot *gfn_to_memslot(struct kvm *kvm, gfn_t gfn)
{
	const struct kvm_memslots *slots = kvm_memslots(kvm);
	unsigned int lo = 0, hi = slots->nr;

	while (lo < hi) {
		unsigned int mid = lo + (hi - lo) / 2;

		if (slots->slot[mid]->base_gfn + slots->slot[mid]->npages <= gfn)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < slots->nr && slots->slot[lo]->base_gfn <= gfn ? slots->slot[lo] : NULL;
}

struct kvm_memory_slot *id_to_memslot(struct kvm_memslots *slots, int id)
{
	unsigned int i;

	for (i = 0; i < slots->nr; i++)
		if (slots->slot[i]->id == id)
			return slots->slot[i];
	return NULL;
}

unsigned long gfn_to_hva_memslot_prot(struct kvm_memory_slot *slot, gfn_t gfn, bool *writable)
{
	if (!slot || slot->flags & KVM_MEMSLOT_INVALID)
		return KVM_HVA_ERR_BAD;
	if (writable)
		*writable = !memslot_is_readonly(slot);
	return __gfn_to_hva_memslot(slot, gfn);
}

unsigned long gfn_to_hva_memslot(struct kvm_memory_slot *slot, gfn_t gfn)
{
	return gfn_to_hva_memslot_prot(slot, gfn, NULL);
}

void mark_page_dirty_in_slot(struct kvm *kvm, const struct kvm_memory_slot *slot, gfn_t gfn)
{
	if (slot && slot->dirty_bitmap)
		set_bit((long)(gfn - slot->base_gfn), slot->dirty_bitmap);
}

/* The active set with slot `drop` (may be NULL) left out and `add` (may be NULL) put in. */
static struct kvm_memslots *set_edit(const struct kvm_memslots *from,
				     const struct kvm_memory_slot *drop,
				     struct kvm_memory_slot *add)
{
	struct kvm_memslots *set = set_alloc(from->nr + 1);
	unsigned int i;

	if (!set)
		return NULL;
	set->generation = from->generation + 1;
	for (i = 0; i < from->nr; i++) {
		if (from->slot[i] == drop)
			continue;
		if (add && add->base_gfn < from->slot[i]->base_gfn) {
			set->slot[set->nr++] = add;
			add = NULL;
		}
		set->slot[set->nr++] = from->slot[i];
	}
	if (add)
		set->slot[set->nr++] = add;
	return set;
}

/* slots_arch_lock is held on entry and dropped; returns when no reader has the old set. */
static void swap_active(struct kvm *kvm, struct kvm_memslots *set)
{
	struct kvm_memslots *old = kvm->memslots;

	while (READ_ONCE(kvm->mn_active_invalidate_count))
		env.ops->block(env.host, &kvm->mn_active_invalidate_count, "active invalidation");
	kvm->memslots = set;
	mutex_unlock(&kvm->slots_arch_lock);
	synchronize_srcu_expedited(&kvm->srcu);
	kvfree(old);
}

static int create_slot(struct kvm *kvm, struct kvm_memory_slot *slot)
{
	struct kvm_memslots *set;
	int err;

	mutex_lock(&kvm->slots_arch_lock);
	err = kvm_arch_prepare_memory_region(kvm, NULL, slot, KVM_MR_CREATE);
	set = err ? NULL : set_edit(kvm->memslots, NULL, slot);
	if (!set) {
		mutex_unlock(&kvm->slots_arch_lock);
		return err ? err : -ENOMEM;
	}
	swap_active(kvm, set);
	kvm_arch_commit_memory_region(kvm, NULL, slot, KVM_MR_CREATE);
	return 0;
}

static int delete_slot(struct kvm *kvm, struct kvm_memory_slot *old)
{
	struct kvm_memory_slot *invalid = kzalloc(sizeof(*invalid), GFP_KERNEL_ACCOUNT);
	struct kvm_memslots *set, *last;

	if (!invalid)
		return -ENOMEM;
	*invalid = *old;
	invalid->flags |= KVM_MEMSLOT_INVALID;

	mutex_lock(&kvm->slots_arch_lock);
	set = set_edit(kvm->memslots, old, invalid);
	last = set ? set_edit(set, invalid, NULL) : NULL;
	if (!last) {
		mutex_unlock(&kvm->slots_arch_lock);
		kvfree(set);
		kfree(invalid);
		return -ENOMEM;
	}
	swap_active(kvm, set);
	kvm_arch_flush_shadow_memslot(kvm, old);

	mutex_lock(&kvm->slots_arch_lock);
	swap_active(kvm, last);
	kvm_arch_commit_memory_region(kvm, old, NULL, KVM_MR_DELETE);
	gmem_unbind(old);
	kfree(old);
	kfree(invalid);
	return 0;
}

static int check_region(const struct kvm_userspace_memory_region2 *mem)
{
	const u32 allowed = KVM_MEM_READONLY | KVM_MEM_GUEST_MEMFD;

	if (mem->flags & ~allowed)
		return -EINVAL;
	if (mem->flags & KVM_MEM_GUEST_MEMFD && mem->flags & KVM_MEM_READONLY)
		return -EINVAL;
	if (mem->memory_size & ~PAGE_MASK || mem->guest_phys_addr & ~PAGE_MASK ||
	    mem->userspace_addr & ~PAGE_MASK)
		return -EINVAL;
	if (mem->userspace_addr + mem->memory_size < mem->userspace_addr ||
	    mem->guest_phys_addr + mem->memory_size < mem->guest_phys_addr)
		return -EINVAL;
	if (mem->flags & KVM_MEM_GUEST_MEMFD &&
	    (mem->guest_memfd_offset & ~PAGE_MASK ||
	     mem->guest_memfd_offset + mem->memory_size < mem->guest_memfd_offset))
		return -EINVAL;
	return mem->slot >= KVM_MEM_SLOTS_NUM ? -EINVAL : 0;
}

static int change_slot(const struct kvm_userspace_memory_region2 *mem,
		       const struct kvm_memory_slot *old)
{
	if (old->flags & KVM_MEM_GUEST_MEMFD || mem->flags & KVM_MEM_GUEST_MEMFD)
		return -EINVAL;
	if (mem->memory_size != (u64)old->npages << PAGE_SHIFT ||
	    mem->userspace_addr != old->userspace_addr || mem->flags != old->flags ||
	    mem->guest_phys_addr >> PAGE_SHIFT != old->base_gfn)
		return -EINVAL;
	return 0;
}

static int new_slot(struct kvm *kvm, const struct kvm_userspace_memory_region2 *mem)
{
	gfn_t base = mem->guest_phys_addr >> PAGE_SHIFT;
	unsigned long npages = mem->memory_size >> PAGE_SHIFT;
	struct kvm_memory_slot *slot;
	unsigned int i;
	int err = 0;

	for (i = 0; i < kvm->memslots->nr; i++) {
		slot = kvm->memslots->slot[i];
		if (base < slot->base_gfn + slot->npages && slot->base_gfn < base + npages)
			return -EEXIST;
	}
	slot = kzalloc(sizeof(*slot), GFP_KERNEL_ACCOUNT);
	if (!slot)
		return -ENOMEM;
	slot->id = (short)mem->slot;
	slot->base_gfn = base;
	slot->npages = npages;
	slot->flags = mem->flags;
	slot->userspace_addr = mem->userspace_addr;
	if (mem->flags & KVM_MEM_GUEST_MEMFD)
		err = gmem_bind(kvm, slot, (int)mem->guest_memfd, mem->guest_memfd_offset);
	if (!err) {
		err = create_slot(kvm, slot);
		if (err)
			gmem_unbind(slot);
	}
	if (err)
		kfree(slot);
	return err;
}

/* KVM_SET_USER_MEMORY_REGION2. Moving a slot and dirty logging are not offered. */
int kvm_set_memory_region(struct kvm *kvm, const struct kvm_userspace_memory_region2 *mem)
{
	struct kvm_memory_slot *old;
	int err = check_region(mem);

	if (err)
		return err;
	mutex_lock(&kvm->slots_lock);
	old = id_to_memslot(kvm->memslots, (int)mem->slot);
	if (!mem->memory_size)
		err = old ? delete_slot(kvm, old) : -EINVAL;
	else if (old)
		err = change_slot(mem, old);
	else
		err = new_slot(kvm, mem);
	mutex_unlock(&kvm->slots_lock);
	return err;
}
