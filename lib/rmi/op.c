/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RMI_OP_CONTINUE, RMI_OP_CANCEL, RMI_OP_MEM_DONATE, RMI_OP_MEM_RECLAIM (B4.5.21-.24).
 *
 * A refused call leaves the operation waiting for what it waited for. Locks: one granule at a
 * time; what the resumed command locks.
 */
#include <string.h>

#include "../sro.h"

enum { ARG_HANDLE = 1, ARG_LIST = 2, ARG_FLAGS = 2, ARG_COUNT = 3 };

static void op_prepare(struct rmm_call *c)
{
	c->sro = sro_take(c->rmm, c->arg[ARG_HANDLE]);
}

/* X1 of a donation and reclaim counts what was done: nothing. */
static void op_failed(struct rmm_call *c, const struct rmm_condition *row)
{
	if (c->sro)
		sro_put(c->sro);
	c->out[1] = 0;
	c->out[2] = 0;
}

static bool handle_is_no_open_operation(struct rmm_call *c, const struct rmm_condition *row)
{
	return !c->sro;
}

/* .state is the memory request that the call answers */
static bool operation_waits_for_something_else(struct rmm_call *c, const struct rmm_condition *row)
{
	return c->sro->mem != row->state;
}

static bool operation_cannot_be_cancelled(struct rmm_call *c, const struct rmm_condition *row)
{
	return !c->sro->can_cancel;
}

static bool list_is_misaligned(struct rmm_call *c, const struct rmm_condition *row)
{
	return c->arg[ARG_LIST] % 8;
}

static bool list_is_not_ns(struct rmm_call *c, const struct rmm_condition *row)
{
	return !phys_ns_ok(c->rmm, c->arg[ARG_LIST], 8);
}

/* A list ends with the granule that holds its first entry. */
static unsigned list_entries(const struct rmm_call *c)
{
	uint64_t room = (granule_size(c->rmm) - c->arg[ARG_LIST] % granule_size(c->rmm)) / 8;

	return (unsigned)(c->arg[ARG_COUNT] < room ? c->arg[ARG_COUNT] : room);
}

static bool entry(const struct rmm_call *c, unsigned i, struct rmi_range_desc *d)
{
	const uint8_t *p = phys_ns_begin(c->rmm, c->arg[ARG_LIST] + 8 * i, 8);
	uint64_t word;

	/* The list may have been taken away since it was looked at. */
	if (!p)
		return false;
	word = load64(p);
	phys_ns_end(c->rmm, c->arg[ARG_LIST]);
	return range_desc_decode(c->rmm, word, d);
}

static bool list_has_an_invalid_entry(struct rmm_call *c, const struct rmm_condition *row)
{
	struct rmi_range_desc d;

	for (unsigned i = 0; i < list_entries(c); i++) {
		if (!entry(c, i, &d))
			return true;
	}
	return false;
}

static bool list_is_more_than_wanted(struct rmm_call *c, const struct rmm_condition *row)
{
	struct rmi_range_desc d;
	uint64_t need = c->sro->need;

	for (unsigned i = 0; i < list_entries(c); i++) {
		if (!entry(c, i, &d) || d.size >> granule_shift(c->rmm) > need)
			return true;
		need -= d.size >> granule_shift(c->rmm);
	}
	return false;
}

/* CONTIG: all of it at one place, or nothing. TF-RMM: in one descriptor. */
static bool list_is_not_in_one_piece(struct rmm_call *c, const struct rmm_condition *row)
{
	uint64_t size = (uint64_t)c->sro->need << granule_shift(c->rmm), total = 0;
	struct rmi_range_desc d;
	rmm_pa next = 0;

	if (!c->sro->contig)
		return false;
	for (unsigned i = 0; i < list_entries(c); i++) {
		if (!entry(c, i, &d) || !d.count)
			continue;
		if (total && (d.base != next || c->rmm->profile.tf_rmm))
			return true;
		/* TF-RMM looks at the place here, too */
		if (c->rmm->profile.tf_rmm && d.base % size)
			return true;
		next = d.base + d.size;
		total += d.size;
	}
	return total && total != size;
}

/*
 * Each block lies at a multiple of its size and holds whole blocks of the wanted size; what is
 * wanted in one piece lies at a multiple of the whole.
 */
static bool list_has_a_misaligned_block(struct rmm_call *c, const struct rmm_condition *row)
{
	uint64_t wanted = level_size(c->rmm, c->sro->block_level);
	struct rmi_range_desc d;
	bool first = true;

	for (unsigned i = 0; i < list_entries(c); i++) {
		if (!entry(c, i, &d) || !d.count)
			continue;
		if (c->sro->contig && first && !c->rmm->profile.tf_rmm &&
		    d.base % ((uint64_t)c->sro->need << granule_shift(c->rmm)))
			return true;
		if (d.base % d.unit || (!c->sro->contig && (d.base | d.size) % wanted))
			return true;
		first = false;
	}
	return false;
}

/* Objects live in conventional memory, tracked granule by granule; a region may describe itself. */
static bool may_be_donated(const struct rmm_call *c, rmm_pa pa)
{
	const struct sro *s = c->sro;

	if (pa - s->region < s->region_size)
		return true;
	/* what the operation is about may ask for more: GPT_L1_CREATE does */
	return s->mem_state == RMI_OP_MEM_UNDELEGATED ? tracking_is_fine(c->rmm, pa)
						      : tracking_is_conventional(c->rmm, pa);
}

static bool is_in_wanted_state(const struct rmm_call *c, const struct rmi_range_desc *d)
{
	unsigned state = sro_state_of(c->rmm, c->sro, d->base);

	if (d->state != c->sro->mem_state || !granule_range_is(c->rmm, d->base, d->size, state))
		return false;
	for (uint64_t at = 0; at < d->size; at += granule_size(c->rmm)) {
		if (!may_be_donated(c, d->base + at))
			return false;
	}
	return true;
}

/* CONDITIONAL memory is judged by the operation. */
static bool list_has_memory_in_another_state(struct rmm_call *c, const struct rmm_condition *row)
{
	struct rmi_range_desc d;

	if (c->sro->mem_state == RMI_OP_MEM_CONDITIONAL)
		return false;
	for (unsigned i = 0; i < list_entries(c); i++) {
		if (entry(c, i, &d) && d.count && !is_in_wanted_state(c, &d))
			return true;
	}
	return false;
}

#define OP_GROUP(request)                                                                          \
	{ "complete", handle_is_no_open_operation, RMI_ERROR_INPUT, .arg = ARG_HANDLE },           \
	{                                                                                          \
		"request", operation_waits_for_something_else, RMI_ERROR_INPUT, .state = (request) \
	}

static const struct rmm_condition donate_conditions[] = {
	OP_GROUP(RMI_OP_MEM_REQ_DONATE),
	{ "list_align", list_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_LIST },
	{ "list_pas", list_is_not_ns, RMI_ERROR_INPUT, .arg = ARG_LIST },
	{ "mem_valid", list_has_an_invalid_entry, RMI_ERROR_INPUT, .arg = ARG_LIST },
	{ "mem_gt", list_is_more_than_wanted, RMI_ERROR_INPUT, .arg = ARG_LIST },
	{ "mem_contig", list_is_not_in_one_piece, RMI_ERROR_INPUT, .arg = ARG_LIST },
	{ "mem_align", list_has_a_misaligned_block, RMI_ERROR_INPUT, .arg = ARG_LIST },
	{ "mem_state", list_has_memory_in_another_state, RMI_ERROR_INPUT, .arg = ARG_LIST },
};

static bool list_has_another_state_bit(struct rmm_call *c, const struct rmm_condition *row)
{
	struct rmi_range_desc d;

	for (unsigned i = 0; i < list_entries(c); i++) {
		if (entry(c, i, &d) && d.count && d.state != c->sro->mem_state)
			return true;
	}
	return false;
}

/* TF-RMM looks at the granules as it takes them. */
static const struct rmm_condition tf_donate_conditions[] = {
	OP_GROUP(RMI_OP_MEM_REQ_DONATE),
	{ "list_align", list_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_LIST },
	{ "list_pas", list_is_not_ns, RMI_ERROR_INPUT, .arg = ARG_LIST },
	{ "mem_valid", list_has_an_invalid_entry, RMI_ERROR_INPUT, .arg = ARG_LIST },
	{ "mem_align", list_has_a_misaligned_block, RMI_ERROR_INPUT, .arg = ARG_LIST },
	{ "mem_state", list_has_another_state_bit, RMI_ERROR_INPUT, .arg = ARG_LIST },
	{ "mem_gt", list_is_more_than_wanted, RMI_ERROR_INPUT, .arg = ARG_LIST },
	{ "mem_contig", list_is_not_in_one_piece, RMI_ERROR_INPUT, .arg = ARG_LIST },
};

/* What the host left in a granule, or finds in it: gone when it gets the granule back. */
static bool take(struct rmm_call *c, rmm_pa pa, unsigned from, unsigned to)
{
	struct granule *g = NULL;
	bool ok, starved = false;

	if (granule_state(c->rmm, pa) == from)
		g = granule_lock(&c->locks, pa, LOCK_EXTERNAL, &starved);
	if (!g)
		return false;
	ok = g->state == from &&
	     (from == RMM_INTERNAL || !tracking_has_changed(&c->locks) || may_be_donated(c, pa));
	if (ok && from == RMM_UNDELEGATED) {
		__atomic_add_fetch(&c->rmm->host_epoch, 1, __ATOMIC_ACQ_REL);
		g->host = 1;
	}
	if (ok && to == RMM_UNDELEGATED)
		granule_clean(c->rmm, g, pa, &c->holes);
	if (ok)
		granule_set_state(c->rmm, g, to);
	if (ok && from == RMM_UNDELEGATED)
		phys_ns_wait(c->rmm, pa, granule_size(c->rmm));
	granule_unlock(&c->locks, g);
	return ok;
}

/* Granules of one entry, up to `limit`; false: the donation ends here. */
static bool take_entry(struct rmm_call *c, const struct rmi_range_desc *d, unsigned limit)
{
	struct sro *s = c->sro;

	for (uint64_t at = 0; at < d->size; at += granule_size(c->rmm)) {
		if (s->nr_pages >= limit)
			return false;
		if (!take(c, d->base + at, sro_state_of(c->rmm, s, d->base + at), RMM_INTERNAL))
			return false;
		s->pages[s->nr_pages++] = d->base + at;
	}
	return true;
}

/* What this call has taken, newest first. */
static void give_back(struct rmm_call *c, unsigned from)
{
	struct sro *s = c->sro;

	while (s->nr_pages > from) {
		rmm_pa pa = s->pages[--s->nr_pages];

		take(c, pa, RMM_INTERNAL, sro_state_of(c->rmm, s, pa));
	}
}

/* The row of the operation's command that the donated memory makes true, or NULL. */
static const struct rmm_condition *refusal(struct rmm_call *c, uint64_t *x0)
{
	const struct rmm_condition *row = NULL;
	struct rmi_range_desc d;
	struct rmm_call inner;

	call_init(&inner, c->rmm, c->cpu, c->sro->command);
	inner.sro = c->sro;
	inner.donating = true;
	memcpy(inner.arg, c->sro->arg, sizeof(inner.arg));
	for (unsigned i = 0; i < list_entries(c) && !row; i++) {
		if (!entry(c, i, &d))
			continue;
		for (uint64_t at = 0; at < d.size && !row; at += granule_size(c->rmm)) {
			inner.donated = d.base + at;
			row = call_check(&inner);
		}
	}
	if (!row)
		return NULL;
	c->sro->failed = row;
	*x0 = call_result(&inner, row);
	return row;
}

static void donate(struct rmm_call *c)
{
	struct sro *s = c->sro;
	unsigned before = s->nr_pages, limit = s->max_pages;
	unsigned most = c->rmm->profile.donate_granules;
	struct rmi_range_desc d;
	uint64_t x0;

	if (refusal(c, &x0)) {
		sro_unwind(c, s, x0, false);
		return;
	}
	/* How much it takes of what it is offered is its own business. */
	if (s->need > 1 && !s->contig && s->block_level == 3) {
		if (rmm_choose(c->rmm, RMM_CHOOSE_DONATION, "donate-partial", 2))
			limit = before + (s->need + 1) / 2;
		else if (most && most < s->need)
			limit = before + most;
	}
	for (unsigned i = 0; i < list_entries(c); i++) {
		if (!entry(c, i, &d) || !take_entry(c, &d, limit))
			break;
	}
	/* In one piece, or nothing: the list, or what it names, has gone since it was checked. */
	if (s->contig && s->nr_pages - before != s->need)
		give_back(c, before);
	/* TF-RMM: the first granule cannot be had, the operation is over (12.5, step 2'). */
	if (c->rmm->profile.tf_rmm && s->nr_pages == before && list_entries(c) &&
	    list_has_memory_in_another_state(c, NULL)) {
		sro_unwind(c, s, RMI_ERROR_INPUT, false);
		return;
	}
	c->out[1] = s->nr_pages - before;
	s->need -= s->nr_pages - before;
	if (!s->need)
		s->mem = RMI_OP_MEM_REQ_NONE;
	if (!s->need && c->rmm->profile.donate_finishes)
		s->resume(c, s);
	else
		sro_seal(c, s, false);
}

static const struct rmm_order tf_donate = { CONDITIONS(tf_donate_conditions) };

const struct rmm_command cmd_op_mem_donate = {
	.abi = { ABI(OP_MEM_DONATE),
		 { { "handle", RMI_KIND_HANDLE },
		   { "list", RMI_KIND_PA },
		   { "list_count", RMI_KIND_DEC } },
		 { { "donated_count", RMI_KIND_DEC }, { "donate_req", RMI_KIND_DONATE_REQ } },
		 3,
		 2 },
	CONDITIONS(donate_conditions),
	.prepare = op_prepare,
	.apply = donate,
	.tf = &tf_donate,
	.failed = op_failed,
};

static const struct rmm_condition reclaim_conditions[] = {
	OP_GROUP(RMI_OP_MEM_REQ_RECLAIM),
	{ "list_align", list_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_LIST },
	{ "list_pas", list_is_not_ns, RMI_ERROR_INPUT, .arg = ARG_LIST },
};

static bool merges(const struct rmm_call *c, const struct rmi_range_desc *d, rmm_pa pa,
		   unsigned state)
{
	return c->rmm->profile.tf_rmm && d->count && d->base + d->size == pa && d->state == state;
}

/* Into a list that may have been taken away meanwhile: the host knows what it has donated. */
static void write_entry(struct rmm_call *c, unsigned i, const struct rmi_range_desc *d)
{
	uint8_t *p = phys_ns_begin(c->rmm, c->arg[ARG_LIST] + 8 * i, 8);

	if (!p)
		return;
	store64(p, range_desc_encode(c->rmm, d));
	phys_ns_end(c->rmm, c->arg[ARG_LIST]);
}

/* One entry a granule, in the order of donation; only TF-RMM merges neighbours. */
static void reclaim(struct rmm_call *c)
{
	struct rmi_range_desc d = { .level = 3 };
	struct sro *s = c->sro;
	unsigned n = list_entries(c), written = 0;

	if (n > s->nr_pages)
		n = s->nr_pages;
	d.unit = granule_size(c->rmm);
	for (unsigned i = 0; i < n; i++) {
		unsigned to = sro_state_of(c->rmm, s, s->pages[i]);
		unsigned state =
			to == RMM_DELEGATED ? RMI_OP_MEM_DELEGATED : RMI_OP_MEM_UNDELEGATED;

		take(c, s->pages[i], RMM_INTERNAL, to);
		if (!merges(c, &d, s->pages[i], state)) {
			d.base = s->pages[i];
			d.state = state;
			d.count = 0;
			written++;
		}
		d.size = ++d.count * d.unit;
		write_entry(c, written - 1, &d);
	}
	for (unsigned i = n; i < s->nr_pages; i++)
		s->pages[i - n] = s->pages[i];
	s->nr_pages -= n;
	/* TF-RMM: no room in the list, no progress, though there may be nothing to give back. */
	if (!s->nr_pages && (c->arg[ARG_COUNT] || !c->rmm->profile.tf_rmm))
		s->mem = RMI_OP_MEM_REQ_NONE;
	c->out[1] = written;
	sro_seal(c, s, false);
}

const struct rmm_command cmd_op_mem_reclaim = {
	.abi = { ABI(OP_MEM_RECLAIM),
		 { { "handle", RMI_KIND_HANDLE },
		   { "list", RMI_KIND_PA },
		   { "list_count", RMI_KIND_DEC } },
		 { { "reclaim_count", RMI_KIND_DEC } },
		 3,
		 1 },
	CONDITIONS(reclaim_conditions),
	.prepare = op_prepare,
	.apply = reclaim,
	.failed = op_failed,
};

static bool continue_flags_are_reserved(struct rmm_call *c, const struct rmm_condition *row)
{
	return c->arg[ARG_FLAGS] & ~RMI_CONTINUE_STOP;
}

static const struct rmm_condition continue_conditions[] = {
	OP_GROUP(RMI_OP_MEM_REQ_NONE),
	{ "flags", continue_flags_are_reserved, RMI_ERROR_INPUT, .arg = ARG_FLAGS },
};

static const struct rmm_condition tf_continue_conditions[] = {
	OP_GROUP(RMI_OP_MEM_REQ_NONE),
};

static const struct rmm_order tf_continue = { CONDITIONS(tf_continue_conditions) };

static void op_continue(struct rmm_call *c)
{
	c->sro->stop = c->arg[ARG_FLAGS] & RMI_CONTINUE_STOP;
	c->sro->resume(c, c->sro);
}

const struct rmm_command cmd_op_continue = {
	.abi = { ABI(OP_CONTINUE),
		 { { "handle", RMI_KIND_HANDLE }, { "flags", RMI_KIND_CONTINUE_FLAGS } },
		 { { "unused", RMI_KIND_NONE }, { "donate_req", RMI_KIND_DONATE_REQ } },
		 2,
		 2 },
	CONDITIONS(continue_conditions),
	.prepare = op_prepare,
	.apply = op_continue,
	.tf = &tf_continue,
	.failed = op_failed,
};

static const struct rmm_condition cancel_conditions[] = {
	{ "complete", handle_is_no_open_operation, RMI_ERROR_INPUT, .arg = ARG_HANDLE },
	{ "can_cancel", operation_cannot_be_cancelled, RMI_ERROR_INPUT, .arg = ARG_HANDLE },
};

static void cancel(struct rmm_call *c)
{
	sro_unwind(c, c->sro, RMI_ERROR_INPUT, false);
}

const struct rmm_command cmd_op_cancel = {
	.abi = { ABI(OP_CANCEL), { { "handle", RMI_KIND_HANDLE } }, .nr_args = 1 },
	CONDITIONS(cancel_conditions),
	.prepare = op_prepare,
	.apply = cancel,
	.failed = op_failed,
};
