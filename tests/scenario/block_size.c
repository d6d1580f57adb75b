// SPDX-License-Identifier: BSD-2-Clause
/*
 * How the port encodes [phys, phys + size) for the RMM: one address range descriptor, read back by the
 * model's decoder, never by an inverse of the encoder (kvm-fault-dispatch A8, museum B18, B23). 4K pages.
 */
#include "fixture.h"

#define KIB(n)  ((uint64_t)(n) << 10)
#define MIB(n)  ((uint64_t)(n) << 20)
#define GIB(n)  ((uint64_t)(n) << 30)
#define PAGE    KIB(4)
#define CAP     (511 * PAGE) /* of a run of pages: one less than a table has */
#define ALIGNED GIB(512)     /* aligned for every block */

static struct rmi_range_desc decoded(uint64_t word)
{
	struct rmi_range_desc desc = { 0 };

	if (!rmi_range_desc_decode(RMI_BET1, 12, word, &desc))
		fail_msg("0x%llx is no descriptor", (unsigned long long)word);
	return desc;
}

static struct rmi_range_desc encoded(struct fixture *f, uint64_t phys, uint64_t size)
{
	return decoded(f->probe->addr_range_desc(phys, size));
}

static void the_numeric_examples_of_the_sheet(void **state)
{
	static const struct {
		uint64_t size, word;
	} rows[] = {
		{ 0x1000, 0x880000004 },     { 0x2000, 0x880000008 },   { 0x200000, 0x880000005 },
		{ 0x40000000, 0x880000006 }, { 0x1ff000, 0x8800007fc }, { 0x400000, 0x8800007fc },
	};
	struct fixture *f = *state;
	unsigned i;

	assert_non_null(f->probe);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(f->probe->addr_range_desc(0x880000000, rows[i].size),
				 rows[i].word);
}

static void each_block_size_is_one_block_of_that_size(void **state)
{
	static const struct {
		uint64_t size;
		int level;
	} rows[] = { { PAGE, 3 }, { MIB(2), 2 }, { GIB(1), 1 }, { GIB(512), 0 } };
	struct fixture *f = *state;
	unsigned i;

	for (i = 0; i < 4; i++) {
		struct rmi_range_desc desc = encoded(f, ALIGNED, rows[i].size);

		assert_int_equal(desc.base, ALIGNED);
		assert_int_equal(desc.level, rows[i].level);
		assert_int_equal(desc.unit, rows[i].size);
		assert_int_equal(desc.count, 1);
		assert_int_equal(desc.size, rows[i].size);
		assert_int_equal(desc.state, RMI_OP_MEM_DELEGATED);
	}
}

/* The law: size * count is what was asked for, up to the cap; the base is where it begins. */
static void every_length_is_covered_up_to_the_cap(void **state)
{
	struct fixture *f = *state;
	uint64_t pages;

	for (pages = 1; pages <= 2 * 1024 + 3; pages++) {
		uint64_t size = pages * PAGE, cap = size == MIB(2) ? size : CAP;
		struct rmi_range_desc desc = encoded(f, ALIGNED + MIB(2), size);

		assert_int_equal(desc.base, ALIGNED + MIB(2));
		assert_int_equal(desc.size, size < cap ? size : cap);
		assert_int_equal(desc.unit * desc.count, desc.size);
	}
}

static void odd_lengths_are_pages(void **state)
{
	static const uint64_t sizes[] = {
		3 * PAGE,          5 * PAGE,        MIB(2) - PAGE, MIB(2) + PAGE,   MIB(4),
		GIB(1) - PAGE,     GIB(1) + MIB(2), GIB(2),        GIB(512) - PAGE, GIB(512) + PAGE,
		(1023 + 7) * PAGE, 511 * PAGE,      513 * PAGE,
	};
	struct fixture *f = *state;
	unsigned i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct rmi_range_desc desc = encoded(f, ALIGNED, sizes[i]);

		assert_int_equal(desc.base, ALIGNED);
		assert_int_equal(desc.unit, PAGE);
		assert_int_equal(desc.size, sizes[i] < CAP ? sizes[i] : CAP);
	}
}

/* B23: a block code needs an address that is aligned to the block. */
static void an_address_that_is_not_aligned_to_the_block_is_encoded_smaller(void **state)
{
	static const struct {
		uint64_t phys, size;
	} rows[] = {
		{ 0x888401000, MIB(2) },   { 0x8885ff000, MIB(2) },         { 0x888401000, GIB(1) },
		{ 0x888400000, GIB(1) },   { GIB(512) + GIB(1), GIB(512) }, { PAGE, MIB(2) },
		{ 0x880200000, GIB(512) },
	};
	struct fixture *f = *state;
	unsigned i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rmi_range_desc desc = encoded(f, rows[i].phys, rows[i].size);

		assert_int_equal(desc.base, rows[i].phys);
		assert_int_equal(desc.base % desc.unit, 0);
		assert_true(desc.unit < rows[i].size);
		assert_true(desc.size >= PAGE && desc.size <= rows[i].size);
	}
	/* The number of kvm-call-sequences 5. */
	assert_int_equal(f->probe->addr_range_desc(0x888401000, MIB(2)), 0x8884017fc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_numeric_examples_of_the_sheet),
		cmocka_unit_test(each_block_size_is_one_block_of_that_size),
		cmocka_unit_test(every_length_is_covered_up_to_the_cap),
		cmocka_unit_test(odd_lengths_are_pages),
		cmocka_unit_test(an_address_that_is_not_aligned_to_the_block_is_encoded_smaller),
	};

	return cmocka_run_group_tests_name("block size encoding", tests, fixture_setup,
					   fixture_teardown);
}
