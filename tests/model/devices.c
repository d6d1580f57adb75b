/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Device memory and emulated devices in a realm (rmm-commands Part 6 "Device mappings"; rmm-state-machines
 * 7.1, 7.3, 8, 10.4, 10.6).
 */
#include "devices_realm.h"

/* One access of the realm. */
struct attempt {
	struct rmm_access access;
	enum rmm_realm_result result;
};

static void access_once(struct host *h, struct rmm_rec *rec)
{
	struct attempt *a = h->program_ctx;

	a->result = rmm_realm_access(h->rmm, rec, &a->access);
}

static struct attempt touch(struct host *h, struct rmm_access access)
{
	struct attempt a = { .access = access };

	a.access.size = 8;
	assert_hex(host_enter(h, 0, access_once, &a), 0);
	return a;
}

static void device_memory_lives_and_ends_like_data(void **state)
{
	struct rmm_regs r;
	struct attempt a;
	struct devices d;
	struct host h;

	d = realm_with(&h, (struct setup){ 0 });
	map_device(&h, d.vdev, B, DEV_NCOH, 3, 4);
	check_ripas(&h, B, RMM_NARCH_DEV, RMI_EMPTY);
	assert_hex(host_entry(&h, B + PAGE).pa, DEV_NCOH + PAGE);
	assert_state(&h, DEV_NCOH, DEV);
	host_activate(&h);
	assert_int_equal(touch(&h, (struct rmm_access){ .ipa = B }).result, RMM_REALM_SEA);

	validate_device(&h, &d, B, B + 2 * PAGE, DEV_NCOH);
	check_ripas(&h, B + PAGE, RMM_NARCH_DEV, RMI_DEV);
	check_ripas(&h, B + 2 * PAGE, RMM_NARCH_DEV, RMI_EMPTY);
	a = touch(&h, (struct rmm_access){ .ipa = B + 8, .write = true, .value = 0x1234 });
	assert_int_equal(a.result, RMM_REALM_DONE);
	assert_hex(host_read64(&h, DEV_NCOH + 8), 0x1234);
	a = touch(&h, (struct rmm_access){ .ipa = B + 8 });
	assert_int_equal(a.result, RMM_REALM_DONE);
	assert_hex(a.access.value, 0x1234);
	a = touch(&h, (struct rmm_access){ .ipa = B, .fetch = true });
	assert_int_equal(a.result, RMM_REALM_SEA);

	r = range(&h, RMI_RTT_DEV_UNMAP, B, B + 4 * PAGE, RMI_ADDR_SINGLE, 0);
	check_unmap(r, B + 4 * PAGE, host_desc(&h, DEV_NCOH, 3, 4), 0);
	check_ripas(&h, B, RMM_VOID, RMI_DESTROYED);
	check_ripas(&h, B + 2 * PAGE, RMM_VOID, RMI_EMPTY);
	assert_state(&h, DEV_NCOH, DELEGATED);
	a = touch(&h, (struct rmm_access){ .ipa = B });
	assert_int_equal(a.result, RMM_REALM_EXIT);
	assert_hex(host_exit(&h, RMI_RUN_EXIT_REASON), RMI_EXIT_SYNC);
	assert_hex(smc(&h, RMI_GRANULE_RANGE_UNDELEGATE, DEV_NCOH, DEV_NCOH + 4 * PAGE), 0);
	assert_hex(host_read64(&h, DEV_NCOH + 8), 0);
	host_end(&h);
}

static void coherent_memory_is_validated_as_such(void **state)
{
	struct mapping m = { B, B + PAGE, DEV_COH };
	struct devices d;
	struct host h;

	d = realm_with(&h, (struct setup){ 0 });
	track_device_memory(&h, DEV_COH, RMI_MEM_DEV_COH);
	map_device(&h, d.vdev, B, DEV_COH, 3, 1);
	map_device(&h, d.vdev, B + PAGE, DEV_NCOH, 3, 1);
	assert_int_equal(host_entry(&h, B).memattr, 1);
	assert_int_equal(host_entry(&h, B + PAGE).memattr, 0);
	host_activate(&h);
	ask_for_validation(&h, &m);
	assert_hex(dev_validate(&h, &d, B, B + PAGE), RTT(3));
	m.flags = RSI_DEV_MEM_COHERENT;
	host_enter(&h, 0, ask_to_validate, &m); /* hands over the answer */
	ask_for_validation(&h, &m);
	assert_hex(dev_validate(&h, &d, B, B + PAGE), 0);
	check_ripas(&h, B, RMM_NARCH_DEV, RMI_DEV);
	host_end(&h);
}

static void the_request_goes_to_the_host_and_its_answer_back(void **state)
{
	for (int e = RMI_BET1; e <= RMI_BET3; e++) {
		for (unsigned reject = 0; reject < 2; reject++) {
			struct mapping m = { B, B + 4 * PAGE, DEV_NCOH };
			uint64_t flags = reject ? RMI_ENTER_DEV_MEM_REJECT : 0;
			struct rmm_regs r;
			struct devices d;
			struct host h;

			d = realm_with(&h, (struct setup){ .edition = (enum rmi_edition)e });
			map_device(&h, d.vdev, B, DEV_NCOH, 3, 4);
			host_activate(&h);
			ask_for_validation(&h, &m);
			assert_hex(host_exit(&h, RMI_RUN_EXIT_REASON), e == RMI_BET3 ? 8 : 9);
			assert_hex(host_exit(&h, 0x800 + 0x530), 0x1d);
			assert_hex(host_exit(&h, 0x800 + 0x540), B);
			assert_hex(host_exit(&h, 0x800 + 0x548), B + 4 * PAGE);
			assert_hex(host_exit(&h, 0x800 + 0x550), DEV_NCOH);
			/* page by page, as far as it likes */
			for (rmm_ipa at = B; at < B + 3 * PAGE; at = r.x[1]) {
				r = smc_regs(&h, RMI_RTT_DEV_VALIDATE, h.rd, h.rec, d.pdev, d.vdev,
					     at, at + PAGE);
				check(r, 0, at + PAGE);
			}
			assert_hex(host_enter(&h, flags, ask_to_validate, &m), 0);
			assert_int_equal(m.result, RMM_REALM_DONE);
			assert_hex(m.regs.x[0], RSI_SUCCESS);
			assert_hex(m.regs.x[1], B + 3 * PAGE);
			assert_hex(m.regs.x[2], reject);
			/* the request is closed */
			assert_hex(dev_validate(&h, &d, B + 3 * PAGE, B + 4 * PAGE),
				   RMI_ERROR_INPUT);
			host_end(&h);
		}
	}
}

static void a_finished_request_cannot_be_rejected(void **state)
{
	struct mapping m = { B, B + PAGE, DEV_NCOH };
	struct devices d;
	struct host h;

	d = realm_with(&h, (struct setup){ 0 });
	map_device(&h, d.vdev, B, DEV_NCOH, 3, 1);
	host_activate(&h);
	ask_for_validation(&h, &m);
	assert_hex(dev_validate(&h, &d, B, B + PAGE), 0);
	host_enter(&h, RMI_ENTER_DEV_MEM_REJECT, ask_to_validate, &m);
	assert_hex(m.regs.x[1], B + PAGE);
	assert_hex(m.regs.x[2], RSI_ACCEPT);
	host_end(&h);
}

static void without_device_assignment_a_realm_cannot_ask(void **state)
{
	struct mapping m = { B, B + PAGE, DEV_NCOH };
	struct host h;

	host_realm(&h, &(struct setup){ .config = &device_machine });
	host_activate(&h);
	host_enter(&h, 0, ask_to_validate, &m);
	assert_int_equal(m.result, RMM_REALM_DONE);
	assert_hex(m.regs.x[0], UINT64_MAX);
	host_end(&h);
}

static void an_emulated_device_reads_zero_and_ignores_writes(void **state)
{
	struct rmm_regs r;
	struct attempt a;
	struct devices d;
	struct host h;
	rmm_pa other;

	d = realm_with(&h, (struct setup){ 0 });
	host_tables(&h, 2 * B, 2);
	assert_false(rmm_activate_vsmmu(h.rmm, d.vsmmu));
	r = smc_regs(&h, RMI_RTT_ARCH_DEV_MAP, h.rd, d.vsmmu, B, B + 2 * PAGE);
	check(r, 0, B + 2 * PAGE);
	r = smc_regs(&h, RMI_RTT_ARCH_DEV_MAP, h.rd, d.vsmmu, 2 * B, 3 * B);
	check(r, 0, 3 * B);
	check_ripas(&h, B, RMM_ARCH_DEV, RMI_EMPTY);
	assert_hex(host_entry(&h, B + PAGE).pa, d.vsmmu);
	assert_int_equal(host_entry(&h, 2 * B).level, 2);
	host_activate(&h);
	assert_int_equal(touch(&h, (struct rmm_access){ .ipa = B }).result, RMM_REALM_SEA);
	assert_true(rmm_activate_vsmmu(h.rmm, d.vsmmu));
	a = touch(&h, (struct rmm_access){ .ipa = B, .write = true, .value = 0x55 });
	assert_int_equal(a.result, RMM_REALM_DONE);
	a = touch(&h, (struct rmm_access){ .ipa = B, .value = 0x77 });
	assert_int_equal(a.result, RMM_REALM_DONE);
	assert_hex(a.access.value, 0);
	a = touch(&h, (struct rmm_access){ .ipa = B, .fetch = true });
	assert_int_equal(a.result, RMM_REALM_SEA);

	assert_false(rmm_remove_device(h.rmm, d.vsmmu)); /* mapped */
	other = host_delegated(&h, 1);
	assert_true(rmm_place_vsmmu(h.rmm, other, h.rd));
	assert_false(rmm_activate_vsmmu(h.rmm, other)); /* the entries are of the first one */
	assert_true(rmm_remove_device(h.rmm, other));
	r = smc_regs(&h, RMI_RTT_ARCH_DEV_UNMAP, h.rd, d.vsmmu, B, 2 * B);
	check(r, 0, B + 2 * PAGE); /* VOID behind it */
	check_ripas(&h, B, RMM_VOID, RMI_DESTROYED);
	assert_hex(smc(&h, RMI_RTT_ARCH_DEV_UNMAP, h.rd, d.vsmmu, 2 * B, 3 * B), 0);
	assert_true(rmm_remove_device(h.rmm, d.vsmmu));
	assert_state(&h, d.vsmmu, DELEGATED);
	host_end(&h);
}

static void read_entry_shows_kind_address_and_ripas(void **state)
{
	struct rmm_regs r;
	struct devices d;
	struct host h;

	d = realm_with(&h, (struct setup){ 0 });
	map_device(&h, d.vdev, B, DEV_NCOH, 3, 1);
	assert_hex(smc(&h, RMI_RTT_ARCH_DEV_MAP, h.rd, d.vsmmu, B + PAGE, B + 2 * PAGE), 0);
	host_activate(&h);
	validate_device(&h, &d, B, B + PAGE, DEV_NCOH);
	r = smc_regs(&h, RMI_RTT_READ_ENTRY, h.rd, B, 3);
	assert_hex(r.x[2], 3);
	assert_hex(r.x[3], DEV_NCOH);
	assert_hex(r.x[4], RMI_DEV);
	r = smc_regs(&h, RMI_RTT_READ_ENTRY, h.rd, B + PAGE, 3);
	assert_hex(r.x[2], 5);
	assert_hex(r.x[3], d.vsmmu);
	assert_hex(r.x[4], RMI_EMPTY);
	host_end(&h);
}

/* OP-34: an entry that was RAM, is DESTROYED, and becomes a device's. */
static void tf_rmm_hides_the_address_behind_a_destroyed_entry(void **state)
{
	static const char *const profiles[] = { "strict", "tf-rmm-2026-07" };

	for (unsigned i = 0; i < 2; i++) {
		struct rmm_regs r;
		struct devices d;
		struct host h;

		d = realm_with(&h, (struct setup){ .profile = profiles[i] });
		assert_hex(smc(&h, RMI_RTT_INIT_RIPAS, h.rd, B, B + PAGE), 0);
		host_map(&h, B);
		assert_hex(smc(&h, RMI_RTT_DATA_UNMAP, h.rd, B, B + PAGE, 0, 0), 0);
		map_device(&h, d.vdev, B, DEV_NCOH, 3, 1);
		r = smc_regs(&h, RMI_RTT_READ_ENTRY, h.rd, B, 3);
		assert_hex(r.x[2], 3);
		assert_hex(r.x[3], i ? 0 : DEV_NCOH);
		assert_hex(r.x[4], RMI_DESTROYED);
		map_device(&h, d.vdev, B + PAGE, DEV_NCOH + PAGE, 3, 1);
		r = smc_regs(&h, RMI_RTT_READ_ENTRY, h.rd, B + PAGE, 3);
		assert_hex(r.x[3], DEV_NCOH + PAGE);
		assert_hex(r.x[4], RMI_EMPTY);
		host_end(&h);
	}
}

/* RTT_SET_RIPAS: to RAM stops before a device, to EMPTY takes it. */

static void ask_for_ripas(struct host *h, struct rmm_rec *rec)
{
	struct rmm_regs regs = { { RSI_IPA_STATE_SET, B, B + 2 * PAGE, *(uint64_t *)h->program_ctx,
				   RSI_CHANGE_DESTROYED } };

	rmm_realm_smc(h->rmm, rec, &regs);
}

static void a_device_becomes_empty_but_not_ram(void **state)
{
	static const char *const profiles[] = { "strict", "tf-rmm-2026-07" };

	for (unsigned i = 0; i < 4; i++) {
		uint64_t ripas = i & 1 ? RMI_RAM : RMI_EMPTY;
		struct devices d;
		struct host h;

		d = realm_with(&h, (struct setup){ .profile = profiles[i / 2] });
		map_device(&h, d.vdev, B + PAGE, DEV_NCOH, 3, 1);
		host_activate(&h);
		validate_device(&h, &d, B + PAGE, B + 2 * PAGE, DEV_NCOH);
		host_enter(&h, 0, ask_for_ripas, &ripas);
		check(smc_regs(&h, RMI_RTT_SET_RIPAS, h.rd, h.rec, B, B + 2 * PAGE), 0,
		      ripas == RMI_RAM ? B + PAGE : B + 2 * PAGE);
		check_ripas(&h, B + PAGE, RMM_NARCH_DEV, ripas == RMI_RAM ? RMI_DEV : RMI_EMPTY);
		host_end(&h);
	}
}

static void a_block_of_device_memory_unfolds_and_folds(void **state)
{
	struct rmm_entry e;
	struct devices d;
	struct host h;

	d = realm_with(&h, (struct setup){ 0 });
	host_tables(&h, 2 * B, 2);
	map_device(&h, d.vdev, 2 * B, DEV_NCOH + B, 2, 1);
	assert_hex(smc(&h, RMI_RTT_CREATE, h.rd, host_delegated(&h, 1), 2 * B, 3), 0);
	check_ripas(&h, 2 * B + 5 * PAGE, RMM_NARCH_DEV, RMI_EMPTY);
	assert_hex(host_entry(&h, 2 * B + 5 * PAGE).pa, DEV_NCOH + B + 5 * PAGE);
	assert_hex(smc(&h, RMI_RTT_DESTROY, h.rd, 2 * B, 3), RTT(3)); /* live */
	assert_hex(smc(&h, RMI_RTT_FOLD, h.rd, 2 * B, 3), 0);
	e = host_entry(&h, 2 * B);
	assert_int_equal(e.level, 2);
	assert_int_equal(e.hipas, RMM_NARCH_DEV);
	assert_hex(e.pa, DEV_NCOH + B);
	check(range(&h, RMI_RTT_DEV_UNMAP, 2 * B, 3 * B, RMI_ADDR_NONE, 0), 0, 3 * B);
	assert_state(&h, DEV_NCOH + 2 * B - PAGE, DELEGATED);
	host_end(&h);
}

static void a_block_of_an_emulated_device_unfolds_into_the_same_device(void **state)
{
	struct devices d;
	struct host h;

	d = realm_with(&h, (struct setup){ 0 });
	host_tables(&h, 2 * B, 2);
	assert_hex(smc(&h, RMI_RTT_ARCH_DEV_MAP, h.rd, d.vsmmu, 2 * B, 3 * B), 0);
	host_tables(&h, 2 * B, 3);
	for (rmm_ipa at = 2 * B; at < 3 * B; at += PAGE) {
		check_ripas(&h, at, RMM_ARCH_DEV, RMI_EMPTY);
		assert_hex(host_entry(&h, at).pa, d.vsmmu);
	}
	check(smc_regs(&h, RMI_RTT_ARCH_DEV_UNMAP, h.rd, d.vsmmu, 2 * B, 3 * B), 0, 3 * B);
	host_end(&h);
}

/* Attributes are part of what has to be the same. */
static void two_kinds_of_device_memory_do_not_fold(void **state)
{
	struct devices d;
	struct host h;

	d = realm_with(&h, (struct setup){ 0 });
	track_device_memory(&h, DEV_COH, RMI_MEM_DEV_COH);
	map_device(&h, d.vdev, B, DEV_NCOH, 3, 511);
	map_device(&h, d.vdev, 2 * B - PAGE, DEV_COH, 3, 1);
	assert_hex(smc(&h, RMI_RTT_FOLD, h.rd, B, 3), RTT(3));
	host_end(&h);
}

static void a_realm_with_devices_is_live(void **state)
{
	struct devices d;
	struct host h;

	d = realm_with(&h, (struct setup){ 0 });
	assert_hex(smc(&h, RMI_RTT_DESTROY, h.rd, B, 3), 0);
	assert_hex(smc(&h, RMI_RTT_DESTROY, h.rd, 0, 2), 0);
	assert_hex(smc(&h, RMI_REALM_TERMINATE, h.rd), 0);
	assert_hex(smc(&h, RMI_REALM_DESTROY, h.rd), RMI_ERROR_REALM);
	assert_false(rmm_remove_device(h.rmm, d.pdev)); /* has a VDEV */
	assert_true(rmm_remove_device(h.rmm, d.vdev));
	assert_true(rmm_remove_device(h.rmm, d.pdev));
	assert_hex(smc(&h, RMI_REALM_DESTROY, h.rd), RMI_ERROR_REALM);
	assert_true(rmm_remove_device(h.rmm, d.vsmmu));
	assert_hex(smc(&h, RMI_REALM_DESTROY, h.rd), 0);
	host_end(&h);
}

#define NO_BANK UINT64_C(0x10000000)

static void devices_are_placed_in_delegated_granules_only(void **state)
{
	struct rmm_vdev vdev = { 0 };
	struct devices d;
	struct host h;
	rmm_pa pa;

	d = realm_with(&h, (struct setup){ 0 });
	host_delegate(&h, DEV_NCOH, PAGE);
	vdev.rd = h.rd;
	vdev.pdev = d.pdev;
	assert_false(rmm_place_pdev(h.rmm, host_pages(&h, 1)));
	assert_false(rmm_place_pdev(h.rmm, d.pdev));
	assert_false(rmm_place_pdev(h.rmm, DEV_NCOH)); /* no conventional memory */
	assert_false(rmm_place_vsmmu(h.rmm, host_delegated(&h, 1), d.pdev));
	vdev.pdev = d.vdev;
	assert_false(rmm_place_vdev(h.rmm, host_delegated(&h, 1), &vdev));
	vdev.pdev = d.pdev;
	vdev.nr_ranges = RMM_MAX_VDEV_RANGES + 1;
	assert_false(rmm_place_vdev(h.rmm, host_delegated(&h, 1), &vdev));
	vdev.nr_ranges = 0;
	assert_false(rmm_place_vdev(h.rmm, host_pages(&h, 1), &vdev));
	h.no_memory = true;
	assert_false(rmm_place_vdev(h.rmm, h.rd, &vdev));
	h.no_memory = false;
	vdev.pdev = HOST_BASE + 7 * GIB; /* never used */
	assert_false(rmm_place_vdev(h.rmm, host_delegated(&h, 1), &vdev));
	vdev.pdev = d.pdev;
	vdev.rd = d.pdev;
	assert_false(rmm_place_vdev(h.rmm, host_delegated(&h, 1), &vdev));
	assert_false(rmm_place_vsmmu(h.rmm, host_pages(&h, 1), h.rd));
	assert_false(rmm_remove_device(h.rmm, h.rd));
	assert_false(rmm_remove_device(h.rmm, HOST_BASE + 7 * GIB));
	assert_false(rmm_remove_device(h.rmm, NO_BANK));
	pa = host_delegated(&h, 1); /* an operation's */
	assert_hex(smc(&h, RMI_REC_CREATE, h.rd, pa, host_rec_params(&h, 0)), 0x50d);
	assert_false(rmm_remove_device(h.rmm, pa));
	assert_false(rmm_activate_vsmmu(h.rmm, h.rd));
	assert_string_equal(rmm_granule_state_name(host_state(&h, d.pdev)), "PDEV");
	assert_string_equal(rmm_granule_state_name(host_state(&h, d.vdev)), "VDEV");
	assert_string_equal(rmm_granule_state_name(host_state(&h, d.vsmmu)), "VSMMU");
	host_end(&h);
}

static void a_plane_maps_a_device_that_is_validated(void **state)
{
	struct devices d;
	struct host h;

	d = realm_with(&h, (struct setup){ .planes = 1 });
	map_device(&h, d.vdev, B, DEV_NCOH, 3, 1);
	host_aux_tables(&h, 1, B, 3);
	host_activate(&h);
	assert_hex(smc(&h, RMI_RTT_AUX_PROT_MAP, h.rd, B, B + PAGE, 1), RTT(3));
	validate_device(&h, &d, B, B + PAGE, DEV_NCOH);
	assert_hex(smc(&h, RMI_RTT_AUX_PROT_MAP, h.rd, B, B + PAGE, 1), 0);
	assert_hex(host_aux_entry(&h, 1, B).pa, DEV_NCOH);
	assert_int_equal(host_aux_entry(&h, 1, B).hipas, RMM_HIPAS_DATA);
	assert_hex(smc(&h, RMI_RTT_DEV_UNMAP, h.rd, B, B + PAGE, 0, 0), 0x307);
	host_end(&h);
}

/* A5.2.4, OP-72: RSI_HOST_CALL with its structure in device memory. */

static void call_the_host(struct host *h, struct rmm_rec *rec)
{
	struct mapping *m = h->program_ctx;

	m->regs = (struct rmm_regs){ { RSI_HOST_CALL, m->base } };
	m->result = rmm_realm_smc(h->rmm, rec, &m->regs);
}

static void rsi_operands_may_lie_in_device_memory(void **state)
{
	static const char *const profiles[] = { "strict", "tf-rmm-2026-07" };

	for (unsigned i = 0; i < 2; i++) {
		struct mapping m = { .base = B };
		struct devices d;
		struct host h;

		d = realm_with(&h, (struct setup){ .profile = profiles[i] });
		map_device(&h, d.vdev, B, DEV_NCOH, 3, 1);
		if (!i)
			assert_hex(smc(&h, RMI_RTT_ARCH_DEV_MAP, h.rd, d.vsmmu, B + PAGE,
				       B + 2 * PAGE),
				   0);
		host_activate(&h);
		validate_device(&h, &d, B, B + PAGE, DEV_NCOH);
		host_enter(&h, 0, call_the_host, &m);
		if (i) {
			assert_int_equal(m.result, RMM_REALM_DONE);
			assert_hex(m.regs.x[0], RSI_ERROR_INPUT);
			host_end(&h);
			continue;
		}
		assert_int_equal(m.result, RMM_REALM_EXIT);
		assert_hex(host_exit(&h, RMI_RUN_EXIT_REASON), RMI_EXIT_HOST_CALL);
		assert_hex(host_enter(&h, 0, call_the_host, &m), 0);
		assert_true(rmm_activate_vsmmu(h.rmm, d.vsmmu));
		m.base = B + PAGE; /* what is emulated is no memory */
		host_enter(&h, 0, call_the_host, &m);
		assert_int_equal(m.result, RMM_REALM_DONE);
		assert_hex(m.regs.x[0], RSI_ERROR_INPUT);
		host_end(&h);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(device_memory_lives_and_ends_like_data),
		TEST(coherent_memory_is_validated_as_such),
		TEST(the_request_goes_to_the_host_and_its_answer_back),
		TEST(a_finished_request_cannot_be_rejected),
		TEST(without_device_assignment_a_realm_cannot_ask),
		TEST(an_emulated_device_reads_zero_and_ignores_writes),
		TEST(read_entry_shows_kind_address_and_ripas),
		TEST(tf_rmm_hides_the_address_behind_a_destroyed_entry),
		TEST(a_device_becomes_empty_but_not_ram),
		TEST(a_block_of_device_memory_unfolds_and_folds),
		TEST(a_block_of_an_emulated_device_unfolds_into_the_same_device),
		TEST(two_kinds_of_device_memory_do_not_fold),
		TEST(a_realm_with_devices_is_live),
		TEST(devices_are_placed_in_delegated_granules_only),
		TEST(a_plane_maps_a_device_that_is_validated),
		TEST(rsi_operands_may_lie_in_device_memory),
	};

	return cmocka_run_group_tests_name("devices", tests, NULL, NULL);
}
