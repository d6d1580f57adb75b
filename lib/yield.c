/* SPDX-License-Identifier: BSD-2-Clause */
/* INCOMPLETE, BUSY and BLOCKED by choice. */
#include <string.h>

#include "sro.h"
#include "yield.h"

#define BUDGET_CHOICES 8 /* a range stops after 1 to 7 entries, or not */

static bool chooses(struct rmm_call *c, enum rmm_choice kind, const char *label)
{
	const struct rmm_config *cfg = &c->rmm->cfg;

	return cfg->choose && !c->rmm->profile.tf_rmm && rmm_choose(c->rmm, kind, label, 2);
}

/* Commands that look at nothing another CPU could hold have no reason to be refused. */
static bool may_be_busy(const struct rmm_call *c)
{
	return !c->command->any_state;
}

bool yield_refuses(struct rmm_call *c)
{
	if (may_be_busy(c) && chooses(c, RMM_CHOOSE_BUSY, "busy"))
		c->x0 = RMI_BUSY;
	else if (c->command->yields && chooses(c, RMM_CHOOSE_BLOCKED, "blocked"))
		c->x0 = RMI_BLOCKED;
	else
		return false;
	call_undefined_outputs(c);
	/* X1 of a donation and reclaim counts what was done. */
	if (c->command->failed)
		c->command->failed(c, NULL);
	return true;
}

/* The granule that the command makes an object of, 0: none. */
static unsigned object_arg(const struct rmm_command *cmd)
{
	return cmd->granules[0].state == RMM_DELEGATED ? cmd->granules[0].arg : 0;
}

static void goes_on(struct rmm_call *c, struct sro *s);

static void begin(struct rmm_call *c, struct sro *s, unsigned object)
{
	sro_begin(c, s, object ? c->arg[object] : SRO_NO_OBJECT, RMM_DELEGATED);
	s->resume = goes_on;
}

bool yield_at_the_start(struct rmm_call *c)
{
	struct sro *s;

	if (!c->command->yields || !chooses(c, RMM_CHOOSE_YIELD, "yield"))
		return false;
	s = sro_reserve(c->rmm, 0);
	if (!s)
		return false;
	/* A table made by the last condition; it is made again. */
	rtt_free(c->rmm, c->fresh);
	begin(c, s, object_arg(c->command));
	call_undefined_outputs(c);
	sro_seal(c, s, true);
	return true;
}

struct budget yield_budget(struct rmm_call *c, uint64_t entries)
{
	unsigned n = entries < BUDGET_CHOICES ? (unsigned)entries : BUDGET_CHOICES;
	struct budget b = { .left = UINT64_MAX };

	if (c->stops) {
		b.left = 1;
		return b;
	}
	if (!c->rmm->cfg.choose || c->rmm->profile.tf_rmm)
		return b;
	n = rmm_choose(c->rmm, RMM_CHOOSE_BUDGET, "budget", n);
	if (!n)
		return b;
	b.left = n;
	if (c->command->yields)
		b.incomplete = rmm_choose(c->rmm, RMM_CHOOSE_YIELD, "incomplete", 2);
	return b;
}

/* The granule where a delegation goes on, between two states. */
static bool own_granule(struct rmm_call *c, rmm_pa pa, unsigned *was)
{
	*was = granule_state(c->rmm, pa);
	if (*was != RMM_UNDELEGATED && *was != RMM_DELEGATED)
		return false;
	return granule_move_block(&c->locks, pa, granule_size(c->rmm), *was, GRANULE_PARTIAL, false,
				  &c->holes);
}

static bool own(struct rmm_call *c, uint64_t pos, unsigned *was)
{
	struct rtte e;

	if (!c->realm)
		return own_granule(c, pos, was);
	if (!c->walked || c->walk.ipa != pos || c->walk.e.owned || c->walk.e.hipas == RMM_TABLE)
		return false;
	e = c->walk.e;
	e.owned = true;
	rtt_update(&c->walk, e);
	return true;
}

bool yield_rest(struct rmm_call *c, const struct budget *b, uint64_t pos)
{
	struct sro *s = c->sro;
	unsigned was = 0;

	if (!b->incomplete)
		return false;
	if (!s)
		s = sro_reserve(c->rmm, 0);
	if (!s)
		return false;
	if (!own(c, pos, &was)) {
		if (!c->sro)
			sro_end(c->rmm, s);
		return false;
	}
	begin(c, s, 0);
	s->progress = true;
	s->pos = pos;
	s->was = was;
	s->set = c->set;
	s->addr_out = c->addr_out;
	call_undefined_outputs(c);
	sro_seal(c, s, !c->sro);
	c->yielded = true;
	return true;
}

/* Give back what marks the operation's place. */
static void disown(struct rmm_call *c, struct sro *s)
{
	struct rtt_walk w;

	if (!s->progress)
		return;
	if (!c->realm) {
		granule_move_block(&c->locks, s->pos, granule_size(c->rmm), GRANULE_PARTIAL, s->was,
				   true, &c->holes);
		return;
	}
	w = rtt_walk(&c->locks, c->realm->root, s->pos, 3);
	w.e.owned = false;
	rtt_update(&w, w.e);
}

/* An object that was not made after all. */
static void release_object(struct rmm_call *c, rmm_pa pa)
{
	struct granule *g = pa != SRO_NO_OBJECT ? granule_peek(c->rmm, pa) : NULL;

	if (!g)
		return;
	granule_lock_object(&c->locks, g, pa, LOCK_EXTERNAL);
	if (g->state == GRANULE_PARTIAL)
		granule_set_state(c->rmm, g, RMM_DELEGATED);
	granule_unlock(&c->locks, g);
}

static void carry_out(struct rmm_call *c, struct rmm_call *inner, const struct rmm_condition *row)
{
	inner->x0 = RMI_SUCCESS;
	if (row && !c->sro->progress) {
		c->failed = row;
		c->failed_command = inner->command;
		inner->x0 = call_result(inner, row);
		call_undefined_outputs(inner);
		if (inner->command->failed)
			inner->command->failed(inner, row);
		return;
	}
	inner->ends = row != NULL;
	inner->command->apply(inner);
}

/* OP_CONTINUE: the command once more, from where it stopped. */
static void goes_on(struct rmm_call *c, struct sro *s)
{
	const struct rmm_condition *row;
	struct rmm_call inner;

	call_init(&inner, c->rmm, c->cpu, s->command);
	memcpy(inner.arg, s->arg, sizeof(inner.arg));
	inner.sro = s;
	inner.stops = c->arg[2] & RMI_CONTINUE_STOP;
	if (s->progress) {
		inner.arg[s->command->ipa_arg] = s->pos;
		inner.set = s->set;
		inner.addr_out = s->addr_out;
	}
	call_lock(&inner);
	if (inner.starved) {
		call_unlock(&inner);
		sro_seal(c, s, false);
		return;
	}
	disown(&inner, s);
	if (inner.command->prepare)
		inner.command->prepare(&inner);
	row = call_check(&inner);
	carry_out(c, &inner, row);
	call_unlock(&inner);
	/* OP_CONTINUE is asked for again: the operation stays. */
	if (inner.x0 == RMI_BUSY) {
		sro_seal(c, s, false);
		return;
	}
	c->x0 = inner.x0;
	memcpy(c->out, inner.out, sizeof(c->out));
	if (inner.yielded)
		return;
	release_object(c, s->object);
	sro_end(c->rmm, s);
}

bool rtte_is_owned(struct rmm_call *c, const struct rmm_condition *row)
{
	return call_walk(c)->e.owned;
}
