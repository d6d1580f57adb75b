/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine.h"

#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static void host_smc(void *host, struct sim_regs *regs)
{
	struct machine *m = host;

	m->smc_in = *regs;
	if (m->smc_answers)
		*regs = m->smc_out;
	else
		regs->x[0] = ~0ull;
}

static int host_bank(void *host, unsigned i, unsigned long long *base, unsigned long long *size)
{
	*base = BANK_BASE;
	*size = BANK_SIZE;
	return i ? -1 : 0;
}

static void *host_phys_to_virt(void *host, unsigned long long pa)
{
	struct machine *m = host;

	return pa - BANK_BASE < BANK_SIZE ? m->ram + (pa - BANK_BASE) : NULL;
}

static unsigned long long host_virt_to_phys(void *host, const void *va)
{
	struct machine *m = host;
	uintptr_t offset = (uintptr_t)va - (uintptr_t)m->ram;

	return offset < BANK_SIZE ? BANK_BASE + offset : ~0ull;
}

static int host_may_access(void *host, unsigned long long pa, unsigned long long size)
{
	struct machine *m = host;
	unsigned long long at;

	for (at = pa & ~(PAGE - 1); at < pa + size; at += PAGE)
		if (at - BANK_BASE < BANK_SIZE && m->not_ns[(at - BANK_BASE) / PAGE])
			return 0;
	return 1;
}

/* The machine's memory goes with the machine, as a world's arena does. */
struct chunk {
	struct chunk *next, **link;
	max_align_t data[];
};

static void *host_alloc(void *host, unsigned long size)
{
	struct machine *m = host;
	struct chunk *chunk = calloc(1, sizeof(*chunk) + size);

	m->live += size;
	chunk->next = m->chunks;
	if (chunk->next)
		chunk->next->link = &chunk->next;
	chunk->link = &m->chunks;
	m->chunks = chunk;
	return chunk->data;
}

static void host_free(void *host, void *p, unsigned long size)
{
	struct chunk *chunk = (struct chunk *)((char *)p - offsetof(struct chunk, data));

	((struct machine *)host)->live -= size;
	*chunk->link = chunk->next;
	if (chunk->next)
		chunk->next->link = chunk->link;
	free(chunk);
}

static unsigned host_actor(void *host)
{
	return ((struct machine *)host)->actor;
}

static void host_sched(void *host, const char *label)
{
}

static void say(struct machine *m, const char *check, const char *fmt, va_list ap)
{
	snprintf(m->check, sizeof(m->check), "%s", check);
	vsnprintf(m->sentence, sizeof(m->sentence), fmt, ap);
	if (m->expects)
		longjmp(m->out, 1);
	fprintf(stderr, "%s: %s\n", m->check, m->sentence);
}

static void host_violation(void *host, const char *check, const char *fmt, va_list ap)
	__attribute__((noreturn));
static void host_violation(void *host, const char *check, const char *fmt, va_list ap)
{
	say(host, check, fmt, ap);
	abort();
}

/* The only actor would sleep for ever. */
static void host_block(void *host, const void *on, const char *label)
{
	struct machine *m = host;

	fprintf(stderr, "deadlock: waiting for %s\n", label);
	if (!m->expects)
		abort();
	snprintf(m->check, sizeof(m->check), "deadlock");
	longjmp(m->out, 1);
}

static void host_wake(void *host, const void *on)
{
}

static unsigned host_choose(void *host, const char *kind, unsigned n, const char *label)
{
	struct machine *m = host;

	if (!m->fail_label || strcmp(label, m->fail_label))
		return 0;
	if (m->fail_after) {
		m->fail_after--;
		return 0;
	}
	return 1;
}

static void host_note(void *host, enum sim_note kind, const char *name, const char *caller,
		      const char *fmt, va_list ap)
{
	struct machine *m = host;

	m->warns += kind == SIM_NOTE_WARN;
	if (getenv("KERNEL_TEST_NOTES")) {
		fprintf(stderr, "%d %s (%s): ", kind, name, caller ? caller : "-");
		vfprintf(stderr, fmt, ap);
		fputc('\n', stderr);
	}
}

static int host_vsnprintf(char *buf, unsigned long size, const char *fmt, va_list ap)
{
	return vsnprintf(buf, size, fmt, ap);
}

/* Counted; the run goes on. */
static void host_breach(void *host, const char *contract, const char *fmt, va_list ap)
{
	struct machine *m = host;

	m->breaches++;
	snprintf(m->check, sizeof(m->check), "%s", contract);
	vsnprintf(m->sentence, sizeof(m->sentence), fmt, ap);
}

/* There is no realm here. */
static void host_unmapped(void *host, unsigned long long rd, unsigned long long gpa,
			  unsigned long long size, unsigned filter)
{
	abort();
}

static const struct sim_host_ops ops = {
	.abi = SIM_KERNEL_ABI,
	.size = sizeof(ops),
	.smc = host_smc,
	.bank = host_bank,
	.phys_to_virt = host_phys_to_virt,
	.virt_to_phys = host_virt_to_phys,
	.may_access = host_may_access,
	.alloc = host_alloc,
	.free = host_free,
	.actor = host_actor,
	.sched = host_sched,
	.block = host_block,
	.wake = host_wake,
	.choose = host_choose,
	.note = host_note,
	.violation = host_violation,
	.vsnprintf = host_vsnprintf,
	.breach = host_breach,
	.unmapped = host_unmapped,
};

struct machine *machine_new(void)
{
	struct machine *m = calloc(1, sizeof(*m));
	const char *path = getenv("KERNEL_TEST_IMAGE");

	m->ram = mmap(NULL, BANK_SIZE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	m->dl = path ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
	if (m->ram == MAP_FAILED || !m->dl) {
		fprintf(stderr, "no image: KERNEL_TEST_IMAGE is %s\n", path ? path : "not set");
		exit(1);
	}
	m->image = dlsym(m->dl, SIM_KERNEL_IMAGE_SYMBOL);
	m->port = dlsym(m->dl, TEST_PORT_SYMBOL);
	if (m->image->boot(&ops, m)) {
		fprintf(stderr, "the image does not boot\n");
		exit(1);
	}
	return m;
}

void machine_free(struct machine *m)
{
	m->image->shutdown();
	dlclose(m->dl);
	munmap(m->ram, BANK_SIZE);
	while (m->chunks)
		host_free(m, m->chunks->data, 0);
	free(m);
}

bool machine_said(struct machine *m, const char *check)
{
	m->expects = false;
	if (strcmp(m->check, check))
		fprintf(stderr, "not that violation: %s: %s\n", m->check, m->sentence);
	return !strcmp(m->check, check);
}
