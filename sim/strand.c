/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Strands on threads, and strands on fibers.
 *
 * Threads: whoever gives the baton posts the other's semaphore and sleeps on its own. A thread that is
 * woken in a dead world, or is told to, leaves for its own thread function and waits there for its next
 * strand. The last thing a thread does is to post another's semaphore, so nobody touches the world
 * without the baton.
 *
 * Fibers: all strands share the thread of whoever runs the scenario. One that is left is never entered
 * again; its stack goes back to the pool. Switching is setjmp() and longjmp(), which cost no system call; a
 * stack is entered by setcontext() the first time, and by a jump to its bottom from then on.
 */
#define _GNU_SOURCE
#undef _FORTIFY_SOURCE /* its longjmp() takes another stack for a mistake */
#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "race.h"
#include "report.h"
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

/* sim_strand_leave() says 1 to setjmp(). */
#define QUIT 2

#define STACK_SIZE ((size_t)1 << 20)
#define GUARD_SIZE ((size_t)1 << 16) /* whole pages of any host */

/* Of a stack's memory, for its own words; stacks begin aligned. */
#define STACK_TOP ((sizeof(struct stack) + 63) & ~(size_t)63)

/* What a stack saves below the frame that has left it: the rest of that frame and its callees. */
#define SLACK 4096

/* At the upper end of its own memory; below it the stack, below that a page that nobody may touch. */
struct stack {
	struct stack *next;
	bool used, kept;
	bool entered; /* `bottom` is valid */
	jmp_buf bottom;
	void (*fn)(void *arg);
	void *arg;
	char *low; /* where it was left */
};

/* A thread that runs one strand after the other. */
struct worker {
	struct worker *next;
	bool used;
	bool quit;
	sem_t baton, gone;
	sem_t *next_baton; /* of whoever goes on when a strand quits */
	pthread_t thread;
	struct strand *strand;
};

/* Which engine */

bool sim_is_traced(void)
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
	*engine = is_instrumented() || sim_is_traced() ? SIM_THREADS : SIM_FIBERS;
	return NULL;
}

bool sim_can_rewind(void)
{
	return !is_instrumented();
}

/* Stacks */

static char *stack_base(const struct stack *stack)
{
	return (char *)(uintptr_t)(stack + 1) - STACK_SIZE;
}

static struct stack *stack_make(struct sim_pool *pool)
{
	struct stack *stack;
	char *base = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);

	if (base == MAP_FAILED)
		return NULL;
	mprotect(base, GUARD_SIZE, PROT_NONE);
	stack = (struct stack *)(void *)(base + STACK_SIZE) - 1;
	stack->next = pool->stacks;
	pool->stacks = stack;
	return stack;
}

static struct stack *stack_get(struct sim_pool *pool)
{
	struct stack *stack = pool->stacks;

	while (stack && stack->used)
		stack = stack->next;
	if (!stack)
		stack = stack_make(pool);
	if (stack)
		stack->used = true;
	return stack;
}

static void stack_put(struct stack *stack)
{
#ifdef STRAND_ASAN
	__asan_unpoison_memory_region(stack_base(stack) + GUARD_SIZE, STACK_SIZE - GUARD_SIZE);
#endif
	stack->used = false;
}

static void stack_main(unsigned high, unsigned low)
{
	struct stack *stack = (void *)((uintptr_t)high << 32 | low);

	/* Whoever jumps here wants the next function to run; what was on the stack is forgotten. */
	_setjmp(stack->bottom);
	stack->entered = true;
	stack->fn(stack->arg);
	abort(); /* it has left for somebody else */
}

/* Where fn begins. */
static void stack_prepare(struct stack *stack, ucontext_t *context)
{
	uintptr_t self = (uintptr_t)stack;

	getcontext(context);
	context->uc_stack.ss_sp = stack_base(stack) + GUARD_SIZE;
	context->uc_stack.ss_size = STACK_SIZE - GUARD_SIZE - STACK_TOP;
	context->uc_link = NULL;
	/* makecontext() passes ints */
	makecontext(context, (void (*)(void))(uintptr_t)stack_main, 2, (unsigned)(self >> 32),
		    (unsigned)self);
}

static void stack_enter(struct stack *stack) __attribute__((noreturn));
static void stack_enter(struct stack *stack)
{
	ucontext_t context;

	if (stack->entered)
		_longjmp(stack->bottom, 1);
	stack_prepare(stack, &context);
	setcontext(&context);
	abort();
}

static void drop_workers(struct sim_pool *pool);

void sim_pool_drop(struct sim_pool *pool)
{
	struct stack *stack;

	while ((stack = pool->stacks)) {
		pool->stacks = stack->next;
		munmap(stack_base(stack), STACK_SIZE);
	}
	drop_workers(pool);
}

bool sim_pool_keep(struct sim_pool *pool, void (*save)(void *ctx, void *at, size_t size), void *ctx)
{
	for (struct worker *worker = pool->workers; worker; worker = worker->next)
		if (worker->used)
			return false;
	for (struct stack *stack = pool->stacks; stack; stack = stack->next) {
		stack->kept = stack->used;
		if (stack->kept)
			save(ctx, stack->low - SLACK, (size_t)((char *)stack - stack->low) + SLACK);
	}
	return true;
}

void sim_pool_rewind(struct sim_pool *pool)
{
	for (struct stack *stack = pool->stacks; stack; stack = stack->next)
		stack->used = stack->kept;
}

/* Aside */

static void aside_body(void *arg)
{
	struct sim_aside *aside = arg;

	aside->fn(aside->arg);
	_longjmp(aside->caller, 1);
}

bool sim_aside_call(struct sim_aside *aside, struct sim_pool *pool, void (*fn)(void *arg),
		    void *arg)
{
	if (!aside->stack)
		aside->stack = stack_get(pool);
	if (!aside->stack)
		return false;
	aside->fn = fn;
	aside->arg = arg;
	aside->stack->fn = aside_body;
	aside->stack->arg = aside;
	if (!_setjmp(aside->caller))
		stack_enter(aside->stack);
	return true;
}

bool sim_aside_mark(struct sim_aside *aside, void (*save)(void *ctx), void *ctx)
{
	aside->stack->low = __builtin_frame_address(0);
	if (_setjmp(aside->mark))
		return true;
	save(ctx); /* this frame as well, while it stands */
	return false;
}

const char *sim_aside_top(const struct sim_aside *aside)
{
	return (const char *)aside->stack;
}

void sim_aside_return(struct sim_aside *aside)
{
	if (!_setjmp(aside->caller))
		_longjmp(aside->mark, 1);
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

static void fiber_main(void *arg)
{
	struct strand *strand = arg;

	arrive(strand);
	strand->body(strand);
}

static int fiber_start(struct strand *strand)
{
	strand->stack = stack_get(strand->world->pool);
	if (!strand->stack)
		return -ENOMEM;
	strand->bottom = stack_base(strand->stack) + GUARD_SIZE;
	strand->size = STACK_SIZE - GUARD_SIZE - STACK_TOP;
	strand->fake = NULL;
	strand->stack->fn = fiber_main;
	strand->stack->arg = strand;
	strand->entered = false;
	strand->started = true;
#ifdef STRAND_ASAN
	stack_prepare(strand->stack, &strand->context);
#endif
	return 0;
}

#ifdef STRAND_ASAN
/* It follows setcontext(), and takes longjmp() for the end of what is on the stack. */
static void fiber_jump(struct strand *to) __attribute__((noreturn));
static void fiber_jump(struct strand *to)
{
	setcontext(&to->context);
	abort();
}

static void fiber_step(struct strand *from, struct strand *to)
{
	swapcontext(&from->context, &to->context);
}
#else
/* Go on with `to`, whose stack is at its bottom or where it was left. */
static void fiber_jump(struct strand *to) __attribute__((noreturn));
static void fiber_jump(struct strand *to)
{
	if (to->entered || !to->stack)
		_longjmp(to->here, 1);
	to->entered = true;
	stack_enter(to->stack);
}

static void fiber_step(struct strand *from, struct strand *to)
{
	if (from->stack)
		from->stack->low = __builtin_frame_address(0);
	if (!_setjmp(from->here))
		fiber_jump(to);
}
#endif

static void fiber_switch(struct strand *from, struct strand *to)
{
	depart(from, to, false);
	fiber_step(from, to);
	arrive(from);
}

static void fiber_leave(struct strand *from, struct strand *to) __attribute__((noreturn));
static void fiber_leave(struct strand *from, struct strand *to)
{
	depart(from, to, true);
	fiber_jump(to);
}

/* Threads */

static void baton_wait(sem_t *baton)
{
	while (sem_wait(baton) && errno == EINTR)
		;
}

static sem_t *baton_of(struct strand *strand)
{
	return strand->worker ? &strand->worker->baton : &strand->baton;
}

/* One strand as far as it gets. What it returns is all that may be known of the strand afterwards. */
static enum { FINISHED, LEFT, KILLED, HAS_QUIT } work(struct strand *strand)
{
	if (strand->kill)
		return KILLED;
	strand->tid = gettid();
	switch (setjmp(strand->leave)) {
	case 0:
		if (strand->world->dead)
			break;
		strand->body(strand);
		return FINISHED;
	case QUIT:
		return HAS_QUIT;
	}
	sim_race_landed();
	sim_race_release(strand->world);
	return strand->kill ? KILLED : LEFT;
}

static void *worker_main(void *arg)
{
	struct worker *worker = arg;

	sim_race_thread(true);
	for (;;) {
		baton_wait(&worker->baton);
		if (worker->quit) {
			sim_race_thread(false);
			return NULL;
		}
		switch (work(worker->strand)) {
		case FINISHED:
			break;
		case LEFT:
			sem_post(baton_of(&worker->strand->world->actors[0]->own));
			break;
		case KILLED:
			sem_post(&worker->gone);
			break;
		case HAS_QUIT:
			sem_post(worker->next_baton);
			break;
		}
	}
}

/* On the CPU where the search began, wherever that was: the baton is handed on much faster there. */
static void stay(pthread_attr_t *attr, struct sim_pool *pool)
{
	cpu_set_t cpus;

	if (!pool->stay)
		return;
	if (!pool->workers)
		pool->cpu = sched_getcpu();
	if (pool->cpu < 0 || pool->cpu >= CPU_SETSIZE)
		return;
	CPU_ZERO(&cpus);
	CPU_SET(pool->cpu, &cpus);
	pthread_attr_setaffinity_np(attr, sizeof(cpus), &cpus);
}

static int worker_make(struct sim_pool *pool, struct worker **out)
{
	struct worker *worker = calloc(1, sizeof(*worker));
	pthread_attr_t attr;
	int err = worker ? pthread_attr_init(&attr) : ENOMEM;

	if (!err) {
		sem_init(&worker->baton, 0, 0);
		sem_init(&worker->gone, 0, 0);
		pthread_attr_setstacksize(&attr, STACK_SIZE);
		stay(&attr, pool);
		err = pthread_create(&worker->thread, &attr, worker_main, worker);
		pthread_attr_destroy(&attr);
	}
	if (err) {
		free(worker);
		return -err;
	}
	worker->next = pool->workers;
	pool->workers = worker;
	*out = worker;
	return 0;
}

static int thread_start(struct strand *strand)
{
	struct sim_pool *pool = strand->world->pool;
	struct worker *worker = pool->workers;
	int err = 0;

	while (worker && worker->used)
		worker = worker->next;
	if (!worker)
		err = worker_make(pool, &worker);
	if (err)
		return err;
	worker->used = true;
	worker->strand = strand;
	strand->worker = worker;
	strand->tid = 0;
	strand->started = true;
	return 0;
}

static void thread_switch(struct strand *from, struct strand *to)
{
	sem_post(baton_of(to));
	baton_wait(baton_of(from));
}

/* Its thread is on its way to its next strand, or has to be sent there. */
static void thread_end(struct strand *strand)
{
	struct worker *worker = strand->worker;

	if (!strand->finished) {
		strand->kill = true;
		sem_post(&worker->baton);
		baton_wait(&worker->gone);
	}
	worker->used = false;
	strand->worker = NULL;
}

static void drop_workers(struct sim_pool *pool)
{
	struct worker *worker;

	while ((worker = pool->workers)) {
		pool->workers = worker->next;
		worker->quit = true;
		sem_post(&worker->baton);
		pthread_join(worker->thread, NULL);
		free(worker);
	}
}

/* Either */

static bool on_threads(const struct strand *strand)
{
	return strand->world->engine == SIM_THREADS;
}

void sim_strand_init(struct strand *strand, struct sim_world *world)
{
	strand->world = world;
	strand->tid = gettid();
	sem_init(&strand->baton, 0, 0);
}

void sim_strand_exit(struct strand *strand)
{
	sem_destroy(&strand->baton);
}

int sim_strand_start(struct strand *strand, void (*body)(struct strand *strand))
{
	strand->body = body;
	strand->kill = strand->finished = false;
	return on_threads(strand) ? thread_start(strand) : fiber_start(strand);
}

void sim_strand_switch(struct strand *from, struct strand *to)
{
	do {
		if (on_threads(from))
			thread_switch(from, to);
		else
			fiber_switch(from, to);
		to = from->kill || !from->world->report ? NULL : sim_stack_told(from);
	} while (to);
	if (from->kill || from->world->dead)
		sim_strand_leave(from);
}

void sim_strand_finish(struct strand *from, struct strand *to)
{
	if (!on_threads(from))
		fiber_leave(from, to);
	from->finished = true;
	sem_post(baton_of(to));
}

/* A thread hands the baton on when it is at its beginning: with it the strand, and where to leave to, may go. */
void sim_strand_quit(struct strand *from, struct strand *to)
{
	if (!on_threads(from))
		fiber_leave(from, to);
	from->finished = true;
	from->worker->next_baton = baton_of(to);
	longjmp(from->leave, QUIT);
}

void sim_strand_end(struct strand *strand)
{
	if (!strand->started)
		return;
	if (on_threads(strand))
		thread_end(strand);
	else
		stack_put(strand->stack);
	strand->stack = NULL;
	strand->started = false;
}

bool sim_strand_left(const struct strand *strand, const char **low, const char **top)
{
	if (!strand->stack)
		return false;
	*low = strand->stack->low;
	*top = (const char *)strand->stack;
	return true;
}

void sim_strand_leave(struct strand *strand)
{
	struct strand *scenario = &strand->world->actors[0]->own;

	if (on_threads(strand) || strand == scenario)
		longjmp(strand->leave, 1);
	fiber_leave(strand, scenario);
}

bool sim_strand_is_here(const struct strand *strand)
{
	const char *here = __builtin_frame_address(0), *top = (const char *)strand->stack;

	return on_threads(strand) || !top || (here < top && (size_t)(top - here) <= STACK_SIZE);
}
