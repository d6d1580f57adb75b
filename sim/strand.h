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

/* Stacks that are not in use, for the next strand. */
struct sim_stacks {
	struct stack *free;
};

/* One stack of execution: the scenario, a spawned actor, or the guest side of a vCPU. */
struct strand {
	struct sim_world *world;
	void (*body)(struct strand *strand);
	bool started;  /* there is a thread or a stack to get rid of */
	bool kill;     /* leave when woken */
	jmp_buf leave; /* where to: the thread's own function, or the scenario's frame */
	/* threads */
	pthread_t thread;
	sem_t baton;
	/* fibers */
	ucontext_t context;
	struct stack *stack; /* NULL: the scenario's */
	void *fake;          /* AddressSanitizer's */
	const void *bottom;  /* of the stack, as that sees it */
	size_t size;
};

/* Threads or fibers: as asked, else as $RMISIM_ENGINE says, else what suits. NULL, or what is wrong. */
const char *sim_engine_pick(enum sim_engine asked, enum sim_engine *engine);

/* The scenario's own strand. */
void sim_strand_init(struct strand *strand, struct sim_world *world);
void sim_strand_exit(struct strand *strand);

/* A strand that will call `body` when it first gets the baton; body ends with sim_strand_finish(). -errno. */
int sim_strand_start(struct strand *strand, void (*body)(struct strand *strand));
/* Give the baton to `to` and stand still until it comes back to `from`. */
void sim_strand_switch(struct strand *from, struct strand *to);
/* The same, as the last thing a body does: it returns only to go on to its end. */
void sim_strand_finish(struct strand *from, struct strand *to);
/* Get rid of a strand that stands still or has finished. Not the running one. */
void sim_strand_end(struct strand *strand);
/* Leave the running strand at once: the scenario goes on where it can. */
void sim_strand_leave(struct strand *strand) __attribute__((noreturn));

void sim_stacks_drop(struct sim_stacks *stacks);

#endif
