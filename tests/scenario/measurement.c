// SPDX-License-Identifier: BSD-2-Clause
/* Populate and measure: the RIM computed here from the descriptors, and the error rows of populate. */
#include <sha2.h>

#include "fixture.h"

#define MAX_PAGE 0x10000u
#define PARAMS   0x1000u /* bytes of RmiRecParams, whatever the granule size is */
#define DESC     256u    /* bytes of a measurement descriptor */
#define ENXIO    6
#define RIM_SIZE 64u

static void put64(uint8_t *to, uint64_t value)
{
	unsigned i;

	for (i = 0; i < 8; i++)
		to[i] = (uint8_t)(value >> (8 * i));
}

static void sha256(const void *data, size_t size, uint8_t out[RIM_SIZE])
{
	SHA2_CTX ctx;

	memset(out, 0, RIM_SIZE);
	SHA256Init(&ctx);
	SHA256Update(&ctx, data, size);
	SHA256Final(out, &ctx);
}

/* Bytes of a page of the running test, and of the pages that it populates. */
static uint64_t page;
static uint8_t data[3 * MAX_PAGE];

/* Data descriptor (rmm-abi 13): type 0, length, old RIM, IPA, flags, content. */
static void extend_by_data(uint8_t rim[RIM_SIZE], uint64_t ipa, const uint8_t *content,
			   bool measure)
{
	uint8_t desc[DESC] = { 0 };

	put64(desc + 0x8, DESC);
	memcpy(desc + 0x10, rim, RIM_SIZE);
	put64(desc + 0x50, ipa);
	put64(desc + 0x58, measure);
	if (measure)
		sha256(content, page, desc + 0x60);
	sha256(desc, DESC, rim);
}

/* Rec descriptor: type 1; content is the hash of the parameters without mpidr. */
static void extend_by_rec(uint8_t rim[RIM_SIZE], const uint8_t *params)
{
	uint8_t desc[DESC] = { 1 }, measured[PARAMS] = { 0 };

	memcpy(measured + 0x000, params + 0x000, 8);     /* flags */
	memcpy(measured + 0x200, params + 0x200, 8);     /* pc */
	memcpy(measured + 0x300, params + 0x300, 8 * 8); /* gprs */
	put64(desc + 0x8, DESC);
	memcpy(desc + 0x10, rim, RIM_SIZE);
	sha256(measured, PARAMS, desc + 0x50);
	sha256(desc, DESC, rim);
}

static struct sim_vm *lazy_vm(void **state)
{
	return fixture_vm(*state, &(struct sim_vm_config){ .vcpus = 2 });
}

static int setup(void **state)
{
	struct fixture *f;
	size_t i;

	if (fixture_setup(state))
		return -1;
	f = *state;
	page = sim_world_page_size(f->world);
	for (i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(99 + i * 7 + (i >> 8));
	return 0;
}

static void the_rim_is_the_hash_of_what_was_populated_and_of_the_first_rec(void **state)
{
	struct fixture *f = *state;
	struct sim_vm *vm =
		fixture_vm(f, &(struct sim_vm_config){ .vcpus = 2, .secondaries_off = true });
	uint8_t want[RIM_SIZE] = { 0 }, rim[RIM_SIZE];
	const struct golden_call *call;
	unsigned i;

	assert_int_equal(sim_vm_populate(vm, 0x10000, data, 2 * page, true, NULL), 0);
	assert_int_equal(sim_vm_populate(vm, 0x80000, data + 2 * page, page, false, NULL), 0);
	extend_by_data(want, 0x10000, data, true);
	extend_by_data(want, 0x10000 + page, data + page, true);
	extend_by_data(want, 0x80000, data + 2 * page, false);
	assert_true(rmm_rim(sim_world_rmm(f->world), sim_vm_rd(vm), rim));
	assert_memory_equal(rim, want, RIM_SIZE);

	assert_int_equal(sim_vcpu_program(vm, 0, empty_program, NULL), 0);
	assert_int_equal(sim_vcpu_run(vm, 0).kind, SIM_DONE);
	/* The second REC is not runnable and leaves no trace; nor does INIT_RIPAS (OP-8). */
	i = golden_find(&f->golden, 0, "REC_CREATE");
	assert_true(i < f->golden.nr_calls);
	call = &f->golden.calls[i];
	assert_non_null(call->page);
	extend_by_rec(want, call->page);
	assert_true(rmm_rim(sim_world_rmm(f->world), sim_vm_rd(vm), rim));
	assert_memory_equal(rim, want, RIM_SIZE);
}

static void the_guest_finds_what_was_populated(void **state)
{
	struct sim_vm *vm = lazy_vm(state);
	uint64_t want;

	assert_int_equal(sim_vm_populate(vm, 0x200000, data, 2 * page, true, NULL), 0);
	memcpy(&want, data + page + 0x88, 8);
	assert_int_equal(sim_guest_read(vm, 0, 0x200088 + page, 8).value, want);
	memcpy(&want, data + 0x10, 8);
	assert_int_equal(sim_guest_read(vm, 1, 0x200010, 8).value, want);
}

static void a_page_cannot_be_populated_twice(void **state)
{
	struct fixture *f = *state;
	struct sim_vm *vm = lazy_vm(state);
	uint8_t rim[RIM_SIZE], again[RIM_SIZE];
	rmm_pa pa;

	assert_int_equal(sim_vm_populate(vm, 0x10000, data, page, true, NULL), 0);
	assert_true(rmm_rim(sim_world_rmm(f->world), sim_vm_rd(vm), rim));
	pa = fixture_walk(vm, 0x10000).pa;
	golden_start(&f->golden, f->world);
	assert_int_equal(sim_vm_populate(vm, 0x10000, data, page, true, NULL), -ENXIO);
	golden_bind(&f->golden, "P", pa);
	golden_bind(&f->golden, "Q", pa + page);
	golden_expect(&f->golden, "second populate", "RANGE_DELEGATE(P, Q) -> 0x1\n", NULL);
	assert_true(rmm_rim(sim_world_rmm(f->world), sim_vm_rd(vm), again));
	assert_memory_equal(rim, again, RIM_SIZE);
	assert_int_equal(fixture_walk(vm, 0x10000).hipas, RMM_HIPAS_DATA);
}

static void populate_stops_at_the_page_that_fails_and_reports_progress(void **state)
{
	struct sim_vm *vm = lazy_vm(state);
	uint64_t done = 0;

	/*	page    0    1    2
	 *	before  .    .    [D]
	 *	call    ------------>    stops at 2 with two pages done
	 */
	assert_int_equal(sim_vm_populate(vm, 0x10000 + 2 * page, data, page, true, NULL), 0);
	sim_vm_populate(vm, 0x10000, data, 3 * page, true, &done);
	assert_int_equal(done, 2 * page);
}

static void populate_of_nothing_creates_the_realm_and_is_fine(void **state)
{
	struct sim_vm *vm = lazy_vm(state);

	assert_int_equal(sim_vm_rd(vm), 0);
	assert_int_equal(sim_vm_populate(vm, 0x10000, NULL, 0, true, NULL), 0);
	assert_int_not_equal(sim_vm_rd(vm), 0);
}

static void a_shared_page_cannot_be_populated(void **state)
{
	struct sim_vm *vm = lazy_vm(state);

	assert_int_equal(sim_vm_set_shared(vm, 0x10000, page), 0);
	assert_int_equal(sim_vm_populate(vm, 0x10000, data, page, true, NULL), -22);
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		test(the_rim_is_the_hash_of_what_was_populated_and_of_the_first_rec),
		test(the_guest_finds_what_was_populated),
		test(a_page_cannot_be_populated_twice),
		test(populate_stops_at_the_page_that_fails_and_reports_progress),
		test(populate_of_nothing_creates_the_realm_and_is_fine),
		test(a_shared_page_cannot_be_populated),
	};

	return cmocka_run_group_tests_name("populate and measurement", tests, NULL, NULL);
}
