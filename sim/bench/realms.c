/* SPDX-License-Identifier: BSD-2-Clause */
/* Realms: a whole one with its memory, many empty ones, and a REC that aborts. */
#include "bench.h"

#define NR_REALMS 64
#define ENTERS    1000

/* A realm from REALM_CREATE to the last page mapped and ACTIVE, and back to a free machine. */
void realm_batch(struct bench_state *s)
{
	const struct bench_window *w = &s->bench->window;
	rmm_pa mark = s->next;

	bench_begin(s, BENCH_BUILD);
	bench_realm_create(s);
	bench_tables(s, w);
	bench_realm_ram(s, w->nr * w->stride);
	for (unsigned i = 0; i < w->nr; i++) {
		rmm_pa pa = s->area + i * w->stride;
		rmm_ipa ipa = i * w->stride;

		bench_delegate(s, pa, pa + w->piece);
		bench_map(s, ipa, ipa + w->piece, pa, w->level);
	}
	bench_realm_activate(s);
	bench_end(s, BENCH_BUILD);
	bench_begin(s, BENCH_TEAR);
	for (unsigned i = 0; i < w->nr; i++) {
		rmm_pa pa = s->area + i * w->stride;
		rmm_ipa ipa = i * w->stride;

		bench_unmap(s, ipa, ipa + w->piece);
		bench_undelegate(s, pa, pa + w->piece);
	}
	bench_tables_destroy(s, w);
	bench_realm_destroy(s);
	bench_end(s, BENCH_TEAR);
	s->next = mark;
	s->ops++;
}

void realms_prepare(struct bench_state *s)
{
	bench_boot(s, 0);
	bench_realm_create(s);
	s->root = bench_delegated(s, 2 * NR_REALMS);
}

/* REALM_CREATE alone; REALM_TERMINATE and REALM_DESTROY. */
void realms_batch(struct bench_state *s)
{
	rmm_pa rd = s->root + NR_REALMS * BENCH_PAGE;

	bench_begin(s, BENCH_BUILD);
	for (unsigned i = 0; i < NR_REALMS; i++) {
		bench_write(s, s->params + RMI_PARAMS_RTT_BASE, s->root + i * BENCH_PAGE);
		bench_must(s, RMI_REALM_CREATE, rd + i * BENCH_PAGE, s->params, 0, 0, 0);
	}
	bench_end(s, BENCH_BUILD);
	bench_begin(s, BENCH_TEAR);
	for (unsigned i = 0; i < NR_REALMS; i++) {
		bench_must(s, RMI_REALM_TERMINATE, rd + i * BENCH_PAGE, 0, 0, 0, 0);
		bench_must(s, RMI_REALM_DESTROY, rd + i * BENCH_PAGE, 0, 0, 0, 0);
	}
	bench_end(s, BENCH_TEAR);
	s->ops += NR_REALMS;
}

void enter_prepare(struct bench_state *s)
{
	bench_boot(s, 0);
	bench_realm_create(s);
	bench_realm_ram(s, GIB * 512);
	bench_realm_activate(s);
}

static void touch(struct bench_state *s, struct rmm_rec *rec)
{
	struct rmm_access a = { .ipa = s->at, .size = 8, .write = true };

	if (rmm_realm_access(s->rmm, rec, &a) != RMM_REALM_EXIT)
		bench_fail(s, "the access does not abort");
}

void enter_batch(struct bench_state *s)
{
	bench_begin(s, BENCH_BUILD);
	for (unsigned i = 0; i < ENTERS; i++) {
		s->at = i * BENCH_PAGE;
		if (bench_enter(s, touch) != RMI_EXIT_SYNC ||
		    bench_read(s, s->run + RMI_RUN_EXIT_HPFAR) >> 4 != i)
			bench_fail(s, "REC_ENTER leaves without the abort");
	}
	bench_end(s, BENCH_BUILD);
	s->ops += ENTERS;
}
