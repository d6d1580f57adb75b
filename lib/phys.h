/* SPDX-License-Identifier: BSD-2-Clause */
/* Physical memory: banks of real memory, seen once by the host and once by the model. */
#ifndef LIB_PHYS_H
#define LIB_PHYS_H

#include <rmisim/rmm.h>

struct granule_map;
struct holes;

struct bank {
	rmm_pa base;
	uint64_t size;
	enum rmm_memory kind;
	int fd;
	uint8_t *host;  /* the host's view */
	uint8_t *model; /* the model's view of the same bytes */
	/* For granules of 4, 16 and 64 KiB; made when first touched; atomic. See granule.h */
	struct granule_map *map[3];
	struct region_table *regions; /* one for each size that was used; atomic. See tracking.c */
};

/* Checks and maps the banks of the configuration; false with *why set. */
bool phys_init(struct rmm *rmm, const char **why);
void phys_exit(struct rmm *rmm);

/* The bank that holds all of [pa, pa + size), or NULL. */
struct bank *phys_bank(const struct rmm *rmm, rmm_pa pa, uint64_t size);
/* The model's pointer to [pa, pa + size), or NULL. */
void *phys_ptr(const struct rmm *rmm, rmm_pa pa, uint64_t size);
/* Make [pa, pa + size) read as zero; the range lies in one bank. */
void phys_wipe(struct rmm *rmm, rmm_pa pa, uint64_t size);
/*
 * The same for memory that the host may have written to, or not: touches only pages that exist. `h`
 * remembers holes from one piece of a range to the next, as long as host_epoch is the same.
 */
void phys_wipe_allocated(struct rmm *rmm, const struct bank *b, rmm_pa pa, uint64_t size,
			 struct holes *h);

/* Non-secure access to [pa, pa + size) is permitted (NonSecureAccessPermitted). */
bool phys_ns_ok(const struct rmm *rmm, rmm_pa pa, uint64_t size);
/*
 * An access of the model's own to Non-secure memory: a pointer to [pa, pa + size) of one granule, or NULL
 * where it is not permitted. Until phys_ns_end() the granule stays with the host, whoever takes it waits; so
 * nothing may be waited for in between, and nobody called back.
 */
uint8_t *phys_ns_begin(struct rmm *rmm, rmm_pa pa, uint64_t size);
void phys_ns_end(struct rmm *rmm, rmm_pa pa);
/*
 * [pa, pa + size), one granule or more, is Non-secure no more, its state has been changed: wait for the
 * accesses that began before.
 */
void phys_ns_wait(struct rmm *rmm, rmm_pa pa, uint64_t size);
/* Little-endian words, anywhere. */
static inline uint64_t load64(const uint8_t *p)
{
	uint64_t value = 0;

	for (int i = 7; i >= 0; i--)
		value = value << 8 | p[i];
	return value;
}

static inline void store64(uint8_t *p, uint64_t value)
{
	for (int i = 0; i < 8; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

/* Little-endian word in memory that the caller has checked. */
uint64_t phys_read64(const struct rmm *rmm, rmm_pa pa);

#endif
