/* SPDX-License-Identifier: BSD-2-Clause */
/* The granule table: finding, splitting and locking one granule. */
#include <sched.h>
#include <string.h>

#include "chunk.h"

static size_t map_bytes(size_t nr)
{
	return sizeof(struct granule_map) + nr * sizeof(block_slot);
}

void spot_on(struct bank *b, struct granule_map *map, rmm_pa pa, struct spot *s)
{
	uint64_t index = (pa - b->base) >> map->shift;
	block_slot v;

	s->bank = b;
	s->map = map;
	s->shift = map->shift;
	s->index = index & (CHUNK_GRANULES - 1);
	v = __atomic_load_n(spot_slot(s, pa), __ATOMIC_SEQ_CST);
	s->chunk = slot_chunks(v);
	if (s->chunk)
		s->chunk += index >> CHUNK_SHIFT & (BLOCK_CHUNKS - 1);
	s->state = s->chunk ? 0 : slot_state(v);
	s->locked = !s->chunk && v & SLOT_LOCK;
}

bool spot_find(const struct rmm *rmm, rmm_pa pa, struct spot *s)
{
	struct bank *b = phys_bank(rmm, pa, 1);
	unsigned shift = granule_shift(rmm);
	struct granule_map *map;

	if (!b || pa & ((UINT64_C(1) << shift) - 1))
		return false;
	map = bank_map_get(b, shift);
	if (map) {
		spot_on(b, map, pa, s);
		return true;
	}
	*s = (struct spot){ .bank = b, .shift = shift };
	s->index = (pa - b->base) >> shift & (CHUNK_GRANULES - 1);
	return true;
}

block_slot *spot_slot(const struct spot *s, rmm_pa pa)
{
	return &s->map->block[(pa - s->bank->base) >> (s->shift + CHUNK_SHIFT + BLOCK_SHIFT)];
}

typedef void *any_ptr __attribute__((may_alias));

/* Publish a fresh allocation at *slot, or drop it when another CPU was first. */
static bool publish(struct rmm *rmm, void *slot, void *fresh, size_t size)
{
	any_ptr *p = slot;
	any_ptr none = NULL;

	if (!fresh)
		return false;
	if (!__atomic_compare_exchange_n(p, &none, fresh, false, __ATOMIC_SEQ_CST,
					 __ATOMIC_ACQUIRE))
		rmm_release(rmm, fresh, size);
	return true;
}

struct granule_map *spot_map(struct rmm *rmm, struct spot *s)
{
	unsigned shift = s->shift;
	size_t nr = (size_t)((s->bank->size + block_bytes(shift) - 1) / block_bytes(shift));
	struct granule_map *map;

	if (s->map)
		return s->map;
	map = rmm_alloc(rmm, map_bytes(nr));
	if (map) {
		map->shift = shift;
		map->nr = nr;
	}
	if (publish(rmm, bank_map(s->bank, shift), map, map_bytes(nr)))
		s->map = bank_map_get(s->bank, shift);
	return s->map;
}

/* Give a uniform block its chunks; false when memory is short. */
static bool block_expand(struct rmm *rmm, block_slot *slot)
{
	size_t bytes = BLOCK_CHUNKS * sizeof(struct chunk);
	struct chunk *chunks = rmm_alloc(rmm, bytes);
	block_slot v;

	if (!chunks)
		return false;
	for (;;) {
		v = __atomic_load_n(slot, __ATOMIC_ACQUIRE);
		if (slot_chunks(v))
			break;
		if (v & SLOT_LOCK) {
			sched_yield();
			continue;
		}
		for (unsigned i = 0; v && i < BLOCK_CHUNKS; i++) {
			chunks[i].state = (uint8_t)slot_state(v);
			chunks[i].host = v & SLOT_HOST ? 1 : 0;
		}
		if (__atomic_compare_exchange_n(slot, &v, (block_slot)chunks, false,
						__ATOMIC_SEQ_CST, __ATOMIC_ACQUIRE))
			return true;
	}
	rmm_release(rmm, chunks, bytes);
	return true;
}

bool spot_make(struct rmm *rmm, rmm_pa pa, struct spot *s, bool *starved)
{
	if (!spot_find(rmm, pa, s))
		return false;
	if (s->chunk)
		return true;
	if (spot_map(rmm, s) && block_expand(rmm, spot_slot(s, pa)))
		return spot_find(rmm, pa, s);
	*starved = true;
	return false;
}

void chunk_lock(struct chunk *c)
{
	while (!raw_trylock(&c->lock))
		sched_yield();
}

void chunk_unlock(struct chunk *c)
{
	raw_unlock(&c->lock);
}

bool chunk_make_table(struct rmm *rmm, struct chunk *c)
{
	size_t bytes = CHUNK_GRANULES * sizeof(struct granule);

	if (chunk_table(c))
		return true;
	return publish(rmm, &c->table, rmm_alloc(rmm, bytes), bytes);
}

void chunk_split(struct chunk *c)
{
	struct granule *table = chunk_table(c);

	/* Nobody may rely on what the table says; but somebody may still be trying a lock bit. */
	for (unsigned i = 0; i < CHUNK_GRANULES; i++) {
		__atomic_store_n(&table[i].state, c->state, __ATOMIC_RELAXED);
		table[i].host = c->host;
	}
	__atomic_store_n(&c->split, 1, __ATOMIC_SEQ_CST);
}

struct granule *granule_peek(const struct rmm *rmm, rmm_pa pa)
{
	struct spot s;

	if (!spot_find(rmm, pa, &s) || !s.chunk || !chunk_is_split(s.chunk))
		return NULL;
	return &chunk_table(s.chunk)[s.index];
}

unsigned granule_state(const struct rmm *rmm, rmm_pa pa)
{
	struct spot s;

	if (!spot_find(rmm, pa, &s))
		return RMM_UNDELEGATED;
	if (!s.chunk)
		return s.state;
	if (chunk_is_split(s.chunk))
		return __atomic_load_n(&chunk_table(s.chunk)[s.index].state, __ATOMIC_ACQUIRE);
	return __atomic_load_n(&s.chunk->state, __ATOMIC_ACQUIRE);
}

void granule_point(const struct rmm *rmm, rmm_pa pa)
{
	if (rmm->cfg.point)
		rmm->cfg.point(rmm->cfg.ctx, pa);
}

static void wait_for(struct locks *l, struct granule *g, rmm_pa pa, unsigned order)
{
	const struct rmm_config *cfg = &l->rmm->cfg;
	bool mine = cfg->check_locks && !locks_check(l, g, pa, order);

	granule_point(l->rmm, pa);
	while (!mine && !raw_trylock(&g->lock)) {
		if (cfg->wait)
			cfg->wait(cfg->ctx, pa);
		else
			sched_yield();
	}
	if (cfg->check_locks)
		locks_note(l, g, pa, order);
}

struct granule *granule_lock(struct locks *l, rmm_pa pa, unsigned order, bool *starved)
{
	struct granule *g;
	struct spot s;

	for (;;) {
		if (!spot_make(l->rmm, pa, &s, starved))
			return NULL;
		if (!chunk_is_split(s.chunk)) {
			if (!chunk_make_table(l->rmm, s.chunk)) {
				*starved = true;
				return NULL;
			}
			chunk_lock(s.chunk);
			if (!chunk_is_split(s.chunk))
				chunk_split(s.chunk);
			chunk_unlock(s.chunk);
		}
		g = &chunk_table(s.chunk)[s.index];
		wait_for(l, g, pa, order);
		/* Whoever makes a chunk uniform holds all its granules. */
		if (chunk_is_split(s.chunk))
			return g;
		granule_unlock(l, g);
	}
}

void granule_lock_object(struct locks *l, struct granule *g, rmm_pa pa, unsigned order)
{
	wait_for(l, g, pa, order);
}

bool granule_trylock_object(struct locks *l, struct granule *g, rmm_pa pa, unsigned order)
{
	granule_point(l->rmm, pa);
	if (!raw_trylock(&g->lock))
		return false;
	if (l->rmm->cfg.check_locks)
		locks_note(l, g, pa, order);
	return true;
}

void granule_unlock(struct locks *l, struct granule *g)
{
	if (!l->rmm->cfg.check_locks || locks_forget(l, g))
		raw_unlock(&g->lock);
}

void granule_set_state(struct rmm *rmm, struct granule *g, unsigned state)
{
	if (g->state == RMM_UNDELEGATED && state != RMM_UNDELEGATED)
		__atomic_add_fetch(&rmm->nr_delegated, 1, __ATOMIC_RELAXED);
	else if (g->state != RMM_UNDELEGATED && state == RMM_UNDELEGATED)
		__atomic_sub_fetch(&rmm->nr_delegated, 1, __ATOMIC_RELAXED);
	__atomic_store_n(&g->state, (uint8_t)state, __ATOMIC_RELEASE);
}

void granule_get_ref(struct granule *g, uint32_t n)
{
	__atomic_add_fetch(&g->refs, n, __ATOMIC_RELAXED);
}

void granule_put_ref(struct granule *g, uint32_t n)
{
	__atomic_sub_fetch(&g->refs, n, __ATOMIC_RELEASE);
}

uint32_t granule_refs(const struct granule *g)
{
	return __atomic_load_n(&g->refs, __ATOMIC_ACQUIRE);
}

void granule_mark_written(struct rmm *rmm, rmm_pa pa)
{
	struct pages *pages;
	uint64_t mask;
	struct spot s;

	if (!spot_find(rmm, pa & ~(granule_size(rmm) - 1), &s) || !s.chunk)
		return;
	pages = __atomic_load_n(&s.chunk->pages, __ATOMIC_ACQUIRE);
	if (!pages) {
		if (!publish(rmm, &s.chunk->pages, rmm_alloc(rmm, sizeof(*pages)),
			     sizeof(*pages))) {
			__atomic_store_n(&s.chunk->all_written, 1, __ATOMIC_RELAXED);
			/* Whoever looks for holes has to look again. */
			__atomic_add_fetch(&rmm->host_epoch, 1, __ATOMIC_ACQ_REL);
			return;
		}
		pages = __atomic_load_n(&s.chunk->pages, __ATOMIC_ACQUIRE);
	}
	mask = UINT64_C(1) << s.index % 64;
	if (!(__atomic_load_n(&pages->written[s.index / 64], __ATOMIC_RELAXED) & mask))
		__atomic_fetch_or(&pages->written[s.index / 64], mask, __ATOMIC_RELAXED);
}

static void free_chunk(struct rmm *rmm, struct chunk *c)
{
	rmm_release(rmm, c->table, CHUNK_GRANULES * sizeof(struct granule));
	rmm_release(rmm, c->pages, sizeof(*c->pages));
}

static void free_map(struct rmm *rmm, struct granule_map *map)
{
	for (size_t i = 0; i < map->nr; i++) {
		struct chunk *chunks = slot_chunks(map->block[i]);

		for (unsigned j = 0; chunks && j < BLOCK_CHUNKS; j++)
			free_chunk(rmm, &chunks[j]);
		rmm_release(rmm, chunks, BLOCK_CHUNKS * sizeof(struct chunk));
	}
	rmm_release(rmm, map, map_bytes(map->nr));
}

void granule_exit(struct rmm *rmm)
{
	for (unsigned i = 0; i < 3 * rmm->nr_banks; i++) {
		struct granule_map *map = rmm->banks[i / 3].map[i % 3];

		if (map)
			free_map(rmm, map);
	}
}
