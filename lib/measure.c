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
#include "realm.h"
#include "rec.h"

#define DESC_SIZE       0x100
#define DESC_TYPE       0x00
#define DESC_LEN        0x08
#define DESC_RIM        0x10
#define DATA_IPA        0x50
#define DATA_FLAGS      0x58
#define DATA_CONTENT    0x60
#define REC_CONTENT     0x50
#define REC_PARAMS_SIZE 4096

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
	uint8_t desc[DESC_SIZE], params[REC_PARAMS_SIZE] = { 0 };

	put64(params + RMI_REC_PARAMS_FLAGS, p->flags);
	put64(params + RMI_REC_PARAMS_PC, p->pc);
	for (int i = 0; i < 8; i++)
		put64(params + RMI_REC_PARAMS_GPRS + 8 * i, p->gprs[i]);
	begin(realm, desc, DESC_REC);
	measure_hash(algorithm, params, sizeof(params), desc + REC_CONTENT);
	measure_hash(algorithm, desc, sizeof(desc), realm->rim);
}
