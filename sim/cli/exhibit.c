/* SPDX-License-Identifier: BSD-2-Clause */
/* Exhibits: the header of a patch, and the folders of images. */
#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <bsd/string.h>
#include <string.h>
#include <unistd.h>

#include <rmisim/check.h>

#include "exhibit.h"

__attribute__((weak)) const char exhibit_of_this_program[] = "";

static const char *const editions[] = { "bet1", "bet2", "bet3" };

/* The header */

/* What stands behind "KEY: " in a line of its own. */
static void field(const char *header, const char *key, char *to, size_t size)
{
	size_t n = strlen(key);

	for (const char *line = header; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, key, n) && line[n] == ':') {
			line += n + 1;
			line += strspn(line, " ");
			snprintf(to, size, "%.*s", (int)strcspn(line, "\n"), line);
			return;
		}
	}
	to[0] = '\0';
}

bool exhibit_is_check(const char *name)
{
	struct sim_check_info info;

	for (unsigned i = 0; sim_check_at(i, &info); i++)
		if (!strcmp(info.name, name))
			return true;
	return false;
}

/* One piece of Found: before the check; false: it is none of them. */
static bool take_piece(struct exhibit *e, const char *piece)
{
	unsigned n, i;
	char end[16];

	if (sscanf(piece, "%u %15s", &n, end) == 2 && !strncmp(end, "preemption", 10)) {
		e->preemptions = n;
		return true;
	}
	if (!strcmp(piece, "inject legal") || !strcmp(piece, "inject wrong")) {
		e->classes = piece[7] == 'l' ? SIM_LEGAL_FAILURES : SIM_WRONG_ANSWERS;
		return true;
	}
	if (!strcmp(piece, "metamorphic")) {
		e->metamorphic = true;
		return true;
	}
	for (i = 0; i < 3; i++)
		if (!strncmp(piece, "edition ", 8) && !strcmp(piece + 8, editions[i])) {
			e->edition = (enum rmi_edition)i;
			return true;
		}
	if (strncmp(piece, "profile ", 8))
		return false;
	strlcpy(e->profile, piece + 8, sizeof(e->profile));
	return true;
}

static void parse_found(struct exhibit *e, char *found)
{
	char *piece = found, *next = strstr(piece, ", ");

	if (next) {
		*next = '\0';
		strlcpy(e->scenario, piece, sizeof(e->scenario));
		piece = next + 2;
	}
	while (next && (next = strstr(piece, ", "))) {
		*next = '\0';
		if (!take_piece(e, piece)) {
			*next = ',';
			break;
		}
		piece = next + 2;
	}
	next = strstr(piece, ": ");
	if (next)
		strlcpy(e->text, next + 2, sizeof(e->text));
	snprintf(e->check, sizeof(e->check), "%.*s", (int)strcspn(piece, ":"), piece);
}

static void judge_comparison(struct exhibit *e)
{
	if (strcmp(e->check, "same") && strcmp(e->check, "differs"))
		snprintf(e->wrong, sizeof(e->wrong),
			 "its line Compare: ends neither with same nor with differs: TEXT");
	else if (!exhibit_compares_known(e))
		snprintf(e->wrong, sizeof(e->wrong),
			 "a scenario of '%s' is not in the catalogue; 'rmisim list' has the names",
			 cli_quote(e->scenario));
	else if (e->classes || !rmm_profile_find(e->profile))
		snprintf(e->wrong, sizeof(e->wrong),
			 "its line Compare: has an injection or a profile that is none");
}

static void judge(struct exhibit *e)
{
	if (e->compares) {
		judge_comparison(e);
		return;
	}
	if (!e->scenario[0] || !e->check[0])
		snprintf(e->wrong, sizeof(e->wrong), "its line Found: has no scenario and check");
	else if (!sim_catalogue_find(e->scenario))
		snprintf(e->wrong, sizeof(e->wrong),
			 "its scenario '%s' is not in the catalogue; 'rmisim list' has the names",
			 cli_quote(e->scenario));
	else if (!exhibit_is_check(e->check))
		snprintf(e->wrong, sizeof(e->wrong),
			 "its check '%s' is none; 'rmisim list --checks' has the names",
			 cli_quote(e->check));
	else if (!rmm_profile_find(e->profile))
		snprintf(e->wrong, sizeof(e->wrong), "there is no profile '%s'",
			 cli_quote(e->profile));
}

void exhibit_parse(const char *header, struct exhibit *e)
{
	char found[512];

	memset(e, 0, sizeof(*e));
	field(header, "Id", e->id, sizeof(e->id));
	field(header, "Title", e->title, sizeof(e->title));
	field(header, "Kind", e->kind, sizeof(e->kind));
	field(header, "In", e->in, sizeof(e->in));
	field(header, "Config", e->config, sizeof(e->config));
	field(header, "Compare", found, sizeof(found));
	e->compares = found[0];
	if (!e->compares)
		field(header, "Found", found, sizeof(found));
	if (!e->config[0])
		strcpy(e->config, "4k");
	strcpy(e->profile, "strict");
	parse_found(e, found);
	judge(e);
}

char *exhibit_says(const struct exhibit *e, char *buf, size_t size)
{
	int n = snprintf(buf, size, "%s", e->scenario);

#define ADD(...) (n += n < (int)size ? snprintf(buf + n, size - (size_t)n, __VA_ARGS__) : 0)
	if (e->metamorphic)
		ADD(", metamorphic");
	else if (e->preemptions || !e->classes)
		ADD(", %u preemption%s", e->preemptions, e->preemptions == 1 ? "" : "s");
	if (e->classes)
		ADD(", inject %s", e->classes == SIM_LEGAL_FAILURES ? "legal" : "wrong");
	if (e->edition)
		ADD(", edition %s", editions[e->edition]);
	if (strcmp(e->profile, "strict"))
		ADD(", profile %s", e->profile);
#undef ADD
	return buf;
}

bool exhibit_is_it(const struct exhibit *e, const char *violation)
{
	size_t n = strlen(e->check);

	if (!strncmp(violation, "expect: ", 8) && strcmp(e->check, "expect"))
		violation += 8;
	return !strncmp(violation, e->check, n) && violation[n] == ':' &&
	       strstr(violation + n, e->text);
}

/* The folders */

static struct exhibit *add(struct exhibit_list *list)
{
	if (list->nr == list->room) {
		list->room = list->room ? 2 * list->room : 64;
		list->all = realloc(list->all, list->room * sizeof(*list->all));
		if (!list->all)
			abort();
	}
	return &list->all[list->nr++];
}

static bool has(const struct exhibit_list *list, const char *id)
{
	for (unsigned i = 0; i < list->nr; i++)
		if (!strcmp(list->all[i].id, id))
			return true;
	return false;
}

/* kernel-NAME.so: an exhibit when it carries a header that says how it is found. */
static void add_image(struct exhibit_list *list, const char *name)
{
	struct sim_image *image = sim_image_open(name, NULL, 0);
	const char *header = image ? sim_image_exhibit(image) : NULL;

	/* (somebody's kernel is not one that differs from the clean port in one thing) */
	if (header && (strstr(header, "\nFound: ") ||
		       (!list->only_of_kernels && strstr(header, "\nCompare: ")))) {
		struct exhibit *e = add(list);

		exhibit_parse(header, e);
		snprintf(e->id, sizeof(e->id), "%s", name);
		/* One patch may have an image for each page size. */
		if (!strstr(header, "\nConfig: ") && sim_image_page_shift(image) != 12)
			snprintf(e->config, sizeof(e->config), "%uk",
				 1u << (sim_image_page_shift(image) - 10));
	}
	sim_image_close(image);
}

/* model-NAME: what it is, it says when it is asked. */
static void add_program(struct exhibit_list *list, const char *name, const char *path)
{
	struct exhibit *e;

	if (list->only_of_kernels || access(path, X_OK))
		return;
	e = add(list);
	memset(e, 0, sizeof(*e));
	snprintf(e->id, sizeof(e->id), "%s", name);
	snprintf(e->program, sizeof(e->program), "%s", path);
	strcpy(e->profile, "strict");
	strcpy(e->config, "4k");
}

static void look_at_folder(void *ctx, const char *folder)
{
	char name[48], path[EXHIBIT_PATH], end;
	DIR *dir = opendir(folder);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		size_t n = strlen(entry->d_name);

		if (n > 10 && n < sizeof(name) && !strncmp(entry->d_name, "kernel-", 7) &&
		    !strcmp(entry->d_name + n - 3, ".so")) {
			snprintf(name, sizeof(name), "%.*s", (int)(n - 10), entry->d_name + 7);
			if (!has(ctx, name))
				add_image(ctx, name);
		} else if (sscanf(entry->d_name, "model-M%15[0-9a-z-]%c", name + 1, &end) == 1) {
			name[0] = 'M';
			if (!has(ctx, name) && snprintf(path, sizeof(path), "%s/%s", folder,
							entry->d_name) < (int)sizeof(path))
				add_program(ctx, name, path);
		}
	}
	if (dir)
		closedir(dir);
}

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct exhibit *)a)->id, ((const struct exhibit *)b)->id);
}

void exhibit_list_fill(struct exhibit_list *list, bool only_of_kernels)
{
	list->only_of_kernels = only_of_kernels;
	if (exhibit_of_this_program[0]) {
		exhibit_parse(exhibit_of_this_program, add(list));
		return;
	}
	sim_image_folders(look_at_folder, list);
	if (list->nr)
		qsort(list->all, list->nr, sizeof(*list->all), by_id);
}

void exhibit_list_free(struct exhibit_list *list)
{
	free(list->all);
	*list = (struct exhibit_list){ 0 };
}

/* "B036-relax" -> 'B', 36; false when it begins otherwise. */
static bool number_of(const char *id, char *letter, unsigned *number, const char **rest)
{
	char *end;

	*letter = isalpha((unsigned char)*id) ? (char)toupper((unsigned char)*id++) : 'B';
	if (!isdigit((unsigned char)*id))
		return false;
	*number = (unsigned)strtoul(id, &end, 10);
	*rest = end;
	return true;
}

bool exhibit_is_meant(const struct exhibit *e, const char *word)
{
	const char *of_id, *of_word;
	unsigned number, wanted;
	char letter, asked;

	if (!strcmp(e->id, word))
		return true;
	return number_of(e->id, &letter, &number, &of_id) &&
	       number_of(word, &asked, &wanted, &of_word) && letter == asked && number == wanted &&
	       (!*of_word || !strcmp(of_id, of_word));
}
