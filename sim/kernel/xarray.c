/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values over ranges, kept as sorted runs.
 */
#include "env.h"

#include <linux/xarray.h>

void xa_init(struct xarray *xa)
{
	*xa = (struct xarray){ 0 };
}

void xa_destroy(struct xarray *xa)
{
	env_free(xa->runs, xa->max * sizeof(xa->runs[0]));
	xa_init(xa);
}

/* First run that ends at or behind index. */
static unsigned int run_at(const struct xarray *xa, unsigned long index)
{
	unsigned int lo = 0, hi = xa->nr;

	while (lo < hi) {
		unsigned int mid = lo + (hi - lo) / 2;

		if (xa->runs[mid].last < index)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

unsigned long __sim_xa_value(const struct xarray *xa, unsigned long index)
{
	unsigned int i = run_at(xa, index);

	return i < xa->nr && xa->runs[i].first <= index ? xa->runs[i].value : 0;
}

int __sim_xa_reserve(struct xarray *xa, gfp_t gfp)
{
	if (__sim_fails(1, "xarray node", "xa_reserve"))
		return -ENOMEM;
	/* A store splits at most one run in three, and the range may be stored in two steps. */
	return env_grow((void **)&xa->runs, &xa->max, xa->nr + 4, sizeof(xa->runs[0])) ? 0
										       : -ENOMEM;
}

static void run_insert(struct xarray *xa, unsigned int at, struct xa_run run)
{
	unsigned int i;

	if (xa->nr == xa->max)
		__sim_violation("xarray", "a store without a reservation");
	for (i = xa->nr++; i > at; i--)
		xa->runs[i] = xa->runs[i - 1];
	xa->runs[at] = run;
}

static void run_remove(struct xarray *xa, unsigned int at)
{
	for (xa->nr--; at < xa->nr; at++)
		xa->runs[at] = xa->runs[at + 1];
}

/* Empty [first, last]; returns where a run for it belongs. */
static unsigned int cut(struct xarray *xa, unsigned long first, unsigned long last)
{
	unsigned int i = run_at(xa, first);

	if (i < xa->nr && xa->runs[i].first < first) {
		struct xa_run tail = xa->runs[i];

		xa->runs[i].last = first - 1;
		i++;
		if (tail.last > last) {
			tail.first = last + 1;
			run_insert(xa, i, tail);
		}
	}
	while (i < xa->nr && xa->runs[i].last <= last)
		run_remove(xa, i);
	if (i < xa->nr && xa->runs[i].first <= last)
		xa->runs[i].first = last + 1;
	return i;
}

void __sim_xa_store_range(struct xarray *xa, unsigned long first, unsigned long last,
			  unsigned long value)
{
	unsigned int i = cut(xa, first, last);

	if (!value)
		return;
	if (i > 0 && xa->runs[i - 1].value == value && xa->runs[i - 1].last + 1 == first) {
		first = xa->runs[i - 1].first;
		run_remove(xa, --i);
	}
	if (i < xa->nr && xa->runs[i].value == value && xa->runs[i].first == last + 1) {
		last = xa->runs[i].last;
		run_remove(xa, i);
	}
	run_insert(xa, i, (struct xa_run){ first, last, value });
}

bool __sim_xa_all(const struct xarray *xa, unsigned long first, unsigned long last,
		  unsigned long value)
{
	unsigned int i = run_at(xa, first);

	if (!value)
		return i == xa->nr || xa->runs[i].first > last;
	/* Runs of one value that touch are one run, so one must cover the range. */
	return i < xa->nr && xa->runs[i].first <= first && xa->runs[i].last >= last &&
	       xa->runs[i].value == value;
}
