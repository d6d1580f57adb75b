/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line: what the subcommands share. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <rmisim/decode.h>
#include <rmisim/rmm.h>

/* Exit statuses. */
enum { CLI_OK = 0, CLI_FOUND = 1, CLI_BAD = 2 };

/* What every subcommand takes. */
struct cli_common {
	bool help, json;
	enum rmi_edition edition;
	const char *kernel;                /* name or path; NULL: 4k */
	const struct rmm_profile *profile; /* never NULL after parsing */
	bool edition_given, profile_given;
};

enum cli_option_type {
	CLI_FLAG,    /* bool */
	CLI_TEXT,    /* const char * */
	CLI_NUMBER,  /* struct cli_number */
	CLI_EDITION, /* enum rmi_edition */
	CLI_PROFILE, /* const struct rmm_profile * */
	CLI_GRANULE, /* unsigned: shift */
};

struct cli_number {
	bool given;
	uint64_t value;
};

/* One option of a subcommand; a list ends with name NULL. */
struct cli_option {
	const char *name; /* without the dashes */
	enum cli_option_type type;
	void *to;
	const char *argument; /* as help shows it, NULL for a flag */
	const char *help;     /* NULL: an alias, not shown */
	bool *given;          /* NULL, or becomes true when the option is there */
};

struct cli_command {
	const char *name, *usage, *about;
	int (*run)(const struct cli_command *command, int argc, char **argv);
	unsigned max_words; /* arguments it takes at most; 0: 4 */
};

#define CLI_MAX_WORDS 4096

/* What is left when the options are taken away. */
struct cli_words {
	unsigned nr;
	const char *word[CLI_MAX_WORDS];
};

/* One line on stderr; the text is made printable and kept short. Returns CLI_BAD. */
int cli_bad(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* `text` for a message: at most 60 characters, nothing unprintable. Four buffers in turn. */
const char *cli_quote(const char *text);

/* The options of every subcommand; `own` may be NULL. 0, or CLI_BAD after a message. */
int cli_parse(const struct cli_command *command, int argc, char **argv, struct cli_common *common,
	      const struct cli_option *own, struct cli_words *words);
void cli_help(const struct cli_command *command, const struct cli_option *own);

/* A whole number, decimal, 0x.. or digits with a-f; false: none, too large or garbage behind it. */
bool cli_number(const char *text, uint64_t *value);
/* The same at the head of `text`; *end is behind it. */
bool cli_number_prefix(const char *text, const char **end, uint64_t *value);

/* Contracts that this kernel is known to break, for sim_config.known_breaches; NULL: none. */
const char *cli_known_breaches(const char *kernel);
/* The names of all contracts, with commas. */
const char *cli_all_contracts(char *buf, size_t size);

int cmd_bench(const struct cli_command *command, int argc, char **argv);
int cmd_calls(const struct cli_command *command, int argc, char **argv);
int cmd_compare(const struct cli_command *command, int argc, char **argv);
int cmd_conditions(const struct cli_command *command, int argc, char **argv);
int cmd_explore(const struct cli_command *command, int argc, char **argv);
int cmd_inject(const struct cli_command *command, int argc, char **argv);
int cmd_dump(const struct cli_command *command, int argc, char **argv);
int cmd_lanes(const struct cli_command *command, int argc, char **argv);
int cmd_merge(const struct cli_command *command, int argc, char **argv);
int cmd_museum(const struct cli_command *command, int argc, char **argv);
int cmd_replay(const struct cli_command *command, int argc, char **argv);
int cmd_gdb(const struct cli_command *command, int argc, char **argv);
int cmd_list(const struct cli_command *command, int argc, char **argv);
int cmd_decode(const struct cli_command *command, int argc, char **argv);
int cmd_fault(const struct cli_command *command, int argc, char **argv);
int cmd_demo(const struct cli_command *command, int argc, char **argv);

#endif
