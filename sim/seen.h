/* SPDX-License-Identifier: BSD-2-Clause */
/* A set of states, each 128 bits of a hash. */
#ifndef SIM_SEEN_H
#define SIM_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Never all zero. */
struct state_hash {
	uint64_t a, b;
};

struct seen {
	struct state_hash *at;
	size_t count, size;
};

bool seen_has(const struct seen *seen, struct state_hash state);
/* When memory is short it is not added. */
void seen_add(struct seen *seen, struct state_hash state);
void seen_drop(struct seen *seen);

/*
 * Start, and go on with the bytes of memory; `where` is their place. What is as it was (`was`; NULL: zero), in whole
 * pieces of 4 KiB, counts as nothing.
 */
struct hashing {
	uint64_t lane[4];
};

void hashing_init(struct hashing *h);
void hashing_add(struct hashing *h, uint64_t where, const void *bytes, const void *was,
		 size_t size);
struct state_hash hashing_end(const struct hashing *h);

#endif
