/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The page allocator: lowest free address first, in the first bank that has room.
 *
 * It never hands out and never takes back a page that is not Non-secure: that is the central
 * assertion about a host for realms. Free memory is a sorted list of extents, so its cost does not
 * depend on the size of the machine.
 */
#include "env.h"
#include "inspect.h"
#include "sparse.h"

#include <linux/gfp.h>
#include <linux/log2.h>
#include <linux/memblock.h>
#include <linux/string.h>

const char page_owner_folio[] = "kvm_gmem_get_folio";
const char page_owner_user[] = "do_anonymous_page";

#define CHUNK_SHIFT  7
#define CHUNK_PAGES  (1u << CHUNK_SHIFT)
#define POISON_FREE  0xaa
/* Bigger blocks are not filled: they are sparse in the machine, and page_touched() knows them anyway. */
#define POISON_PAGES (1u << 4)

struct extent {
	u64 start, end; /* pfn */
};

static struct {
	struct extent *free;
	unsigned int nr, max;
	struct sim_sparse *chunks; /* pfn >> CHUNK_SHIFT -> struct page[CHUNK_PAGES] */
	u64 last_chunk;
	struct page *last;
} pa;

int page_alloc_init(void)
{
	phys_addr_t start, end;
	u64 i;

	pa.chunks = sparse_new();
	if (!pa.chunks)
		return -ENOMEM;
	for_each_mem_range(i, &start, &end)
	{
		if (!env_grow((void **)&pa.free, &pa.max, pa.nr + 1, sizeof(pa.free[0])))
			return -ENOMEM;
		pa.free[pa.nr++] = (struct extent){ PFN_UP(start), PFN_DOWN(end) };
	}
	return pa.nr ? 0 : -ENOMEM;
}

bool pfn_valid(unsigned long pfn)
{
	phys_addr_t start, end;
	u64 i;

	for_each_mem_range(i, &start,
			   &end) if (pfn >= PFN_UP(start) && pfn < PFN_DOWN(end)) return true;
	return false;
}

struct page *pfn_to_page(unsigned long pfn)
{
	u64 key = pfn >> CHUNK_SHIFT;
	unsigned int i;

	if (!pa.last || pa.last_chunk != key) {
		if (!pfn_valid(pfn))
			__sim_violation("struct-page", "frame 0x%lx has no struct page", pfn);
		pa.last = sparse_get(pa.chunks, key);
		if (!pa.last) {
			pa.last = env_alloc(CHUNK_PAGES * sizeof(struct page));
			if (!pa.last || !sparse_set(pa.chunks, key, pa.last))
				__sim_violation("out-of-memory", "no memory for struct page");
			for (i = 0; i < CHUNK_PAGES; i++)
				pa.last[i].pfn = (key << CHUNK_SHIFT) + i;
		}
		pa.last_chunk = key;
	}
	return &pa.last[pfn & (CHUNK_PAGES - 1)];
}

/* Cut [start, end) out of the i-th extent, which contains it. */
static bool extent_cut(unsigned int i, u64 start, u64 end)
{
	struct extent whole = pa.free[i];

	if (start > whole.start && end < whole.end) {
		if (!env_grow((void **)&pa.free, &pa.max, pa.nr + 1, sizeof(pa.free[0])))
			return false;
		env_memmove(&pa.free[i + 1], &pa.free[i], (pa.nr - i) * sizeof(pa.free[0]));
		pa.nr++;
		pa.free[i].end = start;
		pa.free[i + 1].start = end;
	} else if (start > whole.start) {
		pa.free[i].end = start;
	} else if (end < whole.end) {
		pa.free[i].start = end;
	} else {
		pa.nr--;
		env_memmove(&pa.free[i], &pa.free[i + 1], (pa.nr - i) * sizeof(pa.free[0]));
	}
	return true;
}

static void extent_give(u64 start, u64 end)
{
	unsigned int i = 0;

	while (i < pa.nr && pa.free[i].end < start)
		i++;
	if (i < pa.nr && pa.free[i].end == start) {
		pa.free[i].end = end;
		if (i + 1 < pa.nr && pa.free[i + 1].start == end) {
			pa.free[i].end = pa.free[i + 1].end;
			pa.nr--;
			env_memmove(&pa.free[i + 1], &pa.free[i + 2],
				    (pa.nr - i - 1) * sizeof(pa.free[0]));
		}
		return;
	}
	if (i < pa.nr && pa.free[i].start == end) {
		pa.free[i].start = start;
		return;
	}
	if (!env_grow((void **)&pa.free, &pa.max, pa.nr + 1, sizeof(pa.free[0])))
		__sim_violation("out-of-memory", "no memory for the list of free pages");
	env_memmove(&pa.free[i + 1], &pa.free[i], (pa.nr - i) * sizeof(pa.free[0]));
	pa.nr++;
	pa.free[i] = (struct extent){ start, end };
}

int page_reserve(u64 base, u64 size)
{
	u64 start = base >> PAGE_SHIFT, end = (base + size) >> PAGE_SHIFT;
	unsigned int i;

	if (!size || (base | size) & ~PAGE_MASK || base + size < base)
		return -EINVAL;
	for (i = 0; i < pa.nr; i++)
		if (start >= pa.free[i].start && end <= pa.free[i].end)
			return extent_cut(i, start, end) ? 0 : -ENOMEM;
	return pfn_valid(start) && pfn_valid(end - 1) ? -EBUSY : -EINVAL;
}

static void must_be_ns(u64 pfn, u64 n, const char *what, const char *caller)
{
	if (!env.ops->may_access(env.host, pfn << PAGE_SHIFT, n << PAGE_SHIFT))
		__sim_violation("delegated-page", "%s: page 0x%llx %s while it is not Non-secure",
				caller, pfn << PAGE_SHIFT, what);
}

/* A huge page that is mostly untouched shall stay so in the machine, whose memory is sparse. */
bool page_is_zero(const struct page *page)
{
	const u64 *word = page_address(page);
	unsigned int i;

	for (i = 0; i < PAGE_SIZE / sizeof(*word); i++)
		if (word[i])
			return false;
	return true;
}

/*
 * n pages from pfn on are in use now. A compound page is one page of many frames: its first one has the
 * references. Otherwise, split: each page has its own.
 */
static void pages_start(u64 pfn, u64 n, gfp_t gfp, bool split, const char *owner)
{
	struct page *head = pfn_to_page(pfn), *page;
	u64 i;

	for (i = 0; i < n; i++) {
		page = pfn_to_page(pfn + i);
		__sim_race_acquire(page);
		if (gfp & __GFP_ZERO && page->flags & BIT(PG_used_before) && !page_is_zero(page))
			__builtin_memset(page_address(page), 0, PAGE_SIZE);
		page->flags = BIT(PG_used_before) | (page->flags & BIT(PG_placed));
		page->_refcount = split || !i;
		page->order = 0;
		page->owner = owner;
		page->head = gfp & __GFP_COMP && i ? head : NULL;
	}
	env.pages_used += n;
}

struct page *page_take_reserved(u64 base, unsigned int order, gfp_t gfp, const char *owner)
{
	u64 pfn = base >> PAGE_SHIFT, n = 1ull << order, i;

	if (pfn & (n - 1))
		return NULL;
	for (i = 0; i < n; i++)
		if (!pfn_valid(pfn + i) || pfn_to_page(pfn + i)->owner ||
		    PageHWPoison(pfn_to_page(pfn + i)))
			return NULL;
	must_be_ns(pfn, n, "handed out", owner);
	for (i = 0; i < n; i++)
		pfn_to_page(pfn + i)->flags |= BIT(PG_placed);
	pages_start(pfn, n, gfp | (order ? __GFP_COMP : 0), false, owner);
	pfn_to_page(pfn)->order = order;
	return pfn_to_page(pfn);
}

bool page_may_fail(gfp_t gfp, const char *label, const char *caller)
{
	if (gfpflags_allow_blocking(gfp))
		__sim_might_sleep(caller);
	__sim_sched("page allocation");
	return !(gfp & __GFP_NOFAIL) && __sim_fails(1, label, caller);
}

static const char *label_of(gfp_t gfp, u64 n)
{
	if (gfp & __GFP_COMP && n > 1)
		return "huge page";
	return gfpflags_allow_blocking(gfp) ? "GFP_KERNEL page" : "GFP_ATOMIC page";
}

/* The free extent that has n pages at a multiple of align, from the end that the machine wants; pa.nr: none. */
static unsigned int find_free(u64 n, u64 align, u64 *start)
{
	bool down = env.ops->pages_downwards;
	unsigned int i;

	for (unsigned int k = 0; k < pa.nr; k++) {
		i = down ? pa.nr - 1 - k : k;
		if (pa.free[i].end - pa.free[i].start < n)
			continue;
		*start =
			down ? (pa.free[i].end - n) & ~(align - 1) : ALIGN(pa.free[i].start, align);
		if (*start >= pa.free[i].start && *start < pa.free[i].end &&
		    pa.free[i].end - *start >= n)
			return i;
	}
	return pa.nr;
}

/* n pages whose first frame is a multiple of align, each with a struct page ready. */
static struct page *take_pages(gfp_t gfp, u64 n, u64 align, bool split, const char *label,
			       const char *caller)
{
	unsigned int i;
	u64 start = 0;

	if (page_may_fail(gfp, label, caller)) {
		__sim_note(__SIM_PAGE, "alloc_pages", caller, "%llu pages -> none (injected)", n);
		return NULL;
	}
	i = find_free(n, align, &start);
	if (i == pa.nr || !extent_cut(i, start, start + n)) {
		__sim_note(__SIM_PAGE, "alloc_pages", caller, "%llu pages -> none", n);
		return NULL;
	}
	must_be_ns(start, n, "handed out", caller);
	pages_start(start, n, gfp, split, caller);
	__sim_note(__SIM_PAGE, "alloc_pages", caller, "%llu page%s -> 0x%llx", n, n == 1 ? "" : "s",
		   start << PAGE_SHIFT);
	return pfn_to_page(start);
}

static struct page *take_order(gfp_t gfp, unsigned int order, const char *label, const char *caller)
{
	struct page *page = take_pages(gfp, 1ull << order, 1ull << order, false, label, caller);

	if (page)
		page->order = order;
	return page;
}

struct page *__sim_alloc_pages(gfp_t gfp, unsigned int order, const char *caller)
{
	if (order > MAX_PAGE_ORDER)
		return NULL;
	return take_order(gfp, order, label_of(gfp, 1ull << order), caller);
}

struct page *__sim_alloc_contig(gfp_t gfp, unsigned int order, const char *caller)
{
	return take_order(gfp | __GFP_COMP, order, "huge page", caller);
}

void *page_alloc_for_cache(gfp_t gfp, const char *caller)
{
	struct page *page = take_order(gfp, 0, "memcache page", caller);

	return page ? page_address(page) : NULL;
}

void *__sim_alloc_pages_exact(size_t size, gfp_t gfp, const char *caller)
{
	u64 n = PFN_UP(size);
	struct page *page;

	if (!n || get_order(size) > MAX_PAGE_ORDER)
		return NULL;
	page = take_pages(gfp, n, roundup_pow_of_two(n), true, label_of(gfp, 1), caller);
	return page ? page_address(page) : NULL;
}

unsigned long __sim_get_free_pages(gfp_t gfp, unsigned int order, const char *caller)
{
	struct page *page = __sim_alloc_pages(gfp, order, caller);

	return page ? (unsigned long)page_address(page) : 0;
}

/* The last reference to one frame is gone. */
static void page_end(struct page *page, bool fill)
{
	if (fill)
		__builtin_memset(page_address(page), POISON_FREE, PAGE_SIZE);
	page->owner = NULL;
	page->head = NULL;
	page->order = 0;
	page->_refcount = 0;
	env.pages_used--;
	if (!(page->flags & (BIT(PG_placed) | BIT(PG_hwpoison))))
		extent_give(page->pfn, page->pfn + 1);
}

enum sim_page_use page_use(u64 addr)
{
	const struct page *page;

	if (!pfn_valid(addr >> PAGE_SHIFT))
		return SIM_PAGE_UNKNOWN;
	page = pfn_to_page(addr >> PAGE_SHIFT);
	if (page->flags & BIT(PG_kept))
		return SIM_PAGE_KEPT;
	if (!page->owner)
		return page->flags & BIT(PG_used_before) ? SIM_PAGE_FREE : SIM_PAGE_UNKNOWN;
	if (page->owner == page_owner_folio)
		return SIM_PAGE_FOLIO;
	return page->owner == page_owner_user ? SIM_PAGE_USER : SIM_PAGE_KERNEL;
}

static void drop(struct page *page, unsigned int order, const char *caller)
{
	u64 i, pfn = page->pfn, n = 1ull << order;

	if (!page->owner || page->_refcount <= 0)
		__sim_violation("double-free", "%s frees page 0x%llx, which is free", caller,
				page_to_phys(page));
	if (order != page->order && (order || page->head || page->order))
		__sim_violation("page-order",
				"%s frees page 0x%llx as order %u; %s() allocated it as order %u",
				caller, page_to_phys(page), order, page->owner, page->order);
	__sim_race_release(page);
	if (--page->_refcount)
		return;
	__sim_race_acquire(page);
	__sim_note(__SIM_PAGE, "free_pages", caller, "0x%llx", page_to_phys(page));
	must_be_ns(pfn, n, "freed", caller);
	if (page == env.huge_zero_page)
		env.huge_zero_page = NULL;
	for (i = 0; i < n; i++) {
		page_end(pfn_to_page(pfn + i), n <= POISON_PAGES);
		__sim_race_release(pfn_to_page(pfn + i));
	}
}

void __sim_free_pages(struct page *page, unsigned int order, const char *caller)
{
	if (page)
		drop(page, order, caller);
}

void __sim_free_addr(unsigned long addr, unsigned int order, const char *caller)
{
	if (addr)
		drop(virt_to_page(addr), order, caller);
}

void __sim_free_pages_exact(void *virt, size_t size, const char *caller)
{
	size_t i;

	for (i = 0; virt && i < PFN_UP(size); i++)
		drop(virt_to_page((char *)virt + i * PAGE_SIZE), 0, caller);
}

void page_get(struct page *page)
{
	page = compound_head(page);
	if (!page->owner)
		__sim_violation("page-reference", "a reference to page 0x%llx, which is free",
				page_to_phys(page));
	page->_refcount++;
}

void page_put(struct page *page, const char *caller)
{
	page = compound_head(page);
	drop(page, page->order, caller);
}

/* Frames that nobody has allocated yet are not judged: firmware tables may lie there. */
void page_touched(u64 addr, u64 n, const char *caller)
{
	u64 pfn, last = (addr + n - 1) >> PAGE_SHIFT;

	for (pfn = addr >> PAGE_SHIFT; pfn <= last; pfn++) {
		struct page *page = pfn_to_page(pfn);

		if (!page->owner && page->flags & BIT(PG_used_before))
			__sim_violation("use-after-free", "%s touches page 0x%llx, which is free",
					caller, page_to_phys(page));
	}
}

/* From kernel-style code this marks a page that is kept back on purpose. */
void __sim_get_page(struct page *page, const char *caller)
{
	page_get(page);
	compound_head(page)->flags |= BIT(PG_kept);
	env.pages_leaked++;
	__sim_note(__SIM_PAGE, "get_page", caller, "0x%llx kept back", page_to_phys(page));
}

void __sim_put_page(struct page *page, const char *caller)
{
	page_put(page, caller);
}

void __sim_clear_page(void *page, const char *caller)
{
	__sim_memset(page, 0, PAGE_SIZE, caller);
}
