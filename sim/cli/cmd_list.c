/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rmisim list: the scenario catalogue. Actors and points are those of a run without preemptions.
 * rmisim list --checks: what is checked in each run.
 */
#include <rmisim/check.h>
#include <rmisim/scenario.h>

#include "cli.h"
#include "json.h"

struct row {
	const struct sim_catalogue_entry *entry;
	struct sim_counts counts;
	char violation[200]; /* "" when clean */
};

static int run(const struct cli_common *common, struct sim_image *image, struct row *row)
{
	struct sim_config config = { .image = image,
				     .edition = common->edition,
				     .custom_profile = common->profile,
				     .known_breaches = cli_known_breaches(sim_image_name(image)) };
	char why[300] = "";
	struct sim_world *world;

	sim_catalogue_configure(row->entry, &config);
	world = sim_world_new(&config, why, sizeof(why));
	if (!world)
		return cli_bad("%s", why);
	sim_run(world, row->entry->run);
	row->counts = sim_counts(world);
	snprintf(row->violation, sizeof(row->violation), "%s",
		 sim_violation(world) ? sim_violation(world) : "");
	sim_world_free(world);
	return CLI_OK;
}

static void print(struct json *j, const struct row *row)
{
	const struct sim_catalogue_entry *e = row->entry;

	if (j) {
		json_object(j, NULL);
		json_string(j, "name", e->name);
		json_string(j, "about", e->about);
		json_unsigned(j, "actors", row->counts.actors);
		json_unsigned(j, "points", row->counts.points);
		json_unsigned(j, "rmi_calls", row->counts.rmi_calls);
		json_unsigned(j, "bound", e->bound);
		if (row->violation[0])
			json_string(j, "violation", row->violation);
		json_close(j, '}');
		return;
	}
	printf("%-28s %6u %6llu  %s%s%s\n", e->name, row->counts.actors,
	       (unsigned long long)row->counts.points, e->about,
	       row->violation[0] ? "\n    violation: " : "", row->violation);
}

static int list_checks(bool json)
{
	struct sim_check_info info;
	struct json j;

	if (json) {
		json_begin(&j, stdout);
		json_array(&j, "checks");
	}
	for (unsigned i = 0; sim_check_at(i, &info); i++) {
		if (!json) {
			printf("%-22s %-10s %s [%s]%s\n", info.name, sim_check_cost_name(info.cost),
			       info.sentence, info.source, info.ends ? "" : " *");
			continue;
		}
		json_object(&j, NULL);
		json_string(&j, "name", info.name);
		json_string(&j, "sentence", info.sentence);
		json_string(&j, "source", info.source);
		json_string(&j, "cost", sim_check_cost_name(info.cost));
		json_bool(&j, "ends", info.ends);
		json_close(&j, '}');
	}
	if (json) {
		json_close(&j, ']');
		json_finish(&j);
	} else {
		printf("* the run goes on behind it; sim_config.known_breaches takes the name\n");
	}
	return CLI_OK;
}

int cmd_list(const struct cli_command *command, int argc, char **argv)
{
	struct cli_common common = { 0 };
	const struct sim_catalogue_entry *e;
	struct cli_words words = { 0 };
	struct sim_image *image;
	char why[300] = "";
	bool found = false;
	int err = CLI_OK;
	bool checks = false;
	const struct cli_option own[] = {
		{ "checks", CLI_FLAG, &checks, NULL, "what is checked in each run" },
		{ NULL },
	};
	struct json j;

	if (cli_parse(command, argc, argv, &common, own, &words))
		return CLI_BAD;
	if (common.help) {
		cli_help(command, own);
		return CLI_OK;
	}
	if (words.nr)
		return cli_bad("list takes no scenario; 'rmisim explore %s' runs one",
			       cli_quote(words.word[0]));
	if (checks)
		return list_checks(common.json);
	image = sim_image_open(common.kernel ? common.kernel : "4k", why, sizeof(why));
	if (!image)
		return cli_bad("%s", why);
	if (common.json) {
		json_begin(&j, stdout);
		json_array(&j, "scenarios");
	} else {
		printf("%-28s %6s %6s\n", "scenario", "actors", "points");
	}
	for (unsigned i = 0; (e = sim_catalogue_at(i)) && !err; i++) {
		struct row row = { .entry = e };

		err = run(&common, image, &row);
		if (!err)
			print(common.json ? &j : NULL, &row);
		found |= row.violation[0] != '\0';
	}
	if (common.json) {
		json_close(&j, ']');
		json_finish(&j);
	}
	sim_image_close(image);
	if (err)
		return err;
	return found ? CLI_FOUND : CLI_OK;
}
