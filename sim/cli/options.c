/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Options: `--name value`, `--name=value` and flags, anywhere; `--` ends them.
 */
#include <ctype.h>
#include <string.h>

#include "cli.h"

#define NR_COMMON 5

bool cli_number_prefix(const char *text, const char **end, uint64_t *value)
{
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	size_t i, n = 0;

	if (hex)
		text += 2;
	while (isxdigit((unsigned char)text[n]))
		n++;
	if (!n)
		return false;
	for (i = 0; i < n && !hex; i++)
		hex = !isdigit((unsigned char)text[i]);
	*value = 0;
	for (i = 0; i < n; i++) {
		char c = (char)tolower((unsigned char)text[i]);
		uint64_t digit = (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);

		if (__builtin_mul_overflow(*value, hex ? 16 : 10, value) ||
		    __builtin_add_overflow(*value, digit, value))
			return false;
	}
	*end = text + n;
	return true;
}

bool cli_number(const char *text, uint64_t *value)
{
	const char *end;

	return cli_number_prefix(text, &end, value) && !*end;
}

static void common_options(struct cli_option list[NR_COMMON], struct cli_common *common)
{
	list[0] = (struct cli_option){ "help", CLI_FLAG, &common->help, NULL, "this text" };
	list[1] = (struct cli_option){ "json", CLI_FLAG, &common->json, NULL,
				       "one JSON object on stdout and nothing else" };
	list[2] = (struct cli_option){
		"kernel", CLI_TEXT, &common->kernel, "FILE",
		"kernel image, a path or NAME of kernel-NAME.so: 4k (default), 16k, 64k, 4k-folded"
	};
	list[3] = (struct cli_option){ "edition",
				       CLI_EDITION,
				       &common->edition,
				       "NAME",
				       "bet1, bet2 or bet3 of RMM 2.0 (default bet1)",
				       &common->edition_given };
	list[4] = (struct cli_option){ "profile",
				       CLI_PROFILE,
				       &common->profile,
				       "NAME",
				       "how the RMM uses its freedom (default strict)",
				       &common->profile_given };
}

static int set_profile(const char *text, const struct rmm_profile **to)
{
	char names[200] = "";
	unsigned i;

	*to = rmm_profile_find(text);
	if (*to)
		return CLI_OK;
	for (i = 0; rmm_profile_at(i); i++) {
		strncat(names, i ? ", " : "", sizeof(names) - strlen(names) - 1);
		strncat(names, rmm_profile_at(i)->name, sizeof(names) - strlen(names) - 1);
	}
	return cli_bad("no profile '%s'; there are %s", cli_quote(text), names);
}

static int set_option(const struct cli_option *o, const char *text)
{
	static const char *const editions[] = { "bet1", "bet2", "bet3" };
	static const char *const granules[] = { "4k", "16k", "64k" };
	struct cli_number *number = o->to;
	unsigned i;

	switch (o->type) {
	case CLI_FLAG:
		*(bool *)o->to = true;
		return CLI_OK;
	case CLI_TEXT:
		*(const char **)o->to = text;
		return CLI_OK;
	case CLI_NUMBER:
		number->given = cli_number(text, &number->value);
		if (!number->given)
			return cli_bad("--%s takes a number below 2^64 like 0x1f or 31, not '%s'",
				       o->name, cli_quote(text));
		return CLI_OK;
	case CLI_PROFILE:
		return set_profile(text, o->to);
	case CLI_EDITION:
		for (i = 0; i < 3; i++)
			if (!strcmp(text, editions[i])) {
				*(enum rmi_edition *)o->to = (enum rmi_edition)i;
				return CLI_OK;
			}
		return cli_bad("no edition '%s'; there are bet1, bet2 and bet3", cli_quote(text));
	case CLI_GRANULE:
		for (i = 0; i < 3; i++)
			if (!strcmp(text, granules[i])) {
				*(unsigned *)o->to = 12 + 2 * i;
				return CLI_OK;
			}
		return cli_bad("no granule size '%s'; there are 4k, 16k and 64k", cli_quote(text));
	}
	return CLI_OK;
}

/* The option that `arg` (behind its dashes) names, up to '='. */
static const struct cli_option *find_option(const struct cli_option *list, unsigned nr,
					    const char *arg)
{
	size_t len = strcspn(arg, "=");
	unsigned i;

	for (i = 0; i < nr && list[i].name; i++)
		if (strlen(list[i].name) == len && !strncmp(list[i].name, arg, len))
			return &list[i];
	return NULL;
}

/* Take the option at argv[*i]; *i moves on when its argument is the next word. */
static int take_option(const struct cli_command *command, const struct cli_option *shared,
		       const struct cli_option *own, int argc, char **argv, int *i)
{
	const char *arg = argv[*i] + 2, *value = strchr(arg, '=');
	const struct cli_option *o = find_option(shared, NR_COMMON, arg);

	if (!o && own)
		o = find_option(own, ~0u, arg);
	if (!o)
		return cli_bad("unknown option '%s'; try 'rmisim %s --help'", cli_quote(argv[*i]),
			       command->name);
	if (o->given)
		*o->given = true;
	if (o->type == CLI_FLAG)
		return value ? cli_bad("--%s takes no value", o->name) : set_option(o, NULL);
	if (value)
		return set_option(o, value + 1);
	if (*i + 1 >= argc)
		return cli_bad("--%s needs a value; try 'rmisim %s --help'", o->name,
			       command->name);
	return set_option(o, argv[++*i]);
}

int cli_parse(const struct cli_command *command, int argc, char **argv, struct cli_common *common,
	      const struct cli_option *own, struct cli_words *words)
{
	struct cli_option shared[NR_COMMON];
	unsigned max_words = command->max_words ? command->max_words : 4;
	bool only_words = false;
	int i;

	memset(common, 0, sizeof(*common));
	memset(words, 0, sizeof(*words));
	common->profile = rmm_profile_find("strict");
	common_options(shared, common);
	for (i = 0; i < argc; i++) {
		if (!only_words && !strcmp(argv[i], "--")) {
			only_words = true;
		} else if (!only_words && argv[i][0] == '-' && argv[i][1] == '-') {
			if (take_option(command, shared, own, argc, argv, &i))
				return CLI_BAD;
		} else if (!only_words && argv[i][0] == '-' && argv[i][1] &&
			   strcmp(argv[i], "-h")) {
			return cli_bad("unknown option '%s'; try 'rmisim %s --help'",
				       cli_quote(argv[i]), command->name);
		} else if (!only_words && !strcmp(argv[i], "-h")) {
			common->help = true;
		} else if (words->nr == max_words) {
			return cli_bad("too many arguments; usage: rmisim %s", command->usage);
		} else {
			words->word[words->nr++] = argv[i];
		}
	}
	return CLI_OK;
}

static void help_options(const struct cli_option *list, unsigned nr)
{
	char left[64];
	unsigned i;

	for (i = 0; i < nr && list[i].name; i++) {
		if (!list[i].help)
			continue;
		snprintf(left, sizeof(left), "--%s %s", list[i].name,
			 list[i].argument ? list[i].argument : "");
		printf("  %-26s %s\n", left, list[i].help);
	}
}

void cli_help(const struct cli_command *command, const struct cli_option *own)
{
	struct cli_option shared[NR_COMMON];
	struct cli_common common;

	common_options(shared, &common);
	printf("usage: rmisim %s\n%s\n\n", command->usage, command->about);
	if (own)
		help_options(own, ~0u);
	help_options(shared, NR_COMMON);
}
