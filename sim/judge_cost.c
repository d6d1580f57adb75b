/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the calls of a mapping cost: tables that nobody needed, and pages where a block would have done (museum B22,
 * B38, B49).
 */
#include <inttypes.h>

#include "world.h"

/* The one address range of a mapping call. */
static bool is_mapping(struct sim_world *world, const struct rmm_regs *in,
		       struct rmi_range_desc *desc)
{
	unsigned shift = (unsigned)__builtin_ctzll(rmm_granule_size(world->rmm));

	return (in->x[0] == RMI_RTT_DATA_MAP || in->x[0] == RMI_RTT_UNPROT_MAP) &&
	       (in->x[4] & 3) == RMI_ADDR_SINGLE &&
	       rmi_range_desc_decode(rmm_edition(world->rmm), shift, in->x[5], desc);
}

/* Tables */

/* What a mapping call asks for is one block: [base, top) of it; nothing otherwise. */
static void note_block(struct sim_world *world, const struct rmm_regs *in)
{
	struct call_cost *cost = &world->running->cost;
	struct rmi_range_desc desc;

	cost->block_base = cost->block_top = 0;
	if (!is_mapping(world, in, &desc) || desc.count != 1)
		return;
	cost->block_base = in->x[2];
	cost->block_top = in->x[2] + desc.size;
}

/* X3 IPA, X4 level. The table one level up would have had an entry for all that is asked for. */
static void judge_depth(struct sim_world *world, const struct rmm_regs *in)
{
	const struct call_cost *cost = &world->running->cost;
	int level = (int)in->x[4];

	if (level < 1 || level > 3 || cost->walk_level >= level - 1)
		return;
	if (cost->block_top - cost->block_base >= rmm_level_size(world->rmm, level - 1))
		sim_contract_breach(world, SIM_CONTRACT_NEEDLESS_TABLE,
				    "a table of level %d is made for IPA 0x%" PRIx64
				    ", where a block of 0x%" PRIx64
				    " bytes is to be mapped, and the walk has ended at level %d",
				    level, in->x[3], cost->block_top - cost->block_base,
				    cost->walk_level);
}

/* A call that goes on later says then where its walk has ended. */
static void judge_table(struct sim_world *world, const struct rmm_regs *in,
			const struct rmm_regs *out)
{
	struct call_cost *cost = &world->running->cost;
	bool ended = RMI_RESULT_STATUS(out->x[0]) == RMI_ERROR_RTT;

	switch (in->x[0]) {
	case RMI_RTT_CREATE:
		if (!cost->walk_ended && world->booted)
			sim_contract_breach(world, SIM_CONTRACT_NEEDLESS_TABLE,
					    "a table of level %" PRIu64
					    " is made for IPA 0x%" PRIx64
					    ", and no walk has ended above it",
					    in->x[4], in->x[3]);
		judge_depth(world, in);
		return; /* the next one may be the one below */
	case RMI_GRANULE_RANGE_DELEGATE:
	case RMI_GRANULE_RANGE_UNDELEGATE:
		return;
	case RMI_OP_CONTINUE:
	case RMI_OP_MEM_DONATE:
	case RMI_OP_MEM_RECLAIM:
		cost->walk_ended |= ended;
		break;
	default:
		cost->walk_ended = ended;
		note_block(world, in);
	}
	if (ended)
		cost->walk_level = (int)RMI_RESULT_LEVEL(out->x[0]);
}

/* Pages */

/* Mapping calls in a row, each of pages, that go on in IPA and PA where the one before ended. */
static void note_pages(struct pages_mapped *pages, const struct rmm_regs *in,
		       const struct rmm_regs *out, rmm_pa pa)
{
	if (in->x[2] != pages->ipa || pa != pages->pa || in->x[1] != pages->rd) {
		pages->rd = in->x[1];
		pages->base = in->x[2];
		pages->pa = pa;
	}
	pages->ipa = out->x[1];
	pages->pa += out->x[1] - in->x[2];
}

/*
 * One that asks for a block may be answered with less, and what is left of it are pages. Where it is refused, pages
 * may do.
 */
static void judge_pages(struct sim_world *world, const struct rmm_regs *in,
			const struct rmm_regs *out)
{
	struct pages_mapped *pages = &world->running->cost.pages;
	uint64_t block = rmm_level_size(world->rmm, 2), edge;
	struct rmi_range_desc desc;

	switch (in->x[0]) {
	case RMI_RTT_CREATE:
	case RMI_OP_CONTINUE:
	case RMI_OP_MEM_DONATE:
	case RMI_OP_MEM_RECLAIM:
		return;
	default:
		break;
	}
	if (!is_mapping(world, in, &desc) || desc.unit != rmm_granule_size(world->rmm)) {
		bool refused = RMI_RESULT_STATUS(out->x[0]) == RMI_ERROR_RTT;

		*pages = (struct pages_mapped){ .may = refused && is_mapping(world, in, &desc) };
		return;
	}
	if (pages->may || out->x[0] != RMI_SUCCESS)
		return;
	note_pages(pages, in, out, desc.base);
	edge = (pages->base + block - 1) & ~(block - 1);
	if (((pages->ipa ^ pages->pa) & (block - 1)) == 0 && pages->ipa >= edge + block)
		sim_contract_breach(world, SIM_CONTRACT_NEEDLESS_CALL,
				    "the block of 0x%" PRIx64 " bytes at IPA 0x%" PRIx64
				    " and PA 0x%" PRIx64 " is mapped as pages",
				    block, edge, pages->pa - (pages->ipa - edge));
}

void sim_judge_cost(struct sim_world *world, const struct rmm_regs *in, const struct rmm_regs *out)
{
	judge_table(world, in, out);
	judge_pages(world, in, out);
}
