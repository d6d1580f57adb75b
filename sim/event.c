/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The event stream: numbered, in order, formatted only when somebody listens.
 */
#include <stdio.h>

#include "world.h"

#define MAX_TEXT 512

const char *sim_actor_name(const struct actor *actor, char buf[24])
{
	if (actor->name[0])
		return actor->name;
	if (!actor->id)
		return "scenario";
	snprintf(buf, 24, "actor %u", actor->id);
	return buf;
}

/* The VM that the running actor has to do with: the one whose vCPU it runs, else the newest. */
static uint64_t shared_bit(const struct sim_world *world)
{
	const struct sim_guest *vcpu = world->running->vcpu;
	const struct sim_vm *vm = vcpu ? vcpu->vm : world->vms;

	return vm ? sim_vm_shared_bit(vm) : 0;
}

/* Who runs, for an event that somebody listens to. */
static void begin(struct sim_world *world, struct sim_event *event)
{
	const struct actor *actor = world->running;

	event->actor_name = actor->name[0] ? actor->name : NULL;
	event->shared_bit = shared_bit(world);
	event->world = world;
}

static void tell(struct sim_world *world, const struct sim_event *event)
{
	if (world->kept)
		sim_keep_event(world->kept, event);
	if (world->event)
		world->event(world->event_ctx, event);
}

void sim_vemit(struct sim_world *world, enum sim_event_kind kind, const char *name,
	       const char *caller, int64_t value, const char *fmt, va_list ap)
{
	struct sim_event event = {
		.seq = world->seq++,
		.actor = world->running->id,
		.kind = kind,
		.name = name,
		.caller = caller,
		.value = value,
	};
	char text[MAX_TEXT];
	size_t len;

	if (!world->event && !world->kept)
		return;
	begin(world, &event);
	if (fmt) {
		vsnprintf(text, sizeof(text), fmt, ap);
		for (len = 0; text[len]; len++)
			;
		while (len && text[len - 1] == '\n') /* printk's lines end so */
			text[--len] = '\0';
		event.text = text;
	}
	tell(world, &event);
}

void sim_emit(struct sim_world *world, enum sim_event_kind kind, const char *name,
	      const char *caller, int64_t value, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	sim_vemit(world, kind, name, caller, value, fmt, ap);
	va_end(ap);
}

void sim_emit_rmm(struct sim_world *world, const struct rmm_event *rmm)
{
	struct sim_check *check = &world->check;
	static const enum sim_event_kind kinds[] = {
		[RMM_EVENT_RMI_CALL] = SIM_EVENT_RMI_CALL,
		[RMM_EVENT_RMI_RETURN] = SIM_EVENT_RMI_RETURN,
		[RMM_EVENT_REC_EXIT] = SIM_EVENT_REC_EXIT,
		[RMM_EVENT_ACCESS] = SIM_EVENT_ACCESS,
		[RMM_EVENT_RSI] = SIM_EVENT_RSI,
	};
	struct sim_event event = {
		.seq = world->seq++,
		.actor = world->running->id,
		.kind = kinds[rmm->kind],
		.name = rmm->command ? rmm->command->name : NULL,
		.rmm = rmm,
	};
	/* Who listens may bend the answer; the ghost has it as the model gave it. */
	const char *differs = ghost_event(world->ghost, rmm);

	if (world->event || world->kept) {
		begin(world, &event);
		tell(world, &event);
	}
	if (differs)
		sim_breach(world, "ghost", differs, false);
	sim_judge_rmi(world, rmm);
	sim_failures_rmi(world, rmm);
	if (sim_check_event(check, &event))
		sim_breach(world, sim_contract_name(check->broken), check->text,
			   check->known >> check->broken & 1);
}

void sim_note(struct sim_world *world, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	sim_vemit(world, SIM_EVENT_VMM, NULL, NULL, 0, fmt, ap);
	va_end(ap);
}
