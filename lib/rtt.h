/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Realm translation tables (A5.6).
 *
 * A table is guarded by the lock of its granule; a walk takes them hand over hand, so that commands
 * in different parts of a tree do not wait for each other. The start level is one object, however
 * many granules are concatenated, guarded by the first of them; "end of the table" is a question for
 * the profile (OP-71).
 */
#ifndef LIB_RTT_H
#define LIB_RTT_H

#include <rmisim/rmm.h>

#include "locks.h"

struct granule;
struct realm;

/* One entry, unpacked. */
struct rtte {
	unsigned hipas;   /* enum rmm_hipas */
	unsigned ripas;   /* enum rmi_ripas; protected IPAs only */
	unsigned memattr; /* MAPPED_NS; NARCH_DEV: 1 = coherent */
	unsigned s2ap;    /* MAPPED_NS: as the host gave it; protected IPAs: overlay index */
	rmm_pa pa;
	bool owned; /* by an unfinished operation: BLOCKED for everybody else */
};

struct rtt {
	rmm_pa pa;    /* of the first granule */
	rmm_ipa base; /* first IPA */
	int level;
	unsigned tree;      /* number of the tree it belongs to */
	struct granule *g;  /* the first granule: its lock is the table's */
	unsigned nr;        /* entries */
	unsigned nr_live;   /* TABLE, DATA, devices: what makes the table live */
	unsigned nr_mapped; /* MAPPED_NS */
	unsigned nr_owned;  /* of unfinished operations */
	uint64_t *
		live; /* one bit for each entry that a sweep has to look at: live, MAPPED_NS, owned */
	uint64_t entry[]; /* packed struct rtte */
};

/* Where a walk ended. */
struct rtt_walk {
	struct rtt *table;
	unsigned index;
	int level;
	rmm_ipa ipa; /* first address of the entry */
	uint64_t size;
	struct rtte e;
};

/*
 * Are (width, start level, number of start tables) consistent (rmm-state-machines 10.1)? Level -1
 * and more than 48 bits need LPA2.
 */
bool rtt_geometry_is_valid(const struct rmm *rmm, uint64_t ipa_bits, int64_t level, uint64_t num,
			   bool lpa2);

size_t rtt_bytes(unsigned nr);
/* A table of `nr` entries, all equal to `e`; NULL when memory is short. */
struct rtt *rtt_new(struct rmm *rmm, rmm_pa pa, rmm_ipa base, int level, unsigned nr);
void rtt_free(struct rmm *rmm, struct rtt *t);

struct rtte rtt_get(const struct rtt *t, unsigned index);
/* Change one entry and keep the table's counts. */
void rtt_set(struct rtt *t, unsigned index, struct rtte e);
/* The child of a TABLE entry. */
struct rtt *rtt_child(const struct rmm *rmm, struct rtte e);
bool rtte_is_live(struct rtte e);
static inline bool rtte_is_device(struct rtte e)
{
	return e.hipas == RMM_NARCH_DEV || e.hipas == RMM_ARCH_DEV;
}

/*
 * Walk from `root` towards `level`, hand over hand; ipa < 2^W (A5.6.10). The table where it ends stays
 * locked, l->leaf[tree]; the one of an earlier walk is let go first. The caller keeps the root: by the
 * lock of the RD, or because a REC runs.
 */
struct rtt_walk rtt_walk(struct locks *l, struct rtt *root, rmm_ipa ipa, int level);
/*
 * Move a walk on to `ipa` at or behind it, in the same table or below its entries; false when ipa lies
 * outside the table: then nothing has changed.
 */
bool rtt_step(struct locks *l, struct rtt_walk *w, rmm_ipa ipa, int level);
/* Let go of the tables that walks have locked. */
void rtt_leave(struct locks *l);
/* Let go of the table where the walk of one tree ended. */
void rtt_leave_tree(struct locks *l, unsigned tree);
/*
 * The first address in [base, top) that an auxiliary tree maps, and the entry's level; false when none
 * does. Locks the auxiliary trees one after the other, and lets go of them again: the caller may hold
 * tables of the primary tree, and keeps the realm.
 */
bool rtt_aux_maps(struct locks *l, const struct realm *realm, rmm_ipa base, rmm_ipa top,
		  rmm_ipa *where, int *level);
/* The same walk without locks, for looking in from outside. */
struct rtt_walk rtt_look(const struct rmm *rmm, struct rtt *root, rmm_ipa ipa, int level);
/* Lock the child of a TABLE entry, whose table is locked; until rtt_leave(). */
struct rtt *rtt_lock_child(struct locks *l, const struct rtt_walk *w);
/* Change the entry a walk found. */
void rtt_update(struct rtt_walk *w, struct rtte e);
/* First address behind the table of this walk; of its granule when the profile counts granules. */
rmm_ipa rtt_table_end(const struct rmm *rmm, const struct rtt_walk *w);
/*
 * RttSkipNonLiveEntries: first live entry at or behind the entry of the walk, else the table's
 * end.
 */
rmm_ipa rtt_skip_non_live(const struct rmm *rmm, const struct rtt_walk *w);
/*
 * The address from which a search for live entries has to go on: skips dead entries of one table.
 */
rmm_ipa rtt_next(const struct rmm *rmm, const struct rtt_walk *w, rmm_ipa top);

/* Number of tables below `t`. */
unsigned rtt_count(const struct rmm *rmm, const struct rtt *t);
/* Drop every table below `t`, without a look at granules; for rmm_free. */
void rtt_free_tree(struct rmm *rmm, struct rtt *t);

/* Fold, unfold, destroy (10.4). All return with the child's granule in no state in particular. */
bool rtt_is_homogeneous(const struct rmm *rmm, const struct realm *realm, const struct rtt *t);
/* The same but for the limit on the size of a block. */
bool rtt_is_uniform(const struct rmm *rmm, const struct realm *realm, const struct rtt *t);
/* Replace the entry of the walk by a table at `t`, filled from the entry. */
void rtt_unfold(const struct rmm *rmm, struct rtt_walk *parent, struct rtt *t);
/*
 * Replace the TABLE entry of the walk by the homogeneous content of its child; returns the child.
 */
struct rtt *rtt_fold(const struct rmm *rmm, struct rtt_walk *parent);
/* Replace the TABLE entry of the walk by a destroyed one; returns the child. */
struct rtt *rtt_detach(const struct rmm *rmm, const struct realm *realm, struct rtt_walk *parent);

#endif
