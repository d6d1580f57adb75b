/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The model in somebody else's program (rmm.h): what it is made of, memory of the caller's, what it
 * does without callbacks, and looking at it from outside.
 */
#include <stdlib.h>
#include <string.h>

#include "host.h"

#define MIB  (UINT64_C(1) << 20)
#define PAGE UINT64_C(0x1000)
#define NS   (S41 + 0x40000000)

static void *no_memory(void *ctx, size_t size)
{
	unsigned *left = ctx;

	return *left && (*left)-- ? calloc(1, size) : NULL;
}

static void release(void *ctx, void *p, size_t size)
{
	free(p);
}

static const struct rmm_profile many_granules = { .name = "p", .rec_granules = 513 };
static const struct rmm_profile odd_piece = { .name = "p", .rec_granules = 3, .rec_contig = true };
static const struct rmm_profile much_tracking = { .name = "p", .tracking_granules = 0x4000 };

#define BANKS(n, ...) .nr_banks = n, .banks = { __VA_ARGS__ }

static void what_a_model_cannot_be_made_of_is_refused_with_the_reason(void **state)
{
	static const struct {
		struct rmm_config cfg;
		const char *why;
	} rows[] = {
		{ { .size = 1 }, "another version" },
		{ { .edition = (enum rmi_edition)(RMI_BET3 + 1) }, "edition" },
		{ { .granule_shifts = 1u << 13 }, "granule sizes" },
		{ { .pa_bits = 31 }, "PA width" },
		{ { .pa_bits = 53 }, "PA width" },
		{ { .profile = &many_granules }, "512 granules" },
		{ { .profile = &odd_piece }, "power of two" },
		{ { .profile = &much_tracking }, "16383" },
		{ { .gpt = (enum rmm_gpt)(RMM_GPT_HOST + 1) }, "GPT" },
		{ { .tracking = (enum rmm_tracking)(RMM_TRACKED_COARSE + 1) }, "tracking" },
		{ { .alloc = no_memory }, "alloc and free" },
		{ { .free = release }, "alloc and free" },
		{ { .nr_banks = RMM_MAX_BANKS + 1 }, "too many" },
		{ { BANKS(1, { 0, 0 }) }, "not zero" },
		{ { BANKS(1, { PAGE, MIB }) }, "multiples" },
		{ { BANKS(1, { 0, PAGE }) }, "multiples" },
		{ { BANKS(1, { 0, MIB, (enum rmm_memory)(RMM_DEVICE_COH + 1) }) }, "kind" },
		{ { BANKS(1, { UINT64_C(1) << 40, MIB }), .pa_bits = 40 }, "outside" },
		{ { BANKS(1, { (UINT64_C(1) << 40) - MIB, 2 * MIB }), .pa_bits = 40 }, "outside" },
		{ { BANKS(2, { 2 * MIB, 2 * MIB }, { 3 * MIB, 2 * MIB }) }, "overlap" },
		{ { BANKS(2, { 2 * MIB, 2 * MIB }, { MIB, 2 * MIB }) }, "overlap" },
		/* more than the process has addresses for */
		{ { BANKS(1, { 0, UINT64_C(1) << 50 }), .pa_bits = 52 }, "no memory for a bank" },
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *why = NULL;

		assert_null(rmm_new(&rows[i].cfg, &why));
		if (!why || !strstr(why, rows[i].why))
			fail_msg("row %u: %s", i, why);
		assert_null(rmm_new(&rows[i].cfg, NULL));
	}
}

static void banks_may_be_given_in_any_order(void **state)
{
	const struct rmm_config cfg = { BANKS(3, { 4 * MIB, MIB }, { 0, MIB }, { 2 * MIB, MIB }) };
	enum rmm_granule_state s;
	struct rmm *rmm = rmm_new(&cfg, NULL);

	assert_non_null(rmm);
	for (rmm_pa pa = 0; pa < 6 * MIB; pa += MIB / 2)
		assert_int_equal(rmm_granule_state(rmm, pa, &s), !(pa / MIB & 1));
	rmm_free(rmm);
}

static void each_piece_of_a_new_model_may_be_refused(void **state)
{
	unsigned n = 0, left;
	struct rmm *rmm;

	do {
		struct rmm_config cfg = { .alloc = no_memory, .free = release, .ctx = &left };
		const char *why = NULL;

		left = n;
		rmm = rmm_new(&cfg, &why);
		if (!rmm)
			assert_string_equal(why, "out of memory");
		rmm_free(rmm);
		n++;
	} while (!rmm);
	assert_true(n > 1);
	rmm_free(NULL);
}

/* 1 GiB at 0x80000000; without callbacks there is a default for each. */
static void a_model_of_nothing_but_defaults_works(void **state)
{
	struct rmm_regs r = { { RMI_RMM_ACTIVATE } };
	struct rmm *rmm = rmm_new(NULL, NULL);
	enum rmm_granule_state s;

	assert_non_null(rmm);
	rmm_smc(rmm, 0, &r);
	assert_hex(r.x[0], 0);
	r = (struct rmm_regs){ { RMI_GRANULE_RANGE_DELEGATE, 0x80000000, 0xc0000000 } };
	rmm_smc(rmm, 0, &r);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], 0xc0000000);
	assert_true(rmm_granule_state(rmm, 0xbffff000, &s));
	assert_int_equal(s, RMM_DELEGATED);
	assert_false(rmm_granule_state(rmm, 0xc0000000, &s));
	rmm_free(rmm);
}

/* Memory of the caller's */

struct foreign {
	uint8_t *bytes;
	rmm_pa hole; /* a granule that is not there, 0: none */
	uint64_t cleaned;
	unsigned calls;
};

static void *foreign_memory(void *ctx, rmm_pa pa, uint64_t size)
{
	struct foreign *f = ctx;

	return (pa & ~(PAGE - 1)) == f->hole ? NULL : f->bytes + (pa - HOST_BASE);
}

static void foreign_clean(void *ctx, rmm_pa pa, uint64_t size)
{
	struct foreign *f = ctx;

	f->cleaned += size;
	f->calls++;
	memset(f->bytes + (pa - HOST_BASE), 0, size);
}

static uint64_t range(struct rmm *rmm, uint64_t fid, rmm_pa base, rmm_pa top)
{
	struct rmm_regs r = { { fid, base, top } };

	rmm_smc(rmm, 0, &r);
	assert_true(r.x[0] || r.x[1] == top);
	return r.x[0];
}

static void memory_of_the_caller_is_clean_when_it_comes_back(void **state)
{
	for (unsigned with = 0; with < 2; with++) {
		struct foreign f = { .bytes = malloc(4 * MIB) };
		struct rmm_config cfg = { BANKS(1, { HOST_BASE, 4 * MIB }),
					  .memory = foreign_memory,
					  .clean = with ? foreign_clean : NULL, .ctx = &f };
		struct rmm *rmm = rmm_new(&cfg, NULL);
		struct rmm_regs r = { { RMI_RMM_ACTIVATE } };
		rmm_pa pa;

		assert_non_null(rmm);
		memset(f.bytes, 0xa5, 4 * MIB);
		assert_ptr_equal(rmm_host_ptr(rmm, HOST_BASE + PAGE, 8), f.bytes + PAGE);
		assert_null(rmm_host_ptr(rmm, HOST_BASE + 4 * MIB, 8));
		assert_null(rmm_host_ptr(rmm, HOST_BASE + 4 * MIB - 4, 8));
		assert_false(rmm_host_pa(rmm, f.bytes, &pa)); /* no view of the model's */
		rmm_smc(rmm, 0, &r);
		/* one granule, one chunk, and both together */
		for (uint64_t size = PAGE; size <= 4 * MIB;
		     size = size == PAGE ? 2 * MIB : 2 * size) {
			memset(f.bytes, 0xa5, 4 * MIB);
			assert_hex(
				range(rmm, RMI_GRANULE_RANGE_DELEGATE, HOST_BASE, HOST_BASE + size),
				0);
			assert_hex(range(rmm, RMI_GRANULE_RANGE_UNDELEGATE, HOST_BASE,
					 HOST_BASE + size),
				   0);
			for (uint64_t i = 0; i < 4 * MIB; i += 8)
				assert_int_equal(f.bytes[i], i < size ? 0 : 0xa5);
		}
		assert_int_equal(f.cleaned, with ? PAGE + 2 * MIB + 4 * MIB : 0);
		/* what is not there needs no cleaning, without `clean` */
		f.hole = HOST_BASE + 2 * PAGE;
		f.bytes[2 * PAGE] = 0x77;
		assert_hex(range(rmm, RMI_GRANULE_RANGE_DELEGATE, HOST_BASE, HOST_BASE + 2 * MIB),
			   0);
		assert_hex(range(rmm, RMI_GRANULE_RANGE_UNDELEGATE, HOST_BASE, HOST_BASE + 2 * MIB),
			   0);
		assert_int_equal(f.bytes[2 * PAGE], with ? 0 : 0x77);
		rmm_free(rmm);
		free(f.bytes);
	}
}

static void memory_that_is_not_there_cannot_be_read_or_written(void **state)
{
	struct foreign f = { .bytes = calloc(1, MIB), .hole = HOST_BASE };
	struct rmm_config cfg = { BANKS(1, { HOST_BASE, MIB }), .memory = foreign_memory,
				  .ctx = &f };
	struct rmm *rmm = rmm_new(&cfg, NULL);
	struct rmm_regs r = { { RMI_RMM_CONFIG_SET, HOST_BASE } };
	uint64_t hash = rmm_state_hash(rmm);

	rmm_smc(rmm, 0, &r);
	assert_hex(r.x[0], RMI_ERROR_INPUT);
	assert_true(rmm_state_hash(rmm) == hash);
	r = (struct rmm_regs){ { RMI_RMM_ACTIVATE } };
	rmm_smc(rmm, 0, &r);
	hash = rmm_state_hash(rmm);
	r = (struct rmm_regs){ { RMI_RMM_CONFIG_GET, HOST_BASE } };
	rmm_smc(rmm, 0, &r);
	assert_hex(r.x[0], RMI_ERROR_INPUT);
	r = (struct rmm_regs){ { RMI_RMM_CONFIG_GET, HOST_BASE + PAGE } };
	rmm_smc(rmm, 0, &r);
	assert_hex(r.x[0], 0);
	assert_true(rmm_state_hash(rmm) == hash);
	assert_null(rmm_host_ptr(rmm, HOST_BASE, 8));
	rmm_free(rmm);
	free(f.bytes);
}

static void a_pointer_into_a_bank_is_its_address(void **state)
{
	const struct rmm_config cfg = { BANKS(2, { 0, MIB }, { 4 * MIB, MIB }) };
	struct rmm *rmm = rmm_new(&cfg, NULL);
	rmm_pa pa;

	for (rmm_pa at = 0; at < 5 * MIB; at += at == MIB - PAGE ? 3 * MIB + PAGE : PAGE) {
		assert_true(rmm_host_pa(rmm, rmm_host_ptr(rmm, at, 1), &pa));
		assert_hex(pa, at);
	}
	assert_false(rmm_host_pa(rmm, &pa, &pa));
	assert_false(rmm_host_pa(rmm, NULL, &pa));
	assert_true(rmm_host_may_access(rmm, MIB - 1, 1));
	assert_false(rmm_host_may_access(rmm, MIB - 1, 2));
	assert_false(rmm_host_may_access(rmm, 0, 0));
	rmm_free(rmm);
}

/* What the realm has written to a page that is the caller's. The context is struct host's. */
static uint8_t *callers_memory;

static void *hosts_memory(void *ctx, rmm_pa pa, uint64_t size)
{
	return callers_memory + (pa - HOST_BASE);
}

static void write_page(struct host *h, struct rmm_rec *rec)
{
	struct rmm_access a = { .ipa = 0x1000, .size = 8, .write = true, .value = 0x5ec2e7 };

	assert_int_equal(rmm_realm_access(h->rmm, rec, &a), RMM_REALM_DONE);
}

static void what_a_realm_wrote_into_memory_of_the_caller_is_wiped(void **state)
{
	uint64_t size = 16 * MIB;
	struct rmm_config cfg = { BANKS(1, { HOST_BASE, 16 * MIB }), .memory = hosts_memory };
	uint64_t *bytes = calloc(1, size);
	struct rmm_profile p = *rmm_profile_find("strict");
	struct host h;
	rmm_pa data;

	p.rec_granules = 0;
	callers_memory = (uint8_t *)bytes;
	host_realm(&h, &(struct setup){ .custom = &p, .config = &cfg });
	data = host_map(&h, 0x1000);
	assert_hex(smc(&h, RMI_RTT_INIT_RIPAS, h.rd, 0x1000, 0x2000), 0);
	host_activate(&h);
	assert_hex(host_enter(&h, 0, write_page, NULL), 0);
	assert_hex(bytes[(data - HOST_BASE) / 8], 0x5ec2e7);
	assert_hex(smc(&h, RMI_RTT_DATA_UNMAP, h.rd, 0x1000, 0x2000, 0, 0), 0);
	assert_hex(smc(&h, RMI_GRANULE_RANGE_UNDELEGATE, data, data + PAGE), 0);
	assert_hex(bytes[(data - HOST_BASE) / 8], 0);
	host_end(&h);
	free(bytes);
}

/* Looking */

static void count(void *ctx, rmm_ipa ipa, const struct rmm_entry *entry)
{
	++*(unsigned *)ctx;
}

static void what_is_no_realm_shows_nothing(void **state)
{
	struct rmm_shape shape;
	struct rmm_entry e;
	uint8_t rim[64];
	unsigned n = 0;
	struct host h;

	host_realm(&h, &(struct setup){ .planes = 1 });
	for (unsigned i = 0; i < 3; i++) {
		/* another granule, one that nobody has touched, no memory */
		rmm_pa pa = i == 0 ? h.root : i == 1 ? HOST_BASE + 0x100000000 : 0x1000;

		assert_false(rmm_realm_shape(h.rmm, pa, &shape));
		assert_false(rmm_walk(h.rmm, pa, 0, &e));
		assert_false(rmm_entries(h.rmm, pa, 0, count, &n));
		assert_false(rmm_rim(h.rmm, pa, rim));
		assert_int_equal(rmm_tables(h.rmm, pa), 0);
	}
	assert_int_equal(n, 0);
	assert_true(rmm_realm_shape(h.rmm, h.rd, &shape));
	assert_int_equal(shape.trees, 2);
	assert_int_equal(shape.ipa_bits, 41);
	assert_true(rmm_rim(h.rmm, h.rd, rim));
	for (unsigned tree = 0; tree < 6; tree++) {
		n = 0;
		assert_int_equal(rmm_walk_tree(h.rmm, h.rd, tree, 0, &e), tree < 2);
		assert_int_equal(rmm_entries(h.rmm, h.rd, tree, count, &n), tree < 2);
		assert_int_equal(n, tree < 2 ? h.roots * 512 : 0);
	}
	assert_true(rmm_walk(h.rmm, h.rd, 2 * S41 - 1, &e));
	assert_false(rmm_walk(h.rmm, h.rd, 2 * S41, &e));
	host_end(&h);
}

static void names_of_nothing_are_question_marks(void **state)
{
	assert_string_equal(rmm_granule_state_name(RMM_UNDELEGATED), "UNDELEGATED");
	assert_string_equal(rmm_granule_state_name((enum rmm_granule_state)99), "?");
	assert_string_equal(rmm_hipas_name(0), "VOID");
	assert_string_equal(rmm_hipas_name(99), "?");
	assert_null(rmi_status_name(17));
	assert_null(rsi_status_name(6));
	assert_null(rmi_ripas_name(4));
	assert_null(rmi_exit_reason_name(99));
}

/* What an operation waits for is state: the answer of the host, and the operation itself. */

struct look {
	struct rmm_access a;
	struct rmm_sysreg reg;
	bool sysreg, looks;
	uint64_t hash;
	enum rmm_realm_result result;
};

static void act(struct host *h, struct rmm_rec *rec)
{
	struct look *l = h->program_ctx;

	if (l->looks)
		l->hash = rmm_state_hash(h->rmm);
	if (l->sysreg)
		l->result = rmm_realm_sysreg(h->rmm, rec, &l->reg);
	else
		l->result = rmm_realm_access(h->rmm, rec, &l->a);
}

/* Leave, come back with an answer, and look before the operation is repeated. */
static uint64_t hash_of(struct look *l, uint64_t flags, uint64_t answer, uint64_t *after)
{
	struct host h;

	host_realm(&h, NULL);
	host_activate(&h);
	l->looks = false;
	assert_hex(host_enter(&h, 0, act, l), 0);
	assert_int_equal(l->result, RMM_REALM_EXIT);
	*after = rmm_state_hash(h.rmm);
	l->looks = true;
	host_write64(&h, h.run + RMI_RUN_ENTER_GPRS, answer);
	assert_hex(host_enter(&h, flags, act, l), 0);
	assert_int_equal(l->result, flags & RMI_ENTER_INJECT_SEA ? RMM_REALM_SEA : RMM_REALM_DONE);
	host_end(&h);
	return l->hash;
}

static void the_answer_that_an_operation_waits_for_is_state(void **state)
{
	struct look reads = { .a = { .ipa = NS, .size = 4, .isv = true } }, writes = reads,
		    elsewhere = reads, wide = reads,
		    mrs = { .sysreg = true, .reg = { .iss = 0x300004 } }, other = mrs, msr = mrs;
	uint64_t a, b, first, second;

	writes.a.write = true;
	elsewhere.a.ipa += 8;
	wide.a.size = 8;
	other.reg.rt = 5;
	msr.reg.write = true;
	a = hash_of(&reads, RMI_ENTER_EMULATED_MMIO, 1, &first);
	assert_true(hash_of(&reads, RMI_ENTER_EMULATED_MMIO, 1, &second) == a);
	assert_true(first == second);
	assert_true(hash_of(&reads, RMI_ENTER_EMULATED_MMIO, 2, &second) != a);
	assert_true(first == second);
	b = hash_of(&reads, RMI_ENTER_INJECT_SEA, 1, &second);
	assert_true(a != b && first == second);
	assert_true(hash_of(&writes, RMI_ENTER_EMULATED_MMIO, 1, &second) != a && first != second);
	assert_true(hash_of(&elsewhere, RMI_ENTER_EMULATED_MMIO, 1, &second) != a);
	assert_true(first != second);
	assert_true(hash_of(&wide, RMI_ENTER_EMULATED_MMIO, 1, &second) != a && first != second);
	/* without a syndrome nothing can be emulated, but an abort can be injected */
	reads.a.isv = false;
	hash_of(&reads, RMI_ENTER_INJECT_SEA, 1, &second);
	assert_true(first != second);
	a = hash_of(&mrs, 0, 1, &first);
	assert_true(hash_of(&mrs, 0, 1, &second) == a && first == second);
	assert_true(hash_of(&mrs, 0, 2, &second) != a && first == second);
	assert_true(hash_of(&other, 0, 1, &second) != a && first != second);
	assert_true(hash_of(&msr, 0, 1, &second) != a && first != second);
}

/* An access or register other than the one that left gets no answer: it leaves by itself. */
static void an_answer_belongs_to_what_has_left(void **state)
{
	static const struct look reads = { .a = { .ipa = NS, .size = 4, .isv = true } };
	static const struct look mrs = { .sysreg = true, .reg = { .iss = 0x300004 } };

	for (unsigned i = 0; i < 5; i++) {
		struct look l = i < 3 ? reads : mrs;
		struct host h;

		host_realm(&h, NULL);
		host_activate(&h);
		assert_hex(host_enter(&h, 0, act, &l), 0);
		assert_int_equal(l.result, RMM_REALM_EXIT);
		if (i == 0)
			l.a.size = 8;
		else if (i == 1)
			l.a.write = true;
		else if (i == 2)
			l.a.ipa += 0x1000;
		else if (i == 3)
			l.reg.rt = 7;
		else
			l.reg.write = true;
		host_write64(&h, h.run + RMI_RUN_ENTER_GPRS, 0x77);
		assert_hex(host_enter(&h, i < 3 ? RMI_ENTER_EMULATED_MMIO : 0, act, &l), 0);
		assert_int_equal(l.result, RMM_REALM_EXIT);
		assert_hex(host_exit(&h, RMI_RUN_EXIT_REASON), RMI_EXIT_SYNC);
		host_end(&h);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(what_a_model_cannot_be_made_of_is_refused_with_the_reason),
		TEST(banks_may_be_given_in_any_order),
		TEST(each_piece_of_a_new_model_may_be_refused),
		TEST(a_model_of_nothing_but_defaults_works),
		TEST(memory_of_the_caller_is_clean_when_it_comes_back),
		TEST(memory_that_is_not_there_cannot_be_read_or_written),
		TEST(what_a_realm_wrote_into_memory_of_the_caller_is_wiped),
		TEST(a_pointer_into_a_bank_is_its_address),
		TEST(what_is_no_realm_shows_nothing),
		TEST(names_of_nothing_are_question_marks),
		TEST(the_answer_that_an_operation_waits_for_is_state),
		TEST(an_answer_belongs_to_what_has_left),
	};

	return cmocka_run_group_tests_name("embedded", tests, NULL, NULL);
}
