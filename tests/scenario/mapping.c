// SPDX-License-Identifier: BSD-2-Clause
/*
 * What backs the shared alias: zero pages, copies, pages that become writable in place, huge pages made, split and written,
 * files, device memory. Each test runs on every kernel image whose sizes allow it; expectations are those of
 * kvm-fault-dispatch G7 and A7, and of kvm-call-sequences 7.
 */
#include "fixture.h"

#include <rmisim/cmocka.h>

#define EFAULT 14
#define EBUSY  16

#define RAM_BASE UINT64_C(0x40000000)

#define S2AP_RO 2 /* bit 0 write, bit 1 read */
#define S2AP_RW 3

/* A test's image, its VM and the sizes of it. */
struct mapping {
	struct fixture f;
	struct sim_vm *vm;
	uint64_t s, page, pmd;
};

static void sizes(struct mapping *m)
{
	m->page = sim_world_page_size(m->f.world);
	m->pmd = m->page * (m->page / 8);
}

/* A VM of two PMDs of memory at RAM_BASE, at least 64 MiB, with two vCPUs; it is all shared, and runs. */
static void start(struct mapping *m, const char *kernel, struct sim_vm_config config)
{
	*m = (struct mapping){ 0 };
	fixture_open(&m->f, kernel, NULL);
	sizes(m);
	config.vcpus = 2;
	if (!config.ram_base)
		config.ram_base = RAM_BASE;
	if (!config.ram_mib)
		config.ram_mib = 2 * m->pmd >> 20 > 64 ? (unsigned)(2 * m->pmd >> 20) : 64;
	if (config.user_page_size == 1)
		config.user_page_size = m->pmd;
	if (config.user_shift == 1)
		config.user_shift = m->page;
	config.shared_at_start = true;
	m->vm = fixture_vm(&m->f, &config);
	m->s = sim_vm_shared_bit(m->vm);
	assert_int_equal(sim_vm_start(m->vm), 0);
}

static uint64_t guest_load(struct mapping *m, uint64_t gpa)
{
	struct sim_exit exit = sim_guest_read(m->vm, 0, m->s | gpa, 8);

	assert_done(exit);
	return exit.value;
}

static void guest_store(struct mapping *m, uint64_t gpa, uint64_t value)
{
	assert_done(sim_guest_write(m->vm, 0, m->s | gpa, 8, value));
}

static uint64_t vmm_load(struct mapping *m, uint64_t gpa)
{
	uint64_t value = ~UINT64_C(0);

	assert_int_equal(sim_vmm_read(m->vm, gpa, &value, sizeof(value)), 0);
	return value;
}

static void vmm_store(struct mapping *m, uint64_t gpa, uint64_t value)
{
	assert_int_equal(sim_vmm_write(m->vm, gpa, &value, sizeof(value)), 0);
}

static struct rmm_entry entry(struct mapping *m, uint64_t gpa)
{
	return fixture_walk(m->vm, m->s | gpa);
}

/* The shared alias of gpa is mapped so; its physical address. */
static uint64_t mapped(struct mapping *m, uint64_t gpa, int level, unsigned s2ap)
{
	const struct rmm_entry e = entry(m, gpa);
	const uint64_t size = level == 3 ? m->page : level == 2 ? m->pmd : m->pmd * (m->page / 8);

	assert_int_equal(e.hipas, RMM_MAPPED_NS);
	assert_int_equal(e.level, level);
	assert_int_equal(e.s2ap, s2ap);
	return e.pa + (gpa & (size - 1) & ~(m->page - 1));
}

static void not_mapped(struct mapping *m, uint64_t gpa)
{
	assert_int_equal(entry(m, gpa).hipas, RMM_UNMAPPED_NS);
}

/* Calls of one kind since index `from`. */
static unsigned calls(struct mapping *m, unsigned from, const char *name)
{
	return golden_count(&m->f.golden, from, m->f.golden.nr_calls, name, ~0ull, ~0ull);
}

/* Small pages of private memory */

static void two_ipas_on_one_zero_page_part_when_either_is_written(void **state)
{
	const uint64_t a = RAM_BASE + 0x100000;
	struct mapping m;
	uint64_t b, zero;

	start(&m, *state, (struct sim_vm_config){ .user_kind = SIM_USER_PRIVATE });
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

	start(&m, *state, (struct sim_vm_config){ .user_kind = SIM_USER_PRIVATE });
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

	start(&m, *state, (struct sim_vm_config){ .user_kind = SIM_USER_PRIVATE });
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

		start(&m, *state,
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

		start(&m, *state,
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

	start(&m, *state, (struct sim_vm_config){ .user_kind = SIM_USER_PRIVATE });
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

		start(&m, *state, kinds[i]);
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

	start(&m, *state,
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
	start(&m, *state,
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

	start(&m, *state,
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

	start(&m, *state,
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

	start(&m, *state,
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

	start(&m, *state,
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
	};
	unsigned i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t a = RAM_BASE, pa;
		struct sim_exit exit;
		struct mapping m;

		start(&m, *state,
		      (struct sim_vm_config){ .user_kind = rows[i].kind,
					      .device_pa = rows[i].pa,
					      .user_shift = 1 });
		a += 3 * m.page;
		exit = sim_guest_write(m.vm, 0, m.s | a, 8, 1);
		assert_int_equal(exit.kind, SIM_DONE);
		/* Behind the mapping there is a device that nobody models, or memory. */
		assert_int_equal(exit.realm, rows[i].memattr == 6 ? RMM_REALM_DONE : RMM_REALM_SEA);
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

	start(&m, *state,
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

	start(&m, *state,
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
	assert_int_equal(race.runs, result.schedules);
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

#define TEST(fn)        \
	{               \
#fn, fn \
	}
static const struct {
	const char *name;
	CMUnitTestFunction fn;
} all[] = {
	TEST(two_ipas_on_one_zero_page_part_when_either_is_written),
	TEST(a_page_that_is_written_in_place_keeps_its_frame_and_tells_nobody),
	TEST(a_page_that_the_child_keeps_is_copied_for_the_guest),
	TEST(a_page_given_up_is_zero_and_a_shared_one_comes_back),
	TEST(a_file_is_copied_by_a_store_only_when_it_is_private),
	TEST(nothing_passes_prot_none),
	TEST(an_unaligned_fault_maps_the_aligned_block),
	TEST(a_slot_that_is_not_as_aligned_as_the_block_is_mapped_by_pages),
	TEST(an_entry_of_the_next_level_is_mapped_as_one),
	TEST(the_huge_zero_page_is_replaced_before_it_is_written),
	TEST(a_permission_fault_on_a_block_maps_the_same_block_writable),
	TEST(a_split_block_is_mapped_by_pages_and_a_collapsed_one_as_a_block),
	TEST(a_hole_in_a_huge_page_leaves_pages_around_it),
	TEST(device_memory_is_mapped_with_its_own_attribute),
	TEST(device_memory_that_covers_a_block_is_mapped_as_one),
	TEST(read_only_device_memory_refuses_a_store),
	TEST(a_collapse_under_a_running_vcpu_loses_nothing),
	TEST(a_split_under_a_running_vcpu_loses_nothing),
};

#define NR_ALL (sizeof(all) / sizeof(all[0]))

int main(void)
{
	static const char *const kernels[] = { "4k", "16k", "64k", "4k-folded" };
	static char names[4 * NR_ALL][128];
	struct CMUnitTest tests[4 * NR_ALL + 1] = { 0 };
	size_t i, k, n = 0;

	for (k = 0; k < 4; k++) {
		for (i = 0; i < NR_ALL; i++, n++) {
			snprintf(names[n], sizeof(names[n]), "%s (%s)", all[i].name, kernels[k]);
			tests[n] = (struct CMUnitTest){ names[n], all[i].fn, NULL, NULL,
							(void *)(uintptr_t)kernels[k] };
		}
	}
	tests[n++] =
		(struct CMUnitTest)cmocka_unit_test(a_page_becomes_writable_in_place_call_by_call);
	return _cmocka_run_group_tests("mappings of the VMM", tests, n, NULL, NULL);
}
