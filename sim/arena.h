/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory of one world: a reserved stretch of address space, given out in zeroed pieces and dropped at
 * once. Under AddressSanitizer whatever is not handed out is poisoned.
 */
#ifndef SIM_ARENA_H
#define SIM_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sim_arena;

/*
 * NULL when no address space is to be had. The arena's own bookkeeping lives inside it. A shared one is a mapping
 * of a file without a name, which knows what of it has been touched.
 */
struct sim_arena *sim_arena_new(bool shared);
/* That file, -1: not shared; it is mapped at `arena`. *holes counts pieces of it that were given back. */
int sim_arena_file(const struct sim_arena *arena, uint64_t *holes);
/* Of the mapping, bytes; how many of them have been in use, from its beginning on. */
size_t sim_arena_size(const struct sim_arena *arena);
size_t sim_arena_extent(const struct sim_arena *arena);
/* NULL is fine. Everything allocated goes away. */
void sim_arena_drop(struct sim_arena *arena);
/* Zeroed, aligned to 16 bytes (64 KiB pieces and larger: to a host page); NULL when exhausted. */
void *sim_arena_alloc(struct sim_arena *arena, size_t size);
/* size as at allocation; NULL is fine. */
void sim_arena_free(struct sim_arena *arena, void *p, size_t size);
char *sim_arena_strdup(struct sim_arena *arena, const char *s);
/* Bytes handed out and not given back, rounded as the arena rounds. */
size_t sim_arena_used(const struct sim_arena *arena);

#endif
