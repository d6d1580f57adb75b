/* SPDX-License-Identifier: BSD-2-Clause */
/* Whatever a realm does, in whatever order: no crash, no lock left, and the host goes on. */
#include "host.h"

#define ENTRIES 4000

static uint64_t random_state;

static uint64_t draw(uint64_t n)
{
	random_state = random_state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return n ? (random_state >> 33) % n : random_state;
}

/* Functions there are, near them, and none. */
static uint64_t some_fid(void)
{
	switch (draw(4)) {
	case 0:
		return 0xc4000190 + draw(0x30);
	case 1:
		return 0x84000000 + draw(0xc);
	case 2:
		return 0xc4000000 + draw(5);
	default:
		return draw(8) ? RSI_PLANE_ENTER : draw(0);
	}
}

static uint64_t some_value(void)
{
	static const uint64_t edges[] = { 0,          1,       2,        3,      15,
					  0x100,      0x1000,  0x2000,   0x3000, 0x5000,
					  S41,        2 * S41, S41 - 1,  0xfff,  UINT64_MAX,
					  0x80000000, 64,      0x200000, 5,      0x1100 };

	return draw(6) ? edges[draw(sizeof(edges) / sizeof(edges[0]))] : draw(0);
}

static enum rmm_realm_result some_smc(struct host *h, struct rmm_rec *rec)
{
	struct rmm_regs regs = { { some_fid() } };

	for (unsigned i = 1; i < 18; i++)
		regs.x[i] = some_value();
	return rmm_realm_smc(h->rmm, rec, &regs);
}

static enum rmm_realm_result some_access(struct host *h, struct rmm_rec *rec)
{
	struct rmm_access a = { .ipa = some_value() & ~7,
				.size = 1u << draw(4),
				.write = draw(2),
				.fetch = draw(8) == 0,
				.isv = draw(2),
				.srt = (unsigned)draw(33) };

	return draw(8) ? rmm_realm_access(h->rmm, rec, &a)
		       : rmm_realm_abort(h->rmm, rec, &a, (unsigned)draw(0));
}

static enum rmm_realm_result some_exit(struct host *h, struct rmm_rec *rec)
{
	struct rmm_sysreg reg = { (uint32_t)draw(0), draw(2), (unsigned)draw(40), draw(0) };
	struct rmm_counters n = { draw(0), draw(0), draw(0), draw(0), 1 };

	switch (draw(8)) {
	case 0:
		return rmm_realm_sysreg(h->rmm, rec, &reg);
	case 1:
		return rmm_realm_serror(h->rmm, rec, (uint32_t)draw(0));
	case 2:
		return rmm_realm_hvc(h->rmm, rec, (uint16_t)draw(0));
	case 3:
		return rmm_realm_irq(h->rmm, rec);
	case 4:
		rmm_realm_set_counters(h->rmm, rec, &n);
		return rmm_realm_fiq(h->rmm, rec);
	default:
		return rmm_realm_wfx(h->rmm, rec, (enum rmm_wfx)draw(4), draw(0));
	}
}

static void anything(struct host *h, struct rmm_rec *rec)
{
	enum rmm_realm_result result;

	for (unsigned i = draw(12); i; i--) {
		switch (draw(4)) {
		case 0:
			result = some_access(h, rec);
			break;
		case 1:
			result = some_exit(h, rec);
			break;
		default:
			result = some_smc(h, rec);
		}
		assert_true(result <= RMM_REALM_PLANE);
		assert_true(rmm_rec_plane(rec) <= 3);
		assert_int_equal(rmm_locks_held(h->rmm), 0);
	}
}

static void new_realm(struct host *h, const struct setup *s, bool planes)
{
	host_prepare_realm(h, s);
	host_write64(h, h->params + RMI_PARAMS_AUX_PLANES, planes ? 3 : 0);
	host_write64(h, h->params + RMI_PARAMS_FLAGS1, planes ? RMI_REALM_S2AP_INDIRECT : 0);
	assert_hex(smc(h, RMI_REALM_CREATE, h->rd, h->params), 0);
	host_tables(h, 0, 3);
	assert_hex(smc(h, RMI_RTT_INIT_RIPAS, h->rd, 0x1000, 0x4000), 0);
	host_map(h, 0x1000);
	host_map(h, 0x3000);
	host_activate(h);
}

static void nonsense(const struct setup *s, bool planes)
{
	struct host h;

	new_realm(&h, s, planes);
	for (unsigned i = 0; i < ENTRIES; i++) {
		uint64_t x0;

		for (unsigned g = 0; g < 31; g++)
			host_write64(&h, h.run + RMI_RUN_ENTER_GPRS + 8 * g, draw(0));
		x0 = host_enter(&h, draw(3) ? draw(0x100) : 0, anything, NULL);
		smc_regs(&h, RMI_PSCI_COMPLETE, h.rec, some_value(), 0);
		if (x0 == RMI_ERROR_REALM || (x0 == RMI_ERROR_REC && !draw(20))) {
			/* switched off, or waiting for what cannot come */
			host_end(&h);
			new_realm(&h, s, planes);
		} else {
			assert_true(x0 == 0 || x0 == RMI_ERROR_REC);
		}
	}
	host_end(&h);
}

static void nonsense_of_a_realm_does_no_harm(void **state)
{
	static const struct rmm_config planes = { .features = { .max_aux_planes = 3,
								.s2ap_indirect = true,
								.rtt_plane =
									RMI_RTT_PLANE_SINGLE } };

	random_state = 1;
	nonsense(&(struct setup){ .config = &planes }, true);
	nonsense(&(struct setup){ .edition = RMI_BET3, .granule_shift = 12 }, false);
	nonsense(&(struct setup){ .profile = "tf-rmm-2026-07" }, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(nonsense_of_a_realm_does_no_harm) };

	return cmocka_run_group_tests_name("realm nonsense", tests, NULL, NULL);
}
