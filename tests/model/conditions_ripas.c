/* SPDX-License-Identifier: BSD-2-Clause */
/* Failure conditions of RTT_INIT_RIPAS and RTT_SET_RIPAS (rmm-commands Parts 6 and 10; B4.5.73, .75). */
#include "conditions.h"
#include "devices.h"

#define TF "tf-rmm-2026-07"

/* The realm has 41 IPA bits; the call is about the first pages of BLOCK. */
#define BLOCK  UINT64_C(0x200000)
#define RTT(l) RMI_RESULT(RMI_ERROR_RTT, l)

#define OPT_NO_TABLE  1  /* the entry is one of level 2 */
#define OPT_DESTROYED 2  /* the first page was RAM, and mapped, and is no more */
#define OPT_INSIDE    4  /* SET_RIPAS: the realm asks from the second page of the block on */
#define OPT_OWNED     16 /* an operation owns the entry of the block's second page */
#define OPT_KEEP      8  /* SET_RIPAS: for what is not DESTROYED */

#define OPT_AUX    32 /* SET_RIPAS: plane 1 maps the first page */
#define OPT_DEVICE 64 /* the first page is device memory */

enum { OWN_TREE, OWN_REALM };

static void destroy_first_page(struct trial *t)
{
	struct host *h = &t->h;

	assert_hex(smc(h, RMI_RTT_INIT_RIPAS, h->rd, BLOCK, BLOCK + h->page), 0);
	host_map(h, BLOCK);
	assert_hex(smc(h, RMI_RTT_DATA_UNMAP, h->rd, BLOCK, BLOCK + h->page, 0, 0), 0);
	assert_int_equal(host_entry(h, BLOCK).ripas, RMI_DESTROYED);
}

static void make_realm(struct trial *t)
{
	host_realm(&t->h, &t->table->setup);
	host_tables(&t->h, BLOCK, t->opt & OPT_NO_TABLE ? 2 : 3);
	if (t->opt & OPT_DESTROYED)
		destroy_first_page(t);
	if (t->opt & OPT_OWNED)
		trial_own_entry(t, BLOCK + t->h.page, 3);
	if (t->opt & OPT_AUX) {
		rmm_ipa top = BLOCK + t->h.page;

		assert_hex(smc(&t->h, RMI_RTT_INIT_RIPAS, t->h.rd, BLOCK, top), 0);
		host_map(&t->h, BLOCK);
		host_aux_tables(&t->h, 1, BLOCK, 3);
		assert_hex(smc(&t->h, RMI_RTT_AUX_PROT_MAP, t->h.rd, BLOCK, top, 1), 0);
	}
	if (t->opt & OPT_DEVICE) {
		struct devices d = place_devices(&t->h);

		map_device(&t->h, d.vdev, BLOCK, DEV_NCOH, 3, 1);
	}
	t->x[1] = t->h.rd;
}

/* From the second page of the block on, as long as a block. */
static void shift_range(struct trial *t, const struct breaker *b)
{
	trial_address(t, b->arg, BLOCK + t->h.page);
	trial_address(t, b->arg + 1, 2 * BLOCK + t->h.page);
}

static void shift_page(struct trial *t, const struct breaker *b)
{
	trial_address(t, b->arg, BLOCK + t->h.page);
	trial_address(t, b->arg + 1, BLOCK + 2 * t->h.page);
}

/* RTT_INIT_RIPAS */

static void valid_init(struct trial *t)
{
	make_realm(t);
	t->x[2] = BLOCK + (t->opt & OPT_OWNED ? t->h.page : 0);
	t->x[3] = BLOCK + 2 * t->h.page;
}

/* base is the first unprotected IPA, and top less a granule still protected. */
static void range_at_the_border(struct trial *t, const struct breaker *b)
{
	trial_address(t, 2, S41);
	trial_address(t, 3, S41 + t->h.page / 2);
}

static void misaligned_range_at_the_border(struct trial *t, const struct breaker *b)
{
	range_at_the_border(t, b);
	t->x[2] |= LOW_BITS;
}

#define INIT_SIZE                                                             \
	{                                                                     \
		"size_valid", RMI_ERROR_INPUT, break_address, ON_ARG(3), 3, 0 \
	}

#define INIT_REALM                                                                       \
	{ "realm_state", RMI_ERROR_REALM, break_activate_realm, ON_OWN(OWN_REALM) },     \
	{                                                                                \
		"realm_state", RMI_ERROR_REALM, break_terminate_realm, ON_OWN(OWN_REALM) \
	}

static const struct breaker init_rows[] = {
	BREAK_RD(1),
	INIT_SIZE,
	{ "top_bound", RMI_ERROR_INPUT, break_address, ON_ARG(3), 3, S41 + 0x1000 },
	INIT_REALM,
	{ "rtte_blocked", RMI_BLOCKED, break_option, ON_ARG(2) | ON_OWN(OWN_TREE),
	  .opt = OPT_OWNED },
	{ "base_align", RTT(2), shift_range, ON_ARG(2) | ON_ARG(3) | ON_OWN(OWN_TREE), 2,
	  .opt = OPT_NO_TABLE },
	{ "rtte_state", RTT(1), range_at_the_border, ON_ARG(2) | ON_ARG(3) },
	{ "top_gran_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(3), 3 },
	{ "no_progress", RTT(2), break_option, ON_OWN(OWN_TREE), .opt = OPT_NO_TABLE },
};

static const struct both init_both[] = {
	{ "base_align", "no_progress", shift_page, OPT_NO_TABLE },
	{ NULL },
};

static const struct condition_table rtt_init_ripas = {
	"RTT_INIT_RIPAS", RMI_RTT_INIT_RIPAS, valid_init, BREAKERS(init_rows), init_both,
};
CONDITION_TEST(rtt_init_ripas)

/* base_align comes before rtte_state: at the border the entry is one of level 1. */
static void a_misaligned_base_comes_before_the_state_of_its_entry(void **state)
{
	static const struct breaker rows[] = {
		{ "base_align", RTT(1), misaligned_range_at_the_border, ON_ARG(2) | ON_ARG(3) },
		{ "top_gran_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(3), 3 },
	};
	static const struct condition_table table = {
		"RTT_INIT_RIPAS", RMI_RTT_INIT_RIPAS, valid_init, BREAKERS(rows), .partial = true,
	};

	conditions_run(&table, __func__);
}

static const struct breaker tf_init_rows[] = {
	INIT_SIZE,
	BREAK_TF("rd", 1, break_spare_page),
	{ "base_gran_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(2), 2 },
	{ "top_gran_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(3), 3 },
	{ "bound", RMI_ERROR_INPUT, break_address, ON_ARG(3), 3, S41 + 0x1000 },
	INIT_REALM,
	{ "base_align", RTT(2), shift_range, ON_ARG(2) | ON_ARG(3) | ON_OWN(OWN_TREE), 2,
	  .opt = OPT_NO_TABLE },
	{ "no_progress", RTT(2), break_option, ON_OWN(OWN_TREE), .opt = OPT_NO_TABLE },
	{ "no_progress", RTT(3), break_option, ON_OWN(OWN_TREE), .opt = OPT_DESTROYED },
	{ "no_progress", RTT(3), break_option, ON_OWN(OWN_TREE), .opt = OPT_DEVICE },
};

static const struct condition_table tf_rtt_init_ripas = {
	"RTT_INIT_RIPAS", RMI_RTT_INIT_RIPAS,
	valid_init,       BREAKERS(tf_init_rows),
	init_both,        .setup = { .profile = TF, .config = &device_machine },
};
CONDITION_TEST(tf_rtt_init_ripas)

/* RTT_SET_RIPAS: the realm has asked for [BLOCK, BLOCK + 4 pages) */

static void ask(struct host *h, struct rmm_rec *rec)
{
	struct trial *t = h->program_ctx;
	rmm_ipa base = BLOCK + (t->opt & OPT_INSIDE ? h->page : 0);
	rmm_ipa top = base + (t->opt & OPT_INSIDE ? 2 * BLOCK : 4 * h->page);
	struct rmm_regs regs = { { RSI_IPA_STATE_SET, base, top, RMI_RAM,
				   t->opt & OPT_KEEP ? 0 : RSI_CHANGE_DESTROYED } };

	assert_int_equal(rmm_realm_smc(h->rmm, rec, &regs), RMM_REALM_EXIT);
}

static void valid_set(struct trial *t)
{
	struct host *h = &t->h;

	make_realm(t);
	host_activate(h);
	assert_hex(host_enter(h, 0, ask, t), 0);
	assert_hex(host_exit(h, RMI_RUN_EXIT_REASON), RMI_EXIT_RIPAS_CHANGE);
	t->x[2] = h->rec;
	t->x[3] = BLOCK;
	t->x[4] = BLOCK + 2 * h->page;
	if (t->opt & OPT_INSIDE)
		shift_range(t, &(struct breaker){ .arg = 3 });
}

static void other_realm(struct trial *t, const struct breaker *b)
{
	trial_address(t, 1, host_other_realm(&t->h));
}

static void second_page(struct trial *t, const struct breaker *b)
{
	trial_address(t, 3, BLOCK + t->h.page);
}

static void third_page(struct trial *t, const struct breaker *b)
{
	trial_address(t, 3, BLOCK + 2 * t->h.page);
	if (t->x[4] <= t->x[3])
		trial_address(t, 4, BLOCK + 3 * t->h.page);
}

static void from_the_second_page(struct trial *t, const struct breaker *b)
{
	trial_address(t, 4, BLOCK + 2 * t->h.page);
}

#define SET_REC                                                             \
	{ "rec_state", RMI_ERROR_REC, break_run_rec, .stage = -1 },         \
	{                                                                   \
		"rec_owner", RMI_ERROR_REC, other_realm, ON_ARG(1) | ON_RMM \
	}

#define SET_BOUNDS                                                                      \
	{ "base_bound", RMI_ERROR_INPUT, second_page, ON_ARG(3) },                      \
		{ "base_bound", RMI_ERROR_INPUT, break_address, ON_ARG(3), 3, 0 },      \
	{                                                                               \
		"top_bound", RMI_ERROR_INPUT, break_address, ON_ARG(4), 4, S41 - 0x1000 \
	}

#define SET_INSIDE                                                    \
	{                                                             \
		"base_align", RTT(2), break_option, ON_OWN(OWN_TREE), \
			.opt = OPT_NO_TABLE | OPT_INSIDE              \
	}

#define SET_NO_PROGRESS                                                                 \
	{ "no_progress", RTT(2), break_option, ON_OWN(OWN_TREE), .opt = OPT_NO_TABLE }, \
	{                                                                               \
		"no_progress", RTT(3), break_option, ON_OWN(OWN_TREE),                  \
			.opt = OPT_DESTROYED | OPT_KEEP                                 \
	}

static const struct breaker set_rows[] = {
	BREAK_RD(1),
	BREAK_REC(2),
	SET_REC,
	{ "size_valid", RMI_ERROR_INPUT, break_address, ON_ARG(4), 4, 0 },
	SET_BOUNDS,
	{ "rtte_blocked", RMI_BLOCKED, break_option, ON_ARG(3) | ON_OWN(OWN_TREE),
	  .opt = OPT_OWNED | OPT_INSIDE },
	SET_INSIDE,
	{ "top_gran_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(4), 4 },
	SET_NO_PROGRESS,
	{ "aux_live", RTT(3), break_option, ON_OWN(OWN_TREE), .opt = OPT_AUX },
	{ "ram_invalid", RTT(3), break_option, ON_OWN(OWN_TREE), .opt = OPT_DEVICE },
};

/* Inside: from the second page to the third, in an entry of level 2. */
static const struct both set_both[] = {
	{ "base_bound", "base_align", third_page, OPT_NO_TABLE | OPT_INSIDE },
	{ "base_align", "no_progress", from_the_second_page, OPT_NO_TABLE | OPT_INSIDE },
	{ NULL },
};

static const struct condition_table rtt_set_ripas = {
	"RTT_SET_RIPAS",    RMI_RTT_SET_RIPAS, valid_set,
	BREAKERS(set_rows), set_both,          .setup = { .planes = 1, .config = &device_machine },
};
CONDITION_TEST(rtt_set_ripas)

static const struct breaker tf_set_rows[] = {
	{ "size_valid", RMI_ERROR_INPUT, break_address, ON_ARG(4), 4, 0 },
	{ "base_gran_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(3), 3 },
	{ "top_gran_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(4), 4 },
	BREAK_TF("rd", 1, break_spare_page),
	BREAK_TF("rec", 2, break_spare_page),
	SET_REC,
	SET_BOUNDS,
	SET_INSIDE,
	SET_NO_PROGRESS,
	{ "no_progress", RTT(3), break_option, ON_OWN(OWN_TREE), .opt = OPT_DEVICE },
};

static const struct condition_table tf_rtt_set_ripas = {
	"RTT_SET_RIPAS", RMI_RTT_SET_RIPAS,
	valid_set,       BREAKERS(tf_set_rows),
	set_both,        .setup = { .profile = TF, .config = &device_machine },
};
CONDITION_TEST(tf_rtt_set_ripas)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(rtt_init_ripas_reports_each_condition_in_its_place),
		TEST(a_misaligned_base_comes_before_the_state_of_its_entry),
		TEST(tf_rtt_init_ripas_reports_each_condition_in_its_place),
		TEST(rtt_set_ripas_reports_each_condition_in_its_place),
		TEST(tf_rtt_set_ripas_reports_each_condition_in_its_place),
	};

	return cmocka_run_group_tests_name("conditions of RIPAS", tests, NULL, NULL);
}
