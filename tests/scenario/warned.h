/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of the port's warnings: an RMM that lies about some of its answers, and the WARN lines that
 * the kernel tells of it.
 */
#ifndef TESTS_SCENARIO_WARNED_H
#define TESTS_SCENARIO_WARNED_H

#include "fixture.h"

#include <rmisim/cmocka.h>

#define EIO       5
#define ENXIO     6
#define ENOMEM    12
#define EFAULT    14
#define EBUSY     16
#define EINVAL    22
#define ECANCELED 125

struct warned;

#define RAM_BASE UINT64_C(0x40000000)
#define ALWAYS   UINT32_MAX

/* A wrong answer. */
struct lie {
	uint64_t fid;
	unsigned skip;  /* so many calls are answered truly first */
	unsigned times; /* then so many are not; 0: one */
	bool done;      /* the RMM carries the call out, and then the answer is bent */
	bool succeeded; /* with done: only when it succeeds */
	unsigned set;   /* bit n: Xn is x[n] */
	uint64_t x[4];
	/* Values that depend on the call: called last, with what the answer is so far in *out. */
	void (*bend)(struct warned *w, const struct rmm_regs *in, struct rmm_regs *out);
	unsigned told; /* how often; 0 at first */
};

#define X0 1u
#define X1 2u
#define X2 4u

/* Every call of a command fails with this, and the RMM knows nothing of it. */
#define REFUSAL(command, status, n)                                                       \
	{                                                                                 \
		.fid = (command), .times = (n), .set = X0, .x = { RMI_RESULT(status, 0) } \
	}

/* What RMI_RTT_* say when they stop at an entry: level is where. */
#define STOP(command, level, n)                            \
	{                                                  \
		.fid = (command), .times = (n), .set = X0, \
		.x = { RMI_RESULT(RMI_ERROR_RTT, level) }  \
	}

struct warned {
	struct fixture f;
	struct sim_vm *vm;
	uint64_t page, pmd, s;
	uint64_t delegated; /* granules, before the VM */
	struct lie lies[6];
	struct {
		char caller[64], text[256];
		bool seen;
	} lines[128];
	unsigned nr_lines;
	char log[256]; /* the last line that the kernel logged */
};

/* A world that takes these decisions (NULL: the usual ones), without a VM. */
void warned_world(struct warned *w, const char *choices);
/* With a VM of two vCPUs that has not run yet: two PMDs of memory, at least 64 MiB, at RAM_BASE. */
void warned_vm(struct warned *w,
	       struct sim_vm_config config); /* w->vm is NULL when there is none */
void warned_open(struct warned *w, struct sim_vm_config config);
/* The same, with the realm running. */
void warned_start(struct warned *w, struct sim_vm_config config);
/* From now on the RMM lies so; what was agreed before is forgotten. All lies have to be told. */
void warned_lie(struct warned *w, const struct lie *lies, unsigned n);
#define LIES(w, ...)                                       \
	warned_lie(w, (const struct lie[]){ __VA_ARGS__ }, \
		   sizeof((const struct lie[]){ __VA_ARGS__ }) / sizeof(struct lie))

/* This WARN fired, in this function; it is not unexpected any more. */
void warned(struct warned *w, const char *function, const char *text);
/* No WARN fired that has not been asked for. */
void warned_no_more(struct warned *w);
/* What a wrong answer leaves behind. */
enum aftermath {
	NOTHING,    /* every granule comes back */
	LEAKS,      /* granules that the RMM keeps */
	MORE_WARNS, /* and the end of the VM says so */
};

/*
 * The RMM tells the truth again, the VM ends, and another one lives in the same kernel: nothing is
 * stuck and no contract broken.
 */
void warned_goes_on(struct warned *w, enum aftermath after);

/* The VM ends before warned_goes_on(), with the lies that are agreed on. */
void warned_end_vm(struct warned *w);

/* For calls from base in X2 to top in X3 that say in X1 where they came to. */
void came_nowhere(struct warned *w, const struct rmm_regs *in, struct rmm_regs *out);
void came_too_far(struct warned *w, const struct rmm_regs *in, struct rmm_regs *out);

/* A store of vCPU 0 to the private and to the shared alias. */
struct sim_exit store_private(struct warned *w, uint64_t gpa);
struct sim_exit store_shared(struct warned *w, uint64_t gpa);

#endif
