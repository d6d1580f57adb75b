/* SPDX-License-Identifier: BSD-2-Clause */
/* What tests have noted about failure conditions: the files of $RMISIM_STATS, added up. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conditions.h"

bool stats_init(struct stats *s)
{
	struct rmm_condition_info row;
	struct rmm_order_info pair;
	unsigned i;

	memset(s, 0, sizeof(*s));
	while (rmm_condition_at(s->nr_rows, &row))
		s->nr_rows++;
	while (rmm_order_at(s->nr_pairs, &pair))
		s->nr_pairs++;
	s->rows = calloc(s->nr_rows + 1, sizeof(*s->rows));
	s->pairs = calloc(s->nr_pairs + 1, sizeof(*s->pairs));
	if (!s->rows || !s->pairs)
		return false;
	for (i = 0; i < s->nr_rows; i++) {
		rmm_condition_at(i, &s->rows[i].info);
		s->rows[i].shown = true;
	}
	for (i = 0; i < s->nr_pairs; i++) {
		rmm_order_at(i, &s->pairs[i].info);
		s->pairs[i].shown = true;
	}
	return true;
}

void stats_exit(struct stats *s)
{
	unsigned i;

	for (i = 0; s->rows && i < s->nr_rows; i++)
		free(s->rows[i].test);
	for (i = 0; s->pairs && i < s->nr_pairs; i++)
		free(s->pairs[i].test);
	free(s->rows);
	free(s->pairs);
}

static bool is_row(const struct stats_row *row, char *const words[4])
{
	return !strcmp(row->info.command, words[0]) && !strcmp(row->info.name, words[1]) &&
	       !strcmp(row->info.status_name, words[2]);
}

/* A row that only TF-RMM's order has is another one than a namesake of the specification's. */
static struct stats_row *find_row(struct stats *s, char *const words[4])
{
	struct stats_row *found = NULL;
	unsigned i;

	for (i = 0; i < s->nr_rows; i++) {
		const char *profile = s->rows[i].info.profile;

		if (is_row(&s->rows[i], words) && (!profile || !strcmp(profile, words[3])))
			found = &s->rows[i];
	}
	return found;
}

static struct stats_pair *find_pair(struct stats *s, char *const words[3])
{
	unsigned i;

	for (i = 0; i < s->nr_pairs; i++) {
		const struct rmm_order_info *info = &s->pairs[i].info;

		if (!strcmp(info->command, words[0]) && !strcmp(info->first, words[1]) &&
		    !strcmp(info->second, words[2]))
			return &s->pairs[i];
	}
	return NULL;
}

/* The next nr words; the rest of the line goes to *rest. False: there are fewer, or no rest. */
static bool split(char *line, unsigned nr, char *words[], char **rest)
{
	unsigned i;

	for (i = 0; i < nr; i++) {
		words[i] = strsep(&line, " ");
		if (!line || !*words[i])
			return false;
	}
	*rest = line;
	return *line != '\0';
}

static bool keep_test(char **test, const char *name)
{
	if (!*test)
		*test = strdup(name);
	return *test != NULL;
}

static bool note_row(struct stats *s, bool hit, char *line)
{
	struct stats_row *row;
	char *words[4], *rest;
	uint64_t count = 1;

	if (!split(line, 4, words, &rest) || (hit && !cli_number(rest, &count)))
		return false;
	if (s->profile && strcmp(s->profile, words[3]))
		return true;
	row = find_row(s, words);
	if (!row)
		s->nr_strangers++;
	else if (hit)
		row->hits += count;
	else if (keep_test(&row->test, rest))
		row->asserted++;
	return true;
}

static bool note_pair(struct stats *s, char *line)
{
	struct stats_pair *pair;
	char *words[3], *rest;

	if (!split(line, 3, words, &rest))
		return false;
	pair = find_pair(s, words);
	if (!pair)
		s->nr_strangers++;
	else
		keep_test(&pair->test, rest);
	return true;
}

static bool note(struct stats *s, char *line)
{
	char *kind = strsep(&line, " ");

	if (!line)
		return false;
	if (!strcmp(kind, "hit"))
		return note_row(s, true, line);
	if (!strcmp(kind, "asserted"))
		return note_row(s, false, line);
	return !strcmp(kind, "order") && note_pair(s, line);
}

static int read_file(struct stats *s, FILE *f, const char *name)
{
	unsigned nr = 0;
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	bool ok = true;

	while (ok && (len = getline(&line, &size, f)) >= 0) {
		nr++;
		ok = strlen(line) == (size_t)len;
		line[strcspn(line, "\n")] = '\0';
		ok = ok && note(s, line);
	}
	free(line);
	if (!ok)
		return cli_bad("%s: line %u is no note of a test; remove the file", cli_quote(name),
			       nr);
	return ferror(f) ? cli_bad("cannot read '%s'", cli_quote(name)) : CLI_OK;
}

static bool is_stats_file(const char *name)
{
	size_t len = strlen(name);

	return len > 6 && !strcmp(name + len - 6, ".stats");
}

static int read_named(struct stats *s, const char *folder, const char *name)
{
	char path[1024];
	int rc;
	FILE *f;

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", folder, name) >= sizeof(path))
		return cli_bad("the path of '%s' is too long", cli_quote(name));
	f = fopen(path, "r");
	if (!f)
		return cli_bad("cannot open '%s': %s", cli_quote(path), strerror(errno));
	rc = read_file(s, f, name);
	fclose(f);
	s->nr_files++;
	return rc;
}

int stats_read(struct stats *s, const char *folder)
{
	struct dirent **names;
	int i, nr, rc = CLI_OK;

	/* In order of name: which test is a row's first does not depend on the file system. */
	nr = scandir(folder, &names, NULL, alphasort);
	if (nr < 0)
		return cli_bad("RMISIM_STATS: cannot read the folder '%s': %s", cli_quote(folder),
			       strerror(errno));
	for (i = 0; i < nr; i++) {
		if (!rc && is_stats_file(names[i]->d_name))
			rc = read_named(s, folder, names[i]->d_name);
		free(names[i]);
	}
	free(names);
	return rc;
}
