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
 * Locks: the regions' lock, tried. The granules do not change while the region is sealed.
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

static bool region_belongs_to_an_operation(struct rmm_call *c, const struct rmm_condition *row)
{
	return tracking_is_sealed(c->rmm, c->arg[ARG_ADDR]);
}

static bool region_is_not_homogeneous(struct rmm_call *c, const struct rmm_condition *row)
{
	return is_change(c) && c->arg[ARG_STATE] == RMI_TRACKING_COARSE &&
	       !tracking_is_homogeneous(c->rmm, c->arg[ARG_ADDR]);
}

/* FINE: all the same; to COARSE: without an owner; to NONE: the host's. */
static bool granules_do_not_allow_it(struct rmm_call *c, const struct rmm_condition *row)
{
	unsigned state;

	if (!is_change(c) || region_of(c).state < RMI_TRACKING_FINE)
		return false;
	if (!tracking_has_one_state(c->rmm, c->arg[ARG_ADDR], &state))
		return true;
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

static bool regions_are_busy(struct rmm_call *c, const struct rmm_condition *row)
{
	return !c->regions_held;
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

static void set_apply(struct rmm_call *c)
{
	struct region *r = tracking_region_get(c->rmm, c->arg[ARG_ADDR]);
	unsigned state = RMM_UNDELEGATED;
	struct sro *s = c->new_sro;

	if (!is_change(c))
		return;
	if (!s) {
		set_state(r, c->arg[ARG_CATEGORY], c->arg[ARG_STATE]);
		return;
	}
	tracking_has_one_state(c->rmm, c->arg[ARG_ADDR], &state);
	sro_begin(c, s, SRO_NO_OBJECT, state);
	s->region = c->arg[ARG_ADDR];
	s->region_size = tracking_region_size(c->rmm);
	s->state_of = metadata_state;
	s->undo = unseal;
	seal(r, true);
	if (c->arg[ARG_STATE] == RMI_TRACKING_FINE) {
		sro_ask(s, metadata_granules(c->rmm));
		s->mem_state = from_bet3(c->rmm) ? RMI_OP_MEM_CONDITIONAL : RMI_OP_MEM_DELEGATED;
		s->resume = become_fine;
		sro_seal(c, s, true);
		return;
	}
	set_state(r, c->arg[ARG_CATEGORY], c->arg[ARG_STATE]);
	memcpy(s->pages, r->metadata, r->nr_metadata * sizeof(*s->pages));
	s->nr_pages = r->nr_metadata;
	rmm_release(c->rmm, r->metadata, r->nr_metadata * sizeof(*r->metadata));
	r->metadata = NULL;
	r->nr_metadata = 0;
	sro_unwind(c, s, RMI_SUCCESS, true);
}

const struct rmm_command cmd_granule_tracking_set = {
	.abi = { ABI(GRANULE_TRACKING_SET),
		 { { "addr", RMI_KIND_PA },
		   { "category", RMI_KIND_CATEGORY },
		   { "state", RMI_KIND_TRACKING_STATE } },
		 .nr_args = 3 },
	.tf_lacks = true,
	CONDITIONS(conditions),
	.prepare = call_take_regions,
	.apply = set_apply,
	.op_pages = op_pages,
};
