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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(moves_of_4k_granules_are_those_of_an_array),
		TEST(moves_of_16k_granules_are_those_of_an_array),
		TEST(moves_of_64k_granules_are_those_of_an_array),
	};

	return cmocka_run_group_tests_name("chunks", tests, NULL, NULL);
}
