/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each invariant on a world in which it holds, and on the same world with one thing broken behind everybody's
 * back: in the model's own tables, by a call that the kernel does not know of, or by a call that was never made.
 * The image is the program's argument.
 */
#include "fake.h"

#include <rmisim/check.h>

#include "world.h"

#include "../../lib/granule.h"
#include "../../lib/rtt.h"

#define MIB   UINT64_C(0x100000)
#define PRIV  (4 * MIB)
#define SHARE (8 * MIB)

static const char *kernel = "4k";

struct fixture {
	struct sim_world *world;
	struct sim_vm *vm;
	struct rmm *rmm;
	uint64_t page, shared;
	rmm_pa rd;
};

static struct fixture *f_of(void **state)
{
	return *state;
}

/* A realm that has stored to a private and to a shared page. */
static int setup_kind(void **state, enum sim_user_kind kind)
{
	static struct fixture f;
	char why[256] = "";

	f.world = sim_world_new(&(struct sim_config){ .kernel = kernel }, why, sizeof(why));
	if (!f.world) {
		fprintf(stderr, "# %s\n", why);
		return -1;
	}
	sim_on_fail(f.world, sim_cmocka_fail, NULL);
	f.vm = sim_vm_new(f.world, &(struct sim_vm_config){ .user_kind = kind, .vcpus = 2 });
	f.rmm = sim_world_rmm(f.world);
	f.page = sim_page_size(f.vm);
	f.shared = sim_vm_shared_bit(f.vm);
	sim_vm_set_vmm(f.vm, &sim_vmm_converting, NULL);
	sim_guest_write(f.vm, 0, PRIV, 8, UINT64_C(0x1122334455667788));
	sim_vm_set_shared(f.vm, SHARE, f.page);
	f.rd = sim_vm_rd(f.vm);
	*state = &f;
	return f.rd && !sim_violation(f.world) ? 0 : -1;
}

static int setup(void **state)
{
	int err = setup_kind(state, SIM_USER_SHARED);

	if (!err)
		sim_guest_write(f_of(state)->vm, 0, f_of(state)->shared | SHARE, 8, 5);
	return err;
}

/* Only read by the realm: the zero page. */
static int setup_zero(void **state)
{
	int err = setup_kind(state, SIM_USER_PRIVATE);

	if (!err)
		sim_guest_read(f_of(state)->vm, 0, f_of(state)->shared | SHARE, 8);
	return err;
}

static int teardown(void **state)
{
	sim_world_free(f_of(state)->world);
	return 0;
}

/* Names of the contracts that broke, with commas; forgotten afterwards. */
static const char *broken(struct fixture *f)
{
	static char names[256];
	struct sim_check *check = &f->world->check;

	names[0] = '\0';
	for (unsigned i = 1; i < SIM_NR_CONTRACTS; i++)
		if (check->seen >> i & 1)
			snprintf(names + strlen(names), sizeof(names) - strlen(names), "%s%s",
				 names[0] ? "," : "", sim_contract_name((enum sim_contract)i));
	check->seen = 0;
	f->world->violation[0] = '\0';
	return names;
}

/* The same of a look at everything. */
static const char *looked(struct fixture *f)
{
	f->world->looked = 0;
	sim_quiescent(f->world);
	return broken(f);
}

static struct rmm_entry entry_at(struct fixture *f, rmm_ipa ipa)
{
	struct rmm_entry e = { 0 };

	assert_true(rmm_walk(f->rmm, f->rd, ipa, &e));
	return e;
}

static rmm_pa pa_at(struct fixture *f, rmm_ipa ipa)
{
	return entry_at(f, ipa).pa;
}

/* The table that has the entry of ipa. */
static struct rtt *table_of(struct fixture *f, rmm_ipa ipa, unsigned *index)
{
	struct rmm_shape shape;
	struct rtt_walk w;

	assert_true(rmm_realm_shape(f->rmm, f->rd, &shape));
	w = rtt_look(f->rmm, granule_peek(f->rmm, shape.root[0])->object, ipa, 3);
	assert_int_equal(w.level, 3);
	*index = w.index;
	return w.table;
}

/* A call that the kernel knows nothing of. */
static uint64_t call(struct fixture *f, struct rmm_regs regs)
{
	rmm_smc(f->rmm, 0, &regs);
	return regs.x[0];
}

/* A call that was never made. */
static void pretend(struct fixture *f, struct rmm_regs in, struct rmm_regs out)
{
	sim_invariant_smc(f->world, &in, &out);
}

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

/* Secrets */

static void what_a_realm_has_stored_does_not_come_back_to_the_host(void **state)
{
	struct fixture *f = *state;
	rmm_pa pa = pa_at(f, PRIV);
	struct rmm_regs in = { { RMI_GRANULE_RANGE_UNDELEGATE, pa, pa + f->page } };
	struct rmm_regs out = { { RMI_SUCCESS, pa + f->page } };

	/* never wiped, and given back */
	pretend(f, in, out);
	assert_string_equal(broken(f), "secret,pas");
	/* stored again, wiped, given back */
	assert_done(sim_guest_write(f->vm, 0, PRIV, 8, UINT64_C(0x8877665544332211)));
	assert_int_equal(f->world->secrets.nr_pages, 1);
	assert_int_equal(sim_vm_punch_hole(f->vm, PRIV, f->page), 0);
	assert_string_equal(broken(f), "");
	assert_int_equal(f->world->secrets.nr_pages, 0);
}

/* Calls */

static uint64_t judged(struct fixture *f, uint64_t fid, unsigned arg, uint64_t value)
{
	struct rmm_regs regs = { { fid } };
	struct rmm_event rmm = { .kind = RMM_EVENT_RMI_CALL,
				 .command = rmi_command(rmm_edition(f->rmm), fid),
				 .regs_in = &regs };
	struct sim_event event = { .kind = SIM_EVENT_RMI_CALL, .rmm = &rmm };
	struct sim_check check;

	regs.x[arg] = value;
	sim_check_init(&check, f->rmm, rmm_edition(f->rmm));
	sim_check_event(&check, &event);
	return check.seen & UINT64_C(1) << SIM_CONTRACT_POISON;
}

/* As an image is compiled, with -ftrivial-auto-var-init=pattern. */
#pragma GCC diagnostic ignored "-Wuninitialized"
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
static uint64_t unset_word(void)
{
	uint64_t word;

	__asm__("" : "+m"(word));
	return word;
}

static uint64_t unset_half(void)
{
	uint32_t half;

	__asm__("" : "+m"(half));
	return half;
}

static uint64_t unset_int(void)
{
	int number;

	__asm__("" : "+m"(number));
	return (uint64_t)number;
}

static void an_argument_that_nobody_has_set_is_found(void **state)
{
	struct fixture *f = *state;
	const uint64_t bad[] = {
		unset_word(),
		unset_half(),
		unset_int(),
		unset_word() & UINT64_C(0x000ffffffffff000), /* as an address */
		unset_word() + 0x3000,                       /* ... moved on */
		RMM_POISON,
		(uint32_t)RMM_POISON,
		RMM_POISON & UINT64_C(0x000fffffffff0000),
		RMM_POISON + f->page,
	};
	const uint64_t good[] = {
		0,
		1,
		f->rd,
		pa_at(f, PRIV),
		f->shared | SHARE,
		~UINT64_C(0),
		UINT64_C(0xaaaaa000),
		UINT64_C(0xfefef000),
		UINT64_C(0x8aaaaa000),
		0xaa,
		0xfe,
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		for (unsigned arg = 1; arg <= 5; arg++)
			if (!judged(f, RMI_RTT_DATA_MAP, arg, bad[i]))
				fail_msg("0x%llx passes as X%u", (unsigned long long)bad[i], arg);
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		for (unsigned arg = 1; arg <= 5; arg++)
			if (judged(f, RMI_RTT_DATA_MAP, arg, good[i]))
				fail_msg("0x%llx is poison as X%u", (unsigned long long)good[i],
					 arg);
	/* REALM_ACTIVATE has one argument */
	assert_false(judged(f, RMI_REALM_ACTIVATE, 2, RMM_POISON));
}

static void a_descriptor_in_a_list_that_nobody_has_set_is_found(void **state)
{
	struct fixture *f = *state;
	rmm_pa list = f->world->kernel->backing(f->vm->kvm, SHARE, 0, &(unsigned){ 0 });
	uint64_t *word = rmm_host_ptr(f->rmm, list, f->page);
	struct rmm_regs regs = { { RMI_OP_MEM_DONATE, 1, list, 2 } };
	struct rmm_event rmm = { .kind = RMM_EVENT_RMI_CALL,
				 .command = rmi_command(rmm_edition(f->rmm), regs.x[0]),
				 .regs_in = &regs };
	struct sim_event event = { .kind = SIM_EVENT_RMI_CALL, .rmm = &rmm };
	struct sim_check check;

	word[0] = 0;
	word[1] = unset_word();
	sim_check_init(&check, f->rmm, rmm_edition(f->rmm));
	assert_true(sim_check_event(&check, &event));
	assert_int_equal(check.broken, SIM_CONTRACT_POISON);
}

static void repeat(struct sim_world *world, unsigned times, unsigned other_at)
{
	struct rmm_regs in = { { RMI_RTT_FOLD, 1, 2, 3 } }, out = { { RMI_BUSY } };

	for (unsigned i = 0; i < times; i++) {
		in.x[3] = i == other_at ? 4 : 3;
		sim_invariant_smc(world, &in, &out);
	}
}

static void repeat_513_times(struct sim_world *world)
{
	repeat(world, 513, UINT32_MAX);
}

static void one_call_that_is_repeated_for_ever_is_found(void **state)
{
	struct fixture *f = *state;

	repeat(f->world, 512, UINT32_MAX);
	repeat(f->world, 1, 0);
	repeat(f->world, 1000, 500);
	assert_null(sim_violation(f->world));
	repeat(f->world, 1, 0);
	assert_false(sim_run(f->world, repeat_513_times));
	assert_non_null(strstr(sim_violation(f->world),
			       "rmi-repeat: actor 0 makes the same call 513"
			       " times: RTT_FOLD(0x1, 0x2, 0x3)"));
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

#define test(fn)      cmocka_unit_test_setup_teardown(fn, setup, teardown)
#define test_zero(fn) cmocka_unit_test_setup_teardown(fn, setup_zero, teardown)

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
		test(what_a_realm_has_stored_does_not_come_back_to_the_host),
		test(an_argument_that_nobody_has_set_is_found),
		test(a_descriptor_in_a_list_that_nobody_has_set_is_found),
		test(one_call_that_is_repeated_for_ever_is_found),
		test(a_join_is_a_quiescent_point_and_a_breach_lets_the_run_go_on),
	};

	if (argc > 1)
		kernel = argv[1];
	return cmocka_run_group_tests_name(kernel, tests, NULL, NULL);
}
