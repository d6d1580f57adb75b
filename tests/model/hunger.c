/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A life in which every call is refused memory: from its first allocation on, from its second on, and so
 * on until it succeeds. A refused call is BUSY or ERROR_GLOBAL and changes nothing; nothing leaks.
 */
#include <stdlib.h>
#include <string.h>

#include "host.h"

#define A     UINT64_C(0x40000000)
#define NS    (S41 + 0x40000000)
#define PAGE  UINT64_C(0x1000)
#define BLOCK UINT64_C(0x200000)
#define FAR   (HOST_BASE + (UINT64_C(5) << 30)) /* memory that the set-up has not touched */

struct hunger {
	unsigned left;     /* allocations that succeed */
	unsigned refusals; /* of all calls */
};

static void refuse(struct host *h)
{
	struct hunger *g = h->hook_ctx;

	h->no_memory = !g->left;
	g->left -= g->left > 0;
}

/* The call, hungrier first; a range may end early, but not where it began. */
static struct rmm_regs insist_n(struct host *h, uint64_t fid, const uint64_t *args, unsigned n)
{
	struct hunger *g = h->hook_ctx;

	for (unsigned given = 0; given < 32; given++) {
		uint64_t hash = rmm_state_hash(h->rmm);
		struct rmm_regs r;

		g->left = given;
		h->on_alloc = refuse;
		r = smc_n(h, fid, args, n);
		h->on_alloc = NULL;
		h->no_memory = false;
		switch (RMI_RESULT_STATUS(r.x[0])) {
		case RMI_SUCCESS:
		case RMI_INCOMPLETE:
			return r;
		case RMI_BUSY:
		case RMI_ERROR_GLOBAL:
			assert_true(rmm_state_hash(h->rmm) == hash);
			g->refusals++;
			break;
		default:
			fail_msg("%#llx: %#llx", (unsigned long long)fid,
				 (unsigned long long)r.x[0]);
		}
	}
	fail_msg("%#llx takes more than 32 allocations", (unsigned long long)fid);
	return (struct rmm_regs){ 0 };
}

#define insist(h, fid, ...)                                 \
	insist_n(h, fid, (const uint64_t[]){ __VA_ARGS__ }, \
		 sizeof((const uint64_t[]){ __VA_ARGS__ }) / 8)

static struct rmm_regs go_on(struct host *h, struct rmm_regs r)
{
	uint64_t handle = r.x[1];

	while (RMI_RESULT_STATUS(r.x[0]) == RMI_INCOMPLETE)
		r = insist(h, RMI_OP_CONTINUE, handle, 0);
	assert_hex(r.x[0], 0);
	return r;
}

static void delegate(struct host *h, uint64_t fid, rmm_pa base, rmm_pa top)
{
	while (base < top)
		base = go_on(h, insist(h, fid, base, top)).x[1];
}

/* A block for one page is a chunk that the page's first lock has to split. */
static rmm_pa fresh(struct host *h, rmm_pa *next, uint64_t size)
{
	rmm_pa pa = (*next + size - 1) & ~(size - 1);

	*next = pa + size;
	delegate(h, RMI_GRANULE_RANGE_DELEGATE, pa, *next);
	return pa;
}

static void over(struct host *h, uint64_t fid, rmm_ipa base, rmm_ipa top, uint64_t flags)
{
	while (base < top)
		base = go_on(h, insist(h, fid, h->rd, base, top, flags)).x[1];
}

/* The list of what an unmap gives back is a page of the host's. */
static void unmap(struct host *h, uint64_t fid, rmm_ipa base, rmm_ipa top, rmm_pa list)
{
	while (base < top)
		base = go_on(h, insist(h, fid, h->rd, base, top, RMI_ADDR_LIST | 512 << 2, list))
			       .x[1];
}

static void write_page(struct host *h, struct rmm_rec *rec)
{
	struct rmm_access a = { .ipa = A, .size = 8, .write = true, .value = 0x5ec2e7 };

	assert_int_equal(rmm_realm_access(h->rmm, rec, &a), RMM_REALM_DONE);
}

/* Tables of level 2 and 3 above the address; auxiliary trees have none above unprotected memory. */
static void tables(struct host *h, rmm_ipa ipa, rmm_pa *next)
{
	for (uint64_t level = 2; level <= 3; level++) {
		insist(h, RMI_RTT_CREATE, h->rd, fresh(h, next, BLOCK), ipa, level);
		for (unsigned tree = 1; ipa == A && tree <= h->planes; tree++)
			insist(h, RMI_RTT_AUX_CREATE, h->rd, fresh(h, next, BLOCK), ipa, level,
			       tree);
	}
}

static void no_tables(struct host *h, rmm_ipa ipa)
{
	for (uint64_t level = 3; level >= 2; level--) {
		for (unsigned tree = 1; ipa == A && tree <= h->planes; tree++)
			insist(h, RMI_RTT_AUX_DESTROY, h->rd, ipa, level, tree);
		insist(h, RMI_RTT_DESTROY, h->rd, ipa, level);
	}
}

static void live(struct host *h, const char *label, unsigned budget)
{
	rmm_pa next = FAR, list = host_pages(h, 1), params = host_rec_params(h, 0), data, rec;
	uint64_t hash = rmm_state_hash(h->rmm);

	h->run = host_pages(h, 1);
	h->answers[0].label = "budget";
	h->answers[0].pick = budget;
	h->answers[1].label = label;
	h->answers[1].pick = 1;
	insist(h, RMI_REALM_CREATE, h->rd, h->params);
	data = fresh(h, &next, BLOCK);
	rec = fresh(h, &next, BLOCK);
	insist(h, RMI_REC_CREATE, h->rd, rec, params);
	tables(h, A, &next);
	tables(h, NS, &next);
	over(h, RMI_RTT_INIT_RIPAS, A, A + 16 * PAGE, 0);
	for (unsigned i = 0; i < 16;)
		i = (unsigned)((go_on(h, insist(h, RMI_RTT_DATA_MAP, h->rd, A + i * PAGE,
						A + 16 * PAGE, RMI_ADDR_SINGLE,
						host_desc(h, data + i * PAGE, 3, 16 - i)))
					.x[1] -
				A) /
			       PAGE);
	for (unsigned i = 0; i < 16;)
		i = (unsigned)((go_on(h, insist(h, RMI_RTT_UNPROT_MAP, h->rd, NS + i * PAGE,
						NS + 16 * PAGE, RMI_ADDR_SINGLE | 6 << 16 | 3 << 19,
						host_desc(h, list + i * PAGE, 3, 16 - i)))
					.x[1] -
				NS) /
			       PAGE);
	for (unsigned tree = 1; tree <= h->planes; tree++) {
		over(h, RMI_RTT_AUX_PROT_MAP, A, A + 16 * PAGE, tree);
		assert_hex(host_aux_entry(h, tree, A + 9 * PAGE).pa, data + 9 * PAGE);
	}
	insist(h, RMI_REALM_ACTIVATE, h->rd);
	h->program = write_page;
	insist(h, RMI_REC_ENTER, rec, h->run);
	for (unsigned tree = 1; tree <= h->planes; tree++) {
		over(h, RMI_RTT_AUX_PROT_UNMAP, A, A + 16 * PAGE, tree);
	}
	unmap(h, RMI_RTT_DATA_UNMAP, A, A + 16 * PAGE, list);
	unmap(h, RMI_RTT_UNPROT_UNMAP, NS, NS + 16 * PAGE, list);
	no_tables(h, A);
	no_tables(h, NS);
	insist(h, RMI_REC_DESTROY, rec);
	insist(h, RMI_REALM_TERMINATE, h->rd);
	insist(h, RMI_REALM_DESTROY, h->rd);
	delegate(h, RMI_GRANULE_RANGE_UNDELEGATE, FAR, next);
	assert_hex(host_read64(h, data), 0);
	assert_int_equal(rmm_open_operations(h->rmm), 0);
	assert_true(rmm_state_hash(h->rmm) == hash);
}

static void lives(const char *label, unsigned budget)
{
	for (unsigned planes = 0; planes <= 2; planes += 2) {
		for (unsigned e = RMI_BET1; e <= RMI_BET3; e++) {
			struct rmm_profile p = *rmm_profile_find("strict");
			struct hunger g = { 0 };
			struct host h;

			p.rec_granules = 0;
			host_prepare_realm(&h, &(struct setup){ .planes = planes,
								.edition = (enum rmi_edition)e,
								.custom = &p });
			h.hook_ctx = &g;
			live(&h, label, budget);
			assert_true(g.refusals > 5);
			host_end(&h);
		}
	}
}

static void a_call_without_memory_changes_nothing(void **state)
{
	lives("nothing", 0);
}

static void a_range_that_stops_early_without_memory_goes_on(void **state)
{
	lives("nothing", 3);
}

static void an_operation_without_memory_goes_on(void **state)
{
	lives("incomplete", 3);
}

/* All 16 contexts wait: a range has nothing to yield with, and stops early instead. */
static void without_a_context_a_range_stops_early(void **state)
{
	struct rmm_regs r[16], last;
	struct host h;
	rmm_pa pa;

	host_realm(&h, NULL);
	for (unsigned i = 0; i < 17; i++)
		host_tables(&h, A + i * BLOCK, 3);
	pa = host_delegated(&h, 34);
	h.answers[0].label = "budget";
	h.answers[0].pick = 1;
	h.answers[1].label = "incomplete";
	h.answers[1].pick = 1;
	for (unsigned i = 0; i < 17; i++) {
		rmm_ipa ipa = A + i * BLOCK;

		last = smc_regs(&h, RMI_RTT_DATA_MAP, h.rd, ipa, ipa + 2 * PAGE, RMI_ADDR_SINGLE,
				host_desc(&h, pa + 2 * i * PAGE, 3, 2));
		if (i == 16)
			break;
		assert_hex(last.x[0], 0x00d);
		r[i] = last;
	}
	assert_int_equal(rmm_open_operations(h.rmm), 16);
	assert_hex(last.x[0], RMI_SUCCESS);
	assert_hex(last.x[1], A + 16 * BLOCK + PAGE);
	assert_int_equal(host_entry(&h, A + 16 * BLOCK + PAGE).hipas, RMM_VOID);
	for (unsigned i = 0; i < 16; i++)
		assert_hex(smc(&h, RMI_OP_CONTINUE, r[i].x[1], 0), 0);
	assert_int_equal(rmm_open_operations(h.rmm), 0);
	host_end(&h);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_call_without_memory_changes_nothing),
		TEST(a_range_that_stops_early_without_memory_goes_on),
		TEST(an_operation_without_memory_goes_on),
		TEST(without_a_context_a_range_stops_early),
	};

	return cmocka_run_group_tests_name("hunger", tests, NULL, NULL);
}
