/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The calls that the tables of RTT_DATA_MAP and RTT_UNPROT_MAP break, and the rows that the orders of
 * the specification and of TF-RMM have in common (rmm-commands Parts 6 and 10).
 */
#ifndef TESTS_MODEL_CONDITIONS_MAP_H
#define TESTS_MODEL_CONDITIONS_MAP_H

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

static inline void nothing_more(struct trial *t, const struct breaker *b)
{
}

/* RTT_DATA_MAP and RTT_UNPROT_MAP */

static inline bool unprotected(const struct trial *t)
{
	return t->table->fid == RMI_RTT_UNPROT_MAP;
}

static inline rmm_ipa base_of(const struct trial *t)
{
	rmm_ipa base = unprotected(t) ? S41 + BLOCK : BLOCK;

	return t->opt & OPT_OWNED ? base + t->h.page : base;
}

/* The first descriptor, wherever it is. */
static inline void put(struct trial *t, uint64_t desc)
{
	t->v[V_DESC] = desc;
	if (t->opt & OPT_LIST)
		host_write64(&t->h, t->v[V_LIST], desc);
	else
		t->x[5] = desc;
}

static inline rmm_pa delegated_block(struct trial *t)
{
	rmm_pa pa = host_aligned(&t->h, BLOCK);

	host_delegate(&t->h, pa, BLOCK);
	return pa;
}

static inline void map(struct trial *t, rmm_ipa top, uint64_t desc)
{
	assert_hex(smc(&t->h, t->table->fid, t->h.rd, base_of(t), top, 1, desc), 0);
}

static inline void valid_map(struct trial *t)
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
static inline void move_range(struct trial *t, const struct breaker *b)
{
	trial_address(t, 2, b->value);
	trial_address(t, 3, b->value + t->h.page);
}

static inline void set_type(struct trial *t, const struct breaker *b)
{
	t->x[4] = (t->x[4] & ~TYPE_MASK) | b->value;
}

static inline void clear_list_count(struct trial *t, const struct breaker *b)
{
	t->x[4] &= ~COUNT_MASK;
}

static inline void misalign_list(struct trial *t, const struct breaker *b)
{
	t->x[5] |= 4;
}

static inline void list_elsewhere(struct trial *t, const struct breaker *b)
{
	t->x[5] = (b->value ? b->value : t->spare) | (t->x[5] & 4);
}

static inline void or_flags(struct trial *t, const struct breaker *b)
{
	t->x[4] |= b->value;
}

static inline void or_desc(struct trial *t, const struct breaker *b)
{
	put(t, t->v[V_DESC] | b->value);
}

static inline void no_blocks(struct trial *t, const struct breaker *b)
{
	put(t, t->v[V_DESC] & ~DESC_COUNT);
}

/* Another address: the value, or a page in another state. */
static inline void desc_at(struct trial *t, rmm_pa pa)
{
	put(t, (t->v[V_DESC] & ~DESC_ADDR) | pa);
}

static inline void desc_at_value(struct trial *t, const struct breaker *b)
{
	desc_at(t, b->value);
}

static inline void desc_at_own_page(struct trial *t, const struct breaker *b)
{
	desc_at(t, t->own);
}

static inline void desc_at_owned_page(struct trial *t, const struct breaker *b)
{
	desc_at(t, trial_owned(t));
}

/* One block of level 2. */
static inline void desc_of_a_block(struct trial *t, const struct breaker *b)
{
	put(t, (t->v[V_DESC] & ~(DESC_ADDR | 3)) | host_desc(&t->h, t->v[V_BLOCK], 2, 0));
}

static inline void desc_of_a_misaligned_block(struct trial *t, const struct breaker *b)
{
	desc_of_a_block(t, b);
	desc_at(t, t->v[V_BLOCK] + t->h.page);
}

/* From the second page of a block on, as long as a block. */
static inline void shift_range(struct trial *t, const struct breaker *b)
{
	desc_of_a_block(t, b);
	trial_address(t, 2, base_of(t) + t->h.page);
	trial_address(t, 3, base_of(t) + t->h.page + BLOCK);
}

/* Only its beginning. */
static inline void shift_base(struct trial *t, const struct breaker *b)
{
	trial_address(t, 2, base_of(t) + t->h.page);
	trial_address(t, 3, base_of(t) + 3 * t->h.page);
}

static inline void block_nowhere(struct trial *t, const struct breaker *b)
{
	desc_of_a_block(t, b);
	desc_at(t, NO_MEMORY_AT);
}

static inline void block_of_the_host(struct trial *t, const struct breaker *b)
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

#define FLAG_ROWS                                                                        \
	{ "memattr", RMI_ERROR_INPUT, or_flags, ON_OWN(OWN_MEMATTR), .value = 4 << 16 }, \
	{                                                                                \
		"s2ap", RMI_ERROR_INPUT, or_flags, ON_OWN(OWN_S2AP), .value = 4 << 19    \
	}

#endif
