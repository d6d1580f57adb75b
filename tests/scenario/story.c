// SPDX-License-Identifier: BSD-2-Clause
/* The numbers of the golden story; see story.h and kvm-call-sequences. */
#include "story.h"

#define ANY UINT64_MAX

#define CREATE_41                                          \
	"RANGE_DELEGATE(RD, RD+0x1000) -> 0; X1 = end\n"   \
	"RANGE_DELEGATE(PGD, PGD+0x4000) -> 0; X1 = end\n" \
	"REALM_CREATE(RD, PAR) -> 0\n"

#define POPULATE_41                                                      \
	CREATE_41                                                        \
	"RANGE_DELEGATE(0x880000000, 0x880001000) -> 0; X1 = end\n"      \
	"DATA_MAP_INIT(RD, 0x880000000, 0x80000000, SRC0, 1) -> 0x104\n" \
	"RANGE_DELEGATE(T1, T1+0x1000) -> 0; X1 = end\n"                 \
	"RTT_CREATE(RD, T1, 0x80000000, 2) -> 0\n"                       \
	"RANGE_DELEGATE(T2, T2+0x1000) -> 0; X1 = end\n"                 \
	"RTT_CREATE(RD, T2, 0x80000000, 3) -> 0\n"                       \
	"DATA_MAP_INIT(RD, 0x880000000, 0x80000000, SRC0, 1) -> 0\n"     \
	"RANGE_DELEGATE(0x880001000, 0x880002000) -> 0; X1 = end\n"      \
	"DATA_MAP_INIT(RD, 0x880001000, 0x80001000, SRC1, 1) -> 0\n"

#define CREATE_48                                          \
	"RANGE_DELEGATE(RD, RD+0x1000) -> 0; X1 = end\n"   \
	"RANGE_DELEGATE(PGD, PGD+0x1000) -> 0; X1 = end\n" \
	"REALM_CREATE(RD, PAR) -> 0\n"

#define POPULATE_48                                                    \
	CREATE_48                                                      \
	"RANGE_DELEGATE(0x880000000, 0x880001000) -> 0; X1 = end\n"    \
	"DATA_MAP_INIT(RD, 0x880000000, 0x80000000, SRC0, 1) -> 0x4\n" \
	"RANGE_DELEGATE(T10, T10+0x1000) -> 0; X1 = end\n"             \
	"RTT_CREATE(RD, T10, 0x0, 1) -> 0\n"                           \
	"RANGE_DELEGATE(T1, T1+0x1000) -> 0; X1 = end\n"               \
	"RTT_CREATE(RD, T1, 0x80000000, 2) -> 0\n"                     \
	"RANGE_DELEGATE(T2, T2+0x1000) -> 0; X1 = end\n"               \
	"RTT_CREATE(RD, T2, 0x80000000, 3) -> 0\n"                     \
	"DATA_MAP_INIT(RD, 0x880000000, 0x80000000, SRC0, 1) -> 0\n"   \
	"RANGE_DELEGATE(0x880001000, 0x880002000) -> 0; X1 = end\n"    \
	"DATA_MAP_INIT(RD, 0x880001000, 0x80001000, SRC1, 1) -> 0\n"

#define RIPAS_A "INIT_RIPAS(RD, 0x80000000, 0xa0000000) -> 0; X1 = 0xa0000000\n"
#define RIPAS_B                                                          \
	"INIT_RIPAS(RD, 0x80000000, 0xa0000000) -> 0; X1 = 0x80200000\n" \
	"INIT_RIPAS(RD, 0x80200000, 0xa0000000) -> 0; X1 = 0xa0000000\n"
#define RIPAS_UNPOPULATED_41                                \
	"INIT_RIPAS(RD, 0x80000000, 0xa0000000) -> 0x104\n" \
	"RANGE_DELEGATE(T1, T1+0x1000) -> 0; X1 = end\n"    \
	"RTT_CREATE(RD, T1, 0x80000000, 2) -> 0\n"          \
	"INIT_RIPAS(RD, 0x80000000, 0xa0000000) -> 0; X1 = 0xa0000000\n"
#define RIPAS_UNPOPULATED_48                               \
	"INIT_RIPAS(RD, 0x80000000, 0xa0000000) -> 0x4\n"  \
	"RANGE_DELEGATE(T10, T10+0x1000) -> 0; X1 = end\n" \
	"RTT_CREATE(RD, T10, 0x0, 1) -> 0\n"               \
	"RANGE_DELEGATE(T1, T1+0x1000) -> 0; X1 = end\n"   \
	"RTT_CREATE(RD, T1, 0x80000000, 2) -> 0\n"         \
	"INIT_RIPAS(RD, 0x80000000, 0xa0000000) -> 0; X1 = 0xa0000000\n"

#define DATA_MAP_COLD "DATA_MAP(RD, 0x88203000, 0x88204000, 0x1, 0x888203004)"
#define FROM_NOTHING_TAIL                                                                    \
	DATA_MAP_COLD " -> 0x104\n"                                                          \
		      "RANGE_DELEGATE(T1, T1+0x1000) -> 0; X1 = end\n"                       \
		      "RTT_CREATE(RD, T1, 0x80000000, 2) -> 0\n" DATA_MAP_COLD " -> 0x204\n" \
		      "RANGE_DELEGATE(T3, T3+0x1000) -> 0; X1 = end\n"                       \
		      "RTT_CREATE(RD, T3, 0x88200000, 3) -> 0\n" DATA_MAP_COLD               \
		      " -> 0; X1 = 0x88204000\n"
#define FROM_NOTHING_41 \
	"RANGE_DELEGATE(0x888203000, 0x888204000) -> 0; X1 = end\n" FROM_NOTHING_TAIL
#define FROM_NOTHING_48                                                                       \
	"RANGE_DELEGATE(0x888203000, 0x888204000) -> 0; X1 = end\n" DATA_MAP_COLD " -> 0x4\n" \
	"RANGE_DELEGATE(T10, T10+0x1000) -> 0; X1 = end\n"                                    \
	"RTT_CREATE(RD, T10, 0x0, 1) -> 0\n" FROM_NOTHING_TAIL

#define UNPROT_COLD "UNPROT_MAP(RD, S+0x90000000, S+0x90001000, 0x1e0001, 0x8000000910000004)"
#define COLD_SHARED_TAIL                                 \
	"RANGE_DELEGATE(T4, T4+0x1000) -> 0; X1 = end\n" \
	"RTT_CREATE(RD, T4, S+0x80000000, 2) -> 0\n"     \
	"RANGE_DELEGATE(T5, T5+0x1000) -> 0; X1 = end\n" \
	"RTT_CREATE(RD, T5, S+0x90000000, 3) -> 0\n" UNPROT_COLD " -> 0; X1 = S+0x90001000\n"
#define COLD_SHARED_41 UNPROT_COLD " -> 0x104\n" COLD_SHARED_TAIL
#define COLD_SHARED_48                                                 \
	UNPROT_COLD " -> 0x4\n"                                        \
		    "RANGE_DELEGATE(T40, T40+0x1000) -> 0; X1 = end\n" \
		    "RTT_CREATE(RD, T40, S, 1) -> 0\n" COLD_SHARED_TAIL

#define FOLD_PRIVATE_41 "RTT_FOLD(RD, 0xc0000000, 2) -> 0x104\n"
#define FOLD_SHARED_41  "RTT_FOLD(RD, S+0xc0000000, 2) -> 0x104\n"
#define FOLD_PRIVATE_48 "RTT_FOLD(RD, 0x8000000000, 1) -> 0x4\n"
#define FOLD_SHARED_48  "RTT_FOLD(RD, S+0x8000000000, 1) -> 0x4\n"

/* Event 3: the calls that unmap the private half. */
#define UNMAP_PRIVATE_2_PAGES                                                           \
	"DATA_UNMAP(RD, 0x0, S, 1, 0) -> 0; X1 = 0x80000000, X2 = 0\n"                  \
	"DATA_UNMAP(RD, 0x80000000, S, 1, 0) -> 0; X1 = 0x80002000, X2 = 0x880000008\n" \
	"RANGE_UNDELEGATE(0x880000000, 0x880002000) -> 0; X1 = end\n"
#define UNMAP_PRIVATE_REST                                                              \
	"DATA_UNMAP(RD, 0x88203000, S, 1, 0) -> 0; X1 = 0x88204000, X2 = 0x888203004\n" \
	"RANGE_UNDELEGATE(0x888203000, 0x888204000) -> 0; X1 = end\n"                   \
	"DATA_UNMAP(RD, 0x88204000, S, 1, 0) -> 0; X1 = 0x8820a000, X2 = 0\n"           \
	"DATA_UNMAP(RD, 0x8820a000, S, 1, 0) -> 0; X1 = 0x8820b000, X2 = 0x88820a004\n" \
	"RANGE_UNDELEGATE(0x88820a000, 0x88820b000) -> 0; X1 = end\n"                   \
	"DATA_UNMAP(RD, 0x8820b000, S, 1, 0) -> 0; X1 = 0x88400000, X2 = 0\n"           \
	"DATA_UNMAP(RD, 0x88400000, S, 1, 0) -> 0; X1 = 0x88600000, X2 = 0x888400005\n" \
	"RANGE_UNDELEGATE(0x888400000, 0x888600000) -> 0; X1 = end\n"
#define UNMAP_PRIVATE_A                                                                          \
	UNMAP_PRIVATE_2_PAGES                                                                    \
	"DATA_UNMAP(RD, 0x80002000, S, 1, 0) -> 0; X1 = 0x88203000, X2 = 0\n" UNMAP_PRIVATE_REST \
	"DATA_UNMAP(RD, 0x88600000, S, 1, 0) -> 0; X1 = S, X2 = 0\n"
/* (b): a call ends with its table, so that two more begin at 0x80200000 and 0xc0000000. */
#define UNMAP_PRIVATE_B                                                                          \
	UNMAP_PRIVATE_2_PAGES                                                                    \
	"DATA_UNMAP(RD, 0x80002000, S, 1, 0) -> 0; X1 = 0x80200000, X2 = 0\n"                    \
	"DATA_UNMAP(RD, 0x80200000, S, 1, 0) -> 0; X1 = 0x88203000, X2 = 0\n" UNMAP_PRIVATE_REST \
	"DATA_UNMAP(RD, 0x88600000, S, 1, 0) -> 0; X1 = 0xc0000000, X2 = 0\n"
#define UNMAP_PRIVATE_B_41 \
	UNMAP_PRIVATE_B "DATA_UNMAP(RD, 0xc0000000, S, 1, 0) -> 0; X1 = S, X2 = 0\n"
#define UNMAP_PRIVATE_B_48                                                      \
	UNMAP_PRIVATE_B                                                         \
	"DATA_UNMAP(RD, 0xc0000000, S, 1, 0) -> 0; X1 = 0x8000000000, X2 = 0\n" \
	"DATA_UNMAP(RD, 0x8000000000, S, 1, 0) -> 0; X1 = S, X2 = 0\n"

#define DESTROY_TABLES_41                                                       \
	"RTT_DESTROY(RD, 0x0, 2) -> 0x104; X2 = 0x80000000\n"                   \
	"RTT_DESTROY(RD, 0x80000000, 2) -> 0x204; X2 = 0x80000000\n"            \
	"RTT_DESTROY(RD, 0x80000000, 3) -> 0; X1 = T2, X2 = 0x88200000\n"       \
	"RANGE_UNDELEGATE(T2, T2+0x1000) -> 0; X1 = end\n"                      \
	"RTT_DESTROY(RD, 0x88200000, 3) -> 0; X1 = T3, X2 = 0xc0000000\n"       \
	"RANGE_UNDELEGATE(T3, T3+0x1000) -> 0; X1 = end\n"                      \
	"RTT_DESTROY(RD, 0x80000000, 2) -> 0; X1 = T1, X2 = 0x10080000000\n"    \
	"RANGE_UNDELEGATE(T1, T1+0x1000) -> 0; X1 = end\n"                      \
	"RTT_DESTROY(RD, 0x10080000000, 2) -> 0; X1 = T4, X2 = 0x20000000000\n" \
	"RANGE_UNDELEGATE(T4, T4+0x1000) -> 0; X1 = end\n"
#define DESTROY_TABLES_48                                                           \
	"RTT_DESTROY(RD, 0x0, 1) -> 0x104; X2 = 0x0\n"                              \
	"RTT_DESTROY(RD, 0x0, 2) -> 0x104; X2 = 0x80000000\n"                       \
	"RTT_DESTROY(RD, 0x80000000, 2) -> 0x204; X2 = 0x80000000\n"                \
	"RTT_DESTROY(RD, 0x80000000, 3) -> 0; X1 = T2, X2 = 0x88200000\n"           \
	"RANGE_UNDELEGATE(T2, T2+0x1000) -> 0; X1 = end\n"                          \
	"RTT_DESTROY(RD, 0x88200000, 3) -> 0; X1 = T3, X2 = 0xc0000000\n"           \
	"RANGE_UNDELEGATE(T3, T3+0x1000) -> 0; X1 = end\n"                          \
	"RTT_DESTROY(RD, 0x80000000, 2) -> 0; X1 = T1, X2 = 0x8000000000\n"         \
	"RANGE_UNDELEGATE(T1, T1+0x1000) -> 0; X1 = end\n"                          \
	"RTT_DESTROY(RD, 0x0, 1) -> 0; X1 = T10, X2 = 0x800000000000\n"             \
	"RANGE_UNDELEGATE(T10, T10+0x1000) -> 0; X1 = end\n"                        \
	"RTT_DESTROY(RD, 0x800000000000, 1) -> 0x104; X2 = 0x800000000000\n"        \
	"RTT_DESTROY(RD, 0x800000000000, 2) -> 0x104; X2 = 0x800080000000\n"        \
	"RTT_DESTROY(RD, 0x800080000000, 2) -> 0; X1 = T4, X2 = 0x808000000000\n"   \
	"RANGE_UNDELEGATE(T4, T4+0x1000) -> 0; X1 = end\n"                          \
	"RTT_DESTROY(RD, 0x800000000000, 1) -> 0; X1 = T40, X2 = 0x1000000000000\n" \
	"RANGE_UNDELEGATE(T40, T40+0x1000) -> 0; X1 = end\n"

#define FOLDS_41                                                                         \
	{ "FOLD", 0x104, 2, 2046 }, { "FOLD", 0x204, 2, 2 }, { "FOLD", 0x204, 3, 1020 }, \
		{ "FOLD", 0, 3, 2 }, { "FOLD", 0x304, 3, 2 },                            \
	{                                                                                \
		"FOLD", ANY, ANY, 3072                                                   \
	}
#define FOLDS_48                                                                          \
	{ "FOLD", 0x4, 1, 510 }, { "FOLD", 0x104, 1, 2 }, { "FOLD", 0x104, 2, 1022 },     \
		{ "FOLD", 0x204, 2, 2 }, { "FOLD", 0x204, 3, 1020 }, { "FOLD", 0, 3, 2 }, \
		{ "FOLD", 0x304, 3, 2 },                                                  \
	{                                                                                 \
		"FOLD", ANY, ANY, 2560                                                    \
	}
#define UNPROT_UNMAPS_41                                                             \
	{ "UNPROT_UNMAP", 0x104, ANY, 1023 }, { "UNPROT_UNMAP", 0x204, ANY, 510 },   \
		{ "UNPROT_UNMAP", 0x304, ANY, 1020 }, { "UNPROT_UNMAP", 0, ANY, 3 }, \
	{                                                                            \
		"DATA_UNMAP", 0, ANY, 11                                             \
	}

#define WIDTH_41                                                                                   \
	.ipa_bits = 41, .levels = 1, .pgd_pages = 4, .create = CREATE_41, .populate = POPULATE_41, \
	.ripas_unpopulated = RIPAS_UNPOPULATED_41, .map_from_nothing = FROM_NOTHING_41,            \
	.cold_shared = COLD_SHARED_41, .fold_private = FOLD_PRIVATE_41,                            \
	.fold_shared = FOLD_SHARED_41, .destroy_tables = DESTROY_TABLES_41,                        \
	.destroy_nothing = "RTT_DESTROY(RD, 0x0, 2) -> 0x104; X2 = 0x20000000000\n"
#define WIDTH_48                                                                                   \
	.ipa_bits = 48, .levels = 0, .pgd_pages = 1, .create = CREATE_48, .populate = POPULATE_48, \
	.ripas_unpopulated = RIPAS_UNPOPULATED_48, .map_from_nothing = FROM_NOTHING_48,            \
	.cold_shared = COLD_SHARED_48, .fold_private = FOLD_PRIVATE_48,                            \
	.fold_shared = FOLD_SHARED_48, .destroy_tables = DESTROY_TABLES_48,                        \
	.destroy_nothing = "RTT_DESTROY(RD, 0x0, 1) -> 0x4; X2 = 0x1000000000000\n"
#define DONATION_OF(h, list, x0)                                          \
	"OP_MEM_DONATE(" h ", " list ", 16) -> " x0 "; X1 = 16, X2 = 0\n" \
	"OP_CONTINUE(" h ", 0) -> 0\n"
#define DONATION(x0) \
	.donation0 = DONATION_OF("h0", "list0", x0), .donation1 = DONATION_OF("h1", "list1", x0)
#define FRIENDLY                                                                                   \
	.profile = "linux-friendly", .rec_create = 0x50d, DONATION("0x40d"), .rec_destroy = 0x20d, \
	.reclaim = 0x00d, .ripas = RIPAS_A, .unmap_private = UNMAP_PRIVATE_A
#define LEAF                                                                            \
	.rec_create = 0x10d, DONATION("0x00d"), .rec_destroy = 0x20d, .reclaim = 0x00d, \
	.leaf = true, .ripas = RIPAS_B

#define AGAIN_B_41                                    \
	.again_counts = {                             \
		{ "FOLD", 0x104, 2, 2048 },           \
		{ "UNPROT_UNMAP", 0x104, ANY, 1024 }, \
		{ "DATA_UNMAP", 0, ANY, 1 },          \
	}
#define UNMAP_COUNTS_B_48                             \
	.unmap_counts = {                             \
		FOLDS_48,                             \
		{ "UNPROT_UNMAP", 0x4, ANY, 255 },    \
		{ "UNPROT_UNMAP", 0x104, ANY, 511 },  \
		{ "UNPROT_UNMAP", 0x204, ANY, 510 },  \
		{ "UNPROT_UNMAP", 0x304, ANY, 1020 }, \
		{ "UNPROT_UNMAP", 0, ANY, 3 },        \
		{ "DATA_UNMAP", 0, ANY, 12 },         \
	}
#define AGAIN_B_48 .again_counts = { { "FOLD", 0x4, 1, 512 }, { "UNPROT_UNMAP", 0x4, ANY, 256 } }

/* clang-format off */
const struct story stories[] = {
	{
		.name = "41 bits, friendly", WIDTH_41, FRIENDLY, .unmap_calls = 3088,
		.unmap_counts = { FOLDS_41 },
		.again_counts = { { "FOLD", 0x104, 2, 2048 }, { "FOLD", ANY, ANY, 2048 } },
	}, {
		.name = "48 bits, friendly", WIDTH_48, FRIENDLY, .unmap_calls = 2576,
		.unmap_counts = { FOLDS_48 },
		.again_counts = { { "FOLD", 0x4, 1, 512 }, { "FOLD", ANY, ANY, 512 } },
	}, {
		.name = "41 bits, bet1-leaf", .profile = "bet1-leaf", WIDTH_41, LEAF,
		.unmap_private = UNMAP_PRIVATE_B_41, .unmap_calls = 5645,
		.unmap_counts = { FOLDS_41, UNPROT_UNMAPS_41 }, AGAIN_B_41,
	}, {
		.name = "48 bits, bet1-leaf", .profile = "bet1-leaf", WIDTH_48, LEAF,
		.unmap_private = UNMAP_PRIVATE_B_48, .unmap_calls = 4877,
		UNMAP_COUNTS_B_48, AGAIN_B_48,
	}, {
		/* The block is undelegated in 512 calls, the run of two pages in two. */
		.name = "41 bits, bet1-leaf-1", .profile = "bet1-leaf-1", WIDTH_41, LEAF,
		.one_granule = true,
		.unmap_private = UNMAP_PRIVATE_B_41, .unmap_calls = 5645 + 511 + 1,
		.unmap_counts = { FOLDS_41, UNPROT_UNMAPS_41 }, AGAIN_B_41,
	}, {
		.name = "48 bits, bet1-leaf-1", .profile = "bet1-leaf-1", WIDTH_48, LEAF,
		.one_granule = true,
		.unmap_private = UNMAP_PRIVATE_B_48, .unmap_calls = 4877 + 511 + 1,
		UNMAP_COUNTS_B_48, AGAIN_B_48,
	},
};
/* clang-format on */

const unsigned nr_stories = sizeof(stories) / sizeof(stories[0]);
