/* SPDX-License-Identifier: BSD-2-Clause */
/* A realm of four RECs whose calls are PSCI's. */
#ifndef TESTS_MODEL_PSCI_H
#define TESTS_MODEL_PSCI_H

#include "host.h"

#define ENTRY   UINT64_C(0x12340000)
#define CONTEXT UINT64_C(0xc0ffee)
#define EXITS   UINT64_C(0xe417)

struct call {
	struct rmm_regs regs, out;
	enum rmm_realm_result result;
};

static inline void call_once(struct host *h, struct rmm_rec *rec)
{
	struct call *c = h->program_ctx;

	c->out = c->regs;
	c->result = rmm_realm_smc(h->rmm, rec, &c->out);
}

/* The realm calls from `rec`: X0, or EXITS. */
static inline uint64_t psci(struct host *h, rmm_pa rec, struct call *c, uint64_t fid, uint64_t x1,
			    uint64_t x2, uint64_t x3)
{
	c->regs = (struct rmm_regs){ { fid, x1, x2, x3, 4, 5, 6, 7 } };
	h->rec = rec;
	assert_hex(host_enter(h, 0, call_once, c), 0);
	return c->result == RMM_REALM_DONE ? c->out.x[0] : EXITS;
}

/* The same call again, after the host has done its part. */
static inline uint64_t again(struct host *h, rmm_pa rec, struct call *c)
{
	return psci(h, rec, c, c->regs.x[0], c->regs.x[1], c->regs.x[2], c->regs.x[3]);
}

static inline rmm_pa add_rec(struct host *h, rmm_pa rd, uint64_t mpidr, uint64_t flags)
{
	rmm_pa rec = host_delegated(h, 1), params = host_pages(h, 1);

	host_write64(h, params + RMI_REC_PARAMS_FLAGS, flags);
	host_write64(h, params + RMI_REC_PARAMS_MPIDR, mpidr);
	host_write64(h, params + RMI_REC_PARAMS_PC, 0x1000 * (mpidr + 1));
	for (unsigned i = 0; i < 8; i++)
		host_write64(h, params + RMI_REC_PARAMS_GPRS + 8 * i, 0x60 + i);
	assert_hex(smc(h, RMI_REC_CREATE, rd, rec, params), 0);
	return rec;
}

struct psci_host {
	struct host h;
	struct rmm_profile profile;
	rmm_pa rec[4]; /* 1 is off, the others run */
};

/* REC_CREATE without a donation: that is another test's. */
static inline struct host *boot(struct psci_host *p, const char *profile, enum rmi_edition edition)
{
	struct host *h = &p->h;

	p->profile = *rmm_profile_find(profile);
	p->profile.rec_granules = 0;
	host_realm(h, &(struct setup){ .custom = &p->profile, .edition = edition });
	h->run = host_pages(h, 1);
	for (unsigned i = 0; i < 4; i++)
		p->rec[i] = add_rec(h, h->rd, i, i == 1 ? 0 : RMI_REC_RUNNABLE);
	assert_hex(smc(h, RMI_REALM_ACTIVATE, h->rd), 0);
	return h;
}

static inline uint64_t complete(struct psci_host *p, unsigned calling, unsigned target, int status)
{
	return smc(&p->h, RMI_PSCI_COMPLETE, p->rec[calling], p->rec[target],
		   (uint64_t)(int64_t)status);
}

static inline uint64_t err(int status)
{
	return (uint64_t)(int64_t)status;
}

static inline void expect_start(struct host *h, struct rmm_rec *rec)
{
	assert_hex(rmm_rec_pc(rec), ENTRY);
	assert_hex(rmm_rec_gpr(rec, 0), CONTEXT);
	for (unsigned i = 1; i < 31; i++)
		assert_hex(rmm_rec_gpr(rec, i), 0);
	assert_hex(rmm_rec_gpr(rec, 31), 0);
	*(bool *)h->program_ctx = true;
}

#endif
