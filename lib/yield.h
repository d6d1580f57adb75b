/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Commands that answer INCOMPLETE without asking for memory, and ranges that stop early: only when
 * rmm_config.choose says so.
 *
 *	at the start	the conditions hold no longer than the call: OP_CONTINUE checks them again
 *			and carries the command out. An object in the making is PARTIAL meanwhile.
 *	in a range	what is done is done; the entry (granule) where it goes on belongs to the
 *			operation: RMI_BLOCKED for everybody else. OP_CONTINUE goes on from there; an
 *			obstacle ends it with SUCCESS.
 *
 * None of them can be cancelled. TF-RMM's host build never yields.
 */
#ifndef LIB_YIELD_H
#define LIB_YIELD_H

#include "call.h"

/* Answer BUSY or BLOCKED before anything is looked at; true when it has. */
bool yield_refuses(struct rmm_call *c);
/* Every condition has been checked: become an operation instead of doing it; true when it has. */
bool yield_at_the_start(struct rmm_call *c);

/* How far a range may go in this call. */
struct budget {
	uint64_t left;   /* entries */
	bool incomplete; /* then it yields, else it stops with SUCCESS */
};

/* A range of at most `entries` begins or goes on. */
struct budget yield_budget(struct rmm_call *c, uint64_t entries);
/*
 * The budget is used up at pos, where c->walk stands (a range of an RTT). True: the answer is
 * INCOMPLETE. False: there is no context, or somebody else's entry: SUCCESS up to pos.
 */
bool yield_rest(struct rmm_call *c, const struct budget *b, uint64_t pos);

#endif
