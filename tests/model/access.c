/* SPDX-License-Identifier: BSD-2-Clause */
/* A realm's access: rule IYMNSR, the exits, what the host may answer (A4.2, A4.3, A5.3.1). */
#include "host.h"

struct one {
	struct rmm_access a;
	enum rmm_realm_result result;
};

static void access_once(struct host *h, struct rmm_rec *rec)
{
	struct one *o = h->program_ctx;

	o->result = rmm_realm_access(h->rmm, rec, &o->a);
	if (o->result == RMM_REALM_EXIT) /* it is over for this entry */
		assert_int_equal(rmm_realm_access(h->rmm, rec, &o->a), RMM_REALM_EXIT);
}

static enum rmm_realm_result go(struct host *h, struct one *o)
{
	assert_hex(host_enter(h, 0, access_once, o), 0);
	return o->result;
}

static void expect_exit(struct host *h, uint64_t esr, uint64_t far, uint64_t hpfar, uint64_t gpr0)
{
	assert_hex(host_exit(h, RMI_RUN_EXIT_REASON), RMI_EXIT_SYNC);
	assert_hex(host_exit(h, RMI_RUN_EXIT_ESR), esr);
	assert_hex(host_exit(h, RMI_RUN_EXIT_FAR), far);
	assert_hex(host_exit(h, RMI_RUN_EXIT_HPFAR), hpfar);
	assert_hex(host_exit(h, RMI_RUN_EXIT_GPRS), gpr0);
}

/* Pages of the test realm, one for every row of the table; all have level 3 tables. */
enum {
	EMPTY_VOID = 0x1000,
	EMPTY_DATA = 0x2000,
	RAM_VOID = 0x3000,
	RAM_DATA = 0x4000,
	DESTROYED_VOID = 0x5000,
	DESTROYED_DATA = 0x6000,
	NO_TABLE = 0x40000000,
};
#define NS_NONE   (S41 + 0x1000)
#define NS_RO     (S41 + 0x2000)
#define NS_RW     (S41 + 0x3000)
#define NS_WO     (S41 + 0x4000)
#define NS_GONE   (S41 + 0x5000) /* a delegated page of the host's */
#define NS_HOLE   (S41 + 0x6000) /* no memory at all */
#define SHARED_RO 0x160001
#define SHARED_RW 0x1e0001
#define SHARED_WO 0x0e0001

static void share(struct host *h, rmm_ipa ipa, uint64_t flags, rmm_pa pa)
{
	assert_hex(smc(h, RMI_RTT_UNPROT_MAP, h->rd, ipa, ipa + 0x1000, flags, pa | 4), 0);
}

static rmm_pa prepare(struct host *h, const struct setup *s)
{
	rmm_pa ns;

	host_realm(h, s);
	ns = host_pages(h, 3);
	host_tables(h, 0, 3);
	host_tables(h, S41, 3);
	assert_hex(smc(h, RMI_RTT_INIT_RIPAS, h->rd, RAM_VOID, DESTROYED_DATA + 0x1000), 0);
	host_map(h, EMPTY_DATA);
	host_map(h, RAM_DATA);
	host_map(h, DESTROYED_VOID);
	host_map(h, DESTROYED_DATA);
	assert_hex(smc(h, RMI_RTT_DATA_UNMAP, h->rd, DESTROYED_VOID, DESTROYED_DATA + 0x1000, 0, 0),
		   0);
	host_map(h, DESTROYED_DATA);
	share(h, NS_RO, SHARED_RO, ns);
	share(h, NS_RW, SHARED_RW, ns + 0x1000);
	share(h, NS_WO, SHARED_WO, ns + 0x1000);
	share(h, NS_GONE, SHARED_RW, host_delegated(h, 1));
	share(h, NS_HOLE, SHARED_RW, 0x7000);
	host_activate(h);
	return ns;
}

static void every_row_of_the_access_table(void **state)
{
	static const struct {
		rmm_ipa ipa;
		enum rmm_realm_result read, write, fetch;
	} rows[] = {
		{ EMPTY_VOID, RMM_REALM_SEA, RMM_REALM_SEA, RMM_REALM_SEA },
		{ EMPTY_DATA, RMM_REALM_SEA, RMM_REALM_SEA, RMM_REALM_SEA },
		{ RAM_VOID, RMM_REALM_EXIT, RMM_REALM_EXIT, RMM_REALM_EXIT },
		{ RAM_DATA, RMM_REALM_DONE, RMM_REALM_DONE, RMM_REALM_DONE },
		{ DESTROYED_VOID, RMM_REALM_EXIT, RMM_REALM_EXIT, RMM_REALM_EXIT },
		{ DESTROYED_DATA, RMM_REALM_EXIT, RMM_REALM_EXIT, RMM_REALM_EXIT },
		{ NO_TABLE, RMM_REALM_SEA, RMM_REALM_SEA, RMM_REALM_SEA },
		{ NS_NONE, RMM_REALM_EXIT, RMM_REALM_EXIT, RMM_REALM_SEA },
		{ NS_RO, RMM_REALM_DONE, RMM_REALM_EXIT, RMM_REALM_SEA },
		{ NS_RW, RMM_REALM_DONE, RMM_REALM_DONE, RMM_REALM_SEA },
		{ NS_WO, RMM_REALM_EXIT, RMM_REALM_DONE, RMM_REALM_SEA },
		{ NS_GONE, RMM_REALM_SEA, RMM_REALM_SEA, RMM_REALM_SEA },
		{ NS_HOLE, RMM_REALM_SEA, RMM_REALM_SEA, RMM_REALM_SEA },
		{ 2 * S41, RMM_REALM_SIZE_FAULT, RMM_REALM_SIZE_FAULT, RMM_REALM_SIZE_FAULT },
	};
	struct host h;

	prepare(&h, NULL);
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (unsigned isv = 0; isv < 2; isv++) {
			struct one o = { .a = { .ipa = rows[i].ipa, .size = 8, .isv = isv } };

			assert_int_equal(go(&h, &o), rows[i].read);
			o.a.write = true;
			assert_int_equal(go(&h, &o), rows[i].write);
			o.a.write = o.a.isv = false;
			o.a.fetch = true;
			assert_int_equal(go(&h, &o), rows[i].fetch);
		}
	}
	host_end(&h);
}

static void memory_holds_what_is_written(void **state)
{
	struct one w = {
		.a = { .ipa = RAM_DATA + 8, .size = 4, .write = true, .value = 0x11223344 }
	};
	struct one r = { .a = { .ipa = RAM_DATA + 8, .size = 8 } };
	struct one s = { .a = { .ipa = NS_RW + 16, .size = 2, .write = true, .value = 0xabcd } };
	struct host h;
	rmm_pa ns = prepare(&h, NULL);

	assert_int_equal(go(&h, &w), RMM_REALM_DONE);
	assert_int_equal(go(&h, &r), RMM_REALM_DONE);
	assert_hex(r.a.value, 0x11223344);
	assert_int_equal(go(&h, &s), RMM_REALM_DONE);
	assert_hex(host_read64(&h, ns + 0x1010), 0xabcd);
	host_write64(&h, ns, 0x99);
	r.a.ipa = NS_RO;
	assert_int_equal(go(&h, &r), RMM_REALM_DONE);
	assert_hex(r.a.value, 0x99);
	host_end(&h);
}

static void exits_show_the_host_what_the_specification_lets_through(void **state)
{
	struct one o = { .a = { .ipa = NS_NONE,
				.size = 8,
				.write = true,
				.isv = true,
				.sf = true,
				.srt = 0,
				.value = 0x5555,
				.va = 0xffff00001234 } };
	struct host h;

	prepare(&h, NULL);
	/* the recorded one: an emulatable 64-bit write, translation fault level 3 */
	o.a.ipa = NS_NONE + 0x238;
	assert_int_equal(go(&h, &o), RMM_REALM_EXIT);
	expect_exit(&h, 0x91c08047, 0x238, NS_NONE >> 8, 0x5555);
	/* SSE and SRT are not shown, IL neither */
	o.a = (struct rmm_access){
		.ipa = NS_NONE + 1, .size = 1, .isv = true, .sse = true, .srt = 7
	};
	assert_int_equal(go(&h, &o), RMM_REALM_EXIT);
	expect_exit(&h, 0x91000007, 1, NS_NONE >> 8, 0);
	/* without a valid syndrome: IL, no WnR, no far */
	o.a = (struct rmm_access){ .ipa = NS_NONE + 8, .size = 4, .write = true, .value = 3 };
	assert_int_equal(go(&h, &o), RMM_REALM_EXIT);
	expect_exit(&h, 0x92000007, 0, NS_NONE >> 8, 0);
	/* the real line: no table below level 1 at that address is a translation fault level 1 */
	o.a = (struct rmm_access){ .ipa = S41 | 0x46880000, .size = 4 };
	assert_int_equal(go(&h, &o), RMM_REALM_EXIT);
	expect_exit(&h, 0x92000005, 0, 0x100468800, 0);
	/* protected: nothing but the fault */
	o.a = (struct rmm_access){
		.ipa = RAM_VOID + 8, .size = 8, .write = true, .isv = true, .value = 1
	};
	assert_int_equal(go(&h, &o), RMM_REALM_EXIT);
	expect_exit(&h, 0x90000007, 0, RAM_VOID >> 8, 0);
	o.a = (struct rmm_access){ .ipa = RAM_VOID, .size = 4, .fetch = true };
	assert_int_equal(go(&h, &o), RMM_REALM_EXIT);
	expect_exit(&h, 0x80000007, 0, RAM_VOID >> 8, 0);
	host_end(&h);
}

static void a_permission_fault_says_whether_it_was_a_write(void **state)
{
	struct rmm_profile hide = *rmm_profile_find("strict");
	struct one o = { .a = { .ipa = NS_RO, .size = 4, .write = true } };
	struct host h;

	prepare(&h, NULL);
	assert_int_equal(go(&h, &o), RMM_REALM_EXIT);
	expect_exit(&h, 0x9200004f, 0, NS_RO >> 8, 0);
	o.a.isv = true;
	assert_int_equal(go(&h, &o), RMM_REALM_EXIT);
	expect_exit(&h, 0x9180004f, 0, NS_RO >> 8, 0);
	host_end(&h);
	hide.hide_wnr = true;
	prepare(&h, &(struct setup){ .custom = &hide });
	o.a.isv = false;
	assert_int_equal(go(&h, &o), RMM_REALM_EXIT);
	expect_exit(&h, 0x9200000f, 0, NS_RO >> 8, 0);
	host_end(&h);
}

static void the_order_of_the_s2ap_bits_is_a_switch(void **state)
{
	struct rmm_profile swap = *rmm_profile_find("strict");
	struct one r = { .a = { .ipa = NS_RO, .size = 4 } };
	struct one w = { .a = { .ipa = NS_RO, .size = 4, .write = true } };
	struct host h;

	swap.s2ap_bit0_is_read = true;
	prepare(&h, &(struct setup){ .custom = &swap });
	assert_int_equal(go(&h, &r), RMM_REALM_EXIT); /* 2 means write there */
	assert_int_equal(go(&h, &w), RMM_REALM_DONE);
	host_end(&h);
}

static void hpfar_and_far_follow_the_granule(void **state)
{
	static const struct {
		unsigned shift;
		uint64_t far, hpfar;
	} rows[] = { { 12, 0x678, (S41 + 0x12345678) >> 12 << 4 },
		     { 14, 0x1678, (S41 + 0x12344000) >> 8 },
		     { 16, 0x5678, (S41 + 0x12340000) >> 8 } };

	for (unsigned i = 0; i < 3; i++) {
		struct one o = { .a = { .ipa = S41 + 0x12345678,
					.size = 4,
					.isv = true,
					.va = 0xffff000012345678 } };
		struct host h;

		host_realm(&h, &(struct setup){ .granule_shift = rows[i].shift });
		host_activate(&h);
		assert_int_equal(go(&h, &o), RMM_REALM_EXIT);
		assert_hex(host_exit(&h, RMI_RUN_EXIT_FAR), rows[i].far);
		assert_hex(host_exit(&h, RMI_RUN_EXIT_HPFAR), rows[i].hpfar);
		host_end(&h);
	}
}

static enum rmm_realm_result resume(struct host *h, struct one *o, uint64_t flags, uint64_t gpr0)
{
	host_write64(h, h->run + RMI_RUN_ENTER_GPRS, gpr0);
	assert_hex(host_enter(h, flags, access_once, o), 0);
	return o->result;
}

static void the_host_emulates_a_read(void **state)
{
	static const struct {
		struct rmm_access a;
		uint64_t gpr0, value;
	} rows[] = {
		{ { .size = 8, .sf = true, .srt = 3 }, 0x1122334455667788, 0x1122334455667788 },
		{ { .size = 8, .sse = true, .sf = true, .srt = 3 },
		  0xfedc000000000000,
		  0xfedc000000000000 },
		{ { .size = 4, .srt = 3 }, 0x1122334455667788, 0x55667788 },
		{ { .size = 1, .srt = 3 }, 0xfff, 0xff },
		{ { .size = 1, .sse = true, .srt = 3 }, 0x80, 0xffffff80 },
		{ { .size = 1, .sse = true, .sf = true, .srt = 3 }, 0x80, 0xffffffffffffff80 },
		{ { .size = 2, .sse = true, .sf = true, .srt = 3 }, 0x7fff, 0x7fff },
		{ { .size = 4, .sf = true, .srt = 31 }, 0x1234, 0 },
	};
	struct host h;

	prepare(&h, NULL);
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct one o = { .a = rows[i].a };

		o.a.ipa = NS_NONE;
		o.a.isv = true;
		assert_int_equal(go(&h, &o), RMM_REALM_EXIT);
		assert_int_equal(resume(&h, &o, RMI_ENTER_EMULATED_MMIO, rows[i].gpr0),
				 RMM_REALM_DONE);
		assert_hex(o.a.value, rows[i].value);
	}
	host_end(&h);
}

static void a_written_value_is_cut_to_its_size(void **state)
{
	struct one o = { .a = { .ipa = NS_NONE,
				.size = 2,
				.write = true,
				.isv = true,
				.srt = 4,
				.value = 0x12345678 } };
	struct host h;

	prepare(&h, NULL);
	assert_int_equal(go(&h, &o), RMM_REALM_EXIT);
	assert_hex(host_exit(&h, RMI_RUN_EXIT_GPRS), 0x5678);
	assert_int_equal(resume(&h, &o, RMI_ENTER_EMULATED_MMIO, 0), RMM_REALM_DONE);
	o.a.srt = 31; /* XZR */
	assert_int_equal(go(&h, &o), RMM_REALM_EXIT);
	assert_hex(host_exit(&h, RMI_RUN_EXIT_GPRS), 0);
	host_end(&h);
}

static void what_the_host_does_not_emulate_is_tried_again(void **state)
{
	struct one o = { .a = { .ipa = NS_NONE, .size = 4, .isv = true } };
	struct host h;
	rmm_pa ns = prepare(&h, NULL);

	assert_int_equal(go(&h, &o), RMM_REALM_EXIT);
	assert_int_equal(resume(&h, &o, 0, 7), RMM_REALM_EXIT);
	share(&h, NS_NONE, SHARED_RW, ns + 0x2000);
	host_write64(&h, ns + 0x2000, 42);
	assert_int_equal(resume(&h, &o, 0, 7), RMM_REALM_DONE);
	assert_hex(o.a.value, 42);
	host_end(&h);
}

static void an_entry_forgets_the_last_abort(void **state)
{
	struct one o = { .a = { .ipa = NS_NONE, .size = 4, .isv = true } };
	struct host h;

	prepare(&h, NULL);
	assert_int_equal(go(&h, &o), RMM_REALM_EXIT);
	assert_hex(host_enter(&h, 0, NULL, NULL), 0); /* an IRQ before the access is repeated */
	host_write64(&h, h.run, RMI_ENTER_EMULATED_MMIO);
	assert_hex(smc(&h, RMI_REC_ENTER, h.rec, h.run), RMI_ERROR_REC);
	host_end(&h);
}

static void the_host_injects_an_external_abort(void **state)
{
	struct one o = { .a = { .ipa = NS_NONE, .size = 4 } };
	struct host h;

	prepare(&h, NULL);
	assert_int_equal(go(&h, &o), RMM_REALM_EXIT);
	/* not emulatable: emul_mmio alone is refused, with inject_sea it is ignored */
	host_write64(&h, h.run, RMI_ENTER_EMULATED_MMIO);
	assert_hex(smc(&h, RMI_REC_ENTER, h.rec, h.run), RMI_ERROR_REC);
	assert_int_equal(resume(&h, &o, RMI_ENTER_EMULATED_MMIO | RMI_ENTER_INJECT_SEA, 0),
			 RMM_REALM_SEA);
	/* after a protected abort there is nothing to inject (OP-57) */
	o.a.ipa = RAM_VOID;
	assert_int_equal(go(&h, &o), RMM_REALM_EXIT);
	assert_int_equal(resume(&h, &o, RMI_ENTER_INJECT_SEA, 0), RMM_REALM_EXIT);
	host_end(&h);
}

static void an_answer_is_for_the_access_that_asked(void **state)
{
	struct one o = { .a = { .ipa = NS_NONE, .size = 4, .isv = true } };
	struct one other = { .a = { .ipa = RAM_DATA, .size = 8 } };
	struct host h;

	prepare(&h, NULL);
	assert_int_equal(go(&h, &o), RMM_REALM_EXIT);
	assert_int_equal(resume(&h, &other, RMI_ENTER_EMULATED_MMIO, 99), RMM_REALM_DONE);
	assert_hex(other.a.value, 0);
	assert_int_equal(go(&h, &o), RMM_REALM_EXIT);
	host_end(&h);
}

static void impossible_accesses_do_no_harm(void **state)
{
	static const struct rmm_access rows[] = {
		{ .ipa = RAM_DATA, .size = 3 },
		{ .ipa = RAM_DATA + 1, .size = 8 },
		{ .ipa = RAM_DATA, .size = 0 },
		{ .ipa = RAM_DATA, .size = 4096 },
		{ .ipa = RAM_DATA, .size = 4, .srt = 32 },
		{ .ipa = RAM_DATA, .size = 4, .write = true, .fetch = true },
	};
	struct host h;

	prepare(&h, NULL);
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct one o = { .a = rows[i] };

		assert_int_equal(go(&h, &o), RMM_REALM_SEA);
	}
	host_end(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_row_of_the_access_table),
		TEST(memory_holds_what_is_written),
		TEST(exits_show_the_host_what_the_specification_lets_through),
		TEST(a_permission_fault_says_whether_it_was_a_write),
		TEST(the_order_of_the_s2ap_bits_is_a_switch),
		TEST(hpfar_and_far_follow_the_granule),
		TEST(the_host_emulates_a_read),
		TEST(a_written_value_is_cut_to_its_size),
		TEST(what_the_host_does_not_emulate_is_tried_again),
		TEST(an_entry_forgets_the_last_abort),
		TEST(the_host_injects_an_external_abort),
		TEST(an_answer_is_for_the_access_that_asked),
		TEST(impossible_accesses_do_no_harm),
	};

	return cmocka_run_group_tests_name("access", tests, NULL, NULL);
}
