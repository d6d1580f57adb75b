/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Metamorphic checks: one run as it is, and others with memory elsewhere. What is compared is written down as
 * lines, with pages renamed, and the first line that differs is told.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rmisim/metamorphic.h>

#include "runner.h"

#define LOW_BIT    16 /* banks begin at multiples of 64 KiB */
#define HIGH_BIT   47
#define IPA_WINDOW (UINT64_C(4) << 30) /* no VM of the catalogue is larger */
#define GIB        (UINT64_C(1) << 30)

/* An outcome in the making. */
struct outcome {
	char *text;
	size_t len, room;
	uint64_t *page; /* by number of first appearance */
	size_t nr_pages, page_room;
	struct sim_world *world; /* of the run */
	bool starved;
};

struct variation {
	char name[96];
	uint64_t bank; /* base of the first bank, 0: as configured */
	unsigned spare;
	bool downwards;
	uint64_t ipa_offset;
};

/* Lines */

static void add(struct outcome *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void add(struct outcome *o, const char *fmt, ...)
{
	va_list ap;
	char line[512];
	size_t n;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	n = strlen(line);
	if (o->len + n + 1 > o->room) {
		size_t room = 2 * o->room + n + 4096;
		char *text = realloc(o->text, room);

		o->starved |= !text;
		if (!text)
			return;
		o->text = text;
		o->room = room;
	}
	memcpy(o->text + o->len, line, n + 1);
	o->len += n;
}

static bool is_memory(const struct outcome *o, uint64_t pa)
{
	const struct sim_world *w = o->world;

	for (unsigned i = 0; i < w->nr_banks; i++)
		if (pa >= w->banks[i].base && pa - w->banks[i].base < w->banks[i].size)
			return true;
	return false;
}

static size_t page_number(struct outcome *o, uint64_t page)
{
	for (size_t i = o->nr_pages; i--;)
		if (o->page[i] == page)
			return i;
	if (o->nr_pages == o->page_room) {
		size_t room = 2 * o->page_room + 256;
		uint64_t *more = realloc(o->page, room * sizeof(*more));

		o->starved |= !more;
		if (!more)
			return 0;
		o->page = more;
		o->page_room = room;
	}
	o->page[o->nr_pages] = page;
	return o->nr_pages++;
}

/* "page 12+0x10" */
static void add_pa(struct outcome *o, uint64_t pa)
{
	uint64_t size = sim_world_page_size(o->world);

	if (!is_memory(o, pa)) {
		add(o, "0x%" PRIx64, pa);
		return;
	}
	add(o, "page %zu", page_number(o, pa / size));
	if (pa % size)
		add(o, "+0x%" PRIx64, pa % size);
}

/* From where the VM's memory begins, in either alias; false: elsewhere. */
static bool is_vm_memory(const struct outcome *o, uint64_t ipa, uint64_t *from, bool *shared)
{
	uint64_t alias = 0;

	for (const struct sim_vm *vm = o->world->vms; vm && !alias; vm = vm->next)
		alias = ipa & sim_vm_shared_bit(vm);
	*shared = alias;
	*from = (ipa & ~alias) - o->world->ipa_offset;
	return *from < IPA_WINDOW;
}

static void add_ipa(struct outcome *o, uint64_t ipa)
{
	uint64_t from;
	bool shared;

	if (is_vm_memory(o, ipa, &from, &shared))
		add(o, "IPA %s+0x%" PRIx64, shared ? "shared" : "", from);
	else
		add(o, "IPA 0x%" PRIx64, ipa);
}

static void add_desc(struct outcome *o, uint64_t word)
{
	struct rmi_range_desc d;

	if (!rmi_range_desc_decode(rmm_edition(o->world->rmm), o->world->kernel->page_shift, word,
				   &d)) {
		add(o, "0x%" PRIx64, word);
		return;
	}
	add_pa(o, d.base);
	add(o, " %" PRIu64 "*0x%" PRIx64 " state %u", d.count, d.unit, d.state);
}

/* One register. The end of a range of pages is told as its size: what follows a page is another one's business. */
static void add_register(struct outcome *o, const struct rmi_arg *arg, uint64_t value,
			 uint64_t base)
{
	bool end = arg->kind == RMI_KIND_PA &&
		   (!strcmp(arg->name, "top") || !strcmp(arg->name, "out_top"));

	add(o, " %s=", arg->name);
	if (end)
		add(o, "+0x%" PRIx64, value - base);
	else if (arg->kind == RMI_KIND_PA)
		add_pa(o, value);
	else if (arg->kind == RMI_KIND_IPA)
		add_ipa(o, value);
	else if (arg->kind == RMI_KIND_DESC)
		add_desc(o, value);
	else
		add(o, "0x%" PRIx64, value);
}

/* The register that a range's end belongs to: the argument before "top". */
static uint64_t base_of(const struct rmi_command *c, const struct rmm_regs *in)
{
	for (unsigned i = 1; i < c->nr_args; i++)
		if (!strcmp(c->args[i].name, "top"))
			return in->x[i];
	return 0;
}

static bool is_list(const struct rmi_command *c, const struct rmm_regs *in, unsigned i)
{
	return !strcmp(c->args[i].name, "oaddr") && i && (in->x[i] & 3) == RMI_ADDR_LIST;
}

static void add_call(struct outcome *o, const struct rmm_event *rmm)
{
	const struct rmi_command *c = rmm->command;
	static const struct rmi_arg list = { "list", RMI_KIND_PA };

	for (unsigned i = 0; c && i < c->nr_args; i++)
		add_register(o, is_list(c, rmm->regs_in, i) ? &list : &c->args[i],
			     rmm->regs_in->x[i + 1], base_of(c, rmm->regs_in));
}

/* A refused destroy says how far its hole goes: an IPA, and not the end of a range. */
static void add_return(struct outcome *o, const struct rmm_event *rmm)
{
	const struct rmi_command *c = rmm->command;
	uint64_t x0 = rmm->regs_out->x[0];

	add(o, " = 0x%" PRIx64, x0);
	for (unsigned i = 0; c && i < c->nr_results; i++) {
		const struct rmi_arg *arg = &c->results[i];
		uint64_t value = rmm->regs_out->x[i + 1], base = base_of(c, rmm->regs_in);

		if (!value || value == RMM_POISON)
			add(o, " %s=-", arg->name);
		else if (!base && arg->kind == RMI_KIND_IPA)
			add_register(o, &(struct rmi_arg){ "ipa", RMI_KIND_IPA }, value, 0);
		else if (x0 == RMI_SUCCESS || base)
			add_register(o, arg, value, base);
	}
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* A sentence without its numbers in hex: which kind of address they are, nobody says. */
static void add_text(struct outcome *o, const char *text)
{
	char plain[256];
	size_t n = 0;

	while (*text && n + 2 < sizeof(plain)) {
		if (strncmp(text, "0x", 2)) {
			plain[n++] = *text++;
			continue;
		}
		plain[n++] = '#';
		for (text += 2; is_hex(*text); text++)
			;
	}
	plain[n] = '\0';
	add(o, " %s", plain);
}

static void add_rmm(struct outcome *o, const struct rmm_event *rmm)
{
	switch (rmm->kind) {
	case RMM_EVENT_RMI_CALL:
		add_call(o, rmm);
		break;
	case RMM_EVENT_RMI_RETURN:
		add_return(o, rmm);
		break;
	case RMM_EVENT_REC_EXIT:
		add(o, " reason %u esr 0x%" PRIx64, rmm->exit->reason, rmm->exit->esr);
		break;
	case RMM_EVENT_ACCESS:
		add(o, " %s ", rmm->access->write ? "store" : "load");
		add_ipa(o, rmm->access->ipa);
		add(o, " value 0x%" PRIx64 " result %d", rmm->access->value, rmm->result);
		break;
	case RMM_EVENT_RSI:
		add(o, " fid 0x%" PRIx64 " result %d", rmm->regs_in->x[0], rmm->result);
		break;
	default:
		break;
	}
}

/* How much memory there is, and where: another machine, as it should be. */
static bool is_about_the_machine(const struct rmm_event *rmm)
{
	uint64_t fid = rmm && rmm->command ? rmm->command->fid : 0;

	return fid == RMI_GRANULE_TRACKING_GET || fid == RMI_GPT_INFO;
}

/* Tear-down goes through all of a realm: what it does outside of the VM's memory depends on where that is. */
static bool is_elsewhere(const struct outcome *o, const struct rmm_event *rmm)
{
	const struct rmi_command *c = rmm ? rmm->command : NULL;
	uint64_t ignored;
	bool shared;

	if (!o->world->ipa_offset || !c)
		return false;
	for (unsigned i = 0; i < c->nr_args; i++)
		if (c->args[i].kind == RMI_KIND_IPA)
			return !is_vm_memory(o, rmm->regs_in->x[i + 1], &ignored, &shared);
	return false;
}

struct listener {
	struct outcome *o;
	sim_event_fn event; /* the caller's own */
	void *ctx;
};

static void listen(void *ctx, const struct sim_event *event)
{
	const struct listener *l = ctx;
	struct outcome *o = l->o;

	if (o->world && !is_about_the_machine(event->rmm) && !is_elsewhere(o, event->rmm)) {
		add(o, "%u: %d %s %s %" PRId64, event->actor, event->kind,
		    event->name ? event->name : "-", event->caller ? event->caller : "-",
		    event->value);
		if (event->text)
			add_text(o, event->text);
		if (event->rmm)
			add_rmm(o, event->rmm);
		add(o, "\n");
	}
	if (l->event)
		l->event(l->ctx, event);
}

/* The end */

struct looking {
	struct outcome *o;
	uint64_t pa;
	bool found;
};

static void look_at_granules(void *ctx, rmm_pa base, rmm_pa top, enum rmm_granule_state state,
			     rmm_pa rd)
{
	struct looking *l = ctx;

	if (l->pa < base || l->pa >= top)
		return;
	add(l->o, "end: page %zu is %s of ",
	    page_number(l->o, l->pa / sim_world_page_size(l->o->world)),
	    rmm_granule_state_name(state));
	add_pa(l->o, rd);
	add(l->o, "\n");
}

static void add_entries(void *ctx, rmm_pa rd, rmm_ipa base, rmm_ipa top, unsigned hipas,
			unsigned ripas, rmm_pa pa, bool runs)
{
	struct looking *l = ctx;
	struct outcome *o = l->o;

	if (hipas == RMM_VOID || hipas == RMM_UNMAPPED_NS)
		return; /* where it begins and ends, the mappings say */
	for (; base < top; base += sim_world_page_size(o->world)) {
		add(o, "end: ");
		add_ipa(o, base);
		add(o, " of ");
		add_pa(o, rd);
		add(o, " is %s %u at ", rmm_hipas_name(hipas), ripas);
		add_pa(o, pa);
		add(o, "\n");
		pa += runs ? sim_world_page_size(o->world) : 0;
	}
}

static void no_granules(void *ctx, rmm_pa base, rmm_pa top, enum rmm_granule_state state, rmm_pa rd)
{
}

static void no_entries(void *ctx, rmm_pa rd, rmm_ipa base, rmm_ipa top, unsigned hipas,
		       unsigned ripas, rmm_pa pa, bool runs)
{
}

/* What the ghost has: pages by name, then what is mapped. */
static void add_end(struct outcome *o)
{
	struct looking l = { o };
	size_t n = o->nr_pages;

	for (size_t i = 0; i < n; i++) {
		l.pa = o->page[i] * sim_world_page_size(o->world);
		ghost_visit(o->world->ghost,
			    &(struct ghost_visitor){ look_at_granules, no_entries, &l });
	}
	ghost_visit(o->world->ghost, &(struct ghost_visitor){ no_granules, add_entries, &l });
}

/* Runs */

static void apply(struct sim_config *config, const struct variation *v)
{
	if (v->bank)
		config->first_bank = v->bank;
	config->spare_pages += v->spare;
	config->pages_downwards ^= v->downwards;
	config->ipa_offset += v->ipa_offset;
}

static bool run(struct sim_metamorphic *m, sim_scenario scenario, const struct sim_config *config,
		const struct variation *v, struct outcome *o)
{
	struct listener l = { o, config->event, config->event_ctx };
	struct sim_config own = *config;
	char why[400];

	own.event = listen;
	own.event_ctx = &l;
	apply(&own, v);
	o->world = NULL;
	m->runs++;
	o->world = sim_world_new(&own, why, sizeof(why));
	if (!o->world) {
		snprintf(m->violation, sizeof(m->violation), "setup: %s", why);
		return false;
	}
	if (!sim_run(o->world, scenario) || sim_quiescent(o->world))
		add(o, "violation: %s\n",
		    sim_violation(o->world) ? sim_violation(o->world) : sim_quiescent(o->world));
	if (!m->violation[0] && m->runs == 1 && sim_violation(o->world))
		snprintf(m->violation, sizeof(m->violation), "%s", sim_violation(o->world));
	add_end(o);
	sim_world_free(o->world);
	o->world = NULL;
	if (o->starved)
		snprintf(m->violation, sizeof(m->violation), "setup: memory is short");
	return !o->starved && !m->violation[0];
}

static void copy_line(char *to, size_t size, const char *line)
{
	snprintf(to, size, "%.*s", (int)strcspn(line, "\n"), line);
}

/* False, and told, at the first line that differs. */
static bool compare(struct sim_metamorphic *m, const struct outcome *a, const struct outcome *b)
{
	const char *is = a->text, *other = b->text;

	for (m->line = 1; *is || *other; m->line++) {
		size_t n = strcspn(is, "\n"), k = strcspn(other, "\n");

		if (n != k || strncmp(is, other, n)) {
			copy_line(m->expected, sizeof(m->expected), is);
			copy_line(m->found, sizeof(m->found), other);
			return false;
		}
		is += n + (is[n] == '\n');
		other += k + (other[k] == '\n');
	}
	m->line = 0;
	return true;
}

static bool overlaps(const struct sim_config *config, uint64_t base)
{
	struct sim_config usual = *config;
	bool any = false;

	if (!usual.nr_banks)
		sim_usual_banks(usual.banks, &usual.nr_banks);
	for (unsigned i = 1; i < usual.nr_banks; i++)
		any |= base < usual.banks[i].base + usual.banks[i].size &&
		       usual.banks[i].base < base + usual.banks[0].size;
	return any;
}

/* The i-th of all variations; false behind the last. */
static bool variation_at(const struct sim_config *config, unsigned i, struct variation *v)
{
	static const unsigned spare[] = { 1, 2, 4, 8 };
	static const uint64_t offset[] = { 8 * GIB, 12 * GIB };
	unsigned bit = LOW_BIT + i;

	memset(v, 0, sizeof(*v));
	if (bit <= HIGH_BIT) {
		v->bank = UINT64_C(1) << bit | (bit < 31 ? 4 * GIB : 0);
		if (overlaps(config, v->bank))
			v->bank += 32 * GIB;
		if (overlaps(config, v->bank))
			v->bank += 4 * GIB;
		snprintf(v->name, sizeof(v->name), "the first bank at 0x%" PRIx64, v->bank);
		return true;
	}
	i -= HIGH_BIT - LOW_BIT + 1;
	if (i < 4) {
		v->spare = spare[i];
		snprintf(v->name, sizeof(v->name), "without the first %u pages", v->spare);
		return true;
	}
	i -= 4;
	if (i < 2) {
		v->ipa_offset = offset[i];
		snprintf(v->name, sizeof(v->name), "the VM's memory 0x%" PRIx64 " higher",
			 v->ipa_offset);
		return true;
	}
	v->downwards = true;
	snprintf(v->name, sizeof(v->name), "pages from the other end");
	return i == 2;
}

static void drop(struct outcome *o)
{
	free(o->text);
	free(o->page);
	*o = (struct outcome){ 0 };
}

static void tell_variation(struct sim_metamorphic *m, const struct sim_config *config,
			   const struct variation *v)
{
	struct sim_config there = *config;

	apply(&there, v);
	snprintf(m->variation, sizeof(m->variation), "%s", v->name);
	m->first_bank = there.first_bank;
	m->spare_pages = there.spare_pages;
	m->pages_downwards = there.pages_downwards;
	m->ipa_offset = there.ipa_offset;
}

struct sim_metamorphic sim_metamorphic(sim_scenario scenario, const struct sim_config *config)
{
	static const struct sim_config defaults;
	struct sim_metamorphic m = { .same = true };
	struct outcome usual = { 0 }, moved = { 0 }, other = { 0 };
	const char *wrong = config ? sim_size_wrong(config->size, sizeof(*config)) : NULL;
	struct sim_config own = config && !wrong ? *config : defaults;
	struct sim_image *image = NULL;
	struct variation v = { .name = "" }, higher = { .ipa_offset = 4 * GIB };

	if (wrong) {
		snprintf(m.violation, sizeof(m.violation), "setup: %s", wrong);
		m.same = false;
		return m;
	}
	if (!own.image)
		own.image = image = sim_image_open(own.kernel ? own.kernel : "4k", m.violation + 7,
						   sizeof(m.violation) - 7);
	if (!own.image) {
		memcpy(m.violation, "setup: ", 7);
		m.same = false;
		return m;
	}
	m.same = run(&m, scenario, &own, &v, &usual);
	/* Where nothing is below the VM's memory, tear-down has one step less. */
	m.same = m.same && run(&m, scenario, &own, &higher, &moved);
	for (unsigned i = 0; m.same && variation_at(&own, i, &v); i++) {
		m.same = run(&m, scenario, &own, &v, &other) &&
			 compare(&m, v.ipa_offset ? &moved : &usual, &other);
		if (!m.same)
			tell_variation(&m, &own, &v);
		drop(&other);
	}
	drop(&usual);
	drop(&moved);
	sim_image_close(image);
	return m;
}
