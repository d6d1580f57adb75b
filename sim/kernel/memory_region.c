/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * KVM_SET_USER_MEMORY_REGION2 and KVM_GET_DIRTY_LOG: what a VMM may ask for (dispatch sheet, G6).
 */
#include "env.h"
#include "kvm.h"

#include <linux/slab.h>
#include <linux/uaccess.h>

static int check_flags(const struct kvm_userspace_memory_region2 *mem)
{
	u32 valid = KVM_MEM_LOG_DIRTY_PAGES | KVM_MEM_GUEST_MEMFD | KVM_MEM_READONLY;

	if (mem->flags & KVM_MEM_GUEST_MEMFD)
		valid &= ~(u32)(KVM_MEM_LOG_DIRTY_PAGES | KVM_MEM_READONLY);
	return mem->flags & ~valid ? -EINVAL : 0;
}

/* In the kernel's order; every one is -EINVAL. */
static int check_region(const struct kvm_userspace_memory_region2 *mem)
{
	int err = check_flags(mem);

	if (err)
		return err;
	if (mem->memory_size & ~PAGE_MASK)
		return -EINVAL;
	if (mem->guest_phys_addr & ~PAGE_MASK)
		return -EINVAL;
	if (mem->userspace_addr & ~PAGE_MASK ||
	    mem->userspace_addr + mem->memory_size < mem->userspace_addr)
		return -EINVAL;
	if (mem->flags & KVM_MEM_GUEST_MEMFD &&
	    (mem->guest_memfd_offset & ~PAGE_MASK ||
	     mem->guest_memfd_offset + mem->memory_size < mem->guest_memfd_offset))
		return -EINVAL;
	/* one address space on arm64: the upper half of the number must be 0 */
	if (mem->slot >> 16 >= KVM_ADDRESS_SPACE_NUM || (mem->slot & 0xffff) >= KVM_MEM_SLOTS_NUM)
		return -EINVAL;
	if (mem->guest_phys_addr + mem->memory_size < mem->guest_phys_addr)
		return -EINVAL;
	return mem->memory_size >> PAGE_SHIFT > KVM_MEM_MAX_NR_PAGES ? -EINVAL : 0;
}

/* What an existing slot becomes: KVM_MR_MOVE or KVM_MR_FLAGS_ONLY, 0 = nothing, or -EINVAL. */
static int change_of(const struct kvm_userspace_memory_region2 *mem,
		     const struct kvm_memory_slot *old)
{
	const u32 fixed = KVM_MEM_READONLY;

	/* not even with equal values */
	if (mem->flags & KVM_MEM_GUEST_MEMFD || old->flags & KVM_MEM_GUEST_MEMFD)
		return -EINVAL;
	if (mem->userspace_addr != old->userspace_addr ||
	    mem->memory_size >> PAGE_SHIFT != old->npages || (mem->flags ^ old->flags) & fixed)
		return -EINVAL;
	if (mem->guest_phys_addr >> PAGE_SHIFT != old->base_gfn)
		return KVM_MR_MOVE;
	return mem->flags != old->flags ? KVM_MR_FLAGS_ONLY : 0;
}

static bool overlaps(struct kvm *kvm, const struct kvm_userspace_memory_region2 *mem)
{
	gfn_t start = mem->guest_phys_addr >> PAGE_SHIFT;
	gfn_t end = start + (mem->memory_size >> PAGE_SHIFT);
	struct kvm_memory_slot *slot;
	int bkt;

	kvm_for_each_memslot(slot, bkt, kvm_memslots(kvm)) {
		if (slot->id != (int)mem->slot && start < slot->base_gfn + slot->npages &&
		    slot->base_gfn < end)
			return true;
	}
	return false;
}

static int create_or_change(struct kvm *kvm, const struct kvm_userspace_memory_region2 *mem,
			    struct kvm_memory_slot *old)
{
	int kind = old ? change_of(mem, old) : KVM_MR_CREATE, err = 0;
	struct kvm_memory_slot *new;

	if (kind < 0 || (old && !kind))
		return kind;
	if ((kind == KVM_MR_CREATE || kind == KVM_MR_MOVE) && overlaps(kvm, mem))
		return -EEXIST;
	new = kzalloc(sizeof(*new), GFP_KERNEL_ACCOUNT);
	if (!new)
		return -ENOMEM;
	new->id = (short)mem->slot;
	new->base_gfn = mem->guest_phys_addr >> PAGE_SHIFT;
	new->npages = mem->memory_size >> PAGE_SHIFT;
	new->flags = mem->flags;
	new->userspace_addr = mem->userspace_addr;
	if (mem->flags & KVM_MEM_GUEST_MEMFD)
		err = gmem_bind(kvm, new, (int)mem->guest_memfd, mem->guest_memfd_offset);
	if (!err) {
		err = memslot_change(kvm, old, new, (enum kvm_mr_change)kind);
		if (err)
			gmem_unbind(new);
	}
	if (err)
		kfree(new);
	return err;
}

int kvm_set_memory_region(struct kvm *kvm, const struct kvm_userspace_memory_region2 *mem)
{
	struct kvm_memory_slot *old;
	int err = check_region(mem);

	lockdep_assert_held(&kvm->slots_lock);
	if (err)
		return err;
	old = id_to_memslot(kvm_memslots(kvm), (int)mem->slot);
	if (mem->memory_size)
		return create_or_change(kvm, mem, old);
	if (!old)
		return -EINVAL;
	return memslot_change(kvm, old, NULL, KVM_MR_DELETE);
}

int kvm_vm_set_memory_region(struct kvm *kvm, const struct kvm_userspace_memory_region2 *mem)
{
	int err;

	mutex_lock(&kvm->slots_lock);
	err = kvm_set_memory_region(kvm, mem);
	mutex_unlock(&kvm->slots_lock);
	return err;
}

/* Take the bits of one word over and make their pages report again. mmu_lock is held for write. */
static bool take_dirty(struct kvm *kvm, struct kvm_memory_slot *slot, unsigned long word,
		       unsigned long *out)
{
	*out = slot->dirty_bitmap[word];
	if (!*out)
		return false;
	slot->dirty_bitmap[word] = 0;
	kvm_arch_mmu_enable_log_dirty_pt_masked(kvm, slot, (gfn_t)word * BITS_PER_LONG, *out);
	return true;
}

int kvm_vm_get_dirty_log(struct kvm *kvm, unsigned int id, unsigned long *bitmap,
			 unsigned long longs)
{
	struct kvm_memory_slot *slot;
	unsigned long i, n;
	bool flush = false;
	int err = 0;

	if (id >> 16 >= KVM_ADDRESS_SPACE_NUM || (id & 0xffff) >= KVM_MEM_SLOTS_NUM)
		return -EINVAL;
	mutex_lock(&kvm->slots_lock);
	slot = id_to_memslot(kvm_memslots(kvm), (int)id);
	n = slot ? BITS_TO_LONGS(slot->npages) : 0;
	if (!slot || !slot->dirty_bitmap) {
		err = -ENOENT;
	} else if (n > longs) {
		err = -EFAULT; /* the buffer ends before the bitmap does */
	} else {
		write_lock(&kvm->mmu_lock);
		for (i = 0; i < n; i++)
			flush |= take_dirty(kvm, slot, i, &bitmap[i]);
		if (flush)
			kvm_flush_remote_tlbs_memslot(kvm, slot);
		write_unlock(&kvm->mmu_lock);
	}
	mutex_unlock(&kvm->slots_lock);
	return err;
}
