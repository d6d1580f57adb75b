/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Determinism: a run that is made once more with the same decisions must be the same run, decision by decision,
 * with the same actors able to go on, and must end in the same state.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay.h"

/* A run that goes round in circles is compared as a whole. */
#define MAX_KEPT ((size_t)1 << 20)

/* What is kept of the first run. Labels are borrowed for the life of its world, so they are copied. */
struct record {
	size_t count;
	uint32_t *chosen;
	uint32_t chain;
	struct decision *taken; /* NULL: too many to keep; labels are not valid */
	size_t *label;          /* offsets in text */
	char *text;
	char violation[512];
	bool over; /* from here on it would have gone as another one */
	uint64_t events, points, rmi_calls, state;
	struct sim_kernel_stats stats;
};

static void record_drop(struct record *rec)
{
	free(rec->chosen);
	free(rec->taken);
	free(rec->label);
	free(rec->text);
}

/* How it ended. */
static void record_end(struct record *rec, const struct runner *r)
{
	const struct sim_world *world = r->world;

	snprintf(rec->violation, sizeof(rec->violation), "%s", r->violation ? r->violation : "");
	rec->over = world->over;
	rec->events = world->seq;
	rec->points = world->counts.points;
	rec->rmi_calls = world->counts.rmi_calls;
	rec->state = rmm_state_hash(world->rmm);
	if (world->booted)
		world->kernel->stats(&rec->stats);
}

static bool record_run(struct record *rec, const struct runner *r)
{
	const struct decisions *d = &r->world->choices;
	size_t text = 1, i;

	*rec = (struct record){ .count = d->count, .chain = sim_replay_chain(d) };
	rec->chosen = calloc(d->count + 1, sizeof(*rec->chosen));
	for (i = 0; rec->chosen && i < d->count; i++)
		rec->chosen[i] = d->taken[i].chosen;
	record_end(rec, r);
	if (d->count > MAX_KEPT)
		return rec->chosen;
	for (i = 0; i < d->count; i++)
		text += strlen(d->taken[i].label) + 1;
	rec->taken = calloc(d->count + 1, sizeof(*rec->taken));
	rec->label = calloc(d->count + 1, sizeof(*rec->label));
	rec->text = malloc(text);
	if (!rec->chosen || !rec->taken || !rec->label || !rec->text)
		return false;
	for (text = 0, i = 0; i < d->count; i++) {
		rec->taken[i] = d->taken[i];
		rec->label[i] = text;
		strcpy(rec->text + text, d->taken[i].label);
		text += strlen(d->taken[i].label) + 1;
	}
	return true;
}

static bool same_decision(const struct decision *a, const struct decision *b)
{
	return a->kind == b->kind && a->n == b->n && a->chosen == b->chosen && a->who == b->who &&
	       a->actor == b->actor && !strcmp(a->label, b->label);
}

static const char *describe(const struct decision *d, char *buf, size_t size)
{
	char name[96];

	sim_decision_name(d, name, sizeof(name));
	snprintf(buf, size, "'%s' of actor %u with %u options", name, (unsigned)d->actor, d->n);
	return buf;
}

static const char *compare_decisions(struct record *rec, const struct decisions *now, char *buf,
				     size_t size)
{
	char one[160], two[160];

	for (size_t i = 0; rec->taken && i < rec->count && i < now->count; i++) {
		struct decision *was = &rec->taken[i];

		was->label = rec->text + rec->label[i];
		if (same_decision(was, &now->taken[i]))
			continue;
		snprintf(buf, size,
			 "determinism: decision %zu is %s in one run and %s in its "
			 "repetition%s",
			 i, describe(was, one, sizeof(one)),
			 describe(&now->taken[i], two, sizeof(two)),
			 was->n == now->taken[i].n && was->who != now->taken[i].who
				 ? ", of other actors"
				 : "");
		return buf;
	}
	if (rec->count == now->count && rec->chain == sim_replay_chain(now))
		return NULL;
	snprintf(buf, size, "determinism: a run has %zu decisions, its repetition %zu or others",
		 rec->count, now->count);
	return buf;
}

static const char *compare_ends(const struct record *a, const struct record *b, char *buf,
				size_t size)
{
	const char *what = NULL;
	uint64_t one = 0, two = 0;

	if (strcmp(a->violation, b->violation)) {
		snprintf(buf, size, "determinism: a run ends with '%s', its repetition with '%s'",
			 a->violation[0] ? a->violation : "nothing wrong",
			 b->violation[0] ? b->violation : "nothing wrong");
		return buf;
	}
	if (a->state != b->state || a->over != b->over) {
		snprintf(buf, size,
			 "determinism: a run and its repetition leave the RMM in "
			 "different states");
		return buf;
	}
#define COMPARE(member, name)                          \
	do {                                           \
		if (!what && a->member != b->member) { \
			what = name;                   \
			one = a->member;               \
			two = b->member;               \
		}                                      \
	} while (0)
	COMPARE(rmi_calls, "RMI calls");
	COMPARE(points, "scheduling points");
	COMPARE(events, "events");
	COMPARE(stats.warns, "warnings of the kernel");
	COMPARE(stats.pages_used, "pages in use at its end");
	COMPARE(stats.objects, "objects in use at its end");
	COMPARE(stats.locks_held, "locks held at its end");
	COMPARE(stats.pages_leaked, "pages kept back");
#undef COMPARE
	if (!what)
		return NULL;
	snprintf(buf, size, "determinism: a run has %llu %s, its repetition %llu",
		 (unsigned long long)one, what, (unsigned long long)two);
	return buf;
}

const char *sim_repeat(struct runner *r, char *buf, size_t size)
{
	struct record first, second = { 0 };
	const char *wrong = NULL;

	if (!record_run(&first, r)) {
		record_drop(&first);
		return NULL; /* nothing is known to differ */
	}
	if (!runner_go(r, &(struct plan){ .follow = first.chosen,
					  .count = first.count,
					  .settles = first.over,
					  .lenient = true })) {
		snprintf(buf, size, "determinism: no second run is possible: %s", r->why);
		wrong = buf;
	} else {
		record_end(&second, r);
		wrong = compare_decisions(&first, &r->world->choices, buf, size);
		if (!wrong)
			wrong = compare_ends(&first, &second, buf, size);
	}
	record_drop(&first);
	return wrong;
}
