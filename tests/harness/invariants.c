/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each invariant on a world in which it holds, and on the same world with one thing broken: in the model's own tables, by
 * a call that the kernel does not know of, or by a call that was never made. The image is the program's argument.
 */
#include "invariants.h"

/* The rows */

static void each_check_has_a_name_of_its_own_a_sentence_and_a_source(void **state)
{
	struct sim_check_info info, other;

	for (unsigned i = 0; sim_check_at(i, &info); i++) {
		assert_true(info.name && info.name[0] && info.sentence && info.sentence[0]);
		assert_true(info.source && info.source[0]);
		assert_string_not_equal(sim_check_cost_name(info.cost), "?");
		for (unsigned j = 0; j < i; j++) {
			assert_true(sim_check_at(j, &other));
			assert_string_not_equal(info.name, other.name);
		}
		assert_int_equal(info.ends, i + 1 >= SIM_NR_CONTRACTS);
	}
}

static void what_ends_a_run_cannot_be_a_known_breach(void **state)
{
	struct sim_check check = { 0 };

	assert_true(sim_check_known(&check, "kvm-view,desc-state"));
	assert_false(sim_check_known(&check, "lock-order"));
	assert_false(sim_check_known(&check, "no-such"));
}

/* Clean */

static void a_realm_in_use_breaks_nothing(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(looked(f), "");
	assert_int_equal(sim_vm_set_private(f->vm, SHARE, f->page), 0);
	assert_string_equal(looked(f), "");
	assert_int_equal(sim_vm_set_shared(f->vm, PRIV, f->page), 0);
	assert_string_equal(looked(f), "");
	assert_done(sim_guest_write(f->vm, 1, PRIV + f->page, 8, 1));
	assert_int_equal(sim_vm_punch_hole(f->vm, PRIV, 2 * f->page), 0);
	assert_int_equal(sim_vm_munmap(f->vm, SHARE, f->page), 0);
	assert_string_equal(looked(f), "");
	sim_vm_free(f->vm);
	assert_null(sim_world_finish(f->world));
}

/* The model against itself */

static void a_table_that_counts_wrong_is_found(void **state)
{
	struct fixture *f = *state;
	unsigned index;
	struct rtt *t = table_of(f, PRIV, &index);

	t->nr_live++;
	assert_string_equal(looked(f), "table-count");
	t->nr_live -= 2;
	assert_string_equal(looked(f), "table-count");
	t->nr_live++;
	assert_string_equal(looked(f), "");
}

static void a_page_in_two_entries_is_found(void **state)
{
	struct fixture *f = *state;
	unsigned index;
	struct rtt *t = table_of(f, PRIV, &index);
	struct rtte e = rtt_get(t, index), was = rtt_get(t, index + 1);

	assert_int_equal(e.hipas, RMM_HIPAS_DATA);
	rtt_set(t, index + 1, e);
	assert_non_null(strstr(looked(f), "data-once"));
	rtt_set(t, index + 1, was);
	assert_string_equal(looked(f), "");
}

static void a_granule_that_no_tree_has_is_found(void **state)
{
	struct fixture *f = *state;
	unsigned index;
	struct rtt *t = table_of(f, PRIV, &index);
	struct rtte e = rtt_get(t, index), none = e;

	none.hipas = RMM_VOID;
	none.pa = 0;
	rtt_set(t, index, none);
	assert_string_equal(looked(f), "owner");
	rtt_set(t, index, e);
	assert_string_equal(looked(f), "");
}

static void an_entry_that_names_somebody_elses_granule_is_found(void **state)
{
	struct fixture *f = *state;
	unsigned index;
	struct rtt *t = table_of(f, PRIV, &index);
	struct rtte e = rtt_get(t, index), wrong = e;

	wrong.pa = pa_at(f, f->shared | SHARE); /* the VMM's */
	rtt_set(t, index, wrong);
	assert_non_null(strstr(looked(f), "owner"));
	wrong.pa = t->pa; /* the table itself */
	rtt_set(t, index, wrong);
	assert_non_null(strstr(looked(f), "owner"));
	rtt_set(t, index, e);
	assert_string_equal(looked(f), "");
}

static void a_rec_that_its_realm_does_not_count_is_found(void **state)
{
	struct fixture *f = *state;
	struct granule *rd = granule_peek(f->rmm, f->rd);

	granule_get_ref(rd, 1);
	assert_string_equal(looked(f), "owner");
	granule_put_ref(rd, 1);
	assert_string_equal(looked(f), "");
}

/* Delegation */

static void what_a_delegation_says_is_held_against_what_the_host_may_do(void **state)
{
	struct fixture *f = *state;
	uint64_t granule = rmm_granule_size(f->rmm);
	rmm_pa data = pa_at(f, PRIV), ns = pa_at(f, f->shared | SHARE);

	pretend(f, (struct rmm_regs){ { RMI_GRANULE_RANGE_UNDELEGATE, ns, ns + granule } },
		(struct rmm_regs){ { RMI_SUCCESS, ns + granule } });
	assert_string_equal(broken(f), "");
	pretend(f, (struct rmm_regs){ { RMI_GRANULE_RANGE_DELEGATE, ns, ns + granule } },
		(struct rmm_regs){ { RMI_SUCCESS, ns + granule } });
	assert_string_equal(broken(f), "pas");
	pretend(f, (struct rmm_regs){ { RMI_GRANULE_RANGE_DELEGATE, ns, ns + granule } },
		(struct rmm_regs){ { RMI_ERROR_INPUT, ns + granule } });
	assert_string_equal(broken(f), "");
	memset(rmm_host_ptr(f->rmm, data, granule), 0, granule);
	pretend(f, (struct rmm_regs){ { RMI_GRANULE_RANGE_UNDELEGATE, data, data + granule } },
		(struct rmm_regs){ { RMI_SUCCESS, data + granule } });
	assert_string_equal(broken(f), "pas");
}

static void a_page_of_the_vmm_that_is_delegated_is_found(void **state)
{
	struct fixture *f = *state;
	rmm_pa pa = pa_at(f, f->shared | SHARE);

	assert_int_equal(sim_vm_set_private(f->vm, SHARE, f->page), 0);
	assert_int_equal(
		call(f, (struct rmm_regs){ { RMI_GRANULE_RANGE_DELEGATE, pa, pa + f->page } }), 0);
	assert_string_equal(looked(f), "delegated-use,kvm-view");
	assert_int_equal(
		call(f, (struct rmm_regs){ { RMI_GRANULE_RANGE_UNDELEGATE, pa, pa + f->page } }),
		0);
	assert_string_equal(looked(f), "");
}

static void a_free_page_that_is_delegated_is_found(void **state)
{
	struct fixture *f = *state;
	uint64_t granule = rmm_granule_size(f->rmm);
	rmm_pa pa = pa_at(f, PRIV);

	assert_int_equal(sim_vm_punch_hole(f->vm, PRIV, f->page), 0);
	assert_string_equal(looked(f), "");
	assert_int_equal(
		call(f, (struct rmm_regs){ { RMI_GRANULE_RANGE_DELEGATE, pa, pa + granule } }), 0);
	assert_string_equal(looked(f), "delegated-use");
	pretend(f, (struct rmm_regs){ { RMI_GRANULE_RANGE_DELEGATE, pa, pa + granule } },
		(struct rmm_regs){ { RMI_SUCCESS, pa + granule } });
	assert_string_equal(broken(f), "delegated-use");
}

/* KVM against the model */

static void a_folio_that_is_delegated_and_mapped_nowhere_is_found(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(call(f, (struct rmm_regs){ { RMI_RTT_DATA_UNMAP, f->rd, PRIV,
						      PRIV + f->page, 0, 0 } }),
			 0);
	assert_string_equal(looked(f), "kvm-view");
}

/* Flags of UNPROT_MAP: one descriptor, Normal memory, and what the realm may do. */
#define MAP_RW UINT64_C(0x1e0001)

/* Map the page at pa to the shared address, as the kernel would. */
static void map_shared(struct fixture *f, rmm_pa pa)
{
	rmm_ipa ipa = f->shared | SHARE;
	struct rmi_range_desc desc = {
		.base = pa, .level = 3, .count = 1, .state = RMI_OP_MEM_UNDELEGATED
	};
	uint64_t word = rmi_range_desc_encode(rmm_edition(f->rmm),
					      (unsigned)__builtin_ctzll(f->page), &desc);

	assert_int_equal(call(f, (struct rmm_regs){ { RMI_RTT_UNPROT_UNMAP, f->rd, ipa,
						      ipa + f->page, 0, 0 } }),
			 0);
	assert_int_equal(call(f, (struct rmm_regs){ { RMI_RTT_UNPROT_MAP, f->rd, ipa, ipa + f->page,
						      MAP_RW, word } }),
			 0);
	assert_true(rmm_ns_writable(f->rmm, f->rd, &(struct rmm_entry[]){ entry_at(f, ipa) }[0]));
}

/* Another page of the VMM's. */
static rmm_pa other_page(struct fixture *f)
{
	uint8_t byte = 1;

	assert_int_equal(sim_vmm_write(f->vm, SHARE + f->page, &byte, 1), 0);
	return f->world->kernel->backing(f->vm->kvm, SHARE + f->page, 0, &(unsigned){ 0 });
}

/* The kernel has just made the call that maps the shared address. */
static void pretend_to_have_mapped(struct fixture *f)
{
	rmm_ipa ipa = f->shared | SHARE;

	f->world->running->vcpu = sim_vm_vcpu(f->vm, 0);
	pretend(f, (struct rmm_regs){ { RMI_RTT_UNPROT_MAP, f->rd, ipa, ipa + f->page } },
		(struct rmm_regs){ { RMI_SUCCESS, ipa + f->page } });
	f->world->running->vcpu = NULL;
}

static void a_mapping_of_a_page_that_is_not_behind_the_address_is_found(void **state)
{
	struct fixture *f = *state;
	rmm_pa right = pa_at(f, f->shared | SHARE);

	pretend_to_have_mapped(f);
	assert_string_equal(broken(f), "");
	map_shared(f, other_page(f));
	pretend_to_have_mapped(f);
	assert_string_equal(broken(f), "stale-pfn");
	assert_string_equal(looked(f), "kvm-view");
	map_shared(f, right);
	assert_string_equal(looked(f), "");
	/* whoever has the kernel's own objects maps what they like, and is told apart */
	map_shared(f, other_page(f));
	assert_non_null(sim_vm_kernel(f->vm));
	pretend_to_have_mapped(f);
	assert_string_equal(looked(f), "");
}

static void a_mapping_of_a_page_that_is_gone_is_found(void **state)
{
	struct fixture *f = *state;
	rmm_pa pa = pa_at(f, f->shared | SHARE);

	assert_int_equal(sim_vm_munmap(f->vm, SHARE, f->page), 0);
	map_shared(f, pa);
	pretend_to_have_mapped(f);
	assert_non_null(strstr(f->world->violation, "KVM has no page for it"));
	assert_string_equal(broken(f), "stale-pfn");
	f->world->looked = 0;
	assert_non_null(sim_quiescent(f->world));
	assert_non_null(strstr(f->world->violation, "KVM has no page for it"));
	assert_string_equal(broken(f), "kvm-view");
}

static void a_mapping_with_more_permission_than_the_vmm_has_is_found(void **state)
{
	struct fixture *f = *state;
	rmm_pa pa = pa_at(f, f->shared | SHARE);

	assert_int_equal(sim_vm_mprotect(f->vm, SHARE, f->page, false), 0);
	map_shared(f, pa);
	pretend_to_have_mapped(f);
	assert_string_equal(broken(f), "stale-pfn");
	assert_string_equal(looked(f), "kvm-view");
}

static const struct sim_kernel_image *real;

static unsigned long long backing_while_it_invalidates(struct sim_kvm *kvm, unsigned long long gpa,
						       int private_alias, unsigned *flags)
{
	unsigned long long pa = real->backing(kvm, gpa, private_alias, flags);

	*flags |= SIM_BACKING_INVALIDATING;
	return pa;
}

static unsigned long long backing_of_a_slot_that_changes(struct sim_kvm *kvm,
							 unsigned long long gpa, int private_alias,
							 unsigned *flags)
{
	*flags = SIM_BACKING_CHANGING;
	return ~0ull;
}

/* Populate does not look at the sequence: it holds what keeps its folio (dispatch sheet, G3). */
static void a_fault_that_maps_while_an_invalidation_is_in_progress_is_found(void **state)
{
	struct fixture *f = *state;
	struct sim_kernel_image image = *f->world->kernel;
	struct rmm_regs in = { { RMI_RTT_DATA_MAP_INIT, f->rd, 0, PRIV } }, out = { { 0 } };

	real = f->world->kernel;
	f->world->kernel = &image;
	image.backing = backing_while_it_invalidates;
	f->world->running->populates = true;
	pretend(f, in, out);
	f->world->running->populates = false;
	assert_string_equal(broken(f), "");
	pretend_to_have_mapped(f);
	assert_non_null(strstr(f->world->violation, "while an invalidation is in progress"));
	assert_string_equal(broken(f), "stale-pfn");
	image.backing = backing_of_a_slot_that_changes;
	pretend_to_have_mapped(f);
	assert_string_equal(broken(f), "");
	f->world->kernel = real;
}

static void what_is_left_mapped_behind_an_unmap_is_found(void **state)
{
	struct fixture *f = *state;

	sim_invariant_unmapped(f->world, f->rd, PRIV + f->page, f->page, 3);
	sim_invariant_unmapped(f->world, f->rd, PRIV, f->page, 1);
	sim_invariant_unmapped(f->world, f->rd, SHARE, f->page, 2);
	assert_string_equal(broken(f), "");
	sim_invariant_unmapped(f->world, f->rd, PRIV, f->page, 2);
	assert_non_null(strstr(f->world->violation, "is DATA and maps"));
	assert_string_equal(broken(f), "unmapped");
	sim_invariant_unmapped(f->world, f->rd, 0, 16 * MIB, 1);
	assert_non_null(strstr(f->world->violation, "is MAPPED_NS and maps"));
	assert_string_equal(broken(f), "unmapped");
}

static struct {
	unsigned long long rd, gpa, size;
	unsigned filter, times;
} heard;

static void hear(void *host, unsigned long long rd, unsigned long long gpa, unsigned long long size,
		 unsigned filter)
{
	heard.rd = rd;
	heard.gpa = gpa;
	heard.size = size;
	heard.filter = filter;
	heard.times++;
}

static void assert_heard(struct fixture *f, int err, uint64_t gpa, uint64_t size, unsigned filter)
{
	assert_int_equal(err, 0);
	assert_int_equal(heard.times, 1);
	assert_int_equal(heard.rd, f->rd);
	assert_int_equal(heard.gpa, gpa);
	assert_int_equal(heard.size, size);
	assert_int_equal(heard.filter, filter);
	heard.times = 0;
}

static void each_unmap_of_a_kernel_is_looked_at(void **state)
{
	struct fixture *f = *state;
	uint64_t page = f->page;

	f->world->host.unmapped = hear;
	assert_heard(f, sim_vm_munmap(f->vm, SHARE, page), SHARE, page, 1);
	assert_heard(f, sim_vm_set_private(f->vm, SHARE, page), SHARE, page, 1);
	assert_heard(f, sim_vm_set_shared(f->vm, PRIV + page, 2 * page), PRIV + page, 2 * page, 2);
	assert_heard(f, sim_vm_punch_hole(f->vm, PRIV, page), PRIV, page, 2);
	assert_heard(f, sim_vm_delete_slot(f->vm, 0), 0, 64 * MIB, 3);
}

static void a_realm_that_may_write_to_the_zero_page_is_found(void **state)
{
	struct fixture *f = *state;
	rmm_pa zero = pa_at(f, f->shared | SHARE);

	assert_string_equal(looked(f), "");
	map_shared(f, zero);
	pretend_to_have_mapped(f);
	assert_string_equal(broken(f), "zero-page");
	assert_string_equal(looked(f), "zero-page");
}

/* When it is looked */

static void spawned(struct sim_world *world, void *arg)
{
	sim_yield(world);
}

static void join_over_a_breach(struct sim_world *world)
{
	sim_spawn(world, spawned, NULL);
	sim_join(world);
	sim_expect(world, sim_violation(world) && strstr(sim_violation(world), "table-count: "));
	sim_note(world, "the run goes on");
}

static void a_join_is_a_quiescent_point_and_a_breach_lets_the_run_go_on(void **state)
{
	struct fixture *f = *state;
	unsigned index;

	table_of(f, PRIV, &index)->nr_live++;
	f->world->looked = 0;
	assert_false(sim_run(f->world, join_over_a_breach));
	assert_non_null(strstr(sim_violation(f->world), "table-count: the table 0x"));
	assert_false(f->world->dead);
	table_of(f, PRIV, &index)->nr_live--;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_check_has_a_name_of_its_own_a_sentence_and_a_source),
		cmocka_unit_test(what_ends_a_run_cannot_be_a_known_breach),
		test(a_realm_in_use_breaks_nothing),
		test(a_table_that_counts_wrong_is_found),
		test(a_page_in_two_entries_is_found),
		test(a_granule_that_no_tree_has_is_found),
		test(an_entry_that_names_somebody_elses_granule_is_found),
		test(a_rec_that_its_realm_does_not_count_is_found),
		test(what_a_delegation_says_is_held_against_what_the_host_may_do),
		test(a_page_of_the_vmm_that_is_delegated_is_found),
		test(a_free_page_that_is_delegated_is_found),
		test(a_folio_that_is_delegated_and_mapped_nowhere_is_found),
		test(a_mapping_of_a_page_that_is_not_behind_the_address_is_found),
		test(a_mapping_of_a_page_that_is_gone_is_found),
		test(a_mapping_with_more_permission_than_the_vmm_has_is_found),
		test(a_fault_that_maps_while_an_invalidation_is_in_progress_is_found),
		test(what_is_left_mapped_behind_an_unmap_is_found),
		test(each_unmap_of_a_kernel_is_looked_at),
		test_zero(a_realm_that_may_write_to_the_zero_page_is_found),
		test(a_join_is_a_quiescent_point_and_a_breach_lets_the_run_go_on),
	};

	if (argc > 1)
		kernel = argv[1];
	return cmocka_run_group_tests_name(kernel, tests, NULL, NULL);
}
