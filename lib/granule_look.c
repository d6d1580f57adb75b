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
