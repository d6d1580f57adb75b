/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Strands: the stacks that a run is made of. One of them has the baton, all others stand still.
 *
 * Two engines, the same decisions: threads, which a debugger and ThreadSanitizer understand, and fibers, which
 * switch without the kernel's scheduler. The scenario's strand is the caller's own stack with either.
 */
#ifndef SIM_STRAND_H
#define SIM_STRAND_H

#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <ucontext.h>

#include <rmisim/sim.h>

/* Stacks and threads, in use or waiting for their next strand. One thread has it at a time. */
struct sim_pool {
	struct stack *stacks;
	struct worker *workers;
	bool rewinds; /* its worlds are to be saved and put back */
	bool stay;    /* threads stay on the CPU they start on */
	int cpu;      /* that one */
	/* What wrong.c may say, the same for all worlds of the pool. */
	struct wrong_answers *answers;
};

/* One stack of execution: the scenario, a spawned actor, or the guest side of a vCPU. */
struct strand {
	struct sim_world *world;
	void (*body)(struct strand *strand);
	bool started;  /* there is a thread or a stack to get rid of */
	bool finished; /* threads: body has done its last */
	bool kill;     /* leave when woken */
	jmp_buf leave; /* where to: the thread's own function, or the scenario's frame */
	/* threads */
	struct worker *worker; /* NULL: the scenario, which has */
	sem_t baton;
	pid_t tid; /* of the thread it is on, for debuggers; 0: none yet, or with fibers the scenario's */
	bool unseen,
		unseen_outside; /* by ThreadSanitizer: now, and outside of the kernel (race.h) */
	/* fibers */
	bool entered;
	jmp_buf here;
	ucontext_t context;  /* instead of it under AddressSanitizer */
	struct stack *stack; /* NULL: the scenario's */
	void *fake;          /* AddressSanitizer's */
	const void *bottom;  /* of the stack, as that sees it */
	size_t size;
};

/* A function on a stack of its own, on the thread of whoever calls it; a run that can be rewound. */
struct sim_aside {
	struct stack *stack;
	void (*fn)(void *arg);
	void *arg;
	jmp_buf caller, mark;
};

/* Threads or fibers: as asked, else as $RMISIM_ENGINE says, else what suits. NULL, or what is wrong. */
const char *sim_engine_pick(enum sim_engine asked, enum sim_engine *engine);

/* A debugger is looking at this process. */
bool sim_is_traced(void);

/* The scenario's own strand. */
void sim_strand_init(struct strand *strand, struct sim_world *world);
void sim_strand_exit(struct strand *strand);

/* A strand that will call `body` when it first gets the baton; body ends with sim_strand_finish(). -errno. */
int sim_strand_start(struct strand *strand, void (*body)(struct strand *strand));
/* Give the baton to `to` and stand still until it comes back to `from`. */
void sim_strand_switch(struct strand *from, struct strand *to);
/* The same, as the last thing a body does: it returns only to go on to its end. */
void sim_strand_finish(struct strand *from, struct strand *to);
/* Finish in the middle of the body. */
void sim_strand_quit(struct strand *from, struct strand *to) __attribute__((noreturn));
/* Get rid of a strand that stands still or has finished. Not the running one. */
void sim_strand_end(struct strand *strand);
/* Where a strand that stands still has left its stack: [*low, *top). False when it is on a thread. */
bool sim_strand_left(const struct strand *strand, const char **low, const char **top);
/* Is the caller on this strand? Fibers; a thread is taken to be. */
bool sim_strand_is_here(const struct strand *strand);
/* Leave the running strand at once: the scenario goes on where it can. */
void sim_strand_leave(struct strand *strand) __attribute__((noreturn));

/* No strand of the pool's is started any more. */
void sim_pool_drop(struct sim_pool *pool);

/* False where stacks cannot be put back as they were: under a sanitizer. */
bool sim_can_rewind(void);
/* fn(arg) on a stack of the pool; false when there is none. Not under a sanitizer. */
bool sim_aside_call(struct sim_aside *aside, struct sim_pool *pool, void (*fn)(void *arg),
		    void *arg);
/*
 * Within fn: a place to return to, once `save` has saved the stack. Returns false now, and true each time that
 * sim_aside_return() has led here.
 */
bool sim_aside_mark(struct sim_aside *aside, void (*save)(void *ctx), void *ctx);
/* Outside of it: go on at the mark, on the stack as it was then, until fn ends. */
void sim_aside_return(struct sim_aside *aside);

/* Within fn: the end of its stack's memory in use. */
const char *sim_aside_top(const struct sim_aside *aside);

/*
 * Tell what has to be saved of the stacks in use, this one's too, so that all of them can go on from here
 * later. False when something is on a thread, which cannot.
 */
bool sim_pool_keep(struct sim_pool *pool, void (*save)(void *ctx, void *at, size_t size),
		   void *ctx);
/* The stacks that were in use then are, and no others. */
void sim_pool_rewind(struct sim_pool *pool);

#endif
