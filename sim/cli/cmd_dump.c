/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rmisim dump: the tables of realms and the memory of one run, as they are at its violation, else before its first VM
 * is closed, or behind an event of one's own choice.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <rmisim/dump.h>

#include "json.h"
#include "look.h"

struct options {
	struct cli_common common;
	struct cli_number at;
	const char *choices;
	bool rtt, granules, dot, svg;
};

/* What was written when it was time to. */
struct dump {
	const struct options *options;
	char *rtt, *granules; /* NULL: nothing yet */
	bool of_violation;
	uint64_t seq; /* behind this event */
};

static enum sim_dump_form form_of(const struct options *o)
{
	return o->common.json ? SIM_DUMP_JSON
	       : o->dot       ? SIM_DUMP_DOT
	       : o->svg       ? SIM_DUMP_SVG
			      : SIM_DUMP_TEXT;
}

static void write_one(struct sim_world *world, const struct options *o, bool rtt, char **text)
{
	size_t size;
	FILE *out;

	free(*text);
	*text = NULL;
	out = open_memstream(text, &size);
	if (!out)
		return;
	if (rtt)
		sim_dump_rtt(world, 0, form_of(o), out);
	else
		sim_dump_granules(world, form_of(o), out);
	fclose(out);
}

static void take(struct dump *d, const struct sim_event *e)
{
	const struct options *o = d->options;

	d->of_violation = e->kind == SIM_EVENT_VIOLATION;
	d->seq = e->seq;
	if (o->rtt)
		write_one(e->world, o, true, &d->rtt);
	if (o->granules)
		write_one(e->world, o, false, &d->granules);
}

static void on_event(void *ctx, const struct sim_event *e)
{
	struct dump *d = ctx;
	bool taken = d->rtt || d->granules;

	if (d->options->at.given) {
		if (!taken && e->seq >= d->options->at.value)
			take(d, e);
	} else if (e->kind == SIM_EVENT_VIOLATION) {
		if (!d->of_violation)
			take(d, e);
	} else if (!taken && e->kind == SIM_EVENT_VMM && e->name && !strcmp(e->name, "close")) {
		take(d, e);
	}
}

static void print_json(const struct dump *d, const char *scenario, const char *violation)
{
	struct json j;

	json_begin(&j, stdout);
	json_string(&j, "scenario", scenario);
	json_string(&j, "violation", violation);
	json_unsigned(&j, "event", d->seq);
	if (d->rtt)
		printf(",\"realms\":%s", d->rtt);
	if (d->granules)
		printf(",\"granules\":%s", d->granules);
	json_finish(&j);
}

static void print(const struct dump *d, const char *scenario, const char *violation)
{
	const struct options *o = d->options;

	if (o->common.json) {
		print_json(d, scenario, violation);
		return;
	}
	if (!o->dot && !o->svg)
		printf("%s, %s event %" PRIu64 "%s%s\n\n", scenario,
		       d->of_violation ? "at" : "behind", d->seq, violation ? ": " : "",
		       violation ? violation : "");
	if (d->rtt)
		fputs(d->rtt[0] ? d->rtt : "there is no realm\n", stdout);
	if (d->rtt && d->granules)
		printf("\n");
	if (d->granules)
		fputs(d->granules, stdout);
}

/* parsed: the run of this string; NULL: that of look->choices */
static int run(const struct options *o, const struct look *look, const struct look_string *parsed)
{
	struct dump dump = { .options = o };
	struct sim_result result = { 0 };
	int status;

	if (parsed)
		status = look_replay(parsed, look, on_event, &dump, &result);
	else
		status = look_at_run(look, on_event, &dump, result.violation,
				     sizeof(result.violation));
	if (status != CLI_BAD && !dump.rtt && !dump.granules)
		status = o->at.given ? cli_bad("the run has no event %" PRIu64
					       "; 'rmisim lanes %s --all' has their numbers",
					       o->at.value, look->scenario->name)
				     : cli_bad("the run closes no VM; say with --at N behind which "
					       "event");
	if (status != CLI_BAD)
		print(&dump, look->scenario->name, result.violation[0] ? result.violation : NULL);
	free(dump.rtt);
	free(dump.granules);
	return status;
}

static int check_options(struct options *o)
{
	if (!o->rtt && !o->granules)
		o->rtt = o->granules = !(o->dot || o->svg);
	if (!o->rtt && !o->granules)
		return cli_bad("a picture is of one thing: add --rtt or --granules");
	if (o->dot + o->svg + o->common.json > 1)
		return cli_bad("--dot, --svg and --json are forms of one thing; give one of them");
	if ((o->dot || o->svg) && o->rtt && o->granules)
		return cli_bad("a picture is of one thing: --rtt or --granules");
	if (o->dot && o->granules)
		return cli_bad("--dot is for --rtt; a map of memory is no graph, take --svg");
	return CLI_OK;
}

int cmd_dump(const struct cli_command *command, int argc, char **argv)
{
	struct options o = { .rtt = false };
	struct cli_words words = { 0 };
	const struct cli_option own[] = {
		{ "rtt", CLI_FLAG, &o.rtt, NULL, "the tables of realms, equal entries as ranges" },
		{ "granules", CLI_FLAG, &o.granules, NULL, "a map of physical memory by state" },
		{ "dot", CLI_FLAG, &o.dot, NULL, "--rtt as a graph for dot" },
		{ "svg", CLI_FLAG, &o.svg, NULL, "a picture: an SVG document on stdout" },
		{ "at", CLI_NUMBER, &o.at, "N",
		  "behind event N (default: the violation, else before the first VM is closed)" },
		{ "choices", CLI_TEXT, &o.choices, "STRING",
		  "the decisions of the run, as explore prints them (default: the usual ones)" },
		{ NULL },
	};
	struct look_string parsed;
	struct look look = { 0 };
	bool is_string;
	int status;

	if (cli_parse(command, argc, argv, &o.common, own, &words))
		return CLI_BAD;
	if (o.common.help) {
		cli_help(command, own);
		return CLI_OK;
	}
	if (check_options(&o))
		return CLI_BAD;
	look.choices = o.choices;
	if (look_word("dump", &words, &o.common, &look, &parsed, &is_string))
		return CLI_BAD;
	status = run(&o, &look, is_string ? &parsed : NULL);
	sim_image_close(look.image);
	return status;
}
