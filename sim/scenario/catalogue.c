/* SPDX-License-Identifier: BSD-2-Clause */
/* The catalogue: the tables of all subjects, one after the other. */
#include <string.h>

#include "scenario.h"

static const struct sim_catalogue_entry *const subjects[] = {
	scenarios_corner,  scenarios_entry,   scenarios_fault,   scenarios_attribute,
	scenarios_convert, scenarios_mapping, scenarios_slots,   scenarios_folio,
	scenarios_life,    scenarios_race,    scenarios_race_mm, scenarios_race_end,
	scenarios_rtt,     scenarios_rec,     scenarios_trap,
};

const struct sim_catalogue_entry *sim_catalogue_at(unsigned i)
{
	for (unsigned s = 0; s < sizeof(subjects) / sizeof(subjects[0]); s++) {
		for (const struct sim_catalogue_entry *e = subjects[s]; e->name; e++)
			if (!i--)
				return e;
	}
	return NULL;
}

const struct sim_catalogue_entry *sim_catalogue_find(const char *name)
{
	const struct sim_catalogue_entry *e;

	for (unsigned i = 0; (e = sim_catalogue_at(i)); i++)
		if (!strcmp(e->name, name))
			return e;
	return NULL;
}

void sim_catalogue_configure(const struct sim_catalogue_entry *entry, struct sim_config *config)
{
	config->granule_points |= entry->granule_points;
}
