// SPDX-License-Identifier: BSD-2-Clause
/*
 * The warnings of the fault path: mapping, unmapping and dispatch, reached by an RMM that answers
 * wrongly. Errors are those of kvm-fault-dispatch A2, A4, A8 and A9. docs/porting.md lists every
 * WARN with the test that reaches it; tests/structure/warns.py keeps the two together.
 */
#include "warned.h"

static const struct sim_vm_config private_memory;
static const struct sim_vm_config shared_memory = { .shared_at_start = true };

/* --- mapping private memory --- */

static void a_mapping_that_got_nowhere_ends_kvm_run(void **state)
{
	struct warned w;

	warned_start(&w, private_memory);
	/* the first call only makes the tables */
	assert_done(store_private(&w, RAM_BASE));
	LIES(&w, { .fid = RMI_RTT_DATA_MAP, .bend = came_nowhere });
	assert_int_equal(store_private(&w, RAM_BASE + w.page).ret, -ENXIO);
	warned(&w, "realm_map_advance", "WARN_ON(out_top <= map->ipa || out_top > map->top)");
	warned_no_more(&w);
	assert_done(store_private(&w, RAM_BASE + w.page));
	LIES(&w, { .fid = RMI_RTT_DATA_MAP, .bend = came_too_far });
	assert_int_equal(store_private(&w, RAM_BASE + 2 * w.page).ret, -ENXIO);
	warned(&w, "realm_map_advance", "WARN_ON(out_top <= map->ipa || out_top > map->top)");
	assert_done(store_private(&w, RAM_BASE + 2 * w.page));
	warned_goes_on(&w, NOTHING);
}

static void a_refused_mapping_gives_the_page_back(void **state)
{
	static const struct lie refusals[] = {
		REFUSAL(RMI_RTT_DATA_MAP, RMI_ERROR_INPUT, 1), STOP(RMI_RTT_DATA_MAP, 3, 1),
		STOP(RMI_RTT_DATA_MAP, 2, 2), /* the table is there after the first one */
	};
	struct warned w;

	warned_start(&w, private_memory);
	assert_done(store_private(&w, RAM_BASE));
	for (unsigned i = 0; i < 3; i++) {
		warned_lie(&w, &refusals[i], 1);
		assert_int_equal(store_private(&w, RAM_BASE + w.page).ret, -ENXIO);
		warned(&w, "realm_map_protected",
		       "WARN_ON(RMI_RETURN_STATUS(ret) != RMI_ERROR_RTT || level >= 3 || "
		       "level <= map.walk_level)");
		assert_int_equal(w.nr_lines, i + 1);
	}
	assert_done(store_private(&w, RAM_BASE + w.page));
	warned_goes_on(&w, NOTHING);
}

static void a_page_that_cannot_be_undelegated_after_a_refused_mapping_is_pinned(void **state)
{
	struct warned w;

	warned_start(&w, private_memory);
	assert_done(store_private(&w, RAM_BASE));
	LIES(&w, REFUSAL(RMI_RTT_DATA_MAP, RMI_ERROR_INPUT, 1),
	     REFUSAL(RMI_GRANULE_RANGE_UNDELEGATE, RMI_ERROR_INPUT, 1));
	assert_int_equal(store_private(&w, RAM_BASE + w.page).ret, -ENXIO);
	warned(&w, "realm_undelegate_data", "WARN_ON(rmi_undelegate_range(phys, size))");
	warned(&w, "realm_map_protected",
	       "WARN_ON(RMI_RETURN_STATUS(ret) != RMI_ERROR_RTT || level >= 3 || "
	       "level <= map.walk_level)");
	/* B02: this page can never be delegated again; others are as good as ever */
	assert_done(store_private(&w, RAM_BASE + 2 * w.page));
	warned_goes_on(&w, LEAKS);
}

static void an_unaligned_mapping_is_refused(void **state)
{
	struct warned w;
	struct sim_kvm_vcpu *vcpu;

	warned_start(&w, private_memory);
	vcpu = sim_vm_kernel_vcpu(w.vm, 0);
	assert_int_equal(w.f.probe->map_protected(vcpu, RAM_BASE + w.page / 2, 0x880000000, w.page),
			 -EINVAL);
	warned(&w, "realm_map_protected",
	       "WARN_ON(!IS_ALIGNED(map_size, PAGE_SIZE) || !IS_ALIGNED(ipa, map_size))");
	assert_int_equal(
		w.f.probe->map_non_secure(vcpu, w.s | RAM_BASE, 0x880000000, w.page / 2, 1),
		-EINVAL);
	warned(&w, "realm_map_non_secure",
	       "WARN_ON(!IS_ALIGNED(map_size, PAGE_SIZE) || !IS_ALIGNED(ipa, map_size))");
	warned_goes_on(&w, NOTHING);
}

static void a_descriptor_of_unaligned_memory_is_told(void **state)
{
	struct warned w;

	warned_start(&w, private_memory);
	w.f.probe->addr_range_desc(0x880000000 + w.page / 2, w.page);
	warned(&w, "addr_range_desc", "WARN_ON(!PAGE_ALIGNED(phys))");
	warned_goes_on(&w, NOTHING);
}

/* --- unmapping private memory: a conversion does so, and has no error to give --- */

static void private_page(struct warned *w)
{
	warned_start(w, private_memory);
	assert_done(store_private(w, RAM_BASE));
	assert_done(store_private(w, RAM_BASE + w->page));
}

static void convert(struct warned *w)
{
	assert_int_equal(sim_vm_set_shared(w->vm, RAM_BASE + w->page, w->page), 0);
}

/* B81: what is behind the page stays mapped. */
static void a_page_that_the_rmm_keeps_ends_the_unmap(void **state)
{
	struct warned w;

	/*         0    1    2
	 * before [D]  [D]  [D]    D = data, in three pieces of memory
	 * unmap  ---->            and 0 cannot be undelegated
	 */
	warned_open(&w, private_memory);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(sim_vm_place(w.vm, RAM_BASE + i * w.page, w.page,
					      UINT64_C(0x8a0000000) - i * 4 * w.page, true),
				 0);
	assert_int_equal(sim_vm_start(w.vm), 0);
	for (unsigned i = 0; i < 3; i++)
		assert_done(store_private(&w, RAM_BASE + i * w.page));
	LIES(&w, { .fid = RMI_GRANULE_RANGE_UNDELEGATE,
		   .done = true,
		   .set = X0,
		   .x = { RMI_ERROR_INPUT } });
	assert_int_equal(sim_vm_set_shared(w.vm, RAM_BASE, 3 * w.page), 0);
	warned(&w, "realm_unmap_private_range", "WARN_ON(undelegate_range_desc(out_range))");
	assert_int_equal(fixture_walk(w.vm, RAM_BASE).hipas, RMM_VOID);
	assert_int_equal(fixture_walk(w.vm, RAM_BASE + 2 * w.page).hipas, RMM_HIPAS_DATA);
	assert_done(store_shared(&w, RAM_BASE + w.page));
	warned_goes_on(&w, NOTHING);
}

static void an_unmap_that_got_nowhere_ends(void **state)
{
	struct warned w;

	private_page(&w);
	LIES(&w, { .fid = RMI_RTT_DATA_UNMAP, .done = true, .bend = came_nowhere });
	convert(&w);
	warned(&w, "realm_unmap_private_range", "WARN_ON(next_addr <= addr)");
	assert_done(store_shared(&w, RAM_BASE + w.page));
	warned_goes_on(&w, NOTHING);
}

static void a_refused_unmap_ends_and_leaves_the_page_to_the_realm(void **state)
{
	static const struct lie refusals[] = {
		REFUSAL(RMI_RTT_DATA_UNMAP, RMI_ERROR_INPUT, 1),
		STOP(RMI_RTT_DATA_UNMAP, 4, 1),
	};

	for (unsigned i = 0; i < 2; i++) {
		struct warned w;

		private_page(&w);
		warned_lie(&w, &refusals[i], 1);
		convert(&w);
		warned(&w, "realm_unmap_private_range",
		       "WARN_ON(RMI_RETURN_STATUS(ret) != RMI_ERROR_RTT || level > 3)");
		assert_int_equal(fixture_walk(w.vm, RAM_BASE + w.page).hipas, RMM_HIPAS_DATA);
		warned_goes_on(&w, NOTHING);
	}
}

static void a_block_that_stays_after_its_split_ends_the_unmap(void **state)
{
	struct warned w;

	private_page(&w);
	LIES(&w, STOP(RMI_RTT_DATA_UNMAP, 2, 2));
	convert(&w);
	warned(&w, "realm_unmap_private_range",
	       "WARN_ON(split_at == addr && level <= split_level)");
	warned_goes_on(&w, NOTHING);
}

static void a_block_that_cannot_be_split_ends_the_unmap(void **state)
{
	struct warned w;

	private_page(&w);
	LIES(&w, STOP(RMI_RTT_DATA_UNMAP, 2, 1), REFUSAL(RMI_RTT_CREATE, RMI_ERROR_INPUT, 1));
	convert(&w);
	warned(&w, "realm_create_rtt_levels", "RMI_RTT_CREATE: 0x1");
	warned(&w, "realm_unmap_private_range",
	       "WARN_ON(realm_create_rtt_levels(realm, addr, level, level + 1, NULL))");
	warned_goes_on(&w, NOTHING);
}

/* --- mapping and unmapping shared memory --- */

static void a_refused_shared_mapping_ends_kvm_run(void **state)
{
	struct warned w;

	warned_start(&w, shared_memory);
	LIES(&w, REFUSAL(RMI_RTT_UNPROT_MAP, RMI_ERROR_INPUT, 1));
	assert_int_equal(store_shared(&w, RAM_BASE).ret, -ENXIO);
	warned(&w, "realm_map_non_secure", "RMI_RTT_UNPROT_MAP: 0x1");
	assert_done(store_shared(&w, RAM_BASE));
	warned_goes_on(&w, NOTHING);
}

static void a_walk_that_stops_where_it_stopped_before_ends_kvm_run(void **state)
{
	struct warned w;

	warned_start(&w, shared_memory);
	assert_done(store_shared(&w, RAM_BASE));
	LIES(&w, STOP(RMI_RTT_UNPROT_MAP, 2, 2));
	assert_int_equal(store_shared(&w, RAM_BASE + w.page).ret, -ENXIO);
	warned(&w, "realm_make_room_shared", "WARN_ON(level <= map->walk_level)");
	assert_done(store_shared(&w, RAM_BASE + w.page));
	warned_goes_on(&w, NOTHING);
}

static void a_page_that_does_not_fit_where_nothing_is_mapped_ends_kvm_run(void **state)
{
	struct warned w;

	warned_start(&w, shared_memory);
	assert_done(store_shared(&w, RAM_BASE));
	LIES(&w, STOP(RMI_RTT_UNPROT_MAP, 3, 2));
	assert_int_equal(store_shared(&w, RAM_BASE + w.page).ret, -ENXIO);
	warned(&w, "realm_make_room_shared", "WARN_ON(map->pages || size == PAGE_SIZE)");
	assert_done(store_shared(&w, RAM_BASE + w.page));
	warned_goes_on(&w, NOTHING);
}

/* MADV_DONTNEED unmaps the shared alias through the notifier, which has no error to give. */
static void drop(struct warned *w)
{
	assert_int_equal(sim_vm_madvise_dontneed(w->vm, RAM_BASE + w->page, w->page), 0);
}

static void shared_page(struct warned *w)
{
	warned_start(w, shared_memory);
	assert_done(store_shared(w, RAM_BASE));
	assert_done(store_shared(w, RAM_BASE + w->page));
}

static void a_shared_unmap_that_got_nowhere_ends(void **state)
{
	struct warned w;

	shared_page(&w);
	LIES(&w, { .fid = RMI_RTT_UNPROT_UNMAP, .done = true, .bend = came_nowhere });
	drop(&w);
	warned(&w, "realm_unmap_shared_range", "WARN_ON(next_addr <= addr)");
	assert_done(store_shared(&w, RAM_BASE + w.page));
	warned_goes_on(&w, NOTHING);
}

/* The page itself goes: what an RMM that lies leaves mapped would be the host's to use again. */
#define GONE_BUT(level, n)                                                          \
	{                                                                           \
		.fid = RMI_RTT_UNPROT_UNMAP, .done = true, .times = (n), .set = X0, \
		.x = { RMI_RESULT(RMI_ERROR_RTT, level) }                           \
	}

static void a_shared_block_that_stays_after_its_split_ends_the_unmap(void **state)
{
	struct warned w;

	shared_page(&w);
	LIES(&w, GONE_BUT(2, 2));
	drop(&w);
	warned(&w, "realm_unmap_shared_range", "WARN_ON(made_for == addr && err_level <= made_at)");
	assert_done(store_shared(&w, RAM_BASE + w.page));
	warned_goes_on(&w, NOTHING);
}

static void a_shared_block_that_cannot_be_split_ends_the_unmap(void **state)
{
	struct warned w;

	shared_page(&w);
	LIES(&w, GONE_BUT(2, 1), REFUSAL(RMI_RTT_CREATE, RMI_ERROR_INPUT, 1));
	drop(&w);
	warned(&w, "realm_create_rtt_levels", "RMI_RTT_CREATE: 0x1");
	warned(&w, "realm_unmap_shared_range",
	       "WARN_ON(realm_create_rtt_levels(realm, addr, err_level, level, NULL))");
	warned_goes_on(&w, NOTHING);
}

static void a_refused_shared_unmap_ends(void **state)
{
	struct warned w;

	shared_page(&w);
	LIES(&w,
	     { .fid = RMI_RTT_UNPROT_UNMAP, .done = true, .set = X0, .x = { RMI_ERROR_INPUT } });
	drop(&w);
	warned(&w, "realm_unmap_shared_range", "RMI_RTT_UNPROT_UNMAP: 0x1");
	warned_goes_on(&w, NOTHING);
}

static void a_walk_that_stops_below_the_last_level_counts_as_a_page(void **state)
{
	struct warned w;

	shared_page(&w);
	LIES(&w, GONE_BUT(4, 1));
	drop(&w);
	warned(&w, "rmi_rtt_level_mapsize", "WARN_ON(level > RTT_MAX_LEVEL)");
	assert_done(store_shared(&w, RAM_BASE + w.page));
	warned_goes_on(&w, NOTHING);
}

/*
 * The RMM is right and memory is short: decision n of the run is not the usual one, such as an
 * allocation that fails. True when there was no such decision. A block of shared memory loses one
 * page to the private alias, and the table for the split is wanted at once (GFP_ATOMIC).
 */
static bool convert_part_of_a_block(unsigned n, unsigned *fired)
{
	static const struct sim_vm_config huge = { .shared_at_start = true,
						   .user_kind = SIM_USER_PRIVATE,
						   .user_huge = true };
	char choices[32];
	struct warned w;
	bool over;
	int err;

	snprintf(choices, sizeof(choices), n ? "0*%u.1" : "1", n);
	warned_world(&w, choices);
	warned_vm(&w, huge);
	if (w.vm && !sim_vm_start(w.vm) && store_shared(&w, RAM_BASE).kind == SIM_DONE &&
	    fixture_walk(w.vm, w.s | RAM_BASE).level == 2) {
		err = sim_vm_set_private(w.vm, RAM_BASE + w.page, w.page);
		assert_true(!err || err == -ENOMEM);
		if (w.nr_lines) {
			/* the conversion is done, and the block stays as it was */
			warned(&w, "realm_unmap_shared_range",
			       "WARN_ON(realm_create_rtt_levels(realm, addr, err_level, level, "
			       "NULL))");
			assert_int_equal(err, 0);
			assert_true(sim_vm_is_private(w.vm, RAM_BASE + w.page));
			assert_int_equal(fixture_walk(w.vm, w.s | RAM_BASE).level, 2);
			++*fired;
		}
	}
	over = !*sim_choices(w.f.world);
	warned_end_vm(&w);
	warned_no_more(&w);
	fixture_close(&w.f);
	return over;
}

static void a_split_without_memory_leaves_the_block(void **state)
{
	unsigned fired = 0, n = 0;

	while (!convert_part_of_a_block(n, &fired))
		n++;
	assert_int_equal(fired, 1);
}

/* --- dispatch --- */

static void *run_page(const struct warned *w, const struct rmm_regs *in)
{
	return rmm_host_ptr(sim_world_rmm(w->f.world), in->x[2], 0x1000);
}

static void bend_write_away(struct warned *w, const struct rmm_regs *in, struct rmm_regs *out)
{
	uint64_t *esr = (uint64_t *)((char *)run_page(w, in) + RMI_RUN_EXIT_ESR);

	/* a data abort by a store to what may only be read: WnR is bit 6, as OP-73 hides it */
	sim_expect(w->f.world, (*esr >> 26) == 0x24 && (*esr & 0x3c) == 0xc && *esr & 0x40);
	*esr &= ~UINT64_C(0x40);
}

static void bend_reason(struct warned *w, const struct rmm_regs *in, struct rmm_regs *out)
{
	*(uint64_t *)((char *)run_page(w, in) + RMI_RUN_EXIT_REASON) = 0x7f;
}

static void a_permission_fault_that_is_no_write_is_told_and_resumed(void **state)
{
	struct warned w;

	warned_start(&w, (struct sim_vm_config){ .shared_at_start = true,
						 .user_kind = SIM_USER_PRIVATE });
	assert_done(sim_guest_read(w.vm, 0, w.s | RAM_BASE, 8)); /* the zero page, read-only */
	LIES(&w, { .fid = RMI_REC_ENTER, .done = true, .bend = bend_write_away });
	assert_done(store_shared(&w, RAM_BASE));
	warned(&w, "kvm_handle_guest_abort",
	       "VM_WARN_ON_ONCE(kvm_vcpu_trap_is_permission_fault(vcpu) && !write_fault && "
	       "!kvm_vcpu_trap_is_exec_fault(vcpu))");
	warned_goes_on(&w, NOTHING);
}

static void an_exit_reason_that_does_not_exist_is_an_internal_error(void **state)
{
	struct warned w;
	struct sim_exit exit;

	warned_start(&w, private_memory);
	LIES(&w, { .fid = RMI_REC_ENTER, .done = true, .bend = bend_reason });
	exit = store_private(&w, RAM_BASE);
	assert_int_equal(exit.ret, 0);
	assert_int_equal(exit.kind, SIM_INTERNAL_ERROR);
	assert_int_equal(exit.exit_reason, SIM_EXIT_INTERNAL_ERROR);
	assert_string_equal(w.log, "kvm: Unsupported exit reason: 127");
	assert_done(store_private(&w, RAM_BASE));
	warned_goes_on(&w, NOTHING);
}

/* A data abort by a load, translation fault at level 3; HPFAR.NS is clear: there is no address. */
static void an_abort_without_an_address_ends_the_vm(void **state)
{
	struct warned w;
	struct sim_kvm_vcpu *vcpu;

	warned_open(&w, (struct sim_vm_config){ .not_realm = true });
	vcpu = sim_vm_kernel_vcpu(w.vm, 0);
	assert_int_equal(w.f.probe->guest_abort(vcpu, UINT64_C(0x24) << 26 | 7, 0, ~0ull), -EFAULT);
	warned(&w, "kvm_handle_guest_abort", "KVM_BUG_ON(fault_ipa == INVALID_GPA)");
	assert_int_equal(sim_vcpu_run(w.vm, 0).ret, -EIO);
	warned_goes_on(&w, NOTHING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mapping_that_got_nowhere_ends_kvm_run),
		cmocka_unit_test(a_refused_mapping_gives_the_page_back),
		cmocka_unit_test(
			a_page_that_cannot_be_undelegated_after_a_refused_mapping_is_pinned),
		cmocka_unit_test(an_unaligned_mapping_is_refused),
		cmocka_unit_test(a_descriptor_of_unaligned_memory_is_told),
		cmocka_unit_test(a_page_that_the_rmm_keeps_ends_the_unmap),
		cmocka_unit_test(an_unmap_that_got_nowhere_ends),
		cmocka_unit_test(a_refused_unmap_ends_and_leaves_the_page_to_the_realm),
		cmocka_unit_test(a_block_that_stays_after_its_split_ends_the_unmap),
		cmocka_unit_test(a_block_that_cannot_be_split_ends_the_unmap),
		cmocka_unit_test(a_refused_shared_mapping_ends_kvm_run),
		cmocka_unit_test(a_walk_that_stops_where_it_stopped_before_ends_kvm_run),
		cmocka_unit_test(a_page_that_does_not_fit_where_nothing_is_mapped_ends_kvm_run),
		cmocka_unit_test(a_shared_unmap_that_got_nowhere_ends),
		cmocka_unit_test(a_shared_block_that_stays_after_its_split_ends_the_unmap),
		cmocka_unit_test(a_shared_block_that_cannot_be_split_ends_the_unmap),
		cmocka_unit_test(a_refused_shared_unmap_ends),
		cmocka_unit_test(a_split_without_memory_leaves_the_block),
		cmocka_unit_test(a_walk_that_stops_below_the_last_level_counts_as_a_page),
		cmocka_unit_test(a_permission_fault_that_is_no_write_is_told_and_resumed),
		cmocka_unit_test(an_exit_reason_that_does_not_exist_is_an_internal_error),
		cmocka_unit_test(an_abort_without_an_address_ends_the_vm),
	};

	return cmocka_run_group_tests_name("warnings of the fault path", tests, NULL, NULL);
}
