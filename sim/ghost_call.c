/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Success conditions: what a finished command says has become of granules and entries, from its registers in and
 * out and the lists they point to (rmm-commands, parts 2 to 7).
 */
#include <string.h>

#include "ghost_state.h"

#define STATE(n) (UINT32_C(1) << (n))

/* What a command's call has in hand. */
struct record {
	struct ghost *g;
	struct ghost_call *call;
	const uint64_t *in, *out;
	const char *name;
	struct ghost_range disturbed;
};

/* Order */

static uint64_t last_tick(const struct ghost_call *call)
{
	return call->nr_touches ? call->touch[call->nr_touches - 1].tick : call->begun;
}

static void add(struct record *r, struct ghost_effect e)
{
	struct ghost *g = r->g;

	e.command = r->name;
	e.disturbed = r->disturbed;
	if (!ghost_mem_grow(&g->mem, &g->effect, &g->effect_room, g->nr_effects + 1,
			    sizeof(*g->effect)))
		ghost_differs(g, "memory is short");
	else
		g->effect[g->nr_effects++] = e;
}

/*
 * Granules: each lock that was taken inside the range begins a piece that is as old as the lock; what comes
 * before the first one was done without a place where others could go on, as old as what came before.
 */
static void add_granules(struct record *r, struct ghost_effect e)
{
	const struct ghost_call *call = r->call;
	uint64_t end = e.top;
	bool own = false; /* the piece begins with a lock of its own */

	e.kind = GHOST_PA;
	e.tick = call->begun;
	for (size_t i = 0; i < call->nr_touches; i++) {
		const struct ghost_touch *t = &call->touch[i];

		if (t->pa > e.base && t->pa < end) {
			e.top = t->pa;
			add(r, e);
			e.base = t->pa;
		}
		if (t->pa == e.base || !own)
			e.tick = t->tick;
		own |= t->pa == e.base;
	}
	e.top = end;
	add(r, e);
}

/* When did the call take the lock of this table? */
static bool took_table(const struct record *r, rmm_pa pa, uint64_t *tick)
{
	for (size_t i = r->call->nr_touches; i--;) {
		if (r->call->touch[i].pa != pa)
			continue;
		*tick = r->call->touch[i].tick;
		return true;
	}
	return false;
}

/* The table that has the leaf entry for ipa, made by calls that wait to be counted, too. */
static rmm_pa leaf_table(const struct record *r, rmm_pa rd, unsigned tree, rmm_ipa ipa,
			 rmm_ipa *end)
{
	const struct ghost_realm *realm = ghost_realm(r->g, rd);
	rmm_pa pa = 0;
	int level = -2;

	*end = UINT64_MAX;
	if (realm && ipa < 2 * ghost_half(realm))
		level = ghost_leaf(r->g, realm, tree < realm->trees ? tree : 0, ipa, &pa);
	for (size_t i = 0; i < r->g->nr_effects; i++) {
		const struct ghost_effect *e = &r->g->effect[i];

		if (e->kind != GHOST_TABLE || e->rd != rd || e->tree != tree || e->level <= level ||
		    ipa < e->base || ipa >= e->top)
			continue;
		level = e->level;
		pa = e->at;
	}
	if (level > -2)
		*end = (ipa | (ghost_level_size(r->g, level - 1) - 1)) + 1;
	return pa;
}

/* Entries: as old as the lock of their table. */
static void add_entries(struct record *r, struct ghost_effect e)
{
	uint64_t end = e.top, top;

	if (!r->call->nr_touches) { /* nobody could go on meanwhile */
		e.tick = r->call->begun;
		add(r, e);
		return;
	}
	while (e.base < end) {
		rmm_pa table = leaf_table(r, e.rd, e.tree, e.base, &top);
		uint64_t at = e.at;

		if (!took_table(r, table, &e.tick))
			e.tick = last_tick(r->call);
		e.top = top < end ? top : end;
		add(r, e);
		e.at = e.kind == GHOST_MAP ? at + (e.top - e.base) : at;
		e.base = e.top;
	}
}

/* A table's own coming and going is one thing, under the lock of its parent. */
static void add_table(struct record *r, struct ghost_effect e)
{
	rmm_ipa end;

	e.top = e.base + ghost_level_size(r->g, e.level - 1);
	if (!took_table(r, leaf_table(r, e.rd, e.tree, e.base, &end), &e.tick))
		e.tick = last_tick(r->call);
	add(r, e);
}

static void add_realm(struct record *r, struct ghost_effect e)
{
	if (!took_table(r, e.rd, &e.tick))
		e.tick = last_tick(r->call);
	add(r, e);
}

/* Address sets */

/* Entry i of a list, which ends with the granule that holds its first entry. */
static bool list_entry(const struct ghost *g, rmm_pa list, uint64_t count, uint64_t i,
		       struct rmi_range_desc *desc)
{
	const void *p;
	uint64_t word;

	if (i >= count || (list & (g->granule - 1)) + 8 * i >= g->granule)
		return false;
	p = rmm_host_ptr(g->rmm, list + 8 * i, 8);
	if (!p)
		return false;
	memcpy(&word, p, sizeof(word));
	return rmi_range_desc_decode(g->config.edition, g->shift, word, desc);
}

/* The i-th stretch of the output addresses that a map was given. */
static bool set_entry(const struct ghost *g, uint64_t flags, uint64_t oaddr, uint64_t i,
		      struct rmi_range_desc *desc)
{
	if ((flags & 3) == RMI_ADDR_LIST)
		return list_entry(g, oaddr, flags >> 2 & 0x3fff, i, desc);
	return !i && rmi_range_desc_decode(g->config.edition, g->shift, oaddr, desc);
}

struct mapping {
	rmm_ipa base;
	uint64_t flags, oaddr;
	unsigned hipas, state; /* state of granules, 0: not the RMM's */
};

static void map_run(struct record *r, const struct mapping *m, rmm_ipa base, rmm_pa pa,
		    uint64_t size)
{
	rmm_pa rd = r->in[1];
	uint8_t attr = 0;

	if (m->hipas == RMM_MAPPED_NS)
		attr = (uint8_t)(m->flags >> 16 & 0x7f); /* memattr 18:16, s2ap 22:19 */
	add_entries(r, (struct ghost_effect){ .kind = GHOST_MAP,
					      .rd = rd,
					      .base = base,
					      .top = base + size,
					      .at = pa,
					      .to = (uint8_t)m->hipas,
					      .attr = attr,
					      .ripas = GHOST_UNKNOWN });
	if (m->state)
		add_granules(r, (struct ghost_effect){
					.rd = rd,
					.base = pa,
					.top = pa + size,
					.from = STATE(RMM_DELEGATED) |
						(ghost_maps_again(r->g) ? STATE(m->state) : 0),
					.to = (uint8_t)m->state });
}

/* [base, X1) is mapped to the first addresses of the set, in order. */
static void record_map(struct record *r, const struct mapping *m, rmm_ipa top)
{
	struct rmi_range_desc d, run = { 0 };
	rmm_ipa at = m->base, out = r->out[1];

	if (out <= m->base || out > top) {
		ghost_differs(r->g,
			      "%s succeeds and has come to 0x%llx, which is not in (base, top]",
			      r->name, (unsigned long long)out);
		return;
	}
	for (uint64_t i = 0; at + run.size < out && set_entry(r->g, m->flags, m->oaddr, i, &d);
	     i++) {
		if (d.size > out - at - run.size)
			d.size = out - at - run.size;
		if (run.size && run.base + run.size != d.base) {
			map_run(r, m, at, run.base, run.size);
			at += run.size;
			run.size = 0;
		}
		if (!run.size)
			run.base = d.base;
		run.size += d.size;
	}
	if (run.size)
		map_run(r, m, at, run.base, run.size);
	if (at + run.size != out)
		ghost_differs(
			r->g, "%s has mapped up to 0x%llx, but was given addresses up to 0x%llx",
			r->name, (unsigned long long)out, (unsigned long long)(at + run.size));
}

/* [base, X1) of what kind */
static void record_range(struct record *r, struct ghost_effect e, rmm_ipa top)
{
	rmm_ipa out = r->out[1];

	if (out <= e.base || out > top) {
		ghost_differs(r->g,
			      "%s succeeds and has come to 0x%llx, which is not in (base, top]",
			      r->name, (unsigned long long)out);
		return;
	}
	e.top = out;
	if (e.kind == GHOST_PA)
		add_granules(r, e);
	else
		add_entries(r, e);
}

/* Families of commands */

static bool record_granules(struct record *r, uint64_t fid)
{
	bool skips = r->g->config.edition == RMI_BET3;
	unsigned from = RMM_UNDELEGATED, to = RMM_DELEGATED;

	if (fid != RMI_GRANULE_RANGE_DELEGATE && fid != RMI_GRANULE_RANGE_UNDELEGATE)
		return false;
	if (fid == RMI_GRANULE_RANGE_UNDELEGATE) {
		from = RMM_DELEGATED;
		to = RMM_UNDELEGATED;
	}
	record_range(r,
		     (struct ghost_effect){ .kind = GHOST_PA,
					    .base = r->in[1],
					    .from = STATE(from) | (skips ? STATE(to) : 0),
					    .to = (uint8_t)to },
		     r->in[2]);
	return true;
}

static void move_roots(struct record *r, const struct ghost_realm *realm, unsigned from,
		       unsigned to)
{
	for (unsigned i = 0; i < realm->trees; i++)
		add_granules(r, (struct ghost_effect){ .rd = realm->rd,
						       .base = realm->root[i],
						       .top = realm->root[i] +
							      realm->roots * r->g->granule,
						       .from = STATE(from),
						       .to = (uint8_t)to });
}

static void move_one(struct record *r, rmm_pa pa, rmm_pa rd, unsigned from, unsigned to)
{
	add_granules(r, (struct ghost_effect){ .rd = rd,
					       .base = pa,
					       .top = pa + r->g->granule,
					       .from = STATE(from),
					       .to = (uint8_t)to,
					       .recs = from == RMM_REC || to == RMM_REC });
}

static void realm_begins(struct record *r)
{
	rmm_pa rd = r->in[1];
	struct ghost_realm *realm = ghost_realm_make(r->g, rd, r->in[2]);

	if (!realm) {
		ghost_differs(r->g, "memory is short");
		return;
	}
	move_one(r, rd, rd, RMM_DELEGATED, RMM_RD);
	move_roots(r, realm, RMM_DELEGATED, RMM_RTT);
	add_realm(r, (struct ghost_effect){ .kind = GHOST_REALM, .rd = rd, .realm = realm });
}

static void realm_ends(struct record *r)
{
	rmm_pa rd = r->in[1];
	const struct ghost_realm *realm = ghost_realm(r->g, rd);

	add_realm(r, (struct ghost_effect){ .kind = GHOST_NO_REALM, .rd = rd });
	move_one(r, rd, rd, RMM_RD, RMM_DELEGATED);
	if (realm)
		move_roots(r, realm, RMM_RTT, RMM_DELEGATED);
}

/* TF-RMM reads the parameters when the operation ends, others when it begins. */
static void measure_rec(struct record *r, const struct ghost_op *op)
{
	struct ghost_effect e = { .kind = GHOST_RIM, .rd = r->in[1], .recs = true };
	bool runnable;

	if (op && !r->g->config.tf_rmm) {
		runnable = op->runnable;
		memcpy(e.content, op->content, sizeof(e.content));
	} else {
		runnable = ghost_rim_of_rec(r->g, e.rd, r->in[3], e.content);
	}
	if (runnable)
		add_realm(r, e);
}

static bool record_realm(struct record *r, uint64_t fid, const struct ghost_op *op)
{
	rmm_pa rd = r->in[1];
	const struct ghost_rec *rec;

	switch (fid) {
	case RMI_REALM_CREATE:
		realm_begins(r);
		return true;
	case RMI_REALM_DESTROY:
		realm_ends(r);
		return true;
	case RMI_REALM_ACTIVATE:
	case RMI_REALM_TERMINATE:
		add_realm(r,
			  (struct ghost_effect){ .kind = GHOST_STATE,
						 .rd = rd,
						 .to = fid == RMI_REALM_ACTIVATE ? GHOST_ACTIVE
										 : GHOST_ZOMBIE });
		return true;
	case RMI_REC_CREATE:
		move_one(r, r->in[2], rd, RMM_DELEGATED, RMM_REC);
		measure_rec(r, op);
		return true;
	case RMI_REC_DESTROY:
		rec = ghost_rec(r->g, r->in[1]);
		move_one(r, r->in[1], rec ? rec->rd : 0, RMM_REC, RMM_DELEGATED);
		return true;
	default:
		return false;
	}
}

static void table_goes(struct record *r, enum ghost_kind kind, rmm_ipa ipa, uint64_t level,
		       uint64_t tree)
{
	add_table(r, (struct ghost_effect){ .kind = kind,
					    .rd = r->in[1],
					    .base = ipa,
					    .level = (int)level,
					    .tree = (unsigned)tree,
					    .at = r->out[1] });
	move_one(r, r->out[1], r->in[1], RMM_RTT, RMM_DELEGATED);
}

static void table_comes(struct record *r, uint64_t tree)
{
	move_one(r, r->in[2], r->in[1], RMM_DELEGATED, RMM_RTT);
	add_table(r, (struct ghost_effect){ .kind = GHOST_TABLE,
					    .rd = r->in[1],
					    .base = r->in[3],
					    .level = (int)r->in[4],
					    .tree = (unsigned)tree,
					    .at = r->in[2] });
}

static bool record_tables(struct record *r, uint64_t fid)
{
	switch (fid) {
	case RMI_RTT_CREATE:
		table_comes(r, 0);
		return true;
	case RMI_RTT_AUX_CREATE:
		table_comes(r, r->in[5]);
		return true;
	case RMI_RTT_DESTROY:
		table_goes(r, GHOST_NO_TABLE, r->in[2], r->in[3], 0);
		return true;
	case RMI_RTT_AUX_DESTROY:
		table_goes(r, GHOST_NO_TABLE, r->in[2], r->in[3], r->in[4]);
		return true;
	case RMI_RTT_FOLD:
		table_goes(r, GHOST_FOLD, r->in[2], r->in[3], 0);
		return true;
	case RMI_RTT_AUX_FOLD:
		table_goes(r, GHOST_FOLD, r->in[2], r->in[3], r->in[4]);
		return true;
	default:
		return false;
	}
}

static void measure_page(struct record *r)
{
	struct ghost_effect e = {
		.kind = GHOST_RIM, .rd = r->in[1], .base = r->in[3], .at = r->in[5]
	};

	if (e.at & RMI_DATA_MEASURE_CONTENT && !ghost_rim_of_page(r->g, e.rd, r->in[2], e.content))
		e.to = GHOST_UNKNOWN;
	add_realm(r, e);
}

static void map_initial(struct record *r)
{
	rmm_pa rd = r->in[1], data = r->in[2];
	rmm_ipa ipa = r->in[3];

	add_entries(r, (struct ghost_effect){ .kind = GHOST_MAP,
					      .rd = rd,
					      .base = ipa,
					      .top = ipa + r->g->granule,
					      .at = data,
					      .to = RMM_HIPAS_DATA,
					      .ripas = RMI_RAM });
	move_one(r, data, rd, RMM_DELEGATED, RMM_DATA);
	measure_page(r);
}

static bool record_mappings(struct record *r, uint64_t fid)
{
	const uint64_t *in = r->in;
	struct mapping m = { in[2], in[4], in[5], RMM_HIPAS_DATA, RMM_DATA };
	struct ghost_effect e = { .kind = GHOST_UNMAP, .rd = in[1], .base = in[2] };

	switch (fid) {
	case RMI_RTT_DATA_MAP_INIT:
		map_initial(r);
		return true;
	case RMI_RTT_UNPROT_MAP:
		m.hipas = RMM_MAPPED_NS;
		m.state = 0;
		/* fall through */
	case RMI_RTT_DATA_MAP:
		record_map(r, &m, in[3]);
		return true;
	case RMI_RTT_DEV_MAP:
		m = (struct mapping){ in[3], in[5], in[6], RMM_NARCH_DEV, RMM_DEV };
		record_map(r, &m, in[4]);
		return true;
	case RMI_RTT_ARCH_DEV_MAP:
		e = (struct ghost_effect){ .kind = GHOST_MAP,
					   .rd = in[1],
					   .base = in[3],
					   .at = in[2],
					   .to = RMM_ARCH_DEV,
					   .ripas = GHOST_UNKNOWN };
		record_range(r, e, in[4]);
		return true;
	case RMI_RTT_DATA_UNMAP:
		e.from = RMM_HIPAS_DATA;
		break;
	case RMI_RTT_UNPROT_UNMAP:
		e.from = RMM_MAPPED_NS;
		break;
	case RMI_RTT_DEV_UNMAP:
		e.from = RMM_NARCH_DEV;
		break;
	case RMI_RTT_ARCH_DEV_UNMAP:
		e.from = RMM_ARCH_DEV;
		e.base = in[3];
		record_range(r, e, in[4]);
		return true;
	default:
		return false;
	}
	record_range(r, e, in[3]);
	return true;
}

/* The change that the REC's realm has asked for goes on behind X1. */
static void set_ripas(struct record *r)
{
	struct ghost_rec *rec = ghost_rec(r->g, r->in[2]);

	if (!rec || rec->rd != r->in[1] || rec->asked != r->in[3] || r->in[4] > rec->asked_top) {
		ghost_differs(
			r->g,
			"%s succeeds at IPA 0x%llx-0x%llx; the REC at 0x%llx has not asked for it",
			r->name, (unsigned long long)r->in[3], (unsigned long long)r->in[4],
			(unsigned long long)r->in[2]);
		return;
	}
	record_range(r,
		     (struct ghost_effect){ .kind = GHOST_RIPAS,
					    .rd = r->in[1],
					    .base = r->in[3],
					    .ripas = (uint8_t)rec->ripas },
		     r->in[4]);
	rec->asked = r->out[1];
}

static bool record_ripas(struct record *r, uint64_t fid)
{
	struct ghost_effect e = { .kind = GHOST_RIPAS, .rd = r->in[1] };

	switch (fid) {
	case RMI_RTT_SET_RIPAS:
		set_ripas(r);
		return true;
	case RMI_RTT_INIT_RIPAS:
		e.base = r->in[2];
		e.ripas = RMI_RAM;
		record_range(r, e, r->in[3]);
		return true;
	case RMI_RTT_DEV_VALIDATE:
		e.base = r->in[5];
		e.ripas = RMI_DEV;
		record_range(r, e, r->in[6]);
		return true;
	case RMI_RTT_SET_S2AP:
		e.kind = GHOST_PERM;
		e.base = r->in[3];
		record_range(r, e, r->in[4]);
		return true;
	default:
		return false;
	}
}

/* Donated memory stays INTERNAL, unless it is now a table of granule protection. */
static void record_gpt(struct record *r, const struct ghost_op *op)
{
	for (size_t i = 0; op && i < op->nr_donated; i++)
		add_granules(r, (struct ghost_effect){ .base = op->donated[i].base,
						       .top = op->donated[i].top,
						       .from = STATE(RMM_INTERNAL),
						       .to = RMM_GPT_L1 });
}

void ghost_record(struct ghost *g, struct ghost_call *call, const char *name,
		  const struct rmm_regs *in, const struct rmm_regs *out, struct ghost_op *op)
{
	uint64_t fid = in->x[0];
	struct record r = { g, call, in->x, out->x, name, { 0, 0, 0 } };

	if (op)
		r.disturbed = op->disturbed;
	if (fid == RMI_GPT_L1_CREATE)
		record_gpt(&r, op);
	else if (!record_granules(&r, fid) && !record_realm(&r, fid, op) &&
		 !record_tables(&r, fid) && !record_mappings(&r, fid))
		record_ripas(&r, fid);
}

struct ghost_range ghost_over(const struct ghost *g, const struct rmm_regs *in)
{
	const uint64_t *x = in->x;
	struct ghost_range over = { x[1], x[2], x[3] };

	switch (x[0]) {
	case RMI_GRANULE_RANGE_DELEGATE:
	case RMI_GRANULE_RANGE_UNDELEGATE:
		return (struct ghost_range){ 0, x[1], x[2] };
	case RMI_RTT_DATA_MAP_INIT:
		return (struct ghost_range){ x[1], x[3], x[3] + g->granule };
	case RMI_RTT_DEV_MAP:
	case RMI_RTT_ARCH_DEV_MAP:
	case RMI_RTT_ARCH_DEV_UNMAP:
	case RMI_RTT_SET_RIPAS:
	case RMI_RTT_SET_S2AP:
		return (struct ghost_range){ x[1], x[3], x[4] };
	case RMI_RTT_DEV_VALIDATE:
		return (struct ghost_range){ x[1], x[5], x[6] };
	case RMI_RTT_DATA_MAP:
	case RMI_RTT_DATA_UNMAP:
	case RMI_RTT_DEV_UNMAP:
	case RMI_RTT_UNPROT_MAP:
	case RMI_RTT_UNPROT_UNMAP:
	case RMI_RTT_INIT_RIPAS:
		return over;
	default: /* nothing that could be half done */
		return (struct ghost_range){ 0, 0, 0 };
	}
}

static void note_donated(struct ghost *g, struct ghost_op *op, rmm_pa base, rmm_pa top)
{
	if (ghost_mem_grow(&g->mem, &op->donated, &op->room, op->nr_donated + 1,
			   sizeof(*op->donated)))
		op->donated[op->nr_donated++] = (struct ghost_range){ 0, base, top };
	else
		ghost_differs(g, "memory is short");
}

void ghost_record_memory(struct ghost *g, struct ghost_call *call, struct ghost_op *op,
			 const struct rmm_regs *in, const struct rmm_regs *out)
{
	bool donate = in->x[0] == RMI_OP_MEM_DONATE;
	uint64_t left = donate ? out->x[1] * g->granule : UINT64_MAX;
	struct record r = {
		g, call, in->x, out->x, donate ? "OP_MEM_DONATE" : "OP_MEM_RECLAIM", { 0, 0, 0 }
	};
	uint64_t count = donate ? in->x[3] : out->x[1];
	struct ghost_effect e = { .from = STATE(RMM_DELEGATED) | STATE(RMM_UNDELEGATED),
				  .to = RMM_INTERNAL };
	struct rmi_range_desc d;

	if (!donate) {
		e.from = STATE(RMM_INTERNAL) | STATE(RMM_GPT_L1);
		e.to = GHOST_UNKNOWN; /* what it was */
	}
	for (uint64_t i = 0; left && list_entry(g, in->x[2], count, i, &d); i++) {
		if (d.size > left)
			d.size = left;
		left -= d.size;
		if (!d.size)
			continue;
		e.base = d.base;
		e.top = d.base + d.size;
		add_granules(&r, e);
		if (donate && op)
			note_donated(g, op, e.base, e.top);
	}
}
