/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest_memfd: private memory that no user mapping shows (dispatch sheet, G2-G4, 7.1 form).
 *
 * Folios are single pages. The page cache holds one reference; a fault takes another for as long as
 * it maps. Locks: slots_lock for bindings, invalidate_lock against hole punching, a folio lock for
 * the short time in which a folio is filled.
 */
#include "env.h"
#include "gmem.h"
#include "inspect.h"
#include "kvm.h"
#include "mm.h"
#include "sparse.h"

#include <asm/kvm_emulate.h>
#include <linux/slab.h>
#include <linux/string.h>

int gmem_create(struct kvm *kvm, u64 size, u64 flags)
{
	struct kvm_gmem_file *file;
	int handle = kvm->next_gmem;

	if (flags & ~(GUEST_MEMFD_FLAG_MMAP | GUEST_MEMFD_FLAG_INIT_SHARED))
		return -EINVAL;
	if (!size || size & ~PAGE_MASK || (s64)size < 0)
		return -EINVAL;
	file = kzalloc(sizeof(*file), GFP_KERNEL);
	if (!file)
		return -ENOMEM;
	file->folios = sparse_new();
	if (!file->folios) {
		kfree(file);
		return -ENOMEM;
	}
	kvm->next_gmem++;
	file->kvm = kvm;
	file->handle = handle;
	file->size = size;
	file->flags = flags;
	INIT_LIST_HEAD(&file->bindings);
	__sim_lock_init(&file->invalidate_lock.dep, "filemap invalidate_lock", false);
	__sim_lock_rank(&file->invalidate_lock.dep, 50);
	list_add_tail(&file->entry, &kvm->gmem_files);
	return handle;
}

struct kvm_gmem_file *gmem_by_handle(struct kvm *kvm, int handle)
{
	struct kvm_gmem_file *file;

	list_for_each_entry(file, &kvm->gmem_files, entry)
		if (file->handle == handle)
			return file;
	return NULL;
}

int gmem_place(struct kvm_gmem_file *file, u64 offset, u64 size, u64 pa)
{
	return placement_add(&file->placed, offset, size, pa);
}

int gmem_bind(struct kvm *kvm, struct kvm_memory_slot *slot, int handle, u64 offset)
{
	struct kvm_gmem_file *file = gmem_by_handle(kvm, handle);
	u64 size = (u64)slot->npages << PAGE_SHIFT;
	struct binding *b;
	pgoff_t start = (pgoff_t)(offset >> PAGE_SHIFT), end = start + slot->npages;
	int err = 0;

	lockdep_assert_held(&kvm->slots_lock);
	if (!file)
		return -EBADF;
	if (file->kvm != kvm || (offset | size) & ~PAGE_MASK || offset + size < offset ||
	    offset + size > file->size)
		return -EINVAL;
	down_write(&file->invalidate_lock);
	list_for_each_entry(b, &file->bindings, entry)
		if (start < b->end && b->start < end)
			err = -EINVAL;
	b = err ? NULL : kzalloc(sizeof(*b), GFP_KERNEL);
	if (b) {
		b->slot = slot;
		b->start = start;
		b->end = end;
		list_add_tail(&b->entry, &file->bindings);
		slot->gmem.file = file;
		slot->gmem.pgoff = start;
		if (file->flags & GUEST_MEMFD_FLAG_MMAP)
			slot->flags |= KVM_MEMSLOT_GMEM_ONLY;
	} else if (!err) {
		err = -ENOMEM;
	}
	up_write(&file->invalidate_lock);
	return err;
}

void gmem_unbind(struct kvm_memory_slot *slot)
{
	struct kvm_gmem_file *file = READ_ONCE(slot->gmem.file);
	struct binding *b, *next;

	if (!file)
		return;
	down_write(&file->invalidate_lock);
	list_for_each_entry_safe(b, next, &file->bindings, entry)
	{
		if (b->slot != slot)
			continue;
		list_del(&b->entry);
		kfree(b);
	}
	slot->gmem.file = NULL;
	up_write(&file->invalidate_lock);
}

/* A folio is locked only while it is looked at and filled. */
void gmem_folio_lock(struct page *page)
{
	while (test_and_set_bit_lock(PG_locked, &page->flags))
		env.ops->block(env.host, page, "a folio's lock");
}

void gmem_folio_unlock(struct page *page)
{
	if (!test_bit(PG_locked, &page->flags))
		__sim_violation("lock-state", "page 0x%llx is unlocked, but not locked",
				page_to_phys(page));
	clear_bit_unlock(PG_locked, &page->flags);
	env.ops->wake(env.host, page);
}

/* The folio at index, allocated when missing: its content is then undefined to the caller. */
struct page *gmem_get_folio(struct kvm_gmem_file *file, pgoff_t index)
{
	struct page *page = sparse_get(file->folios, index), *other;

	if (page) {
		page_get(page);
		return page;
	}
	page = placed_page(&file->placed, (u64)index << PAGE_SHIFT, GFP_HIGHUSER, page_owner_folio);
	if (!page)
		return ERR_PTR(-ENOMEM);
	/* Allocation is a scheduling point: another vCPU may have put one there. */
	other = sparse_get(file->folios, index);
	if (other) {
		page_put(page, __func__);
		page_get(other);
		return other;
	}
	if (!sparse_set(file->folios, index, page)) {
		page_put(page, __func__);
		return ERR_PTR(-ENOMEM);
	}
	page_get(page);
	__sim_note(__SIM_MM, "kvm_gmem_get_folio", NULL, "index 0x%lx -> pa 0x%llx", index,
		   page_to_phys(page));
	return page;
}

static const struct binding *binding_at(const struct kvm_gmem_file *file, pgoff_t index)
{
	const struct binding *b;

	list_for_each_entry(b, &file->bindings, entry)
		if (index >= b->start && index < b->end)
			return b;
	return NULL;
}

/* With a reference for the caller, and locked. */
static struct page *gmem_get_bound(struct kvm_memory_slot *slot, gfn_t gfn)
{
	static const int failures[] = { 0, -ENOMEM, -EHWPOISON, -EFAULT, -EAGAIN };
	struct kvm_gmem_file *file = READ_ONCE(slot->gmem.file);
	pgoff_t index = (pgoff_t)(gfn - slot->base_gfn) + slot->gmem.pgoff;
	const struct binding *b;
	struct page *page;
	int err = failures[__sim_may_fail(ARRAY_SIZE(failures) - 1, "guest_memfd", __func__)];

	if (err)
		return ERR_PTR(err);
	if (!file)
		return ERR_PTR(-EFAULT);
	b = binding_at(file, index);
	if (!b || b->slot != slot) {
		WARN_ON_ONCE(b);
		return ERR_PTR(-EIO);
	}
	page = gmem_get_folio(file, index);
	if (IS_ERR(page))
		return page;
	gmem_folio_lock(page);
	if (PageHWPoison(page)) {
		gmem_folio_unlock(page);
		page_put(page, __func__);
		return ERR_PTR(-EHWPOISON);
	}
	return page;
}

/* A locked folio that nobody has filled is cleared by the host: it must not be delegated by now. */
void gmem_folio_fill(struct page *page)
{
	if (test_bit(PG_uptodate, &page->flags))
		return;
	clear_highpage(page);
	set_bit(PG_uptodate, &page->flags);
}

int kvm_gmem_get_pfn(struct kvm *kvm, struct kvm_memory_slot *slot, gfn_t gfn, kvm_pfn_t *pfn,
		     struct page **page, int *max_order)
{
	struct page *p;

	mn_may_invalidate(kvm, slot, gfn, __func__);
	p = gmem_get_bound(slot, gfn);
	if (IS_ERR(p))
		return (int)PTR_ERR(p);
	gmem_folio_fill(p);
	gmem_folio_unlock(p);
	mn_may_invalidate(kvm, slot, gfn, __func__);
	*pfn = page_to_pfn(p);
	*page = p;
	if (max_order)
		*max_order = 0;
	return 0;
}

static int populate_one(struct kvm *kvm, struct kvm_memory_slot *slot, gfn_t gfn,
			struct page *src_page, kvm_gmem_populate_cb cb, void *opaque)
{
	struct kvm_gmem_file *file = READ_ONCE(slot->gmem.file);
	struct page *page;
	int ret;

	down_write(&file->invalidate_lock);
	page = gmem_get_bound(slot, gfn);
	if (IS_ERR(page)) {
		ret = (int)PTR_ERR(page);
	} else {
		gmem_folio_unlock(page);
		ret = -EINVAL;
		if (kvm_mem_is_private(kvm, gfn))
			ret = cb(kvm, gfn, page_to_pfn(page), src_page, opaque);
		if (!ret)
			set_bit(PG_uptodate, &page->flags);
		page_put(page, __func__);
	}
	up_write(&file->invalidate_lock);
	return ret;
}

long kvm_gmem_populate(struct kvm *kvm, gfn_t start_gfn, void __user *src, long npages,
		       kvm_gmem_populate_cb post_populate, void *opaque)
{
	struct kvm_memory_slot *slot;
	struct page *src_page = NULL;
	int ret = 0;
	long i;

	lockdep_assert_held(&kvm->slots_lock);
	if (WARN_ON_ONCE(npages <= 0) || WARN_ON_ONCE(!PAGE_ALIGNED(src)))
		return -EINVAL;
	slot = gfn_to_memslot(kvm, start_gfn);
	if (!kvm_slot_has_gmem(slot))
		return -EINVAL;
	if (!READ_ONCE(slot->gmem.file))
		return -EFAULT;
	npages = min_t(long, (long)(slot->npages - (start_gfn - slot->base_gfn)), npages);
	for (i = 0; i < npages; i++) {
		if (signal_pending(current) || __sim_may_fail(1, "signal", __func__)) {
			ret = -EINTR;
			break;
		}
		if (src) {
			ret = get_user_pages_fast((unsigned long)src + (unsigned long)i * PAGE_SIZE,
						  1, 0, &src_page);
			if (ret != 1) {
				ret = ret < 0 ? ret : -ENOMEM;
				break;
			}
		}
		ret = populate_one(kvm, slot, start_gfn + (gfn_t)i, src_page, post_populate,
				   opaque);
		if (src_page)
			page_put(src_page, __func__);
		src_page = NULL;
		if (ret)
			break;
	}
	return ret && !i ? ret : i;
}

/* Unmap the indices [start, end) from every slot that shows them; ended by gmem_invalidate_end. */
void gmem_invalidate_begin(struct kvm_gmem_file *file, pgoff_t start, pgoff_t end)
{
	struct kvm *kvm = file->kvm;
	struct binding *b;
	bool locked = false;

	list_for_each_entry(b, &file->bindings, entry) {
		struct kvm_gfn_range range = {
			.slot = b->slot,
			.start = b->slot->base_gfn + max(b->start, start) - b->start,
			.end = b->slot->base_gfn + min(b->end, end) - b->start,
			.attr_filter = file->flags & GUEST_MEMFD_FLAG_INIT_SHARED
					       ? KVM_FILTER_SHARED
					       : KVM_FILTER_PRIVATE,
			.may_block = true,
		};

		if (b->end <= start || b->start >= end)
			continue;
		invalidate_gfn_range(kvm, &range, &locked);
	}
	if (locked)
		write_unlock(&kvm->mmu_lock);
}

void gmem_invalidate_end(struct kvm_gmem_file *file, pgoff_t start, pgoff_t end)
{
	struct kvm *kvm = file->kvm;
	const struct binding *b;

	list_for_each_entry(b, &file->bindings, entry) {
		if (b->end <= start || b->start >= end)
			continue;
		write_lock(&kvm->mmu_lock);
		kvm_mmu_invalidate_end(kvm);
		write_unlock(&kvm->mmu_lock);
		return;
	}
}

void gmem_truncate(struct kvm_gmem_file *file, pgoff_t start, pgoff_t end)
{
	struct page *page;
	u64 key = start;

	while ((page = sparse_next(file->folios, &key, end))) {
		sparse_del(file->folios, key);
		page_put(page, "truncate_inode_pages");
	}
}
