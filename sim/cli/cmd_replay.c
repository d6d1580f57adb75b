/* SPDX-License-Identifier: BSD-2-Clause */
/* rmisim replay: one run of the catalogue again, from its string. */
#include "json.h"
#include "look.h"

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

static int replay(const struct cli_common *common, const struct trace_options *options,
		  const struct look_string *parsed)
{
	struct look look = { .common = common };
	const struct rmm_profile *profile = rmm_profile_find(parsed->about.profile);
	struct tracing tracing;
	struct sim_result result;
	struct sim_tracer tracer;
	int status;

	if (look_open(parsed, &look))
		return CLI_BAD;
	sim_tracer_init(&tracer, stdout, parsed->about.edition, sim_image_page_shift(look.image));
	tracer.format.s2ap_bit0_is_read = profile && profile->s2ap_bit0_is_read;
	status = tracing_open(&tracing, options);
	if (!status)
		status = tracing_begin(&tracing, &tracer, parsed->about.scenario);
	if (!status)
		status = look_replay(parsed, &look,
				     tracing_is_wanted(options) ? tracing_event : NULL, &tracing,
				     &result);
	if (tracing_close(&tracing))
		status = CLI_BAD;
	sim_image_close(look.image);
	if (status == CLI_BAD)
		return status;
	if (common->json)
		report_json(&parsed->about, &result);
	else
		report(&parsed->about, &result);
	return status;
}

int cmd_replay(const struct cli_command *command, int argc, char **argv)
{
	struct cli_common common = { 0 };
	struct cli_words words = { 0 };
	struct trace_options trace = { 0 };
	bool gdb = false;
	const struct cli_option own[] = {
		{ "trace", CLI_FLAG, &trace.text, NULL,
		  "print the run, one decoded line an event" },
		TRACE_FILES(&trace),
		TRACE_FILTERS(&trace),
		{ "gdb", CLI_FLAG, &gdb, NULL, "under gdb, stopped at the violation" },
		{ NULL },
	};
	struct look_string parsed;

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
	if (gdb && common.json)
		return cli_bad("--gdb is for looking and --json for scripts; give one of them");
	if (look_parse(words.word[0], &parsed))
		return CLI_BAD;
	if (gdb && sim_replay_under_gdb())
		return cli_bad("gdb cannot be started; install it, or replay without --gdb");
	trace.text = trace.text && !common.json;
	return replay(&common, &trace, &parsed);
}
