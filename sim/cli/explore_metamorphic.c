/* SPDX-License-Identifier: BSD-2-Clause */
/* rmisim explore SCENARIO --metamorphic: the scenario again, with its memory elsewhere. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "json.h"
#include "metamorphic.h"
#include "progress.h"

void metamorphic_there(const struct sim_catalogue_entry *e, const struct sim_config *config,
		       const struct sim_metamorphic *m, struct sim_result *result)
{
	struct sim_explore explore = { .config = *config, .max_runs = 1 };

	memset(result, 0, sizeof(*result));
	if (m->same || m->violation[0])
		return;
	explore.config.first_bank = m->first_bank;
	explore.config.spare_pages = m->spare_pages;
	explore.config.pages_downwards = m->pages_downwards;
	explore.config.ipa_offset = m->ipa_offset;
	*result = sim_explore_named(e->name, e->run, &explore);
}

/* Each run begins with event 0; how many there will be only the end knows. */
struct counted {
	struct progress progress;
	unsigned runs;
};

static void count(void *ctx, const struct sim_event *event)
{
	struct counted *c = ctx;
	double took;

	if (event->seq)
		return;
	took = progress_now() - c->progress.began;
	progress_show(&c->progress, 0, -1, "%u runs, %.0f runs/s", c->runs,
		      c->runs / (took > 0.01 ? took : 0.01));
	c->runs++;
}

int explore_metamorphic(const struct sim_catalogue_entry *e, const struct sim_config *config,
			bool as_json)
{
	struct counted counted = { .runs = 0 };
	struct sim_config own = *config;
	struct sim_metamorphic m;
	struct sim_result there;
	struct json j;

	progress_begin(&counted.progress);
	if (counted.progress.wanted) {
		own.event = count;
		own.event_ctx = &counted;
	}
	m = sim_metamorphic(e->run, &own);
	progress_end(&counted.progress);
	if (!strncmp(m.violation, "setup: ", 7))
		return cli_bad("%s", m.violation + 7);
	metamorphic_there(e, config, &m, &there);
	if (as_json) {
		json_begin(&j, stdout);
		json_string(&j, "scenario", e->name);
		json_unsigned(&j, "runs", m.runs);
		json_bool(&j, "same", m.same);
		if (!m.same) {
			json_string(&j, "variation", m.variation);
			json_unsigned(&j, "line", m.line);
			json_string(&j, "expected", m.expected);
			json_string(&j, "found", m.found);
		}
		if (m.violation[0])
			json_string(&j, "violation", m.violation);
		else if (there.violations) {
			json_string(&j, "violation", there.violation);
			json_string(&j, "replay", there.replay);
		}
		json_finish(&j);
	} else if (m.violation[0]) {
		printf("%s: violated as it is: %s\n", e->name, m.violation);
	} else if (m.same) {
		printf("%s: the same outcome in %u runs, wherever its memory is\n", e->name,
		       m.runs);
	} else {
		printf("%s: another outcome with %s, first in line %u\nusually: %s\nthere:   %s\n",
		       e->name, m.variation, m.line, m.expected, m.found);
		if (there.violations)
			printf("first: %s\nreplay: rmisim replay '%s'\n", there.violation,
			       there.replay);
	}
	return m.same ? CLI_OK : CLI_FOUND;
}
