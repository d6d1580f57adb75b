/* SPDX-License-Identifier: BSD-2-Clause */
/* VMs and vCPUs: made, started, used and destroyed, from every state. */
#include <stdlib.h>

#include "scenario.h"

static const uint8_t image[] = { 'r', 'e', 'a', 'l', 'm', 0, 1, 2 };

/* From a VMM's buffer full of `image`. */
static int populate(struct sim_vm *vm, uint64_t gpa, uint64_t size, uint64_t *done)
{
	uint8_t *data = malloc(size + 1);
	int err;

	sim_expect(sim_vm_world(vm), data);
	for (uint64_t i = 0; i < size; i++)
		data[i] = image[i % sizeof(image)];
	err = sim_vm_populate(vm, gpa, data, size, true, done);
	free(data);
	return err;
}

static void populate_twice(struct sim_world *w)
{
	struct sim_vm *vm = make_vm(w, NULL);
	uint64_t page = page_of(w), gpa = ram_of(w), done, value = 0;

	sim_expect(w, populate(vm, gpa, 2 * page, &done) == 0 && done == 2 * page);
	/* The same page again is refused and stays what it is. */
	sim_expect(w, populate(vm, gpa + page, page, &done) < 0 && done == 0);
	sim_expect(w, entry_of(vm, gpa + page).hipas == RMM_HIPAS_DATA);
	/* Progress up to a page that is there. */
	sim_expect(w, populate(vm, gpa + 3 * page, page, &done) == 0);
	sim_expect(w, populate(vm, gpa + 2 * page, 2 * page, &done) == 0 && done == page);
	for (unsigned i = 0; i < sizeof(image); i++)
		value |= (uint64_t)image[i] << 8 * i;
	sim_expect(w, guest_reads(vm, 0, gpa + page) == value);
	end_vm(vm);
}

static void populate_nonsense(struct sim_world *w)
{
	struct sim_vm *vm = make_vm(w, NULL);
	uint64_t page = page_of(w), gpa = ram_of(w), top = gpa + 2 * block_of(w), done;

	sim_expect(w, populate(vm, gpa, 0, &done) == 0 && done == 0);
	sim_expect(w, populate(vm, top, page, &done) < 0 && done == 0);
	sim_expect(w, populate(vm, gpa + 8, page, &done) == -K_EINVAL && done == 0);
	sim_expect(w, populate(vm, sim_vm_shared_bit(vm) | gpa, page, &done) == -K_EINVAL);
	sim_expect(w, populate(vm, ~(page - 1), page, &done) == -K_EINVAL);
	/* Pages of the slot's end only. */
	sim_expect(w, populate(vm, top - page, 2 * page, &done) == 0 && done == page);
	sim_expect(w, sim_vm_start(vm) == 0);
	/* Not in an active realm. */
	sim_expect(w, populate(vm, gpa, page, &done) < 0 && done == 0);
	end_vm(vm);
}

static void two_vms(struct sim_world *w)
{
	struct sim_vm *one = make_realm(w, 1), *two = make_realm(w, 1);
	uint64_t gpa = ram_of(w), s = sim_vm_shared_bit(one);

	guest_writes(one, 0, gpa, 0x1111);
	guest_writes(two, 0, gpa, 0x2222);
	sim_expect(w, entry_of(one, gpa).pa != entry_of(two, gpa).pa);
	guest_writes(one, 0, s | (gpa + page_of(w)), 1);
	guest_writes(two, 0, s | (gpa + page_of(w)), 2);
	sim_expect(w, vmm_reads(one, gpa + page_of(w)) == 1);
	sim_expect(w, vmm_reads(two, gpa + page_of(w)) == 2);
	sim_expect(w, guest_reads(one, 0, gpa) == 0x1111);
	sim_vm_free(one);
	sim_expect(w, guest_reads(two, 0, gpa) == 0x2222);
	end_vm(two);
}

static void empty_program(struct sim_guest *guest, void *arg)
{
}

/* Closed before anything, with a realm that is NEW, ACTIVE, in use, converted, and with a vCPU that waits. */
static void teardown(struct sim_world *w)
{
	for (unsigned state = 0; state < 7; state++) {
		struct sim_vm *vm = make_vm(w, &(struct sim_vm_config){ .vcpus = 2 });
		uint64_t page = page_of(w), gpa = ram_of(w), s = sim_vm_shared_bit(vm), done;

		if (state >= 1)
			sim_expect(w, populate(vm, gpa, state == 1 ? 0 : 2 * page, &done) == 0);
		if (state >= 3) {
			sim_expect(w, sim_vcpu_program(vm, 1, empty_program, NULL) == 0);
			sim_expect(w, sim_vcpu_run(vm, 1).kind == SIM_DONE);
		}
		if (state >= 4) {
			guest_writes(vm, 0, gpa + 4 * page, 4);
			guest_writes(vm, 1, s | (gpa + block_of(w)), 5);
		}
		if (state >= 5)
			guest_converts(vm, 0, gpa, gpa + 2 * page, RMI_EMPTY);
		if (state >= 6) {
			/* the VMM has been asked and does not answer */
			sim_vm_set_vmm(vm, NULL, NULL);
			sim_expect(w, sim_vm_set_shared(vm, gpa + 6 * page, page) == 0);
			sim_expect(w, sim_guest_write(vm, 1, gpa + 6 * page, 8, 1).kind ==
					      SIM_MEMORY_FAULT);
		}
		end_vm(vm);
	}
}

struct psci {
	uint64_t status;
	uint64_t mpidr;
};

static void turn_on(struct sim_guest *guest, void *arg)
{
	struct psci *p = arg;
	struct rmm_regs regs = { { RSI_PSCI_CPU_ON, p->mpidr, 0, 0 } };

	sim_guest_smc(guest, &regs);
	p->status = regs.x[0];
}

static void turn_off(struct sim_guest *guest, void *arg)
{
	struct rmm_regs regs = { { RSI_PSCI_CPU_OFF } };

	*(unsigned *)arg += 1;
	sim_guest_smc(guest, &regs);
	*(unsigned *)arg += 1;
}

/* A vCPU that is off says -EAGAIN until CPU_ON; turned off it does so again. */
static void psci_on_off(struct sim_world *w)
{
	struct sim_vm *vm =
		make_vm(w, &(struct sim_vm_config){ .vcpus = 2, .secondaries_off = true });
	struct psci on = { .mpidr = 1 };
	unsigned steps = 0;
	struct sim_exit exit;

	sim_expect(w, sim_vm_start(vm) == 0);
	sim_expect(w, sim_vcpu_program(vm, 1, turn_off, &steps) == 0);
	exit = sim_vcpu_run(vm, 1);
	sim_expect(w, exit.kind == SIM_OTHER && exit.ret == -K_EAGAIN && steps == 0);
	sim_expect(w, sim_vcpu_program(vm, 0, turn_on, &on) == 0);
	sim_expect(w, sim_vcpu_loop(vm, 0).kind == SIM_DONE && on.status == 0);
	exit = sim_vcpu_loop(vm, 1);
	sim_expect(w, exit.ret == -K_EAGAIN && steps == 1);
	sim_expect(w, sim_vcpu_program(vm, 0, turn_on, &on) == 0);
	sim_expect(w, sim_vcpu_loop(vm, 0).kind == SIM_DONE && on.status == 0);
	/* Turned on again it goes on behind the call. */
	sim_expect(w, sim_vcpu_loop(vm, 1).kind == SIM_DONE && steps == 2);
	end_vm(vm);
}

struct psci_race {
	struct sim_vm *vm;
	struct psci psci;
	unsigned steps;
};

static void job_turn_on(struct sim_world *w, void *job)
{
	struct psci_race *r = job;

	sim_expect(w, sim_vcpu_program(r->vm, 0, turn_on, &r->psci) == 0);
	sim_expect(w, sim_vcpu_loop(r->vm, 0).kind == SIM_DONE);
}

static void count_step(struct sim_guest *guest, void *arg)
{
	++*(unsigned *)arg;
}

/* KVM_RUN of a vCPU that is just being turned on: it runs, or says -EAGAIN (B103). */
static void job_run_second(struct sim_world *w, void *job)
{
	struct psci_race *r = job;
	struct sim_exit exit;

	sim_expect(w, sim_vcpu_program(r->vm, 1, count_step, &r->steps) == 0);
	exit = sim_vcpu_run(r->vm, 1);
	sim_expect(w, exit.kind == SIM_DONE || (exit.kind == SIM_OTHER && exit.ret == -K_EAGAIN));
	sim_expect(w, r->steps == (exit.kind == SIM_DONE));
}

static void psci_on_race(struct sim_world *w)
{
	struct psci_race r = { .psci.mpidr = 1 };

	r.vm = make_vm(w, &(struct sim_vm_config){ .vcpus = 2, .secondaries_off = true });
	sim_expect(w, sim_vm_start(r.vm) == 0);
	sim_expect(w, sim_spawn(w, job_turn_on, &r) == 0);
	sim_expect(w, sim_spawn(w, job_run_second, &r) == 0);
	sim_join(w);
	sim_expect(w, r.psci.status == 0);
	/* It is on now, whoever came first. */
	if (!r.steps)
		sim_expect(w, sim_vcpu_run(r.vm, 1).kind == SIM_DONE);
	sim_expect(w, r.steps == 1);
	end_vm(r.vm);
}

#define MANY_VCPUS 16

static void touch_own_gib(struct sim_guest *guest, void *arg)
{
	uint64_t base = *(const uint64_t *)arg + ((uint64_t)sim_guest_vcpu(guest) << 30), value;

	for (unsigned i = 0; i < 4; i++) {
		uint64_t at = base + ((uint64_t)i << 28);

		sim_guest_store(guest, at, 8, at);
	}
	for (unsigned i = 0; i < 4; i++) {
		uint64_t at = base + ((uint64_t)i << 28);

		sim_guest_load(guest, at, 8, &value);
		sim_expect(sim_vm_world(sim_guest_vm(guest)), value == at);
	}
}

static void run_vcpu(struct sim_world *w, void *job)
{
	struct job *j = job;

	sim_expect(w, sim_vcpu_program(j->vm, j->vcpu, touch_own_gib, &j->ipa) == 0);
	j->exit = sim_vcpu_loop(j->vm, j->vcpu);
	sim_expect(w, j->exit.kind == SIM_DONE);
}

static void sixteen_vcpus(struct sim_world *w)
{
	struct sim_vm *vm = make_vm(w, &(struct sim_vm_config){ .vcpus = MANY_VCPUS,
								.ram_base = UINT64_C(1) << 30,
								.ram_mib = MANY_VCPUS << 10 });
	struct job jobs[MANY_VCPUS];

	sim_expect(w, sim_vm_start(vm) == 0);
	for (unsigned i = 0; i < MANY_VCPUS; i++) {
		jobs[i] = (struct job){ .vm = vm, .vcpu = i, .ipa = UINT64_C(1) << 30 };
		spawn(w, run_vcpu, &jobs[i]);
	}
	sim_join(w);
	end_vm(vm);
}

const struct sim_catalogue_entry scenarios_life[] = {
	{ "populate-twice",
	  "measured pages, the same pages again, and pages up to one that is there", populate_twice,
	  false },
	{ "populate-nonsense", "populate of nothing, outside the slot, unaligned, and too late",
	  populate_nonsense, false },
	{ "two-vms", "two realms at the same addresses, one destroyed before the other", two_vms,
	  false },
	{ "teardown", "a VM closed in every state of its realm and of its vCPUs", teardown, false },
	{ "psci-on-off", "a vCPU that is turned on, off and on again", psci_on_off, false },
	{ "psci-on-race", "a vCPU is run while another one turns it on", psci_on_race, true,
	  .bound = 3 },
	{ "sixteen-vcpus", "16 vCPUs touch 16 GiB of IPA", sixteen_vcpus, true },
	{ NULL, NULL, NULL, false },
};
