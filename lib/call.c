/* SPDX-License-Identifier: BSD-2-Clause */
/* The life of a call: lock, check the rows, apply; and the predicates that commands share. */
#include <string.h>

#include "call.h"
#include "sro.h"
#include "yield.h"

static bool is_external(unsigned state)
{
	return state == RMM_UNDELEGATED || state == RMM_DELEGATED;
}

static bool is_held(const struct rmm_call *c, const struct granule *g)
{
	for (unsigned i = 0; i < c->nr_held; i++) {
		if (c->held[i] == g)
			return true;
	}
	return false;
}

/* An object in the making belongs to its operation: there it still counts as what it was. */
static bool has_state(const struct rmm_call *c, const struct granule *g, rmm_pa pa, unsigned state)
{
	if (g->state == GRANULE_PARTIAL)
		return c->sro && sro_owns(c->sro, pa, state);
	return g->state == state;
}

static unsigned order_of_state(unsigned state)
{
	switch (state) {
	case RMM_RD:
		return LOCK_RD;
	case RMM_REC:
		return LOCK_REC;
	case RMM_PDEV:
		return LOCK_PDEV;
	case RMM_VDEV:
		return LOCK_VDEV;
	case RMM_VSMMU:
		return LOCK_VSMMU;
	default:
		return LOCK_EXTERNAL;
	}
}

/* What becomes an object lives in conventional memory, tracked FINE. */
static bool region_allows(const struct rmm_call *c, rmm_pa pa, unsigned state, bool *blocked)
{
	*blocked = tracking_is_sealed(c->rmm, pa);
	if (*blocked)
		return false;
	return state == RMM_DELEGATED ? tracking_is_conventional(c->rmm, pa)
				      : tracking_is_tracked(c->rmm, pa);
}

struct granule *call_take(struct rmm_call *c, rmm_pa pa, unsigned state, bool *blocked)
{
	unsigned is = granule_state(c->rmm, pa);
	struct granule *g;

	if (!region_allows(c, pa, state, blocked))
		return NULL;
	/* In another state it would be let go at once; a uniform chunk need not be split for that. */
	if (is != state && is != GRANULE_PARTIAL)
		return NULL;
	g = granule_peek(c->rmm, pa);
	if (g && is_held(c, g))
		return NULL;
	g = granule_lock(&c->locks, pa, order_of_state(state), &c->starved);
	if (!g)
		return NULL;
	if (tracking_has_changed(&c->locks)) {
		c->starved |= tracking_granules_differ(&c->locks);
		if (c->starved || !region_allows(c, pa, state, blocked)) {
			granule_unlock(&c->locks, g);
			return NULL;
		}
	}
	if (has_state(c, g, pa, state) && c->nr_held < CALL_MAX_HELD) {
		c->held[c->nr_held++] = g;
		return g;
	}
	*blocked = g->state == GRANULE_PARTIAL && operations_block(c->rmm);
	granule_unlock(&c->locks, g);
	return NULL;
}

bool operations_block(const struct rmm *rmm)
{
	return !rmm->profile.tf_rmm;
}

void call_drop(struct rmm_call *c, struct granule *g)
{
	for (unsigned i = 0; i < c->nr_held; i++) {
		if (c->held[i] != g)
			continue;
		granule_unlock(&c->locks, g);
		c->held[i] = NULL;
		if (i + 1 == c->nr_held)
			c->nr_held--;
		return;
	}
}

static void take_arg(struct rmm_call *c, const struct granule_arg *a)
{
	struct granule *g = call_take(c, c->arg[a->arg], a->state, &c->blocked[a->arg]);

	c->granule[a->arg] = g;
	if (g && a->state == RMM_RD) {
		c->realm = g->object;
		c->realm_id = c->realm->id;
	} else if (g && a->state == RMM_REC) {
		c->rec = g->object;
	} else if (g && a->state == RMM_VDEV) {
		c->vdev = g->object;
	} else if (g && a->state == RMM_VSMMU) {
		c->vsmmu = g->object;
	}
}

/* External states come first in a row, at most two of them: take those by address. */
void call_lock(struct rmm_call *c)
{
	const struct granule_arg *a = c->command->granules;

	if (a[0].arg && a[1].arg && is_external(a[0].state) && is_external(a[1].state) &&
	    c->arg[a[0].arg] > c->arg[a[1].arg]) {
		take_arg(c, &a[1]);
		take_arg(c, &a[0]);
		a += 2;
	}
	for (; a->arg; a++)
		take_arg(c, a);
}

void call_take_regions(struct rmm_call *c)
{
	c->regions_held = !__atomic_exchange_n(&c->rmm->regions_lock, 1, __ATOMIC_ACQUIRE);
}

void call_unlock(struct rmm_call *c)
{
	if (c->regions_held)
		__atomic_store_n(&c->rmm->regions_lock, 0, __ATOMIC_RELEASE);
	c->regions_held = false;
	rtt_leave(&c->locks);
	while (c->nr_held) {
		if (c->held[--c->nr_held])
			granule_unlock(&c->locks, c->held[c->nr_held]);
	}
}

static const struct rmm_order *order_of(const struct rmm_call *c)
{
	return c->rmm->profile.tf_rmm ? c->command->tf : NULL;
}

const struct rmm_condition rmm_state_row = { "rmm_state", rmm_is_not_active, RMI_ERROR_GLOBAL };

/* Without memory to wait for an operation ends where it begins: nothing is too early then. */
static bool will_resume(const struct rmm_call *c)
{
	return c->rmm->profile.rec_granules != 0;
}

const struct rmm_condition *call_check(struct rmm_call *c)
{
	const struct rmm_order *order = order_of(c);
	const struct rmm_condition *rows = order ? order->conditions : c->command->conditions;
	unsigned nr = order ? order->nr_conditions : c->command->nr_conditions;

	if (c->rmm->profile.tf_rmm && !c->command->any_state &&
	    rmm_state_row.holds(c, &rmm_state_row))
		return &rmm_state_row;
	for (unsigned i = 0; i < nr; i++) {
		const struct rmm_condition *row = &rows[i];

		if (row->donated != c->donating || (row->when && !row->when(c->rmm)))
			continue;
		if ((row->input && c->sro) || (row->late && !c->sro && will_resume(c)))
			continue;
		if (row->holds(c, row))
			return row;
	}
	return NULL;
}

static uint64_t result_addr(const struct rmm_call *c, const struct rmm_condition *row, rmm_pa pa)
{
	if (c->rmm->cfg.edition < RMI_BET3)
		return RMI_RESULT(row->status, 0);
	return RMI_RESULT_ADDR(row->status, 0, pa, granule_shift(c->rmm));
}

uint64_t call_result(struct rmm_call *c, const struct rmm_condition *row)
{
	switch (row->level) {
	case LEVEL_WALK:
		return RMI_RESULT(row->status, call_walk(c)->level);
	case LEVEL_DESC:
		return RMI_RESULT(row->status, c->set.first_level);
	case LEVEL_AUX:
		return RMI_RESULT(row->status, c->aux_walked ? c->aux.level : c->aux_level);
	case LEVEL_ARG:
		return RMI_RESULT(row->status, c->arg[c->command->level_arg]);
	case LEVEL_ADDR:
		return result_addr(c, row, c->arg[row->arg]);
	case LEVEL_ADDR_1:
		return result_addr(c, row, c->arg[row->arg]) | UINT64_C(1) << 8;
	case LEVEL_OADDR:
		return result_addr(c, row, addr_set_pa(call_set(c)));
	case LEVEL_RTTE:
		return result_addr(c, row, call_walk(c)->e.pa);
	default:
		return RMI_RESULT(row->status, 0);
	}
}

void call_undefined_outputs(struct rmm_call *c)
{
	for (int i = 1; i <= CALL_NR_OUTPUTS; i++)
		c->out[i] = c->rmm->profile.poison ? RMM_POISON : 0;
}

void call_init(struct rmm_call *c, struct rmm *rmm, unsigned cpu, const struct rmm_command *cmd)
{
	memset(c, 0, offsetof(struct rmm_call, held));
	c->rmm = rmm;
	c->cpu = cpu;
	c->command = cmd;
	locks_init(&c->locks, rmm, cpu, cmd ? cmd->abi.name : NULL);
}

void call_run(struct rmm_call *c)
{
	const struct rmm_order *order = order_of(c);
	const struct rmm_condition *row;

	if (yield_refuses(c))
		return;
	call_lock(c);
	if (c->command->prepare)
		c->command->prepare(c);
	row = c->starved ? NULL : call_check(c);
	if (!row && !c->starved && yield_at_the_start(c)) {
		/* INCOMPLETE, with the conditions checked: they are checked again */
	} else if (c->starved) {
		/* Nothing is known of a granule that could not be locked. */
		c->x0 = RMI_BUSY;
		call_undefined_outputs(c);
	} else if (row) {
		c->failed = row;
		c->failed_command = c->command;
		c->x0 = call_result(c, row);
		call_undefined_outputs(c);
		if (order && order->failed)
			order->failed(c, row);
		else if (c->command->failed)
			c->command->failed(c, row);
	} else {
		c->x0 = RMI_SUCCESS;
		if (order && order->apply)
			order->apply(c);
		else
			c->command->apply(c);
		/* Another CPU was faster, or memory is short: nothing has changed, nothing is told. */
		if (c->x0 == RMI_BUSY)
			call_undefined_outputs(c);
	}
	call_unlock(c);
}

struct rtt_walk *call_walk(struct rmm_call *c)
{
	const struct rmm_command *cmd = c->command;

	int level = cmd->level_arg ? (int)c->arg[cmd->level_arg] - 1 : 3;

	return c->walked ? &c->walk : call_walk_to(c, c->arg[cmd->ipa_arg], level);
}

struct rtt_walk *call_walk_to(struct rmm_call *c, rmm_ipa ipa, int level)
{
	struct granule *rd = granule_peek(c->rmm, c->realm->pa);
	unsigned tree = c->command->tree_arg ? (unsigned)c->arg[c->command->tree_arg] : 0;

	c->walk = rtt_walk(&c->locks, realm_tree(c->realm, tree), ipa, level);
	c->walked = true;
	if (!c->command->keeps_rd)
		call_drop(c, rd);
	return &c->walk;
}

/* Lock the RD again; false when it is not the same realm any more. */
static bool relock_realm(struct rmm_call *c, rmm_pa pa)
{
	bool blocked;
	struct granule *rd = call_take(c, pa, RMM_RD, &blocked);

	if (!rd)
		return false;
	if (((struct realm *)rd->object)->id == c->realm_id)
		return true;
	call_drop(c, rd);
	return false;
}

bool call_next(struct rmm_call *c, rmm_ipa ipa, int level)
{
	rmm_pa pa = c->realm->pa;

	if (rtt_step(&c->locks, &c->walk, ipa, level))
		return true;
	rtt_leave(&c->locks);
	/* A locked REC or device keeps its realm, and the RD comes before it in the order. */
	if (!c->command->keeps_rd && !c->rec && !c->vdev && !c->vsmmu && !relock_realm(c, pa))
		return false;
	call_walk_to(c, ipa, level);
	return true;
}

bool auxiliary_trees_map(const struct rmm *rmm)
{
	return !rmm->profile.tf_rmm;
}

bool call_aux_maps(struct rmm_call *c, rmm_ipa base, rmm_ipa top)
{
	return rtt_aux_maps(&c->locks, c->realm, base, top, &c->aux_ipa, &c->aux_level);
}

struct rtt *call_child(struct rmm_call *c)
{
	return rtt_lock_child(&c->locks, call_walk(c));
}

uint64_t call_size(const struct rmm_call *c)
{
	return c->arg[c->command->top_arg] - c->arg[c->command->ipa_arg];
}

/* Predicates */

bool arg_is_misaligned(struct rmm_call *c, const struct rmm_condition *row)
{
	return !granule_aligned(c->rmm, c->arg[row->arg]);
}

/* What an operation will make of it is not known yet: the row that answers BLOCKED decides. */
static bool is_in_sealed_region(const struct rmm_call *c, const struct rmm_condition *row)
{
	return tracking_is_sealed(c->rmm, c->arg[row->arg]);
}

bool arg_is_untracked(struct rmm_call *c, const struct rmm_condition *row)
{
	return !tracking_is_tracked(c->rmm, c->arg[row->arg]) && !is_in_sealed_region(c, row);
}

bool arg_is_not_fine(struct rmm_call *c, const struct rmm_condition *row)
{
	return !tracking_is_fine(c->rmm, c->arg[row->arg]) && !is_in_sealed_region(c, row);
}

bool arg_is_not_conventional(struct rmm_call *c, const struct rmm_condition *row)
{
	return !tracking_is_conventional(c->rmm, c->arg[row->arg]) && !is_in_sealed_region(c, row);
}

bool arg_is_not_ns(struct rmm_call *c, const struct rmm_condition *row)
{
	return !phys_ns_ok(c->rmm, c->arg[row->arg], granule_size(c->rmm));
}

bool granule_is_blocked(struct rmm_call *c, const struct rmm_condition *row)
{
	return c->blocked[row->arg];
}

bool granule_is_not(struct rmm_call *c, const struct rmm_condition *row)
{
	return !c->granule[row->arg];
}

bool rmm_is_not_active(struct rmm_call *c, const struct rmm_condition *row)
{
	return rmm_state(c->rmm) != RMM_STATE_ACTIVE;
}

bool rmm_is_not_init(struct rmm_call *c, const struct rmm_condition *row)
{
	return rmm_state(c->rmm) != RMM_STATE_INIT;
}

bool realm_is_not(struct rmm_call *c, const struct rmm_condition *row)
{
	return realm_state(c->realm) != row->state;
}

bool realm_is_not_new_or_active(struct rmm_call *c, const struct rmm_condition *row)
{
	enum realm_state state = realm_state(c->realm);

	return state != REALM_NEW && state != REALM_ACTIVE;
}

bool rec_is_running(struct rmm_call *c, const struct rmm_condition *row)
{
	return granule_refs(c->granule[row->arg]) != 0;
}

bool rec_owner_differs(struct rmm_call *c, const struct rmm_condition *row)
{
	return c->rec->owner != c->realm->pa;
}

bool top_is_not_above_base(struct rmm_call *c, const struct rmm_condition *row)
{
	return c->arg[c->command->top_arg] <= c->arg[c->command->ipa_arg];
}

bool range_is_not_protected(struct rmm_call *c, const struct rmm_condition *row)
{
	return !realm_range_is_protected(c->realm, c->arg[c->command->ipa_arg],
					 c->arg[c->command->top_arg]);
}

bool base_is_protected(struct rmm_call *c, const struct rmm_condition *row)
{
	return realm_is_protected(c->realm, c->arg[c->command->ipa_arg]);
}

bool top_is_outside(struct rmm_call *c, const struct rmm_condition *row)
{
	return c->arg[c->command->top_arg] > realm_ipa_size(c->realm);
}

/* A table can be made at this level: below the start level, not below 3. */
bool level_is_out_of_range(struct rmm_call *c, const struct rmm_condition *row)
{
	int64_t level = (int64_t)c->arg[row->arg];

	return level <= c->realm->root->level || level > 3;
}

bool level_is_no_level(struct rmm_call *c, const struct rmm_condition *row)
{
	int64_t level = (int64_t)c->arg[row->arg];

	return level < c->realm->root->level || level > 3;
}

static bool misaligned_to(struct rmm_call *c, int level)
{
	return c->arg[c->command->ipa_arg] & (level_size(c->rmm, level) - 1);
}

bool ipa_is_level_misaligned(struct rmm_call *c, const struct rmm_condition *row)
{
	return misaligned_to(c, (int)c->arg[c->command->level_arg]);
}

bool ipa_is_parent_misaligned(struct rmm_call *c, const struct rmm_condition *row)
{
	return misaligned_to(c, (int)c->arg[c->command->level_arg] - 1);
}

bool ipa_is_outside(struct rmm_call *c, const struct rmm_condition *row)
{
	return c->arg[c->command->ipa_arg] >= realm_ipa_size(c->realm);
}

bool base_is_inside_its_entry(struct rmm_call *c, const struct rmm_condition *row)
{
	return c->arg[c->command->ipa_arg] != call_walk(c)->ipa;
}

bool entry_is_larger_than_the_range(struct rmm_call *c, const struct rmm_condition *row)
{
	return call_walk(c)->size > call_size(c);
}

bool walk_stops_short(struct rmm_call *c, const struct rmm_condition *row)
{
	return call_walk(c)->level < (int)c->arg[c->command->level_arg] - 1;
}

/*
 * Without LPA2 no entry holds an address of more than 48 bits (A5.6.12; from bet3 on S2OASZ). A
 * row about the realm's tables: it says nothing where there is no realm.
 */
bool pa_does_not_fit(struct rmm_call *c, const struct rmm_condition *row)
{
	return c->realm && c->arg[row->arg] >> c->realm->oa_bits;
}
