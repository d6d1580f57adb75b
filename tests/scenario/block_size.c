// SPDX-License-Identifier: BSD-2-Clause
/*
 * How the port encodes [phys, phys + size) for the RMM: one address range descriptor, read back by the
 * model's decoder, never by an inverse of the encoder (kvm-fault-dispatch A8, museum B18, B19, B23).
 *
 * What a block is follows from the page size alone. The image with folded host tables, in which PUD_SIZE
 * and P4D_SIZE are one number, must therefore say what the other 4K image says.
 */
#include "fixture.h"

#define KIB(n)  ((uint64_t)(n) << 10)
#define MIB(n)  ((uint64_t)(n) << 20)
#define GIB(n)  ((uint64_t)(n) << 30)
#define TIB(n)  ((uint64_t)(n) << 40)
#define ALIGNED TIB(128) /* for every block of every page size */

struct word {
	uint64_t size, word; /* at 0x880000000 */
};

/* "Block sizes by (page size, code)" and the numeric examples of the sheet. */
static const struct geometry {
	unsigned shift;
	uint64_t unit[4]; /* by code; 0: no such block */
	uint64_t cap;     /* pages of one descriptor: one less than a table has */
	struct word words[6];
} geometries[] = {
	{ 12,
	  { KIB(4), MIB(2), GIB(1), GIB(512) },
	  511,
	  { { 0x1000, 0x880000004 },
	    { 0x2000, 0x880000008 },
	    { 0x200000, 0x880000005 },
	    { 0x40000000, 0x880000006 },
	    { 0x1ff000, 0x8800007fc },
	    { 0x400000, 0x8800007fc } } },
	{ 14,
	  { KIB(16), MIB(32), GIB(64), TIB(128) },
	  2047,
	  { { 0x4000, 0x880000004 }, { 0x2000000, 0x880000005 }, { 0x1ffc000, 0x880001ffc } } },
	{ 16,
	  { KIB(64), MIB(512), TIB(4), 0 },
	  8191,
	  { { 0x10000, 0x880000004 }, { 0x20000000, 0x880000005 }, { 0x1fff0000, 0x880007ffc } } },
};

static const struct geometry *geometry(const struct fixture *f)
{
	unsigned i;

	for (i = 0; i < sizeof(geometries) / sizeof(geometries[0]); i++)
		if (UINT64_C(1) << geometries[i].shift == sim_world_page_size(f->world))
			return &geometries[i];
	fail_msg("the sheet has no table for this page size");
	return NULL;
}

static struct rmi_range_desc encoded(struct fixture *f, uint64_t phys, uint64_t size)
{
	struct rmi_range_desc desc = { 0 };
	uint64_t word;

	assert_non_null(f->probe);
	word = f->probe->addr_range_desc(phys, size);
	if (!rmi_range_desc_decode(RMI_BET1, geometry(f)->shift, word, &desc))
		fail_msg("0x%llx is no descriptor", (unsigned long long)word);
	return desc;
}

static void the_numeric_examples_of_the_sheet(void **state)
{
	struct fixture *f = *state;
	const struct geometry *g = geometry(f);
	unsigned i;

	assert_non_null(f->probe);
	for (i = 0; i < 6 && g->words[i].size; i++)
		assert_int_equal(f->probe->addr_range_desc(0x880000000, g->words[i].size),
				 g->words[i].word);
}

static void each_block_size_is_one_block_of_that_size(void **state)
{
	struct fixture *f = *state;
	const struct geometry *g = geometry(f);
	unsigned code;

	for (code = 0; code < 4 && g->unit[code]; code++) {
		struct rmi_range_desc desc = encoded(f, ALIGNED, g->unit[code]);

		assert_int_equal(desc.base, ALIGNED);
		assert_int_equal(desc.level, 3 - (int)code);
		assert_int_equal(desc.unit, g->unit[code]);
		assert_int_equal(desc.count, 1);
		assert_int_equal(desc.size, g->unit[code]);
		assert_int_equal(desc.state, RMI_OP_MEM_DELEGATED);
	}
}

/* The law: size * count is what was asked for, up to the cap; the base is where it begins. */
static void every_length_is_covered_up_to_the_cap(void **state)
{
	struct fixture *f = *state;
	const struct geometry *g = geometry(f);
	uint64_t pages, base = ALIGNED + g->unit[1];

	for (pages = 1; pages <= 4 * (g->cap + 1) + 3; pages++) {
		uint64_t size = pages * g->unit[0];
		uint64_t cap = size == g->unit[1] ? size : g->cap * g->unit[0];
		struct rmi_range_desc desc = encoded(f, base, size);

		assert_int_equal(desc.base, base);
		assert_int_equal(desc.size, size < cap ? size : cap);
		assert_int_equal(desc.unit * desc.count, desc.size);
	}
}

static void odd_lengths_are_pages(void **state)
{
	struct fixture *f = *state;
	const struct geometry *g = geometry(f);
	const uint64_t page = g->unit[0], cap = g->cap * page;
	const uint64_t sizes[] = {
		3 * page,          5 * page,
		g->unit[1] - page, g->unit[1] + page,
		2 * g->unit[1],    g->unit[2] - page,
		2 * g->unit[2],    g->unit[2] + g->unit[1],
		g->cap * page,     (g->cap + 2) * page,
		TIB(128) - page,   (2 * g->cap + 8) * page,
	};
	unsigned i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct rmi_range_desc desc = encoded(f, ALIGNED, sizes[i]);

		assert_int_equal(desc.base, ALIGNED);
		assert_int_equal(desc.unit, page);
		assert_int_equal(desc.size, sizes[i] < cap ? sizes[i] : cap);
	}
}

/* B23: a block code needs an address that is aligned to the block. */
static void an_address_that_is_not_aligned_to_the_block_is_encoded_smaller(void **state)
{
	struct fixture *f = *state;
	const struct geometry *g = geometry(f);
	const uint64_t page = g->unit[0];
	unsigned code, i;

	for (code = 1; code < 4 && g->unit[code]; code++) {
		const uint64_t size = g->unit[code];
		const uint64_t rows[] = { ALIGNED + page, ALIGNED + size - page,
					  ALIGNED + g->unit[code - 1], page };

		for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			struct rmi_range_desc desc = encoded(f, rows[i], size);

			assert_int_equal(desc.base, rows[i]);
			assert_int_equal(desc.base % desc.unit, 0);
			assert_true(desc.unit < size);
			assert_true(desc.size >= page && desc.size <= size);
		}
	}
	/* The number of kvm-call-sequences 5. */
	if (g->shift == 12)
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
