/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Decisions: the one function that everything nondeterministic asks.
 *
 * A run follows a given list of numbers and takes 0, the usual answer, behind its end. The written form is
 * "0*12.1.0*3": numbers joined by dots, N*COUNT for repetitions, trailing zeros dropped.
 */
#include <stdio.h>
#include <string.h>

#include "replay.h"
#include "world.h"

const char *sim_choice_name(enum sim_choice kind)
{
	static const char *const names[] = { "sched", "fail", "rmm", "data" };

	return names[kind & 3];
}

static void record(struct sim_world *world, const struct decision *decision)
{
	struct decisions *d = &world->choices;

	if (d->count == d->room) {
		size_t room = d->room ? 2 * d->room : 256;
		struct decision *taken = sim_arena_alloc(world->arena, room * sizeof(*taken));

		if (!taken)
			sim_violatef(world, "out-of-memory", "the world's arena is exhausted");
		if (d->count)
			memcpy(taken, d->taken, d->count * sizeof(*taken));
		sim_arena_free(world->arena, d->taken, d->room * sizeof(*taken));
		d->taken = taken;
		d->room = room;
	}
	d->taken[d->count++] = *decision;
}

const char *sim_decision_name(const struct decision *decision, char *buf, size_t size)
{
	snprintf(buf, size, "%s %s", sim_choice_name(decision->kind), decision->label);
	return buf;
}

/* Marks */

uint64_t sim_mark_hash(uint64_t hash, const struct decision *decision)
{
	const uint64_t prime = UINT64_C(0x100000001b3);

	hash ^= UINT64_C(0xcbf29ce484222325);
	hash = (hash ^ decision->kind) * prime;
	hash = (hash ^ decision->n) * prime;
	for (const char *p = decision->label; *p; p++)
		hash = (hash ^ (unsigned char)*p) * prime;
	return hash;
}

char sim_mark(uint64_t hash)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

	hash ^= hash >> 32;
	return digits[hash * UINT64_C(0x9e3779b97f4a7c15) >> 58];
}

static void no_fit(struct sim_world *world, const struct decision *asked) __attribute__((noreturn));
static void no_fit(struct sim_world *world, const struct decision *asked)
{
	const struct decisions *d = &world->choices;
	size_t block = d->plan.marks.block, first = d->marked / block * block;
	char name[128];

	sim_decision_name(asked, name, sizeof(name));
	if (first == d->marked)
		sim_violatef(world, "replay",
			     "decision %zu is '%s' of %u here, not what the string has", d->marked,
			     name, asked->n);
	sim_violatef(world, "replay",
		     "one of decisions %zu to %zu, the last of them '%s' of %u here, is not what "
		     "the string has",
		     first, d->marked, name, asked->n);
}

/*
 * Is this the decision that the replay string has a mark for? A mark is of all decisions up to it, so what one of
 * them misses the next finds. Those that came with the beginning of a run that was put back are looked at with the
 * first that is asked.
 */
static void check_mark(struct sim_world *world, const struct decision *asked)
{
	struct decisions *d = &world->choices;
	const struct marks *marks = &d->plan.marks;

	for (; d->marked <= d->count && d->marked < marks->count; d->marked++) {
		const struct decision *at = d->marked < d->count ? &d->taken[d->marked] : asked;
		size_t end = d->marked + 1;

		d->mark_hash = sim_mark_hash(d->mark_hash, at);
		if ((end % marks->block == 0 || end == marks->count) &&
		    marks->text[d->marked / marks->block] != sim_mark(d->mark_hash))
			no_fit(world, at);
	}
}

unsigned sim_decide(struct sim_world *world, enum sim_choice kind, unsigned n, const char *label,
		    bool preempts)
{
	struct decisions *d = &world->choices;
	struct decision asked = {
		.n = n,
		.kind = (uint8_t)kind,
		.preempts = preempts,
		.actor = (uint16_t)world->running->id,
		.who = kind == SIM_CHOOSE_SCHED ? d->who : 0,
		.label = label ? label : "",
		.place = world->failures.place,
	};

	if (n <= 1)
		return 0;
	if (d->plan.marks.text)
		check_mark(world, &asked);
	if (d->count < d->plan.count)
		asked.chosen = d->plan.follow[d->count];
	else if (d->plan.pick)
		asked.chosen = d->plan.pick(d->plan.ctx, world, &asked);
	if (asked.chosen >= n && d->plan.lenient)
		asked.chosen = 0;
	if (asked.chosen >= n)
		sim_violatef(world, "choices", "decision %zu (%s %s) has %u options, not %u",
			     d->count, sim_choice_name(kind), asked.label, n, asked.chosen + 1);
	record(world, &asked);
	if (asked.chosen && kind != SIM_CHOOSE_SCHED)
		sim_failure_taken(world, &asked);
	return asked.chosen;
}

unsigned sim_choose(struct sim_world *world, enum sim_choice kind, unsigned n, const char *label)
{
	return world->dead ? 0 : sim_decide(world, kind, n, label, false);
}

unsigned sim_choose_at(struct sim_world *world, enum sim_choice kind, unsigned n, const char *label,
		       const char *place)
{
	unsigned chosen;

	world->failures.place = place;
	chosen = sim_choose(world, kind, n, label);
	world->failures.place = NULL;
	return chosen;
}

/* A number of at most nine digits; NULL when there is none. */
static const char *number(const char *p, uint32_t *value)
{
	unsigned digits = 0;

	for (*value = 0; *p >= '0' && *p <= '9'; p++, digits++) {
		if (digits == 9)
			return NULL;
		*value = *value * 10 + (uint32_t)(*p - '0');
	}
	return digits ? p : NULL;
}

const char *sim_choices_parse(const char *text, uint32_t *out, size_t room, size_t *count)
{
	const char *p = text;
	uint32_t value, times;

	*count = 0;
	if (!p || !*p)
		return NULL;
	if (sim_is_replay(p))
		return sim_replay_decisions(p, out, room, count);
	for (;;) {
		times = 1;
		p = number(p, &value);
		if (p && *p == '*')
			p = number(p + 1, &times);
		if (!p)
			return "the choice string is neither of the form 0*12.1.0*3 nor a replay "
			       "string";
		if (times > SIM_MAX_DECISIONS - *count)
			return "the choice string is too long";
		for (; times; times--, (*count)++)
			if (*count < room)
				out[*count] = value;
		if (!*p)
			return NULL;
		if (*p++ != '.')
			return "the choice string is neither of the form 0*12.1.0*3 nor a replay "
			       "string";
	}
}

const char *sim_choices(struct sim_world *world)
{
	struct decisions *d = &world->choices;
	size_t count = d->count, need, at = 0, i, run;

	while (count && !d->taken[count - 1].chosen)
		count--;
	need = count * 24 + 1;
	if (need > d->text_size) {
		sim_arena_free(world->arena, d->text, d->text_size);
		d->text = sim_arena_alloc(world->arena, need);
		d->text_size = d->text ? need : 0;
	}
	if (!d->text)
		return "";
	d->text[0] = '\0';
	for (i = 0; i < count; i += run) {
		for (run = 1; i + run < count && d->taken[i + run].chosen == d->taken[i].chosen;
		     run++)
			;
		at += (size_t)snprintf(d->text + at, need - at, "%s%u", i ? "." : "",
				       d->taken[i].chosen);
		if (run > 1)
			at += (size_t)snprintf(d->text + at, need - at, "*%zu", run);
	}
	return d->text;
}
