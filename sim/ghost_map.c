/* SPDX-License-Identifier: BSD-2-Clause */
/* Interval maps: an array of spans in order of address, without gaps. */
#include <string.h>

#include "ghost_map.h"

bool ghost_mem_grow(const struct ghost_mem *mem, void *array, size_t *room, size_t need,
		    size_t size)
{
	void *old, *fresh;
	size_t more = *room ? 2 * *room : 16;

	if (need <= *room)
		return true;
	while (more < need)
		more *= 2;
	fresh = mem->alloc(mem->ctx, more * size);
	if (!fresh)
		return false;
	memcpy(&old, array, sizeof(old));
	if (*room) {
		memcpy(fresh, old, *room * size);
		mem->free(mem->ctx, old, *room * size);
	}
	memcpy(array, &fresh, sizeof(fresh));
	*room = more;
	return true;
}

bool ghost_map_init(struct ghost_map *map, const struct ghost_mem *mem, uint64_t base, uint64_t top,
		    const struct ghost_value *v)
{
	*map = (struct ghost_map){ .mem = mem };
	if (!ghost_mem_grow(mem, &map->span, &map->room, 1, sizeof(*map->span)))
		return false;
	map->span[map->nr++] = (struct ghost_span){ base, top, *v };
	return true;
}

void ghost_map_drop(struct ghost_map *map)
{
	if (map->span)
		map->mem->free(map->mem->ctx, map->span, map->room * sizeof(*map->span));
	*map = (struct ghost_map){ 0 };
}

size_t ghost_map_find(const struct ghost_map *map, uint64_t addr)
{
	size_t from = 0, to = map->nr;

	while (to - from > 1) {
		size_t middle = from + (to - from) / 2;

		if (map->span[middle].base <= addr)
			from = middle;
		else
			to = middle;
	}
	return from;
}

struct ghost_value ghost_map_at(const struct ghost_map *map, uint64_t addr)
{
	return ghost_map_part(map, ghost_map_find(map, addr), addr, addr + 1).v;
}

struct ghost_span ghost_map_part(const struct ghost_map *map, size_t i, uint64_t base, uint64_t top)
{
	struct ghost_span part = map->span[i];

	if (part.base < base) {
		part.v.at += part.v.runs ? base - part.base : 0;
		part.base = base;
	}
	if (part.top > top)
		part.top = top;
	return part;
}

/* Let a span begin at addr; *i is its number. */
static bool cut(struct ghost_map *map, uint64_t addr, size_t *i)
{
	struct ghost_span *s;

	if (addr == map->span[map->nr - 1].top) {
		*i = map->nr;
		return true;
	}
	*i = ghost_map_find(map, addr);
	if (map->span[*i].base == addr)
		return true;
	if (!ghost_mem_grow(map->mem, &map->span, &map->room, map->nr + 1, sizeof(*map->span)))
		return false;
	s = &map->span[*i];
	memmove(s + 1, s, (map->nr - *i) * sizeof(*s));
	map->nr++;
	s[1] = ghost_map_part(map, *i + 1, addr, UINT64_MAX);
	s[0].top = addr;
	(*i)++;
	return true;
}

static bool goes_on(const struct ghost_span *a, const struct ghost_span *b)
{
	uint64_t at = a->v.runs ? a->v.at + (a->top - a->base) : a->v.at;

	return a->v.state == b->v.state && a->v.ripas == b->v.ripas && a->v.attr == b->v.attr &&
	       a->v.was == b->v.was && a->v.runs == b->v.runs && b->v.at == at;
}

/* Join what is alike among spans from - 1 to `to`. */
static void join(struct ghost_map *map, size_t from, size_t to)
{
	size_t last, i;

	if (from)
		from--;
	if (to >= map->nr)
		to = map->nr - 1;
	for (last = from, i = from + 1; i <= to; i++) {
		if (goes_on(&map->span[last], &map->span[i]))
			map->span[last].top = map->span[i].top;
		else
			map->span[++last] = map->span[i];
	}
	if (last < to) {
		memmove(&map->span[last + 1], &map->span[to + 1],
			(map->nr - to - 1) * sizeof(*map->span));
		map->nr -= to - last;
	}
}

bool ghost_map_change(struct ghost_map *map, uint64_t base, uint64_t top,
		      void (*change)(void *ctx, struct ghost_span *span), void *ctx)
{
	size_t from, to;

	if (base >= top)
		return true;
	if (!cut(map, base, &from) || !cut(map, top, &to))
		return false;
	for (size_t i = from; i < to; i++)
		change(ctx, &map->span[i]);
	join(map, from, to);
	return true;
}

struct setting {
	uint64_t base;
	struct ghost_value v;
};

static void set_one(void *ctx, struct ghost_span *span)
{
	const struct setting *s = ctx;

	span->v = s->v;
	span->v.at += s->v.runs ? span->base - s->base : 0;
}

bool ghost_map_set(struct ghost_map *map, uint64_t base, uint64_t top, const struct ghost_value *v)
{
	return ghost_map_change(map, base, top, set_one, &(struct setting){ base, *v });
}
