/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exhibits that are no bug, or a matter of policy: what somebody outside can see of them, or that nobody can.
 *
 *	Compare: SCENARIO[ SCENARIO..][, N preemptions][, edition E][, profile P], same
 *	Compare: SCENARIO[ SCENARIO..][, N preemptions][, edition E][, profile P], differs: TEXT
 *
 * "same": no schedule within the bound tells the exhibit from the clean port. "differs": one does, and TEXT stands in what
 * is seen of it on the exhibit.
 */
#include <stdlib.h>
#include <string.h>

#include <rmisim/compare.h>

#include "exhibit.h"

/* The i-th of the scenarios. */
static const struct sim_catalogue_entry *scenario_at(const struct exhibit *e, unsigned i)
{
	const char *name = e->scenario;
	char text[sizeof(e->scenario)];

	while (i-- && *name) {
		name += strcspn(name, " ");
		name += strspn(name, " ");
	}
	snprintf(text, sizeof(text), "%.*s", (int)strcspn(name, " "), name);
	return sim_catalogue_find(text);
}

static unsigned nr_scenarios(const struct exhibit *e)
{
	unsigned n = 1;

	for (const char *p = e->scenario; *p; p++)
		n += *p == ' ';
	return n;
}

bool exhibit_compares_known(const struct exhibit *e)
{
	for (unsigned i = 0; i < nr_scenarios(e); i++)
		if (!scenario_at(e, i))
			return false;
	return true;
}

static struct sim_compared *compare(const struct exhibit *e,
				    const struct sim_catalogue_entry *scenario, const char *kernel)
{
	struct sim_compare how = {
		.config = { .kernel = e->config, .edition = e->edition, .profile = e->profile },
		.other_kernel = kernel,
		.preemptions = e->preemptions,
		.rewinds = true,
	};
	struct sim_compared *r = malloc(sizeof(*r));

	if (!r)
		abort();
	sim_catalogue_configure(scenario, &how.config);
	*r = sim_compare_named(scenario->name, scenario->run, &how);
	return r;
}

/* What one comparison says, as a violation is said; true: go on with the next scenario. */
static bool take(const struct sim_compared *r, char *violation, size_t size)
{
	if (r->error[0])
		snprintf(violation, size, "setup: %.480s", r->error);
	else if (r->differs)
		snprintf(violation, size, "%s: %.400s", r->what, r->b.line);
	else if (!r->exhaustive)
		snprintf(violation, size, "not every schedule was run");
	return !violation[0];
}

bool exhibit_compare(const struct exhibit *e, const char *kernel, struct exhibit_result *result)
{
	bool goes_on = true;

	for (unsigned i = 0; goes_on && i < nr_scenarios(e); i++) {
		struct sim_compared *r = compare(e, scenario_at(e, i), kernel);

		goes_on = take(r, result->violation, sizeof(result->violation));
		result->schedules += r->runs;
		strcpy(result->replay, r->differs ? r->b.replay : "");
		free(r);
	}
	if (!strncmp(result->violation, "setup: ", 7))
		return false;
	if (!strcmp(e->check, "same"))
		result->found = goes_on;
	else
		result->found = result->replay[0] && strstr(result->violation, e->text);
	return true;
}
