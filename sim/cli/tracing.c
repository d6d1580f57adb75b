/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tracing.h"

bool tracing_is_wanted(const struct trace_options *o)
{
	return o->text || o->json || o->jsonl;
}

/* "BASE:TOP" */
static int parse_range(const char *option, const char *text, struct sim_trace_range *range)
{
	const char *at = text;

	if (!text)
		return CLI_OK;
	if (!cli_number_prefix(at, &at, &range->base) || *at++ != ':' ||
	    !cli_number(at, &range->top) || range->top <= range->base)
		return cli_bad("--%s takes BASE:TOP, as in 0x400000:0x401000; not '%s'", option,
			       cli_quote(text));
	return CLI_OK;
}

static int parse_kinds(const char *text, uint32_t *hide)
{
	const char *wrong;
	char name[24];
	uint32_t kinds;

	if (!text)
		return CLI_OK;
	wrong = sim_trace_kinds(text, &kinds);
	if (wrong) {
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(wrong, ","), wrong);
		return cli_bad("--kind: there is no '%s'; there are rmi, exit, guest, kvm, lock, "
			       "wait, page, mm, vmm, log, warn, sched, violation and all",
			       cli_quote(name));
	}
	*hide = ~(kinds | SIM_TRACE_BIT(SIM_EVENT_VIOLATION));
	return CLI_OK;
}

int tracing_filter(const struct trace_options *o, struct sim_tracer *tracer)
{
	tracer->only = o->cpus;
	if (parse_kinds(o->kinds, &tracer->hide) || parse_range("ipa", o->ipa, &tracer->ipa) ||
	    parse_range("pa", o->pa, &tracer->pa))
		return CLI_BAD;
	return CLI_OK;
}

static int open_file(struct tracing *t, const char *name, enum sim_export_format format)
{
	FILE *file;

	if (!name)
		return CLI_OK;
	file = fopen(name, "w");
	if (!file)
		return cli_bad("cannot write '%s' (%s); name a file in a folder that is there",
			       cli_quote(name), strerror(errno));
	t->files[t->nr_files].file = file;
	t->files[t->nr_files].format = format;
	t->files[t->nr_files++].name = name;
	return CLI_OK;
}

int tracing_open(struct tracing *t, const struct trace_options *o)
{
	*t = (struct tracing){ .text = o->text, .kinds = o->kinds };
	/* What is wrong with the filters is told before a file is touched. */
	if (tracing_filter(o, &t->filters))
		return CLI_BAD;
	if (!tracing_is_wanted(o) && !o->draws && (o->kinds || o->cpus || o->ipa || o->pa))
		return cli_bad("--kind, --cpu, --ipa and --pa choose from a trace; add --trace, "
			       "--trace-json FILE or --trace-jsonl FILE");
	if (open_file(t, o->json, SIM_EXPORT_CHROME) || open_file(t, o->jsonl, SIM_EXPORT_JSONL)) {
		tracing_close(t);
		return CLI_BAD;
	}
	return CLI_OK;
}

int tracing_begin(struct tracing *t, const struct sim_tracer *tracer, const char *title)
{
	struct sim_tracer whole;

	t->tracer = *tracer;
	t->tracer.only = t->filters.only;
	t->tracer.ipa = t->filters.ipa;
	t->tracer.pa = t->filters.pa;
	if (t->kinds)
		t->tracer.hide = t->filters.hide;
	/* Files have all that was not asked to be left out, also where lines are fewer. */
	whole = t->tracer;
	whole.hide = t->filters.hide;
	for (unsigned i = 0; i < t->nr_files; i++) {
		t->files[i].export =
			sim_export_new(&whole, t->files[i].format, t->files[i].file, title);
		if (!t->files[i].export)
			return cli_bad("out of memory; the run was not traced");
	}
	return CLI_OK;
}

static void note_actor(struct tracing *t, const struct sim_event *event)
{
	size_t len = strlen(t->names);
	char number[24];

	if (event->actor >= 64 || t->seen >> event->actor & 1)
		return;
	t->seen |= UINT64_C(1) << event->actor;
	snprintf(number, sizeof(number), "%u", event->actor);
	snprintf(t->names + len, sizeof(t->names) - len, "%s%s", len ? "," : "",
		 event->actor_name ? event->actor_name
		 : event->actor    ? number
				   : "scenario");
}

static bool was_there(const struct tracing *t, const char *word, size_t len)
{
	char *end;
	unsigned long number = strtoul(word, &end, 10);

	if (len && end == word + len && (number >= 64 || t->seen >> number & 1))
		return true;
	for (const char *name = t->names; *name; name += strcspn(name, ","), name += *name == ',')
		if (len && strcspn(name, ",") == len && !strncmp(name, word, len))
			return true;
	return false;
}

/* Every word of --cpu has to be somebody who was there; of a run without events nobody can say. */
static int check_cpus(const struct tracing *t)
{
	const char *word = t->filters.only;
	char name[24];
	size_t len;

	for (; word && t->seen; word += len + 1) {
		len = strcspn(word, ",");
		snprintf(name, sizeof(name), "%.*s", (int)len, word);
		if (!was_there(t, word, len))
			return cli_bad("--cpu: nobody is called '%s' in this run; there are %s",
				       cli_quote(name), t->names);
		if (!word[len])
			break;
	}
	return CLI_OK;
}

void tracing_event(void *tracing, const struct sim_event *event)
{
	struct tracing *t = tracing;

	if (t->filters.only)
		note_actor(t, event);
	if (t->event)
		t->event(t->event_ctx, event);
	if (t->text)
		sim_trace_event(&t->tracer, event);
	for (unsigned i = 0; i < t->nr_files; i++)
		sim_export_event(t->files[i].export, event);
}

int tracing_close(struct tracing *t)
{
	int status = CLI_OK;

	if (t->text && t->tracer.out)
		sim_trace_end(&t->tracer);
	for (unsigned i = 0; i < t->nr_files; i++) {
		FILE *file = t->files[i].file;
		bool bad;

		sim_export_end(t->files[i].export);
		bad = fflush(file) || ferror(file);
		if (fclose(file) || bad)
			status = cli_bad("'%s' is not whole (%s); name a file with room",
					 cli_quote(t->files[i].name), strerror(errno));
	}
	t->nr_files = 0;
	return status ? status : check_cpus(t);
}
