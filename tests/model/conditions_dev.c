/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Failure conditions of RTT_DEV_MAP, RTT_ARCH_DEV_MAP, RTT_ARCH_DEV_UNMAP, RTT_DEV_VALIDATE and
 * RSI_VDEV_VALIDATE_MAPPING (rmm-commands Part 6 "Device mappings" and Part 10; B4.5.69, .55, .56,
 * .71; A5.3.3.2). RTT_DEV_UNMAP is with the other unmaps.
 */
#include "conditions.h"
#include "devices.h"
#include "stats.h"

#define TF         "tf-rmm-2026-07"
#define BLOCK      UINT64_C(0x200000)
#define TOO_HIGH   UINT64_C(0x1000000000000)
#define RTT(l)     RMI_RESULT(RMI_ERROR_RTT, l)
#define TYPE_MASK  UINT64_C(0x3)
#define COUNT_MASK UINT64_C(0xfffc)
#define DESC_COUNT UINT64_C(0xffc)
#define DESC_ADDR  UINT64_C(0xffffffffff000)
#define STATE      (UINT64_C(1) << 63)

#define OPT_NO_TABLE  1  /* the entry is one of level 2 */
#define OPT_NO_TABLES 2  /* one of level 1 */
#define OPT_MAPPED    4  /* the device is mapped there already */
#define OPT_BLOCK     8  /* as a block of level 2 */
#define OPT_LIST      16 /* a list of two descriptors, the second one empty */
#define OPT_OWNED     32 /* an operation owns the entry, the one behind the first of BLOCK */
#define OPT_RAM       64 /* its RIPAS is RAM */
#define OPT_AUX       128
#define OPT_INSIDE    256 /* DEV_VALIDATE: the realm asks from the second page of the block on */
#define OPT_COHERENT  512
#define OPT_ELSEWHERE 1024 /* it expects another address */

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
};
enum { V_LIST, V_DESC, V_PDEV };

/* Device memory: the page that is mapped, a block, one that is mapped already, UNDELEGATED. */
#define DEV_PAGE   DEV_NCOH
#define DEV_BLOCK  (DEV_NCOH + BLOCK)
#define DEV_MAPPED (DEV_NCOH + 2 * BLOCK)
#define DEV_OF_NS  (DEV_NCOH + 3 * BLOCK)

static void nothing_more(struct trial *t, const struct breaker *b)
{
}

static rmm_ipa base_of(const struct trial *t)
{
	return t->opt & OPT_OWNED ? BLOCK + t->h.page : BLOCK;
}

/* A realm with devices, and the entry of the call. */
static struct devices make_realm(struct trial *t)
{
	struct host *h = &t->h;
	struct devices d;

	host_realm(h, &t->table->setup);
	d = place_devices(h);
	t->v[V_PDEV] = d.pdev;
	if (!(t->opt & OPT_NO_TABLES))
		host_tables(h, BLOCK, t->opt & (OPT_NO_TABLE | OPT_BLOCK) ? 2 : 3);
	if (t->opt & OPT_RAM)
		assert_hex(smc(h, RMI_RTT_INIT_RIPAS, h->rd, BLOCK, BLOCK + h->page), 0);
	if (t->opt & OPT_OWNED)
		trial_own_entry(t, base_of(t), 3);
	t->x[1] = h->rd;
	return d;
}

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

static void vdev_of_another_realm(struct trial *t, const struct breaker *b)
{
	rmm_pa rd = host_other_realm(&t->h);

	trial_address(t, b->arg, place_vdev(&t->h, rd, t->v[V_PDEV]));
}

static void move_range(struct trial *t, const struct breaker *b)
{
	trial_address(t, 3, b->value);
	trial_address(t, 4, b->value + t->h.page);
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
#define ON_RANGE     (ON_ARG(3) | ON_ARG(4))

/* `feature` is the row; asserted in a test of its own, for the setup has the feature. */
static void in_a_test_of_its_own(struct trial *t, const struct breaker *b)
{
	trial_unavailable(t);
}

#define NOT_SUPPORTED(feature)                                         \
	{                                                              \
		feature, RMI_ERROR_NOT_SUPPORTED, in_a_test_of_its_own \
	}

#define BREAK_VDEV(n)                                                                         \
	BREAK_GRANULE("vdev_align", "vdev_bound", "vdev_blocked", "vdev_gran_state", n,       \
		      break_spare_page),                                                      \
	{                                                                                     \
		"vdev_realm", RMI_ERROR_INPUT, vdev_of_another_realm, ON_ARG(n) | ON_RMM, (n) \
	}

#define REALM_STATE                                                                      \
	{                                                                                \
		"realm_state", RMI_ERROR_REALM, break_terminate_realm, ON_OWN(OWN_REALM) \
	}

#define RANGE_ROWS                                                              \
	{ "base_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(3), 3 },        \
		{ "top_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(4), 4 }, \
	{                                                                       \
		"size_valid", RMI_ERROR_INPUT, break_address, ON_ARG(4), 4, 0   \
	}

#define BOUND_ROWS                                                                      \
	{ "ipa_bound", RMI_ERROR_INPUT, move_range, ON_RANGE, .value = S41 },           \
	{                                                                               \
		"ipa_bound", RMI_ERROR_INPUT, break_address, ON_ARG(4), 4, S41 + 0x1000 \
	}

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

#define ENTRY_BLOCKED                                                                         \
	{                                                                                     \
		"rtte_blocked", RMI_BLOCKED, break_option, ON_OWN(OWN_TREE), .opt = OPT_OWNED \
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

#define MACHINE      .config = &device_machine
#define DEVICE_SETUP .setup = { MACHINE, .flags0 = RMI_REALM_DA }
#define PLANES_SETUP .setup = { MACHINE, .flags0 = RMI_REALM_DA, .planes = 1 }

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

/* RTT_ARCH_DEV_MAP, RTT_ARCH_DEV_UNMAP: a page */

static void map_vsmmu(struct trial *t, rmm_pa vsmmu, uint64_t size)
{
	struct host *h = &t->h;

	assert_hex(smc(h, RMI_RTT_ARCH_DEV_MAP, h->rd, vsmmu, BLOCK, BLOCK + size), 0);
}

static void valid_arch_dev(struct trial *t)
{
	struct devices d = make_realm(t);
	bool unmap = t->table->fid == RMI_RTT_ARCH_DEV_UNMAP;

	if (t->opt & OPT_BLOCK)
		map_vsmmu(t, d.vsmmu, BLOCK);
	else if (unmap && !(t->opt & (OPT_OWNED | OPT_RAM)))
		map_vsmmu(t, d.vsmmu, t->h.page);
	if (t->opt & OPT_AUX) {
		host_aux_tables(&t->h, 1, BLOCK, 3);
		assert_hex(smc(&t->h, RMI_RTT_AUX_PROT_MAP, t->h.rd, BLOCK, BLOCK + t->h.page, 1),
			   0);
	}
	t->x[2] = d.vsmmu;
	t->x[3] = base_of(t);
	t->x[4] = base_of(t) + t->h.page;
}

static void another_vsmmu(struct trial *t, const struct breaker *b)
{
	rmm_pa pa = host_delegated(&t->h, 1);
	rmm_pa rd = b->value ? host_other_realm(&t->h) : t->h.rd;

	assert_true(rmm_place_vsmmu(t->h.rmm, pa, rd));
	trial_address(t, 2, pa);
}

/* From the second page of the block on, as long as a block, or one page. */
static void shift_block(struct trial *t, const struct breaker *b)
{
	trial_address(t, 3, BLOCK + t->h.page);
	trial_address(t, 4, BLOCK + t->h.page + BLOCK);
}

static void shift_page(struct trial *t, const struct breaker *b)
{
	move_range(t, &(struct breaker){ .value = BLOCK + t->h.page });
}

#define BREAK_VSMMU                                                                             \
	BREAK_RD(1),                                                                            \
		BREAK_GRANULE("dev_align", "dev_bound", "dev_blocked", "dev_state", 2,          \
			      break_spare_page),                                                \
	{                                                                                       \
		"dev_realm", RMI_ERROR_INPUT, another_vsmmu, ON_ARG(2) | ON_RMM, 2, .value = 1, \
	}
static const struct breaker arch_dev_map_rows[] = {
	NOT_SUPPORTED("feat_vsmmu"),
	BREAK_VSMMU,
	REALM_STATE,
	RANGE_ROWS,
	BOUND_ROWS,
	ENTRY_BLOCKED,
	{ "rtte_state", RTT(2), break_option, ON_OWN(OWN_TREE), .opt = OPT_BLOCK },
	{ "base_lv_align", RTT(2), shift_block, ON_RANGE | ON_OWN(OWN_TREE), .opt = OPT_NO_TABLE },
	{ "rtte_size", RTT(2), break_option, ON_OWN(OWN_TREE), .opt = OPT_NO_TABLE },
	{ "rtte_ripas", RTT(3), break_option, ON_OWN(OWN_TREE), .opt = OPT_RAM },
};

static const struct both arch_dev_map_both[] = {
	{ "rtte_state", "base_lv_align", shift_page, OPT_BLOCK },
	{ "rtte_state", "rtte_size", nothing_more, OPT_BLOCK },
	{ "base_lv_align", "rtte_size", shift_page, OPT_NO_TABLE },
	{ NULL },
};

static const struct condition_table rtt_arch_dev_map = {
	"RTT_ARCH_DEV_MAP",          RMI_RTT_ARCH_DEV_MAP, valid_arch_dev,
	BREAKERS(arch_dev_map_rows), arch_dev_map_both,    DEVICE_SETUP,
};
CONDITION_TEST(rtt_arch_dev_map)

static void shift_page_of_another(struct trial *t, const struct breaker *b)
{
	shift_page(t, b);
	another_vsmmu(t, &(struct breaker){ 0 });
}

static void page_of_another(struct trial *t, const struct breaker *b)
{
	another_vsmmu(t, &(struct breaker){ 0 });
}

static const struct breaker arch_dev_unmap_rows[] = {
	NOT_SUPPORTED("feat_vsmmu"),
	BREAK_VSMMU,
	RANGE_ROWS,
	BOUND_ROWS,
	ENTRY_BLOCKED,
	{ "rtte_state", RTT(3), break_option, ON_OWN(OWN_TREE), .opt = OPT_RAM },
	{ "rtte_addr", RTT(3), another_vsmmu, ON_ARG(2) | ON_OWN(OWN_TREE) },
	{ "base_lv_align", RTT(2), shift_block, ON_RANGE | ON_OWN(OWN_TREE), .opt = OPT_BLOCK },
	{ "rtte_size", RTT(2), break_option, ON_OWN(OWN_TREE), .opt = OPT_BLOCK },
	{ "aux_live", 0x307, break_option, ON_OWN(OWN_TREE), .opt = OPT_AUX },
};

static const struct both arch_dev_unmap_both[] = {
	{ "base_lv_align", "rtte_size", shift_page, OPT_BLOCK },
	{ "rtte_addr", "aux_live", page_of_another, OPT_AUX },
	{ NULL },
};

static const struct condition_table rtt_arch_dev_unmap = {
	"RTT_ARCH_DEV_UNMAP",          RMI_RTT_ARCH_DEV_UNMAP, valid_arch_dev,
	BREAKERS(arch_dev_unmap_rows), arch_dev_unmap_both,    PLANES_SETUP,
};
CONDITION_TEST(rtt_arch_dev_unmap)

/* The address comes before alignment and size of a block: RTT(2) is the same for all, the row is not. */
static void another_object_comes_before_the_size_of_its_block(void **state)
{
	static const struct breaker rows[] = {
		{ "rtte_addr", RTT(2), shift_page_of_another, .opt = OPT_BLOCK },
	};
	static const struct condition_table table = {
		"RTT_ARCH_DEV_UNMAP", RMI_RTT_ARCH_DEV_UNMAP, valid_arch_dev, BREAKERS(rows), NULL,
		DEVICE_SETUP,         .partial = true,
	};
	struct trial t = { .table = &table, .opt = OPT_BLOCK };
	struct rmm_condition_info info;

	valid_arch_dev(&t);
	shift_page_of_another(&t, NULL);
	assert_hex(smc(&t.h, RMI_RTT_ARCH_DEV_UNMAP, t.x[1], t.x[2], t.x[3], t.x[4]), RTT(2));
	assert_true(rmm_condition_at((unsigned)t.h.condition, &info));
	assert_string_equal(info.name, "rtte_addr");
	host_end(&t.h);
}

/* Without the feature nothing else is asked: rd is misaligned, too. */
static void without_the_feature_there_are_no_device_mappings(void **state)
{
	static const uint64_t fids[] = { RMI_RTT_ARCH_DEV_MAP, RMI_RTT_ARCH_DEV_UNMAP,
					 RMI_RTT_DEV_MAP, RMI_RTT_DEV_UNMAP, RMI_RTT_DEV_VALIDATE };
	struct host h;

	for (unsigned i = 0; i < 5; i++) {
		struct rmm_condition_info info;
		uint64_t before;

		host_realm(&h, NULL);
		before = rmm_state_hash(h.rmm);
		assert_hex(smc(&h, fids[i], h.rd | LOW_BITS, h.rd, BLOCK, 0), 5);
		assert_true(rmm_condition_at((unsigned)h.condition, &info));
		assert_string_equal(info.name, i < 2 ? "feat_vsmmu" : "feat_da");
		assert_hex(rmm_state_hash(h.rmm), before);
		stats_asserted(h.condition, "strict", __func__);
		host_end(&h);
	}
}

/* RTT_DEV_VALIDATE: the realm has asked for [BLOCK, BLOCK + 4 pages), non-coherent, at DEV_PAGE */

static void valid_validate(struct trial *t)
{
	struct devices d = make_realm(t);
	struct host *h = &t->h;
	rmm_ipa base = BLOCK + (t->opt & OPT_INSIDE ? h->page : 0);
	struct mapping m = { base, base + (t->opt & OPT_INSIDE ? 2 * BLOCK : 4 * h->page),
			     t->opt & OPT_ELSEWHERE ? DEV_BLOCK : DEV_PAGE };

	if (t->opt & OPT_COHERENT)
		m.flags = RSI_DEV_MEM_COHERENT;
	if (t->opt & OPT_BLOCK)
		map_device(h, d.vdev, BLOCK, DEV_PAGE, 2, 1);
	else if (!(t->opt & (OPT_OWNED | OPT_NO_TABLE | OPT_RAM)))
		map_device(h, d.vdev, BLOCK, DEV_PAGE, 3, 4);
	host_activate(h);
	if (t->opt & OPT_AUX) {
		validate_device(h, &d, BLOCK, BLOCK + h->page, DEV_PAGE);
		host_aux_tables(h, 1, BLOCK, 3);
		assert_hex(smc(h, RMI_RTT_AUX_PROT_MAP, h->rd, BLOCK, BLOCK + h->page, 1), 0);
	}
	ask_for_validation(h, &m);
	t->x[2] = h->rec;
	t->x[3] = d.pdev;
	t->x[4] = d.vdev;
	t->x[5] = base;
	t->x[6] = base + (t->opt & OPT_INSIDE ? BLOCK : 2 * h->page);
}

static void rec_of_another_realm(struct trial *t, const struct breaker *b)
{
	rmm_pa rd = host_other_realm(&t->h);

	trial_address(t, 1, rd);
	trial_address(t, 4, place_vdev(&t->h, rd, t->v[V_PDEV]));
}

static void another_pdev(struct trial *t, const struct breaker *b)
{
	rmm_pa pa = host_delegated(&t->h, 1);

	assert_true(rmm_place_pdev(t->h.rmm, pa));
	trial_address(t, 3, pa);
}

static void second_page(struct trial *t, const struct breaker *b)
{
	trial_address(t, 5, BLOCK + t->h.page);
}

static void third_page(struct trial *t, const struct breaker *b)
{
	trial_address(t, 5, BLOCK + 2 * t->h.page);
}

static void to_the_second_page(struct trial *t, const struct breaker *b)
{
	trial_address(t, 6, BLOCK + 2 * t->h.page);
}

/* What is not there is not the VDEV's either. */
static void that_alone(struct trial *t, const struct breaker *b)
{
	b->breaks(t, b);
}

static void of_another_realm_and_pdev(struct trial *t, const struct breaker *b)
{
	vdev_of_another_realm(t, b);
	another_pdev(t, b);
}

static const struct breaker validate_rows[] = {
	NOT_SUPPORTED("feat_da"),
	BREAK_RD(1),
	BREAK_REC(2),
	BREAK_GRANULE("pdev_align", "pdev_bound", "pdev_blocked", "pdev_gran_state", 3,
		      break_spare_page),
	BREAK_VDEV(4),
	{ "rec_state", RMI_ERROR_REC, break_run_rec, .stage = -1 },
	{ "rec_owner", RMI_ERROR_REC, rec_of_another_realm, ON_ARG(1) | ON_ARG(4) | ON_RMM },
	{ "vdev_pdev", RMI_ERROR_DEVICE, another_pdev, ON_ARG(3) | ON_RMM },
	{ "size_valid", RMI_ERROR_INPUT, break_address, ON_ARG(6), 6, 0 },
	{ "base_bound", RMI_ERROR_INPUT, second_page, ON_ARG(5) },
	{ "base_bound", RMI_ERROR_INPUT, break_address, ON_ARG(5), 5, 0 },
	{ "top_bound", RMI_ERROR_INPUT, break_address, ON_ARG(6), 6, S41 - 0x1000 },
	{ "rtte_blocked", RMI_BLOCKED, break_option, ON_ARG(5) | ON_OWN(OWN_TREE),
	  .opt = OPT_OWNED | OPT_INSIDE },
	{ "base_align", RTT(2), break_option, ON_ARG(5) | ON_OWN(OWN_TREE),
	  .opt = OPT_BLOCK | OPT_INSIDE },
	{ "top_gran_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(6), 6 },
	{ "no_progress", RTT(2), break_option, ON_OWN(OWN_TREE), .opt = OPT_BLOCK },
	{ "no_progress", RTT(2), break_option, ON_OWN(OWN_TREE), .opt = OPT_NO_TABLE },
	{ "no_progress", RTT(3), break_option, ON_OWN(OWN_TREE), .opt = OPT_RAM },
	{ "rtte_memattr", RTT(3), break_option, ON_OWN(OWN_STATE), .opt = OPT_COHERENT },
	{ "rtte_addr", RTT(3), break_option, ON_OWN(OWN_ADDR), .opt = OPT_ELSEWHERE },
	{ "aux_live", RTT(3), break_option, ON_OWN(OWN_TREE), .opt = OPT_AUX },
};

static const struct both validate_both[] = {
	{ "pdev_bound", "vdev_pdev", that_alone },
	{ "pdev_gran_state", "vdev_pdev", that_alone },
	{ "vdev_realm", "vdev_pdev", of_another_realm_and_pdev },
	{ "base_bound", "base_align", third_page, OPT_BLOCK | OPT_INSIDE },
	{ "base_align", "no_progress", to_the_second_page, OPT_BLOCK | OPT_INSIDE },
	{ NULL },
};

static const struct condition_table rtt_dev_validate = {
	"RTT_DEV_VALIDATE",      RMI_RTT_DEV_VALIDATE, valid_validate,
	BREAKERS(validate_rows), validate_both,        PLANES_SETUP,
};
CONDITION_TEST(rtt_dev_validate)

/* RSI_VDEV_VALIDATE_MAPPING */

static void valid_mapping(struct trial *t)
{
	host_realm(&t->h, &t->table->setup);
	host_activate(&t->h);
	t->x[1] = 0x1d;
	t->x[2] = 0x1000;
	t->x[3] = 0x3000;
	t->x[4] = DEV_PAGE;
}

static void range_of_the_upper_half(struct trial *t, const struct breaker *b)
{
	trial_address(t, 2, S41);
	trial_address(t, 3, S41 + 0x1000);
}

static const struct breaker mapping_rows[] = {
	{ "base_align", RSI_ERROR_INPUT, break_low_bits, ON_LOW(2), 2 },
	{ "top_align", RSI_ERROR_INPUT, break_low_bits, ON_LOW(3), 3 },
	{ "size_valid", RSI_ERROR_INPUT, break_address, ON_ARG(3), 3, 0 },
	{ "rgn_bound", RSI_ERROR_INPUT, range_of_the_upper_half, ON_ARG(2) | ON_ARG(3) },
	{ "rgn_bound", RSI_ERROR_INPUT, break_address, ON_ARG(3), 3, S41 + 0x1000 },
	{ "pa_align", RSI_ERROR_INPUT, break_low_bits, ON_LOW(4), 4 },
};

static const struct condition_table rsi_vdev_validate_mapping = {
	"RSI_VDEV_VALIDATE_MAPPING",
	RSI_VDEV_VALIDATE_MAPPING,
	valid_mapping,
	BREAKERS(mapping_rows),
	.rsi = true,
	DEVICE_SETUP,
};
CONDITION_TEST(rsi_vdev_validate_mapping)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(rtt_dev_map_reports_each_condition_in_its_place),
		TEST(bet3_rtt_dev_map_reports_each_condition_in_its_place),
		TEST(tf_rtt_dev_map_reports_each_condition_in_its_place),
		TEST(rtt_arch_dev_map_reports_each_condition_in_its_place),
		TEST(rtt_arch_dev_unmap_reports_each_condition_in_its_place),
		TEST(another_object_comes_before_the_size_of_its_block),
		TEST(without_the_feature_there_are_no_device_mappings),
		TEST(rtt_dev_validate_reports_each_condition_in_its_place),
		TEST(rsi_vdev_validate_mapping_reports_each_condition_in_its_place),
	};

	return cmocka_run_group_tests_name("conditions of device mappings", tests, NULL, NULL);
}
