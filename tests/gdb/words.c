/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the program calls things, for commands.py: lines "FUNCTION [EDITION] VALUE NAME", and the words of its arguments
 * (KIND WORD pairs) in each edition and two granule sizes.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rmisim/decode.h>
#include <rmisim/rmm.h>

static const char *or_dash(const char *name)
{
	return name ? name : "-";
}

static enum rmi_kind kind_of(const char *name)
{
	static const struct {
		const char *name;
		enum rmi_kind kind;
	} kinds[] = { { "RESULT", RMI_KIND_RESULT },
		      { "DESC", RMI_KIND_DESC },
		      { "UNPROT_FLAGS", RMI_KIND_UNPROT_FLAGS },
		      { "RIPAS", RMI_KIND_RIPAS },
		      { "DONATE_REQ", RMI_KIND_DONATE_REQ } };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].name, name))
			return kinds[i].kind;
	fprintf(stderr, "words: no kind '%s'\n", name);
	exit(2);
}

static void print_names(void)
{
	for (unsigned v = 0; v < 64; v++) {
		printf("status %u %s\n", v, or_dash(rmi_status_name(v)));
		printf("ripas %u %s\n", v, or_dash(rmi_ripas_name(v)));
		printf("granule %u %s\n", v,
		       or_dash(rmm_granule_state_name((enum rmm_granule_state)v)));
		printf("hipas %u %s\n", v, or_dash(rmm_hipas_name(v)));
		printf("ec %u %s\n", v, or_dash(rmi_ec_name(v)));
		printf("fault %u %s\n", v, or_dash(rmi_fsc_name(v)));
		for (int e = RMI_BET1; e <= RMI_BET3; e++)
			printf("exit%d %u %s\n", e, v,
			       or_dash(rmi_exit_reason_name_in((enum rmi_edition)e, v)));
	}
}

int main(int argc, char **argv)
{
	static const unsigned shifts[] = { 12, 16 };
	char buf[200];

	print_names();
	for (int e = RMI_BET1; e <= RMI_BET3; e++)
		for (int s = 0; s < 2; s++)
			for (int i = 1; i + 1 < argc; i += 2) {
				struct rmi_format_config config = { (enum rmi_edition)e, shifts[s],
								    false };

				rmi_format(buf, sizeof(buf), &config,
					   kind_of(argv[i]),
					   strtoull(argv[i + 1], NULL, 0));
				printf("word %s\n", buf);
			}
	return 0;
}
