/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands of the realm (B5.4). */
#include "host.h"

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
	c->regs = (struct rmm_regs){ { fid, x1, x2, x3 } };
	assert_hex(host_enter(h, 0, call_once, c), 0);
	return c->result == RMM_REALM_DONE ? c->out.x[0] : UINT64_C(0xe417);
}

#define EXITS UINT64_C(0xe417)

static void version_and_features(void **state)
{
	struct host h;
	struct call c;

	host_realm(&h, NULL);
	host_activate(&h);
	assert_hex(rsi(&h, &c, RSI_VERSION, 0x10001, 0, 0), RSI_SUCCESS);
	assert_hex(c.out.x[1], 0x10001);
	assert_hex(rsi(&h, &c, RSI_VERSION, 0x20000, 0, 0), RSI_ERROR_INPUT);
	assert_hex(c.out.x[2], 0x10001);
	assert_hex(rsi(&h, &c, RSI_FEATURES, 0, 0, 0), RSI_SUCCESS);
	assert_hex(c.out.x[1], 0);
	assert_hex(rsi(&h, &c, 0xc40001ff, 0, 0, 0), UINT64_MAX);
	assert_hex(rsi(&h, &c, 0x1234, 0, 0, 0), UINT64_MAX);
	host_end(&h);
}

static void ipa_state_get_tells_a_uniform_prefix(void **state)
{
	struct host h;
	struct call c;

	host_realm(&h, NULL);
	host_tables(&h, 0, 3);
	assert_hex(smc(&h, RMI_RTT_INIT_RIPAS, h.rd, 0x1000, 0x3000), 0);
	host_activate(&h);
	assert_hex(rsi(&h, &c, RSI_IPA_STATE_GET, 0, 0x10000, 0), RSI_SUCCESS);
	assert_hex(c.out.x[1], 0x1000);
	assert_hex(c.out.x[2], RMI_EMPTY);
	assert_hex(rsi(&h, &c, RSI_IPA_STATE_GET, 0x1000, 0x10000, 0), RSI_SUCCESS);
	assert_hex(c.out.x[1], 0x3000);
	assert_hex(c.out.x[2], RMI_RAM);
	assert_hex(rsi(&h, &c, RSI_IPA_STATE_GET, 0x1000, 0x2000, 0), RSI_SUCCESS);
	assert_hex(c.out.x[1], 0x2000);
	/* a table ends it: 0x200000 is EMPTY at level 2, 0x400000 has a table of RAM */
	host_tables(&h, 0x400000, 3);
	assert_hex(rsi(&h, &c, RSI_IPA_STATE_GET, 0x200000, 0x600000, 0), RSI_SUCCESS);
	assert_hex(c.out.x[1], 0x400000);
	host_end(&h);
}

static void conditions_of_the_ipa_state_commands(void **state)
{
	static const uint64_t rows[][2] = { { 1, 0x1000 },
					    { 0, 0x1001 },
					    { 0x1000, 0x1000 },
					    { 0x2000, 0x1000 },
					    { S41, S41 + 0x1000 },
					    { S41 - 0x1000, S41 + 0x1000 },
					    { 0, UINT64_MAX - 0xfff } };
	struct host h;
	struct call c;

	host_realm(&h, NULL);
	host_activate(&h);
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_hex(rsi(&h, &c, RSI_IPA_STATE_GET, rows[i][0], rows[i][1], 0),
			   RSI_ERROR_INPUT);
		assert_hex(rsi(&h, &c, RSI_IPA_STATE_SET, rows[i][0], rows[i][1], 0),
			   RSI_ERROR_INPUT);
	}
	assert_hex(rsi(&h, &c, RSI_IPA_STATE_SET, 0, 0x1000, RMI_DESTROYED), RSI_ERROR_INPUT);
	assert_hex(rsi(&h, &c, RSI_IPA_STATE_SET, 0, 0x1000, RMI_DEV), RSI_ERROR_INPUT);
	assert_hex(rsi(&h, &c, RSI_IPA_STATE_SET, 0, 0x1000, RMI_RAM), EXITS);
	host_end(&h);
}

static void a_host_call_goes_out_and_comes_back(void **state)
{
	struct host h;
	struct call c;
	rmm_pa pa;

	host_realm(&h, NULL);
	host_tables(&h, 0, 3);
	assert_hex(smc(&h, RMI_RTT_INIT_RIPAS, h.rd, 0x1000, 0x3000), 0);
	pa = host_map(&h, 0x1000);
	host_activate(&h);
	host_write64(&h, pa + 0x100, 0x77); /* imm; written past the PAS check, by pointer */
	host_write64(&h, pa + 0x108 + 8 * 2, 0xabc); /* gprs[2] */
	assert_hex(rsi(&h, &c, RSI_HOST_CALL, 0x1100, 0, 0), EXITS);
	assert_hex(host_exit(&h, RMI_RUN_EXIT_REASON), RMI_EXIT_HOST_CALL);
	assert_hex(host_exit(&h, RMI_RUN_EXIT_IMM), 0x77);
	assert_hex(host_exit(&h, RMI_RUN_EXIT_GPRS + 16), 0xabc);
	host_write64(&h, h.run + RMI_RUN_ENTER_GPRS + 8, 0x1d);
	assert_hex(rsi(&h, &c, RSI_HOST_CALL, 0x1100, 0, 0), RSI_SUCCESS);
	assert_hex(host_read64(&h, pa + 0x110), 0x1d);
	/* the answer is the realm's: it does not come back with the page */
	assert_hex(smc(&h, RMI_RTT_DATA_UNMAP, h.rd, 0x1000, 0x2000, 0, 0), 0);
	assert_hex(smc(&h, RMI_GRANULE_RANGE_UNDELEGATE, pa, pa + 0x1000), 0);
	assert_hex(host_read64(&h, pa + 0x110), 0);
	host_end(&h);
}

static void interrupted_first(struct host *h, struct rmm_rec *rec)
{
	rmm_realm_irq(h->rmm, rec);
}

/* A4.2: the answer is the realm's from the entry on, whatever makes it leave next. */
static void an_interrupt_does_not_take_an_answer_away(void **state)
{
	struct host h;
	struct call c;
	rmm_pa pa;

	host_realm(&h, NULL);
	host_tables(&h, 0, 3);
	assert_hex(smc(&h, RMI_RTT_INIT_RIPAS, h.rd, 0x1000, 0x3000), 0);
	pa = host_map(&h, 0x1000);
	host_activate(&h);
	assert_hex(rsi(&h, &c, RSI_HOST_CALL, 0x1100, 0, 0), EXITS);
	host_write64(&h, h.run + RMI_RUN_ENTER_GPRS, 0x1d);
	assert_hex(host_enter(&h, 0, interrupted_first, NULL), 0);
	assert_hex(host_exit(&h, RMI_RUN_EXIT_REASON), RMI_EXIT_IRQ);
	host_write64(&h, h.run + RMI_RUN_ENTER_GPRS, 0x2e);
	assert_hex(rsi(&h, &c, RSI_HOST_CALL, 0x1100, 0, 0), RSI_SUCCESS);
	assert_hex(host_read64(&h, pa + 0x108), 0x1d);
	assert_hex(rsi(&h, &c, RSI_HOST_CALL, 0x1100, 0, 0), EXITS); /* the next one is new */

	assert_hex(host_enter(&h, 0, NULL, NULL), 0);
	assert_hex(rsi(&h, &c, RSI_VERSION, 0x10001, 0, 0), RSI_SUCCESS); /* another operation */
	assert_hex(rsi(&h, &c, RSI_IPA_STATE_SET, 0x4000, 0x6000, RMI_RAM), EXITS);
	assert_hex(smc(&h, RMI_RTT_SET_RIPAS, h.rd, h.rec, 0x4000, 0x5000), 0);
	assert_hex(host_enter(&h, RMI_ENTER_RIPAS_REJECT, interrupted_first, NULL), 0);
	assert_hex(smc(&h, RMI_RTT_SET_RIPAS, h.rd, h.rec, 0x5000, 0x6000), RMI_ERROR_INPUT);
	assert_hex(rsi(&h, &c, RSI_IPA_STATE_SET, 0x4000, 0x6000, RMI_RAM), RSI_SUCCESS);
	assert_hex(c.out.x[1], 0x5000);
	assert_hex(c.out.x[2], RSI_REJECT);
	host_end(&h);
}

static uint64_t hash_after_answer(uint64_t flags)
{
	uint64_t hash;
	struct host h;
	struct call c;

	host_realm(&h, NULL);
	host_activate(&h);
	assert_hex(rsi(&h, &c, RSI_IPA_STATE_SET, 0x4000, 0x6000, RMI_RAM), EXITS);
	assert_hex(host_enter(&h, flags, interrupted_first, NULL), 0);
	hash = rmm_state_hash(h.rmm);
	host_end(&h);
	return hash;
}

static void an_answer_that_the_realm_has_yet_to_see_is_state(void **state)
{
	assert_hex(hash_after_answer(0), hash_after_answer(0));
	assert_int_not_equal(hash_after_answer(0), hash_after_answer(RMI_ENTER_RIPAS_REJECT));
}

static void a_host_call_needs_memory(void **state)
{
	struct host h;
	struct call c;

	host_realm(&h, NULL);
	host_tables(&h, 0, 3);
	assert_hex(smc(&h, RMI_RTT_INIT_RIPAS, h.rd, 0x1000, 0x3000), 0);
	host_map(&h, 0x1000);
	host_activate(&h);
	assert_hex(rsi(&h, &c, RSI_HOST_CALL, 0x1080, 0, 0), RSI_ERROR_INPUT);
	assert_hex(rsi(&h, &c, RSI_HOST_CALL, S41, 0, 0), RSI_ERROR_INPUT);
	assert_hex(rsi(&h, &c, RSI_HOST_CALL, 0x5000, 0, 0), RSI_ERROR_INPUT); /* EMPTY */
	assert_hex(rsi(&h, &c, RSI_HOST_CALL, 0x2100, 0, 0), EXITS);           /* not mapped */
	assert_hex(host_exit(&h, RMI_RUN_EXIT_REASON), RMI_EXIT_SYNC);
	assert_hex(host_exit(&h, RMI_RUN_EXIT_ESR), 0x90000007);
	assert_hex(host_exit(&h, RMI_RUN_EXIT_HPFAR), 0x2000 >> 8); /* aligned (OP-63) */
	/* and when the page goes away before the answer is written, the REC leaves at once */
	assert_hex(rsi(&h, &c, RSI_HOST_CALL, 0x1100, 0, 0), EXITS);
	assert_hex(host_exit(&h, RMI_RUN_EXIT_REASON), RMI_EXIT_HOST_CALL);
	assert_hex(smc(&h, RMI_RTT_DATA_UNMAP, h.rd, 0x1000, 0x2000, 0, 0), 0);
	c.result = RMM_REALM_DONE;
	assert_hex(host_enter(&h, 0, call_once, &c), 0);
	assert_int_equal(c.result, RMM_REALM_DONE); /* the realm did not run */
	assert_hex(host_exit(&h, RMI_RUN_EXIT_REASON), RMI_EXIT_SYNC);
	assert_hex(host_exit(&h, RMI_RUN_EXIT_HPFAR), 0x1000 >> 8);
	host_map(&h, 0x1000);
	host_end(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(version_and_features),
		TEST(ipa_state_get_tells_a_uniform_prefix),
		TEST(conditions_of_the_ipa_state_commands),
		TEST(a_host_call_goes_out_and_comes_back),
		TEST(an_interrupt_does_not_take_an_answer_away),
		TEST(an_answer_that_the_realm_has_yet_to_see_is_state),
		TEST(a_host_call_needs_memory),
	};

	return cmocka_run_group_tests_name("rsi", tests, NULL, NULL);
}
