/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A machine for one image without model and harness: one bank, one actor, answers by script.
 */
#ifndef TESTS_KERNEL_MACHINE_H
#define TESTS_KERNEL_MACHINE_H

#include <setjmp.h>
#include <stdbool.h>

#include "../../sim/kernel/host.h"
#include "port.h"

#define BANK_BASE 0x80000000ull
#define BANK_SIZE (4ull << 30) /* sparse: what is touched counts */
#define PAGE      0x1000ull

struct chunk;

struct machine {
	void *dl;
	const struct sim_kernel_image *image;
	struct test_port *port;
	unsigned char *ram;
	unsigned char not_ns[BANK_SIZE / PAGE]; /* 1: the granule is not Non-secure */
	unsigned actor;                         /* who runs */
	const char *fail_label;                 /* the label of choices answered with 1 ... */
	unsigned fail_after;                    /* ... after that many answered with 0 */
	bool expects;                           /* a violation: it leaves by out */
	unsigned breaches;                      /* contracts that broke; the last one: */
	char check[64];
	char sentence[256];
	jmp_buf out;
	unsigned long long live; /* bytes that the image has from the machine */
	unsigned warns;
	struct chunk *chunks;
	bool smc_answers; /* the SMC is noted in smc_in and answered with smc_out */
	struct sim_regs smc_in, smc_out;
};

/* Load the image anew and boot it. */
struct machine *machine_new(void);
void machine_free(struct machine *m);

/* Run stmt; true when it ended in a violation of that check. */
#define violates(m, name, stmt)                          \
	((m)->expects = true, setjmp((m)->out) == 0 ? ({ \
		 stmt;                                   \
		 (m)->expects = false;                   \
	 })                                              \
						    : machine_said(m, name))
bool machine_said(struct machine *m, const char *check);

#endif
