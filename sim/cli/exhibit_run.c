/* SPDX-License-Identifier: BSD-2-Clause */
/* Exhibits: the runs that find one, that find nothing on the clean port, and the one that shows it again. */
#include <stdlib.h>
#include <bsd/string.h>
#include <string.h>
#include <time.h>

#include "child.h"
#include "exhibit.h"
#include "json_read.h"
#include "metamorphic.h"

#define ITSELF "/proc/self/exe"

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

struct runs {
	bool all; /* that were asked for */
	uint64_t schedules;
	char *violation, *replay; /* to write to */
};

static void inject(const struct sim_catalogue_entry *scenario, const struct sim_config *config,
		   unsigned classes, struct runs *runs)
{
	struct sim_inject how = { .config = *config, .classes = classes, .rewinds = true };
	struct sim_injected *r = malloc(sizeof(*r));

	if (!r)
		abort();
	*r = sim_inject_named(scenario->name, scenario->run, &how);
	runs->all = r->complete;
	runs->schedules = r->legal.runs + r->wrong.runs;
	strcpy(runs->violation, r->violation);
	strcpy(runs->replay, r->replay);
	free(r);
}

static void explore(const struct sim_catalogue_entry *scenario, const struct sim_config *config,
		    const struct exhibit *e, struct runs *runs)
{
	struct sim_explore how = { .config = *config,
				   .rewinds = true,
				   .failures = e->classes ? 1 : 0,
				   .preemptions = e->preemptions };
	struct sim_result *r = malloc(sizeof(*r));

	if (!r)
		abort();
	how.config.failures = e->classes;
	*r = sim_explore_named(scenario->name, scenario->run, &how);
	runs->all = r->exhaustive;
	runs->schedules = r->schedules;
	strcpy(runs->violation, r->violation);
	strcpy(runs->replay, r->replay);
	free(r);
}

static void move_memory(const struct sim_catalogue_entry *scenario, const struct sim_config *config,
			struct runs *runs)
{
	struct sim_metamorphic m = sim_metamorphic(scenario->run, config);
	struct sim_result *there = malloc(sizeof(*there));

	if (!there)
		abort();
	metamorphic_there(scenario, config, &m, there);
	runs->all = m.same;
	runs->schedules = m.runs;
	strcpy(runs->violation, m.violation);
	if (!m.same && !m.violation[0])
		strcpy(runs->violation, there->violation);
	strcpy(runs->replay, there->replay);
	free(there);
}

static bool make_runs(const struct exhibit *e, const char *kernel, struct runs *runs)
{
	const struct sim_catalogue_entry *scenario = sim_catalogue_find(e->scenario);
	char why[400] = "";
	struct sim_image *image = sim_image_open(kernel, why, sizeof(why));
	struct sim_config config = { .image = image, .edition = e->edition, .profile = e->profile };

	if (!image) {
		snprintf(runs->violation, 512, "setup: %s", why);
		return false;
	}
	config.known_breaches = cli_known_breaches(sim_image_name(image));
	sim_catalogue_configure(scenario, &config);
	if (e->metamorphic)
		move_memory(scenario, &config, runs);
	else if (e->classes && !e->preemptions)
		inject(scenario, &config, e->classes, runs);
	else
		explore(scenario, &config, e, runs);
	sim_image_close(image);
	return strncmp(runs->violation, "setup: ", 7);
}

bool exhibit_search(const struct exhibit *e, const char *kernel, struct exhibit_result *result)
{
	struct runs runs = { .violation = result->violation, .replay = result->replay };
	double began = now_ms();
	bool possible =
		e->compares ? exhibit_compare(e, kernel, result) : make_runs(e, kernel, &runs);

	result->ms = now_ms() - began;
	if (e->compares)
		return possible;
	result->schedules = runs.schedules;
	result->found = possible && exhibit_is_it(e, result->violation);
	return possible;
}

void exhibit_clean(const struct exhibit *e, struct exhibit_result *result)
{
	char *replay = malloc(SIM_REPLAY_SIZE);
	struct runs runs = { .violation = result->clean_violation, .replay = replay };

	if (!replay)
		abort();
	if (e->compares) { /* that is what it was compared with */
		free(replay);
		return;
	}
	result->clean_is_known = true;
	make_runs(e, e->config, &runs);
	if (!runs.all && !result->clean_violation[0])
		strcpy(result->clean_violation, "not all runs could be made");
	result->clean_schedules = runs.schedules;
	result->clean = !result->clean_violation[0];
	free(replay);
}

static const char *take_violation(void *ctx, const struct json_member *m)
{
	if (!strcmp(m->key, "violation") && m->kind == JSON_STRING)
		strlcpy(ctx, m->text, 512);
	return NULL;
}

void exhibit_again(const struct exhibit *e, const char *kernel, struct exhibit_result *result)
{
	char *argv[] = { (char *)"rmisim",
			 (char *)"replay",
			 result->replay,
			 (char *)"--json",
			 (char *)"--kernel",
			 (char *)(uintptr_t)kernel,
			 NULL };
	char violation[512] = "", *out;
	const char *at;
	int status;

	if (e->compares && !result->replay[0])
		return;
	result->again_is_known = true;
	if (!result->replay[0])
		return;
	status = child_run(ITSELF, argv, &out);
	at = out;
	if (e->compares) /* what differs need not be a violation */
		result->again = status == CLI_OK || status == CLI_FOUND;
	else
		result->again = status == CLI_FOUND &&
				!json_read(&at, out + strlen(out), take_violation, violation) &&
				!strcmp(violation, result->violation) &&
				exhibit_is_it(e, violation);
	free(out);
}
