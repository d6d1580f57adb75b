/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pages, address conversion and the VMM's mappings.
 */
#ifndef _LINUX_MM_H
#define _LINUX_MM_H

#include <asm/memory.h>
#include <asm/page.h>
#include <asm/pgtable.h>
#include <linux/align.h>
#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/lockdep.h>
#include <linux/mm_types.h>
#include <linux/pfn.h>
#include <linux/sched.h>

enum {
	PG_dirty,
	PG_referenced,
	PG_uptodate,
	PG_hwpoison,
	PG_reserved,
	PG_placed,
	PG_used_before,
	PG_anon,
	PG_kept, /* kept back on purpose: a reference that nobody drops */
	PG_locked
};

/* The struct page of a page of RAM; a frame outside RAM has none: violation. */
struct page *pfn_to_page(unsigned long pfn);
bool pfn_valid(unsigned long pfn);
#define page_to_pfn(p)   ((p)->pfn)
#define page_to_phys(p)  ((phys_addr_t)page_to_pfn(p) << PAGE_SHIFT)
#define phys_to_page(pa) pfn_to_page(PHYS_PFN(pa))
#define virt_to_page(va) phys_to_page(virt_to_phys((void *)(unsigned long)(va)))
#define page_address(p)  phys_to_virt(page_to_phys(p))
#define page_to_virt(p)  page_address(p)
#define page_folio(p)    ((struct folio *)(void *)compound_head(p))
#define folio_page(f, n) pfn_to_page((f)->page.pfn + (n))
#define compound_head(p) ((p)->head ? (p)->head : (p))

#define page_count(p) (compound_head(p)->_refcount)
void __sim_get_page(struct page *page, const char *caller);
/* At zero the page is freed. */
void __sim_put_page(struct page *page, const char *caller);
#define get_page(p)  __sim_get_page(p, __func__)
#define put_page(p)  __sim_put_page(p, __func__)
#define folio_put(f) put_page(&(f)->page)
#define folio_get(f) get_page(&(f)->page)

#define PageReserved(p)       test_bit(PG_reserved, &(p)->flags)
#define PageHWPoison(p)       test_bit(PG_hwpoison, &(p)->flags)
#define PageDirty(p)          test_bit(PG_dirty, &(p)->flags)
#define PageAnon(p)           test_bit(PG_anon, &(p)->flags)
#define SetPageAnon(p)        __sim_set_bit(PG_anon, &(p)->flags)
#define SetPageDirty(p)       __sim_set_bit(PG_dirty, &(p)->flags)
#define SetPageHWPoison(p)    __sim_set_bit(PG_hwpoison, &(p)->flags)
#define mark_page_accessed(p) __sim_set_bit(PG_referenced, &(p)->flags)

void __sim_clear_page(void *page, const char *caller);
#define clear_page(p)      __sim_clear_page(p, __func__)
#define clear_highpage(p)  clear_page(page_address(p))
#define kmap_local_page(p) page_address(p)
#define kunmap_local(p)    ((void)(p))

#define PAGE_ALIGN(a)      ALIGN(a, PAGE_SIZE)
#define PAGE_ALIGN_DOWN(a) ALIGN_DOWN(a, PAGE_SIZE)
#define PAGE_ALIGNED(a)    IS_ALIGNED((unsigned long)(a), PAGE_SIZE)
#define offset_in_page(p)  ((unsigned long)(p) & ~PAGE_MASK)

#define mmap_read_lock(mm)     down_read(&(mm)->mmap_lock)
#define mmap_read_unlock(mm)   up_read(&(mm)->mmap_lock)
#define mmap_write_lock(mm)    down_write(&(mm)->mmap_lock)
#define mmap_write_unlock(mm)  up_write(&(mm)->mmap_lock)
#define mmap_assert_locked(mm) lockdep_assert_held(&(mm)->mmap_lock)
/* NULL when no mapping contains addr. mmap_lock held. */
struct vm_area_struct *vma_lookup(struct mm_struct *mm, unsigned long addr);
struct vm_area_struct *find_vma_intersection(struct mm_struct *mm, unsigned long start,
					     unsigned long end);
static inline bool is_vm_hugetlb_page(const struct vm_area_struct *vma)
{
	return vma->vm_flags & VM_HUGETLB;
}

#define FOLL_WRITE    (1 << 0)
#define FOLL_GET      (1 << 1)
#define FOLL_HWPOISON (1 << 6)

/* Pages of the VMM at `start`: how many (0 or 1 here), or -EFAULT, -ENOMEM. Takes a reference. */
int get_user_pages_fast(unsigned long start, int nr, unsigned int gup_flags, struct page **pages);
bool get_user_page_fast_only(unsigned long addr, unsigned int gup_flags, struct page **page);
long get_user_pages_unlocked(unsigned long start, unsigned long nr, struct page **pages,
			     unsigned int gup_flags);

/* Is the frame ordinary RAM of the kernel? */
#define pfn_is_map_memory(pfn) pfn_valid(pfn)

#endif
