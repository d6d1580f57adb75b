/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of what backs the shared alias: a VM by kind of backing, and looks at both sides of it.
 */
#ifndef TESTS_SCENARIO_BACKING_H
#define TESTS_SCENARIO_BACKING_H

#include "fixture.h"

#include <rmisim/cmocka.h>

#define EINTR  4
#define EFAULT 14
#define EBUSY  16

#define RAM_BASE UINT64_C(0x40000000)

#define S2AP_RO 2 /* bit 0 write, bit 1 read */
#define S2AP_RW 3

/* A test's image, its VM and the sizes of it. */
struct mapping {
	struct fixture f;
	struct sim_vm *vm;
	uint64_t s, page, pmd;
};

/*
 * A VM of two PMDs of memory at RAM_BASE, at least 64 MiB, with two vCPUs; it is all shared, and
 * runs. Of config, user_page_size 1 stands for a PMD and user_shift 1 for a page.
 */
void mapping_start(struct mapping *m, const char *kernel, struct sim_vm_config config);

/* Eight bytes at the shared alias of gpa, by the guest; of the user mapping, by the VMM. */
uint64_t guest_load(struct mapping *m, uint64_t gpa);
void guest_store(struct mapping *m, uint64_t gpa, uint64_t value);
uint64_t vmm_load(struct mapping *m, uint64_t gpa);
void vmm_store(struct mapping *m, uint64_t gpa, uint64_t value);

struct rmm_entry entry(struct mapping *m, uint64_t gpa);
/* The shared alias of gpa is mapped so; its physical address. */
uint64_t mapped(struct mapping *m, uint64_t gpa, int level, unsigned s2ap);
void not_mapped(struct mapping *m, uint64_t gpa);
/* Calls of one kind since index `from`. */
unsigned calls(struct mapping *m, unsigned from, const char *name);

/* One test for each kernel image; *state is its name. */
struct mapping_test {
	const char *name;
	CMUnitTestFunction fn;
};
#define MAPPING_TEST(fn) \
	{                \
#fn, fn  \
	}
int mapping_run(const char *group, const struct mapping_test *tests, size_t n);

#endif
