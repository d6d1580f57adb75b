/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two commands on one table, with a point before each granule lock: the outcome must be that of one order or the
 * other, statuses included. What these are the model says itself, by carrying out both orders on tables of
 * the same making before the two meet.
 */
#include <string.h>

#include "scenario.h"

#define LEVEL 3 /* of the table */

/* What stands below the level 2 entry when the commands come. */
enum start {
	NO_TABLE,    /* nothing */
	EMPTY_TABLE, /* a table of level 3, nothing mapped */
	PAGE,        /* the same with the first page mapped */
	FULL,        /* the same with every page mapped, in one piece */
	BLOCK,       /* one block, no table */
	NR_STARTS
};

/* One level 2 entry and the memory for it. */
struct area {
	struct bare *b;
	rmm_ipa ipa;
	rmm_pa table;    /* of level 3, when there is one at the start */
	rmm_pa spare[3]; /* a granule for each command to bring along */
	rmm_pa mem;      /* what is mapped at the start */
	rmm_pa first, end;
};

/* A command on an area, which brings granule `spare`. Returns X0. */
typedef uint64_t (*command)(struct area *a, rmm_pa spare);

#define MAX_COMMANDS 3

struct meeting {
	enum start start;
	bool one_granule; /* is what all of them bring along */
	unsigned nr;
	command commands[MAX_COMMANDS];
};

static uint64_t map(struct area *a, rmm_pa spare)
{
	struct bare *b = a->b;

	return bare_call(b, RMI_RTT_DATA_MAP, b->rd, a->ipa, a->ipa + b->granule, RMI_ADDR_SINGLE,
			 bare_desc(b, spare, LEVEL, 1))
		.x[0];
}

static uint64_t map_init(struct area *a, rmm_pa spare)
{
	struct bare *b = a->b;

	return bare_call(b, RMI_RTT_DATA_MAP_INIT, b->rd, spare, a->ipa, b->params, 0).x[0];
}

static uint64_t map_init_next(struct area *a, rmm_pa spare)
{
	struct bare *b = a->b;

	return bare_call(b, RMI_RTT_DATA_MAP_INIT, b->rd, spare, a->ipa + b->granule, b->params,
			 RMI_DATA_MEASURE_CONTENT)
		.x[0];
}

static uint64_t unmap(struct area *a, rmm_pa spare)
{
	struct bare *b = a->b;

	return bare_call(b, RMI_RTT_DATA_UNMAP, b->rd, a->ipa, a->ipa + b->granule, RMI_ADDR_NONE,
			 0)
		.x[0];
}

static uint64_t fold(struct area *a, rmm_pa spare)
{
	return bare_call(a->b, RMI_RTT_FOLD, a->b->rd, a->ipa, LEVEL, 0, 0).x[0];
}

static uint64_t create(struct area *a, rmm_pa spare)
{
	return bare_call(a->b, RMI_RTT_CREATE, a->b->rd, spare, a->ipa, LEVEL, 0).x[0];
}

static uint64_t destroy(struct area *a, rmm_pa spare)
{
	return bare_call(a->b, RMI_RTT_DESTROY, a->b->rd, a->ipa, LEVEL, 0, 0).x[0];
}

/* Areas */

static void map_all(struct area *a, uint64_t size)
{
	struct bare *b = a->b;
	uint64_t done = 0;

	while (done < size) {
		uint64_t nr = (size - done) / b->granule;
		rmm_ipa base = a->ipa + done, top;

		/* (as many as a descriptor has room for) */
		nr = nr > 512 ? 512 : nr;
		top = base + nr * b->granule;
		done = bare_must(b, RMI_RTT_DATA_MAP, b->rd, base, top, RMI_ADDR_SINGLE,
				 bare_desc(b, a->mem + done, LEVEL, nr))
			       .x[1] -
		       a->ipa;
	}
}

/* The same for each area, up to its addresses. */
static void area_make(struct area *a, struct bare *b, unsigned nr, enum start start)
{
	uint64_t block = rmi_level_size(b->shift, 2);
	uint64_t mapped = start == PAGE ? b->granule : start >= FULL ? block : 0;

	*a = (struct area){ .b = b, .ipa = (1 + nr) * block };
	bare_must(b, RMI_RTT_INIT_RIPAS, b->rd, a->ipa, a->ipa + block, 0, 0);
	a->mem = a->first = bare_pages(b, mapped / b->granule + 4, mapped ? mapped : b->granule);
	a->end = b->next;
	bare_delegate(b, a->first, a->end);
	a->table = a->first + mapped;
	for (unsigned i = 0; i < 3; i++)
		a->spare[i] = a->table + (1 + i) * b->granule;
	if (start != NO_TABLE)
		bare_must(b, RMI_RTT_CREATE, b->rd, a->table, a->ipa, LEVEL, 0);
	map_all(a, mapped);
	if (start == BLOCK)
		bare_must(b, RMI_RTT_FOLD, b->rd, a->ipa, LEVEL, 0, 0);
}

/* Whatever the commands have left. */
static void area_drop(struct area *a)
{
	struct bare *b = a->b;
	uint64_t block = rmi_level_size(b->shift, 2);
	struct rmm_entry entry;
	rmm_ipa ipa = a->ipa;

	while (ipa < a->ipa + block) {
		sim_expect(b->w, rmm_walk(b->rmm, b->rd, ipa, &entry));
		if (entry.hipas == RMM_HIPAS_DATA) {
			rmm_ipa top = ipa + rmi_level_size(b->shift, entry.level);

			bare_must(b, RMI_RTT_DATA_UNMAP, b->rd, ipa, top, RMI_ADDR_NONE, 0);
		}
		ipa += rmi_level_size(b->shift, entry.level);
	}
	sim_expect(b->w, rmm_walk(b->rmm, b->rd, a->ipa, &entry));
	if (entry.level == LEVEL)
		bare_must(b, RMI_RTT_DESTROY, b->rd, a->ipa, LEVEL, 0, 0);
	bare_undelegate(b, a->first, a->end);
}

/* Outcomes */

struct outcome {
	uint64_t x0[MAX_COMMANDS];
	/* Of the first, the second and the last page: pa counts from the area's memory. */
	struct {
		int level;
		unsigned hipas, ripas;
		rmm_pa pa;
	} entry[3];
	/* Of the table's granule, of those that were brought along, of the first page mapped at the start. */
	enum rmm_granule_state granule[2 + MAX_COMMANDS];
};

static void look(struct area *a, struct outcome *o)
{
	struct bare *b = a->b;
	rmm_ipa last = a->ipa + rmi_level_size(b->shift, 2) - b->granule;
	const rmm_ipa at[3] = { a->ipa, a->ipa + b->granule, last };

	for (unsigned i = 0; i < 3; i++) {
		struct rmm_entry e;

		sim_expect(b->w, rmm_walk(b->rmm, b->rd, at[i], &e));
		o->entry[i].level = e.level;
		o->entry[i].hipas = e.hipas;
		o->entry[i].ripas = e.ripas;
		o->entry[i].pa = e.pa ? e.pa - a->first : UINT64_MAX;
	}
	o->granule[0] = bare_state(b, a->table);
	for (unsigned i = 0; i < MAX_COMMANDS; i++)
		o->granule[1 + i] = bare_state(b, a->spare[i]);
	o->granule[1 + MAX_COMMANDS] = bare_state(b, a->first);
}

static bool same_outcome(const struct outcome *a, const struct outcome *b)
{
	for (unsigned i = 0; i < MAX_COMMANDS; i++)
		if (a->x0[i] != b->x0[i])
			return false;
	for (unsigned i = 0; i < 3; i++)
		if (a->entry[i].level != b->entry[i].level ||
		    a->entry[i].hipas != b->entry[i].hipas ||
		    a->entry[i].ripas != b->entry[i].ripas || a->entry[i].pa != b->entry[i].pa)
			return false;
	return !memcmp(a->granule, b->granule, sizeof(a->granule));
}

/* Meetings */

struct attender {
	struct meeting meeting;
	struct area *area;
	struct outcome *outcome;
	unsigned nr;
};

static rmm_pa spare_of(const struct area *a, const struct meeting *m, unsigned nr)
{
	return a->spare[m->one_granule ? 0 : nr];
}

static void attend(struct sim_world *w, void *job)
{
	struct attender *a = job;

	a->outcome->x0[a->nr] =
		a->meeting.commands[a->nr](a->area, spare_of(a->area, &a->meeting, a->nr));
}

#define MAX_ORDERS 6 /* of three commands */

/* The n-th order of `nr` things, 0 .. nr! - 1. */
static void order_of(unsigned n, unsigned nr, unsigned order[MAX_COMMANDS])
{
	unsigned left[MAX_COMMANDS] = { 0, 1, 2 };

	for (unsigned i = 0; i < nr; i++) {
		unsigned at = n % (nr - i);

		n /= nr - i;
		order[i] = left[at];
		memmove(&left[at], &left[at + 1], (nr - i - at - 1) * sizeof(left[0]));
	}
}

static void serially(struct area *a, const struct meeting *m, unsigned n, struct outcome *o)
{
	unsigned order[MAX_COMMANDS];

	*o = (struct outcome){ 0 };
	order_of(n, m->nr, order);
	for (unsigned i = 0; i < m->nr; i++)
		o->x0[order[i]] = m->commands[order[i]](a, spare_of(a, m, order[i]));
	look(a, o);
}

static void must_be_one_of(struct bare *b, const struct outcome *orders, unsigned nr,
			   const struct outcome *o)
{
	for (unsigned i = 0; i < nr; i++)
		if (same_outcome(&orders[i], o))
			return;
	sim_fail(b->w,
		 "no order of the commands ends so: X0 0x%llx, 0x%llx, 0x%llx; first page %s at "
		 "level %d, RIPAS %u; one order has 0x%llx, 0x%llx, 0x%llx; %s at %d, %u",
		 (unsigned long long)o->x0[0], (unsigned long long)o->x0[1],
		 (unsigned long long)o->x0[2], rmm_hipas_name(o->entry[0].hipas), o->entry[0].level,
		 o->entry[0].ripas, (unsigned long long)orders[0].x0[0],
		 (unsigned long long)orders[0].x0[1], (unsigned long long)orders[0].x0[2],
		 rmm_hipas_name(orders[0].entry[0].hipas), orders[0].entry[0].level,
		 orders[0].entry[0].ripas);
}

static void meet(struct sim_world *w, const struct meeting *m)
{
	unsigned nr_orders = m->nr == 3 ? 6 : 2;
	struct outcome orders[MAX_ORDERS], outcome = { 0 };
	struct attender attenders[MAX_COMMANDS];
	struct area area;
	struct bare b;

	bare_begin(&b, w);
	bare_realm_create(&b);
	for (unsigned i = 0; i < nr_orders; i++) {
		area_make(&area, &b, i, m->start);
		serially(&area, m, i, &orders[i]);
		area_drop(&area);
	}
	area_make(&area, &b, nr_orders, m->start);
	for (unsigned i = 0; i < m->nr; i++) {
		attenders[i] = (struct attender){ *m, &area, &outcome, i };
		sim_expect(w, sim_spawn(w, attend, &attenders[i]) == 0);
	}
	sim_join(w);
	look(&area, &outcome);
	must_be_one_of(&b, orders, nr_orders, &outcome);
	area_drop(&area);
	bare_realm_destroy(&b);
	bare_end(&b);
}

/* X(function, name, start, commands..., about) */
#define MEETINGS(X)                                                                                \
	X(map_map, "rtt-map-map", EMPTY_TABLE, "two DATA_MAPs of one page", map, map)              \
	X(map_init, "rtt-map-init", EMPTY_TABLE, "DATA_MAP and DATA_MAP_INIT of one page", map,    \
	  map_init)                                                                                \
	X(map_unmap, "rtt-map-unmap", PAGE, "DATA_MAP and DATA_UNMAP of a mapped page", map,       \
	  unmap)                                                                                   \
	X(map_fold, "rtt-map-fold", EMPTY_TABLE, "DATA_MAP into a table that RTT_FOLD folds", map, \
	  fold)                                                                                    \
	X(map_create, "rtt-map-create", NO_TABLE, "DATA_MAP while RTT_CREATE makes its table",     \
	  map, create)                                                                             \
	X(map_destroy, "rtt-map-destroy", EMPTY_TABLE,                                             \
	  "DATA_MAP into a table that RTT_DESTROY takes away", map, destroy)                       \
	X(init_init, "rtt-init-init", EMPTY_TABLE, "two DATA_MAP_INITs of one page", map_init,     \
	  map_init)                                                                                \
	X(init_unmap, "rtt-init-unmap", PAGE, "DATA_MAP_INIT and DATA_UNMAP of a mapped page",     \
	  map_init, unmap)                                                                         \
	X(init_fold, "rtt-init-fold", EMPTY_TABLE,                                                 \
	  "DATA_MAP_INIT into a table that RTT_FOLD folds", map_init, fold)                        \
	X(init_create, "rtt-init-create", NO_TABLE,                                                \
	  "DATA_MAP_INIT while RTT_CREATE makes its table", map_init, create)                      \
	X(init_destroy, "rtt-init-destroy", EMPTY_TABLE,                                           \
	  "DATA_MAP_INIT into a table that RTT_DESTROY takes away", map_init, destroy)             \
	X(unmap_unmap, "rtt-unmap-unmap", PAGE, "two DATA_UNMAPs of one page", unmap, unmap)       \
	X(unmap_fold, "rtt-unmap-fold", FULL, "DATA_UNMAP of a page while RTT_FOLD makes a block", \
	  unmap, fold)                                                                             \
	X(unmap_create, "rtt-unmap-create", BLOCK,                                                 \
	  "DATA_UNMAP of a page while RTT_CREATE splits its block", unmap, create)                 \
	X(unmap_destroy, "rtt-unmap-destroy", PAGE,                                                \
	  "DATA_UNMAP of the last page of a table that RTT_DESTROY takes away", unmap, destroy)    \
	X(fold_fold, "rtt-fold-fold", EMPTY_TABLE, "two RTT_FOLDs of one table", fold, fold)       \
	X(fold_create, "rtt-fold-create", EMPTY_TABLE, "RTT_FOLD and RTT_CREATE of one table",     \
	  fold, create)                                                                            \
	X(fold_destroy, "rtt-fold-destroy", EMPTY_TABLE, "RTT_FOLD and RTT_DESTROY of one table",  \
	  fold, destroy)                                                                           \
	X(create_create, "rtt-create-create", NO_TABLE, "two RTT_CREATEs of one table", create,    \
	  create)                                                                                  \
	X(create_destroy, "rtt-create-destroy", EMPTY_TABLE,                                       \
	  "RTT_CREATE and RTT_DESTROY of one table", create, destroy)                              \
	X(destroy_destroy, "rtt-destroy-destroy", EMPTY_TABLE, "two RTT_DESTROYs of one table",    \
	  destroy, destroy)

/* Two pages. */
#define MEETINGS_OF_TWO_PAGES(X)                                                            \
	X(init_init_next, "rtt-init-init-next", EMPTY_TABLE, "DATA_MAP_INITs of two pages", \
	  map_init, map_init_next)

/* Two pages, and one granule for both of them. */
#define MEETINGS_OF_ONE_GRANULE(X)                               \
	X(map_init_granule, "rtt-map-init-granule", EMPTY_TABLE, \
	  "DATA_MAP and DATA_MAP_INIT of one granule", map, map_init_next)

/* And three of them. */
#define MEETINGS_OF_THREE(X)                                                        \
	X(map_unmap_destroy, "rtt-map-unmap-destroy", PAGE,                         \
	  "DATA_MAP, DATA_UNMAP and RTT_DESTROY on one table", map, unmap, destroy) \
	X(init_fold_create, "rtt-init-fold-create", EMPTY_TABLE,                    \
	  "DATA_MAP_INIT, RTT_FOLD and RTT_CREATE on one table", map_init, fold, create)

#define NR(...) (sizeof((command[]){ __VA_ARGS__ }) / sizeof(command))
#define MEETING_WITH(one, function, name, first, about, ...)                     \
	static void meet_##function(struct sim_world *w)                         \
	{                                                                        \
		static const struct meeting m = { .start = (first),              \
						  .one_granule = (one),          \
						  .nr = NR(__VA_ARGS__),         \
						  .commands = { __VA_ARGS__ } }; \
                                                                                 \
		meet(w, &m);                                                     \
	}
#define MEETING(...)                MEETING_WITH(false, __VA_ARGS__)
#define MEETING_OF_ONE_GRANULE(...) MEETING_WITH(true, __VA_ARGS__)
MEETINGS(MEETING)
MEETINGS_OF_TWO_PAGES(MEETING)
MEETINGS_OF_ONE_GRANULE(MEETING_OF_ONE_GRANULE)
MEETINGS_OF_THREE(MEETING)

#define ENTRY_OF_TWO(function, name, first, about, ...) \
	{ name, about, meet_##function, true, .bound = 3, .granule_points = true },
#define ENTRY_OF_THREE(function, name, first, about, ...) \
	{ name, about, meet_##function, true, .bound = 2, .granule_points = true },

const struct sim_catalogue_entry scenarios_rtt[] = {
	MEETINGS(ENTRY_OF_TWO) MEETINGS_OF_TWO_PAGES(ENTRY_OF_TWO) MEETINGS_OF_ONE_GRANULE(
		ENTRY_OF_TWO) MEETINGS_OF_THREE(ENTRY_OF_THREE){ NULL, NULL, NULL, false },
};
