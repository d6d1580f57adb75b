/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Data races of the kernel image, found by ThreadSanitizer: its annotations, and what it reports as a violation
 * of the run. Empty in any other build.
 *
 * The sanitizer's callbacks have no context argument, so that a thread's last report waits in thread-local
 * variables until the run takes it: the one place of the harness with variables of its own, and only here.
 */
#include "race.h"

#ifdef SIM_TSAN

#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "tsan-supp.h"
#include "world.h"

/* Of the sanitizer's run-time library; its headers have some of them, and not the same ones everywhere. */
void AnnotateIgnoreReadsBegin(const char *file, int line);
void AnnotateIgnoreReadsEnd(const char *file, int line);
void AnnotateIgnoreWritesBegin(const char *file, int line);
void AnnotateIgnoreWritesEnd(const char *file, int line);
void AnnotateIgnoreSyncBegin(const char *file, int line);
void AnnotateIgnoreSyncEnd(const char *file, int line);
void __tsan_acquire(void *object);
void __tsan_release(void *object);
int __tsan_get_report_mop(void *report, uintptr_t i, int *tid, void **address, int *size,
			  int *write, int *atomic, void **trace, uintptr_t trace_size);
void __sanitizer_symbolize_pc(void *pc, const char *format, char *buf, size_t size);

/* What it calls. */
const char *__tsan_default_options(void);
const char *__tsan_default_suppressions(void);
bool sim_race_on_report(void *report,
			bool suppressed) __asm__("_ZN6__tsan8OnReportEPKNS_10ReportDescEb");
bool sim_race_on_finalize(bool failed) __asm__("_ZN6__tsan10OnFinalizeEb");

#define UNINSTRUMENTED __attribute__((no_sanitize("thread"), noinline))
#define FOR_RUNTIME    __attribute__((no_sanitize("thread"), visibility("default"), used))

struct access {
	void *pc;
	int size, write, atomic;
};

static _Thread_local bool unseen, unseen_outside, in_kernel;
static _Thread_local bool reported;
static _Thread_local struct access accesses[2];
static atomic_uint printed, elsewhere;

/*
 * One run is like another: the same race is to be reported in each, or a search could not tell which runs have it,
 * and a replay not that it is the same.
 */
FOR_RUNTIME const char *__tsan_default_options(void)
{
	return "suppress_equal_stacks=0:suppress_equal_addresses=0";
}

FOR_RUNTIME const char *__tsan_default_suppressions(void)
{
	return TSAN_SUPPRESSIONS;
}

/* True: not to be printed. The first one is, with all stacks; all are violations of their runs. */
FOR_RUNTIME bool sim_race_on_report(void *report, bool suppressed)
{
	void *trace[2] = { NULL };
	void *address;
	int tid;

	if (suppressed)
		return true;
	if (!in_kernel) {
		atomic_fetch_add(&elsewhere, 1);
		return false;
	}
	if (!reported)
		for (unsigned i = 0; i < 2; i++) {
			struct access *a = &accesses[i];

			trace[0] = NULL;
			__tsan_get_report_mop(report, i, &tid, &address, &a->size, &a->write,
					      &a->atomic, trace, 2);
			a->pc = trace[0];
		}
	reported = true;
	return atomic_fetch_add(&printed, 1) > 0;
}

/* Is the process to fail? Races of a run are in its result. */
FOR_RUNTIME bool sim_race_on_finalize(bool failed)
{
	return failed && atomic_load(&elsewhere);
}

static void describe(const struct access *a, char *text, size_t size)
{
	char where[160] = "an unknown place", *file;

	if (a->pc)
		__sanitizer_symbolize_pc(a->pc, "%f() at %s:%l", where, sizeof(where));
	/* the file's name without its folders */
	file = strstr(where, " at ");
	if (file && strrchr(file, '/'))
		memmove(file + 4, strrchr(file, '/') + 1, strlen(strrchr(file, '/')));
	snprintf(text, size, "%s%s of %d bytes in %s", a->atomic ? "atomic " : "",
		 a->write ? "write" : "read", a->size, where);
}

/* The race is noted, and the run goes on as the machine would. */
static void take_report(struct sim_world *world)
{
	char here[220], there[220], text[560];

	if (!reported)
		return;
	describe(&accesses[0], here, sizeof(here));
	describe(&accesses[1], there, sizeof(there));
	snprintf(text, sizeof(text), "%s by actor %u, and nothing orders it with the %s", here,
		 world->running->id, there);
	sim_breach(world, "data-race", text, false);
	reported = false;
}

UNINSTRUMENTED static void hide(void)
{
	if (unseen)
		return;
	AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
	AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
	AnnotateIgnoreSyncBegin(__FILE__, __LINE__);
	unseen = true;
}

UNINSTRUMENTED static void unhide(void)
{
	if (!unseen)
		return;
	unseen = false;
	AnnotateIgnoreSyncEnd(__FILE__, __LINE__);
	AnnotateIgnoreWritesEnd(__FILE__, __LINE__);
	AnnotateIgnoreReadsEnd(__FILE__, __LINE__);
}

UNINSTRUMENTED void sim_race_kernel(struct sim_world *world, bool enters)
{
	if (enters) {
		unseen_outside = unseen;
		unhide();
	} else {
		hide();
		take_report(world);
		if (!unseen_outside)
			unhide();
	}
	in_kernel = enters;
}

/* Whoever leaves does so from within the harness, unseen. */
UNINSTRUMENTED void sim_race_landed(void)
{
	in_kernel = false;
}

UNINSTRUMENTED struct sim_race_scope sim_race_hide(struct sim_world *world)
{
	struct sim_race_scope scope = { unseen };

	hide();
	take_report(world);
	return scope;
}

UNINSTRUMENTED void sim_race_unhide(struct sim_race_scope *scope)
{
	if (scope->unseen)
		hide();
	else
		unhide();
}

UNINSTRUMENTED void sim_race_release(const void *object)
{
	if (unseen)
		AnnotateIgnoreSyncEnd(__FILE__, __LINE__);
	__tsan_release((void *)(uintptr_t)object);
	if (unseen)
		AnnotateIgnoreSyncBegin(__FILE__, __LINE__);
}

UNINSTRUMENTED void sim_race_acquire(const void *object)
{
	if (unseen)
		AnnotateIgnoreSyncEnd(__FILE__, __LINE__);
	__tsan_acquire((void *)(uintptr_t)object);
	if (unseen)
		AnnotateIgnoreSyncBegin(__FILE__, __LINE__);
}

UNINSTRUMENTED void sim_race_thread(bool begins)
{
	if (begins)
		hide();
	else
		unhide();
}

#else
/* A file has something in it. */
extern int sim_race_is_not_looked_for;
#endif
