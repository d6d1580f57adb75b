/* SPDX-License-Identifier: BSD-2-Clause */
#include "env.h"
#include "sparse.h"

#include <linux/string.h>

struct sim_sparse *sparse_new(void)
{
	return env_alloc(sizeof(struct sim_sparse));
}

void sparse_free(struct sim_sparse *map)
{
	if (!map)
		return;
	env_free(map->entries, map->max * sizeof(map->entries[0]));
	env_free(map, sizeof(*map));
}

/* Index of the first entry with a key >= `key`. */
static unsigned int lower_bound(const struct sim_sparse *map, u64 key)
{
	unsigned int lo = 0, hi = map->nr;

	while (lo < hi) {
		unsigned int mid = lo + (hi - lo) / 2;

		if (map->entries[mid].key < key)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

void *sparse_get(const struct sim_sparse *map, u64 key)
{
	unsigned int i = lower_bound(map, key);

	return i < map->nr && map->entries[i].key == key ? map->entries[i].value : NULL;
}

bool sparse_set(struct sim_sparse *map, u64 key, void *value)
{
	unsigned int i = lower_bound(map, key);

	if (i == map->nr || map->entries[i].key != key) {
		if (!env_grow((void **)&map->entries, &map->max, map->nr + 1,
			      sizeof(map->entries[0])))
			return false;
		env_memmove(&map->entries[i + 1], &map->entries[i],
			    (map->nr - i) * sizeof(map->entries[0]));
		map->nr++;
		map->entries[i].key = key;
	}
	map->entries[i].value = value;
	return true;
}

void *sparse_del(struct sim_sparse *map, u64 key)
{
	unsigned int i = lower_bound(map, key);
	void *value;

	if (i == map->nr || map->entries[i].key != key)
		return NULL;
	value = map->entries[i].value;
	map->nr--;
	env_memmove(&map->entries[i], &map->entries[i + 1],
		    (map->nr - i) * sizeof(map->entries[0]));
	return value;
}

void *sparse_next(const struct sim_sparse *map, u64 *key, u64 end)
{
	unsigned int i = lower_bound(map, *key);

	if (i == map->nr || map->entries[i].key >= end)
		return NULL;
	*key = map->entries[i].key;
	return map->entries[i].value;
}
