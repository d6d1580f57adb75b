// SPDX-License-Identifier: BSD-2-Clause
/*
 * kvm-call-sequences 14: the cold private fault at 16K and 64K pages, its tables, the words of its
 * descriptors and the fold that follows an unmap.
 */
#include "telling.h"

#define CREATE(page, pgd)                                   \
	"RANGE_DELEGATE(RD, RD+" page ") -> 0; X1 = end\n"  \
	"RANGE_DELEGATE(PGD, PGD+" pgd ") -> 0; X1 = end\n" \
	"REALM_CREATE(RD, PAR) -> 0\n"
#define TABLE(page, t, ipa, level)                               \
	"RANGE_DELEGATE(" t ", " t "+" page ") -> 0; X1 = end\n" \
	"RTT_CREATE(RD, " t ", " ipa ", " level ") -> 0\n"

#define RIPAS             "INIT_RIPAS(RD, 0x80000000, 0xa0000000) -> "
#define RIPAS_DONE        RIPAS "0; X1 = 0xa0000000\n"
#define RIPAS_TABLE(page) RIPAS "0x104\n" TABLE(page, "T1", "0x0", "2") RIPAS_DONE

#define MAP_16K "DATA_MAP(RD, 0x8a00c000, 0x8a010000, 0x1, 0x88a00c004) -> "
#define MAP_64K "DATA_MAP(RD, 0x8a030000, 0x8a040000, 0x1, 0x88a030004) -> "
#define FAULT_16K                                                           \
	"RANGE_DELEGATE(0x88a00c000, 0x88a010000) -> 0; X1 = end\n" MAP_16K \
	"0x204\n" TABLE("0x4000", "T2", "0x8a000000", "3") MAP_16K "0; X1 = 0x8a010000\n"
#define FAULT_64K(t)                                                        \
	"RANGE_DELEGATE(0x88a030000, 0x88a040000) -> 0; X1 = end\n" MAP_64K \
	"0x204\n" TABLE("0x10000", t, "0x80000000", "3") MAP_64K "0; X1 = 0x8a040000\n"
#define HOLE_16K                                                                                 \
	"DATA_UNMAP(RD, 0x8a00c000, 0x8a010000, 1, 0) -> 0; X1 = 0x8a010000, X2 = 0x88a00c004\n" \
	"RANGE_UNDELEGATE(0x88a00c000, 0x88a010000) -> 0; X1 = end\n"
#define HOLE_64K                                                                                 \
	"DATA_UNMAP(RD, 0x8a030000, 0x8a040000, 1, 0) -> 0; X1 = 0x8a040000, X2 = 0x88a030004\n" \
	"RANGE_UNDELEGATE(0x88a030000, 0x88a040000) -> 0; X1 = end\n"

#define INIT_16K "DATA_MAP_INIT(RD, 0x880000000, 0x80000000, SRC0, 1) -> "
#define POPULATE_16K                                                                         \
	CREATE("0x4000", "0x4000")                                                           \
	"RANGE_DELEGATE(0x880000000, 0x880004000) -> 0; X1 = end\n" INIT_16K                 \
	"0x104\n" TABLE("0x4000", "T1", "0x0", "2") TABLE("0x4000", "T2", "0x80000000", "3") \
		INIT_16K "0\n"                                                               \
			 "RANGE_DELEGATE(0x880004000, 0x880008000) -> 0; X1 = end\n"         \
			 "DATA_MAP_INIT(RD, 0x880004000, 0x80004000, SRC1, 1) -> 0\n"
#define POPULATE_64K                                                         \
	CREATE("0x10000", "0x10000")                                         \
	"RANGE_DELEGATE(0x880000000, 0x880010000) -> 0; X1 = end\n" INIT_16K \
	"0x204\n" TABLE("0x10000", "T1", "0x80000000", "3") INIT_16K         \
		"0\n"                                                        \
		"RANGE_DELEGATE(0x880010000, 0x880020000) -> 0; X1 = end\n"  \
		"DATA_MAP_INIT(RD, 0x880010000, 0x80010000, SRC1, 1) -> 0\n"

#define DONATION_OF(h, list, x0)                                          \
	"OP_MEM_DONATE(" h ", " list ", 16) -> " x0 "; X1 = 16, X2 = 0\n" \
	"OP_CONTINUE(" h ", 0) -> 0\n"
#define FRIENDLY                                          \
	.profile = "linux-friendly", .rec_create = 0x50d, \
	.donation0 = DONATION_OF("h0", "list0", "0x40d"), \
	.donation1 = DONATION_OF("h1", "list1", "0x40d")
#define LEAF                                                                   \
	.rec_create = 0x10d, .donation0 = DONATION_OF("h0", "list0", "0x00d"), \
	.donation1 = DONATION_OF("h1", "list1", "0x00d")

/* One column of the sheet's table. */
struct column {
	unsigned shift;
	int cache_min;
	uint64_t ipa;
	const char *fault, *hole;
	struct story story; /* ripas: without populate */
};

/* clang-format off */
#define COLUMNS(suffix, profile_fields)								\
	{											\
		.shift = 14, .cache_min = 2, .ipa = 0x8a00c000, .fault = FAULT_16K,		\
		.hole = HOLE_16K "FOLD(RD, 0x1000000000, 2) -> 0x104\n",			\
		.story = {									\
			.name = "16K, 41 bits, " suffix, profile_fields, .ipa_bits = 41, .levels = 1,	\
			.pgd_pages = 1, .create = CREATE("0x4000", "0x4000"),			\
			.ripas = RIPAS_TABLE("0x4000"), .populate = POPULATE_16K,		\
		},										\
	}, {											\
		.shift = 14, .cache_min = 2, .ipa = 0x8a00c000, .fault = FAULT_16K,		\
		.hole = HOLE_16K "FOLD(RD, 0x1000000000, 2) -> 0x104\n",			\
		.story = {									\
			.name = "16K, 48 bits, " suffix, profile_fields, .ipa_bits = 48, .levels = 1,	\
			.pgd_pages = 2, .create = CREATE("0x4000", "0x8000"),			\
			.ripas = RIPAS_TABLE("0x4000"),						\
		},										\
	}, {											\
		.shift = 16, .cache_min = 1, .ipa = 0x8a030000, .fault = FAULT_64K("T1"),	\
		.hole = HOLE_64K "FOLD(RD, 0xa0000000, 3) -> 0x204\n",				\
		.story = {									\
			.name = "64K, 41 bits, " suffix, profile_fields, .ipa_bits = 41, .levels = 2,	\
			.pgd_pages = 1, .create = CREATE("0x10000", "0x10000"),			\
			.ripas = RIPAS_DONE, .populate = POPULATE_64K,				\
		},										\
	}, {											\
		.shift = 16, .cache_min = 2, .ipa = 0x8a030000, .fault = FAULT_64K("T2"),	\
		.hole = HOLE_64K "FOLD(RD, 0x40000000000, 2) -> 0x104\n",			\
		.story = {									\
			.name = "64K, 48 bits, " suffix, profile_fields, .ipa_bits = 48, .levels = 1,	\
			.pgd_pages = 1, .create = CREATE("0x10000", "0x10000"),			\
			.ripas = RIPAS_TABLE("0x10000"),					\
		},										\
	}

#define BET1_LEAF   .profile = "bet1-leaf", LEAF
#define BET1_LEAF_1 .profile = "bet1-leaf-1", .one_granule = true, LEAF

static const struct column columns[] = {
	COLUMNS("friendly", FRIENDLY),
	COLUMNS("bet1-leaf", BET1_LEAF),
	COLUMNS("bet1-leaf-1", BET1_LEAF_1),
};
/* clang-format on */

static const struct column *column_of(const struct story *story)
{
	unsigned i;

	for (i = 0; &columns[i].story != story; i++)
		;
	return &columns[i];
}

static void the_cold_private_fault(void **state)
{
	const struct column *column = column_of(*state);
	struct telling t;

	telling_open(&t, &column->story);
	telling_activate(&t, column->story.create, column->story.ripas);
	t.f.golden.cache_tables = t.f.golden.atomic_tables = 0;
	telling_read(&t, "cold private fault", column->ipa, column->fault);
	telling_tables(&t, "cold private fault", 1, 0);
	expect(&t, "memory cache", t.f.golden.cache_min == column->cache_min);
	expect(&t, "hole", sim_vm_punch_hole(t.vm, column->ipa, t.page) == 0);
	telling_check(&t, "hole and fold", column->hole);
	telling_close(&t);
}

/* 16K: 12 calls, and the fault needs its own table. 64K: 10 calls, and it lies in the same 512 MiB: 2. */
static void the_populate_of_scenario_1_and_the_fault_after_it(void **state)
{
	const struct column *column = column_of(*state);
	bool one_table = column->shift == 16;
	struct sim_exit exit;
	struct telling t;
	unsigned calls;

	telling_open(&t, &column->story);
	telling_populate(&t);
	if (!column->story.one_granule)
		expect(&t, "populate", t.f.golden.nr_calls == (one_table ? 10 : 12));
	sim_vcpu_program(t.vm, 0, empty_program, NULL);
	exit = sim_vcpu_run(t.vm, 0);
	expect(&t, "activate", exit.kind == SIM_DONE);
	t.f.golden.next = calls = t.f.golden.nr_calls;
	if (one_table)
		telling_read(&t, "fault", column->ipa,
			     "RANGE_DELEGATE(0x88a030000, 0x88a040000) -> 0; X1 = end\n" MAP_64K
			     "0; X1 = 0x8a040000\n");
	else
		telling_read(&t, "fault", column->ipa,
			     "RANGE_DELEGATE(0x88a00c000, 0x88a010000) -> 0; X1 = end\n" MAP_16K
			     "0x204\n" TABLE("0x4000", "T3", "0x8a000000", "3") MAP_16K
			     "0; X1 = 0x8a010000\n");
	calls = t.f.golden.nr_calls - calls -
		golden_count(&t.f.golden, calls, t.f.golden.nr_calls, "REC_ENTER", ~0ull, ~0ull);
	expect(&t, "fault", calls == (one_table ? 2 : 5));
	telling_close(&t);
}

/* --- HPFAR and FAR --- */

/*
 * "HPFAR gives IPA bits down to 12": the model aligns it to the granule, so the exit is completed here. FAR
 * has another page's bits from 12 up, as a guest with pages of 4K may have it.
 */
static void report_bits_down_to_12(struct golden *g, const struct sim_event *event)
{
	const uint64_t *ipa = g->hook_ctx;
	uint64_t hpfar = (*ipa & ~UINT64_C(0xfff)) >> 8;
	uint64_t far = UINT64_C(0xffff00000000f000) | (*ipa & 0xfff);
	uint8_t *run;

	if (event->kind != SIM_EVENT_RMI_RETURN || !event->rmm->command ||
	    event->rmm->command->fid != RMI_REC_ENTER)
		return;
	run = rmm_host_ptr(sim_world_rmm(g->world), event->rmm->regs_in->x[2], 0x1000);
	if (!run || run[RMI_RUN_EXIT_REASON] != RMI_EXIT_SYNC)
		return;
	memcpy(run + RMI_RUN_EXIT_HPFAR, &hpfar, 8);
	memcpy(run + RMI_RUN_EXIT_FAR, &far, 8);
}

static void the_fault_ipa_is_aligned_to_the_hosts_page(void **state)
{
	const struct column *column = column_of(*state);
	uint64_t ipa = column->ipa + 0x3008;
	struct telling t;

	telling_open(&t, &column->story);
	telling_activate(&t, column->story.create, column->story.ripas);
	t.f.golden.hook = report_bits_down_to_12;
	t.f.golden.hook_ctx = &ipa;
	telling_read(&t, "fault in the middle of a page", ipa, column->fault);
	telling_close(&t);
}

static void far_11_to_0_completes_an_mmio_address(void **state)
{
	const struct column *column = column_of(*state);
	struct sim_exit exit;
	struct telling t;
	uint64_t ipa;

	telling_open(&t, &column->story);
	telling_activate(&t, column->story.create, column->story.ripas);
	ipa = t.s | 0x9002678; /* in no slot */
	t.f.golden.hook = report_bits_down_to_12;
	t.f.golden.hook_ctx = &ipa;
	exit = sim_guest_read(t.vm, 0, ipa, 8);
	expect(&t, "MMIO", exit.kind == SIM_MMIO && exit.mmio_addr == 0x9002678);
	telling_close(&t);
}

struct CMUnitTest *page_tests(struct CMUnitTest *to)
{
	const unsigned shift = fixture_page_shift();
	unsigned i;

	for (i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		if (columns[i].shift != shift)
			continue;
		to = telling_test(to, "the_cold_private_fault", the_cold_private_fault,
				  &columns[i].story);
		to = telling_test(to, "the_fault_ipa_is_aligned_to_the_hosts_page",
				  the_fault_ipa_is_aligned_to_the_hosts_page, &columns[i].story);
		to = telling_test(to, "far_11_to_0_completes_an_mmio_address",
				  far_11_to_0_completes_an_mmio_address, &columns[i].story);
		if (columns[i].story.populate)
			to = telling_test(to, "the_populate_of_scenario_1_and_the_fault_after_it",
					  the_populate_of_scenario_1_and_the_fault_after_it,
					  &columns[i].story);
	}
	return to;
}
