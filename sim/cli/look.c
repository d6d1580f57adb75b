/* SPDX-License-Identifier: BSD-2-Clause */
/* One run of the catalogue again, for whoever wants its events. */
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

int look_trace(const struct look *look)
{
	struct sim_tracer tracer;
	char violation[512];
	int status;

	look_tracer(look, &tracer);
	status = look_at_run(look, sim_trace_event, &tracer, violation, sizeof(violation));
	sim_trace_end(&tracer);
	return status;
}
