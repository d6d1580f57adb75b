/* SPDX-License-Identifier: BSD-2-Clause */
/* What a REC comes out for that is neither memory nor a call, and accesses that nobody can emulate. */
#include "scenario.h"

static void store_with_serror(struct sim_guest *guest, void *arg)
{
	struct sim_world *w = sim_vm_world(sim_guest_vm(guest));
	rmm_ipa ipa = *(const rmm_ipa *)arg;
	uint64_t value = 0;

	sim_guest_store(guest, ipa, 8, 1);
	sim_expect(w, sim_guest_serror(guest, 0) == RMM_REALM_DONE);
	sim_guest_load(guest, ipa, 8, &value);
	sim_expect(w, value == 1);
}

/* An SError is the host's business: the guest goes on, and the VMM does not hear of it. */
static void serror(struct sim_world *w)
{
	struct sim_vm *vm = make_realm(w, 1);
	rmm_ipa ipa = ram_of(w);

	sim_expect(w, sim_vcpu_program(vm, 0, store_with_serror, &ipa) == 0);
	sim_expect(w, sim_vcpu_loop(vm, 0).kind == SIM_DONE);
	end_vm(vm);
}

static void access_without_syndrome(struct sim_guest *guest, void *arg)
{
	struct sim_world *w = sim_vm_world(sim_guest_vm(guest));
	struct rmm_access *access = arg;

	sim_expect(w, sim_guest_access(guest, access) == RMM_REALM_SEA);
	access->write = !access->write;
	sim_expect(w, sim_guest_access(guest, access) == RMM_REALM_SEA);
}

/* A pair of registers at an address where no memory is: an external abort, since there is nothing to emulate it from. */
static void no_syndrome(struct sim_world *w)
{
	struct sim_vm *vm = make_realm(w, 1);
	rmm_ipa ipa = sim_vm_shared_bit(vm) | (ram_of(w) + 4 * block_of(w));
	struct rmm_access access = { .ipa = ipa, .size = 8, .va = ipa };

	sim_expect(w, sim_vcpu_program(vm, 0, access_without_syndrome, &access) == 0);
	sim_expect(w, sim_vcpu_loop(vm, 0).kind == SIM_DONE);
	end_vm(vm);
}

const struct sim_catalogue_entry scenarios_trap[] = {
	{ "serror", "an SError arrives while a vCPU runs", serror, false },
	{ "no-syndrome", "a load and a store of a register pair where no memory is", no_syndrome,
	  false },
	{ NULL, NULL, NULL, false },
};
