/* SPDX-License-Identifier: BSD-2-Clause */
/* RECs of a realm by index: chunks that double in size, made when first needed and never moved. */
#include "model.h"
#include "realm.h"

#define FIRST_CHUNK 16

static unsigned chunk_of(uint64_t index)
{
	return 63 - (unsigned)__builtin_clzll(index / FIRST_CHUNK + 1);
}

static size_t chunk_bytes(unsigned chunk)
{
	return ((size_t)FIRST_CHUNK << chunk) * sizeof(uint64_t);
}

static uint64_t *slot(const struct realm *realm, uint64_t index)
{
	unsigned chunk = chunk_of(index);
	uint64_t *slots;

	if (chunk >= REALM_REC_CHUNKS)
		return NULL;
	slots = __atomic_load_n(&realm->recs[chunk], __ATOMIC_ACQUIRE);
	return slots ? &slots[index - FIRST_CHUNK * ((UINT64_C(1) << chunk) - 1)] : NULL;
}

bool realm_rec_reserve(struct rmm *rmm, struct realm *realm, uint64_t index)
{
	unsigned chunk = chunk_of(index);

	if (chunk >= REALM_REC_CHUNKS)
		return false;
	if (!realm->recs[chunk])
		__atomic_store_n(&realm->recs[chunk], rmm_alloc(rmm, chunk_bytes(chunk)),
				 __ATOMIC_RELEASE);
	return realm->recs[chunk] != NULL;
}

void realm_rec_set(struct realm *realm, uint64_t index, rmm_pa pa)
{
	__atomic_store_n(slot(realm, index), pa | 1, __ATOMIC_RELEASE);
}

void realm_rec_clear(struct realm *realm, uint64_t index)
{
	__atomic_store_n(slot(realm, index), 0, __ATOMIC_RELEASE);
}

bool realm_rec_find(const struct realm *realm, uint64_t index, rmm_pa *pa)
{
	uint64_t *s = slot(realm, index);
	uint64_t value = s ? __atomic_load_n(s, __ATOMIC_ACQUIRE) : 0;

	*pa = value & ~UINT64_C(1);
	return value != 0;
}

void realm_recs_free(struct rmm *rmm, struct realm *realm)
{
	for (unsigned i = 0; i < REALM_REC_CHUNKS; i++)
		rmm_release(rmm, realm->recs[i], chunk_bytes(i));
}
