/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rmisim decode KIND WORD: one word of the ABI.
 */
#include <inttypes.h>
#include <string.h>

#include "cli.h"
#include "json.h"

static const struct {
	const char *name;
	enum rmi_kind kind;
} kinds[] = {
	{ "desc", RMI_KIND_DESC },         { "flags", RMI_KIND_UNPROT_FLAGS },
	{ "result", RMI_KIND_RESULT },     { "esr", RMI_KIND_ESR },
	{ "fid", RMI_KIND_FID },           { "ripas", RMI_KIND_RIPAS },
	{ "donate", RMI_KIND_DONATE_REQ },
};

/* Whose flags a flags word can be. */
static const struct {
	const char *command;
	enum rmi_kind kind;
} flags_of[] = {
	{ "RTT_UNPROT_MAP", RMI_KIND_UNPROT_FLAGS },
	{ "RTT_DATA_MAP", RMI_KIND_PROT_FLAGS },
	{ "RTT_DEV_MAP", RMI_KIND_PROT_FLAGS },
	{ "RTT_DATA_UNMAP", RMI_KIND_UNMAP_FLAGS },
	{ "RTT_DEV_UNMAP", RMI_KIND_UNMAP_FLAGS },
	{ "RTT_UNPROT_UNMAP", RMI_KIND_UNMAP_FLAGS },
	{ "RTT_DATA_MAP_INIT", RMI_KIND_DATA_FLAGS },
	{ "RTT_AUX_PROT_MAP", RMI_KIND_AUX_MAP_FLAGS },
	{ "RTT_AUX_UNPROT_MAP", RMI_KIND_AUX_MAP_FLAGS },
	{ "RTT_AUX_PROT_UNMAP", RMI_KIND_AUX_UNMAP_FLAGS },
	{ "RTT_AUX_UNPROT_UNMAP", RMI_KIND_AUX_UNMAP_FLAGS },
	{ "OP_CONTINUE", RMI_KIND_CONTINUE_FLAGS },
	{ "REC_CREATE", RMI_KIND_REC_FLAGS },
	{ "REC_ENTER", RMI_KIND_ENTER_FLAGS },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct decode {
	struct cli_common common;
	struct rmi_format_config format;
	const char *command;
	const char *kind_name;
	enum rmi_kind kind;
	uint64_t word;
};

static void print_json(const struct decode *o, const struct rmi_decoded *d)
{
	struct json j;
	unsigned i;

	json_begin(&j, stdout);
	json_string(&j, "kind", o->kind_name);
	json_word(&j, "word", o->word);
	json_bool(&j, "valid", !d->problem);
	if (d->problem)
		json_string(&j, "problem", d->problem);
	for (i = 0; i < d->nr; i++) {
		const struct rmi_field *f = &d->fields[i];

		if (!strcmp(f->name, "word") || !strcmp(f->name, "kind"))
			continue;
		if (f->type == RMI_FIELD_NAME)
			json_string(&j, f->name, f->text);
		else if (f->type == RMI_FIELD_BOOL)
			json_bool(&j, f->name, f->value);
		else if (f->type == RMI_FIELD_HEX)
			json_word(&j, f->name, f->value);
		else if (!strcmp(f->name, "level"))
			json_number(&j, f->name, (int64_t)f->value);
		else
			json_unsigned(&j, f->name, f->value);
	}
	json_finish(&j);
}

static void print_text(const struct decode *o, const struct rmi_decoded *d)
{
	char brief[200];
	unsigned i;

	rmi_format(brief, sizeof(brief), &o->format, o->kind, o->word);
	printf("%s 0x%" PRIx64 "  %s\n", o->kind_name, o->word, brief);
	for (i = 0; i < d->nr; i++) {
		const struct rmi_field *f = &d->fields[i];

		if (f->type == RMI_FIELD_NAME && f->text)
			printf("  %-16s %s\n", f->name, f->text);
		else if (f->type == RMI_FIELD_NAME)
			printf("  %-16s 0x%" PRIx64 " (reserved)\n", f->name, f->value);
		else if (f->type == RMI_FIELD_HEX)
			printf("  %-16s 0x%" PRIx64 "\n", f->name, f->value);
		else if (!strcmp(f->name, "level"))
			printf("  %-16s %" PRId64 "\n", f->name, (int64_t)f->value);
		else
			printf("  %-16s %" PRIu64 "\n", f->name, f->value);
	}
	if (d->problem)
		printf("  not valid: %s\n", d->problem);
}

/* What KIND and --command say together. */
static int find_kind(struct decode *o, const char *kind)
{
	const char *command = o->command;
	size_t i;

	for (i = 0; i < COUNT(kinds) && strcmp(kind, kinds[i].name); i++)
		;
	if (i == COUNT(kinds))
		return cli_bad(
			"no KIND '%s'; there are desc, flags, result, esr, fid, ripas and donate",
			cli_quote(kind));
	o->kind_name = kinds[i].name;
	o->kind = kinds[i].kind;
	if (!command)
		return CLI_OK;
	if (o->kind != RMI_KIND_UNPROT_FLAGS)
		return cli_bad("--command is for 'decode flags' only; leave it out");
	if (!strncmp(command, "RMI_", 4))
		command += 4;
	for (i = 0; i < COUNT(flags_of); i++)
		if (!strcmp(command, flags_of[i].command)) {
			o->kind = flags_of[i].kind;
			return CLI_OK;
		}
	return cli_bad(
		"'%s' has no flags word that is known here; try RTT_UNPROT_MAP or RTT_DATA_MAP",
		cli_quote(command));
}

int cmd_decode(const struct cli_command *command, int argc, char **argv)
{
	struct decode o = { .format.granule_shift = 12 };
	const struct cli_option own[] = {
		{ "granule", CLI_GRANULE, &o.format.granule_shift, "SIZE",
		  "4k, 16k or 64k (default 4k)" },
		{ "page-size", CLI_GRANULE, &o.format.granule_shift, "SIZE", NULL },
		{ "command", CLI_TEXT, &o.command, "NAME",
		  "whose flags word it is (default RTT_UNPROT_MAP)" },
		{ NULL },
	};
	struct rmi_decoded decoded;
	struct cli_words words;

	if (cli_parse(command, argc, argv, &o.common, own, &words))
		return CLI_BAD;
	if (o.common.help) {
		cli_help(command, own);
		return CLI_OK;
	}
	if (words.nr != 2)
		return cli_bad(
			"decode takes a KIND and a WORD, as in 'rmisim decode desc 0xb8b59004'");
	if (find_kind(&o, words.word[0]))
		return CLI_BAD;
	if (!cli_number(words.word[1], &o.word))
		return cli_bad("'%s' is no 64-bit word; write it as 0x.. or decimal",
			       cli_quote(words.word[1]));
	o.format.edition = o.common.edition;
	o.format.s2ap_bit0_is_read = o.common.profile && o.common.profile->s2ap_bit0_is_read;
	rmi_decode(&o.format, o.kind, o.word, &decoded);
	if (o.common.json)
		print_json(&o, &decoded);
	else
		print_text(&o, &decoded);
	return CLI_OK;
}
