/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "seen.h"

#define PIECE 4096

static uint64_t rotate(uint64_t x, unsigned by)
{
	return x << by | x >> (64 - by);
}

static uint64_t mix(uint64_t h, uint64_t word)
{
	return rotate((h ^ word) * UINT64_C(0x9e3779b97f4a7c15), 29);
}

static bool is_as_it_was(const unsigned char *bytes, const unsigned char *was, size_t size)
{
	static const unsigned char zeros[PIECE];

	return !memcmp(bytes, was ? was : zeros, size);
}

void hashing_init(struct hashing *h)
{
	static const uint64_t seeds[4] = { UINT64_C(0xa0761d6478bd642f),
					   UINT64_C(0xe7037ed1a0b428db),
					   UINT64_C(0x8ebc6af09c88c6e3),
					   UINT64_C(0x589965cc75374cc3) };

	memcpy(h->lane, seeds, sizeof(seeds));
}

static void add_piece(struct hashing *h, uint64_t where, const unsigned char *bytes, size_t size)
{
	uint64_t words[4];
	size_t i;

	h->lane[0] = mix(h->lane[0], where);
	h->lane[1] = mix(h->lane[1], size);
	for (i = 0; i + 32 <= size; i += 32) {
		memcpy(words, bytes + i, 32);
		for (unsigned j = 0; j < 4; j++)
			h->lane[j] = mix(h->lane[j], words[j]);
	}
	memset(words, 0, sizeof(words));
	memcpy(words, bytes + i, size - i);
	for (unsigned j = 0; j < 4; j++)
		h->lane[j] = mix(h->lane[j], words[j]);
}

void hashing_add(struct hashing *h, uint64_t where, const void *bytes, const void *was, size_t size)
{
	const unsigned char *at = bytes, *before = was;

	for (size_t done = 0; done < size; done += PIECE) {
		size_t n = size - done < PIECE ? size - done : PIECE;

		if (!is_as_it_was(at + done, before ? before + done : NULL, n))
			add_piece(h, where + done, at + done, n);
	}
}

struct state_hash hashing_end(const struct hashing *h)
{
	struct state_hash state = { 1, 1 };

	for (unsigned j = 0; j < 4; j++) {
		state.a = mix(state.a, h->lane[j]);
		state.b = mix(state.b, h->lane[3 - j] + j);
	}
	state.a |= !(state.a | state.b);
	return state;
}

static size_t place_of(const struct seen *seen, struct state_hash state)
{
	size_t at = (size_t)state.a & (seen->size - 1);

	while ((seen->at[at].a || seen->at[at].b) &&
	       (seen->at[at].a != state.a || seen->at[at].b != state.b))
		at = (at + 1) & (seen->size - 1);
	return at;
}

bool seen_has(const struct seen *seen, struct state_hash state)
{
	size_t at;

	if (!seen->size)
		return false;
	at = place_of(seen, state);
	return seen->at[at].a || seen->at[at].b;
}

static bool grow(struct seen *seen)
{
	struct seen more = { .size = seen->size ? 2 * seen->size : 1024 };

	more.at = calloc(more.size, sizeof(*more.at));
	if (!more.at)
		return false;
	for (size_t i = 0; i < seen->size; i++)
		if (seen->at[i].a || seen->at[i].b)
			more.at[place_of(&more, seen->at[i])] = seen->at[i];
	more.count = seen->count;
	free(seen->at);
	*seen = more;
	return true;
}

void seen_add(struct seen *seen, struct state_hash state)
{
	size_t at;

	if (4 * seen->count >= 3 * seen->size && !grow(seen))
		return;
	at = place_of(seen, state);
	seen->count += !(seen->at[at].a || seen->at[at].b);
	seen->at[at] = state;
}

void seen_drop(struct seen *seen)
{
	free(seen->at);
	*seen = (struct seen){ 0 };
}
