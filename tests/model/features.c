/* SPDX-License-Identifier: BSD-2-Clause */
/* Feature registers from the configuration (B4.6; rmm-abi 9). */
#include "host.h"

static uint64_t reg(struct host *h, uint64_t index)
{
	return smc_regs(h, RMI_FEATURES, index).x[1];
}

/* rmm-abi 9: each field alone, at its place; the defaults around it. */
static void a_feature_stands_in_its_field(void **state)
{
	static const uint64_t defaults[] = { 48 | 5 << 14 | 3 << 20,
					     7 | 7 << 3 | 10 << 6 | 5 << 14 };
	static const struct {
		struct rmm_features f;
		unsigned index;
		uint64_t clear, set;
	} rows[] = {
		{ { .lpa2 = true }, 0, 0, 1 << 8 },
		{ { .sve = true, .sve_vl = 15 }, 0, 0, 1 << 9 | 15 << 10 },
		{ { .sve_vl = 15 }, 0, 0, 0 },
		{ { .num_bps = 63 }, 0, 0, 63 << 14 },
		{ { .num_wps = 63 }, 0, 0, 63 << 20 },
		{ { .pmu = true, .pmu_num_ctrs = 31 }, 0, 0, UINT64_C(0xfc000000) },
		{ { .pmu_num_ctrs = 31 }, 0, 0, 0 },
		{ { .hashes = 1u << RMI_HASH_SHA_256 }, 1, 7 << 3, 1 << 3 },
		{ { .hashes = 1u << RMI_HASH_SHA_384 }, 1, 7 << 3, 1 << 4 },
		{ { .hashes = 1u << RMI_HASH_SHA_512 }, 1, 7 << 3, 1 << 5 },
		{ { .max_recs_order = 15 }, 1, 0, 15 << 6 },
		{ { .l0gptsz = 9 }, 1, 0, 9 << 10 },
		{ { .da = true }, 2, 0, 1 << 0 },
		{ { .da_coh = true }, 2, 0, 1 << 1 },
		{ { .vsmmu = true }, 2, 0, 1 << 2 },
		{ { .ats = true }, 2, 0, 1 << 3 },
		{ { .max_vdevs_order = 15 }, 2, 0, 15 << 4 },
		{ { .max_aux_planes = 3 }, 3, 0, 3 },
		{ { .rtt_plane = RMI_RTT_PLANE_SINGLE }, 3, 0, 2 << 4 },
		{ { .s2ap_indirect = true }, 3, 0, 1 << 6 },
		{ { .mec_count = UINT64_MAX }, 4, 0, UINT64_MAX },
		{ { .vmids = 7 }, 5, 0, 0 },
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rmm_config cfg = { .features = rows[i].f };
		struct host h;

		host_boot(&h, &(struct setup){ .config = &cfg });
		for (unsigned index = 0; index < 6; index++) {
			uint64_t value = index < 2 ? defaults[index] : 0;

			if (index == rows[i].index)
				value = (value & ~rows[i].clear) | rows[i].set;
			if (reg(&h, index) != value)
				fail_msg("row %u, register %u", i, index);
		}
		host_end(&h);
	}
}

static void features_that_do_not_fit_are_refused_with_a_reason(void **state)
{
	static const struct rmm_config rows[] = {
		{ .features.sve_vl = 16 },
		{ .features.num_bps = 64 },
		{ .features.num_wps = 64 },
		{ .features.pmu_num_ctrs = 32 },
		{ .features.hashes = 8 },
		{ .features.max_recs_order = 16 },
		{ .features.max_vdevs_order = 16 },
		{ .features.l0gptsz = 1 },
		{ .features.max_aux_planes = 4 },
		{ .features.rtt_plane = (enum rmi_rtt_plane_feature)3 },
		{ .ipa_bits = 49 },
		{ .ipa_bits = 53, .features.lpa2 = true },
		{ .ipa_bits = 31 },
		{ .ipa_bits = 15, .fanout_bits = 3 },
		{ .fanout_bits = 10 },
		{ .fanout_bits = UINT32_MAX },
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *why = NULL;

		assert_null(rmm_new(&rows[i], &why));
		assert_non_null(why);
	}
}

static void max_recs_order_limits_the_recs_of_a_realm(void **state)
{
	struct rmm_profile sync = { .name = "sync" };
	struct rmm_config cfg = { .features.max_recs_order = 2 };
	struct host h;
	rmm_pa rp;

	host_realm(&h, &(struct setup){ .custom = &sync, .config = &cfg });
	rp = host_pages(&h, 1);
	for (uint64_t i = 0; i < 4; i++) {
		host_write64(&h, rp + RMI_REC_PARAMS_MPIDR, i);
		assert_hex(smc(&h, RMI_REC_CREATE, h.rd, host_delegated(&h, 1), rp),
			   i < 3 ? 0 : RMI_ERROR_REALM);
	}
	host_end(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_feature_stands_in_its_field),
		TEST(features_that_do_not_fit_are_refused_with_a_reason),
		TEST(max_recs_order_limits_the_recs_of_a_realm),
	};

	return cmocka_run_group_tests_name("features", tests, NULL, NULL);
}
