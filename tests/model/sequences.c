/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The words of kvm-call-sequences, said by hand to the bare model: scenarios 1 to 13 at 4K with 41
 * and 48 IPA bits, both answering profiles, and the one fault of scenario 14 at 16K and 64K.
 */
#include <string.h>

#include "host.h"

#define GMEM(ipa) (UINT64_C(0x100000000) + ((ipa)-0x80000000))

struct story {
	struct host h;
	bool leaf; /* profile (b) */
};

static void expect(struct rmm_regs r, uint64_t x0, uint64_t x1)
{
	assert_hex(r.x[0], x0);
	if (!x0)
		assert_hex(r.x[1], x1);
}

static uint64_t table(struct host *h, rmm_ipa ipa, uint64_t level)
{
	return smc(h, RMI_RTT_CREATE, h->rd, host_delegated(h, 1), ipa, level);
}

static struct rmm_regs map(struct host *h, rmm_ipa ipa, uint64_t desc)
{
	return smc_regs(h, RMI_RTT_DATA_MAP, h->rd, ipa, ipa + h->page, 1, desc);
}

static struct rmm_regs share(struct host *h, rmm_ipa ipa, uint64_t flags, uint64_t desc)
{
	return smc_regs(h, RMI_RTT_UNPROT_MAP, h->rd, ipa, ipa + h->page, flags, desc);
}

static struct rmm_regs unmap(struct host *h, rmm_ipa base, rmm_ipa top)
{
	return smc_regs(h, RMI_RTT_DATA_UNMAP, h->rd, base, top, 1, 0);
}

static struct rmm_regs unshare(struct host *h, rmm_ipa base, rmm_ipa top)
{
	return smc_regs(h, RMI_RTT_UNPROT_UNMAP, h->rd, base, top, 0, 0);
}

static struct rmm_regs undelegate(struct host *h, rmm_pa pa, uint64_t size)
{
	return smc_regs(h, RMI_GRANULE_RANGE_UNDELEGATE, pa, pa + size);
}

/* Scenario 1: two pages, measured. */
static void populate(struct story *s)
{
	struct host *h = &s->h;
	rmm_pa src = host_pages(h, 2);

	host_delegate(h, GMEM(0x80000000), 0x1000);
	if (h->s2sz == 41) {
		assert_hex(
			smc(h, RMI_RTT_DATA_MAP_INIT, h->rd, GMEM(0x80000000), 0x80000000, src, 1),
			0x104);
	} else {
		assert_hex(
			smc(h, RMI_RTT_DATA_MAP_INIT, h->rd, GMEM(0x80000000), 0x80000000, src, 1),
			0x4);
		assert_hex(table(h, 0, 1), 0);
	}
	assert_hex(table(h, 0x80000000, 2), 0);
	assert_hex(table(h, 0x80000000, 3), 0);
	assert_hex(smc(h, RMI_RTT_DATA_MAP_INIT, h->rd, GMEM(0x80000000), 0x80000000, src, 1), 0);
	host_delegate(h, GMEM(0x80001000), 0x1000);
	assert_hex(
		smc(h, RMI_RTT_DATA_MAP_INIT, h->rd, GMEM(0x80001000), 0x80001000, src + 0x1000, 1),
		0);
}

/* Scenario 2: RIPAS of the slot. */
static void init_ripas(struct story *s)
{
	struct host *h = &s->h;

	if (s->leaf) {
		expect(smc_regs(h, RMI_RTT_INIT_RIPAS, h->rd, 0x80000000, 0xa0000000), 0,
		       0x80200000);
		expect(smc_regs(h, RMI_RTT_INIT_RIPAS, h->rd, 0x80200000, 0xa0000000), 0,
		       0xa0000000);
	} else {
		expect(smc_regs(h, RMI_RTT_INIT_RIPAS, h->rd, 0x80000000, 0xa0000000), 0,
		       0xa0000000);
	}
}

/* Scenarios 3 to 6. */
static void faults(struct story *s)
{
	struct host *h = &s->h;
	rmm_ipa alias = UINT64_C(1) << (h->s2sz - 1);

	host_delegate(h, GMEM(0x88203000), 0x2000);
	expect(map(h, 0x88203000, GMEM(0x88203000) | 4), 0x204, 0);
	assert_hex(table(h, 0x88200000, 3), 0);
	expect(map(h, 0x88203000, GMEM(0x88203000) | 4), 0, 0x88204000);
	expect(map(h, 0x88204000, GMEM(0x88204000) | 4), 0, 0x88205000);
	expect(map(h, 0x88204000, GMEM(0x88205000) | 4), 0x304, 0);

	host_delegate(h, GMEM(0x88400000), 0x200000);
	expect(smc_regs(h, RMI_RTT_DATA_MAP, h->rd, 0x88400000, 0x88600000, 1,
			GMEM(0x88400000) | 5),
	       0, 0x88600000);

	if (h->s2sz == 41) {
		expect(share(h, alias | 0x90000000, 0x1e0001, 0x8000000090000004), 0x104, 0);
	} else {
		expect(share(h, alias | 0x90000000, 0x1e0001, 0x8000000090000004), 0x4, 0);
		assert_hex(table(h, alias, 1), 0);
	}
	assert_hex(table(h, alias | 0x80000000, 2), 0);
	assert_hex(table(h, alias | 0x90000000, 3), 0);
	expect(share(h, alias | 0x90000000, 0x1e0001, 0x8000000090000004), 0, alias | 0x90001000);
	/* v14 leaves the state DELEGATED: the model does not look at it */
	expect(share(h, alias | 0x90005000, 0x160001, 0x90005004), 0, alias | 0x90006000);
	expect(share(h, alias | 0x90006000, 0x160001, 0x8000000090006004), 0, alias | 0x90007000);
	/* 7b: the same page again, now writable */
	expect(share(h, alias | 0x90006000, 0x1e0001, 0x8000000090006004), 0x304, 0);
	expect(unshare(h, alias | 0x90006000, alias | 0x90007000), 0, alias | 0x90007000);
	expect(share(h, alias | 0x90006000, 0x1e0001, 0x8000000090006004), 0, alias | 0x90007000);
	expect(share(h, alias | 0x90008000, 0x1e0001, 0x8000000090008004), 0, alias | 0x90009000);
	/* T6: a table for a page that is gone again */
	assert_hex(table(h, alias | 0x88200000, 3), 0);
	if (h->s2sz == 41)
		assert_hex(smc(h, RMI_RTT_FOLD, h->rd, 0x100c0000000, 2), 0x104);
	else
		assert_hex(smc(h, RMI_RTT_FOLD, h->rd, 0x808000000000, 1), 0x4);
}

/* Scenario 11: one page is punched out; scenario 12: another is mapped. */
static void punch(struct story *s)
{
	struct host *h = &s->h;
	struct rmm_regs r = unmap(h, 0x88204000, 0x88205000);

	expect(r, 0, 0x88205000);
	assert_hex(r.x[2], GMEM(0x88204000) | 4);
	expect(undelegate(h, GMEM(0x88204000), 0x1000), 0, GMEM(0x88205000));
	r = unmap(h, 0x88204000, 0x88205000);
	expect(r, 0, 0x88205000);
	assert_hex(r.x[2], 0);
	host_delegate(h, GMEM(0x8820a000), 0x1000);
	expect(map(h, 0x8820a000, GMEM(0x8820a000) | 4), 0, 0x8820b000);
	assert_hex(smc(h, RMI_GRANULE_RANGE_DELEGATE, GMEM(0x8820a000), GMEM(0x8820b000)), 1);
	/* a page that was never mapped, without a table; one inside a block */
	if (s->leaf) {
		expect(unmap(h, 0x88803000, 0x88804000), 0x204, 0);
	} else {
		r = unmap(h, 0x88803000, 0x88804000);
		expect(r, 0, 0x88804000);
		assert_hex(r.x[2], 0);
	}
	expect(unmap(h, 0x88403000, 0x88404000), 0x204, 0);
}

struct unmap_row {
	uint64_t base, x1, x2;
};

/* Scenario 13, event 3. */
static unsigned unmap_private(struct story *s)
{
	static const struct unmap_row friendly[] = {
		{ 0, 0x80000000, 0 },          { 0x80000000, 0x80002000, 0x100000008 },
		{ 0x80002000, 0x88203000, 0 }, { 0x88203000, 0x88204000, 0x108203004 },
		{ 0x88204000, 0x8820a000, 0 }, { 0x8820a000, 0x8820b000, 0x10820a004 },
		{ 0x8820b000, 0x88400000, 0 }, { 0x88400000, 0x88600000, 0x108400005 },
		{ 0x88600000, 0, 0 },
	};
	struct host *h = &s->h;
	rmm_ipa top = UINT64_C(1) << (h->s2sz - 1), at = 0;
	unsigned calls = 0;

	for (; at < top; calls++) {
		struct rmm_regs r = unmap(h, at, top);

		assert_hex(r.x[0], 0);
		if (!s->leaf) {
			assert_hex(at, friendly[calls].base);
			assert_hex(r.x[1], friendly[calls].x1 ? friendly[calls].x1 : top);
			assert_hex(r.x[2], friendly[calls].x2);
		}
		assert_true(r.x[1] > at);
		at = r.x[1];
	}
	return calls;
}

/* Scenario 13, event 1 and its repetition: skip what fails by the size of the level it names. */
static unsigned unmap_shared(struct story *s, unsigned *by_level, unsigned *ok)
{
	struct host *h = &s->h;
	rmm_ipa at = UINT64_C(1) << (h->s2sz - 1), top = at * 2;
	unsigned calls = 0;

	for (; at < top; calls++) {
		struct rmm_regs r = unshare(h, at, top);

		if (!r.x[0]) {
			assert_true(r.x[1] > at);
			at = r.x[1];
			++*ok;
			continue;
		}
		assert_int_equal(RMI_RESULT_STATUS(r.x[0]), RMI_ERROR_RTT);
		by_level[RMI_RESULT_LEVEL(r.x[0])]++;
		at = (at | (rmi_level_size(12, (int)RMI_RESULT_LEVEL(r.x[0])) - 1)) + 1;
	}
	return calls;
}

/* Event 2: fold one level of one stretch; how many calls gave `x0`, how many SUCCESS. */
static void fold(struct host *h, rmm_ipa from, unsigned level, unsigned n, uint64_t x0,
		 unsigned expected, unsigned folded)
{
	unsigned hits = 0, ok = 0;

	for (unsigned i = 0; i < n; i++) {
		uint64_t step = rmi_level_size(12, (int)level - 1);
		uint64_t r = smc(h, RMI_RTT_FOLD, h->rd, from + i * step, level);

		hits += r == x0;
		ok += !r;
	}
	assert_int_equal(hits, expected);
	assert_int_equal(ok, folded);
}

static void destroy(struct host *h, rmm_ipa ipa, uint64_t level, uint64_t x0, uint64_t top)
{
	struct rmm_regs r = smc_regs(h, RMI_RTT_DESTROY, h->rd, ipa, level);

	assert_hex(r.x[0], x0);
	assert_hex(r.x[2], top);
	if (!x0)
		expect(undelegate(h, r.x[1], 0x1000), 0, r.x[1] + 0x1000);
}

static void destroy_tables_41(struct host *h)
{
	destroy(h, 0, 2, 0x104, 0x80000000);
	destroy(h, 0x80000000, 2, 0x204, 0x80000000);
	destroy(h, 0x80000000, 3, 0, 0x88200000);
	destroy(h, 0x88200000, 3, 0, 0xc0000000);
	destroy(h, 0x80000000, 2, 0, 0x10080000000);
	destroy(h, 0x10080000000, 2, 0, 0x20000000000);
}

static void destroy_tables_48(struct host *h)
{
	destroy(h, 0, 1, 0x104, 0);
	destroy(h, 0, 2, 0x104, 0x80000000);
	destroy(h, 0x80000000, 2, 0x204, 0x80000000);
	destroy(h, 0x80000000, 3, 0, 0x88200000);
	destroy(h, 0x88200000, 3, 0, 0xc0000000);
	destroy(h, 0x80000000, 2, 0, 0x8000000000);
	destroy(h, 0, 1, 0, 0x800000000000);
	destroy(h, 0x800000000000, 1, 0x104, 0x800000000000);
	destroy(h, 0x800000000000, 2, 0x104, 0x800080000000);
	destroy(h, 0x800080000000, 2, 0, 0x808000000000);
	destroy(h, 0x800000000000, 1, 0, 0x1000000000000);
}

/* Events 2, 4, 5, 7 to 10: the folds come level by level from the top, as the host makes them. */
static void tear_down(struct story *s)
{
	struct host *h = &s->h;
	rmm_ipa alias = UINT64_C(1) << (h->s2sz - 1);
	bool wide = h->s2sz == 48;

	if (wide)
		fold(h, alias, 1, 256, 0x4, 255, 0);
	fold(h, alias, 2, wide ? 512 : 1024, 0x104, wide ? 511 : 1023, 0);
	fold(h, alias | 0x80000000, 3, 512, 0x204, 510, 2);
	if (wide)
		fold(h, 0, 1, 256, 0x4, 255, 0);
	fold(h, 0, 2, wide ? 512 : 1024, 0x104, wide ? 511 : 1023, 0);
	fold(h, 0x80000000, 3, 512, 0x204, 510, 0);
	if (wide)
		destroy_tables_48(h);
	else
		destroy_tables_41(h);
	expect(unshare(h, alias, alias * 2), 0, alias * 2);
	expect(unmap(h, 0, alias), 0, alias);
	assert_hex(smc(h, RMI_REALM_TERMINATE, h->rd), 0);
	destroy(h, 0, wide ? 1 : 2, wide ? 0x4 : 0x104, alias * 2);
	assert_hex(smc(h, RMI_REALM_DESTROY, h->rd), 0);
	expect(undelegate(h, h->root, h->roots * h->page), 0, h->root + h->roots * h->page);
	expect(undelegate(h, h->rd, h->page), 0, h->rd + h->page);
}

static void begin(struct story *s, const char *profile, unsigned s2sz)
{
	*s = (struct story){ .leaf = !strcmp(profile, "bet1-leaf") };
	host_realm(&s->h, &(struct setup){ .profile = profile, .s2sz = s2sz });
	populate(s);
	init_ripas(s);
	assert_hex(smc(&s->h, RMI_REALM_ACTIVATE, s->h.rd), 0);
	faults(s);
	punch(s);
}

/* Undelegate what the story has unmapped and count what is left. */
static void end(struct story *s)
{
	struct host *h = &s->h;
	static const uint64_t pages[] = { 0x80000000, 0x80001000, 0x88203000, 0x8820a000 };

	for (unsigned i = 0; i < 4; i++)
		expect(undelegate(h, GMEM(pages[i]), 0x1000), 0, GMEM(pages[i]) + 0x1000);
	expect(undelegate(h, GMEM(0x88400000), 0x200000), 0, GMEM(0x88600000));
	tear_down(s);
	assert_int_equal(rmm_open_operations(h->rmm), 0);
	host_end(h);
}

static void the_words_of_profile_a(void **state)
{
	static const unsigned widths[] = { 41, 48 };

	for (unsigned i = 0; i < 2; i++) {
		unsigned by_level[4] = { 0 }, ok = 0;
		struct story s;

		begin(&s, "strict", widths[i]);
		assert_int_equal(unmap_shared(&s, by_level, &ok), 1);
		assert_int_equal(unmap_private(&s), 9);
		end(&s);
	}
}

static void the_words_of_profile_b(void **state)
{
	unsigned by_level[4] = { 0 }, ok = 0;
	struct story s;

	begin(&s, "bet1-leaf", 41);
	assert_int_equal(unmap_shared(&s, by_level, &ok), 2556);
	assert_int_equal(by_level[1], 1023);
	assert_int_equal(by_level[2], 510);
	assert_int_equal(by_level[3], 1020);
	assert_int_equal(ok, 3);
	unmap_private(&s);
	host_end(&s.h);

	memset(by_level, 0, sizeof(by_level));
	begin(&s, "bet1-leaf", 48);
	unmap_shared(&s, by_level, &ok);
	assert_int_equal(by_level[0], 255);
	assert_int_equal(by_level[1], 511);
	assert_int_equal(by_level[2], 510);
	assert_int_equal(by_level[3], 1020);
	host_end(&s.h);
}

static void unmap_calls_of_profile_b(void **state)
{
	static const struct {
		unsigned s2sz, calls;
	} rows[] = { { 41, 11 }, { 48, 12 } };

	for (unsigned i = 0; i < 2; i++) {
		unsigned by_level[4] = { 0 }, ok = 0;
		struct story s;

		begin(&s, "bet1-leaf", rows[i].s2sz);
		unmap_shared(&s, by_level, &ok);
		assert_int_equal(unmap_private(&s), rows[i].calls);
		host_end(&s.h);
	}
}

/* Scenario 2 without populate: tables are asked for level by level. */
static void ripas_without_tables(void **state)
{
	struct host h;

	host_realm(&h, NULL);
	expect(smc_regs(&h, RMI_RTT_INIT_RIPAS, h.rd, 0x80000000, 0xa0000000), 0x104, 0);
	assert_hex(table(&h, 0x80000000, 2), 0);
	expect(smc_regs(&h, RMI_RTT_INIT_RIPAS, h.rd, 0x80000000, 0xa0000000), 0, 0xa0000000);
	host_end(&h);
}

/* Scenario 14. */
static void the_cold_fault_at_other_page_sizes(void **state)
{
	static const struct {
		unsigned shift, s2sz;
		bool level2;
		rmm_ipa area;
	} rows[] = { { 14, 41, true, 0x8a000000 },
		     { 14, 48, true, 0x8a000000 },
		     { 16, 41, false, 0x80000000 },
		     { 16, 48, true, 0x80000000 } };

	for (unsigned i = 0; i < 4; i++) {
		struct host h;
		rmm_ipa ipa;
		rmm_pa pa;

		host_realm(&h,
			   &(struct setup){ .granule_shift = rows[i].shift, .s2sz = rows[i].s2sz });
		if (rows[i].level2) {
			expect(smc_regs(&h, RMI_RTT_INIT_RIPAS, h.rd, 0x80000000, 0xa0000000),
			       0x104, 0);
			assert_hex(table(&h, 0, 2), 0);
		}
		expect(smc_regs(&h, RMI_RTT_INIT_RIPAS, h.rd, 0x80000000, 0xa0000000), 0,
		       0xa0000000);
		ipa = 0x8a000000 + 3 * h.page;
		pa = host_delegated(&h, 1);
		expect(map(&h, ipa, pa | 4), 0x204, 0);
		assert_hex(table(&h, rows[i].area, 3), 0);
		expect(map(&h, ipa, pa | 4), 0, ipa + h.page);
		host_end(&h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_words_of_profile_a),
		TEST(the_words_of_profile_b),
		TEST(unmap_calls_of_profile_b),
		TEST(ripas_without_tables),
		TEST(the_cold_fault_at_other_page_sizes),
	};

	return cmocka_run_group_tests_name("sequences", tests, NULL, NULL);
}
