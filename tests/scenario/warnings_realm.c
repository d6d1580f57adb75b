// SPDX-License-Identifier: BSD-2-Clause
/*
 * The warnings of a realm's life: its tables, RIPAS, population and end. Errors are those of
 * kvm-fault-dispatch A10 to A12.
 */
#include "warned.h"

static const struct sim_vm_config private_memory;

/* --- tables --- */

static void a_refused_fold_ends_the_folding(void **state)
{
	struct warned w;

	warned_start(&w, private_memory);
	assert_done(store_private(&w, RAM_BASE));
	LIES(&w, REFUSAL(RMI_RTT_FOLD, RMI_ERROR_INPUT, 1));
	assert_int_equal(sim_vm_set_shared(w.vm, RAM_BASE, w.page), 0);
	warned(&w, "realm_fold_rtt_level", "WARN_ON(RMI_RETURN_STATUS(ret) != RMI_ERROR_RTT)");
	assert_done(store_shared(&w, RAM_BASE));
	warned_goes_on(&w, NOTHING);
}

/*
 * The tables are destroyed twice: when the VMM's address space goes, and before REALM_DESTROY. What
 * one wrong answer leaves behind the first time is destroyed the second time, and nothing leaks.
 */
static void tear_down(struct warned *w, const struct lie *lie)
{
	warned_start(w, private_memory);
	assert_done(store_private(w, RAM_BASE));
	warned_lie(w, lie, 1);
	warned_end_vm(w);
	warned(w, "kvm_realm_destroy_rtts",
	       "WARN_ON(realm_tear_down_rtt_range(realm, get_start_level(realm) + 1, 0, "
	       "BIT(realm->ia_bits)))");
	assert_int_equal(w->nr_lines, 2);
	assert_int_equal(rmm_delegated(sim_world_rmm(w->f.world)), w->delegated);
}

/* X1: the table, X2: where to go on; X2 of the call: the address, X3: the level. */
static void go_on_inside(struct warned *w, const struct rmm_regs *in, struct rmm_regs *out)
{
	out->x[0] = RMI_RESULT(RMI_ERROR_RTT, in->x[3] - 1);
	out->x[2] = in->x[2] + 0x10000;
}

static void stay_here(struct warned *w, const struct rmm_regs *in, struct rmm_regs *out)
{
	out->x[2] = in->x[2];
}

static void stop_elsewhere(struct warned *w, const struct rmm_regs *in, struct rmm_regs *out)
{
	out->x[0] = RMI_RESULT(RMI_ERROR_RTT, in->x[3] - 1);
	out->x[2] = in->x[2];
}

static void a_table_below_the_last_level_is_not_destroyed(void **state)
{
	struct warned w;

	tear_down(&w, &(struct lie){ .fid = RMI_RTT_DESTROY, .bend = go_on_inside });
	warned(&w, "realm_tear_down_rtt_range", "WARN_ON(level > RTT_MAX_LEVEL)");
	warned_goes_on(&w, NOTHING);
}

static void a_destruction_that_got_nowhere_ends_the_first_tear_down(void **state)
{
	struct warned w;

	tear_down(&w, &(struct lie){ .fid = RMI_RTT_DESTROY,
				     .done = true,
				     .succeeded = true,
				     .bend = stay_here });
	warned(&w, "realm_tear_down_rtt_range", "WARN_ON(top <= addr)");
	warned_goes_on(&w, NOTHING);
}

static void a_refused_destruction_ends_the_first_tear_down(void **state)
{
	struct warned w;

	tear_down(&w, &(struct lie)REFUSAL(RMI_RTT_DESTROY, RMI_ERROR_INPUT, 1));
	warned(&w, "realm_tear_down_rtt_range", "WARN_ON(RMI_RETURN_STATUS(ret) != RMI_ERROR_RTT)");
	warned_goes_on(&w, NOTHING);
}

static void a_table_that_is_not_where_it_should_be_ends_the_first_tear_down(void **state)
{
	struct warned w;

	tear_down(&w, &(struct lie){ .fid = RMI_RTT_DESTROY, .bend = stop_elsewhere });
	warned(&w, "realm_tear_down_rtt_range",
	       "WARN_ON(again || (int)RMI_RETURN_INDEX(ret) != level || level == RTT_MAX_LEVEL)");
	warned_goes_on(&w, NOTHING);
}

static void stop_here(struct warned *w, const struct rmm_regs *in, struct rmm_regs *out)
{
	out->x[0] = RMI_RESULT(RMI_ERROR_RTT, in->x[3]);
	out->x[2] = in->x[2];
}

/* Above it the kernel goes one level down; with two levels of tables there is nothing above. */
static void a_last_table_that_is_in_use_ends_the_first_tear_down(void **state)
{
	struct warned w;

	tear_down(&w, &(struct lie){ .fid = RMI_RTT_DESTROY,
				     .times = fixture_page_shift() == 12 ? 2 : 1,
				     .bend = stop_here });
	warned(&w, "realm_tear_down_rtt_range",
	       "WARN_ON(again || (int)RMI_RETURN_INDEX(ret) != level || level == RTT_MAX_LEVEL)");
	warned_goes_on(&w, NOTHING);
}

/* --- RIPAS and population --- */

static void a_ripas_that_cannot_be_set_fails_the_activation(void **state)
{
	static const struct {
		struct lie lie;
		const char *text;
	} cases[] = {
		{ { .fid = RMI_RTT_INIT_RIPAS, .bend = came_nowhere },
		  "WARN_ON(next <= ipa || next > end)" },
		{ { .fid = RMI_RTT_INIT_RIPAS, .bend = came_too_far },
		  "WARN_ON(next <= ipa || next > end)" },
		{ STOP(RMI_RTT_INIT_RIPAS, 3, 1),
		  "WARN_ON_ONCE(err_level >= level || err_level <= last_level)" },
		{ REFUSAL(RMI_RTT_INIT_RIPAS, RMI_ERROR_INPUT, 1), "RIPAS change: 0x1" },
	};

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct warned w;

		warned_open(&w, private_memory);
		warned_lie(&w, &cases[i].lie, 1);
		assert_int_equal(sim_vm_start(w.vm), -ENXIO);
		warned(&w, "ripas_change", cases[i].text);
		/* activation has failed for good */
		assert_int_equal(sim_vm_start(w.vm), -EINVAL);
		warned_goes_on(&w, NOTHING);
	}
}

static uint64_t first, second;

static void give_back_twice(struct sim_guest *guest, void *arg)
{
	const uint64_t page = sim_page_size(sim_guest_vm(guest));

	first = sim_guest_set_ripas(guest, RAM_BASE, RAM_BASE + page, RMI_EMPTY);
	second = sim_guest_set_ripas(guest, RAM_BASE, RAM_BASE + page, RMI_EMPTY);
}

static void a_ripas_change_that_the_rmm_refuses_is_told_to_the_realm(void **state)
{
	struct warned w;

	warned_start(&w, private_memory);
	assert_done(store_private(&w, RAM_BASE));
	sim_vm_set_vmm(w.vm, &sim_vmm_converting, NULL);
	assert_int_equal(sim_vcpu_program(w.vm, 0, give_back_twice, NULL), 0);
	LIES(&w, REFUSAL(RMI_RTT_SET_RIPAS, RMI_ERROR_INPUT, 1));
	assert_int_equal(sim_vcpu_loop(w.vm, 0).kind, SIM_DONE);
	warned(&w, "ripas_change", "RIPAS change: 0x1");
	warned(&w, "kvm_complete_ripas_change",
	       w.page == 0x1000   ? "Unable to satisfy RIPAS_CHANGE for 0x40000000 - 0x40001000"
	       : w.page == 0x4000 ? "Unable to satisfy RIPAS_CHANGE for 0x40000000 - 0x40004000"
				  : "Unable to satisfy RIPAS_CHANGE for 0x40000000 - 0x40010000");
	assert_int_equal(first, RSI_INCOMPLETE);
	assert_int_equal(second, RSI_SUCCESS);
	warned_goes_on(&w, NOTHING);
}

static void a_page_that_stays_delegated_after_a_refused_population_is_pinned(void **state)
{
	static const char data[0x10000];
	struct warned w;

	warned_open(&w, private_memory);
	LIES(&w, REFUSAL(RMI_RTT_DATA_MAP_INIT, RMI_ERROR_INPUT, 1),
	     REFUSAL(RMI_GRANULE_RANGE_UNDELEGATE, RMI_ERROR_INPUT, 1));
	assert_int_equal(sim_vm_populate(w.vm, RAM_BASE, data, w.page, true, NULL), -ENXIO);
	warned(&w, "realm_data_map_init", "WARN_ON(rmi_undelegate_page(dst))");
	assert_int_equal(sim_vm_populate(w.vm, RAM_BASE + w.page, data, w.page, true, NULL), 0);
	assert_int_equal(sim_vm_start(w.vm), 0);
	assert_done(store_private(&w, RAM_BASE + w.page));
	warned_goes_on(&w, LEAKS);
}

/* --- the end --- */

static void a_rec_that_is_not_destroyed_leaks_with_its_realm(void **state)
{
	struct warned w;

	warned_start(&w, private_memory);
	LIES(&w, REFUSAL(RMI_REC_DESTROY, RMI_ERROR_INPUT, 1));
	warned_end_vm(&w);
	warned(&w, "kvm_destroy_rec",
	       "WARN_ON(rmi_rec_destroy(virt_to_phys(rec->rec_page), rec->sro))");
	warned(&w, "realm_destroy_rd",
	       "WARN_ON(rmi_realm_destroy(realm_rd_phys(realm), realm->sro))");
	warned_goes_on(&w, LEAKS);
}

static void a_realm_that_is_not_destroyed_leaks(void **state)
{
	struct warned w;

	warned_start(&w, private_memory);
	LIES(&w, REFUSAL(RMI_REALM_DESTROY, RMI_ERROR_INPUT, 1));
	warned_end_vm(&w);
	warned(&w, "realm_destroy_rd",
	       "WARN_ON(rmi_realm_destroy(realm_rd_phys(realm), realm->sro))");
	warned_goes_on(&w, LEAKS);
}

static void a_realm_that_is_not_terminated_leaks(void **state)
{
	struct warned w;

	warned_start(&w, private_memory);
	LIES(&w, REFUSAL(RMI_REALM_TERMINATE, RMI_ERROR_INPUT, 1));
	warned_end_vm(&w);
	warned(&w, "kvm_destroy_realm",
	       "WARN_ON(rmi_realm_terminate(realm_rd_phys(realm)) != RMI_SUCCESS)");
	warned_goes_on(&w, LEAKS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_refused_fold_ends_the_folding),
		cmocka_unit_test(a_table_below_the_last_level_is_not_destroyed),
		cmocka_unit_test(a_destruction_that_got_nowhere_ends_the_first_tear_down),
		cmocka_unit_test(a_refused_destruction_ends_the_first_tear_down),
		cmocka_unit_test(a_table_that_is_not_where_it_should_be_ends_the_first_tear_down),
		cmocka_unit_test(a_last_table_that_is_in_use_ends_the_first_tear_down),
		cmocka_unit_test(a_ripas_that_cannot_be_set_fails_the_activation),
		cmocka_unit_test(a_ripas_change_that_the_rmm_refuses_is_told_to_the_realm),
		cmocka_unit_test(a_page_that_stays_delegated_after_a_refused_population_is_pinned),
		cmocka_unit_test(a_rec_that_is_not_destroyed_leaks_with_its_realm),
		cmocka_unit_test(a_realm_that_is_not_destroyed_leaks),
		cmocka_unit_test(a_realm_that_is_not_terminated_leaks),
	};

	return cmocka_run_group_tests_name("warnings of a realm's life", tests, NULL, NULL);
}
