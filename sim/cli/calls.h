/* SPDX-License-Identifier: BSD-2-Clause */
/* rmisim calls: a file of RMI calls, run on the bare model. */
#ifndef CLI_CALLS_H
#define CLI_CALLS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <rmisim/rmm.h>

/* Test memory: g0 is 2 MiB but not 1 GiB aligned, the second half is the host's (nsN). */
#define CALLS_G0          UINT64_C(0x7e0000200000)
#define CALLS_GRANULE     UINT64_C(4096)
#define CALLS_NR_GRANULES UINT64_C(131000)
#define CALLS_FIRST_NS    UINT64_C(65500)

#define CALLS_MAX_WORDS 16  /* of one line */
#define CALLS_MAX_PLANS 256 /* actions that wait for a REC_ENTER */
#define CALLS_MAX_RECS  64  /* RECs with an SMC that is not finished */

enum calls_plan_kind { PLAN_SMC, PLAN_ABORT, PLAN_VECTOR };

/* What a realm does at its next entry. */
struct calls_plan {
	enum calls_plan_kind kind;
	struct rmm_regs regs; /* PLAN_SMC */
	struct rmm_access access;
	unsigned fsc;
};

/* An SMC that left for the host: made again when the realm runs again, so that the model ends it. */
struct calls_unfinished {
	rmm_pa rec;  /* 0: unused */
	bool is_new; /* made in this run */
	struct rmm_regs regs;
};

struct calls {
	struct rmm *rmm;
	FILE *out;
	unsigned line;
	char error[160]; /* "" as long as all is well */
	struct rmm_regs last;
	bool some; /* there is a previous call */
	char *words[CALLS_MAX_WORDS];
	unsigned nr_words;
	struct calls_plan plans[CALLS_MAX_PLANS];
	unsigned first_plan, nr_plans;
	struct calls_unfinished unfinished[CALLS_MAX_RECS];
};

/* Keep the first error of the run; returns false. */
bool calls_bad(struct calls *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The value of an expression: numbers, gN, nsN, xN, desc(..), + and -. */
bool calls_value(struct calls *c, const char *text, uint64_t *value);
/* A granule's name with what is left of the word, else the word in hexadecimal. */
const char *calls_name(char *buf, size_t size, uint64_t value);

/* The line's directive, words[0] starts with a dot. */
bool calls_directive(struct calls *c);
/* One SMC of the host; its registers stay in c->last. */
void calls_smc(struct calls *c, uint64_t fid, const uint64_t *args, unsigned nr);
/* " -> STATUS x0=.. .. x5=..", and the end of the line. */
void calls_print_result(struct calls *c);

/* struct rmm_config.run_realm; ctx is the struct calls. */
void calls_run_realm(void *ctx, struct rmm_rec *rec, unsigned cpu);
/* struct rmm_config.event */
void calls_event(void *ctx, const struct rmm_event *event);
bool calls_plan(struct calls *c, const struct calls_plan *plan);

#endif
