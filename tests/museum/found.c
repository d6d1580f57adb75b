/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * found IMAGE CLEAN LINE: what a patch's header says in
 *
 *     Found: SCENARIO[, N preemptions][, inject legal|wrong], TEXT
 *
 * Every schedule of the catalogue's scenario within the bound, or every run with a failure of the class, is clean on
 * CLEAN; on IMAGE one of them ends in a violation whose sentence has TEXT in it, and its decisions lead there again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <rmisim/cmocka.h>
#include <rmisim/inject.h>
#include <rmisim/scenario.h>

struct exhibit {
	const char *image, *clean, *text;
	char line[256]; /* cut into pieces */
	const struct sim_catalogue_entry *scenario;
	unsigned bound, classes;
	unsigned failures;  /* that the choices may have */
	char choices[2048]; /* of the run that found it */
};

struct found {
	bool complete;
	uint64_t runs;
	char violation[512];
};

/* All runs that the line asks for; the first violating one's decisions are kept. */
static struct found look(struct exhibit *exhibit, const char *kernel)
{
	struct found found;

	if (exhibit->classes && !exhibit->bound) {
		struct sim_inject how = { .config.kernel = kernel,
					  .classes = exhibit->classes,
					  .rewinds = true };
		struct sim_injected r;

		sim_catalogue_configure(exhibit->scenario, &how.config);
		r = sim_inject_named(exhibit->scenario->name, exhibit->scenario->run, &how);
		found = (struct found){ .complete = r.complete,
					.runs = r.legal.runs + r.wrong.runs };
		memcpy(found.violation, r.violation, sizeof(found.violation));
		memcpy(exhibit->choices, r.choices, sizeof(exhibit->choices));
		exhibit->failures = r.failures;
	} else {
		struct sim_explore how = { .config = { .kernel = kernel,
						       .failures = exhibit->classes },
					   .rewinds = true,
					   .failures = exhibit->classes ? 1 : 0,
					   .preemptions = exhibit->bound };
		struct sim_result r;

		sim_catalogue_configure(exhibit->scenario, &how.config);
		r = sim_explore_named(exhibit->scenario->name, exhibit->scenario->run, &how);
		found = (struct found){ .complete = r.exhaustive, .runs = r.schedules };
		memcpy(found.violation, r.violation, sizeof(found.violation));
		memcpy(exhibit->choices, r.choices, sizeof(exhibit->choices));
		exhibit->failures = exhibit->classes;
	}
	return found;
}

static struct found follow(const struct exhibit *exhibit)
{
	struct sim_explore how = { .config = { .kernel = exhibit->image,
					       .choices = exhibit->choices,
					       .failures = exhibit->failures },
				   .max_runs = 1 };
	struct sim_result r;
	struct found found = { 0 };

	sim_catalogue_configure(exhibit->scenario, &how.config);
	r = sim_explore_named(exhibit->scenario->name, exhibit->scenario->run, &how);
	memcpy(found.violation, r.violation, sizeof(found.violation));
	return found;
}

static bool is_it(const struct exhibit *exhibit, const struct found *found)
{
	return found->violation[0] && strncmp(found->violation, "setup: ", 7) &&
	       strstr(found->violation, exhibit->text);
}

static void nothing_is_found_on_the_clean_image(void **state)
{
	struct exhibit *exhibit = *state;
	struct found found = look(exhibit, exhibit->clean);

	if (found.violation[0])
		fail_msg("%s: %s", exhibit->clean, found.violation);
	assert_true(found.complete);
	printf("# %llu runs on %s\n", (unsigned long long)found.runs, exhibit->clean);
}

static void the_scenario_finds_the_exhibit(void **state)
{
	struct exhibit *exhibit = *state;
	struct found found = look(exhibit, exhibit->image);

	if (!is_it(exhibit, &found))
		fail_msg("%s is not found: %s does not say \"%s\"%s%s", exhibit->image,
			 exhibit->scenario->name, exhibit->text, found.violation[0] ? ", but " : "",
			 found.violation);
	printf("# %s\n# run %llu, choices: %s\n", found.violation, (unsigned long long)found.runs,
	       exhibit->choices);
}

static void its_decisions_lead_there_again(void **state)
{
	const struct exhibit *exhibit = *state;
	struct found found = follow(exhibit);

	if (!is_it(exhibit, &found))
		fail_msg("%s: \"%s\" is not found again: %s", exhibit->image, exhibit->text,
			 found.violation);
}

/* "SCENARIO[, N preemptions][, inject CLASS], TEXT", cut into pieces in place; NULL or what is wrong. */
static const char *parse(struct exhibit *exhibit)
{
	char *piece = exhibit->line, *next;

	for (bool first = true; (next = strstr(piece, ", ")); piece = next + 2, first = false) {
		unsigned n;
		char end;

		*next = 0;
		if (first)
			exhibit->scenario = sim_catalogue_find(piece);
		else if (sscanf(piece, "%u preemption%c", &n, &end) == 2)
			exhibit->bound = n;
		else if (!strcmp(piece, "inject legal"))
			exhibit->classes = SIM_LEGAL_FAILURES;
		else if (!strcmp(piece, "inject wrong"))
			exhibit->classes = SIM_WRONG_ANSWERS;
		else {
			*next = ',';
			break;
		}
	}
	exhibit->text = piece;
	if (!exhibit->scenario)
		return "there is no such scenario; rmisim list has their names";
	return *piece ? NULL : "a check's name is missing";
}

int main(int argc, char **argv)
{
	struct exhibit exhibit = { 0 };
	const char *why;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(nothing_is_found_on_the_clean_image, &exhibit),
		cmocka_unit_test_prestate(the_scenario_finds_the_exhibit, &exhibit),
		cmocka_unit_test_prestate(its_decisions_lead_there_again, &exhibit),
	};

	if (argc != 4 || strlen(argv[3]) >= sizeof(exhibit.line)) {
		fprintf(stderr, "usage: found IMAGE CLEAN 'SCENARIO[, N preemptions]"
				"[, inject CLASS], TEXT'\n");
		return 2;
	}
	exhibit.image = argv[1];
	exhibit.clean = argv[2];
	strcpy(exhibit.line, argv[3]);
	why = parse(&exhibit);
	if (why) {
		fprintf(stderr, "found: %s: %s\n", argv[3], why);
		return 2;
	}
	return cmocka_run_group_tests_name(exhibit.image, tests, NULL, NULL);
}
