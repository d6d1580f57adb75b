/* SPDX-License-Identifier: BSD-2-Clause */
/* Level sizes, start levels and concatenation at 4K, 16K and 64K (rmm-state-machines 10.1). */
#include "host.h"

static void a_level_is_as_large_as_a_table_of_the_next(void **state)
{
	static const unsigned shifts[] = { 12, 14, 16 };

	for (unsigned i = 0; i < 3; i++) {
		uint64_t entries = (UINT64_C(1) << shifts[i]) / 8;

		assert_hex(rmi_level_size(shifts[i], 3), UINT64_C(1) << shifts[i]);
		for (int level = 1; level < 3; level++)
			assert_hex(rmi_level_size(shifts[i], level),
				   rmi_level_size(shifts[i], level + 1) * entries);
	}
	assert_hex(rmi_level_size(12, 1), 0x40000000);
	assert_hex(rmi_level_size(14, 2), 0x2000000);
	assert_hex(rmi_level_size(16, 2), 0x20000000);
	assert_hex(rmi_level_size(12, 0), UINT64_C(1) << 39);
}

/* Is this geometry accepted? There are 32 DELEGATED pages, aligned to all of them. */
static uint64_t create(struct host *h, unsigned s2sz, int64_t level, uint64_t num)
{
	rmm_pa rd = host_delegated(h, 1);
	uint64_t x0;

	host_write64(h, h->params + RMI_PARAMS_S2SZ, s2sz);
	host_write64(h, h->params + RMI_PARAMS_RTT_LEVEL, (uint64_t)level);
	host_write64(h, h->params + RMI_PARAMS_RTT_NUM, num);
	x0 = smc(h, RMI_REALM_CREATE, rd, h->params);
	if (!x0) {
		assert_hex(smc(h, RMI_REALM_TERMINATE, rd), 0);
		assert_hex(smc(h, RMI_REALM_DESTROY, rd), 0);
	}
	return x0;
}

static void prepare(struct host *h, unsigned shift)
{
	host_boot(h, &(struct setup){ .granule_shift = shift });
	h->params = host_pages(h, 1);
	h->root = host_aligned(h, 32 * h->page);
	host_delegate(h, h->root, 32 * h->page);
	host_write64(h, h->params + RMI_PARAMS_NUM_BPS, 1);
	host_write64(h, h->params + RMI_PARAMS_NUM_WPS, 1);
	host_write64(h, h->params + RMI_PARAMS_RTT_BASE, h->root);
}

static void only_consistent_start_levels_are_accepted_at_4k(void **state)
{
	struct host h;

	prepare(&h, 12);
	for (unsigned w = 13; w <= 48; w++) {
		for (int level = -1; level <= 4; level++) {
			for (uint64_t num = 0; num <= 32; num += num == 17 ? 15 : 1) {
				unsigned first = level == 3 ? 13 : 22 + 9 * (unsigned)(2 - level);
				bool ok = level >= 0 && level <= 3 && w >= first && w <= first + 12;

				/* one table for 9 widths, then 2, 4, 8, 16 */
				ok = ok && num == (w <= first + 8 ? 1u : 1u << (w - first - 8));
				assert_hex(create(&h, w, level, num), ok ? 0 : RMI_ERROR_INPUT);
			}
		}
	}
	host_end(&h);
}

static void only_consistent_start_levels_are_accepted_at_16k_and_64k(void **state)
{
	static const struct {
		unsigned shift, s2sz;
		int level;
		uint64_t num, x0;
	} rows[] = {
		{ 14, 41, 1, 1, 0 },  { 14, 48, 1, 2, 0 },  { 14, 48, 1, 1, 1 },
		{ 14, 48, 0, 1, 0 },  { 14, 36, 2, 1, 0 },  { 14, 40, 2, 16, 0 },
		{ 14, 41, 2, 32, 1 }, { 16, 41, 2, 1, 0 },  { 16, 42, 2, 1, 0 },
		{ 16, 43, 2, 2, 0 },  { 16, 48, 1, 1, 0 },  { 16, 48, 0, 1, 1 },
		{ 16, 46, 2, 16, 0 }, { 16, 47, 2, 32, 1 }, { 16, 33, 3, 16, 0 },
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct host h;

		prepare(&h, rows[i].shift);
		assert_hex(create(&h, rows[i].s2sz, rows[i].level, rows[i].num), rows[i].x0);
		host_end(&h);
	}
}

/*
 * A walk finds one and the same entry for all the addresses it covers, and the next one behind it.
 */
static void an_entry_covers_its_level_size(void **state)
{
	static const unsigned shifts[] = { 12, 14, 16 }, widths[] = { 33, 41, 48 };

	for (unsigned i = 0; i < 9; i++) {
		unsigned shift = shifts[i / 3];
		rmm_ipa ipa = 0x80000000;
		struct host h;

		host_realm(&h, &(struct setup){ .granule_shift = shift, .s2sz = widths[i % 3] });
		for (int level = h.start_level; level < 3; level++) {
			uint64_t size = rmi_level_size(shift, level);
			rmm_ipa base = ipa & ~(size - 1);

			assert_int_equal(host_entry(&h, base).level, level);
			assert_int_equal(host_entry(&h, base + size - 1).level, level);
			host_tables(&h, ipa, level + 1);
			assert_int_equal(host_entry(&h, base).level, level + 1);
			assert_int_equal(host_entry(&h, base + size - 1).level, level + 1);
			if (base + size < UINT64_C(1) << widths[i % 3])
				assert_true(host_entry(&h, base + size).level <= level);
		}
		assert_int_equal(rmm_tables(h.rmm, h.rd), 3 - h.start_level);
		host_end(&h);
	}
}

static void the_upper_half_of_a_new_realm_is_unprotected(void **state)
{
	struct rmm_entry e;
	struct host h;

	host_realm(&h, NULL);
	assert_int_equal(host_entry(&h, 0).hipas, RMM_VOID);
	assert_int_equal(host_entry(&h, 0).ripas, RMI_EMPTY);
	assert_int_equal(host_entry(&h, S41 - 1).hipas, RMM_VOID);
	assert_int_equal(host_entry(&h, S41).hipas, RMM_UNMAPPED_NS);
	assert_int_equal(host_entry(&h, 2 * S41 - 1).hipas, RMM_UNMAPPED_NS);
	assert_false(rmm_walk(h.rmm, h.rd, 2 * S41, &e));
	assert_false(rmm_walk(h.rmm, h.root, 0, &e));
	host_end(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_level_is_as_large_as_a_table_of_the_next),
		TEST(only_consistent_start_levels_are_accepted_at_4k),
		TEST(only_consistent_start_levels_are_accepted_at_16k_and_64k),
		TEST(an_entry_covers_its_level_size),
		TEST(the_upper_half_of_a_new_realm_is_unprotected),
	};

	return cmocka_run_group_tests_name("geometry", tests, NULL, NULL);
}
