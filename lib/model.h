/* SPDX-License-Identifier: BSD-2-Clause */
/* struct rmm: everything one model owns. */
#ifndef LIB_MODEL_H
#define LIB_MODEL_H

#include <rmisim/rmm.h>

#include "phys.h"

/* The numbers are those of RMM_STATE_GET. */
enum rmm_state { RMM_STATE_INIT, RMM_STATE_INTERMEDIATE, RMM_STATE_ACTIVE };

#define RMM_NR_OPS           16
#define RMM_MAX_REC_GRANULES 512

struct sro;
struct gpt_table;

#define NS_COUNTS 16

/* The model's accesses to Non-secure memory that are under way; by address, each on a line of its own. */
struct ns_count {
	uint32_t n; /* atomic */
	uint8_t pad[60];
};

struct rmm {
	struct rmm_config cfg;
	struct rmm_profile profile;
	enum rmm_state state;   /* atomic */
	unsigned granule_shift; /* atomic */
	unsigned tracking_code; /* RmiTrackingRegionSize; atomic */
	unsigned region_shift;  /* log2 of the size that it means; atomic */
	struct bank banks[RMM_MAX_BANKS];
	unsigned nr_banks;
	bool pat_valid;       /* platform attestation token; atomic */
	bool regions_set;     /* some tracking region is not as at activation; atomic */
	uint8_t regions_lock; /* of tracking regions and of the GPT; tried only */
	uint64_t
		regions_epoch; /* atomic; odd: somebody with the lock looks and changes. tracking.h */
	struct gpt_table *gpt;  /* the host's tables */
	uint64_t nr_delegated;  /* atomic */
	uint64_t host_epoch;    /* atomic: so often have holes of the banks' files ceased to be */
	uint64_t nr_violations; /* atomic: of the locking order */
	uint64_t next_realm;    /* atomic */
	uint64_t features[5];   /* registers */
	uint64_t nr_vmids;      /* in use; atomic */
	uint64_t nr_mecids;     /* in use; atomic */
	struct sro *ops;        /* RMM_NR_OPS contexts */
	uint16_t first_row[RMI_FID_LAST - RMI_FID_FIRST +
			   1]; /* condition_number() of a command's first row */
	struct ns_count ns[NS_COUNTS];
};

static inline unsigned granule_shift(const struct rmm *rmm)
{
	return __atomic_load_n(&rmm->granule_shift, __ATOMIC_RELAXED);
}

static inline uint64_t granule_size(const struct rmm *rmm)
{
	return UINT64_C(1) << granule_shift(rmm);
}

static inline enum rmm_state rmm_state(const struct rmm *rmm)
{
	return __atomic_load_n(&rmm->state, __ATOMIC_ACQUIRE);
}

static inline bool granule_aligned(const struct rmm *rmm, uint64_t x)
{
	return (x & (granule_size(rmm) - 1)) == 0;
}

/* Index bits of one table granule: log2 of its entries. */
static inline unsigned index_bits(const struct rmm *rmm)
{
	return rmm->cfg.fanout_bits ? rmm->cfg.fanout_bits : granule_shift(rmm) - 3;
}

/* log2 of level_size(). */
static inline unsigned level_shift(const struct rmm *rmm, int level)
{
	return granule_shift(rmm) + (unsigned)(3 - level) * index_bits(rmm);
}

/*
 * Bytes covered by one entry at `level`. The only place that knows: rmi_level_size() is the
 * architecture's, which a model with a reduced fan-out does not have.
 */
static inline uint64_t level_size(const struct rmm *rmm, int level)
{
	return UINT64_C(1) << level_shift(rmm, level);
}

/* Zeroed memory for the model's state, or NULL. */
void *rmm_alloc(struct rmm *rmm, size_t size);
void rmm_release(struct rmm *rmm, void *p, size_t size);
/* Something the implementation may decide: 0 <= result < n, 0 when nobody decides. */
unsigned rmm_choose(struct rmm *rmm, enum rmm_choice kind, const char *label, unsigned n);

#endif
