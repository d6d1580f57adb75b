/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A map from index to value, kept as runs of equal values: a range costs one entry.
 * Only what KVM's memory attributes need.
 */
#ifndef _LINUX_XARRAY_H
#define _LINUX_XARRAY_H

#include <linux/gfp.h>
#include <linux/types.h>

struct xa_run {
	unsigned long first, last; /* inclusive */
	unsigned long value;       /* never 0 */
};

struct xarray {
	struct xa_run *runs; /* sorted, disjoint */
	unsigned int nr, max;
};

void xa_init(struct xarray *xa);
void xa_destroy(struct xarray *xa);
unsigned long __sim_xa_value(const struct xarray *xa, unsigned long index);
/* Make room so that one following store over any range cannot fail. -ENOMEM. */
int __sim_xa_reserve(struct xarray *xa, gfp_t gfp);
void __sim_xa_store_range(struct xarray *xa, unsigned long first, unsigned long last,
			  unsigned long value);
/* Has all of [first, last] this value? */
bool __sim_xa_all(const struct xarray *xa, unsigned long first, unsigned long last,
		  unsigned long value);

static inline void *xa_mk_value(unsigned long v)
{
	return (void *)((v << 1) | 1);
}

static inline unsigned long xa_to_value(const void *entry)
{
	return (unsigned long)entry >> 1;
}

static inline void *xa_load(const struct xarray *xa, unsigned long index)
{
	unsigned long v = __sim_xa_value(xa, index);

	return v ? xa_mk_value(v) : NULL;
}

#endif
