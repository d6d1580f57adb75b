/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables and entries: geometry, walk, scan. */
#include "granule.h"
#include "model.h"
#include "realm.h"
#include "rtt.h"

/* Packed entry: address in 51:12, HIPAS 2:0, RIPAS 4:3, MemAttr 7:5, S2AP 11:8. */
#define E_ADDR  UINT64_C(0x000ffffffffff000)
#define E_OWNED UINT64_C(0x8000000000000000)

static uint64_t pack(struct rtte e)
{
	return (e.pa & E_ADDR) | e.hipas | (uint64_t)e.ripas << 3 | (uint64_t)e.memattr << 5 |
	       (uint64_t)e.s2ap << 8 | (e.owned ? E_OWNED : 0);
}

static struct rtte unpack(uint64_t v)
{
	return (struct rtte){ .hipas = v & 7,
			      .ripas = v >> 3 & 3,
			      .memattr = v >> 5 & 7,
			      .s2ap = v >> 8 & 15,
			      .pa = v & E_ADDR,
			      .owned = v & E_OWNED };
}

bool rtt_geometry_is_valid(const struct rmm *rmm, uint64_t ipa_bits, int64_t level, uint64_t num,
			   bool lpa2)
{
	unsigned s = index_bits(rmm), i;

	if (level < -1 || level > 3 || ((level < 0 || ipa_bits > 48) && !lpa2))
		return false;
	if (ipa_bits > 52 || ipa_bits <= level_shift(rmm, (int)level))
		return false;
	i = (unsigned)ipa_bits - level_shift(rmm, (int)level);
	/* The table of level -1 has 16 entries at most, and is alone. */
	if (level < 0)
		return i <= 4 && i <= s && num == 1;
	if (i > s + 4)
		return false;
	return num == (i <= s ? 1u : 1u << (i - s));
}

static unsigned live_words(unsigned nr)
{
	return (nr + 63) / 64;
}

size_t rtt_bytes(unsigned nr)
{
	return sizeof(struct rtt) + (nr + live_words(nr)) * sizeof(uint64_t);
}

struct rtt *rtt_new(struct rmm *rmm, rmm_pa pa, rmm_ipa base, int level, unsigned nr)
{
	struct rtt *t = rmm_alloc(rmm, rtt_bytes(nr));

	if (t) {
		t->pa = pa;
		t->base = base;
		t->level = level;
		t->nr = nr;
		t->live = &t->entry[nr];
	}
	return t;
}

void rtt_free(struct rmm *rmm, struct rtt *t)
{
	if (t)
		rmm_release(rmm, t, rtt_bytes(t->nr));
}

struct rtte rtt_get(const struct rtt *t, unsigned index)
{
	return unpack(t->entry[index]);
}

/* Makes its table live. */
static bool keeps_table(unsigned hipas)
{
	return hipas == RMM_TABLE || hipas == RMM_HIPAS_DATA || hipas == RMM_NARCH_DEV ||
	       hipas == RMM_ARCH_DEV;
}

bool rtte_is_live(struct rtte e)
{
	return keeps_table(e.hipas) || e.hipas == RMM_MAPPED_NS;
}

static void count(struct rtt *t, unsigned hipas, int by)
{
	if (keeps_table(hipas))
		t->nr_live = (unsigned)((int)t->nr_live + by);
	else if (hipas == RMM_MAPPED_NS)
		t->nr_mapped = (unsigned)((int)t->nr_mapped + by);
}

void rtt_set(struct rtt *t, unsigned index, struct rtte e)
{
	struct rtte was = unpack(t->entry[index]);

	count(t, was.hipas, -1);
	count(t, e.hipas, 1);
	t->nr_owned += (unsigned)e.owned - (unsigned)was.owned;
	if (rtte_is_live(e) || e.owned)
		t->live[index / 64] |= UINT64_C(1) << index % 64;
	else
		t->live[index / 64] &= ~(UINT64_C(1) << index % 64);
	t->entry[index] = pack(e);
}

struct rtt *rtt_child(const struct rmm *rmm, struct rtte e)
{
	return granule_peek(rmm, e.pa)->object;
}

/* The entry of w->table that holds ipa. */
static void find_entry(const struct rmm *rmm, struct rtt_walk *w, rmm_ipa ipa)
{
	w->level = w->table->level;
	w->size = level_size(rmm, w->level);
	w->index = (unsigned)((ipa - w->table->base) / w->size);
	w->ipa = w->table->base + w->index * w->size;
	w->e = rtt_get(w->table, w->index);
}

static bool goes_on(const struct rtt_walk *w, int level)
{
	return w->level < level && w->e.hipas == RMM_TABLE;
}

static void lock_table(struct locks *l, struct rtt *t)
{
	granule_lock_object(l, t->g, t->pa, LOCK_RTT(t->tree, t->level));
}

/* From the locked table of w on, hand over hand. */
static void descend(struct locks *l, struct rtt_walk *w, rmm_ipa ipa, int level)
{
	while (goes_on(w, level)) {
		struct rtt *child = rtt_child(l->rmm, w->e);

		lock_table(l, child);
		granule_unlock(l, w->table->g);
		w->table = child;
		find_entry(l->rmm, w, ipa);
	}
	l->leaf[w->table->tree] = w->table;
}

static void leave(struct locks *l, struct rtt **t)
{
	if (*t)
		granule_unlock(l, (*t)->g);
	*t = NULL;
}

struct rtt_walk rtt_walk(struct locks *l, struct rtt *root, rmm_ipa ipa, int level)
{
	struct rtt_walk w = { .table = root };

	leave(l, &l->leaf[root->tree]);
	lock_table(l, root);
	find_entry(l->rmm, &w, ipa);
	descend(l, &w, ipa, level);
	return w;
}

bool rtt_step(struct locks *l, struct rtt_walk *w, rmm_ipa ipa, int level)
{
	if (ipa - w->table->base >= w->table->nr * w->size)
		return false;
	find_entry(l->rmm, w, ipa);
	descend(l, w, ipa, level);
	return true;
}

void rtt_leave_tree(struct locks *l, unsigned tree)
{
	leave(l, &l->leaf[tree]);
}

void rtt_leave(struct locks *l)
{
	leave(l, &l->child);
	for (unsigned i = 0; i < NR_TREES; i++)
		leave(l, &l->leaf[i]);
}

struct rtt *rtt_lock_child(struct locks *l, const struct rtt_walk *w)
{
	if (!l->child) {
		l->child = rtt_child(l->rmm, w->e);
		lock_table(l, l->child);
	}
	return l->child;
}

struct rtt_walk rtt_look(const struct rmm *rmm, struct rtt *root, rmm_ipa ipa, int level)
{
	struct rtt_walk w = { .table = root };

	find_entry(rmm, &w, ipa);
	while (goes_on(&w, level)) {
		w.table = rtt_child(rmm, w.e);
		find_entry(rmm, &w, ipa);
	}
	return w;
}

static bool tree_maps(struct locks *l, struct rtt *root, rmm_ipa base, rmm_ipa top, rmm_ipa *where,
		      int *level)
{
	rmm_ipa pos = base;

	while (pos < top) {
		struct rtt_walk w = rtt_walk(l, root, pos, 3);

		if (rtte_is_live(w.e)) {
			*where = pos > w.ipa ? pos : w.ipa;
			*level = w.level;
			return true;
		}
		pos = rtt_next(l->rmm, &w, top);
	}
	return false;
}

bool rtt_aux_maps(struct locks *l, const struct realm *realm, rmm_ipa base, rmm_ipa top,
		  rmm_ipa *where, int *level)
{
	bool found = false;

	for (unsigned i = 1; i < NR_TREES && realm_tree(realm, i) && !found; i++) {
		found = tree_maps(l, realm_tree(realm, i), base, top, where, level);
		rtt_leave_tree(l, i);
	}
	return found;
}

void rtt_update(struct rtt_walk *w, struct rtte e)
{
	rtt_set(w->table, w->index, e);
	w->e = e;
}

/* Entries from the walk's to the end of what counts as its table. */
static unsigned last_index(const struct rmm *rmm, const struct rtt_walk *w)
{
	unsigned per_granule = 1u << index_bits(rmm);
	unsigned end = w->table->nr;

	if (rmm->profile.granule_tables && end > per_granule)
		end = (w->index / per_granule + 1) * per_granule;
	return end;
}

rmm_ipa rtt_table_end(const struct rmm *rmm, const struct rtt_walk *w)
{
	return w->table->base + last_index(rmm, w) * w->size;
}

static rmm_ipa skip_until(const struct rtt_walk *w, unsigned end)
{
	unsigned i = w->index;
	uint64_t bits;

	while (i < end) {
		bits = w->table->live[i / 64] >> i % 64;
		if (bits) {
			i += (unsigned)__builtin_ctzll(bits);
			break;
		}
		i = (i / 64 + 1) * 64;
	}
	return w->table->base + (i < end ? i : end) * w->size;
}

rmm_ipa rtt_skip_non_live(const struct rmm *rmm, const struct rtt_walk *w)
{
	return skip_until(w, last_index(rmm, w));
}

rmm_ipa rtt_next(const struct rmm *rmm, const struct rtt_walk *w, rmm_ipa top)
{
	rmm_ipa next = skip_until(w, w->table->nr);

	return next < top ? next : top;
}

unsigned rtt_count(const struct rmm *rmm, const struct rtt *t)
{
	unsigned n = 0;

	for (unsigned i = 0; t->nr_live && i < t->nr; i++) {
		struct rtte e = rtt_get(t, i);

		if (e.hipas == RMM_TABLE)
			n += 1 + rtt_count(rmm, rtt_child(rmm, e));
	}
	return n;
}

void rtt_free_tree(struct rmm *rmm, struct rtt *t)
{
	for (unsigned i = 0; t->nr_live && i < t->nr; i++) {
		struct rtte e = rtt_get(t, i);

		if (e.hipas == RMM_TABLE)
			rtt_free_tree(rmm, rtt_child(rmm, e));
	}
	rtt_free(rmm, t);
}
