// SPDX-License-Identifier: BSD-2-Clause
/* The golden story: its world, its checks, and its end (kvm-call-sequences 0.4 and 13). */
#include <stdlib.h>

#include "telling.h"

void telling_check(struct telling *t, const char *title, const char *text)
{
	char full[96];

	snprintf(full, sizeof(full), "%s: %s", t->story->name, title);
	t->bad += !golden_check(&t->f.golden, full, text, "REC_ENTER");
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
	fixture_open(&t->f, NULL, story->profile);
	/* The kernel boots with the first VM: let another one be the first. */
	sim_vm_free(fixture_vm(&t->f, &(struct sim_vm_config){ 0 }));
	t->delegated = rmm_delegated(sim_world_rmm(t->f.world));
	golden_start(&t->f.golden, t->f.world);
	t->vm = fixture_vm(&t->f, &config);
	t->s = UINT64_C(1) << (story->ipa_bits - 1);
	golden_bind(&t->f.golden, "S", t->s);
	golden_bind(&t->f.golden, "S2", 2 * t->s);
}

static void check_counts(struct telling *t, const char *title, const struct story_count *count,
			 unsigned from, unsigned to)
{
	for (; count->command; count++) {
		unsigned n = golden_count(&t->f.golden, from, to, count->command, count->x0,
					  count->level);

		if (n == count->count)
			continue;
		fprintf(stderr, "%s: %s: %s -> 0x%llx at level %lld: %u calls, expected %u\n",
			t->story->name, title, count->command, (unsigned long long)count->x0,
			(long long)count->level, n, count->count);
		t->bad++;
	}
}

/* Look at the calls [from, to) alone. */
static void check_part(struct telling *t, const char *title, const char *text, unsigned from,
		       unsigned to)
{
	struct golden *g = &t->f.golden;
	unsigned all = g->nr_calls;
	char full[96];

	snprintf(full, sizeof(full), "%s: tear-down: %s", t->story->name, title);
	g->next = from;
	g->nr_calls = to;
	t->bad += !golden_check(g, full, text, "FOLD");
	g->nr_calls = all;
	g->next = all;
}

static char *rec_destroy_lines(struct telling *t)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);
	unsigned i, k;

	assert_non_null(to);
	for (i = 0; i < 2; i++) {
		char d = i ? 'E' : 'D';

		fprintf(to, "REC_DESTROY(REC%u) -> 0x%llx; X1 = g%u\n", i,
			(unsigned long long)t->story->rec_destroy, i);
		fprintf(to, "OP_MEM_RECLAIM(g%u, *, 256) -> 0x%llx; X1 = 16\n", i,
			(unsigned long long)t->story->reclaim);
		fprintf(to, "OP_CONTINUE(g%u, 0) -> 0\n", i);
		for (k = 0; k < 16; k++)
			fprintf(to, "RANGE_UNDELEGATE(%c?, *) -> 0; X1 = end\n", d);
		fprintf(to, "RANGE_UNDELEGATE(REC%u, REC%u+0x1000) -> 0; X1 = end\n", i, i);
	}
	fclose(to);
	return text;
}

void telling_tear_down(struct telling *t)
{
	const struct story *s = t->story;
	struct golden *g = &t->f.golden;
	unsigned begin = g->nr_calls, destroy, recs, again, terminate;
	char *text = rec_destroy_lines(t), last[512];

	sim_vm_free(t->vm);
	t->f.vm = NULL;
	destroy = golden_find(g, begin, "RTT_DESTROY");
	recs = golden_find(g, destroy, "REC_DESTROY");
	again = golden_find(g, recs, "UNPROT_UNMAP");
	terminate = golden_find(g, again, "REALM_TERMINATE");
	if (destroy - begin != s->unmap_calls) {
		fprintf(stderr, "%s: tear-down: %u calls before RTT_DESTROY, expected %u\n",
			s->name, destroy - begin, s->unmap_calls);
		t->bad++;
	}
	check_counts(t, "tear-down, events 1-4", s->unmap_counts, begin, destroy);
	if (s->unmap_all)
		check_part(t, "unmap", s->unmap_all, begin, destroy);
	check_part(t, "tables", s->destroy_tables, destroy, recs);
	check_part(t, "RECs", text, recs, again);
	check_counts(t, "tear-down, event 7", s->again_counts, again, terminate);
	if (s->unmap_again)
		check_part(t, "unmap again", s->unmap_again, again, terminate);
	snprintf(last, sizeof(last),
		 "REALM_TERMINATE(RD) -> 0\n%s"
		 "REALM_DESTROY(RD) -> 0\n"
		 "RANGE_UNDELEGATE(RD, RD+0x1000) -> 0; X1 = end\n"
		 "RANGE_UNDELEGATE(PGD, PGD+0x%x) -> 0; X1 = end\n",
		 s->destroy_nothing, s->pgd_pages * 0x1000);
	check_part(t, "realm", last, terminate, g->nr_calls);
	expect(t, "tear-down", rmm_delegated(sim_world_rmm(t->f.world)) == t->delegated);
	free(text);
}
