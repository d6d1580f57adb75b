// SPDX-License-Identifier: BSD-2-Clause
#include <stdlib.h>

#include "backing.h"

static void sizes(struct mapping *m)
{
	m->page = sim_world_page_size(m->f.world);
	m->pmd = m->page * (m->page / 8);
}

void mapping_start(struct mapping *m, const char *kernel, struct sim_vm_config config)
{
	*m = (struct mapping){ 0 };
	fixture_open(&m->f, kernel, NULL);
	sizes(m);
	config.vcpus = 2;
	if (!config.ram_base)
		config.ram_base = RAM_BASE;
	if (!config.ram_mib)
		config.ram_mib = 2 * m->pmd >> 20 > 64 ? (unsigned)(2 * m->pmd >> 20) : 64;
	if (config.user_page_size == 1)
		config.user_page_size = m->pmd;
	if (config.user_shift == 1)
		config.user_shift = m->page;
	config.shared_at_start = true;
	m->vm = fixture_vm(&m->f, &config);
	m->s = sim_vm_shared_bit(m->vm);
	assert_int_equal(sim_vm_start(m->vm), 0);
}

uint64_t guest_load(struct mapping *m, uint64_t gpa)
{
	struct sim_exit exit = sim_guest_read(m->vm, 0, m->s | gpa, 8);

	assert_done(exit);
	return exit.value;
}

void guest_store(struct mapping *m, uint64_t gpa, uint64_t value)
{
	assert_done(sim_guest_write(m->vm, 0, m->s | gpa, 8, value));
}

uint64_t vmm_load(struct mapping *m, uint64_t gpa)
{
	uint64_t value = ~UINT64_C(0);

	assert_int_equal(sim_vmm_read(m->vm, gpa, &value, sizeof(value)), 0);
	return value;
}

void vmm_store(struct mapping *m, uint64_t gpa, uint64_t value)
{
	assert_int_equal(sim_vmm_write(m->vm, gpa, &value, sizeof(value)), 0);
}

struct rmm_entry entry(struct mapping *m, uint64_t gpa)
{
	return fixture_walk(m->vm, m->s | gpa);
}

uint64_t mapped(struct mapping *m, uint64_t gpa, int level, unsigned s2ap)
{
	const struct rmm_entry e = entry(m, gpa);
	const uint64_t size = level == 3 ? m->page : level == 2 ? m->pmd : m->pmd * (m->page / 8);

	assert_int_equal(e.hipas, RMM_MAPPED_NS);
	assert_int_equal(e.level, level);
	assert_int_equal(e.s2ap, s2ap);
	return e.pa + (gpa & (size - 1) & ~(m->page - 1));
}

void not_mapped(struct mapping *m, uint64_t gpa)
{
	assert_int_equal(entry(m, gpa).hipas, RMM_UNMAPPED_NS);
}

unsigned calls(struct mapping *m, unsigned from, const char *name)
{
	return golden_count(&m->f.golden, from, m->f.golden.nr_calls, name, ~0ull, ~0ull);
}

int mapping_run(const char *group, const struct mapping_test *tests, size_t n)
{
	static const char *const kernels[] = { "4k", "16k", "64k", "4k-folded" };
	struct CMUnitTest *all = calloc(4 * n, sizeof(*all));
	char(*names)[128] = calloc(4 * n, sizeof(*names));
	size_t i, k, at = 0;
	int failed = 1;

	for (k = 0; all && names && k < 4; k++) {
		for (i = 0; i < n; i++, at++) {
			snprintf(names[at], sizeof(names[at]), "%s (%s)", tests[i].name,
				 kernels[k]);
			all[at] = (struct CMUnitTest){ names[at], tests[i].fn, NULL, NULL,
						       (void *)(uintptr_t)kernels[k] };
		}
	}
	if (at)
		failed = _cmocka_run_group_tests(group, all, at, NULL, NULL);
	free(names);
	free(all);
	return failed;
}
