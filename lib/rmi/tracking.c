/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RMI_GRANULE_TRACKING_SET (B4.5.20; A2.3.4).
 *
 *	NONE ----- donate ----> FINE <---- donate ---- COARSE
 *	     <--- reclaim ------     ----- reclaim -->
 *	NONE <----------- at once -----------> COARSE
 *
 * Where memory goes to and fro it is an operation that cannot be cancelled (OP-10); the region is
 * sealed until it ends and everything else that meets it is BLOCKED. A region becomes FINE when all
 * memory is there; it ceases to be FINE before the memory is given back.
 *
 * Locks: the regions' lock, tried. The granules do not change while the region is sealed; they are
 * looked at between tracking_open() and tracking_close(), for the conditions and again for the change:
 * in between other CPUs go on, and memory may be asked for.
 */
#include <stdlib.h>
#include <string.h>

#include "../sro.h"

enum { ARG_ADDR = 1, ARG_CATEGORY = 2, ARG_STATE = 3 };

static struct region region_of(const struct rmm_call *c)
{
	return tracking_region(c->rmm, c->arg[ARG_ADDR]);
}

static bool is_change(const struct rmm_call *c)
{
	return region_of(c).state != c->arg[ARG_STATE];
}

static bool state_is_no_state_to_set(struct rmm_call *c, const struct rmm_condition *row)
{
	return c->arg[ARG_STATE] < RMI_TRACKING_NONE || c->arg[ARG_STATE] > RMI_TRACKING_COARSE;
}

static bool addr_is_misaligned(struct rmm_call *c, const struct rmm_condition *row)
{
	return !tracking_region_aligned(c->rmm, c->arg[ARG_ADDR]);
}

/* Printed: above the end of the PA space; the end itself holds no region either (OP-20). */
static bool addr_is_outside(struct rmm_call *c, const struct rmm_condition *row)
{
	return c->arg[ARG_ADDR] >> c->rmm->cfg.pa_bits;
}

/* What is tracked has its category already. */
static bool category_is_not_compatible(struct rmm_call *c, const struct rmm_condition *row)
{
	struct region r = region_of(c);

	if (r.state == RMI_TRACKING_RESERVED)
		return c->arg[ARG_CATEGORY] > RMI_MEM_DEV_COH;
	if (r.state >= RMI_TRACKING_FINE && c->arg[ARG_CATEGORY] != r.category)
		return true;
	return c->arg[ARG_CATEGORY] > RMI_MEM_DEV_COH ||
	       !tracking_category_fits(c->rmm, c->arg[ARG_ADDR], (unsigned)c->arg[ARG_CATEGORY]);
}

static bool region_is_reserved(struct rmm_call *c, const struct rmm_condition *row)
{
	return region_of(c).state == RMI_TRACKING_RESERVED;
}

/* The region, or a granule of it that would have to change. */
static bool region_belongs_to_an_operation(struct rmm_call *c, const struct rmm_condition *row)
{
	return tracking_is_sealed(c->rmm, c->arg[ARG_ADDR]) || c->look.owned;
}

static bool region_is_not_homogeneous(struct rmm_call *c, const struct rmm_condition *row)
{
	return is_change(c) && c->arg[ARG_STATE] == RMI_TRACKING_COARSE &&
	       !tracking_is_homogeneous(c->rmm, c->arg[ARG_ADDR]);
}

/* FINE: all the same; to COARSE: without an owner; to NONE: the host's. */
static bool granules_do_not_allow_it(struct rmm_call *c, const struct rmm_condition *row)
{
	unsigned state = c->look.state;

	if (!c->look.any || c->look.mixed)
		return c->look.mixed;
	if (c->arg[ARG_STATE] == RMI_TRACKING_NONE)
		return state != RMM_UNDELEGATED;
	return c->arg[ARG_STATE] == RMI_TRACKING_COARSE && state != RMM_UNDELEGATED &&
	       state != RMM_DELEGATED;
}

/* CONDITIONAL memory: OP_MEM_DONATE leaves the look at it to the operation. */
static bool donated_granule_is_in_another_state(struct rmm_call *c, const struct rmm_condition *row)
{
	const struct sro *s = c->sro;

	if (granule_state(c->rmm, c->donated) != sro_state_of(c->rmm, s, c->donated))
		return true;
	return c->donated - s->region >= s->region_size &&
	       !tracking_is_conventional(c->rmm, c->donated);
}

static bool metadata_of_dram_is_not_in_dram(struct rmm_call *c, const struct rmm_condition *row)
{
	const struct bank *b = phys_bank(c->rmm, c->donated, 1);

	return tracking_holds(c->rmm, c->arg[ARG_ADDR], RMM_DRAM) && (!b || b->kind != RMM_DRAM);
}

/* A COARSE region that is mixed is on its way. */
static bool is_busy(const struct rmm_call *c, const struct granule_look *look)
{
	return look->locked ||
	       (look->mixed && !look->owned && region_of(c).state == RMI_TRACKING_COARSE);
}

static bool regions_are_busy(struct rmm_call *c, const struct rmm_condition *row)
{
	return !c->regions_held || is_busy(c, &c->look);
}

/* The granules count where a tracked region changes; a sealed one is its operation's. */
static bool is_about_granules(struct rmm_call *c)
{
	if (addr_is_outside(c, NULL) || addr_is_misaligned(c, NULL) ||
	    tracking_is_sealed(c->rmm, c->arg[ARG_ADDR]))
		return false;
	return is_change(c) && region_of(c).state >= RMI_TRACKING_FINE &&
	       region_of(c).state <= RMI_TRACKING_COARSE;
}

static void set_prepare(struct rmm_call *c)
{
	call_take_regions(c);
	if (!c->regions_held || !is_about_granules(c))
		return;
	tracking_open(c->rmm);
	c->look = tracking_look(c->rmm, c->arg[ARG_ADDR]);
	tracking_close(c->rmm);
}

static bool region_cannot_be_recorded(struct rmm_call *c, const struct rmm_condition *row)
{
	return !tracking_region_get(c->rmm, c->arg[ARG_ADDR]);
}

static const struct rmm_condition conditions[] = {
	{ "rmm_state", rmm_is_not_active, RMI_ERROR_GLOBAL },
	{ "busy", regions_are_busy, RMI_BUSY },
	{ "state_valid", state_is_no_state_to_set, RMI_ERROR_INPUT, .arg = ARG_STATE },
	{ "addr_align", addr_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_ADDR },
	{ "addr_bound", addr_is_outside, RMI_ERROR_INPUT, .arg = ARG_ADDR },
	{ "category", category_is_not_compatible, RMI_ERROR_INPUT, .arg = ARG_CATEGORY },
	{ "reserved", region_is_reserved, RMI_ERROR_INPUT, .arg = ARG_ADDR },
	{ "blocked", region_belongs_to_an_operation, RMI_BLOCKED, .arg = ARG_ADDR },
	{ "homogeneous", region_is_not_homogeneous, RMI_ERROR_INPUT, .arg = ARG_ADDR },
	{ "gran_state", granules_do_not_allow_it, RMI_ERROR_INPUT, .arg = ARG_ADDR },
	{ "memory", region_cannot_be_recorded, RMI_ERROR_GLOBAL },
	SRO_GROUP(NULL),
	{ "in_state", donated_granule_is_in_another_state, RMI_ERROR_INPUT, .donated = true,
	  .when = from_bet3 },
	{ "in_loc_dram", metadata_of_dram_is_not_in_dram, RMI_ERROR_INPUT, .donated = true },
};

/* A byte for each granule of the region, unless the profile says how many. */
static unsigned metadata_granules(const struct rmm *rmm)
{
	uint64_t bytes = tracking_region_size(rmm) >> granule_shift(rmm);

	if (rmm->profile.tracking_granules)
		return rmm->profile.tracking_granules;
	return (unsigned)((bytes + granule_size(rmm) - 1) >> granule_shift(rmm));
}

static int op_pages(struct rmm_call *c)
{
	const rmm_pa *pages;
	unsigned nr;

	if (!is_change(c))
		return -1;
	if (c->arg[ARG_STATE] == RMI_TRACKING_FINE)
		return (int)metadata_granules(c->rmm);
	nr = tracking_metadata(c->rmm, c->arg[ARG_ADDR], &pages);
	return nr ? (int)nr : -1;
}

/*
 * Metadata is DELEGATED before and after. From bet3 on, a granule of the region itself is what the
 * others in the region are; one that is given back is that in every edition. s->was: their state.
 */
static unsigned metadata_state(const struct rmm *rmm, const struct sro *s, rmm_pa pa)
{
	bool own = pa - s->region < s->region_size;

	if (own && (from_bet3(rmm) || s->mem == RMI_OP_MEM_REQ_RECLAIM))
		return s->was == RMM_UNDELEGATED ? RMM_UNDELEGATED : RMM_DELEGATED;
	return RMM_DELEGATED;
}

static void set_state(struct region *r, uint64_t category, uint64_t state)
{
	__atomic_store_n(&r->category, (uint8_t)category, __ATOMIC_RELAXED);
	__atomic_store_n(&r->state, (uint8_t)state, __ATOMIC_RELEASE);
}

static void seal(struct region *r, bool sealed)
{
	__atomic_store_n(&r->sealed, sealed, __ATOMIC_RELEASE);
}

static void unseal(struct rmm_call *c, struct sro *s)
{
	seal(tracking_region_get(c->rmm, s->region), false);
}

static int by_address(const void *a, const void *b)
{
	rmm_pa x = *(const rmm_pa *)a, y = *(const rmm_pa *)b;

	return x < y ? -1 : x > y;
}

/* All the metadata is there. */
static void become_fine(struct rmm_call *c, struct sro *s)
{
	struct region *r = tracking_region_get(c->rmm, s->region);

	qsort(s->pages, s->nr_pages, sizeof(*s->pages), by_address);
	r->metadata = s->pages;
	r->nr_metadata = s->nr_pages;
	s->pages = NULL;
	s->max_pages = 0;
	set_state(r, s->arg[ARG_CATEGORY], RMI_TRACKING_FINE);
	seal(r, false);
	sro_end(c->rmm, s);
	c->x0 = RMI_SUCCESS;
}

/* Between the conditions and now other CPUs may have been here. */
static bool is_as_before(struct rmm_call *c)
{
	struct granule_look now;

	if (!c->look.any)
		return true;
	now = tracking_look(c->rmm, c->arg[ARG_ADDR]);
	return !now.locked && !now.mixed && !now.owned && now.state == c->look.state;
}

/* The operation that gets the memory, or gives it back. */
static void begin(struct rmm_call *c, struct sro *s, struct region *r)
{
	sro_begin(c, s, SRO_NO_OBJECT, c->look.any ? c->look.state : RMM_UNDELEGATED);
	s->region = c->arg[ARG_ADDR];
	s->region_size = tracking_region_size(c->rmm);
	s->state_of = metadata_state;
	s->undo = unseal;
	seal(r, true);
	if (c->arg[ARG_STATE] == RMI_TRACKING_FINE)
		return;
	set_state(r, c->arg[ARG_CATEGORY], c->arg[ARG_STATE]);
	memcpy(s->pages, r->metadata, r->nr_metadata * sizeof(*s->pages));
	s->nr_pages = r->nr_metadata;
}

static void drop_metadata(struct rmm *rmm, struct region *r)
{
	rmm_release(rmm, r->metadata, r->nr_metadata * sizeof(*r->metadata));
	r->metadata = NULL;
	r->nr_metadata = 0;
}

static void set_apply(struct rmm_call *c)
{
	struct region *r = tracking_region_get(c->rmm, c->arg[ARG_ADDR]);
	struct sro *s = c->new_sro;
	bool ok;

	if (!is_change(c))
		return;
	tracking_open(c->rmm);
	ok = is_as_before(c);
	if (ok && s)
		begin(c, s, r);
	else if (ok)
		set_state(r, c->arg[ARG_CATEGORY], c->arg[ARG_STATE]);
	tracking_close(c->rmm);
	if (!ok) {
		if (s)
			sro_end(c->rmm, s);
		c->x0 = RMI_BUSY;
	} else if (s && c->arg[ARG_STATE] == RMI_TRACKING_FINE) {
		sro_ask(s, metadata_granules(c->rmm));
		s->mem_state = from_bet3(c->rmm) ? RMI_OP_MEM_CONDITIONAL : RMI_OP_MEM_DELEGATED;
		s->resume = become_fine;
		sro_seal(c, s, true);
	} else if (s) {
		drop_metadata(c->rmm, r);
		sro_unwind(c, s, RMI_SUCCESS, true);
	}
}

const struct rmm_command cmd_granule_tracking_set = {
	.abi = { ABI(GRANULE_TRACKING_SET),
		 { { "addr", RMI_KIND_PA },
		   { "category", RMI_KIND_CATEGORY },
		   { "state", RMI_KIND_TRACKING_STATE } },
		 .nr_args = 3 },
	.tf_lacks = true,
	CONDITIONS(conditions),
	.prepare = set_prepare,
	.apply = set_apply,
	.op_pages = op_pages,
};
