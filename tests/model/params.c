/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What REALM_CREATE accepts: RmiRealmParams against the feature registers, planes and their start
 * tables, VMIDs and MECIDs (rmm-commands Part 4, rmm-abi 10.2).
 */
#include <string.h>

#include "host.h"

/* A realm of 41 bits with four start tables, and as many for each auxiliary tree, all DELEGATED. */
static void prepare(struct host *h, const struct setup *s)
{
	host_boot(h, s);
	h->params = host_pages(h, 1);
	h->rd = host_delegated(h, 1);
	h->root = host_aligned(h, 0x10000);
	host_delegate(h, h->root, 0x10000);
	host_write64(h, h->params + RMI_PARAMS_S2SZ, 41);
	host_write64(h, h->params + RMI_PARAMS_NUM_BPS, 1);
	host_write64(h, h->params + RMI_PARAMS_NUM_WPS, 1);
	host_write64(h, h->params + RMI_PARAMS_RTT_BASE, h->root);
	host_write64(h, h->params + RMI_PARAMS_RTT_LEVEL, 1);
	host_write64(h, h->params + RMI_PARAMS_RTT_NUM, 4);
	for (unsigned i = 0; i < 3; i++)
		host_write64(h, h->params + RMI_PARAMS_AUX_RTT_BASE + 8 * i,
			     h->root + 0x4000 * (i + 1));
}

static void drop(struct host *h)
{
	assert_hex(smc(h, RMI_REALM_TERMINATE, h->rd), 0);
	assert_hex(smc(h, RMI_REALM_DESTROY, h->rd), 0);
	for (unsigned i = 0; i < 16; i++)
		assert_state(h, h->root + 0x1000 * i, DELEGATED);
	assert_state(h, h->rd, DELEGATED);
}

struct field {
	unsigned offset;
	uint64_t value, x0;
};

/* REALM_CREATE with some fields set; a failure changes nothing, a success is undone. */
static void create_with(struct host *h, const struct field *fields, unsigned n, uint64_t x0)
{
	uint64_t old[8], before = rmm_state_hash(h->rmm), got;

	for (unsigned i = 0; i < n; i++) {
		old[i] = host_read64(h, h->params + fields[i].offset);
		host_write64(h, h->params + fields[i].offset, fields[i].value);
	}
	got = smc(h, RMI_REALM_CREATE, h->rd, h->params);
	if (got != x0)
		fail_msg("offset 0x%x, value 0x%llx: %llu", fields[0].offset,
			 (unsigned long long)fields[0].value, (unsigned long long)got);
	if (!got)
		drop(h);
	assert_hex(rmm_state_hash(h->rmm), before);
	for (unsigned i = n; i-- > 0;)
		host_write64(h, h->params + fields[i].offset, old[i]);
}

static void each_alone(struct host *h, const struct field *fields, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		create_with(h, &fields[i], 1, fields[i].x0);
}

#define EACH_ALONE(h, fields) each_alone(h, fields, sizeof(fields) / sizeof((fields)[0]))

static void what_is_not_there_is_not_supported(void **state)
{
	static const struct field fields[] = {
		{ RMI_PARAMS_FLAGS0, RMI_REALM_LPA2, 1 },
		{ RMI_PARAMS_FLAGS0, RMI_REALM_SVE, 1 },
		{ RMI_PARAMS_FLAGS0, RMI_REALM_PMU, 1 },
		{ RMI_PARAMS_FLAGS0, RMI_REALM_DA, 1 },
		{ RMI_PARAMS_FLAGS1, RMI_REALM_ATS, 1 },
		{ RMI_PARAMS_FLAGS1, RMI_REALM_S2AP_INDIRECT, 1 },
		{ RMI_PARAMS_SVE_VL, 1, 1 },
		{ RMI_PARAMS_PMU_CTRS, 1, 1 },
		{ RMI_PARAMS_AUX_PLANES, 1, 1 },
		{ RMI_PARAMS_NUM_BPS, 6, 1 },
		{ RMI_PARAMS_NUM_WPS, 4, 1 },
		{ RMI_PARAMS_HASH, RMI_HASH_SHA_384, 1 },
		{ RMI_PARAMS_HASH, RMI_HASH_SHA_512, 1 },
		{ RMI_PARAMS_HASH, RMI_HASH_SHA_256, 0 },
		{ RMI_PARAMS_FLAGS1, RMI_REALM_TREE_PER_PLANE, 0 }, /* of no planes */
		{ RMI_PARAMS_FLAGS0, 1 << 5, 0 },                   /* lfa_policy ALLOW */
		{ RMI_PARAMS_FLAGS0, 2 << 5, 1 },                   /* reserved */
		{ RMI_PARAMS_FLAGS0, 2 << 7, 1 },
		{ RMI_PARAMS_S2SZ, 0x100 | 41, 0 }, /* one byte, SBZ behind it */
	};
	struct rmm_config cfg = { .features.hashes = 1u << RMI_HASH_SHA_256 };
	struct host h;

	prepare(&h, &(struct setup){ .config = &cfg });
	EACH_ALONE(&h, fields);
	host_end(&h);
}

static void what_is_there_is_supported_up_to_its_limit(void **state)
{
	static const struct field fields[] = {
		{ RMI_PARAMS_FLAGS0, RMI_REALM_LPA2, 0 },
		{ RMI_PARAMS_FLAGS0, RMI_REALM_SVE, 0 },
		{ RMI_PARAMS_FLAGS0, RMI_REALM_PMU, 0 },
		{ RMI_PARAMS_FLAGS0, RMI_REALM_DA, 0 },
		{ RMI_PARAMS_FLAGS1, RMI_REALM_ATS, 0 },
		{ RMI_PARAMS_FLAGS1, RMI_REALM_S2AP_INDIRECT, 0 },
		{ RMI_PARAMS_SVE_VL, 3, 0 }, /* whether or not SVE is asked for */
		{ RMI_PARAMS_SVE_VL, 4, 1 },
		{ RMI_PARAMS_PMU_CTRS, 6, 0 },
		{ RMI_PARAMS_PMU_CTRS, 7, 1 },
		{ RMI_PARAMS_NUM_BPS, 15, 0 },
		{ RMI_PARAMS_NUM_BPS, 16, 1 },
		{ RMI_PARAMS_NUM_BPS, 0, 1 },
		{ RMI_PARAMS_NUM_WPS, 7, 0 },
		{ RMI_PARAMS_NUM_WPS, 8, 1 },
		{ RMI_PARAMS_NUM_WPS, 0, 1 },
		{ RMI_PARAMS_HASH, RMI_HASH_SHA_384, 0 },
		{ RMI_PARAMS_HASH, RMI_HASH_SHA_512, 0 },
	};
	struct rmm_config cfg = { .features = { .lpa2 = true,
						.sve = true,
						.sve_vl = 3,
						.pmu = true,
						.pmu_num_ctrs = 6,
						.num_bps = 15,
						.num_wps = 7,
						.da = true,
						.ats = true,
						.s2ap_indirect = true } };
	struct host h;

	prepare(&h, &(struct setup){ .config = &cfg });
	EACH_ALONE(&h, fields);
	host_end(&h);
}

/*
 * RTT_PLANE AUX: a tree per plane; SINGLE: one tree for all; AUX_SINGLE: either. A tree per plane
 * goes with the direct encoding, one tree with the indirect one. Without planes none of it
 * matters.
 */
static void planes_go_with_trees_and_encodings(void **state)
{
	static const struct {
		enum rmi_rtt_plane_feature has;
		uint64_t flags1, x0;
	} rows[] = {
		{ RMI_RTT_PLANE_AUX, RMI_REALM_TREE_PER_PLANE, 0 },
		{ RMI_RTT_PLANE_AUX, RMI_REALM_S2AP_INDIRECT, 1 },
		{ RMI_RTT_PLANE_AUX, 0, 1 },
		{ RMI_RTT_PLANE_AUX, 3, 1 },
		{ RMI_RTT_PLANE_AUX_SINGLE, RMI_REALM_TREE_PER_PLANE, 0 },
		{ RMI_RTT_PLANE_AUX_SINGLE, RMI_REALM_S2AP_INDIRECT, 0 },
		{ RMI_RTT_PLANE_AUX_SINGLE, 0, 1 },
		{ RMI_RTT_PLANE_AUX_SINGLE, 3, 1 },
		{ RMI_RTT_PLANE_SINGLE, RMI_REALM_TREE_PER_PLANE, 1 },
		{ RMI_RTT_PLANE_SINGLE, RMI_REALM_S2AP_INDIRECT, 0 },
		{ RMI_RTT_PLANE_SINGLE, 0, 1 },
		{ RMI_RTT_PLANE_SINGLE, 3, 1 },
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rmm_config cfg = { .features = { .max_aux_planes = 3,
							.rtt_plane = rows[i].has,
							.s2ap_indirect = true } };
		struct host h;

		prepare(&h, &(struct setup){ .config = &cfg });
		for (uint64_t planes = 0; planes <= 4; planes++) {
			struct field fields[] = { { RMI_PARAMS_FLAGS1, rows[i].flags1, 0 },
						  { RMI_PARAMS_AUX_PLANES, planes, 0 } };
			uint64_t x0 = planes ? rows[i].x0 : 0;

			create_with(&h, fields, 2, planes > 3 ? 1 : x0);
		}
		host_end(&h);
	}
}

static const struct rmm_config three_planes = { .features = { .max_aux_planes = 3 },
						.check_locks = true };

static void plane_realm(struct host *h, const struct setup *s)
{
	prepare(h, s);
	host_write64(h, h->params + RMI_PARAMS_FLAGS1, RMI_REALM_TREE_PER_PLANE);
	host_write64(h, h->params + RMI_PARAMS_AUX_PLANES, 3);
}

static void every_tree_gets_its_start_tables(void **state)
{
	struct host h;

	plane_realm(&h, &(struct setup){ .config = &three_planes });
	for (unsigned planes = 3; planes > 0; planes--) {
		host_write64(&h, h.params + RMI_PARAMS_AUX_PLANES, planes);
		assert_hex(smc(&h, RMI_REALM_CREATE, h.rd, h.params), 0);
		for (unsigned i = 0; i < 16; i++)
			assert_int_equal(host_state(&h, h.root + 0x1000 * i),
					 i < 4 * (1 + planes) ? RMM_RTT : RMM_DELEGATED);
		assert_state(&h, h.rd, RD);
		assert_hex(smc(&h, RMI_GRANULE_RANGE_UNDELEGATE, h.root + 0x4000, h.root + 0x5000),
			   RMI_ERROR_INPUT);
		drop(&h);
	}
	assert_int_equal(rmm_lock_violations(h.rmm), 0);
	/* left alive: rmm_free() drops it */
	assert_hex(smc(&h, RMI_REALM_CREATE, h.rd, h.params), 0);
	host_end(&h);
}

/* rd and the tables are locked by address, however they are named. */
static void start_tables_may_lie_in_any_order(void **state)
{
	struct host h;

	plane_realm(&h, &(struct setup){ .config = &three_planes });
	host_write64(&h, h.params + RMI_PARAMS_AUX_PLANES, 2);
	for (unsigned i = 0; i < 3; i++) {
		unsigned at = i ? RMI_PARAMS_AUX_RTT_BASE + 8 * (i - 1) : RMI_PARAMS_RTT_BASE;

		host_write64(&h, h.params + at, h.root + 0x4000 * (i ? 3 - i : 3));
	}
	for (unsigned i = 0; i < 4; i++) {
		h.rd = h.root + 0x1000 * i; /* below them all */
		assert_hex(smc(&h, RMI_REALM_CREATE, h.rd, h.params), 0);
		for (unsigned j = 4; j < 16; j++)
			assert_state(&h, h.root + 0x1000 * j, RTT);
		drop(&h);
	}
	assert_hex(smc(&h, RMI_REALM_CREATE, h.root + 0x9000, h.params), RMI_ERROR_INPUT);
	assert_int_equal(rmm_lock_violations(h.rmm), 0);
	host_end(&h);
}

static void auxiliary_start_tables_are_checked_like_the_primary_ones(void **state)
{
	unsigned aux = RMI_PARAMS_AUX_RTT_BASE;
	struct host h;
	rmm_pa free;

	plane_realm(&h, &(struct setup){ .config = &three_planes });
	free = host_aligned(&h, 0x8000);
	host_delegate(&h, free, 0x8000);
	for (unsigned i = 0; i < 3; i++, aux += 8) {
		struct field fields[] = {
			{ aux, free, 0 },
			{ aux, free + 0x1000, 1 }, /* four tables, aligned to one */
			{ aux, free + 0x2000, 1 },
			{ aux, free + 8, 1 },
			{ aux, h.root, 1 },        /* the primary tree's */
			{ aux, free + 0x8000, 1 }, /* UNDELEGATED */
			{ aux, 0, 1 },             /* no memory */
			{ aux, UINT64_MAX - 0x3fff, 1 },
			{ aux, h.root + 0x4000 * (i + 1), 0 },
		};

		EACH_ALONE(&h, fields);
	}
	/* rd among them */
	assert_hex(smc(&h, RMI_REALM_CREATE, h.root + 0xf000, h.params), RMI_ERROR_INPUT);
	/* one of twelve is missing */
	assert_hex(smc(&h, RMI_GRANULE_RANGE_UNDELEGATE, h.root + 0xb000, h.root + 0xc000), 0);
	create_with(&h, &(struct field){ RMI_PARAMS_AUX_PLANES, 3, 1 }, 1, 1);
	/* no tree of its own, no table: what stands in the fields is not looked at */
	host_delegate(&h, h.root + 0xb000, 0x1000);
	host_write64(&h, h.params + RMI_PARAMS_AUX_RTT_BASE + 16, 8);
	create_with(&h, &(struct field){ RMI_PARAMS_AUX_PLANES, 2, 0 }, 1, 0);
	host_end(&h);
}

static void the_plane_of_ats_is_one_of_the_realm(void **state)
{
	struct host h;

	plane_realm(&h, &(struct setup){ .config = &three_planes });
	create_with(&h, &(struct field){ RMI_PARAMS_ATS_PLANE, 3, 0 }, 1, 0);
	create_with(&h, &(struct field){ RMI_PARAMS_ATS_PLANE, 4, 1 }, 1, 1);
	create_with(&h, &(struct field){ RMI_PARAMS_ATS_PLANE, UINT64_MAX, 1 }, 1, 1);
	host_end(&h);
}

/* A realm with three auxiliary planes takes four VMIDs. */
static void vmids_are_a_limited_resource(void **state)
{
	struct rmm_config cfg = { .features = { .max_aux_planes = 3, .vmids = 5 } };
	rmm_pa first, second;
	struct host h;

	plane_realm(&h, &(struct setup){ .config = &cfg });
	first = h.rd;
	assert_hex(smc(&h, RMI_REALM_CREATE, first, h.params), 0);
	h.rd = second = host_delegated(&h, 1);
	h.root = host_aligned(&h, 0x10000);
	host_delegate(&h, h.root, 0x10000);
	host_write64(&h, h.params + RMI_PARAMS_RTT_BASE, h.root);
	for (unsigned i = 0; i < 3; i++)
		host_write64(&h, h.params + RMI_PARAMS_AUX_RTT_BASE + 8 * i,
			     h.root + 0x4000 * (i + 1));
	create_with(&h, &(struct field){ RMI_PARAMS_AUX_PLANES, 1, 1 }, 1, RMI_ERROR_GLOBAL);
	create_with(&h, &(struct field){ RMI_PARAMS_AUX_PLANES, 0, 0 }, 1, 0);
	assert_hex(smc(&h, RMI_REALM_TERMINATE, first), 0);
	create_with(&h, &(struct field){ RMI_PARAMS_AUX_PLANES, 3, 1 }, 1, RMI_ERROR_GLOBAL);
	assert_hex(smc(&h, RMI_REALM_DESTROY, first), 0);
	create_with(&h, &(struct field){ RMI_PARAMS_AUX_PLANES, 3, 0 }, 1, 0);
	host_end(&h);
}

static void private_mecids_are_a_limited_resource(void **state)
{
	static const struct field private = { RMI_PARAMS_FLAGS0, 1 << 7, 0 };
	struct rmm_config cfg = { .features.mec_count = 1 };
	rmm_pa first;
	struct host h;

	prepare(&h, &(struct setup){ .config = &cfg });
	host_write64(&h, h.params + private.offset, private.value);
	first = h.rd;
	assert_hex(smc(&h, RMI_REALM_CREATE, first, h.params), 0);
	h.rd = host_delegated(&h, 1);
	h.root = host_aligned(&h, 0x10000);
	host_delegate(&h, h.root, 0x10000);
	host_write64(&h, h.params + RMI_PARAMS_RTT_BASE, h.root);
	create_with(&h, &private, 1, RMI_ERROR_GLOBAL);
	create_with(&h, &(struct field){ RMI_PARAMS_FLAGS0, 0, 0 }, 1, 0); /* SHARED */
	assert_hex(smc(&h, RMI_REALM_TERMINATE, first), 0);
	assert_hex(smc(&h, RMI_REALM_DESTROY, first), 0);
	create_with(&h, &private, 1, 0);
	host_end(&h);
}

/* T7's host build: registers 0x104130, 0x142a9, 0xa1, 0x3 (rmm-abi 9; OP-41, OP-67, OP-68). */
static void tf_rmm_accepts_what_it_announces(void **state)
{
	static const struct field fields[] = {
		{ RMI_PARAMS_FLAGS0, RMI_REALM_LPA2, 0 },
		{ RMI_PARAMS_FLAGS0, RMI_REALM_DA, 0 },
		{ RMI_PARAMS_FLAGS0, RMI_REALM_LPA2 | RMI_REALM_DA, 0 },
		{ RMI_PARAMS_FLAGS0, RMI_REALM_SVE, 1 },
		{ RMI_PARAMS_FLAGS0, RMI_REALM_PMU, 1 },  /* with no counter */
		{ RMI_PARAMS_SVE_VL, 200, 0 },            /* SVE is not asked for */
		{ RMI_PARAMS_PMU_CTRS, 200, 0 },          /* nor the PMU */
		{ RMI_PARAMS_HASH, RMI_HASH_SHA_384, 0 }, /* not announced */
		{ RMI_PARAMS_HASH, 3, 1 },
		{ RMI_PARAMS_NUM_BPS, 2, 1 },
		{ RMI_PARAMS_NUM_BPS, 0x101, 1 }, /* 4 bytes */
		{ RMI_PARAMS_NUM_WPS, UINT64_C(1) << 32 | 1, 0 },
		{ RMI_PARAMS_S2SZ, 0x100 | 41, 1 },
		{ RMI_PARAMS_FLAGS0, 3 << 5, 0 },                /* lfa_policy */
		{ RMI_PARAMS_FLAGS0, 1 << 7, RMI_ERROR_GLOBAL }, /* no MECID */
		{ RMI_PARAMS_FLAGS0, 2 << 7, 1 },
		{ RMI_PARAMS_FLAGS1, RMI_REALM_ATS, 0 },
		{ RMI_PARAMS_FLAGS1, RMI_REALM_S2AP_INDIRECT, 1 },
		{ RMI_PARAMS_AUX_PLANES, UINT64_C(1) << 32, 0 },
		{ RMI_PARAMS_AUX_PLANES, 1, 1 }, /* without a tree of its own */
		{ RMI_PARAMS_ATS_PLANE, 1, 1 },
	};
	struct host h;

	prepare(&h, &(struct setup){ .profile = "tf-rmm-2026-07" });
	EACH_ALONE(&h, fields);
	host_write64(&h, h.params + RMI_PARAMS_FLAGS1, RMI_REALM_TREE_PER_PLANE);
	for (uint64_t planes = 0; planes <= 4; planes++)
		create_with(&h, &(struct field){ RMI_PARAMS_AUX_PLANES, planes, 0 }, 1,
			    planes > 3 ? 1 : 0);
	host_end(&h);
}

/* OP-67, on a machine that has both: the numbers count when the feature is asked for. */
static void tf_rmm_looks_at_the_numbers_of_what_is_asked_for(void **state)
{
	static const struct rmm_config cfg = {
		.features = { .sve = true, .sve_vl = 3, .pmu = true, .pmu_num_ctrs = 2 },
	};
	static const struct {
		uint64_t flags0;
		unsigned offset;
		uint64_t number, x0;
	} rows[] = {
		{ RMI_REALM_SVE, RMI_PARAMS_SVE_VL, 0, 0 },
		{ RMI_REALM_SVE, RMI_PARAMS_SVE_VL, 3, 0 },
		{ RMI_REALM_SVE, RMI_PARAMS_SVE_VL, 4, 1 },
		{ RMI_REALM_PMU, RMI_PARAMS_SVE_VL, 4, 1 }, /* a PMU without counters */
		{ 0, RMI_PARAMS_SVE_VL, 4, 0 },
		{ RMI_REALM_PMU, RMI_PARAMS_PMU_CTRS, 0, 1 },
		{ RMI_REALM_PMU, RMI_PARAMS_PMU_CTRS, 1, 0 },
		{ RMI_REALM_PMU, RMI_PARAMS_PMU_CTRS, 2, 0 },
		{ RMI_REALM_PMU, RMI_PARAMS_PMU_CTRS, 3, 1 },
		{ 0, RMI_PARAMS_PMU_CTRS, 3, 0 },
	};
	struct rmm_profile p = *rmm_profile_find("tf-rmm-2026-07");
	struct host h;

	memset(p.features, 0, sizeof(p.features));
	prepare(&h, &(struct setup){ .custom = &p, .config = &cfg });
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		create_with(&h,
			    (const struct field[]){ { RMI_PARAMS_FLAGS0, rows[i].flags0 },
						    { rows[i].offset, rows[i].number } },
			    2, rows[i].x0);
	host_end(&h);
}

/* The register has 4 bits for them, RmiRealmParams room for 3 (rmm-abi 9). */
static void a_profile_that_announces_more_planes_gets_three(void **state)
{
	struct rmm_profile p = *rmm_profile_find("strict");
	struct host h;

	p.features[0] = 48 | 5 << 14 | 3 << 20;
	p.features[1] = 7 | 7 << 3 | 10 << 6 | 5 << 14;
	p.features[3] = 15;
	prepare(&h, &(struct setup){ .custom = &p });
	assert_hex(smc_regs(&h, RMI_FEATURES, 3).x[1], 15);
	host_write64(&h, h.params + RMI_PARAMS_FLAGS1, RMI_REALM_TREE_PER_PLANE);
	for (uint64_t planes = 0; planes <= 16; planes++)
		create_with(&h, &(struct field){ RMI_PARAMS_AUX_PLANES, planes, 0 }, 1,
			    planes > 3 ? 1 : 0);
	host_end(&h);
}

/* s2sz 31 at level 1 is consistent, but less than 32; 49 bits are more than S2SZ, LPA2 or not. */
static void tf_rmm_takes_32_to_48_bits(void **state)
{
	static const struct {
		uint64_t s2sz, level, num, flags0, x0;
	} rows[] = {
		{ 31, 1, 1, 0, 1 }, { 32, 1, 1, 0, 0 }, { 31, 2, 2, 0, 1 },
		{ 32, 2, 4, 0, 0 }, { 48, 0, 1, 0, 0 }, { 48, 0, 1, 1, 0 },
		{ 49, 0, 2, 0, 1 }, { 49, 0, 2, 1, 1 }, { 49, UINT64_MAX, 1, 1, 1 },
	};
	struct host h;

	prepare(&h, &(struct setup){ .profile = "tf-rmm-2026-07" });
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct field fields[] = { { RMI_PARAMS_S2SZ, rows[i].s2sz, 0 },
					  { RMI_PARAMS_RTT_LEVEL, rows[i].level, 0 },
					  { RMI_PARAMS_RTT_NUM, rows[i].num, 0 },
					  { RMI_PARAMS_FLAGS0, rows[i].flags0, 0 } };

		create_with(&h, fields, 4, rows[i].x0);
	}
	host_end(&h);
}

/* Parameters, then VMIDs and MECID, then start tables and rd (rmm-commands Part 10). */
static void tf_rmm_lacks_a_mecid_before_it_looks_at_granules(void **state)
{
	struct field fields[] = { { RMI_PARAMS_FLAGS0, 1 << 7, 0 }, { RMI_PARAMS_RTT_BASE, 0, 0 } };
	struct host h;

	prepare(&h, &(struct setup){ .profile = "tf-rmm-2026-07" });
	create_with(&h, fields, 2, RMI_ERROR_GLOBAL);
	create_with(&h, fields + 1, 1, RMI_ERROR_INPUT);
	fields[1] = (struct field){ RMI_PARAMS_ATS_PLANE, 1, 0 };
	create_with(&h, fields, 2, RMI_ERROR_INPUT);
	host_end(&h);
	/* strict: rtt_state comes first */
	fields[1] = (struct field){ RMI_PARAMS_RTT_BASE, 0, 0 };
	prepare(&h, NULL);
	create_with(&h, fields, 2, RMI_ERROR_INPUT);
	create_with(&h, fields, 1, RMI_ERROR_GLOBAL);
	host_end(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_not_there_is_not_supported),
		TEST(what_is_there_is_supported_up_to_its_limit),
		TEST(planes_go_with_trees_and_encodings),
		TEST(every_tree_gets_its_start_tables),
		TEST(start_tables_may_lie_in_any_order),
		TEST(auxiliary_start_tables_are_checked_like_the_primary_ones),
		TEST(the_plane_of_ats_is_one_of_the_realm),
		TEST(vmids_are_a_limited_resource),
		TEST(private_mecids_are_a_limited_resource),
		TEST(tf_rmm_accepts_what_it_announces),
		TEST(tf_rmm_looks_at_the_numbers_of_what_is_asked_for),
		TEST(a_profile_that_announces_more_planes_gets_three),
		TEST(tf_rmm_takes_32_to_48_bits),
		TEST(tf_rmm_lacks_a_mecid_before_it_looks_at_granules),
	};

	return cmocka_run_group_tests_name("params", tests, NULL, NULL);
}
