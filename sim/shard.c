/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parts of a search that need not know of each other.
 *
 * A subtree is known by its first two deviations: the decisions where its runs do something else than the usual. All
 * of it belongs to one part, which a hash selects. Runs with fewer deviations are made in every part, for they
 * lead to the subtrees, and counted by one.
 */
#include "search.h"
#include "splitmix.h"

unsigned shard_owner(const struct deviation *d, size_t n, unsigned shards)
{
	uint64_t state = n;

	for (size_t i = 0; i < n && i < 2; i++) {
		state = splitmix_next(&state) ^ d[i].at;
		state = splitmix_next(&state) ^ d[i].option;
	}
	return 1 + (unsigned)(splitmix_next(&state) % shards);
}
