/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The arena of a world.
 */
#include "fake.h"

#include "arena.h"

static bool is_zero(const unsigned char *p, size_t size)
{
	while (size && !*p)
		p++, size--;
	return !size;
}

static void memory_is_zero_however_often_it_was_used(void **state)
{
	static const size_t sizes[] = { 1,   7,    8,     16,    17,    64,     65,
					100, 4096, 65535, 65536, 65537, 1 << 20 };
	struct sim_arena *arena = sim_arena_new(false);

	assert_non_null(arena);
	for (unsigned round = 0; round < 4; round++)
		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
			unsigned char *p = sim_arena_alloc(arena, sizes[i]);

			assert_non_null(p);
			assert_int_equal((uintptr_t)p % 16, 0);
			assert_true(is_zero(p, sizes[i]));
			memset(p, 0xa5, sizes[i]);
			sim_arena_free(arena, p, sizes[i]);
		}
	assert_int_equal(sim_arena_used(arena), 0);
	sim_arena_drop(arena);
}

/* Every size up to 5000 at once: no two pieces touch. */
static void pieces_do_not_overlap(void **state)
{
	static unsigned char *pieces[5000];
	struct sim_arena *arena = sim_arena_new(false);

	for (size_t size = 1; size < 5000; size++) {
		pieces[size] = sim_arena_alloc(arena, size);
		assert_non_null(pieces[size]);
		memset(pieces[size], (int)(size % 251), size);
	}
	for (size_t size = 1; size < 5000; size++)
		for (size_t i = 0; i < size; i++)
			assert_int_equal(pieces[size][i], size % 251);
	for (size_t size = 1; size < 5000; size += 2)
		sim_arena_free(arena, pieces[size], size);
	for (size_t size = 1; size < 5000; size += 2) {
		pieces[size] = sim_arena_alloc(arena, size);
		memset(pieces[size], (int)(size % 251), size);
	}
	for (size_t size = 1; size < 5000; size++)
		assert_int_equal(pieces[size][size - 1], size % 251);
	sim_arena_drop(arena);
}

static void what_was_freed_is_given_out_again(void **state)
{
	struct sim_arena *arena = sim_arena_new(false);
	void *first = sim_arena_alloc(arena, 300);

	sim_arena_free(arena, first, 300);
	assert_ptr_equal(sim_arena_alloc(arena, 300), first);
	sim_arena_drop(arena);
}

static void a_large_sparse_table_costs_what_is_touched(void **state)
{
	struct sim_arena *arena = sim_arena_new(false);
	size_t size = (size_t)1 << 32;
	unsigned char *p = sim_arena_alloc(arena, size);

	assert_non_null(p);
	p[size - 1] = 1;
	sim_arena_free(arena, p, size);
	p = sim_arena_alloc(arena, size);
	assert_int_equal(p[size - 1], 0);
	sim_arena_drop(arena);
}

static void an_exhausted_arena_answers_null(void **state)
{
	struct sim_arena *arena = sim_arena_new(false);
	unsigned n = 0;

	assert_null(sim_arena_alloc(arena, SIZE_MAX));
	assert_null(sim_arena_alloc(arena, (size_t)1 << 62));
	while (sim_arena_alloc(arena, (size_t)1 << 30))
		assert_in_range(++n, 1, 1000);
	assert_non_null(sim_arena_alloc(arena, 64));
	sim_arena_free(arena, NULL, 64);
	sim_arena_drop(arena);
	sim_arena_drop(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_zero_however_often_it_was_used),
		cmocka_unit_test(pieces_do_not_overlap),
		cmocka_unit_test(what_was_freed_is_given_out_again),
		cmocka_unit_test(a_large_sparse_table_costs_what_is_touched),
		cmocka_unit_test(an_exhausted_arena_answers_null),
	};

	return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
