/* SPDX-License-Identifier: BSD-2-Clause */
/* Contexts of stateful operations: reserve, seal, unwind. */
#include <string.h>

#include "sro.h"

bool sro_init(struct rmm *rmm)
{
	rmm->ops = rmm_alloc(rmm, RMM_NR_OPS * sizeof(*rmm->ops));
	return rmm->ops != NULL;
}

static void drop_pages(struct rmm *rmm, struct sro *s)
{
	rmm_release(rmm, s->pages, s->max_pages * sizeof(*s->pages));
	s->pages = NULL;
	s->nr_pages = s->max_pages = 0;
}

void sro_exit(struct rmm *rmm)
{
	for (int i = 0; i < RMM_NR_OPS; i++)
		drop_pages(rmm, &rmm->ops[i]);
	rmm_release(rmm, rmm->ops, RMM_NR_OPS * sizeof(*rmm->ops));
	rmm->ops = NULL;
}

static bool change(struct sro *s, uint8_t from, uint8_t to)
{
	return __atomic_compare_exchange_n(&s->state, &from, to, false, __ATOMIC_ACQ_REL,
					   __ATOMIC_ACQUIRE);
}

struct sro *sro_reserve(struct rmm *rmm, unsigned pages)
{
	for (int i = 0; i < RMM_NR_OPS; i++) {
		struct sro *s = &rmm->ops[i];

		if (!change(s, SRO_FREE, SRO_RESERVED))
			continue;
		s->pages = pages ? rmm_alloc(rmm, pages * sizeof(*s->pages)) : NULL;
		if (pages && !s->pages) {
			change(s, SRO_RESERVED, SRO_FREE);
			return NULL;
		}
		s->max_pages = pages;
		s->nr_pages = 0;
		s->generation++;
		return s;
	}
	return NULL;
}

/* Unique over the life of a context, so that a stale handle is found out; TF-RMM: its number. */
static uint64_t handle_of(const struct rmm *rmm, const struct sro *s)
{
	if (rmm->profile.tf_rmm)
		return (uint64_t)(s - rmm->ops);
	return (uint64_t)s->generation << 8 | (uint64_t)(s - rmm->ops);
}

struct sro *sro_take(struct rmm *rmm, uint64_t handle)
{
	uint64_t index = handle & 0xff;
	struct sro *s;

	if (index >= RMM_NR_OPS)
		return NULL;
	s = &rmm->ops[index];
	if (!change(s, SRO_SEALED, SRO_RESERVED))
		return NULL;
	if (handle_of(rmm, s) == handle)
		return s;
	sro_put(s);
	return NULL;
}

void sro_put(struct sro *s)
{
	change(s, SRO_RESERVED, SRO_SEALED);
}

static rmm_pa rd_of(const struct rmm_call *c)
{
	for (const struct granule_arg *a = c->command->granules; a->arg; a++) {
		if (a->state == RMM_RD)
			return c->arg[a->arg];
	}
	return 0;
}

void sro_begin(struct rmm_call *c, struct sro *s, rmm_pa object, unsigned was)
{
	__atomic_store_n(&s->rd, rd_of(c), __ATOMIC_RELAXED);
	s->command = c->command;
	memcpy(s->arg, c->arg, sizeof(s->arg));
	s->rec_params = c->rec_params;
	s->object = object;
	s->was = was;
	s->mem = RMI_OP_MEM_REQ_NONE;
	s->can_cancel = false;
	s->region = s->region_size = 0;
	s->need = 0;
	s->block_level = 3;
	s->contig = s->stop = false;
	s->mem_state = RMI_OP_MEM_DELEGATED;
	s->final = RMI_SUCCESS;
	s->failed = NULL;
	s->resume = NULL;
	s->progress = false;
	s->undo = NULL;
	s->state_of = NULL;
	if (object != SRO_NO_OBJECT)
		granule_set_state(c->rmm, granule_peek(c->rmm, object), GRANULE_PARTIAL);
}

void sro_ask(struct sro *s, unsigned granules)
{
	s->mem = RMI_OP_MEM_REQ_DONATE;
	s->need = granules;
}

unsigned sro_state_of(const struct rmm *rmm, const struct sro *s, rmm_pa pa)
{
	if (s->state_of)
		return s->state_of(rmm, s, pa);
	return s->mem_state == RMI_OP_MEM_UNDELEGATED ? RMM_UNDELEGATED : RMM_DELEGATED;
}

bool sro_owns(const struct sro *s, rmm_pa pa, unsigned state)
{
	return s->object == pa && s->was == state;
}

/* RmiOpMemDonateReq */
static uint64_t donate_req(const struct rmm *rmm, const struct sro *s)
{
	uint64_t per_block = level_size(rmm, s->block_level) >> granule_shift(rmm);

	if (s->mem != RMI_OP_MEM_REQ_DONATE)
		return 0;
	return (uint64_t)(3 - s->block_level) | s->need / per_block << 2 |
	       (uint64_t)s->contig << 16 | (uint64_t)s->mem_state << 17;
}

void sro_seal(struct rmm_call *c, struct sro *s, bool first)
{
	c->x0 = RMI_RESULT(RMI_INCOMPLETE, (unsigned)s->mem | (unsigned)s->can_cancel << 2);
	if (first)
		c->out[1] = handle_of(c->rmm, s);
	c->out[2] = donate_req(c->rmm, s);
	sro_put(s);
}

void sro_end(struct rmm *rmm, struct sro *s)
{
	drop_pages(rmm, s);
	__atomic_store_n(&s->rd, 0, __ATOMIC_RELAXED);
	change(s, SRO_RESERVED, SRO_FREE);
}

static void release_object(struct rmm_call *c, struct sro *s)
{
	struct granule *g = granule_peek(c->rmm, s->object);

	granule_lock_object(&c->locks, g, s->object, LOCK_EXTERNAL);
	g->object = NULL;
	granule_set_state(c->rmm, g, RMM_DELEGATED);
	granule_unlock(&c->locks, g);
}

/* All pages are back: let go of what the operation held, report the final status. */
static void finish_unwinding(struct rmm_call *c, struct sro *s)
{
	if (s->undo)
		s->undo(c, s);
	else
		release_object(c, s);
	c->x0 = s->final;
	c->failed = s->failed;
	c->failed_command = s->command;
	sro_end(c->rmm, s);
}

void sro_unwind(struct rmm_call *c, struct sro *s, uint64_t final, bool first)
{
	s->final = final;
	s->can_cancel = false;
	s->need = 0;
	s->mem = s->nr_pages || c->rmm->profile.tf_rmm ? RMI_OP_MEM_REQ_RECLAIM
						       : RMI_OP_MEM_REQ_NONE;
	s->resume = finish_unwinding;
	sro_seal(c, s, first);
}

unsigned sro_open(const struct rmm *rmm)
{
	unsigned n = 0;

	for (int i = 0; i < RMM_NR_OPS; i++)
		n += sro_state(&rmm->ops[i]) != SRO_FREE;
	return n;
}

bool sro_is_open_for(const struct rmm *rmm, rmm_pa rd)
{
	for (int i = 0; i < RMM_NR_OPS; i++) {
		if (__atomic_load_n(&rmm->ops[i].rd, __ATOMIC_RELAXED) == rd)
			return true;
	}
	return false;
}

/* Negative: this call will need no operation. */
static int pages_of(struct rmm_call *c)
{
	if (c->without_memory)
		return -1;
	return c->command->op_pages ? c->command->op_pages(c) : (int)c->rmm->profile.rec_granules;
}

bool sro_contexts_are_reserved(struct rmm_call *c, const struct rmm_condition *row)
{
	int pages = pages_of(c);

	c->new_sro = pages >= 0 ? sro_reserve(c->rmm, (unsigned)pages) : NULL;
	if (c->new_sro || pages < 0)
		return false;
	for (int i = 0; i < RMM_NR_OPS; i++) {
		if (sro_state(&c->rmm->ops[i]) != SRO_SEALED)
			return true;
	}
	return false;
}

bool sro_contexts_are_sealed(struct rmm_call *c, const struct rmm_condition *row)
{
	return !c->new_sro && pages_of(c) >= 0;
}
