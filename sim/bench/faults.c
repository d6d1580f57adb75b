/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The whole stack: a realm's accesses, the port's fault path under them, the model below. Worlds of the
 * public interface (sim.h), nothing watches.
 */
#include <stdlib.h>

#include <rmisim/sim.h>

#include "bench.h"

#define NR_VMS 64

struct sweep {
	struct bench_state *s;
	rmm_ipa base;
	uint64_t page, size;
};

static struct sim_world *open_world(struct bench_state *s)
{
	struct sim_config config = {
		.kernel = s->options->kernel,
		.edition = s->options->edition,
		.custom_profile = s->options->profile,
	};
	char why[160] = "";
	struct sim_world *world = sim_world_new(&config, why, sizeof(why));

	if (!world)
		bench_fail(s, "%s", why);
	return world;
}

void world_prepare(struct bench_state *s)
{
	s->world = open_world(s);
}

/* One 8-byte store to each page. */
static void touch_pages(struct sim_guest *guest, void *arg)
{
	const struct sweep *sweep = arg;

	for (uint64_t at = 0; at < sweep->size; at += sweep->page)
		if (sim_guest_store(guest, sweep->base + at, 8, at) != RMM_REALM_DONE)
			return;
}

static void must_be_done(struct bench_state *s, struct sim_exit exit)
{
	if (exit.kind != SIM_DONE || exit.realm != RMM_REALM_DONE)
		bench_fail(s, "the guest ends with %s: %s", sim_exit_kind_name(exit.kind),
			   sim_violation(s->world) ? sim_violation(s->world) : "no violation");
}

/* Every page of a new VM is touched once; VM and tables are there before, and go afterwards. */
void faults_batch(struct bench_state *s)
{
	struct sim_vm_config config = { .ram_mib = (unsigned)(s->bench->size / MIB) };
	struct sim_vm *vm = sim_vm_new(s->world, &config);
	struct sweep sweep = { .s = s, .size = s->bench->size };

	if (!vm || sim_vm_start(vm))
		bench_fail(s, "%s", sim_error(s->world));
	sweep.page = sim_page_size(vm);
	sweep.base = s->bench->shared ? sim_vm_shared_bit(vm) : 0;
	sim_vcpu_program(vm, 0, touch_pages, &sweep);
	bench_begin(s, BENCH_BUILD);
	must_be_done(s, sim_vcpu_run(vm, 0));
	bench_end(s, BENCH_BUILD);
	s->ops += s->bench->whole ? 1 : sweep.size / sweep.page;
	sim_vm_free(vm);
	if (sim_quiescent(s->world))
		bench_fail(s, "%s", sim_quiescent(s->world));
}

/* KVM_CREATE_VM to the first REC_ENTER, and the way back. */
void vms_batch(struct bench_state *s)
{
	for (unsigned i = 0; i < NR_VMS; i++) {
		struct sim_vm *vm;

		bench_begin(s, BENCH_BUILD);
		vm = sim_vm_new(s->world, NULL);
		if (!vm || sim_vm_start(vm))
			bench_fail(s, "%s", sim_error(s->world));
		bench_end(s, BENCH_BUILD);
		bench_begin(s, BENCH_TEAR);
		sim_vm_free(vm);
		bench_end(s, BENCH_TEAR);
	}
	s->ops += NR_VMS;
	if (sim_quiescent(s->world))
		bench_fail(s, "%s", sim_quiescent(s->world));
}
