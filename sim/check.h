/* SPDX-License-Identifier: BSD-2-Clause */
/* Contracts inside the harness: how a breach is noted, wherever it is judged. */
#ifndef SIM_CHECK_H
#define SIM_CHECK_H

#include <stdarg.h>

#include <rmisim/check.h>

/* Note a breach: true, with `broken` and `text` set, when it is the contract's first. */
bool sim_check_vbroken(struct sim_check *check, enum sim_contract contract, const char *fmt,
		       va_list ap) __attribute__((format(printf, 3, 0)));

/* The contract of that name, SIM_CONTRACT_NONE when there is none. */
enum sim_contract sim_contract_find(const char *name, size_t len);

#endif
