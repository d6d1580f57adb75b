/* SPDX-License-Identifier: BSD-2-Clause */
/* The loop over breakers and pairs of them: see conditions.h. */
#include <string.h>

#include "conditions.h"
#include "stats.h"

#define HASHED_PAGES 256 /* from the first one of the host on, and those the registers name */

/* Far from what the hash covers: the list and the pages of an operation's donation. */
#define LIST      (HOST_BASE + (UINT64_C(6) << 30))
#define DONATION  (HOST_BASE + (UINT64_C(5) << 30))
#define NR_DONATE 16

static uint64_t hash_page(struct trial *t, rmm_pa pa, uint64_t hash)
{
	const uint64_t *p = rmm_host_ptr(t->h.rmm, pa & ~(t->h.page - 1), t->h.page);

	for (uint64_t i = 0; p && i < t->h.page / 8; i++)
		hash = (hash ^ p[i]) * UINT64_C(0x100000001b3);
	return hash;
}

static uint64_t hash_all(struct trial *t)
{
	uint64_t hash = rmm_state_hash(t->h.rmm);

	for (rmm_pa pa = HOST_BASE; pa < t->h.next && pa < HOST_BASE + HASHED_PAGES * t->h.page;
	     pa += t->h.page)
		hash = hash_page(t, pa, hash);
	for (unsigned i = 1; i < 7; i++)
		hash = hash_page(t, t->x[i], hash);
	return hash;
}

static void raw_smc(struct trial *t, uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3)
{
	t->out = (struct rmm_regs){ { fid, x1, x2, x3 } };
	rmm_smc(t->h.rmm, 1, &t->out);
	t->condition = t->h.condition;
}

static unsigned write_donation(struct trial *t, uint64_t request)
{
	unsigned n = request >> 2 & 0x3fff;

	for (unsigned i = 0; i < n && i < NR_DONATE; i++)
		host_write64(&t->h, LIST + 8 * i, host_desc(&t->h, DONATION + i * t->h.page, 3, 1));
	return n;
}

/* Answer the operation until it is over; X1 of its first answer is the handle. */
static void drive(struct trial *t)
{
	uint64_t handle = t->out.x[1];

	t->driven = RMI_RESULT_STATUS(t->out.x[0]) == RMI_INCOMPLETE;
	for (unsigned i = 0; i < 8 && RMI_RESULT_STATUS(t->out.x[0]) == RMI_INCOMPLETE; i++) {
		switch (RMI_RESULT_MEM(t->out.x[0])) {
		case RMI_OP_MEM_REQ_DONATE:
			raw_smc(t, RMI_OP_MEM_DONATE, handle, LIST, write_donation(t, t->out.x[2]));
			break;
		case RMI_OP_MEM_REQ_RECLAIM:
			raw_smc(t, RMI_OP_MEM_RECLAIM, handle, LIST, t->h.page / 8);
			break;
		default:
			t->h.no_memory = t->no_memory_resumed;
			raw_smc(t, RMI_OP_CONTINUE, handle, 0, 0);
			t->h.no_memory = false;
		}
	}
}

static void call_rmi(struct trial *t)
{
	t->out = (struct rmm_regs){ { t->table->fid } };
	memcpy(&t->out.x[1], &t->x[1], sizeof(t->x) - sizeof(t->x[0]));
	t->h.no_memory = t->no_memory;
	rmm_smc(t->h.rmm, 1, &t->out);
	t->h.no_memory = false;
	t->condition = t->h.condition;
	if (t->table->drive)
		drive(t);
}

static void call_rsi(struct trial *t)
{
	t->out = (struct rmm_regs){ { t->table->fid } };
	memcpy(&t->out.x[1], &t->x[1], sizeof(t->x) - sizeof(t->x[0]));
	t->h.rsi_condition = -1;
	if (rmm_realm_smc(t->h.rmm, t->running, &t->out) != RMM_REALM_DONE)
		t->out.x[0] = RSI_SUCCESS; /* it is the host's turn: no condition held */
	t->condition = t->h.rsi_condition;
}

void trial_go_on(struct trial *t)
{
	uint64_t locks = rmm_locks_held(t->h.rmm), before;

	if (t->depth < t->nr_frames) {
		t->frames[t->depth++](t);
		return;
	}
	before = hash_all(t);
	if (t->table->rsi)
		call_rsi(t);
	else
		call_rmi(t);
	t->changed = hash_all(t) != before;
	t->made = true;
	assert_int_equal(rmm_locks_held(t->h.rmm), locks);
}

/* Two breakers at most, as far as they are given. */
static void apply(struct trial *t, const struct breaker *const b[2])
{
	for (int stage = -1; stage <= 1; stage++) {
		for (int i = 0; i < 2; i++) {
			if (b[i] && b[i]->breaks && b[i]->stage == stage)
				b[i]->breaks(t, b[i]);
		}
	}
}

static void begin(struct trial *t, const struct condition_table *table, uint64_t opt)
{
	*t = (struct trial){ .table = table, .opt = opt, .condition = -1 };
	table->valid(t);
	t->own = host_pages(&t->h, 1);
	t->spare = host_pages(&t->h, 1);
	/* refused as long as the RMM is not ACTIVE: then no breaker may want it */
	smc_regs(&t->h, RMI_GRANULE_RANGE_DELEGATE, t->spare, t->spare + t->h.page);
	for (unsigned i = 0; table->drive && i < NR_DONATE; i++)
		host_delegate(&t->h, DONATION + i * t->h.page, t->h.page);
}

static void attempt(struct trial *t)
{
	if (t->table->rsi)
		trial_within(t, within_the_realm);
	trial_go_on(t);
}

static void attempt_with(struct trial *t, const struct condition_table *table,
			 const struct breaker *first, const struct breaker *second)
{
	const struct breaker *const b[2] = { first, second };

	begin(t, table, (first ? first->opt : 0) | (second ? second->opt : 0));
	apply(t, b);
	if (!t->unavailable)
		attempt(t);
}

static const char *row_name(int condition)
{
	struct rmm_condition_info info;

	return condition >= 0 && rmm_condition_at((unsigned)condition, &info) ? info.name
									      : "no row";
}

static void check_outputs(const struct trial *t, const struct breaker *b)
{
	uint64_t undefined = t->h.profile.poison ? RMM_POISON : 0;

	if (t->table->outputs) {
		t->table->outputs(t, b);
		return;
	}
	for (unsigned i = 1; i <= 4 && !t->table->rsi && !t->driven; i++)
		assert_hex(t->out.x[i], undefined);
}

/* The trial has met b's condition and no other. */
static void check_refused(const struct trial *t, const struct breaker *b,
			  const struct breaker *other)
{
	const char *with = other ? other->row : "nothing else";

	if (!t->made)
		fail_msg("%s %s with %s: the call was not made", t->table->command, b->row, with);
	if (t->out.x[0] != b->x0 || strcmp(row_name(t->condition), b->row))
		fail_msg("%s %s with %s: X0 is %#lx by %s, should be %#lx", t->table->command,
			 b->row, with, (unsigned long)t->out.x[0], row_name(t->condition),
			 (unsigned long)b->x0);
	if (t->changed)
		fail_msg("%s %s with %s: the state has changed", t->table->command, b->row, with);
	check_outputs(t, b);
}

static void check_valid(const struct condition_table *table)
{
	unsigned status;
	struct trial t;

	attempt_with(&t, table, NULL, NULL);
	status = RMI_RESULT_STATUS(t.out.x[0]);
	if (!t.made || t.condition >= 0 ||
	    (status != RMI_SUCCESS && (table->drive || table->rsi || status != RMI_INCOMPLETE)))
		fail_msg("%s with nothing broken: X0 is %#lx by %s", table->command,
			 (unsigned long)t.out.x[0], row_name(t.condition));
	host_end(&t.h);
}

/* The row's number; -1: it cannot be met yet. */
static int check_alone(const struct condition_table *table, const struct breaker *b)
{
	struct trial t;

	attempt_with(&t, table, b, NULL);
	if (!t.unavailable)
		check_refused(&t, b, NULL);
	host_end(&t.h);
	return t.unavailable ? -1 : t.condition;
}

static const struct both *find_both(const struct condition_table *table, const char *first,
				    const char *second)
{
	for (const struct both *p = table->both; p && p->first; p++) {
		if (!strcmp(p->first, first) && !strcmp(p->second, second))
			return p;
	}
	return NULL;
}

static void check_both(const struct condition_table *table, const struct both *p,
		       const struct breaker *first, const struct breaker *second)
{
	struct trial t;

	begin(&t, table, p->opt);
	p->breaks(&t, first);
	attempt(&t);
	check_refused(&t, first, second);
	host_end(&t.h);
}

/* False: there is no way to make both true. */
static bool check_pair(const struct condition_table *table, const struct breaker *first,
		       const struct breaker *second)
{
	const struct both *p = find_both(table, first->row, second->row);
	struct trial t;

	if (p) {
		check_both(table, p, first, second);
		return true;
	}
	if (first->on & second->on || !strcmp(first->row, second->row))
		return false;
	attempt_with(&t, table, first, second);
	check_refused(&t, first, second);
	host_end(&t.h);
	return true;
}

#define MAX_BREAKERS 64

struct progress {
	const struct condition_table *table;
	int number[MAX_BREAKERS]; /* of each breaker's row, -1: not to be met yet */
	bool tested[MAX_BREAKERS][MAX_BREAKERS];
};

/* A row that the model asks for has to be in the table, or to be out of reach. */
static void check_coverage(const struct progress *p)
{
	const struct setup *setup = &p->table->setup;
	struct rmm_config cfg = setup->config ? *setup->config : (struct rmm_config){ 0 };
	struct rmm_condition_info info;
	struct rmm *rmm;

	cfg.profile = setup->custom ? setup->custom
				    : rmm_profile_find(setup->profile ? setup->profile : "strict");
	cfg.edition = setup->edition;
	rmm = rmm_new(&cfg, NULL);
	assert_non_null(rmm);
	for (unsigned i = 0; rmm_condition_at(i, &info); i++) {
		bool there = info.unreachable || strcmp(info.command, p->table->command) ||
			     !rmm_condition_is_used(rmm, i);

		for (unsigned j = 0; j < p->table->nr_breakers; j++)
			there |= !strcmp(info.name, p->table->breakers[j].row);
		if (!there)
			fail_msg("%s: the table lacks %s", info.command, info.name);
	}
	rmm_free(rmm);
}

static bool pair_is_tested(const struct progress *p, const struct rmm_order_info *o, bool *yet)
{
	*yet = true;
	for (unsigned i = 0; i < p->table->nr_breakers; i++) {
		for (unsigned j = 0; j < p->table->nr_breakers; j++) {
			if (strcmp(p->table->breakers[i].row, o->first) ||
			    strcmp(p->table->breakers[j].row, o->second))
				continue;
			*yet = p->number[i] >= 0 && p->number[j] >= 0;
			if (p->tested[i][j])
				return true;
		}
	}
	return false;
}

static bool has_row(const struct condition_table *table, const char *row)
{
	for (unsigned i = 0; i < table->nr_breakers; i++) {
		if (!strcmp(table->breakers[i].row, row))
			return true;
	}
	return false;
}

/* Every pair that the specification orders and whose rows this order of checks has. */
static void check_orders(const struct progress *p, const char *test)
{
	struct rmm_order_info o;
	bool yet;

	for (unsigned i = 0; rmm_order_at(i, &o); i++) {
		if (strcmp(o.command, p->table->command) || !has_row(p->table, o.first) ||
		    !has_row(p->table, o.second))
			continue;
		if (pair_is_tested(p, &o, &yet))
			stats_order(o.command, o.first, o.second, test);
		else if (yet)
			fail_msg("%s: no trial has both %s and %s", o.command, o.first, o.second);
	}
}

void conditions_run(const struct condition_table *table, const char *test)
{
	const char *profile = table->setup.profile ? table->setup.profile : "strict";
	struct progress p = { .table = table };
	unsigned n = table->nr_breakers;

	assert_true(n <= MAX_BREAKERS);
	if (!table->partial)
		check_coverage(&p);
	check_valid(table);
	for (unsigned i = 0; i < n; i++)
		p.number[i] = check_alone(table, &table->breakers[i]);
	for (unsigned i = 0; i < n; i++) {
		for (unsigned j = i + 1; j < n; j++) {
			if (p.number[i] >= 0 && p.number[j] >= 0)
				p.tested[i][j] =
					check_pair(table, &table->breakers[i], &table->breakers[j]);
		}
	}
	if (table->partial)
		return;
	check_orders(&p, test);
	for (unsigned i = 0; i < n; i++)
		stats_asserted(p.number[i], profile, test);
}
