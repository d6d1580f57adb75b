/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What becomes of failures (docs/injecting.md).
 *
 * The VMM of a world tries again what failed for a reason that passes: when a failure was injected since the call
 * began, and the errno is one that this failure may come out as. Any other result goes to the scenario, which
 * expects what it expects without failures. So an errno that the contract does not allow, and a retry that does
 * not succeed, are failed expectations.
 *
 * A call that fails each time ends its actor and, when the others have ended, the run; then everything is closed, and
 * nothing may be left. The same holds for a realm whose activation failed: that is final, and KVM_RUN has to say
 * so with one errno (kvm-fault-dispatch B7).
 */
#include <stdio.h>
#include <string.h>

#include "world.h"

#define MAX_TRIES 4

/* The kernel's numbering, see world.c. */
static const int failed_as[SIM_NR_FAILED_AS] = { 4, 5, 6, 11, 12, 14, 16, 125, 133 };
enum {
	INTR = 1 << 0,
	IO = 1 << 1,
	NXIO = 1 << 2,
	AGAIN = 1 << 3,
	NOMEM = 1 << 4,
	FAULT = 1 << 5,
	BUSY = 1 << 6,
	CANCELED = 1 << 7,
	HWPOISON = 1 << 8
};

/*
 * How a failure may come out of a call (kvm-fault-dispatch F2 and G). What is not here has to be dealt with
 * below: the caller sees nothing of it.
 */
static const struct outcome {
	const char *label, *place;
	unsigned option; /* 0: each */
	unsigned as;
} outcomes[] = {
	/* Without a page for its own mapping the VMM's access is -EFAULT. */
	{ "GFP_KERNEL page", NULL, 0, NOMEM | FAULT },
	/* Memory for the RMM: the operation is cancelled (B9). */
	{ "GFP_KERNEL page", "rmi_sro_add", 0, CANCELED },
	{ "GFP_ATOMIC page", NULL, 0, NOMEM },
	{ "memcache page", NULL, 0, NOMEM },
	{ "huge page", NULL, 0, NOMEM | FAULT },
	{ "kmalloc", NULL, 0, NOMEM },
	{ "xarray node", NULL, 0, NOMEM },
	/* Of a fault's errors only -EHWPOISON is told from -EFAULT, as a signal (G7). */
	{ "get_user_pages", NULL, 0, INTR | FAULT },
	{ "user page", NULL, 1, AGAIN | FAULT },
	{ "user page", NULL, 2, INTR | HWPOISON | FAULT },
	{ "user page", NULL, 3, NOMEM | FAULT },
	{ "user page", NULL, 4, FAULT },
	{ "guest_memfd", NULL, 1, NOMEM },
	{ "guest_memfd", NULL, 2, HWPOISON },
	{ "guest_memfd", NULL, 3, FAULT },
	{ "guest_memfd", NULL, 4, AGAIN },
	{ "signal", NULL, 0, INTR },
	/* REC_ENTER is made once (F3). */
	{ "busy", "RMI_REC_ENTER", 0, NXIO },
};

static bool same(const char *a, const char *b)
{
	return a && !strcmp(a, b);
}

void sim_failure_taken(struct sim_world *world, const struct decision *decision)
{
	struct failures *f = &world->failures;

	if (decision->kind != SIM_CHOOSE_FAIL && decision->kind != SIM_CHOOSE_RMM)
		return;
	if (sim_is_wrong_answer(decision->label)) {
		f->wrong++;
		world->counts.failures++;
		return;
	}
	f->legal++;
	world->counts.failures++;
	for (size_t i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++) {
		const struct outcome *o = &outcomes[i];

		if (!same(decision->label, o->label) ||
		    (o->option && o->option != decision->chosen) ||
		    (o->place && !same(f->place, o->place)))
			continue;
		for (unsigned e = 0; e < SIM_NR_FAILED_AS; e++)
			if (o->as & 1u << e)
				f->last[e] = f->legal;
	}
}

void sim_failures_rmi(struct sim_world *world, const struct rmm_event *event)
{
	if (event->kind != RMM_EVENT_RMI_RETURN || !event->command ||
	    event->command->fid != RMI_REALM_ACTIVATE || event->regs_out->x[0] != RMI_SUCCESS)
		return;
	for (struct sim_vm *vm = world->vms; vm; vm = vm->next)
		if (vm->kvm && sim_vm_rd(vm) == event->regs_in->x[1])
			vm->activated = true;
}

/* Trying again */

struct sim_attempt sim_attempt(const struct sim_world *world)
{
	return (struct sim_attempt){ .since = world->failures.legal };
}

static bool may_come_from_a_failure(const struct failures *f, int err, uint64_t since)
{
	for (unsigned e = 0; e < SIM_NR_FAILED_AS; e++)
		if (failed_as[e] == -err)
			return f->last[e] > since;
	return false;
}

bool sim_came_from_a_failure(const struct sim_world *world, int err)
{
	return may_come_from_a_failure(&world->failures, err, 0);
}

/* The activation of this realm has failed, and is not tried again. */
static bool is_final(const struct sim_vm *vm)
{
	return vm->kvm && !vm->config.not_realm && !vm->activated && vm->has_run && sim_vm_rd(vm);
}

static bool can_give_up(const struct sim_world *world)
{
	const struct actor *self = world->running;

	if (world->dead)
		return false;
	if (self->current != &self->own)
		return true; /* a guest's program */
	return !self->calls && (self->id || world->framed);
}

static void give_up(struct sim_world *world) __attribute__((noreturn));
static void give_up(struct sim_world *world)
{
	struct actor *self = world->running;

	if (!world->failures.gave_up)
		sim_note(world, "actor %u gives up", self->id);
	world->failures.gave_up = true;
	if (self->current != &self->own)
		sim_guest_quit(self->current);
	sim_sched_quit(world);
}

void sim_give_up_if(struct sim_world *world)
{
	if ((world->failures.gave_up || world->failures.wrong) && can_give_up(world))
		give_up(world);
}

bool sim_try_again(struct sim_vm *vm, struct sim_attempt *attempt, int err)
{
	struct sim_world *world = vm->world;
	struct failures *f = &world->failures;
	char was[16], is[16];

	if (!f->legal || !can_give_up(world))
		return false;
	/* A kernel that did not get through its boot has no realms; that is not tried again. */
	if (!world->booted)
		give_up(world);
	if (may_come_from_a_failure(f, err, attempt->since)) {
		attempt->since = f->legal;
		if (++attempt->tries == MAX_TRIES)
			give_up(world);
		return true;
	}
	if (f->legal != attempt->since || !is_final(vm))
		return false;
	if (!attempt->final) {
		attempt->final = err;
		return true;
	}
	if (attempt->final != err)
		sim_fail(world, "the realm can't be activated: KVM_RUN returns %s, and then %s",
			 sim_errno_name(attempt->final, was), sim_errno_name(err, is));
	give_up(world);
}

/* The end of the run */

static const char *unsafe(struct sim_world *world, const char *check, const char *what, uint64_t n)
{
	snprintf(world->quiescent, sizeof(world->quiescent), "%s: %s: %llu", check, what,
		 (unsigned long long)n);
	return world->quiescent;
}

/* Behind wrong answers: locks are free, and what the RMM keeps has been told. */
static const char *safe_at_the_end(struct sim_world *world)
{
	struct sim_kernel_stats stats = { 0 };
	uint64_t n = rmm_locks_held(world->rmm);

	if (n)
		return unsafe(world, "granule-locks", "granule locks held", n);
	if (!world->booted)
		return NULL;
	world->kernel->stats(&stats);
	if (stats.locks_held)
		return unsafe(world, "kernel-locks", "kernel locks held", stats.locks_held);
	if (stats.warns || stats.pages_leaked || world->vms)
		return NULL;
	n = rmm_delegated(world->rmm);
	if (n > world->base_delegated)
		return unsafe(world, "granules-back", "granules lost without a word",
			      n - world->base_delegated);
	if (stats.pages_used > world->base_pages)
		return unsafe(world, "pages-back", "pages lost without a word",
			      stats.pages_used - world->base_pages);
	return NULL;
}

/*
 * Known: an RMM that wrongly says to RTT_DATA_UNMAP that there is nothing to unmap in an entry is believed (A10). The
 * host keeps no account of its own, so the owner of the page frees it.
 */
static bool is_known(const struct sim_world *world)
{
	return world->failures.said_unmapped &&
	       !strncmp(sim_violation(world), "delegated-page:", strlen("delegated-page:"));
}

const char *sim_failures_end(struct sim_world *world)
{
	struct failures *f = &world->failures;

	while ((f->gave_up || f->wrong) && world->vms && !world->dead)
		sim_vm_free(world->vms);
	if (sim_violation(world)) {
		f->known = is_known(world);
		return f->known ? NULL : sim_violation(world);
	}
	return f->wrong ? safe_at_the_end(world) : sim_quiescent(world);
}
