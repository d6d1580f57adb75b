/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Guests: vCPU programs.
 *
 * A program runs on a strand of its own, but it is the same actor as the CPU that entered the REC: run_realm
 * gives the baton from the CPU's strand to the guest's, a REC exit gives it back. After the next entry the
 * program repeats the operation that led to the exit.
 */
#include <errno.h>
#include <string.h>

#include "world.h"

/* One operation that exits more often than this, without an answer of the VMM, will never be carried out. */
#define MAX_FAULTS                10000
#define MAX_FAULTS_OF_A_WRONG_RMM 16

/* Back to the CPU that entered the REC; its strand returns from run_realm. */
static struct strand *cpu_of(struct sim_guest *guest)
{
	struct actor *cpu = guest->vm->world->running;

	cpu->current = &cpu->own;
	return &cpu->own;
}

static void guest_body(struct strand *strand)
{
	struct sim_guest *guest = (void *)((char *)strand - offsetof(struct sim_guest, strand));

	guest->program(guest, guest->arg);
	guest->ended = true;
	sim_strand_finish(strand, cpu_of(guest));
}

void sim_guest_quit(struct strand *strand)
{
	struct sim_guest *guest = (void *)((char *)strand - offsetof(struct sim_guest, strand));

	guest->ended = true;
	sim_strand_quit(strand, cpu_of(guest));
}

void sim_guest_end(struct sim_guest *guest)
{
	sim_strand_end(&guest->strand);
	guest->running = false;
	guest->ended = true;
	guest->program = NULL;
}

/* An interrupt that is for the VMM: the exit that the model makes now ends KVM_RUN. */
static void kick(struct sim_guest *guest)
{
	guest->run.immediate_exit = 1;
}

void sim_guest_run_realm(struct sim_world *world, struct rmm_rec *rec)
{
	struct actor *cpu = world->running;
	struct sim_guest *guest = cpu->vcpu;
	int err;

	if (!guest) {
		/* sim_rmi(): no vCPU of a VM */
		sim_sched_point(world, "interrupt");
		return;
	}
	if (guest->ended || !guest->program) {
		guest->ended = true;
		kick(guest);
		return;
	}
	guest->rec = rec;
	if (!guest->running) {
		err = sim_strand_start(&guest->strand, guest_body);
		if (err)
			sim_violatef(world, "thread", "no thread or stack for a guest: %s",
				     strerror(-err));
		guest->running = true;
	}
	cpu->current = &guest->strand;
	sim_strand_switch(&cpu->own, &guest->strand);
	guest->rec = NULL;
	if (guest->ended)
		kick(guest);
}

int sim_vcpu_program(struct sim_vm *vm, unsigned vcpu, sim_program fn, void *arg)
{
	struct sim_guest *guest = sim_vm_vcpu(vm, vcpu);

	if (!guest)
		return -EINVAL;
	if (vm->world->dead)
		return -EIO;
	if (guest->busy)
		return sim_world_error(vm->world, -EBUSY, "vCPU %u is running", vcpu);
	sim_guest_end(guest);
	guest->program = fn;
	guest->arg = arg;
	guest->ended = !fn;
	guest->value = 0;
	guest->result = RMM_REALM_DONE;
	return 0;
}

/* Inside a program */

/*
 * Leave with an exit, and be entered again. A host that lets the same access fault a second time without asking
 * the VMM waits for somebody else (an invalidation in progress, a lost race), so that one goes first.
 */
static void leave_realm(struct sim_guest *guest, unsigned *faults, const char *what)
{
	uint64_t runs = guest->runs;

	sim_strand_switch(&guest->strand, cpu_of(guest));
	*faults = guest->runs == runs ? *faults + 1 : 0;
	if (*faults > (guest->vm->world->failures.wrong ? MAX_FAULTS_OF_A_WRONG_RMM : MAX_FAULTS))
		sim_violatef(guest->vm->world, "livelock",
			     "vCPU %u exits again and again with the same %s", guest->index, what);
	if (*faults > 1)
		sim_sched_spin(guest->vm->world, "the end of what makes it fault again", true);
}

enum rmm_realm_result sim_guest_access(struct sim_guest *guest, struct rmm_access *access)
{
	struct sim_world *world = guest->vm->world;
	uint64_t value = access->value;
	unsigned faults = 0;

	for (;;) {
		sim_sched_point(world, "realm access");
		access->value = value;
		sim_judge_access_begins(guest, access);
		guest->result = rmm_realm_access(world->rmm, guest->rec, access);
		if (guest->result != RMM_REALM_EXIT)
			break;
		leave_realm(guest, &faults, "access");
	}
	sim_judge_access(guest, access);
	guest->value = access->value;
	return guest->result;
}

/* A single register load or store, as a compiler makes them: with a valid syndrome. */
static struct rmm_access single(rmm_ipa ipa, unsigned size, bool write, uint64_t value)
{
	return (struct rmm_access){ .ipa = ipa,
				    .size = size,
				    .write = write,
				    .isv = true,
				    .sf = size == 8,
				    .srt = 0,
				    .va = ipa,
				    .value = value };
}

enum rmm_realm_result sim_guest_load(struct sim_guest *guest, rmm_ipa ipa, unsigned size,
				     uint64_t *value)
{
	struct rmm_access access = single(ipa, size, false, 0);
	enum rmm_realm_result result = sim_guest_access(guest, &access);

	if (value)
		*value = access.value;
	return result;
}

enum rmm_realm_result sim_guest_store(struct sim_guest *guest, rmm_ipa ipa, unsigned size,
				      uint64_t value)
{
	struct rmm_access access = single(ipa, size, true, value);

	return sim_guest_access(guest, &access);
}

enum rmm_realm_result sim_guest_smc(struct sim_guest *guest, struct rmm_regs *regs)
{
	struct sim_world *world = guest->vm->world;
	const struct rmm_regs before = *regs;
	unsigned exits = 0;

	for (;;) {
		sim_sched_point(world, "realm SMC");
		*regs = before;
		sim_judge_smc_begins(guest, regs);
		guest->result = rmm_realm_smc(world->rmm, guest->rec, regs);
		if (guest->result != RMM_REALM_EXIT)
			return guest->result;
		leave_realm(guest, &exits, "SMC");
		/* Turned on again: the program goes on there, whatever the entry point. */
		if (before.x[0] == RSI_PSCI_CPU_OFF)
			return guest->result = RMM_REALM_DONE;
	}
}

enum rmm_realm_result sim_guest_serror(struct sim_guest *guest, uint32_t iss)
{
	unsigned exits = 0;

	sim_sched_point(guest->vm->world, "SError");
	guest->asks = (struct sim_asks){ .kind = SIM_ASKS_OTHER };
	rmm_realm_serror(guest->vm->world->rmm, guest->rec, iss);
	leave_realm(guest, &exits, "SError");
	return guest->result = RMM_REALM_DONE;
}

uint64_t sim_guest_set_ripas(struct sim_guest *guest, rmm_ipa base, rmm_ipa top,
			     enum rmi_ripas ripas)
{
	struct rmm_regs regs;

	do {
		regs = (struct rmm_regs){ { RSI_IPA_STATE_SET, base, top, ripas, 0 } };
		if (sim_guest_smc(guest, &regs) != RMM_REALM_DONE)
			return RSI_ERROR_UNKNOWN;
		if (regs.x[0] != RSI_SUCCESS)
			return regs.x[0];
		if ((regs.x[2] & 1) == RSI_REJECT || regs.x[1] <= base)
			return RSI_INCOMPLETE;
		base = regs.x[1];
	} while (base < top);
	return RSI_SUCCESS;
}

struct sim_vm *sim_guest_vm(struct sim_guest *guest)
{
	return guest->vm;
}

unsigned sim_guest_vcpu(struct sim_guest *guest)
{
	return guest->index;
}

void sim_run_accesses(struct sim_guest *guest, void *list)
{
	struct sim_access_list *accesses = list;

	for (unsigned i = 0; i < accesses->count; i++) {
		enum rmm_realm_result result = sim_guest_access(guest, &accesses->accesses[i]);

		if (accesses->results)
			accesses->results[i] = result;
	}
}

/* One access as a whole program; it outlives the caller when the VMM is asked. */

static struct sim_exit one_access(struct sim_vm *vm, unsigned vcpu, struct rmm_access access)
{
	struct sim_guest *guest = sim_vm_vcpu(vm, vcpu);
	int err = sim_vcpu_program(vm, vcpu, sim_run_accesses, guest ? &guest->one_list : NULL);

	if (err)
		return (struct sim_exit){ .kind = SIM_OTHER, .ret = err };
	guest->one = access;
	guest->one_list = (struct sim_access_list){ .accesses = &guest->one, .count = 1 };
	return sim_vcpu_loop(vm, vcpu);
}

struct sim_exit sim_guest_write(struct sim_vm *vm, unsigned vcpu, rmm_ipa ipa, unsigned size,
				uint64_t value)
{
	return one_access(vm, vcpu, single(ipa, size, true, value));
}

struct sim_exit sim_guest_read(struct sim_vm *vm, unsigned vcpu, rmm_ipa ipa, unsigned size)
{
	return one_access(vm, vcpu, single(ipa, size, false, 0));
}
