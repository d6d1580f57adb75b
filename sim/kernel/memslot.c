/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memslots: lookups, and updates in the order of events of the dispatch sheet, G6.
 *
 * A set of slots is immutable. An update publishes a new one and waits until every reader of the old
 * one has left its SRCU section. slots_lock serialises updates.
 */
#include "env.h"
#include "inspect.h"
#include "kvm.h"

#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

/* Sets are this model's own, so making one is no place for an injected failure. */
static unsigned long set_size(unsigned int room)
{
	return sizeof(struct kvm_memslots) + room * sizeof(struct kvm_memory_slot *);
}

static struct kvm_memslots *set_alloc(unsigned int room)
{
	struct kvm_memslots *set = env_alloc(set_size(room));

	if (set)
		set->room = room;
	return set;
}

static void set_free(struct kvm_memslots *set)
{
	if (set)
		env_free(set, set_size(set->room));
}

static void slot_free(struct kvm_memory_slot *slot)
{
	if (!slot)
		return;
	kvfree(slot->dirty_bitmap);
	kfree(slot);
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
		slot_free(kvm->memslots->slot[i]);
	}
	set_free(kvm->memslots);
	kvm->memslots = NULL;
}

struct kvm_memslots *kvm_memslots(struct kvm *kvm)
{
	if (!kvm->closing && !srcu_read_lock_held(&kvm->srcu) && !lockdep_is_held(&kvm->slots_lock))
		__sim_violation("lockdep-assert",
				"memslots are read outside of kvm->srcu and kvm->slots_lock");
	return srcu_dereference(kvm->memslots, &kvm->srcu);
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
	if (slot && kvm_slot_dirty_track_enabled(slot))
		set_bit((long)(gfn - slot->base_gfn), slot->dirty_bitmap);
}

void mark_page_dirty(struct kvm *kvm, gfn_t gfn)
{
	mark_page_dirty_in_slot(kvm, gfn_to_memslot(kvm, gfn), gfn);
}

/* Into `set`, which has the room: `from` without slot `drop`, with slot `add`; either may be NULL. */
static void set_fill(struct kvm_memslots *set, const struct kvm_memslots *from,
		     const struct kvm_memory_slot *drop, struct kvm_memory_slot *add)
{
	unsigned int i;

	set->nr = 0;
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
}

/*
 * Publish `set`, and return when no reader has the old one. slots_arch_lock is held on entry and dropped;
 * slots_lock stays.
 */
static void swap_active(struct kvm *kvm, struct kvm_memslots *set)
{
	struct kvm_memslots *old = kvm->memslots;

	while (READ_ONCE(kvm->mn_active_invalidate_count))
		env.ops->block(env.host, &kvm->mn_active_invalidate_count, "active invalidation");
	rcu_assign_pointer(kvm->memslots, set);
	__sim_note(__SIM_MM, "kvm_swap_active_memslots", NULL, "%u slots, generation %llu", set->nr,
		   set->generation);
	mutex_unlock(&kvm->slots_arch_lock);
	synchronize_srcu_expedited(&kvm->srcu);
	set_free(old);
}

/* One change of the slots: what it needs is there before anything is done. */
struct change {
	enum kvm_mr_change kind;
	struct kvm_memory_slot *old, *new, *invalid;
	struct kvm_memslots *during, *after;
};

static bool hides_old(const struct change *c)
{
	return c->kind == KVM_MR_DELETE || c->kind == KVM_MR_MOVE;
}

static int change_alloc(struct kvm *kvm, struct change *c)
{
	unsigned int room = kvm->memslots->nr + 1;

	c->after = set_alloc(room);
	if (hides_old(c)) {
		c->during = set_alloc(room);
		c->invalid = kzalloc(sizeof(*c->invalid), GFP_KERNEL_ACCOUNT);
	}
	if (c->after && (!hides_old(c) || (c->during && c->invalid)))
		return 0;
	set_free(c->after);
	set_free(c->during);
	kfree(c->invalid);
	return -ENOMEM;
}

/*
 * The old slot stops answering, and what it has mapped goes. Faults that found it before it was hidden
 * are through when the swap returns, so that the flush removes what they have mapped.
 */
static void hide_old(struct kvm *kvm, struct change *c)
{
	u64 warns;

	*c->invalid = *c->old;
	c->invalid->flags |= KVM_MEMSLOT_INVALID;
	set_fill(c->during, kvm->memslots, c->old, c->invalid);
	swap_active(kvm, c->during);
	warns = inspect_unmap();
	kvm_arch_flush_shadow_memslot(kvm, c->old);
	inspect_unmapped(warns, kvm, gfn_to_gpa(c->old->base_gfn),
			 (u64)c->old->npages << PAGE_SHIFT, 0, false);
	mutex_lock(&kvm->slots_arch_lock);
}

/* The dirty bitmap of the new slot, then what the architecture says. */
static int prepare(struct kvm *kvm, struct change *c)
{
	unsigned long *fresh = NULL;
	int err;

	if (c->new && c->new->flags & KVM_MEM_LOG_DIRTY_PAGES) {
		c->new->dirty_bitmap = c->old ? c->old->dirty_bitmap : NULL;
		if (!c->new->dirty_bitmap)
			fresh = kvcalloc(BITS_TO_LONGS(c->new->npages), sizeof(long),
					 GFP_KERNEL_ACCOUNT);
		if (!c->new->dirty_bitmap && !fresh)
			return -ENOMEM;
		if (fresh)
			c->new->dirty_bitmap = fresh;
	}
	err = kvm_arch_prepare_memory_region(kvm, c->old, c->new, c->kind);
	if (err) {
		kvfree(fresh);
		if (c->new)
			c->new->dirty_bitmap = NULL;
	}
	return err;
}

/* The old slot comes back; what it had mapped refaults. slots_arch_lock is dropped. */
static void undo(struct kvm *kvm, struct change *c)
{
	if (!hides_old(c)) {
		mutex_unlock(&kvm->slots_arch_lock);
		set_free(c->after);
		return;
	}
	set_fill(c->after, kvm->memslots, c->invalid, c->old);
	swap_active(kvm, c->after);
	kfree(c->invalid);
}

static void commit(struct kvm *kvm, struct change *c)
{
	if (c->kind == KVM_MR_CREATE)
		kvm->nr_memslot_pages += c->new->npages;
	if (c->kind == KVM_MR_DELETE)
		kvm->nr_memslot_pages -= c->old->npages;
	kvm_arch_commit_memory_region(kvm, c->old, c->new, c->kind);
	if (c->kind == KVM_MR_DELETE)
		gmem_unbind(c->old);
	if (c->old && c->new && c->old->dirty_bitmap == c->new->dirty_bitmap)
		c->old->dirty_bitmap = NULL;
	slot_free(c->old);
	kfree(c->invalid);
}

int memslot_change(struct kvm *kvm, struct kvm_memory_slot *old, struct kvm_memory_slot *new,
		   enum kvm_mr_change kind)
{
	struct change c = { .kind = kind, .old = old, .new = new };
	int err;

	mutex_lock(&kvm->slots_arch_lock);
	err = change_alloc(kvm, &c);
	if (err) {
		mutex_unlock(&kvm->slots_arch_lock);
		return err;
	}
	if (hides_old(&c))
		hide_old(kvm, &c);
	err = prepare(kvm, &c);
	if (err) {
		undo(kvm, &c);
		return err;
	}
	set_fill(c.after, kvm->memslots, hides_old(&c) ? c.invalid : old, new);
	swap_active(kvm, c.after);
	commit(kvm, &c);
	return 0;
}
