/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The page allocator, memory caches and kmalloc() of a kernel image by itself, at each page
 * size: expectations are those of the dispatch sheet, G8, and of the API sheet, 4 and 11.
 */
#include "vm.h"

#define PORT (vm.m->port)

static unsigned long long page_size(void)
{
	return 1ull << vm.m->image->page_shift;
}

static unsigned char *at(unsigned long long pa)
{
	return vm.m->ram + (pa - BANK_BASE);
}

static void delegate(unsigned long long pa)
{
	vm.m->not_ns[(pa - BANK_BASE) / PAGE] = 1;
}

/* Page allocator */

static void blocks_are_aligned_to_their_order_and_in_one_piece(void **state)
{
	unsigned long long used = pages_used(), pa[4];
	unsigned order;

	for (order = 0; order < 4; order++) {
		pa[order] = PORT->alloc(0, order);
		assert_int_not_equal(pa[order], 0);
		assert_int_equal(pa[order] % (page_size() << order), 0);
	}
	assert_int_equal(pages_used() - used, 1 + 2 + 4 + 8);
	for (order = 0; order < 4; order++)
		PORT->free(pa[order], order);
	assert_int_equal(pages_used(), used);
}

/* 10 at 4K; else what a PMD-sized block needs. */
static void an_order_above_the_largest_is_refused(void **state)
{
	const unsigned shift = vm.m->image->page_shift;
	const unsigned largest = shift == 12 ? 10 : shift - 3;
	unsigned long long pa = PORT->alloc(0, largest);

	assert_int_not_equal(pa, 0);
	PORT->free(pa, largest);
	assert_int_equal(PORT->alloc(0, largest + 1), 0);
}

static void exact_memory_is_as_long_as_asked_and_its_tail_may_go_first(void **state)
{
	unsigned long long used = pages_used(), pa = PORT->alloc_exact(5 * page_size());

	assert_int_equal(pages_used() - used, 5);
	assert_int_equal(pa % (8 * page_size()), 0);
	PORT->free_exact(pa + 2 * page_size(), 3 * page_size());
	assert_int_equal(pages_used() - used, 2);
	PORT->free_exact(pa, 2 * page_size());
	assert_int_equal(pages_used(), used);
	assert_int_equal(PORT->alloc_exact(0), 0);
	pa = PORT->alloc_exact(1);
	assert_int_equal(pages_used() - used, 1);
	PORT->free_exact(pa, 1);
}

static void a_page_lives_as_long_as_its_last_reference(void **state)
{
	unsigned long long used = pages_used(), pa = PORT->alloc(0, 0);

	PORT->get(pa);
	assert_int_equal(PORT->count(pa), 2);
	PORT->free(pa, 0);
	assert_int_equal(pages_used(), used + 1);
	PORT->put(pa);
	assert_int_equal(pages_used(), used);
}

static void a_compound_page_counts_references_of_all_its_frames_as_one(void **state)
{
	unsigned long long used = pages_used(), pa = PORT->alloc(TEST_GFP_COMP, 2);

	PORT->get(pa + 3 * page_size());
	assert_int_equal(PORT->count(pa), 2);
	assert_int_equal(PORT->count(pa + page_size()), 2);
	PORT->put(pa + 2 * page_size());
	assert_int_equal(pages_used() - used, 4);
	PORT->put(pa + page_size());
	assert_int_equal(pages_used(), used);
}

static void a_freed_page_is_poisoned_and_zeroed_when_asked_for_so(void **state)
{
	unsigned long long pa = PORT->alloc(0, 0);
	unsigned i;

	memset(at(pa), 0x11, page_size());
	PORT->free(pa, 0);
	for (i = 0; i < page_size(); i++)
		assert_int_equal(at(pa)[i], 0xaa);
	assert_int_equal(PORT->alloc(TEST_GFP_ZERO, 0), pa); /* lowest first */
	for (i = 0; i < page_size(); i++)
		assert_int_equal(at(pa)[i], 0);
	PORT->free(pa, 0);
}

static void a_touch_of_a_freed_page_is_a_violation(void **state)
{
	unsigned long long pa = PORT->alloc(0, 0);

	PORT->touch(pa);
	PORT->free(pa, 0);
	assert_true(violates(vm.m, "use-after-free", PORT->touch(pa)));
}

static void a_reference_to_a_freed_page_is_a_violation(void **state)
{
	unsigned long long pa = PORT->alloc(0, 0);

	PORT->free(pa, 0);
	assert_true(violates(vm.m, "page-reference", PORT->get(pa)));
}

static void a_free_of_another_order_is_a_violation_that_names_the_owner(void **state)
{
	unsigned long long pa = PORT->alloc(0, 3);

	assert_true(violates(vm.m, "page-order", PORT->free(pa, 2)));
	assert_non_null(strstr(vm.m->sentence, "door_alloc"));
}

static void a_page_that_became_realm_memory_is_not_taken_back(void **state)
{
	unsigned long long pa = PORT->alloc(0, 1);

	delegate(pa + page_size());
	assert_true(violates(vm.m, "delegated-page", PORT->free(pa, 1)));
}

static void the_tail_of_exact_memory_is_not_taken_back_while_delegated(void **state)
{
	unsigned long long pa = PORT->alloc_exact(3 * page_size());

	delegate(pa + 2 * page_size());
	PORT->free_exact(pa, 2 * page_size());
	assert_true(violates(vm.m, "delegated-page",
			     PORT->free_exact(pa + 2 * page_size(), page_size())));
}

static void a_page_that_is_realm_memory_is_not_handed_out(void **state)
{
	unsigned long long pa = PORT->alloc(0, 0);

	PORT->free(pa, 0);
	delegate(pa);
	assert_true(violates(vm.m, "delegated-page", PORT->alloc(0, 0)));
}

static void clearing_a_delegated_page_is_a_violation(void **state)
{
	unsigned long long pa = PORT->alloc(0, 0);

	delegate(pa);
	assert_true(violates(vm.m, "host-access", PORT->touch(pa)));
}

/* API sheet 11.7: three points where an allocation can be made to fail. */
static void sleeping_atomic_and_cache_allocations_fail_apart(void **state)
{
	int nobjs;

	vm.m->fail_label = "GFP_ATOMIC page";
	assert_int_equal(PORT->alloc(TEST_GFP_ATOMIC, 0), 0);
	assert_int_not_equal(PORT->alloc(0, 0), 0);
	assert_int_equal(PORT->topup(0, 1, &nobjs), 0);
	vm.m->fail_label = "GFP_KERNEL page";
	assert_int_not_equal(PORT->alloc(TEST_GFP_ATOMIC, 0), 0);
	assert_int_equal(PORT->alloc(0, 0), 0);
	assert_int_equal(PORT->topup(0, 1, &nobjs), 0);
	vm.m->fail_label = "memcache page";
	assert_int_not_equal(PORT->alloc(TEST_GFP_ATOMIC, 0), 0);
	assert_int_not_equal(PORT->alloc(0, 0), 0);
	assert_int_equal(PORT->topup(0, 1, &nobjs), -12);
}

/* Memory caches */

static void an_empty_cache_warns_and_takes_an_atomic_page(void **state)
{
	unsigned long long used = pages_used();

	assert_int_equal(PORT->drain(1, 40), 40);
	assert_int_equal(vm.m->warns, 0);
	assert_int_equal(PORT->drain(1, 42), 42);
	assert_int_equal(vm.m->warns, 2);
	assert_int_equal(pages_used(), used);
}

static void an_empty_cache_without_any_atomic_page_is_a_bug(void **state)
{
	vm.m->fail_label = "GFP_ATOMIC page";
	assert_int_equal(PORT->drain(1, 40), 40);
	assert_true(violates(vm.m, "kernel-bug", PORT->drain(1, 41)));
	assert_int_equal(vm.m->warns, 1);
}

static void more_than_the_capacity_cannot_be_asked_of_a_cache(void **state)
{
	int nobjs;

	assert_int_equal(PORT->topup(0, 41, &nobjs), -5);
	assert_int_equal(vm.m->warns, 1);
}

static void a_cache_with_its_minimum_is_left_alone_and_one_below_is_filled(void **state)
{
	int nobjs;

	assert_int_equal(PORT->topup(3, 3, &nobjs), 0);
	assert_int_equal(nobjs, 3);
	assert_int_equal(PORT->topup(2, 3, &nobjs), 0);
	assert_int_equal(nobjs, 40);
}

static void a_cache_without_its_array_of_objects_is_out_of_memory(void **state)
{
	int nobjs;

	vm.m->fail_label = "kmalloc";
	assert_int_equal(PORT->topup(0, 1, &nobjs), -12);
}

/* Objects */

static void objects_are_counted_and_filled(void **state)
{
	unsigned long long used = objects_used();
	unsigned char *p = PORT->kmalloc(24, 0), *zero = PORT->kmalloc(24, TEST_GFP_ZERO);

	assert_int_equal(objects_used() - used, 2);
	assert_int_equal(p[0], 0x5a);
	assert_int_equal(p[23], 0x5a);
	assert_int_equal(zero[0], 0);
	assert_int_equal(zero[23], 0);
	PORT->kfree(p);
	PORT->kfree(zero);
	PORT->kfree(NULL);
	assert_int_equal(objects_used(), used);
}

static void freeing_an_object_twice_is_a_violation_that_names_both(void **state)
{
	void *p = PORT->kmalloc(24, 0);

	PORT->kfree(p);
	assert_true(violates(vm.m, "double-free", PORT->kfree(p)));
	assert_non_null(strstr(vm.m->sentence, "door_kmalloc"));
	assert_non_null(strstr(vm.m->sentence, "door_kfree"));
}

static void freeing_what_is_no_object_is_a_violation(void **state)
{
	static char not_an_object[128];

	assert_true(violates(vm.m, "double-free", PORT->kfree(not_an_object + 64)));
}

static void churn(void)
{
	unsigned i;

	for (i = 0; i < 100; i++)
		PORT->kfree(PORT->kmalloc(16, 0));
}

static void a_store_to_a_freed_object_is_found(void **state)
{
	unsigned char *p = PORT->kmalloc(24, 0);

	PORT->kfree(p);
	p[7] = 1;
	assert_true(violates(vm.m, "use-after-free", churn()));
	assert_non_null(strstr(vm.m->sentence, "byte 7"));
}

#define test(f) cmocka_unit_test_setup_teardown(f, vm_boot, vm_halt)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(blocks_are_aligned_to_their_order_and_in_one_piece),
		test(an_order_above_the_largest_is_refused),
		test(exact_memory_is_as_long_as_asked_and_its_tail_may_go_first),
		test(a_page_lives_as_long_as_its_last_reference),
		test(a_compound_page_counts_references_of_all_its_frames_as_one),
		test(a_freed_page_is_poisoned_and_zeroed_when_asked_for_so),
		test(a_touch_of_a_freed_page_is_a_violation),
		test(a_reference_to_a_freed_page_is_a_violation),
		test(a_free_of_another_order_is_a_violation_that_names_the_owner),
		test(a_page_that_became_realm_memory_is_not_taken_back),
		test(the_tail_of_exact_memory_is_not_taken_back_while_delegated),
		test(a_page_that_is_realm_memory_is_not_handed_out),
		test(clearing_a_delegated_page_is_a_violation),
		test(sleeping_atomic_and_cache_allocations_fail_apart),
		test(an_empty_cache_warns_and_takes_an_atomic_page),
		test(an_empty_cache_without_any_atomic_page_is_a_bug),
		test(more_than_the_capacity_cannot_be_asked_of_a_cache),
		test(a_cache_with_its_minimum_is_left_alone_and_one_below_is_filled),
		test(a_cache_without_its_array_of_objects_is_out_of_memory),
		test(objects_are_counted_and_filled),
		test(freeing_an_object_twice_is_a_violation_that_names_both),
		test(freeing_what_is_no_object_is_a_violation),
		test(a_store_to_a_freed_object_is_found),
	};

	return cmocka_run_group_tests_name("kernel pages", tests, NULL, NULL);
}
