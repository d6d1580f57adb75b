/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The life of pages: delegated and mapped, written by the realm or not, unmapped and undelegated.
 * First all pieces of the window are built, then all are torn down.
 */
#include "bench.h"

#define PATTERN UINT64_C(0x5a5a5a5a5a5a5a5a)

static rmm_ipa end_of(const struct bench_window *w)
{
	return (w->nr - 1) * w->stride + w->piece;
}

void pages_prepare(struct bench_state *s)
{
	const struct bench_window *w = &s->bench->window;

	bench_boot(s, s->bench->size);
	bench_realm_create(s);
	bench_tables(s, w);
	if (s->bench->written)
		bench_realm_ram(s, end_of(w));
	bench_realm_activate(s);
}

static void write_every_page(struct bench_state *s, struct rmm_rec *rec)
{
	const struct bench_window *w = &s->bench->window;

	for (unsigned i = 0; i < w->nr; i++) {
		for (rmm_ipa at = 0; at < w->piece; at += BENCH_PAGE) {
			struct rmm_access a = { .ipa = i * w->stride + at,
						.size = 8,
						.write = true,
						.value = PATTERN };

			if (rmm_realm_access(s->rmm, rec, &a) != RMM_REALM_DONE)
				bench_fail(s, "the realm cannot write IPA %#llx",
					   (unsigned long long)a.ipa);
		}
	}
}

/*
 * The host reads no byte of the realm's. One page in 2 MiB tells: the bank's file has memory for a page
 * that was read, so that to read them all would make the next batch another benchmark.
 */
static void pages_are_clean(struct bench_state *s)
{
	for (rmm_ipa at = 0; at < end_of(&s->bench->window); at += 2 * MIB) {
		if (bench_read(s, s->area + at) == PATTERN)
			bench_fail(s, "the host reads what the realm wrote");
	}
}

static void build(struct bench_state *s)
{
	const struct bench_window *w = &s->bench->window;

	bench_begin(s, BENCH_BUILD);
	for (unsigned i = 0; i < w->nr; i++) {
		rmm_pa pa = s->area + i * w->stride;
		rmm_ipa ipa = i * w->stride;

		bench_delegate(s, pa, pa + w->piece);
		bench_map(s, ipa, ipa + w->piece, pa, w->level);
	}
	if (s->bench->written)
		bench_enter(s, write_every_page);
	bench_end(s, BENCH_BUILD);
}

void pages_batch(struct bench_state *s)
{
	const struct bench_window *w = &s->bench->window;

	build(s);
	bench_begin(s, BENCH_TEAR);
	for (unsigned i = 0; i < w->nr; i++) {
		rmm_pa pa = s->area + i * w->stride;
		rmm_ipa ipa = i * w->stride;

		bench_unmap(s, ipa, ipa + w->piece);
		bench_undelegate(s, pa, pa + w->piece);
	}
	bench_end(s, BENCH_TEAR);
	s->ops += w->nr * (w->piece / BENCH_PAGE);
	if (s->bench->written) {
		pages_are_clean(s);
		bench_ram_again(s, end_of(w));
	}
}

/* Built like that, then unmapped with one range from the first piece to the last; only that counts. */
void pages_range_batch(struct bench_state *s)
{
	const struct bench_window *w = &s->bench->window;

	build(s);
	bench_begin(s, BENCH_TEAR);
	bench_unmap(s, 0, end_of(w));
	bench_end(s, BENCH_TEAR);
	for (unsigned i = 0; i < w->nr; i++)
		bench_undelegate(s, s->area + i * w->stride, s->area + i * w->stride + w->piece);
	s->ops += w->nr * (w->piece / BENCH_PAGE);
}
