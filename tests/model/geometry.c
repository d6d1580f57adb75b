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

static void prepare(struct host *h, const struct setup *s)
{
	host_boot(h, s);
	h->params = host_pages(h, 1);
	h->root = host_aligned(h, 32 * h->page);
	host_delegate(h, h->root, 32 * h->page);
	host_write64(h, h->params + RMI_PARAMS_NUM_BPS, 1);
	host_write64(h, h->params + RMI_PARAMS_NUM_WPS, 1);
	host_write64(h, h->params + RMI_PARAMS_RTT_BASE, h->root);
}

/*
 * rmm-state-machines 10.1: the widths that one start table covers, and how many steps of
 * concatenation (2, 4, 8, 16 tables) follow. The rows of 4 KiB as printed; those of 16 and 64 KiB
 * and of tables with 8 entries from the formula above them. Beyond 48 bits, and at level -1, only
 * with LPA2.
 */
static const struct geometry {
	unsigned shift, fanout;
	int level;
	unsigned first, last, concatenated;
} geometries[] = {
	{ 12, 0, 3, 13, 21, 4 }, { 12, 0, 2, 22, 30, 4 },  { 12, 0, 1, 31, 39, 4 },
	{ 12, 0, 0, 40, 48, 4 }, { 12, 0, -1, 49, 52, 0 }, { 14, 0, 3, 15, 25, 4 },
	{ 14, 0, 2, 26, 36, 4 }, { 14, 0, 1, 37, 47, 4 },  { 14, 0, 0, 48, 52, 0 },
	{ 16, 0, 3, 17, 29, 4 }, { 16, 0, 2, 30, 42, 4 },  { 16, 0, 1, 43, 52, 0 },
	{ 12, 3, 3, 13, 15, 4 }, { 12, 3, 2, 16, 18, 4 },  { 12, 3, 1, 19, 21, 4 },
	{ 12, 3, 0, 22, 24, 4 }, { 12, 3, -1, 25, 27, 0 },
};

static bool is_consistent(unsigned shift, unsigned fanout, unsigned w, int level, uint64_t num,
			  bool lpa2)
{
	for (unsigned i = 0; i < sizeof(geometries) / sizeof(geometries[0]); i++) {
		const struct geometry *g = &geometries[i];

		if (g->shift != shift || g->fanout != fanout || g->level != level)
			continue;
		if (!lpa2 && (w > 48 || level < 0))
			return false;
		if (w >= g->first && w <= g->last)
			return num == 1;
		return w > g->last && w <= g->last + g->concatenated && w <= 52 &&
		       num == 1u << (w - g->last);
	}
	return false;
}

static void every_geometry(const struct setup *s, bool lpa2)
{
	unsigned fanout = s->config->fanout_bits, accepted = 0;
	struct host h;

	prepare(&h, s);
	host_write64(&h, h.params + RMI_PARAMS_FLAGS0, lpa2 ? RMI_REALM_LPA2 : 0);
	for (unsigned w = 0; w <= 56; w++) {
		for (int level = -2; level <= 4; level++) {
			for (uint64_t num = 0; num <= 32; num += num == 17 ? 15 : 1) {
				bool ok = is_consistent(s->granule_shift, fanout, w, level, num,
							lpa2);

				assert_hex(create(&h, w, level, num), ok ? 0 : RMI_ERROR_INPUT);
				accepted += ok;
			}
		}
	}
	assert_true(accepted > 12);
	host_end(&h);
}

static void only_consistent_start_levels_are_accepted(void **state)
{
	static const struct {
		unsigned shift, fanout;
	} rows[] = { { 12, 0 }, { 14, 0 }, { 16, 0 }, { 12, 3 } };

	for (unsigned i = 0; i < 8; i++) {
		struct rmm_config cfg = { .ipa_bits = 52,
					  .fanout_bits = rows[i / 2].fanout,
					  .features.lpa2 = true };

		every_geometry(
			&(struct setup){ .granule_shift = rows[i / 2].shift, .config = &cfg },
			i % 2);
	}
}

/* s2sz counts whole: no width is taken modulo anything, and none is above feature register 0. */
static void a_width_above_s2sz_is_not_supported(void **state)
{
	struct rmm_config cfg = { .ipa_bits = 40 };
	struct host h;

	prepare(&h, &(struct setup){ .granule_shift = 12, .config = &cfg });
	assert_hex(smc_regs(&h, RMI_FEATURES, 0).x[1] & 0xff, 40);
	assert_hex(create(&h, 40, 0, 1), 0);
	assert_hex(create(&h, 41, 0, 1), RMI_ERROR_INPUT);
	assert_hex(create(&h, 255, 0, 1), RMI_ERROR_INPUT);
	host_end(&h);
}

/*
 * A walk finds one and the same entry for all the addresses it covers, and the next one behind it.
 */
static void an_entry_covers_its_level_size(void **state)
{
	static const struct {
		unsigned shift, fanout, s2sz;
		bool one_root;
	} rows[] = {
		{ 12, 0, 33, false }, { 12, 0, 41, false }, { 12, 0, 48, false },
		{ 12, 0, 52, false }, { 12, 0, 52, true },  { 14, 0, 33, false },
		{ 14, 0, 41, false }, { 14, 0, 48, false }, { 14, 0, 51, false },
		{ 14, 0, 52, true },  { 16, 0, 33, false }, { 16, 0, 41, false },
		{ 16, 0, 48, false }, { 16, 0, 52, false }, { 12, 3, 27, true },
		{ 12, 3, 28, false }, { 16, 2, 24, true },
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rmm_config cfg = { .ipa_bits = 52,
					  .fanout_bits = rows[i].fanout,
					  .features.lpa2 = true };
		rmm_ipa ipa = UINT64_C(1) << (rows[i].s2sz - 2), top = UINT64_C(1) << rows[i].s2sz;
		struct host h;

		host_realm(&h, &(struct setup){ .granule_shift = rows[i].shift,
						.s2sz = rows[i].s2sz,
						.one_root = rows[i].one_root,
						.flags0 = RMI_REALM_LPA2,
						.config = &cfg });
		for (int level = h.start_level; level < 3; level++) {
			uint64_t size = host_level_size(&h, level);
			rmm_ipa base = ipa & ~(size - 1);

			assert_int_equal(host_entry(&h, base).level, level);
			assert_int_equal(host_entry(&h, base + size - 1).level, level);
			host_tables(&h, ipa, level + 1);
			assert_int_equal(host_entry(&h, base).level, level + 1);
			assert_true(host_entry(&h, base + size - 1).level == level + 1);
			if (base + size < top)
				assert_true(host_entry(&h, base + size).level <= level);
		}
		assert_int_equal(rmm_tables(h.rmm, h.rd), 3 - h.start_level);
		host_end(&h);
	}
}

/* 4 KiB, 52 bits, one start table of 16 entries at level -1 (OP-42: its level reads 0xff). */
static void a_walk_may_end_at_level_minus_one(void **state)
{
	struct rmm_config cfg = { .ipa_bits = 52, .features.lpa2 = true };
	rmm_ipa ipa = UINT64_C(3) << 48;
	struct rmm_regs r;
	struct host h;

	host_realm(&h, &(struct setup){ .s2sz = 52,
					.one_root = true,
					.flags0 = RMI_REALM_LPA2,
					.config = &cfg });
	assert_int_equal(h.start_level, -1);
	assert_hex(smc(&h, RMI_RTT_CREATE, h.rd, host_delegated(&h, 1), ipa, 1), 0xff04);
	assert_hex(smc(&h, RMI_RTT_DATA_MAP, h.rd, ipa, ipa + 0x1000, 1,
		       host_desc(&h, host_delegated(&h, 1), 3, 1)),
		   0xff04);
	r = smc_regs(&h, RMI_RTT_READ_ENTRY, h.rd, ipa, UINT64_MAX);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], UINT64_MAX);
	assert_hex(r.x[2], RMI_RTTE_VOID);
	assert_hex(smc(&h, RMI_RTT_READ_ENTRY, h.rd, ipa, UINT64_MAX - 1), RMI_ERROR_INPUT);
	/* the start level itself is not created, the one below is */
	assert_hex(smc(&h, RMI_RTT_CREATE, h.rd, host_delegated(&h, 1), ipa, UINT64_MAX),
		   RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_RTT_CREATE, h.rd, host_delegated(&h, 1), ipa + (1 << 12), 0),
		   RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_RTT_CREATE, h.rd, host_delegated(&h, 1), ipa, 0), 0);
	assert_int_equal(host_entry(&h, ipa).level, 0);
	assert_int_equal(host_entry(&h, ipa - 1).level, -1);
	host_map(&h, ipa);
	assert_int_equal(host_entry(&h, ipa).level, 3);
	assert_int_equal(host_entry(&h, ipa).hipas, RMM_HIPAS_DATA);
	host_end(&h);
}

static void read_below_and_beyond(struct host *h, struct rmm_rec *rec)
{
	struct rmm_access a = { .ipa = UINT64_C(0xf) << 48, .size = 8 };

	assert_int_equal(rmm_realm_access(h->rmm, rec, &a), RMM_REALM_EXIT);
}

/* An unprotected address of 52 bits that nothing maps: translation fault, level -1. */
static void an_abort_at_level_minus_one_has_its_own_status_code(void **state)
{
	struct rmm_config cfg = { .ipa_bits = 52, .features.lpa2 = true };
	struct host h;

	host_realm(&h, &(struct setup){ .s2sz = 52,
					.one_root = true,
					.flags0 = RMI_REALM_LPA2,
					.config = &cfg });
	host_activate(&h);
	assert_hex(host_enter(&h, 0, read_below_and_beyond, NULL), 0);
	assert_hex(host_exit(&h, RMI_RUN_EXIT_ESR), 0x9200002b);
	assert_hex(host_exit(&h, RMI_RUN_EXIT_HPFAR), UINT64_C(0xf) << 40);
	host_end(&h);
}

/*
 * Tables of 8 entries with 4 KiB pages: a block of level 2 is 32 KiB.
 *
 *	level 2 | 0 TABLE            | 1 VOID             |
 *	level 3 | 0 1 2 3 4 5 6 7    |
 */
static void a_reduced_fan_out_is_the_same_in_small(void **state)
{
	struct rmm_config cfg = { .fanout_bits = 3 };
	struct rmm_regs r;
	struct host h;
	rmm_pa pa;

	host_realm(&h, &(struct setup){ .s2sz = 25, .config = &cfg });
	assert_hex(smc_regs(&h, RMI_FEATURES, 0).x[1] & 0xff, 28);
	assert_int_equal(h.start_level, 1);
	assert_int_equal(h.roots, 16);
	host_tables(&h, 0, 2);
	pa = host_aligned(&h, 0x10000);
	host_delegate(&h, pa, 0x10000);
	/* one block of level 2: 8 granules */
	r = smc_regs(&h, RMI_RTT_DATA_MAP, h.rd, 0, 0x8000, 1, host_desc(&h, pa, 2, 1));
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], 0x8000);
	assert_state(&h, pa + 0x7000, DATA);
	assert_state(&h, pa + 0x8000, DELEGATED);
	/* unfold it, fold it again */
	assert_hex(smc(&h, RMI_RTT_CREATE, h.rd, host_delegated(&h, 1), 0, 3), 0);
	assert_int_equal(host_entry(&h, 0x7000).level, 3);
	assert_hex(host_entry(&h, 0x7000).pa, pa + 0x7000);
	assert_int_equal(host_entry(&h, 0x8000).level, 2);
	assert_hex(smc(&h, RMI_RTT_FOLD, h.rd, 0, 3), 0);
	assert_int_equal(host_entry(&h, 0x7000).level, 2);
	/* its descriptor has size code 1; in 64 KiB there are two of those, or sixteen pages */
	r = smc_regs(&h, RMI_RTT_DATA_MAP, h.rd, 0x8000, 0x10000, 1,
		     host_desc(&h, pa + 0x8000, 2, 1));
	assert_hex(r.x[0], 0);
	r = smc_regs(&h, RMI_RTT_DATA_UNMAP, h.rd, 0, 0x10000, RMI_ADDR_SINGLE, 0);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], 0x10000);
	assert_hex(r.x[2], pa | 2 << 2 | 1);
	/* a table ends after 8 entries */
	host_tables(&h, 0x40000, 3);
	r = smc_regs(&h, RMI_RTT_DESTROY, h.rd, 0x40000, 3);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[2], 0x80000);
	host_end(&h);
}

/* Two blocks of level 2 are 16 granules, what REC_CREATE asks for. */
static void a_reduced_fan_out_counts_in_donations(void **state)
{
	struct rmm_config cfg = { .fanout_bits = 3 };
	rmm_pa rec, rp, list, pa;
	struct rmm_regs r;
	uint64_t handle;
	struct host h;

	host_realm(&h, &(struct setup){ .s2sz = 25, .config = &cfg });
	rec = host_delegated(&h, 1);
	rp = host_pages(&h, 1);
	list = host_pages(&h, 1);
	pa = host_aligned(&h, 0x10000);
	host_delegate(&h, pa, 0x10000);
	r = smc_regs(&h, RMI_REC_CREATE, h.rd, rec, rp);
	assert_int_equal(RMI_RESULT_MEM(r.x[0]), RMI_OP_MEM_REQ_DONATE);
	assert_hex(r.x[2], 16 << 2);
	handle = r.x[1];
	host_write64(&h, list, host_desc(&h, pa, 2, 2));
	r = smc_regs(&h, RMI_OP_MEM_DONATE, handle, list, 1);
	assert_int_equal(RMI_RESULT_MEM(r.x[0]), RMI_OP_MEM_REQ_NONE);
	assert_hex(r.x[1], 16);
	assert_hex(smc(&h, RMI_OP_CONTINUE, handle, 0), 0);
	assert_state(&h, rec, REC);
	host_end(&h);
}

/* OP-71: 128 entries of 256 KiB in 16 start tables; with granule_tables one ends after 8 of them. */
static void a_reduced_fan_out_ends_a_start_table(void **state)
{
	static const rmm_ipa tops[] = { 0x2000000, 0x200000 };
	struct rmm_config cfg = { .fanout_bits = 3 };
	struct host h;

	for (unsigned i = 0; i < 2; i++) {
		struct rmm_profile profile = { .name = "tables", .granule_tables = i };

		host_realm(&h, &(struct setup){ .s2sz = 25, .custom = &profile, .config = &cfg });
		host_tables(&h, 0, 2);
		assert_hex(smc_regs(&h, RMI_RTT_DESTROY, h.rd, 0, 2).x[2], tops[i]);
		host_end(&h);
	}
}

/* Bank above 2^48: 4 KiB pages there. */
#define HIGH (UINT64_C(1) << 48)

static void high_realm(struct host *h, struct rmm_config *cfg, enum rmi_edition edition,
		       uint64_t flags0)
{
	cfg->pa_bits = 52;
	cfg->banks[0] = (struct rmm_bank){ HOST_BASE, 0x10000000 };
	cfg->banks[1] = (struct rmm_bank){ HIGH, 0x10000000 };
	cfg->nr_banks = 2;
	host_realm(h, &(struct setup){ .edition = edition, .flags0 = flags0, .config = cfg });
	assert_hex(smc_regs(h, RMI_FEATURES, 1).x[1] >> 14 & 7, 6); /* PPS: 52 bits */
	host_delegate(h, HIGH, 0x10000);
}

static void tables_hold_no_address(struct host *h, bool above_48_bits)
{
	uint64_t before = rmm_state_hash(h->rmm), x0 = above_48_bits ? RMI_ERROR_INPUT : 0;
	rmm_pa src = host_pages(h, 1);
	rmm_ipa ipa = 0x80000000;

	assert_hex(smc(h, RMI_RTT_CREATE, h->rd, HIGH, 0, 2), x0);
	if (x0)
		assert_hex(rmm_state_hash(h->rmm), before);
	host_tables(h, ipa, 3);
	host_tables(h, S41, 3);
	assert_hex(smc(h, RMI_RTT_DATA_MAP_INIT, h->rd, HIGH + 0x1000, ipa, src, 0), x0);
	assert_hex(smc(h, RMI_RTT_DATA_MAP, h->rd, ipa + 0x1000, ipa + 0x2000, 1,
		       host_desc(h, HIGH + 0x2000, 3, 1)),
		   x0);
	assert_hex(smc(h, RMI_RTT_UNPROT_MAP, h->rd, S41, S41 + 0x1000, 1 | 3 << 19,
		       host_desc(h, HIGH + 0x100000, 3, 1)),
		   x0);
	/* the last page below passes */
	assert_hex(smc(h, RMI_RTT_UNPROT_MAP, h->rd, S41 + 0x1000, S41 + 0x2000, 1 | 3 << 19,
		       host_desc(h, HIGH - 0x1000, 3, 1)),
		   0);
	if (!x0)
		assert_hex(smc_regs(h, RMI_RTT_READ_ENTRY, h->rd, ipa + 0x1000, 3).x[3],
			   HIGH + 0x2000);
}

static void only_lpa2_puts_52_bit_addresses_into_tables(void **state)
{
	struct rmm_config cfg = { .features.lpa2 = true };
	struct host h;

	high_realm(&h, &cfg, RMI_BET1, 0);
	tables_hold_no_address(&h, true);
	host_end(&h);
	high_realm(&h, &cfg, RMI_BET1, RMI_REALM_LPA2);
	tables_hold_no_address(&h, false);
	host_end(&h);
}

/* OP-18: S2OASZ in bits 40:33 says it, and the realm's flag is not looked at. */
static void from_bet3_on_s2oasz_says_what_tables_hold(void **state)
{
	struct rmm_config with = { .features.lpa2 = true }, without = { 0 };
	struct host h;

	high_realm(&h, &with, RMI_BET3, 0);
	assert_hex(smc_regs(&h, RMI_FEATURES, 0).x[1] >> 33, 52);
	tables_hold_no_address(&h, false);
	host_end(&h);
	high_realm(&h, &without, RMI_BET3, RMI_REALM_LPA2);
	assert_hex(smc_regs(&h, RMI_FEATURES, 0).x[1] >> 33, 48);
	tables_hold_no_address(&h, true);
	host_end(&h);
}

/* 40 bits of PA: S2OASZ is 40, up to bet2 nobody but the tables asks. */
static void s2oasz_is_no_more_than_the_pa_width(void **state)
{
	static const enum rmi_edition editions[] = { RMI_BET1, RMI_BET2, RMI_BET3 };
	struct rmm_config cfg = { .pa_bits = 40 };
	rmm_pa pa = UINT64_C(1) << 40;

	for (unsigned i = 0; i < 3; i++) {
		bool bet3 = editions[i] == RMI_BET3;
		struct host h;

		host_realm(&h, &(struct setup){ .edition = editions[i], .config = &cfg });
		assert_hex(smc_regs(&h, RMI_FEATURES, 0).x[1] >> 33, bet3 ? 40 : 0);
		host_tables(&h, S41, 3);
		assert_hex(smc(&h, RMI_RTT_UNPROT_MAP, h.rd, S41, S41 + 0x1000, 1,
			       host_desc(&h, pa, 3, 1)),
			   bet3 ? RMI_ERROR_INPUT : 0);
		assert_hex(smc(&h, RMI_RTT_UNPROT_MAP, h.rd, S41 + 0x1000, S41 + 0x2000, 1,
			       host_desc(&h, pa - 0x1000, 3, 1)),
			   0);
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
		TEST(only_consistent_start_levels_are_accepted),
		TEST(a_width_above_s2sz_is_not_supported),
		TEST(an_entry_covers_its_level_size),
		TEST(a_walk_may_end_at_level_minus_one),
		TEST(an_abort_at_level_minus_one_has_its_own_status_code),
		TEST(a_reduced_fan_out_is_the_same_in_small),
		TEST(a_reduced_fan_out_counts_in_donations),
		TEST(a_reduced_fan_out_ends_a_start_table),
		TEST(only_lpa2_puts_52_bit_addresses_into_tables),
		TEST(from_bet3_on_s2oasz_says_what_tables_hold),
		TEST(s2oasz_is_no_more_than_the_pa_width),
		TEST(the_upper_half_of_a_new_realm_is_unprotected),
	};

	return cmocka_run_group_tests_name("geometry", tests, NULL, NULL);
}
