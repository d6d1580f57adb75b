/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of failure conditions: names, printed orderings, and the number that an event carries. */
#include <string.h>

#include "host.h"

static unsigned nr_rows(void)
{
	struct rmm_condition_info info;
	unsigned n = 0;

	while (rmm_condition_at(n, &info))
		n++;
	return n;
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static void every_row_has_a_name_of_its_own(void **state)
{
	struct rmm_condition_info a, b;

	assert_true(nr_rows() > 300);
	for (unsigned i = 0; rmm_condition_at(i, &a); i++) {
		assert_non_null(a.command);
		assert_non_null(a.name);
		assert_non_null(a.status_name);
		assert_int_not_equal(a.status, 0);
		for (unsigned j = 0; j < i; j++) {
			assert_true(rmm_condition_at(j, &b));
			if (!strcmp(a.command, b.command) && !strcmp(a.name, b.name) &&
			    a.status == b.status && same_text(a.profile, b.profile))
				fail_msg("%s %s is there twice", a.command, a.name);
		}
	}
	assert_false(rmm_condition_at(UINT32_MAX, &a));
}

/* Commands that answer NOT_SUPPORTED, or -1, for they are of 2.0-bet0 only. */
static bool is_device(const char *name)
{
	static const char *const families[] = { "PDEV_",  "VDEV_", "VSMMU_",
						"PSMMU_", "DPT_",  "CMEM_" };

	for (unsigned i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		if (!strncmp(name, families[i], strlen(families[i])))
			return true;
	}
	return false;
}

/* Every command that can fail is there: all but FEATURES (B4.5.14) and RMM_STATE_GET. */
static void every_command_but_features_has_rows(void **state)
{
	const struct rmi_command *command;
	struct rmm_condition_info info;

	for (unsigned i = 0; (command = rmi_command_at(RMI_BET3, i)); i++) {
		unsigned n = 0;

		if (is_device(command->name))
			continue;

		for (unsigned j = 0; rmm_condition_at(j, &info); j++)
			n += !strcmp(info.command, command->name);
		if (!strcmp(command->name, "FEATURES") || !strcmp(command->name, "RMM_STATE_GET"))
			assert_int_equal(n, 0);
		else
			assert_true(n > 0);
	}
}

static int find(const char *command, const char *name)
{
	struct rmm_condition_info info;

	for (unsigned i = 0; name && rmm_condition_at(i, &info); i++) {
		if (!info.profile && !strcmp(info.command, command) && !strcmp(info.name, name))
			return (int)i;
	}
	return -1;
}

static void rows_stand_in_the_order_that_the_specification_prints(void **state)
{
	struct rmm_order_info o;

	for (unsigned i = 0; rmm_order_at(i, &o); i++) {
		int first = find(o.command, o.first), second = find(o.command, o.second);

		if (first < 0 || second < 0 || first >= second)
			fail_msg("%s: %s (row %d) < %s (row %d)", o.command,
				 o.first ? o.first : "a name that is no row", first,
				 o.second ? o.second : "a name that is no row", second);
	}
}

/* Pairs in the "O:" lines of rmm-commands; those with not_unassigned are no rows. */
static void every_printed_ordering_is_there(void **state)
{
	static const struct {
		const char *command;
		unsigned pairs;
	} printed[] = {
		{ "REALM_ACTIVATE", 2 },    { "REALM_TERMINATE", 2 },  { "REALM_DESTROY", 4 },
		{ "REC_CREATE", 4 },        { "REC_DESTROY", 2 },      { "REC_ENTER", 25 },
		{ "RTT_CREATE", 8 },        { "RTT_DESTROY", 10 },     { "RTT_FOLD", 12 },
		{ "RTT_DATA_MAP_INIT", 8 }, { "RTT_INIT_RIPAS", 9 },   { "RTT_SET_RIPAS", 10 },
		{ "RTT_AUX_CREATE", 8 },    { "RTT_AUX_DESTROY", 10 }, { "RTT_AUX_FOLD", 10 },
		{ "RTT_DEV_VALIDATE", 17 },
	};
	struct rmm_order_info o;
	unsigned all = 0;

	for (unsigned i = 0; i < sizeof(printed) / sizeof(printed[0]); i++) {
		unsigned n = 0;

		for (unsigned j = 0; rmm_order_at(j, &o); j++)
			n += !strcmp(o.command, printed[i].command);
		if (n != printed[i].pairs)
			fail_msg("%s has %u pairs", printed[i].command, n);
		all += n;
	}
	assert_false(rmm_order_at(all, &o));
}

/* What an event said last, and about which call. */
struct seen {
	int condition;
	unsigned events;
};

static void see(void *ctx, const struct rmm_event *event)
{
	struct seen *seen = ctx;

	if (event->kind != RMM_EVENT_RMI_RETURN && event->kind != RMM_EVENT_RSI)
		return;
	seen->condition = event->condition;
	seen->events++;
}

static struct rmm *watched(const char *profile, struct seen *seen)
{
	struct rmm_config cfg = { .profile = rmm_profile_find(profile), .ctx = seen, .event = see };
	struct rmm *rmm = rmm_new(&cfg, NULL);

	assert_non_null(rmm);
	return rmm;
}

static uint64_t call(struct rmm *rmm, uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3)
{
	struct rmm_regs regs = { { fid, x1, x2, x3 } };

	rmm_smc(rmm, 0, &regs);
	return regs.x[0];
}

static void assert_seen(const struct seen *seen, const char *command, const char *name,
			const char *profile)
{
	struct rmm_condition_info info;

	assert_true(seen->condition >= 0);
	assert_true(rmm_condition_at((unsigned)seen->condition, &info));
	assert_string_equal(info.command, command);
	assert_string_equal(info.name, name);
	assert_true(same_text(info.profile, profile));
}

static void an_event_names_the_row_that_x0_reports(void **state)
{
	struct seen seen = { 0 };
	struct rmm *rmm = watched("strict", &seen);
	uint64_t g = HOST_BASE;

	assert_hex(call(rmm, RMI_GRANULE_RANGE_DELEGATE, g, g + 0x1000, 0), RMI_ERROR_GLOBAL);
	assert_seen(&seen, "GRANULE_RANGE_DELEGATE", "rmm_state", NULL);
	assert_hex(call(rmm, RMI_RMM_ACTIVATE, 0, 0, 0), 0);
	assert_int_equal(seen.condition, -1);
	assert_hex(call(rmm, RMI_RMM_ACTIVATE, 0, 0, 0), RMI_ERROR_GLOBAL);
	assert_seen(&seen, "RMM_ACTIVATE", "state", NULL);
	assert_hex(call(rmm, RMI_REC_ENTER, g, g + 1, 0), RMI_ERROR_INPUT);
	assert_seen(&seen, "REC_ENTER", "run_align", NULL);
	assert_hex(call(rmm, 0xc4000151, g, g, 0), SMCCC_NOT_SUPPORTED);
	assert_int_equal(seen.condition, -1);
	assert_int_equal(seen.events, 5);
	rmm_free(rmm);
}

static void rows_of_tf_rmm_are_the_specifications_where_they_are_alike(void **state)
{
	struct seen seen = { 0 };
	struct rmm *rmm = watched("tf-rmm-2026-07", &seen);
	uint64_t g = HOST_BASE;

	assert_hex(call(rmm, RMI_REALM_DESTROY, g, 0, 0), RMI_ERROR_GLOBAL);
	assert_seen(&seen, "ANY", "rmm_state", "tf-rmm-2026-07");
	assert_hex(call(rmm, RMI_RMM_ACTIVATE, 0, 0, 0), 0);
	assert_hex(call(rmm, RMI_REC_ENTER, g, g + 1, 0), RMI_ERROR_INPUT);
	assert_seen(&seen, "REC_ENTER", "run_align", NULL);
	assert_hex(call(rmm, RMI_REC_ENTER, g, g, 0), RMI_ERROR_INPUT);
	assert_seen(&seen, "REC_ENTER", "rec", "tf-rmm-2026-07");
	rmm_free(rmm);
}

/* TF-RMM checks the parameters when the memory is there; the last OP_CONTINUE reports it. */
static void the_end_of_an_operation_names_the_row_of_its_command(void **state)
{
	struct seen seen = { 0 };
	struct rmm *rmm = watched("tf-rmm-2026-07", &seen);
	uint64_t g = HOST_BASE, list = g + 0x100000;

	assert_hex(call(rmm, RMI_RMM_ACTIVATE, 0, 0, 0), 0);
	for (unsigned i = 0; i < 17; i++)
		assert_hex(call(rmm, RMI_GRANULE_RANGE_DELEGATE, g + i * 0x1000,
				g + i * 0x1000 + 0x1000, 0),
			   0);
	assert_hex(call(rmm, RMI_REC_CREATE, g, g, g + 0x200001), 0x10d);
	assert_int_equal(seen.condition, -1);
	*(uint64_t *)rmm_host_ptr(rmm, list, 8) = (g + 0x1000) | 16 << 2;
	assert_hex(call(rmm, RMI_OP_MEM_DONATE, 0, list, 1), 0xd);
	assert_hex(call(rmm, RMI_OP_CONTINUE, 0, 0, 0), 0x20d);
	assert_int_equal(seen.condition, -1);
	assert_hex(call(rmm, RMI_OP_MEM_RECLAIM, 0, list, 16), 0xd);
	assert_int_equal(seen.condition, -1);
	assert_hex(call(rmm, RMI_OP_CONTINUE, 0, 0, 0), RMI_ERROR_INPUT);
	assert_seen(&seen, "REC_CREATE", "params_align", NULL);
	rmm_free(rmm);
}

static bool is_used(const char *profile, enum rmi_edition edition, const char *command,
		    const char *name)
{
	struct rmm_config cfg = { .profile = rmm_profile_find(profile), .edition = edition };
	struct rmm *rmm = rmm_new(&cfg, NULL);
	struct rmm_condition_info info;
	unsigned used = 0;

	assert_non_null(rmm);
	for (unsigned i = 0; rmm_condition_at(i, &info); i++) {
		if (!strcmp(info.command, command) && !strcmp(info.name, name))
			used += rmm_condition_is_used(rmm, i);
	}
	assert_false(rmm_condition_is_used(rmm, nr_rows()));
	rmm_free(rmm);
	assert_true(used <= 1);
	return used;
}

static void a_model_uses_the_rows_of_its_profile_and_edition(void **state)
{
	assert_true(is_used("bet1-leaf", RMI_BET1, "RTT_UNPROT_UNMAP", "rtte_state"));
	assert_false(is_used("bet1-leaf", RMI_BET3, "RTT_UNPROT_UNMAP", "rtte_state"));
	assert_false(is_used("strict", RMI_BET1, "RTT_UNPROT_UNMAP", "rtte_state"));
	assert_true(is_used("strict", RMI_BET1, "REC_ENTER", "rec_gran_state"));
	assert_false(is_used("tf-rmm-2026-07", RMI_BET1, "REC_ENTER", "rec_gran_state"));
	assert_true(is_used("tf-rmm-2026-07", RMI_BET1, "REC_ENTER", "rec"));
	assert_false(is_used("strict", RMI_BET1, "REC_ENTER", "rec"));
	assert_true(is_used("tf-rmm-2026-07", RMI_BET1, "REC_ENTER", "run_pas"));
	assert_true(is_used("tf-rmm-2026-07", RMI_BET1, "ANY", "rmm_state"));
	assert_false(is_used("strict", RMI_BET1, "ANY", "rmm_state"));
	assert_true(is_used("strict", RMI_BET1, "RSI_HOST_CALL", "addr_bound"));
}

static void misaligned_host_call(struct host *h, struct rmm_rec *rec)
{
	struct rmm_regs regs = { { RSI_HOST_CALL, 8 } };

	assert_int_equal(rmm_realm_smc(h->rmm, rec, &regs), RMM_REALM_DONE);
	assert_hex(regs.x[0], RSI_ERROR_INPUT);
}

static void an_rsi_event_names_its_row_too(void **state)
{
	struct rmm_condition_info info;
	struct host h;

	host_realm(&h, NULL);
	host_activate(&h);
	assert_hex(host_enter(&h, 0, misaligned_host_call, NULL), 0);
	assert_true(h.rsi_condition >= 0);
	assert_true(rmm_condition_at((unsigned)h.rsi_condition, &info));
	assert_string_equal(info.command, "RSI_HOST_CALL");
	assert_string_equal(info.name, "addr_align");
	assert_int_equal(info.status, RSI_ERROR_INPUT);
	assert_string_equal(info.status_name, "RSI_ERROR_INPUT");
	host_end(&h);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(every_row_has_a_name_of_its_own),
		TEST(every_command_but_features_has_rows),
		TEST(rows_stand_in_the_order_that_the_specification_prints),
		TEST(every_printed_ordering_is_there),
		TEST(an_event_names_the_row_that_x0_reports),
		TEST(rows_of_tf_rmm_are_the_specifications_where_they_are_alike),
		TEST(the_end_of_an_operation_names_the_row_of_its_command),
		TEST(a_model_uses_the_rows_of_its_profile_and_edition),
		TEST(an_rsi_event_names_its_row_too),
	};

	return cmocka_run_group_tests_name("condition rows", tests, NULL, NULL);
}
