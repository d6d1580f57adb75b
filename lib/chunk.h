/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside the granule table: maps, chunks, their locks. For granule.c and granule_range.c only. */
#ifndef LIB_CHUNK_H
#define LIB_CHUNK_H

#include "granule.h"
#include "model.h"

#define CHUNK_SHIFT    9
#define CHUNK_GRANULES (1u << CHUNK_SHIFT)
#define BLOCK_SHIFT    9 /* chunks that are made together */
#define BLOCK_CHUNKS   (1u << BLOCK_SHIFT)

#define CHUNK_WORDS (CHUNK_GRANULES / 64)

/* One bit a granule; atomic. */
struct pages {
	uint64_t written[CHUNK_WORDS]; /* the realm has written to it */
	uint64_t exists[CHUNK_WORDS];  /* known to be no hole of the bank's file, ever again */
};

struct chunk {
	uint8_t lock;          /* atomic; guards the rest */
	uint8_t split;         /* the granules of `table` count, not `state`; atomic */
	uint8_t state;         /* of all granules, while not split; atomic */
	uint8_t host;          /* the host may have written to it; while not split */
	uint8_t all_written;   /* no memory for `pages`: every page counts as written */
	struct granule *table; /* once made it stays; atomic */
	struct pages *pages;   /* made with the first store of the realm; atomic */
};

/*
 * A block: a pointer to its chunks, or, as long as all its granules are in the same plain state, that
 * state. Zero: UNDELEGATED, never touched. Once a block has chunks it keeps them.
 */
typedef uintptr_t block_slot;
#define SLOT_UNIFORM     ((block_slot)1)
#define SLOT_LOCK        ((block_slot)2) /* somebody is changing it */
#define SLOT_HOST        ((block_slot)4) /* the host may have written to it */
#define SLOT_STATE_SHIFT 8

/*
 * The granules of one bank for one granule size. That can change while all of them are UNDELEGATED; the
 * maps stay, for other CPUs may still look at one.
 */
struct granule_map {
	unsigned shift;     /* granule size */
	size_t nr;          /* blocks */
	block_slot block[]; /* atomic */
};

static inline struct chunk *slot_chunks(block_slot v)
{
	return v & SLOT_UNIFORM ? NULL : (struct chunk *)v;
}

static inline unsigned slot_state(block_slot v)
{
	return (unsigned)(v >> SLOT_STATE_SHIFT) & 0xff;
}

static inline uint64_t block_bytes(unsigned shift)
{
	return (uint64_t)BLOCK_CHUNKS << (CHUNK_SHIFT + shift);
}

/* Where a PA lies. */
struct spot {
	struct bank *bank;
	struct granule_map *map; /* NULL: nothing of the bank was ever touched */
	struct chunk *chunk;     /* NULL: the block is uniform */
	unsigned state;          /* of a uniform block */
	bool locked;             /* a uniform block that somebody is changing */
	unsigned index;          /* of the granule in the chunk */
	unsigned shift;
};

/* false: no granule begins at pa. */
bool spot_find(const struct rmm *rmm, rmm_pa pa, struct spot *s);
/* The same, with a chunk; false also when memory is short, *starved then. */
bool spot_make(struct rmm *rmm, rmm_pa pa, struct spot *s, bool *starved);

/* The same in a map that need not be of the granule size of now; pa lies in the bank. */
void spot_on(struct bank *b, struct granule_map *map, rmm_pa pa, struct spot *s);
/* The map of a bank for that granule size, or NULL. */
static inline struct granule_map **bank_map(struct bank *b, unsigned shift)
{
	return &b->map[(shift - 12) / 2];
}

static inline struct granule_map *bank_map_get(const struct bank *b, unsigned shift)
{
	return __atomic_load_n(&b->map[(shift - 12) / 2], __ATOMIC_SEQ_CST);
}

block_slot *spot_slot(const struct spot *s, rmm_pa pa);
/* The bank's map, made when it is not there yet; NULL when memory is short. */
struct granule_map *spot_map(struct rmm *rmm, struct spot *s);

void chunk_lock(struct chunk *c);
void chunk_unlock(struct chunk *c);
/* What a split needs, without the lock: allocating may call back. False when memory is short. */
bool chunk_make_table(struct rmm *rmm, struct chunk *c);
/* With the lock: make the granules of a uniform chunk, which has its table, count. */
void chunk_split(struct chunk *c);

static inline struct granule *chunk_table(const struct chunk *c)
{
	return __atomic_load_n(&c->table, __ATOMIC_ACQUIRE);
}

static inline bool chunk_is_split(const struct chunk *c)
{
	return __atomic_load_n(&c->split, __ATOMIC_SEQ_CST);
}

static inline uint64_t chunk_bytes(unsigned shift)
{
	return (uint64_t)CHUNK_GRANULES << shift;
}

/* Sequentially consistent, like all that granule_look() reads: see tracking_open(). */
static inline bool raw_trylock(uint8_t *lock)
{
	return !__atomic_exchange_n(lock, 1, __ATOMIC_SEQ_CST);
}

static inline void raw_unlock(uint8_t *lock)
{
	__atomic_store_n(lock, 0, __ATOMIC_RELEASE);
}

#endif
