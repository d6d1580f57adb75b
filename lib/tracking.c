/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a region is: kept by bank and only from the first RMI_GRANULE_TRACKING_SET on. Before that
 * every region is as the configuration has it at activation. The first bank with memory in a region
 * keeps its state.
 */
#include "granule.h"
#include "tracking_in.h"

/* Region sizes by granule and RmiTrackingRegionSize; the 2 MiB of bet3 has no number yet (OP-4). */
static unsigned region_shift(unsigned g_shift, uint64_t code)
{
	static const uint8_t shifts[3][2] = { { 30, 0 }, { 25, 36 }, { 29, 42 } };

	return code < 2 ? shifts[(g_shift - 12) / 2][code] : 0;
}

bool tracking_size_is_valid(unsigned g_shift, uint64_t code)
{
	return region_shift(g_shift, code) != 0;
}

/*
 * The regions of one bank for one region size, from the first one that is set. The size can change
 * while nothing is tracked; the tables stay, for other CPUs may still look at one.
 */
struct region_table {
	unsigned shift;
	size_t nr;
	struct region_table *next;
	struct region region[];
};

void tracking_set_size(struct rmm *rmm, unsigned g_shift, unsigned code)
{
	__atomic_store_n(&rmm->tracking_code, code, __ATOMIC_RELAXED);
	__atomic_store_n(&rmm->region_shift, region_shift(g_shift, code), __ATOMIC_RELAXED);
}

uint64_t tracking_region_size(const struct rmm *rmm)
{
	return UINT64_C(1) << shift(rmm);
}

/* The part of bank i in the region at `base`; false when there is none. */
static bool part_of(const struct rmm *rmm, unsigned i, rmm_pa base, rmm_pa *from, uint64_t *size)
{
	const struct bank *b = &rmm->banks[i];
	rmm_pa end = base + tracking_region_size(rmm);
	rmm_pa to = b->base + b->size < end ? b->base + b->size : end;

	*from = b->base > base ? b->base : base;
	*size = to > *from ? to - *from : 0;
	return *size != 0;
}

static struct bank *keeper(const struct rmm *rmm, rmm_pa pa)
{
	rmm_pa from;
	uint64_t size;

	for (unsigned i = 0; i < rmm->nr_banks; i++) {
		if (part_of(rmm, i, region_base(rmm, pa), &from, &size))
			return (struct bank *)&rmm->banks[i];
	}
	return NULL;
}

bool tracking_holds(const struct rmm *rmm, rmm_pa pa, enum rmm_memory kind)
{
	rmm_pa from;
	uint64_t size;

	for (unsigned i = 0; i < rmm->nr_banks; i++) {
		if (rmm->banks[i].kind == kind &&
		    part_of(rmm, i, region_base(rmm, pa), &from, &size))
			return true;
	}
	return false;
}

bool tracking_is_homogeneous(const struct rmm *rmm, rmm_pa pa)
{
	return phys_bank(rmm, region_base(rmm, pa), tracking_region_size(rmm));
}

/* Of a region with memory of two kinds, what is of the other kind cannot be delegated. */
bool tracking_category_fits(const struct rmm *rmm, rmm_pa pa, unsigned category)
{
	for (unsigned kind = RMM_DRAM; kind <= RMM_DEVICE_COH; kind++) {
		if (tracking_holds(rmm, pa, (enum rmm_memory)kind) &&
		    kind_fits((enum rmm_memory)kind, category))
			return true;
	}
	return false;
}

/*
 * As the configuration has it. Only DRAM is tracked without being asked for; TF-RMM tracks nothing and
 * knows device memory all the same.
 */
static struct region initial(const struct rmm *rmm, rmm_pa pa)
{
	struct region r = { .state = RMI_TRACKING_NONE };

	if (!keeper(rmm, pa)) {
		r.state = RMI_TRACKING_RESERVED;
		r.category = RMI_MEM_NONE;
	} else if (!tracking_holds(rmm, pa, RMM_DRAM)) {
		r.category = tracking_holds(rmm, pa, RMM_DEVICE_COH) ? RMI_MEM_DEV_COH
								     : RMI_MEM_DEV_NCOH;
		if (rmm->profile.tf_rmm && is_started(rmm))
			r.state = RMI_TRACKING_FINE;
	} else if (is_started(rmm) && rmm->cfg.tracking == RMM_TRACKED_FINE) {
		r.state = RMI_TRACKING_FINE;
	} else if (is_started(rmm) && rmm->cfg.tracking == RMM_TRACKED_COARSE) {
		r.state =
			tracking_is_homogeneous(rmm, pa) ? RMI_TRACKING_COARSE : RMI_TRACKING_FINE;
	}
	return r;
}

static size_t nr_regions(const struct bank *b, unsigned shift)
{
	return (size_t)((b->base + b->size - 1) >> shift) - (size_t)(b->base >> shift) + 1;
}

static struct region_table *tables(const struct bank *b)
{
	return __atomic_load_n(&b->regions, __ATOMIC_ACQUIRE);
}

static struct region *slot(const struct rmm *rmm, const struct bank *b, rmm_pa pa)
{
	struct region_table *t = tables(b);
	uint64_t index;

	while (t && t->shift != shift(rmm))
		t = t->next;
	if (!t)
		return NULL;
	/* The size may change right now: what comes out of that is looked at again. */
	index = (pa >> t->shift) - (b->base >> t->shift);
	return index < t->nr ? &t->region[index] : NULL;
}

static bool make_table(struct rmm *rmm, struct bank *b)
{
	size_t nr = nr_regions(b, shift(rmm));
	struct region_table *t = rmm_alloc(rmm, sizeof(*t) + nr * sizeof(t->region[0]));

	if (!t)
		return false;
	t->shift = shift(rmm);
	t->nr = nr;
	t->next = b->regions;
	__atomic_store_n(&b->regions, t, __ATOMIC_RELEASE);
	return true;
}

struct region tracking_region(const struct rmm *rmm, rmm_pa pa)
{
	struct bank *b = keeper(rmm, pa);
	struct region *r = b ? slot(rmm, b, pa) : NULL;
	unsigned state = r ? __atomic_load_n(&r->state, __ATOMIC_ACQUIRE) : 0;

	if (!state)
		return initial(rmm, pa);
	return (struct region){ .state = (uint8_t)state,
				.category = __atomic_load_n(&r->category, __ATOMIC_RELAXED),
				.sealed = __atomic_load_n(&r->sealed, __ATOMIC_ACQUIRE) };
}

unsigned tracking_metadata(const struct rmm *rmm, rmm_pa pa, const rmm_pa **pages)
{
	struct bank *b = keeper(rmm, pa);
	const struct region *r = b ? slot(rmm, b, pa) : NULL;

	*pages = r ? r->metadata : NULL;
	return r ? r->nr_metadata : 0;
}

struct region *tracking_region_get(struct rmm *rmm, rmm_pa pa)
{
	struct bank *b = keeper(rmm, pa);
	struct region *r, first;

	if (!b || (!slot(rmm, b, pa) && !make_table(rmm, b)))
		return NULL;
	r = slot(rmm, b, pa);
	if (!r->state) {
		first = initial(rmm, pa);
		__atomic_store_n(&r->category, first.category, __ATOMIC_RELAXED);
		__atomic_store_n(&r->state, first.state, __ATOMIC_RELEASE);
		__atomic_store_n(&rmm->regions_set, true, __ATOMIC_RELEASE);
	}
	return r;
}

void tracking_clear(struct rmm *rmm)
{
	for (unsigned i = 0; i < rmm->nr_banks; i++) {
		for (struct region_table *t = tables(&rmm->banks[i]); t; t = t->next) {
			for (size_t j = 0; j < t->nr; j++)
				__atomic_store_n(&t->region[j].state, 0, __ATOMIC_RELEASE);
		}
	}
	__atomic_store_n(&rmm->regions_set, false, __ATOMIC_RELEASE);
}

static void free_table(struct rmm *rmm, struct region_table *t)
{
	for (size_t i = 0; i < t->nr; i++)
		rmm_release(rmm, t->region[i].metadata,
			    t->region[i].nr_metadata * sizeof(*t->region[i].metadata));
	rmm_release(rmm, t, sizeof(*t) + t->nr * sizeof(t->region[0]));
}

void tracking_exit(struct rmm *rmm)
{
	for (unsigned i = 0; i < rmm->nr_banks; i++) {
		while (rmm->banks[i].regions) {
			struct region_table *t = rmm->banks[i].regions;

			rmm->banks[i].regions = t->next;
			free_table(rmm, t);
		}
	}
}

/*
 *	[........M....MM........]	M: metadata (in ascending order); the rest in runs
 *	 ------->-   -->------->
 */
struct granule_look tracking_look(const struct rmm *rmm, rmm_pa pa)
{
	struct granule_look look = { .any = false };
	const rmm_pa *metadata;
	unsigned nr = tracking_metadata(rmm, pa, &metadata);
	uint64_t size;
	rmm_pa from;

	for (unsigned i = 0; i < rmm->nr_banks && !look.locked; i++) {
		if (!part_of(rmm, i, region_base(rmm, pa), &from, &size))
			continue;
		for (unsigned m = 0; m < nr; m++) {
			uint64_t run = metadata[m] - from;

			if (metadata[m] < from || run >= size)
				continue;
			granule_look(rmm, from, run, &look);
			from += run + granule_size(rmm);
			size -= run + granule_size(rmm);
		}
		granule_look(rmm, from, size, &look);
	}
	return look;
}

/* What GRANULE_TRACKING_GET says of one address. A hole has a category of its own from bet3 on. */
static void report(const struct rmm *rmm, rmm_pa pa, unsigned *category, unsigned *state)
{
	struct region r = tracking_region(rmm, pa);

	*category = r.category;
	*state = r.state;
	if (!phys_bank(rmm, pa, 1)) {
		*category = RMI_MEM_NONE;
		*state = RMI_TRACKING_RESERVED;
	}
	if (*category == RMI_MEM_NONE && rmm->cfg.edition < RMI_BET3)
		*category = RMI_MEM_CONVENTIONAL;
	if (*state != RMI_TRACKING_RESERVED && r.sealed && rmm->cfg.edition >= RMI_BET3)
		*state = RMI_TRACKING_INTERMEDIATE;
}

/* The next address behind pa where a bank or, within memory, a region begins or ends. */
static rmm_pa next_border(const struct rmm *rmm, rmm_pa pa)
{
	const struct bank *b = phys_bank(rmm, pa, 1);
	rmm_pa next = b ? region_base(rmm, pa) + tracking_region_size(rmm) : UINT64_MAX;

	for (unsigned i = 0; i < rmm->nr_banks; i++) {
		rmm_pa base = rmm->banks[i].base, end = base + rmm->banks[i].size;

		if (base > pa && base < next)
			next = base;
		if (end > pa && end < next)
			next = end;
	}
	return next;
}

void tracking_get(const struct rmm *rmm, rmm_pa pa, unsigned *category, unsigned *state,
		  rmm_pa *top)
{
	unsigned other_category, other_state;
	rmm_pa limit = *top;

	report(rmm, pa, category, state);
	*top = next_border(rmm, pa);
	while (*top < limit) {
		report(rmm, *top, &other_category, &other_state);
		if (other_category != *category || other_state != *state)
			return;
		*top = next_border(rmm, *top);
	}
	*top = limit;
}

uint64_t tracking_count(const struct rmm *rmm)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < rmm->nr_banks; i++) {
		const struct bank *b = &rmm->banks[i];
		rmm_pa at = region_base(rmm, b->base);

		for (size_t j = 0; j < nr_regions(b, shift(rmm));
		     j++, at += tracking_region_size(rmm))
			n += keeper(rmm, at) == b &&
			     tracking_region(rmm, at).state >= RMI_TRACKING_FINE;
	}
	return n;
}
