/* SPDX-License-Identifier: BSD-2-Clause */
/* rmisim merge: the results of all shards of one search, added up. */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "json_read.h"
#include "search.h"

#define MAX_FILE ((size_t)16 << 20)

/* A result as `explore --json` writes it. */
struct part {
	struct search_asked asked;
	char search[16];
	char violation[512], choices[JSON_MAX_TEXT], replay[JSON_MAX_TEXT];
	uint64_t schedules, bound, runs, violations;
	bool exhaustive;
	double seconds;
	unsigned given; /* bit i: member i of the table is there */
};

enum type { TEXT, NUMBER, BOOLEAN, SECONDS };

/* What a part has to have, and whether all parts have to agree on it. */
struct field {
	const char *key;
	enum type type;
	size_t at, size;
	bool same, may_be_absent, may_be_null;
};

#define AT(member) offsetof(struct part, member), sizeof(((struct part *)0)->member)

static const struct field fields[] = {
	{ "version", TEXT, AT(asked.version), .same = true },
	{ "scenario", TEXT, AT(asked.scenario), .same = true },
	{ "kernel", TEXT, AT(asked.kernel), .same = true },
	{ "image", TEXT, AT(asked.image), .same = true },
	{ "edition", TEXT, AT(asked.edition), .same = true },
	{ "profile", TEXT, AT(asked.profile), .same = true },
	{ "search", TEXT, AT(search), .same = true },
	{ "preemptions", NUMBER, AT(asked.preemptions), .same = true, .may_be_absent = true },
	{ "seed", NUMBER, AT(asked.seed), .same = true, .may_be_absent = true },
	{ "failures", NUMBER, AT(asked.failures), .same = true },
	{ "max", NUMBER, AT(asked.max), .same = true },
	{ "shards", NUMBER, AT(asked.shards), .same = true },
	{ "shard", NUMBER, AT(asked.shard) },
	{ "schedules", NUMBER, AT(schedules) },
	{ "bound", NUMBER, AT(bound), .may_be_null = true },
	{ "runs", NUMBER, AT(runs) },
	{ "violations", NUMBER, AT(violations) },
	{ "exhaustive", BOOLEAN, AT(exhaustive) },
	{ "seconds", SECONDS, AT(seconds) },
	{ "violation", TEXT, AT(violation), .may_be_absent = true },
	{ "choices", TEXT, AT(choices), .may_be_absent = true },
	{ "replay", TEXT, AT(replay), .may_be_absent = true },
};

#define NR_FIELDS (sizeof(fields) / sizeof(fields[0]))

/* All that was read. */
struct parts {
	struct part *part; /* by shard - 1, where `file` is not NULL */
	const char **file;
	struct part reading;
	uint64_t shards; /* 0: nothing was read yet */
	unsigned first;  /* index of what was read first */
};

static bool store(struct part *part, const struct field *f, const struct json_member *m)
{
	char *to = (char *)part + f->at;

	if (m->kind == JSON_NULL)
		return f->may_be_null;
	switch (f->type) {
	case TEXT:
		if (m->kind != JSON_STRING || strlen(m->text) >= f->size)
			return false;
		strcpy(to, m->text);
		return true;
	case NUMBER:
		*(uint64_t *)to = m->number;
		return m->kind == JSON_WHOLE;
	case BOOLEAN:
		*(bool *)to = m->number;
		return m->kind == JSON_BOOL;
	case SECONDS:
		*(double *)to = m->real;
		return m->kind == JSON_WHOLE || m->kind == JSON_OTHER;
	}
	return false;
}

/* Keys are only ever added: those that are not known are left alone. */
static const char *take_member(void *ctx, const struct json_member *m)
{
	struct part *part = ctx;

	for (size_t i = 0; i < NR_FIELDS; i++) {
		if (strcmp(m->key, fields[i].key))
			continue;
		if (part->given & 1u << i)
			return "a key that is there twice";
		part->given |= 1u << i;
		return store(part, &fields[i], m) ? NULL : "a value of the wrong kind";
	}
	return NULL;
}

static bool how_of(const char *name, enum sim_how *how)
{
	for (*how = SIM_EXHAUSTIVE; *how <= SIM_PCT; (*how)++)
		if (!strcmp(name, search_how_name(*how)))
			return true;
	return false;
}

/* Is what was read a part of a search? 0 or CLI_BAD. */
static int check_part(struct part *part, const char *file)
{
	const struct search_asked *asked = &part->asked;

	for (size_t i = 0; i < NR_FIELDS; i++)
		if (!fields[i].may_be_absent && !(part->given & 1u << i))
			return cli_bad("%s has no \"%s\"; 'rmisim explore SCENARIO --shard K/N "
				       "--json' writes what merge takes",
				       cli_quote(file), fields[i].key);
	if (!how_of(part->search, &part->asked.how))
		return cli_bad("%s is of a search '%s'; this version knows exhaustive, random "
			       "and pct",
			       cli_quote(file), cli_quote(part->search));
	if (!asked->shard || asked->shard > asked->shards || asked->shards > CLI_MAX_SHARDS)
		return cli_bad("%s is of shard %llu of %llu; there are 1 to N of at most %u",
			       cli_quote(file), (unsigned long long)asked->shard,
			       (unsigned long long)asked->shards, CLI_MAX_SHARDS);
	return CLI_OK;
}

static void show(const struct part *part, const struct field *f, char buf[80])
{
	const char *at = (const char *)part + f->at;

	if (f->type == TEXT)
		snprintf(buf, 80, "%s '%s'", f->key, cli_quote(at));
	else
		snprintf(buf, 80, "%s %llu", f->key, (unsigned long long)*(const uint64_t *)at);
}

/* Do both belong to one search? 0 or CLI_BAD. */
static int check_same(const struct part *a, const char *a_file, const struct part *b,
		      const char *b_file)
{
	char of_a[80], of_b[80];

	for (size_t i = 0; i < NR_FIELDS; i++) {
		const struct field *f = &fields[i];
		const char *x = (const char *)a + f->at, *y = (const char *)b + f->at;

		if (!f->same || (f->type == TEXT ? !strcmp(x, y) : !memcmp(x, y, sizeof(uint64_t))))
			continue;
		show(a, f, of_a);
		show(b, f, of_b);
		return cli_bad("%s has %s, but %s has %s; merge adds up shards of one search",
			       cli_quote(a_file), of_a, cli_quote(b_file), of_b);
	}
	return CLI_OK;
}

static int add_part(struct parts *all, const char *file)
{
	struct part *part = &all->reading;
	unsigned i = (unsigned)part->asked.shard - 1;
	int err;

	if (!all->shards) {
		all->shards = part->asked.shards;
		all->first = i;
		all->part = calloc(all->shards, sizeof(*all->part));
		all->file = calloc(all->shards, sizeof(*all->file));
		if (!all->part || !all->file)
			return cli_bad("memory is short for %llu shards",
				       (unsigned long long)all->shards);
	} else {
		err = check_same(&all->part[all->first], all->file[all->first], part, file);
		if (err)
			return err;
	}
	if (all->file[i])
		return cli_bad("shard %u of %llu is in %s and in %s; give each one once", i + 1,
			       (unsigned long long)all->shards, cli_quote(all->file[i]),
			       cli_quote(file));
	all->part[i] = *part;
	all->file[i] = file;
	return CLI_OK;
}

/* The whole file; NULL after a message. */
static char *read_file(const char *name, size_t *size)
{
	FILE *f = fopen(name, "rb");
	char *text = malloc(MAX_FILE + 1);

	if (!f || !text) {
		cli_bad("cannot read %s (%s); name the files of 'rmisim explore --json'",
			cli_quote(name), strerror(f ? ENOMEM : errno));
	} else {
		*size = fread(text, 1, MAX_FILE + 1, f);
		if (!ferror(f) && *size <= MAX_FILE) {
			fclose(f);
			return text;
		}
		cli_bad("cannot read %s (%s); name the files of 'rmisim explore --json'",
			cli_quote(name), ferror(f) ? strerror(errno) : "larger than 16 MiB");
	}
	if (f)
		fclose(f);
	free(text);
	return NULL;
}

/* A file has one result or several, one behind the other. */
static int read_parts(struct parts *all, const char *file)
{
	size_t size = 0;
	char *text = read_file(file, &size);
	const char *at = text, *wrong;
	int err = CLI_OK;

	if (!text)
		return CLI_BAD;
	do {
		memset(&all->reading, 0, sizeof(all->reading));
		wrong = json_read(&at, text + size, take_member, &all->reading);
		if (wrong)
			err = cli_bad("%s is no result of 'rmisim explore --json': %s",
				      cli_quote(file), wrong);
		else
			err = check_part(&all->reading, file);
		if (!err)
			err = add_part(all, file);
	} while (!err && at < text + size);
	free(text);
	return err;
}

static int check_complete(const struct parts *all)
{
	unsigned missing = 0, first = 0;

	for (unsigned i = 0; i < all->shards; i++)
		if (!all->file[i] && !missing++)
			first = i + 1;
	if (!missing)
		return CLI_OK;
	return cli_bad("%u of %llu shards missing, the first is %u; run it with --shard %u/%llu "
		       "--json",
		       missing, (unsigned long long)all->shards, first, first,
		       (unsigned long long)all->shards);
}

/* The violation that is shown is one of the lowest bound. */
static void add_up(const struct parts *all, struct sim_result *sum, double *seconds)
{
	const struct part *shown = NULL, *p;
	uint64_t least = UINT64_MAX;

	*sum = (struct sim_result){ .how = all->part[0].asked.how,
				    .seed = all->part[0].asked.seed,
				    .exhaustive = true };
	for (p = all->part; p < all->part + all->shards; p++) {
		sum->schedules += p->schedules;
		sum->runs += p->runs;
		sum->violations += p->violations;
		sum->exhaustive &= p->exhaustive;
		*seconds += p->seconds;
		if (p->bound < least)
			least = p->bound;
		if (p->violations && (!shown || p->bound < shown->bound))
			shown = p;
	}
	sum->preemptions = (unsigned)least;
	if (!shown)
		return;
	snprintf(sum->violation, sizeof(sum->violation), "%s", shown->violation);
	if (strlen(shown->choices) < sizeof(sum->choices))
		strcpy(sum->choices, shown->choices);
	if (strlen(shown->replay) < sizeof(sum->replay))
		strcpy(sum->replay, shown->replay);
}

static int report(const struct parts *all, bool json)
{
	struct search_asked asked = all->part[0].asked;
	struct sim_result sum;
	double seconds = 0;

	add_up(all, &sum, &seconds);
	asked.shard = 0;
	if (json)
		search_report_json(&asked, &sum, seconds);
	else
		search_report(&asked, &sum, seconds);
	return sum.violations ? CLI_FOUND : CLI_OK;
}

int cmd_merge(const struct cli_command *command, int argc, char **argv)
{
	struct cli_common common = { 0 };
	struct parts all = { .shards = 0 };
	struct cli_words words = { 0 };
	int err = CLI_OK;

	if (cli_parse(command, argc, argv, &common, NULL, &words))
		return CLI_BAD;
	if (common.help) {
		cli_help(command, NULL);
		return CLI_OK;
	}
	if (!words.nr)
		return cli_bad("merge takes files that 'rmisim explore SCENARIO --shard K/N "
			       "--json' wrote");
	for (unsigned i = 0; i < words.nr && !err; i++)
		err = read_parts(&all, words.word[i]);
	if (!err)
		err = check_complete(&all);
	if (!err)
		err = report(&all, common.json);
	free(all.part);
	free(all.file);
	return err;
}
