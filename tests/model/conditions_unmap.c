/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Failure conditions of RTT_DATA_UNMAP, RTT_DEV_UNMAP and RTT_UNPROT_UNMAP (rmm-commands Parts 6 and 10;
 * B4.5.67, .70, .78; A5.3.3.3), and of the implementations that refuse what is not mapped.
 */
#include "conditions.h"
#include "devices.h"

#define TF "tf-rmm-2026-07"

/* The realm has 41 IPA bits; the call is about the first block of level 2 behind BLOCK. */
#define BLOCK      UINT64_C(0x200000)
#define IPA_SIZE   (2 * S41)
#define RTT(l)     RMI_RESULT(RMI_ERROR_RTT, l)
#define TYPE_MASK  UINT64_C(0x3)
#define COUNT_MASK UINT64_C(0xfffc)

#define OPT_BLOCK    1 /* mapped is a block of level 2, not a page */
#define OPT_NO_TABLE 2 /* nothing is, in an entry of level 2 */
#define OPT_EMPTY    4 /* nothing is, in an entry of level 3 */
#define OPT_LIST     8
#define OPT_SINGLE   16
#define OPT_OWNED    32 /* an operation owns the entry, the one behind the first of BLOCK */

#define OPT_COARSE 64  /* mapped is a block of level 1, a COARSE region, and then split */
#define OPT_SEALED 128 /* and an operation changes the region */
#define OPT_FIRST  256 /* the call is about its first page */

#define REGION    (HOST_BASE + (UINT64_C(4) << 30))
#define OPT_AUX   512  /* plane 1 maps it too */
#define OPT_OTHER 1024 /* DATA_UNMAP: a device is mapped; DEV_UNMAP: DATA */

enum { OWN_TREE, OWN_COUNT };
enum { V_VDEV };

static bool unprotected(const struct trial *t)
{
	return t->table->fid == RMI_RTT_UNPROT_UNMAP;
}

static bool device(const struct trial *t)
{
	return t->table->fid == RMI_RTT_DEV_UNMAP;
}

static rmm_ipa base_of(const struct trial *t)
{
	rmm_ipa base = unprotected(t) ? S41 + BLOCK : BLOCK;

	if (t->opt & OPT_FIRST)
		return 0;
	return t->opt & OPT_OWNED ? base + t->h.page : base;
}

static void map(struct trial *t, int level)
{
	struct host *h = &t->h;
	uint64_t size = host_level_size(h, level);
	rmm_pa pa = host_aligned(h, size);

	if (device(t) != !!(t->opt & OPT_OTHER)) {
		map_device(h, t->v[V_VDEV], base_of(t), DEV_NCOH, level, 1);
		return;
	}
	host_delegate(h, pa, size);
	assert_hex(smc(h, unprotected(t) ? RMI_RTT_UNPROT_MAP : RMI_RTT_DATA_MAP, h->rd, base_of(t),
		       base_of(t) + size, 1, host_desc(h, pa, level, 1)),
		   0);
}

static void map_a_region(struct trial *t)
{
	rmm_pa region = device(t) ? DEV_COARSE : REGION;
	unsigned category = device(t) ? RMI_MEM_DEV_NCOH : RMI_MEM_CONVENTIONAL;
	struct host *h = &t->h;

	assert_hex(smc(h, RMI_GRANULE_TRACKING_SET, region, category, RMI_TRACKING_COARSE), 0);
	if (device(t)) {
		map_device(h, t->v[V_VDEV], 0, region, 1, 1);
	} else {
		host_delegate(h, region, GIB);
		assert_hex(smc(h, RMI_RTT_DATA_MAP, h->rd, 0, GIB, 1, host_desc(h, region, 1, 1)),
			   0);
	}
	host_tables(h, base_of(t), 3);
	if (t->opt & OPT_SEALED)
		assert_int_equal(RMI_RESULT_STATUS(smc(h, RMI_GRANULE_TRACKING_SET, region,
						       category, RMI_TRACKING_FINE)),
				 RMI_INCOMPLETE);
}

/* Plane 1 maps the page, which has become RAM, or device memory, for it. */
static void map_for_a_plane(struct trial *t, const struct devices *d)
{
	rmm_ipa base = base_of(t), top = base + t->h.page;
	struct host *h = &t->h;

	if (device(t)) {
		host_activate(h);
		validate_device(h, d, base, top, DEV_NCOH);
	} else {
		assert_hex(smc(h, RMI_RTT_INIT_RIPAS, h->rd, base, top), 0);
	}
	host_aux_tables(h, 1, base, 3);
	assert_hex(smc(h, RMI_RTT_AUX_PROT_MAP, h->rd, base, top, 1), 0);
}

/* Unmap one page, the addresses not being asked for. */
static void valid_unmap(struct trial *t)
{
	struct host *h = &t->h;
	bool table = !(t->opt & (OPT_BLOCK | OPT_NO_TABLE));
	struct devices d = { 0 };

	host_realm(h, &t->table->setup);
	if (t->table->setup.config) {
		d = place_devices(h);
		t->v[V_VDEV] = d.vdev;
	}
	if (!(t->opt & OPT_COARSE))
		host_tables(h, base_of(t), table ? 3 : 2);
	if (t->opt & OPT_COARSE)
		map_a_region(t);
	else if (t->opt & OPT_OWNED)
		trial_own_entry(t, base_of(t), 3);
	else if (!(t->opt & (OPT_NO_TABLE | OPT_EMPTY)))
		map(t, table ? 3 : 2);
	if (t->opt & OPT_AUX)
		map_for_a_plane(t, &d);
	t->x[1] = h->rd;
	t->x[2] = base_of(t);
	t->x[3] = base_of(t) + h->page;
	t->x[4] = t->opt & OPT_SINGLE ? RMI_ADDR_SINGLE : RMI_ADDR_NONE;
	if (t->opt & OPT_LIST) {
		t->x[4] = RMI_ADDR_LIST | 4 << 2;
		t->x[5] = host_pages(h, 1);
	}
}

static void set_type(struct trial *t, const struct breaker *b)
{
	t->x[4] = (t->x[4] & ~TYPE_MASK) | b->value;
}

static void clear_list_count(struct trial *t, const struct breaker *b)
{
	t->x[4] &= ~COUNT_MASK;
}

static void set_list_count(struct trial *t, const struct breaker *b)
{
	t->x[4] |= 1 << 2;
}

static void misalign_list(struct trial *t, const struct breaker *b)
{
	t->x[5] |= 4;
}

static void list_elsewhere(struct trial *t, const struct breaker *b)
{
	t->x[5] = (b->value ? b->value : t->spare) | (t->x[5] & 4);
}

static void move_range(struct trial *t, const struct breaker *b)
{
	trial_address(t, 2, b->value);
	trial_address(t, 3, b->value + t->h.page);
}

/* From the second page of the entry on, as long as the entry. */
static void shift_range(struct trial *t, const struct breaker *b)
{
	trial_address(t, 2, base_of(t) + t->h.page);
	trial_address(t, 3, base_of(t) + t->h.page + BLOCK);
}

/* One page, the second one. */
static void shift_page(struct trial *t, const struct breaker *b)
{
	move_range(t, &(struct breaker){ .value = base_of(t) + t->h.page });
}

#define RANGE_ROWS                                                              \
	{ "base_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(2), 2 },        \
		{ "top_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(3), 3 }, \
	{                                                                       \
		"size_valid", RMI_ERROR_INPUT, break_address, ON_ARG(3), 3, 0   \
	}

#define DATA_BOUND                                                                         \
	{ "ipa_bound", RMI_ERROR_INPUT, move_range, ON_ARG(2) | ON_ARG(3), .value = S41 }, \
	{                                                                                  \
		"ipa_bound", RMI_ERROR_INPUT, break_address, ON_ARG(3), 3, S41 + 0x1000    \
	}

#define UNPROT_BOUND                                                                         \
	{ "ipa_bound", RMI_ERROR_INPUT, break_address, ON_ARG(2), 2, S41 - 0x1000 },         \
	{                                                                                    \
		"top_bound", RMI_ERROR_INPUT, break_address, ON_ARG(3), 3, IPA_SIZE + 0x1000 \
	}

#define NAME_OF_LIST (ON_ARG(5) | ON_LOW(5))

#define OADDR_TYPE                                                                         \
	{                                                                                  \
		"oaddr_type", RMI_ERROR_INPUT, set_type, NAME_OF_LIST | ON_OWN(OWN_COUNT), \
			.value = 3                                                         \
	}

#define LIST_COUNT                                                                        \
	{                                                                                 \
		"oaddr_list_count", RMI_ERROR_INPUT, clear_list_count, ON_OWN(OWN_COUNT), \
			.opt = OPT_LIST                                                   \
	}

#define LIST_PLACE(align)                                                                   \
	{ align, RMI_ERROR_INPUT, misalign_list, ON_LOW(5), .opt = OPT_LIST }, LIST_PAS(0), \
		LIST_PAS(NO_MEMORY_AT)
#define LIST_PAS(pa)                                                                          \
	{                                                                                     \
		"oaddr_list_pas", RMI_ERROR_INPUT, list_elsewhere, ON_ARG(5), .value = (pa),  \
									      .opt = OPT_LIST \
	}

#define ENTRY_BLOCKED                                                                         \
	{                                                                                     \
		"rtte_blocked", RMI_BLOCKED, break_option, ON_OWN(OWN_TREE), .opt = OPT_OWNED \
	}

/* A block: from inside, and too long for the range. */
#define ENTRY_ROWS                                                                        \
	{ "base_lv_align", RTT(2), shift_range, ON_ARG(2) | ON_ARG(3) | ON_OWN(OWN_TREE), \
	  .opt = OPT_BLOCK },                                                             \
	{                                                                                 \
		"rtte_size", RTT(2), break_option, ON_OWN(OWN_TREE), .opt = OPT_BLOCK     \
	}

/* A part of a COARSE region. */
#define REGION_ROWS                                                                             \
	{ "gran_blocked", RMI_BLOCKED, break_option, ON_OWN(OWN_TREE) | ON_ARG(2) | ON_ARG(3),  \
	  .opt = OPT_COARSE | OPT_SEALED },                                                     \
		{ "trk_align", RTT(3), break_option, ON_OWN(OWN_TREE) | ON_ARG(2) | ON_ARG(3),  \
		  .opt = OPT_COARSE },                                                          \
	{                                                                                       \
		"trk_gran", RMI_ERROR_TRACKING, break_option,                                   \
			ON_OWN(OWN_TREE) | ON_ARG(2) | ON_ARG(3), .opt = OPT_COARSE | OPT_FIRST \
	}

static const struct both inside_and_too_long[] = {
	{ "base_lv_align", "rtte_size", shift_page, OPT_BLOCK },
	{ NULL },
};

#define AUX_LIVE                                                                  \
	{                                                                         \
		"aux_live", 0x307, break_option, ON_OWN(OWN_TREE), .opt = OPT_AUX \
	}

#define ANOTHER_KIND                                                                   \
	{                                                                              \
		"rtte_state", RTT(3), break_option, ON_OWN(OWN_TREE), .opt = OPT_OTHER \
	}
#define NOT_MAPPED                                                                     \
	{                                                                              \
		"rtte_state", RTT(3), break_option, ON_OWN(OWN_TREE), .opt = OPT_EMPTY \
	}

static const struct breaker data_rows[] = {
	BREAK_RD(1), RANGE_ROWS,    DATA_BOUND,   OADDR_TYPE, LIST_PLACE("oaddr_list_align"),
	LIST_COUNT,  ENTRY_BLOCKED, ANOTHER_KIND, ENTRY_ROWS, REGION_ROWS,
	AUX_LIVE,
};

static const struct condition_table rtt_data_unmap = {
	"RTT_DATA_UNMAP",    RMI_RTT_DATA_UNMAP,
	valid_unmap,         BREAKERS(data_rows),
	inside_and_too_long, .setup = { .planes = 1, .config = &device_machine },
};
CONDITION_TEST(rtt_data_unmap)

/* feat_da is asserted with the other device mappings. */
static void in_a_test_of_its_own(struct trial *t, const struct breaker *b)
{
	trial_unavailable(t);
}

static const struct breaker dev_rows[] = {
	{ "feat_da", RMI_ERROR_NOT_SUPPORTED, in_a_test_of_its_own },
	BREAK_RD(1),
	RANGE_ROWS,
	DATA_BOUND,
	OADDR_TYPE,
	LIST_PLACE("oaddr_list_align"),
	LIST_COUNT,
	ENTRY_BLOCKED,
	NOT_MAPPED,
	ANOTHER_KIND,
	ENTRY_ROWS,
	REGION_ROWS,
	AUX_LIVE,
};

static const struct condition_table rtt_dev_unmap = {
	"RTT_DEV_UNMAP",
	RMI_RTT_DEV_UNMAP,
	valid_unmap,
	BREAKERS(dev_rows),
	inside_and_too_long,
	.setup = { .planes = 1, .config = &device_machine, .flags0 = RMI_REALM_DA },
};
CONDITION_TEST(rtt_dev_unmap)

static const struct breaker unprot_rows[] = {
	BREAK_RD(1), RANGE_ROWS,    UNPROT_BOUND, OADDR_TYPE, LIST_PLACE("oaddr_list_align"),
	LIST_COUNT,  ENTRY_BLOCKED, ENTRY_ROWS,
};

static const struct condition_table rtt_unprot_unmap = {
	"RTT_UNPROT_UNMAP",    RMI_RTT_UNPROT_UNMAP, valid_unmap,
	BREAKERS(unprot_rows), inside_and_too_long,
};
CONDITION_TEST(rtt_unprot_unmap)

/* The specification before bet3, to the letter: an entry that is not mapped is an error at base. */
static const struct breaker leaf_data_rows[] = {
	BREAK_RD(1),
	RANGE_ROWS,
	DATA_BOUND,
	OADDR_TYPE,
	LIST_PLACE("oaddr_list_align"),
	LIST_COUNT,
	ENTRY_BLOCKED,
	ANOTHER_KIND,
	ENTRY_ROWS,
	REGION_ROWS,
	AUX_LIVE,
	{ "void_align", RTT(2), break_option, ON_OWN(OWN_TREE), .opt = OPT_NO_TABLE },
};

static const struct condition_table leaf_rtt_data_unmap = {
	"RTT_DATA_UNMAP",    RMI_RTT_DATA_UNMAP,
	valid_unmap,         BREAKERS(leaf_data_rows),
	inside_and_too_long, { .profile = "bet1-leaf", .planes = 1, .config = &device_machine },
};
CONDITION_TEST(leaf_rtt_data_unmap)

static const struct breaker leaf_unprot_rows[] = {
	BREAK_RD(1),
	RANGE_ROWS,
	UNPROT_BOUND,
	OADDR_TYPE,
	LIST_PLACE("oaddr_list_align"),
	LIST_COUNT,
	ENTRY_BLOCKED,
	{ "rtte_state", RTT(3), break_option, ON_OWN(OWN_TREE), .opt = OPT_EMPTY },
	ENTRY_ROWS,
};

static const struct condition_table leaf_rtt_unprot_unmap = {
	"RTT_UNPROT_UNMAP",         RMI_RTT_UNPROT_UNMAP, valid_unmap,
	BREAKERS(leaf_unprot_rows), inside_and_too_long,  { .profile = "bet1-leaf" },
};
CONDITION_TEST(leaf_rtt_unprot_unmap)

/* TF-RMM: any entry, mapped or not; nothing in X5 and no count where no list is asked for. */
#define TF_ROWS                                                                                    \
	OADDR_TYPE,                                                                                \
		{ "oaddr_zero", RMI_ERROR_INPUT, break_value, NAME_OF_LIST | ON_OWN(OWN_COUNT), 5, \
		  HOST_BASE },                                                                     \
		{ "oaddr_zero",                                                                    \
		  RMI_ERROR_INPUT,                                                                 \
		  break_value,                                                                     \
		  NAME_OF_LIST | ON_OWN(OWN_COUNT),                                                \
		  5,                                                                               \
		  1,                                                                               \
		  .opt = OPT_SINGLE },                                                             \
		{ "oaddr_zero", RMI_ERROR_INPUT, set_list_count,                                   \
		  NAME_OF_LIST | ON_OWN(OWN_COUNT) },                                              \
		LIST_COUNT, LIST_PLACE("oaddr_list_align"),                                        \
		{ "base_lv_align", RTT(2), shift_range, ON_ARG(2) | ON_ARG(3) | ON_OWN(OWN_TREE),  \
		  .opt = OPT_NO_TABLE },                                                           \
		{ "base_lv_align", RTT(2), shift_range, ON_ARG(2) | ON_ARG(3) | ON_OWN(OWN_TREE),  \
		  .opt = OPT_BLOCK },                                                              \
		{ "rtte_size", RTT(2), break_option, ON_OWN(OWN_TREE), .opt = OPT_NO_TABLE },      \
	{                                                                                          \
		"rtte_size", RTT(2), break_option, ON_OWN(OWN_TREE), .opt = OPT_BLOCK              \
	}

static void neither_type_nor_zero(struct trial *t, const struct breaker *b)
{
	t->x[4] = 3;
	t->x[5] = HOST_BASE;
}

static const struct both tf_both[] = {
	{ "oaddr_type", "oaddr_zero", neither_type_nor_zero },
	{ "base_lv_align", "rtte_size", shift_page, OPT_NO_TABLE },
	{ NULL },
};

static const struct breaker tf_data_rows[] = {
	BREAK_TF("rd", 1, break_spare_page), RANGE_ROWS, DATA_BOUND, TF_ROWS, ANOTHER_KIND,
};

static const struct condition_table tf_rtt_data_unmap = {
	"RTT_DATA_UNMAP", RMI_RTT_DATA_UNMAP,
	valid_unmap,      BREAKERS(tf_data_rows),
	tf_both,          { .profile = TF, .config = &device_machine },
};
CONDITION_TEST(tf_rtt_data_unmap)

static const struct condition_table tf_rtt_dev_unmap = {
	"RTT_DEV_UNMAP",        RMI_RTT_DEV_UNMAP, valid_unmap,
	BREAKERS(tf_data_rows), tf_both,           { .profile = TF, .config = &device_machine },
};
CONDITION_TEST(tf_rtt_dev_unmap)

static const struct breaker tf_unprot_rows[] = {
	BREAK_TF("rd", 1, break_spare_page),
	RANGE_ROWS,
	UNPROT_BOUND,
	TF_ROWS,
};

static const struct condition_table tf_rtt_unprot_unmap = {
	"RTT_UNPROT_UNMAP", RMI_RTT_UNPROT_UNMAP, valid_unmap, BREAKERS(tf_unprot_rows), tf_both,
	{ .profile = TF },
};
CONDITION_TEST(tf_rtt_unprot_unmap)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(rtt_data_unmap_reports_each_condition_in_its_place),
		TEST(rtt_dev_unmap_reports_each_condition_in_its_place),
		TEST(rtt_unprot_unmap_reports_each_condition_in_its_place),
		TEST(leaf_rtt_data_unmap_reports_each_condition_in_its_place),
		TEST(leaf_rtt_unprot_unmap_reports_each_condition_in_its_place),
		TEST(tf_rtt_data_unmap_reports_each_condition_in_its_place),
		TEST(tf_rtt_dev_unmap_reports_each_condition_in_its_place),
		TEST(tf_rtt_unprot_unmap_reports_each_condition_in_its_place),
	};

	return cmocka_run_group_tests_name("conditions of unmaps", tests, NULL, NULL);
}
