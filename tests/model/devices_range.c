/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How far ranges over device memory and emulated devices go: to what they cannot change, to the end of a
 * table, to an entry of another operation (rmm-commands Part 6 "Device mappings"; rmm-state-machines 11).
 */
#include "devices_realm.h"

static void sweeps_of_another_kind_stop_before_a_device(void **state)
{
	static const char *const profiles[] = { "strict", "bet1-leaf-1", "tf-rmm-2026-07" };

	for (unsigned i = 0; i < 3; i++) {
		rmm_ipa at = B + 2 * PAGE, top = B + 4 * PAGE;
		struct rmm_regs r;
		struct devices d;
		struct host h;

		d = realm_with(&h, (struct setup){ .profile = profiles[i] });
		host_map(&h, B);
		host_map(&h, B + 3 * PAGE);
		map_device(&h, d.vdev, at, DEV_NCOH, 3, 1);
		check(smc_regs(&h, RMI_RTT_INIT_RIPAS, h.rd, B, top), 0, at);
		r = range(&h, RMI_RTT_DATA_UNMAP, B, top, RMI_ADDR_NONE, 0);
		check(r, 0, at);
		check(range(&h, RMI_RTT_DATA_UNMAP, B + PAGE, top, RMI_ADDR_NONE, 0), 0, at);
		assert_hex(range(&h, RMI_RTT_DATA_UNMAP, at, top, RMI_ADDR_NONE, 0).x[0], RTT(3));
		check(range(&h, RMI_RTT_DEV_UNMAP, at, top, RMI_ADDR_NONE, 0), 0, at + PAGE);
		assert_hex(range(&h, RMI_RTT_DEV_UNMAP, at + PAGE, top, RMI_ADDR_NONE, 0).x[0],
			   RTT(3));
		host_end(&h);
	}
}

static void dev_map_stops_at_the_end_of_the_devices_range(void **state)
{
	rmm_pa last = DEV_NCOH + GIB / 2 - PAGE;
	struct rmm_regs r;
	struct devices d;
	struct host h;

	d = realm_with(&h, (struct setup){ 0 });
	host_delegate(&h, last, 2 * PAGE);
	r = smc_regs(&h, RMI_RTT_DEV_MAP, h.rd, d.vdev, B, B + 2 * PAGE, RMI_ADDR_SINGLE,
		     host_desc(&h, last, 3, 2));
	check(r, 0, B + PAGE);
	assert_state(&h, last + PAGE, DELEGATED);
	/* but not at the end of a table */
	host_tables(&h, 2 * B, 3);
	host_delegate(&h, DEV_NCOH, 2 * PAGE);
	r = smc_regs(&h, RMI_RTT_DEV_MAP, h.rd, d.vdev, 2 * B - PAGE, 2 * B + PAGE, RMI_ADDR_SINGLE,
		     host_desc(&h, DEV_NCOH, 3, 2));
	check(r, 0, 2 * B + PAGE);
	host_end(&h);
}

/* A range that stops after one entry and goes on, in OP_CONTINUE. */
static void device_ranges_yield_and_go_on(void **state)
{
	rmm_ipa top = B + 3 * PAGE;
	struct mapping m = { B, top, DEV_NCOH };
	struct rmm_regs r;
	struct devices d;
	struct host h;

	d = realm_with(&h, (struct setup){ 0 });
	host_delegate(&h, DEV_NCOH, 3 * PAGE);
	host_activate(&h);
	ask_for_validation(&h, &m);
	stop_after(&h, 1, true);
	r = smc_regs(&h, RMI_RTT_DEV_MAP, h.rd, d.vdev, B, top, RMI_ADDR_SINGLE,
		     host_desc(&h, DEV_NCOH, 3, 3));
	assert_hex(r.x[0], INCOMPLETE);
	stop_after(&h, 0, false);
	check(smc_regs(&h, RMI_OP_CONTINUE, r.x[1], 0), 0, top);
	stop_after(&h, 1, true);
	r = smc_regs(&h, RMI_RTT_DEV_VALIDATE, h.rd, h.rec, d.pdev, d.vdev, B, top);
	assert_hex(r.x[0], INCOMPLETE);
	stop_after(&h, 0, false);
	check(smc_regs(&h, RMI_OP_CONTINUE, r.x[1], 0), 0, top);
	check_ripas(&h, top - PAGE, RMM_NARCH_DEV, RMI_DEV);
	stop_after(&h, 1, true);
	r = range(&h, RMI_RTT_DEV_UNMAP, B, top, RMI_ADDR_SINGLE, 0);
	assert_hex(r.x[0], INCOMPLETE);
	stop_after(&h, 0, false);
	check_unmap(smc_regs(&h, RMI_OP_CONTINUE, r.x[1], 0), top, host_desc(&h, DEV_NCOH, 3, 3),
		    0);
	/* ARCH_DEV_MAP never becomes an operation: it stops */
	assert_hex(smc(&h, RMI_RTT_DESTROY, h.rd, B, 3), 0);
	host_tables(&h, 2 * B, 3);
	stop_after(&h, 1, true);
	r = smc_regs(&h, RMI_RTT_ARCH_DEV_MAP, h.rd, d.vsmmu, 2 * B, 2 * B + 2 * PAGE);
	check(r, 0, 2 * B + PAGE);
	host_end(&h);
}

static void a_rec_may_go_while_its_validation_waits(void **state)
{
	struct mapping m = { B, B + 3 * PAGE, DEV_NCOH };
	struct rmm_profile p = *rmm_profile_find("strict");
	struct rmm_regs r;
	struct devices d;
	struct host h;

	p.rec_granules = 0;
	d = realm_with(&h, (struct setup){ .custom = &p });
	map_device(&h, d.vdev, B, DEV_NCOH, 3, 3);
	host_activate(&h);
	ask_for_validation(&h, &m);
	stop_after(&h, 1, true);
	r = smc_regs(&h, RMI_RTT_DEV_VALIDATE, h.rd, h.rec, d.pdev, d.vdev, B, B + 3 * PAGE);
	assert_hex(r.x[0], INCOMPLETE);
	stop_after(&h, 0, false);
	assert_hex(smc(&h, RMI_REC_DESTROY, h.rec), 0);
	check(smc_regs(&h, RMI_OP_CONTINUE, r.x[1], 0), 0, B + PAGE);
	check_ripas(&h, B + PAGE, RMM_NARCH_DEV, RMI_EMPTY);
	host_end(&h);
}

static void validation_goes_as_far_as_the_memory_is_the_expected_one(void **state)
{
	struct mapping m = { B, B + 4 * PAGE, DEV_NCOH };
	struct rmm_regs r;
	struct devices d;
	struct host h;

	d = realm_with(&h, (struct setup){ 0 });
	map_device(&h, d.vdev, B, DEV_NCOH, 3, 1);
	map_device(&h, d.vdev, B + PAGE, DEV_NCOH + PAGE, 3, 1);
	map_device(&h, d.vdev, B + 2 * PAGE, DEV_NCOH + 8 * PAGE, 3, 1);
	host_activate(&h);
	ask_for_validation(&h, &m);
	r = smc_regs(&h, RMI_RTT_DEV_VALIDATE, h.rd, h.rec, d.pdev, d.vdev, B, B + 4 * PAGE);
	check(r, 0, B + 2 * PAGE);
	check_ripas(&h, B + 2 * PAGE, RMM_NARCH_DEV, RMI_EMPTY);
	assert_hex(dev_validate(&h, &d, B + 2 * PAGE, B + 4 * PAGE), RTT(3));
	assert_hex(smc(&h, RMI_RTT_DEV_UNMAP, h.rd, B + 2 * PAGE, B + 3 * PAGE, 0, 0), 0);
	assert_hex(dev_validate(&h, &d, B + 2 * PAGE, B + 4 * PAGE), RTT(3)); /* VOID */
	map_device(&h, d.vdev, B + 2 * PAGE, DEV_NCOH + 2 * PAGE, 3, 1);
	r = smc_regs(&h, RMI_RTT_DEV_VALIDATE, h.rd, h.rec, d.pdev, d.vdev, B + 2 * PAGE,
		     B + 4 * PAGE);
	check(r, 0, B + 3 * PAGE);
	host_end(&h);
}

/* Two pages: the first can be mapped. */
static struct rmm_regs map_two(struct host *h, rmm_pa vdev, rmm_pa second)
{
	rmm_pa list = host_pages(h, 1);

	host_delegate(h, DEV_NCOH, PAGE);
	host_write64(h, list, host_desc(h, DEV_NCOH, 3, 1));
	host_write64(h, list + 8, host_desc(h, second, 3, 1));
	return smc_regs(h, RMI_RTT_DEV_MAP, h->rd, vdev, B, B + 2 * PAGE, list_of(2), list);
}

/* Each of them is the error of a call that begins there. */
static void dev_map_stops_before_what_it_cannot_map(void **state)
{
	static const uint64_t errors[] = { RTT(3),
					   RTT(3),
					   RMI_ERROR_INPUT,
					   RMI_ERROR_INPUT,
					   RMI_BLOCKED,
					   RMI_ERROR_TRACKING,
					   RMI_ERROR_TRACKING };
	static const uint64_t tracking[] = { RMI_TRACKING_FINE, RMI_TRACKING_COARSE,
					     RMI_TRACKING_NONE };

	for (unsigned i = 0; i < 7; i++) {
		rmm_pa second = DEV_NCOH + PAGE;
		struct rmm_entry e;
		struct devices d;
		struct host h;

		d = realm_with(&h, (struct setup){ 0 });
		if (i != 3)
			host_delegate(&h, second, PAGE);
		if (i == 0)
			map_device(&h, d.vdev, B + PAGE, DEV_NCOH + 4 * PAGE, 3, 1);
		else if (i == 1)
			assert_hex(smc(&h, RMI_RTT_INIT_RIPAS, h.rd, B + PAGE, B + 2 * PAGE), 0);
		else if (i == 2)
			second = host_delegated(&h, 1); /* DRAM */
		else if (i >= 4)
			second = DEV_COARSE;
		if (i >= 4) /* it is on its way to FINE, COARSE, NONE */
			assert_hex(smc(&h, RMI_GRANULE_TRACKING_SET, DEV_COARSE, RMI_MEM_DEV_NCOH,
				       tracking[i - 4]),
				   i == 4 ? 0x10d : 0);
		e = host_entry(&h, B + PAGE);
		check(map_two(&h, d.vdev, second), 0, B + PAGE);
		check_entry(&h, B, RMM_NARCH_DEV);
		check_entry(&h, B + PAGE, e.hipas);
		assert_int_not_equal(host_state(&h, second), RMM_DEV);
		assert_hex(smc(&h, RMI_RTT_DEV_MAP, h.rd, d.vdev, B + PAGE, B + 2 * PAGE,
			       RMI_ADDR_SINGLE, host_desc(&h, second, 3, 1)),
			   errors[i]);
		host_end(&h);
	}
}

/* rmm-commands Part 10: it does not ask for the RIPAS. */
static void tf_rmm_maps_a_device_where_the_realm_expects_ram(void **state)
{
	struct devices d;
	struct host h;

	d = realm_with(&h, (struct setup){ .profile = "tf-rmm-2026-07" });
	assert_hex(smc(&h, RMI_RTT_INIT_RIPAS, h.rd, B, B + 2 * PAGE), 0);
	host_delegate(&h, DEV_NCOH + PAGE, PAGE);
	check(map_two(&h, d.vdev, DEV_NCOH + PAGE), 0, B + 2 * PAGE);
	check_ripas(&h, B + PAGE, RMM_NARCH_DEV, RMI_RAM);
	host_end(&h);
}

/* The second block begins in the range of the VDEV and ends behind it. */
static void a_block_that_crosses_the_end_of_a_range_is_not_the_devices(void **state)
{
	struct rmm_vdev vdev = { .nr_ranges = 1 };
	struct devices d;
	struct host h;
	rmm_pa pa;

	d = realm_with(&h, (struct setup){ 0 });
	vdev.rd = h.rd;
	vdev.pdev = d.pdev;
	vdev.ranges[0] = (struct rmm_range){ DEV_NCOH, DEV_NCOH + BLOCK + PAGE };
	pa = host_delegated(&h, 1);
	assert_true(rmm_place_vdev(h.rmm, pa, &vdev));
	host_tables(&h, 2 * B, 2);
	host_delegate(&h, DEV_NCOH, 2 * BLOCK);
	check(smc_regs(&h, RMI_RTT_DEV_MAP, h.rd, pa, 2 * B, 4 * B, RMI_ADDR_SINGLE,
		       host_desc(&h, DEV_NCOH, 2, 2)),
	      0, 3 * B);
	assert_state(&h, DEV_NCOH + BLOCK, DELEGATED);
	assert_hex(smc(&h, RMI_RTT_DEV_MAP, h.rd, pa, 3 * B, 4 * B, RMI_ADDR_SINGLE,
		       host_desc(&h, DEV_NCOH + BLOCK, 2, 1)),
		   RMI_ERROR_INPUT);
	host_end(&h);
}

/*
 *	region   DEV_NCOH      +1 GiB                DEV_COH        +1/2 GiB
 *	        [ NCOH       ][ half a block of it ]  [ COH          | NCOH ]	category COH
 */
static void memory_that_is_no_device_memory_is_not_mapped(void **state)
{
	static const struct rmm_config machine = {
		.banks = { { HOST_BASE, 8 * GIB },
			   { DEV_NCOH, GIB + BLOCK / 2, RMM_DEVICE_NCOH },
			   { DEV_COH, GIB / 2, RMM_DEVICE_COH },
			   { DEV_COH + GIB / 2, GIB / 2, RMM_DEVICE_NCOH } },
		.nr_banks = 4,
		.features = { .da = true, .da_coh = true },
	};

	for (unsigned conventional = 0; conventional < 2; conventional++) {
		rmm_pa odd = DEV_COH + (conventional ? 0 : GIB / 2);
		struct devices d;
		struct host h;

		d = realm_with(&h, (struct setup){ .config = &machine });
		host_tables(&h, 2 * B, 2);
		track_device_memory(&h, DEV_COARSE, RMI_MEM_DEV_NCOH);
		track_device_memory(&h, DEV_COH,
				    conventional ? RMI_MEM_CONVENTIONAL : RMI_MEM_DEV_COH);
		assert_hex(smc(&h, RMI_GRANULE_RANGE_DELEGATE, odd, odd + PAGE),
			   conventional ? 0 : RMI_ERROR_INPUT);
		assert_hex(smc(&h, RMI_RTT_DEV_MAP, h.rd, d.vdev, B, B + PAGE, RMI_ADDR_SINGLE,
			       host_desc(&h, odd, 3, 1)),
			   RMI_ERROR_INPUT);
		/* a block of which half is there */
		host_delegate(&h, DEV_COARSE, BLOCK / 2);
		assert_hex(smc(&h, RMI_RTT_DEV_MAP, h.rd, d.vdev, 2 * B, 3 * B, RMI_ADDR_SINGLE,
			       host_desc(&h, DEV_COARSE, 2, 1)),
			   RMI_ERROR_INPUT);
		check_entry(&h, 2 * B, RMM_VOID);
		host_end(&h);
	}
}

/* An unmap of two pages at `ipa` has done the first and owns the second: its handle. */
static uint64_t own_second(struct host *h, uint64_t fid, rmm_ipa ipa)
{
	struct rmm_regs r;

	stop_after(h, 1, true);
	r = range(h, fid, ipa, ipa + 2 * PAGE, RMI_ADDR_NONE, 0);
	assert_hex(r.x[0], INCOMPLETE);
	stop_after(h, 0, false);
	return r.x[1];
}

/* The page that own_second() has unmapped. */
static void map_again(struct host *h, rmm_pa vdev, rmm_ipa ipa, rmm_pa pa)
{
	check(smc_regs(h, RMI_RTT_DEV_MAP, h->rd, vdev, ipa, ipa + PAGE, RMI_ADDR_SINGLE,
		       host_desc(h, pa, 3, 1)),
	      0, ipa + PAGE);
}

static void arch_dev_map_stops_before_what_it_cannot_map(void **state)
{
	static const uint64_t errors[] = { RTT(3), RTT(3), RMI_BLOCKED, RTT(2) };

	for (unsigned i = 0; i < 4; i++) {
		rmm_ipa base = i == 3 ? 2 * B - PAGE : B; /* a block of level 2 at 2 B */
		uint64_t open = 0;
		struct rmm_regs r;
		struct devices d;
		struct host h;

		d = realm_with(&h, (struct setup){ 0 });
		if (i == 0)
			host_map(&h, B + PAGE);
		else if (i == 1)
			assert_hex(smc(&h, RMI_RTT_INIT_RIPAS, h.rd, B + PAGE, B + 2 * PAGE), 0);
		else if (i == 2) {
			host_map(&h, B);
			host_map(&h, B + PAGE);
			open = own_second(&h, RMI_RTT_DATA_UNMAP, B);
		}
		r = smc_regs(&h, RMI_RTT_ARCH_DEV_MAP, h.rd, d.vsmmu, base, base + 2 * PAGE);
		check(r, 0, base + PAGE);
		check_ripas(&h, base, RMM_ARCH_DEV, RMI_EMPTY);
		assert_int_not_equal(host_entry(&h, base + PAGE).hipas, RMM_ARCH_DEV);
		assert_hex(
			smc(&h, RMI_RTT_ARCH_DEV_MAP, h.rd, d.vsmmu, base + PAGE, base + 2 * PAGE),
			errors[i]);
		if (i == 2)
			assert_hex(smc(&h, RMI_OP_CONTINUE, open, 0), 0);
		host_end(&h);
	}
}

static void arch_dev_unmap_stops_before_what_it_cannot_unmap(void **state)
{
	for (unsigned aux = 0; aux < 2; aux++) {
		struct rmm_regs r;
		struct devices d;
		struct host h;
		rmm_pa other;

		d = realm_with(&h, (struct setup){ .planes = 1 });
		other = host_delegated(&h, 1);
		assert_true(rmm_place_vsmmu(h.rmm, other, h.rd));
		assert_hex(smc(&h, RMI_RTT_ARCH_DEV_MAP, h.rd, d.vsmmu, B, B + PAGE), 0);
		assert_hex(smc(&h, RMI_RTT_ARCH_DEV_MAP, h.rd, aux ? d.vsmmu : other, B + PAGE,
			       B + 2 * PAGE),
			   0);
		if (aux) {
			host_aux_tables(&h, 1, B, 3);
			assert_hex(smc(&h, RMI_RTT_AUX_PROT_MAP, h.rd, B + PAGE, B + 2 * PAGE, 1),
				   0);
		}
		r = smc_regs(&h, RMI_RTT_ARCH_DEV_UNMAP, h.rd, d.vsmmu, B, B + 2 * PAGE);
		check(r, 0, B + PAGE);
		check_entry(&h, B, RMM_VOID);
		check_entry(&h, B + PAGE, RMM_ARCH_DEV);
		assert_hex(smc(&h, RMI_RTT_ARCH_DEV_UNMAP, h.rd, d.vsmmu, B + PAGE, B + 2 * PAGE),
			   aux ? 0x307 : RTT(3));
		host_end(&h);
	}
}

/* bet1-leaf: 2 B is the first address of the next table. */
static void in_a_leaf_profile_a_device_range_ends_with_its_table(void **state)
{
	struct mapping m = { 2 * B - PAGE, 2 * B + PAGE, DEV_NCOH };
	struct rmm_regs r;
	struct devices d;
	struct host h;

	d = realm_with(&h, (struct setup){ .profile = "bet1-leaf" });
	host_tables(&h, 2 * B, 3);
	r = smc_regs(&h, RMI_RTT_ARCH_DEV_MAP, h.rd, d.vsmmu, 2 * B - 4 * PAGE, 2 * B - 2 * PAGE);
	check(r, 0, 2 * B - 2 * PAGE);
	r = smc_regs(&h, RMI_RTT_ARCH_DEV_MAP, h.rd, d.vsmmu, 2 * B - 2 * PAGE, 2 * B + PAGE);
	check(r, 0, 2 * B);
	r = smc_regs(&h, RMI_RTT_ARCH_DEV_UNMAP, h.rd, d.vsmmu, 2 * B - 4 * PAGE, 2 * B + PAGE);
	check(r, 0, 2 * B);
	map_device(&h, d.vdev, 2 * B - PAGE, DEV_NCOH, 3, 1);
	map_device(&h, d.vdev, 2 * B, DEV_NCOH + PAGE, 3, 1);
	host_activate(&h);
	ask_for_validation(&h, &m);
	r = smc_regs(&h, RMI_RTT_DEV_VALIDATE, h.rd, h.rec, d.pdev, d.vdev, m.base, m.top);
	check(r, 0, 2 * B);
	r = smc_regs(&h, RMI_RTT_DEV_VALIDATE, h.rd, h.rec, d.pdev, d.vdev, 2 * B, m.top);
	check(r, 0, m.top);
	host_end(&h);
}

/* The addresses go on, from the last page of one kind to the first of the other. */
static void validation_stops_before_memory_of_another_attribute(void **state)
{
	static const struct rmm_config machine = {
		.banks = { { HOST_BASE, 8 * GIB },
			   { DEV_NCOH, GIB, RMM_DEVICE_NCOH },
			   { DEV_NCOH + GIB, GIB, RMM_DEVICE_COH } },
		.nr_banks = 3,
		.features = { .da = true, .da_coh = true },
	};
	rmm_pa pa = DEV_NCOH + GIB - PAGE;
	struct mapping m = { B, B + 2 * PAGE, pa };
	struct rmm_vdev vdev = { .id = 0x1d, .nr_ranges = 1 };
	struct rmm_regs r;
	struct devices d;
	struct host h;

	d = realm_with(&h, (struct setup){ .config = &machine });
	track_device_memory(&h, DEV_NCOH + GIB, RMI_MEM_DEV_COH);
	vdev.rd = h.rd;
	vdev.pdev = d.pdev;
	vdev.ranges[0] = (struct rmm_range){ DEV_NCOH, DEV_NCOH + 2 * GIB };
	d.vdev = host_delegated(&h, 1);
	assert_true(rmm_place_vdev(h.rmm, d.vdev, &vdev));
	map_device(&h, d.vdev, B, pa, 3, 1);
	map_device(&h, d.vdev, B + PAGE, pa + PAGE, 3, 1);
	host_activate(&h);
	ask_for_validation(&h, &m);
	r = smc_regs(&h, RMI_RTT_DEV_VALIDATE, h.rd, h.rec, d.pdev, d.vdev, B, B + 2 * PAGE);
	check(r, 0, B + PAGE);
	check_ripas(&h, B + PAGE, RMM_NARCH_DEV, RMI_EMPTY);
	assert_hex(dev_validate(&h, &d, B + PAGE, B + 2 * PAGE), RTT(3));
	host_end(&h);
}

/* It neither changes the entry of another operation nor yields there; and it may stop anywhere. */
static void validation_stops_before_an_entry_of_an_operation(void **state)
{
	struct mapping m = { B, B + 4 * PAGE, DEV_NCOH };
	struct rmm_regs r;
	struct devices d;
	struct host h;
	uint64_t open;

	d = realm_with(&h, (struct setup){ 0 });
	map_device(&h, d.vdev, B, DEV_NCOH, 3, 4);
	host_activate(&h);
	ask_for_validation(&h, &m);
	open = own_second(&h, RMI_RTT_DEV_UNMAP, B + 2 * PAGE);
	map_again(&h, d.vdev, B + 2 * PAGE, DEV_NCOH + 2 * PAGE);
	stop_after(&h, 1, false);
	r = smc_regs(&h, RMI_RTT_DEV_VALIDATE, h.rd, h.rec, d.pdev, d.vdev, B, B + 4 * PAGE);
	check(r, 0, B + PAGE);
	stop_after(&h, 2, true);
	r = smc_regs(&h, RMI_RTT_DEV_VALIDATE, h.rd, h.rec, d.pdev, d.vdev, B + PAGE, B + 4 * PAGE);
	check(r, 0, B + 3 * PAGE);
	stop_after(&h, 0, false);
	assert_hex(dev_validate(&h, &d, B + 3 * PAGE, B + 4 * PAGE), RMI_BLOCKED);
	assert_int_equal(rmm_open_operations(h.rmm), 1);
	assert_hex(smc(&h, RMI_OP_CONTINUE, open, 0), 0);
	host_end(&h);
}

static void validation_changes_nothing_of_an_operation(void **state)
{
	struct mapping m = { B, B + 2 * PAGE, DEV_NCOH };
	struct rmm_regs r;
	struct devices d;
	struct host h;
	uint64_t open;

	d = realm_with(&h, (struct setup){ 0 });
	map_device(&h, d.vdev, B, DEV_NCOH, 3, 2);
	host_activate(&h);
	ask_for_validation(&h, &m);
	open = own_second(&h, RMI_RTT_DEV_UNMAP, B);
	map_again(&h, d.vdev, B, DEV_NCOH);
	r = smc_regs(&h, RMI_RTT_DEV_VALIDATE, h.rd, h.rec, d.pdev, d.vdev, B, B + 2 * PAGE);
	check(r, 0, B + PAGE);
	check_ripas(&h, B + PAGE, RMM_NARCH_DEV, RMI_EMPTY);
	assert_hex(smc(&h, RMI_OP_CONTINUE, open, 0), 0);
	host_end(&h);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(sweeps_of_another_kind_stop_before_a_device),
		TEST(dev_map_stops_at_the_end_of_the_devices_range),
		TEST(device_ranges_yield_and_go_on),
		TEST(a_rec_may_go_while_its_validation_waits),
		TEST(validation_goes_as_far_as_the_memory_is_the_expected_one),
		TEST(dev_map_stops_before_what_it_cannot_map),
		TEST(tf_rmm_maps_a_device_where_the_realm_expects_ram),
		TEST(a_block_that_crosses_the_end_of_a_range_is_not_the_devices),
		TEST(memory_that_is_no_device_memory_is_not_mapped),
		TEST(arch_dev_map_stops_before_what_it_cannot_map),
		TEST(arch_dev_unmap_stops_before_what_it_cannot_unmap),
		TEST(in_a_leaf_profile_a_device_range_ends_with_its_table),
		TEST(validation_stops_before_memory_of_another_attribute),
		TEST(validation_stops_before_an_entry_of_an_operation),
		TEST(validation_changes_nothing_of_an_operation),
	};

	return cmocka_run_group_tests_name("ranges of devices", tests, NULL, NULL);
}
