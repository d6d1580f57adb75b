/* SPDX-License-Identifier: BSD-2-Clause */
/* The state of the RMM itself, its configuration, the platform token (rmm-commands Part 1). */
#include <string.h>

#include "host.h"

static unsigned splits(void *ctx, const char *label, unsigned n)
{
	return !strcmp(label, "activate");
}

/* Not activated. */
static struct host boot(struct rmm_config cfg, const char *profile)
{
	struct host h = { .page = 0x1000, .next = HOST_BASE };

	cfg.profile = rmm_profile_find(profile);
	h.rmm = rmm_new(&cfg, NULL);
	assert_non_null(h.rmm);
	return h;
}

static uint64_t state_of(struct host *h)
{
	struct rmm_regs r = smc_regs(h, RMI_RMM_STATE_GET);

	assert_hex(r.x[0], 0);
	return r.x[1];
}

static void the_rmm_tells_its_state_from_bet2_on(void **state)
{
	for (int e = RMI_BET1; e <= RMI_BET3; e++) {
		struct host h =
			boot((struct rmm_config){ .edition = (enum rmi_edition)e }, "strict");

		if (e == RMI_BET1) { /* the same number is VSMMU_EVENT_COMPLETE */
			assert_hex(smc(&h, RMI_RMM_STATE_GET), RMI_ERROR_NOT_SUPPORTED);
		} else {
			assert_int_equal(state_of(&h), 0);
			assert_hex(smc(&h, RMI_RMM_ACTIVATE), 0);
			assert_int_equal(state_of(&h), 2);
		}
		rmm_free(h.rmm);
	}
}

static void activation_may_be_an_operation(void **state)
{
	struct host h =
		boot((struct rmm_config){ .edition = RMI_BET2, .choose = splits }, "strict");
	rmm_pa page = host_pages(&h, 1);
	struct rmm_regs r = smc_regs(&h, RMI_RMM_ACTIVATE);

	assert_hex(r.x[0], 0x00d); /* no memory, cannot be cancelled */
	assert_hex(r.x[2], 0);
	assert_int_equal(state_of(&h), 1);
	assert_int_equal(rmm_open_operations(h.rmm), 1);
	assert_hex(smc(&h, RMI_RMM_ACTIVATE), RMI_ERROR_GLOBAL);
	assert_hex(smc(&h, RMI_RMM_CONFIG_SET, page), RMI_ERROR_GLOBAL);
	assert_hex(smc(&h, RMI_RMM_CONFIG_GET, page), RMI_ERROR_GLOBAL);
	assert_hex(smc(&h, RMI_REALM_CREATE, page, page), RMI_ERROR_GLOBAL);
	assert_hex(smc(&h, RMI_GRANULE_RANGE_DELEGATE, page, page + 0x1000), RMI_ERROR_GLOBAL);
	assert_hex(smc(&h, RMI_OP_CANCEL, r.x[1]), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_OP_MEM_DONATE, r.x[1], page, 0), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_OP_CONTINUE, r.x[1], 0), 0);
	assert_int_equal(state_of(&h), 2);
	assert_int_equal(rmm_open_operations(h.rmm), 0);
	assert_hex(smc(&h, RMI_GRANULE_RANGE_DELEGATE, page, page + 0x1000), 0);
	rmm_free(h.rmm);
}

static void deactivation_needs_every_granule_back(void **state)
{
	struct host h = boot((struct rmm_config){ .edition = RMI_BET3 }, "strict");
	rmm_pa page = 0x80010000;
	struct rmm_regs r;

	assert_hex(smc(&h, RMI_RMM_DEACTIVATE), RMI_ERROR_GLOBAL);
	assert_hex(smc(&h, RMI_RMM_ACTIVATE), 0);
	assert_hex(smc(&h, RMI_GRANULE_RANGE_DELEGATE, page, page + 0x1000), 0);
	assert_hex(smc(&h, RMI_RMM_DEACTIVATE), RMI_ERROR_GLOBAL);
	assert_int_equal(state_of(&h), 2);
	assert_hex(smc(&h, RMI_GRANULE_RANGE_UNDELEGATE, page, page + 0x1000), 0);
	assert_int_equal(rmm_tracked_regions(h.rmm), 1);
	r = smc_regs(&h, RMI_RMM_DEACTIVATE);
	for (int i = 0; i < 4; i++)
		assert_hex(r.x[i], 0);
	assert_int_equal(state_of(&h), 0);
	assert_int_equal(rmm_tracked_regions(h.rmm), 0);
	/* everything can be configured anew */
	host_write64(&h, page + 8, 2);
	assert_hex(smc(&h, RMI_RMM_CONFIG_SET, page), 0);
	assert_hex(smc(&h, RMI_RMM_ACTIVATE), 0);
	assert_int_equal(rmm_granule_size(h.rmm), 0x10000);
	assert_hex(smc(&h, RMI_GRANULE_RANGE_DELEGATE, page, page + 0x10000), 0);
	rmm_free(h.rmm);
}

static void deactivation_waits_for_open_operations(void **state)
{
	struct host h = boot((struct rmm_config){ .edition = RMI_BET3 }, "strict");
	struct rmm_regs r;

	assert_hex(smc(&h, RMI_RMM_ACTIVATE), 0);
	assert_hex(smc(&h, RMI_GRANULE_TRACKING_SET, HOST_BASE, 0, RMI_TRACKING_NONE), 0);
	r = smc_regs(&h, RMI_GRANULE_TRACKING_SET, HOST_BASE, 0, RMI_TRACKING_FINE);
	assert_hex(r.x[0], 0x10d);
	assert_hex(smc(&h, RMI_RMM_DEACTIVATE), RMI_BLOCKED);
	rmm_free(h.rmm);
}

static void deactivation_is_of_bet3(void **state)
{
	struct host h = boot((struct rmm_config){ .edition = RMI_BET2 }, "strict");

	assert_hex(smc(&h, RMI_RMM_ACTIVATE), 0);
	assert_hex(smc(&h, RMI_RMM_DEACTIVATE), UINT64_MAX);
	assert_int_equal(state_of(&h), 2);
	rmm_free(h.rmm);
}

/* OP-15 */
static void a_profile_may_tell_the_configuration_at_any_time(void **state)
{
	static const struct {
		const char *profile;
		uint64_t x0;
	} rows[] = { { "strict", RMI_ERROR_GLOBAL },
		     { "linux-friendly", 0 },
		     { "bet1-leaf", 0 },
		     { "bet1-leaf-1", 0 },
		     { "tf-rmm-2026-07", 0 } };

	for (unsigned i = 0; i < 5; i++) {
		struct host h = boot((struct rmm_config){ 0 }, rows[i].profile);
		rmm_pa page = host_pages(&h, 1);

		host_write64(&h, page + 8, 7);
		assert_hex(smc(&h, RMI_RMM_CONFIG_GET, page), rows[i].x0);
		assert_hex(host_read64(&h, page + 8), rows[i].x0 ? 7 : 0);
		rmm_free(h.rmm);
	}
}

static void what_is_tracked_cannot_be_configured_anew(void **state)
{
	struct host h = boot((struct rmm_config){ .tracked_from_boot = true }, "strict");
	rmm_pa page = host_pages(&h, 1);
	uint64_t before = rmm_state_hash(h.rmm);

	assert_int_equal(rmm_tracked_regions(h.rmm), 1);
	assert_hex(smc_regs(&h, RMI_GRANULE_TRACKING_GET, page, page + 0x1000).x[2],
		   RMI_TRACKING_FINE);
	assert_hex(smc(&h, RMI_RMM_CONFIG_SET, page), RMI_ERROR_INPUT);
	assert_hex(rmm_state_hash(h.rmm), before);
	rmm_free(h.rmm);
	h = boot((struct rmm_config){ 0 }, "strict");
	assert_hex(smc(&h, RMI_RMM_CONFIG_SET, page), 0);
	rmm_free(h.rmm);
}

static void a_realm_needs_a_valid_platform_token(void **state)
{
	struct rmm_config cfg = { .edition = RMI_BET3, .pat_needs_refresh = true };
	struct host h = boot(cfg, "strict");
	rmm_pa page = host_pages(&h, 1);

	assert_hex(smc(&h, RMI_ATTEST_PLAT_TOKEN_REFRESH), RMI_ERROR_GLOBAL);
	assert_hex(smc(&h, RMI_RMM_ACTIVATE), 0);
	assert_hex(smc(&h, RMI_REALM_CREATE, page, page + 1), RMI_ERROR_GLOBAL);
	assert_hex(smc(&h, RMI_ATTEST_PLAT_TOKEN_REFRESH), 0);
	assert_hex(smc(&h, RMI_REALM_CREATE, page, page + 1), RMI_ERROR_INPUT);
	assert_hex(smc(&h, RMI_RMM_DEACTIVATE), 0);
	assert_hex(smc(&h, RMI_REALM_CREATE, page, page + 1), RMI_ERROR_GLOBAL);
	rmm_free(h.rmm);
	/* the default: valid from activation on */
	h = boot((struct rmm_config){ 0 }, "strict");
	assert_hex(smc(&h, RMI_REALM_CREATE, page, page + 1), RMI_ERROR_GLOBAL);
	assert_hex(smc(&h, RMI_RMM_ACTIVATE), 0);
	assert_hex(smc(&h, RMI_REALM_CREATE, page, page + 1), RMI_ERROR_INPUT);
	rmm_free(h.rmm);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_rmm_tells_its_state_from_bet2_on),
		TEST(activation_may_be_an_operation),
		TEST(deactivation_needs_every_granule_back),
		TEST(deactivation_waits_for_open_operations),
		TEST(deactivation_is_of_bet3),
		TEST(a_profile_may_tell_the_configuration_at_any_time),
		TEST(what_is_tracked_cannot_be_configured_anew),
		TEST(a_realm_needs_a_valid_platform_token),
	};

	return cmocka_run_group_tests_name("global", tests, NULL, NULL);
}
