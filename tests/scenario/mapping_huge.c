// SPDX-License-Identifier: BSD-2-Clause
/*
 * Huge pages behind the shared alias: mapped as blocks, written, split, collapsed, cut, also
 * under a running vCPU. Each test runs on every kernel image whose sizes allow it; expectations
 * are those of kvm-fault-dispatch G7 and A7.
 */
#include "backing.h"

/* Huge pages */

/* B36, B37: address in the middle of the block, frame and IPA are those of the block's first page. */
static void an_unaligned_fault_maps_the_aligned_block(void **state)
{
	static const struct sim_vm_config kinds[] = {
		{ .user_kind = SIM_USER_PRIVATE, .user_huge = true },
		{ .user_kind = SIM_USER_SHARED, .user_huge = true },
		{ .user_kind = SIM_USER_HUGETLB_PRIVATE, .user_page_size = 1 },
		{ .user_kind = SIM_USER_HUGETLB_SHARED, .user_page_size = 1 },
	};
	unsigned i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const struct golden_call *call;
		struct rmi_range_desc desc;
		struct mapping m;
		uint64_t block, a, first;

		mapping_start(&m, *state, kinds[i]);
		block = RAM_BASE + m.pmd;
		a = block + 5 * m.page + 8;
		guest_store(&m, a, 0x1111);
		first = mapped(&m, block, 2, S2AP_RW);
		assert_int_equal(first % m.pmd, 0);
		call = golden_last(&m.f.golden, "UNPROT_MAP");
		assert_int_equal(call->in[2], m.s | block);
		assert_int_equal(call->in[3], (m.s | block) + m.pmd);
		assert_true(rmi_range_desc_decode(RMI_BET1,
						  m.page == 0x1000   ? 12
						  : m.page == 0x4000 ? 14
								     : 16,
						  call->in[5], &desc));
		assert_int_equal(desc.base, first);
		assert_int_equal(desc.level, 2);
		assert_int_equal(desc.count, 1);
		/* Each byte is where the VMM has it. */
		assert_int_equal(vmm_load(&m, a), 0x1111);
		vmm_store(&m, block + m.pmd - 8, 0x2222);
		assert_int_equal(guest_load(&m, block + m.pmd - 8), 0x2222);
		not_mapped(&m, block - m.page);
		fixture_close(&m.f);
	}
}

static void a_slot_that_is_not_as_aligned_as_the_block_is_mapped_by_pages(void **state)
{
	struct mapping m;
	uint64_t a;

	mapping_start(&m, *state,
		      (struct sim_vm_config){
			      .user_kind = SIM_USER_PRIVATE, .user_huge = true, .user_shift = 1 });
	a = RAM_BASE + m.pmd + 5 * m.page;
	guest_store(&m, a, 0x1111);
	mapped(&m, a, 3, S2AP_RW);
	not_mapped(&m, a + m.page);
	assert_int_equal(vmm_load(&m, a), 0x1111);
	fixture_close(&m.f);
}

/* 1 GiB at 4K; with other page sizes the level above has more than the machine. */
static void an_entry_of_the_next_level_is_mapped_as_one(void **state)
{
	const uint64_t gib = UINT64_C(1) << 30;
	struct mapping m;
	uint64_t a = 2 * gib + 0x12345678, pa;

	if (!strstr(*state, "4k") || strstr(*state, "64k"))
		return;
	mapping_start(&m, *state,
		      (struct sim_vm_config){ .user_kind = SIM_USER_HUGETLB_SHARED,
					      .user_page_size = gib,
					      .ram_base = 2 * gib,
					      .ram_mib = 2048,
					      .user_pa = UINT64_C(0x900000000) });
	guest_store(&m, a, 0x1111);
	pa = mapped(&m, a, 1, S2AP_RW);
	assert_int_equal(pa, UINT64_C(0x900000000) + (0x12345678 & ~(m.page - 1)));
	assert_int_equal(vmm_load(&m, a), 0x1111);
	fixture_close(&m.f);
}

static void the_huge_zero_page_is_replaced_before_it_is_written(void **state)
{
	struct mapping m;
	uint64_t a, zero, pa;

	mapping_start(&m, *state,
		      (struct sim_vm_config){ .user_kind = SIM_USER_PRIVATE, .user_huge = true });
	a = RAM_BASE + 7 * m.page;
	assert_int_equal(guest_load(&m, a), 0);
	assert_int_equal(guest_load(&m, a + m.pmd), 0);
	zero = mapped(&m, a, 2, S2AP_RO);
	assert_int_equal(mapped(&m, a + m.pmd, 2, S2AP_RO), zero);
	guest_store(&m, a, 0x1111);
	pa = mapped(&m, a, 2, S2AP_RW);
	assert_int_not_equal(pa, zero);
	assert_int_equal(pa % m.pmd, 7 * m.page);
	assert_int_equal(mapped(&m, a + m.pmd, 2, S2AP_RO), zero);
	assert_int_equal(guest_load(&m, a + m.pmd), 0);
	assert_int_equal(vmm_load(&m, a), 0x1111);
	fixture_close(&m.f);
}

/* B36: the frame must be the block's, not the page's that the fault was on. */
static void a_permission_fault_on_a_block_maps_the_same_block_writable(void **state)
{
	struct mapping m;
	uint64_t a, pa;
	unsigned from;

	mapping_start(&m, *state,
		      (struct sim_vm_config){ .user_kind = SIM_USER_PRIVATE, .user_huge = true });
	a = RAM_BASE + 7 * m.page;
	vmm_store(&m, a, 0x1111);
	assert_int_equal(sim_vm_fork(m.vm), 0);
	assert_int_equal(sim_vm_reap(m.vm), 0);
	assert_int_equal(guest_load(&m, a), 0x1111);
	pa = mapped(&m, a, 2, S2AP_RO);
	from = m.f.golden.nr_calls;
	guest_store(&m, a, 0x2222);
	assert_int_equal(mapped(&m, a, 2, S2AP_RW), pa);
	assert_int_equal(calls(&m, from, "REC_ENTER"), 2);
	assert_int_equal(vmm_load(&m, a), 0x2222);
	guest_store(&m, a + 9 * m.page, 0x3333);
	assert_int_equal(vmm_load(&m, a + 9 * m.page), 0x3333);
	fixture_close(&m.f);
}

static void a_split_block_is_mapped_by_pages_and_a_collapsed_one_as_a_block(void **state)
{
	struct mapping m;
	uint64_t a, pa;

	mapping_start(&m, *state,
		      (struct sim_vm_config){ .user_kind = SIM_USER_PRIVATE, .user_huge = true });
	a = RAM_BASE + 7 * m.page;
	guest_store(&m, a, 0x1111);
	pa = mapped(&m, a, 2, S2AP_RW);
	assert_int_equal(sim_vm_split(m.vm, RAM_BASE, m.pmd), 0);
	not_mapped(&m, a);
	assert_int_equal(guest_load(&m, a), 0x1111);
	assert_int_equal(mapped(&m, a, 3, S2AP_RW), pa);
	guest_store(&m, a + m.page, 0x2222);
	assert_int_equal(sim_vm_collapse(m.vm, RAM_BASE, m.pmd), 0);
	not_mapped(&m, a);
	assert_int_equal(guest_load(&m, a + m.page), 0x2222);
	mapped(&m, a, 2, S2AP_RW);
	assert_int_equal(guest_load(&m, a), 0x1111);
	fixture_close(&m.f);
}

static void a_hole_in_a_huge_page_leaves_pages_around_it(void **state)
{
	struct mapping m;
	uint64_t a, pa;

	mapping_start(&m, *state,
		      (struct sim_vm_config){ .user_kind = SIM_USER_PRIVATE, .user_huge = true });
	a = RAM_BASE + 7 * m.page;
	guest_store(&m, a, 0x1111);
	pa = mapped(&m, a, 2, S2AP_RW);
	assert_int_equal(sim_vm_munmap(m.vm, a + m.page, m.page), 0);
	not_mapped(&m, a);
	assert_int_equal(guest_load(&m, a), 0x1111);
	assert_int_equal(mapped(&m, a, 3, S2AP_RW), pa);
	assert_int_equal(sim_guest_read(m.vm, 0, m.s | (a + m.page), 8).ret, -EFAULT);
	fixture_close(&m.f);
}

/* Under a running vCPU */

enum change { COLLAPSE, SPLIT };

static struct {
	const char *kernel;
	enum change change;
	uint64_t runs, busy, by_page, by_block;
} race;

/* Not the first one of a level-1 entry: after its unmap the kernel would try to fold each of its neighbours. */
static uint64_t race_block(struct sim_world *w)
{
	const uint64_t page = sim_world_page_size(w);

	return RAM_BASE + page * (page / 8);
}

static void vcpu(struct sim_world *w, void *arg)
{
	struct sim_vm *vm = arg;
	const uint64_t a = sim_vm_shared_bit(vm) | (race_block(w) + 3 * sim_page_size(vm));
	struct sim_exit exit = sim_guest_write(vm, 0, a, 8, 0x2222);

	sim_expect(w, exit.kind == SIM_DONE && exit.realm == RMM_REALM_DONE);
	exit = sim_guest_read(vm, 0, a + sim_page_size(vm), 8);
	sim_expect(w,
		   exit.kind == SIM_DONE && exit.realm == RMM_REALM_DONE && exit.value == 0x1111);
}

static void change(struct sim_world *w, void *arg)
{
	struct sim_vm *vm = arg;
	const uint64_t page = sim_page_size(vm);
	int err;

	if (race.change == COLLAPSE)
		err = sim_vm_collapse(vm, race_block(w), page * (page / 8));
	else
		err = sim_vm_split(vm, race_block(w), page * (page / 8));
	/* A page that a fault holds just now cannot be moved. */
	race.busy += err == -EBUSY;
	sim_expect(w, !err || (race.change == COLLAPSE && err == -EBUSY));
}

static void a_vcpu_and_a_change(struct sim_world *w)
{
	const uint64_t page = sim_world_page_size(w), pmd = page * (page / 8);
	const uint64_t a = race_block(w) + 3 * page;
	const uint64_t first = 0x1111;
	struct rmm_entry e = { 0 };
	uint64_t value = 0;
	struct sim_vm *vm = sim_vm_new(
		w, &(struct sim_vm_config){
			   .ram_base = RAM_BASE,
			   .ram_mib = 2 * pmd >> 20 > 64 ? (unsigned)(2 * pmd >> 20) : 64,
			   .shared_at_start = true,
			   .user_kind = SIM_USER_PRIVATE,
			   .user_huge = race.change == SPLIT });

	sim_expect(w, vm && !sim_vm_start(vm));
	/* Two pages that the VMM has; the guest has mapped one of them. */
	sim_expect(w, !sim_vmm_write(vm, a, &first, sizeof(first)));
	sim_expect(w, !sim_vmm_write(vm, a + page, &first, sizeof(first)));
	sim_expect(w, sim_guest_read(vm, 0, sim_vm_shared_bit(vm) | (a + page), 8).value == first);
	sim_expect(w, !sim_spawn(w, vcpu, vm) && !sim_spawn(w, change, vm));
	sim_join(w);

	/* What the guest stored is what the VMM sees, and where the guest sees it, too. */
	sim_expect(w, !sim_vmm_read(vm, a, &value, sizeof(value)) && value == 0x2222);
	sim_expect(w, sim_guest_read(vm, 0, sim_vm_shared_bit(vm) | a, 8).value == 0x2222);
	sim_expect(w, rmm_walk(sim_world_rmm(w), sim_vm_rd(vm), sim_vm_shared_bit(vm) | a, &e));
	sim_expect(w, e.hipas == RMM_MAPPED_NS && e.s2ap == S2AP_RW);
	race.by_page += e.level == 3;
	race.by_block += e.level == 2;
	race.runs++;
	sim_vm_free(vm);
	sim_expect(w, sim_quiescent(w) == NULL);
}

static void explore_change(const char *kernel, enum change what)
{
	struct sim_explore how = { .config = { .kernel = kernel }, .preemptions = 1 };
	struct sim_result result;

	memset(&race, 0, sizeof(race));
	race.change = what;
	result = sim_explore(a_vcpu_and_a_change, &how);
	fprintf(stderr, "%s, %s: %llu schedules, %llu by page, %llu by block, %llu busy\n", kernel,
		what == SPLIT ? "split" : "collapse", (unsigned long long)result.schedules,
		(unsigned long long)race.by_page, (unsigned long long)race.by_block,
		(unsigned long long)race.busy);
	assert_clean(result);
	assert_int_equal(race.runs, result.runs);
}

static void a_collapse_under_a_running_vcpu_loses_nothing(void **state)
{
	explore_change(*state, COLLAPSE);
	/* Some schedules have a fault that holds the page; in the others the host has a block. */
	assert_true(race.busy > 0 && race.busy < race.runs);
	/* With three levels of 4K tables the old table stays, because the fold is rounded up past it (B123). */
	assert_int_equal(race.by_page, strncmp(*state, "4k", 2) ? race.busy : race.runs);
	assert_int_equal(race.by_page + race.by_block, race.runs);
}

static void a_split_under_a_running_vcpu_loses_nothing(void **state)
{
	explore_change(*state, SPLIT);
	assert_int_equal(race.by_page, race.runs);
}

int main(void)
{
	static const struct mapping_test tests[] = {
		MAPPING_TEST(an_unaligned_fault_maps_the_aligned_block),
		MAPPING_TEST(a_slot_that_is_not_as_aligned_as_the_block_is_mapped_by_pages),
		MAPPING_TEST(an_entry_of_the_next_level_is_mapped_as_one),
		MAPPING_TEST(the_huge_zero_page_is_replaced_before_it_is_written),
		MAPPING_TEST(a_permission_fault_on_a_block_maps_the_same_block_writable),
		MAPPING_TEST(a_split_block_is_mapped_by_pages_and_a_collapsed_one_as_a_block),
		MAPPING_TEST(a_hole_in_a_huge_page_leaves_pages_around_it),
		MAPPING_TEST(a_collapse_under_a_running_vcpu_loses_nothing),
		MAPPING_TEST(a_split_under_a_running_vcpu_loses_nothing),
	};

	return mapping_run("huge pages of the VMM", tests, sizeof(tests) / sizeof(tests[0]));
}
