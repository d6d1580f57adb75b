/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Shrinking: of a violating run the simplest that a bounded number of tries finds.
 *
 * A run is a list of deviations: the decisions that are not 0. A try leaves some out, takes a smaller option for one,
 * or has one earlier, and counts when the same check is violated and the run is simpler; when it is only shorter, the
 * sentence has to be the same, too. What is left out moves
 * everything behind it to other numbers, so a deviation is found again as the n-th decision of its actor with its
 * label, and not by its number.
 *
 * That ends where each single step makes the violation go away. Two preemptions may still be one at another place,
 * so schedules with fewer of them are gone through, with the failures as they are.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay.h"

#define MAX_RUNS      2000
#define MAX_DECISIONS ((size_t)1 << 21) /* of all tries together */
#define MAX_MOVES     64

struct deviation {
	size_t index;
	uint64_t key; /* actor, kind and label */
	size_t nth;   /* decision with that key */
	uint32_t option;
	bool moves; /* a scheduling decision: may come earlier */
};

/* Compared member by member. */
struct cost {
	uint64_t preemptions, failures, options, length;
};

struct shrink {
	struct runner *runner;
	char violation[512];
	struct deviation *list; /* of the simplest run so far */
	size_t nr;
	uint32_t *follow; /* all of its decisions */
	bool *schedules;  /* which of them are of the schedule */
	size_t count;
	struct cost cost;
	unsigned runs;
	size_t decisions;
	bool failed; /* memory is short */
};

static uint64_t key_of(const struct decision *d)
{
	return sim_mark_hash(d->actor, &(struct decision){ .kind = d->kind, .label = d->label });
}

static struct cost cost_of(const struct decisions *d)
{
	struct cost cost = { 0 };

	for (size_t i = 0; i < d->count; i++) {
		const struct decision *at = &d->taken[i];

		if (!at->chosen)
			continue;
		cost.preemptions += at->preempts;
		cost.failures += at->kind == SIM_CHOOSE_FAIL || at->kind == SIM_CHOOSE_RMM;
		cost.options += at->chosen;
		cost.length = i + 1;
	}
	return cost;
}

static bool is_less(const struct cost *a, const struct cost *b)
{
	if (a->preemptions != b->preemptions)
		return a->preemptions < b->preemptions;
	if (a->failures != b->failures)
		return a->failures < b->failures;
	if (a->options != b->options)
		return a->options < b->options;
	return a->length < b->length;
}

/* No reason to take another violation of the same check for this one. */
static bool is_only_shorter(const struct cost *a, const struct cost *b)
{
	return a->preemptions == b->preemptions && a->failures == b->failures &&
	       a->options == b->options;
}

/* The last run becomes the one to beat. */
static void adopt(struct shrink *s)
{
	const struct decisions *d = &s->runner->world->choices;
	struct deviation *list;
	uint32_t *follow;
	bool *schedules;
	uint64_t *keys;
	size_t nr = 0;

	for (size_t i = 0; i < d->count; i++)
		nr += d->taken[i].chosen != 0;
	list = calloc(nr + 1, sizeof(*list));
	follow = calloc(d->count + 1, sizeof(*follow));
	schedules = calloc(d->count + 1, sizeof(*schedules));
	keys = calloc(d->count + 1, sizeof(*keys));
	if (!list || !follow || !schedules || !keys) {
		free(list);
		free(follow);
		free(schedules);
		free(keys);
		s->failed = true;
		return;
	}
	nr = 0;
	for (size_t i = 0; i < d->count; i++) {
		const struct decision *at = &d->taken[i];

		follow[i] = at->chosen;
		schedules[i] = at->kind == SIM_CHOOSE_SCHED;
		keys[i] = key_of(at);
		if (!at->chosen)
			continue;
		list[nr] = (struct deviation){ i, keys[i], 0, at->chosen,
					       at->kind == SIM_CHOOSE_SCHED };
		for (size_t j = 0; j < i; j++)
			list[nr].nth += keys[j] == keys[i];
		nr++;
	}
	free(keys);
	free(s->list);
	free(s->follow);
	free(s->schedules);
	s->list = list;
	s->schedules = schedules;
	s->nr = nr;
	s->follow = follow;
	s->count = d->count;
	s->cost = cost_of(d);
}

/* Tries */

static bool may_try(const struct shrink *s)
{
	return !s->failed && s->runs < MAX_RUNS && s->decisions < MAX_DECISIONS;
}

static bool try(struct shrink *s, const struct plan *plan)
{
	struct sim_world *world;
	struct cost cost;

	s->runs++;
	world = runner_go(s->runner, plan);
	if (!world) {
		s->failed = true;
		return false;
	}
	s->decisions += world->choices.count;
	if (!s->runner->violation || !runner_same_check(s->runner->violation, s->violation))
		return false;
	cost = cost_of(&world->choices);
	/* never a failure that the run has not had: nobody may have asked for any */
	if (!is_less(&cost, &s->cost) || cost.failures > s->cost.failures)
		return false;
	if (is_only_shorter(&cost, &s->cost) && strcmp(s->runner->violation, s->violation))
		return false;
	snprintf(s->violation, sizeof(s->violation), "%s", s->runner->violation);
	adopt(s);
	return !s->failed;
}

/* A run of given deviations, each where its key is met for the nth time. */
struct attempt {
	const struct deviation *list;
	size_t nr;
	size_t *met;    /* decisions with the key of each, so far */
	size_t scanned; /* of those that the run has taken */
};

static uint32_t pick(void *ctx, struct sim_world *world, const struct decision *asked)
{
	struct attempt *a = ctx;
	const struct decisions *d = &world->choices;
	uint64_t key;
	size_t i;

	/* a beginning that was asked about, and is then made again */
	if (d->count < a->scanned) {
		memset(a->met, 0, a->nr * sizeof(*a->met));
		a->scanned = 0;
	}
	for (; a->scanned < d->count; a->scanned++) {
		key = key_of(&d->taken[a->scanned]);
		for (i = 0; i < a->nr; i++)
			a->met[i] += a->list[i].key == key;
	}
	key = key_of(asked);
	for (i = 0; i < a->nr; i++)
		if (a->list[i].key == key && a->list[i].nth == a->met[i])
			return a->list[i].option;
	return 0;
}

static bool try_list(struct shrink *s, const struct deviation *list, size_t nr)
{
	struct attempt a = { list, nr, calloc(nr + 1, sizeof(size_t)), 0 };
	bool better = false;

	if (!a.met)
		s->failed = true;
	else
		better = try(s, &(struct plan){ .pick = pick, .ctx = &a, .lenient = true });
	free(a.met);
	return better;
}

/* Without `n` of the deviations of the schedule, or of the others, from the at-th one on. */
static bool try_without(struct shrink *s, bool schedule, size_t at, size_t n)
{
	struct deviation *list = calloc(s->nr + 1, sizeof(*list));
	size_t nr = 0, rank = 0;
	bool better;

	if (!list) {
		s->failed = true;
		return false;
	}
	for (size_t i = 0; i < s->nr; i++) {
		bool out = s->list[i].moves == schedule && rank >= at && rank - at < n;

		rank += s->list[i].moves == schedule;
		if (!out)
			list[nr++] = s->list[i];
	}
	better = try_list(s, list, nr);
	free(list);
	return better;
}

static size_t number_of(const struct shrink *s, bool schedule)
{
	size_t nr = 0;

	for (size_t i = 0; i < s->nr; i++)
		nr += s->list[i].moves == schedule;
	return nr;
}

/* Leave out all of them, halves, quarters, .. , single ones. */
static bool leave_out(struct shrink *s, bool schedule)
{
	bool better = false;
	size_t n, at;

	for (n = number_of(s, schedule); n; n /= 2)
		for (at = 0; at < number_of(s, schedule) && may_try(s);) {
			if (try_without(s, schedule, at, n))
				better = true;
			else
				at += n;
		}
	return better;
}

static bool lower_options(struct shrink *s)
{
	bool better = false;

	for (size_t i = 0; i < s->nr; i++)
		for (uint32_t option = 1; i < s->nr && option < s->list[i].option && may_try(s);
		     option++) {
			uint32_t was = s->list[i].option;
			struct deviation *list = s->list;

			list[i].option = option;
			if (try_list(s, list, s->nr))
				better = true; /* and another list */
			else if (s->list == list)
				list[i].option = was;
		}
	return better;
}

/* One deviation at an earlier place, all others by number. */
static bool try_at(struct shrink *s, size_t i, size_t index)
{
	uint32_t *follow = calloc(s->count + 1, sizeof(*follow));
	bool better;

	if (!follow) {
		s->failed = true;
		return false;
	}
	memcpy(follow, s->follow, s->count * sizeof(*follow));
	follow[index] = follow[s->list[i].index];
	follow[s->list[i].index] = 0;
	better = try(s, &(struct plan){ .follow = follow, .count = s->count, .lenient = true });
	free(follow);
	return better;
}

static bool move_earlier(struct shrink *s)
{
	bool better = false;

	for (size_t i = 0; i < s->nr; i++) {
		size_t from = i ? s->list[i - 1].index + 1 : 0, to = s->list[i].index;

		if (!s->list[i].moves)
			continue;
		if (to - from > MAX_MOVES)
			from = to - MAX_MOVES;
		for (; from < to && may_try(s); from++)
			if (s->schedules[from] && try_at(s, i, from)) {
				better = true;
				break;
			}
	}
	return better;
}

/* The schedule behind the last one, depth first, with at most `bound` preemptions; false: there is none. */
static bool next_schedule(const struct decisions *d, unsigned bound, uint32_t *follow,
			  size_t *count)
{
	size_t last = SIZE_MAX;
	unsigned preemptions = 0;

	for (size_t i = 0; i < d->count; i++) {
		const struct decision *at = &d->taken[i];

		if (at->kind == SIM_CHOOSE_SCHED && at->chosen + 1 < at->n &&
		    preemptions + at->preempts <= bound)
			last = i;
		preemptions += at->preempts && at->chosen;
	}
	if (last == SIZE_MAX)
		return false;
	for (size_t i = 0; i <= last; i++)
		follow[i] = d->taken[i].chosen;
	follow[last]++;
	*count = last + 1;
	return true;
}

/* All schedules with at most `bound` preemptions, and with the failures of the simplest run so far. */
static bool go_through(struct shrink *s, unsigned bound)
{
	struct deviation *list = calloc(s->nr + 1, sizeof(*list));
	struct attempt a = { .list = list, .met = calloc(s->nr + 1, sizeof(size_t)) };
	struct plan plan = { .pick = pick, .ctx = &a, .lenient = true };
	uint32_t *follow = NULL, *more;
	bool better = false, go_on = list && a.met;
	const struct decisions *d;

	for (size_t i = 0; go_on && i < s->nr; i++)
		if (!s->list[i].moves)
			list[a.nr++] = s->list[i];
	while (go_on && may_try(s) && s->runs < MAX_RUNS / 2) {
		memset(a.met, 0, a.nr * sizeof(*a.met));
		a.scanned = 0;
		better = try(s, &plan);
		if (better || s->failed)
			break;
		d = &s->runner->world->choices;
		more = realloc(follow, (d->count + 1) * sizeof(*follow));
		if (!more)
			break;
		follow = more;
		go_on = next_schedule(d, bound, follow, &plan.count);
		plan.follow = follow;
	}
	free(follow);
	free(a.met);
	free(list);
	return better;
}

static bool fewer_preemptions(struct shrink *s, unsigned clean)
{
	for (unsigned bound = clean; bound < s->cost.preemptions && may_try(s); bound++)
		if (go_through(s, bound))
			return true;
	return false;
}

void sim_shrink(struct runner *r, unsigned clean)
{
	struct shrink s = { .runner = r };
	bool better = true;

	if (!r->violation || r->world->choices.count > MAX_DECISIONS / 4)
		return;
	strncpy(s.violation, r->violation, sizeof(s.violation) - 1);
	adopt(&s);
	/* preemptions first, with all failures, because they count more */
	while (better && may_try(&s))
		better = leave_out(&s, true) || fewer_preemptions(&s, clean);
	for (better = true; better && s.nr && may_try(&s);) {
		better = leave_out(&s, false);
		better |= leave_out(&s, true);
		better |= lower_options(&s);
		better |= move_earlier(&s);
	}
	if (s.runs)
		runner_go(r, &(struct plan){ s.follow, s.count });
	free(s.list);
	free(s.follow);
	free(s.schedules);
}
