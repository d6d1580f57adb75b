/* SPDX-License-Identifier: BSD-2-Clause */
/* Exhibits of the RMM: a program model-NAME is rmisim on a patched model, and tells of itself in JSON. */
#include <stdlib.h>
#include <bsd/string.h>
#include <string.h>

#include "child.h"
#include "exhibit.h"
#include "json_read.h"

struct asked {
	struct exhibit *e;
	struct exhibit_result *result;
};

static void take_text(struct asked *asked, const struct json_member *m)
{
	struct exhibit *e = asked->e;
	const struct {
		const char *key;
		char *to;
		size_t size;
	} texts[] = {
		{ "title", e->title, sizeof(e->title) },
		{ "kind", e->kind, sizeof(e->kind) },
		{ "in", e->in, sizeof(e->in) },
		{ "config", e->config, sizeof(e->config) },
		{ "scenario", e->scenario, sizeof(e->scenario) },
		{ "check", e->check, sizeof(e->check) },
		{ "text", e->text, sizeof(e->text) },
		{ "profile", e->profile, sizeof(e->profile) },
		{ "wrong", e->wrong, sizeof(e->wrong) },
		{ "violation", asked->result->violation, sizeof(asked->result->violation) },
		{ "replay", asked->result->replay, sizeof(asked->result->replay) },
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (!strcmp(m->key, texts[i].key))
			strlcpy(texts[i].to, m->text, texts[i].size);
	if (!strcmp(m->key, "inject"))
		e->classes = !strcmp(m->text, "legal") ? SIM_LEGAL_FAILURES : SIM_WRONG_ANSWERS;
	if (!strcmp(m->key, "edition"))
		e->edition = !strcmp(m->text, "bet2")   ? RMI_BET2
			     : !strcmp(m->text, "bet3") ? RMI_BET3
							: RMI_BET1;
}

static const char *take_member(void *ctx, const struct json_member *m)
{
	struct asked *asked = ctx;

	if (m->kind == JSON_STRING)
		take_text(asked, m);
	if (!strcmp(m->key, "preemptions"))
		asked->e->preemptions = (unsigned)m->number;
	if (!strcmp(m->key, "metamorphic"))
		asked->e->metamorphic = m->number;
	if (!strcmp(m->key, "schedules"))
		asked->result->schedules = m->number;
	if (!strcmp(m->key, "ms"))
		asked->result->ms = m->real;
	if (!strcmp(m->key, "found"))
		asked->result->found = m->number;
	if (!strcmp(m->key, "again") && m->kind == JSON_BOOL) {
		asked->result->again_is_known = true;
		asked->result->again = m->number;
	}
	return NULL;
}

void exhibit_ask(struct exhibit *e, struct exhibit_result *result)
{
	struct asked asked = { e, result };
	char *argv[] = { e->program, (char *)"museum", (char *)"--json", NULL };
	const char *at, *wrong = "it says nothing of itself";
	char *out;
	int status = child_run(e->program, argv, &out);

	at = out ? strchr(out, '[') : NULL;
	if (at) {
		at++;
		wrong = json_read(&at, out + strlen(out), take_member, &asked);
	}
	/* It has made its runs: what is to be said of them follows from their result. */
	if (!wrong && result->schedules)
		e->wrong[0] = '\0';
	if (wrong && !e->wrong[0])
		snprintf(e->wrong, sizeof(e->wrong), "model-%s ends with status %d: %s", e->id,
			 status, wrong);
	if (!e->wrong[0] && !sim_catalogue_find(e->scenario))
		snprintf(e->wrong, sizeof(e->wrong), "its scenario '%s' is not in this rmisim",
			 cli_quote(e->scenario));
	result->found &= !e->wrong[0];
	free(out);
}
