/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An RMM that answers wrongly: each status that the command's rows can report, and that its state does not justify,
 * as one decision at each call. The RMM does not hear of a call that is answered so, and the other outputs are 0.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "world.h"

#define MAX_ANSWERS 24

/*
 * "Always" ends here: a walk that skips one page at each answer comes to its end, but not soon. Whoever makes one call
 * with the same arguments as often as that is in a loop.
 */
#define MAX_WRONG 1024
#define MAX_SAME  512

#define NR_CALLS 256

/* Calls that were answered wrongly, by their registers. */
struct wrong_calls {
	struct {
		uint64_t x[7];
		unsigned times;
	} call[NR_CALLS];
};

/* What one command may be answered with. */
struct wrong_answers {
	struct wrong_answers *next;
	const struct rmi_command *command;
	unsigned nr;
	uint64_t x0[MAX_ANSWERS];
	char label[40];
};

bool sim_is_wrong_answer(const char *label)
{
	return !strncmp(label, "answer ", 7);
}

static void *allocate(struct sim_world *world, size_t size)
{
	void *p = sim_arena_alloc(world->arena, size);

	if (!p)
		sim_violatef(world, "memory", "the world's arena is exhausted");
	return p;
}

static void add(struct wrong_answers *a, uint64_t x0)
{
	for (unsigned i = 0; i < a->nr; i++)
		if (a->x0[i] == x0)
			return;
	if (a->nr < MAX_ANSWERS)
		a->x0[a->nr++] = x0;
}

/* An RTT error at each level. */
static void add_status(struct wrong_answers *a, unsigned status)
{
	if (status != RMI_ERROR_RTT) {
		add(a, status);
		return;
	}
	for (uint64_t level = 0; level <= 3; level++)
		add(a, status | level << 8);
}

/* What a correct RMM may say at any time is no wrong answer. */
static bool is_legal(unsigned status)
{
	return status == RMI_SUCCESS || status == RMI_BUSY || status == RMI_BLOCKED ||
	       status == RMI_INCOMPLETE;
}

void sim_answers_drop(struct sim_pool *pool)
{
	struct wrong_answers *a;

	while ((a = pool->answers)) {
		pool->answers = a->next;
		free(a);
	}
}

/*
 * All commands with their rows, in one go, once for all runs of a search: rows are found by counting. A row of another profile's order is not what
 * this RMM could say.
 */
static struct wrong_answers *read_rows(struct sim_world *world)
{
	enum rmi_edition edition = rmm_edition(world->rmm);
	struct wrong_answers *list = NULL, *a;
	const struct rmi_command *command = NULL;
	struct rmm_condition_info row;

	for (unsigned i = 0; rmm_condition_at(i, &row); i++) {
		if (is_legal(row.status) || row.profile)
			continue;
		if (!command || strcmp(row.command, command->name))
			command = rmi_command_named(edition, row.command);
		if (!command)
			continue; /* a realm's, or of another edition */
		for (a = list; a && a->command != command; a = a->next)
			;
		if (!a) {
			a = calloc(1, sizeof(*a));
			if (!a)
				sim_violatef(world, "out-of-memory", "none for wrong answers");
			a->command = command;
			snprintf(a->label, sizeof(a->label), "answer %s", command->function);
			a->next = list;
			list = a;
		}
		add_status(a, row.status);
	}
	return list;
}

/* NULL: the command cannot fail. */
static const struct wrong_answers *answers_of(struct sim_world *world,
					      const struct rmi_command *command)
{
	const struct wrong_answers *a;

	if (!world->pool->answers)
		world->pool->answers = read_rows(world);
	for (a = world->pool->answers; a && a->command != command; a = a->next)
		;
	return a;
}

/*
 * Where the output X1 of a command on a range stands in its arguments: the base. 0: there is none.
 */
static unsigned base_of(uint64_t fid)
{
	switch (fid) {
	case RMI_GRANULE_RANGE_DELEGATE:
	case RMI_GRANULE_RANGE_UNDELEGATE:
		return 1;
	case RMI_RTT_DATA_MAP:
	case RMI_RTT_DATA_UNMAP:
	case RMI_RTT_UNPROT_MAP:
	case RMI_RTT_UNPROT_UNMAP:
		return 2;
	default:
		return 0;
	}
}

/*
 * RMI_SUCCESS, and nothing done: the output is the base, no progress. Delegation passes over what is in use, as an RMM
 * may that skips what is delegated.
 */
static struct rmm_regs idle(struct sim_world *world, const struct rmm_regs *regs)
{
	struct rmm_regs out = { { RMI_SUCCESS, regs->x[base_of(regs->x[0])] } };
	enum rmm_granule_state state;

	if (regs->x[0] == RMI_GRANULE_RANGE_DELEGATE &&
	    rmm_granule_state(world->rmm, regs->x[1], &state) && state == RMM_DATA) {
		out.x[1] = regs->x[1] + rmm_granule_size(world->rmm);
		world->failures.passed_over = true;
	}
	return out;
}

/* The same call again and again is no progress. */
static void note_call(struct sim_world *world, const struct rmi_command *command,
		      const struct rmm_regs *regs)
{
	struct wrong_calls *calls = world->failures.calls;
	uint64_t hash = 0;
	size_t i;

	if (!calls)
		calls = world->failures.calls = allocate(world, sizeof(*calls));
	for (i = 0; i < 7; i++)
		hash = (hash ^ regs->x[i]) * UINT64_C(0x9e3779b97f4a7c15);
	i = hash >> 56;
	if (memcmp(calls->call[i].x, regs->x, sizeof(calls->call[i].x))) {
		memcpy(calls->call[i].x, regs->x, sizeof(calls->call[i].x));
		calls->call[i].times = 0;
	}
	if (++calls->call[i].times > MAX_SAME)
		sim_violatef(world, "livelock", "%s is made %u times with the same arguments",
			     command->function, calls->call[i].times);
}

bool sim_answers_wrongly(struct sim_world *world, const struct rmi_command *command,
			 struct rmm_regs *regs)
{
	const struct wrong_answers *a;
	unsigned choice, ways;

	if (!(world->failures.classes & SIM_WRONG_ANSWERS) || world->failures.wrong >= MAX_WRONG)
		return false;
	a = answers_of(world, command);
	if (!a)
		return false;
	ways = a->nr + (base_of(command->fid) != 0);
	choice = sim_choose_at(world, SIM_CHOOSE_FAIL, ways + 1, a->label, command->function);
	if (!choice)
		return false;
	note_call(world, command, regs);
	if (choice > a->nr) {
		*regs = idle(world, regs);
	} else {
		if (command->fid == RMI_RTT_DATA_UNMAP &&
		    (a->x0[choice - 1] & 0xff) == RMI_ERROR_RTT)
			world->failures.said_unmapped = true;
		*regs = (struct rmm_regs){ { a->x0[choice - 1] } };
	}
	sim_emit(world, SIM_EVENT_VMM, "answer", NULL, 0,
		 "%s is answered in the RMM's place: 0x%llx", command->name,
		 (unsigned long long)regs->x[0]);
	return true;
}

/* RmiOpMemDonateReq: code of the block size, blocks, in one piece */
#define DONATE_REQ(code, count, contig) ((code) | (uint64_t)(count) << 2 | (uint64_t)(contig) << 16)

/* A request for memory, as an RMM must not make it: of nothing, and of pieces that no host has or that are no block. */
bool sim_asks_wrongly(struct sim_world *world, struct rmm_regs *out)
{
	static const uint64_t requests[] = { DONATE_REQ(0, 0, 0), DONATE_REQ(0, 0, 1),
					     DONATE_REQ(2, 1, 1), DONATE_REQ(0, 3, 1) };
	unsigned choice;

	if (!(world->failures.classes & SIM_WRONG_ANSWERS) || !world->running->vcpu ||
	    RMI_RESULT_STATUS(out->x[0]) != RMI_INCOMPLETE ||
	    RMI_RESULT_MEM(out->x[0]) != RMI_OP_MEM_REQ_DONATE)
		return false;
	choice = sim_choose_at(world, SIM_CHOOSE_FAIL, 5, "answer DONATE", "RMI_OP_MEM_DONATE");
	if (!choice)
		return false;
	out->x[2] = requests[choice - 1];
	sim_emit(world, SIM_EVENT_VMM, "answer", NULL, 0, "the RMM asks for memory: 0x%llx",
		 (unsigned long long)out->x[2]);
	return true;
}

/* The range of a RIPAS change, as an RMM must not report it: of nothing, backwards, and beyond the private half. */
bool sim_exits_wrongly(struct sim_world *world, const struct rmm_regs *in,
		       const struct rmm_regs *out)
{
	uint64_t granule = rmm_granule_size(world->rmm), *base, *top;
	const struct sim_guest *guest = world->running->vcpu;
	const uint8_t *reason;

	if (!(world->failures.classes & SIM_WRONG_ANSWERS) || !guest || in->x[0] != RMI_REC_ENTER ||
	    out->x[0] != RMI_SUCCESS)
		return false;
	reason = rmm_host_ptr(world->rmm, in->x[2] + RMI_RUN_EXIT_REASON, 1);
	base = rmm_host_ptr(world->rmm, in->x[2] + RMI_RUN_EXIT_RIPAS_BASE, 8);
	top = rmm_host_ptr(world->rmm, in->x[2] + RMI_RUN_EXIT_RIPAS_TOP, 8);
	if (!reason || !base || !top || *reason != RMI_EXIT_RIPAS_CHANGE)
		return false;
	switch (sim_choose_at(world, SIM_CHOOSE_FAIL, 4, "answer RIPAS_CHANGE", "RMI_REC_ENTER")) {
	case 0:
		return false;
	case 1:
		*top = *base;
		break;
	case 2:
		*top = *base - granule;
		break;
	default:
		*top = sim_vm_shared_bit(guest->vm) + granule;
	}
	sim_emit(world, SIM_EVENT_VMM, "answer", NULL, 0,
		 "the RIPAS change is reported as [0x%llx, 0x%llx)", (unsigned long long)*base,
		 (unsigned long long)*top);
	return true;
}
