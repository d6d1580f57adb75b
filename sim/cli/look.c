/* SPDX-License-Identifier: BSD-2-Clause */
/* One run of the catalogue again, for whoever wants its events. */
#include <string.h>

#include "look.h"

int look_at_run(const struct look *look, sim_event_fn event, void *ctx, char *violation,
		size_t size)
{
	struct sim_config config = {
		.image = look->image,
		.edition = look->common->edition,
		.custom_profile = look->common->profile,
		.known_breaches = cli_known_breaches(sim_image_name(look->image)),
		.choices = look->choices,
		.failures = look->failures,
		.event = event,
		.event_ctx = ctx,
	};
	char why[400] = "";
	struct sim_world *world;
	const char *wrong;

	sim_catalogue_configure(look->scenario, &config);
	world = sim_world_new(&config, why, sizeof(why));
	if (!world)
		return cli_bad("%s", why);
	sim_run(world, look->scenario->run);
	wrong = sim_violation(world);
	if (!wrong)
		wrong = sim_quiescent(world);
	snprintf(violation, size, "%s", wrong ? wrong : "");
	sim_world_free(world);
	return wrong ? CLI_FOUND : CLI_OK;
}

void look_tracer(const struct look *look, struct sim_tracer *tracer)
{
	sim_tracer_init(tracer, stdout, look->common->edition, sim_image_page_shift(look->image));
	tracer->format.s2ap_bit0_is_read = look->common->profile->s2ap_bit0_is_read;
}

int look_trace(const struct look *look, struct tracing *tracing)
{
	struct sim_tracer tracer;
	char violation[512];

	look_tracer(look, &tracer);
	if (tracing_begin(tracing, &tracer, look->scenario->name))
		return CLI_BAD;
	return look_at_run(look, tracing_event, tracing, violation, sizeof(violation));
}

int look_parse(const char *string, struct look_string *parsed)
{
	const char *wrong = sim_replay_about(string, &parsed->about);

	parsed->string = string;
	if (wrong)
		return cli_bad("%s; it begins '%.40s'", wrong, cli_quote(string));
	return CLI_OK;
}

int look_open(const struct look_string *parsed, struct look *look)
{
	const char *kernel = look->common->kernel ? look->common->kernel : parsed->about.kernel;
	char why[300] = "";

	look->scenario = sim_catalogue_find(parsed->about.scenario);
	if (!look->scenario)
		return cli_bad("scenario '%s' is not in the catalogue; for one of your own set "
			       "RMISIM_REPLAY to the string and run its test",
			       cli_quote(parsed->about.scenario));
	look->image = sim_image_open(kernel, why, sizeof(why));
	if (!look->image)
		return cli_bad("%s", why);
	return CLI_OK;
}

/* A string says everything but where the image is. */
static int open_string(struct look *look, struct cli_common *common, const char *string,
		       struct look_string *parsed)
{
	if (look->choices || common->edition_given || common->profile_given)
		return cli_bad("the replay string says which choices, edition and profile; leave "
			       "out --choices, --edition and --profile");
	if (look_parse(string, parsed))
		return CLI_BAD;
	common->edition = parsed->about.edition;
	if (rmm_profile_find(parsed->about.profile))
		common->profile = rmm_profile_find(parsed->about.profile);
	return look_open(parsed, look);
}

int look_word(const char *command, const struct cli_words *words, struct cli_common *common,
	      struct look *look, struct look_string *parsed, bool *is_string)
{
	char why[300] = "";

	look->common = common;
	if (words->nr != 1)
		return cli_bad("%s takes one scenario ('rmisim list' has their names) or one "
			       "replay string, in single quotes",
			       command);
	*is_string = !strncmp(words->word[0], "rmisim", 6);
	if (*is_string)
		return open_string(look, common, words->word[0], parsed);
	look->scenario = sim_catalogue_find(words->word[0]);
	if (!look->scenario)
		return cli_bad("no scenario '%s'; 'rmisim list' has their names",
			       cli_quote(words->word[0]));
	look->image = sim_image_open(look->common->kernel ? look->common->kernel : "4k", why,
				     sizeof(why));
	return look->image ? CLI_OK : cli_bad("%s", why);
}

int look_replay(const struct look_string *parsed, const struct look *look, sim_event_fn event,
		void *ctx, struct sim_result *result)
{
	struct sim_explore explore = {
		.config = { .image = look->image,
			    .edition = parsed->about.edition,
			    .profile = parsed->about.profile,
			    .known_breaches = cli_known_breaches(sim_image_name(look->image)),
			    .granule_points = parsed->about.granule_points,
			    .first_bank = parsed->about.first_bank,
			    .spare_pages = parsed->about.spare_pages,
			    .pages_downwards = parsed->about.pages_downwards,
			    .ipa_offset = parsed->about.ipa_offset,
			    .failures = parsed->about.failures,
			    .event = event,
			    .event_ctx = ctx },
	};

	*result = sim_replay_named(look->scenario->name, look->scenario->run, parsed->string,
				   &explore);
	if (!strncmp(result->violation, "setup: ", 7))
		return cli_bad("%s", result->violation + 7);
	return result->violations ? CLI_FOUND : CLI_OK;
}
