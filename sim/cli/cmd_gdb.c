/* SPDX-License-Identifier: BSD-2-Clause */
/* rmisim gdb: gdb with the commands of gdb/ loaded. */
#include <errno.h>
#include <string.h>

#include "../debugger.h"
#include "cli.h"

int cmd_gdb(const struct cli_command *command, int argc, char **argv)
{
	int err;

	if (argc && !strcmp(argv[0], "--help")) {
		printf("usage: rmisim %s\n%s\n\n"
		       "  rmisim gdb --args ./my-test       a program from its start\n"
		       "  rmisim gdb ./my-test core         a core file\n"
		       "  rmisim gdb -p PID                 a process that runs\n\n"
		       "In gdb 'help rmi' lists the commands; docs/gdb.md shows them at work. "
		       "'rmisim replay STRING --gdb'\n"
		       "stops a run at its violation.\n\n"
		       "  --help                     this text; everything else goes to gdb\n",
		       command->usage, command->about);
		return CLI_OK;
	}
	if (argc && !strcmp(argv[0], "--")) {
		argc--;
		argv++;
	}
	err = sim_gdb((unsigned)argc, (const char *const *)(void *)argv);
	if (err == -E2BIG)
		return cli_bad("too many arguments for gdb");
	return cli_bad("gdb cannot be started; install it (Debian: apt install gdb), and build or "
		       "install rmisim whole: its commands for gdb are in share/rmisim/gdb");
}
