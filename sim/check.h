/* SPDX-License-Identifier: BSD-2-Clause */
/* Contracts inside the harness: how a breach is noted, wherever it is judged. */
#ifndef SIM_CHECK_H
#define SIM_CHECK_H

#include <stdarg.h>

#include <rmisim/check.h>

/* Note a breach: true, with `broken` and `text` set, when it is the contract's first. */
bool sim_check_vbroken(struct sim_check *check, enum sim_contract contract, const char *fmt,
		       va_list ap) __attribute__((format(printf, 3, 0)));

#endif
