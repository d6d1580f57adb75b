/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is known of kernels: contracts of the RMI (rmisim/check.h) that they break as posted, and that are
 * therefore shown but are no news.
 */
#include <string.h>

#include <rmisim/check.h>

#include "cli.h"

static const struct {
	const char *kernel, *breaches;
} known[] = {
	{ "v14-posted", "desc-state" }, /* UNPROT_MAP says DELEGATED: kvm-fault-dispatch A8 */
};

const char *cli_known_breaches(const char *kernel)
{
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(kernel, known[i].kernel))
			return known[i].breaches;
	return NULL;
}

const char *cli_all_contracts(char *buf, size_t size)
{
	unsigned i;

	buf[0] = '\0';
	for (i = SIM_CONTRACT_NONE + 1; i < SIM_NR_CONTRACTS; i++) {
		strncat(buf, i > 1 ? "," : "", size - strlen(buf) - 1);
		strncat(buf, sim_contract_name((enum sim_contract)i), size - strlen(buf) - 1);
	}
	return buf;
}
