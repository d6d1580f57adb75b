/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Measurements: RIM = hash(descriptor), where the descriptor holds the old RIM (C2.27, C2.28).
 * Numbers in descriptors are little-endian.
 */
#include <string.h>

#include <sys/types.h>
#include <sha2.h>

#include <rmisim/rmi.h>

#include "measure.h"
#include "model.h"
#include "realm.h"
#include "rec.h"

#define DESC_SIZE    0x100
#define DESC_TYPE    0x00
#define DESC_LEN     0x08
#define DESC_RIM     0x10
#define DATA_IPA     0x50
#define DATA_FLAGS   0x58
#define DATA_CONTENT 0x60
#define REC_CONTENT  0x50
#define PARAMS_SIZE  4096
#define REM_SIZE     64

enum { DESC_DATA, DESC_REC };

static void put64(uint8_t *p, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

void measure_hash(unsigned algorithm, const void *data, size_t size, uint8_t digest[64])
{
	SHA2_CTX ctx;

	memset(digest, 0, 64);
	switch (algorithm) {
	case RMI_HASH_SHA_512:
		SHA512Init(&ctx);
		SHA512Update(&ctx, data, size);
		SHA512Final(digest, &ctx);
		break;
	case RMI_HASH_SHA_384:
		SHA384Init(&ctx);
		SHA384Update(&ctx, data, size);
		SHA384Final(digest, &ctx);
		break;
	default:
		SHA256Init(&ctx);
		SHA256Update(&ctx, data, size);
		SHA256Final(digest, &ctx);
		break;
	}
}

static void begin(const struct realm *realm, uint8_t desc[DESC_SIZE], uint8_t type)
{
	memset(desc, 0, DESC_SIZE);
	desc[DESC_TYPE] = type;
	put64(desc + DESC_LEN, DESC_SIZE);
	memcpy(desc + DESC_RIM, realm->rim, sizeof(realm->rim));
}

void measure_realm(const struct rmm *rmm, struct realm *realm)
{
	const struct realm_params *p = &realm->params;
	uint8_t params[PARAMS_SIZE] = { 0 };

	if (!rmm->profile.rim_of_params)
		return;
	put64(params + RMI_PARAMS_FLAGS0, p->flags0);
	put64(params + RMI_PARAMS_S2SZ, p->s2sz);
	put64(params + RMI_PARAMS_SVE_VL, p->sve_vl);
	put64(params + RMI_PARAMS_NUM_BPS, p->num_bps);
	put64(params + RMI_PARAMS_NUM_WPS, p->num_wps);
	put64(params + RMI_PARAMS_PMU_CTRS, p->pmu_num_ctrs);
	put64(params + RMI_PARAMS_HASH, p->hash_algo);
	measure_hash((unsigned)p->hash_algo, params, sizeof(params), realm->rim);
}

static size_t hash_size(unsigned algorithm)
{
	return algorithm == RMI_HASH_SHA_256 ? 32 : algorithm == RMI_HASH_SHA_384 ? 48 : 64;
}

void measure_extend(const struct rmm *rmm, struct realm *realm, unsigned index,
		    const uint8_t *value, size_t size)
{
	unsigned algorithm = (unsigned)realm->params.hash_algo;
	bool unpadded = rmm->profile.rem_unpadded;
	size_t old = unpadded ? hash_size(algorithm) : REM_SIZE;
	uint8_t input[2 * REM_SIZE] = { 0 };

	memcpy(input, realm->rem[index], old);
	memcpy(input + old, value, size);
	measure_hash(algorithm, input, unpadded ? old + size : sizeof(input), realm->rem[index]);
}

void measure_data(struct realm *realm, uint64_t ipa, uint64_t flags, const void *content,
		  size_t size)
{
	unsigned algorithm = (unsigned)realm->params.hash_algo;
	uint8_t desc[DESC_SIZE];

	begin(realm, desc, DESC_DATA);
	put64(desc + DATA_IPA, ipa);
	put64(desc + DATA_FLAGS, flags);
	if (content)
		measure_hash(algorithm, content, size, desc + DATA_CONTENT);
	measure_hash(algorithm, desc, sizeof(desc), realm->rim);
}

void measure_rec(struct realm *realm, const struct rec_params *p)
{
	unsigned algorithm = (unsigned)realm->params.hash_algo;
	uint8_t desc[DESC_SIZE], params[PARAMS_SIZE] = { 0 };

	put64(params + RMI_REC_PARAMS_FLAGS, p->flags);
	put64(params + RMI_REC_PARAMS_PC, p->pc);
	for (int i = 0; i < 8; i++)
		put64(params + RMI_REC_PARAMS_GPRS + 8 * i, p->gprs[i]);
	begin(realm, desc, DESC_REC);
	measure_hash(algorithm, params, sizeof(params), desc + REC_CONTENT);
	measure_hash(algorithm, desc, sizeof(desc), realm->rim);
}
