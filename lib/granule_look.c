/* SPDX-License-Identifier: BSD-2-Clause */
/* Looking at many granules at once, without a lock. */
#include "chunk.h"

static void note(struct granule_look *look, unsigned state)
{
	look->mixed |= look->any && state != look->state;
	look->owned |= state == GRANULE_PARTIAL;
	look->state = state;
	look->any = true;
}

static bool is_locked(const uint8_t *lock)
{
	return __atomic_load_n(lock, __ATOMIC_SEQ_CST);
}

/* Granules of one chunk: `n` from the spot on. */
static void look_at_chunk(const struct spot *s, uint64_t n, struct granule_look *look)
{
	const struct chunk *c = s->chunk;

	look->locked |= is_locked(&c->lock);
	if (!chunk_is_split(c)) {
		note(look, __atomic_load_n(&c->state, __ATOMIC_ACQUIRE));
		return;
	}
	for (uint64_t i = s->index; i < s->index + n && !look->locked; i++) {
		const struct granule *g = &chunk_table(c)[i];

		/* The lock first: who lets go of it has changed the state before. */
		look->locked = is_locked(&g->lock);
		note(look, __atomic_load_n(&g->state, __ATOMIC_ACQUIRE));
	}
}

void granule_look(const struct rmm *rmm, rmm_pa pa, uint64_t size, struct granule_look *look)
{
	rmm_pa top = pa + size;
	struct spot s;

	while (pa < top && !look->locked && spot_find(rmm, pa, &s)) {
		uint64_t all = s.chunk ? chunk_bytes(s.shift) : block_bytes(s.shift);
		uint64_t n = all - (pa - s.bank->base) % all;

		if (n > top - pa)
			n = top - pa;
		look->locked |= s.locked;
		if (s.chunk)
			look_at_chunk(&s, n >> s.shift, look);
		else
			note(look, s.state);
		pa += n;
	}
}

bool granule_range_is(const struct rmm *rmm, rmm_pa pa, uint64_t size, unsigned state)
{
	rmm_pa top = pa + size;

	if (!phys_bank(rmm, pa, size))
		return false;
	while (pa < top) {
		struct spot s;

		if (!spot_find(rmm, pa, &s) || granule_state(rmm, pa) != state)
			return false;
		if (!s.chunk)
			pa += block_bytes(s.shift) - (pa - s.bank->base) % block_bytes(s.shift);
		else if (chunk_is_split(s.chunk))
			pa += UINT64_C(1) << s.shift;
		else
			pa += (uint64_t)(CHUNK_GRANULES - s.index) << s.shift;
	}
	return true;
}

typedef void run_fn(void *ctx, const struct granule_run *run);

/* Stretches that touch and are alike are told as one. */
struct teller {
	run_fn *visit;
	void *ctx;
	struct granule_run run;
};

static void tell(struct teller *t, const struct granule_run *run)
{
	if (t->run.size && !t->run.g && !run->g && t->run.state == run->state &&
	    t->run.pa + t->run.size == run->pa) {
		t->run.size += run->size;
		return;
	}
	if (t->run.size && t->run.state != RMM_UNDELEGATED)
		t->visit(t->ctx, &t->run);
	t->run = *run;
}

static bool is_plain(const struct granule *g)
{
	return !g->object && !g->refs;
}

static void tell_chunk(struct teller *t, const struct chunk *c, rmm_pa pa, unsigned shift)
{
	struct granule_run run = { .pa = pa, .size = chunk_bytes(shift), .state = c->state };

	if (!chunk_is_split(c)) {
		tell(t, &run);
		return;
	}
	run.size = UINT64_C(1) << shift;
	for (unsigned i = 0; i < CHUNK_GRANULES; i++, run.pa += run.size) {
		run.state = c->table[i].state;
		run.g = is_plain(&c->table[i]) ? NULL : &c->table[i];
		tell(t, &run);
	}
}

static void tell_block(struct teller *t, block_slot v, rmm_pa pa, unsigned shift)
{
	const struct chunk *chunks = slot_chunks(v);
	struct granule_run run = { .pa = pa, .size = block_bytes(shift), .state = slot_state(v) };

	if (!chunks)
		tell(t, &run);
	for (unsigned i = 0; chunks && i < BLOCK_CHUNKS; i++)
		tell_chunk(t, &chunks[i], pa + i * chunk_bytes(shift), shift);
}

typedef void block_fn(void *ctx, block_slot v, rmm_pa pa, unsigned shift);

/* Visit the blocks of every bank. */
static void each_block(const struct rmm *rmm, unsigned shift, block_fn *visit, void *ctx)
{
	for (unsigned i = 0; i < rmm->nr_banks; i++) {
		const struct granule_map *map = bank_map_get(&rmm->banks[i], shift);

		for (size_t j = 0; map && j < map->nr; j++)
			visit(ctx, __atomic_load_n(&map->block[j], __ATOMIC_SEQ_CST),
			      rmm->banks[i].base + j * block_bytes(shift), shift);
	}
}

static void visit_block(void *ctx, block_slot v, rmm_pa pa, unsigned shift)
{
	tell_block(ctx, v, pa, shift);
}

void granule_each(const struct rmm *rmm, run_fn *visit, void *ctx)
{
	struct teller t = { .visit = visit, .ctx = ctx };

	each_block(rmm, granule_shift(rmm), visit_block, &t);
	tell(&t, &(struct granule_run){ .size = 1 });
}

static void count_locks(void *ctx, block_slot v, rmm_pa pa, unsigned shift)
{
	const struct chunk *chunks = slot_chunks(v);
	uint64_t *n = ctx;

	*n += v & SLOT_LOCK ? 1 : 0;
	for (unsigned i = 0; chunks && i < BLOCK_CHUNKS; i++) {
		const struct chunk *c = &chunks[i];
		const struct granule *table = chunk_table(c);

		*n += is_locked(&c->lock);
		for (unsigned j = 0; table && j < CHUNK_GRANULES; j++)
			*n += is_locked(&table[j].lock);
	}
}

uint64_t granule_nr_locked(const struct rmm *rmm)
{
	uint64_t n = 0;

	for (unsigned shift = 12; shift <= 16; shift += 2)
		each_block(rmm, shift, count_locks, &n);
	return n;
}
