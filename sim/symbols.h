/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of code addresses, static functions of kernel images too. */
#ifndef SIM_SYMBOLS_H
#define SIM_SYMBOLS_H

#include <stdbool.h>
#include <stdint.h>

struct symbol {
	char name[96];    /* "" when the file does not say */
	char module[64];  /* "kernel-4k", "rmisim"; "" when the address is in no loaded file */
	uint64_t offset;  /* of the address in the function, or in the module when it has no name */
	uint64_t size;    /* of the function, 0: not known */
	const void *base; /* where the module is loaded: the same for all its addresses */
};

/* What is at `pc`; for a return address the call in front of it. */
void sim_symbol_find(struct symbol *symbol, const void *pc, bool return_address);

#endif
