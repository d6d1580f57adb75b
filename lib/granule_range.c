/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stretches of granules that change together: delegation, blocks that are mapped and unmapped.
 *
 * A stretch is locked chunk by chunk in order of address. A chunk that is split is covered by its
 * chunk lock and the lock of each granule in question; those are tried only, so that nobody who holds
 * a chunk lock waits for a granule.
 */
#include <sched.h>
#include <string.h>

#include "chunk.h"
#include "tracking.h"

/* The part of a stretch that lies in one chunk. */
struct part {
	struct spot s;
	rmm_pa pa;
	unsigned n; /* granules */
};

static void part_limit(struct part *p, rmm_pa pa, rmm_pa top)
{
	uint64_t left = p->s.bank->base + p->s.bank->size - pa;

	left = (left < top - pa ? left : top - pa) >> p->s.shift;
	p->pa = pa;
	p->n = CHUNK_GRANULES - p->s.index;
	if (p->n > left)
		p->n = (unsigned)left;
}

static bool part_at(struct rmm *rmm, rmm_pa pa, rmm_pa top, struct part *p, bool *starved)
{
	if (!spot_make(rmm, pa, &p->s, starved))
		return false;
	part_limit(p, pa, top);
	/* Another granule size: this is no stretch of it. */
	return p->n;
}

static bool is_whole(const struct part *p)
{
	return p->n == CHUNK_GRANULES;
}

static rmm_pa part_end(const struct part *p)
{
	return p->pa + ((uint64_t)p->n << p->s.shift);
}

static struct granule *part_granule(const struct part *p, unsigned i)
{
	return &chunk_table(p->s.chunk)[p->s.index + i];
}

static void unlock_granules(const struct part *p, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		raw_unlock(&part_granule(p, i)->lock);
}

static void part_unlock(const struct part *p)
{
	if (chunk_is_split(p->s.chunk))
		unlock_granules(p, p->n);
	chunk_unlock(p->s.chunk);
}

/* Lock the granules of a split chunk's part, all of them in `from` (or `also`). */
static bool lock_granules(const struct part *p, unsigned from, unsigned also)
{
	for (unsigned i = 0; i < p->n; i++) {
		struct granule *g = part_granule(p, i);

		if (!raw_trylock(&g->lock)) {
			unlock_granules(p, i);
			return false;
		}
		if (g->state != from && g->state != also) {
			unlock_granules(p, i + 1);
			return false;
		}
	}
	return true;
}

/*
 * Lock a part when all of it has the state; false, with nothing locked, when not, or when a part of a
 * uniform chunk finds no table.
 */
static bool part_lock(const struct part *p, unsigned from, unsigned also)
{
	struct chunk *c = p->s.chunk;
	bool ok;

	chunk_lock(c);
	if (chunk_is_split(c))
		ok = lock_granules(p, from, also);
	else
		ok = c->state == from || c->state == also;
	/* A part of a uniform chunk splits it: the rest keeps its state. */
	if (ok && !chunk_is_split(c) && !is_whole(p)) {
		ok = chunk_table(c) != NULL;
		if (ok) {
			chunk_split(c);
			ok = lock_granules(p, from, also);
		}
	}
	if (!ok)
		chunk_unlock(c);
	return ok;
}

/* Bits [from, to) of one word. */
static uint64_t bits_of(unsigned from, unsigned to)
{
	return (to - from == 64 ? ~UINT64_C(0) : (UINT64_C(1) << (to - from)) - 1) << from;
}

/* The part of p that begins at granule `index` of the chunk, n granules long. */
static void clean_run(struct rmm *rmm, const struct part *p, unsigned index, unsigned n, bool known,
		      struct holes *h)
{
	rmm_pa pa = p->pa + ((uint64_t)(index - p->s.index) << p->s.shift);
	uint64_t size = (uint64_t)n << p->s.shift;

	if (known)
		phys_wipe(rmm, pa, size);
	else
		phys_wipe_allocated(rmm, p->s.bank, pa, size, h);
}

/*
 * Granules [i, end) of one word: those that the realm has written to, or, with `all`, every one; for those
 * that are not known to exist the bank's file is asked.
 */
static void clean_word(struct rmm *rmm, const struct part *p, struct pages *pages, unsigned i,
		       unsigned end, bool all, struct holes *h)
{
	uint64_t mask = bits_of(i % 64, (end - 1) % 64 + 1), written, exists;
	unsigned word = i / 64, n;

	written = __atomic_load_n(&pages->written[word], __ATOMIC_RELAXED) & mask;
	exists = __atomic_load_n(&pages->exists[word], __ATOMIC_RELAXED);
	if (written) {
		__atomic_fetch_and(&pages->written[word], ~written, __ATOMIC_RELAXED);
		if (written & ~exists)
			__atomic_fetch_or(&pages->exists[word], written, __ATOMIC_RELAXED);
		exists |= written;
	}
	if (!all)
		mask = exists = written;
	for (; i < end; i += n) {
		uint64_t rest = exists >> i % 64;
		bool known = rest & 1;

		rest = known ? ~rest : rest;
		n = rest ? (unsigned)__builtin_ctzll(rest) : 64;
		if (n > end - i)
			n = end - i;
		if (known || all)
			clean_run(rmm, p, i, n, known, h);
	}
}

/* What the realm is known to have written, and with `host` what the host may have. */
static void clean(struct rmm *rmm, const struct part *p, bool host, struct holes *h)
{
	struct pages *pages = __atomic_load_n(&p->s.chunk->pages, __ATOMIC_ACQUIRE);
	unsigned end = p->s.index + p->n, to;

	if (__atomic_load_n(&p->s.chunk->all_written, __ATOMIC_RELAXED))
		host = true;
	if (!pages) {
		if (host)
			clean_run(rmm, p, p->s.index, p->n, false, h);
		return;
	}
	for (unsigned i = p->s.index; i < end; i = to) {
		to = (i | 63) + 1 < end ? (i | 63) + 1 : end;
		clean_word(rmm, p, pages, i, to, host, h);
	}
}

/* Only what moves: a granule that has been skipped belongs to the host already. */
static void clean_moved(struct rmm *rmm, const struct part *p, unsigned from, bool host,
			struct holes *h)
{
	struct part run = *p;

	if (!chunk_is_split(p->s.chunk)) {
		if (p->s.chunk->state == from)
			clean(rmm, p, host, h);
		return;
	}
	for (unsigned i = 0; i < p->n; i += run.n) {
		bool moves = part_granule(p, i)->state == from;

		run.n = 1;
		while (i + run.n < p->n && (part_granule(p, i + run.n)->state == from) == moves)
			run.n++;
		run.pa = p->pa + ((uint64_t)i << p->s.shift);
		run.s.index = p->s.index + i;
		if (moves)
			clean(rmm, &run, host, h);
	}
}

static bool any_host(const struct part *p)
{
	if (!chunk_is_split(p->s.chunk))
		return p->s.chunk->host;
	for (unsigned i = 0; i < p->n; i++) {
		if (part_granule(p, i)->host)
			return true;
	}
	return false;
}

/* Leaving the host, before anybody sees the new state: what was a hole need not be one any more. */
static void leave_host(struct rmm *rmm, unsigned from)
{
	if (from == RMM_UNDELEGATED)
		__atomic_add_fetch(&rmm->host_epoch, 1, __ATOMIC_ACQ_REL);
}

static void count(struct rmm *rmm, unsigned from, unsigned to, uint64_t n)
{
	if (from == RMM_UNDELEGATED)
		__atomic_add_fetch(&rmm->nr_delegated, n, __ATOMIC_RELAXED);
	else if (to == RMM_UNDELEGATED)
		__atomic_sub_fetch(&rmm->nr_delegated, n, __ATOMIC_RELAXED);
}

/* The new state is there: what the model still does in the host's name comes to its end. */
static void outlast_host(struct rmm *rmm, const struct part *p, unsigned from)
{
	if (from == RMM_UNDELEGATED)
		phys_ns_wait(rmm, p->pa, part_end(p) - p->pa);
}

/* Change a locked part; what is in `to` already does not count. Unlocks it. */
static void part_commit(struct rmm *rmm, const struct part *p, unsigned from, unsigned to,
			struct holes *h)
{
	bool host = any_host(p), wipes = to == RMM_UNDELEGATED || to == RMM_DATA;
	struct chunk *c = p->s.chunk;
	unsigned moved = 0;

	if (wipes)
		clean_moved(rmm, p, from, host, h);
	host = from == RMM_UNDELEGATED || (host && !wipes);
	leave_host(rmm, from);
	if (!chunk_is_split(c))
		moved = c->state == from ? p->n : 0;
	for (unsigned i = 0; chunk_is_split(c) && i < p->n; i++) {
		struct granule *g = part_granule(p, i);

		moved += g->state == from;
		g->host = host;
		__atomic_store_n(&g->state, (uint8_t)to, __ATOMIC_RELEASE);
	}
	count(rmm, from, to, moved);
	if (!is_whole(p)) {
		outlast_host(rmm, p, from);
		part_unlock(p);
		return;
	}
	/* All are alike: one word again. Whoever waits for one of them looks once more. */
	c->host = host;
	__atomic_store_n(&c->state, (uint8_t)to, __ATOMIC_RELEASE);
	outlast_host(rmm, p, from);
	if (chunk_is_split(c)) {
		__atomic_store_n(&c->split, 0, __ATOMIC_RELEASE);
		unlock_granules(p, p->n);
	}
	chunk_unlock(c);
}

/* In the map in which they were locked. */
static void unlock_parts(struct granule_map *map, struct bank *b, rmm_pa pa, rmm_pa top)
{
	struct part p;

	for (; pa < top; pa = part_end(&p)) {
		spot_on(b, map, pa, &p.s);
		part_limit(&p, pa, top);
		part_unlock(&p);
	}
}

/* All of it, in one map, which *map receives; or nothing. */
static bool lock_parts(struct rmm *rmm, rmm_pa pa, rmm_pa top, unsigned state,
		       struct granule_map **map)
{
	bool starved = false;
	rmm_pa at = pa;
	struct part p;

	for (*map = NULL; at < top; at = part_end(&p)) {
		if (!part_at(rmm, at, top, &p, &starved) || (*map && *map != p.s.map) ||
		    !part_lock(&p, state, state))
			break;
		*map = p.s.map;
	}
	if (at < top && at > pa)
		unlock_parts(*map, phys_bank(rmm, pa, 1), pa, at);
	return at >= top;
}

bool granule_prepare(struct rmm *rmm, rmm_pa pa, uint64_t size)
{
	rmm_pa top = pa + size;
	bool starved = false;
	struct part p;

	for (; pa < top; pa = part_end(&p)) {
		if (!part_at(rmm, pa, top, &p, &starved))
			return false;
		if (!is_whole(&p) && !chunk_make_table(rmm, p.s.chunk))
			return false;
	}
	return true;
}

/* The slow way: make what locking needs, and wait. */
static bool lock_parts_at_last(struct rmm *rmm, rmm_pa pa, uint64_t size, unsigned state, bool wait,
			       struct granule_map **map)
{
	if (!granule_prepare(rmm, pa, size))
		return false;
	while (!lock_parts(rmm, pa, pa + size, state, map)) {
		if (!wait || !granule_range_is(rmm, pa, size, state))
			return false;
		if (rmm->cfg.wait)
			rmm->cfg.wait(rmm->cfg.ctx, pa);
		else
			sched_yield();
	}
	return true;
}

bool granule_move_block(struct locks *l, rmm_pa pa, uint64_t size, unsigned from, unsigned to,
			bool wait, struct holes *h)
{
	struct rmm *rmm = l->rmm;
	struct granule_map *map;
	bool starved = false;
	struct part p;

	if (!phys_bank(rmm, pa, size))
		return false;
	granule_point(rmm, pa);
	if (!lock_parts(rmm, pa, pa + size, from, &map) &&
	    !lock_parts_at_last(rmm, pa, size, from, wait, &map))
		return false;
	if (!tracking_still_allows(l, pa, size, from, to)) {
		unlock_parts(map, phys_bank(rmm, pa, 1), pa, pa + size);
		return false;
	}
	for (rmm_pa at = pa; at < pa + size; at = part_end(&p)) {
		part_at(rmm, at, pa + size, &p, &starved);
		part_commit(rmm, &p, from, to, h);
	}
	return true;
}

/* One granule, waiting for its lock. */
static bool move_granule(struct locks *l, const struct part *p, unsigned from, unsigned to,
			 bool skip, struct holes *h, bool *starved)
{
	bool wipes = to == RMM_UNDELEGATED || to == RMM_DATA, done;
	unsigned is = granule_state(l->rmm, p->pa);
	struct granule *g;

	/* What cannot be moved is not worth the split of a chunk. */
	if (is != from)
		return skip && is == to;
	g = granule_lock(l, p->pa, LOCK_EXTERNAL, starved);
	if (!g)
		return false;
	done = g->state == from || (skip && g->state == to);
	if (g->state == from &&
	    !tracking_still_allows(l, p->pa, UINT64_C(1) << p->s.shift, from, to)) {
		done = false;
	} else if (g->state == from) {
		if (wipes)
			granule_clean(l->rmm, g, p->pa, h);
		g->host |= from == RMM_UNDELEGATED;
		leave_host(l->rmm, from);
		granule_set_state(l->rmm, g, to);
		outlast_host(l->rmm, p, from);
	}
	granule_unlock(l, g);
	return done;
}

/* All of a uniform block; false when it is none, or not in `from`. */
static bool move_block(struct locks *l, struct spot *s, rmm_pa pa, unsigned from, unsigned to,
		       struct holes *h)
{
	struct rmm *rmm = l->rmm;
	block_slot host = from == RMM_UNDELEGATED ? SLOT_HOST : 0, v, *slot;
	uint64_t size = block_bytes(s->shift);

	if (!spot_map(rmm, s))
		return false;
	slot = spot_slot(s, pa);
	v = __atomic_load_n(slot, __ATOMIC_ACQUIRE);
	do {
		if (slot_chunks(v) || v & SLOT_LOCK || slot_state(v) != from)
			return false;
	} while (!__atomic_compare_exchange_n(slot, &v, v | SLOT_UNIFORM | SLOT_LOCK, false,
					      __ATOMIC_SEQ_CST, __ATOMIC_ACQUIRE));
	if (!tracking_still_allows(l, pa, size, from, to)) {
		__atomic_store_n(slot, v, __ATOMIC_RELEASE);
		return false;
	}
	if (to == RMM_UNDELEGATED && v & SLOT_HOST)
		phys_wipe_allocated(rmm, s->bank, pa, size, h);
	else
		host |= v & SLOT_HOST;
	leave_host(rmm, from);
	count(rmm, from, to, size >> s->shift);
	v = SLOT_UNIFORM | host | (block_slot)to << SLOT_STATE_SHIFT;
	if (from == RMM_UNDELEGATED) {
		__atomic_store_n(slot, v | SLOT_LOCK, __ATOMIC_RELEASE);
		phys_ns_wait(rmm, pa, size);
	}
	__atomic_store_n(slot, v, __ATOMIC_RELEASE);
	return true;
}

rmm_pa granule_move_step(struct locks *l, rmm_pa pa, rmm_pa top, unsigned from, unsigned to,
			 bool skip, struct holes *h, bool *starved)
{
	struct part p;

	if (!spot_find(l->rmm, pa, &p.s))
		return pa;
	if (!p.s.chunk && (pa - p.s.bank->base) % block_bytes(p.s.shift) == 0 &&
	    top - pa >= block_bytes(p.s.shift) && phys_bank(l->rmm, pa, block_bytes(p.s.shift)) &&
	    move_block(l, &p.s, pa, from, to, h))
		return pa + block_bytes(p.s.shift);
	if (!part_at(l->rmm, pa, top, &p, starved))
		return pa;
	if (p.n > 1 && part_lock(&p, from, skip ? to : from)) {
		if (!tracking_still_allows(l, pa, part_end(&p) - pa, from, to)) {
			part_unlock(&p);
			return pa;
		}
		part_commit(l->rmm, &p, from, to, h);
		return part_end(&p);
	}
	p.n = 1;
	return move_granule(l, &p, from, to, skip, h, starved) ? part_end(&p) : pa;
}

void granule_clean(struct rmm *rmm, struct granule *g, rmm_pa pa, struct holes *h)
{
	struct part p = { .pa = pa, .n = 1 };

	if (!spot_find(rmm, pa, &p.s) || !p.s.chunk)
		return;
	clean(rmm, &p, g->host, h);
	g->host = 0;
}
