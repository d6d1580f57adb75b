/* SPDX-License-Identifier: BSD-2-Clause */
/* Level 1 tables of the host: a list, for there are few. */
#include "gpt.h"
#include "granule.h"
#include "model.h"

uint64_t gpt_region_size(const struct rmm *rmm)
{
	return UINT64_C(1) << (30 + rmm->cfg.features.l0gptsz);
}

static rmm_pa region_base(const struct rmm *rmm, rmm_pa pa)
{
	return pa & ~(gpt_region_size(rmm) - 1);
}

unsigned gpt_table_granules(const struct rmm *rmm)
{
	uint64_t bytes = gpt_region_size(rmm) >> granule_shift(rmm) >> 1;

	return (unsigned)((bytes + granule_size(rmm) - 1) >> granule_shift(rmm));
}

struct gpt_table *gpt_find(const struct rmm *rmm, rmm_pa pa)
{
	struct gpt_table *t = __atomic_load_n(&rmm->gpt, __ATOMIC_ACQUIRE);

	while (t && t->region != region_base(rmm, pa))
		t = t->next;
	return t;
}

struct gpt_table *gpt_get(struct rmm *rmm, rmm_pa pa)
{
	struct gpt_table *t = gpt_find(rmm, pa);

	if (t)
		return t;
	t = rmm_alloc(rmm, sizeof(*t));
	if (!t)
		return NULL;
	t->region = region_base(rmm, pa);
	t->next = rmm->gpt;
	__atomic_store_n(&rmm->gpt, t, __ATOMIC_RELEASE);
	return t;
}

enum gpt_state gpt_state(const struct rmm *rmm, rmm_pa pa)
{
	const struct gpt_table *t = gpt_find(rmm, pa);

	return t ? (enum gpt_state)__atomic_load_n(&t->state, __ATOMIC_ACQUIRE) : GPT_BLOCK;
}

void gpt_set_state(struct gpt_table *t, enum gpt_state state)
{
	__atomic_store_n(&t->state, (uint8_t)state, __ATOMIC_RELEASE);
}

/* Bytes of bank b in the region at `base`. */
static uint64_t part_of(const struct rmm *rmm, const struct bank *b, rmm_pa base)
{
	rmm_pa end = base + gpt_region_size(rmm), from = b->base > base ? b->base : base;
	rmm_pa to = b->base + b->size < end ? b->base + b->size : end;

	return to > from ? to - from : 0;
}

static uint64_t populated(const struct rmm *rmm, rmm_pa pa)
{
	uint64_t bytes = 0;

	for (unsigned i = 0; i < rmm->nr_banks; i++)
		bytes += part_of(rmm, &rmm->banks[i], region_base(rmm, pa));
	return bytes;
}

enum rmi_gpt_par gpt_par(const struct rmm *rmm, rmm_pa pa)
{
	if (!populated(rmm, pa))
		return RMI_GPT_RESERVED;
	if (rmm->cfg.gpt == RMM_GPT_PLATFORM)
		return RMI_GPT_PLAT;
	return gpt_state(rmm, pa) == GPT_TABLE ? RMI_GPT_HOST_CREATED : RMI_GPT_HOST_NOT_CREATED;
}

/* The first region behind pa that holds memory. */
static rmm_pa next_memory(const struct rmm *rmm, rmm_pa pa, rmm_pa limit)
{
	for (unsigned i = 0; i < rmm->nr_banks; i++) {
		rmm_pa base = region_base(rmm, rmm->banks[i].base);

		if (base > pa && base < limit)
			limit = base;
	}
	return limit;
}

rmm_pa gpt_par_end(const struct rmm *rmm, rmm_pa pa, rmm_pa limit)
{
	enum rmi_gpt_par par = gpt_par(rmm, pa);

	while (pa < limit && gpt_par(rmm, pa) == par)
		pa = par == RMI_GPT_RESERVED ? next_memory(rmm, pa, limit)
					     : region_base(rmm, pa) + gpt_region_size(rmm);
	return pa;
}

struct count {
	const struct gpt_table *table;
	rmm_pa end;
	uint64_t granule;      /* bytes */
	uint64_t realm, other; /* granules; NS are the rest */
};

static bool is_own(const struct gpt_table *t, rmm_pa pa)
{
	for (unsigned i = 0; i < t->nr_pages; i++) {
		if (t->pages[i] == pa)
			return true;
	}
	return false;
}

static void count(void *ctx, const struct granule_run *run)
{
	struct count *c = ctx;
	rmm_pa from = run->pa > c->table->region ? run->pa : c->table->region;
	rmm_pa to = run->pa + run->size < c->end ? run->pa + run->size : c->end;

	if (from < to && run->state != RMM_GPT_L1)
		c->realm += (to - from) / c->granule;
	for (; from < to && run->state == RMM_GPT_L1; from += c->granule)
		c->other += !is_own(c->table, from);
}

bool gpt_is_homogeneous(const struct rmm *rmm, const struct gpt_table *t)
{
	struct count c = { .table = t,
			   .end = t->region + gpt_region_size(rmm),
			   .granule = granule_size(rmm) };

	granule_each(rmm, count, &c);
	if (c.other)
		return false;
	return !c.realm || c.realm == populated(rmm, t->region) >> granule_shift(rmm);
}

void gpt_exit(struct rmm *rmm)
{
	while (rmm->gpt) {
		struct gpt_table *t = rmm->gpt;

		rmm->gpt = t->next;
		rmm_release(rmm, t->pages, t->nr_pages * sizeof(*t->pages));
		rmm_release(rmm, t, sizeof(*t));
	}
}
