// SPDX-License-Identifier: BSD-2-Clause
/* The golden story: its world and its checks (kvm-call-sequences 0.4). */
#include <stdlib.h>

#include "telling.h"

static void check(struct telling *t, const char *title, const char *text, const char *ignore)
{
	char full[96];

	snprintf(full, sizeof(full), "%s: %s", t->story->name, title);
	t->bad += !golden_check(&t->f.golden, full, text, ignore);
}

void telling_check(struct telling *t, const char *title, const char *text)
{
	check(t, title, text, "REC_ENTER");
}

void telling_check_all(struct telling *t, const char *title, const char *text)
{
	check(t, title, text, NULL);
}

void telling_tables(struct telling *t, const char *title, unsigned cache, unsigned atomic)
{
	struct golden *g = &t->f.golden;

	if (g->cache_tables != cache || g->atomic_tables != atomic) {
		fprintf(stderr, "%s: %s: %u tables from the cache and %u atomic, not %u and %u\n",
			t->story->name, title, g->cache_tables, g->atomic_tables, cache, atomic);
		t->bad++;
	}
	g->cache_tables = g->atomic_tables = 0;
}

void telling_truth(struct telling *t, bool good, const char *title, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "%s: %s: expected %s\n", t->story->name, title, what);
	t->bad++;
}
void telling_open(struct telling *t, const struct story *story)
{
	struct sim_vm_config config = {
		.ipa_bits = story->ipa_bits,
		.vcpus = 2,
		.secondaries_off = true,
		.ram_base = STORY_GPA,
		.ram_mib = 512,
		.user_anon_private = true,
		.gmem_pa = STORY_GMEM,
		.user_pa = STORY_USER,
		.zero_pa = STORY_ZERO,
	};

	memset(t, 0, sizeof(*t));
	t->story = story;
	t->f.golden.one_granule = story->one_granule;
	t->f.custom = story->custom;
	fixture_open(&t->f, NULL, story->profile);
	t->page = sim_world_page_size(t->f.world);
	/* The kernel boots with the first VM: let another one be the first. */
	sim_vm_free(fixture_vm(&t->f, &(struct sim_vm_config){ 0 }));
	t->delegated = rmm_delegated(sim_world_rmm(t->f.world));
	golden_start(&t->f.golden, t->f.world);
	t->vm = fixture_vm(&t->f, &config);
	t->s = UINT64_C(1) << (story->ipa_bits - 1);
	golden_bind(&t->f.golden, "S", t->s);
	golden_bind(&t->f.golden, "S2", 2 * t->s);
}

void telling_close(struct telling *t)
{
	fixture_close(&t->f);
	assert_int_equal(t->bad, 0);
}

struct CMUnitTest *telling_test(struct CMUnitTest *to, const char *name, CMUnitTestFunction fn,
				const struct story *story)
{
	static char names[TELLING_MAX_TESTS][160];
	static unsigned used;
	char *full;

	if (used == TELLING_MAX_TESTS) {
		fprintf(stderr, "more tests than TELLING_MAX_TESTS\n");
		exit(1);
	}
	full = names[used++];
	snprintf(full, sizeof(names[0]), "%s (%s)", name, story->name);
	*to = (struct CMUnitTest){ full, fn, NULL, NULL, (void *)story };
	return to + 1;
}
