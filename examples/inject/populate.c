/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A loader fills the realm's first pages from a file. Whatever fails under way, in the kernel, in the RMM or in its own
 * read(), the realm starts with all of it. With -DBUG=1 the loader believes that one read() is enough.
 */
#include <rmisim/cmocka.h>

#define PAGES 3u

/* Half of it at times: a failure of the scenario's own, one more point for sim_inject(). */
static uint64_t short_read(struct sim_world *w, uint8_t *to, uint64_t at, uint64_t size)
{
	if (sim_choose(w, SIM_CHOOSE_FAIL, 2, "short read"))
		size = (size + 1) / 2;
	for (uint64_t i = 0; i < size; i++)
		to[i] = (uint8_t)((at + i) / 8);
	return size;
}

static void load_and_start(struct sim_world *w)
{
	struct sim_vm *vm = sim_vm_new(w, &(struct sim_vm_config){ .ram_mib = 4 });
	uint64_t page = sim_world_page_size(w), done;

	sim_expect(w, vm);
	for (uint64_t gpa = 0; gpa < PAGES * page; gpa += page) {
		uint8_t data[65536] = { 0 };
		uint64_t got = 0;

		do
			got += short_read(w, data + got, gpa + got, page - got);
		while (got < page && !BUG);
		sim_expect(w, !sim_vm_populate(vm, gpa, data, page, true, &done) && done == page);
	}
	sim_expect(w, sim_vm_start(vm) == 0);
	for (uint64_t gpa = page - 8; gpa < PAGES * page; gpa += page)
		sim_expect(w, sim_guest_read(vm, 0, gpa, 1).value == (uint8_t)(gpa / 8));
}

static void every_failure_is_survived(void **state)
{
	assert_survived(sim_inject(load_and_start, NULL));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(every_failure_is_survived) };

	return sim_run_group_tests(tests, argc, argv);
}
