/* SPDX-License-Identifier: BSD-2-Clause */
/* The state between calls: granules against tables, each granule in one place, nothing leaked. */
#include <inttypes.h>
#include <string.h>

#include "fuzz.h"

enum role { ROLE_NONE, ROLE_TABLE, ROLE_DATA };

struct view {
	struct fuzz *f;
	const char *after;
	struct rmm_shape shape;
	rmm_pa rd;
	unsigned tree, recs;
	uint8_t role[MAX_GRANULES];
};

static const char *state_name(unsigned state)
{
	return rmm_granule_state_name((enum rmm_granule_state)state);
}

/* Granule pa is used as `role`, by one entry only, and has the state for it. */
static void claim(struct view *v, rmm_pa pa, enum role role, unsigned state, rmm_ipa ipa)
{
	unsigned i;

	if (pa & (v->f->page - 1) || !fuzz_granule_index(v->f, pa, &i))
		fuzz_fail(v->f,
			  "after %s: the entry of 0x%" PRIx64 " names 0x%" PRIx64 ", no granule",
			  v->after, ipa, pa);
	if (v->f->state[i] != state)
		fuzz_fail(v->f,
			  "after %s: the entry of 0x%" PRIx64 " names 0x%" PRIx64
			  ", which is %s and not %s",
			  v->after, ipa, pa, state_name(v->f->state[i]), state_name(state));
	if (v->role[i] != ROLE_NONE)
		fuzz_fail(v->f, "after %s: 0x%" PRIx64 " is in two places, one is 0x%" PRIx64,
			  v->after, pa, ipa);
	v->role[i] = (uint8_t)role;
}

/* An auxiliary tree maps DATA where the primary one does, and nothing else. */
static void check_copy(const struct view *v, rmm_ipa ipa, rmm_pa pa)
{
	struct rmm_entry e;
	unsigned i;

	if (!rmm_walk(v->f->rmm, v->rd, ipa, &e) || e.hipas != RMM_HIPAS_DATA ||
	    e.pa + (ipa & (fuzz_level_size(v->f, e.level) - 1)) != pa)
		fuzz_fail(v->f,
			  "after %s: tree %u maps 0x%" PRIx64 " to 0x%" PRIx64
			  ", the primary tree does not",
			  v->after, v->tree, ipa, pa);
	if (!fuzz_granule_index(v->f, pa, &i) || v->f->state[i] != RMM_DATA)
		fuzz_fail(v->f, "after %s: tree %u maps 0x%" PRIx64 ", which is not DATA", v->after,
			  v->tree, pa);
}

static void visit(void *ctx, rmm_ipa ipa, const struct rmm_entry *e)
{
	struct view *v = ctx;
	uint64_t size = fuzz_level_size(v->f, e->level);
	bool protected = ipa < UINT64_C(1) << (v->shape.ipa_bits - 1);

	switch (e->hipas) {
	case RMM_TABLE:
		if (e->level >= 3)
			fuzz_fail(v->f, "after %s: a table below level 3 at 0x%" PRIx64, v->after,
				  ipa);
		claim(v, e->pa, ROLE_TABLE, RMM_RTT, ipa);
		break;
	case RMM_HIPAS_DATA:
		if (!protected || e->pa % size || e->level < 1)
			fuzz_fail(v->f,
				  "after %s: 0x%" PRIx64 " cannot be mapped to 0x%" PRIx64
				  " at level %d",
				  v->after, ipa, e->pa, e->level);
		for (uint64_t at = 0; at < size; at += v->f->page) {
			if (v->tree)
				check_copy(v, ipa + at, e->pa + at);
			else
				claim(v, e->pa + at, ROLE_DATA, RMM_DATA, ipa);
		}
		break;
	case RMM_VOID:
		if (!protected)
			fuzz_fail(v->f, "after %s: VOID in the unprotected half at 0x%" PRIx64,
				  v->after, ipa);
		break;
	case RMM_UNMAPPED_NS:
	case RMM_MAPPED_NS:
		if (protected)
			fuzz_fail(v->f, "after %s: %s in the protected half at 0x%" PRIx64,
				  v->after, rmm_hipas_name(e->hipas), ipa);
		break;
	default:
		break;
	}
}

static void check_realm(struct view *v, rmm_pa rd)
{
	if (!rmm_realm_shape(v->f->rmm, rd, &v->shape))
		fuzz_fail(v->f, "after %s: no realm behind the RD 0x%" PRIx64, v->after, rd);
	v->rd = rd;
	for (v->tree = 0; v->tree < v->shape.trees; v->tree++) {
		for (unsigned i = 0; i < v->shape.roots; i++)
			claim(v, v->shape.root[v->tree] + i * v->f->page, ROLE_TABLE, RMM_RTT, 0);
		rmm_entries(v->f->rmm, rd, v->tree, visit, v);
	}
	v->recs += v->shape.recs;
}

static bool is_zero(const struct fuzz *f, rmm_pa pa)
{
	const uint64_t *p = rmm_host_ptr(f->rmm, pa, f->page);
	uint64_t bits = 0;

	for (uint64_t i = 0; p && i < f->page / 8; i++)
		bits |= p[i];
	return p && !bits;
}

/* What changes hands is clean: a granule back at the host, a page that DATA_MAP gives to a realm. */
static void check_change(const struct view *v, rmm_pa pa, unsigned from, unsigned to)
{
	bool mapped = to == RMM_DATA && !strcmp(v->after, "RTT_DATA_MAP");

	if (from != to && to == RMM_UNDELEGATED && !is_zero(v->f, pa))
		fuzz_fail(v->f, "after %s: the host can read what was in 0x%" PRIx64, v->after, pa);
	if (from != to && mapped && !is_zero(v->f, pa))
		fuzz_fail(v->f, "after %s: the realm can read what was in 0x%" PRIx64, v->after,
			  pa);
}

/* Take over the states; returns how many granules are in each. */
static void read_states(struct view *v, unsigned count[RMM_INTERNAL + 1])
{
	struct fuzz *f = v->f;
	enum rmm_granule_state state;

	for (unsigned i = 0; i < f->nr_granules; i++) {
		rmm_pa pa = fuzz_granule(f, i);

		if (!rmm_granule_state(f->rmm, pa, &state) || state > RMM_INTERNAL)
			fuzz_fail(f, "after %s: 0x%" PRIx64 " has no state", v->after, pa);
		check_change(v, pa, f->state[i], state);
		f->state[i] = (uint8_t)state;
		count[state]++;
	}
}

static void check_counts(const struct view *v, const unsigned count[RMM_INTERNAL + 1])
{
	const struct fuzz *f = v->f;

	if (rmm_delegated(f->rmm) != f->nr_granules - count[RMM_UNDELEGATED])
		fuzz_fail(f, "after %s: %" PRIu64 " granules are counted as delegated, %u are",
			  v->after, rmm_delegated(f->rmm), f->nr_granules - count[RMM_UNDELEGATED]);
	if (v->recs != count[RMM_REC])
		fuzz_fail(f, "after %s: the realms count %u RECs, there are %u", v->after, v->recs,
			  count[RMM_REC]);
	if (!rmm_open_operations(f->rmm) && count[RMM_INTERNAL] > v->recs * f->profile.rec_granules)
		fuzz_fail(f, "after %s: %u granules belong to %u RECs of %u each", v->after,
			  count[RMM_INTERNAL], v->recs, f->profile.rec_granules);
}

void fuzz_check_state(struct fuzz *f, const char *after)
{
	static const uint8_t role_of[] = {
		[RMM_RTT] = ROLE_TABLE, [RMM_DATA] = ROLE_DATA, [RMM_INTERNAL] = ROLE_NONE
	};
	unsigned count[RMM_INTERNAL + 1] = { 0 };
	struct view v = { .f = f, .after = after };

	if (rmm_locks_held(f->rmm))
		fuzz_fail(f, "after %s: granule locks are held", after);
	if (rmm_lock_violations(f->rmm))
		fuzz_fail(f, "after %s: locks were taken against their order", after);
	read_states(&v, count);
	for (unsigned i = 0; i < f->nr_granules; i++) {
		if (f->state[i] == RMM_RD)
			check_realm(&v, fuzz_granule(f, i));
	}
	for (unsigned i = 0; i < f->nr_granules; i++) {
		if (v.role[i] != role_of[f->state[i]])
			fuzz_fail(f, "after %s: 0x%" PRIx64 " is %s and in no tree", after,
				  fuzz_granule(f, i), state_name(f->state[i]));
	}
	check_counts(&v, count);
	f->hash = rmm_state_hash(f->rmm);
	f->known = true;
}
