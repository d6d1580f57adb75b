/* SPDX-License-Identifier: BSD-2-Clause */
/* A recorded world for scenario tests: open, and close with the quiescence check. */
#ifndef TESTS_SCENARIO_FIXTURE_H
#define TESTS_SCENARIO_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "../../sim/kernel/host.h"
#include "golden.h"

struct fixture {
	struct sim_image *image;
	const struct sim_kernel_probe *probe; /* NULL: the image has none */
	struct sim_world *world;
	struct sim_vm *vm;
	struct golden golden;
	const struct rmm_profile *custom; /* set before fixture_open: wins over its profile */
	const char *choices;              /* sim_config.choices */
	bool flawed; /* an image with known defects: violations and WARNs are not held against it */
	bool warned; /* WARNs are wanted, and so what leaks after them: only violations are not */
	bool (*answer)(void *ctx, const struct rmm_regs *in,
		       struct rmm_regs *out); /* sim_config.answer */
	void *answer_ctx;
};

/* The image under test: $RMISIM_TEST_KERNEL, else 4k. */
const char *fixture_kernel(void);
/* Its PAGE_SHIFT; a test that has no world yet may depend on it. */
unsigned fixture_page_shift(void);
/* A world on `kernel` (NULL: the image under test) and `profile` (NULL: strict); it records at once. */
void fixture_open(struct fixture *f, const char *kernel, const char *profile);
/* The VM of the fixture; fails the test when it cannot be had. */
struct sim_vm *fixture_vm(struct fixture *f, const struct sim_vm_config *config);
/* Drop the VM and the world: nothing leaked, no lock held, no violation, no WARN. */
void fixture_close(struct fixture *f);

/* CMocka setup and teardown: *state is a fixture; the test's initial state names the profile (NULL: strict). */
int fixture_setup(void **state);
int fixture_teardown(void **state);

/* The leaf entry of an IPA of the VM's realm; either alias. */
struct rmm_entry fixture_walk(struct sim_vm *vm, rmm_ipa ipa);
/* A program that does nothing: running it activates the realm. */
void empty_program(struct sim_guest *guest, void *arg);

#endif
