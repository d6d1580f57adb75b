/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RSI_ATTESTATION_TOKEN_INIT, RSI_ATTESTATION_TOKEN_CONTINUE (B5.4.2, .3).
 *
 * There is no key here, so the token is no signed one but 5120 bytes that anybody can compute
 * (docs/model.md): 512 bytes in clear, as they were at INIT, then SHA-512 of them and a block number.
 */
#include <string.h>

#include "../measure.h"
#include "rsi.h"

enum { ARG_ADDR = 1, ARG_OFFSET = 2, ARG_SIZE = 3 };

#define TOKEN_SIZE      5120
#define TOKEN_MAGIC     UINT64_C(0x4e4b545f4d4d5231) /* "1RMM_TKN" */
#define TOKEN_HASH      0x010
#define TOKEN_CHALLENGE 0x040
#define TOKEN_RPV       0x080
#define TOKEN_RIM       0x0c0
#define TOKEN_REMS      0x100
#define BLOCK           64

static void token_init(struct rsi_call *c)
{
	struct rmm_rec *rec = c->rec;
	uint8_t *p = rec->attest;

	memset(p, 0, sizeof(rec->attest));
	rsi_put64(p, TOKEN_MAGIC);
	rsi_put64(p + 8, TOKEN_SIZE);
	rsi_put64(p + TOKEN_HASH, c->realm->params.hash_algo);
	for (unsigned i = 0; i < 8; i++)
		rsi_put64(p + TOKEN_CHALLENGE + 8 * i, c->arg[1 + i]);
	memcpy(p + TOKEN_RPV, c->realm->params.rpv, sizeof(c->realm->params.rpv));
	memcpy(p + TOKEN_RIM, c->realm->rim, sizeof(c->realm->rim));
	memcpy(p + TOKEN_REMS, c->realm->rem, sizeof(c->realm->rem));
	rec->attesting = true;
	rec->attest_done = 0;
	c->out[1] = TOKEN_SIZE;
}

const struct rsi_command cmd_rsi_attestation_token_init = { RSI_ATTESTATION_TOKEN_INIT,
							    "ATTESTATION_TOKEN_INIT",
							    .apply = token_init, .nr_out = 1 };

static bool offset_is_too_large(struct rsi_call *c, const struct rsi_condition *row)
{
	return c->arg[row->arg] >= RSI_GRANULE;
}

static bool size_overflows(struct rsi_call *c, const struct rsi_condition *row)
{
	return c->arg[ARG_OFFSET] + c->arg[row->arg] < c->arg[ARG_OFFSET];
}

static bool buffer_leaves_its_granule(struct rsi_call *c, const struct rsi_condition *row)
{
	return c->arg[ARG_OFFSET] + c->arg[row->arg] > RSI_GRANULE;
}

static bool no_attestation_is_in_progress(struct rsi_call *c, const struct rsi_condition *row)
{
	return !c->rec->attesting;
}

static const struct rsi_condition continue_conditions[] = {
	RSI_ADDR_GROUP(ARG_ADDR),
	{ "offset_bound", offset_is_too_large, RSI_ERROR_INPUT, ARG_OFFSET },
	{ "size_overflow", size_overflows, RSI_ERROR_INPUT, ARG_SIZE },
	{ "size_bound", buffer_leaves_its_granule, RSI_ERROR_INPUT, ARG_SIZE },
	{ "state", no_attestation_is_in_progress, RSI_ERROR_STATE },
};

/* The 64 bytes of the token from 64 * n on. */
static void token_block(const struct rmm_rec *rec, unsigned n, uint8_t out[BLOCK])
{
	uint8_t seed[REC_ATTEST_SIZE + 8];

	if (n < REC_ATTEST_SIZE / BLOCK) {
		memcpy(out, rec->attest + n * BLOCK, BLOCK);
		return;
	}
	memcpy(seed, rec->attest, REC_ATTEST_SIZE);
	rsi_put64(seed + REC_ATTEST_SIZE, n);
	measure_hash(RMI_HASH_SHA_512, seed, sizeof(seed), out);
}

static void token_copy(const struct rmm_rec *rec, uint8_t *to, unsigned from, unsigned size)
{
	while (size) {
		unsigned skip = from % BLOCK, n = BLOCK - skip < size ? BLOCK - skip : size;
		uint8_t block[BLOCK];

		token_block(rec, from / BLOCK, block);
		memcpy(to, block + skip, n);
		to += n;
		from += n;
		size -= n;
	}
}

static void token_continue(struct rsi_call *c)
{
	struct rmm_rec *rec = c->rec;
	unsigned left = TOKEN_SIZE - rec->attest_done;
	unsigned len = c->arg[ARG_SIZE] < left ? (unsigned)c->arg[ARG_SIZE] : left;
	uint8_t *p = rec_memory(&c->locks, rec, c->arg[ARG_ADDR], true, &c->result);

	if (!p)
		return;
	if (rmm_choose(c->rmm, RMM_CHOOSE_ATTEST, "attest-pause", 2))
		len /= 2;
	token_copy(rec, p + c->arg[ARG_OFFSET], rec->attest_done, len);
	rec->attest_done += len;
	c->out[1] = len;
	if (rec->attest_done < TOKEN_SIZE)
		c->out[0] = RSI_INCOMPLETE;
	else
		rec->attesting = false;
}

const struct rsi_command cmd_rsi_attestation_token_continue = {
	RSI_ATTESTATION_TOKEN_CONTINUE, "ATTESTATION_TOKEN_CONTINUE",
	RSI_CONDITIONS(continue_conditions), .apply = token_continue, .nr_out = 1
};
