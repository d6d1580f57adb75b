/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside the ghost: what its files share. */
#ifndef SIM_GHOST_STATE_H
#define SIM_GHOST_STATE_H

#include "ghost.h"

#define GHOST_TEXT  480
#define GHOST_TREES 4
#define PA_TOP      (UINT64_C(1) << 52)

/* State of a granule or entry that the calls do not tell: not compared. */
#define GHOST_UNKNOWN 0xff
/* Permission that the calls do not tell. */
#define PERM_UNKNOWN  0xff

/* A translation table below the start level. */
struct ghost_table {
	unsigned tree;
	int level;
	rmm_ipa base;
	rmm_pa pa;
};

enum ghost_realm_state { GHOST_NEW, GHOST_ACTIVE, GHOST_ZOMBIE };

struct ghost_realm {
	rmm_pa rd;
	unsigned ipa_bits;
	int start; /* level */
	enum ghost_realm_state state;
	unsigned recs;
	unsigned trees, roots; /* roots: start tables of one tree */
	rmm_pa root[GHOST_TREES];
	struct ghost_map
		ipa; /* the primary tree; state is the HIPAS, attr memory attributes and permission */
	struct ghost_table *table; /* in order of tree, level, base */
	size_t nr_tables, room;
	unsigned hash; /* enum rmi_hash_algorithm */
	uint8_t rim[64];
	bool rim_unknown, rim_moved; /* moved: since it was compared */
};

/* A REC and the RIPAS change that its realm has asked for. */
struct ghost_rec {
	rmm_pa pa, rd;
	rmm_ipa asked, asked_top;
	unsigned ripas;
};

struct ghost_range {
	rmm_pa rd; /* 0: of physical addresses */
	uint64_t base, top;
	bool brief; /* to be compared: entries are all made alike, the first and last of them will do */
};

/* A stateful operation that is not finished. */
struct ghost_op {
	uint64_t handle;
	const char *name; /* of the command, and what it was called with */
	struct rmm_regs in;
	unsigned mem;        /* what it waits for */
	bool runnable;       /* REC_CREATE: the REC, and its parameters, */
	uint8_t content[64]; /* hashed as they were when it began */
	bool yields;         /* half done, somewhere in `over` */
	struct ghost_range over;
	struct ghost_range
		disturbed; /* part of it that others have changed meanwhile; empty: none */
	struct ghost_range *donated;
	size_t nr_donated, room;
};

enum ghost_kind {
	GHOST_PA,       /* granules [base, top) get state `to` */
	GHOST_REALM,    /* one begins, as g->fresh says */
	GHOST_NO_REALM, /* it ends, with its start tables */
	GHOST_STATE,    /* its state is `to` */
	GHOST_TABLE,    /* table `at` of `level`, for [base, top) */
	GHOST_NO_TABLE, /* destroyed */
	GHOST_FOLD,
	GHOST_MAP,   /* [base, top) is `to`, at `at` */
	GHOST_UNMAP, /* what is `from` there is no more */
	GHOST_RIPAS,
	GHOST_PERM, /* changed to something unknown */
	GHOST_RIM,  /* extended by page `base`, flags `at`, or by a REC */
};

/* One thing that a call has done. */
struct ghost_effect {
	uint64_t tick; /* when the lock that guards it was taken */
	const char *command;
	enum ghost_kind kind;
	rmm_pa rd;
	uint64_t base, top;
	uint64_t at;
	unsigned tree;
	int level;
	uint32_t from; /* PA: bit n: state n will do; UNMAP: a HIPAS */
	uint8_t to, ripas, attr;
	bool recs;           /* PA: counts in the realm's RECs; RIM: of a REC */
	uint8_t content[64]; /* RIM: of the page or the parameters; `to` is UNKNOWN: nobody knows */
	struct ghost_range disturbed; /* of the operation */
	struct ghost_realm *realm;    /* REALM */
};

struct ghost_touch {
	rmm_pa pa;
	uint64_t tick;
};

/* A call under way. */
struct ghost_call {
	unsigned cpu;
	uint64_t begun;
	uint64_t fid;
	struct ghost_touch *touch;
	size_t nr_touches, room;
};

#define GHOST_CALLS 64 /* under way at once */

struct ghost {
	struct ghost_config config;
	const struct rmm *rmm;
	struct ghost_mem mem;
	uint64_t granule;
	unsigned shift;
	uint64_t tick;
	bool off;

	struct ghost_map pa;         /* state and owner */
	uint64_t delegated, unknown; /* bytes */
	struct ghost_realm **realm;
	size_t nr_realms, realm_room;
	struct ghost_rec *rec;
	size_t nr_recs, rec_room;
	struct ghost_op *op;
	size_t nr_ops, op_room;

	struct ghost_call call[GHOST_CALLS];
	unsigned nr_calls;
	struct ghost_effect *effect;
	size_t nr_effects, effect_room;
	struct ghost_range *touched; /* to be compared */
	size_t nr_touched, touched_room;

	const char *now; /* the command, for sentences */
	char why[GHOST_TEXT];
};

/* ghost.c */
/* The first difference: keep the sentence, follow nothing any more. Returns false. */
bool ghost_differs(struct ghost *g, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Is it known what everything should be, apart from what is UNKNOWN? */
bool ghost_is_settled(const struct ghost *g);

/* What is mapped to the same address already is progress (bet3, TF-RMM; 11.4 row 5). */
static inline bool ghost_maps_again(const struct ghost *g)
{
	return g->config.edition == RMI_BET3 || g->config.tf_rmm;
}

/* ghost_realm.c */
struct ghost_realm *ghost_realm(const struct ghost *g, rmm_pa rd);
struct ghost_rec *ghost_rec(const struct ghost *g, rmm_pa pa);
uint64_t ghost_level_size(const struct ghost *g, int level);
/* The table with exactly this place, or where it would stand. */
size_t ghost_table_slot(const struct ghost_realm *r, unsigned tree, int level, rmm_ipa base);
const struct ghost_table *ghost_table(const struct ghost_realm *r, unsigned tree, int level,
				      rmm_ipa base);
/* Level of the leaf entry for ipa, and the table that has it. */
int ghost_leaf(const struct ghost *g, const struct ghost_realm *r, unsigned tree, rmm_ipa ipa,
	       rmm_pa *table);
struct ghost_realm *ghost_realm_make(struct ghost *g, rmm_pa rd, rmm_pa params);
void ghost_realm_drop(struct ghost *g, struct ghost_realm *r);
bool ghost_table_add(struct ghost *g, struct ghost_realm *r, const struct ghost_table *table);
void ghost_table_remove(struct ghost_realm *r, const struct ghost_table *table);
static inline rmm_ipa ghost_half(const struct ghost_realm *r)
{
	return UINT64_C(1) << (r->ipa_bits - 1);
}

/* ghost_call.c: what a finished command has done, as effects */
void ghost_record(struct ghost *g, struct ghost_call *call, const char *name,
		  const struct rmm_regs *in, const struct rmm_regs *out, struct ghost_op *op);
/* A donation or a reclaim: what the first `count` granules or entries of a list are now. */
void ghost_record_memory(struct ghost *g, struct ghost_call *call, struct ghost_op *op,
			 const struct rmm_regs *in, const struct rmm_regs *out);

/* ghost_apply.c */
bool ghost_apply(struct ghost *g, const struct ghost_effect *e);
/* Granules (rd 0) or entries that are looked at when no call is under way. */
bool ghost_to_compare(struct ghost *g, rmm_pa rd, uint64_t base, uint64_t top);
/* The stretch of addresses that a command of an operation is about. */
struct ghost_range ghost_over(const struct ghost *g, const struct rmm_regs *in);

/* ghost_rim.c */
void ghost_rim_begin(const struct ghost *g, struct ghost_realm *r, rmm_pa params);
/* Hash of the parameters at `params`; is the REC runnable, and so measured? */
bool ghost_rim_of_rec(const struct ghost *g, rmm_pa rd, rmm_pa params, uint8_t content[64]);
/* Hash of the page; false when it is not what the command has left. */
bool ghost_rim_of_page(const struct ghost *g, rmm_pa rd, rmm_pa data, uint8_t content[64]);
void ghost_rim_extend(struct ghost_realm *r, const struct ghost_effect *e);
bool ghost_rim_compare(struct ghost *g, struct ghost_realm *r);

/* ghost_compare.c */
bool ghost_compare(struct ghost *g, const struct ghost_range *range);
bool ghost_compare_count(struct ghost *g);
/* "DATA RAM at 0x88000000" */
void ghost_entry_text(char *buf, size_t size, unsigned hipas, unsigned ripas, rmm_pa pa,
		      unsigned attr);

#endif
