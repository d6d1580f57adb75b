/* SPDX-License-Identifier: BSD-2-Clause */
/* An empty call; delegation; making machines. */
#include "bench.h"

#define EMPTY_CALLS 10000

void boot_only(struct bench_state *s)
{
	bench_boot(s, s->bench->size);
}

void call_empty(struct bench_state *s)
{
	struct rmm_regs r = { { 0 } };

	bench_begin(s, BENCH_BUILD);
	for (unsigned i = 0; i < EMPTY_CALLS; i++) {
		r.x[0] = RMI_VERSION;
		r.x[1] = RMI_ABI_VERSION;
		rmm_smc(s->rmm, 0, &r);
		if (r.x[0] || r.x[1] != RMI_ABI_VERSION)
			bench_fail(s, "VERSION answers %#llx", (unsigned long long)r.x[0]);
	}
	bench_end(s, BENCH_BUILD);
	s->ops += EMPTY_CALLS;
}

/* Each piece of the window delegated, then each undelegated: what the host wrote in one is gone. */
void ranges_batch(struct bench_state *s)
{
	const struct bench_window *w = &s->bench->window;

	bench_begin(s, BENCH_BUILD);
	for (unsigned i = 0; i < w->nr; i++)
		bench_delegate(s, s->area + i * w->stride, s->area + i * w->stride + w->piece);
	bench_end(s, BENCH_BUILD);
	if (rmm_delegated(s->rmm) != w->nr * (w->piece / BENCH_PAGE))
		bench_fail(s, "%llu granules are delegated",
			   (unsigned long long)rmm_delegated(s->rmm));
	bench_begin(s, BENCH_TEAR);
	for (unsigned i = 0; i < w->nr; i++)
		bench_undelegate(s, s->area + i * w->stride, s->area + i * w->stride + w->piece);
	bench_end(s, BENCH_TEAR);
	s->ops += w->nr;
}

void machine_batch(struct bench_state *s)
{
	int64_t before = s->resident < 0 ? bench_resident() : 0;

	bench_begin(s, BENCH_BUILD);
	bench_machine(s, 0, s->bench->size);
	bench_end(s, BENCH_BUILD);
	if (s->resident < 0 && before >= 0)
		s->resident = bench_resident() - before;
	rmm_free(s->rmm);
	s->rmm = NULL;
	s->ops++;
}

void machine_delegated_batch(struct bench_state *s)
{
	int64_t before = s->resident < 0 ? bench_resident() : 0;

	bench_machine(s, 0, s->bench->size);
	bench_activate(s);
	bench_begin(s, BENCH_BUILD);
	bench_delegate(s, s->area, s->area + s->bench->size);
	bench_end(s, BENCH_BUILD);
	if (rmm_delegated(s->rmm) != s->bench->size / BENCH_PAGE)
		bench_fail(s, "%llu granules are delegated",
			   (unsigned long long)rmm_delegated(s->rmm));
	if (s->resident < 0 && before >= 0)
		s->resident = bench_resident() - before;
	rmm_free(s->rmm);
	s->rmm = NULL;
	s->ops++;
}
