/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Contents of pages that go from the host to a realm and back (B4.5.18): nothing of the one is seen by the
 * other, whichever pages of a range either has written.
 */
#include "host.h"

#define NR  512u /* pages of one table */
#define RAM UINT64_C(0x200000)

/* Which pages of the range are written: runs that begin, end and cross at words of a bitmap. */
static bool in_pattern(unsigned pattern, unsigned i)
{
	switch (pattern) {
	case 0:
		return i % 3 == 0;
	case 1:
		return i >= 60 && i < 70;
	case 2:
		return i >= 64 && i < 128;
	case 3:
		return i >= 100;
	case 4:
		return i == 0 || i == 511;
	default:
		return i % 130 < 129;
	}
}

#define NR_PATTERNS 6u

struct visit {
	unsigned pattern;
	unsigned dirty; /* pages that were not zero */
};

static uint64_t read_at(struct host *h, struct rmm_rec *rec, rmm_ipa ipa)
{
	struct rmm_access a = { .ipa = ipa, .size = 8 };

	assert_int_equal(rmm_realm_access(h->rmm, rec, &a), RMM_REALM_DONE);
	return a.value;
}

/* Every page is zero to the realm, at both ends; then those of the pattern are written. */
static void look_and_write(struct host *h, struct rmm_rec *rec)
{
	struct visit *v = h->program_ctx;

	for (unsigned i = 0; i < NR; i++) {
		rmm_ipa at = RAM + i * h->page;
		struct rmm_access a = { .ipa = at + 8 * i, .size = 8, .write = true, .value = ~0u };

		v->dirty += read_at(h, rec, at + 8 * i) || read_at(h, rec, at + h->page - 8);
		if (in_pattern(v->pattern, i))
			assert_int_equal(rmm_realm_access(h->rmm, rec, &a), RMM_REALM_DONE);
	}
}

static void make_ram(struct host *h, struct rmm_rec *rec)
{
	struct rmm_regs r = { { RSI_IPA_STATE_SET, RAM, RAM + NR * h->page, RMI_RAM,
				RSI_CHANGE_DESTROYED } };
	enum rmm_realm_result result = rmm_realm_smc(h->rmm, rec, &r);

	/* The first one may be the answer to the request before. */
	if (result == RMM_REALM_DONE) {
		r = (struct rmm_regs){ { RSI_IPA_STATE_SET, RAM, RAM + NR * h->page, RMI_RAM,
					 RSI_CHANGE_DESTROYED } };
		result = rmm_realm_smc(h->rmm, rec, &r);
	}
	assert_int_equal(result, RMM_REALM_EXIT);
}

static void one_life(struct host *h, rmm_pa pa, unsigned host_writes, unsigned realm_writes)
{
	struct visit v = { .pattern = realm_writes };
	rmm_pa top = pa + NR * h->page;

	for (unsigned i = 0; i < NR; i++)
		if (in_pattern(host_writes, i))
			host_write64(h, pa + i * h->page + 8 * i, 0x5ec2e7);
	host_delegate(h, pa, NR * h->page);
	assert_hex(host_enter(h, 0, make_ram, NULL), 0);
	assert_hex(smc(h, RMI_RTT_SET_RIPAS, h->rd, h->rec, RAM, RAM + NR * h->page), 0);
	assert_hex(smc(h, RMI_RTT_DATA_MAP, h->rd, RAM, RAM + NR * h->page, RMI_ADDR_SINGLE,
		       host_desc(h, pa, 3, NR)),
		   0);
	assert_hex(host_enter(h, 0, look_and_write, &v), 0);
	assert_hex(v.dirty, 0);
	assert_hex(smc(h, RMI_RTT_DATA_UNMAP, h->rd, RAM, RAM + NR * h->page, 0), 0);
	assert_hex(smc(h, RMI_GRANULE_RANGE_UNDELEGATE, pa, top), 0);
	for (unsigned i = 0; i < NR; i++)
		for (unsigned at = 0; at < h->page; at += 8)
			assert_hex(host_read64(h, pa + i * h->page + at), 0);
}

static void neither_sees_what_the_other_wrote(void **state)
{
	rmm_pa pa = HOST_BASE + 0x20000000;
	struct host h;

	host_realm(&h, NULL);
	host_tables(&h, RAM, 3);
	host_activate(&h);
	for (unsigned i = 0; i < NR_PATTERNS; i++)
		for (unsigned j = 0; j < NR_PATTERNS; j++)
			one_life(&h, pa, i, j);
	host_end(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(neither_sees_what_the_other_wrote),
	};

	return cmocka_run_group_tests_name("wiping", tests, NULL, NULL);
}
