/* SPDX-License-Identifier: BSD-2-Clause */
/* What the scenarios share. */
#include <stdio.h>

#include "scenario.h"

uint64_t page_of(struct sim_world *w)
{
	return sim_world_page_size(w);
}

uint64_t block_of(struct sim_world *w)
{
	uint64_t page = page_of(w);

	return page * (page / 8);
}

uint64_t ram_of(struct sim_world *w)
{
	return sim_world_ipa_offset(w) + 2 * block_of(w);
}

struct sim_vm *make_vm(struct sim_world *w, const struct sim_vm_config *config)
{
	struct sim_vm_config own = config ? *config : (struct sim_vm_config){ 0 };
	struct sim_vm *vm;

	if (!own.ram_base)
		own.ram_base = ram_of(w);
	if (!own.ram_mib)
		own.ram_mib = (unsigned)(2 * block_of(w) >> 20);
	vm = sim_vm_new(w, &own);
	if (!vm)
		sim_fail(w, "no VM: %s", sim_error(w));
	sim_vm_set_vmm(vm, &sim_vmm_converting, NULL);
	return vm;
}

struct sim_vm *make_realm(struct sim_world *w, unsigned vcpus)
{
	struct sim_vm *vm = make_vm(w, &(struct sim_vm_config){ .vcpus = vcpus });

	if (sim_vm_start(vm))
		sim_fail(w, "the realm does not start: %s", sim_error(w));
	return vm;
}

void end_vm(struct sim_vm *vm)
{
	struct sim_world *w = sim_vm_world(vm);
	const char *restless;

	sim_vm_free(vm);
	restless = sim_quiescent(w);
	if (restless)
		sim_fail(w, "%s", restless);
}

static void must_be_done(struct sim_vm *vm, unsigned vcpu, const char *what, rmm_ipa ipa,
			 const struct sim_exit *exit)
{
	if (exit->kind != SIM_DONE || exit->realm != RMM_REALM_DONE)
		sim_fail(sim_vm_world(vm), "vCPU %u, %s of IPA 0x%llx: %s, ret %d, gpa 0x%llx",
			 vcpu, what, (unsigned long long)ipa, sim_exit_kind_name(exit->kind),
			 exit->ret, (unsigned long long)exit->gpa);
}

void guest_writes(struct sim_vm *vm, unsigned vcpu, rmm_ipa ipa, uint64_t value)
{
	struct sim_exit exit = sim_guest_write(vm, vcpu, ipa, 8, value);

	must_be_done(vm, vcpu, "store", ipa, &exit);
}

uint64_t guest_reads(struct sim_vm *vm, unsigned vcpu, rmm_ipa ipa)
{
	struct sim_exit exit = sim_guest_read(vm, vcpu, ipa, 8);

	must_be_done(vm, vcpu, "load", ipa, &exit);
	return exit.value;
}

void vmm_writes(struct sim_vm *vm, uint64_t gpa, uint64_t value)
{
	sim_expect(sim_vm_world(vm), sim_vmm_write(vm, gpa, &value, sizeof(value)) == 0);
}

uint64_t vmm_reads(struct sim_vm *vm, uint64_t gpa)
{
	uint64_t value = 0;

	sim_expect(sim_vm_world(vm), sim_vmm_read(vm, gpa, &value, sizeof(value)) == 0);
	return value;
}

struct request {
	rmm_ipa base, top;
	enum rmi_ripas ripas;
	uint64_t status;
};

/* RSI_IPA_STATE_SET until all is done; memory that was destroyed counts as EMPTY. */
static void request_program(struct sim_guest *guest, void *arg)
{
	struct request *r = arg;
	uint64_t base = r->base;

	do {
		struct rmm_regs regs = { { RSI_IPA_STATE_SET, base, r->top, r->ripas,
					   r->ripas == RMI_RAM ? RSI_CHANGE_DESTROYED : 0 } };

		if (sim_guest_smc(guest, &regs) != RMM_REALM_DONE)
			return;
		r->status = regs.x[0];
		if (regs.x[2] != RSI_ACCEPT || regs.x[1] <= base)
			break;
		base = regs.x[1];
	} while (r->status == RSI_SUCCESS && base < r->top);
	if (r->status == RSI_SUCCESS && base < r->top)
		r->status = RSI_INCOMPLETE;
}

uint64_t guest_asks(struct sim_vm *vm, unsigned vcpu, rmm_ipa base, rmm_ipa top,
		    enum rmi_ripas ripas)
{
	struct request r = { base, top, ripas, RSI_ERROR_UNKNOWN };
	struct sim_exit exit;

	sim_expect(sim_vm_world(vm), sim_vcpu_program(vm, vcpu, request_program, &r) == 0);
	exit = sim_vcpu_loop(vm, vcpu);
	if (exit.kind != SIM_DONE)
		sim_fail(sim_vm_world(vm), "RSI_IPA_STATE_SET ends with %s, ret %d",
			 sim_exit_kind_name(exit.kind), exit.ret);
	return r.status;
}

void guest_converts(struct sim_vm *vm, unsigned vcpu, rmm_ipa base, rmm_ipa top,
		    enum rmi_ripas ripas)
{
	uint64_t status = guest_asks(vm, vcpu, base, top, ripas);

	if (status != RSI_SUCCESS)
		sim_fail(sim_vm_world(vm), "RSI_IPA_STATE_SET of [0x%llx, 0x%llx) answers %llu",
			 (unsigned long long)base, (unsigned long long)top,
			 (unsigned long long)status);
}

struct rmm_entry entry_of(struct sim_vm *vm, rmm_ipa ipa)
{
	struct rmm_entry entry = { .level = -1 };

	rmm_walk(sim_world_rmm(sim_vm_world(vm)), sim_vm_rd(vm), ipa, &entry);
	return entry;
}

/* Actors */

void job_write(struct sim_world *w, void *job)
{
	struct job *j = job;

	guest_writes(j->vm, j->vcpu, j->ipa, j->value);
}

void job_read(struct sim_world *w, void *job)
{
	struct job *j = job;

	j->value = guest_reads(j->vm, j->vcpu, j->ipa);
}

void job_touch(struct sim_world *w, void *job)
{
	struct job *j = job;

	j->exit = sim_guest_write(j->vm, j->vcpu, j->ipa, 8, j->value);
}

void job_convert(struct sim_world *w, void *job)
{
	struct job *j = job;

	guest_converts(j->vm, j->vcpu, j->ipa, j->ipa + j->size, j->ripas);
}

void job_set_shared(struct sim_world *w, void *job)
{
	struct job *j = job;

	j->ret = sim_vm_set_shared(j->vm, j->ipa, j->size);
	sim_expect(w, j->ret == 0);
}

void job_set_private(struct sim_world *w, void *job)
{
	struct job *j = job;

	j->ret = sim_vm_set_private(j->vm, j->ipa, j->size);
	sim_expect(w, j->ret == 0);
}

void job_punch(struct sim_world *w, void *job)
{
	struct job *j = job;

	j->ret = sim_vm_punch_hole(j->vm, j->ipa, j->size);
	sim_expect(w, j->ret == 0);
}

void job_munmap(struct sim_world *w, void *job)
{
	struct job *j = job;

	j->ret = sim_vm_munmap(j->vm, j->ipa, j->size);
	sim_expect(w, j->ret == 0);
}

void job_populate(struct sim_world *w, void *job)
{
	static const uint8_t data[65536] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	struct job *j = job;

	j->ret = sim_vm_populate(j->vm, j->ipa, data, page_of(w), true, NULL);
}

/* A vCPU's lane bears its name; other actors are what the VMM's threads do. */
static const struct {
	void (*fn)(struct sim_world *w, void *job);
	const char *name;
} names[] = {
	{ job_set_shared, "vmm-shared" }, { job_set_private, "vmm-private" },
	{ job_punch, "vmm-punch" },       { job_munmap, "vmm-munmap" },
	{ job_populate, "vmm-populate" },
};

void spawn(struct sim_world *w, void (*fn)(struct sim_world *w, void *job), struct job *job)
{
	char vcpu[16];
	const char *name = vcpu;

	snprintf(vcpu, sizeof(vcpu), "vcpu%u", job->vcpu);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].fn == fn)
			name = names[i].name;
	sim_expect(w, sim_spawn_named(w, name, fn, job) == 0);
}
