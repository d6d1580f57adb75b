/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Address sets: one range descriptor in a register, or a list of them in Non-secure memory
 * (A5.3.3.1). A list is read as it is used, up to the end of the granule that holds its first
 * entry.
 */
#include "call.h"

bool range_desc_decode(const struct rmm *rmm, uint64_t word, struct rmi_range_desc *desc)
{
	bool ok = rmi_range_desc_decode(rmm->cfg.edition, granule_shift(rmm), word, desc);

	if (!rmm->cfg.fanout_bits)
		return ok;
	desc->unit = level_size(rmm, desc->level);
	desc->size = desc->unit * desc->count;
	return ok;
}

uint64_t range_desc_encode(const struct rmm *rmm, const struct rmi_range_desc *desc)
{
	return rmi_range_desc_encode(rmm->cfg.edition, granule_shift(rmm), desc);
}

unsigned call_addr_type(const struct rmm_call *c)
{
	return c->arg[c->command->flags_arg] & 3;
}

bool call_is_list(const struct rmm_call *c)
{
	return call_addr_type(c) == RMI_ADDR_LIST;
}

unsigned call_list_count(const struct rmm_call *c)
{
	return c->arg[c->command->flags_arg] >> 2 & 0x3fff;
}

static uint64_t oaddr(const struct rmm_call *c)
{
	return c->arg[c->command->oaddr_arg];
}

/* Entries from a list's start to the end of its granule. */
static unsigned list_room(const struct rmm_call *c)
{
	return (unsigned)((granule_size(c->rmm) - oaddr(c) % granule_size(c->rmm)) / 8);
}

static unsigned min(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* The host, or another CPU of it, may take the list away at any time: then there is no next word. */
static bool read_word(const struct rmm_call *c, const struct addr_set *s, uint64_t *word)
{
	const uint8_t *p;

	if (!s->list) {
		*word = oaddr(c);
		return true;
	}
	p = phys_ns_begin(c->rmm, s->list, 8);
	if (!p)
		return false;
	*word = load64(p);
	phys_ns_end(c->rmm, s->list);
	return true;
}

/* Take the next descriptor that holds a block. */
static void next_desc(struct rmm_call *c, struct addr_set *s)
{
	uint64_t word;

	s->valid = false;
	while (!s->valid && s->nr_entries && read_word(c, s, &word)) {
		s->nr_entries--;
		if (s->list)
			s->list += 8;
		if (!range_desc_decode(c->rmm, word, &s->desc))
			return;
		s->used = 0;
		s->valid = s->desc.count != 0;
	}
}

struct addr_set *call_set(struct rmm_call *c)
{
	struct addr_set *s = &c->set;
	uint64_t word;

	if (s->begun)
		return s;
	s->begun = true;
	s->list = call_is_list(c) ? oaddr(c) : 0;
	s->nr_entries = s->list ? min(call_list_count(c), list_room(c)) : 1;
	s->first_valid = read_word(c, s, &word) && range_desc_decode(c->rmm, word, &s->desc);
	s->first_level = s->desc.level;
	s->first_state = s->desc.state;
	next_desc(c, s);
	return s;
}

rmm_pa addr_set_pa(const struct addr_set *s)
{
	return s->desc.base + s->used * s->desc.unit;
}

void addr_set_advance(struct rmm_call *c, struct addr_set *s)
{
	if (++s->used == s->desc.count)
		next_desc(c, s);
}

bool oaddr_list_is_misaligned(struct rmm_call *c, const struct rmm_condition *row)
{
	return call_is_list(c) && oaddr(c) % 8;
}

bool oaddr_list_is_not_ns(struct rmm_call *c, const struct rmm_condition *row)
{
	return call_is_list(c) && !phys_ns_ok(c->rmm, oaddr(c), 8);
}

bool oaddr_list_is_empty(struct rmm_call *c, const struct rmm_condition *row)
{
	return call_is_list(c) && !call_list_count(c);
}

bool oaddr_type_is_no_type(struct rmm_call *c, const struct rmm_condition *row)
{
	return call_addr_type(c) > RMI_ADDR_LIST;
}

bool oaddr_type_is_no_map_type(struct rmm_call *c, const struct rmm_condition *row)
{
	return call_addr_type(c) != RMI_ADDR_SINGLE && !call_is_list(c);
}

bool oaddr_is_no_descriptor(struct rmm_call *c, const struct rmm_condition *row)
{
	return !call_set(c)->valid;
}

bool oaddr_is_misaligned(struct rmm_call *c, const struct rmm_condition *row)
{
	return call_set(c)->desc.base & (call_set(c)->desc.unit - 1);
}

bool oaddr_level_differs(struct rmm_call *c, const struct rmm_condition *row)
{
	return call_set(c)->desc.level != call_walk(c)->level;
}

/* Output */

void addr_out_init(struct rmm_call *c, struct addr_out *o)
{
	*o = (struct addr_out){ .type = call_addr_type(c) };
	if (o->type != RMI_ADDR_LIST)
		return;
	o->list = oaddr(c);
	o->capacity = min(call_list_count(c), list_room(c));
}

static bool extends(const struct rmm_call *c, const struct addr_out *o, rmm_pa pa, int level)
{
	uint64_t max = (UINT64_C(1) << (granule_shift(c->rmm) - 2)) - 1;

	return o->run.count && o->run.count < max && o->run.level == level &&
	       o->run.base + o->run.size == pa;
}

/* Once it has been taken away what was written is gone: the unmap stays done (11.3). */
static bool list_is_there(const struct rmm_call *c, struct addr_out *o)
{
	o->lost |= !phys_ns_ok(c->rmm, o->list, 8);
	return !o->lost;
}

static void flush(struct rmm_call *c, struct addr_out *o, unsigned state)
{
	uint64_t word;
	uint8_t *p;

	if (!o->run.count)
		return;
	o->run.state = state;
	word = range_desc_encode(c->rmm, &o->run);
	p = o->lost ? NULL : phys_ns_begin(c->rmm, o->list + 8 * o->count, 8);
	if (p) {
		store64(p, word);
		phys_ns_end(c->rmm, o->list);
	}
	o->lost = !p;
	o->count++;
	o->run.count = 0;
}

bool addr_out_add(struct rmm_call *c, struct addr_out *o, rmm_pa pa, int level, unsigned state)
{
	uint64_t unit = level_size(c->rmm, level);

	if (o->type == RMI_ADDR_NONE)
		return true;
	if (extends(c, o, pa, level)) {
		o->run.count++;
		o->run.size += unit;
		return true;
	}
	if (o->type == RMI_ADDR_SINGLE && o->run.count)
		return false;
	if (o->type == RMI_ADDR_LIST) {
		flush(c, o, state);
		if (o->count == o->capacity)
			return false;
	}
	o->run = (struct rmi_range_desc){
		.base = pa, .level = level, .unit = unit, .count = 1, .size = unit
	};
	return true;
}

/* X2 and X3. The state of a range in X2 reads DELEGATED for both kinds of memory (OP-65). */
void addr_out_finish(struct rmm_call *c, struct addr_out *o, unsigned state)
{
	if (o->type == RMI_ADDR_LIST) {
		flush(c, o, state);
		c->out[3] = list_is_there(c, o) ? o->count : 0;
	} else if (o->run.count) {
		c->out[2] = range_desc_encode(c->rmm, &o->run);
	}
}
