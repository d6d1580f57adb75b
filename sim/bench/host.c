/* SPDX-License-Identifier: BSD-2-Clause */
/* The host of the benchmarks: a machine, its pages, and calls whose answers are checked. */
#include "bench.h"

#define SMALL_BASE UINT64_C(0x80000000)
#define SMALL_SIZE GIB
#define AREA_BASE  UINT64_C(0x10000000000)

static void run_realm(void *ctx, struct rmm_rec *rec, unsigned cpu)
{
	struct bench_state *s = ctx;

	s->program(s, rec);
}

void bench_machine(struct bench_state *s, uint64_t small, uint64_t size)
{
	struct rmm_config cfg = {
		.profile = s->options->profile,
		.edition = s->options->edition,
		.ctx = s,
		.run_realm = run_realm,
	};
	const char *why = "";

	if (small)
		cfg.banks[cfg.nr_banks++] = (struct rmm_bank){ SMALL_BASE, small };
	if (size)
		cfg.banks[cfg.nr_banks++] = (struct rmm_bank){ AREA_BASE, size };
	s->next = cfg.banks[0].base;
	s->limit = s->next + cfg.banks[0].size;
	s->area = AREA_BASE;
	s->rmm = rmm_new(&cfg, &why);
	if (!s->rmm)
		bench_fail(s, "no machine with %llu MiB: %s", (unsigned long long)(size / MIB),
			   why);
}

void bench_activate(struct bench_state *s)
{
	rmm_pa config = bench_pages(s, 1);

	bench_must(s, RMI_RMM_CONFIG_SET, config, 0, 0, 0, 0);
	bench_must(s, RMI_RMM_ACTIVATE, 0, 0, 0, 0, 0);
	if (rmm_granule_size(s->rmm) != BENCH_PAGE)
		bench_fail(s, "the granule is not 4 KiB");
}

void bench_boot(struct bench_state *s, uint64_t size)
{
	bench_machine(s, SMALL_SIZE, size);
	bench_activate(s);
}

rmm_pa bench_pages(struct bench_state *s, unsigned n)
{
	rmm_pa pa = s->next;

	if (pa + n * BENCH_PAGE > s->limit)
		bench_fail(s, "out of pages");
	s->next += n * BENCH_PAGE;
	return pa;
}

static uint64_t *word(struct bench_state *s, rmm_pa pa)
{
	uint64_t *p = rmm_host_ptr(s->rmm, pa, 8);

	if (!p)
		bench_fail(s, "no memory at %#llx", (unsigned long long)pa);
	return p;
}

void bench_write(struct bench_state *s, rmm_pa pa, uint64_t value)
{
	*word(s, pa) = value;
}

uint64_t bench_read(struct bench_state *s, rmm_pa pa)
{
	return *word(s, pa);
}

static void refused(struct bench_state *s, uint64_t fid, uint64_t x0)
{
	const struct rmi_command *command = rmi_command(rmm_edition(s->rmm), fid);
	const char *status = rmi_status_name(RMI_RESULT_STATUS(x0));

	bench_fail(s, "%s answers %s (%#llx); this benchmark needs another profile or edition",
		   command ? command->name : "a call", status ? status : "nonsense",
		   (unsigned long long)x0);
}

struct rmm_regs bench_must(struct bench_state *s, uint64_t fid, uint64_t a, uint64_t b, uint64_t c,
			   uint64_t d, uint64_t e)
{
	struct rmm_regs r = bench_call(s, fid, a, b, c, d, e);

	if (r.x[0])
		refused(s, fid, r.x[0]);
	return r;
}

/* X1 of a range call: it went on, and not too far. */
static uint64_t progress(struct bench_state *s, uint64_t fid, const struct rmm_regs *r,
			 uint64_t base, uint64_t top)
{
	if (r->x[0] || r->x[1] <= base || r->x[1] > top)
		refused(s, fid, r->x[0]);
	return r->x[1];
}

void bench_delegate(struct bench_state *s, rmm_pa base, rmm_pa top)
{
	while (base < top) {
		struct rmm_regs r = bench_call(s, RMI_GRANULE_RANGE_DELEGATE, base, top, 0, 0, 0);

		base = progress(s, RMI_GRANULE_RANGE_DELEGATE, &r, base, top);
	}
}

void bench_undelegate(struct bench_state *s, rmm_pa base, rmm_pa top)
{
	while (base < top) {
		struct rmm_regs r = bench_call(s, RMI_GRANULE_RANGE_UNDELEGATE, base, top, 0, 0, 0);

		base = progress(s, RMI_GRANULE_RANGE_UNDELEGATE, &r, base, top);
	}
}

void bench_map(struct bench_state *s, rmm_ipa base, rmm_ipa top, rmm_pa pa, int level)
{
	uint64_t unit = rmi_level_size(12, level);

	while (base < top) {
		/* RmiAddrRangeDesc: base, count 11:2, 3 - level in 1:0, DELEGATED (B4.6) */
		uint64_t desc = pa | (top - base) / unit << 2 | (uint64_t)(3 - level);
		struct rmm_regs r =
			bench_call(s, RMI_RTT_DATA_MAP, s->rd, base, top, RMI_ADDR_SINGLE, desc);
		rmm_ipa to = progress(s, RMI_RTT_DATA_MAP, &r, base, top);

		pa += to - base;
		base = to;
	}
}

void bench_unmap(struct bench_state *s, rmm_ipa base, rmm_ipa top)
{
	while (base < top) {
		struct rmm_regs r =
			bench_call(s, RMI_RTT_DATA_UNMAP, s->rd, base, top, RMI_ADDR_NONE, 0);

		base = progress(s, RMI_RTT_DATA_UNMAP, &r, base, top);
	}
}

rmm_pa bench_delegated(struct bench_state *s, unsigned n)
{
	rmm_pa pa = bench_pages(s, n);

	bench_delegate(s, pa, pa + n * BENCH_PAGE);
	return pa;
}
