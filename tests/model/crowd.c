/* SPDX-License-Identifier: BSD-2-Clause */
/* Crowds: the model they share, its invariants, the end of everything. */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crowd.h"
#include "host.h"

#define S(x) (1u << RMI_##x)

/* What a command may answer although every other CPU interferes; never: GLOBAL, TRACKING. */
static const struct {
	uint64_t fid;
	unsigned statuses;
} allowed[] = {
	{ RMI_VERSION, S(SUCCESS) },
	{ RMI_FEATURES, S(SUCCESS) },
	{ RMI_RMM_CONFIG_GET, S(SUCCESS) },
	{ RMI_GRANULE_TRACKING_GET, S(SUCCESS) },
	{ RMI_GRANULE_RANGE_DELEGATE, S(SUCCESS) | S(ERROR_INPUT) | S(BUSY) | S(BLOCKED) },
	{ RMI_GRANULE_RANGE_UNDELEGATE, S(SUCCESS) | S(ERROR_INPUT) | S(BUSY) | S(BLOCKED) },
	{ RMI_REALM_CREATE, S(SUCCESS) | S(ERROR_INPUT) },
	{ RMI_REALM_ACTIVATE, S(SUCCESS) | S(ERROR_INPUT) | S(ERROR_REALM) | S(BLOCKED) },
	{ RMI_REALM_TERMINATE, S(SUCCESS) | S(ERROR_INPUT) | S(ERROR_REALM) },
	{ RMI_REALM_DESTROY, S(SUCCESS) | S(ERROR_INPUT) | S(ERROR_REALM) },
	{ RMI_REC_CREATE, S(INCOMPLETE) | S(ERROR_INPUT) | S(ERROR_REALM) | S(BUSY) | S(BLOCKED) },
	{ RMI_REC_DESTROY, S(INCOMPLETE) | S(ERROR_INPUT) | S(ERROR_REC) | S(BUSY) | S(BLOCKED) },
	{ RMI_REC_ENTER,
	  S(SUCCESS) | S(ERROR_INPUT) | S(ERROR_REALM) | S(ERROR_REC) | S(BUSY) | S(BLOCKED) },
	{ RMI_RTT_CREATE, S(SUCCESS) | S(ERROR_INPUT) | S(ERROR_RTT) },
	{ RMI_RTT_DESTROY, S(SUCCESS) | S(ERROR_INPUT) | S(ERROR_RTT) },
	{ RMI_RTT_FOLD, S(SUCCESS) | S(ERROR_INPUT) | S(ERROR_RTT) },
	{ RMI_RTT_READ_ENTRY, S(SUCCESS) | S(ERROR_INPUT) },
	{ RMI_RTT_INIT_RIPAS, S(SUCCESS) | S(ERROR_INPUT) | S(ERROR_REALM) | S(ERROR_RTT) },
	{ RMI_RTT_SET_RIPAS,
	  S(SUCCESS) | S(ERROR_INPUT) | S(ERROR_REC) | S(ERROR_RTT) | S(BLOCKED) },
	{ RMI_RTT_DATA_MAP_INIT, S(SUCCESS) | S(ERROR_INPUT) | S(ERROR_REALM) | S(ERROR_RTT) },
	{ RMI_RTT_DATA_MAP, S(SUCCESS) | S(ERROR_INPUT) | S(ERROR_REALM) | S(ERROR_RTT) | S(BUSY) },
	{ RMI_RTT_DATA_UNMAP, S(SUCCESS) | S(ERROR_INPUT) | S(ERROR_RTT) },
	{ RMI_RTT_UNPROT_MAP, S(SUCCESS) | S(ERROR_INPUT) | S(ERROR_REALM) | S(ERROR_RTT) },
	{ RMI_RTT_UNPROT_UNMAP, S(SUCCESS) | S(ERROR_INPUT) | S(ERROR_RTT) },
	{ RMI_OP_CONTINUE, S(SUCCESS) | S(INCOMPLETE) | S(ERROR_INPUT) | S(ERROR_REALM) },
	{ RMI_OP_CANCEL, S(INCOMPLETE) | S(ERROR_INPUT) },
	{ RMI_OP_MEM_DONATE, S(INCOMPLETE) | S(ERROR_INPUT) },
	{ RMI_OP_MEM_RECLAIM, S(INCOMPLETE) | S(ERROR_INPUT) },
};

uint64_t draw(struct worker *w, uint64_t n)
{
	w->rng ^= w->rng << 13;
	w->rng ^= w->rng >> 7;
	w->rng ^= w->rng << 17;
	return (w->rng >> 11) % n;
}

/* CMocka's assertions belong to the main thread: workers only tell. */
void complain(struct worker *w, const char *what, uint64_t a, uint64_t b)
{
	if (!w->complaint[0])
		snprintf(w->complaint, sizeof(w->complaint), "worker %u: %s: %#llx %#llx", w->id,
			 what, (unsigned long long)a, (unsigned long long)b);
}

static bool may_answer(uint64_t fid, unsigned status)
{
	for (unsigned i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
		if (allowed[i].fid == fid)
			return status < 32 && allowed[i].statuses >> status & 1;
	}
	return false;
}

struct rmm_regs call(struct worker *w, uint64_t fid, uint64_t a, uint64_t b, uint64_t c, uint64_t d,
		     uint64_t e)
{
	struct rmm_regs r;
	unsigned tries = 0;

	do {
		r = (struct rmm_regs){ { fid, a, b, c, d, e } };
		rmm_smc(w->crowd->rmm, w->id, &r);
		if (!may_answer(fid, RMI_RESULT_STATUS(r.x[0])))
			complain(w, "a status that cannot be", fid, r.x[0]);
		if (r.x[0] == RMI_BUSY)
			sched_yield();
	} while (r.x[0] == RMI_BUSY && ++tries < 1000000);
	if (r.x[0] == RMI_BUSY)
		complain(w, "busy for ever", fid, a);
	w->calls++;
	w->successes += !r.x[0];
	return r;
}

/* As far as it goes; profiles with one granule a call only begin. */
void range(struct worker *w, uint64_t fid, rmm_pa base, rmm_pa top)
{
	for (unsigned i = 0; base < top && i < 20; i++) {
		struct rmm_regs r = call(w, fid, base, top, 0, 0, 0);

		if (r.x[0])
			return;
		if (r.x[1] <= base || r.x[1] > top)
			complain(w, "progress out of range", r.x[1], top);
		base = r.x[1];
	}
}

rmm_pa host_page(const struct worker *w, unsigned i)
{
	return BANK_A + w->id * 0x20000 + i * PAGE;
}

static void run_realm(void *ctx, struct rmm_rec *rec, unsigned cpu)
{
	struct crowd *c = ctx;

	realm_program(&c->worker[cpu], rec);
}

static void put64(struct crowd *c, rmm_pa pa, uint64_t value)
{
	*(uint64_t *)rmm_host_ptr(c->rmm, pa, 8) = value;
}

/* RmiRealmParams of each realm, once and for all; RmiRecParams of each worker. */
static void write_params(struct crowd *c)
{
	for (unsigned i = 0; i < CROWD_MAX; i++) {
		rmm_pa params = host_page(&(struct worker){ .id = i }, 0);

		put64(c, params + RMI_PARAMS_S2SZ, 41);
		put64(c, params + RMI_PARAMS_NUM_BPS, 1);
		put64(c, params + RMI_PARAMS_NUM_WPS, 1);
		put64(c, params + RMI_PARAMS_RTT_BASE, root_of(i));
		put64(c, params + RMI_PARAMS_RTT_LEVEL, 1);
		put64(c, params + RMI_PARAMS_RTT_NUM, 4);
		put64(c, params + PAGE + RMI_REC_PARAMS_FLAGS, RMI_REC_RUNNABLE);
	}
}

static unsigned realm_of(unsigned worker, enum sharing sharing)
{
	if (sharing == ONE_REALM)
		return 0;
	return sharing == REALM_EACH ? worker : worker / 2;
}

void crowd_new(struct crowd *c, const struct crowd_setup *s)
{
	struct rmm_config cfg = { .edition = s->edition,
				  .profile = &c->profile,
				  .banks = { { BANK_A, SIZE_A }, { BANK_B, SIZE_B } },
				  .nr_banks = 2,
				  .ctx = c,
				  .run_realm = run_realm,
				  .check_locks = s->check_locks };
	struct rmm_regs r = { { RMI_RMM_ACTIVATE } };

	*c = (struct crowd){ .nr_workers = s->workers,
			     .profile = *rmm_profile_find(s->profile),
			     .ops = s->ops };
	c->profile.rec_granules = 2;
	c->rmm = rmm_new(&cfg, NULL);
	assert_non_null(c->rmm);
	rmm_smc(c->rmm, 0, &r);
	assert_hex(r.x[0], 0);
	for (unsigned i = 0; i < 256; i++)
		c->handle[i] = UINT64_MAX;
	for (unsigned i = 0; i < s->workers; i++) {
		struct worker *w = &c->worker[i];

		w->crowd = c;
		w->id = i;
		w->realm = realm_of(i, s->sharing);
		w->rng = (s->seed + i + 1) * UINT64_C(0x9e3779b97f4a7c15);
		if (w->realm >= c->nr_realms)
			c->nr_realms = w->realm + 1;
	}
	write_params(c);
}

static void *thread(void *arg)
{
	struct worker *w = arg;

	for (unsigned i = 0; i < w->crowd->ops && !w->complaint[0]; i++)
		work(w);
	return NULL;
}

void crowd_start(struct crowd *c)
{
	for (unsigned i = 0; i < c->nr_workers; i++)
		assert_int_equal(pthread_create(&c->worker[i].thread, NULL, thread, &c->worker[i]),
				 0);
}

void crowd_join(struct crowd *c)
{
	for (unsigned i = 0; i < c->nr_workers; i++)
		pthread_join(c->worker[i].thread, NULL);
}

/* Invariants */

struct census {
	struct crowd *c;
	uint64_t nr[RMM_INTERNAL + 1]; /* granules of each state */
	uint64_t mapped, tables, recs;
	uint8_t seen[SIZE_A / PAGE + SIZE_B / PAGE]; /* DATA granules that a table maps */
};

static void count_bank(struct census *n, rmm_pa base, uint64_t size)
{
	for (uint64_t at = 0; at < size; at += PAGE) {
		enum rmm_granule_state s;

		assert_true(rmm_granule_state(n->c->rmm, base + at, &s));
		n->nr[s]++;
	}
}

static void count_data(struct census *n, const struct rmm_entry *e)
{
	uint64_t size = rmi_level_size(12, e->level);

	for (uint64_t at = 0; at < size; at += PAGE) {
		rmm_pa pa = e->pa + at;
		uint64_t i = pa < BANK_B ? (pa - BANK_A) / PAGE : (SIZE_A + pa - BANK_B) / PAGE;
		enum rmm_granule_state s;

		assert_true(rmm_granule_state(n->c->rmm, pa, &s));
		assert_int_equal(s, RMM_DATA);
		assert_int_equal(n->seen[i]++, 0);
		n->mapped++;
	}
}

static void count_realm(struct census *n, unsigned realm)
{
	enum rmm_granule_state s;
	struct rmm_entry e;
	rmm_ipa ipa = 0;

	rmm_granule_state(n->c->rmm, rd_of(realm), &s);
	for (unsigned i = 0; i < NR_RECS; i++) {
		enum rmm_granule_state rec;

		rmm_granule_state(n->c->rmm, rec_of(realm, i), &rec);
		n->recs += rec == RMM_REC;
	}
	if (s != RMM_RD)
		return;
	n->tables += 4 + rmm_tables(n->c->rmm, rd_of(realm));
	while (ipa < NR_SLOTS * CHUNK) {
		assert_true(rmm_walk(n->c->rmm, rd_of(realm), ipa, &e));
		if (e.hipas == RMM_HIPAS_DATA)
			count_data(n, &e);
		ipa = (ipa | (rmi_level_size(12, e.level) - 1)) + 1;
	}
}

void crowd_check(struct crowd *c)
{
	struct census *n = calloc(1, sizeof(*n));

	assert_non_null(n);
	n->c = c;
	for (unsigned i = 0; i < c->nr_workers; i++) {
		if (c->worker[i].complaint[0])
			fail_msg("%s", c->worker[i].complaint);
	}
	assert_int_equal(rmm_locks_held(c->rmm), 0);
	assert_int_equal(rmm_lock_violations(c->rmm), 0);
	count_bank(n, BANK_A, SIZE_A);
	count_bank(n, BANK_B, SIZE_B);
	for (unsigned i = 0; i < c->nr_realms; i++)
		count_realm(n, i);
	assert_int_equal(rmm_delegated(c->rmm), (SIZE_A + SIZE_B) / PAGE - n->nr[RMM_UNDELEGATED]);
	assert_int_equal(n->nr[RMM_DATA], n->mapped);
	assert_int_equal(n->nr[RMM_RTT], n->tables);
	assert_int_equal(n->nr[RMM_REC], n->recs);
	if (!rmm_open_operations(c->rmm))
		assert_int_equal(n->nr[RMM_INTERNAL], n->recs * c->profile.rec_granules);
	free(n);
}

/* The end */

static void finish_all(struct crowd *c)
{
	struct worker *w = &c->worker[0];

	for (unsigned i = 0; i < 256 * 20 && rmm_open_operations(c->rmm); i++) {
		if (c->handle[i % 256] != UINT64_MAX)
			finish_operation(w, (struct rmm_regs){ { RMI_INCOMPLETE } },
					 c->handle[i % 256]);
	}
	assert_int_equal(rmm_open_operations(c->rmm), 0);
}

static void drop_tables(struct worker *w, rmm_pa rd)
{
	for (unsigned half = 0; half < 2; half++) {
		rmm_ipa base = half * UNPROT;

		for (unsigned i = 0; i < NR_SLOTS; i++)
			call(w, RMI_RTT_DESTROY, rd, base + i * CHUNK, 3, 0, 0);
		call(w, RMI_RTT_DESTROY, rd, base, 2, 0, 0);
	}
}

/* Entry by entry where the profile refuses to skip what is not mapped. */
static void unmap_all(struct worker *w, uint64_t fid, rmm_pa rd, rmm_ipa ipa)
{
	rmm_ipa top = ipa + CHUNK;

	while (ipa < top) {
		struct rmm_regs r = call(w, fid, rd, ipa, top, RMI_ADDR_NONE, 0);

		ipa = !r.x[0] && r.x[1] > ipa ? r.x[1] : ipa + PAGE;
	}
}

static void drop_realm(struct crowd *c, unsigned realm)
{
	struct worker *w = &c->worker[0];
	rmm_pa rd = rd_of(realm);
	enum rmm_granule_state s;

	assert_true(rmm_granule_state(c->rmm, rd, &s));
	for (unsigned i = 0; s == RMM_RD && i < NR_SLOTS; i++) {
		unmap_all(w, RMI_RTT_DATA_UNMAP, rd, i * CHUNK);
		unmap_all(w, RMI_RTT_UNPROT_UNMAP, rd, UNPROT + i * CHUNK);
	}
	for (unsigned i = 0; i < NR_RECS; i++) {
		struct rmm_regs r = call(w, RMI_REC_DESTROY, rec_of(realm, i), 0, 0, 0, 0);

		if (RMI_RESULT_STATUS(r.x[0]) == RMI_INCOMPLETE)
			finish_operation(w, r, r.x[1]);
	}
	if (s != RMM_RD)
		return;
	drop_tables(w, rd);
	assert_hex(call(w, RMI_REALM_TERMINATE, rd, 0, 0, 0, 0).x[0], 0);
	assert_hex(call(w, RMI_REALM_DESTROY, rd, 0, 0, 0, 0).x[0], 0);
}

static void undelegate_bank(struct crowd *c, rmm_pa base, uint64_t size)
{
	rmm_pa pa = base;
	enum rmm_granule_state s;

	while (pa < base + size) {
		assert_true(rmm_granule_state(c->rmm, pa, &s));
		if (s == RMM_UNDELEGATED) {
			pa += PAGE;
			continue;
		}
		assert_int_equal(s, RMM_DELEGATED);
		pa = call(&c->worker[0], RMI_GRANULE_RANGE_UNDELEGATE, pa, base + size, 0, 0, 0)
			     .x[1];
	}
}

/* Behind the host's own pages all is zero again. */
static void check_zero(struct crowd *c, rmm_pa pa, uint64_t size)
{
	const uint64_t *p = rmm_host_ptr(c->rmm, pa, size);

	for (uint64_t i = 0; i < size / 8; i++) {
		if (p[i])
			fail_msg("%#llx is not clean", (unsigned long long)(pa + i * 8));
	}
}

void crowd_end(struct crowd *c)
{
	finish_all(c);
	for (unsigned i = 0; i < c->nr_realms; i++)
		drop_realm(c, i);
	crowd_check(c);
	undelegate_bank(c, BANK_A, SIZE_A);
	undelegate_bank(c, BANK_B, SIZE_B);
	crowd_check(c);
	assert_int_equal(rmm_delegated(c->rmm), 0);
	/* What the model has told the host goes with the page, too. */
	for (rmm_pa pa = SINGLES; pa < CHUNKS;)
		pa = call(&c->worker[0], RMI_GRANULE_RANGE_DELEGATE, pa, CHUNKS, 0, 0, 0).x[1];
	undelegate_bank(c, SINGLES, CHUNKS - SINGLES);
	check_zero(c, OBJECTS, 8 * CHUNK);
	check_zero(c, BANK_B, 4 * CHUNK);
	rmm_free(c->rmm);
}
