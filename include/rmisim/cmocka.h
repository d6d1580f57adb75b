/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file cmocka.h
 * Assertions and fixtures for tests with CMocka, which this header includes. C only.
 *
 * They are for the test's own thread. In a vCPU program or a spawned actor use sim_expect(), which ends the
 * run as a violation, and assert on the result: an assertion that fails there jumps away from a strand that the
 * world believes to run. With fibers sim_teardown() then says "misuse"; on threads CMocka ends the process.
 */
#ifndef RMISIM_CMOCKA_H
#define RMISIM_CMOCKA_H

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <rmisim/explore.h>
#include <rmisim/inject.h>

#if defined(__cplusplus)
#error "CMocka tests are C"
#endif

static inline void sim_cmocka_fail(void *ctx, const char *violation)
{
	fail_msg("%s", violation);
}

/** A world with these settings as *state; sentences go to stderr. For a test's own setup function. */
static inline int sim_setup_with(void **state, const struct sim_config *config)
{
	char why[256] = "";
	struct sim_world *world = sim_world_new(config, why, sizeof(why));

	*state = world;
	if (!world) {
		fprintf(stderr, "# no world: %s\n", why);
		return -1;
	}
	sim_on_fail(world, sim_cmocka_fail, NULL);
	return 0;
}

/** A default world as *state: cmocka_unit_test_setup_teardown(test, sim_setup, sim_teardown). */
static inline int sim_setup(void **state)
{
	return sim_setup_with(state, &(struct sim_config){ 0 });
}

/** Closes what the test left open; fails unless there was no violation and all is back. */
static inline int sim_teardown(void **state)
{
	struct sim_world *world = *state;
	const char *wrong = world ? sim_world_finish(world) : NULL;

	if (wrong)
		fprintf(stderr, "# after the test: %s\n", wrong);
	sim_world_free(world);
	*state = NULL;
	return wrong ? -1 : 0;
}

static inline void sim_cmocka_print_exit(const struct sim_exit *exit)
{
	print_error("KVM_RUN: %s, returned %d, exit reason %u\n", sim_exit_kind_name(exit->kind),
		    exit->ret, exit->exit_reason);
	if (exit->kind == SIM_MEMORY_FAULT)
		print_error("    gpa 0x%" PRIx64 " size 0x%" PRIx64 " flags 0x%" PRIx64 "\n",
			    exit->gpa, exit->size, exit->flags);
	if (exit->kind == SIM_MMIO)
		print_error("    %s at 0x%" PRIx64 ", %u bytes\n",
			    exit->mmio_write ? "write" : "read", exit->mmio_addr, exit->mmio_len);
	if (exit->kind == SIM_DONE)
		print_error("    last access: result %d, value 0x%" PRIx64 "\n", (int)exit->realm,
			    exit->value);
}

static inline void sim_cmocka_memory_fault(const struct sim_exit *exit, uint64_t gpa, uint64_t size,
					   uint64_t flags, const char *file, int line)
{
	if (exit->kind == SIM_MEMORY_FAULT && exit->ret < 0 && exit->gpa == gpa &&
	    exit->size == size && exit->flags == flags)
		return;
	sim_cmocka_print_exit(exit);
	print_error("expected MEMORY_FAULT with gpa 0x%" PRIx64 " size 0x%" PRIx64
		    " flags 0x%" PRIx64 "\n",
		    gpa, size, flags);
	_fail(file, line);
}

static inline void sim_cmocka_done(const struct sim_exit *exit, const char *file, int line)
{
	if (exit->kind == SIM_DONE && exit->realm == RMM_REALM_DONE)
		return;
	sim_cmocka_print_exit(exit);
	print_error("expected the guest's program to end with its last access carried out\n");
	_fail(file, line);
}

/* CMocka formats at most 1023 characters at a time. */
static inline void sim_cmocka_print_text(const char *text)
{
	for (size_t len = strlen(text), n; len; len -= n, text += n) {
		n = len < 1000 ? len : 1000;
		print_error("%.*s", (int)n, text);
	}
}

static inline void sim_cmocka_print_lines(const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");

		print_error("%.*s\n", (int)len, text);
		text += len + (text[len] == '\n');
	}
}

/* The tests of sim_run_group_tests(). */
static struct {
	const struct CMUnitTest *tests;
	size_t nr;
} sim_cmocka_group;

static inline const struct CMUnitTest *sim_cmocka_find(const char *name)
{
	for (size_t i = 0; i < sim_cmocka_group.nr; i++)
		if (!strcmp(sim_cmocka_group.tests[i].name, name))
			return &sim_cmocka_group.tests[i];
	return NULL;
}

static inline int sim_cmocka_run(const char *name, const struct CMUnitTest *tests, size_t nr,
				 int argc, char **argv)
{
	sim_cmocka_group.tests = tests;
	sim_cmocka_group.nr = nr;
	if (argc > 2 || (argc == 2 && !strpbrk(argv[1], "*?") && !sim_cmocka_find(argv[1]))) {
		fprintf(stderr, "usage: %s [TEST], '*' and '?' allowed; there are", argv[0]);
		for (size_t i = 0; i < nr; i++)
			fprintf(stderr, "%s %s", i ? "," : "", tests[i].name);
		fprintf(stderr, "\n");
		return 2;
	}
	if (argc == 2)
		cmocka_set_test_filter(argv[1]);
	return _cmocka_run_group_tests(name, tests, nr, NULL, NULL);
}

/** main() of a test program: all tests of the array, or with an argument those whose names match it. */
#define sim_run_group_tests(tests, argc, argv) \
	sim_cmocka_run(#tests, tests, sizeof(tests) / sizeof((tests)[0]), argc, argv)

/* How to make a run again that sim_explore() or sim_inject() has found in `test`. */
static inline void sim_cmocka_print_replay(const char *replay, const char *test)
{
	char program[256] = "";
	FILE *f = fopen("/proc/self/cmdline", "re");

	if (f && !fgets(program, sizeof(program), f))
		program[0] = '\0';
	if (f)
		fclose(f);
	print_error("    again, alone:  RMISIM_REPLAY='");
	sim_cmocka_print_text(replay);
	print_error("' %s%s%s\n", program[0] ? program : "./this-test",
		    sim_cmocka_find(test) ? " " : "", sim_cmocka_find(test) ? test : "");
	print_error("    with RMISIM_GDB=1, too, under gdb and stopped at the violation\n");
}

static inline void sim_cmocka_print_choices(const char *choices)
{
	print_error("    choices \"");
	sim_cmocka_print_text(choices);
	print_error("\"\n");
}

/* No run was possible: why, and nothing else. */
static inline void sim_cmocka_setup(const char *violation, const char *file, int line)
{
	if (strncmp(violation, "setup: ", 7))
		return;
	print_error("nothing was run: %s\n", violation + 7);
	_fail(file, line);
}

static inline void sim_cmocka_clean(const struct sim_result *result, const char *test,
				    const char *file, int line)
{
	if (!result->violations &&
	    (result->exhaustive || result->how != SIM_EXHAUSTIVE || result->replay[0]))
		return;
	sim_cmocka_setup(result->violation, file, line);
	if (!result->violations)
		print_error("stopped after %" PRIu64 " schedules, not exhaustive\n",
			    result->schedules);
	else
		print_error("%" PRIu64 " of %" PRIu64 " schedules violate: %s\n",
			    result->violations, result->schedules, result->violation);
	if (result->violations)
		sim_cmocka_print_choices(result->choices);
	if (result->violations && result->replay[0])
		sim_cmocka_print_replay(result->replay, test);
	sim_cmocka_print_lines(result->report);
	_fail(file, line);
}

static inline void sim_cmocka_survived(const struct sim_injected *result, const char *test,
				       const char *file, int line)
{
	uint64_t violations = result->legal.violations + result->wrong.violations;
	uint64_t points = result->legal.points + result->wrong.points;
	uint64_t reached = result->legal.reached + result->wrong.reached;
	uint64_t runs = result->legal.runs + result->wrong.runs;

	if (!violations && result->complete && reached == points)
		return;
	sim_cmocka_setup(result->violation, file, line);
	if (!violations)
		print_error("%s after %" PRIu64 " runs, %" PRIu64 " of %" PRIu64
			    " points have failed\n",
			    result->complete ? "at the end" : "stopped", runs, reached, points);
	else
		print_error("%" PRIu64 " of %" PRIu64 " runs with failures violate: %s\n",
			    violations, runs, result->violation);
	if (violations && result->failure[0])
		print_error("    failed: %s\n", result->failure);
	if (violations && result->choices[0])
		sim_cmocka_print_choices(result->choices);
	if (violations && result->replay[0])
		sim_cmocka_print_replay(result->replay, test);
	sim_cmocka_print_lines(result->report);
	_fail(file, line);
}

static inline void sim_cmocka_quiescent(struct sim_world *world, const char *file, int line)
{
	const char *wrong = sim_quiescent(world);

	if (!wrong)
		return;
	print_error("not quiescent: %s\n", wrong);
	_fail(file, line);
}

/** KVM_RUN asked the VMM about [gpa, gpa+size); flags is SIM_FAULT_PRIVATE or SIM_FAULT_SHARED. */
#define assert_memory_fault(exit, gpa, size, flags)                                          \
	sim_cmocka_memory_fault(&(struct sim_exit[]){ exit }[0], gpa, size, flags, __FILE__, \
				__LINE__)
/** The guest's program ended and its last access was carried out. */
#define assert_done(exit) sim_cmocka_done(&(struct sim_exit[]){ exit }[0], __FILE__, __LINE__)
/**
 * Every schedule within the bound, or every one of the random runs, was run, and none violated anything; or the run of
 * a replay string did not.
 */
#define assert_clean(result) \
	sim_cmocka_clean(&(struct sim_result[]){ result }[0], __func__, __FILE__, __LINE__)
/** Of an injection: every point has failed in each of its ways, and nothing was violated; or the run of a replay string. */
#define assert_survived(result) \
	sim_cmocka_survived(&(struct sim_injected[]){ result }[0], __func__, __FILE__, __LINE__)
/** No lock held, no operation open, and without VMs all memory back. */
#define assert_quiescent(world) sim_cmocka_quiescent(world, __FILE__, __LINE__)

#endif
