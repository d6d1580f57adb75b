/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rmisim calls FILE: a text file of RMI calls on the bare model, one line of output a call.
 *
 * Nothing is printed before the whole file has run: bad input is one line on stderr.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "cli.h"
#include "json.h"

#define MAX_ARGS 9 /* X1.. of a call line */

bool calls_bad(struct calls *c, const char *fmt, ...)
{
	va_list ap;

	if (c->error[0])
		return false;
	va_start(ap, fmt);
	vsnprintf(c->error, sizeof(c->error), fmt, ap);
	va_end(ap);
	return false;
}

/* Registers that are no result of the command read 0. */
void calls_smc(struct calls *c, uint64_t fid, const uint64_t *args, unsigned nr)
{
	unsigned results;

	memset(&c->last, 0, sizeof(c->last));
	c->last.x[0] = fid;
	for (unsigned i = 0; i < nr; i++)
		c->last.x[i + 1] = args[i];
	rmm_smc(c->rmm, 0, &c->last);
	results = c->last.x[0] == SMCCC_NOT_SUPPORTED ? 0 : 4;
	for (unsigned i = results + 1; i < 18; i++)
		c->last.x[i] = 0;
	c->some = true;
}

static const char *status_name(uint64_t x0)
{
	const char *name = rmi_status_name(RMI_RESULT_STATUS(x0));

	if (x0 == SMCCC_NOT_SUPPORTED)
		return "NOT_SUPPORTED";
	return name ? name + strlen("RMI_") : "UNKNOWN";
}

void calls_print_result(struct calls *c)
{
	char buf[64];

	fprintf(c->out, " -> %s", status_name(c->last.x[0]));
	for (unsigned i = 0; i < 6; i++)
		fprintf(c->out, " x%u=%s", i, calls_name(buf, sizeof(buf), c->last.x[i]));
	fputc('\n', c->out);
}

/* A command's FID by its name; commands that the model lacks are known by name too. */
static bool find_fid(enum rmi_edition edition, const char *name, uint64_t *fid)
{
	const struct rmi_command *command = rmi_command_named(edition, name);
	const char *known;
	uint64_t f;

	for (unsigned e = RMI_BET1; e <= RMI_BET3 && !command; e++)
		command = rmi_command_named((enum rmi_edition)e, name);
	if (command) {
		*fid = command->fid;
		return true;
	}
	for (unsigned i = 0; (f = rmi_fid_at(edition, i)); i++) {
		known = rmi_fid_name(edition, f);
		if (known && !strncmp(known, "RMI_", 4) && !strcmp(known + 4, name)) {
			*fid = f;
			return true;
		}
	}
	return false;
}

static bool call(struct calls *c)
{
	uint64_t fid, args[MAX_ARGS];
	char buf[64];

	if (!find_fid(rmm_edition(c->rmm), c->words[0], &fid))
		return calls_bad(c, "unknown command '%s'", cli_quote(c->words[0]));
	if (c->nr_words - 1 > MAX_ARGS)
		return calls_bad(c, "more than %d arguments", MAX_ARGS);
	for (unsigned i = 1; i < c->nr_words; i++)
		if (!calls_value(c, c->words[i], &args[i - 1]))
			return false;
	fputs(c->words[0], c->out);
	for (unsigned i = 1; i < c->nr_words; i++)
		fprintf(c->out, " %s", calls_name(buf, sizeof(buf), args[i - 1]));
	calls_smc(c, fid, args, c->nr_words - 1);
	calls_print_result(c);
	return true;
}

static bool run_line(struct calls *c, char *line)
{
	char *save = NULL, *word;

	line[strcspn(line, "#\r\n")] = '\0';
	c->nr_words = 0;
	for (word = strtok_r(line, " \t", &save); word; word = strtok_r(NULL, " \t", &save)) {
		if (c->nr_words == CALLS_MAX_WORDS)
			return calls_bad(c, "more than %d words", CALLS_MAX_WORDS);
		c->words[c->nr_words++] = word;
	}
	if (!c->nr_words)
		return true;
	return c->words[0][0] == '.' ? calls_directive(c) : call(c);
}

static bool run_file(struct calls *c, FILE *file)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	bool ok = true;

	while (ok && (len = getline(&line, &size, file)) >= 0) {
		c->line++;
		ok = strlen(line) == (size_t)len ? run_line(c, line) : calls_bad(c, "a zero byte");
	}
	free(line);
	return ok;
}

static void print_json(char *text)
{
	struct json j;
	char *save = NULL;

	json_begin(&j, stdout);
	json_array(&j, "lines");
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		json_string(&j, NULL, line);
	json_close(&j, ']');
	json_finish(&j);
}

static int run(struct calls *c, const struct cli_common *common, const char *name, FILE *file)
{
	struct rmm_config config = {
		.edition = common->edition,
		.profile = common->profile,
		.banks = { { CALLS_G0, CALLS_NR_GRANULES * CALLS_GRANULE } },
		.nr_banks = 1,
		.granule_shifts = 1u << 12,
		.ctx = c,
		.run_realm = calls_run_realm,
		.event = calls_event,
	};
	const char *why = NULL;
	char *text = NULL;
	size_t size = 0;
	int rc = CLI_OK;

	c->out = open_memstream(&text, &size);
	c->rmm = c->out ? rmm_new(&config, &why) : NULL;
	if (!c->rmm)
		rc = cli_bad("no model: %s", why ? why : "memory is short");
	else if (!run_file(c, file))
		rc = cli_bad("%s: line %u: %s", cli_quote(name), c->line, c->error);
	else if (ferror(file))
		rc = cli_bad("cannot read '%s'; name a text file of RMI calls", cli_quote(name));
	if (c->out)
		fclose(c->out);
	rmm_free(c->rmm);
	if (!rc && common->json)
		print_json(text);
	else if (!rc)
		fputs(text, stdout);
	free(text);
	return rc;
}

int cmd_calls(const struct cli_command *command, int argc, char **argv)
{
	struct cli_common common = { 0 };
	struct cli_words words;
	struct calls *c;
	FILE *file;
	int rc;

	if (cli_parse(command, argc, argv, &common, NULL, &words))
		return CLI_BAD;
	if (common.help) {
		cli_help(command, NULL);
		return CLI_OK;
	}
	if (words.nr != 1)
		return cli_bad("calls takes one FILE of RMI calls");
	file = fopen(words.word[0], "r");
	if (!file)
		return cli_bad("cannot open '%s' (%s); name a text file of RMI calls",
			       cli_quote(words.word[0]), strerror(errno));
	c = calloc(1, sizeof(*c));
	rc = c ? run(c, &common, words.word[0], file) : cli_bad("memory is short");
	free(c);
	fclose(file);
	return rc;
}
