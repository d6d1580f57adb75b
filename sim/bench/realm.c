/* SPDX-License-Identifier: BSD-2-Clause */
/* One realm with one REC: made, entered, dropped. */
#include "bench.h"

#define S2SZ        48
#define START_LEVEL 0

void bench_realm_create(struct bench_state *s)
{
	s->params = bench_pages(s, 1);
	s->run = bench_pages(s, 1);
	s->list = bench_pages(s, 1);
	s->rd = bench_delegated(s, 1);
	s->root = bench_delegated(s, 1);
	bench_write(s, s->params + RMI_PARAMS_S2SZ, S2SZ);
	bench_write(s, s->params + RMI_PARAMS_NUM_BPS, 1);
	bench_write(s, s->params + RMI_PARAMS_NUM_WPS, 1);
	bench_write(s, s->params + RMI_PARAMS_RTT_BASE, s->root);
	bench_write(s, s->params + RMI_PARAMS_RTT_LEVEL, START_LEVEL);
	bench_write(s, s->params + RMI_PARAMS_RTT_NUM, 1);
	bench_must(s, RMI_REALM_CREATE, s->rd, s->params, 0, 0, 0);
}

void bench_realm_ram(struct bench_state *s, rmm_ipa top)
{
	rmm_ipa base = 0;

	while (base < top) {
		struct rmm_regs r = bench_must(s, RMI_RTT_INIT_RIPAS, s->rd, base, top, 0, 0);

		if (r.x[1] <= base)
			bench_fail(s, "RTT_INIT_RIPAS makes no progress");
		base = r.x[1];
	}
}

/* What a stateful operation asks for: the REC's auxiliary granules in and out again. */
static void operate(struct bench_state *s, struct rmm_regs r)
{
	uint64_t handle = r.x[1];

	while (RMI_RESULT_STATUS(r.x[0]) == RMI_INCOMPLETE) {
		switch (RMI_RESULT_MEM(r.x[0])) {
		case RMI_OP_MEM_REQ_DONATE:
			s->nr_aux = (r.x[2] >> 2) & 0x3fff;
			s->aux = bench_delegated(s, s->nr_aux);
			for (unsigned i = 0; i < s->nr_aux; i++)
				bench_write(s, s->list + 8 * i,
					    (s->aux + i * BENCH_PAGE) | 1u << 2);
			r = bench_call(s, RMI_OP_MEM_DONATE, handle, s->list, s->nr_aux, 0, 0);
			break;
		case RMI_OP_MEM_REQ_RECLAIM:
			r = bench_call(s, RMI_OP_MEM_RECLAIM, handle, s->list, BENCH_PAGE / 8, 0,
				       0);
			break;
		default:
			r = bench_call(s, RMI_OP_CONTINUE, handle, 0, 0, 0, 0);
		}
	}
	if (r.x[0])
		bench_fail(s, "a stateful operation answers %#llx", (unsigned long long)r.x[0]);
}

void bench_realm_activate(struct bench_state *s)
{
	rmm_pa params = bench_pages(s, 1);

	s->nr_aux = 0;
	s->rec = bench_delegated(s, 1);
	bench_write(s, params + RMI_REC_PARAMS_FLAGS, RMI_REC_RUNNABLE);
	operate(s, bench_call(s, RMI_REC_CREATE, s->rd, s->rec, params, 0, 0));
	bench_must(s, RMI_REALM_ACTIVATE, s->rd, 0, 0, 0, 0);
}

void bench_realm_destroy(struct bench_state *s)
{
	bench_must(s, RMI_REALM_TERMINATE, s->rd, 0, 0, 0, 0);
	operate(s, bench_call(s, RMI_REC_DESTROY, s->rec, 0, 0, 0, 0));
	bench_must(s, RMI_REALM_DESTROY, s->rd, 0, 0, 0, 0);
	bench_undelegate(s, s->rec, s->rec + BENCH_PAGE);
	bench_undelegate(s, s->aux, s->aux + s->nr_aux * BENCH_PAGE);
	bench_undelegate(s, s->rd, s->rd + BENCH_PAGE);
	bench_undelegate(s, s->root, s->root + BENCH_PAGE);
}

/* Calls `visit` once for each table of `level` above a piece of `w`, with the IPA where it begins. */
static void each_table(struct bench_state *s, const struct bench_window *w, int level,
		       void (*visit)(struct bench_state *s, rmm_ipa ipa, int level))
{
	uint64_t size = rmi_level_size(12, level - 1);
	rmm_ipa last = UINT64_MAX;

	for (unsigned i = 0; i < w->nr; i++) {
		rmm_ipa first = i * w->stride & ~(size - 1);

		for (rmm_ipa ipa = first; ipa < i * w->stride + w->piece; ipa += size) {
			if (last == UINT64_MAX || ipa > last)
				visit(s, last = ipa, level);
		}
	}
}

static void create_table(struct bench_state *s, rmm_ipa ipa, int level)
{
	bench_must(s, RMI_RTT_CREATE, s->rd, bench_delegated(s, 1), ipa, (uint64_t)level, 0);
}

static void destroy_table(struct bench_state *s, rmm_ipa ipa, int level)
{
	struct rmm_regs r = bench_must(s, RMI_RTT_DESTROY, s->rd, ipa, (uint64_t)level, 0, 0);

	bench_undelegate(s, r.x[1], r.x[1] + BENCH_PAGE);
}

void bench_tables(struct bench_state *s, const struct bench_window *w)
{
	for (int level = START_LEVEL + 1; level <= w->level; level++)
		each_table(s, w, level, create_table);
}

void bench_tables_destroy(struct bench_state *s, const struct bench_window *w)
{
	for (int level = w->level; level > START_LEVEL; level--)
		each_table(s, w, level, destroy_table);
}

unsigned bench_enter(struct bench_state *s,
		     void (*program)(struct bench_state *s, struct rmm_rec *rec))
{
	s->program = program;
	bench_must(s, RMI_REC_ENTER, s->rec, s->run, 0, 0, 0);
	return (unsigned)(bench_read(s, s->run + RMI_RUN_EXIT_REASON) & 0xff);
}

/* Asks for RAM in [0, at), until it is given. */
static void ask_for_ram(struct bench_state *s, struct rmm_rec *rec)
{
	rmm_ipa base = 0;

	while (base < s->at) {
		struct rmm_regs r = { { RSI_IPA_STATE_SET, base, s->at, RMI_RAM,
					RSI_CHANGE_DESTROYED } };

		if (rmm_realm_smc(s->rmm, rec, &r) == RMM_REALM_EXIT)
			return;
		if (r.x[0] || r.x[1] <= base)
			bench_fail(s, "RSI_IPA_STATE_SET answers %#llx",
				   (unsigned long long)r.x[0]);
		base = r.x[1];
	}
	s->done = true;
}

void bench_ram_again(struct bench_state *s, rmm_ipa top)
{
	s->at = top;
	s->done = false;
	while (bench_enter(s, ask_for_ram) == RMI_EXIT_RIPAS_CHANGE) {
		rmm_ipa base = bench_read(s, s->run + RMI_RUN_EXIT_RIPAS_BASE);
		rmm_ipa end = bench_read(s, s->run + RMI_RUN_EXIT_RIPAS_TOP);

		while (base < end)
			base = bench_must(s, RMI_RTT_SET_RIPAS, s->rd, s->rec, base, end, 0).x[1];
	}
	if (!s->done)
		bench_fail(s, "the realm did not get its RAM");
}
