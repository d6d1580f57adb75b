/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The order in which locks are taken, as it was seen: two orders of the same two locks are a mistake, even
 * when nobody had to wait.
 *
 * Locks of one name (and subclass) are one class, whatever object they are in. An edge A -> B says that
 * somebody waited, or might have, for B while holding A. Readers of SRCU never wait, so an edge into an
 * SRCU domain comes from synchronize_srcu() alone; a trylock does not wait either.
 */
#include "env.h"
#include "lockorder.h"

#include <linux/string.h>

#define MAX_CLASSES 64
#define MAX_EDGES   256

struct edge {
	unsigned int held, taken;
	const char *held_by, *taken_by;
};

static struct {
	struct {
		const char *name;
		unsigned int subclass;
		u64 after; /* classes that were taken while this one was held */
	} class[MAX_CLASSES];
	unsigned int nr_classes;
	struct edge edges[MAX_EDGES];
	unsigned int nr_edges;
} order;

unsigned int lock_class(const char *name, unsigned int subclass)
{
	unsigned int i;

	for (i = 0; i < order.nr_classes; i++)
		if (order.class[i].subclass == subclass && !strcmp(order.class[i].name, name))
			return i;
	if (i == MAX_CLASSES)
		__sim_violation("lock-order", "more than %u classes of locks, the last one is %s",
				MAX_CLASSES, name);
	order.class[i].name = name;
	order.class[i].subclass = subclass;
	order.nr_classes++;
	return i;
}

static const struct edge *edge_find(unsigned int held, unsigned int taken)
{
	unsigned int i;

	for (i = 0; i < order.nr_edges; i++)
		if (order.edges[i].held == held && order.edges[i].taken == taken)
			return &order.edges[i];
	return NULL;
}

/*
 * The shortest chain of edges from class `from` to class `to`: via[c] is the class before c on it. False
 * when there is none.
 */
static bool chain_find(unsigned int from, unsigned int to, unsigned char via[MAX_CLASSES])
{
	u64 seen = BIT_ULL(from), layer = BIT_ULL(from), next;
	unsigned int c, n;

	while (layer && !(seen & BIT_ULL(to))) {
		next = 0;
		for (c = 0; c < order.nr_classes; c++) {
			if (!(layer & BIT_ULL(c)))
				continue;
			for (n = 0; n < order.nr_classes; n++)
				if (order.class[c].after & ~(seen | next) & BIT_ULL(n))
					via[n] = (unsigned char)c;
			next |= order.class[c].after & ~seen;
		}
		seen |= next;
		layer = next;
	}
	return seen & BIT_ULL(to);
}

static void say(char *text, size_t size, const char *fmt, ...)
{
	size_t at = strlen(text);
	__builtin_va_list ap;

	__builtin_va_start(ap, fmt);
	env.ops->vsnprintf(text + at, size - at, fmt, ap);
	__builtin_va_end(ap);
}

/* The other side of an inversion: how `to` came to be taken behind `from`. */
static void say_chain(char *text, size_t size, unsigned int from, unsigned int to,
		      const unsigned char via[MAX_CLASSES])
{
	const struct edge *edge = edge_find(via[to], to);

	if (via[to] != from)
		say_chain(text, size, from, via[to], via);
	say(text, size, "%s%s took %s while it held %s (taken by %s)", text[0] ? ", and " : "",
	    edge->taken_by, order.class[to].name, order.class[via[to]].name, edge->held_by);
}

void lock_order_add(unsigned int held, const char *held_by, unsigned int taken,
		    const char *taken_by)
{
	unsigned char via[MAX_CLASSES];
	char text[256] = "";

	if (order.class[held].after & BIT_ULL(taken))
		return;
	if (held == taken)
		__sim_violation("lock-order",
				"%s takes %s of one object while it holds that of another one"
				" (taken by %s): nothing says which comes first",
				taken_by, order.class[taken].name, held_by);
	if (chain_find(taken, held, via)) {
		say_chain(text, sizeof(text), taken, held, via);
		__sim_violation("lock-order",
				"%s takes %s while it holds %s (taken by %s), but before that %s",
				taken_by, order.class[taken].name, order.class[held].name, held_by,
				text);
	}
	if (order.nr_edges == MAX_EDGES)
		__sim_violation("lock-order", "more than %u pairs of locks", MAX_EDGES);
	order.edges[order.nr_edges++] = (struct edge){ held, taken, held_by, taken_by };
	order.class[held].after |= BIT_ULL(taken);
}
