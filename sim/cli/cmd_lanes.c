/* SPDX-License-Identifier: BSD-2-Clause */
/* rmisim lanes: one run of a scenario, one column an actor, one line an event. */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "json.h"
#include "look.h"

#define MIN_WIDTH 40
#define MAX_WIDTH 1000

/* Of the terminal, else $COLUMNS, else what mails and logs bear. */
static unsigned width_of_output(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size = { 0 };
	uint64_t value;

	if (isatty(STDOUT_FILENO) && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col)
		return size.ws_col;
	if (columns && cli_number(columns, &value) && value >= MIN_WIDTH && value <= MAX_WIDTH)
		return (unsigned)value;
	return 120;
}

static void event_json(void *ctx, const struct sim_event *event, const char *line)
{
	struct json *j = ctx;

	json_object(j, NULL);
	json_unsigned(j, "seq", event->seq);
	json_unsigned(j, "actor", event->actor);
	json_string(j, "actor_name", event->actor_name);
	json_string(j, "kind", sim_event_kind_name(event->kind));
	json_string(j, "name", event->name);
	json_number(j, "value", event->value);
	json_string(j, "line", line);
	json_close(j, '}');
}

static void report_json(const struct sim_lanes *lanes, const char *scenario, const char *violation)
{
	struct json j;

	json_begin(&j, stdout);
	json_string(&j, "scenario", scenario);
	json_unsigned(&j, "actors", sim_lanes_actors(lanes));
	json_string(&j, "violation", violation);
	json_array(&j, "events");
	sim_lanes_each(lanes, event_json, &j);
	json_close(&j, ']');
	json_finish(&j);
}

struct options {
	struct cli_common common;
	const char *choices;
	bool svg, all;
	struct trace_options trace;
};

static void show(struct sim_lanes *lanes, const struct options *o, const char *scenario,
		 const char *choices, const char *violation)
{
	char title[160];

	snprintf(title, sizeof(title), "%s%s%.100s", scenario, choices ? ", choices " : "",
		 choices ? choices : "");
	if (o->common.json)
		report_json(lanes, scenario, violation);
	else if (o->svg)
		sim_lanes_svg(lanes, stdout, title, o->all);
	else
		sim_lanes_text(lanes, stdout, width_of_output(), o->all);
}

/* parsed: the run of this string; NULL: that of look->choices */
static int run(const struct options *o, const struct look *look, const struct look_string *parsed)
{
	struct sim_result result = { 0 };
	struct tracing tracing;
	struct sim_tracer tracer;
	struct sim_lanes *lanes;
	int status;

	look_tracer(look, &tracer);
	if (tracing_open(&tracing, &o->trace))
		return CLI_BAD;
	if (tracing_begin(&tracing, &tracer, look->scenario->name)) {
		tracing_close(&tracing);
		return CLI_BAD;
	}
	tracer.hide = o->all || o->common.json ? 0 : SIM_TRACE_LANES;
	tracing_filter(&o->trace, &tracer);
	lanes = sim_lanes_new(&tracer);
	if (!lanes) {
		tracing_close(&tracing);
		return cli_bad("out of memory; nothing was done");
	}
	tracing.event = sim_lanes_event;
	tracing.event_ctx = lanes;
	if (parsed)
		status = look_replay(parsed, look, tracing_event, &tracing, &result);
	else
		status = look_at_run(look, tracing_event, &tracing, result.violation,
				     sizeof(result.violation));
	if (tracing_close(&tracing))
		status = CLI_BAD;
	sim_lanes_end(lanes);
	if (status != CLI_BAD)
		show(lanes, o, look->scenario->name, parsed ? result.choices : o->choices,
		     result.violation[0] ? result.violation : NULL);
	sim_lanes_free(lanes);
	return status;
}

int cmd_lanes(const struct cli_command *command, int argc, char **argv)
{
	struct options o = { .trace.draws = true };
	struct look look = { 0 };
	struct look_string parsed;
	bool is_string;
	int status;
	struct cli_words words = { 0 };
	const struct cli_option own[] = {
		{ "choices", CLI_TEXT, &o.choices, "STRING",
		  "the decisions of the run, as explore prints them (default: the usual ones)" },
		{ "svg", CLI_FLAG, &o.svg, NULL, "a picture: an SVG document on stdout" },
		{ "all", CLI_FLAG, &o.all, NULL,
		  "what the scenario does alone, too, and what is asked and allocated" },
		TRACE_FILES(&o.trace),
		TRACE_FILTERS(&o.trace),
		{ NULL },
	};

	if (cli_parse(command, argc, argv, &o.common, own, &words))
		return CLI_BAD;
	if (o.common.help) {
		cli_help(command, own);
		return CLI_OK;
	}
	if (o.svg && o.common.json)
		return cli_bad("--svg and --json are two forms of one thing; give one of them");
	look.choices = o.choices;
	if (look_word("lanes", &words, &o.common, &look, &parsed, &is_string))
		return CLI_BAD;
	status = run(&o, &look, is_string ? &parsed : NULL);
	sim_image_close(look.image);
	return status;
}
