/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What single commands do to entries of each kind, RMI calls alone: nothing is expected here that the ghost does not
 * expect of every call; a status only where the specification has one answer.
 */
#include "scenario.h"

#define LEVEL 3

/* A table of level 3 at an address of either half. */
struct leaf {
	struct bare *b;
	rmm_ipa ipa;
	uint64_t size; /* of what the table maps */
	rmm_pa table[3];
	unsigned nr;
};

static rmm_ipa half(const struct bare *b)
{
	return UINT64_C(1) << (BARE_IPA_BITS - 1);
}

static rmm_pa granule(struct bare *b)
{
	rmm_pa pa = bare_pages(b, 1, b->granule);

	bare_delegate(b, pa, pa + b->granule);
	return pa;
}

/* With the tables above that are not there; only the protected half has some. */
static void leaf_make(struct leaf *l, struct bare *b, rmm_ipa ipa)
{
	int level = ipa < half(b) ? LEVEL : b->start_level + 1;

	*l = (struct leaf){ .b = b, .ipa = ipa, .size = rmi_level_size(b->shift, 2) };
	for (; level <= LEVEL; level++) {
		l->table[l->nr] = granule(b);
		bare_must(b, RMI_RTT_CREATE, b->rd, l->table[l->nr++], ipa, (uint64_t)level, 0);
	}
}

/* The table of level 3 may have been folded. */
static void leaf_drop(struct leaf *l)
{
	struct bare *b = l->b;
	struct rmm_entry e;

	for (unsigned i = 0; i < l->nr; i++) {
		uint64_t level = LEVEL - i;

		sim_expect(b->w, rmm_walk(b->rmm, b->rd, l->ipa, &e));
		if (e.level == (int)level)
			bare_must(b, RMI_RTT_DESTROY, b->rd, l->ipa, level, 0, 0);
	}
	for (unsigned i = 0; i < l->nr; i++)
		bare_undelegate(b, l->table[i], l->table[i] + b->granule);
}

static unsigned fold(struct leaf *l)
{
	struct bare *b = l->b;

	return RMI_RESULT_STATUS(bare_call(b, RMI_RTT_FOLD, b->rd, l->ipa, LEVEL, 0, 0).x[0]);
}

/* The host's memory, page by page. */

#define WRITE_BACK  UINT64_C(1)
#define NO_CACHE    UINT64_C(0)
#define READ_WRITE  UINT64_C(3)
#define READ_ONLY   UINT64_C(2)
#define ATTRS(m, p) ((m) << 16 | (p) << 19) /* RmiRttUnprotMapFlags */

static void unprot_map(struct leaf *l, uint64_t from, uint64_t to, rmm_pa pa, uint64_t attrs)
{
	struct bare *b = l->b;

	while (from < to) {
		uint64_t nr = (to - from) / b->granule;
		struct rmi_range_desc desc = { .base = pa + from,
					       .level = LEVEL,
					       .count = nr > 512 ? 512 : nr,
					       .state = RMI_OP_MEM_UNDELEGATED };
		uint64_t word = rmi_range_desc_encode(rmm_edition(b->rmm), b->shift, &desc);
		rmm_ipa top = l->ipa + from + desc.count * b->granule;

		from = bare_must(b, RMI_RTT_UNPROT_MAP, b->rd, l->ipa + from, top,
				 RMI_ADDR_SINGLE | attrs, word)
			       .x[1] -
		       l->ipa;
	}
}

static void unprot_unmap(struct leaf *l, uint64_t from, uint64_t to)
{
	struct bare *b = l->b;

	while (from < to)
		from = bare_must(b, RMI_RTT_UNPROT_UNMAP, b->rd, l->ipa + from, l->ipa + to,
				 RMI_ADDR_NONE, 0)
			       .x[1] -
		       l->ipa;
}

/* All pages are alike but the last one, which is mapped so, or not at all. */
static void fold_with_another(struct leaf *l, rmm_pa mem, uint64_t attrs)
{
	uint64_t page = l->b->granule;

	unprot_map(l, l->size - page, l->size, mem, attrs);
	sim_expect(l->b->w, fold(l) == RMI_ERROR_RTT);
	unprot_unmap(l, l->size - page, l->size);
	sim_expect(l->b->w, fold(l) == RMI_ERROR_RTT);
}

/* RTT_FOLD takes a table only when its entries are alike (DEN0137 A5.6; rmm-state-machines 10.4). */
static void fold_unlike(struct sim_world *w)
{
	struct leaf l;
	struct bare b;
	rmm_pa mem;

	bare_begin(&b, w);
	bare_realm_create(&b);
	leaf_make(&l, &b, half(&b));
	mem = bare_pages(&b, l.size / b.granule + 1, l.size);
	unprot_map(&l, 0, l.size - b.granule, mem, ATTRS(WRITE_BACK, READ_WRITE));
	fold_with_another(&l, mem, ATTRS(WRITE_BACK, READ_ONLY));
	fold_with_another(&l, mem, ATTRS(NO_CACHE, READ_WRITE));
	fold_with_another(&l, mem + b.granule, ATTRS(WRITE_BACK, READ_WRITE));
	unprot_map(&l, l.size - b.granule, l.size, mem, ATTRS(WRITE_BACK, READ_WRITE));
	sim_expect(w, fold(&l) == RMI_SUCCESS);
	unprot_unmap(&l, 0, l.size);
	leaf_drop(&l);
	bare_realm_destroy(&b);
	bare_end(&b);
}

/* A REC asks for nothing here: INIT_RIPAS makes RAM, a table that is destroyed leaves DESTROYED. */
static void data_map(struct leaf *l, uint64_t at, rmm_pa pa)
{
	struct bare *b = l->b;
	rmm_ipa ipa = l->ipa + at;

	bare_must(b, RMI_RTT_DATA_MAP, b->rd, ipa, ipa + b->granule, RMI_ADDR_SINGLE,
		  bare_desc(b, pa, LEVEL, 1));
}

static void data_unmap(struct leaf *l, uint64_t at)
{
	struct bare *b = l->b;
	rmm_ipa ipa = l->ipa + at;

	bare_must(b, RMI_RTT_DATA_UNMAP, b->rd, ipa, ipa + b->granule, RMI_ADDR_NONE, 0);
}

/* DATA_MAP leaves the RIPAS alone, DATA_UNMAP takes RAM with it (rmm-state-machines 7.2). */
static void map_each_ripas(struct sim_world *w)
{
	struct leaf l;
	struct bare b;
	rmm_pa mem;

	bare_begin(&b, w);
	bare_realm_create(&b);
	leaf_make(&l, &b, rmi_level_size(b.shift, 2));
	mem = granule(&b);
	bare_must(&b, RMI_RTT_INIT_RIPAS, b.rd, l.ipa, l.ipa + b.granule, 0, 0);
	/* RAM, DESTROYED, EMPTY */
	for (unsigned i = 0; i < 3; i++) {
		data_map(&l, i / 2 * b.granule, mem);
		data_unmap(&l, i / 2 * b.granule);
	}
	leaf_drop(&l);
	bare_undelegate(&b, mem, mem + b.granule);
	bare_realm_destroy(&b);
	bare_end(&b);
}

const struct sim_catalogue_entry scenarios_entry[] = {
	{ "fold-unlike", "RTT_FOLD of tables whose entries differ in one thing", fold_unlike, false,
	  .granule_points = true },
	{ "map-each-ripas", "DATA_MAP and DATA_UNMAP of RAM, DESTROYED and EMPTY", map_each_ripas,
	  false, .granule_points = true },
	{ NULL, NULL, NULL, false },
};
