/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Shadow memory: what a reader must find, from the stores alone.
 *
 * Actors run one at a time, so memory is sequentially consistent and the last store to a byte, through whichever
 * alias, is what a load has to give. A byte that nobody has stored to, or whose page has been taken away since, is
 * not judged.
 */
#ifndef SIM_SHADOW_H
#define SIM_SHADOW_H

#include <stdbool.h>
#include <stdint.h>

struct sim_arena;
struct shadow_page;

struct sim_shadow {
	struct shadow_page **bucket;
	uint64_t nr_buckets, nr_pages;
};

/* Remember a store; without memory the bytes are not judged. */
void sim_shadow_store(struct sim_shadow *shadow, struct sim_arena *arena, uint64_t addr,
		      const void *data, uint64_t size);
/* Compare a load; false when *at (offset), *is and *should differ. */
bool sim_shadow_agrees(const struct sim_shadow *shadow, uint64_t addr, const void *data,
		       uint64_t size, uint64_t *at, uint8_t *is, uint8_t *should);
/* Are eight bytes in a row, not all zero, still what was stored? *at is where. */
bool sim_shadow_found(const struct sim_shadow *shadow, uint64_t addr, const void *data,
		      uint64_t size, uint64_t *at);
/* The pages that [base, top) touches have new content. Costs pages known or pages given, whatever is less. */
void sim_shadow_forget(struct sim_shadow *shadow, struct sim_arena *arena, uint64_t base,
		       uint64_t top);
void sim_shadow_drop(struct sim_shadow *shadow, struct sim_arena *arena);

#endif
