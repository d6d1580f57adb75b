/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <rmisim/rmm.h>

#include "stats.h"

#define MAX_ROWS     2048
#define MAX_PROFILES 8
#define MAX_ORDERS   512

static struct {
	atomic_uint_least64_t hits;
	const char *_Atomic test;
} rows[MAX_PROFILES][MAX_ROWS];

static struct {
	const char *command, *first, *second, *test;
} orders[MAX_ORDERS];

static atomic_uint nr_orders;
static const char *file_name;

void stats_name(const char *name)
{
	file_name = name;
}

/* A profile without a name of the list is a copy that a test has changed: not counted. */
static int profile_number(const char *name)
{
	const struct rmm_profile *p;

	for (int i = 0; i < MAX_PROFILES && (p = rmm_profile_at((unsigned)i)); i++) {
		if (!strcmp(p->name, name))
			return i;
	}
	return -1;
}

void stats_hit(int condition, const char *profile)
{
	int p = condition < 0 || condition >= MAX_ROWS ? -1 : profile_number(profile);

	if (p >= 0)
		atomic_fetch_add_explicit(&rows[p][condition].hits, 1, memory_order_relaxed);
}

void stats_asserted(int condition, const char *profile, const char *test)
{
	int p = condition < 0 || condition >= MAX_ROWS ? -1 : profile_number(profile);

	if (p >= 0)
		atomic_store(&rows[p][condition].test, test);
}

void stats_order(const char *command, const char *first, const char *second, const char *test)
{
	unsigned i = atomic_fetch_add(&nr_orders, 1);

	if (i >= MAX_ORDERS)
		return;
	orders[i].command = command;
	orders[i].first = first;
	orders[i].second = second;
	orders[i].test = test;
}

static void write_row(FILE *f, unsigned p, unsigned i, const struct rmm_condition_info *info)
{
	const char *profile = rmm_profile_at(p)->name, *test = rows[p][i].test;
	uint64_t hits = rows[p][i].hits;

	if (hits)
		fprintf(f, "hit %s %s %s %s %" PRIu64 "\n", info->command, info->name,
			info->status_name, profile, hits);
	if (test)
		fprintf(f, "asserted %s %s %s %s %s\n", info->command, info->name,
			info->status_name, profile, test);
}

static void write_notes(FILE *f)
{
	struct rmm_condition_info info;

	for (unsigned i = 0; i < MAX_ROWS && rmm_condition_at(i, &info); i++) {
		for (unsigned p = 0; p < MAX_PROFILES && rmm_profile_at(p); p++)
			write_row(f, p, i, &info);
	}
	for (unsigned i = 0; i < nr_orders && i < MAX_ORDERS; i++)
		fprintf(f, "order %s %s %s %s\n", orders[i].command, orders[i].first,
			orders[i].second, orders[i].test);
}

/* Under another name until it is whole: a reader may come at any time. */
static __attribute__((destructor)) void write_file(void)
{
	const char *folder = getenv("RMISIM_STATS"), *name = file_name;
	char part[1024], whole[1024];
	FILE *f;

	if (!folder || !*folder)
		return;
	if (!name)
		name = program_invocation_short_name;
	snprintf(part, sizeof(part), "%s/%s.part", folder, name);
	snprintf(whole, sizeof(whole), "%s/%s.stats", folder, name);
	mkdir(folder, 0777);
	f = fopen(part, "w");
	if (!f) {
		fprintf(stderr, "RMISIM_STATS: cannot write '%s': %s\n", part, strerror(errno));
		return;
	}
	write_notes(f);
	if (fclose(f) || rename(part, whole))
		fprintf(stderr, "RMISIM_STATS: '%s': %s\n", whole, strerror(errno));
}
