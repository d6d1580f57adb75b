/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory that is wanted in one piece (B4.5.23 mem_contig, B4.6.40; rmm-state-machines 12.3, rmm-commands
 * Part 1; OP-52): the exact total, in one region aligned to it, or nothing. TF-RMM: in one descriptor.
 */
#include "host.h"

#define NR 16
#define TF "tf-rmm-2026-07"

/* Pages of an area of 32, whose start is aligned to 32. */
static const struct row {
	struct {
		unsigned first, count;
	} piece[3];
	unsigned entries;
	bool strict, tf; /* accepted */
} rows[] = {
	{ { { 0, 16 } }, 1, true, true },
	{ { { 16, 16 } }, 1, true, true },
	{ { { 3, 0 }, { 0, 16 } }, 2, true, true }, /* nothing is skipped */
	{ { { 0, 16 }, { 20, 0 } }, 2, true, true },
	{ { { 0, 8 }, { 8, 8 } }, 2, true, false },
	{ { { 0, 4 }, { 4, 0 }, { 4, 12 } }, 3, true, false },
	{ { { 0, 8 }, { 16, 8 } }, 2, false, false }, /* a hole */
	{ { { 8, 8 }, { 0, 8 } }, 2, false, false },  /* the wrong way round */
	{ { { 8, 16 } }, 1, false, false },           /* misaligned */
	{ { { 8, 8 }, { 16, 8 } }, 2, false, false },
	{ { { 0, 8 } }, 1, false, false }, /* not all */
	{ { { 0, 1 } }, 1, false, false },
};

static void donate(const char *profile, const struct row *row, bool accepted)
{
	struct rmm_profile p = *rmm_profile_find(profile);
	struct rmm_regs r, d;
	rmm_pa rec, list, area;
	struct host h;
	uint64_t hash;

	p.rec_granules = NR;
	p.rec_contig = true;
	host_realm(&h, &(struct setup){ .custom = &p });
	rec = host_delegated(&h, 1);
	list = host_pages(&h, 1);
	area = host_aligned(&h, 2 * NR * h.page);
	host_delegate(&h, area, 2 * NR * h.page);
	r = smc_regs(&h, RMI_REC_CREATE, h.rd, rec, host_rec_params(&h, 0));
	assert_int_equal(RMI_RESULT_MEM(r.x[0]), RMI_OP_MEM_REQ_DONATE);
	assert_hex(r.x[2], 1 << 16 | NR << 2);
	for (unsigned i = 0; i < row->entries; i++)
		host_write64(
			&h, list + 8 * i,
			host_desc(&h, area + row->piece[i].first * h.page, 3, row->piece[i].count));
	hash = rmm_state_hash(h.rmm);
	d = smc_regs(&h, RMI_OP_MEM_DONATE, r.x[1], list, row->entries);
	if (accepted) {
		assert_int_equal(RMI_RESULT_STATUS(d.x[0]), RMI_INCOMPLETE);
		assert_int_equal(RMI_RESULT_MEM(d.x[0]), RMI_OP_MEM_REQ_NONE);
		assert_int_equal(d.x[1], NR);
	} else {
		assert_hex(d.x[0], RMI_ERROR_INPUT);
		assert_true(rmm_state_hash(h.rmm) == hash);
		/* nothing is no error, and changes nothing */
		host_write64(&h, list, host_desc(&h, area, 3, 0));
		d = smc_regs(&h, RMI_OP_MEM_DONATE, r.x[1], list, 1);
		assert_int_equal(RMI_RESULT_MEM(d.x[0]), RMI_OP_MEM_REQ_DONATE);
		assert_int_equal(d.x[1], 0);
		assert_hex(d.x[2], 1 << 16 | NR << 2);
		host_write64(&h, list, host_desc(&h, area, 3, NR));
		d = smc_regs(&h, RMI_OP_MEM_DONATE, r.x[1], list, 1);
		assert_int_equal(d.x[1], NR);
	}
	assert_hex(smc(&h, RMI_OP_CONTINUE, r.x[1], 0), 0);
	assert_state(&h, rec, REC);
	host_end(&h);
}

static void one_region_of_the_total_or_nothing(void **state)
{
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		donate("strict", &rows[i], rows[i].strict);
}

static void tf_rmm_wants_it_in_one_descriptor(void **state)
{
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		donate(TF, &rows[i], rows[i].tf);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(one_region_of_the_total_or_nothing),
		TEST(tf_rmm_wants_it_in_one_descriptor),
	};

	return cmocka_run_group_tests_name("contiguous donations", tests, NULL, NULL);
}
