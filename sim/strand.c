/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Strands on threads, and strands on fibers.
 *
 * Threads: whoever gives the baton posts the other's semaphore and sleeps on its own. A thread that is
 * woken in a dead world, or is told to, leaves for its own thread function. The last thing a thread does is to
 * post another's semaphore, so nobody touches the world without the baton.
 *
 * Fibers: all strands share the thread of whoever runs the scenario. One that is left is never entered
 * again; its stack goes back to the pool.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "world.h"

#if defined(__SANITIZE_ADDRESS__)
#define STRAND_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define STRAND_ASAN 1
#endif
#if __has_feature(thread_sanitizer)
#define STRAND_TSAN 1
#endif
#endif
#if defined(__SANITIZE_THREAD__)
#define STRAND_TSAN 1
#endif

#ifdef STRAND_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

#define STACK_SIZE ((size_t)1 << 20)
#define GUARD_SIZE ((size_t)1 << 16) /* whole pages of any host */

/* At the upper end of its own memory; below it the stack, below that a page that nobody may touch. */
struct stack {
	struct stack *next;
};

/* Which engine */

static bool is_traced(void)
{
	char line[128];
	FILE *f = fopen("/proc/self/status", "re");
	int tracer = 0;

	while (f && fgets(line, sizeof(line), f) && !tracer)
		if (!strncmp(line, "TracerPid:", 10))
			tracer = atoi(line + 10);
	if (f)
		fclose(f);
	return tracer != 0;
}

/* AddressSanitizer copes with fibers, but says on stderr that it may not. */
static bool is_instrumented(void)
{
#if defined(STRAND_TSAN) || defined(STRAND_ASAN)
	return true;
#else
	return false;
#endif
}

const char *sim_engine_pick(enum sim_engine asked, enum sim_engine *engine)
{
	const char *name = getenv("RMISIM_ENGINE");

	*engine = asked;
	if (asked > SIM_FIBERS)
		return "there is no such engine";
#ifdef STRAND_TSAN
	if (asked == SIM_FIBERS)
		return "ThreadSanitizer knows threads only";
#endif
	if (asked != SIM_ENGINE_DEFAULT)
		return NULL;
	if (name && *name) {
		*engine = !strcmp(name, "threads") ? SIM_THREADS : SIM_FIBERS;
		return *engine == SIM_THREADS || !strcmp(name, "fibers")
			       ? NULL
			       : "RMISIM_ENGINE is 'threads' or 'fibers'";
	}
	*engine = is_instrumented() || is_traced() ? SIM_THREADS : SIM_FIBERS;
	return NULL;
}

/* Stacks */

static char *stack_base(struct stack *stack)
{
	return (char *)(stack + 1) - STACK_SIZE;
}

static struct stack *stack_get(struct sim_stacks *stacks)
{
	struct stack *stack = stacks->free;
	char *base;

	if (stack) {
		stacks->free = stack->next;
		return stack;
	}
	base = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
	if (base == MAP_FAILED)
		return NULL;
	mprotect(base, GUARD_SIZE, PROT_NONE);
	return (struct stack *)(void *)(base + STACK_SIZE) - 1;
}

static void stack_put(struct sim_stacks *stacks, struct stack *stack)
{
#ifdef STRAND_ASAN
	__asan_unpoison_memory_region(stack_base(stack) + GUARD_SIZE, STACK_SIZE - GUARD_SIZE);
#endif
	stack->next = stacks->free;
	stacks->free = stack;
}

void sim_stacks_drop(struct sim_stacks *stacks)
{
	struct stack *stack;

	while ((stack = stacks->free)) {
		stacks->free = stack->next;
		munmap(stack_base(stack), STACK_SIZE);
	}
}

/* Fibers */

#ifdef STRAND_ASAN
/* Behind a switch: what the other one's stack was is known only now. */
static void arrive(struct strand *self)
{
	struct strand *before = self->world->switched_from;

	__sanitizer_finish_switch_fiber(self->fake, &before->bottom, &before->size);
}

static void depart(struct strand *from, struct strand *to, bool for_ever)
{
	from->world->switched_from = from;
	__sanitizer_start_switch_fiber(for_ever ? NULL : &from->fake, to->bottom, to->size);
}
#else
static void arrive(struct strand *self)
{
}

static void depart(struct strand *from, struct strand *to, bool for_ever)
{
}
#endif

/* makecontext() passes ints. */
static void fiber_main(unsigned high, unsigned low)
{
	struct strand *strand = (void *)((uintptr_t)high << 32 | low);

	arrive(strand);
	strand->body(strand);
}

static int fiber_start(struct strand *strand)
{
	uintptr_t self = (uintptr_t)strand;

	strand->stack = stack_get(strand->world->stacks);
	if (!strand->stack)
		return -ENOMEM;
	getcontext(&strand->context);
	strand->bottom = stack_base(strand->stack) + GUARD_SIZE;
	strand->size = STACK_SIZE - GUARD_SIZE - 64; /* aligned, below the stack's own words */
	strand->fake = NULL;
	strand->context.uc_stack.ss_sp = (void *)strand->bottom;
	strand->context.uc_stack.ss_size = strand->size;
	strand->context.uc_link = NULL;
	makecontext(&strand->context, (void (*)(void))(uintptr_t)fiber_main, 2,
		    (unsigned)(self >> 32), (unsigned)self);
	strand->started = true;
	return 0;
}

static void fiber_switch(struct strand *from, struct strand *to)
{
	depart(from, to, false);
	swapcontext(&from->context, &to->context);
	arrive(from);
	if (from->world->dead)
		sim_strand_leave(from);
}

static void fiber_leave(struct strand *from, struct strand *to) __attribute__((noreturn));
static void fiber_leave(struct strand *from, struct strand *to)
{
	depart(from, to, true);
	setcontext(&to->context);
	abort();
}

/* Threads */

static void thread_wait(struct strand *strand)
{
	while (sem_wait(&strand->baton) && errno == EINTR)
		;
}

static void *thread_main(void *arg)
{
	struct strand *strand = arg;
	struct sim_world *world = strand->world;
	struct strand *scenario = &world->actors[0]->own;

	thread_wait(strand);
	if (strand->kill)
		return NULL;
	if (!setjmp(strand->leave) && !world->dead) {
		strand->body(strand);
		return NULL;
	}
	if (!strand->kill)
		sem_post(&scenario->baton);
	return NULL;
}

static int thread_start(struct strand *strand)
{
	pthread_attr_t attr;
	int err;

	if (sem_init(&strand->baton, 0, 0))
		return -errno;
	err = pthread_attr_init(&attr);
	if (!err) {
		pthread_attr_setstacksize(&attr, STACK_SIZE);
		err = pthread_create(&strand->thread, &attr, thread_main, strand);
		pthread_attr_destroy(&attr);
	}
	strand->started = !err;
	if (err)
		sem_destroy(&strand->baton);
	return -err;
}

static void thread_switch(struct strand *from, struct strand *to)
{
	sem_post(&to->baton);
	thread_wait(from);
	if (from->kill || from->world->dead)
		sim_strand_leave(from);
}

static void thread_end(struct strand *strand)
{
	strand->kill = true;
	sem_post(&strand->baton);
	pthread_join(strand->thread, NULL);
	sem_destroy(&strand->baton);
}

/* Either */

static bool on_threads(const struct strand *strand)
{
	return strand->world->engine == SIM_THREADS;
}

void sim_strand_init(struct strand *strand, struct sim_world *world)
{
	strand->world = world;
	sem_init(&strand->baton, 0, 0);
}

void sim_strand_exit(struct strand *strand)
{
	sem_destroy(&strand->baton);
}

int sim_strand_start(struct strand *strand, void (*body)(struct strand *strand))
{
	strand->body = body;
	strand->kill = false;
	return on_threads(strand) ? thread_start(strand) : fiber_start(strand);
}

void sim_strand_switch(struct strand *from, struct strand *to)
{
	if (on_threads(from))
		thread_switch(from, to);
	else
		fiber_switch(from, to);
}

void sim_strand_finish(struct strand *from, struct strand *to)
{
	if (!on_threads(from))
		fiber_leave(from, to);
	sem_post(&to->baton);
}

void sim_strand_end(struct strand *strand)
{
	if (!strand->started)
		return;
	if (on_threads(strand))
		thread_end(strand);
	else
		stack_put(strand->world->stacks, strand->stack);
	strand->stack = NULL;
	strand->started = false;
}

void sim_strand_leave(struct strand *strand)
{
	struct strand *scenario = &strand->world->actors[0]->own;

	if (on_threads(strand) || strand == scenario)
		longjmp(strand->leave, 1);
	fiber_leave(strand, scenario);
}
