/* SPDX-License-Identifier: BSD-2-Clause */
/* rmisim museum: every historic defect that is built as an image, and whether it is found. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "museum.h"

struct options {
	struct cli_common common;
	bool quick, tap, replay;
};

/* What the clean port has shown is the same for all exhibits that ask for the same runs. */
struct clean {
	struct clean *next;
	char says[256];
	struct exhibit_result result;
};

struct walk {
	struct options o;
	struct exhibit_list list;
	struct museum_counts counts;
	struct clean *clean;
	struct json json;
};

static void look_at_clean(struct walk *walk, const struct exhibit *e, struct exhibit_result *result)
{
	char says[256], scenario[200];
	struct clean *c;

	snprintf(says, sizeof(says), "%s on %s", exhibit_says(e, scenario, sizeof(scenario)),
		 e->config);
	for (c = walk->clean; c && strcmp(c->says, says); c = c->next)
		;
	if (!c) {
		c = calloc(1, sizeof(*c));
		if (!c)
			abort();
		strcpy(c->says, says);
		exhibit_clean(e, &c->result);
		c->next = walk->clean;
		walk->clean = c;
	}
	result->clean_is_known = c->result.clean_is_known;
	result->clean = c->result.clean;
	result->clean_schedules = c->result.clean_schedules;
	strcpy(result->clean_violation, c->result.clean_violation);
}

/* All that is to be known of one. */
static void visit(struct walk *walk, struct exhibit *e, struct exhibit_result *result)
{
	bool of_this_program = exhibit_of_this_program[0] != '\0';
	const char *kernel = walk->o.common.kernel;

	if (!kernel)
		kernel = of_this_program ? e->config : e->id;
	if (e->program[0])
		exhibit_ask(e, result);
	else if (!e->wrong[0] && exhibit_search(e, kernel, result) && result->found &&
		 !walk->o.quick)
		exhibit_again(e, kernel, result);
	/* A program with a defective RMM has no other. */
	if (!e->wrong[0] && !walk->o.quick && !of_this_program && !e->compares)
		look_at_clean(walk, e, result);
}

static bool is_asked_for(const struct exhibit *e, const struct cli_words *words)
{
	if (!words->nr)
		return true;
	for (unsigned i = 0; i < words->nr; i++)
		if (exhibit_is_meant(e, words->word[i]))
			return true;
	return false;
}

static int no_exhibit(const struct exhibit_list *list, const char *word)
{
	char why[400] = "";
	struct sim_image *image = sim_image_open(word, why, sizeof(why));

	sim_image_close(image);
	if (!image && !strncmp(why, "cannot use", 10))
		return cli_bad("%s", why);
	if (image)
		return cli_bad(
			"kernel image '%s' is no exhibit; to look for the exhibits in it, give it "
			"to --kernel",
			cli_quote(word));
	return cli_bad(
		"no exhibit '%s' among the %u that are built; 'rmisim museum --list' has them, "
		"'meson configure -Dmuseum=all' builds all",
		cli_quote(word), list->nr);
}

/* 0 or CLI_BAD: is there something for each word? */
static int check_words(const struct exhibit_list *list, const struct cli_words *words)
{
	if (!list->nr)
		return cli_bad(
			"no exhibit is built; 'meson configure -Dmuseum=all' and build, or set "
			"RMISIM_IMAGES to the folder of kernel-B*.so");
	for (unsigned i = 0; i < words->nr; i++) {
		bool found = false;

		for (unsigned k = 0; k < list->nr; k++)
			found |= exhibit_is_meant(&list->all[k], words->word[i]);
		if (!found)
			return no_exhibit(list, words->word[i]);
	}
	return CLI_OK;
}

static void progress(const struct walk *walk, const struct exhibit *e)
{
	if (isatty(STDERR_FILENO) && (walk->o.common.json || !isatty(STDOUT_FILENO)))
		fprintf(stderr, "\r%-60s\r%s, %u so far", "", e->id, walk->counts.exhibits);
}

static void report(struct walk *walk, const struct exhibit *e, const struct exhibit_result *result)
{
	if (walk->o.tap)
		museum_tap(&walk->counts, e, result);
	else if (walk->o.common.json)
		museum_json(&walk->json, e, result);
	else
		museum_row(e, result, walk->o.replay);
	fflush(stdout);
}

static void tour(struct walk *walk, const struct cli_words *words)
{
	struct exhibit_result *result = malloc(sizeof(*result));

	if (!result)
		abort();
	for (unsigned i = 0; i < walk->list.nr; i++) {
		struct exhibit *e = &walk->list.all[i];

		if (!is_asked_for(e, words))
			continue;
		memset(result, 0, sizeof(*result));
		progress(walk, e);
		visit(walk, e, result);
		museum_count(&walk->counts, e, result);
		report(walk, e, result);
	}
	if (isatty(STDERR_FILENO) && (walk->o.common.json || !isatty(STDOUT_FILENO)))
		fprintf(stderr, "\r%-60s\r", "");
	free(result);
}

static void begin(struct walk *walk)
{
	if (walk->o.tap)
		return;
	if (!walk->o.common.json) {
		museum_head();
		return;
	}
	json_begin(&walk->json, stdout);
	json_array(&walk->json, "exhibits");
}

static int end(struct walk *walk)
{
	const struct museum_counts *c = &walk->counts;

	if (walk->o.tap) {
		printf("1..%u\n", c->tests);
	} else if (walk->o.common.json) {
		json_close(&walk->json, ']');
		json_unsigned(&walk->json, "shown", c->exhibits);
		json_unsigned(&walk->json, "found", c->found);
		json_finish(&walk->json);
	} else {
		museum_sum(c, walk->o.common.kernel);
	}
	/* Somebody's own kernel should have none of them. */
	if (walk->o.common.kernel && !walk->o.tap)
		return c->found ? CLI_FOUND : CLI_OK;
	return c->bad ? CLI_FOUND : CLI_OK;
}

static int list(struct walk *walk, const struct cli_words *words)
{
	if (walk->o.common.json)
		begin(walk);
	for (unsigned i = 0; i < walk->list.nr; i++) {
		const struct exhibit *e = &walk->list.all[i];

		if (!is_asked_for(e, words))
			continue;
		if (walk->o.common.json)
			museum_json(&walk->json, e, NULL);
		else
			museum_list(e);
	}
	if (walk->o.common.json) {
		json_close(&walk->json, ']');
		json_finish(&walk->json);
	}
	return CLI_OK;
}

static int check_options(const struct options *o)
{
	char why[300] = "";
	struct sim_image *image;

	if (o->common.edition_given || o->common.profile_given)
		return cli_bad(
			"each exhibit says with which edition and profile it is found; leave "
			"out --edition and --profile");
	if (o->tap && o->common.json)
		return cli_bad("--tap and --json are two forms; give one of them");
	if (!o->common.kernel)
		return CLI_OK;
	image = sim_image_open(o->common.kernel, why, sizeof(why));
	sim_image_close(image);
	return image ? CLI_OK : cli_bad("%s", why);
}

int cmd_museum(const struct cli_command *command, int argc, char **argv)
{
	struct walk walk = { .counts = { 0 } };
	struct cli_words words = { 0 };
	bool only_list = false;
	int status;
	const struct cli_option own[] = {
		{ "list", CLI_FLAG, &only_list, NULL,
		  "the exhibits that are built; nothing is run" },
		{ "replay", CLI_FLAG, &walk.o.replay, NULL,
		  "with the string that makes the run again, for 'rmisim replay'" },
		{ "quick", CLI_FLAG, &walk.o.quick, NULL,
		  "leave out the clean port and the second run, from its replay string" },
		{ "tap", CLI_FLAG, &walk.o.tap, NULL, "as tests: found, found again, clean port" },
		{ NULL },
	};

	if (cli_parse(command, argc, argv, &walk.o.common, own, &words))
		return CLI_BAD;
	if (walk.o.common.help) {
		cli_help(command, own);
		printf("\nID is a number or a name: 36 and B036 are B036-block and B036-relax. "
		       "None: all "
		       "that are built.\n--kernel looks for them in a kernel of yours: status 1 "
		       "when "
		       "one of them is found in it.\n");
		return CLI_OK;
	}
	if (check_options(&walk.o))
		return CLI_BAD;
	/* A defect of the RMM is in no kernel, and somebody's differs from the clean port anyhow. */
	exhibit_list_fill(&walk.list, walk.o.common.kernel && !walk.o.tap);
	status = check_words(&walk.list, &words);
	if (!status && only_list) {
		status = list(&walk, &words);
	} else if (!status) {
		begin(&walk);
		tour(&walk, &words);
		status = end(&walk);
	}
	exhibit_list_free(&walk.list);
	while (walk.clean) {
		struct clean *next = walk.clean->next;

		free(walk.clean);
		walk.clean = next;
	}
	return status;
}
