/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Contracts between what user space asks of KVM and the calls that KVM makes for it: changes of RIPAS, populate, and
 * the errno of a KVM_RUN that fails.
 */
#include <inttypes.h>

#include "world.h"

/* The kernel's numbering, see world.c. */
#define KERNEL_ENXIO  6
#define KERNEL_EFAULT 14

/* KVM_RUN */

void sim_judge_calls_begin(struct sim_guest *guest)
{
	struct sim_world *world = guest->vm->world;

	guest->was_active = guest->vm->activated;
	guest->makes_recs = guest->misentered = false;
	guest->legal = world->failures.legal;
	world->running->was_refused = world->running->entered = false;
}

/* -ENXIO says that the RMM does not want; behind an injected failure, and of exits that nobody handles, it may be. */
static void judge_enxio(struct sim_guest *guest)
{
	struct sim_world *world = guest->vm->world;
	const struct actor *self = world->running;

	if (guest->was_active && !guest->vm->foreign && !self->was_refused && !self->entered &&
	    guest->legal == world->failures.legal)
		sim_contract_breach(world, SIM_CONTRACT_RUN_ENXIO,
				    "KVM_RUN of vCPU %u returns -ENXIO, and the RMM has refused "
				    "nothing but pages and walks",
				    guest->index);
}

void sim_judge_calls_end(struct sim_guest *guest, int ret, bool prepared)
{
	if (ret == -KERNEL_ENXIO)
		judge_enxio(guest);
	guest->vm->no_activation |= ret < 0 && guest->makes_recs && !guest->vm->activated;
	if (ret != -KERNEL_EFAULT || !prepared || guest->asks.kind != SIM_ASKS_RIPAS)
		return;
	guest->told = guest->run.memory_fault.gpa;
	guest->told_top = guest->told + guest->run.memory_fault.size;
}

/* Populate */

void sim_judge_populate(struct sim_vm *vm, int err, uint64_t progress)
{
	uint64_t given = err ? 0 : vm->world->running->given * sim_page_size(vm);

	if (progress != given)
		sim_contract_breach(vm->world, SIM_CONTRACT_POPULATED,
				    "KVM_ARM_RMI_POPULATE returns %d and goes on by 0x%" PRIx64
				    " bytes; the realm has got 0x%" PRIx64,
				    err, progress, given);
}

/* RIPAS */

static void judge_ripas(struct sim_guest *guest, const struct rmm_regs *in,
			const struct rmm_regs *out)
{
	rmm_ipa base = in->x[3], top = in->x[4];

	if (guest->vm->foreign)
		return;
	if (base < guest->told || top > guest->told_top || base >= top)
		sim_contract_breach(guest->vm->world, SIM_CONTRACT_RIPAS_ASKED,
				    "RMI_RTT_SET_RIPAS of [0x%" PRIx64 ", 0x%" PRIx64
				    ") for vCPU %u; the VMM knows of [0x%" PRIx64 ", 0x%" PRIx64
				    ")",
				    base, top, guest->index, guest->told, guest->told_top);
	if (out->x[0] != RMI_SUCCESS)
		return;
	guest->told = out->x[1];
	if (guest->asks.kind != SIM_ASKS_RIPAS || guest->asks.ram)
		return;
	if (!guest->emptied_top)
		guest->emptied = base;
	guest->emptied_top = out->x[1];
}

struct leftover {
	bool found;
	rmm_ipa ipa;
};

static void look_for(void *ctx, rmm_ipa ipa, const struct rmm_entry *entry)
{
	struct leftover *left = ctx;

	if (left->found || entry->hipas != RMM_HIPAS_DATA || entry->ripas != RMI_EMPTY)
		return;
	left->found = true;
	left->ipa = ipa;
}

/* An unmap that cannot be made leaves the pages with the realm; that has been told by then. */
static void judge_emptied(struct sim_guest *guest)
{
	struct sim_world *world = guest->vm->world;
	struct leftover left = { 0 };

	if (guest->emptied_top && !world->failures.legal && !world->failures.hinders)
		rmm_mappings(world->rmm, sim_vm_rd(guest->vm), 0, guest->emptied,
			     guest->emptied_top, look_for, &left);
	if (left.found)
		sim_contract_breach(world, SIM_CONTRACT_EMPTY_MAPPED,
				    "[0x%" PRIx64 ", 0x%" PRIx64
				    ") has become EMPTY for vCPU %u, and IPA 0x%" PRIx64
				    " is still mapped when it is entered",
				    guest->emptied, guest->emptied_top, guest->index, left.ipa);
	guest->emptied = guest->emptied_top = 0;
}

/* Nobody keeps another vCPU from touching, and getting, what this one has given away. */
static void forget_emptied(struct sim_guest *guest, const struct rmm_regs *in,
			   const struct rmm_regs *out)
{
	if (guest != guest->vm->world->running->vcpu && guest->emptied < out->x[1] &&
	    in->x[2] < guest->emptied_top)
		guest->emptied = guest->emptied_top = 0;
}

static void note_mapping(struct sim_world *world, const struct rmm_regs *in,
			 const struct rmm_regs *out)
{
	for (struct sim_vm *vm = world->vms; vm; vm = vm->next)
		for (unsigned i = 0; i < vm->nr_vcpus && sim_vm_rd(vm) == in->x[1]; i++)
			forget_emptied(sim_vm_vcpu(vm, i), in, out);
}

/* Calls */

void sim_judge_call_begins(struct sim_world *world, const struct rmm_regs *in)
{
	if (in->x[0] == RMI_REC_ENTER && world->running->vcpu)
		judge_emptied(world->running->vcpu);
}

/*
 * Not to get a page for a table is to be short of memory, and who is refused a page of guest_memfd has lost a race, unless
 * the RMM has lied about one.
 */
static bool refuses_the_folio(const struct sim_world *world, const struct rmm_regs *in)
{
	enum sim_page_use use;

	if (!world->lied || !world->kernel->page_use)
		return false;
	use = world->kernel->page_use(in->x[1] & ~(sim_world_page_size(world) - 1));
	return use == SIM_PAGE_FOLIO || use == SIM_PAGE_KEPT;
}

static bool is_refusal(const struct sim_world *world, const struct rmm_regs *in,
		       const struct rmm_regs *out, bool wrong)
{
	switch (RMI_RESULT_STATUS(out->x[0])) {
	case RMI_SUCCESS:
	case RMI_BUSY:
	case RMI_BLOCKED:
	case RMI_INCOMPLETE:
	case RMI_ERROR_RTT:
		if (!wrong)
			return false;
		break;
	default:
		break;
	}
	return in->x[0] != RMI_GRANULE_RANGE_DELEGATE || refuses_the_folio(world, in);
}

/* DATA_MAP_INIT may become an operation, and then it is that which gives the page. */
static void judge_given(struct actor *self, const struct rmm_regs *in, const struct rmm_regs *out)
{
	bool gives = in->x[0] == RMI_RTT_DATA_MAP_INIT;

	if (in->x[0] == RMI_OP_CONTINUE || in->x[0] == RMI_OP_MEM_DONATE ||
	    in->x[0] == RMI_OP_MEM_RECLAIM)
		gives = self->giving && in->x[1] == self->giving;
	if (!gives)
		return;
	if (in->x[0] == RMI_RTT_DATA_MAP_INIT || RMI_RESULT_STATUS(out->x[0]) != RMI_INCOMPLETE)
		self->giving = 0;
	if (RMI_RESULT_STATUS(out->x[0]) == RMI_INCOMPLETE && in->x[0] == RMI_RTT_DATA_MAP_INIT)
		self->giving = out->x[1];
	self->given += out->x[0] == RMI_SUCCESS;
}

/* A REC that made the access which the host says it has emulated can run: nobody turns it off behind its back. */
static bool is_misentered(struct sim_world *world, const struct rmm_regs *in,
			  const struct rmm_regs *out)
{
	const uint8_t *flags = rmm_host_ptr(world->rmm, in->x[2] + RMI_RUN_ENTER_FLAGS, 1);

	return RMI_RESULT_STATUS(out->x[0]) == RMI_ERROR_REC && flags &&
	       (*flags & RMI_ENTER_EMULATED_MMIO);
}

/* The RECs are made behind the point from which on an activation that fails leaves a dead realm. */
static void judge_activation(struct sim_guest *guest)
{
	if (guest->vm->no_activation && !guest->vm->foreign)
		sim_contract_breach(guest->vm->world, SIM_CONTRACT_RUN_ERRNO,
				    "KVM_RUN of vCPU %u creates a REC again, and the realm's "
				    "activation has failed",
				    guest->index);
	guest->makes_recs = true;
}

void sim_judge_call(struct sim_world *world, const struct rmm_regs *in, const struct rmm_regs *out,
		    bool wrong)
{
	struct actor *self = world->running;
	struct sim_guest *guest = self->vcpu;

	if (wrong && in->x[0] != RMI_RTT_SET_RIPAS)
		world->failures.hinders = true;
	sim_judge_cost(world, in, out);
	if (in->x[0] == RMI_RTT_DATA_MAP && out->x[0] == RMI_SUCCESS)
		note_mapping(world, in, out);
	if (self->populates)
		judge_given(self, in, out);
	if (!guest)
		return;
	self->was_refused |= is_refusal(world, in, out, wrong);
	self->entered = in->x[0] == RMI_REC_ENTER && RMI_RESULT_STATUS(out->x[0]) != RMI_ERROR_REC;
	if (in->x[0] == RMI_RTT_SET_RIPAS)
		judge_ripas(guest, in, out);
	if (in->x[0] == RMI_REC_ENTER)
		guest->misentered = is_misentered(world, in, out);
	if (in->x[0] == RMI_REC_CREATE)
		judge_activation(guest);
	if (in->x[0] == RMI_REC_ENTER && out->x[0] == RMI_SUCCESS)
		guest->told = guest->told_top = 0;
}
