/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Failures that a run decides on, and what is made of them: a VMM that tries again, and the end of a run that
 * can't go on.
 */
#ifndef SIM_FAILURE_H
#define SIM_FAILURE_H

#include <rmisim/sim.h>

struct decision;
struct rmm_event;
struct wrong_calls;
struct sim_pool;

#define SIM_NR_FAILED_AS 9

struct failures {
	unsigned classes;   /* bits of enum sim_failures */
	const char *place;  /* of the decision that is being asked, or NULL */
	uint64_t legal;     /* failures of that class so far */
	uint64_t wrong;     /* wrong answers so far */
	bool hinders;       /* a wrong answer was given to another call than RTT_SET_RIPAS */
	bool said_unmapped; /* a wrong RMI_ERROR_RTT of RTT_DATA_UNMAP was given */
	bool passed_over;   /* RANGE_DELEGATE has passed over a page in use */
	bool known;         /* the run ended with what is known */
	bool gave_up; /* a call can't succeed any more: the run ends without a verdict on the rest */
	struct wrong_calls *calls;
	/* By errno, see failure.c: the number of the last failure that may come out as this one. */
	uint64_t last[SIM_NR_FAILED_AS];
};

/* A failure was decided. */
void sim_failure_taken(struct sim_world *world, const struct decision *decision);
/* An RMI call has returned. */
void sim_failures_rmi(struct sim_world *world, const struct rmm_event *event);

/*
 * One call of the VMM, from its first try on. A VMM does again what has failed for a reason that passes; so the
 * scenario sees what comes out without failures, and judges that.
 */
struct sim_attempt {
	uint64_t since;
	unsigned tries;
	int final; /* errno of a realm that can't be activated any more */
};

struct sim_attempt sim_attempt(const struct sim_world *world);
/*
 * The call has returned `err`: true when it is to be made again. When it fails for ever the actor ends here, and so
 * does the run once all have ended.
 */
bool sim_try_again(struct sim_vm *vm, struct sim_attempt *attempt, int err);
/* May this be what a failure of the run comes out as? */
bool sim_came_from_a_failure(const struct sim_world *world, int err);
/* Give up when nothing that the scenario expects counts any more, and when that is possible here. */
void sim_give_up_if(struct sim_world *world);
/* Close what is open when the run gave up; what is wrong at its end, or NULL. */
const char *sim_failures_end(struct sim_world *world);

/* wrong.c: forget what may be answered. */
void sim_answers_drop(struct sim_pool *pool);
/* wrong.c: true with *regs when the RMM shall answer so without having heard of the call. */
bool sim_answers_wrongly(struct sim_world *world, const struct rmi_command *command,
			 struct rmm_regs *regs);
/* The RMM has answered: what it asks for may be made wrong. True: it was. */
bool sim_asks_wrongly(struct sim_world *world, struct rmm_regs *out);
/* A REC has come back: what its exit says may be made wrong. True: it was. */
bool sim_exits_wrongly(struct sim_world *world, const struct rmm_regs *in,
		       const struct rmm_regs *out);
/* "answer RMI_.." */
bool sim_is_wrong_answer(const char *label);

#endif
