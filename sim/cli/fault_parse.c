/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fields of a log line: `fault_ipa=0x10046880000, esr=0x92000007` with other words around them, in any
 * order, '=' or ':' between name and number, names in either case and also with _EL2 behind.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "fault.h"

static bool word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* The number behind a name: optional blanks, '=' or ':', blanks. 1 found, 0 none, -1 no number. */
static int number_behind(const char *at, const char **end, uint64_t *value)
{
	while (*at == ' ' || *at == '\t')
		at++;
	if (*at != '=' && *at != ':')
		return 0;
	at++;
	while (*at == ' ' || *at == '\t')
		at++;
	if (!cli_number_prefix(at, end, value) || word_char(**end)) {
		*end = at;
		return -1;
	}
	return 1;
}

static bool names_field(const char *word, size_t len, const char *name)
{
	size_t n = strlen(name);

	if (len < n || strncasecmp(word, name, n))
		return false;
	return len == n || (len == n + 4 && !strncasecmp(word + n, "_el2", 4));
}

static int take(const char *name, const char *value, int found, uint64_t number,
		struct cli_number *to)
{
	if (found < 0)
		return cli_bad("%s has no 64-bit number behind it but '%s'; write it in hex with "
			       "0x, or decimal",
			       name, cli_quote(value));
	if (to->given && to->value != number)
		return cli_bad(
			"%s is there twice with different values; paste the line of one fault",
			name);
	to->given = true;
	to->value = number;
	return CLI_OK;
}

int fault_parse(const char *text, struct fault_fields *fields)
{
	struct {
		const char *name;
		struct cli_number *to;
	} known[] = {
		{ "fault_ipa", &fields->fault_ipa },
		{ "esr", &fields->esr },
		{ "far", &fields->far },
		{ "hpfar", &fields->hpfar },
	};
	const char *at, *end;
	uint64_t number = 0;
	size_t len, i;
	int found;

	for (at = text; *at; at += len ? len : 1) {
		for (len = 0; word_char(at[len]); len++)
			;
		for (i = 0; len && i < 4; i++) {
			if (!names_field(at, len, known[i].name))
				continue;
			found = number_behind(at + len, &end, &number);
			if (found && take(known[i].name, end, found, number, known[i].to))
				return CLI_BAD;
		}
	}
	if (!fields->fault_ipa.given)
		return cli_bad(
			"no fault_ipa in the text; paste the line of kvm_handle_guest_abort, as in "
			"'fault_ipa=0x10046880000, esr=0x92000007'");
	if (!fields->esr.given)
		return cli_bad("no esr in the text; it says what kind of fault it was, as in "
			       "'fault_ipa=0x10046880000, esr=0x92000007'");
	return CLI_OK;
}
