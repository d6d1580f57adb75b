/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The initial measurement of each realm (rmm-state-machines 9): zero, or a hash of the parameters (OP-53); then one
 * descriptor for each page of DATA_MAP_INIT and each runnable REC, in the order in which the RD was locked.
 */
#include <inttypes.h>
#include <string.h>

#include <sha2.h>

#include "ghost_state.h"

/* rmm-abi 13 */
#define DESC_SIZE        0x100
#define DESC_TYPE        0x00
#define DESC_LEN         0x08
#define DESC_RIM         0x10
#define DESC_IPA         0x50
#define DESC_FLAGS       0x58
#define DESC_CONTENT     0x60
#define DESC_REC_CONTENT 0x50
#define PARAMS_SIZE      4096

static void hash(unsigned algorithm, const void *data, size_t size, uint8_t digest[64])
{
	SHA2_CTX ctx;

	memset(digest, 0, 64);
	if (algorithm == RMI_HASH_SHA_512) {
		SHA512Init(&ctx);
		SHA512Update(&ctx, data, size);
		SHA512Final(digest, &ctx);
	} else if (algorithm == RMI_HASH_SHA_384) {
		SHA384Init(&ctx);
		SHA384Update(&ctx, data, size);
		SHA384Final(digest, &ctx);
	} else {
		SHA256Init(&ctx);
		SHA256Update(&ctx, data, size);
		SHA256Final(digest, &ctx);
	}
}

static void put(uint8_t *to, uint64_t value)
{
	for (unsigned i = 0; i < 8; i++)
		to[i] = (uint8_t)(value >> 8 * i);
}

/* Copy a field of a page of the host to where it stands in the page that is hashed. */
static void copy(const struct ghost *g, uint8_t *page, rmm_pa from, unsigned offset, unsigned bytes)
{
	const void *p = rmm_host_ptr(g->rmm, from + offset, bytes);

	if (p)
		memcpy(page + offset, p, bytes);
}

void ghost_rim_begin(const struct ghost *g, struct ghost_realm *r, rmm_pa params)
{
	/* TF-RMM reads all numbers but the flags and the algorithm as four bytes. */
	const unsigned bytes = g->config.tf_rmm ? 4 : 1;
	static const unsigned numbers[] = { RMI_PARAMS_S2SZ, RMI_PARAMS_SVE_VL, RMI_PARAMS_NUM_BPS,
					    RMI_PARAMS_NUM_WPS, RMI_PARAMS_PMU_CTRS };
	uint8_t page[PARAMS_SIZE] = { 0 }, algorithm[RMI_PARAMS_HASH + 1] = { 0 };

	copy(g, algorithm, params, RMI_PARAMS_HASH, 1);
	r->hash = algorithm[RMI_PARAMS_HASH];
	if (!g->config.rim_of_params)
		return;
	copy(g, page, params, RMI_PARAMS_FLAGS0, 8);
	copy(g, page, params, RMI_PARAMS_HASH, 1);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		copy(g, page, params, numbers[i], bytes);
	hash(r->hash, page, sizeof(page), r->rim);
}

bool ghost_rim_of_rec(const struct ghost *g, rmm_pa rd, rmm_pa params, uint8_t content[64])
{
	const struct ghost_realm *r = ghost_realm(g, rd);
	uint8_t page[PARAMS_SIZE] = { 0 };

	copy(g, page, params, RMI_REC_PARAMS_FLAGS, 8);
	copy(g, page, params, RMI_REC_PARAMS_PC, 8);
	copy(g, page, params, RMI_REC_PARAMS_GPRS, 8 * 8);
	hash(r ? r->hash : 0, page, sizeof(page), content);
	return page[RMI_REC_PARAMS_FLAGS] & RMI_REC_RUNNABLE;
}

bool ghost_rim_of_page(const struct ghost *g, rmm_pa rd, rmm_pa data, uint8_t content[64])
{
	const struct ghost_realm *r = ghost_realm(g, rd);
	const void *p = rmm_host_ptr(g->rmm, data, g->granule);
	enum rmm_granule_state state;

	/* Behind an operation's last lock others may have had their way with it. */
	if (!r || !p || !rmm_granule_state(g->rmm, data, &state) || state != RMM_DATA)
		return false;
	hash(r->hash, p, g->granule, content);
	return true;
}

void ghost_rim_extend(struct ghost_realm *r, const struct ghost_effect *e)
{
	uint8_t desc[DESC_SIZE] = { 0 };

	r->rim_unknown |= e->to == GHOST_UNKNOWN;
	r->rim_moved = true;
	desc[DESC_TYPE] = e->recs;
	put(desc + DESC_LEN, DESC_SIZE);
	memcpy(desc + DESC_RIM, r->rim, sizeof(r->rim));
	if (e->recs) {
		memcpy(desc + DESC_REC_CONTENT, e->content, sizeof(e->content));
	} else {
		put(desc + DESC_IPA, e->base);
		put(desc + DESC_FLAGS, e->at);
		memcpy(desc + DESC_CONTENT, e->content, sizeof(e->content));
	}
	hash(r->hash, desc, sizeof(desc), r->rim);
}

static uint64_t first_word(const uint8_t rim[64])
{
	uint64_t value = 0;

	for (unsigned i = 0; i < 8; i++)
		value = value << 8 | rim[i];
	return value;
}

bool ghost_rim_compare(struct ghost *g, struct ghost_realm *r)
{
	uint8_t rim[64];

	r->rim_moved = false;
	if (r->rim_unknown || !rmm_rim(g->rmm, r->rd, rim) || !memcmp(rim, r->rim, sizeof(rim)))
		return true;
	return ghost_differs(
		g,
		"after %s: the RIM of the realm at 0x%" PRIx64 " begins with %016" PRIx64
		" in the ghost, %016" PRIx64 " in the model",
		g->now ? g->now : "no call", r->rd, first_word(r->rim), first_word(rim));
}
