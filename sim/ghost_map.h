/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interval maps: a stretch of addresses in which every address has a value, kept as few spans as there are
 * different neighbours.
 */
#ifndef SIM_GHOST_MAP_H
#define SIM_GHOST_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where memory comes from; alloc gives zeroed memory, or NULL. */
struct ghost_mem {
	void *(*alloc)(void *ctx, size_t size);
	void (*free)(void *ctx, void *p, size_t size);
	void *ctx;
};

/* An array that grows: room for `need` elements of that size. False when memory is short. */
bool ghost_mem_grow(const struct ghost_mem *mem, void *array, size_t *room, size_t need,
		    size_t size);

/* What an address is. Neighbours that are alike are one span. */
struct ghost_value {
	uint8_t state, ripas, attr, was;
	bool runs;   /* `at` goes up with the address */
	uint64_t at; /* of the first address of the span */
};

struct ghost_span {
	uint64_t base, top;
	struct ghost_value v;
};

struct ghost_map {
	const struct ghost_mem *mem;
	struct ghost_span *span;
	size_t nr, room;
};

/* [base, top) is v. False when memory is short, as below. */
bool ghost_map_init(struct ghost_map *map, const struct ghost_mem *mem, uint64_t base, uint64_t top,
		    const struct ghost_value *v);
void ghost_map_drop(struct ghost_map *map);
/* Number of the span that has addr, which is inside the map. */
size_t ghost_map_find(const struct ghost_map *map, uint64_t addr);
/* Its value, as of addr. */
struct ghost_value ghost_map_at(const struct ghost_map *map, uint64_t addr);
/* The part of span i inside [base, top). */
struct ghost_span ghost_map_part(const struct ghost_map *map, size_t i, uint64_t base,
				 uint64_t top);
bool ghost_map_set(struct ghost_map *map, uint64_t base, uint64_t top, const struct ghost_value *v);
/* Change each span inside [base, top) by itself. */
bool ghost_map_change(struct ghost_map *map, uint64_t base, uint64_t top,
		      void (*change)(void *ctx, struct ghost_span *span), void *ctx);

#endif
