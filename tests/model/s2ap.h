/* SPDX-License-Identifier: BSD-2-Clause */
/* A realm with planes that asks for overlay indices. */
#ifndef TESTS_MODEL_S2AP_H
#define TESTS_MODEL_S2AP_H

#include <string.h>

#include "host.h"

#define RUN   UINT64_C(0x3ffff000) /* RsiPlaneRun: mapped RAM */
#define A     UINT64_C(0x40000000) /* RAM, behind it */
#define INDEX 5

/* What the realm does in its next entries, and how that ended. */
struct step {
	bool smc;
	struct rmm_regs regs;
	struct rmm_access a;
	enum rmm_realm_result result;
};

static inline void take_step(struct host *h, struct rmm_rec *rec)
{
	struct step *s = h->program_ctx;

	s->result = s->smc ? rmm_realm_smc(h->rmm, rec, &s->regs)
			   : rmm_realm_access(h->rmm, rec, &s->a);
}

static inline enum rmm_realm_result go(struct host *h, struct step *s)
{
	assert_hex(host_enter(h, 0, take_step, s), 0);
	return s->result;
}

static inline enum rmm_realm_result rsi(struct host *h, struct step *s, uint64_t fid, uint64_t x1,
					uint64_t x2, uint64_t x3)
{
	*s = (struct step){ true, .regs = { { fid, x1, x2, x3 } } };
	return go(h, s);
}

static inline void init_ripas(struct host *h, rmm_ipa base, rmm_ipa top)
{
	while (base < top) {
		struct rmm_regs r = smc_regs(h, RMI_RTT_INIT_RIPAS, h->rd, base, top);

		assert_hex(r.x[0], 0);
		base = r.x[1];
	}
}

/* An ACTIVE realm with RUN and `pages` pages from A on. */
static inline void boot(struct host *h, const struct setup *s, unsigned pages)
{
	host_realm(h, s);
	host_map(h, RUN);
	init_ripas(h, RUN, A);
	for (unsigned i = 0; i < pages; i++)
		host_map(h, A + i * h->page);
	if (pages)
		init_ripas(h, A, A + pages * h->page);
	host_activate(h);
}

static const struct setup trees = { .planes = 2 };
static const struct setup one_tree = { .planes = 3, .one_tree = true };

/* The realm asks for an index on [base, top). */
static inline void ask_for(struct host *h, rmm_ipa base, rmm_ipa top, unsigned index)
{
	struct step s;

	assert_int_equal(rsi(h, &s, RSI_MEM_SET_PERM_INDEX, base, top, index), RMM_REALM_EXIT);
	assert_hex(host_exit(h, RMI_RUN_EXIT_REASON), RMI_EXIT_S2AP_CHANGE);
}

static inline void ask(struct host *h, rmm_ipa base, rmm_ipa top)
{
	ask_for(h, base, top, INDEX);
}

/* The next entry: what RSI_MEM_SET_PERM_INDEX returns to the realm. */
static inline struct rmm_regs finish(struct host *h, rmm_ipa base, rmm_ipa top, uint64_t flags)
{
	struct step s = { true, .regs = { { RSI_MEM_SET_PERM_INDEX, base, top, INDEX } } };

	assert_hex(host_enter(h, flags, take_step, &s), 0);
	assert_int_equal(s.result, RMM_REALM_DONE);
	assert_hex(s.regs.x[0], RSI_SUCCESS);
	return s.regs;
}

static inline struct rmm_regs set_s2ap(struct host *h, rmm_ipa base, rmm_ipa top)
{
	return smc_regs(h, RMI_RTT_SET_S2AP, h->rd, h->rec, base, top);
}

static inline void give_value(struct host *h, unsigned plane, unsigned index, uint64_t value)
{
	struct step s;

	assert_int_equal(rsi(h, &s, RSI_MEM_SET_PERM_VALUE, plane, index, value), RMM_REALM_DONE);
	assert_hex(s.regs.x[0], RSI_SUCCESS);
}

static inline void enter_plane(struct host *h, unsigned n)
{
	struct step s;

	assert_int_equal(rsi(h, &s, RSI_PLANE_ENTER, n, RUN, 0), RMM_REALM_PLANE);
}

static inline void leave_plane(struct host *h)
{
	struct step s;

	assert_int_equal(rsi(h, &s, RSI_VERSION, 0, 0, 0), RMM_REALM_PLANE);
}

static inline uint64_t plane_exit(struct host *h, unsigned offset)
{
	return host_read64(h, host_entry(h, RUN).pa + offset);
}

#endif
