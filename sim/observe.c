/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Observations: entries are written down as hashes with their pages, and compared. What makes an entry of an event
 * is in observe_event.c.
 */
#include <stdlib.h>
#include <string.h>

#include "observe_in.h"

static bool make_room(void **at, size_t *room, size_t need, size_t size)
{
	size_t more = 2 * *room + 256;
	void *grown;

	if (need <= *room)
		return true;
	grown = realloc(*at, more * size);
	if (!grown)
		return false;
	*at = grown;
	*room = more;
	return true;
}

/* What is empty may have no memory. */
static void put(void *to, const void *from, size_t size)
{
	if (size)
		memcpy(to, from, size);
}

/* A run begins anew, or again behind its beginning: what came later is of the run before. */
static void cut_off(struct observation *o, uint64_t seq)
{
	while (o->nr && o->at[o->nr - 1].seq >= seq)
		o->nr--;
	o->nr_pages = o->nr ? o->at[o->nr - 1].page + o->at[o->nr - 1].nr_pages : 0;
}

void seen_number(struct observation *o, uint64_t seq)
{
	if (seq < o->last)
		cut_off(o, seq);
	o->last = seq + 1;
}

bool seen_add_entry(struct observation *o, const struct seen_making *m)
{
	struct seen_entry *e;

	if (!make_room((void **)&o->at, &o->room, o->nr + 1, sizeof(*o->at)) ||
	    !make_room((void **)&o->page, &o->page_room, o->nr_pages + m->nr_pages,
		       sizeof(*o->page))) {
		o->starved = true;
		return false;
	}
	e = &o->at[o->nr++];
	*e = (struct seen_entry){
		.seq = m->seq,
		.hash = m->hash,
		.page = (uint32_t)o->nr_pages,
		.nr_pages = m->nr_pages,
		.actor = (uint16_t)m->actor,
		.kind = (uint8_t)m->kind,
	};
	put(o->page + o->nr_pages, m->page, m->nr_pages * sizeof(*m->page));
	o->nr_pages += m->nr_pages;
	return true;
}

/* Ends of runs */

void seen_keep_tail(struct observation *o, struct state_hash state, uint64_t seq)
{
	struct seen_tail *t;
	size_t from = o->nr, page;

	while (from && o->at[from - 1].seq >= seq)
		from--;
	if (from == o->nr)
		return;
	page = o->at[from].page;
	if (!make_room((void **)&o->tail, &o->tail_room, o->nr_tails + 1, sizeof(*o->tail))) {
		o->starved = true;
		return;
	}
	t = &o->tail[o->nr_tails];
	*t = (struct seen_tail){ state, NULL, NULL, o->nr - from, o->nr_pages - page };
	t->at = calloc(t->nr, sizeof(*t->at));
	t->page = calloc(t->nr_pages + 1, sizeof(*t->page));
	o->nr_tails++;
	o->starved |= !t->at || !t->page;
	if (o->starved)
		return;
	put(t->at, o->at + from, t->nr * sizeof(*t->at));
	put(t->page, o->page + page, t->nr_pages * sizeof(*t->page));
}

static const struct seen_tail *tail_of(const struct observation *o, struct state_hash state)
{
	for (size_t i = 0; i < o->nr_tails; i++)
		if (o->tail[i].state.a == state.a && o->tail[i].state.b == state.b)
			return &o->tail[i];
	return NULL;
}

void seen_add_tail(struct observation *o, struct state_hash state)
{
	const struct seen_tail *t = tail_of(o, state);
	uint64_t moved;

	if (!t || !make_room((void **)&o->at, &o->room, o->nr + t->nr, sizeof(*o->at)) ||
	    !make_room((void **)&o->page, &o->page_room, o->nr_pages + t->nr_pages,
		       sizeof(*o->page))) {
		o->starved = true;
		return;
	}
	moved = o->nr_pages - (t->nr ? t->at[0].page : 0);
	put(o->page + o->nr_pages, t->page, t->nr_pages * sizeof(*t->page));
	for (size_t i = 0; i < t->nr; i++) {
		o->at[o->nr] = t->at[i];
		o->at[o->nr].page = (uint32_t)(t->at[i].page + moved);
		/* behind all that this run has seen itself */
		o->at[o->nr].seq = o->last + i;
		o->nr++;
	}
	o->nr_pages += t->nr_pages;
}

void observe_drop(struct observation *o)
{
	for (size_t i = 0; i < o->nr_tails; i++) {
		free(o->tail[i].at);
		free(o->tail[i].page);
	}
	free(o->tail);
	free(o->at);
	free(o->page);
	*o = (struct observation){ 0 };
}

bool observe_copy(struct observation *to, const struct observation *from)
{
	struct observation copy = { .nr = from->nr, .nr_pages = from->nr_pages };

	copy.at = calloc(from->nr + 1, sizeof(*copy.at));
	copy.page = calloc(from->nr_pages + 1, sizeof(*copy.page));
	if (!copy.at || !copy.page) {
		observe_drop(&copy);
		return false;
	}
	put(copy.at, from->at, from->nr * sizeof(*copy.at));
	put(copy.page, from->page, from->nr_pages * sizeof(*copy.page));
	observe_drop(to);
	*to = copy;
	return true;
}

/* Pages of one run and their like in the other. */
struct pairing {
	uint64_t *a, *b;
	size_t nr;
};

/* Do they correspond? Pages that are new on both sides do from now on. */
static bool pair(struct pairing *p, uint64_t a, uint64_t b)
{
	for (size_t i = p->nr; i--;)
		if (p->a[i] == a || p->b[i] == b)
			return p->a[i] == a && p->b[i] == b;
	p->a[p->nr] = a;
	p->b[p->nr++] = b;
	return true;
}

static bool alike(struct pairing *p, const struct observation *a, const struct seen_entry *is,
		  const struct observation *b, const struct seen_entry *other)
{
	size_t known = p->nr;

	if (is->kind != other->kind || is->hash != other->hash || is->nr_pages != other->nr_pages)
		return false;
	for (uint32_t i = 0; i < is->nr_pages; i++)
		if (!pair(p, a->page[is->page + i], b->page[other->page + i])) {
			p->nr = known;
			return false;
		}
	return true;
}

/* Bit by bit the same, pages and order too: the usual case. */
static bool equal(const struct observation *a, const struct observation *b)
{
	if (a->nr != b->nr || a->nr_pages != b->nr_pages)
		return false;
	for (size_t i = 0; i < a->nr; i++)
		if (a->at[i].hash != b->at[i].hash || a->at[i].kind != b->at[i].kind ||
		    a->at[i].actor != b->at[i].actor || a->at[i].nr_pages != b->at[i].nr_pages)
			return false;
	return !a->nr_pages || !memcmp(a->page, b->page, a->nr_pages * sizeof(*a->page));
}

static size_t next_of(const struct observation *o, size_t from, unsigned actor)
{
	while (from < o->nr && o->at[from].actor != actor)
		from++;
	return from;
}

static bool walk(const struct observation *a, const struct observation *b,
		 struct seen_parting *parting, struct pairing *p, size_t *next)
{
	for (size_t i = 0; i < a->nr; i++) {
		unsigned actor = a->at[i].actor;
		size_t at = next_of(b, next[actor], actor);

		if (at == b->nr || !alike(p, a, &a->at[i], b, &b->at[at])) {
			*parting = (struct seen_parting){ i, at == b->nr ? SIZE_MAX : at, i };
			return false;
		}
		next[actor] = at + 1;
	}
	for (size_t i = 0; i < b->nr; i++)
		if (i >= next[b->at[i].actor]) {
			*parting = (struct seen_parting){ SIZE_MAX, i, a->nr };
			return false;
		}
	return true;
}

bool observe_same(const struct observation *a, const struct observation *b,
		  struct seen_parting *parting)
{
	struct pairing p = { 0 };
	size_t *next;
	bool same;

	*parting = (struct seen_parting){ SIZE_MAX, SIZE_MAX, 0 };
	if (equal(a, b))
		return true;
	p.a = calloc(a->nr_pages + 1, sizeof(*p.a));
	p.b = calloc(a->nr_pages + 1, sizeof(*p.b));
	next = calloc(SIM_MAX_ACTORS, sizeof(*next));
	same = p.a && p.b && next && walk(a, b, parting, &p, next);
	free(p.a);
	free(p.b);
	free(next);
	return same;
}

/* Pages by the order in which actor 0, then 1, 2 .. speaks of them first. */
struct naming {
	uint64_t *page;
	size_t nr;
};

static uint64_t name_of(struct naming *n, uint64_t page)
{
	for (size_t i = 0; i < n->nr; i++)
		if (n->page[i] == page)
			return i;
	n->page[n->nr] = page;
	return n->nr++;
}

static void hash_actor(struct hashing *h, struct naming *n, const struct observation *o,
		       unsigned actor)
{
	for (size_t i = 0; i < o->nr; i++) {
		const struct seen_entry *e = &o->at[i];
		uint64_t words[4] = { actor, e->kind, e->hash, e->nr_pages };

		if (e->actor != actor)
			continue;
		hashing_add(h, 0, words, NULL, sizeof(words));
		for (uint32_t j = 0; j < e->nr_pages; j++) {
			uint64_t name = 1 + name_of(n, o->page[e->page + j]);

			hashing_add(h, 1, &name, NULL, sizeof(name));
		}
	}
}

struct state_hash observe_hash(const struct observation *o)
{
	struct naming n = { calloc(o->nr_pages + 1, sizeof(*n.page)), 0 };
	unsigned actors = 0;
	struct hashing h;

	hashing_init(&h);
	for (size_t i = 0; i < o->nr; i++)
		if (o->at[i].actor >= actors)
			actors = o->at[i].actor + 1u;
	for (unsigned actor = 0; n.page && actor < actors; actor++)
		hash_actor(&h, &n, o, actor);
	free(n.page);
	return hashing_end(&h);
}

const char *seen_kind_name(enum seen_kind kind)
{
	static const char *const names[] = {
		[SEEN_RMI] = "RMI call",
		[SEEN_REC_EXIT] = "REC exit",
		[SEEN_ACCESS] = "access of the guest",
		[SEEN_RSI] = "RSI call",
		[SEEN_KVM_RUN] = "exit to the VMM",
		[SEEN_VMM] = "deed of the VMM",
		[SEEN_IOCTL] = "answer to the VMM",
		[SEEN_STATE] = "state of the RMM",
		[SEEN_END] = "end of the run",
	};

	return names[kind];
}
