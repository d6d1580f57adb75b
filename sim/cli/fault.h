/* SPDX-License-Identifier: BSD-2-Clause */
/* rmisim fault: from a log line to a state, an access and what becomes of it. */
#ifndef CLI_FAULT_H
#define CLI_FAULT_H

#include <rmisim/check.h>
#include <rmisim/sim.h>
#include <rmisim/trace.h>

#include "tracing.h"

/* What the log line says. */
struct fault_fields {
	struct cli_number fault_ipa, esr, far, hpfar;
};

struct fault_options {
	struct cli_number pfn, ipa_bits;
	const char *slot, *attr;
	struct trace_options trace;
	bool no_gmem, read_only, not_present, private_map, read, verbose;
};

/* One call as it was made; names live in the model's table. */
struct fault_call {
	const struct rmi_command *command;
	struct rmm_regs in, out;
};

/* A contract of the RMI that a call broke. */
struct fault_breach {
	enum sim_contract contract;
	bool known; /* of this kernel: no news */
	char text[256];
};

#define FAULT_MAX_CALLS 512

struct fault {
	struct cli_common common;
	struct fault_options options;
	struct fault_fields pasted;

	/* The machine. */
	struct sim_image *image;
	struct sim_world *world;
	struct sim_vm *vm;
	unsigned page_shift, ipa_bits;
	int start_level;
	uint64_t slot_base, slot_top;

	/* The fault, taken apart. */
	struct rmi_esr esr;
	enum rmi_fault kind;
	int level;
	bool shared;  /* the alias that faulted */
	uint64_t ipa; /* of the access */
	uint64_t gpa; /* of its page */
	struct rmm_access access;
	struct sim_access_list accesses; /* that one, as a program */

	/* What happened. */
	struct sim_tracer tracer;
	struct tracing files; /* of the access alone, unless --verbose */
	bool tracing;         /* between the access and the end of KVM_RUN */
	bool closing;         /* the report is out */
	struct fault_call calls[FAULT_MAX_CALLS];
	unsigned nr_calls, more_calls;
	unsigned exits, same_exits;
	struct rmm_exit exit; /* the first abort */
	bool has_exit;
	struct sim_check check; /* of the calls in between */
	struct fault_breach breaches[SIM_NR_CONTRACTS];
	unsigned nr_breaches;
	struct sim_exit outcome;
};

/* fault_parse.c: the fields of a log line. 0, or CLI_BAD after a message. */
int fault_parse(const char *text, struct fault_fields *fields);
/* fault_check.c: can any state of this machine produce the fields? Fills the second half. */
int fault_machine(struct fault *f);
int fault_check(struct fault *f);
/* fault_state.c: build that state, then make the access. */
int fault_build(struct fault *f);
int fault_run(struct fault *f);
/* fault_report.c */
void fault_report(const struct fault *f);
void fault_report_json(const struct fault *f);

/* Index of a guest page: of the gpa, the alias bit taken off. */
static inline uint64_t fault_page_size(const struct fault *f)
{
	return UINT64_C(1) << f->page_shift;
}

static inline uint64_t fault_shared_bit(const struct fault *f)
{
	return UINT64_C(1) << (f->ipa_bits - 1);
}

#endif
