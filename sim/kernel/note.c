/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way out: notes, warnings, violations, choices, memory from the machine.
 */
#include "env.h"
#include "inspect.h"

#include <linux/arm-smccc.h>
#include <linux/bug.h>
#include <linux/memblock.h>
#include <linux/string.h>

struct env env;

static_assert(__SIM_ASK == SIM_NOTE_ASK && __SIM_LOCK == SIM_NOTE_LOCK &&
		      __SIM_PAGE == SIM_NOTE_PAGE && __SIM_LOG == SIM_NOTE_LOG &&
		      __SIM_WARN == SIM_NOTE_WARN && __SIM_MM == SIM_NOTE_MM &&
		      __SIM_ABORT == SIM_NOTE_ABORT,
	      "sim/note.h repeats the numbers of host.h");

/* A line of the stream, already formatted. */
static void note_text(enum sim_note kind, const char *name, const char *caller, const char *fmt,
		      ...)
{
	__builtin_va_list ap;

	__builtin_va_start(ap, fmt);
	env.ops->note(env.host, kind, name, caller, fmt, ap);
	__builtin_va_end(ap);
}

/* printk ends its lines with a newline, the event stream does not. */
static void note_log(const char *name, const char *caller, const char *fmt, __builtin_va_list ap)
{
	char line[256];
	size_t n;

	env.ops->vsnprintf(line, sizeof(line), fmt, ap);
	for (n = strlen(line); n && line[n - 1] == '\n'; n--)
		line[n - 1] = 0;
	note_text(SIM_NOTE_LOG, name, caller, "%s", line);
}

void __sim_note(unsigned int kind, const char *name, const char *caller, const char *fmt, ...)
{
	__builtin_va_list ap;

	__builtin_va_start(ap, fmt);
	if (kind == __SIM_LOG)
		note_log(name, caller, fmt, ap);
	else
		env.ops->note(env.host, (enum sim_note)kind, name, caller, fmt, ap);
	__builtin_va_end(ap);
}

void env_breach(const char *contract, const char *fmt, ...)
{
	__builtin_va_list ap;

	__builtin_va_start(ap, fmt);
	env.ops->breach(env.host, contract, fmt, ap);
	__builtin_va_end(ap);
}

void __sim_violation(const char *check, const char *fmt, ...)
{
	__builtin_va_list ap;

	__builtin_va_start(ap, fmt);
	env.ops->violation(env.host, check, fmt, ap);
	__builtin_va_end(ap);
	__builtin_unreachable();
}

void __sim_sched(const char *label)
{
	task_point();
	env.ops->sched(env.host, label);
}

unsigned int __sim_choose(const char *kind, unsigned int n, const char *label)
{
	return env.ops->choose(env.host, kind, n, label);
}

/* A machine that does not ask where takes all places for one; what is "legal" then never fails. */
static unsigned int fails(const char *kind, unsigned int n, const char *label, const char *caller)
{
	if (env.ops->choose_at)
		return env.ops->choose_at(env.host, kind, n, label, caller);
	return kind[0] == 'f' ? env.ops->choose(env.host, kind, n, label) : 0;
}

unsigned int __sim_fails(unsigned int ways, const char *label, const char *caller)
{
	return fails("fail", ways + 1, label, caller);
}

unsigned int __sim_may_fail(unsigned int ways, const char *label, const char *caller)
{
	return fails("legal", ways + 1, label, caller);
}

/* Nobody who prints as many goes on: the log and its console hold the CPU. */
#define MAX_WARNS 8192

int __sim_warn(int fires, const char *caller, const char *fmt, ...)
{
	__builtin_va_list ap;

	if (!fires)
		return 0;
	env.warns++;
	__builtin_va_start(ap, fmt);
	env.ops->note(env.host, SIM_NOTE_WARN, "WARN", caller, fmt, ap);
	__builtin_va_end(ap);
	if (env.warns == MAX_WARNS)
		__sim_violation("livelock", "WARN() fires again and again, %u times by now in %s",
				MAX_WARNS, caller);
	return 1;
}

void __sim_bug(const char *caller, const char *text)
{
	__sim_violation("kernel-bug", "%s: %s", caller, text);
}

void *env_alloc(unsigned long size)
{
	void *p = size ? env.ops->alloc(env.host, size) : NULL;

	__sim_race_acquire(p);
	return p;
}

void env_free(void *p, unsigned long size)
{
	if (!p)
		return;
	__sim_race_release(p);
	env.ops->free(env.host, p, size);
}

bool env_grow(void **array, unsigned int *max, unsigned int need, unsigned long element)
{
	unsigned int want = *max ? *max : 8;
	void *bigger;

	if (need <= *max)
		return true;
	while (want < need)
		want *= 2;
	bigger = env_alloc(want * element);
	if (!bigger)
		return false;
	if (*array)
		env_memmove(bigger, *array, *max * element);
	env_free(*array, *max * element);
	*array = bigger;
	*max = want;
	return true;
}

void env_memmove(void *to, const void *from, unsigned long n)
{
	__sim_race_ignore_begin();
	__builtin_memmove(to, from, n);
	__sim_race_ignore_end();
}

void env_copy_user(void *to, const void *from, unsigned long n)
{
	env_touch(to, n, "user space");
	env_touch(from, n, "user space");
	env_memmove(to, from, n);
}

void env_touch(const void *p, unsigned long n, const char *caller)
{
	u64 pa = env.ops->virt_to_phys(env.host, p);

	if (pa == ~0ull || !n)
		return;
	if (!env.ops->may_access(env.host, pa, n))
		__sim_violation(
			"host-access",
			"granule protection fault: %s touches 0x%llx, which is not Non-secure",
			caller, pa);
	page_touched(pa, n, caller);
}

void *__sim_memset(void *p, int c, size_t n, const char *caller)
{
	env_touch(p, n, caller);
	return __builtin_memset(p, c, n);
}

void *__sim_memcpy(void *to, const void *from, size_t n, const char *caller)
{
	env_touch(to, n, caller);
	env_touch(from, n, caller);
	return __builtin_memcpy(to, from, n);
}

void *__sim_memmove(void *to, const void *from, size_t n, const char *caller)
{
	env_touch(to, n, caller);
	env_touch(from, n, caller);
	return __builtin_memmove(to, from, n);
}

void *phys_to_virt(phys_addr_t pa)
{
	void *va = env.ops->phys_to_virt(env.host, pa);

	if (!va)
		__sim_violation("linear-map", "phys_to_virt(0x%llx): no RAM there", pa);
	return va;
}

phys_addr_t virt_to_phys(const volatile void *va)
{
	u64 pa = env.ops->virt_to_phys(env.host, (const void *)va);

	if (pa == ~0ull)
		__sim_violation("linear-map",
				"virt_to_phys() of an address outside the linear map");
	return pa;
}

bool __sim_mem_range(u64 i, phys_addr_t *start, phys_addr_t *end)
{
	unsigned long long base, size;

	if (env.ops->bank(env.host, (unsigned int)i, &base, &size))
		return false;
	*start = base;
	*end = base + size;
	return true;
}

static_assert(sizeof(struct arm_smccc_1_2_regs) == sizeof(struct sim_regs), "x0..x17");

void arm_smccc_1_2_smc(const struct arm_smccc_1_2_regs *args, struct arm_smccc_1_2_regs *res)
{
	struct sim_regs regs;

	__builtin_memcpy(&regs, args, sizeof(regs));
	task_point();
	inspect_call(args->a0);
	env.ops->smc(env.host, &regs);
	__builtin_memcpy(res, &regs, sizeof(regs));
}
