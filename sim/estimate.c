/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How far a depth-first search is, from one run of it.
 *
 * At a decision where this run has taken option c, the subtrees of the options before c are done and those behind
 * it are left. A subtree in which p decisions may still be preempted, r preemptions being allowed, has about
 * sum(k = 0..r) of p over k runs; the same goes for failures.
 */
#include <math.h>

#include "search.h"

/* Runs of a subtree by how much of one bound they use; more than MOST of it is taken for MOST. */
#define MOST 64

struct ways {
	double exactly[MOST + 1];
};

/* One more decision in front, with `others` options that each use up one. */
static void prepend(struct ways *w, uint32_t others)
{
	for (unsigned k = MOST; k; k--)
		w->exactly[k] += others * w->exactly[k - 1];
}

/* Runs of the subtree with at most `bound` when `used` of it is used up before. */
static double within(const struct ways *w, unsigned bound, unsigned used)
{
	double sum = 0;

	for (unsigned k = 0; used + k <= bound && k <= MOST; k++)
		sum += w->exactly[k];
	return sum;
}

static bool uses_failure(const struct decision *d)
{
	return d->kind != SIM_CHOOSE_SCHED && d->kind != SIM_CHOOSE_DATA;
}

double search_estimate(const struct decisions *d, size_t fixed, unsigned preemptions,
		       unsigned failures)
{
	struct ways p = { { 1 } }, f = { { 1 } };
	unsigned preempted = 0, failed = 0;
	double done = 0;
	size_t i;

	for (i = fixed; i < d->count; i++) {
		preempted += d->taken[i].preempts && d->taken[i].chosen;
		failed += uses_failure(&d->taken[i]) && d->taken[i].chosen;
	}
	for (i = d->count; i-- > fixed;) {
		const struct decision *at = &d->taken[i];
		bool fails = uses_failure(at);
		double usual, other, before;

		if (at->kind == SIM_CHOOSE_DATA)
			continue;
		preempted -= at->preempts && at->chosen;
		failed -= fails && at->chosen;
		usual = within(&p, preemptions, preempted) * within(&f, failures, failed);
		other = within(&p, preemptions, preempted + at->preempts) *
			within(&f, failures, failed + fails);
		before = at->chosen ? usual + other * (at->chosen - 1) : 0;
		done = (before + (at->chosen ? other : usual) * done) /
		       (usual + other * (at->n - 1));
		if (at->preempts)
			prepend(&p, at->n - 1);
		if (fails)
			prepend(&f, at->n - 1);
	}
	return isfinite(done) ? done : -1;
}
