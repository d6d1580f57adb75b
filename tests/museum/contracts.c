/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The contracts that find the exhibits, one at a time, on made-up calls: what each objects to, and what it
 * lets pass. Words are from the worked values of the range descriptor (4K granules, bet1 unless said).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <rmisim/check.h>

#define BANK       UINT64_C(0x880000000)
#define IPA        UINT64_C(0x88200000)
#define SHARED_IPA UINT64_C(0x10088200000)
#define PAGE       UINT64_C(0x1000)
#define BLOCK      UINT64_C(0x200000)

static int setup(void **state)
{
	struct rmm_config config = {
		.banks = { { .base = BANK, .size = UINT64_C(64) << 20 } },
		.nr_banks = 1,
	};

	*state = rmm_new(&config, NULL);
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	rmm_free(*state);
	return 0;
}

/* What a call is judged to be. */
static enum sim_contract judge_as(struct sim_check *check, uint64_t fid, const uint64_t args[5])
{
	struct rmm_regs regs = { { fid, args[0], args[1], args[2], args[3], args[4] } };
	struct rmm_event call = {
		.kind = RMM_EVENT_RMI_CALL,
		.command = rmi_command(RMI_BET1, fid),
		.regs_in = &regs,
	};
	struct sim_event event = { .kind = SIM_EVENT_RMI_CALL, .rmm = &call };
	bool broken;

	assert_non_null(call.command);
	broken = sim_check_event(check, &event);
	assert_true(!broken || (check->broken != SIM_CONTRACT_NONE && check->text[0]));
	return broken ? check->broken : SIM_CONTRACT_NONE;
}

static enum sim_contract judge(struct rmm *rmm, uint64_t fid, const uint64_t args[5])
{
	struct sim_check check;

	sim_check_init(&check, rmm, RMI_BET1);
	return judge_as(&check, fid, args);
}

static enum sim_contract judge_unprot(void **state, uint64_t size, uint64_t desc)
{
	return judge(*state, RMI_RTT_UNPROT_MAP,
		     (uint64_t[]){ BANK, SHARED_IPA, SHARED_IPA + size, 0x1e0001, desc });
}

static enum sim_contract judge_data(void **state, uint64_t size, uint64_t desc)
{
	return judge(*state, RMI_RTT_DATA_MAP, (uint64_t[]){ BANK, IPA, IPA + size, 1, desc });
}

/* Hand the host's memory at [pa, pa+size) to the RMM. */
static void delegate(struct rmm *rmm, uint64_t pa, uint64_t size)
{
	struct rmm_regs regs = { { RMI_GRANULE_RANGE_DELEGATE, pa, pa + size } };

	rmm_smc(rmm, 0, &regs);
	assert_int_equal(regs.x[0], RMI_SUCCESS);
}

/* The RMM wants to be configured (4K, which is the zero page) and activated before it takes memory. */
static void activate(struct rmm *rmm)
{
	struct rmm_regs config = { { RMI_RMM_CONFIG_SET, BANK } }, go = { { RMI_RMM_ACTIVATE } };

	rmm_smc(rmm, 0, &config);
	assert_int_equal(config.x[0], RMI_SUCCESS);
	rmm_smc(rmm, 0, &go);
	assert_int_equal(go.x[0], RMI_SUCCESS);
}

static void a_page_of_the_host_mapped_as_undelegated_keeps_every_contract(void **state)
{
	assert_int_equal(judge_unprot(state, PAGE, UINT64_C(0x8000000880001004)),
			 SIM_CONTRACT_NONE);
}

static void a_page_of_the_host_called_delegated_breaks_the_state_contract(void **state)
{
	assert_int_equal(judge_unprot(state, PAGE, UINT64_C(0x880001004)), SIM_CONTRACT_DESC_STATE);
}

static void a_page_mapped_as_data_before_it_is_delegated_breaks_the_state_contract(void **state)
{
	assert_int_equal(judge_data(state, PAGE, UINT64_C(0x880001004)), SIM_CONTRACT_DESC_STATE);
}

static void delegated_memory_mapped_as_data_keeps_every_contract(void **state)
{
	activate(*state);
	delegate(*state, BANK + BLOCK, BLOCK);
	assert_int_equal(judge_data(state, PAGE, UINT64_C(0x880200004)), SIM_CONTRACT_NONE);
	assert_int_equal(judge_data(state, BLOCK, UINT64_C(0x880200005)), SIM_CONTRACT_NONE);
}

static void delegated_memory_called_undelegated_breaks_the_state_contract(void **state)
{
	activate(*state);
	delegate(*state, BANK + BLOCK, PAGE);
	assert_int_equal(judge_unprot(state, PAGE, UINT64_C(0x8000000880200004)),
			 SIM_CONTRACT_DESC_STATE);
}

/* v13's words for one page and for one 2 MiB block: one 512 GiB block, one 1 GiB block. */
static void a_descriptor_larger_than_its_range_breaks_the_fit_contract(void **state)
{
	assert_int_equal(judge_unprot(state, PAGE, UINT64_C(0x8000000880000007)),
			 SIM_CONTRACT_DESC_FITS);
	assert_int_equal(judge_unprot(state, BLOCK, UINT64_C(0x8000000880000006)),
			 SIM_CONTRACT_DESC_FITS);
	assert_int_equal(judge_unprot(state, PAGE, UINT64_C(0x8000000880000008)),
			 SIM_CONTRACT_DESC_FITS);
}

/* 511 pages of a 2 MiB range: the count is capped, the rest is another call. */
static void a_descriptor_smaller_than_its_range_keeps_every_contract(void **state)
{
	assert_int_equal(judge_unprot(state, BLOCK, UINT64_C(0x80000008800007fc)),
			 SIM_CONTRACT_NONE);
}

static void a_block_at_an_address_of_a_page_breaks_the_alignment_contract(void **state)
{
	assert_int_equal(judge_unprot(state, BLOCK, UINT64_C(0x8000000880001005)),
			 SIM_CONTRACT_DESC_ALIGNED);
}

static void a_reserved_bit_breaks_the_encoding_contract(void **state)
{
	assert_int_equal(judge_unprot(state, PAGE, UINT64_C(0x8010000880001004)),
			 SIM_CONTRACT_DESC_ENCODING);
}

/*
 *	list  [0]        [1]        [2]
 *	      page       nothing    two pages        three pages in all
 */
static void a_list_is_judged_as_a_whole(void **state)
{
	uint64_t *list = rmm_host_ptr(*state, BANK, PAGE);
	uint64_t args[] = { BANK, SHARED_IPA, SHARED_IPA + 3 * PAGE, 0x1e0000 | 3 << 2 | 2, BANK };

	list[0] = UINT64_C(0x8000000880001004);
	list[1] = UINT64_C(0x8000000880002000);
	list[2] = UINT64_C(0x8000000880003008);
	assert_int_equal(judge(*state, RMI_RTT_UNPROT_MAP, args), SIM_CONTRACT_NONE);
	args[2] -= PAGE;
	assert_int_equal(judge(*state, RMI_RTT_UNPROT_MAP, args), SIM_CONTRACT_DESC_FITS);
	args[2] += PAGE;
	list[2] = UINT64_C(0x880003008);
	assert_int_equal(judge(*state, RMI_RTT_UNPROT_MAP, args), SIM_CONTRACT_DESC_STATE);
}

/* Nonsense in the registers is the model's to refuse; nothing may crash over it. */
static void calls_that_the_rmm_refuses_anyway_are_not_judged(void **state)
{
	uint64_t args[] = { BANK, SHARED_IPA, SHARED_IPA, 0x1e0001, ~UINT64_C(0) };

	assert_int_equal(judge(*state, RMI_RTT_UNPROT_MAP, args), SIM_CONTRACT_NONE);
	args[2] += PAGE;
	args[3] = 2 | 7 << 2; /* a list, outside of memory and misaligned */
	assert_int_equal(judge(*state, RMI_RTT_UNPROT_MAP, args), SIM_CONTRACT_NONE);
	args[4] = BANK + (UINT64_C(64) << 20) - 8;
	assert_int_equal(judge(*state, RMI_RTT_UNPROT_MAP, args), SIM_CONTRACT_NONE);
	args[4] = 0;
	assert_int_equal(judge(*state, RMI_OP_MEM_DONATE, args), SIM_CONTRACT_NONE);
	assert_int_equal(judge(*state, RMI_REALM_ACTIVATE, args), SIM_CONTRACT_NONE);
}

static void a_list_ends_with_its_granule(void **state)
{
	uint64_t args[] = { 1, BANK + PAGE - 16, 2, 0, 0 };

	assert_int_equal(judge(*state, RMI_OP_MEM_RECLAIM, args), SIM_CONTRACT_NONE);
	args[2] = 3;
	assert_int_equal(judge(*state, RMI_OP_MEM_RECLAIM, args), SIM_CONTRACT_LIST_ROOM);
	assert_int_equal(judge(*state, RMI_OP_MEM_DONATE, args), SIM_CONTRACT_LIST_ROOM);
	args[1] = BANK;
	args[2] = PAGE / 8;
	assert_int_equal(judge(*state, RMI_OP_MEM_DONATE, args), SIM_CONTRACT_NONE);
}

static void ranges_of_granules_begin_where_memory_is(void **state)
{
	const uint64_t fids[] = { RMI_GRANULE_TRACKING_GET, RMI_GRANULE_RANGE_DELEGATE,
				  RMI_GRANULE_RANGE_UNDELEGATE };
	uint64_t args[] = { BANK, BANK + PAGE, 0, 0, 0 };

	for (size_t i = 0; i < sizeof(fids) / sizeof(fids[0]); i++) {
		args[0] = BANK;
		assert_int_equal(judge(*state, fids[i], args), SIM_CONTRACT_NONE);
		args[0] = BANK - PAGE;
		assert_int_equal(judge(*state, fids[i], args), SIM_CONTRACT_NO_MEMORY);
	}
}

static void every_contract_has_a_name(void **state)
{
	for (int i = SIM_CONTRACT_NONE + 1; i < SIM_NR_CONTRACTS; i++)
		assert_non_null(sim_contract_name((enum sim_contract)i));
	assert_null(sim_contract_name(SIM_CONTRACT_NONE));
	assert_null(sim_contract_name(SIM_NR_CONTRACTS));
}

static void each_contract_is_reported_once_and_hides_no_other(void **state)
{
	struct sim_check check;
	uint64_t args[] = { BANK, SHARED_IPA, SHARED_IPA + BLOCK, 0x1e0001, UINT64_C(0x880001004) };

	sim_check_init(&check, *state, RMI_BET1);
	assert_int_equal(judge_as(&check, RMI_RTT_UNPROT_MAP, args), SIM_CONTRACT_DESC_STATE);
	assert_int_equal(judge_as(&check, RMI_RTT_UNPROT_MAP, args), SIM_CONTRACT_NONE);
	args[4] = UINT64_C(0x880001005); /* a block at the address of a page, in the wrong state */
	assert_int_equal(judge_as(&check, RMI_RTT_UNPROT_MAP, args), SIM_CONTRACT_DESC_ALIGNED);
	assert_int_equal(check.seen,
			 1u << SIM_CONTRACT_DESC_STATE | 1u << SIM_CONTRACT_DESC_ALIGNED);
}

static void known_breaches_are_given_by_name(void **state)
{
	struct sim_check check;

	sim_check_init(&check, *state, RMI_BET1);
	assert_true(sim_check_known(&check, NULL));
	assert_int_equal(check.known, 0);
	assert_true(sim_check_known(&check, "desc-state,desc-fits"));
	assert_int_equal(check.known, 1u << SIM_CONTRACT_DESC_STATE | 1u << SIM_CONTRACT_DESC_FITS);
	assert_false(sim_check_known(&check, "desc-stat"));
	assert_false(sim_check_known(&check, "desc-state,,desc-fits"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_page_of_the_host_mapped_as_undelegated_keeps_every_contract),
		TEST(a_page_of_the_host_called_delegated_breaks_the_state_contract),
		TEST(a_page_mapped_as_data_before_it_is_delegated_breaks_the_state_contract),
		TEST(delegated_memory_mapped_as_data_keeps_every_contract),
		TEST(delegated_memory_called_undelegated_breaks_the_state_contract),
		TEST(a_descriptor_larger_than_its_range_breaks_the_fit_contract),
		TEST(a_descriptor_smaller_than_its_range_keeps_every_contract),
		TEST(a_block_at_an_address_of_a_page_breaks_the_alignment_contract),
		TEST(a_reserved_bit_breaks_the_encoding_contract),
		TEST(a_list_is_judged_as_a_whole),
		TEST(calls_that_the_rmm_refuses_anyway_are_not_judged),
		TEST(a_list_ends_with_its_granule),
		TEST(ranges_of_granules_begin_where_memory_is),
		TEST(each_contract_is_reported_once_and_hides_no_other),
		TEST(known_breaches_are_given_by_name),
		cmocka_unit_test(every_contract_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
