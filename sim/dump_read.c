/* SPDX-License-Identifier: BSD-2-Clause */
/* A tree of tables, read into one's own memory and coalesced. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "dump.h"

bool dump_has_pa(const struct rmm_entry *e)
{
	return e->hipas == RMM_HIPAS_DATA || e->hipas == RMM_MAPPED_NS ||
	       e->hipas == RMM_NARCH_DEV || e->hipas == RMM_ARCH_DEV;
}

uint64_t dump_run_size(const struct dump_table *table, const struct dump_run *run)
{
	return run->nr * table->entry_size;
}

rmm_ipa dump_run_ipa(const struct dump_table *table, const struct dump_run *run)
{
	return table->base + run->first * table->entry_size;
}

bool dump_is_protected(const struct dump_tree *tree, rmm_ipa ipa)
{
	return !(ipa >> (tree->shape.ipa_bits - 1) & 1);
}

static bool continues(const struct dump_tree *tree, const struct dump_table *t,
		      const struct dump_run *run, unsigned index, const struct rmm_entry *e)
{
	const struct rmm_entry *was = &run->entry;

	if (e->hipas == RMM_TABLE || was->hipas != e->hipas || run->first + run->nr != index ||
	    dump_is_protected(tree, dump_run_ipa(t, run)) !=
		    dump_is_protected(tree, t->base + index * t->entry_size))
		return false;
	if (dump_has_pa(e) && e->pa != was->pa + run->nr * t->entry_size)
		return false;
	return was->ripas == e->ripas && was->memattr == e->memattr && was->s2ap == e->s2ap;
}

static struct dump_table *new_table(struct dump_tree *tree, int level, rmm_ipa base, rmm_pa pa)
{
	struct dump_table *t = calloc(1, sizeof(*t));

	if (!t) {
		tree->short_of_memory = true;
		return NULL;
	}
	t->level = level;
	t->base = base;
	t->pa = pa;
	t->entry_size = rmm_level_size(tree->rmm, level);
	return t;
}

static struct dump_run *add_run(struct dump_table *t)
{
	size_t room = t->room ? 2 * t->room : 8;
	struct dump_run *run = t->run;

	if (t->nr == t->room) {
		run = realloc(run, room * sizeof(*run));
		if (!run)
			return NULL;
		t->run = run;
		t->room = room;
	}
	return &run[t->nr++];
}

static void read_entry(void *ctx, rmm_ipa ipa, const struct rmm_entry *e)
{
	struct dump_tree *tree = ctx;
	struct dump_table *t = tree->at[e->level + 1];
	struct dump_run *run;
	unsigned index;

	if (tree->short_of_memory || !t)
		return;
	index = (unsigned)((ipa - t->base) / t->entry_size);
	if (t->nr && continues(tree, t, &t->run[t->nr - 1], index, e)) {
		t->run[t->nr - 1].nr++;
		return;
	}
	run = add_run(t);
	if (!run) {
		tree->short_of_memory = true;
		return;
	}
	*run = (struct dump_run){ .first = index, .nr = 1, .entry = *e };
	if (e->hipas != RMM_TABLE || e->level >= 3)
		return;
	run->child = new_table(tree, e->level + 1, ipa, e->pa);
	tree->at[e->level + 2] = run->child;
}

bool dump_read(struct dump_tree *tree, const struct rmm *rmm, rmm_pa rd, unsigned number,
	       bool s2ap_bit0_is_read)
{
	*tree = (struct dump_tree){ .rmm = rmm, .rd = rd, .tree = number };
	if (!rmm_realm_shape(rmm, rd, &tree->shape) || number >= tree->shape.trees)
		return false;
	tree->format = (struct rmi_format_config){
		.edition = rmm_edition(rmm),
		.granule_shift = (unsigned)__builtin_ctzll(rmm_granule_size(rmm)),
		.s2ap_bit0_is_read = s2ap_bit0_is_read,
	};
	tree->root = new_table(tree, tree->shape.start_level, 0, tree->shape.root[number]);
	tree->at[tree->shape.start_level + 1] = tree->root;
	return tree->root && rmm_entries(rmm, rd, number, read_entry, tree) &&
	       !tree->short_of_memory;
}

static void drop_table(struct dump_table *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->nr; i++)
		drop_table(t->run[i].child);
	free(t->run);
	free(t);
}

void dump_drop(struct dump_tree *tree)
{
	drop_table(tree->root);
	tree->root = NULL;
}

void dump_attributes(const struct dump_tree *tree, const struct rmm_entry *e, const char **memattr,
		     const char **s2ap)
{
	struct rmi_decoded d;

	/* From the flags word that would make it. */
	rmi_decode(&tree->format, RMI_KIND_UNPROT_FLAGS,
		   (uint64_t)e->memattr << 16 | (uint64_t)e->s2ap << 19, &d);
	*memattr = rmi_decoded_field(&d, "memattr")->text;
	*s2ap = rmi_decoded_field(&d, "s2ap")->text;
	if (!*memattr)
		*memattr = "?";
	if (!*s2ap)
		*s2ap = "?";
}

const char *dump_state(const struct dump_tree *tree, const struct dump_table *table,
		       const struct dump_run *run, char *buf, size_t size)
{
	const struct rmm_entry *e = &run->entry;
	const char *hipas = rmm_hipas_name(e->hipas), *ripas, *memattr, *s2ap;

	if (e->hipas == RMM_MAPPED_NS) {
		dump_attributes(tree, e, &memattr, &s2ap);
		snprintf(buf, size, "%s %s %s", hipas, memattr, s2ap);
	} else if (e->hipas == RMM_TABLE || !dump_is_protected(tree, dump_run_ipa(table, run)) ||
		   tree->tree) {
		snprintf(buf, size, "%s", hipas);
	} else {
		ripas = rmi_ripas_name(e->ripas);
		snprintf(buf, size, "%s %s", hipas, ripas ? ripas : "?");
	}
	if (e->hipas == RMM_HIPAS_DATA && e->s2ap)
		snprintf(buf + strlen(buf), size - strlen(buf), " overlay %u", e->s2ap);
	return buf;
}

const char *dump_size(uint64_t size, char buf[24])
{
	static const char units[] = "KMGTP";
	unsigned i = 0;

	size >>= 10;
	while (size >= 1024 && !(size & 1023) && units[i + 1]) {
		size >>= 10;
		i++;
	}
	snprintf(buf, 24, "%" PRIu64 "%c", size, units[i]);
	return buf;
}
