/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside a dump: the tables of one tree, read once, for every form of it. */
#ifndef SIM_DUMP_H
#define SIM_DUMP_H

#include <rmisim/decode.h>
#include <rmisim/dump.h>

/* Entries of one table next to each other of which the same is true; a TABLE entry is alone. */
struct dump_run {
	unsigned first, nr;
	struct rmm_entry entry; /* the first one; the others' PAs follow */
	struct dump_table *child;
};

/* One table; the tables that a realm starts with are one. */
struct dump_table {
	int level;
	rmm_ipa base;
	rmm_pa pa;
	uint64_t entry_size;
	struct dump_run *run;
	size_t nr, room;
	/* Where a picture has it. */
	unsigned x, y, height;
};

struct dump_tree {
	const struct rmm *rmm;
	rmm_pa rd;
	unsigned tree;
	struct rmm_shape shape;
	struct rmi_format_config format;
	struct dump_table *root;
	struct dump_table *at[5]; /* while it is read: the table of each level, from -1 */
	bool short_of_memory;
};

/* False when the realm has no such tree, or memory is short. To be dropped either way. */
bool dump_read(struct dump_tree *tree, const struct rmm *rmm, rmm_pa rd, unsigned number,
	       bool s2ap_bit0_is_read);
void dump_drop(struct dump_tree *tree);
uint64_t dump_run_size(const struct dump_table *table, const struct dump_run *run);
rmm_ipa dump_run_ipa(const struct dump_table *table, const struct dump_run *run);
bool dump_is_protected(const struct dump_tree *tree, rmm_ipa ipa);
bool dump_has_pa(const struct rmm_entry *entry);
/* "DATA RAM", "MAPPED_NS NORMAL RW", without addresses; returns buf. */
const char *dump_state(const struct dump_tree *tree, const struct dump_table *table,
		       const struct dump_run *run, char *buf, size_t size);
/* "NORMAL", "RW" of a MAPPED_NS entry. */
void dump_attributes(const struct dump_tree *tree, const struct rmm_entry *entry,
		     const char **memattr, const char **s2ap);
/* "4K", "2M", "1G" */
const char *dump_size(uint64_t size, char buf[24]);

/* dump_svg.c: the trees below each other */
void dump_tree_svg(struct dump_tree *trees, unsigned nr, FILE *out);

#endif
