/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of commands as a caller sees it; what every command does on nonsense. */
#include <string.h>

#include "host.h"

static void every_command_has_a_fid_and_names_of_its_own(void **state)
{
	const struct rmi_command *c, *other;

	for (unsigned i = 0; (c = rmi_command_at(RMI_BET1, i)); i++) {
		assert_ptr_equal(rmi_command(RMI_BET1, c->fid), c);
		assert_non_null(c->name);
		for (unsigned n = 0; n < c->nr_args; n++)
			assert_non_null(c->args[n].name);
		for (unsigned n = 0; n < c->nr_results; n++)
			assert_non_null(c->results[n].name);
		for (unsigned j = 0; j < i; j++) {
			other = rmi_command_at(RMI_BET1, j);
			assert_true(other->fid < c->fid);
			assert_string_not_equal(other->name, c->name);
		}
	}
	assert_int_equal(rmi_command_at(RMI_BET1, 0)->fid, 0xc4000150);
	assert_null(rmi_command_at(RMI_BET1, 1000));
}

static void the_fids_are_those_of_the_specification(void **state)
{
	static const struct {
		uint64_t fid;
		const char *name;
		unsigned args, results;
	} rows[] = {
		{ 0xc4000150, "VERSION", 1, 2 },
		{ 0xc4000153, "RTT_DATA_MAP_INIT", 5, 0 },
		{ 0xc4000158, "REALM_CREATE", 2, 0 },
		{ 0xc400015a, "REC_CREATE", 3, 0 },
		{ 0xc400015c, "REC_ENTER", 2, 0 },
		{ 0xc400015d, "RTT_CREATE", 4, 0 },
		{ 0xc400015e, "RTT_DESTROY", 3, 2 },
		{ 0xc4000161, "RTT_READ_ENTRY", 3, 4 },
		{ 0xc4000169, "RTT_SET_RIPAS", 4, 1 },
		{ 0xc40001e1, "GRANULE_TRACKING_GET", 2, 3 },
		{ 0xc40001f1, "GRANULE_RANGE_DELEGATE", 2, 1 },
		{ 0xc40001f5, "RTT_DATA_MAP", 5, 1 },
		{ 0xc40001f6, "RTT_DATA_UNMAP", 5, 3 },
		{ 0xc40001fb, "RTT_UNPROT_MAP", 5, 1 },
		{ 0xc40001fc, "RTT_UNPROT_UNMAP", 5, 3 },
		{ 0xc4000208, "OP_MEM_DONATE", 3, 2 },
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct rmi_command *c = rmi_command(RMI_BET1, rows[i].fid);

		assert_non_null(c);
		assert_string_equal(c->name, rows[i].name);
		assert_int_equal(c->nr_args, rows[i].args);
		assert_int_equal(c->nr_results, rows[i].results);
	}
}

static void an_unknown_fid_is_not_supported(void **state)
{
	struct host h;

	host_boot(&h, NULL);
	assert_null(rmi_command(RMI_BET1, 0xc4000151));
	assert_hex(smc(&h, 0xc4000151), UINT64_MAX);
	assert_hex(smc(&h, 0), UINT64_MAX);
	host_end(&h);
}

static void version_2_0_is_the_only_one(void **state)
{
	static const struct {
		uint64_t req, x0;
	} rows[] = { { 0x20000, 0 }, { 0x10000, 1 }, { 0x30000, 1 }, { 0x20001, 1 } };
	struct host h;

	host_boot(&h, NULL);
	for (unsigned i = 0; i < 4; i++) {
		struct rmm_regs r = smc_regs(&h, RMI_VERSION, rows[i].req);

		assert_hex(r.x[0], rows[i].x0);
		assert_hex(r.x[1], 0x20000);
		assert_hex(r.x[2], 0x20000);
	}
	host_end(&h);
}

static void features_beyond_the_last_register_are_zero(void **state)
{
	struct host h;
	uint64_t f0, f1;

	host_boot(&h, NULL);
	f0 = smc_regs(&h, RMI_FEATURES, 0).x[1];
	f1 = smc_regs(&h, RMI_FEATURES, 1).x[1];
	assert_int_equal(f0 & 0xff, 48);          /* S2SZ */
	assert_int_not_equal(f0 >> 14 & 0x3f, 0); /* NUM_BPS */
	assert_int_not_equal(f0 >> 20 & 0x3f, 0); /* NUM_WPS */
	assert_int_equal(f1 & 7, 7);              /* 4K, 16K, 64K */
	assert_int_equal(f1 >> 3 & 7, 7);         /* the three hashes */
	assert_int_equal(f1 >> 14 & 7, 5);        /* 48 bits of PA */
	for (uint64_t i = 2; i < 8; i++)
		assert_hex(smc_regs(&h, RMI_FEATURES, i).x[1], 0);
	assert_hex(smc(&h, RMI_FEATURES, UINT64_MAX), 0);
	host_end(&h);
}

static void commands_before_activation_are_refused(void **state)
{
	struct rmm_config cfg = { 0 };
	struct host h = { .rmm = rmm_new(&cfg, NULL), .page = 0x1000 };
	rmm_pa page = 0x80000000;

	assert_non_null(h.rmm);
	assert_hex(smc(&h, RMI_GRANULE_RANGE_DELEGATE, page, page + 0x1000), RMI_ERROR_GLOBAL);
	assert_hex(smc(&h, RMI_GRANULE_RANGE_UNDELEGATE, page, page + 0x1000), RMI_ERROR_TRACKING);
	assert_hex(smc(&h, RMI_REALM_CREATE, page, page), RMI_ERROR_GLOBAL);
	assert_hex(smc(&h, RMI_RMM_CONFIG_GET, page), RMI_ERROR_GLOBAL);
	assert_hex(smc(&h, RMI_REALM_ACTIVATE, page), RMI_ERROR_INPUT);
	assert_hex(smc_regs(&h, RMI_GRANULE_TRACKING_GET, page, page + 0x1000).x[2],
		   RMI_TRACKING_NONE);
	assert_hex(smc(&h, RMI_RMM_ACTIVATE), 0);
	assert_hex(smc(&h, RMI_RMM_ACTIVATE), RMI_ERROR_GLOBAL);
	assert_hex(smc(&h, RMI_RMM_CONFIG_SET, page), RMI_ERROR_GLOBAL);
	rmm_free(h.rmm);
}

static void configuration_is_checked(void **state)
{
	struct rmm_config cfg = { .granule_shifts = 1u << 12 | 1u << 16 };
	struct host h = { .rmm = rmm_new(&cfg, NULL), .page = 0x1000 };
	rmm_pa page = 0x80000000;

	host_write64(&h, page + 8, 1); /* 16 KiB: not supported here */
	assert_hex(smc(&h, RMI_RMM_CONFIG_SET, page), RMI_ERROR_INPUT);
	host_write64(&h, page + 8, 3);
	assert_hex(smc(&h, RMI_RMM_CONFIG_SET, page), RMI_ERROR_INPUT);
	host_write64(&h, page + 8, 0);
	host_write64(&h, page, 1); /* 4 KiB granules have one tracking size */
	assert_hex(smc(&h, RMI_RMM_CONFIG_SET, page), RMI_ERROR_INPUT);
	host_write64(&h, page + 8, 2);
	assert_hex(smc(&h, RMI_RMM_CONFIG_SET, page + 8), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_RMM_CONFIG_SET, 0x1000), RMI_ERROR_INPUT); /* no memory */
	assert_hex(smc(&h, RMI_RMM_CONFIG_SET, page), 0);
	assert_hex(smc(&h, RMI_RMM_ACTIVATE), 0);
	assert_int_equal(rmm_granule_size(h.rmm), 0x10000);
	assert_hex(smc(&h, RMI_RMM_CONFIG_GET, page + 0x10000), 0);
	assert_hex(host_read64(&h, page + 0x10000), 1);
	assert_hex(host_read64(&h, page + 0x10008), 2);
	rmm_free(h.rmm);
}

static const uint64_t words[] = { 0,
				  1,
				  3,
				  8,
				  0x1000,
				  0x200000,
				  0x80000000,
				  0x80001000,
				  0x80003000,
				  0x80008000,
				  0xffff,
				  UINT64_C(1) << 40,
				  S41,
				  S41 * 2,
				  UINT64_C(1) << 52,
				  UINT64_C(1) << 63,
				  UINT64_MAX - 0xfff,
				  UINT64_MAX };

static uint64_t next_word(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return words[(*seed >> 33) % (sizeof(words) / sizeof(words[0]))];
}

/* Every command with every kind of nonsense: an answer, no lock left, no change when it failed. */
static void nonsense_gets_an_error_and_changes_nothing(void **state)
{
	uint64_t seed = 1;
	unsigned nr = 0;
	struct host h;

	while (rmi_command_at(RMI_BET1, nr))
		nr++;

	host_realm(&h, NULL);
	host_map(&h, 0x1000);
	host_activate(&h);
	for (unsigned round = 0; round < 40000; round++) {
		const struct rmi_command *c = rmi_command_at(RMI_BET1, round % nr);
		uint64_t before = rmm_state_hash(h.rmm), x0, args[6];

		if (c->fid == RMI_REC_ENTER)
			continue;
		for (unsigned i = 0; i < 6; i++)
			args[i] = next_word(&seed);
		if (round & 64)
			args[0] = h.rd;
		x0 = smc_n(&h, c->fid, args, 6).x[0];
		if (x0 == SMCCC_NOT_SUPPORTED) /* bet0 only */
			continue;
		assert_true(RMI_RESULT_STATUS(x0) < RMI_NR_STATUS);
		if (RMI_RESULT_STATUS(x0) != RMI_SUCCESS && RMI_RESULT_STATUS(x0) != RMI_INCOMPLETE)
			assert_hex(rmm_state_hash(h.rmm), before);
	}
	host_end(&h);
}

static void undefined_outputs_are_poison_or_zero(void **state)
{
	struct host h;
	struct rmm_regs r;

	host_boot(&h, NULL);
	r = smc_regs(&h, RMI_GRANULE_RANGE_DELEGATE, 1, 2);
	assert_hex(r.x[1], RMM_POISON);
	host_end(&h);
	host_boot(&h, &(struct setup){ .profile = "linux-friendly" });
	r = smc_regs(&h, RMI_GRANULE_RANGE_DELEGATE, 1, 2);
	assert_hex(r.x[1], 0);
	host_end(&h);
}

static void a_bad_configuration_is_refused_with_a_reason(void **state)
{
	static const struct rmm_profile uneven = { .rec_granules = 12, .rec_contig = true };
	static const struct rmm_profile many = { .tracking_granules = 0x4000 };
	static const struct rmm_config rows[] = {
		{ .edition = (enum rmi_edition)7 },
		{ .pa_bits = 60 },
		{ .ipa_bits = 60 },
		{ .granule_shifts = 1 },
		{ .banks = { { 0x1000, 0x10000 } }, .nr_banks = 1 },
		{ .banks = { { 0x10000, 0 } }, .nr_banks = 1 },
		{ .banks = { { 0x10000, 0x20000 }, { 0x20000, 0x20000 } }, .nr_banks = 2 },
		{ .banks = { { UINT64_C(1) << 48, 0x20000 } }, .nr_banks = 1 },
		{ .nr_banks = 17 },
		{ .size = 3 },
		{ .banks = { { 0x10000, 0x10000, (enum rmm_memory)3 } }, .nr_banks = 1 },
		{ .features = { .l0gptsz = 1 } },
		{ .gpt = (enum rmm_gpt)2 },
		{ .tracking = (enum rmm_tracking)3 },
		{ .profile = &uneven },
		{ .profile = &many },
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *why = NULL;

		assert_null(rmm_new(&rows[i], &why));
		assert_non_null(why);
	}
	rmm_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_command_has_a_fid_and_names_of_its_own),
		TEST(the_fids_are_those_of_the_specification),
		TEST(an_unknown_fid_is_not_supported),
		TEST(version_2_0_is_the_only_one),
		TEST(features_beyond_the_last_register_are_zero),
		TEST(commands_before_activation_are_refused),
		TEST(configuration_is_checked),
		TEST(nonsense_gets_an_error_and_changes_nothing),
		TEST(undefined_outputs_are_poison_or_zero),
		TEST(a_bad_configuration_is_refused_with_a_reason),
	};

	return cmocka_run_group_tests_name("commands", tests, NULL, NULL);
}
