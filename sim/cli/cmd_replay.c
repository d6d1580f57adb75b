/* SPDX-License-Identifier: BSD-2-Clause */
/* rmisim replay: one run of the catalogue again, from its string. */
#include <string.h>

#include <rmisim/replay.h>
#include <rmisim/scenario.h>
#include <rmisim/trace.h>

#include "cli.h"
#include "json.h"

static void report_json(const struct sim_replay_about *about, const struct sim_result *r)
{
	struct json j;

	json_begin(&j, stdout);
	json_string(&j, "scenario", about->scenario);
	json_string(&j, "kernel", about->kernel);
	json_string(&j, "violation", r->violations ? r->violation : NULL);
	json_string(&j, "choices", r->choices);
	json_finish(&j);
}

static void report(const struct sim_replay_about *about, const struct sim_result *r)
{
	printf("%s on %s: the same run", about->scenario, about->kernel);
	if (r->violations)
		printf(", and the same violation\n%s\n%s", r->violation, r->report);
	else
		printf(", without a violation\n");
}

static int bad_string(const char *string, const char *wrong)
{
	return cli_bad("%s; it begins '%.40s'", wrong, cli_quote(string));
}

/* The configuration that the string names; a kernel may be told, because its file may stand anywhere. */
static int replay(const struct cli_common *common, bool trace, const char *string)
{
	struct sim_tracer tracer;
	struct sim_explore explore = { 0 };
	const struct sim_catalogue_entry *e;
	struct sim_replay_about about;
	const char *wrong = sim_replay_about(string, &about);
	struct sim_result result;
	struct sim_image *image;
	char why[300] = "";

	if (wrong)
		return bad_string(string, wrong);
	e = sim_catalogue_find(about.scenario);
	if (!e)
		return cli_bad("scenario '%s' is not in the catalogue; for one of your own set "
			       "RMISIM_REPLAY to the string and run its test",
			       cli_quote(about.scenario));
	image = sim_image_open(common->kernel ? common->kernel : about.kernel, why, sizeof(why));
	if (!image)
		return cli_bad("%s", why);
	explore.config =
		(struct sim_config){ .image = image,
				     .edition = about.edition,
				     .profile = about.profile,
				     .known_breaches = cli_known_breaches(sim_image_name(image)),
				     .granule_points = about.granule_points,
				     .failures = about.failures };
	if (trace && !common->json) {
		sim_tracer_init(&tracer, stdout, about.edition, sim_image_page_shift(image));
		explore.config.event = sim_trace_event;
		explore.config.event_ctx = &tracer;
	}
	result = sim_replay_named(e->name, e->run, string, &explore);
	if (explore.config.event)
		sim_trace_end(&tracer);
	sim_image_close(image);
	if (!strncmp(result.violation, "setup: ", 7))
		return cli_bad("%s", result.violation + 7);
	if (common->json)
		report_json(&about, &result);
	else
		report(&about, &result);
	return result.violations ? CLI_FOUND : CLI_OK;
}

int cmd_replay(const struct cli_command *command, int argc, char **argv)
{
	struct cli_common common = { 0 };
	struct cli_words words = { 0 };
	bool gdb = false, trace = false;
	const struct cli_option own[] = {
		{ "trace", CLI_FLAG, &trace, NULL, "print the run, one decoded line an event" },
		{ "gdb", CLI_FLAG, &gdb, NULL, "under gdb, stopped at the violation" },
		{ NULL },
	};
	struct sim_replay_about about;
	const char *wrong;

	if (cli_parse(command, argc, argv, &common, own, &words))
		return CLI_BAD;
	if (common.help) {
		cli_help(command, own);
		return CLI_OK;
	}
	if (words.nr != 1)
		return cli_bad("replay takes one string, in single quotes: the one that 'rmisim "
			       "explore' or 'rmisim inject' prints");
	if (common.edition_given || common.profile_given)
		return cli_bad("the replay string says which edition and profile; leave out "
			       "--edition and --profile");
	wrong = sim_replay_about(words.word[0], &about);
	if (wrong)
		return bad_string(words.word[0], wrong);
	if (gdb && sim_replay_under_gdb())
		return cli_bad("gdb cannot be started; install it, or replay without --gdb");
	return replay(&common, trace, words.word[0]);
}
