/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What user mappings show that is not private: the page cache of one object, and where pages are placed.
 *
 * A shared anonymous mapping is a file without a name. The page of a disk file begins with content: each
 * eight bytes hold their own offset in the file.
 */
#include "env.h"
#include "mm.h"
#include "sparse.h"

int placement_add(struct placements *p, u64 at, u64 size, u64 base)
{
	int err;

	if ((at | size | base) & ~PAGE_MASK || !size)
		return -EINVAL;
	if (!env_grow((void **)&p->list, &p->max, p->nr + 1, sizeof(p->list[0])))
		return -ENOMEM;
	err = page_reserve(base, size);
	if (!err)
		p->list[p->nr++] = (struct placement){ at, size, base };
	return err;
}

void placement_free(struct placements *p)
{
	env_free(p->list, p->max * sizeof(p->list[0]));
	*p = (struct placements){ 0 };
}

struct page *placed_pages(const struct placements *p, u64 at, unsigned int order, gfp_t gfp,
			  const char *owner)
{
	u64 size = PAGE_SIZE << order;
	struct page *page = NULL;
	unsigned int i;

	for (i = p->nr; i-- > 0 && !page;) {
		const struct placement *place = &p->list[i];

		if (at < place->at || at - place->at >= place->size ||
		    place->size - (at - place->at) < size)
			continue;
		if (page_may_fail(gfp, order ? "huge page" : "GFP_KERNEL page", owner))
			return NULL;
		page = page_take_reserved(place->pa + (at - place->at), order, gfp & __GFP_ZERO,
					  owner);
		if (page)
			__sim_note(__SIM_PAGE, "alloc_pages", owner, "placed page -> 0x%llx",
				   page_to_phys(page));
	}
	if (page)
		return page;
	return order ? __sim_alloc_contig(gfp, order, owner) : __sim_alloc_pages(gfp, 0, owner);
}

struct sim_file *file_new(bool disk)
{
	struct sim_file *file = env_alloc(sizeof(*file));

	if (!file)
		return NULL;
	file->pages = sparse_new();
	if (!file->pages) {
		env_free(file, sizeof(*file));
		return NULL;
	}
	file->users = 1;
	file->disk = disk;
	return file;
}

void file_get(struct sim_file *file)
{
	if (file)
		file->users++;
}

void file_put(struct sim_file *file)
{
	struct page *page;
	u64 key = 0;

	if (!file || --file->users)
		return;
	while ((page = sparse_next(file->pages, &key, ~0ull))) {
		sparse_del(file->pages, key);
		page_put(page, "truncate_inode_pages");
	}
	sparse_free(file->pages);
	env_free(file, sizeof(*file));
}

/* The page of the cache that has frame `index`, of any order. */
static struct page *cached(const struct sim_file *file, u64 index)
{
	static const unsigned int orders[] = { 0, PMD_ORDER, PUD_SHIFT - PAGE_SHIFT };
	struct page *page;
	unsigned int i;
	u64 first;

	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		first = ALIGN_DOWN(index, 1ull << orders[i]);
		page = sparse_get(file->pages, first);
		if (page && index - first < 1ull << page->order)
			return page;
	}
	return NULL;
}

static void fill(struct page *page, u64 index)
{
	u64 *word = page_address(page), i;

	for (i = 0; i < PAGE_SIZE / sizeof(*word); i++)
		word[i] = (index << PAGE_SHIFT) + i * sizeof(*word);
}

/* Nothing of the cache lies in [index, index + n). */
static bool no_page_in(const struct sim_file *file, u64 index, u64 n)
{
	return !sparse_next(file->pages, &index, index + n);
}

int file_page(struct mm_struct *mm, struct sim_file *file, unsigned long addr, u64 index,
	      unsigned int want, struct page **page, unsigned int *order)
{
	u64 first = ALIGN_DOWN(index, 1ull << want);
	struct page *found = cached(file, index), *fresh;

	if (!found && !no_page_in(file, first, 1ull << want)) {
		want = 0;
		first = index;
	}
	if (!found) {
		fresh = user_page(mm, ALIGN_DOWN(addr, PAGE_SIZE << want), want, __GFP_ZERO);
		if (!fresh)
			return -ENOMEM;
		/* Allocation is a scheduling point: somebody else may have been faster. */
		found = cached(file, index);
		if (found || !no_page_in(file, first, 1ull << want)) {
			page_put(fresh, __func__);
			if (!found)
				return -EAGAIN;
		} else if (!sparse_set(file->pages, first, fresh)) {
			page_put(fresh, __func__);
			return -ENOMEM;
		} else {
			found = fresh;
			if (file->disk)
				fill(found, first);
		}
	}
	*order = found->order;
	*page = pfn_to_page(found->pfn + (index & ((1ull << found->order) - 1)));
	return 0;
}
