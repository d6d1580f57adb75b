/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Granule table: chunks that exist from the first time one of their granules is looked for to be
 * changed, so that an untouched bank costs one pointer per chunk.
 */
#include <sched.h>

#include "granule.h"
#include "model.h"

#define CHUNK_SHIFT 11
#define CHUNK_SIZE  (1u << CHUNK_SHIFT)

static size_t nr_chunks(const struct rmm *rmm, const struct bank *b)
{
	return (size_t)(((b->size >> rmm->granule_shift) + CHUNK_SIZE - 1) >> CHUNK_SHIFT);
}

struct granule *granule_peek(const struct rmm *rmm, rmm_pa pa)
{
	const struct bank *b = phys_bank(rmm, pa, granule_size(rmm));
	struct granule **dir, *chunk;
	uint64_t index;

	if (!b || !granule_aligned(rmm, pa))
		return NULL;
	dir = __atomic_load_n(&b->chunks, __ATOMIC_ACQUIRE);
	if (!dir)
		return NULL;
	index = (pa - b->base) >> rmm->granule_shift;
	chunk = __atomic_load_n(&dir[index >> CHUNK_SHIFT], __ATOMIC_ACQUIRE);
	return chunk ? &chunk[index & (CHUNK_SIZE - 1)] : NULL;
}

typedef void *any_ptr __attribute__((may_alias));

/* Publish a fresh allocation at *slot, or drop it when another CPU was first. */
static bool publish(struct rmm *rmm, void *slot, size_t size)
{
	any_ptr *p = slot;
	any_ptr fresh, none = NULL;

	if (__atomic_load_n(p, __ATOMIC_ACQUIRE))
		return true;
	fresh = rmm_alloc(rmm, size);
	if (!fresh)
		return false;
	if (!__atomic_compare_exchange_n(p, &none, fresh, false, __ATOMIC_ACQ_REL,
					 __ATOMIC_ACQUIRE))
		rmm_release(rmm, fresh, size);
	return true;
}

struct granule *granule_get(struct rmm *rmm, rmm_pa pa)
{
	struct granule *g = granule_peek(rmm, pa);
	struct bank *b;
	uint64_t index;

	if (g || !granule_aligned(rmm, pa))
		return g;
	b = phys_bank(rmm, pa, granule_size(rmm));
	if (!b)
		return NULL;
	index = (pa - b->base) >> rmm->granule_shift;
	if (!publish(rmm, &b->chunks, nr_chunks(rmm, b) * sizeof(*b->chunks)) ||
	    !publish(rmm, &b->chunks[index >> CHUNK_SHIFT], CHUNK_SIZE * sizeof(struct granule)))
		return NULL;
	return granule_peek(rmm, pa);
}

unsigned granule_state(const struct rmm *rmm, rmm_pa pa)
{
	const struct granule *g = granule_peek(rmm, pa);

	return g ? __atomic_load_n(&g->state, __ATOMIC_RELAXED) : RMM_UNDELEGATED;
}

bool granule_trylock(struct rmm *rmm, struct granule *g)
{
	if (__atomic_exchange_n(&g->lock, 1, __ATOMIC_ACQUIRE))
		return false;
	__atomic_add_fetch(&rmm->nr_locked, 1, __ATOMIC_RELAXED);
	return true;
}

void granule_lock(struct rmm *rmm, struct granule *g, rmm_pa pa)
{
	while (!granule_trylock(rmm, g)) {
		if (rmm->cfg.wait)
			rmm->cfg.wait(rmm->cfg.ctx, pa);
		else
			sched_yield();
	}
}

void granule_unlock(struct rmm *rmm, struct granule *g)
{
	__atomic_sub_fetch(&rmm->nr_locked, 1, __ATOMIC_RELAXED);
	__atomic_store_n(&g->lock, 0, __ATOMIC_RELEASE);
}

bool granule_trylock_range(struct rmm *rmm, rmm_pa pa, uint64_t size)
{
	for (uint64_t at = 0; at < size; at += granule_size(rmm)) {
		struct granule *g = granule_get(rmm, pa + at);

		if (!g || !granule_trylock(rmm, g)) {
			granule_unlock_range(rmm, pa, at);
			return false;
		}
	}
	return true;
}

void granule_unlock_range(struct rmm *rmm, rmm_pa pa, uint64_t size)
{
	for (uint64_t at = 0; at < size; at += granule_size(rmm))
		granule_unlock(rmm, granule_peek(rmm, pa + at));
}

bool granule_range_is(const struct rmm *rmm, rmm_pa pa, uint64_t size, unsigned state)
{
	if (!phys_bank(rmm, pa, size))
		return false;
	for (uint64_t at = 0; at < size; at += granule_size(rmm)) {
		if (granule_state(rmm, pa + at) != state)
			return false;
	}
	return true;
}

void granule_set_state(struct rmm *rmm, struct granule *g, unsigned state)
{
	if (g->state == RMM_UNDELEGATED && state != RMM_UNDELEGATED)
		__atomic_add_fetch(&rmm->nr_delegated, 1, __ATOMIC_RELAXED);
	else if (g->state != RMM_UNDELEGATED && state == RMM_UNDELEGATED)
		__atomic_sub_fetch(&rmm->nr_delegated, 1, __ATOMIC_RELAXED);
	__atomic_store_n(&g->state, (uint8_t)state, __ATOMIC_RELAXED);
}

void granule_get_ref(struct granule *g, uint32_t n)
{
	__atomic_add_fetch(&g->refs, n, __ATOMIC_RELAXED);
}

void granule_put_ref(struct granule *g, uint32_t n)
{
	__atomic_sub_fetch(&g->refs, n, __ATOMIC_RELAXED);
}

uint32_t granule_refs(const struct granule *g)
{
	return __atomic_load_n(&g->refs, __ATOMIC_RELAXED);
}

void granule_mark_dirty(struct rmm *rmm, rmm_pa pa)
{
	struct granule *g = granule_peek(rmm, pa & ~(granule_size(rmm) - 1));

	if (g)
		__atomic_store_n(&g->dirty, 1, __ATOMIC_RELAXED);
}

static void chunk_each(const struct rmm *rmm, const struct granule *chunk, rmm_pa pa,
		       void (*visit)(void *ctx, rmm_pa pa, const struct granule *g), void *ctx)
{
	for (unsigned i = 0; i < CHUNK_SIZE; i++, pa += granule_size(rmm)) {
		if (chunk[i].state != RMM_UNDELEGATED)
			visit(ctx, pa, &chunk[i]);
	}
}

void granule_each(const struct rmm *rmm,
		  void (*visit)(void *ctx, rmm_pa pa, const struct granule *g), void *ctx)
{
	for (unsigned i = 0; i < rmm->nr_banks; i++) {
		const struct bank *b = &rmm->banks[i];

		for (size_t j = 0; b->chunks && j < nr_chunks(rmm, b); j++) {
			rmm_pa pa = b->base + ((uint64_t)j << (CHUNK_SHIFT + rmm->granule_shift));

			if (b->chunks[j])
				chunk_each(rmm, b->chunks[j], pa, visit, ctx);
		}
	}
}

void granule_exit(struct rmm *rmm)
{
	for (unsigned i = 0; i < rmm->nr_banks; i++) {
		struct bank *b = &rmm->banks[i];

		for (size_t j = 0; b->chunks && j < nr_chunks(rmm, b); j++)
			rmm_release(rmm, b->chunks[j], CHUNK_SIZE * sizeof(struct granule));
		rmm_release(rmm, b->chunks, nr_chunks(rmm, b) * sizeof(*b->chunks));
		b->chunks = NULL;
	}
}
