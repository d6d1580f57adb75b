/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Failure conditions of RTT_ARCH_DEV_MAP, RTT_ARCH_DEV_UNMAP, RTT_DEV_VALIDATE and
 * RSI_VDEV_VALIDATE_MAPPING (rmm-commands Part 6 "Device mappings" and Part 10; B4.5.55, .56, .71;
 * A5.3.3.2). RTT_DEV_MAP has a file of its own, RTT_DEV_UNMAP is with the other unmaps.
 */
#include "conditions_dev.h"
#include "stats.h"

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
		TEST(rtt_arch_dev_map_reports_each_condition_in_its_place),
		TEST(rtt_arch_dev_unmap_reports_each_condition_in_its_place),
		TEST(another_object_comes_before_the_size_of_its_block),
		TEST(without_the_feature_there_are_no_device_mappings),
		TEST(rtt_dev_validate_reports_each_condition_in_its_place),
		TEST(rsi_vdev_validate_mapping_reports_each_condition_in_its_place),
	};

	return cmocka_run_group_tests_name("conditions of device mappings", tests, NULL, NULL);
}
