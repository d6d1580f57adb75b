/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Checks of the whole world at a quiescent point: the model against itself, then KVM against the model.
 *
 * The model's tables are read entry by entry and no count of theirs is trusted; what they claim is sorted by address
 * and held against the states of the granules.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "world.h"

/* Memory that an entry, or an RD, says it has. */
struct claim {
	rmm_pa pa;
	uint64_t size;
	rmm_ipa ipa;
	rmm_pa rd;
	unsigned tree, state; /* RMM_RTT, RMM_DATA */
	unsigned live;        /* RTT: entries that keep it */
	bool counted;         /* the model keeps a count of it: the first of the start tables */
};

/* What the model says of a table. */
struct table {
	rmm_pa pa;
	uint32_t refs;
};

/* An array that grows in the arena. */
struct array {
	void *at;
	size_t nr, max, element;
};

struct look {
	struct sim_world *world;
	uint64_t granule;
	struct array claims, tables, rds;
	bool starved;                  /* for memory: nothing can be said */
	uint64_t bytes[RMM_VSMMU + 1]; /* in each state */
	uint64_t recs;
	/* the tree that is being read */
	rmm_pa rd;
	unsigned tree;
	size_t table_at[5]; /* claim of the table at level -1 .. 3 */
	struct sim_vm *vm;
};

static void *push(struct look *look, struct array *a)
{
	struct sim_arena *arena = look->world->arena;
	size_t max = a->max ? 2 * a->max : 64;
	void *bigger;

	if (a->nr == a->max) {
		bigger = sim_arena_alloc(arena, max * a->element);
		if (!bigger) {
			look->starved = true;
			return NULL;
		}
		if (a->nr)
			memcpy(bigger, a->at, a->nr * a->element);
		sim_arena_free(arena, a->at, a->max * a->element);
		a->at = bigger;
		a->max = max;
	}
	return memset((char *)a->at + a->nr++ * a->element, 0, a->element);
}

static void drop(struct look *look, struct array *a)
{
	sim_arena_free(look->world->arena, a->at, a->max * a->element);
}

/* Granules */

static void judge_page_use(struct look *look, const struct rmm_stretch *stretch)
{
	const struct sim_kernel_image *kernel = look->world->kernel;
	uint64_t page = sim_world_page_size(look->world);
	enum sim_page_use use;

	if (!look->world->booted || !kernel->page_use)
		return;
	for (rmm_pa pa = stretch->pa & ~(page - 1); pa < stretch->pa + stretch->size; pa += page) {
		use = kernel->page_use(pa);
		if (use == SIM_PAGE_FREE)
			sim_contract_breach(look->world, SIM_CONTRACT_DELEGATED_USE,
					    "page 0x%" PRIx64 " is free, and %s", pa,
					    rmm_granule_state_name(stretch->state));
		else if (stretch->state == RMM_DELEGATED && !look->world->lied &&
			 use != SIM_PAGE_KEPT && use != SIM_PAGE_UNKNOWN)
			sim_contract_breach(look->world, SIM_CONTRACT_KVM_VIEW,
					    "0x%" PRIx64
					    " is delegated, and %s that no RMI object is made of",
					    pa,
					    use == SIM_PAGE_USER    ? "a page of the VMM"
					    : use == SIM_PAGE_FOLIO ? "a folio of guest_memfd"
								    : "a page of the kernel");
	}
}

static void judge_pas(struct look *look, const struct rmm_stretch *stretch)
{
	rmm_pa ends[] = { stretch->pa, stretch->pa + stretch->size - look->granule };

	for (unsigned i = 0; i < 2; i++)
		if (rmm_host_may_access(look->world->rmm, ends[i], look->granule))
			sim_contract_breach(look->world, SIM_CONTRACT_PAS,
					    "0x%" PRIx64 " is %s, and the host may use it", ends[i],
					    rmm_granule_state_name(stretch->state));
}

static void see_stretch(void *ctx, const struct rmm_stretch *stretch)
{
	struct look *look = ctx;
	struct table *table;
	rmm_pa *rd;

	if ((unsigned)stretch->state <= RMM_VSMMU)
		look->bytes[stretch->state] += stretch->size;
	judge_pas(look, stretch);
	judge_page_use(look, stretch);
	if (stretch->state == RMM_RD) {
		rd = push(look, &look->rds);
		if (rd)
			*rd = stretch->pa;
	} else if (stretch->state == RMM_RTT) {
		table = push(look, &look->tables);
		if (table)
			*table = (struct table){ stretch->pa, stretch->refs };
	}
}

/* Trees */

static struct claim *claim(struct look *look, rmm_pa pa, uint64_t size, rmm_ipa ipa, unsigned state)
{
	struct claim *c = push(look, &look->claims);

	if (c)
		*c = (struct claim){ .pa = pa,
				     .size = size,
				     .ipa = ipa,
				     .rd = look->rd,
				     .tree = look->tree,
				     .state = state,
				     .counted = true };
	return c;
}

/* An auxiliary tree maps DATA where the primary one does, and nothing else. */
static void judge_copy(struct look *look, rmm_ipa ipa, const struct rmm_entry *entry)
{
	struct rmm_entry primary;
	uint64_t offset;

	if (rmm_walk(look->world->rmm, look->rd, ipa, &primary) &&
	    primary.hipas == RMM_HIPAS_DATA) {
		offset = ipa & (rmm_level_size(look->world->rmm, primary.level) - 1);
		if (primary.pa + offset == entry->pa)
			return;
	}
	sim_contract_breach(look->world, SIM_CONTRACT_DATA_ONCE,
			    "tree %u of the realm 0x%" PRIx64 " maps IPA 0x%" PRIx64
			    " to 0x%" PRIx64 ", the primary tree does not",
			    look->tree, look->rd, ipa, entry->pa);
}

static void see_entry(void *ctx, rmm_ipa ipa, const struct rmm_entry *entry)
{
	struct look *look = ctx;
	uint64_t size = rmm_level_size(look->world->rmm, entry->level);
	struct claim *table = (struct claim *)look->claims.at + look->table_at[entry->level + 1];

	if (look->starved)
		return;
	switch (entry->hipas) {
	case RMM_TABLE:
		table->live++;
		if (entry->level < 3)
			look->table_at[entry->level + 2] = look->claims.nr;
		claim(look, entry->pa, look->granule, ipa, RMM_RTT);
		break;
	case RMM_HIPAS_DATA:
		table->live++;
		if (look->tree)
			judge_copy(look, ipa, entry);
		else
			claim(look, entry->pa, size, ipa, RMM_DATA);
		break;
	case RMM_NARCH_DEV:
	case RMM_ARCH_DEV:
		table->live++;
		break;
	default:
		break;
	}
}

static void see_realm(struct look *look, rmm_pa rd)
{
	struct rmm *rmm = look->world->rmm;
	struct rmm_shape shape;
	struct claim *root;

	if (!rmm_realm_shape(rmm, rd, &shape))
		return;
	look->rd = rd;
	look->recs += shape.recs;
	for (look->tree = 0; look->tree < shape.trees; look->tree++) {
		look->table_at[shape.start_level + 1] = look->claims.nr;
		for (unsigned i = 0; i < shape.roots; i++) {
			root = claim(look, shape.root[look->tree] + i * look->granule,
				     look->granule, 0, RMM_RTT);
			if (root)
				root->counted = !i;
		}
		if (!look->starved)
			rmm_mappings(rmm, rd, look->tree, 0, UINT64_C(1) << shape.ipa_bits,
				     see_entry, look);
	}
}

/* Claims against granules */

static int by_address(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;

	return x->pa < y->pa ? -1 : x->pa > y->pa;
}

static void judge_overlap(struct look *look, const struct claim *a, const struct claim *b)
{
	bool data = a->state == RMM_DATA && b->state == RMM_DATA;

	if (a->pa + a->size > b->pa)
		sim_contract_breach(
			look->world, data ? SIM_CONTRACT_DATA_ONCE : SIM_CONTRACT_OWNER,
			"0x%" PRIx64 " is %s at IPA 0x%" PRIx64 " of the realm 0x%" PRIx64
			" and %s at IPA 0x%" PRIx64 " of 0x%" PRIx64,
			b->pa, rmm_granule_state_name((enum rmm_granule_state)a->state), a->ipa,
			a->rd, rmm_granule_state_name((enum rmm_granule_state)b->state), b->ipa,
			b->rd);
}

static void judge_state(struct look *look, const struct claim *c)
{
	rmm_pa ends[] = { c->pa, c->pa + c->size - look->granule };
	enum rmm_granule_state state;

	for (unsigned i = 0; i < 2; i++) {
		if (!rmm_granule_state(look->world->rmm, ends[i], &state))
			state = RMM_UNDELEGATED;
		if (state == (enum rmm_granule_state)c->state)
			continue;
		sim_contract_breach(look->world, SIM_CONTRACT_OWNER,
				    "an entry of tree %u for IPA 0x%" PRIx64
				    " of the realm 0x%" PRIx64 " names 0x%" PRIx64
				    " as %s, which is %s",
				    c->tree, c->ipa, c->rd, ends[i],
				    rmm_granule_state_name((enum rmm_granule_state)c->state),
				    rmm_granule_state_name(state));
	}
}

/* Both are sorted; a table that only one of them has is told by others. */
static void judge_tables(struct look *look)
{
	const struct claim *c = look->claims.at;
	const struct table *t = look->tables.at;
	size_t i = 0, j = 0;

	while (i < look->claims.nr && j < look->tables.nr) {
		if (c[i].pa < t[j].pa || c[i].state != RMM_RTT || !c[i].counted) {
			i++;
			continue;
		}
		if (c[i].pa == t[j].pa && c[i].live != t[j].refs)
			sim_contract_breach(look->world, SIM_CONTRACT_TABLE_COUNT,
					    "the table 0x%" PRIx64 " at IPA 0x%" PRIx64
					    " has %u live entries and counts %u",
					    c[i].pa, c[i].ipa, c[i].live, t[j].refs);
		if (c[i].pa == t[j].pa)
			i++;
		j++;
	}
}

static void judge_sum(struct look *look, uint64_t claimed, enum rmm_granule_state state)
{
	if (claimed != look->bytes[state])
		sim_contract_breach(look->world, SIM_CONTRACT_OWNER,
				    "0x%" PRIx64 " bytes are %s, but trees have 0x%" PRIx64,
				    look->bytes[state], rmm_granule_state_name(state), claimed);
}

static void judge_claims(struct look *look)
{
	struct claim *c = look->claims.at;
	uint64_t sum[RMM_VSMMU + 1] = { 0 };

	if (look->claims.nr)
		qsort(c, look->claims.nr, sizeof(*c), by_address);
	for (size_t i = 0; i < look->claims.nr; i++) {
		if (i)
			judge_overlap(look, &c[i - 1], &c[i]);
		judge_state(look, &c[i]);
		sum[c[i].state] += c[i].size;
	}
	judge_tables(look);
	judge_sum(look, sum[RMM_RTT], RMM_RTT);
	judge_sum(look, sum[RMM_DATA], RMM_DATA);
	if (look->recs * look->granule != look->bytes[RMM_REC])
		sim_contract_breach(look->world, SIM_CONTRACT_OWNER,
				    "0x%" PRIx64 " bytes are REC, but realms count %" PRIu64
				    " of them",
				    look->bytes[RMM_REC], look->recs);
}

/* KVM */

static void judge_backing(struct look *look, rmm_ipa ipa, rmm_pa pa, const struct rmm_entry *entry)
{
	struct sim_vm *vm = look->vm;
	struct sim_world *world = look->world;
	bool private = entry->hipas == RMM_HIPAS_DATA, writable;
	unsigned flags;
	rmm_pa backing =
		world->kernel->backing(vm->kvm, ipa & ~sim_vm_shared_bit(vm), private, &flags);

	writable = rmm_ns_writable(world->rmm, look->rd, entry);
	if (backing == ~UINT64_C(0))
		sim_contract_breach(world, SIM_CONTRACT_KVM_VIEW,
				    "IPA 0x%" PRIx64 " maps 0x%" PRIx64
				    ", but KVM has no page for it",
				    ipa, pa);
	else if (backing != pa)
		sim_contract_breach(world, SIM_CONTRACT_KVM_VIEW,
				    "IPA 0x%" PRIx64 " maps 0x%" PRIx64
				    ", but the page behind it is 0x%" PRIx64,
				    ipa, pa, backing);
	else if (writable && !(flags & SIM_BACKING_WRITE))
		sim_contract_breach(world,
				    flags & SIM_BACKING_ZERO ? SIM_CONTRACT_ZERO_PAGE
							     : SIM_CONTRACT_KVM_VIEW,
				    "IPA 0x%" PRIx64 " maps 0x%" PRIx64
				    " writable, which the VMM may only read",
				    ipa, pa);
}

static void see_mapping(void *ctx, rmm_ipa ipa, const struct rmm_entry *entry)
{
	struct look *look = ctx;
	uint64_t size = rmm_level_size(look->world->rmm, entry->level);
	uint64_t page = sim_world_page_size(look->world);

	if (entry->hipas != RMM_HIPAS_DATA && entry->hipas != RMM_MAPPED_NS)
		return;
	for (uint64_t at = 0; at < size; at += page)
		judge_backing(look, ipa + at, entry->pa + at, entry);
}

static void judge_vm(struct look *look, struct sim_vm *vm)
{
	const struct sim_kernel_image *kernel = look->world->kernel;

	if (kernel->inspect)
		kernel->inspect(vm->kvm);
	look->rd = sim_vm_rd(vm);
	look->vm = vm;
	if (look->rd && kernel->backing && !vm->foreign && !look->world->lied)
		rmm_mappings(look->world->rmm, look->rd, 0, 0, UINT64_C(1) << vm->config.ipa_bits,
			     see_mapping, look);
}

void sim_invariant_world(struct sim_world *world)
{
	struct look look = { .world = world,
			     .granule = rmm_granule_size(world->rmm),
			     .claims.element = sizeof(struct claim),
			     .tables.element = sizeof(struct table),
			     .rds.element = sizeof(rmm_pa) };

	if (world->looked == world->seq + 1)
		return;
	rmm_granules(world->rmm, see_stretch, &look);
	for (size_t i = 0; i < look.rds.nr && !look.starved; i++)
		see_realm(&look, ((const rmm_pa *)look.rds.at)[i]);
	if (!look.starved)
		judge_claims(&look);
	for (struct sim_vm *vm = world->vms; vm && world->booted; vm = vm->next)
		if (vm->kvm)
			judge_vm(&look, vm);
	drop(&look, &look.claims);
	drop(&look, &look.tables);
	drop(&look, &look.rds);
	world->looked = world->seq + 1;
}
