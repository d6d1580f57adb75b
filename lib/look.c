/* SPDX-License-Identifier: BSD-2-Clause */
/* Looking in from outside: no lock, no change. */
#include <string.h>

#include "device.h"
#include "gpt.h"
#include "granule.h"
#include "model.h"
#include "realm.h"
#include "rec.h"
#include "sro.h"
#include "tracking.h"

bool rmm_granule_state(const struct rmm *rmm, rmm_pa pa, enum rmm_granule_state *state)
{
	unsigned s;

	pa &= ~(granule_size(rmm) - 1);
	if (!phys_bank(rmm, pa, granule_size(rmm)))
		return false;
	s = granule_state(rmm, pa);
	*state = s == GRANULE_PARTIAL ? RMM_INTERNAL : (enum rmm_granule_state)s;
	return true;
}

const char *rmm_granule_state_name(enum rmm_granule_state state)
{
	static const char *const names[] = { "UNDELEGATED", "DELEGATED", "RD",       "REC",
					     "RTT",         "DATA",      "INTERNAL", "GPT_L1",
					     "DEV",         "PDEV",      "VDEV",     "VSMMU" };

	return (unsigned)state < sizeof(names) / sizeof(names[0]) ? names[state] : "?";
}

const char *rmm_hipas_name(unsigned hipas)
{
	static const char *const names[] = {
		"VOID",      "DATA",      "TABLE",    "UNMAPPED_NS",
		"MAPPED_NS", "NARCH_DEV", "ARCH_DEV", "AUX_DESTROYED"
	};

	return hipas < sizeof(names) / sizeof(names[0]) ? names[hipas] : "?";
}

uint64_t rmm_tracked_regions(const struct rmm *rmm)
{
	return tracking_count(rmm);
}

uint64_t rmm_delegated(const struct rmm *rmm)
{
	return __atomic_load_n(&rmm->nr_delegated, __ATOMIC_RELAXED);
}

uint64_t rmm_locks_held(const struct rmm *rmm)
{
	return granule_nr_locked(rmm);
}

uint64_t rmm_lock_violations(const struct rmm *rmm)
{
	return __atomic_load_n(&rmm->nr_violations, __ATOMIC_RELAXED);
}

unsigned rmm_open_operations(const struct rmm *rmm)
{
	return sro_open(rmm);
}

enum rmi_edition rmm_edition(const struct rmm *rmm)
{
	return rmm->cfg.edition;
}

uint64_t rmm_granule_size(const struct rmm *rmm)
{
	return granule_size(rmm);
}

static const struct realm *realm_at(const struct rmm *rmm, rmm_pa rd)
{
	const struct granule *g = granule_peek(rmm, rd);

	return g && g->state == RMM_RD ? g->object : NULL;
}

static struct rmm_entry entry_of(int level, struct rtte e)
{
	return (struct rmm_entry){ .level = level,
				   .hipas = e.hipas,
				   .ripas = e.ripas,
				   .pa = e.pa,
				   .memattr = e.memattr,
				   .s2ap = e.s2ap };
}

bool rmm_walk_tree(const struct rmm *rmm, rmm_pa rd, unsigned tree, rmm_ipa ipa,
		   struct rmm_entry *entry)
{
	const struct realm *realm = realm_at(rmm, rd);
	struct rtt_walk w;

	if (!realm || ipa >= realm_ipa_size(realm) || tree >= NR_TREES || !realm_tree(realm, tree))
		return false;
	w = rtt_look(rmm, realm_tree(realm, tree), ipa, 3);
	*entry = entry_of(w.level, w.e);
	return true;
}

bool rmm_walk(const struct rmm *rmm, rmm_pa rd, rmm_ipa ipa, struct rmm_entry *entry)
{
	return rmm_walk_tree(rmm, rd, 0, ipa, entry);
}

struct visitor {
	void (*visit)(void *ctx, rmm_ipa ipa, const struct rmm_entry *entry);
	void *ctx;
};

/* Trusts no count and no TABLE entry: who looks may be looking for what is wrong. */
static void visit_table(const struct rmm *rmm, const struct rtt *t, const struct visitor *v)
{
	for (unsigned i = 0; i < t->nr; i++) {
		struct rtte e = rtt_get(t, i);
		struct rmm_entry entry = entry_of(t->level, e);
		const struct granule *g;

		v->visit(v->ctx, t->base + i * level_size(rmm, t->level), &entry);
		g = e.hipas == RMM_TABLE ? granule_peek(rmm, e.pa) : NULL;
		if (g && g->state == RMM_RTT && t->level < 3)
			visit_table(rmm, g->object, v);
	}
}

static const struct rtt *tree_root(const struct realm *realm, unsigned tree)
{
	if (!tree)
		return realm->root;
	return tree <= MAX_AUX_PLANES ? realm->aux_root[tree - 1] : NULL;
}

bool rmm_entries(const struct rmm *rmm, rmm_pa rd, unsigned tree,
		 void (*visit)(void *ctx, rmm_ipa ipa, const struct rmm_entry *entry), void *ctx)
{
	const struct realm *realm = realm_at(rmm, rd);

	const struct rtt *root = realm ? tree_root(realm, tree) : NULL;

	if (root)
		visit_table(rmm, root, &(struct visitor){ visit, ctx });
	return root != NULL;
}

struct range_visitor {
	struct visitor v;
	rmm_ipa base, top;
};

/* By the entries themselves, not by the table's bits for them. */
static bool leads_nowhere(struct rtte e)
{
	return (e.hipas == RMM_VOID || e.hipas == RMM_UNMAPPED_NS ||
		e.hipas == RMM_AUX_DESTROYED) &&
	       !e.owned;
}

static void visit_range(const struct rmm *rmm, const struct rtt *t, const struct range_visitor *r)
{
	uint64_t size = level_size(rmm, t->level);
	uint64_t i = r->base > t->base ? (r->base - t->base) / size : 0;
	rmm_ipa ipa = t->base + i * size;

	for (; i < t->nr && ipa < r->top; i++, ipa += size) {
		struct rtte e = rtt_get(t, (unsigned)i);
		struct rmm_entry entry;
		const struct granule *g;

		if (leads_nowhere(e))
			continue;
		entry = entry_of(t->level, e);
		r->v.visit(r->v.ctx, ipa, &entry);
		g = e.hipas == RMM_TABLE ? granule_peek(rmm, e.pa) : NULL;
		if (g && g->state == RMM_RTT && t->level < 3)
			visit_range(rmm, g->object, r);
	}
}

bool rmm_mappings(const struct rmm *rmm, rmm_pa rd, unsigned tree, rmm_ipa base, rmm_ipa top,
		  void (*visit)(void *ctx, rmm_ipa ipa, const struct rmm_entry *entry), void *ctx)
{
	const struct realm *realm = realm_at(rmm, rd);
	const struct rtt *root = realm ? tree_root(realm, tree) : NULL;

	if (root && base < top)
		visit_range(rmm, root, &(struct range_visitor){ { visit, ctx }, base, top });
	return root != NULL;
}

bool rmm_ns_writable(const struct rmm *rmm, rmm_pa rd, const struct rmm_entry *entry)
{
	const struct realm *realm = realm_at(rmm, rd);

	if (!realm || entry->hipas != RMM_MAPPED_NS)
		return false;
	if (realm->params.flags1 & RMI_REALM_S2AP_INDIRECT)
		return entry->s2ap >= RMI_S2AP_BASE_WO && entry->s2ap <= RMI_S2AP_BASE_RW_PUX;
	return entry->s2ap & (rmm->profile.s2ap_bit0_is_read ? 2 : 1);
}

uint64_t rmm_level_size(const struct rmm *rmm, int level)
{
	return level_size(rmm, level);
}

struct stretch_visitor {
	void (*visit)(void *ctx, const struct rmm_stretch *stretch);
	void *ctx;
};

static void tell_stretch(void *ctx, const struct granule_run *run)
{
	const struct stretch_visitor *v = ctx;
	struct rmm_stretch stretch = {
		.pa = run->pa,
		.size = run->size,
		.state = run->state == GRANULE_PARTIAL ? RMM_INTERNAL
						       : (enum rmm_granule_state)run->state,
		.refs = run->g ? granule_refs(run->g) : 0,
	};
	const struct rtt *t = run->g ? run->g->object : NULL;

	if (run->state == RMM_RTT && t && t->pa == run->pa)
		stretch.refs = t->nr_live;
	v->visit(v->ctx, &stretch);
}

void rmm_granules(const struct rmm *rmm,
		  void (*visit)(void *ctx, const struct rmm_stretch *stretch), void *ctx)
{
	granule_each(rmm, tell_stretch, &(struct stretch_visitor){ visit, ctx });
}

bool rmm_realm_shape(const struct rmm *rmm, rmm_pa rd, struct rmm_shape *shape)
{
	const struct realm *realm = realm_at(rmm, rd);

	if (!realm)
		return false;
	*shape = (struct rmm_shape){ .ipa_bits = (unsigned)realm->params.s2sz,
				     .start_level = realm->root->level,
				     .roots = (unsigned)realm->params.rtt_num,
				     .recs = granule_refs(granule_peek(rmm, rd)) };
	for (const struct rtt *root; (root = tree_root(realm, shape->trees)); shape->trees++)
		shape->root[shape->trees] = root->pa;
	return true;
}

bool rmm_rim(const struct rmm *rmm, rmm_pa rd, uint8_t rim[64])
{
	const struct realm *realm = realm_at(rmm, rd);

	if (realm)
		memcpy(rim, realm->rim, sizeof(realm->rim));
	return realm != NULL;
}

unsigned rmm_tables(const struct rmm *rmm, rmm_pa rd)
{
	const struct realm *realm = realm_at(rmm, rd);

	return realm ? rtt_count(rmm, realm->root) : 0;
}

/* State hash: FNV-1a over 64-bit words, in order of address. */

struct hasher {
	uint64_t h;
};

static void add(struct hasher *hash, uint64_t word)
{
	hash->h = (hash->h ^ word) * UINT64_C(0x100000001b3);
	hash->h ^= hash->h >> 29;
}

static void add_bytes(struct hasher *hash, const uint8_t *p, size_t size)
{
	for (size_t i = 0; i < size; i++)
		add(hash, p[i]);
}

static void add_realm(struct hasher *hash, const struct realm *realm)
{
	const struct realm_params *p = &realm->params;

	add(hash, realm->state);
	add(hash, realm->rec_index);
	add(hash, realm->nr_running);
	add(hash, p->s2sz);
	add(hash, p->flags0);
	add(hash, p->flags1);
	add(hash, p->num_aux_planes);
	add(hash, p->ats_plane);
	add(hash, p->rtt_base);
	add(hash, (uint64_t)p->rtt_level);
	add(hash, p->hash_algo);
	add_bytes(hash, p->rpv, sizeof(p->rpv));
	add_bytes(hash, realm->rim, sizeof(realm->rim));
	add_bytes(hash, realm->rem[0], sizeof(realm->rem));
	add_bytes(hash, realm->perm[0], sizeof(realm->perm));
	add(hash, realm->perm_locked);
}

/* What the next entry, or the realm's next operation, depends on; stale fields do not count. */
static void add_rec_answer(struct hasher *hash, const struct rmm_rec *rec)
{
	const struct rmm_access *a = &rec->aborted;

	add(hash, rec->last);
	add(hash, rec->last == LAST_RIPAS_CHANGE && rec->ripas_keep_destroyed);
	add(hash, rec->pending == PENDING_HOST_CALL ? rec->host_call : 0);
	if (rec->emulatable || rec->unprot_abort || rec->resume == RESUME_MMIO ||
	    rec->resume == RESUME_SEA) {
		add(hash, a->ipa);
		add(hash, a->size);
		add(hash, a->write);
	}
	if (rec->last == LAST_SYSREG || rec->resume == RESUME_SYSREG) {
		add(hash, rec->sysreg.iss);
		add(hash, rec->sysreg.write);
		add(hash, rec->sysreg.rt);
	}
	if (rec->resume == RESUME_MMIO || rec->resume == RESUME_SYSREG)
		add(hash, rec->resume_value);
	if (rec->resume != RESUME_RESULT)
		return;
	add(hash, rec->resume_fid);
	for (unsigned i = 0; i < REC_NR_RESULTS; i++)
		add(hash, rec->resume_x[i]);
}

/* What plane 0 waits for, its open permission change, and a token that is being read. */
static void add_rec_rsi(struct hasher *hash, const struct rmm_rec *rec)
{
	add(hash, rec->plane);
	if (rec->plane) {
		add(hash, rec->gic_owner);
		add(hash, rec->plane_run);
		add(hash, rec->plane_flags);
		add(hash, rec->plane_pc);
		add(hash, (uint64_t)rec->plane_leave);
	}
	add(hash, rec->s2ap_addr);
	add(hash, rec->s2ap_top);
	if (rec->s2ap_top) {
		add(hash, rec->s2ap_index);
		add(hash, rec->s2ap_tree);
	}
	add(hash, rec->dev_mem_addr);
	add(hash, rec->dev_mem_top);
	if (rec->dev_mem_top) {
		add(hash, rec->dev_mem_pa);
		add(hash, rec->dev_mem_coherent);
	}
	add(hash, rec->attesting);
	if (rec->attesting) {
		add(hash, rec->attest_done);
		add_bytes(hash, rec->attest, sizeof(rec->attest));
	}
}

static void add_rec(struct hasher *hash, const struct rmm_rec *rec)
{
	add(hash, rec->owner);
	add(hash, rec->mpidr);
	add(hash, rec->pc);
	for (unsigned i = 0; i < RMI_NR_GPRS; i++)
		add(hash, rec->gprs[i]);
	add(hash, rec->runnable);
	add(hash, rec->pending);
	add(hash, rec->ripas_addr);
	add(hash, rec->ripas_top);
	add(hash, rec->ripas_value);
	add(hash, rec->emulatable);
	add(hash, rec->unprot_abort);
	add(hash, rec->resume);
	add_rec_answer(hash, rec);
	add_rec_rsi(hash, rec);
	for (unsigned i = 0; i < rec->nr_aux; i++)
		add(hash, rec->aux[i]);
}

static void add_vdev(struct hasher *hash, const struct rmm_vdev *vdev)
{
	add(hash, vdev->rd);
	add(hash, vdev->pdev);
	add(hash, vdev->id);
	for (unsigned i = 0; i < vdev->nr_ranges; i++) {
		add(hash, vdev->ranges[i].base);
		add(hash, vdev->ranges[i].top);
	}
}

static void add_vsmmu(struct hasher *hash, const struct vsmmu *vsmmu)
{
	add(hash, vsmmu->rd);
	add(hash, vsmmu->active);
}

static void add_run(void *ctx, const struct granule_run *run)
{
	const struct granule *g = run->g;
	struct hasher *hash = ctx;
	const struct rtt *t = g ? g->object : NULL;

	add(hash, run->pa);
	add(hash, run->size);
	add(hash, run->state);
	add(hash, g ? g->refs : 0);
	switch (g ? g->state : RMM_UNDELEGATED) {
	case RMM_RD:
		add_realm(hash, g->object);
		break;
	case RMM_REC:
		add_rec(hash, g->object);
		break;
	case RMM_RTT:
		for (unsigned i = 0; t->pa == run->pa && i < t->nr; i++)
			add(hash, t->entry[i]);
		break;
	case RMM_VDEV:
		add_vdev(hash, &((const struct vdev *)g->object)->is);
		break;
	case RMM_VSMMU:
		add_vsmmu(hash, g->object);
		break;
	default:
		break;
	}
}

static void add_regions(struct hasher *hash, const struct rmm *rmm)
{
	rmm_pa pa = 0, end = UINT64_C(1) << rmm->cfg.pa_bits;
	unsigned category, state;

	for (rmm_pa top = end; pa < end && rmm->regions_set; pa = top, top = end) {
		tracking_get(rmm, pa, &category, &state, &top);
		add(hash, top);
		add(hash, category << 8 | state);
	}
}

uint64_t rmm_state_hash(const struct rmm *rmm)
{
	struct hasher hash = { UINT64_C(0xcbf29ce484222325) };

	add(&hash, rmm->state);
	add(&hash, rmm->granule_shift);
	add(&hash, __atomic_load_n(&rmm->tracking_code, __ATOMIC_RELAXED));
	add(&hash, rmm->pat_valid);
	add_regions(&hash, rmm);
	for (const struct gpt_table *t = rmm->gpt; t; t = t->next) {
		if (t->state == GPT_BLOCK)
			continue;
		add(&hash, t->region | t->state);
		for (unsigned i = 0; i < t->nr_pages; i++)
			add(&hash, t->pages[i]);
	}
	granule_each(rmm, add_run, &hash);
	for (int i = 0; i < RMM_NR_OPS; i++) {
		const struct sro *s = &rmm->ops[i];

		add(&hash, s->state);
		add(&hash, s->state == SRO_FREE ? 0 : s->object);
		add(&hash, s->state == SRO_FREE ? 0 : s->need);
		add(&hash, s->state == SRO_FREE ? 0 : s->mem);
		if (s->state == SRO_FREE)
			continue;
		add(&hash, s->command->abi.fid);
		add(&hash, s->can_cancel);
		add(&hash, s->progress ? s->pos : 0);
		add(&hash, s->final);
		for (unsigned j = 0; j < s->nr_pages; j++)
			add(&hash, s->pages[j]);
	}
	return hash.h;
}
