/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Realm descriptor (A2.2): the object behind a granule in state RD. Guarded by that granule's
 * lock; what was fixed at creation may be read as long as something keeps the realm: a lock in one
 * of its trees, a REC.
 */
#ifndef LIB_REALM_H
#define LIB_REALM_H

#include <rmisim/rmm.h>

#include "rtt.h"

enum realm_state { REALM_NEW, REALM_ACTIVE, REALM_SYSTEM_OFF, REALM_ZOMBIE };

#define MAX_AUX_PLANES 3
#define MAX_ROOTS      (16 * (1 + MAX_AUX_PLANES)) /* start tables of a realm */

/* RmiRealmParams, as read from the host once. */
struct realm_params {
	uint64_t flags0, flags1;
	uint64_t s2sz, sve_vl, num_bps, num_wps, pmu_num_ctrs, hash_algo, num_aux_planes;
	uint64_t ats_plane;
	uint8_t rpv[64];
	rmm_pa rtt_base;
	int64_t rtt_level;
	uint64_t rtt_num;
	rmm_pa aux_rtt_base[MAX_AUX_PLANES];
};

#define REALM_NR_REMS    4
#define REALM_REC_CHUNKS 12 /* chunk k holds 16 << k RECs: all that a 4-bit MAX_RECS_ORDER allows */

struct realm {
	rmm_pa pa;
	enum realm_state state; /* atomic; changes under the lock */
	uint64_t id;            /* no two realms of a model have the same */
	struct realm_params params;
	struct rtt *root;
	struct rtt *aux_root[MAX_AUX_PLANES]; /* trees 1 to 3, where each plane has its own */
	unsigned oa_bits;                     /* tables hold addresses below 2^oa_bits */
	bool private_mec;                     /* has a MECID of its own */
	uint64_t rec_index;                   /* of the next REC */
	uint32_t nr_running;                  /* RECs that run; atomic */
	uint32_t nr_devices;                  /* VDEVs and VSMMUs */
	uint8_t rim[64];
	uint8_t rem[REALM_NR_REMS][64];
	uint8_t perm[4][16];  /* overlay permission (RsiMemPermValue) of [plane][index]; atomic */
	uint16_t perm_locked; /* indices whose values are fixed */
	uint64_t *recs[REALM_REC_CHUNKS]; /* by index: PA | 1 while the REC exists; atomic */
};

/* The root of tree n: 0 is the primary one; NULL when the realm has no tree n. */
static inline struct rtt *realm_tree(const struct realm *realm, unsigned n)
{
	return n ? realm->aux_root[n - 1] : realm->root;
}

/* Is that the number of a tree that belongs to a plane above 0? */
static inline bool realm_has_aux_tree(const struct realm *realm, uint64_t n)
{
	return n && n <= MAX_AUX_PLANES && realm->aux_root[n - 1];
}

static inline enum realm_state realm_state(const struct realm *realm)
{
	return __atomic_load_n(&realm->state, __ATOMIC_RELAXED);
}

static inline void realm_set_state(struct realm *realm, enum realm_state state)
{
	__atomic_store_n(&realm->state, state, __ATOMIC_RELAXED);
}

/* The number of RECs is the reference count of the RD granule. */

static inline bool realm_is_protected(const struct realm *realm, rmm_ipa ipa)
{
	return ipa < UINT64_C(1) << (realm->params.s2sz - 1);
}

static inline rmm_ipa realm_ipa_size(const struct realm *realm)
{
	return UINT64_C(1) << realm->params.s2sz;
}

/* AddrRangeIsProtected: base and the last byte are in the protected half. */
bool realm_range_is_protected(const struct realm *realm, rmm_ipa base, rmm_ipa top);

/* Read RmiRealmParams from a page that stays there meanwhile. */
void realm_params_read(const struct rmm *rmm, const uint8_t *page, struct realm_params *p);
/* Is every field a value its type defines? */
bool realm_params_are_encoded(const struct rmm *rmm, const struct realm_params *p);
/* RmiRealmMecPolicy: 0 SHARED, 1 PRIVATE. */
static inline unsigned realm_params_mec_policy(const struct realm_params *p)
{
	return p->flags0 >> 7 & 3;
}

/* Trees besides the primary one. */
unsigned realm_params_aux_trees(const struct realm_params *p);
/* PA of the i-th start table, tree after tree; i < rtt_num * (1 + trees besides the primary). */
rmm_pa realm_params_root(const struct rmm *rmm, const struct realm_params *p, unsigned i);
/* May tables hold 52-bit addresses? The realm asks for it; from bet3 on it always can (OP-18). */
bool realm_params_use_lpa2(const struct rmm *rmm, const struct realm_params *p);
/* VMIDs and MECIDs are left for it. */
bool realm_params_vmids_are_free(const struct rmm *rmm, const struct realm_params *p);
bool realm_params_mecid_is_free(const struct rmm *rmm, const struct realm_params *p);
/* RealmParamsSupported (B3). */
bool realm_params_are_supported(const struct rmm *rmm, const struct realm_params *p);

/*
 * A realm in state NEW with its start level tables, VMIDs and MECID; NULL when memory is short or
 * another CPU was faster with the last of those.
 */
struct realm *realm_new(struct rmm *rmm, rmm_pa pa, const struct realm_params *p);
void realm_free(struct rmm *rmm, struct realm *realm);

/*
 * RECs by index (realm_recs.c). Readers need what keeps the realm, no lock; what they find may go
 * away until they have locked it.
 */
bool realm_rec_reserve(struct rmm *rmm, struct realm *realm, uint64_t index); /* RD locked */
void realm_rec_set(struct realm *realm, uint64_t index, rmm_pa pa);
void realm_rec_clear(struct realm *realm, uint64_t index);
bool realm_rec_find(const struct realm *realm, uint64_t index, rmm_pa *pa);
void realm_recs_free(struct rmm *rmm, struct realm *realm);

/* Overlay permissions of a new realm (rsi/perm.c). */
void realm_perm_init(struct realm *realm);

#endif
