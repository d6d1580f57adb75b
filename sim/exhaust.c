/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A scenario under every schedule with at most b preemptions, depth first, for b = 0, 1, 2 ..
 *
 * A run is determined by its decisions. The next run keeps the longest prefix of this one whose last
 * decision has an option left that the bound allows, and takes that option. A preemption is the
 * choice of another actor although the current one can go on.
 */
#include "search.h"

/* The first deviations of a run, as far as it has been looked at. */
struct deviations {
	struct deviation first[2];
	size_t count; /* of all */
};

static void deviate(struct deviations *have, size_t at, const struct decision *d)
{
	if (!d->chosen)
		return;
	if (have->count < 2)
		have->first[have->count] = (struct deviation){ at, d->chosen };
	have->count++;
}

/* Is a run that begins like this, and deviates no more, one of this part? */
static bool is_ours(const struct search *s, const struct deviations *have)
{
	const struct sim_explore *e = s->explore;

	return e->shards <= 1 ||
	       shard_owner(have->first, have->count < 2 ? have->count : 2, e->shards) == e->shard;
}

/* The option of decision `at` that comes next, behind these deviations; 0: none that this part has. */
static uint32_t next_option(const struct search *s, const struct deviations *have, size_t at,
			    const struct decision *d)
{
	struct deviations with;

	/* All parts go below the first deviation, and behind the second one all is ours. */
	if (have->count != 1 || s->explore->shards <= 1)
		return d->chosen + 1;
	with = *have;
	with.count = 2;
	for (uint32_t option = d->chosen + 1; option < d->n; option++) {
		with.first[1] = (struct deviation){ at, option };
		if (is_ours(s, &with))
			return option;
	}
	return 0;
}

/* May decision `d` be varied, when so much of the bounds is used up before it? */
static bool may_vary(struct search *s, const struct decision *d, unsigned preemptions,
		     unsigned failures)
{
	if (d->chosen + 1 >= d->n)
		return false;
	switch (d->kind) {
	case SIM_CHOOSE_SCHED:
		if (preemptions + d->preempts <= s->bound)
			return true;
		s->cut = true;
		return false;
	case SIM_CHOOSE_DATA:
		return false;
	default:
		return failures < s->explore->failures;
	}
}

/* The next prefix in depth-first order; false when there is none, or no memory for it. */
static bool advance(struct search *s, const struct decisions *d)
{
	unsigned preemptions = 0, failures = 0;
	struct deviations have = { .count = 0 };
	uint32_t option, next = 0;
	size_t last = 0, i;

	if (!search_make_room(s, d->count + 1))
		return search_failed(s, "memory is short");
	for (i = s->fixed; i < d->count; i++) {
		const struct decision *at = &d->taken[i];
		bool schedule = at->kind == SIM_CHOOSE_SCHED;

		option = may_vary(s, at, preemptions, failures) ? next_option(s, &have, i, at) : 0;
		if (option) {
			last = i;
			next = option;
		}
		preemptions += schedule && at->preempts && at->chosen;
		failures += !schedule && at->kind != SIM_CHOOSE_DATA && at->chosen;
		deviate(&have, i, at);
	}
	if (!next)
		return false;
	for (i = 0; i < last; i++)
		s->follow[i] = d->taken[i].chosen;
	s->follow[last] = next;
	s->count = last + 1;
	return true;
}

/* Has no lower bound had this run, and does it count in this part? */
static bool is_new(const struct search *s, const struct decisions *d)
{
	struct deviations have = { .count = 0 };
	unsigned preemptions = 0;

	for (size_t i = s->fixed; i < d->count; i++) {
		preemptions += d->taken[i].preempts && d->taken[i].chosen;
		deviate(&have, i, &d->taken[i]);
	}
	return preemptions == s->bound && is_ours(s, &have);
}

/* The middle one of the last estimates, for a run that is much longer than others leads astray. */
static double estimate(struct search *s, const struct decisions *d)
{
	double new = search_estimate(d, s->fixed, s->bound, s->explore->failures);
	unsigned i, n, below, nr;

	s->estimates[s->nr_estimates++ % SEARCH_ESTIMATES] = new;
	nr = s->nr_estimates < SEARCH_ESTIMATES ? s->nr_estimates : SEARCH_ESTIMATES;
	for (n = 0; n < nr; n++) {
		for (i = below = 0; i < nr; i++)
			below += s->estimates[i] < s->estimates[n] ||
				 (s->estimates[i] == s->estimates[n] && i < n);
		if (below == nr / 2)
			return s->estimates[n];
	}
	return new;
}

/* All runs of one bound; false when the search is over. */
bool search_bound(struct search *s)
{
	const struct decisions *d;
	struct sim_world *world;

	s->cut = false;
	s->nr_estimates = 0;
	s->result->preemptions = s->bound;
	s->count = s->fixed;
	do {
		world = search_go(s, &(struct plan){ .follow = s->follow,
						     .count = s->count,
						     .settles = !s->explore->failures });
		if (!world)
			return false;
		if (is_new(s, &world->choices) && !search_note_run(s))
			return false;
		/* Whoever has looked at the run may have made it again. */
		d = &s->runner.world->choices;
		if (search_is_due(s))
			search_tell(s, estimate(s, d));
	} while (advance(s, d));
	if (!s->failed)
		search_tell(s, 1);
	return !s->failed;
}

void search_exhaust(struct search *s)
{
	unsigned top = s->explore->preemptions;

	/* In turn, so that what is found first is found with the fewest preemptions. */
	for (s->bound = 0; search_bound(s); s->bound++) {
		if (s->bound == top || !s->cut) {
			s->result->preemptions = top;
			s->result->exhaustive = true;
			break;
		}
	}
}
