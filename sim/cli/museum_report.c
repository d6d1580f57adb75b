/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <string.h>

#include "museum.h"

#define INDENT 13 /* behind the id */
#define WIDTH  98

/* Has everything been as it must be? */
static bool is_good(const struct exhibit_result *r)
{
	return r->found && (r->again || !r->again_is_known) && (r->clean || !r->clean_is_known);
}

void museum_count(struct museum_counts *counts, const struct exhibit *e,
		  const struct exhibit_result *result)
{
	(void)e;
	counts->exhibits++;
	counts->found += result->found;
	counts->bad += !is_good(result);
	counts->ms += result->ms;
}

/* Why it is not good, one sentence; "" when it is. */
static void say_wrong(const struct exhibit *e, const struct exhibit_result *r, char *buf,
		      size_t size)
{
	buf[0] = '\0';
	if (e->wrong[0])
		snprintf(buf, size, "%s is not found: %s", e->id, e->wrong);
	else if (!strncmp(r->violation, "setup: ", 7))
		snprintf(buf, size, "%s is not found: %s", e->id, r->violation + 7);
	else if (!r->found && e->compares)
		snprintf(buf, size, "%s is not found: %s", e->id,
			 r->violation[0] ? r->violation : "no difference to the clean port");
	else if (!r->found && r->violation[0])
		snprintf(buf, size, "%s is not found: the first violation is %s", e->id,
			 r->violation);
	else if (!r->found)
		snprintf(buf, size, "%s is not found: no violation in %" PRIu64 " schedules", e->id,
			 r->schedules);
	else if (r->clean_is_known && !r->clean)
		snprintf(buf, size, "%s: the clean port does not pass: %s", e->id,
			 r->clean_violation);
	else if (r->again_is_known && !r->again)
		snprintf(buf, size, "%s: its replay string does not lead there again", e->id);
}

/* Text */

/* Words from column INDENT on, broken before column WIDTH. */
static void wrapped(const char *text)
{
	size_t column = INDENT;

	printf("%*s", INDENT, "");
	while (*text) {
		size_t n = strcspn(text, " ");

		if (column > INDENT && column + 1 + n > WIDTH) {
			printf("\n%*s", INDENT, "");
			column = INDENT;
		} else if (column > INDENT) {
			putchar(' ');
			column++;
		}
		printf("%.*s", (int)n, text);
		column += n;
		text += n + (text[n] == ' ');
	}
	putchar('\n');
}

void museum_head(void)
{
	printf("%-*s%-22s%-42s%10s %8s\n", INDENT, "exhibit", "found by", "in", "schedules", "ms");
}

/* exhibit_says(), but of several scenarios only the first. */
static char *short_says(const struct exhibit *e, char *buf, size_t size)
{
	struct exhibit one = *e;
	unsigned others = 0;

	for (const char *p = e->scenario; *p; p++)
		others += *p == ' ';
	if (others)
		snprintf(one.scenario, sizeof(one.scenario), "%.*s and %u more",
			 (int)strcspn(e->scenario, " "), e->scenario, others);
	return exhibit_says(&one, buf, size);
}

void museum_row(const struct exhibit *e, const struct exhibit_result *r, bool replay)
{
	char says[256], text[900];

	if (e->wrong[0])
		printf("%-*s(cannot be run)\n", INDENT, e->id);
	else
		printf("%-*s%-22s%-42s%10" PRIu64 " %8.0f\n", INDENT, e->id,
		       r->found ? e->check : "(not found)", short_says(e, says, sizeof(says)),
		       r->schedules, r->ms);
	snprintf(text, sizeof(text), "%s (%s)", e->title,
		 !strcmp(e->kind, "planted") ? e->kind
		 : e->in[0]                  ? e->in
					     : "no version");
	wrapped(text);
	say_wrong(e, r, text, sizeof(text));
	if (text[0])
		wrapped(text);
	if (replay && r->replay[0])
		printf("%*s%s replay '%s'\n", INDENT, "", e->program[0] ? e->program : "rmisim",
		       r->replay);
}

void museum_sum(const struct museum_counts *c, const char *kernel)
{
	const char *plural = c->exhibits == 1 ? "" : "s";

	if (kernel)
		printf("%u of %u exhibit%s found in %s (%.1f s)\n", c->found, c->exhibits, plural,
		       kernel, c->ms / 1e3);
	else
		printf("%u exhibit%s, %u found%s (%.1f s)\n", c->exhibits, plural, c->found,
		       c->bad ? ", not all as they must be" : "", c->ms / 1e3);
}

void museum_list(const struct exhibit *e)
{
	if (e->program[0])
		printf("%-*sa defect of the RMM: %s\n", INDENT, e->id, e->program);
	else
		printf("%-*s%s\n", INDENT, e->id, e->title);
}

/* JSON */

static void json_result(struct json *j, const struct exhibit *e, const struct exhibit_result *r)
{
	char wrong[900];

	say_wrong(e, r, wrong, sizeof(wrong));
	json_bool(j, "found", r->found);
	json_unsigned(j, "schedules", r->schedules);
	json_real(j, "ms", r->ms);
	json_string(j, "violation", r->violation[0] ? r->violation : NULL);
	json_string(j, "replay", r->replay[0] ? r->replay : NULL);
	if (r->again_is_known)
		json_bool(j, "again", r->again);
	if (r->clean_is_known)
		json_bool(j, "clean", r->clean);
	if (wrong[0])
		json_string(j, "wrong", wrong);
}

void museum_json(struct json *j, const struct exhibit *e, const struct exhibit_result *r)
{
	static const char *const editions[] = { "bet1", "bet2", "bet3" };

	json_object(j, NULL);
	json_string(j, "id", e->id);
	json_string(j, "kind", e->kind);
	json_string(j, "title", e->title);
	json_string(j, "in", e->in);
	json_string(j, "scenario", e->scenario);
	json_string(j, "check", e->check);
	json_string(j, "text", e->text);
	json_unsigned(j, "preemptions", e->preemptions);
	json_string(j, "inject",
		    !e->classes                        ? NULL
		    : e->classes == SIM_LEGAL_FAILURES ? "legal"
						       : "wrong");
	if (e->metamorphic)
		json_bool(j, "metamorphic", true);
	json_string(j, "edition", editions[e->edition]);
	json_string(j, "profile", e->profile);
	json_string(j, "config", e->config);
	if (r)
		json_result(j, e, r);
	json_close(j, '}');
}

/* TAP */

static void tap_line(struct museum_counts *counts, bool ok, const char *id, const char *says)
{
	printf("%sok %u - %s: %s\n", ok ? "" : "not ", ++counts->tests, id, says);
}

void museum_tap(struct museum_counts *counts, const struct exhibit *e,
		const struct exhibit_result *r)
{
	char says[256], wrong[900];

	if (r->clean_is_known) {
		tap_line(counts, r->clean, e->id, "the clean port passes the same runs");
		if (r->clean)
			printf("# %s: %" PRIu64 " schedules on %s\n",
			       exhibit_says(e, says, sizeof(says)), r->clean_schedules, e->config);
		else
			printf("# %s\n", r->clean_violation);
	}
	snprintf(says, sizeof(says), "%s%s",
		 e->compares ? "compared with the clean port: " : e->check,
		 e->compares ? e->check : " finds it");
	tap_line(counts, r->found, e->id, says);
	say_wrong(e, r, wrong, sizeof(wrong));
	if (!r->found)
		printf("# %s\n", wrong);
	else if (!r->replay[0])
		printf("# no difference in %" PRIu64 " runs, %.0f ms\n", r->schedules, r->ms);
	else
		printf("# %s\n# schedule %" PRIu64 ", %.0f ms, %s replay '%s'\n", r->violation,
		       r->schedules, r->ms, e->program[0] ? e->program : "rmisim", r->replay);
	if (r->again_is_known)
		tap_line(counts, r->again, e->id,
			 "its replay string leads there again in a fresh process");
}
