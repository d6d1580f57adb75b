/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The golden story: what a correct host sends in the life of one VM, kvm-call-sequences 1-6, 8-11, 13,
 * for several widths and RMM profiles.
 *
 * Table names: T1 = level 2 of 0x80000000, T2 = level 3 of 0x80000000, T3 = level 3 of 0x88200000,
 * T4 = level 2 of S + 0x80000000, T5 = level 3 of S + 0x90000000, T6 = level 3 of S + 0x88200000;
 * with 48 bits also T10, T40 = level 1 of 0 and of S.
 */
#ifndef TESTS_SCENARIO_STORY_H
#define TESTS_SCENARIO_STORY_H

#include <rmisim/sim.h>

#define STORY_GPA  UINT64_C(0x80000000)
#define STORY_GMEM UINT64_C(0x880000000)
#define STORY_USER UINT64_C(0x900000000)
#define STORY_ZERO UINT64_C(0x9ffff0000)

#define STORY_MAX_PAGE 0x10000

/* So many calls of one kind; x0, level: ~0 is any. */
struct story_count {
	const char *command;
	uint64_t x0, level;
	unsigned count;
};

struct story {
	const char *name, *profile;
	const struct rmm_profile *custom; /* wins over the profile's name; NULL: none */
	unsigned ipa_bits, levels;        /* levels: start level of the RTT */
	unsigned pgd_pages;
	bool one_granule;
	uint64_t rec_create, rec_destroy, reclaim; /* X0 of the INCOMPLETE answers */
	const char *donation0, *donation1;         /* of each REC, to the end of its REC_CREATE */
	const char *create;                        /* what creates the realm */
	const char *populate, *ripas, *ripas_unpopulated;
	const char *map_from_nothing;
	const char *cold_shared;
	const char *fold_private, *fold_shared; /* the literal fold after an unmap in the slot */
	bool leaf;                 /* UNPROT_UNMAP refuses what is not mapped, entry by entry */
	const char *unmap_private; /* tear-down, event 3 */
	const char *destroy_tables, *destroy_nothing;
	unsigned unmap_calls; /* all calls before the first RTT_DESTROY */
	struct story_count unmap_counts[16], again_counts[6];
};

extern const struct story stories[];
extern const unsigned nr_stories;

#endif
