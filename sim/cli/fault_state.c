/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Build the state that the pasted fields describe, then let the vCPU make the access.
 *
 * Tables exist because the guest used a neighbour before: a page in the same table, so that the walk of the
 * faulting address stops at the pasted level. A read-only mapping exists because the guest read the zero page.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "fault.h"

/* The same abort so many times in one KVM_RUN: nobody resolves it. */
#define MAX_SAME_EXITS 16

#define GIB (UINT64_C(1) << 30)

static void record_exit(struct fault *f, const struct rmm_exit *exit)
{
	f->exits++;
	if (exit->reason != RMI_EXIT_SYNC)
		return;
	if (!f->has_exit) {
		f->has_exit = true;
		f->exit = *exit;
	} else if (exit->esr == f->exit.esr && exit->hpfar == f->exit.hpfar) {
		f->same_exits++;
	}
}

/* Breaches are judged here, call by call: the world would tell each once, maybe before the access. */
static bool is_contract(const struct sim_event *e)
{
	unsigned i;

	for (i = SIM_CONTRACT_NONE + 1; e->name && i < SIM_NR_CONTRACTS; i++)
		if (!strcmp(e->name, sim_contract_name((enum sim_contract)i)))
			return true;
	return false;
}

static void record_breach(struct fault *f)
{
	struct fault_breach *b = &f->breaches[f->nr_breaches++];

	b->contract = f->check.broken;
	b->known = f->check.known >> f->check.broken & 1;
	snprintf(b->text, sizeof(b->text), "%s", f->check.text);
	if (f->tracing && !f->common.json)
		fprintf(f->tracer.out, "  !!    %s: %s\n", sim_contract_name(b->contract), b->text);
}

static void show_event(struct fault *f, const struct sim_event *e)
{
	bool violation = e->kind == SIM_EVENT_VIOLATION;

	if (!f->closing && (violation || f->tracing || f->options.verbose))
		tracing_event(&f->files, e);
	if (f->closing || f->common.json || (violation && is_contract(e)))
		return;
	if (violation || f->tracing || f->options.verbose)
		sim_trace_event(&f->tracer, e);
}

static void on_event(void *ctx, const struct sim_event *e)
{
	struct fault *f = ctx;

	show_event(f, e);
	if (f->check.rmm && f->nr_breaches < SIM_NR_CONTRACTS && sim_check_event(&f->check, e))
		record_breach(f);
	if (!f->tracing)
		return;
	if (e->kind == SIM_EVENT_REC_EXIT)
		record_exit(f, e->rmm->exit);
	if (e->kind == SIM_EVENT_RMI_RETURN && f->nr_calls < FAULT_MAX_CALLS)
		f->calls[f->nr_calls++] =
			(struct fault_call){ e->rmm->command, *e->rmm->regs_in, *e->rmm->regs_out };
	else if (e->kind == SIM_EVENT_RMI_RETURN)
		f->more_calls++;
	if (e->kind == SIM_EVENT_REC_EXIT && f->same_exits >= MAX_SAME_EXITS) {
		f->tracing = false;
		sim_fail(f->world,
			 "the guest took the same abort %u times in one KVM_RUN: the host says it "
			 "is handled, but never maps the page",
			 f->same_exits + 1);
	}
}

/* Memory around a page frame that the usual banks do not have. */
static void add_bank(const struct fault *f, struct sim_config *config)
{
	static const struct rmm_bank usual[] = { { 2 * GIB, 2 * GIB }, { 34 * GIB, 32 * GIB } };
	uint64_t pa = f->options.pfn.value << f->page_shift;
	unsigned i, at;

	if (!f->options.pfn.given)
		return;
	for (i = 0; i < 2; i++)
		if (pa >= usual[i].base && pa < usual[i].base + usual[i].size)
			return;
	at = pa < usual[0].base ? 0 : pa < usual[1].base ? 1 : 2;
	memcpy(config->banks, usual, sizeof(usual));
	memmove(&config->banks[at + 1], &config->banks[at], (2 - at) * sizeof(usual[0]));
	config->banks[at] = (struct rmm_bank){ pa & ~(GIB - 1), GIB };
	config->nr_banks = 3;
}

/* From here on, with a clean slate. */
static void watch_contracts(struct fault *f)
{
	sim_check_init(&f->check, sim_world_rmm(f->world), f->common.edition);
	sim_check_known(&f->check, cli_known_breaches(sim_image_name(f->image)));
	f->nr_breaches = 0;
}

static int make_world(struct fault *f)
{
	struct sim_config config = {
		.image = f->image,
		.edition = f->common.edition,
		.custom_profile = f->common.profile,
		.event = on_event,
		.event_ctx = f,
	};
	struct sim_vm_config vm = {
		.ipa_bits = f->ipa_bits,
		.ram_base = f->slot_base,
		.ram_mib = (unsigned)((f->slot_top - f->slot_base) >> 20),
		.no_gmem = f->options.no_gmem,
		.shared_at_start = f->shared,
		.user_anon_private = f->options.private_map || f->kind == RMI_FAULT_PERMISSION,
	};
	char why[300] = "", contracts[1024];
	int err;

	config.known_breaches = cli_all_contracts(contracts, sizeof(contracts)); /* judged here */
	add_bank(f, &config);
	f->world = sim_world_new(&config, why, sizeof(why));
	if (!f->world)
		return cli_bad("%s", why);
	watch_contracts(f);
	f->vm = sim_vm_new(f->world, &vm);
	if (!f->vm)
		return cli_bad("no realm on this machine: %s", sim_error(f->world));
	f->tracer.shared_bit = fault_shared_bit(f);
	err = sim_vm_start(f->vm);
	if (sim_violation(f->world))
		return cli_bad("the realm cannot be activated: %s", sim_violation(f->world));
	if (err)
		return cli_bad(
			"kernel %s cannot activate the realm (KVM_RUN = %d); try another --kernel",
			sim_image_name(f->image), err);
	return CLI_OK;
}

/* What the host has behind the page: its frame, its attribute, its user mapping. */
static int prepare_page(struct fault *f)
{
	const struct fault_options *o = &f->options;
	uint64_t page = fault_page_size(f), word = 0;
	bool gmem = !f->shared && !o->no_gmem; /* else the frame is of the user mapping */
	int err = 0;

	if (o->pfn.given)
		err = sim_vm_place(f->vm, f->gpa, page, o->pfn.value << f->page_shift, gmem);
	if (err == -EBUSY)
		return cli_bad("pfn 0x%" PRIx64
			       " is in use on this host already (RMM, tables, other "
			       "pages); give another --pfn",
			       o->pfn.value);
	if (err)
		return cli_bad("the host page cannot be pfn 0x%" PRIx64 ": %s", o->pfn.value,
			       sim_error(f->world));
	if (o->attr)
		err = !strcmp(o->attr, "shared") ? sim_vm_set_shared(f->vm, f->gpa, page)
						 : sim_vm_set_private(f->vm, f->gpa, page);
	if (!err && f->shared && !o->not_present && f->kind != RMI_FAULT_PERMISSION)
		err = sim_vmm_write(f->vm, f->gpa, &word, sizeof(word));
	if (!err && o->read_only)
		err = sim_vm_mprotect(f->vm, f->gpa, page, false);
	if (!err && o->not_present)
		err = sim_vm_munmap(f->vm, f->gpa, page);
	if (err)
		return cli_bad("the page of gpa 0x%" PRIx64 " cannot be prepared: %s", f->gpa,
			       sim_error(f->world));
	return CLI_OK;
}

/* An address whose use makes the table at `level` exist, but leaves the entry of f->gpa alone. */
static bool neighbour(const struct fault *f, uint64_t *gpa)
{
	uint64_t unit = rmi_level_size(f->page_shift, f->level);
	uint64_t region = rmi_level_size(f->page_shift, f->level - 1);
	uint64_t mine = f->gpa & ~(unit - 1), base = f->gpa & ~(region - 1), top = base + region;

	base = base > f->slot_base ? base : f->slot_base;
	top = top < f->slot_top ? top : f->slot_top;
	if (mine + unit < top)
		*gpa = mine + unit;
	else if (mine > base)
		*gpa = mine - fault_page_size(f);
	else
		return false;
	return true;
}

/* Use the neighbour as a guest does. */
static void touch(struct fault *f, uint64_t gpa)
{
	sim_guest_write(f->vm, 0, gpa | (f->shared ? fault_shared_bit(f) : 0), 8, 0);
}

static void ask_for_ram(struct sim_guest *guest, void *arg)
{
	const struct fault *f = arg;
	uint64_t unit = rmi_level_size(f->page_shift, f->level), base = f->gpa & ~(unit - 1);

	sim_guest_set_ripas(guest, base, base + unit, RMI_RAM);
}

/*
 * A slot without guest_memfd is not RAM for the realm, and nothing private can be mapped beside the page. The
 * realm asks for RAM of the size of one entry at the pasted level: RTT_SET_RIPAS needs just that table.
 */
static void make_ram(struct fault *f)
{
	sim_vm_set_vmm(f->vm, &sim_vmm_converting, NULL);
	if (!sim_vcpu_program(f->vm, 0, ask_for_ram, f))
		sim_vcpu_loop(f->vm, 0);
	sim_vm_set_vmm(f->vm, NULL, NULL);
}

/* Is the state there that the fields describe? */
static int verify(const struct fault *f)
{
	bool mapped, wanted = f->kind == RMI_FAULT_PERMISSION;
	struct rmm_entry e = { 0 };

	if (sim_violation(f->world))
		return cli_bad("the state cannot be built: %s; try another --kernel or --profile",
			       sim_violation(f->world));
	if (!rmm_walk(sim_world_rmm(f->world), sim_vm_rd(f->vm), f->ipa, &e))
		return cli_bad("the state cannot be built: no realm tables for IPA 0x%" PRIx64,
			       f->ipa);
	mapped = e.hipas == RMM_MAPPED_NS || e.hipas == RMM_HIPAS_DATA;
	if (wanted && !mapped)
		return cli_bad("kernel %s never gets to this state: it maps no page read-only into "
			       "the shared "
			       "half; try another --kernel",
			       sim_image_name(f->image));
	if (e.level == f->level && mapped == wanted)
		return CLI_OK;
	if (f->nr_breaches)
		return cli_bad("kernel %s never gets to this state: %s: %s; try another --kernel",
			       sim_image_name(f->image), sim_contract_name(f->breaches[0].contract),
			       f->breaches[0].text);
	return cli_bad("kernel %s never gets to this state: the walk of IPA 0x%" PRIx64
		       " ends at level %d (%s), the fault says level %d; try another --kernel or "
		       "--profile",
		       sim_image_name(f->image), f->ipa, e.level, rmm_hipas_name(e.hipas),
		       f->level);
}

int fault_build(struct fault *f)
{
	bool no_ram = !f->shared && f->options.no_gmem;
	uint64_t gpa;

	if (make_world(f))
		return CLI_BAD;
	if (no_ram)
		make_ram(f);
	if (prepare_page(f))
		return CLI_BAD;
	if (no_ram) {
		/* the table is there */
	} else if (f->kind == RMI_FAULT_PERMISSION) {
		sim_guest_read(f->vm, 0, f->ipa & ~UINT64_C(7), 8);
	} else if (f->level > f->start_level) {
		if (!neighbour(f, &gpa))
			return cli_bad(
				"the slot has no other page in the level %d table of gpa 0x%" PRIx64
				"; make it larger with --slot",
				f->level, f->gpa);
		touch(f, gpa);
	}
	return verify(f);
}

int fault_run(struct fault *f)
{
	f->accesses = (struct sim_access_list){ .accesses = &f->access, .count = 1 };
	if (sim_vcpu_program(f->vm, 0, sim_run_accesses, &f->accesses))
		return cli_bad("the vCPU takes no program: %s", sim_error(f->world));
	watch_contracts(f);
	f->tracing = true;
	f->outcome = sim_vcpu_run(f->vm, 0);
	f->tracing = false;
	return CLI_OK;
}
