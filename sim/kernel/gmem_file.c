/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a VMM does to a guest_memfd through its descriptor: fallocate(), loads and stores, the close; and
 * memory errors (dispatch sheet, G4).
 */
#include "env.h"
#include "gmem.h"
#include "kvm.h"
#include "mm.h"
#include "sparse.h"

#include <linux/slab.h>
#include <linux/string.h>

static void punch_hole(struct kvm_gmem_file *file, pgoff_t start, pgoff_t end)
{
	down_write(&file->invalidate_lock);
	gmem_invalidate_begin(file, start, end);
	gmem_truncate(file, start, end);
	gmem_invalidate_end(file, start, end);
	up_write(&file->invalidate_lock);
}

/* Allocated folios are neither cleared nor uptodate. */
static int allocate(struct kvm_gmem_file *file, pgoff_t start, pgoff_t end)
{
	struct page *page;
	pgoff_t index;
	int err = 0;

	down_read(&file->invalidate_lock);
	for (index = start; index < end && !err; index++) {
		if (signal_pending(current)) {
			err = -EINTR;
			break;
		}
		page = gmem_get_folio(file, index);
		if (IS_ERR(page))
			err = (int)PTR_ERR(page);
		else
			page_put(page, __func__);
		cond_resched();
	}
	up_read(&file->invalidate_lock);
	return err;
}

int gmem_fallocate(struct kvm_gmem_file *file, unsigned int mode, u64 offset, u64 size)
{
	bool punch = mode & FALLOC_FL_PUNCH_HOLE;
	pgoff_t start, end;
	int err = 0;

	if (mode & ~(unsigned int)(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE))
		return -EOPNOTSUPP;
	if (punch && !(mode & FALLOC_FL_KEEP_SIZE))
		return -EOPNOTSUPP;
	if (!size || (s64)offset < 0 || (s64)size < 0 || (s64)(offset + size) < 0)
		return -EINVAL; /* vfs */
	if ((offset | size) & ~PAGE_MASK)
		return -EINVAL;
	if (!punch && offset + size > file->size)
		return -EINVAL;
	start = (pgoff_t)(offset >> PAGE_SHIFT);
	end = (pgoff_t)((offset + size) >> PAGE_SHIFT);
	__sim_note(__SIM_MM, "fallocate", NULL, "%s [0x%llx, 0x%llx)",
		   punch ? "punch hole" : "allocate", offset, offset + size);
	if (punch)
		punch_hole(file, start, end);
	else
		err = allocate(file, start, end);
	return err;
}

/*
 * The memory under a folio has an error: it goes out of every guest but stays in the file, and whoever asks for
 * it is told. For a realm's folio this is where it is undelegated.
 */
int gmem_memory_failure(struct kvm_gmem_file *file, u64 offset)
{
	pgoff_t index = (pgoff_t)(offset >> PAGE_SHIFT);
	struct page *page = sparse_get(file->folios, index);

	if (!page)
		return -ENOENT;
	set_bit(PG_hwpoison, &page->flags);
	__sim_note(__SIM_MM, "memory_failure", NULL, "pa 0x%llx", page_to_phys(page));
	down_read(&file->invalidate_lock);
	gmem_invalidate_begin(file, index, index + 1);
	gmem_invalidate_end(file, index, index + 1);
	up_read(&file->invalidate_lock);
	return 0;
}

/* What a fault on a user mapping (MAP_SHARED) of the file finds; -EFAULT stands for SIGBUS. */
static struct page *gmem_user_page(struct kvm_gmem_file *file, u64 offset)
{
	struct page *page;

	if (!(file->flags & GUEST_MEMFD_FLAG_MMAP))
		return ERR_PTR(-ENODEV); /* it cannot be mapped */
	if (offset >= file->size || !(file->flags & GUEST_MEMFD_FLAG_INIT_SHARED))
		return ERR_PTR(-EFAULT);
	down_read(&file->invalidate_lock);
	page = gmem_get_folio(file, (pgoff_t)(offset >> PAGE_SHIFT));
	if (!IS_ERR(page)) {
		gmem_folio_lock(page);
		if (PageHWPoison(page)) {
			gmem_folio_unlock(page);
			page_put(page, __func__);
			page = ERR_PTR(-EFAULT);
		} else {
			gmem_folio_fill(page);
			gmem_folio_unlock(page);
		}
	}
	up_read(&file->invalidate_lock);
	return page;
}

int gmem_user_access(struct kvm_gmem_file *file, u64 offset, void *buf, unsigned long size,
		     bool write)
{
	unsigned char *p = buf;

	while (size) {
		unsigned long at = offset & ~PAGE_MASK, n = min(size, PAGE_SIZE - at);
		struct page *page = gmem_user_page(file, offset);
		unsigned char *mem;

		if (IS_ERR(page))
			return (int)PTR_ERR(page);
		mem = (unsigned char *)page_address(page) + at;
		if (write)
			env_copy_user(mem, p, n);
		else
			env_copy_user(p, mem, n);
		page_put(page, __func__);
		offset += n;
		p += n;
		size -= n;
	}
	return 0;
}

static void file_free(struct kvm_gmem_file *file)
{
	list_del(&file->entry);
	gmem_truncate(file, 0, ~(pgoff_t)0);
	sparse_free(file->folios);
	placement_free(&file->placed);
	kfree(file);
}

/*
 * The last descriptor is closed while the VM lives on: no slot shows the file any more, everything is unmapped,
 * and with the inode go the folios.
 */
void gmem_close(struct kvm_gmem_file *file)
{
	struct kvm *kvm = file->kvm;
	struct binding *b, *next;

	mutex_lock(&kvm->slots_lock);
	down_write(&file->invalidate_lock);
	list_for_each_entry(b, &file->bindings, entry)
		WRITE_ONCE(b->slot->gmem.file, NULL);
	gmem_invalidate_begin(file, 0, ~(pgoff_t)0);
	gmem_invalidate_end(file, 0, ~(pgoff_t)0);
	up_write(&file->invalidate_lock);
	/* who has found the file before is through: each fault holds srcu */
	synchronize_srcu(&kvm->srcu);
	list_for_each_entry_safe(b, next, &file->bindings, entry)
	{
		list_del(&b->entry);
		kfree(b);
	}
	file_free(file);
	mutex_unlock(&kvm->slots_lock);
}

/* The VM is gone, so no binding is left: only the folios go. */
void gmem_release_all(struct kvm *kvm)
{
	struct kvm_gmem_file *file, *next;

	list_for_each_entry_safe(file, next, &kvm->gmem_files, entry) file_free(file);
}
