/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rmisim: one program, a table of subcommands.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

static const struct cli_command commands[] = {
	{ "fault", "fault 'LOG TEXT' [--pfn N] [options]",
	  "the path of one realm fault, from a pasted log line to what the VMM sees", cmd_fault },
	{ "demo", "demo [options]", "the story of one realm, every number computed", cmd_demo },
	{ "decode", "decode KIND WORD [options]",
	  "one word of the ABI; KIND = desc, flags, result, esr, fid, ripas, donate", cmd_decode },
	{ "calls", "calls FILE [options]",
	  "a text file of RMI calls on the bare model, and what it answers", cmd_calls },
	{ "conditions", "conditions [COMMAND] [options]",
	  "the failure conditions of every command, and which test asserts them", cmd_conditions },
	{ "list", "list [options]",
	  "the scenarios: actors, points where one could go on for another", cmd_list },
	{ "explore", "explore SCENARIO [--shard K/N] [options]",
	  "a scenario under every schedule with at most N preemptions, or random ones",
	  cmd_explore },
	{ "compare", "compare --kernel A --kernel B SCENARIO",
	  "a scenario on two kernels: the first difference that can be seen, or none",
	  cmd_compare },
	{ "merge", "merge FILE.. [options]", "the results of all shards of one search, added up",
	  cmd_merge, CLI_MAX_WORDS },
	{ "lanes", "lanes SCENARIO|STRING [--svg] [options]",
	  "one run of a scenario or replay string, one column an actor", cmd_lanes },
	{ "dump", "dump SCENARIO|STRING [--rtt|--granules]",
	  "the tables of realms and the memory of one run, at its violation or end", cmd_dump },
	{ "replay", "replay STRING [--gdb] [options]",
	  "one run again, from the string that a violation printed", cmd_replay },
	{ "gdb", "gdb [ARGUMENT..]", "gdb with commands for realms, calls and schedules", cmd_gdb },
	{ "inject", "inject SCENARIO [--depth N] [options]",
	  "a scenario with every failure in turn: legal ones, and wrong answers", cmd_inject },
	{ "museum", "museum [ID..] [options]",
	  "historic defects, each in an image of its own, and whether they are found", cmd_museum,
	  CLI_MAX_WORDS },
	{ "bench", "bench [NAME..] [options]", "how long the calls of the model take", cmd_bench,
	  CLI_MAX_WORDS },
};

#define NR_COMMANDS (sizeof(commands) / sizeof(commands[0]))

const char *cli_quote(const char *text)
{
	static _Thread_local char buffers[4][72];
	static _Thread_local unsigned next;
	char *out = buffers[next++ % 4];
	size_t i;

	for (i = 0; text[i] && i < 60; i++)
		out[i] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '?';
	strcpy(out + i, text[i] ? "..." : "");
	return out;
}

int cli_bad(const char *fmt, ...)
{
	char line[400];
	va_list ap;
	size_t i;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	for (i = 0; line[i]; i++)
		if (line[i] < ' ' || line[i] > '~')
			line[i] = '?';
	fprintf(stderr, "rmisim: %s\n", line);
	return CLI_BAD;
}

static void usage(void)
{
	size_t i;

	printf("rmisim: a simulator of the Realm Management Monitor and of the host's realm fault "
	       "path\n\n");
	for (i = 0; i < NR_COMMANDS; i++)
		printf("  rmisim %-42s %s\n", commands[i].usage, commands[i].about);
	printf("\n"
	       "Every subcommand takes --help, --json (one JSON object on stdout), --kernel FILE "
	       "or NAME,\n"
	       "--edition bet1|bet2|bet3 and --profile NAME. rmisim --version prints the version.\n"
	       "Exit status: 0 nothing wrong, 1 a violation or failed expectation was found, 2 bad "
	       "input.\n");
}

/* A closed stdin, stdout or stderr must not become a file that is opened later. */
static void fill_standard_files(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

/* The exit status, once all output is out: half an answer must not look like a whole one. */
static int finish(int status)
{
	errno = 0;
	if (fflush(stdout) || ferror(stdout))
		return cli_bad("cannot write the output (%s); give stdout a file or pipe with room",
			       strerror(errno ? errno : EIO));
	return status;
}

/* rmisim help COMMAND */
static int help_of(const char *name)
{
	char help[] = "--help", *argv[] = { help, NULL };

	for (size_t i = 0; i < NR_COMMANDS; i++)
		if (!strcmp(name, commands[i].name))
			return commands[i].run(&commands[i], 1, argv);
	return cli_bad("unknown subcommand '%s'; 'rmisim --help' lists them", cli_quote(name));
}

static int run(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";
	size_t i;

	if (argc < 2)
		return cli_bad("no subcommand; try 'rmisim --help'");
	if (!strcmp(name, "help") && argc == 3)
		return help_of(argv[2]);
	if (!strcmp(name, "--help") || !strcmp(name, "-h") || !strcmp(name, "help")) {
		usage();
		return CLI_OK;
	}
	if (!strcmp(name, "--version") || !strcmp(name, "version")) {
		printf("rmisim %s\n", RMISIM_VERSION);
		return CLI_OK;
	}
	for (i = 0; i < NR_COMMANDS; i++)
		if (!strcmp(name, commands[i].name))
			return commands[i].run(&commands[i], argc - 2, argv + 2);
	if (name[0] == '-')
		return cli_bad("unknown option '%s' before a subcommand; try 'rmisim --help'",
			       cli_quote(name));
	return cli_bad("unknown subcommand '%s'; 'rmisim --help' lists them", cli_quote(name));
}

int main(int argc, char **argv)
{
	fill_standard_files();
	return finish(run(argc, argv));
}
