/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Invariants: what the harness looks at besides the calls (check.h) and KVM_RUN (judge.h). A breach is a violation of
 * the run, which goes on, except where sim/invariant.c says that it cannot.
 */
#ifndef SIM_INVARIANT_H
#define SIM_INVARIANT_H

#include <rmisim/sim.h>

struct sim_guest;

/* The RMM has answered a call of the running actor. Costs what the call touched. */
void sim_invariant_smc(struct sim_world *world, const struct rmm_regs *in,
		       const struct rmm_regs *out);
/* The kernel makes a call that the RMM, or somebody else, is going to answer. */
void sim_invariant_asked(struct sim_world *world, const struct rmm_regs *in);
/* The same of every call of the kernel, whoever has answered it. */
void sim_invariant_refused(struct sim_world *world, const struct rmm_regs *in,
			   const struct rmm_regs *out);
/* The guest has stored to its private memory. */
void sim_invariant_store(struct sim_guest *guest, rmm_ipa ipa, const void *data, uint64_t size);
/* KVM has unmapped [gpa, gpa + size) of the realm at rd: filter bit 0 shared, bit 1 private alias. */
void sim_invariant_unmapped(struct sim_world *world, rmm_pa rd, uint64_t gpa, uint64_t size,
			    unsigned filter);
/* Nobody is in the kernel or the RMM: look at everything, unless nothing has happened since the last look. */
void sim_invariant_world(struct sim_world *world);

#endif
