/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The stacks of a world. Only a strand itself can unwind its stack on either engine, so that each one that stands
 * still gets the baton for as long as that takes, and gives it back where it got it.
 */
#define _GNU_SOURCE
#include <execinfo.h>
#include <string.h>

#include "report.h"
#include "symbols.h"

/* Of the harness: how a strand comes to stand still, or to tell of a violation. */
static bool is_machinery(const char *name)
{
	static const char *const names[] = {
		"sim_stack_told",    "sim_fail",     "sim_stacks_print",
		"sim_report",        "sim_breach",   "sim_violate",
		"sim_violatef",      "deadlock",     "pick",
		"reschedule",        "fiber_switch", "thread_switch",
		"sim_strand_switch", "take_trace",   "host_violation",
		"sim_judge_fail"
	};
	size_t len = strcspn(name, "."); /* the compiler's clones */

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i]) == len && !strncmp(name, names[i], len))
			return true;
	return false;
}

/* Below these nothing is said about the run. */
static bool is_bottom(const char *name)
{
	static const char *const names[] = { "actor_body", "guest_body", "fiber_main",
					     "thread_main", "sim_run" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

static void __attribute__((noinline)) take_trace(struct stack_trace *trace)
{
	int n = backtrace(trace->pc, STACK_MAX_FRAMES);

	trace->nr = n > 0 ? (unsigned)n : 0;
}

struct strand *sim_stack_told(struct strand *self)
{
	struct report *report = self->world->report;

	if (report->asked != self)
		return NULL;
	report->asked = NULL;
	take_trace(&report->trace);
	return report->asker;
}

/* A private copy of the image has no name of its own. */
static const char *module_of(const struct sim_world *world, const struct symbol *symbol,
			     char buf[80])
{
	struct symbol image;

	sim_symbol_find(&image, world->kernel, false);
	if (image.base != symbol->base || !image.base)
		return symbol->module[0] ? symbol->module : "?";
	snprintf(buf, 80, "kernel-%s", sim_image_name(world->image));
	return buf;
}

static void print_frame(const struct sim_world *world, FILE *out, const struct symbol *symbol)
{
	char buf[80];
	const char *module = module_of(world, symbol, buf);

	if (symbol->name[0])
		fprintf(out, "    %s+0x%llx/0x%llx [%s]\n", symbol->name,
			(unsigned long long)symbol->offset, (unsigned long long)symbol->size,
			module);
	else
		fprintf(out, "    0x%llx [%s]\n", (unsigned long long)symbol->offset, module);
}

static void print_trace(const struct sim_world *world, FILE *out, const struct stack_trace *trace)
{
	struct symbol symbol[STACK_MAX_FRAMES];
	unsigned first = 0, i;

	for (i = 0; i < trace->nr; i++) {
		sim_symbol_find(&symbol[i], trace->pc[i], true);
		if (is_machinery(symbol[i].name))
			first = i + 1;
	}
	for (i = first; i < trace->nr && !is_bottom(symbol[i].name); i++)
		print_frame(world, out, &symbol[i]);
	if (i == first)
		fprintf(out, "    (nothing can be said)\n");
}

static void print_strand(struct sim_world *world, FILE *out, struct strand *strand)
{
	struct report *report = world->report;
	struct strand *self = world->running->current;

	report->trace.nr = 0;
	if (strand == self) {
		take_trace(&report->trace);
	} else {
		report->asker = self;
		report->asked = strand;
		sim_strand_switch(self, strand);
	}
	print_trace(world, out, &report->trace);
}

static bool is_current(const struct sim_world *world, const struct strand *strand)
{
	for (unsigned i = 0; i < world->nr_actors; i++)
		if (world->actors[i]->current == strand)
			return true;
	return false;
}

/* Programs of guests that have left their realm. */
static void print_guests(struct sim_world *world, FILE *out)
{
	for (struct sim_vm *vm = world->vms; vm; vm = vm->next)
		for (unsigned i = 0; i < vm->nr_vcpus; i++) {
			struct sim_guest *guest = sim_vm_vcpu(vm, i);

			if (!guest->running || guest->ended || is_current(world, &guest->strand))
				continue;
			fprintf(out, "  the guest of vCPU %u, outside of its realm\n", i);
			print_strand(world, out, &guest->strand);
		}
}

void sim_stacks_print(struct sim_world *world, FILE *out)
{
	char name[24];

	for (unsigned i = 0; i < world->nr_actors; i++) {
		struct actor *actor = world->actors[i];

		if (actor->state == ACTOR_ENDED)
			continue;
		if (actor->fresh && actor != world->running && i) {
			fprintf(out, "  %s has not run yet\n", sim_actor_name(actor, name));
			continue;
		}
		if (actor->current != &actor->own) {
			fprintf(out, "  %s, in the realm\n", sim_actor_name(actor, name));
			print_strand(world, out, actor->current);
		}
		fprintf(out, "  %s\n", sim_actor_name(actor, name));
		print_strand(world, out, &actor->own);
	}
	print_guests(world, out);
}
