/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RMI_GPT_L1_CREATE, RMI_GPT_L1_DESTROY (B4.5.15, .16), RMI_GPT_INFO (from bet3 on).
 *
 *	BLOCK -> INTERMEDIATE: asks for memory -> TABLE
 *	TABLE -> INTERMEDIATE: gives it back   -> BLOCK
 *
 * A level 1 table is one piece of Non-secure memory, aligned to its size. Locks: the regions' lock,
 * tried.
 */
#include <string.h>

#include "../gpt.h"
#include "../sro.h"

enum { ARG_ADDR = 1, ARG_BASE = 1, ARG_TOP = 2 };

static bool addr_is_outside(struct rmm_call *c, const struct rmm_condition *row)
{
	return c->arg[row->arg] >> c->rmm->cfg.pa_bits;
}

static bool top_is_outside_pa(struct rmm_call *c, const struct rmm_condition *row)
{
	return c->arg[row->arg] > UINT64_C(1) << c->rmm->cfg.pa_bits;
}

static bool addr_is_misaligned(struct rmm_call *c, const struct rmm_condition *row)
{
	return c->arg[row->arg] & (gpt_region_size(c->rmm) - 1);
}

static bool entry_belongs_to_an_operation(struct rmm_call *c, const struct rmm_condition *row)
{
	return gpt_state(c->rmm, c->arg[ARG_ADDR]) == GPT_INTERMEDIATE;
}

/* The tables of the platform are there from the beginning. */
static bool entry_is_a_table(struct rmm_call *c, const struct rmm_condition *row)
{
	enum rmi_gpt_par par = gpt_par(c->rmm, c->arg[ARG_ADDR]);

	return par == RMI_GPT_PLAT || par == RMI_GPT_HOST_CREATED;
}

static bool entry_is_not_the_hosts(struct rmm_call *c, const struct rmm_condition *row)
{
	enum rmi_gpt_par par = gpt_par(c->rmm, c->arg[ARG_ADDR]);

	return par == RMI_GPT_RESERVED || par == RMI_GPT_PLAT;
}

/* From bet3 on the platform's tables are no tables but off limits. */
static bool unfolding_is_denied(struct rmm_call *c, const struct rmm_condition *row)
{
	if (from_bet3(c->rmm))
		return entry_is_not_the_hosts(c, row);
	return gpt_par(c->rmm, c->arg[ARG_ADDR]) == RMI_GPT_RESERVED;
}

static bool entry_is_no_table_of_the_host(struct rmm_call *c, const struct rmm_condition *row)
{
	return gpt_par(c->rmm, c->arg[ARG_ADDR]) != RMI_GPT_HOST_CREATED;
}

static bool level_1_is_not_homogeneous(struct rmm_call *c, const struct rmm_condition *row)
{
	return !gpt_is_homogeneous(c->rmm, gpt_find(c->rmm, c->arg[ARG_ADDR]));
}

static bool regions_are_busy(struct rmm_call *c, const struct rmm_condition *row)
{
	return !c->regions_held;
}

static bool table_cannot_be_recorded(struct rmm_call *c, const struct rmm_condition *row)
{
	return !gpt_get(c->rmm, c->arg[ARG_ADDR]);
}

/* That it is in Non-secure PAS is the state that the operation has asked for. */
static bool donated_granule_is_not_dram(struct rmm_call *c, const struct rmm_condition *row)
{
	const struct bank *b = phys_bank(c->rmm, c->donated, 1);

	return !b || b->kind != RMM_DRAM;
}

#define ADDR_GROUP                                                                      \
	{ "busy", regions_are_busy, RMI_BUSY },                                         \
		{ "addr_bound", addr_is_outside, RMI_ERROR_INPUT, .arg = ARG_ADDR },    \
		{ "addr_align", addr_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_ADDR }, \
	{                                                                               \
		"blocked", entry_belongs_to_an_operation, RMI_BLOCKED                   \
	}

static const struct rmm_condition create_conditions[] = {
	ADDR_GROUP,
	{ "unfold_denied", unfolding_is_denied, RMI_ERROR_GLOBAL },
	{ "entry_state", entry_is_a_table, RMI_ERROR_GPT, .arg = ARG_ADDR, .level = LEVEL_ADDR },
	{ "memory", table_cannot_be_recorded, RMI_ERROR_GLOBAL },
	SRO_GROUP(NULL),
	{ "gran", donated_granule_is_not_dram, RMI_ERROR_INPUT, .donated = true },
};

/* Its tables are static: a stub (OP-13). */
static bool tables_are_static(struct rmm_call *c, const struct rmm_condition *row)
{
	return true;
}

static const struct rmm_condition tf_create_conditions[] = {
	{ "addr_align", addr_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_ADDR },
	{ "entry_state", tables_are_static, RMI_ERROR_GPT },
};

static const struct rmm_order tf_create = { CONDITIONS(tf_create_conditions) };

static void be_a_block(struct rmm_call *c, struct sro *s)
{
	gpt_set_state(gpt_find(c->rmm, s->arg[ARG_ADDR]), GPT_BLOCK);
}

static void convert(struct rmm_call *c, const rmm_pa *pages, unsigned nr, unsigned state)
{
	for (unsigned i = 0; i < nr; i++) {
		struct granule *g = granule_peek(c->rmm, pages[i]);

		granule_lock_object(&c->locks, g, pages[i], LOCK_EXTERNAL);
		granule_set_state(c->rmm, g, state);
		granule_unlock(&c->locks, g);
	}
}

static void be_a_table(struct rmm_call *c, struct sro *s)
{
	struct gpt_table *t = gpt_find(c->rmm, s->arg[ARG_ADDR]);

	convert(c, s->pages, s->nr_pages, RMM_GPT_L1);
	t->pages = s->pages;
	t->nr_pages = s->nr_pages;
	s->pages = NULL;
	s->max_pages = 0;
	gpt_set_state(t, GPT_TABLE);
	sro_end(c->rmm, s);
	c->x0 = RMI_SUCCESS;
}

static int table_pages(struct rmm_call *c)
{
	return (int)gpt_table_granules(c->rmm);
}

static void create(struct rmm_call *c)
{
	struct sro *s = c->new_sro;

	sro_begin(c, s, SRO_NO_OBJECT, RMM_UNDELEGATED);
	sro_ask(s, gpt_table_granules(c->rmm));
	if (s->need > RMI_DONATE_MAX_COUNT)
		s->block_level = 2;
	s->contig = true;
	s->mem_state = RMI_OP_MEM_UNDELEGATED;
	s->can_cancel = !c->rmm->profile.sro_cannot_cancel;
	s->resume = be_a_table;
	s->undo = be_a_block;
	gpt_set_state(gpt_find(c->rmm, c->arg[ARG_ADDR]), GPT_INTERMEDIATE);
	sro_seal(c, s, true);
}

const struct rmm_command cmd_gpt_l1_create = {
	.abi = { ABI(GPT_L1_CREATE), { { "addr", RMI_KIND_PA } }, .nr_args = 1 },
	CONDITIONS(create_conditions),
	.prepare = call_take_regions,
	.apply = create,
	.op_pages = table_pages,
	.tf = &tf_create,
};

static const struct rmm_condition destroy_conditions[] = {
	ADDR_GROUP,
	{ "par_state", entry_is_not_the_hosts, RMI_ERROR_GLOBAL, .when = from_bet3 },
	{ "entry_state", entry_is_no_table_of_the_host, RMI_ERROR_INPUT, .when = before_bet3 },
	{ "entry_state", entry_is_no_table_of_the_host, RMI_ERROR_GPT, .arg = ARG_ADDR,
	  .level = LEVEL_ADDR, .when = from_bet3 },
	{ "gpt_l1_homo", level_1_is_not_homogeneous, RMI_ERROR_INPUT, .when = before_bet3 },
	{ "gpt_l1_homo", level_1_is_not_homogeneous, RMI_ERROR_GPT, .arg = ARG_ADDR,
	  .level = LEVEL_ADDR_1, .when = from_bet3 },
	SRO_GROUP(NULL),
};

static void destroy(struct rmm_call *c)
{
	struct gpt_table *t = gpt_find(c->rmm, c->arg[ARG_ADDR]);
	struct sro *s = c->new_sro;

	sro_begin(c, s, SRO_NO_OBJECT, RMM_UNDELEGATED);
	s->mem_state = RMI_OP_MEM_UNDELEGATED;
	s->undo = be_a_block;
	gpt_set_state(t, GPT_INTERMEDIATE);
	convert(c, t->pages, t->nr_pages, RMM_INTERNAL);
	memcpy(s->pages, t->pages, t->nr_pages * sizeof(*t->pages));
	s->nr_pages = t->nr_pages;
	rmm_release(c->rmm, t->pages, t->nr_pages * sizeof(*t->pages));
	t->pages = NULL;
	t->nr_pages = 0;
	sro_unwind(c, s, RMI_SUCCESS, true);
}

const struct rmm_command cmd_gpt_l1_destroy = {
	.abi = { ABI(GPT_L1_DESTROY), { { "addr", RMI_KIND_PA } }, .nr_args = 1 },
	.tf_lacks = true,
	CONDITIONS(destroy_conditions),
	.prepare = call_take_regions,
	.apply = destroy,
	.op_pages = table_pages,
};

static const struct rmm_condition info_conditions[] = {
	{ "base_bound", addr_is_outside, RMI_ERROR_INPUT, .arg = ARG_BASE },
	{ "top_bound", top_is_outside_pa, RMI_ERROR_INPUT, .arg = ARG_TOP },
	{ "base_align", addr_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_BASE },
	{ "top_align", addr_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_TOP },
	{ "size_valid", top_is_not_above_base, RMI_ERROR_INPUT },
};

/* OP-50: X1 is the end, X2 the state. */
static void info(struct rmm_call *c)
{
	c->out[1] = gpt_par_end(c->rmm, c->arg[ARG_BASE], c->arg[ARG_TOP]);
	c->out[2] = gpt_par(c->rmm, c->arg[ARG_BASE]);
}

const struct rmm_command cmd_gpt_info = {
	.abi = { ABI(GPT_INFO),
		 { { "base", RMI_KIND_PA }, { "top", RMI_KIND_PA } },
		 { { "out_top", RMI_KIND_PA }, { "state", RMI_KIND_GPT_PAR } },
		 2,
		 2 },
	.editions = IN_BET3,
	.tf_lacks = true,
	.ipa_arg = ARG_BASE,
	.top_arg = ARG_TOP,
	CONDITIONS(info_conditions),
	.apply = info,
};
