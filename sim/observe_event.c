/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Observations: which events are seen from outside, and what of them counts.
 *
 * Addresses of memory become pages, ends of ranges become sizes, everything else is taken as it is. Contents of
 * parameter pages are not looked at: what they bring about is.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <rmisim/trace.h>

#include "observe_in.h"

#define MAX_CONTENT 64 /* pages of a realm whose content is looked at when its VM is closed */

static void mix(struct seen_making *m, uint64_t word)
{
	m->hash = (m->hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	m->hash ^= m->hash >> 29;
}

static void mix_bytes(struct seen_making *m, const void *bytes, size_t size)
{
	const unsigned char *at = bytes;
	uint64_t word;

	for (; size >= sizeof(word); size -= sizeof(word), at += sizeof(word)) {
		memcpy(&word, at, sizeof(word));
		mix(m, word);
	}
	for (; size; size--)
		mix(m, *at++);
}

static void mix_text(struct seen_making *m, const char *text)
{
	if (text)
		mix_bytes(m, text, strlen(text));
	mix(m, 0);
}

static bool is_memory(const struct sim_world *w, uint64_t pa)
{
	for (unsigned i = 0; i < w->nr_banks; i++)
		if (pa >= w->banks[i].base && pa - w->banks[i].base < w->banks[i].size)
			return true;
	return false;
}

static void mix_pa(struct seen_making *m, const struct sim_world *w, uint64_t pa)
{
	uint64_t size = w->kernel ? UINT64_C(1) << w->kernel->page_shift : 4096;

	if (!is_memory(w, pa) || m->nr_pages == SEEN_MAX_PAGES) {
		mix(m, pa);
		return;
	}
	mix(m, pa % size);
	m->page[m->nr_pages++] = pa / size;
}

static void mix_desc(struct seen_making *m, const struct sim_world *w, uint64_t word)
{
	struct rmi_range_desc d;

	if (!rmi_range_desc_decode(rmm_edition(w->rmm), w->kernel->page_shift, word, &d)) {
		mix(m, word);
		return;
	}
	mix_pa(m, w, d.base);
	mix(m, d.count);
	mix(m, d.unit);
	mix(m, d.state);
}

static void mix_register(struct seen_making *m, const struct sim_world *w,
			 const struct rmi_arg *arg, uint64_t value, uint64_t base)
{
	if (arg->kind == RMI_KIND_PA &&
	    (!strcmp(arg->name, "top") || !strcmp(arg->name, "out_top")))
		mix(m, value - base);
	else if (arg->kind == RMI_KIND_PA)
		mix_pa(m, w, value);
	else if (arg->kind == RMI_KIND_DESC)
		mix_desc(m, w, value);
	else
		mix(m, value);
}

/* The register that a range's end belongs to: the argument before "top". */
static uint64_t base_of(const struct rmi_command *c, const struct rmm_regs *in)
{
	for (unsigned i = 1; i < c->nr_args; i++)
		if (!strcmp(c->args[i].name, "top"))
			return in->x[i];
	return 0;
}

/* Descriptors that the host has written down, when the flags before this argument say so. */
static bool mix_list(struct seen_making *m, const struct sim_world *w, const struct rmi_command *c,
		     const struct rmm_regs *in, unsigned i)
{
	uint64_t flags = i ? in->x[i] : 0, count = flags >> 2 & 0x3fff;
	const uint64_t *list;

	if (strcmp(c->args[i].name, "oaddr") || (flags & 3) != RMI_ADDR_LIST)
		return false;
	list = rmm_host_ptr(w->rmm, in->x[i + 1], count * sizeof(*list));
	mix_pa(m, w, in->x[i + 1]);
	for (uint64_t j = 0; list && !(in->x[i + 1] % sizeof(*list)) && j < count; j++)
		mix_desc(m, w, list[j]);
	return true;
}

static void make_rmi(struct seen_making *m, const struct sim_world *w, const struct rmm_event *rmm)
{
	const struct rmi_command *c = rmm->command;
	const struct rmm_regs *in = rmm->regs_in, *out = rmm->regs_out;
	bool counts = (out->x[0] & 0xff) == RMI_SUCCESS || (out->x[0] & 0xff) == RMI_INCOMPLETE;

	mix(m, in->x[0]);
	mix(m, out->x[0]);
	if (!c)
		return;
	for (unsigned i = 0; i < c->nr_args; i++)
		if (!mix_list(m, w, c, in, i))
			mix_register(m, w, &c->args[i], in->x[i + 1], base_of(c, in));
	for (unsigned i = 0; i < c->nr_results; i++) {
		uint64_t value = out->x[i + 1];

		/* registers of a refused call are nobody's, unless they say how far it came */
		if (value != RMM_POISON && (counts || base_of(c, in)))
			mix_register(m, w, &c->results[i], value, base_of(c, in));
	}
}

static void make_exit(struct seen_making *m, const struct rmm_exit *e)
{
	const uint64_t words[] = { e->reason,       e->esr,        e->far,         e->hpfar,
				   e->ripas_base,   e->ripas_top,  e->ripas_value, e->rtt_tree,
				   e->s2ap_base,    e->s2ap_top,   e->plane,       e->imm,
				   e->dev_mem_base, e->dev_mem_top };

	mix_bytes(m, words, sizeof(words));
	mix_bytes(m, e->gprs, sizeof(e->gprs));
}

static void make_access(struct seen_making *m, const struct rmm_event *rmm)
{
	const struct rmm_access *a = rmm->access;

	mix(m, a->ipa);
	mix(m, a->size);
	mix(m, (uint64_t)a->write << 1 | a->fetch);
	mix(m, a->value);
	mix(m, rmm->result);
}

/* False: nobody outside sees it. */
static bool make(struct seen_making *m, const struct sim_world *w, const struct sim_event *event)
{
	switch (event->kind) {
	case SIM_EVENT_RMI_RETURN:
		m->kind = SEEN_RMI;
		make_rmi(m, w, event->rmm);
		return true;
	case SIM_EVENT_REC_EXIT:
		m->kind = SEEN_REC_EXIT;
		make_exit(m, event->rmm->exit);
		return true;
	case SIM_EVENT_ACCESS:
		m->kind = SEEN_ACCESS;
		make_access(m, event->rmm);
		return true;
	case SIM_EVENT_RSI:
		m->kind = SEEN_RSI;
		mix_bytes(m, event->rmm->regs_in->x, 7 * sizeof(uint64_t));
		mix_bytes(m, event->rmm->regs_out->x, 7 * sizeof(uint64_t));
		mix(m, event->rmm->result);
		return true;
	case SIM_EVENT_KVM_RUN:
	case SIM_EVENT_VMM:
		m->kind = event->kind == SIM_EVENT_VMM ? SEEN_VMM : SEEN_KVM_RUN;
		mix_text(m, event->name);
		mix(m, (uint64_t)event->value);
		mix_text(m, event->text);
		return true;
	default:
		return false;
	}
}

/* Lines */

static const char *begin_line(struct observation *o, const struct sim_world *w)
{
	const struct actor *actor = w->running;
	char buf[24];

	snprintf(o->line, sizeof(o->line), "%s: ", sim_actor_name(actor, buf));
	return o->line + strlen(o->line);
}

static void tell_event(struct observation *o, const struct sim_world *w,
		       const struct sim_event *event)
{
	char *at = (char *)begin_line(o, w);
	struct sim_tracer tracer;
	const char *who;

	sim_tracer_init(&tracer, NULL, o->edition, w->kernel->page_shift);
	sim_trace_describe(&tracer, event, &who, at, sizeof(o->line) - (size_t)(at - o->line));
}

static void tell(struct observation *o, const struct sim_world *w, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static void tell(struct observation *o, const struct sim_world *w, const char *fmt, ...)
{
	char *at = (char *)begin_line(o, w);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(at, sizeof(o->line) - (size_t)(at - o->line), fmt, ap);
	va_end(ap);
}

static void watch(void *ctx, const struct sim_event *event)
{
	struct observation *o = ctx;
	const struct sim_world *w = o->runner->world;
	struct seen_making m = { .seq = event->seq, .actor = event->actor };

	seen_number(o, event->seq);
	if (!w || !make(&m, w, event))
		return;
	seen_add_entry(o, &m);
	if (o->wanted == event->seq + 1)
		tell_event(o, w, event);
}

/* What is no event gets a number all the same. */
static struct seen_making not_an_event(struct observation *o, struct sim_world *w,
				       enum seen_kind kind)
{
	struct seen_making m = { .kind = kind, .actor = w->running->id, .seq = w->seq++ };

	seen_number(o, m.seq);
	return m;
}

void observe_call(struct sim_world *world, const char *what, uint64_t gpa, uint64_t size,
		  const void *read, long ret)
{
	struct observation *o = world->observation;
	struct seen_making m;
	char buf[16];

	if (!o || world->dead)
		return;
	m = not_an_event(o, world, SEEN_IOCTL);
	mix_text(&m, what);
	mix(&m, gpa);
	mix(&m, size);
	mix(&m, (uint64_t)ret);
	if (read && ret >= 0)
		mix_bytes(&m, read, size);
	seen_add_entry(o, &m);
	if (o->wanted == m.seq + 1)
		tell(o, world, "%s at gpa 0x%" PRIx64 ", size 0x%" PRIx64 " = %s%s", what, gpa,
		     size, ret < 0 ? sim_errno_name((int)ret, buf) : "0",
		     read ? ", and what was read" : "");
	if (read && size == sizeof(m.hash) && o->wanted == m.seq + 1) {
		memcpy(&m.hash, read, sizeof(m.hash));
		tell(o, world, "%s at gpa 0x%" PRIx64 " = 0x%" PRIx64, what, gpa, m.hash);
	}
}

/* The state of the RMM */

struct state {
	struct observation *o;
	struct sim_world *world;
	uint64_t granules[RMM_VSMMU + 1];
	unsigned content; /* pages whose content has been looked at */
};

static void count_granules(void *ctx, rmm_pa base, rmm_pa top, enum rmm_granule_state state,
			   rmm_pa rd)
{
	struct state *s = ctx;

	if ((unsigned)state <= RMM_VSMMU)
		s->granules[state] += top - base;
}

static void add_content(struct state *s, struct seen_making *m, rmm_pa pa, uint64_t size)
{
	uint64_t page = UINT64_C(1) << s->world->kernel->page_shift;

	for (uint64_t at = 0; at < size && s->content < MAX_CONTENT; at += page, s->content++) {
		const void *bytes = is_memory(s->world, pa + at)
					    ? rmm_host_ptr(s->world->rmm, pa + at, page)
					    : NULL;

		if (bytes)
			mix_bytes(m, bytes, page);
	}
}

static void add_stretch(void *ctx, rmm_pa rd, rmm_ipa base, rmm_ipa top, unsigned hipas,
			unsigned ripas, rmm_pa pa, bool runs)
{
	struct state *s = ctx;
	struct seen_making m = not_an_event(s->o, s->world, SEEN_STATE);
	bool mapped = hipas != RMM_VOID && hipas != RMM_UNMAPPED_NS;

	mix_pa(&m, s->world, rd);
	mix(&m, base);
	mix(&m, top);
	mix(&m, hipas);
	mix(&m, ripas);
	mix(&m, runs);
	if (mapped) {
		mix_pa(&m, s->world, pa);
		add_content(s, &m, pa,
			    runs ? top - base : UINT64_C(1) << s->world->kernel->page_shift);
	}
	seen_add_entry(s->o, &m);
	if (s->o->wanted == m.seq + 1)
		tell(s->o, s->world, "in the end IPA 0x%" PRIx64 "-0x%" PRIx64 " is %s, RIPAS %u%s",
		     base, top - 1, rmm_hipas_name(hipas), ripas,
		     mapped ? ", with this content" : "");
}

static void add_state(struct observation *o, struct sim_world *w)
{
	struct state s = { .o = o, .world = w };
	struct seen_making m;

	ghost_visit(w->ghost, &(struct ghost_visitor){ count_granules, add_stretch, &s });
	m = not_an_event(o, w, SEEN_STATE);
	mix_bytes(&m, s.granules, sizeof(s.granules));
	seen_add_entry(o, &m);
	if (o->wanted == m.seq + 1)
		tell(o, w,
		     "bytes DELEGATED 0x%" PRIx64 ", in tables 0x%" PRIx64 ", as data 0x%" PRIx64,
		     s.granules[RMM_DELEGATED], s.granules[RMM_RTT], s.granules[RMM_DATA]);
}

void observe_close(struct sim_world *world)
{
	if (world->observation && !world->dead)
		add_state(world->observation, world);
}

static void add_end(struct observation *o, struct sim_world *w, const char *violation)
{
	struct seen_making m;

	if (!violation)
		add_state(o, w);
	m = not_an_event(o, w, SEEN_END);
	m.actor = 0;
	if (violation)
		mix_bytes(&m, violation, strcspn(violation, ":"));
	seen_add_entry(o, &m);
	if (o->wanted == m.seq + 1 && violation)
		snprintf(o->line, sizeof(o->line), "the run is violated: %s", violation);
	else if (o->wanted == m.seq + 1)
		snprintf(o->line, sizeof(o->line), "the run ends without a violation");
}

void observe_end(struct observation *o)
{
	const struct runner *r = o->runner;

	if (r->world->over && r->settled && !r->violation) {
		seen_add_tail(o, r->state);
		return;
	}
	add_end(o, r->world, r->violation);
	if (r->settled && r->world->settled && !r->violation)
		seen_keep_tail(o, r->state, r->settled_seq);
}

void observe(struct observation *o, struct runner *r)
{
	*o = (struct observation){ .runner = r, .edition = r->config.edition };
	r->observation = o;
	r->config.event = watch;
	r->config.event_ctx = o;
}
