/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Making the run of a replay string, and handing a violating run over as one.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay.h"

__attribute__((noinline)) void sim_at_violation(const char *violation)
{
	__asm__ volatile("" : : "r"(violation) : "memory"); /* a call that is not optimised away */
}

/* Refusals */

static struct sim_result refused(struct sim_result *result, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
static struct sim_result refused(struct sim_result *result, const char *fmt, ...)
{
	size_t n;
	va_list ap;

	n = (size_t)snprintf(result->violation, sizeof(result->violation), "setup: ");
	va_start(ap, fmt);
	vsnprintf(result->violation + n, sizeof(result->violation) - n, fmt, ap);
	va_end(ap);
	result->violations = 1;
	result->choices[0] = '\0';
	result->replay[0] = '\0';
	return *result;
}

const char *sim_replay_misfit(const struct runner *r, char *buf, size_t size)
{
	const struct decisions *d = &r->world->choices;
	const struct marks *marks = &d->plan.marks;
	const char *violation = sim_violation(r->world);

	if (!marks->text)
		return NULL;
	if (violation && !strncmp(violation, "replay: ", 8))
		snprintf(buf, size, "the replay string does not fit: %s", violation + 8);
	else if (violation && !strncmp(violation, "choices: ", 9))
		snprintf(buf, size, "the replay string does not fit: %s", violation + 9);
	else if (d->count < marks->count)
		snprintf(buf, size,
			 "the replay string does not fit: the run has %zu decisions here, the "
			 "string is about %zu",
			 d->count, marks->count);
	else
		return NULL;
	return buf;
}

static bool same_names(const struct sim_replay_about *a, const struct sim_replay_about *b)
{
	return !strcmp(a->kernel, b->kernel) && a->edition == b->edition &&
	       !strcmp(a->profile, b->profile) && a->granule_points == b->granule_points &&
	       a->failures == b->failures && a->first_bank == b->first_bank &&
	       a->ipa_offset == b->ipa_offset && a->spare_pages == b->spare_pages &&
	       a->pages_downwards == b->pages_downwards;
}

/* Which part of the configuration is another one? */
static const char *other_name(const struct sim_replay_about *string,
			      const struct sim_replay_about *here, char *buf, size_t size)
{
	if (strcmp(string->kernel, here->kernel))
		snprintf(buf, size, "kernel '%s', and this is '%s'", string->kernel, here->kernel);
	else if (string->edition != here->edition)
		snprintf(buf, size, "edition bet%u, and this is bet%u", string->edition + 1,
			 here->edition + 1);
	else if (strcmp(string->profile, here->profile))
		snprintf(buf, size, "profile '%s', and this is '%s'", string->profile,
			 here->profile);
	else if (string->granule_points != here->granule_points)
		snprintf(buf, size, "a run %s points at granule locks, and this one is %s",
			 string->granule_points ? "with" : "without",
			 here->granule_points ? "with" : "without");
	else if (string->first_bank != here->first_bank)
		snprintf(buf, size,
			 "memory from 0x%" PRIx64 " on, and here it is 0x%" PRIx64
			 " (0: the usual place)",
			 string->first_bank, here->first_bank);
	else if (string->ipa_offset != here->ipa_offset)
		snprintf(buf, size,
			 "VMs 0x%" PRIx64 " bytes higher than usual, and here it is 0x%" PRIx64,
			 string->ipa_offset, here->ipa_offset);
	else if (string->spare_pages != here->spare_pages)
		snprintf(buf, size, "a kernel without the first %u pages, and here it is %u",
			 string->spare_pages, here->spare_pages);
	else if (string->pages_downwards != here->pages_downwards)
		snprintf(buf, size, "pages handed out from the %s end, and here it is the other",
			 string->pages_downwards ? "upper" : "lower");
	else
		snprintf(buf, size, "failures of classes 0x%x, and here they are 0x%x",
			 string->failures, here->failures);
	return buf;
}

/* The string of a run of `r` would begin so. */
static bool describe(const struct runner *r, const char *name, struct replay *here, char *why,
		     size_t size)
{
	sim_replay_describe(r, name, &here->about);
	here->config = sim_config_fingerprint(&r->config);
	return sim_image_fingerprint(r->config.image, &here->image, why, size);
}

/* Replaying */

static bool make_run(struct runner *r, const char *string, const struct replay *replay,
		     struct sim_result *result)
{
	uint32_t *follow = calloc(replay->about.decisions + 1, sizeof(*follow));
	struct plan plan = { .follow = follow, .marks = replay->marks, .string = string };
	struct sim_world *world;

	if (!follow) {
		refused(result, "memory is short");
		return false;
	}
	sim_replay_decisions(string, follow, replay->about.decisions, &plan.count);
	world = runner_go(r, &plan);
	/* nobody follows any more; what is asked from now on is not of this run */
	if (world)
		world->choices.plan.follow = NULL, world->choices.plan.count = 0;
	free(follow);
	if (!world)
		refused(result, "%s", r->why);
	return world != NULL;
}

static void note_choices(const struct runner *r, struct sim_result *result)
{
	const char *choices = sim_choices(r->world);

	result->choices[0] = '\0';
	if (strlen(choices) < sizeof(result->choices))
		strcpy(result->choices, choices);
}

static struct sim_result judge(struct runner *r, const char *string, const struct replay *replay,
			       const struct replay *here, struct sim_result *result)
{
	const struct decisions *d = &r->world->choices;
	char why[400];

	if (sim_replay_misfit(r, why, sizeof(why)))
		return refused(result, "%s%s", why,
			       replay->image == here->image
				       ? ""
				       : " (the kernel image is another build, too)");
	if (replay->image != here->image)
		return refused(result,
			       "the replay string is of another build of kernel image '%s' (%08x, "
			       "here %08x); every label fits, so rmisim explore --choices may "
			       "follow it",
			       here->about.kernel, replay->image, here->image);
	if (sim_replay_chain(d) != replay->chain)
		return refused(result,
			       "the replay string does not fit: all is as it should be up to "
			       "decision %zu, the last that is not 0, and something is not behind "
			       "it",
			       replay->about.decisions - !!replay->about.decisions);
	result->schedules = 1;
	if (r->violation) {
		result->violations = 1;
		snprintf(result->violation, sizeof(result->violation), "%s", r->violation);
	}
	note_choices(r, result);
	if (strlen(string) < sizeof(result->replay))
		strcpy(result->replay, string);
	return *result;
}

static struct sim_result replay_on(struct runner *r, const char *name, const char *string,
				   const struct replay *replay, const struct sim_explore *explore)
{
	struct sim_result result = { 0 };
	struct replay here = { 0 };
	char why[300] = "";

	if (!describe(r, name, &here, why, sizeof(why)))
		return refused(&result, "%s", why);
	if (strcmp(replay->about.scenario, here.about.scenario))
		return refused(&result, "the replay string is of scenario '%s', and this is '%s'",
			       replay->about.scenario, here.about.scenario);
	if (!same_names(&replay->about, &here.about))
		return refused(&result, "the replay string is for %s",
			       other_name(&replay->about, &here.about, why, sizeof(why)));
	if (replay->config != here.config)
		return refused(&result, "the replay string is for other banks, another profile of "
					"that name, or another RMM in front of the model");
	if (!make_run(r, string, replay, &result))
		return result;
	judge(r, string, replay, &here, &result);
	if (result.schedules && r->violation && !sim_violation(r->world))
		sim_at_violation(r->violation); /* those of quiescence are found only now */
	if (result.schedules && explore->after)
		explore->after(r->world, explore->after_ctx);
	return result;
}

static bool wants_gdb(void)
{
	const char *gdb = getenv("RMISIM_GDB");

	return gdb && *gdb && strcmp(gdb, "0");
}

struct sim_result sim_replay_named(const char *name, sim_scenario scenario, const char *string,
				   const struct sim_explore *explore)
{
	static const struct sim_explore defaults;
	struct sim_result result = { 0 };
	struct replay replay;
	struct runner r;
	const char *wrong = sim_replay_parse(string, &replay);
	int err;

	if (!wrong && explore)
		wrong = sim_size_wrong(explore->size, sizeof(*explore));
	if (wrong)
		return refused(&result, "%s", wrong);
	err = wants_gdb() ? sim_replay_under_gdb() : 0;
	if (err)
		return refused(&result, "gdb cannot be started (%s); install it, or replay without",
			       strerror(-err));
	if (!explore)
		explore = &defaults;
	if (explore->scenario)
		name = explore->scenario;
	if (!runner_init(&r, &explore->config, scenario, false))
		refused(&result, "%s", r.why);
	else
		result = replay_on(&r, name, string, &replay, explore);
	result.runs = r.runs;
	runner_drop(&r);
	/* a debugger has it all in front of it, and would stop again */
	if (!sim_is_traced())
		sim_explain_result(&result, scenario, &explore->config);
	return result;
}

bool sim_replay_instead(const char *name, sim_scenario scenario, const struct sim_explore *explore,
			struct sim_result *result)
{
	const char *string = getenv("RMISIM_REPLAY");
	struct sim_replay_about here;
	struct replay replay;
	struct runner r;
	const char *wrong;
	bool meant;

	if (!string || !*string)
		return false;
	wrong = sim_replay_parse(string, &replay);
	if (wrong) {
		refused(result, "RMISIM_REPLAY: %s", wrong);
		return true;
	}
	if (explore->scenario)
		name = explore->scenario;
	meant = runner_init(&r, &explore->config, scenario, false);
	if (meant) {
		sim_replay_describe(&r, name, &here);
		meant = !strcmp(replay.about.scenario, here.scenario) &&
			same_names(&replay.about, &here);
	}
	runner_drop(&r);
	if (meant)
		*result = sim_replay_named(name, scenario, string, explore);
	return meant;
}

/* Handing over */

bool sim_replay_string(const struct runner *r, const char *name, char *out, size_t size)
{
	struct replay here = { 0 };
	char why[300];

	return describe(r, name, &here, why, sizeof(why)) &&
	       sim_replay_write(&here, &r->world->choices, out, size);
}

static void write_down(struct runner *r, const char *name, struct sim_result *result)
{
	snprintf(result->violation, sizeof(result->violation), "%s", r->violation);
	note_choices(r, result);
	result->replay[0] = '\0';
	if (!sim_replay_string(r, name, result->replay, sizeof(result->replay)))
		result->replay[0] = '\0';
}

void sim_report_violation(struct runner *r, const char *name, bool no_shrink, unsigned clean,
			  struct sim_result *result)
{
	const struct decisions *d = &r->world->choices;
	size_t count = d->count;
	uint32_t *follow = calloc(count + 1, sizeof(*follow));
	char why[400];

	for (size_t i = 0; follow && i < count; i++)
		follow[i] = d->taken[i].chosen;
	write_down(r, name, result);
	if (sim_repeat(r, why, sizeof(why))) {
		/* what cannot be repeated cannot be shrunk or replayed either */
		snprintf(result->violation, sizeof(result->violation), "%s", why);
		result->replay[0] = '\0';
	} else if (!no_shrink && follow) {
		sim_shrink(r, clean);
		if (r->violation && runner_same_check(r->violation, result->violation))
			write_down(r, name, result);
		runner_go(r, &(struct plan){ follow, count });
	}
	free(follow);
}
