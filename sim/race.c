/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Data races of the kernel image, found by ThreadSanitizer: its annotations, and what it reports as a violation
 * of the run. Empty in any other build.
 *
 * The sanitizer's callbacks have no context argument, so that a thread's last report waits in thread-local
 * variables until the run takes it: the one place of the harness with variables of its own, and only here.
 */
#define _GNU_SOURCE
#include "race.h"

#ifdef SIM_TSAN

#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

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
bool sim_race_on_report(void *report,
			bool suppressed) __asm__("_ZN6__tsan8OnReportEPKNS_10ReportDescEb");
bool sim_race_on_finalize(bool failed) __asm__("_ZN6__tsan10OnFinalizeEb");

#define UNINSTRUMENTED __attribute__((no_sanitize("thread"), noinline))
#define FOR_RUNTIME    __attribute__((no_sanitize("thread"), visibility("default"), used))

struct access {
	void *pc;
	char function[64];
	int size, write, atomic;
};

static _Thread_local bool unseen, unseen_outside, in_kernel;
static _Thread_local bool reported;
static _Thread_local struct access accesses[2];
static atomic_uint printed, elsewhere;

/*
 * One run is like another: the same race is to be reported in each, or a search could not tell which runs have it,
 * and a replay not that it is the same. A race is known by the functions of both its accesses, so that the older one's stack
 * has to be found again: the longest history that there is.
 */
FOR_RUNTIME const char *__tsan_default_options(void)
{
	return "suppress_equal_stacks=0:suppress_equal_addresses=0:history_size=7";
}

/*
 * Names of functions. The run-time library has its own, but gcc's knows only what was loaded when it first looked,
 * and images come and go.
 */

UNINSTRUMENTED static void find_function(const char *file, uintptr_t at, char name[64])
{
	const ElfW(Ehdr) *elf = (const void *)file;
	const ElfW(Shdr) *section = (const void *)(file + elf->e_shoff);

	for (unsigned i = 0; i < elf->e_shnum; i++) {
		const ElfW(Sym) *symbol = (const void *)(file + section[i].sh_offset);
		const char *names = file + section[section[i].sh_link].sh_offset;

		if (section[i].sh_type != SHT_SYMTAB)
			continue;
		for (size_t j = 0; j < section[i].sh_size / sizeof(*symbol); j++, symbol++)
			if ((symbol->st_info & 0xf) == STT_FUNC && at >= symbol->st_value &&
			    at < symbol->st_value + symbol->st_size)
				snprintf(name, 64, "%s", names + symbol->st_name);
	}
}

/* "" when it cannot be told; the file has been loaded, so that it is one. */
UNINSTRUMENTED static void function_at(void *pc, char name[64])
{
	Dl_info info;
	struct stat st;
	char *file;
	int fd;

	name[0] = '\0';
	if (!pc || !dladdr(pc, &info) || !info.dli_fname)
		return;
	fd = open(info.dli_fname, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (!fstat(fd, &st)) {
		file = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (file != MAP_FAILED) {
			find_function(file, (uintptr_t)pc - (uintptr_t)info.dli_fbase, name);
			munmap(file, (size_t)st.st_size);
		}
	}
	close(fd);
}

/* Is it in the list of what is meant? Lines of "race_top:FUNCTION". */
UNINSTRUMENTED static bool is_meant(const char *function)
{
	static const char kind[] = "race_top:";
	size_t len = strlen(function);

	if (!len)
		return false;
	for (const char *line = TSAN_SUPPRESSIONS; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, kind, sizeof(kind) - 1) &&
		    !strncmp(line + sizeof(kind) - 1, function, len) &&
		    strchr("\n", line[sizeof(kind) - 1 + len]))
			return true;
	}
	return false;
}

/* Reports */

/* The innermost function that is no memset() or the like. */
UNINSTRUMENTED static void look_at(void *report, unsigned i, struct access *a)
{
	void *trace[4] = { NULL }, *address;
	int tid;

	__tsan_get_report_mop(report, i, &tid, &address, &a->size, &a->write, &a->atomic, trace, 4);
	for (unsigned k = 0; k < 4 && trace[k]; k++) {
		a->pc = trace[k];
		function_at(a->pc, a->function);
		if (a->function[0] && strncmp(a->function, "mem", 3) &&
		    !strstr(a->function, "interceptor"))
			break;
	}
}

/* True: not to be printed. The first one is, with all stacks; all are violations of their runs. */
FOR_RUNTIME bool sim_race_on_report(void *report, bool suppressed)
{
	struct access met[2];

	if (suppressed)
		return true;
	if (!in_kernel) {
		atomic_fetch_add(&elsewhere, 1);
		return false;
	}
	for (unsigned i = 0; i < 2; i++) {
		met[i] = (struct access){ NULL };
		look_at(report, i, &met[i]);
	}
	if (is_meant(met[0].function) || is_meant(met[1].function))
		return true;
	if (!reported)
		memcpy(accesses, met, sizeof(accesses));
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
	char line[160] = "", *file;

	if (a->pc)
		__sanitizer_symbolize_pc(a->pc, " at %s:%l", line, sizeof(line));
	/* the file's name without its folders */
	file = strrchr(line, '/');
	if (strstr(line, "<null>"))
		line[0] = '\0';
	else if (file)
		memmove(line + 4, file + 1, strlen(file));
	snprintf(text, size, "%s%s of %d bytes in %s()%s", a->atomic ? "atomic " : "",
		 a->write ? "write" : "read", a->size, a->function[0] ? a->function : "?", line);
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
