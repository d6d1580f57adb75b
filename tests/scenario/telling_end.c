// SPDX-License-Identifier: BSD-2-Clause
/*
 * The golden story: its end, kvm-call-sequences 13, event by event and call by call.
 *
 * The thousands of calls that look at each entry of a table are written here from the sheet's sentences
 * about them; its totals are compared besides.
 */
#include <stdlib.h>

#include "telling.h"

/* One table of the VM at its end; fold: RTT_FOLD's answer, NULL: it has tables below. Level 0: no more. */
struct table {
	uint64_t ipa;
	int level;
	const char *fold;
};

/* Shared pages in runs, as one UNPROT_UNMAP takes them. */
static const struct run {
	uint64_t offset, pages;
} shared_runs[] = { { 0x90000000, 1 }, { 0x90005000, 2 }, { 0x90008000, 1 } };

static uint64_t entry_size(int level)
{
	return UINT64_C(1) << (12 + 9 * (3 - level));
}

static const struct table *find_table(const struct table *tables, uint64_t ipa, int level)
{
	for (; tables->level; tables++)
		if (tables->ipa == ipa && tables->level == level)
			return tables;
	return NULL;
}

/* Events 2 and 4: the fold of every table of this level in [ipa, top), and of those below. */
static void fold_lines(FILE *to, const struct table *tables, uint64_t ipa, uint64_t top, int level)
{
	for (; ipa < top; ipa += entry_size(level - 1)) {
		const struct table *table = find_table(tables, ipa, level);

		fprintf(to, "FOLD(RD, 0x%llx, %d) -> ", (unsigned long long)ipa, level);
		if (!table) {
			fprintf(to, "0x%x\n", (level - 1) << 8 | 4);
		} else if (table->fold) {
			fprintf(to, "%s", table->fold);
		} else {
			fprintf(to, "0x%x\n", level << 8 | 4);
			fold_lines(to, tables, ipa, ipa + entry_size(level - 1), level + 1);
		}
	}
}

/* (b), event 1: every entry of the shared half that maps nothing is a call of its own. */
static void unprot_lines(FILE *to, const struct telling *t, const struct table *tables,
			 uint64_t ipa, uint64_t top, int level)
{
	uint64_t next;
	unsigned i;

	for (; ipa < top; ipa = next) {
		next = ipa + entry_size(level);
		if (level < 3 && find_table(tables, ipa, level + 1)) {
			unprot_lines(to, t, tables, ipa, next, level + 1);
			continue;
		}
		fprintf(to, "UNPROT_UNMAP(RD, 0x%llx, S2, 0, 0) -> ", (unsigned long long)ipa);
		for (i = 0; i < 3 && t->s + shared_runs[i].offset != ipa; i++)
			;
		if (level < 3 || i == 3) {
			fprintf(to, "0x%x\n", level << 8 | 4);
			continue;
		}
		next = ipa + shared_runs[i].pages * t->page;
		fprintf(to, "0; X1 = 0x%llx\n", (unsigned long long)next);
	}
}

/* Events 1 and 2, and again in 7, when no table is left. */
static void shared_half_lines(FILE *to, const struct telling *t, const struct table *tables)
{
	int root = (int)t->story->levels;

	if (t->story->leaf)
		unprot_lines(to, t, tables, t->s, 2 * t->s, root);
	else
		fprintf(to, "UNPROT_UNMAP(RD, S, S2, 0, 0) -> 0; X1 = S2\n");
	fold_lines(to, tables, t->s, 2 * t->s, root + 1);
}

static void unmap_lines(FILE *to, const struct telling *t)
{
	int root = (int)t->story->levels;
	const struct table shared[] = {
		{ t->s + 0x80000000, 2, NULL },
		{ t->s + 0x88200000, 3,
		  "0; X1 = T6\nRANGE_UNDELEGATE(T6, T6+0x1000) -> 0; X1 = end\n" },
		{ t->s + 0x90000000, 3,
		  "0; X1 = T5\nRANGE_UNDELEGATE(T5, T5+0x1000) -> 0; X1 = end\n" },
		{ t->s, root ? 0 : 1, NULL },
		{ 0 },
	};
	const struct table private[] = {
		{ 0x80000000, 2, NULL },
		{ 0x80000000, 3, "0x304\n" },
		{ 0x88200000, 3, "0x304\n" },
		{ 0, root ? 0 : 1, NULL },
		{ 0 },
	};

	shared_half_lines(to, t, shared);
	fprintf(to, "%s", t->story->unmap_private);
	fold_lines(to, private, 0, t->s, root + 1);
}

/* Event 7: both halves once more, nothing is there. */
static void unmap_again_lines(FILE *to, const struct telling *t)
{
	static const struct table none[] = { { 0 } };

	shared_half_lines(to, t, none);
	fprintf(to, "DATA_UNMAP(RD, 0x0, S, 1, 0) -> 0; X1 = S, X2 = 0\n");
	fold_lines(to, none, 0, t->s, (int)t->story->levels + 1);
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

/* Event 6. */
static void rec_destroy_lines(FILE *to, const struct telling *t)
{
	unsigned i, k;

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
}

/* Events 1 to 10 as one text. */
static char *tear_down_lines(const struct telling *t)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	assert_non_null(to);
	unmap_lines(to, t);
	fprintf(to, "%s", t->story->destroy_tables);
	rec_destroy_lines(to, t);
	unmap_again_lines(to, t);
	fprintf(to, "REALM_TERMINATE(RD) -> 0\n%sREALM_DESTROY(RD) -> 0\n",
		t->story->destroy_nothing);
	fprintf(to, "RANGE_UNDELEGATE(RD, RD+0x1000) -> 0; X1 = end\n");
	fprintf(to, "RANGE_UNDELEGATE(PGD, PGD+0x%x) -> 0; X1 = end\n",
		t->story->pgd_pages * 0x1000);
	fclose(to);
	return text;
}

void telling_tear_down(struct telling *t)
{
	const struct story *s = t->story;
	struct golden *g = &t->f.golden;
	unsigned begin = g->nr_calls, destroy, again, terminate;
	char *text = tear_down_lines(t);

	sim_vm_free(t->vm);
	t->f.vm = NULL;
	telling_check(t, "tear-down", text);
	free(text);

	destroy = golden_find(g, begin, "RTT_DESTROY");
	again = golden_find(g, golden_find(g, destroy, "REC_DESTROY"), "UNPROT_UNMAP");
	terminate = golden_find(g, again, "REALM_TERMINATE");
	if (destroy - begin != s->unmap_calls) {
		fprintf(stderr, "%s: tear-down: %u calls before RTT_DESTROY, expected %u\n",
			s->name, destroy - begin, s->unmap_calls);
		t->bad++;
	}
	check_counts(t, "tear-down, events 1-4", s->unmap_counts, begin, destroy);
	check_counts(t, "tear-down, event 7", s->again_counts, again, terminate);
	expect(t, "tear-down", rmm_delegated(sim_world_rmm(t->f.world)) == t->delegated);
}
