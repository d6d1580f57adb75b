/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The realm initial measurement, computed a second time from the layout of the descriptors (C2.27,
 * C2.28) and the hash functions alone.
 */
#include <string.h>

#include <sys/types.h>
#include <sha2.h>

#include "host.h"

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

static void put(uint8_t *p, uint64_t v)
{
	memcpy(p, &v, 8); /* tests run on little-endian machines */
}

static void extend_data(unsigned algorithm, uint8_t rim[64], uint64_t ipa, uint64_t flags,
			const void *content, size_t size)
{
	uint8_t d[256] = { 0 };

	put(d + 8, 0x100);
	memcpy(d + 0x10, rim, 64);
	put(d + 0x50, ipa);
	put(d + 0x58, flags);
	if (flags & 1)
		hash(algorithm, content, size, d + 0x60);
	hash(algorithm, d, sizeof(d), rim);
}

static void extend_rec(unsigned algorithm, uint8_t rim[64], const uint64_t gprs[8], uint64_t pc)
{
	uint8_t d[256] = { 1 }, params[4096] = { 0 };

	put(params, 1); /* runnable */
	put(params + 0x200, pc);
	memcpy(params + 0x300, gprs, 64);
	put(d + 8, 0x100);
	memcpy(d + 0x10, rim, 64);
	hash(algorithm, params, sizeof(params), d + 0x50);
	hash(algorithm, d, sizeof(d), rim);
}

static void assert_rim(struct host *h, const uint8_t expected[64])
{
	uint8_t rim[64];

	assert_true(rmm_rim(h->rmm, h->rd, rim));
	assert_memory_equal(rim, expected, 64);
}

static void init(struct host *h, rmm_ipa ipa, rmm_pa src, uint64_t flags)
{
	host_tables(h, ipa, 3);
	assert_hex(smc(h, RMI_RTT_DATA_MAP_INIT, h->rd, host_delegated(h, 1), ipa, src, flags), 0);
}

static void the_rim_follows_what_the_host_loads(void **state)
{
	static const unsigned shifts[] = { 12, 14, 16 };

	for (unsigned i = 0; i < 9; i++) {
		unsigned algorithm = i % 3;
		uint8_t expected[64] = { 0 };
		uint64_t gprs[8] = { 0 };
		struct host h;
		rmm_pa src;

		host_realm(&h,
			   &(struct setup){ .hash = algorithm, .granule_shift = shifts[i / 3] });
		assert_rim(&h, expected);
		src = host_pages(&h, 1);
		memset(rmm_host_ptr(h.rmm, src, h.page), 0x5a, h.page);
		init(&h, 0x80000000, src, 1);
		extend_data(algorithm, expected, 0x80000000, 1, rmm_host_ptr(h.rmm, src, h.page),
			    h.page);
		assert_rim(&h, expected);
		init(&h, 0x80000000 + h.page, src, 0); /* content not measured, its place is */
		extend_data(algorithm, expected, 0x80000000 + h.page, 0, NULL, 0);
		assert_rim(&h, expected);
		host_rec(&h, 0);
		extend_rec(algorithm, expected, gprs, 0);
		assert_rim(&h, expected);
		host_end(&h);
	}
}

static void a_known_digest(void **state)
{
	/*
	 * SHA-256 of 256 zero bytes but for len = 0x100 at offset 8: the RIM after one page at IPA
	 * 0
	 */
	static const uint8_t zero[64];
	uint8_t expected[64] = { 0 }, rim[64], d[256] = { [9] = 1 };
	struct host h;

	hash(RMI_HASH_SHA_256, d, sizeof(d), expected);
	host_realm(&h, NULL);
	init(&h, 0, host_pages(&h, 1), 0);
	assert_true(rmm_rim(h.rmm, h.rd, rim));
	assert_memory_equal(rim, expected, 64);
	assert_memory_equal(rim + 32, zero, 32); /* zero above the hash's size */
	assert_false(rmm_rim(h.rmm, h.root, rim));
	host_end(&h);
}

static void only_a_runnable_rec_is_measured_and_not_its_mpidr(void **state)
{
	struct rmm_profile sync = { .name = "sync" };
	uint8_t expected[64] = { 0 };
	uint64_t gprs[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	struct host h;
	rmm_pa rp;

	host_realm(&h, &(struct setup){ .custom = &sync });
	rp = host_pages(&h, 1);
	assert_hex(smc(&h, RMI_REC_CREATE, h.rd, host_delegated(&h, 1), rp), 0);
	assert_rim(&h, expected);
	host_write64(&h, rp + RMI_REC_PARAMS_FLAGS, 1);
	host_write64(&h, rp + RMI_REC_PARAMS_MPIDR, 1);
	host_write64(&h, rp + RMI_REC_PARAMS_PC, 0x80080000);
	for (unsigned i = 0; i < 8; i++)
		host_write64(&h, rp + RMI_REC_PARAMS_GPRS + 8 * i, gprs[i]);
	assert_hex(smc(&h, RMI_REC_CREATE, h.rd, host_delegated(&h, 1), rp), 0);
	extend_rec(RMI_HASH_SHA_256, expected, gprs, 0x80080000);
	assert_rim(&h, expected);
	host_end(&h);
}

static void nothing_else_changes_the_rim(void **state)
{
	uint8_t expected[64] = { 0 };
	struct host h;

	host_realm(&h, NULL);
	assert_hex(smc(&h, RMI_RTT_INIT_RIPAS, h.rd, 0, 0x40000000), 0); /* OP-8 */
	host_map(&h, 0x1000);
	assert_hex(smc(&h, RMI_REALM_ACTIVATE, h.rd), 0);
	host_map(&h, 0x2000);
	assert_rim(&h, expected);
	host_end(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_rim_follows_what_the_host_loads),
		TEST(a_known_digest),
		TEST(only_a_runnable_rec_is_measured_and_not_its_mpidr),
		TEST(nothing_else_changes_the_rim),
	};

	return cmocka_run_group_tests_name("measure", tests, NULL, NULL);
}
