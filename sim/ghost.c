/* SPDX-License-Identifier: BSD-2-Clause */
/* The ghost follows the calls: which are under way, which operations are open, when their effects count. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ghost_state.h"

bool ghost_differs(struct ghost *g, const char *fmt, ...)
{
	va_list ap;

	if (g->off)
		return false;
	va_start(ap, fmt);
	vsnprintf(g->why, sizeof(g->why), fmt, ap);
	va_end(ap);
	g->off = true;
	return false;
}

bool ghost_is_settled(const struct ghost *g)
{
	for (size_t i = 0; i < g->nr_ops; i++)
		if (g->op[i].yields)
			return false;
	return true;
}

struct ghost *ghost_new(const struct ghost_config *config)
{
	struct ghost *g = config->mem.alloc(config->mem.ctx, sizeof(*g));

	if (!g)
		return NULL;
	g->config = *config;
	g->rmm = config->rmm;
	g->mem = config->mem;
	g->granule = rmm_granule_size(g->rmm);
	g->shift = (unsigned)__builtin_ctzll(g->granule);
	if (ghost_map_init(&g->pa, &g->mem, 0, PA_TOP,
			   &(struct ghost_value){ .state = RMM_UNDELEGATED }))
		return g;
	ghost_free(g);
	return NULL;
}

static void drop(struct ghost *g, void *p, size_t room, size_t size)
{
	if (p)
		g->mem.free(g->mem.ctx, p, room * size);
}

void ghost_free(struct ghost *g)
{
	if (!g)
		return;
	for (size_t i = 0; i < g->nr_effects; i++)
		if (g->effect[i].realm)
			ghost_realm_drop(g, g->effect[i].realm);
	for (size_t i = 0; i < g->nr_realms; i++)
		ghost_realm_drop(g, g->realm[i]);
	for (size_t i = 0; i < g->nr_ops; i++)
		drop(g, g->op[i].donated, g->op[i].room, sizeof(*g->op[i].donated));
	for (unsigned i = 0; i < GHOST_CALLS; i++)
		drop(g, g->call[i].touch, g->call[i].room, sizeof(*g->call[i].touch));
	drop(g, g->realm, g->realm_room, sizeof(*g->realm));
	drop(g, g->rec, g->rec_room, sizeof(*g->rec));
	drop(g, g->op, g->op_room, sizeof(*g->op));
	drop(g, g->effect, g->effect_room, sizeof(*g->effect));
	drop(g, g->touched, g->touched_room, sizeof(*g->touched));
	ghost_map_drop(&g->pa);
	g->mem.free(g->mem.ctx, g, sizeof(*g));
}

/* Calls under way */

static void begin_call(struct ghost *g, const struct rmm_event *event)
{
	struct ghost_call *call;

	if (g->nr_calls == GHOST_CALLS) {
		ghost_differs(g, "more than %u calls are under way", GHOST_CALLS);
		return;
	}
	call = &g->call[g->nr_calls++];
	call->cpu = event->cpu;
	call->fid = event->regs_in->x[0];
	call->begun = ++g->tick;
	call->nr_touches = 0;
}

/* The newest call of that CPU: a realm's host may call from inside REC_ENTER. */
static struct ghost_call *call_of(struct ghost *g, unsigned cpu)
{
	for (unsigned i = g->nr_calls; i--;)
		if (g->call[i].cpu == cpu)
			return &g->call[i];
	return NULL;
}

static void end_call(struct ghost *g, struct ghost_call *call)
{
	struct ghost_call done = *call;

	/* its array is used again */
	*call = g->call[--g->nr_calls];
	g->call[g->nr_calls] = done;
}

void ghost_touch(struct ghost *g, unsigned cpu, rmm_pa pa)
{
	struct ghost_call *call = g->off ? NULL : call_of(g, cpu);

	if (!call)
		return;
	g->tick++;
	if (ghost_mem_grow(&g->mem, &call->touch, &call->room, call->nr_touches + 1,
			   sizeof(*call->touch)))
		call->touch[call->nr_touches++] = (struct ghost_touch){ pa, g->tick };
	else
		ghost_differs(g, "memory is short");
}

/* Operations */

static struct ghost_op *op_of(struct ghost *g, uint64_t handle)
{
	for (size_t i = 0; i < g->nr_ops; i++)
		if (g->op[i].handle == handle)
			return &g->op[i];
	return NULL;
}

/* Commands whose section does not say that they may become an operation (12.3): no host has a loop around them. */
static bool completes_at_once(uint64_t fid)
{
	switch (fid) {
	case RMI_VERSION:
	case RMI_FEATURES:
	case RMI_RMM_CONFIG_GET:
	case RMI_RMM_CONFIG_SET:
	case RMI_GRANULE_TRACKING_GET:
	case RMI_REALM_ACTIVATE:
	case RMI_REC_ENTER:
	case RMI_PSCI_COMPLETE:
	case RMI_RTT_READ_ENTRY:
	case RMI_RTT_ARCH_DEV_MAP:
	case RMI_RTT_ARCH_DEV_UNMAP:
		return true;
	default:
		return false;
	}
}

static void begin_op(struct ghost *g, const struct rmm_regs *in, const struct rmm_regs *out)
{
	unsigned mem = RMI_RESULT_MEM(out->x[0]);
	struct ghost_range over = ghost_over(g, in);
	struct ghost_op *op;

	if (completes_at_once(in->x[0])) {
		ghost_differs(g,
			      "%s answers INCOMPLETE, and is no command that becomes an operation",
			      g->now);
		return;
	}
	if (!ghost_mem_grow(&g->mem, &g->op, &g->op_room, g->nr_ops + 1, sizeof(*g->op))) {
		ghost_differs(g, "memory is short");
		return;
	}
	op = &g->op[g->nr_ops++];
	*op = (struct ghost_op){ .handle = out->x[1],
				 .name = g->now,
				 .in = *in,
				 .mem = mem,
				 .yields = over.base < over.top,
				 .over = over };
	if (in->x[0] == RMI_REC_CREATE)
		op->runnable = ghost_rim_of_rec(g, in->x[1], in->x[3], op->content);
}

static void end_op(struct ghost *g, struct ghost_op *op)
{
	drop(g, op->donated, op->room, sizeof(*op->donated));
	*op = g->op[--g->nr_ops];
}

/* OP_CONTINUE and OP_CANCEL: the operation goes on, is refused, or ends with the command's own result. */
static void continue_op(struct ghost *g, struct ghost_call *call, const struct rmm_regs *in,
			const struct rmm_regs *out)
{
	struct ghost_op *op = op_of(g, in->x[1]);
	unsigned status = RMI_RESULT_STATUS(out->x[0]);

	if (!op)
		return; /* refused */
	if (status == RMI_INCOMPLETE) {
		op->mem = RMI_RESULT_MEM(out->x[0]);
		return;
	}
	if (in->x[0] != RMI_OP_CONTINUE || op->mem != RMI_OP_MEM_REQ_NONE || status == RMI_BUSY ||
	    status == RMI_BLOCKED)
		return;
	if (status == RMI_SUCCESS)
		ghost_record(g, call, op->name, &op->in, out, op);
	else if (op->in.x[0] == RMI_REC_CREATE) /* what was to be the REC is what it was */
		ghost_to_compare(g, 0, op->in.x[2], op->in.x[2] + g->granule);
	end_op(g, op);
}

static void move_memory(struct ghost *g, struct ghost_call *call, const struct rmm_regs *in,
			const struct rmm_regs *out)
{
	struct ghost_op *op = op_of(g, in->x[1]);
	unsigned status = RMI_RESULT_STATUS(out->x[0]);

	if (!op)
		return;
	if (status == RMI_INCOMPLETE)
		op->mem = RMI_RESULT_MEM(out->x[0]);
	if (in->x[0] == RMI_OP_MEM_DONATE || status == RMI_INCOMPLETE)
		ghost_record_memory(g, call, op, in, out);
	/* A donation may end it (profile donate_finishes). */
	if (status == RMI_SUCCESS) {
		ghost_record(g, call, op->name, &op->in, out, op);
		end_op(g, op);
	}
}

static void record(struct ghost *g, struct ghost_call *call, const struct rmm_event *event)
{
	const struct rmm_regs *in = event->regs_in, *out = event->regs_out;
	unsigned status = RMI_RESULT_STATUS(out->x[0]);

	if (out->x[0] == SMCCC_NOT_SUPPORTED)
		return;
	switch (in->x[0]) {
	case RMI_OP_CONTINUE:
	case RMI_OP_CANCEL:
		continue_op(g, call, in, out);
		break;
	case RMI_OP_MEM_DONATE:
	case RMI_OP_MEM_RECLAIM:
		move_memory(g, call, in, out);
		break;
	default:
		if (status == RMI_INCOMPLETE)
			begin_op(g, in, out);
		else if (status == RMI_SUCCESS)
			ghost_record(g, call, g->now, in, out, NULL);
		break;
	}
}

/* Effects */

/* Whoever runs a realm holds nothing that guards what the ghost knows. */
static bool calls_overlap(const struct ghost *g)
{
	for (unsigned i = 0; i < g->nr_calls; i++)
		if (g->call[i].fid != RMI_REC_ENTER)
			return true;
	return false;
}

/* Nearly in order as they are. */
static void sort_effects(struct ghost *g)
{
	for (size_t i = 1; i < g->nr_effects; i++) {
		struct ghost_effect e = g->effect[i];
		size_t j = i;

		for (; j && g->effect[j - 1].tick > e.tick; j--)
			g->effect[j] = g->effect[j - 1];
		g->effect[j] = e;
	}
}

static void count_effects(struct ghost *g)
{
	bool ok = !g->off;

	sort_effects(g);
	for (size_t i = 0; i < g->nr_effects && ok; i++) {
		ok = ghost_apply(g, &g->effect[i]);
		if (ok)
			g->effect[i].realm = NULL; /* it is among the realms now */
	}
	if (!ok)
		return;
	g->nr_effects = 0;
	for (size_t i = 0; i < g->nr_touched && ok && ghost_is_settled(g); i++)
		ok = ghost_compare(g, &g->touched[i]);
	g->nr_touched = 0;
	for (size_t i = 0; i < g->nr_realms && ok; i++)
		ok = !g->realm[i]->rim_moved || ghost_rim_compare(g, g->realm[i]);
	if (ok)
		ghost_compare_count(g);
}

static void finish_call(struct ghost *g, const struct rmm_event *event)
{
	struct ghost_call *call = call_of(g, event->cpu);

	if (!call)
		return;
	g->now = event->command ? event->command->name : "?";
	/* The configuration may have changed the granule. */
	if (event->regs_in->x[0] == RMI_RMM_CONFIG_SET) {
		g->granule = rmm_granule_size(g->rmm);
		g->shift = (unsigned)__builtin_ctzll(g->granule);
	}
	record(g, call, event);
	end_call(g, call);
	if (!calls_overlap(g) && (g->nr_effects || g->nr_touched || g->off))
		count_effects(g);
}

/* Realms */

static void note_request(struct ghost *g, const struct rmm_event *event)
{
	struct ghost_rec *rec = ghost_rec(g, rmm_rec_pa(event->rec));

	if (!rec || event->exit->reason != RMI_EXIT_RIPAS_CHANGE)
		return;
	rec->asked = event->exit->ripas_base;
	rec->asked_top = event->exit->ripas_top;
	rec->ripas = event->exit->ripas_value;
}

/* What a realm may do with an entry (rmm-state-machines 7.1, rule IYMNSR). */
static void judge_access(struct ghost *g, const struct rmm_event *event)
{
	const struct ghost_rec *rec = ghost_rec(g, rmm_rec_pa(event->rec));
	const struct ghost_realm *r = rec ? ghost_realm(g, rec->rd) : NULL;
	rmm_ipa ipa = event->access->ipa;
	struct ghost_value v;
	char text[96];

	if (!r || ipa >= ghost_half(r) || event->access->fetch || calls_overlap(g) ||
	    !ghost_is_settled(g) || rmm_rec_plane(event->rec))
		return;
	v = ghost_map_at(&r->ipa, ipa);
	if (v.state == GHOST_UNKNOWN)
		return;
	ghost_entry_text(text, sizeof(text), v.state, v.ripas, v.at, v.attr);
	if (event->result == RMM_REALM_DONE && v.ripas != RMI_DEV &&
	    (v.ripas != RMI_RAM || v.state != RMM_HIPAS_DATA))
		ghost_differs(g, "the realm at 0x%llx has access to IPA 0x%llx, which is %s",
			      (unsigned long long)r->rd, (unsigned long long)ipa, text);
	if (event->result == RMM_REALM_SEA && v.ripas == RMI_RAM && v.state == RMM_HIPAS_DATA)
		ghost_differs(g, "the realm at 0x%llx takes an abort at IPA 0x%llx, which is %s",
			      (unsigned long long)r->rd, (unsigned long long)ipa, text);
}

const char *ghost_event(struct ghost *g, const struct rmm_event *event)
{
	if (g->off)
		return NULL;
	switch (event->kind) {
	case RMM_EVENT_RMI_CALL:
		begin_call(g, event);
		break;
	case RMM_EVENT_RMI_RETURN:
		finish_call(g, event);
		break;
	case RMM_EVENT_REC_EXIT:
		note_request(g, event);
		break;
	case RMM_EVENT_ACCESS:
		judge_access(g, event);
		break;
	default:
		break;
	}
	return g->off ? g->why : NULL;
}

void ghost_visit(const struct ghost *g, const struct ghost_visitor *visitor)
{
	for (size_t i = 0; i < g->pa.nr; i++) {
		const struct ghost_span *s = &g->pa.span[i];

		if (s->v.state != RMM_UNDELEGATED)
			visitor->granules(visitor->ctx, s->base, s->top,
					  (enum rmm_granule_state)s->v.state, s->v.at);
	}
	for (size_t i = 0; i < g->nr_realms; i++) {
		const struct ghost_realm *r = g->realm[i];

		for (size_t j = 0; j < r->ipa.nr; j++) {
			const struct ghost_span *s = &r->ipa.span[j];

			visitor->entries(visitor->ctx, r->rd, s->base, s->top, s->v.state,
					 s->v.ripas, s->v.at, s->v.runs);
		}
	}
}
