/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RMI_GRANULE_RANGE_DELEGATE/UNDELEGATE, RMI_GRANULE_TRACKING_GET (B4.5.17-.19; A2.3.6.2).
 *
 * Locks: one granule at a time.
 */
#include "../sro.h"
#include "../yield.h"

enum { ARG_BASE = 1, ARG_TOP = 2 };

struct transition {
	unsigned from, to;
};

static const struct transition delegate = { RMM_UNDELEGATED, RMM_DELEGATED };
static const struct transition undelegate = { RMM_DELEGATED, RMM_UNDELEGATED };

/* From bet3 on a granule in the destination state counts as done (IRZJLF). */
static bool skips_done(const struct rmm *rmm)
{
	return rmm->cfg.edition >= RMI_BET3;
}

static const struct transition *transition_of(const struct rmm_call *c)
{
	return c->command == &cmd_granule_range_delegate ? &delegate : &undelegate;
}

static bool base_is_not_populated(struct rmm_call *c, const struct rmm_condition *row)
{
	rmm_pa base = c->arg[ARG_BASE];

	return !phys_bank(c->rmm, base, granule_size(c->rmm)) ||
	       (tracking_is_tracked(c->rmm, base) && !tracking_is_delegable(c->rmm, base));
}

/* A COARSE region goes as a whole (A2.3.6.2). */
static bool base_is_inside_a_coarse_region(struct rmm_call *c, const struct rmm_condition *row)
{
	return c->arg[ARG_BASE] & (tracking_granularity(c->rmm, c->arg[ARG_BASE]) - 1);
}

static bool range_is_less_than_a_region(struct rmm_call *c, const struct rmm_condition *row)
{
	return tracking_granularity(c->rmm, c->arg[ARG_BASE]) > call_size(c);
}

static bool base_belongs_to_an_operation(struct rmm_call *c, const struct rmm_condition *row)
{
	return tracking_is_sealed(c->rmm, c->arg[ARG_BASE]) ||
	       granule_state(c->rmm, c->arg[ARG_BASE]) == GRANULE_PARTIAL;
}

static bool base_is_in_another_state(struct rmm_call *c, const struct rmm_condition *row)
{
	const struct transition *t = transition_of(c);
	unsigned state = granule_state(c->rmm, c->arg[ARG_BASE]);

	return state != t->from && !(skips_done(c->rmm) && state == t->to);
}

/* Before bet3 just a bad input (OP-1d). */
#define TRACKING_ROW(name, predicate)                                                      \
	{ name, predicate, RMI_ERROR_INPUT, .arg = ARG_BASE, .when = before_bet3 },        \
	{                                                                                  \
		name, predicate, RMI_ERROR_TRACKING, .arg = ARG_BASE, .level = LEVEL_ADDR, \
						     .when = from_bet3                     \
	}
#define TRACKING_GROUP                                                          \
	{ "tracking", arg_is_untracked, RMI_ERROR_TRACKING, .arg = ARG_BASE,    \
	  .level = LEVEL_ADDR },                                                \
		{ "blocked", base_belongs_to_an_operation, RMI_BLOCKED },       \
		TRACKING_ROW("tracking_align", base_is_inside_a_coarse_region), \
		TRACKING_ROW("tracking_size", range_is_less_than_a_region)

static const struct rmm_condition delegate_conditions[] = {
	{ "rmm_state", rmm_is_not_active, RMI_ERROR_GLOBAL },
	{ "base_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_BASE },
	{ "top_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_TOP },
	{ "top_bound", top_is_not_above_base, RMI_ERROR_INPUT },
	{ "populated", base_is_not_populated, RMI_ERROR_INPUT },
	TRACKING_GROUP,
	{ "state", base_is_in_another_state, RMI_ERROR_INPUT },
};

static const struct rmm_condition undelegate_conditions[] = {
	{ "base_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_BASE },
	{ "top_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_TOP },
	{ "top_bound", top_is_not_above_base, RMI_ERROR_INPUT },
	TRACKING_GROUP,
	{ "state", base_is_in_another_state, RMI_ERROR_INPUT },
};

static const struct rmm_condition tf_conditions[] = {
	{ "base_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_BASE },
	{ "top_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_TOP },
	{ "top_bound", top_is_not_above_base, RMI_ERROR_INPUT },
	{ "populated", base_is_not_populated, RMI_ERROR_INPUT },
	{ "state", base_is_in_another_state, RMI_ERROR_INPUT },
};

/* X1 is base on every input error. */
static void tf_failed(struct rmm_call *c, const struct rmm_condition *row)
{
	if (row->status == RMI_ERROR_INPUT)
		c->out[1] = c->arg[ARG_BASE];
}

static const struct rmm_order tf_order = { CONDITIONS(tf_conditions), .failed = tf_failed };

/* The whole of a COARSE region or nothing; else one step. Returns where it ends. */
static rmm_pa move(struct rmm_call *c, rmm_pa pa, rmm_pa stop, rmm_pa top)
{
	const struct transition *t = transition_of(c);
	uint64_t size = tracking_granularity(c->rmm, pa);
	bool skip = skips_done(c->rmm);

	if (pa & (size - 1) || size > top - pa || !tracking_is_delegable(c->rmm, pa) ||
	    tracking_is_sealed(c->rmm, pa))
		return pa;
	if (size == granule_size(c->rmm))
		return granule_move_step(&c->locks, pa, tracking_end(c->rmm, pa, stop), t->from,
					 t->to, skip, &c->holes, &c->starved);
	if ((skip && granule_range_is(c->rmm, pa, size, t->to)) ||
	    granule_move_block(&c->locks, pa, size, t->from, t->to, false, &c->holes))
		return pa + size;
	return pa;
}

static void apply(struct rmm_call *c)
{
	rmm_pa pa = c->arg[ARG_BASE], top = c->arg[ARG_TOP], next;
	struct budget budget;
	rmm_pa stop;

	if (c->rmm->profile.one_granule)
		top = pa + tracking_granularity(c->rmm, pa);
	stop = top;
	budget = yield_budget(c, (top - pa) / granule_size(c->rmm));
	if (budget.left < UINT64_MAX / granule_size(c->rmm) &&
	    budget.left * granule_size(c->rmm) < top - pa)
		stop = pa + budget.left * granule_size(c->rmm);
	while (pa < stop && !c->ends) {
		next = move(c, pa, stop, top);
		if (next == pa)
			break;
		pa = next;
	}
	if (pa == stop && stop < top && yield_rest(c, &budget, pa))
		return;
	/* Another CPU was faster with the very first one, or there is no memory: no change. */
	if (pa == c->arg[ARG_BASE] && !(c->sro && c->sro->progress))
		c->x0 = RMI_BUSY;
	c->out[1] = pa;
}

const struct rmm_command cmd_granule_range_delegate = {
	.abi = { ABI(GRANULE_RANGE_DELEGATE),
		 { { "base", RMI_KIND_PA }, { "top", RMI_KIND_PA } },
		 { { "out_top", RMI_KIND_PA } },
		 2,
		 1 },
	.ipa_arg = ARG_BASE,
	.top_arg = ARG_TOP,
	CONDITIONS(delegate_conditions),
	.apply = apply,
	.tf = &tf_order,
	.yields = true,
};

const struct rmm_command cmd_granule_range_undelegate = {
	.abi = { ABI(GRANULE_RANGE_UNDELEGATE),
		 { { "base", RMI_KIND_PA }, { "top", RMI_KIND_PA } },
		 { { "out_top", RMI_KIND_PA } },
		 2,
		 1 },
	.ipa_arg = ARG_BASE,
	.top_arg = ARG_TOP,
	CONDITIONS(undelegate_conditions),
	.apply = apply,
	.tf = &tf_order,
	.yields = true,
};

static bool arg_is_behind_memory(struct rmm_call *c, const struct rmm_condition *row)
{
	return c->arg[row->arg] > UINT64_C(1) << c->rmm->cfg.pa_bits;
}

static const struct rmm_condition tracking_get_conditions[] = {
	{ "base_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_BASE },
	{ "top_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_TOP },
	{ "base_bound", arg_is_behind_memory, RMI_ERROR_INPUT, .arg = ARG_BASE },
	{ "top_bound", arg_is_behind_memory, RMI_ERROR_INPUT, .arg = ARG_TOP },
	{ "size_valid", top_is_not_above_base, RMI_ERROR_INPUT },
};

static void tracking_get_apply(struct rmm_call *c)
{
	unsigned category, state;
	rmm_pa top;

	top = c->arg[ARG_TOP];
	tracking_get(c->rmm, c->arg[ARG_BASE], &category, &state, &top);
	c->out[1] = category;
	c->out[2] = state;
	c->out[3] = top;
}

static bool arg_is_behind_the_last_byte(struct rmm_call *c, const struct rmm_condition *row)
{
	return c->arg[row->arg] > (UINT64_C(1) << c->rmm->cfg.pa_bits) - 1;
}

static const struct rmm_condition tf_tracking_conditions[] = {
	{ "base_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_BASE },
	{ "top_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_TOP },
	{ "base_bound", arg_is_behind_the_last_byte, RMI_ERROR_INPUT, .arg = ARG_BASE },
	{ "top_bound", arg_is_behind_the_last_byte, RMI_ERROR_INPUT, .arg = ARG_TOP },
	{ "size_valid", top_is_not_above_base, RMI_ERROR_INPUT },
};

/* TF-RMM looks at base only, and in every state of the RMM. */
static void tf_tracking(struct rmm_call *c)
{
	bool known = phys_bank(c->rmm, c->arg[ARG_BASE], granule_size(c->rmm));

	c->out[1] = RMI_MEM_CONVENTIONAL;
	c->out[2] = known ? RMI_TRACKING_FINE : RMI_TRACKING_NONE;
	c->out[3] = c->arg[ARG_TOP];
}

static const struct rmm_order tf_tracking_get = { CONDITIONS(tf_tracking_conditions),
						  .apply = tf_tracking };

const struct rmm_command cmd_granule_tracking_get = {
	.abi = { ABI(GRANULE_TRACKING_GET),
		 { { "base", RMI_KIND_PA }, { "top", RMI_KIND_PA } },
		 { { "category", RMI_KIND_CATEGORY },
		   { "state", RMI_KIND_TRACKING_STATE },
		   { "out_top", RMI_KIND_PA } },
		 2,
		 3 },
	.ipa_arg = ARG_BASE,
	.top_arg = ARG_TOP,
	CONDITIONS(tracking_get_conditions),
	.apply = tracking_get_apply,
	.tf = &tf_tracking_get,
	.any_state = true,
};
