/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A sorted map from a 64-bit key to a pointer. Iteration is in key order, so that nothing depends on
 * host addresses.
 */
#ifndef SIM_KERNEL_SPARSE_H
#define SIM_KERNEL_SPARSE_H

#include <linux/types.h>

struct sim_sparse {
	struct {
		u64 key;
		void *value;
	} * entries;
	unsigned int nr, max;
};

struct sim_sparse *sparse_new(void);
/* Does not touch the values. NULL is fine. */
void sparse_free(struct sim_sparse *map);
void *sparse_get(const struct sim_sparse *map, u64 key);
/* Replace or insert; false when memory is exhausted. */
bool sparse_set(struct sim_sparse *map, u64 key, void *value);
/* Remove; returns the value or NULL. */
void *sparse_del(struct sim_sparse *map, u64 key);
/* The first entry with key >= *key and key < end: stores its key; NULL when there is none. */
void *sparse_next(const struct sim_sparse *map, u64 *key, u64 end);

#endif
