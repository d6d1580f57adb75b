// SPDX-License-Identifier: BSD-2-Clause
/*
 * What backs the shared alias: zero pages, copies, pages that become writable in place, files,
 * device memory, broken memory. Each test runs on every kernel image; expectations are those of
 * kvm-fault-dispatch G7 and A7, and of kvm-call-sequences 7.
 */
#include "backing.h"

/* Small pages of private memory */

static void two_ipas_on_one_zero_page_part_when_either_is_written(void **state)
{
	const uint64_t a = RAM_BASE + 0x100000;
	struct mapping m;
	uint64_t b, zero;

	mapping_start(&m, *state, (struct sim_vm_config){ .user_kind = SIM_USER_PRIVATE });
	b = a + m.page;
	assert_int_equal(guest_load(&m, a), 0);
	assert_int_equal(guest_load(&m, b), 0);
	zero = mapped(&m, a, 3, S2AP_RO);
	assert_int_equal(mapped(&m, b, 3, S2AP_RO), zero);

	/* Guest to VMM. */
	guest_store(&m, a, 0x1111);
	assert_int_not_equal(mapped(&m, a, 3, S2AP_RW), zero);
	assert_int_equal(mapped(&m, b, 3, S2AP_RO), zero);
	assert_int_equal(vmm_load(&m, a), 0x1111);
	assert_int_equal(vmm_load(&m, b), 0);
	assert_int_equal(guest_load(&m, b), 0);

	/* VMM to guest: its store takes the zero page away from the guest. */
	vmm_store(&m, b, 0x2222);
	not_mapped(&m, b);
	assert_int_equal(guest_load(&m, b), 0x2222);
	assert_int_not_equal(mapped(&m, b, 3, S2AP_RW), zero);
	guest_store(&m, b + 8, 0x3333);
	assert_int_equal(vmm_load(&m, b + 8), 0x3333);
	assert_int_equal(guest_load(&m, a), 0x1111);
	fixture_close(&m.f);
}

static void a_page_that_is_written_in_place_keeps_its_frame_and_tells_nobody(void **state)
{
	const uint64_t a = RAM_BASE + 0x100000;
	struct mapping m;
	uint64_t pa;
	unsigned from;

	mapping_start(&m, *state, (struct sim_vm_config){ .user_kind = SIM_USER_PRIVATE });
	vmm_store(&m, a, 0x1111);
	assert_int_equal(sim_vm_fork(m.vm), 0);
	assert_int_equal(sim_vm_reap(m.vm), 0);
	assert_int_equal(guest_load(&m, a), 0x1111);
	pa = mapped(&m, a, 3, S2AP_RO);
	from = m.f.golden.nr_calls;
	guest_store(&m, a, 0x2222);
	assert_int_equal(mapped(&m, a, 3, S2AP_RW), pa);
	assert_int_equal(vmm_load(&m, a), 0x2222);
	/* Refused where it was, unmapped, mapped: one fault. */
	assert_int_equal(calls(&m, from, "UNPROT_MAP"), 2);
	assert_int_equal(calls(&m, from, "UNPROT_UNMAP"), 1);
	assert_int_equal(calls(&m, from, "REC_ENTER"), 2);
	fixture_close(&m.f);
}

static void a_page_that_the_child_keeps_is_copied_for_the_guest(void **state)
{
	const uint64_t a = RAM_BASE + 0x100000;
	struct mapping m;
	uint64_t pa;

	mapping_start(&m, *state, (struct sim_vm_config){ .user_kind = SIM_USER_PRIVATE });
	guest_store(&m, a, 0x1111);
	pa = mapped(&m, a, 3, S2AP_RW);
	assert_int_equal(sim_vm_fork(m.vm), 0);
	not_mapped(&m, a); /* fork() made it read-only, and said so */
	assert_int_equal(guest_load(&m, a), 0x1111);
	assert_int_equal(mapped(&m, a, 3, S2AP_RO), pa);
	guest_store(&m, a + 8, 0x2222);
	assert_int_not_equal(mapped(&m, a, 3, S2AP_RW), pa);
	assert_int_equal(vmm_load(&m, a), 0x1111);
	assert_int_equal(vmm_load(&m, a + 8), 0x2222);
	fixture_close(&m.f);
}

static void a_page_given_up_is_zero_and_a_shared_one_comes_back(void **state)
{
	const uint64_t a = RAM_BASE + 0x100000;
	unsigned shared;

	for (shared = 0; shared < 2; shared++) {
		struct mapping m;

		mapping_start(&m, *state,
			      (struct sim_vm_config){ .user_kind = shared ? SIM_USER_SHARED
									  : SIM_USER_PRIVATE });
		guest_store(&m, a, 0x1111);
		assert_int_equal(sim_vm_madvise_dontneed(m.vm, a, m.page), 0);
		not_mapped(&m, a);
		assert_int_equal(guest_load(&m, a), shared ? 0x1111 : 0);
		mapped(&m, a, 3, shared ? S2AP_RW : S2AP_RO);
		fixture_close(&m.f);
	}
}

static void a_file_is_copied_by_a_store_only_when_it_is_private(void **state)
{
	const uint64_t offset = 0x100000, a = RAM_BASE + offset;
	unsigned shared;

	for (shared = 0; shared < 2; shared++) {
		struct mapping m;
		uint64_t cache;

		mapping_start(
			&m, *state,
			(struct sim_vm_config){ .user_kind = shared ? SIM_USER_FILE_SHARED
								    : SIM_USER_FILE_PRIVATE });
		assert_int_equal(guest_load(&m, a + 16), offset + 16);
		cache = mapped(&m, a, 3, S2AP_RO);
		guest_store(&m, a, 0x1111);
		assert_int_equal(mapped(&m, a, 3, S2AP_RW) == cache, shared);
		assert_int_equal(guest_load(&m, a + 16), offset + 16);
		assert_int_equal(vmm_load(&m, a), 0x1111);
		assert_int_equal(sim_vm_madvise_dontneed(m.vm, a, m.page), 0);
		assert_int_equal(guest_load(&m, a), shared ? 0x1111 : offset);
		fixture_close(&m.f);
	}
}

static void nothing_passes_prot_none(void **state)
{
	const uint64_t a = RAM_BASE + 0x100000;
	struct sim_exit exit;
	struct mapping m;

	mapping_start(&m, *state, (struct sim_vm_config){ .user_kind = SIM_USER_PRIVATE });
	guest_store(&m, a, 0x1111);
	assert_int_equal(sim_vm_mprotect_none(m.vm, a, m.page), 0);
	not_mapped(&m, a);
	exit = sim_guest_read(m.vm, 0, m.s | a, 8);
	assert_int_equal(exit.kind, SIM_OTHER);
	assert_int_equal(exit.ret, -EFAULT);
	assert_int_equal(sim_vm_mprotect(m.vm, a, m.page, true), 0);
	/* The load that failed is still to be done. */
	exit = sim_vcpu_run(m.vm, 0);
	assert_done(exit);
	assert_int_equal(exit.value, 0x1111);
	fixture_close(&m.f);
}

static void a_broken_page_ends_kvm_run_with_a_signal(void **state)
{
	const uint64_t a = RAM_BASE + 0x100000;
	struct sim_exit exit;
	uint64_t value;
	struct mapping m;

	mapping_start(&m, *state, (struct sim_vm_config){ .user_kind = SIM_USER_PRIVATE });
	guest_store(&m, a, 0x1111);
	assert_int_equal(sim_vm_poison_user(m.vm, a), 0);
	not_mapped(&m, a);
	exit = sim_guest_read(m.vm, 0, m.s | a, 8);
	assert_int_equal(exit.kind, SIM_INTERRUPTED);
	assert_int_equal(exit.ret, -EINTR);
	assert_int_equal(sim_vmm_read(m.vm, a, &value, sizeof(value)), -EFAULT);
	not_mapped(&m, a);
	fixture_close(&m.f);
}

/* Device memory */

static void device_memory_is_mapped_with_its_own_attribute(void **state)
{
	static const struct {
		enum sim_user_kind kind;
		uint64_t pa;
		unsigned memattr;
	} rows[] = {
		{ SIM_USER_DEVICE, UINT64_C(0x40000000), 1 },
		{ SIM_USER_DEVICE_NC, UINT64_C(0x40000000), 5 },
		{ SIM_USER_DEVICE, UINT64_C(0x900000000), 6 }, /* it is ordinary memory */
		/* A7 step 9: these CPUs have FWB and CTR.DIC. */
		{ SIM_USER_DEVICE_CACHED, UINT64_C(0x40000000), 6 },
	};
	unsigned i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t a = RAM_BASE, pa;
		struct sim_exit exit;
		struct mapping m;

		mapping_start(&m, *state,
			      (struct sim_vm_config){ .user_kind = rows[i].kind,
						      .device_pa = rows[i].pa,
						      .user_shift = 1 });
		a += 3 * m.page;
		exit = sim_guest_write(m.vm, 0, m.s | a, 8, 1);
		assert_int_equal(exit.kind, SIM_DONE);
		/* Behind the mapping there is a device that nobody models, or memory. */
		assert_int_equal(exit.realm, rows[i].pa >> 32 ? RMM_REALM_DONE : RMM_REALM_SEA);
		pa = mapped(&m, a, 3, S2AP_RW);
		assert_int_equal(pa, rows[i].pa + 3 * m.page);
		assert_int_equal(entry(&m, a).memattr, rows[i].memattr);
		assert_int_equal(sim_vm_munmap(m.vm, a, m.page), 0);
		not_mapped(&m, a);
		fixture_close(&m.f);
	}
}

/* Where addresses agree in a block, device memory is mapped by blocks. */
static void device_memory_that_covers_a_block_is_mapped_as_one(void **state)
{
	const uint64_t pa = UINT64_C(0x40000000);
	struct mapping m;
	uint64_t a;

	mapping_start(&m, *state,
		      (struct sim_vm_config){
			      .ipa_bits = 41, .user_kind = SIM_USER_DEVICE, .device_pa = pa });
	a = RAM_BASE + 9 * m.page;
	assert_int_equal(sim_guest_write(m.vm, 0, m.s | a, 8, 1).kind, SIM_DONE);
	assert_int_equal(mapped(&m, a, 2, S2AP_RW), pa + 9 * m.page);
	assert_int_equal(entry(&m, a).memattr, 1);
	fixture_close(&m.f);
}

static void read_only_device_memory_refuses_a_store(void **state)
{
	struct sim_exit exit;
	struct mapping m;

	mapping_start(&m, *state,
		      (struct sim_vm_config){ .user_kind = SIM_USER_DEVICE,
					      .device_pa = UINT64_C(0x40000000),
					      .user_readonly = true,
					      .user_shift = 1 });
	assert_int_equal(sim_guest_read(m.vm, 0, m.s | RAM_BASE, 8).kind, SIM_DONE);
	mapped(&m, RAM_BASE, 3, S2AP_RO);
	exit = sim_guest_write(m.vm, 0, m.s | RAM_BASE, 8, 1);
	assert_int_equal(exit.kind, SIM_OTHER);
	assert_int_equal(exit.ret, -EFAULT);
	fixture_close(&m.f);
}

/* Sequences: 7b of the sheet, with 41 and 48 bits; (b) is the same. */

static void a_page_becomes_writable_in_place_call_by_call(void **state)
{
	static const struct {
		const char *profile;
		unsigned ipa_bits;
		const char *fold;
	} rows[] = {
		{ "linux-friendly", 41, "RTT_FOLD(RD, 0x100c0000000, 2) -> 0x104\n" },
		{ "bet1-leaf", 41, "RTT_FOLD(RD, 0x100c0000000, 2) -> 0x104\n" },
		{ "bet1-leaf-1", 41, "RTT_FOLD(RD, 0x100c0000000, 2) -> 0x104\n" },
		{ "linux-friendly", 48, "RTT_FOLD(RD, 0x808000000000, 1) -> 0x4\n" },
	};
	unsigned i;

	if (strcmp(*state, "4k")) /* the sheet's numbers */
		return;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct sim_vm_config config = {
			.ipa_bits = rows[i].ipa_bits,
			.ram_base = 0x80000000,
			.ram_mib = 512,
			.user_kind = SIM_USER_PRIVATE,
			.user_pa = UINT64_C(0x900000000),
			.gmem_pa = UINT64_C(0x880000000),
		};
		struct mapping m = { 0 };
		char text[512];

		fixture_open(&m.f, "4k", rows[i].profile);
		m.vm = fixture_vm(&m.f, &config);
		m.s = sim_vm_shared_bit(m.vm);
		assert_int_equal(sim_vm_start(m.vm), 0);
		vmm_store(&m, 0x90006000, 0x1111);
		assert_int_equal(sim_vm_fork(m.vm), 0);
		assert_int_equal(sim_vm_reap(m.vm), 0);
		guest_store(&m, 0x90000000, 1); /* scenario 6 makes the tables */
		golden_start(&m.f.golden, m.f.world);
		golden_bind(&m.f.golden, "S", m.s);
		golden_bind(&m.f.golden, "RD", sim_vm_rd(m.vm));

		assert_int_equal(guest_load(&m, 0x90006000), 0x1111);
		golden_expect(&m.f.golden, "7b: load",
			      "UNPROT_MAP(RD, S+0x90006000, S+0x90007000, 0x160001,"
			      " 0x8000000910006004) -> 0; X1 = S+0x90007000\n",
			      "REC_ENTER");
		guest_store(&m, 0x90006000, 0x2222);
		snprintf(text, sizeof(text),
			 "UNPROT_MAP(RD, S+0x90006000, S+0x90007000, 0x1e0001,"
			 " 0x8000000910006004) -> 0x304\n"
			 "UNPROT_UNMAP(RD, S+0x90006000, S+0x90007000, 0, 0) -> 0;"
			 " X1 = S+0x90007000\n%s"
			 "UNPROT_MAP(RD, S+0x90006000, S+0x90007000, 0x1e0001,"
			 " 0x8000000910006004) -> 0; X1 = S+0x90007000\n",
			 rows[i].fold);
		golden_expect(&m.f.golden, "7b: store", text, "REC_ENTER");
		assert_int_equal(vmm_load(&m, 0x90006000), 0x2222);
		fixture_close(&m.f);
	}
}

int main(void)
{
	static const struct mapping_test tests[] = {
		MAPPING_TEST(two_ipas_on_one_zero_page_part_when_either_is_written),
		MAPPING_TEST(a_page_that_is_written_in_place_keeps_its_frame_and_tells_nobody),
		MAPPING_TEST(a_page_that_the_child_keeps_is_copied_for_the_guest),
		MAPPING_TEST(a_page_given_up_is_zero_and_a_shared_one_comes_back),
		MAPPING_TEST(a_file_is_copied_by_a_store_only_when_it_is_private),
		MAPPING_TEST(nothing_passes_prot_none),
		MAPPING_TEST(a_broken_page_ends_kvm_run_with_a_signal),
		MAPPING_TEST(device_memory_is_mapped_with_its_own_attribute),
		MAPPING_TEST(device_memory_that_covers_a_block_is_mapped_as_one),
		MAPPING_TEST(read_only_device_memory_refuses_a_store),
		MAPPING_TEST(a_page_becomes_writable_in_place_call_by_call),
	};

	return mapping_run("mappings of the VMM", tests, sizeof(tests) / sizeof(tests[0]));
}
