// SPDX-License-Identifier: BSD-2-Clause
#include <stdlib.h>

#include "fixture.h"

const char *fixture_kernel(void)
{
	const char *name = getenv("RMISIM_TEST_KERNEL");

	return name && *name ? name : "4k";
}

unsigned fixture_page_shift(void)
{
	char why[256] = "";
	struct sim_image *image = sim_image_open(fixture_kernel(), why, sizeof(why));
	unsigned shift;

	if (!image) {
		fprintf(stderr, "no kernel image %s: %s\n", fixture_kernel(), why);
		exit(1);
	}
	shift = sim_image_page_shift(image);
	sim_image_close(image);
	return shift;
}

void fixture_open(struct fixture *f, const char *kernel, const char *profile)
{
	char why[256] = "";
	struct sim_config config = {
		.profile = profile,
		.custom_profile = f->custom,
		.known_breaches = f->flawed ? "desc-state" : NULL,
		.event = golden_event,
		.event_ctx = &f->golden,
		.choices = f->choices,
		.answer = f->answer,
		.answer_ctx = f->answer_ctx,
	};

	if (!kernel)
		kernel = fixture_kernel();
	f->image = sim_image_open(kernel, why, sizeof(why));
	if (!f->image)
		fail_msg("no kernel image %s: %s", kernel, why);
	f->probe = sim_image_probe(f->image);
	config.image = f->image;
	f->world = sim_world_new(&config, why, sizeof(why));
	if (!f->world)
		fail_msg("no world on kernel %s, profile %s: %s", kernel,
			 profile ? profile : "strict", why);
	golden_start(&f->golden, f->world);
}

struct sim_vm *fixture_vm(struct fixture *f, const struct sim_vm_config *config)
{
	f->vm = sim_vm_new(f->world, config);
	if (!f->vm)
		fail_msg("no VM: %s", sim_error(f->world));
	return f->vm;
}

/* What is wrong with the world at its end; "" when nothing is. */
static void last_words(struct fixture *f, char *line, size_t size)
{
	const char *restless = sim_quiescent(f->world), *violation = sim_violation(f->world);

	if (violation)
		snprintf(line, size, "violation: %s", violation);
	else if (f->warned)
		return;
	else if (f->golden.warns)
		snprintf(line, size, "%u WARN, first: %s", f->golden.warns, f->golden.warn);
	else if (restless)
		snprintf(line, size, "not quiescent: %s", restless);
}

void fixture_close(struct fixture *f)
{
	char line[512] = "";

	sim_vm_free(f->vm);
	f->vm = NULL;
	if (!f->flawed)
		last_words(f, line, sizeof(line));
	golden_stop(&f->golden);
	sim_world_free(f->world);
	f->world = NULL;
	sim_image_close(f->image);
	f->image = NULL;
	if (line[0])
		fail_msg("%s", line);
}

int fixture_setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	const char *profile = *state;

	if (!f)
		return -1;
	*state = f;
	fixture_open(f, NULL, profile);
	return 0;
}

int fixture_teardown(void **state)
{
	struct fixture *f = *state;

	if (f->world)
		fixture_close(f);
	free(f);
	return 0;
}

struct rmm_entry fixture_walk(struct sim_vm *vm, rmm_ipa ipa)
{
	struct rmm_entry entry = { .level = -1 };

	if (!rmm_walk(sim_world_rmm(sim_vm_world(vm)), sim_vm_rd(vm), ipa, &entry))
		entry.level = -1;
	return entry;
}

void empty_program(struct sim_guest *guest, void *arg)
{
}
