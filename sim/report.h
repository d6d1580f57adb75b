/* SPDX-License-Identifier: BSD-2-Clause */
/* How things stood when a run was violated: who waits for what that whom holds, and every stack. */
#ifndef SIM_REPORT_H
#define SIM_REPORT_H

#include <stdio.h>

#include "world.h"

#define STACK_MAX_FRAMES 64

/* Code addresses, from the innermost on. */
struct stack_trace {
	void *pc[STACK_MAX_FRAMES];
	unsigned nr;
};

/* Where a world puts its report; lives outside of the world. */
struct report {
	FILE *out;
	bool told;     /* the first violation alone */
	bool sentence; /* begin with it */
	struct strand *asked, *asker;
	struct stack_trace trace; /* the answer */
};

/* waits.c */
/* "waits for kvm->slots_lock (held by vcpu1)", "could go on". */
void sim_waits_text(struct sim_world *world, const struct actor *actor, char *buf, size_t size);
/* "(held by vcpu1, taken in kvm_vcpu_run())" of an actor that waits; nothing is written when nobody has it. */
void sim_waits_holders(const struct sim_world *world, const struct actor *actor, char *buf,
		       size_t size);
/* The actors that have to do something before this one can go on; at most `max`, the number of all. */
unsigned sim_waits_of(struct sim_world *world, const struct actor *actor, unsigned *who,
		      unsigned max);

/* report.c */
/* The violation has been noted; on the strand that has the baton. */
void sim_report(struct sim_world *world, const char *violation);

/* stacks.c */
/* Every strand of the world in turn: those that stand still are entered for it. */
void sim_stacks_print(struct sim_world *world, FILE *out);
/*
 * Behind each switch: has the strand got the baton for a look at its stack? It then leaves it in the report and
 * returns the strand that wants to know, which is to have the baton again; else NULL. The world has a report.
 */
struct strand *sim_stack_told(struct strand *self);

#endif
