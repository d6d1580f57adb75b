/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>

#include "json.h"
#include "search.h"

const char *search_how_name(enum sim_how how)
{
	static const char *const names[] = { "exhaustive", "random", "pct" };

	return names[how];
}

void search_report_json(const struct search_asked *asked, const struct sim_result *result,
			double seconds)
{
	struct json j;

	json_begin(&j, stdout);
	json_string(&j, "scenario", asked->scenario);
	json_unsigned(&j, "schedules", result->schedules);
	if (result->how == SIM_RANDOM)
		json_string(&j, "bound", NULL);
	else
		json_unsigned(&j, "bound", result->preemptions);
	json_bool(&j, "exhaustive", result->exhaustive);
	json_unsigned(&j, "violations", result->violations);
	if (result->violations) {
		json_string(&j, "violation", result->violation);
		json_string(&j, "choices", result->choices);
		json_string(&j, "report", result->report);
		if (result->replay[0])
			json_string(&j, "replay", result->replay);
	}
	json_unsigned(&j, "runs", result->runs);
	json_real(&j, "seconds", seconds);
	json_string(&j, "search", search_how_name(asked->how));
	if (asked->how != SIM_RANDOM)
		json_unsigned(&j, "preemptions", asked->preemptions);
	if (asked->how != SIM_EXHAUSTIVE)
		json_unsigned(&j, "seed", asked->seed);
	json_unsigned(&j, "failures", asked->failures);
	json_unsigned(&j, "max", asked->max);
	if (asked->shard)
		json_unsigned(&j, "shard", asked->shard);
	if (asked->shards)
		json_unsigned(&j, "shards", asked->shards);
	json_string(&j, "kernel", asked->kernel);
	json_string(&j, "image", asked->image);
	json_string(&j, "edition", asked->edition);
	json_string(&j, "profile", asked->profile);
	json_string(&j, "version", asked->version);
	json_finish(&j);
}

void search_report(const struct search_asked *asked, const struct sim_result *result,
		   double seconds)
{
	char says[160];

	printf("%s: ", asked->scenario);
	if (asked->shard)
		printf("shard %" PRIu64 " of %" PRIu64 ", ", asked->shard, asked->shards);
	else if (asked->shards)
		printf("all of %" PRIu64 " shards, ", asked->shards);
	printf("%s (%.1f s, %.0f/s)\n", sim_result_says(result, says, sizeof(says)), seconds,
	       (double)result->schedules / (seconds > 0 ? seconds : 1));
	if (!result->violations)
		return;
	printf("first: %s\nchoices: %s\n", result->violation, result->choices);
	if (result->replay[0])
		printf("replay: rmisim replay '%s'\n", result->replay);
	printf("%s", result->report);
}
