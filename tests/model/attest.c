/* SPDX-License-Identifier: BSD-2-Clause */
/* What a realm learns and says about itself: REALM_CONFIG, measurements, tokens (A7, B5.4). */
#include <string.h>

#include <sys/types.h>
#include <sha2.h>

#include "host.h"

#define EXITS  UINT64_C(0xe417)
#define PAGE_A UINT64_C(0x1000) /* mapped RAM */
#define PAGE_B UINT64_C(0x2000) /* RAM, not mapped */
#define PAGE_C UINT64_C(0x5000) /* EMPTY */

struct call {
	struct rmm_regs regs, out;
	enum rmm_realm_result result;
};

static void call_once(struct host *h, struct rmm_rec *rec)
{
	struct call *c = h->program_ctx;

	c->out = c->regs;
	c->result = rmm_realm_smc(h->rmm, rec, &c->out);
}

static uint64_t rsi(struct host *h, struct call *c, uint64_t fid, uint64_t x1, uint64_t x2,
		    uint64_t x3)
{
	c->regs = (struct rmm_regs){ { fid, x1, x2, x3, 4, 5, 6, 7, 8, 9, 10 } };
	assert_hex(host_enter(h, 0, call_once, c), 0);
	return c->result == RMM_REALM_DONE ? c->out.x[0] : EXITS;
}

/* A realm with PAGE_A and PAGE_B as above; returns the PA of PAGE_A. */
static rmm_pa boot(struct host *h, const struct setup *s)
{
	rmm_pa pa;

	host_realm(h, s);
	host_tables(h, 0, 3);
	assert_hex(smc(h, RMI_RTT_INIT_RIPAS, h->rd, PAGE_A, PAGE_B + h->page), 0);
	pa = host_map(h, PAGE_A);
	host_activate(h);
	return pa;
}

static void hash(unsigned algorithm, const void *data, size_t size, uint8_t out[64])
{
	SHA2_CTX c;

	memset(out, 0, 64);
	switch (algorithm) {
	case RMI_HASH_SHA_256:
		SHA256Init(&c);
		SHA256Update(&c, data, size);
		SHA256Final(out, &c);
		break;
	case RMI_HASH_SHA_512:
		SHA512Init(&c);
		SHA512Update(&c, data, size);
		SHA512Final(out, &c);
		break;
	default:
		SHA384Init(&c);
		SHA384Update(&c, data, size);
		SHA384Final(out, &c);
	}
}

static void rsi_version_by_profile(void **state)
{
	static const struct {
		const char *profile;
		uint64_t req, x0, x1;
	} rows[] = {
		{ "strict", 0x10001, RSI_SUCCESS, 0x10001 },
		{ "strict", 0x10002, RSI_ERROR_INPUT, 0x10001 },
		{ "strict", 0x20000, RSI_ERROR_INPUT, 0x10001 },
		{ "tf-rmm-2026-07", 0x10000, RSI_SUCCESS, 0x10000 },
		{ "tf-rmm-2026-07", 0x10001, RSI_SUCCESS, 0x10001 },
		{ "tf-rmm-2026-07", 0xffff, RSI_ERROR_INPUT, 0x10001 },
		{ "tf-rmm-2026-07", 0x20000, RSI_ERROR_INPUT, 0x10001 },
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct host h;
		struct call c;

		host_realm(&h, &(struct setup){ .profile = rows[i].profile });
		host_activate(&h);
		assert_hex(rsi(&h, &c, RSI_VERSION, rows[i].req, 0, 0), rows[i].x0);
		assert_hex(c.out.x[1], rows[i].x1);
		assert_hex(c.out.x[2], 0x10001);
		assert_hex(rsi(&h, &c, RSI_FEATURES, 1, 0, 0), RSI_SUCCESS);
		assert_hex(c.out.x[1], 0);
		host_end(&h);
	}
}

static void functions_for_devices_are_not_there(void **state)
{
	static const uint64_t fids[] = { 0xc400019a, 0xc400019b, 0xc400019c, 0xc400019d,
					 0xc400019f, 0xc40001a4, 0xc40001bf, 0xc4000150 };
	struct host h;
	struct call c;

	host_realm(&h, NULL);
	host_activate(&h);
	for (unsigned i = 0; i < sizeof(fids) / sizeof(fids[0]); i++) {
		assert_hex(rsi(&h, &c, fids[i], 1, 2, 3), UINT64_MAX);
		assert_hex(c.out.x[1], 1);
	}
	host_end(&h);
}

/* Each command with an address in X1 refuses the same, and leaves where nothing is mapped. */
static void commands_with_an_operand_in_memory(void **state)
{
	static const uint64_t fids[] = { RSI_REALM_CONFIG, RSI_ATTESTATION_TOKEN_CONTINUE };
	static const uint64_t wrong[] = { PAGE_A + 8, PAGE_A + 0x800, S41,
					  PAGE_C,     UINT64_MAX,     UINT64_MAX - 0xfff };
	struct host h;
	struct call c;

	boot(&h, NULL);
	assert_hex(rsi(&h, &c, RSI_ATTESTATION_TOKEN_INIT, 0, 0, 0), RSI_SUCCESS);
	for (unsigned i = 0; i < 2; i++) {
		for (unsigned j = 0; j < sizeof(wrong) / sizeof(wrong[0]); j++)
			assert_hex(rsi(&h, &c, fids[i], wrong[j], 0, 8), RSI_ERROR_INPUT);
		assert_hex(rsi(&h, &c, fids[i], PAGE_B, 0, 8), EXITS);
		assert_hex(host_exit(&h, RMI_RUN_EXIT_REASON), RMI_EXIT_SYNC);
		assert_hex(host_exit(&h, RMI_RUN_EXIT_ESR), 0x90000007);
		assert_hex(host_exit(&h, RMI_RUN_EXIT_HPFAR), PAGE_B >> 8);
	}
	host_map(&h, PAGE_B); /* it is executed again */
	assert_hex(rsi(&h, &c, RSI_ATTESTATION_TOKEN_CONTINUE, PAGE_B, 0, 8), RSI_INCOMPLETE);
	host_end(&h);
}

static void realm_config_fills_its_granule(void **state)
{
	static const char *const profiles[] = { "strict", "tf-rmm-2026-07" };

	for (unsigned i = 0; i < 6; i++) {
		struct setup s = { .profile = profiles[i & 1], .hash = i / 2 };
		bool tf = i & 1;
		uint64_t algo = tf && s.hash == RMI_HASH_SHA_384 ? RMI_HASH_SHA_512 : s.hash;
		uint8_t expected[0x1000], rpv[64] = { 0 };
		struct host h;
		struct call c;
		rmm_pa pa = boot(&h, &s);

		memset(rmm_host_ptr(h.rmm, pa, 0x1000), 0x5a, 0x1000);
		memset(expected, tf ? 0x5a : 0, sizeof(expected));
		memset(expected, 0, 8);
		expected[0] = 41;
		expected[8] = (uint8_t)algo; /* OP-68 */
		memset(expected + 0x10, 0, 8);
		memset(expected + 0x18, 0, tf ? 4 : 8);
		memset(expected + 0x20, 0, 8);
		memcpy(expected + 0x200, rpv, 64);
		assert_hex(rsi(&h, &c, RSI_REALM_CONFIG, PAGE_A, 2, 3), RSI_SUCCESS);
		assert_hex(c.out.x[1], PAGE_A);
		assert_memory_equal(rmm_host_ptr(h.rmm, pa, 0x1000), expected, 0x1000);
		host_end(&h);
	}
}

static void extend(struct host *h, unsigned index, const uint8_t value[64], uint64_t size)
{
	struct call c = { .regs = { { RSI_MEASUREMENT_EXTEND, index, size } } };

	memcpy(&c.regs.x[3], value, 64);
	assert_hex(host_enter(h, 0, call_once, &c), 0);
	assert_hex(c.out.x[0], RSI_SUCCESS);
}

static void read_measurement(struct host *h, unsigned index, uint8_t value[64])
{
	struct call c;

	assert_hex(rsi(h, &c, RSI_MEASUREMENT_READ, index, 0, 0), RSI_SUCCESS);
	memcpy(value, &c.out.x[1], 64);
	assert_hex(c.out.x[9], 9);
}

/* OP-9: 1024 bits by the specification, exactly what there is by TF-RMM. */
static void a_rem_is_extended_by_a_hash(void **state)
{
	static const size_t sizes[] = { 64, 32, 1, 0, 48 };
	static const size_t hash_sizes[] = { 32, 64, 48 };

	for (unsigned i = 0; i < 6; i++) {
		unsigned algorithm = i / 2;
		bool tf = i & 1;
		uint8_t rem[64] = { 0 }, got[64], zero[64] = { 0 }, value[64];
		struct host h;

		host_realm(&h, &(struct setup){ .profile = tf ? "tf-rmm-2026-07" : "strict",
						.hash = algorithm });
		host_activate(&h);
		for (unsigned j = 0; j < 5; j++) {
			size_t old = tf ? hash_sizes[algorithm] : 64;
			uint8_t input[128] = { 0 };

			for (unsigned b = 0; b < 64; b++)
				value[b] = (uint8_t)(b * 7 + j + 1);
			memcpy(input, rem, old);
			memcpy(input + old, value, sizes[j]);
			hash(algorithm, input, tf ? old + sizes[j] : 128, rem);
			extend(&h, 3, value, sizes[j]);
			read_measurement(&h, 3, got);
			assert_memory_equal(got, rem, 64);
		}
		for (unsigned j = 1; j <= 4; j++) {
			read_measurement(&h, j, got);
			assert_int_equal(!memcmp(got, zero, 64), j != 3);
		}
		host_end(&h);
	}
}

static void conditions_of_the_measurement_commands(void **state)
{
	static const uint64_t none[] = { 0, 5, 6, UINT64_MAX };
	struct host h;
	struct call c;
	uint64_t hashed;

	host_realm(&h, NULL);
	host_activate(&h);
	hashed = rmm_state_hash(h.rmm);
	for (unsigned i = 0; i < 4; i++)
		assert_hex(rsi(&h, &c, RSI_MEASUREMENT_EXTEND, none[i], 8, 0), RSI_ERROR_INPUT);
	assert_hex(rsi(&h, &c, RSI_MEASUREMENT_EXTEND, 1, 65, 0), RSI_ERROR_INPUT);
	assert_hex(rsi(&h, &c, RSI_MEASUREMENT_EXTEND, 1, UINT64_MAX, 0), RSI_ERROR_INPUT);
	for (unsigned i = 1; i < 4; i++)
		assert_hex(rsi(&h, &c, RSI_MEASUREMENT_READ, none[i], 0, 0), RSI_ERROR_INPUT);
	assert_hex(c.out.x[1], RMM_POISON); /* undefined */
	assert_hex(rmm_state_hash(h.rmm), hashed);
	assert_hex(rsi(&h, &c, RSI_MEASUREMENT_EXTEND, 4, 64, 0), RSI_SUCCESS);
	assert_int_not_equal(rmm_state_hash(h.rmm), hashed);
	host_end(&h);
}

/* OP-53: the specification starts at zero, TF-RMM at the hash of the parameters. */
static void the_rim_of_a_new_realm(void **state)
{
	for (unsigned i = 0; i < 6; i++) {
		unsigned algorithm = i / 2;
		bool tf = i & 1;
		uint8_t params[4096] = { 0 }, expected[64] = { 0 }, rim[64];
		struct host h;

		host_realm(&h, &(struct setup){ .profile = tf ? "tf-rmm-2026-07" : "strict",
						.hash = algorithm });
		params[0x8] = 41;
		params[0x18] = params[0x20] = 1;
		params[0x30] = (uint8_t)algorithm;
		if (tf)
			hash(algorithm, params, sizeof(params), expected);
		assert_true(rmm_rim(h.rmm, h.rd, rim));
		assert_memory_equal(rim, expected, 64);
		host_activate(&h);
		assert_true(rmm_rim(h.rmm, h.rd, rim));
		read_measurement(&h, 0, expected);
		assert_memory_equal(rim, expected, 64);
		host_end(&h);
	}
}

/* The token as docs/model.md describes it. */
static void make_token(struct host *h, const uint64_t challenge[8], unsigned algorithm,
		       uint8_t token[5120])
{
	static const char magic[] = "1RMM_TKN";
	uint8_t seed[520];

	memset(token, 0, 512);
	memcpy(token, magic, 8);
	token[9] = 0x14; /* 5120 */
	token[0x10] = (uint8_t)algorithm;
	memcpy(token + 0x40, challenge, 64);
	assert_true(rmm_rim(h->rmm, h->rd, token + 0xc0));
	for (unsigned i = 0; i < 4; i++)
		read_measurement(h, i + 1, token + 0x100 + 64 * i);
	for (uint64_t n = 8; n < 80; n++) {
		memcpy(seed, token, 512);
		memcpy(seed + 512, &n, 8);
		hash(RMI_HASH_SHA_512, seed, sizeof(seed), token + 64 * n);
	}
}

static void init_token(struct host *h, const uint64_t challenge[8])
{
	struct call c = { .regs = { { RSI_ATTESTATION_TOKEN_INIT } } };

	memcpy(&c.regs.x[1], challenge, 64);
	assert_hex(host_enter(h, 0, call_once, &c), 0);
	assert_hex(c.out.x[0], RSI_SUCCESS);
	assert_hex(c.out.x[1], 5120);
}

static void a_token_comes_in_pieces(void **state)
{
	static const uint64_t challenge[8] = { 1, 2, 3, 4, 5, 6, 7, 0x8877665544332211 };
	static const struct {
		uint64_t offset, size, len, x0;
	} pieces[] = {
		{ 0, 0x1000, 0x1000, RSI_INCOMPLETE }, { 0x10, 0x30, 0x30, RSI_INCOMPLETE },
		{ 0xfff, 1, 1, RSI_INCOMPLETE },       { 0, 0, 0, RSI_INCOMPLETE },
		{ 0x800, 0x800, 0x3cf, RSI_SUCCESS },
	};
	uint8_t token[5120], page[0x1000];
	unsigned done = 0;
	struct host h;
	struct call c;
	rmm_pa pa = boot(&h, &(struct setup){ .hash = RMI_HASH_SHA_384 });

	extend(&h, 2, (const uint8_t *)challenge, 64);
	make_token(&h, challenge, RMI_HASH_SHA_384, token);
	init_token(&h, challenge);
	/* what is measured later is not in it */
	extend(&h, 1, (const uint8_t *)challenge, 64);
	for (unsigned i = 0; i < 5; i++) {
		memset(rmm_host_ptr(h.rmm, pa, 0x1000), 0x5a, 0x1000);
		memset(page, 0x5a, sizeof(page));
		memcpy(page + pieces[i].offset, token + done, pieces[i].len);
		assert_hex(rsi(&h, &c, RSI_ATTESTATION_TOKEN_CONTINUE, PAGE_A, pieces[i].offset,
			       pieces[i].size),
			   pieces[i].x0);
		assert_hex(c.out.x[1], pieces[i].len);
		assert_memory_equal(rmm_host_ptr(h.rmm, pa, 0x1000), page, 0x1000);
		done += (unsigned)pieces[i].len;
	}
	assert_int_equal(done, 5120);
	assert_hex(rsi(&h, &c, RSI_ATTESTATION_TOKEN_CONTINUE, PAGE_A, 0, 8), RSI_ERROR_STATE);
	host_end(&h);
}

static void the_implementation_may_stop_in_the_middle(void **state)
{
	static const uint64_t challenge[8] = { 1 };
	uint8_t token[5120];
	struct host h;
	struct call c;
	rmm_pa pa = boot(&h, NULL);

	make_token(&h, challenge, RMI_HASH_SHA_256, token);
	init_token(&h, challenge);
	h.label = "attest-pause";
	h.pick = 1;
	assert_hex(rsi(&h, &c, RSI_ATTESTATION_TOKEN_CONTINUE, PAGE_A, 0, 0x100), RSI_INCOMPLETE);
	assert_hex(c.out.x[1], 0x80);
	h.pick = 0;
	assert_hex(rsi(&h, &c, RSI_ATTESTATION_TOKEN_CONTINUE, PAGE_A, 0x80, 0x80), RSI_INCOMPLETE);
	assert_memory_equal(rmm_host_ptr(h.rmm, pa, 0x100), token, 0x100);
	/* a new INIT discards what was running */
	init_token(&h, challenge);
	assert_hex(rsi(&h, &c, RSI_ATTESTATION_TOKEN_CONTINUE, PAGE_A, 0x10, 8), RSI_INCOMPLETE);
	assert_memory_equal(rmm_host_ptr(h.rmm, pa + 0x10, 8), token, 8);
	host_end(&h);
}

static void conditions_of_attestation_token_continue(void **state)
{
	static const struct {
		uint64_t offset, size;
	} rows[] = {
		{ 0x1000, 0 }, { UINT64_MAX, 2 }, { 8, UINT64_MAX }, { 0xfff, 2 }, { 0, 0x1001 }
	};
	struct host h;
	struct call c;
	uint64_t before;

	boot(&h, NULL);
	assert_hex(rsi(&h, &c, RSI_ATTESTATION_TOKEN_CONTINUE, PAGE_A, 0, 8), RSI_ERROR_STATE);
	assert_hex(rsi(&h, &c, RSI_ATTESTATION_TOKEN_INIT, 0, 0, 0), RSI_SUCCESS);
	before = rmm_state_hash(h.rmm);
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_hex(rsi(&h, &c, RSI_ATTESTATION_TOKEN_CONTINUE, PAGE_A, rows[i].offset,
			       rows[i].size),
			   RSI_ERROR_INPUT);
	assert_hex(rmm_state_hash(h.rmm), before);
	host_end(&h);
}

/* OP-63, OP-72 and imm: TF-RMM's ways with an operand. */
static void tf_rmm_shows_the_whole_address_of_an_operand(void **state)
{
	struct host h;
	struct call c;
	rmm_pa pa = boot(&h, &(struct setup){ .profile = "tf-rmm-2026-07" });

	assert_hex(rsi(&h, &c, RSI_HOST_CALL, PAGE_B + 0x100, 0, 0), EXITS);
	assert_hex(host_exit(&h, RMI_RUN_EXIT_REASON), RMI_EXIT_SYNC);
	assert_hex(host_exit(&h, RMI_RUN_EXIT_HPFAR), 0x21);
	host_write64(&h, pa, 0x1122334455667788);
	assert_hex(rsi(&h, &c, RSI_HOST_CALL, PAGE_A, 0, 0), EXITS);
	assert_hex(host_exit(&h, RMI_RUN_EXIT_IMM), 0x55667788);
	assert_hex(host_exit(&h, RMI_RUN_EXIT_PLANE), 0);
	host_end(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rsi_version_by_profile),
		TEST(functions_for_devices_are_not_there),
		TEST(commands_with_an_operand_in_memory),
		TEST(realm_config_fills_its_granule),
		TEST(a_rem_is_extended_by_a_hash),
		TEST(conditions_of_the_measurement_commands),
		TEST(the_rim_of_a_new_realm),
		TEST(a_token_comes_in_pieces),
		TEST(the_implementation_may_stop_in_the_middle),
		TEST(conditions_of_attestation_token_continue),
		TEST(tf_rmm_shows_the_whole_address_of_an_operand),
	};

	return cmocka_run_group_tests_name("attest", tests, NULL, NULL);
}
