/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Failure conditions of RTT_DATA_MAP_INIT, RTT_DATA_MAP and RTT_UNPROT_MAP (rmm-commands Parts 6 and
 * 10; B4.5.66, .65, .77; A5.3.3.2).
 */
#include "conditions.h"

#define COARSE_REGION (HOST_BASE + (UINT64_C(4) << 30)) /* can be made so */
#define TF            "tf-rmm-2026-07"

/* The realm has 41 IPA bits and start tables at level 1; the call is about the first page of BLOCK. */
#define BLOCK      UINT64_C(0x200000)
#define IPA_SIZE   (2 * S41)
#define TOO_HIGH   UINT64_C(0x1000000000000)
#define RTT(l)     RMI_RESULT(RMI_ERROR_RTT, l)
#define TYPE_MASK  UINT64_C(0x3)
#define COUNT_MASK UINT64_C(0xfffc) /* of the list in the flags; nearly that of a descriptor */
#define DESC_COUNT UINT64_C(0xffc)
#define DESC_ADDR  UINT64_C(0xffffffffff000)

#define OPT_NO_TABLE  1  /* the entry is one of level 2, VOID or UNMAPPED_NS */
#define OPT_NO_TABLES 2  /* one of level 1 */
#define OPT_MAPPED    4  /* something else is mapped there */
#define OPT_BLOCK     8  /* a block of level 2 is */
#define OPT_OWNED     32 /* an operation owns it, the one behind the first of BLOCK */
#define OPT_LIST      16 /* a list of two descriptors, the second one empty */

enum {
	OWN_TREE,
	OWN_REALM,
	OWN_TYPE,
	OWN_COUNT,
	OWN_ADDR,
	OWN_LEVEL,
	OWN_BLOCKS,
	OWN_BITS,
	OWN_STATE,
	OWN_SECOND,
	OWN_MEMATTR,
	OWN_S2AP
};
enum { V_LIST, V_DESC, V_BLOCK, V_PAGE };

static void nothing_more(struct trial *t, const struct breaker *b)
{
}

/* RTT_DATA_MAP and RTT_UNPROT_MAP */

static bool unprotected(const struct trial *t)
{
	return t->table->fid == RMI_RTT_UNPROT_MAP;
}

static rmm_ipa base_of(const struct trial *t)
{
	rmm_ipa base = unprotected(t) ? S41 + BLOCK : BLOCK;

	return t->opt & OPT_OWNED ? base + t->h.page : base;
}

/* The first descriptor, wherever it is. */
static void put(struct trial *t, uint64_t desc)
{
	t->v[V_DESC] = desc;
	if (t->opt & OPT_LIST)
		host_write64(&t->h, t->v[V_LIST], desc);
	else
		t->x[5] = desc;
}

static rmm_pa delegated_block(struct trial *t)
{
	rmm_pa pa = host_aligned(&t->h, BLOCK);

	host_delegate(&t->h, pa, BLOCK);
	return pa;
}

static void map(struct trial *t, rmm_ipa top, uint64_t desc)
{
	assert_hex(smc(&t->h, t->table->fid, t->h.rd, base_of(t), top, 1, desc), 0);
}

static void valid_map(struct trial *t)
{
	struct host *h = &t->h;
	rmm_ipa base;

	host_realm(h, &t->table->setup);
	base = base_of(t);
	if (!(t->opt & OPT_NO_TABLES))
		host_tables(h, base, t->opt & (OPT_NO_TABLE | OPT_BLOCK) ? 2 : 3);
	if (t->opt & OPT_BLOCK)
		map(t, base + BLOCK, host_desc(h, delegated_block(t), 2, 1));
	if (t->opt & OPT_MAPPED)
		map(t, base + h->page, host_desc(h, host_delegated(h, 1), 3, 1));
	if (t->opt & OPT_OWNED)
		trial_own_entry(t, base, 3);
	t->v[V_BLOCK] = delegated_block(t);
	t->v[V_PAGE] = host_delegated(h, 1);
	t->v[V_LIST] = host_pages(h, 1);
	t->x[1] = h->rd;
	t->x[2] = base;
	t->x[3] = base + h->page;
	t->x[4] = RMI_ADDR_SINGLE;
	if (t->opt & OPT_LIST) {
		t->x[4] = RMI_ADDR_LIST | 2 << 2;
		t->x[5] = t->v[V_LIST];
	}
	put(t, host_desc(h, t->v[V_PAGE], 3, 1));
}

/* The range moves: arg bytes from the first page of the half on. */
static void move_range(struct trial *t, const struct breaker *b)
{
	trial_address(t, 2, b->value);
	trial_address(t, 3, b->value + t->h.page);
}

static void set_type(struct trial *t, const struct breaker *b)
{
	t->x[4] = (t->x[4] & ~TYPE_MASK) | b->value;
}

static void clear_list_count(struct trial *t, const struct breaker *b)
{
	t->x[4] &= ~COUNT_MASK;
}

static void misalign_list(struct trial *t, const struct breaker *b)
{
	t->x[5] |= 4;
}

static void list_elsewhere(struct trial *t, const struct breaker *b)
{
	t->x[5] = (b->value ? b->value : t->spare) | (t->x[5] & 4);
}

static void or_flags(struct trial *t, const struct breaker *b)
{
	t->x[4] |= b->value;
}

static void or_desc(struct trial *t, const struct breaker *b)
{
	put(t, t->v[V_DESC] | b->value);
}

static void no_blocks(struct trial *t, const struct breaker *b)
{
	put(t, t->v[V_DESC] & ~DESC_COUNT);
}

/* Another address: the value, or a page in another state. */
static void desc_at(struct trial *t, rmm_pa pa)
{
	put(t, (t->v[V_DESC] & ~DESC_ADDR) | pa);
}

static void desc_at_value(struct trial *t, const struct breaker *b)
{
	desc_at(t, b->value);
}

static void desc_at_own_page(struct trial *t, const struct breaker *b)
{
	desc_at(t, t->own);
}

static void desc_at_owned_page(struct trial *t, const struct breaker *b)
{
	desc_at(t, trial_owned(t));
}

/* One block of level 2. */
static void desc_of_a_block(struct trial *t, const struct breaker *b)
{
	put(t, (t->v[V_DESC] & ~(DESC_ADDR | 3)) | host_desc(&t->h, t->v[V_BLOCK], 2, 0));
}

static void desc_of_a_misaligned_block(struct trial *t, const struct breaker *b)
{
	desc_of_a_block(t, b);
	desc_at(t, t->v[V_BLOCK] + t->h.page);
}

/* From the second page of a block on, as long as a block. */
static void shift_range(struct trial *t, const struct breaker *b)
{
	desc_of_a_block(t, b);
	trial_address(t, 2, base_of(t) + t->h.page);
	trial_address(t, 3, base_of(t) + t->h.page + BLOCK);
}

/* Only its beginning. */
static void shift_base(struct trial *t, const struct breaker *b)
{
	trial_address(t, 2, base_of(t) + t->h.page);
	trial_address(t, 3, base_of(t) + 3 * t->h.page);
}

static void block_nowhere(struct trial *t, const struct breaker *b)
{
	desc_of_a_block(t, b);
	desc_at(t, NO_MEMORY_AT);
}

static void block_of_the_host(struct trial *t, const struct breaker *b)
{
	desc_of_a_block(t, b);
	desc_at(t, host_aligned(&t->h, BLOCK));
}

#define NAME_OF_LIST ON_ARG(5) | ON_LOW(5)
#define ON_LIST(on)  on, .opt = OPT_LIST

#define RANGE_ROWS                                                              \
	{ "base_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(2), 2 },        \
		{ "top_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(3), 3 }, \
	{                                                                       \
		"size_valid", RMI_ERROR_INPUT, break_address, ON_ARG(3), 3, 0   \
	}

#define TYPE_ROWS                                                                        \
	{ "oaddr_type", RMI_ERROR_INPUT, set_type,                                       \
	  NAME_OF_LIST | ON_OWN(OWN_TYPE) | ON_OWN(OWN_COUNT), .value = RMI_ADDR_NONE }, \
	{                                                                                \
		"oaddr_type", RMI_ERROR_INPUT, set_type,                                 \
			NAME_OF_LIST | ON_OWN(OWN_TYPE) | ON_OWN(OWN_COUNT), .value = 3  \
	}

#define LIST_ROWS                                                                                 \
	{ "oaddr_list_align", RMI_ERROR_INPUT, misalign_list, ON_LIST(ON_LOW(5)) },               \
		{ "oaddr_list_pas", RMI_ERROR_INPUT, list_elsewhere, ON_LIST(ON_ARG(5)) },        \
		{ "oaddr_list_pas", RMI_ERROR_INPUT, list_elsewhere, ON_LIST(ON_ARG(5)),          \
		  .value = NO_MEMORY_AT },                                                        \
	{                                                                                         \
		"oaddr_list_count", RMI_ERROR_INPUT, clear_list_count, ON_LIST(ON_OWN(OWN_COUNT)) \
	}

#define DESC_ROWS_OF(row_of_bits, row_of_count)                                                  \
	{ row_of_bits, RMI_ERROR_INPUT, or_desc, ON_OWN(OWN_BITS), .value = UINT64_C(1) << 55 }, \
	{                                                                                        \
		row_of_count, RMI_ERROR_INPUT, no_blocks, ON_OWN(OWN_BLOCKS)                     \
	}

#define STATE_BIT                                                           \
	{                                                                   \
		"oaddr_state", RMI_ERROR_INPUT, or_desc, ON_OWN(OWN_STATE), \
			.value = UINT64_C(1) << 63                          \
	}

#define ALIGN_AND_BOUND_ROWS                                                                       \
	{ "oaddr_single_align", RMI_ERROR_INPUT, desc_of_a_misaligned_block,                       \
	  ON_OWN(OWN_ADDR) | ON_OWN(OWN_LEVEL) },                                                  \
	{                                                                                          \
		"oaddr_bound", RMI_ERROR_INPUT, desc_at_value, ON_OWN(OWN_ADDR), .value = TOO_HIGH \
	}

#define ENTRY_BLOCKED                                                                         \
	{                                                                                     \
		"rtte_blocked", RMI_BLOCKED, break_option, ON_OWN(OWN_TREE), .opt = OPT_OWNED \
	}

#define ENTRY_ROWS                                                                                 \
	{ "rtte_state", RTT(2), break_option, ON_OWN(OWN_TREE), .opt = OPT_BLOCK },                \
		{ "base_lv_align", RTT(2), shift_range,                                            \
		  ON_ARG(2) | ON_ARG(3) | ON_OWN(OWN_TREE) | ON_OWN(OWN_ADDR) | ON_OWN(OWN_LEVEL), \
		  .opt = OPT_NO_TABLE },                                                           \
		{ "rtte_size", RTT(2), desc_of_a_block,                                            \
		  ON_OWN(OWN_TREE) | ON_OWN(OWN_ADDR) | ON_OWN(OWN_LEVEL), .opt = OPT_NO_TABLE },  \
	{                                                                                          \
		"oaddr_level", RTT(3), desc_of_a_block, ON_OWN(OWN_ADDR) | ON_OWN(OWN_LEVEL)       \
	}

#define REALM_STATE                                                                      \
	{                                                                                \
		"realm_state", RMI_ERROR_REALM, break_terminate_realm, ON_OWN(OWN_REALM) \
	}

/* A page inside a COARSE region, or its first one. */
static void desc_in_a_coarse_region(struct trial *t, const struct breaker *b)
{
	assert_hex(smc(&t->h, RMI_GRANULE_TRACKING_SET, COARSE_REGION, RMI_MEM_CONVENTIONAL,
		       RMI_TRACKING_COARSE),
		   0);
	desc_at(t, COARSE_REGION + b->value);
}

#define DATA_MAP_ROWS(untracked, larger)                                                           \
	BREAK_RD(1), REALM_STATE, RANGE_ROWS,                                                      \
		{ "ipa_bound", RMI_ERROR_INPUT, move_range, ON_ARG(2) | ON_ARG(3), .value = S41 }, \
		{ "ipa_bound", RMI_ERROR_INPUT, break_address, ON_ARG(3), 3, S41 + 0x1000 },       \
		TYPE_ROWS, LIST_ROWS, DESC_ROWS_OF("oaddr_valid", "oaddr_valid"), STATE_BIT,       \
		ALIGN_AND_BOUND_ROWS, ENTRY_BLOCKED, ENTRY_ROWS,                                   \
		{ "trk_untracked", untracked, desc_at_value, ON_OWN(OWN_ADDR),                     \
		  .value = NO_MEMORY_AT },                                                         \
		{ "gran_blocked", RMI_BLOCKED, desc_at_owned_page, ON_OWN(OWN_ADDR) | ON_RMM,      \
		  .stage = -1 },                                                                   \
		{ "trk_align", RTT(3), desc_in_a_coarse_region, ON_OWN(OWN_ADDR) | ON_RMM,         \
		  .value = 0x1000 },                                                               \
		{ "trk_gran", larger, desc_in_a_coarse_region, ON_OWN(OWN_ADDR) | ON_RMM },        \
	{                                                                                          \
		"gran_state", RMI_ERROR_INPUT, desc_at_own_page, ON_OWN(OWN_ADDR)                  \
	}

static const struct breaker data_map_rows[] = { DATA_MAP_ROWS(RMI_ERROR_TRACKING,
							      RMI_ERROR_TRACKING) };

/* Level 0 and the PA. */
#define TRACKING_AT(pa) (RMI_ERROR_TRACKING | (pa) >> 12 << 16)

static const struct breaker bet3_data_map_rows[] = { DATA_MAP_ROWS(TRACKING_AT(NO_MEMORY_AT),
								   TRACKING_AT(COARSE_REGION)) };

#define ENTRY_BOTH                                                            \
	{ "rtte_state", "base_lv_align", shift_base, OPT_BLOCK },             \
		{ "rtte_state", "rtte_size", nothing_more, OPT_BLOCK },       \
		{ "base_lv_align", "rtte_size", shift_base, OPT_NO_TABLE },   \
		{ "base_lv_align", "oaddr_level", shift_base, OPT_NO_TABLE }, \
	{                                                                     \
		"rtte_size", "oaddr_level", nothing_more, OPT_NO_TABLE        \
	}

static const struct both data_map_both[] = {
	ENTRY_BOTH,
	{ "oaddr_level", "trk_untracked", block_nowhere },
	{ "oaddr_level", "gran_state", block_of_the_host },
	{ NULL },
};

static const struct condition_table rtt_data_map = {
	"RTT_DATA_MAP", RMI_RTT_DATA_MAP, valid_map, BREAKERS(data_map_rows), data_map_both,
};
CONDITION_TEST(rtt_data_map)

static const struct condition_table bet3_rtt_data_map = {
	"RTT_DATA_MAP", RMI_RTT_DATA_MAP,
	valid_map,      BREAKERS(bet3_data_map_rows),
	data_map_both,  .setup = { .edition = RMI_BET3 },
};
CONDITION_TEST(bet3_rtt_data_map)

#define FLAG_ROWS                                                                        \
	{ "memattr", RMI_ERROR_INPUT, or_flags, ON_OWN(OWN_MEMATTR), .value = 4 << 16 }, \
	{                                                                                \
		"s2ap", RMI_ERROR_INPUT, or_flags, ON_OWN(OWN_S2AP), .value = 4 << 19    \
	}

static const struct breaker unprot_map_rows[] = {
	BREAK_RD(1),
	REALM_STATE,
	RANGE_ROWS,
	{ "ipa_bound", RMI_ERROR_INPUT, break_address, ON_ARG(2), 2, S41 - 0x1000 },
	{ "top_bound", RMI_ERROR_INPUT, break_address, ON_ARG(3), 3, IPA_SIZE + 0x1000 },
	TYPE_ROWS,
	LIST_ROWS,
	DESC_ROWS_OF("oaddr_valid", "oaddr_valid"),
	ALIGN_AND_BOUND_ROWS,
	FLAG_ROWS,
	ENTRY_BLOCKED,
	ENTRY_ROWS,
};

static const struct both unprot_map_both[] = { ENTRY_BOTH, { NULL } };

static const struct condition_table rtt_unprot_map = {
	"RTT_UNPROT_MAP", RMI_RTT_UNPROT_MAP, valid_map, BREAKERS(unprot_map_rows), unprot_map_both,
};
CONDITION_TEST(rtt_unprot_map)

/* TF-RMM: from the first descriptor to the walk, then block by block */

static void second_desc(struct trial *t, uint64_t desc)
{
	no_blocks(t, NULL);
	host_write64(&t->h, t->v[V_LIST] + 8, desc);
}

/* The first descriptor is empty; the second one adds `value`. */
static void second_desc_with(struct trial *t, const struct breaker *b)
{
	second_desc(t, host_desc(&t->h, t->v[V_PAGE], 3, 1) | b->value);
}

static void second_desc_of_a_block(struct trial *t, const struct breaker *b)
{
	second_desc(t, host_desc(&t->h, t->v[V_BLOCK], 2, 1));
}

static void second_desc_of_a_block_with_state(struct trial *t, const struct breaker *b)
{
	second_desc(t, host_desc(&t->h, t->v[V_BLOCK], 2, 1) | UINT64_C(1) << 63);
}

static void second_desc_of_a_misaligned_block(struct trial *t, const struct breaker *b)
{
	second_desc(t, host_desc(&t->h, t->v[V_BLOCK] + t->h.page, 2, 1));
}

static void map_a_misaligned_block(struct trial *t, const struct breaker *b)
{
	desc_of_a_misaligned_block(t, b);
	trial_address(t, 3, base_of(t) + BLOCK);
}

static void map_a_block_misaligned_and_too_high(struct trial *t, const struct breaker *b)
{
	map_a_misaligned_block(t, b);
	desc_at(t, TOO_HIGH + t->h.page);
}

#define TF_HEAD_ROWS                                                                          \
	BREAK_TF("rd", 1, break_spare_page), REALM_STATE,                                     \
		{ "size_valid", RMI_ERROR_INPUT, break_address, ON_ARG(3), 3, 0 }, TYPE_ROWS, \
		LIST_ROWS,                                                                    \
		{ "oaddr_level", RMI_ERROR_INPUT, or_desc, ON_OWN(OWN_LEVEL), .value = 3 },   \
	{                                                                                     \
		"oaddr_level", RMI_ERROR_INPUT, or_desc, ON_OWN(OWN_BITS),                    \
			.value = UINT64_C(1) << 55                                            \
	}

#define TF_RANGE_SIZE                                                                       \
	{                                                                                   \
		"range_size", RTT(2), desc_of_a_block, ON_OWN(OWN_ADDR) | ON_OWN(OWN_LEVEL) \
	}

#define TF_WALK_ROWS                                                                  \
	{ "rtt_walk", RTT(1), break_option, ON_OWN(OWN_TREE), .opt = OPT_NO_TABLES }, \
	{                                                                             \
		"block_left", RMI_ERROR_INPUT, no_blocks, ON_OWN(OWN_BLOCKS)          \
	}

#define TF_BLOCK_LEVEL                                                   \
	{                                                                \
		"block_level", RTT(3), second_desc_of_a_block,           \
			ON_LIST(ON_OWN(OWN_BLOCKS) | ON_OWN(OWN_SECOND)) \
	}

#define TF_BLOCK_ALIGN                                                                       \
	{                                                                                    \
		"block_align", RMI_ERROR_INPUT, map_a_misaligned_block,                      \
			ON_ARG(3) | ON_OWN(OWN_TREE) | ON_OWN(OWN_ADDR) | ON_OWN(OWN_LEVEL), \
			.opt = OPT_NO_TABLE                                                  \
	}

#define TF_BLOCK_BOUND                                                                             \
	{                                                                                          \
		"block_bound", RMI_ERROR_INPUT, desc_at_value, ON_OWN(OWN_ADDR), .value = TOO_HIGH \
	}

#define TF_ENTRY                                                                        \
	{                                                                               \
		"rtte_state", RTT(3), break_option, ON_OWN(OWN_TREE), .opt = OPT_MAPPED \
	}

static const struct breaker tf_data_map_rows[] = {
	TF_HEAD_ROWS,
	STATE_BIT,
	{ "base_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(2), 2 },
	{ "ipa_bound", RMI_ERROR_INPUT, move_range, ON_ARG(2) | ON_ARG(3), .value = S41 },
	{ "ipa_bound", RMI_ERROR_INPUT, break_address, ON_ARG(3), 3, S41 + 0x1000 },
	TF_RANGE_SIZE,
	TF_WALK_ROWS,
	{ "block_state", RMI_ERROR_INPUT, second_desc_with,
	  ON_LIST(ON_OWN(OWN_BLOCKS) | ON_OWN(OWN_SECOND)), .value = UINT64_C(1) << 63 },
	TF_BLOCK_LEVEL,
	TF_BLOCK_ALIGN,
	TF_BLOCK_BOUND,
	TF_ENTRY,
	{ "gran_state", RMI_ERROR_INPUT, desc_at_own_page, ON_OWN(OWN_ADDR) },
	{ "gran_state", RMI_ERROR_INPUT, desc_at_owned_page, ON_OWN(OWN_ADDR) | ON_RMM,
	  .stage = -1 },
	{ "gran_state", RMI_ERROR_INPUT, desc_at_value, ON_OWN(OWN_ADDR), .value = NO_MEMORY_AT },
};

#define TF_BOTH                                                                                 \
	{ "block_level", "block_align", second_desc_of_a_misaligned_block, OPT_LIST },          \
	{                                                                                       \
		"block_align", "block_bound", map_a_block_misaligned_and_too_high, OPT_NO_TABLE \
	}

static const struct both tf_data_map_both[] = {
	{ "block_state", "block_level", second_desc_of_a_block_with_state, OPT_LIST },
	TF_BOTH,
	{ NULL },
};

static const struct condition_table tf_rtt_data_map = {
	"RTT_DATA_MAP",   RMI_RTT_DATA_MAP,           valid_map, BREAKERS(tf_data_map_rows),
	tf_data_map_both, .setup = { .profile = TF },
};
CONDITION_TEST(tf_rtt_data_map)

static const struct breaker tf_unprot_map_rows[] = {
	TF_HEAD_ROWS,
	{ "base_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(2), 2 },
	{ "ipa_bound", RMI_ERROR_INPUT, move_range, ON_ARG(2) | ON_ARG(3), .value = BLOCK },
	{ "top_bound", RMI_ERROR_INPUT, break_address, ON_ARG(3), 3, IPA_SIZE + 0x1000 },
	TF_RANGE_SIZE,
	{ "s2ap", RMI_ERROR_INPUT, or_flags, ON_OWN(OWN_S2AP), .value = 4 << 19 },
	TF_WALK_ROWS,
	TF_BLOCK_LEVEL,
	TF_BLOCK_ALIGN,
	{ "memattr", RMI_ERROR_INPUT, or_flags, ON_OWN(OWN_MEMATTR), .value = 4 << 16 },
	TF_BLOCK_BOUND,
	TF_ENTRY,
};

static const struct both tf_unprot_map_both[] = { TF_BOTH, { NULL } };

static const struct condition_table tf_rtt_unprot_map = {
	"RTT_UNPROT_MAP",   RMI_RTT_UNPROT_MAP,         valid_map, BREAKERS(tf_unprot_map_rows),
	tf_unprot_map_both, .setup = { .profile = TF },
};
CONDITION_TEST(tf_rtt_unprot_map)

/* RTT_DATA_MAP_INIT */

/* A second bank at 2^48, which no table of a realm without LPA2 can name. */
static const struct rmm_config high_memory = {
	.banks = { { HOST_BASE, UINT64_C(8) << 30 }, { TOO_HIGH, UINT64_C(1) << 30 } },
	.nr_banks = 2,
	.pa_bits = 52,
};

static void valid_init(struct trial *t)
{
	struct host *h = &t->h;

	host_realm(h, &t->table->setup);
	host_tables(h, BLOCK, t->opt & OPT_NO_TABLE ? 2 : 3);
	if (t->opt & OPT_MAPPED)
		host_map(h, BLOCK);
	if (t->opt & OPT_OWNED)
		trial_own_entry(t, BLOCK + h->page, 3);
	t->x[1] = h->rd;
	t->x[2] = host_delegated(h, 1);
	t->x[3] = t->opt & OPT_OWNED ? BLOCK + h->page : BLOCK;
	t->x[4] = host_pages(h, 1);
	t->x[5] = RMI_DATA_MEASURE_CONTENT;
}

static void high_page(struct trial *t, const struct breaker *b)
{
	host_delegate(&t->h, TOO_HIGH, t->h.page);
	trial_address(t, b->arg, TOO_HIGH);
}

static void rd_too(struct trial *t, const struct breaker *b)
{
	t->x[b->arg] = t->x[1];
}

#define INIT_FLAGS                                                              \
	{                                                                       \
		"flags", RMI_ERROR_INPUT, break_value, ON_ARG(5), 5, .value = 2 \
	}

#define INIT_SRC                                                                \
	{ "src_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(4), 4 },         \
		{ "src_pas", RMI_ERROR_INPUT, break_spare_page, ON_ARG(4), 4 }, \
	{                                                                       \
		"src_pas", RMI_ERROR_INPUT, break_no_memory_at, ON_ARG(4), 4    \
	}

#define INIT_IPA_ALIGN                                                     \
	{                                                                  \
		"ipa_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(3), 3 \
	}

#define INIT_IPA_BOUND                                                               \
	{ "ipa_bound", RMI_ERROR_INPUT, break_address, ON_ARG(3), 3, .value = S41 }, \
	{                                                                            \
		"ipa_bound", RMI_ERROR_INPUT, break_address, ON_ARG(3), 3,           \
			.value = UINT64_C(1) << 63                                   \
	}

#define INIT_REALM                                                                       \
	{ "realm_state", RMI_ERROR_REALM, break_activate_realm, ON_OWN(OWN_REALM) },     \
	{                                                                                \
		"realm_state", RMI_ERROR_REALM, break_terminate_realm, ON_OWN(OWN_REALM) \
	}

#define INIT_WALK                                                                       \
	{ "rtt_walk", RTT(2), break_option, ON_OWN(OWN_TREE), .opt = OPT_NO_TABLE },    \
	{                                                                               \
		"rtte_state", RTT(3), break_option, ON_OWN(OWN_TREE), .opt = OPT_MAPPED \
	}

static const struct breaker init_rows[] = {
	INIT_FLAGS,
	INIT_SRC,
	BREAK_GRANULE("data_align", "data_bound", "data_blocked", "data_state", 2, break_own_page),
	{ "data_state", RMI_ERROR_INPUT, rd_too, ON_ARG(2) | ON_LOW(2) | ON_ARG(1) | ON_LOW(1), 2 },
	BREAK_RD(1),
	{ "data_bound2", RMI_ERROR_INPUT, high_page, ON_ARG(2) | ON_RMM, 2 },
	INIT_IPA_ALIGN,
	INIT_IPA_BOUND,
	INIT_REALM,
	{ "rtte_blocked", RMI_BLOCKED, break_option, ON_ARG(3) | ON_OWN(OWN_TREE),
	  .opt = OPT_OWNED },
	INIT_WALK,
};

static const struct condition_table rtt_data_map_init = {
	"RTT_DATA_MAP_INIT",
	RMI_RTT_DATA_MAP_INIT,
	valid_init,
	BREAKERS(init_rows),
	.setup = { .config = &high_memory },
};
CONDITION_TEST(rtt_data_map_init)

static const struct breaker tf_init_rows[] = {
	INIT_FLAGS,
	{ "alias", RMI_ERROR_INPUT, rd_too, ON_ARG(2) | ON_LOW(2) | ON_ARG(1) | ON_LOW(1), 2 },
	INIT_SRC,
	BREAK_TF("rd", 1, break_spare_page),
	INIT_REALM,
	INIT_IPA_BOUND,
	INIT_IPA_ALIGN,
	{ "data_bound", RMI_ERROR_INPUT, high_page, ON_ARG(2) | ON_RMM, 2 },
	INIT_WALK,
	{ "data", RMI_ERROR_INPUT, break_low_bits, ON_LOW(2), 2 },
	{ "data", RMI_ERROR_INPUT, break_own_page, ON_ARG(2), 2 },
	/* not where an RD that is nowhere would be: that is an alias */
	{ "data", RMI_ERROR_INPUT, break_address, ON_ARG(2), 2, NO_MEMORY_AT + 0x1000 },
};

static const struct condition_table tf_rtt_data_map_init = {
	"RTT_DATA_MAP_INIT",
	RMI_RTT_DATA_MAP_INIT,
	valid_init,
	BREAKERS(tf_init_rows),
	.setup = { .profile = TF, .config = &high_memory },
};
CONDITION_TEST(tf_rtt_data_map_init)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(rtt_data_map_reports_each_condition_in_its_place),
		TEST(bet3_rtt_data_map_reports_each_condition_in_its_place),
		TEST(rtt_unprot_map_reports_each_condition_in_its_place),
		TEST(tf_rtt_data_map_reports_each_condition_in_its_place),
		TEST(tf_rtt_unprot_map_reports_each_condition_in_its_place),
		TEST(rtt_data_map_init_reports_each_condition_in_its_place),
		TEST(tf_rtt_data_map_init_reports_each_condition_in_its_place),
	};

	return cmocka_run_group_tests_name("conditions of maps", tests, NULL, NULL);
}
