/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Those of the twelve behaviours of range calls (twelve.c) that are about a call under way: six and
 * seven, when it is INCOMPLETE, and twelve, when its list goes.
 */
#include <sys/mman.h>

#include "ranges.h"

#define MEMORY (UINT64_C(8) << 30) /* at HOST_BASE */

/* Six */

static void finish(struct host *h, struct rmm_regs r, rmm_ipa top)
{
	uint64_t handle = r.x[1];

	assert_hex(r.x[0], INCOMPLETE);
	assert_hex(smc(h, RMI_OP_CANCEL, handle), RMI_ERROR_INPUT);
	stop_after(h, 1, true);
	assert_hex(smc(h, RMI_OP_CONTINUE, handle, 0), INCOMPLETE);
	stop_after(h, 0, false);
	check(smc_regs(h, RMI_OP_CONTINUE, handle, 0), RMI_SUCCESS, top);
	assert_int_equal(rmm_open_operations(h->rmm), 0);
}

static void incomplete(struct host *h)
{
	rmm_pa pa = host_delegated(h, 4);

	stop_after(h, 1, true);
	if (is_tf(h)) {
		check(map(h, B, B + 4 * PAGE, pa), RMI_SUCCESS, B + 4 * PAGE);
		return;
	}
	finish(h, map(h, B, B + 4 * PAGE, pa), B + 4 * PAGE);
	stop_after(h, 1, true);
	finish(h, unmap(h, B, B + 4 * PAGE, RMI_ADDR_SINGLE, 0), B + 4 * PAGE);
	stop_after(h, 1, true);
	check(map(h, U, U + 4 * PAGE, pa), RMI_SUCCESS, U + PAGE);
	stop_after(h, 0, false);
	check(map(h, U + PAGE, U + 4 * PAGE, pa), RMI_SUCCESS, U + 4 * PAGE);
	stop_after(h, 1, true);
	finish(h, unmap(h, U, U + 4 * PAGE, RMI_ADDR_NONE, 0), U + 4 * PAGE);
}

static void six_ranges_but_unprot_map_may_be_incomplete(void **state)
{
	everywhere(incomplete);
}

/* Seven */

static void owned_entries(struct host *h)
{
	rmm_pa pa = host_delegated(h, 4), other = host_delegated(h, 2);
	struct rmm_regs open;

	if (is_tf(h))
		return;
	stop_after(h, 2, true);
	open = map(h, B, B + 4 * PAGE, pa);
	assert_hex(open.x[0], INCOMPLETE);
	stop_after(h, 0, false);
	assert_hex(map(h, B + 2 * PAGE, B + 3 * PAGE, other).x[0], RMI_BLOCKED);
	assert_hex(unmap(h, B + 2 * PAGE, B + 3 * PAGE, RMI_ADDR_NONE, 0).x[0], RMI_BLOCKED);
	assert_hex(smc(h, RMI_RTT_INIT_RIPAS, h->rd, B + 2 * PAGE, B + 3 * PAGE), RMI_BLOCKED);
	assert_hex(smc(h, RMI_RTT_DESTROY, h->rd, B, 3), RMI_BLOCKED);
	assert_hex(smc(h, RMI_RTT_FOLD, h->rd, B, 3), RMI_BLOCKED);
	/* what it does not own is anybody's, and it leaves that alone */
	check(map(h, B + 3 * PAGE, B + 4 * PAGE, other), RMI_SUCCESS, B + 4 * PAGE);
	check(unmap(h, B, B + PAGE, RMI_ADDR_NONE, 0), RMI_SUCCESS, B + PAGE);
	check(smc_regs(h, RMI_OP_CONTINUE, open.x[1], 0), RMI_SUCCESS, B + 3 * PAGE);
	check_entry(h, B, RMM_VOID);
	assert_hex(host_entry(h, B + 2 * PAGE).pa, pa + 2 * PAGE);
	assert_hex(host_entry(h, B + 3 * PAGE).pa, other);
	assert_state(h, pa + 3 * PAGE, DELEGATED);
}

static void seven_an_open_operation_blocks_its_entry_and_touches_no_other(void **state)
{
	everywhere(owned_entries);
}

/* Twelve */

/* Memory that looks on: another CPU takes a list away when the model is at this word of it. */
static struct {
	uint8_t *bytes;
	rmm_pa at;     /* 0: never */
	uint64_t next; /* what is behind the word then: somebody else's */
} memory;

static void *look_on(void *ctx, rmm_pa pa, uint64_t size)
{
	struct host *h = ctx;
	rmm_pa page = pa & ~(PAGE - 1);
	struct rmm_regs regs = { { RMI_GRANULE_RANGE_DELEGATE, page, page + PAGE } };

	if (pa == memory.at) {
		memory.at = 0;
		rmm_smc(h->rmm, 1, &regs);
		assert_hex(regs.x[0], 0);
		memset(memory.bytes + (page - HOST_BASE), 0, PAGE);
		memcpy(memory.bytes + (pa + 8 - HOST_BASE), &memory.next, 8);
	}
	return memory.bytes + (pa - HOST_BASE);
}

static uint64_t word_at(rmm_pa pa)
{
	uint64_t word;

	memcpy(&word, memory.bytes + (pa - HOST_BASE), sizeof(word));
	return word;
}

/* The first word is written, the list goes, the second one is not. */
static void list_goes_in_the_call(struct host *h)
{
	rmm_pa list = host_pages(h, 1);

	for (unsigned i = 0; i < 3; i++) {
		host_map(h, B + i * PAGE);
		host_pages(h, 1); /* no neighbours */
	}
	memory.at = list;
	memory.next = 0x1234;
	check_unmap(unmap(h, B, B + 3 * PAGE, list_of(4), list), B + 3 * PAGE, 0, 0);
	assert_hex(memory.at, 0);
	assert_state(h, list, DELEGATED);
	assert_hex(word_at(list + 8), 0x1234);
	assert_hex(word_at(list + 16), 0);
	check_entry(h, B + 2 * PAGE, RMM_VOID);
}

/* What a map has not read of its list when it goes it does not get. */
static void list_of_a_map_goes(struct host *h)
{
	rmm_pa list = host_pages(h, 1), a = host_delegated(h, 1), b = host_delegated(h, 1);
	rmm_ipa base = B + 8 * PAGE;

	host_write64(h, list, host_desc(h, a, 3, 1));
	host_write64(h, list + 8, host_desc(h, b, 3, 1));
	memory.at = list + 8;
	memory.next = host_desc(h, b, 3, 1);
	check(range(h, RMI_RTT_DATA_MAP, base, base + 2 * PAGE, list_of(3), list), RMI_SUCCESS,
	      base + PAGE);
	assert_hex(memory.at, 0);
	check_entry(h, base + PAGE, RMM_VOID);
	assert_state(h, b, DELEGATED);
}

static void list_goes_between_calls(struct host *h)
{
	rmm_pa list = host_pages(h, 1), pa = host_delegated(h, 4);
	struct rmm_regs r;

	check(map(h, B, B + 4 * PAGE, pa), 0, B + 4 * PAGE);
	stop_after(h, 2, true);
	r = unmap(h, B, B + 4 * PAGE, list_of(4), list);
	assert_hex(r.x[0], INCOMPLETE);
	stop_after(h, 0, false);
	host_delegate(h, list, PAGE);
	r = smc_regs(h, RMI_OP_CONTINUE, r.x[1], 0);
	check_unmap(r, B + 2 * PAGE, 0, 0);
	assert_hex(word_at(list), 0);
	assert_state(h, pa + PAGE, DELEGATED);
	assert_state(h, pa + 2 * PAGE, DATA);
	check_entry(h, B + PAGE, RMM_VOID);
}

static void list_gone(struct host *h)
{
	list_goes_in_the_call(h);
	list_of_a_map_goes(h);
	if (!is_tf(h))
		list_goes_between_calls(h);
}

static void twelve_without_its_list_an_unmap_stays_done_and_reports_nothing(void **state)
{
	static const struct rmm_config cfg = { .memory = look_on };

	memory.bytes = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	assert_ptr_not_equal(memory.bytes, MAP_FAILED);
	everywhere_with(&cfg, list_gone);
	munmap(memory.bytes, MEMORY);
}

/* The REC of a SET_RIPAS or SET_S2AP that has yielded is destroyed: OP_CONTINUE only ends it. */

static void ask(struct host *h, struct rmm_rec *rec)
{
	struct rmm_regs *regs = h->program_ctx;

	assert_int_equal(rmm_realm_smc(h->rmm, rec, regs), RMM_REALM_EXIT);
}

static void a_rec_may_go_while_its_request_waits(void **state)
{
	static const uint64_t fids[][2] = { { RSI_IPA_STATE_SET, RMI_RTT_SET_RIPAS },
					    { RSI_MEM_SET_PERM_INDEX, RMI_RTT_SET_S2AP } };
	struct rmm_profile p = *rmm_profile_find("strict");

	p.rec_granules = 0;
	for (unsigned i = 0; i < 2; i++) {
		struct rmm_regs regs = { { fids[i][0], B, B + 2 * PAGE, RMI_RAM } }, r;
		struct host h;

		host_realm(&h, &(struct setup){ .custom = &p, .planes = 1 });
		host_tables(&h, B, 3);
		host_aux_tables(&h, 1, B, 3);
		host_activate(&h);
		assert_hex(host_enter(&h, 0, ask, &regs), 0);
		stop_after(&h, 1, true);
		r = smc_regs(&h, fids[i][1], h.rd, h.rec, B, B + 2 * PAGE);
		assert_hex(r.x[0], INCOMPLETE);
		assert_hex(smc(&h, RMI_REC_DESTROY, h.rec), 0);
		check(smc_regs(&h, RMI_OP_CONTINUE, r.x[1], 0), RMI_SUCCESS, B + PAGE);
		assert_int_equal(rmm_open_operations(h.rmm), 0);
		host_end(&h);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(six_ranges_but_unprot_map_may_be_incomplete),
		TEST(seven_an_open_operation_blocks_its_entry_and_touches_no_other),
		TEST(twelve_without_its_list_an_unmap_stays_done_and_reports_nothing),
		TEST(a_rec_may_go_while_its_request_waits),
	};

	return cmocka_run_group_tests_name("twelve, under way", tests, NULL, NULL);
}
