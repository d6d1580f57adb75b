/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two kernels under every schedule: first in step, then by the sets of what can be seen.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"

static bool has_failed(struct comparing *c, const char *why)
{
	if (!c->result->error[0])
		snprintf(c->result->error, sizeof(c->result->error), "%s", why);
	return false;
}

static uint64_t runs_of(const struct comparing *c)
{
	return c->side[0].s.runner.runs + c->side[1].s.runner.runs;
}

/* Is there room for another run? Behind the last one the comparison has stopped. */
static bool may_go_on(struct comparing *c)
{
	if (c->side[0].o.starved || c->side[1].o.starved)
		return has_failed(c, "memory is short");
	c->stopped = c->how->max_runs && runs_of(c) >= c->how->max_runs;
	return !c->stopped;
}

/* The decisions of the last run of r, without the usual ones at its end; NULL when memory is short. */
uint32_t *compare_decisions(const struct runner *r, size_t *count)
{
	const struct decisions *d = &r->world->choices;
	uint32_t *follow = calloc(d->count + 1, sizeof(*follow));

	*count = r->settled ? r->settled_decisions : d->count;
	for (size_t i = 0; follow && i < *count; i++)
		follow[i] = d->taken[i].chosen;
	return follow;
}

bool compare_go(struct comparing *c, struct side *side, const uint32_t *follow, size_t count)
{
	if (!runner_go(&side->s.runner, &(struct plan){ .follow = follow,
							.count = count,
							.settles = !c->how->failures,
							.lenient = true }))
		return has_failed(c, side->s.runner.why);
	return true;
}

/* In step */

/* Behind the last actor's end all decisions are the usual ones, whether they are asked for or known. */
static bool same_decisions(const struct runner *of_a, const struct runner *of_b)
{
	const struct decisions *a = &of_a->world->choices, *b = &of_b->world->choices;
	bool settled = of_a->settled && of_b->settled;
	size_t na = settled ? of_a->settled_decisions : a->count;
	size_t nb = settled ? of_b->settled_decisions : b->count;

	if (na != nb)
		return false;
	for (size_t i = 0; i < na; i++) {
		const struct decision *is = &a->taken[i], *other = &b->taken[i];

		if (is->n != other->n || is->chosen != other->chosen || is->kind != other->kind ||
		    is->preempts != other->preempts || is->actor != other->actor ||
		    is->who != other->who || strcmp(is->label, other->label))
			return false;
	}
	return true;
}

/* A new run of A: is it one of B? */
static bool in_step(struct search *s)
{
	struct comparing *c = s->note_ctx;
	struct side *a = &c->side[0], *b = &c->side[1];
	struct seen_parting parting;
	uint32_t *follow;
	size_t count;
	bool went;

	follow = compare_decisions(&a->s.runner, &count);
	if (!follow)
		return has_failed(c, "memory is short");
	went = compare_go(c, b, follow, count);
	free(follow);
	if (!went)
		return false;
	c->out_of_step = !same_decisions(&a->s.runner, &b->s.runner) ||
			 !observe_same(&a->o, &b->o, &parting);
	c->result->schedules += !c->out_of_step;
	return !c->out_of_step && may_go_on(c);
}

/* Sets */

static bool keep(struct comparing *c, struct side *side, struct state_hash hash)
{
	struct outcome *more;

	if (side->nr == side->room) {
		size_t room = 2 * side->room + 64;

		more = realloc(side->outcome, room * sizeof(*more));
		if (!more)
			return has_failed(c, "memory is short");
		side->outcome = more;
		side->room = room;
	}
	more = &side->outcome[side->nr];
	*more = (struct outcome){ .hash = hash, .bound = side->s.bound };
	more->follow = compare_decisions(&side->s.runner, &more->count);
	if (!more->follow)
		return has_failed(c, "memory is short");
	side->nr++;
	return true;
}

static struct outcome *find(const struct side *side, struct state_hash hash)
{
	for (size_t i = 0; i < side->nr; i++)
		if (side->outcome[i].hash.a == hash.a && side->outcome[i].hash.b == hash.b)
			return &side->outcome[i];
	return NULL;
}

static bool note_outcome(struct search *s)
{
	struct comparing *c = s->note_ctx;
	struct side *side = &c->side[s == &c->side[1].s];
	struct state_hash hash;

	hash = observe_hash(&side->o);
	if (!seen_has(&side->seen, hash)) {
		seen_add(&side->seen, hash);
		if (!keep(c, side, hash))
			return false;
	}
	return may_go_on(c);
}

/* Go through bounds up to `bound`, unless that is done; false: that was not possible, or the runs are used up. */
bool compare_bounds(struct comparing *c, struct side *side, unsigned bound,
		    bool (*note)(struct search *s))
{
	side->s.note = note;
	for (; side->done <= bound && !side->whole; side->done++) {
		side->s.bound = side->done;
		if (!search_bound(&side->s))
			return side->s.failed ? has_failed(c, side->r.violation + strlen("setup: "))
					      : false;
		side->whole = !side->s.cut;
	}
	return true;
}

/* The first outcome of one side within the bound that the other does not have in all it has shown; NULL: none. */
static const struct outcome *missing(const struct side *side, const struct side *other,
				     unsigned bound)
{
	for (size_t i = 0; i < side->nr; i++)
		if (side->outcome[i].bound <= bound && !find(other, side->outcome[i].hash))
			return &side->outcome[i];
	return NULL;
}

/* False: the comparison ends with this bound. */
static bool compare_sets(struct comparing *c, unsigned bound)
{
	for (unsigned i = 0; i < 2; i++)
		if (!compare_bounds(c, &c->side[i], bound, note_outcome))
			return false;
	for (unsigned i = 0; i < 2; i++) {
		const struct outcome *only;

		/* one more scheduling point in A costs B a preemption more, so one more is allowed */
		if (missing(&c->side[i], &c->side[!i], bound) &&
		    !compare_bounds(c, &c->side[!i], bound + 1, note_outcome))
			return false;
		only = missing(&c->side[i], &c->side[!i], bound);
		if (only) {
			c->result->differs = true;
			c->result->only_b = i;
			return compare_tell(c, &c->side[i], only, bound) && false;
		}
	}
	return true;
}

/* Bounds */

/* From here on what has been in step is gone through again, as a part of the sets. */
static void forget_steps(struct comparing *c)
{
	c->sets = true;
	c->result->schedules = 0;
	for (unsigned i = 0; i < 2; i++) {
		c->side[i].done = 0;
		c->side[i].whole = false;
	}
}

static bool compare_bound(struct comparing *c, unsigned bound)
{
	if (!c->sets && !compare_bounds(c, &c->side[0], bound, in_step)) {
		if (!c->out_of_step || c->result->error[0])
			return false;
		forget_steps(c);
	}
	return !c->sets || compare_sets(c, bound);
}

static void compare_all(struct comparing *c)
{
	struct sim_compared *result = c->result;
	unsigned top = c->how->preemptions;

	for (unsigned bound = 0; bound <= top; bound++) {
		result->preemptions = bound;
		if (!compare_bound(c, bound))
			return;
		if (c->side[0].whole && (!c->sets || c->side[1].whole))
			break;
	}
	result->preemptions = top;
	result->exhaustive = true;
}

bool compare_side(struct comparing *c, struct side *side, bool rewinds)
{
	const struct sim_compare *how = c->how;
	bool other = side == &c->side[1];
	struct sim_config config = how->config;

	config.choices = NULL;
	config.answer = NULL;
	if (other) {
		config.image = how->other;
		config.kernel = how->other_kernel;
		config.known_breaches = how->other_breaches;
	}
	side->e = (struct sim_explore){ .config = config, .failures = how->failures };
	side->s = (struct search){
		.explore = &side->e,
		.result = &side->r,
		.note_ctx = c,
		.name = c->name,
	};
	if (!runner_init(&side->s.runner, &config, c->scenario, rewinds))
		return has_failed(c, side->s.runner.why);
	observe(&side->o, &side->s.runner);
	if (!search_make_room(&side->s, 1))
		return has_failed(c, "memory is short");
	return true;
}

void compare_side_drop(struct side *side)
{
	runner_drop(&side->s.runner);
	free(side->s.follow);
	for (size_t i = 0; i < side->nr; i++)
		free(side->outcome[i].follow);
	free(side->outcome);
	seen_drop(&side->seen);
	observe_drop(&side->o);
	*side = (struct side){ 0 };
}

struct sim_compared sim_compare_named(const char *name, sim_scenario scenario,
				      const struct sim_compare *compare)
{
	struct sim_compared result = { 0 };
	struct comparing c = {
		.how = compare,
		.name = compare->scenario ? compare->scenario : name,
		.scenario = scenario,
		.result = &result,
	};

	if (compare_side(&c, &c.side[0], compare->rewinds) &&
	    compare_side(&c, &c.side[1], compare->rewinds))
		compare_all(&c);
	result.runs = runs_of(&c) + c.told;
	for (unsigned i = 0; i < 2; i++) {
		result.outcomes[i] = c.side[i].nr;
		compare_side_drop(&c.side[i]);
	}
	if (result.error[0])
		result.differs = result.exhaustive = false;
	return result;
}

const char *sim_compared_says(const struct sim_compared *r, char *buf, size_t size)
{
	char how[128];

	if (r->error[0])
		snprintf(buf, size, "not compared: %s", r->error);
	else if (r->differs)
		snprintf(buf, size, "a difference in bound %u, behind %" PRIu64 " runs: %s",
			 r->preemptions, r->runs, r->what);
	else {
		if (r->outcomes[0])
			snprintf(how, sizeof(how), "%" PRIu64 " outcome%s on both", r->outcomes[0],
				 r->outcomes[0] == 1 ? "" : "s");
		else
			snprintf(how, sizeof(how), "%" PRIu64 " schedule%s in step", r->schedules,
				 r->schedules == 1 ? "" : "s");
		snprintf(buf, size, "no difference in %" PRIu64 " runs, %s %u: %s", r->runs,
			 r->exhaustive ? "exhaustive up to bound" : "stopped in bound",
			 r->preemptions, how);
	}
	return buf;
}
