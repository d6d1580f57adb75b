/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rmisim conditions: every failure condition, and what the tests have made of it.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "conditions.h"
#include "json.h"

#define MAX_UNREACHABLE 3 /* percent of the rows */

struct totals {
	unsigned rows, hit, asserted, unreachable, missing;
	unsigned reached; /* although they are said to be unreachable */
	unsigned pairs, tested, untested;
};

/* Hide the rows that this model does not ask for. */
static int show_used(struct stats *s, const struct cli_common *common)
{
	struct rmm_config config = { .edition = common->edition, .profile = common->profile };
	const char *why = NULL;
	struct rmm *rmm = rmm_new(&config, &why);
	unsigned i;

	if (!rmm)
		return cli_bad("no model: %s", why);
	for (i = 0; i < s->nr_rows; i++)
		s->rows[i].shown = rmm_condition_is_used(rmm, i);
	rmm_free(rmm);
	return CLI_OK;
}

static bool is_command(const struct stats *s, const char *name)
{
	unsigned i;

	for (i = 0; i < s->nr_rows; i++)
		if (!strcmp(s->rows[i].info.command, name))
			return true;
	return false;
}

/* Hide the other commands; NULL: none. */
static int show_command(struct stats *s, const char *name)
{
	unsigned i;

	if (!name)
		return CLI_OK;
	if (!is_command(s, name))
		return cli_bad("no command '%s' with failure conditions, like RTT_CREATE or "
			       "RSI_HOST_CALL",
			       cli_quote(name));
	for (i = 0; i < s->nr_rows; i++)
		if (strcmp(s->rows[i].info.command, name))
			s->rows[i].shown = false;
	for (i = 0; i < s->nr_pairs; i++)
		if (strcmp(s->pairs[i].info.command, name))
			s->pairs[i].shown = false;
	return CLI_OK;
}

static const struct stats_row *unreachable_row(const struct stats *s, const char *command,
					       const char *name)
{
	unsigned i;

	for (i = 0; i < s->nr_rows; i++) {
		const struct rmm_condition_info *info = &s->rows[i].info;

		if (info->unreachable && !info->profile && !strcmp(info->command, command) &&
		    !strcmp(info->name, name))
			return &s->rows[i];
	}
	return NULL;
}

/* A pair with a row that no call meets needs no test. */
static bool pair_is_settled(const struct stats *s, const struct stats_pair *pair)
{
	return pair->test || unreachable_row(s, pair->info.command, pair->info.first) ||
	       unreachable_row(s, pair->info.command, pair->info.second);
}

static struct totals count(const struct stats *s)
{
	struct totals t = { 0 };
	unsigned i;

	for (i = 0; i < s->nr_rows; i++) {
		const struct stats_row *row = &s->rows[i];

		if (!row->shown)
			continue;
		t.rows++;
		t.hit += row->hits != 0;
		t.asserted += row->asserted != 0;
		t.unreachable += row->info.unreachable != NULL;
		t.missing += !row->asserted && !row->info.unreachable;
		t.reached += row->hits && row->info.unreachable;
	}
	for (i = 0; i < s->nr_pairs; i++) {
		if (!s->pairs[i].shown)
			continue;
		t.pairs++;
		t.tested += s->pairs[i].test != NULL;
		t.untested += !pair_is_settled(s, &s->pairs[i]);
	}
	return t;
}

/* Rows come by table; a reader wants them by command. */
static bool next_of_command(const struct stats *s, const char *command, unsigned *i)
{
	for (; *i < s->nr_rows; ++*i)
		if (s->rows[*i].shown && !strcmp(s->rows[*i].info.command, command))
			return true;
	return false;
}

static bool is_first_of_command(const struct stats *s, unsigned i)
{
	unsigned first = 0;

	return next_of_command(s, s->rows[i].info.command, &first) && first == i;
}

/* Calls `print` for every shown row, command by command. */
static void each_row(const struct stats *s, void *to,
		     void (*print)(void *to, const struct stats_row *row))
{
	unsigned i, j;

	for (i = 0; i < s->nr_rows; i++) {
		if (!s->rows[i].shown || !is_first_of_command(s, i))
			continue;
		for (j = i; next_of_command(s, s->rows[i].info.command, &j); j++)
			print(to, &s->rows[j]);
	}
}

static void print_row(void *to, const struct stats_row *row)
{
	const struct rmm_condition_info *info = &row->info;

	(void)to;
	printf("%-24s %-20s %-19s %-15s %8" PRIu64 " %5" PRIu64 "  %s%s\n", info->command,
	       info->name, info->status_name, info->profile ? info->profile : "-", row->hits,
	       row->asserted, info->unreachable ? "unreachable: " : "",
	       info->unreachable ? info->unreachable
	       : row->test       ? row->test
				 : "-");
}

static void print_text(const struct stats *s, const struct totals *t)
{
	unsigned i;

	printf("%-24s %-20s %-19s %-15s %8s %5s  %s\n", "COMMAND", "CONDITION", "STATUS", "ONLY IN",
	       "HITS", "TESTS", "FIRST TEST");
	each_row(s, NULL, print_row);
	if (t->pairs)
		printf("\n%-24s %-20s %-20s %s\n", "COMMAND", "FIRST", "THEN", "TEST");
	for (i = 0; i < s->nr_pairs; i++)
		if (s->pairs[i].shown)
			printf("%-24s %-20s %-20s %s\n", s->pairs[i].info.command,
			       s->pairs[i].info.first, s->pairs[i].info.second,
			       s->pairs[i].test ? s->pairs[i].test : "-");
	printf("\n%u conditions: %u met, %u asserted, %u unreachable, %u neither; %u ordered "
	       "pairs, "
	       "%u tested\n",
	       t->rows, t->hit, t->asserted, t->unreachable, t->missing, t->pairs, t->tested);
	if (t->reached)
		printf("%u conditions that are said to be unreachable were met\n", t->reached);
	if (s->nr_strangers)
		printf("%u notes are about conditions that this version does not have\n",
		       s->nr_strangers);
}

static void json_row(void *to, const struct stats_row *row)
{
	struct json *j = to;

	json_object(j, NULL);
	json_string(j, "command", row->info.command);
	json_string(j, "name", row->info.name);
	json_string(j, "status", row->info.status_name);
	json_unsigned(j, "hits", row->hits);
	json_unsigned(j, "asserted", row->asserted);
	json_string(j, "profile", row->info.profile);
	json_string(j, "test", row->test);
	json_string(j, "unreachable", row->info.unreachable);
	json_close(j, '}');
}

static void print_json(const struct stats *s, const struct totals *t)
{
	struct json j;
	unsigned i;

	json_begin(&j, stdout);
	json_array(&j, "conditions");
	each_row(s, &j, json_row);
	json_close(&j, ']');
	json_array(&j, "orders");
	for (i = 0; i < s->nr_pairs; i++) {
		if (!s->pairs[i].shown)
			continue;
		json_object(&j, NULL);
		json_string(&j, "command", s->pairs[i].info.command);
		json_string(&j, "first", s->pairs[i].info.first);
		json_string(&j, "second", s->pairs[i].info.second);
		json_string(&j, "test", s->pairs[i].test);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_unsigned(&j, "missing", t->missing);
	json_unsigned(&j, "unreachable", t->unreachable);
	json_unsigned(&j, "untested_orders", t->untested);
	json_finish(&j);
}

/* The share of rows that cannot be reached counts for all commands together only. */
static bool is_complete(const struct stats *s, const struct totals *t)
{
	bool all = t->rows == s->nr_rows;

	return !t->missing && !t->untested && !t->reached && !s->nr_strangers &&
	       (!all || 100 * t->unreachable <= MAX_UNREACHABLE * t->rows);
}

static int run(struct stats *s, const struct cli_common *common, const char *command, bool check)
{
	const char *folder = getenv("RMISIM_STATS");
	struct totals t;
	int rc = CLI_OK;

	if (common->profile_given)
		s->profile = common->profile->name;
	if (common->profile_given || common->edition_given)
		rc = show_used(s, common);
	if (!rc)
		rc = show_command(s, command);
	if (!rc && folder && *folder)
		rc = stats_read(s, folder);
	if (rc)
		return rc;
	t = count(s);
	if (common->json)
		print_json(s, &t);
	else
		print_text(s, &t);
	return check && !is_complete(s, &t) ? CLI_FOUND : CLI_OK;
}

int cmd_conditions(const struct cli_command *command, int argc, char **argv)
{
	struct cli_common common = { 0 };
	bool check = false;
	const struct cli_option own[] = {
		{ "check", CLI_FLAG, &check, NULL,
		  "exit with 1 when a condition is neither asserted nor unreachable, an order "
		  "untested" },
		{ 0 },
	};
	struct cli_words words;
	struct stats s;
	int rc;

	if (cli_parse(command, argc, argv, &common, own, &words))
		return CLI_BAD;
	if (common.help) {
		cli_help(command, own);
		printf("\nCounts come from the files *.stats in the folder $RMISIM_STATS, where "
		       "tests "
		       "write them.\nWith --profile or --edition only the conditions that such a "
		       "model asks for are shown.\n");
		return CLI_OK;
	}
	if (words.nr > 1)
		return cli_bad("conditions takes at most one COMMAND");
	rc = stats_init(&s) ? run(&s, &common, words.nr ? words.word[0] : NULL, check)
			    : cli_bad("memory is short");
	stats_exit(&s);
	return rc;
}
