/* SPDX-License-Identifier: BSD-2-Clause */
/* Failure conditions of RTT_DEV_MAP (rmm-commands Part 6 "Device mappings" and Part 10; B4.5.69). */
#include "conditions_dev.h"

#define TF         "tf-rmm-2026-07"
#define TOO_HIGH   UINT64_C(0x1000000000000)
#define TYPE_MASK  UINT64_C(0x3)
#define COUNT_MASK UINT64_C(0xfffc)
#define DESC_COUNT UINT64_C(0xffc)
#define DESC_ADDR  UINT64_C(0xffffffffff000)
#define STATE      (UINT64_C(1) << 63)

/* RTT_DEV_MAP */

/* The first descriptor, wherever it is. */
static void put(struct trial *t, uint64_t desc)
{
	t->v[V_DESC] = desc;
	if (t->opt & OPT_LIST)
		host_write64(&t->h, t->v[V_LIST], desc);
	else
		t->x[6] = desc;
}

static void valid_map(struct trial *t)
{
	struct devices d = make_realm(t);
	struct host *h = &t->h;

	if (t->opt & OPT_BLOCK)
		map_device(h, d.vdev, BLOCK, DEV_MAPPED, 2, 1);
	if (t->opt & OPT_MAPPED)
		map_device(h, d.vdev, BLOCK, DEV_MAPPED, 3, 1);
	host_delegate(h, DEV_PAGE, h->page);
	host_delegate(h, DEV_BLOCK, BLOCK);
	host_delegate(h, DEV_ALIEN, BLOCK);
	t->v[V_LIST] = host_pages(h, 1);
	t->x[2] = d.vdev;
	t->x[3] = base_of(t);
	t->x[4] = base_of(t) + h->page;
	t->x[5] = RMI_ADDR_SINGLE;
	if (t->opt & OPT_LIST) {
		t->x[5] = RMI_ADDR_LIST | 2 << 2;
		t->x[6] = t->v[V_LIST];
	}
	put(t, host_desc(h, DEV_PAGE, 3, 1));
}

static void set_type(struct trial *t, const struct breaker *b)
{
	t->x[5] = (t->x[5] & ~TYPE_MASK) | b->value;
}

static void clear_list_count(struct trial *t, const struct breaker *b)
{
	t->x[5] &= ~COUNT_MASK;
}

static void misalign_list(struct trial *t, const struct breaker *b)
{
	t->x[6] |= 4;
}

static void list_elsewhere(struct trial *t, const struct breaker *b)
{
	t->x[6] = (b->value ? b->value : t->spare) | (t->x[6] & 4);
}

static void or_desc(struct trial *t, const struct breaker *b)
{
	put(t, t->v[V_DESC] | b->value);
}

static void no_blocks(struct trial *t, const struct breaker *b)
{
	put(t, t->v[V_DESC] & ~DESC_COUNT);
}

static void desc_at(struct trial *t, rmm_pa pa)
{
	put(t, (t->v[V_DESC] & ~DESC_ADDR) | pa);
}

static void desc_at_value(struct trial *t, const struct breaker *b)
{
	desc_at(t, b->value);
}

/* DELEGATED, but it is DRAM. */
static void desc_at_spare_page(struct trial *t, const struct breaker *b)
{
	desc_at(t, t->spare);
}

static void desc_at_owned_page(struct trial *t, const struct breaker *b)
{
	desc_at(t, trial_owned(t));
}

static void desc_of_a_block(struct trial *t, const struct breaker *b)
{
	put(t, (t->v[V_DESC] & ~(DESC_ADDR | 3)) | host_desc(&t->h, DEV_BLOCK, 2, 0));
}

static void desc_of_a_misaligned_block(struct trial *t, const struct breaker *b)
{
	desc_of_a_block(t, b);
	desc_at(t, DEV_BLOCK + t->h.page);
}

static void block_at_value(struct trial *t, const struct breaker *b, rmm_pa pa)
{
	desc_of_a_block(t, b);
	desc_at(t, pa);
}

static void block_nowhere(struct trial *t, const struct breaker *b)
{
	block_at_value(t, b, NO_MEMORY_AT);
}

static void block_of_the_host(struct trial *t, const struct breaker *b)
{
	block_at_value(t, b, DEV_OF_NS);
}

static void block_of_no_vdev(struct trial *t, const struct breaker *b)
{
	block_at_value(t, b, DEV_ALIEN);
}

/* The host's, and in no range of the VDEV. */
static void alien_page_of_the_host(struct trial *t, const struct breaker *b)
{
	desc_at(t, DEV_ALIEN + BLOCK);
}

/* From the second page of a block on, as long as a block. */
static void shift_range(struct trial *t, const struct breaker *b)
{
	desc_of_a_block(t, b);
	trial_address(t, 3, base_of(t) + t->h.page);
	trial_address(t, 4, base_of(t) + t->h.page + BLOCK);
}

/* Only its beginning. */
static void shift_base(struct trial *t, const struct breaker *b)
{
	trial_address(t, 3, base_of(t) + t->h.page);
	trial_address(t, 4, base_of(t) + 3 * t->h.page);
}

static void desc_in_a_coarse_region(struct trial *t, const struct breaker *b)
{
	assert_hex(smc(&t->h, RMI_GRANULE_TRACKING_SET, DEV_COARSE, RMI_MEM_DEV_NCOH,
		       RMI_TRACKING_COARSE),
		   0);
	desc_at(t, DEV_COARSE + b->value);
}

#define NAME_OF_LIST (ON_ARG(6) | ON_LOW(6))
#define ON_LIST(on)  on, .opt = OPT_LIST
#define ON_BLOCK     (ON_OWN(OWN_ADDR) | ON_OWN(OWN_LEVEL))

#define TYPE_AND_LIST_ROWS                                                                        \
	{ "oaddr_type", RMI_ERROR_INPUT, set_type,                                                \
	  NAME_OF_LIST | ON_OWN(OWN_TYPE) | ON_OWN(OWN_COUNT), .value = RMI_ADDR_NONE },          \
		{ "oaddr_type", RMI_ERROR_INPUT, set_type,                                        \
		  NAME_OF_LIST | ON_OWN(OWN_TYPE) | ON_OWN(OWN_COUNT), .value = 3 },              \
		{ "oaddr_list_align", RMI_ERROR_INPUT, misalign_list, ON_LIST(ON_LOW(6)) },       \
		{ "oaddr_list_pas", RMI_ERROR_INPUT, list_elsewhere, ON_LIST(ON_ARG(6)) },        \
		{ "oaddr_list_pas", RMI_ERROR_INPUT, list_elsewhere, ON_LIST(ON_ARG(6)),          \
		  .value = NO_MEMORY_AT },                                                        \
	{                                                                                         \
		"oaddr_list_count", RMI_ERROR_INPUT, clear_list_count, ON_LIST(ON_OWN(OWN_COUNT)) \
	}

#define STATE_BIT                                                                          \
	{                                                                                  \
		"oaddr_state", RMI_ERROR_INPUT, or_desc, ON_OWN(OWN_STATE), .value = STATE \
	}

#define DEV_MAP_ROWS(untracked, larger)                                                            \
	NOT_SUPPORTED("feat_da"), BREAK_RD(1), BREAK_VDEV(2), REALM_STATE, RANGE_ROWS, BOUND_ROWS, \
		TYPE_AND_LIST_ROWS,                                                                \
		{ "oaddr_valid", RMI_ERROR_INPUT, or_desc, ON_OWN(OWN_BITS),                       \
		  .value = UINT64_C(1) << 55 },                                                    \
		{ "oaddr_valid", RMI_ERROR_INPUT, no_blocks, ON_OWN(OWN_BLOCKS) }, STATE_BIT,      \
		{ "oaddr_single_align", RMI_ERROR_INPUT, desc_of_a_misaligned_block, ON_BLOCK },   \
		{ "oaddr_bound", RMI_ERROR_INPUT, desc_at_value, ON_OWN(OWN_ADDR),                 \
		  .value = TOO_HIGH },                                                             \
		ENTRY_BLOCKED,                                                                     \
		{ "rtte_state", RTT(2), break_option, ON_OWN(OWN_TREE), .opt = OPT_BLOCK },        \
		{ "base_lv_align", RTT(2), shift_range, ON_RANGE | ON_OWN(OWN_TREE) | ON_BLOCK,    \
		  .opt = OPT_NO_TABLE },                                                           \
		{ "rtte_size", RTT(2), desc_of_a_block, ON_OWN(OWN_TREE) | ON_BLOCK,               \
		  .opt = OPT_NO_TABLE },                                                           \
		{ "rtte_ripas", RTT(3), break_option, ON_OWN(OWN_TREE), .opt = OPT_RAM },          \
		{ "oaddr_level", RTT(3), desc_of_a_block, ON_BLOCK },                              \
		{ "trk_untracked", untracked, desc_at_value, ON_OWN(OWN_ADDR),                     \
		  .value = NO_MEMORY_AT },                                                         \
		{ "gran_blocked", RMI_BLOCKED, desc_at_owned_page, ON_OWN(OWN_ADDR) | ON_RMM,      \
		  .stage = -1 },                                                                   \
		{ "trk_align", RTT(3), desc_in_a_coarse_region, ON_OWN(OWN_ADDR) | ON_RMM,         \
		  .value = 0x1000 },                                                               \
		{ "trk_gran", larger, desc_in_a_coarse_region, ON_OWN(OWN_ADDR) | ON_RMM },        \
		{ "gran_state", RMI_ERROR_INPUT, desc_at_value, ON_OWN(OWN_ADDR),                  \
		  .value = DEV_OF_NS },                                                            \
		{ "gran_state", RMI_ERROR_INPUT, desc_at_spare_page, ON_OWN(OWN_ADDR) },           \
	{                                                                                          \
		"vdev_range", RMI_ERROR_INPUT, desc_at_value, ON_OWN(OWN_ADDR), .value = DEV_ALIEN \
	}

static const struct breaker dev_map_rows[] = { DEV_MAP_ROWS(RMI_ERROR_TRACKING,
							    RMI_ERROR_TRACKING) };

/* Level 0 and the PA. */
#define TRACKING_AT(pa) (RMI_ERROR_TRACKING | (pa) >> 12 << 16)

static const struct breaker bet3_dev_map_rows[] = { DEV_MAP_ROWS(TRACKING_AT(NO_MEMORY_AT),
								 TRACKING_AT(DEV_COARSE)) };

static const struct both dev_map_both[] = {
	{ "rtte_state", "base_lv_align", shift_base, OPT_BLOCK },
	{ "rtte_state", "rtte_size", nothing_more, OPT_BLOCK },
	{ "base_lv_align", "rtte_size", shift_base, OPT_NO_TABLE },
	{ "base_lv_align", "oaddr_level", shift_base, OPT_NO_TABLE },
	{ "rtte_size", "oaddr_level", nothing_more, OPT_NO_TABLE },
	{ "oaddr_level", "trk_untracked", block_nowhere },
	{ "oaddr_level", "gran_state", block_of_the_host },
	{ "oaddr_level", "vdev_range", block_of_no_vdev },
	{ "gran_state", "vdev_range", alien_page_of_the_host },
	{ NULL },
};

static const struct condition_table rtt_dev_map = {
	"RTT_DEV_MAP",          RMI_RTT_DEV_MAP, valid_map,
	BREAKERS(dev_map_rows), dev_map_both,    DEVICE_SETUP,
};
CONDITION_TEST(rtt_dev_map)

static const struct condition_table bet3_rtt_dev_map = {
	"RTT_DEV_MAP", RMI_RTT_DEV_MAP,
	valid_map,     BREAKERS(bet3_dev_map_rows),
	dev_map_both,  .setup = { MACHINE, .edition = RMI_BET3 },
};
CONDITION_TEST(bet3_rtt_dev_map)

/* TF-RMM: from the first descriptor to the VDEV and the walk, then block by block */

static void second_desc(struct trial *t, uint64_t desc)
{
	no_blocks(t, NULL);
	host_write64(&t->h, t->v[V_LIST] + 8, desc);
}

static void second_desc_with(struct trial *t, const struct breaker *b)
{
	second_desc(t, host_desc(&t->h, DEV_PAGE, 3, 1) | b->value);
}

static void second_desc_of_a_block(struct trial *t, const struct breaker *b)
{
	second_desc(t, host_desc(&t->h, DEV_BLOCK, 2, 1));
}

static void map_a_misaligned_block(struct trial *t, const struct breaker *b)
{
	desc_of_a_misaligned_block(t, b);
	trial_address(t, 4, base_of(t) + BLOCK);
}

static void alien_page_too_high(struct trial *t, const struct breaker *b)
{
	desc_at(t, TOO_HIGH);
}

static const struct breaker tf_dev_map_rows[] = {
	BREAK_TF("rd", 1, break_spare_page),
	REALM_STATE,
	{ "size_valid", RMI_ERROR_INPUT, break_address, ON_ARG(4), 4, 0 },
	TYPE_AND_LIST_ROWS,
	{ "oaddr_level", RMI_ERROR_INPUT, or_desc, ON_OWN(OWN_LEVEL), .value = 3 },
	{ "oaddr_level", RMI_ERROR_INPUT, or_desc, ON_OWN(OWN_BITS), .value = UINT64_C(1) << 55 },
	STATE_BIT,
	{ "base_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(3), 3 },
	BOUND_ROWS,
	{ "range_size", RTT(2), desc_of_a_block, ON_BLOCK },
	BREAK_TF("vdev", 2, break_spare_page),
	{ "vdev_realm", RMI_ERROR_INPUT, vdev_of_another_realm, ON_ARG(2) | ON_RMM, 2 },
	{ "rtt_walk", RTT(1), break_option, ON_OWN(OWN_TREE), .opt = OPT_NO_TABLES },
	{ "block_left", RMI_ERROR_INPUT, no_blocks, ON_OWN(OWN_BLOCKS) },
	{ "block_state", RMI_ERROR_INPUT, second_desc_with,
	  ON_LIST(ON_OWN(OWN_BLOCKS) | ON_OWN(OWN_SECOND)), .value = STATE },
	{ "block_level", RTT(3), second_desc_of_a_block,
	  ON_LIST(ON_OWN(OWN_BLOCKS) | ON_OWN(OWN_SECOND)) },
	{ "block_align", RMI_ERROR_INPUT, map_a_misaligned_block,
	  ON_ARG(4) | ON_OWN(OWN_TREE) | ON_BLOCK, .opt = OPT_NO_TABLE },
	{ "block_bound", RMI_ERROR_INPUT, desc_at_value, ON_OWN(OWN_ADDR), .value = TOO_HIGH },
	{ "vdev_range", RMI_ERROR_INPUT, desc_at_value, ON_OWN(OWN_ADDR), .value = DEV_ALIEN },
	{ "rtte_state", RTT(3), break_option, ON_OWN(OWN_TREE), .opt = OPT_MAPPED },
	{ "gran_state", RMI_ERROR_INPUT, desc_at_value, ON_OWN(OWN_ADDR), .value = DEV_OF_NS },
};

static void second_desc_of_a_block_with_state(struct trial *t, const struct breaker *b)
{
	second_desc(t, host_desc(&t->h, DEV_BLOCK, 2, 1) | STATE);
}

static void second_desc_of_a_misaligned_block(struct trial *t, const struct breaker *b)
{
	second_desc(t, host_desc(&t->h, DEV_BLOCK + t->h.page, 2, 1));
}

static void misaligned_block_too_high(struct trial *t, const struct breaker *b)
{
	map_a_misaligned_block(t, b);
	desc_at(t, TOO_HIGH + t->h.page);
}

static const struct both tf_dev_map_both[] = {
	{ "block_state", "block_level", second_desc_of_a_block_with_state, OPT_LIST },
	{ "block_level", "block_align", second_desc_of_a_misaligned_block, OPT_LIST },
	{ "block_align", "block_bound", misaligned_block_too_high, OPT_NO_TABLE },
	{ "block_bound", "vdev_range", alien_page_too_high },
	{ "vdev_range", "gran_state", alien_page_of_the_host },
	{ NULL },
};

static const struct condition_table tf_rtt_dev_map = {
	"RTT_DEV_MAP",   RMI_RTT_DEV_MAP,
	valid_map,       BREAKERS(tf_dev_map_rows),
	tf_dev_map_both, .setup = { MACHINE, .profile = TF },
};
CONDITION_TEST(tf_rtt_dev_map)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(rtt_dev_map_reports_each_condition_in_its_place),
		TEST(bet3_rtt_dev_map_reports_each_condition_in_its_place),
		TEST(tf_rtt_dev_map_reports_each_condition_in_its_place),
	};

	return cmocka_run_group_tests_name("conditions of RTT_DEV_MAP", tests, NULL, NULL);
}
