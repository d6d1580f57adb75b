/* SPDX-License-Identifier: BSD-2-Clause */
/* A host of RMI calls alone. */
#include "scenario.h"

#define PATIENCE 64 /* answers of BUSY or BLOCKED in a row */

static uint64_t *word(struct bare *b, rmm_pa pa)
{
	uint64_t *p = rmm_host_ptr(b->rmm, pa, 8);

	sim_expect(b->w, p);
	return p;
}

struct rmm_regs bare_call(struct bare *b, uint64_t fid, uint64_t a, uint64_t b2, uint64_t c,
			  uint64_t d, uint64_t e)
{
	/* An operation's handle is an output of what begins it, and the first argument of all that carries it on. */
	bool begins = fid != RMI_OP_MEM_DONATE && fid != RMI_OP_MEM_RECLAIM &&
		      fid != RMI_OP_CONTINUE && fid != RMI_OP_CANCEL;
	struct rmm_regs call = { { fid, a, b2, c, d, e } }, r;
	uint64_t handle = a;

	for (unsigned tries = 0; tries < PATIENCE; tries++) {
		r = call;
		sim_rmi(b->w, &r);
		switch (RMI_RESULT_STATUS(r.x[0])) {
		case RMI_BUSY:
		case RMI_BLOCKED:
			continue;
		case RMI_INCOMPLETE:
			if (RMI_RESULT_MEM(r.x[0]) != RMI_OP_MEM_REQ_NONE)
				return r;
			if (begins)
				handle = r.x[1];
			begins = false;
			call = (struct rmm_regs){ { RMI_OP_CONTINUE, handle } };
			continue;
		}
		break;
	}
	return r;
}

struct rmm_regs bare_must(struct bare *b, uint64_t fid, uint64_t a, uint64_t b2, uint64_t c,
			  uint64_t d, uint64_t e)
{
	struct rmm_regs r = bare_call(b, fid, a, b2, c, d, e);
	const struct rmi_command *command = rmi_command(rmm_edition(b->rmm), fid);

	if (r.x[0])
		sim_fail(b->w, "%s answers 0x%llx", command ? command->name : "a call",
			 (unsigned long long)r.x[0]);
	return r;
}

/* Memory */

rmm_pa bare_pages(struct bare *b, uint64_t nr, uint64_t align)
{
	rmm_pa pa = (b->next + align - 1) & ~(align - 1);

	if (pa + nr * b->granule > b->end)
		sim_fail(b->w, "no bank is large enough for this scenario");
	b->next = pa + nr * b->granule;
	return pa;
}

void bare_delegate(struct bare *b, rmm_pa base, rmm_pa top)
{
	while (base < top) {
		rmm_pa to = bare_must(b, RMI_GRANULE_RANGE_DELEGATE, base, top, 0, 0, 0).x[1];

		sim_expect(b->w, to > base && to <= top);
		base = to;
	}
}

enum rmm_granule_state bare_state(struct bare *b, rmm_pa pa)
{
	enum rmm_granule_state state = RMM_UNDELEGATED;

	sim_expect(b->w, rmm_granule_state(b->rmm, pa, &state));
	return state;
}

void bare_undelegate(struct bare *b, rmm_pa base, rmm_pa top)
{
	while (base < top) {
		rmm_pa to = base;

		if (bare_state(b, base) == RMM_UNDELEGATED) {
			base += b->granule;
			continue;
		}
		while (to < top && bare_state(b, to) != RMM_UNDELEGATED)
			to += b->granule;
		to = bare_must(b, RMI_GRANULE_RANGE_UNDELEGATE, base, to, 0, 0, 0).x[1];
		sim_expect(b->w, to > base && to <= top);
		base = to;
	}
}

static rmm_pa delegated(struct bare *b, uint64_t nr)
{
	rmm_pa pa = bare_pages(b, nr, b->granule);

	bare_delegate(b, pa, pa + nr * b->granule);
	return pa;
}

uint64_t bare_desc(struct bare *b, rmm_pa pa, int level, uint64_t count)
{
	struct rmi_range_desc desc = {
		.base = pa, .level = level, .count = count, .state = RMI_OP_MEM_DELEGATED
	};

	return rmi_range_desc_encode(rmm_edition(b->rmm), b->shift, &desc);
}

/* Beginning and end */

static struct rmm_bank largest_bank(struct sim_world *w)
{
	struct rmm_bank bank, largest = { 0 };

	for (unsigned i = 0; (bank = sim_world_bank(w, i)).size; i++)
		if (bank.kind == RMM_DRAM && bank.size > largest.size)
			largest = bank;
	return largest;
}

void bare_begin(struct bare *b, struct sim_world *w)
{
	uint64_t page = sim_world_page_size(w);
	struct rmm_bank bank = largest_bank(w);

	*b = (struct bare){ .w = w,
			    .rmm = sim_world_rmm(w),
			    .granule = page,
			    .shift = (unsigned)__builtin_ctzll(page),
			    .next = bank.base,
			    .end = bank.base + bank.size };
	/* aligned to whatever granule the RMM has before and afterwards */
	b->params = bare_pages(b, 1, UINT64_C(65536));
	b->list = bare_pages(b, 1, page);
	*word(b, b->params + 8) = b->shift == 12   ? RMI_GRANULE_4KB
				  : b->shift == 14 ? RMI_GRANULE_16KB
						   : RMI_GRANULE_64KB;
	bare_must(b, RMI_RMM_CONFIG_SET, b->params, 0, 0, 0, 0);
	bare_must(b, RMI_RMM_ACTIVATE, 0, 0, 0, 0, 0);
	sim_expect(w, rmm_granule_size(b->rmm) == page);
	*word(b, b->params + 8) = 0;
}

void bare_end(struct bare *b)
{
	uint64_t left = rmm_delegated(b->rmm);

	if (left)
		sim_fail(b->w, "%llu granules are not undelegated at the end",
			 (unsigned long long)left);
}

/* A realm */

void bare_realm_create(struct bare *b)
{
	unsigned per_level = b->shift - 3, bits = BARE_IPA_BITS - b->shift;

	/* The start level that needs one table. */
	for (b->start_level = 3; bits > per_level; bits -= per_level)
		b->start_level--;
	b->rd = delegated(b, 1);
	b->root = delegated(b, 1);
	*word(b, b->params + RMI_PARAMS_S2SZ) = BARE_IPA_BITS;
	*word(b, b->params + RMI_PARAMS_NUM_BPS) = 1;
	*word(b, b->params + RMI_PARAMS_NUM_WPS) = 1;
	*word(b, b->params + RMI_PARAMS_RTT_BASE) = b->root;
	*word(b, b->params + RMI_PARAMS_RTT_LEVEL) = (uint64_t)b->start_level;
	*word(b, b->params + RMI_PARAMS_RTT_NUM) = 1;
	bare_must(b, RMI_REALM_CREATE, b->rd, b->params, 0, 0, 0);
	for (int level = b->start_level + 1; level <= 2; level++) {
		b->table[b->nr_tables] = delegated(b, 1);
		bare_must(b, RMI_RTT_CREATE, b->rd, b->table[b->nr_tables++], 0, (uint64_t)level,
			  0);
	}
}

void bare_realm_destroy(struct bare *b)
{
	bare_must(b, RMI_REALM_TERMINATE, b->rd, 0, 0, 0, 0);
	for (int level = 2; level > b->start_level; level--)
		bare_must(b, RMI_RTT_DESTROY, b->rd, 0, (uint64_t)level, 0, 0);
	bare_must(b, RMI_REALM_DESTROY, b->rd, 0, 0, 0, 0);
	for (unsigned i = 0; i < b->nr_tables; i++)
		bare_undelegate(b, b->table[i], b->table[i] + b->granule);
	bare_undelegate(b, b->rd, b->rd + b->granule);
	bare_undelegate(b, b->root, b->root + b->granule);
	b->nr_tables = 0;
}

/* RECs */

/* One piece of so many granules, aligned to its size. */
static struct rmm_regs donate_piece(struct bare *b, struct bare_rec *r, uint64_t handle,
				    unsigned nr)
{
	unsigned size = 1;
	rmm_pa pa;

	while (size < nr)
		size *= 2;
	pa = bare_pages(b, nr, size * b->granule);
	bare_delegate(b, pa, pa + nr * b->granule);
	for (unsigned i = 0; i < nr; i++)
		r->aux[r->nr_aux++] = pa + i * b->granule;
	r->nr_taken = r->nr_aux;
	*word(b, b->list) = bare_desc(b, pa, 3, nr);
	return bare_call(b, RMI_OP_MEM_DONATE, handle, b->list, 1, 0, 0);
}

/* Granules one by one; X1 says how many of the list were taken, and the others are given again. */
static struct rmm_regs donate_list(struct bare *b, struct bare_rec *r, uint64_t handle, unsigned nr)
{
	struct rmm_regs regs;

	while (r->nr_aux < r->nr_taken + nr)
		r->aux[r->nr_aux++] = delegated(b, 1);
	for (unsigned i = 0; i < nr; i++)
		*word(b, b->list + 8 * i) = bare_desc(b, r->aux[r->nr_taken + i], 3, 1);
	regs = bare_call(b, RMI_OP_MEM_DONATE, handle, b->list, nr, 0, 0);
	sim_expect(b->w, regs.x[1] <= nr);
	r->nr_taken += (unsigned)regs.x[1];
	return regs;
}

/* RmiOpMemDonateReq (B4.6): size code 1:0, count 15:2, contiguous 16, state 18:17. */
static struct rmm_regs donate(struct bare *b, struct bare_rec *r, uint64_t handle, uint64_t request)
{
	unsigned nr = request >> 2 & RMI_DONATE_MAX_COUNT;

	sim_expect(b->w, !(request & 3) && r->nr_taken + nr <= BARE_MAX_AUX);
	return request >> 16 & 1 ? donate_piece(b, r, handle, nr) : donate_list(b, r, handle, nr);
}

static unsigned operate(struct bare *b, struct bare_rec *r, struct rmm_regs regs)
{
	uint64_t handle = regs.x[1];

	while (RMI_RESULT_STATUS(regs.x[0]) == RMI_INCOMPLETE) {
		switch (RMI_RESULT_MEM(regs.x[0])) {
		case RMI_OP_MEM_REQ_DONATE:
			regs = donate(b, r, handle, regs.x[2]);
			break;
		case RMI_OP_MEM_REQ_RECLAIM:
			regs = bare_call(b, RMI_OP_MEM_RECLAIM, handle, b->list, BARE_MAX_AUX, 0,
					 0);
			break;
		default:
			regs = bare_call(b, RMI_OP_CONTINUE, handle, 0, 0, 0, 0);
		}
	}
	return RMI_RESULT_STATUS(regs.x[0]);
}

/* REC i, as far as it goes without memory. */
static struct rmm_regs begin_rec(struct bare *b, unsigned i)
{
	struct bare_rec *r = &b->recs[i];
	rmm_pa params = bare_pages(b, 1, b->granule);

	r->rec = delegated(b, 1);
	r->run = bare_pages(b, 1, b->granule);
	*word(b, params + RMI_REC_PARAMS_FLAGS) = RMI_REC_RUNNABLE;
	*word(b, params + RMI_REC_PARAMS_MPIDR) = i;
	return bare_call(b, RMI_REC_CREATE, b->rd, r->rec, params, 0, 0);
}

unsigned bare_rec_cancel(struct bare *b)
{
	struct rmm_regs regs = begin_rec(b, 0);

	if (RMI_RESULT_STATUS(regs.x[0]) == RMI_INCOMPLETE && RMI_RESULT_CAN_CANCEL(regs.x[0]))
		regs = bare_call(b, RMI_OP_CANCEL, regs.x[1], 0, 0, 0, 0);
	return operate(b, &b->recs[0], regs);
}

void bare_recs_create(struct bare *b, unsigned nr)
{
	for (unsigned i = 0; i < nr; i++) {
		struct rmm_regs regs = begin_rec(b, i);

		sim_expect(b->w, operate(b, &b->recs[i], regs) == RMI_SUCCESS);
	}
	bare_must(b, RMI_REALM_ACTIVATE, b->rd, 0, 0, 0, 0);
}

unsigned bare_rec_destroy(struct bare *b, struct bare_rec *r)
{
	struct rmm_regs regs = bare_call(b, RMI_REC_DESTROY, r->rec, 0, 0, 0, 0);
	unsigned status = operate(b, r, regs);

	if (status != RMI_SUCCESS)
		return status;
	for (unsigned i = 0; i < r->nr_aux; i++)
		bare_undelegate(b, r->aux[i], r->aux[i] + b->granule);
	bare_undelegate(b, r->rec, r->rec + b->granule);
	r->nr_aux = r->nr_taken = 0;
	return status;
}
