/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine as a kernel image sees it: the table of sim/kernel/host.h.
 */
#include <stdio.h>
#include <string.h>

#include "race.h"
#include "world.h"

void sim_rmm_smc(struct sim_world *world, struct rmm_regs *regs)
{
	struct actor *self = world->running;
	const struct rmm_regs in = *regs, *asked = self->asked, *outer = self->regs;

	self->asked = &in;
	self->regs = regs;
	rmm_smc(world->rmm, self->id, regs);
	self->asked = asked;
	self->regs = outer;
}

static long rmi_guarded(void *ctx, const void *args)
{
	struct sim_world *world = ctx;
	struct rmm_regs *regs = *(struct rmm_regs *const *)args;
	const struct rmi_command *command = rmi_command(rmm_edition(world->rmm), regs->x[0]);

	world->counts.rmi_calls++;
	sim_sched_point(world, command ? command->name : "SMC");
	world->running->smc = command ? command->function : "SMC";
	sim_rmm_smc(world, regs);
	world->running->smc = NULL;
	if (RMI_RESULT_STATUS(regs->x[0]) == RMI_BUSY ||
	    RMI_RESULT_STATUS(regs->x[0]) == RMI_BLOCKED)
		sim_sched_spin(world, "what the RMM is busy with", true);
	return 0;
}

void sim_rmi(struct sim_world *world, struct rmm_regs *regs)
{
	long unused;

	sim_guard(world, rmi_guarded, world, &regs, &unused);
}

/* Somebody else than the RMM answers (sim_config.answer). */
static bool answered(struct sim_world *world, const char *name, struct rmm_regs *regs)
{
	const struct rmm_regs in = *regs;

	if (!world->answer(world->answer_ctx, &in, regs)) {
		*regs = in;
		return false;
	}
	sim_emit(world, SIM_EVENT_VMM, "answer", NULL, 0,
		 "%s is answered in the RMM's place: 0x%llx, 0x%llx", name,
		 (unsigned long long)regs->x[0], (unsigned long long)regs->x[1]);
	return true;
}

static void host_smc(void *host, struct sim_regs *regs)
{
	SIM_UNSEEN(host);
	struct sim_world *world = host;
	const struct rmi_command *command = rmi_command(rmm_edition(world->rmm), regs->x[0]);
	const char *name = command ? command->name : "SMC";
	struct rmm_regs model, asked;
	bool wrong = false;

	_Static_assert(sizeof(model) == sizeof(*regs), "both are x0..x17");
	world->counts.rmi_calls++;
	sim_sched_point(world, name);
	memcpy(&model, regs, sizeof(model));
	asked = model;
	sim_invariant_asked(world, &asked);
	sim_judge_call_begins(world, &asked);
	world->running->smc = command ? command->function : name;
	world->running->asked = (const void *)regs;
	world->running->regs = &model;
	if ((world->answer && answered(world, name, &model)) ||
	    (command && sim_answers_wrongly(world, command, &model))) {
		world->lied = wrong = true;
	} else {
		sim_rmm_smc(world, &model);
		sim_invariant_smc(world, &asked, &model);
		if (sim_asks_wrongly(world, &model) || sim_exits_wrongly(world, &asked, &model))
			world->lied = wrong = true;
	}
	sim_invariant_refused(world, &asked, &model);
	sim_judge_call(world, &asked, &model, wrong);
	world->running->smc = NULL;
	world->running->asked = world->running->regs = NULL;
	memcpy(regs, &model, sizeof(model));
}

static int host_bank(void *host, unsigned i, unsigned long long *base, unsigned long long *size)
{
	SIM_UNSEEN(host);
	struct sim_world *world = host;

	if (i >= world->nr_banks)
		return -1;
	*base = world->banks[i].base;
	*size = world->banks[i].size;
	if (!i) {
		*base += world->spare_pages * sim_world_page_size(world);
		*size -= world->spare_pages * sim_world_page_size(world);
	}
	return 0;
}

static void *host_phys_to_virt(void *host, unsigned long long pa)
{
	SIM_UNSEEN(host);

	return rmm_host_ptr(((struct sim_world *)host)->rmm, pa, 1);
}

static unsigned long long host_virt_to_phys(void *host, const void *va)
{
	SIM_UNSEEN(host);
	rmm_pa pa;

	return rmm_host_pa(((struct sim_world *)host)->rmm, va, &pa) ? pa : ~0ull;
}

static int host_may_access(void *host, unsigned long long pa, unsigned long long size)
{
	SIM_UNSEEN(host);

	return rmm_host_may_access(((struct sim_world *)host)->rmm, pa, size);
}

static void *host_alloc(void *host, unsigned long size)
{
	SIM_UNSEEN(host);

	return sim_arena_alloc(((struct sim_world *)host)->machine, size);
}

static void host_free(void *host, void *p, unsigned long size)
{
	SIM_UNSEEN(host);

	sim_arena_free(((struct sim_world *)host)->machine, p, size);
}

static unsigned host_actor(void *host)
{
	SIM_UNSEEN(host);

	return ((struct sim_world *)host)->running->id;
}

static void host_sched(void *host, const char *label)
{
	SIM_UNSEEN(host);

	sim_sched_point(host, label);
}

static void host_block(void *host, const void *on, const char *label)
{
	SIM_UNSEEN(host);

	sim_sched_block(host, on, label);
}

static void host_wake(void *host, const void *on)
{
	SIM_UNSEEN(host);

	sim_sched_wake(host, on);
}

/* Kind "legal" is a failure that is asked for only where failures are wanted. */
static unsigned host_choose_at(void *host, const char *kind, unsigned n, const char *label,
			       const char *caller)
{
	SIM_UNSEEN(host);
	struct sim_world *world = host;

	if (!strcmp(kind, "legal") && !(world->failures.classes & SIM_LEGAL_FAILURES))
		return 0;
	return sim_choose_at(world, SIM_CHOOSE_FAIL, n, label, caller);
}

/* "fail" and "rmm" are kinds of their own; whatever else an image leaves open is data. */
static unsigned host_choose(void *host, const char *kind, unsigned n, const char *label)
{
	SIM_UNSEEN(host);
	enum sim_choice choice = SIM_CHOOSE_DATA;

	if (!strcmp(kind, "fail"))
		choice = SIM_CHOOSE_FAIL;
	else if (!strcmp(kind, "rmm"))
		choice = SIM_CHOOSE_RMM;
	return sim_choose(host, choice, n, label);
}

static void note_first_warn(struct sim_world *world, const char *caller, const char *fmt,
			    va_list ap)
{
	size_t size = sizeof(world->first_warn);
	size_t n = (size_t)snprintf(world->first_warn, size, "%s: ", caller ? caller : "?");
	va_list copy;

	va_copy(copy, ap);
	if (n < size && fmt)
		vsnprintf(world->first_warn + n, size - n, fmt, copy);
	va_end(copy);
	world->first_warn[strcspn(world->first_warn, "\n")] = '\0';
}

static void host_note(void *host, enum sim_note note, const char *name, const char *caller,
		      const char *fmt, va_list ap)
{
	SIM_UNSEEN(host);
	struct sim_world *world = host;
	static const enum sim_event_kind kinds[] = {
		[SIM_NOTE_ASK] = SIM_EVENT_ASK,     [SIM_NOTE_LOCK] = SIM_EVENT_LOCK,
		[SIM_NOTE_PAGE] = SIM_EVENT_PAGE,   [SIM_NOTE_LOG] = SIM_EVENT_LOG,
		[SIM_NOTE_WARN] = SIM_EVENT_WARN,   [SIM_NOTE_MM] = SIM_EVENT_MM,
		[SIM_NOTE_ABORT] = SIM_EVENT_ABORT,
	};

	if (note == SIM_NOTE_WARN && !world->warns++)
		note_first_warn(world, caller, fmt, ap);
	if ((unsigned)note < sizeof(kinds) / sizeof(kinds[0]))
		sim_vemit(host, kinds[note], name, caller, 0, fmt, ap);
}

static void host_violation(void *host, const char *check, const char *fmt, va_list ap)
	__attribute__((noreturn));
static void host_violation(void *host, const char *check, const char *fmt, va_list ap)
{
	SIM_UNSEEN(host);

	sim_violate(host, check, fmt, ap);
}

static void host_breach(void *host, const char *contract, const char *fmt, va_list ap)
{
	SIM_UNSEEN(host);
	struct sim_world *world = host;
	enum sim_contract which = sim_contract_find(contract, strlen(contract));

	if (which)
		sim_vbreach(world, which, fmt, ap);
}

static void host_unmapped(void *host, unsigned long long rd, unsigned long long gpa,
			  unsigned long long size, unsigned filter)
{
	SIM_UNSEEN(host);

	sim_invariant_unmapped(host, rd, gpa, size, filter);
}

static int host_vsnprintf(char *buf, unsigned long size, const char *fmt, va_list ap)
{
	return vsnprintf(buf, size, fmt, ap);
}

/* The running actor's call enters or leaves the kernel. */
static void host_in_kernel(void *host, int enters)
{
	struct sim_world *world = host;

	/* A new call of user space may ask again. */
	world->running->refused_at = 0;
	sim_race_kernel(host, enters);
}

void sim_host_fill(struct sim_host_ops *ops)
{
	*ops = (struct sim_host_ops){
		.abi = SIM_KERNEL_ABI,
		.size = sizeof(*ops),
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
		.in_kernel = host_in_kernel,
		.choose_at = host_choose_at,
	};
}
