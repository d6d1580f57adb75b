/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The granule table against what it stands for: an array of states, and contents (A2.3.6, B4.5.18).
 *
 *	bank 1                                          bank 2
 *	|<------------- a block ------------->|<- end ->|<--->|
 *	512 chunks of 512 granules, then an end that is no chunk
 *
 * Neither bank is aligned to a chunk in PA space, so that a mapped block straddles chunks.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "host.h"

#define CHUNK 512u
#define BLOCK (512u * CHUNK)
#define END   48u /* granules behind the block */
#define NR    (BLOCK + END + 16)
#define AREA  UINT64_C(0x800010000)
#define STEPS 1000
#define SLOTS 4
#define NOTES 64
#define NO_PA UINT64_MAX

struct note {
	rmm_pa pa;
	uint64_t value;
};

struct table {
	struct host h;
	enum rmi_edition edition;
	uint8_t state[NR];
	uint64_t rng;
	struct note note[NOTES]; /* what the host has written and may read */
	unsigned nr_notes;
	rmm_ipa slot[SLOTS];
	rmm_pa mapped[SLOTS];
	uint64_t block; /* bytes of a level 2 block */
};

static uint64_t draw(struct table *t, uint64_t n)
{
	t->rng ^= t->rng << 13;
	t->rng ^= t->rng >> 7;
	t->rng ^= t->rng << 17;
	return t->rng % n;
}

static rmm_pa pa_of(const struct table *t, unsigned i)
{
	return AREA + i * t->h.page;
}

/* A granule near a border more often than not. */
static unsigned draw_granule(struct table *t)
{
	unsigned borders[] = { 0, CHUNK, 7 * CHUNK, BLOCK - CHUNK, BLOCK, BLOCK + END, NR };
	unsigned i = borders[draw(t, 7)] + (unsigned)draw(t, 64);

	if (draw(t, 8) == 0)
		i = (unsigned)draw(t, NR) + 32;
	i = i < 32 ? 0 : i - 32;
	return i < NR ? i : NR - 1;
}

static void store(struct table *t, rmm_pa pa, uint64_t value)
{
	host_write64(&t->h, pa + t->h.page - 8, value);
}

static uint64_t load(struct table *t, rmm_pa pa)
{
	return host_read64(&t->h, pa + t->h.page - 8);
}

static void note(struct table *t, unsigned i)
{
	uint64_t value = draw(t, 1000000) + 1;

	if (t->state[i] != RMM_UNDELEGATED)
		return;
	for (unsigned n = 0; n < t->nr_notes; n++) {
		if (t->note[n].pa == pa_of(t, i)) {
			t->note[n].value = value;
			store(t, pa_of(t, i), value);
			return;
		}
	}
	if (t->nr_notes == NOTES)
		return;
	store(t, pa_of(t, i), value);
	t->note[t->nr_notes++] = (struct note){ pa_of(t, i), value };
}

/* The granule has left the host: what it wrote is gone for good. */
static void forget(struct table *t, unsigned i)
{
	for (unsigned n = 0; n < t->nr_notes; n++) {
		if (t->note[n].pa == pa_of(t, i))
			t->note[n].value = 0;
	}
}

static void check_notes(struct table *t)
{
	for (unsigned n = 0; n < t->nr_notes; n++) {
		unsigned i = (unsigned)((t->note[n].pa - AREA) / t->h.page);

		if (t->state[i] == RMM_UNDELEGATED)
			assert_hex(load(t, t->note[n].pa), t->note[n].value);
	}
}

static void move(struct table *t, unsigned first, unsigned end, unsigned from, unsigned to)
{
	uint64_t fid =
		to == RMM_DELEGATED ? RMI_GRANULE_RANGE_DELEGATE : RMI_GRANULE_RANGE_UNDELEGATE;
	struct rmm_regs r = smc_regs(&t->h, fid, pa_of(t, first), pa_of(t, end));
	bool skips = t->edition == RMI_BET3;
	unsigned i = first;

	for (; i < end && (t->state[i] == from || (skips && t->state[i] == to)); i++) {
		if (t->state[i] == from)
			forget(t, i);
		t->state[i] = (uint8_t)to;
	}
	assert_hex(r.x[0], i == first ? RMI_ERROR_INPUT : RMI_SUCCESS);
	if (i != first)
		assert_hex(r.x[1], pa_of(t, i));
}

static bool all_are(const struct table *t, unsigned first, unsigned nr, unsigned state)
{
	for (unsigned i = first; i < first + nr; i++) {
		if (i >= NR || t->state[i] != state)
			return false;
	}
	return true;
}

static void set_all(struct table *t, unsigned first, unsigned nr, unsigned state)
{
	memset(&t->state[first], (int)state, nr);
}

/* The realm writes into the block, or finds it zero. */
struct touch {
	rmm_ipa ipa;
	uint64_t seen, size;
	bool write;
};

static void touch(struct host *h, struct rmm_rec *rec)
{
	struct touch *o = h->program_ctx;
	struct rmm_access a = { .ipa = o->ipa, .size = 8, .write = o->write, .value = 0x5ec2e7 };

	assert_int_equal(rmm_realm_access(h->rmm, rec, &a), RMM_REALM_DONE);
	o->seen = a.value;
}

static void realm_touch(struct table *t, rmm_ipa ipa, bool write)
{
	struct touch o = { .ipa = ipa, .write = write };

	assert_hex(host_enter(&t->h, 0, touch, &o), 0);
	if (!write)
		assert_hex(o.seen, 0);
}

static void map_slot(struct table *t, unsigned slot)
{
	unsigned per = (unsigned)(t->block / t->h.page);
	rmm_pa pa = (pa_of(t, draw_granule(t)) + t->block - 1) & ~(t->block - 1);
	unsigned first = (unsigned)((pa - AREA) / t->h.page);
	rmm_ipa ipa = t->slot[slot], at = ipa + draw(t, per) * t->h.page + t->h.page - 8;
	struct rmm_regs r;

	if (pa + t->block > AREA + (BLOCK + END) * t->h.page)
		return;
	if (!draw(t, 2) && all_are(t, first, per, RMM_UNDELEGATED))
		move(t, first, first + per, RMM_UNDELEGATED, RMM_DELEGATED);
	r = smc_regs(&t->h, RMI_RTT_DATA_MAP, t->h.rd, ipa, ipa + t->block, RMI_ADDR_SINGLE,
		     host_desc(&t->h, pa, 2, 1));
	assert_hex(r.x[0], all_are(t, first, per, RMM_DELEGATED) ? 0 : RMI_ERROR_INPUT);
	if (r.x[0])
		return;
	set_all(t, first, per, RMM_DATA);
	t->mapped[slot] = pa;
	realm_touch(t, at, false);
	realm_touch(t, at, true);
}

static void ask_for_ram(struct host *h, struct rmm_rec *rec)
{
	const struct touch *o = h->program_ctx;
	enum rmm_realm_result result = RMM_REALM_DONE;

	/* The first one may still be the answer to an earlier request. */
	for (int i = 0; i < 2 && result == RMM_REALM_DONE; i++) {
		struct rmm_regs r = { { RSI_IPA_STATE_SET, o->ipa, o->ipa + o->size, RMI_RAM,
					RSI_CHANGE_DESTROYED } };

		result = rmm_realm_smc(h->rmm, rec, &r);
	}
	assert_int_equal(result, RMM_REALM_EXIT);
}

/* What was unmapped is RAM again, so that the realm may find what is mapped next. */
static void make_ram(struct table *t, rmm_ipa ipa)
{
	struct touch o = { .ipa = ipa, .size = t->block };

	assert_hex(host_enter(&t->h, 0, ask_for_ram, &o), 0);
	assert_hex(smc(&t->h, RMI_RTT_SET_RIPAS, t->h.rd, t->h.rec, ipa, ipa + t->block), 0);
}

static void unmap_slot(struct table *t, unsigned slot)
{
	rmm_ipa ipa = t->slot[slot];

	assert_hex(smc(&t->h, RMI_RTT_DATA_UNMAP, t->h.rd, ipa, ipa + t->block, 0), 0);
	set_all(t, (unsigned)((t->mapped[slot] - AREA) / t->h.page),
		(unsigned)(t->block / t->h.page), RMM_DELEGATED);
	t->mapped[slot] = NO_PA;
	make_ram(t, ipa);
}

static void step(struct table *t)
{
	unsigned a = draw_granule(t), b = draw_granule(t), slot = (unsigned)draw(t, SLOTS);
	unsigned last = a < BLOCK + END ? BLOCK + END : NR; /* X1 ends with the bank or behind it */

	if (b <= a || b > last)
		b = a + 1;
	switch (draw(t, 8)) {
	case 0:
	case 1:
	case 2:
		move(t, a, b, RMM_UNDELEGATED, RMM_DELEGATED);
		break;
	case 3:
	case 4:
		move(t, a, b, RMM_DELEGATED, RMM_UNDELEGATED);
		break;
	case 5:
		note(t, a);
		break;
	default:
		if (t->mapped[slot] == NO_PA)
			map_slot(t, slot);
		else
			unmap_slot(t, slot);
		break;
	}
}

static void check_all(struct table *t, uint64_t others)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < NR; i++) {
		enum rmm_granule_state s = host_state(&t->h, pa_of(t, i));

		if ((unsigned)s != t->state[i])
			fail_msg("granule %u is %s", i, rmm_granule_state_name(s));
		n += t->state[i] != RMM_UNDELEGATED;
	}
	assert_int_equal(rmm_delegated(t->h.rmm), others + n);
	check_notes(t);
}

static void prepare(struct table *t, unsigned shift, enum rmi_edition edition)
{
	uint64_t page = UINT64_C(1) << shift;
	struct rmm_config cfg = { .nr_banks = 3,
				  .banks = { { HOST_BASE, UINT64_C(1) << 30 },
					     { AREA, (BLOCK + END) * page },
					     { AREA + (BLOCK + END) * page, 16 * page } } };

	*t = (struct table){ .rng = 88172645463325252 + shift, .edition = edition };
	host_realm(&t->h,
		   &(struct setup){ .granule_shift = shift, .edition = edition, .config = &cfg });
	t->block = host_level_size(&t->h, 2);
	for (unsigned i = 0; i < SLOTS; i++) {
		t->slot[i] = i * t->block;
		t->mapped[i] = NO_PA;
		host_tables(&t->h, t->slot[i], 2);
	}
	assert_hex(smc(&t->h, RMI_RTT_INIT_RIPAS, t->h.rd, 0, SLOTS * t->block), 0);
	host_activate(&t->h);
}

static void random_moves(unsigned shift, enum rmi_edition edition)
{
	struct table *t = malloc(sizeof(*t));
	uint64_t others;

	assert_non_null(t);
	prepare(t, shift, edition);
	others = rmm_delegated(t->h.rmm);
	for (unsigned i = 0; i < STEPS; i++) {
		step(t);
		check_notes(t);
		if (i % (STEPS / 3) == 0)
			check_all(t, others);
	}
	check_all(t, others);
	for (unsigned i = 0; i < SLOTS; i++) {
		if (t->mapped[i] != NO_PA)
			unmap_slot(t, i);
	}
	for (unsigned i = 0; i < NR; i++) {
		unsigned end = i + 1;

		if (t->state[i] != RMM_DELEGATED)
			continue;
		while (end < NR && end != BLOCK + END && t->state[end] == RMM_DELEGATED)
			end++;
		move(t, i, end, RMM_DELEGATED, RMM_UNDELEGATED);
	}
	check_all(t, others);
	host_end(&t->h);
	free(t);
}

static void moves_of_4k_granules_are_those_of_an_array(void **state)
{
	random_moves(12, RMI_BET1);
	random_moves(12, RMI_BET3);
}

static void moves_of_16k_granules_are_those_of_an_array(void **state)
{
	random_moves(14, RMI_BET1);
}

static void moves_of_64k_granules_are_those_of_an_array(void **state)
{
	random_moves(16, RMI_BET3);
}

/* Memory of the model's own runs out */

/* One page is to be taken out of a block whose granules were one word so far. */
static void unmapping_a_page_of_a_block_without_memory_is_busy(void **state)
{
	struct rmm_regs r;
	uint64_t hash;
	struct host h;
	rmm_pa pa;

	host_realm(&h, NULL);
	host_tables(&h, 0, 2);
	pa = host_aligned(&h, 0x200000);
	host_delegate(&h, pa, 0x200000);
	assert_hex(smc(&h, RMI_RTT_DATA_MAP, h.rd, 0, 0x200000, 1, host_desc(&h, pa, 2, 1)), 0);
	host_tables(&h, 0, 3);
	hash = rmm_state_hash(h.rmm);
	h.no_memory = true;
	r = smc_regs(&h, RMI_RTT_DATA_UNMAP, h.rd, 0x3000, 0x4000, 1, 0);
	assert_hex(r.x[0], RMI_BUSY);
	assert_true(rmm_state_hash(h.rmm) == hash);
	h.no_memory = false;
	r = smc_regs(&h, RMI_RTT_DATA_UNMAP, h.rd, 0x3000, 0x4000, 1, 0);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[2], host_desc(&h, pa + 0x3000, 3, 1));
	assert_state(&h, pa + 0x2000, DATA);
	assert_state(&h, pa + 0x3000, DELEGATED);
	host_end(&h);
}

struct scene {
	struct host *h;
	rmm_pa pa;
};

static void write_without_bitmap(struct host *h, struct rmm_rec *rec)
{
	struct rmm_access a = { .ipa = 0x1000, .size = 8, .write = true, .value = 0x5ec2e7 };

	h->no_memory = true;
	assert_int_equal(rmm_realm_access(h->rmm, rec, &a), RMM_REALM_DONE);
	h->no_memory = false;
}

/* Another CPU maps the page, the realm writes to it, and it is unmapped again. */
static void use_it_meanwhile(struct host *h)
{
	struct scene *s = h->hook_ctx;

	h->on_alloc = NULL;
	assert_hex(smc(h, RMI_RTT_DATA_MAP, h->rd, 0x1000, 0x2000, 1, host_desc(h, s->pa, 3, 1)),
		   0);
	assert_hex(host_enter(h, 0, write_without_bitmap, NULL), 0);
	assert_hex(smc(h, RMI_RTT_DATA_UNMAP, h->rd, 0x1000, 0x2000, 0), 0);
}

/*
 *	[ chunk: undelegated as a whole ][ page ]
 *	 the file has a hole from here on ...     the page has been written to since
 */
static void what_a_realm_writes_during_undelegation_is_wiped(void **state)
{
	struct host h;
	struct scene s = { &h };
	rmm_pa chunk = HOST_BASE + 0x20000000;

	host_realm(&h, NULL);
	host_tables(&h, 0, 3);
	assert_hex(smc(&h, RMI_RTT_INIT_RIPAS, h.rd, 0, 0x2000), 0);
	host_activate(&h);
	host_delegate(&h, chunk, 0x400000);
	s.pa = chunk + 0x200000;
	h.hook_ctx = &s;
	h.on_alloc = use_it_meanwhile;
	assert_hex(smc_regs(&h, RMI_GRANULE_RANGE_UNDELEGATE, chunk, s.pa + 0x1000).x[1],
		   s.pa + 0x1000);
	assert_null(h.on_alloc); /* it has been there */
	assert_hex(host_read64(&h, s.pa), 0);
	host_end(&h);
}

/* Without a bitmap every page of the chunk counts as written. */
static void pages_are_wiped_without_a_bitmap(void **state)
{
	struct host h;
	rmm_pa pa;

	host_realm(&h, NULL);
	host_tables(&h, 0, 3);
	assert_hex(smc(&h, RMI_RTT_INIT_RIPAS, h.rd, 0, 0x2000), 0);
	pa = host_aligned(&h, 0x200000);
	host_delegate(&h, pa, 0x1000);
	assert_hex(smc(&h, RMI_RTT_DATA_MAP, h.rd, 0x1000, 0x2000, 1, host_desc(&h, pa, 3, 1)), 0);
	host_activate(&h);
	assert_hex(host_enter(&h, 0, write_without_bitmap, NULL), 0);
	assert_hex(*(uint64_t *)rmm_host_ptr(h.rmm, pa, 8), 0x5ec2e7);
	assert_hex(smc(&h, RMI_RTT_DATA_UNMAP, h.rd, 0x1000, 0x2000, 0), 0);
	assert_hex(smc(&h, RMI_GRANULE_RANGE_UNDELEGATE, pa, pa + 0x1000), 0);
	assert_hex(host_read64(&h, pa), 0);
	host_end(&h);
}

/* Pages of the bank's file that exist. */
static unsigned resident(struct host *h, rmm_pa pa, uint64_t size)
{
	unsigned char *vec = malloc(size / 0x1000);
	unsigned n = 0;

	assert_non_null(vec);
	assert_int_equal(mincore(rmm_host_ptr(h->rmm, pa, size), size, vec), 0);
	for (uint64_t i = 0; i < size / 0x1000; i++)
		n += vec[i] & 1;
	free(vec);
	return n;
}

static void wiping_does_not_fill_holes(void **state)
{
	rmm_pa pa = HOST_BASE + 0x20000000, top = pa + 0x8000000;
	struct host h;

	host_realm(&h, NULL);
	host_tables(&h, 0, 2);
	host_write64(&h, pa + 0x234560, 1);
	assert_int_equal(resident(&h, pa, top - pa), 1);
	host_delegate(&h, pa, top - pa);
	assert_hex(smc(&h, RMI_RTT_DATA_MAP, h.rd, 0, 0x400000, 1, host_desc(&h, pa, 2, 2)), 0);
	assert_hex(smc(&h, RMI_RTT_DATA_UNMAP, h.rd, 0, 0x400000, 0), 0);
	assert_hex(smc(&h, RMI_GRANULE_RANGE_UNDELEGATE, pa, top), 0);
	assert_true(resident(&h, pa, top - pa) <= 1);
	assert_hex(host_read64(&h, pa + 0x234560), 0);
	host_end(&h);
}

/* Every allocation in turn fails once; whoever is refused tries again, and nothing is lost. */

static void fail_one(struct host *h)
{
	unsigned *left = h->hook_ctx;

	h->no_memory = *left && !--*left;
}

/* A call that may meet the failure: no change then, and the next one succeeds. */
static struct rmm_regs try(struct host *h, uint64_t fid, uint64_t a, uint64_t b, uint64_t c,
			   uint64_t d, uint64_t e)
{
	unsigned *left = h->hook_ctx, before = *left;
	uint64_t hash = rmm_state_hash(h->rmm);
	struct rmm_regs r = smc_regs(h, fid, a, b, c, d, e);
	unsigned status = RMI_RESULT_STATUS(r.x[0]);

	if (before && !*left && status != RMI_SUCCESS && status != RMI_INCOMPLETE) {
		if (status != RMI_BUSY && status != RMI_ERROR_GLOBAL)
			fail_msg("%#llx: %#llx", (unsigned long long)fid,
				 (unsigned long long)r.x[0]);
		assert_true(rmm_state_hash(h->rmm) == hash);
		h->no_memory = false;
		r = smc_regs(h, fid, a, b, c, d, e);
		status = RMI_RESULT_STATUS(r.x[0]);
	}
	h->no_memory = false;
	if (status != RMI_SUCCESS && status != RMI_INCOMPLETE)
		fail_msg("%#llx: %#llx", (unsigned long long)fid, (unsigned long long)r.x[0]);
	return r;
}

/* The whole range, however many calls it takes. */
static void range(struct host *h, uint64_t fid, uint64_t rd, uint64_t base, uint64_t top)
{
	while (base < top)
		base = rd ? try(h, fid, rd, base, top, 0, 0).x[1]
			  : try(h, fid, base, top, 0, 0, 0).x[1];
}

/* False: there was no memory for the object, and everything has been given back. */
static bool donate_and_finish(struct host *h, struct rmm_regs r, rmm_pa list, rmm_pa pages)
{
	uint64_t handle = r.x[1];
	unsigned n = r.x[2] >> 2 & 0x3fff;

	for (unsigned i = 0; i < n; i++)
		host_write64(h, list + 8 * i, host_desc(h, pages + i * h->page, 3, 1));
	while (RMI_RESULT_STATUS(r.x[0]) == RMI_INCOMPLETE) {
		unsigned mem = RMI_RESULT_MEM(r.x[0]);

		if (mem == RMI_OP_MEM_REQ_DONATE)
			r = try(h, RMI_OP_MEM_DONATE, handle, list, n, 0, 0);
		else if (mem == RMI_OP_MEM_REQ_RECLAIM)
			r = try(h, RMI_OP_MEM_RECLAIM, handle, list, 512, 0, 0);
		else
			r = smc_regs(h, RMI_OP_CONTINUE, handle, 0);
		h->no_memory = false;
	}
	if (r.x[0])
		assert_hex(r.x[0], RMI_ERROR_GLOBAL);
	return !r.x[0];
}

static void write_once(struct host *h, struct rmm_rec *rec)
{
	struct rmm_access a = { .ipa = 0x1000, .size = 8, .write = true, .value = 0x5ec2e7 };

	assert_int_equal(rmm_realm_access(h->rmm, rec, &a), RMM_REALM_DONE);
}

/* A life with everything that allocates; `pa` is far from what the set-up has touched. */
static void live(struct host *h, rmm_pa pa)
{
	rmm_pa list = host_pages(h, 1), params = host_rec_params(h, 0), run = host_pages(h, 1);
	rmm_pa data = pa + 0x200000, rec = pa, l2 = pa + 0x1000, l3 = pa + 0x2000;
	unsigned roots = h->roots;

	range(h, RMI_GRANULE_RANGE_DELEGATE, 0, pa, pa + 0x600000);
	range(h, RMI_GRANULE_RANGE_DELEGATE, 0, h->rd, h->rd + 0x1000);
	range(h, RMI_GRANULE_RANGE_DELEGATE, 0, h->root, h->root + roots * 0x1000);
	try(h, RMI_REALM_CREATE, h->rd, h->params, 0, 0, 0);
	while (!donate_and_finish(h, try(h, RMI_REC_CREATE, h->rd, rec, params, 0, 0), list,
				  pa + 0x10000))
		;
	try(h, RMI_RTT_CREATE, h->rd, l2, 0, 2, 0);
	range(h, RMI_RTT_INIT_RIPAS, h->rd, 0, 0x200000);
	try(h, RMI_RTT_DATA_MAP, h->rd, 0, 0x200000, 1, host_desc(h, data, 2, 1));
	try(h, RMI_RTT_CREATE, h->rd, l3, 0, 3, 0);
	try(h, RMI_REALM_ACTIVATE, h->rd, 0, 0, 0, 0);
	h->program = write_once;
	try(h, RMI_REC_ENTER, rec, run, 0, 0, 0);
	range(h, RMI_RTT_DATA_UNMAP, h->rd, 0, 0x200000);
	try(h, RMI_RTT_DESTROY, h->rd, 0, 3, 0, 0);
	try(h, RMI_RTT_DESTROY, h->rd, 0, 2, 0, 0);
	assert_true(donate_and_finish(h, try(h, RMI_REC_DESTROY, rec, 0, 0, 0, 0), list, 0));
	try(h, RMI_REALM_TERMINATE, h->rd, 0, 0, 0, 0);
	try(h, RMI_REALM_DESTROY, h->rd, 0, 0, 0, 0);
	range(h, RMI_GRANULE_RANGE_UNDELEGATE, 0, h->rd, h->rd + 0x1000);
	range(h, RMI_GRANULE_RANGE_UNDELEGATE, 0, h->root, h->root + roots * 0x1000);
	range(h, RMI_GRANULE_RANGE_UNDELEGATE, 0, pa, pa + 0x600000);
	assert_int_equal(rmm_delegated(h->rmm), 0);
	assert_int_equal(rmm_open_operations(h->rmm), 0);
	assert_hex(host_read64(h, data + 0x1000), 0);
}

static void any_allocation_may_fail_once(void **state)
{
	unsigned n = 1, left;

	do {
		struct host h;

		/* Not where the chunks of the realm's granules have been made already. */
		host_prepare_realm(&h, NULL);
		host_reset(&h);
		assert_hex(smc(&h, RMI_RMM_ACTIVATE), 0);
		host_write64(&h, h.params + RMI_PARAMS_S2SZ, h.s2sz);
		host_write64(&h, h.params + RMI_PARAMS_NUM_BPS, 1);
		host_write64(&h, h.params + RMI_PARAMS_NUM_WPS, 1);
		host_write64(&h, h.params + RMI_PARAMS_RTT_BASE, h.root);
		host_write64(&h, h.params + RMI_PARAMS_RTT_LEVEL, (uint64_t)h.start_level);
		host_write64(&h, h.params + RMI_PARAMS_RTT_NUM, h.roots);
		left = n;
		h.hook_ctx = &left;
		h.on_alloc = fail_one;
		live(&h, HOST_BASE + 0x40000000);
		host_end(&h);
		n++;
	} while (!left);
	assert_true(n > 15); /* maps, chunks, tables, realm, roots, REC and so on */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(moves_of_4k_granules_are_those_of_an_array),
		TEST(moves_of_16k_granules_are_those_of_an_array),
		TEST(moves_of_64k_granules_are_those_of_an_array),
		TEST(unmapping_a_page_of_a_block_without_memory_is_busy),
		TEST(what_a_realm_writes_during_undelegation_is_wiped),
		TEST(pages_are_wiped_without_a_bitmap),
		TEST(wiping_does_not_fill_holes),
		TEST(any_allocation_may_fail_once),
	};

	return cmocka_run_group_tests_name("chunks", tests, NULL, NULL);
}
