/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a comparison has found: a run that only one kernel has, beside the run of the other that agrees with it
 * longest, and the first thing in which they differ.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "replay.h"

/* Is the last run of the side nearer than what has been? */
static bool note_nearest(struct comparing *c, struct side *side)
{
	struct seen_parting parting;
	uint32_t *follow;
	size_t count;

	observe_same(&c->only, &side->o, &parting);
	if (c->nearest.follow && parting.together <= c->together)
		return true;
	follow = compare_decisions(&side->s.runner, &count);
	if (!follow)
		return false;
	free(c->nearest.follow);
	c->nearest.follow = follow;
	c->nearest.count = count;
	c->together = parting.together;
	return true;
}

static bool look_for_nearest(struct search *s)
{
	struct comparing *c = s->note_ctx;
	struct side *side = &c->side[s == &c->side[1].s];

	return note_nearest(c, side);
}

/* The run of the same decisions first, as far as they fit, then all others. */
static bool find_nearest(struct comparing *c, struct side *side, struct side *other,
			 const struct outcome *only, unsigned bound)
{
	if (!compare_go(c, side, only->follow, only->count) || !observe_copy(&c->only, &side->o) ||
	    !compare_go(c, other, only->follow, only->count) || !note_nearest(c, other))
		return false;
	other->done = 0;
	other->whole = false;
	return compare_bounds(c, other, bound, look_for_nearest);
}

/* One run of a side, from its beginning, with the entry at `wanted` (1 + seq; 0: none) told. */
static bool make_run(struct comparing *c, struct side *fresh, const struct outcome *run,
		     uint64_t wanted)
{
	fresh->o.wanted = wanted;
	fresh->o.line[0] = '\0';
	return compare_go(c, fresh, run->follow, run->count);
}

static uint64_t wanted_at(const struct observation *o, size_t at)
{
	return at == SIZE_MAX ? 0 : o->at[at].seq + 1;
}

static bool tell_side(struct comparing *c, struct side *fresh, const struct outcome *run,
		      uint64_t wanted, struct sim_compared_run *to)
{
	struct runner *r = &fresh->s.runner;
	const char *choices;

	if (!make_run(c, fresh, run, wanted))
		return false;
	snprintf(to->line, sizeof(to->line), "%s", wanted ? fresh->o.line : "nothing more");
	choices = sim_choices(r->world);
	if (strlen(choices) < sizeof(to->choices))
		strcpy(to->choices, choices);
	if (!sim_replay_string(r, c->name, to->replay, sizeof(to->replay)))
		to->replay[0] = '\0';
	return true;
}

/* Where they part, and what each of them shows there. `first` is the side that has its run alone. */
static bool tell_parting(struct comparing *c, struct comparing *fresh, unsigned first,
			 const struct outcome run[2])
{
	struct observation *only = &fresh->side[first].o, *near = &fresh->side[!first].o;
	struct sim_compared_run *to[2] = { &c->result->a, &c->result->b };
	struct seen_parting p;
	uint64_t wanted[2];

	if (observe_same(only, near, &p) || (p.a == SIZE_MAX && p.b == SIZE_MAX))
		return false;
	wanted[first] = wanted_at(only, p.a);
	wanted[!first] = wanted_at(near, p.b);
	snprintf(c->result->what, sizeof(c->result->what), "%s",
		 seen_kind_name(p.a == SIZE_MAX ? near->at[p.b].kind : only->at[p.a].kind));
	return tell_side(fresh, &fresh->side[0], &run[0], wanted[0], to[0]) &&
	       tell_side(fresh, &fresh->side[1], &run[1], wanted[1], to[1]);
}

/* On worlds of their own, that see the beginning of each run, too. */
static bool tell(struct comparing *c, unsigned first, const struct outcome run[2])
{
	struct comparing *fresh = calloc(1, sizeof(*fresh));
	bool told;

	if (!fresh)
		return false;
	*fresh = (struct comparing){
		.how = c->how, .name = c->name, .scenario = c->scenario, .result = c->result
	};
	told = compare_side(fresh, &fresh->side[0], false) &&
	       compare_side(fresh, &fresh->side[1], false) &&
	       make_run(fresh, &fresh->side[0], &run[0], 0) &&
	       make_run(fresh, &fresh->side[1], &run[1], 0) && tell_parting(c, fresh, first, run);
	for (unsigned i = 0; i < 2; i++) {
		c->told += fresh->side[i].s.runner.runs;
		compare_side_drop(&fresh->side[i]);
	}
	free(fresh);
	return told;
}

bool compare_tell(struct comparing *c, struct side *side, const struct outcome *only,
		  unsigned bound)
{
	unsigned first = side == &c->side[1];
	struct outcome run[2];
	bool found;

	found = find_nearest(c, side, &c->side[!first], only, bound) || c->nearest.follow;
	run[first] = *only;
	run[!first] = c->nearest;
	if (found)
		found = tell(c, first, run);
	if (!found && !c->result->error[0])
		snprintf(c->result->error, sizeof(c->result->error), "memory is short");
	free(c->nearest.follow);
	observe_drop(&c->only);
	return found;
}
