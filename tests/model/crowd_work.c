/* SPDX-License-Identifier: BSD-2-Clause */
/* Crowds: what a worker does, one command or a few at a time, and what its realms do. */
#include "crowd.h"
#include "host.h"

#define MAGIC UINT64_C(0xc0de0000) /* and the number of the realm: all that its memory may hold */

static uint64_t realm_value(const struct worker *w)
{
	return MAGIC + w->realm;
}

static rmm_pa rd(const struct worker *w)
{
	return rd_of(w->realm);
}

/* A granule that is used by itself: few, at both ends of two chunks. */
static rmm_pa single(struct worker *w)
{
	uint64_t i = draw(w, 32);

	return SINGLES + draw(w, 2) * CHUNK + (i < 24 ? i : 480 + i) * PAGE;
}

/* Any granule that may become anything. */
static rmm_pa any_page(struct worker *w)
{
	switch (draw(w, 4)) {
	case 0:
		return CHUNKS + draw(w, 4) * CHUNK + draw(w, 512) * PAGE;
	case 1:
		return BANK_B + draw(w, 2000) * PAGE;
	default:
		return single(w);
	}
}

/* 2 MiB: a chunk in bank A, parts of two in bank B. */
static rmm_pa any_block(struct worker *w)
{
	if (draw(w, 2))
		return CHUNKS + draw(w, 4) * CHUNK;
	return ((BANK_B + CHUNK) & ~(CHUNK - 1)) + draw(w, 3) * CHUNK;
}

/* For what the model writes to the host: a page of its own, or one that others may take away. */
static rmm_pa output_page(struct worker *w, unsigned i)
{
	return draw(w, 4) ? host_page(w, i) : single(w);
}

static rmm_ipa any_ipa(struct worker *w)
{
	return draw(w, NR_SLOTS) * CHUNK + draw(w, NR_PAGES) * PAGE;
}

static uint64_t desc(rmm_pa pa, int level)
{
	return pa | UINT64_C(1) << 2 | (uint64_t)(3 - level);
}

static void delegate(struct worker *w, rmm_pa pa, uint64_t size)
{
	range(w, RMI_GRANULE_RANGE_DELEGATE, pa, pa + size);
}

static void undelegate(struct worker *w, rmm_pa pa, uint64_t size)
{
	range(w, RMI_GRANULE_RANGE_UNDELEGATE, pa, pa + size);
}

static void move_something(struct worker *w)
{
	uint64_t fid = draw(w, 2) ? RMI_GRANULE_RANGE_DELEGATE : RMI_GRANULE_RANGE_UNDELEGATE;
	rmm_pa pa = any_page(w);

	switch (draw(w, 6)) {
	case 0:
		range(w, fid, CHUNKS + draw(w, 3) * CHUNK, CHUNKS + 4 * CHUNK);
		break;
	case 1: /* over the border of two chunks */
		pa = CHUNKS + (1 + draw(w, 3)) * CHUNK - 16 * PAGE;
		range(w, fid, pa, pa + 32 * PAGE);
		break;
	case 2: /* a block of chunks, while others use granules of it */
		range(w, fid, BANK_B, BANK_B + BLOCK_B + CHUNK);
		break;
	case 3:
		pa = any_block(w);
		range(w, fid, pa, pa + CHUNK);
		break;
	default:
		range(w, fid, pa, pa + PAGE);
		break;
	}
}

/* Nobody else uses this one, but its neighbours: what the host wrote there does not come back. */
static void private_life(struct worker *w)
{
	rmm_pa pa = SINGLES + draw(w, 2) * CHUNK + (128 + w->id * 8 + draw(w, 8)) * PAGE;
	uint64_t *p = rmm_host_ptr(w->crowd->rmm, pa + 0x100, 8);
	struct rmm_regs r;

	*p = 0x1057 + w->id;
	r = call(w, RMI_GRANULE_RANGE_DELEGATE, pa, pa + PAGE, 0, 0, 0);
	if (r.x[0])
		complain(w, "a private page cannot be delegated", pa, r.x[0]);
	r = call(w, RMI_GRANULE_RANGE_UNDELEGATE, pa, pa + PAGE, 0, 0, 0);
	if (r.x[0])
		complain(w, "a private page cannot be undelegated", pa, r.x[0]);
	if (*p)
		complain(w, "a private page is not clean", pa, *p);
}

static void make_realm(struct worker *w)
{
	rmm_pa params = host_page(&(struct worker){ .id = w->realm }, 0);

	delegate(w, rd(w), PAGE);
	delegate(w, root_of(w->realm), 4 * PAGE);
	call(w, RMI_REALM_CREATE, rd(w), params, 0, 0, 0);
}

static void change_realm(struct worker *w)
{
	switch (draw(w, 32)) {
	case 0:
		call(w, RMI_REALM_TERMINATE, rd(w), 0, 0, 0, 0);
		break;
	case 1:
	case 2:
		call(w, RMI_REALM_DESTROY, rd(w), 0, 0, 0, 0);
		break;
	case 3:
		undelegate(w, rd(w), PAGE);
		break;
	case 4:
		undelegate(w, root_of(w->realm) + draw(w, 4) * PAGE, PAGE);
		break;
	case 5:
		call(w, RMI_REALM_ACTIVATE, rd(w), 0, 0, 0, 0);
		break;
	default:
		make_realm(w);
		break;
	}
}

static void put64(struct worker *w, rmm_pa pa, uint64_t value)
{
	*(uint64_t *)rmm_host_ptr(w->crowd->rmm, pa, 8) = value;
}

static bool is_open(struct rmm_regs r)
{
	return RMI_RESULT_STATUS(r.x[0]) == RMI_INCOMPLETE;
}

static void donate_one(struct worker *w, uint64_t handle)
{
	rmm_pa list = host_page(w, 2), pa = any_page(w);

	delegate(w, pa, PAGE);
	put64(w, list, desc(pa, 3));
	call(w, RMI_OP_MEM_DONATE, handle, list, 1, 0, 0);
}

void finish_operation(struct worker *w, struct rmm_regs r, uint64_t handle)
{
	for (unsigned i = 0; i < 8 && is_open(r); i++) {
		if (i % 4 == 3)
			call(w, RMI_OP_CANCEL, handle, 0, 0, 0, 0);
		donate_one(w, handle);
		call(w, RMI_OP_MEM_RECLAIM, handle, host_page(w, 2), 512, 0, 0);
		r = call(w, RMI_OP_CONTINUE, handle, 0, 0, 0, 0);
		if (RMI_RESULT_STATUS(r.x[0]) == RMI_ERROR_INPUT)
			r.x[0] = RMI_INCOMPLETE; /* it waits for something else, or is no more */
	}
}

/* An operation is finished, left to others, or ended half way. */
static void operation(struct worker *w, struct rmm_regs r)
{
	uint64_t handle = r.x[1];

	if (!is_open(r))
		return;
	__atomic_store_n(&w->crowd->handle[handle & 0xff], handle, __ATOMIC_RELAXED);
	if (draw(w, 3))
		finish_operation(w, r, handle);
}

static void anybodys_operation(struct worker *w)
{
	uint64_t handle = __atomic_load_n(&w->crowd->handle[draw(w, 16)], __ATOMIC_RELAXED);

	if (handle == UINT64_MAX)
		return;
	switch (draw(w, 4)) {
	case 0:
		call(w, RMI_OP_CANCEL, handle, 0, 0, 0, 0);
		break;
	case 1:
		donate_one(w, handle);
		break;
	default:
		finish_operation(w, (struct rmm_regs){ { RMI_INCOMPLETE } }, handle);
		break;
	}
}

static void make_rec(struct worker *w)
{
	rmm_pa rec = rec_of(w->realm, (unsigned)draw(w, NR_RECS)), params = host_page(w, 1);
	struct rmm_regs r = { { RMI_ERROR_INPUT } };

	delegate(w, rec, PAGE);
	/* The host has lost count of the RECs: one of these may be the next. */
	for (unsigned i = 0; i < 5 && RMI_RESULT_STATUS(r.x[0]) == RMI_ERROR_INPUT; i++) {
		put64(w, params + RMI_REC_PARAMS_MPIDR, i);
		r = call(w, RMI_REC_CREATE, rd(w), rec, params, 0, 0);
	}
	operation(w, r);
}

static void drop_rec(struct worker *w)
{
	rmm_pa rec = rec_of(w->realm, (unsigned)draw(w, NR_RECS));

	operation(w, call(w, RMI_REC_DESTROY, rec, 0, 0, 0, 0));
	if (draw(w, 2))
		undelegate(w, rec, PAGE);
}

static void enter(struct worker *w)
{
	rmm_pa rec = rec_of(w->realm, (unsigned)draw(w, NR_RECS)), run = output_page(w, 3);
	uint64_t *p = rmm_host_ptr(w->crowd->rmm, run, PAGE);
	struct rmm_regs r;

	r = call(w, RMI_REC_ENTER, rec, run, 0, 0, 0);
	if (!r.x[0] && p[RMI_RUN_EXIT_REASON / 8] == RMI_EXIT_RIPAS_CHANGE)
		call(w, RMI_RTT_SET_RIPAS, rd(w), rec, p[RMI_RUN_EXIT_RIPAS_BASE / 8],
		     p[RMI_RUN_EXIT_RIPAS_TOP / 8], 0);
}

static void table(struct worker *w)
{
	rmm_ipa half = draw(w, 4) ? 0 : UNPROT;
	rmm_ipa ipa = half + draw(w, NR_SLOTS) * CHUNK;
	rmm_pa pa = any_page(w);

	switch (draw(w, 8)) {
	case 0:
		call(w, RMI_RTT_DESTROY, rd(w), ipa, 3, 0, 0);
		break;
	case 1:
		call(w, RMI_RTT_FOLD, rd(w), ipa, 3, 0, 0);
		break;
	case 2:
		call(w, draw(w, 2) ? RMI_RTT_DESTROY : RMI_RTT_FOLD, rd(w), half, 2, 0, 0);
		break;
	case 3:
		call(w, RMI_RTT_READ_ENTRY, rd(w), ipa, 3, 0, 0);
		break;
	case 4:
		delegate(w, pa, PAGE);
		call(w, RMI_RTT_CREATE, rd(w), pa, half, 2, 0);
		break;
	default:
		delegate(w, pa, PAGE);
		call(w, RMI_RTT_CREATE, rd(w), pa, ipa, 3, 0);
		break;
	}
}

static void map(struct worker *w)
{
	bool block = draw(w, 2);
	rmm_pa pa = block ? any_block(w) : any_page(w);
	rmm_ipa ipa = block ? draw(w, NR_SLOTS) * CHUNK : any_ipa(w);
	uint64_t size = block ? CHUNK : PAGE;

	delegate(w, pa, size);
	if (!draw(w, 4) && !block)
		call(w, RMI_RTT_DATA_MAP_INIT, rd(w), pa, ipa, host_page(w, 4), 0);
	else
		call(w, RMI_RTT_DATA_MAP, rd(w), ipa, ipa + size, RMI_ADDR_SINGLE,
		     desc(pa, block ? 2 : 3));
}

static void unmap(struct worker *w)
{
	rmm_ipa ipa = draw(w, 2) ? any_ipa(w) : draw(w, NR_SLOTS) * CHUNK;
	uint64_t size = draw(w, 2) ? PAGE : CHUNK * (1 + draw(w, 2));
	uint64_t flags = draw(w, 2), list = 0;

	if (!draw(w, 3)) {
		flags = RMI_ADDR_LIST | 8 << 2;
		list = output_page(w, 5);
	}
	call(w, RMI_RTT_DATA_UNMAP, rd(w), ipa, ipa + size, flags, list);
}

/* Everybody wants the same page, at IPAs next to each other. */
static void fight(struct worker *w)
{
	rmm_pa pa = SINGLES + 511 * PAGE;
	rmm_ipa ipa = any_ipa(w);

	for (unsigned i = 0; i < 12; i++) {
		delegate(w, pa, PAGE);
		call(w, RMI_RTT_DATA_MAP, rd(w), ipa, ipa + PAGE, RMI_ADDR_SINGLE, desc(pa, 3));
		call(w, RMI_RTT_DATA_UNMAP, rd(w), ipa, ipa + PAGE, 0, 0);
		undelegate(w, pa, PAGE);
	}
}

static void map_unprot(struct worker *w)
{
	rmm_ipa ipa = UNPROT + any_ipa(w);

	if (draw(w, 2))
		call(w, RMI_RTT_UNPROT_MAP, rd(w), ipa, ipa + PAGE,
		     RMI_ADDR_SINGLE | UINT64_C(3) << 19, desc(host_page(w, 6), 3));
	else
		call(w, RMI_RTT_UNPROT_UNMAP, rd(w), ipa, ipa + PAGE * (1 + draw(w, 600)), 0, 0);
}

static void ripas(struct worker *w)
{
	rmm_ipa base = draw(w, NR_SLOTS) * CHUNK;

	call(w, RMI_RTT_INIT_RIPAS, rd(w), base, base + CHUNK * (1 + draw(w, 2)), 0, 0);
}

static void new_table(struct worker *w, rmm_ipa ipa, int level)
{
	rmm_pa pa = any_page(w);

	delegate(w, pa, PAGE);
	call(w, RMI_RTT_CREATE, rd(w), pa, ipa, (uint64_t)level, 0);
}

/* All that a realm needs to run, unless others have other plans. */
static void build(struct worker *w)
{
	make_realm(w);
	call(w, RMI_RTT_INIT_RIPAS, rd(w), 0, 2 * UINT64_C(0x40000000), 0, 0);
	for (unsigned half = 0; half < 2; half++) {
		new_table(w, half * UNPROT, 2);
		new_table(w, half * UNPROT + draw(w, NR_SLOTS) * CHUNK, 3);
	}
	for (unsigned i = 0; i < 4; i++) {
		map(w);
		map_unprot(w);
	}
	make_rec(w);
	make_rec(w);
	call(w, RMI_REALM_ACTIVATE, rd(w), 0, 0, 0, 0);
}

/* And its end, as far as the others let it. */
static void tear(struct worker *w)
{
	rmm_ipa at = draw(w, 2) * UNPROT;

	if (draw(w, 4))
		return;
	call(w, RMI_REALM_TERMINATE, rd(w), 0, 0, 0, 0);
	call(w, RMI_RTT_DATA_UNMAP, rd(w), 0, NR_SLOTS * CHUNK, 0, 0);
	for (unsigned i = 0; i < NR_RECS; i++)
		operation(w, call(w, RMI_REC_DESTROY, rec_of(w->realm, i), 0, 0, 0, 0));
	for (unsigned half = 0; half < 2; half++, at ^= UNPROT) {
		for (unsigned i = 0; i < NR_SLOTS; i++)
			call(w, RMI_RTT_DESTROY, rd(w), at + i * CHUNK, 3, 0, 0);
		call(w, RMI_RTT_DESTROY, rd(w), at, 2, 0, 0);
	}
	call(w, RMI_REALM_DESTROY, rd(w), 0, 0, 0, 0);
}

static void ask(struct worker *w)
{
	switch (draw(w, 4)) {
	case 0:
		call(w, RMI_VERSION, RMI_ABI_VERSION, 0, 0, 0, 0);
		break;
	case 1:
		call(w, RMI_FEATURES, draw(w, 5), 0, 0, 0, 0);
		break;
	case 2:
		call(w, RMI_RMM_CONFIG_GET, host_page(w, 7), 0, 0, 0, 0);
		break;
	default:
		call(w, RMI_GRANULE_TRACKING_GET, BANK_A, BANK_B, 0, 0, 0);
		break;
	}
}

void work(struct worker *w)
{
	static void (*const acts[])(struct worker *) = {
		move_something,
		private_life,
		change_realm,
		make_rec,
		drop_rec,
		enter,
		enter,
		enter,
		enter,
		table,
		table,
		map,
		map,
		map,
		map,
		unmap,
		unmap,
		map_unprot,
		ripas,
		ask,
		anybodys_operation,
		build,
		tear,
		fight,
		fight,
	};

	put64(w, host_page(w, 4), realm_value(w));
	acts[draw(w, sizeof(acts) / sizeof(acts[0]))](w);
}

/* The realm */

/* Each CPU has a word of its own in every page: what it finds there is zero or the realm's. */
static enum rmm_realm_result access(struct worker *w, struct rmm_rec *rec)
{
	struct rmm_access a = { .ipa = any_ipa(w) + 8 * w->id,
				.size = 8,
				.write = draw(w, 2),
				.isv = true,
				.srt = 1,
				.sf = true,
				.value = realm_value(w) };
	enum rmm_realm_result result;

	if (!draw(w, 4))
		a.ipa += UNPROT + 0x400;
	result = rmm_realm_access(w->crowd->rmm, rec, &a);
	w->accesses += result == RMM_REALM_DONE;
	if (result == RMM_REALM_DONE && !a.write && a.ipa < UNPROT && a.value &&
	    a.value != realm_value(w))
		complain(w, "a realm finds what is not its own", a.ipa, a.value);
	return result;
}

static enum rmm_realm_result rsi(struct worker *w, struct rmm_rec *rec)
{
	rmm_ipa ipa = any_ipa(w), page = ipa & ~(CHUNK - 1);
	struct rmm_regs r = { { RSI_VERSION, RSI_ABI_VERSION } };

	switch (draw(w, 4)) {
	case 0:
		r = (struct rmm_regs){ { RSI_HOST_CALL, ipa + 0x800 } };
		break;
	case 1:
		r = (struct rmm_regs){ { RSI_IPA_STATE_GET, page, page + 2 * CHUNK } };
		break;
	case 2:
		r = (struct rmm_regs){ { RSI_IPA_STATE_SET, page, page + 2 * CHUNK,
					 draw(w, 4) ? RMI_RAM : RMI_EMPTY, RSI_CHANGE_DESTROYED } };
		break;
	default:
		break;
	}
	return rmm_realm_smc(w->crowd->rmm, rec, &r);
}

void realm_program(struct worker *w, struct rmm_rec *rec)
{
	enum rmm_realm_result result = RMM_REALM_DONE;

	w->entered++;
	for (unsigned i = 0; i < 6 && result != RMM_REALM_EXIT; i++)
		result = draw(w, 4) ? access(w, rec) : rsi(w, rec);
}
