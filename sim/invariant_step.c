/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Step checks: at each call and store, at what it touched.
 */
#include <inttypes.h>
#include <string.h>

#include "world.h"

/* As invariant.c says it. The port repeats a call 64 times; an RMM that is busy for longer hangs. */
#define MAX_REPEATS 512
/* Pages of one mapping that are looked at; of more, so many at even distances. */
#define MAX_LOOKS   16

/* Repetition */

/* Guests run inside of REC_ENTER, and their progress is judged there (guest.c). */
static void judge_repeat(struct sim_world *world, const struct rmm_regs *in,
			 const struct rmm_regs *out)
{
	const struct rmi_command *command = rmi_command(rmm_edition(world->rmm), in->x[0]);
	struct actor *self = world->running;
	size_t size = sizeof(self->last_in);

	if (in->x[0] == RMI_REC_ENTER || memcmp(self->last_in, in->x, size) ||
	    memcmp(self->last_out, out->x, sizeof(self->last_out))) {
		memcpy(self->last_in, in->x, size);
		memcpy(self->last_out, out->x, sizeof(self->last_out));
		self->repeats = 0;
		return;
	}
	if (++self->repeats >= MAX_REPEATS)
		sim_violatef(world, "rmi-repeat",
			     "actor %u makes the same call %u times: %s(0x%" PRIx64 ", 0x%" PRIx64
			     ", 0x%" PRIx64 ") answers 0x%" PRIx64 ", 0x%" PRIx64,
			     self->id, self->repeats + 1, command ? command->name : "SMC", in->x[1],
			     in->x[2], in->x[3], out->x[0], out->x[1]);
}

/* Granules of one call that are looked at. */
#define MAX_TAKEN_BACK 1024

/*
 * X1 base, X2 top of a range that the host takes back. Behind a wrong answer it may have to try what an operation has
 * kept, because it can't know; what it has never given, and what is mapped, it does know. Only POPULATE, which takes back
 * what is refused without another look (call sequence 12), is not told by RANGE_DELEGATE that it has passed over a page.
 */
static void judge_undelegate(struct sim_world *world, const struct rmm_regs *in)
{
	uint64_t granule = rmm_granule_size(world->rmm), top = in->x[2];
	enum rmm_granule_state state;

	if (top > in->x[1] && top - in->x[1] > MAX_TAKEN_BACK * granule)
		top = in->x[1] + MAX_TAKEN_BACK * granule;
	for (rmm_pa pa = in->x[1]; pa < top; pa += granule) {
		if (!rmm_granule_state(world->rmm, pa, &state) || state == RMM_DELEGATED ||
		    (world->lied && state != RMM_UNDELEGATED && state != RMM_DATA))
			continue;
		if (state == RMM_DATA && world->failures.passed_over && world->running->populates &&
		    !world->running->maps_folio)
			continue;
		sim_contract_breach(world, SIM_CONTRACT_UNDELEGATE,
				    "the host takes [0x%" PRIx64 ", 0x%" PRIx64
				    ") back, of which 0x%" PRIx64 " is %s",
				    in->x[1], in->x[2], pa, rmm_granule_state_name(state));
		return;
	}
}

void sim_invariant_asked(struct sim_world *world, const struct rmm_regs *in)
{
	if (in->x[0] == RMI_GRANULE_RANGE_UNDELEGATE)
		judge_undelegate(world, in);
}

static bool is_refusal(uint64_t x0)
{
	unsigned status = RMI_RESULT_STATUS(x0);

	return status != RMI_SUCCESS && status != RMI_BUSY && status != RMI_BLOCKED &&
	       status != RMI_INCOMPLETE;
}

/* What the RMM refuses depends on its state and, in what is left out here, on memory or on the realm's code. */
void sim_invariant_refused(struct sim_world *world, const struct rmm_regs *in,
			   const struct rmm_regs *out)
{
	const struct rmi_command *command = rmi_command(rmm_edition(world->rmm), in->x[0]);
	struct actor *self = world->running;
	bool again = self->refused_at && self->refused_at + 1 == world->counts.rmi_calls &&
		     !memcmp(self->refused, in->x, sizeof(self->refused));

	/* To look changes nothing. */
	if (in->x[0] == RMI_RTT_READ_ENTRY) {
		self->refused_at += self->refused_at + 1 == world->counts.rmi_calls;
		return;
	}
	self->refused_at = 0;
	/* RTT_FOLD is how the host asks whether there is something to fold: its loops overlap (museum B123). */
	if (!command || !is_refusal(out->x[0]) || in->x[0] == RMI_REC_ENTER ||
	    in->x[0] == RMI_RTT_FOLD || in->x[0] == RMI_OP_MEM_DONATE ||
	    in->x[0] == RMI_OP_MEM_RECLAIM)
		return;
	self->refused_at = world->counts.rmi_calls;
	memcpy(self->refused, in->x, sizeof(self->refused));
	if (again)
		sim_contract_breach(world, SIM_CONTRACT_FUTILE_CALL,
				    "%s(0x%" PRIx64 ", 0x%" PRIx64 ", 0x%" PRIx64
				    ") is made again at once behind the answer 0x%" PRIx64,
				    command->name, in->x[1], in->x[2], in->x[3], out->x[0]);
}

/* Mappings */

static struct sim_vm *vm_of(struct sim_world *world, rmm_pa rd)
{
	struct sim_vm *vm = world->vms;

	while (vm && (!vm->kvm || sim_vm_rd(vm) != rd))
		vm = vm->next;
	return vm;
}

static void judge_page(struct sim_vm *vm, rmm_ipa ipa, bool in_run)
{
	uint64_t shared = sim_vm_shared_bit(vm);
	bool private = !(ipa & shared);
	struct sim_world *world = vm->world;
	struct rmm_entry entry;
	unsigned flags;
	rmm_pa backing, pa;
	bool writable;

	if (!rmm_walk(world->rmm, sim_vm_rd(vm), ipa, &entry) ||
	    entry.hipas != (private ? RMM_HIPAS_DATA : RMM_MAPPED_NS))
		return;
	pa = entry.pa + (ipa & (rmm_level_size(world->rmm, entry.level) - 1));
	backing = world->kernel->backing(vm->kvm, ipa & ~shared, private, &flags);
	if (flags & SIM_BACKING_CHANGING)
		return;
	writable = rmm_ns_writable(world->rmm, sim_vm_rd(vm), &entry);
	if (in_run && flags & SIM_BACKING_INVALIDATING)
		sim_contract_breach(world, SIM_CONTRACT_STALE_PFN,
				    "IPA 0x%" PRIx64 " is mapped to 0x%" PRIx64
				    " while an invalidation is in progress",
				    ipa, pa);
	else if (backing == ~UINT64_C(0))
		sim_contract_breach(world, SIM_CONTRACT_STALE_PFN,
				    "IPA 0x%" PRIx64 " is mapped to 0x%" PRIx64
				    ", but KVM has no page for it",
				    ipa, pa);
	else if (backing != pa)
		sim_contract_breach(world, SIM_CONTRACT_STALE_PFN,
				    "IPA 0x%" PRIx64 " is mapped to 0x%" PRIx64
				    ", but the page behind it is 0x%" PRIx64,
				    ipa, pa, backing);
	else if (writable && flags & SIM_BACKING_ZERO)
		sim_contract_breach(world, SIM_CONTRACT_ZERO_PAGE,
				    "IPA 0x%" PRIx64 " is mapped to the zero page 0x%" PRIx64
				    " and writable",
				    ipa, pa);
	else if (writable && !(flags & SIM_BACKING_WRITE))
		sim_contract_breach(world, SIM_CONTRACT_STALE_PFN,
				    "IPA 0x%" PRIx64 " is mapped writable to 0x%" PRIx64
				    ", which the VMM may only read",
				    ipa, pa);
}

/*
 * What is mapped in KVM_RUN or by populate has a page behind it that no invalidation has taken away: those who take
 * one away hold mmu_lock for it, or have begun an invalidation under it. So behind it now is behind it when the lock
 * was taken, unless somebody has let go of it in between, who then has to ask again.
 */
static void judge_map(struct sim_world *world, rmm_pa rd, rmm_ipa base, rmm_ipa top)
{
	struct sim_vm *vm = vm_of(world, rd);
	const struct actor *self = world->running;
	uint64_t page, step;

	if (!vm || vm->foreign || !world->kernel->backing || (!self->vcpu && !self->populates))
		return;
	page = sim_page_size(vm);
	step = page;
	if (top > base && (top - base) / page > MAX_LOOKS)
		step = (top - base) / MAX_LOOKS & ~(page - 1);
	for (; base < top; base += step)
		judge_page(vm, base, self->vcpu);
}

/* Delegation */

static void judge_pas(struct sim_world *world, const struct rmm_regs *in, uint64_t top, bool usable)
{
	uint64_t granule = rmm_granule_size(world->rmm);

	for (rmm_pa pa = in->x[1]; pa < top; pa += granule) {
		if (rmm_host_may_access(world->rmm, pa, granule) == usable)
			continue;
		sim_contract_breach(
			world, SIM_CONTRACT_PAS,
			"the call says that 0x%" PRIx64 " is %s, and the host may %s it", pa,
			usable ? "UNDELEGATED" : "DELEGATED", usable ? "not use" : "use");
		return;
	}
}

/* What was free, or the VMM's, is not to be delegated. */
static void judge_use(struct sim_world *world, const struct rmm_regs *in, uint64_t top)
{
	uint64_t page = sim_world_page_size(world);

	for (rmm_pa pa = in->x[1] & ~(page - 1); pa < top && world->kernel->page_use; pa += page)
		if (world->kernel->page_use(pa) == SIM_PAGE_FREE)
			sim_contract_breach(world, SIM_CONTRACT_DELEGATED_USE,
					    "page 0x%" PRIx64 " is delegated and free", pa);
}

/* Secrets */

void sim_invariant_store(struct sim_guest *guest, rmm_ipa ipa, const void *data, uint64_t size)
{
	struct sim_vm *vm = guest->vm;
	struct sim_world *world = vm->world;
	struct rmm_entry entry;

	if (!rmm_walk(world->rmm, sim_vm_rd(vm), ipa, &entry) || entry.hipas != RMM_HIPAS_DATA)
		return;
	ipa &= rmm_level_size(world->rmm, entry.level) - 1;
	sim_shadow_store(&world->secrets, world->machine, entry.pa + ipa, data, size);
}

static void judge_secrets(struct sim_world *world, rmm_pa base, rmm_pa top)
{
	uint64_t granule = rmm_granule_size(world->rmm), at;

	for (rmm_pa pa = base; world->secrets.nr_pages && pa < top; pa += granule) {
		const void *data = rmm_host_ptr(world->rmm, pa, granule);

		if (data && sim_shadow_found(&world->secrets, pa, data, granule, &at))
			sim_contract_breach(
				world, SIM_CONTRACT_SECRET,
				"0x%" PRIx64
				" is the host's again, and has what a realm stored there",
				pa + at);
	}
	sim_shadow_forget(&world->secrets, world->machine, base, top);
}

void sim_invariant_smc(struct sim_world *world, const struct rmm_regs *in,
		       const struct rmm_regs *out)
{
	judge_repeat(world, in, out);
	if (out->x[0] != RMI_SUCCESS)
		return;
	switch (in->x[0]) {
	case RMI_GRANULE_RANGE_DELEGATE:
		judge_pas(world, in, out->x[1], false);
		judge_use(world, in, out->x[1]);
		break;
	case RMI_GRANULE_RANGE_UNDELEGATE:
		judge_pas(world, in, out->x[1], true);
		judge_secrets(world, in->x[1], out->x[1]);
		break;
	case RMI_RTT_DATA_MAP:
	case RMI_RTT_UNPROT_MAP:
		judge_map(world, in->x[1], in->x[2], out->x[1]);
		break;
	case RMI_RTT_DATA_MAP_INIT:
		judge_map(world, in->x[1], in->x[3], in->x[3] + rmm_granule_size(world->rmm));
		break;
	default:
		break;
	}
}

/* Unmapping */

struct leftover {
	unsigned hipas;
	bool found;
	rmm_ipa ipa;
	rmm_pa pa;
};

static void look_for(void *ctx, rmm_ipa ipa, const struct rmm_entry *entry)
{
	struct leftover *left = ctx;

	if (left->found || entry->hipas != left->hipas)
		return;
	left->found = true;
	left->ipa = ipa;
	left->pa = entry->pa;
}

static void judge_unmapped(struct sim_world *world, rmm_pa rd, rmm_ipa base, uint64_t size,
			   unsigned hipas)
{
	struct leftover left = { .hipas = hipas };

	rmm_mappings(world->rmm, rd, 0, base, base + size, look_for, &left);
	if (left.found)
		sim_contract_breach(world, SIM_CONTRACT_UNMAPPED,
				    "[0x%" PRIx64 ", 0x%" PRIx64
				    ") has been unmapped, but IPA 0x%" PRIx64
				    " is %s and maps 0x%" PRIx64,
				    base, base + size, left.ipa, rmm_hipas_name(hipas), left.pa);
}

void sim_invariant_unmapped(struct sim_world *world, rmm_pa rd, uint64_t gpa, uint64_t size,
			    unsigned filter)
{
	struct rmm_shape shape;

	if (world->lied || !rmm_realm_shape(world->rmm, rd, &shape))
		return;
	if (filter & 1)
		judge_unmapped(world, rd, gpa | UINT64_C(1) << (shape.ipa_bits - 1), size,
			       RMM_MAPPED_NS);
	if (filter & 2)
		judge_unmapped(world, rd, gpa, size, RMM_HIPAS_DATA);
}
