/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Shadow memory: a hash of 4 KiB pages, each with the lines of 64 bytes that were stored to. Most pages have one.
 */
#include <string.h>

#include "arena.h"
#include "shadow.h"

#define PAGE      UINT64_C(4096)
#define LINE      UINT64_C(64)
#define NR_LINES  (PAGE / LINE)
#define FIRST_LOG 6

struct line {
	uint64_t known; /* bit n: byte n */
	uint8_t data[LINE];
};

struct shadow_page {
	struct shadow_page *next;
	uint64_t addr;
	unsigned first; /* number of the line that `line` is */
	struct line line;
	struct line **more; /* the others, NULL: none */
};

static struct shadow_page **bucket_of(const struct sim_shadow *shadow, uint64_t addr)
{
	uint64_t hash = addr / PAGE * UINT64_C(0x9e3779b97f4a7c15);

	return &shadow->bucket[hash >> 20 & (shadow->nr_buckets - 1)];
}

static struct shadow_page *find(const struct sim_shadow *shadow, uint64_t addr)
{
	struct shadow_page *page = NULL;

	if (shadow->nr_buckets)
		for (page = *bucket_of(shadow, addr); page && page->addr != addr; page = page->next)
			;
	return page;
}

/* Twice the buckets, as soon as they are fewer than pages. */
static bool grow(struct sim_shadow *shadow, struct sim_arena *arena)
{
	struct sim_shadow bigger = {
		.nr_buckets = shadow->nr_buckets ? 2 * shadow->nr_buckets : 1u << FIRST_LOG,
		.nr_pages = shadow->nr_pages,
	};
	struct shadow_page *page, **at;

	bigger.bucket = sim_arena_alloc(arena, bigger.nr_buckets * sizeof(*bigger.bucket));
	if (!bigger.bucket)
		return false;
	for (uint64_t i = 0; i < shadow->nr_buckets; i++) {
		while ((page = shadow->bucket[i])) {
			shadow->bucket[i] = page->next;
			at = bucket_of(&bigger, page->addr);
			page->next = *at;
			*at = page;
		}
	}
	sim_arena_free(arena, shadow->bucket, shadow->nr_buckets * sizeof(*shadow->bucket));
	*shadow = bigger;
	return true;
}

static struct shadow_page *make(struct sim_shadow *shadow, struct sim_arena *arena, uint64_t addr)
{
	struct shadow_page *page = find(shadow, addr), **at;

	if (page)
		return page;
	if (shadow->nr_pages >= shadow->nr_buckets && !grow(shadow, arena))
		return NULL;
	page = sim_arena_alloc(arena, sizeof(*page));
	if (!page)
		return NULL;
	page->addr = addr;
	page->first = NR_LINES;
	at = bucket_of(shadow, addr);
	page->next = *at;
	*at = page;
	shadow->nr_pages++;
	return page;
}

static const struct line *line_at(const struct shadow_page *page, unsigned n)
{
	if (page->first == n)
		return &page->line;
	return page->more ? page->more[n] : NULL;
}

static struct line *line_make(struct shadow_page *page, struct sim_arena *arena, unsigned n)
{
	if (page->first == NR_LINES)
		page->first = n;
	if (page->first == n)
		return &page->line;
	if (!page->more)
		page->more = sim_arena_alloc(arena, NR_LINES * sizeof(*page->more));
	if (page->more && !page->more[n])
		page->more[n] = sim_arena_alloc(arena, sizeof(*page->more[n]));
	return page->more ? page->more[n] : NULL;
}

/* Bytes of [addr, addr + size) in the line that addr is in. */
static uint64_t in_line(uint64_t addr, uint64_t size)
{
	uint64_t room = LINE - addr % LINE;

	return size < room ? size : room;
}

void sim_shadow_store(struct sim_shadow *shadow, struct sim_arena *arena, uint64_t addr,
		      const void *data, uint64_t size)
{
	const uint8_t *from = data;
	struct shadow_page *page;
	struct line *line;
	uint64_t n;

	for (; size; addr += n, from += n, size -= n) {
		n = in_line(addr, size);
		page = make(shadow, arena, addr & ~(PAGE - 1));
		line = page ? line_make(page, arena, (unsigned)(addr % PAGE / LINE)) : NULL;
		if (!line) {
			/* What it was is wrong now. */
			sim_shadow_forget(shadow, arena, addr, addr + n);
			continue;
		}
		memcpy(line->data + addr % LINE, from, n);
		line->known |= (n == LINE ? ~UINT64_C(0) : (UINT64_C(1) << n) - 1) << addr % LINE;
	}
}

bool sim_shadow_agrees(const struct sim_shadow *shadow, uint64_t addr, const void *data,
		       uint64_t size, uint64_t *at, uint8_t *is, uint8_t *should)
{
	const uint8_t *got = data;
	const struct shadow_page *page;
	const struct line *line;
	uint64_t n, done = 0;

	for (; done < size; done += n) {
		uint64_t from = addr + done;

		n = in_line(from, size - done);
		page = find(shadow, from & ~(PAGE - 1));
		line = page ? line_at(page, (unsigned)(from % PAGE / LINE)) : NULL;
		for (uint64_t i = 0; line && i < n; i++) {
			unsigned byte = (unsigned)(from % LINE + i);

			if (!(line->known >> byte & 1) || line->data[byte] == got[done + i])
				continue;
			*at = done + i;
			*is = got[done + i];
			*should = line->data[byte];
			return false;
		}
	}
	return true;
}

/* The same in one line, whose first byte is data[0]. */
static bool found_in_line(const struct line *line, const uint8_t *data, uint64_t *at)
{
	static const uint8_t zero[8];

	for (unsigned i = 0; i + sizeof(zero) <= LINE; i++) {
		if ((line->known >> i & 0xff) != 0xff || memcmp(line->data + i, data + i, 8) ||
		    !memcmp(line->data + i, zero, sizeof(zero)))
			continue;
		*at = i;
		return true;
	}
	return false;
}

bool sim_shadow_found(const struct sim_shadow *shadow, uint64_t addr, const void *data,
		      uint64_t size, uint64_t *at)
{
	for (uint64_t done = 0; done < size; done += LINE) {
		const struct shadow_page *page = find(shadow, (addr + done) & ~(PAGE - 1));
		const struct line *line;

		if (!page) {
			done += PAGE - LINE;
			continue;
		}
		line = line_at(page, (unsigned)((addr + done) % PAGE / LINE));
		if (line && found_in_line(line, (const uint8_t *)data + done, at)) {
			*at += done;
			return true;
		}
	}
	return false;
}

static void free_page(struct sim_arena *arena, struct shadow_page *page)
{
	for (unsigned i = 0; page->more && i < NR_LINES; i++)
		sim_arena_free(arena, page->more[i], sizeof(*page->more[i]));
	sim_arena_free(arena, page->more, NR_LINES * sizeof(*page->more));
	sim_arena_free(arena, page, sizeof(*page));
}

/* Take the pages of [base, top) out of one bucket. */
static void sweep(struct sim_shadow *shadow, struct sim_arena *arena, struct shadow_page **at,
		  uint64_t base, uint64_t top)
{
	struct shadow_page *page;

	while ((page = *at)) {
		if (page->addr < base || page->addr >= top) {
			at = &page->next;
			continue;
		}
		*at = page->next;
		shadow->nr_pages--;
		free_page(arena, page);
	}
}

void sim_shadow_forget(struct sim_shadow *shadow, struct sim_arena *arena, uint64_t base,
		       uint64_t top)
{
	base &= ~(PAGE - 1);
	if (!shadow->nr_pages || base >= top)
		return;
	if ((top - base) / PAGE > shadow->nr_buckets) {
		for (uint64_t i = 0; i < shadow->nr_buckets; i++)
			sweep(shadow, arena, &shadow->bucket[i], base, top);
		return;
	}
	for (; base < top; base += PAGE)
		sweep(shadow, arena, bucket_of(shadow, base), base, base + PAGE);
}

void sim_shadow_drop(struct sim_shadow *shadow, struct sim_arena *arena)
{
	sim_shadow_forget(shadow, arena, 0, ~UINT64_C(0));
	sim_arena_free(arena, shadow->bucket, shadow->nr_buckets * sizeof(*shadow->bucket));
	*shadow = (struct sim_shadow){ 0 };
}
