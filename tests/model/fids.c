/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Function identifiers by edition (B4.5, OP-1): names, what answers -1, what answers NOT_SUPPORTED.
 * The tables are those of rmm-abi 3 and 3.1.
 */
#include <string.h>

#include <rmisim/decode.h>

#include "host.h"

struct row {
	unsigned fid; /* low half */
	const char *name;
};

/* Every edition. */
static const struct row common[] = {
	{ 0x150, "VERSION" },
	{ 0x153, "RTT_DATA_MAP_INIT" },
	{ 0x157, "REALM_ACTIVATE" },
	{ 0x158, "REALM_CREATE" },
	{ 0x159, "REALM_DESTROY" },
	{ 0x15a, "REC_CREATE" },
	{ 0x15b, "REC_DESTROY" },
	{ 0x15c, "REC_ENTER" },
	{ 0x15d, "RTT_CREATE" },
	{ 0x15e, "RTT_DESTROY" },
	{ 0x161, "RTT_READ_ENTRY" },
	{ 0x163, "RTT_DEV_VALIDATE" },
	{ 0x164, "PSCI_COMPLETE" },
	{ 0x165, "FEATURES" },
	{ 0x166, "RTT_FOLD" },
	{ 0x168, "RTT_INIT_RIPAS" },
	{ 0x169, "RTT_SET_RIPAS" },
	{ 0x16a, "VSMMU_CREATE" },
	{ 0x16b, "VSMMU_DESTROY" },
	{ 0x16e, "RMM_CONFIG_SET" },
	{ 0x16f, "PSMMU_IRQ_NOTIFY" },
	{ 0x174, "PDEV_ABORT" },
	{ 0x175, "PDEV_COMMUNICATE" },
	{ 0x176, "PDEV_CREATE" },
	{ 0x177, "PDEV_DESTROY" },
	{ 0x178, "PDEV_GET_STATE" },
	{ 0x17a, "PDEV_STREAM_KEY_REFRESH" },
	{ 0x17b, "PDEV_SET_PUBKEY" },
	{ 0x17c, "PDEV_STOP" },
	{ 0x17d, "RTT_AUX_CREATE" },
	{ 0x17e, "RTT_AUX_DESTROY" },
	{ 0x17f, "RTT_AUX_FOLD" },
	{ 0x185, "VDEV_ABORT" },
	{ 0x186, "VDEV_COMMUNICATE" },
	{ 0x187, "VDEV_CREATE" },
	{ 0x188, "VDEV_DESTROY" },
	{ 0x189, "VDEV_GET_STATE" },
	{ 0x18a, "VDEV_UNLOCK" },
	{ 0x18b, "RTT_SET_S2AP" },
	{ 0x1d0, "VDEV_GET_INTERFACE_REPORT" },
	{ 0x1d1, "VDEV_GET_MEASUREMENTS" },
	{ 0x1d2, "VDEV_LOCK" },
	{ 0x1d3, "VDEV_START" },
	{ 0x1d7, "PSMMU_ACTIVATE" },
	{ 0x1d8, "PSMMU_DEACTIVATE" },
	{ 0x1db, "PSMMU_ST_L2_CREATE" },
	{ 0x1dc, "PSMMU_ST_L2_DESTROY" },
	{ 0x1dd, "DPT_L0_CREATE" },
	{ 0x1de, "DPT_L0_DESTROY" },
	{ 0x1df, "DPT_L1_CREATE" },
	{ 0x1e0, "DPT_L1_DESTROY" },
	{ 0x1e1, "GRANULE_TRACKING_GET" },
	{ 0x1e3, "GRANULE_TRACKING_SET" },
	{ 0x1ec, "RMM_CONFIG_GET" },
	{ 0x1f1, "GRANULE_RANGE_DELEGATE" },
	{ 0x1f2, "GRANULE_RANGE_UNDELEGATE" },
	{ 0x1f3, "GPT_L1_CREATE" },
	{ 0x1f4, "GPT_L1_DESTROY" },
	{ 0x1f5, "RTT_DATA_MAP" },
	{ 0x1f6, "RTT_DATA_UNMAP" },
	{ 0x1f7, "RTT_DEV_MAP" },
	{ 0x1f8, "RTT_DEV_UNMAP" },
	{ 0x1f9, "RTT_ARCH_DEV_MAP" },
	{ 0x1fa, "RTT_ARCH_DEV_UNMAP" },
	{ 0x1fb, "RTT_UNPROT_MAP" },
	{ 0x1fc, "RTT_UNPROT_UNMAP" },
	{ 0x1fd, "RTT_AUX_PROT_MAP" },
	{ 0x1fe, "RTT_AUX_PROT_UNMAP" },
	{ 0x1ff, "RTT_AUX_UNPROT_MAP" },
	{ 0x200, "RTT_AUX_UNPROT_UNMAP" },
	{ 0x201, "REALM_TERMINATE" },
	{ 0x202, "RMM_ACTIVATE" },
	{ 0x203, "OP_CONTINUE" },
	{ 0x204, "PDEV_STREAM_CONNECT" },
	{ 0x205, "PDEV_STREAM_DISCONNECT" },
	{ 0x206, "PDEV_STREAM_COMPLETE" },
	{ 0x207, "PDEV_STREAM_KEY_PURGE" },
	{ 0x208, "OP_MEM_DONATE" },
	{ 0x209, "OP_MEM_RECLAIM" },
	{ 0x20a, "OP_CANCEL" },
	{ 0x20b, "VSMMU_FEATURES" },
	{ 0x20c, "VSMMU_CMD_GET" },
	{ 0x20d, "VSMMU_CMD_COMPLETE" },
};

/* Where editions differ; NULL: the edition has no such function. */
static const struct {
	unsigned fid;
	const char *name[3]; /* bet1, bet2, bet3 */
} rows[] = {
	{ 0x170, { NULL, NULL, "ATTEST_PLAT_TOKEN_REFRESH" } },
	{ 0x18e, { "VDEV_COMPLETE", "VDEV_COMPLETE", NULL } },
	{ 0x1d6, { "VSMMU_EVENT_NOTIFY", "VSMMU_EVENT_NOTIFY", "VSMMU_EVENT_HANDLE" } },
	{ 0x1ee, { "VSMMU_EVENT_COMPLETE", "RMM_STATE_GET", "RMM_STATE_GET" } },
	{ 0x1f0, { "PSMMU_EVENT_DISCARD", "PSMMU_EVENT_CONSUME", "PSMMU_EVENT_CONSUME" } },
	{ 0x20e, { NULL, "PSMMU_INFO", "PSMMU_INFO" } },
	{ 0x20f, { NULL, NULL, "RMM_DEACTIVATE" } },
	{ 0x210, { NULL, NULL, "PDEV_STREAM_INFO" } },
	{ 0x211, { NULL, NULL, "GPT_INFO" } },
};

/* 2.0-bet0 only. */
static const struct row bet0[] = {
	{ 0x1d4, "VDEV_P2P_BIND" },    { 0x1d5, "VDEV_P2P_UNBIND" },  { 0x1e4, "CMEM_ADD_PDEV" },
	{ 0x1e5, "CMEM_CREATE" },      { 0x1e6, "CMEM_DESTROY" },     { 0x1e7, "CMEM_POPULATE" },
	{ 0x1e8, "CMEM_REMOVE_PDEV" }, { 0x1e9, "CMEM_START" },       { 0x1ea, "CMEM_STOP" },
	{ 0x1eb, "CMEM_UNPOPULATE" },  { 0x1ed, "PDEV_MEC_REFRESH" },
};

#define NR(table) (sizeof(table) / sizeof((table)[0]))

static void is_called(enum rmi_edition e, unsigned fid, const char *name)
{
	const char *known = rmi_fid_name(e, RMI_FID_BASE + fid);

	if (!known || !name) {
		assert_ptr_equal(known, name);
		return;
	}
	assert_memory_equal(known, "RMI_", 4);
	assert_string_equal(known + 4, name);
}

static void every_edition_has_the_functions_of_the_table(void **state)
{
	for (int e = RMI_BET1; e <= RMI_BET3; e++) {
		for (unsigned i = 0; i < NR(common); i++)
			is_called((enum rmi_edition)e, common[i].fid, common[i].name);
		for (unsigned i = 0; i < NR(rows); i++)
			is_called((enum rmi_edition)e, rows[i].fid, rows[i].name[e]);
		for (unsigned i = 0; i < NR(bet0); i++)
			is_called((enum rmi_edition)e, bet0[i].fid, bet0[i].name);
	}
}

static bool is_listed(enum rmi_edition e, uint64_t fid)
{
	for (unsigned i = 0; i < NR(common); i++)
		if (fid == RMI_FID_BASE + common[i].fid)
			return true;
	for (unsigned i = 0; i < NR(rows); i++)
		if (fid == RMI_FID_BASE + rows[i].fid && rows[i].name[e])
			return true;
	for (unsigned i = 0; i < NR(bet0); i++)
		if (fid == RMI_FID_BASE + bet0[i].fid)
			return true;
	return false;
}

static void no_edition_has_a_function_of_its_own_making(void **state)
{
	for (int e = RMI_BET1; e <= RMI_BET3; e++) {
		uint64_t fid, before = 0;

		for (unsigned i = 0; (fid = rmi_fid_at((enum rmi_edition)e, i)); i++) {
			const char *name = rmi_fid_name((enum rmi_edition)e, fid);

			assert_true(fid > before);
			assert_non_null(name);
			assert_int_equal(!strncmp(name, "RMI_", 4),
					 is_listed((enum rmi_edition)e, fid));
			before = fid;
		}
	}
}

static void a_command_is_found_by_number_and_by_name(void **state)
{
	for (int e = RMI_BET1; e <= RMI_BET3; e++) {
		const struct rmi_command *c;

		for (unsigned i = 0; (c = rmi_command_at((enum rmi_edition)e, i)); i++) {
			assert_ptr_equal(rmi_command((enum rmi_edition)e, c->fid), c);
			assert_ptr_equal(rmi_command_named((enum rmi_edition)e, c->name), c);
			assert_string_equal(rmi_fid_name((enum rmi_edition)e, c->fid), c->function);
			assert_string_equal(c->function + 4, c->name);
		}
	}
	assert_null(rmi_command_named(RMI_BET1, "RMM_STATE_GET"));
	assert_non_null(rmi_command_named(RMI_BET2, "RMM_STATE_GET"));
	assert_null(rmi_command(RMI_BET1, 0xc4000150 | UINT64_C(1) << 40));
	assert_null(rmi_command(RMI_BET1, 0xc400014f));
	assert_null(rmi_command(RMI_BET3, 0xc4000212));
}

/* What the model sees of its own calls. */
static const struct rmi_command *seen;

static void on_event(void *ctx, const struct rmm_event *event)
{
	if (event->kind == RMM_EVENT_RMI_CALL)
		seen = event->command;
}

static struct host watched(enum rmi_edition edition, const char *profile)
{
	struct rmm_config cfg = { .edition = edition,
				  .profile = rmm_profile_find(profile),
				  .event = on_event };
	struct host h = { .rmm = rmm_new(&cfg, NULL), .page = 0x1000 };

	assert_non_null(h.rmm);
	return h;
}

static bool is_device(const char *name)
{
	static const char *const families[] = { "PDEV_", "VDEV_",    "VSMMU_",       "PSMMU_",
						"DPT_",  "RTT_DEV_", "RTT_ARCH_DEV_" };

	for (unsigned i = 0; i < NR(families); i++)
		if (!strncmp(name, families[i], strlen(families[i])))
			return true;
	return false;
}

static void device_assignment_is_known_and_not_supported(void **state)
{
	for (int e = RMI_BET1; e <= RMI_BET3; e++) {
		struct host h = watched((enum rmi_edition)e, "strict");

		for (unsigned active = 0; active < 2; active++) {
			for (unsigned i = 0; i < NR(common); i++) {
				if (!is_device(common[i].name))
					continue;
				assert_hex(smc(&h, RMI_FID_BASE + common[i].fid), 5);
				assert_string_equal(seen->name, common[i].name);
			}
			for (unsigned i = 0; i < NR(bet0); i++) {
				assert_hex(smc(&h, RMI_FID_BASE + bet0[i].fid), 5);
				assert_string_equal(seen->name, bet0[i].name);
			}
			if (!active)
				assert_hex(smc(&h, RMI_RMM_ACTIVATE), 0);
		}
		assert_hex(smc(&h, RMI_VSMMU_EVENT_NOTIFY), 5);
		assert_string_equal(seen->name,
				    e == RMI_BET3 ? "VSMMU_EVENT_HANDLE" : "VSMMU_EVENT_NOTIFY");
		rmm_free(h.rmm);
	}
}

static void device_commands_show_the_arguments_that_are_known(void **state)
{
	const struct rmi_command *c = rmi_command(RMI_BET1, RMI_VDEV_LOCK);

	assert_int_equal(c->nr_args, 3);
	assert_string_equal(c->args[0].name, "rd");
	assert_string_equal(c->args[1].name, "pdev");
	assert_string_equal(c->args[2].name, "vdev");
	assert_int_equal(rmi_command(RMI_BET1, RMI_PSMMU_ACTIVATE)->nr_args, 2);
	assert_int_equal(rmi_command(RMI_BET1, RMI_PDEV_STREAM_KEY_PURGE)->nr_args, 3);
}

/* OP-5 */
static void psci_complete_has_no_target_in_bet3(void **state)
{
	const struct rmi_command *c = rmi_command(RMI_BET2, RMI_PSCI_COMPLETE);

	assert_int_equal(c->nr_args, 3);
	assert_string_equal(c->args[1].name, "target");
	c = rmi_command(RMI_BET3, RMI_PSCI_COMPLETE);
	assert_int_equal(c->nr_args, 2);
	assert_string_equal(c->args[1].name, "status");
	assert_ptr_equal(rmi_command_named(RMI_BET3, "PSCI_COMPLETE"), c);
}

static void what_the_edition_does_not_have_is_no_function(void **state)
{
	for (int e = RMI_BET1; e <= RMI_BET3; e++) {
		struct host h = watched((enum rmi_edition)e, "strict");

		for (unsigned i = 0; i < NR(rows); i++) {
			if (rows[i].name[e])
				continue;
			assert_hex(smc(&h, RMI_FID_BASE + rows[i].fid), UINT64_MAX);
			assert_null(seen);
		}
		/* TF-RMM's older single-entry forms (OP-48), and VSMMU_MAP, _UNMAP */
		assert_hex(smc(&h, 0xc4000180), UINT64_MAX);
		assert_hex(smc(&h, 0xc400016c), UINT64_MAX);
		rmm_free(h.rmm);
	}
}

/* The list at the end of rmm-open-points D. */
static void tf_rmm_lacks_commands_in_any_state(void **state)
{
	static const char *const lacking[] = {
		"DPT_L0_CREATE",      "DPT_L0_DESTROY",       "DPT_L1_CREATE",
		"DPT_L1_DESTROY",     "GPT_L1_DESTROY",       "GRANULE_TRACKING_SET",
		"PDEV_MEC_REFRESH",   "PSMMU_EVENT_DISCARD",  "PSMMU_IRQ_NOTIFY",
		"VSMMU_CREATE",       "VSMMU_DESTROY",        "VSMMU_EVENT_NOTIFY",
		"VSMMU_FEATURES",     "VSMMU_CMD_GET",        "VSMMU_CMD_COMPLETE",
		"CMEM_CREATE",        "CMEM_UNPOPULATE",      "VDEV_P2P_BIND",
		"VDEV_P2P_UNBIND",    "VSMMU_EVENT_COMPLETE", "RTT_ARCH_DEV_MAP",
		"RTT_ARCH_DEV_UNMAP",
	};
	struct host h = watched(RMI_BET1, "tf-rmm-2026-07");

	for (unsigned active = 0; active < 2; active++) {
		for (unsigned i = 0; i < NR(lacking); i++) {
			const struct rmi_command *c = rmi_command_named(RMI_BET1, lacking[i]);

			assert_non_null(c);
			assert_hex(smc(&h, c->fid), UINT64_MAX);
		}
		assert_hex(smc(&h, 0xc4000170), UINT64_MAX);
		/* no granule is a PDEV: rmm-commands Part 10, "any, first" and granule arguments */
		assert_hex(smc(&h, RMI_PDEV_ABORT), active ? RMI_ERROR_INPUT : RMI_ERROR_GLOBAL);
		assert_hex(smc(&h, RMI_RTT_DEV_MAP), active ? RMI_ERROR_INPUT : RMI_ERROR_GLOBAL);
		assert_hex(smc(&h, RMI_RTT_DEV_UNMAP), active ? RMI_ERROR_INPUT : RMI_ERROR_GLOBAL);
		if (!active)
			assert_hex(smc(&h, RMI_RMM_ACTIVATE), 0);
	}
	rmm_free(h.rmm);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_edition_has_the_functions_of_the_table),
		TEST(no_edition_has_a_function_of_its_own_making),
		TEST(a_command_is_found_by_number_and_by_name),
		TEST(device_assignment_is_known_and_not_supported),
		TEST(device_commands_show_the_arguments_that_are_known),
		TEST(psci_complete_has_no_target_in_bet3),
		TEST(what_the_edition_does_not_have_is_no_function),
		TEST(tf_rmm_lacks_commands_in_any_state),
	};

	return cmocka_run_group_tests_name("fids", tests, NULL, NULL);
}
