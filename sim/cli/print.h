/* SPDX-License-Identifier: BSD-2-Clause */
/* Events for people: one decoded line each. */
#ifndef CLI_PRINT_H
#define CLI_PRINT_H

#include <stdio.h>

#include <rmisim/decode.h>
#include <rmisim/event.h>

struct printer {
	FILE *out;
	struct rmi_format_config format;
	uint64_t shared_bit; /* of an IPA; 0: not known */
	bool colour;
	bool actors; /* print who runs */
	bool locks;  /* locks, pages and the schedule too */
};

/* Colour only on a terminal that knows it, and not when NO_COLOR is set and not empty. */
void printer_init(struct printer *p, FILE *out, enum rmi_edition edition, unsigned page_shift);
void print_event(const struct printer *p, const struct sim_event *event);
/* "0x46880000 (private)" for an IPA of the realm. */
const char *print_ipa(const struct printer *p, char *buf, size_t size, uint64_t ipa);
/* "RTT_UNPROT_MAP(rd=0x.., ..)" with meanings in angle brackets; the same for "= RMI_SUCCESS out_top=0x..". */
void print_call(const struct printer *p, char *buf, size_t size, const struct rmi_command *command,
		const struct rmm_regs *regs);
void print_result(const struct printer *p, char *buf, size_t size,
		  const struct rmi_command *command, const struct rmm_regs *regs);
/* "SYNC, data abort, translation fault, level 3, ..." */
void print_exit(const struct printer *p, char *buf, size_t size, const struct rmm_exit *exit);

#endif
